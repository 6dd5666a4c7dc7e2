//! The templates of the simulated account, as `GET /{waba}/message_templates` lists them.

use serde_json::{Value, json};

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
        (
            "visit_picture",
            "en_US",
            "UTILITY",
            "APPROVED",
            json!({"type": "BODY", "text": "Dear {{first_name}}, this is our house. We look forward to your visit.",
                "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Maria"}]}}),
            vec![sampled("IMAGE"), buttons(vec![quick("I will come"), json!({"type": "REQUEST_CONTACT_INFO"})])],
        ),
        ("visit_video", "en_US", "UTILITY", "APPROVED", body("Dear {{1}}, see how to find us.", &["Maria"]), vec![sampled("VIDEO")]),
        (
            "contract_papers",
            "en_US",
            "UTILITY",
            "APPROVED",
            body("Dear {{1}}, here are the papers for contract {{2}}. Call us with questions.", &["Maria", "C-7"]),
            vec![
                sampled("DOCUMENT"),
                json!({"type": "FOOTER", "text": "Northwind"}),
                buttons(vec![
                    json!({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+49305550100"}),
                    json!({"type": "VOICE_CALL", "text": "Call on WhatsApp"}),
                ]),
            ],
        ),
        (
            "meeting_place",
            "en_US",
            "UTILITY",
            "APPROVED",
            body("Dear {{1}}, we meet here. See you soon.", &["Maria"]),
            vec![json!({"type": "HEADER", "format": "LOCATION"})],
        ),
        (
            "advice_form",
            "en_US",
            "UTILITY",
            "APPROVED",
            json!({"type": "BODY", "text": "Please tell us what you need before we meet."}),
            vec![buttons(vec![
                json!({"type": "FLOW", "text": "Begin", "flow_id": "1203", "flow_action": "NAVIGATE", "navigate_screen": "START"}),
            ])],
        ),
        (
            "sign_in_code",
            "en_US",
            "AUTHENTICATION",
            "APPROVED",
            body("*{{1}}* is your verification code. For your security, do not share this code.", &["123456"]),
            vec![
                json!({"type": "FOOTER", "text": "This code expires in 10 minutes."}),
                buttons(vec![json!({"type": "URL", "text": "Copy code",
                    "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{1}}",
                    "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp123456"]})]),
            ],
        ),
        (
            "week_offer",
            "en_US",
            "MARKETING",
            "APPROVED",
            body("Dear {{1}}, this week the first hour of advice is free.", &["Maria"]),
            vec![
                json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "This week only", "has_expiration": true}}),
                buttons(vec![
                    json!({"type": "COPY_CODE", "example": "FREE1"}),
                    json!({"type": "URL", "text": "Book", "url": "https://example.com/book/{{1}}", "example": ["https://example.com/book/maria"]}),
                ]),
            ],
        ),
        ("rejected_draft", "en_US", "UTILITY", "REJECTED", json!({"type": "BODY", "text": "A draft that did not pass."}), vec![]),
    ];
    let numbered = all.into_iter().enumerate();
    numbered
        .map(|(index, (name, language, category, status, body, mut rest))| {
            let format = if matches!(name, "order_update" | "visit_picture") { "NAMED" } else { "POSITIONAL" };
            rest.insert(0, body);
            rest.sort_by_key(|part| {
                ["HEADER", "LIMITED_TIME_OFFER", "BODY", "FOOTER", "BUTTONS"].iter().position(|kind| part["type"] == **kind)
            });
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

/// A header with the sample that the template was approved with. Nobody can fetch that.
fn sampled(format: &str) -> Value {
    let sample = format!("https://scontent.whatsapp.net/v/t61.29466-34/{}", format.to_ascii_lowercase());
    json!({"type": "HEADER", "format": format, "example": {"header_handle": [sample]}})
}
