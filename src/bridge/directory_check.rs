//! Reading `directory.toml`, and what must hold in it beyond its shape. Everything is checked before any of it takes effect, and
//! everything that is wrong is told at once, each with its place in the file.

use super::phrases::phrase_is_usable;
use super::{ChannelRef, ClosedWindow, Directory, HomeKind, IntakeTo, KeywordSet, Line, NumberStatus, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A file that is not a directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct DirectoryError {
    /// Counted from 1.
    pub line: usize,
    pub reason: String,
}

/// One thing that is wrong with a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place, lists counted from 0: `lines[1].templates.opt_in.name`.
    pub key: String,
    pub reason: String,
    pub severity: Severity,
}

/// Whether a directory with this problem can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    /// Allowed, but probably not meant.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warning = if self.severity == Severity::Warning { "warning: " } else { "" };
        write!(f, "{warning}{}: {}", self.key, self.reason)
    }
}

/// What the check must know from rooms that this one does not import.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Whether a text may replace the one with this id: the id exists and the placeholders are its own.
    pub text_fits: &'a dyn Fn(&str, &str) -> Result<(), String>,
    /// A language's keywords where the directory names none.
    pub default_keywords: &'a dyn Fn(&str) -> KeywordSet,
}

impl Directory {
    /// Reads `directory.toml`. Whether it makes sense is asked with [`Directory::problems`].
    ///
    /// # Errors
    /// The line, and what is wrong there: no TOML, an unknown or missing key, a wrong type.
    pub fn parse(text: &str) -> Result<Self, DirectoryError> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            DirectoryError { line: before.matches('\n').count() + 1, reason: error.message().trim().replace('\n', ", ") }
        })
    }

    /// Everything that is wrong, in the order of the file. A directory with an [`Severity::Error`] is not to be used.
    pub fn problems(&self, known: Known<'_>) -> Vec<Problem> {
        let mut found = Found::default();
        let organization = &self.organization;
        found.filled("organization.name", &organization.name);
        found.language("organization.language", &organization.language);
        if organization.time_zone.parse::<chrono_tz::Tz>().is_err() {
            found.error("organization.time_zone", format!("{:?} is no IANA time zone (Europe/Berlin)", organization.time_zone));
        }
        found.unique("lines", "id", self.lines.iter().map(|line| line.id.as_str()));
        for (index, line) in self.lines.iter().enumerate() {
            found.line(&format!("lines[{index}]"), line, known);
            let mut numbers = self.numbers.iter().filter(|number| number.line == line.id);
            if line.enabled && !numbers.any(|number| number.status == NumberStatus::Active) {
                found.warn(&format!("lines[{index}]"), format!("line {} has no active number: nothing can be sent", line.id));
            }
        }
        found.unique("numbers", "phone_number_id", self.numbers.iter().map(|number| number.phone_number_id.as_str()));
        self.check_numbers(&mut found);
        found.unique("colleagues", "id", self.colleagues.iter().map(|colleague| colleague.id.as_str()));
        self.check_colleagues(&mut found);
        found.0
    }

    fn check_numbers(&self, found: &mut Found) {
        for (index, number) in self.numbers.iter().enumerate() {
            let key = |field: &str| format!("numbers[{index}].{field}");
            found.id(&key("waba_id"), number.waba_id.as_str());
            if self.line(&number.line).is_none() {
                found.error(&key("line"), format!("there is no line {:?}", number.line.as_str()));
            }
            if !number.display.contains(|c: char| c.is_ascii_digit()) {
                found.error(&key("display"), "must be the phone number as people read it (+49 30 901820)".to_owned());
            }
            let Some(owner) = &number.assigned_to else { continue };
            match self.colleague(owner) {
                None => found.error(&key("assigned_to"), format!("there is no colleague {:?}", owner.as_str())),
                Some(colleague) if !colleague.lines.contains(&number.line) => {
                    found.error(&key("assigned_to"), format!("{} is not in line {}", colleague.name, number.line));
                }
                Some(_) => {}
            }
        }
    }

    fn check_colleagues(&self, found: &mut Found) {
        for (index, colleague) in self.colleagues.iter().enumerate() {
            let key = |field: &str| format!("colleagues[{index}].{field}");
            found.filled(&key("name"), &colleague.name);
            for (at, line) in colleague.lines.iter().enumerate() {
                if self.line(line).is_none() {
                    found.error(&key(&format!("lines[{at}]")), format!("there is no line {:?}", line.as_str()));
                } else if colleague.lines[..at].contains(line) {
                    found.error(&key(&format!("lines[{at}]")), format!("line {line} stands twice"));
                }
            }
            if colleague.enabled && colleague.lines.is_empty() {
                found.warn(&key("lines"), format!("{} has no line, and so cannot write to anybody", colleague.name));
            }
        }
    }
}

#[derive(Default)]
pub(super) struct Found(Vec<Problem>);

impl Found {
    pub(super) fn error(&mut self, key: &str, reason: String) {
        self.0.push(Problem { key: key.to_owned(), reason, severity: Severity::Error });
    }

    pub(super) fn warn(&mut self, key: &str, reason: String) {
        self.0.push(Problem { key: key.to_owned(), reason, severity: Severity::Warning });
    }

    fn filled(&mut self, key: &str, text: &str) {
        if text.trim().is_empty() {
            self.error(key, "must not be empty".to_owned());
        }
    }

    /// Filled, and nothing that looks the same as another id without being it.
    fn id(&mut self, key: &str, id: &str) {
        self.filled(key, id);
        if !id.trim().is_empty() && id.contains(|c: char| c.is_whitespace() || c.is_control()) {
            self.error(key, "must not hold spaces".to_owned());
        }
    }

    /// Ids without case, as colleagues are compared; a line or number that differs in case alone would be a mistake as well.
    fn unique<'a>(&mut self, list: &str, field: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeMap::new();
        for (index, id) in ids.enumerate() {
            let key = format!("{list}[{index}].{field}");
            self.id(&key, id);
            if let Some(first) = seen.insert(id.to_lowercase(), index) {
                self.error(&key, format!("{id:?} is already used by {list}[{first}]"));
            }
        }
    }

    /// The form of BCP 47: a language of 2 or 3 letters, then parts of 2 to 8 letters or digits.
    pub(super) fn language(&mut self, key: &str, tag: &str) {
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let fits = matches!(language.len(), 2 | 3)
            && language.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(|part| matches!(part.len(), 2..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if !fits {
            self.error(key, format!("{tag:?} is no language tag (en, de-CH)"));
        }
    }

    fn line(&mut self, at: &str, line: &Line, known: Known<'_>) {
        self.filled(&format!("{at}.name"), &line.name);
        if let Some(business) = &line.business {
            self.filled(&format!("{at}.business"), business);
        }
        if let Some(language) = &line.language {
            self.language(&format!("{at}.language"), language);
        }
        if let Some(region) = line.region.as_deref().filter(|region| region.parse::<phonenumber::country::Id>().is_err()) {
            self.error(&format!("{at}.region"), format!("{region:?} is no country (DE)"));
        }
        if line.policy.held_expiry_hours == 0 {
            self.error(&format!("{at}.policy.held_expiry_hours"), "must be at least 1: a held message would expire at once".to_owned());
        }
        if !(1..=8_760).contains(&line.policy.transfer_hours) {
            self.error(&format!("{at}.policy.transfer_hours"), "must be from 1 to 8760 (a year)".to_owned());
        }
        if line.policy.typing && !line.policy.read_receipts {
            let reason = "needs policy.read_receipts: WhatsApp marks the client's message as read with every typing indicator";
            self.error(&format!("{at}.policy.typing"), reason.to_owned());
        }
        self.intake(at, line);
        if line.policy.closed_window == ClosedWindow::QueueAndNudge && line.templates.nudge.is_none() {
            self.error(&format!("{at}.templates.nudge"), "is needed by policy.closed_window = \"queue_and_nudge\"".to_owned());
        }
        for (name, template) in line.templates.all() {
            self.id(&format!("{at}.templates.{name}.name"), &template.name);
            // Meta writes en_US where BCP 47 writes en-US.
            self.language(&format!("{at}.templates.{name}.language"), &template.language.replace('_', "-"));
        }
        for (language, set) in &line.keywords {
            let key = format!("{at}.keywords.{language}");
            self.language(&key, language);
            self.keywords(&key, set, &(known.default_keywords)(language));
        }
        self.flow(at, line, known);
        for (language, texts) in &line.texts {
            self.language(&format!("{at}.texts.{language}"), language);
            for (id, text) in texts {
                let key = format!("{at}.texts.{language}.{id}");
                self.filled(&key, text);
                if let Err(reason) = (known.text_fits)(id, text) {
                    self.error(&key, reason);
                }
            }
        }
    }

    fn intake(&mut self, at: &str, line: &Line) {
        for (key, amount) in [("join_hours", line.policy.join_hours), ("intake_reminder_minutes", line.policy.intake_reminder_minutes)] {
            if amount == 0 {
                self.error(&format!("{at}.policy.{key}"), "must be at least 1".to_owned());
            }
        }
        let ids = line.channel.iter().flat_map(|known| [("team", &known.team), ("channel", &known.channel)]);
        for (key, id) in ids.filter(|(_, id)| !ChannelRef::is_channel_id(id)) {
            self.error(&format!("{at}.channel.{key}"), format!("{id:?} is no id of a team or channel (19:...@thread.tacv2)"));
        }
        if line.intake.to == IntakeTo::Channel && line.channel.is_none() {
            self.error(&format!("{at}.channel"), "is needed by intake.to = \"channel\"".to_owned());
        }
        if line.policy.home == HomeKind::Channel && line.channel.is_none() {
            self.error(&format!("{at}.channel"), "is needed by policy.home = \"channel\"".to_owned());
        }
    }

    /// No empty list, no empty word, and no word with two meanings: a STOP that also means YES would be a consent nobody gave. What
    /// counts is the language's effective set, defaults included.
    fn keywords(&mut self, at: &str, set: &KeywordSet, defaults: &KeywordSet) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for ((kind, own), (_, default)) in set.kinds().into_iter().zip(defaults.kinds()) {
            if own.as_ref().is_some_and(Vec::is_empty) {
                self.error(&format!("{at}.{kind}"), "must not be empty; leave it out for the default".to_owned());
            }
            let mut here = BTreeSet::new();
            for word in own.as_ref().or(default.as_ref()).into_iter().flatten() {
                let folded = fold(word);
                if folded.is_empty() {
                    self.error(&format!("{at}.{kind}"), format!("{word:?} has no letter or digit"));
                } else if let Some(other) = seen.get(&folded) {
                    self.error(&format!("{at}.{kind}"), format!("{word:?} already means {other}"));
                } else {
                    here.insert(folded);
                }
            }
            // Afterwards, so that two spellings of one word in one list are no collision.
            seen.extend(here.into_iter().map(|folded| (folded, kind)));
        }
        for phrase in set.revocation.iter().flatten().filter(|phrase| !phrase_is_usable(phrase)) {
            self.error(&format!("{at}.revocation"), format!("{phrase:?} must begin with a word"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const EXAMPLE: &str = include_str!("../../deploy/directory.example.toml");

    fn text_fits(id: &str, text: &str) -> Result<(), String> {
        match id {
            "K-02" | "K-03" if text.contains("{nobody}") => Err("{nobody} is not a placeholder of it".to_owned()),
            "K-02" | "K-02b" | "K-03" | "K-01-yes" | "K-01-no" => Ok(()),
            _ => Err(format!("there is no text {id}")),
        }
    }

    fn default_keywords(language: &str) -> KeywordSet {
        let words = |text: &str| Some(text.split(' ').map(str::to_owned).collect());
        match language {
            "en" => KeywordSet {
                opt_out: words("STOP END"),
                opt_in: words("YES START"),
                decline: words("NO"),
                help: words("HELP"),
                revocation: None,
                marketing_opt_out: words("NOADS"),
            },
            _ => KeywordSet::default(),
        }
    }

    fn problems(toml: &str) -> Vec<String> {
        let directory = Directory::parse(toml).expect("the shape is right");
        directory.problems(Known { text_fits: &text_fits, default_keywords: &default_keywords }).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_example_has_no_problem() {
        assert_eq!(problems(EXAMPLE), [""; 0]);
    }

    #[test]
    fn the_example_shows_every_default_as_it_is() {
        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix('#').filter(|rest| rest.contains(" = ") && !rest.starts_with(' ')).unwrap_or(line))
            .filter(|line| !line.starts_with("assigned_to"))
            .flat_map(|line| [line, "\n"])
            .collect();
        assert_ne!(uncommented, EXAMPLE);
        assert_eq!(Directory::parse(&uncommented), Directory::parse(EXAMPLE));
    }

    /// A key is known by the program when it stands in the example with everything in it filled.
    #[test]
    fn the_example_mentions_every_key() {
        let mut directory = Directory::parse(EXAMPLE).expect("the example");
        directory.numbers[0].assigned_to = Some("ana.silva@example.com".into());
        let mut keys = BTreeSet::new();
        collect(&serde_json::to_value(&directory).expect("JSON"), &mut keys);
        for key in keys {
            let mentioned = |line: &str| {
                let line = line.trim_start_matches('#');
                line.starts_with(&format!("{key} = ")) || (line.starts_with('[') && line.contains(&key))
            };
            assert!(EXAMPLE.lines().any(mentioned), "{key} is not in the example");
        }
    }

    fn collect(value: &serde_json::Value, keys: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(entries) => entries.iter().for_each(|(key, value)| {
                keys.insert(key.clone());
                collect(value, keys);
            }),
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
            _ => {}
        }
    }

    #[rstest]
    #[case::unknown_key("name = \"Example Bank\"", "nam = 1\nname = \"Example Bank\"", "unknown field `nam`")]
    #[case::type_("display = \"+49 30 901820\"", "display = 5", "expected a string")]
    #[case::variant("closed_window = \"queue_and_nudge\"", "closed_window = \"never\"", "unknown variant `never`")]
    #[case::syntax("id = \"cards\"", "id = \"cards", "invalid basic string")]
    fn what_is_not_a_directory_is_told_with_its_line(#[case] old: &str, #[case] new: &str, #[case] reason: &str) {
        let at = EXAMPLE.find(old).expect("the example still holds it");
        let error = Directory::parse(&EXAMPLE.replacen(old, new, 1)).expect_err("refused");
        assert_eq!(error.line, EXAMPLE[..at].matches('\n').count() + 1, "{error}");
        assert!(error.reason.contains(reason), "{error}");
    }

    #[test]
    fn two_lines_with_one_id_are_refused() {
        let found = problems(&EXAMPLE.replacen("id = \"cards\"", "id = \"Advice\"", 1));
        assert!(found.contains(&"lines[1].id: \"Advice\" is already used by lines[0]".to_owned()), "{found:?}");
    }

    #[rstest]
    #[case("name = \"Example Bank\"", "name = \" \"", "organization.name: must not be empty")]
    #[case("#language = \"en\"", "language = \"english\"", "organization.language: \"english\" is no language tag (en, de-CH)")]
    #[case("#language = \"en\"", "language = \"de-Helvetian\"", "organization.language: \"de-Helvetian\" is no language tag (en, de-CH)")]
    #[case("#language = \"en\"", "language = \"de-C!\"", "organization.language: \"de-C!\" is no language tag (en, de-CH)")]
    #[case("#time_zone = \"UTC\"", "time_zone = \"Berlin\"", "organization.time_zone: \"Berlin\" is no IANA time zone (Europe/Berlin)")]
    #[case("name = \"Private Advice\"", "name = \"\"", "lines[0].name: must not be empty")]
    #[case("region = \"DE\"", "region = \"Germany\"", "lines[0].region: \"Germany\" is no country (DE)")]
    #[case(
        "#held_expiry_hours = 72",
        "held_expiry_hours = 0",
        "lines[0].policy.held_expiry_hours: must be at least 1: a held message would expire at once"
    )]
    #[case(
        "#typing = false",
        "typing = true",
        "lines[0].policy.typing: needs policy.read_receipts: WhatsApp marks the client's message as read with every typing indicator"
    )]
    #[case("#transfer_hours = 24", "transfer_hours = 0", "lines[0].policy.transfer_hours: must be from 1 to 8760 (a year)")]
    #[case("#join_hours = 24", "join_hours = 0", "lines[0].policy.join_hours: must be at least 1")]
    #[case("#intake_reminder_minutes = 15", "intake_reminder_minutes = 0", "lines[0].policy.intake_reminder_minutes: must be at least 1")]
    #[case(
        "channel = \"19:0f9e8d7c6b5a49382716f5e4d3c2b1a0@thread.tacv2\"",
        "channel = \"Clients\"",
        "lines[0].channel.channel: \"Clients\" is no id of a team or channel (19:...@thread.tacv2)"
    )]
    #[case(
        "name = \"Card Desk\"",
        "name = \"Card Desk\"\nintake = { to = \"channel\" }",
        "lines[1].channel: is needed by intake.to = \"channel\""
    )]
    #[case(
        "name = \"Card Desk\"",
        "name = \"Card Desk\"\npolicy = { home = \"channel\" }",
        "lines[1].channel: is needed by policy.home = \"channel\""
    )]
    #[case("name = \"opt_in_request\"", "name = \"\"", "lines[0].templates.opt_in.name: must not be empty")]
    #[case(
        "name = \"message_waiting\"\nlanguage = \"en\"",
        "name = \"message_waiting\"\nlanguage = \"e\"",
        "lines[0].templates.nudge.language: \"e\" is no language tag (en, de-CH)"
    )]
    #[case("[lines.texts.de]", "[lines.texts.de_DE]", "lines[0].texts.de_DE: \"de_DE\" is no language tag (en, de-CH)")]
    #[case("K-02 = ", "K-99 = ", "lines[0].texts.de.K-99: there is no text K-99")]
    #[case("mit {colleague}", "mit {nobody}", "lines[0].texts.de.K-02: {nobody} is not a placeholder of it")]
    #[case("\"JA\"", "\"Stopp!\"", "lines[0].keywords.de.opt_in: \"Stopp!\" already means opt_out")]
    #[case("[\"NEIN\", \"N\"]", "[\"ＪＡ\"]", "lines[0].keywords.de.decline: \"ＪＡ\" already means opt_in")]
    #[case("[\"NEIN\", \"N\"]", "[\"já\"]", "lines[0].keywords.de.decline: \"já\" already means opt_in")]
    #[case("[\"NEIN\", \"N\"]", "[]", "lines[0].keywords.de.decline: must not be empty; leave it out for the default")]
    #[case("\"NEIN\"", "\"!\"", "lines[0].keywords.de.decline: \"!\" has no letter or digit")]
    #[case(
        "phone_number_id = \"100000000000002\"",
        "phone_number_id = \"100000000000001\"",
        "numbers[1].phone_number_id: \"100000000000001\" is already used by numbers[0]"
    )]
    #[case("waba_id = \"200000000000001\"", "waba_id = \"2 1\"", "numbers[0].waba_id: must not hold spaces")]
    #[case(
        "display = \"+49 30 901820\"",
        "display = \"advice\"",
        "numbers[0].display: must be the phone number as people read it (+49 30 901820)"
    )]
    #[case("#assigned_to = \"ana", "assigned_to = \"eva", "numbers[0].assigned_to: there is no colleague \"eva.silva@example.com\"")]
    #[case(
        "id = \"00000000-0000-4000-8000-00000000000b\"",
        "id = \"ANA.Silva@example.com\"",
        "colleagues[1].id: \"ANA.Silva@example.com\" is already used by colleagues[0]"
    )]
    #[case("name = \"Ana Silva\"", "name = \"\"", "colleagues[0].name: must not be empty")]
    #[case("lines = [\"advice\"]", "lines = [\"advise\"]", "colleagues[0].lines[0]: there is no line \"advise\"")]
    #[case("lines = [\"advice\", \"cards\"]", "lines = [\"cards\", \"cards\"]", "colleagues[1].lines[1]: line cards stands twice")]
    #[case("lines = [\"advice\"]", "lines = []", "warning: colleagues[0].lines: Ana Silva has no line, and so cannot write to anybody")]
    #[case("#status = \"active\"", "status = \"deactivated\"", "warning: lines[0]: line advice has no active number: nothing can be sent")]
    fn a_problem_is_told_with_its_place(#[case] old: &str, #[case] new: &str, #[case] expected: &str) {
        assert!(EXAMPLE.contains(old), "the example no longer holds {old}");
        assert_eq!(problems(&EXAMPLE.replacen(old, new, 1)), [expected]);
    }

    #[test]
    fn the_nudge_template_is_needed_by_its_policy() {
        let start = EXAMPLE.find("[lines.templates.nudge]").expect("the nudge");
        let end = start + EXAMPLE[start..].find("# Keywords").expect("what follows");
        let without = format!("{}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
        assert_eq!(problems(&without), ["lines[0].templates.nudge: is needed by policy.closed_window = \"queue_and_nudge\""]);
    }

    #[test]
    fn a_number_of_an_unknown_line_is_refused() {
        let toml = EXAMPLE.replace("line = \"cards\"", "line = \"card\"");
        assert_eq!(
            problems(&toml),
            ["warning: lines[1]: line cards has no active number: nothing can be sent", "numbers[1].line: there is no line \"card\""]
        );
    }

    #[test]
    fn a_number_is_assigned_within_its_line() {
        let toml = EXAMPLE.replace("line = \"cards\"", "line = \"cards\"\nassigned_to = \"Ana.Silva@example.com\"");
        assert_eq!(problems(&toml), ["numbers[1].assigned_to: Ana Silva is not in line cards"]);
        let own = EXAMPLE.replacen("#assigned_to = \"ana", "assigned_to = \"ana", 1);
        assert_ne!(own, EXAMPLE);
        assert_eq!(problems(&own), [""; 0]);
    }

    #[test]
    fn a_keyword_also_collides_with_a_default_that_was_kept() {
        let toml = EXAMPLE.replace("[lines.keywords.de]\nopt_out = [\"STOP\", \"STOPP\", \"ABMELDEN\", \"ENDE\"]", "[lines.keywords.en]");
        let toml = toml.replace("[\"JA\", \"J\", \"START\"]", "[\"YES\", \"end.\"]");
        assert_eq!(problems(&toml), ["lines[0].keywords.en.opt_in: \"end.\" already means opt_out"]);
    }

    #[test]
    fn two_spellings_in_one_list_are_no_collision() {
        assert_eq!(problems(&EXAMPLE.replace("\"STOPP\"", "\"STOPP\", \"Stop!\", \"S T O P\"")), [""; 0]);
    }
}
