//! Colleagues who are away: who stands in for them with their clients, and what happens when they are back.

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::bridge::Role;

/// In the order of the cast: Ana, Ben, Eva, Caro.
const BEN: usize = 1;
const CARO: usize = 3;

fn id(world: &World, key: &str) -> String {
    world.cast.teams.users.iter().find(|user| user.key == key).expect("in the cast").object_id.clone()
}

/// Says that they are away until the next morning (09:00 in São Paulo is noon in UTC), and who stands in.
async fn away(who: &Colleague<'_>, cover: &str) -> String {
    who.types("away").await;
    let cover = if cover == "anybody" { cover.to_owned() } else { id(who.world, cover) };
    let answer = who.clicks("I am away", json!({"date": "2026-03-03", "time": "09:00", "cover": cover, "note": "At the dentist's"})).await;
    words(&answer.card.expect("a card"))
}

/// Ana talks with Maria and is away; Ben stands in.
async fn covered(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>) {
    let (ana, maria) = world.conversation().await;
    let said = away(&ana, "ben").await;
    assert!(said.contains("You are away until tomorrow at 09:00. Ben Okafor stands in."), "{said}");
    (ana, world.ben(), maria)
}

#[tokio::test]
async fn who_stands_in_joins_when_a_client_writes_and_may_answer() {
    let world = World::start().await;
    let (ana, ben, maria) = covered(&world).await;
    ben.sees("Ana Souza is away until tomorrow at 13:00, and you stand in.");
    ben.sees("At the dentist's");
    // Until the client writes nothing changes for them.
    assert_eq!(world.recorded("participant.joined").await, 1);
    maria.types("Are you there?").await;
    for colleague in [ana, ben] {
        colleague.sees("Maria Oliveira: Are you there?");
    }
    ben.sees("Ana Souza is away, and you stand in for them with Maria Oliveira.");
    ana.sees("Ben Okafor stands in for Ana Souza with Maria Oliveira.");
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), 1);
    assert!(ben.thread_card(&maria).contains("Ana Souza until"), "{}", ben.thread_card(&maria));
    ben.types("Ana is away, I can help").await;
    maria.shows("Ana is away, I can help");
    maria.types("Good").await;
    assert_eq!(world.recorded("participant.joined").await, 2);
    assert_eq!(maria.times_shown("has joined this chat"), 1);
}

#[rstest]
#[case::typed(true)]
#[case::by_time_alone(false)]
#[tokio::test]
async fn who_is_back_has_the_client_again_and_who_stood_in_leaves(#[case] typed: bool) {
    let world = World::start().await;
    let (ana, ben, maria) = covered(&world).await;
    maria.types("Are you there?").await;
    if typed {
        ana.types("back").await;
        ana.sees("Ana Souza is back.");
    } else {
        world.advance(Duration::hours(24)).await;
        world.advance(Duration::hours(2)).await;
    }
    ana.sees("Welcome back. Ben Okafor stood in with Maria Oliveira.");
    ben.sees("Ana Souza is back. You have left the conversation with Maria Oliveira.");
    ana.sees("Ben Okafor left the conversation with Maria Oliveira.");
    maria.types("Hello again").await;
    assert_eq!(maria.times_shown("Ben Okafor is no longer available to chat. Ana Souza will continue to help you."), 1);
    ana.sees("Maria Oliveira: Hello again");
    ben.sees_not("Maria Oliveira: Hello again");
    assert_eq!(world.recorded("absence.ended").await, 1);
    assert!(!ana.thread_card(&maria).contains("Away"), "{}", ana.thread_card(&maria));
}

#[tokio::test]
async fn who_stays_goes_on_when_the_other_is_back() {
    let world = World::start().await;
    let (ana, ben, maria) = covered(&world).await;
    maria.types("Are you there?").await;
    let stays = words(&ben.clicks("Stay", Value::Null).await.card.expect("a card"));
    assert!(stays.contains("You stay in this conversation."), "{stays}");
    ana.types("back").await;
    maria.types("Hello both").await;
    for colleague in [ana, ben] {
        colleague.sees("Maria Oliveira: Hello both");
    }
    assert_eq!(maria.times_shown("no longer available"), 0);
    ana.sees("Welcome back. Nobody had to stand in for you.");
}

// "cover away too -> their cover", without going round in circles.
#[tokio::test]
async fn who_was_to_stand_in_and_is_away_too_has_somebody_in_turn() {
    let world = World::start().await;
    world.install("caro").await;
    let (_, ben, maria) = covered(&world).await;
    away(&ben, "caro").await;
    maria.types("Are you there?").await;
    world.caro().sees("Ana Souza is away, and you stand in for them with Maria Oliveira.");
    world.caro().sees("Maria Oliveira: Are you there?");
    ben.sees_not("Maria Oliveira: Are you there?");
    assert_eq!(maria.times_shown("Carolina Reyes from Northwind Bank has joined this chat."), 1);
}

#[tokio::test]
async fn without_anybody_to_stand_in_the_client_is_offered_to_those_on_duty() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, maria) = world.conversation().await;
    away(&ana, "anybody").await;
    maria.types("Are you there?").await;
    let (ben, caro) = (world.ben(), world.caro());
    for colleague in [ben, caro] {
        assert_eq!(colleague.times_seen("New message, and Ana Souza is away."), 1, "{}", colleague.transcript());
    }
    // Ana has read it where she always does, and is not asked to take her own client.
    assert_eq!(ana.times_seen("New message, and Ana Souza is away."), 0);
    ben.clicks("Take", Value::Null).await;
    ben.sees("Ana Souza is away, and you stand in for them with Maria Oliveira.");
    caro.sees("A colleague took this conversation.");
    assert_eq!(maria.times_shown("Ben Okafor from Northwind Bank has joined this chat."), 1);
    ben.types("I can help").await;
    maria.shows("I can help");
    maria.types("Thank you").await;
    caro.sees_not("Thank you");
    ana.types("back").await;
    ben.sees("Ana Souza is back. You have left the conversation with Maria Oliveira.");
}

#[tokio::test]
async fn an_offer_for_somebody_who_is_back_is_over() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    away(&ana, "anybody").await;
    maria.types("Are you there?").await;
    let ben = world.ben();
    let offer = ben.find("New message, and Ana Souza is away.").activity_id;
    ana.types("back").await;
    ben.sees("Who has this client is back.");
    let thread = world.last_record("intake.offered").await.thread;
    let late = ben.forges(&offer, json!({"verb": "thread.take", "thread": thread})).await;
    assert!(words(&late.card.expect("a card")).contains("already messaging with another colleague"));
}

#[tokio::test]
async fn clients_whom_nobody_owns_are_not_offered_to_those_away() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    away(&ana, "anybody").await;
    tom.types("Hello").await;
    ben.sees("nobody owns this client yet");
    ana.sees_not("nobody owns this client yet");
    // Are all away, everybody is better than nobody.
    away(&ben, "anybody").await;
    world.kim().types("Hello, too").await;
    assert_eq!([ana, ben].map(|who| who.times_seen("Hello, too")), [1, 1]);
    ana.types("back").await;
    assert_eq!(ana.times_seen("nobody owns this client yet"), 2);
}

#[tokio::test]
async fn held_messages_of_who_is_away_stay_theirs_and_those_of_who_stood_in_go_to_them() {
    let world = World::start().await;
    let (ana, ben, maria) = covered(&world).await;
    maria.types("Are you there?").await;
    world.advance_hours(20).await;
    world.advance(Duration::hours(5)).await;
    // Ana is back by now: away again for the test of what waits.
    ana.types("away").await;
    ana.clicks("I am away", json!({"date": "2026-03-10", "time": "09:00", "cover": id(&world, "ben"), "note": ""})).await;
    ana.types("From Ana").await;
    ana.sees("Held. Maria Oliveira last wrote");
    maria.types("Hello").await;
    assert!(maria.texts().iter().any(|text| text.contains("From Ana")));
    world.advance_hours(25).await;
    ben.types("From Ben").await;
    ben.sees("Held. Maria Oliveira last wrote");
    ana.types("back").await;
    assert_eq!(world.last_record("message.handed_over").await.body["to"], id(&world, "ana"));
    maria.types("Hello again").await;
    assert!(maria.texts().iter().any(|text| text.contains("From Ben")), "{:?}", maria.texts());
}

#[rstest]
#[case::passed(json!({"date": "2026-03-01", "time": "09:00"}), "This moment has passed. Choose a later one.")]
#[case::too_long(json!({"date": "2028-03-01", "time": "09:00"}), "Choose a day within the next year.")]
#[case::no_day(json!({"date": "", "time": "09:00"}), "Choose the day of the return.")]
#[case::no_time(json!({"date": "2026-03-03", "time": "soon"}), "Choose the time of the return.")]
#[case::nobody_of_the_line(json!({"date": "2026-03-03", "time": "09:00", "cover": "1f2e3d4c-0003-4a5b-8c6d-7e8f90a1b2c3"}), "Eva Lang is not enabled for these lines of business.")]
#[case::without_the_app(json!({"date": "2026-03-03", "time": "09:00", "cover": "1f2e3d4c-0004-4a5b-8c6d-7e8f90a1b2c3"}), "Carolina Reyes")]
#[case::oneself(json!({"date": "2026-03-03", "time": "09:00", "cover": "1f2e3d4c-0001-4a5b-8c6d-7e8f90a1b2c3"}), "Ana Souza cannot stand in for themselves.")]
#[case::of_somebody_else(json!({"who": "1f2e3d4c-0002-4a5b-8c6d-7e8f90a1b2c3", "date": "2026-03-03", "time": "09:00"}), "Set as away")]
#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_changes(#[case] inputs: Value, #[case] said: &str) {
    let world = World::start().await;
    let ana = world.ana();
    ana.types("away").await;
    let card = ana.find("Until when are you away?").activity_id;
    let mut data = json!({"verb": "absence.set", "who": "me", "cover": "anybody", "note": ""});
    for (key, value) in inputs.as_object().expect("inputs") {
        data[key] = value.clone();
    }
    let shown = words(&ana.forges(&card, data).await.card.expect("a card"));
    // Who may speak for nobody else has no place to choose somebody: the form comes back as it was.
    assert!(shown.contains(said) || (said == "Set as away" && shown.contains("Until when are you away?")), "{shown}");
    assert_eq!(world.recorded("absence.began").await, 0);
    ana.types("back").await;
    ana.sees("You have no open conversation, so nothing was sent.");
}

#[tokio::test]
async fn a_supervisor_sets_somebody_as_away_and_calls_them_back_and_nobody_else_does() {
    let world = World::with(|directory| directory.colleagues[BEN].roles.push(Role::Supervisor)).await;
    world.install("caro").await;
    let (ana, maria) = world.conversation().await;
    let (ben, caro) = (world.ben(), world.caro());
    ben.types("away").await;
    let inputs = json!({"who": id(&world, "ana"), "date": "2026-03-09", "time": "09:00", "cover": id(&world, "caro"), "note": "Ill"});
    let said = words(&ben.clicks("Set as away", inputs).await.card.expect("a card"));
    assert!(said.contains("Ana Souza is away until Mon 9 Mar at 09:00, Carolina Reyes stands in."), "{said}");
    ana.sees("Ben Okafor has set you as away until Mon 9 Mar at 05:00.");
    maria.types("Are you there?").await;
    caro.sees("Maria Oliveira: Are you there?");

    // Caro is no supervisor.
    caro.types("help").await;
    let card = caro.find("Commands").activity_id;
    for data in [
        json!({"verb": "absence.end", "who": id(&world, "ana")}),
        json!({"verb": "absence.set", "who": id(&world, "ben"), "date": "2026-03-09", "time": "09:00", "cover": "anybody"}),
    ] {
        caro.forges(&card, data).await;
    }
    assert_eq!((world.recorded("absence.began").await, world.recorded("absence.ended").await), (1, 0));

    ben.types("away").await;
    ben.sees("Ana Souza is away until");
    ben.clicks("Is back", Value::Null).await;
    caro.sees("Ana Souza is back. You have left the conversation with Maria Oliveira.");
    assert_eq!(world.last_record("absence.ended").await.actor, id(&world, "ben"));
}

#[tokio::test]
async fn when_all_who_have_the_client_are_away_supervisors_are_asked_at_once_who_may_join() {
    let world = World::with(|directory| directory.colleagues[CARO].roles.push(Role::Supervisor)).await;
    world.install("caro").await;
    let (ana, maria) = world.conversation().await;
    away(&ana, "anybody").await;
    let ben = world.ben();
    ben.opens(&maria).await;
    ben.clicks("Ask to join", Value::Null).await;
    world.housekeeping().await;
    world.settle().await;
    world.caro().clicks("Accept", json!({"history": "all", "last": "10"})).await;
    ben.sees("Carolina Reyes added you to the conversation with Maria Oliveira.");
}

#[tokio::test]
async fn an_absence_outlives_a_restart() {
    let world = World::start().await;
    let (ana, ben, maria) = covered(&world).await;
    world.stop().await;
    world.start_again().await;
    maria.types("Are you there?").await;
    ben.sees("Maria Oliveira: Are you there?");
    world.stop().await;
    world.clock.advance(Duration::hours(27).to_std().expect("forward"));
    world.start_again().await;
    world.settle().await;
    ana.sees("Welcome back. Ben Okafor stood in with Maria Oliveira.");
    maria.types("Hello").await;
    ben.sees_not("Maria Oliveira: Hello");
}
