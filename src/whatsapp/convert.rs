//! `bridge`'s words to Graph JSON, and the WABA's templates back.
//!
//! Pure. Static parts of a template (a header without a gap, a plain link) are never named in a request: Meta refuses the whole message when
//! they are.

use super::json::{items, plain, text};
use crate::bridge::{
    Outgoing, ParameterFormat, Template, TemplateButton, TemplateButtonKind, TemplateCategory, TemplateHeader, TemplateMessage, ToClient,
    Variable, WabaId, Wamid, template_gaps, tidy_parameter,
};
use serde_json::{Value, json};

/// The body of `POST /{phone_number_id}/messages`.
///
/// `to` always has its `+`: without it Meta may put the business number's country code in front. A BSUID goes into `recipient`, and only
/// when there is no phone, for `to` would win anyway. Reactions carry no quote.
pub fn request(message: &ToClient) -> Value {
    let (kind, payload) = match &message.content {
        Outgoing::Text { body } => ("text", json!({"body": body, "preview_url": false})),
        Outgoing::Buttons { body, buttons } => {
            let buttons: Vec<_> =
                buttons.iter().map(|button| json!({"type": "reply", "reply": {"id": button.id, "title": button.title}})).collect();
            ("interactive", json!({"type": "button", "body": {"text": body}, "action": {"buttons": buttons}}))
        }
        Outgoing::Template(template) => ("template", template_payload(template)),
        Outgoing::Reaction { target, emoji } => ("reaction", json!({"message_id": target, "emoji": emoji})),
    };
    let mut request = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "type": kind});
    request[kind] = payload;
    match (&message.to.phone, &message.to.bsuid) {
        (Some(phone), _) => request["to"] = format!("+{}", phone.trim_start_matches('+')).into(),
        (None, Some(bsuid)) => request["recipient"] = bsuid.as_str().into(),
        (None, None) => {}
    }
    if let (Some(quoted), false) = (&message.reply_to, matches!(message.content, Outgoing::Reaction { .. })) {
        request["context"] = json!({"message_id": quoted});
    }
    if !message.callback.is_empty() {
        request["biz_opaque_callback_data"] = message.callback.as_str().into();
    }
    request
}

/// The body that marks `wamid`, and everything before it, as read; with `typing` the client also sees "typing" for up to 25 seconds.
pub fn mark_read(wamid: &Wamid, typing: bool) -> Value {
    let mut request = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
    if typing {
        request["typing_indicator"] = json!({"type": "text"});
    }
    request
}

fn template_payload(template: &TemplateMessage) -> Value {
    let mut components = Vec::new();
    for (kind, values) in [("header", &template.header), ("body", &template.body)] {
        if !values.is_empty() {
            components.push(json!({"type": kind, "parameters": values.iter().map(parameter).collect::<Vec<_>>()}));
        }
    }
    components.extend(template.buttons.iter().map(|button| {
        let (kind, index, parameter) = match button {
            TemplateButton::QuickReply { index, payload } => ("quick_reply", index, json!({"type": "payload", "payload": payload})),
            TemplateButton::UrlSuffix { index, suffix } => ("url", index, json!({"type": "text", "text": tidy_parameter(suffix)})),
            TemplateButton::CopyCode { index, code } => {
                ("copy_code", index, json!({"type": "coupon_code", "coupon_code": tidy_parameter(code)}))
            }
        };
        json!({"type": "button", "sub_type": kind, "index": index.to_string(), "parameters": [parameter]})
    }));
    let mut payload = json!({"name": template.name, "language": {"code": template.language}});
    if !components.is_empty() {
        payload["components"] = components.into();
    }
    payload
}

fn parameter(variable: &Variable) -> Value {
    let mut parameter = json!({"type": "text", "text": tidy_parameter(&variable.value)});
    if let Some(name) = &variable.name {
        parameter["parameter_name"] = name.as_str().into();
    }
    parameter
}

/// A template as `GET /{waba_id}/message_templates` lists it; `None` without a name and a language, which together identify it.
///
/// Never fails on what it does not know: the template is kept and says in plain words why it cannot be sent from here.
pub fn template(waba: &WabaId, value: &Value) -> Option<Template> {
    let components = items(value, "components");
    let named = text(value, "parameter_format").map(|format| format.eq_ignore_ascii_case("NAMED"));
    let mut read = Template {
        waba: waba.clone(),
        id: text(value, "id").unwrap_or_default(),
        name: text(value, "name")?,
        language: text(value, "language").or_else(|| text(value.get("language")?, "code"))?,
        category: category(text(value, "category").as_deref()),
        status: text(value, "status").unwrap_or_default().to_ascii_uppercase(),
        parameter_format: if named == Some(true) { ParameterFormat::Named } else { ParameterFormat::Positional },
        header: None,
        body: String::new(),
        footer: None,
        buttons: Vec::new(),
        examples: Vec::new(),
        not_sendable: None,
    };
    let mut body = None;
    for component in components {
        let reason = match upper(component, "type").as_str() {
            "HEADER" => header(component, &mut read),
            "BODY" => {
                read.body = text(component, "text").unwrap_or_default();
                body = Some(component);
                None
            }
            "FOOTER" => {
                read.footer = text(component, "text");
                None
            }
            "BUTTONS" => items(component, "buttons").iter().filter_map(|button| one_button(button, &mut read)).fold(None, first),
            "CAROUSEL" => Some("it is a carousel of several cards".to_owned()),
            "LIMITED_TIME_OFFER" => Some("it is an offer with an end time".to_owned()),
            other => Some(format!("it has a part that is not known here ({})", other.to_ascii_lowercase())),
        };
        read.not_sendable = first(read.not_sendable, reason);
    }
    // Old answers leave the format out; names that are no numbers tell it all the same.
    let header_text = if let Some(TemplateHeader::Text { text }) = &read.header { text.as_str() } else { "" };
    let is_named = |text: &str| template_gaps(text, ParameterFormat::Named).iter().any(|name| name.parse::<u32>().is_err());
    if named.is_none() && (is_named(&read.body) || is_named(header_text)) {
        read.parameter_format = ParameterFormat::Named;
    }
    if let Some(body) = body {
        read.examples = examples(body, &read);
    }
    let whole = if read.category == TemplateCategory::Authentication {
        Some("it is for one-time passwords".to_owned())
    } else if read.body.is_empty() {
        Some("it has no text".to_owned())
    } else {
        None
    };
    read.not_sendable = first(whole, read.not_sendable);
    Some(read)
}

/// The reason that was found first is the one to tell.
fn first(found: Option<String>, next: impl Into<Option<String>>) -> Option<String> {
    found.or_else(|| next.into())
}

fn category(category: Option<&str>) -> TemplateCategory {
    match category.unwrap_or_default().to_ascii_uppercase().as_str() {
        "MARKETING" => TemplateCategory::Marketing,
        "UTILITY" => TemplateCategory::Utility,
        "AUTHENTICATION" => TemplateCategory::Authentication,
        _ => TemplateCategory::Unknown,
    }
}

/// Sets the header and says what stands against sending it.
fn header(component: &Value, read: &mut Template) -> Option<String> {
    let format = upper(component, "format");
    let (header, needs) = match format.as_str() {
        // A header without a format is text, if it is anything.
        "TEXT" | "" => {
            let text = text(component, "text").unwrap_or_default();
            let reason = (template_gaps(&text, ParameterFormat::Named).len() > 1).then(|| "its header has more than one value".to_owned());
            read.header = (!text.is_empty()).then_some(TemplateHeader::Text { text });
            return reason;
        }
        "IMAGE" => (TemplateHeader::Image, "a picture"),
        "VIDEO" => (TemplateHeader::Video, "a video"),
        "DOCUMENT" => (TemplateHeader::Document, "a document"),
        "LOCATION" => (TemplateHeader::Location, "a location"),
        other => return Some(format!("its header is of a kind that is not known here ({})", other.to_ascii_lowercase())),
    };
    read.header = Some(header);
    Some(format!("its header needs {needs}, and only text can be filled in here"))
}

/// Adds the button and says what stands against sending it.
fn one_button(button: &Value, read: &mut Template) -> Option<String> {
    let label = text(button, "text").unwrap_or_default();
    let kind = upper(button, "type");
    let (button, reason) = match kind.as_str() {
        "QUICK_REPLY" => (TemplateButtonKind::QuickReply { text: label }, None),
        "PHONE_NUMBER" => (TemplateButtonKind::PhoneNumber { text: label }, None),
        "URL" => {
            let url = text(button, "url").unwrap_or_default();
            let gaps = template_gaps(&url, ParameterFormat::Named);
            let fits = gaps.is_empty() || gaps.len() == 1 && url.trim_end().ends_with("}}");
            (TemplateButtonKind::Url { text: label, url }, (!fits).then(|| "a link in it has a value in the middle".to_owned()))
        }
        // WhatsApp writes this label itself, in the client's language.
        "COPY_CODE" => (TemplateButtonKind::CopyCode { text: if label.is_empty() { "Copy code".to_owned() } else { label } }, None),
        _ => {
            let what = match kind.as_str() {
                "FLOW" => "a form (flow)",
                "CATALOG" | "MPM" | "SPM" => "a catalogue or product",
                "OTP" => "a one-time password",
                "ORDER_DETAILS" => "an order",
                "VOICE_CALL" => "a WhatsApp call",
                "REQUEST_CONTACT_INFO" => "a request for contact details",
                _ => "a kind that is not known here",
            };
            let button = TemplateButtonKind::Other { kind: kind.to_ascii_lowercase(), text: label };
            (button, Some(format!("it has a button for {what}")))
        }
    };
    read.buttons.push(button);
    reason
}

/// The body's examples in the order of its gaps; an empty text where Meta has none.
fn examples(body: &Value, read: &Template) -> Vec<String> {
    let example = body.get("example").unwrap_or(&Value::Null);
    let gaps = template_gaps(&read.body, read.parameter_format);
    if read.parameter_format == ParameterFormat::Named {
        let named = items(example, "body_text_named_params");
        let of = |gap: &String| {
            named.iter().find(|param| text(param, "param_name").as_ref() == Some(gap)).and_then(|param| text(param, "example"))
        };
        return gaps.iter().map(|gap| of(gap).unwrap_or_default()).collect();
    }
    // One row of examples, sometimes without the outer list.
    let rows = items(example, "body_text");
    let row = rows.first().and_then(Value::as_array).map_or(rows, Vec::as_slice);
    (0..gaps.len()).map(|at| row.get(at).and_then(plain).unwrap_or_default()).collect()
}

fn upper(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{Button, Recipient};
    use rstest::rstest;

    fn to(phone: Option<&str>, bsuid: Option<&str>, content: Outgoing) -> ToClient {
        let to = Recipient { phone: phone.map(str::to_owned), bsuid: bsuid.map(str::to_owned) };
        ToClient { from: "1".into(), to, content, reply_to: Some("wamid.Q".into()), callback: "d-1".into() }
    }

    #[test]
    fn a_text_carries_quote_callback_and_plus() {
        let request = request(&to(Some("16505551234"), Some("US.1"), Outgoing::Text { body: "hi".into() }));
        assert_eq!(
            request,
            json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234", "type": "text",
                "text": {"body": "hi", "preview_url": false}, "context": {"message_id": "wamid.Q"}, "biz_opaque_callback_data": "d-1"})
        );
    }

    #[test]
    fn a_client_without_a_phone_is_the_recipient() {
        let request = request(&to(None, Some("US.1"), Outgoing::Text { body: "hi".into() }));
        assert_eq!(request["recipient"], "US.1");
        assert!(request.get("to").is_none());
    }

    #[test]
    fn a_reaction_carries_no_quote() {
        let request = request(&to(Some("+1"), None, Outgoing::Reaction { target: "w".into(), emoji: String::new() }));
        assert_eq!(request["reaction"], json!({"message_id": "w", "emoji": ""}));
        assert!(request.get("context").is_none());
    }

    #[test]
    fn buttons_are_replies() {
        let buttons = vec![Button { id: "y".into(), title: "Yes".into() }];
        let request = request(&to(Some("+1"), None, Outgoing::Buttons { body: "Pick".into(), buttons }));
        let expected = json!({"type": "button", "body": {"text": "Pick"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}});
        assert_eq!(request["interactive"], expected);
    }

    #[test]
    fn only_dynamic_parts_of_a_template_are_named_and_values_are_tidied() {
        let template = TemplateMessage {
            name: "booking".into(),
            language: "en_US".into(),
            header: Vec::new(),
            body: vec![Variable { name: Some("ref".into()), value: "a\nb      c\t".into() }],
            buttons: vec![
                TemplateButton::QuickReply { index: 0, payload: "p1".into() },
                TemplateButton::UrlSuffix { index: 1, suffix: "BK-1".into() },
                TemplateButton::CopyCode { index: 2, code: "SAVE20".into() },
            ],
            preview: String::new(),
        };
        let request = request(&to(Some("+1"), None, Outgoing::Template(template)));
        assert_eq!(
            request["template"]["components"],
            json!([
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "ref", "text": "a b    c"}]},
                {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "p1"}]},
                {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "BK-1"}]},
                {"type": "button", "sub_type": "copy_code", "index": "2", "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}]},
            ])
        );
    }

    fn listed(category: &str, components: Value) -> Template {
        let value =
            json!({"id": 7, "name": "n", "language": "en_US", "status": "approved", "category": category, "components": components});
        template(&WabaId::from("w"), &value).expect("it has a name and a language")
    }

    #[rstest]
    #[case::nothing(json!([]), Some("it has no text"))]
    #[case::text(json!([{"type": "BODY", "text": "Hi"}]), None)]
    #[case::lower_case(json!([{"type": "body", "text": "Hi"}]), None)]
    #[case::picture(json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi"}]),
        Some("its header needs a picture, and only text can be filled in here"))]
    #[case::gif(json!([{"type": "HEADER", "format": "GIF"}, {"type": "BODY", "text": "Hi"}]),
        Some("its header is of a kind that is not known here (gif)"))]
    #[case::carousel(json!([{"type": "BODY", "text": "Hi"}, {"type": "CAROUSEL", "cards": []}]), Some("it is a carousel of several cards"))]
    #[case::new_part(json!([{"type": "BODY", "text": "Hi"}, {"type": "HOLOGRAM"}]), Some("it has a part that is not known here (hologram)"))]
    #[case::flow(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Go"}]}]),
        Some("it has a button for a form (flow)"))]
    #[case::plain_buttons(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
        {"type": "QUICK_REPLY", "text": "Yes"}, {"type": "URL", "text": "Go", "url": "https://x.test/{{1}}"},
        {"type": "COPY_CODE"}, {"type": "PHONE_NUMBER", "text": "Call"}]}]), None)]
    #[case::value_inside_a_link(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
        {"type": "URL", "text": "Go", "url": "https://x.test/{{1}}/now"}]}]), Some("a link in it has a value in the middle"))]
    fn a_template_says_why_it_cannot_be_sent(#[case] components: Value, #[case] expected: Option<&str>) {
        assert_eq!(listed("UTILITY", components).not_sendable.as_deref(), expected);
    }

    #[test]
    fn one_time_passwords_are_not_sent_from_here() {
        let read = listed("AUTHENTICATION", json!([{"type": "BODY", "text": "{{1}} is your code"}]));
        assert_eq!(read.not_sendable.as_deref(), Some("it is for one-time passwords"));
        assert_eq!((read.id.as_str(), read.status.as_str()), ("7", "APPROVED"));
    }

    #[test]
    fn examples_follow_the_gaps() {
        let positional = listed("UTILITY", json!([{"type": "BODY", "text": "{{2}} {{1}}", "example": {"body_text": [["one", "two"]]}}]));
        assert_eq!(positional.examples, ["one", "two"]);
        let named = listed(
            "UTILITY",
            json!([{"type": "BODY", "text": "{{b}} {{a}}", "example": {"body_text_named_params":
                [{"param_name": "a", "example": "A"}, {"param_name": "b", "example": "B"}]}}]),
        );
        assert_eq!(named.parameter_format, ParameterFormat::Named);
        assert_eq!(named.examples, ["B", "A"]);
    }

    #[test]
    fn an_unknown_category_is_neither_utility_nor_lost() {
        assert_eq!(listed("SHIPPING_UPDATE", json!([{"type": "BODY", "text": "Hi"}])).category, TemplateCategory::Unknown);
        assert_eq!(template(&WabaId::from("w"), &json!({"name": "n"})), None);
    }
}
