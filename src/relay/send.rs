//! The one way out: every message to a client, whoever wants it, passes [`submit`], and passes the same rules again when it is
//! handed to WhatsApp ([`on_its_way`]).

use super::desk::{Case, Desk, Person, SERVER};
use super::mirror::Queued;
use super::release::{Released, in_parts};
use super::render::shown;
use super::{expiry, marks, tell};
use crate::bridge::{
    Answer, Button, ConsentState, Decision, Facts, Fill, Keywords, Meaning, MessageId, MessageState, NO, Outgoing, Rule, Ruling, Sending,
    Template, TemplateButton, TemplateButtonKind, TemplateMessage, TemplateUse, Verdict, Wamid, YES, held, nearest_language, same_language,
};
use crate::cards::Style;
use crate::store::{Contact, Direction, Left, Message, NewMessage, Purpose, Result};
use crate::texts::{TextId, sentences};
use serde_json::{Value, json};

/// What somebody wants to send.
pub struct Wish<'a> {
    /// `None`: the server.
    pub author: Option<&'a Person>,
    pub purpose: Purpose,
    pub content: &'a Outgoing,
    pub reply_to: Option<&'a Wamid>,
    pub retry_of: Option<MessageId>,
}

impl<'a> Wish<'a> {
    pub(super) fn by_server(purpose: Purpose, content: &'a Outgoing) -> Self {
        Self { author: None, purpose, content, reply_to: None, retry_of: None }
    }
}

/// What became of it.
pub struct Submitted {
    pub verdict: Verdict,
    pub message: MessageId,
}

/// Decides about a colleague's message and does what was decided: queue, hold or refuse. The message and the rule are recorded
/// in every case. A text that is too long for WhatsApp goes as several messages, of which the last is named; until it goes it is one.
pub fn submit(desk: &Desk<'_>, case: &Case, wish: &Wish<'_>) -> Result<Submitted> {
    let sending = sending(desk, case, wish.purpose, wish.content)?;
    let ruling = decide(desk, case, wish.author, sending)?;
    let state = match ruling.decision {
        Decision::Send => MessageState::Queued,
        Decision::Hold { .. } => MessageState::Held,
        _ => MessageState::Refused,
    };
    // What is still held was written earlier and goes first.
    if ruling.decision == Decision::Send && wish.purpose == Purpose::Free {
        release_held(desk, case)?;
    }
    let (first, rest) = match state {
        MessageState::Queued => in_parts(desk, case, wish.author, wish.purpose, wish.content)?,
        _ => (wish.content.clone(), Vec::new()),
    };
    let mut message = record(desk, case, &Wish { content: &first, ..*wish }, state, &ruling)?;
    for content in &rest {
        message = record(desk, case, &Wish { content, reply_to: None, ..*wish }, state, &ruling)?;
    }
    if let (Decision::Hold { nudge: true }, Some(author)) = (ruling.decision, wish.author) {
        nudge(desk, case, author, None)?;
    }
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    Ok(Submitted { verdict: ruling.verdict(), message })
}

/// The decision of product.md 2 with the facts as they stand in this transaction.
pub fn decide(desk: &Desk<'_>, case: &Case, author: Option<&Person>, sending: Sending) -> Result<Ruling> {
    decide_as(desk, case, author, |_| Ok(sending))
}

/// The same, where it takes the facts to say what is to be sent.
fn decide_as(desk: &Desk<'_>, case: &Case, author: Option<&Person>, sending: impl FnOnce(&Facts<'_>) -> Result<Sending>) -> Result<Ruling> {
    let policy = desk.line(&case.contact.line).map(|line| line.policy.clone()).unwrap_or_default();
    let facts = desk.facts(&case.contact, Some(&case.thread), author, &policy)?;
    let sending = sending(&facts)?;
    let ruling = Ruling::on(&facts, sending, desk.now);
    // The client goes on under another contact: nothing leaves from here, not even an answer.
    let merged = case.contact.merged_into.is_some();
    Ok(if merged { Ruling { decision: Decision::Refuse, rule: Rule::NotAContact, ..ruling } } else { ruling })
}

/// Which rules a message falls under.
fn sending(desk: &Desk<'_>, case: &Case, purpose: Purpose, content: &Outgoing) -> Result<Sending> {
    Ok(match (purpose, content) {
        (Purpose::Request, _) => Sending::RequestOnItsWay,
        (Purpose::Answer, _) => Sending::Answer,
        (Purpose::Notice, _) => Sending::Notice,
        (_, Outgoing::Template(template)) => desk.template_sending(&case.thread, &template.name, &template.language)?,
        _ => Sending::Free,
    })
}

/// The decision about a queued message at the moment it is handed to WhatsApp: consent may have gone, the window closed, a
/// template been paused since.
pub fn on_its_way(desk: &Desk<'_>, case: &Case, message: &Message, content: &Outgoing) -> Result<Ruling> {
    let sending = sending(desk, case, message.purpose, content)?;
    let author = match message.author.as_deref() {
        None | Some(SERVER) => None,
        Some(id) => desk.person(&id.into())?,
    };
    let mut case = case.clone();
    // A template is not its own unanswered predecessor: the thread was marked with it when it was queued.
    case.thread.template_at = case.thread.template_at.filter(|at| *at < message.created_at);
    let sending = |facts: &Facts<'_>| {
        // While nothing is to be decided it makes no difference, and that is nearly always.
        let waiting = sending == Sending::Free && facts.revocation_open && waited(desk, &case, message)?;
        Ok(if waiting { Sending::Waiting } else { sending })
    };
    let ruling = decide_as(desk, &case, author.as_ref(), sending)?;
    match &author {
        Some(author) if ruling.decision != Decision::Send && parted_since(desk, message, author)? => {
            // What they sent before they left still goes, but waits no more: nobody could change or withdraw it.
            let ruling = decide_as(desk, &case, None, sending)?;
            Ok(if ruling.decision == Decision::Send { ruling } else { Ruling { decision: Decision::Refuse, ..ruling } })
        }
        _ => Ok(ruling),
    }
}

/// Whether the author went after writing this, in whatever way but being removed or switched off.
fn parted_since(desk: &Desk<'_>, message: &Message, author: &Person) -> Result<bool> {
    let part = desk.tx.participation(message.thread, author.id())?.filter(|part| part.left_at.is_some());
    let still_goes = |left| !matches!(left, Some(Left::Removed | Left::SwitchedOff));
    Ok(part.is_some_and(|part| still_goes(part.left) && part.visible_until.is_some_and(|until| message.id <= until)))
}

/// Held, or written before the client's message that may ask to stop: not what a colleague writes in answer to it.
fn waited(desk: &Desk<'_>, case: &Case, message: &Message) -> Result<bool> {
    Ok(message.state == MessageState::Held || desk.tx.open_revocation(case.contact.id)?.is_some_and(|open| message.id < open.message))
}

/// Keeps a message as it was decided about, with the rule; queues it where that is the decision.
pub fn record(desk: &Desk<'_>, case: &Case, wish: &Wish<'_>, state: MessageState, ruling: &Ruling) -> Result<MessageId> {
    let &Wish { purpose, content, reply_to, retry_of, .. } = wish;
    let author = wish.author.map_or(SERVER, |person| person.id().0.as_str());
    let json = serde_json::to_string(content)?;
    let participants = if state == MessageState::Queued { desk.tx.participants(case.thread.id)? } else { Vec::new() };
    let queued = wish.author.filter(|_| state == MessageState::Queued);
    let queued = queued.map(|author| Queued { author, purpose, content, reply_to, participants: &participants });
    let signed = queued.and_then(|queued| queued.signature(desk, case));
    let written_in = wish.author.map(Person::conversation);
    let new = NewMessage {
        thread: case.thread.id,
        author: Some(author),
        purpose,
        content: &json,
        state,
        rule: Some(ruling.rule),
        wamid: None,
        reply_to,
        retry_of,
        created_at: desk.now,
        written_in,
        signed: signed.as_deref(),
    };
    // Without a wamid there is nothing to collide with.
    let message = desk.tx.insert_message(&new)?.ok_or(crate::store::StoreError::Panicked)?;
    if purpose == Purpose::Free {
        marks::keep(desk, wish.author, content, retry_of, message)?;
    }
    if let Some(queued) = queued {
        queued.show(desk, case, message, written_in)?;
    }
    let kind = match state {
        MessageState::Queued => "message.queued",
        MessageState::Held => "message.held",
        _ => "message.refused",
    };
    let mut body = json!({
        "purpose": purpose, "content": content, "rule": ruling.rule, "row": ruling.rule.row(), "facts": ruling.grounds,
        "retry_of": retry_of, "reply_to": reply_to,
    });
    if signed.is_some() {
        body["signed"] = json!(signed);
    }
    desk.journal(kind, author, Some(case.thread.id), Some(message), &body)?;
    if state == MessageState::Queued {
        if purpose.is_template() {
            // From now on, not from WhatsApp's acceptance: neither two quick clicks nor two held messages may send two of them.
            desk.tx.template_sent(case.thread.id, desk.now, purpose == Purpose::Nudge)?;
        }
        enqueue(desk, case, message)?;
    }
    Ok(message)
}

/// A decision as the journal keeps it: the rule, its row of product.md 2, and the facts of that moment.
fn decided(ruling: &Ruling) -> Value {
    json!({ "rule": ruling.rule, "row": ruling.rule.row(), "facts": ruling.grounds })
}

fn enqueue(desk: &Desk<'_>, case: &Case, message: MessageId) -> Result<()> {
    desk.tx.enqueue(Direction::WhatsApp, Some(case.thread.id), &case.thread.number.0, Some(message), "", desk.now).map(drop)
}

/// Sends one of the server's own answers, inside the window that the client's message opened.
pub fn answer(desk: &Desk<'_>, case: &Case, text: TextId, buttons: bool) -> Result<Option<MessageId>> {
    let ruling = decide(desk, case, None, Sending::Answer)?;
    if ruling.decision != Decision::Send {
        return Ok(None);
    }
    let body = client_text(desk, case, text)?;
    let content = if buttons {
        let voice = desk.client_voice(&case.contact);
        let buttons =
            [(YES, TextId::K01Yes), (NO, TextId::K01No)].map(|(id, title)| Button { id: id.to_owned(), title: voice.say(title, &[]) });
        Outgoing::Buttons { body, buttons: buttons.to_vec() }
    } else {
        Outgoing::Text { body }
    };
    record(desk, case, &Wish::by_server(Purpose::Answer, &content), MessageState::Queued, &ruling).map(Some)
}

/// What consent's step asks the server to say.
pub fn answer_consent(desk: &Desk<'_>, case: &Case, what: Answer) -> Result<Option<MessageId>> {
    match what {
        Answer::Accepted => answer(desk, case, TextId::K02, false),
        Answer::Stopped => answer(desk, case, TextId::K03, false),
        Answer::Request => answer(desk, case, TextId::K01, true),
        Answer::Help => answer(desk, case, TextId::K13, false),
    }
}

/// One of the texts to the client, filled with what the server knows.
fn client_text(desk: &Desk<'_>, case: &Case, text: TextId) -> Result<String> {
    let colleague = speaker(desk, case)?;
    let voice = desk.client_voice(&case.contact);
    Ok(match (colleague, text) {
        (None, TextId::K01) => voice.say(TextId::K01b, &[]),
        (None, TextId::K02) => voice.say(TextId::K02b, &[]),
        (colleague, text) => voice.say(text, &[("colleague", colleague.as_deref().unwrap_or(voice.business()))]),
    })
}

/// The language in which [`answer_consent`] asks.
pub fn request_language<'a>(desk: &Desk<'a>, case: &'a Case) -> Result<&'a str> {
    let text = if speaker(desk, case)?.is_some() { TextId::K01 } else { TextId::K01b };
    Ok(desk.client_voice(&case.contact).language_of(text))
}

/// The languages to speak to a client in, the best first: their own, else the line's.
pub fn languages<'a>(desk: &Desk<'a>, contact: &'a Contact) -> [&'a str; 2] {
    let lines =
        desk.line(&contact.line).map_or(desk.office.directory.organization.language.as_str(), |line| desk.office.directory.language(line));
    [contact.language.as_deref().unwrap_or_default(), lines]
}

/// In whose name the server speaks: the first participant's, else the one who asked for consent.
fn speaker(desk: &Desk<'_>, case: &Case) -> Result<Option<String>> {
    let first = desk.tx.participants(case.thread.id)?.into_iter().next().or_else(|| case.contact.requested_by.clone());
    Ok(match first {
        Some(id) => desk.person(&id)?.map(|person| person.name),
        None => None,
    })
}

/// A template that the server fills by itself: in the client's language, else in the line's, else as configured.
pub fn fill_template(desk: &Desk<'_>, case: &Case, used: &TemplateUse, colleague: &str) -> Result<Option<TemplateMessage>> {
    let Some(number) = desk.office.directory.number(&case.thread.number) else { return Ok(None) };
    let mut usable = desk.tx.templates(&number.waba_id)?;
    usable.retain(|template| {
        template.name == used.name && template.status.eq_ignore_ascii_case("APPROVED") && template.not_sendable.is_none()
    });
    let offered: Vec<&str> = usable.iter().map(|template| template.language.as_str()).collect();
    let [own, lines] = languages(desk, &case.contact);
    let chosen = nearest_language(&offered, &[own, lines]);
    let configured = || usable.iter().find(|template| same_language(&template.language, &used.language));
    let chosen = chosen.and_then(|language| usable.iter().find(|template| template.language == language)).or_else(configured);
    let Some(template) = chosen else { return Ok(None) };
    let line = desk.line(&case.contact.line);
    let values: Vec<String> = used
        .variables
        .iter()
        .map(|fill| match fill {
            Fill::Colleague => colleague.to_owned(),
            Fill::Business => line.map(|line| desk.office.directory.business(line).to_owned()).unwrap_or_default(),
            Fill::Client => case.contact.name.clone(),
        })
        .collect();
    let Ok(mut message) = template.fill(&values) else { return Ok(None) };
    message.buttons.retain(|button| !matches!(button, TemplateButton::QuickReply { .. }));
    message.buttons.extend(answer_payloads(template, desk.office.keywords(&case.contact.line)));
    Ok(Some(message))
}

/// Payloads for the quick replies of an opt-in request: which means Yes and which No is read from their titles, else by order.
fn answer_payloads(template: &Template, keywords: &Keywords) -> Vec<TemplateButton> {
    let replies: Vec<(u8, &str)> = (0u8..)
        .zip(&template.buttons)
        .filter_map(|(index, button)| match button {
            TemplateButtonKind::QuickReply { text } => Some((index, text.as_str())),
            _ => None,
        })
        .collect();
    replies
        .iter()
        .enumerate()
        .map(|(order, (index, title))| {
            let payload = match (keywords.meaning(title), order) {
                (Meaning::OptIn, _) => YES,
                (Meaning::Decline | Meaning::OptOut | Meaning::PerhapsStop, _) => NO,
                (_, 0) => YES,
                _ => NO,
            };
            TemplateButton::QuickReply { index: *index, payload: payload.to_owned() }
        })
        .collect()
}

/// What became of the wish to ask the client to write (K-22).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nudged {
    Sent,
    /// Asked before in this closed window, or nothing to ask for.
    Not(held::NotAsked),
    /// The line has no nudge template.
    NotConfigured,
    /// It has one, of this name, and WhatsApp has not approved it (any more).
    NotApproved(String),
    Refused(Ruling),
}

/// Sends the line's nudge, once per closed window, and only as far as the rules for templates allow. `by`: the colleague who asked
/// for it and hears what becomes of it; `None`: the line's policy did, for a message of `author`.
pub fn nudge(desk: &Desk<'_>, case: &Case, author: &Person, by: Option<&Person>) -> Result<Nudged> {
    if let Err(not) = held::may_nudge(&case.thread.window, case.thread.nudged_at, desk.now) {
        return Ok(Nudged::Not(not));
    }
    let used = desk.line(&case.contact.line).and_then(|line| line.templates.nudge_for(&languages(desk, &case.contact)));
    let Some(used) = used else { return Ok(Nudged::NotConfigured) };
    let Some(template) = fill_template(desk, case, used, &author.name)? else { return Ok(Nudged::NotApproved(used.name.clone())) };
    let content = Outgoing::Template(template);
    let sending = sending(desk, case, Purpose::Nudge, &content)?;
    let ruling = decide(desk, case, Some(author), sending)?;
    if ruling.decision != Decision::Send {
        return Ok(Nudged::Refused(ruling));
    }
    let wish = Wish { author: by, ..Wish::by_server(Purpose::Nudge, &content) };
    record(desk, case, &wish, MessageState::Queued, &ruling)?;
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    Ok(Nudged::Sent)
}

/// Sends the held messages of a thread, in order, every rule checked again. Stops at the first that may not go; the
/// participants are told how many went (T-23).
pub fn release_held(desk: &Desk<'_>, case: &Case) -> Result<()> {
    release_notices(desk, case)?;
    if desk.tx.held(case.thread.id)?.is_empty() {
        return Ok(());
    }
    expiry::expire_due(desk, case)?;
    let waiting = desk.tx.held(case.thread.id)?;
    debug_assert!(waiting.is_sorted_by_key(|message| held::place(message.created_at, message.id)));
    let (mut verdicts, mut news) = (Vec::new(), false);
    for message in &waiting {
        let content = message.outgoing()?;
        let ruling = on_its_way(desk, case, message, &content)?;
        verdicts.push(ruling.verdict());
        if ruling.decision != Decision::Send {
            news = stays_held(desk, message, &ruling)?;
            break;
        }
        release(desk, case, message, &content, &ruling)?;
    }
    let release = held::Release::of(waiting.len(), &verdicts);
    // The card that asks whether the client wants to stop says already that they wait.
    let told_left = release.told_left().filter(|(_, rule)| *rule != Rule::RevocationOpen && (news || release.sent > 0));
    tell_released(desk, case, release.told_sent(), told_left)
}

/// A rule keeps a message from being released. Recorded and told when it is another rule than before, not with every message that the
/// client writes; false when it is no news.
fn stays_held(desk: &Desk<'_>, message: &Message, ruling: &Ruling) -> Result<bool> {
    if message.decided_by() == Some(ruling.rule) {
        return Ok(false);
    }
    desk.tx.save_rule(message.id, ruling.rule)?;
    desk.journal("message.not_released", SERVER, Some(message.thread), Some(message.id), &decided(ruling))?;
    Ok(true)
}

/// Queues one held message, as it was decided now. What has no room any more goes as a message of its own behind it.
fn release(desk: &Desk<'_>, case: &Case, message: &Message, content: &Outgoing, ruling: &Ruling) -> Result<()> {
    let released = Released::of(desk, case, message, content)?;
    let mut entry = decided(ruling);
    if released.dated {
        entry["dated"] = true.into();
    }
    if released.signed.is_some() {
        entry["signed"] = json!(released.signed);
    }
    if released.content != *content {
        desk.tx.rewrite_held(message.id, &serde_json::to_string(&released.content)?)?;
    }
    if let Some(queued) = released.queued(message) {
        queued.show(desk, case, message.id, message.written_in.as_ref())?;
    }
    desk.tx.sign(message.id, released.signed.as_deref())?;
    desk.tx.set_state(message.id, MessageState::Held, MessageState::Queued, desk.now)?;
    desk.tx.save_rule(message.id, ruling.rule)?;
    desk.journal("message.released", SERVER, Some(case.thread.id), Some(message.id), &entry)?;
    enqueue(desk, case, message.id)?;
    for content in &released.rest {
        let wish = Wish { author: released.author.as_ref(), purpose: message.purpose, content, reply_to: None, retry_of: None };
        let rest = record(desk, case, &wish, MessageState::Queued, ruling)?;
        desk.tx.written_with(rest, message.id)?;
    }
    Ok(())
}

fn tell_released(desk: &Desk<'_>, case: &Case, sent: Option<usize>, left: Option<(usize, Rule)>) -> Result<()> {
    if sent.is_none() && left.is_none() {
        return Ok(());
    }
    let style = if left.is_none() { Style::Good } else { Style::Warning };
    desk.tell(case, style, |reader| {
        let said =
            |id, n: usize, reason: &str| reader.voice.say(id, &[("client", &case.contact.name), ("n", &n.to_string()), ("reason", reason)]);
        let sent = sent.map(|n| said(TextId::T23, n, ""));
        let left = left.map(|(n, rule)| said(TextId::T23b, n, sentences::reason(rule)));
        sent.into_iter().chain(left).collect::<Vec<_>>().join(" ")
    })
}

/// Sends what the server has to tell the client about colleagues, in order, as far as the rules allow now. Before anything else of the
/// thread that waits (product.md 10).
pub fn release_notices(desk: &Desk<'_>, case: &Case) -> Result<()> {
    for message in desk.tx.held_notices(case.thread.id)? {
        let content = message.outgoing()?;
        let ruling = on_its_way(desk, case, &message, &content)?;
        if ruling.decision != Decision::Send {
            break;
        }
        release(desk, case, &message, &content, &ruling)?;
    }
    Ok(())
}

/// What the server had to tell is not to be told any more.
fn withdraw_notices(desk: &Desk<'_>, case: &Case, because: &str) -> Result<()> {
    desk.tx.held_notices(case.thread.id)?.iter().try_for_each(|message| withdraw(desk, message, SERVER, because).map(drop))
}

/// Withdraws one held message; false when it is not held any more. `because`: as the journal names it.
pub fn withdraw(desk: &Desk<'_>, message: &Message, actor: &str, because: &str) -> Result<bool> {
    let was = desk.tx.set_state(message.id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
    if was {
        desk.journal("message.withdrawn", actor, Some(message.thread), Some(message.id), &json!({ "because": because }))?;
    }
    Ok(was)
}

/// Withdraws every held message of a thread (an opt-out); how many there were.
pub fn withdraw_held(desk: &Desk<'_>, case: &Case, actor: &str) -> Result<usize> {
    withdraw_all(desk, case, actor, "opt_out")
}

/// The same for another reason, as the journal names it.
pub fn withdraw_all(desk: &Desk<'_>, case: &Case, actor: &str, because: &str) -> Result<usize> {
    withdraw_notices(desk, case, because)?;
    let waiting = desk.tx.held(case.thread.id)?;
    for message in &waiting {
        withdraw(desk, message, actor, because)?;
    }
    Ok(waiting.len())
}

/// A queued message may not go any more: it becomes held or refused, and its author is told.
pub fn stop(desk: &Desk<'_>, case: &Case, message: &Message, ruling: Ruling) -> Result<()> {
    let (state, kind) = match ruling.decision {
        Decision::Hold { .. } => (MessageState::Held, "message.held"),
        _ => (MessageState::Refused, "message.refused"),
    };
    desk.tx.set_state(message.id, message.state, state, desk.now)?;
    desk.tx.save_rule(message.id, ruling.rule)?;
    if message.purpose.is_template() {
        desk.tx.template_not_sent(case.thread.id, message.created_at)?;
    }
    desk.journal(kind, SERVER, Some(case.thread.id), Some(message.id), &decided(&ruling))?;
    if message.purpose == Purpose::Request && case.contact.consent.stored == ConsentState::Pending {
        desk.tx.save_consent(case.contact.id, crate::bridge::Consent::NONE)?;
    }
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    let Some(author) = message.author.as_deref().filter(|author| *author != SERVER) else { return Ok(()) };
    if let Some(person) = desk.person(&author.into())? {
        if let Decision::Hold { nudge: true } = ruling.decision {
            nudge(desk, case, &person, None)?;
        }
        let text = shown(&message.outgoing()?);
        if let Some(post) = tell::verdict(desk, &person, case, ruling.verdict(), Some(message.id), &text)? {
            desk.post(Some(case.thread.id), &person, post, Some(message.id))?;
        }
    }
    Ok(())
}
