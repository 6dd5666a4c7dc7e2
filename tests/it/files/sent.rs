//! What colleagues send: shown as it will leave, and nothing leaves before Send.

use super::{opus, picture};
use crate::harness::{Colleague, Phone, World, words, words_of};
use chrono::Duration;
use image::ImageFormat;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use switchboard::simulator::{Draft, Fault, FaultName, PhoneFile, PhoneItem, SentFile, Surface};

/// The newest message of ours with a file.
fn got(phone: &Phone<'_>) -> (PhoneItem, PhoneFile) {
    let item = phone.received().into_iter().rfind(|item| item.file.is_some()).unwrap_or_else(|| panic!("{:?}", phone.texts()));
    let file = item.file.clone().expect("a file");
    (item, file)
}

fn attached(name: &str, bytes: &[u8]) -> Draft {
    Draft::text("").with(SentFile::attached(name, bytes))
}

async fn sends(ana: &Colleague<'_>, draft: Draft) -> String {
    ana.says(draft).await;
    let answer = ana.clicks("Send", Value::Null).await;
    words(&answer.card.expect("a card"))
}

#[tokio::test]
async fn a_pasted_picture_is_shown_before_it_leaves_and_leaves_with_its_words() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let bytes = picture(300, 200, ImageFormat::Jpeg);
    ana.says(Draft::text("Your new card").with(SentFile::pasted("image/jpeg", &bytes))).await;
    let card = ana.find("Send this file to Maria Oliveira?");
    assert!(words_of(&card).contains("Picture · 300 × 200"), "{}", words_of(&card));
    assert!(maria.received().iter().all(|item| item.file.is_none()), "nothing leaves before Send");
    assert!(!maria.texts().iter().any(|text| text.contains("new card")), "not the words either");
    let shown = words(&ana.clicks("Send", Value::Null).await.card.expect("a card"));
    assert!(shown.contains("Ana Souza sent this"), "{shown}");
    let (item, file) = got(&maria);
    assert_eq!((item.kind.as_str(), item.text.as_str(), file.mime_type.as_str()), ("image", "[image] Your new card", "image/jpeg"));
    assert!(!ana.offers(&ana.find("Ana Souza sent this"), "Send"));
    assert!(ana.thread_card(&maria).contains("Delivered"));
}

#[tokio::test]
async fn several_files_are_several_messages_in_the_order_in_which_they_were_posted() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let (one, two) = (picture(10, 10, ImageFormat::Png), b"%PDF-1.7\n".to_vec());
    let draft = Draft::text("Both").with(SentFile::pasted("image/png", &one)).with(SentFile::attached("offer.pdf", &two));
    sends(&ana, draft).await;
    let items: Vec<_> = maria.received().into_iter().filter(|item| item.file.is_some()).collect();
    assert_eq!(items.iter().map(|item| item.kind.as_str()).collect::<Vec<_>>(), ["image", "document"]);
    assert_eq!(items[0].text, "[image] Both");
    let document = items[1].file.as_ref().expect("a file");
    assert_eq!((document.name.as_deref(), document.sha256.as_str()), (Some("offer.pdf"), hex::encode(Sha256::digest(&two)).as_str()));
}

/// Who reads along sees the file, too, and may open it.
#[tokio::test]
async fn the_others_see_what_one_of_them_sent() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    let thread = world.thread_of(&maria).await;
    ana.types("add").await;
    let card = ana.find("Add colleagues").activity_id;
    let id = world.cast.teams.users.iter().find(|user| user.key == "ben").expect("in the cast").object_id.clone();
    ana.forges(&card, json!({"verb": "participant.add", "thread": thread, "colleagues": id, "history": "none"})).await;
    sends(&ana, Draft::text("Look").with(SentFile::pasted("image/png", &picture(30, 20, ImageFormat::Png)))).await;
    let shown = ben.find("Ana Souza wrote to Maria Oliveira");
    assert!(words_of(&shown).contains("Look") && words_of(&shown).contains("Picture · 30 × 20"), "{}", words_of(&shown));
    let opened = words(&ben.clicks("Original", Value::Null).await.card.expect("a card"));
    assert!(opened.contains("For you alone"), "{opened}");
    assert_eq!(ana.times_seen("Picture · 30 × 20"), 1, "its author has seen it");
    assert_eq!(got(&maria).0.text, "[image] *Ana Souza:* Look");
}

#[rstest::rstest]
#[case::voice("note.ogg", opus(), "audio", Some(true), "Voice message")]
#[case::mp3("song.mp3", b"ID3\x03\0\0\0\0\0\x21".to_vec(), "audio", Some(false), "Audio file")]
#[case::video("clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0isommp42".to_vec(), "video", None, "Video")]
#[case::gif("moving.gif", picture(20, 20, ImageFormat::Gif), "image", None, "Picture")]
#[case::webp("still.webp", picture(20, 20, ImageFormat::WebP), "image", None, "Picture")]
#[case::pdf("offer.pdf", b"%PDF-1.7\n".to_vec(), "document", None, "Document")]
#[case::text("list.txt", b"one\ntwo".to_vec(), "document", None, "Document")]
#[tokio::test]
async fn a_file_goes_as_what_whatsapp_shows(
    #[case] name: &str,
    #[case] bytes: Vec<u8>,
    #[case] kind: &str,
    #[case] voice: Option<bool>,
    #[case] shown: &str,
) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let said = sends(&ana, attached(name, &bytes)).await;
    assert!(said.contains(shown), "{said}");
    let (item, file) = got(&maria);
    assert_eq!(item.kind, kind);
    assert_eq!(file.voice, voice.unwrap_or_default());
}

#[rstest::rstest]
#[case::empty(b"".as_slice(), "The file is empty.")]
#[tokio::test]
async fn what_cannot_go_says_why_and_offers_no_send(#[case] bytes: &[u8], #[case] why: &str) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.says(attached("empty.txt", bytes)).await;
    let card = ana.find("Send this file");
    assert!(words_of(&card).contains(why) && !ana.offers(&card, "Send"), "{}", words_of(&card));
    ana.clicks("Cancel", Value::Null).await;
    ana.sees("Ana Souza did not send this");
    assert!(maria.received().iter().all(|item| item.file.is_none()));
}

#[rstest::rstest]
#[case::fetching(Fault::new(FaultName::ServerError).on(Surface::Files).times(2))]
#[case::uploading(Fault::new(FaultName::ServerError).on(Surface::Media).times(2))]
#[case::uploading_reset(Fault::new(FaultName::Reset).on(Surface::Media).times(2))]
#[tokio::test]
async fn a_fault_on_the_way_delays_a_file_and_neither_loses_nor_doubles_it(#[case] fault: Fault) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.teams.faults().set(fault.clone());
    world.whatsapp.faults().set(fault);
    ana.says(attached("offer.pdf", b"%PDF-1.7\n")).await;
    world.advance(Duration::minutes(2)).await;
    ana.clicks("Send", Value::Null).await;
    world.advance(Duration::minutes(2)).await;
    world.advance(Duration::minutes(2)).await;
    assert_eq!(maria.received().iter().filter(|item| item.file.is_some()).count(), 1);
}

#[tokio::test]
async fn outside_the_window_a_file_is_held_and_leaves_with_the_clients_next_message() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    sends(&ana, attached("offer.pdf", b"%PDF-1.7\n")).await;
    ana.sees("Held.");
    assert!(maria.received().iter().all(|item| item.file.is_none()));
    maria.types("I am back").await;
    assert_eq!(got(&maria).1.name.as_deref(), Some("offer.pdf"));
}

#[tokio::test]
async fn without_consent_nothing_leaves_and_the_files_wait_for_it() {
    let world = World::start().await;
    let (ana, maria) = world.asked().await;
    maria.types("NO").await;
    ana.says(attached("offer.pdf", b"%PDF-1.7\n")).await;
    ana.clicks("Send", Value::Null).await;
    assert!(maria.received().iter().all(|item| item.file.is_none()));
    maria.types("START").await;
    world.advance(Duration::minutes(2)).await;
    ana.clicks("Send", Value::Null).await;
    assert_eq!(got(&maria).1.name.as_deref(), Some("offer.pdf"));
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_handed_over_once() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    for _ in 0..2 {
        sends(&ana, attached("offer.pdf", b"%PDF-1.7\n")).await;
    }
    assert_eq!(maria.received().iter().filter(|item| item.file.is_some()).count(), 2);
    assert_eq!(world.whatsapp.count("graph.media"), 1);
}

#[tokio::test]
async fn what_its_author_deletes_or_changes_before_send_is_given_up_or_changed() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let first = ana.says(Draft::text("Old words").with(SentFile::attached("a.pdf", b"%PDF-1.7\n"))).await;
    world.teams.edits("ana", &first, Draft::text("New words")).await.expect("edited");
    world.settle().await;
    ana.clicks("Send", Value::Null).await;
    assert_eq!(got(&maria).0.text, "[document] a.pdf");
    let second = ana.says(attached("b.pdf", b"%PDF-1.7\nb")).await;
    world.teams.deletes("ana", &second).await.expect("deleted");
    world.settle().await;
    ana.sees("Ana Souza did not send this");
    assert_eq!(maria.received().iter().filter(|item| item.file.is_some()).count(), 1);
}

#[tokio::test]
async fn nobody_else_sends_what_was_posted() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    ana.says(attached("offer.pdf", b"%PDF-1.7\n")).await;
    ben.types("help").await;
    let card = ben.chat().into_iter().rfind(|item| item.card.is_some()).expect("a card").activity_id;
    let shown = words(&ben.forges(&card, json!({"verb": "parcel.send", "parcel": 1})).await.card.expect("a card"));
    assert!(shown.contains("not yours"), "{shown}");
    assert!(maria.received().iter().all(|item| item.file.is_none()));
}

/// Teams hands over no files in shared conversations, and does not even name them; pasted pictures go.
#[tokio::test]
async fn a_picture_pasted_in_a_shared_conversation_is_shown_there_before_it_leaves() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    room.says(&ana, Draft::text("The offer").mentioning("bot").with(SentFile::attached("offer.pdf", b"%PDF-1.7\n"))).await;
    assert_eq!(maria.last().text, "The offer");
    assert!(maria.received().iter().all(|item| item.file.is_none()));
    room.says(&ana, Draft::text("").mentioning("bot").with(SentFile::pasted("image/png", &picture(30, 20, ImageFormat::Png)))).await;
    room.presses(&ana, "Send this file to Maria Oliveira?", "Send", Value::Null).await;
    assert_eq!(got(&maria).1.mime_type, "image/png");
}

/// A note is for colleagues, and so are its files: neither is offered for the client, and their author hears of it.
#[tokio::test]
async fn a_file_beside_a_note_is_not_offered_for_the_client() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.says(Draft::text("// only for us").with(SentFile::attached("offer.pdf", b"%PDF-1.7\n"))).await;
    ana.sees("A note holds words only. Not sent to anybody: offer.pdf.");
    ana.sees_not("Send this file");
    assert!(maria.received().iter().all(|item| item.file.is_none()));
}
