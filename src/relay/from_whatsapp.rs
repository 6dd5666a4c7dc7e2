//! What WhatsApp tells us, one transaction a POST: messages, statuses, preferences, template and account news.

use super::desk::{Case, Desk, SERVER};
use super::{
    absence, consent, entry_point, evidence, identity, intake, marketing, media, news, opening, quotes, render, revisions, revocation,
    send, status, unowned,
};
use crate::bridge::{
    Answer, Asked, ClientFirst, ClientMessage, Consent, ConsentState, Content, IntakeOutcome, Meaning, MessageId, MessageState,
    NumberStatus, Place, Rule, WhatsAppEvent, on_client_message,
};
use crate::cards::Style;
use crate::store::{Envelope, NewMessage, Purpose, Result};
use crate::texts::{self, TextId, when};
use chrono::Duration;
use serde_json::json;

/// A number that is switched off, or restricted, says so at most this often to one client (K-11, K-12).
const TURNED_AWAY_AGAIN_AFTER: Duration = Duration::hours(24);

/// Takes one event. `key` is its duplicate key; messages and statuses have stronger ones of their own.
pub fn on_event(desk: &Desk<'_>, key: &str, event: &WhatsAppEvent) -> Result<()> {
    match event {
        WhatsAppEvent::Message(message) => on_message(desk, message),
        WhatsAppEvent::Status(status) => status::on_status(desk, status),
        _ if !desk.tx.first_time(key, desk.now)? => Ok(()),
        WhatsAppEvent::Preference { number, client, stop, at } => marketing::on_preference(desk, number.as_ref(), client, *stop, *at),
        WhatsAppEvent::Echo { number, wamid, to, content } => {
            let body = json!({ "number": number, "wamid": wamid, "to": to, "content": content });
            desk.journal("message.echo", "whatsapp", None, None, &body)
        }
        WhatsAppEvent::TemplateChanged { waba, name, language, event, change, reason } => {
            let about = news::AboutTemplate { waba, name: name.as_deref(), language: language.as_deref(), reason: reason.as_deref() };
            news::on_template(desk, &about, event, change)
        }
        WhatsAppEvent::Account { waba, field, event, number, summary } => {
            news::on_account(desk, waba, field, event, number.as_deref(), summary)
        }
        WhatsAppEvent::Other { field } => desk.journal("webhook.unknown", "whatsapp", None, None, &json!({ "field": field })),
    }
}

fn on_message(desk: &Desk<'_>, message: &ClientMessage) -> Result<()> {
    let Some(number) = desk.office.directory.number(&message.number) else {
        if desk.tx.first_time(&format!("m:{}", message.wamid), desk.now)? {
            tracing::error!(number = %message.number, "a client wrote to a number that the directory does not know; the message is in the journal");
            desk.journal("message.unknown_number", "client", None, None, &json!({ "number": message.number, "raw": message.raw }))?;
        }
        return Ok(());
    };
    if message.group.is_some() {
        if desk.tx.first_time(&format!("m:{}", message.wamid), desk.now)? {
            desk.journal("message.group", "client", None, None, &json!({ "number": message.number, "raw": message.raw }))?;
        }
        return Ok(());
    }
    if identity::is_change(&message.content) {
        return identity::on_change(desk, &number.line, message);
    }
    let contact = identity::recognise(desk, &number.line, message)?;
    let thread = desk.tx.open_thread(&number.line, &message.number, contact.id, desk.now)?;
    let case = Case { thread, contact };
    let state_before = case.contact.consent.state(desk.now);
    let meaning = Meaning::of(&message.content, desk.office.keywords(&case.contact.line));
    // Written while we may not answer: recorded and shown as such (product.md 3). The answer to the request is no such message.
    let asked = matches!(state_before, ConsentState::Pending | ConsentState::Lapsed | ConsentState::Declined | ConsentState::Revoked);
    let before_consent =
        asked && matches!(meaning, Meaning::Other | Meaning::Help | Meaning::MarketingOptOut | Meaning::PerhapsStop | Meaning::Silent);
    let new = NewMessage {
        thread: case.thread.id,
        author: None,
        purpose: Purpose::Client,
        content: &serde_json::to_string(&message.content)?,
        state: MessageState::Received,
        rule: before_consent.then_some(Rule::ConsentNeeded),
        wamid: Some(&message.wamid),
        reply_to: message.reply_to.as_ref(),
        retry_of: None,
        created_at: message.at.min(desk.now),
        written_in: None,
        signed: None,
    };
    // The wamid's unique index is the duplicate check: atomic also when Meta posts the same message twice in one second.
    let Some(id) = desk.tx.insert_message(&new)? else { return Ok(()) };
    if let Some(origin) = &message.origin {
        desk.tx.save_origin(id, origin)?;
    }
    if let Content::Media(file) = &message.content {
        media::order(desk, id, file, message)?;
    }
    let body = json!({ "wamid": message.wamid, "at": message.at, "before_consent": before_consent, "raw": message.raw });
    desk.journal("message.received", "client", Some(case.thread.id), Some(id), &body)?;
    revisions::on_message(desk, &case, id, message)?;
    let case = with_window(desk, case, message)?;
    let case = entry_point::on_message(desk, case, id, message)?;
    let deactivated = number.status == NumberStatus::Deactivated || desk.is_switched_off(&case.contact.line);
    // An opt-out acts in any state, also where the number or the line is switched off.
    if deactivated && meaning != Meaning::OptOut {
        // Nor does a wish to stop get lost there: consent is the line's, whatever the number.
        revocation::on_message(desk, &case, id, meaning, state_before, new.created_at)?;
        return turn_away(desk, &case, TextId::K11);
    }
    if meaning != Meaning::OptOut && is_restricted(desk, &case, state_before)? {
        revocation::on_message(desk, &case, id, meaning, state_before, new.created_at)?;
        return turn_away(desk, &case, TextId::K12);
    }
    let case = step_consent(desk, case, meaning, message, id)?;
    if meaning == Meaning::MarketingOptOut {
        marketing::stopped_by_message(desk, &case, id, message.at)?;
    }
    if !deactivated {
        show(desk, &case, id, message, before_consent, meaning)?;
    }
    // Before anything held could be released.
    revocation::on_message(desk, &case, id, meaning, state_before, new.created_at)?;
    announce(desk, &case, state_before, meaning)?;
    send::release_notices(desk, &case)?;
    if case.contact.consent.stored == ConsentState::Granted {
        send::release_held(desk, &case)?;
    }
    desk.tx.refresh_cards(case.thread.id, desk.now)
}

/// The window after this message. Edits, deletions and notices do not open it; everything else a client does, does.
fn with_window(desk: &Desk<'_>, mut case: Case, message: &ClientMessage) -> Result<Case> {
    if !matches!(message.content, Content::Edit { .. } | Content::Revoke { .. } | Content::System { .. }) {
        case.thread.window = case.thread.window.renewed(message.at, desk.now);
        desk.tx.client_wrote(case.thread.id, case.thread.window)?;
        case.thread.template_at = None;
        case.thread.nudged_at = None;
    }
    Ok(case)
}

/// A client who wrote first, on a line that restricts that: nobody has added or asked them, and nobody talks with them.
fn is_restricted(desk: &Desk<'_>, case: &Case, consent: ConsentState) -> Result<bool> {
    let restricts = desk.line(&case.contact.line).is_some_and(|line| line.policy.client_first == ClientFirst::Restrict);
    let unknown = consent == ConsentState::None && case.contact.added_by.is_none();
    Ok(restricts && unknown && desk.tx.participants(case.thread.id)?.is_empty())
}

/// K-11 or K-12, at most once a day; the message is recorded and not shown.
fn turn_away(desk: &Desk<'_>, case: &Case, text: TextId) -> Result<()> {
    let told = case.contact.turned_away_at.is_some_and(|at| desk.now < at + TURNED_AWAY_AGAIN_AFTER);
    if !told && send::answer(desk, case, text, false)?.is_some() {
        desk.tx.turned_away(case.contact.id, desk.now)?;
    }
    Ok(())
}

/// Moves consent by what the client said, and answers.
fn step_consent(desk: &Desk<'_>, mut case: Case, meaning: Meaning, message: &ClientMessage, id: MessageId) -> Result<Case> {
    let policy = desk.line(&case.contact.line).map(|line| line.policy.clone()).unwrap_or_default();
    let asked = Asked {
        consent: case.contact.consent,
        client_first: policy.client_first,
        helped_at: case.contact.helped_at,
        revocation_open: desk.tx.open_revocation(case.contact.id)?.is_some(),
    };
    let step = on_client_message(&asked, meaning, desk.now);
    let sent = match step.answer {
        Some(answer) => send::answer_consent(desk, &case, answer)?,
        None => None,
    };
    if step.answer == Some(Answer::Help) && sent.is_some() {
        desk.tx.helped(case.contact.id, desk.now)?;
    }
    // A request that could not go out (its window closed while the webhook was late) leaves the state alone.
    let asked_in_vain = step.answer == Some(Answer::Request) && sent.is_none();
    if let (Some(next), false) = (step.next, asked_in_vain) {
        let asking = next == ConsentState::Pending;
        let requested_at = if asking { Some(desk.now) } else { case.contact.consent.requested_at };
        case.contact.consent = Consent { stored: next, requested_at };
        desk.tx.save_consent(case.contact.id, case.contact.consent)?;
        if let (true, Some(request)) = (asking, sent) {
            let language = send::request_language(desk, &case)?.to_owned();
            desk.tx.save_request(case.contact.id, SERVER, None, request, &language)?;
            case.contact.requested_by = Some(SERVER.into());
            case.contact.request_message = Some(request);
            case.contact.request_language = Some(language);
        }
        let mut evidence = evidence::of_request(desk, &case.contact)?;
        evidence.insert("contact".to_owned(), json!(case.contact.id));
        evidence.insert("state".to_owned(), json!(next));
        evidence.extend(evidence::of_answer(desk, id, message, sent)?);
        let kind = format!("consent.{}", next.as_str());
        desk.journal(&kind, "client", Some(case.thread.id), Some(id), &evidence)?;
        if matches!(next, ConsentState::Revoked | ConsentState::Declined) {
            revocation::settle(desk, &case.contact, "client", Some(id))?;
        }
    }
    Ok(case)
}

/// Posts the client's message to the participants, or to the whole line when nobody owns the client.
fn show(desk: &Desk<'_>, case: &Case, id: MessageId, message: &ClientMessage, before_consent: bool, meaning: Meaning) -> Result<()> {
    // Who says stop is not offered to anybody: there is nothing to take.
    let alone = meaning != Meaning::OptOut && desk.tx.participants(case.thread.id)?.is_empty();
    let nobody = alone && intake::owners_for(desk, case)?.is_empty();
    opening::settle(desk, case)?;
    let waits_for = if meaning == Meaning::OptOut { None } else { absence::on_message(desk, case)? };
    let anew = revisions::shown_anew(desk, case, id, message)?;
    let belongs = if message.reply_to.is_some() || message.origin.is_some() { desk.tx.message(id)? } else { None };
    for place in desk.audience(case.thread.id)? {
        // Whoever got many clients at once has no card of this one yet.
        desk.ensure_card(case.thread.id, &place)?;
        if let Some(message) = anew {
            desk.tx.enqueue_post(Some(case.thread.id), &place, &Envelope::Revised { message, by: id }, desk.now)?;
        } else {
            let text = match &message.content {
                Content::Media(file) => texts::media::at_first(file),
                content => render::content_at(desk, content, case, &place, id)?,
            };
            let above = belongs.as_ref().map_or_else(|| Ok(Vec::new()), |stored| quotes::above(desk, case, stored, &place))?;
            for post in render::client_posts(desk, case, &text, &above, before_consent, message.referral.as_ref()) {
                desk.post_to(Some(case.thread.id), &place, post, Some(id))?;
            }
        }
        if let Place::Own(colleague) = &place {
            // At once and again when it is posted: in doubt the colleague is asked whom a text is for.
            desk.tx.disturb_focus(colleague, case.thread.id)?;
        }
    }
    if let (Content::Revoke { .. }, Some(target)) = (&message.content, anew) {
        quotes::forget(desk, case, target)?;
    }
    if meaning == Meaning::OptOut {
        return unowned::settle(desk, case, IntakeOutcome::Stopped, "client");
    }
    if nobody || waits_for.is_some() {
        unowned::on_message(desk, case, id, waits_for.as_ref())?;
    }
    Ok(())
}

/// Tells the participants what the client decided.
fn announce(desk: &Desk<'_>, case: &Case, before: ConsentState, meaning: Meaning) -> Result<()> {
    let client = case.contact.name.clone();
    match (case.contact.consent.stored, before) {
        (ConsentState::Granted, before) if before != ConsentState::Granted => desk.tell(case, Style::Good, |reader| {
            let time = case.thread.window.closes_at().map(|at| when(at, reader.zone, desk.now)).unwrap_or_default();
            reader.voice.say(TextId::T04, &[("client", &client), ("time", &time)])
        }),
        (ConsentState::Declined, before) if before != ConsentState::Declined => {
            let number = desk.head(&case.contact, Some(&case.thread)).number;
            desk.tell(case, Style::Attention, |reader| reader.voice.say(TextId::T06, &[("client", &client), ("number", &number)]))
        }
        (ConsentState::Revoked, before) if before != ConsentState::Revoked => {
            debug_assert!(matches!(meaning, Meaning::OptOut | Meaning::No));
            consent::stopped(desk, &case.contact, "client").map(drop)
        }
        _ => Ok(()),
    }
}
