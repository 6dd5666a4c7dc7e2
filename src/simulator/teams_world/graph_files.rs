//! What Microsoft Graph tells of messages in group chats and channels, where the bot itself is shown no files: what is attached, what is
//! pasted, and where the bytes are.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::graph::{Answer, Refusal, bad, refuse};
use super::rooms::{RoomKind, chain_of};
use super::seat::Actor;
use super::state::{PostedFile, SentFile, World};
use crate::simulator::line::Line;

type Shared = State<Arc<World>>;
type On = ConnectInfo<Line>;

pub(super) fn routes() -> Router<Arc<World>> {
    const CHAT: &str = "/graph/v1.0/chats/{chat}/messages/{message}";
    const CHAIN: &str = "/graph/v1.0/teams/{team}/channels/{channel}/messages/{message}";
    const REPLY: &str = "/graph/v1.0/teams/{team}/channels/{channel}/messages/{root}/replies/{message}";
    Router::new()
        .route(CHAT, get(in_chat))
        .route(&format!("{CHAT}/hostedContents"), get(hosted_in_chat))
        .route(&format!("{CHAT}/hostedContents/{{id}}/$value"), get(bytes_in_chat))
        .route(CHAIN, get(in_chain))
        .route(REPLY, get(in_reply))
        .route("/graph/v1.0/shares/{token}/driveItem", get(drive_item))
}

impl World {
    /// Keeps the files of a message in a shared conversation.
    pub(super) fn keep_for_graph(&self, actor: &Actor, activity: &Value, files: &[SentFile]) {
        let (conversation, _) = chain_of(activity["conversation"]["id"].as_str().unwrap_or_default());
        let key = (conversation.to_owned(), activity["id"].as_str().unwrap_or_default().to_owned());
        let posted = files.iter().map(|file| {
            let maker = file.made_by.as_ref().and_then(|key| self.with_user(key, |state| state.user.object_id.clone()).ok());
            PostedFile {
                id: uuid::Uuid::new_v4().to_string(),
                file: file.clone(),
                maker: maker.unwrap_or_else(|| actor.user.object_id.clone()),
            }
        });
        self.posted.lock().expect("no panic happens under this lock").insert(key, posted.collect());
    }

    fn files_of(&self, conversation: &str, message: &str) -> Result<Vec<PostedFile>, Refusal> {
        let key = (conversation.to_owned(), message.to_owned());
        let found = self.posted.lock().expect("no panic happens under this lock").get(&key).cloned();
        found.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "No message with this id."))
    }

    /// The files of a message in a group chat: told whoever was consented to read it.
    fn of_chat(&self, chat: &str, message: &str) -> Result<Vec<PostedFile>, Refusal> {
        if !self.chat_roster(chat)?.rsc {
            return Err(refuse(StatusCode::FORBIDDEN, "Missing ChatMessage.Read.Chat."));
        }
        self.files_of(chat, message)
    }

    fn of_channel(&self, group: &str, channel: &str, message: &str) -> Result<Vec<PostedFile>, Refusal> {
        {
            let state = self.lock();
            let room = state.shared.rooms.iter().find(|room| room.id == channel);
            let team = match room.map(|room| &room.kind) {
                Some(RoomKind::Channel(team)) => state.shared.team(team),
                _ => None,
            };
            let team =
                team.filter(|team| team.group_id == group).ok_or_else(|| refuse(StatusCode::NOT_FOUND, "No channel with this id."))?;
            if !team.roster.rsc {
                return Err(refuse(StatusCode::FORBIDDEN, "Missing ChannelMessage.Read.Group."));
            }
        }
        self.files_of(channel, message)
    }

    fn told(message: &str, files: &[PostedFile]) -> Answer {
        let attached = files.iter().filter(|posted| !posted.file.inline).map(|posted| {
            json!({"id": posted.id, "contentType": "reference", "contentUrl": posted.place(), "content": null, "name": posted.file.name})
        });
        let quote = json!({"id": "1", "contentType": "messageReference", "contentUrl": null, "content": "{}", "name": null});
        let attachments: Vec<Value> = std::iter::once(quote).chain(attached).collect();
        let body = json!({"id": message, "messageType": "message", "deletedDateTime": null, "attachments": attachments});
        Ok((Json(body).into_response(), Vec::new()))
    }
}

async fn in_chat(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((chat, message)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    world.graph(&line, &headers, |world| World::told(&message, &world.of_chat(&chat, &message)?)).await
}

async fn hosted_in_chat(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((chat, message)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    world
        .graph(&line, &headers, |world| {
            let files = world.of_chat(&chat, &message)?;
            let hosted: Vec<Value> = files.iter().filter(|posted| posted.file.inline).map(|posted| json!({"id": posted.id})).collect();
            Ok((Json(json!({"value": hosted})).into_response(), Vec::new()))
        })
        .await
}

async fn bytes_in_chat(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((chat, message, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    world
        .graph(&line, &headers, |world| {
            let files = world.of_chat(&chat, &message)?;
            let found =
                files.into_iter().find(|posted| posted.id == id).ok_or_else(|| refuse(StatusCode::NOT_FOUND, "No such picture."))?;
            let bytes = STANDARD.decode(&found.file.data).map_err(|_| bad("The picture is not readable."))?;
            Ok((bytes.into_response(), Vec::new()))
        })
        .await
}

async fn in_chain(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((team, channel, message)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    world.graph(&line, &headers, |world| World::told(&message, &world.of_channel(&team, &channel, &message)?)).await
}

async fn in_reply(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((team, channel, _root, message)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    world.graph(&line, &headers, |world| World::told(&message, &world.of_channel(&team, &channel, &message)?)).await
}

/// A file by its place in SharePoint, encoded as Graph wants it.
async fn drive_item(State(world): Shared, ConnectInfo(line): On, Path(token): Path<String>, headers: HeaderMap) -> Response {
    world
        .graph(&line, &headers, |world| {
            let place = token.strip_prefix("u!").and_then(|encoded| URL_SAFE_NO_PAD.decode(encoded).ok());
            let place = place.and_then(|place| String::from_utf8(place).ok()).ok_or_else(|| bad("The sharing token is not readable."))?;
            let posted = world.posted.lock().expect("no panic happens under this lock");
            let found = posted.values().flatten().find(|posted| posted.place() == place).cloned();
            drop(posted);
            let found = found.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "The sharing link no longer exists."))?;
            world.files.lock().expect("no panic happens under this lock").insert(found.id.clone(), found.file.clone());
            world.common.journal.count("graph.file");
            let by = json!({"user": {"id": found.maker}});
            let item = json!({"id": found.id, "name": found.file.name, "createdBy": by, "lastModifiedBy": by,
                "file": {"mimeType": found.file.mime_type}, "@microsoft.graph.downloadUrl": format!("{}/files/{}", world.base, found.id)});
            Ok((Json(item).into_response(), Vec::new()))
        })
        .await
}
