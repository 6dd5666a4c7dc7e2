//! Searching from the compose box and in cards' inputs: it finds what the colleague may use, changes nothing, and what is chosen
//! sends nothing before Send is pressed.

use crate::harness::{Colleague, Phone, World, words};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use switchboard::bridge::LineId;
use switchboard::simulator::{ExtensionAnswer, FoundCard, Posted};

/// Longest that Teams waits, with room for a busy machine's own delays.
const SECONDS_OF_TEAMS: u64 = 5;

impl Colleague<'_> {
    async fn finds(&self, command: &str, text: &str) -> ExtensionAnswer {
        let answer = self.world.teams.searches(self.key, command, text).await.expect("sent");
        assert_typed("composeExtension/query", answer.status, &answer.body);
        assert!(answer.millis < SECONDS_OF_TEAMS * 1000, "answered after {} ms", answer.millis);
        answer
    }

    /// The result with this title.
    async fn offered(&self, command: &str, text: &str, title: &str) -> FoundCard {
        let answer = self.finds(command, text).await;
        let found = answer.results.iter().find(|found| found.title == title);
        found.unwrap_or_else(|| panic!("{title} is not among {:?}, {:?}", titles(&answer), answer.message)).clone()
    }

    /// Chooses a result as the desktop client does; the card for the compose box.
    async fn picks(&self, found: &FoundCard) -> Value {
        let answer = self.world.teams.chooses(self.key, found.tap.as_ref().expect("a tap")).await.expect("sent");
        assert_typed("composeExtension/selectItem", answer.status, &answer.body);
        assert_eq!(answer.results.len(), 1, "{:?}", answer.body);
        answer.results[0].card.clone()
    }

    /// Sends a card from the compose box; its activity.
    async fn places(&self, card: &Value, text: &str) -> String {
        let posted = self.world.teams.places(self.key, card, text).await.expect("sent");
        assert_eq!(posted.status, 200);
        self.world.settle().await;
        posted.activity_id
    }

    async fn invokes(&self, name: &str, value: Value, members: Value) -> Posted {
        let mut activity = json!({"type": "invoke", "name": name, "value": value});
        activity.as_object_mut().expect("an object").extend(members.as_object().cloned().unwrap_or_default());
        let posted = self.world.teams.sends_raw(self.key, activity).await.expect("sent");
        self.world.settle().await;
        posted
    }

    /// What a choice input of any dataset would be told.
    async fn looks_up(&self, dataset: &str, text: &str) -> Vec<(String, String)> {
        let value = json!({"queryText": text, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset});
        let body = body(&self.invokes("application/search", value, json!({})).await);
        let results = body["value"]["results"].as_array().unwrap_or_else(|| panic!("no results: {body}")).clone();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        results.iter().map(|result| (text(&result["title"]), text(&result["value"]))).collect()
    }
}

fn titles(answer: &ExtensionAnswer) -> Vec<&str> {
    answer.results.iter().map(|found| found.title.as_str()).collect()
}

fn body(posted: &Posted) -> Value {
    serde_json::from_str(&posted.body).unwrap_or_default()
}

/// Whether Teams can show an answer: a typed body of the kind that this invoke wants, and nothing empty in it.
fn assert_typed(name: &str, status: u16, body: &Value) {
    assert_eq!(status, 200, "{name}: {body}");
    let said = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let good = match name {
        "composeExtension/query" | "composeExtension/selectItem" => {
            let shown = &body["composeExtension"];
            let result = |one: &Value| {
                one["contentType"] == "application/vnd.microsoft.card.adaptive"
                    && one["content"]["type"] == "AdaptiveCard"
                    && one["content"]["version"] == "1.5"
                    && one["content"].to_string().len() <= 28_000
                    && one["preview"]["contentType"] == "application/vnd.microsoft.card.thumbnail"
                    && said(&one["preview"]["content"]["title"])
            };
            match shown["type"].as_str() {
                Some("message") => said(&shown["text"]),
                Some("result") => {
                    shown["attachmentLayout"] == "list" && shown["attachments"].as_array().is_some_and(|all| all.iter().all(result))
                }
                _ => false,
            }
        }
        _ => match (body["type"].as_str(), body["statusCode"].as_u64()) {
            (Some("application/vnd.microsoft.search.searchResponse"), Some(200)) => {
                body["value"]["results"].as_array().is_some_and(|all| all.len() <= 15)
            }
            (Some("application/vnd.microsoft.error"), Some(400..)) => said(&body["value"]["code"]) && said(&body["value"]["message"]),
            (Some("application/vnd.microsoft.activity.message"), Some(200)) => said(&body["value"]),
            (Some("application/vnd.microsoft.card.adaptive"), Some(200)) => body["value"]["type"] == "AdaptiveCard",
            _ => false,
        },
    };
    assert!(good, "{name} is answered {body}");
}

async fn one_conversation(world: &World) -> (Colleague<'_>, Phone<'_>) {
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    (ana, maria)
}

/// With Maria and with Tom, who answered last.
async fn two_conversations(world: &World) -> (Colleague<'_>, Phone<'_>, Phone<'_>) {
    let (ana, maria) = one_conversation(world).await;
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    (ana, maria, tom)
}

#[tokio::test]
async fn the_first_look_lists_what_can_be_sent_and_at_the_end_what_cannot_with_the_reason() {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    let before = world.journal().await.len();
    let answer = ana.finds("templates", "").await;
    let sendable = [
        "advice_form",
        "appointment_reminder",
        "contract_papers",
        "meeting_place",
        "office_hours",
        "order_update",
        "sign_in_code",
        "switchboard_nudge",
        "track_parcel",
        "visit_picture",
        "visit_video",
    ];
    let refused = ["picks_carousel", "spring_sale", "week_offer"];
    assert_eq!(titles(&answer), [sendable.as_slice(), refused.as_slice()].concat());
    assert_eq!(answer.results[4].text, "en_US · We are open Monday to Friday, 9:00 to 18:00.");
    assert!(answer.results[12].text.contains("Not sendable from here: marketing is not allowed on this line"), "{:?}", answer.results[12]);
    for found in &answer.results {
        let told = words(&found.card);
        assert!(told.contains("Maria Oliveira") && told.contains("+49 30 5550100"), "whom it is for is not said: {told}");
    }
    assert_eq!(world.journal().await.len(), before, "looking is recorded as doing");
}

#[rstest::rstest]
#[case("order", &["order_update"])]
#[case("update ORDER", &["order_update"])]
#[case("monday friday", &["office_hours"])]
#[case("parcel", &["track_parcel"])]
#[case("%", &[])]
#[case("opt_in", &[])]
#[case("paused", &[])]
#[tokio::test]
async fn typing_narrows_the_list_down(#[case] text: &str, #[case] found: &[&str]) {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    let answer = ana.finds("templates", text).await;
    assert_eq!(titles(&answer), found);
    assert_eq!(answer.message.as_deref(), found.is_empty().then_some("No approved templates found."));
}

#[tokio::test]
async fn scrolling_on_goes_on_where_the_list_ended() {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    let rest = world.teams.searches_on("ana", "templates", "", 12).await.expect("sent");
    assert_eq!(titles(&rest), ["spring_sale", "week_offer"]);
    let end = world.teams.searches_on("ana", "templates", "", 25).await.expect("sent");
    assert_typed("composeExtension/query", end.status, &end.body);
    assert_eq!((end.results.len(), end.message), (0, None), "{}'s list does not end", ana.key);
}

#[tokio::test]
async fn choosing_and_sending_the_card_sends_nothing_to_the_client_and_its_buttons_do() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let before = maria.texts();
    let found = ana.offered("templates", "order", "order_update").await;
    let card = ana.picks(&found).await;
    assert!(words(&card).contains("Nothing has been sent."), "{card}");
    let seen = ana.chat().len();
    let placed = ana.places(&card, "").await;
    assert_eq!(ana.chat().len(), seen + 1, "the bot has something to say:\n{}", ana.transcript());
    assert_eq!(maria.texts(), before);

    let receipt = ana.clicks_on(&placed, "Fill in", json!({})).await.card.expect("a card");
    assert!(words(&receipt).contains("Continued in the message below.") && words(&receipt).contains("Maria Oliveira"), "{receipt}");
    assert!(!receipt.to_string().contains("Action."), "a receipt with buttons: {receipt}");
    ana.clicks("Preview", json!({"v0": "Maria", "v1": "A-17"})).await;
    assert_eq!(maria.texts(), before);
    ana.clicks("Send", json!({})).await;
    assert_eq!(maria.last().text, "Hello Maria, your order A-17 is on its way.");

    // What was used last is offered first.
    assert_eq!(titles(&ana.finds("templates", "").await)[0], "order_update");
}

#[tokio::test]
async fn a_template_that_lacks_nothing_but_its_picture_is_to_be_filled_in() {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    let template = json!({"id": "1", "name": "way_to_us", "language": "en_US", "status": "APPROVED", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://scontent.example/v/t39.8562-34/sample"]}},
        {"type": "BODY", "text": "This is how you find us."},
    ]});
    let answer = world.http().post(format!("{}/_sim/templates", world.whatsapp.base_url())).json(&template).send().await;
    assert!(answer.expect("answers").status().is_success());
    world.housekeeping().await;
    let card = ana.picks(&ana.offered("templates", "way", "way_to_us").await).await;
    let placed = ana.places(&card, "").await;
    ana.clicks_on(&placed, "Fill in", json!({})).await;
    assert!(ana.last_card().contains("This template begins with a picture."), "{}", ana.transcript());
}

#[tokio::test]
async fn on_a_phone_the_results_own_card_leads_on_as_well() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let found = ana.offered("templates", "office", "office_hours").await;
    let placed = ana.places(&found.card, "").await;
    ana.clicks_on(&placed, "Preview", json!({})).await;
    ana.clicks("Send", json!({})).await;
    assert_eq!(maria.last().text, "We are open Monday to Friday, 9:00 to 18:00.");
    // The client shows the old card again after a reload; it sends nothing by itself, and its form is a new one.
    let again = json!({"type": "Action.Execute", "title": "Preview", "verb": "template.pick",
        "data": {"verb": "template.pick", "thread": world.thread_of(&maria).await, "name": "office_hours", "language": "en_US"}});
    world.advance_hours(1).await;
    world.teams.click_action("ana", &placed, &again, Value::Null).await.expect("pressed");
    world.settle().await;
    assert_eq!((ana.times_seen("This is exactly what the client will see."), maria.times_shown("We are open Monday to Friday")), (1, 1));
}

#[tokio::test]
async fn words_beside_the_card_are_asked_about_and_kept() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let before = maria.texts();
    let found = ana.offered("templates", "office", "office_hours").await;
    ana.places(&found.card, "Shall we?").await;
    assert_eq!(maria.texts(), before);
    let asked = ana.find("Who is this for?");
    ana.sees("Shall we?");
    ana.clicks_on(&asked.activity_id, "Send", json!({"thread": world.thread_of(&maria).await.to_string()})).await;
    assert_eq!(maria.last().text, "Shall we?");
}

#[tokio::test]
async fn choosing_what_cannot_be_sent_explains_why_and_leads_to_the_others() {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    for title in ["spring_sale", "picks_carousel"] {
        let card = ana.picks(&ana.offered("templates", title, title).await).await;
        assert!(words(&card).contains("Not sendable from here"), "{card}");
        assert!(!card.to_string().contains("template.pick"), "{card}");
        let placed = ana.places(&card, "").await;
        ana.clicks_on(&placed, "Other templates", json!({})).await;
        assert!(ana.last_card().contains("order_update"), "{}", ana.last_card());
    }
}

#[tokio::test]
async fn without_a_conversation_or_a_result_words_say_so() {
    let world = World::start().await;
    let ben = world.ben();
    let answer = ben.finds("templates", "").await;
    assert!(answer.message.is_some_and(|told| told.contains("no open conversation")));
    assert_eq!(ben.finds("contacts", "nobody").await.message.as_deref(), Some("No contacts found."));
    assert!(ben.finds("invoices", "x").await.message.is_some_and(|told| told.contains("another version")));
}

#[tokio::test]
async fn the_conversation_is_the_one_that_a_text_would_go_to() {
    let world = World::start().await;
    let (ana, maria, _) = two_conversations(&world).await;
    let names = |found: &FoundCard| words(&found.card).lines().next().unwrap_or_default().to_owned();
    assert_eq!(names(&ana.offered("templates", "office", "office_hours").await), "Tom Becker");
    let quoted = ana.find("Maria Oliveira: Yes").activity_id;
    ana.says(switchboard::simulator::Draft::text("Hello Maria").quoting(quoted)).await;
    assert_eq!(names(&ana.offered("templates", "office", "office_hours").await), "Maria Oliveira");
    world.tom().types("Hello?").await;
    assert_eq!(names(&ana.offered("templates", "office", "office_hours").await), "Who is this for?");
    assert_eq!(maria.last().text, "Hello Maria");
}

#[tokio::test]
async fn where_the_client_is_not_certain_the_card_asks_first() {
    let world = World::start().await;
    let (ana, maria, tom) = two_conversations(&world).await;
    maria.types("Hello").await;
    let before = (maria.texts(), tom.texts());
    let card = ana.picks(&ana.offered("templates", "office", "office_hours").await).await;
    let placed = ana.places(&card, "").await;
    ana.clicks_on(&placed, "Preview", json!({"thread": " "})).await;
    let asked = ana.find("Choose a client first.");
    let answer = ana.clicks_on(&asked.activity_id, "Preview", json!({"thread": world.thread_of(&tom).await.to_string()})).await;
    let preview = words(&answer.card.expect("a card"));
    assert!(preview.contains("Tom Becker") && preview.contains("We are open"), "{preview}");
    assert_eq!((maria.texts(), tom.texts()), before);
    ana.clicks_on(&asked.activity_id, "Send", json!({})).await;
    assert_eq!((maria.texts(), tom.last().text.as_str()), (before.0, "We are open Monday to Friday, 9:00 to 18:00."));
}

#[tokio::test]
async fn nobody_finds_or_touches_what_is_not_theirs() {
    let world = World::with(|directory| {
        let mut other = directory.lines[0].clone();
        (other.id, other.name) = (LineId::from("other"), "Other".to_owned());
        directory.lines.push(other);
        let mut number = directory.numbers[0].clone();
        (number.phone_number_id, number.line) = ("other-number".into(), LineId::from("other"));
        directory.numbers.push(number);
        directory.colleagues[1].lines = vec![LineId::from("other")];
    })
    .await;
    let (ana, maria) = one_conversation(&world).await;
    let ben = world.ben();
    let thread = world.thread_of(&maria).await;
    let found = ana.offered("templates", "office", "office_hours").await;
    let contact = ana.offered("contacts", "Maria", "Maria Oliveira").await;
    assert_eq!(
        ana.looks_up(&format!("templates/{thread}"), "office").await,
        [("office_hours · en_US".to_owned(), "office_hours/en_US".to_owned())]
    );
    assert_eq!(ana.looks_up("threads", "maria").await[0].1, thread.to_string());

    assert!(ben.looks_up(&format!("templates/{thread}"), "").await.is_empty());
    assert!(ben.looks_up("threads", "").await.is_empty());
    assert!(ben.looks_up("contacts", "").await.is_empty());
    assert!(ben.finds("contacts", "Maria").await.results.is_empty());
    for foreign in [&found, &contact] {
        let answer = world.teams.chooses("ben", foreign.tap.as_ref().expect("a tap")).await.expect("sent");
        assert_typed("composeExtension/selectItem", answer.status, &answer.body);
        assert!(answer.results.is_empty() && !answer.body.to_string().contains("Maria"), "{}", answer.body);
        // Somebody else's card, passed on: it does nothing but say so.
        let placed = ben.places(&foreign.card, "").await;
        let title = if foreign == &found { "Preview" } else { "Message on WhatsApp" };
        ben.clicks_on(&placed, title, json!({})).await;
        assert!(ben.last_card().contains("not yours"), "{}", ben.last_card());
    }
    assert_eq!(maria.free_texts().len(), 1);
}

#[rstest::rstest]
#[case::a_group(json!({"id": "19:g@thread.v2", "conversationType": "groupChat", "isGroup": true}))]
#[case::a_channel(json!({"id": "19:c@thread.tacv2;messageid=1", "conversationType": "channel", "isGroup": true}))]
#[case::two_people(json!({"id": "19:ana_ben@unq.gbl.spaces", "conversationType": "personal"}))]
#[case::another_chat_with_a_bot(json!({"id": "a:somebody-elses", "conversationType": "personal"}))]
#[tokio::test]
async fn elsewhere_than_in_the_own_chat_nothing_is_found_or_done(#[case] conversation: Value) {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let tap = ana.offered("templates", "office", "office_hours").await.tap.expect("a tap");
    let mut conversation = conversation;
    conversation["tenantId"] = json!(world.cast.teams.tenant_id);
    let members = json!({"conversation": conversation});
    for (name, value) in [
        ("composeExtension/query", json!({"commandId": "templates", "parameters": []})),
        ("composeExtension/query", json!({"commandId": "contacts", "parameters": []})),
        ("composeExtension/selectItem", tap),
        ("application/search", json!({"dataset": "contacts", "queryText": ""})),
    ] {
        let posted = ana.invokes(name, value, members.clone()).await;
        assert_typed(name, posted.status, &body(&posted));
        assert!(posted.body.contains("Use this in your own chat with the app"), "{}", posted.body);
        assert!(!posted.body.contains("Maria"), "{}", posted.body);
    }
    // Searching elsewhere does not move the colleague's own chat.
    maria.types("Still there?").await;
    ana.sees("Maria Oliveira: Still there?");
}

#[tokio::test]
async fn a_cards_button_pressed_among_others_does_nothing() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let data = json!({"verb": "template.send", "thread": world.thread_of(&maria).await, "name": "office_hours", "language": "en_US", "values": []});
    let members = json!({"replyToId": "1700000000000",
        "conversation": {"id": "19:g@thread.v2", "conversationType": "groupChat", "isGroup": true, "tenantId": world.cast.teams.tenant_id}});
    let pressed = json!({"action": {"type": "Action.Execute", "verb": "template.send", "data": data}, "trigger": "manual"});
    let posted = ana.invokes("adaptiveCard/action", pressed, members.clone()).await;
    assert_typed("adaptiveCard/action", posted.status, &body(&posted));
    assert!(posted.body.contains("Use this in your own chat with the app"), "{}", posted.body);
    let posted = ana.invokes("composeExtension/onCardButtonClicked", data, members).await;
    assert_eq!((posted.status, body(&posted)), (200, json!({})));
    assert_eq!(maria.times_shown("We are open"), 0);
}

#[tokio::test]
async fn who_is_not_enabled_or_not_known_is_told_and_finds_nothing() {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    let query = json!({"commandId": "contacts", "parameters": []});
    let stranger = json!({"from": {"id": "29:stranger", "name": "Eve", "aadObjectId": "00000000-0000-4000-8000-000000000666"}});
    let posted = ana.invokes("composeExtension/query", query.clone(), stranger).await;
    assert_typed("composeExtension/query", posted.status, &body(&posted));
    assert!(posted.body.contains("Open your own chat with the app first"), "{}", posted.body);

    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    for command in ["templates", "contacts"] {
        let answer = ana.finds(command, "").await;
        assert!(answer.message.is_some_and(|told| told.contains("switched off WhatsApp for you")));
    }
    let posted = ana.invokes("application/search", json!({"dataset": "contacts"}), json!({})).await;
    assert_typed("application/search", posted.status, &body(&posted));
    assert_eq!((&body(&posted)["statusCode"], &body(&posted)["value"]["results"]), (&json!(400), &Value::Null));
}

#[tokio::test]
async fn whatever_a_client_sends_is_answered_with_a_typed_body() {
    let world = World::start().await;
    let (ana, _) = one_conversation(&world).await;
    let strange = [
        json!(null),
        json!("x"),
        json!([]),
        json!({}),
        json!({"commandId": 7, "dataset": 7, "item": 7}),
        json!({"commandId": "templates", "parameters": {"name": "q"}, "queryOptions": [], "dataset": "templates/x", "item": "template"}),
        json!({"commandId": "templates", "parameters": [{"name": "q", "value": [1]}], "queryOptions": {"skip": -1, "count": "many"}}),
        json!({"commandId": "contacts", "parameters": [{"name": "q", "value": "'; DROP TABLE contact; --"}], "queryOptions": {"skip": u64::MAX, "count": u64::MAX}}),
        json!({"dataset": format!("templates/{}", i64::MAX), "queryText": {"a": 1}, "queryOptions": {"top": u64::MAX, "skip": u64::MAX}}),
        json!({"dataset": "contacts", "queryText": "%_'\\", "queryOptions": {"top": 3.5}}),
        json!({"item": "template", "thread": i64::MAX, "name": "", "language": "x".repeat(10_000)}),
        json!({"item": "template", "name": "no_such", "language": "en"}),
        json!({"item": "contact", "contact": -1}),
        json!({"item": "contact", "contact": "1"}),
    ];
    for value in strange {
        for name in ["composeExtension/query", "composeExtension/selectItem", "application/search"] {
            let posted = ana.invokes(name, value.clone(), json!({})).await;
            assert_typed(name, posted.status, &body(&posted));
        }
    }
    let posted = ana.invokes("composeExtension/querySettingUrl", json!({}), json!({})).await;
    assert_eq!(posted.status, 501);
}

#[tokio::test]
async fn a_search_is_answered_while_the_writer_is_busy() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let card = ana.offered("templates", "office", "office_hours").await;
    let thread = world.thread_of(&maria).await;
    let (free, held) = mpsc::channel::<()>();
    let (begun, began) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let relay = world.relay();
    let writing = tokio::spawn(async move {
        let wait = move |_: &switchboard::store::Tx<'_>| {
            let _ = begun.send(());
            let _ = held.lock().expect("no panic").recv_timeout(Duration::from_secs(20));
            Ok(())
        };
        relay.store().write("hold", wait).await
    });
    tokio::task::spawn_blocking(move || began.recv_timeout(Duration::from_secs(20))).await.expect("no panic").expect("the writer is held");

    assert!(!ana.finds("templates", "").await.results.is_empty());
    let chosen = world.teams.chooses("ana", card.tap.as_ref().expect("a tap")).await.expect("sent");
    assert_eq!(chosen.results.len(), 1);
    let value = json!({"queryText": "", "dataset": format!("templates/{thread}")});
    let searched =
        world.teams.sends_raw("ana", json!({"type": "invoke", "name": "application/search", "value": value})).await.expect("sent");
    assert!(body(&searched)["value"]["results"].as_array().is_some_and(|found| !found.is_empty()), "{}", searched.body);

    free.send(()).expect("the writer waits");
    writing.await.expect("no panic").expect("written");
}

#[tokio::test]
async fn what_teams_repeats_is_done_once() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let first = ana.finds("templates", "office").await;
    let again = world.teams.resends("ana", &first.activity_id).await.expect("sent");
    assert_eq!(body(&again), first.body);

    let card = ana.picks(&first.results[0]).await;
    let placed = ana.places(&card, "").await;
    // The message itself is no message to the client however often it comes.
    world.teams.resends("ana", &placed).await.expect("sent");
    let pressed = ana.clicks_on(&placed, "Preview", json!({})).await;
    let repeated = world.teams.resends("ana", &pressed.activity_id).await.expect("sent");
    assert_eq!(body(&repeated), pressed.body);
    world.settle().await;
    assert_eq!(ana.times_seen("This is exactly what the client will see."), 1);

    // Clients that know no Action.Execute.
    let data = json!({"verb": "template.pick", "thread": world.thread_of(&maria).await, "name": "order_update", "language": "en_US"});
    for _ in 0..2 {
        let posted = ana.invokes("composeExtension/onCardButtonClicked", data.clone(), json!({})).await;
        assert_eq!((posted.status, body(&posted)), (200, json!({})));
    }
    assert_eq!(ana.times_seen("your order [Order id]"), 1, "{}", ana.transcript());
    assert_eq!(maria.free_texts().len(), 1);
}

#[rstest::rstest]
#[case::name("oli", "Maria Oliveira")]
#[case::number("98765", "Maria Oliveira")]
#[case::another("Tom", "Tom Becker")]
#[tokio::test]
async fn a_contact_is_found_and_its_card_leads_to_the_conversation(#[case] text: &str, #[case] name: &str) {
    let world = World::start().await;
    let ana = world.ana();
    ana.opens(&world.maria()).await;
    ana.opens(&world.tom()).await;
    let found = ana.finds("contacts", text).await;
    assert_eq!(titles(&found), [name]);
    assert!(found.results[0].text.contains("Not asked yet"), "{:?}", found.results[0]);
    let placed = ana.places(&ana.picks(&found.results[0]).await, "").await;
    ana.clicks_on(&placed, "Message on WhatsApp", json!({})).await;
    assert!(ana.last_card().contains(name) && ana.last_card().contains("has not agreed"), "{}", ana.last_card());
}

#[tokio::test]
async fn typing_into_a_card_finds_the_same_that_its_button_takes() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    ana.types("new").await;
    let card = ana.find("New conversation").activity_id;
    let found = world.teams.types_into("ana", &card, "contact", "mar").await.expect("sent");
    assert_eq!(found.choices[0].title, "Maria Oliveira · +55 11 98765-4321");
    let opened = ana.clicks_on(&card, "Open", json!({"contact": found.choices[0].value})).await.card.expect("a card");
    assert!(words(&opened).contains("Agreed") && words(&opened).contains("Maria Oliveira"), "{opened}");

    ana.types("templates").await;
    let picker = ana.find("Choose a template").activity_id;
    let found = world.teams.types_into("ana", &picker, "template", "your order").await.expect("sent");
    assert_eq!(found.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(), ["order_update/en_US"]);
    assert!(world.teams.types_into("ana", &picker, "template", "sale").await.expect("sent").choices.is_empty(), "not sendable is offered");
    let again = ana.clicks_on(&picker, "Continue", json!({"template": ""})).await.card.expect("a card");
    assert!(words(&again).contains("Choose a template first."), "{again}");
    let fill = ana.clicks_on(&picker, "Continue", json!({"template": "order_update/en_US"})).await.card.expect("a card");
    assert!(words(&fill).contains("your order"), "{fill}");
    for forged in ["order_update", "/", "no_such/en_US", "../../x"] {
        let answer =
            ana.forges(&picker, json!({"verb": "template.pick", "thread": world.thread_of(&maria).await, "template": forged})).await;
        assert!(!words(&answer.card.expect("a card")).contains("your order"));
    }
    assert_eq!(maria.free_texts().len(), 1);
}

#[tokio::test]
async fn a_client_is_found_by_typing_where_there_are_many() {
    let world = World::start().await;
    let (ana, _, tom) = two_conversations(&world).await;
    assert_eq!(ana.looks_up("threads", "").await.len(), 2);
    let found = ana.looks_up("threads", "beck").await;
    assert_eq!(found, [("Tom Becker · Private clients · +49 30 5550100".to_owned(), world.thread_of(&tom).await.to_string())]);
    assert!(ana.looks_up("threads", "nobody").await.is_empty());
}

#[tokio::test]
async fn a_chosen_template_that_is_gone_or_a_lost_conversation_says_so() {
    let world = World::start().await;
    let (ana, maria) = one_conversation(&world).await;
    let found = ana.offered("templates", "office", "office_hours").await;
    let placed = ana.places(&found.card, "").await;
    let thread = world.thread_of(&maria).await;
    let gone = json!({"item": "template", "thread": thread, "name": "rejected_draft", "language": "en_US"});
    let answer = world.teams.chooses("ana", &gone).await.expect("sent");
    assert!(answer.message.is_some_and(|told| told.contains("not offered by WhatsApp any more")));
    // The line is taken from the colleague: card and result are old now.
    world.apply(|directory| directory.colleagues[0].enabled = false).await;
    let answer = world.teams.chooses("ana", found.tap.as_ref().expect("a tap")).await.expect("sent");
    assert!(answer.message.is_some_and(|told| told.contains("switched off WhatsApp for you")));
    ana.clicks_on(&placed, "Preview", json!({})).await;
    assert!(ana.last_card().contains("switched off WhatsApp for you"), "{}", ana.last_card());
}
