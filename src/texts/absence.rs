//! What colleagues read about those who are away and those who stand in. product.md 10 numbers none of it.

pub const AWAY: &str = "Away";
pub const AWAY_HELP: &str = "Say until when you are away and who stands in";
pub const BACK_HELP: &str = "Say that you are back";

// Buttons.
pub const SET_AWAY: &str = "Set as away";
pub const BE_AWAY: &str = "I am away";
pub const BE_BACK: &str = "I am back";
/// A supervisor's, for somebody else.
pub const IS_BACK: &str = "Is back";
pub const STAY: &str = "Stay";

// The form.
pub const HEADING: &str = "Who is away, and until when?";
pub const HEADING_OWN: &str = "Until when are you away?";
pub const WHO: &str = "Who is away?";
pub const WHO_BY: &str = "Who is away? Type a name";
pub const MYSELF: &str = "I am";
pub const NOBODY_CHOSEN: &str = "Choose who is away.";
pub const UNTIL_DATE: &str = "Back on";
pub const UNTIL_TIME: &str = "At";
pub const DATE_WRONG: &str = "Choose the day of the return.";
pub const TIME_WRONG: &str = "Choose the time of the return.";
pub const UNTIL_PASSED: &str = "This moment has passed. Choose a later one.";
pub const UNTIL_TOO_LONG: &str = "Choose a day within the next year.";
pub const COVER: &str = "Who stands in?";
pub const COVER_BY: &str = "Who stands in? Type a name";
pub const COVER_WRONG: &str = "Choose who stands in.";
/// The choice of nobody in particular.
pub const ANYBODY: &str = "Whoever is on duty";
pub const NOTE: &str = "Note to your colleagues (optional)";
pub const NOTE_TOO_LONG: &str = "Enter a note of at most 500 characters.";
pub const MEANWHILE: &str = "When one of the clients writes, who stands in joins the conversation. Without anybody, the client is offered to the colleagues on duty.";
pub const ALSO_AWAY: &str = "Away now";

/// Before the time of the return.
pub const UNTIL: &str = "until ";
/// Before that, on the card of a conversation.
pub const ALSO: &str = " · away ";

pub const NOT_AWAY: &str = "You are not away.";
pub const NOT_YOURS: &str = "Only a supervisor of the line can say that somebody else is away or back. Nothing was changed.";
pub const STAYS: &str = "You stay in this conversation.";
pub const STANDS_IN_NO_MORE: &str = "You do not stand in for anybody here any more. Nothing was changed.";

/// Of somebody, with the time until when.
pub fn is_away(who: &str, until: &str, cover: Option<&str>) -> String {
    match cover {
        Some(cover) => format!("{who} is away until {until}, {cover} stands in."),
        None => format!("{who} is away until {until}."),
    }
}

/// Behind the time of the return.
pub fn who_stands_in(cover: &str) -> String {
    format!(", {cover} stands in")
}

/// To who is away.
pub fn you_are_away(until: &str, cover: Option<&str>) -> String {
    match cover {
        Some(cover) => format!("You are away until {until}. {cover} stands in."),
        None => format!("You are away until {until}. Your clients are offered to the colleagues on duty."),
    }
}

/// To who was set as away by a supervisor.
pub fn set_away_by(by: &str, until: &str) -> String {
    format!("{by} has set you as away until {until}. Type back when you are back.")
}

/// To who is to stand in.
pub fn you_stand_in(who: &str, until: &str) -> String {
    format!("{who} is away until {until}, and you stand in. You join a conversation when its client writes.")
}

/// To who has joined a conversation to stand in.
pub fn you_joined(who: &str, client: &str) -> String {
    format!("{who} is away, and you stand in for them with {client}. When they are back you leave the conversation, unless you stay.")
}

/// To the others of the conversation.
pub fn stands_in(cover: &str, who: &str, client: &str) -> String {
    format!("{cover} stands in for {who} with {client}.")
}

/// To who stood in.
pub fn you_left(who: &str, client: &str) -> String {
    format!("{who} is back. You have left the conversation with {client}.")
}

/// To who is back, with the clients with whom others stood in.
pub fn welcome_back(stood_in: &[(String, Vec<String>)]) -> String {
    if stood_in.is_empty() {
        return "Welcome back. Nobody had to stand in for you.".to_owned();
    }
    let one = |(who, clients): &(String, Vec<String>)| format!("{who} stood in with {}.", super::names::names(clients));
    let all: Vec<String> = stood_in.iter().map(one).collect();
    format!("Welcome back. {}", all.join(" "))
}

/// To a supervisor: somebody cannot be set as away, or cannot stand in.
pub fn not_enabled(who: &str) -> String {
    format!("{who} is not enabled for these lines of business.")
}

/// Who stands in must be told.
pub fn unreachable(who: &str) -> String {
    format!("{who} has no chat with the app in Teams yet and cannot stand in.")
}

/// Nobody stands in for themselves.
pub fn themselves(who: &str) -> String {
    format!("{who} cannot stand in for themselves.")
}

/// To a supervisor who ends somebody's absence.
pub fn was_not_away(who: &str) -> String {
    format!("{who} is not away.")
}

/// The receipt of a supervisor.
pub fn is_back(who: &str) -> String {
    format!("{who} is back.")
}
