//! The cards about clients to be taken, and about colleagues who ask to join.

use super::samples::{Words, now};
use super::submit::Action;
use super::*;
use crate::bridge::{ConsentState, ContactId, JoiningId, Post, ThreadId, WhomToAsk};
use crate::texts::{TextId, absence, joining as joining_texts, transfer as texts};
use chrono::Duration;

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let head = Head { client: words.client.clone(), line: "Private Advice".into(), number: "+49 30 901820".into() };
    let at = now() - Duration::hours(1);
    let colleague = |id: usize, name: &str| ColleagueChoice { id: format!("1f2e3d4c-{id:04}"), name: name.to_owned() };
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
    let away_now = AwayNow { name: "Ana Torres".into(), until: now() + Duration::hours(20), cover: Some(words.colleague.clone()) };
    let base = super::samples::thread_card(words, ConsentState::Granted, Some(now() + Duration::hours(3)));
    let thread_away =
        ThreadCard { away: vec![away_now.clone(), AwayNow { name: words.colleague.clone(), cover: None, ..away_now }], ..base };
    let form = AwayForm {
        own: None,
        colleagues: vec![],
        covers: vec![colleague(2, &words.colleague), colleague(4, "Carolina Reyes")],
        away: vec![],
        today: "2026-11-20".into(),
        inputs: AwayInputs {
            who: AwayInputs::MYSELF.into(),
            date: "2026-11-21".into(),
            time: "09:00".into(),
            cover: AwayInputs::ANYBODY.into(),
            note: String::new(),
        },
        errors: vec![],
    };
    let own = absence::you_are_away("tomorrow at 09:00", Some(&words.colleague));
    let supervisor = AwayForm {
        own: Some(own),
        colleagues: vec![colleague(1, "Ana Torres"), colleague(2, &words.colleague)],
        away: vec![colleague(1, &absence::is_away("Ana Torres", "Mon 30 Nov at 09:00", Some(&words.colleague)))],
        inputs: AwayInputs { note: words.text.clone(), ..form.inputs.clone() },
        errors: vec![
            (AwayField::Date, absence::UNTIL_PASSED.into()),
            (AwayField::Cover, absence::unreachable(&words.colleague)),
            (AwayField::Note, absence::NOTE_TOO_LONG.into()),
        ],
        ..form.clone()
    };
    let many = AwayForm {
        colleagues: (0..60).map(|id| colleague(id, &format!("{} {id}", words.colleague))).collect(),
        covers: (0..60).map(|id| colleague(id, &format!("{} {id}", words.colleague))).collect(),
        ..supervisor.clone()
    };
    vec![
        ("away_form", away_form(reader, &form)),
        ("away_form_supervisor", away_form(reader, &supervisor)),
        ("away_form_many", away_form(reader, &many)),
        ("thread_away", thread(reader, &thread_away)),
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
