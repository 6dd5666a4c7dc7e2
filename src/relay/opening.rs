//! How a thread gets its chain of replies in the line's channel. The chain is opened by the first thing that is posted there, and begins
//! with the thread's card.

use super::desk::{Case, Desk, SERVER};
use super::{homes, staff};
use crate::bridge::{ActivityId, ConversationId, ConversationReference, HomeKind, Line, Place, Receipt, ThreadId};
use crate::cards::{self, Notice, Style};
use crate::store::{ChatTask, Envelope, Result, SharedConversation};
use crate::texts::places;
use serde_json::json;

/// A thread of a line whose home is the channel gets its chain there; not one that lives elsewhere, or was moved or lost before.
pub fn settle(desk: &Desk<'_>, case: &Case) -> Result<()> {
    let Some(line) = desk.line(&case.contact.line).filter(|line| line.policy.home == HomeKind::Channel) else { return Ok(()) };
    if desk.tx.had_home(case.thread.id)? {
        return Ok(());
    }
    let Some(channel) = channel(desk, line)? else { return missing(desk, line) };
    desk.tx.settle_in(case.thread.id, &channel.reference.conversation, None)?;
    desk.journal("thread.settled", SERVER, Some(case.thread.id), None, &json!({ "in": channel.reference.conversation }))?;
    desk.ensure_card(case.thread.id, &Place::Home)
}

/// The app is not in the line's channel: its conversations live in the participants' own chats, and administrators hear of it once.
fn missing(desk: &Desk<'_>, line: &Line) -> Result<()> {
    let channel = line.channel.as_ref().map(|channel| channel.channel.as_str()).unwrap_or_default();
    if !desk.tx.first_time(&format!("channel_missing:{}:{channel}", line.id), desk.now)? {
        return Ok(());
    }
    tracing::warn!(line = %line.id, channel, "the app is not in the channel of a line whose conversations are to live there");
    desk.journal("channel.missing", SERVER, None, None, &json!({ "line": line.id, "channel": channel }))?;
    for person in staff::administrators(desk)? {
        desk.post(None, &person, desk.notice(&person, None, Style::Warning, places::channel_missing(&line.name)), None)?;
    }
    Ok(())
}

/// The line's channel, when the app is there.
pub fn channel(desk: &Desk<'_>, line: &Line) -> Result<Option<SharedConversation>> {
    let Some(wanted) = &line.channel else { return Ok(None) };
    let id = ConversationId::from(wanted.channel.as_str());
    if let Some(known) = desk.tx.conversation(&id)? {
        return Ok(Some(known).filter(|known| known.installed));
    }
    // The app is in a team, and so in all its channels, of which we hear only when something happens there.
    let Some(sister) = desk.tx.conversations_of_team(&wanted.team)?.into_iter().find(|known| known.installed) else { return Ok(None) };
    let known =
        SharedConversation { reference: ConversationReference { conversation: id.clone(), ..sister.reference }, name: None, ..sister };
    desk.tx.save_conversation(&known)?;
    for member in desk.tx.members(&sister_id(&wanted.team))? {
        desk.tx.add_member(&id, &member)?;
    }
    desk.tx.order(&ChatTask::Roster { conversation: id }, desk.now)?;
    Ok(Some(known))
}

/// The team's first channel, which has the team's id.
fn sister_id(team: &str) -> ConversationId {
    ConversationId::from(team)
}

/// The chain was opened, with the thread's card as its first message.
pub fn opened(desk: &Desk<'_>, thread: ThreadId, to: &ConversationReference, receipt: &Receipt) -> Result<()> {
    let (Some(chain), Some(root)) = (&receipt.conversation, &receipt.id) else {
        tracing::error!(%thread, "Teams opened a chain and did not say which");
        return homes::lose(desk, thread);
    };
    let (chain, root) = (ConversationId::from(chain.as_str()), ActivityId::from(root.as_str()));
    if !desk.tx.opened(thread, &to.conversation, &chain)? {
        return goes_on_elsewhere(desk, thread, chain, root);
    }
    desk.tx.claim_thread_card(thread, &Place::Home)?;
    desk.tx.thread_card_posted(thread, &Place::Home, &root, desk.now)?;
    desk.tx.record_posting(&chain, &root, Some(thread), None)?;
    desk.journal("thread.opened", "teams", Some(thread), None, &json!({ "conversation": chain, "activity": root }))
}

/// While it was being opened, the thread moved: what stands there is no card of it.
fn goes_on_elsewhere(desk: &Desk<'_>, thread: ThreadId, chain: ConversationId, root: ActivityId) -> Result<()> {
    let Some(case) = desk.case(thread)? else { return Ok(()) };
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    let reader = desk.reader_of_all(Some(&case.contact.line));
    let post = cards::notice(&reader, &Notice { head, text: places::ELSEWHERE.to_owned(), ..Notice::default() });
    let envelope = Envelope::Update { activity: root, post };
    desk.tx.enqueue_post(Some(thread), &Place::Conversation(chain), &envelope, desk.now).map(drop)
}
