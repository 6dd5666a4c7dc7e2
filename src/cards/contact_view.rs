//! What the cards about contacts show.

use super::view::{ConsentView, Head};
use crate::bridge::{ContactId, LineId, ThreadId, Time};

/// "New conversation": choose a contact, or add one.
#[derive(Clone, Debug, Default)]
pub struct NewConversation {
    /// Most likely first. Those beyond what fits are counted, not shown.
    pub contacts: Vec<ContactChoice>,
    /// The reader's lines. With one, it is meant; with several, the reader chooses.
    pub lines: Vec<LineChoice>,
    /// What the reader has typed already: kept when there was an error.
    pub typed: TypedContact,
    pub errors: Vec<ContactError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactChoice {
    pub id: ContactId,
    pub name: String,
    /// Phone as people read it. Absent: the client is known by WhatsApp id alone.
    pub phone: Option<String>,
    /// The line's name.
    pub line: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChoice {
    pub id: LineId,
    pub name: String,
}

/// The inputs of "Add a contact".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedContact {
    pub name: String,
    pub phone: String,
    pub language: String,
    pub line: Option<LineId>,
}

/// What is wrong with the inputs of [`NewConversation`] or [`ContactEdit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactError {
    /// "Open" was pressed with no contact chosen.
    NothingChosen,
    NameMissing,
    NameTooLong,
    PhoneMissing,
    /// Not a number, or not one that can exist.
    PhoneInvalid,
    /// No `+`, and the line has no region to read it in.
    PhoneWithoutCountry,
    LanguageUnknown,
    LineMissing,
    /// Another contact of the line has this number.
    PhoneTaken,
    NotesTooLong,
}

/// The contacts, found by part of a name or number.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    pub query: String,
    pub contacts: Vec<ContactRow>,
    /// How many more there are than `contacts` holds.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    pub id: ContactId,
    pub name: String,
    pub phone: Option<String>,
    pub line: String,
    pub consent: ConsentView,
}

/// One contact.
#[derive(Clone, Debug)]
pub struct ContactCard {
    pub id: ContactId,
    pub head: Head,
    pub consent: ConsentView,
    /// The client wants no marketing; said only then.
    pub marketing_stopped: bool,
    /// BCP 47, or empty for the line's.
    pub language: String,
    /// The colleague's name. Absent: the client wrote first.
    pub added_by: Option<String>,
    pub added_at: Option<Time>,
    /// Every number by which the client is known, as people read it, the one that messages go to first.
    pub numbers: Vec<String>,
    /// What colleagues noted.
    pub notes: String,
    /// Every thread with the contact, newest first.
    pub threads: Vec<ContactThread>,
    /// A conversation that somebody has, and that the reader, who supervises the line, can give to another.
    pub transfer: Option<ThreadId>,
}

/// A thread on a contact card: who talks or talked with the client, and no word of what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactThread {
    pub thread: ThreadId,
    /// The business number as people read it.
    pub number: String,
    /// Names of the participants; of a past thread, of those who took part last.
    pub colleagues: Vec<String>,
    pub stands: ThreadStands,
    /// Gives the History button.
    pub readable: bool,
}

/// Whether somebody talks with the client in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadStands {
    /// Since somebody of those who are there now joined.
    Active { since: Time },
    /// Until the last one went.
    Past { until: Time },
    /// The client wrote, and nobody has taken them.
    Waiting,
}

/// A contact, to be changed.
#[derive(Clone, Debug)]
pub struct ContactEdit {
    pub contact: ContactId,
    pub head: Head,
    /// Every number by which the client is known, as people read it.
    pub numbers: Vec<String>,
    /// WhatsApp has told us nothing about the client yet: messages go to the number that was entered last.
    pub unconfirmed: bool,
    /// What stands in the inputs.
    pub typed: TypedContact,
    pub notes: String,
    /// Whose number it is, with [`ContactError::PhoneTaken`].
    pub taken_by: String,
    pub errors: Vec<ContactError>,
}
