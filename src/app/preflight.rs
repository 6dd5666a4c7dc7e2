//! `switchboard preflight`: asks the store of a server, running or not, and changes nothing in it.

use crate::bridge::Time;
pub use crate::relay::{Question, Report};
use crate::relay::{What, counted, preflight};
use crate::store::{self, Address};
use crate::texts::{labels, preflight as words, when};
use anyhow::Context;

/// Answers from a database as it stands at `now`.
pub fn ask(store: &Address, question: &Question, now: Time) -> anyhow::Result<Report> {
    let answered = store::look(store, |tx| Ok(preflight(tx, question, now))).context("the database cannot be read")?;
    Ok(answered?)
}

/// The answer for a terminal, aligned: what is asked first, then what it rests on.
pub fn table(report: &Report) -> String {
    let time = |at: Time| when(at, &report.time_zone, report.asked_at);
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let mut row = |key: &str, value: String| {
        table.add_row([key.to_owned(), value]);
    };
    row("Answer", report.answer.clone());
    row(
        "Why",
        match report.row {
            Some(number) => format!("{} (row {number}, {})", report.why, words::rule_name(report.rule)),
            None => format!("{} ({})", report.why, words::rule_name(report.rule)),
        },
    );
    row("From", format!("{}, {}", report.colleague.name, report.line.name));
    row("Number", report.number.as_ref().map_or_else(|| "none".to_owned(), |number| number.display.clone()));
    let known_as = [Some(&report.client.name), report.client.phone.as_ref(), report.client.bsuid.as_ref()];
    let mut known_as: Vec<_> = known_as.into_iter().flatten().cloned().collect();
    known_as.dedup();
    row("To", known_as.join(", "));
    if let Some(template) = &report.template {
        let reason = template.not_sendable.as_ref().map(|reason| format!("; {reason}")).unwrap_or_default();
        row(
            "Template",
            format!("{} ({}), {}, {}{reason}", template.name, template.language, labels::category(template.category), template.status),
        );
    }
    let asked = report.consent.next_request_at.map(|at| format!(", next request {}", time(at))).unwrap_or_default();
    row("Consent", format!("{}{asked}", labels::consent(report.consent.state)));
    row(
        "Window",
        match (report.window.open, report.window.closes_at) {
            (true, Some(at)) => format!("open until {}", time(at)),
            (false, Some(at)) => format!("closed since {}", time(at)),
            _ => "closed".to_owned(),
        },
    );
    if report.held > 0 {
        row("Held", labels::held_count(usize::try_from(report.held).unwrap_or(usize::MAX)));
    }
    for charge in &report.charges {
        let what = match charge.what {
            What::Message if report.template.is_some() => words::TEMPLATE_COSTS,
            What::Message => words::TEXT_COSTS,
            What::Request => words::REQUEST_COSTS,
            What::Nudge => words::NUDGE_COSTS,
        };
        row("Price", words::price(what, &words::cost(&charge.category, charge.cost, time)));
    }
    row("Delivered", counted(report));
    if report.charges.iter().any(|charge| charge.charged) {
        row("", words::NO_AMOUNTS.to_owned());
    }
    table.trim_fmt()
}
