//! Templates from a card: pick, fill, see the exact preview, send. Selecting never sends.

use crate::bridge::{ActivityId, FillError, Outgoing, Post, Template};
use crate::cards::{Style, ValueError};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::send::{self, Wish};
use crate::relay::{find, tell, template_views as views};
use crate::store::{Purpose, Result};
use crate::texts::sentences;

/// The inputs, or the preview where there is nothing to fill in. `given`: what was typed before.
pub fn pick(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, given: &[String]) -> Result<Post> {
    if let Some(reason) = find::refusal(desk, case, template) {
        return Ok(not_sendable(desk, person, case, &reason));
    }
    let variables = template.variables();
    if variables.is_empty() {
        return fill(desk, person, case, template, &[]);
    }
    let fields = views::fields(desk, case, person, &variables, given);
    Ok(views::template_fill(desk, person, case, template, fields))
}

pub fn fill(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, given: &[String]) -> Result<Post> {
    if let Some(reason) = find::refusal(desk, case, template) {
        return Ok(not_sendable(desk, person, case, &reason));
    }
    let values = views::values(desk, person, &template.variables(), given);
    match template.fill_with(&values, None, Some(desk.now)) {
        Ok(filled) => Ok(views::template_preview(desk, person, case, template, &filled, values)),
        Err(FillError::MediaMissing) => Ok(not_sendable(desk, person, case, sentences::HEADER_NEEDS_FILE)),
        Err(error) => Ok(wrong(desk, person, case, template, &values, &error)),
    }
}

fn not_sendable(desk: &Desk<'_>, person: &Person, case: &Case, reason: &str) -> Post {
    let text = sentences::not_sendable(reason.trim_end_matches('.'));
    desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Attention, text)
}

/// The inputs again, with everything that was typed and what is wrong with it.
fn wrong(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, values: &[String], error: &FillError) -> Post {
    let mut fields = views::fields(desk, case, person, &template.variables(), values);
    for field in &mut fields {
        field.error = field.value.is_empty().then_some(ValueError::Missing);
    }
    let found = match *error {
        FillError::Empty { index } => Some((index, ValueError::Missing)),
        FillError::LineBreak { index } => Some((index, ValueError::NotOneLine)),
        FillError::TooLong { index, .. } => Some((index, ValueError::TooLong)),
        FillError::Coordinate { index } => Some((index, ValueError::NoCoordinate)),
        FillError::Moment { index } => Some((index, ValueError::NoMoment)),
        FillError::Past { index } => Some((index, ValueError::Passed)),
        FillError::Count { .. } | FillError::NotSendable { .. } | FillError::MediaMissing => None,
    };
    if let Some((at, what)) = found
        && let Some(field) = fields.get_mut(at)
    {
        field.error = Some(what);
    }
    views::template_fill(desk, person, case, template, fields)
}

pub fn send_template(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    values: &[String],
    card: Option<&ActivityId>,
) -> Result<Post> {
    let Ok(filled) = template.fill_with(values, None, Some(desk.now)) else { return fill(desk, person, case, template, values) };
    // A template leaves no state that a second press, long after the first, would find changed: one card sends once.
    let once = card.map(|card| format!("send:{}:{card}", person.known.home.conversation));
    if let Some(key) = &once
        && desk.tx.was_seen(key)?
    {
        return Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::SENT_ALREADY, None));
    }
    let text = filled.preview.clone();
    let content = Outgoing::Template(filled);
    desk.tx.focus_on(person.id(), case.thread.id)?;
    let wish = Wish { author: Some(person), purpose: Purpose::Template, content: &content, reply_to: None, retry_of: None };
    let submitted = send::submit(desk, case, &wish)?;
    if let Some(post) = tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &text)? {
        return Ok(post);
    }
    if let Some(key) = &once {
        desk.tx.first_time(key, desk.now)?;
    }
    desk.tx.template_used(&template.waba, &template.name, &template.language, desk.now)?;
    Ok(desk.receipt_of(person, case, submitted.message, sentences::TEMPLATE_SENT, Some(text)))
}
