//! What messages cost: counted once each by what WhatsApp says, and free after an answer to an ad.

use crate::harness::{Colleague, Phone, World};
use serde_json::{Value, json};
use switchboard::bridge::PhoneNumberId;
use switchboard::simulator::{Fault, FaultName};

fn number(world: &World) -> PhoneNumberId {
    PhoneNumberId(world.cast.whatsapp.numbers[0].phone_number_id.clone())
}

/// `category/type` and how often, of the world's number.
async fn billed(world: &World, month: &'static str) -> Vec<(String, u64)> {
    let number = number(world);
    let counts = world.relay().store().read(move |tx| tx.billed(&number, month)).await.expect("the store answers");
    counts.iter().map(|count| (format!("{}/{}", count.category.as_str(), count.kind.as_str()), count.count)).collect()
}

fn counts(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect()
}

/// One status of a message of ours, with a price or without.
fn status(wamid: &str, status: &str, at: i64, price: Option<(&str, &str)>) -> Value {
    let mut status = json!({"id": wamid, "status": status, "timestamp": at.to_string(), "recipient_id": "551187654321"});
    if let Some((category, kind)) = price {
        status["pricing"] = json!({"billable": kind == "regular", "pricing_model": "PMP", "category": category, "type": kind});
    }
    status
}

/// Posts statuses in one body, as often as said, all at the same time.
async fn post(world: &World, statuses: Vec<Value>, times: usize) {
    let number = &world.cast.whatsapp.numbers[0];
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49305550100", "phone_number_id": number.phone_number_id}, "statuses": statuses});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": [{"field": "messages", "value": value}]}]})
        .to_string()
        .into_bytes();
    let posted = (0..times).map(|_| world.whatsapp.posts(body.clone(), None));
    for answer in futures_util::future::join_all(posted).await {
        assert_eq!(answer.expect("posted").0, 200);
    }
    world.settle().await;
}

/// A text that has only been sent: the phone is off. The simulated WhatsApp has told its price with `sent`.
async fn only_sent(ana: &Colleague<'_>, maria: &Phone<'_>, text: &str) -> String {
    ana.types(text).await;
    maria.last().wamid
}

#[tokio::test]
async fn each_message_that_arrives_is_counted_once_by_its_price() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("One").await;
    ana.types("Two").await;
    let expected = counts(&[("service/free_customer_service", 3), ("utility/regular", 1)]);
    assert_eq!(billed(&world, "2026-03").await, expected, "two texts and the confirmation; the request");
    world.whatsapp.set_open("maria", true).expect("known");
    world.settle().await;
    assert_eq!(billed(&world, "2026-03").await, expected, "read is not delivered again");
    assert_eq!(world.journal().await.iter().filter(|row| row.body["billed"] == "2026-03").count(), 4, "the record says so too");
}

#[tokio::test]
async fn order_repeats_and_gaps_of_statuses_change_no_count() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let before = billed(&world, "2026-03").await;
    world.whatsapp.set_online("maria", false).expect("known");
    let at = world.clock.now().timestamp();
    let price = Some(("service", "free_customer_service"));
    let orders: [&[(&str, bool)]; 5] = [
        &[("delivered", true), ("read", false), ("sent", true)],
        &[("read", false), ("delivered", true), ("sent", true)],
        &[("read", true), ("sent", true), ("delivered", false)],
        &[("read", false), ("sent", true), ("sent", true), ("delivered", true)],
        &[("played", false), ("warning", true), ("delivered", false)],
    ];
    for (n, order) in orders.iter().enumerate() {
        let wamid = only_sent(&ana, &maria, &format!("Message {n}")).await;
        assert_eq!(billed(&world, "2026-03").await, service(&before, n as u64), "sent has not arrived");
        let statuses = || order.iter().map(|(name, priced)| status(&wamid, name, at, price.filter(|_| *priced))).collect();
        post(&world, statuses(), 3).await;
        assert_eq!(billed(&world, "2026-03").await, service(&before, n as u64 + 1), "{order:?}");
    }
}

/// The counts with so many free service messages more.
fn service(before: &[(String, u64)], more: u64) -> Vec<(String, u64)> {
    let free = "service/free_customer_service";
    before.iter().map(|(what, count)| (what.clone(), if what == free { count + more } else { *count })).collect()
}

#[tokio::test]
async fn a_message_belongs_to_the_month_in_which_it_arrived_whenever_its_status_comes() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.set_online("maria", false).expect("known");
    let wamid = only_sent(&ana, &maria, "Late news").await;
    let february = "2026-02-28T23:59:59Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a time").timestamp();
    post(&world, vec![status(&wamid, "delivered", february, None)], 1).await;
    assert_eq!(billed(&world, "2026-02").await, counts(&[("service/free_customer_service", 1)]));
}

#[tokio::test]
async fn what_did_not_arrive_costs_nothing() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let before = billed(&world, "2026-03").await;
    world.whatsapp.set_online("maria", false).expect("known");
    let wamid = only_sent(&ana, &maria, "Lost").await;
    let at = world.clock.now().timestamp();
    let mut failed = status(&wamid, "failed", at, Some(("service", "regular")));
    failed["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
    post(&world, vec![failed], 2).await;
    assert_eq!(billed(&world, "2026-03").await, before);
    // A status after the failure proves the failure wrong: it arrived after all.
    post(&world, vec![status(&wamid, "delivered", at, None)], 2).await;
    assert_eq!(billed(&world, "2026-03").await, service(&before, 1));
}

#[tokio::test]
async fn a_price_of_a_kind_nobody_knows_yet_is_counted_under_its_own_name() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let before = billed(&world, "2026-03").await;
    let wamid = unpriced(&ana, &maria).await;
    let at = world.clock.now().timestamp();
    post(&world, vec![status(&wamid, "read", at, Some(("Marketing_Lite", "half_price")))], 2).await;
    assert_eq!(billed(&world, "2026-03").await, [counts(&[("marketing_lite/half_price", 1)]), before].concat());
}

/// A text whose price nobody has told yet: WhatsApp accepted it and then reported that it failed.
async fn unpriced(ana: &Colleague<'_>, maria: &Phone<'_>) -> String {
    let world = ana.world;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_000).times(1));
    ana.types("What does this cost?").await;
    let failed = world.whatsapp.journal(0).into_iter().rfind(|entry| entry.kind == "webhook.status.failed").expect("a status");
    assert!(maria.items().iter().all(|item| Some(&item.wamid) != failed.id.as_ref()));
    failed.id.expect("its wamid")
}

fn through_ad(text: &str) -> Value {
    json!({"type": "text", "text": {"body": text}, "referral": {"source_url": "https://fb.me/3cr4Wqqkv", "source_id": "120226305854810726",
        "source_type": "ad", "headline": "<b>Chat</b> with\nus", "body": "Summer Succulents are here!", "media_type": "image"}})
}

const AD: &str = "Came through an ad: “<b>Chat</b> with us” (https://fb.me/3cr4Wqqkv)";

#[tokio::test]
async fn a_client_who_comes_through_an_ad_is_free_for_72_hours_from_the_answer() {
    let world = World::start().await;
    let (ana, tom) = (world.ana(), world.tom());
    world.whatsapp.client_sends("tom", None, through_ad("Can I get more info?")).expect("sent");
    world.settle().await;
    ana.sees("Came through an ad: “&lt;b>Chat&lt;/b> with us” (https://fb.me/3cr4Wqqkv)");
    ana.clicks("Take", Value::Null).await;
    assert!(ana.heard().last().is_some_and(|heard| heard.contains("Can I get more info?") && heard.contains(AD)), "{:?}", ana.heard());
    let card = ana.thread_card(&tom);
    assert!(card.contains("Free for 72 hours if you answer before {{DATE(2026-03-03T11:00:"), "{card}");
    world.advance_hours(2).await;
    ana.types("Gladly").await;
    let card = ana.thread_card(&tom);
    assert!(card.contains("Free until {{DATE(2026-03-05T13:00:"), "{card}");
    let opened = world.last_record("price.free_entry_point").await;
    assert!(opened.body["free_until"].as_str().is_some_and(|until| until.starts_with("2026-03-05T13:00:")), "{}", opened.body);

    world.advance_hours(1).await;
    ana.types("Anything else?").await;
    assert_eq!(world.recorded("price.free_entry_point").await, 1, "the first answer counts");
    world.advance_hours(72).await;
    tom.types("Still there?").await;
    assert!(!ana.thread_card(&tom).contains("Free"), "{}", ana.thread_card(&tom));
}

#[tokio::test]
async fn an_answer_that_only_a_status_proves_opens_the_free_time_too() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.client_sends("maria", None, through_ad("Hello again")).expect("sent");
    world.settle().await;
    world.whatsapp.faults().set(Fault::new(FaultName::TimeoutAfterAcceptance).times(1).lasting(std::time::Duration::from_millis(30)));
    ana.types("Welcome back").await;
    assert_eq!(world.recorded("message.accepted").await, 2, "the request and the confirmation: nobody answered this one");
    assert_eq!(world.recorded("price.free_entry_point").await, 1);
    assert!(ana.thread_card(&maria).contains("Free until"), "{}", ana.thread_card(&maria));
}

#[tokio::test]
async fn an_answer_after_24_hours_frees_nothing_and_a_repeated_webhook_neither() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let mut message = through_ad("Hello again");
    message["id"] = json!("wamid.through-ad");
    world.whatsapp.client_sends("maria", None, message.clone()).expect("sent");
    world.settle().await;
    assert!(ana.heard().last().is_some_and(|heard| heard.contains(AD)));
    world.advance_hours(25).await;
    maria.types("Nobody there?").await;
    message["timestamp"] = json!(world.clock.now().timestamp().to_string());
    world.whatsapp.client_sends("maria", None, message).expect("sent");
    world.settle().await;
    ana.types("Sorry for the delay").await;
    assert_eq!(maria.last().text, "Sorry for the delay");
    assert_eq!(world.recorded("price.free_entry_point").await, 0);
    assert!(!ana.thread_card(&maria).contains("Free"));
}

#[tokio::test]
async fn a_free_entry_points_messages_are_counted_apart() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let mut expected = billed(&world, "2026-03").await;
    let wamid = unpriced(&ana, &maria).await;
    let at = world.clock.now().timestamp();
    post(&world, vec![status(&wamid, "delivered", at, Some(("service", "free_entry_point")))], 2).await;
    expected.insert(1, ("service/free_entry_point".to_owned(), 1));
    assert_eq!(billed(&world, "2026-03").await, expected);
}
