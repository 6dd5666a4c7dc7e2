//! What clients say about marketing: WhatsApp's own switch (`user_preferences`), its refusal (131050), a template's quick reply. A flag
//! beside consent: it blocks marketing templates and nothing else.

use super::desk::{Case, Desk};
use crate::bridge::{ClientIdentity, MessageId, PhoneNumberId, Time};
use crate::cards::Style;
use crate::store::{Contact, Result};
use crate::texts::TextId;
use serde_json::{Value, json};

/// The client used WhatsApp's own switch, for every line that the number stands for.
pub fn on_preference(desk: &Desk<'_>, number: Option<&PhoneNumberId>, client: &ClientIdentity, stop: bool, at: Option<Time>) -> Result<()> {
    let numbers = desk.office.directory.numbers.iter().filter(|known| number.is_none_or(|id| known.phone_number_id == *id));
    let mut lines: Vec<_> = numbers.map(|number| &number.line).collect();
    lines.sort();
    lines.dedup();
    let mut known = false;
    for line in lines {
        if let Some(contact) = desk.tx.contact_of(line, client)? {
            known = true;
            prefers(desk, &contact, stop, at.unwrap_or(desk.now), "client", None, &json!({ "by": "user_preferences" }))?;
        }
    }
    if !known {
        // Nobody to keep it with: whoever only has our number was never sent marketing, but the record shows that they said it.
        desk.journal("marketing.unknown_client", "client", None, None, &json!({ "number": number, "identity": client, "stop": stop }))?;
    }
    Ok(())
}

/// A quick reply or a whole message that says so.
pub fn stopped_by_message(desk: &Desk<'_>, case: &Case, message: MessageId, at: Time) -> Result<()> {
    prefers(desk, &case.contact, true, at.min(desk.now), "client", Some((case, message)), &json!({ "by": "message" }))
}

/// WhatsApp refused a marketing template, because the client had switched marketing off there.
pub fn stopped_by_refusal(desk: &Desk<'_>, case: &Case, message: MessageId) -> Result<()> {
    prefers(desk, &case.contact, true, desk.now, "whatsapp", Some((case, message)), &json!({ "by": "131050" }))
}

/// The client's last word counts, by WhatsApp's own time: what comes late changes nothing.
fn prefers(
    desk: &Desk<'_>,
    contact: &Contact,
    stop: bool,
    at: Time,
    actor: &str,
    about: Option<(&Case, MessageId)>,
    evidence: &Value,
) -> Result<()> {
    if !desk.tx.save_marketing(contact.id, stop, at)? {
        return Ok(());
    }
    let kind = if stop { "marketing.stopped" } else { "marketing.resumed" };
    let body = json!({ "contact": contact.id, "line": contact.line, "at": at, "evidence": evidence });
    desk.journal(kind, actor, about.map(|(case, _)| case.thread.id), about.map(|(_, message)| message), &body)?;
    if contact.marketing_stopped == stop {
        return Ok(());
    }
    let text = if stop { TextId::T15 } else { TextId::T15b };
    for thread in desk.tx.threads_with(contact.id)? {
        let case = Case { thread, contact: contact.clone() };
        desk.tell(&case, Style::Warning, |reader| reader.voice.say(text, &[("client", &contact.name)]))?;
    }
    Ok(())
}
