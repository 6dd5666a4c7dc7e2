//! Microsoft Graph, as far as an application may ask it about group chats: make one, install the app there, name it, add and remove
//! people. It posts nothing: that is the Connector's. What happens in a chat with the bot is told to the bot after the answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::rooms::{Room, RoomKind, Roster};
use super::state::{TeamsUser, World};
use crate::simulator::common::{ControlError, bearer};
use crate::simulator::faults::{Fault, Surface};
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

/// The longest title of a chat.
const MAX_TOPIC: usize = 250;
const MEMBER: &str = "#microsoft.graph.aadUserConversationMember";

type Shared = State<Arc<World>>;
type On = ConnectInfo<Line>;

/// An answer, or the status and error code of Graph. With what the bot is told afterwards.
pub(super) type Answer = Result<(Response, Vec<Value>), Refusal>;

pub(super) struct Refusal(StatusCode, &'static str, String);

pub(super) fn refuse(status: StatusCode, words: impl Into<String>) -> Refusal {
    let code = match status {
        StatusCode::NOT_FOUND => "NotFound",
        StatusCode::CONFLICT => "Conflict",
        StatusCode::FORBIDDEN => "Forbidden",
        _ => "BadRequest",
    };
    Refusal(status, code, words.into())
}

pub(super) fn bad(words: &str) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, words)
}

impl From<ControlError> for Refusal {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Unknown(..) => refuse(StatusCode::NOT_FOUND, error.to_string()),
            _ => refuse(StatusCode::CONFLICT, error.to_string()),
        }
    }
}

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/graph/v1.0/chats", post(create_chat))
        .route("/graph/v1.0/users/{user}/chats", get(chats))
        .route("/graph/v1.0/chats/{chat}", patch(rename))
        .route("/graph/v1.0/chats/{chat}/installedApps", post(install))
        .route("/graph/v1.0/chats/{chat}/members", get(members).post(add_member))
        .route("/graph/v1.0/chats/{chat}/members/{membership}", delete(remove_member))
        .route("/graph/v1.0/chats/{chat}/permissionGrants", get(permission_grants))
        .route("/graph/v1.0/appCatalogs/teamsApps", get(apps))
}

fn error_body(code: &str, words: &str, now: DateTime<Utc>) -> Value {
    let id = uuid::Uuid::new_v4().to_string();
    let inner = json!({"date": now.to_rfc3339_opts(SecondsFormat::Secs, true), "request-id": id, "client-request-id": id});
    json!({"error": {"code": code, "message": words, "innerError": inner}})
}

fn fault_code(fault: &Fault, status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS => "TooManyRequests",
        StatusCode::SERVICE_UNAVAILABLE => "ServiceUnavailable",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::NOT_FOUND => "NotFound",
        _ if fault.status.is_some() => "BadRequest",
        _ => "InternalServerError",
    }
}

impl World {
    /// Checks the token, lets faults strike, and tells the bot afterwards.
    pub(super) async fn graph(self: &Arc<Self>, line: &Line, headers: &HeaderMap, act: impl FnOnce(&Self) -> Answer) -> Response {
        let now = self.common.now();
        let accept = async {
            if !bearer(headers).is_some_and(|token| self.graph_tokens.is_good(token, now)) {
                self.common.journal.count("graph.unauthorized");
                let body = error_body("InvalidAuthenticationToken", "Access token is empty, has expired or is for somebody else.", now);
                return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
            }
            match act(self) {
                Ok((response, events)) => {
                    self.tell_later(events);
                    response
                }
                Err(Refusal(status, code, words)) => {
                    self.common.journal.count("graph.refused");
                    (status, Json(error_body(code, &words, now))).into_response()
                }
            }
        };
        let body = |fault: &Fault, status| error_body(fault_code(fault, status), "The request was not accepted.", now);
        self.common.guarded(line, Surface::Graph, body, accept).await
    }

    /// Tells the bot without letting anybody wait for it. [`super::TeamsWorld::settled`] does.
    fn tell_later(self: &Arc<Self>, events: Vec<Value>) {
        self.common.signal();
        if events.is_empty() {
            return;
        }
        self.telling.fetch_add(1, Ordering::SeqCst);
        let world = self.clone();
        tokio::spawn(async move {
            // A bot without an address is told nothing, as in Teams.
            let _ = world.tell(events).await;
            world.telling.fetch_sub(1, Ordering::SeqCst);
            world.common.signal();
        });
    }

    fn note(&self, kind: &str, chat: &str, status: StatusCode, body: &Value) {
        self.common.journal.record(Way::In, kind, self.common.now(), Some(chat), Some(status.as_u16()), || body.clone());
    }

    /// The roster of a group chat. Graph knows channels elsewhere.
    pub(super) fn chat_roster(&self, chat: &str) -> Result<Roster, Refusal> {
        let state = self.lock();
        let found = state.shared.rooms.iter().find(|room| room.id == chat).map(|room| &room.kind);
        match found {
            Some(RoomKind::GroupChat(roster)) => Ok(roster.clone()),
            _ => Err(refuse(StatusCode::NOT_FOUND, "No chat with this id.")),
        }
    }

    /// The person whom a `user@odata.bind` names, and when their view of the history begins.
    fn bound_member(&self, member: &Value) -> Result<TeamsUser, Refusal> {
        let roles = member["roles"].as_array();
        let is_member = member["@odata.type"] == MEMBER
            && roles.is_some_and(|roles| matches!(roles.as_slice(), [one] if one == "owner" || one == "guest"));
        let bound =
            member["user@odata.bind"].as_str().filter(|_| is_member).ok_or_else(|| bad("A member needs its type, one role and a user."))?;
        let id = bound.rsplit_once("/users").map(|(_, id)| id.trim_matches(['/', '(', ')', '\'']));
        let id = id.ok_or_else(|| bad("The bound user is no user."))?;
        let user = self.with_user(id, |state| state.user.clone()).map_err(|_| refuse(StatusCode::NOT_FOUND, "No user with this id."))?;
        if user.object_id.eq_ignore_ascii_case(id) || user.upn.eq_ignore_ascii_case(id) {
            Ok(user)
        } else {
            Err(bad("The bound user is no user."))
        }
    }
}

fn read(body: &Bytes) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| bad("The body is no JSON."))
}

fn topic_of(request: &Value) -> Result<Option<&str>, Refusal> {
    match &request["topic"] {
        Value::Null => Ok(None),
        Value::String(topic) if topic.encode_utf16().count() <= MAX_TOPIC && !topic.contains(':') => Ok(Some(topic)),
        _ => Err(bad("A topic has at most 250 characters and no colon.")),
    }
}

async fn create_chat(State(world): Shared, ConnectInfo(line): On, headers: HeaderMap, body: Bytes) -> Response {
    world
        .graph(&line, &headers, |world| {
            let request = read(&body)?;
            if request["chatType"] != "group" {
                return Err(bad("Only group chats are simulated."));
            }
            let members = request["members"].as_array().filter(|all| !all.is_empty()).ok_or_else(|| bad("A chat needs members."))?;
            let users = members.iter().map(|member| world.bound_member(member)).collect::<Result<Vec<_>, _>>()?;
            let mut keys: Vec<&str> = users.iter().map(|user| user.key.as_str()).collect();
            keys.sort_unstable();
            if keys.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(bad("Duplicate chat members."));
            }
            let topic = topic_of(&request)?;
            let id = world.create_group_chat(topic, &keys)?;
            world.note("graph.chat", &id, StatusCode::CREATED, &request);
            let created = world.common.now().to_rfc3339_opts(SecondsFormat::Millis, true);
            let answer = json!({"id": id, "topic": topic, "chatType": "group", "createdDateTime": created, "tenantId": world.tenant_id});
            Ok(((StatusCode::CREATED, Json(answer)).into_response(), Vec::new()))
        })
        .await
}

/// The group chats of a person.
async fn chats(State(world): Shared, ConnectInfo(line): On, Path(user): Path<String>, headers: HeaderMap) -> Response {
    world
        .graph(&line, &headers, |world| {
            let user = world.with_user(&user, |state| state.user.key.clone()).map_err(|_| refuse(StatusCode::NOT_FOUND, "No user."))?;
            let state = world.lock();
            let of_user = state.shared.rooms.iter().filter(|room| match &room.kind {
                RoomKind::GroupChat(roster) => roster.has(&user) && !room.deleted,
                RoomKind::Channel(_) => false,
            });
            let chat = |room: &Room| {
                let made = room.made_at.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true);
                json!({"id": room.id, "topic": room.name, "chatType": "group", "createdDateTime": made, "tenantId": world.tenant_id})
            };
            let chats: Vec<Value> = of_user.map(chat).collect();
            Ok((Json(json!({"value": chats})).into_response(), Vec::new()))
        })
        .await
}

async fn rename(State(world): Shared, ConnectInfo(line): On, Path(chat): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    world
        .graph(&line, &headers, |world| {
            let request = read(&body)?;
            world.chat_roster(&chat)?;
            let topic = topic_of(&request)?.ok_or_else(|| bad("What is to be changed?"))?;
            let events = world.rename(&chat, None, topic)?;
            world.note("graph.topic", &chat, StatusCode::OK, &request);
            Ok((Json(json!({"id": chat, "topic": topic, "chatType": "group"})).into_response(), events))
        })
        .await
}

async fn install(State(world): Shared, ConnectInfo(line): On, Path(chat): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    world
        .graph(&line, &headers, |world| {
            let request = read(&body)?;
            let roster = world.chat_roster(&chat)?;
            let app = request["teamsApp@odata.bind"].as_str().and_then(|bound| bound.rsplit_once("/appCatalogs/teamsApps/"));
            if app.is_none_or(|(_, id)| id != world.catalog_id) {
                return Err(refuse(StatusCode::NOT_FOUND, "The app is not in the catalog."));
            }
            if roster.bot {
                return Err(refuse(StatusCode::CONFLICT, "The app is already installed."));
            }
            if !world.consents_to_manifest(&request["consentedPermissionSet"]["resourceSpecificPermissions"]) {
                return Err(refuse(
                    StatusCode::FORBIDDEN,
                    "The app's resource-specific permissions must be consented to, all and no others.",
                ));
            }
            let events = world.set_bot(&chat, None, true)?;
            world.set_rsc(&chat, true)?;
            world.note("graph.install", &chat, StatusCode::CREATED, &request);
            Ok((StatusCode::CREATED.into_response(), events))
        })
        .await
}

impl World {
    fn consents_to_manifest(&self, permissions: &Value) -> bool {
        let given = |one: &Value| one["permissionValue"].as_str().filter(|_| one["permissionType"] == "Application").map(str::to_owned);
        let given: Option<Vec<String>> = permissions.as_array().and_then(|all| all.iter().map(given).collect());
        let sorted = |mut all: Vec<String>| {
            all.sort_unstable();
            all
        };
        given.is_some_and(|given| sorted(given) == sorted(self.permissions.clone()))
    }
}

/// The id of somebody's membership, which says nothing to who does not know.
fn membership(chat: &str, user: &TeamsUser) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE.encode(format!("MCMjMC0j{chat}#{}", user.object_id))
}

async fn members(State(world): Shared, ConnectInfo(line): On, Path(chat): Path<String>, headers: HeaderMap) -> Response {
    world
        .graph(&line, &headers, |world| {
            let roster = world.chat_roster(&chat)?;
            let member = |user: &TeamsUser, from: Option<DateTime<Utc>>| {
                let from = from.map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
                json!({"@odata.type": MEMBER, "id": membership(&chat, user), "roles": ["owner"], "displayName": user.name,
                    "userId": user.object_id, "email": user.upn, "tenantId": world.tenant_id, "visibleHistoryStartDateTime": from})
            };
            let known = roster.members.iter().filter_map(|one| world.with_user(&one.user, |state| member(&state.user, one.sees_from)).ok());
            Ok((Json(json!({"value": known.collect::<Vec<_>>()})).into_response(), Vec::new()))
        })
        .await
}

async fn add_member(State(world): Shared, ConnectInfo(line): On, Path(chat): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    world
        .graph(&line, &headers, |world| {
            let request = read(&body)?;
            world.chat_roster(&chat)?;
            let user = world.bound_member(&request)?;
            let sees_from = match &request["visibleHistoryStartDateTime"] {
                Value::Null => world.common.now(),
                at => at.as_str().and_then(|at| at.parse().ok()).ok_or_else(|| bad("The start of the history is no time."))?,
            };
            let events = world.add_member(&chat, None, &user.key, Some(sees_from))?;
            world.note("graph.member.added", &chat, StatusCode::CREATED, &request);
            let place = format!("/v1.0/chats/{chat}/members/{}", membership(&chat, &user));
            Ok(((StatusCode::CREATED, [(header::LOCATION, place)]).into_response(), events))
        })
        .await
}

async fn remove_member(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((chat, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    world
        .graph(&line, &headers, |world| {
            let roster = world.chat_roster(&chat)?;
            let known = |key: &String| world.with_user(key, |state| membership(&chat, &state.user) == id).unwrap_or(false);
            let member = roster.members.iter().find(|member| known(&member.user));
            let member = member.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "No member with this id."))?;
            let events = world.remove_member(&chat, None, &member.user)?;
            world.note("graph.member.removed", &chat, StatusCode::NO_CONTENT, &json!({"user": member.user}));
            Ok((StatusCode::NO_CONTENT.into_response(), events))
        })
        .await
}

async fn permission_grants(State(world): Shared, ConnectInfo(line): On, Path(chat): Path<String>, headers: HeaderMap) -> Response {
    world
        .graph(&line, &headers, |world| {
            let roster = world.chat_roster(&chat)?;
            // What is said of teams is granted in teams.
            let of_chats = world.permissions.iter().filter(|name| roster.rsc && name.ends_with(".Chat"));
            let grant = |name: &String| {
                json!({"id": format!("{name}@{chat}"), "clientAppId": world.app_id, "clientId": uuid::Uuid::new_v4().to_string(),
                    "resourceAppId": "00000003-0000-0000-c000-000000000000", "permissionType": "Application", "permission": name})
            };
            Ok((Json(json!({"value": of_chats.map(grant).collect::<Vec<_>>()})).into_response(), Vec::new()))
        })
        .await
}

#[derive(Deserialize)]
struct Filter {
    #[serde(rename = "$filter")]
    filter: Option<String>,
}

async fn apps(State(world): Shared, ConnectInfo(line): On, Query(Filter { filter }): Query<Filter>, headers: HeaderMap) -> Response {
    world
        .graph(&line, &headers, |world| {
            let wanted = match filter.as_deref() {
                None => None,
                Some(filter) => {
                    let id = filter.strip_prefix("externalId eq '").and_then(|rest| rest.strip_suffix('\''));
                    Some(id.ok_or_else(|| bad("Only externalId eq '...' is simulated."))?)
                }
            };
            let app = json!({"id": world.catalog_id, "externalId": world.app_id, "displayName": world.bot_name, "distributionMethod": "organization"});
            let found = wanted.is_none_or(|id| id.eq_ignore_ascii_case(&world.app_id));
            Ok((Json(json!({"value": if found { vec![app] } else { Vec::new() }})).into_response(), Vec::new()))
        })
        .await
}
