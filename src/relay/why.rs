//! "Why?": the answer to it is read from the journal, where each decision stands with the facts of its moment.

use super::desk::{Case, Desk, Person, SERVER};
use super::render;
use crate::bridge::{Failure, Grounds, MessageId, MessageState, Post, Rule};
use crate::cards::{self, Why, WhyFacts, WhyStep};
use crate::markup;
use crate::store::{Contact, JournalRow, Message, Result, Thread};
use crate::texts::{failure, labels, why};
use serde::Deserialize;

/// How often a message was sent again at most, as far as it is told.
const MOST_SENDINGS: usize = 20;

/// What was decided about a message of ours, when, by which rule and on which facts, with everything that followed: its release, its
/// hand-over, and the messages it was sent again as.
pub fn of_message(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    let sendings = sendings(desk, message)?;
    let mut steps = Vec::new();
    for (at, id) in sendings.iter().enumerate() {
        for row in desk.tx.decisions(*id)? {
            if let Some(mut step) = step(desk, case, &row)? {
                if sendings.len() > 1 {
                    step.what = format!("{} ({})", step.what, why::sending(at + 1));
                }
                steps.push((row.seq, step));
            }
        }
    }
    steps.sort_by_key(|(seq, _)| *seq);
    // A failure that came as a status stands among the statuses, which are not read here: the message keeps it.
    let told = |what: &str| steps.iter().any(|(_, step)| step.what.starts_with(what));
    let undelivered = why::happened("message.failed").unwrap_or_default();
    if let (MessageState::Failed, Some(known), false) = (message.state, &message.failure, told(undelivered)) {
        let because = Some(labels::cause(failure(known.class, known.code).0));
        let (at, who) = (message.state_at, labels::WHATSAPP.to_owned());
        steps.push((i64::MAX, WhyStep { at, who, what: undelivered.to_owned(), because, text: None, facts: None }));
    }
    let view = Why {
        head: desk.head(&case.contact, Some(&case.thread)),
        thread: Some(case.thread.id),
        message: Some(message.id),
        state: Some((message.state, message.state_at)),
        text: Some(markup::plain(&render::message(desk, message)?)),
        steps: steps.into_iter().map(|(_, step)| step).collect(),
    };
    Ok(cards::why(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// Why a conversation or a request for consent was refused, of which no message was made.
pub fn of_refusal(desk: &Desk<'_>, person: &Person, contact: &Contact, thread: Option<&Thread>, row: &JournalRow) -> Result<Post> {
    let step = decided(row).map(|(rule, facts)| WhyStep {
        at: row.at,
        who: person.name.clone(),
        what: why::happened(&row.kind).unwrap_or_default().to_owned(),
        because: Some(why::numbered(rule.row(), why::rule(rule))),
        text: None,
        facts,
    });
    let view =
        Why { head: desk.head(contact, thread), thread: None, message: None, state: None, text: None, steps: step.into_iter().collect() };
    Ok(cards::why(&desk.reader(person, Some(&contact.line)), &view))
}

/// The message's first sending and all that it was sent again as, in order.
fn sendings(desk: &Desk<'_>, message: &Message) -> Result<Vec<MessageId>> {
    let (mut first, mut before) = (message.id, message.retry_of);
    for _ in 0..MOST_SENDINGS {
        let Some(id) = before else { break };
        first = id;
        before = desk.tx.message(id)?.and_then(|message| message.retry_of);
    }
    let mut all = vec![first];
    while let Some(next) = desk.tx.retry_of(all[all.len() - 1])?.filter(|_| all.len() < MOST_SENDINGS) {
        all.push(next);
    }
    Ok(all)
}

fn step(desk: &Desk<'_>, case: &Case, row: &JournalRow) -> Result<Option<WhyStep>> {
    let Some(what) = why::happened(&row.kind) else { return Ok(None) };
    let text = |name: &str| row.body[name].as_str().map(str::to_owned);
    let decision = decided(row);
    let failed = || -> Option<String> {
        let Failure { class, code, .. } = serde_json::from_value(row.body.clone()).ok()?;
        Some(labels::cause(failure(class, code).0))
    };
    let because = match (&decision, row.kind.as_str()) {
        (Some((rule, _)), _) => Some(why::numbered(rule.row(), why::rule(*rule))),
        (None, "message.withdrawn") if row.body["because"] == "opt_out" => Some(labels::WITHDRAWN_BY_OPT_OUT.to_owned()),
        (None, "message.expired") => row.body["hours"].as_u64().map(labels::held_too_long),
        (None, "message.failed" | "message.uncertain") => failed(),
        _ => None,
    };
    // A changed text is told with what it was before; the text as it is now stands above.
    let text = match row.kind.as_str() {
        "message.held_changed" | "message.edited_in_teams" => {
            text("before").map(|before| serde_json::from_str(&before).map_or(before, |content| render::shown(&content)))
        }
        _ => None,
    };
    Ok(Some(WhyStep {
        at: row.at,
        who: who(desk, case, &row.actor)?,
        what: what.to_owned(),
        because,
        text: text.map(|text| labels::before(&markup::plain(&text))),
        facts: decision.and_then(|(_, facts)| facts),
    }))
}

/// The rule of an entry, with the facts where they were kept. A rule of another version of ours is left out.
fn decided(row: &JournalRow) -> Option<(Rule, Option<WhyFacts>)> {
    let rule = Rule::deserialize(&row.body["rule"]).ok()?;
    let grounds = Grounds::deserialize(&row.body["facts"]).ok();
    Some((rule, grounds.map(|grounds| WhyFacts { decided: row.at, grounds })))
}

fn who(desk: &Desk<'_>, case: &Case, actor: &str) -> Result<String> {
    Ok(match actor {
        SERVER => labels::SYSTEM.to_owned(),
        "client" => case.contact.name.clone(),
        "whatsapp" => labels::WHATSAPP.to_owned(),
        id => desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name),
    })
}
