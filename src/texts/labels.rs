//! What is written on cards beside the sentences of product.md 10: headings, labels, buttons, errors, states, command help.

use crate::bridge::{Basis, ConsentState, MessageState, TemplateCategory, TemplateHeader};

// Buttons. Verbs first; at most 20 characters, so that three fit side by side on a phone.
pub const OPEN: &str = "Open";
pub const ADD_CONTACT: &str = "Add contact";
pub const SEARCH: &str = "Search";
/// The contact card's WhatsApp action.
pub const MESSAGE_ON_WHATSAPP: &str = "Message on WhatsApp";
pub const HISTORY: &str = "History";
pub const SEND_REQUEST: &str = "Send request";
pub const SEND_AGAIN: &str = "Send again";
pub const CANCEL: &str = "Cancel";
pub const TEMPLATE: &str = "Template";
/// Asks WhatsApp for the templates again.
pub const REFRESH_TEMPLATES: &str = "Refresh list";
pub const CHOOSE_TEMPLATE: &str = "Choose template";
pub const HELD: &str = "Held";
pub const HELP: &str = "Help";
pub const CHOOSE: &str = "Choose";
pub const FILL_IN: &str = "Fill in";
pub const CONTINUE: &str = "Continue";
pub const OTHER_TEMPLATES: &str = "Other templates";
pub const PREVIEW: &str = "Preview";
pub const SEND: &str = "Send";
pub const BACK: &str = "Back";
pub const EDIT: &str = "Edit";
pub const WITHDRAW: &str = "Withdraw";
pub const SAVE: &str = "Save";
pub const RETRY: &str = "Retry";
pub const SEND_CORRECTION: &str = "Send correction";
pub const RESEND: &str = "Resend";
pub const WHY: &str = "Why?";
pub const ASK_TO_REPLY: &str = "Ask to reply";
pub const IT_ARRIVED: &str = "It arrived";
pub const DISCARD: &str = "Discard";
pub const SEND_AS_NEW: &str = "Send as new";
pub const TAKE: &str = "Take";
pub const RECORD_OPT_OUT: &str = "Record opt-out";
pub const NOT_AN_OPT_OUT: &str = "Not an opt-out";
pub const OLDER: &str = "Older";
pub const NEWER: &str = "Newer";
pub const NEW_CONVERSATION: &str = "New conversation";
pub const MOVE_BACK: &str = "Move back";
pub const SEND_FILES: &str = "Send";
pub const CANCEL_FILES: &str = "Cancel";
pub const OPEN_PAGE: &str = "Open in the browser";
pub const OPEN_AGAIN: &str = "New link";
pub const USE_OWN_CHATS: &str = "Use our own chats";
pub const OPEN_AS_CHAT: &str = "Open as group chat";
pub const CONTACTS: &str = "Contacts";

// Headings.
pub const EDIT_CONTACT: &str = "Edit contact";
pub const ADD_A_CONTACT: &str = "Add a contact";
pub const HELD_MESSAGES: &str = "Held messages";
pub const WHO_IS_THIS_FOR: &str = "Who is this for?";
pub const COMMANDS: &str = "Commands";
pub const CONSENT_NEEDED: &str = "Consent is needed first";
pub const NEWS: &str = "News about this conversation";
pub const WHATSAPP_NEWS: &str = "News from WhatsApp";
pub const NO_OWNER: &str = "New message, nobody owns this client yet.";
pub const NOT_TAKEN: &str = "Nobody has taken this client yet.";
/// Before the time since when a client waits.
pub const NOT_TAKEN_SINCE: &str = "Waiting since ";

// Facts.
pub const PHONE: &str = "Phone";
pub const CONSENT: &str = "Consent";
pub const MARKETING: &str = "Marketing";
pub const MARKETING_STOPPED: &str = "Not wanted by the client";
pub const LANGUAGE: &str = "Language";
pub const ADDED: &str = "Added";
pub const NOTES: &str = "Notes";
pub const CONVERSATIONS: &str = "Conversations";
/// Before a time, with their spaces.
pub const ACTIVE_SINCE: &str = "Active since ";
pub const PAST_UNTIL: &str = "Past, until ";
pub const NOBODY_TOOK: &str = "No colleague yet";
pub const COLLEAGUES: &str = "Colleagues";
pub const DELIVERY: &str = "Delivery";
pub const CONTACT: &str = "Contact";
pub const NUMBER: &str = "Number";
pub const REASON: &str = "Reason";
pub const DETAILS: &str = "Details";
pub const UNNAMED_TEMPLATE: &str = "without a name";
/// Between text and times: with their spaces.
pub const WRITTEN: &str = "Written ";
pub const EXPIRES_AT: &str = ", expires ";
pub const ASKED_TO_REPLY: &str = "The client was asked to write: ";
pub const SENT_AT: &str = "Sent ";

// Inputs and their errors.
pub const CHOOSE_A_CONTACT: &str = "Choose a contact";
/// Placeholders repeat the label: some clients read them out instead of it.
pub const CHOOSE_A_CONTACT_BY: &str = "Choose a contact by name";
pub const CHOOSE_A_CLIENT_BY: &str = "Choose a client by name";
pub const NAME: &str = "Name";
pub const PHONE_NUMBER: &str = "Phone number";
pub const PHONE_EXAMPLE: &str = "+49 151 23456789";
pub const LANGUAGE_OPTIONAL: &str = "Language (optional)";
pub const LANGUAGE_EXAMPLE: &str = "en, de, pt-BR";
pub const LINE_OF_BUSINESS: &str = "Line of business";
pub const PHONE_OPTIONAL: &str = "Phone number (optional)";
pub const ANOTHER_PHONE: &str = "Another phone number (optional)";
/// Before the numbers of a contact, with their space.
pub const KNOWN_NUMBERS: &str = "Known: ";
pub const NUMBER_RECOGNISES: &str = "Messages go on as they do; the client is recognised when they write from another number too.";
pub const NUMBER_REPLACES: &str = "WhatsApp has not confirmed a number yet: messages go to the one that you enter.";
pub const PHONE_TAKEN: &str = "Another contact has this number.";
pub const NOTES_INPUT: &str = "Notes for colleagues (optional)";
pub const NOTES_TOO_LONG: &str = "Enter notes of at most 1,000 characters.";
pub const FIND_WORDS: &str = "Find words in messages";
pub const NO_WORDS: &str = "Enter a word to look for.";
pub const FIND_CONTACT: &str = "Find by name or number";
pub const FIND_TEMPLATE: &str = "Find by name or text";
pub const FIND_A_TEMPLATE: &str = "Choose a template";
pub const FIND_A_TEMPLATE_BY: &str = "Choose a template by typing";
pub const NO_TEMPLATE_CHOSEN: &str = "Choose a template first.";
pub const BASIS: &str = "On what basis do you contact this person?";
pub const MESSAGE: &str = "Message";
pub const CLIENT: &str = "Client";
pub const CHOOSE_A_CLIENT: &str = "Choose a client";
pub const NO_CONTACT_CHOSEN: &str = "Choose a contact first.";
pub const NO_NAME: &str = "Enter a name.";
pub const NAME_TOO_LONG: &str = "Enter a name of at most 200 characters.";
pub const NO_PHONE: &str = "Enter the phone number.";
pub const PHONE_INVALID: &str = "This is not a valid phone number.";
pub const PHONE_WITHOUT_COUNTRY: &str = "Enter the phone number with + and country code.";
pub const LANGUAGE_UNKNOWN: &str = "Enter a language code such as en, de or pt-BR.";
pub const NO_LINE: &str = "Choose a line of business.";
pub const NO_BASIS: &str = "Choose on what basis you contact this person.";
pub const NO_VALUE: &str = "Enter a value.";
pub const VALUE_TOO_LONG: &str = "This value is too long.";
pub const VALUE_NO_COORDINATE: &str = "Enter degrees as a number with a point, for example 52.5163.";
pub const VALUE_NO_MOMENT: &str = "Enter date and time as 2026-12-31 18:00.";
pub const VALUE_PASSED: &str = "This moment has passed. Enter a later one.";
pub const VALUE_NOT_ONE_LINE: &str = "Enter this on one line, without tabs or more than four spaces in a row.";
pub const NO_TEXT: &str = "Enter a message.";
pub const TEXT_TOO_LONG: &str = "WhatsApp takes at most 4,096 characters in one message.";
pub const NO_CLIENT_CHOSEN: &str = "Choose a client first.";
pub const SEARCH_TOO_LONG: &str = "Enter at most 80 characters.";

// Sentences.
pub const NO_CONTACTS: &str = "No contacts found.";
pub const NO_CONTACTS_YET: &str = "You have no contacts yet. Add the first one.";
/// Below a template that was chosen in the compose box.
pub const NOTHING_SENT_YET: &str = "Nothing has been sent. You see the exact text first, and send it yourself.";
/// The commands of the message extension, in Teams' compose box: titles of at most 32 characters, descriptions of at most 128.
pub const TEMPLATES: &str = "Templates";
pub const TEMPLATES_COMMAND: &str = "Choose an approved WhatsApp template for your client";
pub const CONTACTS_COMMAND: &str = "Find a contact to message on WhatsApp";
pub const NO_TEMPLATES: &str = "No approved templates found.";
pub const NO_HELD: &str = "You have no held messages.";
pub const NO_HELD_HERE: &str = "No held messages in this conversation.";
pub const NOTHING_FOUND: &str = "No messages found.";
pub const SEARCH_INCOMPLETE: &str = "There may be more in older messages. Use more words to narrow the search.";
/// A conversation in which the reader takes part no longer.
pub const PAST: &str = "past";
pub const NO_MESSAGES: &str = "No messages yet.";
pub const NO_THREADS: &str = "You have no conversations yet.";
pub const CHECK_PREVIEW: &str = "This is exactly what the client will see. Nothing has been sent yet.";
pub const NOTHING_TO_FILL: &str = "This template has nothing to fill in.";
pub const KEPT: &str = "Your text:";
pub const ROUTE_WHY: &str = "It is not certain which client this is for. Nothing was sent; your text is kept until you choose.";
pub const UNCERTAIN: &str = "We could not find out whether this arrived.";
pub const UNCERTAIN_WHY: &str = "Resending may show it to the client twice. If you know that it arrived, say so.";
pub const NOT_ENABLED: &str = "You are not enabled for WhatsApp yet. Ask your administrator to add you to a line of business.";
pub const WELCOME_HOW: &str =
    "Here you chat with your clients on WhatsApp. What you write in a conversation goes to the client; what the client writes comes here.";
pub const WELCOME_RULES: &str = "We ask each client for consent first, and tell you when WhatsApp's 24-hour window is open.";
pub const HELP_INTRO: &str = "Type one of these words, or use the buttons. Anything else you write is a message to the client.";
pub const BEFORE_CONSENT: &str = "written before consent";
pub const SYSTEM: &str = "switchboard";

/// The commands, each with what it does.
pub const COMMAND_HELP: &[(&str, &str)] = &[
    ("new", "Start a conversation, or add a contact"),
    ("contacts", "Find a contact"),
    ("history", "Read earlier messages"),
    ("templates", "Choose an approved template"),
    ("held", "See, edit or withdraw messages that wait"),
    ("details", "See who takes part in the current conversation, and change it"),
    ("transfer", "Hand the current client to a colleague"),
    ("add", "Add colleagues to the current conversation"),
    ("remove", "Remove a colleague from it"),
    ("leave", "Leave it to the others"),
    ("end", "End it: the client is free for your line of business"),
    ("away", crate::texts::absence::AWAY_HELP),
    ("back", crate::texts::absence::BACK_HELP),
    ("help", "Show this card"),
    ("// text", "A note for colleagues: never sent to the client"),
    ("note", "Write such a note in a form"),
];

pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::MetInPerson => "We met in person",
        Basis::Contract => "There is a contract",
        Basis::WebForm => "They asked through a web form",
        Basis::Other => "Other",
    }
}

/// Consent in words.
pub fn consent(state: ConsentState) -> &'static str {
    match state {
        ConsentState::None => "Not asked yet",
        ConsentState::Pending => "Asked, no answer yet",
        ConsentState::Granted => "Agreed to WhatsApp messages",
        ConsentState::Declined => "Declined WhatsApp messages",
        ConsentState::Lapsed => "Asked, no answer for more than 24 hours",
        ConsentState::Revoked => "Asked to stop",
    }
}

/// What the state of consent means for writing.
pub fn consent_advice(state: ConsentState) -> &'static str {
    match state {
        ConsentState::None => "Your first message asks for consent.",
        ConsentState::Pending => "You can write as soon as they accept.",
        ConsentState::Granted => "",
        ConsentState::Declined | ConsentState::Revoked => "Writing is closed until they write to you.",
        ConsentState::Lapsed => "You can send the request again.",
    }
}

// What a client who came through an ad costs: before and after a time, with their spaces.
pub const PRICE: &str = "Price";
pub const FREE_UNTIL: &str = "Free until ";
pub const FREE_IF_ANSWERED: &str = "Free for 72 hours if you answer before ";
pub const FREE_BY_AD: &str = ": the client came through an ad.";
pub const MAY_ASK_TO_STOP: &str = "May be asking to stop";
/// Before the time by which it must be decided.
pub const DECIDE_BY: &str = ". Decide by ";
pub const REVOCATION_MEANWHILE: &str = "Until you decide, held messages wait, and no template or request is sent. Recording the opt-out closes writing until the client writes again.";

/// A client said several times what may be a wish to stop; the last time is quoted below.
pub fn said_again(messages: u32) -> String {
    format!("Said {messages} times so far. The last time:")
}

/// Who has the client cannot answer, and nobody stands in.
pub fn owner_away(colleague: &str) -> String {
    format!("New message, and {colleague} is away.")
}

/// Above the last of several messages.
pub fn messages_so_far(count: u32) -> String {
    format!("{count} messages so far. The last one:")
}

pub const AGREED: &str = "Agreed.";
pub const WINDOW_OPEN: &str = "You can write until ";
pub const WINDOW_CLOSED: &str = "Window closed since ";
pub const WINDOW_CLOSED_ADVICE: &str = "Choose a template to restart.";
pub const WINDOW_NEVER: &str = "The client has not written yet. Choose a template to start.";
pub const CLIENT_FIRST: &str = "The client wrote first.";
/// Who added a contact that nobody added.
pub const BY_WRITING: &str = "by writing to us";

/// Between the words and the time of a state of consent.
pub const SINCE_OPEN: &str = " (";

/// Behind the time at which a window closes soon.
pub const WINDOW_CLOSING: &str = ", less than an hour from now.";

// "Why?".
pub const WHY_HEADING: &str = "Why?";
pub const WHY_NOT_RECORDED: &str = "No decision about this is recorded.";
pub const WINDOW: &str = "Window";
pub const POLICY: &str = "Policy";
pub const SINCE: &str = "Since";
pub const WHATSAPP: &str = "WhatsApp";
pub const WINDOW_WAS_OPEN: &str = "Open until ";
pub const WINDOW_WAS_CLOSED: &str = "Closed since ";
pub const WINDOW_REFUSED: &str = "Closed, WhatsApp said ";
pub const WINDOW_NEVER_OPENED: &str = "The client had not written yet";
pub const WITHDRAWN_BY_OPT_OUT: &str = "The client asked to stop.";

/// In front of the times of another colleague's held message.
pub fn written_by(who: &str) -> String {
    format!("{who} · ")
}

pub fn held_too_long(hours: u64) -> String {
    format!("It was held for {hours} hours, the longest that this line of business allows.")
}

/// The middle of T-26 as a sentence of its own.
pub fn cause(cause: &str) -> String {
    let mut rest = cause.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).chain(['.']).collect())
}

/// A text that was changed, as it was.
pub fn before(text: &str) -> String {
    format!("Before: {text}")
}

pub const STATE_HELD: &str = "Held until the client writes";
pub const STATE_FAILED: &str = "Not delivered";
pub const STATE_UNCERTAIN: &str = "Not known whether it arrived";

/// A message's state.
pub fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Received => "Received",
        MessageState::Held => STATE_HELD,
        MessageState::Queued => "On its way to WhatsApp",
        MessageState::Uncertain => STATE_UNCERTAIN,
        MessageState::Accepted => "Accepted by WhatsApp",
        MessageState::Sent => "Sent",
        MessageState::Delivered => "Delivered",
        MessageState::Read => "Read",
        MessageState::Played => "Played",
        MessageState::Failed => STATE_FAILED,
        MessageState::Withdrawn => "Withdrawn",
        MessageState::Expired => "Expired without being sent",
        MessageState::Refused => "Not sent",
        MessageState::Internal => "Internal note",
    }
}

/// What stands above a template's text, where it is more than text.
pub fn header_kind(header: &TemplateHeader) -> Option<&'static str> {
    match header {
        TemplateHeader::Text { .. } => None,
        TemplateHeader::Image => Some("With a picture"),
        TemplateHeader::Video => Some("With a video"),
        TemplateHeader::Document => Some("With a document"),
        TemplateHeader::Location => Some("With a place"),
    }
}

pub fn category(category: TemplateCategory) -> &'static str {
    match category {
        TemplateCategory::Marketing => "Marketing",
        TemplateCategory::Utility => "Utility",
        TemplateCategory::Authentication => "Authentication",
        TemplateCategory::Unknown => "Unknown category",
    }
}

/// T-21 where nobody knows when the client last wrote.
pub const SOME_TIME_AGO: &str = "some time ago";

/// How many a list leaves out that can be searched.
pub fn more_to_find(count: usize) -> String {
    format!("{count} more. Search to narrow the list.")
}

/// How many a list leaves out that cannot.
pub fn more(count: usize) -> String {
    format!("{count} more.")
}

pub fn more_contacts(count: usize) -> String {
    format!("{count} more under Contacts.")
}

pub fn more_threads(count: usize) -> String {
    format!("{count} more. Quote a message of the client you mean instead.")
}

/// The number that was entered is another contact's.
pub fn phone_taken(who: &str) -> String {
    if who.is_empty() { PHONE_TAKEN.to_owned() } else { format!("This number belongs to another contact: {who}.") }
}

pub fn added_by(who: &str) -> String {
    format!("by {who}")
}

pub fn not_sendable(reason: &str) -> String {
    format!("Not sendable from here: {reason}")
}

/// The label of a template's variable, which has a name or a position.
pub fn variable(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_digit()) {
        return format!("Value {name}");
    }
    let words = name.replace('_', " ");
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

pub fn for_example(example: &str) -> String {
    format!("For example {example}")
}

pub fn template_buttons(titles: &[String]) -> String {
    format!("With buttons: {}", titles.join(", "))
}

pub fn held_count(count: usize) -> String {
    match count {
        1 => "1 message waits for the client to write.".to_owned(),
        count => format!("{count} messages wait for the client to write."),
    }
}

pub fn welcome(colleague: Option<&str>) -> String {
    colleague.map_or_else(|| "Welcome to switchboard".to_owned(), |name| format!("Welcome to switchboard, {name}"))
}

pub fn your_lines(lines: &[String]) -> String {
    format!("You are enabled for {}.", super::names::names(lines))
}

pub fn with_name(what: &str, name: &str) -> String {
    format!("{what}: {name}")
}

/// The notification of a card about a client.
pub fn about(client: &str, what: &str) -> String {
    if client.is_empty() { what.to_owned() } else { format!("{client}: {what}") }
}

// What is wrong with a line's own wording, for administrators.

pub fn wording_empty(id: &str) -> String {
    format!("{id} has no text")
}

pub fn wording_too_long(id: &str, limit: usize) -> String {
    format!("{id} is longer than {limit} characters")
}

pub fn wording_brace(id: &str) -> String {
    format!("{id} has a brace without its partner")
}

pub fn wording_placeholder(id: &str, name: &str, known: &[&str]) -> String {
    let known: Vec<_> = known.iter().map(|name| format!("{{{name}}}")).collect();
    format!("{id} does not know {{{name}}}; it knows {}", known.join(", "))
}
