//! The doors: every route authenticates before it reads, and answers only when everything is on disk.

mod doors;
mod error;
mod extract;
mod files;
mod ops;

use crate::teams::{Inbound, convert};
use crate::whatsapp::{self, signature};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
pub use doors::Doors;
use error::Problem;
use extract::{SignedNotification, VerifiedActivity};

/// Meta sends up to 3 MB; axum's default would refuse the largest batches.
const NOTIFICATION_LIMIT: usize = 3 * 1024 * 1024;
/// Teams' messages stay below 100 KB, cards and quotes included.
const ACTIVITY_LIMIT: usize = 1024 * 1024;

/// All routes of the server.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/api/messages", post(on_activity).head(probe).get(probe).layer(DefaultBodyLimit::max(ACTIVITY_LIMIT)))
        .route("/webhooks/whatsapp", get(handshake).post(on_notification).layer(DefaultBodyLimit::max(NOTIFICATION_LIMIT)))
        .route("/files/{token}", get(files::page))
        .route("/files/{token}/content", get(files::content))
        .route("/healthz", get(ops::health))
        .route("/readyz", get(ops::ready))
        .with_state(doors)
}

/// Clients probe the endpoint before they use it.
async fn probe() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

async fn on_activity(State(doors): State<Doors>, VerifiedActivity(activity): VerifiedActivity) -> Result<Response, Problem> {
    match convert::inbound(&activity, doors.clock.now()) {
        Inbound::Event(event) => {
            doors.relay.on_activity(event).await?;
            Ok(StatusCode::OK.into_response())
        }
        Inbound::Invoke { event, invoke } => {
            let answer = doors.relay.on_invoke(event, invoke).await;
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            Ok((status, axum::Json(answer.body)).into_response())
        }
    }
}

async fn handshake(State(doors): State<Doors>, Query(query): Query<Vec<(String, String)>>) -> Response {
    match signature::handshake(&query, &doors.whatsapp.verify_token) {
        Ok(challenge) => challenge.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a webhook handshake was refused");
            StatusCode::FORBIDDEN.into_response()
        }
    }
}

async fn on_notification(State(doors): State<Doors>, SignedNotification(body): SignedNotification) -> Result<StatusCode, Problem> {
    match whatsapp::read(&body) {
        Ok(received) => doors.relay.on_notification(received).await?,
        Err(error) => {
            tracing::error!(%error, "a signed notification is no notification");
            doors.relay.on_unreadable(text(&body)).await?;
        }
    }
    Ok(StatusCode::OK)
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}
