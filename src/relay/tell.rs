//! What a colleague is told about a decision or a failure (product.md 10, T-texts).

use super::desk::{Case, Desk, Person};
use super::render::shown;
use crate::bridge::{
    self, ClosedWindow, ContactId, Decision, Failure, FailureClass, MessageId, Outgoing, Place, Post, Rule, Verdict, split,
};
use crate::cards::submit::Action;
use crate::cards::{self, Failed, Held, Notice, Style, Uncertain};
use crate::store::{Contact, Message, Result, Thread};
use crate::texts::{TextId, joining, labels, sentences, when};

/// What to say about a verdict; `None` when there is nothing to say (it was sent). `message` is the recorded message.
pub fn verdict(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    verdict: Verdict,
    message: Option<MessageId>,
    text: &str,
) -> Result<Option<Post>> {
    let reader = desk.reader(person, Some(&case.contact.line));
    let head = desk.head(&case.contact, Some(&case.thread));
    let why = message.map(|message| (labels::WHY, Action::Why { message }));
    match (verdict.decision, message) {
        (Decision::Send, _) => Ok(None),
        (Decision::Hold { .. }, Some(message)) if verdict.rule == Rule::RevocationOpen => {
            let notice = Notice {
                head: Some(head),
                text: reader.voice.say(TextId::T09e, &[("client", &case.contact.name)]),
                style: Style::Warning,
                kept: Some(text.to_owned()),
                quotes_message: false,
                actions: vec![(labels::EDIT, Action::EditHeld { message }), (labels::WITHDRAW, Action::WithdrawHeld { message })],
            };
            Ok(Some(cards::notice(&reader, &notice)))
        }
        (Decision::Hold { .. }, Some(message)) => held(desk, person, case, message, text).map(Some),
        (Decision::AskConsent, _) => {
            let again = case.contact.consent.state(desk.now) == bridge::ConsentState::Granted;
            let view = cards::OptIn { contact: case.contact.id, head, basis_missing: false, again };
            Ok(Some(cards::opt_in(&reader, &view)))
        }
        (Decision::HandBack, _) => {
            let notice = Notice {
                head: Some(head),
                text: reader.voice.say(TextId::T20, &[("client", &case.contact.name)]),
                style: Style::Warning,
                kept: Some(text.to_owned()),
                quotes_message: false,
                actions: [(labels::CHOOSE_TEMPLATE, Action::Templates { thread: case.thread.id, query: String::new() })]
                    .into_iter()
                    .chain(why)
                    .collect(),
            };
            Ok(Some(cards::notice(&reader, &notice)))
        }
        _ => Ok(Some(refusal(desk, person, &case.contact, Some(&case.thread), verdict.rule, Some(text), why))),
    }
}

/// T-21 for a message that waits.
pub fn held(desk: &Desk<'_>, person: &Person, case: &Case, message: MessageId, text: &str) -> Result<Post> {
    held_with(desk, person, case, message, text, None)
}

/// The same, saying why something that was asked for was not done.
pub fn held_with(desk: &Desk<'_>, person: &Person, case: &Case, message: MessageId, text: &str, note: Option<String>) -> Result<Post> {
    let stored = desk.tx.message(message)?;
    let editable = stored.as_ref().map(Message::outgoing).transpose()?.is_none_or(|content| match content {
        Outgoing::Text { body } => body.chars().count() <= split::LIMIT,
        _ => false,
    });
    let written = stored.map_or(desk.now, |message| message.created_at);
    // Read again: the client may have been asked a moment ago, in this transaction.
    let asked = desk.tx.thread(case.thread.id)?.and_then(|thread| thread.nudged_at);
    let view = Held {
        head: desk.head(&case.contact, Some(&case.thread)),
        message,
        text: text.to_owned(),
        waiting: desk.held_at(&Place::Own(person.id().clone()), &case.thread)?,
        last_wrote: case.thread.window.last_inbound,
        expires: bridge::held::expires_at(written, desk.held_hours(&case.contact.line)),
        asked,
        editable,
        note,
    };
    Ok(cards::held(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// T-25: held for longer than the line's policy allows. The text comes back.
pub fn expired(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    let reader = desk.reader(person, Some(&case.contact.line));
    let text = shown(&message.outgoing()?);
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: reader.voice.say(TextId::T25, &[("text", &text)]),
        style: Style::Warning,
        kept: None,
        quotes_message: true,
        actions: vec![
            (labels::SEND_AS_NEW, Action::Retry { message: message.id }),
            (labels::DISCARD, Action::DiscardHeld { message: message.id }),
        ],
    };
    Ok(cards::notice(&reader, &notice))
}

/// Why nothing was sent, in one sentence, with the next step where there is one. `kept` is the colleague's own text;
/// `why` the way to why, where a message or an entry of the journal can be asked about.
pub fn refusal(
    desk: &Desk<'_>,
    person: &Person,
    contact: &Contact,
    thread: Option<&Thread>,
    rule: Rule,
    kept: Option<&str>,
    why: Option<(&'static str, Action)>,
) -> Post {
    let reader = desk.reader(person, Some(&contact.line));
    let client = contact.name.as_str();
    let head = desk.head(contact, thread);
    let number = if head.number.is_empty() {
        desk.number_for(&contact.line, person).map(|number| number.display.clone()).unwrap_or_default()
    } else {
        head.number.clone()
    };
    let time = |at| when(at, reader.zone, desk.now);
    let declined = contact.consent.stored == crate::bridge::ConsentState::Declined;
    let text = match rule {
        Rule::NotEnabled => desk.why_not_enabled(person, Some(&contact.line)),
        Rule::NumberDeactivated => reader.voice.say(TextId::T12, &[("number", &number)]),
        Rule::OwnedByOthers => reader.voice.say(TextId::T10, &[]),
        Rule::RevocationOpen => reader.voice.say(TextId::T09d, &[("client", client)]),
        Rule::ConsentRefused if declined => reader.voice.say(TextId::T06, &[("client", client), ("number", &number)]),
        Rule::ConsentRefused => reader.voice.say(TextId::T08, &[("client", client)]),
        Rule::RequestPending => {
            let since = contact.consent.requested_at.map(time).unwrap_or_default();
            let next = contact.consent.next_request_at().map(time).unwrap_or_default();
            reader.voice.say(TextId::T07, &[("since", &since), ("next", &next)])
        }
        other => sentences::refused(other).to_owned(),
    };
    let mut actions = Vec::new();
    if let (Rule::TemplateNotApproved | Rule::MarketingNotAllowed, Some(thread)) = (rule, thread) {
        actions.push((labels::CHOOSE_TEMPLATE, Action::Templates { thread: thread.id, query: String::new() }));
    }
    if rule == Rule::OwnedByOthers {
        actions.extend(ways_to_join(contact.id));
    }
    actions.extend(why);
    let notice = Notice { head: Some(head), text, style: Style::Attention, kept: kept.map(str::to_owned), quotes_message: false, actions };
    cards::notice(&reader, &notice)
}

/// Both ways to ask whether one may join those who talk with a client.
pub fn ways_to_join(contact: ContactId) -> [(&'static str, Action); 2] {
    [(joining::ASK_TO_JOIN, Action::AskToJoin { contact }), (joining::ASK_ADMINISTRATOR, Action::AskAdministrator { contact })]
}

/// T-26, or T-14 when the client cannot be reached at all.
pub fn failed(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, failure: &Failure) -> Result<Post> {
    let reader = desk.reader(person, Some(&case.contact.line));
    let head = desk.head(&case.contact, Some(&case.thread));
    if failure.class == FailureClass::Unreachable && message.purpose == crate::store::Purpose::Request {
        let number = case.contact.number().unwrap_or_else(|| case.contact.name.clone());
        let text = reader.voice.say(TextId::T14, &[("number", &number)]);
        return Ok(cards::notice(&reader, &Notice { head: Some(head), text, style: Style::Attention, ..Notice::default() }));
    }
    let view = Failed {
        head,
        message: message.id,
        thread: case.thread.id,
        text: shown(&message.outgoing()?),
        class: failure.class,
        code: failure.code,
    };
    Ok(cards::failed(&reader, &view))
}

/// Nobody knows whether a message arrived: the colleague decides.
pub fn uncertain(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    let view = Uncertain {
        head: desk.head(&case.contact, Some(&case.thread)),
        message: message.id,
        text: shown(&message.outgoing()?),
        sent: message.state_at,
    };
    Ok(cards::uncertain(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// What a line does with text outside the window, for those who ask before they write.
pub fn closed_window(policy: ClosedWindow) -> &'static str {
    match policy {
        ClosedWindow::TemplateOnly => sentences::CLOSED_TEMPLATE_ONLY,
        ClosedWindow::Queue | ClosedWindow::QueueAndNudge => sentences::CLOSED_QUEUE,
    }
}
