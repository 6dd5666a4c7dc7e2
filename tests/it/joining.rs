//! Who is told that a client is talking with others may ask to join them (product.md 6: "T-10 ... with *Ask to join* and *Ask
//! administrator*; the owner gets a card to accept or decline").

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::bridge::{Directory, Role};

const T10: &str = "Looks like this contact is already messaging with another colleague in your line of business.";
const QUESTION: &str = "Ben Okafor asks to join the conversation with Maria Oliveira.";

/// Ana talks with Maria, and Ben has been told so (T-10).
async fn told(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>) {
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    let card = ben.opens(&maria).await;
    assert!(card.contains(T10), "{card}");
    (ana, ben, maria)
}

/// Somebody of the first line has these roles.
fn role(directory: &mut Directory, at: usize, role: Role) {
    directory.colleagues[at].roles.push(role);
}

/// In the order of the cast: Ana, Ben, Eva, Caro.
const BEN: usize = 1;
const EVA: usize = 2;
const CARO: usize = 3;

fn everything() -> Value {
    json!({"history": "all", "last": "10"})
}

// Seed: "Why did I get the error message 'Looks like this contact is already messaging with another MultiLine user. . .'? If someone in
// the same line of business as you is talking with a client, WhatsApp will not allow you to message the client. Contact your
// administrator."
#[tokio::test]
async fn the_owner_is_asked_and_who_asked_takes_part_once_they_accept() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    maria.types("Before Ben").await;
    let asked = words(&ben.clicks("Ask to join", Value::Null).await.card.expect("a card"));
    assert!(asked.contains("You asked to join. Your colleagues can answer until tomorrow at 12:00."), "{asked}");
    let question = ana.find(QUESTION).activity_id;
    ana.sees_not("Ben Okafor has joined.");
    let answer = words(&ana.clicks_on(&question, "Accept", everything()).await.card.expect("a card"));
    assert!(answer.contains("Ben Okafor has joined.") && answer.contains("Ana Souza"), "{answer}");

    ben.sees("Ana Souza added you to the conversation with Maria Oliveira.");
    ben.sees("Before Ben");
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), 1);
    assert!(ben.thread_card(&maria).contains("Ana Souza, Ben Okafor"));
    maria.types("Hello Ben").await;
    for colleague in [ana, ben] {
        colleague.sees("Maria Oliveira: Hello Ben");
    }
    ben.types("Hello Maria").await;
    maria.shows("Hello Maria");
    assert_eq!(world.last_record("joining.decided").await.body["outcome"], "accepted");
    assert_eq!(world.last_record("participant.joined").await.body["how"], "asked");
}

#[rstest]
#[case::nothing(json!({"history": "none", "last": ""}), &[])]
#[case::the_last_one(json!({"history": "last", "last": "1"}), &["two"])]
#[case::all(everything(), &["one", "two"])]
#[tokio::test]
async fn who_accepts_says_what_the_newcomer_sees_of_the_past(#[case] choice: Value, #[case] seen: &[&str]) {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    for text in ["one", "two"] {
        maria.types(text).await;
    }
    ben.clicks("Ask to join", Value::Null).await;
    ana.clicks("Accept", choice).await;
    for text in ["one", "two"] {
        assert_eq!(ben.times_seen(&format!("Maria Oliveira: {text}")), usize::from(seen.contains(&text)), "{text}: {}", ben.transcript());
    }
}

#[tokio::test]
async fn an_answer_that_says_no_number_is_asked_for_again_and_changes_nothing() {
    let world = World::start().await;
    let (ana, ben, _) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    let card = words(&ana.clicks("Accept", json!({"history": "last", "last": "many"})).await.card.expect("a card"));
    assert!(card.contains("Enter a number from 1 to 999."), "{card}");
    assert_eq!(world.recorded("joining.decided").await, 0);
    ana.clicks("Accept", everything()).await;
    ben.sees("Ana Souza added you");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_and_may_ask_again_an_hour_after_the_answer() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    let answer = words(&ana.clicks("Decline", Value::Null).await.card.expect("a card"));
    assert!(answer.contains("Ben Okafor was not let in."), "{answer}");
    ben.sees("Ana Souza did not let you join the conversation with Maria Oliveira. You can ask again today at 13:00.");
    maria.types("Only for Ana").await;
    ben.sees_not("Only for Ana");

    ben.opens(&maria).await;
    let again = words(&ben.clicks("Ask to join", Value::Null).await.card.expect("a card"));
    assert!(again.contains("You were answered not long ago. You can ask again today at 13:00."), "{again}");
    world.advance_hours(1).await;
    ben.opens(&maria).await;
    let again = words(&ben.clicks("Ask to join", Value::Null).await.card.expect("a card"));
    assert!(again.contains("You asked to join."), "{again}");
    assert_eq!(world.recorded("joining.asked").await, 2);
    assert_eq!(maria.times_shown("has joined"), 0);
}

#[tokio::test]
async fn nobody_asks_the_same_twice_at_once() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    let first = ben.find(T10).activity_id;
    ben.opens(&maria).await;
    let second = ben.find(T10).activity_id;
    assert_ne!(first, second);
    let (one, other) = tokio::join!(
        world.teams.click("ben", &first, "Ask to join", Value::Null),
        world.teams.click("ben", &second, "Ask to join", Value::Null)
    );
    world.settle().await;
    let cards = [one, other].map(|answer| words(&answer.expect("pressed").card.expect("a card")));
    assert_eq!(cards.iter().filter(|card| card.contains("You asked to join.")).count(), 1, "{cards:?}");
    assert_eq!(cards.iter().filter(|card| card.contains("You have asked already. An answer is possible until")).count(), 1, "{cards:?}");
    assert_eq!(ana.times_seen(QUESTION), 1);
}

/// Ana and Caro talk with Maria, and Ben asks to join.
async fn two_are_asked(world: &World) -> (Colleague<'_>, Colleague<'_>, Colleague<'_>, Phone<'_>) {
    world.install("caro").await;
    let (ana, ben, maria) = told(world).await;
    let caro = world.caro();
    caro.opens(&maria).await;
    caro.clicks("Ask to join", Value::Null).await;
    ana.clicks("Accept", everything()).await;
    ben.clicks("Ask to join", Value::Null).await;
    (ana, caro, ben, maria)
}

#[tokio::test]
async fn the_first_of_several_answers_decides_and_every_card_says_so() {
    let world = World::start().await;
    let (ana, caro, ben, maria) = two_are_asked(&world).await;
    let [of_ana, of_caro] = [ana, caro].map(|who| who.find(QUESTION).activity_id);
    let (yes, no) = tokio::join!(
        world.teams.click("ana", &of_ana, "Accept", everything()),
        world.teams.click("caro", &of_caro, "Decline", Value::Null)
    );
    world.settle().await;
    let [yes, no] = [yes, no].map(|answer| words(&answer.expect("pressed").card.expect("a card")));
    let joined = world.last_record("joining.decided").await.body["outcome"] == "accepted";
    let said = if joined { "Ben Okafor has joined." } else { "Ben Okafor was not let in." };
    for (who, card, answer) in [(ana, &of_ana, &yes), (caro, &of_caro, &no)] {
        assert!(answer.contains(said), "{answer}");
        let now = who.chat().into_iter().find(|item| item.activity_id == *card).expect("the card stands");
        assert!(!who.offers(&now, "Accept") && words(&now.card.expect("a card")).contains(said), "{}", who.transcript());
    }
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), usize::from(joined));
    assert_eq!(ben.times_seen("added you to the conversation"), usize::from(joined));
    assert_eq!(ben.times_seen("did not let you join"), usize::from(!joined));
    // Of three: one for Caro, one for Ben or his refusal.
    assert_eq!(world.recorded("joining.decided").await, 2);
}

#[tokio::test]
async fn supervisors_are_asked_as_well_after_half_of_the_time_and_may_decide() {
    let world = World::with(|directory| role(directory, CARO, Role::Supervisor)).await;
    world.install("caro").await;
    let (ana, ben, maria) = told(&world).await;
    let caro = world.caro();
    ben.clicks("Ask to join", Value::Null).await;
    let question = ana.find(QUESTION).activity_id;
    world.advance(Duration::hours(12) - Duration::seconds(1)).await;
    caro.sees_not(QUESTION);
    // Before that she has nothing to say, whatever she sends.
    let id = world.last_record("joining.asked").await.body["joining"].clone();
    let welcome = caro.find("Welcome").activity_id;
    let early = caro.forges(&welcome, json!({"verb": "join.accept", "joining": id, "history": "all"})).await;
    assert!(words(&early.card.expect("a card")).contains("This conversation is not yours"));
    world.advance(Duration::seconds(2)).await;
    assert_eq!(caro.times_seen(QUESTION), 1);
    caro.clicks("Accept", everything()).await;
    ben.sees("Carolina Reyes added you to the conversation with Maria Oliveira.");
    ana.sees("Carolina Reyes added Ben Okafor.");
    let late = ana.forges(&question, json!({"verb": "join.decline", "joining": id})).await;
    assert!(words(&late.card.expect("a card")).contains("Ben Okafor has joined."));
    maria.types("Hello").await;
    ben.sees("Maria Oliveira: Hello");
    caro.sees_not("Maria Oliveira: Hello");
}

#[tokio::test]
async fn what_nobody_answers_runs_out_and_may_be_asked_again_at_once() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    let question = ana.find(QUESTION).activity_id;
    world.advance_hours(24).await;
    ben.sees("Nobody answered in time whether you can join the conversation with Maria Oliveira. You can ask again.");
    ana.sees("Ben Okafor asked to join. Nobody answered in time.");
    let late = ana.forges(&question, json!({"verb": "join.accept", "joining": 1, "history": "all"})).await;
    assert!(words(&late.card.expect("a card")).contains("Nobody answered in time."));
    assert_eq!(maria.times_shown("Ben Okafor"), 0);
    let again = words(&ben.clicks("Ask to join", Value::Null).await.card.expect("a card"));
    assert!(again.contains("You asked to join."), "{again}");
    ana.clicks("Accept", everything()).await;
    ben.sees("Ana Souza added you");
}

#[tokio::test]
async fn a_line_says_how_long_an_answer_may_take() {
    let world = World::with_policy(|policy| policy.join_hours = 2).await;
    let (_, ben, _) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    world.advance(Duration::minutes(119)).await;
    ben.sees_not("Nobody answered in time");
    world.advance(Duration::minutes(1)).await;
    ben.sees("Nobody answered in time");
}

// Seed: "Contact your administrator."
#[tokio::test]
async fn an_administrator_without_any_line_lets_somebody_join() {
    let world = World::with(|directory| {
        role(directory, EVA, Role::Administrator);
        directory.colleagues[EVA].lines.clear();
    })
    .await;
    let (ana, ben, maria) = told(&world).await;
    let eva = world.eva();
    let asked = words(&ben.clicks("Ask administrator", Value::Null).await.card.expect("a card"));
    assert!(asked.contains("You asked your administrators to let you join."), "{asked}");
    let question = eva.find("Ben Okafor asks to join the conversation with Maria Oliveira (Private clients).");
    let card = words(&question.card.expect("a card"));
    assert!(card.contains("Ana Souza"), "{card}");
    ana.sees_not("asks to join");
    eva.clicks("Let them join", everything()).await;
    ben.sees("Eva Lang added you to the conversation with Maria Oliveira.");
    ana.sees("Eva Lang added Ben Okafor.");
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), 1);
    ben.types("Here I am").await;
    maria.shows("Here I am");
}

#[tokio::test]
async fn an_administrator_dismisses_and_owners_may_still_be_asked() {
    let world = World::with(|directory| role(directory, EVA, Role::Administrator)).await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask administrator", Value::Null).await;
    world.eva().clicks("Dismiss", Value::Null).await;
    ben.sees("Eva Lang did not let you join the conversation with Maria Oliveira.");
    ben.opens(&maria).await;
    ben.clicks("Ask to join", Value::Null).await;
    ana.clicks("Accept", everything()).await;
    ben.sees("Ana Souza added you");
}

#[tokio::test]
async fn only_who_is_asked_can_answer() {
    let world = World::with(|directory| {
        role(directory, BEN, Role::Administrator);
        role(directory, EVA, Role::Administrator);
    })
    .await;
    world.install("caro").await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    let by_owners = world.last_record("joining.asked").await.body["joining"].clone();
    ben.opens(&maria).await;
    ben.clicks("Ask administrator", Value::Null).await;
    let by_administrators = world.last_record("joining.asked").await.body["joining"].clone();
    for (who, joining) in [
        (ben, &by_owners),
        (ben, &by_administrators),
        (world.eva(), &by_owners),
        (world.caro(), &by_owners),
        (world.caro(), &by_administrators),
        (ana, &by_administrators),
    ] {
        for verb in ["join.accept", "join.decline"] {
            who.types("help").await;
            let card = who.find("Commands").activity_id;
            let answer = who.forges(&card, json!({"verb": verb, "joining": joining, "history": "all"})).await;
            let shown = words(&answer.card.expect("a card"));
            assert!(shown.contains("This conversation is not yours"), "{} {verb}: {shown}", who.key);
        }
    }
    assert_eq!(world.recorded("joining.decided").await, 0);
    assert_eq!(maria.times_shown("Ben Okafor"), 0);
}

#[rstest]
#[case::named_and_without_the_app(true, "No administrator can be reached here. Contact Carolina Reyes directly.")]
#[case::nobody_named(false, "Your organization has named no administrator who could be asked here.")]
#[tokio::test]
async fn where_no_administrator_can_be_told_one_hears_whom_to_contact(#[case] named: bool, #[case] said: &str) {
    let world = World::with(|directory| {
        if named {
            role(directory, CARO, Role::Administrator);
        }
    })
    .await;
    let (_, ben, _) = told(&world).await;
    let answer = words(&ben.clicks("Ask administrator", Value::Null).await.card.expect("a card"));
    assert!(answer.contains(said), "{answer}");
    assert_eq!(world.recorded("joining.asked").await, 0);
}

#[tokio::test]
async fn who_loses_the_right_while_they_wait_is_not_let_in() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    let question = ana.find(QUESTION).activity_id;
    world.apply(|directory| directory.colleagues[BEN].enabled = false).await;
    ana.sees("Ben Okafor asked to join. There is nothing to answer any more.");
    let late = ana.forges(&question, json!({"verb": "join.accept", "joining": 1, "history": "all"})).await;
    assert!(words(&late.card.expect("a card")).contains("nothing to answer"));
    assert_eq!(maria.times_shown("Ben Okafor"), 0);
}

#[tokio::test]
async fn who_has_no_app_any_more_cannot_be_let_in_and_who_accepts_is_told() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    world.teams.uninstall("ben").await.expect("removed");
    world.settle().await;
    let card = words(&ana.clicks("Accept", everything()).await.card.expect("a card"));
    assert!(card.contains("Ben Okafor has no chat with the app in Teams any more") && card.contains(QUESTION), "{card}");
    assert_eq!(world.recorded("joining.decided").await, 0);
    assert_eq!(maria.times_shown("Ben Okafor"), 0);
    world.teams.install("ben").await.expect("installed");
    // The same press within a minute counts as a repetition.
    world.advance(Duration::minutes(2)).await;
    ana.clicks("Accept", everything()).await;
    ben.sees("Ana Souza added you");
}

#[tokio::test]
async fn outside_the_window_the_client_hears_of_the_newcomer_when_they_next_write() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    world.advance_hours(25).await;
    ben.opens(&maria).await;
    ben.clicks("Ask to join", Value::Null).await;
    ana.clicks("Accept", everything()).await;
    assert_eq!(maria.times_shown("has joined this chat"), 0);
    maria.types("I am back").await;
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), 1);
    ben.sees("Maria Oliveira: I am back");
}

#[tokio::test]
async fn a_question_outlives_a_restart() {
    let world = World::start().await;
    let (ana, ben, maria) = told(&world).await;
    ben.clicks("Ask to join", Value::Null).await;
    world.stop().await;
    world.start_again().await;
    world.settle().await;
    assert_eq!(ana.times_seen(QUESTION), 1);
    ana.clicks("Accept", everything()).await;
    ben.sees("Ana Souza added you");
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), 1);
}
