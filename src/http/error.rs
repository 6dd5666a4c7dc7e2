//! What a caller is told: constant bodies, so that nothing is learned from a refusal. The log has the reason.

use crate::store::StoreError;
use crate::teams::{Reason, Refusal};
use crate::whatsapp::signature::SignatureError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request was not taken.
#[derive(Debug)]
pub enum Problem {
    /// No token or signature, or a bad one.
    Unauthenticated,
    /// A good token that may not do this.
    Forbidden,
    Malformed,
    TooLarge,
    /// Nothing was stored: the sender tries again.
    Unavailable,
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request could not be stored; its sender will repeat it");
        Self::Unavailable
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        tracing::warn!(reason = ?refusal.reason(), "an activity was refused");
        match refusal {
            // Not the caller's fault, and worth repeating: the signing keys cannot be fetched.
            Refusal::Unauthenticated(Reason::KeysUnavailable) => Self::Unavailable,
            Refusal::Unauthenticated(_) => Self::Unauthenticated,
            Refusal::Forbidden(_) => Self::Forbidden,
            Refusal::Malformed(_) => Self::Malformed,
        }
    }
}

impl From<SignatureError> for Problem {
    fn from(error: SignatureError) -> Self {
        tracing::warn!(%error, "a notification was refused");
        Self::Unauthenticated
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthorized\n"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden\n"),
            Self::Malformed => (StatusCode::BAD_REQUEST, "bad request\n"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too large\n"),
            Self::Unavailable => return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")], "try again\n").into_response(),
        };
        (status, body).into_response()
    }
}
