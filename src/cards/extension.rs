//! The message extension: its search commands as the app manifest lists them, and what its list of results shows.
//!
//! A result leads to a card and sends nothing to anybody. What a client hands back when a result is chosen ([`Item`]) may be
//! forged or old, like every action.

use super::contact::contact;
use super::contact_view::ContactCard;
use super::parts::{excerpt, phone, told_apart};
use super::template_choice::{TemplateChoice, Whom, template_choice};
use super::text::{clip, name};
use super::view::Reader;
use crate::bridge::{ContactId, Post, ThreadId};
use crate::texts::labels;
use serde::{Deserialize, Serialize};

/// A search command in the compose box (manifest: `composeExtensions[].commands[]`, type `query`, context `compose`, with
/// `initialRun`). Microsoft's limits: id 64 characters, title 32, description 128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchCommand {
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// Title and description of its one parameter, which is called [`PARAMETER`].
    pub parameter: (&'static str, &'static str),
}

/// What is typed into the search box.
pub const PARAMETER: &str = "q";

/// Approved templates for the conversation.
pub const TEMPLATES: SearchCommand = SearchCommand {
    id: "templates",
    title: labels::TEMPLATES,
    description: labels::TEMPLATES_COMMAND,
    parameter: (labels::SEARCH, labels::FIND_TEMPLATE),
};

/// Contacts of the colleague's lines.
pub const CONTACTS: SearchCommand = SearchCommand {
    id: "contacts",
    title: labels::CONTACTS,
    description: labels::CONTACTS_COMMAND,
    parameter: (labels::SEARCH, labels::FIND_CONTACT),
};

/// All commands, in the order of their tabs.
pub const SEARCH_COMMANDS: [SearchCommand; 2] = [TEMPLATES, CONTACTS];

/// What a client hands back when a result is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum Item {
    Template {
        /// Absent where the colleague is yet to say whom it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<ThreadId>,
        name: String,
        language: String,
    },
    Contact {
        contact: ContactId,
    },
}

/// One row of the list, and the card it leads to.
#[derive(Clone, Debug)]
pub struct Offer {
    pub title: String,
    pub text: String,
    pub card: Post,
    pub item: Item,
}

impl Offer {
    pub fn template(reader: &Reader<'_>, view: &TemplateChoice) -> Self {
        let row = &view.template;
        let thread = match &view.whom {
            Whom::Thread { thread, .. } => Some(*thread),
            Whom::Ask { .. } => None,
        };
        let refused = row.refused.as_ref().map(|reason| labels::not_sendable(&excerpt(reason))).unwrap_or_default();
        let parts = [name(&row.language), refused, excerpt(&row.body)];
        Self {
            title: shown(&name(&row.name)),
            text: shown(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")),
            card: template_choice(reader, view),
            item: Item::Template { thread, name: row.name.clone(), language: row.language.clone() },
        }
    }

    pub fn contact(reader: &Reader<'_>, view: &ContactCard) -> Self {
        let details = told_apart(&[phone(view.numbers.first()), &view.head.line, labels::consent(view.consent.state)]);
        Self {
            title: shown(&name(&view.head.client)),
            text: shown(&details),
            card: contact(reader, view),
            item: Item::Contact { contact: view.id },
        }
    }
}

/// Longest text of a row, in characters.
const ROW_LIMIT: usize = 240;

/// Text for a thumbnail card. Clients read a little HTML in these, and no escape that all of them undo: so no tag can begin.
fn shown(text: &str) -> String {
    clip(text, ROW_LIMIT).replace('<', "\u{2039}").replace('>', "\u{203a}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_commands_fit_the_manifest() {
        for command in SEARCH_COMMANDS {
            assert!(command.id.len() <= 64 && !command.id.contains(' '), "{command:?}");
            assert!(command.title.chars().count() <= 32 && command.parameter.0.chars().count() <= 32, "{command:?}");
            assert!(command.description.chars().count() <= 128 && command.parameter.1.chars().count() <= 128, "{command:?}");
        }
    }

    #[test]
    fn an_item_comes_back_as_it_went_out() {
        let (name, language) = ("a".to_owned(), "en".to_owned());
        for (item, value) in [
            (
                Item::Template { thread: Some(ThreadId(7)), name: name.clone(), language: language.clone() },
                json!({"item": "template", "thread": 7, "name": "a", "language": "en"}),
            ),
            (Item::Template { thread: None, name, language }, json!({"item": "template", "name": "a", "language": "en"})),
            (Item::Contact { contact: ContactId(3) }, json!({"item": "contact", "contact": 3})),
        ] {
            assert_eq!(serde_json::to_value(&item).expect("an object"), value);
            assert_eq!(serde_json::from_value::<Item>(value).expect("an item"), item);
        }
    }

    #[test]
    fn no_tag_begins_in_a_row() {
        assert_eq!(shown("<b>AT&T</b>"), "‹b›AT&T‹/b›");
    }
}
