//! The 24-hour window and held messages (product.md 4).

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::ClosedWindow;
use switchboard::simulator::{Draft, Fault, FaultName};

/// Moves the clock to this long before the client's window closes.
async fn until_closing(world: &World, client: &Phone<'_>, left: Duration) {
    let number = &world.cast.whatsapp.numbers[0].phone_number_id;
    let closes = world.whatsapp.window_closes(client.key, number).expect("known").expect("the client wrote");
    world.advance(closes - left - world.clock.now()).await;
}

#[tokio::test]
async fn the_window_is_open_until_a_minute_before_24_hours() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    until_closing(&world, &maria, Duration::seconds(75)).await;
    ana.types("In time").await;
    assert_eq!(maria.last().text, "In time");
    until_closing(&world, &maria, Duration::seconds(59)).await;
    ana.types("Too late").await;
    assert_eq!(maria.last().text, "In time");
    assert_eq!(world.decision().await.1, "queue");
}

#[tokio::test]
async fn only_the_client_opens_the_window() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(20).await;
    ana.types("Still here").await;
    world.advance_hours(5).await;
    ana.types("Not any more").await;
    assert_eq!(maria.last().text, "Still here");
}

async fn refused_by_whatsapp<'w>(world: &'w World, fault: Fault) -> (Colleague<'w>, Phone<'w>) {
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.faults().set(fault);
    ana.types("Hello").await;
    (ana, maria)
}

#[rstest::rstest]
#[case::as_the_answer(Fault::new(FaultName::GraphError).code(131_047).status(400).times(1))]
#[case::as_a_later_status(Fault::new(FaultName::FailedStatus).code(131_047).times(1))]
#[tokio::test]
async fn whatsapps_word_about_the_window_wins_and_the_message_is_held(#[case] fault: Fault) {
    let world = World::start().await;
    let (ana, maria) = refused_by_whatsapp(&world, fault).await;
    ana.sees("Held. Maria Oliveira last wrote");
    ana.types("And another").await;
    assert!(!maria.free_texts().contains(&"And another".to_owned()), "the window counts as closed");
    assert!(ana.thread_card(&maria).contains("2 messages wait"), "{}", ana.thread_card(&maria));
    world.advance(Duration::minutes(1)).await;
    maria.types("I am here").await;
    assert_eq!(maria.free_texts()[1..], ["Hello", "And another"]);
    ana.sees("Maria Oliveira is back. 2 held messages sent.");
}

#[tokio::test]
async fn a_refusal_nudges_too_where_the_line_nudges() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::QueueAndNudge).await;
    let (ana, maria) = refused_by_whatsapp(&world, Fault::new(FaultName::FailedStatus).code(131_047).times(1)).await;
    ana.sees("Held. Maria Oliveira last wrote");
    assert_eq!(maria.times_shown("has a message for you."), 1);
}

#[tokio::test]
async fn held_messages_go_out_in_the_order_they_were_written() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
async fn an_edit_after_sending_is_recorded_and_cannot_reach_the_client() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let sent = ana.types("Tuseday").await;
    world.teams.edits("ana", &sent, Draft::text("Tuesday")).await.expect("edited");
    world.settle().await;
    ana.sees("Your change stays in Teams: the client keeps the message as it was sent.");
    assert_eq!(maria.last().text, "Tuseday");
    assert_eq!(world.last_record("message.edited_in_teams").await.body["text"], "Tuesday");
}

#[tokio::test]
async fn held_for_72_hours_a_message_comes_back_and_can_be_sent_as_new() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
