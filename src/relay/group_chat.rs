//! How a group chat that was ordered comes to be a thread's home: what each step finds and leaves in the store. The requests lie between
//! the steps, in no transaction: [`super::chat_making`].
//!
//! Invariants: every step may be done again after a crash, and does then what is left to do; a chat that was perhaps made is looked for,
//! and not made again unless a colleague wants another one.

use super::chat_orders::{self, enter, is_wanted};
use super::desk::{Case, Desk, Person, SERVER};
use super::{chat_mirror, members, moving, participation, staff};
use crate::bridge::{ColleagueId, ConversationId, ConversationReference, Failure, FailureClass, Place, Post, Scope, Time};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::store::{ChatOrder, ChatStage, ChatTask, Result, SharedConversation};
use crate::texts::{group_chat as words, places};
use chrono::Duration;
use serde_json::json;

/// How long after it was asked for a chat is looked for: a request that was cut off may still be at work. Each time seconds.
const LOOKS: [i64; 3] = [20, 60, 120];
/// Clocks may differ by this much: a chat that was made a little before it was asked for is the one.
const SKEW: Duration = Duration::minutes(2);
/// The app reports from a chat within seconds; after this it is asked for.
const FIRST_SIGN: Duration = Duration::seconds(15);
/// After this it is not waited for any more.
const LAST_SIGN: Duration = Duration::minutes(3);

/// *Open as group chat*.
pub fn open(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Post> {
    let say = |text: String| {
        let head = Some(desk.head(&case.contact, Some(&case.thread)));
        cards::notice(&desk.reader(person, Some(&case.contact.line)), &Notice { head, text, ..Notice::default() })
    };
    if let Some(chat) = moving::chat(desk, case.thread.id)?
        && let Some(known) = desk.tx.conversation(&chat)?
    {
        return Ok(say(words::lives_already(&case.contact.name, &moving::place_name(&known))));
    }
    if !chat_orders::are_made(desk, case) {
        return Ok(say(by_hand(desk, case)?));
    }
    if !chat_orders::place(desk, case, person.id().as_str())? {
        return Ok(say(words::ORDERED_ALREADY.to_owned()));
    }
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), words::ORDERED, None))
}

fn by_hand(desk: &Desk<'_>, case: &Case) -> Result<String> {
    Ok(places::open_by_hand(&participation::names(desk, case)?))
}

/// What is to be asked of Microsoft next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing any more.
    Nothing,
    /// Nothing before this moment.
    Wait(Time),
    Create {
        topic: String,
        members: Vec<ColleagueId>,
    },
    /// Was it made? Asked of each of those it was made of, until it is found.
    Look {
        topic: String,
        members: Vec<ColleagueId>,
        since: Time,
    },
    Install {
        chat: ConversationId,
    },
    /// Is the app there?
    Visit {
        chat: ConversationReference,
    },
}

/// The next step of an order. That a chat is asked for is stored with it, before it is.
pub fn next(desk: &Desk<'_>, id: i64) -> Result<Step> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage.is_open()) else { return Ok(Step::Nothing) };
    let Some(case) = desk.case(order.thread)? else { return Ok(Step::Nothing) };
    match (order.stage, order.chat.clone()) {
        (ChatStage::Ordered | ChatStage::Asked, _) if !is_wanted(desk, &order)? => {
            desk.journal("chat.not_wanted", SERVER, Some(order.thread), None, &json!({ "order": id }))?;
            enter(desk, order, ChatStage::GivenUp)?;
            Ok(Step::Nothing)
        }
        (ChatStage::Asked, None) => Ok(look(desk, order)),
        (ChatStage::Made | ChatStage::Installed, Some(chat)) => {
            if let Some(known) = desk.tx.conversation(&chat)?.filter(|known| known.installed) {
                arrived(desk, &known)?;
                return Ok(Step::Nothing);
            }
            if order.stage == ChatStage::Made {
                return Ok(Step::Install { chat });
            }
            visit(desk, &order, chat)
        }
        _ => {
            let head = desk.head(&case.contact, Some(&case.thread));
            let (topic, members) = (words::topic(&head.client, &head.line), desk.tx.participants(order.thread)?);
            let asked = ChatOrder { topic: topic.clone(), members: members.clone(), asked_at: Some(desk.now), ..order };
            enter(desk, asked, ChatStage::Asked)?;
            Ok(Step::Create { topic, members })
        }
    }
}

fn look(desk: &Desk<'_>, order: ChatOrder) -> Step {
    let asked_at = order.asked_at.unwrap_or(order.since);
    let first = asked_at + Duration::seconds(LOOKS[0]);
    if !order.another && desk.now < first {
        return Step::Wait(first);
    }
    Step::Look { topic: order.topic, members: order.members, since: asked_at - SKEW }
}

/// Where the chat is to be found by the Connector is where those who are in it are found: their organization has one address. (That this
/// is so in every tenant, only a real one can tell; the app's own report from the chat says it in any case.)
fn visit(desk: &Desk<'_>, order: &ChatOrder, chat: ConversationId) -> Result<Step> {
    let first = order.since + FIRST_SIGN;
    if desk.now < first {
        return Ok(Step::Wait(first));
    }
    for member in order.members.iter().chain(&desk.tx.participants(order.thread)?) {
        if let Some(known) = desk.tx.colleague(member)? {
            return Ok(Step::Visit { chat: ConversationReference { conversation: chat, ..known.home } });
        }
    }
    Ok(Step::Wait(desk.now + FIRST_SIGN))
}

/// Microsoft has made the chat, or it was found: now the app.
pub fn made(desk: &Desk<'_>, id: i64, chat: &ConversationId, found: bool) -> Result<()> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage == ChatStage::Asked) else { return Ok(()) };
    let body = json!({ "order": id, "conversation": chat, "members": order.members, "found": found });
    desk.journal("chat.made", "teams", Some(order.thread), None, &body)?;
    enter(desk, ChatOrder { chat: Some(chat.clone()), asked_at: None, another: false, ..order }, ChatStage::Made)?;
    desk.tx.order(&ChatTask::Chat { order: id }, desk.now)
}

/// Microsoft certainly made none, and is asked again.
pub fn not_yet(desk: &Desk<'_>, id: i64) -> Result<()> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage == ChatStage::Asked) else { return Ok(()) };
    enter(desk, ChatOrder { asked_at: None, ..order }, ChatStage::Ordered).map(drop)
}

/// Nobody knows whether it was made: it is looked for.
pub fn doubtful(desk: &Desk<'_>, id: i64, failure: &Failure) -> Result<()> {
    let Some(order) = desk.tx.chat_order(id)? else { return Ok(()) };
    desk.journal("chat.uncertain", "teams", Some(order.thread), None, &json!({ "order": id, "failure": failure }))?;
    desk.tx.order(&ChatTask::Chat { order: id }, desk.now)
}

/// Which of the chats with its title may be the one that was asked for: none that is known to be another thread's, or to be of an order.
pub fn candidates(desk: &Desk<'_>, found: Vec<ConversationId>) -> Result<Vec<ConversationId>> {
    let mut left = Vec::new();
    for chat in found {
        if desk.tx.chat_order_of(&chat)?.is_none() && desk.tx.home_at(&chat)?.is_none() {
            left.push(chat);
        }
    }
    Ok(left)
}

/// It was not found. `looked`: Microsoft said that there is none; else it does not let us look. Looked for again, or made where a colleague
/// wants another one; in the end the colleagues decide.
pub fn not_found(desk: &Desk<'_>, id: i64, looked: bool) -> Result<()> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage == ChatStage::Asked) else { return Ok(()) };
    if order.another {
        enter(desk, ChatOrder { asked_at: None, another: false, ..order }, ChatStage::Ordered)?;
        return desk.tx.order(&ChatTask::Chat { order: id }, desk.now);
    }
    let asked_at = order.asked_at.unwrap_or(order.since);
    let next = LOOKS.iter().map(|seconds| asked_at + Duration::seconds(*seconds)).find(|at| *at > desk.now);
    match next.filter(|_| looked) {
        Some(at) => desk.tx.order(&ChatTask::Chat { order: id }, at),
        None => give_up(desk, id, &Trouble::NotKnown { looked }),
    }
}

/// The app is on its way there.
pub fn installed(desk: &Desk<'_>, id: i64) -> Result<()> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage == ChatStage::Made) else { return Ok(()) };
    enter(desk, order, ChatStage::Installed)?;
    desk.tx.order(&ChatTask::Chat { order: id }, desk.now)
}

/// The app is there, although it did not report from there.
pub fn visited(desk: &Desk<'_>, chat: &ConversationReference, topic: Option<String>) -> Result<()> {
    let known =
        SharedConversation { reference: chat.clone(), scope: Scope::GroupChat, team: None, name: topic, installed: true, hears_all: false };
    desk.tx.save_conversation(&known)?;
    if !arrived(desk, &known)? {
        ask_for_client(desk, &chat.conversation)?;
    }
    desk.tx.order(&ChatTask::Grants { conversation: chat.conversation.clone() }, desk.now)
}

/// The app is not there yet. True when it is not waited for any more.
pub fn not_there_yet(desk: &Desk<'_>, id: i64) -> Result<bool> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage == ChatStage::Installed) else { return Ok(false) };
    if desk.now - order.since >= LAST_SIGN {
        return Ok(true);
    }
    desk.tx.order(&ChatTask::Chat { order: id }, desk.now + FIRST_SIGN)?;
    Ok(false)
}

/// The app arrived in a chat: true when it was made for a thread, which lives there from now on. False: whoever is there is asked which
/// client it is for.
pub fn arrived(desk: &Desk<'_>, chat: &SharedConversation) -> Result<bool> {
    let base = &chat.reference.conversation;
    // Also in one that was given up for want of the app: a colleague has added it.
    let awaits = |order: &ChatOrder| order.stage.is_open() || order.stage == ChatStage::GivenUp;
    let Some(order) = desk.tx.chat_order_of(base)?.filter(awaits) else { return Ok(false) };
    // Later on people may have come and gone unheard.
    let put_in = if order.stage.is_open() { order.members.clone() } else { Vec::new() };
    let (thread, by) = (order.thread, order.by.clone());
    let chat = SharedConversation { name: chat.name.clone().or_else(|| Some(order.topic.clone())), ..chat.clone() };
    let wanted = is_wanted(desk, &order)? && desk.tx.home_at(base)?.is_none();
    enter(desk, order, ChatStage::Arrived)?;
    desk.tx.refresh_cards(thread, desk.now)?;
    let Some(case) = desk.case(thread)?.filter(|_| wanted) else { return Ok(false) };
    for member in &put_in {
        desk.tx.add_member(base, member)?;
    }
    // Teams does not name a chat where the app has just come to.
    desk.tx.save_conversation(&chat)?;
    moving::into_shared(desk, &case, &by, &chat, Some(base))?;
    members::gather(desk, &case, &chat, None)?;
    // Who came or went while it was being made.
    chat_mirror::keep_all(desk, &case, base)?;
    Ok(true)
}

/// A chat that is about nobody yet: whoever is there is asked.
pub fn ask_for_client(desk: &Desk<'_>, chat: &ConversationId) -> Result<()> {
    desk.post_to(None, &Place::Conversation(chat.clone()), cards::link(&desk.reader_of_all(None), false), None)
}

/// Why no chat came of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Microsoft refused to make it, or could not be reached.
    NotMade(Failure),
    /// The server may not ask Graph any more.
    NotConfigured,
    /// Perhaps made, perhaps not.
    NotKnown { looked: bool },
    /// Made, and the app is not in it.
    NoApp(Option<Failure>),
    /// Made, and gone again.
    Gone,
}

/// Nothing more is done by itself. Those who follow the thread are told why, and how it can go on.
pub fn give_up(desk: &Desk<'_>, id: i64, trouble: &Trouble) -> Result<()> {
    let Some(order) = desk.tx.chat_order(id)?.filter(|order| order.stage.is_open()) else { return Ok(()) };
    let (thread, topic) = (order.thread, order.topic.clone());
    let (kind, stage, failure) = match trouble {
        Trouble::NotMade(failure) => ("chat.not_made", ChatStage::GivenUp, Some(failure)),
        Trouble::NotConfigured => ("chat.not_configured", ChatStage::GivenUp, None),
        Trouble::NotKnown { .. } => ("chat.not_known", ChatStage::GivenUp, None),
        Trouble::NoApp(failure) => ("chat.without_app", ChatStage::GivenUp, failure.as_ref()),
        Trouble::Gone => ("chat.gone", ChatStage::Gone, None),
    };
    // What was certainly refused leaves no doubt behind.
    let asked_at = if matches!(trouble, Trouble::NotMade(_)) { None } else { order.asked_at };
    enter(desk, ChatOrder { asked_at, another: false, ..order }, stage)?;
    desk.journal(kind, "teams", Some(thread), None, &json!({ "order": id, "failure": failure }))?;
    desk.tx.refresh_cards(thread, desk.now)?;
    let Some(case) = desk.case(thread)? else { return Ok(()) };
    if let Some(failure) = failure.filter(|failure| failure.class == FailureClass::Configuration) {
        tell_administrators(desk, &case, failure)?;
    }
    let text = match trouble {
        Trouble::NotMade(failure) => words::not_made(failure, &by_hand(desk, &case)?),
        Trouble::NotConfigured => words::not_configured(&by_hand(desk, &case)?),
        Trouble::NotKnown { looked } => words::not_known(&topic, *looked),
        Trouble::NoApp(failure) => words::without_app(&topic, failure.as_ref()),
        Trouble::Gone => words::not_there(&topic),
    };
    let again = (*trouble != Trouble::NotConfigured).then_some((words::TRY_AGAIN, Action::OpenChat { thread }));
    let head = desk.head(&case.contact, Some(&case.thread));
    desk.tell_all(&case, None, |reader| {
        let (head, text, actions) = (Some(head.clone()), text.clone(), again.iter().cloned().collect());
        cards::notice(reader, &Notice { head, text, style: Style::Warning, actions, ..Notice::default() })
    })
}

/// Who can mend it hears of it, once a day and line.
fn tell_administrators(desk: &Desk<'_>, case: &Case, failure: &Failure) -> Result<()> {
    let line = &case.contact.line;
    if !desk.tx.news_is_due(&format!("chats_refused:{line}"), desk.now - Duration::days(1), desk.now)? {
        return Ok(());
    }
    tracing::error!(%line, code = failure.code, detail = failure.detail, "Microsoft Graph does not let us make group chats");
    let name = desk.line(line).map_or_else(|| line.0.clone(), |line| line.name.clone());
    for person in staff::administrators(desk)? {
        desk.post(None, &person, desk.notice(&person, None, Style::Warning, words::to_administrators(&name, failure)), None)?;
    }
    Ok(())
}
