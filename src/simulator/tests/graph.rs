//! Microsoft Graph: group chats that the application makes, and what the bot is told of them.

use reqwest::Method;
use rstest::rstest;

use super::*;

impl Stage {
    async fn graph_token(&self) -> String {
        self.token_for("https://graph.microsoft.com/.default").await
    }

    async fn ms_graph(&self, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(method, format!("{}{path}", self.teams.graph_url())).bearer_auth(token).json(&body);
        let response = request.send().await.expect("answers");
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    /// A chat of Ana that the application made.
    async fn made(&self, token: &str) -> String {
        let (status, body) = self.ms_graph(Method::POST, "/chats", token, chat_of("Maria", &[0])).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("an id").to_owned()
    }

    async fn told_all(&self) -> Vec<Value> {
        self.teams.settled(PATIENCE).await.expect("told");
        self.server.activities.lock().expect("fine").iter().map(|(body, _)| body.clone()).collect()
    }
}

fn member(user: usize) -> Value {
    let id = &defaults().teams.users[user].object_id;
    json!({"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"],
        "user@odata.bind": format!("https://graph.microsoft.com/v1.0/users('{id}')")})
}

fn chat_of(topic: &str, users: &[usize]) -> Value {
    json!({"chatType": "group", "topic": topic, "members": users.iter().map(|user| member(*user)).collect::<Vec<_>>()})
}

fn installation(permissions: &[String]) -> Value {
    let permission = |name: &String| json!({"permissionValue": name, "permissionType": "Application"});
    json!({"teamsApp@odata.bind": format!("https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{}", defaults().teams.catalog_id),
        "consentedPermissionSet": {"resourceSpecificPermissions": permissions.iter().map(permission).collect::<Vec<_>>()}})
}

fn at(chat: &str, rest: &str) -> String {
    format!("/chats/{}{rest}", chat.replace(':', "%3A").replace('@', "%40"))
}

#[tokio::test]
async fn a_chat_is_made_and_the_bot_installed_with_consent_hears_everything() {
    let stage = stage().await;
    let token = stage.graph_token().await;
    let chat = stage.made(&token).await;
    assert!(chat.starts_with("19:") && chat.ends_with("@thread.v2"));
    assert_eq!(stage.ms_graph(Method::GET, &at(&chat, "/permissionGrants"), &token, Value::Null).await.1["value"], json!([]));
    let wish = installation(&defaults().teams.permissions);
    assert_eq!(stage.ms_graph(Method::POST, &at(&chat, "/installedApps"), &token, wish.clone()).await.0, 201);
    let told = stage.told_all().await;
    assert_eq!((&told[0]["type"], &told[0]["conversation"]["id"]), (&json!("installationUpdate"), &json!(chat)));
    assert_eq!((&told[1]["type"], told.len()), (&json!("conversationUpdate"), 2));
    assert_eq!(told[0]["from"], json!({"id": format!("28:{}", defaults().teams.app_id), "name": "Switchboard"}));
    let (_, grants) = stage.ms_graph(Method::GET, &at(&chat, "/permissionGrants"), &token, Value::Null).await;
    let names: Vec<&str> = grants["value"].as_array().expect("grants").iter().filter_map(|one| one["permission"].as_str()).collect();
    assert_eq!(names, ["ChatMessage.Read.Chat", "ChatMember.Read.Chat", "ChatSettings.ReadWrite.Chat"]);
    assert!(stage.teams.types(("ana", chat.as_str()), "no mention").await.expect("sent").heard);
    assert_eq!(stage.ms_graph(Method::POST, &at(&chat, "/installedApps"), &token, wish).await.0, 409);
}

#[tokio::test]
async fn members_are_listed_added_with_their_part_of_the_history_and_removed() {
    let stage = stage().await;
    let token = stage.graph_token().await;
    let chat = stage.made(&token).await;
    stage.ms_graph(Method::POST, &at(&chat, "/installedApps"), &token, installation(&defaults().teams.permissions)).await;
    stage.teams.types(("ana", chat.as_str()), "early").await.expect("sent");
    stage.clock.advance(Duration::from_secs(60));
    let everything = |mut member: Value| {
        member["visibleHistoryStartDateTime"] = json!("0001-01-01T00:00:00Z");
        member
    };
    assert_eq!(stage.ms_graph(Method::POST, &at(&chat, "/members"), &token, member(1)).await.0, 201);
    assert_eq!(stage.ms_graph(Method::POST, &at(&chat, "/members"), &token, everything(member(3))).await.0, 201);
    assert_eq!(stage.ms_graph(Method::POST, &at(&chat, "/members"), &token, member(1)).await.0, 409);
    stage.teams.types(("ana", chat.as_str()), "late").await.expect("sent");
    let seen = |who: &str| stage.teams.chat((who, chat.as_str())).expect("known").len();
    assert_eq!((seen("ana"), seen("ben"), seen("caro"), seen("eva")), (2, 1, 2, 0));
    let (_, list) = stage.ms_graph(Method::GET, &at(&chat, "/members"), &token, Value::Null).await;
    let ben = list["value"].as_array().expect("members").iter().find(|one| one["displayName"] == "Ben Okafor").expect("Ben").clone();
    assert_eq!(ben["userId"], defaults().teams.users[1].object_id);
    let one = at(&chat, &format!("/members/{}", ben["id"].as_str().expect("an id").replace('=', "%3D")));
    assert_eq!(stage.ms_graph(Method::DELETE, &one, &token, Value::Null).await.0, 204);
    assert_eq!(stage.ms_graph(Method::DELETE, &one, &token, Value::Null).await.0, 404);
    assert_eq!(seen("ben"), 0);
    let told = stage.told_all().await;
    let changes: Vec<(bool, bool)> = told
        .iter()
        .filter(|one| one["type"] == "conversationUpdate")
        .map(|one| (one.get("membersAdded").is_some(), one.get("membersRemoved").is_some()))
        .collect();
    assert_eq!(changes, [(true, false), (true, false), (true, false), (false, true)]);
}

#[tokio::test]
async fn the_group_chats_of_a_person_are_listed_with_their_titles_and_times() {
    let stage = stage().await;
    let token = stage.graph_token().await;
    let chat = stage.made(&token).await;
    let of = async |user: usize| {
        let path = format!("/users/{}/chats?$top=50", defaults().teams.users[user].object_id);
        stage.ms_graph(Method::GET, &path, &token, Value::Null).await.1["value"].clone()
    };
    let ana = of(0).await;
    let one = ana.as_array().expect("a list").iter().find(|one| one["id"] == json!(chat)).expect("the chat");
    assert_eq!((&one["topic"], &one["chatType"]), (&json!("Maria"), &json!("group")));
    assert!(one["createdDateTime"].as_str().is_some_and(|at| at.parse::<chrono::DateTime<chrono::Utc>>().is_ok()));
    assert!(of(1).await.as_array().expect("a list").iter().all(|one| one["id"] != json!(chat)));
}

#[tokio::test]
async fn a_new_topic_is_told_to_the_bot_that_is_there() {
    let stage = stage().await;
    let token = stage.graph_token().await;
    let chat = stage.made(&token).await;
    assert_eq!(stage.ms_graph(Method::PATCH, &at(&chat, ""), &token, json!({"topic": "Early"})).await.0, 200);
    assert!(stage.told_all().await.is_empty());
    stage.ms_graph(Method::POST, &at(&chat, "/installedApps"), &token, installation(&defaults().teams.permissions)).await;
    assert_eq!(stage.ms_graph(Method::PATCH, &at(&chat, ""), &token, json!({"topic": "Late"})).await.0, 200);
    assert_eq!(stage.told_all().await.last().expect("one")["topicName"], "Late");
}

#[rstest]
#[case::no_members("/chats", json!({"chatType": "group", "members": []}), 400)]
#[case::one_to_one("/chats", json!({"chatType": "oneOnOne", "members": [member(0), member(1)]}), 400)]
#[case::twice("/chats", chat_of("x", &[0, 0]), 400)]
#[case::a_colon_in_the_topic("/chats", chat_of("a: b", &[0]), 400)]
#[case::a_long_topic("/chats", chat_of(&"x".repeat(251), &[0]), 400)]
#[case::no_role("/chats", json!({"chatType": "group", "members": [{"@odata.type": "#microsoft.graph.aadUserConversationMember",
    "user@odata.bind": "https://graph.microsoft.com/v1.0/users('x')"}]}), 400)]
#[case::a_stranger("/chats", json!({"chatType": "group", "members": [{"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"],
    "user@odata.bind": "https://graph.microsoft.com/v1.0/users('00000000-0000-0000-0000-000000000000')"}]}), 404)]
#[case::less_than_the_manifest("CHAT/installedApps", installation(&["ChatMessage.Read.Chat".to_owned()]), 403)]
#[case::no_consent("CHAT/installedApps", json!({"teamsApp@odata.bind": installation(&[])["teamsApp@odata.bind"]}), 403)]
#[case::another_app("CHAT/installedApps", json!({"teamsApp@odata.bind": "https://x/appCatalogs/teamsApps/other"}), 404)]
#[case::an_unknown_chat("/chats/19%3Ax%40thread.v2/members", member(1), 404)]
#[tokio::test]
async fn what_graph_refuses_is_refused(#[case] path: &str, #[case] body: Value, #[case] status: u16) {
    let stage = stage().await;
    let token = stage.graph_token().await;
    let chat = stage.made(&token).await;
    let (answered, body) = stage.ms_graph(Method::POST, &path.replace("CHAT", &at(&chat, "")), &token, body).await;
    assert_eq!(answered, status, "{body}");
    assert!(body["error"]["code"].is_string() && body["error"]["innerError"]["request-id"].is_string());
}

#[tokio::test]
async fn a_token_of_the_connector_opens_nothing_at_graph_nor_the_other_way_round() {
    let stage = stage().await;
    let (connector, graph) = (stage.token().await, stage.graph_token().await);
    let (status, body) = stage.ms_graph(Method::POST, "/chats", &connector, chat_of("x", &[0])).await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("InvalidAuthenticationToken")));
    stage.teams.install("ana").await.expect("installed");
    assert_eq!(stage.posts(&graph, json!({"type": "message", "text": "x"})).await.0, 401);
    stage.teams.revoke_tokens();
    assert_eq!(stage.ms_graph(Method::POST, "/chats", &graph, chat_of("x", &[0])).await.0, 401);
}

#[rstest]
#[case::throttled(Fault::new(FaultName::TooManyRequests).retry_after(9), 429)]
#[case::server_error(Fault::new(FaultName::ServerError), 500)]
#[case::unavailable(Fault::new(FaultName::Unavailable), 503)]
#[case::not_allowed(Fault::new(FaultName::GraphError).status(403), 403)]
#[tokio::test]
async fn faults_strike_graph_and_nothing_else(#[case] fault: Fault, #[case] status: u16) {
    let stage = stage().await;
    let token = stage.graph_token().await;
    stage.teams.faults().set(fault.times(1).on(Surface::Graph));
    stage.teams.install("ana").await.expect("installed");
    assert_eq!(stage.posts(&stage.token().await, json!({"type": "message", "text": "x"})).await.0, 201);
    assert_eq!(stage.ms_graph(Method::POST, "/chats", &token, chat_of("x", &[0])).await.0, status);
    assert_eq!(stage.ms_graph(Method::POST, "/chats", &token, chat_of("x", &[0])).await.0, 201);
}

#[tokio::test]
async fn the_catalog_knows_the_app_by_its_manifests_id() {
    let stage = stage().await;
    let token = stage.graph_token().await;
    let teams = defaults().teams;
    let asked = async |id: &str| {
        let path = format!("/appCatalogs/teamsApps?$filter=externalId%20eq%20'{id}'");
        stage.ms_graph(Method::GET, &path, &token, Value::Null).await.1
    };
    assert_eq!(asked(&teams.app_id).await["value"][0]["id"], teams.catalog_id);
    assert_eq!(asked("other").await["value"], json!([]));
}
