//! The 24-hour window (product.md 4).

use crate::harness::{Colleague, Phone, World};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::ClosedWindow;
use switchboard::simulator::{Fault, FaultName};

/// Moves the clock to this long before the client's window closes.
async fn until_closing(world: &World, client: &Phone<'_>, left: Duration) {
    let number = &world.cast.whatsapp.numbers[0].phone_number_id;
    let closes = world.whatsapp.window_closes(client.key, number).expect("known").expect("the client wrote");
    world.advance(closes - left - world.clock.now()).await;
}

#[tokio::test]
async fn the_window_is_open_until_a_minute_before_24_hours() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
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
    let (ana, maria) = world.conversation().await;
    world.advance_hours(20).await;
    ana.types("Still here").await;
    world.advance_hours(5).await;
    ana.types("Not any more").await;
    assert_eq!(maria.last().text, "Still here");
}

async fn refused_by_whatsapp<'w>(world: &'w World, fault: Fault) -> (Colleague<'w>, Phone<'w>) {
    let (ana, maria) = world.conversation().await;
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
async fn our_own_templates_do_not_open_the_window() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.sends_template(&maria, "office_hours", json!([])).await;
    ana.types("And now?").await;
    assert_eq!(world.decision().await.1, "queue");
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
}

#[rstest::rstest]
#[case::a_place(json!({"type": "location", "location": {"latitude": 52.5, "longitude": 13.4}}))]
#[case::a_kind_that_nobody_knows(json!({"type": "hologram", "hologram": {"depth": 3}}))]
#[case::a_kind_that_whatsapp_does_not_pass_on(
    json!({"type": "unsupported", "errors": [{"code": 131_051, "title": "Message type unknown", "message": "Message type unknown"}]})
)]
#[tokio::test]
async fn any_kind_of_message_opens_the_window(#[case] message: Value) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    world.whatsapp.client_sends("maria", None, message).expect("sent");
    world.settle().await;
    ana.types("I see").await;
    assert_eq!(maria.last().text, "I see");
}

#[tokio::test]
async fn a_tap_on_a_button_opens_the_window() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.sends_template(&maria, "appointment_reminder", json!(["Maria", "Tuesday", "10:00"])).await;
    maria.taps("Confirm").await;
    ana.types("See you").await;
    assert_eq!(maria.last().text, "See you");
}

#[tokio::test]
async fn a_call_opens_the_window() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    assert!(ana.thread_card(&maria).contains("Window closed since"));
    let (number, client) = (&world.cast.whatsapp.numbers[0], &world.cast.whatsapp.clients[0]);
    let body = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49305550100", "phone_number_id": number.phone_number_id},
        "contacts": [{"profile": {"name": client.name}, "wa_id": client.wa_id, "user_id": client.bsuid}],
        "calls": [{"id": "wacid.A1", "from": client.wa_id, "event": "connect", "direction": "USER_INITIATED",
            "timestamp": world.clock.now().timestamp().to_string()}],
    });
    world.whatsapp.announces(&number.waba_id, "calls", body);
    world.settle().await;
    assert!(ana.thread_card(&maria).contains("You can write until"), "{}", ana.thread_card(&maria));
}

#[tokio::test]
async fn the_window_counts_from_the_webhooks_own_time() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(30).await;
    let sent = (world.clock.now() - Duration::hours(23)).timestamp().to_string();
    let message = json!({"type": "text", "text": {"body": "Late"}, "timestamp": sent});
    world.whatsapp.client_sends("maria", None, message).expect("sent");
    world.settle().await;
    ana.types("Just in time").await;
    assert_eq!(maria.last().text, "Just in time");
    world.advance_hours(1).await;
    ana.types("Too late").await;
    assert_eq!(maria.last().text, "Just in time");
}

#[tokio::test]
async fn the_thread_card_says_until_when_one_can_write() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let card = ana.thread_card(&maria);
    assert!(card.contains("You can write until") && card.contains("2026-03-03T11:00:"), "{card}");
    world.advance_hours(24).await;
    let card = ana.thread_card(&maria);
    assert!(card.contains("Window closed since") && card.contains("Choose a template to restart."), "{card}");
}
