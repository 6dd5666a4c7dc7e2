//! The real process is killed with SIGKILL under load, again and again, on one database. What the two worlds saw in the end is compared
//! with what the server had answered 200.
//!
//! Seeded: `SWITCHBOARD_CRASH_SEED=n` repeats the load and the moments of the kills, as far as a scheduler lets them be repeated.
//! `SWITCHBOARD_CRASH_ROUNDS=n` makes it longer.

use crate::harness::{Database, prepare};
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use switchboard::app::demo;
use switchboard::bridge::{ContactId, Directory, MessageState, Outgoing, ThreadId};
use switchboard::clock::Clock;
use switchboard::simulator::{
    self, Author, BusinessNumber, Cast, ChatItem, Client, Draft, Fault, FaultName, Side, Surface, TeamsUser, TeamsWorld, WhatsAppWorld,
};
use switchboard::store::{Address, Store};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// Each colleague has a line, a number and a few clients: every client is in one chat only, and every chat holds several.
const COLLEAGUES: usize = 8;
const CLIENTS_EACH: usize = 3;
const ROUNDS: u64 = 6;
/// Milliseconds between two messages of a client. A bot may post two messages a second into one chat: what exceeds it only waits.
const INTO_TEAMS: Range<u64> = 600..1_800;
/// Milliseconds between two messages to a client: over all rounds fewer than WhatsApp's burst of 45.
const INTO_WHATSAPP: Range<u64> = 150..750;
/// Longer than everything a healthy server takes; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// What stands on a post whose first copy may have arrived.
const MARK: &str = "Shown again after an interruption";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_accepted_is_lost_doubled_or_reordered_by_kills() {
    let seed = number("SWITCHBOARD_CRASH_SEED").unwrap_or_else(|| fastrand::u64(1..1_000_000));
    let rounds = number("SWITCHBOARD_CRASH_ROUNDS").unwrap_or(ROUNDS);
    println!("SWITCHBOARD_CRASH_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let stage = Arc::new(Stage::build().await);
    let mut server = stage.serve().await;
    let cards = stage.open_all_threads().await;

    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..COLLEAGUES * CLIENTS_EACH)
        .map(|client| {
            let (stage, stop, card) = (stage.clone(), stop.clone(), cards[client].clone());
            let (one, other) = (random.fork(), random.fork());
            tokio::spawn(async move {
                tokio::join!(stage.colleague_writes(client, &card, one, &stop), stage.client_writes(client, other, &stop))
            })
        })
        .collect();
    for round in 0..rounds {
        stage.until_moment(round, &mut random).await;
        server.kill().await.expect("the process can be killed");
        if round % 3 == 2 {
            // Once more while it starts: recovery must survive being interrupted.
            server = stage.spawn();
            tokio::time::sleep(Duration::from_millis(random.u64(1..60))).await;
            server.kill().await.expect("the process can be killed");
        }
        server = stage.serve().await;
    }
    stop.store(true, Ordering::SeqCst);
    let mut written = Vec::new();
    for writer in writers {
        written.push(writer.await.expect("a writer does not panic"));
    }
    stage.teams.faults().clear();
    stage.whatsapp.faults().clear();
    stage.drain().await;
    stage.stop_gently(&mut server).await;

    let states = stage.states().await;
    let mut report = Report::default();
    for (client, (to_client, from_client)) in written.iter().enumerate() {
        report.check_phone(&stage, client, to_client, &states, rounds);
        report.check_chat(&stage, client, from_client, rounds);
    }
    println!("{}", report.summary());
    assert!(report.wrong.is_empty(), "seed {seed}\n{}\n{}", report.wrong.join("\n"), stage.log());
    assert!(report.delivered > 100 && report.shown > 100, "too little happened to prove anything: {}", report.summary());
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What was written, in order, and whether the server's 200 was seen.
type Written = Vec<(String, bool)>;

struct Stage {
    folder: tempfile::TempDir,
    database: Database,
    listen: SocketAddr,
    cast: Cast,
    teams: TeamsWorld,
    whatsapp: WhatsAppWorld,
}

impl Stage {
    async fn build() -> Self {
        let cast = cast();
        let bind = || async { TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port") };
        let listen = free_address().await;
        let teams = TeamsWorld::start(bind().await, cast.teams.clone(), Clock::System).await.expect("the Teams side starts");
        let whatsapp = WhatsAppWorld::start(bind().await, cast.whatsapp.clone(), Clock::System).await.expect("the WhatsApp side starts");
        teams.set_bot_endpoint(format!("http://{listen}/api/messages").parse().expect("a URL"));
        whatsapp.set_webhook(format!("http://{listen}/webhooks/whatsapp").parse().expect("a URL"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Database::fresh(folder.path(), prepare);
        let stage = Self { folder, database, listen, cast, teams, whatsapp };
        stage.write_config();
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_config(&self) {
        let [config, directory] = switchboard::app::simulate::write_config(
            self.folder.path(),
            self.listen,
            address(self.teams.base_url()),
            address(self.whatsapp.base_url()),
        )
        .expect("the folder can be written");
        assert_eq!((config, directory.as_path()), (self.path("switchboard.toml"), self.path("directory.toml").as_path()));
        let text = toml::to_string_pretty(&several_lines(&self.cast)).expect("a directory can be written as TOML");
        std::fs::write(directory, text).expect("the folder can be written");
    }

    fn spawn(&self) -> Child {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).expect("the folder can be written");
        Command::new(env!("CARGO_BIN_EXE_switchboard"))
            .args(["serve", "--config"])
            .arg(self.path("switchboard.toml"))
            .env("SWITCHBOARD__STORE__URL", self.database.url())
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the binary was built beside this test")
    }

    /// Starts the server and returns when it answers.
    async fn serve(&self) -> Child {
        let mut server = self.spawn();
        let address = format!("http://{}/healthz", self.listen);
        let since = Instant::now();
        while reqwest::get(&address).await.is_err() {
            let ended = server.try_wait().expect("the process can be asked");
            assert!(ended.is_none() && since.elapsed() < PATIENCE, "the server does not come up ({ended:?})\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server
    }

    /// SIGTERM: what is in flight is finished, and the process says that all went well.
    async fn stop_gently(&self, server: &mut Child) {
        let id = server.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.expect("kill can be run").success());
        let ended = tokio::time::timeout(PATIENCE, server.wait()).await.expect("it stops in time").expect("it can be waited for");
        assert!(ended.success(), "{ended}\n{}", self.log());
    }

    fn log(&self) -> String {
        let text = std::fs::read_to_string(self.path("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn store(&self) -> Store {
        Store::open(Address::parse(self.database.url()).expect("a URL")).expect("the database can be opened")
    }

    /// Every client writes first, their colleague takes them. Returns the activity of each thread's card, to be quoted.
    async fn open_all_threads(&self) -> Vec<String> {
        for user in 0..COLLEAGUES {
            let posted = self.teams.install(&user.to_string()).await.expect("the bot has an address");
            assert!(posted.iter().all(|posted| posted.status == 200), "{posted:?}");
        }
        let mut cards = Vec::new();
        for client in 0..COLLEAGUES * CLIENTS_EACH {
            self.client_says(client, "Hello");
        }
        for client in 0..COLLEAGUES * CLIENTS_EACH {
            let (user, name) = (colleague_of(client).to_string(), client_name(client));
            let has = |item: &ChatItem, what: &str| {
                let card = item.card.as_ref().map(ToString::to_string).unwrap_or_default();
                item.from == Author::Bot && card.contains(&name) && card.contains(what)
            };
            let find = |what: &'static str| {
                move |items: &[ChatItem]| items.iter().find(|item| has(item, what)).map(|item| item.activity_id.clone())
            };
            let intake = self.teams.until(&user, PATIENCE, find("\"Take\"")).await.expect("the intake card");
            let taken = self.teams.click(&user, &intake, "Take", json!({})).await.expect("the button is there");
            assert_eq!(taken.status, 200, "{taken:?}");
            let card = self.teams.until(&user, PATIENCE, find("template.list")).await.expect("the thread's card");
            cards.push(card);
        }
        // A card can be quoted once the server knows that it was posted.
        self.drain().await;
        cards
    }

    /// Waits until nothing waits anywhere: every webhook answered, every lane empty.
    async fn drain(&self) {
        self.whatsapp.settled(PATIENCE).await.expect("every webhook is answered 200 in the end");
        let store = self.store();
        let since = Instant::now();
        loop {
            let due = store.read(|tx| tx.next_lane_due()).await.expect("the store can be read");
            if due.is_none() && self.whatsapp.pending() == 0 {
                break;
            }
            assert!(since.elapsed() < PATIENCE, "lanes are still full, next due {due:?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        store.close().await;
    }

    /// The moment of a kill: right after an answer of the server, which must have been true; right after WhatsApp or Teams has accepted
    /// something, before its acceptance can be recorded; at any time.
    async fn until_moment(&self, round: u64, random: &mut fastrand::Rng) {
        // Slow networks, so that many requests are under way at the moment of the kill.
        let slow = |on| Fault::new(FaultName::Delay).on(on).lasting(Duration::from_millis(40 + 40 * (round % 4)));
        self.whatsapp.faults().set(slow(Surface::Messages));
        self.teams.faults().set(slow(Surface::Connector));
        tokio::time::sleep(Duration::from_millis(random.u64(700..1_800))).await;
        let next = |kind: &str| self.teams.count(kind) + 1;
        let reached = match round % 4 {
            0 => self.teams.until_count("activity.message", next("activity.message"), PATIENCE).await,
            1 => self.whatsapp.until_count("graph.message", self.whatsapp.count("graph.message") + 1, PATIENCE).await,
            2 => self.teams.until_count("connector.create", next("connector.create"), PATIENCE).await,
            _ => return,
        };
        assert!(reached.is_ok(), "nothing happens any more\n{}", self.log());
    }

    fn client_says(&self, client: usize, text: &str) {
        let number = &self.cast.whatsapp.numbers[colleague_of(client)].phone_number_id;
        let message = json!({"type": "text", "text": {"body": text}});
        self.whatsapp.client_sends(&client.to_string(), Some(number), message).expect("the client exists");
    }

    /// The simulator repeats what was not answered 200, as Meta does: in the end everything was accepted.
    async fn client_writes(&self, client: usize, mut random: fastrand::Rng, stop: &AtomicBool) -> Written {
        let mut written = Written::new();
        while pause(&mut random, INTO_TEAMS, stop).await {
            let text = format!("from-{client}-{:04}", written.len());
            self.client_says(client, &text);
            written.push((text, true));
        }
        written
    }

    /// Teams repeats what was not answered; now and then it gives up.
    async fn colleague_writes(&self, client: usize, card: &str, mut random: fastrand::Rng, stop: &AtomicBool) -> Written {
        let user = colleague_of(client).to_string();
        let mut written = Written::new();
        while pause(&mut random, INTO_WHATSAPP, stop).await {
            let text = format!("to-{client}-{:04}", written.len());
            let mut posted = self.teams.says(&user, Draft::text(&text).quoting(card)).await.expect("the card is in the chat");
            let patient = random.u8(..10) > 0;
            while posted.status != 200 && patient {
                tokio::time::sleep(Duration::from_millis(random.u64(20..100))).await;
                posted = self.teams.resends(&user, &posted.activity_id).await.expect("it was sent before");
            }
            written.push((text, posted.status == 200));
        }
        written
    }

    /// What the store says of every message of a colleague.
    async fn states(&self) -> HashMap<String, MessageState> {
        let store = self.store();
        let rows = store
            .read(|tx| {
                let mut rows = Vec::new();
                for contact in 1..=COLLEAGUES * CLIENTS_EACH {
                    let contact = ContactId(i64::try_from(contact).unwrap_or_default());
                    let threads: Vec<ThreadId> = tx.threads_with(contact)?.into_iter().map(|thread| thread.id).collect();
                    for thread in threads {
                        rows.extend(tx.messages_before(thread, None, u32::MAX)?);
                    }
                }
                Ok(rows)
            })
            .await
            .expect("the store can be read");
        store.close().await;
        let text = |content: Outgoing| match content {
            Outgoing::Text { body } => Some(body),
            _ => None,
        };
        rows.iter().filter_map(|row| Some((row.outgoing().ok().and_then(text)?, row.state))).collect()
    }
}

/// The time between two messages of one person. False: no more messages.
async fn pause(random: &mut fastrand::Rng, millis: Range<u64>, stop: &AtomicBool) -> bool {
    tokio::time::sleep(Duration::from_millis(random.u64(millis))).await;
    !stop.load(Ordering::SeqCst)
}

/// What was found, and what is wrong with it.
#[derive(Default)]
struct Report {
    wrong: Vec<String>,
    delivered: usize,
    uncertain: usize,
    shown: usize,
    marked: usize,
    given_up: usize,
}

impl Report {
    /// Each accepted text is on the phone once and in order, or marked uncertain; nothing else is there.
    fn check_phone(&mut self, stage: &Stage, client: usize, written: &Written, states: &HashMap<String, MessageState>, rounds: u64) {
        let items = stage.whatsapp.phone(&client.to_string()).expect("the client exists");
        let there: Vec<&str> = items.iter().filter(|item| item.from == Side::Business).map(|item| item.text.as_str()).collect();
        let mut last = None;
        for text in &there {
            match written.iter().position(|(known, _)| known == text) {
                None => self.wrong.push(format!("client {client} got {text:?}, which nobody wrote to them")),
                Some(at) if last.is_some_and(|last| at == last) => self.wrong.push(format!("client {client} got {text} twice")),
                Some(at) if last.is_some_and(|last| at < last) => self.wrong.push(format!("client {client} got {text} late or twice")),
                Some(at) => last = Some(at),
            }
        }
        let mut unknown = 0;
        for (text, accepted) in written {
            let state = states.get(text);
            let arrived = there.contains(&text.as_str());
            match (arrived, accepted, state) {
                (true, _, Some(MessageState::Accepted | MessageState::Sent | MessageState::Delivered)) => self.delivered += 1,
                (true, _, state) => self.wrong.push(format!("{text} arrived and is called {state:?}")),
                (false, _, Some(MessageState::Uncertain)) => unknown += 1,
                (false, false, None) => self.given_up += 1,
                (false, _, state) => {
                    self.wrong.push(format!("{text} was answered 200 ({accepted}), never arrived, and is called {state:?}"))
                }
            }
        }
        // A lane has one request under way, so a kill makes one message uncertain at most.
        if unknown > rounds {
            self.wrong.push(format!("client {client}: {unknown} uncertain messages after {rounds} rounds"));
        }
        self.uncertain += usize::try_from(unknown).unwrap_or_default();
    }

    /// Each text of the client is in their colleague's chat in order, once, or its repetition says so; nowhere else.
    fn check_chat(&mut self, stage: &Stage, client: usize, written: &Written, rounds: u64) {
        let prefix = format!("from-{client}-");
        let mut seen: HashMap<usize, Vec<bool>> = HashMap::new();
        let mut order = Vec::new();
        for user in 0..COLLEAGUES {
            for item in stage.teams.chat(&user.to_string()).expect("the colleague exists") {
                let html = item.text.unwrap_or_default();
                let Some((_, text)) = html.split_once(": ").filter(|(_, text)| text.starts_with(&prefix)) else { continue };
                let (text, rest) = text.split_once("<br>").unwrap_or((text, ""));
                let Some(at) = written.iter().position(|(known, _)| known == text) else {
                    self.wrong.push(format!("colleague {user} sees {text}, which client {client} never wrote"));
                    continue;
                };
                if user != colleague_of(client) {
                    self.wrong.push(format!("colleague {user} sees {text} of another one's client"));
                }
                let marks = seen.entry(at).or_default();
                if marks.is_empty() {
                    order.push(at);
                }
                marks.push(rest.contains(MARK));
            }
        }
        if !order.is_sorted() {
            self.wrong.push(format!("the texts of client {client} are out of order: {order:?}"));
        }
        for (at, (text, _)) in written.iter().enumerate() {
            let marks = seen.remove(&at).unwrap_or_default();
            let plain = marks.iter().filter(|marked| !**marked).count();
            self.shown += marks.len().min(1);
            self.marked += marks.len() - plain;
            if marks.is_empty() {
                self.wrong.push(format!("{text} was answered 200 and is not in the chat"));
            }
            if plain > 1 {
                self.wrong.push(format!("{text} is in the chat {plain} times without a word about it"));
            }
            if u64::try_from(marks.len()).unwrap_or_default() > rounds * 2 {
                self.wrong.push(format!("{text} is in the chat {} times", marks.len()));
            }
        }
    }

    fn summary(&self) -> String {
        let mut text = String::new();
        let _ = write!(
            text,
            "to clients: {} delivered, {} uncertain, {} given up by the sender; ",
            self.delivered, self.uncertain, self.given_up
        );
        let _ = write!(text, "to colleagues: {} shown, {} marked as perhaps repeated", self.shown, self.marked);
        text
    }
}

/// For a server that is started again and again: below the range from which the system takes ports for connections, so that nothing
/// takes it while the server is down.
async fn free_address() -> SocketAddr {
    loop {
        let address = SocketAddr::from(([127, 0, 0, 1], fastrand::u16(15_000..32_000)));
        if TcpListener::bind(address).await.is_ok() {
            return address;
        }
    }
}

fn colleague_of(client: usize) -> usize {
    client / CLIENTS_EACH
}

fn client_name(client: usize) -> String {
    format!("Client {client:02}x")
}

fn address(base: &str) -> SocketAddr {
    base.trim_start_matches("http://").parse().expect("a world listens on an address")
}

/// The demo's worlds with a larger cast.
fn cast() -> Cast {
    let mut cast = simulator::defaults();
    let (user, number) = (cast.teams.users[0].clone(), cast.whatsapp.numbers[0].clone());
    cast.teams.teams.clear();
    cast.teams.users = (0..COLLEAGUES)
        .map(|at| TeamsUser {
            key: format!("colleague{at}"),
            name: format!("Colleague {at}"),
            upn: format!("colleague{at}@northwind.example"),
            object_id: format!("1f2e3d4c-{at:04}-4a5b-8c6d-000000000000"),
            user_id: format!("29:1colleague{at}"),
            conversation_id: format!("a:1colleague{at}"),
            ..user.clone()
        })
        .collect();
    cast.whatsapp.numbers = (0..COLLEAGUES)
        .map(|at| BusinessNumber {
            phone_number_id: format!("10654035224{at:04}"),
            display: format!("+49 30 555{at:04}"),
            ..number.clone()
        })
        .collect();
    cast.whatsapp.clients = (0..COLLEAGUES * CLIENTS_EACH)
        .map(|at| Client {
            key: format!("client{at}"),
            name: client_name(at),
            phone: Some(format!("+4915112340{at:03}")),
            wa_id: Some(format!("4915112340{at:03}")),
            bsuid: format!("DE.2077152390811446{at:04}"),
            username: None,
            writes_to: None,
        })
        .collect();
    cast
}

/// The demo's organization with a line of their own for every colleague.
fn several_lines(cast: &Cast) -> Directory {
    let mut directory = demo::directory(cast);
    let line = directory.lines.remove(0);
    for at in 0..COLLEAGUES {
        let id = format!("line{at}");
        directory.numbers[at].line = id.as_str().into();
        directory.colleagues[at].lines = vec![id.as_str().into()];
        directory.lines.push(switchboard::bridge::Line { id: id.as_str().into(), name: format!("Line {at}"), ..line.clone() });
    }
    directory
}
