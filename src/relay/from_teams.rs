//! What a colleague does in Teams, one transaction an activity.

use super::desk::{Desk, Person, Seat};
use super::{act, attachments, commands, expiry, unowned, views, write};
use crate::bridge::{
    ActivityId, ColleagueId, MessageId, MessageState, Outgoing, Place, Quote, Route, Rule, Scope, TeamsAttachment, TeamsEvent,
    TeamsEventKind, ThreadId, route, signature_length, signing_name, split,
};
use crate::cards::submit::Action;
use crate::cards::{self, Style, Welcome};
use crate::store::{KnownColleague, Message, Result};
use crate::texts::sentences;
use serde_json::{Value, json};

/// Marks a text that is for colleagues only.
const NOTE: &str = "//";

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
    let belongs = match sender(desk, event, upn)? {
        Some(person) if event.scope == Scope::Personal => on_personal(desk, &person, event)?,
        Some(person) => {
            on_shared(desk, &person, event)?;
            (None, None)
        }
        None => (None, None),
    };
    if typed {
        desk.tx.record_posting(conversation, &event.activity, belongs.0, belongs.1)?;
    }
    Ok(())
}

/// The thread and message that an activity turned out to belong to.
type Belongs = (Option<ThreadId>, Option<MessageId>);

/// Who acted, refreshed in the store when something changed. `None` for bots and activities without a person.
pub fn sender(desk: &Desk<'_>, event: &TeamsEvent, upn: Option<&str>) -> Result<Option<Person>> {
    let (Some(object_id), false) = (&event.sender.object_id, event.sender.is_bot) else { return Ok(None) };
    let id = ColleagueId(object_id.to_lowercase());
    let before = desk.tx.colleague(&id)?;
    if event.scope != Scope::Personal {
        let thread = desk.tx.home_at(&event.reference.conversation)?.map(|home| home.thread);
        let seat = Seat::Shared { reference: event.reference.clone(), thread };
        return Ok(before.map(|known| Person { seat, ..desk.as_person(known) }));
    }
    let installed = event.kind != TeamsEventKind::Uninstalled;
    let now = KnownColleague {
        id: id.clone(),
        upn: upn.map(str::to_lowercase).or_else(|| event.sender.upn.clone()).or_else(|| before.as_ref()?.upn.clone()),
        name: event.sender.name.clone().or_else(|| before.as_ref()?.name.clone()),
        user_id: event.sender.user_id.clone(),
        home: event.reference.clone(),
        locale: event.locale.clone().or_else(|| before.as_ref()?.locale.clone()),
        time_zone: event.time_zone.clone().or_else(|| before.as_ref()?.time_zone.clone()),
        installed,
        welcomed: before.as_ref().is_some_and(|known| known.welcomed),
        focus: before.as_ref().and_then(|known| known.focus),
    };
    let comes = installed && before.as_ref().is_none_or(|known| !known.installed);
    let changed = before.as_ref() != Some(&now);
    let person = Person { seat: Seat::Own, ..desk.as_person(now) };
    if changed {
        desk.tx.save_colleague(&person.known)?;
    }
    if comes {
        // What waited because the app was gone goes out now, and who waits for somebody can be taken.
        desk.tx.wake_lanes(&Place::Own(id), desk.now)?;
        unowned::on_duty_again(desk, &person)?;
    }
    Ok(Some(person))
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
        TeamsEventKind::Message { .. } | TeamsEventKind::Submit { .. } if !enabled && !asked => {
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
            let (placed, files): (Vec<_>, Vec<_>) = attachments.iter().cloned().partition(is_our_card);
            attachments::keep(desk, person, &files)?;
            tell_attachments(desk, person, &files)?;
            // Whether words beside a card of ours are for the client as well only the colleague knows: a quote of nothing we
            // have posted is asked about.
            let quoted = if placed.is_empty() { quoted.as_ref() } else { Some(&event.activity) };
            on_text(desk, person, event, text.trim(), quoted)
        }
        TeamsEventKind::Submit { data, card } => {
            let post = act::on_action(desk, person, data, card.as_ref())?;
            act::show(desk, person, card.as_ref(), post)?;
            Ok(none)
        }
        TeamsEventKind::Edited { text } => on_edited(desk, person, event, Some(text)).map(|()| none),
        TeamsEventKind::Deleted => on_edited(desk, person, event, None).map(|()| none),
        TeamsEventKind::Reaction { .. }
        | TeamsEventKind::MembersAdded { .. }
        | TeamsEventKind::MembersRemoved { .. }
        | TeamsEventKind::Renamed { .. }
        | TeamsEventKind::Closed { .. }
        | TeamsEventKind::Reopened
        | TeamsEventKind::Other { .. } => Ok(none),
    }
}

/// In group chats and channels this version keeps silent towards clients, and says so in the colleague's own chat.
fn on_shared(desk: &Desk<'_>, person: &Person, event: &TeamsEvent) -> Result<()> {
    if matches!(event.kind, TeamsEventKind::Message { .. } | TeamsEventKind::Submit { .. }) && person.known.installed {
        let text = sentences::PERSONAL_ONLY.to_owned();
        desk.post(None, &person, desk.notice(person, None, Style::Warning, text), None)?;
    }
    Ok(())
}

/// A card that leads on with a button of ours: it was put into the chat with the message extension, and is for the colleague alone.
fn is_our_card(attachment: &TeamsAttachment) -> bool {
    attachment.card.as_ref().is_some_and(has_our_button)
}

fn has_our_button(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.get("data").is_some_and(Action::is_ours) || members.values().any(has_our_button),
        Value::Array(items) => items.iter().any(has_our_button),
        _ => false,
    }
}

fn tell_attachments(desk: &Desk<'_>, person: &Person, attachments: &[TeamsAttachment]) -> Result<()> {
    if attachments.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = attachments.iter().map(|attachment| attachment.name.as_deref().unwrap_or(&attachment.content_type)).collect();
    desk.journal("attachment.not_sent", &person.id().0, None, None, &json!({ "names": names }))?;
    let text = sentences::attachments_not_sent(&names.join(", "));
    desk.post(None, &person, desk.notice(person, None, Style::Warning, text), None)
}

fn on_text(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, text: &str, quoted: Option<&ActivityId>) -> Result<Belongs> {
    if text.is_empty() {
        return Ok((None, None));
    }
    if let Some(note) = text.strip_prefix(NOTE) {
        let thread = person.known.focus.map(|focus| focus.thread);
        desk.journal("note", &person.id().0, thread, None, &json!({ "text": note.trim() }))?;
        desk.post(thread, &person, desk.notice(person, None, Style::Default, sentences::NOTE_KEPT.to_owned()), None)?;
        return Ok((None, None));
    }
    if let Some(command) = commands::read(text) {
        let post = commands::run(desk, person, &command)?;
        desk.post(None, &person, post, None)?;
        return Ok((None, None));
    }
    let conversation = &event.reference.conversation;
    let (quote, reply_to) = match quoted {
        None => (Quote::Nothing, None),
        Some(activity) => match desk.tx.posting(conversation, activity)? {
            Some((Some(thread), message)) => (Quote::Of(thread), message),
            _ => (Quote::Unknown, None),
        },
    };
    let open: Vec<ThreadId> = desk.tx.open_threads(person.id())?.into_iter().map(|thread| thread.id).collect();
    match route(quote, &open, person.known.focus) {
        Route::To(thread) => {
            let wamid = match reply_to {
                Some(message) => desk.tx.message(message)?.and_then(|message| message.wamid),
                None => None,
            };
            let message = write::on_text(desk, person, thread, text, wamid.as_ref())?;
            Ok((Some(thread), message))
        }
        Route::Ask => {
            let draft = desk.tx.keep_draft(person.id(), text, desk.now)?;
            let post = views::ask_whom(desk, person, draft, text, false)?;
            desk.journal("message.kept", &person.id().0, None, None, &json!({ "draft": draft, "text": text }))?;
            desk.post(None, &person, post, None)?;
            Ok((None, None))
        }
        Route::Nowhere => {
            let reader = desk.reader(person, None);
            let notice = cards::Notice {
                text: sentences::NO_OPEN_CONVERSATION.to_owned(),
                style: Style::Warning,
                kept: Some(text.to_owned()),
                quotes_message: false,
                actions: vec![(crate::texts::labels::NEW_CONVERSATION, cards::submit::Action::New {})],
                ..cards::Notice::default()
            };
            desk.journal("message.kept", &person.id().0, None, None, &json!({ "text": text }))?;
            desk.post(None, &person, cards::notice(&reader, &notice), None)?;
            Ok((None, None))
        }
    }
}

/// A colleague changed or deleted a message in Teams. What is held changes too; what has left cannot be changed at the client.
fn on_edited(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, text: Option<&String>) -> Result<()> {
    let Some((Some(thread), Some(id))) = desk.tx.posting(&event.reference.conversation, &event.activity)? else { return Ok(()) };
    let Some(case) = desk.case(thread)? else { return Ok(()) };
    expiry::expire_due(desk, &case)?;
    let Some(message) = desk.tx.message(id)? else { return Ok(()) };
    if message.author.as_deref() != Some(person.id().0.as_str()) {
        return Ok(());
    }
    let kind = if text.is_some() { "message.edited_in_teams" } else { "message.deleted_in_teams" };
    let body = json!({ "text": text, "state": message.state, "before": message.content });
    desk.journal(kind, &person.id().0, Some(thread), Some(id), &body)?;
    let said = match (message.state, text.map(|text| text.trim())) {
        (MessageState::Held, _) if is_last_of_parts(desk, person, &message)? => sentences::HELD_IN_PARTS,
        (MessageState::Held, Some(text)) if text.is_empty() || split::parts(text).len() > 1 => sentences::HELD_NOT_CHANGED,
        (MessageState::Held, Some(_)) if !matches!(message.outgoing()?, Outgoing::Text { .. }) => sentences::HELD_NOT_TEXT,
        (MessageState::Held, Some(text)) => {
            desk.tx.rewrite_held(id, &serde_json::to_string(&Outgoing::Text { body: text.to_owned() })?)?;
            sentences::HELD_CHANGED
        }
        (MessageState::Held, None) => {
            desk.tx.set_state(id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
            desk.tx.refresh_cards(thread, desk.now)?;
            sentences::HELD_WITHDRAWN
        }
        (MessageState::Withdrawn | MessageState::Expired | MessageState::Refused, _) => return Ok(()),
        (_, Some(_)) => sentences::EDIT_TOO_LATE,
        (_, None) => sentences::DELETE_TOO_LATE,
    };
    let post = desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, said.to_owned());
    desk.post(Some(thread), &person, post, None)
}

/// A long text became several messages, of which its activity names the last. Changing that one to the whole text would show the client
/// the beginning twice.
fn is_last_of_parts(desk: &Desk<'_>, author: &Person, last: &Message) -> Result<bool> {
    let Some(before) = desk.tx.message(MessageId(last.id.0 - 1))? else { return Ok(false) };
    if (before.thread, &before.author, before.created_at, before.purpose) != (last.thread, &last.author, last.created_at, last.purpose) {
        return Ok(false);
    }
    let (Outgoing::Text { body: first }, Outgoing::Text { body: second }) = (before.outgoing()?, last.outgoing()?) else {
        return Ok(false);
    };
    let parts = [first.as_str(), second.as_str()];
    // It was cut with room for a signature where one was due then.
    let limits = [split::LIMIT, split::LIMIT - signing_name(&author.name).as_deref().map_or(0, signature_length)];
    let cut = |gap: &str| limits.iter().any(|limit| split::parts_within(&parts.join(gap), *limit) == parts);
    Ok(["\n\n", "\n", " ", ""].into_iter().any(cut))
}
