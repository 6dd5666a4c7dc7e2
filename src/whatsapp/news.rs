//! What WhatsApp tells about templates and the account: nothing a client said, but what administrators must hear.

use super::error;
use super::json::{integer, text};
use crate::bridge::{TemplateChange, WabaId, WhatsAppEvent};
use serde_json::Value;

/// How much of an account's news is repeated to administrators, in characters.
const SUMMARY_LIMIT: usize = 500;

pub(super) fn is_template(field: &str) -> bool {
    field.starts_with("message_template_") || field == "template_category_update" || field == "template_correct_category_detection"
}

pub(super) fn is_account(field: &str) -> bool {
    field.starts_with("account_") || field.starts_with("phone_number_") || matches!(field, "business_capability_update" | "security")
}

/// A template of `waba` changed: what is in the cache must be synced.
pub(super) fn template(waba: &WabaId, field: &str, value: &Value) -> WhatsAppEvent {
    let said = |key: &str| text(value, key).unwrap_or_else(|| "unknown".to_owned());
    let event = match text(value, "event") {
        Some(event) => event.to_ascii_uppercase(),
        None if value.get("new_quality_score").is_some() => {
            format!("quality {} to {}", said("previous_quality_score"), said("new_quality_score"))
        }
        None if value.get("correct_category").is_some() => format!("category will become {}", said("correct_category")),
        None if value.get("new_category").is_some() => format!("category {} to {}", said("previous_category"), said("new_category")),
        None => field.to_owned(),
    };
    WhatsAppEvent::TemplateChanged {
        waba: waba.clone(),
        name: text(value, "message_template_name"),
        // Some webhooks write `en-US` where the Graph API writes `en_US`.
        language: text(value, "message_template_language").map(|language| language.replace('-', "_")),
        event,
        change: change(field, value),
        // `NONE` is how Meta says that there is none.
        reason: text(value, "reason").filter(|reason| !reason.eq_ignore_ascii_case("NONE")),
    }
}

fn change(field: &str, value: &Value) -> TemplateChange {
    let said = |key: &str| text(value, key).map(|said| said.to_ascii_uppercase());
    if let Some(event) = said("event") {
        TemplateChange::Status(event)
    } else if let Some(to) = said("new_quality_score") {
        TemplateChange::Quality { from: said("previous_quality_score").unwrap_or_else(|| "UNKNOWN".to_owned()), to }
    } else if let Some(to) = said("correct_category") {
        TemplateChange::CategoryAhead { to }
    } else if let Some(to) = said("new_category") {
        TemplateChange::Category { to }
    } else if field == "message_template_components_update" {
        TemplateChange::Components
    } else {
        TemplateChange::Unknown
    }
}

/// News of the account, in one bounded line.
pub(super) fn account(waba: &WabaId, field: &str, value: &Value, summary: &str) -> WhatsAppEvent {
    let event = ["event", "decision"].iter().find_map(|key| text(value, key)).unwrap_or_default().to_ascii_uppercase();
    let number = text(value, "display_phone_number");
    let summary = summary.chars().take(SUMMARY_LIMIT).collect();
    WhatsAppEvent::Account { waba: waba.clone(), field: field.to_owned(), event, number, summary }
}

/// The errors of a change that explain no message.
pub(super) fn errors(errors: &[Value]) -> String {
    errors.iter().map(error_summary).collect::<Vec<_>>().join("; ")
}

fn error_summary(error: &Value) -> String {
    let code = integer(error, "code").map(|code| code.to_string()).unwrap_or_else(|| "no code".to_owned());
    format!("{code}: {}", error::details(error).unwrap_or_default())
}

/// `event` or `decision` first, then every other plain value with its name.
pub(super) fn summary(value: &Value) -> String {
    let mut told: Vec<_> = ["event", "decision"].iter().filter_map(|key| text(value, key)).collect();
    leaves(value, &mut told);
    told.join("; ")
}

fn leaves(value: &Value, told: &mut Vec<String>) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields {
        match value {
            Value::Object(_) => leaves(value, told),
            Value::Array(items) => items.iter().for_each(|item| leaves(item, told)),
            Value::String(_) if matches!(key.as_str(), "event" | "decision") => {}
            Value::String(text) => told.push(format!("{key} {text}")),
            Value::Number(number) => told.push(format!("{key} {number}")),
            Value::Bool(flag) => told.push(format!("{key} {flag}")),
            Value::Null => {}
        }
    }
}
