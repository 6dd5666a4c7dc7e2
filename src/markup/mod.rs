//! Teams' HTML and WhatsApp's text, each into the other. Pure.
//!
//! Invariants: whatever a client writes reaches Teams escaped, so that no tag, mention or link with a false label can be made of
//! it; plain text survives the way there and back; nothing in any text makes this room panic.

mod marks;
mod to_teams;
mod to_whatsapp;
mod whatsapp;

pub use marks::literal;
pub use to_teams::{escape_html, plain, whatsapp_to_teams};
pub use to_whatsapp::{TeamsHtml, read_teams, teams_to_whatsapp};
