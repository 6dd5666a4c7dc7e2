//! Microsoft refuses, is too busy, does not answer; the server crashes: nothing is lost, no chat is made twice, and colleagues know.

use super::{OPENING, WHICH_CLIENT, before_chats, done, goes_on_in_the_only_chat, graph_fault, made, presses_open};
use crate::harness::{Colleague, PATIENCE, World};
use chrono::Duration;
use rstest::rstest;
use serde_json::Value;
use switchboard::bridge::Role;
use switchboard::simulator::{Fault, FaultName};

/// Longer than any test.
const ENDLESS: std::time::Duration = std::time::Duration::from_secs(600);

/// The same without waiting for what follows.
async fn presses_open_at_once(who: &Colleague<'_>) {
    who.types("details").await;
    let (card, _) = who.newest_offering("Open as group chat").expect("details");
    who.world.teams.click(who.key, &card.activity_id, "Open as group chat", Value::Null).await.expect("pressed");
}

/// Where nobody hears what Teams tells the bot.
fn nowhere() -> url::Url {
    "http://127.0.0.1:1/api/messages".parse().expect("a URL")
}

/// A permission is missing: the colleague is told with the next step, who can mend it is told once, and nothing is lost.
#[tokio::test]
async fn what_microsoft_refuses_is_told_with_the_next_step() {
    let world = World::with_graph(|directory| directory.colleagues[1].roles.push(Role::Administrator)).await;
    let (ana, maria) = before_chats(&world).await;
    let ben = world.ben();
    world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403)));
    presses_open(&ana).await;
    ana.sees("No group chat was opened for this conversation: Microsoft does not allow it");
    ana.sees("do it yourselves: Make a group chat in Teams with Ana Souza");
    assert!(!ana.thread_card_says(&maria, OPENING));
    ana.clicks("Try again", Value::Null).await;
    // What was pressed is the receipt of the second attempt, which is refused as well.
    assert_eq!((ana.times_seen("No group chat was opened"), world.recorded("chat.not_made").await), (1, 2));
    assert_eq!(ben.times_seen("Group chats for conversations of"), 1);
    maria.types("Still there?").await;
    ana.sees("Maria Oliveira: Still there?");
    world.teams.faults().clear();
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[rstest]
#[case::too_often(Fault::new(FaultName::TooManyRequests))]
#[case::unreachable(Fault::new(FaultName::Reset))]
#[tokio::test]
async fn what_does_not_pass_is_given_up_in_the_end_and_told(#[case] fault: Fault) {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    let uncertain = fault.name == FaultName::Reset;
    world.teams.faults().set(graph_fault(fault));
    presses_open(&ana).await;
    for _ in 0..12 {
        world.advance(Duration::seconds(120)).await;
    }
    ana.sees(if uncertain { "Microsoft did not tell whether" } else { "Microsoft was asked too often." });
    assert!(!ana.thread_card_says(&maria, OPENING));
    world.teams.faults().clear();
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// "A timeout is not a failure": what was perhaps made is looked for, and not made again.
#[rstest]
#[case::made(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(std::time::Duration::from_millis(50)))]
#[tokio::test]
async fn a_chat_whose_making_was_not_answered_is_found(#[case] fault: Fault) {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(fault.times(1)));
    presses_open(&ana).await;
    assert_eq!((done(&world, "chat"), world.recorded("chat.made").await), (1, 0));
    assert!(ana.thread_card_says(&maria, OPENING));
    world.advance(Duration::seconds(25)).await;
    assert_eq!(world.last_record("chat.made").await.body["found"], true);
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// A chat of the same title that is older, or of other people, is not taken for it.
#[rstest]
#[case::server_error(Fault::new(FaultName::ServerError))]
#[case::unavailable(Fault::new(FaultName::Unavailable))]
#[case::gateway(Fault::new(FaultName::BadGateway))]
#[tokio::test]
async fn a_chat_that_is_not_found_is_made_again_only_when_a_colleague_wants_it(#[case] fault: Fault) {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    let line = world.relay().office().directory.lines[0].name.clone();
    let title = format!("Maria Oliveira · {line}");
    world.group_chat(&title, &[ana]);
    world.advance(Duration::minutes(5)).await;
    world.teams.faults().set(graph_fault(fault.times(1)));
    presses_open(&ana).await;
    world.group_chat(&title, &[ana, world.ben()]);
    world.advance(Duration::seconds(25)).await;
    world.advance(Duration::seconds(40)).await;
    ana.sees_not("Microsoft did not tell");
    world.advance(Duration::seconds(60)).await;
    ana.sees(&format!("We looked for it and found none. Look in Teams: if there is a chat “{title}”"));
    assert_eq!((done(&world, "chat"), world.recorded("chat.made").await), (0, 0));
    assert!(!ana.thread_card_says(&maria, OPENING));
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[tokio::test]
async fn where_graph_does_not_let_us_look_the_colleague_decides() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::ServerError).times(1)));
    presses_open(&ana).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403).times(2)));
    world.advance(Duration::seconds(25)).await;
    ana.sees("We are not allowed to look for it.");
    assert_eq!(world.recorded("chat.made").await, 0);
    // It may not look this time either: the colleague has looked.
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// The process is gone while Microsoft makes the chat: it is found afterwards.
#[tokio::test]
async fn after_a_crash_while_a_chat_is_made_it_is_found_and_not_made_again() {
    let world = World::crashable(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(ENDLESS).times(1)));
    presses_open_at_once(&ana).await;
    world.teams.until("ana", PATIENCE, |_| (done(&world, "chat") == 1).then_some(())).await.expect("asked for");
    world.crash().await;
    world.recovers().await;
    assert_eq!(world.recorded("chat.made").await, 0);
    world.advance(Duration::seconds(30)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[tokio::test]
async fn where_the_apps_report_is_lost_the_chat_is_visited() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(60).times(1)));
    presses_open(&ana).await;
    let endpoint = format!("{}/api/messages", world.base()).parse().expect("a URL");
    world.teams.set_bot_endpoint(nowhere());
    world.advance(Duration::seconds(65)).await;
    assert_eq!(done(&world, "install"), 1);
    assert_eq!(world.recorded("conversation.installed").await, 0);
    world.teams.set_bot_endpoint(endpoint);
    world.advance(Duration::seconds(20)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[tokio::test]
async fn where_graph_is_switched_off_meanwhile_the_colleague_is_told() {
    let mut world = World::with_graph(|_| {}).await;
    before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(60).times(1)));
    presses_open(&world.ana()).await;
    world.stop().await;
    world.config.teams.graph.enabled = false;
    world.start_again().await;
    world.advance(Duration::seconds(90)).await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.sees("this is switched off by now. It goes on as before. Do it yourselves: Make a group chat in Teams with Ana Souza");
    assert!(!ana.thread_card_says(&maria, OPENING));
    maria.types("Hello").await;
    ana.sees("Maria Oliveira: Hello");
}

/// Changes the configured id of the app in the catalog, by a restart.
async fn restarts_with(world: &mut World, catalog_id: &str) {
    world.stop().await;
    world.config.teams.graph.app_catalog_id = catalog_id.to_owned();
    world.start_again().await;
}

/// A chat that was made and has no app in it, because the configuration names another one; what Ana may press is left.
async fn has_a_chat_without_the_app(world: &mut World) {
    restarts_with(world, "another-app").await;
    before_chats(world).await;
    presses_open(&world.ana()).await;
    world.advance(Duration::seconds(30)).await;
    world.ana().sees("was made for this conversation, but the app is not in it: Microsoft does not allow it");
    assert!(!world.ana().thread_card_says(&world.maria(), OPENING));
    assert_eq!((done(world, "chat"), done(world, "install")), (1, 0));
    let right = world.cast.teams.catalog_id.clone();
    restarts_with(world, &right).await;
}

#[tokio::test]
async fn where_the_app_cannot_be_installed_it_is_told_and_tried_again_in_the_same_chat() {
    let mut world = World::with_graph(|directory| directory.colleagues[1].roles.push(Role::Administrator)).await;
    has_a_chat_without_the_app(&mut world).await;
    world.ben().sees("Microsoft Graph answered “NotFound: The app is not in the catalog.”");
    let (ana, maria) = (world.ana(), world.maria());
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// The other way that the card tells.
#[tokio::test]
async fn a_colleague_may_add_the_app_to_the_chat_that_was_made() {
    let mut world = World::with_graph(|_| {}).await;
    has_a_chat_without_the_app(&mut world).await;
    let (ana, maria, room) = (world.ana(), world.maria(), made(&world).await);
    room.add_bot(&ana).await;
    room.sees_not(WHICH_CLIENT);
    room.types(&ana, "Here we are").await;
    assert!(maria.last().text.ends_with("Here we are"));
}

/// The process is gone while the app is installed: what it reported from there meanwhile nobody heard.
#[tokio::test]
async fn after_a_crash_while_the_app_is_installed_the_conversation_moves_all_the_same() {
    let mut world = World::crashable(|_| {}).await;
    has_a_chat_without_the_app(&mut world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(60).times(1)));
    world.ana().clicks("Try again", Value::Null).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(ENDLESS).times(1)));
    world.teams.set_bot_endpoint(nowhere());
    world.clock.advance(std::time::Duration::from_secs(65));
    world.teams.until("ana", PATIENCE, |_| (done(&world, "install") == 1).then_some(())).await.expect("installed");
    world.crash().await;
    world.teams.faults().clear();
    world.recovers().await;
    assert_eq!((world.recorded("conversation.installed").await, world.recorded("thread.moved").await), (0, 0));
    world.advance(Duration::seconds(20)).await;
    let (ana, maria) = (world.ana(), world.maria());
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
    assert_eq!(done(&world, "install"), 1);
}
