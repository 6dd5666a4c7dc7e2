//! Whether one may write to a client now, how, why, and what it costs: the words of the preflight command and of a
//! conversation's help card.

use crate::bridge::{Cost, Decision, PriceCategory, Rule, WhyFree};

// The help card of a conversation.
pub const UNTIL: &str = "Until";
pub const ASK_AGAIN: &str = "Ask again";
pub const TEMPLATE: &str = "Template";
pub const PRICE: &str = "Price";
pub const THIS_MONTH: &str = "This month";
/// How a message goes that is no template.
pub const TEXT_COSTS: &str = "A text";
pub const REQUEST_COSTS: &str = "The request";
pub const NUDGE_COSTS: &str = "The reminder template";
pub const TEMPLATE_COSTS: &str = "The template";
pub const AN_APPROVED_ONE_MAY_GO: &str = "An approved utility template may be sent now.";
/// Below every price: why no amount stands there.
pub const NO_AMOUNTS: &str = "WhatsApp's rates differ by country and change by the quarter; see Meta's price list.";

/// How what a colleague writes now would go.
pub fn outlook(decision: Decision, client: &str) -> String {
    match decision {
        Decision::Send => format!("You can write to {client} now."),
        Decision::Hold { nudge: false } => format!("What you write now is held until {client} writes."),
        Decision::Hold { nudge: true } => format!("What you write now is held until {client} writes, and a template asks {client} to."),
        Decision::HandBack => format!("Only a template can be sent to {client} now."),
        Decision::AskConsent => format!("{client} is asked first: your message leads to the request."),
        Decision::OfferContact => format!("{client} has to be added as a contact first."),
        Decision::Refuse => format!("Nothing can be sent to {client} now."),
    }
}

/// The same for whoever asks on the command line. `until`: when a held message would expire.
pub fn answer(decision: Decision, template: bool, until: &str) -> String {
    match decision {
        Decision::Send if template => "yes: the template would be sent now".to_owned(),
        Decision::Send => "yes: free text would be sent now".to_owned(),
        Decision::Hold { nudge: false } => format!("not yet: it would be held until the client writes, and expire {until}"),
        Decision::Hold { nudge: true } => {
            format!("not yet: it would be held until the client writes, and expire {until}; the reminder template would be sent")
        }
        Decision::HandBack => "no: the text would be handed back; only a template may go".to_owned(),
        Decision::AskConsent => "not yet: the opt-in request goes first".to_owned(),
        Decision::OfferContact => "no: the client has to be added as a contact first".to_owned(),
        Decision::Refuse => "no: it would be refused".to_owned(),
    }
}

/// Why, in one sentence.
pub fn why(rule: Rule) -> &'static str {
    match rule {
        Rule::NotEnabled => "The organization, the line or the colleague is not enabled.",
        Rule::NumberDeactivated => "The number is switched off.",
        Rule::NotAContact => "The client is no contact of this line yet.",
        Rule::OwnedByOthers => "The client is already in a conversation with another colleague of this line.",
        Rule::ConsentRefused => "The client declined or asked to stop; only the client can change that.",
        Rule::RequestPending => "The client was asked and has not answered yet.",
        Rule::ConsentNeeded => "The client has not agreed to messages.",
        Rule::WindowOpen => "The client agreed, and the 24-hour window is open.",
        Rule::ApprovedTemplate => "The client agreed, and an approved template may go outside the 24-hour window.",
        Rule::TemplateOnly => "The 24-hour window is closed, and this line sends only templates then.",
        Rule::Queue => "The 24-hour window is closed, and this line holds messages until the client writes.",
        Rule::ClientFirst => "The client wrote first, and this line answers inside the 24-hour window.",
        Rule::AnswerInWindow => "The server answers inside the 24-hour window.",
        Rule::AnswerTooLate => "The 24-hour window for the server's answer is closed.",
        Rule::TemplateNotApproved => "WhatsApp has not approved this template, or it cannot be sent from here.",
        Rule::MarketingNotAllowed => "Marketing is not allowed by the line, to this number, or by the client.",
        Rule::TemplateUnanswered => "The client has not answered the last template; only one is sent in 24 hours.",
        Rule::RevocationOpen => "The client may be asking to stop; somebody has to decide that first.",
        Rule::AlreadyGranted => "The client has agreed already.",
    }
}

/// The sentence with the number of its row, where it has one.
pub fn why_by_row(rule: Rule) -> String {
    match rule.row() {
        Some(row) => format!("{} (Rule {row})", why(rule)),
        None => why(rule).to_owned(),
    }
}

/// The rule as the journal names it, in words: `window open`.
pub fn rule_name(rule: Rule) -> String {
    let mut name = String::new();
    for c in format!("{rule:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push(' ');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// What a message would cost. `until` says the end of free time.
pub fn cost(category: &PriceCategory, cost: Cost, until: impl Fn(crate::bridge::Time) -> String) -> String {
    let category = category_name(category);
    match cost {
        Cost::Charged => format!("charged as {category}"),
        Cost::Free(WhyFree::EntryPoint { until: end }) => format!("free until {}: the client came through an ad", until(end)),
        Cost::Free(WhyFree::Allowance { used, of }) => {
            format!("free: one of the number's first {of} replies this month ({used} used so far)")
        }
        Cost::Free(WhyFree::Service) => "free: replies inside the window are not charged".to_owned(),
        Cost::Free(WhyFree::UtilityInWindow) => "free: utility templates inside the window are not charged".to_owned(),
    }
}

/// `A text is free: replies inside the window are not charged.`
pub fn price(what: &str, cost: &str) -> String {
    format!("{what} is {cost}.")
}

fn category_name(category: &PriceCategory) -> String {
    match category {
        PriceCategory::Service => "a reply (service, at the utility rate)".to_owned(),
        other => other.as_str().to_owned(),
    }
}

/// `2026-11: 12 service (free), 3 utility (charged)`, or that there is none yet.
pub fn counts(month: &str, counts: &[String]) -> String {
    if counts.is_empty() { format!("{month}: none delivered yet") } else { format!("{month}: {}", counts.join(", ")) }
}

/// One count: WhatsApp's own words for category and type.
pub fn count(count: u64, category: &str, kind: &str) -> String {
    format!("{count} {category} ({})", kind.replace('_', " "))
}

// What stands in the way of an answer. Each names what there is to choose from.

pub fn nobody_named(name: &str, near: &[String]) -> String {
    format!("nobody is called {name}{}", did_you_mean(near))
}

pub fn several_named(name: &str, found: &[String]) -> String {
    format!("{name} is more than one; say which:\n{}", lines(found))
}

pub fn no_such_line(line: &str, known: &[String]) -> String {
    format!("there is no line {line}; there is {}", super::names::names(known))
}

pub fn no_lines(colleague: &str) -> String {
    format!("{colleague} belongs to no line; say one with --line")
}

pub fn which_line(client: &str, lines: &[String]) -> String {
    format!("{client} is unknown, and {} could be meant; say which with --line", lines.join(" or "))
}

pub fn unknown_client(client: &str, lines: &[String], near: &[String]) -> String {
    format!("{client} is no contact of {}{}", lines.join(" or "), did_you_mean(near))
}

pub fn not_a_number(typed: &str, reason: &str) -> String {
    format!("{typed} is not known, and {reason}")
}

pub fn unknown_template(name: &str, near: &[String]) -> String {
    format!("WhatsApp lists no template {name} for this number{}", did_you_mean(near))
}

pub fn unknown_language(name: &str, languages: &[String]) -> String {
    format!("the template {name} exists in {}; say which with --language", super::names::names(languages))
}

pub const NO_DIRECTORY: &str = "no directory is in force: nobody is enabled. Apply one with `switchboard directory apply FILE`";
pub const NO_TEMPLATE_WITHOUT_NUMBER: &str = "the line has no number, so it has no templates";

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean\n{}", lines(near)) }
}

fn lines(found: &[String]) -> String {
    found.iter().map(|one| format!("  {one}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(PriceCategory::Service, Cost::Charged, "charged as a reply (service, at the utility rate)")]
    #[case(PriceCategory::Marketing, Cost::Charged, "charged as marketing")]
    #[case(PriceCategory::Service, Cost::Free(WhyFree::Allowance { used: 12, of: 1_000 }),
        "free: one of the number's first 1000 replies this month (12 used so far)")]
    #[case(PriceCategory::Utility, Cost::Free(WhyFree::EntryPoint { until: crate::bridge::Time::UNIX_EPOCH }),
        "free until later: the client came through an ad")]
    fn a_price_is_said_without_an_amount(#[case] category: PriceCategory, #[case] price: Cost, #[case] expected: &str) {
        assert_eq!(cost(&category, price, |_| "later".to_owned()), expected);
    }

    #[test]
    fn what_is_missing_names_what_there_is() {
        assert_eq!(nobody_named("Anna", &["Ana Souza (ana@x)".to_owned()]), "nobody is called Anna; did you mean\n  Ana Souza (ana@x)");
        assert_eq!(nobody_named("Zoe", &[]), "nobody is called Zoe");
    }
}
