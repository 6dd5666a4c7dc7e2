//! The template cards, filled from the store.

use super::attachments;
use super::desk::{Case, Desk, Person};
use super::find;
use crate::bridge::{
    FileError, FileSource, HeaderMedia, MediaForm, Post, Template, TemplateMessage, TemplatePlace, TemplateVariable, Time,
};
use crate::cards::{self, FileChoice, FileInput, TemplateField, TemplateFill, TemplatePreview, TemplateRow, Templates};
use crate::store::{Attachment, Result, Upload};
use crate::texts::{labels, read_moment, sentences, typed_moment};

/// Files offered to choose from.
const FILES: u32 = 20;

/// The picker: approved templates for a thread, and those that are not sendable with the reason.
pub fn templates(desk: &Desk<'_>, person: &Person, case: &Case, query: &str, nothing_chosen: bool) -> Result<Post> {
    let groups = find::template_groups(desk, case, query)?;
    let refusal = |template: &Template| find::refusal(desk, case, template);
    let row = |group: &Vec<Template>| {
        let others = group[1..].iter().filter(|template| refusal(template).is_none()).map(|template| template.language.clone());
        TemplateRow { refused: refusal(&group[0]), languages: others.collect(), ..TemplateRow::from(&group[0]) }
    };
    let view = Templates {
        head: desk.head(&case.contact, Some(&case.thread)),
        thread: case.thread.id,
        query: query.to_owned(),
        templates: groups.iter().map(row).collect(),
        nothing_chosen,
        more: 0,
    };
    Ok(cards::templates(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// A template of the thread's WABA, as cached; the opt-in request is none that a colleague picks, whatever a card says.
pub fn template(desk: &Desk<'_>, case: &Case, name: &str, language: &str) -> Result<Option<Template>> {
    if desk.line(&case.contact.line).is_some_and(|line| line.templates.asks(name)) {
        return Ok(None);
    }
    match desk.office.directory.number(&case.thread.number) {
        Some(number) => desk.tx.template(&number.waba_id, name, language),
        None => Ok(None),
    }
}

/// What somebody typed or chose for a template.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    pub values: &'a [String],
    /// Address of the header's file, or empty.
    pub link: &'a str,
    /// Row of a file that was sent to the bot, or empty.
    pub file: &'a str,
    /// Row of an upload that was made before.
    pub upload: Option<i64>,
}

pub fn template_fill(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    fields: Vec<TemplateField>,
    file: Option<FileInput>,
) -> Post {
    let blank = |field: &TemplateField| format!("[{}]", labels::variable(&field.label));
    let so_far = |field: &TemplateField| if field.value.trim().is_empty() { blank(field) } else { field.value.clone() };
    let view = TemplateFill {
        head: desk.head(&case.contact, Some(&case.thread)),
        thread: case.thread.id,
        name: template.name.clone(),
        language: template.language.clone(),
        text: template.sketch(fields.iter().map(so_far)),
        fields,
        file,
    };
    cards::template_fill(&desk.reader(person, Some(&case.contact.line)), &view)
}

/// The inputs for a template's file, with what was given before.
pub fn file_input(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    given: &Given<'_>,
    error: Option<FileError>,
) -> Result<Option<FileInput>> {
    let Some(form) = template.media() else { return Ok(None) };
    let found = desk.tx.attachments(person.id(), desk.now - attachments::LIFETIME, FILES)?;
    let choice =
        |found: Attachment| FileChoice { id: found.id, name: found.source.name().unwrap_or_default().to_owned(), sent: found.received_at };
    let files: Vec<FileChoice> = found.into_iter().map(choice).collect();
    Ok(Some(FileInput {
        form,
        chosen: given.file.parse().ok().filter(|id| files.iter().any(|file| file.id == *id)),
        files,
        link: given.link.to_owned(),
        kept: own_upload(desk, person, case, template, given.upload)?.as_ref().and_then(described),
        error,
    }))
}

/// An upload as far as it may be used here: ordered by this colleague for this template of this thread.
pub fn own_upload(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, id: Option<i64>) -> Result<Option<Upload>> {
    let found = id.map(|id| desk.tx.upload(id)).transpose()?.flatten();
    Ok(found.filter(|upload| {
        upload.colleague == *person.id()
            && upload.thread == case.thread.id
            && upload.number == case.thread.number
            && (upload.template.as_str(), upload.language.as_str()) == (template.name.as_str(), template.language.as_str())
            && Some(upload.form) == template.media()
    }))
}

/// Row, name and bytes.
fn described(upload: &Upload) -> Option<(i64, String, u64)> {
    upload.ready.as_ref().map(|file| (upload.id, file.filename.clone(), file.size))
}

/// What an uploaded file puts into the header.
pub fn header_media(upload: &Upload) -> Option<HeaderMedia> {
    let file = upload.ready.as_ref()?;
    let filename = (upload.form == MediaForm::Document).then(|| file.filename.clone());
    Some(HeaderMedia { id: file.media_id.clone(), filename })
}

/// The inputs (link, file) that name a source.
pub fn as_given(desk: &Desk<'_>, person: &Person, source: &FileSource) -> Result<(String, String)> {
    if let FileSource::Link { url } = source {
        return Ok((url.clone(), String::new()));
    }
    let found = desk.tx.attachments(person.id(), desk.now - attachments::LIFETIME, FILES)?;
    let chosen = found.into_iter().find(|found| found.source == *source).map(|found| found.id.to_string());
    Ok((String::new(), chosen.unwrap_or_default()))
}

/// Inputs for a template's variables, the obvious ones filled: a variable called after the client or the colleague. What was
/// `given` before stays.
pub fn fields(desk: &Desk<'_>, case: &Case, person: &Person, variables: &[TemplateVariable], given: &[String]) -> Vec<TemplateField> {
    let zone = desk.reader(person, None).zone;
    let field = |(at, variable): (usize, &TemplateVariable)| {
        let is_moment = variable.place == TemplatePlace::OfferEnds;
        let value = match given.get(at) {
            Some(given) => given.parse::<Time>().ok().filter(|_| is_moment).map_or_else(|| given.clone(), |at| typed_moment(at, zone)),
            None => prefilled(case, person, variable),
        };
        let example = variable.example.clone().or_else(|| is_moment.then(|| sentences::MOMENT_EXAMPLE.to_owned()));
        TemplateField { label: variable.label.clone(), example, value, error: None }
    };
    variables.iter().enumerate().map(field).collect()
}

fn prefilled(case: &Case, person: &Person, variable: &TemplateVariable) -> String {
    let first = || case.contact.name.split_whitespace().next().unwrap_or_default().to_owned();
    match variable.name.as_deref().unwrap_or_default().to_lowercase().as_str() {
        "first_name" | "firstname" | "client_first_name" => first(),
        "name" | "client" | "customer" | "client_name" | "customer_name" | "full_name" => case.contact.name.clone(),
        "colleague" | "agent" | "agent_name" | "colleague_name" => person.name.clone(),
        _ => String::new(),
    }
}

/// One value for each variable: a blank input may be missing from what Teams sends, and moments are typed in the reader's zone.
pub fn values(desk: &Desk<'_>, person: &Person, variables: &[TemplateVariable], given: &[String]) -> Vec<String> {
    let zone = desk.reader(person, None).zone;
    let value = |(at, variable): (usize, &TemplateVariable)| {
        let given = given.get(at).map(|value| value.trim()).unwrap_or_default();
        match read_moment(given, zone).filter(|_| variable.place == TemplatePlace::OfferEnds) {
            Some(moment) => moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            None => given.to_owned(),
        }
    };
    variables.iter().enumerate().map(value).collect()
}

pub fn template_preview(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    filled: &TemplateMessage,
    values: Vec<String>,
    upload: Option<&Upload>,
) -> Post {
    let buttons: Vec<String> = template.buttons.iter().map(|button| button.text().to_owned()).collect();
    // The preview holds the buttons as lines of their own; the card shows them as buttons.
    let lines: Vec<&str> = filled.preview.lines().collect();
    let text = lines[..lines.len().saturating_sub(buttons.len())].join("\n");
    let view = TemplatePreview {
        head: desk.head(&case.contact, Some(&case.thread)),
        thread: case.thread.id,
        name: template.name.clone(),
        language: template.language.clone(),
        values,
        preview: text,
        buttons,
        file: upload.and_then(described),
    };
    cards::template_preview(&desk.reader(person, Some(&case.contact.line)), &view)
}
