//! What administrators must hear about templates and the account, and what it changes at once.

use super::desk::Desk;
use crate::bridge::{NewsWeight, Role, TemplateChange, WabaId, account_weight};
use crate::cards::{self, News, Style};
use crate::store::Result;
use crate::texts::{NewsWords, account_news, labels, template_news};
use chrono::Duration;
use serde_json::json;

/// The same news about the same thing is told at most this often.
const AGAIN_AFTER: Duration = Duration::hours(1);

/// Which template, and why it changed.
#[derive(Clone, Copy, Debug)]
pub struct AboutTemplate<'a> {
    pub waba: &'a WabaId,
    pub name: Option<&'a str>,
    pub language: Option<&'a str>,
    pub reason: Option<&'a str>,
}

/// A template changed. The cache follows at once: the next action is decided by what is known now, not by the last list.
pub fn on_template(desk: &Desk<'_>, about: &AboutTemplate<'_>, event: &str, change: &TemplateChange) -> Result<()> {
    let &AboutTemplate { waba, name, language, reason } = about;
    let mut changed = 0usize;
    for mut template in desk.tx.templates(waba)? {
        let meant = Some(template.name.as_str()) == name && language.is_none_or(|language| same_language(language, &template.language));
        if meant && template.apply(change) {
            desk.tx.change_template(&template, desk.now)?;
            changed += 1;
        }
    }
    let body = json!({ "waba": waba, "name": name, "language": language, "event": event, "reason": reason, "changed": changed });
    desk.journal("template.changed", "whatsapp", None, None, &body)?;
    let shown = name.unwrap_or(labels::UNNAMED_TEMPLATE);
    let subject = format!("template:{waba}:{shown}:{}:{event}", language.unwrap_or_default());
    let facts = vec![
        (labels::TEMPLATE, shown.to_owned()),
        (labels::LANGUAGE, language.unwrap_or_default().to_owned()),
        (labels::LINE_OF_BUSINESS, lines(desk, waba)),
        (labels::REASON, reason.unwrap_or_default().to_owned()),
    ];
    tell(desk, &subject, change.weight(), template_news(shown, change), facts)
}

/// News of the account. `number` is the number it is about, as Meta writes it.
pub fn on_account(desk: &Desk<'_>, waba: &WabaId, field: &str, event: &str, number: Option<&str>, summary: &str) -> Result<()> {
    tracing::warn!(%waba, field, event, "WhatsApp has news about the account");
    desk.journal("account.news", "whatsapp", None, None, &json!({ "waba": waba, "field": field, "summary": summary }))?;
    let facts = vec![
        (labels::NUMBER, number.map(|number| shown_number(desk, number)).unwrap_or_default()),
        (labels::LINE_OF_BUSINESS, lines(desk, waba)),
        (labels::DETAILS, summary.to_owned()),
    ];
    let subject = format!("account:{waba}:{field}:{summary}");
    tell(desk, &subject, account_weight(field, event), account_news(field, event), facts)
}

/// One card to every administrator who has a chat with the app, whatever lines they have.
fn tell(desk: &Desk<'_>, subject: &str, weight: NewsWeight, words: NewsWords, facts: Vec<(&'static str, String)>) -> Result<()> {
    if !desk.tx.news_is_due(subject, desk.now - AGAIN_AFTER, desk.now)? {
        return Ok(());
    }
    let style = match weight {
        NewsWeight::Good => Style::Good,
        NewsWeight::Plain => Style::Default,
        NewsWeight::Warning => Style::Warning,
        NewsWeight::Alarm => Style::Attention,
    };
    let view = News { what: words.what, meaning: words.meaning, advice: words.advice, facts, style };
    let mut told = Vec::new();
    for id in desk.tx.colleagues()? {
        let Some(person) = desk.person(&id)? else { continue };
        let entry = desk.office.entry(&person.known).filter(|entry| entry.enabled);
        if entry.is_some_and(|entry| entry.roles.contains(&Role::Administrator)) {
            desk.post(None, &person, cards::news(&desk.reader(&person, None), &view), None)?;
            told.push(id);
        }
    }
    if told.is_empty() {
        tracing::warn!(subject, "no administrator has the app: give somebody the role in the directory, and let them install it");
    }
    desk.journal("news.told", super::desk::SERVER, None, None, &json!({ "subject": subject, "what": view.what, "to": told }))
}

/// The lines that use an account.
fn lines(desk: &Desk<'_>, waba: &WabaId) -> String {
    let directory = &desk.office.directory;
    let mut names: Vec<&str> = directory
        .numbers
        .iter()
        .filter(|number| number.waba_id == *waba)
        .filter_map(|number| directory.line(&number.line))
        .map(|line| line.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// A number as the directory writes it, where it knows it.
fn shown_number(desk: &Desk<'_>, number: &str) -> String {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known = desk.office.directory.numbers.iter().find(|known| digits(&known.display) == digits(number));
    known.map_or_else(|| number.to_owned(), |known| known.display.clone())
}

/// `en-US` is `en_US`.
fn same_language(one: &str, other: &str) -> bool {
    one.replace('-', "_").eq_ignore_ascii_case(&other.replace('-', "_"))
}
