//! Messages of both directions, their states and revisions of state.

use super::engine::Row;
use super::journal::Entry;
use super::tx::{Result, Tx, from_word, micros, time, word};
use crate::bridge::{
    Billing, ColleagueId, Content, ConversationId, Failure, LineId, MessageId, MessageState, Outgoing, Rule, StatusUpdate, ThreadId, Time,
    Wamid,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Why a message exists; decides which rules apply to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The client's own.
    Client,
    /// A colleague's text.
    Free,
    /// A template that a colleague chose.
    Template,
    /// The opt-in request that a colleague sent.
    Request,
    /// The server's answer to the client.
    Answer,
    /// The template that asks the client to write, for the sake of held messages.
    Nudge,
    /// What the server tells the client about the colleagues in the chat.
    Notice,
    /// An internal note, which is for nobody but colleagues. [`Tx::keep_note`] alone makes one.
    Note,
}

impl Purpose {
    /// A template that waits for an answer; the opt-in request has its own rule.
    pub fn is_template(self) -> bool {
        matches!(self, Self::Template | Self::Nudge)
    }
}

/// A stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: MessageId,
    pub thread: ThreadId,
    /// `None`: the client; `server`; else a colleague's id.
    pub author: Option<String>,
    pub purpose: Purpose,
    /// JSON of [`Content`] (client) or [`Outgoing`].
    pub content: String,
    pub state: MessageState,
    pub rule: Option<String>,
    pub wamid: Option<Wamid>,
    pub reply_to: Option<Wamid>,
    pub failure: Option<Failure>,
    pub retry_of: Option<MessageId>,
    pub created_at: Time,
    pub state_at: Time,
    pub billing: Billing,
    /// The Teams conversation in which a colleague wrote it; absent: nowhere there.
    pub written_in: Option<ConversationId>,
    /// The name with which it is signed towards the client.
    pub signed: Option<String>,
}

impl Message {
    /// What we send, when the message is ours.
    pub fn outgoing(&self) -> Result<Outgoing> {
        Ok(serde_json::from_str(&self.content)?)
    }

    /// The rule that decided last; absent where that is a rule of another version.
    pub fn decided_by(&self) -> Option<Rule> {
        self.rule.clone().and_then(|word| from_word(word).ok())
    }

    /// What the client sent.
    pub fn inbound(&self) -> Result<Content> {
        Ok(serde_json::from_str(&self.content)?)
    }
}

/// A held message, as far as its expiry depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSince {
    pub message: MessageId,
    pub thread: ThreadId,
    pub line: LineId,
    pub written: Time,
}

/// What it takes to store a message.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    pub thread: ThreadId,
    pub author: Option<&'a str>,
    pub purpose: Purpose,
    pub content: &'a str,
    pub state: MessageState,
    pub rule: Option<Rule>,
    pub wamid: Option<&'a Wamid>,
    pub reply_to: Option<&'a Wamid>,
    pub retry_of: Option<MessageId>,
    pub created_at: Time,
    pub written_in: Option<&'a ConversationId>,
    pub signed: Option<&'a str>,
}

/// What went between a client and colleagues: not what the server said by itself, nor what colleagues noted, nor what never left.
const EXCHANGED: &str = "purpose NOT IN ('answer', 'notice', 'nudge', 'note') AND state NOT IN ('held', 'withdrawn', 'expired', 'refused')";

const COLUMNS: &str = "message_id, thread_id, author, purpose, content, state, rule, wamid, reply_to, failure, retry_of, created_at, state_at, \
     pricing, billed, written_in, signed";

fn read(row: &Row<'_>) -> Result<Message> {
    let state: String = row.get(5)?;
    Ok(Message {
        id: MessageId(row.get(0)?),
        thread: ThreadId(row.get(1)?),
        author: row.get(2)?,
        purpose: from_word(row.get(3)?)?,
        content: row.get(4)?,
        state: from_word(state)?,
        rule: row.get(6)?,
        wamid: row.get::<Option<String>>(7)?.map(Wamid),
        reply_to: row.get::<Option<String>>(8)?.map(Wamid),
        failure: row.get::<Option<String>>(9)?.map(|text| serde_json::from_str(&text)).transpose()?,
        retry_of: row.get::<Option<i64>>(10)?.map(MessageId),
        created_at: time(row.get(11)?),
        state_at: time(row.get(12)?),
        billing: Billing {
            pricing: row.get::<Option<String>>(13)?.map(|text| serde_json::from_str(&text)).transpose()?,
            counted: row.get(14)?,
        },
        written_in: row.get::<Option<String>>(15)?.map(ConversationId),
        signed: row.get(16)?,
    })
}

fn price(billing: &Billing) -> Result<Option<String>> {
    Ok(billing.pricing.as_ref().map(serde_json::to_string).transpose()?)
}

impl Tx<'_> {
    /// Stores a message; `None` when a message with this wamid is stored already (a duplicate webhook).
    pub fn insert_message(&self, new: &NewMessage<'_>) -> Result<Option<MessageId>> {
        let rule = new.rule.as_ref().map(word).transpose()?;
        self.first(
            "INSERT INTO message (thread_id, author, purpose, content, state, rule, wamid, reply_to, retry_of, created_at, state_at,
                                  written_in, signed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12) ON CONFLICT DO NOTHING RETURNING message_id",
            (
                new.thread.0,
                new.author,
                word(&new.purpose)?,
                new.content,
                new.state.as_str(),
                rule,
                new.wamid.map(|id| &id.0),
                new.reply_to.map(|id| &id.0),
                new.retry_of.map(|id| id.0),
                micros(new.created_at),
                new.written_in.map(|id| &id.0),
                new.signed,
            ),
            |row| Ok(MessageId(row.get(0)?)),
        )
    }

    pub fn message(&self, id: MessageId) -> Result<Option<Message>> {
        self.first(&format!("SELECT {COLUMNS} FROM message WHERE message_id = ?1"), [id.0], read)
    }

    pub fn message_by_wamid(&self, wamid: &Wamid) -> Result<Option<Message>> {
        self.first(&format!("SELECT {COLUMNS} FROM message WHERE wamid = ?1"), [&wamid.0], read)
    }

    /// True when a message with this wamid is stored.
    pub fn knows_wamid(&self, wamid: &Wamid) -> Result<bool> {
        Ok(self.first("SELECT 1 FROM message WHERE wamid = ?1", [&wamid.0], |_| Ok(()))?.is_some())
    }

    /// Moves a message to a state. `from` guards against a concurrent move: false when the message was not in it any more.
    pub fn set_state(&self, id: MessageId, from: MessageState, to: MessageState, now: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE message SET state = ?3, state_at = ?4 WHERE message_id = ?1 AND state = ?2",
            (id.0, from.as_str(), to.as_str(), micros(now)),
        )?;
        Ok(changed == 1)
    }

    /// WhatsApp accepted the message under this wamid.
    pub fn accepted(&self, id: MessageId, wamid: Option<&Wamid>, now: Time) -> Result<()> {
        self.execute(
            "UPDATE message SET wamid = coalesce(?2, wamid), state_at = ?3,
               state = CASE WHEN state IN ('queued', 'uncertain') THEN 'accepted' ELSE state END
             WHERE message_id = ?1",
            (id.0, wamid.map(|wamid| &wamid.0), micros(now)),
        )?;
        Ok(())
    }

    /// Links the wamid that a status told us of.
    pub fn learn_wamid(&self, id: MessageId, wamid: &Wamid) -> Result<()> {
        self.execute("UPDATE message SET wamid = ?2 WHERE message_id = ?1 AND wamid IS NULL", (id.0, &wamid.0))?;
        Ok(())
    }

    /// Keeps why a message failed or is uncertain.
    pub fn save_failure(&self, id: MessageId, failure: &Failure) -> Result<()> {
        self.execute("UPDATE message SET failure = ?2 WHERE message_id = ?1", (id.0, serde_json::to_string(failure)?))?;
        Ok(())
    }

    /// Keeps the rule that decided last.
    pub fn save_rule(&self, id: MessageId, rule: Rule) -> Result<()> {
        self.execute("UPDATE message SET rule = ?2 WHERE message_id = ?1", (id.0, word(&rule)?))?;
        Ok(())
    }

    /// Replaces the text of a held message; the earlier text stays in the journal.
    pub fn rewrite_held(&self, id: MessageId, content: &str) -> Result<bool> {
        Ok(self.execute("UPDATE message SET content = ?2 WHERE message_id = ?1 AND state = 'held'", (id.0, content))? == 1)
    }

    /// The name with which the message is signed from now on; most are signed with none, and were before.
    pub fn sign(&self, id: MessageId, name: Option<&str>) -> Result<()> {
        self.execute("UPDATE message SET signed = ?2 WHERE message_id = ?1 AND signed IS DISTINCT FROM ?2", (id.0, name))?;
        Ok(())
    }

    /// A held message is another colleague's from now on, and signed with their name where it was signed; false when it is not held any
    /// more.
    pub fn hand_over_held(&self, id: MessageId, to: &ColleagueId, name: &str) -> Result<bool> {
        let changed = self.execute(
            "UPDATE message SET author = ?2, signed = CASE WHEN signed IS NULL THEN NULL ELSE ?3 END
             WHERE message_id = ?1 AND state = 'held' AND purpose <> 'notice'",
            (id.0, &to.0, name),
        )?;
        Ok(changed == 1)
    }

    /// The held messages of a thread, in the order in which they will go out.
    pub fn held(&self, thread: ThreadId) -> Result<Vec<Message>> {
        // By the author's time, not by row: a message that WhatsApp refused and that became held again keeps its place.
        self.all(
            &format!("SELECT {COLUMNS} FROM message WHERE thread_id = ?1 AND state = 'held' AND purpose <> 'notice' ORDER BY created_at, message_id"),
            [thread.0],
            read,
        )
    }

    pub fn held_count(&self, thread: ThreadId) -> Result<u32> {
        let count = self.first(
            "SELECT count(*) FROM message WHERE thread_id = ?1 AND state = 'held' AND purpose <> 'notice'",
            [thread.0],
            |row| Ok(row.get(0)?),
        )?;
        Ok(count.unwrap_or(0))
    }

    /// What the server has to tell the client about colleagues and cannot tell yet, in order.
    pub fn held_notices(&self, thread: ThreadId) -> Result<Vec<Message>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM message WHERE thread_id = ?1 AND state = 'held' AND purpose = 'notice' ORDER BY message_id"),
            [thread.0],
            read,
        )
    }

    /// Held messages written until then, oldest first, without their contents: which of them are due depends on each line's policy,
    /// and those of a patient line must not hide those of another.
    pub fn held_since(&self, until: Time) -> Result<Vec<HeldSince>> {
        self.all(
            "SELECT message.message_id, message.thread_id, thread.line_id, message.created_at
             FROM message JOIN thread ON thread.thread_id = message.thread_id
             WHERE message.state = 'held' AND message.purpose <> 'notice' AND message.created_at <= ?1 ORDER BY message.created_at, message.message_id",
            [micros(until)],
            |row| {
                Ok(HeldSince {
                    message: MessageId(row.get(0)?),
                    thread: ThreadId(row.get(1)?),
                    line: row.get::<String>(2)?.into(),
                    written: time(row.get(3)?),
                })
            },
        )
    }

    /// Messages that have been uncertain since `until` or longer and that nobody was asked about. Marks them: each is returned
    /// once.
    pub fn long_uncertain(&self, until: Time, limit: u32) -> Result<Vec<Message>> {
        let due = self.all(
            &format!("SELECT {COLUMNS} FROM message WHERE state = 'uncertain' AND asked = 0 AND state_at <= ?1 ORDER BY state_at LIMIT ?2"),
            (micros(until), limit),
            read,
        )?;
        for message in &due {
            self.execute("UPDATE message SET asked = 1 WHERE message_id = ?1", [message.id.0])?;
        }
        Ok(due)
    }

    /// A page of a thread's messages, newest first.
    pub fn messages_before(&self, thread: ThreadId, before: Option<MessageId>, limit: u32) -> Result<Vec<Message>> {
        self.messages_within(thread, MessageId(0), MessageId(before.map_or(i64::MAX, |id| id.0.saturating_sub(1))), limit)
    }

    /// A thread's messages from `from` to `until`, both included, newest first.
    pub fn messages_within(&self, thread: ThreadId, from: MessageId, until: MessageId, limit: u32) -> Result<Vec<Message>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM message WHERE thread_id = ?1 AND message_id >= ?2 AND message_id <= ?3
                 ORDER BY message_id DESC LIMIT ?4"
            ),
            (thread.0, from.0, until.0, limit),
            read,
        )
    }

    /// The first of the last `count` messages that went between a client and colleagues. `None`: there are no more than that.
    pub fn first_of_last(&self, thread: ThreadId, count: u32) -> Result<Option<MessageId>> {
        self.first(
            &format!("SELECT message_id FROM message WHERE thread_id = ?1 AND {EXCHANGED} ORDER BY message_id DESC LIMIT 1 OFFSET ?2"),
            (thread.0, i64::from(count) - 1),
            |row| Ok(MessageId(row.get(0)?)),
        )
    }

    /// The last of them.
    pub fn last_exchanged(&self, thread: ThreadId) -> Result<Option<Message>> {
        self.first(
            &format!("SELECT {COLUMNS} FROM message WHERE thread_id = ?1 AND {EXCHANGED} ORDER BY message_id DESC LIMIT 1"),
            [thread.0],
            read,
        )
    }

    /// They and the notes among them from `from` on, the last `limit`, newest first.
    pub fn exchanged_and_noted(&self, thread: ThreadId, from: MessageId, limit: u32) -> Result<Vec<Message>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM message WHERE thread_id = ?1 AND message_id >= ?2 AND ({EXCHANGED} OR purpose = 'note')
                 ORDER BY message_id DESC LIMIT ?3"
            ),
            (thread.0, from.0, limit),
            read,
        )
    }

    /// The last message of a thread, of whatever kind; 0: there is none.
    pub fn last_message(&self, thread: ThreadId) -> Result<MessageId> {
        let last = self
            .first("SELECT coalesce(max(message_id), 0) FROM message WHERE thread_id = ?1", [thread.0], |row| Ok(MessageId(row.get(0)?)))?;
        Ok(last.unwrap_or(MessageId(0)))
    }

    /// The message that this one was sent again as.
    pub fn retry_of(&self, id: MessageId) -> Result<Option<MessageId>> {
        self.first("SELECT min(message_id) FROM message WHERE retry_of = ?1", [id.0], |row| Ok(row.get::<Option<i64>>(0)?.map(MessageId)))
            .map(Option::flatten)
    }

    /// The last message of ours in a thread that is on its way or there.
    pub fn last_sent(&self, thread: ThreadId) -> Result<Option<Message>> {
        self.first(
            &format!(
                "SELECT {COLUMNS} FROM message WHERE thread_id = ?1 AND author IS NOT NULL AND purpose NOT IN ('answer', 'notice')
                   AND state NOT IN ('held', 'withdrawn', 'expired', 'refused', 'internal') ORDER BY message_id DESC LIMIT 1"
            ),
            [thread.0],
            read,
        )
    }

    /// Moves a message by a status, and records it; false when the status says nothing new about the state. What it says about
    /// the price is kept, and the message counted when it has arrived, in the same statement where the state moves.
    pub fn apply_status(&self, message: &Message, status: &StatusUpdate, now: Time) -> Result<bool> {
        let moved = message.state.after(&status.state);
        let billing = message.billing.after(moved.unwrap_or(message.state), status.pricing.as_ref());
        let Some(next) = moved else { return self.learn_price(message, billing.as_ref(), status, now).map(|()| false) };
        let told = billing.as_ref().unwrap_or(&message.billing);
        let changed = self.execute(
            "UPDATE message SET state = ?3, state_at = ?4, pricing = ?5, billed = ?6 WHERE message_id = ?1 AND state = ?2",
            (message.id.0, message.state.as_str(), next.as_str(), micros(now), price(told)?, told.counted),
        )?;
        if changed != 1 {
            return Ok(false);
        }
        let failure = match &status.state {
            crate::bridge::StatusState::Failed(failure) => Some(failure),
            _ => None,
        };
        if let Some(failure) = failure {
            self.save_failure(message.id, failure)?;
        }
        let entry = Entry { at: now, kind: "message.status", actor: "whatsapp", thread: Some(message.thread), message: Some(message.id) };
        let billed = self.count_once(message, billing.as_ref(), status, now)?;
        let body = json!({
            "state": next.as_str(), "at": status.at, "wamid": status.wamid, "failure": failure, "pricing": status.pricing, "billed": billed,
        });
        self.journal(&entry, &body)?;
        Ok(true)
    }

    /// A status that moves nothing may still bring the price: `sent` after `read`.
    fn learn_price(&self, message: &Message, billing: Option<&Billing>, status: &StatusUpdate, now: Time) -> Result<()> {
        let Some(told) = billing else { return Ok(()) };
        self.execute("UPDATE message SET pricing = ?2, billed = ?3 WHERE message_id = ?1", (message.id.0, price(told)?, told.counted))?;
        let billed = self.count_once(message, billing, status, now)?;
        let entry = Entry { at: now, kind: "message.priced", actor: "whatsapp", thread: Some(message.thread), message: Some(message.id) };
        self.journal(&entry, &json!({ "wamid": status.wamid, "at": status.at, "pricing": status.pricing, "billed": billed }))
    }

    /// Counts the message when this status is what it took; the month it was counted in.
    fn count_once(&self, message: &Message, billing: Option<&Billing>, status: &StatusUpdate, now: Time) -> Result<Option<String>> {
        match billing {
            Some(Billing { pricing: Some(pricing), counted: true }) if !message.billing.counted => {
                let at = status.at.map_or(now, |at| at.min(now));
                self.count_billed(message.thread, pricing, at).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Keeps a status whose message is not known yet.
    pub fn keep_early_status(&self, wamid: &Wamid, name: &str, body: &str, now: Time) -> Result<()> {
        self.execute(
            "INSERT INTO early_status (wamid, status, seen_at, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (&wamid.0, name, micros(now), body),
        )?;
        Ok(())
    }

    /// Takes the statuses that came before their message.
    pub fn take_early_statuses(&self, wamid: &Wamid) -> Result<Vec<String>> {
        let found = self.all("SELECT body FROM early_status WHERE wamid = ?1", [&wamid.0], |row| Ok(row.get(0)?))?;
        if !found.is_empty() {
            self.execute("DELETE FROM early_status WHERE wamid = ?1", [&wamid.0])?;
        }
        Ok(found)
    }
}
