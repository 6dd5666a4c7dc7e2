//! Files that colleagues post where others read along. Teams tells the bot nothing of them; Microsoft Graph does, where it may be asked.

use super::picture;
use crate::harness::{Colleague, Phone, Room, World, words, words_of};
use chrono::Duration;
use image::ImageFormat;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use switchboard::bridge::{ChannelRef, Directory, HomeKind, Role};
use switchboard::simulator::{self, CLIENTS_CHANNEL, Draft, Fault, FaultName, PhoneItem, SentFile, Surface};

const OFFER: &[u8] = b"%PDF-1.7 an offer";
const WHICH_CLIENT: &str = "Which client is this chat for?";
const ELSEWHERE: &str = "Files that are posted here do not reach me";
const ASKED: &str = "Send this file to Maria Oliveira?";

/// Ana and Ben in a group chat that is linked to Maria.
async fn linked(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>, Room<'_>) {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let room = world.group_chat("Maria", &[ana, ben]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, WHICH_CLIENT, "Link this chat", json!({ "thread": thread })).await;
    room.set_rsc(true);
    (ana, ben, maria, room)
}

fn in_the_channel(directory: &mut Directory) {
    directory.lines[0].policy.home = HomeKind::Channel;
    let team = simulator::defaults().teams.teams[0].id.clone();
    directory.lines[0].channel = Some(ChannelRef { team, channel: CLIENTS_CHANNEL.to_owned() });
}

fn offer() -> SentFile {
    SentFile::attached("offer.pdf", OFFER)
}

fn files(phone: &Phone<'_>) -> Vec<PhoneItem> {
    phone.received().into_iter().filter(|item| item.file.is_some()).collect()
}

/// The only file on the phone is the offer.
fn has_the_offer(phone: &Phone<'_>) {
    let files = files(phone);
    let found: Vec<_> = files.iter().filter_map(|item| item.file.as_ref()).map(|file| (file.name.clone(), file.sha256.clone())).collect();
    assert_eq!(found, [(Some("offer.pdf".to_owned()), hex::encode(Sha256::digest(OFFER)))], "{:?}", phone.texts());
}

#[tokio::test]
async fn a_file_in_a_group_chat_is_shown_before_it_leaves() {
    let world = World::with_graph(|_| {}).await;
    let (ana, ben, maria, room) = linked(&world).await;
    room.says(&ana, Draft::text("").with(offer())).await;
    room.sees(ASKED);
    assert!(files(&maria).is_empty(), "nothing leaves before Send");
    let others = world.teams.click((ben.key, room.conversation.as_str()), &room.find(ASKED).activity_id, "Send", Value::Null).await;
    assert!(others.is_ok_and(|answer| answer.toast.is_some_and(|said| said.contains("Only who posted these files"))));
    world.settle().await;
    assert!(files(&maria).is_empty(), "only who posted it may send it");
    let card = room.presses(&ana, ASKED, "Send", Value::Null).await.card.expect("a card");
    assert!(words(&card).contains("Ana Souza sent this"), "{}", words(&card));
    has_the_offer(&maria);
}

/// What is said beside it goes at once, and an edit of it is a correction: it does not become the file's caption as well.
#[tokio::test]
async fn words_beside_a_file_do_not_wait_for_it() {
    let world = World::with_graph(|_| {}).await;
    let (ana, _, maria, room) = linked(&world).await;
    let posted = room.says(&ana, Draft::text("Here is the offer").with(offer())).await;
    assert!(maria.last().text.ends_with("Here is the offer"));
    room.edits(&ana, &posted.activity_id, "Here is the new offer").await;
    room.sees("Your change stays in Teams");
    room.presses(&ana, ASKED, "Send", Value::Null).await;
    has_the_offer(&maria);
    assert_eq!(maria.times_shown("Here is the new offer"), 0);
}

#[tokio::test]
async fn a_file_whose_message_is_deleted_is_not_sent() {
    let world = World::with_graph(|_| {}).await;
    let (ana, _, maria, room) = linked(&world).await;
    let posted = room.says(&ana, Draft::text("").with(offer())).await;
    let card = room.find(ASKED);
    room.deletes(&ana, &posted.activity_id).await;
    let now = room.chat().into_iter().find(|item| item.activity_id == card.activity_id).expect("the card");
    assert!(!ana.offers(&now, "Send"), "{}", words_of(&now));
    assert!(files(&maria).is_empty());
}

#[tokio::test]
async fn a_file_in_a_reply_of_a_channel_is_found() {
    let world = World::with_graph(in_the_channel).await;
    world.channel().add_bot(&world.ana()).await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let chain = world.channel().chains().remove(0);
    chain.set_rsc(true);
    chain.says(&ana, Draft::text("").with(offer())).await;
    chain.presses(&ana, ASKED, "Send", Value::Null).await;
    has_the_offer(&maria);
}

/// "In group chats the image part may be missing": the picture is there all the same.
#[tokio::test]
async fn a_pasted_picture_that_teams_does_not_hand_over_is_taken_from_graph() {
    let world = World::with_graph(|_| {}).await;
    let (ana, _, maria, room) = linked(&world).await;
    let pasted = SentFile { unlisted: true, ..SentFile::pasted("image/png", &picture(30, 20, ImageFormat::Png)) };
    room.says(&ana, Draft::text("").with(pasted)).await;
    assert!(words_of(&room.find(ASKED)).contains("Picture · 30 × 20"), "{}", room.transcript());
    room.presses(&ana, ASKED, "Send", Value::Null).await;
    assert_eq!(files(&maria).iter().map(|item| item.kind.as_str()).collect::<Vec<_>>(), ["image"]);
}

/// The application may read more than a colleague: what they could not open themselves must not leave through us.
#[tokio::test]
async fn a_file_that_somebody_else_made_is_not_taken() {
    let world = World::with_graph(|_| {}).await;
    let (ana, _, maria, room) = linked(&world).await;
    let salaries = SentFile { made_by: Some("eva".to_owned()), ..SentFile::attached("salaries.pdf", OFFER) };
    room.says(&ana, Draft::text("").with(salaries)).await;
    let card = room.find("salaries.pdf");
    assert!(words_of(&card).contains("This file was made by somebody else"), "{}", words_of(&card));
    assert!(!ana.offers(&card, "Send"));
    assert!(files(&maria).is_empty());
}

#[tokio::test]
async fn what_others_say_is_not_looked_up() {
    let world = World::with_graph(|_| {}).await;
    let (ana, _, maria, room) = linked(&world).await;
    let caro = world.caro();
    room.add_member(&ana, &world.eva()).await;
    let asked = world.recorded("parcel.opened").await;
    room.says(&world.eva(), Draft::text("").with(offer())).await;
    room.says(&ana, Draft::text("// for us only").with(offer())).await;
    assert_eq!(world.recorded("parcel.opened").await, asked, "{}", room.transcript());
    assert!(files(&maria).is_empty() && !caro.transcript().contains("offer.pdf"));
}

#[rstest::rstest]
#[case::busy(FaultName::TooManyRequests)]
#[case::down(FaultName::Unavailable)]
#[case::reset(FaultName::Reset)]
#[case::not_there_yet(FaultName::GraphError)]
#[tokio::test]
async fn a_look_up_that_fails_is_made_again(#[case] name: FaultName) {
    let world = World::with_graph(|_| {}).await;
    let (ana, _, maria, room) = linked(&world).await;
    world.teams.faults().set(Fault::new(name).status(404).on(Surface::Graph).times(2));
    room.says(&ana, Draft::text("").with(offer())).await;
    for _ in 0..4 {
        world.advance(Duration::minutes(2)).await;
    }
    room.sees(ASKED);
    room.presses(&ana, ASKED, "Send", Value::Null).await;
    has_the_offer(&maria);
}

#[tokio::test]
async fn where_microsoft_refuses_the_poster_is_told_and_administrators_once_a_day() {
    let world = World::with_graph(|directory| directory.colleagues[1].roles.push(Role::Administrator)).await;
    let (ana, ben, maria, room) = linked(&world).await;
    world.teams.faults().set(Fault::new(FaultName::GraphError).status(403).on(Surface::Graph));
    for _ in 0..2 {
        room.says(&ana, Draft::text("").with(offer())).await;
    }
    assert_eq!(room.times_seen(ELSEWHERE), 2, "{}", room.transcript());
    assert_eq!(ben.times_seen("Files that colleagues post in group chats and channels cannot be read"), 1, "{}", ben.transcript());
    assert_eq!(world.recorded("files.not_read").await, 2);
    assert!(files(&maria).is_empty());
}

/// Without Graph the card of the conversation says how to send files, and who posts one is told where the bot notices.
#[tokio::test]
async fn without_graph_colleagues_are_told_how_to_send_files() {
    let world = World::start().await;
    let (ana, _, maria, room) = linked(&world).await;
    room.sees("Files reach the client from your own chat with me");
    room.says(&ana, Draft::text("").with(offer())).await;
    room.sees(ELSEWHERE);
    ana.says(Draft::text("").with(offer())).await;
    let card = ana.find("Who is this for?").activity_id;
    ana.clicks_on(&card, "Send", json!({"thread": world.thread_of(&maria).await.to_string()})).await;
    let asked = ana.find(ASKED).activity_id;
    ana.clicks_on(&asked, "Send", Value::Null).await;
    has_the_offer(&maria);
}
