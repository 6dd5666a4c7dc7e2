//! What is asked of Teams about its conversations: who is in them, chats to be opened and made. Each order stands in the store until it is done, so
//! that a stop in between loses nothing.

use super::core::Relay;
use super::desk::Desk;
use super::shared_files::{self, Wanted};
use super::{chat_making, members, reach};
use crate::bridge::{ColleagueId, ConversationId, ConversationReference, Failure, FailureClass, retry};
use crate::store::{ChatJob, ChatTask, Result, StoreError};
use chrono::Duration;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Orders in hand at once.
const AT_ONCE: u32 = 8;
/// Longer than any of them takes.
const LEASE: Duration = Duration::minutes(5);
/// A look at the orders at least this often, whatever was missed.
const POLL: std::time::Duration = std::time::Duration::from_millis(900);
/// Attempts before an order is given up.
const MOST_ATTEMPTS: u32 = 8;

/// Carries out orders until `shutdown`.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    match relay.write("resume_jobs", |desk| desk.tx.resume_jobs(desk.now)).await {
        Ok(0) => {}
        Ok(resumed) => tracing::warn!(resumed, "an earlier server was stopped while asking Teams about conversations"),
        Err(error) => tracing::error!(%error, "orders about conversations could not be resumed; their leases will run out"),
    }
    while !shutdown.is_cancelled() {
        let found = tokio::select! {
            found = round(&relay) => found,
            () = shutdown.cancelled() => return,
        };
        match found {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "orders about conversations could not be taken; trying again"),
        }
        tokio::select! {
            () = relay.jobs_ordered.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Takes what is due and carries it out; false when there was nothing.
async fn round(relay: &Arc<Relay>) -> Result<bool> {
    let _taking = relay.busy.taking();
    if !relay.jobs_are_due().await? {
        return Ok(false);
    }
    let taken = relay.write("take_jobs", |desk| desk.tx.take_jobs(desk.now, desk.now + LEASE, AT_ONCE)).await?;
    let found = !taken.is_empty();
    futures_util::future::join_all(taken.into_iter().map(|job| carry_out(relay, job))).await;
    Ok(found)
}

async fn carry_out(relay: &Relay, job: ChatJob) {
    let done = match &job.task {
        ChatTask::Roster { conversation } => read_roster(relay, &job, conversation.clone()).await,
        ChatTask::Grants { conversation } => chat_making::read_grants(relay, &job, conversation.clone()).await,
        ChatTask::Reach { colleague } => open_chat(relay, &job, colleague.clone()).await,
        ChatTask::Chat { order } => chat_making::step(relay, &job, *order).await,
        ChatTask::Member { chat, colleague } => chat_making::keep_member(relay, &job, chat.clone(), colleague.clone()).await,
        ChatTask::Title { chat } => chat_making::retitle(relay, &job, chat.clone()).await,
        ChatTask::Files { thread, by, written, pictures, alone } => {
            let wanted = Wanted { thread: *thread, written: written.clone(), pictures: *pictures, alone: *alone };
            shared_files::look_up(relay, &job, by.clone(), wanted).await
        }
    };
    if let Err(error) = done {
        // The lease runs out and the order is taken again.
        tracing::error!(%error, job = job.id, "the result of an order about a conversation could not be stored");
    }
}

async fn read_roster(relay: &Relay, job: &ChatJob, conversation: ConversationId) -> Result<()> {
    let wanted = conversation.clone();
    let known = relay.read(move |desk| desk.tx.conversation(&wanted)).await?.filter(|known| known.installed);
    let (job, attempts) = (job.id, job.attempts);
    let Some(known) = known else { return relay.write("job_done", move |desk| desk.tx.job_done(job)).await };
    match relay.connector.members(&known.reference).await {
        Ok(members) => {
            relay
                .write("roster", move |desk| {
                    members::roster(desk, &conversation, &members)?;
                    desk.tx.job_done(job)
                })
                .await
        }
        Err(failure) => relay.write("job_failed", move |desk| failed(desk, job, attempts, &failure).map(drop)).await,
    }
}

/// Opens a colleague's own chat: Teams answers with the chat when the colleague has the app.
async fn open_chat(relay: &Relay, job: &ChatJob, colleague: ColleagueId) -> Result<()> {
    let wanted = colleague.clone();
    let known = relay.read(move |desk| desk.tx.colleague(&wanted)).await?.filter(|known| !known.installed);
    let (job, attempts) = (job.id, job.attempts);
    let Some(known) = known else { return relay.write("job_done", move |desk| desk.tx.job_done(job)).await };
    let home = known.home;
    match relay.connector.open_chat(&home.service_url, &home.tenant, &known.user_id).await {
        Ok(conversation) => {
            relay
                .write("reached", move |desk| {
                    desk.tx.job_done(job)?;
                    let chat = ConversationReference { conversation: conversation.clone(), ..home.clone() };
                    reach::opened(desk, &colleague, chat)
                })
                .await
        }
        // Without the app there is no chat: their installation tells us.
        Err(failure) => relay.write("job_failed", move |desk| failed(desk, job, attempts, &failure).map(drop)).await,
    }
}

/// An attempt that changed nothing failed: another one follows, unless it is of no use. True when it is given up.
pub fn failed(desk: &Desk<'_>, job: i64, attempts: u32, failure: &Failure) -> Result<bool> {
    let passes = matches!(failure.class, FailureClass::Unavailable | FailureClass::RateLimited | FailureClass::Configuration);
    if passes && attempts + 1 < MOST_ATTEMPTS {
        let wait = Duration::from_std(retry::backoff(attempts + 1, None, 0.5)).unwrap_or(LEASE);
        desk.tx.job_again(job, desk.now + wait)?;
        return Ok(false);
    }
    tracing::warn!(job, class = ?failure.class, detail = failure.detail, "an order about a conversation is given up");
    desk.tx.job_done(job)?;
    Ok(true)
}

impl Relay {
    /// True when an order about a conversation is due by now.
    pub(super) async fn jobs_are_due(&self) -> std::result::Result<bool, StoreError> {
        let now = self.clock.now();
        self.store.read(move |tx| Ok(tx.next_job_due()?.is_some_and(|at| at <= now))).await
    }
}
