//! What can be filled into a template, and the message that comes of it.
//!
//! Values are given in the order of [`Template::variables`]; [`Template::fill`] is the only way to a [`TemplateMessage`] for what a person
//! typed, so that the preview is exactly what is sent.

use super::{
    MediaForm, ParameterFormat, Template, TemplateAsset, TemplateButton, TemplateButtonKind, TemplateHeader, TemplateMessage, Time,
    Variable,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// WhatsApp's limit of a filled text header, in characters.
pub const HEADER_LIMIT: usize = 60;
/// WhatsApp's limit of a filled body, in characters.
pub const BODY_LIMIT: usize = 1024;
/// WhatsApp's limit of a whole button URL, in characters.
pub const URL_LIMIT: usize = 2000;
/// WhatsApp's limit of a code to copy and of a one-time password, in characters.
pub const CODE_LIMIT: usize = 15;
/// WhatsApp's limit of a filled body below a limited-time offer, in characters.
pub const OFFER_BODY_LIMIT: usize = 600;
/// Longest name or address of a place, in characters. Ours: Meta names none.
pub const PLACE_LIMIT: usize = 1_000;
/// Payload of a quick reply in a template that a colleague sent, followed by the button's index. What the tap means is read from
/// its title.
pub const REPLY: &str = "switchboard:reply:";
/// Token of a flow, followed by the template's name: comes back with the client's answers.
const FLOW: &str = "switchboard:flow:";
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
    /// Decimal degrees, north positive.
    Latitude,
    /// Decimal degrees, east positive.
    Longitude,
    LocationName,
    LocationAddress,
    /// RFC 3339.
    OfferEnds,
    Body,
    UrlSuffix(u8),
    CopyCode(u8),
}

/// A file that was uploaded for a template's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderMedia {
    /// Graph media id of our own upload.
    pub id: String,
    /// What a document is called on the phone.
    pub filename: Option<String>,
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
    #[error("value {index} is no coordinate")]
    Coordinate { index: usize },
    #[error("value {index} is no date and time")]
    Moment { index: usize },
    #[error("value {index} is a moment that has passed")]
    Past { index: usize },
    #[error("the header needs a file")]
    MediaMissing,
}

impl Template {
    /// Approved by WhatsApp, and nothing in it that cannot be filled from here.
    pub fn is_sendable(&self) -> bool {
        self.status.eq_ignore_ascii_case("APPROVED") && self.not_sendable.is_none()
    }

    /// Every gap in the order in which [`Template::fill`] takes the values: header, offer, body, buttons.
    ///
    /// A gap that is used twice is listed once. Positional gaps are ordered by their number, which is how Meta counts them.
    pub fn variables(&self) -> Vec<TemplateVariable> {
        let mut variables = Vec::new();
        let single = |place, label: String, example: Option<&String>| {
            let example = example.filter(|example| !example.is_empty()).cloned();
            TemplateVariable { place, name: None, position: 1, label, example }
        };
        match &self.header {
            Some(TemplateHeader::Text { text }) => {
                self.add(&mut variables, TemplatePlace::Header, text, |at| self.header_example.clone().filter(|_| at == 0));
            }
            Some(TemplateHeader::Location) => {
                let parts = [
                    (TemplatePlace::Latitude, "Latitude", "52.5163"),
                    (TemplatePlace::Longitude, "Longitude", "13.3777"),
                    (TemplatePlace::LocationName, "Name of the place", ""),
                    (TemplatePlace::LocationAddress, "Address", ""),
                ];
                variables.extend(parts.map(|(place, label, example)| single(place, label.to_owned(), Some(&example.to_owned()))));
            }
            _ => {}
        }
        if self.offer.as_ref().is_some_and(|offer| offer.expires) {
            variables.push(single(TemplatePlace::OfferEnds, "End of the offer".to_owned(), None));
        }
        self.add(&mut variables, TemplatePlace::Body, &self.body, |at| {
            self.examples.get(at).filter(|example| !example.is_empty()).cloned()
        });
        for (index, button) in (0..=u8::MAX).zip(&self.buttons) {
            match button {
                TemplateButtonKind::Url { text, url, example } if !template_gaps(url, ParameterFormat::Positional).is_empty() => {
                    variables.push(single(TemplatePlace::UrlSuffix(index), format!("{text}: end of the link"), example.as_ref()));
                }
                TemplateButtonKind::CopyCode { text, example } => {
                    variables.push(single(TemplatePlace::CopyCode(index), text.clone(), example.as_ref()));
                }
                _ => {}
            }
        }
        variables
    }

    /// The kind of file that the header needs.
    pub fn media(&self) -> Option<MediaForm> {
        match self.header {
            Some(TemplateHeader::Image) => Some(MediaForm::Image),
            Some(TemplateHeader::Video) => Some(MediaForm::Video),
            Some(TemplateHeader::Document) => Some(MediaForm::Document),
            _ => None,
        }
    }

    /// Whether the body is Meta's own sentence around a one-time password.
    pub fn is_code(&self) -> bool {
        self.buttons.iter().any(|button| matches!(button, TemplateButtonKind::Otp { .. }))
    }

    fn add(&self, to: &mut Vec<TemplateVariable>, place: TemplatePlace, text: &str, example: impl Fn(usize) -> Option<String>) {
        for (at, name) in template_gaps(text, self.parameter_format).into_iter().enumerate() {
            let named = self.parameter_format == ParameterFormat::Named;
            let label = match (named, place) {
                (true, _) => name.replace('_', " "),
                (false, TemplatePlace::Body) if self.is_code() => "Code".to_owned(),
                (false, TemplatePlace::Header) => "Header".to_owned(),
                (false, _) => format!("Value {name}"),
            };
            let name = named.then_some(name);
            to.push(TemplateVariable { place, name, position: at + 1, label, example: example(at) });
        }
    }

    /// [`Template::fill_with`] for a template whose header takes no file; the end of an offer may have passed.
    pub fn fill(&self, values: &[String]) -> Result<TemplateMessage, FillError> {
        self.fill_with(values, None, None)
    }

    /// The message with `values` in the order of [`Template::variables`], and its preview as the phone shows it: header, offer, body,
    /// footer, then each button on a line of its own (`[ Yes ]`); a file or place stands there as `[document offer.pdf]`. Values are
    /// trimmed, and spaces in a row reduced, as WhatsApp demands. An offer must end after `now`.
    pub fn fill_with(&self, values: &[String], media: Option<&HeaderMedia>, now: Option<Time>) -> Result<TemplateMessage, FillError> {
        if let Some(reason) = &self.not_sendable {
            return Err(FillError::NotSendable { reason: reason.clone() });
        }
        let filled = Filled::check(self.variables(), values, self.is_code())?;
        let header = match &self.header {
            Some(TemplateHeader::Text { text }) => {
                Some(filled.within(HEADER_LIMIT, TemplatePlace::Header, self.show(TemplatePlace::Header, text, &filled))?)
            }
            _ => None,
        };
        let offer_ends = filled.offer_ends(now)?;
        let limit = if self.offer.is_some() { OFFER_BODY_LIMIT } else { BODY_LIMIT };
        let body = filled.within(limit, TemplatePlace::Body, self.show(TemplatePlace::Body, &self.body, &filled))?;
        let buttons = self.filled_buttons(&filled)?;
        let asset = self.asset(&filled, media)?;
        let offer = self.offer.as_ref().map(|offer| match offer_ends {
            Some(ends) => format!("{} (ends {})", offer.text, ends.format("%Y-%m-%d %H:%M UTC")),
            None => offer.text.clone(),
        });
        let lines = [header.or_else(|| asset.as_ref().map(TemplateAsset::line)), offer, Some(body), self.footer.clone()];
        let labels = self.buttons.iter().map(|button| format!("[ {} ]", button.text()));
        let preview: Vec<_> = lines.into_iter().flatten().chain(labels).collect();
        Ok(TemplateMessage {
            name: self.name.clone(),
            language: self.language.clone(),
            header: filled.of(TemplatePlace::Header),
            body: filled.of(TemplatePlace::Body),
            buttons,
            asset: asset.map(Box::new),
            offer_ends,
            preview: preview.join("\n"),
        })
    }

    fn asset(&self, filled: &Filled, media: Option<&HeaderMedia>) -> Result<Option<TemplateAsset>, FillError> {
        let id = || media.map(|media| media.id.clone()).ok_or(FillError::MediaMissing);
        let text = |place| filled.first(place).unwrap_or_default().to_owned();
        Ok(match &self.header {
            Some(TemplateHeader::Image) => Some(TemplateAsset::Image { id: id()? }),
            Some(TemplateHeader::Video) => Some(TemplateAsset::Video { id: id()? }),
            Some(TemplateHeader::Document) => {
                Some(TemplateAsset::Document { id: id()?, filename: media.and_then(|media| media.filename.clone()) })
            }
            Some(TemplateHeader::Location) => Some(TemplateAsset::Location {
                latitude: text(TemplatePlace::Latitude),
                longitude: text(TemplatePlace::Longitude),
                name: text(TemplatePlace::LocationName),
                address: text(TemplatePlace::LocationAddress),
            }),
            Some(TemplateHeader::Text { .. }) | None => None,
        })
    }

    /// What each button needs, in their order. A button without a dynamic part is left out: Meta refuses a message that names it.
    fn filled_buttons(&self, filled: &Filled) -> Result<Vec<TemplateButton>, FillError> {
        let mut buttons = Vec::new();
        for (index, button) in (0..=u8::MAX).zip(&self.buttons) {
            let (suffix, code) = (TemplatePlace::UrlSuffix(index), TemplatePlace::CopyCode(index));
            match button {
                TemplateButtonKind::QuickReply { .. } => {
                    buttons.push(TemplateButton::QuickReply { index, payload: format!("{REPLY}{index}") });
                }
                TemplateButtonKind::Url { url, .. } => {
                    if let Some(value) = filled.first(suffix) {
                        let fixed = url.find("{{").unwrap_or(url.len());
                        let suffix = filled.within(URL_LIMIT.saturating_sub(fixed), suffix, value.to_owned())?;
                        buttons.push(TemplateButton::UrlSuffix { index, suffix });
                    }
                }
                TemplateButtonKind::CopyCode { .. } => {
                    let value = filled.first(code).unwrap_or_default().to_owned();
                    buttons.push(TemplateButton::CopyCode { index, code: filled.within(CODE_LIMIT, code, value)? });
                }
                // The password stands in the body and, a second time, in the button, which Meta turns into a link.
                TemplateButtonKind::Otp { .. } => {
                    let suffix = filled.first(TemplatePlace::Body).unwrap_or_default().to_owned();
                    buttons.push(TemplateButton::UrlSuffix { index, suffix });
                }
                TemplateButtonKind::Flow { .. } => {
                    buttons.push(TemplateButton::Flow { index, token: format!("{FLOW}{}", self.name) });
                }
                TemplateButtonKind::PhoneNumber { .. } | TemplateButtonKind::Static { .. } | TemplateButtonKind::Other { .. } => {}
            }
        }
        Ok(buttons)
    }

    /// The body while its gaps are being filled: `shown` stands in them, in the order of [`Self::variables`].
    pub fn sketch(&self, shown: impl IntoIterator<Item = String>) -> String {
        let filled = Filled(self.variables().into_iter().zip(shown).collect());
        self.show(TemplatePlace::Body, &self.body, &filled)
    }

    /// `text` with every gap replaced by its value. Values are never scanned for gaps themselves.
    fn show(&self, place: TemplatePlace, text: &str, filled: &Filled) -> String {
        let order = template_gaps(text, self.parameter_format);
        let value = |name: &str| {
            let position = order.iter().position(|known| known == name)? + 1;
            filled.0.iter().find(|(variable, _)| variable.place == place && variable.position == position).map(|(_, value)| value.as_str())
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
            | Self::CopyCode { text, .. }
            | Self::Otp { text }
            | Self::Flow { text }
            | Self::Static { text, .. }
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

/// Values that keep WhatsApp's rules for parameters, each beside its gap.
struct Filled(Vec<(TemplateVariable, String)>);

impl Filled {
    fn check(variables: Vec<TemplateVariable>, values: &[String], is_code: bool) -> Result<Self, FillError> {
        if variables.len() != values.len() {
            return Err(FillError::Count { expected: variables.len(), given: values.len() });
        }
        let mut filled = Self(Vec::with_capacity(values.len()));
        for (index, (variable, value)) in variables.into_iter().zip(values).enumerate() {
            let value = value.trim();
            if value.is_empty() {
                return Err(FillError::Empty { index });
            }
            if value.contains(is_break) {
                return Err(FillError::LineBreak { index });
            }
            let (place, mut value) = (variable.place, tidy_parameter(value));
            let limit = match place {
                TemplatePlace::Latitude | TemplatePlace::Longitude => {
                    value = coordinate(&value, if place == TemplatePlace::Latitude { 90.0 } else { 180.0 })
                        .ok_or(FillError::Coordinate { index })?;
                    None
                }
                TemplatePlace::LocationName | TemplatePlace::LocationAddress => Some(PLACE_LIMIT),
                TemplatePlace::Body if is_code => Some(CODE_LIMIT),
                _ => None,
            };
            let length = value.chars().count();
            if let Some(limit) = limit.filter(|limit| length > *limit) {
                return Err(FillError::TooLong { index, limit, length });
            }
            filled.0.push((variable, value));
        }
        Ok(filled)
    }

    fn first(&self, place: TemplatePlace) -> Option<&str> {
        self.0.iter().find(|(variable, _)| variable.place == place).map(|(_, value)| value.as_str())
    }

    fn of(&self, place: TemplatePlace) -> Vec<Variable> {
        let values = self.0.iter().filter(|(variable, _)| variable.place == place);
        values.map(|(variable, value)| Variable { name: variable.name.clone(), value: value.clone() }).collect()
    }

    fn offer_ends(&self, now: Option<Time>) -> Result<Option<Time>, FillError> {
        let Some(index) = self.0.iter().position(|(variable, _)| variable.place == TemplatePlace::OfferEnds) else { return Ok(None) };
        let ends: Time = self.0[index].1.parse().map_err(|_| FillError::Moment { index })?;
        if now.is_some_and(|now| ends <= now) { Err(FillError::Past { index }) } else { Ok(Some(ends)) }
    }

    fn within(&self, limit: usize, place: TemplatePlace, text: String) -> Result<String, FillError> {
        let length = text.chars().count();
        if length <= limit {
            return Ok(text);
        }
        let here = self.0.iter().enumerate().filter(|(_, (variable, _))| variable.place == place);
        match here.max_by_key(|(_, (_, value))| value.chars().count()) {
            Some((index, _)) => Err(FillError::TooLong { index, limit, length }),
            // Nothing was filled in: the text is as Meta approved it.
            None => Ok(text),
        }
    }
}

impl TemplateAsset {
    /// How it stands in a text.
    fn line(&self) -> String {
        match self {
            Self::Image { .. } => "[image]".to_owned(),
            Self::Video { .. } => "[video]".to_owned(),
            Self::Document { filename: Some(name), .. } => format!("[document {name}]"),
            Self::Document { filename: None, .. } => "[document]".to_owned(),
            Self::Location { latitude, longitude, name, address } => format!("[location {name}, {address} ({latitude}, {longitude})]"),
        }
    }
}

/// A number of degrees within `most`; a decimal comma is one too.
fn coordinate(text: &str, most: f64) -> Option<String> {
    let text = text.replace(',', ".");
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let degrees: f64 = text.parse().ok().filter(|_| plain)?;
    (degrees.abs() <= most).then(|| degrees.to_string())
}
