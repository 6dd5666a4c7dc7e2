//! The compose box's message extension, and inputs that are searched while somebody types: what a client asks the bot, and what it
//! makes of the answers. An answer that Teams could not show is none.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chat::ChatItem;
use super::client::hears;
use super::control::Where;
use super::deliver::{Posted, UNABLE};
use super::draft::Draft;
use super::seat::Seat;
use super::state::{TeamsUser, TeamsWorld, World};
use crate::simulator::common::ControlError;

const ADAPTIVE: &str = "application/vnd.microsoft.card.adaptive";
/// As many as the list shows at a time.
const PAGE: u32 = 25;
/// As many as an input offers.
const CHOICES: usize = 15;
/// The client's own people picker: no bot is asked.
const PEOPLE: &str = "graph.microsoft.com/users";

/// A row of the message extension's list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundCard {
    pub title: String,
    #[serde(default)]
    pub text: String,
    /// The card that choosing inserts.
    pub card: Value,
    /// What is asked of the bot first, except on phones.
    #[serde(default)]
    pub tap: Option<Value>,
}

/// What came of a search with the message extension, or of choosing a result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExtensionAnswer {
    pub activity_id: String,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    pub body: Value,
    pub results: Vec<FoundCard>,
    /// Shown in place of results: the bot's words, or Teams' own when the answer is no good.
    pub message: Option<String>,
    /// Real time until the answer.
    pub millis: u64,
}

/// A choice that an input offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundChoice {
    pub title: String,
    pub value: String,
}

/// What came of typing into an input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SearchAnswer {
    pub status: u16,
    pub body: Value,
    /// At most 15. Empty when the answer is no good: the card's own choices stay.
    pub choices: Vec<FoundChoice>,
    pub millis: u64,
}

impl TeamsWorld {
    /// Opens a search command of the message extension and types `text`; nothing typed is the first look (`initialRun`).
    pub async fn searches<'a>(&self, seat: impl Into<Seat<'a>>, command: &str, text: &str) -> Result<ExtensionAnswer, ControlError> {
        self.world.searches(seat.into(), command, text, 0).await
    }

    /// Scrolls on: the results after the first `skip`.
    pub async fn searches_on<'a>(
        &self,
        seat: impl Into<Seat<'a>>,
        command: &str,
        text: &str,
        skip: usize,
    ) -> Result<ExtensionAnswer, ControlError> {
        self.world.searches(seat.into(), command, text, skip).await
    }

    /// Chooses a result on the desktop: its `tap` goes to the bot, whose answer holds the card for the compose box.
    pub async fn chooses<'a>(&self, seat: impl Into<Seat<'a>>, tap: &Value) -> Result<ExtensionAnswer, ControlError> {
        self.world.chooses(seat.into(), tap).await
    }

    /// Sends a card from the compose box, with words beside it or none.
    pub async fn places<'a>(&self, seat: impl Into<Seat<'a>>, card: &Value, text: &str) -> Result<Posted, ControlError> {
        self.world.places(seat.into(), card, text).await
    }

    /// Types into a choice input of the card of `activity_id` that names a dataset.
    pub async fn types_into<'a>(
        &self,
        seat: impl Into<Seat<'a>>,
        activity_id: &str,
        input: &str,
        text: &str,
    ) -> Result<SearchAnswer, ControlError> {
        self.world.types_into(seat.into(), activity_id, input, text).await
    }
}

impl World {
    async fn searches(&self, seat: Seat<'_>, command: &str, text: &str, skip: usize) -> Result<ExtensionAnswer, ControlError> {
        let (name, typed) = if text.is_empty() { ("initialRun", "true") } else { ("q", text) };
        let value = json!({
            "commandId": command,
            "parameters": [{"name": name, "value": typed}],
            "queryOptions": {"skip": skip, "count": PAGE},
        });
        Ok(extension_answer(self.invokes(seat, "composeExtension/query", value, None).await?))
    }

    async fn chooses(&self, seat: Seat<'_>, tap: &Value) -> Result<ExtensionAnswer, ControlError> {
        Ok(extension_answer(self.invokes(seat, "composeExtension/selectItem", tap.clone(), None).await?))
    }

    async fn types_into(&self, seat: Seat<'_>, activity_id: &str, input: &str, text: &str) -> Result<SearchAnswer, ControlError> {
        let item = self.item(&self.actor(seat)?, activity_id)?;
        let card = item.card.clone().unwrap_or_default();
        let dataset = dataset_of(&card, input).ok_or_else(|| ControlError::Unknown("input with a dataset", input.to_owned()))?;
        if let Some(scope) = dataset.strip_prefix(PEOPLE) {
            return self.picks_people(seat, scope == "?scope=currentContext", text);
        }
        let value = json!({"queryText": text, "queryOptions": {"skip": 0, "top": CHOICES}, "dataset": dataset});
        let Posted { status, body, millis, .. } = self.invokes(seat, "application/search", value, Some(&item)).await?;
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let good = status == 200 && body["type"] == "application/vnd.microsoft.search.searchResponse";
        let found: Vec<FoundChoice> = serde_json::from_value(body["value"]["results"].clone()).unwrap_or_default();
        let choices = if good { found.into_iter().take(CHOICES).collect() } else { Vec::new() };
        Ok(SearchAnswer { status, body, choices, millis })
    }

    /// The people whose name begins like the text, a part of it or their address: those of this conversation, or everybody.
    fn picks_people(&self, seat: Seat<'_>, here: bool, text: &str) -> Result<SearchAnswer, ControlError> {
        let actor = self.actor(seat)?;
        let state = self.lock();
        let roster = seat.conversation.and_then(|conversation| state.shared.roster(conversation));
        let is_here = |user: &TeamsUser| roster.map_or(user.key == actor.user.key, |roster| roster.has(&user.key));
        let wanted = text.to_lowercase();
        let fits = |user: &&TeamsUser| {
            let name = user.name.to_lowercase();
            (!here || is_here(user))
                && (name.starts_with(&wanted) || name.split(' ').chain([user.upn.as_str()]).any(|part| part.starts_with(&wanted)))
        };
        let found = state.users.iter().map(|state| &state.user).filter(fits);
        let choices = found.map(|user| FoundChoice { title: user.name.clone(), value: user.object_id.clone() }).take(CHOICES).collect();
        Ok(SearchAnswer { status: 200, body: Value::Null, choices, millis: 0 })
    }

    async fn invokes(&self, seat: Seat<'_>, name: &str, value: Value, card: Option<&ChatItem>) -> Result<Posted, ControlError> {
        let (actor, now, id) = self.begin(seat)?;
        let actor = actor.into_chain(card.and_then(|item| item.root.as_deref()));
        let mut activity = self.envelope(&actor, "invoke", &id, now);
        activity["name"] = json!(name);
        activity["value"] = value;
        if let Some(card) = card {
            activity["replyToId"] = json!(card.activity_id);
        }
        self.keep(&actor, &activity)?;
        self.deliver(activity).await
    }

    async fn places(&self, seat: Seat<'_>, card: &Value, text: &str) -> Result<Posted, ControlError> {
        let (actor, now, id) = self.begin(seat)?;
        let root = actor.root().unwrap_or(&id).to_owned();
        let actor = actor.into_chain(Some(&root));
        let mut activity = self.envelope(&actor, "message", &id, now);
        let place = uuid::Uuid::new_v4().simple().to_string();
        let words = text.replace('&', "&amp;").replace('<', "&lt;");
        activity["text"] = json!(text);
        activity["textFormat"] = json!("plain");
        activity["attachments"] = json!([
            {"contentType": "text/html", "content": format!("<p>{words}</p><attachment id=\"{place}\"></attachment>")},
            {"contentType": ADAPTIVE, "content": card},
        ]);
        let item = ChatItem { card: Some(card.clone()), ..actor.writes(&id, now).saying(text.to_owned(), "plain") };
        self.with_chat(&actor, |chat| chat.push(item))?;
        let heard = hears(&actor, &Draft::default());
        if heard {
            self.keep(&actor, &activity)?;
        }
        self.common.signal();
        self.finish(&actor, activity, heard).await
    }
}

/// What the list shows. Teams leaves out a result whose card has no preview.
fn extension_answer(posted: Posted) -> ExtensionAnswer {
    let Posted { activity_id, status, body, millis, .. } = posted;
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let shown = &body["composeExtension"];
    let good = status == 200;
    let (results, message) = match (shown["type"].as_str(), shown["attachments"].as_array()) {
        (Some("result"), Some(attachments)) if good => (attachments.iter().filter_map(found_card).collect(), None),
        (Some("message"), _) if good => (Vec::new(), shown["text"].as_str().filter(|text| !text.is_empty()).or(Some(UNABLE))),
        _ => (Vec::new(), Some(UNABLE)),
    };
    ExtensionAnswer { activity_id, status, results, message: message.map(str::to_owned), body, millis }
}

fn found_card(attachment: &Value) -> Option<FoundCard> {
    let preview = &attachment["preview"];
    let kinds = ["application/vnd.microsoft.card.thumbnail", "application/vnd.microsoft.card.hero"];
    let is_card = attachment["contentType"] == ADAPTIVE && attachment["content"]["type"] == "AdaptiveCard";
    if !is_card || !kinds.iter().any(|kind| preview["contentType"] == *kind) {
        return None;
    }
    let text = |name: &str| preview["content"][name].as_str().unwrap_or_default().to_owned();
    let tap = &preview["content"]["tap"];
    Some(FoundCard {
        title: text("title"),
        text: text("text"),
        card: attachment["content"].clone(),
        tap: (tap["type"] == "invoke").then(|| tap["value"].clone()),
    })
}

/// The dataset of the choice input with this id.
fn dataset_of<'a>(card: &'a Value, input: &str) -> Option<&'a str> {
    match card {
        Value::Array(all) => all.iter().find_map(|one| dataset_of(one, input)),
        Value::Object(members) if members.get("type").is_some_and(|kind| kind == "Input.ChoiceSet") => {
            let data = members.get("choices.data").filter(|data| data["type"] == "Data.Query")?;
            if members.get("id")? == input { data["dataset"].as_str() } else { None }
        }
        Value::Object(members) => members.values().find_map(|one| dataset_of(one, input)),
        _ => None,
    }
}

type Shared = State<Arc<World>>;
type Did<T> = Result<Json<T>, ControlError>;

/// The control surface of this file.
pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/_sim/users/{user}/search", post(search))
        .route("/_sim/users/{user}/choose", post(choose))
        .route("/_sim/users/{user}/place", post(place))
        .route("/_sim/users/{user}/type-into", post(type_into))
}

#[derive(Deserialize)]
struct Search {
    command: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    skip: usize,
}

async fn search(
    State(world): Shared,
    Path(user): Path<String>,
    Query(at): Query<Where>,
    Json(request): Json<Search>,
) -> Did<ExtensionAnswer> {
    world.searches(at.seat(&user), &request.command, &request.text, request.skip).await.map(Json)
}

#[derive(Deserialize)]
struct Choose {
    tap: Value,
}

async fn choose(
    State(world): Shared,
    Path(user): Path<String>,
    Query(at): Query<Where>,
    Json(request): Json<Choose>,
) -> Did<ExtensionAnswer> {
    world.chooses(at.seat(&user), &request.tap).await.map(Json)
}

#[derive(Deserialize)]
struct Place {
    card: Value,
    #[serde(default)]
    text: String,
}

async fn place(State(world): Shared, Path(user): Path<String>, Query(at): Query<Where>, Json(request): Json<Place>) -> Did<Posted> {
    world.places(at.seat(&user), &request.card, &request.text).await.map(Json)
}

#[derive(Deserialize)]
struct TypeInto {
    activity_id: String,
    input: String,
    #[serde(default)]
    text: String,
}

async fn type_into(
    State(world): Shared,
    Path(user): Path<String>,
    Query(at): Query<Where>,
    Json(request): Json<TypeInto>,
) -> Did<SearchAnswer> {
    world.types_into(at.seat(&user), &request.activity_id, &request.input, &request.text).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn posted(status: u16, body: &Value) -> Posted {
        Posted { activity_id: "1".into(), status, body: body.to_string(), millis: 1, heard: true }
    }

    #[rstest]
    #[case::nothing(200, json!({}))]
    #[case::an_error(500, json!({"composeExtension": {"type": "result", "attachments": []}}))]
    #[case::no_list(200, json!({"composeExtension": {"type": "result"}}))]
    #[case::no_words(200, json!({"composeExtension": {"type": "message", "text": ""}}))]
    fn an_answer_that_is_no_good_is_not_shown(#[case] status: u16, #[case] body: Value) {
        assert_eq!(extension_answer(posted(status, &body)).message.as_deref(), Some(UNABLE));
    }

    #[test]
    fn a_card_without_a_preview_is_not_shown() {
        let good = json!({"contentType": ADAPTIVE, "content": {"type": "AdaptiveCard"},
            "preview": {"contentType": "application/vnd.microsoft.card.thumbnail",
                "content": {"title": "Ann", "text": "en", "tap": {"type": "invoke", "value": 7}}}});
        let mut bad = good.clone();
        bad["preview"] = Value::Null;
        let body = json!({"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": [bad, good]}});
        let answer = extension_answer(posted(200, &body));
        let card = json!({"type": "AdaptiveCard"});
        assert_eq!(answer.results, [FoundCard { title: "Ann".into(), text: "en".into(), card, tap: Some(json!(7)) }]);
    }
}
