//! What clients send: shown at once as a line, kept by its hash, and shown as what it is when it is here.

use super::{file, named, picture, recording, with_caption};
use crate::harness::{Colleague, World, words, words_of};
use chrono::Duration;
use image::ImageFormat;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use switchboard::simulator::{ChatItem, Draft, Fault, FaultName, SentFile, Surface};

/// The address of the picture that a card shows.
fn shown(item: &ChatItem) -> Option<&str> {
    let body = item.card.as_ref()?["body"].as_array()?;
    body.iter().find(|element| element["type"] == "Image")?["url"].as_str()
}

fn link(card: &Value) -> Option<&str> {
    let body = card["body"].as_array()?;
    body.iter().find_map(|element| element["actions"].as_array()?.iter().find_map(|action| action["url"].as_str()))
}

/// Presses the button that leads to the original; where the link leads on this machine.
async fn opens(colleague: &Colleague<'_>, button: &str) -> String {
    let answer = colleague.clicks(button, Value::Null).await;
    let card = answer.card.expect("a card");
    let url = link(&card).unwrap_or_else(|| panic!("no link: {}", words(&card)));
    let path = url.split_once("/files/").expect("our page").1;
    format!("{}/files/{path}", colleague.world.base())
}

async fn get(world: &World, url: &str, range: Option<&str>) -> reqwest::Response {
    let request = world.http().get(url);
    let request = range.iter().fold(request, |request, range| request.header("range", *range));
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn a_picture_is_shown_small_and_its_original_is_one_click_away() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let bytes = picture(1600, 1200, ImageFormat::Png);
    maria.sends(with_caption("Our *garden*", file("image", "image/png", &bytes))).await;
    let item = ana.find("Our garden");
    assert!(words_of(&item).contains("Picture · 1600 × 1200 · "), "{}", words_of(&item));
    assert!(shown(&item).expect("a picture").starts_with("data:image/jpeg;base64,"));
    ana.sees_not("on its way");
    let kept = world.last_record("media.kept").await;
    assert_eq!(kept.body["sha256"], hex::encode(Sha256::digest(&bytes)));

    let page = opens(&ana, "Original").await;
    let answer = get(&world, &page, None).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-security-policy"].to_str().expect("text").contains("default-src 'none'"));
    let html = answer.text().await.expect("a page");
    assert!(html.contains("Maria Oliveira") && html.contains("<img src=\"/files/"), "{html}");
    let whole = get(&world, &format!("{page}/content"), None).await;
    assert_eq!(
        (whole.headers()["content-type"].to_str().ok(), whole.headers()["x-content-type-options"].to_str().ok()),
        (Some("image/png"), Some("nosniff"))
    );
    assert_eq!(whole.bytes().await.expect("bytes"), bytes);
    let part = get(&world, &format!("{page}/content"), Some("bytes=10-19")).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 10-19/{}", bytes.len()).as_str());
    assert_eq!(part.bytes().await.expect("bytes"), bytes[10..20]);
    assert_eq!(world.recorded("media.opened").await, 1);
}

#[rstest::rstest]
#[case::voice("audio", "audio/ogg", recording(), "Audio file · 0:01 · 8 KB", "Play")]
#[case::sticker("sticker", "image/webp", picture(512, 512, ImageFormat::WebP), "Sticker · 512 × 512 · ", "Original")]
#[case::video("video", "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0isommp42".to_vec(), "Video · 1 KB", "Play")]
#[case::document("document", "application/pdf", b"%PDF-1.7\n".to_vec(), "Document · offer.pdf · 1 KB", "Open")]
#[case::hostile_name("document", "application/pdf", b"%PDF-1.7\n".to_vec(), "Document · offer.pdf · 1 KB", "Open")]
#[case::program("document", "application/pdf", b"MZ\x90\0\x03\0\0\0".to_vec(), "Document · offer.exe · 1 KB", "Open")]
#[case::web_page("document", "text/plain", b"<!DOCTYPE html><script>alert(1)</script>".to_vec(), "Document · offer.html · 1 KB", "Open")]
#[case::unknown("document", "application/x-own", b"\x01\x02\0\x03".to_vec(), "Document · offer.pdf · 1 KB", "Open")]
#[case::no_picture("image", "image/jpeg", b"\xff\xd8\xff\xe0 and nothing that a decoder could use".to_vec(), "Picture · 1 KB", "Original")]
#[tokio::test]
async fn every_kind_of_file_says_what_it_is(
    #[case] kind: &str,
    #[case] mime_type: &str,
    #[case] bytes: Vec<u8>,
    #[case] described: &str,
    #[case] button: &str,
) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    maria.sends(named("../\u{202e}offer.pdf", file(kind, mime_type, &bytes))).await;
    let item = ana.find(described);
    assert!(ana.offers(&item, button), "{}", words_of(&item));
    let page = opens(&ana, button).await;
    let content = get(&world, &format!("{page}/content"), None).await;
    let type_served = content.headers()["content-type"].to_str().expect("text").to_owned();
    let disposition = content.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(!type_served.contains("html") && !type_served.contains("pdf"), "{type_served}");
    assert_eq!(type_served == "application/octet-stream", disposition.starts_with("attachment"), "{type_served} {disposition}");
    assert_eq!(content.bytes().await.expect("bytes"), bytes);
}

#[rstest::rstest]
#[case::server_error(Fault::new(FaultName::ServerError).on(Surface::Downloads).times(3))]
#[case::throttled(Fault::new(FaultName::TooManyRequests).on(Surface::Downloads).times(2).retry_after(120))]
#[case::reset(Fault::new(FaultName::Reset).on(Surface::Downloads).times(2))]
#[case::truncated(Fault::new(FaultName::Truncated).on(Surface::Downloads).times(2))]
#[case::html(Fault::new(FaultName::BadGateway).on(Surface::Downloads).times(2))]
#[tokio::test]
async fn a_file_that_cannot_be_fetched_at_once_comes_later_into_the_same_place(#[case] fault: Fault) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(fault);
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    maria.types("Did you see it?").await;
    let before = ana.chat().len();
    for _ in 0..6 {
        world.advance(Duration::minutes(5)).await;
    }
    let item = ana.find("Picture · 40 × 30");
    assert!(shown(&item).is_some());
    ana.sees_not("on its way");
    assert_eq!(ana.chat().len(), before, "the line became a card, and nothing was posted twice");
    let place = |activity: &str| ana.chat().iter().position(|other| other.activity_id == activity);
    assert!(place(&item.activity_id) < place(&ana.find("Did you see it?").activity_id));
}

/// Somebody deleted the line that said that it is on its way, or Teams lets nobody change it any more.
#[rstest::rstest]
#[case::deleted(true)]
#[case::refused(false)]
#[tokio::test]
async fn a_late_file_whose_line_cannot_be_changed_is_posted_behind(#[case] deleted: bool) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).on(Surface::Downloads).times(1).retry_after(120));
    maria.sends(with_caption("The roof", file("image", "image/png", &picture(40, 30, ImageFormat::Png)))).await;
    let line = ana.find("[Picture: on its way]").activity_id;
    maria.types("Did you see it?").await;
    match deleted {
        true => world.teams.removes_post("ana", &line).expect("posted"),
        false => world.teams.faults().set(Fault::new(FaultName::GraphError).on(Surface::Updates)),
    }
    world.advance(Duration::minutes(5)).await;
    let card = ana.find("Picture · 40 × 30");
    assert!(card.activity_id != line && shown(&card).is_some(), "{}", ana.transcript());
    assert_eq!(ana.times_seen("Picture · 40 × 30"), 1);
    assert_eq!(world.recorded("post.not_changed").await, 1);
    assert!(opens(&ana, "Original").await.contains("/files/"));
    world.teams.faults().clear();
    let wamid = world.whatsapp.phone("maria").expect("known").into_iter().rfind(|item| item.kind == "image").expect("sent").wamid;
    let message = json!({"type": "image", "image": {"id": "1", "mime_type": "image/png", "caption": "The new roof"}});
    let edit = json!({"type": "edit", "edit": {"original_message_id": wamid, "message": message}});
    world.whatsapp.client_sends("maria", None, edit).expect("sent");
    world.settle().await;
    assert_eq!(ana.find("The new roof").activity_id, card.activity_id, "what is posted instead is what changes from now on");
}

#[tokio::test]
async fn a_late_file_waits_for_who_cannot_be_reached_when_it_comes() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).on(Surface::Downloads).times(1).retry_after(120));
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    world.teams.set_blocked("ana", true).expect("known");
    world.advance(Duration::minutes(5)).await;
    assert_eq!((ana.times_seen("Picture · 40 × 30"), world.recorded("media.kept").await), (0, 1));
    world.teams.set_blocked("ana", false).expect("known");
    world.install("ana").await;
    world.advance(Duration::hours(1)).await;
    assert!(shown(&ana.find("Picture · 40 × 30")).is_some(), "{}", ana.transcript());
    ana.sees_not("on its way");
}

#[tokio::test]
async fn a_file_that_never_comes_is_said_so_after_a_week_and_not_asked_for_again() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::Unavailable).on(Surface::Downloads));
    maria.sends(with_caption("The contract", file("document", "application/pdf", b"%PDF-1.7\n"))).await;
    ana.sees("[Document: on its way]");
    for _ in 0..8 {
        world.advance(Duration::days(1)).await;
    }
    let item = ana.find("The contract");
    assert!(
        words_of(&item).contains("it could not be fetched while WhatsApp had it. Ask Maria Oliveira to send it again."),
        "{}",
        words_of(&item)
    );
    assert_eq!(world.recorded("media.lost").await, 1);
}

#[rstest::rstest]
#[case::empty(b"".as_slice(), None, "it is empty")]
#[case::damaged(b"%PDF-1.7".as_slice(), Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), "it arrived damaged")]
#[tokio::test]
async fn a_file_that_is_not_what_was_sent_is_not_shown(#[case] bytes: &[u8], #[case] announced: Option<&str>, #[case] why: &str) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    match announced {
        None => drop(maria.sends(file("document", "application/pdf", bytes)).await),
        Some(hash) => {
            let wamid = maria.sends(file("document", "application/pdf", bytes)).await;
            let sent = world.journal().await.into_iter().rfind(|row| row.kind == "message.received").expect("received");
            let raw: Value = serde_json::from_str(sent.body["raw"].as_str().expect("raw")).expect("JSON");
            assert_eq!(raw["id"], wamid);
            let again =
                json!({"type": "document", "document": {"id": raw["document"]["id"], "mime_type": "application/pdf", "sha256": hash}});
            world.whatsapp.client_sends("maria", None, again).expect("sent");
            for _ in 0..6 {
                world.advance(Duration::minutes(10)).await;
            }
        }
    }
    ana.sees(why);
}

#[tokio::test]
async fn what_whatsapp_does_not_pass_on_is_said_so() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.client_sends(maria.key, None, json!({"type": "image", "image": {"mime_type": "image/jpeg"}})).expect("sent");
    world.settle().await;
    ana.sees("[Picture: WhatsApp did not pass it on. Ask for it to be sent again.]");
}

/// Whoever may not read the message may not see its file, whatever they hold.
#[tokio::test]
async fn a_link_opens_for_its_reader_as_long_as_they_may_read_and_no_longer_than_it_says() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    let page = opens(&ana, "Original").await;
    let (head, tail) = page.split_at(page.len() - 3);
    for wrong in [format!("{head}AAA"), page.replace("/files/", "/files/x"), format!("{}/files/..%2f..", world.base())] {
        assert_eq!(get(&world, &wrong, None).await.status(), StatusCode::NOT_FOUND, "{tail}");
    }
    world.advance(Duration::minutes(14)).await;
    assert_eq!(get(&world, &page, None).await.status(), StatusCode::OK);
    world.advance(Duration::minutes(1)).await;
    let over = get(&world, &page, None).await;
    assert_eq!(over.status(), StatusCode::NOT_FOUND);
    assert!(over.text().await.expect("a page").contains("This link does not work any more"));
    assert_eq!(get(&world, &format!("{page}/content"), None).await.status(), StatusCode::NOT_FOUND);

    let message = world.last_record("message.received").await.message.expect("a message");
    ben.types("help").await;
    let card = ben.chat().into_iter().rfind(|item| item.card.is_some()).expect("a card").activity_id;
    let refused = ben.forges(&card, json!({"verb": "media.open", "message": message})).await.card.expect("a card");
    assert!(link(&refused).is_none() && words(&refused).contains("not yours"), "{}", words(&refused));

    let page = opens(&ana, "New link").await;
    world.apply(|directory| directory.lines[0].enabled = false).await;
    assert_eq!(get(&world, &page, None).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_in_hand_when_the_server_dies_is_fetched_by_the_next_one() {
    let world = World::crashable(|_| {}).await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::Delay).on(Surface::Downloads).times(1).lasting(std::time::Duration::from_secs(60)));
    maria.sends_at_once(file("image", "image/png", &picture(40, 30, ImageFormat::Png)));
    while !world.whatsapp.faults().list().is_empty() {
        tokio::task::yield_now().await;
    }
    world.crash().await;
    world.whatsapp.faults().off(FaultName::Delay);
    world.recovers().await;
    assert!(shown(&ana.find("Picture · 40 × 30")).is_some());
    assert_eq!(world.recorded("media.kept").await, 1);
}

/// A switched-off number records what comes, files included.
#[tokio::test]
async fn a_file_to_a_switched_off_number_is_kept_and_not_shown() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.set_number(switchboard::bridge::NumberStatus::Deactivated).await;
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    assert_eq!(world.recorded("media.kept").await, 1);
    ana.sees_not("Picture");
}

/// Who is handed a client sees the files of what they may read from before.
#[tokio::test]
async fn who_is_handed_a_client_sees_the_files_that_were_sent_before() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    world.advance(Duration::hours(2)).await;
    ana.types("contacts").await;
    let card = ana.chat().pop().expect("a card").activity_id;
    let offer = json!({"verb": "transfer.offer", "thread": world.thread_of(&maria).await, "receiver": world.id_of(&ben).0, "giver": "everybody",
                       "note": "", "history": "all", "last": "10", "afterwards": "leave", "held": "hand_over"});
    ana.forges(&card, offer).await;
    ben.clicks("Accept", Value::Null).await;
    let card = ben.find("Picture · 40 × 30");
    assert!(shown(&card).is_some() && words_of(&card).contains("today at 12:00"), "{}", words_of(&card));
    assert!(opens(&ben, "Original").await.contains("/files/"));
}

/// Whoever reads back opens what was sent, from where they may read and for themselves alone.
#[tokio::test]
async fn the_history_leads_to_every_file() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    maria.sends(with_caption("The roof", file("image", "image/png", &picture(40, 30, ImageFormat::Png)))).await;
    ana.says(Draft::text("").with(SentFile::attached("offer.pdf", b"%PDF-1.7\n"))).await;
    ana.clicks("Send", Value::Null).await;
    world.whatsapp.client_sends(maria.key, None, json!({"type": "video", "video": {"mime_type": "video/mp4"}})).expect("sent");
    world.settle().await;
    let history = || async {
        ana.types("history").await;
        ana.clicks("Open", Value::Null).await.card.expect("the history")
    };
    let page = history().await.to_string();
    // Each button has a fallback that is called the same.
    assert_eq!([page.matches("\"title\":\"Original\"").count(), page.matches("\"title\":\"Open\"").count()], [2, 2], "{page}");
    assert!(!page.contains("\"title\":\"Play\""), "what WhatsApp did not pass on cannot be opened");
    let address = opens(&ana, "Original").await;
    assert_eq!(get(&world, &format!("{address}/content"), None).await.status(), StatusCode::OK);
    assert_eq!(world.recorded("media.opened").await, 1);

    let message = world.last_record("media.kept").await.message;
    ben.types("help").await;
    let card = ben.chat().pop().expect("a card").activity_id;
    let refused = ben.forges(&card, json!({"verb": "media.open", "message": message})).await.card.expect("a card");
    assert!(link(&refused).is_none() && words(&refused).contains("not yours"), "{}", words(&refused));
}

#[tokio::test]
async fn what_was_begun_and_never_finished_is_cleared_after_a_day_and_nothing_else() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    let folder = world.config.files_folder().join("incoming");
    std::fs::create_dir_all(&folder).expect("made");
    let begun = |name: &str, hours: i64| {
        let file = std::fs::File::create(folder.join(name)).expect("made");
        file.set_modified((world.clock.now() - Duration::hours(hours)).into()).expect("set");
    };
    begun("half#1", 20);
    begun("young", 1);
    world.advance(Duration::hours(3)).await;
    let left = || {
        let mut names: Vec<_> = std::fs::read_dir(&folder).expect("there").map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(left(), ["half#1", "young"]);
    world.advance(Duration::hours(3)).await;
    assert_eq!(left(), ["young"]);
    assert!(opens(&ana, "Original").await.contains("/files/"));
}
