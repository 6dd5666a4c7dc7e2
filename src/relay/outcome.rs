//! What an outcome of a hand-over changes: the message's state, the post's place in Teams, the lane.

use super::deliver::{self, Belongs, GONE, Gate, Instead, Job, Request, disturb};
use super::desk::{Case, Desk, SERVER};
use super::{entry_point, homes, marks, media_views, moving, opening, participation, reach, revision_views, status, whisper};
use crate::bridge::{
    ActivityId, Content, ConversationId, ConversationReference, Failure, FailureClass, MessageId, MessageState, Outcome, Outgoing, Place,
    Receipt, Recipient, ThreadId, Time, ToClient, Wamid, retry,
};
use crate::store::{Message, Purpose, Result, Settle};
use chrono::Duration;
use serde_json::json;

/// Before a post whose outcome is unknown is shown again, marked as perhaps repeated.
const BEFORE_REPEAT: Duration = Duration::seconds(5);

/// Attempts to open a chain whose outcome nobody knows.
const MOST_OPENINGS: u32 = 3;

/// Records what became of a hand-over and returns the lane's next job, all in one transaction. `jitter` in 0..1.
pub fn record(desk: &Desk<'_>, job: &Job, outcome: &Outcome, jitter: f64, gate: Gate<'_>) -> Result<Option<Job>> {
    let done = match (&job.request, outcome) {
        (request, Outcome::Throttled { after, failure }) if again(request, job.head.attempts + 1, failure) => {
            tracing::debug!(delivery = %job.head.id, class = ?failure.class, code = failure.code, "not accepted yet");
            Done::Later(desk.now + wait(job, *after, jitter))
        }
        (request, Outcome::Rejected(failure))
            if failure.class == FailureClass::Configuration && again(request, job.head.attempts + 1, failure) =>
        {
            tracing::error!(code = failure.code, detail = failure.detail, "refused until an administrator acts; trying again");
            Done::Later(desk.now + wait(job, None, jitter))
        }
        (Request::WhatsApp(sent), outcome) => message_outcome(desk, job, sent, outcome)?,
        (Request::Open { to, thread, alone, .. }, outcome) => open_outcome(desk, job, to, *thread, *alone, outcome)?,
        (Request::Post { belongs, to, .. }, outcome) => post_outcome(desk, job, to, belongs, outcome)?,
        (Request::Update { .. }, Outcome::Uncertain(_)) => Done::Later(desk.now + BEFORE_REPEAT),
        (Request::Update { to, activity, instead: Some(instead), .. }, outcome) => {
            update_outcome(desk, job, to, activity, *instead, outcome)?
        }
        (Request::Update { .. }, _) => Done::Settled,
        (Request::Whisper { reader, post, .. }, outcome) => {
            whisper::outcome(desk, reader, post, outcome)?;
            Done::Settled
        }
    };
    match done {
        Done::Later(at) => desk.tx.postpone(&job.claim, &job.head, at).map(|()| None),
        Done::Settled => match desk.tx.settled(&job.claim, &job.head, desk.now)? {
            Settle::More => deliver::next(desk, &job.claim, gate),
            Settle::Empty | Settle::Lost => Ok(None),
        },
    }
}

/// Whether a head that was certainly not accepted is worth another attempt. A client's message is shown however long Teams
/// takes; a colleague hears of a message that does not get through.
fn again(request: &Request, attempts: u32, failure: &Failure) -> bool {
    match request {
        Request::WhatsApp(_) if failure.class == FailureClass::Configuration => attempts < retry::MOST_CONFIGURATION_ATTEMPTS,
        Request::WhatsApp(_) => attempts < retry::MOST_ATTEMPTS,
        Request::Post { .. } | Request::Open { .. } | Request::Update { .. } => true,
        // There is another way to tell it.
        Request::Whisper { .. } => false,
    }
}

fn wait(job: &Job, asked: Option<std::time::Duration>, jitter: f64) -> Duration {
    Duration::from_std(retry::backoff(job.head.attempts + 1, asked, jitter)).unwrap_or(Duration::MAX)
}

enum Done {
    Settled,
    Later(Time),
}

fn message_outcome(desk: &Desk<'_>, job: &Job, sent: &ToClient, outcome: &Outcome) -> Result<Done> {
    let Some(id) = job.head.message else { return Ok(Done::Settled) };
    if let (Outcome::Sent(receipt), Some(thread)) = (outcome, job.claim.thread) {
        accepted(desk, id, thread, &sent.to, receipt)?;
        return Ok(Done::Settled);
    }
    let Some(message) = desk.tx.message(id)? else { return Ok(Done::Settled) };
    match outcome {
        Outcome::Sent(_) => {}
        Outcome::Uncertain(failure) => status::uncertain(desk, &message, failure)?,
        Outcome::Rejected(failure) | Outcome::Throttled { failure, .. } => rejected(desk, &message, failure)?,
    }
    Ok(Done::Settled)
}

fn accepted(desk: &Desk<'_>, message: MessageId, thread: ThreadId, to: &Recipient, receipt: &Receipt) -> Result<()> {
    let wamid = receipt.id.clone().map(Wamid);
    desk.tx.accepted(message, wamid.as_ref(), desk.now)?;
    desk.journal("message.accepted", "whatsapp", Some(thread), Some(message), &json!({ "wamid": wamid }))?;
    entry_point::on_accepted(desk, thread, message)?;
    // What Meta calls the client is known to be what we called them, most of the time.
    let dialled = to.phone.as_deref().map(|phone| phone.trim_start_matches('+'));
    let news = |said: Option<&str>, known: Option<&str>| said.is_some() && said != known;
    let learns = news(receipt.wa_id.as_deref(), dialled) || news(receipt.bsuid.as_deref(), to.bsuid.as_deref());
    // Of a client whose names have changed since it was sent, the answer tells a former one.
    if learns
        && let Some(Case { contact, .. }) = desk.case(thread)?
        && contact.recipient() == *to
    {
        desk.tx.learn_identity(&contact, receipt.wa_id.as_deref(), receipt.bsuid.as_deref())?;
    }
    if let Some(wamid) = &wamid {
        status::apply_early_statuses(desk, message, wamid)?;
    }
    desk.tx.refresh_cards(thread, desk.now)
}

fn rejected(desk: &Desk<'_>, message: &Message, failure: &Failure) -> Result<()> {
    desk.tx.set_state(message.id, message.state, MessageState::Failed, desk.now)?;
    desk.tx.save_failure(message.id, failure)?;
    desk.journal("message.failed", "whatsapp", Some(message.thread), Some(message.id), failure)?;
    marks::changed(desk, message.id)?;
    status::on_failed(desk, message.id, failure)
}

fn post_outcome(desk: &Desk<'_>, job: &Job, to: &ConversationReference, belongs: &Belongs, outcome: &Outcome) -> Result<Done> {
    let place = Place::of_key(&job.claim.target);
    match outcome {
        Outcome::Sent(receipt) => {
            posted(desk, &place, to, belongs, receipt)?;
            Ok(Done::Settled)
        }
        Outcome::Rejected(failure) if failure.class == FailureClass::ConversationGone => gone(desk, job, to, belongs, failure),
        Outcome::Uncertain(failure) => {
            desk.tx.mark_repeated(&job.head)?;
            desk.journal("post.uncertain", SERVER, belongs.thread, belongs.message, failure)?;
            Ok(Done::Later(desk.now + BEFORE_REPEAT))
        }
        Outcome::Rejected(failure) | Outcome::Throttled { failure, .. } => {
            tracing::error!(delivery = %job.head.id, class = ?failure.class, code = failure.code, "Teams refused a post; it is in the journal");
            desk.journal("post.refused", "teams", belongs.thread, belongs.message, failure)?;
            if belongs.is_thread_card
                && let Some(thread) = belongs.thread
            {
                desk.tx.forget_thread_card(thread, &place)?;
            }
            Ok(Done::Settled)
        }
    }
}

/// There is no such conversation any more, or we are not in it: what was to be said there waits until the app is back, or goes where the
/// thread lives by now.
fn gone(desk: &Desk<'_>, job: &Job, to: &ConversationReference, belongs: &Belongs, failure: &Failure) -> Result<Done> {
    let place = Place::of_key(&job.claim.target);
    desk.journal("home.gone", "teams", belongs.thread, belongs.message, failure)?;
    match &place {
        Place::Own(colleague) => {
            desk.tx.uninstalled(colleague)?;
            reach::out_of_reach(desk, job.claim.thread, colleague)?;
            Ok(Done::Later(desk.now + GONE))
        }
        Place::Home | Place::Conversation(_) => {
            desk.tx.not_accepted(&job.head)?;
            homes::on_gone(desk, &to.conversation.base())?;
            follow(desk, &place, job.claim.thread)
        }
    }
}

/// A post was changed in its place, or could not be: somebody deleted it, or Teams has let go of its card. Then what it was to say is
/// posted behind everything else.
fn update_outcome(
    desk: &Desk<'_>,
    job: &Job,
    to: &ConversationReference,
    activity: &ActivityId,
    instead: Instead,
    outcome: &Outcome,
) -> Result<Done> {
    let (thread, place) = (job.claim.thread, Place::of_key(&job.claim.target));
    let (message, about) = match instead {
        Instead::Revised { message, by } => (message, by),
        Instead::File { message } => (message, message),
    };
    if let Outcome::Rejected(failure) = outcome
        && failure.class == FailureClass::ConversationGone
    {
        return gone(desk, job, to, &Belongs { thread, message: Some(about), ..Belongs::default() }, failure);
    }
    let body = json!({ "message": message, "place": place.key(), "conversation": to.conversation, "activity": activity });
    if let Outcome::Sent(_) = outcome {
        if matches!(instead, Instead::Revised { .. }) {
            desk.journal("post.changed", "teams", thread, Some(about), &body)?;
        }
        return Ok(Done::Settled);
    }
    desk.journal("post.not_changed", "teams", thread, Some(about), &body)?;
    let Some((_, listener)) = deliver::reachable(desk, thread, &place)? else { return Ok(Done::Settled) };
    let posts = match instead {
        Instead::Revised { message, by } => revision_views::instead(desk, &listener, message, by)?,
        Instead::File { message } => {
            let found = desk.tx.message(message)?;
            found.map(|message| media_views::post(desk, &listener, &message)).transpose()?.flatten().into_iter().collect()
        }
    };
    posts.into_iter().try_for_each(|post| desk.post_to(thread, &place, post, Some(about)))?;
    Ok(Done::Settled)
}

/// What a shared conversation did not take goes where its thread lives by now, before what waits behind it: in the meantime that may
/// have moved. An answer to somebody there has nowhere to go.
fn follow(desk: &Desk<'_>, place: &Place, thread: Option<ThreadId>) -> Result<Done> {
    let (Place::Home, Some(thread)) = (place, thread) else { return Ok(Done::Settled) };
    if desk.tx.home(thread)?.is_some() {
        return Ok(Done::Later(desk.now));
    }
    homes::follow(desk, thread)?;
    Ok(Done::Settled)
}

/// What came of opening a thread's chain. What cannot be opened is no home: the thread lives in its participants' own chats.
fn open_outcome(desk: &Desk<'_>, job: &Job, to: &ConversationReference, thread: ThreadId, alone: bool, outcome: &Outcome) -> Result<Done> {
    match outcome {
        Outcome::Sent(receipt) => {
            opening::opened(desk, thread, to, receipt)?;
            Ok(if alone { Done::Settled } else { Done::Later(desk.now) })
        }
        // A chain without a thread may be left behind, which does no harm; one after the other might.
        Outcome::Uncertain(failure) if job.head.attempts + 1 < MOST_OPENINGS => {
            desk.journal("post.uncertain", SERVER, Some(thread), None, failure)?;
            Ok(Done::Later(desk.now + BEFORE_REPEAT))
        }
        Outcome::Rejected(failure) | Outcome::Throttled { failure, .. } | Outcome::Uncertain(failure) => {
            desk.journal("home.gone", "teams", Some(thread), None, failure)?;
            desk.tx.not_accepted(&job.head)?;
            if failure.class == FailureClass::ConversationGone {
                homes::on_gone(desk, &to.conversation)?;
            } else if desk.tx.home(thread)?.is_some_and(|home| home.base == to.conversation) {
                homes::lose(desk, thread)?;
            }
            follow(desk, &Place::Home, Some(thread))
        }
    }
}

fn posted(desk: &Desk<'_>, place: &Place, to: &ConversationReference, belongs: &Belongs, receipt: &Receipt) -> Result<()> {
    let Some(activity) = receipt.id.clone().map(ActivityId) else { return Ok(()) };
    if let (Some((revocation, urgency)), Place::Own(colleague)) = (belongs.revocation, place) {
        return desk.tx.revocation_card_posted(revocation, colleague, urgency, &activity);
    }
    if let Some(subject) = belongs.standing {
        desk.tx.card_posted(subject, place, &to.conversation, &activity)?;
    }
    let Some(thread) = belongs.thread else { return Ok(()) };
    desk.tx.record_posting(&to.conversation, &activity, Some(thread), belongs.message)?;
    if belongs.is_thread_card {
        thread_card_posted(desk, thread, place, &to.conversation, &activity)?;
    }
    disturb(desk, place, belongs)?;
    let message = belongs.message.map(|id| desk.tx.message(id)).transpose()?.flatten();
    if let Some(message) = message.as_ref().filter(|message| message.purpose == Purpose::Free)
        && matches!(message.outgoing()?, Outgoing::Media(_))
    {
        desk.tx.media_posted(message.id, &to.conversation, &activity)?;
    }
    if let Some(message) = message.filter(|message| message.purpose == Purpose::Client) {
        if matches!(message.inbound()?, Content::Media(_)) {
            desk.tx.media_posted(message.id, &to.conversation, &activity)?;
        }
        let body = json!({ "colleague": place.key(), "conversation": to.conversation, "activity": activity });
        desk.journal("message.posted", "teams", Some(thread), belongs.message, &body)?;
    }
    Ok(())
}

/// Who went or where the thread moved while its card was on the way: the card is a receipt, and there is none of the thread in this place.
fn thread_card_posted(desk: &Desk<'_>, thread: ThreadId, place: &Place, to: &ConversationId, activity: &ActivityId) -> Result<()> {
    if moving::is_followed_at(desk, thread, place, to)? {
        desk.tx.claim_thread_card(thread, place)?;
        return desk.tx.thread_card_posted(thread, place, activity, desk.now);
    }
    if let Place::Own(_) = place {
        desk.tx.forget_thread_card(thread, place)?;
    }
    let Some(case) = desk.case(thread)? else { return Ok(()) };
    match place {
        Place::Own(colleague) if !desk.tx.participants(thread)?.contains(colleague) => {
            participation::close(desk, &case, colleague, activity.clone())
        }
        place => moving::card_came_late(desk, &case, place, to, activity.clone()),
    }
}
