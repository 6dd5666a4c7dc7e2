//! Cards about contacts and earlier messages, for the snapshots and for the browser test.

use super::samples::{Words, consent, head, hours};
use super::*;
use crate::bridge::{ConsentState, ContactId, Post, ThreadId};

/// Every card by its name.
pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    contacts(reader, words)
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
        ("contact_wrote_first", contact(reader, &wrote_first)),
        ("contact_no_marketing", contact(reader, &new)),
        ("contact_edit", contact_edit(reader, &edit)),
        ("contact_edit_errors", contact_edit(reader, &wrong)),
        ("contact_edit_no_number", contact_edit(reader, &first_number)),
    ]
}
