//! Our page for one file, and its bytes. A link is the key: signed, for one colleague who may still read the message, and short-lived.
//!
//! The bytes come from strangers. They are served under a type that no browser executes, never sniffed, and in a sandbox.

use super::doors::Doors;
use super::error::Problem;
use crate::bridge::KeptFile;
use crate::relay::OpenedFile;
use crate::texts::media as words;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::ops::Range;

/// What browsers show by themselves and cannot be made to run anything: everything else is downloaded.
const SHOWN: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/3gpp",
    "audio/aac",
    "audio/amr",
    "audio/mpeg",
    "audio/mp4",
    "audio/m4a",
    "audio/ogg",
    "audio/opus",
];
/// RFC 5987: what a file name in a header may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// The page with the picture, the player or the download.
pub async fn page(State(doors): State<Doors>, Path(token): Path<String>) -> Result<Response, Problem> {
    let Some(opened) = doors.relay.open_file(&token).await? else {
        return Ok(with_policy((StatusCode::NOT_FOUND, Html(gone())).into_response(), PAGE_POLICY));
    };
    Ok(with_policy(Html(shown(&token, &opened)).into_response(), PAGE_POLICY))
}

/// The bytes. Players ask for parts of them.
pub async fn content(State(doors): State<Doors>, Path(token): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let Some(OpenedFile { file, .. }) = doors.relay.open_file(&token).await? else {
        return Ok(with_policy((StatusCode::NOT_FOUND, Html(gone())).into_response(), PAGE_POLICY));
    };
    let wanted = match headers.get(header::RANGE).and_then(|value| value.to_str().ok()).map(|value| range(value, file.size)) {
        Some(Wanted::Unsatisfiable) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{}", file.size))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response());
        }
        Some(Wanted::Part(part)) => Some(part),
        Some(Wanted::Whole) | None => None,
    };
    let bytes = match doors.relay.file_bytes(&file, wanted.clone()).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, blob = file.blob, "a kept file cannot be read");
            return Ok(with_policy(
                (StatusCode::SERVICE_UNAVAILABLE, Html(problem_page(words::BYTES_GONE, ""))).into_response(),
                PAGE_POLICY,
            ));
        }
    };
    let mut response = Body::from_stream(bytes).into_response();
    let length = wanted.as_ref().map_or(file.size, |part| part.end - part.start);
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(served_as(&file)));
    set.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    set.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let how = if is_shown(&file) { "inline" } else { "attachment" };
    let name = utf8_percent_encode(&file.name, PLAIN);
    if let Ok(value) = HeaderValue::try_from(format!("{how}; filename*=UTF-8''{name}")) {
        set.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(part) = wanted {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        if let Ok(value) = HeaderValue::try_from(format!("bytes {}-{}/{}", part.start, part.end - 1, file.size)) {
            response.headers_mut().insert(header::CONTENT_RANGE, value);
        }
    }
    Ok(with_policy(response, CONTENT_POLICY))
}

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const CONTENT_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

fn with_policy(mut response: Response, policy: &'static str) -> Response {
    let set = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "private, no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        set.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_shown(file: &KeptFile) -> bool {
    SHOWN.contains(&file.mime_type.as_str())
}

fn served_as(file: &KeptFile) -> &'static str {
    SHOWN.iter().find(|kind| **kind == file.mime_type).copied().unwrap_or("application/octet-stream")
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    Unsatisfiable,
}

/// `Range` of RFC 9110, one part only: of several the whole is sent, which is allowed.
fn range(value: &str, size: u64) -> Wanted {
    let Some((first, last)) =
        value.trim().strip_prefix("bytes=").filter(|parts| !parts.contains(',')).and_then(|part| part.split_once('-'))
    else {
        return Wanted::Whole;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), _) if first >= size => Wanted::Unsatisfiable,
        (Ok(first), Ok(last)) if last >= first => Wanted::Part(first..last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.trim().is_empty() => Wanted::Part(first..size),
        (Err(_), Ok(0)) if first.trim().is_empty() => Wanted::Unsatisfiable,
        (Err(_), Ok(last)) if first.trim().is_empty() && size > 0 => Wanted::Part(size.saturating_sub(last)..size),
        _ => Wanted::Whole,
    }
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn gone() -> String {
    problem_page(words::LINK_OVER, words::LINK_OVER_ADVICE)
}

fn problem_page(title: &str, advice: &str) -> String {
    document(title, &format!("<h1>{}</h1><p>{}</p>", escape(title), escape(advice)))
}

fn shown(token: &str, opened: &OpenedFile) -> String {
    let (file, from) = (&opened.file, &opened.client);
    let source = format!("/files/{token}/content");
    let kind = words::form(opened.form);
    let view = match file.mime_type.split('/').next() {
        Some("image") if is_shown(file) => format!("<img src=\"{source}\" alt=\"{}\">", escape(&words::picture_of(opened.form, from))),
        Some(player @ ("audio" | "video")) if is_shown(file) => {
            format!("<{player} controls preload=\"metadata\" src=\"{source}\">{}</{player}>", escape(words::NO_PLAYER))
        }
        _ => String::new(),
    };
    let about = words::described(opened.form, file);
    let body = format!(
        "<h1>{}</h1><p class=\"about\">{}</p>{view}<p><a class=\"button\" href=\"{source}\" download=\"{}\">{}</a></p>",
        escape(from),
        escape(&about),
        escape(&file.name),
        escape(words::DOWNLOAD),
    );
    document(&format!("{kind} · {from}"), &body)
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escape(title)
    )
}

const STYLE: &str = ":root{color-scheme:light dark}body{margin:0;font:16px/1.5 \"Segoe UI\",system-ui,sans-serif;color:#242424;background:#f5f5f5}\
main{max-width:960px;margin:0 auto;padding:24px 16px}h1{font-size:20px;margin:0}.about{margin:0 0 16px;color:#5c5c5c}\
img,video{display:block;max-width:100%;max-height:75vh;border-radius:6px}audio{display:block;width:100%;max-width:480px}\
.button{display:inline-block;padding:6px 20px;border-radius:4px;background:#4f52b2;color:#fff;text-decoration:none}\
.button:focus-visible{outline:3px solid #242424;outline-offset:2px}\
@media (prefers-color-scheme:dark){body{color:#fff;background:#1f1f1f}.about{color:#c7c7c7}.button:focus-visible{outline-color:#fff}}";

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("bytes=0-99", Wanted::Part(0..100))]
    #[case("bytes=900-", Wanted::Part(900..1000))]
    #[case("bytes=900-5000", Wanted::Part(900..1000))]
    #[case("bytes=-100", Wanted::Part(900..1000))]
    #[case("bytes=-5000", Wanted::Part(0..1000))]
    #[case("bytes=1000-", Wanted::Unsatisfiable)]
    #[case("bytes=-0", Wanted::Unsatisfiable)]
    #[case("bytes=9-3", Wanted::Whole)]
    #[case("bytes=0-1,5-6", Wanted::Whole)]
    #[case("bytes=a-b", Wanted::Whole)]
    #[case("bytes=-", Wanted::Whole)]
    #[case("items=0-1", Wanted::Whole)]
    #[case("bytes=0-18446744073709551615", Wanted::Part(0..1000))]
    fn a_part_is_asked_for_as_players_do(#[case] value: &str, #[case] expected: Wanted) {
        assert_eq!(range(value, 1000), expected);
    }

    #[test]
    fn nothing_that_a_browser_runs_is_served_as_what_it_is() {
        for mime_type in ["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf", "text/xml", "application/javascript"] {
            let file = KeptFile {
                blob: String::new(),
                size: 1,
                mime_type: mime_type.to_owned(),
                name: "x".to_owned(),
                width: None,
                height: None,
                duration: None,
                preview: false,
            };
            assert_eq!((served_as(&file), is_shown(&file)), ("application/octet-stream", false));
        }
    }
}
