//! How a message stands at the client is shown by a reaction on it, where that is switched on.

use super::states::status;
use crate::harness::{Colleague, Phone, World, in_time};
use chrono::Duration;
use serde_json::Value;
use switchboard::bridge::Exclusivity;
use switchboard::simulator::{Draft, Fault, FaultName, Surface};

const DELIVERED: &str = "2705_whiteheavycheckmark";
const READ: &str = "1f440_eyes";
const FAILED: &str = "26a0_warningsign";

async fn start() -> World {
    World::with_marks(|directory| directory.lines[0].policy.exclusivity = Exclusivity::Shared).await
}

/// What stands on something that a colleague wrote in their own chat.
fn on(colleague: &Colleague<'_>, activity: &str) -> Vec<String> {
    colleague.chat().into_iter().find(|item| item.activity_id == activity).expect("in the chat").reactions
}

/// Reactions that were set, and that were taken back.
fn requests(world: &World) -> (usize, usize) {
    let rows = world.teams.journal(0);
    let of = |add: bool| rows.iter().filter(|row| row.kind == "connector.reaction" && row.body["add"] == add).count();
    (of(true), of(false))
}

async fn reads(maria: &Phone<'_>) {
    maria.world.whatsapp.set_open(maria.key, true).expect("opened");
    maria.world.settle().await;
}

#[tokio::test]
async fn a_message_is_marked_as_delivered_and_then_as_read_and_never_as_both() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("See you at ten").await;
    assert_eq!(on(&ana, &typed), [DELIVERED]);
    reads(&maria).await;
    assert_eq!(on(&ana, &typed), [READ]);
    assert_eq!(requests(&world), (2, 1));
    // Late and repeated news change nothing.
    let wamid = maria.last().wamid;
    for told in ["delivered", "sent", "read", "played"] {
        status(&world, &wamid, told).await;
    }
    assert_eq!((on(&ana, &typed), requests(&world)), (vec![READ.to_owned()], (2, 1)));
}

#[tokio::test]
async fn without_the_switch_nothing_is_marked() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("See you at ten").await;
    reads(&maria).await;
    assert_eq!((on(&ana, &typed), requests(&world)), (Vec::new(), (0, 0)));
}

#[tokio::test]
async fn what_is_known_at_once_is_one_reaction() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.set_open(maria.key, true).expect("opened");
    let typed = ana.types("See you at ten").await;
    assert_eq!((on(&ana, &typed), requests(&world)), (vec![READ.to_owned()], (1, 0)));
}

#[tokio::test]
async fn a_failure_is_marked_until_the_message_is_sent_again() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).times(1));
    let typed = ana.types("See you at ten").await;
    assert_eq!(on(&ana, &typed), [FAILED]);
    ana.sees("Not delivered");
    ana.clicks("Retry", Value::Null).await;
    assert_eq!(maria.times_shown("See you at ten"), 1);
    assert_eq!(on(&ana, &typed), [DELIVERED]);
    world.whatsapp.faults().set(Fault::new(FaultName::GraphError).code(131_009).times(1));
    let typed = ana.types("Refused at once").await;
    assert_eq!(on(&ana, &typed), [FAILED]);
}

#[tokio::test]
async fn a_text_in_parts_is_as_far_as_the_last_of_them() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    maria.world.whatsapp.set_online(maria.key, false).expect("offline");
    let typed = ana.types(&"word ".repeat(2_000)).await;
    let world_parts: Vec<String> = maria.received().into_iter().rev().take(3).map(|item| item.wamid).collect();
    assert!(on(&ana, &typed).is_empty());
    status(&world, &world_parts[0], "read").await;
    status(&world, &world_parts[1], "delivered").await;
    assert!(on(&ana, &typed).is_empty(), "one is still on its way");
    status(&world, &world_parts[2], "read").await;
    assert_eq!(on(&ana, &typed), [DELIVERED]);
    status(&world, &world_parts[1], "read").await;
    assert_eq!(on(&ana, &typed), [READ]);
}

#[tokio::test]
async fn held_words_and_words_that_were_asked_about_are_marked_when_they_went() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    let held = ana.types("Until tomorrow").await;
    assert!(on(&ana, &held).is_empty());
    maria.types("Here I am").await;
    assert_eq!(on(&ana, &held), [DELIVERED]);
    world.consented(&ana, &world.tom()).await;
    let of_tom = ana.find("Tom Becker: Yes").activity_id;
    ana.says(Draft::text("One").quoting(&of_tom)).await;
    maria.types("Still here").await;
    let kept = ana.types("Whose is this?").await;
    ana.sees("Who is this for?");
    let thread = world.thread_of(&maria).await.to_string();
    ana.clicks("Send", serde_json::json!({ "thread": thread })).await;
    assert_eq!(on(&ana, &kept), [DELIVERED], "{}", ana.transcript());
}

#[tokio::test]
async fn in_a_shared_home_the_words_are_marked_where_they_stand_and_nothing_else_is() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    ben.opens(&maria).await;
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    room.set_rsc(true);
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", serde_json::json!({ "thread": thread })).await;
    let typed = room.says(&ana, Draft::text("See you at ten")).await.activity_id;
    let marked: Vec<String> = room.chat().into_iter().filter(|item| !item.reactions.is_empty()).map(|item| item.activity_id).collect();
    assert_eq!(marked, [typed]);
    assert!(ben.find("See you at ten").reactions.is_empty());
    assert!(ben.chat().iter().chain(&ana.chat()).all(|item| item.reactions.is_empty()));
}

#[tokio::test]
async fn a_service_that_fails_is_asked_again_and_given_up_without_delaying_or_losing_anything() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    world.teams.faults().set(Fault::new(FaultName::Unavailable).on(Surface::Reactions).times(2));
    let typed = ana.types("One").await;
    world.advance(Duration::minutes(1)).await;
    assert_eq!(on(&ana, &typed), [DELIVERED]);
    world.teams.faults().set(Fault::new(FaultName::ServerError).on(Surface::Reactions));
    let typed = ana.types("Two").await;
    maria.types("Three").await;
    ana.sees("Maria Oliveira: Three");
    assert_eq!(maria.times_shown("Two"), 1);
    for _ in 0..8 {
        world.advance(Duration::minutes(5)).await;
    }
    assert_eq!((on(&ana, &typed), world.recorded("mark.given_up").await), (Vec::new(), 1));
    world.teams.faults().clear();
    world.advance_hours(1).await;
    assert!(on(&ana, &typed).is_empty(), "given up");
    reads(&maria).await;
    assert_eq!(on(&ana, &typed), [READ], "the next news are a new attempt");
}

#[rstest::rstest]
#[case(403)]
#[case(405)]
#[case(501)]
#[tokio::test]
async fn where_the_preview_is_not_for_us_a_conversation_is_left_alone_for_a_day(#[case] refused: u16) {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    world.teams.faults().set(Fault::new(FaultName::GraphError).on(Surface::Reactions).status(refused).times(1));
    let first = ana.types("One").await;
    let second = ana.types("Two").await;
    assert_eq!((on(&ana, &first), on(&ana, &second), requests(&world)), (Vec::new(), Vec::new(), (0, 0)));
    assert_eq!((world.recorded("mark.refused").await, maria.times_shown("Two")), (1, 1));
    world.advance_hours(25).await;
    maria.types("Here").await;
    let third = ana.types("Three").await;
    assert_eq!(on(&ana, &third), [DELIVERED]);
}

#[tokio::test]
async fn a_message_that_its_author_deleted_in_teams_is_not_marked() {
    let world = start().await;
    let (ana, maria) = world.conversation().await;
    let typed = ana.types("See you at ten").await;
    super::takes_back(&ana, &typed).await;
    reads(&maria).await;
    assert_eq!(world.recorded("mark.given_up").await, 1);
    assert_eq!(world.recorded("mark.refused").await, 0);
}

/// A request was accepted, and the server stopped before it knew: what stands there then is taken back all the same.
#[rstest::rstest]
#[case::while_setting(false)]
#[case::while_taking_back(true)]
#[tokio::test]
async fn a_stop_in_the_middle_leaves_one_reaction(#[case] second: bool) {
    let world = World::crashable_with_marks().await;
    let (ana, maria) = world.conversation().await;
    let typed = if second { ana.types("See you at ten").await } else { ana.types_at_once("See you at ten").await };
    if second {
        world.whatsapp.set_open(maria.key, true).expect("opened");
    }
    world.quiet().await;
    world.teams.faults().set(Fault::new(FaultName::TimeoutAfterAcceptance).on(Surface::Reactions).times(1));
    let struck = || world.teams.faults().list().is_empty();
    in_time("a request", async {
        world.clock.advance(std::time::Duration::from_secs(1));
        while !struck() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    world.crash().await;
    world.whatsapp.set_open(maria.key, true).expect("opened");
    world.recovers().await;
    assert_eq!(on(&ana, &typed), [READ]);
}
