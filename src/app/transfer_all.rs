//! `switchboard transfer-all`: a leaver's whole book goes to one colleague. Works beside a running server, which delivers what there is to
//! tell; done twice, it changes nothing the second time.

use crate::bridge::Time;
pub use crate::relay::{BookEntry, BookOrder};
use crate::relay::{BookPlan, Named, Office, move_one, plan_book, tell_of_book};
use crate::store::{Store, Tx};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// What was done, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub from: Named,
    pub to: Named,
    /// Nothing was changed: this is what would be.
    pub dry_run: bool,
    /// Went over.
    pub moved: Vec<BookEntry>,
    /// Did not, each with the reason.
    pub stayed: Vec<BookEntry>,
}

impl Report {
    fn of(plan: &BookPlan, entries: Vec<BookEntry>, dry_run: bool) -> Self {
        let (moved, stayed) = entries.into_iter().partition(|entry| entry.stays_because.is_none());
        Self { from: plan.from.clone(), to: plan.to.clone(), dry_run, moved, stayed }
    }
}

/// What would happen.
///
/// # Errors
/// Somebody is not known, or the store cannot be read.
pub async fn foresee(store: &Store, order: &BookOrder, now: Time) -> anyhow::Result<Report> {
    let plan = plan(store, order, now).await?;
    Ok(Report::of(&plan, plan.entries.clone(), true))
}

/// Moves every client that can be moved. `progress` hears how many of how many are done.
///
/// # Errors
/// Somebody is not known, or the store fails; clients that were moved before that stay moved.
pub async fn run(store: &Store, order: &BookOrder, who: &str, now: Time, progress: impl Fn(usize, usize)) -> anyhow::Result<Report> {
    let plan = Arc::new(plan(store, order, now).await?);
    let (order, who) = (Arc::new(order.clone()), Arc::<str>::from(who));
    let mut done = Vec::with_capacity(plan.entries.len());
    for (at, entry) in plan.entries.iter().enumerate() {
        let (plan_, order, who, thread) = (plan.clone(), order.clone(), who.clone(), entry.thread);
        let job = move |tx: &Tx<'_>| {
            let Some(office) = in_force(tx)? else { return Ok(None) };
            move_one(tx, &office, now, &plan_, &order, thread, &who)
        };
        if entry.stays_because.is_some() {
            done.push(entry.clone());
        } else {
            // Who has gone from the thread meanwhile has nothing there to hand over.
            done.extend(store.write("transfer_one", job).await?);
        }
        progress(at + 1, plan.entries.len());
    }
    let told = plan.clone();
    let job = move |tx: &Tx<'_>| match in_force(tx)? {
        Some(office) => tell_of_book(tx, &office, now, &told, &who).map(drop),
        None => Ok(()),
    };
    store.write("transfer_told", job).await?;
    Ok(Report::of(&plan, done, false))
}

async fn plan(store: &Store, order: &BookOrder, now: Time) -> anyhow::Result<BookPlan> {
    let order = order.clone();
    let planned = store.read(move |tx| Ok(in_force(tx)?.map(|office| plan_book(tx, &office, now, &order)))).await?;
    Ok(planned.ok_or_else(super::directory::none_in_force)??)
}

/// The directory as it is in this transaction: another one may be put in force meanwhile.
fn in_force(tx: &Tx<'_>) -> crate::store::Result<Option<Office>> {
    Ok(tx.directory()?.map(|(version, directory)| Office::new(version, directory)))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (&self.from.name, &self.to.name);
        if self.moved.is_empty() && self.stayed.is_empty() {
            return write!(f, "{from} takes part in no conversation. Nothing was changed.");
        }
        let mut table = comfy_table::Table::new();
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
        table.set_header(["client", "line", "held", "goes to"]);
        for entry in self.moved.iter().chain(&self.stayed) {
            let goes = entry.stays_because.as_ref().map_or_else(|| to.clone(), |reason| format!("stays with {from}: {reason}"));
            let held = if entry.held == 0 { String::new() } else { entry.held.to_string() };
            table.add_row([entry.client.clone(), entry.line.clone(), held, goes]);
        }
        writeln!(f, "{table}")?;
        let (moved, stayed) = (self.moved.len(), self.stayed.len());
        match (self.dry_run, stayed) {
            (true, 0) => write!(f, "{moved} would go to {to}. Nothing was changed."),
            (true, _) => write!(f, "{moved} would go to {to}, {stayed} would stay with {from}. Nothing was changed."),
            (false, 0) => write!(f, "{moved} went to {to}. A running server tells everybody within seconds."),
            (false, _) => write!(f, "{moved} went to {to}, {stayed} stayed with {from}. A running server tells everybody within seconds."),
        }
    }
}

/// How far it is, on one line of a terminal.
pub fn bar(done: usize, all: usize) -> String {
    const WIDTH: usize = 30;
    let full = (done * WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH);
    format!("[{}{}] {done} of {all}", "#".repeat(full), ".".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 3, "[..............................] 0 of 3")]
    #[case(1, 3, "[##########....................] 1 of 3")]
    #[case(3, 3, "[##############################] 3 of 3")]
    #[case(0, 0, "[##############################] 0 of 0")]
    fn a_bar_fills_up(#[case] done: usize, #[case] all: usize, #[case] shown: &str) {
        assert_eq!(bar(done, all), shown);
    }
}
