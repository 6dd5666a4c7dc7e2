//! `switchboard consent`: what an administrator sees and records, beside a running server.

use crate::harness::{World, binary, words};
use serde_json::{Value, json};
use std::process::Output;
use switchboard::app::consent::{self, About};
use switchboard::simulator::{Fault, FaultName};
use switchboard::store::Store;

const STOPPED: &str = "You will get no more messages from Northwind Bank on WhatsApp.";

fn about(client: &str) -> About {
    About { line: "advice".to_owned(), client: client.to_owned() }
}

fn maria() -> About {
    about("+55 11 98765-4321")
}

/// The database as another process opens it.
fn beside(world: &World) -> Store {
    Store::open(world.store()).expect("opens beside the server")
}

async fn opt_out(world: &World, words: &str) -> String {
    let store = beside(world);
    let by = consent::evidence("root".to_owned(), words, None).expect("evidence");
    let said = consent::opt_out(&store, &maria(), by, world.clock.now()).await.expect("recorded");
    store.close().await;
    world.settle().await;
    said
}

async fn reverse(world: &World, granted: bool) -> anyhow::Result<String> {
    let store = beside(world);
    let by = consent::evidence("root".to_owned(), "Call of 2 March, 10:15", None)?;
    let said = consent::reverse(&store, &maria(), by, granted, world.clock.now()).await;
    store.close().await;
    world.settle().await;
    said
}

#[tokio::test]
async fn an_opt_out_by_letter_does_what_the_clients_stop_does() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let said = opt_out(&world, "Letter of 1 March").await;
    assert!(said.starts_with("Maria Oliveira: granted -> revoked."), "{said}");
    assert_eq!(maria.times_shown(STOPPED), 1, "the window is open");
    ana.sees("Maria Oliveira asked to stop. Writing is closed.");
    assert!(ana.thread_card(&maria).contains("Asked to stop"), "{}", ana.thread_card(&maria));
    ana.types("One more thing").await;
    assert_eq!(world.decision().await.2, Some(5));
    let record = world.last_record("consent.revoked").await;
    let of = |name: &str| record.body[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (record.actor.as_str(), of("evidence"), of("before"), of("basis")),
        ("root", "Letter of 1 March".into(), "granted".into(), "contract".into())
    );
    maria.types("STOP").await;
    assert_eq!(maria.times_shown(STOPPED), 1, "answered already");
    let again = opt_out(&world, "And a call").await;
    assert!(again.contains("had asked to stop already"), "{again}");
    assert_eq!((world.recorded("consent.revoked").await, world.recorded("consent.evidence").await), (1, 1));
}

#[tokio::test]
async fn outside_the_window_the_client_hears_nothing_and_held_messages_are_withdrawn() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("One").await;
    ana.types("Two").await;
    let before = maria.texts();
    let said = opt_out(&world, "Call of 3 March").await;
    assert!(said.contains("2 held messages were withdrawn."), "{said}");
    ana.sees("Maria Oliveira asked to stop. Writing is closed. 2 held messages withdrawn.");
    assert_eq!(maria.texts(), before);
    maria.types("START").await;
    assert!(maria.texts().iter().all(|text| text != "One" && text != "Two"));
}

#[tokio::test]
async fn a_reversed_decline_may_be_asked_again_and_nothing_more() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    maria.taps("No").await;
    let said = reverse(&world, false).await.expect("recorded");
    assert!(said.starts_with("Maria Oliveira: declined -> none."), "{said}");
    ana.sees("Your administrator has reopened the conversation with Maria Oliveira. You may ask for consent again.");
    world.advance_hours(25).await;
    ana.types("Hello").await;
    assert_eq!(world.decision().await.2, Some(7), "asked first, not written to");
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    maria.taps("Yes").await;
    ana.types("Hello").await;
    assert_eq!(maria.last().text, "Hello");
    let record = world.last_record("consent.reversed").await;
    assert_eq!((record.actor.as_str(), &record.body["before"], &record.body["state"]), ("root", &json!("declined"), &json!("none")));
}

#[tokio::test]
async fn a_reversal_with_consent_lets_write_at_once() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    maria.types("STOP").await;
    reverse(&world, true).await.expect("recorded");
    ana.sees("Your administrator has recorded that Maria Oliveira agreed to messages.");
    ana.types("Thank you").await;
    assert_eq!(maria.last().text, "Thank you");
    maria.types("STOP").await;
    ana.types("Again?").await;
    assert_eq!(world.decision().await.2, Some(5), "the client's next word counts as ever");
}

#[tokio::test]
async fn there_is_nothing_to_reverse_where_nobody_refused() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.asks(&maria).await;
    let refused = reverse(&world, true).await.expect_err("refused").to_string();
    assert!(refused.contains("neither declined nor asked to stop (consent: pending). Nothing was changed."), "{refused}");
    assert_eq!(world.recorded("consent.reversed").await, 0);
    ana.types("Hello").await;
    assert_eq!(world.decision().await.2, Some(6));
}

#[tokio::test]
async fn an_opt_out_that_meets_a_message_on_its_way_stops_it() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    // Accepted, and not yet handed over: WhatsApp wants us to wait.
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(60));
    ana.types_at_once("On its way").await;
    world.quiet().await;
    let store = beside(&world);
    let by = consent::evidence("root".to_owned(), "Letter", None).expect("evidence");
    consent::opt_out(&store, &self::maria(), by, world.clock.now()).await.expect("recorded");
    store.close().await;
    world.whatsapp.faults().clear();
    world.advance(chrono::Duration::minutes(2)).await;
    assert!(!maria.texts().contains(&"On its way".to_owned()));
}

#[tokio::test]
async fn the_trail_shows_texts_times_and_basis() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    opt_out(&world, "Letter of 1 March").await;
    let report = consent::show(world.relay().store(), &self::maria(), world.clock.now()).await.expect("known");
    let kinds: Vec<&str> = report.trail.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(kinds, ["contact.added", "consent.requested", "consent.granted", "consent.revoked"]);
    assert_eq!((report.state, report.trail[1].who.as_str(), report.trail[2].who.as_str()), ("revoked", "Ana Souza", "Maria Oliveira"));
    let shown = report.to_string();
    for part in [
        "Maria Oliveira",
        "+55 11 98765-4321",
        "revoked",
        "contract",
        "2026-03-02 12:00",
        "May we message you",
        "Letter of 1 March",
        "root",
    ] {
        assert!(shown.replace('\n', " ").contains(part), "{part} in {shown}");
    }
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(
        (&json["trail"][1]["evidence"]["template"], &json["trail"][2]["evidence"]["words"]),
        (&json!("switchboard_opt_in"), &json!("Yes"))
    );
}

#[tokio::test]
async fn whom_it_is_about_must_be_clear() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    ana.opens(&maria).await;
    ana.opens(&tom).await;
    let ask = async |line: &str, client: &str| {
        let about = About { line: line.to_owned(), client: client.to_owned() };
        consent::show(world.relay().store(), &about, world.clock.now()).await.map(|report| report.client).map_err(|error| error.to_string())
    };
    for client in ["+5511987654321", "0055 11 98765 4321", "+551187654321", "maria oliveira", "Oliveira"] {
        assert_eq!(ask("Private clients", client).await, Ok("Maria Oliveira".to_owned()), "{client}");
    }
    assert_eq!(ask("sales", "Tom").await, Err("there is no line \"sales\"; the lines are: advice, service".to_owned()));
    assert_eq!(ask("advice", "+49 151 99999999").await, Err("line advice has no client with the number +49 1519 9999999".to_owned()));
    assert_eq!(ask("service", "+5511987654321").await, Err("line service has no client with the number +55 11 98765-4321".to_owned()));
    let several = ask("advice", "o").await.expect_err("two");
    assert!(
        several.contains("several clients of line advice fit \"o\"")
            && several.contains("Maria Oliveira")
            && several.contains("Tom Becker"),
        "{several}"
    );
    let nobody = ask("advice", "Nobody").await.expect_err("unknown");
    assert!(nobody.contains("has no client \"Nobody\""), "{nobody}");
    assert!(ask("advice", " ").await.is_err());
}

/// The built binary on this world's database.
fn run(world: &World, folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    let config = folder.path().join("switchboard.toml");
    let text = std::fs::read_to_string(&config).expect("written");
    let url = text.lines().find(|line| line.starts_with("url = ")).expect("the store").to_owned();
    std::fs::write(&config, text.replace(&url, &format!("url = \"{}\"", world.config.store.url()))).expect("writable");
    binary().current_dir(folder.path()).env("USER", "root").args(arguments).arg("--config").arg(&config).output().expect("runs")
}

#[tokio::test]
async fn the_command_refuses_without_evidence_and_records_the_hash_of_a_file() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(binary().args(["simulate", "config", folder.path().to_str().expect("plain")]).output().expect("runs").status.success());
    let letter = folder.path().join("letter.pdf");
    std::fs::write(&letter, "Please stop.").expect("writable");
    let letter = letter.to_str().expect("plain");
    let whom = ["--line", "advice", "--client", "+5511987654321"];
    let failing: [(&[&str], &str); 4] = [
        (&["consent", "opt-out"], "--evidence <EVIDENCE>"),
        (&["consent", "opt-out", "--evidence", "  "], "--evidence must say how the client let you know"),
        (&["consent", "reverse", "--evidence", "x", "--file", "nowhere.pdf"], "cannot read the evidence nowhere.pdf"),
        (&["consent", "reverse", "--evidence", "x"], "nothing to reverse: Maria Oliveira has neither declined nor asked to stop"),
    ];
    for (arguments, reason) in failing {
        let output = run(&world, &folder, &[arguments, &whom].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(reason), "{said}");
    }
    assert_eq!(world.recorded("consent.revoked").await, 0);
    let done = run(&world, &folder, &[&["consent", "opt-out", "--evidence", "Letter", "--file", letter][..], &whom].concat());
    assert!(done.status.success() && String::from_utf8_lossy(&done.stdout).contains("granted -> revoked"), "{done:?}");
    let record = world.last_record("consent.revoked").await;
    let file = json!({"name": "letter.pdf", "sha256": "9d91db676c51231fbe8abf92a14dc774cd4fba8b2157ff09dfbb2b909b25e82e"});
    assert_eq!((record.actor.as_str(), &record.body["file"]), ("root", &file));
    let shown = run(&world, &folder, &[&["consent", "show", "--json"][..], &whom].concat());
    let report: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!((&report["state"], &report["client"]), (&json!("revoked"), &json!("Maria Oliveira")));
    let shown = run(&world, &folder, &[&["consent", "show"][..], &whom].concat());
    assert!(String::from_utf8_lossy(&shown.stdout).contains("letter.pdf"), "{shown:?}");
}

#[tokio::test]
async fn applying_a_directory_tells_which_templates_do_not_fit() {
    let world = World::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(binary().args(["simulate", "config", folder.path().to_str().expect("plain")]).output().expect("runs").status.success());
    let file = folder.path().join("directory.toml");
    let text = std::fs::read_to_string(&file).expect("written");
    std::fs::write(&file, text.replace("service_anfrage", "service_erledigt")).expect("writable");
    let file = file.to_str().expect("plain").to_owned();
    let human = run(&world, &folder, &["directory", "apply", &file, "--dry-run"]);
    let reason = "template service_erledigt (de) has 0 quick replies, and needs two: Yes and No";
    assert!(String::from_utf8_lossy(&human.stderr).contains(reason), "{human:?}");
    let script = run(&world, &folder, &["directory", "apply", &file, "--dry-run", "--json"]);
    let told: Value = serde_json::from_slice(&script.stdout).expect("JSON");
    let found =
        told["warnings"].as_array().expect("a list").iter().any(|one| one["key"] == "lines[1].templates.opt_in" && one["reason"] == reason);
    assert!(found, "{told}");
}

#[tokio::test]
async fn a_card_from_before_the_opt_out_does_nothing() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let card = ana.find("Request sent.").activity_id;
    let contact = world.last_record("consent.requested").await.body["contact"].clone();
    opt_out(&world, "Letter").await;
    let before = maria.texts();
    for data in
        [json!({"verb": "consent.request", "contact": contact, "basis": "contract"}), json!({"verb": "thread.start", "contact": contact})]
    {
        let answer = ana.forges(&card, data).await;
        assert!(words(&answer.card.expect("a card")).contains("asked to stop"));
    }
    assert_eq!(maria.texts(), before);
}
