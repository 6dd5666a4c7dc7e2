//! Clients see that a colleague has read or is typing, where their line allows it and it is certain whom it concerns.

use crate::harness::{Colleague, Phone, World, in_time};
use chrono::Duration;
use serde_json::json;
use switchboard::bridge::{Directory, Exclusivity, NumberStatus, Policy};
use switchboard::simulator::{Draft, Fault, FaultName, Surface, Ticks};

fn both(policy: &mut Policy) {
    (policy.read_receipts, policy.typing) = (true, true);
}

async fn world() -> World {
    World::with_policy(both).await
}

/// The colleague has read their chat up to a message, or all of it.
async fn reads(colleague: &Colleague<'_>, until: Option<&str>) {
    assert_eq!(colleague.world.teams.reads(colleague.key, until).await.expect("told").status, 200);
    colleague.world.settle().await;
}

async fn types(colleague: &Colleague<'_>) {
    assert_eq!(colleague.world.teams.is_typing(colleague.key).await.expect("told").status, 200);
    colleague.world.settle().await;
}

/// What the client typed that is shown to them as read.
fn seen(client: &Phone<'_>) -> Vec<String> {
    let own = client.items().into_iter().filter(|item| item.from == switchboard::simulator::Side::Client && item.kind == "text");
    own.filter(|item| item.ticks == Some(Ticks::Read)).map(|item| item.text).collect()
}

fn shows_typing(client: &Phone<'_>) -> bool {
    client.world.whatsapp.shows_typing(client.key).expect("known")
}

/// Requests that marked something as read, with a typing indicator or without.
fn requests(world: &World, typing: bool) -> usize {
    let rows = world.whatsapp.journal(0);
    rows.iter().filter(|row| row.kind == "graph.read" && row.body.get("typing_indicator").is_some() == typing).count()
}

#[tokio::test]
async fn what_a_colleague_has_read_is_shown_as_read_once_and_nothing_beyond_it() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    maria.types("One").await;
    maria.types("Two").await;
    let until = ana.find("Maria Oliveira: Two").activity_id;
    maria.types("Three").await;
    assert!(seen(&maria).is_empty());
    reads(&ana, Some(&until)).await;
    assert_eq!(seen(&maria), ["One", "Two"]);
    reads(&ana, Some(&until)).await;
    assert_eq!(requests(&world, false), 1, "the latest stands for those before it, and is told once");
    reads(&ana, None).await;
    reads(&ana, Some(&until)).await;
    assert_eq!((seen(&maria).len(), requests(&world, false)), (3, 2));
    assert_eq!((world.recorded("message.read_in_teams").await, world.recorded("message.shown_as_read").await), (2, 2));
}

#[tokio::test]
async fn in_one_chat_each_clients_messages_are_their_own() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    world.consented(&ana, &world.tom()).await;
    maria.types("From Maria").await;
    let until = ana.find("From Maria").activity_id;
    world.tom().types("From Tom").await;
    reads(&ana, Some(&until)).await;
    assert_eq!((seen(&maria).len(), seen(&world.tom()).len()), (1, 0));
    reads(&ana, None).await;
    assert_eq!((seen(&maria).len(), seen(&world.tom()).len()), (1, 1));
}

#[rstest::rstest]
#[case::by_default(false)]
#[case::of_another_line(true)]
#[tokio::test]
async fn a_line_that_does_not_allow_it_tells_nobody(#[case] other_allows: bool) {
    let world = World::with(|directory: &mut Directory| {
        if other_allows {
            both(&mut directory.lines[1].policy);
        }
    })
    .await;
    let (ana, maria) = world.conversation().await;
    maria.types("One").await;
    reads(&ana, None).await;
    types(&ana).await;
    assert!(seen(&maria).is_empty() && !shows_typing(&maria));
    assert_eq!((requests(&world, false), requests(&world, true)), (0, 0));
}

#[tokio::test]
async fn typing_alone_needs_its_own_switch() {
    let world = World::with_policy(|policy| policy.read_receipts = true).await;
    let (ana, maria) = world.conversation().await;
    types(&ana).await;
    assert!(!shows_typing(&maria));
    reads(&ana, None).await;
    assert_eq!(requests(&world, false), 1);
}

#[tokio::test]
async fn without_consent_the_client_sees_nothing() {
    let world = world().await;
    let (ana, maria) = world.asked().await;
    maria.types("Who are you?").await;
    reads(&ana, None).await;
    types(&ana).await;
    maria.taps("Yes").await;
    reads(&ana, None).await;
    assert_eq!(requests(&world, false), 1, "since then");
    maria.types("STOP").await;
    reads(&ana, None).await;
    types(&ana).await;
    assert_eq!((requests(&world, false), requests(&world, true)), (1, 0));
}

#[tokio::test]
async fn on_a_number_that_is_switched_off_the_client_sees_nothing() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    maria.types("One").await;
    world.set_number(NumberStatus::Deactivated).await;
    reads(&ana, None).await;
    types(&ana).await;
    assert_eq!((requests(&world, false), requests(&world, true)), (0, 0));
}

#[tokio::test]
async fn who_takes_no_part_does_not_read_for_the_client() {
    let world = World::with_policy(|policy| {
        both(policy);
        policy.exclusivity = Exclusivity::Shared;
    })
    .await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    ben.opens(&maria).await;
    maria.types("One").await;
    world.goes(&ben, world.thread_of(&maria).await, switchboard::store::Left::Left).await;
    reads(&ben, None).await;
    assert!(seen(&maria).is_empty());
    reads(&ana, None).await;
    assert_eq!(seen(&maria), ["One"]);
}

#[tokio::test]
async fn typing_is_shown_to_the_client_whom_it_is_certainly_for_and_not_more_often_than_needed() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    maria.types("One").await;
    types(&ana).await;
    assert!(shows_typing(&maria) && seen(&maria) == ["One"]);
    types(&ana).await;
    assert_eq!(requests(&world, true), 1);
    ana.types("Here I am").await;
    assert!(!shows_typing(&maria), "what was typed has come");
    world.advance(Duration::seconds(21)).await;
    types(&ana).await;
    assert_eq!(requests(&world, true), 2);
    world.advance(Duration::seconds(26)).await;
    assert!(!shows_typing(&maria));
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    maria.types("Two").await;
    types(&ana).await;
    assert!(!shows_typing(&maria) && !shows_typing(&tom), "nobody knows for whom");
    let of_tom = ana.find("Tom Becker: Yes").activity_id;
    ana.says(Draft::text("Hello Tom").quoting(&of_tom)).await;
    types(&ana).await;
    assert!(shows_typing(&tom) && !shows_typing(&maria));
}

#[tokio::test]
async fn what_could_not_be_sent_now_is_not_announced() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    types(&ana).await;
    assert!(!shows_typing(&maria));
    assert_eq!(requests(&world, true), 0);
}

#[tokio::test]
async fn reading_is_told_again_when_whatsapp_fails_and_typing_is_not() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    maria.types("One").await;
    world.whatsapp.faults().set(Fault::new(FaultName::Unavailable).on(Surface::Messages).times(2));
    types(&ana).await;
    assert_eq!(world.whatsapp.faults().list().len(), 1);
    reads(&ana, None).await;
    world.advance(Duration::minutes(1)).await;
    assert_eq!((seen(&maria), requests(&world, true)), (vec!["One".to_owned()], 0));
    maria.types("Two").await;
    world.whatsapp.faults().set(Fault::new(FaultName::GraphError).on(Surface::Messages).code(131_009).times(1));
    reads(&ana, None).await;
    assert_eq!(world.recorded("message.not_shown_as_read").await, 1);
    ana.types("Still working").await;
    maria.shows("Still working");
}

/// What was read stays read: it is told after a stop in the middle, and telling it twice does no harm.
#[tokio::test]
async fn what_was_read_before_a_crash_is_told_after_it() {
    let world = World::crashable(|directory| both(&mut directory.lines[0].policy)).await;
    let (ana, maria) = world.conversation().await;
    maria.types("One").await;
    world.whatsapp.faults().set(Fault::new(FaultName::TimeoutAfterAcceptance).on(Surface::Messages).times(1));
    assert_eq!(world.teams.reads(ana.key, None).await.expect("told").status, 200);
    let struck = || world.whatsapp.faults().list().is_empty();
    in_time("a request", async {
        world.clock.advance(std::time::Duration::from_secs(1));
        while !struck() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    world.crash().await;
    world.recovers().await;
    assert_eq!(seen(&maria), ["One"]);
    assert_eq!((requests(&world, false), world.recorded("message.shown_as_read").await), (2, 1));
}

#[tokio::test]
async fn in_shared_conversations_nothing_is_told() {
    let world = world().await;
    let (ana, maria) = world.conversation().await;
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    room.set_rsc(true);
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    maria.types("One").await;
    let last = room.find("Maria Oliveira: One").activity_id;
    let event = json!({"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": {"lastReadMessageId": last}});
    let seat = (ana.key, room.conversation.as_str());
    for members in [event, json!({"type": "typing"})] {
        assert_eq!(world.teams.sends_raw(seat, members).await.expect("sent").status, 200);
    }
    // In their own chat there is nothing of this client to write to now.
    types(&ana).await;
    assert_eq!((requests(&world, false), requests(&world, true)), (0, 0));
}
