//! Templates: what a WABA lists, and what is sent of one.
//!
//! Pure. Static parts of a template (a header without a gap, a plain link) are never named in a request: Meta refuses the whole
//! message when they are. A template never fails to be read: what cannot be sent from here says why.

use super::json::{items, plain, text};
use crate::bridge::{
    ParameterFormat, Template, TemplateAsset, TemplateButton, TemplateButtonKind, TemplateCategory, TemplateHeader, TemplateMessage,
    TemplateOffer, Variable, WabaId, template_gaps, tidy_parameter,
};
use serde_json::{Value, json};

/// Meta's own sentence around a one-time password, where the list does not hold it.
const CODE_BODY: &str = "*{{1}}* is your verification code.";
/// What Meta adds to it when the template says so.
const CODE_ADVICE: &str = " For your security, do not share this code.";

/// The `template` object of a send.
pub fn payload(template: &TemplateMessage) -> Value {
    let mut components = Vec::new();
    if let Some(asset) = &template.asset {
        components.push(json!({"type": "header", "parameters": [asset_parameter(asset)]}));
    }
    for (kind, values) in [("header", &template.header), ("body", &template.body)] {
        if !values.is_empty() {
            components.push(json!({"type": kind, "parameters": values.iter().map(parameter).collect::<Vec<_>>()}));
        }
    }
    if let Some(ends) = template.offer_ends {
        let offer = json!({"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": ends.timestamp_millis()}});
        components.push(json!({"type": "limited_time_offer", "parameters": [offer]}));
    }
    components.extend(template.buttons.iter().map(|button| {
        let (kind, index, parameter) = match button {
            TemplateButton::QuickReply { index, payload } => ("quick_reply", index, json!({"type": "payload", "payload": payload})),
            TemplateButton::UrlSuffix { index, suffix } => ("url", index, json!({"type": "text", "text": tidy_parameter(suffix)})),
            TemplateButton::CopyCode { index, code } => {
                ("copy_code", index, json!({"type": "coupon_code", "coupon_code": tidy_parameter(code)}))
            }
            TemplateButton::Flow { index, token } => ("flow", index, json!({"type": "action", "action": {"flow_token": token}})),
        };
        json!({"type": "button", "sub_type": kind, "index": index.to_string(), "parameters": [parameter]})
    }));
    let mut payload = json!({"name": template.name, "language": {"code": template.language}});
    if !components.is_empty() {
        payload["components"] = components.into();
    }
    payload
}

fn asset_parameter(asset: &TemplateAsset) -> Value {
    match asset {
        TemplateAsset::Image { id } => json!({"type": "image", "image": {"id": id}}),
        TemplateAsset::Video { id } => json!({"type": "video", "video": {"id": id}}),
        TemplateAsset::Document { id, filename } => {
            let mut document = json!({"id": id});
            if let Some(filename) = filename {
                document["filename"] = filename.as_str().into();
            }
            json!({"type": "document", "document": document})
        }
        TemplateAsset::Location { latitude, longitude, name, address } => {
            let degrees = |text: &str| text.parse::<f64>().ok();
            json!({"type": "location", "location":
                {"latitude": degrees(latitude), "longitude": degrees(longitude), "name": name, "address": address}})
        }
    }
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
pub fn read(waba: &WabaId, value: &Value) -> Option<Template> {
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
        header_example: None,
        offer: None,
        not_sendable: None,
    };
    let mut body = None;
    for component in components {
        let reason = match upper(component, "type").as_str() {
            "HEADER" => header(component, &mut read),
            "BODY" => {
                read.body = text(component, "text").or_else(|| code_body(component, read.category)).unwrap_or_default();
                body = Some(component);
                None
            }
            "FOOTER" => {
                read.footer = text(component, "text").or_else(|| code_footer(component));
                None
            }
            "BUTTONS" => items(component, "buttons").iter().filter_map(|button| one_button(button, &mut read)).fold(None, first),
            "CAROUSEL" => Some("it is a carousel of several cards".to_owned()),
            "LIMITED_TIME_OFFER" => {
                let offer = component.get("limited_time_offer").unwrap_or(component);
                let expires = offer.get("has_expiration").and_then(Value::as_bool).unwrap_or_default();
                read.offer = Some(TemplateOffer { text: text(offer, "text").unwrap_or_default(), expires });
                None
            }
            "CALL_PERMISSION_REQUEST" => Some("it asks for permission to call".to_owned()),
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
    let bare = read.body.is_empty().then(|| "it has no text".to_owned());
    let two_codes = (read.is_code() && template_gaps(&read.body, read.parameter_format).len() != 1)
        .then(|| "its one-time password does not stand in its text once".to_owned());
    read.not_sendable = first(first(bare, two_codes), read.not_sendable);
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
    read.header = Some(match format.as_str() {
        // A header without a format is text, if it is anything.
        "TEXT" | "" => {
            let text = text(component, "text").unwrap_or_default();
            let reason = (template_gaps(&text, ParameterFormat::Named).len() > 1).then(|| "its header has more than one value".to_owned());
            read.header_example = header_example(component);
            read.header = (!text.is_empty()).then_some(TemplateHeader::Text { text });
            return reason;
        }
        "IMAGE" => TemplateHeader::Image,
        "VIDEO" => TemplateHeader::Video,
        "DOCUMENT" => TemplateHeader::Document,
        "LOCATION" => TemplateHeader::Location,
        "PRODUCT" => return Some("its header shows a product".to_owned()),
        other => return Some(format!("its header is of a kind that is not known here ({})", other.to_ascii_lowercase())),
    });
    None
}

fn header_example(component: &Value) -> Option<String> {
    let example = component.get("example")?;
    let named = || text(items(example, "header_text_named_params").first()?, "example");
    items(example, "header_text").first().and_then(plain).or_else(named)
}

/// The body of an authentication template that says only how Meta words it.
fn code_body(component: &Value, category: TemplateCategory) -> Option<String> {
    let advised = component.get("add_security_recommendation").and_then(Value::as_bool) == Some(true);
    (category == TemplateCategory::Authentication).then(|| format!("{CODE_BODY}{}", if advised { CODE_ADVICE } else { "" }))
}

fn code_footer(component: &Value) -> Option<String> {
    let minutes = component.get("code_expiration_minutes").and_then(Value::as_u64)?;
    Some(format!("This code expires in {minutes} minutes."))
}

/// Adds the button and says what stands against sending it.
fn one_button(button: &Value, read: &mut Template) -> Option<String> {
    let label = text(button, "text").filter(|label| !label.is_empty());
    let labelled = |own: &str| label.clone().unwrap_or_else(|| own.to_owned());
    let kind = upper(button, "type");
    let (button, reason) = match kind.as_str() {
        "QUICK_REPLY" => (TemplateButtonKind::QuickReply { text: labelled("") }, None),
        "PHONE_NUMBER" => (TemplateButtonKind::PhoneNumber { text: labelled("") }, None),
        "OTP" => (TemplateButtonKind::Otp { text: labelled("Copy code") }, None),
        // What was created as OTP is listed as a link whose end is the password.
        "URL" if read.category == TemplateCategory::Authentication => (TemplateButtonKind::Otp { text: labelled("Copy code") }, None),
        "URL" => {
            let url = text(button, "url").unwrap_or_default();
            let gaps = template_gaps(&url, ParameterFormat::Named);
            let fits = gaps.is_empty() || gaps.len() == 1 && url.trim_end().ends_with("}}");
            let fixed = url.split("{{").next().unwrap_or_default();
            // Some examples are the whole link.
            let example = button_example(button).map(|example| example.strip_prefix(fixed).unwrap_or(&example).to_owned());
            let reason = (!fits).then(|| "a link in it has a value in the middle".to_owned());
            (TemplateButtonKind::Url { text: labelled(""), url, example }, reason)
        }
        // WhatsApp writes these labels itself, in the client's language.
        "COPY_CODE" => (TemplateButtonKind::CopyCode { text: labelled("Copy code"), example: button_example(button) }, None),
        "FLOW" => (TemplateButtonKind::Flow { text: labelled("") }, None),
        // Meta's parameters of these are optional: how long the button lasts, and a text for call webhooks.
        "VOICE_CALL" => (TemplateButtonKind::Static { kind: "voice_call".to_owned(), text: labelled("Call on WhatsApp") }, None),
        "REQUEST_CONTACT_INFO" => {
            (TemplateButtonKind::Static { kind: "request_contact_info".to_owned(), text: labelled("Share contact info") }, None)
        }
        _ => {
            let what = match kind.as_str() {
                "CATALOG" | "MPM" | "SPM" => "a catalogue or product",
                "ORDER_DETAILS" => "an order",
                _ => "a kind that is not known here",
            };
            let button = TemplateButtonKind::Other { kind: kind.to_ascii_lowercase(), text: labelled("") };
            (button, Some(format!("it has a button for {what}")))
        }
    };
    read.buttons.push(button);
    reason
}

/// A button's example: a list for links, a text or a list for codes.
fn button_example(button: &Value) -> Option<String> {
    let example = button.get("example")?;
    example.as_array().map_or_else(|| plain(example), |list| list.first().and_then(plain))
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
    use rstest::rstest;

    fn listed(category: &str, components: Value) -> Template {
        let value =
            json!({"id": 7, "name": "n", "language": "en_US", "status": "approved", "category": category, "components": components});
        read(&WabaId::from("w"), &value).expect("it has a name and a language")
    }

    #[rstest]
    #[case::nothing(json!([]), Some("it has no text"))]
    #[case::text(json!([{"type": "BODY", "text": "Hi"}]), None)]
    #[case::lower_case(json!([{"type": "body", "text": "Hi"}]), None)]
    #[case::picture(json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi"}]), None)]
    #[case::place(json!([{"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "Hi"}]), None)]
    #[case::product(json!([{"type": "HEADER", "format": "PRODUCT"}, {"type": "BODY", "text": "Hi"}]), Some("its header shows a product"))]
    #[case::offer(json!([{"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon", "has_expiration": true}},
        {"type": "BODY", "text": "Hi"}]), None)]
    #[case::call_permission(json!([{"type": "BODY", "text": "Hi"}, {"type": "CALL_PERMISSION_REQUEST"}]), Some("it asks for permission to call"))]
    #[case::catalogue(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [{"type": "CATALOG", "text": "See"}]}]),
        Some("it has a button for a catalogue or product"))]
    #[case::order(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [{"type": "ORDER_DETAILS", "text": "Pay"}]}]),
        Some("it has a button for an order"))]
    #[case::new_button(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [{"type": "TELEPORT"}]}]),
        Some("it has a button for a kind that is not known here"))]
    #[case::buttons_without_parameters(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
        {"type": "VOICE_CALL", "text": "Call"}, {"type": "REQUEST_CONTACT_INFO"}]}]), None)]
    #[case::gif(json!([{"type": "HEADER", "format": "GIF"}, {"type": "BODY", "text": "Hi"}]),
        Some("its header is of a kind that is not known here (gif)"))]
    #[case::carousel(json!([{"type": "BODY", "text": "Hi"}, {"type": "CAROUSEL", "cards": []}]), Some("it is a carousel of several cards"))]
    #[case::new_part(json!([{"type": "BODY", "text": "Hi"}, {"type": "HOLOGRAM"}]), Some("it has a part that is not known here (hologram)"))]
    #[case::flow(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Go"}]}]), None)]
    #[case::plain_buttons(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
        {"type": "QUICK_REPLY", "text": "Yes"}, {"type": "URL", "text": "Go", "url": "https://x.test/{{1}}"},
        {"type": "COPY_CODE"}, {"type": "PHONE_NUMBER", "text": "Call"}]}]), None)]
    #[case::value_inside_a_link(json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [
        {"type": "URL", "text": "Go", "url": "https://x.test/{{1}}/now"}]}]), Some("a link in it has a value in the middle"))]
    fn a_template_says_why_it_cannot_be_sent(#[case] components: Value, #[case] expected: Option<&str>) {
        assert_eq!(listed("UTILITY", components).not_sendable.as_deref(), expected);
    }

    #[rstest]
    #[case::as_created(json!([{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]))]
    #[case::as_listed(json!([{"type": "BODY", "text": "*{{1}}* is your verification code. For your security, do not share this code."},
        {"type": "FOOTER", "text": "This code expires in 10 minutes."}, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code",
        "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]}]))]
    fn a_one_time_password_reads_the_same_as_created_and_as_listed(#[case] components: Value) {
        let read = listed("AUTHENTICATION", components);
        assert_eq!((read.id.as_str(), read.status.as_str(), read.not_sendable.as_ref()), ("7", "APPROVED", None));
        let message = read.fill(&["123456".to_owned()]).expect("a code");
        assert_eq!(
            message.preview,
            "*123456* is your verification code. For your security, do not share this code.\nThis code expires in 10 minutes.\n[ Copy code ]"
        );
    }

    #[test]
    fn a_link_shows_the_end_of_its_example() {
        for example in [json!(["https://x.test/A-1"]), json!(["A-1"]), json!("A-1")] {
            let button = json!({"type": "URL", "text": "Go", "url": "https://x.test/{{1}}", "example": example});
            let read = listed("UTILITY", json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": [button]}]));
            assert_eq!(read.variables()[0].example.as_deref(), Some("A-1"));
        }
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
        assert_eq!(read(&WabaId::from("w"), &json!({"name": "n"})), None);
    }
}
