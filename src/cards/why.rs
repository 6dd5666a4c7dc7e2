//! "Why?": what was decided about a message, by which rule, on which facts, and what followed.

use super::element::{Button, Container, Element, FactSet, TextBlock, fitting};
use super::parts::{QUOTE_LIMIT, excerpt, header};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Reader, Why, WhyFacts, WhyStep};
use crate::bridge::{Post, Time};
use crate::texts::{labels, why as words};

/// The text, where it stands now, and each decision in order. When not all fit, the first and the latest are shown: the first decided.
pub fn why(reader: &Reader<'_>, view: &Why) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    if let Some(state) = view.state {
        let status = Text::plain(labels::state(state.0)).and(" · ").then(Text::moment(state.1));
        card.push(TextBlock::new(status).spaced());
    }
    if let Some(text) = view.text.as_deref().filter(|text| !text.is_empty()) {
        card.push(Container::quote(&clip(text, QUOTE_LIMIT)));
    }
    if view.steps.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::WHY_NOT_RECORDED)).spaced());
    }
    card.extend(steps(reader, &view.steps));
    let back = view.message.map(|message| Button::new(labels::BACK, &Action::ShowMessage { message }));
    let history = view.thread.map(|thread| Button::new(labels::HISTORY, &Action::OpenHistory { thread, before: None }));
    card.actions(back.into_iter().chain(history));
    card.post(labels::about(&name(&view.head.client), labels::WHY_HEADING))
}

fn steps(reader: &Reader<'_>, steps: &[WhyStep]) -> Vec<Element> {
    let mut shown: Vec<Element> = steps.iter().map(|one| step(reader, one)).collect();
    // The first stays, and room is made behind it.
    while fitting(&shown) < shown.len() && shown.len() > 1 {
        shown.remove(1);
    }
    let left_out = steps.len() - shown.len();
    if left_out > 0 {
        shown.insert(1, TextBlock::new(Text::plain(labels::more(left_out))).subtle().spaced().into());
    }
    shown
}

fn step(reader: &Reader<'_>, step: &WhyStep) -> Element {
    let mut items: Vec<Element> = vec![TextBlock::new(Text::plain(&step.what)).bold().into()];
    let who = name(&step.who);
    let by = if who.is_empty() { Text::default() } else { Text::plain(who).and(" · ") };
    items.push(TextBlock::new(by.then(Text::moment(step.at))).subtle().small().close().into());
    if let Some(because) = &step.because {
        items.push(TextBlock::new(Text::plain(excerpt(because))).into());
    }
    if let Some(text) = &step.text {
        items.push(Container::quote(&excerpt(text)).into());
    }
    if let Some(facts) = &step.facts {
        items.push(FactSet::new(rows(reader.now, facts)).into());
    }
    Container::new(items).separated().into()
}

fn rows(now: Time, facts: &WhyFacts) -> Vec<(&'static str, Text)> {
    let WhyFacts { decided, grounds } = facts;
    let mut rows = vec![(labels::CONSENT, Text::plain(labels::consent(grounds.consent)))];
    let window = match (grounds.window_refused, grounds.window_until) {
        (Some(refused), _) => Text::plain(labels::WINDOW_REFUSED).then(Text::moment(refused)),
        (None, Some(until)) if until > *decided => Text::plain(labels::WINDOW_WAS_OPEN).then(Text::moment(until)),
        (None, Some(until)) => Text::plain(labels::WINDOW_WAS_CLOSED).then(Text::moment(until)),
        (None, None) => Text::plain(labels::WINDOW_NEVER_OPENED),
    };
    rows.push((labels::WINDOW, window));
    if let Some(ground) = grounds.policy {
        rows.push((labels::POLICY, Text::plain(words::ground(ground))));
    }
    if let Some(since) = grounds.since.filter(|since| *since <= now) {
        rows.push((labels::SINCE, Text::moment(since)));
    }
    rows
}
