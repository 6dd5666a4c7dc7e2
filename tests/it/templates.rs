//! Templates of every kind, from the picker to the phone, and files on their way to their headers.

use crate::harness::{Colleague, PATIENCE, Phone, World, words};
use chrono::Duration;
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::simulator::{Draft, Fault, FaultName, PhoneItem, SentFile, Surface};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nsimulated";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0isomsimulated";
const PDF: &[u8] = b"%PDF-1.7\nsimulated";
const MEGABYTE: usize = 1024 * 1024;

/// A world in which Ana may send any template to Maria, as often as she likes.
async fn world() -> World {
    let world = World::with_policy(|policy| {
        policy.marketing_templates = true;
        policy.one_unanswered_template = false;
    })
    .await;
    world.consented(&world.ana(), &world.maria()).await;
    world
}

/// Ana's picker: the activity of a fresh card, and the thread.
async fn picker<'w>(world: &'w World) -> (Colleague<'w>, Phone<'w>, String, i64) {
    let (ana, maria) = (world.ana(), world.maria());
    ana.types("templates").await;
    let card = ana.find("office_hours").activity_id;
    let thread = world.thread_of(&maria).await;
    (ana, maria, card, thread)
}

async fn picks(ana: &Colleague<'_>, card: &str, thread: i64, name: &str) -> Value {
    let data = json!({"verb": "template.pick", "thread": thread, "name": name, "language": "en_US"});
    ana.forges(card, data).await.card.expect("a card")
}

/// The card as it stands in the chat now.
fn shown(ana: &Colleague<'_>, card: &str) -> Value {
    ana.chat().into_iter().find(|item| item.activity_id == card).and_then(|item| item.card).expect("a card")
}

/// The value of the choice whose title begins so.
fn choice(card: &Value, title: &str) -> String {
    fn find(value: &Value, title: &str) -> Option<String> {
        match value {
            Value::Array(all) => all.iter().find_map(|one| find(one, title)),
            Value::Object(members) => {
                if members.get("title").and_then(Value::as_str).is_some_and(|found| found.starts_with(title)) {
                    return members.get("value").and_then(Value::as_str).map(str::to_owned);
                }
                members.values().find_map(|one| find(one, title))
            }
            _ => None,
        }
    }
    find(card, title).unwrap_or_else(|| panic!("no choice {title:?} in {card}"))
}

/// A message as the phone shows it, line by line.
fn on_the_phone(item: &PhoneItem) -> String {
    let buttons = item.buttons.iter().map(|button| format!("[ {} ]", button.title));
    let lines = [item.header.clone(), Some(item.text.clone()), item.footer.clone()];
    lines.into_iter().flatten().chain(buttons).collect::<Vec<_>>().join("\n")
}

/// Sends a file to the bot and starts to fill the template with it: the card after Preview.
async fn previews(ana: &Colleague<'_>, card: &str, thread: i64, name: &str, file: SentFile, mut inputs: Value) -> Value {
    let title = if file.inline { "Pasted picture".to_owned() } else { file.name.clone() };
    ana.says(Draft::text("").with(file)).await;
    let fill = picks(ana, card, thread, name).await;
    inputs["file"] = choice(&fill, &title).into();
    let waiting = ana.clicks_on(card, "Preview", inputs).await.card.expect("a card");
    assert!(words(&waiting).contains("Fetching"), "{waiting}");
    shown(ana, card)
}

#[tokio::test]
async fn every_template_reads_on_the_phone_as_it_was_previewed() {
    let world = world().await;
    let (ana, maria, _, thread) = picker(&world).await;
    let file = |name: &str, bytes: &[u8]| Some(SentFile::attached(name, bytes));
    let cases = [
        ("appointment_reminder", json!({"v0": "Maria", "v1": "Monday", "v2": "10:00"}), None),
        ("order_update", json!({"v0": "Maria", "v1": "A-17"}), None),
        ("track_parcel", json!({"v0": "A-17", "v1": "A-17"}), None),
        ("spring_sale", json!({"v0": "Maria"}), None),
        ("office_hours", json!({}), None),
        ("visit_picture", json!({"v0": "Maria"}), file("house.png", PNG)),
        ("visit_video", json!({"v0": "Maria"}), file("way.mp4", MP4)),
        ("contract_papers", json!({"v0": "Maria", "v1": "C-7"}), file("papers.pdf", PDF)),
        ("meeting_place", json!({"v0": "52,5163", "v1": "13.3777", "v2": "Gate", "v3": "Square 1", "v4": "Maria"}), None),
        ("advice_form", json!({}), None),
        ("sign_in_code", json!({"v0": "123456"}), None),
        ("week_offer", json!({"v0": "2026-03-09 18:00", "v1": "Maria", "v2": "FREE1", "v3": "maria"}), None),
    ];
    for (name, inputs, file) in cases {
        let card = ana.types("templates").await;
        let card = ana.chat().into_iter().rfind(|item| item.activity_id != card && item.card.is_some()).expect("a card").activity_id;
        let before = maria.received().len();
        let preview = match file {
            Some(file) => previews(&ana, &card, thread, name, file, inputs).await,
            None => {
                let picked = picks(&ana, &card, thread, name).await;
                if inputs == json!({}) { picked } else { ana.clicks_on(&card, "Preview", inputs).await.card.expect("a card") }
            }
        };
        assert_eq!(maria.received().len(), before, "{name}: selecting and previewing never send");
        ana.clicks_on(&card, "Send", Value::Null).await;
        let phone = on_the_phone(&maria.last());
        assert_eq!(maria.last().template.as_deref(), Some(name), "{}", ana.transcript());
        let queued = world.last_record("message.queued").await.body["content"]["preview"].clone();
        assert_eq!(queued, phone.as_str(), "{name}");
        let text = words(&preview);
        for line in phone.lines() {
            assert!(text.contains(line.trim_matches(['[', ']', ' '])), "{name}: {line:?} is not in {text}");
        }
        assert!(ana.thread_card(&maria).contains("Delivered"), "{name}");
    }
}

#[tokio::test]
async fn the_form_shows_the_text_as_far_as_it_is_filled() {
    let world = world().await;
    let (ana, _, card, thread) = picker(&world).await;
    let form = words(&picks(&ana, &card, thread, "order_update").await);
    assert!(form.contains("Hello Maria, your order [Order id] is on its way."), "{form}");
    ana.clicks_on(&card, "Preview", json!({"v0": "Bo", "v1": ""})).await;
    let again = words(&shown(&ana, &card));
    assert!(again.contains("Hello Bo, your order [Order id] is on its way."), "{again}");
}

#[tokio::test]
async fn a_tap_on_a_templates_button_is_heard_by_its_title() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let inputs = json!({"v0": "Maria"});
    previews(&ana, &card, thread, "visit_picture", SentFile::attached("house.png", PNG), inputs).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    let button = maria.last().buttons.into_iter().find(|button| button.title == "I will come").expect("a button");
    assert_eq!(button.value, "switchboard:reply:0");
    maria.taps("I will come").await;
    let heard = ana.heard().pop().expect("an answer");
    assert!(heard.starts_with("In answer to Ana Souza: “[image] Dear Maria, this is our house."), "{heard}");
    assert!(heard.ends_with("\nMaria Oliveira: I will come"), "{heard}");
}

#[tokio::test]
async fn a_file_alone_reaches_nobody_before_send_and_may_begin_a_template_all_the_same() {
    let world = world().await;
    let (ana, maria, _, _) = picker(&world).await;
    let before = maria.received().len();
    ana.says(Draft::text("").with(SentFile::attached("house.png", PNG))).await;
    ana.sees("Send this file to Maria Oliveira?");
    assert_eq!((maria.received().len(), world.whatsapp.count("graph.media")), (before, 0));
}

#[tokio::test]
async fn a_pasted_picture_is_fetched_with_the_bots_token() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let preview = previews(&ana, &card, thread, "visit_picture", SentFile::pasted("image/*", PNG), json!({"v0": "Maria"})).await;
    assert!(words(&preview).contains("Pasted picture.png, 1 KB"), "{preview}");
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert!(maria.last().picture.is_some_and(|picture| picture.starts_with("data:image/png")));
}

#[tokio::test]
async fn a_link_is_fetched_without_a_token() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    // A file of another chat has an address too; the simulated host refuses whoever brings a token.
    let activity = world.teams.activity("ben", &Draft::text("").with(SentFile::attached("papers.pdf", PDF))).expect("an activity");
    let link = activity["attachments"][0]["content"]["downloadUrl"].as_str().expect("an address").to_owned();
    picks(&ana, &card, thread, "contract_papers").await;
    ana.clicks_on(&card, "Preview", json!({"v0": "Maria", "v1": "C-7", "link": link})).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert!(maria.last().header.is_some_and(|header| header.starts_with("[document ") && header.ends_with(".pdf]")));
}

#[rstest]
#[case::http("http://example.com/a.pdf", "The link must begin with https://.")]
#[case::no_link("offer.pdf", "The link must begin with https://.")]
#[case::this_machine("https://127.0.0.1/a.pdf", "This address is not on the public internet")]
#[case::by_name("https://localhost/a.pdf", "This address is not on the public internet")]
#[case::metadata("https://169.254.169.254/latest/meta-data/", "This address is not on the public internet")]
#[case::mapped("https://[::ffff:10.0.0.1]/a.pdf", "This address is not on the public internet")]
#[case::other_port("https://example.com:8443/a.pdf", "This address is not on the public internet")]
#[tokio::test]
async fn a_link_that_leads_inside_is_not_followed_and_everything_typed_stays(#[case] link: &str, #[case] told: &str) {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    picks(&ana, &card, thread, "contract_papers").await;
    let before = maria.received().len();
    ana.clicks_on(&card, "Preview", json!({"v0": "Maria", "v1": "C-7", "link": link})).await;
    let again = shown(&ana, &card);
    assert!(words(&again).contains(told), "{}", words(&again));
    for typed in [link, "Maria", "C-7"] {
        assert!(again.to_string().contains(&format!("\"value\":\"{typed}\"")), "{typed} is lost: {again}");
    }
    assert_eq!((maria.received().len(), world.whatsapp.count("graph.media")), (before, 0));
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
    let world = world().await;
    let (ana, _, card, thread) = picker(&world).await;
    for (to, told) in [
        (format!("{}/_sim/state", world.whatsapp.base_url()), "The link must begin with https://."),
        ("https://127.0.0.1/".to_owned(), "This address is not on the public internet"),
        // Not even to the Connector itself, whose address is known.
        (format!("{}/files/x", world.teams.base_url()), "The link must begin with https://."),
    ] {
        let file = SentFile { redirect: Some(to), ..SentFile::attached("house.png", PNG) };
        let again = previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
        assert!(words(&again).contains(told), "{}", words(&again));
    }
    assert_eq!(world.whatsapp.count("graph.media"), 0);
}

#[tokio::test]
async fn a_file_of_the_wrong_kind_or_size_comes_back_with_the_limit() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let mut large = PNG.to_vec();
    large.resize(5 * MEGABYTE + 1, 0);
    let before = maria.received().len();
    for (file, told) in [
        (SentFile::attached("house.png", PDF), "This is not a picture. Choose a JPEG or PNG picture."),
        (SentFile::attached("house.png", b"GIF89a simulated"), "This is not a picture."),
        (SentFile::attached("house.png", b""), "The file is empty."),
        (SentFile::attached("house.png", &large), "The file has 5.1 MB, WhatsApp takes at most 5 MB."),
    ] {
        let again = previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
        assert!(words(&again).contains(told), "{}", words(&again));
        assert!(again.to_string().contains("\"value\":\"Maria\""), "{again}");
    }
    large.pop();
    let preview = previews(&ana, &card, thread, "visit_picture", SentFile::attached("all.png", &large), json!({"v0": "Maria"})).await;
    assert!(words(&preview).contains("all.png, 5 MB"), "{}", words(&preview));
    assert_eq!(maria.received().len(), before);
    assert_eq!(world.whatsapp.count("graph.upload"), 1);
}

#[tokio::test]
async fn a_file_that_was_chosen_before_can_be_left_out_for_a_link() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let activity = world.teams.activity("ben", &Draft::text("").with(SentFile::attached("papers.pdf", PDF))).expect("an activity");
    let link = activity["attachments"][0]["content"]["downloadUrl"].as_str().expect("an address");
    let empty = SentFile::attached("offer.pdf", b"");
    let again = previews(&ana, &card, thread, "contract_papers", empty, json!({"v0": "Maria", "v1": "C-7"})).await;
    assert!(words(&again).contains("The file is empty."), "{}", words(&again));
    ana.clicks_on(&card, "Preview", json!({"v0": "Maria", "v1": "C-7", "link": link, "file": choice(&again, "offer.pdf")})).await;
    let again = shown(&ana, &card);
    assert!(words(&again).contains("Choose a file or enter a link, not both."), "{}", words(&again));
    ana.clicks_on(&card, "Preview", json!({"v0": "Maria", "v1": "C-7", "link": link, "file": choice(&again, "None of these")})).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert!(maria.last().header.is_some_and(|header| header.starts_with("[document ")), "{}", ana.transcript());
}

#[rstest]
#[case::throttled(Fault::new(FaultName::TooManyRequests).retry_after(3).times(2).on(Surface::Media))]
#[case::unavailable(Fault::new(FaultName::Unavailable).times(2).on(Surface::Media))]
#[case::reset(Fault::new(FaultName::Reset).times(1).on(Surface::Media))]
#[case::timeout(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(std::time::Duration::from_millis(50)).times(1).on(Surface::Media))]
#[tokio::test]
async fn an_upload_is_repeated_until_whatsapp_takes_it(#[case] fault: Fault) {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    world.whatsapp.faults().set(fault);
    let file = SentFile::attached("house.png", PNG);
    let preview = previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
    assert!(words(&preview).contains("house.png, 1 KB"), "{}", words(&preview));
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("visit_picture"));
}

#[tokio::test]
async fn an_upload_that_whatsapp_never_takes_ends_with_a_word_about_it() {
    let world = world().await;
    let (ana, _, card, thread) = picker(&world).await;
    world.whatsapp.faults().set(Fault::new(FaultName::Unavailable).on(Surface::Media));
    let file = SentFile::attached("house.png", PNG);
    previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
    for _ in 0..6 {
        world.advance(Duration::seconds(30)).await;
    }
    let again = shown(&ana, &card);
    assert!(words(&again).contains("WhatsApp cannot be reached at the moment."), "{}", words(&again));
    world.whatsapp.faults().clear();
    ana.clicks_on(&card, "Preview", json!({"v0": "Maria", "file": choice(&again, "house.png")})).await;
    assert!(words(&shown(&ana, &card)).contains("house.png, 1 KB"));
}

#[tokio::test]
async fn an_upload_survives_a_stop_before_and_while_it_is_made() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    ana.says(Draft::text("").with(SentFile::attached("house.png", PNG))).await;
    let fill = picks(&ana, &card, thread, "visit_picture").await;
    let inputs = json!({"v0": "Maria", "file": choice(&fill, "house.png")});

    // Ordered, and not begun.
    world.teams.click("ana", &card, "Preview", inputs.clone()).await.expect("pressed");
    world.stop().await;
    world.start_again().await;
    world.settle().await;
    assert!(words(&shown(&ana, &card)).contains("house.png, 1 KB"), "{}", ana.transcript());

    // Begun: the file is being fetched.
    picks(&ana, &card, thread, "visit_picture").await;
    world.teams.faults().set(Fault::new(FaultName::Delay).lasting(PATIENCE).times(1).on(Surface::Files));
    world.teams.click("ana", &card, "Preview", inputs).await.expect("pressed");
    world.clock.advance(std::time::Duration::from_secs(1));
    world.teams.until_count("fault", 1, PATIENCE).await.expect("the file is being fetched");
    world.stop().await;
    world.start_again().await;
    world.settle().await;
    assert!(words(&shown(&ana, &card)).contains("house.png, 1 KB"), "{}", ana.transcript());
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("visit_picture"));
}

#[tokio::test]
async fn a_second_press_sends_nothing_and_a_late_file_does_not_change_the_receipt() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let file = SentFile::attached("house.png", PNG);
    previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
    let sent = maria.received().len();
    let upload = world.last_record("upload.ready").await.body["upload"].clone();
    let data = json!({"verb": "template.send", "thread": thread, "name": "visit_picture", "language": "en_US", "values": ["Maria"],
        "upload": upload});

    // Another file is ordered from the same card, and an old copy of the preview is sent before it arrives.
    let fill = picks(&ana, &card, thread, "visit_picture").await;
    let inputs = json!({"v0": "Maria", "file": choice(&fill, "house.png")});
    world.teams.click("ana", &card, "Preview", inputs).await.expect("pressed");
    ana.forges(&card, data.clone()).await;
    assert_eq!(maria.received().len(), sent + 1);
    assert!(words(&shown(&ana, &card)).contains("Template sent."), "{}", ana.transcript());
    world.advance(Duration::minutes(2)).await;
    assert!(words(&shown(&ana, &card)).contains("Template sent."), "{}", ana.transcript());
    ana.forges(&card, data).await;
    assert_eq!(maria.received().len(), sent + 1);
    assert!(words(&shown(&ana, &card)).contains("Nothing was sent again."));
}

#[tokio::test]
async fn only_ones_own_file_for_this_template_and_this_client_is_sent() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let file = SentFile::attached("house.png", PNG);
    previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
    let upload = world.last_record("upload.ready").await.body["upload"].as_i64().expect("a row");
    let before = maria.received().len();
    for (name, values, upload) in [
        ("visit_picture", json!(["Maria"]), None),
        ("visit_picture", json!(["Maria"]), Some(upload + 1)),
        ("contract_papers", json!(["Maria", "C-7"]), Some(upload)),
    ] {
        let data =
            json!({"verb": "template.send", "thread": thread, "name": name, "language": "en_US", "values": values, "upload": upload});
        let asked = ana.forges(&card, data).await.card.expect("a card");
        assert!(words(&asked).contains("Choose a file or enter a link."), "{}", words(&asked));
    }
    let ben = world.ben();
    ben.types("help").await;
    let help = ben.chat().into_iter().rfind(|item| item.card.is_some()).expect("a card").activity_id;
    let data = json!({"verb": "template.send", "thread": thread, "name": "visit_picture", "language": "en_US", "values": ["Maria"],
        "upload": upload});
    ben.forges(&help, data).await;
    assert_eq!(maria.received().len(), before);
}

#[tokio::test]
async fn a_file_that_whatsapp_has_forgotten_is_uploaded_again() {
    let world = world().await;
    let (ana, maria, card, thread) = picker(&world).await;
    let file = SentFile::attached("house.png", PNG);
    previews(&ana, &card, thread, "visit_picture", file, json!({"v0": "Maria"})).await;
    world.advance(Duration::days(29)).await;
    let before = maria.received().len();
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!((maria.received().len(), world.whatsapp.count("graph.upload")), (before, 2));
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().template.as_deref(), Some("visit_picture"));
}

#[tokio::test]
async fn the_picker_offers_one_row_a_name_with_its_languages_and_what_was_used_first() {
    let world = world().await;
    for language in ["de", "en_GB"] {
        let template = json!({"id": "1", "name": "office_hours", "language": language, "status": "APPROVED", "category": "UTILITY",
            "components": [{"type": "BODY", "text": format!("Opening hours ({language})")}]});
        let answer = world.http().post(format!("{}/_sim/templates", world.whatsapp.base_url())).json(&template).send().await;
        assert!(answer.expect("answers").status().is_success());
    }
    world.housekeeping().await;
    let (ana, maria, card, _) = picker(&world).await;
    let list = words(&shown(&ana, &card));
    // Once as a row; the choices of the search above hold every language.
    assert_eq!(list.matches("office_hours\nen_GB · Utility").count(), 1, "{list}");
    assert!(list.contains("en_US · Utility · With a picture") && list.contains("en_US · Utility · With a place"), "{list}");
    assert!(list.contains("Not sendable from here: it is a carousel of several cards"), "{list}");
    // Maria's language is not known: what can be sent comes first, in the house's language.
    assert!(list.find("picks_carousel") > list.find("week_offer"), "{list}");
    ana.clicks_on(&card, "de", Value::Null).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    assert_eq!(maria.last().text, "Opening hours (de)");
    ana.types("templates").await;
    let before = words(&ana.find("office_hours").card.expect("a card"));
    let card = ana.find("office_hours").activity_id;
    let thread = world.thread_of(&maria).await;
    picks(&ana, &card, thread, "track_parcel").await;
    ana.clicks_on(&card, "Preview", json!({"v0": "A-17", "v1": "A-17"})).await;
    ana.clicks_on(&card, "Send", Value::Null).await;
    ana.types("templates").await;
    let after = words(&ana.find("office_hours").card.expect("a card"));
    assert!(before.find("track_parcel") > before.find("order_update"), "{before}");
    assert!(after.find("track_parcel") < after.find("order_update"), "{after}");
}
