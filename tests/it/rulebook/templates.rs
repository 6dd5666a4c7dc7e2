//! Templates (product.md 5), as far as the rules go.

use crate::harness::{PATIENCE, World, words};
use serde_json::{Value, json};
use switchboard::simulator::{Fault, FaultName};

#[tokio::test]
async fn a_second_unanswered_template_waits_for_the_answer_or_a_day() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    for _ in 0..2 {
        ana.sends_template(&maria, "office_hours", json!([])).await;
    }
    ana.sees("The client has not answered the last template yet.");
    assert_eq!(maria.times_shown("We are open Monday to Friday"), 1);
    world.advance_hours(24).await;
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!(maria.times_shown("We are open Monday to Friday"), 2);
}

#[tokio::test]
async fn a_template_that_failed_is_not_an_unanswered_one() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_026).times(1));
    ana.sends_template(&maria, "office_hours", json!([])).await;
    ana.sees("Not delivered: the number may not use WhatsApp");
    ana.clicks("Retry", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
}

#[tokio::test]
async fn marketing_is_not_sent_where_the_line_does_not_allow_it() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let before = maria.texts();
    ana.sends_template(&maria, "spring_sale", json!(["Maria"])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("marketing_not_allowed", before));
}

#[tokio::test]
async fn only_what_is_approved_is_offered_and_sent() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("templates").await;
    let picker = ana.last_card();
    assert!(picker.contains("office_hours") && picker.contains("appointment_reminder"), "{picker}");
    assert!(!picker.contains("paused_survey") && !picker.contains("rejected_draft"), "{picker}");
    let before = maria.texts();
    ana.sends_template(&maria, "paused_survey", json!(["Maria"])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("template_not_approved", before));
}

#[tokio::test]
async fn the_picker_names_language_and_category_and_can_be_searched() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    ana.types("templates").await;
    assert!(ana.last_card().contains("en_US · Utility"), "{}", ana.last_card());
    let found = ana.clicks("Search", json!({"query": "OFFICE"})).await;
    let found = words(&found.card.expect("a card"));
    assert!(found.contains("office_hours") && !found.contains("appointment_reminder"), "{found}");
}

#[tokio::test]
async fn variables_are_filled_from_the_contact_and_selecting_never_sends() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let thread = world.thread_of(&maria).await;
    let before = maria.received().len();
    ana.types("templates").await;
    let card = ana.find("order_update").activity_id;
    let pick = json!({"verb": "template.pick", "thread": thread, "name": "order_update", "language": "en_US"});
    let inputs = ana.forges(&card, pick).await.card.expect("a card");
    assert!(inputs.to_string().contains("\"value\":\"Maria"), "{inputs}");
    let preview = ana.clicks_on(&card, "Preview", json!({"v0": "Maria", "v1": "A-17"})).await;
    let preview = words(&preview.card.expect("a card"));
    assert!(preview.contains("Hello Maria, your order A-17 is on its way."), "{preview}");
    assert_eq!(maria.received().len(), before);
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().text, "Hello Maria, your order A-17 is on its way.");
}

#[tokio::test]
async fn a_template_that_cannot_be_filled_is_shown_with_the_reason() {
    let world = World::with_policy(|policy| policy.marketing_templates = true).await;
    let (ana, _) = world.conversation().await;
    ana.types("templates").await;
    assert!(ana.last_card().contains("picks_carousel"), "{}", ana.last_card());
    assert!(ana.last_card().contains("Not sendable from here: "), "{}", ana.last_card());
}

/// Meta pauses a template.
async fn pauses(world: &World, name: &str) {
    let state = world.http().get(format!("{}/_sim/templates", world.whatsapp.base_url())).send().await.expect("an answer");
    let all: Vec<Value> = state.json().await.expect("templates");
    let mut template = all.into_iter().find(|template| template["name"] == name).expect("in the cast");
    template["status"] = json!("PAUSED");
    let told = world.http().post(format!("{}/_sim/templates", world.whatsapp.base_url())).json(&template).send().await;
    assert!(told.expect("an answer").status().is_success());
}

#[tokio::test]
async fn a_webhook_about_a_template_brings_the_list_up_to_date() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    pauses(&world, "office_hours").await;
    let news = json!({"event": "PAUSED", "message_template_id": 77, "message_template_name": "office_hours",
        "message_template_language": "en_US", "reason": null});
    world.whatsapp.announces(&world.cast.whatsapp.numbers[0].waba_id, "message_template_status_update", news);
    world.settle().await;
    let before = maria.texts();
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("template_not_approved", before));
}

#[tokio::test]
async fn half_an_hour_later_the_list_is_up_to_date_without_any_webhook() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    pauses(&world, "office_hours").await;
    world.clock.advance(std::time::Duration::from_secs(30 * 60));
    // Not `advance`, which asks for a sync itself.
    let synced = world.whatsapp.count("graph.management");
    world.whatsapp.until_count("graph.management", synced + 1, PATIENCE).await.expect("listed");
    world.settle().await;
    let before = maria.texts();
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("template_not_approved", before));
}

#[tokio::test]
async fn the_opt_in_request_is_none_of_the_templates_that_a_colleague_sends() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("templates").await;
    assert!(!ana.last_card().contains("switchboard_opt_in"), "{}", ana.last_card());
    let before = maria.texts();
    let card = ana.find("office_hours").activity_id;
    let data = json!({"verb": "template.send", "thread": world.thread_of(&maria).await, "name": "switchboard_opt_in", "language": "en",
        "values": ["Ana", "Northwind"]});
    ana.forges(&card, data).await;
    ana.sees("This template is not offered by WhatsApp any more.");
    assert_eq!(maria.texts(), before);
}

#[tokio::test]
async fn templates_are_there_from_the_start_and_listed_again_on_demand() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    ana.types("templates").await;
    assert!(ana.last_card().contains("office_hours"), "{}", ana.last_card());
    let card = ana.find("office_hours").activity_id;
    let new = json!({"id": "1", "name": "new_today", "language": "en", "status": "APPROVED", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Approved a minute ago."}]});
    world.http().post(format!("{}/_sim/templates", world.whatsapp.base_url())).json(&new).send().await.expect("answers");
    let listed = world.whatsapp.count("graph.management");
    let refreshed = ana.clicks_on(&card, "Refresh list", Value::Null).await.card.expect("a card");
    assert!(words(&refreshed).contains("new_today"), "{}", words(&refreshed));
    let once = world.whatsapp.count("graph.management");
    assert!(once > listed);
    ana.clicks_on(&card, "Refresh list", Value::Null).await;
    assert_eq!(world.whatsapp.count("graph.management"), once, "pressed again at once, WhatsApp is not asked again");
}
