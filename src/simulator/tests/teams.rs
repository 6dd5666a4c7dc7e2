//! The Teams world: tokens, the Connector, quotes and cards.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rstest::rstest;

use super::*;

#[tokio::test]
async fn a_typed_message_arrives_signed_with_a_published_key_and_a_service_url_claim() {
    let stage = stage().await;
    let posted = stage.teams.types("ana", "Hello").await.expect("typed");
    assert_eq!(posted.status, 200);
    let (body, token) = stage.server.activities.lock().expect("fine")[0].clone();
    assert_eq!((&body["type"], &body["text"], &body["channelId"]), (&json!("message"), &json!("Hello"), &json!("msteams")));
    assert_eq!(body["serviceUrl"], stage.teams.service_url());
    assert_eq!(body["localTimestamp"], "2026-11-20T09:00:00.000-03:00");
    let metadata: Value = stage.http.get(stage.teams.openid_metadata_url()).send().await.expect("answers").json().await.expect("JSON");
    let keys: Value =
        stage.http.get(metadata["jwks_uri"].as_str().expect("a URL")).send().await.expect("answers").json().await.expect("JSON");
    let key = &keys["keys"][0];
    assert_eq!(key["endorsements"], json!(["msteams"]));
    let decoding = DecodingKey::from_rsa_components(key["n"].as_str().expect("n"), key["e"].as_str().expect("e")).expect("a key");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[defaults().teams.app_id]);
    validation.set_issuer(&["https://api.botframework.com"]);
    // The world's time stands still; the library would ask the machine's.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    let token = token.strip_prefix("Bearer ").expect("a bearer");
    let claims = jsonwebtoken::decode::<Value>(token, &decoding, &validation).expect("a good signature").claims;
    assert_eq!(claims["serviceurl"], stage.teams.service_url());
    assert!(claims["nbf"].as_i64() <= Some(noon().timestamp()) && claims["exp"].as_i64() > Some(noon().timestamp()));
}

#[tokio::test]
async fn files_go_out_as_attachments_and_stand_in_the_chat_by_name() {
    let stage = stage().await;
    let draft = Draft::text("").with(SentFile::attached("offer.pdf", b"%PDF")).with(SentFile::pasted("image/png", b"PNG"));
    stage.teams.says("ana", draft).await.expect("sent");
    let (body, _) = stage.server.activities.lock().expect("fine")[0].clone();
    assert_eq!(
        (body["attachments"][0]["name"].as_str(), body["attachments"][1]["contentType"].as_str()),
        (Some("offer.pdf"), Some("image/png"))
    );
    assert_eq!(stage.teams.chat("ana").expect("known")[0].files, ["offer.pdf", "Pasted picture"]);
}

#[tokio::test]
async fn rotated_keys_replace_the_published_ones() {
    let stage = stage().await;
    let before = stage.teams.sign(json!({}), stage.teams.good_claims());
    stage.teams.rotate_keys().await.expect("rotates");
    let after = stage.teams.sign(json!({}), stage.teams.good_claims());
    assert_ne!(before.split('.').next(), after.split('.').next());
}

#[rstest]
#[case::entity(QuoteStyle::Entity, true, false)]
#[case::blockquote(QuoteStyle::Blockquote, false, true)]
#[case::both(QuoteStyle::Both, true, true)]
#[tokio::test]
async fn a_quote_comes_in_the_chosen_generation(#[case] style: QuoteStyle, #[case] entity: bool, #[case] blockquote: bool) {
    let stage = stage().await;
    let first = stage.teams.types("ana", "first").await.expect("typed").activity_id;
    stage.teams.says("ana", Draft::text("answer").quoting(&first).style(style)).await.expect("typed");
    let (body, _) = stage.server.activities.lock().expect("fine")[1].clone();
    let entities = body["entities"].as_array().expect("entities");
    assert_eq!(entities.iter().any(|one| one["quotedReply"]["messageId"] == first.as_str()), entity);
    assert_eq!(body["text"].as_str().expect("text").contains("<quoted messageId="), entity);
    let html = body["attachments"][0]["content"].as_str().unwrap_or_default();
    assert_eq!(html.contains(&format!("schema.skype.com/Reply\" itemid=\"{first}\"")), blockquote);
}

#[tokio::test]
async fn the_login_refuses_a_wrong_secret_and_the_connector_a_token_it_did_not_issue() {
    let stage = stage().await;
    let url = format!("{}/{}/oauth2/v2.0/token", stage.teams.login_url(), defaults().teams.tenant_id);
    let form = format!("grant_type=client_credentials&client_id={}&client_secret=wrong&scope=x", defaults().teams.app_id);
    let response = stage.http.post(url).body(form).send().await.expect("answers");
    assert_eq!(response.status(), 401);
    let body: Value = response.json().await.expect("JSON");
    assert!(body["error_description"].as_str().expect("words").starts_with("AADSTS7000215"));
    assert_eq!(stage.posts("made-up", json!({"type": "message", "text": "x"})).await.0, 401);
}

#[tokio::test]
async fn the_connector_posts_edits_and_deletes_once_the_app_is_installed() {
    let stage = stage().await;
    let token = stage.token().await;
    let message = json!({"type": "message", "text": "<b>hi</b>", "textFormat": "xml"});
    let (status, body) = stage.posts(&token, message.clone()).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("BotNotInConversationRoster")));
    stage.teams.install("ana").await.expect("installed");
    let (status, body) = stage.posts(&token, message).await;
    assert_eq!(status, 201);
    let id = body["id"].as_str().expect("an id").to_owned();
    let path = format!("/{}/activities/{id}", defaults().teams.users[0].conversation_id.replace(':', "%3A"));
    let (status, _) = stage.connector(reqwest::Method::PUT, &path, &token, json!({"type": "message", "text": "new"})).await;
    assert_eq!(status, 200);
    let item = stage.teams.chat("ana").expect("known")[0].clone();
    assert_eq!((item.text.as_deref(), item.revision, item.from), (Some("new"), 1, Author::Bot));
    assert_eq!(stage.connector(reqwest::Method::DELETE, &path, &token, Value::Null).await.0, 200);
    assert!(stage.teams.chat("ana").expect("known")[0].deleted);
    assert_eq!(stage.connector(reqwest::Method::DELETE, &path, &token, Value::Null).await.0, 404);
    assert_eq!(
        stage.connector(reqwest::Method::POST, "/a:nobody/activities", &token, json!({"type": "message", "text": "x"})).await.0,
        404
    );
    stage.teams.revoke_tokens();
    assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 401);
}

#[tokio::test]
async fn a_conversation_is_created_for_whom_the_app_is_installed_and_its_members_are_listed() {
    let stage = stage().await;
    let token = stage.token().await;
    let teams = defaults().teams;
    let request = json!({"bot": {"id": format!("28:{}", teams.app_id)}, "members": [{"id": teams.users[1].user_id}], "isGroup": false,
        "tenantId": teams.tenant_id, "channelData": {"tenant": {"id": teams.tenant_id}}});
    assert_eq!(stage.connector(reqwest::Method::POST, "", &token, request.clone()).await.0, 403);
    stage.teams.install("ben").await.expect("installed");
    let (status, body) = stage.connector(reqwest::Method::POST, "", &token, request).await;
    assert_eq!((status, &body["id"]), (201, &json!(teams.users[1].conversation_id)));
    let path = format!("/{}/pagedmembers?pageSize=100", teams.users[1].conversation_id);
    let (_, body) = stage.connector(reqwest::Method::GET, &path, &token, Value::Null).await;
    assert_eq!(body["members"][0]["objectId"], teams.users[1].object_id);
}

#[tokio::test]
async fn a_pressed_button_invokes_with_its_inputs_and_the_answered_card_takes_the_place() {
    let stage = stage().await;
    let token = stage.token().await;
    stage.teams.install("ana").await.expect("installed");
    let card = json!({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Input.Text", "id": "phone", "value": "+49"}],
        "actions": [{"type": "Action.Execute", "title": "Send request", "verb": "ask", "data": {"contact": 7}}]});
    let attachment = json!([{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]);
    let (_, body) = stage.posts(&token, json!({"type": "message", "attachments": attachment})).await;
    let id = body["id"].as_str().expect("an id");
    let receipt = json!({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Asked"}]});
    *stage.server.invoke_answer.lock().expect("fine") =
        json!({"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": receipt});
    let answer = stage.teams.click("ana", id, "Send request", json!({"phone": "+551"})).await.expect("pressed");
    assert_eq!((answer.status, answer.card, answer.toast), (200, Some(receipt.clone()), None));
    let (invoke, _) = stage.server.activities.lock().expect("fine").last().expect("one").clone();
    assert_eq!(invoke["name"], "adaptiveCard/action");
    assert_eq!(invoke["value"]["action"]["data"], json!({"contact": 7, "phone": "+551"}));
    assert_eq!(invoke["replyToId"], id);
    assert_eq!(stage.teams.chat("ana").expect("known")[0].card, Some(receipt));
    let gone = stage.teams.click("ana", id, "Send request", Value::Null).await;
    assert_eq!(gone, Err(ControlError::Unknown("button", "Send request".to_owned())));
}

#[tokio::test]
async fn buttons_of_the_same_title_are_told_apart_by_position() {
    let stage = stage().await;
    let token = stage.token().await;
    stage.teams.install("ana").await.expect("installed");
    let write = |contact: u8| json!({"type": "Action.Submit", "title": "Write", "data": {"contact": contact}});
    let card = json!({"type": "AdaptiveCard", "body": [{"type": "ActionSet", "actions": [write(1)]}], "actions": [write(2)]});
    let attachment = json!([{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]);
    let (_, body) = stage.posts(&token, json!({"type": "message", "attachments": attachment})).await;
    let id = body["id"].as_str().expect("an id");
    stage.teams.click_nth("ana", id, "Write", 1, Value::Null).await.expect("pressed");
    let (submit, _) = stage.server.activities.lock().expect("fine").last().expect("one").clone();
    assert_eq!((&submit["type"], &submit["value"], &submit["replyToId"]), (&json!("message"), &json!({"contact": 2}), &json!(id)));
    assert!(submit.get("text").is_none());
}

#[tokio::test]
async fn with_limits_on_the_eighth_message_within_a_second_is_throttled() {
    let stage = stage().await;
    let token = stage.token().await;
    stage.teams.install("ana").await.expect("installed");
    stage.teams.set_limits(true);
    for _ in 0..7 {
        assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 201);
    }
    assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 429);
    stage.clock.advance(Duration::from_secs(2));
    assert_eq!(stage.posts(&token, json!({"type": "message", "text": "x"})).await.0, 201);
    let ids: Vec<String> = stage.teams.chat("ana").expect("known").into_iter().map(|item| item.activity_id).collect();
    assert!(ids.is_sorted() && ids.len() == 8);
}
