//! What a colleague does in Teams, one transaction an activity.

use super::desk::{Desk, Person};
use super::sender::sender;
use super::write::{self, Belongs};
use super::{act, attachments, commands, edits, note, reactions, shared, whom};
use crate::bridge::{ActivityId, Posted, Route, Rule, Scope, TeamsAttachment, TeamsEvent, TeamsEventKind};
use crate::cards::{self, Style, Welcome};
use crate::store::{Draft, Result};
use crate::texts::{notes, sentences};
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
    let asked = matches!(&event.kind, TeamsEventKind::Submit { data, .. } if act::needs_no_line(desk, person, data));
    match &event.kind {
        TeamsEventKind::Installed => {
            if desk.tx.welcome_once(person.id())? {
                let lines = desk.office.lines_of(&person.known).into_iter().map(|line| line.name.clone()).collect();
                let view = Welcome { colleague: Some(person.name.clone()), lines };
                desk.post(None, person, cards::welcome(&desk.reader(person, None), &view), None)?;
                desk.journal("app.installed", &person.id().0, None, None, &json!({}))?;
            }
            Ok(none)
        }
        TeamsEventKind::Uninstalled => {
            desk.tx.uninstalled(person.id())?;
            desk.journal("app.uninstalled", &person.id().0, None, None, &json!({}))?;
            Ok(none)
        }
        TeamsEventKind::Message { .. } | TeamsEventKind::Submit { .. } if !enabled && !asked => {
            let text = desk.why_not_enabled(person, None);
            let (thread, rule) = (person.known.focus.map(|focus| focus.thread), Rule::NotEnabled);
            // Without the words: who is not enabled has no client whose record they would belong to.
            desk.journal("message.refused", &person.id().0, thread, None, &json!({ "rule": rule, "row": rule.row() }))?;
            desk.post(None, person, desk.notice(person, None, Style::Attention, text), None)?;
            Ok(none)
        }
        TeamsEventKind::Message { targeted: true, .. } => {
            let text = sentences::TARGETED.to_owned();
            desk.post(None, person, desk.notice(person, None, Style::Default, text), None)?;
            Ok(none)
        }
        TeamsEventKind::Message { text, quoted, attachments, .. } => {
            let (placed, files): (Vec<_>, Vec<_>) = attachments.iter().cloned().partition(attachments::is_our_card);
            attachments::keep(desk, person, &files)?;
            attachments::tell(desk, person, &files)?;
            // Whether words beside a card of ours are for the client as well only the colleague knows: a quote of nothing we
            // have posted is asked about.
            let quoted = if placed.is_empty() { quoted.as_ref() } else { Some(&event.activity) };
            on_text(desk, person, event, Typed { text: text.trim(), quoted, files })
        }
        TeamsEventKind::Submit { data, card } => {
            let post = act::on_action(desk, person, data, card.as_ref())?;
            act::show(desk, person, card.as_ref(), post)?;
            Ok(none)
        }
        TeamsEventKind::Edited { text } => edits::on_edited(desk, person, event, Some(text)).map(|()| none),
        TeamsEventKind::Deleted => edits::on_edited(desk, person, event, None).map(|()| none),
        TeamsEventKind::Reaction { added, removed, target: Some(target) } => {
            reactions::on_reaction(desk, person, event, target, added, removed).map(|()| none)
        }
        TeamsEventKind::Reaction { target: None, .. }
        | TeamsEventKind::MembersAdded { .. }
        | TeamsEventKind::MembersRemoved { .. }
        | TeamsEventKind::Renamed { .. }
        | TeamsEventKind::Closed { .. }
        | TeamsEventKind::Reopened
        | TeamsEventKind::Typing
        | TeamsEventKind::Read { .. }
        | TeamsEventKind::Other { .. } => Ok(none),
    }
}

/// What somebody typed.
struct Typed<'a> {
    text: &'a str,
    quoted: Option<&'a ActivityId>,
    files: Vec<TeamsAttachment>,
}

fn on_text(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, typed: Typed<'_>) -> Result<Belongs> {
    let none = (None, None);
    if typed.text.is_empty() && !typed.files.iter().any(|file| attachments::source(file).is_some()) {
        return Ok(none);
    }
    if let Some(command) = commands::typed(desk, person, typed.text)? {
        let post = commands::run(desk, person, &command)?;
        desk.post(None, person, post, None)?;
        return Ok(none);
    }
    let conversation = &event.reference.conversation;
    let note = note::read(typed.text);
    let (quote, answers) = whom::quote(desk, conversation, typed.quoted, note.is_some())?;
    let words = Draft {
        note: note.is_some(),
        text: note.unwrap_or_else(|| typed.text.to_owned()),
        answers,
        files: typed.files,
        written: Posted { conversation: conversation.clone(), activity: event.activity.clone() },
    };
    match whom::route(desk, person, quote)? {
        Route::To(thread) => {
            let Some(case) = desk.case(thread)? else { return Ok(none) };
            let belongs = write::words(desk, person, &case, &words)?;
            if words.note {
                desk.post(Some(thread), person, note::kept(desk, person, &case), None)?;
            }
            Ok(belongs)
        }
        Route::Ask => whom::ask(desk, person, &words).map(|()| none),
        Route::Nowhere => to_nobody(desk, person, &words).map(|()| none),
    }
}

/// There is no conversation at all: the words are handed back.
fn to_nobody(desk: &Desk<'_>, person: &Person, words: &Draft) -> Result<()> {
    let notice = cards::Notice {
        text: if words.note { notes::NOWHERE } else { sentences::NO_OPEN_CONVERSATION }.to_owned(),
        style: Style::Warning,
        kept: Some(words.text.clone()),
        quotes_message: false,
        actions: vec![(crate::texts::labels::NEW_CONVERSATION, cards::submit::Action::New {})],
        ..cards::Notice::default()
    };
    desk.journal("message.kept", person.id().as_str(), None, None, &json!({ "text": words.text, "note": words.note }))?;
    desk.post(None, person, cards::notice(&desk.reader(person, None), &notice), None)
}
