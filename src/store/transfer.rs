//! Clients that one colleague offered to another: what was offered, and what became of it.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{ColleagueId, HistoryChoice, ThreadId, Time, TransferId, TransferOutcome, held};
use serde::{Deserialize, Serialize};

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub id: TransferId,
    pub thread: ThreadId,
    pub giver: ColleagueId,
    pub receiver: ColleagueId,
    /// To the receiver, in the giver's words. Empty: none.
    pub note: String,
    pub history: HistoryChoice,
    /// The giver goes on taking part.
    pub stays: bool,
    /// What becomes of the giver's held messages.
    pub held: held::Fate,
    pub offered_at: Time,
    pub due_at: Time,
    /// `None`: open.
    pub decided: Option<TransferDecided>,
}

/// How an offer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferDecided {
    pub outcome: TransferOutcome,
    /// A colleague's id or `server`.
    pub by: String,
    pub at: Time,
}

/// What it takes to offer a client.
#[derive(Clone, Debug)]
pub struct NewTransfer<'a> {
    pub thread: ThreadId,
    pub giver: &'a ColleagueId,
    pub receiver: &'a ColleagueId,
    pub note: &'a str,
    pub history: HistoryChoice,
    pub stays: bool,
    pub held: held::Fate,
    pub due_at: Time,
}

/// Whose card about an offer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferSide {
    Giver,
    Receiver,
}

const COLUMNS: &str = "transfer_id, thread_id, giver_id, receiver_id, note, history, stays, held, offered_at, due_at, outcome, decided_by, \
                       decided_at";

fn read(row: &Row<'_>) -> Result<Transfer> {
    let (outcome, by): (Option<String>, Option<String>) = (row.get(10)?, row.get(11)?);
    let decided = match (outcome, by, maybe_time(row.get(12)?)) {
        (Some(outcome), Some(by), Some(at)) => Some(TransferDecided { outcome: from_word(outcome)?, by, at }),
        _ => None,
    };
    Ok(Transfer {
        id: TransferId(row.get(0)?),
        thread: ThreadId(row.get(1)?),
        giver: ColleagueId(row.get(2)?),
        receiver: ColleagueId(row.get(3)?),
        note: row.get(4)?,
        history: from_word(row.get(5)?)?,
        stays: row.get(6)?,
        held: from_word(row.get(7)?)?,
        offered_at: time(row.get(8)?),
        due_at: time(row.get(9)?),
        decided,
    })
}

impl Tx<'_> {
    pub fn transfer(&self, id: TransferId) -> Result<Option<Transfer>> {
        self.first(&format!("SELECT {COLUMNS} FROM transfer WHERE transfer_id = ?1"), [id.0], read)
    }

    /// The offer that waits for an answer in a thread.
    pub fn open_transfer(&self, thread: ThreadId) -> Result<Option<Transfer>> {
        self.first(&format!("SELECT {COLUMNS} FROM transfer WHERE thread_id = ?1 AND outcome IS NULL"), [thread.0], read)
    }

    /// All offers that wait for an answer, the first due first.
    pub fn open_transfers(&self) -> Result<Vec<Transfer>> {
        self.all(&format!("SELECT {COLUMNS} FROM transfer WHERE outcome IS NULL ORDER BY due_at, transfer_id"), [], read)
    }

    /// Up to `limit` open offers whose time is over.
    pub fn transfers_due(&self, now: Time, limit: u32) -> Result<Vec<Transfer>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM transfer WHERE outcome IS NULL AND due_at <= ?1 ORDER BY due_at LIMIT ?2"),
            (micros(now), limit),
            read,
        )
    }

    /// Keeps an offer; `None` when the thread has an open one.
    pub fn insert_transfer(&self, new: &NewTransfer<'_>, now: Time) -> Result<Option<TransferId>> {
        self.first(
            "INSERT INTO transfer (thread_id, giver_id, receiver_id, note, history, stays, held, offered_at, due_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING RETURNING transfer_id",
            (
                new.thread.0,
                &new.giver.0,
                &new.receiver.0,
                new.note,
                new.history.to_string(),
                new.stays,
                word(&new.held)?,
                micros(now),
                micros(new.due_at),
            ),
            |row| Ok(TransferId(row.get(0)?)),
        )
    }

    /// Decides; false when it was decided already. The first decision stays.
    pub fn decide_transfer(&self, id: TransferId, outcome: TransferOutcome, by: &str, now: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE transfer SET outcome = ?2, decided_by = ?3, decided_at = ?4 WHERE transfer_id = ?1 AND outcome IS NULL",
            (id.0, outcome.as_str(), by, micros(now)),
        )?;
        Ok(changed == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + chrono::Duration::seconds(seconds)
    }

    /// An offer's words come back as they were kept; and of two offers of one thread, or two decisions, the first counts.
    #[tokio::test]
    async fn one_offer_of_a_thread_is_open_and_is_decided_once() {
        let (_home, store) = crate::store::testing::fresh();
        let (giver, receiver): (ColleagueId, ColleagueId) = ("ana".into(), "ben".into());
        let done = store
            .write("test", move |tx| {
                let new = NewTransfer {
                    thread: ThreadId(7),
                    giver: &giver,
                    receiver: &receiver,
                    note: "knows the file",
                    history: HistoryChoice::Last(2),
                    stays: true,
                    held: held::Fate::Withdraw,
                    due_at: at(60),
                };
                let id = tx.insert_transfer(&new, at(0))?.ok_or(StoreError::Panicked)?;
                assert_eq!(tx.insert_transfer(&new, at(1))?, None, "one at a time");
                assert!(tx.insert_transfer(&NewTransfer { thread: ThreadId(8), ..new.clone() }, at(1))?.is_some());
                let kept = tx.open_transfer(ThreadId(7))?.ok_or(StoreError::Panicked)?;
                assert_eq!((kept.id, kept.note.as_str(), kept.stays, kept.held), (id, "knows the file", true, held::Fate::Withdraw));
                assert_eq!((kept.history, kept.offered_at, kept.due_at, kept.decided), (HistoryChoice::Last(2), at(0), at(60), None));
                assert_eq!((tx.transfers_due(at(59), 9)?.len(), tx.transfers_due(at(60), 9)?.len()), (0, 2));
                assert!(tx.decide_transfer(id, TransferOutcome::Declined, "ben", at(5))?);
                assert!(!tx.decide_transfer(id, TransferOutcome::Accepted, "ben", at(6))?);
                assert_eq!(tx.open_transfer(ThreadId(7))?, None);
                assert!(tx.insert_transfer(&new, at(7))?.is_some(), "and then another one");
                Ok(tx.transfer(id)?.and_then(|transfer| transfer.decided))
            })
            .await
            .expect("stored");
        assert_eq!(done, Some(TransferDecided { outcome: TransferOutcome::Declined, by: "ben".to_owned(), at: at(5) }));
    }
}
