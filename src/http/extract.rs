//! Extractors: a handler that names one of these cannot run without the check.

use super::doors::Doors;
use super::error::Problem;
use crate::teams::Activity;
use crate::whatsapp::signature;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::AUTHORIZATION;

/// An activity whose token, tenant and serviceUrl have been verified.
pub struct VerifiedActivity(pub Activity);

impl FromRequest<Doors> for VerifiedActivity {
    type Rejection = Problem;

    async fn from_request(request: Request, doors: &Doors) -> Result<Self, Problem> {
        let authorization = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default().to_owned());
        let body = read(request, doors).await?;
        Ok(Self(doors.authenticator.verify(authorization.as_deref(), &body).await?))
    }
}

/// The raw bytes of a notification that carries a good signature over exactly these bytes.
pub struct SignedNotification(pub Bytes);

impl FromRequest<Doors> for SignedNotification {
    type Rejection = Problem;

    async fn from_request(request: Request, doors: &Doors) -> Result<Self, Problem> {
        let header = request.headers().get(signature::HEADER).map(|value| value.to_str().unwrap_or_default().to_owned());
        if header.is_none() {
            // Before the body: three megabytes are not read for nothing.
            return Err(signature::SignatureError::Missing.into());
        }
        let body = read(request, doors).await?;
        signature::verify(&doors.whatsapp.app_secrets, header.as_deref(), &body)?;
        Ok(Self(body))
    }
}

async fn read(request: Request, doors: &Doors) -> Result<Bytes, Problem> {
    use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
    Bytes::from_request(request, doors).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => Problem::TooLarge,
        _ => Problem::Malformed,
    })
}
