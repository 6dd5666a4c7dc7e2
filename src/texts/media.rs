//! What is said about pictures and files that people send each other.

use super::files::size;
use super::sentences;
use crate::bridge::{KeptFile, LostFile, Media, MediaForm, OutgoingFile};

/// Nobody's browser reaches this server.
pub const NO_PAGES: &str = "It is kept, and cannot be opened here: your administrator has not set this server's public address.";
/// The heading of a page whose link works no more.
pub const LINK_OVER: &str = "This link does not work any more";
/// What to do about it.
pub const LINK_OVER_ADVICE: &str = "Links to files work for a few minutes, and for one person. Open the file again from its card in Teams.";
/// A file whose bytes are gone.
pub const BYTES_GONE: &str = "This file cannot be read at the moment. Try again in a minute; if it stays so, tell your administrator.";
pub const DOWNLOAD: &str = "Download";
/// A player that knows this kind of recording is not in every browser.
pub const NO_PLAYER: &str = "Your browser cannot play this. Download it to open it with another program.";

/// `Picture`, `Voice message` …
pub fn form(form: MediaForm) -> &'static str {
    match form {
        MediaForm::Image => sentences::PICTURE,
        MediaForm::Video => sentences::VIDEO,
        MediaForm::Audio => sentences::AUDIO,
        MediaForm::Voice => sentences::VOICE,
        MediaForm::Document => sentences::DOCUMENT,
        MediaForm::Sticker => sentences::STICKER,
    }
}

/// What is posted of a message with a file until the file is there, in WhatsApp's markup.
pub fn at_first(media: &Media) -> String {
    let what = named(media.form, media.filename.as_deref());
    let line = match media.id {
        Some(_) => format!("[{what}: on its way]"),
        None => format!("[{what}: WhatsApp did not pass it on. Ask for it to be sent again.]"),
    };
    with_caption(line, media)
}

/// What stands for a message with a file in a list of messages.
pub fn line(media: &Media) -> String {
    with_caption(format!("[{}]", named(media.form, media.filename.as_deref())), media)
}

/// What stands for a file of ours.
pub fn outgoing_line(outgoing: &OutgoingFile) -> String {
    let line = format!("[{}]", named(outgoing.form, Some(&outgoing.file.name)));
    outgoing.caption.as_ref().map_or(line.clone(), |caption| format!("{line}\n{caption}"))
}

fn with_caption(line: String, media: &Media) -> String {
    match &media.caption {
        Some(caption) => format!("{line}\n{caption}"),
        None => line,
    }
}

fn named(kind: MediaForm, filename: Option<&str>) -> String {
    filename.map_or_else(|| form(kind).to_owned(), |name| format!("{} {name}", form(kind)))
}

/// `Document · offer.pdf · 1.2 MB`, `Picture · 1600 × 1200 · 240 KB`, `Voice message · 0:42 · 96 KB`
pub fn described(kind: MediaForm, file: &KeptFile) -> String {
    let mut parts = vec![form(kind).to_owned()];
    if matches!(kind, MediaForm::Document) {
        parts.push(file.name.clone());
    }
    if let (Some(width), Some(height)) = (file.width, file.height) {
        parts.push(format!("{width} × {height}"));
    }
    parts.extend(file.duration.map(length));
    parts.push(size(file.size));
    parts.join(" · ")
}

/// The same for a file of ours, with how it will look on the phone where that is not what one would think.
pub fn will_go(outgoing: &OutgoingFile) -> String {
    let said = described(outgoing.form, &outgoing.file);
    match (outgoing.form, outgoing.file.mime_type.split('/').next()) {
        // It is not looked into, so whatever its camera wrote goes along.
        (MediaForm::Document, Some("image")) => format!("{said} · as a document, with all that it says about place and time"),
        (MediaForm::Document, Some("video" | "audio")) => format!("{said} · as a document, which does not play in the chat"),
        _ => said,
    }
}

/// What the card says before anything is sent.
pub fn about_to_send(files: usize, client: &str) -> String {
    let what = if files == 1 { "this file".to_owned() } else { format!("these {files} files") };
    format!("Send {what} to {client}?")
}

pub fn sent_by(who: &str, at: &str) -> String {
    format!("{who} sent this, {at}.")
}

pub fn cancelled_by(who: &str, at: &str) -> String {
    format!("{who} did not send this, {at}.")
}

/// What is being fetched from Teams.
pub fn fetching(name: &str) -> String {
    format!("Fetching {name}…")
}

/// Said where others read along, of a message without words and files.
pub const NOTHING_FROM_HERE: &str =
    "Nothing was sent. Files that are posted here do not reach me: send them to me in your own chat with me. Pictures can be pasted here.";
/// On the card of a conversation that lives where others read along.
pub const FILES_ELSEWHERE: &str = "Files reach the client from your own chat with me; pictures can be pasted here.";

/// Told administrators.
pub fn files_refused(detail: &str) -> String {
    format!(
        "Files that colleagues post in group chats and channels cannot be read: Microsoft Graph answered “{detail}”. Check \
         teams.graph.files in the configuration, the app's permissions (Files.Read.All, and consent to the app in the chats and teams). \
         Until then colleagues send files in their own chats."
    )
}

/// Files that came with an internal note.
pub fn not_in_a_note(names: &str) -> String {
    format!("A note holds words only. Not sent to anybody: {names}.")
}

/// Somebody else's files.
pub const NOT_YOURS: &str = "Only who posted these files may send them.";

/// `0:42`, `1:02:03`, of milliseconds.
pub fn length(millis: u64) -> String {
    let seconds = millis.div_ceil(1_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// What a screen reader says of the picture.
pub fn picture_of(kind: MediaForm, client: &str) -> String {
    format!("{} from {client}", form(kind))
}

/// The way to the original.
pub fn open(kind: MediaForm) -> &'static str {
    match kind {
        MediaForm::Image | MediaForm::Sticker => "Original",
        MediaForm::Video | MediaForm::Audio | MediaForm::Voice => "Play",
        MediaForm::Document => "Open",
    }
}

pub fn page_until(time: &str) -> String {
    format!("For you alone, until {time}.")
}

/// Why there will be no file, and what to do.
pub fn lost(kind: MediaForm, why: LostFile, client: &str) -> String {
    let why = match why {
        LostFile::NotThere => "WhatsApp does not have it any more",
        LostFile::Expired => "it could not be fetched while WhatsApp had it",
        LostFile::TooBig => "it is larger than 100 MB",
        LostFile::Empty => "it is empty",
        LostFile::Damaged => "it arrived damaged",
    };
    format!("{}: {why}. Ask {client} to send it again.", form(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "0:00")]
    #[case(400, "0:01")]
    #[case(42_000, "0:42")]
    #[case(61_001, "1:02")]
    #[case(3_723_000, "1:02:03")]
    fn a_length_is_read_at_a_glance(#[case] millis: u64, #[case] expected: &str) {
        assert_eq!(length(millis), expected);
    }
}
