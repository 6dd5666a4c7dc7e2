//! Conversations that colleagues share in Teams and that belong to no thread.

use crate::harness::{World, words_of};
use switchboard::simulator::Draft;

// product.md 7: "Nothing is ever sent to the wrong client."
#[tokio::test]
async fn what_is_said_in_a_group_chat_of_no_thread_reaches_no_client() {
    let world = World::start().await;
    let (ana, ben, caro) = (world.ana(), world.ben(), world.caro());
    let maria = world.maria();
    world.consented(&ana, &maria).await;
    let before = maria.texts();
    let room = world.group_chat("Lunch", &[ana, ben]);
    room.add_bot(&ana).await;
    let said = room.types(&ana, "Pizza?").await;
    assert!(!room.types_unmentioned(&ben, "Unheard").await.heard);
    room.set_rsc(true);
    assert!(room.types_unmentioned(&ben, "Sushi").await.heard);
    room.whispers(&ana, "Between us").await;
    room.quotes(&ben, &said, "No pizza").await;
    room.edits(&ana, &said, "Pasta?").await;
    room.deletes(&ana, &said).await;
    world.teams.other_bot_says(&room.conversation, "Weather", "Rain at noon").await.expect("said");
    room.add_member(&ana, &caro).await;
    room.rename(&ana, "Dinner").await;
    room.says(&caro, Draft::html("<p>Is <b>Maria</b> here?</p>").mentioning("bot").mentioning("ben")).await;
    room.remove_member(&ana, &caro).await;
    room.remove_bot(&ana).await;
    assert_eq!(maria.texts(), before);
}

// product.md 7: "Nothing is ever sent to the wrong client."
#[tokio::test]
async fn what_is_said_in_a_channel_of_no_thread_reaches_no_client() {
    let world = World::start().await;
    let maria = world.maria();
    world.consented(&world.ana(), &maria).await;
    world.install("caro").await;
    let before = maria.texts();
    let channel = world.channel();
    channel.add_bot(&world.ben()).await;
    channel.types(&world.caro(), "Who knows a good lunch place?").await;
    let chain = channel.chains().remove(0);
    chain.types(&world.ben(), "The one at the corner").await;
    assert_eq!(chain.seen_by(&world.ana()).iter().filter(|item| words_of(item).contains("corner")).count(), 1);
    assert_eq!(maria.texts(), before);
}

/// The server with Graph's rights makes no chat that no line's home asks for.
#[tokio::test]
async fn graph_is_not_asked_as_long_as_conversations_live_in_personal_chats() {
    let world = World::with_graph(|_| {}).await;
    world.consented(&world.ana(), &world.maria()).await;
    let asked = world.teams.journal(0).into_iter().filter(|entry| entry.kind.starts_with("graph.")).count();
    assert_eq!(asked, 0);
}
