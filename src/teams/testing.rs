//! A very small outer world for this room's tests: OpenID metadata, keys, and scripted answers for everything else, over real
//! HTTP on loopback.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeZone;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::settings::Settings;
use crate::clock::Clock;

/// An RSA key as both sides use it.
pub(super) struct TestKey {
    pub(super) signing: EncodingKey,
    pub(super) n: String,
    pub(super) e: String,
}

/// Making RSA keys is slow, so the process shares these: the published one, and one nobody published.
pub(super) static KEY: LazyLock<TestKey> = LazyLock::new(TestKey::generate);
pub(super) static OTHER_KEY: LazyLock<TestKey> = LazyLock::new(TestKey::generate);

impl TestKey {
    fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key has an encoding");
        let public = pair.public_key();
        Self {
            // The signer wants the RSAPrivateKey alone: PKCS#8 of a 2048-bit key wraps it in exactly 26 bytes.
            signing: EncodingKey::from_rsa_der(&der.as_ref()[26..]),
            n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }
    }

    pub(super) fn jwk(&self, kid: &str, endorsements: Value) -> Value {
        json!({"kty": "RSA", "use": "sig", "kid": kid, "n": self.n, "e": self.e, "endorsements": endorsements})
    }

    pub(super) fn sign(&self, kid: &str, claims: &Value) -> String {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.signing).expect("claims can be signed")
    }
}

/// What the world answers to one request.
pub(super) enum Answer {
    Json {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Value,
    },
    /// The request is read and never answered.
    Silence,
}

impl Answer {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::Json { status, headers: Vec::new(), body }
    }

    pub(super) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Json { status, mut headers, body } => {
                headers.push((name, value.into()));
                Self::Json { status, headers, body }
            }
            Self::Silence => Self::Silence,
        }
    }
}

/// One request that was made.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

#[derive(Default)]
pub(super) struct Script {
    pub(super) answers: VecDeque<Answer>,
    pub(super) seen: Vec<Seen>,
    /// Keys that are published; `None` makes the metadata fail.
    pub(super) keys: Option<Vec<Value>>,
    pub(super) jwks_uri: Option<String>,
    pub(super) key_fetches: usize,
}

pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) base: String,
    pub(super) script: Arc<Mutex<Script>>,
}

impl World {
    pub(super) async fn start(answers: Vec<Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let script = Script {
            answers: answers.into(),
            keys: Some(vec![KEY.jwk("kid-1", json!(["msteams"]))]),
            jwks_uri: Some(format!("{base}/keys")),
            ..Script::default()
        };
        let script = Arc::new(Mutex::new(script));
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let start = chrono::Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a time");
        Self { clock: Clock::manual(start), base, script }
    }

    pub(super) fn settings(&self) -> Settings {
        let url = |path: &str| format!("{}{path}", self.base).parse().expect("a URL");
        Settings {
            app_id: "app-1".to_owned(),
            tenant_id: "tenant-1".to_owned(),
            allowed_tenants: vec!["Tenant-1".to_owned()],
            client_secret: "s3cret&=".into(),
            openid_metadata_url: url("/metadata"),
            issuer: "https://api.botframework.com".to_owned(),
            login_url: url("/login"),
            scope: "https://api.botframework.com/.default".to_owned(),
            allowed_service_hosts: vec!["smba.trafficmanager.net".to_owned(), self.base.replace("http://", "")],
            unauthenticated_loopback: false,
        }
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.script.lock().expect("no test panics while it holds it").seen.clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().expect("no test panics while it holds it"));
    }
}

/// As the server builds it, but impatient.
pub(super) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(2))
        .no_proxy()
        .build()
        .expect("a client without surprises")
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a small body");
    let answer = {
        let mut script = script.lock().expect("no test panics while it holds it");
        match parts.uri.path() {
            "/metadata" if script.keys.is_some() => return axum::Json(json!({"jwks_uri": script.jwks_uri})).into_response(),
            "/metadata" => {
                script.key_fetches += 1;
                return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            "/keys" => {
                script.key_fetches += 1;
                return axum::Json(json!({"keys": script.keys})).into_response();
            }
            _ => {}
        }
        script.seen.push(Seen {
            method: parts.method.to_string(),
            path: parts.uri.to_string(),
            authorization: parts.headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned),
            body: String::from_utf8(body.to_vec()).expect("text"),
        });
        script.answers.pop_front().unwrap_or_else(|| Answer::json(599, json!({"error": {"code": "NotScripted"}})))
    };
    match answer {
        Answer::Silence => std::future::pending().await,
        Answer::Json { status, headers, body } => {
            let mut response = axum::Json(body).into_response();
            *response.status_mut() = axum::http::StatusCode::from_u16(status).expect("a status");
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().expect("a header value"));
            }
            response
        }
    }
}
