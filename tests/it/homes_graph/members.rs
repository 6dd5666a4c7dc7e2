//! Who takes part is in the chat that was made, and who does not is not.

use super::{WHICH_CLIENT, done, graph_fault, id, in_chat, in_chats, presses_open};
use crate::harness::World;
use serde_json::{Value, json};
use switchboard::simulator::{Fault, FaultName};

/// Who takes part is in the chat, and who does not is not.
#[tokio::test]
async fn colleagues_who_come_and_go_come_and_go_in_the_chat() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    room.types_unmentioned(&ana, "Before Ben").await;
    room.types(&ana, "add").await;
    room.presses(&ana, "Maria Oliveira", "Add", json!({"colleagues": id(&ben), "history": "none"})).await;
    assert_eq!(done(&world, "member.added"), 1);
    assert!(room.seen_by(&ben).iter().all(|item| item.text.as_deref() != Some("Before Ben")));
    ben.sees("The conversation with Maria Oliveira goes on in the group chat “Maria Oliveira · ");
    assert!(ben.card_of(&maria).is_none(), "{}", ben.transcript());
    room.types_unmentioned(&ben, "Ben is here").await;
    assert!(maria.last().text.ends_with("Ben is here"));
    room.types(&ben, "leave").await;
    room.presses(&ben, "Maria Oliveira", "Leave", Value::Null).await;
    assert_eq!(done(&world, "member.removed"), 1);
    assert!(room.seen_by(&ben).is_empty());
    assert_eq!(maria.times_shown("Ben Okafor is no longer available to chat."), 1);
    maria.types("Who is left?").await;
    room.sees("Maria Oliveira: Who is left?");
    ben.sees_not("Who is left?");
}

#[tokio::test]
async fn after_a_transfer_the_chat_holds_the_receiver_and_not_the_giver() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    room.types(&ana, "transfer").await;
    room.presses(&ana, "To whom?", "Offer", json!({"receiver": id(&ben), "history": "all"})).await;
    ben.clicks("Accept", Value::Null).await;
    assert_eq!((done(&world, "member.added"), done(&world, "member.removed")), (1, 1));
    assert!(room.seen_by(&ana).is_empty());
    maria.types("Hello Ben").await;
    room.sees("Maria Oliveira: Hello Ben");
    room.types_unmentioned(&ben, "Hello Maria").await;
    assert!(maria.last().text.ends_with("Hello Maria"));
    ana.sees_not("Hello Ben");
}

#[tokio::test]
async fn where_microsoft_changes_no_members_the_colleagues_are_asked_to() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403)));
    room.types(&ana, "add").await;
    room.presses(&ana, "Maria Oliveira", "Add", json!({"colleagues": id(&ben), "history": "none"})).await;
    room.sees("Ben Okafor takes part now, and could not be added to this group chat. Add Ben Okafor in Teams");
    // Until then he follows in his own chat.
    maria.types("Both of you?").await;
    ben.sees("Maria Oliveira: Both of you?");
    room.add_member(&ana, &ben).await;
    maria.types("And now?").await;
    ben.sees_not("And now?");
    room.types(&ben, "leave").await;
    room.presses(&ben, "Maria Oliveira", "Leave", Value::Null).await;
    room.sees("Remove Ben Okafor from this group chat in Teams: until then they read along.");
}

/// Who left the chat in Teams while nobody heard of it is put into it again, for they still take part.
#[tokio::test]
async fn who_left_a_free_chat_is_in_it_again_when_the_conversation_comes_back() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.types(&ana, "details").await;
    room.presses(&ana, "Maria Oliveira", "Use our own chats", Value::Null).await;
    room.remove_member(&ana, &ana).await;
    presses_open(&ana).await;
    assert_eq!((done(&world, "chat"), done(&world, "member.added")), (1, 1));
    maria.types("Together").await;
    room.sees("Maria Oliveira: Together");
    assert!(!room.seen_by(&ana).is_empty());
}

/// Who ended the conversation stays in its chat, and goes when others go on with the client.
#[tokio::test]
async fn who_takes_an_ended_conversation_has_its_chat_alone() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    room.types(&ana, "end").await;
    room.presses(&ana, "Maria Oliveira", "End", Value::Null).await;
    assert!(!room.seen_by(&ana).is_empty());
    let contact = world.last_record("contact.added").await.body["contact"].clone();
    let card = ben.find("Welcome").activity_id;
    ben.forges(&card, json!({"verb": "thread.start", "contact": contact})).await;
    assert_eq!(world.last_record("participant.joined").await.body["colleague"], id(&ben), "{}", ben.transcript());
    assert!(room.seen_by(&ana).is_empty() && !room.seen_by(&ben).is_empty());
    maria.types("Hello again").await;
    room.sees("Maria Oliveira: Hello again");
}

/// Whoever follows in their own chat and lost the app: those in the chat are told, for they think that their colleague knows.
#[tokio::test]
async fn the_home_is_told_of_a_participant_who_cannot_be_reached() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, WHICH_CLIENT, "Link this chat", json!({ "thread": thread })).await;
    room.types(&ana, "add").await;
    room.presses(&ana, "Maria Oliveira", "Add", json!({"colleagues": id(&ben), "history": "none"})).await;
    maria.types("One").await;
    ben.sees("Maria Oliveira: One");
    world.teams.uninstall("ben").await.expect("removed");
    for text in ["Two", "Three"] {
        maria.types(text).await;
    }
    assert_eq!(room.times_seen("Ben Okafor takes part, but is not a member here and cannot be reached in their own chat"), 1);
    world.install("ben").await;
    ben.sees("Maria Oliveira: Two");
    ben.sees("Maria Oliveira: Three");
}
