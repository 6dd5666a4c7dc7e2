//! What colleagues do in their own chat that a client may see: reading what they wrote, and typing. Each where the line allows it, and
//! never without consent.
//!
//! That something was read stays true, so it is stored, and told even after a stop in between; telling it twice does no harm. That somebody
//! types is told at once or never.

use super::core::Relay;
use super::desk::{Case, Desk, Person, SERVER, Seat};
use super::typing::Told;
use super::{send, whom};
use crate::bridge::{
    ColleagueId, ConsentState, Content, Decision, Outcome, Policy, Quote, Route, Scope, Sending, TeamsEvent, TeamsEventKind, Wamid, retry,
};
use crate::store::{DueRead, Message, Result, StoreError};
use chrono::Duration;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Reading on in a chat tells each client once.
const SETTLES: Duration = Duration::seconds(1);
/// Longer than a request takes.
const LEASE: Duration = Duration::minutes(2);
/// In hand at once.
const AT_ONCE: u32 = 16;
/// A look at what is due at least this often.
const POLL: std::time::Duration = std::time::Duration::from_millis(900);
/// Attempts before telling is given up.
const MOST_ATTEMPTS: u32 = 6;
/// Posts of clients' messages that one receipt is looked for in.
const POSTS: u32 = 500;
/// Messages among which the last one is looked for that can be shown as read.
const MESSAGES: u32 = 20;

impl Relay {
    /// Somebody has read their own chat.
    pub(super) async fn on_read(&self, event: TeamsEvent) -> Result<()> {
        if allows(self, |policy| policy.read_receipts) {
            self.write("on_read", move |desk| on_read(desk, &event)).await?;
        }
        Ok(())
    }

    /// Somebody types.
    pub(super) async fn on_typing(&self, event: TeamsEvent) -> Result<()> {
        if !allows(self, |policy| policy.typing) {
            return Ok(());
        }
        let told = self.read(move |desk| typing_to(desk, &event)).await?;
        if told.is_some_and(|told| self.typing.tell(told, self.clock.now())) {
            self.reads_due.notify_one();
        }
        Ok(())
    }

    /// True when a client is to be told something by now.
    pub(super) async fn reads_are_due(&self) -> std::result::Result<bool, StoreError> {
        if !self.typing.is_empty() {
            return Ok(true);
        }
        let now = self.clock.now();
        self.store.read(move |tx| Ok(tx.next_read_due()?.is_some_and(|at| at <= now))).await
    }
}

fn allows(relay: &Relay, what: impl Fn(&Policy) -> bool) -> bool {
    relay.office().directory.lines.iter().any(|line| what(&line.policy))
}

/// Whose own chat an event is about.
fn reader(desk: &Desk<'_>, event: &TeamsEvent) -> Result<Option<Person>> {
    let (Some(id), Scope::Personal) = (&event.sender.object_id, event.scope) else { return Ok(None) };
    let found = desk.person(&ColleagueId(id.to_lowercase()))?;
    let person = found.map(|person| Person { seat: Seat::Own, at: event.at, ..person });
    Ok(person.filter(|person| person.known.home.conversation == event.reference.conversation))
}

/// Whether the client of a thread may see what colleagues do, as far as the line allows anything of it.
fn may_see(desk: &Desk<'_>, case: &Case) -> bool {
    case.contact.consent.stored == ConsentState::Granted
        && case.contact.merged_into.is_none()
        && desk.office.number_is_active(&case.thread.number)
        && !desk.is_switched_off(&case.contact.line)
        && desk.line(&case.contact.line).is_some_and(|line| line.policy.read_receipts)
}

/// The wamid of what a client said; what merely happened has none that could be shown as read.
fn readable(message: &Message) -> Result<Option<Wamid>> {
    let said = !matches!(
        message.inbound()?,
        Content::Reaction { .. } | Content::Edit { .. } | Content::Revoke { .. } | Content::System { .. } | Content::Call { .. }
    );
    Ok(message.wamid.clone().filter(|_| said))
}

fn on_read(desk: &Desk<'_>, event: &TeamsEvent) -> Result<()> {
    let TeamsEventKind::Read { last } = &event.kind else { return Ok(()) };
    let Some(person) = reader(desk, event)? else { return Ok(()) };
    let conversation = &event.reference.conversation;
    let Some(before) = desk.tx.chat_read(conversation, last)? else { return Ok(()) };
    let mut seen = HashSet::new();
    for message in desk.tx.clients_posted(conversation, &before, last, POSTS)? {
        if readable(&message)?.is_none() || !seen.insert(message.thread) {
            continue;
        }
        // Who merely reads along does not read in the client's eyes.
        let Some(case) = desk.own_case(&person, message.thread)?.filter(|case| may_see(desk, case)) else { continue };
        if desk.tx.read_due(case.thread.id, message.id, desk.now + SETTLES)? {
            desk.journal("message.read_in_teams", person.id().as_str(), Some(case.thread.id), Some(message.id), &json!({ "until": last }))?;
        }
    }
    Ok(())
}

/// Whom somebody types to, where that cannot be mistaken: whom their words would go to if they sent them now.
fn typing_to(desk: &Desk<'_>, event: &TeamsEvent) -> Result<Option<Told>> {
    let Some(person) = reader(desk, event)? else { return Ok(None) };
    let Route::To(thread) = whom::route(desk, &person, Quote::Nothing)? else { return Ok(None) };
    let Some(case) = desk.own_case(&person, thread)?.filter(|case| may_see(desk, case)) else { return Ok(None) };
    if !desk.line(&case.contact.line).is_some_and(|line| line.policy.typing) {
        return Ok(None);
    }
    if send::decide(desk, &case, Some(&person), Sending::Free)?.decision != Decision::Send {
        return Ok(None);
    }
    for message in desk.tx.last_of_client(thread, MESSAGES)? {
        if let Some(message) = readable(&message)? {
            return Ok(Some(Told { thread, number: case.thread.number, message }));
        }
    }
    Ok(None)
}

/// Tells clients until `shutdown`.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    if let Err(error) = relay.write("resume_reads", |desk| desk.tx.resume_reads(desk.now).map(drop)).await {
        tracing::error!(%error, "what clients are to see as read could not be resumed; the leases will run out");
    }
    while !shutdown.is_cancelled() {
        let found = tokio::select! {
            found = round(&relay) => found,
            () = shutdown.cancelled() => return,
        };
        match found {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "what clients are to see as read could not be taken; trying again"),
        }
        tokio::select! {
            () = relay.reads_due.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Takes what is due and tells it; false when there was nothing.
async fn round(relay: &Arc<Relay>) -> Result<bool> {
    let _taking = relay.busy.taking();
    if !relay.reads_are_due().await? {
        return Ok(false);
    }
    let typing = relay.typing.take().into_iter().map(|told| async move {
        if let Outcome::Rejected(failure) | Outcome::Throttled { failure, .. } | Outcome::Uncertain(failure) =
            relay.whatsapp.mark_read(&told.number, &told.message, true).await
        {
            tracing::debug!(code = failure.code, detail = failure.detail, "that somebody types could not be told");
        }
    });
    futures_util::future::join_all(typing).await;
    let taken = relay.write("take_reads", take).await?;
    futures_util::future::join_all(taken.into_iter().map(|(read, case, wamid)| tell(relay, read, case, wamid))).await;
    Ok(true)
}

/// What is due, looked at once more: consent may have gone, or the number been switched off.
fn take(desk: &Desk<'_>) -> Result<Vec<(DueRead, Case, Wamid)>> {
    let mut found = Vec::new();
    for read in desk.tx.take_due_reads(desk.now, desk.now + LEASE, AT_ONCE)? {
        let case = desk.case(read.thread)?.filter(|case| may_see(desk, case));
        let wamid = desk.tx.message(read.message)?.and_then(|message| message.wamid);
        match case.zip(wamid) {
            Some((case, wamid)) => found.push((read, case, wamid)),
            None => desk.tx.read_done(&read, desk.now)?,
        }
    }
    Ok(found)
}

async fn tell(relay: &Relay, read: DueRead, case: Case, wamid: Wamid) {
    let outcome = relay.whatsapp.mark_read(&case.thread.number, &wamid, false).await;
    let jitter = fastrand::f64();
    let recorded = relay.write("read", move |desk| record(desk, &read, &outcome, jitter)).await;
    if let Err(error) = recorded {
        // The lease runs out, and it is told again.
        tracing::error!(%error, "what a client was told could not be recorded");
    }
}

fn record(desk: &Desk<'_>, read: &DueRead, outcome: &Outcome, jitter: f64) -> Result<()> {
    let (asked, failure) = match outcome {
        Outcome::Sent(_) => {
            desk.journal("message.shown_as_read", SERVER, Some(read.thread), Some(read.message), &json!({}))?;
            return desk.tx.read_done(read, desk.now);
        }
        Outcome::Throttled { after, failure } => (*after, failure),
        // Marking twice does no harm.
        Outcome::Uncertain(failure) => (None, failure),
        Outcome::Rejected(failure) => {
            desk.journal("message.not_shown_as_read", "whatsapp", Some(read.thread), Some(read.message), failure)?;
            return desk.tx.read_done(read, desk.now);
        }
    };
    if read.attempts + 1 >= MOST_ATTEMPTS {
        desk.journal("message.not_shown_as_read", "whatsapp", Some(read.thread), Some(read.message), failure)?;
        return desk.tx.read_done(read, desk.now);
    }
    desk.tx.read_again(read, desk.now + Duration::from_std(retry::backoff(read.attempts + 1, asked, jitter)).unwrap_or(LEASE))
}
