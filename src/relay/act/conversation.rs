//! Opening a conversation: ask for consent, write, take.

use crate::bridge::{
    Basis, Consent, ConsentState, Decision, Exclusivity, MessageId, Outgoing, PhoneNumberId, Place, Post, Rule, Ruling, Sending, ThreadId,
};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, OptIn, Style, TypedContact};
use crate::relay::desk::{Case, Desk, Person, Seat};
use crate::relay::participation::{self, Came};
use crate::relay::send::{self, Wish};
use crate::relay::{absence, quotes, render, tell, views, whom};
use crate::store::{Contact, Purpose, Result, Thread};
use crate::texts::{labels, sentences};
use serde_json::json;

/// Messages that follow when a client is taken; older ones are in the history.
const FOLLOWING: u32 = 20;

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
            let view = OptIn { contact: contact.id, head, basis_missing: false, again: agreed(desk, contact) };
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

/// Whether consent stands, so that only starting again is a reason to ask.
fn agreed(desk: &Desk<'_>, contact: &Contact) -> bool {
    contact.consent.state(desk.now) == ConsentState::Granted
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
    if !participation::join(desk, &case, person.id(), &came)? {
        desk.ensure_cards(case.thread.id)?;
    }
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
        let view = OptIn { contact: contact.id, head, basis_missing: true, again: agreed(desk, contact) };
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

/// *Take*: the first one owns the client; what the client wrote so far follows, where the thread is followed.
pub fn take(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    let Some(case) = desk.case(thread)? else { return Ok(views::gone(desk, person)) };
    if !desk.is_of_line(person, &case.contact.line) {
        return Ok(views::gone(desk, person));
    }
    let policy = desk.line(&case.contact.line).map(|line| line.policy.clone()).unwrap_or_default();
    let facts = desk.facts(&case.contact, Some(&case.thread), Some(person), &policy)?;
    let away = absence::waits_for_cover(desk, thread)?;
    if facts.owned_by_others && policy.exclusivity == Exclusivity::Exclusive && away.is_none() {
        return Ok(tell::refusal(desk, person, &case.contact, Some(&case.thread), Rule::OwnedByOthers, None, None));
    }
    if !person.known.installed && desk.tx.home(thread)?.is_none() {
        let about = Some((&case.contact, Some(&case.thread)));
        return Ok(desk.notice(person, about, Style::Warning, sentences::INSTALL_FIRST.to_owned()));
    }
    let took_part = desk.tx.participants(thread)?.contains(person.id());
    if let Some(away) = &away {
        absence::stand_in(desk, &case, person, away, person.id().as_str())?;
    }
    open(desk, person, &case.contact, case.thread.number.clone(), "took")?;
    desk.tx.adopt_contact(case.contact.id, &case.contact.name, None, person.id())?;
    // Where everybody reads the same, it stands there already.
    if !took_part && desk.tx.home(thread)?.is_none() {
        let theirs = Person { seat: Seat::Nowhere, ..person.clone() };
        let place = Place::Own(person.id().clone());
        for message in desk.tx.messages_before(thread, None, FOLLOWING)?.iter().rev().filter(|message| message.purpose == Purpose::Client) {
            let sight = desk.view_at(&place, &case.thread, message.id)?;
            let (text, referral) = (render::message_seen(desk, message, &sight)?, desk.tx.referral(message.id)?);
            let above = quotes::above(desk, &case, message, &place)?;
            for post in render::client_posts(desk, &case, &text, &above, message.rule.is_some(), referral.as_ref()) {
                desk.post(Some(thread), &theirs, post, Some(message.id))?;
            }
        }
    }
    // Where everybody reads it, "you" would be each of them.
    let what = if matches!(person.seat, Seat::Shared { .. }) { sentences::TAKEN_BY_ANOTHER } else { sentences::TAKEN };
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), what, None))
}
