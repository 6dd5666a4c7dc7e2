//! The rules, pure: no async, no I/O, no clock. Functions take `now` and return decisions.

mod consent;
mod directory;
mod event;
mod ids;
mod message;
mod outcome;

pub use consent::*;
pub use directory::*;
pub use event::*;
pub use ids::*;
pub use message::*;
pub use outcome::*;

/// A moment in UTC. The store keeps microseconds.
pub type Time = chrono::DateTime<chrono::Utc>;
