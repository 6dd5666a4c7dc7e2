//! What the verbs, the worker and housekeeping share.

use super::desk::Desk;
use super::fetch::{Fetcher, Teams};
use super::links::Links;
use super::office::{Abilities, Office};
use super::rates::{Limits, Rates};
use super::typing::Typing;
use crate::bridge::{Directory, LaneId, MarkNames, Organization, Time};
use crate::clock::Clock;
use crate::media::Keep;
use crate::store::{Result, Store};
use crate::teams::{Connector, Graph};
use crate::whatsapp;
use arc_swap::ArcSwap;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Everything the verbs need.
pub struct Relay {
    pub(super) store: Store,
    pub(super) clock: Clock,
    office: ArcSwap<Office>,
    abilities: Abilities,
    pub(super) connector: Connector,
    graph: Option<Graph>,
    pub(super) whatsapp: whatsapp::Client,
    pub(super) rates: Rates,
    pub(super) busy: Busy,
    pub(super) templates_changed: AtomicBool,
    pub(super) nudged: Notify,
    /// When colleagues last asked for the templates.
    pub(super) refreshed: Mutex<Option<Time>>,
    pub(super) fetcher: Fetcher,
    pub(super) uploads_ordered: Notify,
    pub(super) jobs_ordered: Notify,
    pub(super) media_ordered: Notify,
    pub(super) marks_due: Notify,
    pub(super) reads_due: Notify,
    pub(super) typing: Typing,
    /// What delivery is shown by on colleagues' messages; `None`: it is not.
    pub(super) mark_names: Option<MarkNames>,
    pub(super) keep: Keep,
    pub(super) links: Arc<Links>,
}

/// What the verbs reach outside this process.
pub struct Outside {
    pub connector: Connector,
    pub graph: Option<Graph>,
    pub whatsapp: whatsapp::Client,
    pub fetcher: Fetcher,
    pub keep: Keep,
    /// The reactions that show delivery on colleagues' messages; `None`: they are not set.
    pub marks: Option<MarkNames>,
    /// Where browsers reach this server, without a final slash. `None`: nowhere, and files cannot be opened.
    pub public_url: Option<String>,
}

impl Relay {
    /// Reads the directory in force and gives back the lanes that a stopped server left leased.
    pub async fn open(store: Store, clock: Clock, outside: Outside, limits: Limits) -> Result<Arc<Self>> {
        let now = clock.now();
        let released = store.write("end_leases", move |tx| tx.end_leases(now)).await?;
        if released > 0 {
            tracing::warn!(released, "an earlier server was stopped while sending");
        }
        let links = Links::new(&store, outside.public_url).await?;
        let Outside { connector, graph, whatsapp, fetcher, keep, marks, .. } = outside;
        let found = store.read(|tx| tx.directory()).await?;
        let abilities =
            Abilities { makes_chats: graph.is_some(), reads_files: graph.as_ref().is_some_and(Graph::reads_files), marks: marks.is_some() };
        let office = found.map_or_else(|| Office::new(0, empty()), |(version, directory)| Office::new(version, directory));
        Ok(Arc::new(Self {
            store,
            clock,
            office: ArcSwap::from_pointee(office.able_to(abilities)),
            abilities,
            connector,
            graph,
            whatsapp,
            rates: Rates::new(limits),
            busy: Busy::default(),
            templates_changed: AtomicBool::new(false),
            nudged: Notify::new(),
            refreshed: Mutex::new(None),
            fetcher,
            uploads_ordered: Notify::new(),
            jobs_ordered: Notify::new(),
            media_ordered: Notify::new(),
            marks_due: Notify::new(),
            reads_due: Notify::new(),
            typing: Typing::default(),
            mark_names: marks,
            keep,
            links: Arc::new(links),
        }))
    }

    /// The directory in force.
    pub fn office(&self) -> Arc<Office> {
        self.office.load_full()
    }

    /// Microsoft Graph, where it is configured.
    pub fn graph(&self) -> Option<&Graph> {
        self.graph.as_ref()
    }

    /// Who hands over files that colleagues post.
    pub(super) fn teams(&self) -> Teams<'_> {
        Teams { connector: &self.connector, graph: self.graph() }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Takes a new directory version when there is one.
    pub async fn reload_directory(&self) -> Result<()> {
        let version = self.office.load().version;
        let newer = self.store.read(move |tx| if tx.directory_version()? > version { tx.directory() } else { Ok(None) }).await?;
        if let Some((version, directory)) = newer {
            tracing::info!(version, "a new directory is in force");
            self.office.store(Arc::new(Office::new(version, directory).able_to(self.abilities)));
            self.templates_changed.store(true, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Runs a job with the directory in force and the time.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        name: &'static str,
        job: impl Fn(&Desk<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (office, now, links) = (self.office(), self.clock.now(), self.links.clone());
        self.store.write(name, move |tx| job(&Desk { tx, office: &office, now, links: Some(&links) })).await
    }

    /// The same on a reader: a snapshot that sees every committed write, and no place in the writer's queue. Nothing can be
    /// changed there.
    pub(super) async fn read<T: Send + 'static>(&self, job: impl FnOnce(&Desk<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (office, now, links) = (self.office(), self.clock.now(), self.links.clone());
        self.store.read(move |tx| job(&Desk { tx, office: &office, now, links: Some(&links) })).await
    }

    /// When the worker must look again.
    pub(super) async fn next_due(&self) -> Time {
        let later = self.clock.now() + chrono::Duration::minutes(1);
        let busy = !self.busy.is_empty();
        match self.store.read(|tx| tx.next_lane_due()).await {
            // A lane in hand shows the end of its lease, which is nothing to wake up for.
            Ok(Some(at)) if !busy => at,
            _ => later,
        }
    }
}

/// The lanes that this process works on, and how often it took something to do out of the store.
#[derive(Default)]
pub struct Busy {
    lanes: Mutex<HashSet<LaneId>>,
    pub(super) freed: Notify,
    begun: AtomicU64,
    ended: AtomicU64,
}

/// Something was or is being taken out of the store: until this is dropped, what is not due there may still be unfinished.
pub struct Taking<'a>(&'a Busy);

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

impl Busy {
    pub(super) fn set(&self) -> MutexGuard<'_, HashSet<LaneId>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_empty(&self) -> bool {
        self.set().is_empty()
    }

    pub(super) fn taking(&self) -> Taking<'_> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        Taking(self)
    }

    /// `Some` when nothing is in hand: the same number before and after a look at the store means that nothing was taken out
    /// in between, so the look saw everything there is to do.
    pub(super) fn at_rest(&self) -> Option<u64> {
        let ended = self.ended.load(Ordering::SeqCst);
        let begun = self.begun.load(Ordering::SeqCst);
        (begun == ended && self.is_empty()).then_some(begun)
    }
}

/// The directory before the first one is applied: nobody is enabled.
fn empty() -> Directory {
    Directory {
        organization: Organization { name: String::new(), enabled: false, language: "en".to_owned(), time_zone: "UTC".to_owned() },
        lines: Vec::new(),
        numbers: Vec::new(),
        colleagues: Vec::new(),
    }
}
