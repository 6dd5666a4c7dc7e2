//! Every sentence a person reads. [`TextId`] names those of product.md 10, which a line may word anew per language; [`labels`]
//! holds what is written on buttons and inputs; [`failure()`] is the middle of T-26; [`when`], [`span`] and [`ago`] say times.
//!
//! All texts are plain text. Whoever puts one into HTML, a card or WhatsApp's markup escapes it there.

pub mod absence;
mod failure;
mod files;
pub mod group_chat;
pub mod joining;
pub mod kinds;
pub mod labels;
mod master;
pub mod media;
mod names;
mod news;
pub mod notes;
pub mod participants;
pub mod places;
pub mod preflight;
pub mod quotes;
pub mod revisions;
pub mod sentences;
pub mod switched_off;
mod times;
pub mod transfer;
pub mod why;

pub use failure::failure;
pub use files::*;
pub use master::{Audience, TextId};
pub use names::{names, names_in};
pub use news::{NewsWords, account_news, template_news};
pub use times::{ago, read_moment, span, typed_moment, when};

use crate::bridge::{Directory, Line, base_language, same_language};

/// The language of [`TextId::master`].
const MASTER_LANGUAGE: &str = "en";
/// Longest wording of a text to a client: WhatsApp's limit for a body with buttons, in characters.
const CLIENT_LIMIT: usize = 1024;
/// Longest title of a reply button, in characters (WhatsApp's limit).
const BUTTON_LIMIT: usize = 20;
/// Longest wording of a text to a colleague, in characters.
const COLLEAGUE_LIMIT: usize = 2000;

impl TextId {
    /// The text with this id (`T-06`).
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|text| text.as_str() == id)
    }

    /// The longest wording, in characters.
    fn limit(self) -> usize {
        match (self, self.audience()) {
            (Self::K01Yes | Self::K01No, _) => BUTTON_LIMIT,
            (_, Audience::Client) => CLIENT_LIMIT,
            (_, Audience::Colleague) => COLLEAGUE_LIMIT,
        }
    }

    /// The names that may stand in braces in this text. `business` may stand in every one.
    pub fn placeholders(self) -> impl Iterator<Item = &'static str> {
        pieces(self.master()).filter_map(|piece| if let Piece::Placeholder(name) = piece { Some(name) } else { None })
    }
}

/// The wording of one line in one reader's language.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    directory: &'a Directory,
    line: Option<&'a Line>,
    language: &'a str,
}

impl<'a> Voice<'a> {
    /// `language` is BCP 47 or Meta's spelling (`pt-BR`, `pt_BR`); empty means the line's, else the organization's.
    pub fn new(directory: &'a Directory, line: Option<&'a Line>, language: &'a str) -> Self {
        let language = match (language.trim(), line) {
            ("", Some(line)) => directory.language(line),
            ("", None) => &directory.organization.language,
            (language, _) => language,
        };
        Self { directory, line, language }
    }

    /// The language in which this voice speaks, as far as the line has words in it. BCP 47 or Meta's spelling.
    pub fn language(&self) -> &'a str {
        self.language
    }

    /// The name clients know: the line's, else the organization's.
    pub fn business(&self) -> &'a str {
        self.line.map_or(&self.directory.organization.name, |line| self.directory.business(line))
    }

    /// A text with its placeholders filled. The line's wording for exactly this language goes first, then for its base language
    /// (`pt` of `pt-BR`), then the English master. `{business}` is known without being given. One pass: braces inside a value
    /// are never expanded, and a placeholder without a value stays as it is. `(s)` is the plural ending for `{n}`.
    pub fn say(&self, id: TextId, values: &[(&str, &str)]) -> String {
        let mut said = String::new();
        let counted = values.iter().find(|(name, _)| *name == "n").map(|(_, n)| *n);
        for piece in pieces(self.wording(id)) {
            match (piece, counted) {
                (Piece::Plain(text), Some(n)) => said.push_str(&text.replace("(s)", if n == "1" { "" } else { "s" })),
                (Piece::Plain(text), None) => said.push_str(text),
                (Piece::Placeholder(name), _) => match values.iter().find(|(known, _)| *known == name) {
                    Some((_, value)) => said.push_str(value),
                    None if name == "business" => said.push_str(self.business()),
                    None => {
                        said.push('{');
                        said.push_str(name);
                        said.push('}');
                    }
                },
            }
        }
        said
    }

    /// The language in which this voice says a text: the reader's where there are words in it, else, to a client, the line's, else the
    /// master's. As the directory spells it.
    pub fn language_of(&self, id: TextId) -> &'a str {
        self.found(id).0
    }

    fn wording(&self, id: TextId) -> &'a str {
        self.found(id).1
    }

    /// A text's language and its wording.
    fn found(&self, id: TextId) -> (&'a str, &'a str) {
        let of = |language: &str| {
            let (known, texts) = self.line?.texts.iter().find(|(known, _)| same_language(known, language))?;
            texts.get(id.as_str()).map(|text| (known.as_str(), text.as_str()))
        };
        let master = || (MASTER_LANGUAGE, id.master());
        let speaks = |language: &str| {
            let base = base_language(language);
            let english = || same_language(base, MASTER_LANGUAGE).then(master);
            of(language).or_else(|| of(base)).or_else(english)
        };
        // A client of a German line whose own language nobody has worded is answered in German, not in the master's English.
        let lines = || self.line.filter(|_| id.audience() == Audience::Client).and_then(|line| speaks(self.directory.language(line)));
        speaks(self.language).or_else(lines).unwrap_or_else(master)
    }
}

/// Whether a line's own wording of a text can be used.
///
/// # Errors
/// A sentence for the administrator: an unknown placeholder, a brace without its partner, no text, or more characters than fit.
pub fn placeholders_fit(id: TextId, text: &str) -> Result<(), String> {
    let limit = id.limit();
    if text.trim().is_empty() {
        return Err(labels::wording_empty(id.as_str()));
    }
    if text.chars().count() > limit {
        return Err(labels::wording_too_long(id.as_str(), limit));
    }
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) if plain.contains(['{', '}']) => return Err(labels::wording_brace(id.as_str())),
            Piece::Placeholder(name) if name != "business" && !id.placeholders().any(|known| known == name) => {
                let known: Vec<_> = id.placeholders().chain(["business"]).collect();
                return Err(labels::wording_placeholder(id.as_str(), name, &known));
            }
            Piece::Plain(_) | Piece::Placeholder(_) => {}
        }
    }
    Ok(())
}

enum Piece<'a> {
    Plain(&'a str),
    Placeholder(&'a str),
}

/// Cuts a wording at its placeholders. A brace that opens none belongs to the plain text around it.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = leading_placeholder(rest) {
            rest = &rest[name.len() + 2..];
            return Some(Piece::Placeholder(name));
        }
        let next = rest.char_indices().skip(1).find(|(at, c)| *c == '{' && leading_placeholder(&rest[*at..]).is_some());
        let (plain, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Piece::Plain(plain))
    })
}

/// The name in `{name}…`. Any word counts, so that a misspelt one is found by [`placeholders_fit`].
fn leading_placeholder(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    (!name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{LineTemplates, Organization, Policy, TemplateUse};
    use proptest::prelude::*;
    use rstest::rstest;
    use std::collections::BTreeMap;

    fn directory(texts: &[(&str, &str, &str)]) -> Directory {
        let mut by_language: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (language, id, text) in texts {
            by_language.entry((*language).to_owned()).or_default().insert((*id).to_owned(), (*text).to_owned());
        }
        Directory {
            organization: Organization { name: "Contoso".into(), enabled: true, language: "en".into(), time_zone: "UTC".into() },
            lines: vec![Line {
                id: "advice".into(),
                name: "Advice".into(),
                business: Some("Contoso Advice".into()),
                enabled: true,
                language: None,
                region: None,
                policy: Policy::default(),
                intake: Default::default(),
                channel: None,
                templates: LineTemplates {
                    opt_in: TemplateUse { name: "opt_in".into(), language: "en".into(), variables: vec![] },
                    nudge: None,
                    languages: BTreeMap::new(),
                },
                keywords: BTreeMap::new(),
                texts: by_language,
            }],
            numbers: vec![],
            colleagues: vec![],
        }
    }

    #[rstest]
    #[case::exact("pt-BR", "Brasil")]
    #[case::meta_spelling("pt_BR", "Brasil")]
    #[case::case_differs("PT-br", "Brasil")]
    #[case::base("pt-PT", "Portugal e mais")]
    #[case::only_base("pt", "Portugal e mais")]
    #[case::neither("de", "{business}: reply STOP to end messages, START to begin again.")]
    fn the_nearest_wording_is_said(#[case] language: &str, #[case] expected: &str) {
        let directory = directory(&[("pt", "K-13", "Portugal e mais"), ("pt-BR", "K-13", "Brasil")]);
        let voice = Voice::new(&directory, directory.lines.first(), language);
        assert_eq!(voice.say(TextId::K13, &[("business", "{business}")]), expected);
    }

    #[test]
    fn an_empty_language_is_the_lines_then_the_organizations() {
        let mut directory = directory(&[]);
        assert_eq!(Voice::new(&directory, directory.lines.first(), " ").language(), "en");
        directory.lines[0].language = Some("de".into());
        assert_eq!(Voice::new(&directory, directory.lines.first(), "").language(), "de");
        assert_eq!(Voice::new(&directory, None, "").language(), "en");
    }

    #[rstest]
    #[case::own("fr-CA", "K-13", "Envoyez STOP", "fr")]
    #[case::the_lines_where_ones_own_is_not_worded("it", "K-13", "STOP beendet", "de")]
    #[case::the_master_is_english("en-GB", "K-13", "Contoso Advice: reply STOP to end messages, START to begin again.", "en")]
    #[case::a_colleague_reads_the_master("it", "T-30", "You left the conversation with {client}. You will not receive new messages.", "en")]
    #[case::a_colleagues_own("de-CH", "T-30", "Sie sind gegangen.", "de")]
    fn a_client_is_answered_in_their_language_else_in_the_lines(
        #[case] language: &str,
        #[case] id: &str,
        #[case] expected: &str,
        #[case] spoken: &str,
    ) {
        let texts = [("de", "K-13", "STOP beendet"), ("fr", "K-13", "Envoyez STOP"), ("de", "T-30", "Sie sind gegangen.")];
        let mut directory = directory(&texts);
        directory.lines[0].language = Some("de-AT".into());
        let (voice, id) = (Voice::new(&directory, directory.lines.first(), language), TextId::parse(id).expect("known"));
        assert_eq!((voice.say(id, &[]).as_str(), voice.language_of(id)), (expected, spoken));
    }

    #[test]
    fn the_business_is_known_without_being_given() {
        let directory = directory(&[]);
        let of_line = Voice::new(&directory, directory.lines.first(), "en").say(TextId::K13, &[]);
        let of_none = Voice::new(&directory, None, "en").say(TextId::K13, &[]);
        assert_eq!(of_line, "Contoso Advice: reply STOP to end messages, START to begin again.");
        assert_eq!(of_none, "Contoso: reply STOP to end messages, START to begin again.");
    }

    #[test]
    fn every_master_fits_its_own_rules_and_has_its_own_id() {
        for id in TextId::ALL {
            assert_eq!(placeholders_fit(*id, id.master()), Ok(()), "{}", id.as_str());
            assert_eq!(TextId::parse(id.as_str()), Some(*id));
            assert_eq!(id.audience() == Audience::Client, id.as_str().starts_with('K'));
        }
        assert_eq!(TextId::parse("T-99"), None);
    }

    #[test]
    fn what_the_page_calls_verbatim_is_verbatim() {
        assert_eq!(
            TextId::T05.master(),
            "The contact hasn't responded to the opt-in request for more than 24 hours. You can try sending the request again."
        );
        assert!(TextId::K11.master().ends_with("We're not currently using this number to accept WhatsApp messages."));
    }

    #[rstest]
    #[case::same("{client} sagt ja, bis {time}.", true)]
    #[case::fewer("Ja!", true)]
    #[case::business_everywhere("{client} mag {business}.", true)]
    #[case::unknown("{klient} sagt ja.", false)]
    #[case::two_words("{the client} says yes.", false)]
    #[case::open("{client says yes.", false)]
    #[case::shut("client} says yes.", false)]
    #[case::nested("{{client}} says yes.", false)]
    #[case::empty("  ", false)]
    fn a_lines_own_wording_is_checked(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(placeholders_fit(TextId::T04, text).is_ok(), fits);
    }

    #[test]
    fn a_wording_that_whatsapp_would_refuse_for_its_length_is_refused() {
        assert!(placeholders_fit(TextId::K13, &"a".repeat(CLIENT_LIMIT)).is_ok());
        assert!(placeholders_fit(TextId::K13, &"a".repeat(CLIENT_LIMIT + 1)).is_err());
    }

    #[test]
    fn a_buttons_title_fits_a_button() {
        assert!(placeholders_fit(TextId::K01Yes, &"ß".repeat(BUTTON_LIMIT)).is_ok());
        assert!(placeholders_fit(TextId::K01No, &"a".repeat(BUTTON_LIMIT + 1)).is_err());
    }

    proptest! {
        #[test]
        fn a_value_is_never_expanded_again(value in "[a-z{}]{0,12}") {
            let directory = directory(&[]);
            let voice = Voice::new(&directory, None, "en");
            let said = voice.say(TextId::T04, &[("client", &format!("{value}{{time}}")), ("time", "noon")]);
            prop_assert_eq!(said, format!("{value}{{time}} accepted. You can write freely until noon."));
        }

        #[test]
        fn any_wording_can_be_said_and_loses_nothing(text in "\\PC{0,40}") {
            let glued: String = pieces(&text).map(|piece| match piece {
                Piece::Plain(plain) => plain.to_owned(),
                Piece::Placeholder(name) => format!("{{{name}}}"),
            }).collect();
            prop_assert_eq!(glued, text);
        }
    }
}
