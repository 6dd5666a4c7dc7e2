//! Held messages (product.md 4), sentence by sentence: who sees and changes them, when they go, and what becomes of those that do not.

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use serde_json::{Value, json};

/// A conversation with consent whose window has closed.
async fn closed(world: &World) -> (Colleague<'_>, Phone<'_>) {
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    (ana, maria)
}

/// Types a message that is held; its row.
async fn holds(world: &World, ana: &Colleague<'_>, text: &str) -> i64 {
    ana.types(text).await;
    let held = world.last_record("message.held").await;
    assert_eq!(held.body["content"]["body"], text);
    held.message.expect("a message")
}

/// What a card's action answers with.
async fn presses(who: &Colleague<'_>, data: Value) -> String {
    // The first card in the chat, which has changed into something else before.
    let chat = who.chat();
    let card = &chat.iter().find(|item| item.card.is_some()).expect("a card").activity_id;
    words(&who.forges(card, data).await.card.expect("a card"))
}

#[tokio::test]
async fn what_expired_does_not_leave_with_the_client_who_writes_in_the_same_moment() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    ana.types("Too old").await;
    world.advance_hours(1).await;
    ana.types("Not yet").await;
    // No round of housekeeping in between.
    world.clock.advance((Duration::hours(71)).to_std().expect("forward"));
    maria.types("Back").await;
    assert_eq!(maria.times_shown("Too old"), 0);
    assert_eq!(maria.times_shown("Not yet"), 1);
    ana.sees("A held message expired without being sent: Too old");
    ana.sees("Maria Oliveira is back. 1 held message sent.");
    assert_eq!(world.recorded("message.expired").await, 1);
}

#[tokio::test]
async fn a_changed_policy_moves_the_expiry_of_what_is_held_already() {
    let world = World::start().await;
    let (ana, _) = closed(&world).await;
    ana.types("One").await;
    let expires = world.last_record("message.held").await.at + Duration::hours(24);
    world.advance_hours(23).await;
    world.apply(|directory| directory.lines[0].policy.held_expiry_hours = 24).await;
    ana.sees_not("expired without being sent");
    world.advance(expires - Duration::seconds(1) - world.clock.now()).await;
    ana.sees_not("expired without being sent");
    world.advance(Duration::seconds(1)).await;
    ana.sees("A held message expired without being sent: One");
    assert_eq!(world.last_record("message.expired").await.body["hours"], 24);
}

#[tokio::test]
async fn the_messages_of_a_patient_line_do_not_keep_those_of_another_from_expiring() {
    let world = World::with(|directory| {
        directory.lines[0].policy.held_expiry_hours = 500;
        let mut other = directory.lines[0].clone();
        (other.id, other.name) = ("other".into(), "Other".to_owned());
        other.policy.held_expiry_hours = 24;
        directory.lines.push(other);
        let mut number = directory.numbers[0].clone();
        (number.phone_number_id, number.line) = ("106540352242923".into(), "other".into());
        directory.numbers.push(number);
    })
    .await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    // More than housekeeping does in one round.
    for n in 0..120 {
        ana.types_at_once(&format!("Patient {n}")).await;
    }
    world.settle().await;
    world.advance_hours(100).await;
    ana.sees_not("expired without being sent");
    world.apply(|directory| directory.lines[0].policy.held_expiry_hours = 24).await;
    for _ in 0..3 {
        world.housekeeping().await;
    }
    world.settle().await;
    assert_eq!(world.recorded("message.expired").await, 120);
}

#[tokio::test]
async fn an_expired_message_is_discarded_once_and_cannot_be_sent_any_more() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let message = holds(&world, &ana, "Offer").await;
    world.advance_hours(72).await;
    let card = ana.find("A held message expired").activity_id;
    let answer = ana.clicks_on(&card, "Discard", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("Discarded. Nothing was sent."));
    assert!(!ana.offers(&ana.find("Discarded."), "Send as new"), "the card is its receipt");
    let discarded = world.last_record("message.discarded").await;
    assert_eq!(discarded.message, Some(message));
    for verb in ["held.discard", "message.retry", "held.withdraw", "held.edit"] {
        let answer = presses(&ana, json!({"verb": verb, "message": message})).await;
        assert!(answer.contains("Withdrawn") && !answer.contains("Sent again"), "{verb}: {answer}");
    }
    assert_eq!(world.recorded("message.discarded").await, 1);
    maria.types("Back").await;
    assert_eq!(maria.times_shown("Offer"), 0);
}

#[tokio::test]
async fn what_was_sent_as_new_is_not_discarded() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let message = holds(&world, &ana, "Offer").await;
    world.advance_hours(72).await;
    maria.types("Back").await;
    ana.clicks("Send as new", Value::Null).await;
    assert_eq!(maria.times_shown("Offer"), 1);
    let answer = presses(&ana, json!({"verb": "held.discard", "message": message})).await;
    assert!(answer.contains("Sent again."), "{answer}");
    assert_eq!(world.recorded("message.discarded").await, 0);
}
