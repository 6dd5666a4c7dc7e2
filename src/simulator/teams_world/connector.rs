//! The Connector: what the bot calls to create conversations and to post, edit and delete in them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::state::{Author, ChatItem, UserState, World};
use crate::simulator::common::bearer;
use crate::simulator::faults::{Fault, Surface};
use crate::simulator::journal::{Way, next_seq};
use crate::simulator::line::Line;

/// Bytes of one activity in UTF-16, as Teams counts.
const MAX_ACTIVITY: usize = 100 * 1024;
/// (sends, seconds) per conversation.
const LIMITS: [(usize, i64); 3] = [(7, 1), (8, 2), (60, 30)];

type Shared = State<Arc<World>>;
type On = ConnectInfo<Line>;

/// An answer, or the status and error code of Teams.
type Answer = Result<Response, Refusal>;

struct Refusal(StatusCode, &'static str, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let mut response = (status, Json(error_body(code, message))).into_response();
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

const GONE: Refusal = Refusal(StatusCode::NOT_FOUND, "ConversationNotFound", "Conversation not found.");
const NO_ACTIVITY: Refusal = Refusal(StatusCode::NOT_FOUND, "ActivityNotFoundInConversation", "Activity not found.");
const NOT_OURS: Refusal = Refusal(StatusCode::FORBIDDEN, "NotEnoughPermissions", "Only the bot's own messages can be changed.");
const BAD: Refusal = Refusal(StatusCode::BAD_REQUEST, "BadArgument", "The activity cannot be posted.");

pub(super) fn routes() -> Router<Arc<World>> {
    let one = "/teams/v3/conversations/{conversation}/activities/{activity}";
    Router::new()
        .route("/teams/v3/conversations", post(create_conversation))
        .route("/teams/v3/conversations/{conversation}/activities", post(send))
        .route(one, post(reply).put(update).delete(delete))
        .route("/teams/v3/conversations/{conversation}/activities/{activity}/reactions/{kind}", put(react).delete(unreact))
        .route("/teams/v3/conversations/{conversation}/pagedmembers", get(paged_members))
        .route("/teams/v3/conversations/{conversation}/members", get(members))
        .route("/teams/v3/conversations/{conversation}/members/{member}", get(member))
        .layer(DefaultBodyLimit::max(4 * 1024 * 1024))
}

fn error_body(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

fn fault_body(_: &Fault, status: StatusCode) -> Value {
    let code = if status == StatusCode::TOO_MANY_REQUESTS { "Throttled" } else { "ServiceError" };
    error_body(code, "The request was not accepted.")
}

impl World {
    async fn call(&self, line: &Line, headers: &HeaderMap, act: impl FnOnce() -> Answer) -> Response {
        let accept = async {
            let authorized = bearer(headers).is_some_and(|token| self.tokens.is_good(token, self.common.now()));
            if !authorized {
                self.common.journal.count("connector.unauthorized");
                let body = json!({"message": "Authorization has been denied for this request."});
                return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
            }
            let answer = act().unwrap_or_else(|refusal| {
                self.common.journal.count("connector.refused");
                refusal.into_response()
            });
            self.common.signal();
            answer
        };
        self.common.guarded(line, Surface::Connector, fault_body, accept).await
    }

    /// The conversation's user, if the bot may write there.
    fn in_conversation<T>(&self, conversation: &str, act: impl FnOnce(&mut UserState) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut state = self.lock();
        let user = state.users.iter_mut().find(|user| user.user.conversation_id == conversation).ok_or(GONE)?;
        if user.blocked {
            return Err(Refusal(StatusCode::FORBIDDEN, "ConversationBlockedByUser", "User blocked the conversation with the bot."));
        }
        if !user.installed {
            let code = "BotNotInConversationRoster";
            return Err(Refusal(StatusCode::FORBIDDEN, code, "The bot is not part of the conversation roster."));
        }
        act(user)
    }

    fn post_activity(&self, conversation: &str, reply_to: Option<String>, body: &[u8]) -> Answer {
        let now = self.common.now();
        let activity = read_activity(body)?;
        if activity["type"] == "typing" {
            self.in_conversation(conversation, |user| {
                user.typing_at = Some(now);
                Ok(())
            })?;
            self.common.journal.record(Way::In, "connector.typing", now, Some(conversation), Some(202), || Value::Null);
            return Ok((StatusCode::ACCEPTED, Json(json!({}))).into_response());
        }
        let quiet = self.common.journal.is_quiet();
        let id = self.in_conversation(conversation, |user| {
            // Taken under the lock of the state, so that ids, the chat and the journal agree on the order.
            let id = self.next_id(now);
            if self.limits.load(std::sync::atomic::Ordering::Relaxed) {
                within_limits(user, now)?;
            }
            if !quiet {
                let record = || json!({"conversation": conversation, "activity": activity});
                let seq = self.common.journal.record(Way::In, "connector.create", now, Some(&id), Some(201), record);
                user.typing_at = None;
                user.chat.push(bot_item(seq, &id, now, reply_to, &activity));
            }
            Ok(id)
        })?;
        if quiet {
            self.common.journal.count("connector.create");
        }
        Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
    }

    fn put_activity(&self, conversation: &str, id: &str, body: &[u8]) -> Answer {
        let now = self.common.now();
        let activity = read_activity(body)?;
        if self.common.journal.is_quiet() {
            self.common.journal.count("connector.update");
            return Ok(Json(json!({"id": id})).into_response());
        }
        self.in_conversation(conversation, |user| {
            let item = own_item(user, id)?;
            let record = || json!({"conversation": conversation, "activity": activity});
            self.common.journal.record(Way::In, "connector.update", now, Some(id), Some(200), record);
            let new = bot_item(item.seq, id, item.at, None, &activity);
            let (revision, reactions) = (item.revision + 1, std::mem::take(&mut item.reactions));
            *item = ChatItem { edited_at: Some(now), revision, reactions, quoted: item.quoted.take(), ..new };
            Ok(())
        })?;
        Ok(Json(json!({"id": id})).into_response())
    }

    fn delete_activity(&self, conversation: &str, id: &str) -> Answer {
        let now = self.common.now();
        self.in_conversation(conversation, |user| {
            let item = own_item(user, id)?;
            item.deleted = true;
            (item.text, item.card) = (None, None);
            self.common.journal.record(Way::In, "connector.delete", now, Some(id), Some(200), || Value::Null);
            Ok(())
        })?;
        Ok(StatusCode::OK.into_response())
    }

    fn bot_reaction(&self, conversation: &str, id: &str, kind: &str, add: bool) -> Answer {
        self.in_conversation(conversation, |user| {
            let item = user.item(id).ok_or(NO_ACTIVITY)?;
            item.reactions.retain(|other| other != kind);
            if add {
                item.reactions.push(kind.to_owned());
            }
            Ok(())
        })?;
        Ok(StatusCode::OK.into_response())
    }
}

fn own_item<'a>(user: &'a mut UserState, id: &str) -> Result<&'a mut ChatItem, Refusal> {
    let item = user.item(id).filter(|item| !item.deleted).ok_or(NO_ACTIVITY)?;
    if item.from == Author::Bot { Ok(item) } else { Err(NOT_OURS) }
}

fn read_activity(body: &[u8]) -> Result<Value, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| BAD)?;
    if text.encode_utf16().count() * 2 > MAX_ACTIVITY && text.len() > MAX_ACTIVITY {
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

fn bot_item(seq: u64, id: &str, at: DateTime<Utc>, reply_to: Option<String>, activity: &Value) -> ChatItem {
    let text_of = |value: &Value| value.as_str().map(str::to_owned);
    let attachments = activity["attachments"].as_array();
    let card = attachments.and_then(|all| all.iter().find(|one| one["contentType"] == "application/vnd.microsoft.card.adaptive"));
    let quoted = activity["entities"].as_array().and_then(|all| all.iter().find(|one| one["type"] == "quotedReply"));
    ChatItem {
        seq,
        activity_id: id.to_owned(),
        from: Author::Bot,
        at,
        edited_at: None,
        deleted: false,
        text: text_of(&activity["text"]),
        // Bots' text is Markdown unless it says otherwise.
        format: text_of(&activity["textFormat"]).unwrap_or_else(|| "markdown".to_owned()),
        card: card.map(|card| card["content"].clone()),
        summary: text_of(&activity["summary"]),
        quoted: quoted.and_then(|entity| text_of(&entity["quotedReply"]["messageId"])).or(reply_to),
        files: Vec::new(),
        reactions: Vec::new(),
        revision: 0,
        status: None,
    }
}

fn within_limits(user: &mut UserState, now: DateTime<Utc>) -> Result<(), Refusal> {
    while user.sends.front().is_some_and(|at| now - *at >= Duration::seconds(30)) {
        user.sends.pop_front();
    }
    for (most, seconds) in LIMITS {
        if user.sends.iter().rev().take_while(|at| now - **at < Duration::seconds(seconds)).count() >= most {
            return Err(Refusal(StatusCode::TOO_MANY_REQUESTS, "Throttled", "Too many requests for this conversation."));
        }
    }
    user.sends.push_back(now);
    Ok(())
}

fn member_json(user: &UserState, tenant: &str) -> Value {
    let user = &user.user;
    let (given, surname) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    json!({"id": user.user_id, "name": user.name, "objectId": user.object_id, "givenName": given, "surname": surname,
        "userPrincipalName": user.upn, "email": user.upn, "tenantId": tenant, "userRole": "user"})
}

async fn create_conversation(State(world): Shared, ConnectInfo(line): On, headers: HeaderMap, body: Bytes) -> Response {
    world
        .call(&line, &headers, || {
            let request: Value = serde_json::from_slice(&body).map_err(|_| BAD)?;
            let member = request["members"][0]["id"].as_str().ok_or(BAD)?;
            if request["bot"]["id"].as_str().is_some_and(|id| id != format!("28:{}", world.app_id)) {
                return Err(BAD);
            }
            let tenant = request["tenantId"].as_str().or(request["channelData"]["tenant"]["id"].as_str());
            if !tenant.is_some_and(|tenant| tenant.eq_ignore_ascii_case(&world.tenant_id)) {
                return Err(BAD);
            }
            let state = world.lock();
            let known = |user: &&UserState| user.user.user_id == member || user.user.object_id == member;
            let user = state.users.iter().find(known).ok_or(BAD)?;
            if !user.installed {
                let words = "The bot is not installed in user's personal scope.";
                return Err(Refusal(StatusCode::FORBIDDEN, "ForbiddenOperationException", words));
            }
            let id = user.user.conversation_id.clone();
            world.common.journal.record(Way::In, "connector.conversation", world.common.now(), Some(&id), Some(201), || request.clone());
            Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
        })
        .await
}

async fn send(State(world): Shared, ConnectInfo(line): On, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    world.call(&line, &headers, || world.post_activity(&id, None, &body)).await
}

type OneActivity = Path<(String, String)>;

async fn reply(State(world): Shared, ConnectInfo(line): On, Path((id, to)): OneActivity, headers: HeaderMap, body: Bytes) -> Response {
    world.call(&line, &headers, || world.post_activity(&id, Some(to), &body)).await
}

async fn update(State(world): Shared, ConnectInfo(line): On, Path((id, one)): OneActivity, headers: HeaderMap, body: Bytes) -> Response {
    world.call(&line, &headers, || world.put_activity(&id, &one, &body)).await
}

async fn delete(State(world): Shared, ConnectInfo(line): On, Path((id, one)): OneActivity, headers: HeaderMap) -> Response {
    world.call(&line, &headers, || world.delete_activity(&id, &one)).await
}

type OneReaction = Path<(String, String, String)>;

async fn react(State(world): Shared, ConnectInfo(line): On, Path((id, one, kind)): OneReaction, headers: HeaderMap) -> Response {
    world.call(&line, &headers, || world.bot_reaction(&id, &one, &kind, true)).await
}

async fn unreact(State(world): Shared, ConnectInfo(line): On, Path((id, one, kind)): OneReaction, headers: HeaderMap) -> Response {
    world.call(&line, &headers, || world.bot_reaction(&id, &one, &kind, false)).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    page_size: Option<usize>,
    continuation_token: Option<String>,
}

async fn paged_members(
    State(world): Shared,
    ConnectInfo(line): On,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Response {
    world
        .call(&line, &headers, || {
            let members = world.in_conversation(&id, |user| Ok(vec![member_json(user, &world.tenant_id)]))?;
            let from = paging.continuation_token.and_then(|token| token.parse().ok()).unwrap_or(0);
            let size = paging.page_size.unwrap_or(50).clamp(50, 500);
            let page: Vec<Value> = members.into_iter().skip(from).take(size).collect();
            Ok(Json(json!({"members": page})).into_response())
        })
        .await
}

async fn members(State(world): Shared, ConnectInfo(line): On, Path(id): Path<String>, headers: HeaderMap) -> Response {
    world
        .call(&line, &headers, || world.in_conversation(&id, |user| Ok(Json(json!([member_json(user, &world.tenant_id)])).into_response())))
        .await
}

async fn member(State(world): Shared, ConnectInfo(line): On, Path((id, one)): OneActivity, headers: HeaderMap) -> Response {
    world
        .call(&line, &headers, || {
            world.in_conversation(&id, |user| {
                let known = [&user.user.user_id, &user.user.object_id, &user.user.upn].iter().any(|key| **key == one);
                let missing = Refusal(StatusCode::NOT_FOUND, "MemberNotFoundInConversation", "Member not found.");
                if known { Ok(Json(member_json(user, &world.tenant_id)).into_response()) } else { Err(missing) }
            })
        })
        .await
}

/// An item for what the user wrote.
pub(super) fn user_item(id: &str, at: DateTime<Utc>, text: String, format: &str, quoted: Option<String>) -> ChatItem {
    ChatItem {
        seq: next_seq(),
        activity_id: id.to_owned(),
        from: Author::User,
        at,
        edited_at: None,
        deleted: false,
        text: Some(text),
        format: format.to_owned(),
        card: None,
        summary: None,
        quoted,
        files: Vec::new(),
        reactions: Vec::new(),
        revision: 0,
        status: None,
    }
}
