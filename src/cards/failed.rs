//! T-26: WhatsApp did not take a message.

use super::element::{Button, Container};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::submit::Action;
use super::text::{clip, name};
use super::view::{Failed, Reader, Style};
use crate::bridge::{FailureClass, Post};
use crate::texts::{TextId, failure, labels};

/// One plain sentence with the next step, and the buttons that can take it.
pub fn failed(reader: &Reader<'_>, view: &Failed) -> Post {
    let (cause, advice) = failure(view.class, view.code);
    let sentence = match view.code {
        Some(code) => reader.say(TextId::T26, &[("cause", cause), ("advice", advice), ("code", &code.to_string())]),
        None => reader.say(TextId::T26b, &[("cause", cause), ("advice", advice)]),
    };
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&sentence).style(Style::Attention));
    if !view.text.is_empty() {
        card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    }
    let (again, template) = ways_on(view.class);
    let retry = again.then(|| Button::new(labels::RETRY, &Action::Retry { message: view.message }).positive());
    let choose = template.then(|| {
        let button = Button::new(labels::CHOOSE_TEMPLATE, &Action::Templates { thread: view.thread, query: String::new() });
        if again { button } else { button.positive() }
    });
    let why = Button::new(labels::WHY, &Action::Why { message: view.message });
    card.actions(retry.into_iter().chain(choose).chain([why]));
    card.post(labels::about(&name(&view.head.client), labels::STATE_FAILED))
}

/// Whether sending the same again can help, and whether a template can.
fn ways_on(class: FailureClass) -> (bool, bool) {
    match class {
        FailureClass::Unavailable | FailureClass::RateLimited | FailureClass::Configuration | FailureClass::Unreachable => (true, false),
        FailureClass::WindowClosed | FailureClass::MarketingWithheld | FailureClass::Template => (false, true),
        FailureClass::Media | FailureClass::MarketingStopped | FailureClass::ConversationGone | FailureClass::Invalid => (false, false),
    }
}
