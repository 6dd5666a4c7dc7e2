//! Sentences around a client's messages and a colleague's actions that product.md 10 does not number.

use crate::bridge::{RevocationOutcome, Rule};

pub const UNKNOWN_CLIENT: &str = "Unknown client";
pub const EARLIER_MESSAGE: &str = "an earlier message";
pub const BEFORE_CONSENT: &str = "Written before they agreed; you cannot answer yet.";
pub const POSTED_AGAIN: &str = "Shown again after an interruption; you may have seen this already.";

pub const PICTURE: &str = "Picture";
pub const VIDEO: &str = "Video";
pub const AUDIO: &str = "Audio file";
pub const VOICE: &str = "Voice message";
pub const DOCUMENT: &str = "Document";
pub const STICKER: &str = "Sticker";

pub const TARGETED: &str = "That was a private message to the app. Nothing was sent to a client.";
pub const PERSONAL_ONLY: &str = "I relay messages from this chat only. Nothing was sent to a client. Write to me here.";
pub const NO_OPEN_CONVERSATION: &str = "You have no open conversation, so nothing was sent. Start one with a contact.";
pub const HELD_CHANGED: &str = "The held message was changed.";
pub const HELD_WITHDRAWN: &str = "The held message was withdrawn.";
pub const HELD_NOT_TEXT: &str = "Only texts can be changed. Withdraw this and send it anew.";
pub const HELD_IN_PARTS: &str =
    "Nothing was changed: this long text went as several messages. Type held to change or withdraw what waits of it.";
pub const HELD_NOT_CHANGED: &str = "The held message was not changed: there is no text in your change.";
pub const HELD_TOO_LONG: &str =
    "This is too long to be changed here. Change the message where you typed it, or withdraw this and send it anew.";
pub const HELD_GIVEN_BACK: &str = "This held message was withdrawn and not sent.";
pub const ASK_WINDOW_OPEN: &str = "The 24-hour window is open. What is held goes out before the next message that you write.";
pub const ASK_NOT_CONFIGURED: &str =
    "The client was not asked to write: this line of business has no template for it. Choose a template, or ask your administrator.";
pub const EDIT_TOO_LATE: &str = "Your change stays in Teams: the client keeps the message as it was sent.";
pub const DELETE_TOO_LATE: &str = "Your deletion stays in Teams: the client keeps the message.";
pub const EDIT_OF_FAILED: &str = "Your change stays in Teams: the message did not reach the client. You can send what it says now.";
pub const DELETE_OF_FAILED: &str = "Your deletion stays in Teams: the message did not reach the client.";
pub const CORRECTION_SENT: &str = "Correction sent";
pub const CORRECTION_NOT_SENT: &str = "Correction not sent yet";
pub const CORRECTION_SETTLED: &str = "This correction was sent already, or the message was changed again since. Nothing was sent now.";

/// The message extension and card buttons where others look on.
/// Somebody else's press on "Who is this for?", where others look on.
pub const NOT_YOUR_WORDS: &str = "Only whoever wrote this can say whom it is for. Nothing was changed.";
pub const OWN_CHAT_ONLY: &str = "Use this in your own chat with the app: what concerns a client is not for other chats. Nothing was done.";
pub const OPEN_CHAT_FIRST: &str = "Open your own chat with the app first, then try again.";
pub const NOBODY_TO_WRITE_TO: &str =
    "You have no open conversation, so there is nobody to send a template to. Find a contact and start one.";
pub const SEARCH_TOO_OLD: &str = "This search is from another version of the app. Nothing was done.";
pub const SEARCH_FAILED: &str = "The search did not work this time. Please try again.";
pub const CONTINUED: &str = "Continued in the message below.";

pub const NOT_YOURS: &str = "This conversation is not yours, or it has ended. Nothing was done.";
pub const CARD_TOO_OLD: &str = "This card is from another version. Type help to go on.";
pub const REQUEST_CANCELLED: &str = "Nothing was sent.";
pub const REQUEST_SENT: &str = "Request sent.";
pub const TEMPLATE_SENT: &str = "Template sent.";
pub const CODE_NEEDS_PHONE: &str = "one-time passwords need the client's phone number, which WhatsApp does not tell";
pub const TEMPLATE_GONE: &str = "This template is not offered by WhatsApp any more. Choose another one.";
pub const SENT_ALREADY: &str = "This card has sent its template already. Nothing was sent again.";
pub const SENT_AGAIN: &str = "Sent again.";
pub const ARRIVED: &str = "Noted: it arrived.";
pub const ROUTED: &str = "Given to this conversation.";
pub const DISCARDED: &str = "Discarded. Nothing was sent.";
pub const DRAFT_SETTLED: &str = "This was settled already.";
pub const TAKEN: &str = "You took this conversation.";
pub const TAKEN_BY_ANOTHER: &str = "A colleague took this conversation.";
pub const NOTHING_TO_TAKE: &str = "Who has this client is back. There is nothing to take.";
pub const INSTALL_FIRST: &str =
    "Install the app for yourself first: without a chat of your own with it you would not see what the client writes. Nothing was changed.";
pub const NO_NUMBER: &str = "This line of business has no WhatsApp number yet. Ask your administrator.";
pub const WORKING: &str = "Still working on it. The card will change when it is done.";
pub const BUSY: &str = "Nothing was done: the server is busy. Please try again.";
pub const MARKETING_OFF: &str = "marketing is not allowed on this line";
pub const MARKETING_STOPPED: &str = "the client wants no marketing";
pub const MARKETING_US: &str = "WhatsApp delivers no marketing to numbers of the United States";
pub const CLOSED_TEMPLATE_ONLY: &str = "The 24-hour window is closed: choose an approved template to restart.";
pub const CLOSED_QUEUE: &str = "The 24-hour window is closed: what you write is held until the client writes, or choose a template.";

/// A thread's shared conversation is gone.
pub fn home_gone(client: &str) -> String {
    format!("The Teams conversation about {client} cannot be reached any more. It goes on here.")
}

/// To administrators: a line's channel cannot be posted to.
pub fn intake_channel_unreachable(line: &str) -> String {
    format!(
        "New clients of {line} cannot be offered in its channel, because the app is not there. They are offered to each colleague instead. \
         Add the app to the team, or check the channel in the directory."
    )
}

/// Notification of a client's message.
pub fn new_message(client: &str) -> String {
    format!("New message from {client}")
}

/// Under the message of a client who came through an ad or a post. `said` is the ad's own headline or text.
pub fn through_ad(post: bool, said: Option<&str>, link: Option<&str>) -> String {
    let what = if post { "Came through a post" } else { "Came through an ad" };
    let said = said.map(|said| format!(": “{said}”")).unwrap_or_default();
    let link = link.map(|link| format!(" ({link})")).unwrap_or_default();
    format!("{what}{said}{link}")
}

pub fn reacted(emoji: &str) -> String {
    format!("Reacted with {emoji}")
}

pub fn reacted_to(emoji: &str, what: &str) -> String {
    format!("Reacted with {emoji} to {what}")
}

pub fn took_back_reaction(what: &str) -> String {
    format!("Took back the reaction to {what}")
}

pub fn edited(what: &str, body: &str) -> String {
    format!("Changed {what} to: {body}")
}

pub fn deleted(what: &str) -> String {
    format!("Deleted {what}")
}

pub fn attachments_not_sent(names: &str) -> String {
    format!("Not sent: {names}. Teams does not hand this over. Send files to me in our own chat; pasted pictures go from everywhere.")
}

pub fn you_can_write(client: &str) -> String {
    format!("You can write to {client} now. What you type here goes to {client}.")
}

pub fn opt_in_template_missing(name: &str) -> String {
    format!("The opt-in template {name} is not approved on WhatsApp, so nothing was sent. Ask your administrator.")
}

/// Example of a date and time as it is typed.
pub const MOMENT_EXAMPLE: &str = "2026-12-31 18:00";

pub fn not_sendable(reason: &str) -> String {
    format!("This template cannot be sent from here: {reason}.")
}

/// A held message was changed on its card after it had gone out, expired or been withdrawn. `state` as a label.
pub fn changed_too_late(state: &str) -> String {
    format!("Your change came too late. The message as it was: {}", lower(state.trim_end_matches('.')) + ".")
}

fn lower(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

pub fn ask_not_approved(name: &str) -> String {
    format!("The client was not asked to write: WhatsApp has not approved the template {name}. Ask your administrator.")
}

/// A rule stands against asking the client to write; `next`: when it can be tried again, where that is known.
pub fn ask_refused(rule: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("The client was not asked to write. {rule} The next one is possible {next}."),
        None => format!("The client was not asked to write. {rule}"),
    }
}

/// Why a held message was not sent (T-23b), to stand after "because".
pub fn reason(rule: Rule) -> &'static str {
    match rule {
        Rule::NotEnabled => "the colleague who wrote is not enabled for this line any more",
        Rule::NumberDeactivated => "the number is switched off",
        Rule::OwnedByOthers => "the client now talks with another colleague",
        Rule::ConsentRefused => "the client does not want messages",
        Rule::RequestPending | Rule::ConsentNeeded => "the client has not agreed yet",
        Rule::TemplateOnly | Rule::Queue => "the 24-hour window is closed",
        Rule::RevocationOpen => "the client may be asking to stop",
        _ => "a rule of your organization does not allow it",
    }
}

/// What was decided about a client's message that may ask to stop.
pub fn revocation_decided(outcome: RevocationOutcome) -> &'static str {
    match outcome {
        RevocationOutcome::OptOut => "Opt-out recorded.",
        RevocationOutcome::NotAnOptOut => "Not an opt-out.",
        RevocationOutcome::Stopped => "The client has stopped messages themselves.",
    }
}

/// Why a rule refused, for those that product.md 10 has no text for.
pub fn refused(rule: Rule) -> &'static str {
    match rule {
        Rule::TemplateNotApproved => {
            "WhatsApp does not let anybody send this template now: it was paused, changed or withdrawn. Nothing was sent. Choose another one, or ask your administrator."
        }
        Rule::MarketingNotAllowed => "Marketing templates may not be sent to this client. Nothing was sent.",
        Rule::TemplateUnanswered => "The client has not answered the last template yet. Only one is allowed in 24 hours. Nothing was sent.",
        Rule::AlreadyGranted => "The client has agreed already: you can write.",
        _ => "Nothing was sent.",
    }
}
