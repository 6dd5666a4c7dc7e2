//! What becomes of a template when it is sent: checked like Meta does, and rendered like the phone shows it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::state::{MediaFile, PhoneButton};
use super::validate::Refused;

/// Largest picture that the page shows, in bytes.
const SHOWN: usize = 200 * 1024;

/// A rendered template.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) header: Option<String>,
    pub(super) footer: Option<String>,
    pub(super) buttons: Vec<PhoneButton>,
    /// Lower case.
    pub(super) category: String,
    pub(super) asset: Asset,
}

/// The file of a header, which Meta looks at only after it has accepted the message.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Asset {
    #[default]
    Nothing,
    Id(String),
    /// Fetched by Meta itself; the sample of a template is refused to everybody, Meta included.
    Link {
        is_sample: bool,
    },
}

impl Asset {
    pub(super) fn is_unknown(&self, known: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Id(id) => !known(id),
            Self::Link { is_sample } => *is_sample,
        }
    }

    /// A small picture as a data URI.
    pub(super) fn picture(&self, media: &HashMap<String, MediaFile>) -> Option<String> {
        let Self::Id(id) = self else { return None };
        let file = media.get(id).filter(|file| file.mime_type.starts_with("image/") && file.bytes.len() <= SHOWN)?;
        Some(format!("data:{};base64,{}", file.mime_type, STANDARD.encode(&file.bytes)))
    }
}

fn component<'a>(template: &'a Value, kind: &str) -> Option<&'a Value> {
    template["components"].as_array()?.iter().find(|part| part["type"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind)))
}

/// Names of the variables of a text, in order, each once.
fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in text.split("{{").skip(1) {
        if let Some((name, _)) = piece.split_once("}}") {
            let name = name.trim();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// Checks the `template` object of a send against what the account holds, and renders it.
pub(super) fn render<'a>(templates: impl Iterator<Item = &'a Value>, sent: &Value, now: DateTime<Utc>) -> Result<Rendered, Refused> {
    let name = sent["name"].as_str().ok_or(Refused::of(131_008))?;
    let language = sent["language"]["code"].as_str().ok_or(Refused::of(131_008))?;
    let mut named = templates.filter(|template| template["name"] == name).peekable();
    let template = named.find(|template| template["language"] == language).ok_or(Refused::of(132_001))?;
    match template["status"].as_str().unwrap_or_default().to_ascii_uppercase().as_str() {
        "APPROVED" => {}
        "PAUSED" => return Err(Refused::of(132_015)),
        "DISABLED" => return Err(Refused::of(132_016)),
        _ => return Err(Refused::of(132_001)),
    }
    if component(template, "CAROUSEL").is_some() && !given(sent, "carousel").any(|_| true) {
        return Err(Refused::of(132_012));
    }
    let is_named = template["parameter_format"] == "NAMED";
    let body = component(template, "BODY").and_then(|body| body["text"].as_str()).unwrap_or_default();
    let text = fill(body, given(sent, "body").next(), is_named)?;
    if text.chars().count() > 1_024 {
        return Err(Refused::of(132_005));
    }
    let (mut header, asset) = match component(template, "HEADER") {
        None if given(sent, "header").any(|_| true) => return Err(Refused::of(132_018)),
        None => (None, Asset::Nothing),
        Some(header) => {
            let (line, asset) = header_of(header, given(sent, "header").next(), is_named)?;
            (Some(line), asset)
        }
    };
    if let Some(offer) = offer_of(template, sent, now)? {
        header = Some(header.map_or_else(|| offer.clone(), |header| format!("{header}\n{offer}")));
    }
    let footer = component(template, "FOOTER").and_then(|footer| footer["text"].as_str()).map(str::to_owned);
    let buttons = buttons_of(template, sent)?;
    let category = template["category"].as_str().unwrap_or("UTILITY").to_ascii_lowercase();
    Ok(Rendered { text, header, footer, buttons, category, asset })
}

/// The sent components of a kind.
fn given<'a>(sent: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = sent["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(move |part| part["type"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind)))
}

fn header_of(header: &Value, given: Option<&Value>, is_named: bool) -> Result<(String, Asset), Refused> {
    let format = header["format"].as_str().unwrap_or("TEXT");
    if format.eq_ignore_ascii_case("TEXT") {
        return Ok((fill(header["text"].as_str().unwrap_or_default(), given, is_named)?, Asset::Nothing));
    }
    let wanted = format.to_ascii_lowercase();
    let parameter = given.map(|given| &given["parameters"][0]).filter(|parameter| parameter["type"] == wanted.as_str());
    let file = &parameter.ok_or(Refused::of(132_012))?[&wanted];
    if wanted == "location" {
        let degrees = |name: &str| file[name].as_f64().or_else(|| file[name].as_str()?.parse().ok()).ok_or(Refused::of(131_008));
        let text = |name: &str| file[name].as_str().filter(|text| !text.is_empty()).ok_or(Refused::of(131_008));
        let (latitude, longitude) = (degrees("latitude")?, degrees("longitude")?);
        let line = format!("[location {}, {} ({latitude}, {longitude})]", text("name")?, text("address")?);
        return Ok((line, Asset::Nothing));
    }
    let asset = match (file["id"].as_str(), file["link"].as_str()) {
        (Some(id), None) => Asset::Id(id.to_owned()),
        (None, Some(link)) => Asset::Link { is_sample: header["example"]["header_handle"][0] == link },
        _ => return Err(Refused::of(131_008)),
    };
    Ok((format!("[{wanted}{}]", file["filename"].as_str().map(|name| format!(" {name}")).unwrap_or_default()), asset))
}

/// The offer's line with its end, which must be named in milliseconds and lie ahead.
fn offer_of(template: &Value, sent: &Value, now: DateTime<Utc>) -> Result<Option<String>, Refused> {
    let offer = component(template, "LIMITED_TIME_OFFER").map(|part| &part["limited_time_offer"]);
    let given = given(sent, "limited_time_offer").next();
    let Some(offer) = offer else { return if given.is_some() { Err(Refused::of(132_018)) } else { Ok(None) } };
    let text = offer["text"].as_str().unwrap_or_default();
    if offer["has_expiration"] != true {
        return Ok(Some(text.to_owned()));
    }
    let millis = given.and_then(|given| given["parameters"][0]["limited_time_offer"]["expiration_time_ms"].as_i64());
    let ends = DateTime::from_timestamp_millis(millis.ok_or(Refused::of(132_012))?).filter(|ends| *ends > now);
    let ends = ends.ok_or(Refused::of(131_009))?;
    Ok(Some(format!("{text} (ends {})", ends.format("%Y-%m-%d %H:%M UTC"))))
}

/// Puts the parameters of a component into its text.
fn fill(text: &str, given: Option<&Value>, is_named: bool) -> Result<String, Refused> {
    let wanted = variables(text);
    let parameters = given.and_then(|given| given["parameters"].as_array()).map(Vec::as_slice).unwrap_or_default();
    if parameters.len() != wanted.len() {
        return Err(Refused::of(132_000));
    }
    let mut filled = text.to_owned();
    for (index, parameter) in parameters.iter().enumerate() {
        let value = parameter["text"].as_str().filter(|value| !value.is_empty()).ok_or(Refused::of(131_008))?;
        if value.contains(['\n', '\t']) || value.contains("     ") {
            return Err(Refused::of(132_018));
        }
        let name = if is_named { parameter["parameter_name"].as_str().ok_or(Refused::of(132_012))? } else { wanted[index] };
        if !wanted.contains(&name) {
            return Err(Refused::of(132_000));
        }
        filled = filled.replace(&format!("{{{{{name}}}}}"), value);
    }
    Ok(filled)
}

/// What was created as OTP is listed as a link of WhatsApp's own.
fn is_code(template: &Value, button: &Value) -> bool {
    let is_authentication = template["category"].as_str().is_some_and(|category| category.eq_ignore_ascii_case("AUTHENTICATION"));
    button["type"] == "OTP" || is_authentication && button["type"] == "URL"
}

fn buttons_of(template: &Value, sent: &Value) -> Result<Vec<PhoneButton>, Refused> {
    let held = component(template, "BUTTONS").and_then(|part| part["buttons"].as_array()).map(Vec::as_slice).unwrap_or_default();
    let at = |part: &Value| part["index"].as_u64().or_else(|| part["index"].as_str()?.parse().ok()).map(|index| index as usize);
    for part in given(sent, "button") {
        let button = at(part).and_then(|index| held.get(index)).ok_or(Refused::of(131_009))?;
        let fits = match part["sub_type"].as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
            "quick_reply" => button["type"] == "QUICK_REPLY" && part["parameters"][0]["payload"].is_string(),
            "url" => {
                let takes = is_code(template, button) || button["url"].as_str().is_some_and(|url| url.contains("{{"));
                takes && part["parameters"][0]["text"].is_string()
            }
            "copy_code" => button["type"] == "COPY_CODE" && part["parameters"][0]["coupon_code"].is_string(),
            "flow" => button["type"] == "FLOW" && part["parameters"][0]["action"].is_object(),
            "voice_call" => button["type"] == "VOICE_CALL",
            _ => false,
        };
        if !fits {
            return Err(Refused::of(132_018));
        }
    }
    let code = given(sent, "body").next().and_then(|body| body["parameters"][0]["text"].as_str());
    let mut buttons = Vec::new();
    for (index, button) in held.iter().enumerate() {
        let parameter = given(sent, "button").find(|part| at(part) == Some(index)).map(|part| &part["parameters"][0]);
        let missing = Refused::of(131_008);
        let titled = |own: &str| button["text"].as_str().filter(|title| !title.is_empty()).unwrap_or(own).to_owned();
        let (title, kind, value) = match button["type"].as_str().unwrap_or_default() {
            "QUICK_REPLY" => {
                let title = titled("");
                // Without a payload of ours Meta sends the title back.
                let value = parameter.and_then(|one| one["payload"].as_str()).unwrap_or(&title).to_owned();
                (title, "template", value)
            }
            _ if is_code(template, button) => {
                let copied = parameter.and_then(|one| one["text"].as_str()).ok_or(missing)?;
                if Some(copied) != code || copied.chars().count() > 15 {
                    return Err(Refused::of(132_018));
                }
                (titled("Copy code"), "code", copied.to_owned())
            }
            "COPY_CODE" => {
                let copied = parameter.and_then(|one| one["coupon_code"].as_str()).ok_or(missing)?;
                (titled("Copy code"), "code", copied.to_owned())
            }
            "FLOW" => (titled(""), "flow", String::new()),
            "VOICE_CALL" => (titled("Call on WhatsApp"), "call", String::new()),
            "REQUEST_CONTACT_INFO" => (titled("Share contact info"), "contact", String::new()),
            _ => {
                let url = button["url"].as_str().unwrap_or_default();
                let value = match parameter.and_then(|one| one["text"].as_str()) {
                    Some(suffix) => url.replace("{{1}}", suffix),
                    None if url.contains("{{") => return Err(missing),
                    None => url.to_owned(),
                };
                (titled(""), "url", value)
            }
        };
        buttons.push(PhoneButton { title, kind: kind.to_owned(), value });
    }
    Ok(buttons)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::template_cast;
    use rstest::rstest;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        "2026-03-02T11:00:00Z".parse().expect("a time")
    }

    fn sent(name: &str, language: &str, components: Value) -> Value {
        json!({"name": name, "language": {"code": language}, "components": components})
    }

    fn body_of(values: &[&str]) -> Value {
        let parameters: Vec<Value> = values.iter().map(|value| json!({"type": "text", "text": value})).collect();
        json!([{"type": "body", "parameters": parameters}])
    }

    #[test]
    fn the_opt_in_request_reads_as_the_phone_shows_it() {
        let rendered =
            render(template_cast().iter(), &sent("switchboard_opt_in", "en", body_of(&["Ana", "Northwind"])), now()).expect("good");
        assert!(rendered.text.starts_with("Hello, this is Ana from Northwind."));
        assert_eq!(rendered.buttons.iter().map(|button| button.title.as_str()).collect::<Vec<_>>(), ["Yes", "No"]);
    }

    #[rstest]
    #[case("nothing_like_it", "en", body_of(&[]), 132_001)]
    #[case("switchboard_opt_in", "fr", body_of(&["a", "b"]), 132_001)]
    #[case("switchboard_opt_in", "en", body_of(&["a"]), 132_000)]
    #[case("switchboard_opt_in", "en", body_of(&["a\nb", "c"]), 132_018)]
    #[case("paused_survey", "en_US", body_of(&["a"]), 132_015)]
    #[case("rejected_draft", "en_US", json!([]), 132_001)]
    #[case("picks_carousel", "en_US", body_of(&["a"]), 132_012)]
    #[case("order_update", "en_US", body_of(&["a", "b"]), 132_012)]
    #[case("track_parcel", "en_US", body_of(&["a"]), 131_008)]
    #[case("office_hours", "en_US", json!([{"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": []}]), 131_009)]
    fn what_meta_refuses_is_refused(#[case] name: &str, #[case] language: &str, #[case] components: Value, #[case] code: i64) {
        let refused = render(template_cast().iter(), &sent(name, language, components), now()).expect_err("refused");
        assert_eq!(refused.code, code);
    }

    #[test]
    fn named_variables_and_url_suffixes_are_filled() {
        let named = json!([{"type": "body", "parameters": [{"type": "text", "parameter_name": "order_id", "text": "A-1"},
            {"type": "text", "parameter_name": "first_name", "text": "Tom"}]}]);
        let rendered = render(template_cast().iter(), &sent("order_update", "en_US", named), now()).expect("good");
        assert_eq!(rendered.text, "Hello Tom, your order A-1 is on its way.");
        let suffix = json!([{"type": "body", "parameters": [{"type": "text", "text": "A-1"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A-1"}]}]);
        let rendered = render(template_cast().iter(), &sent("track_parcel", "en_US", suffix), now()).expect("good");
        assert_eq!(rendered.buttons[0].value, "https://example.com/track/A-1");
    }

    #[test]
    fn a_header_is_fetched_later_and_a_sample_never() {
        let image = |file: Value| {
            json!([{"type": "header", "parameters": [{"type": "image", "image": file}]},
            {"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Tom"}]}])
        };
        let asset = |file: Value| render(template_cast().iter(), &sent("visit_picture", "en_US", image(file)), now()).expect("good").asset;
        assert_eq!(asset(json!({"id": "7"})), Asset::Id("7".to_owned()));
        let sample =
            template_cast().iter().find(|one| one["name"] == "visit_picture").expect("cast")["components"][0]["example"]["header_handle"]
                [0]
            .clone();
        assert!(asset(json!({"link": sample})).is_unknown(|_| true));
        assert!(asset(json!({"id": "7"})).is_unknown(|_| false));
        let nothing = render(template_cast().iter(), &sent("visit_picture", "en_US", json!([])), now());
        assert_eq!(nothing.expect_err("refused").code, 132_000);
    }

    #[test]
    fn an_offer_in_seconds_has_passed() {
        let offer = |ends: i64| {
            json!([
            {"type": "body", "parameters": [{"type": "text", "text": "Tom"}]},
            {"type": "limited_time_offer", "parameters": [{"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": ends}}]},
            {"type": "button", "sub_type": "copy_code", "index": 0, "parameters": [{"type": "coupon_code", "coupon_code": "X"}]},
            {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "x"}]}])
        };
        let render = |ends| render(template_cast().iter(), &sent("week_offer", "en_US", offer(ends)), now());
        let later = now().timestamp_millis() + 3_600_000;
        assert_eq!(render(later).expect("good").header.as_deref(), Some("This week only (ends 2026-03-02 12:00 UTC)"));
        assert_eq!(render(later / 1_000).expect_err("refused").code, 131_009);
    }

    #[test]
    fn a_password_stands_twice_and_is_the_same() {
        let code = |button: &str| {
            json!([{"type": "body", "parameters": [{"type": "text", "text": "1234"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": button}]}])
        };
        let render = |button| render(template_cast().iter(), &sent("sign_in_code", "en_US", code(button)), now());
        assert_eq!(render("1234").expect("good").buttons[0].kind, "code");
        assert_eq!(render("9999").expect_err("refused").code, 132_018);
    }
}
