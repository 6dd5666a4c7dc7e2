//! What must hold in a line's consent flow across its languages: templates, keywords and the request's buttons.

use super::directory_check::{Found, Known};
use super::{KeywordSet, Keywords, Line, Meaning, fold, same_language};
use std::collections::BTreeMap;

/// Its keywords always act, with the defaults where nothing replaces them.
const ENGLISH: &str = "en";

impl Found {
    pub(super) fn flow(&mut self, at: &str, line: &Line, known: Known<'_>) {
        for (language, own) in &line.templates.languages {
            let key = format!("{at}.templates.languages.{language}");
            self.language(&key, language);
            if own.opt_in.is_none() && own.nudge.is_none() {
                self.error(&key, "names no template: opt_in, nudge or both".to_owned());
            }
        }
        self.across_languages(at, line, known);
        self.buttons(at, line);
        self.said_alone(at, line);
    }

    /// All languages of a line act on every message, so a word may not mean one thing in one and another in the next: whoever writes
    /// "END" to stop must not have agreed in another tongue.
    fn across_languages(&mut self, at: &str, line: &Line, known: Known<'_>) {
        let none = KeywordSet::default();
        let others = line.keywords.iter().filter(|(language, _)| *language != ENGLISH).map(|(language, set)| (language.as_str(), set));
        let mut seen: BTreeMap<String, (&str, &str)> = BTreeMap::new();
        for (language, set) in std::iter::once((ENGLISH, line.keywords.get(ENGLISH).unwrap_or(&none))).chain(others) {
            let defaults = (known.default_keywords)(language);
            let mut here = Vec::new();
            for ((kind, own), (_, default)) in set.kinds().into_iter().zip(defaults.kinds()) {
                for word in own.as_ref().or(default.as_ref()).into_iter().flatten() {
                    let folded = fold(word);
                    match seen.get(&folded) {
                        Some((other, first)) if *other != kind => {
                            self.error(&format!("{at}.keywords.{language}.{kind}"), format!("{word:?} already means {other} in {first}"));
                        }
                        Some(_) => {}
                        None => here.push((folded, (kind, language))),
                    }
                }
            }
            // Afterwards: two meanings within one language were told by [`Found::keywords`].
            for (folded, meaning) in here {
                seen.entry(folded).or_insert(meaning);
            }
        }
    }

    /// The titles of the request's buttons, in every language worded: a tap must not read as its opposite where a person types the
    /// title instead, and the two must be told apart.
    fn buttons(&mut self, at: &str, line: &Line) {
        let keywords = Keywords::of(line);
        for (language, texts) in &line.texts {
            let [yes, no] = [("K-01-yes", "Yes"), ("K-01-no", "No")].map(|(id, master)| (id, texts.get(id).map_or(master, String::as_str)));
            if !texts.contains_key(yes.0) && !texts.contains_key(no.0) {
                continue;
            }
            let key = |id: &str| format!("{at}.texts.{language}.{id}");
            let means = |title: &str| keywords.meaning(title);
            if matches!(means(yes.1), Meaning::OptOut | Meaning::Decline | Meaning::Help | Meaning::MarketingOptOut | Meaning::PerhapsStop)
            {
                self.error(&key(yes.0), format!("{:?} is a keyword with another meaning than Yes", yes.1));
            }
            if matches!(means(no.1), Meaning::OptIn | Meaning::Help | Meaning::MarketingOptOut) {
                self.error(&key(no.0), format!("{:?} is a keyword with another meaning than No", no.1));
            }
            if fold(yes.1) == fold(no.1) {
                self.error(&key(no.0), format!("{:?} is the title of both buttons", no.1));
            }
        }
    }

    /// Said while nobody has the client: without a wording of its own it would be the master's, in English.
    fn said_alone(&mut self, at: &str, line: &Line) {
        for (language, texts) in line.texts.iter().filter(|(language, _)| !same_language(language, ENGLISH)) {
            for (id, alone) in [("K-01", "K-01b"), ("K-02", "K-02b")] {
                if texts.contains_key(id) && !texts.contains_key(alone) {
                    let reason = format!("has no {alone}, which is said while no colleague has the client: it would be English");
                    self.warn(&format!("{at}.texts.{language}"), reason);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::bridge::directory_check::Known;
    use crate::bridge::{Directory, default_keywords};
    use rstest::rstest;

    const EXAMPLE: &str = include_str!("../../deploy/directory.example.toml");

    fn problems(toml: &str) -> Vec<String> {
        let directory = Directory::parse(toml).expect("the shape is right");
        let known = Known { text_fits: &|_, _| Ok(()), default_keywords: &default_keywords };
        directory.problems(known).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_example_has_no_problem() {
        assert_eq!(problems(EXAMPLE), [""; 0]);
    }

    #[rstest]
    #[case::a_stop_that_agrees_elsewhere("\"JA\"", "\"End!\"", "keywords.de.opt_in: \"End!\" already means opt_out in en")]
    #[case::a_yes_that_stops_elsewhere("\"ABMELDEN\"", "\"Y\"", "keywords.de.opt_out: \"Y\" already means opt_in in en")]
    #[case::a_no_that_agrees_elsewhere("\"NEIN\"", "\"I agree\"", "keywords.de.decline: \"I agree\" already means opt_in in en")]
    #[case::marketing_that_stops_all(
        "\"KEINE WERBUNG\"",
        "\"STOP ALL\"",
        "keywords.de.marketing_opt_out: \"STOP ALL\" already means opt_out in en"
    )]
    #[case::a_button_that_says_its_opposite(
        "K-01-yes = \"Ja\"",
        "K-01-yes = \"Nein\"",
        "texts.de.K-01-yes: \"Nein\" is a keyword with another meaning than Yes"
    )]
    #[case::a_no_that_agrees(
        "K-01-no = \"Nein\"",
        "K-01-no = \"START\"",
        "texts.de.K-01-no: \"START\" is a keyword with another meaning than No"
    )]
    #[case::a_no_that_helps(
        "K-01-no = \"Nein\"",
        "K-01-no = \"Hilfe\"",
        "texts.de.K-01-no: \"Hilfe\" is a keyword with another meaning than No"
    )]
    #[case::one_title_for_both("K-01-no = \"Nein\"", "K-01-no = \"ja!\"", "texts.de.K-01-no: \"ja!\" is the title of both buttons")]
    #[case::no_template(
        "opt_in = { name = \"pedido_de_contato\", language = \"pt_BR\", variables = [\"colleague\", \"business\"] }",
        "",
        "templates.languages.pt-BR: names no template: opt_in, nudge or both"
    )]
    #[case::no_language(
        "[lines.templates.languages.pt-BR]",
        "[lines.templates.languages.portuguese]",
        "templates.languages.portuguese: \"portuguese\" is no language tag (en, de-CH)"
    )]
    fn a_flow_that_contradicts_itself_is_refused(#[case] old: &str, #[case] new: &str, #[case] expected: &str) {
        assert!(EXAMPLE.contains(old), "the example no longer holds {old}");
        let found = problems(&EXAMPLE.replacen(old, new, 1));
        assert!(found.contains(&format!("lines[0].{expected}")), "{found:?}");
    }

    #[test]
    fn a_word_with_one_meaning_in_two_languages_is_no_collision() {
        let toml = format!("{EXAMPLE}\n")
            .replace("[lines.texts.de]", "[lines.keywords.nl]\nopt_in = [\"JA\"]\nhelp = [\"INFO\"]\n\n[lines.texts.de]");
        assert_eq!(problems(&toml), [""; 0]);
    }

    #[test]
    fn what_is_said_while_nobody_has_the_client_is_missed() {
        let line = EXAMPLE.lines().find(|line| line.starts_with("K-02b = ")).expect("in the example");
        let expected = "warning: lines[0].texts.de: has no K-02b, which is said while no colleague has the client: it would be English";
        assert_eq!(problems(&EXAMPLE.replace(&format!("{line}\n"), "")), [expected]);
    }

    #[test]
    fn a_directory_of_an_earlier_version_still_reads() {
        let directory = Directory::parse(EXAMPLE).expect("the example");
        let mut stored = serde_json::to_value(&directory).expect("JSON");
        for line in stored["lines"].as_array_mut().expect("lines") {
            line["templates"].as_object_mut().expect("templates").remove("languages");
            for set in line["keywords"].as_object_mut().expect("keywords").values_mut() {
                set.as_object_mut().expect("a set").remove("marketing_opt_out");
            }
        }
        let read: Directory = serde_json::from_value(stored).expect("reads");
        assert!(read.lines[0].templates.languages.is_empty() && read.lines[0].keywords["de"].marketing_opt_out.is_none());
    }
}
