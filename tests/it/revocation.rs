//! A client who asks to stop in their own words: nobody acts on it but a colleague, and until then nothing waits its way out.

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{ClosedWindow, Exclusivity, KeywordSet, NumberStatus, Role};
use switchboard::simulator::{Fault, FaultName};

const WISH: &str = "Please stop writing to me";
const ASKED: &str = "Maria Oliveira may be asking to stop. Please decide by";
const STOPPED: &str = "You will get no more messages from Northwind Bank on WhatsApp.";
const REQUEST: &str = "May we message you here on WhatsApp?";
const HALF: &str = "For 5 business days nobody has decided whether Maria Oliveira asked to stop.";
const OVER: &str = "10 business days are over, and nobody has decided whether Maria Oliveira asked to stop.";
const MEANWHILE: &str = "Held. Maria Oliveira may be asking to stop.";

/// Ben supervises the line.
async fn supervised() -> World {
    World::with(|directory| directory.colleagues[1].roles = vec![Role::Agent, Role::Supervisor]).await
}

/// Ana and Ben both take part in Maria's conversation.
async fn shared<'w>(world: &'w World) -> (Colleague<'w>, Colleague<'w>, Phone<'w>) {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    assert_eq!(world.recorded("participant.joined").await, 2);
    (ana, ben, maria)
}

async fn start_shared() -> World {
    World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await
}

/// One held message of Ana's, and the client's wish after it.
async fn held_and_wished(world: &World) -> (Colleague<'_>, Phone<'_>) {
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Our offer").await;
    maria.types(WISH).await;
    (ana, maria)
}

/// The row of the wish that was suspected last.
async fn revocation(world: &World) -> Value {
    world.last_record("revocation.suspected").await.body["revocation"].clone()
}

#[tokio::test]
async fn each_participant_is_asked_and_nothing_happens_by_itself() {
    let world = start_shared().await;
    let (ana, ben, maria) = shared(&world).await;
    let before = maria.texts();
    maria.types(WISH).await;
    for colleague in [&ana, &ben] {
        let card = colleague.find(ASKED);
        let shown = words(card.card.as_ref().expect("a card"));
        assert!(shown.contains(WISH), "{shown}");
        assert!(colleague.offers(&card, "Record opt-out") && colleague.offers(&card, "Not an opt-out"));
        let thread = colleague.thread_card(&maria);
        assert!(thread.contains("May be asking to stop. Decide by"), "{thread}");
    }
    ana.sees("Please decide by Mon 16 Mar at 08:00.");
    ben.sees("Please decide by Mon 16 Mar at 12:00.");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.recorded("consent.revoked").await, 0);
    // They may need to ask; a template or a request is no question.
    ana.types("Do you mean all messages?").await;
    assert_eq!(maria.last().text, "*Ana Souza:* Do you mean all messages?");
    let thread = world.thread_of(&maria).await;
    let data = json!({"verb": "template.send", "thread": thread, "name": "office_hours", "language": "en_US", "values": []});
    let answer = ana.forges(&ana.find("Request sent.").activity_id, data).await;
    let refusal = words(&answer.card.expect("a card"));
    assert!(refusal.contains("Maria Oliveira may be asking to stop, and nobody has decided yet. Nothing was sent."), "{refusal}");
    assert_eq!(world.decision().await, ("message.refused".to_owned(), "revocation_open".to_owned(), None));
    assert_eq!(maria.last().text, "*Ana Souza:* Do you mean all messages?");
}

#[tokio::test]
async fn recording_the_opt_out_does_what_stop_does_and_says_who_decided() {
    let world = World::start().await;
    let (ana, maria) = held_and_wished(&world).await;
    assert!(!maria.free_texts().contains(&"Our offer".to_owned()), "held messages wait for the decision");
    assert_eq!(world.last_record("message.not_released").await.body["rule"], "revocation_open");
    let answer = ana.clicks("Record opt-out", Value::Null).await;
    let receipt = words(&answer.card.expect("a card"));
    assert!(receipt.contains("Opt-out recorded.") && receipt.contains("Ana Souza") && receipt.contains(WISH), "{receipt}");
    ana.sees("Maria Oliveira asked to stop. Writing is closed. 1 held message withdrawn.");
    assert_eq!(maria.times_shown(STOPPED), 1);
    let evidence = world.last_record("consent.revoked").await;
    let wish = world.last_record("revocation.suspected").await;
    assert_eq!((&evidence.actor, evidence.message), (&world.cast.teams.users[0].object_id, wish.message));
    assert_eq!(evidence.body["decided_by"], Value::from(world.cast.teams.users[0].object_id.clone()));
    assert!(evidence.body["decided_at"].is_string() && evidence.body["by_message"].is_i64(), "{}", evidence.body);
    ana.types("One more thing").await;
    assert_eq!(world.decision().await.2, Some(5));
    assert!(ana.thread_card(&maria).contains("Asked to stop"), "{}", ana.thread_card(&maria));
    // STOP afterwards is not answered again, and nothing is open any more.
    maria.types("STOP").await;
    assert_eq!(maria.times_shown(STOPPED), 1);
    maria.types(WISH).await;
    assert_eq!(maria.times_shown(REQUEST), 1, "who stopped is not asked again for saying so");
    assert_eq!(world.recorded("revocation.suspected").await, 1);
}

#[tokio::test]
async fn not_an_opt_out_releases_what_was_held() {
    let world = World::start().await;
    let (ana, maria) = held_and_wished(&world).await;
    // Another message does not release it either.
    maria.types("I mean it").await;
    assert!(!maria.free_texts().contains(&"Our offer".to_owned()));
    let answer = ana.clicks("Not an opt-out", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("Not an opt-out."));
    assert_eq!(maria.last().text, "Our offer");
    assert_eq!(maria.times_shown(STOPPED), 0);
    let decided = world.last_record("revocation.decided").await;
    assert_eq!((decided.body["outcome"].as_str(), &decided.actor), (Some("not_an_opt_out"), &world.cast.teams.users[0].object_id));
    assert!(!ana.thread_card(&maria).contains("May be asking to stop"));
    // What comes next is a new question.
    maria.types("wrong number").await;
    assert_eq!(world.recorded("revocation.suspected").await, 2);
    assert_eq!(ana.times_seen(ASKED), 1);
    ana.sees("Not an opt-out.");
}

#[tokio::test]
async fn of_two_participants_who_decide_at_once_the_first_counts_and_both_see_it() {
    let world = start_shared().await;
    let (ana, ben, maria) = shared(&world).await;
    maria.types(WISH).await;
    let [for_ana, for_ben] = [ana, ben].map(|who| who.find(ASKED).activity_id);
    let (one, other) = tokio::join!(
        world.teams.click("ana", &for_ana, "Record opt-out", Value::Null),
        world.teams.click("ben", &for_ben, "Not an opt-out", Value::Null)
    );
    world.settle().await;
    let outcome = world.last_record("revocation.decided").await.body["outcome"].as_str().expect("an outcome").to_owned();
    let said = if outcome == "opt_out" { "Opt-out recorded." } else { "Not an opt-out." };
    for answer in [one, other] {
        let card = words(&answer.expect("pressed").card.expect("a card"));
        assert!(card.contains(said), "{card}");
    }
    for colleague in [&ana, &ben] {
        assert_eq!((colleague.times_seen(said), colleague.times_seen(ASKED)), (1, 0), "{}", colleague.transcript());
    }
    assert_eq!(world.recorded("revocation.decided").await, 1);
    assert_eq!(maria.times_shown(STOPPED), usize::from(outcome == "opt_out"));
}

#[tokio::test]
async fn a_strangers_forged_card_decides_nothing_and_a_stale_one_shows_what_was_decided() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types(WISH).await;
    ben.sees_not(ASKED);
    let bens = ben.find("Welcome").activity_id;
    let row = revocation(&world).await;
    for verb in ["revocation.record", "revocation.dismiss"] {
        for id in [row.clone(), json!(999)] {
            let answer = ben.forges(&bens, json!({"verb": verb, "revocation": id})).await;
            assert!(words(&answer.card.expect("a card")).contains("This conversation is not yours"));
        }
    }
    assert_eq!(world.recorded("revocation.decided").await, 0);
    let card = ana.find(ASKED).activity_id;
    ana.clicks("Not an opt-out", Value::Null).await;
    let answer = ana.forges(&card, json!({"verb": "revocation.record", "revocation": row})).await;
    assert!(words(&answer.card.expect("a card")).contains("Not an opt-out."));
    assert_eq!((maria.times_shown(STOPPED), world.recorded("consent.revoked").await), (0, 0));
}

#[tokio::test]
async fn said_again_it_is_the_same_question_and_a_stop_settles_it() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types(WISH).await;
    maria.types("I do not know you, leave me alone").await;
    assert_eq!(ana.times_seen(ASKED), 1);
    let card = words(ana.find(ASKED).card.as_ref().expect("a card"));
    assert!(card.contains("Said 2 times so far.") && card.contains("leave me alone") && card.contains(WISH), "{card}");
    assert_eq!((world.recorded("revocation.suspected").await, world.recorded("revocation.repeated").await), (1, 1));
    maria.types("STOP").await;
    assert_eq!((maria.times_shown(STOPPED), ana.times_seen(ASKED)), (1, 0));
    ana.sees("The client has stopped messages themselves.");
    assert_eq!(world.recorded("revocation.settled").await, 1);
    assert_eq!(ana.times_seen("Maria Oliveira asked to stop. Writing is closed."), 1);
}

#[tokio::test]
async fn while_a_request_waits_the_wish_brings_the_question_and_no_new_request() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    world.advance(Duration::minutes(11)).await;
    maria.types("Wrong number!").await;
    ana.sees(ASKED);
    world.advance(Duration::minutes(11)).await;
    maria.types("Hello?").await;
    assert_eq!(maria.times_shown(REQUEST), 1, "nor does any other message bring one meanwhile");
    // Lapsed, a colleague cannot ask again either.
    world.advance_hours(25).await;
    let contact = world.last_record("consent.requested").await.body["contact"].clone();
    let card = ana.find("Request sent.").activity_id;
    let answer = ana.forges(&card, json!({"verb": "consent.request", "contact": contact, "basis": "contract"})).await;
    assert!(words(&answer.card.expect("a card")).contains("may be asking to stop, and nobody has decided yet"));
    assert_eq!(world.last_record("conversation.refused").await.body["rule"], "revocation_open");
    ana.clicks("Not an opt-out", Value::Null).await;
    maria.types("Who is this?").await;
    assert_eq!(maria.times_shown(REQUEST), 2, "the ordinary rule is back");
}

#[tokio::test]
async fn outside_the_window_text_is_held_without_a_nudge_until_it_is_decided() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::QueueAndNudge).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types(WISH).await;
    world.advance_hours(25).await;
    let before = maria.texts();
    ana.types("May I call you?").await;
    ana.sees(MEANWHILE);
    assert_eq!(maria.texts(), before, "no nudge");
    assert_eq!(world.decision().await, ("message.held".to_owned(), "revocation_open".to_owned(), None));
    ana.clicks("Not an opt-out", Value::Null).await;
    maria.types("Hi").await;
    assert_eq!(maria.last().text, "May I call you?");
}

#[tokio::test]
async fn what_was_on_its_way_when_the_client_asked_to_stop_is_held_back() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(5).times(1));
    ana.types_at_once("Another offer").await;
    world.quiet().await;
    maria.types(WISH).await;
    assert!(!maria.free_texts().contains(&"Another offer".to_owned()));
    ana.sees(MEANWHILE);
    ana.clicks("Not an opt-out", Value::Null).await;
    assert_eq!(maria.last().text, "Another offer");
}

#[tokio::test]
async fn supervisors_are_told_after_five_and_ten_business_days_across_a_restart_and_may_decide() {
    let world = supervised().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types(WISH).await;
    ben.sees_not("asked to stop");
    world.stop().await;
    world.start_again().await;
    world.advance(Duration::days(7) - Duration::minutes(10)).await;
    assert_eq!(ben.times_seen(HALF), 0);
    world.advance(Duration::minutes(10)).await;
    assert_eq!(ben.times_seen(HALF), 1, "{}", ben.transcript());
    let card = ben.find(HALF);
    assert!(words(card.card.as_ref().expect("a card")).contains(WISH) && ben.offers(&card, "Record opt-out"));
    world.stop().await;
    world.start_again().await;
    world.advance_hours(24).await;
    assert_eq!((ben.times_seen(HALF), ben.times_seen(OVER)), (1, 0), "once");
    world.advance(Duration::days(6)).await;
    assert_eq!((ben.times_seen(HALF), ben.times_seen(OVER)), (1, 1));
    world.advance(Duration::days(30)).await;
    assert_eq!((ben.times_seen(HALF), ben.times_seen(OVER), world.recorded("revocation.escalated").await), (1, 1, 2), "once");
    let late = ben.find(OVER).activity_id;
    ben.clicks_on(&late, "Record opt-out", Value::Null).await;
    assert_eq!(world.recorded("consent.revoked").await, 1);
    assert_eq!((ben.times_seen("Opt-out recorded."), ana.times_seen("Opt-out recorded.")), (2, 1), "every card is the receipt");
    ana.sees("Ben Okafor");
    assert_eq!((ana.times_seen(ASKED), ben.times_seen(HALF), ben.times_seen(OVER)), (0, 0, 0));
}

#[tokio::test]
async fn supervisors_without_a_chat_are_told_when_they_have_one_and_a_limit_that_passed_is_told_once() {
    let world = supervised().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.teams.uninstall("ben").await.expect("removed");
    world.consented(&ana, &maria).await;
    maria.types(WISH).await;
    world.advance(Duration::days(8)).await;
    assert_eq!(world.recorded("revocation.escalated").await, 0);
    world.teams.install("ben").await.expect("installed");
    world.advance(Duration::minutes(10)).await;
    assert_eq!(ben.times_seen(HALF), 1);

    let other = supervised().await;
    let (ana, ben, maria) = (other.ana(), other.ben(), other.maria());
    other.consented(&ana, &maria).await;
    maria.types(WISH).await;
    other.stop().await;
    other.clock.advance(std::time::Duration::from_secs(15 * 24 * 3600));
    other.start_again().await;
    other.settle().await;
    assert_eq!((ben.times_seen(HALF), ben.times_seen(OVER)), (0, 1), "both limits passed while the server was down");
}

#[tokio::test]
async fn decided_in_time_nobody_is_reminded() {
    let world = supervised().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types(WISH).await;
    world.advance(Duration::days(6)).await;
    ana.clicks("Not an opt-out", Value::Null).await;
    world.advance(Duration::days(30)).await;
    ben.sees_not("asked to stop");
    assert_eq!(world.recorded("revocation.escalated").await, 0);
}

#[tokio::test]
async fn of_a_client_whom_nobody_has_the_supervisors_are_asked_else_the_line() {
    let world = supervised().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("You have the wrong number").await;
    ben.sees("Tom Becker may be asking to stop.");
    ana.sees_not("Tom Becker may be asking to stop.");
    let answer =
        ana.forges(&ana.find("Welcome").activity_id, json!({"verb": "revocation.record", "revocation": revocation(&world).await})).await;
    assert!(words(&answer.card.expect("a card")).contains("This conversation is not yours"));
    // Who takes the client is asked from then on.
    ana.clicks("Take", Value::Null).await;
    world.housekeeping().await;
    world.settle().await;
    ana.sees("Tom Becker may be asking to stop.");
    ana.clicks("Record opt-out", Value::Null).await;
    tom.shows(STOPPED);
    assert_eq!((ana.times_seen("Opt-out recorded."), ben.times_seen("Opt-out recorded.")), (1, 1));

    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("You have the wrong number").await;
    for colleague in [&ana, &ben] {
        colleague.sees("Tom Becker may be asking to stop.");
    }
    ben.clicks("Record opt-out", Value::Null).await;
    tom.shows(STOPPED);
    assert_eq!((ana.times_seen("Opt-out recorded."), ben.times_seen("Opt-out recorded.")), (1, 1));
}

#[tokio::test]
async fn a_line_has_phrases_of_its_own_and_a_deactivated_number_loses_no_wish() {
    let world = World::with(|directory| {
        let dutch = KeywordSet { revocation: Some(vec!["schrijf me niet meer".to_owned()]), ..KeywordSet::default() };
        directory.lines[0].keywords.insert("nl".to_owned(), dutch);
    })
    .await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types("Don't stop writing to me!").await;
    ana.sees_not("may be asking to stop");
    world.set_number(NumberStatus::Deactivated).await;
    maria.types("Schrijf me niet meer, a.u.b.").await;
    ana.sees(ASKED);
    ana.clicks("Record opt-out", Value::Null).await;
    maria.shows(STOPPED);
}

#[tokio::test]
async fn the_same_webhook_twice_asks_once() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.faults().set(Fault::new(FaultName::Duplicate).on(switchboard::simulator::Surface::Webhooks).times(1));
    maria.types(WISH).await;
    assert_eq!(
        (ana.times_seen(ASKED), world.recorded("revocation.suspected").await, world.recorded("revocation.repeated").await),
        (1, 1, 0)
    );
}
