//! The rules, pure: no async, no I/O, no clock. Functions take `now` and return decisions.

mod admit;
mod billing;
mod business_days;
mod consent;
mod conversation;
mod directory;
pub mod directory_check;
pub mod directory_diff;
mod event;
mod file;
mod flow_check;
mod fold;
mod grounds;
pub mod held;
mod ids;
mod keywords;
mod language;
mod message;
mod news;
mod outcome;
pub mod phone;
mod phrases;
mod place;
mod price;
mod pricing;
pub mod retry;
mod revocation;
mod routing;
pub mod split;
mod state;
mod template;
pub mod template_check;
mod template_choice;
#[cfg(test)]
mod template_tests;
mod window;

pub use admit::*;
pub use billing::*;
pub use business_days::business_days_after;
pub use consent::*;
pub use directory::*;
pub use event::*;
pub use file::*;
pub use fold::fold;
pub use grounds::*;
pub use ids::*;
pub use keywords::*;
pub use language::*;
pub use message::*;
pub use news::*;
pub use outcome::*;
pub use phrases::RevocationPhrases;
pub use place::*;
pub use price::*;
pub use pricing::*;
pub use revocation::*;
pub use routing::*;
pub use state::*;
pub use template::*;
pub use template_choice::*;
pub use window::*;

/// A moment in UTC. The store keeps microseconds.
pub type Time = chrono::DateTime<chrono::Utc>;
