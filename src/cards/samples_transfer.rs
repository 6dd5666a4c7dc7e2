//! The cards about a transfer.

use super::samples::{Words, now};
use super::*;
use crate::bridge::{ConsentState, HistoryChoice, Post, ThreadId, TransferId, TransferOutcome};
use crate::texts::transfer as texts;
use chrono::Duration;

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let head = Head { client: words.client.clone(), line: "Private Advice".into(), number: "+49 30 901820".into() };
    let colleague = |id: usize, name: &str| ColleagueChoice { id: format!("1f2e3d4c-{id:04}"), name: name.to_owned() };
    let form = TransferForm {
        thread: ThreadId(7),
        head: head.clone(),
        colleagues: vec![colleague(2, &words.colleague), colleague(4, "Carolina Reyes")],
        givers: vec![],
        may_offer: true,
        may_give: false,
        held: 0,
        inputs: TransferInputs::proposed(),
        errors: vec![],
    };
    let refused = TransferForm {
        held: 2,
        inputs: TransferInputs { note: words.text.clone(), history: "last".into(), last: "0".into(), ..TransferInputs::proposed() },
        errors: vec![
            (TransferField::Receiver, texts::unreachable(&words.colleague)),
            (TransferField::Note, texts::NOTE_TOO_LONG.to_owned()),
            (TransferField::HowMany, texts::HOW_MANY_WRONG.to_owned()),
        ],
        ..form.clone()
    };
    let supervisor = TransferForm {
        colleagues: (0..40).map(|id| colleague(id, &format!("{} {id}", words.colleague))).collect(),
        givers: vec![colleague(1, "Ana Torres"), colleague(2, &words.colleague)],
        may_offer: false,
        may_give: true,
        ..form.clone()
    };
    let offered = OfferedTransfer {
        transfer: TransferId(3),
        head: head.clone(),
        giver: "Ana Torres".into(),
        receiver: words.colleague.clone(),
        note: words.text.clone(),
        history: HistoryChoice::Last(10),
        stays: false,
        due: now() + Duration::hours(24),
        window_until: Some(now() + Duration::hours(5)),
        consent: ConsentView { state: ConsentState::Granted, since: None },
    };
    let asked = OfferedTransfer { giver: words.colleague.clone(), ..offered.clone() };
    let without = OfferedTransfer {
        note: String::new(),
        history: HistoryChoice::None,
        stays: true,
        window_until: Some(now() - Duration::hours(5)),
        consent: ConsentView { state: ConsentState::Pending, since: Some(now() - Duration::hours(30)) },
        ..asked.clone()
    };
    let decided = Receipt {
        head: Some(head),
        what: texts::decided("Ana Torres", &words.colleague, TransferOutcome::Accepted),
        who: words.colleague.clone(),
        at: now(),
        text: Some(words.text.clone()),
    };
    vec![
        ("transfer_form", transfer_form(reader, &form)),
        ("transfer_form_refused", transfer_form(reader, &refused)),
        ("transfer_form_nobody", transfer_form(reader, &TransferForm { colleagues: vec![], ..form.clone() })),
        ("transfer_form_supervisor", transfer_form(reader, &supervisor)),
        ("transfer_offered", transfer_offered(reader, &offered)),
        ("transfer_asked", transfer_asked(reader, &asked)),
        ("transfer_asked_plain", transfer_asked(reader, &without)),
        ("transfer_decided", receipt(reader, &decided)),
    ]
}
