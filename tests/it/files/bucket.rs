//! Files in a bucket: the real server against an S3-compatible one (moto), with a door in between that can be shut.

use super::{file, picture};
use crate::harness::{Colleague, World};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use image::ImageFormat;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use switchboard::clock::Clock;
use switchboard::simulator::{Draft, SentFile};

/// An S3-compatible server of our own.
struct Moto {
    child: Child,
    /// Without a slash at the end.
    base: String,
}

impl Moto {
    fn start() -> Self {
        let here = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/moto/bin/moto_server");
        let program = std::env::var_os("SWITCHBOARD_MOTO").map_or_else(here, PathBuf::from);
        let started = Command::new(&program).args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| {
            panic!("{} does not start ({error}): tests/run installs it, or set SWITCHBOARD_MOTO to a moto_server", program.display())
        });
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
        let base = lines.by_ref().find_map(|line| Some(format!("http://{}", line.split_once("Running on http://")?.1.trim())));
        // It stops when nobody reads what it says.
        std::thread::spawn(move || lines.for_each(drop));
        Self { base: base.expect("moto says where it runs"), child }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Already ended where it broke.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Until it is told otherwise.
const LASTING: u16 = u16::MAX;

/// The way to the bucket.
#[derive(Clone)]
struct Door {
    to: String,
    http: reqwest::Client,
    /// How many requests are still refused.
    refuses: Arc<AtomicU16>,
    /// With which status.
    with: Arc<AtomicU16>,
}

async fn pass(State(door): State<Door>, request: Request) -> Response {
    let left = |left: u16| (left > 0).then(|| if left == LASTING { left } else { left - 1 });
    if door.refuses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
        return StatusCode::from_u16(door.with.load(Ordering::SeqCst)).expect("a status").into_response();
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let asked = door.http.request(parts.method, format!("{}{}", door.to, parts.uri)).headers(headers).body(body);
    let answer = asked.send().await.expect("moto answers");
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| **name != header::TRANSFER_ENCODING && **name != header::CONNECTION) {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.bytes().await.expect("a body"))).expect("an answer")
}

struct Bucket {
    moto: Moto,
    door: Door,
    endpoint: String,
}

impl Bucket {
    async fn start() -> Self {
        let moto = tokio::task::spawn_blocking(Moto::start).await.expect("moto starts");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let made = http.put(format!("{}/kept", moto.base)).send().await.expect("an answer");
        assert!(made.status().is_success(), "{}", made.status());
        let door = Door { to: moto.base.clone(), http, refuses: Arc::default(), with: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(pass).with_state(door.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { moto, door, endpoint }
    }

    async fn world(&self) -> World {
        World::with_config(|config| {
            let files = &mut config.files;
            files.folder = None;
            files.s3_bucket = Some("kept".to_owned());
            files.s3_prefix = Some("production".to_owned());
            files.s3_endpoint = Some(self.endpoint.clone());
            files.s3_access_key_id = Some("id".to_owned());
            files.s3_secret_access_key = Some("secret".into());
        })
        .await
    }

    /// The names of all objects.
    async fn names(&self) -> Vec<String> {
        let answer = self.door.http.get(format!("{}/kept?list-type=2", self.moto.base)).send().await.expect("an answer");
        let xml = answer.text().await.expect("a list");
        xml.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap_or_default().to_owned()).collect()
    }

    /// Refuses so many requests with this status.
    fn refuses(&self, requests: u16, status: u16) {
        self.door.with.store(status, Ordering::SeqCst);
        self.door.refuses.store(requests, Ordering::SeqCst);
    }
}

/// Where the original of the newest picture is.
async fn address(world: &World, ana: &Colleague<'_>) -> String {
    let card = ana.clicks("Original", Value::Null).await.card.expect("a card").to_string();
    let path = card.split_once("/files/").expect("our page").1.split('"').next().unwrap_or_default().to_owned();
    format!("{}/files/{path}/content", world.base())
}

async fn get(world: &World, url: &str, range: &str) -> (StatusCode, Vec<u8>) {
    let answer = world.http().get(url).header("range", range).send().await.expect("an answer");
    (answer.status(), answer.bytes().await.expect("bytes").to_vec())
}

#[tokio::test]
async fn a_bucket_keeps_what_clients_send_and_what_colleagues_send() {
    let bucket = Bucket::start().await;
    let world = bucket.world().await;
    let (ana, maria) = world.conversation().await;
    let bytes = picture(400, 300, ImageFormat::Png);
    maria.sends(file("image", "image/png", &bytes)).await;
    ana.sees("Picture · 400 × 300");
    let original = address(&world, &ana).await;
    assert_eq!(get(&world, &original, "bytes=10-19").await, (StatusCode::PARTIAL_CONTENT, bytes[10..20].to_vec()));
    assert_eq!(get(&world, &original, "bytes=0-").await.1, bytes);

    // Larger than a part of an upload.
    let mut document = b"%PDF-1.7\n".to_vec();
    document.resize(12 * 1024 * 1024, 7);
    ana.says(Draft::text("").with(SentFile::attached("offer.pdf", &document))).await;
    ana.clicks("Send", Value::Null).await;
    assert_eq!(maria.last().file.map(|file| (file.name, file.size)), Some((Some("offer.pdf".to_owned()), document.len())));
    let names = bucket.names().await;
    assert!(names.iter().all(|name| name.starts_with("production/files/") || name.starts_with("production/previews/")), "{names:?}");
    assert_eq!(names.len(), 3, "two files and a preview, and nothing unfinished: {names:?}");
}

#[rstest::rstest]
#[case::broken(500)]
#[case::too_busy(503)]
#[case::forbidden(403)]
#[tokio::test]
async fn a_bucket_that_does_not_take_a_file_delays_it_in_both_directions(#[case] status: u16) {
    let bucket = Bucket::start().await;
    let world = bucket.world().await;
    let (ana, maria) = world.conversation().await;
    bucket.refuses(LASTING, status);
    maria.sends(file("image", "image/png", &picture(40, 30, ImageFormat::Png))).await;
    ana.sees("[Picture: on its way]");
    assert_eq!((world.recorded("media.kept").await, world.recorded("media.lost").await), (0, 0));
    bucket.refuses(0, status);
    world.advance(Duration::minutes(20)).await;
    assert_eq!(ana.times_seen("Picture · 40 × 30"), 1, "{}", ana.transcript());
    // More than one attempt, and fewer than a colleague is made to wait for.
    bucket.refuses(4, status);
    ana.says(Draft::text("").with(SentFile::attached("offer.pdf", b"%PDF-1.7\n"))).await;
    world.advance(Duration::minutes(5)).await;
    ana.clicks("Send", Value::Null).await;
    assert_eq!(maria.last().file.and_then(|file| file.name).as_deref(), Some("offer.pdf"));
}

#[tokio::test]
async fn what_a_bucket_holds_unfinished_is_cleared_after_a_day() {
    let bucket = Bucket::start().await;
    let world = bucket.world().await;
    world.conversation().await;
    for name in ["production/incoming/left", "production/files/aa/kept"] {
        let put = bucket.door.http.put(format!("{}/kept/{name}", bucket.moto.base)).body("half").send().await.expect("an answer");
        assert!(put.status().is_success());
    }
    // The bucket goes by the machine's clock, in which it was written just now; the world's is behind.
    let ahead = Clock::System.now() - world.clock.now();
    world.advance(ahead + Duration::hours(23)).await;
    assert!(bucket.names().await.contains(&"production/incoming/left".to_owned()), "somebody may still be writing");
    world.advance(Duration::hours(2)).await;
    assert_eq!(bucket.names().await, ["production/files/aa/kept"]);
}
