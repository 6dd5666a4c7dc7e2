//! Group chats that are made through Microsoft Graph (product.md 7: "linked by a colleague with a card, or created through Graph where
//! configured"): by themselves and by a press, with whoever takes part in them, and what happens when Microsoft does not play along.

mod making;
mod members;
mod trouble;

use crate::harness::{Colleague, Phone, Room, World, words};
use serde_json::Value;
use switchboard::bridge::{Directory, HomeKind};
use switchboard::simulator::{Fault, Surface};

const OPENING: &str = "A group chat is being opened for this conversation.";
const LIVES_HERE: &str = "This is the conversation with Maria Oliveira now.";
const WHICH_CLIENT: &str = "Which client is this chat for?";

fn in_chats(directory: &mut Directory) {
    directory.lines[0].policy.home = HomeKind::Chat;
}

/// A colleague's Entra object id.
fn id(who: &Colleague<'_>) -> String {
    who.world.cast.teams.users.iter().find(|user| user.key == who.key).expect("in the cast").object_id.clone()
}

/// How often Graph did this (`chat`, `install`, `member.added`, `member.removed`, `topic`).
fn done(world: &World, what: &str) -> usize {
    world.teams.journal(0).into_iter().filter(|entry| entry.kind == format!("graph.{what}")).count()
}

/// The chat that was made last.
async fn made(world: &World) -> Room<'_> {
    let chat = world.last_record("chat.made").await.body["conversation"].as_str().expect("a conversation").to_owned();
    world.room(&chat)
}

/// Ana and Maria, whose conversation moved into a chat that was made for it.
async fn in_chat(world: &World) -> (Colleague<'_>, Phone<'_>, Room<'_>) {
    let (ana, maria) = world.conversation().await;
    let room = made(world).await;
    room.sees(LIVES_HERE);
    (ana, maria, room)
}

/// Ana and Maria in own chats, on a line whose conversations live in chats from now on.
async fn before_chats(world: &World) -> (Colleague<'_>, Phone<'_>) {
    let (ana, maria) = world.conversation().await;
    world.apply(in_chats).await;
    assert_eq!(done(world, "chat"), 0);
    (ana, maria)
}

/// *Details*, and there *Open as group chat*; what the card becomes.
async fn presses_open(who: &Colleague<'_>) -> String {
    who.types("details").await;
    words(&who.clicks("Open as group chat", Value::Null).await.card.expect("a card"))
}

fn graph_fault(fault: Fault) -> Fault {
    fault.on(Surface::Graph)
}

/// The chat is the only one, and the conversation goes on there.
async fn goes_on_in_the_only_chat(world: &World, ana: &Colleague<'_>, maria: &Phone<'_>) {
    assert_eq!((done(world, "chat"), world.recorded("chat.made").await), (1, 1));
    let room = made(world).await;
    assert_eq!(room.times_seen(LIVES_HERE), 1);
    room.types_unmentioned(ana, "Over here").await;
    assert!(maria.last().text.ends_with("Over here"));
    maria.types("I see you").await;
    room.sees("Maria Oliveira: I see you");
    ana.sees_not("Maria Oliveira: I see you");
    assert!(!ana.thread_card_says(maria, OPENING));
}

impl Colleague<'_> {
    fn thread_card_says(&self, client: &Phone<'_>, text: &str) -> bool {
        self.card_of(client).is_some_and(|item| item.card.as_ref().is_some_and(|card| words(card).contains(text)))
    }
}
