//! The cards about clients to be taken, and about colleagues who ask to join.

use super::samples::{Words, now};
use super::*;
use crate::bridge::{Post, ThreadId};
use chrono::Duration;

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let head = Head { client: words.client.clone(), line: "Private Advice".into(), number: "+49 30 901820".into() };
    let at = now() - Duration::hours(1);
    let first = Intake {
        head,
        thread: ThreadId(9),
        phone: Some("+49 151 23456789".into()),
        text: words.text.clone(),
        at,
        messages: 1,
        cover_for: None,
        waiting_since: None,
    };
    let more = Intake { messages: 3, ..first.clone() };
    let away = Intake { cover_for: Some(words.colleague.clone()), ..first.clone() };
    let waiting = Intake { waiting_since: Some(at), ..more.clone() };
    vec![
        ("intake", intake(reader, &first)),
        ("intake_more", intake(reader, &more)),
        ("intake_away", intake(reader, &away)),
        ("intake_waiting", intake(reader, &waiting)),
    ]
}
