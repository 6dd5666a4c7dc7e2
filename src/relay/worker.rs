//! The worker: claims due lanes, hands over one delivery of each at a time, records the outcome and goes on.

use super::core::Relay;
use super::deliver::{self, Job, Request};
use super::{at_whatsapp, embed, outcome};
use crate::bridge::{Failure, FailureClass, LaneId, Outcome};
use crate::store::{Result, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Lanes in hand at once: bounds memory and open connections.
const LANES: usize = 128;
/// A look at the lanes at least this often, whatever was missed.
const POLL: Duration = Duration::from_millis(700);

/// How long a lane waits whose head cannot be prepared.
const PUT_OFF: chrono::Duration = chrono::Duration::minutes(5);

/// Frees a lane also when its task panics.
struct InHand {
    relay: Arc<Relay>,
    lane: LaneId,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.relay.busy.set().remove(&self.lane);
        self.relay.busy.freed.notify_one();
    }
}

/// Runs until `shutdown`, then finishes the requests in flight (each is bounded by its timeout) and returns. What is not handed
/// over stays in the store.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    let tasks = TaskTracker::new();
    while !shutdown.is_cancelled() {
        let free = LANES.saturating_sub(relay.busy.set().len());
        let claimed = if free == 0 { Vec::new() } else { claim(&relay, free).await };
        let found = !claimed.is_empty();
        for job in claimed {
            let in_hand = InHand { relay: relay.clone(), lane: job.claim.lane };
            tasks.spawn(work(in_hand, job, shutdown.clone()));
        }
        if found && free > 0 {
            continue;
        }
        tokio::select! {
            () = relay.store.became_due(), if free > 0 => {}
            () = relay.busy.freed.notified() => {}
            () = relay.clock.sleep_until(relay.next_due().await), if free > 0 => {}
            () = tokio::time::sleep(POLL.mul_f64(0.8 + 0.4 * fastrand::f64())) => {}
            () = shutdown.cancelled() => {}
        }
    }
    tasks.close();
    tasks.wait().await;
}

/// Claims due lanes, prepares their heads and marks the lanes as in hand.
async fn claim(relay: &Arc<Relay>, limit: usize) -> Vec<Job> {
    let _taking = relay.busy.taking();
    match take(relay, limit, &Arc::default()).await {
        Ok(jobs) => jobs,
        Err(StoreError::Panicked | StoreError::Document(_)) => claim_one_by_one(relay, limit).await,
        Err(error) => {
            tracing::error!(%error, "lanes could not be claimed; trying again");
            tokio::time::sleep(POLL).await;
            Vec::new()
        }
    }
}

/// A head that cannot be prepared, by a bug or an unreadable document, must not stop the other lanes: each is claimed in a
/// transaction of its own, and the one that fails is put off.
async fn claim_one_by_one(relay: &Arc<Relay>, limit: usize) -> Vec<Job> {
    let mut jobs = Vec::new();
    for _ in 0..limit {
        let tried = Arc::new(Mutex::new(None));
        match take(relay, 1, &tried).await {
            Ok(taken) => jobs.extend(taken),
            Err(error) => {
                let Some(lane) = *tried.lock().unwrap_or_else(PoisonError::into_inner) else { break };
                tracing::error!(%lane, %error, "the head of a lane cannot be prepared; the lane is put off");
                if relay.write("put_off", move |desk| desk.tx.put_off(lane, desk.now + PUT_OFF)).await.is_err() {
                    break;
                }
            }
        }
        if tried.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            break;
        }
    }
    jobs
}

/// One claiming transaction; `tried` tells the lane it was at.
async fn take(relay: &Arc<Relay>, limit: usize, tried: &Arc<Mutex<Option<LaneId>>>) -> Result<Vec<Job>> {
    let (context, tried) = (relay.clone(), tried.clone());
    let jobs = relay
        .write("claim", move |desk| {
            let claims = desk.tx.claim(desk.now, limit, |lane| context.busy.set().contains(&lane))?;
            let mut jobs = Vec::with_capacity(claims.len());
            for claim in claims {
                *tried.lock().unwrap_or_else(PoisonError::into_inner) = Some(claim.lane);
                jobs.extend(deliver::next(desk, &claim, &|claim, now| context.rates.take(claim, now))?);
            }
            Ok(jobs)
        })
        .await?;
    relay.busy.set().extend(jobs.iter().map(|job| job.claim.lane));
    Ok(jobs)
}

/// Works one lane until it is empty, blocked, or the server stops.
async fn work(in_hand: InHand, mut job: Job, shutdown: CancellationToken) {
    let relay = in_hand.relay.clone();
    loop {
        let outcome = hand_over(&relay, &job).await;
        let jitter = fastrand::f64();
        let stopping = shutdown.is_cancelled();
        let (context, done) = (relay.clone(), job.clone());
        let recorded = relay
            .write("outcome", move |desk| {
                // While stopping, the lane's next head is left alone and its lane given back.
                let gate = |claim: &crate::store::Claim, now| if stopping { Err(now) } else { context.rates.take(claim, now) };
                outcome::record(desk, &done, &outcome, jitter, &gate)
            })
            .await;
        match recorded {
            Ok(Some(next)) => job = next,
            Ok(None) => return,
            Err(error) => {
                // The lease runs out and the head counts as interrupted: at worst its author is asked.
                tracing::error!(%error, delivery = %job.head.id, "an outcome could not be stored");
                return;
            }
        }
    }
}

async fn hand_over(relay: &Relay, job: &Job) -> Outcome {
    match &job.request {
        Request::WhatsApp(message) => at_whatsapp::send(relay, message).await,
        Request::Open { to, post, .. } => relay.connector.open_chain(&to.service_url, &to.tenant, to.conversation.as_str(), post).await,
        Request::Post { to, post, .. } => match embed::post(&relay.keep, post).await {
            None => relay.connector.send(to, post).await,
            Some(shown) => match relay.connector.send(to, &shown).await {
                Outcome::Rejected(failure) if is_of_the_post(&failure) => relay.connector.send(to, &embed::without(post)).await,
                outcome => outcome,
            },
        },
        Request::Update { to, activity, post, .. } => match embed::post(&relay.keep, post).await {
            None => relay.connector.update(to, activity, post).await,
            Some(shown) => match relay.connector.update(to, activity, &shown).await {
                Outcome::Rejected(failure) if is_of_the_post(&failure) => relay.connector.update(to, activity, &embed::without(post)).await,
                outcome => outcome,
            },
        },
        Request::Whisper { to, user_id, post, .. } => relay.connector.send_targeted(to, user_id, post).await,
    }
}

/// Whether a refusal may be for what was posted: a picture that Teams does not take must not take the words with it.
fn is_of_the_post(failure: &Failure) -> bool {
    !matches!(failure.class, FailureClass::ConversationGone | FailureClass::Configuration)
}
