//! Files and pictures that colleagues send: a file is fetched from a download address without any token (as from SharePoint), a pasted
//! picture from the Connector with the bot's token.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde_json::{Value, json};

use super::state::{SentFile, World};
use crate::simulator::common::bearer;
use crate::simulator::faults::{FaultName, Surface};
use crate::simulator::line::Line;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/files/{id}", get(download)).route("/teams/v3/attachments/{id}/views/original", get(original))
}

impl World {
    /// Keeps the files of a message and writes the attachments that Teams makes of them.
    pub(super) fn attachments(&self, files: &[SentFile]) -> Vec<Value> {
        let keep = |file: &SentFile| {
            let id = uuid::Uuid::new_v4().to_string();
            self.files.lock().expect("no panic happens under this lock").insert(id.clone(), file.clone());
            if file.inline {
                return json!({"contentType": file.mime_type, "contentUrl": format!("{}v3/attachments/{id}/views/original", self.service_url())});
            }
            let kind = file.name.rsplit('.').next().unwrap_or_default();
            json!({
                "contentType": "application/vnd.microsoft.teams.file.download.info",
                "name": file.name,
                "contentUrl": format!("https://northwind-my.sharepoint.com/personal/x/Documents/Microsoft%20Teams%20Chat%20Files/{id}"),
                "content": {"downloadUrl": format!("{}/files/{id}", self.base), "uniqueId": id, "fileType": kind},
            })
        };
        files.iter().map(keep).collect()
    }

    fn file(&self, id: &str, inline: bool) -> Response {
        let file = self.files.lock().expect("no panic happens under this lock").get(id).cloned();
        let Some(file) = file.filter(|file| file.inline == inline) else { return StatusCode::NOT_FOUND.into_response() };
        if let Some(to) = file.redirect {
            return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
        }
        let Ok(bytes) = STANDARD.decode(&file.data) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        self.common.journal.count("file.fetched");
        if self.common.faults.take(FaultName::Truncated, Surface::Files).is_some() {
            let parts = [Ok(bytes[..bytes.len() / 2].to_vec()), Err(std::io::Error::other("cut off"))];
            return Body::from_stream(stream::iter(parts)).into_response();
        }
        bytes.into_response()
    }
}

async fn download(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        // SharePoint refuses a token that is not its own.
        if headers.contains_key(header::AUTHORIZATION) { StatusCode::UNAUTHORIZED.into_response() } else { world.file(&id, false) }
    };
    world.common.guarded(&line, Surface::Files, |_, _| Value::Null, answer).await
}

async fn original(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let known = bearer(&headers).is_some_and(|token| world.tokens.is_good(token, world.common.now()));
        if known { world.file(&id, true) } else { StatusCode::UNAUTHORIZED.into_response() }
    };
    world.common.guarded(&line, Surface::Files, |_, _| Value::Null, answer).await
}
