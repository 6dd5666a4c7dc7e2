//! What the server tells the client about the colleagues in the chat: who came, who went, who goes on (K-31, K-33, K-36, K-42, K-52).
//! Outside the window they wait for the client's next message and then go first (product.md 10).

use super::desk::{Case, Desk};
use super::send::{self, Wish};
use crate::bridge::{Decision, MessageState, Outgoing, Sending};
use crate::store::{Purpose, Result};
use crate::texts::TextId;

/// Tells the client one of these texts, now or when they next write. Nothing is kept for who has declined or opted out.
pub fn tell_client(desk: &Desk<'_>, case: &Case, text: TextId, values: &[(&str, &str)]) -> Result<()> {
    send::release_notices(desk, case)?;
    let ruling = send::decide(desk, case, None, Sending::Notice)?;
    let state = match ruling.decision {
        Decision::Send => MessageState::Queued,
        Decision::Hold { .. } => MessageState::Held,
        _ => return Ok(()),
    };
    let content = Outgoing::Text { body: desk.client_voice(&case.contact).say(text, values) };
    send::record(desk, case, &Wish::by_server(Purpose::Notice, &content), state, &ruling).map(drop)
}
