//! Held messages (product.md 4).

use crate::harness::{World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::simulator::{Draft, Fault, FaultName};

#[tokio::test]
async fn held_messages_go_out_in_the_order_they_were_written() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    for n in 1..=5 {
        ana.types(&format!("Message {n}")).await;
    }
    ana.sees("(5 waiting)");
    maria.types("Back").await;
    ana.types_at_once("Message 6").await;
    world.settle().await;
    assert_eq!(maria.free_texts()[1..], (1..=6).map(|n| format!("Message {n}")).collect::<Vec<_>>());
    ana.sees("Maria Oliveira is back. 5 held messages sent.");
}

#[tokio::test]
async fn a_held_message_is_edited_on_its_card_and_in_teams() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Frist").await;
    ana.clicks("Edit", Value::Null).await;
    ana.clicks("Save", json!({"text": "First"})).await;
    let second = ana.types("Secnod").await;
    world.teams.edits("ana", &second, Draft::text("Second")).await.expect("edited");
    world.settle().await;
    ana.sees("The held message was changed.");
    assert_eq!(world.recorded("message.held_changed").await, 1);
    maria.types("Back").await;
    assert_eq!(maria.free_texts()[1..], ["First", "Second"]);
}

#[tokio::test]
async fn a_withdrawn_message_never_leaves() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("One").await;
    ana.clicks("Withdraw", Value::Null).await;
    let two = ana.types("Two").await;
    world.teams.deletes("ana", &two).await.expect("deleted");
    ana.types("Three").await;
    maria.types("Back").await;
    assert_eq!(maria.free_texts()[1..], ["Three"]);
    ana.sees("Maria Oliveira is back. 1 held message sent.");
}

#[tokio::test]
async fn held_for_72_hours_a_message_comes_back_and_can_be_sent_as_new() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Offer until Friday").await;
    world.advance(Duration::hours(72) - Duration::minutes(1)).await;
    ana.sees_not("expired without being sent");
    world.advance(Duration::minutes(1)).await;
    ana.sees("A held message expired without being sent: Offer until Friday");
    maria.types("Hello").await;
    assert!(!maria.free_texts().contains(&"Offer until Friday".to_owned()));
    ana.clicks("Send as new", Value::Null).await;
    assert_eq!(maria.last().text, "Offer until Friday");
}

#[tokio::test]
async fn held_for_more_than_a_day_a_message_says_when_it_was_written() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Old").await;
    world.advance_hours(20).await;
    ana.types("Younger").await;
    world.advance_hours(5).await;
    maria.types("Back").await;
    let texts = maria.free_texts();
    assert!(texts[1].starts_with("Old\n(written ") && texts[1].ends_with(')'), "{texts:?}");
    assert_eq!(texts[2], "Younger");
}

#[tokio::test]
async fn an_opt_out_does_not_release_what_is_held() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("One").await;
    ana.types("Two").await;
    maria.types("STOP").await;
    ana.sees("Maria Oliveira asked to stop. Writing is closed. 2 held messages withdrawn.");
    maria.types("START").await;
    maria.types("Hello").await;
    assert!(maria.free_texts().iter().all(|text| text != "One" && text != "Two"));
    ana.types("held").await;
    ana.sees("You have no held messages.");
}

#[tokio::test]
async fn a_stale_card_of_a_held_message_says_what_became_of_it() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Once").await;
    let card = ana.find("Held. Maria Oliveira").activity_id;
    let message = world.last_record("message.held").await.message.expect("a message");
    // Not Ben's.
    let answer = ben.forges(&ben.find("Welcome").activity_id, json!({"verb": "held.withdraw", "message": message})).await;
    assert!(words(&answer.card.expect("a card")).contains("This conversation is not yours"));
    maria.types("Back").await;
    let answer = ana.forges(&card, json!({"verb": "held.withdraw", "message": message})).await;
    let card = words(&answer.card.expect("a card"));
    assert!(card.contains("Delivered") && !card.contains("Withdrawn"), "{card}");
    assert_eq!(maria.times_shown("Once"), 1);
}

#[tokio::test]
async fn every_rule_runs_again_at_release() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("From one who is gone").await;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    maria.types("Hello?").await;
    assert!(!maria.texts().contains(&"From one who is gone".to_owned()));
    assert_eq!(world.last_record("message.not_released").await.body["rule"], "not_enabled");
    world.apply(|directory| directory.colleagues[0].enabled = true).await;
    maria.types("Hello again").await;
    assert_eq!(maria.last().text, "From one who is gone");
}

#[tokio::test]
async fn a_template_sent_meanwhile_does_not_release_what_is_held() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Later").await;
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
    maria.types("Thanks").await;
    assert_eq!(maria.last().text, "Later");
}

#[tokio::test]
async fn the_author_sees_every_held_message() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    for text in ["One", "Two"] {
        ana.types(text).await;
    }
    ana.types("held").await;
    let list = ana.last_card();
    assert!(list.contains("Maria Oliveira") && list.contains("One") && list.contains("Two"), "{list}");
    assert!(ana.thread_card(&maria).contains("2 messages wait"));
    world.ben().types("held").await;
    world.ben().sees("You have no held messages.");
}

#[tokio::test]
async fn refused_after_its_release_a_message_says_only_once_when_it_was_written() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("From yesterday").await;
    world.advance_hours(25).await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_047).times(1));
    maria.types("Back").await;
    world.advance_hours(1).await;
    maria.types("Still there").await;
    let last = maria.free_texts().into_iter().rfind(|text| text.contains("From yesterday")).expect("released again");
    assert_eq!(last.matches("(written ").count(), 1, "{last}");
}
