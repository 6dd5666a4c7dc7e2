//! "Texts to the client that fall outside the window (K-31, K-33, K-42, K-52) wait for the next opening and then go first."

use super::{adds, ends, leaves, removes, two};
use crate::harness::World;
use serde_json::{Value, json};
use switchboard::simulator::{Fault, FaultName};

#[tokio::test]
async fn what_the_client_is_to_hear_about_colleagues_waits_and_goes_first() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Written while closed").await;
    let before = maria.texts();
    adds(&ana, &["ben", "caro"], "all").await;
    removes(&ana, "ben").await;
    assert_eq!(maria.texts(), before, "the window is closed");
    assert!(ana.thread_card(&maria).contains("1 message"), "what the server has to say is not counted: {}", ana.thread_card(&maria));
    maria.types("I am back").await;
    let texts = maria.texts();
    let new: Vec<&str> = texts[before.len()..].iter().map(String::as_str).collect();
    assert_eq!(
        new,
        [
            "Ben Okafor from Northwind Bank has joined this chat.",
            "Carolina Reyes from Northwind Bank has joined this chat.",
            "Ben Okafor is no longer part of this chat. Ana Souza and Carolina Reyes will continue to help you.",
            "*Ana Souza:* Written while closed",
        ]
    );
    ana.sees("Maria Oliveira is back. 1 held message sent.");
}

/// Held, they never expire.
#[tokio::test]
async fn what_the_client_is_to_hear_about_colleagues_does_not_expire() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    adds(&ana, &["ben"], "all").await;
    world.advance_hours(24 * 20).await;
    maria.types("Hello").await;
    maria.shows("Ben Okafor from Northwind Bank has joined this chat.");
}

/// "An opt-out withdraws all": who asks to stop hears of colleagues no more.
#[tokio::test]
async fn who_opts_out_hears_of_colleagues_no_more() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    adds(&ana, &["ben"], "all").await;
    maria.types("STOP").await;
    leaves(&ana).await;
    assert_eq!(maria.times_shown("has joined this chat") + maria.times_shown("no longer available"), 0);
    maria.types("START").await;
    assert_eq!(maria.times_shown("has joined this chat"), 0);
}

/// Who writes again after an end that they never heard of is not told that the conversation is closed.
#[tokio::test]
async fn a_farewell_that_nobody_heard_is_not_said_to_who_comes_back() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ends(&ana).await;
    maria.types("Hello").await;
    assert_eq!(maria.times_shown("closed for now"), 0);
    ana.sees("Maria Oliveira: Hello");
    ana.types("Hello Maria").await;
    assert_eq!(maria.last().text, "Hello Maria");
}

/// What was sent before somebody left still goes, and before the word that they are gone.
#[tokio::test]
async fn what_was_on_its_way_when_its_author_left_still_goes_first() {
    let world = World::start().await;
    let (ana, _, maria) = two(&world).await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(120).times(1));
    let before = maria.texts().len();
    ana.types("My last word").await;
    assert_eq!(maria.texts().len(), before, "it waits for WhatsApp");
    leaves(&ana).await;
    world.advance(chrono::Duration::minutes(3)).await;
    assert_eq!(
        maria.texts()[before..],
        ["*Ana Souza:* My last word", "Ana Souza is no longer available to chat. Ben Okafor will continue to help you."]
    );
    ana.sees_not("already messaging");
}

/// What was on its way of somebody who is removed does not go any more.
#[tokio::test]
async fn what_was_on_its_way_when_its_author_was_removed_does_not_go() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(120).times(1));
    ben.types("My last word").await;
    removes(&ana, "ben").await;
    world.advance(chrono::Duration::minutes(3)).await;
    assert_eq!(maria.times_shown("My last word"), 0);
    assert_eq!(world.last_record("message.refused").await.body["rule"], "owned_by_others");
}

/// A number that is switched off says nothing about colleagues until it is on again and the client writes.
#[tokio::test]
async fn with_the_number_off_nothing_is_said_and_nothing_lost() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.set_number(switchboard::bridge::NumberStatus::Deactivated).await;
    adds(&ana, &["ben"], "all").await;
    assert_eq!(maria.times_shown("has joined"), 0);
    world.set_number(switchboard::bridge::NumberStatus::Active).await;
    maria.types("Hello").await;
    maria.shows("Ben Okafor from Northwind Bank has joined this chat.");
}

/// A crash between what happened and what is said of it: both are on disk, or neither.
#[tokio::test]
async fn after_a_restart_everything_that_was_to_be_said_is_said_once() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    ana.types("leave").await;
    let card = ana.find("Leave this conversation?").activity_id;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(120).times(1));
    ana.clicks_on(&card, "Leave", Value::Null).await;
    world.stop().await;
    world.start_again().await;
    world.advance(chrono::Duration::minutes(3)).await;
    assert_eq!(maria.times_shown("Ana Souza is no longer available to chat."), 1);
    assert_eq!(ben.times_seen("Ana Souza left the conversation"), 1);
    let thread = world.thread_of(&maria).await;
    ana.forges(&card, json!({"verb": "participant.leave", "thread": thread})).await;
    assert_eq!(maria.times_shown("Ana Souza is no longer available to chat."), 1);
}
