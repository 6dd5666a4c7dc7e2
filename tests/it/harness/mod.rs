//! The real server between both simulated worlds: real HTTP, real tokens and signatures, a database of its own ([`database`]), and a
//! clock that stands still until it is moved.
//!
//! Nothing sleeps: [`World::settle`] returns when the server and both worlds have nothing left to do at this moment. Every world
//! is checked when it is dropped: nothing that was due may be left undone.

mod crashes;
pub mod database;
mod people;
mod processes;
mod rooms;

pub use database::Database;
pub use people::{Colleague, Phone, words, words_of};
pub use processes::{Process, binary, free_port};
pub use rooms::Room;

use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;
use std::future::Future;
use std::sync::{Arc, RwLock};
use switchboard::app::{App, demo};
use switchboard::bridge::{Directory, NumberStatus, Policy};
use switchboard::clock::Clock;
use switchboard::config::Config;
use switchboard::relay::Relay;
use switchboard::simulator::{self, Cast, Fault, FaultName, Surface, TeamsWorld, WhatsAppWorld};
use switchboard::store::{Address, JournalRow, Store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than anything takes on a busy machine; only a hang reaches it.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(25);
/// What becomes due this soon belongs to what has just happened: edits of thread cards, the pace of a chat.
const SOON: Duration = Duration::seconds(10);

/// A server with its two worlds.
pub struct World {
    pub teams: TeamsWorld,
    pub whatsapp: WhatsAppWorld,
    pub clock: Clock,
    pub cast: Cast,
    pub config: Config,
    server: RwLock<Option<Server>>,
    pub database: Database,
    /// Of files, and of the database where it is one.
    _folder: tempfile::TempDir,
    may_leave_work: bool,
    may_crash: bool,
}

struct Server {
    relay: Arc<Relay>,
    address: std::net::SocketAddr,
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
    /// Of a server that can be made to crash: ending its runtime ends it wherever it is.
    runtime: Option<crashes::Apart>,
}

/// Monday noon in Berlin: far from every change of day and of clocks.
pub fn noon() -> DateTime<Utc> {
    "2026-03-02T11:00:00Z".parse().expect("a time")
}

impl World {
    /// The demo's organization: Ana, Ben and Caro on one line, Eva on the one that speaks German; the app is installed for all but Caro.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// [`World::start`] with another line policy.
    pub async fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        Self::with(|directory| change(&mut directory.lines[0].policy)).await
    }

    /// [`World::start`] with a changed directory.
    pub async fn with(change: impl FnOnce(&mut Directory)) -> Self {
        Self::build(change, false, |_| {}).await
    }

    /// [`World::with`], and the server may ask Microsoft Graph.
    pub async fn with_graph(change: impl FnOnce(&mut Directory)) -> Self {
        Self::build(change, false, graph).await
    }

    /// [`World::with`], and delivery is shown by reactions.
    pub async fn with_marks(change: impl FnOnce(&mut Directory)) -> Self {
        Self::build(change, false, |config| config.teams.reactions.enabled = true).await
    }

    /// [`World::start`] with another configuration.
    pub async fn with_config(configure: impl FnOnce(&mut Config)) -> Self {
        Self::build(|_| {}, false, configure).await
    }

    async fn build(change: impl FnOnce(&mut Directory), may_crash: bool, configure: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(noon());
        let cast = simulator::defaults();
        let teams = TeamsWorld::start(listener().await, cast.teams.clone(), clock.clone()).await.expect("Teams starts");
        let whatsapp = WhatsAppWorld::start(listener().await, cast.whatsapp.clone(), clock.clone()).await.expect("WhatsApp starts");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let nowhere = "127.0.0.1:1".parse().expect("an address");
        let mut config = demo::config(&cast, &teams, &whatsapp, nowhere, &folder.path().join("switchboard.db"));
        let database = Database::fresh(folder.path(), prepare);
        config.store.url = Some(SecretString::from(database.url()));
        config.files.folder = Some(folder.path().join("switchboard.files"));
        (config.teams.graph.enabled, config.teams.graph.files, config.teams.reactions.enabled) = (false, false, false);
        configure(&mut config);
        let mut directory = demo::directory(&cast);
        change(&mut directory);
        let world = Self {
            teams,
            whatsapp,
            clock,
            cast,
            config,
            server: RwLock::new(None),
            database,
            _folder: folder,
            may_leave_work: false,
            may_crash,
        };
        world.serve(Some(directory)).await;
        for user in ["ana", "ben", "eva"] {
            world.teams.install(user).await.expect("installed");
        }
        world.settle().await;
        world
    }

    async fn serve(&self, directory: Option<Directory>) {
        let runtime = self.may_crash.then(crashes::Apart::new);
        let starts = start(self.config.clone(), directory, self.clock.clone());
        let mut server = match &runtime {
            Some(runtime) => runtime.run(starts).await,
            None => starts.await,
        };
        server.runtime = runtime;
        let address = server.address;
        self.teams.set_bot_endpoint(format!("http://{address}/api/messages").parse().expect("a URL"));
        self.whatsapp.set_webhook(format!("http://{address}/webhooks/whatsapp").parse().expect("a URL"));
        *self.server.write().expect("no panic under this lock") = Some(server);
        self.housekeeping().await;
    }

    /// Stops the server as SIGTERM does.
    pub async fn stop(&self) {
        let server = self.server.write().expect("no panic under this lock").take().expect("a running server");
        drop(server.relay);
        server.shutdown.cancel();
        in_time("the server stops", server.running).await.expect("no panic").expect("a clean end");
    }

    /// Starts a server on the same database.
    pub async fn start_again(&self) {
        self.serve(None).await;
    }

    /// Puts a changed directory in force, as `directory apply` does, and waits until the server follows.
    pub async fn apply(&self, change: impl FnOnce(&mut Directory)) {
        let mut directory = self.relay().office().directory.clone();
        change(&mut directory);
        switchboard::app::directory::apply(self.relay().store(), directory, "test", self.clock.now()).await.expect("applied");
        self.housekeeping().await;
        self.settle().await;
    }

    /// Switches Ana's and Ben's number off or on.
    pub async fn set_number(&self, status: NumberStatus) {
        self.apply(|directory| directory.numbers[0].status = status).await;
    }

    /// For tests that end with the other side still refusing.
    pub fn may_leave_work(mut self) -> Self {
        self.may_leave_work = true;
        self
    }

    pub fn relay(&self) -> Arc<Relay> {
        self.server.read().expect("no panic under this lock").as_ref().expect("a running server").relay.clone()
    }

    /// `http://127.0.0.1:PORT` of the server.
    pub fn base(&self) -> String {
        format!("http://{}", self.server.read().expect("no panic under this lock").as_ref().expect("a running server").address)
    }

    pub fn ana(&self) -> Colleague<'_> {
        Colleague::new(self, "ana")
    }

    pub fn ben(&self) -> Colleague<'_> {
        Colleague::new(self, "ben")
    }

    /// On Ana's and Ben's line; has the app only after [`World::install`].
    pub fn caro(&self) -> Colleague<'_> {
        Colleague::new(self, "caro")
    }

    /// A colleague installs the app.
    pub async fn install(&self, key: &str) {
        self.teams.install(key).await.expect("installed");
        self.settle().await;
    }

    /// On the line that speaks German, alone.
    pub fn eva(&self) -> Colleague<'_> {
        Colleague::new(self, "eva")
    }

    pub fn maria(&self) -> Phone<'_> {
        Phone::new(self, "maria")
    }

    pub fn tom(&self) -> Phone<'_> {
        Phone::new(self, "tom")
    }

    pub fn kim(&self) -> Phone<'_> {
        Phone::new(self, "kim")
    }

    /// Writes to the line that speaks German.
    pub fn jonas(&self) -> Phone<'_> {
        Phone::new(self, "jonas")
    }

    /// A conversation with consent: contact added, request sent, Yes tapped, everything delivered.
    pub async fn consented(&self, colleague: &Colleague<'_>, client: &Phone<'_>) {
        colleague.asks(client).await;
        let yes = client.last().buttons.first().expect("a button").title.clone();
        client.taps(&yes).await;
    }

    /// Ana and Maria, who has agreed.
    pub async fn conversation(&self) -> (Colleague<'_>, Phone<'_>) {
        self.consented(&self.ana(), &self.maria()).await;
        (self.ana(), self.maria())
    }

    /// Ana and Maria, who has been asked.
    pub async fn asked(&self) -> (Colleague<'_>, Phone<'_>) {
        self.ana().asks(&self.maria()).await;
        (self.ana(), self.maria())
    }

    /// Moves the clock, lets housekeeping see the new time, and settles.
    pub async fn advance(&self, by: Duration) {
        self.clock.advance(by.to_std().expect("forward"));
        self.housekeeping().await;
        self.settle().await;
    }

    pub async fn advance_hours(&self, hours: i64) {
        self.advance(Duration::hours(hours)).await;
    }

    /// A whole round of housekeeping. A round begins by taking the wish for a sync, so when a second wish has been taken, the
    /// round that took the first is over.
    pub async fn housekeeping(&self) {
        let relay = self.relay();
        for _ in 0..2 {
            relay.sync_templates();
            in_time("housekeeping", relay.quiet()).await.expect("the store answers");
        }
    }

    /// Everything that is due is done; the clock stands still.
    pub async fn quiet(&self) {
        for _ in 0..2 {
            self.rests().await;
            self.whatsapp.settled(PATIENCE).await.expect("every webhook is answered");
            self.teams.settled(PATIENCE).await.expect("the bot is told everything");
        }
        self.rests().await;
    }

    /// The server has nothing left to do; what WhatsApp still has to tell is not awaited.
    pub async fn rests(&self) {
        let relay = self.relay();
        if let Ok(done) = tokio::time::timeout(PATIENCE, relay.quiet()).await {
            return done.expect("the store answers");
        }
        let due = relay
            .store()
            .read(|tx| {
                Ok([
                    tx.next_lane_due()?,
                    tx.next_card_due()?,
                    tx.next_upload_due()?,
                    tx.next_media_due()?,
                    tx.next_job_due()?,
                    tx.next_mark_due()?,
                    tx.next_read_due()?,
                ])
            })
            .await
            .expect("the store answers");
        panic!(
            "the server does not come to rest: now {}, lane, card, upload, file, job, reaction and receipt due {due:?}, left {:?}",
            self.clock.now(),
            self.left_over()
        );
    }

    /// [`World::quiet`], and what becomes due within seconds is awaited too, by moving the clock to it.
    pub async fn settle(&self) {
        loop {
            self.quiet().await;
            let now = self.clock.now();
            match self.next_due().await {
                Some(at) if at <= now => {}
                Some(at) if at <= now + SOON => self.clock.advance((at - now).to_std().expect("later")),
                _ => return,
            }
        }
    }

    async fn next_due(&self) -> Option<DateTime<Utc>> {
        let due = self
            .relay()
            .store()
            .read(|tx| {
                Ok([
                    tx.next_lane_due()?,
                    tx.next_card_due()?,
                    tx.next_upload_due()?,
                    tx.next_media_due()?,
                    tx.next_job_due()?,
                    tx.next_mark_due()?,
                    tx.next_read_due()?,
                ])
            })
            .await
            .expect("the store answers");
        due.into_iter().flatten().min()
    }

    /// A client writes, and the post to Teams is held up on its way there until [`World::lets_through`].
    pub async fn on_its_way(&self, client: &Phone<'_>, text: &str) {
        let struck = || self.teams.faults().list().is_empty();
        self.teams.faults().set(Fault::new(FaultName::Delay).on(Surface::Connector).times(1).lasting(PATIENCE));
        client.types_at_once(text);
        in_time("a post on its way", async {
            while !struck() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// What was held up goes on.
    pub async fn lets_through(&self) {
        self.teams.faults().off(FaultName::Delay);
        self.settle().await;
    }

    /// The journal, oldest first.
    pub async fn journal(&self) -> Vec<JournalRow> {
        let mut rows = self.relay().store().read(|tx| tx.journal_tail(None, 100_000)).await.expect("the store answers");
        rows.reverse();
        rows
    }

    /// How many entries of this kind the journal holds.
    pub async fn recorded(&self, kind: &str) -> usize {
        self.journal().await.iter().filter(|row| row.kind == kind).count()
    }

    /// The last entry of this kind.
    pub async fn last_record(&self, kind: &str) -> JournalRow {
        let found = self.journal().await.into_iter().rfind(|row| row.kind == kind);
        found.unwrap_or_else(|| panic!("the journal holds no {kind}"))
    }

    /// The newest decision about an outgoing message: kind, rule and row of product.md 2.
    pub async fn decision(&self) -> (String, String, Option<u64>) {
        let row = self.journal().await.into_iter().rfind(|row| row.body.get("rule").is_some()).expect("a decision");
        (row.kind, row.body["rule"].as_str().unwrap_or_default().to_owned(), row.body["row"].as_u64())
    }

    /// The client's open thread: its row.
    pub async fn thread_of(&self, client: &Phone<'_>) -> i64 {
        let name = client.name();
        let journal = self.journal().await;
        let added = journal.iter().find(|row| row.kind == "contact.added" && row.body["name"] == name);
        let contact = added.expect("a contact").body["contact"].clone();
        let joined = journal.iter().find(|row| row.kind == "participant.joined" && row.body["contact"] == contact);
        joined.and_then(|row| row.thread).expect("a thread")
    }

    /// Where the server keeps everything.
    pub fn store(&self) -> Address {
        Address::parse(self.config.store.url()).expect("a URL")
    }

    /// A client for requests from outside.
    pub fn http(&self) -> reqwest::Client {
        reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client")
    }

    fn left_over(&self) -> Vec<String> {
        let now = self.clock.now().timestamp_micros();
        let count = |what: &str| self.database.rows(&format!("SELECT count(*) FROM {what}"))[0][0].clone().expect("a number");
        let (lanes, queued) = (count(&format!("lane WHERE due_at <= {now}")), count("message WHERE state = 'queued'"));
        let left = [(lanes, "due lane(s)"), (queued, "queued message(s)")];
        left.into_iter().filter(|(count, _)| count != "0").map(|(count, what)| format!("{count} {what}")).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() || self.may_leave_work {
            return;
        }
        assert_eq!(self.whatsapp.pending(), 0, "webhooks are left unanswered");
        let left = self.left_over();
        assert!(left.is_empty(), "the server left {} behind", left.join(" and "));
    }
}

/// The server may ask Microsoft Graph.
fn graph(config: &mut Config) {
    (config.teams.graph.enabled, config.teams.graph.files) = (true, true);
}

/// Brings a new database up to date.
pub fn prepare(url: &str) {
    drop(Store::open(Address::parse(url).expect("a URL")).expect("a new store"));
}

async fn start(config: Config, directory: Option<Directory>, clock: Clock) -> Server {
    let listener = listener().await;
    let address = listener.local_addr().expect("an address");
    let app = App::build(&config, directory, clock).await.expect("the server starts");
    let relay = app.relay();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(app.run(listener, shutdown.clone()));
    Server { relay, address, shutdown, running, runtime: None }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}

/// Ends a hang with a name instead of a test that never ends.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{what}: not in {PATIENCE:?}"))
}
