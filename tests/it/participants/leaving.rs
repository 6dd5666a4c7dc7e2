//! "Leave a group chat"

use super::{adds, id, leaves, present, three, two};
use crate::harness::{World, words};
use serde_json::{Value, json};

/// "The WhatsApp user will see the automated message that you're no longer available to chat. You will see an automated message that
/// you've left the chat."
#[tokio::test]
async fn who_leaves_the_client_and_the_others_are_told() {
    let world = World::start().await;
    let (ana, ben, caro, maria) = three(&world).await;
    let said = leaves(&ana).await;
    assert!(said.contains("You left the conversation with Maria Oliveira. You will not receive new messages."), "{said}");
    assert_eq!(maria.last().text, "Ana Souza is no longer available to chat. Ben Okafor and Carolina Reyes will continue to help you.");
    for other in [ben, caro] {
        other.sees("Ana Souza left the conversation with Maria Oliveira.");
    }
    ana.sees_not("Ana Souza left the conversation");
    maria.types("Who is there?").await;
    ana.sees_not("Who is there?");
    ben.sees("Maria Oliveira: Who is there?");
    ana.types("Me").await;
    ana.sees("You have no open conversation, so nothing was sent.");
    assert!(!maria.texts().iter().any(|text| text.contains("Me")));
}

/// "every one editable per line and language": names stand in it as its language joins them.
#[tokio::test]
async fn those_who_go_on_are_named_in_the_language_of_the_sentence() {
    let world = World::with(|directory| {
        let words = [("K-31b".to_owned(), "{colleague} ist nicht mehr da. {remaining} helfen Ihnen weiter.".to_owned())];
        directory.lines[0].texts.insert("de".to_owned(), words.into());
        directory.lines[0].language = Some("de".to_owned());
    })
    .await;
    let (ana, _, _, maria) = three(&world).await;
    leaves(&ana).await;
    assert_eq!(maria.last().text, "Ana Souza ist nicht mehr da. Ben Okafor und Carolina Reyes helfen Ihnen weiter.");
}

/// "Leave: ... a card of its own to confirm": nothing happens before.
#[tokio::test]
async fn leaving_is_asked_about_first() {
    let world = World::start().await;
    let (ana, _, maria) = two(&world).await;
    let before = maria.texts();
    ana.types("leave").await;
    ana.sees("Maria Oliveira is told that you are no longer available, and that Ben Okafor will continue.");
    ana.clicks("Cancel", Value::Null).await;
    assert_eq!((maria.texts(), present(&world).await.len()), (before, 2));
}

/// "The last one cannot leave a client ownerless: they transfer, or end the conversation"
#[tokio::test]
async fn the_last_one_cannot_leave() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("leave").await;
    let card = ana.find("a client is not left alone");
    assert!(ana.offers(&card, "Transfer") && ana.offers(&card, "End") && !ana.offers(&card, "Leave"));
    let data = json!({"verb": "participant.leave", "thread": world.thread_of(&maria).await});
    let answer = ana.forges(&card.activity_id, data).await;
    assert!(words(&answer.card.expect("a card")).contains("a client is not left alone"));
    assert_eq!(present(&world).await, [id(&world, "ana")]);
}

/// "Transfer and leave ask what becomes of them": of held messages.
#[tokio::test]
async fn held_messages_go_on_with_whom_the_leaver_chose() {
    let world = World::start().await;
    let (ana, ben, caro, maria) = three(&world).await;
    world.advance_hours(25).await;
    ana.types("See you on Friday").await;
    ana.types("At ten").await;
    ana.types("leave").await;
    ana.sees("2 messages wait for the client to write. What becomes of them?");
    let card = ana.find("What becomes of them?").activity_id;
    let answer = ana.clicks_on(&card, "Leave", json!({"held": "somebody else"})).await;
    assert!(words(&answer.card.expect("a card")).contains("Choose what becomes of your held messages."));
    ana.clicks_on(&card, "Leave", json!({"held": id(&world, "caro")})).await;
    caro.sees("2 held messages go on as yours.");
    ben.sees_not("go on as yours");
    // Theirs to change and to withdraw.
    caro.types("held").await;
    caro.clicks("Withdraw", Value::Null).await;
    maria.types("I am back").await;
    assert!(maria.last().text.starts_with("*Carolina Reyes:* At ten"), "{}", maria.last().text);
    assert_eq!(maria.times_shown("See you on Friday"), 0);
}

#[tokio::test]
async fn held_messages_come_back_to_a_leaver_who_wants_that() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    world.advance_hours(25).await;
    ana.types("See you on Friday").await;
    ana.types("leave").await;
    ana.clicks("Leave", json!({"held": "withdraw"})).await;
    assert!(ana.times_seen("See you on Friday") > 0);
    maria.types("I am back").await;
    assert_eq!(maria.times_shown("See you on Friday"), 0);
    ben.sees_not("See you on Friday");
    assert_eq!(world.last_record("message.withdrawn").await.body["because"], "author_gone");
}

/// "a stale card answers with the current state": the thread's card becomes a receipt, and comes anew with the next joining.
#[tokio::test]
async fn the_leavers_thread_card_becomes_a_receipt() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    let card = ana.card_of(&maria).expect("a thread card");
    leaves(&ana).await;
    let item = ana.chat().into_iter().find(|item| item.activity_id == card.activity_id).expect("the card");
    let shown = words(item.card.as_ref().expect("a card"));
    assert!(shown.contains("You take no part in this conversation any more."), "{shown}");
    assert!(!ana.offers(&item, "Template") && !ana.offers(&item, "Details"));
    let thread = world.thread_of(&maria).await;
    let answer = ana.forges(&card.activity_id, json!({"verb": "thread.details", "thread": thread})).await;
    assert!(words(&answer.card.expect("a card")).contains("not yours"));
    adds(&ben, &["ana"], "all").await;
    assert!(ana.card_of(&maria).is_some_and(|fresh| fresh.activity_id != card.activity_id));
}
