//! Who may see what of a thread: the one place that asks the store and the directory for it. The rule is [`bridge::sight`].

use super::desk::{Case, Desk, Person};
use crate::bridge::{self, LineId, MessageId, Part, Role, Sight, Standing, ThreadId};
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

    /// A thread with its client, when somebody may read it.
    pub fn readable(&self, person: &Person, thread: ThreadId) -> Result<Option<(Case, Sight)>> {
        let Some(case) = self.case(thread)? else { return Ok(None) };
        Ok(self.view_of(person, &case.thread)?.map(|sight| (case, sight)))
    }

    /// A message with its thread, when somebody may read it.
    pub fn readable_message(&self, person: &Person, id: MessageId) -> Result<Option<(Case, Message, Sight)>> {
        let Some(message) = self.tx.message(id)? else { return Ok(None) };
        let found = self.readable(person, message.thread)?;
        Ok(found.filter(|(_, sight)| sight.shows(id)).map(|(case, sight)| (case, message, sight)))
    }
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
