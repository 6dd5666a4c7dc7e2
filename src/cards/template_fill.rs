//! The inputs for a template's variables.

use super::element::{Button, Container, TextBlock, TextInput};
use super::parts::{error, header};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Reader, TemplateField, TemplateFill, ValueError};
use crate::bridge::Post;
use crate::texts::labels;

/// Longest value in characters: a body holds 1,024 altogether.
const VALUE_LIMIT: usize = 1_024;
/// All values together, in characters, as far as they are shown again. More cannot be sent in any template.
const ALL_VALUES_LIMIT: usize = 4_096;

/// One labelled input a variable, below the text they belong to. Preview shows the result; nothing is sent here.
pub fn template_fill(reader: &Reader<'_>, view: &TemplateFill) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let title = format!("{} · {}", name(&view.name), name(&view.language));
    card.push(TextBlock::new(Text::plain(title)).subtle().small().close());
    card.push(Container::quote(&clip(&view.text, VALUE_LIMIT)));
    if view.fields.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NOTHING_TO_FILL)));
    }
    let limit = VALUE_LIMIT.min(ALL_VALUES_LIMIT / view.fields.len().max(1));
    for (at, field) in view.fields.iter().enumerate() {
        card.push(input(at, field, limit));
        card.extend(field.error.map(|found| error(words(found))));
    }
    let fill = Action::FillTemplate { thread: view.thread, name: view.name.clone(), language: view.language.clone(), values: vec![] };
    card.actions([
        Button::with_inputs(labels::PREVIEW, &fill, &["values"]).positive(),
        Button::new(labels::BACK, &Action::Templates { thread: view.thread, query: String::new() }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::CHOOSE_TEMPLATE))
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
