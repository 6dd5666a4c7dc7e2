//! What each card shows, in the bridge's words. A view is filled by whoever reads the store; a card turns it into JSON. Text in
//! a view is plain text from wherever it came (a client's name, a message): cards escape all of it, and cut what is long.

use crate::bridge::{ConsentState, ContactId, FailureClass, Grounds, MessageId, MessageState, ThreadId, Time};
use crate::texts::Voice;

use super::away_now::AwayNow;
use super::submit::Action;

/// Who reads: wording, time zone, and the moment of reading.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub voice: Voice<'a>,
    /// IANA zone (`Europe/Berlin`). An unknown one counts as UTC.
    pub zone: &'a str,
    pub now: Time,
}

/// Whom a card is about: its first two lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub client: String,
    /// The line's name.
    pub line: String,
    /// The business number as people read it.
    pub number: String,
}

/// How a sentence is coloured. The words say the same without the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Default,
    Good,
    Warning,
    Attention,
}

/// Consent as a reader sees it (`Lapsed` already worked out from the time).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentView {
    pub state: ConsentState,
    /// When it came to stand so: for `Pending` and `Lapsed` when the request went out. Absent where nobody knows.
    pub since: Option<Time>,
}

/// T-00: may we send the opt-in request?
#[derive(Clone, Debug)]
pub struct OptIn {
    pub contact: ContactId,
    pub head: Head,
    /// "Send request" was pressed with no basis chosen.
    pub basis_missing: bool,
    /// The client has agreed already; the reader starts again what they left.
    pub again: bool,
}

/// The thread card: one in each home, edited in place.
#[derive(Clone, Debug)]
pub struct ThreadCard {
    pub thread: ThreadId,
    pub head: Head,
    pub consent: ConsentView,
    /// When the customer service window closes or closed; absent when the client has never written.
    pub window_until: Option<Time>,
    /// True when the client wrote first and may be answered inside the window although nobody asked (`client_first = answer`).
    pub may_answer: bool,
    /// Colleagues' names.
    pub participants: Vec<String>,
    /// Nobody has the client: whoever reads the card may take them.
    pub unowned: bool,
    pub home: HomeView,
    /// Held messages.
    pub held: usize,
    /// The last message to the client.
    pub last: Option<(MessageState, Time)>,
    /// The last message to the client, for "Why?".
    pub why: Option<MessageId>,
    /// The client came through an ad: what is free because of it.
    pub free: Option<FreeTime>,
    /// The client may be asking to stop: by when that must be decided.
    pub revocation_due: Option<Time>,
    /// Of the colleagues those who are away.
    pub away: Vec<AwayNow>,
}

/// Where a thread lives in Teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomeView {
    /// In its participants' own chats.
    Own,
    /// The same, until the group chat is there that is being made for it.
    Opening,
    /// In a shared conversation.
    Shared {
        /// This card stands there, and only messages that mention the app reach us there.
        must_mention: bool,
        /// This card stands there, and files that are posted there do not reach us.
        files_elsewhere: bool,
    },
}

/// What a free entry point means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeTime {
    /// An answer before this moment makes everything free for 72 hours.
    IfAnsweredBefore(Time),
    /// Everything is free until then.
    Until(Time),
}

/// Help in a conversation.
#[derive(Clone, Debug)]
pub struct ThreadHelp {
    pub thread: ThreadId,
    pub head: Head,
    /// How what the reader writes now would go, and its colour.
    pub answer: String,
    pub style: Style,
    /// The rule that decides, in one sentence.
    pub why: String,
    /// When the window closes, while one may write.
    pub until: Option<Time>,
    /// When the client may be asked for consent again, while a request waits.
    pub ask_again: Option<Time>,
    /// Whether a template may go, where that helps.
    pub template: Option<String>,
    /// What would leave, and what it costs.
    pub prices: Vec<(&'static str, String)>,
}

/// T-21: a message that waits.
#[derive(Clone, Debug)]
pub struct Held {
    pub head: Head,
    pub message: MessageId,
    pub text: String,
    /// How many wait in this thread, this one included.
    pub waiting: usize,
    /// The client's last message.
    pub last_wrote: Option<Time>,
    pub expires: Time,
    /// When the client was asked to write in this closed window: then they are not asked again.
    pub asked: Option<Time>,
    /// False for what is no text, and for one that is too long for an input.
    pub editable: bool,
    /// Why something that was just asked for was not done.
    pub note: Option<String>,
}

/// A held message, to be changed.
#[derive(Clone, Debug)]
pub struct HeldEdit {
    pub head: Head,
    pub message: MessageId,
    pub text: String,
    pub error: Option<TextError>,
}

/// What is wrong with a message's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    Empty,
    /// More than 4,096 characters.
    TooLong,
    /// It is a note, which is never sent.
    Note,
}

/// The held messages of the reader's conversations, or of one.
#[derive(Clone, Debug, Default)]
pub struct HeldList {
    /// Those of one conversation; absent: of all, each named in its row.
    pub head: Option<Head>,
    pub rows: Vec<HeldRow>,
    /// How many more there are than `rows` holds.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    pub message: MessageId,
    pub client: String,
    pub line: String,
    /// Another participant, who alone can change it; absent: the reader.
    pub author: Option<String>,
    pub text: String,
    pub written: Time,
    pub expires: Time,
}

/// "Why?": what was decided about a message, and what followed.
#[derive(Clone, Debug)]
pub struct Why {
    pub head: Head,
    /// Gives the way to the history.
    pub thread: Option<ThreadId>,
    /// Gives the way back to the message's own card. Absent for a refusal of which no message was made.
    pub message: Option<MessageId>,
    /// Where it stands now, and since when.
    pub state: Option<(MessageState, Time)>,
    pub text: Option<String>,
    /// Oldest first.
    pub steps: Vec<WhyStep>,
}

/// One decision, or what followed from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyStep {
    pub at: Time,
    /// Who did it, by name.
    pub who: String,
    /// What, without a full stop.
    pub what: String,
    /// The rule or the cause, in one sentence.
    pub because: Option<String>,
    /// A text that belongs to this step alone.
    pub text: Option<String>,
    pub facts: Option<WhyFacts>,
}

/// The facts of a decision and its moment, on which depends how they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhyFacts {
    pub decided: Time,
    pub grounds: Grounds,
}

/// T-26: WhatsApp did not take a message.
#[derive(Clone, Debug)]
pub struct Failed {
    pub head: Head,
    pub message: MessageId,
    pub thread: ThreadId,
    pub text: String,
    pub class: FailureClass,
    /// Graph's code, where there is one.
    pub code: Option<i64>,
}

/// We could not find out whether a message arrived.
#[derive(Clone, Debug)]
pub struct Uncertain {
    pub head: Head,
    pub message: MessageId,
    pub text: String,
    pub sent: Time,
}

/// "Who is this for?"
#[derive(Clone, Debug)]
pub struct Route {
    /// Row of the kept text.
    pub draft: i64,
    pub text: String,
    /// It is a note: for colleagues only.
    pub note: bool,
    /// Names of the files that came with it.
    pub files: Vec<String>,
    pub threads: Vec<ThreadChoice>,
    /// Everybody in a shared conversation reads it.
    pub shared: bool,
    pub problem: Option<RouteProblem>,
}

/// Why the question is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteProblem {
    /// "Send" was pressed with no client chosen.
    NothingChosen,
    /// The one that was chosen is not open to the colleague any more.
    NotOpen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadChoice {
    pub thread: ThreadId,
    pub client: String,
    pub line: String,
    pub number: String,
}

/// What the bot says when it is installed.
#[derive(Clone, Debug, Default)]
pub struct Welcome {
    /// The reader's name, where known.
    pub colleague: Option<String>,
    /// Names of the lines the reader is enabled for. None: says whom to ask.
    pub lines: Vec<String>,
}

/// One plain sentence, perhaps with buttons.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// Absent when it is about no client.
    pub head: Option<Head>,
    /// The whole sentence, already in the reader's words.
    pub text: String,
    /// True when `text` quotes a message (T-25): then the notification does not repeat it.
    pub quotes_message: bool,
    pub style: Style,
    /// The colleague's own text, handed back so that it is not lost (T-20).
    pub kept: Option<String>,
    /// Title and action; the first is the likely one. Beyond three they go into the overflow.
    pub actions: Vec<(&'static str, Action)>,
}

/// What a card becomes after an action: who, what, when. No buttons.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub head: Option<Head>,
    /// What happened, in the reader's words ("Request sent.").
    pub what: String,
    /// Who did it.
    pub who: String,
    pub at: Time,
    /// The text it was about, if any.
    pub text: Option<String>,
}
