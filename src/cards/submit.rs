//! Typed data of every action that any card of ours carries. The verb stands in the data as well as in `Action.Execute`, so
//! that the `Action.Submit` fallback says the same. Inputs are merged in by Teams under their ids; what a client-side check
//! promises is checked again by whoever handles the action.

use super::add_inputs::AddInputs;
use super::away_inputs::AwayInputs;
use super::id_or_text;
use super::thread_command::ThreadCommand;
use super::transfer_inputs::TransferInputs;
use crate::bridge::{Basis, ContactId, JoiningId, LineId, MessageId, ParcelId, RevocationId, SearchHits, ThreadId, TransferId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What somebody asked for by pressing a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb")]
pub enum Action {
    /// Show the "new conversation" card.
    #[serde(rename = "menu.new")]
    New {},
    #[serde(rename = "menu.contacts")]
    Contacts {
        /// Input: part of a name or number.
        #[serde(default)]
        query: String,
    },
    #[serde(rename = "menu.help")]
    Help {},
    #[serde(rename = "menu.held")]
    HeldList {},
    #[serde(rename = "menu.history")]
    History {},
    /// Add a contact. All but `line` are inputs.
    #[serde(rename = "contact.add")]
    AddContact {
        line: LineId,
        #[serde(default)]
        name: String,
        #[serde(default)]
        phone: String,
        /// BCP 47, or empty for the line's.
        #[serde(default)]
        language: String,
    },
    /// Show the contact card. `contact` may come from a choice input, as text.
    #[serde(rename = "contact.open")]
    OpenContact {
        #[serde(with = "id_or_text")]
        contact: ContactId,
    },
    /// The contact card's WhatsApp action: write to this contact.
    #[serde(rename = "thread.start")]
    Start {
        #[serde(with = "id_or_text")]
        contact: ContactId,
    },
    /// T-00: Send request.
    #[serde(rename = "consent.request")]
    Request {
        contact: ContactId,
        /// Input; absent when the colleague chose none, which is refused.
        #[serde(default)]
        basis: Option<Basis>,
    },
    /// T-00: Cancel.
    #[serde(rename = "consent.cancel")]
    CancelRequest { contact: ContactId },
    /// T-09: the client's message asked to stop.
    #[serde(rename = "revocation.record")]
    RecordOptOut { revocation: RevocationId },
    /// T-09: it did not.
    #[serde(rename = "revocation.dismiss")]
    NotAnOptOut { revocation: RevocationId },
    /// Show a thread's templates. `query` is an input.
    #[serde(rename = "template.list")]
    Templates {
        thread: ThreadId,
        #[serde(default)]
        query: String,
    },
    /// The same, when WhatsApp has been asked for the list again.
    #[serde(rename = "template.refresh")]
    RefreshTemplates { thread: ThreadId },
    /// Show the inputs for a template's variables.
    ///
    /// `thread` may come from a choice input, as text. An input `template` (see [`template_value`](super::typeahead::template_value))
    /// is read by [`Action::parse`] into `name` and `language`.
    #[serde(rename = "template.pick")]
    PickTemplate {
        #[serde(with = "id_or_text")]
        thread: ThreadId,
        name: String,
        language: String,
        /// What was filled in already, when one goes back.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
        /// The file that was fetched already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upload: Option<i64>,
    },
    /// Show the exact preview. Inputs `v0`, `v1` … are read by [`Action::parse`] into `values`.
    #[serde(rename = "template.fill")]
    FillTemplate {
        thread: ThreadId,
        name: String,
        language: String,
        #[serde(default)]
        values: Vec<String>,
        /// Input: the address of the header's file.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        link: String,
        /// Input: the row of a file that was sent to the bot.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        file: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upload: Option<i64>,
    },
    #[serde(rename = "template.send")]
    SendTemplate {
        thread: ThreadId,
        name: String,
        language: String,
        values: Vec<String>,
        /// The file for its header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upload: Option<i64>,
    },
    /// Show the held message with an input to change it.
    #[serde(rename = "held.edit")]
    EditHeld { message: MessageId },
    #[serde(rename = "held.save")]
    SaveHeld {
        message: MessageId,
        #[serde(default)]
        text: String,
    },
    #[serde(rename = "held.withdraw")]
    WithdrawHeld { message: MessageId },
    /// The thread card's Held: the held messages of this thread.
    #[serde(rename = "held.thread")]
    HeldInThread { thread: ThreadId },
    /// T-21: ask the client to write.
    #[serde(rename = "held.ask")]
    AskToReply { message: MessageId },
    /// T-21: show the templates below, and leave the card as it is.
    #[serde(rename = "held.template")]
    TemplateForHeld { message: MessageId },
    /// T-25: a message that expired is not wanted any more.
    #[serde(rename = "held.discard")]
    DiscardHeld { message: MessageId },
    /// Why a message was sent, held or refused.
    #[serde(rename = "message.why")]
    Why { message: MessageId },
    /// The original of a message's file.
    #[serde(rename = "media.open")]
    OpenMedia { message: MessageId },
    /// Send the files that were shown.
    #[serde(rename = "parcel.send")]
    SendParcel { parcel: ParcelId },
    /// They are not wanted.
    #[serde(rename = "parcel.cancel")]
    CancelParcel { parcel: ParcelId },
    /// The way back: a message's card as it stands now.
    #[serde(rename = "message.view")]
    ShowMessage { message: MessageId },
    /// Why a conversation or a request for consent was refused; `entry` is the place in the journal.
    #[serde(rename = "conversation.why")]
    WhyRefused { entry: i64 },
    /// Send a failed or uncertain message again, as a new message.
    #[serde(rename = "message.retry")]
    Retry { message: MessageId },
    /// The colleague knows that an uncertain message arrived.
    #[serde(rename = "message.arrived")]
    Arrived { message: MessageId },
    /// Send what a message that has left says in Teams now; `correction` is the kept text.
    #[serde(rename = "message.correct")]
    SendCorrection { message: MessageId, correction: i64 },
    /// "Who is this for?" answered. `draft` is the kept text.
    #[serde(rename = "route.choose")]
    Choose {
        draft: i64,
        #[serde(with = "id_or_text")]
        thread: ThreadId,
    },
    #[serde(rename = "route.discard")]
    DiscardDraft { draft: i64 },
    /// Show the input for a note.
    #[serde(rename = "thread.note")]
    NoteForm { thread: ThreadId },
    /// Keep a note. `text` is an input; `thread`, too, where it was not certain.
    #[serde(rename = "note.save")]
    Note {
        #[serde(with = "id_or_text")]
        thread: ThreadId,
        #[serde(default)]
        text: String,
    },
    /// A client nobody owns: take the thread.
    #[serde(rename = "thread.take")]
    Take { thread: ThreadId },
    /// T-10: ask those who talk with the client.
    #[serde(rename = "join.ask")]
    AskToJoin { contact: ContactId },
    /// T-10: ask the administrators.
    #[serde(rename = "join.administrator")]
    AskAdministrator { contact: ContactId },
    /// Let a colleague join who asks to. Both others are inputs: what they may see of the past.
    #[serde(rename = "join.accept")]
    AcceptJoining {
        joining: JoiningId,
        #[serde(default)]
        history: String,
        #[serde(default)]
        last: String,
    },
    #[serde(rename = "join.decline")]
    DeclineJoining { joining: JoiningId },
    /// Ask until when one is away.
    #[serde(rename = "absence.form")]
    Away {},
    #[serde(rename = "absence.set")]
    SetAway {
        #[serde(flatten)]
        inputs: AwayInputs,
    },
    /// Somebody is back; empty: who presses.
    #[serde(rename = "absence.end")]
    Back {
        #[serde(default)]
        who: String,
    },
    /// Who stands in goes on taking part when the other is back.
    #[serde(rename = "absence.stay")]
    Stay { thread: ThreadId },
    /// Show the thread card's current state.
    #[serde(rename = "thread.view")]
    View { thread: ThreadId },
    /// How a thread stands for the reader, and the commands.
    #[serde(rename = "thread.help")]
    ThreadHelp { thread: ThreadId },
    /// "Which client is this chat for?" answered: the thread lives in the chat where it is pressed.
    #[serde(rename = "chat.link")]
    LinkChat {
        #[serde(with = "id_or_text")]
        thread: ThreadId,
    },
    /// The thread lives in its participants' own chats again.
    #[serde(rename = "chat.unlink")]
    UnlinkChat { thread: ThreadId },
    /// A conversation that was gone is there again: the thread lives there again.
    #[serde(rename = "chat.move_back")]
    MoveBack { thread: ThreadId },
    /// A group chat is to be made for the thread.
    #[serde(rename = "chat.open")]
    OpenChat { thread: ThreadId },
    /// Messages of a thread, older than `before`.
    #[serde(rename = "history.open")]
    OpenHistory {
        thread: ThreadId,
        #[serde(default)]
        before: Option<MessageId>,
    },
    /// Look for words in the messages that the reader may see.
    #[serde(rename = "history.search")]
    SearchHistory {
        /// Input.
        #[serde(default)]
        query: String,
        /// What was found: filled in by the server before the action is run, whatever a card says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<SearchHits>,
    },
    /// Show the contact with inputs to change it.
    #[serde(rename = "contact.edit")]
    EditContact { contact: ContactId },
    /// Change the contact. All but `contact` are inputs.
    #[serde(rename = "contact.save")]
    SaveContact {
        contact: ContactId,
        #[serde(default)]
        name: String,
        /// Another number; empty: none.
        #[serde(default)]
        phone: String,
        /// BCP 47, or empty for the line's.
        #[serde(default)]
        language: String,
        #[serde(default)]
        notes: String,
    },
    /// Ask to whom a client is to go.
    #[serde(rename = "thread.transfer")]
    TransferForm { thread: ThreadId },
    /// Offer the client to a colleague.
    #[serde(rename = "transfer.offer")]
    OfferTransfer {
        thread: ThreadId,
        #[serde(flatten)]
        inputs: TransferInputs,
    },
    /// A supervisor gives the client to a colleague without asking them.
    #[serde(rename = "transfer.now")]
    TransferNow {
        thread: ThreadId,
        #[serde(flatten)]
        inputs: TransferInputs,
    },
    /// The form: Cancel.
    #[serde(rename = "transfer.cancel")]
    CancelTransfer { thread: ThreadId },
    /// T-50: Withdraw.
    #[serde(rename = "transfer.withdraw")]
    WithdrawTransfer { transfer: TransferId },
    /// T-51: Accept.
    #[serde(rename = "transfer.accept")]
    AcceptTransfer { transfer: TransferId },
    /// T-51: Decline.
    #[serde(rename = "transfer.decline")]
    DeclineTransfer { transfer: TransferId },
    /// Who takes part, and what can be done about it.
    #[serde(rename = "thread.details")]
    Details { thread: ThreadId },
    /// Ask whom to add.
    #[serde(rename = "thread.add")]
    AddForm { thread: ThreadId },
    #[serde(rename = "participant.add")]
    AddColleagues {
        thread: ThreadId,
        #[serde(flatten)]
        inputs: AddInputs,
    },
    /// Ask whether to leave.
    #[serde(rename = "thread.leave")]
    LeaveForm { thread: ThreadId },
    #[serde(rename = "participant.leave")]
    Leave {
        thread: ThreadId,
        /// Input: who goes on with the reader's held messages, or `withdraw`. Empty where none are held.
        #[serde(default)]
        held: String,
    },
    /// Ask whom to remove.
    #[serde(rename = "thread.remove")]
    RemoveForm { thread: ThreadId },
    /// Done: ask whether to remove this one.
    #[serde(rename = "participant.pick")]
    PickRemoved { thread: ThreadId, colleague: String },
    /// Yes.
    #[serde(rename = "participant.remove")]
    Remove { thread: ThreadId, colleague: String },
    /// Ask whether to end the conversation.
    #[serde(rename = "thread.end")]
    EndForm { thread: ThreadId },
    #[serde(rename = "conversation.end")]
    End { thread: ThreadId },
    /// "Which conversation?" answered.
    #[serde(rename = "thread.which")]
    InThread {
        command: ThreadCommand,
        #[serde(with = "id_or_text")]
        thread: ThreadId,
    },
}

/// Every verb.
pub const VERBS: &[&str] = &[
    "menu.new",
    "menu.contacts",
    "menu.help",
    "menu.held",
    "menu.history",
    "contact.add",
    "contact.open",
    "thread.start",
    "consent.request",
    "consent.cancel",
    "revocation.record",
    "revocation.dismiss",
    "template.list",
    "template.refresh",
    "template.pick",
    "template.fill",
    "template.send",
    "held.edit",
    "held.save",
    "held.withdraw",
    "held.discard",
    "held.thread",
    "held.ask",
    "held.template",
    "message.why",
    "media.open",
    "parcel.send",
    "parcel.cancel",
    "message.view",
    "conversation.why",
    "message.retry",
    "message.arrived",
    "message.correct",
    "route.choose",
    "route.discard",
    "thread.note",
    "note.save",
    "thread.take",
    "join.ask",
    "join.administrator",
    "join.accept",
    "join.decline",
    "absence.form",
    "absence.set",
    "absence.end",
    "absence.stay",
    "thread.view",
    "thread.help",
    "chat.link",
    "chat.unlink",
    "chat.move_back",
    "chat.open",
    "history.open",
    "history.search",
    "contact.edit",
    "contact.save",
    "thread.transfer",
    "transfer.offer",
    "transfer.now",
    "transfer.cancel",
    "transfer.withdraw",
    "transfer.accept",
    "transfer.decline",
    "thread.details",
    "thread.add",
    "participant.add",
    "thread.leave",
    "participant.leave",
    "thread.remove",
    "participant.pick",
    "participant.remove",
    "thread.end",
    "conversation.end",
    "thread.which",
];

/// The choice of no file. Not an empty text: phones refuse cards with a choice that has no value.
pub const NO_FILE: &str = "none";

impl Action {
    /// The verb, as in `Action.Execute`: the one that the data holds too.
    pub fn verb(&self) -> &'static str {
        let data = serde_json::to_value(self).expect("an action is an object of text and numbers");
        let verb = data["verb"].as_str().expect("the tag");
        VERBS.iter().find(|known| **known == verb).expect("VERBS is complete, which a test says")
    }

    /// Whether a button's data names a verb of ours.
    pub fn is_ours(data: &Value) -> bool {
        data.get("verb").and_then(Value::as_str).is_some_and(|verb| VERBS.contains(&verb))
    }
}
