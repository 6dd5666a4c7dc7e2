//! "statuses only move forward" (product.md 8), up to a voice message that was played.

use crate::files::opus;
use crate::harness::{Colleague, Phone, World};
use serde_json::{Value, json};
use switchboard::bridge::Wamid;
use switchboard::simulator::{Draft, SentFile};

/// WhatsApp tells how a message stands.
pub(super) async fn status(world: &World, wamid: &str, status: &str) {
    let number = &world.cast.whatsapp.numbers[0];
    let display: String = number.display.chars().filter(char::is_ascii_digit).collect();
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": display, "phone_number_id": number.phone_number_id},
        "statuses": [{"id": wamid, "status": status, "timestamp": world.clock.now().timestamp().to_string()}],
    });
    world.whatsapp.announces(&number.waba_id, "messages", value);
    world.settle().await;
}

/// A voice message of Ana's; its wamid.
async fn speaks(ana: &Colleague<'_>, maria: &Phone<'_>) -> String {
    ana.says(Draft::text("").with(SentFile::attached("note.ogg", &opus()))).await;
    ana.clicks("Send", Value::Null).await;
    maria.last().wamid
}

#[tokio::test]
async fn a_voice_message_that_was_played_is_shown_as_played_and_stays_so() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = speaks(&ana, &maria).await;
    assert!(ana.thread_card(&maria).contains("Delivered ·"), "{}", ana.thread_card(&maria));
    // Played without read before: that is normal where a client keeps read receipts to themselves.
    for (told, shown) in [("played", "Played ·"), ("read", "Played ·"), ("delivered", "Played ·"), ("failed", "Played ·")] {
        status(&world, &wamid, told).await;
        assert!(ana.thread_card(&maria).contains(shown), "{told}: {}", ana.thread_card(&maria));
    }
    let moves: Vec<Value> = world.journal().await.into_iter().filter(|row| row.kind == "message.status").map(|row| row.body).collect();
    let of_this: Vec<&str> =
        moves.iter().filter(|body| body["wamid"] == wamid.as_str()).filter_map(|body| body["state"].as_str()).collect();
    assert_eq!(of_this.last(), Some(&"played"), "{of_this:?}");
}

#[rstest::rstest]
#[case::within_a_day(23, 1)]
#[case::later(25, 0)]
#[tokio::test]
async fn a_status_of_a_message_that_is_not_known_is_kept_for_a_day(#[case] hours: i64, #[case] kept: usize) {
    let world = World::start().await;
    world.conversation().await;
    status(&world, "wamid.not.known.yet", "played").await;
    world.advance_hours(hours).await;
    let wamid = Wamid("wamid.not.known.yet".to_owned());
    let found = world.relay().store().write("test", move |tx| tx.take_early_statuses(&wamid)).await.expect("read");
    assert_eq!(found.len(), kept);
}
