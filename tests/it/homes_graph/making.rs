//! Chats that are made, by themselves and by a press, and found again.

use super::{OPENING, WHICH_CLIENT, before_chats, done, goes_on_in_the_only_chat, graph_fault, in_chat, in_chats, made, presses_open};
use crate::harness::World;
use chrono::Duration;
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::bridge::{Directory, HomeKind};
use switchboard::simulator::{Fault, FaultName};

#[tokio::test]
async fn a_conversation_of_such_a_line_gets_its_chat_by_itself_and_goes_on_there() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.sees_not(WHICH_CLIENT);
    // What Microsoft was told to let the app hear is known before anybody wrote without a mention.
    room.sees_not("Mention @Switchboard to send");
    ana.sees("The conversation with Maria Oliveira goes on in the group chat “Maria Oliveira · ");
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
    assert_eq!(done(&world, "install"), 1);
    // Another client has another chat.
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    let other = made(&world).await;
    assert_ne!(other.conversation, room.conversation);
    tom.types("Hello from Tom").await;
    other.sees("Tom Becker: Hello from Tom");
    room.sees_not("Hello from Tom");
}

#[tokio::test]
async fn a_colleague_opens_a_chat_and_the_card_says_how_it_stands() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(300).times(1)));
    let told = presses_open(&ana).await;
    assert!(told.contains("It goes on there as soon as the chat is ready, and here until then."), "{told}");
    assert!(ana.thread_card_says(&maria, OPENING), "{}", ana.transcript());
    assert!(presses_open(&ana).await.contains("being opened for this conversation already"));
    maria.types("Meanwhile").await;
    ana.sees("Maria Oliveira: Meanwhile");
    ana.types("Still here").await;
    assert!(maria.last().text.ends_with("Still here"));
    // As late as Microsoft asked.
    world.advance(Duration::seconds(240)).await;
    assert_eq!(done(&world, "chat"), 0);
    world.advance(Duration::seconds(65)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[rstest]
#[case::not_configured(false, HomeKind::Chat)]
#[case::another_home(true, HomeKind::Personal)]
#[tokio::test]
async fn elsewhere_it_is_explained_how_to_make_a_chat_and_none_is_made(#[case] graph: bool, #[case] home: HomeKind) {
    let policy = move |directory: &mut Directory| directory.lines[0].policy.home = home;
    let world = if graph { World::with_graph(policy).await } else { World::with(policy).await };
    let (ana, maria) = world.conversation().await;
    let told = presses_open(&ana).await;
    assert!(told.contains("Make a group chat in Teams with Ana Souza, add the app Switchboard to it, and choose this client"), "{told}");
    assert_eq!((done(&world, "chat"), world.recorded("chat.ordered").await), (0, 0));
    maria.types("Hello").await;
    ana.sees("Maria Oliveira: Hello");
    assert!(!ana.thread_card_says(&maria, OPENING));
}

#[tokio::test]
async fn who_leaves_own_chats_again_finds_the_same_chat() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.types(&ana, "details").await;
    room.presses(&ana, "Maria Oliveira", "Use our own chats", Value::Null).await;
    assert_eq!(room.times_seen(WHICH_CLIENT), 1);
    maria.types("In private").await;
    ana.sees("Maria Oliveira: In private");
    room.sees_not("In private");
    // Not again by itself.
    world.advance_hours(1).await;
    assert_eq!(world.recorded("chat.ordered").await, 1);
    presses_open(&ana).await;
    assert_eq!(done(&world, "chat"), 1);
    maria.types("Together").await;
    room.sees("Maria Oliveira: Together");
    ana.sees_not("Maria Oliveira: Together");
}

/// The app was removed from the chat: it is the same chat to which it comes back.
#[tokio::test]
async fn a_chat_that_was_lost_is_opened_again_and_not_another_one() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.remove_bot(&ana).await;
    maria.types("Where are you?").await;
    ana.sees("Maria Oliveira: Where are you?");
    presses_open(&ana).await;
    assert_eq!((done(&world, "chat"), done(&world, "install")), (1, 2));
    maria.types("There you are").await;
    room.sees("Maria Oliveira: There you are");
    ana.sees_not("There you are");
}

#[tokio::test]
async fn a_client_who_is_renamed_renames_their_chat() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let contact = world.last_record("contact.added").await.body["contact"].clone();
    let card = ana.find("Maria Oliveira").activity_id;
    let data = json!({"verb": "contact.save", "contact": contact, "name": "Maria O. Lima", "phone": "", "language": "", "notes": ""});
    ana.forges(&card, data).await;
    assert_eq!(done(&world, "topic"), 1);
    maria.types("Still me").await;
    room.sees("Maria O. Lima: Still me");
}
