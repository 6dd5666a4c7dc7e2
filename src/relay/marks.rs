//! How a colleague's message stands at the client, shown by a reaction on it where Teams has them (a public preview; off unless configured).
//!
//! It says what the thread card says, so it may come late or never, and nothing waits for it: requests are made beside the lanes, for the
//! state as it is at that moment. A stop in between leaves no second reaction behind: what may stand there is stored first, and setting
//! and taking back may be repeated.

use super::core::Relay;
use super::desk::{Desk, Person, SERVER};
use crate::bridge::{ConversationReference, Failure, Mark, MessageId, Outcome, Outgoing, Posted, retry};
use crate::store::{DueMark, Result, StoreError};
use chrono::Duration;
use serde_json::json;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Statuses that come one upon the other are one reaction; also the least time between two on one message.
const SETTLES: Duration = Duration::seconds(1);
/// Longer than all requests for one message take.
const LEASE: Duration = Duration::minutes(5);
/// In hand at once.
const AT_ONCE: u32 = 16;
/// A look at what is due at least this often.
const POLL: std::time::Duration = std::time::Duration::from_millis(900);
/// Attempts before a reaction is given up.
const MOST_ATTEMPTS: u32 = 5;
/// How long a conversation is left alone in which Teams lets us set none.
const LEFT_ALONE: Duration = Duration::hours(24);

/// Keeps which words of a colleague in Teams a message is; one that is sent again takes over from the one that did not arrive.
pub fn keep(desk: &Desk<'_>, author: Option<&Person>, content: &Outgoing, retry_of: Option<MessageId>, message: MessageId) -> Result<()> {
    if !desk.office.marks() || matches!(content, Outgoing::Reaction { .. }) {
        return Ok(());
    }
    match (author.and_then(|author| author.writes.as_ref()), retry_of) {
        (_, Some(before)) => {
            desk.tx.written_with(message, before)?;
            changed(desk, message)
        }
        (Some(written), None) => desk.tx.written_as(message, written),
        (None, None) => Ok(()),
    }
}

/// The state of a message changed.
pub fn changed(desk: &Desk<'_>, message: MessageId) -> Result<()> {
    if desk.office.marks() { desk.tx.mark_due(message, desk.now, desk.now + SETTLES) } else { Ok(()) }
}

/// Sets reactions until `shutdown`, where that is configured.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    if relay.mark_names.is_none() {
        return;
    }
    if let Err(error) = relay.write("resume_marks", |desk| desk.tx.resume_marks(desk.now).map(drop)).await {
        tracing::error!(%error, "reactions could not be resumed; their leases will run out");
    }
    while !shutdown.is_cancelled() {
        let found = tokio::select! {
            found = round(&relay) => found,
            () = shutdown.cancelled() => return,
        };
        match found {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "reactions could not be taken; trying again"),
        }
        tokio::select! {
            () = relay.marks_due.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// What is to be done about one.
struct Order {
    mark: DueMark,
    to: ConversationReference,
    wanted: Option<String>,
}

/// Takes what is due and does it; false when there was nothing.
async fn round(relay: &Arc<Relay>) -> Result<bool> {
    let _taking = relay.busy.taking();
    if !relay.marks_are_due().await? {
        return Ok(false);
    }
    let context = relay.clone();
    let taken = relay.write("take_marks", move |desk| take(desk, &context)).await?;
    futures_util::future::join_all(taken.into_iter().map(|order| carry_out(relay, order))).await;
    Ok(true)
}

fn take(desk: &Desk<'_>, relay: &Relay) -> Result<Vec<Order>> {
    let mut orders = Vec::new();
    for mark in desk.tx.take_due_marks(desk.now, desk.now + LEASE, AT_ONCE)? {
        let written = desk.tx.states_of_written(&mark.at)?;
        let states: Vec<_> = written.iter().map(|(_, state)| *state).collect();
        let wanted = relay.mark_names.as_ref().zip(Mark::of(&states)).map(|(names, mark)| names.name(mark).to_owned());
        let author = written.into_iter().find_map(|(author, _)| author);
        let to = reference(desk, &mark.at, author.as_deref())?;
        let (Some(to), false) = (to, mark.sure && mark.stands.iter().eq(&wanted)) else {
            desk.tx.mark_done(&mark, desk.now + SETTLES)?;
            continue;
        };
        if let Err(at) = relay.rates.take_tenant(desk.now) {
            desk.tx.mark_again(&mark, false, at)?;
            continue;
        }
        let may_stand: Vec<String> =
            mark.stands.iter().filter(|kind| Some(*kind) != wanted.as_ref()).cloned().chain(wanted.clone()).collect();
        desk.tx.mark_may_stand(&mark, &may_stand)?;
        orders.push(Order { mark, to, wanted });
    }
    Ok(orders)
}

/// How the conversation is reached in which something was written; `None`: no more.
fn reference(desk: &Desk<'_>, at: &Posted, author: Option<&str>) -> Result<Option<ConversationReference>> {
    let author = author.filter(|author| *author != SERVER).map(|id| desk.tx.colleague(&id.into())).transpose()?.flatten();
    if let Some(known) = author.filter(|known| known.home.conversation == at.conversation) {
        return Ok(known.installed.then_some(known.home));
    }
    let shared = desk.tx.conversation(&at.conversation.base())?.filter(|known| known.installed);
    Ok(shared.map(|known| ConversationReference { conversation: at.conversation.clone(), ..known.reference }))
}

async fn carry_out(relay: &Relay, Order { mark, to, wanted }: Order) {
    let others = mark.stands.iter().filter(|kind| Some(*kind) != wanted.as_ref());
    let mut outcome = Outcome::Sent(Default::default());
    for kind in others {
        outcome = relay.connector.take_back_reaction(&to, &mark.at.activity, kind).await;
        if !matches!(outcome, Outcome::Sent(_)) {
            break;
        }
    }
    if let (Outcome::Sent(_), Some(wanted)) = (&outcome, &wanted) {
        outcome = relay.connector.react(&to, &mark.at.activity, wanted).await;
    }
    let jitter = fastrand::f64();
    let recorded = relay.write("mark", move |desk| record(desk, &mark, wanted.as_ref(), &outcome, jitter)).await;
    if let Err(error) = recorded {
        // The lease runs out, and it is done again.
        tracing::error!(%error, "a reaction could not be recorded");
    }
}

fn record(desk: &Desk<'_>, mark: &DueMark, wanted: Option<&String>, outcome: &Outcome, jitter: f64) -> Result<()> {
    let next = desk.now + SETTLES;
    let failure = match outcome {
        Outcome::Sent(_) => {
            desk.tx.mark_stands(mark, wanted.cloned().as_slice())?;
            return desk.tx.mark_done(mark, next);
        }
        Outcome::Throttled { failure, .. } | Outcome::Rejected(failure) | Outcome::Uncertain(failure) => failure,
    };
    if is_unavailable(failure) {
        if desk.tx.leave_unmarked(&mark.at.conversation, desk.now, desk.now + LEFT_ALONE)? {
            tracing::warn!(code = failure.code, detail = failure.detail, "Teams takes no reactions of ours in a conversation for now");
            desk.journal("mark.refused", "teams", None, None, &json!({ "conversation": mark.at.conversation, "failure": failure }))?;
        }
        return Ok(());
    }
    if let (Outcome::Throttled { after, .. }, true) = (outcome, mark.attempts + 1 < MOST_ATTEMPTS) {
        let wait = Duration::from_std(retry::backoff(mark.attempts + 1, *after, jitter)).unwrap_or(LEASE);
        return desk.tx.mark_again(mark, true, desk.now + wait);
    }
    // The message was deleted, the conversation is gone, or it takes too long. The next news of the message are another attempt.
    tracing::debug!(code = failure.code, detail = failure.detail, "a reaction is given up");
    let body = json!({ "conversation": mark.at.conversation, "activity": mark.at.activity, "failure": failure });
    desk.journal("mark.given_up", "teams", None, None, &body)?;
    desk.tx.mark_done(mark, next)
}

/// The preview is not there, or not for us.
fn is_unavailable(failure: &Failure) -> bool {
    matches!(failure.code, Some(403 | 405 | 501))
}

impl Relay {
    /// True when a reaction of ours is due by now.
    pub(super) async fn marks_are_due(&self) -> std::result::Result<bool, StoreError> {
        if self.mark_names.is_none() {
            return Ok(false);
        }
        let now = self.clock.now();
        self.store.read(move |tx| Ok(tx.next_mark_due()?.is_some_and(|at| at <= now))).await
    }
}
