//! The readers: threads with a connection each, which take turns at whatever is asked.

use super::address::Address;
use super::engine::Link;
use super::tx::{Result, StoreError, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::sync::oneshot;

const READERS: usize = 4;
/// How often a connection is made anew before a read fails: a server that restarts is back by then, or its caller should hear of it.
const ATTEMPTS: u32 = 10;

type Read = Box<dyn FnOnce(Result<&Link>) + Send>;

/// A handle to the readers; they end when the last one is dropped.
#[derive(Clone)]
pub(super) struct Readers {
    reads: mpsc::Sender<Read>,
}

impl Readers {
    /// Starts them; each connects when it is first asked, or here where that is free.
    pub(super) fn start(address: &Address) -> Result<Self> {
        let (reads, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for at in 0..READERS {
            let (address, queue) = (address.clone(), queue.clone());
            let link = match &address {
                Address::Sqlite(_) => Some(address.connect_reader()?),
                Address::Postgres(_) => None,
            };
            std::thread::Builder::new()
                .name(format!("store-reader-{at}"))
                .spawn(move || read_all(&address, link, &queue))
                .expect("a thread can be started when the server starts");
        }
        Ok(Self { reads })
    }

    /// Runs `job` on a snapshot.
    pub(super) async fn run<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |link| {
            let work = || job(&Tx::new(link?));
            let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Panicked));
            // The caller may have gone.
            let _ = reply.send(outcome);
        });
        self.reads.send(read).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

fn read_all(address: &Address, mut link: Option<Link>, queue: &Mutex<mpsc::Receiver<Read>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(read) = next else { return };
        match begun(address, &mut link) {
            Ok(open) => read(Ok(open)),
            Err(error) => read(Err(error)),
        }
        // A reader left inside a transaction would pin the write-ahead log for ever, and keep the server from tidying up.
        if link.as_ref().is_some_and(|open| open.roll_back().is_err()) {
            link = None;
        }
    }
}

/// A connection inside a snapshot. One that was lost meanwhile is made anew.
fn begun<'l>(address: &Address, link: &'l mut Option<Link>) -> Result<&'l Link> {
    let mut attempt = 0;
    loop {
        let tried = match link.take() {
            Some(open) => Ok(open),
            None => address.connect_reader(),
        }
        .and_then(|open| open.begin_reading().map(|()| open));
        match tried {
            Ok(open) => return Ok(link.insert(open)),
            Err(error) if error.passes() && attempt < ATTEMPTS => {
                std::thread::sleep(std::time::Duration::from_millis(5 << attempt));
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}
