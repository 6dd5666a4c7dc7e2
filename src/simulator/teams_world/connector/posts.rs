//! Posting, editing, deleting and reacting.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::chat::{Author, ChatItem};
use super::super::state::World;
use super::call::{Answer, BAD, NO_ACTIVITY, Refusal, fault_body};
use super::spot::{Spot, SpotPlace};
use crate::simulator::faults::Surface;
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

/// Bytes of one activity in UTF-16, as Teams counts.
const MAX_ACTIVITY: usize = 100 * 1024;
/// (sends, seconds) per conversation; a chain is one of its own.
const LIMITS: [(usize, i64); 3] = [(7, 1), (8, 2), (60, 30)];

type Shared = State<Arc<World>>;
type On = ConnectInfo<Line>;
type OneActivity = Path<(String, String)>;
type OneReaction = Path<(String, String, String)>;

pub(super) fn routes() -> Router<Arc<World>> {
    let one = "/teams/v3/conversations/{conversation}/activities/{activity}";
    Router::new()
        .route("/teams/v3/conversations/{conversation}/activities", post(send))
        .route(one, post(reply).put(update).delete(delete))
        .route("/teams/v3/conversations/{conversation}/activities/{activity}/reactions/{kind}", put(react).delete(unreact))
}

/// `?isTargetedActivity=true`: for one member's eyes only.
#[derive(Deserialize)]
struct Targeted {
    #[serde(rename = "isTargetedActivity", default)]
    is_targeted: bool,
}

impl World {
    fn post_activity(&self, conversation: &str, reply_to: Option<String>, Targeted { is_targeted }: Targeted, body: &[u8]) -> Answer {
        let now = self.common.now();
        let activity = read_activity(body)?;
        if activity["type"] == "typing" {
            self.in_conversation(conversation, |spot| {
                spot.chat.typing_at = Some(now);
                Ok(())
            })?;
            self.common.journal.record(Way::In, "connector.typing", now, Some(conversation), Some(202), || Value::Null);
            return Ok((StatusCode::ACCEPTED, Json(json!({}))).into_response());
        }
        let target = if is_targeted { Some(self.target(conversation, &activity)?) } else { None };
        let id = self.put_down(conversation, now, reply_to, target, &activity)?;
        Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
    }

    /// Puts a message of the bot into a conversation; its id. In a channel itself it opens a chain.
    pub(super) fn put_down(
        &self,
        conversation: &str,
        now: DateTime<Utc>,
        reply_to: Option<String>,
        private_to: Option<String>,
        activity: &Value,
    ) -> Result<String, Refusal> {
        let quiet = self.common.journal.is_quiet();
        let id = self.in_conversation(conversation, |spot| {
            // Taken under the lock of the state, so that ids, the chat and the journal agree on the order.
            let id = self.next_id(now);
            if self.limits.load(Ordering::Relaxed) {
                within_limits(spot.sends, now)?;
            }
            if !quiet {
                let record = || json!({"conversation": conversation, "activity": activity});
                let seq = self.common.journal.record(Way::In, "connector.create", now, Some(&id), Some(201), record);
                spot.chat.typing_at = None;
                let root = match spot.place {
                    SpotPlace::Channel(root) => Some(root.unwrap_or_else(|| id.clone())),
                    _ => None,
                };
                let item = self.bot_item(&id, now, activity);
                let quoted = item.quoted.clone().or(reply_to);
                spot.chat.push(ChatItem { seq, root, quoted, private_to, ..item });
            }
            Ok(id)
        })?;
        if quiet {
            self.common.journal.count("connector.create");
        }
        Ok(id)
    }

    /// Whom a targeted message is for: a member of a shared conversation.
    fn target(&self, conversation: &str, activity: &Value) -> Result<String, Refusal> {
        let recipient = activity["recipient"]["id"].as_str().ok_or(BAD)?;
        if self.in_conversation(conversation, |spot| Ok(matches!(spot.place, SpotPlace::Personal)))? {
            return Err(BAD);
        }
        let people = self.people_in(conversation)?;
        let found = people.into_iter().find(|user| user.user_id == recipient || user.object_id == recipient);
        let missing = Refusal(StatusCode::NOT_FOUND, "MemberNotFoundInConversation", "Member not found.");
        found.map(|user| user.key).ok_or(missing)
    }

    fn put_activity(&self, conversation: &str, id: &str, Targeted { is_targeted }: Targeted, body: &[u8]) -> Answer {
        let now = self.common.now();
        let activity = read_activity(body)?;
        if is_targeted && activity.get("recipient").is_some() {
            return Err(BAD);
        }
        if self.common.journal.is_quiet() {
            self.common.journal.count("connector.update");
            return Ok(Json(json!({"id": id})).into_response());
        }
        self.in_conversation(conversation, |mut spot| {
            let item = spot.own_item(id, is_targeted)?;
            let record = || json!({"conversation": conversation, "activity": activity});
            self.common.journal.record(Way::In, "connector.update", now, Some(id), Some(200), record);
            let ChatItem { text, format, card, summary, .. } = self.bot_item(id, now, &activity);
            (item.text, item.format, item.card, item.summary) = (text, format, card, summary);
            (item.edited_at, item.revision) = (Some(now), item.revision + 1);
            spot.chat.show_to_all(id);
            Ok(())
        })?;
        Ok(Json(json!({"id": id})).into_response())
    }

    fn delete_activity(&self, conversation: &str, id: &str, Targeted { is_targeted }: Targeted) -> Answer {
        let now = self.common.now();
        self.in_conversation(conversation, |mut spot| {
            let item = spot.own_item(id, is_targeted)?;
            item.deleted = true;
            (item.text, item.card) = (None, None);
            self.common.journal.record(Way::In, "connector.delete", now, Some(id), Some(200), || Value::Null);
            Ok(())
        })?;
        Ok(StatusCode::OK.into_response())
    }

    fn bot_reaction(&self, conversation: &str, id: &str, kind: &str, add: bool) -> Answer {
        let now = self.common.now();
        self.in_conversation(conversation, |spot: Spot<'_>| {
            let item = spot.chat.item(id).filter(|item| !item.deleted).ok_or(NO_ACTIVITY)?;
            item.reactions.retain(|other| other != kind);
            if add {
                item.reactions.push(kind.to_owned());
            }
            let record = || json!({"activity": id, "kind": kind, "add": add});
            self.common.journal.record(Way::In, "connector.reaction", now, Some(conversation), Some(200), record);
            Ok(())
        })?;
        Ok(StatusCode::OK.into_response())
    }

    fn bot_item(&self, id: &str, at: DateTime<Utc>, activity: &Value) -> ChatItem {
        let text_of = |value: &Value| value.as_str().map(str::to_owned);
        let attachments = activity["attachments"].as_array();
        let card = attachments.and_then(|all| all.iter().find(|one| one["contentType"] == "application/vnd.microsoft.card.adaptive"));
        let quoted = activity["entities"].as_array().and_then(|all| all.iter().find(|one| one["type"] == "quotedReply"));
        ChatItem {
            text: text_of(&activity["text"]),
            // Bots' text is Markdown unless it says otherwise.
            format: text_of(&activity["textFormat"]).unwrap_or_else(|| "markdown".to_owned()),
            card: card.map(|card| card["content"].clone()),
            summary: text_of(&activity["summary"]),
            quoted: quoted.and_then(|entity| text_of(&entity["quotedReply"]["messageId"])),
            ..ChatItem::new(id, Author::Bot, (&self.bot_id(), &self.bot_name), at)
        }
    }
}

/// What Teams takes: a message with words or attachments, or that the bot types; not too long.
pub(super) fn read_activity(body: &[u8]) -> Result<Value, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| BAD)?;
    let counted = without_pictures(text);
    if counted.encode_utf16().count() * 2 > MAX_ACTIVITY && counted.len() > MAX_ACTIVITY {
        return Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, "MessageSizeTooBig", "Message size too large."));
    }
    let activity: Value = serde_json::from_str(text).map_err(|_| BAD)?;
    let has_text = activity["text"].as_str().is_some_and(|text| !text.is_empty());
    let has_attachment = activity["attachments"].as_array().is_some_and(|list| !list.is_empty());
    match activity["type"].as_str() {
        Some("typing") => Ok(activity),
        Some("message") if has_text || has_attachment => Ok(activity),
        _ => Err(BAD),
    }
}

/// Pictures that travel inside a message do not count for its size.
fn without_pictures(text: &str) -> String {
    let mut parts = text.split("\"data:image/");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |counted, part| counted + part.split_once('"').map_or("", |(_, rest)| rest))
}

fn within_limits(sends: &mut std::collections::VecDeque<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refusal> {
    while sends.front().is_some_and(|at| now - *at >= Duration::seconds(30)) {
        sends.pop_front();
    }
    for (most, seconds) in LIMITS {
        if sends.iter().rev().take_while(|at| now - **at < Duration::seconds(seconds)).count() >= most {
            return Err(Refusal(StatusCode::TOO_MANY_REQUESTS, "Throttled", "Too many requests for this conversation."));
        }
    }
    sends.push_back(now);
    Ok(())
}

async fn send(
    State(world): Shared,
    ConnectInfo(line): On,
    Path(id): Path<String>,
    Query(targeted): Query<Targeted>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    world.call(&line, &headers, || world.post_activity(&id, None, targeted, &body)).await
}

async fn reply(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((id, to)): OneActivity,
    Query(targeted): Query<Targeted>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    world.call(&line, &headers, || world.post_activity(&id, Some(to), targeted, &body)).await
}

async fn update(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((id, one)): OneActivity,
    Query(targeted): Query<Targeted>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let update = world.call(&line, &headers, || world.put_activity(&id, &one, targeted, &body));
    world.common.guarded(&line, Surface::Updates, fault_body, update).await
}

async fn delete(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((id, one)): OneActivity,
    Query(targeted): Query<Targeted>,
    headers: HeaderMap,
) -> Response {
    world.call(&line, &headers, || world.delete_activity(&id, &one, targeted)).await
}

async fn react(State(world): Shared, ConnectInfo(line): On, Path((id, one, kind)): OneReaction, headers: HeaderMap) -> Response {
    world.call_on(Surface::Reactions, &line, &headers, || world.bot_reaction(&id, &one, &kind, true)).await
}

async fn unreact(State(world): Shared, ConnectInfo(line): On, Path((id, one, kind)): OneReaction, headers: HeaderMap) -> Response {
    world.call_on(Surface::Reactions, &line, &headers, || world.bot_reaction(&id, &one, &kind, false)).await
}
