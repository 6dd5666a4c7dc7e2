//! What a colleague may choose from: templates, contacts, threads, narrowed down by what they typed.
//!
//! Everything here is by the colleague's own rights: their threads, their lines' contacts, the templates of their threads' numbers.

use super::desk::{Case, Desk, Person};
use super::mates::{self, Mate};
use crate::bridge::{ContactQuery, Template, TemplateCategory, fold, grouped_templates, phone};
use crate::cards::{TemplateRow, ThreadChoice};
use crate::store::{Contact, Result};
use crate::texts::sentences;

/// Words that must all occur, in whatever order and case. An underscore counts as a space: nobody types `order_update`.
struct Wanted(Vec<String>);

impl Wanted {
    fn new(typed: &str) -> Self {
        Self(spaced(typed).split_whitespace().map(str::to_owned).collect())
    }

    fn is_in(&self, texts: &[&str]) -> bool {
        let text = spaced(&texts.join(" "));
        self.0.iter().all(|word| text.contains(word))
    }
}

fn spaced(text: &str) -> String {
    text.to_lowercase().replace('_', " ")
}

/// A template, and how the picker shows it.
#[derive(Clone, Debug)]
pub struct Found {
    pub template: Template,
    pub row: TemplateRow,
}

/// The approved templates of a thread's WABA by name, best first (see [`grouped_templates`]); those that cannot be sent at the end.
pub fn template_groups(desk: &Desk<'_>, case: &Case, typed: &str) -> Result<Vec<Vec<Template>>> {
    let Some(number) = desk.office.directory.number(&case.thread.number) else { return Ok(Vec::new()) };
    let wanted = Wanted::new(typed);
    let asks = |name: &str| desk.line(&case.contact.line).is_some_and(|line| line.templates.asks(name));
    let mut found = desk.tx.templates(&number.waba_id)?;
    // The opt-in request has its own way out and its own rule.
    found.retain(|template| !asks(&template.name) && template.status.eq_ignore_ascii_case("APPROVED"));
    found.retain(|template| wanted.is_in(&[&template.name, &template.language, &template.body]));
    let language = case.contact.language.as_deref().unwrap_or_default();
    let refused = |template: &Template| refusal(desk, case, template).is_some();
    Ok(grouped_templates(found, language, &desk.office.directory.organization.language, refused))
}

/// The same, each language by itself.
pub fn templates(desk: &Desk<'_>, case: &Case, typed: &str) -> Result<Vec<Found>> {
    let templates = template_groups(desk, case, typed)?.into_iter().flatten();
    let mut found: Vec<Found> = templates.map(|template| Found { row: row(desk, case, &template), template }).collect();
    found.sort_by_key(|found| found.row.refused.is_some());
    Ok(found)
}

/// A row of the picker, with the reason where a rule would refuse the template anyway.
fn row(desk: &Desk<'_>, case: &Case, template: &Template) -> TemplateRow {
    TemplateRow { refused: refusal(desk, case, template), ..TemplateRow::from(template) }
}

/// Why this template cannot go to this client, in plain words.
pub fn refusal(desk: &Desk<'_>, case: &Case, template: &Template) -> Option<String> {
    let allowed = desk.line(&case.contact.line).is_some_and(|line| line.policy.marketing_templates);
    if let Some(reason) = &template.not_sendable {
        return Some(reason.clone());
    }
    if matches!(template.category, TemplateCategory::Marketing | TemplateCategory::Unknown) {
        let us_number = case.contact.number().is_some_and(|number| phone::is_us(&number));
        let reason = match (allowed, case.contact.marketing_stopped, us_number) {
            (false, ..) => Some(sentences::MARKETING_OFF),
            (true, true, _) => Some(sentences::MARKETING_STOPPED),
            (true, false, true) => Some(sentences::MARKETING_US),
            (true, false, false) => None,
        };
        return reason.map(str::to_owned);
    }
    // Meta takes one-time passwords for phones only (131062).
    (template.category == TemplateCategory::Authentication && case.contact.number().is_none())
        .then(|| sentences::CODE_NEEDS_PHONE.to_owned())
}

/// The templates of all of a colleague's open threads, for somebody who is yet to say which one is meant. One that can be sent
/// in some thread is not refused.
pub fn templates_of_all(desk: &Desk<'_>, person: &Person, typed: &str) -> Result<Vec<Found>> {
    let mut all: Vec<Found> = Vec::new();
    let mut seen = Vec::new();
    for thread in desk.tx.open_threads(person.id())? {
        // What can be sent is the same in all threads of a line and a number; a colleague may have hundreds of them.
        let same = (thread.line.clone(), thread.number.clone());
        if seen.contains(&same) {
            continue;
        }
        seen.push(same);
        let Some(case) = desk.case(thread.id)? else { continue };
        for found in templates(desk, &case, typed)? {
            let same = |known: &&mut Found| (&known.row.name, &known.row.language) == (&found.row.name, &found.row.language);
            match all.iter_mut().find(same) {
                Some(known) if found.row.refused.is_none() => known.row.refused = None,
                Some(_) => {}
                None => all.push(found),
            }
        }
    }
    all.sort_by_key(|found| found.row.refused.is_some());
    Ok(all)
}

/// Nobody scrolls further than this; whoever needs more types more.
const MOST_CONTACTS: usize = 500;

/// Up to `most` contacts of the colleague's lines, by part of a name or number.
pub fn contacts(desk: &Desk<'_>, person: &Person, typed: &str, most: usize) -> Result<Vec<Contact>> {
    let most = most.min(MOST_CONTACTS);
    let limit = u32::try_from(most).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    for line in desk.office.lines_of(&person.known) {
        found.extend(desk.tx.find_contacts(&line.id, &ContactQuery::read(typed, line.region.as_deref()), limit)?);
    }
    // Whose name begins with it is meant more often than whose name holds it somewhere.
    let begins = fold(typed);
    if !begins.is_empty() {
        found.sort_by_key(|contact| !fold(&contact.name).starts_with(&begins));
    }
    found.truncate(most);
    Ok(found)
}

/// The colleague's open threads whose client, line or number is meant, newest first.
pub fn threads(desk: &Desk<'_>, person: &Person, typed: &str) -> Result<Vec<ThreadChoice>> {
    let wanted = Wanted::new(typed);
    let mut found = Vec::new();
    for thread in desk.tx.open_threads(person.id())? {
        // Who goes on under another contact is not written to here any more.
        let Some(contact) = desk.tx.contact(thread.contact)?.filter(|contact| contact.merged_into.is_none()) else { continue };
        let head = desk.head(&contact, Some(&thread));
        if wanted.is_in(&[&head.client, &head.line, &head.number]) {
            found.push(ThreadChoice { thread: thread.id, client: head.client, line: head.line, number: head.number });
        }
    }
    Ok(found)
}

/// Whether a colleague may give a thread's client to somebody: who takes part, and the line's supervisors.
pub fn may_transfer(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<bool> {
    let line = &case.contact.line;
    Ok(desk.supervises(person, line) || (desk.is_of_line(person, line) && desk.tx.participants(case.thread.id)?.contains(person.id())))
}

/// To whom they may give the client, by name: who is enabled for the line, but themselves, unless they supervise it; nobody for who may
/// not give it.
pub fn receivers(desk: &Desk<'_>, person: &Person, case: &Case, typed: &str) -> Result<Vec<Mate>> {
    if !may_transfer(desk, person, case)? {
        return Ok(Vec::new());
    }
    let (wanted, supervises) = (Wanted::new(typed), desk.supervises(person, &case.contact.line));
    let mut mates = mates::of_line(desk, &case.contact.line)?;
    mates.retain(|mate| wanted.is_in(&[&mate.name]) && (supervises || mate.id != person.id().as_str()));
    Ok(mates)
}

/// Whom they may add to a conversation that they take part in, by name: who is enabled for the line and takes no part yet.
pub fn addable(desk: &Desk<'_>, person: &Person, case: &Case, typed: &str) -> Result<Vec<Mate>> {
    let participants = desk.tx.participants(case.thread.id)?;
    if !participants.contains(person.id()) {
        return Ok(Vec::new());
    }
    let wanted = Wanted::new(typed);
    let mut mates = mates::of_line(desk, &case.contact.line)?;
    mates.retain(|mate| wanted.is_in(&[&mate.name]) && participants.iter().all(|id| id.as_str() != mate.id));
    Ok(mates)
}

/// The colleagues of somebody's lines whom Teams knows, by name.
pub fn mates(desk: &Desk<'_>, person: &Person, typed: &str) -> Result<Vec<Mate>> {
    let wanted = Wanted::new(typed);
    let mut mates = mates::of_lines_of(desk, person)?;
    mates.retain(|mate| mate.person.is_some() && wanted.is_in(&[&mate.name]));
    Ok(mates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", true)]
    #[case("  ", true)]
    #[case("order", true)]
    #[case("ORDER", true)]
    #[case("update order", true)]
    #[case("order_update", true)]
    #[case("your READY", true)]
    #[case("order cancelled", false)]
    #[case("%", false)]
    fn all_words_must_occur_in_any_order(#[case] typed: &str, #[case] found: bool) {
        assert_eq!(Wanted::new(typed).is_in(&["order_update", "en", "Your order {{1}} is ready."]), found);
    }
}
