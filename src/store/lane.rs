//! The lane queue: durable, ordered per thread and direction, at most one delivery of a lane with the other side at a time.
//!
//! Invariants, and why they hold:
//! - Sequence order is commit order: `enqueue` bumps `last_seq` on the lane's row inside the accepting transaction.
//! - A wake-up cannot be lost: `enqueue` sets `due_at` unless it is set, and `settled` recomputes it from the same row.
//! - A delivery is marked as handed over (state 1) in the same transaction that hands it to a worker. Found in that state by a
//!   later claim it was interrupted: perhaps accepted, and never sent again blindly.
//! - Every change after the claim is fenced by the lease: a worker that lost its lane changes nothing on it.

use super::standing::Subject;
use super::tx::{Result, Tx, micros};
use crate::bridge::{ActivityId, ColleagueId, DeliveryId, LaneId, MessageId, Place, Post, RevocationId, ThreadId, Time, Urgency};
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// How long a claimed lane is left to its worker: more than twice the HTTP timeout.
const LEASE: Duration = Duration::seconds(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the client. The target is a `phone_number_id`; the delivery's message holds the content.
    WhatsApp,
    /// To Teams. The target is a [`Place`]; the body is an [`Envelope`].
    Teams,
}

impl Direction {
    fn as_str(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::Teams => "teams",
        }
    }
}

/// A delivery to Teams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Envelope {
    /// Post something new. `thread` and `message` say what a quote of it means; `repeated`: an earlier attempt may have arrived.
    Post { post: Post, thread: Option<ThreadId>, message: Option<MessageId>, repeated: bool },
    /// Post the thread's card, rendered when it is sent.
    ThreadCard { thread: ThreadId },
    /// Post or change a card about a possible wish to stop, rendered when it is sent.
    Revocation { revocation: RevocationId, urgency: Urgency },
    /// Post or change a card that shows how something stands, rendered when it is sent.
    Standing { subject: Subject },
    /// Change what shows a message with a file, rendered when it is sent.
    Media { message: MessageId },
    /// Show what a client's message became after `by` changed or deleted it: in its place, rendered when it is sent. `by` is the message
    /// itself when its change came first.
    Revised { message: MessageId, by: MessageId },
    /// Show a message anew whose quoted words are not to be shown any more, where it stands.
    Quoting { message: MessageId },
    /// Replace the content of an earlier activity of ours.
    Update { activity: ActivityId, post: Post },
    /// Post something in a shared conversation that one person alone sees.
    Whisper { to: ColleagueId, post: Post },
}

/// A lane in a worker's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub lane: LaneId,
    pub lease: i64,
    pub direction: Direction,
    /// `None` for posts that belong to no thread.
    pub thread: Option<ThreadId>,
    pub target: String,
}

/// The delivery at a lane's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: DeliveryId,
    pub seq: i64,
    pub message: Option<MessageId>,
    pub body: String,
    /// Attempts made before, each proven not accepted.
    pub attempts: u32,
    /// An earlier attempt was cut off by a crash: perhaps accepted.
    pub interrupted: bool,
}

/// How a lane stands after its head was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// There is more to deliver, still under this lease.
    More,
    Empty,
    /// Somebody else holds the lane now.
    Lost,
}

impl Tx<'_> {
    /// Appends a delivery to its lane, which is made when there is none.
    pub fn enqueue(
        &self,
        direction: Direction,
        thread: Option<ThreadId>,
        target: &str,
        message: Option<MessageId>,
        body: &str,
        now: Time,
    ) -> Result<DeliveryId> {
        let (lane, seq): (i64, i64) = self.one(
            "INSERT INTO lane (direction, thread_id, target, last_seq, due_at) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT (direction, thread_id, target) DO UPDATE SET last_seq = lane.last_seq + 1,
               due_at = coalesce(lane.due_at, excluded.due_at)
             RETURNING lane_id, last_seq",
            (direction.as_str(), thread.map_or(0, |id| id.0), target, micros(now)),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        self.due.set(true);
        self.one(
            "INSERT INTO delivery (lane_id, seq, message_id, body) VALUES (?1, ?2, ?3, ?4) RETURNING delivery_id",
            (lane, seq, message.map(|id| id.0), body),
            |row| Ok(DeliveryId(row.get(0)?)),
        )
    }

    /// [`Tx::enqueue`] to a place in Teams.
    pub fn enqueue_post(&self, thread: Option<ThreadId>, place: &Place, envelope: &Envelope, now: Time) -> Result<DeliveryId> {
        let message = match envelope {
            Envelope::Post { message, .. } => *message,
            _ => None,
        };
        self.enqueue(Direction::Teams, thread, place.key(), message, &serde_json::to_string(envelope)?, now)
    }

    /// Leases up to `limit` lanes that are due and not in `busy` (this process's own work, whose lease a moved clock may have
    /// ended). A lane without a pending delivery is released at once and not returned.
    pub fn claim(&self, now: Time, limit: usize, busy: impl Fn(LaneId) -> bool) -> Result<Vec<Claim>> {
        let due = self.all(
            "SELECT lane_id, lease, direction, thread_id, target FROM lane WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
            (micros(now), i64::try_from(limit).unwrap_or(i64::MAX)),
            |row| {
                let direction: String = row.get(2)?;
                let thread: i64 = row.get(3)?;
                Ok(Claim {
                    lane: LaneId(row.get(0)?),
                    lease: row.get::<i64>(1)? + 1,
                    direction: if direction == Direction::WhatsApp.as_str() { Direction::WhatsApp } else { Direction::Teams },
                    thread: (thread != 0).then_some(ThreadId(thread)),
                    target: row.get(4)?,
                })
            },
        )?;
        let mut claims = Vec::with_capacity(due.len());
        for claim in due.into_iter().filter(|claim| !busy(claim.lane)) {
            self.execute(
                "UPDATE lane SET lease = ?2, leased = 1, due_at = ?3 WHERE lane_id = ?1",
                (claim.lane.0, claim.lease, micros(now + LEASE)),
            )?;
            claims.push(claim);
        }
        Ok(claims)
    }

    /// Takes the lane's head and marks it as handed over. `None` when nothing is pending; the lane is released then.
    pub fn take_head(&self, claim: &Claim, now: Time) -> Result<Option<Head>> {
        let head = self.first(
            "SELECT delivery_id, seq, message_id, body, attempts, state FROM delivery WHERE lane_id = ?1 AND state < 2 ORDER BY seq LIMIT 1",
            [claim.lane.0],
            |row| {
                Ok(Head {
                    id: DeliveryId(row.get(0)?),
                    seq: row.get(1)?,
                    message: row.get::<Option<i64>>(2)?.map(MessageId),
                    body: row.get(3)?,
                    attempts: row.get(4)?,
                    interrupted: row.get::<i64>(5)? == 1,
                })
            },
        )?;
        match &head {
            Some(head) => {
                self.execute("UPDATE delivery SET state = 1, attempts = attempts + 1 WHERE delivery_id = ?1", [head.id.0])?;
            }
            None => {
                self.execute(
                    "UPDATE lane SET due_at = CASE WHEN last_seq > acked_seq THEN CAST(?3 AS BIGINT) END, leased = 0, acked_seq = last_seq
                     WHERE lane_id = ?1 AND lease = ?2",
                    (claim.lane.0, claim.lease, micros(now)),
                )?;
            }
        }
        Ok(head)
    }

    /// Settles the head for good. The lane stays leased while there is more.
    pub fn settled(&self, claim: &Claim, head: &Head, now: Time) -> Result<Settle> {
        self.execute("UPDATE delivery SET state = 2 WHERE delivery_id = ?1", [head.id.0])?;
        let more = self.first(
            "UPDATE lane SET acked_seq = ?3, due_at = CASE WHEN last_seq > ?3 THEN CAST(?4 AS BIGINT) END, leased = CASE WHEN last_seq > ?3 THEN 1 ELSE 0 END
             WHERE lane_id = ?1 AND lease = ?2 RETURNING last_seq > ?3",
            (claim.lane.0, claim.lease, head.seq, micros(now + LEASE)),
            |row| Ok(row.get::<bool>(0)?),
        )?;
        Ok(match more {
            Some(true) => Settle::More,
            Some(false) => Settle::Empty,
            None => Settle::Lost,
        })
    }

    /// The head was certainly not accepted: it stays the head, and the lane comes back at `at`.
    pub fn postpone(&self, claim: &Claim, head: &Head, at: Time) -> Result<()> {
        let held = self.release(claim, at)?;
        if held {
            self.execute("UPDATE delivery SET state = 0 WHERE delivery_id = ?1 AND state = 1", [head.id.0])?;
        }
        Ok(())
    }

    /// Gives the lane back, due at `at`; false when it is somebody else's by now.
    pub fn release(&self, claim: &Claim, at: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE lane SET due_at = ?3, leased = 0 WHERE lane_id = ?1 AND lease = ?2",
            (claim.lane.0, claim.lease, micros(at)),
        )?;
        Ok(changed == 1)
    }

    /// The head's post may have arrived: the next attempt says so. Other envelopes may be repeated as they are.
    pub fn mark_repeated(&self, head: &Head) -> Result<()> {
        if let Ok(Envelope::Post { post, thread, message, .. }) = serde_json::from_str(&head.body) {
            let body = serde_json::to_string(&Envelope::Post { post, thread, message, repeated: true })?;
            self.execute("UPDATE delivery SET body = ?2 WHERE delivery_id = ?1", (head.id.0, body))?;
        }
        Ok(())
    }

    /// A head that was certainly not accepted waits again, as if it had never been handed over.
    pub fn not_accepted(&self, head: &Head) -> Result<()> {
        self.execute("UPDATE delivery SET state = 0 WHERE delivery_id = ?1 AND state = 1", [head.id.0]).map(drop)
    }

    /// Makes the waiting lanes of a place due: it can be posted to again.
    pub fn wake_lanes(&self, place: &Place, now: Time) -> Result<()> {
        let changed = self.execute(
            "UPDATE lane SET due_at = ?2 WHERE direction = 'teams' AND target = ?1 AND leased = 0 AND due_at > ?2",
            (place.key(), micros(now)),
        )?;
        if changed > 0 {
            self.due.set(true);
        }
        Ok(())
    }

    /// Makes an idle lane due later: its head cannot be handed over now.
    pub fn put_off(&self, lane: LaneId, at: Time) -> Result<()> {
        self.execute("UPDATE lane SET due_at = ?2 WHERE lane_id = ?1 AND leased = 0", (lane.0, micros(at))).map(drop)
    }

    /// Ends every lease. At start only: the database is locked for this process, so whoever held them is gone.
    pub fn end_leases(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE lane SET due_at = ?1, leased = 0 WHERE leased = 1", [micros(now)])
    }

    /// When the next lane is due; leased lanes count with the end of their lease.
    pub fn next_lane_due(&self) -> Result<Option<Time>> {
        self.first("SELECT min(due_at) FROM lane WHERE due_at IS NOT NULL", [], |row| Ok(super::tx::maybe_time(row.get(0)?)))
            .map(Option::flatten)
    }

    /// The message that a delivery id of ours (`biz_opaque_callback_data`) stands for.
    pub fn message_of_delivery(&self, delivery: DeliveryId) -> Result<Option<MessageId>> {
        self.first("SELECT message_id FROM delivery WHERE delivery_id = ?1", [delivery.0], |row| {
            Ok(row.get::<Option<i64>>(0)?.map(MessageId))
        })
        .map(Option::flatten)
    }
}

#[cfg(test)]
mod tests {
    use crate::bridge::ThreadId;
    use crate::store::testing::fresh;
    use crate::store::{Claim, Direction, Head, Settle, StoreError, Tx};
    use chrono::{DateTime, Duration};

    fn at(seconds: i64) -> crate::bridge::Time {
        DateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn push(tx: &Tx<'_>, body: &str) -> Result<(), StoreError> {
        tx.enqueue(Direction::Teams, Some(ThreadId(1)), "ana", None, body, at(0)).map(drop)
    }

    fn claim_one(tx: &Tx<'_>, now: i64) -> Result<Option<(Claim, Option<Head>)>, StoreError> {
        let claims = tx.claim(at(now), 8, |_| false)?;
        claims.into_iter().next().map(|claim| Ok((claim.clone(), tx.take_head(&claim, at(now))?))).transpose()
    }

    #[tokio::test]
    async fn a_lane_hands_out_its_deliveries_in_order_and_then_sleeps() {
        let (_home, store) = fresh();
        let bodies = store
            .write("test", |tx| {
                ["one", "two", "three"].into_iter().try_for_each(|body| push(tx, body))?;
                let (claim, mut head) = claim_one(tx, 1)?.expect("a due lane");
                let mut bodies = Vec::new();
                while let Some(found) = head {
                    bodies.push(found.body.clone());
                    head = match tx.settled(&claim, &found, at(1))? {
                        Settle::More => tx.take_head(&claim, at(1))?,
                        _ => None,
                    };
                }
                assert_eq!(tx.next_lane_due()?, None);
                Ok(bodies)
            })
            .await
            .expect("the job");
        assert_eq!(bodies, ["one", "two", "three"]);
    }

    #[tokio::test]
    async fn a_message_that_arrives_while_the_lane_is_leased_is_not_forgotten() {
        let (_home, store) = fresh();
        store
            .write("test", |tx| {
                push(tx, "one")?;
                let (claim, head) = claim_one(tx, 1)?.expect("a due lane");
                push(tx, "two")?;
                assert!(tx.claim(at(1), 8, |_| false)?.is_empty(), "leased");
                assert_eq!(tx.settled(&claim, &head.expect("a head"), at(1))?, Settle::More);
                Ok(())
            })
            .await
            .expect("the job");
    }

    #[tokio::test]
    async fn a_throttled_head_blocks_its_lane_and_comes_back_first() {
        let (_home, store) = fresh();
        store
            .write("test", |tx| {
                push(tx, "one")?;
                push(tx, "two")?;
                let (claim, head) = claim_one(tx, 1)?.expect("a due lane");
                tx.postpone(&claim, &head.expect("a head"), at(30))?;
                assert!(claim_one(tx, 29)?.is_none());
                let (_, head) = claim_one(tx, 30)?.expect("due again");
                let head = head.expect("a head");
                assert_eq!((head.body.as_str(), head.attempts, head.interrupted), ("one", 1, false));
                Ok(())
            })
            .await
            .expect("the job");
    }

    #[tokio::test]
    async fn what_a_crash_cut_off_is_known_as_interrupted_and_the_old_holder_is_fenced() {
        let (_home, store) = fresh();
        store
            .write("test", |tx| {
                push(tx, "one")?;
                let (old, head) = claim_one(tx, 1)?.expect("a due lane");
                assert!(claim_one(tx, 60)?.is_none(), "still leased");
                let (_, again) = claim_one(tx, 61)?.expect("the lease has ended");
                assert!(again.expect("a head").interrupted);
                assert_eq!(tx.settled(&old, &head.expect("a head"), at(62))?, Settle::Lost);
                Ok(())
            })
            .await
            .expect("the job");
    }

    #[tokio::test]
    async fn a_failing_job_takes_neither_its_half_nor_its_neighbours() {
        let (_home, store) = fresh();
        let bad = store.write("bad", |tx| {
            push(tx, "half")?;
            Err::<(), _>(StoreError::Closed)
        });
        let panicking = store.write("panicking", |tx| -> Result<(), StoreError> {
            push(tx, "half")?;
            panic!("a bug")
        });
        let good = store.write("good", |tx| push(tx, "whole"));
        let (bad, panicking, good) = tokio::join!(bad, panicking, good);
        assert!(bad.is_err() && panicking.is_err());
        good.expect("the neighbour's job");
        let bodies = store.read(|tx| tx.all("SELECT body FROM delivery", [], |row| Ok(row.get::<String>(0)?))).await.expect("a read");
        assert_eq!(bodies, ["whole"]);
    }

    #[tokio::test]
    async fn the_journal_refuses_every_change() {
        let (_home, store) = fresh();
        for sql in ["UPDATE journal SET body = ''", "DELETE FROM journal"] {
            let result = store
                .write("test", move |tx| {
                    let entry = crate::store::Entry { at: at(0), kind: "test", actor: "server", thread: None, message: None };
                    tx.journal(&entry, &serde_json::json!({}))?;
                    tx.execute(sql, [])
                })
                .await;
            assert!(result.is_err(), "{sql}");
        }
    }

    /// One step of a lane's life. A crash forgets the claim; whoever comes next finds the head interrupted.
    #[derive(Clone, Debug)]
    enum Op {
        Enqueue,
        Settle,
        Postpone(i64),
        Crash,
        Wait(i64),
    }

    fn ops() -> impl proptest::strategy::Strategy<Value = Vec<Op>> {
        use proptest::prelude::*;
        let op = prop_oneof![
            4 => Just(Op::Enqueue),
            5 => Just(Op::Settle),
            2 => (0i64..90).prop_map(Op::Postpone),
            1 => Just(Op::Crash),
            3 => (0i64..90).prop_map(Op::Wait),
        ];
        prop::collection::vec(op, 1..60)
    }

    /// Plays a history on one lane: what was handed over, in order, with the interrupted ones marked, and what is left over.
    fn play(tx: &Tx<'_>, ops: &[Op]) -> Result<(usize, Vec<(usize, bool)>), StoreError> {
        let (mut now, mut enqueued, mut handed) = (0, 0usize, Vec::new());
        let mut in_hand: Option<(Claim, Head)> = None;
        let settle_all = std::iter::repeat_n(&Op::Settle, 200).flat_map(|settle| [&Op::Wait(90), settle]);
        for op in ops.iter().chain(settle_all) {
            if in_hand.is_none()
                && let Some((claim, Some(head))) = claim_one(tx, now)?
            {
                in_hand = Some((claim, head));
            }
            match (op, in_hand.take()) {
                (Op::Enqueue, held) => {
                    tx.enqueue(Direction::Teams, Some(ThreadId(1)), "ana", None, &enqueued.to_string(), at(now))?;
                    enqueued += 1;
                    in_hand = held;
                }
                (Op::Wait(seconds), held) => {
                    now += seconds;
                    in_hand = held;
                }
                (Op::Settle, Some((claim, head))) => {
                    handed.push((head.body.parse().expect("a number"), head.interrupted));
                    if tx.settled(&claim, &head, at(now))? == Settle::More {
                        in_hand = tx.take_head(&claim, at(now))?.map(|next| (claim, next));
                    }
                }
                (Op::Postpone(seconds), Some((claim, head))) => tx.postpone(&claim, &head, at(now + seconds))?,
                (Op::Crash | Op::Settle | Op::Postpone(_), _) => {}
            }
        }
        Ok((enqueued, handed))
    }

    proptest::proptest! {
        // A database of one's own is dearer on a server.
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(if crate::store::testing::database::server().is_some() { 8 } else { 64 }))]
        /// Whatever happens, a lane settles each of its deliveries once, in the order in which they were enqueued.
        #[test]
        fn nothing_is_lost_doubled_or_reordered_in_a_lane(ops in ops()) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let history = ops.clone();
            let (enqueued, handed) = runtime.block_on(async move {
                let (_home, store) = fresh();
                store.write("play", move |tx| play(tx, &history)).await.expect("the history plays")
            });
            let order: Vec<usize> = handed.iter().map(|(body, _)| *body).collect();
            proptest::prop_assert_eq!(order, (0..enqueued).collect::<Vec<_>>());
            let crashes = ops.iter().filter(|op| matches!(op, Op::Crash)).count();
            proptest::prop_assert!(handed.iter().filter(|(_, interrupted)| *interrupted).count() <= crashes);
        }
    }
}
