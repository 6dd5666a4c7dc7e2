//! The Bot Framework's login: tokens for the bot, keys for whoever checks ours.
//!
//! Keys are RSA 2048. The first one is made once per process, since it takes a moment and many worlds are started in tests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::World;
use crate::simulator::common::StartError;
use crate::simulator::faults::Surface;
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

const ISSUER: &str = "https://api.botframework.com";
const SCOPE: &str = "https://api.botframework.com/.default";
/// Seconds an issued token lives, as Entra says it.
const LIFETIME: i64 = 3_599;

#[derive(Clone)]
struct SigningKey {
    pair: Arc<KeyPair>,
    kid: String,
}

impl SigningKey {
    fn make() -> Result<Self, StartError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| StartError::Key)?;
        let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| StartError::Key)?;
        let kid = URL_SAFE_NO_PAD.encode(&Sha256::digest(der.as_ref())[..20]);
        Ok(Self { pair: Arc::new(pair), kid })
    }
}

static FIRST: OnceLock<SigningKey> = OnceLock::new();

/// The signing key, and the last token made with it.
pub(super) struct Keys {
    current: RwLock<SigningKey>,
    /// Real Connector tokens live an hour and are used for many activities; so is ours, for the signature is the costly part.
    token: Mutex<Option<(i64, String)>>,
}

impl Keys {
    pub(super) async fn new() -> Result<Self, StartError> {
        let first = match FIRST.get() {
            Some(key) => key.clone(),
            None => {
                let made = tokio::task::spawn_blocking(SigningKey::make).await.map_err(|_| StartError::Key)??;
                FIRST.get_or_init(|| made).clone()
            }
        };
        Ok(Self { current: RwLock::new(first), token: Mutex::default() })
    }

    pub(super) async fn rotate(&self) -> Result<(), StartError> {
        let made = tokio::task::spawn_blocking(SigningKey::make).await.map_err(|_| StartError::Key)??;
        *self.current.write().expect("no panic happens under this lock") = made;
        *self.token.lock().expect("no panic happens under this lock") = None;
        Ok(())
    }

    fn current(&self) -> SigningKey {
        self.current.read().expect("no panic happens under this lock").clone()
    }

    pub(super) fn sign(&self, header: Value, claims: &Value) -> String {
        let key = self.current();
        let mut full = json!({"typ": "JWT", "alg": "RS256", "kid": key.kid, "x5t": key.kid});
        if let (Some(full), Value::Object(given)) = (full.as_object_mut(), header) {
            full.extend(given);
        }
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(full.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; key.pair.public_modulus_len()];
        key.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
            .expect("a fresh RSA 2048 key signs any input");
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn published(&self) -> Value {
        let key = self.current();
        let public = key.pair.public_key();
        json!({"keys": [{
            "kty": "RSA",
            "use": "sig",
            "kid": key.kid,
            "x5t": key.kid,
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
            "endorsements": ["msteams"],
        }]})
    }
}

/// Tokens issued to the bot, with the second each one ends.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<String, i64>>);

impl Tokens {
    fn issue(&self, now: DateTime<Utc>) -> String {
        let token = format!("sim.{}.{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        self.0.lock().expect("no panic happens under this lock").insert(token.clone(), now.timestamp() + LIFETIME);
        token
    }

    pub(super) fn is_good(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.0.lock().expect("no panic happens under this lock").get(token).is_some_and(|end| now.timestamp() < *end)
    }

    pub(super) fn revoke(&self) {
        self.0.lock().expect("no panic happens under this lock").clear();
    }
}

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
    if field("scope") != SCOPE {
        return refuse(StatusCode::BAD_REQUEST, "invalid_scope", 70_011, "The provided value for scope is not valid.");
    }
    let now = world.common.now();
    let token = world.tokens.issue(now);
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
