//! The load: prepared requests on kept connections, the time of each noted when it leaves and when it arrives at the other side.

use crate::Way;
use crate::cast::Cast;
use crate::peers::{Arrivals, Peers, whole};
use crate::process::{Server, cpu_of};
use anyhow::{Context, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One measured run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub per_second: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub answer_p50: f64,
    pub cpu_per_1000: f64,
    /// This program's share of its core, 0 to 1: near 1 it is the bottleneck.
    pub generator: f64,
}

/// As many as possible at once: accepted and delivered per second.
#[derive(Clone, Debug, Default)]
pub struct Burst {
    pub accepted: f64,
    pub delivered: f64,
}

pub struct Load<'a> {
    cast: &'a Cast,
    arrivals: Arc<Arrivals>,
    way: Way,
    slots: Vec<Slot>,
    next: usize,
}

struct Slot {
    stream: TcpStream,
    input: Vec<u8>,
}

impl<'a> Load<'a> {
    pub async fn connect(cast: &'a Cast, peers: &Peers, server: SocketAddr, way: Way, slots: usize) -> anyhow::Result<Self> {
        let mut connected = Vec::new();
        for _ in 0..slots {
            let stream = TcpStream::connect(server).await?;
            stream.set_nodelay(true)?;
            connected.push(Slot { stream, input: Vec::with_capacity(4_096) });
        }
        // Each direction has its own half of the marks.
        let next = if way == Way::TeamsToWhatsApp { 0 } else { 5_000_000 };
        Ok(Self { cast, arrivals: peers.arrivals.clone(), way, slots: connected, next })
    }

    /// `count` messages; each slot sends its next one when the last one has been answered and has arrived.
    pub async fn run(&mut self, count: usize, server: &Server) -> anyhow::Result<Run> {
        let (way, arrivals, requests) = (self.way, self.arrivals.clone(), self.requests(count));
        let width = self.slots.len();
        let (cpu, own, since) = (server.cpu()?, cpu_of("self")?, Instant::now());
        let slots = self.slots.iter_mut().enumerate().map(|(slot, connection)| {
            let (requests, arrivals) = (&requests, &arrivals);
            async move {
                let mut times = Vec::with_capacity(count / width + 1);
                for (message, request) in requests.iter().skip(slot).step_by(width) {
                    let sent = arrivals.now();
                    connection.ask(request).await.with_context(|| format!("{way:?}"))?;
                    let answered = arrivals.now();
                    let arrived = tokio::time::timeout(Duration::from_secs(30), arrivals.until(*message)).await;
                    let arrived = arrived.with_context(|| format!("message {message} was answered 200 and did not arrive in 30 s"))?;
                    times.push((arrived.saturating_sub(sent), answered - sent));
                }
                anyhow::Ok(times)
            }
        });
        let times = futures_util::future::try_join_all(slots).await?.concat();
        let took = since.elapsed().as_secs_f64();
        let (cpu, own) = (server.cpu()? - cpu, cpu_of("self")? - own);
        let mut whole: Vec<u64> = times.iter().map(|(whole, _)| *whole).collect();
        let mut answers: Vec<u64> = times.iter().map(|(_, answer)| *answer).collect();
        whole.sort_unstable();
        answers.sort_unstable();
        ensure!(whole.len() == count, "{} of {count} messages arrived", whole.len());
        ensure!(arrivals.doubled.load(std::sync::atomic::Ordering::Relaxed) == 0, "a message arrived twice");
        Ok(Run {
            per_second: count as f64 / took,
            p50: millis(&whole, 0.5),
            p95: millis(&whole, 0.95),
            p99: millis(&whole, 0.99),
            answer_p50: millis(&answers, 0.5),
            cpu_per_1000: cpu * 1_000.0 / count as f64,
            generator: own / took,
        })
    }

    /// `count` messages; each slot sends its next one when the last one has been answered, whatever has arrived.
    pub async fn burst(&mut self, count: usize, _: &Server) -> anyhow::Result<Burst> {
        let (arrivals, requests) = (self.arrivals.clone(), self.requests(count));
        let width = self.slots.len();
        let since = Instant::now();
        let slots = self.slots.iter_mut().enumerate().map(|(slot, connection)| {
            let requests = &requests;
            async move {
                for (_, request) in requests.iter().skip(slot).step_by(width) {
                    connection.ask(request).await?;
                }
                anyhow::Ok(())
            }
        });
        futures_util::future::try_join_all(slots).await?;
        let accepted = count as f64 / since.elapsed().as_secs_f64();
        for (message, _) in &requests {
            let arrived = tokio::time::timeout(Duration::from_secs(60), arrivals.until(*message)).await;
            arrived.with_context(|| format!("message {message} was answered 200 and did not arrive in 60 s"))?;
        }
        Ok(Burst { accepted, delivered: count as f64 / since.elapsed().as_secs_f64() })
    }

    /// Made before the clock runs: neither signatures nor formatting count.
    fn requests(&mut self, count: usize) -> Vec<(usize, Vec<u8>)> {
        // A whole number of rounds, so that message n stays in slot n modulo their number.
        let first = self.next.next_multiple_of(self.slots.len());
        self.next = first + count;
        (first..first + count).map(|message| (message, self.cast.request(self.way, message))).collect()
    }
}

impl Slot {
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        self.input.clear();
        while whole(&self.input).is_none() {
            ensure!(self.stream.read_buf(&mut self.input).await? > 0, "the server closed the connection");
        }
        ensure!(self.input.starts_with(b"HTTP/1.1 200"), "answered {:?}", String::from_utf8_lossy(&self.input));
        Ok(())
    }
}

fn millis(sorted: &[u64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default() as f64 / 1e6
}
