//! The page: a Teams-like client beside a WhatsApp-like phone, embedded in the binary and served by either world.
//!
//! No outside resource and no inline script: the policy header forbids both.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self' http://127.0.0.1:* http://localhost:*; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Stateless routes of the embedded files.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/", get(|| async { file("text/html; charset=utf-8", include_str!("page/index.html")) }))
        .route("/app.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/app.js")) }))
        .route("/cards.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/cards.js")) }))
        .route("/messages.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/messages.js")) }))
        .route("/samples.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/samples.js")) }))
        .route("/attach.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/attach.js")) }))
        .route("/rooms.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/rooms.js")) }))
        .route("/search.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("page/search.js")) }))
        .route("/style.css", get(|| async { file("text/css; charset=utf-8", include_str!("page/style.css")) }))
}

fn file(kind: &'static str, body: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, body)
}
