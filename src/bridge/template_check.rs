//! Whether the templates that a directory names can do what they are for, as far as the cached list of each account tells.
//!
//! Everything found is a warning: the cache is minutes old at best and empty at first, and Meta may be about to approve what is missing.
//! What is found stands against consent all the same: a request that nobody can say No to, or none at all.

use super::directory_check::{Problem, Severity};
use super::{Directory, Keywords, Line, Meaning, Template, TemplateButtonKind, TemplateCategory, TemplateUse, WabaId, same_language};

/// What the cache knows of an account.
pub struct Account {
    pub waba: WabaId,
    pub templates: Vec<Template>,
}

/// What stands against the opt-in and nudge templates of every line, in the order of the file.
pub fn template_problems(directory: &Directory, accounts: &[Account]) -> Vec<Problem> {
    let mut found = Vec::new();
    for (index, line) in directory.lines.iter().enumerate().filter(|(_, line)| line.enabled) {
        let mut wabas: Vec<&WabaId> =
            directory.numbers.iter().filter(|number| number.line == line.id).map(|number| &number.waba_id).collect();
        wabas.sort();
        wabas.dedup();
        for waba in wabas {
            let known = accounts.iter().find(|account| account.waba == *waba).map(|account| account.templates.as_slice());
            let Some(templates) = known.filter(|templates| !templates.is_empty()) else {
                let reason = format!("the templates of account {waba} are not known yet, so those of line {} cannot be checked", line.id);
                found.push(warning(format!("lines[{index}].templates"), reason));
                continue;
            };
            for (place, used) in line.templates.all() {
                let key = format!("lines[{index}].templates.{place}");
                found.extend(problems_of(line, &place, used, waba, templates).into_iter().map(|reason| warning(key.clone(), reason)));
            }
        }
    }
    found
}

fn warning(key: String, reason: String) -> Problem {
    Problem { key, reason, severity: Severity::Warning }
}

fn problems_of(line: &Line, place: &str, used: &TemplateUse, waba: &WabaId, templates: &[Template]) -> Vec<String> {
    let named: Vec<&Template> = templates.iter().filter(|template| template.name == used.name).collect();
    if named.is_empty() {
        return vec![format!("account {waba} has no template {}", used.name)];
    }
    let mut reasons = Vec::new();
    if !named.iter().any(|template| same_language(&template.language, &used.language)) {
        let has: Vec<&str> = named.iter().map(|template| template.language.as_str()).collect();
        reasons.push(format!("template {} has no language {}, only {}", used.name, used.language, has.join(", ")));
    }
    // A client's own language may choose any approved translation, so each must do.
    for template in named {
        let called = format!("template {} ({})", template.name, template.language);
        if !template.status.eq_ignore_ascii_case("APPROVED") {
            if same_language(&template.language, &used.language) {
                reasons.push(format!("{called} is {}, not approved", template.status.to_lowercase()));
            }
            continue;
        }
        if let Some(reason) = &template.not_sendable {
            reasons.push(format!("{called} cannot be sent from here: {reason}"));
        }
        if template.category != TemplateCategory::Utility {
            reasons.push(format!("{called} is not a utility template: WhatsApp may withhold it"));
        }
        let (gaps, filled) = (template.variables().len(), used.variables.len());
        if gaps != filled {
            reasons.push(format!("{called} has {gaps} variable(s), {filled} are filled"));
        }
        if place.ends_with("opt_in") {
            reasons.extend(answers(template, &Keywords::of(line)).map(|reason| format!("{called} {reason}")));
        }
    }
    reasons
}

/// What is wrong with the two answers of a request.
fn answers(template: &Template, keywords: &Keywords) -> Option<String> {
    let titles: Vec<&str> = template
        .buttons
        .iter()
        .filter_map(|button| match button {
            TemplateButtonKind::QuickReply { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let [first, second] = titles[..] else {
        return Some(format!("has {} quick replies, and needs two: Yes and No", titles.len()));
    };
    let yes = |title: &str| match keywords.meaning(title) {
        Meaning::OptIn => Some(true),
        Meaning::Decline | Meaning::OptOut => Some(false),
        _ => None,
    };
    match (yes(first), yes(second)) {
        (Some(true), Some(false)) | (Some(false), Some(true)) => None,
        (Some(true), Some(true)) => Some(format!("has no way to say No: {first:?} and {second:?} are both opt-in keywords")),
        (Some(false), _) => Some(format!("has no way to say Yes: {second:?} is no opt-in keyword of the line")),
        (None, Some(true)) => {
            Some(format!("has no way to say No: {first:?}, in the first place, is no keyword of the line and is read as Yes"))
        }
        (None, _) => Some(format!("has the quick reply {first:?}, which is no keyword of the line; it is read as Yes by its place")),
        (Some(true), None) => {
            Some(format!("has the quick reply {second:?}, which is no keyword of the line; it is read as No by its place"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::ParameterFormat;
    use rstest::rstest;

    const EXAMPLE: &str = include_str!("../../deploy/directory.example.toml");
    const WABA: &str = "200000000000001";

    fn template(name: &str, language: &str, body: &str, replies: &[&str]) -> Template {
        Template {
            waba: WABA.into(),
            id: format!("{name}-{language}"),
            name: name.to_owned(),
            language: language.to_owned(),
            category: TemplateCategory::Utility,
            status: "APPROVED".to_owned(),
            parameter_format: ParameterFormat::Positional,
            header: None,
            body: body.to_owned(),
            footer: None,
            buttons: replies.iter().map(|text| TemplateButtonKind::QuickReply { text: (*text).to_owned() }).collect(),
            examples: Vec::new(),
            header_example: None,
            offer: None,
            not_sendable: None,
        }
    }

    /// Everything as the example's directory wants it.
    fn right() -> Vec<Template> {
        vec![
            template("opt_in_request", "en", "Hello, {{1}} of {{2}}. May we?", &["Yes", "No"]),
            template("opt_in_request", "de", "Hallo, {{1}} von {{2}}. Dürfen wir?", &["Nein", "Ja"]),
            template("message_waiting", "en_US", "{{1}} of {{2}}", &[]),
            template("message_waiting", "en", "{{1}} of {{2}}", &[]),
            template("pedido_de_contato", "pt_BR", "{{1}} de {{2}}", &["Yes", "No"]),
        ]
    }

    fn problems(templates: Vec<Template>) -> Vec<String> {
        let directory = Directory::parse(EXAMPLE).expect("the example");
        let accounts = [Account { waba: WABA.into(), templates }];
        let mut found: Vec<String> = template_problems(&directory, &accounts).iter().map(ToString::to_string).collect();
        // The second line uses the same request; its German answers are no keywords there.
        found.retain(|problem| problem.starts_with("warning: lines[0]"));
        found
    }

    #[test]
    fn templates_that_fit_bring_no_warning() {
        assert_eq!(problems(right()), [""; 0]);
    }

    #[test]
    fn an_account_that_was_never_listed_is_said_once_a_line() {
        let expected = "warning: lines[0].templates: the templates of account 200000000000001 are not known yet, so those of line advice cannot be checked";
        assert_eq!(problems(Vec::new()), [expected]);
    }

    #[rstest]
    #[case::unknown(|all: &mut Vec<Template>| all.retain(|one| one.name != "message_waiting"), "nudge: account 200000000000001 has no template message_waiting")]
    #[case::language(|all: &mut Vec<Template>| all.retain(|one| one.language != "en"), "opt_in: template opt_in_request has no language en, only de")]
    #[case::paused(|all: &mut Vec<Template>| all[0].status = "PAUSED".to_owned(), "opt_in: template opt_in_request (en) is paused, not approved")]
    #[case::another_translation_may_wait(|all: &mut Vec<Template>| all[1].status = "PENDING".to_owned(), "")]
    #[case::marketing(
        |all: &mut Vec<Template>| all[0].category = TemplateCategory::Marketing,
        "opt_in: template opt_in_request (en) is not a utility template: WhatsApp may withhold it"
    )]
    #[case::variables(
        |all: &mut Vec<Template>| all[1].body = "Hallo, {{1}}".to_owned(),
        "opt_in: template opt_in_request (de) has 1 variable(s), 2 are filled"
    )]
    #[case::not_sendable(
        |all: &mut Vec<Template>| all[0].not_sendable = Some("it has a carousel".to_owned()),
        "opt_in: template opt_in_request (en) cannot be sent from here: it has a carousel"
    )]
    #[case::no_buttons(
        |all: &mut Vec<Template>| all[0].buttons.clear(),
        "opt_in: template opt_in_request (en) has 0 quick replies, and needs two: Yes and No"
    )]
    #[case::of_one_language(
        |all: &mut Vec<Template>| all[4].buttons.truncate(1),
        "languages.pt-BR.opt_in: template pedido_de_contato (pt_BR) has 1 quick replies, and needs two: Yes and No"
    )]
    fn what_does_not_fit_is_told_with_its_place(#[case] change: fn(&mut Vec<Template>), #[case] expected: &str) {
        let mut templates = right();
        change(&mut templates);
        let found = problems(templates);
        if expected.is_empty() {
            assert_eq!(found, [""; 0]);
        } else {
            assert!(found.contains(&format!("warning: lines[0].templates.{expected}")), "{found:?}");
        }
    }

    #[rstest]
    #[case(&["Yes", "No"], None)]
    #[case(&["Nein", "Ja"], None)]
    #[case(&["Ja", "Stopp"], None)]
    #[case(&["Yes", "Start"], Some("has no way to say No: \"Yes\" and \"Start\" are both opt-in keywords"))]
    #[case(&["No", "Sure"], Some("has no way to say Yes: \"Sure\" is no opt-in keyword of the line"))]
    #[case(&["Later", "Yes"], Some("has no way to say No: \"Later\", in the first place, is no keyword of the line and is read as Yes"))]
    #[case(&["Sure", "No"], Some("has the quick reply \"Sure\", which is no keyword of the line; it is read as Yes by its place"))]
    #[case(&["Yes", "Rather not"], Some("has the quick reply \"Rather not\", which is no keyword of the line; it is read as No by its place"))]
    #[case(&["Help", "No"], Some("has the quick reply \"Help\", which is no keyword of the line; it is read as Yes by its place"))]
    #[case(&["Yes"], Some("has 1 quick replies, and needs two: Yes and No"))]
    fn the_two_answers_must_mean_yes_and_no(#[case] replies: &[&str], #[case] expected: Option<&str>) {
        let directory = Directory::parse(EXAMPLE).expect("the example");
        let keywords = Keywords::of(&directory.lines[0]);
        assert_eq!(answers(&template("x", "en", "", replies), &keywords).as_deref(), expected);
    }
}
