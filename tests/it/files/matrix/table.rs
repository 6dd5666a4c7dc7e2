//! The table. Limits are WhatsApp's (whatsapp.md 7); of what clients send only the largest of all binds us, for WhatsApp has let the
//! rest through.

use super::Does::{Attaches, Calls, File, Message, Nothing, Posts, Quotes, Reacts, Rewrites, TakesBack, Types};
use super::Edge::{Damaged, Empty, Expired, Gone, Largest, Name, OneOver, Other, Plain, Polyglot, Slow, Truncated, WrongType};
use super::Ends::{Clean, Gets, Nowhere, Opens, Reacted, Read, Shows, Told};
use super::Kind::{
    Audio, Button, Call, Contact, Deletion, Document, Edit, Flow, List, Location, Order, Picture, Quote, Reaction, Referral, Sticker,
    System, Text, Unsupported, Video, Voice,
};
use super::Way::{In, Out};
use super::bytes::*;
use super::runner::TOO_LARGE;
use super::{DOWNLOAD, Does, Edge, Ends, Kind, Row, Way};
use crate::files::{file, named, with_caption};
use serde_json::{Value, json};
use switchboard::bridge::split::LIMIT;
use switchboard::simulator::{Draft, Picture as Sent, SentFile};

/// Shown to colleagues.
const SEEN: &[&str] = &["message.received", "message.posted"];
/// A client's file that is here.
const KEPT: &[&str] = &["message.received", "message.posted", "media.kept"];
/// A client's file that never will be.
const LOST: &[&str] = &["message.received", "message.posted", "media.lost"];
/// At the client's.
const SENT: &[&str] = &["message.queued", "message.accepted", "message.status"];
/// A colleague's file at the client's.
const SENT_FILE: &[&str] = &["parcel.opened", "message.queued", "message.accepted", "message.status"];
/// A colleague's file that cannot go.
const NO_FILE: &[&str] = &["parcel.opened", "parcel.file_impossible"];
/// A colleague's file that WhatsApp did not take.
const REFUSED: &[&str] = &["parcel.opened", "message.queued", "message.failed"];

fn row(kind: Kind, way: Way, edge: Edge, does: Does, ends: Ends, journal: &'static [&'static str]) -> Row {
    Row { kind, way, edge, does, ends, journal }
}

pub fn rows() -> Vec<Row> {
    [said_by_clients(), files_of_clients(), hostile_files_of_clients(), said_by_colleagues(), files_of_colleagues(), only_clients()]
        .into_iter()
        .flatten()
        .collect()
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

#[rustfmt::skip] // a row is a line
fn said_by_clients() -> Vec<Row> {
    vec![
        row(Text, In, Plain, Message(|_| text("The *red* door & <b>this</b>")), Read(&["Maria Oliveira: The red door & <b>this</b>"]), SEEN),
        row(Text, In, Largest, Message(|_| text(&format!("{}end", "a".repeat(LIMIT - 3)))), Read(&["aaaend"]), SEEN),
        row(Text, In, OneOver, Message(|_| text(&format!("{}end", "b".repeat(LIMIT - 2)))), Read(&["bbbend"]), SEEN),
        row(Text, In, Empty, Message(|_| text("")), Read(&["[A message without text]"]), SEEN),
        row(Text, In, WrongType, Message(|_| json!({"type": "text", "text": ["no", "text"]})), Read(&["does not pass on: a text. Ask them to write it."]), SEEN),
        row(Text, In, Other("right to left"), Message(|_| text("pay \u{202e}fdp.exe")), Read(&["fdp.exe"]), SEEN),
        row(Location, In, Plain, Message(|_| json!({"type": "location", "location": {"latitude": 52.52, "longitude": 13.405, "name": "Office", "address": "Elm Street 4"}})), Read(&["[Location] Office, Elm Street 4", "https://maps.google.com/?q=52.52,13.405"]), SEEN),
        row(Location, In, Empty, Message(|_| json!({"type": "location", "location": {}})), Read(&["does not pass on: a location. Ask them to write it."]), SEEN),
        row(Location, In, WrongType, Message(|_| json!({"type": "location", "location": {"latitude": "north", "longitude": 1}})), Read(&["does not pass on: a location."]), SEEN),
        row(Location, In, Other("hostile name"), Message(|_| json!({"type": "location", "location": {"latitude": 1, "longitude": 2, "name": "<img src=x>](http://evil.example)"}})), Read(&["<img src=x>"]), SEEN),
        row(Contact, In, Plain, Message(|_| json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo Berg"}, "phones": [{"phone": "+49 30 1"}]}]})), Read(&["[Contact card] Bo Berg, +49 30 1"]), SEEN),
        row(Contact, In, Empty, Message(|_| json!({"type": "contacts", "contacts": []})), Read(&["[An empty contact card]"]), SEEN),
        row(Contact, In, WrongType, Message(|_| json!({"type": "contacts", "contacts": "Bo"})), Read(&["does not pass on: a contact card."]), SEEN),
        row(Quote, In, Plain, Message(|before| json!({"type": "text", "text": {"body": "I mean this"}, "context": {"id": before.colleague}})), Read(&["I mean this"]), SEEN),
        row(Quote, In, Gone, Message(|_| json!({"type": "text", "text": {"body": "That one"}, "context": {"id": "wamid.nobody.knows"}})), Read(&["Maria Oliveira: That one"]), SEEN),
        row(Reaction, In, Plain, Message(|before| json!({"type": "reaction", "reaction": {"message_id": before.colleague, "emoji": "👍"}})), Read(&["👍", "Good morning to you"]), SEEN),
        row(Reaction, In, Empty, Message(|before| json!({"type": "reaction", "reaction": {"message_id": before.colleague}})), Read(&["Took back the reaction to “Good morning to you”"]), SEEN),
        row(Reaction, In, Gone, Message(|_| json!({"type": "reaction", "reaction": {"message_id": "wamid.nobody.knows", "emoji": "👍"}})), Read(&["👍", "an earlier message"]), SEEN),
        row(Edit, In, Plain, Message(|before| json!({"type": "edit", "edit": {"original_message_id": before.client, "message": text("Good evening")}})), Read(&["Maria Oliveira: Good evening", "Before: Good morning"]), &["message.received", "message.edited_by_client", "post.changed"]),
        row(Edit, In, Empty, Message(|before| json!({"type": "edit", "edit": {"original_message_id": before.client, "message": text("")}})), Read(&["Before: Good morning"]), &["message.edited_by_client"]),
        row(Edit, In, Gone, Message(|_| json!({"type": "edit", "edit": {"original_message_id": "wamid.nobody.knows", "message": text("At six")}})), Read(&["Changed an earlier message to: At six"]), &["message.edited_by_client", "message.posted"]),
        row(Edit, In, Other("somebody else's"), Message(|before| json!({"type": "edit", "edit": {"original_message_id": before.colleague, "message": text("I owe nothing")}})), Read(&["to: I owe nothing"]), SEEN),
        row(Deletion, In, Plain, Message(|before| json!({"type": "revoke", "revoke": {"original_message_id": before.client}})), Read(&["Good morning", "Maria Oliveira deleted this", "kept here for the record"]), &["message.deleted_by_client", "post.changed"]),
        row(Deletion, In, Gone, Message(|_| json!({"type": "revoke", "revoke": {"original_message_id": "wamid.nobody.knows"}})), Read(&["Deleted an earlier message"]), &["message.deleted_by_client", "message.posted"]),
        row(Deletion, In, WrongType, Message(|_| json!({"type": "revoke", "revoke": {}})), Read(&["does not pass on: a deletion."]), SEEN),
        row(Button, In, Plain, Message(|_| json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "On Tuesday"}}})), Read(&["Maria Oliveira: On Tuesday"]), SEEN),
        row(Button, In, Other("of a template"), Message(|_| json!({"type": "button", "button": {"payload": "p", "text": "Confirm"}})), Read(&["Maria Oliveira: Confirm"]), SEEN),
        row(Button, In, Other("whose title is a keyword of every day"), Message(|_| json!({"type": "button", "button": {"payload": "cancel-1", "text": "Cancel"}})), Read(&["Maria Oliveira: Cancel"]), SEEN),
        row(Button, In, Empty, Message(|_| json!({"type": "interactive"})), Read(&["an answer to a message with choices"]), SEEN),
        row(List, In, Plain, Message(|_| json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "r", "title": "Row 4", "description": "of ten"}}})), Read(&["Maria Oliveira: Row 4"]), SEEN),
        row(List, In, WrongType, Message(|_| json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": "r"}})), Read(&["does not pass on: interactive list reply."]), SEEN),
        row(Flow, In, Plain, Message(|_| json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "{\"flow_token\":\"t\",\"day\":\"Monday\"}"}}})), Read(&["[Form]", "Day: Monday"]), SEEN),
        row(Flow, In, Truncated, Message(|_| json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "{\"day\":\"Mon"}}})), Read(&["cannot be read here. Ask the client what they entered."]), SEEN),
        row(Flow, In, Empty, Message(|_| json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow"}}})), Read(&["[Form] Sent without an answer."]), SEEN),
        row(Order, In, Plain, Message(|_| json!({"type": "order", "order": {"text": "Soon", "product_items": [{"product_retailer_id": "A1", "quantity": 2, "item_price": 9.5, "currency": "EUR"}]}})), Read(&["[Order]", "2 × A1 (9.5 EUR)"]), SEEN),
        row(Order, In, Empty, Message(|_| json!({"type": "order", "order": {"product_items": []}})), Read(&["[An order without products]"]), SEEN),
        row(Referral, In, Plain, Message(|_| json!({"type": "text", "text": {"body": "Tell me more"}, "referral": {"source_url": "https://fb.me/x", "source_type": "ad", "headline": "Our new fund"}})), Read(&["Tell me more", "Our new fund"]), SEEN),
        row(Referral, In, Other("of a script"), Message(|_| json!({"type": "text", "text": {"body": "Hello there"}, "referral": {"source_url": "javascript:alert(1)", "source_type": "ad"}})), Read(&["Hello there"]), SEEN),
        row(System, In, Plain, Message(|_| json!({"type": "system", "system": {"type": "customer_identity_changed", "body": "changed"}})), Read(&["The client's security code changed"]), SEEN),
        row(System, In, Other("a new kind"), Message(|_| json!({"type": "system", "system": {"type": "moved_to_mars"}})), Read(&["[WhatsApp] News about the client: moved to mars."]), SEEN),
        row(Unsupported, In, Plain, Message(|_| json!({"type": "unsupported", "errors": [{"code": 131_051}], "unsupported": {"type": "poll_creation"}})), Read(&["does not pass on: a poll. Ask them to write it."]), SEEN),
        row(Unsupported, In, Other("a new kind"), Message(|_| json!({"type": "hologram", "hologram": {"depth": 3}})), Read(&["does not pass on: hologram."]), SEEN),
        row(Unsupported, In, Empty, Message(|_| json!({"type": null})), Read(&["sent something that WhatsApp does not pass on. Ask them to write it."]), SEEN),
        row(Call, In, Plain, Calls, Read(&["[The client called on WhatsApp. Calls cannot be answered here"]), SEEN),
    ]
}

fn image(bytes: &[u8]) -> Sent {
    file("image", "image/jpeg", bytes)
}

fn document(bytes: &[u8]) -> Sent {
    named("offer.pdf", file("document", "application/pdf", bytes))
}

fn called(name: &str) -> Sent {
    named(name, file("document", "application/pdf", &pdf(20)))
}

const LOST_SIZE: &str = "it is larger than 100 MB. Ask Maria Oliveira to send it again.";
const LOST_EMPTY: &str = "it is empty. Ask Maria Oliveira to send it again.";

#[rustfmt::skip] // a row is a line
fn files_of_clients() -> Vec<Row> {
    vec![
        row(Picture, In, Plain, File(|| with_caption("The roof", file("image", "image/png", &png()))), Opens("The roof\nPicture · 40 × 30 · ", "image/png"), KEPT),
        row(Picture, In, Largest, File(|| image(&png_of(5 * MEGABYTE))), Opens("Picture · 40 × 30 · 5 MB", "image/png"), KEPT),
        row(Picture, In, OneOver, File(|| image(&png_of(5 * MEGABYTE + 1))), Opens("Picture · 40 × 30 · 5.1 MB", "image/png"), KEPT),
        row(Picture, In, WrongType, File(|| image(&pdf(2000))), Opens("Picture · 2 KB", DOWNLOAD), KEPT),
        row(Picture, In, Empty, File(|| image(b"")), Read(&[LOST_EMPTY]), LOST),
        row(Picture, In, Slow, File(|| image(&jpeg())), Opens("Picture · 40 × 30", "image/jpeg"), KEPT),
        row(Picture, In, Gone, File(|| image(&jpeg())), Read(&["Picture: WhatsApp does not have it any more. Ask Maria Oliveira to send it again."]), LOST),
        row(Picture, In, Other("without an id"), Message(|_| json!({"type": "image", "image": {"mime_type": "image/jpeg"}})), Read(&["[Picture: WhatsApp did not pass it on. Ask for it to be sent again.]"]), SEEN),
        row(Video, In, Plain, File(|| file("video", "video/mp4", &mp4(3000))), Opens("Video · 3 KB", "video/mp4"), KEPT),
        row(Video, In, Largest, File(|| file("video", "video/mp4", &mp4(16 * MEGABYTE))), Opens("Video · 16 MB", "video/mp4"), KEPT),
        row(Video, In, OneOver, File(|| file("video", "video/mp4", &mp4(16 * MEGABYTE + 1))), Opens("Video · 16.1 MB", "video/mp4"), KEPT),
        row(Video, In, WrongType, File(|| file("video", "video/mp4", &page())), Opens("Video · 1 KB", DOWNLOAD), KEPT),
        row(Video, In, Empty, File(|| file("video", "video/mp4", b"")), Read(&[LOST_EMPTY]), LOST),
        row(Audio, In, Plain, File(|| file("audio", "audio/mpeg", &mp3(3000))), Opens("Audio file · 3 KB", "audio/mpeg"), KEPT),
        row(Audio, In, Largest, File(|| file("audio", "audio/mpeg", &mp3(16 * MEGABYTE))), Opens("Audio file · 16 MB", "audio/mpeg"), KEPT),
        row(Audio, In, OneOver, File(|| file("audio", "audio/mpeg", &mp3(16 * MEGABYTE + 1))), Opens("Audio file · 16.1 MB", "audio/mpeg"), KEPT),
        row(Audio, In, WrongType, File(|| file("audio", "audio/mpeg", &program())), Opens("Audio file · 1 KB", DOWNLOAD), KEPT),
        row(Audio, In, Empty, File(|| file("audio", "audio/mpeg", b"")), Read(&[LOST_EMPTY]), LOST),
        row(Voice, In, Plain, File(|| spoken(&voice(3000))), Opens("Voice message · ", "audio/ogg"), KEPT),
        row(Voice, In, Largest, File(|| spoken(&voice(16 * MEGABYTE))), Opens("Voice message · ", "audio/ogg"), KEPT),
        row(Voice, In, OneOver, File(|| spoken(&voice(16 * MEGABYTE + 1))), Opens("Voice message · ", "audio/ogg"), KEPT),
        row(Voice, In, WrongType, File(|| spoken(&pdf(2000))), Opens("Voice message · 2 KB", DOWNLOAD), KEPT),
        row(Voice, In, Empty, File(|| spoken(b"")), Read(&[LOST_EMPTY]), LOST),
        row(Document, In, Plain, File(|| document(&pdf(2000))), Opens("Document · offer.pdf · 2 KB", DOWNLOAD), KEPT),
        row(Document, In, Largest, File(|| document(&pdf(100 * MEGABYTE))), Opens("Document · offer.pdf · 100 MB", DOWNLOAD), KEPT),
        row(Document, In, OneOver, File(|| document(&pdf(TOO_LARGE))), Read(&[LOST_SIZE]), LOST),
        row(Document, In, WrongType, File(|| document(b"\x01\x02\0\x03")), Opens("Document · offer.pdf · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Empty, File(|| document(b"")), Read(&[LOST_EMPTY]), LOST),
        row(Document, In, Expired, File(|| document(&pdf(30))), Opens("Document · offer.pdf · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Slow, File(|| document(&pdf(40))), Opens("Document · offer.pdf · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Truncated, File(|| document(&pdf(50_000))), Opens("Document · offer.pdf · 49 KB", DOWNLOAD), KEPT),
        row(Document, In, Damaged, File(|| document(b"")), Read(&["Document: it arrived damaged. Ask Maria Oliveira to send it again."]), LOST),
        row(Document, In, Gone, File(|| document(&pdf(60))), Read(&["Document: WhatsApp does not have it any more."]), LOST),
        row(Sticker, In, Plain, File(|| file("sticker", "image/webp", &webp())), Opens("Sticker · 512 × 512", "image/webp"), KEPT),
        row(Sticker, In, Largest, File(|| file("sticker", "image/webp", &webp_of(500 * 1024))), Opens("Sticker · 512 × 512 · 500 KB", "image/webp"), KEPT),
        row(Sticker, In, OneOver, File(|| file("sticker", "image/webp", &webp_of(500 * 1024 + 1))), Opens("Sticker · 512 × 512 · 501 KB", "image/webp"), KEPT),
        row(Sticker, In, WrongType, File(|| file("sticker", "image/webp", &svg())), Opens("Sticker · 1 KB", DOWNLOAD), KEPT),
        row(Sticker, In, Empty, File(|| file("sticker", "image/webp", b"")), Read(&[LOST_EMPTY]), LOST),
    ]
}

fn spoken(bytes: &[u8]) -> Sent {
    Sent { voice: true, ..file("audio", "audio/ogg; codecs=opus", bytes) }
}

#[rustfmt::skip] // a row is a line
fn hostile_files_of_clients() -> Vec<Row> {
    vec![
        row(Document, In, Name("of a path"), File(|| called("../../../etc/cron.d/offer.pdf")), Opens("Document · offer.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("of a path on Windows"), File(|| called("..\\..\\Windows\\offer.pdf")), Opens("Document · offer.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("turned round"), File(|| called("offer\u{202e}fdp.exe")), Opens("Document · offerfdp.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("with marks of direction"), File(|| called("of\u{200f}fer\u{200e}.pdf")), Opens("Document · offer.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("with control characters"), File(|| called("of\u{0}f\u{7}er\r\nSet-Cookie: a=b.pdf")), Opens("Document · offerSet-Cookie: a=b.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("with quotes"), File(|| called("\"of'fer\"; filename=\"x.html")), Opens("Document · of'fer; filename=x.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("of 500 characters"), File(|| called(&format!("{}.pdf", "n".repeat(500)))), Opens("nnnn.pdf · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Name("that Windows keeps for itself"), File(|| called("CON")), Opens("Document · _CON.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("of an emoji"), File(|| called("🏠🔑.pdf")), Opens("Document · 🏠🔑.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("of nothing"), File(|| called(" . ")), Opens("Document · file.pdf · ", DOWNLOAD), KEPT),
        row(Document, In, Name("of markup"), File(|| called("[offer](http:evil) <b>x</b>.pdf")), Opens(".pdf · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Polyglot("a PDF that is a page"), File(|| document(&pdf_page())), Opens("Document · offer.pdf", DOWNLOAD), KEPT),
        row(Picture, In, Polyglot("a GIF that is a script"), File(|| image(&gif_script())), Opens("Picture · 40 × 30", "image/gif"), KEPT),
        row(Picture, In, Polyglot("a PNG with a script behind it"), File(|| image(&with(&png(), SCRIPT))), Opens("Picture · 40 × 30", "image/png"), KEPT),
        row(Picture, In, Polyglot("a JPEG with an archive behind it"), File(|| image(&with(&jpeg(), &zip()))), Opens("Picture · 40 × 30", "image/jpeg"), KEPT),
        row(Document, In, Polyglot("an SVG named as PNG"), File(|| named("logo.png", file("document", "image/png", &svg()))), Opens("Document · logo.", DOWNLOAD), KEPT),
        row(Picture, In, Polyglot("a page named as JPEG"), File(|| image(&page())), Opens("Picture · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Polyglot("an archive named as PDF"), File(|| document(&zip())), Opens("Document · offer.zip · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Polyglot("a program named as PDF"), File(|| document(&program())), Opens("Document · offer.exe · 1 KB", DOWNLOAD), KEPT),
        row(Document, In, Polyglot("a script in a text"), File(|| named("a.txt", file("document", "text/plain", SCRIPT))), Opens("Document · a.", DOWNLOAD), KEPT),
    ]
}

/// What Teams tells of a card that somebody put into the chat.
fn card() -> Value {
    json!({"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard", "version": "1.5", "body": []}})
}

const NOT_HANDED_OVER: &str = "Not sent: application/vnd.microsoft.card.adaptive. Teams does not hand this over.";
const NOT_SENT: &[&str] = &["attachment.not_sent"];

#[rustfmt::skip] // a row is a line
fn said_by_colleagues() -> Vec<Row> {
    vec![
        row(Text, Out, Plain, Types(|| "The *stars* stay".to_owned()), Shows("text", "stars"), SENT),
        row(Text, Out, Largest, Types(|| format!("{}end", "a".repeat(LIMIT - 3))), Shows("text", "aaaend"), SENT),
        row(Text, Out, OneOver, Types(|| format!("{} end", "b".repeat(LIMIT - 3))), Shows("text", "end"), SENT),
        row(Quote, Out, Plain, Quotes("This, yes"), Shows("text", "This, yes"), SENT),
        row(Reaction, Out, Plain, Reacts("like"), Reacted("👍"), SENT),
        row(Reaction, Out, WrongType, Reacts("holdon"), Told("does not see your reaction: WhatsApp has no such one."), &[]),
        row(Edit, Out, Plain, Rewrites("Good evening to you"), Told("Good evening to you"), &["message.edited_in_teams"]),
        row(Deletion, Out, Plain, TakesBack, Told("Your deletion stays in Teams: the client keeps the message."), &["message.deleted_in_teams"]),
        row(Location, Out, Plain, Attaches(card), Told(NOT_HANDED_OVER), NOT_SENT),
        row(Contact, Out, Plain, Attaches(card), Told(NOT_HANDED_OVER), NOT_SENT),
        row(Contact, Out, Other("as a file"), Posts(|| attached("bo.vcf", b"BEGIN:VCARD\nEND:VCARD\n")), Gets("document", "text/plain", "bo.txt"), SENT_FILE),
        row(Unsupported, Out, Plain, Attaches(|| json!({"contentType": "application/vnd.of.the.future", "name": "Loop"})), Told("Not sent: Loop. Teams does not hand this over."), NOT_SENT),
    ]
}

fn attached(name: &str, bytes: &[u8]) -> Draft {
    Draft::text("").with(SentFile::attached(name, bytes))
}

const EMPTY_FILE: &str = "The file is empty. Choose another one.";
const NOT_TAKEN: &str = "WhatsApp did not accept the file. Send it in another format or a smaller size.";

#[rustfmt::skip] // a row is a line
fn files_of_colleagues() -> Vec<Row> {
    vec![
        row(Picture, Out, Plain, Posts(|| attached("roof.png", &png())), Gets("image", "image/png", ""), SENT_FILE),
        row(Picture, Out, Largest, Posts(|| attached("roof.png", &png_of(5 * MEGABYTE))), Gets("image", "image/png", ""), SENT_FILE),
        row(Picture, Out, OneOver, Posts(|| attached("roof.png", &png_of(5 * MEGABYTE + 1))), Gets("image", "image/jpeg", ""), SENT_FILE),
        row(Picture, Out, WrongType, Posts(|| attached("roof.png", &pdf(2000))), Gets("document", "application/pdf", "roof.pdf"), SENT_FILE),
        row(Picture, Out, Empty, Posts(|| attached("roof.png", b"")), Told(EMPTY_FILE), NO_FILE),
        row(Picture, Out, Other("that WhatsApp does not show"), Posts(|| attached("roof.gif", &gif())), Gets("image", "image/png", ""), SENT_FILE),
        row(Picture, Out, Polyglot("a PNG with a script behind it"), Posts(|| attached("roof.png", &with(&png(), SCRIPT))), Clean("image", png), SENT_FILE),
        row(Picture, Out, Polyglot("a JPEG with an archive behind it"), Posts(|| attached("roof.jpg", &with(&jpeg(), &zip()))), Clean("image", jpeg), SENT_FILE),
        row(Picture, Out, Polyglot("a JPEG with a script behind it"), Posts(|| attached("roof.jpg", &with(&jpeg(), SCRIPT))), Clean("image", jpeg), SENT_FILE),
        row(Picture, Out, Polyglot("an SVG named as PNG"), Posts(|| attached("roof.png", &svg())), Gets("document", "text/plain", "roof.txt"), SENT_FILE),
        row(Video, Out, Plain, Posts(|| attached("tour.mp4", &mp4(3000))), Gets("video", "video/mp4", ""), SENT_FILE),
        row(Video, Out, Largest, Posts(|| attached("tour.mp4", &mp4(16 * MEGABYTE))), Gets("video", "video/mp4", ""), SENT_FILE),
        row(Video, Out, OneOver, Posts(|| attached("tour.mp4", &mp4(16 * MEGABYTE + 1))), Told(NOT_TAKEN), REFUSED),
        row(Video, Out, Empty, Posts(|| attached("tour.mp4", b"")), Told(EMPTY_FILE), NO_FILE),
        row(Audio, Out, Plain, Posts(|| attached("song.mp3", &mp3(3000))), Gets("audio", "audio/mpeg", ""), SENT_FILE),
        row(Audio, Out, Largest, Posts(|| attached("song.mp3", &mp3(16 * MEGABYTE))), Gets("audio", "audio/mpeg", ""), SENT_FILE),
        row(Audio, Out, OneOver, Posts(|| attached("song.mp3", &mp3(16 * MEGABYTE + 1))), Told(NOT_TAKEN), REFUSED),
        row(Audio, Out, Empty, Posts(|| attached("song.mp3", b"")), Told(EMPTY_FILE), NO_FILE),
        row(Voice, Out, Plain, Posts(|| attached("note.ogg", &voice(3000))), Gets("audio", "audio/ogg", ""), SENT_FILE),
        row(Voice, Out, Largest, Posts(|| attached("note.ogg", &voice(16 * MEGABYTE))), Gets("audio", "audio/ogg", ""), SENT_FILE),
        row(Voice, Out, OneOver, Posts(|| attached("note.ogg", &voice(16 * MEGABYTE + 1))), Told(NOT_TAKEN), REFUSED),
        row(Voice, Out, Empty, Posts(|| attached("note.ogg", b"")), Told(EMPTY_FILE), NO_FILE),
        row(Document, Out, Plain, Posts(|| attached("offer.pdf", &pdf(2000))), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, Largest, Posts(|| attached("offer.pdf", &pdf(100 * MEGABYTE))), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, OneOver, Posts(|| attached("offer.pdf", &pdf(TOO_LARGE))), Told("WhatsApp takes at most 100 MB. Choose a smaller one."), NO_FILE),
        row(Document, Out, WrongType, Posts(|| attached("data.bin", b"\x01\x02\0\x03")), Told(NOT_TAKEN), REFUSED),
        row(Document, Out, Empty, Posts(|| attached("offer.pdf", b"")), Told(EMPTY_FILE), NO_FILE),
        row(Document, Out, Expired, Posts(|| attached("offer.pdf", &pdf(20))), Told("The file could not be fetched (answer 403)."), NO_FILE),
        row(Document, Out, Slow, Posts(|| attached("offer.pdf", &pdf(30))), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, Truncated, Posts(|| attached("offer.pdf", &pdf(50_000))), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, Gone, Posts(|| attached("offer.pdf", &pdf(40))), Told("The file could not be fetched (answer 410)."), NO_FILE),
        row(Sticker, Out, Plain, Posts(|| Draft::text("").with(SentFile::pasted("image/webp", &webp()))), Gets("image", "image/jpeg", ""), SENT_FILE),
        row(Sticker, Out, Largest, Posts(|| Draft::text("").with(SentFile::pasted("image/webp", &webp_of(500 * 1024)))), Gets("image", "image/jpeg", ""), SENT_FILE),
        row(Sticker, Out, OneOver, Posts(|| Draft::text("").with(SentFile::pasted("image/webp", &webp_of(500 * 1024 + 1)))), Gets("image", "image/jpeg", ""), SENT_FILE),
        row(Sticker, Out, Empty, Posts(|| Draft::text("").with(SentFile::pasted("image/webp", b""))), Told(EMPTY_FILE), NO_FILE),
        row(Document, Out, Name("of a path"), Posts(|| attached("../../offer.pdf", &pdf(20))), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, Name("turned round"), Posts(|| attached("offer\u{202e}fdp.exe", &pdf(20))), Gets("document", "application/pdf", "offerfdp.pdf"), SENT_FILE),
        row(Document, Out, Name("with control characters"), Posts(|| attached("of\r\nfer\".pdf", &pdf(20))), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, Name("of an emoji"), Posts(|| attached("🏠 Über.pdf", &pdf(20))), Gets("document", "application/pdf", "🏠 Über.pdf"), SENT_FILE),
        row(Document, Out, Name("that Windows keeps for itself"), Posts(|| attached("con.pdf", &pdf(20))), Gets("document", "application/pdf", "_con.pdf"), SENT_FILE),
        row(Document, Out, Polyglot("a PDF that is a page"), Posts(|| attached("offer.html", &pdf_page())), Gets("document", "application/pdf", "offer.pdf"), SENT_FILE),
        row(Document, Out, Polyglot("a page named as JPEG"), Posts(|| attached("roof.jpg", &page())), Told(NOT_TAKEN), REFUSED),
        row(Document, Out, Polyglot("an archive named as PDF"), Posts(|| attached("offer.pdf", &zip())), Told(NOT_TAKEN), REFUSED),
        row(Document, Out, Polyglot("a program named as PDF"), Posts(|| attached("offer.pdf", &program())), Told(NOT_TAKEN), REFUSED),
    ]
}

/// What Teams has nothing for, so that a colleague cannot even try.
fn only_clients() -> Vec<Row> {
    let never = |kind, why| row(kind, Out, Plain, Nothing, Nowhere(why), &[]);
    vec![
        never(Button, "buttons are the client's answer; what is asked with buttons is a template"),
        never(List, "a list is answered by the client, and nothing of ours asks with one"),
        never(Flow, "a form is filled in by the client; a template asks with it"),
        never(Order, "clients order"),
        never(Referral, "clients come through ads"),
        never(System, "WhatsApp tells of clients"),
        never(Call, "calls in Teams do not reach a bot"),
    ]
}
