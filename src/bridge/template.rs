//! What can be filled into a template, and the message that comes of it.
//!
//! Values are given in the order of [`Template::variables`]; [`Template::fill`] is the only way to a [`TemplateMessage`] for what a person
//! typed, so that the preview is exactly what is sent.

use super::{ParameterFormat, Template, TemplateButton, TemplateButtonKind, TemplateHeader, TemplateMessage, Variable};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// WhatsApp's limit of a filled text header, in characters.
pub const HEADER_LIMIT: usize = 60;
/// WhatsApp's limit of a filled body, in characters.
pub const BODY_LIMIT: usize = 1024;
/// WhatsApp's limit of a whole button URL, in characters.
pub const URL_LIMIT: usize = 2000;
/// WhatsApp's limit of a code to copy, in characters.
pub const CODE_LIMIT: usize = 15;
/// WhatsApp refuses a parameter with more spaces in a row than this.
const SPACES_LIMIT: usize = 4;

/// One gap in a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVariable {
    pub place: TemplatePlace,
    /// `Some` for NAMED templates.
    pub name: Option<String>,
    /// From 1, within the place.
    pub position: usize,
    /// What to call it in front of a person.
    pub label: String,
    /// The example Meta was given when the template was approved.
    pub example: Option<String>,
}

/// Where a gap stands. Buttons by their index, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", content = "button", rename_all = "snake_case")]
pub enum TemplatePlace {
    Header,
    Body,
    UrlSuffix(u8),
    CopyCode(u8),
}

/// Why values do not fit. `index` counts the values from 0.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FillError {
    #[error("this template cannot be sent from here: {reason}")]
    NotSendable { reason: String },
    #[error("{expected} values are needed, {given} were given")]
    Count { expected: usize, given: usize },
    #[error("value {index} is empty")]
    Empty { index: usize },
    /// WhatsApp refuses line breaks and tabs inside a value.
    #[error("value {index} holds a line break or a tab")]
    LineBreak { index: usize },
    /// `index` is the longest value of the place that became too long.
    #[error("with value {index} the text has {length} characters, {limit} are allowed")]
    TooLong { index: usize, limit: usize, length: usize },
}

impl Template {
    /// Every gap in the order in which [`Template::fill`] takes the values: header, body, buttons.
    ///
    /// A gap that is used twice is listed once. Positional gaps are ordered by their number, which is how Meta counts them.
    pub fn variables(&self) -> Vec<TemplateVariable> {
        let mut variables = Vec::new();
        if let Some(TemplateHeader::Text { text }) = &self.header {
            self.add(&mut variables, TemplatePlace::Header, text, |_| None);
        }
        self.add(&mut variables, TemplatePlace::Body, &self.body, |at| {
            self.examples.get(at).filter(|example| !example.is_empty()).cloned()
        });
        for (index, button) in (0..=u8::MAX).zip(&self.buttons) {
            let (place, label) = match button {
                TemplateButtonKind::Url { text, url } if !template_gaps(url, ParameterFormat::Positional).is_empty() => {
                    (TemplatePlace::UrlSuffix(index), format!("{text}: end of the link"))
                }
                TemplateButtonKind::CopyCode { text } => (TemplatePlace::CopyCode(index), text.clone()),
                _ => continue,
            };
            variables.push(TemplateVariable { place, name: None, position: 1, label, example: None });
        }
        variables
    }

    fn add(&self, to: &mut Vec<TemplateVariable>, place: TemplatePlace, text: &str, example: impl Fn(usize) -> Option<String>) {
        for (at, name) in template_gaps(text, self.parameter_format).into_iter().enumerate() {
            let named = self.parameter_format == ParameterFormat::Named;
            let label = match (named, place) {
                (true, _) => name.replace('_', " "),
                (false, TemplatePlace::Header) => "Header".to_owned(),
                (false, _) => format!("Value {name}"),
            };
            let name = named.then_some(name);
            to.push(TemplateVariable { place, name, position: at + 1, label, example: example(at) });
        }
    }

    /// The message with `values` in the order of [`Template::variables`], and its preview as the phone shows it: header, body, footer, then
    /// each button on a line of its own (`[ Yes ]`). Values are trimmed, and spaces in a row reduced, as WhatsApp demands.
    pub fn fill(&self, values: &[String]) -> Result<TemplateMessage, FillError> {
        if let Some(reason) = &self.not_sendable {
            return Err(FillError::NotSendable { reason: reason.clone() });
        }
        let variables = self.variables();
        if variables.len() != values.len() {
            return Err(FillError::Count { expected: variables.len(), given: values.len() });
        }
        let mut filled = Vec::with_capacity(values.len());
        for (index, (variable, value)) in variables.into_iter().zip(values).enumerate() {
            let value = value.trim();
            if value.is_empty() {
                return Err(FillError::Empty { index });
            }
            if value.contains(is_break) {
                return Err(FillError::LineBreak { index });
            }
            filled.push((variable, tidy_parameter(value)));
        }
        let header = match &self.header {
            Some(TemplateHeader::Text { text }) => {
                Some(within(HEADER_LIMIT, TemplatePlace::Header, &filled, self.show(TemplatePlace::Header, text, &filled))?)
            }
            _ => None,
        };
        let body = within(BODY_LIMIT, TemplatePlace::Body, &filled, self.show(TemplatePlace::Body, &self.body, &filled))?;
        let buttons = self.filled_buttons(&filled)?;
        let lines = [header.as_deref(), Some(body.as_str()), self.footer.as_deref()];
        let labels = self.buttons.iter().map(|button| format!("[ {} ]", button.text()));
        let preview: Vec<_> = lines.into_iter().flatten().map(str::to_owned).chain(labels).collect();
        let of = |place| {
            let values = filled.iter().filter(move |(variable, _)| variable.place == place);
            values.map(|(variable, value)| Variable { name: variable.name.clone(), value: value.clone() }).collect()
        };
        Ok(TemplateMessage {
            name: self.name.clone(),
            language: self.language.clone(),
            header: of(TemplatePlace::Header),
            body: of(TemplatePlace::Body),
            buttons,
            preview: preview.join("\n"),
        })
    }

    fn filled_buttons(&self, filled: &[(TemplateVariable, String)]) -> Result<Vec<TemplateButton>, FillError> {
        let mut buttons = Vec::new();
        for (variable, value) in filled {
            match variable.place {
                TemplatePlace::UrlSuffix(index) => {
                    let fixed = match &self.buttons[usize::from(index)] {
                        TemplateButtonKind::Url { url, .. } => url.find("{{").unwrap_or(url.len()),
                        _ => 0,
                    };
                    within(URL_LIMIT.saturating_sub(fixed), variable.place, filled, value.clone())?;
                    buttons.push(TemplateButton::UrlSuffix { index, suffix: value.clone() });
                }
                TemplatePlace::CopyCode(index) => {
                    let code = within(CODE_LIMIT, variable.place, filled, value.clone())?;
                    buttons.push(TemplateButton::CopyCode { index, code });
                }
                TemplatePlace::Header | TemplatePlace::Body => {}
            }
        }
        Ok(buttons)
    }

    /// `text` with every gap replaced by its value. Values are never scanned for gaps themselves.
    fn show(&self, place: TemplatePlace, text: &str, filled: &[(TemplateVariable, String)]) -> String {
        let order = template_gaps(text, self.parameter_format);
        let value = |name: &str| {
            let position = order.iter().position(|known| known == name)? + 1;
            filled.iter().find(|(variable, _)| variable.place == place && variable.position == position).map(|(_, value)| value.as_str())
        };
        let mut shown = String::new();
        let mut from = 0;
        for gap in gaps(text) {
            shown.push_str(&text[from..gap.start]);
            shown.push_str(value(gap.name).unwrap_or(&text[gap.start..gap.end]));
            from = gap.end;
        }
        shown.push_str(&text[from..]);
        shown
    }
}

impl TemplateButtonKind {
    /// What stands on the button.
    pub fn text(&self) -> &str {
        match self {
            Self::QuickReply { text }
            | Self::Url { text, .. }
            | Self::PhoneNumber { text }
            | Self::CopyCode { text }
            | Self::Other { text, .. } => text,
        }
    }
}

/// A parameter as WhatsApp accepts it: no line breaks or tabs, no long runs of spaces, nothing around it.
pub fn tidy_parameter(value: &str) -> String {
    let spaced: String = value.trim().chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    let mut tidy = String::with_capacity(spaced.len());
    let mut run = 0;
    for c in spaced.chars() {
        run = if c == ' ' { run + 1 } else { 0 };
        if run <= SPACES_LIMIT {
            tidy.push(c);
        }
    }
    tidy
}

/// The names of the gaps in `text`, each once: positional ones by number, named ones in the order they appear.
pub fn template_gaps(text: &str, format: ParameterFormat) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for gap in gaps(text) {
        if !names.iter().any(|known| known == gap.name) {
            names.push(gap.name.to_owned());
        }
    }
    if format == ParameterFormat::Positional {
        names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    }
    names
}

struct Gap<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

/// Every `{{ name }}`: letters, digits and underscores between two pairs of braces, with spaces around them allowed.
fn gaps(text: &str) -> Vec<Gap<'_>> {
    let mut gaps = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let inside = &text[open + 2..];
        let closed = inside.find("}}").map(|length| (inside[..length].trim(), open + length + 4));
        match closed {
            Some((name, end)) if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
                gaps.push(Gap { name, start: open, end });
                from = end;
            }
            // One brace further, so that `{{{1}}` still finds its gap.
            _ => from = open + 1,
        }
    }
    gaps
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn within(limit: usize, place: TemplatePlace, filled: &[(TemplateVariable, String)], text: String) -> Result<String, FillError> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(text);
    }
    let here = filled.iter().enumerate().filter(|(_, (variable, _))| variable.place == place);
    match here.max_by_key(|(_, (_, value))| value.chars().count()) {
        Some((index, _)) => Err(FillError::TooLong { index, limit, length }),
        // Nothing was filled in: the text is as Meta approved it.
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{TemplateCategory, WabaId};
    use proptest::prelude::*;
    use rstest::rstest;

    fn template(body: &str) -> Template {
        Template {
            waba: WabaId::from("w"),
            id: "1".into(),
            name: "booking".into(),
            language: "en_US".into(),
            category: TemplateCategory::Utility,
            status: "APPROVED".into(),
            parameter_format: ParameterFormat::Positional,
            header: None,
            body: body.into(),
            footer: None,
            buttons: Vec::new(),
            examples: Vec::new(),
            not_sendable: None,
        }
    }

    fn values(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[rstest]
    #[case("Hi {{1}}, {{2}}", &["1", "2"])]
    #[case("{{2}} before {{1}} and {{1}}", &["1", "2"])]
    #[case("{{10}} {{9}}", &["9", "10"])]
    #[case("{{ 1 }} {{1}}", &["1"])]
    #[case("{1} {{}} {{a b}} {{1", &[])]
    #[case("{{{1}}}", &["1"])]
    #[case("{{é}}", &[])]
    #[case("{{a {{1}}", &["1"])]
    fn gaps_are_found_without_being_fooled(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(template_gaps(text, ParameterFormat::Positional), expected);
    }

    #[test]
    fn the_preview_is_what_the_phone_shows() {
        let mut template = template("Hi {{1}}, order {{2}} is ready. Thanks, {{1}}!");
        template.header = Some(TemplateHeader::Text { text: "About {{1}}".into() });
        template.footer = Some("Reply STOP to end".into());
        template.buttons = vec![
            TemplateButtonKind::QuickReply { text: "Yes".into() },
            TemplateButtonKind::Url { text: "Track".into(), url: "https://example.com/{{1}}".into() },
            TemplateButtonKind::Url { text: "Shop".into(), url: "https://example.com/".into() },
            TemplateButtonKind::CopyCode { text: "Copy code".into() },
        ];
        let message = template.fill(&values(&["order", " Ana ", "{{1}}", "BK-1", "SAVE20"])).expect("five values fit");
        assert_eq!(
            message.preview,
            "About order\nHi Ana, order {{1}} is ready. Thanks, Ana!\nReply STOP to end\n[ Yes ]\n[ Track ]\n[ Shop ]\n[ Copy code ]"
        );
        assert_eq!(message.header, [Variable { name: None, value: "order".into() }]);
        assert_eq!(message.body.len(), 2);
        assert_eq!(
            message.buttons,
            [TemplateButton::UrlSuffix { index: 1, suffix: "BK-1".into() }, TemplateButton::CopyCode { index: 3, code: "SAVE20".into() }]
        );
    }

    #[test]
    fn named_gaps_keep_their_names_labels_and_examples() {
        let mut template = template("Dear {{first_name}}, {{ref}}");
        template.parameter_format = ParameterFormat::Named;
        template.examples = values(&["Ana", ""]);
        let variables = template.variables();
        assert_eq!(variables[0].label, "first name");
        assert_eq!(variables[0].example.as_deref(), Some("Ana"));
        assert_eq!((variables[1].position, variables[1].example.clone()), (2, None));
        let message = template.fill(&values(&["Bo", "R1"])).expect("two values fit");
        assert_eq!(message.preview, "Dear Bo, R1");
        assert_eq!(message.body[0], Variable { name: Some("first_name".into()), value: "Bo".into() });
    }

    #[rstest]
    #[case(&[], FillError::Count { expected: 1, given: 0 })]
    #[case(&["a", "b"], FillError::Count { expected: 1, given: 2 })]
    #[case(&["  "], FillError::Empty { index: 0 })]
    #[case(&["a\nb"], FillError::LineBreak { index: 0 })]
    #[case(&["a\tb"], FillError::LineBreak { index: 0 })]
    fn values_that_whatsapp_would_refuse_are_refused_first(#[case] given: &[&str], #[case] expected: FillError) {
        assert_eq!(template("Hi {{1}}!").fill(&values(given)), Err(expected));
    }

    #[test]
    fn a_body_may_have_1024_characters_and_not_one_more() {
        let template = template("Hi {{1}}!");
        assert!(template.fill(&["é".repeat(1020)]).is_ok());
        assert_eq!(template.fill(&["é".repeat(1021)]), Err(FillError::TooLong { index: 0, limit: 1024, length: 1025 }));
    }

    #[test]
    fn what_cannot_be_sent_from_here_is_never_filled() {
        let mut template = template("Hi");
        template.not_sendable = Some("it has a carousel".into());
        assert_eq!(template.fill(&[]), Err(FillError::NotSendable { reason: "it has a carousel".into() }));
    }

    #[rstest]
    #[case(" a\r\nb ", "a  b")]
    #[case("a        b", "a    b")]
    #[case("a\u{a0}b", "a\u{a0}b")]
    fn parameters_are_tidied(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(tidy_parameter(value), expected);
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_and_any_values_are_answered(body in "[{}a1 é]{0,40}", given in proptest::collection::vec(".{0,20}", 0..4)) {
            let template = template(&body);
            if let Ok(message) = template.fill(&given) {
                prop_assert_eq!(message.body.len(), template.variables().len());
            }
        }
    }
}
