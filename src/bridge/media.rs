//! What becomes of a client's file on our side.

use super::Time;
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

/// A file in our own keeping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// SHA-256 of the bytes, hexadecimal: where they are kept.
    pub blob: String,
    /// Bytes.
    pub size: u64,
    /// What the bytes say that they are.
    pub mime_type: String,
    /// A plain name that ends as the bytes say.
    pub name: String,
    /// Of a picture, as it stands upright, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of a recording or a video, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// Whether a small picture of it is kept, too.
    #[serde(default)]
    pub preview: bool,
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
