//! One contact, with the WhatsApp action and every thread with it.

use super::element::{Button, ColumnSet, Container, Element, TextBlock, list};
use super::parts::{self, consent, header};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::Reader;
use super::{ContactCard, ContactThread, ThreadStands};
use crate::bridge::Post;
use crate::texts::{labels, transfer};

/// The contact card.
pub fn contact(reader: &Reader<'_>, view: &ContactCard) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let mut facts = Vec::new();
    if !view.numbers.is_empty() {
        facts.push((labels::PHONE, parts::numbers(&view.numbers)));
    }
    facts.push((labels::CONSENT, consent(&view.consent)));
    if view.marketing_stopped {
        facts.push((labels::MARKETING, Text::plain(labels::MARKETING_STOPPED)));
    }
    if !view.language.is_empty() {
        facts.push((labels::LANGUAGE, Text::plain(name(&view.language))));
    }
    let by = view.added_by.as_deref().map_or_else(|| labels::BY_WRITING.to_owned(), |who| labels::added_by(&name(who)));
    facts.push((labels::ADDED, view.added_at.map_or_else(|| Text::plain(&by), |at| Text::plain(&by).and(" · ").then(Text::moment(at)))));
    card.extend(parts::facts(facts));
    if !view.notes.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NOTES)).bold().spaced());
        card.push(TextBlock::new(Text::plain(clip(&view.notes, parts::NOTES_LIMIT))).close());
    }
    if !view.threads.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::CONVERSATIONS)).bold().spaced());
    }
    card.extend(list(view.threads.iter().map(thread).collect(), 0, labels::more));
    card.actions([
        Button::new(labels::MESSAGE_ON_WHATSAPP, &Action::Start { contact: view.id }).positive(),
        Button::new(labels::EDIT, &Action::EditContact { contact: view.id }),
    ]);
    card.actions(view.transfer.map(|thread| Button::new(transfer::TRANSFER, &Action::TransferForm { thread })));
    card.post(labels::about(&name(&view.head.client), labels::CONTACT))
}

/// Who talks with the client on which number: everybody of the line may know that. What was said only some may read.
fn thread(thread: &ContactThread) -> Element {
    let colleagues = thread.colleagues.iter().map(|who| name(who)).collect::<Vec<_>>().join(", ");
    let stands = match thread.stands {
        ThreadStands::Active { since } => Text::plain(labels::ACTIVE_SINCE).then(Text::moment(since)),
        ThreadStands::Past { until } => Text::plain(labels::PAST_UNTIL).then(Text::moment(until)),
        ThreadStands::Waiting => Text::plain(labels::NOBODY_TOOK),
    };
    let mut items: Vec<Element> = vec![TextBlock::new(Text::plain(name(&thread.number))).into()];
    if !colleagues.is_empty() {
        items.push(TextBlock::new(Text::plain(clip(&colleagues, parts::EXCERPT_LIMIT))).small().close().into());
    }
    items.push(TextBlock::new(stands).subtle().small().close().into());
    if !thread.readable {
        return Container::new(items).separated().into();
    }
    let open = Button::new(labels::HISTORY, &Action::OpenHistory { thread: thread.thread, before: None });
    ColumnSet::row(items, open.tooltip(labels::with_name(labels::HISTORY, &name(&thread.number)))).into()
}
