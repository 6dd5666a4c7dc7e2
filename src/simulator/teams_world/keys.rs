//! The keys that sign activities, and the tokens issued to the bot.
//!
//! Keys are RSA 2048. The first one is made once per process, since it takes a moment and many worlds are started in tests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::simulator::common::StartError;

/// Seconds an issued token lives, as Entra says it.
pub(super) const LIFETIME: i64 = 3_599;

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
    pub(super) token: Mutex<Option<(i64, String)>>,
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

    pub(super) fn published(&self) -> Value {
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
    pub(super) fn issue(&self, now: DateTime<Utc>) -> String {
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
