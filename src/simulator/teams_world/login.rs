//! The Bot Framework's login: tokens for the bot, keys for whoever checks ours.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::keys::LIFETIME;
use super::state::World;
use crate::simulator::faults::Surface;
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

const ISSUER: &str = "https://api.botframework.com";
const SCOPE: &str = "https://api.botframework.com/.default";
const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";

impl World {
    pub(super) fn good_claims(&self) -> Value {
        let now = self.common.now().timestamp();
        json!({"serviceurl": self.service_url(), "nbf": now - 300, "exp": now + 3_600, "iss": ISSUER, "aud": self.app_id})
    }

    /// A good token, at least ten minutes fresh.
    pub(super) fn activity_token(&self) -> String {
        let now = self.common.now().timestamp();
        let mut kept = self.keys.token.lock().expect("no panic happens under this lock");
        match &*kept {
            Some((end, token)) if now + 600 < *end => token.clone(),
            _ => {
                let token = self.keys.sign(json!({}), &self.good_claims());
                *kept = Some((now + 3_600, token.clone()));
                token
            }
        }
    }
}

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .route("/v1/.well-known/openidconfiguration", get(metadata))
        .route("/v1/.well-known/keys", get(keys))
}

async fn token(State(world): State<Arc<World>>, ConnectInfo(line): ConnectInfo<Line>, Path(tenant): Path<String>, body: Bytes) -> Response {
    let common = &world.common;
    let refusal = |_: &_, status: StatusCode| login_error("temporarily_unavailable", i64::from(status.as_u16()), "try again later");
    common.guarded(&line, Surface::Login, refusal, async { issue(&world, &tenant, &body) }).await
}

fn issue(world: &World, tenant: &str, body: &[u8]) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let refuse = |status: StatusCode, error: &str, code: i64, words: &str| {
        world.common.journal.record(Way::In, "login.refused", world.common.now(), None, Some(status.as_u16()), || json!({"code": code}));
        (status, Json(login_error(error, code, words))).into_response()
    };
    if !tenant.eq_ignore_ascii_case(&world.tenant_id) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", 90_002, "Tenant not found.");
    }
    if field("grant_type") != "client_credentials" {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", 70_003, "The app requested an unsupported grant type.");
    }
    if !field("client_id").eq_ignore_ascii_case(&world.app_id) {
        return refuse(StatusCode::BAD_REQUEST, "unauthorized_client", 700_016, "Application was not found in the directory.");
    }
    if !bool::from(field("client_secret").as_bytes().ct_eq(world.client_secret.as_bytes())) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", 7_000_215, "Invalid client secret provided.");
    }
    let tokens = match field("scope") {
        SCOPE => &world.tokens,
        GRAPH_SCOPE => &world.graph_tokens,
        _ => return refuse(StatusCode::BAD_REQUEST, "invalid_scope", 70_011, "The provided value for scope is not valid."),
    };
    let now = world.common.now();
    let token = tokens.issue(now);
    world.common.journal.record(Way::In, "login.token", now, None, Some(200), || Value::Null);
    Json(json!({"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token})).into_response()
}

/// The shape of Entra's errors (`AADSTS…`).
fn login_error(error: &str, code: i64, words: &str) -> Value {
    json!({"error": error, "error_description": format!("AADSTS{code}: {words}"), "error_codes": [code],
        "trace_id": "00000000-0000-0000-0000-000000000000", "correlation_id": "00000000-0000-0000-0000-000000000000"})
}

async fn metadata(State(world): State<Arc<World>>, ConnectInfo(line): ConnectInfo<Line>) -> Response {
    let base = &world.base;
    let body = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": format!("{base}/v1/.well-known/keys"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    });
    let answer = async {
        world.common.journal.count("keys.metadata");
        Json(body).into_response()
    };
    world.common.guarded(&line, Surface::Keys, |_, status| json!({"status": status.as_u16()}), answer).await
}

async fn keys(State(world): State<Arc<World>>, ConnectInfo(line): ConnectInfo<Line>) -> Response {
    let answer = async {
        world.common.journal.count("keys.fetched");
        Json(world.keys.published()).into_response()
    };
    world.common.guarded(&line, Surface::Keys, |_, status| json!({"status": status.as_u16()}), answer).await
}
