//! What happens in shared conversations: group chats and channels (product.md 7). Everybody there reads what is posted there, so nothing
//! is said there about any other client than the one whose thread lives there.
//!
//! Invariant: only words of enabled participants, in the home of their thread, reach a client. Never commands, notes, private messages,
//! other bots, or anybody else.

use super::conversations::{self, Known};
use super::desk::{Case, Desk, Person, Seat};
use super::sender::sender;
use super::write::{self, Belongs};
use super::{act, attachments, commands, edits, group_chat, members, note, reactions, shared_files, tell, whisper, whom};
use crate::bridge::{
    ActivityId, JoiningId, MessageId, ParcelId, Post, Posted, RevocationId, Route, Scope, TeamsAttachment, TeamsEvent, TeamsEventKind,
    ThreadId, TransferId,
};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::store::{ChatTask, Draft, Result};
use crate::texts::{labels, media, places, sentences};
use chrono::Duration;
use commands::Command;
use serde_json::{Value, json};

/// Who talks on in a conversation that they take no part in is told so at most this often, unless they address the app.
const TOLD_AGAIN_AFTER: Duration = Duration::hours(1);

/// Takes one activity of a shared conversation.
pub fn on_event(desk: &Desk<'_>, event: &TeamsEvent, upn: Option<&str>) -> Result<Belongs> {
    let known = conversations::refresh(desk, event)?;
    match &event.kind {
        TeamsEventKind::Installed => installed(desk, event, &known)?,
        TeamsEventKind::Uninstalled | TeamsEventKind::Closed { .. } => conversations::gone(desk, event, &known)?,
        TeamsEventKind::Reopened => conversations::reopened(desk, event, &known)?,
        TeamsEventKind::Message { .. } | TeamsEventKind::Submit { .. } | TeamsEventKind::Edited { .. } | TeamsEventKind::Deleted => {
            if let Some(person) = sender(desk, event, upn)? {
                return on_person(desk, &person, event, &known);
            }
        }
        TeamsEventKind::MembersAdded { members } => members::added(desk, event, &known, members)?,
        TeamsEventKind::MembersRemoved { members } => members::removed(desk, event, &known, members)?,
        TeamsEventKind::Reaction { added, removed, target: Some(target) } => {
            if let Some(person) = sender(desk, event, upn)? {
                reactions::on_reaction(desk, &person, event, target, added, removed)?;
            }
        }
        TeamsEventKind::Renamed { .. }
        | TeamsEventKind::Reaction { target: None, .. }
        // Told of own chats only.
        | TeamsEventKind::Typing
        | TeamsEventKind::Read { .. }
        | TeamsEventKind::Other { .. } => {}
    }
    Ok((None, None))
}

/// The app came: who is there is read, and a chat is asked which client it is for.
fn installed(desk: &Desk<'_>, event: &TeamsEvent, known: &Known) -> Result<()> {
    let fresh = conversations::installed(desk, event, known)?;
    let base = &known.now.reference.conversation;
    desk.tx.order(&ChatTask::Roster { conversation: base.clone() }, desk.now)?;
    if known.now.scope != Scope::GroupChat {
        return Ok(());
    }
    if desk.office.makes_chats() {
        desk.tx.order(&ChatTask::Grants { conversation: base.clone() }, desk.now)?;
    }
    if !group_chat::arrived(desk, &known.now)? && fresh && desk.tx.home_at(base)?.is_none() {
        group_chat::ask_for_client(desk, base)?;
    }
    Ok(())
}

/// What somebody says or does there.
fn on_person(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, known: &Known) -> Result<Belongs> {
    let none = (None, None);
    match &event.kind {
        TeamsEventKind::Message { targeted: true, .. } => whisper(desk, person, sentences::TARGETED).map(|()| none),
        TeamsEventKind::Message { text, quoted, mentions_bot, attachments, .. } => {
            if !mentions_bot {
                conversations::hears(desk, &known.now, true)?;
            }
            let (placed, files): (Vec<_>, Vec<_>) = attachments.iter().cloned().partition(attachments::is_our_card);
            // Whether words beside a card of ours are for the client as well only the colleague knows.
            let quoted = if placed.is_empty() { quoted.clone() } else { Some(event.activity.clone()) };
            let said = Said { text: text.trim(), quoted, addressed: *mentions_bot, files };
            match here(desk, person)? {
                Some(case) => on_message(desk, person, event, &case, said),
                None => on_message_of_no_client(desk, person, &said).map(|()| none),
            }
        }
        TeamsEventKind::Submit { data, card } => {
            match refused(desk, person, data)? {
                Some(why) => whisper(desk, person, why)?,
                None => {
                    let post = act::on_action(desk, person, data, card.as_ref())?;
                    act::show(desk, person, card.as_ref(), post)?;
                }
            }
            Ok(none)
        }
        TeamsEventKind::Edited { text } => edits::on_edited(desk, person, event, Some(text)).map(|()| none),
        TeamsEventKind::Deleted => edits::on_edited(desk, person, event, None).map(|()| none),
        _ => Ok(none),
    }
}

/// The thread that lives where somebody acts.
fn here(desk: &Desk<'_>, person: &Person) -> Result<Option<Case>> {
    match &person.seat {
        Seat::Shared { thread: Some(thread), .. } => desk.case(*thread),
        _ => Ok(None),
    }
}

/// What somebody said.
struct Said<'a> {
    text: &'a str,
    quoted: Option<ActivityId>,
    /// The app was mentioned.
    addressed: bool,
    files: Vec<TeamsAttachment>,
}

/// Where the thread of a client lives.
fn on_message(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, case: &Case, said: Said<'_>) -> Result<Belongs> {
    let (none, thread) = ((None, None), case.thread.id);
    if !desk.is_of_line(person, &case.contact.line) {
        return stranger(desk, person, case).map(|()| none);
    }
    if !desk.tx.participants(thread)?.contains(person.id()) {
        return outsider(desk, person, case, said.addressed).map(|()| none);
    }
    attachments::tell(desk, person, &said.files)?;
    if let Some(command) = commands::typed(desk, person, said.text)? {
        let post = command_here(desk, person, thread, &command)?;
        desk.post(Some(thread), person, post, None)?;
        return Ok(none);
    }
    let conversation = &event.reference.conversation;
    let note = note::read(said.text);
    let (quote, answers) = whom::quote(desk, conversation, said.quoted.as_ref(), note.is_some())?;
    let mut words = Draft {
        note: note.is_some(),
        text: note.unwrap_or_else(|| said.text.to_owned()),
        answers,
        files: said.files,
        written: Posted { conversation: conversation.clone(), activity: event.activity.clone() },
    };
    // A note is for nobody but those here, whatever it quotes.
    if words.note {
        let belongs = write::words(desk, person, case, &words)?;
        desk.post(Some(thread), person, note::kept(desk, person, case), None)?;
        return Ok(belongs);
    }
    shared_files::look(desk, person, case, &mut words)?;
    if words.text.is_empty() && !words.files.iter().any(|file| attachments::source(file).is_some()) {
        if said.addressed && words.files.is_empty() {
            desk.post(Some(thread), person, act::run(desk, person, &Action::ThreadHelp { thread }, None)?, None)?;
        } else if words.files.is_empty() && !desk.office.reads_files() {
            shared_files::tell_elsewhere(desk, person, case)?;
        }
        return Ok(none);
    }
    match whom::route(desk, person, quote)? {
        Route::To(_) => write::words(desk, person, case, &words),
        Route::Ask | Route::Nowhere => whom::ask(desk, person, &words).map(|()| none),
    }
}

/// Where no thread lives: who addresses the app is told what to do there, and nobody else is disturbed.
fn on_message_of_no_client(desk: &Desk<'_>, person: &Person, said: &Said<'_>) -> Result<()> {
    if !said.addressed {
        return Ok(());
    }
    let text = if desk.office.lines_of(&person.known).is_empty() { labels::NOT_ENABLED } else { places::NO_CLIENT_HERE };
    desk.post(None, person, desk.notice(person, None, Style::Warning, text.to_owned()), None)
}

/// A command where a thread lives is about that thread; what is about other clients is for one's own chat.
fn command_here(desk: &Desk<'_>, person: &Person, thread: ThreadId, command: &Command) -> Result<Post> {
    let action = match command {
        Command::New { .. } | Command::Contacts | Command::Away | Command::Back => {
            return Ok(desk.notice(person, None, Style::Warning, sentences::OWN_CHAT_ONLY.to_owned()));
        }
        Command::History => Action::OpenHistory { thread, before: None },
        Command::Templates => Action::Templates { thread, query: String::new() },
        Command::Held => Action::HeldInThread { thread },
        Command::Details => Action::Details { thread },
        Command::Note => Action::NoteForm { thread },
        Command::InThread(command) => command.in_thread(thread),
        Command::Help => Action::ThreadHelp { thread },
    };
    act::run(desk, person, &action, None)
}

/// Somebody who has nothing to do with this line of business: named once, so that nobody thinks the client reads them.
fn stranger(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<()> {
    let conversation = person.conversation();
    if !desk.tx.first_time(&format!("stranger:{conversation}:{}", person.id()), desk.now)? {
        return Ok(());
    }
    let line = desk.head(&case.contact, None).line;
    desk.journal("stranger.not_relayed", &person.id().0, Some(case.thread.id), None, &json!({ "conversation": conversation }))?;
    let about = Some((&case.contact, Some(&case.thread)));
    desk.post(Some(case.thread.id), person, desk.notice(person, about, Style::Warning, places::stranger(&person.name, &line)), None)
}

/// A colleague of the line who takes no part: told, with the way in where there is one.
fn outsider(desk: &Desk<'_>, person: &Person, case: &Case, addressed: bool) -> Result<()> {
    let subject = format!("outsider:{}:{}", person.conversation(), person.id());
    if !desk.tx.news_is_due(&subject, desk.now - TOLD_AGAIN_AFTER, desk.now)? && !addressed {
        return Ok(());
    }
    let thread = case.thread.id;
    desk.journal("outsider.not_relayed", &person.id().0, Some(thread), None, &json!({ "conversation": person.conversation() }))?;
    let unowned = desk.tx.owners(case.contact.id)?.is_empty();
    let (text, actions) = if unowned {
        (places::unowned(&person.name, &case.contact.name), vec![(labels::TAKE, Action::Take { thread })])
    } else {
        (places::outsider(&person.name, &case.contact.name), tell::ways_to_join(case.contact.id).into())
    };
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    let notice = Notice { head, text, style: Style::Warning, actions, ..Notice::default() };
    desk.post(Some(thread), person, cards::notice(&desk.reader(person, Some(&case.contact.line)), &notice), None)
}

/// For one person's eyes.
fn whisper(desk: &Desk<'_>, person: &Person, text: &str) -> Result<()> {
    whisper::to(desk, person, desk.notice(person, None, Style::Warning, text.to_owned()))
}

/// Why a button may not be pressed where others look on; `None`: it may, as far as the place is concerned. Only what concerns the client
/// whose thread lives there is done there, for everybody there reads what comes of it.
pub fn refused(desk: &Desk<'_>, person: &Person, data: &Value) -> Result<Option<&'static str>> {
    if !matches!(person.seat, Seat::Shared { .. }) {
        return Ok(None);
    }
    if desk.office.lines_of(&person.known).is_empty() {
        return Ok(Some(labels::NOT_ENABLED));
    }
    let verb = data.get("verb").and_then(Value::as_str).unwrap_or_default();
    let elsewhere = Ok(Some(sentences::OWN_CHAT_ONLY));
    let Some(case) = here(desk, person)? else {
        return if verb.starts_with("chat.") || verb == "thread.take" { Ok(None) } else { elsewhere };
    };
    if verb.starts_with("menu.") || matches!(verb, "contact.add" | "history.search" | "absence.form" | "absence.set" | "absence.end") {
        return elsewhere;
    }
    let id = |name: &str| data.get(name).and_then(|id| id.as_i64().or_else(|| id.as_str()?.trim().parse().ok()));
    if let Some(draft) = id("draft")
        && desk.tx.draft_author(draft)?.is_none_or(|author| author != *person.id())
    {
        return Ok(Some(sentences::NOT_YOUR_WORDS));
    }
    if let Some(parcel) = id("parcel")
        && desk.tx.parcel(ParcelId(parcel))?.is_none_or(|parcel| parcel.colleague != *person.id())
    {
        return Ok(Some(media::NOT_YOURS));
    }
    let mut threads: Vec<Option<ThreadId>> = id("thread").map(|id| Some(ThreadId(id))).into_iter().collect();
    if let Some(id) = id("message") {
        threads.push(desk.tx.message(MessageId(id))?.map(|message| message.thread));
    }
    if let Some(id) = id("revocation") {
        threads.push(desk.tx.revocation(RevocationId(id))?.map(|found| found.thread));
    }
    if let Some(id) = id("joining") {
        threads.push(desk.tx.joining(JoiningId(id))?.map(|found| found.thread));
    }
    if let Some(id) = id("transfer") {
        threads.push(desk.tx.transfer(TransferId(id))?.map(|found| found.thread));
    }
    if let Some(entry) = id("entry") {
        threads.push(desk.tx.journal_entry(entry)?.and_then(|row| row.thread).map(ThreadId));
    }
    let foreign = threads.iter().any(|found| *found != Some(case.thread.id)) || id("contact").is_some_and(|id| id != case.contact.id.0);
    if foreign { elsewhere } else { Ok(None) }
}
