//! For load balancers and people: is the process alive, and is it ready?

use super::doors::Doors;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Alive, and which build.
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Ready when the store answers, a directory is in force and Teams' signing keys are known.
pub async fn ready(State(doors): State<Doors>) -> (StatusCode, Json<Value>) {
    let store = doors.relay.store().read(|tx| tx.directory_version()).await.is_ok();
    let directory = doors.relay.office().version > 0;
    let keys = doors.authenticator.ready();
    let ready = store && directory && keys;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": ready, "store": store, "directory": directory, "teams_keys": keys })))
}
