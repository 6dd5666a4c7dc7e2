//! The decision for every outgoing message (product.md 2): what the colleague sees, what reaches the phone, and the rule in the
//! journal.

use super::consent::REQUEST;
use crate::harness::{World, words};
use serde_json::{Value, json};
use switchboard::bridge::{ClientFirst, ClosedWindow, Number, NumberStatus};
use switchboard::simulator::{Fault, FaultName};

pub fn refused(rule: &str, row: u64) -> (String, String, Option<u64>) {
    ("message.refused".to_owned(), rule.to_owned(), Some(row))
}

#[tokio::test]
async fn row_1_a_colleague_who_is_not_enabled_any_more_sends_nothing_and_hears_why() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("Your administrator has switched off WhatsApp for you. Nothing was sent.");
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
    let (ana, maria) = world.conversation().await;
    world.apply(|directory| directory.lines[0].enabled = false).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("Your administrator has switched off WhatsApp for Private clients. Nothing was sent.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("not_enabled", 1));
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
    let (ana, maria) = world.asked().await;
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
    let (ana, maria) = world.asked().await;
    ana.types("Hello").await;
    // 11:00 UTC is 08:00 where Ana lives.
    ana.sees("A request has been waiting since today at 08:00. You can send the next one tomorrow at 08:00.");
    assert_eq!(maria.texts().len(), 1);
    assert_eq!(world.decision().await, refused("request_pending", 6));
}

#[tokio::test]
async fn row_7_after_a_day_of_silence_a_text_leads_to_the_question_whether_to_ask_again() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
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
    let (ana, maria) = world.conversation().await;
    ana.types("Hello").await;
    assert_eq!(maria.last().text, "Hello");
    assert_eq!(world.decision().await, ("message.queued".to_owned(), "window_open".to_owned(), Some(8)));
}

#[tokio::test]
async fn row_9_outside_the_window_an_approved_template_goes_out() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
    assert_eq!(world.decision().await, ("message.queued".to_owned(), "approved_template".to_owned(), Some(9)));
}

#[tokio::test]
async fn row_10_template_only_hands_the_text_back_with_the_way_on() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::TemplateOnly).await;
    let (ana, maria) = world.conversation().await;
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
    let (ana, maria) = world.conversation().await;
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
    let (ana, maria) = world.conversation().await;
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

#[tokio::test]
async fn who_writes_first_may_be_answered_inside_the_window_and_not_outside() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Do you open accounts?").await;
    for colleague in [&ana, &ben] {
        colleague.sees("New message, nobody owns this client yet.");
        colleague.sees("Do you open accounts?");
    }
    assert!(tom.received().is_empty(), "nobody was asked to answer by itself");
    ana.clicks("Take", Value::Null).await;
    ana.sees("You took this conversation.");
    ben.sees("A colleague took this conversation.");
    assert!(!ben.offers(&ben.find("A colleague took this conversation."), "Take"), "the button is gone for the rest");
    ana.types("We do").await;
    assert_eq!(tom.last().text, "We do");
    assert_eq!(world.decision().await, ("message.queued".to_owned(), "client_first".to_owned(), None));
    tom.types("Great").await;
    assert_eq!(ana.heard(), ["Tom Becker: Do you open accounts?", "Tom Becker: Great"], "what was written so far comes along");
    assert!(ben.heard().is_empty(), "the client is Ana's now");
    world.advance_hours(25).await;
    ana.types("Still there?").await;
    assert_eq!(world.decision().await, ("message.refused".to_owned(), "consent_needed".to_owned(), Some(7)));
    assert_eq!(tom.last().text, "We do");
}

#[tokio::test]
async fn a_line_that_asks_first_sends_the_request_by_itself() {
    let world = World::with_policy(|policy| policy.client_first = ClientFirst::Ask).await;
    let (ana, tom) = (world.ana(), world.tom());
    tom.types("Hello").await;
    let request = tom.last();
    assert!(request.text.contains(REQUEST) && request.buttons.len() == 2, "{request:?}");
    ana.clicks("Take", Value::Null).await;
    ana.types("Hello Tom").await;
    assert_eq!(tom.received().len(), 1);
    tom.taps("Yes").await;
    ana.types("Hello Tom").await;
    assert_eq!(tom.last().text, "Hello Tom");
}

#[tokio::test]
async fn row_1_an_organization_that_is_switched_off_sends_nothing() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.apply(|directory| directory.organization.enabled = false).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("Your administrator has switched off WhatsApp for Northwind. Nothing was sent.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("not_enabled", 1));
}

#[tokio::test]
async fn row_2_a_deactivated_number_sends_nothing() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.set_number(NumberStatus::Deactivated).await;
    let before = maria.texts();
    ana.types("Hello").await;
    ana.sees("Your administrator has switched off WhatsApp for +49 30 5550100. Nothing was sent.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("number_deactivated", 2));
}

#[tokio::test]
async fn row_5_after_an_opt_out_nothing_is_sent() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    maria.types("STOP").await;
    let before = maria.texts();
    ana.types("But listen").await;
    ana.sees("Maria Oliveira asked to stop. Writing is closed.");
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!(maria.texts(), before);
    assert_eq!(world.decision().await, refused("consent_refused", 5));
}

#[tokio::test]
async fn row_7_before_any_request_the_colleague_is_asked_first() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    let card = ana.opens(&maria).await;
    assert!(
        card.contains("Maria Oliveira has not agreed to WhatsApp messages yet. We will ask first, in Northwind Bank's name."),
        "{card}"
    );
    assert!(maria.received().is_empty(), "the colleague is asked, not the client");
    ana.clicks("Send request", json!({"basis": "web_form"})).await;
    assert_eq!(maria.last().template.as_deref(), Some("switchboard_opt_in"));
}

#[tokio::test]
async fn every_way_out_names_the_rule_that_let_it_go() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_026).times(1));
    ana.types("Lost").await;
    ana.clicks("Retry", Value::Null).await;
    world.advance_hours(25).await;
    ana.types("Later").await;
    ana.sends_template(&maria, "office_hours", json!([])).await;
    maria.types("Back").await;
    let journal = world.journal().await;
    let decided = journal.iter().filter(|row| row.body["rule"].is_string());
    let decided: Vec<_> = decided.map(|row| (row.kind.as_str(), row.body["rule"].as_str().unwrap_or_default())).collect();
    let expected = [
        ("message.queued", "consent_needed"),
        ("message.queued", "answer_in_window"),
        ("message.queued", "window_open"),
        ("message.queued", "window_open"),
        ("message.held", "queue"),
        ("message.queued", "approved_template"),
        ("message.released", "window_open"),
    ];
    assert_eq!(decided, expected);
}
