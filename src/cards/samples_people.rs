//! Cards about contacts and earlier messages, for the snapshots and for the browser test.

use super::samples::{Words, consent, head, hours};
use super::*;
use crate::bridge::{ConsentState, ContactId, MediaForm, MessageId, MessageState, Post, ThreadId};
use crate::texts::TextId;

/// Every card by its name.
pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let mut cards = contacts(reader, words);
    cards.extend(earlier(reader, words));
    cards
}

fn contacts(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let thread = |id, stands, readable| ContactThread {
        thread: ThreadId(id),
        number: "+49 30 901820".into(),
        colleagues: vec!["Ana Torres".into(), words.colleague.clone()],
        stands,
        readable,
    };
    let waiting = ContactThread { colleagues: vec![], ..thread(9, ThreadStands::Waiting, false) };
    let opened = ContactCard {
        id: ContactId(1),
        head: head(words),
        consent: consent(ConsentState::Granted),
        marketing_stopped: false,
        language: "pt-BR".into(),
        added_by: Some(words.colleague.clone()),
        added_at: Some(hours(-200)),
        numbers: vec!["+49 151 23456789".into(), "+49 160 1234567".into()],
        notes: words.text.clone(),
        threads: vec![
            thread(7, ThreadStands::Active { since: hours(-30) }, true),
            thread(8, ThreadStands::Past { until: hours(-300) }, false),
            waiting.clone(),
        ],
        transfer: None,
    };
    let wrote_first = ContactCard {
        numbers: vec![],
        consent: ConsentView { state: ConsentState::None, since: None },
        language: String::new(),
        added_by: None,
        notes: String::new(),
        threads: vec![waiting],
        ..opened.clone()
    };
    let supervised = ContactCard { transfer: Some(ThreadId(7)), ..opened.clone() };
    let new = ContactCard { marketing_stopped: true, threads: vec![], notes: String::new(), ..opened.clone() };
    let typed = TypedContact { name: words.client.clone(), language: "pt-BR".into(), ..TypedContact::default() };
    let edit = ContactEdit {
        contact: ContactId(1),
        head: head(words),
        numbers: opened.numbers.clone(),
        unconfirmed: false,
        typed: typed.clone(),
        notes: words.text.clone(),
        taken_by: String::new(),
        errors: vec![],
    };
    let wrong = ContactEdit {
        typed: TypedContact { name: String::new(), phone: "+49 170 1111111".into(), language: "deutsch".into(), ..typed.clone() },
        unconfirmed: true,
        taken_by: words.client.clone(),
        errors: vec![ContactError::NameMissing, ContactError::PhoneTaken, ContactError::LanguageUnknown, ContactError::NotesTooLong],
        ..edit.clone()
    };
    let first_number = ContactEdit { numbers: vec![], notes: String::new(), ..edit.clone() };
    vec![
        ("contact", contact(reader, &opened)),
        ("contact_supervised", contact(reader, &supervised)),
        ("contact_wrote_first", contact(reader, &wrote_first)),
        ("contact_no_marketing", contact(reader, &new)),
        ("contact_edit", contact_edit(reader, &edit)),
        ("contact_edit_errors", contact_edit(reader, &wrong)),
        ("contact_edit_no_number", contact_edit(reader, &first_number)),
    ]
}

fn earlier(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let line = |id, speaker, text: &str, state, before_consent| HistoryLine {
        id: MessageId(id),
        at: hours(id - 10),
        speaker,
        text: text.into(),
        state,
        before_consent,
        file: None,
    };
    let said = vec![
        line(1, Speaker::System, &reader.voice.say(TextId::K01, &[("colleague", "Ana Torres")]), Some(MessageState::Delivered), false),
        line(2, Speaker::Client, "Who is this?", None, true),
        line(3, Speaker::Client, "Yes", None, false),
        line(4, Speaker::Colleague("Ana Torres".into()), &words.text, Some(MessageState::Read), false),
        line(5, Speaker::Colleague(words.colleague.clone()), "And please bring your passport.", Some(MessageState::Failed), false),
    ];
    let page = History {
        head: head(words),
        thread: ThreadId(7),
        messages: said,
        older: Some(MessageId(1)),
        newer: None,
        contact: ContactId(1),
        takes_part: true,
    };
    let mut files = page.clone();
    files.messages[2] = HistoryLine { text: "[Picture]".into(), file: Some(MediaForm::Image), ..files.messages[2].clone() };
    files.messages[3] = HistoryLine { text: "[Document offer.pdf]".into(), file: Some(MediaForm::Document), ..files.messages[3].clone() };
    let past = History { newer: Some(MessageId(9)), takes_part: false, ..page.clone() };
    let nothing = History { messages: vec![], older: None, ..page.clone() };
    let row =
        |id, last, active| HistoryRow { thread: ThreadId(id), client: words.client.clone(), line: "Private Advice".into(), last, active };
    let list = HistoryList { threads: vec![row(7, Some(hours(-1)), true), row(8, None, true), row(9, Some(hours(-90)), false)], more: 3 };
    let hit = |id, speaker| FoundRow {
        thread: ThreadId(7),
        before: Some(MessageId(id)),
        client: words.client.clone(),
        line: "Private Advice".into(),
        at: hours(-id),
        speaker,
        excerpt: words.text.clone(),
    };
    let found_some = Found {
        query: "contract".into(),
        rows: vec![hit(3, Speaker::Client), hit(4, Speaker::Colleague(words.colleague.clone()))],
        complete: false,
        nothing_typed: false,
    };
    let found_none = Found { query: words.text.clone(), complete: true, ..Found::default() };
    vec![
        ("history", history(reader, &page)),
        ("history_files", history(reader, &files)),
        ("history_past", history(reader, &past)),
        ("history_none", history(reader, &nothing)),
        ("history_list", history_list(reader, &list)),
        ("found", found(reader, &found_some)),
        ("found_none", found(reader, &found_none)),
        ("found_nothing_typed", found(reader, &Found { nothing_typed: true, ..Found::default() })),
    ]
}
