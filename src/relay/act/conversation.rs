//! Opening a conversation: add a contact, ask for consent, write, take.

use super::allowed::with_contact;
use crate::bridge::{
    Basis, Consent, ConsentState, Decision, LineId, MessageId, Outgoing, PhoneNumberId, Place, Post, Rule, Ruling, Sending, ThreadId, phone,
};
use crate::cards::submit::Action;
use crate::cards::{self, ContactError, Notice, OptIn, Receipt, Style, TypedContact};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::participation::{self, Came};
use crate::relay::send::{self, Wish};
use crate::relay::{render, tell, views, whom};
use crate::store::{Contact, Envelope, NewContact, Purpose, Result, Thread};
use crate::texts::{TextId, labels, sentences};
use serde_json::json;

/// The longest name of a contact, in characters.
const LONGEST_NAME: usize = 200;
/// Messages that follow when a client is taken; older ones are in the history.
const FOLLOWING: u32 = 20;

pub fn add_contact(desk: &Desk<'_>, person: &Person, line: &LineId, name: &str, typed: &str, language: &str) -> Result<Post> {
    let (name, typed, language) = (name.trim(), typed.trim(), language.trim());
    let lines = desk.office.lines_of(&person.known);
    let known = lines.into_iter().find(|known| known.id == *line);
    let mut errors = Vec::new();
    if known.is_none() {
        errors.push(ContactError::LineMissing);
    }
    match name.chars().count() {
        0 => errors.push(ContactError::NameMissing),
        count if count > LONGEST_NAME => errors.push(ContactError::NameTooLong),
        _ => {}
    }
    let number = phone::parse(typed, known.and_then(|line| line.region.as_deref()));
    match &number {
        Err(_) if typed.is_empty() => errors.push(ContactError::PhoneMissing),
        Err(phone::PhoneError::NoCountryCode) => errors.push(ContactError::PhoneWithoutCountry),
        Err(phone::PhoneError::Invalid) => errors.push(ContactError::PhoneInvalid),
        Ok(_) => {}
    }
    let well_formed =
        language.split(['-', '_']).all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !language.is_empty() && !well_formed {
        errors.push(ContactError::LanguageUnknown);
    }
    let (Ok(number), true) = (number, errors.is_empty()) else {
        let typed =
            TypedContact { name: name.to_owned(), phone: typed.to_owned(), language: language.to_owned(), line: Some(line.clone()) };
        return views::new_conversation(desk, person, typed, errors);
    };
    let language = (!language.is_empty()).then_some(language);
    let id = match desk.tx.contact_by_phone(line, &number)? {
        // Somebody's contact already: opened, not renamed.
        Some(contact) if contact.added_by.is_some() => contact.id,
        Some(contact) => {
            desk.tx.adopt_contact(contact.id, name, language, person.id())?;
            contact.id
        }
        None => {
            let new = NewContact { line, name, phone: Some(&number), wa_id: None, bsuid: None, language, added_by: Some(person.id()) };
            desk.tx.insert_contact(&new, desk.now)?
        }
    };
    desk.journal("contact.added", &person.id().0, None, None, &json!({ "contact": id, "line": line, "name": name, "phone": number }))?;
    with_contact(desk, person, id, |contact| views::contact(desk, person, contact))
}

/// The contact card's WhatsApp action: opens the conversation if it may be opened, else says what is in the way.
pub fn start(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<Post> {
    let Some(number) = desk.number_for(&contact.line, person) else {
        return Ok(desk.notice(person, Some((contact, None)), Style::Attention, sentences::NO_NUMBER.to_owned()));
    };
    let thread = desk.tx.thread_between(&number.phone_number_id, contact.id)?;
    let policy = desk.line(&contact.line).map(|line| line.policy.clone()).unwrap_or_default();
    let facts = desk.facts(contact, thread.as_ref(), Some(person), &policy)?;
    let ruling = Ruling::on(&facts, Sending::Free, desk.now);
    match ruling.decision {
        Decision::OfferContact => {
            let phone = contact.number().unwrap_or_default();
            let typed = TypedContact { name: contact.name.clone(), phone, language: String::new(), line: Some(contact.line.clone()) };
            views::new_conversation(desk, person, typed, Vec::new())
        }
        Decision::Refuse => refuse(desk, person, contact, thread.as_ref(), &ruling),
        _ if ruling.rule == Rule::RevocationOpen => refuse(desk, person, contact, thread.as_ref(), &ruling),
        Decision::AskConsent => {
            let mut head = desk.head(contact, thread.as_ref());
            head.number = number.display.clone();
            let view = OptIn { contact: contact.id, head, basis_missing: false };
            Ok(cards::opt_in(&desk.reader(person, Some(&contact.line)), &view))
        }
        Decision::Send | Decision::HandBack | Decision::Hold { .. } => {
            let case = open(desk, person, contact, number.phone_number_id.clone(), "started")?;
            let (text, actions) = if ruling.decision == Decision::Send {
                (sentences::you_can_write(&contact.name), Vec::new())
            } else {
                let templates = Action::Templates { thread: case.thread.id, query: String::new() };
                (tell::closed_window(policy.closed_window).to_owned(), vec![(labels::CHOOSE_TEMPLATE, templates)])
            };
            let head = Some(desk.head(contact, Some(&case.thread)));
            let notice = Notice { head, text, style: Style::Good, kept: None, quotes_message: false, actions };
            Ok(cards::notice(&desk.reader(person, Some(&contact.line)), &notice))
        }
    }
}

/// A rule stands against writing or asking: told, and recorded, for an attempt after a decline is what an auditor looks for.
fn refuse(desk: &Desk<'_>, person: &Person, contact: &Contact, thread: Option<&Thread>, ruling: &Ruling) -> Result<Post> {
    let rule = ruling.rule;
    let body = json!({ "contact": contact.id, "rule": rule, "row": rule.row(), "facts": ruling.grounds });
    desk.journal("conversation.refused", &person.id().0, thread.map(|thread| thread.id), None, &body)?;
    let why = desk.tx.last_entry()?.map(|entry| (labels::WHY, Action::WhyRefused { entry }));
    Ok(tell::refusal(desk, person, contact, thread, rule, None, why))
}

/// The colleague's conversation with a contact: thread, participation, card, focus.
fn open(desk: &Desk<'_>, person: &Person, contact: &Contact, number: PhoneNumberId, how: &'static str) -> Result<Case> {
    let thread = desk.tx.open_thread(&contact.line, &number, contact.id, desk.now)?;
    let case = Case { thread, contact: contact.clone() };
    let came = Came { by: person.id().as_str(), how, visible_from: MessageId(0), cover_for: None };
    participation::join(desk, &case, person.id(), &came)?;
    whom::wrote(desk, person, case.thread.id)?;
    Ok(case)
}

/// T-00, Send request: the only way to ask for consent, decided by the same function as everything else.
pub fn request(desk: &Desk<'_>, person: &Person, contact: &Contact, basis: Option<Basis>) -> Result<Post> {
    let Some(number) = desk.number_for(&contact.line, person) else {
        return Ok(desk.notice(person, Some((contact, None)), Style::Attention, sentences::NO_NUMBER.to_owned()));
    };
    let thread = desk.tx.thread_between(&number.phone_number_id, contact.id)?;
    let line = desk.line(&contact.line);
    let policy = line.map(|line| line.policy.clone()).unwrap_or_default();
    let ruling = Ruling::on(&desk.facts(contact, thread.as_ref(), Some(person), &policy)?, Sending::Request, desk.now);
    if ruling.decision != Decision::Send {
        return refuse(desk, person, contact, thread.as_ref(), &ruling);
    }
    let mut head = desk.head(contact, thread.as_ref());
    head.number = number.display.clone();
    let Some(basis) = basis.or(contact.basis) else {
        let view = OptIn { contact: contact.id, head, basis_missing: true };
        return Ok(cards::opt_in(&desk.reader(person, Some(&contact.line)), &view));
    };
    // Looked up before anything is changed: without an approved template nothing happens but the explanation.
    let provisional = Case {
        thread: thread.unwrap_or_else(|| crate::store::Thread {
            id: ThreadId(0),
            line: contact.line.clone(),
            number: number.phone_number_id.clone(),
            contact: contact.id,
            window: Default::default(),
            template_at: None,
            nudged_at: None,
            entry: Default::default(),
        }),
        contact: contact.clone(),
    };
    let used = line.map(|line| line.templates.opt_in_for(&send::languages(desk, contact)));
    let filled = used.map(|used| send::fill_template(desk, &provisional, used, &person.name)).transpose()?.flatten();
    let Some(template) = filled else {
        let name = used.map(|used| used.name.as_str()).unwrap_or_default();
        return Ok(desk.notice(person, Some((contact, None)), Style::Attention, sentences::opt_in_template_missing(name)));
    };
    let mut case = open(desk, person, contact, number.phone_number_id.clone(), "started")?;
    case.contact.consent = Consent { stored: ConsentState::Pending, requested_at: Some(desk.now) };
    desk.tx.save_consent(contact.id, case.contact.consent)?;
    let (text, language) = (template.preview.clone(), template.language.clone());
    let evidence = json!({
        "contact": contact.id, "basis": basis, "text": text, "sent_as": "template", "template": template.name, "language": language,
        "number": number.phone_number_id,
    });
    let content = Outgoing::Template(template);
    let wish = Wish { author: Some(person), purpose: Purpose::Request, content: &content, reply_to: None, retry_of: None };
    let submitted = send::submit(desk, &case, &wish)?;
    desk.tx.save_request(contact.id, &person.id().0, Some(basis), submitted.message, &language)?;
    desk.journal("consent.requested", &person.id().0, Some(case.thread.id), Some(submitted.message), &evidence)?;
    Ok(desk.receipt(person, contact, Some(&case.thread), sentences::REQUEST_SENT, Some(text)))
}

/// *Take*: the first one owns the client; what the client wrote so far follows.
pub fn take(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    let Some(case) = desk.case(thread)? else { return Ok(views::gone(desk, person)) };
    if !desk.office.lines_of(&person.known).iter().any(|line| line.id == case.contact.line) {
        return Ok(views::gone(desk, person));
    }
    let owners = desk.tx.owners(case.contact.id)?;
    if owners.first().is_some_and(|owner| owner != person.id()) {
        let text = desk.reader(person, Some(&case.contact.line)).voice.say(TextId::T10, &[]);
        return Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, text));
    }
    open(desk, person, &case.contact, case.thread.number.clone(), "took")?;
    desk.tx.adopt_contact(case.contact.id, &case.contact.name, None, person.id())?;
    if owners.is_empty() {
        for message in desk.tx.messages_before(thread, None, FOLLOWING)?.iter().rev().filter(|message| message.purpose == Purpose::Client) {
            let post = render::client_post(desk, &case, &render::message(desk, message)?, message.rule.is_some());
            let post = desk.tx.referral(message.id)?.iter().fold(post, render::with_referral);
            desk.post(Some(thread), &person, post, Some(message.id))?;
        }
        tell_the_rest(desk, person, &case)?;
    }
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::TAKEN, None))
}

/// Everybody else who was offered the client sees who took them, and the button is gone. They have no other cards of this
/// thread: only participants do.
fn tell_the_rest(desk: &Desk<'_>, taker: &Person, case: &Case) -> Result<()> {
    let participants = desk.tx.participants(case.thread.id)?;
    for id in desk.tx.colleagues()?.into_iter().filter(|id| !participants.contains(id)) {
        let Some(other) = desk.person(&id)? else { continue };
        for activity in desk.tx.cards_about(&other.known.home.conversation, case.thread.id)? {
            let view = Receipt {
                head: Some(desk.head(&case.contact, Some(&case.thread))),
                what: sentences::TAKEN_BY_ANOTHER.to_owned(),
                who: taker.name.clone(),
                at: desk.now,
                text: None,
            };
            let post = cards::receipt(&desk.reader(&other, Some(&case.contact.line)), &view);
            desk.tx.enqueue_post(Some(case.thread.id), &Place::Own(id.clone()), &Envelope::Update { activity, post }, desk.now)?;
        }
    }
    Ok(())
}
