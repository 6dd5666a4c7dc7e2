//! Buttons about a held message: see, change and withdraw it, ask the client to write, choose a template instead; and about one that
//! expired: discard it.

use super::allowed::{became, with_case};
use crate::bridge::{MessageId, MessageState, Outgoing, Post, Rule, TEMPLATE_AGAIN_AFTER, held, split};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style, TextError};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::render::shown;
use crate::relay::send::{self, Nudged};
use crate::relay::{expiry, note, tell, template_views, views};
use crate::store::{Message, Result};
use crate::texts::{labels, sentences, when, why};
use serde_json::json;

/// The thread card's Held.
pub fn held_in_thread(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Post> {
    expiry::expire_due(desk, case)?;
    views::held_in_thread(desk, person, case)
}

/// The text in an input. What is no text is withdrawn and written anew.
pub fn edit_held(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    let instead = |shown: &str, why: &str| tell::held_with(desk, person, case, message.id, shown, Some(why.to_owned()));
    match message.outgoing()? {
        Outgoing::Text { body } if body.chars().count() > split::LIMIT => instead(&body, sentences::HELD_TOO_LONG),
        Outgoing::Text { body } => Ok(views::held_edit(desk, person, case, message.id, body, None)),
        content => instead(&shown(&content), sentences::HELD_NOT_TEXT),
    }
}

/// Replaces the text. The place in the queue and the time of writing stay, and the journal keeps both texts.
pub fn save_held(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: &str) -> Result<Post> {
    let text = text.trim();
    let error = match text.chars().count() {
        0 => Some(TextError::Empty),
        count if count > split::LIMIT => Some(TextError::TooLong),
        _ if note::read(text).is_some() => Some(TextError::Note),
        _ => None,
    };
    if !matches!(message.outgoing()?, Outgoing::Text { .. }) {
        return edit_held(desk, person, case, message);
    }
    if error.is_some() {
        return Ok(views::held_edit(desk, person, case, message.id, text.to_owned(), error));
    }
    desk.tx.rewrite_held(message.id, &serde_json::to_string(&Outgoing::Text { body: text.to_owned() })?)?;
    desk.journal(
        "message.held_changed",
        &person.id().0,
        Some(case.thread.id),
        Some(message.id),
        &json!({ "text": text, "before": message.content }),
    )?;
    tell::held(desk, person, case, message.id, text)
}

/// The message was released, withdrawn or expired while its text was being changed: what became of it, and the new text, which is
/// not lost.
pub fn changed_too_late(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: &str) -> Result<Post> {
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: sentences::changed_too_late(became(desk, message)?),
        style: Style::Warning,
        kept: Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        quotes_message: false,
        actions: vec![(labels::WHY, Action::Why { message: message.id })],
    };
    Ok(cards::notice(&desk.reader(person, Some(&case.contact.line)), &notice))
}

pub fn withdraw(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    desk.tx.set_state(message.id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
    desk.journal("message.withdrawn", &person.id().0, Some(case.thread.id), Some(message.id), &json!({ "because": "author" }))?;
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    let text = shown(&message.outgoing()?);
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), labels::state(MessageState::Withdrawn), Some(text)))
}

/// *Ask to reply*: the line's nudge, once per closed window. The card says that the client was asked, or why not.
pub fn ask_to_reply(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    let note = match send::nudge(desk, case, person, Some(person))? {
        // The card shows when.
        Nudged::Sent | Nudged::Not(held::NotAsked::Already(_)) => None,
        Nudged::Not(held::NotAsked::WindowOpen) => Some(sentences::ASK_WINDOW_OPEN.to_owned()),
        Nudged::NotConfigured => Some(sentences::ASK_NOT_CONFIGURED.to_owned()),
        Nudged::NotApproved(name) => Some(sentences::ask_not_approved(&name)),
        Nudged::Refused(ruling) => {
            let body = json!({ "rule": ruling.rule, "row": ruling.rule.row(), "facts": ruling.grounds });
            desk.journal("nudge.refused", &person.id().0, Some(case.thread.id), Some(message.id), &body)?;
            let reader = desk.reader(person, Some(&case.contact.line));
            let next = case.thread.template_at.filter(|_| ruling.rule == Rule::TemplateUnanswered);
            let next = next.map(|at| when(at + TEMPLATE_AGAIN_AFTER, reader.zone, desk.now));
            Some(sentences::ask_refused(why::rule(ruling.rule), next.as_deref()))
        }
    };
    tell::held_with(desk, person, case, message.id, &shown(&message.outgoing()?), note)
}

/// *Choose template*: the picker opens below, for the message waits on whatever is chosen there.
pub fn template_below(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    desk.post(None, person, template_views::templates(desk, person, case, "", false)?, None)?;
    tell::held(desk, person, case, message.id, &shown(&message.outgoing()?))
}

/// T-25, Discard: the author does not want it sent any more. Only what expired is discarded; anything else is shown as it stands.
pub fn discard_expired(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        let own = message.author.as_deref() == Some(person.id().0.as_str());
        let what = if own && desk.tx.set_state(id, MessageState::Expired, MessageState::Withdrawn, desk.now)? {
            desk.journal("message.discarded", &person.id().0, Some(case.thread.id), Some(id), &json!({}))?;
            sentences::DISCARDED
        } else {
            became(desk, &message)?
        };
        let text = shown(&message.outgoing()?);
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), what, Some(text)))
    })
}
