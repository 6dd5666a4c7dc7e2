//! Consent (product.md 3), through Teams cards and the phone.

use crate::harness::{World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{Exclusivity, KeywordSet, OPT_IN, OPT_OUT};
use switchboard::simulator::{Fault, FaultName};

pub const REQUEST: &str = "May we message you here on WhatsApp?";
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
    let (ana, maria) = world.asked().await;
    maria.taps("No").await;
    maria.shows(STOPPED);
    ana.sees("Maria Oliveira declined your request. You cannot send another one. If this was a mistake, Maria Oliveira can write to +49 30 5550100");
    assert_eq!(world.recorded("consent.declined").await, 1);
}

#[tokio::test]
async fn no_by_keyword_declines() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    maria.types(" no! ").await;
    maria.shows(STOPPED);
    ana.sees("Maria Oliveira declined your request.");
}

#[tokio::test]
async fn yes_by_keyword_accepts_with_the_evidence_in_the_journal() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
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
    let (ana, maria) = world.conversation().await;
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
    let (ana, maria) = world.asked().await;
    world.whatsapp.client_reacts("maria", &maria.last().wamid, "👍").expect("reacted");
    world.settle().await;
    assert_eq!(world.recorded("consent.granted").await, 0);
    ana.types("Hello").await;
    assert_eq!(maria.texts().len(), 1);
}

#[tokio::test]
async fn after_silence_the_colleague_is_told_once_and_may_ask_again_once_a_day() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
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
    let (ana, maria) = world.asked().await;
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
    let (ana, maria) = world.asked().await;
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
    let (ana, maria) = world.conversation().await;
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
    let (_, maria) = world.conversation().await;
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
    let (ana, maria) = world.conversation().await;
    maria.types("„ABMELDEN!“ 🙏").await;
    maria.shows(STOPPED);
    ana.types("Hello").await;
    assert_eq!(world.decision().await.2, Some(5));
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

#[tokio::test]
async fn sending_the_request_creates_the_conversation_which_is_listed_from_then_on() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    assert_eq!(world.recorded("participant.joined").await, 1);
    assert!(ana.thread_card(&maria).contains("Asked"));
    ana.types("history").await;
    assert!(ana.last_card().contains("Maria Oliveira"), "{}", ana.last_card());
}

#[tokio::test]
async fn the_request_is_the_lines_template_with_yes_and_no() {
    let world = World::start().await;
    let (_, maria) = world.asked().await;
    let request = maria.last();
    assert_eq!(request.template.as_deref(), Some("switchboard_opt_in"));
    assert_eq!(request.buttons.iter().map(|button| button.title.as_str()).collect::<Vec<_>>(), ["Yes", "No"]);
    assert!(request.text.contains("Reply YES to accept or NO to decline."), "{}", request.text);
}

#[tokio::test]
async fn accepting_opens_the_window_and_is_confirmed_to_the_client() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    world.advance_hours(20).await;
    maria.taps("Yes").await;
    assert_eq!(
        maria.times_shown("Thank you. You can now chat with Ana Souza at Northwind Bank here. Reply STOP to end, HELP for help."),
        1
    );
    world.advance_hours(23).await;
    ana.types("Still open").await;
    assert_eq!(maria.last().text, "Still open");
}

#[tokio::test]
async fn silence_is_not_consent() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    for hours in [1, 24, 24 * 30] {
        world.advance_hours(hours).await;
        ana.types("Hello?").await;
    }
    assert_eq!(maria.texts().len(), 1, "the request and nothing else");
    assert_eq!(world.recorded("consent.granted").await, 0);
}

#[rstest::rstest]
#[case::while_pending(&[], 1)]
#[case::lapsed(&[], 25)]
#[case::after_a_decline(&["No"], 1)]
#[case::after_an_opt_out(&["STOP"], 1)]
#[tokio::test]
async fn any_other_message_brings_the_request_again_as_a_session_message(#[case] said: &[&str], #[case] hours: i64) {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    for text in said {
        maria.types(text).await;
    }
    world.advance_hours(hours).await;
    maria.types("Who was that?").await;
    assert_eq!(maria.times_shown(REQUEST), 2);
    let again = maria.last();
    assert_eq!((again.kind.as_str(), again.buttons.len()), ("interactive", 2));
    ana.sees("Maria Oliveira: Who was that?\nWritten before they agreed");
    assert_eq!(world.last_record("message.received").await.body["before_consent"], true);
    maria.taps("Yes").await;
    assert_eq!(world.recorded("consent.granted").await, 1);
}

#[rstest::rstest]
#[case::not_asked(&["Hello"], None)]
#[case::pending(&[], Some(1))]
#[case::lapsed(&[], Some(25))]
#[case::granted(&["Yes"], Some(1))]
#[case::declined(&["No"], Some(1))]
#[tokio::test]
async fn an_opt_out_acts_in_any_state_and_is_answered_exactly_once(#[case] said: &[&str], #[case] asked: Option<i64>) {
    let world = World::start().await;
    let maria = world.maria();
    if asked.is_some() {
        world.asked().await;
    }
    for text in said {
        maria.types(text).await;
    }
    world.advance_hours(asked.unwrap_or(1)).await;
    let before = maria.received().len();
    for text in ["stop", "STOP", "Unsubscribe."] {
        maria.types(text).await;
    }
    assert_eq!(maria.received().len(), before + 1, "{:?}", maria.texts());
    assert!(maria.last().text.contains(STOPPED), "{}", maria.last().text);
    assert_eq!(world.recorded("consent.revoked").await, 1);
}

#[tokio::test]
async fn every_default_opt_out_keyword_stops_in_any_case_and_with_punctuation() {
    let world = World::start().await;
    let (_, maria) = world.conversation().await;
    for (times, word) in (1..).zip(OPT_OUT) {
        let spelled = [word.to_lowercase(), format!(" {word}! "), format!("„{word}“")];
        maria.types(&spelled[times % 3]).await;
        assert_eq!(maria.times_shown(STOPPED), times, "{word}");
        maria.types("START").await;
    }
    assert_eq!(world.recorded("consent.granted").await, OPT_OUT.len() + 1);
}

#[tokio::test]
async fn every_default_opt_in_keyword_leads_back() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    for word in OPT_IN {
        maria.types("STOP").await;
        maria.types(&word.to_lowercase()).await;
        ana.types(&format!("After {word}")).await;
        assert_eq!(maria.last().text, format!("After {word}"));
    }
}

/// What WhatsApp tells when a client switches marketing messages off or on for this business.
fn preference(world: &World, value: &str) {
    let (number, maria) = (&world.cast.whatsapp.numbers[0], &world.cast.whatsapp.clients[0]);
    let body = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49305550100", "phone_number_id": number.phone_number_id},
        "contacts": [{"profile": {"name": maria.name}, "wa_id": maria.wa_id, "user_id": maria.bsuid}],
        "user_preferences": [{"wa_id": maria.wa_id, "user_id": maria.bsuid, "category": "marketing_messages", "value": value,
            "timestamp": world.clock.now().timestamp()}],
    });
    world.whatsapp.announces(&number.waba_id, "user_preferences", body);
}

#[tokio::test]
async fn whatsapps_own_marketing_opt_out_blocks_marketing_only() {
    let world = World::with_policy(|policy| policy.marketing_templates = true).await;
    let (ana, maria) = world.conversation().await;
    preference(&world, "stop");
    world.settle().await;
    let before = maria.texts();
    ana.sends_template(&maria, "spring_sale", json!(["Maria"])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("marketing_not_allowed", before));
    ana.types("Hello").await;
    assert_eq!(maria.last().text, "Hello", "consent is another matter");
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!(maria.last().template.as_deref(), Some("office_hours"));
    preference(&world, "resume");
    world.settle().await;
    ana.sends_template(&maria, "spring_sale", json!(["Maria"])).await;
    assert_eq!(maria.last().template.as_deref(), Some("spring_sale"));
}

#[tokio::test]
async fn a_refusal_because_of_the_marketing_opt_out_is_remembered() {
    let world = World::with_policy(|policy| policy.marketing_templates = true).await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_050).times(1));
    ana.sends_template(&maria, "spring_sale", json!(["Maria"])).await;
    let before = maria.texts();
    ana.sends_template(&maria, "spring_sale", json!(["Maria"])).await;
    assert_eq!((world.decision().await.1.as_str(), maria.texts()), ("marketing_not_allowed", before));
    ana.types("Hello").await;
    assert_eq!(maria.last().text, "Hello");
}

#[tokio::test]
async fn consent_belongs_to_the_line_so_a_second_colleague_needs_no_new_request() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (_, maria) = world.conversation().await;
    let ben = world.ben();
    let card = ben.opens(&maria).await;
    assert!(card.contains("You can write to Maria Oliveira now."), "{card}");
    ben.types("Ben here").await;
    assert_eq!(maria.last().text, "*Ben Okafor:* Ben here");
    assert_eq!(maria.times_shown(REQUEST), 1);
}

#[tokio::test]
async fn the_evidence_names_the_exact_text_the_messages_the_people_and_the_basis() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    let request = maria.last();
    let asked = world.last_record("consent.requested").await;
    assert_eq!(asked.actor, world.cast.teams.users[0].object_id);
    assert_eq!(asked.body["text"], format!("{}\n[ Yes ]\n[ No ]", request.text));
    for (name, value) in [("template", "switchboard_opt_in"), ("language", "en"), ("basis", "contract")] {
        assert_eq!(asked.body[name], value);
    }
    let accepted = world.last_record("message.accepted").await;
    assert_eq!((accepted.message, &accepted.body["wamid"]), (asked.message, &json!(request.wamid)));
    world.advance(Duration::minutes(5)).await;
    let answer = maria.types("yes").await;
    let granted = world.last_record("consent.granted").await;
    assert!(granted.actor == "client" && granted.at - asked.at >= Duration::minutes(5), "{granted:?}");
    assert_eq!((granted.body["request"].as_i64(), granted.body["basis"].as_str()), (asked.message, Some("contract")));
    let received = world.last_record("message.received").await;
    assert_eq!((granted.body["by_message"].as_i64(), &received.body["wamid"]), (received.message, &json!(answer)));
    ana.sees("Maria Oliveira accepted.");
}
