//! `switchboard transfer-all` (product.md 6: "A supervisor may transfer without acceptance (absence, leavers)"): a leaver's whole book.

use crate::harness::{World, binary};
use serde_json::{Value, json};
use std::process::Output;
use switchboard::app::transfer_all::{self, BookOrder, Report};
use switchboard::bridge::{Exclusivity, HistoryChoice, held};
use switchboard::store::Store;

fn order(to: &str) -> BookOrder {
    BookOrder { from: "Ana Souza".into(), to: to.into(), line: None, history: HistoryChoice::All, held: held::Fate::HandOver }
}

/// As the command does, with the world's clock, on a store of its own beside the running server's.
async fn hands_on(world: &World, order: &BookOrder) -> Report {
    let store = Store::open(world.store()).expect("the server's database");
    let done = transfer_all::run(&store, order, "root", world.clock.now(), |_, _| {}).await.expect("done");
    store.close().await;
    world.settle().await;
    done
}

fn clients(entries: &[transfer_all::BookEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.client.as_str()).collect()
}

#[tokio::test]
async fn every_client_goes_over_and_both_are_told_once() {
    let world = World::start().await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Held for Maria").await;
    world.consented(&ana, &tom).await;
    let before = ben.chat().len();
    let done = hands_on(&world, &order("1F2E3D4C-0002-4a5b-8c6d-7e8f90a1b2c3")).await;
    assert_eq!((clients(&done.moved), done.moved[0].held, done.stayed.len()), (vec!["Maria Oliveira", "Tom Becker"], 1, 0));

    ben.sees("2 conversations of Ana Souza went over to you. What the clients write from now on comes to you.");
    assert_eq!(ben.chat().len(), before + 1, "one summary instead of a post for each:\n{}", ben.transcript());
    assert_eq!(ana.times_seen("2 conversations of yours went over to Ben Okafor."), 1);
    assert_eq!(ana.times_seen("now belongs to"), 0);
    // The clients are told by the usual rule.
    let told = "From now on Ben Okafor from Northwind Bank will help you in this chat.";
    assert_eq!((maria.times_shown(told), tom.times_shown(told)), (0, 1));
    maria.types("Back").await;
    let last: Vec<String> = maria.free_texts().into_iter().rev().take(2).collect();
    assert!(last[1] == told && last[0].starts_with("Held for Maria"), "{last:?}");

    // With the client's next message the conversation is as any other.
    assert!(ben.card_of(&maria).is_some() && ben.card_of(&tom).is_none());
    ben.sees("Maria Oliveira: Back");
    ana.sees_not("Maria Oliveira: Back");
    tom.types("Hello").await;
    assert!(ben.card_of(&tom).is_some());
    let record = world.last_record("book.transferred").await;
    assert_eq!((record.actor.as_str(), record.body["threads"].as_array().map(Vec::len)), ("root", Some(2)));
    assert!(world.journal().await.iter().filter(|row| row.kind == "thread.transferred").all(|row| row.actor == "root"));

    // Done twice, it changes nothing.
    let journal = world.journal().await.len();
    let again = hands_on(&world, &order("Ben Okafor")).await;
    assert!(again.moved.is_empty() && again.stayed.is_empty() && again.to_string().contains("takes part in no conversation"), "{again}");
    assert_eq!(world.journal().await.len(), journal);
}

#[tokio::test]
async fn who_is_not_enabled_for_a_line_does_not_get_its_clients() {
    let world = World::with(|directory| directory.colleagues[0].lines.push("service".into())).await;
    let (ana, maria, jonas) = (world.ana(), world.maria(), world.jonas());
    world.consented(&ana, &maria).await;
    jonas.types("Hallo").await;
    ana.clicks("Take", Value::Null).await;
    let foreseen = transfer_all::foresee(world.relay().store(), &order("Ben Okafor"), world.clock.now()).await.expect("foreseen");
    assert!(foreseen.to_string().contains("1 would go to Ben Okafor, 1 would stay with Ana Souza. Nothing was changed."), "{foreseen}");
    assert_eq!(world.recorded("thread.transferred").await, 0);

    let done = hands_on(&world, &order("Ben Okafor")).await;
    assert_eq!((clients(&done.moved), clients(&done.stayed)), (vec!["Maria Oliveira"], vec!["Jonas Weber"]));
    let reason = done.stayed[0].stays_because.as_deref();
    assert_eq!(reason, Some("Ben Okafor is not enabled for Service Desk"));
    jonas.types("Noch da?").await;
    ana.sees("Jonas Weber: Noch da?");

    // One line alone, and nobody without the app.
    let none = hands_on(&world, &BookOrder { line: Some("advice".into()), ..order("Eva Lang") }).await;
    assert!(none.moved.is_empty() && none.stayed.is_empty());
    let no_app = hands_on(&world, &BookOrder { from: "Ben Okafor".into(), ..order("Carolina Reyes") }).await;
    assert_eq!(no_app.stayed[0].stays_because.as_deref(), Some("Carolina Reyes has no chat with the app in Teams"));
    let rest = hands_on(&world, &BookOrder { line: Some("Service Desk".into()), ..order("Eva Lang") }).await;
    assert_eq!(clients(&rest.moved), ["Jonas Weber"]);
    for (order, reason) in [
        (order("Ana Souza"), "Ana Souza cannot hand over to Ana Souza"),
        (order("Nobody"), "Nobody"),
        (BookOrder { line: Some("loans".into()), ..order("Ben Okafor") }, "loans"),
    ] {
        let refused = transfer_all::foresee(world.relay().store(), &order, world.clock.now()).await.expect_err("refused").to_string();
        assert!(refused.contains(reason), "{refused}");
    }
}

#[tokio::test]
async fn the_others_are_told_what_was_offered_is_over_and_withdrawn_texts_come_back() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, caro, maria) = (world.ana(), world.ben(), world.caro(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    world.advance_hours(25).await;
    ana.types("transfer").await;
    let user = world.cast.teams.users.iter().find(|user| user.key == "ben").expect("in the cast");
    ana.clicks("Offer", json!({"receiver": user.object_id})).await;
    ana.types("A last word").await;
    let done = hands_on(&world, &BookOrder { held: held::Fate::Withdraw, history: HistoryChoice::None, ..order("Carolina Reyes") }).await;
    assert_eq!(clients(&done.moved), ["Maria Oliveira"]);
    ben.sees("Maria Oliveira now belongs to Carolina Reyes.");
    ben.sees("Ana Souza offered this client to Ben Okafor. It is over,");
    caro.sees("1 conversation of Ana Souza went over to you.");
    ana.sees("Your text:\nA last word");
    maria.types("Back").await;
    assert_eq!(maria.times_shown("A last word"), 0);
    assert_eq!(caro.heard(), ["Maria Oliveira: Back"], "and nothing of what was written before");
}

/// Broken off after the first client, it is done again: nobody goes over twice, and both are told of all.
#[tokio::test]
async fn broken_off_it_is_simply_done_again() {
    let world = World::start().await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    let (store, now) = (world.relay().store().clone(), world.clock.now());
    let broken = tokio::spawn(async move {
        transfer_all::run(&store, &order("Ben Okafor"), "root", now, |_, _| panic!("broken off on purpose")).await.map(drop)
    });
    assert!(broken.await.expect_err("it was broken off").is_panic());
    world.settle().await;
    assert_eq!((world.recorded("thread.transferred").await, ben.times_seen("went over to you")), (1, 0));
    let rest = hands_on(&world, &order("Ben Okafor")).await;
    assert_eq!(rest.moved.len(), 1);
    assert_eq!(ben.times_seen("2 conversations of Ana Souza went over to you."), 1);
    for client in [maria, tom] {
        assert_eq!(client.times_shown("From now on Ben Okafor"), 1);
    }
}

fn run(world: &World, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(binary().args(["simulate", "config", folder.path().to_str().expect("plain")]).output().expect("runs").status.success());
    let config = folder.path().join("switchboard.toml");
    let text = std::fs::read_to_string(&config).expect("written");
    let url = text.lines().find(|line| line.starts_with("url = ")).expect("the store").to_owned();
    std::fs::write(&config, text.replace(&url, &format!("url = \"{}\"", world.config.store.url()))).expect("writable");
    let mut command = binary();
    command.current_dir(folder.path()).env_remove("SUDO_USER").env("USER", "root").arg("transfer-all").args(arguments);
    command.arg("--config").arg(&config).output().expect("runs")
}

#[tokio::test]
async fn the_command_prints_a_table_or_json_and_its_exit_code_says_whether_all_went() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let said = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let dry = run(&world, &["--from", "Ana Souza", "--to", "ben okafor", "--dry-run"]);
    assert!(dry.status.success() && said(&dry).contains("1 would go to Ben Okafor. Nothing was changed."), "{dry:?}");
    assert!(said(&dry).contains("Maria Oliveira") && said(&dry).contains("Private clients"), "{dry:?}");
    let stays = run(&world, &["--from", "Ana Souza", "--to", "Eva Lang", "--json"]);
    let report: Value = serde_json::from_slice(&stays.stdout).expect("JSON");
    assert_eq!((stays.status.code(), &report["moved"], report["stayed"].as_array().map(Vec::len)), (Some(3), &json!([]), Some(1)));
    for (arguments, code) in [(&["--from", "Nobody", "--to", "Eva Lang"][..], 1), (&["--from", "Ana Souza"], 2)] {
        assert_eq!(run(&world, arguments).status.code(), Some(code));
    }
    let wrong = run(&world, &["--from", "Ana Souza", "--to", "Ben Okafor", "--history", "some"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("write none, all, or a number from 1 to 999"), "{wrong:?}");
    assert_eq!(world.recorded("thread.transferred").await, 0);

    let done = run(&world, &["--from", "Ana Souza", "--to", "Ben Okafor", "--history", "2", "--held", "withdraw"]);
    assert!(done.status.success() && said(&done).contains("1 went to Ben Okafor."), "{done:?}");
    let record = world.last_record("thread.transferred").await;
    assert_eq!((record.actor.as_str(), &record.body["history"], &record.body["held"]), ("root", &json!("2"), &json!("withdraw")));
    // The running server takes it from there: what a client writes comes to Ben.
    maria.types("Hello").await;
    world.ben().sees("Maria Oliveira: Hello");
}
