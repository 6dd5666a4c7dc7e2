//! Cards about internal notes, and about words of which it is not certain whom they are for.

use super::samples::{Words, head};
use super::*;
use crate::bridge::{Post, ThreadId};

/// Every card by its name.
pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let open = |id, client: &str| ThreadChoice {
        thread: ThreadId(id),
        client: client.into(),
        line: "Private Advice".into(),
        number: "+49 30 901820".into(),
    };
    let threads = vec![open(7, &words.client), open(8, "Jonas Weber")];
    let text = words.text.clone();
    let who =
        Route { draft: 3, text: text.clone(), note: false, files: Vec::new(), threads: threads.clone(), shared: false, problem: None };
    let about = NoteAbout::Thread { thread: ThreadId(7), head: head(words) };
    let form = NoteForm { about, text: String::new(), error: None };
    let asks = NoteForm { about: NoteAbout::Ask { threads }, ..form.clone() };
    let said = History {
        head: head(words),
        thread: ThreadId(7),
        messages: vec![HistoryLine {
            id: crate::bridge::MessageId(4),
            at: samples::now(),
            speaker: Speaker::Note(words.colleague.clone()),
            text: text.clone(),
            state: None,
            before_consent: false,
            file: None,
        }],
        older: None,
        newer: None,
        contact: crate::bridge::ContactId(1),
        takes_part: true,
    };
    vec![
        ("note", note(reader, &form)),
        ("note_too_long", note(reader, &NoteForm { text: text.clone(), error: Some(NoteError::Length), ..form })),
        ("note_about_whom", note(reader, &asks)),
        ("note_nothing_chosen", note(reader, &NoteForm { text, error: Some(NoteError::NothingChosen), ..asks })),
        ("history_note", history(reader, &said)),
        ("route", route(reader, &who)),
        ("route_nothing_chosen", route(reader, &Route { problem: Some(RouteProblem::NothingChosen), ..who.clone() })),
        ("route_not_open", route(reader, &Route { problem: Some(RouteProblem::NotOpen), ..who.clone() })),
        ("route_none_open", route(reader, &Route { threads: Vec::new(), problem: Some(RouteProblem::NotOpen), ..who.clone() })),
        ("route_files", route(reader, &Route { files: vec!["contract.pdf".into(), "plan.png".into()], ..who.clone() })),
        ("route_shared", route(reader, &Route { threads: who.threads[..1].to_vec(), shared: true, ..who.clone() })),
        ("route_note", route(reader, &Route { note: true, ..who })),
    ]
}
