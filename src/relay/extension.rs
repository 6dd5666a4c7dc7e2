//! The message extension and the choice inputs that are searched while somebody types. Nothing here changes anything: all of it
//! runs on a reader, and is answered however busy the writer is.
//!
//! A search is answered in the colleague's own chat with the bot, and by their own rights; where conversations are shared, only for
//! the inputs of the cards that stand there (the answer is seen by who types, by nobody else). What a client hands back (an item, a
//! dataset) is from outside: it says what is wanted, never what may be seen.

use super::desk::{Desk, Person};
use super::find::{self, Found};
use super::{contact_views, views, whom};
use crate::bridge::{ColleagueId, Post, PostBody, Quote, Route, Scope, TeamsEvent};
use crate::cards::extension::{CONTACTS, Item, Offer, PARAMETER, TEMPLATES};
use crate::cards::typeahead::{Dataset, template_title, template_value};
use crate::cards::{self, Style, TemplateChoice, Whom};
use crate::store::Result;
use crate::teams::invoke::{self, ExtensionResult, InvokeResponse};
use crate::teams::{ChoiceQuery, ExtensionQuery};
use crate::texts::{labels, sentences};
use serde_json::Value;

/// Who searches, when they may; else what to tell them. `dataset`: what a card's input asks for.
fn searcher(desk: &Desk<'_>, event: &TeamsEvent, dataset: Option<Dataset>) -> Result<std::result::Result<Person, String>> {
    let known = match (&event.sender.object_id, event.sender.is_bot) {
        (Some(id), false) => desk.tx.colleague(&ColleagueId(id.to_lowercase()))?,
        _ => None,
    };
    let Some(known) = known else { return Ok(Err(sentences::OPEN_CHAT_FIRST.to_owned())) };
    // The conversation as we know it, not as the activity describes itself.
    let own = event.scope == Scope::Personal && event.reference.conversation == known.home.conversation;
    if !own && !dataset.map(|dataset| is_asked_there(desk, event, dataset)).transpose()?.unwrap_or_default() {
        return Ok(Err(sentences::OWN_CHAT_ONLY.to_owned()));
    }
    let person = desk.as_person(known);
    if desk.office.lines_of(&person.known).is_empty() {
        return Ok(Err(desk.why_not_enabled(&person, None)));
    }
    Ok(Ok(person))
}

/// Whether a card of ours that stands in a shared conversation asks for this: for the client, while the chat has none; else for what
/// concerns the conversation that lives there.
fn is_asked_there(desk: &Desk<'_>, event: &TeamsEvent, dataset: Dataset) -> Result<bool> {
    let place = &event.reference.conversation;
    let known = desk.tx.conversation(&place.base())?.filter(|known| known.installed && known.scope == event.scope);
    if known.is_none() {
        return Ok(false);
    }
    let here = desk.tx.home_at(place)?.map(|home| home.thread);
    Ok(match dataset {
        Dataset::Threads => event.scope == Scope::GroupChat && here.is_none(),
        Dataset::Templates(thread) | Dataset::Receivers(thread) | Dataset::Addable(thread) => here == Some(thread),
        Dataset::Contacts | Dataset::Mates => false,
    })
}

/// `composeExtension/query`.
pub fn on_query(desk: &Desk<'_>, event: &TeamsEvent, value: &Value) -> Result<InvokeResponse> {
    let person = match searcher(desk, event, None)? {
        Ok(person) => person,
        Err(told) => return Ok(invoke::extension_message(&told)),
    };
    let Some(query) = ExtensionQuery::read(value) else { return Ok(invoke::extension_message(sentences::SEARCH_TOO_OLD)) };
    let typed = query.text(PARAMETER);
    let (offers, none) = if query.command == TEMPLATES.id {
        match offered_templates(desk, &person, typed, &query)? {
            Some(offers) => (offers, labels::NO_TEMPLATES),
            None => return Ok(invoke::extension_message(sentences::NOBODY_TO_WRITE_TO)),
        }
    } else if query.command == CONTACTS.id {
        (offered_contacts(desk, &person, typed, &query)?, labels::NO_CONTACTS)
    } else {
        return Ok(invoke::extension_message(sentences::SEARCH_TOO_OLD));
    };
    if offers.is_empty() && query.skip == 0 {
        return Ok(invoke::extension_message(none));
    }
    Ok(invoke::extension_results(offers.into_iter().map(|offer| result(offer, true))))
}

/// Templates for the conversation that a message typed now would go to; where that is not certain, cards that ask. `None`: there
/// is no conversation.
fn offered_templates(desk: &Desk<'_>, person: &Person, typed: &str, query: &ExtensionQuery) -> Result<Option<Vec<Offer>>> {
    let page = |found: Vec<Found>| found.into_iter().skip(query.skip).take(query.count);
    let (found, whom, line) = match whom::route(desk, person, Quote::Nothing)? {
        Route::To(thread) => {
            let Some(case) = desk.own_case(person, thread)? else { return Ok(None) };
            let whom = Whom::Thread { thread, head: desk.head(&case.contact, Some(&case.thread)) };
            (find::templates(desk, &case, typed)?, whom, Some(case.contact.line))
        }
        Route::Ask => {
            let whom = Whom::Ask { threads: find::threads(desk, person, "")?, nothing_chosen: false };
            (find::templates_of_all(desk, person, typed)?, whom, None)
        }
        Route::Nowhere => return Ok(None),
    };
    let reader = desk.reader(person, line.as_ref());
    Ok(Some(page(found).map(|found| Offer::template(&reader, &choice(found, whom.clone()))).collect()))
}

fn choice(found: Found, whom: Whom) -> TemplateChoice {
    let has_gaps = !found.template.variables().is_empty() || found.template.media().is_some();
    TemplateChoice { whom, has_gaps, template: found.row }
}

fn offered_contacts(desk: &Desk<'_>, person: &Person, typed: &str, query: &ExtensionQuery) -> Result<Vec<Offer>> {
    let found = find::contacts(desk, person, typed, query.skip.saturating_add(query.count))?;
    let page = found.into_iter().skip(query.skip);
    page.map(|contact| Ok(Offer::contact(&desk.reader(person, Some(&contact.line)), &contact_views::contact_card(desk, person, &contact)?)))
        .collect()
}

/// `composeExtension/selectItem`: the card of the chosen result, as things stand now.
pub fn on_select(desk: &Desk<'_>, event: &TeamsEvent, value: &Value) -> Result<InvokeResponse> {
    let person = match searcher(desk, event, None)? {
        Ok(person) => person,
        Err(told) => return Ok(invoke::extension_message(&told)),
    };
    let Ok(item) = serde_json::from_value::<Item>(value.clone()) else {
        return Ok(invoke::extension_message(sentences::SEARCH_TOO_OLD));
    };
    let offer = match item {
        Item::Template { thread: Some(thread), name, language } => {
            let Some(case) = desk.own_case(&person, thread)? else { return Ok(invoke::extension_message(sentences::NOT_YOURS)) };
            let whom = Whom::Thread { thread, head: desk.head(&case.contact, Some(&case.thread)) };
            named(find::templates(desk, &case, "")?, &name, &language)
                .map(|found| Offer::template(&desk.reader(&person, Some(&case.contact.line)), &choice(found, whom)))
        }
        Item::Template { thread: None, name, language } => {
            let whom = Whom::Ask { threads: find::threads(desk, &person, "")?, nothing_chosen: false };
            named(find::templates_of_all(desk, &person, "")?, &name, &language)
                .map(|found| Offer::template(&desk.reader(&person, None), &choice(found, whom)))
        }
        Item::Contact { contact } => {
            let lines = desk.office.lines_of(&person.known);
            match desk.tx.contact(contact)?.filter(|contact| lines.iter().any(|line| line.id == contact.line)) {
                Some(contact) => {
                    let reader = desk.reader(&person, Some(&contact.line));
                    Some(Offer::contact(&reader, &contact_views::contact_card(desk, &person, &contact)?))
                }
                None => return Ok(invoke::extension_message(sentences::NOT_YOURS)),
            }
        }
    };
    Ok(match offer {
        Some(offer) => invoke::extension_results([result(offer, false)]),
        None => invoke::extension_message(sentences::TEMPLATE_GONE),
    })
}

fn named(found: Vec<Found>, name: &str, language: &str) -> Option<Found> {
    found.into_iter().find(|found| found.row.name == name && found.row.language == language)
}

fn result(offer: Offer, asks: bool) -> ExtensionResult {
    let tap = asks.then(|| serde_json::to_value(&offer.item).expect("an item is an object of text and numbers"));
    let card = match offer.card.body {
        PostBody::Card { card } => card,
        PostBody::Html { html } => Value::String(html),
    };
    ExtensionResult { card, title: offer.title, text: offer.text, tap }
}

/// `application/search`: what a choice input offers. Who may not see something finds nothing.
pub fn on_search(desk: &Desk<'_>, event: &TeamsEvent, value: &Value) -> Result<InvokeResponse> {
    let query = ChoiceQuery::read(value).and_then(|query| Some((Dataset::parse(&query.dataset)?, query)));
    let Some((dataset, query)) = query else { return Ok(invoke::error(400, "BadRequest", sentences::SEARCH_TOO_OLD)) };
    let person = match searcher(desk, event, Some(dataset))? {
        Ok(person) => person,
        Err(told) => return Ok(invoke::error(400, "BadRequest", &told)),
    };
    let typed = query.text.as_str();
    let choices: Vec<(String, String)> = match dataset {
        Dataset::Templates(thread) => {
            let found = desk.own_case(&person, thread)?.map(|case| find::templates(desk, &case, typed)).transpose()?.unwrap_or_default();
            let sendable = found.into_iter().map(|found| found.row).filter(|row| row.refused.is_none());
            sendable.map(|row| (template_title(&row.name, &row.language), template_value(&row.name, &row.language))).collect()
        }
        Dataset::Contacts => {
            let found = find::contacts(desk, &person, typed, query.skip.saturating_add(query.count))?;
            let several = desk.office.lines_of(&person.known).len() > 1;
            found
                .iter()
                .map(|contact| (cards::contact_title(&views::contact_choice(desk, contact), several), contact.id.to_string()))
                .collect()
        }
        Dataset::Threads => {
            let found = find::threads(desk, &person, typed)?;
            found.iter().map(|choice| (cards::thread_title(choice), choice.thread.to_string())).collect()
        }
        Dataset::Receivers(thread) => {
            let case = desk.case(thread)?;
            let found = case.map(|case| find::receivers(desk, &person, &case, typed)).transpose()?.unwrap_or_default();
            found.into_iter().map(|mate| (mate.name, mate.id)).collect()
        }
        Dataset::Addable(thread) => {
            let case = desk.case(thread)?;
            let found = case.map(|case| find::addable(desk, &person, &case, typed)).transpose()?.unwrap_or_default();
            found.into_iter().map(|mate| (mate.name, mate.id)).collect()
        }
        Dataset::Mates => find::mates(desk, &person, typed)?.into_iter().map(|mate| (mate.name, mate.id)).collect(),
    };
    Ok(invoke::search(choices.into_iter().skip(query.skip).take(query.count)))
}

/// A template was to be filled in, and no client was chosen for it: asked again.
pub fn ask_again(desk: &Desk<'_>, person: &Person, name: &str, language: &str) -> Result<Post> {
    let threads = find::threads(desk, person, "")?;
    if threads.is_empty() {
        return views::no_conversation(desk, person);
    }
    let whom = Whom::Ask { threads, nothing_chosen: true };
    Ok(match named(find::templates_of_all(desk, person, "")?, name, language) {
        Some(found) => cards::template_choice(&desk.reader(person, None), &choice(found, whom)),
        None => desk.notice(person, None, Style::Attention, sentences::TEMPLATE_GONE.to_owned()),
    })
}
