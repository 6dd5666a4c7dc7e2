//! What Meta refuses in the body of a send, with its error codes and its words.

use serde_json::{Value, json};

/// A refusal: Graph's error code, and the HTTP status it comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) code: i64,
    pub(super) status: u16,
}

impl Refused {
    pub(super) fn of(code: i64) -> Self {
        let status = match code {
            190 => 401,
            10 => 403,
            132_001 => 404,
            4 | 80_007 | 130_429 | 131_056 => 429,
            131_000 => 500,
            131_016 => 503,
            _ => 400,
        };
        Self { code, status }
    }

    /// The body of the answer.
    pub(super) fn body(self) -> Value {
        let (title, details) = words_of(self.code);
        json!({"error": {"message": format!("(#{}) {title}", self.code), "type": "OAuthException", "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": details}, "fbtrace_id": format!("A{:016x}", fastrand::u64(..))}})
    }
}

/// Meta's title and details of a code.
pub(super) fn words_of(code: i64) -> (&'static str, &'static str) {
    match code {
        10 => ("Application does not have permission for this action", "Permission is either not granted or has been removed."),
        100 => ("Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
        190 => ("Invalid OAuth access token", "Access token has expired or is not valid."),
        130_429 => ("Rate limit hit", "Cloud API message throughput has been reached."),
        130_472 => ("User's number is part of an experiment", "Message was not sent as part of an experiment."),
        131_000 => ("Something went wrong", "Message failed to send due to an unknown error."),
        131_008 => ("Required parameter is missing", "The request is missing a required parameter."),
        131_009 => ("Parameter value is not valid", "One or more parameter values are invalid."),
        131_016 => ("Service unavailable", "A service is temporarily unavailable."),
        131_026 => ("Message undeliverable", "Unable to deliver message. The recipient may not be reachable on WhatsApp."),
        131_031 => ("Account has been locked", "The account has been restricted or disabled for violating a policy."),
        131_042 => ("Business eligibility payment issue", "There was an error related to your payment method."),
        131_047 => ("Re-engagement message", "More than 24 hours have passed since the customer last replied to this number."),
        131_048 => ("Spam rate limit hit", "There are restrictions on how many messages can be sent from this phone number."),
        131_049 => (
            "This message was not delivered to maintain healthy ecosystem engagement.",
            "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        ),
        131_050 => ("User has stopped marketing messages", "The recipient has chosen to stop receiving marketing messages."),
        131_051 => ("Unsupported message type", "Message type is not supported."),
        131_053 => ("Media upload error", "Unable to upload the media used in the message."),
        131_056 => ("(Business Account, Consumer Account) pair rate limit hit", "Too many messages to the same recipient in a short time."),
        132_000 => ("Number of parameters does not match", "The number of variable values did not match the template's variables."),
        132_001 => ("Template name does not exist in the translation", "The template does not exist in this language or is not approved."),
        132_005 => ("Translated text too long", "The filled template is too long."),
        132_012 => ("Parameter format does not match", "Variable values are formatted incorrectly."),
        132_015 => ("Template is paused", "The template is paused due to low quality."),
        132_016 => ("Template is disabled", "The template has been paused too often and is now disabled."),
        132_018 => ("Template parameters are not valid", "There is an issue with the parameters of the template."),
        _ => ("Unknown error", "An error of this code."),
    }
}

/// What can be wrong in a body before anything is looked up. `Ok` names the type.
pub(super) fn check(body: &Value) -> Result<&str, Refused> {
    let missing = Refused::of(131_008);
    let wrong = Refused::of(131_009);
    if body["messaging_product"] != "whatsapp" {
        return Err(Refused::of(100));
    }
    let addressed = ["to", "recipient"].iter().any(|name| body[*name].as_str().is_some_and(|value| !value.is_empty()));
    if !addressed {
        return Err(missing);
    }
    let dialled =
        |to: &str| to.chars().all(|one| one.is_ascii_digit() || "+-() ".contains(one)) && to.contains(|one: char| one.is_ascii_digit());
    if body["to"].as_str().is_some_and(|to| !to.is_empty() && !dialled(to)) {
        return Err(wrong);
    }
    if body["biz_opaque_callback_data"].as_str().is_some_and(|data| data.chars().count() > 512) {
        return Err(wrong);
    }
    let kind = body["type"].as_str().unwrap_or("text");
    let part = body.get(kind).ok_or(missing)?;
    let most = |text: &Value, most: usize| text.as_str().is_some_and(|text| text.chars().count() <= most);
    match kind {
        "text" => match part["body"].as_str().map(|text| text.chars().count()) {
            None | Some(0) => return Err(missing),
            Some(1..=4_096) => {}
            Some(_) => return Err(Refused::of(100)),
        },
        "template" => {}
        "reaction" if part["message_id"].is_string() && part["emoji"].is_string() => {}
        "image" | "video" | "audio" | "document" | "sticker" => {
            let caption = part.get("caption");
            let can_hold = !matches!(kind, "audio" | "sticker");
            if !(part["id"].is_string() || part["link"].is_string()) {
                return Err(missing);
            }
            if caption.is_some_and(|caption| !can_hold || !most(caption, 1_024)) {
                return Err(wrong);
            }
        }
        "location" if part["latitude"].is_number() && part["longitude"].is_number() => {}
        "contacts" if part.as_array().is_some_and(|all| !all.is_empty()) => {}
        "interactive" => interactive(part)?,
        "reaction" | "location" | "contacts" => return Err(missing),
        _ => return Err(Refused::of(131_051)),
    }
    Ok(kind)
}

fn interactive(part: &Value) -> Result<(), Refused> {
    let wrong = Refused::of(131_009);
    let text = part["body"]["text"].as_str().ok_or(Refused::of(131_008))?;
    let too_long = |value: &Value, most: usize| value.as_str().is_some_and(|text| text.chars().count() > most);
    if text.is_empty() || text.chars().count() > 1_024 || too_long(&part["header"]["text"], 60) || too_long(&part["footer"]["text"], 60) {
        return Err(wrong);
    }
    match part["type"].as_str() {
        Some("button") => {
            let buttons = part["action"]["buttons"].as_array().ok_or(Refused::of(131_008))?;
            let mut ids: Vec<&str> = buttons.iter().filter_map(|button| button["reply"]["id"].as_str()).collect();
            let mut titles: Vec<&str> = buttons.iter().filter_map(|button| button["reply"]["title"].as_str()).collect();
            let fits = |all: &[&str], most: usize| all.iter().all(|text| (1..=most).contains(&text.chars().count()));
            let complete = ids.len() == buttons.len() && titles.len() == buttons.len();
            if !(1..=3).contains(&buttons.len()) || !complete || !fits(&ids, 256) || !fits(&titles, 20) {
                return Err(wrong);
            }
            for all in [&mut ids, &mut titles] {
                all.sort_unstable();
                all.dedup();
                if all.len() != buttons.len() {
                    return Err(wrong);
                }
            }
        }
        Some("list") => {
            let sections = part["action"]["sections"].as_array().ok_or(Refused::of(131_008))?;
            let rows: Vec<&Value> = sections.iter().filter_map(|section| section["rows"].as_array()).flatten().collect();
            let fits = |row: &&Value| !too_long(&row["title"], 24) && !too_long(&row["id"], 200) && !too_long(&row["description"], 72);
            if !(1..=10).contains(&rows.len()) || too_long(&part["action"]["button"], 20) || !rows.iter().all(fits) {
                return Err(wrong);
            }
        }
        Some("cta_url" | "location_request_message" | "flow" | "contact_request") => {}
        _ => return Err(Refused::of(131_051)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn buttons(titles: &[&str]) -> Value {
        let all: Vec<Value> = titles
            .iter()
            .enumerate()
            .map(|(id, title)| json!({"type": "reply", "reply": {"id": id.to_string(), "title": title}}))
            .collect();
        json!({"messaging_product": "whatsapp", "to": "+491", "type": "interactive",
            "interactive": {"type": "button", "body": {"text": "Pick"}, "action": {"buttons": all}}})
    }

    #[rstest]
    #[case(json!({"to": "+491", "type": "text", "text": {"body": "x"}}), 100)]
    #[case(json!({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}), 131_008)]
    #[case(json!({"messaging_product": "whatsapp", "to": "+491", "type": "text", "text": {"body": ""}}), 131_008)]
    #[case(json!({"messaging_product": "whatsapp", "to": "+491", "type": "text", "text": {"body": "x".repeat(4_097)}}), 100)]
    #[case(json!({"messaging_product": "whatsapp", "to": "Maria", "type": "text", "text": {"body": "x"}}), 131_009)]
    #[case(json!({"messaging_product": "whatsapp", "to": "+491", "type": "poll", "poll": {}}), 131_051)]
    #[case(json!({"messaging_product": "whatsapp", "to": "+491", "type": "audio", "audio": {"id": "1", "caption": "x"}}), 131_009)]
    #[case(buttons(&["a", "b", "c", "d"]), 131_009)]
    #[case(buttons(&["a title that is too long"]), 131_009)]
    #[case(buttons(&["same", "same"]), 131_009)]
    fn what_meta_refuses_is_refused(#[case] body: Value, #[case] code: i64) {
        assert_eq!(check(&body).expect_err("refused").code, code);
    }

    #[test]
    fn every_request_in_the_shared_samples_is_taken() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/whatsapp");
        let Ok(files) = std::fs::read_dir(folder) else {
            println!("{folder} is not here: only the requests of this file were tried");
            return;
        };
        let paths = files.map(|file| file.expect("readable").path());
        for path in paths.filter(|path| path.to_string_lossy().contains("send-request")) {
            let body: Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
            // Placeholders in place of numbers, and bodies that only mark a message as read, are not sends.
            let placeholder = body["to"].as_str().is_some_and(|to| to.contains(|one: char| one.is_ascii_alphabetic()));
            if !placeholder && body["status"] != "read" {
                check(&body).unwrap_or_else(|refused| panic!("{}: {}", path.display(), refused.code));
            }
        }
    }

    #[test]
    fn what_meta_takes_is_taken() {
        assert_eq!(check(&buttons(&["Yes", "No"])), Ok("interactive"));
        let text = json!({"messaging_product": "whatsapp", "recipient": "DE.1", "type": "text", "text": {"body": "é".repeat(4_096)}});
        assert_eq!(check(&text), Ok("text"));
    }
}
