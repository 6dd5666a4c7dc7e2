//! Both worlds against a tiny server that only records what it is sent.

mod graph;
mod rooms;
mod surface;
mod teams;
mod whatsapp;

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
use serde_json::{Value, json};
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
        self.token_for("https://api.botframework.com/.default").await
    }

    async fn token_for(&self, scope: &str) -> String {
        let teams = defaults().teams;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &teams.app_id)
            .append_pair("client_secret", &teams.client_secret)
            .append_pair("scope", scope)
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

    /// A `GET` of the Connector below its service URL.
    async fn teams_api(&self, token: &str, path: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.teams.service_url());
        let response = self.http.get(url).bearer_auth(token).send().await.expect("answers");
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
