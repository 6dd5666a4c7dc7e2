//! What the template cards show: the picker, the inputs, the preview.

use super::view::Head;
use crate::bridge::{FileError, MediaForm, Template, TemplateCategory, TemplateHeader, ThreadId, Time};

/// The template picker.
#[derive(Clone, Debug)]
pub struct Templates {
    pub head: Head,
    pub thread: ThreadId,
    pub query: String,
    /// One row a name, sorted by whoever fills it.
    pub templates: Vec<TemplateRow>,
    /// "Choose" was pressed with no template chosen.
    pub nothing_chosen: bool,
    /// How many more there are than `templates` holds.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    pub name: String,
    pub language: String,
    /// Further languages of the same name that can be sent.
    pub languages: Vec<String>,
    pub category: TemplateCategory,
    pub header: Option<TemplateHeader>,
    pub body: String,
    /// Why it cannot be sent from here.
    pub refused: Option<String>,
}

impl From<&Template> for TemplateRow {
    fn from(template: &Template) -> Self {
        Self {
            name: template.name.clone(),
            language: template.language.clone(),
            languages: Vec::new(),
            category: template.category,
            header: template.header.clone(),
            body: template.body.clone(),
            refused: template.not_sendable.clone(),
        }
    }
}

/// The inputs for a template's variables.
#[derive(Clone, Debug)]
pub struct TemplateFill {
    pub head: Head,
    pub thread: ThreadId,
    pub name: String,
    pub language: String,
    /// The template's text as far as it is filled, blanks as the label of their input: `[Value 2]`.
    pub text: String,
    /// In the order of `values`; the inputs are `v0`, `v1` …
    pub fields: Vec<TemplateField>,
    /// For templates that begin with a picture, video or document.
    pub file: Option<FileInput>,
}

/// The file for a template's header: one that the reader sent to the bot, or a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInput {
    pub form: MediaForm,
    /// Newest first.
    pub files: Vec<FileChoice>,
    /// Chosen before.
    pub chosen: Option<i64>,
    /// Typed before.
    pub link: String,
    /// Fetched already: the upload's row, name and bytes.
    pub kept: Option<(i64, String, u64)>,
    pub error: Option<FileError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChoice {
    pub id: i64,
    pub name: String,
    pub sent: Time,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateField {
    /// The variable's name, or its position (`1`).
    pub label: String,
    pub example: Option<String>,
    /// Filled in already, from the contact or from an earlier try.
    pub value: String,
    pub error: Option<ValueError>,
}

/// What is wrong with a template's value (WhatsApp's rules for parameters).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    Missing,
    TooLong,
    /// A new line, a tab, or more than four spaces in a row.
    NotOneLine,
    NoCoordinate,
    NoMoment,
    /// A moment that lies behind.
    Passed,
}

/// A template just before it goes out.
#[derive(Clone, Debug)]
pub struct TemplatePreview {
    pub head: Head,
    pub thread: ThreadId,
    pub name: String,
    pub language: String,
    pub values: Vec<String>,
    /// Exactly what the phone will show: header, body and footer, one below the other.
    pub preview: String,
    /// Titles of the template's buttons.
    pub buttons: Vec<String>,
    /// The file in its header: the upload's row, name and bytes.
    pub file: Option<(i64, String, u64)>,
}
