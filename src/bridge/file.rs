//! Files on their way to WhatsApp: what is taken, how large, and what may be wrong with one.

use super::MediaForm;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Graph keeps an uploaded file for 30 days; we trust its id one day less.
pub const MEDIA_DAYS: i64 = 29;

impl MediaForm {
    /// WhatsApp's limit of a file in bytes (whatsapp.md 7; stickers: animated ones).
    pub fn size_limit(self) -> u64 {
        const MEGABYTE: u64 = 1024 * 1024;
        match self {
            Self::Image => 5 * MEGABYTE,
            Self::Video | Self::Audio | Self::Voice => 16 * MEGABYTE,
            Self::Document => 100 * MEGABYTE,
            Self::Sticker => 500 * 1024,
        }
    }

    /// Whether WhatsApp takes a file of this type in this place.
    pub fn takes(self, mime_type: &str) -> bool {
        let taken: &[&str] = match self {
            Self::Image => &["image/jpeg", "image/png"],
            Self::Video => &["video/mp4", "video/3gpp"],
            Self::Audio | Self::Voice => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
            Self::Document => &[
                "application/pdf",
                "text/plain",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ],
            Self::Sticker => &["image/webp"],
        };
        taken.contains(&mime_type)
    }
}

/// Where a file of a colleague's comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum FileSource {
    /// Typed by a colleague.
    Link { url: String },
    /// A file in Teams: its download address, which needs no token and does not live long.
    File { url: String, name: String },
    /// A picture pasted in Teams, behind the Connector.
    Inline { url: String, name: String },
    /// A file in a shared conversation of Teams: its place in SharePoint, for which Microsoft Graph tells a download address.
    Shared { url: String, name: String },
    /// A picture pasted in a shared conversation: its place in Microsoft Graph.
    Hosted { url: String, name: String },
}

impl FileSource {
    pub fn url(&self) -> &str {
        match self {
            Self::Link { url } => url,
            Self::File { url, .. } | Self::Inline { url, .. } | Self::Shared { url, .. } | Self::Hosted { url, .. } => url,
        }
    }

    /// What it is called in Teams.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Link { .. } => None,
            Self::File { name, .. } | Self::Inline { name, .. } | Self::Shared { name, .. } | Self::Hosted { name, .. } => Some(name),
        }
    }
}

/// Why a file cannot be used, told to the colleague who chose it. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    #[error("neither a link nor a file was given")]
    Missing,
    #[error("both a link and a file were given")]
    Both,
    #[error("the link is no https address")]
    NotHttps,
    #[error("the address is not on the public internet")]
    NotPublic,
    /// The file was sent too long ago, or by somebody else.
    #[error("the chosen file is not there any more")]
    Gone,
    #[error("the address led on too often")]
    TooManyRedirects,
    /// A file in a shared conversation that its poster has neither made nor changed: perhaps they may not even read it.
    #[error("the file is somebody else's")]
    NotTheirs,
    /// Microsoft Graph does not let us read files of shared conversations.
    #[error("files of shared conversations may not be read")]
    NotGranted,
    #[error("the address answered {status}")]
    Refused { status: u16 },
    #[error("the address could not be reached")]
    Unreachable,
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {limit} bytes")]
    TooBig { size: Option<u64>, limit: u64 },
    #[error("the file is of another kind")]
    WrongType { wanted: MediaForm },
    /// WhatsApp looked at the file and did not take it.
    #[error("WhatsApp did not take the file")]
    NotAccepted,
    #[error("the file could not be kept")]
    NotKept,
    #[error("WhatsApp cannot be reached")]
    WhatsAppUnavailable,
}

impl FileError {
    /// Whether the same attempt may end better a little later.
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable | Self::NotKept | Self::WhatsAppUnavailable => true,
            Self::Refused { status } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}
