//! What a colleague does in Teams, one transaction an activity.

use super::desk::{Desk, Person};
use super::sender::sender;
use super::write::{self, Belongs};
use super::{act, attachments, commands, edits, notes, shared};
use crate::bridge::{ActivityId, Route, Rule, Scope, TeamsEvent, TeamsEventKind, ThreadId, route};
use crate::cards::{self, Style, Welcome};
use crate::store::{Draft, Result};
use crate::texts::sentences;
use serde_json::json;

/// Takes one activity that is not an invoke. Duplicates change nothing.
pub fn on_event(desk: &Desk<'_>, event: &TeamsEvent, upn: Option<&str>) -> Result<()> {
    let conversation = &event.reference.conversation;
    let typed = matches!(event.kind, TeamsEventKind::Message { .. }) && !event.activity.0.is_empty();
    let known = match typed {
        // A message's row says as well to which thread it belongs, for whoever quotes it later.
        true => desk.tx.posting(conversation, &event.activity)?.is_some(),
        false => !desk.tx.first_time(&event.dedup_key, desk.now)?,
    };
    if known {
        return Ok(());
    }
    let belongs = match event.scope {
        Scope::Personal => sender(desk, event, upn)?.map_or(Ok((None, None)), |person| on_personal(desk, &person, event))?,
        Scope::GroupChat | Scope::Channel => shared::on_event(desk, event, upn)?,
    };
    if typed {
        desk.tx.record_posting(conversation, &event.activity, belongs.0, belongs.1)?;
    }
    Ok(())
}

fn on_personal(desk: &Desk<'_>, person: &Person, event: &TeamsEvent) -> Result<Belongs> {
    let none = (None, None);
    let enabled = !desk.office.lines_of(&person.known).is_empty();
    match &event.kind {
        TeamsEventKind::Installed => {
            if desk.tx.welcome_once(person.id())? {
                let lines = desk.office.lines_of(&person.known).into_iter().map(|line| line.name.clone()).collect();
                let view = Welcome { colleague: Some(person.name.clone()), lines };
                desk.post(None, &person, cards::welcome(&desk.reader(person, None), &view), None)?;
                desk.journal("app.installed", &person.id().0, None, None, &json!({}))?;
            }
            Ok(none)
        }
        TeamsEventKind::Uninstalled => {
            desk.tx.uninstalled(person.id())?;
            desk.journal("app.uninstalled", &person.id().0, None, None, &json!({}))?;
            Ok(none)
        }
        TeamsEventKind::Message { .. } | TeamsEventKind::Submit { .. } if !enabled => {
            let text = desk.why_not_enabled(person, None);
            let (thread, rule) = (person.known.focus.map(|focus| focus.thread), Rule::NotEnabled);
            // Without the words: who is not enabled has no client whose record they would belong to.
            desk.journal("message.refused", &person.id().0, thread, None, &json!({ "rule": rule, "row": rule.row() }))?;
            desk.post(None, &person, desk.notice(person, None, Style::Attention, text), None)?;
            Ok(none)
        }
        TeamsEventKind::Message { targeted: true, .. } => {
            let text = sentences::TARGETED.to_owned();
            desk.post(None, &person, desk.notice(person, None, Style::Default, text), None)?;
            Ok(none)
        }
        TeamsEventKind::Message { text, quoted, attachments, .. } => {
            let (placed, files): (Vec<_>, Vec<_>) = attachments.iter().cloned().partition(attachments::is_our_card);
            attachments::keep(desk, person, &files)?;
            attachments::tell(desk, person, &files)?;
            // Whether words beside a card of ours are for the client as well only the colleague knows: a quote of nothing we
            // have posted is asked about.
            let quoted = if placed.is_empty() { quoted.as_ref() } else { Some(&event.activity) };
            let words = Draft { text: text.trim().to_owned(), files, ..Draft::default() };
            on_text(desk, person, event, words, quoted)
        }
        TeamsEventKind::Submit { data, card } => {
            let post = act::on_action(desk, person, data, card.as_ref())?;
            act::show(desk, person, card.as_ref(), post)?;
            Ok(none)
        }
        TeamsEventKind::Edited { text } => edits::on_edited(desk, person, event, Some(text)).map(|()| none),
        TeamsEventKind::Deleted => edits::on_edited(desk, person, event, None).map(|()| none),
        TeamsEventKind::Reaction { .. }
        | TeamsEventKind::MembersAdded { .. }
        | TeamsEventKind::MembersRemoved { .. }
        | TeamsEventKind::Renamed { .. }
        | TeamsEventKind::Closed { .. }
        | TeamsEventKind::Reopened
        | TeamsEventKind::Other { .. } => Ok(none),
    }
}

fn on_text(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, words: Draft, quoted: Option<&ActivityId>) -> Result<Belongs> {
    if words.text.is_empty() {
        return Ok((None, None));
    }
    if let Some(command) = commands::read(&words.text) {
        let post = commands::run(desk, person, &command)?;
        desk.post(None, person, post, None)?;
        return Ok((None, None));
    }
    let (quote, answers) = write::quote(desk, &event.reference.conversation, quoted)?;
    let words = Draft { answers, ..words };
    let here: Vec<ThreadId> = desk.tx.threads_in_own_chat(person.id())?.into_iter().map(|thread| thread.id).collect();
    match route(quote, &here, person.known.focus) {
        Route::To(thread) => write::on_words(desk, person, thread, &words),
        Route::Ask => write::ask(desk, person, &words),
        // What lives elsewhere in Teams can be written to from here as well, but is not guessed.
        Route::Nowhere if !desk.tx.open_threads(person.id())?.is_empty() => write::ask(desk, person, &words),
        Route::Nowhere => to_nobody(desk, person, &words.text),
    }
}

/// There is no conversation at all: a note is kept all the same, and a text is handed back.
fn to_nobody(desk: &Desk<'_>, person: &Person, text: &str) -> Result<Belongs> {
    if let Some(note) = notes::read(text) {
        desk.journal("note", &person.id().0, None, None, &json!({ "text": note }))?;
        desk.post(None, person, notes::kept(desk, person, None), None)?;
        return Ok((None, None));
    }
    let notice = cards::Notice {
        text: sentences::NO_OPEN_CONVERSATION.to_owned(),
        style: Style::Warning,
        kept: Some(text.to_owned()),
        quotes_message: false,
        actions: vec![(crate::texts::labels::NEW_CONVERSATION, cards::submit::Action::New {})],
        ..cards::Notice::default()
    };
    desk.journal("message.kept", &person.id().0, None, None, &json!({ "text": text }))?;
    desk.post(None, person, cards::notice(&desk.reader(person, None), &notice), None)?;
    Ok((None, None))
}
