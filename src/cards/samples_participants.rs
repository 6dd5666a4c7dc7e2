//! The cards about the colleagues in a conversation.

use super::samples::{Words, now};
use super::*;
use crate::bridge::{Post, ThreadId};
use crate::texts::transfer as texts;
use chrono::Duration;

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let thread = ThreadId(7);
    let head = Head { client: words.client.clone(), line: "Private Advice".into(), number: "+49 30 901820".into() };
    let colleague = |id: usize, name: &str| ColleagueChoice { id: format!("1f2e3d4c-{id:04}"), name: name.to_owned() };
    let row = |name: &str, hours, cover_for: Option<&str>| ParticipantRow {
        name: name.to_owned(),
        since: now() - Duration::hours(hours),
        cover_for: cover_for.map(str::to_owned),
        away: None,
    };
    let rows = vec![row("Ana Torres", 200, None), row(&words.colleague, 2, Some("Ana Torres"))];
    let seen = Details { thread, head: head.clone(), participants: rows, takes_part: true, in_own_chats: true, way_back: false };
    let moved_out = Details { way_back: true, ..seen.clone() };
    let shared = Details { in_own_chats: false, ..seen.clone() };
    let ended = Details { participants: vec![], takes_part: false, ..seen.clone() };
    let add = AddForm {
        thread,
        head: head.clone(),
        colleagues: vec![colleague(2, &words.colleague), colleague(4, "Carolina Reyes")],
        inputs: AddInputs::proposed(),
        errors: vec![],
    };
    let refused = AddForm {
        inputs: AddInputs { colleagues: "1f2e3d4c-0002,1f2e3d4c-0004".into(), history: "last".into(), last: "0".into() },
        errors: vec![(AddField::Colleagues, texts::unreachable(&words.colleague)), (AddField::HowMany, texts::HOW_MANY_WRONG.to_owned())],
        ..add.clone()
    };
    let many = AddForm { colleagues: (0..60).map(|id| colleague(id, &format!("{} {id}", words.colleague))).collect(), ..add.clone() };
    let leave = LeaveForm { thread, head: head.clone(), remaining: vec![colleague(2, &words.colleague)], held: 0, held_missing: false };
    let waiting = LeaveForm {
        remaining: vec![colleague(2, &words.colleague), colleague(4, "Carolina Reyes")],
        held: 2,
        held_missing: true,
        ..leave.clone()
    };
    let last = LeaveForm { remaining: vec![], ..leave.clone() };
    let remove = RemoveForm {
        thread,
        head: head.clone(),
        colleagues: vec![colleague(2, &words.colleague), colleague(4, "Carolina Reyes")],
        nothing_chosen: false,
    };
    let sure = RemoveConfirm { thread, head: head.clone(), colleague: colleague(2, &words.colleague), remaining: "Ana Torres".into() };
    let choice = |id, client: &str| ThreadChoice {
        thread: ThreadId(id),
        client: client.to_owned(),
        line: "Private Advice".into(),
        number: "+49 30 901820".into(),
    };
    let which = WhichThread {
        command: ThreadCommand::Leave,
        threads: vec![choice(7, &words.client), choice(8, "Jonas Weber")],
        nothing_chosen: true,
    };
    vec![
        ("details", details(reader, &seen)),
        ("details_shared", details(reader, &shared)),
        ("details_moved_out", details(reader, &moved_out)),
        ("details_ended", details(reader, &ended)),
        ("add_form", add_form(reader, &add)),
        ("add_form_refused", add_form(reader, &refused)),
        ("add_form_many", add_form(reader, &many)),
        ("add_form_nobody", add_form(reader, &AddForm { colleagues: vec![], ..add })),
        ("leave_form", leave_form(reader, &leave)),
        ("leave_form_held", leave_form(reader, &waiting)),
        ("leave_form_last", leave_form(reader, &last)),
        ("remove_form", remove_form(reader, &remove)),
        ("remove_form_nobody", remove_form(reader, &RemoveForm { colleagues: vec![], ..remove.clone() })),
        ("remove_form_nothing_chosen", remove_form(reader, &RemoveForm { nothing_chosen: true, ..remove })),
        ("remove_confirm", remove_confirm(reader, &sure)),
        ("end_form", end_form(reader, &EndForm { thread, head, held: 2 })),
        ("which_thread", which_thread(reader, &which)),
    ]
}
