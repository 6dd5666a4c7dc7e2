//! Finding words in messages. Compared folded: accents, case and marks do not matter on either side.

use super::{Content, MessageId, Outgoing, fold};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// More words than these narrow nothing down.
const MOST_WORDS: usize = 8;
/// Longest excerpt, in characters.
const EXCERPT: usize = 200;
/// How much of it stands before the first word that was found, in characters.
const BEFORE: usize = 40;

/// Words that must all occur in a message, in whatever order, also as part of longer words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchedWords(Vec<String>);

impl SearchedWords {
    /// Reads what somebody typed; `None` when it has no word.
    pub fn read(typed: &str) -> Option<Self> {
        let words: Vec<String> = fold(typed).split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(str::to_owned).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// Whether all words are in a text.
    pub fn are_in(&self, text: &str) -> bool {
        let text = fold(text);
        self.0.iter().all(|word| text.contains(word.as_str()))
    }

    /// The part of a text that begins a little before the first word, on one line.
    pub fn excerpt(&self, text: &str) -> String {
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let is_meant = |token: &&str| {
            let token = fold(token);
            self.0.iter().any(|word| token.contains(word.as_str()))
        };
        let found = tokens.iter().position(is_meant).unwrap_or(0);
        let mut start = found;
        let mut room = BEFORE;
        while let Some(length) = start.checked_sub(1).map(|before| tokens[before].chars().count() + 1).filter(|length| *length <= room) {
            room -= length;
            start -= 1;
        }
        let words = tokens[start..].join(" ");
        let mut excerpt: String = words.chars().take(EXCERPT).collect();
        if excerpt.len() < words.len() {
            excerpt.push('…');
        }
        if start > 0 { format!("…{excerpt}") } else { excerpt }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHits {
    /// Newest first.
    pub messages: Vec<MessageId>,
    /// False: only the newest messages were looked through, or more was found than is shown.
    pub complete: bool,
}

/// What a client wrote, as far as words can be looked for in it.
pub fn words_of_content(content: &Content) -> Cow<'_, str> {
    match content {
        Content::Text { body } | Content::Edit { body, .. } => body.into(),
        Content::Media(media) => joined([media.filename.as_deref(), media.caption.as_deref()]),
        Content::Location { name, address, .. } => joined([name.as_deref(), address.as_deref()]),
        Content::Contacts { people } => {
            people.iter().map(|person| format!("{} {}", person.name, person.phones.join(" "))).collect::<Vec<_>>().join(" ").into()
        }
        Content::Choice { title, .. } => title.into(),
        Content::Form { name, body } => joined([Some(name.as_str()), Some(body.as_str())]),
        Content::Order { summary } => summary.into(),
        Content::Reaction { .. } | Content::Revoke { .. } | Content::System { .. } | Content::Call { .. } | Content::Unsupported { .. } => {
            "".into()
        }
    }
}

/// The same for what was written to the client.
pub fn words_of_outgoing(outgoing: &Outgoing) -> &str {
    match outgoing {
        Outgoing::Text { body } | Outgoing::Buttons { body, .. } => body,
        Outgoing::Template(template) => &template.preview,
        Outgoing::Media(file) => file.caption.as_deref().unwrap_or_default(),
        Outgoing::Reaction { .. } => "",
    }
}

fn joined(parts: [Option<&str>; 2]) -> Cow<'_, str> {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{Media, MediaForm, Person, Wamid};
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("contract", "Your CONTRACTS are ready.", true)]
    #[case("ready contract", "Your contract is ready.", true)]
    #[case("vertrage", "Die Verträge liegen bereit", true)]
    #[case("VERTRÄGE", "die vertrage", true)]
    #[case("don't", "I dont know", true)]
    #[case("contract signed", "Your contract is ready.", false)]
    #[case("договор", "Ваш ДОГОВОР готов", true)]
    fn all_words_must_occur(#[case] typed: &str, #[case] text: &str, #[case] found: bool) {
        assert_eq!(SearchedWords::read(typed).expect("words").are_in(text), found);
    }

    #[rstest]
    #[case("")]
    #[case("  ?! ")]
    #[case("👍")]
    fn without_a_word_nothing_is_looked_for(#[case] typed: &str) {
        assert_eq!(SearchedWords::read(typed), None);
    }

    #[test]
    fn an_excerpt_begins_a_little_before_what_was_found() {
        let words = SearchedWords::read("passport").expect("a word");
        assert_eq!(words.excerpt("Bring your\nPassport, please."), "Bring your Passport, please.");
        let long = format!("{} and bring your passport {}", "Good morning. ".repeat(20), "x ".repeat(300));
        let excerpt = words.excerpt(&long);
        assert!(excerpt.starts_with("…") && excerpt.ends_with('…') && excerpt.contains("bring your passport"), "{excerpt}");
        assert!(excerpt.chars().count() <= EXCERPT + 2);
    }

    #[test]
    fn every_kind_that_has_words_is_searched() {
        let media = Media {
            form: MediaForm::Document,
            id: None,
            mime_type: None,
            sha256: None,
            caption: Some("the passport".into()),
            filename: Some("scan.pdf".into()),
        };
        let person = Person { name: "Eva Lang".into(), phones: vec!["+49 30 1".into()] };
        for (content, words) in [
            (Content::Media(media), "scan.pdf the passport"),
            (Content::Location { latitude: 1.0, longitude: 1.0, name: Some("Office".into()), address: None }, "Office"),
            (Content::Contacts { people: vec![person] }, "Eva Lang +49 30 1"),
            (Content::Edit { target: Wamid("w".into()), body: "changed".into() }, "changed"),
            (Content::Reaction { target: Wamid("w".into()), emoji: "👍".into() }, ""),
        ] {
            assert_eq!(words_of_content(&content), words);
        }
    }

    proptest! {
        #[test]
        fn what_an_excerpt_shows_was_written(typed in "[a-zé]{1,4}", text in "(?s).{0,600}") {
            let words = SearchedWords::read(&typed).expect("a word");
            let excerpt = words.excerpt(&text);
            let shown = excerpt.trim_matches('…');
            let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert!(whole.contains(shown.trim_matches('…')));
        }

        /// A word is found in a message in which it stands, whatever stands around it.
        #[test]
        fn a_word_is_found_where_it_stands(before in "[a-zA-Z .,]{0,40}", word in "[a-zA-Zäöüß]{2,9}", after in "[a-zA-Z .,]{0,40}") {
            let text = format!("{before} {word} {after}");
            let words = SearchedWords::read(&word).expect("a word");
            prop_assert!(words.are_in(&text));
        }
    }
}
