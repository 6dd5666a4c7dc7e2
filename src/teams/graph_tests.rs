use super::super::testing::{self, Answer, Seen, World};
use super::*;
use chrono::TimeZone;
use rstest::rstest;
use std::time::Duration;

const ANA: &str = "00000000-0000-4000-8000-0000000000a1";
const BEN: &str = "00000000-0000-4000-8000-0000000000b2";
const CHAT: &str = "/v1.0/chats/19%3Ax%40thread.v2";

fn graph_with(world: &World, base_url: &str, http: reqwest::Client) -> Graph {
    let settings = GraphSettings {
        base_url: base_url.parse().expect("a URL"),
        scope: "https://graph.microsoft.com/.default".to_owned(),
        app_catalog_id: "catalog-1".to_owned(),
        files: true,
    };
    Graph::new(Arc::new(world.settings()), settings, http, world.clock.clone())
}

fn graph(world: &World) -> Graph {
    graph_with(world, &format!("{}/v1.0/", world.base), testing::client())
}

fn granted(token: &str) -> Answer {
    Answer::json(200, json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token}))
}

async fn world(answers: impl IntoIterator<Item = Answer>) -> World {
    World::start(std::iter::once(granted("one")).chain(answers).collect()).await
}

/// The requests after the one for the token.
fn calls(world: &World) -> Vec<Seen> {
    world.requests().into_iter().filter(|seen| !seen.path.starts_with("/login")).collect()
}

fn lines(world: &World) -> Vec<String> {
    calls(world).iter().map(|call| format!("{} {}", call.method, call.path)).collect()
}

fn chat() -> ConversationId {
    "19:x@thread.v2".into()
}

fn done() -> Outcome {
    Outcome::Sent(Receipt::default())
}

fn people(members: &[(&str, &str)]) -> Value {
    let member = |(membership, id): &(&str, &str)| json!({"id": membership, "userId": id, "displayName": "N", "roles": ["owner"]});
    json!({"value": members.iter().map(member).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_chat_is_created_with_its_people_and_graphs_own_token() {
    let world = world([Answer::json(201, json!({"id": "19:x@thread.v2", "chatType": "group"}))]).await;
    let members = [ColleagueId::from(BEN), ColleagueId::from(ANA), ColleagueId::from(BEN)];
    let made = graph(&world).create_chat("Ann · advice", &members).await;
    assert_eq!(made, Outcome::Sent(Receipt { conversation: Some("19:x@thread.v2".into()), ..Receipt::default() }));
    let form = world.requests().remove(0).body;
    assert!(form.contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"), "{form}");
    let call = calls(&world).remove(0);
    assert_eq!((call.method.as_str(), call.path.as_str(), call.authorization.as_deref()), ("POST", "/v1.0/chats", Some("Bearer one")));
    let member = |id: &str| {
        json!({"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"],
            "user@odata.bind": format!("{}/v1.0/users('{id}')", world.base)})
    };
    assert_eq!(call.json(), json!({"chatType": "group", "topic": "Ann · advice", "members": [member(ANA), member(BEN)]}));
}

#[rstest]
#[case::timeout(Answer::Silence)]
#[case::server_error(Answer::json(500, json!({})))]
#[case::gateway(Answer::json(504, json!({})))]
#[case::no_id(Answer::json(201, json!({})))]
#[tokio::test]
async fn a_chat_that_may_have_been_created_is_not_created_again(#[case] answer: Answer) {
    let world = world([answer]).await;
    let hasty = reqwest::Client::builder().timeout(Duration::from_millis(300)).no_proxy().build().expect("a client");
    let graph = graph_with(&world, &format!("{}/v1.0", world.base), hasty);
    graph.tokens().bearer().await.expect("a token");
    assert!(matches!(graph.create_chat("Ann", &[ANA.into()]).await, Outcome::Uncertain(_)));
    assert_eq!(calls(&world).len(), 1);
}

#[tokio::test]
async fn what_may_have_come_of_an_uncertain_creation_is_known_by_its_title_and_its_time() {
    let chat =
        |id: &str, topic: Value, made: &str, kind: &str| json!({"id": id, "topic": topic, "createdDateTime": made, "chatType": kind});
    let first = [
        chat("19:old@thread.v2", json!("Ann advice"), "2026-11-20T11:00:00Z", "group"),
        chat("19:untitled@thread.v2", Value::Null, "2026-11-20T12:00:00Z", "group"),
        chat("19:meeting@thread.v2", json!("Ann advice"), "2026-11-20T12:00:00Z", "meeting"),
    ];
    let second = [
        chat("19:other@thread.v2", json!("Ann"), "2026-11-20T12:00:00Z", "group"),
        chat("19:it@thread.v2", json!("Ann advice"), "2026-11-20T12:00:00.5Z", "group"),
        chat("19:timeless@thread.v2", json!("Ann advice"), "soon", "group"),
    ];
    let world = world([]).await;
    let next = json!({"value": first, "@odata.nextLink": format!("{}/v1.0/users/x/chats?$skiptoken=2", world.base)});
    world.change(|script| script.answers.extend([Answer::json(200, next), Answer::json(200, json!({"value": second}))]));
    let since = chrono::Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a time");
    // Titles are compared as they were given to Graph, which takes no colon.
    let found = graph(&world).chats_titled(&ANA.into(), "Ann: advice", since).await.expect("found");
    assert_eq!(found, ["19:it@thread.v2".into()]);
    assert_eq!(lines(&world)[0], format!("GET /v1.0/users/{ANA}/chats?%24top=50"));
    assert_eq!(lines(&world).len(), 2);
}

#[tokio::test]
async fn whoever_may_read_everything_gets_the_whole_history() {
    let world = world([Answer::json(201, json!({}))]).await;
    assert_eq!(graph(&world).add_member(&chat(), &ANA.into(), Some(EVERYTHING)).await, done());
    assert_eq!(calls(&world)[0].json()["visibleHistoryStartDateTime"], "0001-01-01T00:00:00Z");
}

#[rstest]
#[case::not_allowed(403, json!({"error": {"code": "Forbidden", "message": "Missing role permissions on the request."}}), FailureClass::Configuration)]
#[case::wrong_request(400, json!({"error": {"code": "BadRequest"}}), FailureClass::Invalid)]
#[tokio::test]
async fn a_refusal_is_told_by_its_class(#[case] status: u16, #[case] body: Value, #[case] class: FailureClass) {
    let world = world([Answer::json(status, body)]).await;
    let outcome = graph(&world).create_chat("Ann", &[ANA.into()]).await;
    assert!(matches!(&outcome, Outcome::Rejected(failure) if failure.class == class), "{outcome:?}");
}

#[tokio::test]
async fn too_fast_waits_as_long_as_graph_says() {
    let world = world([Answer::json(429, json!({"error": {"code": "TooManyRequests"}})).with("retry-after", "11")]).await;
    let outcome = graph(&world).rename_chat(&chat(), "Ann").await;
    assert!(matches!(outcome, Outcome::Throttled { after: Some(after), .. } if after == Duration::from_secs(11)), "{outcome:?}");
}

#[rstest]
#[case::user_principal_name("o'brien@example.com")]
#[case::quote("x')/y")]
#[case::nothing("")]
#[tokio::test]
async fn only_object_ids_are_put_into_an_address(#[case] id: &str) {
    let world = world([]).await;
    let graph = graph(&world);
    for outcome in [graph.create_chat("Ann", &[id.into()]).await, graph.add_member(&chat(), &id.into(), None).await] {
        assert!(matches!(&outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Invalid), "{outcome:?}");
    }
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn the_app_is_installed_with_exactly_the_consent_of_its_manifest() {
    let there = Answer::json(409, json!({"error": {"code": "Conflict"}}));
    let world = world([Answer::json(201, json!(null)), there]).await;
    let graph = graph(&world);
    assert_eq!(graph.install_app(&chat()).await, done());
    assert_eq!(graph.install_app(&chat()).await, done(), "it is installed already");
    let call = calls(&world).remove(0);
    assert_eq!(format!("{} {}", call.method, call.path), format!("POST {CHAT}/installedApps"));
    let body = call.json();
    assert_eq!(body["teamsApp@odata.bind"], format!("{}/v1.0/appCatalogs/teamsApps/catalog-1", world.base));
    let consented = body["consentedPermissionSet"]["resourceSpecificPermissions"].as_array().expect("a list").clone();
    let names: Vec<&str> = consented.iter().filter_map(|one| one["permissionValue"].as_str()).collect();
    assert_eq!(names, RESOURCE_SPECIFIC_PERMISSIONS);
    assert!(consented.iter().all(|one| one["permissionType"] == "Application"));
}

#[rstest]
#[case::plain("Ann · advice", "Ann · advice")]
#[case::colon("Ann: advice", "Ann advice")]
#[case::lines(" Ann\n advice ", "Ann advice")]
fn a_title_is_one_that_graph_takes(#[case] topic: &str, #[case] expected: &str) {
    assert_eq!(title(topic), expected);
}

#[test]
fn a_long_title_is_cut_between_characters() {
    assert_eq!(title(&"ä".repeat(300)).chars().count(), 250);
    let emoji = title(&format!("x{}", "😀".repeat(200)));
    assert_eq!((emoji.chars().count(), emoji.encode_utf16().count()), (125, 249));
}

#[tokio::test]
async fn a_chat_is_renamed() {
    let gone = Answer::json(404, json!({"error": {"code": "NotFound"}}));
    let world = world([Answer::json(200, json!({"topic": "Ann B"})), gone]).await;
    let graph = graph(&world);
    assert_eq!(graph.rename_chat(&chat(), "Ann B").await, done());
    let call = calls(&world).remove(0);
    assert_eq!((format!("{} {}", call.method, call.path), call.json()), (format!("PATCH {CHAT}"), json!({"topic": "Ann B"})));
    let outcome = graph.rename_chat(&chat(), "Ann B").await;
    assert!(matches!(&outcome, Outcome::Rejected(failure) if failure.class == FailureClass::ConversationGone), "{outcome:?}");
}

#[tokio::test]
async fn members_are_read_page_by_page() {
    let world = world([]).await;
    let mut first = people(&[("m1", &ANA.to_uppercase())]);
    first["@odata.nextLink"] = json!(format!("{}/v1.0/chats/x/members?$skiptoken=2", world.base));
    let mut second = people(&[("m2", BEN)]);
    second["value"].as_array_mut().expect("a list").push(json!({"id": "m3", "@odata.type": "#microsoft.graph.anonymousGuest"}));
    world.change(|script| script.answers.extend([Answer::json(200, first), Answer::json(200, second)]));
    let members = graph(&world).chat_members(&chat()).await.expect("two pages");
    let member = |membership: &str, id: &str| ChatMember { membership: membership.into(), object_id: id.into(), name: Some("N".into()) };
    assert_eq!(members, [member("m1", ANA), member("m2", BEN)]);
    assert_eq!(lines(&world), [format!("GET {CHAT}/members"), "GET /v1.0/chats/x/members?$skiptoken=2".to_owned()]);
}

#[tokio::test]
async fn a_list_that_goes_on_elsewhere_or_for_ever_is_not_followed() {
    let elsewhere = World::start(Vec::new()).await;
    let mut page = people(&[("m1", ANA)]);
    page["@odata.nextLink"] = json!(format!("{}/v1.0/chats/x/members", elsewhere.base));
    let world = world([Answer::json(200, page.clone())]).await;
    graph(&world).chat_members(&chat()).await.expect_err("another host");
    assert!(elsewhere.requests().is_empty());

    page["@odata.nextLink"] = json!(format!("{}/v1.0/chats/x/members", world.base));
    world.change(|script| script.answers.extend(std::iter::once(granted("one")).chain((0..20).map(|_| Answer::json(200, page.clone())))));
    assert_eq!(graph(&world).chat_members(&chat()).await.expect("it ends").len(), MAX_PAGES);
}

#[rstest]
#[case::unreadable(Answer::json(200, json!({"members": []})), false)]
#[case::no_object(Answer::json(200, json!([1])), false)]
#[case::gone(Answer::json(404, json!({"error": {"code": "NotFound"}})), true)]
#[tokio::test]
async fn a_list_that_did_not_come_is_no_empty_list(#[case] answer: Answer, #[case] gone: bool) {
    let world = world([answer]).await;
    match graph(&world).chat_members(&chat()).await.expect_err("no list") {
        Outcome::Rejected(failure) => assert!(gone && failure.class == FailureClass::ConversationGone, "{failure:?}"),
        Outcome::Throttled { .. } => assert!(!gone),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn somebody_is_added_with_the_history_they_may_see() {
    let there = Answer::json(409, json!({"error": {"code": "Conflict"}}));
    let world = world([Answer::json(201, json!(null)), there]).await;
    let graph = graph(&world);
    assert_eq!(graph.add_member(&chat(), &ANA.into(), None).await, done());
    let from = chrono::Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a time");
    assert_eq!(graph.add_member(&chat(), &BEN.into(), Some(from)).await, done(), "they are in it already");
    let calls = calls(&world);
    assert_eq!(format!("{} {}", calls[0].method, calls[0].path), format!("POST {CHAT}/members"));
    let member = |id: &str| {
        json!({"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"],
            "user@odata.bind": format!("{}/v1.0/users('{id}')", world.base)})
    };
    assert_eq!(calls[0].json(), member(ANA), "without a time Teams shares nothing of the past");
    let mut with_history = member(BEN);
    with_history["visibleHistoryStartDateTime"] = json!("2026-11-20T12:00:00.000Z");
    assert_eq!(calls[1].json(), with_history);
}

#[rstest]
#[case::there(people(&[("m/1==", ANA), ("m2", BEN)]), Some(204))]
#[case::gone_meanwhile(people(&[("m/1==", ANA)]), Some(404))]
#[case::not_in_it(people(&[("m2", BEN)]), None)]
#[tokio::test]
async fn somebody_is_removed_by_their_membership(#[case] members: Value, #[case] removal: Option<u16>) {
    let removed = removal.map(|status| Answer::json(status, json!({"error": {"code": "NotFound"}})));
    let world = world(std::iter::once(Answer::json(200, members)).chain(removed)).await;
    assert_eq!(graph(&world).remove_member(&chat(), &ANA.to_uppercase().into()).await, done());
    let mut expected = vec![format!("GET {CHAT}/members")];
    expected.extend(removal.map(|_| format!("DELETE {CHAT}/members/m%2F1%3D%3D")));
    assert_eq!(lines(&world), expected);
}

#[tokio::test]
async fn somebody_is_not_called_removed_when_the_list_did_not_come() {
    let world = world([Answer::json(503, json!({}))]).await;
    assert!(matches!(graph(&world).remove_member(&chat(), &ANA.into()).await, Outcome::Throttled { .. }));
    assert_eq!(calls(&world).len(), 1);
}

#[tokio::test]
async fn our_own_applications_grants_are_told() {
    let grants = json!({"value": [
        {"clientAppId": "APP-1", "clientId": "sp", "permissionType": "Application", "permission": "ChatMessage.Read.Chat"},
        {"clientAppId": "sp", "clientId": "app-1", "permissionType": "Application", "permission": "ChatMember.Read.Chat"},
        {"clientAppId": "app-1", "permissionType": "Delegated", "permission": "ChatSettings.Read.Chat"},
        {"clientAppId": "other", "permissionType": "Application", "permission": "ChatSettings.ReadWrite.Chat"},
        7,
    ]});
    let world = world([Answer::json(200, grants)]).await;
    let granted = graph(&world).permission_grants(&chat()).await.expect("a list");
    assert_eq!(granted, ["ChatMessage.Read.Chat", "ChatMember.Read.Chat"]);
    assert_eq!(lines(&world), [format!("GET {CHAT}/permissionGrants")]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_refused_token_is_asked_for_again() {
    let elsewhere = World::start(Vec::new()).await;
    let redirect = Answer::json(307, json!({})).with("location", format!("{}/x", elsewhere.base));
    let refused = Answer::json(401, json!({"error": {"code": "InvalidAuthenticationToken"}}));
    let world = world([redirect, refused, granted("two"), Answer::json(204, json!(null))]).await;
    let graph = graph(&world);
    assert!(matches!(graph.install_app(&chat()).await, Outcome::Rejected(_)));
    assert_eq!(graph.rename_chat(&chat(), "Ann").await, done());
    assert_eq!(calls(&world)[2].authorization.as_deref(), Some("Bearer two"));
    assert!(elsewhere.requests().is_empty());
}

#[rstest]
#[case("http://graph.example/v1.0")]
#[case("ftp://127.0.0.1/v1.0")]
#[tokio::test]
async fn the_token_goes_out_encrypted_or_not_at_all(#[case] base_url: &str) {
    let world = world([]).await;
    let outcome = graph_with(&world, base_url, testing::client()).rename_chat(&chat(), "Ann").await;
    assert!(matches!(&outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Configuration), "{outcome:?}");
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn without_a_token_nothing_was_asked_and_it_may_be_tried_again() {
    let world = World::start(vec![Answer::json(400, json!({"error": "invalid_scope", "error_description": "AADSTS70011: x"}))]).await;
    assert!(matches!(graph(&world).create_chat("Ann", &[ANA.into()]).await, Outcome::Throttled { .. }));
    assert!(calls(&world).is_empty());
}

/// A picture's place comes out of the store: only Graph is asked with our token, wherever it says it is.
#[tokio::test]
async fn a_pasted_picture_is_asked_of_graph_alone() {
    let world = world([]).await;
    for place in ["https://graph.example/v1.0/x/$value", "http://127.0.0.1:1/v1.0/x"] {
        let asked = graph(&world).hosted(&place.parse().expect("a URL"), std::time::Duration::from_secs(1)).await;
        assert_eq!(asked.expect_err("refused").class, FailureClass::Configuration);
    }
}
