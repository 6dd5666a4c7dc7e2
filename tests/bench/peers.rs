//! The other sides, reduced to what costs nothing: HTTP/1.1 by hand, every request answered at once with an id. Which message a
//! request carries stands in its body behind [`MARK`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Stands before seven digits in every text; occurs nowhere else.
pub const MARK: &[u8] = b"qzx";
/// Seven digits.
const MOST: usize = 10_000_000;

/// What has arrived.
pub struct Arrivals {
    since: Instant,
    /// By message, nanoseconds since the start; 0: not yet.
    at: Vec<AtomicU64>,
    pub count: AtomicU64,
    pub doubled: AtomicU64,
    /// By slot: message n belongs to slot n modulo their number.
    slots: Vec<Notify>,
}

impl Arrivals {
    pub fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// When a message arrived, if it did.
    pub fn of(&self, message: usize) -> Option<u64> {
        Some(self.at[message].load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    pub async fn until(&self, message: usize) -> u64 {
        loop {
            if let Some(at) = self.of(message) {
                return at;
            }
            self.slots[message % self.slots.len()].notified().await;
        }
    }

    fn record(&self, message: usize) {
        if self.at[message].swap(self.now(), Ordering::Relaxed) > 0 {
            self.doubled.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.slots[message % self.slots.len()].notify_one();
    }
}

pub struct Peers {
    pub connector: SocketAddr,
    pub graph: SocketAddr,
    pub arrivals: Arc<Arrivals>,
}

impl Peers {
    pub async fn start(slots: usize) -> anyhow::Result<Self> {
        let arrivals = Arc::new(Arrivals {
            since: Instant::now(),
            at: (0..MOST).map(|_| AtomicU64::new(0)).collect(),
            count: AtomicU64::new(0),
            doubled: AtomicU64::new(0),
            slots: (0..slots).map(|_| Notify::new()).collect(),
        });
        let (connector, graph) = (listen(arrivals.clone(), connector_answer).await?, listen(arrivals.clone(), graph_answer).await?);
        Ok(Self { connector, graph, arrivals })
    }
}

type Answer = fn(&[u8], &[u8], u64, &mut Vec<u8>);

async fn listen(arrivals: Arc<Arrivals>, answer: Answer) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let arrivals = arrivals.clone();
            tokio::spawn(async move { drop(serve(stream, &arrivals, answer).await) });
        }
    });
    Ok(address)
}

async fn serve(mut stream: TcpStream, arrivals: &Arrivals, answer: Answer) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut input, mut output) = (Vec::with_capacity(16_384), Vec::with_capacity(1_024));
    loop {
        let (head, body) = loop {
            if let Some(found) = whole(&input) {
                break found;
            }
            if stream.read_buf(&mut input).await? == 0 {
                return Ok(());
            }
        };
        let id = arrivals.now();
        if let Some(message) = marked(&input[head..head + body]) {
            arrivals.record(message);
        }
        output.clear();
        answer(&input[..head], &input[head..head + body], id, &mut output);
        input.drain(..head + body);
        stream.write_all(&output).await?;
    }
}

/// Lengths of head and body, once both are there.
pub fn whole(input: &[u8]) -> Option<(usize, usize)> {
    let head = find(input, b"\r\n\r\n")? + 4;
    let body = length(&input[..head]);
    (input.len() >= head + body).then_some((head, body))
}

fn length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    let line = head.split(|byte| *byte == b'\n').find(|line| line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME));
    line.and_then(|line| std::str::from_utf8(&line[NAME.len()..]).ok()).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

pub fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn marked(body: &[u8]) -> Option<usize> {
    let at = find(body, MARK)? + MARK.len();
    std::str::from_utf8(body.get(at..at + 7)?).ok()?.parse().ok()
}

fn json(status: &str, body: &str, output: &mut Vec<u8>) {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n", body.len());
    output.extend_from_slice(head.as_bytes());
    output.extend_from_slice(body.as_bytes());
}

/// 201 with an id for a post, 200 for an edit.
fn connector_answer(head: &[u8], _: &[u8], id: u64, output: &mut Vec<u8>) {
    if head.starts_with(b"POST") {
        json("201 Created", &format!("{{\"id\":\"9{id:014}\"}}"), output);
    } else {
        json("200 OK", "{\"id\":\"1\"}", output);
    }
}

/// A `wamid` for a message, an empty list for anything that is asked.
fn graph_answer(head: &[u8], body: &[u8], id: u64, output: &mut Vec<u8>) {
    if !head.starts_with(b"POST") {
        return json("200 OK", "{\"data\":[]}", output);
    }
    let to = find(body, b"\"to\":\"").map_or(&[][..], |at| &body[at + 6..]);
    let to = to.split(|byte| *byte == b'"').next().and_then(|to| std::str::from_utf8(to).ok()).unwrap_or_default();
    let digits = to.trim_start_matches('+');
    let answer = format!(
        "{{\"messaging_product\":\"whatsapp\",\"contacts\":[{{\"input\":\"{to}\",\"wa_id\":\"{digits}\"}}],\
         \"messages\":[{{\"id\":\"wamid.HBgNNTUxMTk4NzY1NDMyMRUCABEYEj{id:014}AA==\"}}]}}"
    );
    json("200 OK", &answer, output);
}
