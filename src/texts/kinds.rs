//! What stands for a client's message that is no plain text, in WhatsApp's markup.

use crate::bridge::{Person, SystemEvent};
use serde_json::Value;

/// A message without a word in it.
pub const EMPTY: &str = "[A message without text]";
/// The most answers of a form that are shown; the whole is kept.
const ANSWERS: usize = 30;
/// The longest answer that is shown, in characters.
const ANSWER: usize = 300;

pub fn location(name: Option<&str>, address: Option<&str>, latitude: f64, longitude: f64) -> String {
    let place: Vec<&str> = [name, address].into_iter().flatten().map(str::trim).filter(|words| !words.is_empty()).collect();
    let place = if place.is_empty() { String::new() } else { format!(" {}", place.join(", ")) };
    format!("[Location]{place}\nhttps://maps.google.com/?q={latitude},{longitude}")
}

pub fn contacts(people: &[Person]) -> String {
    let card = |person: &Person| {
        let name = person.name.trim();
        let phones = person.phones.iter().map(String::as_str).filter(|phone| *phone != name);
        let parts: Vec<&str> = Some(name).filter(|name| !name.is_empty()).into_iter().chain(phones).collect();
        if parts.is_empty() { "without a name or a number".to_owned() } else { parts.join(", ") }
    };
    match people {
        [] => "[An empty contact card]".to_owned(),
        [one] => format!("[Contact card] {}", card(one)),
        several => format!("[{} contact cards]\n{}", several.len(), several.iter().map(card).collect::<Vec<_>>().join("\n")),
    }
}

pub fn order(summary: &str) -> String {
    if summary.trim().is_empty() { "[An order without products]".to_owned() } else { format!("[Order]\n{summary}") }
}

/// The answers of a form, a line each. `body` is JSON that somebody else wrote, or not even that.
pub fn form(name: &str, body: &str) -> String {
    let answers: Option<Value> = serde_json::from_str(body).ok();
    if name == "call_permission_reply" {
        return call_permission(answers.as_ref().and_then(|answers| answers["response"].as_str())).to_owned();
    }
    // The usual name says nothing.
    let head = if name == "flow" { "[Form]".to_owned() } else { format!("[Form: {}]", spaced(name)) };
    let mut lines = Vec::new();
    match answers {
        Some(answers) => told("", &answers, &mut lines),
        None if body.trim().is_empty() => {}
        None => return format!("{head} It was answered in a way that cannot be read here. Ask the client what they entered."),
    }
    if lines.is_empty() {
        return format!("{head} Sent without an answer.");
    }
    if lines.len() > ANSWERS {
        lines.truncate(ANSWERS);
        lines.push("…".to_owned());
    }
    format!("{head}\n{}", lines.join("\n"))
}

/// Every answer as `Question: answer`. Nested ones lose their group's name, which is the form's own.
fn told(question: &str, answer: &Value, lines: &mut Vec<String>) {
    let said = match answer {
        Value::Null => return,
        Value::Object(answers) => {
            // Meta's own, to find the form again.
            return answers.iter().filter(|(key, _)| *key != "flow_token").for_each(|(key, answer)| told(key, answer, lines));
        }
        Value::Array(several) if several.iter().any(|one| one.is_object() || one.is_array()) => {
            return several.iter().for_each(|one| told(question, one, lines));
        }
        Value::Array(several) => several.iter().filter_map(word).collect::<Vec<_>>().join(", "),
        one => word(one).unwrap_or_default(),
    };
    let said: String = if said.trim().is_empty() { "no answer".to_owned() } else { said.chars().take(ANSWER).collect() };
    lines.push(if question.is_empty() { said } else { format!("{}: {said}", sentence(&spaced(question))) });
}

fn word(answer: &Value) -> Option<String> {
    match answer {
        Value::String(text) => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn call_permission(response: Option<&str>) -> &'static str {
    match response {
        Some("accept") => "[Agreed to be called on WhatsApp. Calls cannot be made from here.]",
        Some("reject") => "[Does not want to be called on WhatsApp.]",
        _ => "[Answered whether they may be called on WhatsApp.]",
    }
}

/// `body` is Meta's own sentence, which is not always there, and says little about an identity.
pub fn system(event: &SystemEvent, body: &str) -> String {
    if !body.trim().is_empty() && *event != SystemEvent::IdentityChanged {
        return format!("[WhatsApp] {}", body.trim());
    }
    match event {
        SystemEvent::ChangedNumber { wa_id: Some(wa_id), .. } => format!("[WhatsApp] The client has a new phone number: +{wa_id}"),
        SystemEvent::ChangedNumber { wa_id: None, .. } => "[WhatsApp] The client has a new phone number.".to_owned(),
        SystemEvent::ChangedUserId { .. } => "[WhatsApp] The client has a new WhatsApp identity.".to_owned(),
        SystemEvent::IdentityChanged => {
            "[WhatsApp] The client's security code changed: a new phone, or a new installation. Make sure that it is still them.".to_owned()
        }
        SystemEvent::Other { name } => format!("[WhatsApp] News about the client: {}.", spaced(name)),
    }
}

pub fn called(event: &str) -> &'static str {
    match event {
        "terminate" => "[The client called on WhatsApp, and the call is over. Calls cannot be answered here.]",
        _ => "[The client called on WhatsApp. Calls cannot be answered here: write to them, or call them by phone.]",
    }
}

/// `what`: Meta's name of the kind, as far as known.
pub fn unsupported(what: &str) -> String {
    let what = match what {
        "unknown" | "unsupported" | "" => {
            return "[The client sent something that WhatsApp does not pass on. Ask them to write it.]".to_owned();
        }
        "edit" => return "[The client changed an earlier message. WhatsApp does not pass on how. Ask them to write it again.]".to_owned(),
        "image" => "a picture".to_owned(),
        "audio" | "voice" => "a recording".to_owned(),
        "text" | "button" | "reaction" | "video" | "document" | "sticker" | "location" | "order" | "poll" | "poll_creation" => {
            format!("{} {}", if what == "order" { "an" } else { "a" }, what.trim_end_matches("_creation"))
        }
        "contacts" => "a contact card".to_owned(),
        "interactive" => "an answer to a message with choices".to_owned(),
        "revoke" => "a deletion".to_owned(),
        "system" => "news about themselves".to_owned(),
        "poll_update" => "an answer to a poll".to_owned(),
        "event" => "an invitation to an event".to_owned(),
        "group_invite" => "an invitation to a group".to_owned(),
        "live_location" => "a live location".to_owned(),
        "video_note" | "ptv" => "a video note".to_owned(),
        other => spaced(other),
    };
    format!("[The client sent something that WhatsApp does not pass on: {what}. Ask them to write it.]")
}

/// A name of somebody's program as words: nothing in it may act as markup.
fn spaced(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).take(60).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// A colleague's reaction that may not be sent now.
pub fn reaction_not_sent(client: &str) -> String {
    format!("{client} does not see your reaction: it can only be sent while you may write freely.")
}

/// A reaction that only Teams has.
pub fn reaction_unknown(client: &str) -> String {
    format!("{client} does not see your reaction: WhatsApp has no such one. An emoji reaches them.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "flow",
        r#"{"flow_token":"T","first_name":"Bo","agree":true,"days":["mon","tue"],"note":null}"#,
        "[Form]\nAgree: yes\nDays: mon, tue\nFirst name: Bo"
    )]
    #[case("feedback_flow", r#"{"rating":5,"more":{"comment":"  Great\n one "}}"#, "[Form: feedback flow]\nComment: Great one\nRating: 5")]
    #[case("flow", r#"[{"a":1},{"a":2}]"#, "[Form]\nA: 1\nA: 2")]
    #[case("flow", r#""5""#, "[Form]\n5")]
    #[case("flow", r#"{"name":""}"#, "[Form]\nName: no answer")]
    #[case("flow", r#"{"flow_token":"T"}"#, "[Form] Sent without an answer.")]
    #[case("flow", "null", "[Form] Sent without an answer.")]
    #[case("flow", "", "[Form] Sent without an answer.")]
    #[case("flow", "[1", "[Form] It was answered in a way that cannot be read here. Ask the client what they entered.")]
    #[case("call_permission_reply", r#"{"response":"accept"}"#, "[Agreed to be called on WhatsApp. Calls cannot be made from here.]")]
    #[case("call_permission_reply", r#"{"response":"reject"}"#, "[Does not want to be called on WhatsApp.]")]
    #[case("call_permission_reply", "{}", "[Answered whether they may be called on WhatsApp.]")]
    fn the_answers_of_a_form_are_read_and_never_its_json(#[case] name: &str, #[case] body: &str, #[case] expected: &str) {
        assert_eq!(form(name, body), expected);
    }

    #[test]
    fn a_long_form_is_cut() {
        let body = Value::Array((0..50).map(Value::from).map(|n| serde_json::json!({"n": n})).collect()).to_string();
        assert_eq!(form("flow", &body).lines().count(), ANSWERS + 2);
        let body = serde_json::json!({"essay": "x".repeat(5_000)}).to_string();
        assert!(form("flow", &body).len() < 400);
    }

    #[rstest]
    #[case("", "[An empty contact card]")]
    #[case(",", "[Contact card] without a name or a number")]
    #[case("+1 5,+1 5", "[Contact card] +1 5")]
    #[case("Bo,+1 5,+1 6", "[Contact card] Bo, +1 5, +1 6")]
    #[case("Bo|Jo,+1 6", "[2 contact cards]\nBo\nJo, +1 6")]
    fn contact_cards_are_a_line_each(#[case] people: &str, #[case] expected: &str) {
        let person = |card: &str| {
            let mut parts = card.split(',').map(str::to_owned);
            Person { name: parts.next().unwrap_or_default(), phones: parts.filter(|phone| !phone.is_empty()).collect() }
        };
        let people: Vec<Person> = people.split('|').filter(|card| !card.is_empty()).map(person).collect();
        assert_eq!(contacts(&people), expected);
    }

    #[rstest]
    #[case(Some("Café"), Some("Main St 1"), "[Location] Café, Main St 1\nhttps://maps.google.com/?q=1.5,-2")]
    #[case(None, Some(" "), "[Location]\nhttps://maps.google.com/?q=1.5,-2")]
    fn a_location_leads_to_a_map(#[case] name: Option<&str>, #[case] address: Option<&str>, #[case] expected: &str) {
        assert_eq!(location(name, address, 1.5, -2.0), expected);
    }

    #[test]
    fn news_about_the_client_say_what_happened_even_without_metas_words() {
        let number =
            |wa_id: Option<&str>| SystemEvent::ChangedNumber { wa_id: wa_id.map(str::to_owned), bsuid: None, previous_bsuid: None };
        let other = SystemEvent::Other { name: "user_joined_*x*".to_owned() };
        assert_eq!(system(&number(Some("15")), " "), "[WhatsApp] The client has a new phone number: +15");
        assert_eq!(system(&number(None), ""), "[WhatsApp] The client has a new phone number.");
        assert_eq!(system(&other, ""), "[WhatsApp] News about the client: user joined x.");
        assert_eq!(system(&other, "Bo moved "), "[WhatsApp] Bo moved");
        let same = SystemEvent::ChangedUserId { bsuid: None, previous_bsuid: None };
        assert!(
            system(&same, "").contains("identity")
                && system(&SystemEvent::IdentityChanged, "User identity changed").contains("security code")
        );
    }

    #[rstest]
    #[case("unknown", "[The client sent something that WhatsApp does not pass on. Ask them to write it.]")]
    #[case("poll_creation", "[The client sent something that WhatsApp does not pass on: a poll. Ask them to write it.]")]
    #[case("image", "[The client sent something that WhatsApp does not pass on: a picture. Ask them to write it.]")]
    #[case("order", "[The client sent something that WhatsApp does not pass on: an order. Ask them to write it.]")]
    #[case("interactive _x_", "[The client sent something that WhatsApp does not pass on: interactive x. Ask them to write it.]")]
    #[case("edit", "[The client changed an earlier message. WhatsApp does not pass on how. Ask them to write it again.]")]
    fn what_does_not_arrive_is_named(#[case] what: &str, #[case] expected: &str) {
        assert_eq!(unsupported(what), expected);
    }
}
