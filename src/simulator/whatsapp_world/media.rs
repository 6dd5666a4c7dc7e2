//! Uploads: what a business hands to the Graph API before it can refer to it.
//!
//! Meta judges a file by its extension, by the type it is sent under and by its bytes; all must agree, and the kind must be one that
//! WhatsApp shows.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use super::graph::{fault_body, unknown_object};
use super::state::{MediaFile, World};
use super::validate::Refused;
use crate::simulator::faults::{FaultName, Surface};
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

/// Larger than any file that may be sent, so that a refusal says why.
const BODY_LIMIT: usize = 110 * 1024 * 1024;
const MEGABYTE: usize = 1024 * 1024;
/// How long the address of a file lives.
const ADDRESS_SECONDS: i64 = 300;

/// (type, extensions, most bytes)
const TAKEN: &[(&str, &[&str], usize)] = &[
    ("image/jpeg", &["jpg", "jpeg"], 5 * MEGABYTE),
    ("image/png", &["png"], 5 * MEGABYTE),
    ("video/mp4", &["mp4"], 16 * MEGABYTE),
    ("video/3gpp", &["3gp"], 16 * MEGABYTE),
    ("application/pdf", &["pdf"], 100 * MEGABYTE),
    ("text/plain", &["txt"], 100 * MEGABYTE),
    ("application/msword", &["doc"], 100 * MEGABYTE),
    ("application/vnd.ms-excel", &["xls"], 100 * MEGABYTE),
    ("application/vnd.ms-powerpoint", &["ppt"], 100 * MEGABYTE),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"], 100 * MEGABYTE),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"], 100 * MEGABYTE),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"], 100 * MEGABYTE),
    ("image/webp", &["webp"], 500 * 1024),
    ("audio/ogg", &["ogg"], 16 * MEGABYTE),
    ("audio/mp4", &["m4a"], 16 * MEGABYTE),
    ("audio/mpeg", &["mp3"], 16 * MEGABYTE),
    ("audio/aac", &["aac"], 16 * MEGABYTE),
    ("audio/amr", &["amr"], 16 * MEGABYTE),
];

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/{version}/{id}/media", post(upload)).route("/_media/{id}", get(download)).layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn upload(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    // Read before a fault strikes: Meta, too, has the whole body when it answers.
    let parts = read(form).await;
    let accept = async {
        world.common.journal.count("graph.media");
        let answer = match world.authorize(&headers) {
            Ok(()) if world.number(&id).is_none() => return unknown_object(),
            Ok(()) => parts.and_then(|parts| judge(&parts).map(|()| parts)),
            Err(refused) => Err(refused),
        };
        let now = world.common.now();
        match answer {
            Ok(parts) => {
                let media = fastrand::u64(1_000_000_000_000_000..10_000_000_000_000_000).to_string();
                let record = || json!({"name": parts.name, "type": parts.mime_type, "size": parts.bytes.len()});
                world.common.journal.record(Way::In, "graph.upload", now, Some(&media), Some(200), record);
                world.lock().media.insert(media.clone(), MediaFile { mime_type: parts.mime_type, bytes: parts.bytes });
                world.common.signal();
                Json(json!({"id": media})).into_response()
            }
            Err(refused) => {
                let record = || json!({"code": refused.code});
                world.common.journal.record(Way::In, "graph.refused", now, None, Some(refused.status), record);
                world.common.signal();
                refused.into_response()
            }
        }
    };
    world.common.guarded(&line, Surface::Media, fault_body, accept).await
}

struct Parts {
    name: String,
    mime_type: String,
    bytes: Vec<u8>,
}

async fn read(mut form: Multipart) -> Result<Parts, Refused> {
    let bad = |_| Refused::of(100);
    let (mut product, mut said, mut file) = (None, None, None);
    while let Some(field) = form.next_field().await.map_err(bad)? {
        match field.name() {
            Some("messaging_product") => product = Some(field.text().await.map_err(bad)?),
            Some("type") => said = Some(field.text().await.map_err(bad)?),
            Some("file") => {
                let (name, mime_type) = (field.file_name().map(str::to_owned), field.content_type().map(str::to_owned));
                file = Some((name, mime_type, field.bytes().await.map_err(bad)?));
            }
            _ => {}
        }
    }
    let Some((Some(name), Some(mime_type), bytes)) = file else { return Err(Refused::of(100)) };
    if product.as_deref() != Some("whatsapp") || said.is_some_and(|said| said != mime_type) {
        return Err(Refused::of(100));
    }
    Ok(Parts { name, mime_type, bytes: bytes.to_vec() })
}

fn judge(parts: &Parts) -> Result<(), Refused> {
    let (_, extensions, most) = TAKEN.iter().find(|(known, ..)| *known == parts.mime_type).ok_or(Refused::of(100))?;
    let extension = parts.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let fits = extensions.contains(&extension.as_str()) && is(&parts.bytes, &parts.mime_type);
    if !fits || parts.bytes.is_empty() || parts.bytes.len() > *most {
        return Err(Refused::of(131_053));
    }
    Ok(())
}

/// Whether the bytes begin as this type does, where it has a beginning of its own.
fn is(bytes: &[u8], mime_type: &str) -> bool {
    let at = |from: usize, mark: &[u8]| bytes.get(from..from + mark.len()) == Some(mark);
    match mime_type {
        "image/jpeg" => at(0, b"\xff\xd8\xff"),
        "image/png" => at(0, b"\x89PNG\r\n\x1a\n"),
        "video/3gpp" => at(4, b"ftyp3g"),
        "video/mp4" => at(4, b"ftyp") && !at(8, b"3g") && !at(8, b"qt"),
        "application/pdf" => at(0, b"%PDF-"),
        "image/webp" => at(0, b"RIFF") && at(8, b"WEBP"),
        "text/plain" => std::str::from_utf8(bytes).is_ok(),
        other if other.starts_with("application/vnd.openxml") => at(0, b"PK\x03\x04"),
        _ => true,
    }
}

/// When the address of a file was asked for, as a Unix time.
#[derive(Deserialize)]
struct Asked {
    asked: i64,
}

/// The bytes of a file, at an address that lives five minutes.
async fn download(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path(id): Path<String>,
    Query(Asked { asked }): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    world
        .manage_on(Surface::Downloads, &line, &headers, || {
            if world.common.now().timestamp() - asked >= ADDRESS_SECONDS {
                return StatusCode::NOT_FOUND.into_response();
            }
            let state = world.lock();
            let Some(file) = state.media.get(&id) else { return StatusCode::NOT_FOUND.into_response() };
            let kind = [(header::CONTENT_TYPE, file.mime_type.clone())];
            if world.common.faults.take(FaultName::Truncated, Surface::Downloads).is_some() {
                let half = file.bytes[..file.bytes.len() / 2].to_vec();
                let parts = [Ok(half), Err(std::io::Error::other("cut off"))];
                return (kind, Body::from_stream(stream::iter(parts))).into_response();
            }
            (kind, file.bytes.clone()).into_response()
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a.png", "image/png", b"\x89PNG\r\n\x1a\n...", None)]
    #[case("a.jpg", "image/png", b"\x89PNG\r\n\x1a\n...", Some(131_053))]
    #[case("a.png", "image/png", b"\xff\xd8\xff...", Some(131_053))]
    #[case("a.gif", "image/gif", b"GIF89a", Some(100))]
    #[case("a.mp4", "video/mp4", b"\0\0\0\x18ftypmp42", None)]
    #[case("a.mp4", "video/mp4", b"\0\0\0\x18ftyp3gp4", Some(131_053))]
    #[case("a.pdf", "application/pdf", b"", Some(131_053))]
    #[case("a", "application/pdf", b"%PDF-1.7", Some(131_053))]
    fn extension_type_and_bytes_must_agree(#[case] name: &str, #[case] mime_type: &str, #[case] bytes: &[u8], #[case] code: Option<i64>) {
        let parts = Parts { name: name.to_owned(), mime_type: mime_type.to_owned(), bytes: bytes.to_vec() };
        assert_eq!(judge(&parts).err().map(|refused| refused.code), code);
    }

    #[test]
    fn a_picture_may_have_five_megabytes_and_not_one_byte_more() {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.resize(5 * MEGABYTE, 0);
        let mut parts = Parts { name: "a.png".to_owned(), mime_type: "image/png".to_owned(), bytes };
        assert_eq!(judge(&parts), Ok(()));
        parts.bytes.push(0);
        assert_eq!(judge(&parts).err().map(|refused| refused.code), Some(131_053));
    }
}
