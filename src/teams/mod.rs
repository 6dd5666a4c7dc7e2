//! The Bot Framework: who may speak to us, what they said, and how we answer; and Microsoft Graph, where group chats are made and files of
//! shared conversations are read.
//!
//! Invariants: no activity leaves this room unverified ([`Authenticator::verify`]); a bearer token goes to hosts of its
//! allow-list only, checked again when it is used; wire types stay inside: [`convert`] speaks `bridge::` outward.

mod activity;
mod auth;
mod body;
mod caller;
mod connector;
pub mod convert;
mod error;
mod graph;
mod graph_files;
mod hosts;
pub mod invoke;
mod keys;
mod permissions;
mod query;
mod settings;
#[cfg(test)]
mod testing;
mod token;
mod updates;

pub use activity::{Account, Activity, Attachment, Conversation};
pub use auth::{Authenticator, Reason, Refusal};
pub use connector::{Connector, Member};
pub use convert::Inbound;
pub use error::retry_after;
pub use graph::{ChatMember, EVERYTHING, Graph};
pub use graph_files::{MessagePlace, SharedFile};
pub use invoke::InvokeResponse;
pub use keys::KeyError;
pub use permissions::RESOURCE_SPECIFIC_PERMISSIONS;
pub use query::{ChoiceQuery, ExtensionQuery};
pub use settings::{GraphSettings, Settings};
pub use token::{BearerToken, TokenError, Tokens};
