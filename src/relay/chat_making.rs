//! The requests by which a group chat that was ordered is made, looked for, given the app and visited, and who is in it is kept: see
//! [`super::group_chat`] and [`super::chat_mirror`].

use super::chat_mirror::{self, Membership};
use super::core::Relay;
use super::group_chat::{self, Step, Trouble};
use super::{conversations, desk::Desk, members};
use crate::bridge::{ColleagueId, ConversationId, ConversationReference, Failure, FailureClass, Outcome, Time, retry};
use crate::store::{ChatJob, Result};
use crate::teams::Graph;
use crate::texts::group_chat as words;
use chrono::Duration;

/// Attempts of one step before it is given up: with [`retry::backoff`] about two minutes, so that a colleague hears of it.
const MOST_ATTEMPTS: u32 = 8;
/// A chat that has just been made is not found everywhere at once (as it is with other things of Graph's; a real tenant tells how long).
const UNTIL_FOUND: u32 = 4;
/// What lets the app hear everything that is said in a chat.
const HEARS_ALL: &str = "ChatMessage.Read.Chat";

/// One step of an order.
pub async fn step(relay: &Relay, job: &ChatJob, order: i64) -> Result<()> {
    let (id, attempts) = (job.id, job.attempts);
    let Some(graph) = relay.graph() else {
        return finish(relay, id, move |desk| group_chat::give_up(desk, order, &Trouble::NotConfigured)).await;
    };
    let step = relay.write("chat_step", move |desk| group_chat::next(desk, order)).await?;
    match step {
        Step::Nothing => finish(relay, id, |_| Ok(())).await,
        Step::Wait(at) => relay.write("chat_waits", move |desk| desk.tx.job_again(id, at)).await,
        Step::Create { topic, members } => {
            let outcome = graph.create_chat(&topic, &members).await;
            if again(&outcome, attempts).is_some() {
                return wait_then(relay, id, &outcome, attempts, move |desk| group_chat::not_yet(desk, order)).await;
            }
            finish(relay, id, move |desk| created(desk, order, &outcome)).await
        }
        Step::Look { topic, members, since } => {
            let looked = look(relay, graph, &topic, &members, since).await?;
            let outcome = match looked {
                Ok(chat) => Ok(chat),
                Err(outcome) if again(&outcome, attempts).is_some() => return wait(relay, id, &outcome, attempts).await,
                Err(_) => Err(()),
            };
            finish(relay, id, move |desk| match &outcome {
                Ok(Some(chat)) => group_chat::made(desk, order, chat, true),
                Ok(None) => group_chat::not_found(desk, order, true),
                Err(()) => group_chat::not_found(desk, order, false),
            })
            .await
        }
        Step::Install { chat } => match graph.install_app(&chat).await {
            Outcome::Sent(_) => finish(relay, id, move |desk| group_chat::installed(desk, order)).await,
            outcome if again(&outcome, attempts).is_some() || (is_gone(&outcome) && attempts + 1 < UNTIL_FOUND) => {
                wait(relay, id, &outcome, attempts).await
            }
            outcome => {
                let trouble = without_app(graph, &chat, outcome).await;
                finish(relay, id, move |desk| group_chat::give_up(desk, order, &trouble)).await
            }
        },
        Step::Visit { chat } => visit(relay, id, order, chat).await,
    }
}

/// What is wrong with a chat in which the app was not installed. Where something was not found, that was the chat, or the app: whether it
/// is the chat, its members tell.
async fn without_app(graph: &Graph, chat: &ConversationId, outcome: Outcome) -> Trouble {
    if !is_gone(&outcome) {
        return Trouble::NoApp(failure_of(outcome));
    }
    match graph.chat_members(chat).await {
        Err(answer) if is_gone(&answer) => Trouble::Gone,
        _ => Trouble::NoApp(failure_of(outcome).map(|failure| Failure { class: FailureClass::Configuration, ..failure })),
    }
}

/// What came of asking for a chat.
fn created(desk: &Desk<'_>, order: i64, outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Sent(receipt) => match &receipt.conversation {
            Some(chat) => group_chat::made(desk, order, &ConversationId::from(chat.as_str()), false),
            None => group_chat::doubtful(desk, order, &Failure::new(FailureClass::Unavailable, "the new chat has no id")),
        },
        Outcome::Uncertain(failure) => group_chat::doubtful(desk, order, failure),
        Outcome::Throttled { failure, .. } | Outcome::Rejected(failure) => {
            group_chat::give_up(desk, order, &Trouble::NotMade(failure.clone()))
        }
    }
}

/// The chat with this title, made of exactly these people at this time or later, that is not known yet.
async fn look(
    relay: &Relay,
    graph: &Graph,
    topic: &str,
    members: &[ColleagueId],
    since: Time,
) -> Result<std::result::Result<Option<ConversationId>, Outcome>> {
    let Some(one) = members.first() else { return Ok(Ok(None)) };
    let found = match graph.chats_titled(one, topic, since).await {
        Ok(found) => found,
        Err(outcome) => return Ok(Err(outcome)),
    };
    for chat in relay.read(move |desk| group_chat::candidates(desk, found)).await? {
        match graph.chat_members(&chat).await {
            Ok(there) if there.len() == members.len() && members.iter().all(|id| there.iter().any(|one| is(&one.object_id, id))) => {
                return Ok(Ok(Some(chat)));
            }
            Ok(_) => {}
            Err(outcome) => return Ok(Err(outcome)),
        }
    }
    Ok(Ok(None))
}

fn is(object_id: &str, colleague: &ColleagueId) -> bool {
    object_id.eq_ignore_ascii_case(colleague.as_str())
}

/// Whether the app is in a chat: the Connector tells who is there only where it is.
async fn visit(relay: &Relay, id: i64, order: i64, chat: ConversationReference) -> Result<()> {
    match relay.connector.members(&chat).await {
        Ok(people) => {
            finish(relay, id, move |desk| {
                let topic = desk.tx.chat_order(order)?.map(|order| order.topic);
                group_chat::visited(desk, &chat, topic)?;
                members::roster(desk, &chat.conversation, &people)
            })
            .await
        }
        Err(failure) => {
            finish(relay, id, move |desk| match group_chat::not_there_yet(desk, order)? {
                true => group_chat::give_up(desk, order, &Trouble::NoApp(Some(failure.clone()).filter(|failure| !is_absence(failure)))),
                false => Ok(()),
            })
            .await
        }
    }
}

fn is_absence(failure: &Failure) -> bool {
    failure.class == FailureClass::ConversationGone
}

/// Lets a chat hold somebody exactly while they take part.
pub async fn keep_member(relay: &Relay, job: &ChatJob, chat: ConversationId, colleague: ColleagueId) -> Result<()> {
    let (id, attempts, wanted) = (job.id, job.attempts, (chat.clone(), colleague.clone()));
    let right = relay.read(move |desk| chat_mirror::membership(desk, &wanted.0, &wanted.1)).await?;
    let outcome = match (right, relay.graph()) {
        (Membership::AsItIs, _) => return finish(relay, id, |_| Ok(())).await,
        (Membership::In(since), Some(graph)) => graph.add_member(&chat, &colleague, since).await,
        (Membership::Out, Some(graph)) => graph.remove_member(&chat, &colleague).await,
        (_, None) => return finish(relay, id, move |desk| chat_mirror::refused(desk, &chat, &colleague)).await,
    };
    match outcome {
        // Teams tells by itself who came and who went.
        Outcome::Sent(_) => finish(relay, id, |_| Ok(())).await,
        outcome if again(&outcome, attempts).is_some() => wait(relay, id, &outcome, attempts).await,
        outcome => {
            tracing::warn!(?outcome, "Microsoft did not change who is in a chat; the colleagues are asked to");
            finish(relay, id, move |desk| chat_mirror::refused(desk, &chat, &colleague)).await
        }
    }
}

/// Names a chat that we made after its client.
pub async fn retitle(relay: &Relay, job: &ChatJob, chat: ConversationId) -> Result<()> {
    let (id, attempts, wanted) = (job.id, job.attempts, chat.clone());
    let topic = relay.read(move |desk| {
        let Some(home) = desk.tx.home_at(&wanted)? else { return Ok(None) };
        let head = desk.case(home.thread)?.map(|case| desk.head(&case.contact, Some(&case.thread)));
        Ok(head.map(|head| words::topic(&head.client, &head.line)))
    });
    if let (Some(topic), Some(graph)) = (topic.await?, relay.graph()) {
        let outcome = graph.rename_chat(&chat, &topic).await;
        if again(&outcome, attempts).is_some() {
            return wait(relay, id, &outcome, attempts).await;
        }
        if let Some(failure) = failure_of(outcome) {
            tracing::warn!(class = ?failure.class, detail = failure.detail, "a chat keeps its former title");
        }
    }
    finish(relay, id, |_| Ok(())).await
}

/// Reads whether the app may hear everything that is said in a chat. Where Graph does not tell, the first message without a mention does.
pub async fn read_grants(relay: &Relay, job: &ChatJob, conversation: ConversationId) -> Result<()> {
    let (id, attempts) = (job.id, job.attempts);
    let Some(graph) = relay.graph() else { return finish(relay, id, |_| Ok(())).await };
    match graph.permission_grants(&conversation).await {
        Ok(granted) if granted.iter().any(|permission| permission == HEARS_ALL) => {
            finish(relay, id, move |desk| match desk.tx.conversation(&conversation)? {
                Some(known) => conversations::hears(desk, &known, true),
                None => Ok(()),
            })
            .await
        }
        Err(outcome) if again(&outcome, attempts).is_some() => wait(relay, id, &outcome, attempts).await,
        Err(outcome) => {
            tracing::info!(?outcome, "what the app may hear in a chat is not told; the first message without a mention tells it");
            finish(relay, id, |_| Ok(())).await
        }
        Ok(_) => finish(relay, id, |_| Ok(())).await,
    }
}

/// Stores what came of it, and that it is done.
pub(super) async fn finish(relay: &Relay, id: i64, then: impl Fn(&Desk<'_>) -> Result<()> + Send + 'static) -> Result<()> {
    relay
        .write("chat_job", move |desk| {
            then(desk)?;
            desk.tx.job_done(id)
        })
        .await
}

/// Another attempt later.
pub(super) async fn wait(relay: &Relay, id: i64, outcome: &Outcome, attempts: u32) -> Result<()> {
    wait_then(relay, id, outcome, attempts, |_| Ok(())).await
}

/// The same, storing that this one was in vain.
async fn wait_then(
    relay: &Relay,
    id: i64,
    outcome: &Outcome,
    attempts: u32,
    then: impl Fn(&Desk<'_>) -> Result<()> + Send + 'static,
) -> Result<()> {
    let after = again(outcome, attempts).unwrap_or_else(|| backoff(None, attempts));
    relay
        .write("chat_job_again", move |desk| {
            then(desk)?;
            desk.tx.job_again(id, desk.now + after)
        })
        .await
}

/// When to try again what certainly was not accepted, or may be done twice; `None`: that is of no use.
pub(super) fn again(outcome: &Outcome, attempts: u32) -> Option<Duration> {
    match outcome {
        Outcome::Throttled { after, .. } if attempts + 1 < MOST_ATTEMPTS => Some(backoff(*after, attempts)),
        _ => None,
    }
}

fn backoff(asked: Option<std::time::Duration>, attempts: u32) -> Duration {
    Duration::from_std(retry::backoff(attempts + 1, asked, 0.5)).unwrap_or(Duration::MAX)
}

fn is_gone(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Rejected(failure) if is_absence(failure))
}

pub(super) fn failure_of(outcome: Outcome) -> Option<Failure> {
    match outcome {
        Outcome::Sent(_) => None,
        Outcome::Throttled { failure, .. } | Outcome::Rejected(failure) | Outcome::Uncertain(failure) => Some(failure),
    }
}
