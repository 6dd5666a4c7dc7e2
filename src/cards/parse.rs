//! Reading what a card sends: the data of a button with the card's inputs merged in.

use super::submit::{Action, NO_FILE, VERBS};
use super::typeahead::read_template_value;
use serde_json::Value;

/// Why a card's data is no [`Action`]. Says nothing of the data itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// No object, or one without a `verb`.
    #[error("the action has no verb")]
    NoVerb,
    /// A verb of another version of ours, or of somebody else.
    #[error("the verb is not known")]
    UnknownVerb(String),
    /// A member is missing or not what it should be. `ChosenNothing` is told apart, because that is the person's doing.
    #[error("the data of {verb} does not fit")]
    Data { verb: &'static str },
    /// An input that names the choice was left empty.
    #[error("nothing was chosen for {verb}")]
    ChosenNothing { verb: &'static str },
}

/// Inputs `v0`, `v1` … of a template. WhatsApp's templates have far fewer; data from outside ends here.
const MOST_VALUES: usize = 64;

impl Action {
    /// Reads a card's data with its inputs merged in. Members that belong to nobody (`msteams`) are passed over.
    ///
    /// # Errors
    /// See [`ParseError`].
    pub fn parse(data: &Value) -> Result<Self, ParseError> {
        let verb = data.get("verb").and_then(Value::as_str).ok_or(ParseError::NoVerb)?;
        let Some(verb) = VERBS.iter().copied().find(|known| *known == verb) else {
            return Err(ParseError::UnknownVerb(verb.chars().take(80).collect()));
        };
        let mut data = data.clone();
        let members = data.as_object_mut().ok_or(ParseError::NoVerb)?;
        // A choice left empty comes as empty text, or not at all.
        let empty = |member: Option<&Value>| {
            member.is_none_or(|value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()))
        };
        let chosen_by = match verb {
            "contact.open" | "thread.start" => Some("contact"),
            "route.choose" | "thread.which" | "chat.link" | "note.save" => Some("thread"),
            "participant.pick" => Some("colleague"),
            // One of two choices is made on the card, the other stood fast before.
            "template.pick" if !members.contains_key("name") => Some("template"),
            "template.pick" => Some("thread"),
            "contact.add" => Some("line"),
            _ => None,
        };
        if chosen_by.is_some_and(|choice| empty(members.get(choice))) {
            return Err(ParseError::ChosenNothing { verb });
        }
        members.retain(|key, value| !(matches!(key.as_str(), "basis" | "before") && empty(Some(value))));
        if verb == "template.fill" {
            members.retain(|key, value| key != "file" || *value != NO_FILE);
            let input = |at: usize| members.get(&format!("v{at}")).and_then(Value::as_str);
            if let Some(last) = (0..MOST_VALUES).rev().find(|at| input(*at).is_some()) {
                // An input left empty may not be sent at all: the others keep their places.
                let values = (0..=last).map(|at| Value::from(input(at).unwrap_or_default())).collect();
                members.insert("values".to_owned(), Value::Array(values));
            }
        }
        if let ("template.pick", Some(chosen)) = (verb, members.remove("template")) {
            let (name, language) = chosen.as_str().and_then(read_template_value).ok_or(ParseError::Data { verb })?;
            members.extend([("name".to_owned(), name.into()), ("language".to_owned(), language.into())]);
        }
        serde_json::from_value(data).map_err(|_| ParseError::Data { verb })
    }
}
