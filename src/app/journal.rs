//! The journal in words: one short sentence an entry, for the demo's page. The record itself keeps every detail.
//!
//! Nothing here decides anything: an entry of a kind that has no sentence yet is named by its kind.

use crate::bridge::{ColleagueId, ContactId, ThreadId};
use crate::store::{JournalRow, Result, Tx};
use serde_json::Value;
use std::collections::HashMap;

/// How much of a message is repeated, in characters.
const EXCERPT: usize = 90;

/// Who an entry is about: names, read once each.
#[derive(Default)]
struct Names {
    colleagues: HashMap<String, String>,
    clients: HashMap<i64, String>,
}

/// An entry as people read it.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Who did it.
    pub who: String,
    /// What, without a full stop.
    pub what: String,
}

/// The entries, each with its line. `name` knows colleagues of the directory.
pub fn lines(tx: &Tx<'_>, rows: &[JournalRow], name: impl Fn(&str) -> Option<String>) -> Result<Vec<Line>> {
    let mut names = Names::default();
    for row in rows {
        for id in [
            Some(row.actor.as_str()),
            row.body["colleague"].as_str(),
            row.body["receiver"].as_str(),
            row.body["to"].as_str(),
            row.body["place"].as_str(),
        ]
        .into_iter()
        .flatten()
        {
            if !names.colleagues.contains_key(id) {
                let known = name(id).or(tx.colleague(&ColleagueId(id.to_owned()))?.and_then(|known| known.name));
                names.colleagues.insert(id.to_owned(), known.unwrap_or_else(|| id.to_owned()));
            }
        }
        if let Some(thread) = row.thread
            && !names.clients.contains_key(&thread)
        {
            let contact = tx.thread(ThreadId(thread))?.map(|thread| thread.contact);
            if let Some(contact) = contact.map(|id| tx.contact(id)).transpose()?.flatten() {
                names.clients.insert(thread, contact.name);
            }
        }
    }
    rows.iter()
        .map(|row| {
            let by_thread = row.thread.and_then(|thread| names.clients.get(&thread).cloned());
            let contact = row.body["contact"].as_i64().map(ContactId);
            let client = match (by_thread, contact) {
                (Some(client), _) => client,
                (None, Some(contact)) => tx.contact(contact)?.map_or_else(|| "a client".to_owned(), |contact| contact.name),
                (None, None) => "a client".to_owned(),
            };
            let named = |id: &str| names.colleagues.get(id).cloned().unwrap_or_else(|| id.to_owned());
            Ok(line(row, &client, named))
        })
        .collect()
}

fn line(row: &JournalRow, client: &str, named: impl Fn(&str) -> String) -> Line {
    let who = match row.actor.as_str() {
        "client" => client.to_owned(),
        "server" => "switchboard".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        "teams" => "Teams".to_owned(),
        id => named(id),
    };
    Line { who, what: what(row, client, named) }
}

fn what(row: &JournalRow, client: &str, named: impl Fn(&str) -> String) -> String {
    let body = &row.body;
    let number = row.message.map_or_else(|| "a message".to_owned(), |id| format!("message {id}"));
    let text = |pointer: &str| quoted(body.pointer(pointer).and_then(Value::as_str).unwrap_or_default());
    let subject = body["colleague"].as_str().unwrap_or_default();
    let content = || sent(&body["content"]).map_or_else(|| number.clone(), |text| format!("{} {text}", purpose(&body["purpose"])));
    let sentence = match row.kind.as_str() {
        "app.installed" => "Installed the app".to_owned(),
        "app.uninstalled" => "Removed the app".to_owned(),
        "contact.added" => format!("Added {} as a contact", body["name"].as_str().unwrap_or(client)),
        "contact.wrote_first" => format!("{client} wrote to us first"),
        "participant.joined" if subject == row.actor => format!("Joined the conversation with {client}"),
        "participant.joined" => format!("Added {} to the conversation with {client}", named(subject)),
        "participant.left" => left(body["how"].as_str().unwrap_or_default(), subject == row.actor, &named(subject), client),
        "participant.sees_more" => format!("Showed {} more of the conversation with {client}", named(subject)),
        "conversation.installed" => "The app was added to a chat or channel".to_owned(),
        "conversation.gone" => "A chat or channel cannot be reached any more".to_owned(),
        "conversation.back" => "A chat or channel can be reached again".to_owned(),
        "thread.moved" => format!("The conversation with {client} lives elsewhere in Teams now"),
        "thread.settled" => format!("The conversation with {client} lives in the line's channel"),
        "thread.opened" => format!("Opened the post about {client} in the channel"),
        "chat.ordered" => format!("A group chat is to be opened for the conversation with {client}"),
        "chat.not_wanted" => format!("No group chat is needed for the conversation with {client} any more"),
        "chat.made" if body["found"] == true => format!("Found the group chat that was opened for the conversation with {client}"),
        "chat.made" => format!("Opened a group chat for the conversation with {client}"),
        "chat.uncertain" => format!("Did not say whether it opened a group chat for the conversation with {client}"),
        "chat.not_known" => format!("Nobody knows whether there is a group chat for the conversation with {client}"),
        "chat.not_made" => format!("Opened no group chat for the conversation with {client}: {}", text("/failure/detail")),
        "chat.not_configured" => format!("No group chat for the conversation with {client}: Graph is switched off"),
        "chat.without_app" => format!("The app is not in the group chat of the conversation with {client}"),
        "chat.gone" => format!("The group chat of the conversation with {client} is not there any more"),
        "chat.member_by_hand" if body["add"] == true => format!("{} is to be added to the group chat by hand", named(subject)),
        "chat.member_by_hand" => format!("{} is to be removed from the group chat by hand", named(subject)),
        "colleague.out_of_reach" => format!("{} cannot be reached in their own chat", named(subject)),
        "outsider.not_relayed" => format!("Wrote in the conversation with {client} without taking part: nothing was sent"),
        "stranger.not_relayed" => format!("Is not of the line, and wrote in the conversation with {client}: nothing was sent"),
        "contact.number_changed" => format!("{client} has another number or account"),
        "contact.number_lost" => format!("The number of {client} belongs to somebody else now"),
        "contact.merged" => format!("{client} was known twice; both are one contact now"),
        "contact.change_unknown" => "Somebody unknown changed their number".to_owned(),
        "consent.taken_over" => format!("{client} keeps the stricter consent of their new number: {}", words(&body["state"])),
        "consent.reversed" => format!("Reopened the conversation with {client}: {}", text("/evidence")),
        "consent.evidence" => format!("Added evidence about {client}: {}", text("/evidence")),
        "consent.requested" => format!("Asked {client} for consent; basis: {}", words(&body["basis"])),
        "consent.granted" => format!("{client} agreed to messages"),
        "consent.declined" => format!("{client} declined messages"),
        "consent.revoked" => format!("{client} asked to stop"),
        "consent.pending" => format!("{client} was asked for consent again"),
        "consent.lapsed" => format!("{client} did not answer the request within 24 hours"),
        "consent.request_failed" => format!("The request did not reach {client}"),
        "conversation.refused" => format!("Did not get a conversation with {client}"),
        "message.queued" => format!("To {client}: {}", content()),
        "message.held" => format!("Held for {client}: {}", content()),
        "message.refused" => format!("Not sent to {client}: {}", content()),
        "message.released" => format!("Released held {number}"),
        "message.not_released" => format!("Did not release held {number}"),
        "nudge.refused" => format!("Did not ask {client} to write"),
        "message.held_changed" => format!("Changed held {number} to {}", text("/text")),
        "message.withdrawn" if body["because"] == "opt_out" => format!("Withdrew held {number}, because {client} asked to stop"),
        "message.withdrawn" => format!("Withdrew held {number}"),
        "message.expired" => format!("Held {number} expired after {} h", body["hours"]),
        "message.accepted" => format!("Accepted {number}"),
        "message.status" => format!("Reports {number} as {}", words(&body["state"])),
        "message.failed" => format!("Did not deliver {number}: {}", failure(body)),
        "message.uncertain" => format!("It is not known whether {number} arrived"),
        "message.arrived_says_colleague" => format!("Says that {number} arrived"),
        "message.received" => received(&body["raw"], body["before_consent"] == true),
        "message.posted" => {
            let what = if row.message.is_some() { number } else { "a card".to_owned() };
            match body["colleague"].as_str() {
                Some("home") => format!("Showed {what} about {client} in its chat or channel"),
                to => format!("Showed {what} about {client} to {}", to.map_or_else(|| "a colleague".to_owned(), named)),
            }
        }
        "message.edited_in_teams" => format!("Edited {number} in Teams: {}", text("/text")),
        "message.deleted_in_teams" => format!("Deleted {number} in Teams"),
        "message.kept" => format!("Kept, not sent: {}", text("/text")),
        "message.discarded" if row.message.is_some() => format!("Discarded expired {number}"),
        "message.discarded" => "Discarded a kept text".to_owned(),
        "message.unknown_number" => "Somebody wrote to a number that the directory does not know".to_owned(),
        "message.group" => "A message in a group was not shown".to_owned(),
        "message.edited_by_client" => format!("Edited what they wrote: {}", text("/text")),
        "message.deleted_by_client" => "Deleted what they wrote".to_owned(),
        "message.corrected" => format!("Sent a correction to {client}: {}", text("/text")),
        "reaction.not_sent" => format!("Reacted to {number}; {client} does not see it"),
        "media.kept" => format!("Fetched the file of {number}: {}", text("/name")),
        "media.lost" => format!("The file of {number} is lost: {}", words(&body["why"])),
        "media.opened" => format!("Opened the file of {number}"),
        "parcel.opened" => format!("Is about to send files to {client}"),
        "parcel.cancelled" => format!("Did not send files to {client}"),
        "parcel.file_impossible" => format!("Could not make {} ready for {client}: {}", text("/name"), text("/why")),
        "post.changed" => format!("Shows what {client} changed, where it stood{}", at(body, &named)),
        "post.not_changed" => {
            format!("Did not let a post about {client} be changed{}; what it was to say is posted behind", at(body, &named))
        }
        "post.refused" => format!("Did not take a post about {client}: {}", failure(body)),
        "post.uncertain" => format!("It is not known whether a post about {client} arrived; it is posted again"),
        "post.withheld" => format!("Did not show {} what was written before they left the conversation with {client}", named(subject)),
        "post.dropped" => "An answer was not posted: its chat or channel is gone".to_owned(),
        "post.unreadable" => "A post could not be read; it is set aside".to_owned(),
        "home.gone" => format!("A chat or channel of the conversation with {client} cannot be reached: {}", failure(body)),
        "note" => format!("Note: {}", text("/text")),
        "attachment.not_sent" => "A file was not sent".to_owned(),
        "message.priced" => format!("Says what {number} costs"),
        "price.free_entry_point" => format!("{client} came through an ad and was answered: everything is free for 72 hours"),
        "marketing.stopped" => format!("{client} stopped marketing messages"),
        "marketing.resumed" => format!("{client} allows marketing messages again"),
        "intake.offered" => format!("Offered {client} to the colleagues on duty"),
        "intake.settled" if body["outcome"] == "taken" => format!("{client} has somebody"),
        "intake.settled" => format!("{client} is not to be taken any more"),
        "intake.escalated" => format!("Reminded the supervisors that nobody has taken {client}"),
        "joining.asked" if body["asked"] == "administrators" => format!("Asked the administrators to join the conversation with {client}"),
        "joining.asked" => format!("Asked to join the conversation with {client}"),
        "joining.escalated" => format!("Asked the supervisors too who may join the conversation with {client}"),
        "joining.decided" => format!("Who asked to join the conversation with {client}: {}", words(&body["outcome"])),
        "absence.began" => format!(
            "{} is away until {}",
            named(body["colleague"].as_str().unwrap_or_default()),
            body["until"].as_str().unwrap_or_default()
        ),
        "absence.ended" => format!("{} is back", named(body["colleague"].as_str().unwrap_or_default())),
        "participant.stays" => format!("Stays in the conversation with {client}"),
        "revocation.suspected" => format!("{client} may be asking to stop: a colleague decides"),
        "revocation.repeated" => format!("{client} may be asking to stop, once more"),
        "revocation.decided" if body["outcome"] == "opt_out" => format!("Recorded that {client} asked to stop"),
        "revocation.decided" => format!("Decided that {client} did not ask to stop"),
        "revocation.settled" => format!("Nothing is left to decide: {client} has stopped"),
        "revocation.escalated" => format!("Reminded the supervisors that {client} may be asking to stop"),
        "news.told" => format!("Told administrators: {}", body["what"].as_str().unwrap_or_default()),
        "template.changed" => format!("Template {}: {}", body["name"].as_str().unwrap_or_default(), words(&body["event"])),
        "directory.applied" => format!("Version {} of the directory is in force", body["version"]),
        "transfer.offered" => format!("Offered {client} to {}", body["receiver"].as_str().map_or_else(String::new, named)),
        "transfer.accepted" => format!("Accepted {client}"),
        "transfer.declined" => format!("Declined {client}"),
        "transfer.withdrawn" => format!("Took back the offer of {client}"),
        "transfer.expired" => format!("Nobody accepted {client} in time"),
        "transfer.superseded" => format!("The offer of {client} is over"),
        "thread.transferred" => format!("Handed {client} to {}", body["to"].as_str().map_or_else(String::new, named)),
        "message.handed_over" => format!("Handed held {number} to {}", body["to"].as_str().map_or_else(String::new, named)),
        "webhook.unreadable" => "A notification could not be read; it is kept".to_owned(),
        kind => capital(&kind.replace(['.', '_'], " ")),
    };
    match body["rule"].as_str() {
        Some(rule) => match body["row"].as_u64() {
            Some(row) => format!("{sentence} (rule {row}: {})", rule.replace('_', " ")),
            None => format!("{sentence} (rule: {})", rule.replace('_', " ")),
        },
        None => sentence,
    }
}

/// How somebody stopped taking part: by themselves, or through the one whom the entry names.
fn left(how: &str, by_themselves: bool, who: &str, client: &str) -> String {
    match (how, by_themselves) {
        ("ended", _) => format!("Ended the conversation with {client} for {who}"),
        ("switched_off", _) => format!("{who}, who is switched off, left the conversation with {client}"),
        ("transferred", _) => format!("{who} handed {client} over and left"),
        (_, true) => format!("Left the conversation with {client}"),
        _ => format!("Removed {who} from the conversation with {client}"),
    }
}

/// What a message's author meant it to be, before its text.
fn purpose(purpose: &Value) -> &'static str {
    match purpose.as_str() {
        Some("template") => "template",
        Some("request") => "consent request",
        Some("answer") => "answer",
        Some("nudge") => "nudge",
        _ => "text",
    }
}

/// Where a post stands, by the place that an entry names.
fn at(body: &Value, named: impl Fn(&str) -> String) -> String {
    match body["place"].as_str() {
        None => String::new(),
        Some("home") => ", in its chat or channel".to_owned(),
        Some(place) => format!(", for {}", named(place)),
    }
}

/// The text of something we send; absent where the entry does not hold it.
fn sent(content: &Value) -> Option<String> {
    let words = ["/body", "/preview", "/emoji", "/caption", "/file/name"];
    words.iter().find_map(|at| content.pointer(at)?.as_str()).map(quoted)
}

/// What a client sent, from the notification's own JSON.
fn received(raw: &Value, before_consent: bool) -> String {
    // Kept as it came: a text that holds JSON.
    let parsed = raw.as_str().and_then(|raw| serde_json::from_str::<Value>(raw).ok());
    let raw = parsed.as_ref().unwrap_or(raw);
    let text = ["/text/body", "/button/text", "/interactive/button_reply/title", "/interactive/list_reply/title", "/reaction/emoji"]
        .iter()
        .find_map(|at| raw.pointer(at)?.as_str());
    let kind = raw["type"].as_str().unwrap_or("message");
    let wrote = match (kind, text) {
        ("reaction", Some("")) => "Took back a reaction".to_owned(),
        ("reaction", Some(emoji)) => format!("Reacted with {emoji}"),
        ("edit", _) => "Edited a message".to_owned(),
        ("revoke", _) => "Deleted a message".to_owned(),
        ("image", None) => "Sent a picture".to_owned(),
        ("audio", None) if raw["audio"]["voice"] == true => "Sent a voice message".to_owned(),
        ("video" | "audio" | "document" | "sticker" | "location", None) => format!("Sent: {kind}"),
        ("button" | "interactive", Some(text)) => format!("Chose {}", quoted(text)),
        (_, Some(text)) => format!("Wrote {}", quoted(text)),
        (kind, None) => format!("Sent: {}", kind.replace('_', " ")),
    };
    if before_consent { format!("{wrote}, before consent") } else { wrote }
}

fn failure(failure: &Value) -> String {
    let class = words(&failure["class"]);
    failure["code"].as_i64().map_or_else(|| class.clone(), |code| format!("{class}, code {code}"))
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or("not known").replace('_', " ").to_lowercase()
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(EXCERPT).collect();
    if short.len() < line.len() { format!("“{short}…”") } else { format!("“{short}”") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("message.queued", "ana", json!({"purpose": "free", "content": {"kind": "text", "body": "Hello\nMaria"}, "rule": "window_open", "row": 8}),
        "Ana", "To Maria: text “Hello Maria” (rule 8: window open)")]
    #[case("message.refused", "ana", json!({"rule": "template_unanswered", "row": null}), "Ana", "Not sent to Maria: message 7 (rule: template unanswered)")]
    #[case("post.changed", "teams", json!({"place": "ana"}), "Teams", "Shows what Maria changed, where it stood, for Ana")]
    #[case("post.changed", "teams", json!({"place": "home"}), "Teams", "Shows what Maria changed, where it stood, in its chat or channel")]
    #[case("post.not_changed", "teams", json!({"place": "ana"}), "Teams",
        "Did not let a post about Maria be changed, for Ana; what it was to say is posted behind")]
    #[case("post.refused", "teams", json!({"class": "invalid", "code": 413, "detail": ""}), "Teams", "Did not take a post about Maria: invalid, code 413")]
    #[case("parcel.file_impossible", "server", json!({"name": "offer.pdf", "why": "the file is empty"}), "switchboard",
        "Could not make “offer.pdf” ready for Maria: “the file is empty”")]
    #[case("media.kept", "server", json!({"name": "offer.pdf"}), "switchboard", "Fetched the file of message 7: “offer.pdf”")]
    #[case("message.queued", "ana", json!({"purpose": "free", "content": {"kind": "media", "form": "document", "file": {"name": "offer.pdf"}}}), "Ana", "To Maria: text “offer.pdf”")]
    #[case("message.received", "client", json!({"raw": {"type": "text", "text": {"body": "Hi"}}, "before_consent": true}), "Maria", "Wrote “Hi”, before consent")]
    #[case("message.received", "client", json!({"raw": r#"{"type":"button","button":{"text":"Confirm"}}"#}), "Maria", "Chose “Confirm”")]
    #[case("message.received", "client", json!({"raw": {"type": "image"}, "before_consent": false}), "Maria", "Sent a picture")]
    #[case("message.status", "whatsapp", json!({"state": "delivered"}), "WhatsApp", "Reports message 7 as delivered")]
    #[case("message.failed", "whatsapp", json!({"class": "unreachable", "code": 131026, "detail": ""}), "WhatsApp", "Did not deliver message 7: unreachable, code 131026")]
    #[case("message.posted", "teams", json!({"colleague": "ana"}), "Teams", "Showed message 7 about Maria to Ana")]
    #[case("participant.joined", "ana", json!({"colleague": "ana", "how": "taken"}), "Ana", "Joined the conversation with Maria")]
    #[case("participant.joined", "ben", json!({"colleague": "ana", "how": "added"}), "ben", "Added Ana to the conversation with Maria")]
    #[case("participant.left", "ana", json!({"colleague": "ana", "how": "left"}), "Ana", "Left the conversation with Maria")]
    #[case("participant.left", "ben", json!({"colleague": "ana", "how": "removed"}), "ben", "Removed Ana from the conversation with Maria")]
    #[case("participant.left", "ben", json!({"colleague": "ana", "how": "transferred"}), "ben", "Ana handed Maria over and left")]
    #[case("message.posted", "teams", json!({"colleague": "home"}), "Teams", "Showed message 7 about Maria in its chat or channel")]
    #[case("consent.requested", "ana", json!({"basis": "met_in_person"}), "Ana", "Asked Maria for consent; basis: met in person")]
    #[case("brand.new_kind", "server", json!({"odd": [1]}), "switchboard", "Brand new kind")]
    fn an_entry_is_one_short_sentence(#[case] kind: &str, #[case] actor: &str, #[case] body: Value, #[case] who: &str, #[case] what: &str) {
        let row = JournalRow {
            seq: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            kind: kind.to_owned(),
            actor: actor.to_owned(),
            thread: Some(1),
            message: Some(7),
            body,
        };
        let named = |id: &str| if id == "ana" { "Ana".to_owned() } else { id.to_owned() };
        assert_eq!(line(&row, "Maria", named), Line { who: who.to_owned(), what: what.to_owned() });
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(quoted(&"x".repeat(200)).chars().count(), EXCERPT + 3);
    }
}
