//! Where the writer works: its connection, made anew when it is lost, and what makes a transaction on it certain.
//!
//! SQLite allows one writer at a time by itself. On PostgreSQL every writing transaction first takes the one lock of `store_turn`, for
//! then ids and journal numbers are given in the order in which they are committed, as everything above relies on, also beside a command
//! that writes to the database of a running server; and nothing is ever repeated because two writers met. It is taken before the
//! transaction's snapshot, so the snapshot has everything before it. Transactions are SERIALIZABLE besides: whoever gives up the lock for
//! several writers must look after the order of ids, and nothing else.
//!
//! Measured against several connections without the lock: 64 callers that accept, enqueue and claim (3,200 jobs over 640 threads, one server
//! on the same two busy cores, an unoptimized build, so only the comparison counts; five and four runs): one connection with the lock 81
//! to 330 jobs/s and nothing tried again; two without it 87 to 198 with 47 to 77 batches tried again; four 87 to 191 with 33 to 106, and in
//! one run 91 jobs given up. Nearly all transactions meet in the lanes and in the indexes that grow at their end.
//!
//! **A COMMIT whose answer is lost** is settled by evidence. Each batch writes its number into this writer's row of `store_commit`. On the
//! next connection the lock is taken first, so the lost transaction has ended either way; then the row says whether it was committed.
//! Only if it was not are its jobs run again. (`pg_xact_status` would not do: after a failover the new server may know the number
//! of a transaction that it never received.)
//!
//! **One server a database** ([`alone`]): a server holds its lock on the connection on which it writes. Whoever has lost it cannot write.

use super::address::Address;
use super::alone;
use super::engine::Link;
use super::job::{Job, Signals};
use super::migrate;
use super::tx::{Result, StoreError, Tx};
use std::fs::File;
use std::time::{Duration, Instant};

/// How long a batch waits for a server that is away. Teams and WhatsApp wait longer for their answer.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The one server of this database.
    Server,
    /// A command beside it.
    Command,
}

/// The writer's place.
pub(super) struct Desk {
    address: Address,
    role: Role,
    /// What this writer is called in `store_commit` and among the server's connections.
    name: String,
    link: Option<Link>,
    /// The number of the batch that was begun last.
    batch: i64,
    /// The last batch's COMMIT was not answered.
    uncertain: bool,
    /// The last batch could not reach the database: the next ones do not wait for it as well.
    away: bool,
    /// A server's, where the database is a file.
    _lock: Option<File>,
}

impl Desk {
    /// Opens the database and brings its schema up to date.
    pub(super) fn open(address: Address, role: Role) -> Result<Self> {
        // Before the file is opened.
        let _lock = if role == Role::Server { alone::hold_file(&address)? } else { None };
        let name = match role {
            Role::Server => "switchboard server".to_owned(),
            Role::Command => format!("switchboard {:016x}", fastrand::u64(..)),
        };
        let mut desk = Self { address, role, name, link: None, batch: 0, uncertain: false, away: false, _lock };
        let until = Instant::now() + PATIENCE;
        while let Err(error) = desk.connected() {
            // A server that was killed holds its lock until its connection is seen to be gone.
            if !matches!(error, StoreError::InUse { .. }) || Instant::now() >= until {
                return Err(error);
            }
            std::thread::sleep(LONGEST_PAUSE);
        }
        Ok(desk)
    }

    /// Runs all jobs in one transaction. On an error nothing of it is stored, or, when the connection is lost for good, it is not known.
    pub(super) fn commit(&mut self, jobs: &mut [Box<dyn Job>], signals: &Signals) -> Result<()> {
        let until = Instant::now() + if self.away { Duration::ZERO } else { PATIENCE };
        let mut pause = Duration::from_millis(2);
        loop {
            match self.attempt(jobs, signals) {
                Err(error) if error.ends_batch() && Instant::now() + pause < until => {
                    tracing::warn!(%error, "a transaction is tried again");
                    std::thread::sleep(pause);
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                done => {
                    self.away = matches!(&done, Err(error) if error.ends_batch());
                    // Whoever is told of the failure decides what to do; it is not for the next batch to find out.
                    self.uncertain = false;
                    return done;
                }
            }
        }
    }

    fn attempt(&mut self, jobs: &mut [Box<dyn Job>], signals: &Signals) -> Result<()> {
        self.connected()?;
        if self.uncertain {
            let committed = self.settled()?;
            self.uncertain = false;
            if committed {
                // Nobody has been woken for it.
                signals.due.notify_one();
                signals.cards.notify_one();
                return Ok(());
            }
        }
        self.batch += 1;
        let result = self.transaction(jobs, signals);
        if let Err(error) = &result {
            let lost = error.lost_connection() || self.link.as_ref().is_some_and(|link| link.roll_back().is_err());
            if lost {
                self.link = None;
            }
        }
        result
    }

    fn transaction(&mut self, jobs: &mut [Box<dyn Job>], signals: &Signals) -> Result<()> {
        let Some(link) = &self.link else { return Err(StoreError::Closed) };
        match link {
            Link::Sqlite(_) => link.batch("BEGIN IMMEDIATE")?,
            Link::Postgres(_) => {
                link.batch(&format!("{TURN}; UPDATE store_commit SET batch = {} WHERE writer = '{}'", self.batch, self.name))?
            }
        }
        let tx = Tx::new(link);
        for job in jobs.iter_mut() {
            if !job.run(&tx) {
                return Err(tx.fault().unwrap_or(StoreError::Panicked));
            }
        }
        if let Some(fault) = tx.fault() {
            return Err(fault);
        }
        if let Err(error) = link.batch("COMMIT") {
            self.uncertain = error.lost_connection();
            return Err(error);
        }
        tx.due.get().then(|| signals.due.notify_one());
        tx.cards.get().then(|| signals.cards.notify_one());
        Ok(())
    }

    /// Whether the batch whose COMMIT was not answered is in the database.
    fn settled(&mut self) -> Result<bool> {
        let Some(link) = &self.link else { return Err(StoreError::Closed) };
        let ask = || {
            link.batch(TURN)?;
            let found =
                Tx::new(link).first("SELECT batch FROM store_commit WHERE writer = ?1", [&self.name], |row| Ok(row.get::<i64>(0)?))?;
            link.roll_back()?;
            Ok(found == Some(self.batch))
        };
        let answer = ask();
        match &answer {
            Ok(committed) => tracing::warn!(committed, "the connection was lost during a COMMIT; the database says how it went"),
            Err(_) => self.link = None,
        }
        answer
    }

    /// Makes the connection when there is none.
    fn connected(&mut self) -> Result<()> {
        if self.link.is_some() {
            return Ok(());
        }
        let link = self.address.connect(&self.name)?;
        if self.role == Role::Server {
            alone::hold_session(&link, &self.address)?;
        }
        migrate::migrate(&link, &self.address)?;
        if matches!(link, Link::Postgres(_)) {
            let sql = "INSERT INTO store_commit (writer, batch) VALUES (?1, 0) ON CONFLICT DO NOTHING";
            Tx::new(&link).execute(sql, [&self.name])?;
            let begun =
                Tx::new(&link).one("SELECT batch FROM store_commit WHERE writer = ?1", [&self.name], |row| Ok(row.get::<i64>(0)?))?;
            // Numbers go on where an earlier server ended, so that none of its is taken for ours.
            self.batch = self.batch.max(begun);
        }
        self.link = Some(link);
        Ok(())
    }

    /// Ends, and lets another server begin.
    pub(super) fn close(self) {
        if let Some(link @ Link::Postgres(_)) = &self.link {
            let ended = match self.role {
                Role::Server => link.batch("SELECT pg_advisory_unlock_all()"),
                Role::Command => Tx::new(link).execute("DELETE FROM store_commit WHERE writer = ?1", [&self.name]).map(drop),
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "the connection was lost before it was closed");
            }
        }
    }
}

/// Begins a writing transaction. LOCK takes no snapshot: the first statement behind it does.
const TURN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE store_turn IN EXCLUSIVE MODE";

impl StoreError {
    /// No job of the batch is to blame: all of them hear of it, and none is run again alone.
    pub(super) fn ends_batch(&self) -> bool {
        self.passes() || matches!(self, Self::InUse { .. } | Self::Open { .. })
    }
}
