//! One message of a webhook to what a person would see in it.
//!
//! Total: every message becomes some [`Content`]. A kind that is not known, or a known kind without its payload, becomes
//! [`Content::Unsupported`], which still tells the colleague that something came and still opens the window.

use super::json::{integer, items, number, plain, text};
use crate::bridge::{Content, Media, MediaForm, Person, SystemEvent, Wamid};
use serde_json::Value;

/// What `message` says. `errors` are those of the surrounding change: an interactive message may come empty, with its reason there.
pub(super) fn content(message: &Value, errors: &[Value]) -> Content {
    let kind = text(message, "type").unwrap_or_else(|| "unknown".to_owned());
    let payload = message.get(&kind).unwrap_or(&Value::Null);
    known(&kind, payload).unwrap_or_else(|| unsupported(&kind, message, payload, errors))
}

fn known(kind: &str, payload: &Value) -> Option<Content> {
    Some(match kind {
        "text" => Content::Text { body: string(payload, "body")? },
        "image" => media(MediaForm::Image, payload)?,
        "video" => media(MediaForm::Video, payload)?,
        "audio" if payload.get("voice") == Some(&Value::Bool(true)) => media(MediaForm::Voice, payload)?,
        "audio" => media(MediaForm::Audio, payload)?,
        // `type: "voice"` is how the discontinued on-premises API spelled a voice note; gateways still send it.
        "voice" => media(MediaForm::Voice, payload)?,
        "document" => media(MediaForm::Document, payload)?,
        "sticker" => media(MediaForm::Sticker, payload)?,
        "location" => Content::Location {
            latitude: number(payload, "latitude")?,
            longitude: number(payload, "longitude")?,
            name: text(payload, "name"),
            address: text(payload, "address"),
        },
        "contacts" => Content::Contacts { people: payload.as_array()?.iter().map(person).collect() },
        // Taking a reaction back leaves `emoji` empty or out.
        "reaction" => Content::Reaction { target: wamid(payload, "message_id")?, emoji: string(payload, "emoji").unwrap_or_default() },
        "interactive" => interactive(payload)?,
        "button" => {
            let id = text(payload, "payload");
            Content::Choice { title: text(payload, "text").or_else(|| id.clone())?, id }
        }
        "order" => Content::Order { summary: order(payload)? },
        "edit" => Content::Edit { target: wamid(payload, "original_message_id")?, body: edited(payload.get("message")?) },
        "revoke" => Content::Revoke { target: wamid(payload, "original_message_id")? },
        "system" => system(payload)?,
        _ => return None,
    })
}

fn unsupported(kind: &str, message: &Value, payload: &Value, errors: &[Value]) -> Content {
    let error = items(message, "errors").first().or(errors.first());
    let what = match kind {
        "unsupported" => text(payload, "type"),
        "interactive" => text(payload, "type").map(|inner| format!("interactive {inner}")),
        _ => None,
    };
    Content::Unsupported { what: what.unwrap_or_else(|| kind.to_owned()), code: error.and_then(|error| integer(error, "code")) }
}

fn media(form: MediaForm, payload: &Value) -> Option<Content> {
    payload.is_object().then(|| {
        Content::Media(Media {
            form,
            id: text(payload, "id"),
            mime_type: text(payload, "mime_type"),
            sha256: text(payload, "sha256"),
            caption: text(payload, "caption"),
            filename: text(payload, "filename"),
        })
    })
}

/// The formatted name, else the parts, else the first phone; the phones as written.
fn person(card: &Value) -> Person {
    let name = card.get("name").unwrap_or(&Value::Null);
    let parts = || {
        let parts: Vec<_> = ["first_name", "middle_name", "last_name"].iter().filter_map(|part| text(name, part)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    let phones: Vec<_> = items(card, "phones").iter().filter_map(|phone| text(phone, "phone").or_else(|| text(phone, "wa_id"))).collect();
    let name = text(name, "formatted_name").or_else(parts).or_else(|| phones.first().cloned());
    Person { name: name.unwrap_or_default(), phones }
}

fn interactive(payload: &Value) -> Option<Content> {
    let kind = text(payload, "type")?;
    let reply = payload.get(&kind).filter(|reply| reply.is_object())?;
    Some(match kind.as_str() {
        "button_reply" | "list_reply" => {
            let id = text(reply, "id");
            Content::Choice { title: text(reply, "title").or_else(|| id.clone())?, id }
        }
        // `response_json` is JSON inside a string and may be any JSON, or none; it is kept as it came.
        "nfm_reply" => Content::Form {
            name: text(reply, "name").unwrap_or_else(|| "flow".to_owned()),
            body: reply.get("response_json").map(loose).unwrap_or_default(),
        },
        // Not a choice: an "accept" here answers a question about calls, never the question for consent.
        "call_permission_reply" => Content::Form { name: kind, body: reply.to_string() },
        _ => return None,
    })
}

fn loose(value: &Value) -> String {
    plain(value).unwrap_or_else(|| if value.is_object() || value.is_array() { value.to_string() } else { String::new() })
}

/// The client's note, then a line for every product: `2 × SKU-1 (9.99 USD)`.
fn order(payload: &Value) -> Option<String> {
    let product = |item: &Value| {
        let name = text(item, "product_retailer_id").unwrap_or_else(|| "?".to_owned());
        let line = format!("{} × {name}", text(item, "quantity").unwrap_or_else(|| "1".to_owned()));
        match (text(item, "item_price"), text(item, "currency")) {
            (Some(price), Some(currency)) => format!("{line} ({price} {currency})"),
            _ => line,
        }
    };
    let lines: Vec<_> = text(payload, "text").into_iter().chain(items(payload, "product_items").iter().map(product)).collect();
    payload.is_object().then(|| lines.join("\n"))
}

/// The new text: the body, or the caption of a file; empty when neither is left.
fn edited(message: &Value) -> String {
    match content(message, &[]) {
        Content::Text { body } => body,
        Content::Media(media) => media.caption.unwrap_or_default(),
        _ => String::new(),
    }
}

fn system(payload: &Value) -> Option<Content> {
    let name = text(payload, "type")?;
    let bsuid = text(payload, "user_id").or_else(|| text(payload, "new_user_id"));
    // Only what is called previous is: nobody says whether `from_user_id` beside it is the old id or the new one.
    let previous_bsuid = text(payload, "previous_user_id");
    let event = match name.as_str() {
        "user_changed_number" | "customer_changed_number" => {
            SystemEvent::ChangedNumber { wa_id: text(payload, "wa_id").or_else(|| text(payload, "new_wa_id")), bsuid, previous_bsuid }
        }
        "user_changed_user_id" => SystemEvent::ChangedUserId { bsuid, previous_bsuid },
        "customer_identity_changed" | "user_identity_changed" => SystemEvent::IdentityChanged,
        _ => SystemEvent::Other { name },
    };
    Some(Content::System { event, body: text(payload, "body").unwrap_or_default() })
}

/// A string that may be empty.
fn string(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn wamid(value: &Value, key: &str) -> Option<Wamid> {
    text(value, key).map(Wamid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn unsupported(what: &str, code: Option<i64>) -> Content {
        Content::Unsupported { what: what.to_owned(), code }
    }

    #[rstest]
    #[case::text(json!({"type": "text", "text": {"body": "hi"}}), Content::Text { body: "hi".into() })]
    #[case::text_without_body(json!({"type": "text"}), unsupported("text", None))]
    #[case::text_of_the_wrong_type(json!({"type": "text", "text": "hi"}), unsupported("text", None))]
    #[case::no_type(json!({}), unsupported("unknown", None))]
    #[case::type_of_the_wrong_type(json!({"type": []}), unsupported("unknown", None))]
    #[case::new_kind(json!({"type": "hologram", "hologram": {}, "errors": [{"code": "131051"}]}), unsupported("hologram", Some(131_051)))]
    #[case::poll(json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}, "errors": [{"code": 131_051}]}),
        unsupported("poll_creation", Some(131_051)))]
    #[case::first_contact(json!({"type": "unsupported", "errors": [{"code": 131_060}]}), unsupported("unsupported", Some(131_060)))]
    #[case::interactive_without_body(json!({"type": "interactive"}), unsupported("interactive", None))]
    #[case::interactive_of_a_new_kind(json!({"type": "interactive", "interactive": {"type": "dance", "dance": {}}}),
        unsupported("interactive dance", None))]
    #[case::reaction_taken_back(json!({"type": "reaction", "reaction": {"message_id": "w"}}),
        Content::Reaction { target: "w".into(), emoji: String::new() })]
    #[case::reaction_taken_back_with_an_empty_one(json!({"type": "reaction", "reaction": {"message_id": "w", "emoji": ""}}),
        Content::Reaction { target: "w".into(), emoji: String::new() })]
    #[case::button_without_payload(json!({"type": "button", "button": {"text": "Yes"}}), Content::Choice { id: None, title: "Yes".into() })]
    #[case::button_without_text(json!({"type": "button", "button": {"payload": "y"}}),
        Content::Choice { id: Some("y".into()), title: "y".into() })]
    #[case::form_of_a_number(json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": 5}}}),
        Content::Form { name: "flow".into(), body: "5".into() })]
    #[case::form_of_an_object(json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": {"a": 1}}}}),
        Content::Form { name: "flow".into(), body: "{\"a\":1}".into() })]
    #[case::form_of_a_text(json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "f", "response_json": "[1"}}}),
        Content::Form { name: "f".into(), body: "[1".into() })]
    #[case::location_as_strings(json!({"type": "location", "location": {"latitude": "1.5", "longitude": 2}}),
        Content::Location { latitude: 1.5, longitude: 2.0, name: None, address: None })]
    #[case::location_without_place(json!({"type": "location", "location": {"latitude": "NaN", "longitude": 2}}), unsupported("location", None))]
    #[case::edit(json!({"type": "edit", "edit": {"original_message_id": "w", "message": {"type": "text", "text": {"body": "new"}}}}),
        Content::Edit { target: "w".into(), body: "new".into() })]
    #[case::revoke(json!({"type": "revoke", "revoke": {"original_message_id": "w"}}), Content::Revoke { target: "w".into() })]
    #[case::contact_without_name(json!({"type": "contacts", "contacts": [{"phones": [{"phone": "+1 5"}], "vcard": "…"}]}),
        Content::Contacts { people: vec![Person { name: "+1 5".into(), phones: vec!["+1 5".into()] }] })]
    #[case::order(json!({"type": "order", "order": {"text": "now", "product_items":
        [{"product_retailer_id": "S", "quantity": 2, "item_price": 9.5, "currency": "USD"}]}}), Content::Order { summary: "now\n2 × S (9.5 USD)".into() })]
    #[case::new_user_id(json!({"type": "system", "system": {"type": "user_changed_user_id", "user_id": "US.2", "previous_user_id": "US.1"}}),
        Content::System { event: SystemEvent::ChangedUserId { bsuid: Some("US.2".into()), previous_bsuid: Some("US.1".into()) }, body: String::new() })]
    fn every_message_says_something(#[case] message: Value, #[case] expected: Content) {
        assert_eq!(content(&message, &[]), expected);
    }

    #[test]
    fn an_empty_interactive_message_takes_its_reason_from_the_change() {
        let message = json!({"type": "interactive"});
        assert_eq!(content(&message, &[json!({"code": 131_000})]), unsupported("interactive", Some(131_000)));
    }

    #[test]
    fn permission_to_call_is_never_a_choice_that_could_be_taken_for_consent() {
        let message = json!({"type": "interactive", "interactive":
            {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}});
        assert!(matches!(content(&message, &[]), Content::Form { name, .. } if name == "call_permission_reply"));
    }
}
