//! A colleague reacts in Teams: the client sees it on the same message.

use crate::harness::{Colleague, Phone, World};
use serde_json::json;
use switchboard::simulator::{Fault, FaultName, Surface};

/// Ana or Ben puts a reaction on a message in their own chat, or takes it from there.
async fn reacts(colleague: &Colleague<'_>, text: &str, kind: &str, add: bool) {
    let activity = colleague.find(text).activity_id;
    assert_eq!(colleague.world.teams.reacts(colleague.key, &activity, kind, add).await.expect("reacted").status, 200);
    colleague.world.settle().await;
}

fn on(client: &Phone<'_>, wamid: &str) -> Vec<String> {
    client.items().into_iter().find(|item| item.wamid == wamid).expect("on the phone").reactions
}

#[tokio::test]
async fn a_reaction_reaches_the_client_and_is_taken_back() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("I have signed it").await;
    reacts(&ana, "I have signed it", "like", true).await;
    assert_eq!(on(&maria, &wamid), ["👍"]);
    reacts(&ana, "I have signed it", "2705_whiteheavycheckmark", true).await;
    assert_eq!(on(&maria, &wamid), ["✅"]);
    reacts(&ana, "I have signed it", "like", false).await;
    assert_eq!(on(&maria, &wamid), ["✅"], "an earlier one is not there any more");
    reacts(&ana, "I have signed it", "2705_whiteheavycheckmark", false).await;
    assert!(on(&maria, &wamid).is_empty());
}

#[tokio::test]
async fn of_several_colleagues_the_client_sees_the_last_and_only_its_author_takes_it_back() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    world.comes(&ben, world.thread_of(&maria).await).await;
    let wamid = maria.types("I have signed it").await;
    reacts(&ana, "I have signed it", "like", true).await;
    reacts(&ben, "I have signed it", "heart", true).await;
    assert_eq!(on(&maria, &wamid), ["❤️"]);
    reacts(&ana, "I have signed it", "like", false).await;
    assert_eq!(on(&maria, &wamid), ["❤️"]);
    reacts(&ben, "I have signed it", "heart", false).await;
    assert!(on(&maria, &wamid).is_empty());
}

#[tokio::test]
async fn outside_the_window_a_reaction_is_neither_sent_nor_held() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("I have signed it").await;
    world.advance_hours(25).await;
    reacts(&ana, "I have signed it", "like", true).await;
    ana.sees("does not see your reaction: it can only be sent while you may write freely");
    maria.types("Are you there?").await;
    assert!(on(&maria, &wamid).is_empty());
    assert_eq!(world.recorded("reaction.not_sent").await, 1);
}

#[tokio::test]
async fn a_reaction_that_whatsapp_does_not_have_and_one_to_a_card_say_nothing_to_the_client() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    maria.types("I have signed it").await;
    let before = world.recorded("message.queued").await;
    reacts(&ana, "I have signed it", "holdon", true).await;
    ana.sees("WhatsApp has no such one");
    reacts(&ana, "accepted. You can write freely", "like", true).await;
    assert_eq!(world.recorded("message.queued").await, before);
}

/// Once, however often Teams tells.
#[tokio::test]
async fn who_takes_no_part_and_a_repeat_change_nothing() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let room = world.group_chat("Maria", &[ana, world.ben()]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    let wamid = maria.types("I have signed it").await;
    world.goes(&world.ben(), world.thread_of(&maria).await, switchboard::store::Left::Left).await;
    let activity = room.find("I have signed it").activity_id;
    room.reacts(&world.ben(), &activity, "heart").await;
    assert!(on(&maria, &wamid).is_empty());
    let before = world.recorded("message.queued").await;
    world.teams.faults().set(Fault::new(FaultName::Duplicate).on(Surface::Activities).times(1));
    room.reacts(&ana, &activity, "like").await;
    assert_eq!(on(&maria, &wamid), ["👍"]);
    assert_eq!(world.recorded("message.queued").await, before + 1);
}
