//! Nothing is ever sent to the wrong client (product.md 7), with two conversations in one chat.

use crate::harness::{Colleague, Phone, World};
use serde_json::{Value, json};
use switchboard::simulator::{Draft, QuoteStyle};

async fn two_conversations(world: &World) -> (Colleague<'_>, Phone<'_>, Phone<'_>) {
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    (ana, maria, tom)
}

#[rstest::rstest]
#[case::current_clients(QuoteStyle::Entity)]
#[case::older_clients(QuoteStyle::Blockquote)]
#[case::both(QuoteStyle::Both)]
#[tokio::test]
async fn a_quote_says_whom_a_message_is_for_and_what_it_answers(#[case] style: QuoteStyle) {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    let question = maria.types("Is it Tuesday?").await;
    tom.types("Is it Friday?").await;
    let quoted = ana.find("Maria Oliveira: Is it Tuesday?").activity_id;
    ana.says(Draft::text("It is").quoting(&quoted).style(style)).await;
    let answer = maria.last();
    assert_eq!((answer.text.as_str(), answer.reply_to.as_deref()), ("It is", Some(question.as_str())));
    assert!(!tom.texts().contains(&"It is".to_owned()));
}

#[tokio::test]
async fn without_a_quote_the_conversation_one_wrote_in_last_goes_on() {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    let quoted = ana.find("Tom Becker: Yes").activity_id;
    ana.says(Draft::text("One").quoting(&quoted)).await;
    ana.types("Two").await;
    tom.types("Fine").await;
    ana.types("Three").await;
    assert_eq!(tom.free_texts()[1..], ["One", "Two", "Three"]);
    assert_eq!(maria.free_texts().len(), 1);
}

#[tokio::test]
async fn after_another_clients_message_the_colleague_is_asked_and_the_text_is_kept_until_answered() {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    let quoted = ana.find("Tom Becker: Yes").activity_id;
    ana.says(Draft::text("Hello Tom").quoting(&quoted)).await;
    maria.types("Hello Ana").await;
    let before = (maria.texts(), tom.texts());
    ana.types("Your secret is safe").await;
    let card = ana.find("Who is this for?");
    ana.sees("Your secret is safe");
    assert_eq!((maria.texts(), tom.texts()), before);
    assert_eq!(world.last_record("message.kept").await.body["text"], "Your secret is safe");

    let answer = ana.clicks_on(&card.activity_id, "Send", json!({"thread": ""})).await;
    assert!(crate::harness::words(&answer.card.expect("a card")).contains("Choose a client first."));
    assert_eq!((maria.texts(), tom.texts()), before);

    let thread = world.thread_of(&maria).await.to_string();
    ana.clicks_on(&card.activity_id, "Send", json!({"thread": thread})).await;
    assert_eq!(maria.last().text, "Your secret is safe");
    assert_eq!(tom.texts(), before.1);
    // The stale card sends nothing more, to nobody.
    let draft = world.last_record("message.kept").await.body["draft"].clone();
    for thread in [world.thread_of(&maria).await, world.thread_of(&tom).await] {
        ana.forges(&card.activity_id, json!({"verb": "route.choose", "draft": draft, "thread": thread})).await;
    }
    ana.forges(&card.activity_id, json!({"verb": "route.discard", "draft": draft})).await;
    assert_eq!(maria.times_shown("Your secret is safe"), 1);
    assert_eq!(tom.texts(), before.1);
}

#[tokio::test]
async fn a_forged_quote_is_asked_about() {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    let quoted = ana.find("Tom Becker: Yes").activity_id;
    ana.says(Draft::text("Hello Tom").quoting(&quoted)).await;
    let before = (maria.texts(), tom.texts());
    for (id, text) in [("1700000000000", "<quoted messageId=\"1700000000000\"/> For whom?"), ("x", "<quoted messageId=\"x\"/> And this?")] {
        let entity = json!({"type": "quotedReply", "quotedReply": {"messageId": id, "senderName": "Maria Oliveira"}});
        let posted = world.teams.sends_raw("ana", json!({"type": "message", "text": text, "entities": [entity]})).await.expect("sent");
        assert_eq!(posted.status, 200);
        world.settle().await;
    }
    assert_eq!(ana.times_seen("Who is this for?"), 2);
    assert_eq!((maria.texts(), tom.texts()), before);
}

#[tokio::test]
async fn a_quote_from_somebody_elses_chat_is_asked_about() {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    world.ben().types("help").await;
    let foreign = world.ben().find("Commands").activity_id;
    let before = (maria.texts(), tom.texts());
    let entity = json!({"type": "quotedReply", "quotedReply": {"messageId": foreign}});
    let text = format!("<quoted messageId=\"{foreign}\"/> Hm");
    world.teams.sends_raw("ana", json!({"type": "message", "text": text, "entities": [entity]})).await.expect("sent");
    world.settle().await;
    ana.sees("Who is this for?");
    assert_eq!((maria.texts(), tom.texts()), before);
}

#[tokio::test]
async fn a_discarded_text_is_sent_to_nobody() {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    maria.types("Hello").await;
    tom.types("Hello").await;
    let before = (maria.texts(), tom.texts());
    ana.types("Oops").await;
    let card = ana.find("Who is this for?").activity_id;
    ana.clicks_on(&card, "Discard", Value::Null).await;
    ana.sees("Discarded. Nothing was sent.");
    let draft = world.last_record("message.kept").await.body["draft"].clone();
    ana.forges(&card, json!({"verb": "route.choose", "draft": draft, "thread": world.thread_of(&tom).await})).await;
    assert_eq!((maria.texts(), tom.texts()), before);
}

#[tokio::test]
async fn notes_private_messages_and_commands_are_never_relayed() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let before = maria.texts();
    ana.types("// she sounded worried").await;
    ana.sees("Kept as an internal note. Nothing was sent.");
    for command in ["help", "HELD", "history", "contacts", "templates", "new", "new +49 30 901820"] {
        ana.types(command).await;
    }
    assert_eq!(maria.texts(), before);
    assert_eq!(world.last_record("note").await.body["text"], "she sounded worried");
}
