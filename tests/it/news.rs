//! What WhatsApp tells about templates and the account: it counts at once, and administrators hear of it in plain words.

use crate::harness::{Colleague, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::Role;
use switchboard::simulator::{Fault, FaultName, Surface};

const REFUSED: &str = "WhatsApp does not let anybody send this template now: it was paused, changed or withdrawn. Nothing was sent.";
const PAUSED: &str = "WhatsApp paused the template office_hours.";

/// Ben is an administrator and has no line.
async fn administered() -> World {
    World::with(|directory| {
        directory.colleagues[1].roles = vec![Role::Administrator];
        directory.colleagues[1].lines.clear();
    })
    .await
}

fn waba(world: &World) -> &str {
    &world.cast.whatsapp.numbers[0].waba_id
}

/// A webhook about a template, as Meta spells the language; what Graph lists stays as it is.
async fn announced(world: &World, field: &str, mut value: Value) {
    value["message_template_name"] = json!("office_hours");
    value["message_template_language"] = json!("en-US");
    value["message_template_id"] = json!(77);
    world.whatsapp.announces(waba(world), field, value);
    world.settle().await;
}

/// From now on only webhooks tell of templates: the list fails.
fn no_lists(world: &World) {
    world.whatsapp.faults().set(Fault::new(FaultName::ServerError).on(Surface::Management));
}

/// The preview of `office_hours`, which has nothing to fill in.
async fn previewed(world: &World, ana: &Colleague<'_>) -> String {
    let thread = world.last_record("consent.granted").await.thread;
    ana.types("templates").await;
    let card = ana.find("office_hours").activity_id;
    let data = json!({"verb": "template.pick", "thread": thread, "name": "office_hours", "language": "en_US"});
    let answer = ana.forges(&card, data).await;
    assert!(words(&answer.card.expect("a card")).contains("This is exactly what the client will see."));
    card
}

#[tokio::test]
async fn a_template_paused_after_the_preview_is_refused_by_the_very_next_press() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let card = previewed(&world, &ana).await;
    no_lists(&world);
    announced(&world, "message_template_status_update", json!({"event": "PAUSED", "reason": null})).await;
    let before = maria.received().len();
    let answer = ana.clicks_on(&card, "Send", Value::Null).await;
    let refusal = answer.card.expect("a card");
    assert!(words(&refusal).contains(REFUSED) && words(&refusal).contains("Choose another one"), "{}", words(&refusal));
    assert_eq!(maria.received().len(), before);
    assert_eq!(world.decision().await.1, "template_not_approved");
    // It is not offered either, until WhatsApp resumes it.
    ana.types("templates").await;
    ana.sees_not("office_hours");
    announced(&world, "message_template_status_update", json!({"event": "APPROVED"})).await;
    let card = previewed(&world, &ana).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
}

#[tokio::test]
async fn a_template_paused_while_it_waits_to_be_handed_over_is_not_sent() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let card = previewed(&world, &ana).await;
    no_lists(&world);
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(60).times(1));
    ana.clicks_on(&card, "Send", Value::Null).await;
    announced(&world, "message_template_status_update", json!({"event": "PAUSED"})).await;
    world.advance(Duration::minutes(2)).await;
    ana.sees(REFUSED);
    assert!(maria.received().iter().all(|item| item.template.as_deref() != Some("office_hours")));
    assert_eq!(world.decision().await, ("message.refused".to_owned(), "template_not_approved".to_owned(), None));
}

#[tokio::test]
async fn a_new_category_and_a_new_text_count_at_once_too() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let card = previewed(&world, &ana).await;
    no_lists(&world);
    announced(&world, "template_category_update", json!({"previous_category": "UTILITY", "new_category": "MARKETING"})).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    ana.sees("Marketing templates may not be sent to this client. Nothing was sent.");
    announced(&world, "template_category_update", json!({"previous_category": "MARKETING", "new_category": "UTILITY"})).await;
    let card = previewed(&world, &ana).await;
    announced(&world, "message_template_components_update", json!({"message_template_element": "Another text"})).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    ana.sees("This template cannot be sent from here: its text has just changed on WhatsApp; try again in a minute.");
    assert!(maria.received().iter().all(|item| item.template.is_none() || item.template.as_deref() == Some("switchboard_opt_in")));
    world.whatsapp.faults().clear();
    world.housekeeping().await;
    let card = previewed(&world, &ana).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
}

#[tokio::test]
async fn an_administrator_without_a_line_hears_once_an_hour_what_it_means_and_what_to_do() {
    let world = administered().await;
    let (ana, ben) = (world.ana(), world.ben());
    world.whatsapp.faults().set(Fault::new(FaultName::Duplicate).on(Surface::Webhooks).times(1));
    announced(&world, "message_template_status_update", json!({"event": "PAUSED"})).await;
    assert_eq!(ben.times_seen(PAUSED), 1, "{}", ben.transcript());
    let card = words(ben.find(PAUSED).card.as_ref().expect("a card"));
    for said in
        ["Too many clients blocked or reported it.", "colleagues choose another template.", "office_hours", "en_US", "Private clients"]
    {
        assert!(card.contains(said), "{card}");
    }
    ana.sees_not(PAUSED);
    world.advance(Duration::minutes(59)).await;
    announced(&world, "message_template_status_update", json!({"event": "PAUSED"})).await;
    assert_eq!(ben.times_seen(PAUSED), 1);
    // Other news about it is not the same news.
    announced(&world, "message_template_quality_update", json!({"previous_quality_score": "YELLOW", "new_quality_score": "RED"})).await;
    ben.sees("The quality of the template office_hours went from yellow to red.");
    world.advance(Duration::minutes(2)).await;
    announced(&world, "message_template_status_update", json!({"event": "PAUSED"})).await;
    assert_eq!(ben.times_seen(PAUSED), 2);
    assert_eq!((world.recorded("template.changed").await, world.recorded("news.told").await), (4, 3));
    assert_eq!(world.last_record("news.told").await.body["to"], json!([world.cast.teams.users[1].object_id]));
}

#[rstest::rstest]
#[case::disabled("account_update", json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}), "WhatsApp disabled the business account, or is about to.")]
#[case::number("phone_number_quality_update", json!({"event": "DOWNGRADE", "display_phone_number": "49305550100", "current_limit": "TIER_250"}), "+49 30 5550100")]
#[case::limit("business_capability_update", json!({"max_daily_conversation_per_phone": 2000}), "WhatsApp changed what the business may do.")]
#[case::pin("security", json!({"event": "PIN_CHANGED", "display_phone_number": "49305550100"}), "The PIN of a number was changed.")]
#[case::alert("account_alerts", json!({"alert_severity": "CRITICAL"}), "alert_severity CRITICAL")]
#[case::unknown("account_moon_update", json!({"event": "FULL"}), "This version does not know this kind of news.")]
#[tokio::test]
async fn news_of_the_account_reaches_administrators_in_plain_words(#[case] field: &str, #[case] value: Value, #[case] said: &str) {
    let world = administered().await;
    world.whatsapp.announces(waba(&world), field, value);
    world.settle().await;
    world.ben().sees(said);
    world.ana().sees_not(said);
    assert_eq!((world.recorded("account.news").await, world.recorded("news.told").await), (1, 1));
}

#[tokio::test]
async fn without_an_administrator_news_is_recorded_and_changes_the_templates_all_the_same() {
    let world = World::with(|directory| {
        for colleague in &mut directory.colleagues {
            colleague.roles = vec![Role::Agent];
        }
    })
    .await;
    world.whatsapp.template_status("office_hours", "en_US", "DISABLED", Some("ABUSIVE_CONTENT")).expect("known");
    world.settle().await;
    assert_eq!(world.last_record("template.changed").await.body["changed"], 1);
    assert_eq!(world.last_record("news.told").await.body["to"], json!([]));
    assert!(world.ana().times_seen("WhatsApp disabled the template") == 0);
}
