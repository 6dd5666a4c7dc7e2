use super::super::testing::{self, Answer, Seen, World};
use super::*;
use crate::bridge::{PostBody, Receipt};
use rstest::rstest;
use std::time::Duration;

fn connector(world: &World) -> Connector {
    Connector::new(Arc::new(world.settings()), testing::client(), world.clock.clone())
}

fn granted(token: &str) -> Answer {
    Answer::json(200, json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token}))
}

async fn world(answers: impl IntoIterator<Item = Answer>) -> World {
    World::start(std::iter::once(granted("one")).chain(answers).collect()).await
}

fn chat(world: &World) -> ConversationReference {
    ConversationReference {
        service_url: format!("{}/emea/", world.base),
        conversation: "19:a@thread.v2;messageid=1".into(),
        tenant: "tenant-1".into(),
    }
}

fn post() -> Post {
    Post { summary: "Ann".into(), body: PostBody::Html { html: "hello".into() } }
}

/// The requests after the one for the token.
fn calls(world: &World) -> Vec<Seen> {
    world.requests().into_iter().filter(|seen| !seen.path.starts_with("/login")).collect()
}

fn sent(id: Option<&str>) -> Outcome {
    Outcome::Sent(Receipt { id: id.map(str::to_owned), ..Receipt::default() })
}

const ACTIVITIES: &str = "/emea/v3/conversations/19%3Aa%40thread.v2%3Bmessageid%3D1/activities";

#[tokio::test]
async fn every_operation_calls_its_address_with_the_token() {
    let answers = [
        Answer::json(201, json!({"id": "17"})),
        Answer::json(201, json!({"id": "18"})),
        Answer::json(200, json!({"id": "17"})),
        Answer::json(200, json!(null)),
        Answer::json(202, json!({})),
    ];
    let world = world(answers).await;
    let (connector, to) = (connector(&world), chat(&world));
    assert_eq!(connector.send(&to, &post()).await, sent(Some("17")));
    assert_eq!(connector.reply(&to, &"16".into(), &post()).await, sent(Some("18")));
    assert_eq!(connector.update(&to, &"17".into(), &post()).await, sent(Some("17")));
    assert_eq!(connector.delete(&to, &"f:17/..".into()).await, sent(None));
    assert_eq!(connector.typing(&to).await, sent(None));
    let calls = calls(&world);
    let lines: Vec<String> = calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    let expected = [
        format!("POST {ACTIVITIES}"),
        format!("POST {ACTIVITIES}"),
        format!("PUT {ACTIVITIES}/17"),
        format!("DELETE {ACTIVITIES}/f%3A17%2F.."),
        format!("POST {ACTIVITIES}"),
    ];
    assert_eq!(lines, expected);
    assert!(calls.iter().all(|call| call.authorization.as_deref() == Some("Bearer one")));
    assert_eq!(calls[0].json(), json!({"type": "message", "textFormat": "xml", "text": "hello", "summary": "Ann"}));
    assert_eq!(calls[1].json()["replyToId"], "16");
    assert_eq!(calls[2].json()["id"], "17");
    assert_eq!(calls[4].json(), json!({"type": "typing"}));
}

#[rstest]
#[case("https://evil.example/")]
#[case("https://x.trafficmanager.net/emea/")]
#[case("http://smba.trafficmanager.net/emea/")]
#[case("")]
#[tokio::test]
async fn the_token_goes_to_no_other_host_whatever_was_stored(#[case] service_url: &str) {
    let world = world([]).await;
    let connector = connector(&world);
    let to = ConversationReference { service_url: service_url.to_owned(), ..chat(&world) };
    for outcome in
        [connector.send(&to, &post()).await, connector.update(&to, &"1".into(), &post()).await, connector.delete(&to, &"1".into()).await]
    {
        assert!(matches!(&outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Configuration), "{outcome:?}");
    }
    for outcome in [
        connector.open_chain(service_url, "tenant-1", "19:c@thread.tacv2", &post()).await,
        connector.send_targeted(&to, "29:x", &post()).await,
    ] {
        assert!(matches!(&outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Configuration), "{outcome:?}");
    }
    connector.open_chat(service_url, "tenant-1", "29:x").await.expect_err("not allowed");
    connector.members(&to).await.expect_err("not allowed");
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = World::start(Vec::new()).await;
    let redirect = Answer::json(307, json!({})).with("location", format!("{}/x", elsewhere.base));
    let world = world([redirect]).await;
    assert!(matches!(connector(&world).send(&chat(&world), &post()).await, Outcome::Rejected(_)));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_the_call_repeated_once() {
    let refused = || Answer::json(401, json!({"error": {"code": "Unauthorized"}}));
    let renewed = world([refused(), granted("two"), Answer::json(201, json!({"id": "17"}))]).await;
    assert_eq!(connector(&renewed).send(&chat(&renewed), &post()).await, sent(Some("17")));
    assert_eq!(calls(&renewed)[1].authorization.as_deref(), Some("Bearer two"));

    let hopeless = world([refused(), granted("two"), refused()]).await;
    let outcome = connector(&hopeless).send(&chat(&hopeless), &post()).await;
    assert!(matches!(outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Configuration));
    assert_eq!(calls(&hopeless).len(), 2);
}

#[tokio::test]
async fn without_a_token_nothing_was_sent_and_it_may_be_tried_again() {
    let world = World::start(vec![Answer::json(401, json!({"error": "invalid_client", "error_description": "AADSTS7000222: x"}))]).await;
    let outcome = connector(&world).send(&chat(&world), &post()).await;
    assert!(
        matches!(&outcome, Outcome::Throttled { after: Some(_), failure } if failure.class == FailureClass::Configuration && failure.detail.contains("AADSTS7000222")),
        "{outcome:?}"
    );
    assert!(calls(&world).is_empty());
}

#[tokio::test]
async fn the_playground_is_served_without_a_token_in_development_mode_alone() {
    let world = World::start(vec![Answer::json(404, json!({})), Answer::json(201, json!({"id": "17"}))]).await;
    let settings = Settings { unauthenticated_loopback: true, ..world.settings() };
    let connector = Connector::new(Arc::new(settings), testing::client(), world.clock.clone());
    assert_eq!(connector.send(&chat(&world), &post()).await, sent(Some("17")));
    assert_eq!(calls(&world)[0].authorization, None);
}

#[tokio::test]
async fn too_fast_waits_as_long_as_teams_says() {
    let world = world([Answer::json(429, json!({"error": {"code": "Throttled"}})).with("retry-after", "7")]).await;
    let outcome = connector(&world).send(&chat(&world), &post()).await;
    assert!(matches!(outcome, Outcome::Throttled { after: Some(after), .. } if after == Duration::from_secs(7)));
}

#[tokio::test]
async fn silence_after_the_request_is_uncertain_for_a_post_and_harmless_for_a_put() {
    let world = world([Answer::Silence, Answer::Silence]).await;
    let hasty = reqwest::Client::builder().timeout(Duration::from_millis(300)).no_proxy().build().expect("a client");
    let connector = Connector::new(Arc::new(world.settings()), hasty, world.clock.clone());
    connector.tokens().bearer().await.expect("a token");
    assert!(matches!(connector.send(&chat(&world), &post()).await, Outcome::Uncertain(_)));
    assert!(matches!(connector.update(&chat(&world), &"1".into(), &post()).await, Outcome::Throttled { .. }));
    assert_eq!(calls(&world).len(), 2, "nothing was repeated");
}

#[tokio::test]
async fn a_connection_that_was_never_made_is_throttled() {
    let world = world([]).await;
    let vacant = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("it is bound")
    };
    let mut settings = world.settings();
    settings.allowed_service_hosts.push(vacant.to_string());
    let connector = Connector::new(Arc::new(settings), testing::client(), world.clock.clone());
    let to = ConversationReference { service_url: format!("http://{vacant}"), ..chat(&world) };
    let outcome = connector.send(&to, &post()).await;
    assert!(matches!(&outcome, Outcome::Throttled { failure, .. } if failure.class == FailureClass::Unavailable), "{outcome:?}");
}

#[rstest]
#[case("")]
#[case("..")]
#[case(".")]
#[tokio::test]
async fn an_id_that_would_change_the_address_is_refused(#[case] id: &str) {
    let world = world([]).await;
    let outcome = connector(&world).delete(&chat(&world), &id.into()).await;
    assert!(matches!(outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Invalid));
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn a_one_to_one_conversation_is_created_for_the_bot_and_one_user() {
    let world =
        world([Answer::json(201, json!({"id": "a:new"})), Answer::json(403, json!({"error": {"code": "ForbiddenOperationException"}}))])
            .await;
    let connector = connector(&world);
    let service_url = chat(&world).service_url;
    let chat = connector.open_chat(&service_url, "tenant-1", "29:ann").await.expect("created");
    assert_eq!(chat.as_str(), "a:new");
    let call = calls(&world).remove(0);
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/emea/v3/conversations"));
    let expected = json!({"bot": {"id": "28:app-1"}, "members": [{"id": "29:ann"}], "isGroup": false, "tenantId": "tenant-1",
        "channelData": {"tenant": {"id": "tenant-1"}}});
    assert_eq!(call.json(), expected);
    let failure = connector.open_chat(&service_url, "tenant-1", "29:bob").await.expect_err("the app is not installed");
    assert_eq!(failure.class, FailureClass::ConversationGone);
}

#[tokio::test]
async fn members_are_read_page_by_page() {
    let page = |id: &str, token: Option<&str>| {
        Answer::json(
            200,
            json!({"members": [{"id": id, "objectId": "OID", "userPrincipalName": "a@b.c"}, {"bad": 1}], "continuationToken": token}),
        )
    };
    let world = world([page("29:a", Some("n&xt")), page("29:b", None)]).await;
    let members = connector(&world).members(&chat(&world)).await.expect("two pages");
    assert_eq!(members.iter().map(|member| member.user_id.as_str()).collect::<Vec<_>>(), ["29:a", "29:b"]);
    assert_eq!((members[0].object_id.as_deref(), members[0].upn.as_deref()), (Some("oid"), Some("a@b.c")));
    let calls = calls(&world);
    assert_eq!(calls[0].path, "/emea/v3/conversations/19%3Aa%40thread.v2/pagedmembers?pageSize=100", "a chain has its channel's members");
    assert!(calls[1].path.ends_with("&continuationToken=n%26xt"), "{}", calls[1].path);
}

#[tokio::test]
async fn a_list_of_members_that_never_ends_does_not_trap_us() {
    let page = || Answer::json(200, json!({"members": [{"id": "29:a"}], "continuationToken": "same"}));
    let world = world([page(), page()]).await;
    assert_eq!(connector(&world).members(&chat(&world)).await.expect("it ends").len(), 2);
}

#[tokio::test]
async fn a_list_of_members_is_read_up_to_a_thousand() {
    let page = |number: usize| {
        let members: Vec<Value> = (0..100).map(|member| json!({"id": format!("29:{number}-{member}"), "aadObjectId": "OID"})).collect();
        Answer::json(200, json!({"members": members, "continuationToken": format!("after {number}")}))
    };
    let world = world((0..20).map(page)).await;
    let members = connector(&world).members(&chat(&world)).await.expect("ten pages");
    assert_eq!((members.len(), calls(&world).len()), (1_000, 10));
    assert_eq!(members[999].object_id.as_deref(), Some("oid"), "activities spell it differently");
}

#[rstest]
#[case::both(json!({"id": "19:c@thread.tacv2;messageid=17", "activityId": "17"}), Some("17"), Some("19:c@thread.tacv2;messageid=17"))]
#[case::no_message(json!({"id": "19:c@thread.tacv2;messageid=17"}), Some("17"), Some("19:c@thread.tacv2;messageid=17"))]
#[case::bare_channel(json!({"id": "19:c@thread.tacv2", "activityId": "17"}), Some("17"), Some("19:c@thread.tacv2;messageid=17"))]
#[case::bare_channel_alone(json!({"id": "19:c@thread.tacv2"}), None, None)]
#[case::nothing(json!(null), None, None)]
#[tokio::test]
async fn a_chain_is_opened_with_its_first_message(#[case] answer: Value, #[case] id: Option<&str>, #[case] conversation: Option<&str>) {
    let world = world([Answer::json(201, answer)]).await;
    let opened = connector(&world).open_chain(&chat(&world).service_url, "tenant-1", "19:c@thread.tacv2", &post()).await;
    let receipt = Receipt { id: id.map(str::to_owned), conversation: conversation.map(str::to_owned), ..Receipt::default() };
    assert_eq!(opened, Outcome::Sent(receipt));
    let call = calls(&world).remove(0);
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/emea/v3/conversations"));
    let expected = json!({"isGroup": true, "tenantId": "tenant-1", "bot": {"id": "28:app-1"},
        "channelData": {"channel": {"id": "19:c@thread.tacv2"}, "tenant": {"id": "tenant-1"}},
        "activity": {"type": "message", "textFormat": "xml", "text": "hello", "summary": "Ann"}});
    assert_eq!(call.json(), expected);
}

#[rstest]
#[case::removed(Answer::json(403, json!({"error": {"code": "BotNotInConversationRoster"}})), false)]
#[case::channel_gone(Answer::json(404, json!({"error": {"code": "ConversationNotFound"}})), false)]
#[case::doubtful(Answer::json(502, json!({})), true)]
#[case::silence(Answer::Silence, true)]
#[tokio::test]
async fn a_chain_that_may_have_been_opened_is_not_opened_again(#[case] answer: Answer, #[case] uncertain: bool) {
    let world = world([answer]).await;
    let hasty = reqwest::Client::builder().timeout(Duration::from_millis(300)).no_proxy().build().expect("a client");
    let connector = Connector::new(Arc::new(world.settings()), hasty, world.clock.clone());
    connector.tokens().bearer().await.expect("a token");
    let opened = connector.open_chain(&chat(&world).service_url, "tenant-1", "19:c@thread.tacv2", &post()).await;
    match opened {
        Outcome::Uncertain(_) => assert!(uncertain),
        Outcome::Rejected(failure) => assert!(!uncertain && failure.class == FailureClass::ConversationGone, "{failure:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(calls(&world).len(), 1);
}

#[tokio::test]
async fn a_private_message_is_sent_to_one_member() {
    let world = world([Answer::json(201, json!({"id": "17"})), Answer::json(400, json!({"error": {"code": "BadArgument"}}))]).await;
    let connector = connector(&world);
    assert_eq!(connector.send_targeted(&chat(&world), "29:ann", &post()).await, sent(Some("17")));
    let call = calls(&world).remove(0);
    assert_eq!(format!("{} {}", call.method, call.path), format!("POST {ACTIVITIES}?isTargetedActivity=true"));
    assert_eq!((&call.json()["recipient"], &call.json()["text"]), (&json!({"id": "29:ann"}), &json!("hello")));
    assert!(matches!(connector.send_targeted(&chat(&world), "29:ann", &post()).await, Outcome::Rejected(_)));
}
