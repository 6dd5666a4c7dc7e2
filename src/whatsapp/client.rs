//! Asking the Graph API.
//!
//! The bearer token goes to the host of [`Settings::graph_url`] only: every URL is built from it, a cursor is taken from a page but never
//! its `next` link, and the HTTP client must have been built to follow no redirect, so that a 3xx ends here as a rejection.
//! What a request ends as is an [`Outcome`]; errors and logs never hold a URL, a token or the text of a message.

use super::json::text;
use super::{Settings, convert, error, hosts, template};
use crate::bridge::{Failure, FailureClass, Outcome, PhoneNumberId, Receipt, Template, ToClient, WabaId, Wamid};
use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Largest answer read. A page of 100 templates stays well below.
const ANSWER_LIMIT: usize = 8 * 1024 * 1024;
/// Templates a page.
const PAGE_SIZE: &str = "100";
/// More than a WABA can hold (6,000 templates): an endless listing ends here.
const PAGES_LIMIT: usize = 200;
/// What is asked of each template.
const TEMPLATE_FIELDS: &str = "id,name,language,status,category,components,parameter_format";
/// What is asked of a business number.
const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status";
/// Longest wait taken from a `Retry-After` header.
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(24 * 3_600);

/// A client of the Cloud API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    settings: Arc<Settings>,
    http: reqwest::Client,
}

/// A business number as Meta knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber {
    pub id: PhoneNumberId,
    /// As Meta writes it for people (`+1 555-555-5555`).
    pub display_phone_number: String,
    pub verified_name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality_rating: Option<String>,
    /// `CONNECTED` when it can send; absent in older Graph versions.
    pub status: Option<String>,
}

impl Client {
    /// `http` must follow no redirects and have a timeout.
    pub fn new(settings: Arc<Settings>, http: reqwest::Client) -> Self {
        Self { settings, http }
    }

    /// Sends one message. Acceptance is not delivery: what becomes of it arrives as statuses.
    pub async fn send(&self, message: &ToClient) -> Outcome {
        if message.to.phone.is_none() && message.to.bsuid.is_none() {
            return Outcome::Rejected(Failure::new(FailureClass::Invalid, "the client has neither a phone nor a user id"));
        }
        self.post(&message.from, &convert::request(message)).await
    }

    /// Marks `wamid` and everything before it as read. `typing` shows the client that somebody writes, for up to 25 seconds: only
    /// when somebody does.
    pub async fn mark_read(&self, number: &PhoneNumberId, wamid: &Wamid, typing: bool) -> Outcome {
        self.post(number, &convert::mark_read(wamid, typing)).await
    }

    /// Every template of the WABA, whatever its status. Fails as a whole: half a list would delete the other half from the cache.
    pub async fn templates(&self, waba: &WabaId) -> Result<Vec<Template>, Failure> {
        let mut templates = Vec::new();
        let mut seen = HashSet::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_LIMIT {
            let mut query = vec![("fields", TEMPLATE_FIELDS), ("limit", PAGE_SIZE)];
            query.extend(after.as_deref().map(|after| ("after", after)));
            let page = self.fetch(&[waba.as_str(), "message_templates"], &query).await?;
            let Some(data) = page.get("data").and_then(Value::as_array) else { return Err(unreadable()) };
            templates.extend(data.iter().filter_map(|value| template::read(waba, value)));
            let paging = page.get("paging").unwrap_or(&Value::Null);
            let cursor = paging.get("cursors").and_then(|cursors| text(cursors, "after"));
            match (paging.get("next"), cursor) {
                (Some(Value::String(_)), Some(cursor)) if seen.insert(cursor.clone()) => after = Some(cursor),
                _ => return Ok(templates),
            }
        }
        Ok(templates)
    }

    /// The number's own record: proof that the token is valid and sees the number.
    pub async fn phone_number(&self, id: &PhoneNumberId) -> Result<PhoneNumber, Failure> {
        let value = self.fetch(&[id.as_str()], &[("fields", NUMBER_FIELDS)]).await?;
        Ok(PhoneNumber {
            id: text(&value, "id").map(PhoneNumberId).ok_or_else(unreadable)?,
            display_phone_number: text(&value, "display_phone_number").unwrap_or_default(),
            verified_name: text(&value, "verified_name"),
            quality_rating: text(&value, "quality_rating"),
            status: text(&value, "status"),
        })
    }

    async fn post(&self, number: &PhoneNumberId, body: &Value) -> Outcome {
        let Some(request) = self.request(Method::POST, &[number.as_str(), "messages"], &[]) else { return Outcome::Rejected(no_url()) };
        match request.json(body).send().await {
            Ok(response) => {
                let answer = Answer::read(response).await;
                if answer.accepted() { receipt(&answer.body) } else { answer.outcome() }
            }
            Err(error) => not_answered(&error),
        }
    }

    async fn fetch(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = self.request(Method::GET, path, query).ok_or_else(no_url)?;
        let answer = match request.send().await {
            Ok(response) => Answer::read(response).await,
            Err(error) => return Err(failure_of(not_answered(&error))),
        };
        if !answer.accepted() {
            return Err(failure_of(answer.outcome()));
        }
        serde_json::from_slice(&answer.body).map_err(|_| unreadable())
    }

    /// Asks for a file where Meta says that it is. `None`: that is no place that may see our token.
    pub(super) fn file_request(&self, address: &str) -> Option<RequestBuilder> {
        let url = url::Url::parse(address).ok().filter(|url| hosts::may_see_token(&self.settings.graph_url, url))?;
        Some(self.http.get(url).bearer_auth(self.settings.access_token.expose_secret()))
    }

    /// `None` when the configured URL cannot carry a path.
    pub(super) fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> Option<RequestBuilder> {
        let mut url = self.settings.graph_url.clone();
        // Each segment is percent-encoded: an id can never lead to another path or host.
        url.path_segments_mut().ok()?.pop_if_empty().push(&self.settings.graph_version).extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Some(self.http.request(method, url).bearer_auth(self.settings.access_token.expose_secret()))
    }
}

/// An HTTP answer that has arrived, as far as it did.
pub(super) struct Answer {
    status: u16,
    retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A body that breaks off is kept as far as it came: the status has been said, and it decides what cannot be read.
    pub(super) async fn read(mut response: Response) -> Self {
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Self { status, retry_after, body }
    }

    pub(super) fn accepted(&self) -> bool {
        (200..300).contains(&self.status) && error::GraphError::read(&self.body).is_none()
    }

    pub(super) fn outcome(&self) -> Outcome {
        let error = error::GraphError::read(&self.body).unwrap_or_default();
        tracing::debug!(
            status = self.status,
            code = error.code,
            subcode = error.subcode,
            fbtrace_id = error.trace,
            "the Graph API refused"
        );
        error::outcome(self.status, self.retry_after, &self.body)
    }
}

/// A success without a message id says neither what was accepted nor that nothing was: uncertain.
pub(super) fn receipt(body: &[u8]) -> Outcome {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let first = |list: &str| value.get(list).and_then(|list| list.get(0)).cloned().unwrap_or_default();
    let id = text(&first("messages"), "id");
    if id.is_none() && value.get("success") != Some(&Value::Bool(true)) {
        return Outcome::Uncertain(unreadable());
    }
    let contact = first("contacts");
    let wa_id = text(&contact, "wa_id").map(|wa_id| wa_id.trim().to_owned());
    Outcome::Sent(Receipt { id, wa_id, bsuid: text(&contact, "user_id"), ..Receipt::default() })
}

/// No answer came. Before the connection stood nothing can have been accepted; after it nobody knows.
pub(super) fn not_answered(error: &reqwest::Error) -> Outcome {
    if error.is_builder() {
        return Outcome::Rejected(Failure::new(FailureClass::Configuration, "the request could not be built: check the access token"));
    }
    if error.is_connect() {
        let failure = Failure::new(FailureClass::Unavailable, "no connection to the Graph API");
        return Outcome::Throttled { after: None, failure };
    }
    let detail = if error.is_timeout() { "the Graph API did not answer in time" } else { "the connection broke before the answer" };
    Outcome::Uncertain(Failure::new(FailureClass::Unavailable, detail))
}

fn failure_of(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Throttled { failure, .. } | Outcome::Rejected(failure) | Outcome::Uncertain(failure) => failure,
        Outcome::Sent(_) => unreadable(),
    }
}

pub(super) fn unreadable() -> Failure {
    Failure::new(FailureClass::Unavailable, "the Graph API's answer could not be read")
}

pub(super) fn no_url() -> Failure {
    Failure::new(FailureClass::Configuration, "whatsapp.graph_url cannot carry a path")
}

/// `Retry-After` in seconds, or as a date measured against the answer's own `Date`, so that no clock of ours is needed.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let after = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = headers.get(DATE)?.to_str().ok()?;
            let wait = DateTime::parse_from_rfc2822(value).ok()? - DateTime::parse_from_rfc2822(date).ok()?;
            wait.to_std().unwrap_or(Duration::ZERO)
        }
    };
    Some(after.min(RETRY_AFTER_LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{Outgoing, Recipient};
    use axum::body::Bytes;
    use axum::extract::Request;
    use axum::response::IntoResponse;
    use axum::{Json, Router};
    use rstest::rstest;
    use serde_json::json;
    use std::sync::Mutex;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// What the server saw: method and path with query, the Authorization header, the body.
    type Seen = Arc<Mutex<Vec<(String, String, Value)>>>;

    /// A Graph API that answers each request with the next of `answers`.
    async fn graph(answers: Vec<(u16, Value)>) -> (Client, Seen) {
        let answers = Arc::new(Mutex::new(answers.into_iter()));
        let seen = Seen::default();
        let log = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| async move {
            let line = format!("{} {}", request.method(), request.uri());
            let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let body: Bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.expect("a small body");
            log.lock().expect("no poison").push((line, bearer, serde_json::from_slice(&body).unwrap_or_default()));
            let (status, answer) = answers.lock().expect("no poison").next().expect("an answer for every request");
            let status = axum::http::StatusCode::from_u16(status).expect("a status");
            (status, [("location", "http://elsewhere.invalid/")], Json(answer)).into_response()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, app).await });
        (client(&format!("http://{address}/prefix/")), seen)
    }

    fn client(graph_url: &str) -> Client {
        patient(graph_url, Duration::from_secs(30))
    }

    fn patient(graph_url: &str, timeout: Duration) -> Client {
        let settings = Settings {
            graph_url: graph_url.parse().expect("a URL"),
            graph_version: "v26.0".into(),
            access_token: "t0ken".to_owned().into(),
            app_secrets: Vec::new(),
            verify_token: String::new().into(),
        };
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(timeout).no_proxy();
        Client::new(Arc::new(settings), http.build().expect("a client"))
    }

    fn message() -> ToClient {
        let to = Recipient { phone: Some("+16505551234".into()), bsuid: None };
        ToClient {
            from: "106".into(),
            to,
            content: Outgoing::Text { body: "hi".into() },
            reply_to: None,
            callback: "d-1".into(),
            media: None,
        }
    }

    #[tokio::test]
    async fn an_accepted_message_has_a_receipt() {
        let answer = json!({"contacts": [{"input": "+1", "wa_id": "16505551234 ", "user_id": "US.1"}], "messages": [{"id": "wamid.1"}]});
        let (client, seen) = graph(vec![(200, answer)]).await;
        let receipt =
            Receipt { id: Some("wamid.1".into()), wa_id: Some("16505551234".into()), bsuid: Some("US.1".into()), ..Receipt::default() };
        assert_eq!(client.send(&message()).await, Outcome::Sent(receipt));
        let seen = seen.lock().expect("no poison");
        assert_eq!(seen[0].0, "POST /prefix/v26.0/106/messages");
        assert_eq!(seen[0].1, "Bearer t0ken");
        assert_eq!(seen[0].2, convert::request(&message()));
    }

    #[tokio::test]
    async fn reading_and_typing_are_marked() {
        let (client, seen) = graph(vec![(200, json!({"success": true}))]).await;
        assert_eq!(client.mark_read(&"106".into(), &"wamid.IN".into(), true).await, Outcome::Sent(Receipt::default()));
        let expected =
            json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN", "typing_indicator": {"type": "text"}});
        assert_eq!(seen.lock().expect("no poison")[0].2, expected);
    }

    #[rstest]
    #[case::window(400, json!({"error": {"code": 131_047}}), "rejected")]
    #[case::pair_rate(400, json!({"error": {"code": 131_056}}), "throttled")]
    #[case::gateway(502, json!("<html>"), "uncertain")]
    #[case::success_without_id(200, json!({}), "uncertain")]
    #[case::error_inside_a_success(200, json!({"error": {"code": 131_026}}), "rejected")]
    #[case::redirect(307, json!({}), "rejected")]
    #[tokio::test]
    async fn a_refusal_becomes_an_outcome(#[case] status: u16, #[case] answer: Value, #[case] expected: &str) {
        let (client, seen) = graph(vec![(status, answer)]).await;
        let outcome = client.send(&message()).await;
        let found = match outcome {
            Outcome::Sent(_) => "sent",
            Outcome::Throttled { .. } => "throttled",
            Outcome::Rejected(_) => "rejected",
            Outcome::Uncertain(_) => "uncertain",
        };
        assert_eq!(found, expected);
        assert_eq!(seen.lock().expect("no poison").len(), 1, "nothing is sent twice, no redirect is followed");
    }

    #[tokio::test]
    async fn nothing_is_asked_for_a_client_without_an_address() {
        let (client, seen) = graph(Vec::new()).await;
        let nobody = ToClient { to: Recipient { phone: None, bsuid: None }, ..message() };
        assert!(matches!(client.send(&nobody).await, Outcome::Rejected(_)));
        assert!(seen.lock().expect("no poison").is_empty());
    }

    #[tokio::test]
    async fn a_connection_that_was_never_made_proves_that_nothing_was_accepted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        drop(listener);
        let outcome = client(&format!("http://{address}")).send(&message()).await;
        assert!(matches!(&outcome, Outcome::Throttled { failure, .. } if failure.class == FailureClass::Unavailable), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_connection_that_breaks_after_the_request_is_uncertain() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            stream.read(&mut [0; 4096]).await.expect("a request")
        });
        let outcome = client(&format!("http://{address}")).send(&message()).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        assert!(server.await.expect("the server ends") > 0);
    }

    #[tokio::test]
    async fn a_timeout_after_the_request_is_uncertain() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let server = tokio::spawn(async move {
            let _held = listener.accept().await.expect("a connection");
            std::future::pending::<()>().await;
        });
        let outcome = patient(&format!("http://{address}"), Duration::from_millis(200)).send(&message()).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        server.abort();
    }

    #[tokio::test]
    async fn an_acceptance_that_breaks_off_is_uncertain() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            assert!(stream.read(&mut [0; 4096]).await.expect("a request") > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\"").await.expect("half an answer");
        });
        let outcome = client(&format!("http://{address}")).send(&message()).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        server.await.expect("the server ends");
    }

    fn page(names: &[&str], after: Option<&str>, next: bool) -> (u16, Value) {
        let data: Vec<_> = names
            .iter()
            .map(|name| json!({"id": name, "name": name, "language": "en_US", "components": [{"type": "BODY", "text": "Hi"}]}))
            .collect();
        let mut paging = json!({"cursors": {"before": "b"}});
        if let Some(after) = after {
            paging["cursors"]["after"] = after.into();
        }
        if next {
            paging["next"] = "http://elsewhere.invalid/?access_token=secret".into();
        }
        (200, json!({"data": data, "paging": paging}))
    }

    #[rstest]
    #[case::one_page(vec![page(&["a"], Some("c1"), false)], &["a"])]
    #[case::no_paging(vec![(200, json!({"data": []}))], &[])]
    #[case::three_pages(vec![page(&["a", "b"], Some("c1"), true), page(&["c"], Some("c2"), true), page(&["d"], Some("c3"), false)], &["a", "b", "c", "d"])]
    #[case::repeated_cursor(vec![page(&["a"], Some("c1"), true), page(&["b"], Some("c1"), true)], &["a", "b"])]
    #[case::cursors_in_a_circle(vec![page(&["a"], Some("c1"), true), page(&["b"], Some("c2"), true), page(&["c"], Some("c1"), true)], &["a", "b", "c"])]
    #[case::next_without_cursor(vec![page(&["a"], None, true)], &["a"])]
    #[tokio::test]
    async fn templates_are_listed_to_the_end_and_no_further(#[case] pages: Vec<(u16, Value)>, #[case] expected: &[&str]) {
        let asked = pages.len();
        let (client, seen) = graph(pages).await;
        let templates = client.templates(&"waba".into()).await.expect("pages");
        assert_eq!(templates.iter().map(|template| template.name.as_str()).collect::<Vec<_>>(), expected);
        let seen = seen.lock().expect("no poison");
        assert_eq!(seen.len(), asked);
        assert!(seen[0].0.starts_with("GET /prefix/v26.0/waba/message_templates?fields=id%2Cname"), "{}", seen[0].0);
        assert!(seen.iter().skip(1).all(|(line, bearer, _)| line.contains("&after=c") && bearer == "Bearer t0ken"));
    }

    #[tokio::test]
    async fn half_a_list_is_no_list() {
        let (client, _) = graph(vec![page(&["a"], Some("c1"), true), (500, json!({"error": {"code": 2}}))]).await;
        assert_eq!(client.templates(&"waba".into()).await.expect_err("the second page failed").class, FailureClass::Unavailable);
    }

    #[tokio::test]
    async fn a_number_tells_its_name_and_state() {
        let answer = json!({"id": "106", "display_phone_number": "+1 555-555-5555", "quality_rating": "GREEN", "status": "CONNECTED"});
        let (client, _) = graph(vec![(200, answer), (401, json!({"error": {"code": 190, "error_subcode": 463}}))]).await;
        let number = client.phone_number(&"106".into()).await.expect("a number");
        assert_eq!((number.display_phone_number.as_str(), number.status.as_deref()), ("+1 555-555-5555", Some("CONNECTED")));
        assert_eq!(client.phone_number(&"106".into()).await.expect_err("expired").class, FailureClass::Configuration);
    }

    #[tokio::test]
    async fn an_id_never_leads_to_another_path() {
        let (client, seen) = graph(vec![(404, json!({}))]).await;
        client.phone_number(&"../me?x=/#".into()).await.expect_err("not found");
        assert!(seen.lock().expect("no poison")[0].0.starts_with("GET /prefix/v26.0/..%2Fme%3Fx=%2F%23?fields="));
    }

    #[rstest]
    #[case(&[("retry-after", "7")], Some(7))]
    #[case(&[("retry-after", "99999999")], Some(86_400))]
    #[case(&[("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT"), ("date", "Wed, 21 Oct 2026 07:28:00 GMT")], Some(30))]
    #[case(&[("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT"), ("date", "Wed, 21 Oct 2026 07:28:00 GMT")], Some(0))]
    #[case(&[("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")], None)]
    #[case(&[("retry-after", "soon")], None)]
    #[case(&[], None)]
    fn a_retry_after_is_seconds_or_a_date(#[case] given: &[(&'static str, &'static str)], #[case] expected: Option<u64>) {
        let headers: HeaderMap =
            given.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect();
        assert_eq!(retry_after(&headers), expected.map(Duration::from_secs));
    }
}
