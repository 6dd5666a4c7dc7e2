//! What proves a consent (product.md 3): the exact text sent, its language, the template or that it was a session message, the message
//! ids of request and answer, the times, who asked, and on what basis. It stands in the journal, with every step of consent.

use super::desk::{Desk, SERVER};
use super::render;
use crate::bridge::{ClientMessage, MessageId, Outgoing};
use crate::store::{Contact, Result};
use serde_json::{Map, Value, json};

/// The last request as it was sent. Empty where nobody ever asked.
pub fn of_request(desk: &Desk<'_>, contact: &Contact) -> Result<Map<String, Value>> {
    let mut evidence = Map::new();
    evidence.insert("basis".to_owned(), json!(contact.basis));
    let Some(request) = contact.request_message.map(|id| desk.tx.message(id)).transpose()?.flatten() else { return Ok(evidence) };
    let content = request.outgoing()?;
    let (sent_as, template) = match &content {
        Outgoing::Template(template) => ("template", Some(template.name.as_str())),
        _ => ("session_message", None),
    };
    let said = [
        ("request", json!(request.id)),
        ("request_wamid", json!(request.wamid)),
        ("requested_at", json!(contact.consent.requested_at)),
        ("requested_by", json!(contact.requested_by.as_ref().map_or(SERVER, |by| by.as_str()))),
        ("sent_as", json!(sent_as)),
        ("template", json!(template)),
        ("language", json!(contact.request_language)),
        ("text", json!(render::shown(&content))),
    ];
    evidence.extend(said.map(|(name, value)| (name.to_owned(), value)));
    Ok(evidence)
}

/// The client's answer, and ours to it.
pub fn of_answer(desk: &Desk<'_>, by: MessageId, message: &ClientMessage, answered: Option<MessageId>) -> Result<Map<String, Value>> {
    let said = [
        ("by_message", json!(by)),
        ("wamid", json!(message.wamid)),
        ("at", json!(message.at)),
        ("words", json!(render::content(desk, &message.content)?)),
        ("answer", json!(answered)),
    ];
    Ok(said.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}
