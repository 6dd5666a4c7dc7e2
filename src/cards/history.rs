//! Messages of one thread, oldest first.

use super::element::{ActionSet, Button, ColumnSet, Container, Element, TextBlock, fitting};
use super::parts::{QUOTE_LIMIT, header};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::Reader;
use super::{History, HistoryLine, Speaker};
use crate::bridge::Post;
use crate::texts::{labels, media, notes};

/// Who said what, when, and how far it got. When not all fit, the newest are shown and Older leads to the rest.
pub fn history(reader: &Reader<'_>, view: &History) -> Post {
    let mut newest_first: Vec<Element> = view.messages.iter().rev().map(|message| line(view, message)).collect();
    let fit = fitting(&newest_first);
    newest_first.truncate(fit);
    let cut = view.messages.len() - fit;
    let older = if cut > 0 { view.messages.get(cut).map(|message| message.id) } else { view.older };

    let mut card = reader.card();
    card.extend(header(&view.head));
    if newest_first.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_MESSAGES)));
    }
    card.extend(newest_first.into_iter().rev());
    card.actions([Button::new(labels::MESSAGE_ON_WHATSAPP, &Action::Start { contact: view.contact }).positive()]);
    let page = |title, before| Button::new(title, &Action::OpenHistory { thread: view.thread, before: Some(before) });
    card.actions(older.map(|before| page(labels::OLDER, before)));
    card.actions(view.newer.map(|before| page(labels::NEWER, before)));
    card.actions(view.takes_part.then(|| Button::new(labels::TEMPLATE, &Action::Templates { thread: view.thread, query: String::new() })));
    card.post(labels::about(&name(&view.head.client), labels::HISTORY))
}

/// Who spoke, in words.
pub fn speaker(speaker: &Speaker, client: &str) -> String {
    match speaker {
        Speaker::Client if client.is_empty() => labels::CLIENT.to_owned(),
        Speaker::Client => name(client),
        Speaker::Colleague(who) => name(who),
        Speaker::Note(who) => notes::by(&name(who), false),
        Speaker::System => labels::SYSTEM.to_owned(),
    }
}

fn line(view: &History, message: &HistoryLine) -> Element {
    let who = speaker(&message.speaker, &view.head.client);
    let mut below = Text::moment(message.at);
    if let Some(reached) = message.state {
        below = below.and(" · ").and(labels::state(reached));
    }
    if message.before_consent {
        below = below.and(" · ").and(labels::BEFORE_CONSENT);
    }
    let mut items: Vec<Element> = vec![
        TextBlock::new(Text::plain(&who)).bold().small().into(),
        TextBlock::new(Text::plain(clip(&message.text, QUOTE_LIMIT))).close().into(),
        TextBlock::new(below).subtle().small().close().into(),
    ];
    if let Some(form) = message.file {
        let title = media::open(form);
        let open = Button::new(title, &Action::OpenMedia { message: message.id }).tooltip(labels::with_name(title, &who));
        items.push(ActionSet::new([open]).into());
    }
    // Each of ours was decided about; what the client wrote was not.
    if message.state.is_none() {
        return Container::new(items).separated().into();
    }
    let why = Button::new(labels::WHY, &Action::Why { message: message.id }).tooltip(labels::with_name(labels::WHY, &who));
    ColumnSet::row(items, why).into()
}
