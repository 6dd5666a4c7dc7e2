//! One voice per client (product.md 6).

use crate::harness::{World, words};
use serde_json::{Value, json};
use switchboard::bridge::Exclusivity;

/// Both colleagues stand before T-00 for the same client.
async fn both_are_asked(world: &World) -> [String; 2] {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    ana.opens(&maria).await;
    ben.opens(&maria).await;
    [ana, ben].map(|who| who.find("has not agreed to WhatsApp messages yet").activity_id)
}

#[tokio::test]
async fn of_two_colleagues_who_ask_the_same_client_at_once_one_wins() {
    let world = World::start().await;
    let maria = world.maria();
    let [of_ana, of_ben] = both_are_asked(&world).await;
    let basis = json!({"basis": "contract"});
    let (one, other) = tokio::join!(
        world.teams.click("ana", &of_ana, "Send request", basis.clone()),
        world.teams.click("ben", &of_ben, "Send request", basis)
    );
    world.settle().await;
    let cards = [one, other].map(|answer| words(&answer.expect("pressed").card.expect("a card")));
    assert_eq!(cards.iter().filter(|card| card.contains("Request sent.")).count(), 1, "{cards:?}");
    assert_eq!(cards.iter().filter(|card| card.contains("already messaging with another colleague")).count(), 1, "{cards:?}");
    assert_eq!(maria.received().len(), 1);
    assert_eq!(world.recorded("participant.joined").await, 1);
}

#[tokio::test]
async fn a_shared_line_lets_both_write() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let card = ben.opens(&maria).await;
    assert!(card.contains("You can write to Maria Oliveira now."), "{card}");
    ben.types("Ben here").await;
    ana.types("Ana here").await;
    assert_eq!(maria.free_texts()[1..], ["*Ben Okafor:* Ben here", "*Ana Souza:* Ana here"]);
    maria.types("Hello both").await;
    for colleague in [ana, ben] {
        colleague.sees("Maria Oliveira: Hello both");
    }
}

#[tokio::test]
async fn who_takes_no_part_can_do_nothing_with_a_conversation() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let thread = world.thread_of(&maria).await;
    let before = maria.texts();
    let card = ben.find("Welcome").activity_id;
    for data in [
        json!({"verb": "template.list", "thread": thread}),
        json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": []}),
        json!({"verb": "history.open", "thread": thread}),
        json!({"verb": "thread.view", "thread": thread}),
        json!({"verb": "thread.take", "thread": thread}),
        json!({"verb": "message.retry", "message": 1}),
        json!({"verb": "held.edit", "message": 1}),
    ] {
        let answer = ben.forges(&card, data.clone()).await;
        let shown = words(&answer.card.expect("a card"));
        assert!(shown.contains("not yours") || shown.contains("already messaging"), "{data}: {shown}");
    }
    ben.types("Hello Maria").await;
    ben.sees("You have no open conversation, so nothing was sent.");
    assert_eq!(maria.texts(), before);
    assert_eq!(ben.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn of_two_colleagues_who_take_a_client_at_once_one_wins() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Hello").await;
    let [for_ana, for_ben] = [ana, ben].map(|who| who.find("nobody owns this client").activity_id);
    let (one, other) =
        tokio::join!(world.teams.click("ana", &for_ana, "Take", Value::Null), world.teams.click("ben", &for_ben, "Take", Value::Null));
    world.settle().await;
    let cards = [one, other].map(|answer| words(&answer.expect("pressed").card.expect("a card")));
    assert_eq!(cards.iter().filter(|card| card.contains("You took this conversation.")).count(), 1, "{cards:?}");
    assert_eq!(cards.iter().filter(|card| card.contains("already messaging with another colleague")).count(), 1, "{cards:?}");
    assert_eq!(world.recorded("participant.joined").await, 1);
    tom.types("Anybody?").await;
    let seen = [ana, ben].map(|who| who.heard().into_iter().filter(|text| text == "Tom Becker: Anybody?").count());
    assert_eq!(seen.iter().sum::<usize>(), 1);
}
