//! Shared homes that are gone (product.md 7): nothing is lost, the conversation goes on in own chats, and moves back when it can.

use crate::harness::{Colleague, PATIENCE, Phone, Room, World};
use serde_json::{Value, json};
use switchboard::bridge::{ChannelRef, HomeKind};
use switchboard::simulator::{self, CLIENTS_CHANNEL, Fate, Fault, FaultName, Surface};

async fn in_channel() -> World {
    let world = World::with(|directory| {
        directory.lines[0].policy.home = HomeKind::Channel;
        let team = simulator::defaults().teams.teams[0].id.clone();
        directory.lines[0].channel = Some(ChannelRef { team, channel: CLIENTS_CHANNEL.to_owned() });
    })
    .await;
    world.channel().add_bot(&world.ana()).await;
    world
}

/// Ana and Ben in a group chat with the bot that is linked to Maria.
async fn linked(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>, Room<'_>) {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let room = world.group_chat("Maria", &[ana, ben]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    (ana, ben, maria, room)
}

/// Maria's conversation, which lives there, moves into the own chats.
async fn moves_out(who: &Colleague<'_>, room: &Room<'_>) {
    room.presses(who, "Maria Oliveira", "Details", Value::Null).await;
    room.presses(who, "Since", "Use our own chats", Value::Null).await;
}

fn heard(colleague: &Colleague<'_>, texts: &[&str]) {
    let heard = colleague.heard();
    let places: Vec<_> = texts.iter().map(|text| heard.iter().position(|line| line.ends_with(text))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} of {texts:?} in {heard:?}");
}

#[tokio::test]
async fn when_the_app_is_removed_from_a_chat_the_conversation_goes_on_in_own_chats_and_moves_back() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    room.remove_bot(&ana).await;
    for colleague in [ana, ben] {
        colleague.sees("cannot be reached any more. It goes on here.");
    }
    maria.types("Are you there?").await;
    maria.types("Hello?").await;
    for colleague in [ana, ben] {
        heard(&colleague, &["Are you there?", "Hello?"]);
    }
    ana.types("Yes, from my own chat").await;
    assert!(maria.last().text.ends_with("Yes, from my own chat"));

    room.add_bot(&ana).await;
    ben.sees("can be reached again. Until you move back, it goes on here.");
    ben.clicks("Move back", Value::Null).await;
    maria.types("And now?").await;
    room.sees("Maria Oliveira: And now?");
    ana.sees_not("And now?");
    room.types(&ben, "Back here").await;
    assert!(maria.last().text.ends_with("Back here"));
}

/// What Teams did not tell: the bot learns from the answer to a post that it is gone, and nothing of what waited behind it is lost.
#[tokio::test]
async fn a_channel_that_is_deleted_loses_nothing() {
    let world = in_channel().await;
    let (ana, maria, channel) = (world.ana(), world.maria(), world.channel());
    world.consented(&ana, &maria).await;
    channel.decide_fate(&ana, Fate::Deleted).await;
    ana.sees("cannot be reached any more. It goes on here.");
    for text in ["One", "Two", "Three"] {
        maria.types(text).await;
    }
    heard(&ana, &["One", "Two", "Three"]);
    channel.decide_fate(&ana, Fate::Restored).await;
    ana.sees("can be reached again");
    ana.clicks("Move back", Value::Null).await;
    maria.types("Four").await;
    ana.sees_not("Maria Oliveira: Four");
    assert!(channel.chains().iter().any(|chain| chain.times_seen("Maria Oliveira: Four") == 1));
}

#[tokio::test]
async fn what_is_on_its_way_to_a_chat_that_loses_the_app_meanwhile_is_read_in_own_chats() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    world.on_its_way(&maria, "On its way").await;
    world.teams.remove_bot(&room.conversation, "ana").await.expect("removed");
    maria.types_at_once("Behind it");
    world.lets_through().await;
    for colleague in [ana, ben] {
        // It might have arrived before the app was gone.
        colleague.sees("Shown again after an interruption");
        let places: Vec<_> = ["On its way", "Behind it"].map(|text| colleague.heard().iter().position(|line| line.contains(text))).into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{:?}", colleague.heard());
        assert_eq!(colleague.times_seen("On its way"), 1);
    }
    room.sees_not("On its way");
}

#[tokio::test]
async fn what_is_on_its_way_to_a_chat_that_its_conversation_leaves_meanwhile_follows_it() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    let next = world.group_chat("Maria, once more", &[ana]);
    next.add_bot(&ana).await;
    let link = next.find("Which client is this chat for?").activity_id;
    world.on_its_way(&maria, "On its way").await;
    let thread = json!({ "thread": world.thread_of(&maria).await.to_string() });
    world.teams.click(("ana", next.conversation.as_str()), &link, "Link this chat", thread).await.expect("linked");
    world.teams.remove_bot(&room.conversation, "ana").await.expect("removed");
    maria.types_at_once("Behind it");
    world.lets_through().await;
    for text in ["On its way", "Behind it"] {
        assert_eq!(next.times_seen(text), 1, "{}", next.transcript());
        room.sees_not(text);
        // Who is not in the next chat reads it all the same.
        assert_eq!(ben.times_seen(text), 1);
        ana.sees_not(text);
    }
}

/// "One thread card per home": also where the conversation moves while its card is on the way.
#[tokio::test]
async fn a_card_that_is_on_its_way_while_its_conversation_moves_is_a_receipt() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    let (first, second) = (world.group_chat("Maria", &[ana, ben]), world.group_chat("Maria, once more", &[ana, ben]));
    let thread = world.thread_of(&maria).await;
    let ben_id = world.cast.teams.users.iter().find(|user| user.key == "ben").map(|user| user.object_id.clone());
    let mut links = Vec::new();
    for room in [&first, &second] {
        room.add_bot(&ana).await;
        links.push(room.find("Which client is this chat for?").activity_id);
    }
    let add = json!({"verb": "participant.add", "thread": thread, "colleagues": ben_id, "history": "none"});
    let add = json!({"type": "Action.Execute", "title": "Add", "verb": add["verb"], "data": add});
    let struck = world.teams.count("fault");
    world.teams.faults().set(Fault::new(FaultName::Delay).on(Surface::Connector).lasting(PATIENCE));
    world.teams.click_action("ana", &ana.find("Welcome").activity_id, &add, Value::Null).await.expect("added");
    // Ana's receipt and Ben's card; then the first chat's.
    world.teams.until_count("fault", struck + 2, PATIENCE).await.expect("on their way");
    let to = json!({ "thread": thread.to_string() });
    world.teams.click(("ana", first.conversation.as_str()), &links[0], "Link this chat", to.clone()).await.expect("linked");
    world.teams.until_count("fault", struck + 3, PATIENCE).await.expect("on its way");
    world.teams.click(("ana", second.conversation.as_str()), &links[1], "Link this chat", to).await.expect("linked");
    world.lets_through().await;

    assert!(ben.card_of(&maria).is_none(), "{}", ben.transcript());
    ben.sees("The conversation with Maria Oliveira goes on in a group chat.");
    let cards = |room: &Room<'_>| room.chat().iter().filter(|item| ana.offers(item, "Template")).count();
    assert_eq!((cards(&first), cards(&second)), (0, 1), "{}\n---\n{}", first.transcript(), second.transcript());
    maria.types("Where are we?").await;
    second.sees("Maria Oliveira: Where are we?");
    second.presses(&ana, "Maria Oliveira", "Details", Value::Null).await;
    second.sees("Since");
}

/// Whoever moved a conversation into the own chats finds the way back where they are told of it, and in its details.
#[rstest::rstest]
#[case::by_the_notice(false)]
#[case::by_the_details(true)]
#[tokio::test]
async fn a_conversation_that_was_moved_out_of_the_channel_moves_back(#[case] by_details: bool) {
    let world = in_channel().await;
    let (ana, maria, channel) = (world.ana(), world.maria(), world.channel());
    world.consented(&ana, &maria).await;
    let chain = channel.chains().remove(0);
    moves_out(&ana, &chain).await;
    maria.types("In your own chat").await;
    ana.sees("Maria Oliveira: In your own chat");
    let mut card = ana.find("The conversation with Maria Oliveira goes on here.");
    if by_details {
        ana.types("details").await;
        card = ana.find("Since");
    }
    ana.clicks_on(&card.activity_id, "Move back", Value::Null).await;
    maria.types("In the channel").await;
    ana.sees_not("Maria Oliveira: In the channel");
    assert!(channel.chains().iter().any(|chain| chain.times_seen("Maria Oliveira: In the channel") == 1), "{}", channel.transcript());
    ana.types("details").await;
    assert!(!ana.offers(&ana.find("Since"), "Move back"), "{}", ana.transcript());
}

/// So does one that was moved out of a group chat, as long as that is nobody else's; not when none of its colleagues is there any more.
#[tokio::test]
async fn a_conversation_that_was_moved_out_of_a_chat_moves_back_while_the_chat_is_free() {
    let world = World::start().await;
    let (ana, _, maria, room) = linked(&world).await;
    moves_out(&ana, &room).await;
    ana.clicks("Move back", Value::Null).await;
    maria.types("Here again").await;
    room.sees("Maria Oliveira: Here again");
    moves_out(&ana, &room).await;
    for who in [world.ben(), ana] {
        room.remove_member(&ana, &who).await;
    }
    let answer = ana.clicks("Move back", Value::Null).await;
    assert!(crate::harness::words(&answer.card.expect("a card")).contains("cannot move back"));
    ana.types("details").await;
    assert!(!ana.offers(&ana.find("Since"), "Move back"), "{}", ana.transcript());
}

#[tokio::test]
async fn a_stale_way_back_leads_nowhere_once_the_chat_is_anothers() {
    let world = World::start().await;
    let (ana, _, _, room) = linked(&world).await;
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    room.remove_bot(&ana).await;
    room.add_bot(&ana).await;
    let thread = world.thread_of(&tom).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    ana.clicks("Move back", Value::Null).await;
    ana.sees("This conversation cannot move back");
    room.types(&ana, "For Tom").await;
    assert!(tom.last().text.ends_with("For Tom"));
}

#[tokio::test]
async fn a_conversation_moves_out_of_its_chat_which_is_then_free() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    room.types(&ana, "details").await;
    room.presses(&ana, "Maria Oliveira", "Use our own chats", Value::Null).await;
    maria.types("Still there?").await;
    for colleague in [ana, ben] {
        heard(&colleague, &["Still there?"]);
    }
    room.sees_not("Still there?");
    let before = maria.texts();
    room.types(&ana, "Nobody's").await;
    room.sees("no client is linked to this place");
    assert_eq!(maria.texts(), before);
    // Free for another client.
    assert_eq!(room.times_seen("Which client is this chat for?"), 1);
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    let thread = world.thread_of(&tom).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    room.types(&ana, "For Tom").await;
    assert!(tom.last().text.ends_with("For Tom"));
    assert_eq!(maria.texts(), before);
}
