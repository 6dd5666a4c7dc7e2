//! Until when somebody is away, and who stands in; and who is away now, with the way back.

use super::away_inputs::AwayInputs;
use super::element::{Button, Choices, ColumnSet, Element, TextBlock, TextInput, list};
use super::moment_input::MomentInput;
use super::parts::{error, paragraph};
use super::submit::Action;
use super::text::{Text, name};
use super::transfer_form::ColleagueChoice;
use super::typeahead::Dataset;
use super::view::{Reader, Style};
use crate::bridge::{ABSENCE_NOTE_LIMIT, Post};
use crate::texts::{absence as words, labels};

/// Colleagues that stand in a list before anybody types.
const MOST_COLLEAGUES: usize = 30;

/// Which input an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwayField {
    Who,
    Date,
    Time,
    Cover,
    Note,
}

/// The form as it stands.
#[derive(Clone, Debug)]
pub struct AwayForm {
    /// The reader is away themselves: the sentence about it.
    pub own: Option<String>,
    /// Whom the reader may set as away besides themselves.
    pub colleagues: Vec<ColleagueChoice>,
    pub covers: Vec<ColleagueChoice>,
    /// Others who are away and whom the reader may call back: their id, and the sentence about it.
    pub away: Vec<ColleagueChoice>,
    /// The earliest day.
    pub today: String,
    pub inputs: AwayInputs,
    pub errors: Vec<(AwayField, String)>,
}

/// The form.
pub fn away_form(reader: &Reader<'_>, view: &AwayForm) -> Post {
    let for_others = !view.colleagues.is_empty();
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(if for_others { words::HEADING } else { words::HEADING_OWN })));
    card.extend(view.own.iter().map(|own| paragraph(own).style(Style::Warning).into()));
    card.extend(inputs(view));
    card.push(TextBlock::new(Text::plain(words::MEANWHILE)).subtle().small());
    if !view.away.is_empty() {
        card.push(TextBlock::new(Text::plain(words::ALSO_AWAY)).bold().spaced());
        card.extend(list(
            view.away.iter().take(MOST_COLLEAGUES).map(row).collect(),
            view.away.len().saturating_sub(MOST_COLLEAGUES),
            labels::more,
        ));
    }
    // Who is asked about nobody else says it of themselves.
    let ids = if for_others { &AwayInputs::IDS[..] } else { &AwayInputs::IDS[1..] };
    let set = Action::SetAway { inputs: AwayInputs { who: AwayInputs::MYSELF.to_owned(), ..AwayInputs::default() } };
    let set = Button::with_inputs(if for_others { words::SET_AWAY } else { words::BE_AWAY }, &set, ids);
    match view.own {
        Some(_) => card.actions([Button::new(words::BE_BACK, &Action::Back { who: String::new() }).positive(), set]),
        None => card.actions([set.positive()]),
    }
    card.post(words::AWAY)
}

fn row(away: &ColleagueChoice) -> Element {
    let back =
        Button::new(words::IS_BACK, &Action::Back { who: away.id.clone() }).tooltip(format!("{} {}", words::IS_BACK, name(&away.name)));
    ColumnSet::row([TextBlock::new(Text::plain(&away.name)).into()], back).into()
}

fn inputs(view: &AwayForm) -> Vec<Element> {
    let typed = &view.inputs;
    let mut elements = Vec::new();
    let mut add = |input: Element, field| {
        elements.push(input);
        elements.extend(view.errors.iter().filter(|(about, _)| *about == field).map(|(_, text)| error(text)));
    };
    let among = |id, label, wrong, by, first: (&str, &str), colleagues: &[ColleagueChoice], value: &str| {
        let first = (first.0.to_owned(), first.1.to_owned());
        let choices = std::iter::once(first).chain(colleagues.iter().take(MOST_COLLEAGUES).map(|one| (name(&one.name), one.id.clone())));
        let choices = Choices::new(id, label, wrong, choices).value(Some(value.to_owned()).filter(|value| !value.is_empty()));
        if colleagues.len() < MOST_COLLEAGUES { choices } else { choices.placeholder(by).typeahead(Dataset::Mates) }
    };
    if !view.colleagues.is_empty() {
        let myself = (words::MYSELF, AwayInputs::MYSELF);
        let who = among("who", words::WHO, words::NOBODY_CHOSEN, words::WHO_BY, myself, &view.colleagues, &typed.who);
        add(who.required().into(), AwayField::Who);
    }
    add(MomentInput::date("date", words::UNTIL_DATE, words::DATE_WRONG, &typed.date, &view.today).into(), AwayField::Date);
    add(MomentInput::time("time", words::UNTIL_TIME, words::TIME_WRONG, &typed.time).into(), AwayField::Time);
    let anybody = (words::ANYBODY, AwayInputs::ANYBODY);
    let cover = among("cover", words::COVER, words::COVER_WRONG, words::COVER_BY, anybody, &view.covers, &typed.cover);
    add(cover.into(), AwayField::Cover);
    let note = TextInput::new("note", words::NOTE, words::NOTE_TOO_LONG, ABSENCE_NOTE_LIMIT).multiline();
    add(note.value(&typed.note).into(), AwayField::Note);
    elements
}
