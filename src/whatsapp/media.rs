//! Handing a file to the Cloud API.

use super::client::{Answer, Client, no_url, not_answered, unreadable};
use super::json::text;
use crate::bridge::{Failure, FailureClass, Outcome, PhoneNumberId, Receipt};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use std::time::Duration;

/// A hundred megabytes over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);

/// A file for [`Client::upload`].
#[derive(Clone, Debug)]
pub struct File {
    /// Its extension must fit `mime_type`: Meta classifies by it.
    pub name: String,
    pub mime_type: String,
    pub bytes: Vec<u8>,
}

impl Client {
    /// Uploads a file for messages of this number. The receipt's id is the media id, valid for 30 days. May be repeated: a file that
    /// nobody refers to is forgotten by Meta.
    pub async fn upload(&self, number: &PhoneNumberId, file: File) -> Outcome {
        let Some(request) = self.request(Method::POST, &[number.as_str(), "media"], &[]) else { return Outcome::Rejected(no_url()) };
        let part = match Part::bytes(file.bytes).file_name(file.name).mime_str(&file.mime_type) {
            Ok(part) => part,
            Err(_) => return Outcome::Rejected(Failure::new(FailureClass::Invalid, "the file's type is no MIME type")),
        };
        let form = Form::new().text("messaging_product", "whatsapp").text("type", file.mime_type).part("file", part);
        match request.timeout(UPLOAD_TIMEOUT).multipart(form).send().await {
            Ok(response) => {
                let answer = Answer::read(response).await;
                if !answer.accepted() {
                    return answer.outcome();
                }
                let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                match text(&value, "id") {
                    Some(id) => Outcome::Sent(Receipt { id: Some(id), ..Receipt::default() }),
                    None => Outcome::Uncertain(unreadable()),
                }
            }
            Err(error) => not_answered(&error),
        }
    }
}
