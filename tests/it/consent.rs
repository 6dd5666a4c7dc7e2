//! Consent (product.md 3), through Teams cards and the phone.

use crate::harness::{World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{ClientFirst, KeywordSet};

const REQUEST: &str = "May we message you here on WhatsApp?";
const STOPPED: &str = "You will get no more messages from Northwind Bank on WhatsApp.";

#[tokio::test]
async fn cancel_sends_nothing_and_creates_no_conversation() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.opens(&maria).await;
    ana.clicks("Cancel", Value::Null).await;
    ana.sees("Nothing was sent.");
    assert!(maria.received().is_empty());
    assert_eq!(world.recorded("participant.joined").await, 0);
    ana.types("history").await;
    ana.sees("You have no conversations yet.");
}

#[tokio::test]
async fn a_request_without_a_basis_is_not_sent() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.opens(&maria).await;
    let answer = ana.clicks("Send request", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("Choose on what basis you contact this person."));
    assert!(maria.received().is_empty());
}

#[tokio::test]
async fn no_by_button_declines_and_says_how_to_come_back() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    maria.taps("No").await;
    maria.shows(STOPPED);
    ana.sees("Maria Oliveira declined your request. You cannot send another one. If this was a mistake, Maria Oliveira can write to +49 30 5550100");
    assert_eq!(world.recorded("consent.declined").await, 1);
}

#[tokio::test]
async fn no_by_keyword_declines() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    maria.types(" no! ").await;
    maria.shows(STOPPED);
    ana.sees("Maria Oliveira declined your request.");
}

#[tokio::test]
async fn yes_by_keyword_accepts_with_the_evidence_in_the_journal() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    maria.types("I agree").await;
    ana.sees("Maria Oliveira accepted. You can write freely until tomorrow at 08:00.");
    ana.sees_not("Written before they agreed");
    let evidence = world.last_record("consent.granted").await.body;
    assert_eq!(evidence["basis"], "contract");
    assert!(evidence["request"].is_i64() && evidence["by_message"].is_i64() && evidence["requested_at"].is_string(), "{evidence}");
}

#[tokio::test]
async fn in_an_ordinary_chat_yes_and_no_are_just_words() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let before = maria.texts();
    maria.types("yes").await;
    maria.types("no").await;
    assert_eq!(maria.texts(), before);
    assert_eq!(ana.heard()[1..], ["Maria Oliveira: yes", "Maria Oliveira: no"]);
    ana.types("Fine").await;
    assert_eq!(maria.last().text, "Fine");
}

#[tokio::test]
async fn a_reaction_is_not_consent() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    world.whatsapp.client_reacts("maria", &maria.last().wamid, "👍").expect("reacted");
    world.settle().await;
    assert_eq!(world.recorded("consent.granted").await, 0);
    ana.types("Hello").await;
    assert_eq!(maria.texts().len(), 1);
}

#[tokio::test]
async fn after_silence_the_colleague_is_told_once_and_may_ask_again_once_a_day() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    let told = "The contact hasn't responded to the opt-in request for more than 24 hours. You can try sending the request again.";
    world.advance(Duration::hours(24) - Duration::minutes(1)).await;
    assert_eq!(ana.times_seen(told), 0);
    world.advance(Duration::minutes(1)).await;
    assert_eq!(ana.times_seen(told), 1);
    assert_eq!(world.recorded("consent.lapsed").await, 1);
    world.advance_hours(5).await;
    assert_eq!(ana.times_seen(told), 1, "once");
    ana.clicks("Send again", Value::Null).await;
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    assert_eq!(maria.times_shown(REQUEST), 2);
    ana.types("Hello").await;
    ana.sees("You can send the next one tomorrow at 13:00.");
    world.advance_hours(24).await;
    // The first one has become the receipt of the second request.
    assert_eq!(ana.times_seen(told), 1, "once per request");
    assert_eq!(world.recorded("consent.lapsed").await, 2);
    maria.taps("Yes").await;
    ana.types("Good").await;
    assert_eq!(maria.last().text, "Good");
}

#[tokio::test]
async fn before_a_day_has_passed_no_card_asks_again() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    world.advance(Duration::hours(23)).await;
    let card = ana.find("Request sent.").activity_id;
    let contact = world.last_record("consent.requested").await.body["contact"].clone();
    let answer = ana.forges(&card, json!({"verb": "consent.request", "contact": contact, "basis": "contract"})).await;
    assert!(words(&answer.card.expect("a card")).contains("A request has been waiting since"));
    assert_eq!(maria.times_shown(REQUEST), 1);
    assert_eq!(world.last_record("conversation.refused").await.body["rule"], "request_pending");
}

#[tokio::test]
async fn after_a_decline_no_entrance_asks_again_stale_and_forged_cards_included() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    ana.asks(&maria).await;
    let card = ana.find("Request sent.").activity_id;
    let bens = ben.find("Welcome").activity_id;
    maria.taps("No").await;
    let before = maria.texts();
    let contact = world.last_record("consent.requested").await.body["contact"].clone();
    for hours in [0, 1, 25, 24 * 30] {
        world.advance_hours(hours).await;
        for data in [
            json!({"verb": "consent.request", "contact": contact, "basis": "contract"}),
            json!({"verb": "consent.request", "contact": contact}),
            json!({"verb": "thread.start", "contact": contact}),
        ] {
            ana.forges(&card, data.clone()).await;
            ana.sees("Maria Oliveira declined your request. You cannot send another one.");
            ben.forges(&bens, data).await;
        }
        ana.types("Please?").await;
        let asked = ana.opens(&maria).await;
        assert!(!asked.contains("We will ask first"), "{asked}");
    }
    assert_eq!(maria.texts(), before);
    assert_eq!(world.recorded("consent.requested").await, 1);
    // The client leads back.
    maria.types("Hi, it was a mistake").await;
    assert_eq!(maria.times_shown(REQUEST), 2);
    maria.taps("Yes").await;
    ana.types("Wonderful").await;
    assert_eq!(maria.last().text, "Wonderful");
}

#[tokio::test]
async fn a_message_while_pending_is_shown_as_such_and_asked_again_at_most_every_ten_minutes() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    world.advance(Duration::minutes(9)).await;
    maria.types("Who is this?").await;
    ana.sees("Maria Oliveira: Who is this?\nWritten before they agreed; you cannot answer yet.");
    assert_eq!(maria.times_shown(REQUEST), 1);
    world.advance(Duration::minutes(2)).await;
    maria.types("Hello?").await;
    assert_eq!(maria.times_shown(REQUEST), 2);
    let again = maria.last();
    assert_eq!((again.kind.as_str(), again.buttons.len()), ("interactive", 2));
    maria.types("Hello??").await;
    world.advance(Duration::minutes(9)).await;
    maria.types("Anybody?").await;
    assert_eq!(maria.times_shown(REQUEST), 2);
    ana.types("It is me").await;
    assert!(!maria.texts().contains(&"It is me".to_owned()));
    maria.taps("Yes").await;
    ana.types("It is me, Ana").await;
    assert_eq!(maria.last().text, "It is me, Ana");
}

#[tokio::test]
async fn stop_is_answered_once_and_never_followed_by_a_request() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    for text in ["Stop!", "STOP", "s t o p".replace(' ', "").as_str(), "unsubscribe"] {
        maria.types(text).await;
    }
    assert_eq!(maria.times_shown(STOPPED), 1);
    assert_eq!(maria.times_shown(REQUEST), 1);
    assert_eq!(ana.times_seen("asked to stop"), 1);
    // In a sentence it is just a word: the client writes, and is asked whether they want that.
    world.advance(Duration::minutes(11)).await;
    maria.types("Please stop by tomorrow").await;
    assert_eq!(maria.times_shown(REQUEST), 2);
}

#[tokio::test]
async fn help_is_answered_once_a_day() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let help = "Northwind Bank: reply STOP to end messages, START to begin again.";
    maria.types("help").await;
    maria.types("INFO").await;
    assert_eq!(maria.times_shown(help), 1);
    world.advance_hours(24).await;
    maria.types("Help?").await;
    assert_eq!(maria.times_shown(help), 2);
}

#[tokio::test]
async fn an_opt_out_in_the_lines_other_language_counts_in_any_spelling() {
    let world = World::with(|directory| {
        let german = KeywordSet { opt_out: Some(vec!["Abmelden".to_owned(), "Schluß".to_owned()]), ..KeywordSet::default() };
        directory.lines[0].keywords.insert("de".to_owned(), german);
    })
    .await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types("„ABMELDEN!“ 🙏").await;
    maria.shows(STOPPED);
    ana.types("Hello").await;
    assert_eq!(world.decision().await.2, Some(5));
}

#[tokio::test]
async fn who_writes_first_may_be_answered_inside_the_window_and_not_outside() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Do you open accounts?").await;
    for colleague in [&ana, &ben] {
        colleague.sees("New message, nobody owns this client yet.");
        colleague.sees("Do you open accounts?");
    }
    assert!(tom.received().is_empty(), "nobody was asked to answer by itself");
    ana.clicks("Take", Value::Null).await;
    ana.sees("You took this conversation.");
    ben.sees("A colleague took this conversation.");
    assert!(!ben.offers(&ben.find("A colleague took this conversation."), "Take"), "the button is gone for the rest");
    ana.types("We do").await;
    assert_eq!(tom.last().text, "We do");
    assert_eq!(world.decision().await, ("message.queued".to_owned(), "client_first".to_owned(), None));
    tom.types("Great").await;
    assert_eq!(ana.heard(), ["Tom Becker: Do you open accounts?", "Tom Becker: Great"], "what was written so far comes along");
    assert!(ben.heard().is_empty(), "the client is Ana's now");
    world.advance_hours(25).await;
    ana.types("Still there?").await;
    assert_eq!(world.decision().await, ("message.refused".to_owned(), "consent_needed".to_owned(), Some(7)));
    assert_eq!(tom.last().text, "We do");
}

#[tokio::test]
async fn a_line_that_asks_first_sends_the_request_by_itself() {
    let world = World::with_policy(|policy| policy.client_first = ClientFirst::Ask).await;
    let (ana, tom) = (world.ana(), world.tom());
    tom.types("Hello").await;
    let request = tom.last();
    assert!(request.text.contains(REQUEST) && request.buttons.len() == 2, "{request:?}");
    ana.clicks("Take", Value::Null).await;
    ana.types("Hello Tom").await;
    assert_eq!(tom.received().len(), 1);
    tom.taps("Yes").await;
    ana.types("Hello Tom").await;
    assert_eq!(tom.last().text, "Hello Tom");
}

#[tokio::test]
async fn of_two_colleagues_who_take_a_client_at_once_one_wins() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Hello").await;
    let [for_ana, for_ben] = [ana, ben].map(|who| who.find("nobody owns this client").activity_id);
    let (one, other) =
        tokio::join!(world.teams.click("ana", &for_ana, "Take", Value::Null), world.teams.click("ben", &for_ben, "Take", Value::Null));
    world.settle().await;
    let cards = [one, other].map(|answer| words(&answer.expect("pressed").card.expect("a card")));
    assert_eq!(cards.iter().filter(|card| card.contains("You took this conversation.")).count(), 1, "{cards:?}");
    assert_eq!(cards.iter().filter(|card| card.contains("already messaging with another colleague")).count(), 1, "{cards:?}");
    assert_eq!(world.recorded("participant.joined").await, 1);
    tom.types("Anybody?").await;
    let seen = [ana, ben].map(|who| who.heard().into_iter().filter(|text| text == "Tom Becker: Anybody?").count());
    assert_eq!(seen.iter().sum::<usize>(), 1);
}

#[tokio::test]
async fn a_client_known_by_a_business_scoped_id_only_is_answered_too() {
    let world = World::start().await;
    let (ana, kim) = (world.ana(), world.kim());
    kim.types("Hi").await;
    ana.clicks("Take", Value::Null).await;
    ana.types("Hi Kim").await;
    assert_eq!(kim.last().text, "Hi Kim");
    kim.types("STOP").await;
    ana.types("Wait").await;
    assert!(!kim.texts().contains(&"Wait".to_owned()));
}

#[tokio::test]
async fn a_request_that_cannot_be_delivered_asked_nobody() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.set_client_blocked("maria", true).expect("known");
    ana.asks(&maria).await;
    ana.sees("+5511987654321 cannot be reached on WhatsApp.");
    world.whatsapp.set_client_blocked("maria", false).expect("known");
    // No day of waiting: nobody was asked.
    world.advance(Duration::minutes(5)).await;
    ana.asks(&maria).await;
    maria.shows(REQUEST);
}
