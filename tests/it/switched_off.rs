//! What an administrator switches off (product.md 9): a line as a number, and a colleague, whose clients must not be left alone.

use crate::harness::{World, binary, words};
use serde_json::{Value, json};
use switchboard::app::switch::{Switch, What, switch};
use switchboard::app::transfer_all::{self, BookOrder};
use switchboard::bridge::{HistoryChoice, NumberStatus, Role, held};
use switchboard::store::Store;

const K11: &str = "We're not currently using this number to accept WhatsApp messages.";

/// As the command does, on a store of its own beside the running server's.
async fn turns(world: &World, what: What, id: &str, on: bool) -> Vec<String> {
    let store = Store::open(world.store()).expect("the server's database");
    let order = Switch { what, id: id.to_owned(), on };
    let changes = switch(&store, &order, "root", world.clock.now()).await.expect("switched");
    store.close().await;
    world.housekeeping().await;
    world.settle().await;
    changes.iter().map(ToString::to_string).collect()
}

/// "colleagues get T-12 once, and on every attempt", for a line.
#[tokio::test]
async fn a_line_that_is_switched_off_is_told_once_and_answers_clients_once_a_day() {
    let world = World::start().await;
    let (ana, ben, eva, maria) = (world.ana(), world.ben(), world.eva(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Held meanwhile").await;
    assert_eq!(turns(&world, What::Line, "Private clients", false).await, ["~ line advice: enabled true -> false"]);
    let told = "Your administrator has switched off WhatsApp for Private clients. Nothing is sent from it, and what is held waits";
    world.apply(|directory| directory.lines[1].name = "Service".to_owned()).await;
    world.stop().await;
    world.start_again().await;
    world.settle().await;
    assert_eq!([ana, ben, eva].map(|who| who.times_seen(told)), [1, 1, 0], "once, and on that line only");
    let record = world.journal().await.into_iter().find(|row| row.kind == "directory.applied" && row.actor == "root").expect("recorded");
    assert_eq!(record.body["changes"], json!(["~ line advice: enabled true -> false"]));

    let (seen, recorded) = (ana.heard().len(), world.recorded("message.received").await);
    maria.types("Hello?").await;
    maria.types("Anybody?").await;
    assert_eq!(maria.times_shown(K11), 1);
    assert_eq!((ana.heard().len(), world.recorded("message.received").await), (seen, recorded + 2), "recorded, not shown");
    world.advance_hours(25).await;
    maria.types("And today?").await;
    assert_eq!(maria.times_shown(K11), 2);
    for times in 1..=2 {
        ana.types("Hello").await;
        assert_eq!(ana.times_seen("Your administrator has switched off WhatsApp for Private clients. Nothing was sent."), times);
    }
    assert!(!maria.free_texts().iter().any(|text| text.contains("Held meanwhile") || text == "Hello"), "held messages stay held");

    assert_eq!(turns(&world, What::Line, "advice", true).await.len(), 1);
    maria.types("Good morning").await;
    assert!(maria.free_texts().iter().any(|text| text.contains("Held meanwhile")));
    ana.sees("Maria Oliveira: Good morning");
}

#[tokio::test]
async fn an_opt_out_counts_also_on_a_line_that_is_switched_off() {
    let world = World::start().await;
    let (_, maria) = world.conversation().await;
    turns(&world, What::Line, "advice", false).await;
    maria.types("stop").await;
    assert_eq!((world.recorded("consent.revoked").await, maria.times_shown(K11)), (1, 0));
}

#[tokio::test]
async fn the_whole_that_is_switched_off_is_told_to_everybody() {
    let world = World::start().await;
    world.apply(|directory| directory.organization.enabled = false).await;
    for who in [world.ana(), world.ben(), world.eva()] {
        assert_eq!(who.times_seen("Your administrator has switched off WhatsApp for Northwind. Nothing is sent from it"), 1);
    }
}

#[tokio::test]
async fn a_number_is_switched_off_and_on_by_what_people_call_it() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    assert_eq!(turns(&world, What::Number, "+49 (30) 5550100", false).await.len(), 1);
    assert_eq!(turns(&world, What::Number, "+49 (30) 5550100", false).await, [""; 0], "done twice, it changes nothing");
    assert_eq!(ana.times_seen("Your administrator has switched off WhatsApp for +49 30 5550100. Nothing is sent"), 1);
    assert_eq!(world.relay().office().directory.numbers[0].status, NumberStatus::Deactivated);
    turns(&world, What::Number, "106540352242922", true).await;
    ana.types("Here again").await;
    maria.shows("Here again");
}

/// "other participants and supervisors are told": those who stay go on, also with what the other had written and what waits.
#[tokio::test]
async fn who_stays_goes_on_when_a_colleague_is_switched_off() {
    let world = World::with(|directory| directory.colleagues[2].roles.push(Role::Supervisor)).await;
    world.apply(|directory| directory.colleagues[2].lines.push("advice".into())).await;
    let (ana, ben, eva, maria) = (world.ana(), world.ben(), world.eva(), world.maria());
    world.consented(&ana, &maria).await;
    world.comes(&ben, world.thread_of(&maria).await).await;
    world.advance_hours(25).await;
    ana.types("Written by Ana").await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    ben.sees("Ana Souza was switched off by your administrator and takes no part in the conversation with Maria Oliveira any more.");
    assert_eq!(eva.times_seen("have no colleague now") + eva.times_seen("has no colleague now"), 0, "nobody is left alone");
    let before = ana.chat().len();
    maria.types("Good morning").await;
    ben.sees("Maria Oliveira: Good morning");
    assert_eq!(ana.chat().len(), before, "nothing of it reaches who is switched off:\n{}", ana.transcript());
    // Row 1: nothing leaves of who is not enabled, and nobody has decided that it goes out in another's name.
    assert!(!maria.free_texts().iter().any(|text| text.contains("Written by Ana")), "{:?}", maria.free_texts());
    ben.sees("1 not sent, because the colleague who wrote is not enabled for this line any more.");
    // K-31, which waited for the window and goes first.
    assert_eq!(maria.times_shown("Ana Souza is no longer available to chat. Ben Okafor will continue to help you."), 1);
    ben.types("It is Ben here").await;
    assert!(maria.last().text.ends_with("It is Ben here"), "{:?}", maria.last());
    assert_eq!(world.last_record("participant.left").await.body["how"], "switched_off");
    assert_eq!(world.last_record("participant.left").await.actor, "root");
}

/// "the client is then not owned by anybody any more": supervisors hear of it, anybody of the line may go on, and the intake has who writes.
#[tokio::test]
async fn the_clients_of_a_colleague_who_is_switched_off_are_free_for_the_line() {
    let world = World::with(|directory| directory.colleagues[1].roles.push(Role::Supervisor)).await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    ana.types("My answer").await;
    world.consented(&ana, &tom).await;
    tom.types("I am waiting").await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    for client in [&maria, &tom] {
        assert_eq!(client.last().text, "Ana Souza is no longer available to chat.");
    }
    ben.sees("Ana Souza was switched off by your administrator for Private clients. 2 clients have no colleague now: Maria Oliveira and Tom Becker.");
    // Who waits for an answer is offered at once, who does not when they write.
    assert_eq!(ben.times_seen("I am waiting"), 1);
    ben.clicks("Take", Value::Null).await;
    ben.sees("You took this conversation.");
    let card = ben.opens(&maria).await;
    assert!(card.contains("You can write to Maria Oliveira now."), "neither T-10 nor a new request: {card}");
    maria.types("Hello Ben").await;
    ben.sees("Maria Oliveira: Hello Ben");
    ana.sees_not("Hello Ben");
}

#[tokio::test]
async fn a_client_whose_colleague_was_switched_off_reaches_the_intake() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("My answer").await;
    turns(&world, What::Colleague, "1F2E3D4C-0001-4A5B-8C6D-7E8F90A1B2C3", false).await;
    ben.sees_not("nobody owns this client");
    maria.types("Is anybody there?").await;
    ben.sees("Is anybody there?");
    assert!(ben.offers(&ben.find("Is anybody there?"), "Take"));
    assert_eq!(maria.times_shown(K11), 0);
}

/// Switched off by mistake, or for a while: what nobody has taken is theirs again, with what was written meanwhile.
#[tokio::test]
async fn switched_on_again_a_colleague_has_back_whom_nobody_has_taken() {
    let world = World::start().await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    ben.opens(&tom).await;
    maria.types("Written meanwhile").await;
    ana.sees_not("Written meanwhile");
    turns(&world, What::Colleague, "Ana Souza", true).await;
    ana.sees(
        "Your administrator has switched on WhatsApp for you again for Private clients. These clients are yours as before: Maria Oliveira.",
    );
    ana.sees("Written meanwhile");
    assert!(!ben.offers(&ben.find("Maria Oliveira"), "Take"), "the offer is settled");
    // What she types first may have been meant for a client who has gone: she is asked.
    ana.types("Here I am again").await;
    ana.clicks("Send", json!({"thread": world.thread_of(&maria).await.to_string()})).await;
    maria.shows("Here I am again");
    tom.types("For Ben").await;
    ben.sees("Tom Becker: For Ben");
    ana.sees_not("For Ben");
}

/// K-31 "{colleague} is no longer available to chat." is said only as long as it is true, and not to who has asked to be left alone.
#[tokio::test]
async fn what_a_client_is_told_of_a_colleague_switched_off_by_mistake_is_put_right() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &tom).await;
    tom.types("STOP").await;
    let before = tom.texts();
    world.consented(&ana, &maria).await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    turns(&world, What::Colleague, "Ana Souza", true).await;
    let texts = maria.texts();
    assert_eq!(
        texts[texts.len() - 2..],
        ["Ana Souza is no longer available to chat.", "Ana Souza from Northwind Bank has joined this chat."]
    );
    // Where the window is closed nothing was said, and nothing is.
    world.advance_hours(25).await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    turns(&world, What::Colleague, "Ana Souza", true).await;
    maria.types("Good morning").await;
    ana.sees("Maria Oliveira: Good morning");
    assert_eq!((maria.texts(), tom.texts()), (texts, before));
}

/// A leaver is switched off first and their book handed on afterwards.
#[tokio::test]
async fn the_book_of_a_colleague_who_was_switched_off_can_still_be_handed_on() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Held for Maria").await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    let store = Store::open(world.store()).expect("the server's database");
    let order = BookOrder {
        from: "Ana Souza".into(),
        to: "Ben Okafor".into(),
        line: None,
        history: HistoryChoice::All,
        held: held::Fate::HandOver,
    };
    let done = transfer_all::run(&store, &order, "root", world.clock.now(), |_, _| {}).await.expect("done");
    store.close().await;
    world.settle().await;
    assert_eq!((done.moved.len(), done.moved[0].held, done.stayed.len()), (1, 1, 0));
    maria.types("Back").await;
    ben.sees("Maria Oliveira: Back");
    assert!(maria.free_texts().iter().any(|text| text.contains("Held for Maria")));
}

/// "Not enabled: commands and cards of the feature do not appear; who asks gets a clear reason."
#[tokio::test]
async fn every_open_card_of_who_is_switched_off_answers_with_the_reason() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("Held").await;
    for command in ["new", "contacts", "history", "templates", "held", "help"] {
        ana.types(command).await;
    }
    let cards: Vec<_> = ana.chat().into_iter().filter(|item| item.card.is_some()).collect();
    turns(&world, What::Colleague, "Ana Souza", false).await;
    let (before, texts) = (world.journal().await.len(), maria.texts());
    let reason = "Your administrator has switched off WhatsApp for you.";
    let mut pressed = 0;
    for item in &cards {
        for verb in verbs(item.card.as_ref().expect("a card")) {
            let answer = ana.forges(&item.activity_id, verb.clone()).await;
            let said = words(&answer.card.expect("a card"));
            assert!(said.contains(reason), "{verb}: {said}");
            pressed += 1;
        }
    }
    assert!(pressed > 20, "{pressed}");
    assert_eq!(maria.texts(), texts);
    let after = world.journal().await.split_off(before);
    assert!(after.iter().all(|row| row.kind == "post.withheld"), "{after:?}");
}

/// The data of every button of a card.
fn verbs(card: &Value) -> Vec<Value> {
    match card {
        Value::Array(all) => all.iter().flat_map(verbs).collect(),
        Value::Object(members) if members.get("type") == Some(&json!("Action.Execute")) => vec![members["data"].clone()],
        Value::Object(members) => members.values().flat_map(verbs).collect(),
        _ => Vec::new(),
    }
}

/// What waited for the app to come back is not shown to who was switched off meanwhile.
#[tokio::test]
async fn what_could_not_be_delivered_before_is_withheld_from_who_was_switched_off() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.teams.uninstall("ana").await.expect("removed");
    world.settle().await;
    maria.types("A secret for Ana").await;
    turns(&world, What::Colleague, "Ana Souza", false).await;
    world.install("ana").await;
    ana.sees_not("A secret for Ana");
    assert!(world.recorded("post.withheld").await >= 1);
}

#[test]
fn the_command_prints_what_it_changed_and_what_will_undo_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_str().expect("a plain path");
    let run = |args: &[&str]| {
        let mut command = binary();
        command.current_dir(folder.path()).args(args).args(["--config", "switchboard.toml"]);
        command.output().expect("the binary runs")
    };
    assert!(binary().args(["simulate", "config", path]).output().expect("runs").status.success());
    let none = run(&["deactivate", "line", "advice"]);
    assert!(!none.status.success() && String::from_utf8_lossy(&none.stderr).contains("no directory is in force"), "{none:?}");
    assert!(run(&["directory", "apply", "directory.toml"]).status.success());
    let off = run(&["deactivate", "number", "+49 30 5550100"]);
    let said = String::from_utf8_lossy(&off.stdout).into_owned();
    assert!(off.status.success() && said.contains("status active -> deactivated") && said.contains("1 change(s) applied."), "{off:?}");
    let told = String::from_utf8_lossy(&off.stderr).into_owned();
    assert!(told.contains("directory.toml says otherwise"), "{told}");
    let again = run(&["deactivate", "number", "+49 30 5550100", "--json"]);
    let answer: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!((&answer["applied"], &answer["changes"]), (&json!(false), &json!([])));
    let on = run(&["activate", "number", "+49 30 5550100", "--json"]);
    let answer: Value = serde_json::from_slice(&on.stdout).expect("JSON");
    assert_eq!(answer, json!({"applied": true, "changes": ["~ number +49 30 5550100: status deactivated -> active"], "undone_by": null}));
    let wrong = run(&["deactivate", "colleague", "nobody"]);
    assert!(wrong.status.code() == Some(1) && String::from_utf8_lossy(&wrong.stderr).contains("Ana Souza ("), "{wrong:?}");
}
