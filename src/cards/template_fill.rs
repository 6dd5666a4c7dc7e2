//! The inputs for a template's variables.

use super::element::{Button, Choices, Container, Element, TextBlock, TextInput};
use super::parts::{error, header, paragraph, told_apart};
use super::submit::{Action, NO_FILE};
use super::template_view::{FileChoice, FileInput, TemplateField, TemplateFill, ValueError};
use super::text::{Text, clip, name};
use super::view::Reader;
use crate::bridge::Post;
use crate::texts::{self, labels};

/// Longest value in characters: a body holds 1,024 altogether.
const VALUE_LIMIT: usize = 1_024;
/// Longest link, in characters.
const LINK_LIMIT: usize = 2_000;
/// All values together, in characters, as far as they are shown again. More cannot be sent in any template.
const ALL_VALUES_LIMIT: usize = 4_096;

/// One labelled input a variable, below the text they belong to. Preview shows the result; nothing is sent here.
pub fn template_fill(reader: &Reader<'_>, view: &TemplateFill) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let title = format!("{} · {}", name(&view.name), name(&view.language));
    card.push(TextBlock::new(Text::plain(title)).subtle().small().close());
    card.push(Container::quote(&clip(&view.text, VALUE_LIMIT)));
    if let Some(file) = &view.file {
        card.extend(file_inputs(reader, file));
    }
    if view.fields.is_empty() && view.file.is_none() {
        card.push(TextBlock::new(Text::plain(labels::NOTHING_TO_FILL)));
    }
    let limit = VALUE_LIMIT.min(ALL_VALUES_LIMIT / view.fields.len().max(1));
    for (at, field) in view.fields.iter().enumerate() {
        card.push(input(at, field, limit));
        card.extend(field.error.map(|found| error(words(found))));
    }
    let fill = Action::FillTemplate {
        thread: view.thread,
        name: view.name.clone(),
        language: view.language.clone(),
        values: vec![],
        link: String::new(),
        file: String::new(),
        upload: view.file.as_ref().and_then(|file| file.kept.as_ref()).map(|(upload, ..)| *upload),
    };
    card.actions([
        Button::with_inputs(labels::PREVIEW, &fill, &["values", "link", "file"]).positive(),
        Button::new(labels::BACK, &Action::Templates { thread: view.thread, query: String::new() }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::CHOOSE_TEMPLATE))
}

/// A file that was sent here, or a link. Neither is required: which of them, the server says.
fn file_inputs(reader: &Reader<'_>, file: &FileInput) -> Vec<Element> {
    let mut elements: Vec<Element> = vec![paragraph(&texts::file_wanted(file.form)).into()];
    if let Some((_, called, bytes)) = &file.kept {
        elements.push(TextBlock::new(Text::plain(texts::file_kept(&name(called), *bytes))).subtle().small().into());
    }
    if !file.files.is_empty() {
        let choice = |choice: &FileChoice| (told_apart(&[&choice.name, &reader.when(choice.sent)]), choice.id.to_string());
        // What was chosen cannot be taken back in a client, other than by choosing something else.
        let none = (texts::NO_FILE_SENT_HERE.to_owned(), NO_FILE.to_owned());
        let choices = file.files.iter().map(choice).chain([none]);
        let input = Choices::new("file", texts::FILE_SENT_HERE, texts::FILE_CHOICE_ERROR, choices).placeholder(texts::CHOOSE_A_FILE);
        elements.push(input.value(file.chosen.map(|id| id.to_string())).into());
    }
    elements.push(TextInput::new("link", texts::FILE_LINK, texts::LINK_TOO_LONG, LINK_LIMIT).value(clip(&file.link, LINK_LIMIT)).into());
    elements.extend(file.error.as_ref().map(|found| error(&texts::file_error(found))));
    elements
}

fn input(at: usize, field: &TemplateField, limit: usize) -> TextInput {
    let input = TextInput::new(format!("v{at}"), labels::variable(&name(&field.label)), labels::NO_VALUE, VALUE_LIMIT).required();
    let example = field.example.as_deref().map(|example| labels::for_example(&name(example)));
    input.value(clip(&field.value, limit)).placeholder(example.unwrap_or_default())
}

fn words(found: ValueError) -> &'static str {
    match found {
        ValueError::Missing => labels::NO_VALUE,
        ValueError::TooLong => labels::VALUE_TOO_LONG,
        ValueError::NotOneLine => labels::VALUE_NOT_ONE_LINE,
        ValueError::NoCoordinate => labels::VALUE_NO_COORDINATE,
        ValueError::NoMoment => labels::VALUE_NO_MOMENT,
        ValueError::Passed => labels::VALUE_PASSED,
    }
}
