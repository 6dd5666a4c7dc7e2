//! Links to our own pages: signed, for one person, and short-lived. Who holds one and may not read the message any more sees nothing.

use crate::bridge::{ColleagueId, MessageId, Time};
use crate::store::{Result, Store};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How long a link to a file works.
pub const LIFETIME: Duration = Duration::minutes(15);
/// Bytes of the key that they are signed with.
const KEY: usize = 32;

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The message whose file it opens.
    #[serde(rename = "m")]
    pub message: MessageId,
    /// Who may open it.
    #[serde(rename = "c")]
    pub colleague: ColleagueId,
    /// Unix time in seconds.
    #[serde(rename = "u")]
    pub until: i64,
}

/// Makes and reads links. The key stands in the store, so that they outlive a restart and hold for every replica.
pub struct Links {
    key: Vec<u8>,
    public_url: Option<String>,
}

impl Links {
    pub async fn new(store: &Store, public_url: Option<String>) -> Result<Self> {
        let mut fresh = [0_u8; KEY];
        aws_lc_rs::rand::fill(&mut fresh).map_err(|_| crate::store::StoreError::Panicked)?;
        let key = store.write("signing_key", move |tx| tx.signing_key("links", &fresh)).await?;
        Ok(Self { key, public_url })
    }

    /// Whether browsers reach our pages.
    pub fn reach_us(&self) -> bool {
        self.public_url.is_some()
    }

    /// The address of a message's file for one colleague, and until when it works; `None` where browsers do not reach this server.
    pub fn to_file(&self, message: MessageId, colleague: &ColleagueId, now: Time) -> Option<(String, Time)> {
        let until = now + LIFETIME;
        let link = Link { message, colleague: colleague.clone(), until: until.timestamp() };
        Some((format!("{}/files/{}", self.public_url.as_ref()?, self.sign(&link)), until))
    }

    fn sign(&self, link: &Link) -> String {
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_vec(link).unwrap_or_default());
        let seal = URL_SAFE_NO_PAD.encode(self.mac(&said).finalize().into_bytes());
        format!("{said}.{seal}")
    }

    /// What a link says, if we have made it and it still works.
    pub fn read(&self, token: &str, now: Time) -> Option<Link> {
        let (said, seal) = token.split_once('.')?;
        self.mac(said).verify_slice(&URL_SAFE_NO_PAD.decode(seal).ok()?).ok()?;
        let link: Link = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
        (now < DateTime::from_timestamp(link.until, 0)?).then_some(link)
    }

    fn mac(&self, said: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(said.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links(key: u8) -> Links {
        Links { key: vec![key; KEY], public_url: Some("https://switchboard.example".to_owned()) }
    }

    fn now() -> Time {
        "2026-11-20T13:00:00Z".parse().expect("a time")
    }

    fn token(links: &Links) -> String {
        let (url, until) = links.to_file(MessageId(7), &"ana".into(), now()).expect("a public address");
        assert_eq!(until, now() + LIFETIME);
        url.strip_prefix("https://switchboard.example/files/").expect("our page").to_owned()
    }

    #[test]
    fn a_link_names_its_reader_and_dies() {
        let links = links(1);
        let token = token(&links);
        let link = links.read(&token, now()).expect("good");
        assert_eq!((link.message, link.colleague.0.as_str()), (MessageId(7), "ana"));
        assert!(links.read(&token, now() + LIFETIME - Duration::seconds(1)).is_some());
        assert!(links.read(&token, now() + LIFETIME).is_none());
        assert!(Links { key: vec![1; KEY], public_url: None }.to_file(MessageId(7), &"ana".into(), now()).is_none());
    }

    #[test]
    fn a_link_of_another_key_is_none() {
        assert!(links(2).read(&token(&links(1)), now()).is_none());
    }

    proptest! {
        #[test]
        fn no_link_can_be_changed(at in 0..100_usize, to in "[A-Za-z0-9_.-]") {
            let links = links(1);
            let token = token(&links);
            let at = at % token.len();
            let mut other = token.clone();
            other.replace_range(at..=at, &to);
            // The last digit of base64 has bits that say nothing; decoding refuses them.
            prop_assert_eq!(links.read(&other, now()).is_some(), other == token);
        }

        #[test]
        fn anything_else_is_no_link(token in ".{0,80}") {
            prop_assert!(links(1).read(&token, now()).is_none());
        }
    }
}
