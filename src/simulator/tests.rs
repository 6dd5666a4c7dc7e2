//! Both worlds against a tiny server that only records what it is sent.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rstest::rstest;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use super::*;
use crate::clock::Clock;

const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Server {
    activities: Mutex<Vec<(Value, String)>>,
    webhooks: Mutex<Vec<(Bytes, String)>>,
    invoke_answer: Mutex<Value>,
    /// What webhooks are answered; 0 stands for 200.
    webhook_status: AtomicU16,
}

async fn activity(State(server): State<Arc<Server>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let token = headers["authorization"].to_str().expect("ASCII").to_owned();
    let is_invoke = body["type"] == "invoke";
    server.activities.lock().expect("fine").push((body, token));
    if is_invoke { Json(server.invoke_answer.lock().expect("fine").clone()).into_response() } else { StatusCode::OK.into_response() }
}

async fn webhook(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    server.webhooks.lock().expect("fine").push((body, headers["x-hub-signature-256"].to_str().expect("ASCII").to_owned()));
    match server.webhook_status.load(Ordering::SeqCst) {
        0 => StatusCode::OK,
        status => StatusCode::from_u16(status).expect("a status"),
    }
}

async fn handshake(Query(query): Query<std::collections::HashMap<String, String>>) -> Response {
    if query["hub.verify_token"] != defaults().whatsapp.verify_token {
        return StatusCode::FORBIDDEN.into_response();
    }
    query["hub.challenge"].clone().into_response()
}

async fn loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port")
}

fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().expect("a time")
}

struct Stage {
    server: Arc<Server>,
    teams: TeamsWorld,
    whatsapp: WhatsAppWorld,
    clock: Clock,
    http: reqwest::Client,
    number: String,
}

async fn stage() -> Stage {
    let server = Arc::new(Server::default());
    let router = Router::new()
        .route("/api/messages", post(activity))
        .route("/webhooks/whatsapp", post(webhook).get(handshake))
        .with_state(server.clone());
    let listener = loopback().await;
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let clock = Clock::manual(noon());
    let cast = defaults();
    let number = cast.whatsapp.numbers[0].phone_number_id.clone();
    let teams = TeamsWorld::start(loopback().await, cast.teams, clock.clone()).await.expect("starts");
    teams.set_bot_endpoint(format!("{base}/api/messages").parse().expect("a URL"));
    let whatsapp = WhatsAppWorld::start(loopback().await, cast.whatsapp, clock.clone()).await.expect("starts");
    whatsapp.set_webhook(format!("{base}/webhooks/whatsapp").parse().expect("a URL"));
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
    Stage { server, teams, whatsapp, clock, http, number }
}

impl Stage {
    async fn token(&self) -> String {
        let teams = defaults().teams;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &teams.app_id)
            .append_pair("client_secret", &teams.client_secret)
            .append_pair("scope", "https://api.botframework.com/.default")
            .finish();
        let url = format!("{}/{}/oauth2/v2.0/token", self.teams.login_url(), teams.tenant_id);
        let answer: Value = self.http.post(url).body(form).send().await.expect("answers").json().await.expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    async fn connector(&self, method: reqwest::Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let url = format!("{}v3/conversations{path}", self.teams.service_url());
        let response = self.http.request(method, url).bearer_auth(token).json(&body).send().await.expect("answers");
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    /// Posts to Ana's conversation.
    async fn posts(&self, token: &str, body: Value) -> (u16, Value) {
        let conversation = defaults().teams.users[0].conversation_id.clone();
        self.connector(reqwest::Method::POST, &format!("/{conversation}/activities"), token, body).await
    }

    async fn graph(&self, body: Value) -> Result<(u16, Value), reqwest::Error> {
        let url = format!("{}/v26.0/{}/messages", self.whatsapp.base_url(), self.number);
        let response = self.http.post(url).bearer_auth(defaults().whatsapp.access_token).json(&body).send().await?;
        Ok((response.status().as_u16(), response.json().await.unwrap_or(Value::Null)))
    }

    async fn sends(&self, to: &str, kind: &str, part: Value) -> (u16, Value) {
        let mut body = json!({"messaging_product": "whatsapp", "to": to, "type": kind, "biz_opaque_callback_data": "d-1"});
        body[kind] = part;
        self.graph(body).await.expect("answers")
    }

    /// Every status and message of the webhooks so far: `(status or type, value)`.
    fn news(&self) -> Vec<(String, Value)> {
        let bodies = self.server.webhooks.lock().expect("fine").clone();
        let mut news = Vec::new();
        for (body, _) in bodies {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            for entry in body["entry"].as_array().expect("entries") {
                let value = entry["changes"][0]["value"].clone();
                let status = value["statuses"][0]["status"].as_str();
                let kind = status.or(value["messages"][0]["type"].as_str()).unwrap_or("other");
                news.push((kind.to_owned(), value));
            }
        }
        news
    }

    fn kinds(&self) -> Vec<String> {
        self.news().into_iter().map(|(kind, _)| kind).collect()
    }

    async fn settles(&self) {
        self.whatsapp.settled(PATIENCE).await.expect("every webhook is answered");
    }

    fn opt_in(&self) -> Value {
        json!({"name": "switchboard_opt_in", "language": {"code": "en"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "Northwind"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "yes:1"}]}]})
    }
}

#[tokio::test]
async fn a_typed_message_arrives_signed_with_a_published_key_and_a_service_url_claim() {
    let stage = stage().await;
    let posted = stage.teams.types("ana", "Hello").await.expect("typed");
    assert_eq!(posted.status, 200);
    let (body, token) = stage.server.activities.lock().expect("fine")[0].clone();
    assert_eq!((&body["type"], &body["text"], &body["channelId"]), (&json!("message"), &json!("Hello"), &json!("msteams")));
    assert_eq!(body["serviceUrl"], stage.teams.service_url());
    assert_eq!(body["localTimestamp"], "2026-11-20T09:00:00.000-03:00");
    let metadata: Value = stage.http.get(stage.teams.openid_metadata_url()).send().await.expect("answers").json().await.expect("JSON");
    let keys: Value =
        stage.http.get(metadata["jwks_uri"].as_str().expect("a URL")).send().await.expect("answers").json().await.expect("JSON");
    let key = &keys["keys"][0];
    assert_eq!(key["endorsements"], json!(["msteams"]));
    let decoding = DecodingKey::from_rsa_components(key["n"].as_str().expect("n"), key["e"].as_str().expect("e")).expect("a key");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[defaults().teams.app_id]);
    validation.set_issuer(&["https://api.botframework.com"]);
    // The world's time stands still; the library would ask the machine's.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    let token = token.strip_prefix("Bearer ").expect("a bearer");
    let claims = jsonwebtoken::decode::<Value>(token, &decoding, &validation).expect("a good signature").claims;
    assert_eq!(claims["serviceurl"], stage.teams.service_url());
    assert!(claims["nbf"].as_i64() <= Some(noon().timestamp()) && claims["exp"].as_i64() > Some(noon().timestamp()));
}

#[tokio::test]
async fn rotated_keys_replace_the_published_ones() {
    let stage = stage().await;
    let before = stage.teams.sign(json!({}), stage.teams.good_claims());
    stage.teams.rotate_keys().await.expect("rotates");
    let after = stage.teams.sign(json!({}), stage.teams.good_claims());
    assert_ne!(before.split('.').next(), after.split('.').next());
}

#[rstest]
#[case::entity(QuoteStyle::Entity, true, false)]
#[case::blockquote(QuoteStyle::Blockquote, false, true)]
#[case::both(QuoteStyle::Both, true, true)]
#[tokio::test]
async fn a_quote_comes_in_the_chosen_generation(#[case] style: QuoteStyle, #[case] entity: bool, #[case] blockquote: bool) {
    let stage = stage().await;
    let first = stage.teams.types("ana", "first").await.expect("typed").activity_id;
    stage.teams.says("ana", Draft::text("answer").quoting(&first).style(style)).await.expect("typed");
    let (body, _) = stage.server.activities.lock().expect("fine")[1].clone();
    let entities = body["entities"].as_array().expect("entities");
    assert_eq!(entities.iter().any(|one| one["quotedReply"]["messageId"] == first.as_str()), entity);
    assert_eq!(body["text"].as_str().expect("text").contains("<quoted messageId="), entity);
    let html = body["attachments"][0]["content"].as_str().unwrap_or_default();
    assert_eq!(html.contains(&format!("schema.skype.com/Reply\" itemid=\"{first}\"")), blockquote);
}

#[tokio::test]
async fn the_login_refuses_a_wrong_secret_and_the_connector_a_token_it_did_not_issue() {
    let stage = stage().await;
    let url = format!("{}/{}/oauth2/v2.0/token", stage.teams.login_url(), defaults().teams.tenant_id);
    let form = format!("grant_type=client_credentials&client_id={}&client_secret=wrong&scope=x", defaults().teams.app_id);
    let response = stage.http.post(url).body(form).send().await.expect("answers");
    assert_eq!(response.status(), 401);
    let body: Value = response.json().await.expect("JSON");
    assert!(body["error_description"].as_str().expect("words").starts_with("AADSTS7000215"));
    assert_eq!(stage.posts("made-up", json!({"type": "message", "text": "x"})).await.0, 401);
}

#[tokio::test]
async fn the_connector_posts_edits_and_deletes_once_the_app_is_installed() {
    let stage = stage().await;
    let token = stage.token().await;
    let message = json!({"type": "message", "text": "<b>hi</b>", "textFormat": "xml"});
    let (status, body) = stage.posts(&token, message.clone()).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("BotNotInConversationRoster")));
    stage.teams.install("ana").await.expect("installed");
    let (status, body) = stage.posts(&token, message).await;
    assert_eq!(status, 201);
    let id = body["id"].as_str().expect("an id").to_owned();
    let path = format!("/{}/activities/{id}", defaults().teams.users[0].conversation_id.replace(':', "%3A"));
    let (status, _) = stage.connector(reqwest::Method::PUT, &path, &token, json!({"type": "message", "text": "new"})).await;
    assert_eq!(status, 200);
    let item = stage.teams.chat("ana").expect("known")[0].clone();
    assert_eq!((item.text.as_deref(), item.revision, item.from), (Some("new"), 1, Author::Bot));
    assert_eq!(stage.connector(reqwest::Method::DELETE, &path, &token, Value::Null).await.0, 200);
    assert!(stage.teams.chat("ana").expect("known")[0].deleted);
    assert_eq!(stage.connector(reqwest::Method::DELETE, &path, &token, Value::Null).await.0, 404);
    assert_eq!(
        stage.connector(reqwest::Method::POST, "/a:nobody/activities", &token, json!({"type": "message", "text": "x"})).await.0,
        404
    );
    stage.teams.revoke_tokens();
    assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 401);
}

#[tokio::test]
async fn a_conversation_is_created_for_whom_the_app_is_installed_and_its_members_are_listed() {
    let stage = stage().await;
    let token = stage.token().await;
    let teams = defaults().teams;
    let request = json!({"bot": {"id": format!("28:{}", teams.app_id)}, "members": [{"id": teams.users[1].user_id}], "isGroup": false,
        "tenantId": teams.tenant_id, "channelData": {"tenant": {"id": teams.tenant_id}}});
    assert_eq!(stage.connector(reqwest::Method::POST, "", &token, request.clone()).await.0, 403);
    stage.teams.install("ben").await.expect("installed");
    let (status, body) = stage.connector(reqwest::Method::POST, "", &token, request).await;
    assert_eq!((status, &body["id"]), (201, &json!(teams.users[1].conversation_id)));
    let path = format!("/{}/pagedmembers?pageSize=100", teams.users[1].conversation_id);
    let (_, body) = stage.connector(reqwest::Method::GET, &path, &token, Value::Null).await;
    assert_eq!(body["members"][0]["objectId"], teams.users[1].object_id);
}

#[tokio::test]
async fn a_pressed_button_invokes_with_its_inputs_and_the_answered_card_takes_the_place() {
    let stage = stage().await;
    let token = stage.token().await;
    stage.teams.install("ana").await.expect("installed");
    let card = json!({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Input.Text", "id": "phone", "value": "+49"}],
        "actions": [{"type": "Action.Execute", "title": "Send request", "verb": "ask", "data": {"contact": 7}}]});
    let attachment = json!([{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]);
    let (_, body) = stage.posts(&token, json!({"type": "message", "attachments": attachment})).await;
    let id = body["id"].as_str().expect("an id");
    let receipt = json!({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Asked"}]});
    *stage.server.invoke_answer.lock().expect("fine") =
        json!({"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": receipt});
    let answer = stage.teams.click("ana", id, "Send request", json!({"phone": "+551"})).await.expect("pressed");
    assert_eq!((answer.status, answer.card, answer.toast), (200, Some(receipt.clone()), None));
    let (invoke, _) = stage.server.activities.lock().expect("fine").last().expect("one").clone();
    assert_eq!(invoke["name"], "adaptiveCard/action");
    assert_eq!(invoke["value"]["action"]["data"], json!({"contact": 7, "phone": "+551"}));
    assert_eq!(invoke["replyToId"], id);
    assert_eq!(stage.teams.chat("ana").expect("known")[0].card, Some(receipt));
    let gone = stage.teams.click("ana", id, "Send request", Value::Null).await;
    assert_eq!(gone, Err(ControlError::Unknown("button", "Send request".to_owned())));
}

#[tokio::test]
async fn buttons_of_the_same_title_are_told_apart_by_position() {
    let stage = stage().await;
    let token = stage.token().await;
    stage.teams.install("ana").await.expect("installed");
    let write = |contact: u8| json!({"type": "Action.Submit", "title": "Write", "data": {"contact": contact}});
    let card = json!({"type": "AdaptiveCard", "body": [{"type": "ActionSet", "actions": [write(1)]}], "actions": [write(2)]});
    let attachment = json!([{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]);
    let (_, body) = stage.posts(&token, json!({"type": "message", "attachments": attachment})).await;
    let id = body["id"].as_str().expect("an id");
    stage.teams.click_nth("ana", id, "Write", 1, Value::Null).await.expect("pressed");
    let (submit, _) = stage.server.activities.lock().expect("fine").last().expect("one").clone();
    assert_eq!((&submit["type"], &submit["value"], &submit["replyToId"]), (&json!("message"), &json!({"contact": 2}), &json!(id)));
    assert!(submit.get("text").is_none());
}

#[tokio::test]
async fn with_limits_on_the_eighth_message_within_a_second_is_throttled() {
    let stage = stage().await;
    let token = stage.token().await;
    stage.teams.install("ana").await.expect("installed");
    stage.teams.set_limits(true);
    for _ in 0..7 {
        assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 201);
    }
    assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 429);
    stage.clock.advance(Duration::from_secs(2));
    assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 201);
    let ids: Vec<String> = stage.teams.chat("ana").expect("known").into_iter().map(|item| item.activity_id).collect();
    assert!(ids.is_sorted() && ids.len() == 8);
}

#[tokio::test]
async fn a_file_of_the_client_is_fetched_through_the_graph_with_the_token() {
    let stage = stage().await;
    let file = Picture {
        kind: "image".into(),
        mime_type: "image/png".into(),
        data: "aGk=".into(),
        caption: Some("my cat".into()),
        filename: None,
    };
    stage.whatsapp.client_sends_file("tom", file).expect("sent");
    stage.settles().await;
    let (_, value) = stage.news().pop().expect("one");
    let image = &value["messages"][0]["image"];
    assert_eq!((&image["caption"], &image["mime_type"]), (&json!("my cat"), &json!("image/png")));
    let token = defaults().whatsapp.access_token;
    let address = format!("{}/v26.0/{}", stage.whatsapp.base_url(), image["id"].as_str().expect("an id"));
    let meta: Value = stage.http.get(&address).bearer_auth(&token).send().await.expect("answers").json().await.expect("JSON");
    let url = meta["url"].as_str().expect("an address");
    assert_eq!(stage.http.get(url).send().await.expect("answers").status(), 401);
    assert_eq!(stage.http.get(url).bearer_auth(&token).send().await.expect("answers").text().await.expect("bytes"), "hi");
}

#[tokio::test]
async fn the_page_needs_nothing_from_outside_and_runs_under_its_policy() {
    let stage = stage().await;
    let response = stage.http.get(stage.teams.base_url()).send().await.expect("answers");
    let policy = response.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    let page = response.text().await.expect("HTML");
    assert!(!page.contains("<script>") && !page.contains("style=") && !page.contains("https://"));
    for name in ["app.js", "cards.js", "style.css"] {
        assert!(page.contains(name));
        let file = stage.http.get(format!("{}/{name}", stage.whatsapp.base_url())).send().await.expect("answers");
        let text = file.text().await.expect("text");
        assert!(!text.is_empty() && !text.contains("innerHTML"));
    }
}

#[tokio::test]
async fn the_opt_in_story_runs_on_the_phone_with_statuses_the_tap_and_the_window() {
    let stage = stage().await;
    let (status, body) = stage.sends("+5511987654321", "template", stage.opt_in()).await;
    assert_eq!((status, &body["contacts"][0]["wa_id"]), (200, &json!("551187654321")));
    let wamid = body["messages"][0]["id"].as_str().expect("an id").to_owned();
    stage.settles().await;
    assert_eq!(stage.kinds(), ["sent", "delivered"]);
    let (_, sent) = &stage.news()[0];
    assert_eq!(sent["statuses"][0]["biz_opaque_callback_data"], "d-1");
    assert_eq!(sent["statuses"][0]["pricing"]["category"], "utility");
    assert_eq!(sent["contacts"][0]["user_id"], sent["statuses"][0]["recipient_user_id"]);
    stage.whatsapp.taps("maria", &wamid, "Yes").expect("tapped");
    stage.settles().await;
    let (kind, tap) = stage.news().pop().expect("one");
    assert_eq!(kind, "button");
    assert_eq!(tap["messages"][0]["button"], json!({"payload": "yes:1", "text": "Yes"}));
    assert_eq!(tap["messages"][0]["context"]["id"], wamid.as_str());
    assert_eq!(tap["messages"][0]["from"], "551187654321");
    assert_eq!(stage.whatsapp.window_closes("maria", &stage.number).expect("known"), Some(noon() + chrono::Duration::hours(24)));
    stage.whatsapp.set_open("maria", true).expect("known");
    stage.settles().await;
    assert_eq!(stage.kinds().last().map(String::as_str), Some("read"));
}

#[tokio::test]
async fn outside_the_window_free_text_is_accepted_and_fails_later_and_inside_it_arrives() {
    let stage = stage().await;
    assert_eq!(stage.sends("+4915112345678", "text", json!({"body": "hi"})).await.0, 200);
    stage.settles().await;
    let (_, failed) = stage.news().pop().expect("one");
    assert_eq!(failed["statuses"][0]["errors"][0]["code"], 131_047);
    assert!(failed.get("contacts").is_none() && failed["statuses"][0].get("recipient_user_id").is_none());
    stage.whatsapp.client_types("tom", "Grüße 👋").expect("typed");
    assert_eq!(stage.sends("+4915112345678", "text", json!({"body": "hi"})).await.0, 200);
    stage.settles().await;
    assert_eq!(stage.kinds(), ["failed", "text", "sent", "delivered"]);
    stage.clock.advance(Duration::from_secs(24 * 3_600));
    stage.whatsapp.set_refuse_closed_window_at_once(true);
    let (status, body) = stage.sends("+4915112345678", "text", json!({"body": "late"})).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(131_047)));
}

#[tokio::test]
async fn webhooks_are_escaped_and_signed_over_their_bytes() {
    let stage = stage().await;
    stage.whatsapp.client_types("maria", "Olá 👍").expect("typed");
    stage.settles().await;
    let (body, signature) = stage.server.webhooks.lock().expect("fine")[0].clone();
    assert!(body.is_ascii() && String::from_utf8_lossy(&body).contains(r"Ol\u00e1 \ud83d\udc4d"));
    let mut mac = Hmac::<Sha256>::new_from_slice(defaults().whatsapp.app_secret.as_bytes()).expect("any length");
    mac.update(&body);
    assert_eq!(signature, format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
}

#[tokio::test]
async fn a_client_without_a_number_is_named_by_the_business_scoped_id_only() {
    let stage = stage().await;
    stage.whatsapp.client_types("kim", "hello").expect("typed");
    stage.settles().await;
    let (_, value) = stage.news().pop().expect("one");
    assert!(value["messages"][0].get("from").is_none() && value["contacts"][0].get("wa_id").is_none());
    assert_eq!(value["contacts"][0]["profile"]["username"], "kim.reads");
    let bsuid = value["contacts"][0]["user_id"].clone();
    let body = json!({"messaging_product": "whatsapp", "recipient": bsuid, "type": "text", "text": {"body": "hi"}});
    let (status, answer) = stage.graph(body).await.expect("answers");
    assert_eq!((status, &answer["contacts"][0]), (200, &json!({"input": bsuid, "user_id": bsuid})));
    stage.settles().await;
    assert_eq!(stage.kinds(), ["text", "sent", "delivered"]);
}

#[tokio::test]
async fn a_number_nobody_has_fails_later_and_a_phone_that_is_off_gets_it_when_it_is_on() {
    let stage = stage().await;
    stage.sends("+15550001111", "template", stage.opt_in()).await;
    stage.settles().await;
    assert_eq!(stage.news()[0].1["statuses"][0]["errors"][0]["code"], 131_026);
    stage.whatsapp.set_online("tom", false).expect("known");
    stage.sends("+4915112345678", "template", stage.opt_in()).await;
    stage.settles().await;
    assert_eq!(stage.kinds(), ["failed", "sent"]);
    stage.whatsapp.set_online("tom", true).expect("known");
    stage.settles().await;
    assert_eq!(stage.kinds(), ["failed", "sent", "delivered"]);
    assert_eq!(stage.whatsapp.phone("tom").expect("known")[0].ticks, Some(Ticks::Delivered));
}

#[tokio::test]
async fn a_webhook_is_repeated_with_the_same_bytes_until_it_is_answered_200() {
    let stage = stage().await;
    stage.server.webhook_status.store(503, Ordering::SeqCst);
    stage.whatsapp.client_types("tom", "are you there").expect("typed");
    stage.whatsapp.until("tom", PATIENCE, |_| (stage.whatsapp.count("webhook.retry") == 1).then_some(())).await.expect("tried");
    assert_eq!(stage.whatsapp.pending(), 1);
    stage.server.webhook_status.store(200, Ordering::SeqCst);
    stage.clock.advance(Duration::from_secs(1));
    stage.settles().await;
    let bodies = stage.server.webhooks.lock().expect("fine").clone();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn held_webhooks_leave_in_one_post_when_batching() {
    let stage = stage().await;
    stage.whatsapp.set_webhooks(Some(100), Some(true));
    for text in ["one", "two", "three"] {
        stage.whatsapp.client_types("tom", text).expect("typed");
    }
    stage.whatsapp.set_webhooks(None, Some(false));
    stage.settles().await;
    assert_eq!(stage.server.webhooks.lock().expect("fine").len(), 1);
    let texts: Vec<Value> = stage.news().into_iter().map(|(_, value)| value["messages"][0]["text"]["body"].clone()).collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
async fn templates_come_in_pages_of_five_whatever_the_limit() {
    let stage = stage().await;
    let base = format!("{}/v26.0/{}/message_templates?limit=100", stage.whatsapp.base_url(), defaults().whatsapp.numbers[0].waba_id);
    let (mut after, mut sizes) = (String::new(), Vec::new());
    loop {
        let request = stage.http.get(format!("{base}{after}")).bearer_auth(defaults().whatsapp.access_token);
        let page: Value = request.send().await.expect("answers").json().await.expect("JSON");
        sizes.push(page["data"].as_array().expect("a page").len());
        if page["paging"].get("next").is_none() {
            break;
        }
        after = format!("&after={}", page["paging"]["cursors"]["after"].as_str().expect("a cursor"));
    }
    assert_eq!(sizes, [5, 5, 1]);
}

#[tokio::test]
async fn faults_refuse_hold_and_reset_and_what_was_held_was_accepted() {
    let stage = stage().await;
    let faults = stage.whatsapp.faults();
    faults.set(Fault::new(FaultName::TooManyRequests).times(1).retry_after(3));
    let url = format!("{}/v26.0/{}/messages", stage.whatsapp.base_url(), stage.number);
    let response = stage.http.post(&url).bearer_auth("x").json(&json!({})).send().await.expect("answers");
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().ok()), (429, Some("3")));
    faults.set(Fault::new(FaultName::BadGateway).times(1));
    let response = stage.http.post(&url).json(&json!({})).send().await.expect("answers");
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().ok()), (502, Some("text/html")));
    let text = json!({"messaging_product": "whatsapp", "to": "+4915112345678", "type": "template", "template": stage.opt_in()});
    faults.set(Fault::new(FaultName::Reset).times(1));
    assert!(stage.graph(text.clone()).await.expect_err("reset").is_request());
    assert_eq!(stage.whatsapp.count("graph.message"), 0);
    faults.set(Fault::new(FaultName::TimeoutAfterAcceptance).times(1).lasting(Duration::from_millis(50)));
    stage.graph(text.clone()).await.expect_err("held, then reset");
    assert_eq!(stage.whatsapp.phone("tom").expect("known").len(), 1);
    faults.set(Fault::new(FaultName::GraphError).times(1).code(131_056).status(400));
    let (status, body) = stage.graph(text.clone()).await.expect("answers");
    assert_eq!((status, &body["error"]["code"]), (400, &json!(131_056)));
    assert_eq!(stage.graph(text).await.expect("answers").0, 200);
}

#[tokio::test]
async fn duplicates_reordering_and_early_statuses_happen_on_demand() {
    let stage = stage().await;
    let faults = stage.whatsapp.faults();
    faults.set(Fault::new(FaultName::Duplicate).times(1));
    stage.whatsapp.client_types("tom", "once").expect("typed");
    stage.settles().await;
    assert_eq!(stage.kinds(), ["text", "text"]);
    stage.whatsapp.set_open("tom", true).expect("known");
    faults.set(Fault::new(FaultName::Reorder).times(1));
    faults.set(Fault::new(FaultName::EarlyStatus).times(1));
    stage.sends("+4915112345678", "text", json!({"body": "hi"})).await;
    // No waiting here: they came before the answer.
    assert_eq!(stage.kinds()[2..], ["read", "delivered", "sent"]);
}

#[tokio::test]
async fn the_handshake_wants_the_challenge_back() {
    let stage = stage().await;
    assert!(stage.whatsapp.verify(None).await.expect("asked").accepted);
    assert_eq!(stage.whatsapp.verify(Some("wrong")).await.expect("asked"), Handshake { status: 403, accepted: false });
}

#[tokio::test]
async fn the_control_surface_does_the_same_over_http_and_refuses_foreign_pages() {
    let stage = stage().await;
    let base = stage.whatsapp.base_url().to_owned();
    let request = stage.http.post(format!("{base}/_sim/phones/tom/type")).json(&json!({"text": "hi"}));
    let answer: Value = request.send().await.expect("answers").json().await.expect("JSON");
    assert_eq!(answer["wamid"], stage.whatsapp.phone("tom").expect("known")[0].wamid);
    let foreign = stage.http.get(format!("{base}/_sim/state")).header("origin", "https://evil.example").send().await.expect("answers");
    assert_eq!(foreign.status(), 403);
    let own = stage.http.get(format!("{base}/_sim/state")).header("origin", "http://127.0.0.1:9").send().await.expect("answers");
    assert_eq!(own.headers()["access-control-allow-origin"].to_str().ok(), Some("http://127.0.0.1:9"));
    let moved = stage.http.post(format!("{base}/_sim/clock")).json(&json!({"advance_seconds": 3_600})).send().await.expect("answers");
    assert_eq!(moved.status(), 200);
    assert_eq!(stage.clock.now(), noon() + chrono::Duration::hours(1));
}

#[tokio::test]
async fn a_clock_that_is_the_machines_is_not_moved_and_an_open_address_is_not_served() {
    let world = WhatsAppWorld::start(loopback().await, defaults().whatsapp, Clock::System).await.expect("starts");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = http.post(format!("{}/_sim/clock", world.base_url())).json(&json!({"advance_seconds": 1}));
    assert_eq!(request.send().await.expect("answers").status(), 409);
    let open = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let refused = WhatsAppWorld::start(open, defaults().whatsapp, Clock::System).await;
    assert!(matches!(refused, Err(StartError::NotLoopback(_))));
}

#[tokio::test]
async fn a_stopped_world_answers_nobody() {
    let stage = stage().await;
    let url = format!("{}/_sim/clock", stage.teams.base_url());
    assert_eq!(stage.http.get(&url).send().await.expect("answers").status(), 200);
    stage.teams.stop();
    stage.http.get(&url).send().await.expect_err("gone, the kept connection too");
}

#[tokio::test]
async fn a_quiet_world_counts_and_keeps_nothing() {
    let stage = stage().await;
    stage.whatsapp.set_quiet(true);
    assert_eq!(stage.sends("+4915112345678", "text", json!({"body": "hi"})).await.0, 200);
    assert_eq!((stage.whatsapp.count("graph.message"), stage.whatsapp.pending()), (1, 0));
    assert!(stage.whatsapp.journal(0).is_empty() && stage.whatsapp.phone("tom").expect("known").is_empty());
}
