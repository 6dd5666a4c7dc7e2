//! The Graph API: sending messages, and reading templates, media, numbers and subscriptions.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::outbox::Sent;
use super::phone::WINDOW;
use super::phone_file::{file_of, picture_of};
use super::state::{BusinessNumber, Client, ClientState, PhoneButton, PhoneItem, Side, State as WorldState, Ticks, World, new_wamid};
use super::templates::{Rendered, render};
use super::validate::{Refused, check};
use crate::simulator::common::bearer;
use crate::simulator::faults::{Fault, FaultName, Surface};
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

/// How long a phone shows that the business is typing.
const TYPING: chrono::Duration = chrono::Duration::seconds(25);
/// Service messages per number and month that cost nothing.
const FREE_SERVICE_MESSAGES: u64 = 1_000;

type Shared = State<Arc<World>>;
type On = ConnectInfo<Line>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/{version}/{id}/messages", post(messages))
        .route("/{version}/{id}/message_templates", get(templates))
        .route("/{version}/{id}/subscribed_apps", get(subscribed).post(subscribe))
        .route("/{version}/{id}/phone_numbers", get(phone_numbers))
        .route("/{version}/{id}", get(object))
        .layer(DefaultBodyLimit::max(4 * 1024 * 1024))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(self.body())).into_response()
    }
}

pub(super) fn fault_body(fault: &Fault, status: StatusCode) -> Value {
    let usual = match status {
        StatusCode::TOO_MANY_REQUESTS => 130_429,
        StatusCode::SERVICE_UNAVAILABLE => 131_016,
        _ => 131_000,
    };
    Refused::of(fault.code.unwrap_or(usual)).body()
}

pub(super) fn unknown_object() -> Response {
    let message =
        "Unsupported request. The object does not exist, cannot be loaded due to missing permissions, or does not support this operation.";
    let error =
        json!({"error": {"message": message, "type": "GraphMethodException", "code": 100, "error_subcode": 33, "fbtrace_id": "A0"}});
    (StatusCode::BAD_REQUEST, Json(error)).into_response()
}

/// What is decided about a send before anything changes.
struct Plan {
    /// Position of the client; `None` = nobody has this number.
    client: Option<usize>,
    /// What the request called the recipient.
    input: String,
    by_phone: bool,
    rendered: Option<Rendered>,
    fails: Option<i64>,
}

impl World {
    pub(super) fn authorize(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let wanted = self.access_token.read().expect("no panic happens under this lock");
        let good = bearer(headers).is_some_and(|token| token.as_bytes().ct_eq(wanted.as_bytes()).into());
        if good { Ok(()) } else { Err(Refused::of(190)) }
    }

    async fn manage(&self, line: &Line, headers: &HeaderMap, answer: impl FnOnce() -> Response) -> Response {
        self.manage_on(Surface::Management, line, headers, answer).await
    }

    pub(super) async fn manage_on(
        &self,
        surface: Surface,
        line: &Line,
        headers: &HeaderMap,
        answer: impl FnOnce() -> Response,
    ) -> Response {
        let accept = async {
            self.common.journal.count("graph.management");
            self.common.signal();
            match self.authorize(headers) {
                Ok(()) => answer(),
                Err(refused) => refused.into_response(),
            }
        };
        self.common.guarded(line, surface, fault_body, accept).await
    }

    async fn accept_message(self: &Arc<Self>, phone_number_id: &str, headers: &HeaderMap, body: &[u8]) -> Response {
        match self.try_accept(phone_number_id, headers, body).await {
            Ok(response) => response,
            Err(refused) => {
                let (now, code) = (self.common.now(), refused.code);
                let record = || json!({"code": code});
                self.common.journal.record(Way::In, "graph.refused", now, None, Some(refused.status), record);
                self.common.signal();
                refused.into_response()
            }
        }
    }

    async fn try_accept(self: &Arc<Self>, phone_number_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
        self.authorize(headers)?;
        if self.number(phone_number_id).is_none() {
            return Ok(unknown_object());
        }
        let body: Value = serde_json::from_slice(body).map_err(|_| Refused::of(100))?;
        let now = self.common.now();
        if body["status"] == "read" {
            let id = body["message_id"].as_str().ok_or(Refused::of(131_008))?;
            if !self.common.journal.is_quiet() {
                self.read_by_business(phone_number_id, id, body["typing_indicator"]["type"] == "text", now)?;
            }
            self.common.journal.record(Way::In, "graph.read", now, Some(id), Some(200), || body.clone());
            self.common.signal();
            return Ok(Json(json!({"success": true})).into_response());
        }
        let kind = check(&body)?;
        let wamid = new_wamid();
        let input = body["to"].as_str().or(body["recipient"].as_str()).unwrap_or_default();
        if self.common.journal.is_quiet() {
            self.common.journal.count("graph.message");
            let digits = input.trim_start_matches('+');
            return Ok(Json(json!({"messaging_product": "whatsapp", "contacts": [{"input": input, "wa_id": digits}],
                "messages": [{"id": wamid}]}))
            .into_response());
        }
        let contact = {
            let mut state = self.lock();
            let plan = self.plan(&state, phone_number_id, kind, &body, now)?;
            let contact = contact_of(&plan, plan.client.map(|index| &state.clients[index].client));
            let record = || json!({"number": phone_number_id, "body": body});
            let journal_kind = format!("graph.{kind}");
            let seq = self.common.journal.record(Way::In, &journal_kind, now, Some(&wamid), Some(200), record);
            self.carry_out(&mut state, plan, seq, phone_number_id, kind, &body, &wamid, now);
            contact
        };
        self.common.journal.count("graph.message");
        self.common.signal();
        if self.common.faults.take(FaultName::EarlyStatus, Surface::Webhooks).is_some() {
            // At most as long as a caller waits; a server that is down must not hold the answer for ever.
            self.common.until(Duration::from_secs(5), || (self.outbox.pending() == 0).then_some(())).await.ok();
        }
        let mut message = json!({"id": wamid});
        if kind == "template" {
            message["message_status"] = json!("accepted");
        }
        Ok(Json(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})).into_response())
    }

    fn plan(&self, state: &WorldState, number: &str, kind: &str, body: &Value, now: DateTime<Utc>) -> Result<Plan, Refused> {
        let by_phone = body["to"].is_string();
        let input = body["to"].as_str().or(body["recipient"].as_str()).unwrap_or_default().to_owned();
        let client = state.clients.iter().position(|state| answers_to(&state.client, &input, by_phone));
        let waba = self.number(number).map_or("", |number| &number.waba_id);
        let of_account = state.templates.iter().filter(|template| template["waba"].as_str().is_none_or(|owner| owner == waba));
        let rendered = if kind == "template" { Some(render(of_account, &body["template"], now)?) } else { None };
        let person = client.map(|index| &state.clients[index]);
        let is_open = person.and_then(|person| person.wrote_at.get(number)).is_some_and(|at| now - *at < WINDOW);
        let is_marketing = rendered.as_ref().is_some_and(|rendered| rendered.category == "marketing");
        let fails = if let Some(fault) = self.common.faults.take(FaultName::FailedStatus, Surface::Messages) {
            Some(fault.code.unwrap_or(131_026))
        } else if person.is_none_or(|person| person.blocked) {
            Some(131_026)
        } else if rendered.is_none() && !is_open {
            if self.refuse_closed.load(Ordering::Relaxed) {
                return Err(Refused::of(131_047));
            }
            Some(131_047)
        } else if rendered.as_ref().is_some_and(|rendered| rendered.asset.is_unknown(|id| state.media.contains_key(id))) {
            // Accepted first, looked at later: what Meta cannot fetch fails by webhook.
            Some(131_053)
        } else if body[kind]["id"].as_str().is_some_and(|id| !state.media.contains_key(id)) {
            Some(131_053)
        } else if is_marketing && person.is_some_and(|person| person.client.wa_id.as_deref().is_some_and(|id| id.starts_with('1'))) {
            Some(131_049)
        } else {
            None
        };
        Ok(Plan { client, input, by_phone, rendered, fails })
    }

    #[allow(clippy::too_many_arguments, reason = "one call, under the lock, with what the request was taken apart into")]
    fn carry_out(
        self: &Arc<Self>,
        state: &mut WorldState,
        plan: Plan,
        seq: u64,
        number: &str,
        kind: &str,
        body: &Value,
        wamid: &str,
        now: DateTime<Utc>,
    ) {
        let category = plan.rendered.as_ref().map_or("service", |rendered| &rendered.category).to_owned();
        if category == "service" && plan.fails.is_none() {
            state.service_messages += 1;
        }
        let is_free = category == "service" && state.service_messages <= FREE_SERVICE_MESSAGES;
        let sent = Sent {
            wamid: wamid.to_owned(),
            number: number.to_owned(),
            callback: body["biz_opaque_callback_data"].as_str().map(str::to_owned),
            category,
            price: if is_free { "free_customer_service" } else { "regular" }.to_owned(),
            by_phone: plan.by_phone,
        };
        let Some(client) = plan.client.map(|index| &mut state.clients[index]) else {
            let update = self.failed(None, &plan.input, &sent, plan.fails.unwrap_or(131_026), now);
            return self.enqueue("unknown", update);
        };
        if let Some(code) = plan.fails {
            let update = self.failed(Some(&client.client), &plan.input, &sent, code, now);
            return self.enqueue(&client.client.key.clone(), update);
        }
        if kind == "reaction" {
            let emoji = body["reaction"]["emoji"].as_str().unwrap_or_default().to_owned();
            if let Some(item) = body["reaction"]["message_id"].as_str().and_then(|target| client.item(target)) {
                item.reactions = if emoji.is_empty() { Vec::new() } else { vec![emoji] };
            }
        } else {
            let picture = plan.rendered.as_ref().and_then(|rendered| rendered.asset.picture(&state.media));
            let picture = picture.or_else(|| picture_of(&state.media, &body[kind]));
            let file = file_of(&state.media, &body[kind]);
            let item = business_item(seq, wamid, number, now, kind, body, plan.rendered, sent.callback.clone());
            client.items.push(PhoneItem { picture, file, ..item });
            client.typing_until = None;
        }
        self.arrives(client, sent, now);
    }

    /// The business has read a client's message, and those before it; perhaps somebody types there.
    fn read_by_business(&self, number: &str, wamid: &str, typing: bool, now: DateTime<Utc>) -> Result<(), Refused> {
        let mut state = self.lock();
        let is_theirs = |item: &PhoneItem| item.wamid == wamid && item.from == Side::Client && item.phone_number_id == number;
        let mut found = state.clients.iter_mut().filter_map(|client| Some((client.items.iter().position(is_theirs)?, client)));
        let (at, client) = found.next().ok_or(Refused::of(131_009))?;
        for item in client.items[..=at].iter_mut().filter(|item| item.from == Side::Client && item.phone_number_id == number) {
            item.ticks = Some(Ticks::Read);
        }
        if typing {
            client.typing_until = Some(now + TYPING);
        }
        Ok(())
    }

    /// Sends the statuses that this phone gives now, and keeps the rest for later.
    fn arrives(self: &Arc<Self>, client: &mut ClientState, sent: Sent, now: DateTime<Utc>) {
        let mut ticks = vec![Ticks::Sent];
        if client.online {
            ticks.push(Ticks::Delivered);
            if client.open {
                ticks.push(Ticks::Read);
            } else {
                client.unread.push_back(sent.clone());
            }
        } else {
            client.waiting.push_back(sent.clone());
        }
        if let Some(item) = client.item(&sent.wamid) {
            item.ticks = ticks.last().copied();
        }
        if self.common.faults.take(FaultName::Reorder, Surface::Webhooks).is_some() {
            ticks.reverse();
        }
        for ticks in ticks {
            let update = self.status(&client.client, &sent, ticks, now);
            self.enqueue(&client.client.key, update);
        }
    }
}

/// Whether a send to `input` reaches this client: by BSUID, or by the number as dialled or as WhatsApp knows it.
fn answers_to(client: &Client, input: &str, by_phone: bool) -> bool {
    if !by_phone {
        return client.bsuid == input;
    }
    let digits: String = input.chars().filter(char::is_ascii_digit).collect();
    let phone = client.phone.as_deref().map(|phone| phone.trim_start_matches('+'));
    phone == Some(&digits) || client.wa_id.as_deref() == Some(&digits)
}

fn contact_of(plan: &Plan, client: Option<&Client>) -> Value {
    if !plan.by_phone {
        return json!({"input": plan.input, "user_id": plan.input});
    }
    let digits = plan.input.chars().filter(char::is_ascii_digit).collect::<String>();
    let wa_id = client.and_then(|client| client.wa_id.clone()).unwrap_or(digits);
    json!({"input": plan.input, "wa_id": wa_id})
}

#[allow(clippy::too_many_arguments, reason = "builds one item out of one request")]
fn business_item(
    seq: u64,
    wamid: &str,
    number: &str,
    at: DateTime<Utc>,
    kind: &str,
    body: &Value,
    rendered: Option<Rendered>,
    callback: Option<String>,
) -> PhoneItem {
    let text_of = |value: &Value| value.as_str().map(str::to_owned);
    let part = &body[kind];
    let mut item = PhoneItem {
        seq,
        wamid: wamid.to_owned(),
        from: Side::Business,
        phone_number_id: number.to_owned(),
        at,
        kind: kind.to_owned(),
        text: String::new(),
        header: None,
        picture: None,
        file: None,
        footer: None,
        buttons: Vec::new(),
        template: None,
        ticks: Some(Ticks::Sent),
        reply_to: text_of(&body["context"]["message_id"]),
        reactions: Vec::new(),
        edited: false,
        deleted: false,
        callback,
    };
    match (kind, rendered) {
        (_, Some(rendered)) => {
            item.template = text_of(&part["name"]);
            (item.text, item.header, item.footer, item.buttons) = (rendered.text, rendered.header, rendered.footer, rendered.buttons);
        }
        ("text", _) => item.text = text_of(&part["body"]).unwrap_or_default(),
        ("interactive", _) => {
            item.text = text_of(&part["body"]["text"]).unwrap_or_default();
            item.header = text_of(&part["header"]["text"]);
            item.footer = text_of(&part["footer"]["text"]);
            item.buttons = interactive_buttons(&part["action"]);
        }
        ("location", _) => item.text = format!("[location {}, {}]", part["latitude"], part["longitude"]),
        _ => {
            let name = part["filename"].as_str().or(part["caption"].as_str()).unwrap_or_default();
            item.text = format!("[{kind}] {name}").trim_end().to_owned();
        }
    }
    item
}

fn interactive_buttons(action: &Value) -> Vec<PhoneButton> {
    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let replies = action["buttons"].as_array().into_iter().flatten().map(|button| PhoneButton {
        title: text_of(&button["reply"]["title"]),
        kind: "reply".to_owned(),
        value: text_of(&button["reply"]["id"]),
    });
    let rows = action["sections"].as_array().into_iter().flatten().filter_map(|section| section["rows"].as_array()).flatten();
    let rows = rows.map(|row| PhoneButton { title: text_of(&row["title"]), kind: "list".to_owned(), value: text_of(&row["id"]) });
    replies.chain(rows).collect()
}

type OneId = Path<(String, String)>;

async fn messages(State(world): Shared, ConnectInfo(line): On, Path((_, id)): OneId, headers: HeaderMap, body: Bytes) -> Response {
    let accept = world.accept_message(&id, &headers, &body);
    world.common.guarded(&line, Surface::Messages, fault_body, accept).await
}

#[derive(Deserialize)]
struct TemplateQuery {
    after: Option<String>,
    name: Option<String>,
    status: Option<String>,
    language: Option<String>,
    category: Option<String>,
}

async fn templates(
    State(world): Shared,
    ConnectInfo(line): On,
    Path((version, waba)): OneId,
    Query(query): Query<TemplateQuery>,
    headers: HeaderMap,
) -> Response {
    world
        .manage(&line, &headers, || {
            if !world.numbers.iter().any(|number| number.waba_id == waba) {
                return unknown_object();
            }
            let wanted = |template: &Value| {
                let is = |name: &str, wanted: &Option<String>| {
                    wanted.as_ref().is_none_or(|wanted| template[name].as_str().is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
                };
                let owned = template["waba"].as_str().is_none_or(|owner| owner == waba);
                owned
                    && is("name", &query.name)
                    && is("status", &query.status)
                    && is("language", &query.language)
                    && is("category", &query.category)
            };
            let all: Vec<Value> = world.lock().templates.iter().filter(|template| wanted(template)).cloned().collect();
            let cursor = |at: usize| URL_SAFE_NO_PAD.encode(format!("at:{at}"));
            let from = (0..=all.len()).find(|at| query.after.as_deref() == Some(&cursor(*at))).unwrap_or(0);
            let to = (from + world.page_size).min(all.len());
            let mut paging = json!({"cursors": {"before": cursor(from), "after": cursor(to)}});
            if to < all.len() {
                paging["next"] = json!(format!("{}/{version}/{waba}/message_templates?after={}", world.base, cursor(to)));
            }
            let page: Vec<Value> = all[from..to]
                .iter()
                .cloned()
                .map(|mut template| {
                    template.as_object_mut().map(|members| members.remove("waba"));
                    template
                })
                .collect();
            Json(json!({"data": page, "paging": paging})).into_response()
        })
        .await
}

async fn subscribed(State(world): Shared, ConnectInfo(line): On, Path((_, waba)): OneId, headers: HeaderMap) -> Response {
    world
        .manage(&line, &headers, || {
            if !world.numbers.iter().any(|number| number.waba_id == waba) {
                return unknown_object();
            }
            let app =
                json!({"id": "1234567890123456", "name": "switchboard", "link": "https://www.facebook.com/games/?app_id=1234567890123456"});
            Json(json!({"data": [{"whatsapp_business_api_data": app}]})).into_response()
        })
        .await
}

async fn subscribe(State(world): Shared, ConnectInfo(line): On, headers: HeaderMap) -> Response {
    world.manage(&line, &headers, || Json(json!({"success": true})).into_response()).await
}

fn number_json(number: &BusinessNumber) -> Value {
    json!({"id": number.phone_number_id, "display_phone_number": number.display, "verified_name": number.verified_name,
        "quality_rating": "GREEN", "name_status": "APPROVED", "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"}, "whatsapp_business_manager_messaging_limit": "TIER_2K"})
}

async fn phone_numbers(State(world): Shared, ConnectInfo(line): On, Path((_, waba)): OneId, headers: HeaderMap) -> Response {
    world
        .manage(&line, &headers, || {
            let numbers: Vec<Value> = world.numbers.iter().filter(|number| number.waba_id == waba).map(number_json).collect();
            if numbers.is_empty() { unknown_object() } else { Json(json!({"data": numbers})).into_response() }
        })
        .await
}

async fn object(State(world): Shared, ConnectInfo(line): On, Path((_, id)): OneId, headers: HeaderMap) -> Response {
    world
        .manage(&line, &headers, || {
            if let Some(number) = world.number(&id) {
                return Json(number_json(number)).into_response();
            }
            let state = world.lock();
            let Some(file) = state.media.get(&id) else { return unknown_object() };
            Json(json!({"messaging_product": "whatsapp", "id": id, "mime_type": file.mime_type, "file_size": file.bytes.len(),
                "sha256": hex::encode(Sha256::digest(&file.bytes)),
                "url": format!("{}/_media/{id}?asked={}", world.base, world.common.now().timestamp())}))
            .into_response()
        })
        .await
}
