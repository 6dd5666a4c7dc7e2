//! "Why was this sent or refused" always has an answer (product.md 2), one click away from the card.

use crate::harness::{Colleague, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{ClosedWindow, ConsentState, Exclusivity, MessageId, MessageState, Rule, ThreadId};
use switchboard::simulator::{Fault, FaultName};
use switchboard::store::{Entry, NewMessage, Purpose};
use switchboard::texts::{labels, why};

/// What the first card in the chat answers to any data.
async fn presses(who: &Colleague<'_>, data: Value) -> String {
    let chat = who.chat();
    let card = &chat.iter().find(|item| item.card.is_some()).expect("a card").activity_id;
    words(&who.forges(card, data).await.card.expect("a card"))
}

fn rule(rule: Rule) -> String {
    why::numbered(rule.row(), why::rule(rule))
}

/// Whether the words stand in this order.
fn in_order(text: &str, parts: &[&str]) -> bool {
    let mut rest = text;
    parts.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

#[tokio::test]
async fn a_held_message_answers_with_the_rule_and_the_facts_and_leads_back_to_its_card() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Hello").await;
    let card = ana.find("Held. Maria Oliveira last wrote").activity_id;
    let answer = words(&ana.clicks_on(&card, "Why?", Value::Null).await.card.expect("a card"));
    let parts =
        ["Maria Oliveira", "Held until the client writes", "Hello", "Held", "Ana Souza", &rule(Rule::Queue), "Agreed to WhatsApp messages"];
    assert!(in_order(&answer, &parts), "{answer}");
    assert!(in_order(&answer, &["Closed since {{DATE(", "Hold messages when the window is closed"]), "{answer}");
    let back = words(&ana.clicks_on(&card, "Back", Value::Null).await.card.expect("a card"));
    assert!(back.contains("Held. Maria Oliveira last wrote"), "{back}");
    assert!(ana.offers(&ana.find("Held. Maria Oliveira last wrote"), "Withdraw"));
}

#[tokio::test]
async fn everything_that_followed_is_told_in_order() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Helo").await;
    let message = world.last_record("message.held").await.message.expect("a message");
    ana.clicks("Edit", Value::Null).await;
    ana.clicks("Save", json!({"text": "Hello"})).await;
    world.whatsapp.faults().set(Fault::new(FaultName::GraphError).code(131_026).status(400).times(1));
    maria.types("Back").await;
    ana.clicks("Retry", Value::Null).await;
    let parts = [
        "Held (sending 1)",
        &rule(Rule::Queue),
        "Changed (sending 1)",
        "Before: Helo",
        "Released and sent (sending 1)",
        &rule(Rule::WindowOpen),
        "Open until {{DATE(",
        "WhatsApp did not deliver it (sending 1)",
        "The number may not use WhatsApp",
        "To be sent (sending 2)",
        &rule(Rule::WindowOpen),
        "Handed over to WhatsApp, every rule checked once more (sending 2)",
    ];
    let last = world.last_record("message.queued").await.message.expect("a message");
    assert_ne!(last, message);
    for message in [message, last] {
        let answer = presses(&ana, json!({"verb": "message.why", "message": message})).await;
        assert!(in_order(&answer, &parts), "{message}: {answer}");
    }
}

#[tokio::test]
async fn the_facts_are_those_of_that_moment() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::TemplateOnly).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Too late").await;
    let message = world.last_record("message.refused").await.message.expect("a message");
    maria.types("STOP").await;
    world.apply(|directory| directory.lines[0].policy.closed_window = ClosedWindow::Queue).await;
    let answer = presses(&ana, json!({"verb": "message.why", "message": message})).await;
    let parts =
        ["Not sent", &rule(Rule::TemplateOnly), "Agreed to WhatsApp messages", "Closed since", "Only templates when the window is closed"];
    assert!(in_order(&answer, &parts), "{answer}");
    let refusal = ana.find("Nothing was sent; your text is kept here.");
    ana.clicks_on(&refusal.activity_id, "Why?", Value::Null).await;
    ana.sees(why::rule(Rule::TemplateOnly));
    let back = words(&ana.clicks_on(&refusal.activity_id, "Back", Value::Null).await.card.expect("a card"));
    assert!(back.contains("Nothing was sent; your text is kept here.") && back.contains("Too late"), "{back}");
}

#[tokio::test]
async fn whatsapps_word_about_the_window_is_told_as_such() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_047).times(1));
    ana.types("Hello").await;
    let answer = words(&ana.clicks("Why?", Value::Null).await.card.expect("a card"));
    let parts = ["To be sent", &rule(Rule::WindowOpen), "Held", "switchboard", &rule(Rule::Queue), "Closed, WhatsApp said {{DATE("];
    assert!(in_order(&answer, &parts), "{answer}");
}

#[tokio::test]
async fn a_failure_that_came_as_a_status_has_its_cause() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_026).times(1));
    ana.types("Hello").await;
    let failed = ana.find("Not delivered: the number may not use WhatsApp").activity_id;
    let answer = words(&ana.clicks_on(&failed, "Why?", Value::Null).await.card.expect("a card"));
    assert!(
        in_order(&answer, &["Not delivered", "Handed over to WhatsApp", "WhatsApp did not deliver it", "The number may not use"]),
        "{answer}"
    );
    let back = words(&ana.clicks_on(&failed, "Back", Value::Null).await.card.expect("a card"));
    assert!(back.contains("Not delivered: the number may not use WhatsApp"), "{back}");
}

#[tokio::test]
async fn a_refused_request_answers_although_no_message_was_made() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    ana.asks(&maria).await;
    maria.taps("No").await;
    let refused = ana.opens(&maria).await;
    assert!(refused.contains("declined your request"), "{refused}");
    let card = ana.find("Maria Oliveira declined your request. You cannot send another one.");
    let entry = world.last_record("conversation.refused").await;
    assert_eq!(entry.body["facts"]["consent"], "declined");
    let answer = words(&ana.clicks("Why?", Value::Null).await.card.expect("a card"));
    assert!(in_order(&answer, &["Not sent", "Ana Souza", &rule(Rule::ConsentRefused), "Declined WhatsApp messages"]), "{answer}");
    // Whoever was not refused, and whatever is no refusal, has no answer here.
    let other = presses(&ben, json!({"verb": "conversation.why", "entry": entry.seq})).await;
    assert!(other.contains("not yours"), "{other}");
    let received = world.last_record("message.received").await.seq;
    let other = ana.forges(&card.activity_id, json!({"verb": "conversation.why", "entry": received})).await;
    assert!(words(&other.card.expect("a card")).contains("not yours"));
}

#[tokio::test]
async fn on_the_thread_card_the_card_stays_and_the_answer_is_below() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("Hello").await;
    let card = ana.find("Colleagues").activity_id;
    let shown = words(&ana.clicks_on(&card, "Why?", Value::Null).await.card.expect("a card"));
    assert!(shown.contains("Colleagues"), "{shown}");
    assert_eq!(ana.find("Colleagues").activity_id, card);
    let answer = ana.find("To be sent");
    assert_ne!(answer.activity_id, card);
    assert!(words(answer.card.as_ref().expect("a card")).contains(&rule(Rule::WindowOpen)));
}

#[tokio::test]
async fn the_history_shows_a_reader_what_was_refused_to_them_and_why_of_everything_we_sent() {
    let world = World::with_policy(|policy| {
        policy.exclusivity = Exclusivity::Shared;
        policy.closed_window = ClosedWindow::TemplateOnly;
    })
    .await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    world.advance_hours(25).await;
    ana.types("Ana's refused words").await;
    ben.types("Ben's refused words").await;
    let thread = world.thread_of(&maria).await;
    let card = ana.find("Welcome").activity_id;
    let history = ana.forges(&card, json!({"verb": "history.open", "thread": thread})).await.card.expect("a card");
    let shown = words(&history);
    assert!(in_order(&shown, &["Ana's refused words", "Not sent"]) && !shown.contains("Ben's refused words"), "{shown}");
    // The client's Yes is no decision of ours; the request, our confirmation and the refused text are.
    let decided = world.journal().await.iter().filter(|row| matches!(row.kind.as_str(), "message.queued" | "message.refused")).count() - 1;
    let offered = history.to_string().matches("\"verb\":\"message.why\"").count();
    assert_eq!(offered, 3 * decided, "each in the verb, the data and the fallback's data");
}

#[tokio::test]
async fn only_participants_are_answered_and_only_about_our_messages() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("Confidential").await;
    let ours = world.last_record("message.queued").await.message.expect("a message");
    let clients = world.last_record("message.received").await.message.expect("a message");
    for verb in ["message.why", "message.view"] {
        for (who, message) in [(&ben, ours), (&ana, clients), (&ana, 987_654)] {
            let shown = presses(who, json!({"verb": verb, "message": message})).await;
            assert!(shown.contains("not yours") && !shown.contains("Confidential"), "{verb} {message}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_message_of_an_earlier_version_answers_with_what_was_kept_then() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let thread = ThreadId(world.thread_of(&maria).await);
    let (author, now) = (world.last_record("consent.requested").await.actor, world.clock.now());
    let relay = world.relay();
    let written = relay.store().write("of_old", move |tx| {
        let content = r#"{"kind":"text","body":"Of old"}"#;
        let new = NewMessage {
            thread,
            author: Some(&author),
            purpose: Purpose::Free,
            content,
            state: MessageState::Refused,
            rule: Some(Rule::NumberDeactivated),
            wamid: None,
            reply_to: None,
            retry_of: None,
            created_at: now,
            written_in: None,
            signed: None,
        };
        let message = tx.insert_message(&new)?.unwrap_or(MessageId(0));
        let entry = Entry { at: now, kind: "message.refused", actor: &author, thread: Some(thread), message: Some(message) };
        tx.journal(&entry, &json!({"purpose": "free", "rule": "number_deactivated", "row": 2}))?;
        tx.journal(&entry, &json!({"rule": "a_rule_of_tomorrow", "row": 99}))?;
        Ok(message)
    });
    let message = written.await.expect("stored");
    let answer = presses(&ana, json!({"verb": "message.why", "message": message})).await;
    assert!(in_order(&answer, &["Of old", "Not sent", &rule(Rule::NumberDeactivated)]), "{answer}");
    assert!(!answer.contains("tomorrow") && !answer.contains(labels::consent(ConsentState::Granted)), "{answer}");
}

/// A small generator: the same story in every run, and another for each seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[rstest::rstest]
#[case::queue(1, ClosedWindow::Queue)]
#[case::nudge(2, ClosedWindow::QueueAndNudge)]
#[case::templates(3, ClosedWindow::TemplateOnly)]
#[tokio::test]
async fn every_message_of_a_long_story_has_its_answer(#[case] seed: u64, #[case] closed: ClosedWindow) {
    let world = World::with_policy(|policy| policy.closed_window = closed).await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    let contact = world.last_record("consent.requested").await.body["contact"].clone();
    let thread = world.thread_of(&maria).await;
    let values: [&str; 0] = [];
    let mut dice = Dice(seed);
    for n in 0..60 {
        match dice.throw(12) {
            0..=3 => drop(ana.types(&format!("text {n}")).await),
            4 | 5 => drop(maria.types(["Yes", "hello", "START", "no"][usize::try_from(dice.throw(4)).unwrap_or(0)]).await),
            6 => drop(maria.types(if n % 3 == 0 { "STOP" } else { "help" }).await),
            7 | 8 => world.advance(Duration::hours([1, 11, 25, 74][usize::try_from(dice.throw(4)).unwrap_or(0)])).await,
            9 => drop(presses(&ana, json!({"verb": "consent.request", "contact": contact, "basis": "other", "nonce": n})).await),
            10 => {
                let data = json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": values, "nonce": n});
                drop(presses(&ana, data).await);
            }
            _ => world
                .whatsapp
                .faults()
                .set(Fault::new(FaultName::FailedStatus).code([131_047, 131_026][usize::try_from(dice.throw(2)).unwrap_or(0)]).times(1)),
        }
    }
    world.whatsapp.faults().clear();
    world.settle().await;
    let journal = world.journal().await;
    let decided: Vec<_> = journal.iter().filter(|row| row.message.is_some() && row.body.get("rule").is_some()).collect();
    assert!(decided.len() > 20, "{} decisions", decided.len());
    for row in decided {
        let answer = presses(&ana, json!({"verb": "message.why", "message": row.message})).await;
        let rule: Rule = serde_json::from_value(row.body["rule"].clone()).expect("a rule");
        assert!(answer.contains(why::rule(rule)), "{} of message {:?}: {answer}", row.body["rule"], row.message);
        assert!(row.body["facts"]["consent"].is_string(), "{}", row.body);
    }
    // And nothing of ours is without a decision.
    let ours = world.relay().store().read(move |tx| tx.messages_before(ThreadId(thread), None, 1_000)).await.expect("the store answers");
    for message in ours.iter().filter(|message| message.purpose != Purpose::Client) {
        let found = journal.iter().any(|row| row.message == Some(message.id.0) && row.body.get("rule").is_some());
        assert!(found, "{message:?}");
    }
}
