//! What happens without anybody pressing anything, and clients whom nobody has.

use crate::harness::World;
use serde_json::{Value, json};

#[tokio::test]
async fn a_window_that_closes_by_itself_is_announced_once_and_shown_as_closed() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.opens(&maria).await;
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    maria.taps("Yes").await;
    let warning = "After that, only an approved template reaches Maria Oliveira";
    world.advance_hours(22).await;
    ana.sees_not(warning);
    world.advance_hours(1).await;
    assert_eq!(ana.times_seen(warning), 1);
    world.advance_hours(1).await;
    assert!(ana.thread_card(&maria).contains("Window closed since"), "{}", ana.thread_card(&maria));
    world.advance_hours(1).await;
    assert_eq!(ana.times_seen(warning), 1);
}

#[tokio::test]
async fn a_button_of_the_thread_card_leaves_the_card_where_it_is() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.opens(&maria).await;
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    maria.taps("Yes").await;
    let card = ana.find("Colleagues");
    ana.clicks_on(&card.activity_id, "Template", Value::Null).await;
    assert_eq!(ana.find("Colleagues").activity_id, card.activity_id);
    assert_ne!(ana.find("appointment_reminder").activity_id, card.activity_id);
}

#[tokio::test]
async fn a_client_whom_nobody_has_is_asked_in_the_name_of_the_business_and_not_offered_for_a_stop() {
    let world = World::start().await;
    let (ana, tom) = (world.ana(), world.tom());
    tom.types("STOP").await;
    ana.sees_not("nobody owns this client yet");
    tom.types("Hello?").await;
    tom.shows("Hello, this is Northwind Bank. May we message you here on WhatsApp?");
    ana.sees("nobody owns this client yet");
}
