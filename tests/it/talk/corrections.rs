//! A colleague changes or deletes what has left: told what the client has, and offered to send what it should have said.

use super::{rewrites, takes_back};
use crate::harness::{World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::simulator::{Fault, FaultName};
use switchboard::texts::sentences;

const BUTTON: &str = "Send correction";

#[tokio::test]
async fn a_correction_quotes_what_it_corrects_and_goes_once() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("See you on Tusday").await;
    let original = maria.last().wamid;
    rewrites(&ana, &typed, "See you on Tuesday").await;
    assert_eq!(maria.times_shown("Tuesday"), 0, "nothing goes by itself");
    let card = ana.find(sentences::EDIT_TOO_LATE);
    let button = card.card.clone().expect("a card").to_string();
    assert!(button.contains(BUTTON), "{button}");
    let receipt = words(&ana.clicks(BUTTON, Value::Null).await.card.expect("a card"));
    assert!(receipt.contains(sentences::CORRECTION_SENT), "{receipt}");
    let sent = maria.last();
    assert_eq!((sent.text.as_str(), sent.reply_to.as_deref()), ("See you on Tuesday", Some(original.as_str())));
    assert_eq!(world.last_record("message.corrected").await.actor, world.last_record("message.edited_in_teams").await.actor);
    let row = world.last_record("message.edited_in_teams").await;
    let again = json!({"verb": "message.correct", "message": row.message, "correction": 1});
    let answer = words(&ana.forges(&card.activity_id, again).await.card.expect("a card"));
    assert!(answer.contains(sentences::CORRECTION_SETTLED), "{answer}");
    assert_eq!(maria.times_shown("See you on Tuesday"), 1);
}

#[tokio::test]
async fn only_the_last_change_can_be_sent() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("one").await;
    rewrites(&ana, &typed, "two").await;
    let stale = ana.find("two").activity_id;
    world.advance(Duration::minutes(1)).await;
    rewrites(&ana, &typed, "three").await;
    ana.clicks_on(&stale, BUTTON, Value::Null).await;
    assert_eq!(maria.times_shown("two"), 0);
    ana.clicks(BUTTON, Value::Null).await;
    assert_eq!(maria.times_shown("three"), 1);
}

#[tokio::test]
async fn a_correction_keeps_the_rules() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("At five").await;
    rewrites(&ana, &typed, "At six").await;
    world.advance_hours(25).await;
    let receipt = words(&ana.clicks(BUTTON, Value::Null).await.card.expect("a card"));
    assert!(receipt.contains(sentences::CORRECTION_NOT_SENT), "{receipt}");
    assert_eq!(maria.times_shown("At six"), 0);
    maria.types("Hello?").await;
    assert_eq!(maria.times_shown("At six"), 1, "held until the client wrote");
    rewrites(&ana, &typed, "At seven").await;
    maria.types("STOP").await;
    ana.clicks(BUTTON, Value::Null).await;
    assert_eq!(maria.times_shown("At seven"), 0);
}

#[tokio::test]
async fn nobody_sends_somebody_elses_correction() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("At five").await;
    rewrites(&ana, &typed, "At six").await;
    let message = world.last_record("message.edited_in_teams").await.message;
    let ben = world.ben();
    ben.types("help").await;
    let card = ben.chat().pop().expect("a card").activity_id;
    ben.forges(&card, json!({"verb": "message.correct", "message": message, "correction": 1})).await;
    ana.clicks(BUTTON, Value::Null).await;
    assert_eq!(maria.times_shown("At six"), 1);
}

#[tokio::test]
async fn a_note_and_a_deletion_are_not_offered() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("At five").await;
    rewrites(&ana, &typed, "// she is late again").await;
    ana.sees(sentences::EDIT_TOO_LATE);
    takes_back(&ana, &typed).await;
    ana.sees(sentences::DELETE_TOO_LATE);
    assert!(ana.newest_offering(BUTTON).is_none());
    assert_eq!((maria.times_shown("late"), maria.times_shown("At five")), (0, 1));
    assert_eq!(world.recorded("message.deleted_in_teams").await, 1);
}

#[tokio::test]
async fn what_did_not_arrive_is_not_said_to_be_kept() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).times(1));
    let typed = ana.types("At five").await;
    rewrites(&ana, &typed, "At six").await;
    ana.sees(sentences::EDIT_OF_FAILED);
    ana.clicks(BUTTON, Value::Null).await;
    assert_eq!(maria.last().text, "At six");
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_no_news() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    let typed = ana.types("See https://example.com").await;
    rewrites(&ana, &typed, "See https://example.com").await;
    ana.sees_not(sentences::EDIT_TOO_LATE);
}
