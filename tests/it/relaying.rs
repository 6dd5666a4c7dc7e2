//! Nothing is lost, doubled or reordered, whatever the other side does.

use crate::harness::World;
use chrono::Duration;
use serde_json::Value;
use switchboard::simulator::{Draft, Fault, FaultName, Surface};

async fn conversation(world: &World) {
    world.consented(&world.ana(), &world.maria()).await;
}

#[rstest::rstest]
#[case::too_many_requests(Fault::new(FaultName::TooManyRequests).retry_after(3))]
#[case::without_retry_after(Fault::new(FaultName::TooManyRequests))]
#[case::server_error(Fault::new(FaultName::ServerError))]
#[case::unavailable(Fault::new(FaultName::Unavailable))]
#[tokio::test]
async fn what_whatsapp_did_not_accept_is_sent_again_once_and_in_order(#[case] fault: Fault) {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(fault.times(3));
    for text in ["One", "Two", "Three"] {
        ana.types_at_once(text).await;
    }
    world.settle().await;
    assert_eq!(maria.free_texts()[1..], ["One", "Two", "Three"]);
    ana.sees_not("Not delivered");
}

#[rstest::rstest]
#[case::too_many_requests(Fault::new(FaultName::TooManyRequests).retry_after(3))]
#[case::server_error(Fault::new(FaultName::ServerError))]
#[case::bad_gateway(Fault::new(FaultName::BadGateway))]
#[case::reset(Fault::new(FaultName::Reset))]
#[tokio::test]
async fn what_teams_did_not_accept_is_posted_again_in_order(#[case] fault: Fault) {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.teams.faults().set(fault.times(2));
    for text in ["One", "Two", "Three"] {
        maria.types_at_once(text);
    }
    world.settle().await;
    let seen = ana.heard();
    let seen: Vec<&str> = seen[1..].iter().map(|text| text.split('\n').next().unwrap_or_default()).collect();
    assert_eq!(seen, ["Maria Oliveira: One", "Maria Oliveira: Two", "Maria Oliveira: Three"]);
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let world = World::start().await;
    conversation(&world).await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(120).times(1));
    world.ana().types("Patience").await;
    world.advance(Duration::seconds(100)).await;
    assert_eq!(world.maria().times_shown("Patience"), 0);
    world.advance(Duration::seconds(25)).await;
    assert_eq!(world.maria().times_shown("Patience"), 1);
}

#[tokio::test]
async fn a_send_whose_answer_is_lost_is_settled_by_its_status_and_not_sent_again() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(Fault::new(FaultName::TimeoutAfterAcceptance).times(1).lasting(std::time::Duration::from_millis(30)));
    ana.types("Once").await;
    ana.types("Then this").await;
    assert!(ana.thread_card(&maria).contains("Delivered"));
    world.advance(Duration::minutes(5)).await;
    ana.sees_not("We could not find out");
    assert_eq!(maria.free_texts()[1..], ["Once", "Then this"]);
}

#[rstest::rstest]
#[case::bad_gateway(FaultName::BadGateway)]
#[case::reset(FaultName::Reset)]
#[tokio::test]
async fn an_unknown_outcome_is_put_to_its_author_after_a_minute_who_may_resend(#[case] fault: FaultName) {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(Fault::new(fault).times(1));
    ana.types("Did it arrive?").await;
    assert!(ana.thread_card(&maria).contains("Not known whether it arrived"), "{}", ana.thread_card(&maria));
    ana.sees_not("We could not find out");
    world.advance(Duration::seconds(61)).await;
    assert_eq!(ana.times_seen("We could not find out whether this arrived."), 1);
    world.advance(Duration::minutes(10)).await;
    assert_eq!(ana.times_seen("We could not find out whether this arrived."), 1, "asked once");
    assert_eq!(maria.times_shown("Did it arrive?"), 0, "never sent again by itself");
    ana.clicks("Resend", Value::Null).await;
    assert_eq!(maria.times_shown("Did it arrive?"), 1);
}

#[tokio::test]
async fn an_unknown_outcome_can_be_settled_by_its_author() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(Fault::new(FaultName::BadGateway).times(1));
    ana.types("It is there").await;
    world.advance(Duration::seconds(61)).await;
    ana.clicks("It arrived", Value::Null).await;
    ana.sees("Noted: it arrived.");
    assert_eq!(maria.times_shown("It is there"), 0);
    assert_eq!(world.recorded("message.arrived_says_colleague").await, 1);
}

#[tokio::test]
async fn statuses_may_come_before_the_answer_twice_and_in_any_order() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.set_open("maria", true).expect("known");
    for (text, faults) in [
        ("Early", vec![FaultName::EarlyStatus]),
        ("Backwards", vec![FaultName::Reorder]),
        ("Twice", vec![FaultName::Duplicate]),
        ("Everything", vec![FaultName::EarlyStatus, FaultName::Reorder, FaultName::Duplicate]),
    ] {
        for fault in faults {
            world.whatsapp.faults().set(Fault::new(fault).times(1));
        }
        ana.types(text).await;
        assert!(ana.thread_card(&maria).contains("Read"), "{text}: {}", ana.thread_card(&maria));
        assert_eq!(maria.times_shown(text), 1);
    }
}

#[tokio::test]
async fn while_the_app_is_gone_clients_messages_wait_and_come_in_order_afterwards() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.teams.uninstall("ana").await.expect("removed");
    for text in ["One", "Two", "Three"] {
        maria.types(text).await;
    }
    world.advance_hours(30).await;
    assert_eq!(ana.heard().len(), 1);
    world.teams.install("ana").await.expect("installed");
    world.settle().await;
    assert_eq!(ana.heard()[1..], ["Maria Oliveira: One", "Maria Oliveira: Two", "Maria Oliveira: Three"]);
}

#[tokio::test]
async fn a_colleague_who_blocked_the_app_gets_everything_after_coming_back() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.teams.set_blocked("ana", true).expect("known");
    maria.types("One").await;
    maria.types("Two").await;
    world.teams.set_blocked("ana", false).expect("known");
    ana.types("Back").await;
    assert_eq!(ana.heard()[1..], ["Maria Oliveira: One", "Maria Oliveira: Two"]);
    assert_eq!(maria.last().text, "Back");
}

#[tokio::test]
async fn a_revoked_token_costs_one_more_request() {
    let world = World::start().await;
    conversation(&world).await;
    let tokens = world.teams.count("login.token");
    world.teams.revoke_tokens();
    world.maria().types("Hello").await;
    assert_eq!(world.ana().heard()[1..], ["Maria Oliveira: Hello"]);
    assert_eq!(world.teams.count("login.token"), tokens + 1);
    assert_eq!(world.teams.count("connector.unauthorized"), 1);
}

#[tokio::test]
async fn a_login_that_is_down_delays_and_loses_nothing() {
    let world = World::start().await;
    conversation(&world).await;
    world.teams.revoke_tokens();
    world.teams.faults().set(Fault::new(FaultName::Unavailable).on(Surface::Login).times(2));
    world.maria().types("Hello").await;
    for _ in 0..4 {
        world.advance(Duration::seconds(40)).await;
    }
    assert_eq!(world.ana().heard()[1..], ["Maria Oliveira: Hello"]);
}

#[tokio::test]
async fn what_is_on_its_way_when_the_server_stops_goes_out_once_and_in_order_when_it_starts_again() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(5));
    world.teams.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(5));
    for n in 1..=3 {
        ana.types_at_once(&format!("Out {n}")).await;
        maria.types_at_once(&format!("In {n}"));
    }
    world.quiet().await;
    assert_eq!((maria.times_shown("Out"), ana.times_seen("In 1")), (0, 0));
    world.stop().await;
    world.whatsapp.faults().clear();
    world.teams.faults().clear();
    // Written while the server is down: WhatsApp repeats it until somebody answers.
    maria.types_at_once("In 4");
    world.start_again().await;
    world.clock.advance(std::time::Duration::from_secs(6));
    world.settle().await;
    assert_eq!(maria.free_texts()[1..], ["Out 1", "Out 2", "Out 3"]);
    let seen: Vec<String> = (1..=4).map(|n| format!("Maria Oliveira: In {n}")).collect();
    assert_eq!(ana.heard()[1..], seen);
}

#[tokio::test]
async fn what_is_held_survives_a_restart() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.advance_hours(25).await;
    ana.types("One").await;
    ana.types("Two").await;
    world.stop().await;
    world.start_again().await;
    maria.types("Hello").await;
    assert_eq!(maria.free_texts()[1..], ["One", "Two"]);
}

#[tokio::test]
async fn a_failure_comes_back_as_one_sentence_with_the_way_on_and_retry_really_resends() {
    let world = World::start().await;
    conversation(&world).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_026).times(1));
    ana.types("Good evening").await;
    ana.sees(
        "Not delivered: the number may not use WhatsApp, or has blocked us. Check the number, or reach the client in another way. (WhatsApp code 131026)",
    );
    assert_eq!(maria.times_shown("Good evening"), 0);
    ana.clicks("Retry", Value::Null).await;
    assert_eq!(maria.times_shown("Good evening"), 1);
}

#[tokio::test]
async fn an_edit_after_sending_is_recorded_and_cannot_reach_the_client() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let sent = ana.types("Tuseday").await;
    world.teams.edits("ana", &sent, Draft::text("Tuesday")).await.expect("edited");
    world.settle().await;
    ana.sees("Your change stays in Teams: the client keeps the message as it was sent.");
    assert_eq!(maria.last().text, "Tuseday");
    assert_eq!(world.last_record("message.edited_in_teams").await.body["text"], "Tuesday");
}
