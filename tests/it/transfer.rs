//! Handing a client to a colleague (product.md 6, Transfer). The help page it started from says: "You can transfer the user to another
//! MultiLine user, leave a conversation with that user, remove participant, or restart a conversation with that user."

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{Exclusivity, NumberStatus, Role};
use switchboard::simulator::{ClickAnswer, Fault, FaultName};

const TOLD: &str = "From now on Ben Okafor from Northwind Bank will help you in this chat.";

/// A colleague's Entra object id.
fn id<'w>(who: &Colleague<'w>) -> &'w str {
    &who.world.cast.teams.users.iter().find(|user| user.key == who.key).expect("in the cast").object_id
}

fn card(answer: &ClickAnswer) -> String {
    words(answer.card.as_ref().expect("a card"))
}

/// Types `transfer`, fills in the form as it is proposed but for these inputs, and presses *Offer*; what the form becomes.
async fn offers(giver: &Colleague<'_>, receiver: &Colleague<'_>, inputs: Value) -> String {
    giver.types("transfer").await;
    let form = giver.find("To whom?").activity_id;
    let mut all = json!({"receiver": id(receiver)});
    all.as_object_mut().expect("an object").extend(inputs.as_object().cloned().unwrap_or_default());
    card(&giver.clicks_on(&form, "Offer", all).await)
}

/// Ana has offered Maria, who has agreed, to Ben.
async fn offered<'w>(world: &'w World, inputs: Value) -> (Colleague<'w>, Colleague<'w>, Phone<'w>) {
    let (ana, maria) = world.conversation().await;
    let card = offers(&ana, &world.ben(), inputs).await;
    assert!(card.contains("You offered Maria Oliveira to Ben Okafor. Until they accept you stay responsible."), "{card}");
    (ana, world.ben(), maria)
}

/// Who takes part, by key.
async fn participants(world: &World, client: &Phone<'_>) -> Vec<&'static str> {
    let thread = switchboard::bridge::ThreadId(world.thread_of(client).await);
    let found = world.relay().store().read(move |tx| tx.participants(thread)).await.expect("the store answers");
    let key = |found: &switchboard::bridge::ColleagueId| {
        ["ana", "ben", "caro", "eva"].into_iter().find(|key| id(&Colleague { world, key }) == found.as_str()).expect("in the cast")
    };
    found.iter().map(key).collect()
}

#[tokio::test]
async fn until_they_accept_the_giver_stays_responsible_and_then_the_client_is_the_receivers() {
    let world = World::start().await;
    let note = "Knows *everything* about <at>loans</at>";
    let (ana, ben, maria) = offered(&world, json!({"note": note})).await;
    let asked = ben.find("Ana Souza wants to hand Maria Oliveira to you.");
    let shown = words(asked.card.as_ref().expect("a card"));
    for part in ["Knows *everything* about &lt;at>loans&lt;/at>", "Open until", "Agreed to WhatsApp messages", "Everything", "Answer by"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(maria.times_shown(TOLD), 0, "the client is told when it is done");

    // What the client writes meanwhile is the giver's to read and to answer.
    maria.types("Are you there?").await;
    ana.sees("Maria Oliveira: Are you there?");
    ben.sees_not("Are you there?");
    ana.types("Still me").await;
    maria.shows("Still me");

    let accepted = card(&ben.clicks("Accept", Value::Null).await);
    assert!(accepted.contains("Ana Souza offered this client to Ben Okafor. Accepted."), "{accepted}");
    assert_eq!(maria.times_shown(TOLD), 1);
    ana.sees("Maria Oliveira now belongs to Ben Okafor.");
    assert!(
        !ana.offers(&ana.find("Ana Souza offered this client to Ben Okafor. Accepted."), "Withdraw"),
        "the offer's card is its receipt"
    );
    assert_eq!(participants(&world, &maria).await, ["ben"]);
    assert!(ben.card_of(&maria).is_some_and(|card| words(card.card.as_ref().expect("a card")).contains("Ben Okafor")));
    ben.sees("Maria Oliveira: Are you there?");
    ben.sees("Ana Souza: Still me");

    maria.types("Hello Ben").await;
    ben.sees("Maria Oliveira: Hello Ben");
    ana.sees_not("Hello Ben");
    ben.types("Hello Maria").await;
    maria.shows("Hello Maria");
    ana.types("One more thing").await;
    ana.sees("You have no open conversation, so nothing was sent.");
    assert_eq!(maria.times_shown("One more thing"), 0);
    let done = world.last_record("thread.transferred").await;
    assert_eq!((done.actor.as_str(), &done.body["from"], &done.body["to"]), (id(&ben), &json!([id(&ana)]), &json!(id(&ben))));
}

#[tokio::test]
async fn declined_the_client_stays_with_the_giver() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    let card_of_offer = ana.find("You offered Maria Oliveira").activity_id;
    let declined = card(&ben.clicks("Decline", Value::Null).await);
    assert!(declined.contains("Declined."), "{declined}");
    ana.sees("Ben Okafor declined. You stay responsible.");
    assert!(ana.find("Ana Souza offered this client to Ben Okafor. Declined.").activity_id == card_of_offer);
    assert_eq!(participants(&world, &maria).await, ["ana"]);
    assert_eq!(maria.times_shown(TOLD), 0);
    // Accepting afterwards changes nothing.
    let asked = ben.find("Declined.").activity_id;
    let late = card(&ben.forges(&asked, json!({"verb": "transfer.accept", "transfer": 1})).await);
    assert!(late.contains("Declined."), "{late}");
    assert_eq!(participants(&world, &maria).await, ["ana"]);
    // And the client can be offered again.
    offers(&ana, &ben, json!({})).await;
    ben.clicks("Accept", Value::Null).await;
    assert_eq!(participants(&world, &maria).await, ["ben"]);
}

#[tokio::test]
async fn the_giver_takes_an_offer_back_and_both_cards_say_so() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    let asked = ben.find("wants to hand Maria Oliveira to you").activity_id;
    let taken_back = card(&ana.clicks("Withdraw", Value::Null).await);
    assert!(taken_back.contains("Taken back."), "{taken_back}");
    let shown = ben.find("Taken back.");
    assert_eq!(shown.activity_id, asked);
    assert!(!ben.offers(&shown, "Accept"));
    let late = card(&ben.forges(&asked, json!({"verb": "transfer.accept", "transfer": 1})).await);
    assert!(late.contains("Taken back."), "{late}");
    assert_eq!(participants(&world, &maria).await, ["ana"]);
}

#[tokio::test]
async fn no_answer_in_time_and_the_client_stays_with_the_giver() {
    let world = World::with_policy(|policy| policy.transfer_hours = 2).await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    let due: chrono::DateTime<chrono::Utc> =
        serde_json::from_value(world.last_record("transfer.offered").await.body["due_at"].clone()).expect("a time");
    world.advance(due - Duration::seconds(1) - world.clock.now()).await;
    assert_eq!(world.recorded("transfer.expired").await, 0);
    world.advance(Duration::seconds(1)).await;
    ana.sees("Ben Okafor did not answer in time. You stay responsible for Maria Oliveira.");
    ben.sees("You did not answer in time. Maria Oliveira stays with Ana Souza.");
    assert!(!ben.offers(&ben.find("Nobody answered in time."), "Accept"));
    ana.find("Ana Souza offered this client to Ben Okafor. Nobody answered in time.");
    world.advance_hours(5).await;
    assert_eq!(world.recorded("transfer.expired").await, 1);
    assert_eq!((participants(&world, &maria).await, maria.times_shown(TOLD)), (vec!["ana"], 0));
}

#[tokio::test]
async fn an_answer_that_comes_with_the_end_of_the_time_is_too_late() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    // No round of housekeeping in between.
    world.clock.advance(Duration::hours(25).to_std().expect("forward"));
    let answer = card(&ben.clicks("Accept", Value::Null).await);
    assert!(answer.contains("Nobody answered in time."), "{answer}");
    assert_eq!(ana.times_seen("did not answer in time. You stay responsible"), 1);
    assert_eq!(participants(&world, &maria).await, ["ana"]);
}

#[rstest::rstest]
#[case::none(json!({"history": "none"}), &[])]
#[case::the_last_two(json!({"history": "last", "last": "2"}), &["Maria Oliveira: Three", "Ana Souza: Four"])]
#[case::all(json!({"history": "all"}), &["Ana Souza: Hello, this is Ana Souza from Northwind Bank.", "Maria Oliveira: Yes", "Ana Souza: One", "Maria Oliveira: Two", "Maria Oliveira: Three", "Ana Souza: Four"])]
#[tokio::test]
async fn the_receiver_sees_what_was_chosen_and_nothing_else(#[case] choice: Value, #[case] expected: &[&str]) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("One").await;
    maria.types("Two").await;
    offers(&ana, &world.ben(), choice).await;
    // Written between offer and answer it is part of what was chosen.
    maria.types("Three").await;
    ana.types("Four").await;
    let ben = world.ben();
    ben.sees_not("Three");
    ben.clicks("Accept", Value::Null).await;
    let seen = ben.heard();
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    for (seen, expected) in seen.iter().zip(expected) {
        let (at, said) = seen.split_once('\n').expect("a time above what was said");
        // What it answered stands between the two.
        let said = said.split_once("”\n").map_or(said, |(_, said)| said);
        assert!(at.starts_with("today at ") && said.starts_with(expected), "{seen} is not {expected}");
    }
    // The history on the thread card ends there too: see tests of who may see what.
    let from = world.last_record("thread.transferred").await.body["visible_from"].as_i64().expect("a message");
    let first = world.journal().await.into_iter().find(|row| row.kind == "message.queued").and_then(|row| row.message).expect("a message");
    assert_eq!(from == 0, expected.len() == 6, "{from}, {first}");
    maria.types("Five").await;
    ben.sees("Maria Oliveira: Five");
}

/// Notes are for whoever takes over too, marked as notes, and none takes the place of a message that was chosen.
#[tokio::test]
async fn notes_among_the_last_messages_do_not_count_and_are_shown_as_notes() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("One").await;
    maria.types("Two").await;
    ana.types("// in a hurry").await;
    ana.types("Three").await;
    ana.types("// call back").await;
    offers(&ana, &world.ben(), json!({"history": "last", "last": "2"})).await;
    let ben = world.ben();
    ben.clicks("Accept", Value::Null).await;
    let heard = ben.heard();
    let seen: Vec<&str> = heard.iter().filter_map(|seen| seen.split_once('\n').map(|(_, said)| said)).collect();
    let note = |text: &str| format!("Note by Ana Souza: {text}\nInternal, about Maria Oliveira. Not sent to the client.");
    assert_eq!(seen, ["Maria Oliveira: Two", &note("in a hurry"), "Ana Souza: Three", &note("call back")]);
}

#[tokio::test]
async fn held_messages_go_on_as_the_receivers_in_their_places() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    world.advance_hours(25).await;
    ana.types("First").await;
    ana.types("Second").await;
    let stale = ana.find("Held. Maria Oliveira last wrote").activity_id;
    ana.types("transfer").await;
    assert!(words(ana.find("To whom?").card.as_ref().expect("a card")).contains("2 messages wait for the client to write."));
    // Theirs although they see nothing of what was written before.
    offers(&ana, &ben, json!({"held": "hand_over", "history": "none"})).await;
    ben.clicks("Accept", Value::Null).await;
    assert_eq!(world.recorded("message.handed_over").await, 2);
    // Theirs to change and to withdraw, and nobody else's.
    let first = world.journal().await.into_iter().find(|row| row.kind == "message.handed_over").and_then(|row| row.message);
    let gone = card(&ana.forges(&stale, json!({"verb": "held.withdraw", "message": first})).await);
    assert!(gone.contains("not yours"), "{gone}");
    ben.types("held").await;
    ben.clicks("Open", Value::Null).await;
    ben.types("Third").await;
    let own = ben.find("Third").activity_id;
    ben.forges(&own, json!({"verb": "held.save", "message": first, "text": "First, by Ben"})).await;
    // The client is back: what waited about colleagues goes first (product.md 10), then in the order of writing.
    maria.types("Back").await;
    let texts = maria.free_texts();
    let line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let last: Vec<String> = texts[texts.len() - 4..].iter().map(|text| line(text)).collect();
    assert_eq!(last, [TOLD, "First, by Ben", "Second", "Third"]);
    ben.sees("Maria Oliveira is back. 3 held messages sent.");
    ana.sees_not("is back");
}

#[tokio::test]
async fn withdrawn_held_messages_come_back_to_their_author_and_never_leave() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Offer one").await;
    ana.types("Offer two").await;
    offers(&ana, &world.ben(), json!({"held": "withdraw"})).await;
    assert_eq!(world.recorded("message.withdrawn").await, 0, "nothing changes before it is accepted");
    world.ben().clicks("Accept", Value::Null).await;
    for text in ["Offer one", "Offer two"] {
        let back = words(ana.find(&format!("Your text:\n{text}")).card.as_ref().expect("a card"));
        assert!(back.contains("This held message was withdrawn and not sent."), "{back}");
    }
    maria.types("Back").await;
    assert_eq!((maria.times_shown("Offer one"), maria.times_shown("Offer two"), maria.times_shown(TOLD)), (0, 0, 1));
}

#[tokio::test]
async fn a_client_who_has_stopped_hears_nothing_of_it_and_one_who_was_asked_hears_when_they_agree() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    offers(&ana, &world.ben(), json!({})).await;
    assert!(words(world.ben().find("wants to hand").card.as_ref().expect("a card")).contains("Asked, no answer yet"));
    world.ben().clicks("Accept", Value::Null).await;
    assert_eq!(maria.times_shown(TOLD), 0, "who has not agreed is not written to");
    maria.taps("Yes").await;
    world.ben().sees("Maria Oliveira accepted.");
    assert_eq!(maria.times_shown(TOLD), 1);

    maria.types("STOP").await;
    offers(&world.ben(), &ana, json!({})).await;
    ana.clicks("Accept", Value::Null).await;
    assert_eq!(maria.times_shown("From now on Ana Souza"), 0);
    maria.types("START").await;
    assert_eq!(maria.times_shown("From now on Ana Souza"), 0, "and nothing was kept for later");
}

#[tokio::test]
async fn who_stays_goes_on_taking_part() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({"afterwards": "stay"})).await;
    ben.clicks("Accept", Value::Null).await;
    assert_eq!(participants(&world, &maria).await, ["ana", "ben"]);
    assert_eq!(maria.times_shown(TOLD), 1);
    maria.types("Hello both").await;
    for colleague in [ana, ben] {
        colleague.sees("Maria Oliveira: Hello both");
    }
}

#[tokio::test]
async fn the_others_are_told_and_who_has_given_a_client_away_does_not_get_them_back_by_asking() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, caro, maria) = (world.ana(), world.ben(), world.caro(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    world.apply(|directory| directory.lines[0].policy.exclusivity = Exclusivity::Exclusive).await;
    assert_eq!(participants(&world, &maria).await, ["ana", "ben"]);
    offers(&ana, &caro, json!({})).await;
    ben.sees_not("Carolina Reyes");
    caro.clicks("Accept", Value::Null).await;
    for colleague in [ana, ben] {
        assert_eq!(colleague.times_seen("Maria Oliveira now belongs to Carolina Reyes."), 1, "{}", colleague.key);
    }
    caro.sees_not("now belongs to");
    assert_eq!(participants(&world, &maria).await, ["ben", "caro"]);
    // A colleague owns the client meanwhile (product.md 6, Restart).
    ana.types("contacts").await;
    ana.clicks("Open", Value::Null).await;
    let refused = card(&ana.clicks("Message on WhatsApp", Value::Null).await);
    assert!(refused.contains("already messaging with another colleague in your line of business"), "{refused}");
}

#[tokio::test]
async fn nothing_is_offered_to_who_cannot_be_told_or_is_not_of_the_line() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    // In the directory, and nobody has seen her in Teams.
    let refused = offers(&ana, &world.caro(), json!({"note": "Please"})).await;
    assert!(refused.contains("Carolina Reyes has no chat with the app in Teams yet and cannot be told. Nothing was changed."), "{refused}");
    assert!(refused.contains("Please"), "what was typed stays");
    let refused = offers(&ana, &world.eva(), json!({})).await;
    assert!(refused.contains("Eva Lang is not enabled for this line of business. Nothing was changed."), "{refused}");
    let refused = offers(&ana, &ana, json!({})).await;
    assert!(refused.contains("You have this client already."), "{refused}");
    for (inputs, told) in [
        (json!({"receiver": ""}), "Choose a colleague first."),
        (json!({"note": "x".repeat(501)}), "Enter a note of at most 500 characters."),
        (json!({"history": ""}), "Choose what they may see."),
        (json!({"history": "last", "last": "many"}), "Enter a number from 1 to 999."),
        (json!({"afterwards": "fly"}), "Choose what happens afterwards."),
    ] {
        let again = offers(&ana, &world.ben(), inputs.clone()).await;
        assert!(again.contains(told), "{inputs}: {again}");
    }
    world.set_number(NumberStatus::Deactivated).await;
    let refused = offers(&ana, &world.ben(), json!({})).await;
    assert!(refused.contains("Your administrator has switched off WhatsApp for +49 30 5550100. Nothing was sent."), "{refused}");
    assert_eq!((world.recorded("transfer.offered").await, participants(&world, &maria).await), (0, vec!["ana"]));
}

#[tokio::test]
async fn a_client_is_offered_to_one_colleague_at_a_time() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, caro, maria) = (world.ana(), world.ben(), world.caro(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    offers(&ana, &caro, json!({})).await;
    ana.types("transfer").await;
    assert_eq!(ana.times_seen("You offered Maria Oliveira to Carolina Reyes."), 2, "asked again it shows the offer");
    ben.types("transfer").await;
    ben.sees("Ana Souza has offered this client to Carolina Reyes already. Nothing was changed.");
    assert_eq!(world.recorded("transfer.offered").await, 1);
}

#[tokio::test]
async fn a_supervisor_gives_a_client_without_asking_and_without_taking_part() {
    let world = World::start().await;
    let (ana, ben, caro, maria) = (world.ana(), world.ben(), world.caro(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    offers(&ana, &ben, json!({})).await;
    let thread = world.thread_of(&maria).await;
    let give = json!({"verb": "transfer.now", "thread": thread, "receiver": id(&ben), "history": "all", "afterwards": "leave"});
    // Checked on the server: the button alone makes nobody a supervisor.
    for (who, told) in [(caro, "not yours"), (ana, "only a supervisor can hand it over without asking")] {
        let refused = card(&who.forges(&any_card(&who), give.clone()).await);
        assert!(refused.contains(told), "{refused}");
    }
    assert_eq!(world.recorded("thread.transferred").await, 0);

    world.apply(|directory| directory.colleagues[3].roles.push(Role::Supervisor)).await;
    caro.types("contacts").await;
    caro.clicks("Open", Value::Null).await;
    let form = card(&caro.clicks("Transfer", Value::Null).await);
    assert!(form.contains("To whom?"), "{form}");
    assert!(!caro.offers(&caro.find("To whom?"), "Offer"), "who takes no part has nothing to offer");
    let done = card(&caro.clicks("Transfer now", json!({"receiver": id(&ben), "note": "Ana is ill"})).await);
    assert!(done.contains("Maria Oliveira now belongs to Ben Okafor."), "{done}");
    ben.sees("Carolina Reyes handed Maria Oliveira to you. From now on you are responsible.");
    ben.sees("Ana is ill");
    ana.sees("Maria Oliveira now belongs to Ben Okafor.");
    assert_eq!((participants(&world, &maria).await, maria.times_shown(TOLD)), (vec!["ben"], 1));
    // Ana's own offer is over.
    assert!(!ben.offers(&ben.find("It is over, because the conversation has changed hands since"), "Accept"));
    ana.find("It is over, because the conversation has changed hands since");
    assert_eq!(world.last_record("thread.transferred").await.actor, id(&caro));
    // What nobody has cannot be given.
    let mut again = give;
    again["note"] = "Once more".into();
    let nobody = card(&caro.forges(&any_card(&caro), again).await);
    assert!(nobody.contains("Nobody else has this client, so there is nothing to hand over."), "{nobody}");
}

fn any_card(who: &Colleague<'_>) -> String {
    who.chat().iter().find(|item| item.card.is_some()).expect("a card").activity_id.clone()
}

/// The colleagues of a line are many: typing finds them, for who may give the client to somebody.
#[tokio::test]
async fn colleagues_of_the_line_are_found_by_typing_and_only_by_who_may_give_the_client() {
    let world = World::with(|directory| {
        for number in 0..20 {
            let mut other = directory.colleagues[1].clone();
            (other.id, other.name) = (format!("other-{number}").into(), format!("Other {number}"));
            directory.colleagues.push(other);
        }
    })
    .await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("transfer").await;
    let form = ana.find("To whom?").card.expect("a card").to_string();
    let thread = world.thread_of(&maria).await;
    assert!(form.contains(&format!("receivers/{thread}")) && form.contains("filtered"), "{form}");
    for (who, typed, found) in [(&ana, "ben", vec!["Ben Okafor"]), (&ana, "souza", vec![]), (&ana, "eva", vec![]), (&ben, "caro", vec![])] {
        let value = json!({"queryText": typed, "queryOptions": {"skip": 0, "top": 15}, "dataset": format!("receivers/{thread}")});
        let invoke = json!({"type": "invoke", "name": "application/search", "value": value});
        let answer = world.teams.sends_raw(who.key, invoke).await.expect("sent");
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        let titles: Vec<&str> = body["value"]["results"].as_array().into_iter().flatten().filter_map(|row| row["title"].as_str()).collect();
        assert_eq!(titles, found, "{} {typed}: {body}", who.key);
    }
}

#[tokio::test]
async fn a_supervisor_says_whose_place_is_taken() {
    let world = World::with(|directory| {
        directory.lines[0].policy.exclusivity = Exclusivity::Shared;
        directory.colleagues[3].roles.push(Role::Supervisor);
    })
    .await;
    let (ana, ben, caro, maria) = (world.ana(), world.ben(), world.caro(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    let thread = world.thread_of(&maria).await;
    let form = json!({"verb": "thread.transfer", "thread": thread});
    caro.forges(&any_card(&caro), form.clone()).await;
    caro.clicks("Transfer now", json!({"receiver": id(&caro), "giver": id(&ana)})).await;
    assert_eq!(participants(&world, &maria).await, ["ben", "caro"]);
    caro.forges(&any_card(&caro), form).await;
    caro.clicks("Transfer now", json!({"receiver": id(&ana)})).await;
    assert_eq!(participants(&world, &maria).await, ["ana"]);
    assert_eq!(maria.times_shown("From now on"), 2);
}

#[tokio::test]
async fn an_offer_falls_with_its_giver_and_its_receiver() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    world.apply(|directory| directory.colleagues[1].enabled = false).await;
    ana.sees("Ben Okafor is not enabled any more and cannot accept. You stay responsible for Maria Oliveira.");
    assert!(!ben.offers(&ben.find("It is over, because"), "Accept"));
    world.apply(|directory| directory.colleagues[1].enabled = true).await;
    offers(&ana, &ben, json!({})).await;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    let late = ben.forges(&any_card(&ben), json!({"verb": "transfer.accept", "transfer": 2})).await;
    assert!(card(&late).contains("It is over, because"), "{late:?}");
    assert_eq!((world.recorded("transfer.superseded").await, world.recorded("thread.transferred").await), (2, 0));
    // Who is switched off has no client, so there is nothing to accept.
    assert_eq!(participants(&world, &maria).await, Vec::<&str>::new());
}

#[rstest::rstest]
#[case::accepted_and_taken_back("Accept", "Withdraw")]
#[case::accepted_and_declined("Accept", "Decline")]
#[case::accepted_twice("Accept", "Accept")]
#[tokio::test]
async fn of_two_answers_at_once_one_counts_and_both_cards_say_which(#[case] one: &str, #[case] other: &str) {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    let (of_ana, of_ben) = (ana.find("You offered").activity_id, ben.find("wants to hand").activity_id);
    let (who, which) = if other == "Withdraw" { ("ana", &of_ana) } else { ("ben", &of_ben) };
    let (first, second) =
        tokio::join!(world.teams.click("ben", &of_ben, one, Value::Null), world.teams.click(who, which, other, Value::Null));
    world.settle().await;
    let [first, second] = [first, second].map(|answer| card(&answer.expect("pressed")));
    let decided = world.journal().await.into_iter().filter(|row| row.kind.starts_with("transfer.") && row.kind != "transfer.offered");
    let decided: Vec<String> = decided.map(|row| row.kind).collect();
    assert_eq!(decided.len(), 1, "{decided:?}");
    assert_eq!(first.lines().nth(2), second.lines().nth(2), "{first}\n{second}");
    let accepted = decided == ["transfer.accepted"];
    assert_eq!(participants(&world, &maria).await, [if accepted { "ben" } else { "ana" }]);
    assert_eq!(maria.times_shown(TOLD), usize::from(accepted));
    assert_eq!(ben.times_seen("offered this client to Ben Okafor."), 1);
    assert_eq!(ana.times_seen("offered this client to Ben Okafor."), 1);
}

#[tokio::test]
async fn who_is_not_asked_neither_answers_nor_sees_an_offer() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({"note": "Between us"})).await;
    world.install("caro").await;
    let caro = world.caro();
    for (who, verb, told) in [
        (caro, "accept", "not yours"),
        (caro, "decline", "not yours"),
        (caro, "withdraw", "not yours"),
        // The two whom it concerns see how it stands.
        (ana, "accept", "Ana Souza wants to hand Maria Oliveira to you."),
        (ben, "withdraw", "You offered Maria Oliveira to Ben Okafor."),
    ] {
        let answer = card(&who.forges(&any_card(&who), json!({"verb": format!("transfer.{verb}"), "transfer": 1})).await);
        assert!(answer.contains(told) && (who.key != "caro" || !answer.contains("Between us")), "{} {verb}: {answer}", who.key);
    }
    let ended = world.journal().await.into_iter().filter(|row| row.kind.starts_with("transfer.")).count();
    assert_eq!(ended, 1, "offered, and nothing else");
    let thread = world.thread_of(&maria).await;
    let forged = json!({"verb": "transfer.offer", "thread": thread, "receiver": id(&caro), "history": "all", "afterwards": "leave"});
    for verb in ["transfer.offer", "thread.transfer", "transfer.cancel"] {
        let mut forged = forged.clone();
        forged["verb"] = verb.into();
        assert!(card(&caro.forges(&any_card(&caro), forged).await).contains("not yours"), "{verb}");
    }
    assert_eq!((world.recorded("transfer.offered").await, participants(&world, &maria).await), (1, vec!["ana"]));
}

/// In a thread's shared home everybody reads along; the offer is still between the two.
#[tokio::test]
async fn in_a_shared_home_others_neither_answer_an_offer_nor_take_its_card_away() {
    let world = World::start().await;
    let (ana, ben, caro, maria) = (world.ana(), world.ben(), world.caro(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    let room = world.group_chat("Maria", &[ana, ben]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await;
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({"thread": thread.to_string()})).await;
    assert_eq!(participants(&world, &maria).await, ["ana", "ben"]);
    room.types(&ana, "transfer").await;
    room.presses(&ana, "To whom?", "Offer", json!({"receiver": id(&caro)})).await;
    room.sees("You offered Maria Oliveira to Carolina Reyes.");
    room.presses(&ben, "You offered Maria Oliveira", "Withdraw", Value::Null).await;
    assert!(room.find("You offered Maria Oliveira").card.is_some_and(|card| card.to_string().contains("transfer.withdraw")));
    assert_eq!(world.recorded("transfer.withdrawn").await, 0);

    caro.clicks("Accept", Value::Null).await;
    room.sees("Ana Souza offered this client to Carolina Reyes. Accepted.");
    room.sees("Maria Oliveira now belongs to Carolina Reyes.");
    assert_eq!(ana.times_seen("now belongs to"), 0, "she reads it in the chat");
    assert_eq!(participants(&world, &maria).await, ["ben", "caro"]);
    caro.sees("Maria Oliveira: Yes");
    maria.types("Hello Carolina").await;
    caro.sees("Maria Oliveira: Hello Carolina");
    room.sees("Maria Oliveira: Hello Carolina");
}

#[tokio::test]
async fn what_was_on_its_way_when_the_client_went_over_still_arrives_and_first() {
    let world = World::start().await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(60));
    ana.types_at_once("On its way").await;
    world.quiet().await;
    ben.clicks("Accept", Value::Null).await;
    world.whatsapp.faults().clear();
    world.advance(Duration::seconds(90)).await;
    let texts = maria.free_texts();
    assert_eq!(texts[texts.len() - 2..], ["On its way", TOLD]);
    ana.sees_not("already messaging");
}

#[tokio::test]
async fn who_types_while_a_client_is_taken_over_is_asked_and_not_misunderstood() {
    let world = World::start().await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &tom).await;
    world.consented(&ana, &maria).await;
    // Nor is a client given away by mistake: whom the command is about is asked, unless it is certain.
    tom.types("Hello").await;
    ana.types("transfer").await;
    ana.sees("Which conversation?");
    let thread = ana.find("Maria Oliveira: Yes").activity_id;
    ana.says(switchboard::simulator::Draft::text("Hello Maria").quoting(&thread)).await;
    offers(&ana, &ben, json!({})).await;
    ben.clicks("Accept", Value::Null).await;
    let before = tom.texts();
    ana.types("Your account number, Maria").await;
    ana.sees("Who is this for?");
    assert_eq!(tom.texts(), before, "the only conversation left is another client's");
    assert_eq!(maria.times_shown("Your account number"), 0);
}

#[tokio::test]
async fn after_a_crash_an_accepted_client_is_told_once_and_everything_is_shown() {
    let world = World::crashable(|_| {}).await;
    let (ana, ben, maria) = offered(&world, json!({})).await;
    let asked = ben.find("wants to hand").activity_id;
    // Decided, and nobody has been told yet.
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(60));
    world.teams.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(60));
    world.teams.click("ben", &asked, "Accept", Value::Null).await.expect("pressed");
    world.quiet().await;
    assert_eq!((maria.times_shown(TOLD), ana.times_seen("now belongs to")), (0, 0));
    world.crash().await;
    world.whatsapp.faults().clear();
    world.teams.faults().clear();
    world.recovers().await;
    world.advance(Duration::seconds(90)).await;
    assert_eq!(participants(&world, &maria).await, ["ben"]);
    assert_eq!(maria.times_shown(TOLD), 1);
    assert_eq!(world.recorded("thread.transferred").await, 1);
    ana.sees("Maria Oliveira now belongs to Ben Okafor.");
    ben.sees("Maria Oliveira: Yes");
    assert!(ben.card_of(&maria).is_some());
    let again = card(&ben.forges(&asked, json!({"verb": "transfer.accept", "transfer": 1})).await);
    assert!(again.contains("Accepted."), "{again}");
    assert_eq!((maria.times_shown(TOLD), world.recorded("participant.joined").await), (1, 2));
}
