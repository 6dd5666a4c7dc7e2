//! `switchboard preflight` and a conversation's help: what they say beforehand is what a real attempt then does.

use crate::harness::{Colleague, Phone, World, binary, words};
use chrono::Duration;
use serde_json::{Value, json};
use std::process::Output;
use switchboard::app::preflight::{Question, Report, ask, table};
use switchboard::bridge::{ClientFirst, ClosedWindow, Exclusivity, NumberStatus};

const TEMPLATE: &str = "office_hours";

fn question(from: &str, to: &str) -> Question {
    Question { from: from.to_owned(), to: to.to_owned(), ..Question::default() }
}

fn try_ask(world: &World, question: &Question) -> anyhow::Result<Report> {
    ask(&world.store(), question, world.clock.now())
}

fn asked(world: &World, question: &Question) -> Report {
    try_ask(world, question).unwrap_or_else(|error| panic!("{question:?}: {error:#}"))
}

/// What Ana would be told about a text to Maria, and about a template.
fn text(world: &World) -> Report {
    asked(world, &question("Ana Souza", "Maria Oliveira"))
}

fn template(world: &World) -> Report {
    asked(world, &Question { template: Some(TEMPLATE.to_owned()), ..question("Ana Souza", "Maria Oliveira") })
}

fn refusal(world: &World, question: &Question) -> String {
    format!("{:#}", try_ask(world, question).expect_err("unclear"))
}

/// The rule and whether it went out, of the one message that `attempt` records.
async fn attempted(world: &World, attempt: impl AsyncFnOnce()) -> (String, bool) {
    let before = world.journal().await.last().map_or(0, |row| row.seq);
    attempt().await;
    let decided = |row: &&switchboard::store::JournalRow| {
        let of_a_colleague = matches!(row.body["purpose"].as_str(), None | Some("free" | "template"));
        matches!(row.kind.as_str(), "message.queued" | "message.held" | "message.refused") && row.body["rule"].is_string() && of_a_colleague
    };
    let journal = world.journal().await;
    let row = journal.iter().find(|row| row.seq > before && decided(row)).expect("the attempt is recorded");
    (row.body["rule"].as_str().unwrap_or_default().to_owned(), row.kind == "message.queued")
}

async fn types(world: &World, ana: &Colleague<'_>) -> (String, bool) {
    attempted(world, async || drop(ana.types("How are you?").await)).await
}

/// Sends the template from whatever card there is, as a stale one would.
async fn sends_template(world: &World, ana: &Colleague<'_>, thread: i64) -> (String, bool) {
    let card = ana.chat().iter().rfind(|item| item.card.is_some()).expect("a card").activity_id.clone();
    let data = json!({"verb": "template.send", "thread": thread, "name": TEMPLATE, "language": "en_US", "values": []});
    ana.types("templates").await;
    let newest = ana.chat().iter().rfind(|item| item.card.is_some()).map_or(card, |item| item.activity_id.clone());
    attempted(world, async || drop(ana.forges(&newest, data).await)).await
}

fn told(report: &Report) -> (String, bool) {
    (json!(report.rule).as_str().unwrap_or_default().to_owned(), report.would_be_sent)
}

/// Everything in the database, table by table.
fn content(world: &World) -> Vec<(String, Vec<Vec<Option<String>>>)> {
    let rows = |name: String| (name.clone(), world.database.rows(&format!("SELECT * FROM {name} ORDER BY 1, 2")));
    world.database.tables().into_iter().map(rows).collect()
}

#[tokio::test]
async fn it_changes_nothing_in_the_database_of_a_running_server() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("Hello").await;
    let before = content(&world);
    assert!(before.iter().any(|(name, rows)| name == "message" && !rows.is_empty()));
    text(&world);
    template(&world);
    refusal(&world, &question("nobody", "Maria Oliveira"));
    assert_eq!(asked(&world, &question("Ana Souza", "+442071838750")).row, Some(3));
    assert!(content(&world) == before, "something was written");
    ana.types("Still works").await;
    assert_eq!(maria.last().text, "Still works");
}

#[tokio::test]
async fn row_1_not_enabled() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    let report = text(&world);
    assert_eq!((report.row, report.charges.len()), (Some(1), 0));
    assert_eq!(types(&world, &ana).await, told(&report));
    world.apply(|directory| directory.colleagues.remove(0).enabled = false).await;
    assert_eq!(text(&world).row, Some(1), "known from Teams, in no directory any more");
}

#[tokio::test]
async fn row_2_number_switched_off() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.set_number(NumberStatus::Deactivated).await;
    let report = text(&world);
    assert_eq!(report.row, Some(2));
    assert_eq!(types(&world, &ana).await, told(&report));
    world.apply(|directory| directory.numbers.clear()).await;
    let report = asked(&world, &question("Ben Okafor", "+442071838750"));
    assert_eq!((report.row, report.number.is_none()), (Some(2), true));
    assert!(report.why.contains("has no WhatsApp number yet"), "{}", report.why);
}

#[tokio::test]
async fn row_3_who_is_no_contact() {
    let world = World::with(|directory| directory.colleagues[0].id = "Ana@northwind.example".into()).await;
    for to in ["+44 20 7183 8750", "0044 (20) 7183-8750", "US.13491208655302741918"] {
        let report = asked(&world, &question("ana@northwind.example", to));
        assert_eq!((report.row, report.client.contact, report.would_be_sent), (Some(3), None, false), "{to}");
    }
}

#[tokio::test]
async fn row_4_another_colleagues_client() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let report = asked(&world, &question("Ben Okafor", "Maria Oliveira"));
    assert_eq!(report.row, Some(4));
    ben.opens(&maria).await;
    assert_eq!(world.last_record("conversation.refused").await.body["rule"], json!(report.rule));
    world.apply(|directory| directory.lines[0].policy.exclusivity = Exclusivity::Shared).await;
    assert_eq!(asked(&world, &question("Ben Okafor", "Maria Oliveira")).row, Some(8));
}

#[tokio::test]
async fn rows_5_to_7_consent() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.opens(&maria).await;
    let report = text(&world);
    assert_eq!((report.row, report.charges.len()), (Some(7), 1), "the request would be sent");
    assert_eq!(json!(report.charges[0]), json!({"what": "request", "category": "utility", "charged": true, "free_because": null}));

    ana.clicks("Send request", json!({"basis": "contract"})).await;
    let report = text(&world);
    assert_eq!((report.row, report.consent.next_request_at), (Some(6), report.consent.requested_at.map(|at| at + Duration::hours(24))));
    assert_eq!(types(&world, &ana).await, told(&report));

    world.advance_hours(24).await;
    let report = text(&world);
    assert_eq!((report.row, json!(report.consent.state)), (Some(7), json!("lapsed")));
    assert_eq!(types(&world, &ana).await, told(&report));

    ana.clicks("Send request", json!({"basis": "contract"})).await;
    maria.taps("No").await;
    let report = text(&world);
    assert_eq!(report.row, Some(5));
    assert_eq!(types(&world, &ana).await, told(&report));
}

#[tokio::test]
async fn rows_8_to_11_the_window() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let report = text(&world);
    assert_eq!((report.row, report.would_be_sent, report.window.open), (Some(8), true, true));
    assert_eq!(types(&world, &ana).await, told(&report));

    world.advance_hours(25).await;
    let thread = world.thread_of(&maria).await;
    let report = template(&world);
    assert_eq!((report.row, json!(report.how)), (Some(9), json!("template")));
    assert_eq!(report.template.as_ref().map(|template| template.language.as_str()), Some("en_US"));
    assert_eq!(sends_template(&world, &ana, thread).await, told(&report));
    let report = template(&world);
    assert_eq!((report.row, told(&report).0.as_str()), (None, "template_unanswered"));
    assert_eq!(sends_template(&world, &ana, thread).await, told(&report));

    let report = text(&world);
    assert_eq!((report.row, report.held_until), (Some(11), Some(world.clock.now() + Duration::hours(72))));
    assert_eq!(types(&world, &ana).await, told(&report));
    assert_eq!(text(&world).held, 1);

    world.apply(|directory| directory.lines[0].policy.closed_window = ClosedWindow::TemplateOnly).await;
    let report = text(&world);
    assert_eq!((report.row, json!(report.how)), (Some(10), json!("handed_back")));
    assert_eq!(types(&world, &ana).await, told(&report));
}

#[tokio::test]
async fn a_nudge_is_announced_with_its_price_and_only_once_per_closed_window() {
    let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::QueueAndNudge).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    let leaves = || json!(text(&world).charges.iter().map(|charge| charge.what).collect::<Vec<_>>());
    assert_eq!(leaves(), json!(["message", "nudge"]));
    assert_eq!(types(&world, &ana).await, told(&text(&world)));
    assert_eq!(maria.times_shown("Ana Souza at Northwind Bank has a message for you."), 1);
    assert_eq!(leaves(), json!(["message"]));
}

#[tokio::test]
async fn a_client_who_wrote_first_may_be_answered_or_asked() {
    let world = World::start().await;
    let (ana, tom) = (world.ana(), world.tom());
    tom.types("Hello").await;
    let tom_asked = || asked(&world, &question("Ana Souza", "Tom Becker"));
    assert_eq!(told(&tom_asked()), ("client_first".to_owned(), true));
    ana.clicks("Take", Value::Null).await;
    assert_eq!(types(&world, &ana).await, told(&tom_asked()));
    world.apply(|directory| directory.lines[0].policy.client_first = ClientFirst::Ask).await;
    assert_eq!(tom_asked().row, Some(7));
    assert_eq!(types(&world, &ana).await, told(&tom_asked()));
}

#[tokio::test]
async fn templates_that_may_not_go_and_templates_that_there_are_not() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let of = |name: &str| Question { template: Some(name.to_owned()), ..question("Ana Souza", "Maria Oliveira") };
    let thread = world.thread_of(&maria).await;
    ana.types("templates").await;
    let card = ana.find(TEMPLATE).activity_id;
    for name in ["spring_sale", "paused_survey"] {
        let report = asked(&world, &of(name));
        let language = report.template.as_ref().expect("a template").language.clone();
        let data = json!({"verb": "template.send", "thread": thread, "name": name, "language": language, "values": ["Maria"]});
        assert_eq!(attempted(&world, async || drop(ana.forges(&card, data).await)).await, told(&report), "{name}");
    }
    let unknown = refusal(&world, &of("ofice_hours"));
    assert!(unknown.contains("ofice_hours") && unknown.contains("did you mean\n  office_hours"), "{unknown}");
    let unknown = refusal(&world, &Question { language: Some("xx".to_owned()), ..of(TEMPLATE) });
    assert!(unknown.contains("exists in en_US"), "{unknown}");
}

#[tokio::test]
async fn a_client_is_known_by_every_spelling_and_a_colleague_by_every_name() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    // Dialled with the ninth digit, known to WhatsApp without it; the last one is her business-scoped user id.
    for to in [
        "+5511987654321",
        "+55 (11) 98765-4321",
        "005511987654321",
        "551187654321",
        "maria oliveira",
        "Oliveira",
        "BR.13491208655302741918",
    ] {
        let found = try_ask(&world, &question("Ana Souza", to));
        if to == "Oliveira" {
            let error = format!("{:#}", found.expect_err("only part of a name"));
            assert!(error.contains("did you mean\n  Maria Oliveira (+5511987654321, Private clients)"), "{error}");
        } else {
            assert_eq!(found.unwrap_or_else(|error| panic!("{to}: {error:#}")).client.name, "Maria Oliveira", "{to}");
        }
    }
    for from in ["ana souza", "1F2E3D4C-0001-4a5b-8c6d-7e8f90a1b2c3"] {
        assert_eq!(asked(&world, &question(from, "Maria Oliveira")).colleague.name, "Ana Souza", "{from}");
    }
}

#[tokio::test]
async fn what_is_unclear_is_said_with_the_candidates() {
    let world = World::with(|directory| {
        let mut other = directory.lines[0].clone();
        (other.id, other.name) = ("credit".into(), "Credit".to_owned());
        directory.lines.push(other);
        directory.colleagues[0].lines.push("credit".into());
        let mut unseen = directory.colleagues[1].clone();
        unseen.id = "ana.two@northwind.example".into();
        unseen.name = "Ana Souza".to_owned();
        directory.colleagues.push(unseen);
    })
    .await;
    let (ana, maria) = (world.ana(), world.maria());
    let of = |from: &str, to: &str| refusal(&world, &question(from, to));
    let error = of("ana@northwind.example", "Maria Oliveira");
    assert!(error.contains("nobody is called ana@northwind.example; did you mean\n  Ana Souza"), "a UPN that Teams never told: {error}");
    let error = of("Anna", "Maria Oliveira");
    assert!(error.contains("nobody is called Anna; did you mean\n  Ana Souza (1f2e3d4c-0001"), "{error}");
    let error = of("Ana Souza", "+442071838750");
    assert!(error.contains("Ana Souza is more than one") && error.contains("ana.two@northwind.example"), "{error}");
    let id = "1f2e3d4c-0001-4a5b-8c6d-7e8f90a1b2c3";
    let error = of(id, "+442071838750");
    assert!(error.contains("advice or credit could be meant; say which with --line"), "{error}");
    let error = of(id, "020 7183 8750");
    assert!(error.contains("must start with + and the country code"), "{error}");
    let on = |line: &str, to: &str| Question { line: Some(line.to_owned()), ..question(id, to) };
    assert_eq!(asked(&world, &on("Credit", "+442071838750")).line.id.as_str(), "credit");
    let error = refusal(&world, &on("loans", "+442071838750"));
    assert!(
        error.contains("there is no line loans; there is advice (Private clients), service (Service Desk) and credit (Credit)"),
        "{error}"
    );

    ana.types("new").await;
    for line in ["advice", "credit"] {
        let inputs = json!({"name": maria.name(), "phone": maria.phone(), "language": "", "line": line});
        let card = ana.find("Add a contact").activity_id;
        let data = json!({"verb": "contact.add", "name": inputs["name"], "phone": inputs["phone"], "language": "", "line": line});
        ana.forges(&card, data).await;
        ana.types("new").await;
    }
    let error = of(id, "Maria Oliveira");
    assert!(error.contains("Maria Oliveira is more than one") && error.contains("+5511987654321, Credit"), "{error}");
    assert_eq!(asked(&world, &on("advice", "Maria Oliveira")).row, Some(7));
    let error = of(id, "Mario Oliveira");
    assert!(error.contains("is no contact of advice or credit; did you mean\n  Maria Oliveira"), "{error}");
}

#[tokio::test]
async fn a_colleague_whom_teams_has_never_seen_is_judged_by_the_directory() {
    let world = World::with(|directory| {
        let mut unseen = directory.colleagues[1].clone();
        (unseen.id, unseen.name) = ("carla@northwind.example".into(), "Carla Neves".to_owned());
        directory.colleagues.push(unseen);
    })
    .await;
    world.consented(&world.ana(), &world.maria()).await;
    assert_eq!(asked(&world, &question("Carla Neves", "Maria Oliveira")).row, Some(4));
    assert_eq!(asked(&world, &question("CARLA@northwind.example", "+442071838750")).row, Some(3));
}

#[tokio::test]
async fn the_price_follows_the_calendar_the_counts_and_the_ad() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let why_free = |report: &Report| report.charges[0].free_because;
    assert_eq!((why_free(&text(&world)), why_free(&template(&world))), (Some("service"), Some("utility_in_window")));
    assert_eq!(json!(text(&world).counts)[0], json!({"category": "service", "type": "free_customer_service", "count": 1}));
    world.advance_hours(24 * 240).await;
    maria.types("Good morning").await;
    assert_eq!(text(&world).month, "2026-10");
    assert_eq!((why_free(&text(&world)), why_free(&template(&world))), (Some("allowance"), None));
    let said = table(&text(&world));
    assert!(said.contains("one of the number's first 1000 replies this month (0 used so far)"), "{said}");
    ana.types("Good morning").await;
    assert!(table(&text(&world)).contains("(1 used so far)"));
    let ad = json!({"type": "text", "text": {"body": "This one?"}, "referral": {"source_type": "ad", "headline": "Chat with us"}});
    world.whatsapp.client_sends("maria", None, ad).expect("sent");
    world.settle().await;
    assert_eq!((why_free(&text(&world)), why_free(&template(&world))), (Some("entry_point"), Some("entry_point")));
}

/// Histories in which every attempt is foretold: after each step, one text and one template.
#[tokio::test]
async fn what_is_foretold_is_what_happens() {
    let mut random = fastrand::Rng::with_seed(20_261_120);
    let mut rules = std::collections::BTreeSet::new();
    for history in 0..6 {
        let world = World::with_policy(|policy| policy.closed_window = ClosedWindow::QueueAndNudge).await;
        let (ana, maria) = (world.ana(), world.maria());
        ana.asks(&maria).await;
        if history % 2 == 0 {
            maria.taps("Yes").await;
        }
        let thread = world.thread_of(&maria).await;
        let mut seen = Vec::new();
        for _ in 0..10 {
            // Mostly what keeps a conversation going, so that the window's rows come up as often as the refusals.
            let step = [0, 0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 7, 8, 8, 9, 10][random.usize(..17)];
            match step {
                0 => drop(maria.types("Hello").await),
                1 => drop(maria.types("yes").await),
                2 => drop(maria.types("stop").await),
                3 => drop(maria.types("no").await),
                4 => drop(maria.types("start").await),
                5 => world.advance_hours(random.i64(1..24)).await,
                6 => world.advance_hours(25).await,
                7 => world.set_number(if random.u8(..3) > 0 { NumberStatus::Active } else { NumberStatus::Deactivated }).await,
                8 => {
                    let policies = [ClosedWindow::TemplateOnly, ClosedWindow::Queue, ClosedWindow::QueueAndNudge];
                    let policy = policies[random.usize(..3)];
                    world.apply(|directory| directory.lines[0].policy.closed_window = policy).await;
                }
                9 => world.apply(|directory| directory.lines[0].policy.one_unanswered_template ^= true).await,
                _ => {
                    let on = random.u8(..3) > 0;
                    world.apply(|directory| directory.lines[0].enabled = on).await;
                }
            }
            seen.push(step);
            let foretold = text(&world);
            rules.insert(told(&foretold).0);
            assert_eq!(types(&world, &ana).await, told(&foretold), "history {history}, steps {seen:?}");
            let foretold = template(&world);
            rules.insert(told(&foretold).0);
            if foretold.row != Some(1) {
                assert_eq!(sends_template(&world, &ana, thread).await, told(&foretold), "history {history}, steps {seen:?}, template");
            }
        }
    }
    assert!(rules.len() >= 8, "these histories show too little: {rules:?}");
}

/// The real binary beside the running server. It reads the machine's clock, so what it is asked must not depend on the hour.
fn command(world: &World, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_str().expect("a plain path");
    assert!(binary().args(["simulate", "config", path]).output().expect("the binary runs").status.success());
    let config = format!("{path}/switchboard.toml");
    let mut command = binary();
    command
        .current_dir(path)
        .env("SWITCHBOARD__STORE__URL", world.config.store.url())
        .arg("preflight")
        .args(arguments)
        .args(["--config", &config]);
    command.output().expect("the binary runs")
}

#[tokio::test]
async fn the_command_prints_a_table_or_json_and_says_by_its_exit_code() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let before = content(&world);
    let all = ["--from", "Ana Souza", "--to", "Maria Oliveira"];
    let sent = command(&world, &[&all[..], &["--template", TEMPLATE]].concat());
    let said = String::from_utf8_lossy(&sent.stdout).into_owned();
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    for part in
        ["yes: the template would be sent now", "Ana Souza, Private clients", "+5511987654321", "office_hours (en_US), Utility, APPROVED"]
    {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
    assert!(content(&world) == before, "something was written");

    maria.types("stop").await;
    let refused = command(&world, &[&all[..], &["--json"]].concat());
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let report: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
    assert_eq!((&report["rule"], &report["row"], &report["how"]), (&json!("consent_refused"), &json!(5), &json!("refused")));
    assert_eq!((&report["would_be_sent"], &report["client"]["name"]), (&json!(false), &json!("Maria Oliveira")));

    let unclear = command(&world, &["--from", "Anna", "--to", "Maria Oliveira"]);
    assert_eq!(unclear.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unclear.stderr).contains("did you mean\n  Ana Souza"), "{unclear:?}");
    assert_eq!(command(&world, &["--from", "Ana Souza"]).status.code(), Some(2), "wrong usage");
}

/// What the help of the conversation says, from the thread card's button.
async fn help(ana: &Colleague<'_>, maria: &Phone<'_>) -> String {
    let of_maria = |item: &switchboard::simulator::ChatItem| ana.offers(item, "Help") && ana.offers(item, "History");
    let card = ana.chat().into_iter().find(|item| item.card.is_some() && of_maria(item)).expect("a thread card");
    assert!(words(card.card.as_ref().expect("a card")).contains(maria.name()));
    ana.clicks_on(&card.activity_id, "Help", Value::Null).await;
    ana.last_card()
}

#[tokio::test]
async fn the_help_of_a_conversation_says_the_same_to_its_participants_only() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    ana.asks(&maria).await;
    let card = help(&ana, &maria).await;
    assert!(card.contains("Nothing can be sent to Maria Oliveira now.") && card.contains("(Rule 6)"), "{card}");
    assert!(card.contains("Ask again\n{{DATE(2026-03-03T11:00:"), "{card}");
    maria.taps("Yes").await;
    let card = help(&ana, &maria).await;
    assert!(card.contains("You can write to Maria Oliveira now.") && card.contains("(Rule 8)"), "{card}");
    assert!(card.contains("Until\n{{DATE(2026-03-03T11:00:") && card.contains("A text is free: replies inside the window"), "{card}");
    assert!(card.contains("templates\nChoose an approved template"), "the commands stand below: {card}");
    world.advance_hours(25).await;
    ana.types("help").await;
    let card = ana.last_card();
    assert!(card.contains("What you write now is held until Maria Oliveira writes.") && card.contains("(Rule 11)"), "{card}");
    assert!(card.contains("The template is charged as utility"), "{card}");

    let thread = world.thread_of(&maria).await;
    ben.types("help").await;
    assert!(ben.last_card().contains("Commands") && !ben.last_card().contains("Maria"), "{}", ben.last_card());
    let forged = ben.forges(&ben.find("Commands").activity_id, json!({"verb": "thread.help", "thread": thread})).await;
    let shown = words(&forged.card.expect("a card"));
    assert!(shown.contains("This conversation is not yours") && !shown.contains("Maria"), "{shown}");
}

#[tokio::test]
async fn help_is_about_no_client_while_it_is_not_clear_which_one_is_meant() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    maria.types("Me too").await;
    ana.types("help").await;
    let card = ana.last_card();
    assert!(card.contains("Commands") && !card.contains("Maria") && !card.contains("Tom"), "{card}");
}
