//! What both worlds have: the clock, faults, the journal, the signal that something changed, and the routes under `/_sim/` that
//! mean the same in both.

use std::convert::Infallible;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::faults::{Fault, FaultName, Faults, Strike, Surface};
use super::journal::{Entry, Journal};
use super::line::{Line, Loopback};
use crate::clock::Clock;

/// Why a world could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the simulator binds to loopback only, not to {0}")]
    NotLoopback(std::net::SocketAddr),
    #[error("no address: {0}")]
    Io(#[from] std::io::Error),
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    #[error("no signing key")]
    Key,
}

/// Why a control did nothing. The control surface answers `{"error": "..."}` with the status in brackets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// (404)
    #[error("no {0} named {1:?}")]
    Unknown(&'static str, String),
    /// The clock is the machine's (409).
    #[error("this world's clock cannot be moved")]
    ClockFixed,
    /// The bot endpoint or webhook address was not set yet (409).
    #[error("the address of the server is not known yet")]
    NoServer,
    /// (409)
    #[error("{0}")]
    Impossible(String),
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let status = if matches!(self, Self::Unknown(..)) { StatusCode::NOT_FOUND } else { StatusCode::CONFLICT };
        (status, Json(json!({"error": self.to_string()}))).into_response()
    }
}

/// What was waited for did not happen in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("did not happen in {0:?}")]
pub struct TimedOut(pub Duration);

/// Where the page finds both worlds and the server's journal. Empty members are left out of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageLinks {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub teams_url: Option<String>,
    /// As `teams_url`.
    pub whatsapp_url: Option<String>,
    /// Answers a JSON array of `{seq, at, kind, summary, actor}`.
    pub journal_url: Option<String>,
}

pub(super) struct Common {
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
    pub(super) links: RwLock<PageLinks>,
    pub(super) http: reqwest::Client,
    pub(super) stop: CancellationToken,
    changed: watch::Sender<u64>,
}

/// What both worlds offer alike. The type has a field `world` with a field `common`.
macro_rules! controls {
    ($world:ident) => {
        impl $world {
            /// What the page needs to find the other world and the journal.
            pub fn set_page_links(&self, links: $crate::simulator::PageLinks) {
                *self.world.common.links.write().expect("no panic happens under this lock") = links;
            }

            /// The faults of this world.
            pub fn faults(&self) -> &$crate::simulator::Faults {
                &self.world.common.faults
            }

            /// Everything accepted and sent, in order, after sequence number `after`.
            pub fn journal(&self, after: u64) -> Vec<$crate::simulator::Entry> {
                self.world.common.journal.entries(after)
            }

            /// How often each kind of thing happened.
            pub fn count(&self, kind: &str) -> u64 {
                self.world.common.journal.counters().get(kind).copied().unwrap_or(0)
            }

            /// Waits (real time, at most `for_`) until this kind of thing has happened `times` times.
            pub async fn until_count(&self, kind: &str, times: u64, for_: std::time::Duration) -> Result<(), $crate::simulator::TimedOut> {
                self.world.common.until(for_, || (self.count(kind) >= times).then_some(())).await
            }

            /// Counters only from now on, or everything again.
            pub fn set_quiet(&self, quiet: bool) {
                self.world.common.journal.set_quiet(quiet);
            }

            /// Ends the world: the port is closed and every connection is cut.
            pub fn stop(&self) {
                self.world.common.stop.cancel();
            }
        }

        impl Drop for $world {
            fn drop(&mut self) {
                self.stop();
            }
        }
    };
}
pub(super) use controls;

impl Common {
    pub(super) fn new(clock: Clock, faults: Faults) -> Result<Self, StartError> {
        // Teams gives a bot 15 s to answer; Meta publishes no limit, providers use 5-10 s.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(15))
            .tcp_nodelay(true)
            .pool_max_idle_per_host(64)
            .build()?;
        Ok(Self {
            clock,
            faults,
            journal: Journal::default(),
            links: RwLock::default(),
            http,
            stop: CancellationToken::new(),
            changed: watch::Sender::new(0),
        })
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Tells the page and everybody who waits that something changed.
    pub(super) fn signal(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    pub(super) fn can_move_clock(&self) -> bool {
        !matches!(self.clock, Clock::System)
    }

    pub(super) fn advance(&self, by: Duration) -> Result<DateTime<Utc>, ControlError> {
        if !self.can_move_clock() {
            return Err(ControlError::ClockFixed);
        }
        self.clock.advance(by);
        self.signal();
        Ok(self.now())
    }

    /// The first `Some` of `look`, tried now and after every change, for at most `for_` of real time.
    pub(super) async fn until<T>(&self, for_: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T, TimedOut> {
        let mut changed = self.changed.subscribe();
        let wait = async {
            loop {
                // Marked as seen before looking, so a change in between is not missed.
                changed.borrow_and_update();
                if let Some(found) = look() {
                    return found;
                }
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(for_, wait).await.map_err(|_| TimedOut(for_))
    }

    /// Lets faults strike, else runs `accept`. `refusal` writes the body of this world's errors.
    pub(super) async fn guarded(
        &self,
        line: &Line,
        surface: Surface,
        refusal: impl FnOnce(&Fault, StatusCode) -> Value,
        accept: impl Future<Output = Response>,
    ) -> Response {
        let Strike { delay, refuse, hold } = self.faults.strike(surface);
        if delay.is_some() || refuse.is_some() || hold.is_some() {
            self.journal.count("fault");
            self.signal();
        }
        if let Some(delay) = delay {
            self.faults.delayed(delay).await;
        }
        if let Some(fault) = refuse {
            return refused(&fault, line, refusal);
        }
        let response = accept.await;
        if let Some(hold) = hold {
            tokio::time::sleep(hold).await;
            line.reset();
        }
        response
    }

    /// What both worlds' `/_sim/state` begin with.
    pub(super) fn state(&self) -> Value {
        json!({
            "now": self.now(),
            "clock_moves": self.can_move_clock(),
            "clock": match self.clock { Clock::System => "system", Clock::Shifted(_) => "shifted", Clock::Manual(_) => "manual" },
            "faults": self.faults.list(),
            "counters": self.journal.counters(),
            "quiet": self.journal.is_quiet(),
        })
    }
}

fn refused(fault: &Fault, line: &Line, body: impl FnOnce(&Fault, StatusCode) -> Value) -> Response {
    let status = match fault.name {
        FaultName::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        FaultName::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultName::BadGateway => {
            let html = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
            return (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], html).into_response();
        }
        FaultName::GraphError => fault.status.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::BAD_REQUEST),
        FaultName::Reset => {
            line.reset();
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut response = (status, Json(body(fault, status))).into_response();
    if let (FaultName::TooManyRequests, Some(seconds)) = (fault.name, fault.retry_after) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The bearer token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Serves `router` on `listener` until `common.stop` is cancelled. Returns the base address, without a slash at the end.
pub(super) fn serve(listener: TcpListener, router: Router, common: &Arc<Common>) -> Result<String, StartError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(address));
    }
    let stop = common.stop.clone();
    let router = router.merge(routes(common.clone())).layer(axum::middleware::from_fn(guard_control));
    let serving = axum::serve(Loopback { inner: listener, stop: stop.clone() }, router.into_make_service_with_connect_info::<Line>());
    tokio::spawn(async move {
        tokio::select! {
            _ = async { serving.await } => {}
            () = stop.cancelled() => {}
        }
    });
    Ok(format!("http://{address}"))
}

/// The routes that mean the same in both worlds, and the page.
fn routes(common: Arc<Common>) -> Router {
    Router::new()
        .route("/_sim/events", get(events))
        .route("/_sim/journal", get(journal))
        .route("/_sim/faults", get(faults).post(set_fault).delete(clear_faults))
        .route("/_sim/clock", get(clock).post(move_clock))
        .route("/_sim/quiet", post(set_quiet))
        .route("/_sim/page", get(links).post(set_links))
        .with_state(common)
        .merge(super::page::routes())
}

/// Answers pages of loopback origins (the page of one world drives both) and refuses every other page. No origin: not a browser.
async fn guard_control(request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else { return next.run(request).await };
    let host = origin.to_str().ok().and_then(|text| url::Url::parse(text).ok()).and_then(|url| url.host_str().map(str::to_owned));
    if !matches!(host.as_deref(), Some("127.0.0.1" | "localhost" | "[::1]")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = if request.method() == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, DELETE"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    response
}

async fn events(State(common): State<Arc<Common>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changed = common.changed.subscribe();
    let stream = futures_util::stream::unfold((changed, true), |(mut changed, first)| async move {
        if !first {
            changed.changed().await.ok()?;
        }
        let version = *changed.borrow_and_update();
        Some((Ok(Event::default().data(version.to_string())), (changed, false)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

async fn journal(State(common): State<Arc<Common>>, Query(query): Query<After>) -> Json<Vec<Entry>> {
    Json(common.journal.entries(query.after))
}

async fn faults(State(common): State<Arc<Common>>) -> Json<Vec<Fault>> {
    Json(common.faults.list())
}

#[derive(Deserialize)]
struct SetFault {
    #[serde(flatten)]
    fault: Fault,
    #[serde(default)]
    off: bool,
}

async fn set_fault(State(common): State<Arc<Common>>, Json(request): Json<SetFault>) -> Json<Vec<Fault>> {
    if request.off {
        common.faults.off(request.fault.name);
    } else {
        common.faults.set(request.fault);
    }
    common.signal();
    Json(common.faults.list())
}

async fn clear_faults(State(common): State<Arc<Common>>) -> Json<Vec<Fault>> {
    common.faults.clear();
    common.signal();
    Json(Vec::new())
}

async fn clock(State(common): State<Arc<Common>>) -> Json<Value> {
    Json(json!({"now": common.now(), "clock_moves": common.can_move_clock()}))
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u64,
}

async fn move_clock(State(common): State<Arc<Common>>, Json(request): Json<Advance>) -> Result<Json<Value>, ControlError> {
    let now = common.advance(Duration::from_secs(request.advance_seconds))?;
    Ok(Json(json!({"now": now, "clock_moves": true})))
}

#[derive(Deserialize)]
struct Quiet {
    quiet: bool,
}

async fn set_quiet(State(common): State<Arc<Common>>, Json(request): Json<Quiet>) -> Json<Value> {
    common.journal.set_quiet(request.quiet);
    Json(json!({"quiet": request.quiet}))
}

async fn links(State(common): State<Arc<Common>>) -> Json<PageLinks> {
    Json(common.links.read().expect("no panic happens under this lock").clone())
}

async fn set_links(State(common): State<Arc<Common>>, Json(links): Json<PageLinks>) -> Json<PageLinks> {
    *common.links.write().expect("no panic happens under this lock") = links.clone();
    Json(links)
}
