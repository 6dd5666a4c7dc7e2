//! What the buttons do. Every action is checked anew on the server: a forged or stale card does nothing but show the current
//! state.

use super::desk::{Case, Desk, Person};
use super::render::{self, shown};
use super::send::{self, Wish};
use super::{tell, views, write};
use crate::bridge::{
    ActivityId, Basis, Consent, ConsentState, ContactId, Decision, FillError, LineId, MessageId, MessageState, Outgoing, Post, Rule,
    Sending, Template, ThreadId, admit, phone,
};
use crate::cards::submit::{Action, ParseError};
use crate::cards::{self, ContactError, Notice, OptIn, Style, TextError, TypedContact, ValueError};
use crate::store::{Contact, Envelope, Message, NewContact, Purpose, Result, Thread};
use crate::texts::{TextId, labels, sentences};
use serde_json::{Value, json};

/// The longest name of a contact, in characters.
const LONGEST_NAME: usize = 200;
/// Messages that follow when a client is taken; older ones are in the history.
const FOLLOWING: u32 = 20;
/// WhatsApp's limit for a text, in characters.
const LONGEST_TEXT: usize = 4096;

/// Reads what a card sent and does it. The post is what the card becomes. `card` is the activity that held it.
pub fn on_action(desk: &Desk<'_>, person: &Person, data: &Value, card: Option<&ActivityId>) -> Result<Post> {
    match Action::parse(data) {
        Ok(action) => run(desk, person, &action, card),
        Err(ParseError::ChosenNothing { verb }) => nothing_chosen(desk, person, verb, data),
        Err(error) => {
            tracing::warn!(%error, "a card action could not be read");
            Ok(desk.notice(person, None, Style::Warning, sentences::CARD_TOO_OLD.to_owned()))
        }
    }
}

/// The same card again, with the choice that is missing pointed out and everything typed still there.
fn nothing_chosen(desk: &Desk<'_>, person: &Person, verb: &str, data: &Value) -> Result<Post> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match verb {
        "route.choose" => {
            let draft = data.get("draft").and_then(Value::as_i64).unwrap_or_default();
            match desk.tx.draft(draft, person.id())? {
                Some(kept) => views::ask_whom(desk, person, draft, &kept, true),
                None => Ok(settled_draft(desk, person)),
            }
        }
        "contact.add" => {
            let typed = TypedContact { name: text("name"), phone: text("phone"), language: text("language"), line: None };
            views::new_conversation(desk, person, typed, vec![ContactError::LineMissing])
        }
        _ => views::new_conversation(desk, person, TypedContact::default(), vec![ContactError::NothingChosen]),
    }
}

/// Puts an action's card where the old one stood; a new message when we do not know where that was. Returns what the pressed
/// card shows from now on.
pub fn show(desk: &Desk<'_>, person: &Person, card: Option<&ActivityId>, post: Post) -> Result<Post> {
    // A thread card stays what it is: its next edit would take away whatever was being typed into the card in its place.
    let thread = card.map(|activity| desk.tx.thread_of_card(person.id(), activity)).transpose()?.flatten();
    if let Some(case) = thread.map(|thread| desk.case(thread)).transpose()?.flatten() {
        put(desk, person, None, post)?;
        return views::thread(desk, person, &case);
    }
    put(desk, person, card, post.clone())?;
    Ok(post)
}

fn put(desk: &Desk<'_>, person: &Person, card: Option<&ActivityId>, post: Post) -> Result<()> {
    let envelope = match card {
        Some(activity) => Envelope::Update { activity: activity.clone(), post },
        None => Envelope::Post { post, thread: None, message: None, repeated: false },
    };
    desk.tx.enqueue_post(None, &person.id().0, &envelope, desk.now).map(drop)
}

/// Does what a button says.
pub fn run(desk: &Desk<'_>, person: &Person, action: &Action, card: Option<&ActivityId>) -> Result<Post> {
    match action {
        Action::New {} => views::new_conversation(desk, person, TypedContact::default(), Vec::new()),
        Action::Contacts { query } => views::contacts(desk, person, query),
        Action::Help {} => Ok(cards::help(&desk.reader(person, None))),
        Action::HeldList {} => views::held_list(desk, person),
        Action::History {} => views::history_list(desk, person),
        Action::AddContact { line, name, phone, language } => add_contact(desk, person, line, name, phone, language),
        Action::OpenContact { contact } => with_contact(desk, person, *contact, |contact| views::contact(desk, person, contact)),
        Action::Start { contact } => with_contact(desk, person, *contact, |contact| start(desk, person, contact)),
        Action::Request { contact, basis } => with_contact(desk, person, *contact, |contact| request(desk, person, contact, *basis)),
        Action::CancelRequest { contact } => {
            with_contact(desk, person, *contact, |contact| Ok(desk.receipt(person, contact, None, sentences::REQUEST_CANCELLED, None)))
        }
        Action::Templates { thread, query } => with_case(desk, person, *thread, |case| views::templates(desk, person, case, query)),
        Action::PickTemplate { thread, name, language } => {
            with_template(desk, person, *thread, name, language, |case, template| pick(desk, person, case, template))
        }
        Action::FillTemplate { thread, name, language, values } => {
            with_template(desk, person, *thread, name, language, |case, template| fill(desk, person, case, template, values))
        }
        Action::SendTemplate { thread, name, language, values } => {
            with_template(desk, person, *thread, name, language, |case, template| send_template(desk, person, case, template, values, card))
        }
        Action::EditHeld { message } => with_held(desk, person, *message, |case, message| {
            Ok(views::held_edit(desk, person, case, message.id, shown(&message.outgoing()?), None))
        }),
        Action::SaveHeld { message, text } => {
            with_held(desk, person, *message, |case, message| save_held(desk, person, case, message, text))
        }
        Action::WithdrawHeld { message } => with_held(desk, person, *message, |case, message| withdraw(desk, person, case, message)),
        Action::Retry { message } => retry(desk, person, *message),
        Action::Arrived { message } => arrived(desk, person, *message),
        Action::Choose { draft, thread } => choose(desk, person, *draft, *thread),
        Action::DiscardDraft { draft } => discard(desk, person, *draft),
        Action::Take { thread } => take(desk, person, *thread),
        Action::View { thread } => with_case(desk, person, *thread, |case| views::thread(desk, person, case)),
        Action::OpenHistory { thread, before } => with_case(desk, person, *thread, |case| views::history(desk, person, case, *before)),
    }
}

/// A contact of one of the colleague's lines.
fn with_contact(desk: &Desk<'_>, person: &Person, id: ContactId, then: impl FnOnce(&Contact) -> Result<Post>) -> Result<Post> {
    match desk.tx.contact(id)? {
        Some(contact) if desk.office.lines_of(&person.known).iter().any(|line| line.id == contact.line) => then(&contact),
        _ => Ok(views::gone(desk, person)),
    }
}

/// A thread that the colleague takes part in.
fn with_case(desk: &Desk<'_>, person: &Person, id: ThreadId, then: impl FnOnce(&Case) -> Result<Post>) -> Result<Post> {
    match views::own(desk, person, id)? {
        Ok(case) => then(&case),
        Err(gone) => Ok(gone),
    }
}

fn with_template(
    desk: &Desk<'_>,
    person: &Person,
    thread: ThreadId,
    name: &str,
    language: &str,
    then: impl FnOnce(&Case, &Template) -> Result<Post>,
) -> Result<Post> {
    with_case(desk, person, thread, |case| match views::template(desk, case, name, language)? {
        Some(template) => then(case, &template),
        None => Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Attention, sentences::TEMPLATE_GONE.to_owned())),
    })
}

/// A held message of the colleague's own; what became of it when it is not held any more.
fn with_held(desk: &Desk<'_>, person: &Person, id: MessageId, then: impl FnOnce(&Case, &Message) -> Result<Post>) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        if message.author.as_deref() != Some(person.id().0.as_str()) {
            return Ok(views::gone(desk, person));
        }
        if message.state == MessageState::Held {
            return then(case, &message);
        }
        let text = shown(&message.outgoing()?);
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), labels::state(message.state), Some(text)))
    })
}

fn add_contact(desk: &Desk<'_>, person: &Person, line: &LineId, name: &str, typed: &str, language: &str) -> Result<Post> {
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
fn start(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<Post> {
    let Some(number) = desk.number_for(&contact.line, person) else {
        return Ok(desk.notice(person, Some((contact, None)), Style::Attention, sentences::NO_NUMBER.to_owned()));
    };
    let thread = desk.tx.thread_between(&number.phone_number_id, contact.id)?;
    let policy = desk.line(&contact.line).map(|line| line.policy.clone()).unwrap_or_default();
    let facts = desk.facts(contact, thread.as_ref(), Some(person), &policy)?;
    let verdict = admit(&facts, Sending::Free, desk.now);
    match verdict.decision {
        Decision::OfferContact => {
            let phone = contact.number().unwrap_or_default();
            let typed = TypedContact { name: contact.name.clone(), phone, language: String::new(), line: Some(contact.line.clone()) };
            views::new_conversation(desk, person, typed, Vec::new())
        }
        Decision::Refuse => refuse(desk, person, contact, thread.as_ref(), verdict.rule),
        Decision::AskConsent => {
            let mut head = desk.head(contact, thread.as_ref());
            head.number = number.display.clone();
            let view = OptIn { contact: contact.id, head, basis_missing: false };
            Ok(cards::opt_in(&desk.reader(person, Some(&contact.line)), &view))
        }
        Decision::Send | Decision::HandBack | Decision::Hold { .. } => {
            let case = open(desk, person, contact, number.phone_number_id.clone())?;
            let (text, actions) = if verdict.decision == Decision::Send {
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
fn refuse(desk: &Desk<'_>, person: &Person, contact: &Contact, thread: Option<&Thread>, rule: Rule) -> Result<Post> {
    let body = json!({ "contact": contact.id, "rule": rule, "row": rule.row() });
    desk.journal("conversation.refused", &person.id().0, thread.map(|thread| thread.id), None, &body)?;
    Ok(tell::refusal(desk, person, contact, thread, rule, None))
}

/// The colleague's conversation with a contact: thread, participation, card, focus.
fn open(desk: &Desk<'_>, person: &Person, contact: &Contact, number: crate::bridge::PhoneNumberId) -> Result<Case> {
    let thread = desk.tx.open_thread(&contact.line, &number, contact.id, desk.now)?;
    if !desk.tx.participants(thread.id)?.contains(person.id()) {
        desk.tx.join(thread.id, person.id(), desk.now)?;
        desk.journal("participant.joined", &person.id().0, Some(thread.id), None, &json!({ "contact": contact.id }))?;
    }
    desk.ensure_card(thread.id, person.id())?;
    desk.tx.refresh_cards(thread.id, desk.now)?;
    desk.tx.focus_on(person.id(), thread.id)?;
    Ok(Case { thread, contact: contact.clone() })
}

/// T-00, Send request: the only way to ask for consent, decided by the same function as everything else.
fn request(desk: &Desk<'_>, person: &Person, contact: &Contact, basis: Option<Basis>) -> Result<Post> {
    let Some(number) = desk.number_for(&contact.line, person) else {
        return Ok(desk.notice(person, Some((contact, None)), Style::Attention, sentences::NO_NUMBER.to_owned()));
    };
    let thread = desk.tx.thread_between(&number.phone_number_id, contact.id)?;
    let line = desk.line(&contact.line);
    let policy = line.map(|line| line.policy.clone()).unwrap_or_default();
    let verdict = admit(&desk.facts(contact, thread.as_ref(), Some(person), &policy)?, Sending::Request, desk.now);
    if verdict.decision != Decision::Send {
        return refuse(desk, person, contact, thread.as_ref(), verdict.rule);
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
        }),
        contact: contact.clone(),
    };
    let used = line.map(|line| &line.templates.opt_in);
    let filled = used.map(|used| send::fill_template(desk, &provisional, used, &person.name)).transpose()?.flatten();
    let Some(template) = filled else {
        let name = used.map(|used| used.name.as_str()).unwrap_or_default();
        return Ok(desk.notice(person, Some((contact, None)), Style::Attention, sentences::opt_in_template_missing(name)));
    };
    let mut case = open(desk, person, contact, number.phone_number_id.clone())?;
    case.contact.consent = Consent { stored: ConsentState::Pending, requested_at: Some(desk.now) };
    desk.tx.save_consent(contact.id, case.contact.consent)?;
    let text = template.preview.clone();
    let evidence = json!({
        "contact": contact.id, "basis": basis, "text": text, "template": template.name, "language": template.language, "number": number.phone_number_id,
    });
    let content = Outgoing::Template(template);
    let wish = Wish { author: person, purpose: Purpose::Request, content: &content, reply_to: None, retry_of: None };
    let submitted = send::submit(desk, &case, &wish)?;
    desk.tx.save_request(contact.id, &person.id().0, Some(basis), submitted.message)?;
    desk.journal("consent.requested", &person.id().0, Some(case.thread.id), Some(submitted.message), &evidence)?;
    Ok(desk.receipt(person, contact, Some(&case.thread), sentences::REQUEST_SENT, Some(text)))
}

fn pick(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template) -> Result<Post> {
    let variables = template.variables();
    if variables.is_empty() {
        return fill(desk, person, case, template, &[]);
    }
    let fields = views::prefilled(case, person, &variables);
    Ok(views::template_fill(desk, person, case, template, fields))
}

fn fill(desk: &Desk<'_>, person: &Person, case: &Case, template: &Template, values: &[String]) -> Result<Post> {
    let variables = template.variables();
    // A blank input may be missing from what Teams sends.
    let values: Vec<String> =
        (0..variables.len()).map(|at| values.get(at).map(|value| value.trim().to_owned()).unwrap_or_default()).collect();
    match template.fill(&values) {
        Ok(filled) => Ok(views::template_preview(desk, person, case, template, &filled, values)),
        Err(FillError::NotSendable { reason }) => {
            Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Attention, sentences::not_sendable(&reason)))
        }
        Err(error) => {
            let mut fields = views::prefilled(case, person, &variables);
            for (field, value) in fields.iter_mut().zip(&values) {
                field.value.clone_from(value);
                field.error = value.is_empty().then_some(ValueError::Missing);
            }
            let (at, what) = match error {
                FillError::Empty { index } => (index, ValueError::Missing),
                FillError::LineBreak { index } => (index, ValueError::NotOneLine),
                FillError::TooLong { index, .. } => (index, ValueError::TooLong),
                FillError::Count { .. } | FillError::NotSendable { .. } => (0, ValueError::Missing),
            };
            if let Some(field) = fields.get_mut(at) {
                field.error = Some(what);
            }
            Ok(views::template_fill(desk, person, case, template, fields))
        }
    }
}

fn send_template(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    template: &Template,
    values: &[String],
    card: Option<&ActivityId>,
) -> Result<Post> {
    let Ok(filled) = template.fill(values) else { return fill(desk, person, case, template, values) };
    // A template leaves no state that a second press, long after the first, would find changed: one card sends once.
    let once = card.map(|card| format!("send:{}:{card}", person.known.home.conversation));
    if let Some(key) = &once
        && desk.tx.was_seen(key)?
    {
        return Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::SENT_ALREADY, None));
    }
    let text = filled.preview.clone();
    let content = Outgoing::Template(filled);
    desk.tx.focus_on(person.id(), case.thread.id)?;
    let wish = Wish { author: person, purpose: Purpose::Template, content: &content, reply_to: None, retry_of: None };
    let submitted = send::submit(desk, case, &wish)?;
    if let Some(post) = tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &text)? {
        return Ok(post);
    }
    if let Some(key) = &once {
        desk.tx.first_time(key, desk.now)?;
    }
    desk.tx.template_used(&template.waba, &template.name, &template.language, desk.now)?;
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::TEMPLATE_SENT, Some(text)))
}

fn save_held(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: &str) -> Result<Post> {
    let text = text.trim();
    let error = match text.chars().count() {
        0 => Some(TextError::Empty),
        count if count > LONGEST_TEXT => Some(TextError::TooLong),
        _ => None,
    };
    if error.is_some() {
        return Ok(views::held_edit(desk, person, case, message.id, text.to_owned(), error));
    }
    desk.tx.rewrite_held(message.id, &serde_json::to_string(&Outgoing::Text { body: text.to_owned() })?)?;
    desk.journal(
        "message.held_changed",
        &person.id().0,
        Some(case.thread.id),
        Some(message.id),
        &json!({ "text": text, "before": message.content }),
    )?;
    tell::held(desk, person, case, message.id, text)
}

fn withdraw(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    desk.tx.set_state(message.id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
    desk.journal("message.withdrawn", &person.id().0, Some(case.thread.id), Some(message.id), &json!({ "because": "author" }))?;
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    let text = shown(&message.outgoing()?);
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), labels::state(MessageState::Withdrawn), Some(text)))
}

/// What became of a message that was not delivered, on a card that came too late. Only sending it again withdraws one.
fn became(state: MessageState) -> &'static str {
    if state == MessageState::Withdrawn { sentences::SENT_AGAIN } else { labels::state(state) }
}

/// Sends a failed, uncertain, refused or expired message again, as a new one that names the old.
fn retry(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        let retryable = matches!(message.state, MessageState::Failed | MessageState::Uncertain | MessageState::Expired);
        let content = message.outgoing()?;
        let text = shown(&content);
        let own = message.author.as_deref() == Some(person.id().0.as_str());
        if message.purpose == Purpose::Request {
            return start(desk, person, &case.contact);
        }
        // Marked before sending: a second click finds nothing to retry.
        if !own || !retryable || !desk.tx.set_state(id, message.state, MessageState::Withdrawn, desk.now)? {
            return Ok(desk.receipt(person, &case.contact, Some(&case.thread), became(message.state), Some(text)));
        }
        let wish =
            Wish { author: person, purpose: message.purpose, content: &content, reply_to: message.reply_to.as_ref(), retry_of: Some(id) };
        let submitted = send::submit(desk, case, &wish)?;
        match tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &text)? {
            Some(post) => Ok(post),
            None => Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::SENT_AGAIN, Some(text))),
        }
    })
}

fn arrived(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        let settled = desk.tx.set_state(id, MessageState::Uncertain, MessageState::Accepted, desk.now)?;
        let text = shown(&message.outgoing()?);
        if !settled {
            return Ok(desk.receipt(person, &case.contact, Some(&case.thread), became(message.state), Some(text)));
        }
        desk.journal("message.arrived_says_colleague", &person.id().0, Some(case.thread.id), Some(id), &json!({}))?;
        desk.tx.refresh_cards(case.thread.id, desk.now)?;
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::ARRIVED, Some(text)))
    })
}

/// "Who is this for?" answered.
fn choose(desk: &Desk<'_>, person: &Person, draft: i64, thread: ThreadId) -> Result<Post> {
    let Some(text) = desk.tx.draft(draft, person.id())? else { return Ok(settled_draft(desk, person)) };
    with_case(desk, person, thread, |case| {
        if !desk.tx.settle_draft(draft, desk.now)? {
            return Ok(settled_draft(desk, person));
        }
        write::on_text(desk, person, thread, &text, None)?;
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::ROUTED, Some(text.clone())))
    })
}

fn discard(desk: &Desk<'_>, person: &Person, draft: i64) -> Result<Post> {
    if desk.tx.draft(draft, person.id())?.is_some() && desk.tx.settle_draft(draft, desk.now)? {
        desk.journal("message.discarded", &person.id().0, None, None, &json!({ "draft": draft }))?;
        return Ok(desk.notice(person, None, Style::Default, sentences::DISCARDED.to_owned()));
    }
    Ok(settled_draft(desk, person))
}

fn settled_draft(desk: &Desk<'_>, person: &Person) -> Post {
    desk.notice(person, None, Style::Default, sentences::DRAFT_SETTLED.to_owned())
}

/// *Take*: the first one owns the client; what the client wrote so far follows.
fn take(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    let Some(case) = desk.case(thread)? else { return Ok(views::gone(desk, person)) };
    if !desk.office.lines_of(&person.known).iter().any(|line| line.id == case.contact.line) {
        return Ok(views::gone(desk, person));
    }
    let owners = desk.tx.owners(case.contact.id)?;
    if owners.first().is_some_and(|owner| owner != person.id()) {
        let text = desk.reader(person, Some(&case.contact.line)).voice.say(TextId::T10, &[]);
        return Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, text));
    }
    open(desk, person, &case.contact, case.thread.number.clone())?;
    desk.tx.adopt_contact(case.contact.id, &case.contact.name, None, person.id())?;
    if owners.is_empty() {
        for message in desk.tx.messages_before(thread, None, FOLLOWING)?.iter().rev().filter(|message| message.purpose == Purpose::Client) {
            let post = render::client_post(desk, &case, &render::message(desk, message)?, message.rule.is_some());
            desk.post(Some(thread), person.id(), post, Some(message.id))?;
        }
    }
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::TAKEN, None))
}
