//! One delivery: what to do with a lane's head. The HTTP request comes after it, in no transaction, and then
//! [`super::outcome`].

use super::desk::{Desk, Listener, SERVER};
use super::{
    homes, joining, media_views, offers, parcels, reach, render, revision_views, revisions, revocation, send, status, unowned, views,
    whisper,
};
use crate::bridge::{
    self, ActivityId, ColleagueId, ConversationId, ConversationReference, Decision, Failure, FailureClass, MessageId, MessageState,
    Outgoing, Place, Post, RevocationId, ThreadId, Time, ToClient, Urgency,
};
use crate::store::{Claim, Direction, Envelope, Head, Message, Purpose, Result, Settle, Subject};
use chrono::Duration;
use serde_json::json;

/// How long a lane waits for a chat that is gone: until the app is installed again, which wakes it at once.
pub const GONE: Duration = Duration::hours(1);

/// Until this process follows a directory that is in force already.
const RELOAD: Duration = Duration::seconds(2);

/// A lane's head, ready to be handed to the other side.
#[derive(Clone, Debug)]
pub struct Job {
    pub claim: Claim,
    pub head: Head,
    pub request: Request,
}

/// What to hand over.
#[derive(Clone, Debug)]
pub enum Request {
    WhatsApp(Box<ToClient>),
    Post {
        to: ConversationReference,
        post: Post,
        belongs: Belongs,
    },
    /// Open a thread's chain in a channel with the thread's card; `alone`: that card is what was to be posted.
    Open {
        to: ConversationReference,
        post: Post,
        thread: ThreadId,
        alone: bool,
    },
    Update {
        to: ConversationReference,
        activity: ActivityId,
        post: Post,
        /// What is posted where the post cannot be changed; `None`: a change that nobody misses.
        instead: Option<Instead>,
    },
    /// For `reader` alone, who is called `user_id` in Teams.
    Whisper {
        to: ConversationReference,
        reader: ColleagueId,
        user_id: String,
        post: Post,
    },
}

/// What must be read even where the post that should say it is gone, or Teams does not let go of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// The client's message that is shown anew, and the one that changed it.
    Revised { message: MessageId, by: MessageId },
    /// The file of a message.
    File { message: MessageId },
}

/// What a posted activity is, for quotes and for the thread card.
#[derive(Clone, Debug, Default)]
pub struct Belongs {
    pub thread: Option<ThreadId>,
    pub message: Option<MessageId>,
    pub is_thread_card: bool,
    pub revocation: Option<(RevocationId, Urgency)>,
    pub standing: Option<Subject>,
}

/// When a lane may go on, by the rates. `Err`: not before this moment.
pub type Gate<'a> = &'a dyn Fn(&Claim, Time) -> std::result::Result<(), Time>;

/// Takes heads of a claimed lane until one is ready to be handed over. Heads that need no hand-over are settled on the way.
/// `None`: the lane is released.
pub fn next(desk: &Desk<'_>, claim: &Claim, gate: Gate<'_>) -> Result<Option<Job>> {
    loop {
        if let Err(at) = gate(claim, desk.now) {
            desk.tx.release(claim, at)?;
            return Ok(None);
        }
        let Some(head) = desk.tx.take_head(claim, desk.now)? else { return Ok(None) };
        let step = match claim.direction {
            Direction::WhatsApp => prepare_message(desk, &head)?,
            Direction::Teams => prepare_post(desk, claim, &head)?,
        };
        match step {
            Step::HandOver(request) => return Ok(Some(Job { claim: claim.clone(), head, request })),
            Step::Later(at) => {
                desk.tx.postpone(claim, &head, at)?;
                return Ok(None);
            }
            Step::Settle => {
                if desk.tx.settled(claim, &head, desk.now)? != Settle::More {
                    return Ok(None);
                }
            }
        }
    }
}

enum Step {
    HandOver(Request),
    /// Nothing to hand over.
    Settle,
    Later(Time),
}

/// A message to a client: every rule is checked once more, at the last moment.
fn prepare_message(desk: &Desk<'_>, head: &Head) -> Result<Step> {
    let found = head.message.map(|id| desk.tx.message(id)).transpose()?.flatten();
    let Some(message) = found.filter(|message| message.state == MessageState::Queued) else { return Ok(Step::Settle) };
    let Some(case) = desk.case(message.thread)? else { return Ok(Step::Settle) };
    if head.interrupted {
        // Handed over before a crash, and no answer was stored: WhatsApp may have it. Never again by itself.
        status::uncertain(desk, &message, &Failure::new(FailureClass::Unavailable, "the server stopped while sending"))?;
        return Ok(Step::Settle);
    }
    let content = message.outgoing()?;
    let verdict = send::on_its_way(desk, &case, &message, &content)?;
    if verdict.decision != Decision::Send {
        send::stop(desk, &case, &message, verdict)?;
        return Ok(Step::Settle);
    }
    Ok(Step::HandOver(Request::WhatsApp(Box::new(ToClient {
        from: case.thread.number.clone(),
        to: case.contact.recipient(),
        content: signed(&message, content),
        reply_to: message.reply_to.clone(),
        callback: status::callback(head.id),
        media: None,
    }))))
}

/// What is handed over: a text with the name that it was to be signed with when it was queued.
fn signed(message: &Message, content: Outgoing) -> Outgoing {
    match (content, &message.signed) {
        (Outgoing::Text { body }, Some(name)) => Outgoing::Text { body: bridge::signed(name, &body) },
        (Outgoing::Media(file), Some(name)) => Outgoing::Media(bridge::signed_file(name, file)),
        (content, _) => content,
    }
}

fn prepare_post(desk: &Desk<'_>, claim: &Claim, head: &Head) -> Result<Step> {
    let envelope: Envelope = match serde_json::from_str(&head.body) {
        Ok(envelope) => envelope,
        Err(error) => {
            tracing::error!(delivery = %head.id, %error, "a post cannot be read and is set aside");
            desk.journal("post.unreadable", SERVER, claim.thread, head.message, &json!({ "delivery": head.id }))?;
            return Ok(Step::Settle);
        }
    };
    let place = Place::of_key(&claim.target);
    let Some((to, listener)) = reachable(desk, claim.thread, &place)? else {
        if let Envelope::Whisper { to, post } = envelope {
            return whisper::in_own_chat(desk, &to, post).map(|()| Step::Settle);
        }
        if let (Envelope::Standing { subject }, Place::Home | Place::Conversation(_)) = (&envelope, &place) {
            // Given anew to whoever should have it, wherever that is now.
            desk.tx.forget_card(*subject, &place)?;
        }
        return match place {
            // Kept in order until the app is back: nothing that a client wrote is dropped.
            Place::Own(colleague) => {
                reach::out_of_reach(desk, claim.thread, &colleague)?;
                Ok(Step::Later(desk.now + GONE))
            }
            Place::Home => {
                if let Some(thread) = claim.thread {
                    if !head.interrupted {
                        desk.tx.not_accepted(head)?;
                    }
                    homes::lose(desk, thread)?;
                    homes::follow(desk, thread)?;
                }
                Ok(Step::Settle)
            }
            // What was said there answered somebody there.
            Place::Conversation(_) => {
                desk.journal("post.dropped", SERVER, claim.thread, head.message, &json!({ "conversation": claim.target }))?;
                Ok(Step::Settle)
            }
        };
    };
    if let (Place::Home, Some(thread)) = (&place, claim.thread)
        && desk.tx.home(thread)?.is_some_and(|home| home.conversation.is_none())
    {
        let alone = matches!(envelope, Envelope::ThreadCard { .. });
        let post = thread_card(desk, &listener, thread)?;
        return Ok(post.map_or(Step::Settle, |post| Step::HandOver(Request::Open { to, post, thread, alone })));
    }
    Ok(match envelope {
        // Written for them before they went or were switched off, when they could not be reached.
        Envelope::Post { thread: Some(thread), message, .. } if !may_still_read(desk, &listener, thread, message)? => {
            // By a directory that is not in force any more: they may have been switched on again.
            if desk.office.version < desk.tx.directory_version()? {
                return Ok(Step::Later(desk.now + RELOAD));
            }
            desk.journal("post.withheld", SERVER, claim.thread, head.message, &json!({ "colleague": claim.target }))?;
            Step::Settle
        }
        Envelope::Post { post, thread, message, repeated } => {
            let belongs = Belongs { thread, message, ..Belongs::default() };
            // It may be seen before its arrival is known here.
            disturb(desk, &place, &belongs)?;
            let post = if head.interrupted || repeated { render::marked_repeated(post) } else { post };
            Step::HandOver(Request::Post { to, post, belongs })
        }
        Envelope::Media { message } => prepare_media(desk, to, &listener, message)?,
        Envelope::Revised { message, by } => prepare_revised(desk, to, &listener, message, by)?,
        Envelope::Quoting { message } => prepare_quoting(desk, to, &listener, message)?,
        // It stands there: the chain was opened with it.
        Envelope::ThreadCard { thread } if desk.tx.thread_card(thread, &place)?.is_some() => Step::Settle,
        Envelope::ThreadCard { thread } => match thread_card(desk, &listener, thread)? {
            Some(post) => {
                let belongs = Belongs { thread: Some(thread), is_thread_card: true, ..Belongs::default() };
                disturb(desk, &place, &belongs)?;
                Step::HandOver(Request::Post { to, post, belongs })
            }
            None => Step::Settle,
        },
        Envelope::Update { activity, post } => Step::HandOver(Request::Update { to, activity, post, instead: None }),
        Envelope::Whisper { to: reader, post } => match desk.tx.colleague(&reader)? {
            Some(known) => Step::HandOver(Request::Whisper { to, reader, user_id: known.user_id, post }),
            None => Step::Settle,
        },
        // A quote of it is no answer to the client: supervisors see it too, who take no part in the thread. Only persons have one.
        Envelope::Revocation { revocation, urgency } => {
            let Some(person) = &listener.person else { return Ok(Step::Settle) };
            match revocation::card_now(desk, person, revocation, urgency)? {
                Some((Some(activity), post)) => Step::HandOver(Request::Update { to, activity, post, instead: None }),
                Some((None, post)) => Step::HandOver(Request::Post {
                    to,
                    post,
                    belongs: Belongs { revocation: Some((revocation, urgency)), ..Belongs::default() },
                }),
                None => Step::Settle,
            }
        }
        Envelope::Standing { subject } => prepare_standing(desk, claim, &place, to, &listener, subject)?,
    })
}

/// Whether what waited for somebody is still theirs to read: of who has gone, what was said in their time.
fn may_still_read(desk: &Desk<'_>, listener: &Listener, thread: ThreadId, message: Option<MessageId>) -> Result<bool> {
    let Some(person) = &listener.person else { return Ok(true) };
    if !desk.office.is_enabled(&person.known) {
        return Ok(false);
    }
    match message {
        Some(message) if !desk.tx.participants(thread)?.contains(person.id()) => desk.has_in_sight(person, message),
        _ => Ok(true),
    }
}

/// A message whose file is here now, or lost: changed where it stands; posted where its thread has moved since. What is not shown to
/// anybody, for its number is switched off, is not shown by its file.
fn prepare_media(desk: &Desk<'_>, to: ConversationReference, listener: &Listener, id: MessageId) -> Result<Step> {
    let Some(message) = desk.tx.message(id)? else { return Ok(Step::Settle) };
    if !may_still_read(desk, listener, message.thread, Some(id))? {
        let outdated = desk.office.version < desk.tx.directory_version()?;
        return Ok(if outdated { Step::Later(desk.now + RELOAD) } else { Step::Settle });
    }
    let Some(post) = media_views::post(desk, listener, &message)? else { return Ok(Step::Settle) };
    Ok(Step::HandOver(match desk.tx.media_posting(id, &to.conversation)? {
        Some(activity) => Request::Update { to, activity, post, instead: Some(Instead::File { message: id }) },
        None if message.purpose == Purpose::Client && !desk.tx.media_is_posted(id)? => return Ok(Step::Settle),
        None => {
            let belongs = Belongs { thread: Some(message.thread), message: Some(id), ..Belongs::default() };
            disturb(desk, &listener.place, &belongs)?;
            Request::Post { to, post, belongs }
        }
    }))
}

/// A client's message that was changed or deleted: changed where it stands. Where it does not, what changed is posted.
fn prepare_revised(desk: &Desk<'_>, to: ConversationReference, listener: &Listener, id: MessageId, by: MessageId) -> Result<Step> {
    let Some(message) = desk.tx.message(id)? else { return Ok(Step::Settle) };
    let Some(case) = desk.case(message.thread)? else { return Ok(Step::Settle) };
    if !may_still_read(desk, listener, message.thread, Some(by))? {
        return Ok(Step::Settle);
    }
    let mut stand = match desk.tx.media_posting(id, &to.conversation)? {
        Some(activity) => vec![activity],
        None => desk.tx.posted_as(id, &to.conversation)?,
    };
    let mut posts = revision_views::posts(desk, listener, &case, &message)?;
    // A long message stands in several posts: of one that is hidden nothing may stay, and another is not taken apart.
    if let (true, Some(post)) = (stand.len() > 1 && revisions::is_hidden(desk, &message)?, posts.first()) {
        for activity in stand.split_off(1) {
            let envelope = Envelope::Update { activity, post: post.clone() };
            desk.tx.enqueue_post(Some(message.thread), &listener.place, &envelope, desk.now)?;
        }
    }
    if let ([_], [_], Some(activity)) = (stand.as_slice(), posts.as_slice(), stand.first().cloned())
        && let Some(post) = posts.pop()
    {
        return Ok(Step::HandOver(Request::Update { to, activity, post, instead: Some(Instead::Revised { message: id, by }) }));
    }
    let mut posts = revision_views::instead(desk, listener, id, by)?.into_iter();
    let Some(post) = posts.next() else { return Ok(Step::Settle) };
    posts.try_for_each(|post| desk.post_to(Some(message.thread), &listener.place, post, Some(by)))?;
    let belongs = Belongs { thread: Some(message.thread), message: Some(by), ..Belongs::default() };
    disturb(desk, &listener.place, &belongs)?;
    Ok(Step::HandOver(Request::Post { to, post, belongs }))
}

/// A message that repeats words which are shown no more, where we have posted it: where its own author wrote it, Teams shows the quotation.
fn prepare_quoting(desk: &Desk<'_>, to: ConversationReference, listener: &Listener, id: MessageId) -> Result<Step> {
    let Some(message) = desk.tx.message(id)? else { return Ok(Step::Settle) };
    let Some(case) = desk.case(message.thread)? else { return Ok(Step::Settle) };
    let stand = match desk.tx.media_posting(id, &to.conversation)? {
        Some(activity) => vec![activity],
        None => desk.tx.posted_as(id, &to.conversation)?,
    };
    let authors = matches!(&listener.place, Place::Own(reader) if message.author.as_deref() == Some(reader.as_str()));
    if authors || message.written_in.as_ref() == Some(&to.conversation) {
        return Ok(Step::Settle);
    }
    let post = revision_views::quoting(desk, listener, &case, &message)?;
    Ok(match (stand.into_iter().next(), post) {
        (Some(activity), Some(post)) => Step::HandOver(Request::Update { to, activity, post, instead: None }),
        _ => Step::Settle,
    })
}

/// A card that shows how something stands: changed where it was posted, else posted.
fn prepare_standing(
    desk: &Desk<'_>,
    claim: &Claim,
    place: &Place,
    to: ConversationReference,
    listener: &Listener,
    subject: Subject,
) -> Result<Step> {
    let before = desk.tx.take_card(subject, place)?;
    // A home that has moved has no card yet; a channel's card stands in a chain of its own.
    let before = before.filter(|(conversation, _)| match place {
        Place::Conversation(id) => conversation.base() == id.base(),
        Place::Own(_) | Place::Home => *conversation == to.conversation,
    });
    let post = match subject {
        Subject::Intake(_) | Subject::IntakeReminder(_) => unowned::card(desk, listener, subject, before.is_some())?,
        Subject::Joining(id) => joining::card(desk, listener, id, before.is_some())?,
        Subject::Transfer(id, side) => offers::card(desk, listener, id, side)?,
        Subject::Parcel(id) => parcels::card(desk, listener, id)?,
    };
    Ok(match (post, before) {
        (None, _) => Step::Settle,
        (Some(post), Some((conversation, activity))) => {
            Step::HandOver(Request::Update { to: ConversationReference { conversation, ..to }, activity, post, instead: None })
        }
        (Some(post), None) => {
            // Who quotes an offered client's message means the client; who quotes a colleague's question means the colleague.
            let thread = claim.thread.filter(|_| !matches!(subject, Subject::Joining(_) | Subject::Transfer(..)));
            Step::HandOver(Request::Post { to, post, belongs: Belongs { thread, standing: Some(subject), ..Belongs::default() } })
        }
    })
}

/// Words of a thread, of either side or a note, or the thread itself appear in a colleague's own chat: what they type next may be about
/// that, so the thread they wrote in last is not certain to be meant any more.
pub fn disturb(desk: &Desk<'_>, place: &Place, belongs: &Belongs) -> Result<()> {
    match (place, belongs.thread) {
        (Place::Own(colleague), Some(thread)) if belongs.message.is_some() || belongs.is_thread_card => {
            desk.tx.disturb_focus(colleague, thread)
        }
        _ => Ok(()),
    }
}

/// Where a place is now, and who reads there. `None`: nothing can be posted there.
pub fn reachable(desk: &Desk<'_>, thread: Option<ThreadId>, place: &Place) -> Result<Option<(ConversationReference, Listener)>> {
    let shared = |id: &ConversationId| -> Result<Option<ConversationReference>> {
        let found = desk.tx.conversation(&id.base())?.filter(|known| known.installed);
        Ok(found.map(|known| ConversationReference { conversation: id.clone(), ..known.reference }))
    };
    let (to, person) = match place {
        Place::Own(colleague) => match desk.person(colleague)?.filter(|person| person.known.installed) {
            Some(person) => (Some(person.known.home.clone()), Some(person)),
            None => (None, None),
        },
        Place::Conversation(id) => (shared(id)?, None),
        Place::Home => match thread.map(|thread| desk.tx.home(thread)).transpose()?.flatten() {
            // While its chain is not open, that is the channel: the first post opens it.
            Some(home) => (shared(home.conversation.as_ref().unwrap_or(&home.base))?, None),
            None => (None, None),
        },
    };
    Ok(to.map(|to| (to, Listener { place: place.clone(), person })))
}

/// The thread card as it stands now.
pub fn thread_card(desk: &Desk<'_>, listener: &Listener, thread: ThreadId) -> Result<Option<Post>> {
    let Some(case) = desk.case(thread)? else { return Ok(None) };
    if let Place::Own(_) = &listener.place
        && !desk.audience(thread)?.contains(&listener.place)
    {
        // They went, or the thread moved, before it was posted.
        return Ok(None);
    }
    let reader = desk.reader_for(listener, Some(&case.contact.line));
    views::thread(desk, &reader, &case, &listener.place).map(Some)
}
