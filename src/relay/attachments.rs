//! Files that colleagues send to the bot: remembered for a day, so that a template can be filled with one.

use super::desk::{Desk, Person};
use crate::bridge::{FileSource, TeamsAttachment};
use crate::store::Result;
use crate::texts::PASTED_PICTURE;
use chrono::Duration;

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

fn source(attachment: &TeamsAttachment) -> Option<FileSource> {
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
