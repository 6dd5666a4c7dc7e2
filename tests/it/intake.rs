//! A client whom nobody owns (product.md 6): "A client who writes to a number with no active thread goes to the last participants of
//! that line, else to the line's intake (a channel or its on-duty colleagues) with a *Take* button; the first to take it owns it, the card
//! says so to the rest."

use crate::harness::{Colleague, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{ChannelRef, Directory, Exclusivity, IntakeTo, Role};
use switchboard::simulator::CLIENTS_CHANNEL;

const OFFER: &str = "nobody owns this client yet";

/// The card that offers Tom, as it stands.
fn offer(who: &Colleague<'_>) -> String {
    who.chat()
        .into_iter()
        .filter_map(|item| item.card)
        .map(|card| words(&card))
        .rfind(|card| card.contains("Tom Becker"))
        .unwrap_or_default()
}

fn role(directory: &mut Directory, key: usize, role: Role) {
    directory.colleagues[key].roles.push(role);
}

/// In the order of the cast: Ana, Ben, Eva, Caro.
const BEN: usize = 1;
const EVA: usize = 2;
const CARO: usize = 3;

#[tokio::test]
async fn everybody_of_the_line_is_offered_the_client_on_one_card_that_follows_what_the_client_writes() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Hello").await;
    tom.types("Is anybody there?").await;
    tom.types("I need help").await;
    for colleague in [ana, ben] {
        assert_eq!(colleague.times_seen("Tom Becker"), 1, "{}", colleague.transcript());
        let card = offer(&colleague);
        assert!(card.contains("3 messages so far. The last one:") && card.contains("I need help"), "{card}");
        assert!(!card.contains("Is anybody there?"), "{card}");
    }
    world.eva().sees_not("Tom Becker");
    assert_eq!(world.recorded("intake.offered").await, 1);
}

#[tokio::test]
async fn the_first_to_take_a_client_owns_them_and_the_card_says_so_to_the_rest() {
    let world = World::start().await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Hello").await;
    tom.types("I need help").await;
    ana.clicks("Take", Value::Null).await;
    assert_eq!(ana.heard(), ["Tom Becker: Hello", "Tom Becker: I need help"]);
    let card = offer(&ben);
    assert!(card.contains("A colleague took this conversation.") && card.contains("Ana Souza"), "{card}");
    assert!(ben.newest_offering("Take").is_none());
    // Who took a client stays their owner.
    tom.types("Thank you").await;
    assert_eq!(ana.heard().len(), 3);
    ben.sees_not("Thank you");
    ana.types("You are welcome").await;
    tom.shows("You are welcome");
    assert_eq!(world.last_record("intake.settled").await.body["outcome"], "taken");
}

#[tokio::test]
async fn who_installs_the_app_later_can_take_a_client_who_waits() {
    let world = World::start().await;
    let (ana, ben, caro, tom) = (world.ana(), world.ben(), world.caro(), world.tom());
    for key in ["ana", "ben"] {
        world.teams.uninstall(key).await.expect("removed");
    }
    world.settle().await;
    let [seen_by_ana, seen_by_ben] = [ana, ben].map(|who| who.chat().len());
    // Nobody has the app: the client is kept, and offered as soon as there is somebody.
    tom.types("Hello?").await;
    tom.types("Nobody there?").await;
    assert_eq!([ana, ben].map(|who| who.chat().len()), [seen_by_ana, seen_by_ben]);
    world.install("caro").await;
    assert!(offer(&caro).contains("Nobody there?"), "{}", caro.transcript());
    world.teams.install("ben").await.expect("installed");
    world.settle().await;
    assert!(offer(&ben).contains(OFFER));
    caro.clicks("Take", Value::Null).await;
    assert_eq!(caro.heard(), ["Tom Becker: Hello?", "Tom Becker: Nobody there?"]);
    assert!(offer(&ben).contains("Carolina Reyes"));
}

#[tokio::test]
async fn who_is_enabled_later_is_offered_the_client_within_a_minute() {
    let world = World::with(|directory| directory.colleagues[BEN].enabled = false).await;
    let (ben, tom) = (world.ben(), world.tom());
    tom.types("Hello").await;
    ben.sees_not("Tom Becker");
    world.apply(|directory| directory.colleagues[BEN].enabled = true).await;
    world.advance(Duration::minutes(1)).await;
    assert!(offer(&ben).contains(OFFER), "{}", ben.transcript());
}

#[tokio::test]
async fn supervisors_are_reminded_once_of_a_client_whom_nobody_takes() {
    let world = World::with(|directory| role(directory, CARO, Role::Supervisor)).await;
    let (ana, caro, tom) = (world.ana(), world.caro(), world.tom());
    tom.types("Hello").await;
    world.advance(Duration::minutes(15)).await;
    // No supervisor has the app: looked for again.
    world.install("caro").await;
    assert_eq!(caro.times_seen("Waiting since"), 0);
    world.advance(Duration::minutes(10)).await;
    assert_eq!(caro.times_seen("Waiting since"), 1, "{}", caro.transcript());
    world.advance(Duration::hours(3)).await;
    assert_eq!(caro.times_seen("Waiting since"), 1);
    assert_eq!(world.recorded("intake.escalated").await, 1);
    ana.clicks("Take", Value::Null).await;
    assert_eq!(caro.times_seen("Waiting since"), 0);
    assert_eq!(caro.times_seen("A colleague took this conversation."), 2);
}

#[tokio::test]
async fn a_line_says_after_how_long_supervisors_are_reminded() {
    let world = World::with(|directory| {
        role(directory, BEN, Role::Supervisor);
        directory.lines[0].policy.intake_reminder_minutes = 3;
    })
    .await;
    world.tom().types("Hello").await;
    world.advance(Duration::seconds(170)).await;
    world.ben().sees_not("Waiting since");
    world.advance(Duration::seconds(15)).await;
    world.ben().sees("Waiting since");
    world.ben().clicks("Take", Value::Null).await;
    world.advance(Duration::hours(1)).await;
    world.ben().sees_not("Waiting since");
}

#[tokio::test]
async fn a_client_who_asks_to_stop_is_not_to_be_taken_any_more() {
    let world = World::start().await;
    let (ana, tom) = (world.ana(), world.tom());
    tom.types("Hello").await;
    let card = ana.find(OFFER).activity_id;
    tom.types("STOP").await;
    assert!(offer(&ana).contains("The client asked to stop."), "{}", offer(&ana));
    assert!(ana.newest_offering("Take").is_none());
    // Who comes back is offered anew, on a card of their own.
    tom.types("START").await;
    tom.types("Me again").await;
    assert_ne!(ana.find(OFFER).activity_id, card);
}

// Under `shared` everybody may.
#[tokio::test]
async fn on_a_shared_line_both_take_the_same_client() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, tom) = (world.ana(), world.ben(), world.tom());
    tom.types("Hello").await;
    let [of_ana, of_ben] = [ana, ben].map(|who| who.find(OFFER).activity_id);
    let (one, other) =
        tokio::join!(world.teams.click("ana", &of_ana, "Take", Value::Null), world.teams.click("ben", &of_ben, "Take", Value::Null));
    world.settle().await;
    for answer in [one, other] {
        assert!(words(&answer.expect("pressed").card.expect("a card")).contains("You took this conversation."));
    }
    tom.types("Hello both").await;
    for colleague in [ana, ben] {
        assert_eq!(colleague.heard(), ["Tom Becker: Hello", "Tom Becker: Hello both"]);
    }
}

/// The line's clients are offered in its channel.
fn in_the_channel(directory: &mut Directory) {
    let line = &mut directory.lines[0];
    line.intake.to = IntakeTo::Channel;
    line.channel =
        Some(ChannelRef { team: "19:4b8e6d1f0c2a4f7d9e35a1b7c8d0e2f6@thread.tacv2".to_owned(), channel: CLIENTS_CHANNEL.to_owned() });
}

#[tokio::test]
async fn while_the_app_is_not_in_the_channel_everybody_is_offered_the_client_and_administrators_hear_of_it_once() {
    let world = World::with(|directory| {
        in_the_channel(directory);
        role(directory, EVA, Role::Administrator);
    })
    .await;
    let (ana, ben, eva) = (world.ana(), world.ben(), world.eva());
    world.tom().types("Hello").await;
    world.kim().types("Hello, too").await;
    for colleague in [ana, ben] {
        assert_eq!(colleague.times_seen(OFFER), 2, "{}", colleague.transcript());
    }
    assert_eq!(eva.times_seen("New clients of Private clients cannot be offered in its channel"), 1, "{}", eva.transcript());
}

#[tokio::test]
async fn who_is_of_another_line_takes_nobody() {
    let world = World::start().await;
    let (eva, tom) = (world.eva(), world.tom());
    tom.types("Hello").await;
    let thread = world.last_record("intake.offered").await.thread;
    let card = eva.find("Welcome").activity_id;
    let answer = eva.forges(&card, json!({"verb": "thread.take", "thread": thread})).await;
    assert!(words(&answer.card.expect("a card")).contains("not yours"));
    assert_eq!(world.recorded("participant.joined").await, 0);
}
