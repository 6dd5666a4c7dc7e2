//! Cards about pictures and files, for the snapshots and for the browser test.

use super::samples::{Words, head, hours};
use super::{MediaCard, ParcelCard, ParcelRow, Reader, media, parcel};
use crate::bridge::{KeptFile, LostFile, MediaForm, MessageId, OutgoingFile, ParcelId, Post};

fn file(name: &str, mime_type: &str) -> KeptFile {
    KeptFile {
        blob: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843".into(),
        size: 1_258_291,
        mime_type: mime_type.into(),
        name: name.into(),
        width: None,
        height: None,
        duration: None,
        preview: false,
    }
}

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let card = |form, file| MediaCard {
        message: MessageId(41),
        head: head(words),
        form,
        caption: None,
        file,
        remarks: vec![],
        page: None,
        can_open: true,
        summary: format!("New message from {}", words.client),
    };
    let picture = KeptFile { width: Some(1600), height: Some(1200), preview: true, ..file("picture.jpg", "image/jpeg") };
    let shown_file = OutgoingFile { form: MediaForm::Image, file: picture.clone(), caption: None };
    let photo = OutgoingFile { form: MediaForm::Document, file: file("photo.heic", "image/heic"), caption: None };
    let posted = |states: Vec<Option<Result<OutgoingFile, String>>>, settled| ParcelCard {
        parcel: ParcelId(5),
        head: head(words),
        text: words.text.clone(),
        files: states.into_iter().map(|state| ParcelRow { name: words.client.clone(), state }).collect(),
        settled,
    };
    let voice = KeptFile { duration: Some(42_000), ..file("voice-message.ogg", "audio/ogg") };
    let document = file(&words.text.replace('\n', " "), "application/pdf");
    let shown = MediaCard { caption: Some(words.text.clone()), ..card(MediaForm::Image, Ok(picture)) };
    let page = Some(("https://switchboard.example/files/x.y".to_owned(), hours(1)));
    vec![
        ("media_picture", media(reader, &shown)),
        ("media_voice", media(reader, &card(MediaForm::Voice, Ok(voice.clone())))),
        ("media_voice_opened", media(reader, &MediaCard { page, ..card(MediaForm::Voice, Ok(voice)) })),
        (
            "media_document",
            media(
                reader,
                &MediaCard { remarks: vec!["Written before consent.".into()], ..card(MediaForm::Document, Ok(document.clone())) },
            ),
        ),
        ("media_no_pages", media(reader, &MediaCard { can_open: false, ..card(MediaForm::Document, Ok(document)) })),
        ("parcel_fetching", parcel(reader, &posted(vec![None, Some(Ok(shown_file.clone()))], None))),
        ("parcel_ready", parcel(reader, &posted(vec![Some(Ok(shown_file.clone())), Some(Ok(photo.clone()))], None))),
        ("parcel_partly", parcel(reader, &posted(vec![Some(Ok(photo.clone())), Some(Err("The file is empty.".into()))], None))),
        ("parcel_sent", parcel(reader, &posted(vec![Some(Ok(shown_file))], Some((true, words.colleague.clone(), hours(-1)))))),
        ("parcel_cancelled", parcel(reader, &posted(vec![Some(Ok(photo))], Some((false, words.colleague.clone(), hours(-1)))))),
        ("media_lost", media(reader, &card(MediaForm::Video, Err(LostFile::Expired)))),
    ]
}
