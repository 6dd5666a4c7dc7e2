//! Numbers, lines and colleagues switched off (product.md 9).

use super::decision::refused;
use crate::harness::{World, words};
use serde_json::{Value, json};
use switchboard::bridge::NumberStatus;

#[tokio::test]
async fn who_is_not_enabled_gets_a_clear_reason_and_no_card_of_the_feature() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Later").await;
    let card = ana.find("Held. Maria Oliveira").activity_id;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    for command in ["new", "contacts", "history", "templates", "held", "help"] {
        ana.types(command).await;
        assert!(ana.last_card().contains("You are not enabled for WhatsApp yet."), "{command}: {}", ana.last_card());
    }
    let answer = ana.clicks_on(&card, "Withdraw", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("You are not enabled for WhatsApp yet."));
    assert_eq!(world.recorded("message.withdrawn").await, 0, "nothing was done");
}

#[tokio::test]
async fn a_client_who_writes_to_a_deactivated_number_is_answered_once_a_day_and_recorded() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.set_number(NumberStatus::Deactivated).await;
    let seen = ana.heard().len();
    let recorded = world.recorded("message.received").await;
    maria.types("Hello?").await;
    maria.types("Anybody?").await;
    assert_eq!(maria.times_shown("We're not currently using this number to accept WhatsApp messages."), 1);
    assert_eq!(world.recorded("message.received").await, recorded + 2);
    assert_eq!(ana.heard().len(), seen, "recorded, not shown");
    world.advance_hours(25).await;
    maria.types("And today?").await;
    assert_eq!(maria.times_shown("We're not currently using this number to accept WhatsApp messages."), 2);
}

#[tokio::test]
async fn every_attempt_on_a_deactivated_number_is_told_that_nothing_was_sent() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.set_number(NumberStatus::Deactivated).await;
    let before = maria.texts();
    for times in 1..=2 {
        ana.types("Hello").await;
        assert_eq!(ana.times_seen("Your administrator has switched off WhatsApp for +49 30 5550100. Nothing was sent."), times);
    }
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("number_deactivated", before));
}

#[tokio::test]
async fn an_opt_out_counts_also_on_a_deactivated_number() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.set_number(NumberStatus::Deactivated).await;
    maria.types("stop").await;
    assert_eq!(world.recorded("consent.revoked").await, 1);
    world.set_number(NumberStatus::Active).await;
    ana.types("Hello").await;
    assert_eq!(world.decision().await, refused("consent_refused", 5));
}

#[tokio::test]
async fn held_messages_stay_held_while_the_number_is_off() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("For later").await;
    world.set_number(NumberStatus::Deactivated).await;
    maria.types("Hello?").await;
    assert!(!maria.free_texts().contains(&"For later".to_owned()));
    world.set_number(NumberStatus::Active).await;
    maria.types("Hello again").await;
    assert!(maria.free_texts().contains(&"For later".to_owned()));
}
