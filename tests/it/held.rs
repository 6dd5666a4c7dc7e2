//! Held messages (product.md 4), sentence by sentence: who sees and changes them, when they go, and what becomes of those that do not.

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::Exclusivity;
use switchboard::simulator::{Fault, FaultName};

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

#[tokio::test]
async fn every_rule_runs_again_at_release_and_what_stands_against_it_is_told_once() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, maria) = closed(&world).await;
    let ben = world.ben();
    ben.opens(&maria).await;
    let message = holds(&world, &ana, "From Ana").await;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    let told = "1 not sent, because the colleague who wrote is not enabled for this line any more.";
    for _ in 0..3 {
        maria.types("Anybody?").await;
    }
    assert_eq!(maria.times_shown("From Ana"), 0);
    assert_eq!(ben.times_seen(told), 1);
    let kept = world.last_record("message.not_released").await;
    assert_eq!((kept.message, kept.body["rule"].as_str(), kept.body["row"].as_u64()), (Some(message), Some("not_enabled"), Some(1)));
    assert_eq!(kept.body["facts"]["consent"], "granted");
    assert_eq!(world.recorded("message.not_released").await, 1);
    world.apply(|directory| directory.colleagues[0].enabled = true).await;
    maria.types("And now?").await;
    assert_eq!(maria.times_shown("From Ana"), 1);
}

#[tokio::test]
async fn a_template_sent_meanwhile_releases_nothing() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    ana.types("Waits").await;
    let held = ana.find("Held. Maria Oliveira last wrote").activity_id;
    ana.clicks_on(&held, "Choose template", Value::Null).await;
    assert_eq!(ana.find("Held. Maria Oliveira last wrote").activity_id, held, "the held card stays");
    let thread = world.thread_of(&maria).await;
    let values: [&str; 0] = [];
    let picker = ana.find("appointment_reminder").activity_id;
    assert_ne!(picker, held);
    ana.forges(&picker, json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": values}))
        .await;
    assert_eq!(maria.times_shown("We are open Monday to Friday"), 1);
    assert_eq!(maria.times_shown("Waits"), 0);
    maria.types("Thanks").await;
    assert_eq!(maria.times_shown("Waits"), 1);
}

#[tokio::test]
async fn the_author_sees_edits_and_withdraws_each_by_command_and_from_the_thread_card() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let (one, two) = (holds(&world, &ana, "Message one").await, holds(&world, &ana, "Message two").await);
    world.consented(&ana, &world.tom()).await;
    world.advance_hours(25).await;
    ana.types("tom's").await;
    ana.types("held").await;
    let all = ana.find("Held messages").activity_id;
    for text in ["Message one", "Message two", "tom's", "Tom Becker"] {
        assert!(words(ana.find("Held messages").card.as_ref().expect("a card")).contains(text), "{text}");
    }
    let card = ana.chat().into_iter().find(|item| item.card.as_ref().is_some_and(|card| words(card).contains("2 messages wait")));
    ana.clicks_on(&card.expect("Maria's thread card").activity_id, "Held", Value::Null).await;
    let of_thread = words(ana.find("Message two").card.as_ref().expect("a card"));
    assert!(of_thread.contains("Maria Oliveira") && !of_thread.contains("tom's"), "{of_thread}");
    let answer = ana.forges(&all, json!({"verb": "message.view", "message": one})).await;
    assert!(words(&answer.card.expect("a card")).contains("Held. Maria Oliveira last wrote"));
    ana.clicks_on(&all, "Edit", Value::Null).await;
    ana.clicks_on(&all, "Save", json!({"text": "Message 1"})).await;
    presses(&ana, json!({"verb": "held.withdraw", "message": two})).await;
    maria.types("Back").await;
    assert_eq!(maria.free_texts()[1..], ["Message 1\n(written yesterday at 13:00)"]);
}

#[tokio::test]
async fn other_participants_read_and_only_the_author_changes() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, maria) = closed(&world).await;
    let ben = world.ben();
    ben.opens(&maria).await;
    let message = holds(&world, &ana, "Ana's words").await;
    ben.types("held").await;
    let list = ben.find("Ana's words");
    assert!(words(list.card.as_ref().expect("a card")).contains("Ana Souza · Written"));
    assert!(!ben.offers(&list, "Withdraw") && !ben.offers(&list, "Open") && ben.offers(&list, "Why?"));
    for data in [
        json!({"verb": "held.edit", "message": message}),
        json!({"verb": "held.save", "message": message, "text": "Ben's words"}),
        json!({"verb": "held.withdraw", "message": message}),
        json!({"verb": "held.ask", "message": message}),
        json!({"verb": "held.template", "message": message}),
    ] {
        let answer = presses(&ben, data.clone()).await;
        assert!(answer.contains("not yours"), "{data}: {answer}");
    }
    assert_eq!(maria.times_shown("has a message for you."), 0);
    maria.types("Back").await;
    assert_eq!(maria.times_shown("Ana's words"), 1);
}

#[tokio::test]
async fn asked_to_reply_once_per_closed_window_and_the_card_says_when() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let one = holds(&world, &ana, "One").await;
    let card = ana.find("Held. Maria Oliveira last wrote").activity_id;
    let answer = words(&ana.clicks_on(&card, "Ask to reply", Value::Null).await.card.expect("a card"));
    assert!(answer.contains("The client was asked to write: {{DATE(") && answer.contains("One"), "{answer}");
    assert!(!ana.offers(&ana.find("The client was asked to write"), "Ask to reply"));
    assert_eq!(maria.times_shown("Ana Souza at Northwind Bank has a message for you."), 1);
    let asked = world.last_record("message.queued").await;
    assert_eq!((asked.body["purpose"].as_str(), asked.body["rule"].as_str()), (Some("nudge"), Some("approved_template")));
    // From another copy of the card, for another message, and days later: asked is asked.
    let two = holds(&world, &ana, "Two").await;
    world.advance_hours(30).await;
    for message in [one, two] {
        let answer = presses(&ana, json!({"verb": "held.ask", "message": message})).await;
        assert!(answer.contains("The client was asked to write"), "{answer}");
    }
    assert_eq!(maria.times_shown("has a message for you."), 1);
    // A new window, closed again: they may be asked again.
    maria.types("Yes?").await;
    world.advance_hours(25).await;
    let three = holds(&world, &ana, "Three").await;
    presses(&ana, json!({"verb": "held.ask", "message": three})).await;
    assert_eq!(maria.times_shown("has a message for you."), 2);
}

#[tokio::test]
async fn asked_twice_at_once_the_client_hears_it_once() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    ana.types("One").await;
    let first = ana.find("Held. Maria Oliveira last wrote").activity_id;
    ana.types("Two").await;
    let second = ana.find("Held. Maria Oliveira last wrote").activity_id;
    assert_ne!(first, second);
    let (one, other) = tokio::join!(
        world.teams.click("ana", &first, "Ask to reply", Value::Null),
        world.teams.click("ana", &second, "Ask to reply", Value::Null)
    );
    world.settle().await;
    for answer in [one, other] {
        let card = words(&answer.expect("pressed").card.expect("a card"));
        assert!(card.contains("The client was asked to write"), "{card}");
    }
    assert_eq!(maria.times_shown("has a message for you."), 1);
}

#[tokio::test]
async fn a_line_without_a_nudge_says_so() {
    let world = World::with(|directory| directory.lines[0].templates.nudge = None).await;
    let (ana, maria) = closed(&world).await;
    ana.types("One").await;
    let card = words(&ana.clicks("Ask to reply", Value::Null).await.card.expect("a card"));
    assert!(card.contains("this line of business has no template for it") && card.contains("One"), "{card}");
    assert!(ana.offers(&ana.find("has no template for it"), "Withdraw"), "the card goes on");
    assert!(!maria.texts().iter().any(|text| text.contains("has a message for you")));
}

#[tokio::test]
async fn a_nudge_that_whatsapp_does_not_approve_is_named() {
    let world = World::with(|directory| {
        if let Some(nudge) = &mut directory.lines[0].templates.nudge {
            nudge.name = "paused_survey".to_owned();
        }
    })
    .await;
    let (ana, maria) = closed(&world).await;
    let before = maria.texts();
    ana.types("One").await;
    let card = words(&ana.clicks("Ask to reply", Value::Null).await.card.expect("a card"));
    assert!(card.contains("WhatsApp has not approved the template paused_survey"), "{card}");
    assert_eq!(maria.texts(), before);
}

#[tokio::test]
async fn after_a_template_without_an_answer_the_card_says_when_the_next_is_possible() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let message = holds(&world, &ana, "One").await;
    let thread = world.thread_of(&maria).await;
    let values: [&str; 0] = [];
    presses(&ana, json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": values})).await;
    let possible = world.last_record("message.queued").await.at + Duration::hours(24);
    let card = presses(&ana, json!({"verb": "held.ask", "message": message})).await;
    // 12:00 UTC the day before is 09:00 in São Paulo.
    assert!(card.contains("The client was not asked to write.") && card.contains("The next one is possible tomorrow at 09:00."), "{card}");
    let refused = world.last_record("nudge.refused").await;
    assert_eq!((refused.message, refused.body["rule"].as_str()), (Some(message), Some("template_unanswered")));
    world.advance(possible - world.clock.now()).await;
    presses(&ana, json!({"verb": "held.ask", "message": message})).await;
    assert_eq!(maria.times_shown("has a message for you."), 1);
}

#[tokio::test]
async fn a_nudge_that_did_not_arrive_comes_back_and_the_client_may_be_asked_again() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let message = holds(&world, &ana, "One").await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_026).times(1));
    presses(&ana, json!({"verb": "held.ask", "message": message})).await;
    ana.sees("Not delivered: the number may not use WhatsApp, or has blocked us.");
    let card = presses(&ana, json!({"verb": "message.view", "message": message})).await;
    assert!(!card.contains("The client was asked to write"), "{card}");
    presses(&ana, json!({"verb": "held.ask", "message": message, "press": "another, not a repeat of the first"})).await;
    assert_eq!(world.journal().await.iter().filter(|row| row.body["purpose"] == "nudge").count(), 2);
    assert!(maria.times_shown("has a message for you.") >= 1);
}

#[tokio::test]
async fn an_edit_keeps_the_place_and_the_time_of_writing_and_the_record_keeps_both_texts() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let one = holds(&world, &ana, "Frist").await;
    world.advance_hours(2).await;
    ana.types("Second").await;
    world.advance_hours(23).await;
    presses(&ana, json!({"verb": "held.save", "message": one, "text": "First"})).await;
    let changed = world.last_record("message.held_changed").await;
    assert_eq!(changed.body["text"], "First");
    assert!(changed.body["before"].as_str().is_some_and(|before| before.contains("Frist")), "{}", changed.body);
    maria.types("Back").await;
    let texts = maria.free_texts();
    assert!(texts[1].starts_with("First\n(written yesterday at 13:00)"), "{texts:?}");
    assert_eq!(texts[2], "Second");
}

#[tokio::test]
async fn who_changes_a_message_while_it_is_released_is_too_late_and_keeps_the_text() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    ana.types("As written").await;
    let card = ana.find("Held. Maria Oliveira last wrote").activity_id;
    ana.clicks_on(&card, "Edit", Value::Null).await;
    maria.types("Back").await;
    let answer = ana.clicks_on(&card, "Save", json!({"text": "As changed"})).await;
    let shown = words(&answer.card.expect("a card"));
    assert!(shown.contains("Your change came too late. The message as it was: delivered.") && shown.contains("As changed"), "{shown}");
    assert_eq!(maria.free_texts()[1..], ["As written"]);
    assert_eq!(world.recorded("message.held_changed").await, 0);
}

#[tokio::test]
async fn an_edit_against_a_withdrawal_and_a_release_at_the_same_time_has_one_winner() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    for n in 0..6 {
        let text = format!("Race {n}");
        let message = holds(&world, &ana, &text).await;
        let card = ana.find("Held. Maria Oliveira last wrote").activity_id;
        maria.types_at_once("Back");
        let answers = tokio::join!(
            world.teams.click("ana", &card, "Withdraw", Value::Null),
            world.teams.click("ana", &card, "Withdraw", Value::Null)
        );
        world.settle().await;
        let withdrawn = world.journal().await.iter().filter(|row| row.kind == "message.withdrawn" && row.message == Some(message)).count();
        let released = world.journal().await.iter().filter(|row| row.kind == "message.released" && row.message == Some(message)).count();
        assert_eq!((withdrawn + released, maria.times_shown(&text)), (1, released), "{answers:?}");
        world.advance_hours(25).await;
    }
}

#[tokio::test]
async fn an_edit_after_the_expiry_changes_nothing_even_before_anybody_was_told() {
    let world = World::start().await;
    let (ana, maria) = closed(&world).await;
    let message = holds(&world, &ana, "Too old").await;
    world.clock.advance(Duration::hours(72).to_std().expect("forward"));
    let shown = presses(&ana, json!({"verb": "held.save", "message": message, "text": "Still fresh"})).await;
    assert!(shown.contains("expired without being sent") && shown.contains("Still fresh"), "{shown}");
    maria.types("Back").await;
    assert_eq!(maria.times_shown("Still fresh") + maria.times_shown("Too old"), 0);
    assert_eq!(ana.times_seen("A held message expired without being sent: Too old"), 1);
}
