//! What every call of the Connector has: the token's check, faults, and answers in the words of Teams.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::state::World;
use crate::simulator::common::bearer;
use crate::simulator::faults::{Fault, Surface};
use crate::simulator::line::Line;

/// An answer, or the status and error code of Teams.
pub(super) type Answer = Result<Response, Refusal>;

/// HTTP status, code and message.
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str, pub(super) &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let mut response = (status, Json(error_body(code, message))).into_response();
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

pub(super) const GONE: Refusal = Refusal(StatusCode::NOT_FOUND, "ConversationNotFound", "Conversation not found.");
pub(super) const NO_ACTIVITY: Refusal = Refusal(StatusCode::NOT_FOUND, "ActivityNotFoundInConversation", "Activity not found.");
pub(super) const NOT_OURS: Refusal = Refusal(StatusCode::FORBIDDEN, "NotEnoughPermissions", "Only the bot's own messages can be changed.");
pub(super) const BAD: Refusal = Refusal(StatusCode::BAD_REQUEST, "BadArgument", "The activity cannot be posted.");
pub(super) const NOT_IN_ROSTER: Refusal =
    Refusal(StatusCode::FORBIDDEN, "BotNotInConversationRoster", "The bot is not part of the conversation roster.");

fn error_body(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

pub(super) fn fault_body(_: &Fault, status: StatusCode) -> Value {
    let code = if status == StatusCode::TOO_MANY_REQUESTS { "Throttled" } else { "ServiceError" };
    error_body(code, "The request was not accepted.")
}

impl World {
    pub(super) async fn call(&self, line: &Line, headers: &HeaderMap, act: impl FnOnce() -> Answer) -> Response {
        self.call_on(Surface::Connector, line, headers, act).await
    }

    /// The same where other faults strike.
    pub(super) async fn call_on(&self, surface: Surface, line: &Line, headers: &HeaderMap, act: impl FnOnce() -> Answer) -> Response {
        let accept = async {
            let authorized = bearer(headers).is_some_and(|token| self.tokens.is_good(token, self.common.now()));
            if !authorized {
                self.common.journal.count("connector.unauthorized");
                let body = json!({"message": "Authorization has been denied for this request."});
                return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
            }
            let answer = act().unwrap_or_else(|refusal| {
                self.common.journal.count("connector.refused");
                refusal.into_response()
            });
            self.common.signal();
            answer
        };
        self.common.guarded(line, surface, fault_body, accept).await
    }
}
