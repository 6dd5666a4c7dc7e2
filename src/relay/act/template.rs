//! Templates from a card: pick, fill, see the exact preview, send. Selecting never sends.

use crate::bridge::{ActivityId, FillError, Outgoing, Post, Template};
use crate::cards::{Style, ValueError};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::send::{self, Wish};
use crate::relay::{tell, views};
use crate::store::{Purpose, Result};
use crate::texts::sentences;

pub fn pick(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template) -> Result<Post> {
    let variables = template.variables();
    if variables.is_empty() {
        return fill(desk, person, case, template, &[]);
    }
    let fields = views::prefilled(case, person, &variables);
    Ok(views::template_fill(desk, person, case, template, fields))
}

pub fn fill(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, values: &[String]) -> Result<Post> {
    let variables = template.variables();
    // A blank input may be missing from what Teams sends.
    let values: Vec<String> =
        (0..variables.len()).map(|at| values.get(at).map(|value| value.trim().to_owned()).unwrap_or_default()).collect();
    match template.fill(&values) {
        Ok(filled) => Ok(views::template_preview(desk, person, case, template, &filled, values)),
        Err(FillError::NotSendable { reason }) => {
            Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Attention, sentences::not_sendable(&reason)))
        }
        Err(error) => {
            let mut fields = views::prefilled(case, person, &variables);
            for (field, value) in fields.iter_mut().zip(&values) {
                field.value.clone_from(value);
                field.error = value.is_empty().then_some(ValueError::Missing);
            }
            let (at, what) = match error {
                FillError::Empty { index } => (index, ValueError::Missing),
                FillError::LineBreak { index } => (index, ValueError::NotOneLine),
                FillError::TooLong { index, .. } => (index, ValueError::TooLong),
                FillError::Count { .. } | FillError::NotSendable { .. } => (0, ValueError::Missing),
            };
            if let Some(field) = fields.get_mut(at) {
                field.error = Some(what);
            }
            Ok(views::template_fill(desk, person, case, template, fields))
        }
    }
}

pub fn send_template(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    values: &[String],
    card: Option<&ActivityId>,
) -> Result<Post> {
    let Ok(filled) = template.fill(values) else { return fill(desk, person, case, template, values) };
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
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::TEMPLATE_SENT, Some(text)))
}
