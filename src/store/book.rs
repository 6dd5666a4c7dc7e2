//! Whole books that go from one colleague to another: which clients went over and are still to be told of.

use super::tx::{Result, Tx};
use crate::bridge::{ColleagueId, ThreadId};

impl Tx<'_> {
    /// A client went over, and both are to be told of it with the others.
    pub fn book_moved(&self, giver: &ColleagueId, receiver: &ColleagueId, thread: ThreadId) -> Result<()> {
        self.execute(
            "INSERT INTO book_move (giver_id, receiver_id, thread_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            (&giver.0, &receiver.0, thread.0),
        )?;
        Ok(())
    }

    /// Takes the threads that both are to be told of, each once.
    pub fn take_book_moves(&self, giver: &ColleagueId, receiver: &ColleagueId) -> Result<Vec<ThreadId>> {
        let moved = self.all(
            "SELECT thread_id FROM book_move WHERE giver_id = ?1 AND receiver_id = ?2 ORDER BY thread_id",
            (&giver.0, &receiver.0),
            |row| Ok(ThreadId(row.get(0)?)),
        )?;
        if !moved.is_empty() {
            self.execute("DELETE FROM book_move WHERE giver_id = ?1 AND receiver_id = ?2", (&giver.0, &receiver.0))?;
        }
        Ok(moved)
    }
}
