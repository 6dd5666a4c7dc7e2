//! What becomes of a client's file on our side.

use super::{KeptFile, MediaForm, Time};
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// How long WhatsApp keeps a client's file for us (Cloud API, "Media": ids of incoming files live 7 days).
pub const INCOMING_MEDIA_DAYS: i64 = 7;
/// WhatsApp's largest file in bytes (the same page: documents).
pub const LARGEST_FILE: u64 = 100 * 1024 * 1024;
/// Longest wait between two attempts to fetch a file: its address lives 5 minutes, and each attempt asks for a new one.
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// Attempts after which a file that WhatsApp says it does not have counts as lost: a new one may not be there at once.
const MOST_NOT_THERE: u32 = 6;

/// How a client's file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaState {
    /// It is being fetched.
    Waiting,
    Kept(KeptFile),
    Lost(LostFile),
}

/// WhatsApp's longest caption, in characters (Cloud API, "Media messages").
pub const LONGEST_CAPTION: usize = 1_024;

impl MediaForm {
    /// Whether words can stand below it (the same page: recordings and stickers have none).
    pub fn has_caption(self) -> bool {
        matches!(self, Self::Image | Self::Video | Self::Document)
    }
}

/// As what a file goes to a client: what its bytes say, as long as WhatsApp shows it so and it is not too large for that; else as a
/// document, which takes anything. `Err`: larger than that, in bytes.
pub fn form_of(mime_type: &str, size: u64) -> Result<MediaForm, u64> {
    let fits = |form: &MediaForm| form.takes(mime_type) && size <= form.size_limit();
    match [MediaForm::Image, MediaForm::Video, MediaForm::Voice].into_iter().find(fits) {
        // Only Opus is played as a voice message; other sounds are sound files.
        Some(MediaForm::Voice) if mime_type != "audio/ogg" => Ok(MediaForm::Audio),
        Some(form) => Ok(form),
        None if size <= MediaForm::Document.size_limit() => Ok(MediaForm::Document),
        None => Err(MediaForm::Document.size_limit()),
    }
}

/// Why a client's file will never be here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LostFile {
    /// WhatsApp does not have it, or not any more.
    NotThere,
    /// It could not be fetched in all the time that WhatsApp keeps it.
    Expired,
    /// More than WhatsApp's own limit.
    TooBig,
    /// Nothing in it.
    Empty,
    /// Other bytes than the client sent.
    Damaged,
}

/// Why an attempt to fetch a file failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchFailure {
    /// WhatsApp, the network or our own keeping does not answer; `after` which time to ask again, where somebody said so.
    Unavailable {
        after: Option<std::time::Duration>,
    },
    /// WhatsApp does not know the file.
    NotThere,
    TooBig,
    Empty,
    /// Other bytes than were announced.
    Damaged,
}

/// When to try again, or why not. `attempts` have been made; `jitter` in 0..1.
pub fn after_failure(failure: FetchFailure, attempts: u32, expires_at: Time, now: Time, jitter: f64) -> Result<Time, LostFile> {
    let asked = match failure {
        FetchFailure::Unavailable { after } => after,
        FetchFailure::NotThere if attempts >= MOST_NOT_THERE => return Err(LostFile::NotThere),
        // A transfer that broke off unseen.
        FetchFailure::Damaged if attempts >= MOST_NOT_THERE => return Err(LostFile::Damaged),
        FetchFailure::NotThere | FetchFailure::Damaged => None,
        FetchFailure::TooBig => return Err(LostFile::TooBig),
        FetchFailure::Empty => return Err(LostFile::Empty),
    };
    let wait = Duration::from_std(super::retry::backoff(attempts, asked, jitter)).unwrap_or(LONGEST_WAIT);
    let at = now + if asked.is_some() { wait } else { wait.min(LONGEST_WAIT) };
    if at < expires_at { Ok(at) } else { Err(LostFile::Expired) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn now() -> Time {
        "2026-11-20T13:00:00Z".parse().expect("a time")
    }

    const MB: u64 = 1024 * 1024;

    #[rstest]
    #[case("image/jpeg", 5 * MB, Ok(MediaForm::Image))]
    #[case("image/jpeg", 5 * MB + 1, Ok(MediaForm::Document))]
    #[case("image/heic", 1, Ok(MediaForm::Document))]
    #[case("video/mp4", 16 * MB, Ok(MediaForm::Video))]
    #[case("video/mp4", 16 * MB + 1, Ok(MediaForm::Document))]
    #[case("video/quicktime", 1, Ok(MediaForm::Document))]
    #[case("audio/ogg", 16 * MB, Ok(MediaForm::Voice))]
    #[case("audio/mpeg", 1, Ok(MediaForm::Audio))]
    #[case("audio/wav", 1, Ok(MediaForm::Document))]
    #[case("application/zip", 100 * MB, Ok(MediaForm::Document))]
    #[case("application/zip", 100 * MB + 1, Err(100 * MB))]
    #[case("application/octet-stream", 1, Ok(MediaForm::Document))]
    fn a_file_goes_as_what_it_is_or_as_a_document(#[case] mime_type: &str, #[case] size: u64, #[case] expected: Result<MediaForm, u64>) {
        assert_eq!(form_of(mime_type, size), expected);
    }

    #[rstest]
    #[case(FetchFailure::TooBig, 1, LostFile::TooBig)]
    #[case(FetchFailure::Empty, 1, LostFile::Empty)]
    #[case(FetchFailure::NotThere, 6, LostFile::NotThere)]
    #[case(FetchFailure::Damaged, 6, LostFile::Damaged)]
    fn what_cannot_get_better_is_given_up(#[case] failure: FetchFailure, #[case] attempts: u32, #[case] lost: LostFile) {
        assert_eq!(after_failure(failure, attempts, now() + Duration::days(7), now(), 0.5), Err(lost));
    }

    #[rstest]
    #[case(FetchFailure::NotThere, 1)]
    #[case(FetchFailure::Damaged, 5)]
    #[case(FetchFailure::Unavailable { after: None }, 1)]
    #[case(FetchFailure::Unavailable { after: None }, 500)]
    fn what_may_get_better_is_tried_again_within_a_quarter_of_an_hour(#[case] failure: FetchFailure, #[case] attempts: u32) {
        let at = after_failure(failure, attempts, now() + Duration::days(7), now(), 0.99).expect("again");
        assert!(at > now() && at <= now() + LONGEST_WAIT, "{at}");
    }

    #[test]
    fn nothing_is_asked_for_after_it_has_expired() {
        let failure = FetchFailure::Unavailable { after: Some(std::time::Duration::from_secs(60)) };
        assert_eq!(after_failure(failure, 3, now() + Duration::seconds(30), now(), 0.0), Err(LostFile::Expired));
        assert!(after_failure(failure, 3, now() + Duration::days(1), now(), 0.0).expect("again") >= now() + Duration::seconds(60));
    }
}
