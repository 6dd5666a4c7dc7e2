//! A delivery that a bug or a damaged document makes impossible to prepare.

use crate::harness::World;
use switchboard::bridge::{MessageState, PhoneNumberId, Rule, ThreadId};
use switchboard::store::{Direction, NewMessage, Purpose};

#[tokio::test]
async fn a_message_that_cannot_be_read_does_not_stop_the_other_conversations() {
    let world = World::start().await.may_leave_work();
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ben, &tom).await;
    let thread = ThreadId(world.thread_of(&maria).await);
    let number = PhoneNumberId(world.cast.whatsapp.numbers[0].phone_number_id.clone());
    let now = world.clock.now();
    let relay = world.relay();
    let damaged = relay.store().write("damage", move |tx| {
        let new = NewMessage {
            thread,
            author: Some("server"),
            purpose: Purpose::Free,
            content: "not a document",
            state: MessageState::Queued,
            rule: Some(Rule::WindowOpen),
            wamid: None,
            reply_to: None,
            retry_of: None,
            created_at: now,
            written_in: None,
            signed: None,
        };
        let message = tx.insert_message(&new)?;
        tx.enqueue(Direction::WhatsApp, Some(thread), &number.0, message, "", now).map(drop)
    });
    damaged.await.expect("stored");
    ben.types("Good morning, Tom").await;
    assert_eq!(tom.last().text, "Good morning, Tom");
    tom.types("Good morning").await;
    assert_eq!(ben.heard().last().map(String::as_str), Some("Tom Becker: Good morning"));
    maria.types("Still there?").await;
    assert_eq!(ana.heard().last().map(String::as_str), Some("Maria Oliveira: Still there?"), "her other direction goes on too");
}
