//! One test for each row of product.md 2: what the colleague sees, what reaches the phone, and the rule in the journal.

use crate::harness::{World, words};
use serde_json::{Value, json};
use switchboard::bridge::{ClosedWindow, Number, NumberStatus};

fn refused(rule: &str, row: u64) -> (String, String, Option<u64>) {
    ("message.refused".to_owned(), rule.to_owned(), Some(row))
}

#[tokio::test]
async fn row_1_a_colleague_who_is_not_enabled_any_more_sends_nothing_and_hears_why() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("You are not enabled for WhatsApp yet.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("not_enabled", 1));
}

#[tokio::test]
async fn row_1_a_line_that_is_switched_off_sends_nothing() {
    let world = World::with(|directory| {
        let mut other = directory.lines[0].clone();
        (other.id, other.name) = ("other".into(), "Other".to_owned());
        directory.lines.push(other);
        directory.colleagues[0].lines.push("other".into());
    })
    .await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.apply(|directory| directory.lines[0].enabled = false).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("You are not enabled for WhatsApp yet.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("not_enabled", 1));
}

#[tokio::test]
async fn row_2_a_deactivated_number_sends_nothing_and_answers_the_client_once_a_day() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.set_number(NumberStatus::Deactivated).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("Your administrator has switched off WhatsApp for +49 30 5550100. Nothing was sent.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("number_deactivated", 2));

    let seen = ana.heard().len();
    maria.types("Hello?").await;
    maria.types("Anybody?").await;
    assert_eq!(maria.times_shown("We're not currently using this number to accept WhatsApp messages."), 1);
    assert_eq!(ana.heard().len(), seen, "recorded, not shown");
    assert!(world.recorded("message.received").await >= 3);
    world.advance_hours(25).await;
    maria.types("And today?").await;
    assert_eq!(maria.times_shown("We're not currently using this number to accept WhatsApp messages."), 2);
}

#[tokio::test]
async fn row_2_an_opt_out_counts_also_on_a_deactivated_number() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.set_number(NumberStatus::Deactivated).await;
    maria.types("stop").await;
    assert_eq!(world.recorded("consent.revoked").await, 1);
    world.set_number(NumberStatus::Active).await;
    ana.types("Hello").await;
    assert_eq!(world.decision().await, refused("consent_refused", 5));
}

#[tokio::test]
async fn row_2_held_messages_stay_held_while_the_number_is_off() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
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
async fn row_3_who_is_no_contact_yet_is_offered_to_be_added_in_place() {
    let world = World::with(|directory| {
        // Ana writes from a number of her own, so the client's conversation with the line's number is not hers.
        let own = Number {
            phone_number_id: "106540352242999".into(),
            assigned_to: Some(directory.colleagues[0].id.clone()),
            display: "+49 30 5550101".to_owned(),
            ..directory.numbers[0].clone()
        };
        directory.numbers.push(own);
    })
    .await;
    let (ana, tom) = (world.ana(), world.tom());
    tom.types("Hello").await;
    ana.types("contacts").await;
    ana.clicks("Open", Value::Null).await;
    let answer = ana.clicks("Message on WhatsApp", Value::Null).await;
    let card = words(&answer.card.expect("a card"));
    assert!(card.contains("Add a contact") && card.contains("+4915112345678"), "{card}");
    assert!(tom.received().is_empty());
}

#[tokio::test]
async fn row_4_another_colleagues_client_is_not_written_to() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let before = maria.texts();
    let card = ben.opens(&maria).await;
    assert!(card.contains("Looks like this contact is already messaging with another colleague in your line of business."), "{card}");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.last_record("conversation.refused").await.body["rule"], "owned_by_others");
}

#[tokio::test]
async fn row_5_after_a_decline_nothing_is_sent() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    maria.taps("No").await;
    let before = maria.texts();
    ana.types("But listen").await;
    ana.sees("Maria Oliveira declined your request. You cannot send another one.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("consent_refused", 5));
}

#[tokio::test]
async fn row_6_while_a_request_waits_nothing_is_sent_and_the_time_left_is_told() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    ana.types("Hello").await;
    // 11:00 UTC is 08:00 where Ana lives.
    ana.sees("A request has been waiting since today at 08:00. You can send the next one tomorrow at 08:00.");
    assert_eq!(maria.texts().len(), 1);
    assert_eq!(world.decision().await, refused("request_pending", 6));
}

#[tokio::test]
async fn row_7_after_a_day_of_silence_a_text_leads_to_the_question_whether_to_ask_again() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    world.advance_hours(24).await;
    ana.types("Hello").await;
    assert!(ana.last_card().contains("Maria Oliveira has not agreed to WhatsApp messages yet."), "{}", ana.last_card());
    assert_eq!(maria.texts().len(), 1);
    assert_eq!(world.decision().await, refused("consent_needed", 7));
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    assert_eq!(maria.texts().len(), 2);
}

#[tokio::test]
async fn row_8_inside_the_window_the_text_goes_out() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("Hello").await;
    assert_eq!(maria.last().text, "Hello");
    assert_eq!(world.decision().await, ("message.queued".to_owned(), "window_open".to_owned(), Some(8)));
}

#[tokio::test]
async fn row_9_outside_the_window_an_approved_template_goes_out() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    let thread = world.thread_of(&maria).await;
    ana.types("templates").await;
    let card = ana.find("office_hours").activity_id;
    ana.forges(&card, json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": []})).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
    assert_eq!(world.decision().await, ("message.queued".to_owned(), "approved_template".to_owned(), Some(9)));
}

#[tokio::test]
async fn row_9_a_second_unanswered_template_waits_for_the_answer_or_a_day() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    let thread = world.thread_of(&maria).await;
    let send = async || {
        ana.types("templates").await;
        let card = ana.find("office_hours").activity_id;
        let data = json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": []});
        ana.forges(&card, data).await;
    };
    send().await;
    send().await;
    ana.sees("The client has not answered the last template yet.");
    assert_eq!(maria.times_shown("We are open Monday to Friday"), 1);
    world.advance_hours(24).await;
    send().await;
    assert_eq!(maria.times_shown("We are open Monday to Friday"), 2);
}

#[tokio::test]
async fn row_9_a_template_that_failed_is_not_an_unanswered_one() {
    use switchboard::simulator::{Fault, FaultName};
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    let thread = world.thread_of(&maria).await;
    ana.types("templates").await;
    let card = ana.find("office_hours").activity_id;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_026).times(1));
    ana.forges(&card, json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": []})).await;
    ana.sees("Not delivered: the number may not use WhatsApp");
    ana.clicks("Retry", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
}

#[tokio::test]
async fn row_9_marketing_is_not_sent_where_the_line_does_not_allow_it() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let thread = world.thread_of(&maria).await;
    ana.types("templates").await;
    let card = ana.find("office_hours").activity_id;
    let before = maria.texts();
    for (name, values, rule) in
        [("spring_sale", json!(["Maria"]), "marketing_not_allowed"), ("paused_survey", json!(["Maria"]), "template_not_approved")]
    {
        ana.forges(&card, json!({"verb": "template.send", "thread": thread, "name": name, "language": "en_US", "values": values})).await;
        assert_eq!(world.decision().await.1, rule);
    }
    assert_eq!(maria.texts(), before);
}

#[tokio::test]
async fn row_10_template_only_hands_the_text_back_with_the_way_on() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::TemplateOnly).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    let before = maria.texts();
    ana.types("A long letter").await;
    let card = ana.find("More than 24 hours have passed since Maria Oliveira's last message");
    ana.sees("Nothing was sent; your text is kept here.");
    assert!(words(card.card.as_ref().expect("a card")).contains("A long letter"));
    assert!(ana.offers(&card, "Choose template"));
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("template_only", 10));
    maria.types("Hello").await;
    assert!(!maria.texts().contains(&"A long letter".to_owned()), "handed back is not held");
}

#[tokio::test]
async fn row_11_queue_holds_the_text() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    let before = maria.texts();
    ana.types("Later").await;
    let card = ana.find("Held. Maria Oliveira last wrote 25 h ago. Your message (1 waiting)");
    for title in ["Choose template", "Edit", "Withdraw"] {
        assert!(ana.offers(&card, title), "{title}");
    }
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, ("message.held".to_owned(), "queue".to_owned(), Some(11)));
}

#[tokio::test]
async fn row_11_queue_and_nudge_asks_the_client_once_however_many_messages_wait() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::QueueAndNudge).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    for text in ["One", "Two", "Three"] {
        ana.types(text).await;
    }
    assert_eq!(maria.times_shown("Ana Souza at Northwind Bank has a message for you."), 1);
    maria.types("Yes?").await;
    assert_eq!(maria.free_texts()[1..], ["One", "Two", "Three"]);
    world.advance_hours(25).await;
    ana.types("Four").await;
    assert_eq!(maria.times_shown("has a message for you."), 2, "once per closed window");
}
