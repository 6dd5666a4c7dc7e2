//! Consent flows of a line's own (product.md 3): another language with its own templates, keywords and texts; marketing beside consent;
//! clients whose number changes.

use crate::harness::{Colleague, Phone, World, words};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{ClientFirst, LanguageTemplates};
use switchboard::simulator::{Client, Fault, FaultName};

const ASKED: &str = "Dürfen wir Ihnen hier auf WhatsApp schreiben?";
const STOPPED: &str = "Sie erhalten keine Nachrichten von Northwind Service mehr auf WhatsApp.";
const LAPSED: &str = "Der Kontakt hat seit mehr als 24 Stunden nicht auf die Anfrage geantwortet.";

fn titles(phone: &Phone<'_>) -> Vec<String> {
    phone.last().buttons.into_iter().map(|button| button.title).collect()
}

async fn evidence(world: &World, kind: &str) -> Value {
    world.last_record(kind).await.body
}

#[tokio::test]
async fn the_german_line_asks_confirms_and_stops_in_german() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    assert!(jonas.last().text.starts_with("Guten Tag, hier ist Eva Lang von Northwind Service."), "{}", jonas.last().text);
    assert_eq!(titles(&jonas), ["Ja", "Nein"]);
    jonas.taps("Ja").await;
    jonas.shows("Vielen Dank. Sie können jetzt hier mit Eva Lang von Northwind Service schreiben.");
    eva.sees("Jonas Weber accepted.");
    eva.types("Guten Tag, Herr Weber").await;
    assert_eq!(jonas.last().text, "Guten Tag, Herr Weber");
    jonas.types("Hilfe").await;
    jonas.types("hilfe?").await;
    assert_eq!(jonas.times_shown("Mit STOP beenden Sie Nachrichten, mit START geht es weiter."), 1);
    jonas.types("Abmelden!").await;
    assert_eq!(jonas.times_shown(STOPPED), 1);
    eva.sees("Jonas Weber asked to stop.");
    jonas.types("einverstanden").await;
    assert_eq!(jonas.times_shown("Vielen Dank."), 2, "the client leads back");
}

#[tokio::test]
async fn no_in_german_declines() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    jonas.types("Nein, danke!").await;
    assert_eq!(jonas.times_shown(STOPPED), 1);
    eva.sees("Jonas Weber declined your request.");
}

#[tokio::test]
async fn a_clients_own_language_chooses_another_template_by_its_base() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.opens_in(&jonas, "en-GB").await;
    eva.clicks("Send request", json!({"basis": "web_form"})).await;
    assert_eq!(titles(&jonas), ["Yes", "No"]);
    let asked = evidence(&world, "consent.requested").await;
    assert_eq!((&asked["template"], &asked["language"], &asked["basis"]), (&json!("switchboard_opt_in"), &json!("en"), &json!("web_form")));
    jonas.taps("Yes").await;
    jonas.shows("Thank you. You can now chat with Eva Lang at Northwind Service here.");
    jonas.types("stop").await;
    jonas.shows("You will get no more messages from Northwind Service on WhatsApp.");
}

#[tokio::test]
async fn a_language_that_nobody_has_worded_gets_the_lines() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.opens_in(&jonas, "fr").await;
    eva.clicks("Send request", json!({"basis": "other"})).await;
    jonas.shows(ASKED);
    jonas.taps("Ja").await;
    jonas.shows("Vielen Dank.");
    assert_eq!(evidence(&world, "consent.granted").await["language"], "de");
}

#[tokio::test]
async fn without_a_language_of_their_own_clients_of_the_first_line_are_asked_as_before() {
    let world = World::start().await;
    let (ana, tom) = (world.ana(), world.tom());
    ana.asks(&tom).await;
    assert_eq!(titles(&tom), ["Yes", "No"]);
    let asked = evidence(&world, "consent.requested").await;
    assert_eq!((&asked["template"], &asked["language"]), (&json!("switchboard_opt_in"), &json!("en")));
}

#[tokio::test]
async fn the_request_as_an_answer_speaks_the_clients_language_and_leaves_the_same_evidence() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    world.advance(Duration::minutes(11)).await;
    jonas.types("Wer ist da?").await;
    assert_eq!((jonas.last().kind.as_str(), titles(&jonas)), ("interactive", vec!["Ja".to_owned(), "Nein".to_owned()]));
    eva.sees("Jonas Weber: Wer ist da?\nWritten before they agreed; you cannot answer yet.");
    let asked = evidence(&world, "consent.pending").await;
    let said = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    assert_eq!([said("sent_as"), said("language"), said("requested_by"), said("basis")], ["session_message", "de", "server", "contract"]);
    assert!(said("text").contains(ASKED) && said("text").contains("[ Ja ]"), "{asked}");
    assert!(said("words") == "Wer ist da?" && asked["request"].is_i64() && asked["template"].is_null(), "{asked}");
    jonas.taps("Ja").await;
    let granted = evidence(&world, "consent.granted").await;
    let said = |name: &str| granted[name].as_str().unwrap_or_default().to_owned();
    assert_eq!([said("words"), said("sent_as"), said("language"), said("basis")], ["Ja", "session_message", "de", "contract"]);
    for id in ["request_wamid", "wamid", "at", "requested_at"] {
        assert!(!said(id).is_empty(), "{id} in {granted}");
    }
    assert!(granted["by_message"].is_i64() && granted["answer"].is_i64() && granted["request"] == asked["request"], "{granted}");
}

#[tokio::test]
async fn silence_is_told_once_in_the_readers_words_and_a_late_yes_still_counts() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    world.advance_hours(24).await;
    world.advance_hours(24).await;
    assert_eq!(eva.times_seen(LAPSED), 1);
    eva.sees_not("The contact hasn't responded");
    jonas.types("ja").await;
    assert_eq!(jonas.times_shown("Vielen Dank."), 1);
    eva.types("Willkommen").await;
    assert_eq!(jonas.last().text, "Willkommen");
}

#[tokio::test]
async fn the_basis_outlives_silence_and_is_not_asked_twice() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    world.advance_hours(25).await;
    eva.clicks("Send again", Value::Null).await;
    eva.clicks("Send request", Value::Null).await;
    assert_eq!(jonas.times_shown(ASKED), 2);
    assert_eq!(evidence(&world, "consent.requested").await["basis"], "contract");
}

/// Brings the client into a state of consent.
async fn reach(world: &World, state: &str, eva: &Colleague<'_>, jonas: &Phone<'_>) {
    if state == "none" {
        jonas.types("Guten Tag").await;
        return;
    }
    eva.asks(jonas).await;
    match state {
        "lapsed" => world.advance_hours(25).await,
        "granted" => jonas.taps("Ja").await,
        "declined" => jonas.taps("Nein").await,
        _ => {}
    }
}

#[rstest::rstest]
#[tokio::test]
async fn an_opt_out_in_any_language_and_state_is_answered_exactly_once(
    #[values("none", "pending", "lapsed", "granted", "declined")] state: &str,
    #[values("STOP", "abmelden", "Unsubscribe.", "\u{ff33}CHLU\u{1e9e}")] word: &str,
) {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    reach(&world, state, &eva, &jonas).await;
    let answered = || jonas.texts().iter().filter(|text| text.contains(STOPPED)).count();
    let (before, requests) = (answered(), jonas.times_shown(ASKED));
    for _ in 0..3 {
        jonas.types(word).await;
    }
    assert_eq!(answered() - before, 1);
    assert_eq!(jonas.times_shown(ASKED), requests, "never followed by a request");
    let revoked = evidence(&world, "consent.revoked").await;
    assert_eq!(revoked["words"], word);
    eva.types("Noch etwas").await;
    assert!(!jonas.texts().contains(&"Noch etwas".to_owned()));
}

#[tokio::test]
async fn who_writes_first_to_the_german_line_is_answered_or_asked_as_its_policy_says() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    jonas.types("Haben Sie offen?").await;
    world.ana().sees_not("Haben Sie offen?");
    assert!(jonas.received().is_empty());
    eva.clicks("Take", Value::Null).await;
    eva.types("Bis 18 Uhr").await;
    assert_eq!(jonas.last().text, "Bis 18 Uhr");

    let world = World::with(|directory| directory.lines[1].policy.client_first = ClientFirst::Ask).await;
    let (eva, jonas) = (world.eva(), world.jonas());
    jonas.types("Haben Sie offen?").await;
    assert!(jonas.last().text.starts_with("Guten Tag, hier ist Northwind Service."), "{}", jonas.last().text);
    assert_eq!(titles(&jonas), ["Ja", "Nein"]);
    eva.clicks("Take", Value::Null).await;
    jonas.taps("Ja").await;
    eva.types("Bis 18 Uhr").await;
    assert_eq!(jonas.last().text, "Bis 18 Uhr");
}

#[tokio::test]
async fn a_held_message_is_announced_in_the_clients_language() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    world.consented(&eva, &jonas).await;
    world.advance_hours(25).await;
    eva.types("Ihr Termin").await;
    assert!(jonas.last().text.starts_with("Eva Lang von Northwind Service hat eine Nachricht für Sie."), "{}", jonas.last().text);
    jonas.types("Ja?").await;
    assert_eq!(jonas.last().text, "Ihr Termin");
}

#[tokio::test]
async fn a_message_from_the_day_before_says_so_in_the_clients_language() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    world.consented(&eva, &jonas).await;
    world.advance_hours(25).await;
    let written = world.clock.now().with_timezone(&chrono_tz::Europe::Berlin).format("%Y-%m-%d %H:%M").to_string();
    eva.types("Ihr Termin").await;
    world.advance_hours(25).await;
    jonas.types("Ja?").await;
    assert_eq!(jonas.last().text, format!("Ihr Termin\n(geschrieben am {written})"));
}

#[tokio::test]
async fn the_templates_that_do_not_fit_are_told() {
    let world = World::start().await;
    let mut directory = world.relay().office().directory.clone();
    let store = world.relay().store().clone();
    let told = async |directory: &switchboard::bridge::Directory| {
        let found = switchboard::app::directory::template_warnings(&store, directory).await.expect("the store answers");
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&directory).await,
        [
            "warning: lines[0].templates.opt_in: template switchboard_opt_in (de) has the quick reply \"Ja\", which is no keyword of the line; it is read as Yes by its place"
        ]
    );
    directory.lines[1].templates.opt_in.name = "service_erledigt".to_owned();
    let spanish = switchboard::bridge::TemplateUse { name: "pedido".to_owned(), language: "es".to_owned(), variables: Vec::new() };
    directory.lines[1].templates.languages.insert("es".to_owned(), LanguageTemplates { opt_in: Some(spanish), nudge: None });
    assert_eq!(
        told(&directory).await[1..],
        [
            "warning: lines[1].templates.opt_in: template service_erledigt (de) has 0 quick replies, and needs two: Yes and No",
            "warning: lines[1].templates.languages.es.opt_in: account 102290129340477 has no template pedido",
        ]
    );
}

fn preference(value: &str, at: i64) -> Value {
    json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "49305550100", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "Maria Oliveira"}, "wa_id": "551187654321", "user_id": "BR.13491208655302741918"}],
        "user_preferences": [{"wa_id": "551187654321", "detail": "as told", "category": "marketing_messages", "value": value, "timestamp": at}]})
}

async fn says(world: &World, value: &str, at: i64) {
    world.whatsapp.announces("102290129340398", "user_preferences", preference(value, at));
    world.settle().await;
}

/// A line that may send marketing, and a client who agreed.
async fn with_marketing() -> World {
    let world = World::with_policy(|policy| policy.marketing_templates = true).await;
    world.consented(&world.ana(), &world.maria()).await;
    world
}

async fn sends_sale(world: &World) -> String {
    let ana = world.ana();
    let thread = world.thread_of(&world.maria()).await;
    ana.types("help").await;
    let card = ana.find("Commands").activity_id;
    let data = json!({"verb": "template.send", "thread": thread, "name": "spring_sale", "language": "en_US", "values": ["Maria"]});
    words(&ana.forges(&card, data).await.card.expect("a card"))
}

#[tokio::test]
async fn no_marketing_blocks_marketing_and_nothing_else_until_the_client_resumes() {
    let world = with_marketing().await;
    let (ana, maria) = (world.ana(), world.maria());
    let start = world.clock.now().timestamp();
    says(&world, "stop", start + 10).await;
    ana.sees("Maria Oliveira wants no marketing messages. Everything else may still be sent.");
    assert_eq!(world.recorded("consent.revoked").await, 0);
    assert!(sends_sale(&world).await.contains("Marketing templates may not be sent to this client."));
    assert_eq!(maria.times_shown("spring sale"), 0);
    ana.types("templates").await;
    ana.sees("the client wants no marketing");
    ana.types("contacts").await;
    let answer = ana.clicks("Open", Value::Null).await;
    assert!(words(&answer.card.expect("a card")).contains("Not wanted by the client"));
    ana.types("An ordinary message").await;
    assert_eq!(maria.last().text, "An ordinary message");
    // What was said earlier and comes later changes nothing.
    says(&world, "resume", start + 5).await;
    assert!(sends_sale(&world).await.contains("Marketing templates may not be sent"));
    says(&world, "stop", start + 15).await;
    assert_eq!(ana.times_seen("wants no marketing messages"), 1, "told once");
    says(&world, "resume", start + 20).await;
    ana.sees("Maria Oliveira allows marketing messages again.");
    sends_sale(&world).await;
    assert_eq!(maria.times_shown("spring sale"), 1);
}

#[tokio::test]
async fn a_quick_reply_that_stops_promotions_is_no_opt_out() {
    let world = with_marketing().await;
    let (ana, maria) = (world.ana(), world.maria());
    sends_sale(&world).await;
    maria.taps("Stop promotions").await;
    ana.sees("Maria Oliveira wants no marketing messages.");
    ana.sees("Maria Oliveira: Stop promotions");
    assert_eq!(world.recorded("consent.revoked").await, 0);
    assert_eq!(world.last_record("marketing.stopped").await.body["evidence"]["by"], "message");
    ana.types("Understood").await;
    assert_eq!(maria.last().text, "Understood");
    world.advance_hours(25).await;
    assert!(sends_sale(&world).await.contains("Marketing templates may not be sent"));
}

#[tokio::test]
async fn a_line_words_its_own_stop_of_marketing() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    world.consented(&eva, &jonas).await;
    jonas.types("keine Werbung!").await;
    eva.sees("Jonas Weber wants no marketing messages.");
    assert_eq!(world.recorded("consent.revoked").await, 0);
}

#[tokio::test]
async fn no_marketing_said_while_asked_brings_no_request() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    world.advance(Duration::minutes(11)).await;
    jonas.types("Keine Werbung").await;
    assert_eq!(jonas.times_shown(ASKED), 1);
    jonas.taps("Ja").await;
    eva.sees("Jonas Weber accepted.");
}

#[tokio::test]
async fn whatsapps_refusal_of_marketing_sets_the_flag() {
    let world = with_marketing().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.whatsapp.faults().set(Fault::new(FaultName::FailedStatus).code(131_050).times(1));
    sends_sale(&world).await;
    ana.sees("Maria Oliveira wants no marketing messages.");
    assert_eq!(world.recorded("consent.revoked").await, 0);
    ana.types("Hello").await;
    assert_eq!(maria.last().text, "Hello");
}

const NEW_PHONE: &str = "+5521998877665";
const NEW_ID: &str = "BR.55500000000000000001";

/// A stranger who was given Maria's old number.
fn stranger() -> Client {
    Client {
        key: "stranger".to_owned(),
        name: "Somebody Else".to_owned(),
        phone: Some("+5511987654321".to_owned()),
        wa_id: Some("551187654321".to_owned()),
        bsuid: "BR.99900000000000000009".to_owned(),
        username: None,
        writes_to: None,
    }
}

fn strangers_texts(world: &World) -> Vec<String> {
    world.whatsapp.phone("stranger").expect("known").into_iter().map(|item| item.text).collect()
}

#[tokio::test]
async fn a_client_keeps_thread_consent_and_history_under_a_new_number() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let thread = world.thread_of(&maria).await;
    world.whatsapp.changes_number("maria", NEW_PHONE, NEW_ID).expect("told");
    world.settle().await;
    ana.sees("Maria Oliveira has a new WhatsApp number: +55 21 99887-7665. The conversation goes on there.");
    ana.sees_not("[WhatsApp]");
    let changed = world.last_record("contact.number_changed").await;
    assert_eq!((changed.thread, &changed.body["before"]["wa_id"]), (Some(thread), &json!("551187654321")));
    world.whatsapp.adds_client(stranger());
    ana.types("Still you?").await;
    assert_eq!(maria.last().text, "Still you?");
    assert!(strangers_texts(&world).is_empty());
    maria.types("Yes, me").await;
    assert_eq!(ana.heard().last().map(String::as_str), Some("Maria Oliveira: Yes, me"));
    assert_eq!(world.recorded("contact.wrote_first").await, 0);
}

#[tokio::test]
async fn who_gets_the_old_number_is_a_stranger_without_consent() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.changes_number("maria", NEW_PHONE, NEW_ID).expect("told");
    world.settle().await;
    world.whatsapp.adds_client(stranger());
    world.whatsapp.client_types("stranger", "Is this the bakery?").expect("typed");
    world.settle().await;
    assert!(ana.heard().iter().all(|text| !text.contains("bakery")), "not in Maria's conversation");
    ben.sees("New message, nobody owns this client yet.");
    assert_eq!(world.recorded("contact.wrote_first").await, 1);
    ana.types("For Maria").await;
    assert_eq!(maria.last().text, "For Maria");
    assert!(!strangers_texts(&world).contains(&"For Maria".to_owned()));
}

#[tokio::test]
async fn a_stranger_on_a_clients_number_is_told_apart_even_without_a_notice() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.moves_silently("maria", NEW_PHONE, NEW_ID).expect("known");
    world.whatsapp.adds_client(stranger());
    world.whatsapp.client_types("stranger", "Hello").expect("typed");
    world.settle().await;
    ana.sees("The number +55 11 98765-4321 belongs to somebody else now. Maria Oliveira is still reached by their WhatsApp account.");
    ana.types("For Maria alone").await;
    assert!(!strangers_texts(&world).contains(&"For Maria alone".to_owned()));
    assert_eq!(world.recorded("contact.number_lost").await, 1);
}

#[tokio::test]
async fn a_notice_repeated_after_a_second_change_does_not_lead_back() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let first = world.whatsapp.changes_number("maria", NEW_PHONE, NEW_ID).expect("told");
    world.settle().await;
    world.whatsapp.changes_number("maria", "+5531977776666", "BR.55500000000000000002").expect("told");
    world.settle().await;
    let again = json!({"id": first, "from": "551187654321", "from_user_id": "BR.13491208655302741918", "type": "system",
        "system": {"type": "user_changed_number", "wa_id": "5521998877665", "user_id": NEW_ID, "previous_user_id": "BR.13491208655302741918", "body": ""}});
    world.whatsapp.client_sends("maria", None, again).expect("sent");
    world.settle().await;
    assert_eq!(world.recorded("contact.number_changed").await, 2);
    ana.types("Where are you?").await;
    assert_eq!(maria.last().text, "Where are you?");
}

#[tokio::test]
async fn a_late_message_under_the_former_names_does_not_lead_back() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.changes_number("maria", NEW_PHONE, NEW_ID).expect("told");
    world.settle().await;
    world.whatsapp.adds_client(stranger());
    let late =
        json!({"type": "text", "text": {"body": "Written before"}, "from": "551187654321", "from_user_id": "BR.13491208655302741918"});
    world.whatsapp.client_sends("maria", None, late).expect("sent");
    world.settle().await;
    assert_eq!(ana.heard().last().map(String::as_str), Some("Maria Oliveira: Written before"));
    ana.types("Got it").await;
    assert_eq!(maria.last().text, "Got it");
    assert!(strangers_texts(&world).is_empty());
}

#[tokio::test]
async fn of_two_contacts_that_are_one_client_the_strictest_consent_counts() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Waiting").await;
    let before = world.cast.whatsapp.clients[0].clone();
    // The notice is late: the client writes from the new number first, and says stop.
    world.whatsapp.moves_silently("maria", NEW_PHONE, NEW_ID).expect("known");
    maria.types("STOP").await;
    ana.sees_not("asked to stop");
    let notice = json!({"from": before.wa_id, "from_user_id": before.bsuid, "type": "system", "system": {"type": "user_changed_number",
        "wa_id": "5521998877665", "user_id": NEW_ID, "previous_user_id": before.bsuid, "body": "changed"}});
    world.whatsapp.client_sends("maria", None, notice).expect("sent");
    world.settle().await;
    let merged = world.last_record("contact.merged").await.body;
    assert_eq!(
        (&merged["state"], &merged["consents"]["contact"], &merged["consents"]["other"]),
        (&json!("revoked"), &json!("granted"), &json!("revoked"))
    );
    ana.types("Hello?").await;
    assert!(!maria.texts().iter().any(|text| text == "Hello?" || text == "Waiting"));
    assert_eq!(world.decision().await.2, Some(5));
    assert_eq!(world.recorded("message.withdrawn").await, 1);
    ana.types("history").await;
    ana.clicks("Open", Value::Null).await;
    ana.sees("Maria Oliveira");
    // The client leads back, in the one conversation there is.
    maria.types("START").await;
    ana.types("Welcome back").await;
    assert_eq!(maria.last().text, "Welcome back");
}

#[tokio::test]
async fn a_wish_to_stop_written_under_the_new_number_is_decided_for_the_client_it_is() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    ana.types("Waiting").await;
    let before = world.cast.whatsapp.clients[0].clone();
    world.whatsapp.moves_silently("maria", NEW_PHONE, NEW_ID).expect("known");
    maria.types("Please stop writing to me").await;
    let notice = json!({"from": before.wa_id, "from_user_id": before.bsuid, "type": "system", "system": {"type": "user_changed_number",
        "wa_id": "5521998877665", "user_id": NEW_ID, "previous_user_id": before.bsuid, "body": "changed"}});
    world.whatsapp.client_sends("maria", None, notice).expect("sent");
    world.settle().await;
    maria.types("Well?").await;
    assert!(!maria.texts().iter().any(|text| text == "Waiting"), "nothing held leaves before somebody has decided");
    let card = ana.find("may be asking to stop").activity_id;
    ana.clicks_on(&card, "Record opt-out", Value::Null).await;
    ana.types("Hello?").await;
    assert_eq!(world.decision().await.2, Some(5), "{}", ana.transcript());
    assert!(!maria.texts().iter().any(|text| text == "Waiting" || text == "Hello?"));
}

#[tokio::test]
async fn a_change_of_the_user_id_alone_stops_using_the_old_number() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.changes_user_id("maria", NEW_ID).expect("told");
    world.settle().await;
    world.whatsapp.adds_client(stranger());
    ana.sees("Maria Oliveira has a new WhatsApp account. The conversation goes on there.");
    ana.types("By account").await;
    assert_eq!(maria.last().text, "By account");
    assert!(strangers_texts(&world).is_empty());
}

#[tokio::test]
async fn a_change_of_somebody_unknown_makes_no_contact() {
    let world = World::start().await;
    world.whatsapp.changes_number("tom", "+4915100000001", "DE.20771523908114460000").expect("told");
    world.settle().await;
    assert_eq!(world.recorded("contact.change_unknown").await, 1);
    assert_eq!(world.recorded("contact.wrote_first").await, 0);
    world.ana().sees_not("[WhatsApp]");
}

#[tokio::test]
async fn a_client_known_by_account_and_added_by_number_is_one_client_as_soon_as_it_shows() {
    let world = World::start().await;
    let (ana, kim) = (world.ana(), world.kim());
    let bsuid = world.cast.whatsapp.clients[2].bsuid.clone();
    kim.types("Hi").await;
    world.whatsapp.moves_silently("kim", "+14155550123", &bsuid).expect("known");
    ana.types("new").await;
    ana.clicks("Add contact", json!({"name": "Kim Reader", "phone": "+14155550123", "language": "", "line": "advice"})).await;
    ana.clicks("Message on WhatsApp", Value::Null).await;
    ana.clicks("Send request", json!({"basis": "met_in_person"})).await;
    kim.taps("Yes").await;
    ana.sees("Kim Reader accepted.");
    ana.types("Hello Kim").await;
    assert_eq!(kim.last().text, "Hello Kim");
    assert_eq!(world.recorded("contact.merged").await, 1);
    assert_eq!(world.last_record("consent.granted").await.body["basis"], "met_in_person");
}
