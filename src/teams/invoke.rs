//! The typed bodies that Teams wants as answers to invokes.
//!
//! Anything slow, empty or malformed shows "Unable to reach app" although the work was done, and makes Teams repeat the invoke.
//! So every answer is made by one of these constructors.

use serde_json::{Value, json};

/// A button of a card was pressed (`Action.Execute`).
pub const CARD_ACTION: &str = "adaptiveCard/action";
/// Somebody searches with the message extension, in the compose box.
pub const EXTENSION_QUERY: &str = "composeExtension/query";
/// Somebody chose a result. Only desktop and web clients say so; on a phone the result's own card is inserted at once.
pub const EXTENSION_SELECT: &str = "composeExtension/selectItem";
/// A button of an inserted card was pressed (`Action.Submit`, in clients that do not know `Action.Execute`).
pub const EXTENSION_BUTTON: &str = "composeExtension/onCardButtonClicked";
/// Somebody types into a choice input that is searched by us (`Data.Query`).
pub const SEARCH: &str = "application/search";

/// Teams shows at most this many results of a search.
pub const MAX_SEARCH_RESULTS: usize = 15;

/// An answer to an invoke: the HTTP status and the JSON body.
#[derive(Clone, Debug, PartialEq)]
pub struct InvokeResponse {
    pub status: u16,
    pub body: Value,
}

/// Replaces the card, for this user alone.
pub fn card(card: Value) -> InvokeResponse {
    answer(200, "application/vnd.microsoft.card.adaptive", card)
}

/// A short note at the card. An empty one would count as no answer, so a check mark stands in.
pub fn message(text: &str) -> InvokeResponse {
    let text = if text.trim().is_empty() { "✓" } else { text };
    answer(200, "application/vnd.microsoft.activity.message", json!(text))
}

/// Something went wrong. HTTP stays 200: the status is an inner one (400 for the user's fault, 500 for ours); `code` is a word
/// for programs (`BadRequest`), `message` the sentence for the user.
pub fn error(status: u16, code: &str, message: &str) -> InvokeResponse {
    answer(status, "application/vnd.microsoft.error", json!({"code": code, "message": message}))
}

/// Results of `application/search`, each `(title, value)`; at most 15 are sent.
pub fn search<T: AsRef<str>, V: AsRef<str>>(results: impl IntoIterator<Item = (T, V)>) -> InvokeResponse {
    let one = |(title, value): (T, V)| json!({"title": title.as_ref(), "value": value.as_ref()});
    let results: Vec<Value> = results.into_iter().take(MAX_SEARCH_RESULTS).map(one).collect();
    answer(200, "application/vnd.microsoft.search.searchResponse", json!({"results": results}))
}

/// A result of the message extension.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtensionResult {
    /// The Adaptive Card that choosing inserts.
    pub card: Value,
    /// What the list shows: plain text.
    pub title: String,
    pub text: String,
    /// What the client sends back as [`EXTENSION_SELECT`] when this is chosen. `None`: the card is inserted without asking.
    pub tap: Option<Value>,
}

/// Results of [`EXTENSION_QUERY`], or the one card of [`EXTENSION_SELECT`]. An Adaptive Card needs a preview, which only a
/// thumbnail or hero card can be.
pub fn extension_results(results: impl IntoIterator<Item = ExtensionResult>) -> InvokeResponse {
    let one = |result: ExtensionResult| {
        let mut preview = json!({"title": result.title, "text": result.text});
        if let Some(tap) = result.tap {
            preview["tap"] = json!({"type": "invoke", "value": tap});
        }
        json!({
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": result.card,
            "preview": {"contentType": "application/vnd.microsoft.card.thumbnail", "content": preview},
        })
    };
    let attachments: Vec<Value> = results.into_iter().map(one).collect();
    extension(json!({"type": "result", "attachmentLayout": "list", "attachments": attachments}))
}

/// Words in place of results, without formatting.
pub fn extension_message(text: &str) -> InvokeResponse {
    extension(json!({"type": "message", "text": text}))
}

fn extension(body: Value) -> InvokeResponse {
    InvokeResponse { status: 200, body: json!({"composeExtension": body}) }
}

/// Done, with nothing to show: what [`EXTENSION_BUTTON`] is answered.
pub fn done() -> InvokeResponse {
    InvokeResponse { status: 200, body: json!({}) }
}

/// HTTP 501: an invoke we do not know.
pub fn unknown() -> InvokeResponse {
    InvokeResponse { status: 501, body: json!({}) }
}

fn answer(status_code: u16, kind: &str, value: Value) -> InvokeResponse {
    InvokeResponse { status: 200, body: json!({"statusCode": status_code, "type": kind, "value": value}) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_http_200_with_an_inner_status() {
        for (response, inner) in [
            (card(json!({"type": "AdaptiveCard"})), 200),
            (message("Saved"), 200),
            (error(400, "BadRequest", "No"), 400),
            (search([("Ann", "thread-1")]), 200),
        ] {
            assert_eq!((response.status, &response.body["statusCode"]), (200, &json!(inner)));
            assert!(response.body["type"].as_str().is_some_and(|kind| kind.starts_with("application/vnd.microsoft.")));
        }
    }

    #[test]
    fn a_message_is_never_empty() {
        assert_ne!(message(" ").body["value"], json!(" "));
    }

    #[test]
    fn more_results_than_teams_shows_are_not_sent() {
        let many = (0..40).map(|n| (format!("Client {n}"), n.to_string()));
        assert_eq!(search(many).body["value"]["results"].as_array().map(Vec::len), Some(MAX_SEARCH_RESULTS));
    }

    #[test]
    fn results_of_the_message_extension_have_a_card_and_a_preview() {
        let result = |tap| ExtensionResult { card: json!({"type": "AdaptiveCard"}), title: "Ann".into(), text: "en".into(), tap };
        let answer = extension_results([result(Some(json!({"item": 1}))), result(None)]);
        let shown = &answer.body["composeExtension"];
        assert_eq!((answer.status, &shown["type"], &shown["attachmentLayout"]), (200, &json!("result"), &json!("list")));
        let [tapped, plain] = [0, 1].map(|at| &shown["attachments"][at]);
        assert_eq!(tapped["preview"]["content"]["tap"], json!({"type": "invoke", "value": {"item": 1}}));
        assert_eq!(plain["preview"]["content"], json!({"title": "Ann", "text": "en"}));
        assert_eq!(plain["content"]["type"], "AdaptiveCard");
    }

    #[test]
    fn words_in_place_of_results_are_a_message() {
        assert_eq!(extension_message("No").body, json!({"composeExtension": {"type": "message", "text": "No"}}));
    }

    #[test]
    fn an_unknown_invoke_is_not_implemented() {
        assert_eq!(unknown().status, 501);
    }
}
