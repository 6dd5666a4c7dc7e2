//! "end the conversation, which frees the client for the line"; "Restarting a Conversation"

use super::{ends, id, leaves, present, two};
use crate::harness::{World, words};
use serde_json::{Value, json};

#[tokio::test]
async fn ending_tells_everybody_and_frees_the_client() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, ben, maria) = two(&world).await;
    let said = ends(&ana).await;
    assert!(
        said.contains("You ended the conversation with Maria Oliveira. If Maria Oliveira writes again, you get the message."),
        "{said}"
    );
    ben.sees("Ana Souza ended the conversation with Maria Oliveira.");
    assert_eq!(maria.last().text, "This conversation is closed for now. Write here at any time, and Northwind Bank will answer.");
    assert!(present(&world).await.is_empty());
    for colleague in [ana, ben] {
        colleague.types("Hello?").await;
        colleague.sees("You have no open conversation, so nothing was sent.");
    }
    // Consent belongs to the line: who never took part needs no new request.
    let shown = world.caro().opens(&maria).await;
    assert!(shown.contains("You can write to Maria Oliveira now."), "{shown}");
}

/// "End ... confirm": and what waits comes back to who wrote it.
#[tokio::test]
async fn ending_is_asked_about_first_and_withdraws_what_waits() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    world.advance_hours(25).await;
    ben.types("See you on Friday").await;
    ana.types("end").await;
    ana.sees("1 held message is withdrawn.");
    assert_eq!(present(&world).await.len(), 2);
    ana.clicks("End", Value::Null).await;
    ben.sees("See you on Friday");
    maria.types("Hello?").await;
    assert_eq!(maria.times_shown("See you on Friday"), 0);
}

/// "If you would like to restart a conversation that you left, you can send a new opt-in message. Send a new message by tapping the WhatsApp
/// message icon in the Contact's details."
#[tokio::test]
async fn who_ended_a_conversation_starts_it_again_with_a_new_request() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ends(&ana).await;
    let answer = ana.clicks("Start again", Value::Null).await;
    let shown = words(&answer.card.expect("a card"));
    assert!(shown.contains("we will ask Maria Oliveira first, in Northwind Bank's name"), "{shown}");
    let before = maria.texts().len();
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    assert_eq!(maria.texts().len(), before + 1);
    assert_eq!(maria.last().buttons.len(), 2);
    // Until they agree again, nothing goes.
    ana.types("Good morning").await;
    ana.sees("A request has been waiting since");
    assert_eq!(maria.times_shown("Good morning"), 0);
    let yes = maria.last().buttons[0].title.clone();
    maria.taps(&yes).await;
    ana.types("Good morning again").await;
    assert_eq!(maria.last().text, "Good morning again");
    assert_eq!(present(&world).await, [id(&world, "ana")]);
}

/// "unless a colleague owns the client meanwhile (T-10)"
#[tokio::test]
async fn who_left_a_client_whom_another_has_gets_t_10() {
    let world = World::start().await;
    let (ana, _, maria) = two(&world).await;
    leaves(&ana).await;
    let before = maria.texts();
    let answer = ana.clicks("Start again", Value::Null).await;
    let shown = words(&answer.card.expect("a card"));
    assert!(shown.contains("already messaging with another colleague in your line of business"), "{shown}");
    assert_eq!(maria.texts(), before);
}

/// "policy `reconsent_on_restart`, default on"
#[tokio::test]
async fn a_line_that_does_not_ask_again_starts_again_at_once() {
    let world = World::with_policy(|policy| policy.reconsent_on_restart = false).await;
    let (ana, maria) = world.conversation().await;
    ends(&ana).await;
    let answer = ana.clicks("Start again", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("You can write to Maria Oliveira now."));
    ana.types("Here I am").await;
    assert_eq!(maria.last().text, "Here I am");
}

/// A client who declines the new request is asked no more.
#[tokio::test]
async fn a_client_who_declines_to_start_again_is_left_alone() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ends(&ana).await;
    ana.clicks("Start again", Value::Null).await;
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    let no = maria.last().buttons[1].title.clone();
    maria.taps(&no).await;
    ana.sees("Maria Oliveira declined your request.");
    let shown = ana.opens(&maria).await;
    assert!(shown.contains("declined your request"), "{shown}");
}

/// "A client who writes to a number with no active thread goes to the last participants of that line": to those who were there when the
/// conversation was ended, without a new request.
#[tokio::test]
async fn a_client_who_writes_again_brings_back_those_who_were_there() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, ben, maria) = two(&world).await;
    ends(&ben).await;
    maria.types("One more question").await;
    for colleague in [ana, ben] {
        assert_eq!(colleague.times_seen("Maria Oliveira: One more question"), 1);
        colleague.sees("Maria Oliveira wrote again. The conversation goes on with you.");
    }
    world.caro().sees_not("One more question");
    assert_eq!(maria.received().iter().filter(|item| !item.buttons.is_empty()).count(), 1, "asked once, long ago");
    // Somebody else had taken the conversation away that she wrote in: she is asked.
    ana.types("Yes?").await;
    ana.clicks("Send", json!({"thread": world.thread_of(&maria).await.to_string()})).await;
    assert_eq!(maria.last().text, "*Ana Souza:* Yes?");
    assert_eq!(present(&world).await.len(), 2);
}

/// Who left before the end does not come back, nor who may not any more; where nobody is left, the client is offered to the line.
#[tokio::test]
async fn who_left_before_or_is_not_enabled_any_more_does_not_come_back() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, ben, maria) = two(&world).await;
    leaves(&ana).await;
    ends(&ben).await;
    world.apply(|directory| directory.colleagues[1].enabled = false).await;
    maria.types("Anybody?").await;
    assert!(present(&world).await.is_empty());
    world.caro().sees("nobody owns this client");
    world.caro().sees("Anybody?");
}

/// Who says stop after the end is not given to anybody.
#[tokio::test]
async fn a_stop_after_the_end_brings_nobody_back() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ends(&ana).await;
    maria.types("STOP").await;
    assert!(present(&world).await.is_empty());
    assert!(maria.last().text.contains("You will get no more messages"), "{}", maria.last().text);
}
