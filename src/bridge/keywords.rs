//! What a client's message means (product.md 3): buttons by their payload, whole messages by keyword, compared folded
//! ([`fold`]).

use super::{Content, KeywordSet, Line, RevocationPhrases, fold};
use std::collections::HashSet;

/// Opt-out keywords of every line that does not set its own for English.
pub const OPT_OUT: &[&str] =
    &["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT", "OPTOUT", "OPT-OUT"];
/// Opt-out keywords that a button says about something else: an appointment is cancelled, a form is quit. Typed they act; tapped they are
/// an answer like any other. `STOP`, `UNSUBSCRIBE` and `OPT OUT` on a button leave no doubt, and act.
const EVERYDAY_ON_BUTTONS: &[&str] = &["CANCEL", "END", "QUIT"];
/// An opt-out keyword that a button may say about a mandate as well as about messages: a colleague decides.
const DOUBTFUL_ON_BUTTONS: &str = "REVOKE";
/// Opt-in keywords; they count only while asked, declined or revoked.
pub const OPT_IN: &[&str] = &["YES", "Y", "START", "UNSTOP", "SUBSCRIBE", "I AGREE"];
/// Decline keywords; they count only while a request waits.
pub const DECLINE: &[&str] = &["NO", "N"];
/// Help keywords.
pub const HELP: &[&str] = &["HELP", "INFO"];

/// Keywords that stop marketing and nothing else: what Meta puts on the quick reply of a marketing template.
pub const MARKETING_OPT_OUT: &[&str] = &["STOP PROMOTIONS"];

/// A language's keywords where a line does not set its own: English has some, the others none.
pub fn default_keywords(language: &str) -> KeywordSet {
    let owned = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    match language {
        "en" => KeywordSet {
            opt_out: owned(OPT_OUT),
            opt_in: owned(OPT_IN),
            decline: owned(DECLINE),
            help: owned(HELP),
            marketing_opt_out: owned(MARKETING_OPT_OUT),
            revocation: None,
        },
        _ => KeywordSet::default(),
    }
}

/// Payload of the opt-in request's Yes button.
pub const YES: &str = "switchboard:opt_in:yes";
/// Payload of the opt-in request's No button.
pub const NO: &str = "switchboard:opt_in:no";

/// What a client's message means for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A whole message that is an opt-out keyword.
    OptOut,
    /// A whole message that is an opt-in keyword.
    OptIn,
    /// The request's Yes button.
    Yes,
    /// A whole message that is a decline keyword.
    Decline,
    /// The request's No button.
    No,
    /// A whole message that asks for help.
    Help,
    /// No more marketing, by a template's quick reply or as a whole message. Says nothing about consent.
    MarketingOptOut,
    /// Any other message that may ask to stop in the client's own words: a colleague decides.
    PerhapsStop,
    /// Any other message.
    Other,
    /// Not a message of the client's own: reactions, edits, deletions, system notices. Never consent, never answered.
    Silent,
}

impl Meaning {
    /// Reads a client's message. A tap on a button is read by its payload where that is one of ours, else by its title
    /// ([`Keywords::of_button`]).
    pub fn of(content: &Content, keywords: &Keywords) -> Self {
        match content {
            Content::Choice { id: Some(id), .. } if id == YES => Self::Yes,
            Content::Choice { id: Some(id), .. } if id == NO => Self::No,
            Content::Choice { title, .. } => keywords.of_button(title),
            Content::Text { body } => keywords.meaning(body),
            // What stands below a picture is no keyword, but may be a wish.
            Content::Media(media) if media.caption.as_deref().is_some_and(|caption| keywords.revocation.found_in(caption)) => {
                Self::PerhapsStop
            }
            Content::Reaction { .. } | Content::Edit { .. } | Content::Revoke { .. } | Content::System { .. } | Content::Call { .. } => {
                Self::Silent
            }
            _ => Self::Other,
        }
    }
}

/// A line's keywords in all its languages, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keywords {
    opt_out: HashSet<String>,
    opt_in: HashSet<String>,
    decline: HashSet<String>,
    help: HashSet<String>,
    marketing_opt_out: HashSet<String>,
    revocation: RevocationPhrases,
}

impl Keywords {
    /// The defaults in English, replaced or joined by what the line says per language.
    pub fn of(line: &Line) -> Self {
        let english = line.keywords.get("en");
        let others = || line.keywords.iter().filter(|(language, _)| *language != "en").map(|(_, set)| set);
        let all = |pick: fn(&KeywordSet) -> &Option<Vec<String>>, default: &[&str]| {
            let mut words: HashSet<String> = match english.and_then(|set| pick(set).as_ref()) {
                Some(own) => own.iter().map(|word| fold(word)).collect(),
                None => default.iter().map(|word| fold(word)).collect(),
            };
            words.extend(others().filter_map(|set| pick(set).as_ref()).flatten().map(|word| fold(word)));
            words
        };
        Self {
            opt_out: all(|set| &set.opt_out, OPT_OUT),
            opt_in: all(|set| &set.opt_in, OPT_IN),
            decline: all(|set| &set.decline, DECLINE),
            help: all(|set| &set.help, HELP),
            marketing_opt_out: all(|set| &set.marketing_opt_out, MARKETING_OPT_OUT),
            revocation: RevocationPhrases::of(line),
        }
    }

    /// What a tap on a button or a list's row means that is not the opt-in request's: the business wrote the word, so it opts out only
    /// where it can be about nothing else.
    pub fn of_button(&self, title: &str) -> Meaning {
        let meaning = self.meaning(title);
        if meaning != Meaning::OptOut {
            return meaning;
        }
        let title = fold(title);
        if EVERYDAY_ON_BUTTONS.iter().any(|word| fold(word) == title) {
            Meaning::Other
        } else if fold(DOUBTFUL_ON_BUTTONS) == title {
            Meaning::PerhapsStop
        } else {
            Meaning::OptOut
        }
    }

    /// What a whole message means. An opt-out wins over everything else.
    pub fn meaning(&self, message: &str) -> Meaning {
        // No keyword is long; folding a long message would be work for nothing.
        let folded = if message.len() > 200 { String::new() } else { fold(message) };
        if self.opt_out.contains(&folded) {
            Meaning::OptOut
        } else if self.opt_in.contains(&folded) {
            Meaning::OptIn
        } else if self.decline.contains(&folded) {
            Meaning::Decline
        } else if self.help.contains(&folded) {
            Meaning::Help
        } else if self.marketing_opt_out.contains(&folded) {
            Meaning::MarketingOptOut
        } else if self.revocation.found_in(message) {
            Meaning::PerhapsStop
        } else {
            Meaning::Other
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::bridge::{LineTemplates, Policy, TemplateUse};
    use rstest::rstest;

    pub(crate) fn line() -> Line {
        Line {
            id: "advice".into(),
            name: "Advice".to_owned(),
            business: None,
            enabled: true,
            language: None,
            region: None,
            policy: Policy::default(),
            intake: Default::default(),
            channel: None,
            templates: LineTemplates {
                opt_in: TemplateUse { name: "opt_in".to_owned(), language: "en".to_owned(), variables: Vec::new() },
                nudge: None,
                languages: Default::default(),
            },
            keywords: Default::default(),
            texts: Default::default(),
        }
    }

    #[rstest]
    #[case("STOP", Meaning::OptOut)]
    #[case("  stop. ", Meaning::OptOut)]
    #[case("Stop!!! 🛑", Meaning::OptOut)]
    #[case("Ｓｔｏｐ", Meaning::OptOut)]
    #[case("stop\u{200b}", Meaning::OptOut)]
    #[case("opt-out", Meaning::OptOut)]
    #[case("Stop all", Meaning::OptOut)]
    #[case("please stop writing", Meaning::PerhapsStop)]
    #[case("stop by my office", Meaning::Other)]
    #[case("Yes", Meaning::OptIn)]
    #[case("yes please", Meaning::Other)]
    #[case("n", Meaning::Decline)]
    #[case("info?", Meaning::Help)]
    #[case("Stop promotions", Meaning::MarketingOptOut)]
    #[case("👍", Meaning::Other)]
    #[case("", Meaning::Other)]
    fn whole_messages_only(#[case] text: &str, #[case] meaning: Meaning) {
        assert_eq!(Keywords::of(&line()).meaning(text), meaning);
    }

    fn tap(id: Option<&str>, title: &str) -> Content {
        Content::Choice { id: id.map(str::to_owned), title: title.to_owned() }
    }

    fn text(body: &str) -> Content {
        Content::Text { body: body.to_owned() }
    }

    #[rstest]
    #[case::yes_in_any_language(tap(Some(YES), "Ja"), Meaning::Yes)]
    #[case::no_in_any_language(tap(Some(NO), "Nein"), Meaning::No)]
    #[case::another_button_is_read_by_its_title(tap(Some("order:17"), "Stop"), Meaning::OptOut)]
    #[case::a_button_without_payload_too(tap(None, "Yes"), Meaning::OptIn)]
    #[case::another_button(tap(Some("order:17"), "Order again"), Meaning::Other)]
    #[case::a_keyword(text("stop"), Meaning::OptOut)]
    #[case::words(text("good morning"), Meaning::Other)]
    #[case::a_reaction_is_silent(Content::Reaction { target: "wamid.1".into(), emoji: "👍".to_owned() }, Meaning::Silent)]
    #[case::an_edit_is_silent_whatever_it_says(Content::Edit { target: "wamid.1".into(), body: "yes".to_owned() }, Meaning::Silent)]
    #[case::a_deletion_is_silent(Content::Revoke { target: "wamid.1".into() }, Meaning::Silent)]
    #[case::a_call_is_silent(Content::Call { event: "connect".to_owned() }, Meaning::Silent)]
    #[case::what_nobody_knows_is_a_message(Content::Unsupported { what: "poll".to_owned(), code: None }, Meaning::Other)]
    #[case::a_keyword_of_200_bytes(text(&format!("stop{}", " ".repeat(196))), Meaning::OptOut)]
    #[case::no_keyword_is_longer(text(&format!("stop{}", " ".repeat(197))), Meaning::Other)]
    fn what_a_message_means(#[case] content: Content, #[case] meaning: Meaning) {
        assert_eq!(Meaning::of(&content, &Keywords::of(&line())), meaning);
    }

    /// Each opt-out keyword, typed and on a button of whatever template.
    #[rstest]
    #[case("STOP", Meaning::OptOut)]
    #[case("Stop!", Meaning::OptOut)]
    #[case("STOPALL", Meaning::OptOut)]
    #[case("Stop all", Meaning::OptOut)]
    #[case("Unsubscribe", Meaning::OptOut)]
    #[case("OPT OUT", Meaning::OptOut)]
    #[case("Optout", Meaning::OptOut)]
    #[case("opt-out", Meaning::OptOut)]
    #[case("Cancel", Meaning::Other)]
    #[case("CANCEL ❌", Meaning::Other)]
    #[case("End", Meaning::Other)]
    #[case("Quit", Meaning::Other)]
    #[case("Revoke", Meaning::PerhapsStop)]
    fn on_a_button_only_what_leaves_no_doubt_opts_out(#[case] word: &str, #[case] tapped: Meaning) {
        let keywords = Keywords::of(&line());
        assert_eq!(keywords.meaning(word), Meaning::OptOut);
        for id in [None, Some("appointment:17")] {
            assert_eq!(Meaning::of(&tap(id, word), &keywords), tapped);
        }
    }

    #[test]
    fn the_table_of_buttons_has_every_keyword() {
        let doubtful = EVERYDAY_ON_BUTTONS.iter().chain([&DOUBTFUL_ON_BUTTONS]);
        assert!(doubtful.clone().all(|word| OPT_OUT.contains(word)));
        let keywords = Keywords::of(&line());
        let acting = OPT_OUT.iter().filter(|word| keywords.of_button(word) == Meaning::OptOut).count();
        assert_eq!(acting + doubtful.count(), OPT_OUT.len());
    }

    #[test]
    fn an_opt_out_keyword_is_one_and_not_a_wish_to_be_decided() {
        let keywords = Keywords::of(&line());
        assert_eq!(keywords.meaning("Stop!"), Meaning::OptOut);
        assert_eq!(keywords.meaning("Please stop!"), Meaning::PerhapsStop);
        assert_eq!(keywords.meaning(&format!("{} please stop writing to me", "word ".repeat(300))), Meaning::PerhapsStop);
    }

    #[test]
    fn another_language_joins_and_english_can_be_replaced() {
        let mut line = line();
        line.keywords
            .insert("pt".to_owned(), KeywordSet { opt_out: Some(vec!["PARAR".to_owned(), "não".to_owned()]), ..Default::default() });
        line.keywords.insert("en".to_owned(), KeywordSet { help: Some(vec!["ASSIST".to_owned()]), ..Default::default() });
        let keywords = Keywords::of(&line);
        assert_eq!(keywords.meaning("parar"), Meaning::OptOut);
        assert_eq!(keywords.meaning("NAO"), Meaning::OptOut);
        assert_eq!(keywords.meaning("stop"), Meaning::OptOut);
        assert_eq!(keywords.meaning("assist"), Meaning::Help);
        assert_eq!(keywords.meaning("help"), Meaning::Other);
    }
}
