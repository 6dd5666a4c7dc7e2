//! The elements of Adaptive Cards 1.5 that we use, and nothing more.
//!
//! Invariants: text from outside reaches a card only as [`Text`], which is escaped, or as an input's value, which no
//! client reads as markdown; nothing names a colour or background, only styles that every theme knows; a card that leaves through
//! [`Card::post`] is smaller than [`SIZE_LIMIT`].

use super::moment_input::MomentInput;
use super::picture::{PageButton, Picture};
use super::submit::Action;
use super::text::{self, Text, clip};
use super::view::Style;
use crate::bridge::{Post, PostBody};
use serde::Serialize;
use serde_json::Value;

/// Largest card in bytes of JSON. Teams takes about 80 KB from a bot; older surfaces show no more than 28 KB.
pub const SIZE_LIMIT: usize = 28_000;
/// What a card's list may fill, so that the rest has room.
pub const LIST_LIMIT: usize = 17_000;
/// More choices than these are not shown all at once.
const MOST_EXPANDED: usize = 6;

/// A whole card.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    version: &'static str,
    #[serde(rename = "fallbackText")]
    fallback_text: String,
    body: Vec<Element>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Button>,
}

impl Card {
    /// An empty card. It names no language: Teams then writes dates as the reader's own settings say.
    pub fn new() -> Self {
        Self {
            schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            kind: "AdaptiveCard",
            version: "1.5",
            fallback_text: String::new(),
            body: Vec::new(),
            actions: Vec::new(),
        }
    }

    pub fn push(&mut self, element: impl Into<Element>) {
        self.body.push(element.into());
    }

    pub fn extend(&mut self, elements: impl IntoIterator<Item = Element>) {
        self.body.extend(elements);
    }

    /// The card's buttons. Beyond the third they go into the overflow.
    pub fn actions(&mut self, buttons: impl IntoIterator<Item = Button>) {
        self.actions.extend(buttons);
        self.actions.iter_mut().skip(3).for_each(|button| button.mode = Some("secondary"));
    }

    /// The finished post. `summary` is what the notification says, and what is shown where the card cannot be.
    pub fn post(mut self, summary: impl Into<String>) -> Post {
        let summary = clip(&summary.into(), 300);
        self.fallback_text.clone_from(&summary);
        let mut card = json(&self);
        if card.to_string().len() > SIZE_LIMIT {
            // Only inputs and quoted texts at the edge of what WhatsApp takes come here. The actions' second copy, for clients
            // older than Action.Execute, is what can be spared.
            drop_fallbacks(&mut card);
        }
        Post { summary, body: PostBody::Card { card } }
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("elements hold text and numbers under text keys, which JSON can say")
}

fn drop_fallbacks(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("fallback");
            members.values_mut().for_each(drop_fallbacks);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_fallbacks),
        _ => {}
    }
}

/// How many of `elements` fit into a card's list.
pub fn fitting(elements: &[Element]) -> usize {
    let mut left = LIST_LIMIT;
    elements
        .iter()
        .take_while(|element| {
            let size = json(element).to_string().len();
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        })
        .count()
}

/// Keeps the elements that fit, and says how many more there are (`more` that were left out before, and those cut here).
pub fn list(mut elements: Vec<Element>, more: usize, words: fn(usize) -> String) -> Vec<Element> {
    let fit = fitting(&elements);
    let more = more + elements.len() - fit;
    elements.truncate(fit);
    if more > 0 {
        elements.push(TextBlock::new(Text::plain(words(more))).subtle().spaced().into());
    }
    elements
}

/// Anything in a card's body.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type")]
pub enum Element {
    TextBlock(TextBlock),
    Container(Container),
    ColumnSet(ColumnSet),
    FactSet(FactSet),
    ActionSet(ActionSet),
    #[serde(rename = "Input.Text")]
    TextInput(TextInput),
    #[serde(rename = "Input.ChoiceSet")]
    Choices(Choices),
    // These name their types themselves.
    #[serde(untagged)]
    Moment(MomentInput),
    #[serde(untagged)]
    Picture(Picture),
    #[serde(untagged)]
    Page(PageButton),
}

macro_rules! element {
    ($($name:ident => $variant:ident),*) => { $(impl From<$name> for Element {
        fn from(element: $name) -> Self { Self::$variant(element) }
    })* };
}
element!(TextBlock => TextBlock, Container => Container, ColumnSet => ColumnSet, FactSet => FactSet, ActionSet => ActionSet,
    TextInput => TextInput, Choices => Choices, MomentInput => Moment, Picture => Picture, PageButton => Page);

type Word = Option<&'static str>;

/// Text. Wraps, so that nothing is cut on a narrow screen.
#[derive(Clone, Debug, Serialize)]
pub struct TextBlock {
    text: Text,
    wrap: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Word,
    #[serde(rename = "isSubtle", skip_serializing_if = "Option::is_none")]
    subtle: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spacing: Word,
    /// 1.5: a heading for screen readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Word,
}

impl TextBlock {
    pub fn new(text: Text) -> Self {
        Self { text, wrap: true, size: None, weight: None, color: None, subtle: None, spacing: None, style: None }
    }

    /// The card's heading.
    pub fn heading(text: Text) -> Self {
        Self { size: Some("Medium"), weight: Some("Bolder"), style: Some("heading"), ..Self::new(text) }
    }

    pub fn bold(self) -> Self {
        Self { weight: Some("Bolder"), ..self }
    }

    pub fn subtle(self) -> Self {
        Self { subtle: Some(true), ..self }
    }

    pub fn small(self) -> Self {
        Self { size: Some("Small"), ..self }
    }

    /// Close below what stands above.
    pub fn close(self) -> Self {
        Self { spacing: Some("None"), ..self }
    }

    /// With room above.
    pub fn spaced(self) -> Self {
        Self { spacing: Some("Medium"), ..self }
    }

    pub fn style(self, style: Style) -> Self {
        let color = match style {
            Style::Default => None,
            Style::Good => Some("Good"),
            Style::Warning => Some("Warning"),
            Style::Attention => Some("Attention"),
        };
        Self { color, ..self }
    }
}

/// Elements that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct Container {
    items: Vec<Element>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spacing: Word,
}

impl Container {
    pub fn new(items: impl IntoIterator<Item = Element>) -> Self {
        Self { items: items.into_iter().collect(), style: None, separator: None, spacing: None }
    }

    /// Set apart from the rest: somebody's words, quoted. The theme says how.
    pub fn quote(text: &str) -> Self {
        Self { style: Some("emphasis"), ..Self::new([TextBlock::new(Text::plain(text)).into()]) }
    }

    /// With a line above.
    pub fn separated(self) -> Self {
        Self { separator: Some(true), spacing: Some("Medium"), ..self }
    }
}

/// Elements side by side.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnSet {
    columns: Vec<Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spacing: Word,
}

#[derive(Clone, Debug, Serialize)]
struct Column {
    #[serde(rename = "type")]
    kind: &'static str,
    width: &'static str,
    #[serde(rename = "verticalContentAlignment")]
    vertical: &'static str,
    items: Vec<Element>,
}

impl ColumnSet {
    /// Something with a button beside it: a row of a list.
    pub fn row(items: impl IntoIterator<Item = Element>, button: Button) -> Self {
        let column = |width, items| Column { kind: "Column", width, vertical: "Center", items };
        let beside = vec![ActionSet { actions: vec![button] }.into()];
        Self {
            columns: vec![column("stretch", items.into_iter().collect()), column("auto", beside)],
            separator: Some(true),
            spacing: Some("Small"),
        }
    }
}

/// Names and values, one below the other.
#[derive(Clone, Debug, Serialize)]
pub struct FactSet {
    facts: Vec<Fact>,
}

#[derive(Clone, Debug, Serialize)]
struct Fact {
    title: Text,
    value: Text,
}

impl FactSet {
    pub fn new(facts: impl IntoIterator<Item = (&'static str, Text)>) -> Self {
        Self { facts: facts.into_iter().map(|(title, value)| Fact { title: Text::plain(title), value }).collect() }
    }
}

/// Buttons inside the body.
#[derive(Clone, Debug, Serialize)]
pub struct ActionSet {
    actions: Vec<Button>,
}

impl ActionSet {
    pub fn new(buttons: impl IntoIterator<Item = Button>) -> Self {
        Self { actions: buttons.into_iter().collect() }
    }
}

/// A text input. Values are not markdown.
#[derive(Clone, Debug, Serialize)]
pub struct TextInput {
    id: String,
    label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    placeholder: String,
    #[serde(rename = "errorMessage")]
    error_message: &'static str,
    #[serde(rename = "isRequired", skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    #[serde(rename = "isMultiline", skip_serializing_if = "Option::is_none")]
    multiline: Option<bool>,
    #[serde(rename = "maxLength")]
    max_length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Word,
}

impl TextInput {
    /// An input with its label and what is said when it does not fit. `max_length` in characters.
    pub fn new(id: impl Into<String>, label: impl Into<String>, error_message: &'static str, max_length: usize) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            value: String::new(),
            placeholder: String::new(),
            error_message,
            required: None,
            multiline: None,
            max_length,
            style: None,
        }
    }

    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub fn placeholder(self, placeholder: impl Into<String>) -> Self {
        Self { placeholder: placeholder.into(), ..self }
    }

    pub fn required(self) -> Self {
        Self { required: Some(true), ..self }
    }

    pub fn multiline(self) -> Self {
        Self { multiline: Some(true), ..self }
    }

    /// A telephone keypad on phones.
    pub fn telephone(self) -> Self {
        Self { style: Some("Tel"), ..self }
    }
}

/// A choice of one, or of several where [`Choices::several`] says so.
#[derive(Clone, Debug, Serialize)]
pub struct Choices {
    id: &'static str,
    label: String,
    pub(super) style: &'static str,
    pub choices: Vec<Choice>,
    #[serde(flatten)]
    pub(super) ways: super::choice_ways::Ways,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    placeholder: &'static str,
    #[serde(rename = "errorMessage")]
    error_message: &'static str,
    #[serde(rename = "isRequired", skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    wrap: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub title: String,
    value: String,
}

impl Choices {
    /// `choices` are (title, value). Few are shown all at once, others drop down. Some clients read markdown in the titles of the
    /// former and some do not, so those with marks in them are of the latter, where none does.
    pub fn new(
        id: &'static str,
        label: impl Into<String>,
        error_message: &'static str,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let choices: Vec<_> = choices.into_iter().map(|(title, value)| Choice { title, value }).collect();
        let expanded = choices.len() <= MOST_EXPANDED && choices.iter().all(|choice| text::means_itself(&choice.title));
        Self {
            id,
            label: label.into(),
            style: if expanded { "expanded" } else { "compact" },
            choices,
            ways: super::choice_ways::Ways::default(),
            value: None,
            placeholder: "",
            error_message,
            required: None,
            wrap: true,
        }
    }

    pub fn value(self, value: Option<String>) -> Self {
        Self { value, ..self }
    }

    /// Found by typing, however few. It takes no value, and a placeholder that repeats the label: Microsoft's renderer names it so.
    pub fn filtered(self) -> Self {
        Self { style: "filtered", ..self }
    }

    pub fn placeholder(self, placeholder: &'static str) -> Self {
        Self { placeholder, ..self }
    }

    pub fn required(self) -> Self {
        Self { required: Some(true), ..self }
    }
}

/// `Action.Execute`, with `Action.Submit` of the same data for clients that do not know it.
#[derive(Clone, Debug, Serialize)]
pub struct Button {
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    verb: &'static str,
    data: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    tooltip: Option<String>,
    #[serde(rename = "associatedInputs", skip_serializing_if = "Option::is_none")]
    inputs: Word,
    fallback: Fallback,
}

#[derive(Clone, Debug, Serialize)]
struct Fallback {
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    data: Value,
    #[serde(rename = "associatedInputs", skip_serializing_if = "Option::is_none")]
    inputs: Word,
}

impl Button {
    /// A button that asks for `action` and leaves the card's inputs alone.
    pub fn new(title: impl Into<String>, action: &Action) -> Self {
        Self { inputs: Some("none"), ..Self::with_inputs(title, action, &[]) }.matched()
    }

    /// A button that sends the card's inputs along. Members of the data that `inputs` names are left to the inputs, for which of
    /// two equal keys would win is the client's choice.
    pub fn with_inputs(title: impl Into<String>, action: &Action, inputs: &[&str]) -> Self {
        let title = title.into();
        let mut data = json(action);
        if let Value::Object(members) = &mut data {
            members.retain(|key, _| !inputs.contains(&key.as_str()));
        }
        let fallback = Fallback { kind: "Action.Submit", title: title.clone(), data: data.clone(), inputs: None };
        Self { kind: "Action.Execute", title, verb: action.verb(), data, style: None, mode: None, tooltip: None, inputs: None, fallback }
    }

    fn matched(mut self) -> Self {
        self.fallback.inputs = self.inputs;
        self
    }

    /// The likely one.
    pub fn positive(self) -> Self {
        Self { style: Some("positive"), ..self }
    }

    /// What a screen reader says beyond a title that stands in every row.
    pub fn tooltip(self, tooltip: impl Into<String>) -> Self {
        Self { tooltip: Some(tooltip.into()), ..self }
    }
}
