//! What is said about files: what to choose, what was chosen, and what is wrong with it.

use crate::bridge::{FileError, MediaForm};

pub const FILE_SENT_HERE: &str = "A file you sent in this chat in the last 24 hours";
pub const CHOOSE_A_FILE: &str = "Choose a file";
pub const NO_FILE_SENT_HERE: &str = "None of these";
pub const FILE_LINK: &str = "Or a link to it (https)";
pub const FILE_CHOICE_ERROR: &str = "Choose one of the files.";
pub const LINK_TOO_LONG: &str = "Enter a link of at most 2,000 characters.";
/// The name of a picture that was pasted.
pub const PASTED_PICTURE: &str = "Pasted picture";

/// The heading above the inputs for a template's file.
pub fn file_wanted(form: MediaForm) -> String {
    format!("This template begins with {}. Send it to this chat first, or enter a link.", a(form))
}

/// What was fetched already.
pub fn file_kept(name: &str, bytes: u64) -> String {
    format!("Fetched: {}. Leave both empty to use it.", file(name, bytes))
}

/// `offer.pdf, 1.2 MB`
pub fn file(name: &str, bytes: u64) -> String {
    format!("{name}, {}", size(bytes))
}

/// What a card shows while a file is on its way.
pub fn fetching(what: &str) -> String {
    if what.is_empty() { "Fetching the file for WhatsApp…".to_owned() } else { format!("Fetching {what} for WhatsApp…") }
}

/// What is wrong with a file, and what to do.
pub fn file_error(error: &FileError) -> String {
    match error {
        FileError::Missing => "Choose a file or enter a link.".to_owned(),
        FileError::Both => "Choose a file or enter a link, not both.".to_owned(),
        FileError::NotHttps => "The link must begin with https://. Enter another one, or send the file to this chat.".to_owned(),
        FileError::NotPublic => {
            "This address is not on the public internet, so it is not fetched. Send the file to this chat instead.".to_owned()
        }
        FileError::Gone => "This file was sent more than 24 hours ago. Send it to this chat again.".to_owned(),
        FileError::NotTheirs => {
            "This file was made by somebody else, so it is not taken from here. Send it to me in your own chat with me.".to_owned()
        }
        FileError::NotGranted => {
            "Microsoft does not let me read files that are posted here. Send it to me in your own chat with me.".to_owned()
        }
        FileError::TooManyRedirects => "The link leads on too often. Enter the link of the file itself.".to_owned(),
        FileError::Refused { status } => {
            format!("The file could not be fetched (answer {status}). Check the link, or send the file to this chat again.")
        }
        FileError::Unreachable => "The address could not be reached. Check the link, or send the file to this chat.".to_owned(),
        FileError::Empty => "The file is empty. Choose another one.".to_owned(),
        FileError::TooBig { size: Some(found), limit } => {
            format!("The file has {}, WhatsApp takes at most {}. Choose a smaller one.", size(*found), size(*limit))
        }
        FileError::TooBig { size: None, limit } => {
            format!("The file is larger than {}, the most that WhatsApp takes. Choose a smaller one.", size(*limit))
        }
        FileError::WrongType { wanted } => format!("This is not {}. Choose {}.", a(*wanted), types(*wanted)),
        FileError::NotAccepted => "WhatsApp did not accept this file. Save it in another format, or choose another one.".to_owned(),
        FileError::NotKept => {
            "There is no room for the file at the moment. Try again in a few minutes, or tell your administrator.".to_owned()
        }
        FileError::WhatsAppUnavailable => "WhatsApp cannot be reached at the moment. Press Preview again in a few minutes.".to_owned(),
    }
}

fn a(form: MediaForm) -> &'static str {
    match form {
        MediaForm::Image => "a picture",
        MediaForm::Video => "a video",
        MediaForm::Audio => "a sound file",
        MediaForm::Voice => "a voice note",
        MediaForm::Document => "a document",
        MediaForm::Sticker => "a sticker",
    }
}

/// Types of file that WhatsApp takes, as people call them.
fn types(form: MediaForm) -> &'static str {
    match form {
        MediaForm::Image => "a JPEG or PNG picture",
        MediaForm::Video => "an MP4 or 3GP video",
        MediaForm::Audio | MediaForm::Voice => "an AAC, AMR, MP3, M4A or OGG file",
        MediaForm::Document => "a PDF, Word, Excel, PowerPoint or text file",
        MediaForm::Sticker => "a WebP sticker",
    }
}

/// `1.2 MB`, `340 KB`. A file of more than a limit never reads like the limit: sizes are rounded up.
/// `240 KB`, `1.2 MB`
pub(super) fn size(bytes: u64) -> String {
    const KILOBYTE: u64 = 1024;
    const MEGABYTE: u64 = 1024 * KILOBYTE;
    if bytes < MEGABYTE {
        return format!("{} KB", bytes.div_ceil(KILOBYTE));
    }
    let tenths = (bytes * 10).div_ceil(MEGABYTE);
    if tenths.is_multiple_of(10) { format!("{} MB", tenths / 10) } else { format!("{}.{} MB", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(1, "1 KB")]
    #[case(1024, "1 KB")]
    #[case(1025, "2 KB")]
    #[case(5 * 1024 * 1024, "5 MB")]
    #[case(5 * 1024 * 1024 + 1, "5.1 MB")]
    #[case(100 * 1024 * 1024, "100 MB")]
    fn sizes_are_rounded_up(#[case] bytes: u64, #[case] expected: &str) {
        assert_eq!(size(bytes), expected);
    }
}
