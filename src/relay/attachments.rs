//! Files that colleagues send to the bot: remembered for a day, so that a template can be filled with one.

use super::desk::{Desk, Person};
use crate::bridge::{FileSource, TeamsAttachment};
use crate::cards::Style;
use crate::cards::submit::Action;
use crate::store::Result;
use crate::texts::{self, PASTED_PICTURE, sentences};
use chrono::Duration;
use serde_json::{Value, json};

/// How long a file may be chosen: its address in Teams does not live much longer.
pub const LIFETIME: Duration = Duration::hours(24);
/// What Teams calls a file.
const FILE: &str = "application/vnd.microsoft.teams.file.download.info";

/// Remembers the files and pictures of a message.
pub fn keep(desk: &Desk<'_>, person: &Person, attachments: &[TeamsAttachment]) -> Result<()> {
    for attachment in attachments {
        if let Some(source) = source(attachment) {
            desk.tx.keep_attachment(person.id(), &source, desk.now)?;
        }
    }
    Ok(())
}

/// Where a file or picture is fetched from; `None`: Teams does not hand it over.
pub fn source(attachment: &TeamsAttachment) -> Option<FileSource> {
    let url = attachment.url.clone()?;
    let name = attachment.name.clone().filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| PASTED_PICTURE.to_owned());
    if attachment.content_type == FILE {
        Some(FileSource::File { url, name })
    } else if attachment.content_type.starts_with("image/") {
        Some(FileSource::Inline { url, name })
    } else {
        None
    }
}

/// A card that leads on with a button of ours: it was put into the chat with the message extension, and is for the colleague alone.
pub fn is_our_card(attachment: &TeamsAttachment) -> bool {
    attachment.card.as_ref().is_some_and(has_our_button)
}

fn has_our_button(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.get("data").is_some_and(Action::is_ours) || members.values().any(has_our_button),
        Value::Array(items) => items.iter().any(has_our_button),
        _ => false,
    }
}

/// Names what cannot reach a client.
pub fn tell(desk: &Desk<'_>, person: &Person, attachments: &[TeamsAttachment]) -> Result<()> {
    let left: Vec<&TeamsAttachment> = attachments.iter().filter(|attachment| source(attachment).is_none()).collect();
    if left.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = left.iter().map(|attachment| attachment.name.as_deref().unwrap_or(&attachment.content_type)).collect();
    desk.journal("attachment.not_sent", &person.id().0, None, None, &json!({ "names": names }))?;
    let text = sentences::attachments_not_sent(&texts::names(&names));
    desk.post(None, person, desk.notice(person, None, Style::Warning, text), None)
}
