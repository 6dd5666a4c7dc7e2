//! How fast, how late, how big: the release binary between two peers that answer at once, every message durable.
//!
//! `cargo bench --bench relay` prints tables, `-- --json` the same for programs, `-- --help` the rest. The server runs as a process of
//! its own on core 0, everything else of this program on core 1; a second figure gives the server both. A message counts when it has
//! reached the other side; 32 are under way at any time, each in its own thread. Every figure is the median of three runs after a
//! warm-up. With `SWITCHBOARD_TEST_STORE=postgres://…` everything is kept on that server, whose processes run where the system puts
//! them. The probe says how many flushes per second the disk gave meanwhile: without it no figure here means anything.

mod cast;
#[path = "../it/harness/database.rs"]
#[expect(dead_code, reason = "written for the integration tests, which use all of it")]
mod database;
mod load;
mod peers;
mod process;
mod report;

use clap::Parser;
use database::Database;
use load::{Load, Run};
use peers::Peers;
use process::Server;
use report::{Figures, Report};
use std::path::PathBuf;
use std::time::Duration;
use switchboard::clock::Clock;
use switchboard::simulator::TeamsWorld;
use switchboard::store::Address;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    TeamsToWhatsApp,
    WhatsAppToTeams,
}

#[derive(Parser)]
struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Messages in one run.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// Messages under way at any time.
    #[arg(long, default_value_t = 32)]
    in_flight: usize,
    /// Stored messages before the runs of the growth table.
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    stored: Vec<usize>,
    /// Also with a million stored messages: takes some minutes and a gigabyte.
    #[arg(long)]
    million: bool,
    /// Only on one core and without the growth table.
    #[arg(long)]
    quick: bool,
    /// Where SQLite's database is; the default is below `target`.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Another build of the server, to compare with.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_switchboard"))]
    binary: PathBuf,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let folder = options.folder.clone().unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    std::fs::create_dir_all(&folder)?;
    // One thread: it must fit beside the server, and its own share of the core is reported.
    process::pin_self("1")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&options, &folder))?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(())
}

async fn measure(options: &Options, folder: &std::path::Path) -> anyhow::Result<Report> {
    let mut report = Report { in_flight: options.in_flight, messages: options.messages, ..Report::default() };
    report.figures.push(figures(options, folder, 0, Some("0")).await?);
    if options.quick {
        return Ok(report);
    }
    report.figures.push(figures(options, folder, 0, None).await?);
    let million = options.million.then_some(1_000_000);
    for stored in options.stored.iter().copied().chain(million) {
        report.figures.push(figures(options, folder, stored, Some("0")).await?);
    }
    Ok(report)
}

/// How big a database is.
fn megabytes(database: &Database) -> anyhow::Result<f64> {
    let bytes = match database.url().strip_prefix("sqlite://") {
        Some(path) => std::fs::metadata(path)?.len() as f64,
        None => database.rows("SELECT pg_database_size(current_database())")[0][0].as_deref().unwrap_or_default().parse()?,
    };
    Ok(bytes / 1e6)
}

/// A fresh database, a fresh server, both directions.
async fn figures(options: &Options, folder: &std::path::Path, stored: usize, core: Option<&str>) -> anyhow::Result<Figures> {
    eprintln!("{stored} stored, server on {}", if core.is_some() { "one core" } else { "two cores" });
    let folder = tempfile::tempdir_in(folder)?;
    process::pin_self(if core.is_some() { "1" } else { "0,1" })?;
    let probe_before = process::flushes_per_second(folder.path())?;
    let peers = Peers::start(options.in_flight).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let login = TeamsWorld::start(listener, switchboard::simulator::defaults().teams, Clock::System).await?;
    let cast = cast::Cast::new(&login, &peers);
    let database = Database::fresh(folder.path(), |_| ());
    cast.prepare(&Address::parse(database.url())?, stored).await?;
    let mut server = Server::start(&options.binary, folder.path(), database.url(), &cast, core).await?;
    let mut result = Figures {
        stored,
        cores: if core.is_some() { 1 } else { 2 },
        start_ms: server.start_ms,
        idle_mb: server.idle_mb().await?,
        ..Figures::default()
    };
    for way in [Way::TeamsToWhatsApp, Way::WhatsAppToTeams] {
        let mut load = Load::connect(&cast, &peers, server.address, way, options.in_flight).await?;
        load.run(options.messages / 5, &server).await?;
        let mut runs: Vec<Run> = Vec::new();
        for _ in 0..3 {
            runs.push(load.run(options.messages, &server).await?);
        }
        let burst = load.burst(options.messages, &server).await?;
        // The next direction starts with empty lanes and flushed cards.
        tokio::time::sleep(Duration::from_secs(1)).await;
        result.ways.push(report::Direction::new(way, runs, burst));
    }
    result.peak_mb = server.peak_mb()?;
    server.stop().await?;
    result.database_mb = megabytes(&database)?;
    result.flushes_per_second = f64::midpoint(probe_before, process::flushes_per_second(folder.path())?);
    Ok(result)
}
