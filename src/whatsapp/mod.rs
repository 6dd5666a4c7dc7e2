//! The WhatsApp side: what Meta's Cloud API says to us and what we ask of it, translated to and from `bridge`'s words.
//!
//! No type of the Graph API leaves this folder. Webhooks are verified over their raw bytes ([`signature`]) and read leniently
//! ([`webhook`]): Meta adds kinds and fields without notice, so an unknown one is recorded, never an error. The access token goes to
//! the configured Graph host only ([`client`]).

pub mod client;
mod content;
pub mod convert;
pub mod error;
mod hosts;
mod identity;
mod json;
mod media;
mod news;
pub mod signature;
pub mod template;
pub mod webhook;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod template_samples;

pub use client::{Client, PhoneNumber};
pub use media::File;
pub use webhook::{Received, read};

use secrecy::SecretString;
use url::Url;

/// What it takes to talk to the Cloud API and to trust what it sends.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Scheme, host and an optional path prefix of the Graph API (`https://graph.facebook.com`).
    pub graph_url: Url,
    /// The Graph version, with its `v` (`v26.0`).
    pub graph_version: String,
    /// A system user's token. Sent to the host of `graph_url` and nowhere else.
    pub access_token: SecretString,
    /// The app's secrets, any of which may have signed a webhook: several while one is being rotated.
    pub app_secrets: Vec<SecretString>,
    /// What Meta repeats in the handshake when the callback URL is saved.
    pub verify_token: SecretString,
}
