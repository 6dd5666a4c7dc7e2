//! Whom and what somebody means who types it: one answer, or the candidates.

use crate::bridge::{
    ClientIdentity, Colleague, ColleagueId, Consent, ContactId, ContactQuery, ConversationReference, Line, LineId, Number, Template, phone,
};
use crate::relay::desk::{Desk, Person};
use crate::store::{Contact, KnownColleague, Result, StoreError};
use crate::texts::preflight as words;

/// Contacts looked through for a name.
const MANY: u32 = 100_000;
/// Candidates named in an error.
const NEAR: usize = 5;
/// Names this many letters apart may be meant for each other.
const MISSPELT: usize = 2;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody or something is not known, or more than one is meant; the candidates are named.
    #[error("{0}")]
    Unclear(String),
}

/// A client as found, or as typed by somebody who wants to write to a stranger.
pub struct Client {
    pub contact: Contact,
    /// False: no contact of the line; `contact` holds only what was typed.
    pub known: bool,
}

fn unclear(what: String) -> Unanswered {
    Unanswered::Unclear(what)
}

/// By UPN, Entra object id, or name if only one is called so; seen in Teams or only in the directory.
pub fn colleague(desk: &Desk<'_>, wanted: &str) -> Result<Person, Unanswered> {
    let wanted = wanted.trim();
    let mut people: Vec<Person> = desk.tx.known_colleagues()?.into_iter().map(|known| desk.as_person(known)).collect();
    for entry in &desk.office.directory.colleagues {
        let seen = |person: &Person| desk.office.entry(&person.known).is_some_and(|known| known.id == entry.id);
        if !people.iter().any(seen) {
            people.push(desk.as_person(unseen(entry)));
        }
    }
    let is_id = |person: &Person| {
        let entry = desk.office.entry(&person.known).map(|entry| entry.id.as_str());
        let ids = [Some(person.id().as_str()), person.known.upn.as_deref(), entry];
        ids.into_iter().flatten().any(|id| id.eq_ignore_ascii_case(wanted))
    };
    if let Some(at) = people.iter().position(is_id) {
        return Ok(people.swap_remove(at));
    }
    let named: Vec<usize> = (0..people.len()).filter(|at| same(&people[*at].name, wanted)).collect();
    let told = |person: &Person| {
        let id = person.known.upn.as_deref().unwrap_or(person.id().as_str());
        format!("{} ({id})", person.name)
    };
    match named[..] {
        [one] => Ok(people.swap_remove(one)),
        [] => {
            // A UPN that Teams has never told us still holds most of a name.
            let name = wanted.split_once('@').map_or(wanted, |(name, _)| name);
            Err(unclear(words::nobody_named(wanted, &near(name, people.iter().map(|person| (person.name.as_str(), told(person)))))))
        }
        _ => Err(unclear(words::several_named(wanted, &named.into_iter().map(|at| told(&people[at])).collect::<Vec<_>>()))),
    }
}

/// A colleague of the directory who has never been seen in Teams.
fn unseen(entry: &Colleague) -> KnownColleague {
    KnownColleague {
        id: ColleagueId(entry.id.0.to_lowercase()),
        upn: None,
        name: Some(entry.name.clone()),
        user_id: String::new(),
        home: ConversationReference { tenant: String::new(), conversation: String::new().into(), service_url: String::new() },
        locale: None,
        time_zone: None,
        installed: false,
        welcomed: false,
        focus: None,
    }
}

/// The line that was said, else those of the colleague, switched off or not: row 1 says so.
pub fn lines<'a>(desk: &Desk<'a>, person: &Person, wanted: Option<&str>) -> Result<Vec<&'a Line>, Unanswered> {
    let all = &desk.office.directory.lines;
    if let Some(wanted) = wanted {
        let found = all.iter().find(|line| line.id.as_str() == wanted).or_else(|| all.iter().find(|line| same(&line.name, wanted)));
        let known = || all.iter().map(|line| format!("{} ({})", line.id, line.name)).collect::<Vec<_>>();
        return found.map(|line| vec![line]).ok_or_else(|| unclear(words::no_such_line(wanted, &known())));
    }
    let own: Vec<&Line> = match desk.office.entry(&person.known) {
        Some(entry) => entry.lines.iter().filter_map(|id| desk.line(id)).collect(),
        // Who is in no directory any more is refused on every line alike.
        None => all.iter().collect(),
    };
    if own.is_empty() { Err(unclear(words::no_lines(&person.name))) } else { Ok(own) }
}

/// By business-scoped user id, phone in any format and spelling, or name of a contact if only one is called so.
pub fn client(desk: &Desk<'_>, person: &Person, lines: &[&Line], wanted: &str) -> Result<Client, Unanswered> {
    let wanted = wanted.trim();
    let mut found = Vec::new();
    let (mut number, mut fault) = (None, None);
    for line in lines {
        let by_bsuid = ClientIdentity { bsuid: Some(wanted.to_owned()), ..ClientIdentity::default() };
        found.extend(desk.tx.contact_of(&line.id, &by_bsuid)?);
        if looks_like_a_phone(wanted) {
            match phone::parse(wanted, line.region.as_deref()) {
                Ok(e164) => {
                    found.extend(desk.tx.contact_by_phone(&line.id, &e164)?);
                    number = Some(e164);
                }
                Err(error) => fault = Some(error),
            }
            // What WhatsApp calls somebody need not be a number that can be dialled.
            let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
            found.extend(desk.tx.contact_by_phone(&line.id, digits.strip_prefix("00").unwrap_or(&digits))?);
        }
    }
    let mut near_ones = Vec::new();
    if found.is_empty() {
        let mut contacts = Vec::new();
        for line in lines {
            contacts.extend(desk.tx.find_contacts(&line.id, &ContactQuery::default(), MANY)?);
        }
        found = contacts.iter().filter(|contact| same(&contact.name, wanted)).cloned().collect();
        if found.is_empty() {
            near_ones = near(wanted, contacts.iter().map(|contact| (contact.name.as_str(), told(desk, contact))));
        }
    }
    let mut ids = std::collections::HashSet::new();
    found.retain(|contact| ids.insert(contact.id));
    match (&found[..], number.is_some() || is_bsuid(wanted)) {
        ([one], _) => Ok(Client { contact: one.clone(), known: true }),
        ([], true) => stranger(desk, person, lines, wanted, number),
        ([], false) => Err(unclear(match fault {
            Some(fault) => words::not_a_number(wanted, &fault.to_string()),
            None => words::unknown_client(wanted, &names(lines), &near_ones),
        })),
        (several, _) => Err(unclear(words::several_named(wanted, &several.iter().map(|one| told(desk, one)).collect::<Vec<_>>()))),
    }
}

/// Somebody who is no contact: judged by the one line that can be meant.
fn stranger(desk: &Desk<'_>, person: &Person, lines: &[&Line], wanted: &str, number: Option<String>) -> Result<Client, Unanswered> {
    let enabled = desk.office.lines_of(&person.known);
    let usable: Vec<&&Line> = lines.iter().filter(|line| enabled.iter().any(|known| known.id == line.id)).collect();
    let line: &LineId = match (&usable[..], lines) {
        ([line], _) => &line.id,
        ([], [line]) => &line.id,
        _ => return Err(unclear(words::which_line(wanted, &names(lines)))),
    };
    let bsuid = number.is_none().then(|| wanted.to_owned());
    let contact = Contact {
        id: ContactId(0),
        line: line.clone(),
        name: number.clone().unwrap_or_else(|| wanted.to_owned()),
        phone: number,
        wa_id: None,
        bsuid,
        language: None,
        added_by: None,
        added_at: desk.now,
        consent: Consent::NONE,
        requested_by: None,
        request_message: None,
        basis: None,
        helped_at: None,
        turned_away_at: None,
        marketing_stopped: false,
        request_language: None,
        merged_into: None,
        notes: String::new(),
    };
    Ok(Client { contact, known: false })
}

fn names(lines: &[&Line]) -> Vec<String> {
    lines.iter().map(|line| line.id.0.clone()).collect()
}

fn told(desk: &Desk<'_>, contact: &Contact) -> String {
    let known_as = contact.number().or_else(|| contact.bsuid.clone()).unwrap_or_default();
    let line = desk.line(&contact.line).map_or(contact.line.as_str(), |line| &line.name);
    format!("{} ({known_as}, {line})", contact.name)
}

fn looks_like_a_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 5 && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-()/.".contains(c))
}

/// `US.1349…`, `US.ENT.1349…`: a country, and letters and digits.
fn is_bsuid(text: &str) -> bool {
    text.split_once('.').is_some_and(|(country, rest)| {
        let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
        country.len() == 2
            && country.bytes().all(|b| b.is_ascii_uppercase())
            && (8..=128).contains(&rest.len())
            && rest.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// A template of the number's account: by name, in the language that is said, or else the likeliest.
pub fn template(
    desk: &Desk<'_>,
    number: Option<&Number>,
    line: &Line,
    contact: &Contact,
    name: &str,
    language: Option<&str>,
) -> Result<Template, Unanswered> {
    let number = number.ok_or_else(|| unclear(words::NO_TEMPLATE_WITHOUT_NUMBER.to_owned()))?;
    let templates = desk.tx.templates(&number.waba_id)?;
    let named: Vec<&Template> = templates.iter().filter(|template| same(&template.name, name)).collect();
    if named.is_empty() {
        let told = |template: &Template| template.name.clone();
        let near = near(name, templates.iter().map(|template| (template.name.as_str(), told(template))));
        return Err(unclear(words::unknown_template(name, &near)));
    }
    let fold = |language: &str| language.replace('_', "-").to_lowercase();
    let base = |language: &str| fold(language).split('-').next().unwrap_or_default().to_owned();
    let exactly = |wanted: &str| named.iter().find(|template| fold(&template.language) == fold(wanted));
    let nearly = |wanted: &str| exactly(wanted).or_else(|| named.iter().find(|template| base(&template.language) == base(wanted)));
    let found = match (language, &named[..]) {
        (Some(language), _) => exactly(language),
        (None, [only]) => Some(only),
        (None, _) => contact.language.as_deref().and_then(nearly).or_else(|| nearly(desk.office.directory.language(line))),
    };
    let languages = || named.iter().map(|template| template.language.clone()).collect::<Vec<_>>();
    found.map(|template| (*template).clone()).ok_or_else(|| unclear(words::unknown_language(name, &languages())))
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The candidates that may have been meant, the nearest first: part of a name, or a misspelt one.
fn near<'a>(wanted: &str, candidates: impl Iterator<Item = (&'a str, String)>) -> Vec<String> {
    let wanted = wanted.trim().to_lowercase();
    let far = |name: &str| {
        let name = name.to_lowercase();
        let words = name.split([' ', '_']).chain([name.as_str()]).map(|word| distance(word, &wanted)).min().unwrap_or(usize::MAX);
        if !wanted.is_empty() && name.contains(&wanted) { 0 } else { words }
    };
    // Of a short word, two other letters are another word.
    let most = MISSPELT.min(wanted.chars().count() / 3);
    let mut found: Vec<(usize, String)> = candidates.map(|(name, told)| (far(name), told)).filter(|(far, _)| *far <= most).collect();
    found.sort();
    found.dedup();
    found.into_iter().take(NEAR).map(|(_, told)| told).collect()
}

/// Letters to insert, drop or exchange (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (to, b) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(a != *b);
            diagonal = row[to + 1];
            row[to + 1] = exchanged.min(diagonal + 1).min(row[to] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("kitten", "sitting", 3)]
    #[case("", "abc", 3)]
    #[case("ana", "ana", 0)]
    #[case("ana", "anna", 1)]
    fn letters_apart(#[case] one: &str, #[case] other: &str, #[case] expected: usize) {
        assert_eq!(distance(one, other), expected);
    }

    #[rstest]
    #[case("Anna", &["Ana Souza"])]
    #[case("souza", &["Ana Souza"])]
    #[case("Maria Olivera", &["Maria Oliveira"])]
    #[case("Zoe", &[])]
    #[case("", &[])]
    fn who_may_have_been_meant(#[case] wanted: &str, #[case] expected: &[&str]) {
        let people = ["Ana Souza", "Ben Okafor", "Maria Oliveira"];
        assert_eq!(near(wanted, people.iter().map(|name| (*name, (*name).to_owned()))), expected);
    }

    #[rstest]
    #[case("+49 (30) 90 18-20", true)]
    #[case("551187654321", true)]
    #[case("1234", false)]
    #[case("Tom 12345", false)]
    fn what_looks_like_a_phone(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(looks_like_a_phone(text), expected);
    }

    #[rstest]
    #[case("US.13491208655302741918", true)]
    #[case("US.ENT.13491208655302741918", true)]
    #[case("Dr.Becker", false)]
    #[case("US.", false)]
    #[case("us.13491208655302741918", false)]
    fn what_is_a_business_scoped_user_id(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_bsuid(text), expected);
    }

    proptest! {
        #[test]
        fn distance_is_one_between_people(one in "\\PC{0,12}", other in "\\PC{0,12}") {
            prop_assert_eq!(distance(&one, &other), distance(&other, &one));
            prop_assert_eq!(distance(&one, &other) == 0, one == other);
        }
    }
}
