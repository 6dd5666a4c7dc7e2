//! Teams' HTML and WhatsApp's text, each into the other. Pure.
//!
//! Invariants: whatever a client writes reaches Teams escaped, so that no tag, mention or link with a false label can be made of
//! it; plain text survives the way there and back; nothing in any text makes this room panic.

/// A table-driven test for each row of a table of what becomes of what.
#[cfg(test)]
macro_rules! rows {
    ($convert:expr; $($row:ident: [$(($from:expr, $to:expr)),+ $(,)?])+) => {$(
        #[test]
        fn $row() {
            for (from, to) in [$(($from, $to)),+] {
                assert_eq!($convert(from), to, "{from}");
            }
        }
    )+};
}

mod direction;
mod markdown;
mod marks;
mod parts;
mod to_teams;
mod to_whatsapp;
mod whatsapp;

pub use direction::contained;
pub use markdown::read_markdown;
pub use marks::literal;
pub use parts::{parts, whatsapp_to_teams_posts};
pub use to_teams::{escape_html, plain, whatsapp_to_teams};
pub use to_whatsapp::{TeamsHtml, read_teams, teams_to_whatsapp};
