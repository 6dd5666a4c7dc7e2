//! Templates from a card: pick, fill, see the exact preview, send. Selecting never sends.

use crate::bridge::{ActivityId, FileError, FileSource, FillError, HeaderMedia, MEDIA_DAYS, MediaForm, Outgoing, Post, Template};
use crate::cards::{Style, ValueError};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::send::{self, Wish};
use crate::relay::template_views::{self as views, Given};
use crate::relay::{attachments, find, tell, whom};
use crate::store::{NewUpload, Purpose, Result, Upload};
use crate::texts::{self, sentences};
use chrono::Duration;
use serde_json::json;

/// The pressed card is answered first: its own answer must not take the place of the result.
const BEFORE_FETCHING: Duration = Duration::milliseconds(500);

/// The inputs, or the preview where there is nothing to fill in. `given`: what was typed before.
pub fn pick(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, given: &Given<'_>) -> Result<Post> {
    if let Some(reason) = find::refusal(desk, case, template) {
        return Ok(not_sendable(desk, person, case, &reason));
    }
    let variables = template.variables();
    if variables.is_empty() && template.media().is_none() {
        return fill(desk, person, case, template, given, None);
    }
    let fields = views::fields(desk, case, person, &variables, given.values);
    let file = views::file_input(desk, person, case, template, given, None)?;
    Ok(views::template_fill(desk, person, case, template, fields, file))
}

/// The preview; for a template with a file only when that has been fetched, which is ordered here.
pub fn fill(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    given: &Given<'_>,
    card: Option<&ActivityId>,
) -> Result<Post> {
    if let Some(reason) = find::refusal(desk, case, template) {
        return Ok(not_sendable(desk, person, case, &reason));
    }
    // A receipt stays one, however late a repetition of what was pressed before it arrives.
    if let Some(sent) = sent_already(desk, person, case, card)? {
        return Ok(sent);
    }
    let values = views::values(desk, person, &template.variables(), given.values);
    // What was typed is checked before a file is fetched for it.
    let probe = HeaderMedia { id: String::new(), filename: None };
    let filled = match template.fill_with(&values, Some(&probe), Some(desk.now)) {
        Ok(filled) => filled,
        Err(error) => return wrong(desk, person, case, template, &Given { values: &values, ..*given }, &error),
    };
    let Some(form) = template.media() else {
        return Ok(views::template_preview(desk, person, case, template, &filled, values, None));
    };
    match chosen(desk, person, case, template, given, form)? {
        Ok(Chosen::Fetched(upload)) => fetched(desk, person, &Upload { values, ..*upload }, None),
        Ok(Chosen::Source(source)) => order(desk, person, case, template, &values, &source, form, card),
        Err(error) => with_file_error(desk, person, case, template, &Given { values: &values, ..*given }, &error),
    }
}

enum Chosen {
    Source(FileSource),
    Fetched(Box<Upload>),
}

/// Which file is meant: the one chosen or linked now, else the one that was fetched before.
fn chosen(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    given: &Given<'_>,
    form: MediaForm,
) -> Result<std::result::Result<Chosen, FileError>> {
    let (link, file) = (given.link.trim(), given.file.trim());
    Ok(match (link.is_empty(), file.is_empty()) {
        (false, false) => Err(FileError::Both),
        (false, true) => Ok(Chosen::Source(FileSource::Link { url: link.to_owned() })),
        (true, false) => {
            let since = desk.now - attachments::LIFETIME;
            let found = file.parse().ok().map(|id| desk.tx.attachment(person.id(), id, since)).transpose()?.flatten();
            found.map(|found| Chosen::Source(found.source)).ok_or(FileError::Gone)
        }
        (true, true) => match views::own_upload(desk, person, case, template, given.upload)? {
            Some(upload) if is_fresh(desk, &upload) => Ok(Chosen::Fetched(Box::new(upload))),
            // WhatsApp forgets files: it is fetched again.
            Some(upload) if upload.ready.is_some() && upload.form == form => Ok(Chosen::Source(upload.source)),
            _ => Err(FileError::Missing),
        },
    })
}

/// Whether WhatsApp still has the file.
fn is_fresh(desk: &Desk<'_>, upload: &Upload) -> bool {
    upload.ready.as_ref().is_some_and(|file| desk.now < file.at + Duration::days(MEDIA_DAYS))
}

#[allow(clippy::too_many_arguments, reason = "everything that stands in the order")]
fn order(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    values: &[String],
    source: &FileSource,
    form: MediaForm,
    card: Option<&ActivityId>,
) -> Result<Post> {
    let new = NewUpload {
        colleague: person.id(),
        thread: case.thread.id,
        number: &case.thread.number,
        template: &template.name,
        language: &template.language,
        values,
        source,
        form,
        card,
        now: desk.now,
        due: desk.now + BEFORE_FETCHING,
    };
    let upload = desk.tx.order_upload(&new)?;
    // Without the address: one from Teams opens the file to whoever has it.
    let body = json!({ "upload": upload, "template": template.name, "language": template.language, "form": form });
    desk.journal("upload.ordered", &person.id().0, Some(case.thread.id), None, &body)?;
    let text = texts::fetching(source.name().unwrap_or_default());
    Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Default, text))
}

/// What the card of an order becomes: the preview, or the inputs with what is wrong with the file.
pub fn fetched(desk: &Desk<'_>, person: &Person, upload: &Upload, failed: Option<&FileError>) -> Result<Post> {
    super::allowed::with_template(desk, person, upload.thread, &upload.template, &upload.language, |case, template| {
        let (link, chosen) = views::as_given(desk, person, &upload.source)?;
        let kept = upload.ready.as_ref().map(|_| upload.id);
        let given = Given { values: &upload.values, link: &link, file: &chosen, upload: kept };
        if let Some(error) = failed {
            return with_file_error(desk, person, case, template, &given, error);
        }
        match template.fill_with(&upload.values, views::header_media(upload).as_ref(), Some(desk.now)) {
            Ok(filled) => Ok(views::template_preview(desk, person, case, template, &filled, upload.values.clone(), Some(upload))),
            Err(error) => wrong(desk, person, case, template, &given, &error),
        }
    })
}

fn not_sendable(desk: &Desk<'_>, person: &Person, case: &Case, reason: &str) -> Post {
    let text = sentences::not_sendable(reason.trim_end_matches('.'));
    desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Attention, text)
}

fn with_file_error(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    given: &Given<'_>,
    error: &FileError,
) -> Result<Post> {
    let fields = views::fields(desk, case, person, &template.variables(), given.values);
    let file = views::file_input(desk, person, case, template, given, Some(error.clone()))?;
    Ok(views::template_fill(desk, person, case, template, fields, file))
}

/// The inputs again, with everything that was typed and what is wrong with it.
fn wrong(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, given: &Given<'_>, error: &FillError) -> Result<Post> {
    let mut fields = views::fields(desk, case, person, &template.variables(), given.values);
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
    let missing = matches!(error, FillError::MediaMissing).then_some(FileError::Missing);
    let file = views::file_input(desk, person, case, template, given, missing)?;
    Ok(views::template_fill(desk, person, case, template, fields, file))
}

/// The key that a card leaves behind when it has sent.
fn once(person: &Person, card: &ActivityId) -> String {
    format!("send:{}:{card}", person.conversation())
}

fn sent_already(desk: &Desk<'_>, person: &Person, case: &Case, card: Option<&ActivityId>) -> Result<Option<Post>> {
    let seen = card.map(|card| desk.tx.was_seen(&once(person, card))).transpose()?.unwrap_or_default();
    Ok(seen.then(|| desk.receipt(person, &case.contact, Some(&case.thread), sentences::SENT_ALREADY, None)))
}

pub fn send_template(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    given: &Given<'_>,
    card: Option<&ActivityId>,
) -> Result<Post> {
    // A template leaves no state that a second press, long after the first, would find changed: one card sends once.
    if let Some(sent) = sent_already(desk, person, case, card)? {
        return Ok(sent);
    }
    let upload = views::own_upload(desk, person, case, template, given.upload)?.filter(|upload| is_fresh(desk, upload));
    let media = upload.as_ref().and_then(views::header_media);
    let Ok(filled) = template.fill_with(given.values, media.as_ref(), Some(desk.now)) else {
        return fill(desk, person, case, template, given, card);
    };
    let text = filled.preview.clone();
    let content = Outgoing::Template(filled);
    whom::wrote(desk, person, case.thread.id)?;
    let wish = Wish { author: Some(person), purpose: Purpose::Template, content: &content, reply_to: None, retry_of: None };
    let submitted = send::submit(desk, case, &wish)?;
    if let Some(post) = tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &text)? {
        return Ok(post);
    }
    if let Some(card) = card {
        desk.tx.first_time(&once(person, card), desk.now)?;
        // The card is a receipt from now on: nothing that is still on its way may change it.
        desk.tx.give_up_uploads(person.id(), card)?;
    }
    desk.tx.template_used(&template.waba, &template.name, &template.language, desk.now)?;
    Ok(desk.receipt_of(person, case, submitted.message, sentences::TEMPLATE_SENT, Some(text)))
}
