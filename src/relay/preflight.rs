//! Before anybody writes: may this be sent now, how, by which row, and what would it cost. The same facts and the same
//! [`admit`] as a real attempt; nothing is changed, so a read-only transaction is enough.

mod find;

pub use find::Unanswered;
pub(super) use find::{colleague, lines};

use super::desk::{Case, Desk, Person};
use super::office::Office;
use crate::bridge::{
    BilledCount, ConsentState, ContactId, Cost, Decision, Line, LineId, Number, NumberStatus, PhoneNumberId, Policy, Post, PriceCategory,
    PriceFacts, Rule, Sending, ServiceCount, Template, TemplateCategory, Time, Verdict, WhyFree, admit, billing_month, cost,
};
use crate::cards::{self, Style, ThreadHelp};
use crate::store::{Contact, Result, Thread, Tx};
use crate::texts::{preflight as words, when};
use chrono::Duration;
use serde::Serialize;

/// What is asked, as typed.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Colleague: UPN, Entra object id, or name if only one is called so.
    pub from: String,
    /// Client: phone in any format, name of a contact if only one is called so, or business-scoped user id.
    pub to: String,
    /// Line, by id or name. Needed when the client could be meant on several.
    pub line: Option<String>,
    /// Ask for this template instead of free text.
    pub template: Option<String>,
    /// Language of the template (`en_US`, `en-US`). Default: the client's, else the line's, else its only one.
    pub language: Option<String>,
}

/// How a message would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    FreeText,
    Template,
    /// Held until the client writes.
    Held,
    /// The same, and the line's nudge template goes out.
    HeldAndNudged,
    /// Handed back: only a template may go.
    HandedBack,
    RequestFirst,
    ContactFirst,
    Refused,
}

/// Which of the messages that would leave a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Message,
    Request,
    Nudge,
}

/// One message that would leave, and what it would cost if it were delivered now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charge {
    pub what: What,
    pub category: PriceCategory,
    pub charged: bool,
    /// `entry_point`, `allowance`, `service` or `utility_in_window`; `null` when it is charged.
    pub free_because: Option<&'static str>,
    #[serde(skip)]
    pub cost: Cost,
}

/// A decision with the price of what it would send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    pub verdict: Verdict,
    pub charges: Vec<Charge>,
    /// What has arrived from the number this month.
    pub counts: Vec<BilledCount>,
}

/// The answer, as `switchboard preflight --json` prints it. Times are RFC 3339 in UTC.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub asked_at: Time,
    /// True: it would be handed to WhatsApp now. False: held, refused, or something else comes first.
    pub would_be_sent: bool,
    pub how: How,
    /// The rule as the journal names it (`window_open`).
    pub rule: Rule,
    /// The rule's row in the table of decisions, 1 to 11; `null` for rules beside the table.
    pub row: Option<u8>,
    /// One sentence: how.
    pub answer: String,
    /// One sentence: why.
    pub why: String,
    pub colleague: ReportedColleague,
    pub client: ReportedClient,
    pub line: ReportedLine,
    /// The number it would leave from; `null` when the line has none.
    pub number: Option<ReportedNumber>,
    /// `null` for free text.
    pub template: Option<ReportedTemplate>,
    pub consent: ReportedConsent,
    pub window: ReportedWindow,
    /// Messages that wait in this conversation.
    pub held: u32,
    /// When a message that is held now would expire; `null` when it would not be held.
    pub held_until: Option<Time>,
    /// What would leave, each with its price. Empty when nothing would.
    pub charges: Vec<Charge>,
    /// The month of `counts`, UTC: `2026-11`.
    pub month: String,
    /// Delivered messages of the number in this month, by WhatsApp's category and type of price.
    pub counts: Vec<BilledCount>,
    /// IANA zone of the times in `answer`: the organization's.
    pub time_zone: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedColleague {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedClient {
    /// Row of the contact; `null` for somebody who is none.
    pub contact: Option<ContactId>,
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    pub bsuid: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedLine {
    pub id: LineId,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedNumber {
    pub id: PhoneNumberId,
    pub display: String,
    pub status: NumberStatus,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedTemplate {
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    /// As WhatsApp lists it (`APPROVED`).
    pub status: String,
    /// Why it cannot be sent from here, if so.
    pub not_sendable: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedConsent {
    /// As of `asked_at`: a request without an answer for 24 hours is `lapsed`.
    pub state: ConsentState,
    pub requested_at: Option<Time>,
    /// When the client may be asked again; only after a request without an answer.
    pub next_request_at: Option<Time>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportedWindow {
    /// Whether free text may be handed over now; a minute before the end it may not any more.
    pub open: bool,
    pub last_inbound: Option<Time>,
    /// When it closes or closed; `null` when the client never wrote, or WhatsApp refused a message as outside the window.
    pub closes_at: Option<Time>,
}

/// Answers a question from the store as it stands.
pub fn answer(tx: &Tx<'_>, question: &Question, now: Time) -> Result<Report, Unanswered> {
    let (version, directory) = tx.directory()?.ok_or_else(|| Unanswered::Unclear(words::NO_DIRECTORY.to_owned()))?;
    let office = Office::new(version, directory);
    let desk = Desk { tx, office: &office, now, links: None };
    let person = find::colleague(&desk, &question.from)?;
    let lines = find::lines(&desk, &person, question.line.as_deref())?;
    let client = find::client(&desk, &person, &lines, &question.to)?;
    let line = desk.line(&client.contact.line).ok_or_else(|| Unanswered::Unclear(words::no_lines(&person.name)))?;
    let thread = if client.known { thread(&desk, &person, &client.contact)? } else { None };
    let number = match &thread {
        Some(thread) => office.directory.number(&thread.number),
        None => desk.number_for(&line.id, &person),
    };
    let template = match &question.template {
        Some(name) => Some(find::template(&desk, number, line, &client.contact, name, question.language.as_deref())?),
        None => None,
    };
    let sending = template.as_ref().map_or(Sending::Free, |template| Desk::sending_of(Some(template)));
    let outlook = outlook(&desk, &person, &client.contact, thread.as_ref(), sending)?;
    report(&desk, &Found { person: &person, client: &client, line, number, thread: thread.as_ref(), template: template.as_ref() }, outlook)
}

/// The conversation that a message of this colleague would go into: the one they take part in, else that of their number.
fn thread(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<Option<Thread>> {
    let number = desk.number_for(&contact.line, person).map(|number| &number.phone_number_id);
    let mut own = Vec::new();
    for thread in desk.tx.threads_with(contact.id)? {
        if desk.tx.participants(thread.id)?.contains(person.id()) {
            own.push(thread);
        }
    }
    if let Some(at) = own.iter().position(|thread| Some(&thread.number) == number) {
        return Ok(Some(own.swap_remove(at)));
    }
    match (own.into_iter().next(), number) {
        (Some(thread), _) => Ok(Some(thread)),
        (None, Some(number)) => desk.tx.thread_between(number, contact.id),
        (None, None) => Ok(None),
    }
}

/// The decision about a message of this colleague as it stands now, and what would leave at what price.
pub fn outlook(desk: &Desk<'_>, person: &Person, contact: &Contact, thread: Option<&Thread>, sending: Sending) -> Result<Outlook> {
    let line = desk.line(&contact.line);
    let policy = line.map(|line| line.policy.clone()).unwrap_or_default();
    let facts = desk.facts(contact, thread, Some(person), &policy)?;
    let verdict = admit(&facts, sending, desk.now);
    let number = match thread {
        Some(thread) => desk.office.directory.number(&thread.number),
        None => desk.number_for(&contact.line, person),
    };
    let month = billing_month(desk.now);
    let counts = number.map(|number| desk.tx.billed(&number.phone_number_id, &month)).transpose()?.unwrap_or_default();
    let price = PriceFacts {
        window: facts.window,
        entry: thread.map(|thread| thread.entry).unwrap_or_default(),
        service: ServiceCount::of(&counts),
    };
    let charge = |what, category: PriceCategory| {
        let cost = cost(&category, &price, desk.now);
        Charge { what, category, charged: cost == Cost::Charged, free_because: free_because(cost), cost }
    };
    let message = || match sending {
        Sending::Template { category, .. } => charge(What::Message, category.into()),
        _ => charge(What::Message, PriceCategory::Service),
    };
    let charges = match verdict.decision {
        Decision::Send => vec![message()],
        Decision::Hold { nudge: false } => vec![message()],
        Decision::Hold { nudge: true } => {
            let category = nudge(desk, line, number, &facts, thread)?;
            std::iter::once(message()).chain(category.map(|category| charge(What::Nudge, category))).collect()
        }
        Decision::AskConsent => {
            let name = line.map(|line| line.templates.opt_in.name.as_str()).unwrap_or_default();
            let category = category_of(desk, number, name)?.map_or(PriceCategory::Utility, PriceCategory::from);
            vec![charge(What::Request, category)]
        }
        Decision::Refuse | Decision::OfferContact | Decision::HandBack => Vec::new(),
    };
    Ok(Outlook { verdict, charges, counts })
}

fn free_because(cost: Cost) -> Option<&'static str> {
    match cost {
        Cost::Charged => None,
        Cost::Free(WhyFree::EntryPoint { .. }) => Some("entry_point"),
        Cost::Free(WhyFree::Allowance { .. }) => Some("allowance"),
        Cost::Free(WhyFree::Service) => Some("service"),
        Cost::Free(WhyFree::UtilityInWindow) => Some("utility_in_window"),
    }
}

/// The category of the line's nudge, when holding a message would send it: once per closed window, and as far as the rules
/// for templates allow.
fn nudge(
    desk: &Desk<'_>,
    line: Option<&Line>,
    number: Option<&Number>,
    facts: &crate::bridge::Facts<'_>,
    thread: Option<&Thread>,
) -> Result<Option<PriceCategory>> {
    let nudged = thread.is_some_and(|thread| thread.nudged_at.is_some());
    let (Some(used), false) = (line.and_then(|line| line.templates.nudge.as_ref()), nudged) else { return Ok(None) };
    let Some(category) = category_of(desk, number, &used.name)? else { return Ok(None) };
    let verdict = admit(facts, Sending::Template { approved: true, category }, desk.now);
    Ok((verdict.decision == Decision::Send).then(|| category.into()))
}

/// The category of an approved template of the number's account, whatever its language.
fn category_of(desk: &Desk<'_>, number: Option<&Number>, name: &str) -> Result<Option<TemplateCategory>> {
    let Some(number) = number else { return Ok(None) };
    let templates = desk.tx.templates(&number.waba_id)?;
    let sendable = |template: &&Template| template.name == name && template.is_sendable();
    Ok(templates.iter().find(sendable).map(|template| template.category))
}

struct Found<'a> {
    person: &'a Person,
    client: &'a find::Client,
    line: &'a Line,
    number: Option<&'a Number>,
    thread: Option<&'a Thread>,
    template: Option<&'a Template>,
}

fn report(desk: &Desk<'_>, found: &Found<'_>, outlook: Outlook) -> Result<Report, Unanswered> {
    let (contact, verdict) = (&found.client.contact, outlook.verdict);
    let now = desk.now;
    let held_until = matches!(verdict.decision, Decision::Hold { .. }).then(|| now + expiry(&found.line.policy));
    let zone = desk.office.directory.organization.time_zone.clone();
    let until = held_until.map(|at| when(at, &zone, now)).unwrap_or_default();
    let state = contact.consent.state(now);
    let asked = matches!(state, ConsentState::Pending | ConsentState::Lapsed);
    let window = found.thread.map(|thread| thread.window).unwrap_or_default();
    let no_number = verdict.rule == Rule::NumberDeactivated && found.number.is_none();
    Ok(Report {
        asked_at: now,
        would_be_sent: verdict.decision == Decision::Send,
        how: how(verdict.decision, found.template.is_some()),
        rule: verdict.rule,
        row: verdict.rule.row(),
        answer: words::answer(verdict.decision, found.template.is_some(), &until),
        why: if no_number { crate::texts::sentences::NO_NUMBER.to_owned() } else { words::why(verdict.rule).to_owned() },
        colleague: ReportedColleague { id: found.person.id().0.clone(), name: found.person.name.clone() },
        client: ReportedClient {
            contact: found.client.known.then_some(contact.id),
            name: contact.name.clone(),
            phone: contact.number(),
            bsuid: contact.bsuid.clone(),
        },
        line: ReportedLine { id: found.line.id.clone(), name: found.line.name.clone() },
        number: found.number.map(|number| ReportedNumber {
            id: number.phone_number_id.clone(),
            display: number.display.clone(),
            status: number.status,
        }),
        template: found.template.map(|template| ReportedTemplate {
            name: template.name.clone(),
            language: template.language.clone(),
            category: template.category,
            status: template.status.clone(),
            not_sendable: template.not_sendable.clone(),
        }),
        consent: ReportedConsent {
            state,
            requested_at: contact.consent.requested_at,
            next_request_at: contact.consent.next_request_at().filter(|_| asked),
        },
        window: ReportedWindow { open: window.may_send(now), last_inbound: window.last_inbound, closes_at: window.closes_at() },
        held: found.thread.map(|thread| desk.tx.held_count(thread.id)).transpose()?.unwrap_or(0),
        held_until,
        charges: outlook.charges,
        month: billing_month(now),
        counts: outlook.counts,
        time_zone: zone,
    })
}

fn how(decision: Decision, template: bool) -> How {
    match decision {
        Decision::Send if template => How::Template,
        Decision::Send => How::FreeText,
        Decision::Hold { nudge: false } => How::Held,
        Decision::Hold { nudge: true } => How::HeldAndNudged,
        Decision::HandBack => How::HandedBack,
        Decision::AskConsent => How::RequestFirst,
        Decision::OfferContact => How::ContactFirst,
        Decision::Refuse => How::Refused,
    }
}

fn expiry(policy: &Policy) -> Duration {
    Duration::hours(i64::from(policy.held_expiry_hours))
}

/// The help card of a conversation: how it stands for whoever asks, and the commands. Only for its participants.
pub fn help(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Post> {
    let reader = desk.reader(person, Some(&case.contact.line));
    let outlook = self::outlook(desk, person, &case.contact, Some(&case.thread), Sending::Free)?;
    let utility = Sending::Template { approved: true, category: TemplateCategory::Utility };
    let template = self::outlook(desk, person, &case.contact, Some(&case.thread), utility)?;
    let decision = outlook.verdict.decision;
    let time = |at| when(at, reader.zone, desk.now);
    let price = |charge: &Charge, message: &'static str| {
        let what = match charge.what {
            What::Message => message,
            What::Request => words::REQUEST_COSTS,
            What::Nudge => words::NUDGE_COSTS,
        };
        (what, words::cost(&charge.category, charge.cost, time))
    };
    let mut prices: Vec<_> = outlook.charges.iter().map(|charge| price(charge, words::TEXT_COSTS)).collect();
    // Where a text is held or handed back the template is the way on, so its price is worth knowing too.
    let template_sends = template.verdict.decision == Decision::Send;
    if template_sends && decision != Decision::Send {
        prices.extend(template.charges.iter().map(|charge| price(charge, words::TEMPLATE_COSTS)));
    }
    let pending = outlook.verdict.rule == Rule::RequestPending;
    let view = ThreadHelp {
        thread: case.thread.id,
        head: desk.head(&case.contact, Some(&case.thread)),
        answer: words::outlook(decision, &case.contact.name),
        style: match decision {
            Decision::Send => Style::Good,
            Decision::Refuse | Decision::OfferContact => Style::Attention,
            _ => Style::Warning,
        },
        why: words::why_by_row(outlook.verdict.rule),
        until: (decision == Decision::Send).then(|| case.thread.window.closes_at()).flatten(),
        ask_again: pending.then(|| case.contact.consent.next_request_at()).flatten(),
        template: match (template_sends, decision) {
            (true, _) => Some(words::AN_APPROVED_ONE_MAY_GO.to_owned()),
            (false, Decision::Hold { .. } | Decision::HandBack) => Some(words::why_by_row(template.verdict.rule)),
            (false, _) => None,
        },
        prices,
    };
    Ok(cards::thread_help(&reader, &view))
}

/// What a terminal is told of the month: every count in words.
pub fn counted(report: &Report) -> String {
    let each = report.counts.iter().map(|count| words::count(count.count, count.category.as_str(), count.kind.as_str()));
    words::counts(&report.month, &each.collect::<Vec<_>>())
}
