//! Numbers, lines and colleagues switched off (product.md 9).

use super::decision::refused;
use crate::harness::{World, words};
use serde_json::{Value, json};
use switchboard::bridge::{ClientFirst, NumberStatus};

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
        assert!(ana.last_card().contains("Your administrator has switched off WhatsApp for you."), "{command}: {}", ana.last_card());
    }
    let answer = ana.clicks_on(&card, "Withdraw", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("Your administrator has switched off WhatsApp for you."));
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

#[tokio::test]
async fn who_writes_from_a_number_hears_once_when_it_is_switched_off() {
    let world = World::start().await;
    let (ana, ben, eva) = (world.ana(), world.ben(), world.eva());
    let told = "Your administrator has switched off WhatsApp for +49 30 5550100. Nothing is sent from it";
    world.set_number(NumberStatus::Deactivated).await;
    world.apply(|directory| directory.lines[0].name = "Private customers".to_owned()).await;
    world.stop().await;
    world.start_again().await;
    world.settle().await;
    assert_eq!((ana.times_seen(told), ben.times_seen(told), eva.times_seen(told)), (1, 1, 0), "once, and on that line only");
    world.set_number(NumberStatus::Active).await;
    world.set_number(NumberStatus::Deactivated).await;
    assert_eq!(ana.times_seen(told), 2, "switched off again");
}

#[tokio::test]
async fn a_number_that_is_somebodys_own_is_switched_off_for_them_alone() {
    let world = World::with(|directory| directory.numbers[0].assigned_to = Some(directory.colleagues[0].id.clone())).await;
    let told = "Your administrator has switched off WhatsApp for +49 30 5550100.";
    world.set_number(NumberStatus::Deactivated).await;
    assert_eq!((world.ana().times_seen(told), world.ben().times_seen(told)), (1, 0));
}

#[tokio::test]
async fn a_line_may_turn_away_clients_who_write_first() {
    let world = World::with_policy(|policy| policy.client_first = ClientFirst::Restrict).await;
    let (ana, maria) = (world.ana(), world.maria());
    let seen = ana.heard().len();
    maria.types("Hello?").await;
    maria.types("Anybody?").await;
    assert_eq!(maria.times_shown("does not read messages here from people it has not written to first"), 1);
    assert_eq!((world.recorded("message.received").await, ana.heard().len()), (2, seen), "recorded, not shown");
    world.advance_hours(25).await;
    maria.types("And today?").await;
    assert_eq!(maria.times_shown("does not read messages here"), 2);
    maria.types("stop").await;
    assert_eq!(world.recorded("consent.revoked").await, 1, "an opt-out counts all the same");
}

#[tokio::test]
async fn a_line_that_turns_strangers_away_still_asks_and_hears_its_own_contacts() {
    let world = World::with_policy(|policy| policy.client_first = ClientFirst::Restrict).await;
    let (ana, maria) = (world.ana(), world.maria());
    maria.types("Hello?").await;
    world.consented(&ana, &maria).await;
    maria.types("Good morning").await;
    ana.sees("Good morning");
    assert_eq!(maria.times_shown("does not read messages here"), 1);
}
