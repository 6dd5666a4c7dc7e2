//! Who may see what of a thread: the one place that asks the store and the directory for it. The rule is [`bridge::sight`].

use super::desk::{Case, Desk, Person};
use crate::bridge::{self, LineId, MessageId, MessageState, Part, Role, Sight, Standing, ThreadId};
use crate::store::{Left, Message, Participant, Result, Thread};

impl Desk<'_> {
    /// Whether somebody may use a line now.
    pub fn is_of_line(&self, person: &Person, line: &LineId) -> bool {
        self.office.lines_of(&person.known).iter().any(|known| known.id == *line)
    }

    /// Whether somebody watches over a line.
    pub fn supervises(&self, person: &Person, line: &LineId) -> bool {
        let has_role = self.office.entry(&person.known).is_some_and(|entry| entry.roles.contains(&Role::Supervisor));
        has_role && self.is_of_line(person, line)
    }

    /// What somebody may read of a thread; `None`: nothing.
    pub fn view_of(&self, person: &Person, thread: &Thread) -> Result<Option<Sight>> {
        let part = self.tx.participation(thread.id, person.id())?;
        let (enabled, supervises) = (self.is_of_line(person, &thread.line), self.supervises(person, &thread.line));
        Ok(bridge::sight(enabled, supervises, part.as_ref().map(as_part)))
    }

    /// The threads that somebody takes or took part in, with what they may read of each.
    pub fn own_threads(&self, person: &Person) -> Result<Vec<(Thread, Sight)>> {
        let mut found = Vec::new();
        for (id, part) in self.tx.parts_of(person.id())? {
            let Some(thread) = self.tx.thread(id)? else { continue };
            let (enabled, supervises) = (self.is_of_line(person, &thread.line), self.supervises(person, &thread.line));
            found.extend(bridge::sight(enabled, supervises, Some(as_part(&part))).map(|sight| (thread, sight)));
        }
        Ok(found)
    }

    /// A thread with its client, when somebody may read it.
    pub fn readable(&self, person: &Person, thread: ThreadId) -> Result<Option<(Case, Sight)>> {
        let Some(case) = self.case(thread)? else { return Ok(None) };
        Ok(self.view_of(person, &case.thread)?.map(|sight| (case, sight)))
    }

    /// Whether a message is somebody's own, or was said in their time.
    pub fn has_in_sight(&self, person: &Person, id: MessageId) -> Result<bool> {
        let Some(message) = self.tx.message(id)? else { return Ok(false) };
        let own = message.author.as_deref() == Some(person.id().as_str());
        Ok(own || self.readable(person, message.thread)?.is_some_and(|(_, sight)| sight.shows(id)))
    }

    /// A message with its thread, when somebody may read it.
    pub fn readable_message(&self, person: &Person, id: MessageId) -> Result<Option<(Case, Message, Sight)>> {
        let Some(message) = self.tx.message(id)? else { return Ok(None) };
        let found = self.readable(person, message.thread)?;
        // What they have written themselves, or was handed over to them while it waited.
        let own = message.author.as_deref() == Some(person.id().as_str());
        let shows = |sight: &Sight| (sight.shows(id) || (own && sight.takes_part)) && is_told_to(person, &message);
        Ok(found.filter(|(_, sight)| shows(sight)).map(|(case, sight)| (case, message, sight)))
    }
}

/// What a colleague was refused is theirs alone to see.
pub fn is_told_to(person: &Person, message: &Message) -> bool {
    message.state != MessageState::Refused || message.author.as_deref() == Some(person.id().as_str())
}

fn as_part(part: &Participant) -> Part {
    let standing = match (part.left_at, part.left) {
        (None, _) => Standing::Present,
        (Some(_), Some(Left::Removed)) => Standing::Removed,
        // Without the last message nobody knows how far their time went.
        (Some(_), _) => Standing::Gone { until: part.visible_until.unwrap_or(MessageId(0)) },
    };
    Part { from: part.visible_from, standing }
}
