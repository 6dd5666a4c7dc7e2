//! Both outer worlds on loopback: what Microsoft and Meta run, as far as switchboard can see it, and the people at both ends.
//!
//! [`TeamsWorld`] is the Bot Framework login, its keys, the Connector and the Teams clients of several colleagues.
//! [`WhatsAppWorld`] is the Graph API with its webhooks and the phones of several clients. The two never meet: each has its own
//! state, router and port, so they run in one process (demo, tests in Rust) or in two. The one under test runs against them over
//! real HTTP with real tokens and real signatures.
//!
//! Invariants: knows the protocols and [`crate::clock`], nothing else of ours. Binds to loopback only, for the control surface
//! under `/_sim/` asks nobody who they are. What was accepted is recorded under one rising sequence per process, so that a test
//! can say that nothing was lost, doubled or reordered. No lock is held across an await.

mod cast;
mod common;
mod faults;
mod journal;
mod line;
mod page;
mod teams_world;
mod whatsapp_world;

#[cfg(test)]
mod tests;

pub use cast::{CLIENTS_CHANNEL, Cast, SERVICE_NUMBER, defaults};
pub use common::{ControlError, PageLinks, StartError, TimedOut};
pub use faults::{Fault, FaultName, Faults, Surface};
pub use journal::{Entry, Way};
pub use teams_world::{
    Author, ChatItem, ClickAnswer, Draft, ExtensionAnswer, Fate, FoundCard, FoundChoice, Posted, QuoteStyle, SearchAnswer, Seat, SentFile,
    TeamOptions, TeamsOptions, TeamsUser, TeamsWorld,
};
pub use whatsapp_world::{
    BusinessNumber, Client, Handshake, PhoneButton, PhoneFile, PhoneItem, Picture, Side, Ticks, WhatsAppOptions, WhatsAppWorld,
    service_template_cast, template_cast,
};
