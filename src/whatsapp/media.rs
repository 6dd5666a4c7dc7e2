//! Handing a file to the Cloud API, and fetching one.

use super::client::{Answer, Client, no_url, not_answered, unreadable};
use super::json::text;
use crate::bridge::{Failure, FailureClass, FetchFailure, LARGEST_FILE, Outcome, PhoneNumberId, Receipt};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// A hundred megabytes over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);

/// A hundred megabytes over a slow line; the address lives as long.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(300);

/// A client's file on its way to us.
#[derive(Debug)]
pub struct Download {
    response: Response,
}

impl Download {
    /// The next part; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, FetchFailure> {
        self.response.chunk().await.map_err(|_| FetchFailure::Unavailable { after: None })
    }
}

/// A file for [`Client::upload`].
#[derive(Debug)]
pub struct File {
    /// Its extension must fit `mime_type`: Meta classifies by it.
    pub name: String,
    pub mime_type: String,
    /// Bytes of the body.
    pub size: u64,
    pub body: reqwest::Body,
}

impl Client {
    /// Begins to fetch a file that a client sent to this number. Asks for a new address each time: one lives 5 minutes.
    pub async fn download(&self, number: &PhoneNumberId, media: &str) -> Result<Download, FetchFailure> {
        let address = self.file_address(number, media).await?;
        let Some(request) = self.file_request(&address) else {
            tracing::error!(host = host_of(&address), "WhatsApp keeps a file on a host that may not see our token");
            return Err(FetchFailure::Unavailable { after: None });
        };
        let response = match request.timeout(DOWNLOAD_TIMEOUT).send().await {
            Ok(response) => response,
            Err(error) => return Err(unavailable(not_answered(&error))),
        };
        match response.status() {
            StatusCode::OK if response.content_length().is_some_and(|size| size > LARGEST_FILE) => Err(FetchFailure::TooBig),
            StatusCode::OK => Ok(Download { response }),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(FetchFailure::NotThere),
            _ => Err(unavailable(Answer::read(response).await.outcome())),
        }
    }

    async fn file_address(&self, number: &PhoneNumberId, media: &str) -> Result<String, FetchFailure> {
        let request = self.request(Method::GET, &[media], &[("phone_number_id", number.as_str())]);
        let answer = match request.ok_or(FetchFailure::Unavailable { after: None })?.send().await {
            Ok(response) => Answer::read(response).await,
            Err(error) => return Err(unavailable(not_answered(&error))),
        };
        if !answer.accepted() {
            return Err(match answer.outcome() {
                Outcome::Rejected(failure) if failure.class != FailureClass::Configuration => FetchFailure::NotThere,
                outcome => unavailable(outcome),
            });
        }
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        text(&value, "url").ok_or(FetchFailure::Unavailable { after: None })
    }

    /// Uploads a file for messages of this number. The receipt's id is the media id, valid for 30 days. May be repeated: a file that
    /// nobody refers to is forgotten by Meta.
    pub async fn upload(&self, number: &PhoneNumberId, file: File) -> Outcome {
        let Some(request) = self.request(Method::POST, &[number.as_str(), "media"], &[]) else { return Outcome::Rejected(no_url()) };
        let part = match Part::stream_with_length(file.body, file.size).file_name(file.name).mime_str(&file.mime_type) {
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

fn host_of(address: &str) -> String {
    address.parse().ok().and_then(|url: url::Url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

fn unavailable(outcome: Outcome) -> FetchFailure {
    match outcome {
        Outcome::Throttled { after, .. } => FetchFailure::Unavailable { after },
        Outcome::Sent(_) | Outcome::Rejected(_) | Outcome::Uncertain(_) => FetchFailure::Unavailable { after: None },
    }
}
