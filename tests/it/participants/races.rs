//! Two do something at once: exactly one thing happens, nothing is told twice, and no client is left alone.

use super::{id, present, three, two};
use crate::harness::{Colleague, PATIENCE, World, words};
use serde_json::{Value, json};
use switchboard::simulator::{ClickAnswer, Fault, FaultName, Surface};

/// Both press a button of their own card at the same moment.
async fn at_once(world: &World, one: (&Colleague<'_>, Value), other: (&Colleague<'_>, Value)) -> [String; 2] {
    let press = |colleague: &Colleague<'_>, data: Value| {
        let card = colleague.find("Commands").activity_id;
        let key = colleague.key;
        async move {
            let action = json!({"type": "Action.Execute", "title": "pressed", "verb": data["verb"], "data": data});
            world.teams.click_action(key, &card, &action, Value::Null).await.expect("sent")
        }
    };
    one.0.types("help").await;
    other.0.types("help").await;
    let (one, other) = tokio::join!(press(one.0, one.1), press(other.0, other.1));
    world.settle().await;
    let shown = |answer: ClickAnswer| words(&answer.card.expect("a card"));
    [shown(one), shown(other)]
}

#[tokio::test]
async fn two_add_the_same_colleague() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, ben, maria) = two(&world).await;
    let add =
        json!({"verb": "participant.add", "thread": world.thread_of(&maria).await, "colleagues": id(&world, "caro"), "history": "all"});
    let said = at_once(&world, (&ana, add.clone()), (&ben, add)).await;
    assert_eq!(said.iter().filter(|card| card.contains("Carolina Reyes added.")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|card| card.contains("Carolina Reyes takes part already.")).count(), 1, "{said:?}");
    assert_eq!(maria.times_shown("Carolina Reyes from Northwind Bank has joined this chat."), 1);
    assert_eq!(world.caro().times_seen("added you"), 1);
}

#[tokio::test]
async fn the_last_two_leave() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    let leave = json!({"verb": "participant.leave", "thread": world.thread_of(&maria).await});
    let said = at_once(&world, (&ana, leave.clone()), (&ben, leave)).await;
    assert_eq!(said.iter().filter(|card| card.contains("You left the conversation")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|card| card.contains("a client is not left alone")).count(), 1, "{said:?}");
    assert_eq!(present(&world).await.len(), 1);
    assert_eq!(maria.times_shown("is no longer available to chat"), 1);
}

#[tokio::test]
async fn two_remove_each_other() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    let thread = world.thread_of(&maria).await;
    let remove = |key| json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, key)});
    let said = at_once(&world, (&ana, remove("ben")), (&ben, remove("ana"))).await;
    assert_eq!(said.iter().filter(|card| card.contains("You removed")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|card| card.contains("not yours")).count(), 1, "{said:?}");
    assert_eq!(present(&world).await.len(), 1);
    assert_eq!(maria.times_shown("is no longer part of this chat"), 1);
}

#[tokio::test]
async fn one_leaves_while_another_removes_them() {
    let world = World::start().await;
    let (ana, ben, _, maria) = three(&world).await;
    let thread = world.thread_of(&maria).await;
    let leave = json!({"verb": "participant.leave", "thread": thread});
    let remove = json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, "ben")});
    let said = at_once(&world, (&ben, leave), (&ana, remove)).await;
    let left = said[0].contains("You left the conversation") && said[1].contains("takes no part in this conversation any more");
    let removed = said[0].contains("not yours") && said[1].contains("You removed Ben Okafor");
    assert!(left != removed, "{said:?}");
    assert_eq!(maria.times_shown("Ben Okafor is no longer"), 1);
    assert_eq!(present(&world).await.len(), 2);
}

#[tokio::test]
async fn one_adds_while_the_other_ends() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, ben, maria) = two(&world).await;
    let thread = world.thread_of(&maria).await;
    let add = json!({"verb": "participant.add", "thread": thread, "colleagues": id(&world, "caro"), "history": "all"});
    let said = at_once(&world, (&ana, add), (&ben, json!({"verb": "conversation.end", "thread": thread}))).await;
    assert!(said[1].contains("You ended the conversation"), "{said:?}");
    // Added before the end, they are told of it; after it, nobody can be added.
    let added = said[0].contains("Carolina Reyes added.");
    assert!(added || said[0].contains("not yours"), "{said:?}");
    assert_eq!(world.caro().times_seen("ended the conversation"), usize::from(added));
    assert!(present(&world).await.is_empty());
    assert_eq!(maria.times_shown("closed for now"), 1);
}

#[tokio::test]
async fn both_end() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    let end = json!({"verb": "conversation.end", "thread": world.thread_of(&maria).await});
    let said = at_once(&world, (&ana, end.clone()), (&ben, end)).await;
    assert_eq!(said.iter().filter(|card| card.contains("You ended")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|card| card.contains("not yours")).count(), 1, "{said:?}");
    assert_eq!(maria.times_shown("closed for now"), 1);
}

/// Both who left want the client back: the first one has them.
#[tokio::test]
async fn both_start_again() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    super::ends(&ana).await;
    let contact = world.last_record("participant.left").await.body["contact"].clone();
    let request = json!({"verb": "consent.request", "contact": contact, "basis": "contract"});
    let before = maria.texts().len();
    let said = at_once(&world, (&ana, request.clone()), (&ben, request)).await;
    assert_eq!(said.iter().filter(|card| card.contains("Request sent.")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|card| card.contains("already messaging with another colleague")).count(), 1, "{said:?}");
    assert_eq!((maria.texts().len(), present(&world).await.len()), (before + 1, 1));
}

/// "One thread card per home": also of whom is removed while the first is on its way to them, and added again.
#[tokio::test]
async fn who_goes_and_comes_again_while_their_card_is_on_its_way_has_one_card() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let (ben, card, thread) = (world.ben(), ana.find("Welcome").activity_id, world.thread_of(&maria).await);
    let add = json!({"verb": "participant.add", "thread": thread, "colleagues": id(&world, "ben"), "history": "all"});
    let struck = world.teams.count("fault");
    world.teams.faults().set(Fault::new(FaultName::Delay).on(Surface::Connector).lasting(PATIENCE));
    let action = |data: Value| json!({"type": "Action.Execute", "title": "pressed", "verb": data["verb"], "data": data});
    world.teams.click_action("ana", &card, &action(add.clone()), Value::Null).await.expect("sent");
    // Ana's receipt and Ben's card.
    world.teams.until_count("fault", struck + 2, PATIENCE).await.expect("on their way");
    let remove = json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, "ben")});
    world.teams.click_action("ana", &card, &action(remove), Value::Null).await.expect("sent");
    world.lets_through().await;
    assert!(ben.card_of(&maria).is_none(), "{}", ben.transcript());
    assert_eq!(ben.times_seen("You take no part in this conversation any more."), 1, "{}", ben.transcript());
    world.advance_hours(1).await;
    ana.forges(&card, add).await;
    ben.thread_card(&maria);
}
