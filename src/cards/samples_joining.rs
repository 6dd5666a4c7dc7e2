//! The cards about clients to be taken, and about colleagues who ask to join.

use super::samples::{Words, now};
use super::submit::Action;
use super::*;
use crate::bridge::{ContactId, JoiningId, Post, ThreadId, WhomToAsk};
use crate::texts::{TextId, joining as joining_texts, transfer as texts};
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
    let question = AskedToJoin {
        joining: JoiningId(4),
        head: first.head.clone(),
        asker: "Carolina Reyes".into(),
        owners: vec!["Ana Torres".into(), words.colleague.clone()],
        whom: WhomToAsk::Owners,
        due: now() + Duration::hours(23),
        refused: None,
    };
    let administrator = AskedToJoin { whom: WhomToAsk::Administrators, ..question.clone() };
    let refused = RefusedAnswer { history: "last".into(), last: "0".into(), error: texts::HOW_MANY_WRONG.into() };
    let again = AskedToJoin { refused: Some(refused), ..question.clone() };
    let owned = Notice {
        head: Some(first.head.clone()),
        text: reader.voice.say(TextId::T10, &[]),
        style: Style::Attention,
        actions: vec![
            (joining_texts::ASK_TO_JOIN, Action::AskToJoin { contact: ContactId(2) }),
            (joining_texts::ASK_ADMINISTRATOR, Action::AskAdministrator { contact: ContactId(2) }),
        ],
        ..Notice::default()
    };
    vec![
        ("intake", intake(reader, &first)),
        ("intake_more", intake(reader, &more)),
        ("intake_away", intake(reader, &away)),
        ("intake_waiting", intake(reader, &waiting)),
        ("owned_by_others", notice(reader, &owned)),
        ("joining", joining(reader, &question)),
        ("joining_administrator", joining(reader, &administrator)),
        ("joining_refused", joining(reader, &again)),
    ]
}
