//! What happens without anybody pressing anything, and clients whom nobody has.

use crate::harness::World;
use serde_json::{Value, json};

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
