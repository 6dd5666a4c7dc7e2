//! The templates of the simulated account, and what becomes of one when it is sent: checked like Meta does, and rendered like the
//! phone shows it.

use serde_json::{Value, json};

use super::state::PhoneButton;
use super::validate::Refused;

/// A rendered template.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) header: Option<String>,
    pub(super) footer: Option<String>,
    pub(super) buttons: Vec<PhoneButton>,
    /// Lower case.
    pub(super) category: String,
}

/// The templates of the demo, enough of them for several pages.
pub fn template_cast() -> Vec<Value> {
    let quick = |title: &str| json!({"type": "QUICK_REPLY", "text": title});
    let opt_in_en = "Hello, this is {{1}} from {{2}}. May we message you here on WhatsApp? Reply YES to accept or NO to decline. \
                     You can reply STOP at any time.";
    let opt_in_de = "Hallo, hier ist {{1}} von {{2}}. Dürfen wir Ihnen hier auf WhatsApp schreiben? Antworten Sie JA oder NEIN. \
                     Mit STOP können Sie jederzeit abbestellen.";
    let nudge = "{{1}} at {{2}} has a message for you. Reply to this chat to read it. Reply STOP to end messages.";
    let all = [
        (
            "switchboard_opt_in",
            "en",
            "UTILITY",
            "APPROVED",
            body(opt_in_en, &["Ana", "Northwind"]),
            vec![buttons(vec![quick("Yes"), quick("No")])],
        ),
        (
            "switchboard_opt_in",
            "de",
            "UTILITY",
            "APPROVED",
            body(opt_in_de, &["Ana", "Northwind"]),
            vec![buttons(vec![quick("Ja"), quick("Nein")])],
        ),
        ("switchboard_nudge", "en", "UTILITY", "APPROVED", body(nudge, &["Ana", "Northwind"]), vec![]),
        (
            "appointment_reminder",
            "en_US",
            "UTILITY",
            "APPROVED",
            body("Hello {{1}}, this is a reminder of your appointment on {{2}} at {{3}}.", &["Maria", "Monday", "10:00"]),
            vec![
                json!({"type": "HEADER", "format": "TEXT", "text": "Your appointment"}),
                json!({"type": "FOOTER", "text": "Reply STOP to end messages"}),
                buttons(vec![quick("Confirm"), quick("Move it")]),
            ],
        ),
        (
            "order_update",
            "en_US",
            "UTILITY",
            "APPROVED",
            json!({"type": "BODY", "text": "Hello {{first_name}}, your order {{order_id}} is on its way.",
                "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Maria"}, {"param_name": "order_id", "example": "A-17"}]}}),
            vec![],
        ),
        (
            "track_parcel",
            "en_US",
            "UTILITY",
            "APPROVED",
            body("Your parcel {{1}} has left our house. You can follow its way with the button.", &["A-17"]),
            vec![buttons(vec![
                json!({"type": "URL", "text": "Track", "url": "https://example.com/track/{{1}}", "example": ["https://example.com/track/A-17"]}),
            ])],
        ),
        (
            "paused_survey",
            "en_US",
            "UTILITY",
            "PAUSED",
            body("Hello {{1}}, how did we do today? We would like to hear it.", &["Maria"]),
            vec![],
        ),
        (
            "spring_sale",
            "en_US",
            "MARKETING",
            "APPROVED",
            body("Hello {{1}}, our spring sale starts today. Come and see us.", &["Maria"]),
            vec![buttons(vec![quick("Stop promotions")])],
        ),
        (
            "picks_carousel",
            "en_US",
            "MARKETING",
            "APPROVED",
            body("Picks for you, {{1}}, from this week's collection.", &["Maria"]),
            vec![
                json!({"type": "CAROUSEL", "cards": [{"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "First"}]}]}),
            ],
        ),
        (
            "office_hours",
            "en_US",
            "UTILITY",
            "APPROVED",
            json!({"type": "BODY", "text": "We are open Monday to Friday, 9:00 to 18:00."}),
            vec![],
        ),
        ("rejected_draft", "en_US", "UTILITY", "REJECTED", json!({"type": "BODY", "text": "A draft that did not pass."}), vec![]),
    ];
    let numbered = all.into_iter().enumerate();
    numbered
        .map(|(index, (name, language, category, status, body, mut rest))| {
            let format = if name == "order_update" { "NAMED" } else { "POSITIONAL" };
            rest.insert(0, body);
            rest.sort_by_key(|part| ["HEADER", "BODY", "FOOTER", "BUTTONS"].iter().position(|kind| part["type"] == **kind));
            json!({"id": (7_100_000_000_001_u64 + index as u64).to_string(), "name": name, "language": language, "category": category,
                "status": status, "parameter_format": format, "components": rest, "quality_score": {"score": "GREEN"}})
        })
        .collect()
}

/// The German templates of the demo's second account.
pub fn service_template_cast(waba: &str) -> Vec<Value> {
    let quick = |title: &str| json!({"type": "QUICK_REPLY", "text": title});
    let opt_in = "Guten Tag, hier ist {{1}} von {{2}}. Dürfen wir Ihnen hier auf WhatsApp schreiben? Antworten Sie JA, wenn Sie \
                  einverstanden sind, oder NEIN, wenn nicht. Mit STOP können Sie jederzeit beenden.";
    let nudge = "{{1}} von {{2}} hat eine Nachricht für Sie. Antworten Sie hier, um sie zu lesen. Mit STOP beenden Sie Nachrichten.";
    let done = "Guten Tag {{1}}, Ihr Anliegen {{2}} ist erledigt. Können wir noch etwas für Sie tun?";
    let all = [
        ("service_anfrage", vec![body(opt_in, &["Eva Lang", "Northwind Service"]), buttons(vec![quick("Ja"), quick("Nein")])]),
        ("service_nachricht", vec![body(nudge, &["Eva Lang", "Northwind Service"])]),
        ("service_erledigt", vec![body(done, &["Herr Weber", "4711"])]),
    ];
    let numbered = all.into_iter().enumerate();
    numbered
        .map(|(index, (name, components))| {
            json!({"id": (7_200_000_000_001_u64 + index as u64).to_string(), "waba": waba, "name": name, "language": "de",
                "category": "UTILITY", "status": "APPROVED", "parameter_format": "POSITIONAL", "components": components,
                "quality_score": {"score": "GREEN"}})
        })
        .collect()
}

fn body(text: &str, examples: &[&str]) -> Value {
    json!({"type": "BODY", "text": text, "example": {"body_text": [examples]}})
}

fn buttons(all: Vec<Value>) -> Value {
    json!({"type": "BUTTONS", "buttons": all})
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
pub(super) fn render<'a>(templates: impl Iterator<Item = &'a Value>, sent: &Value) -> Result<Rendered, Refused> {
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
    let header = match component(template, "HEADER") {
        None if given(sent, "header").any(|_| true) => return Err(Refused::of(132_018)),
        None => None,
        Some(header) => Some(header_of(header, given(sent, "header").next(), is_named)?),
    };
    let footer = component(template, "FOOTER").and_then(|footer| footer["text"].as_str()).map(str::to_owned);
    let buttons = buttons_of(template, sent)?;
    let category = template["category"].as_str().unwrap_or("UTILITY").to_ascii_lowercase();
    Ok(Rendered { text, header, footer, buttons, category })
}

/// The sent components of a kind.
fn given<'a>(sent: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = sent["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(move |part| part["type"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind)))
}

fn header_of(header: &Value, given: Option<&Value>, is_named: bool) -> Result<String, Refused> {
    let format = header["format"].as_str().unwrap_or("TEXT");
    if format.eq_ignore_ascii_case("TEXT") {
        return fill(header["text"].as_str().unwrap_or_default(), given, is_named);
    }
    let wanted = format.to_ascii_lowercase();
    let file = given.map(|given| &given["parameters"][0]).filter(|parameter| parameter["type"] == wanted.as_str());
    let file = file.ok_or(Refused::of(132_012))?;
    Ok(format!("[{wanted}{}]", file[&wanted]["filename"].as_str().map(|name| format!(" {name}")).unwrap_or_default()))
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

fn buttons_of(template: &Value, sent: &Value) -> Result<Vec<PhoneButton>, Refused> {
    let held = component(template, "BUTTONS").and_then(|part| part["buttons"].as_array()).map(Vec::as_slice).unwrap_or_default();
    let at = |part: &Value| part["index"].as_u64().or_else(|| part["index"].as_str()?.parse().ok()).map(|index| index as usize);
    for part in given(sent, "button") {
        let button = at(part).and_then(|index| held.get(index)).ok_or(Refused::of(131_009))?;
        let fits = match part["sub_type"].as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
            "quick_reply" => button["type"] == "QUICK_REPLY" && part["parameters"][0]["payload"].is_string(),
            "url" => button["url"].as_str().is_some_and(|url| url.contains("{{")) && part["parameters"][0]["text"].is_string(),
            "copy_code" => button["type"] == "COPY_CODE",
            _ => false,
        };
        if !fits {
            return Err(Refused::of(132_018));
        }
    }
    let mut buttons = Vec::new();
    for (index, button) in held.iter().enumerate() {
        let title = button["text"].as_str().unwrap_or_default().to_owned();
        let parameter = given(sent, "button").find(|part| at(part) == Some(index)).map(|part| &part["parameters"][0]);
        buttons.push(match button["type"].as_str() {
            Some("QUICK_REPLY") => {
                // Without a payload of ours Meta sends the title back.
                let value = parameter.and_then(|one| one["payload"].as_str()).unwrap_or(&title).to_owned();
                PhoneButton { title, kind: "template".to_owned(), value }
            }
            _ => {
                let url = button["url"].as_str().unwrap_or_default();
                let value = match parameter.and_then(|one| one["text"].as_str()) {
                    Some(suffix) => url.replace("{{1}}", suffix),
                    None if url.contains("{{") => return Err(Refused::of(131_008)),
                    None => url.to_owned(),
                };
                PhoneButton { title, kind: "url".to_owned(), value }
            }
        });
    }
    Ok(buttons)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn sent(name: &str, language: &str, components: Value) -> Value {
        json!({"name": name, "language": {"code": language}, "components": components})
    }

    fn body_of(values: &[&str]) -> Value {
        let parameters: Vec<Value> = values.iter().map(|value| json!({"type": "text", "text": value})).collect();
        json!([{"type": "body", "parameters": parameters}])
    }

    #[test]
    fn the_opt_in_request_reads_as_the_phone_shows_it() {
        let rendered = render(template_cast().iter(), &sent("switchboard_opt_in", "en", body_of(&["Ana", "Northwind"]))).expect("good");
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
        let refused = render(template_cast().iter(), &sent(name, language, components)).expect_err("refused");
        assert_eq!(refused.code, code);
    }

    #[test]
    fn named_variables_and_url_suffixes_are_filled() {
        let named = json!([{"type": "body", "parameters": [{"type": "text", "parameter_name": "order_id", "text": "A-1"},
            {"type": "text", "parameter_name": "first_name", "text": "Tom"}]}]);
        let rendered = render(template_cast().iter(), &sent("order_update", "en_US", named)).expect("good");
        assert_eq!(rendered.text, "Hello Tom, your order A-1 is on its way.");
        let suffix = json!([{"type": "body", "parameters": [{"type": "text", "text": "A-1"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A-1"}]}]);
        let rendered = render(template_cast().iter(), &sent("track_parcel", "en_US", suffix)).expect("good");
        assert_eq!(rendered.buttons[0].value, "https://example.com/track/A-1");
    }
}
