//! Shared conversations of the Teams world: who hears what, who sees what, and what the bot may do there.

use reqwest::Method;
use rstest::rstest;

use super::*;

/// A message's words.
fn text(words: &str) -> Value {
    json!({"type": "message", "text": words})
}

fn carded(card: Value) -> Value {
    json!({"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]})
}

fn button(title: &str) -> Value {
    json!({"type": "AdaptiveCard", "version": "1.5", "actions": [{"type": "Action.Execute", "title": title, "verb": "go", "data": {"n": 1}}]})
}

fn path(conversation: &str) -> String {
    format!("/{}/activities", conversation.replace(':', "%3A").replace('@', "%40").replace(';', "%3B"))
}

impl Stage {
    /// A group chat of Ana and Ben with the bot.
    async fn group_chat(&self) -> String {
        let id = self.teams.create_group_chat("Maria", &["ana", "ben"]).expect("made");
        self.teams.add_bot(&id, "ana").await.expect("added");
        id
    }

    /// The cast's channel with the bot in its team, and a chain that the bot opened there.
    async fn chain(&self, token: &str) -> String {
        self.teams.add_bot(CLIENTS_CHANNEL, "ana").await.expect("added");
        let (status, body) = self.connector(Method::POST, "", token, opening(text("Maria is new"))).await;
        assert_eq!(status, 201);
        body["id"].as_str().expect("an id").to_owned()
    }

    fn told(&self) -> Vec<Value> {
        self.server.activities.lock().expect("fine").iter().map(|(body, _)| body.clone()).collect()
    }

    fn last_told(&self) -> Value {
        self.told().pop().expect("an activity")
    }
}

fn opening(activity: Value) -> Value {
    let teams = defaults().teams;
    json!({"isGroup": true, "tenantId": teams.tenant_id, "bot": {"id": format!("28:{}", teams.app_id)},
        "channelData": {"channel": {"id": CLIENTS_CHANNEL}, "tenant": {"id": teams.tenant_id}}, "activity": activity})
}

#[tokio::test]
async fn the_bot_is_added_with_both_events_and_removed_with_both() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    stage.teams.remove_bot(&chat, "ben").await.expect("removed");
    let told = stage.told();
    let kinds: Vec<(&str, Option<&str>)> = told.iter().map(|one| (one["type"].as_str().expect("a type"), one["action"].as_str())).collect();
    let (installation, update) = ("installationUpdate", "conversationUpdate");
    assert_eq!(kinds, [(installation, Some("add")), (update, None), (installation, Some("remove")), (update, None)]);
    let bot = format!("28:{}", defaults().teams.app_id);
    assert_eq!((&told[1]["membersAdded"][0]["id"], &told[3]["membersRemoved"][0]["id"]), (&json!(bot), &json!(bot)));
    let tenant = defaults().teams.tenant_id;
    let conversation = json!({"isGroup": true, "conversationType": "groupChat", "tenantId": tenant, "id": chat});
    assert!(told.iter().all(|one| one["conversation"] == conversation));
    assert_eq!(told[2]["from"]["aadObjectId"], defaults().teams.users[1].object_id);
}

#[tokio::test]
async fn a_team_is_told_of_in_its_general_channel() {
    let stage = stage().await;
    stage.teams.add_bot(CLIENTS_CHANNEL, "ana").await.expect("added");
    let team = defaults().teams.teams.remove(0);
    let told = stage.told();
    assert_eq!((&told[0]["conversation"]["id"], &told[0]["channelData"]["team"]["id"]), (&json!(team.id), &json!(team.id)));
    assert_eq!(told[0]["channelData"]["settings"]["selectedChannel"]["id"], CLIENTS_CHANNEL);
    assert_eq!(
        (&told[1]["channelData"]["eventType"], &told[1]["channelData"]["team"]["name"]),
        (&json!("teamMemberAdded"), &json!(team.name))
    );
}

#[rstest]
#[case::plain(Draft::text("hi"), false, false)]
#[case::plain_with_consent(Draft::text("hi"), true, true)]
#[case::mentioning_the_bot(Draft::text("hi").mentioning("bot"), false, true)]
#[case::mentioning_somebody_else(Draft::text("hi").mentioning("ben"), false, false)]
#[case::for_the_bot_only(Draft::text("hi").privately(), false, true)]
#[tokio::test]
async fn without_consent_the_bot_hears_only_what_addresses_it(#[case] draft: Draft, #[case] consent: bool, #[case] heard: bool) {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    stage.teams.set_rsc(&chat, consent).expect("the bot is here");
    let before = stage.told().len();
    let posted = stage.teams.says(("ana", chat.as_str()), draft).await.expect("sent");
    assert_eq!((posted.heard, stage.told().len() - before), (heard, usize::from(heard)));
    let seen = stage.teams.chat(("ana", chat.as_str())).expect("known");
    assert_eq!(seen.last().expect("an item").status, heard.then_some(200));
}

#[tokio::test]
async fn a_mention_stands_in_the_text_the_html_and_the_entities() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    stage.teams.says(("ana", chat.as_str()), Draft::text("hi & bye").mentioning("bot").mentioning("ben")).await.expect("sent");
    let told = stage.last_told();
    assert_eq!(told["text"], "<at>Switchboard</at> <at>Ben Okafor</at> hi & bye\n");
    let html = told["attachments"][0]["content"].as_str().expect("HTML");
    assert!(
        html.contains("itemid=\"0\">Switchboard</span>&nbsp;<span") && html.contains("itemid=\"1\">Ben Okafor</span>&nbsp;hi &amp; bye"),
        "{html}"
    );
    let mentions: Vec<&Value> = told["entities"].as_array().expect("entities").iter().filter(|one| one["type"] == "mention").collect();
    assert_eq!(mentions[0]["mentioned"]["id"], format!("28:{}", defaults().teams.app_id));
    // In a group chat Teams leaves its text out.
    assert!(mentions[1]["mentioned"]["id"] == defaults().teams.users[1].user_id && mentions[1].get("text").is_none());
}

#[tokio::test]
async fn a_targeted_message_says_so_and_is_seen_by_who_wrote_it_only() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    stage.teams.says(("ana", chat.as_str()), Draft::text("between us").privately()).await.expect("sent");
    assert_eq!(stage.last_told()["recipient"]["isTargeted"], true);
    let seen = |who: &str| stage.teams.chat((who, chat.as_str())).expect("known").len();
    assert_eq!((seen("ana"), seen("ben"), seen("caro")), (1, 0, 0));
}

#[tokio::test]
async fn nobody_acts_where_they_are_no_member() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    let refused = stage.teams.types(("caro", chat.as_str()), "hello?").await;
    assert!(matches!(refused, Err(ControlError::Impossible(_))), "{refused:?}");
    stage.teams.remove_member(&chat, "ana", "ben").await.expect("removed");
    assert!(stage.teams.types(("ben", chat.as_str()), "hello?").await.is_err());
    assert_eq!(stage.last_told()["membersRemoved"][0]["aadObjectId"], defaults().teams.users[1].object_id);
}

#[tokio::test]
async fn an_edit_and_a_deletion_are_told_where_the_message_was() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    let seat = ("ana", chat.as_str());
    let unheard = stage.teams.types(seat, "psst").await.expect("sent").activity_id;
    let heard = stage.teams.says(seat, Draft::text("hello").mentioning("bot")).await.expect("sent").activity_id;
    assert!(!stage.teams.edits(seat, &unheard, Draft::text("pssst")).await.expect("edited").heard);
    assert!(stage.teams.edits(seat, &heard, Draft::text("hallo")).await.expect("edited").heard);
    let told = stage.last_told();
    assert_eq!((&told["type"], &told["id"], &told["text"]), (&json!("messageUpdate"), &json!(heard), &json!("hallo")));
    assert!(!stage.teams.deletes(seat, &unheard).await.expect("deleted").heard);
    assert!(stage.teams.deletes(seat, &heard).await.expect("deleted").heard);
    assert!(stage.teams.deletes(("ben", chat.as_str()), &heard).await.is_err());
}

#[tokio::test]
async fn a_channel_has_chains_that_people_and_the_bot_open() {
    let stage = stage().await;
    let token = stage.token().await;
    let of_bot = stage.chain(&token).await;
    let root = of_bot.strip_prefix(&format!("{CLIENTS_CHANNEL};messageid=")).expect("a chain").to_owned();
    let opened = stage.teams.says(("ben", CLIENTS_CHANNEL), Draft::text("another").mentioning("bot")).await.expect("sent");
    let of_ben = format!("{CLIENTS_CHANNEL};messageid={}", opened.activity_id);
    let told = stage.last_told();
    assert_eq!(told["conversation"]["id"], of_ben);
    let team = defaults().teams.teams.remove(0);
    let data = json!({"teamsChannelId": CLIENTS_CHANNEL, "teamsTeamId": team.id, "channel": {"id": CLIENTS_CHANNEL},
        "team": {"id": team.id, "aadGroupId": team.group_id}, "tenant": {"id": defaults().teams.tenant_id}});
    assert_eq!((&told["channelData"], &told["conversation"]["conversationType"]), (&data, &json!("channel")));
    assert_eq!(stage.connector(Method::POST, &path(&of_ben), &token, text("answered")).await.0, 201);
    stage.teams.says(("ana", of_bot.as_str()), Draft::text("mine").mentioning("bot")).await.expect("sent");
    assert_eq!(stage.last_told()["conversation"]["id"], of_bot);
    // Who answers from the channel itself answers in the chain of what they quote.
    stage.teams.says(("ana", CLIENTS_CHANNEL), Draft::text("quoted").mentioning("bot").quoting(&root)).await.expect("sent");
    assert_eq!(stage.last_told()["conversation"]["id"], of_bot);
    let words = |chain: &str| -> Vec<String> {
        stage.teams.chat(("caro", chain)).expect("known").into_iter().map(|item| item.text.unwrap_or_default()).collect()
    };
    assert_eq!(
        (words(&of_bot), words(&of_ben)),
        (vec!["Maria is new".into(), "mine".into(), "quoted".into()], vec!["another".into(), "answered".into()])
    );
    let nowhere = format!("{CLIENTS_CHANNEL};messageid=1");
    assert_eq!(stage.connector(Method::POST, &path(&nowhere), &token, text("lost")).await.0, 404);
}

#[tokio::test]
async fn the_connector_refuses_where_the_bot_is_not() {
    let stage = stage().await;
    let token = stage.token().await;
    let chat = stage.teams.create_group_chat("Without", &["ana", "ben"]).expect("made");
    let team = defaults().teams.teams.remove(0).id;
    for (conversation, status, code) in [
        (chat.as_str(), 403, "BotNotInConversationRoster"),
        (CLIENTS_CHANNEL, 403, "BotNotInConversationRoster"),
        ("19:x@thread.v2", 404, "ConversationNotFound"),
    ] {
        let (answered, body) = stage.connector(Method::POST, &path(conversation), &token, text("x")).await;
        assert_eq!((answered, &body["error"]["code"]), (status, &json!(code)), "{conversation}");
    }
    assert_eq!(stage.connector(Method::POST, "", &token, opening(text("x"))).await.0, 403);
    assert_eq!(stage.teams_api(&token, &format!("v3/teams/{team}")).await.0, 403);
    let wish = json!({"isGroup": true, "members": [{"id": defaults().teams.users[0].user_id}], "tenantId": defaults().teams.tenant_id});
    // A bot cannot make a group chat.
    assert_eq!(stage.connector(Method::POST, "", &token, wish).await.0, 400);
    stage.teams.add_bot(CLIENTS_CHANNEL, "ana").await.expect("added");
    assert_eq!(stage.connector(Method::POST, "", &token, opening(json!({"type": "typing"}))).await.0, 400);
    stage.teams.remove_bot(CLIENTS_CHANNEL, "ana").await.expect("removed");
    assert_eq!(stage.connector(Method::POST, &path(CLIENTS_CHANNEL), &token, text("x")).await.0, 403);
}

#[tokio::test]
async fn a_personal_chat_can_be_opened_with_whom_the_bot_shares_a_conversation() {
    let stage = stage().await;
    let token = stage.token().await;
    let teams = defaults().teams;
    let wish = json!({"members": [{"id": teams.users[1].user_id}], "tenantId": teams.tenant_id});
    let (status, body) = stage.connector(Method::POST, "", &token, wish.clone()).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("ForbiddenOperationException")));
    stage.group_chat().await;
    let (status, body) = stage.connector(Method::POST, "", &token, wish).await;
    assert_eq!((status, &body["id"]), (201, &json!(teams.users[1].conversation_id)));
    assert_eq!(stage.connector(Method::POST, &path(&teams.users[1].conversation_id), &token, text("hello")).await.0, 201);
    assert_eq!(stage.teams.chat("ben").expect("known").len(), 1);
    assert_eq!(stage.connector(Method::POST, &path(&teams.users[0].conversation_id), &token, text("hello")).await.0, 403);
}

#[tokio::test]
async fn an_answered_card_is_the_pressers_until_the_bot_changes_it_for_all() {
    let stage = stage().await;
    let token = stage.token().await;
    let chat = stage.group_chat().await;
    let (_, body) = stage.connector(Method::POST, &path(&chat), &token, carded(button("Go"))).await;
    let id = body["id"].as_str().expect("an id").to_owned();
    let receipt = json!({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Gone"}]});
    *stage.server.invoke_answer.lock().expect("fine") =
        json!({"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": receipt});
    stage.teams.click(("ben", chat.as_str()), &id, "Go", Value::Null).await.expect("pressed");
    let told = stage.last_told();
    assert_eq!((&told["name"], &told["conversation"]["id"]), (&json!("adaptiveCard/action"), &json!(chat)));
    assert_eq!((&told["from"]["aadObjectId"], &told["replyToId"]), (&json!(defaults().teams.users[1].object_id), &json!(id)));
    let card = |who: &str| stage.teams.chat((who, chat.as_str())).expect("known")[0].card.clone().expect("a card");
    assert_eq!((card("ben"), card("ana")), (receipt, button("Go")));
    assert!(stage.teams.click(("ben", chat.as_str()), &id, "Go", Value::Null).await.is_err());
    let (status, _) = stage.connector(Method::PUT, &format!("{}/{id}", path(&chat)), &token, carded(button("Again"))).await;
    assert_eq!((status, card("ben"), card("ana")), (200, button("Again"), button("Again")));
}

#[tokio::test]
async fn a_card_in_a_chain_is_pressed_and_searched_in_that_chain() {
    let stage = stage().await;
    let token = stage.token().await;
    let chain = stage.chain(&token).await;
    let mut card = button("Go");
    card["body"] = json!([{"type": "Input.ChoiceSet", "id": "who", "choices.data": {"type": "Data.Query", "dataset": "clients"}}]);
    let (_, body) = stage.connector(Method::POST, &path(&chain), &token, carded(card)).await;
    let id = body["id"].as_str().expect("an id");
    stage.teams.click(("ana", CLIENTS_CHANNEL), id, "Go", json!({"who": "7"})).await.expect("pressed");
    let told = stage.last_told();
    assert_eq!((&told["conversation"]["id"], &told["value"]["action"]["data"]), (&json!(chain), &json!({"n": 1, "who": "7"})));
    assert_eq!(told["channelData"]["channel"]["id"], CLIENTS_CHANNEL);
    stage.teams.types_into(("ana", chain.as_str()), id, "who", "mar").await.expect("searched");
    let told = stage.last_told();
    assert_eq!(
        (&told["name"], &told["conversation"]["id"], &told["value"]["queryText"]),
        (&json!("application/search"), &json!(chain), &json!("mar"))
    );
}

#[rstest]
#[case::of_this_conversation("graph.microsoft.com/users?scope=currentContext", "", &["Ana Souza", "Ben Okafor"])]
#[case::of_this_conversation_by_surname("graph.microsoft.com/users?scope=currentContext", "oka", &["Ben Okafor"])]
#[case::of_the_organization("graph.microsoft.com/users", "e", &["Eva Lang"])]
#[tokio::test]
async fn the_people_picker_asks_no_bot(#[case] dataset: &str, #[case] typed: &str, #[case] names: &[&str]) {
    let stage = stage().await;
    let token = stage.token().await;
    let chat = stage.group_chat().await;
    let mut card = button("Add");
    card["body"] = json!([{"type": "Input.ChoiceSet", "id": "who", "choices.data": {"type": "Data.Query", "dataset": dataset}}]);
    let (_, body) = stage.connector(Method::POST, &path(&chat), &token, carded(card)).await;
    let before = stage.told().len();
    let answer = stage.teams.types_into(("ana", chat.as_str()), body["id"].as_str().expect("an id"), "who", typed).await.expect("searched");
    let found: Vec<&str> = answer.choices.iter().map(|choice| choice.title.as_str()).collect();
    assert_eq!((found.as_slice(), stage.told().len()), (names, before));
}

#[tokio::test]
async fn a_targeted_message_of_the_bot_is_seen_by_one_member() {
    let stage = stage().await;
    let token = stage.token().await;
    let chat = stage.group_chat().await;
    let teams = defaults().teams;
    let targeted = |id: &str| format!("{}{id}?isTargetedActivity=true", path(&chat));
    let to = |user: usize| json!({"type": "message", "text": "for you", "recipient": {"id": teams.users[user].user_id}});
    assert_eq!(stage.connector(Method::POST, &targeted(""), &token, text("to nobody")).await.0, 400);
    assert_eq!(stage.connector(Method::POST, &targeted(""), &token, to(2)).await.0, 404);
    let (status, body) = stage.connector(Method::POST, &targeted(""), &token, to(1)).await;
    assert_eq!(status, 201);
    let id = body["id"].as_str().expect("an id").to_owned();
    let seen = |who: &str| -> Vec<String> {
        stage.teams.chat((who, chat.as_str())).expect("known").into_iter().map(|item| item.text.unwrap_or_default()).collect()
    };
    assert_eq!((seen("ben"), seen("ana")), (vec!["for you".to_owned()], Vec::new()));
    assert!(stage.teams.reacts(("ben", chat.as_str()), &id, "like", true).await.is_err());
    let one = format!("/{id}");
    assert_eq!(stage.connector(Method::PUT, &targeted(&one), &token, to(1)).await.0, 400, "a recipient on update");
    assert_eq!(stage.connector(Method::PUT, &format!("{}{one}", path(&chat)), &token, text("x")).await.0, 404);
    assert_eq!(stage.connector(Method::PUT, &targeted(&one), &token, text("changed")).await.0, 200);
    assert_eq!(seen("ben"), ["changed"]);
    assert_eq!(stage.connector(Method::DELETE, &targeted(&one), &token, Value::Null).await.0, 200);
    let own = format!("{}?isTargetedActivity=true", path(&teams.users[0].conversation_id));
    stage.teams.install("ana").await.expect("installed");
    assert_eq!(stage.connector(Method::POST, &own, &token, to(0)).await.0, 400, "a personal chat");
}

#[tokio::test]
async fn members_come_in_pages_and_a_team_has_channels() {
    let stage = stage().await;
    let token = stage.token().await;
    let chain = stage.chain(&token).await;
    let encoded = chain.replace(';', "%3B");
    let (_, body) = stage.connector(Method::GET, &format!("/{encoded}/pagedmembers?pageSize=100"), &token, Value::Null).await;
    let names: Vec<&str> = body["members"].as_array().expect("members").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!((names, body.get("continuationToken")), (vec!["Ana Souza", "Ben Okafor", "Carolina Reyes"], None));
    let eva = &defaults().teams.users[2].object_id;
    assert_eq!(stage.connector(Method::GET, &format!("/{encoded}/members/{eva}"), &token, Value::Null).await.0, 404);
    let team = defaults().teams.teams.remove(0);
    let (_, about) = stage.teams_api(&token, &format!("v3/teams/{}", team.id)).await;
    assert_eq!(about, json!({"id": team.id, "name": "Northwind Advice", "aadGroupId": team.group_id}));
    let (_, channels) = stage.teams_api(&token, &format!("v3/teams/{}/conversations", team.id)).await;
    let expected = json!([{"id": team.id, "name": null}, {"id": CLIENTS_CHANNEL, "name": "Clients"}]);
    assert_eq!(channels["conversations"], expected);
}

#[tokio::test]
async fn a_second_page_of_members_follows_the_first() {
    let mut cast = defaults().teams;
    let ana = cast.users[0].clone();
    cast.users = (0..60)
        .map(|n| TeamsUser {
            key: format!("u{n}"),
            object_id: format!("{n:08}-0001"),
            user_id: format!("29:{n}"),
            conversation_id: format!("a:{n}"),
            ..ana.clone()
        })
        .collect();
    let stage = Stage { teams: TeamsWorld::start(loopback().await, cast, Clock::manual(noon())).await.expect("starts"), ..stage().await };
    stage.teams.set_bot_endpoint("http://127.0.0.1:9/".parse().expect("a URL"));
    let everybody: Vec<String> = (0..60).map(|n| format!("u{n}")).collect();
    let chat = stage.teams.create_group_chat("All", &everybody.iter().map(String::as_str).collect::<Vec<_>>()).expect("made");
    stage.teams.add_bot(&chat, "u0").await.expect("added");
    let token = stage.token().await;
    let page = format!("/{chat}/pagedmembers?pageSize=50");
    let (_, first) = stage.connector(Method::GET, &page, &token, Value::Null).await;
    let more = first["continuationToken"].as_str().expect("a second page").to_owned();
    let (_, second) = stage.connector(Method::GET, &format!("{page}&continuationToken={more}"), &token, Value::Null).await;
    let count = |page: &Value| page["members"].as_array().map_or(0, Vec::len);
    assert_eq!((count(&first), count(&second), second.get("continuationToken")), (50, 10, None));
    assert_eq!(second["members"][0]["id"], "29:50");
}

#[rstest]
#[case::current(QuoteStyle::Entity)]
#[case::older(QuoteStyle::Blockquote)]
#[tokio::test]
async fn a_quote_names_who_wrote_what_it_quotes(#[case] style: QuoteStyle) {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    let said = stage.teams.types(("ben", chat.as_str()), "pizza").await.expect("sent").activity_id;
    let draft = Draft::text("no").mentioning("bot").quoting(&said).style(style);
    stage.teams.says(("ana", chat.as_str()), draft).await.expect("sent");
    let told = stage.last_told();
    let ben = &defaults().teams.users[1];
    let entity =
        told["entities"].as_array().expect("entities").iter().find(|one| one["type"] == "quotedReply").map(|one| &one["quotedReply"]);
    match style {
        QuoteStyle::Entity => {
            let quote = entity.expect("a quote");
            assert_eq!((&quote["messageId"], &quote["senderId"], &quote["preview"]), (&json!(said), &json!(ben.user_id), &json!("pizza")));
        }
        _ => {
            let html = told["attachments"][0]["content"].as_str().expect("HTML");
            assert!(
                html.contains(&format!("Reply\" itemid=\"{said}\"")) && html.contains(&ben.user_id) && html.contains("Mention"),
                "{html}"
            );
        }
    }
}

#[tokio::test]
async fn chains_of_a_channel_have_limits_of_their_own() {
    let stage = stage().await;
    let token = stage.token().await;
    let one = stage.chain(&token).await;
    stage.teams.set_limits(true);
    for _ in 0..7 {
        assert_eq!(stage.connector(Method::POST, &path(&one), &token, text("x")).await.0, 201);
    }
    assert_eq!(stage.connector(Method::POST, &path(&one), &token, text("x")).await.0, 429);
    let (_, other) = stage.connector(Method::POST, "", &token, opening(text("another"))).await;
    let other = other["id"].as_str().expect("an id").to_owned();
    assert_eq!(stage.connector(Method::POST, &path(&other), &token, text("x")).await.0, 201);
}

#[tokio::test]
async fn what_becomes_of_a_place_is_told_and_changes_what_is_possible() {
    let stage = stage().await;
    let token = stage.token().await;
    let chain = stage.chain(&token).await;
    let team = defaults().teams.teams.remove(0).id;
    let kind = || stage.last_told()["channelData"]["eventType"].clone();
    stage.teams.rename(CLIENTS_CHANNEL, "ana", "Customers").await.expect("renamed");
    assert_eq!((kind(), &stage.last_told()["channelData"]["channel"]["name"]), (json!("channelRenamed"), &json!("Customers")));
    stage.teams.decide_fate(&team, "ana", Fate::Archived).await.expect("archived");
    assert_eq!(kind(), "teamArchived");
    assert_eq!(stage.connector(Method::POST, &path(&chain), &token, text("x")).await.0, 403);
    assert!(stage.teams.types(("ana", chain.as_str()), "x").await.is_err());
    stage.teams.decide_fate(&team, "ana", Fate::Unarchived).await.expect("back");
    assert_eq!(stage.connector(Method::POST, &path(&chain), &token, text("x")).await.0, 201);
    stage.teams.decide_fate(CLIENTS_CHANNEL, "ana", Fate::Deleted).await.expect("deleted");
    assert_eq!(kind(), "channelDeleted");
    assert_eq!(stage.connector(Method::POST, &path(&chain), &token, text("x")).await.0, 404);
    stage.teams.decide_fate(CLIENTS_CHANNEL, "ana", Fate::Restored).await.expect("restored");
    assert_eq!((kind(), stage.connector(Method::POST, &path(&chain), &token, text("x")).await.0), (json!("channelRestored"), 201));
    stage.teams.add_member(CLIENTS_CHANNEL, "ana", "eva").await.expect("added");
    assert_eq!(
        (kind(), &stage.last_told()["membersAdded"][0]["aadObjectId"]),
        (json!("teamMemberAdded"), &json!(defaults().teams.users[2].object_id))
    );
    stage.teams.create_channel(&team, "ana", "Leads").await.expect("made");
    assert_eq!(kind(), "channelCreated");
    let chat = stage.group_chat().await;
    stage.teams.rename(&chat, "ben", "Maria O.").await.expect("renamed");
    assert_eq!((&stage.last_told()["topicName"], &stage.last_told()["conversation"]["id"]), (&json!("Maria O."), &json!(chat)));
    assert!(stage.teams.decide_fate(&chat, "ben", Fate::Archived).await.is_err());
}

#[tokio::test]
async fn attached_files_do_not_reach_the_bot_in_a_shared_conversation() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    let draft =
        Draft::text("look").mentioning("bot").with(SentFile::attached("a.pdf", b"%PDF")).with(SentFile::pasted("image/png", b"PNG"));
    stage.teams.says(("ana", chat.as_str()), draft).await.expect("sent");
    let told = stage.last_told();
    let kinds: Vec<&str> = told["attachments"].as_array().expect("some").iter().filter_map(|one| one["contentType"].as_str()).collect();
    assert_eq!(kinds, ["text/html", "image/png"]);
    assert_eq!(stage.teams.chat(("ben", chat.as_str())).expect("known")[0].files, ["a.pdf", "Pasted picture"]);
}

#[tokio::test]
async fn another_bots_message_has_no_person_behind_it() {
    let stage = stage().await;
    let chat = stage.group_chat().await;
    assert!(!stage.teams.other_bot_says(&chat, "Weather", "Rain").await.expect("said").heard);
    stage.teams.set_rsc(&chat, true).expect("the bot is here");
    assert!(stage.teams.other_bot_says(&chat, "Weather", "Sun").await.expect("said").heard);
    let told = stage.last_told();
    assert!(told["from"]["id"].as_str().is_some_and(|id| id.starts_with("28:")) && told["from"].get("aadObjectId").is_none());
    assert_eq!(stage.teams.chat(("ana", chat.as_str())).expect("known")[1].from, Author::OtherBot);
}

#[tokio::test]
async fn the_control_surface_makes_rooms_and_acts_in_them() {
    let stage = stage().await;
    let base = format!("{}/_sim", stage.teams.base_url());
    let call = async |path: &str, body: Value| -> Value {
        let response = stage.http.post(format!("{base}/{path}")).json(&body).send().await.expect("answers");
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.expect("JSON")
    };
    let made = call("group-chats", json!({"topic": "Maria", "members": ["ana", "ben"]})).await;
    let chat = made["conversation"].as_str().expect("an id").to_owned();
    let place = chat.replace(':', "%3A").replace('@', "%40");
    call(&format!("rooms/{place}/bot"), json!({"by": "ana"})).await;
    call(&format!("rooms/{place}/rsc"), json!({"enabled": true})).await;
    let posted = call(&format!("users/ben/type?conversation={place}"), json!({"text": "hello"})).await;
    assert_eq!(posted["heard"], true);
    assert_eq!((&stage.last_told()["text"], &stage.last_told()["conversation"]["id"]), (&json!("hello"), &json!(chat)));
    call(&format!("rooms/{place}/members"), json!({"by": "ben", "user": "caro"})).await;
    call(&format!("rooms/{place}/name"), json!({"by": "caro", "name": "M."})).await;
    call(&format!("rooms/{place}/other-bot"), json!({"name": "Weather", "text": "Rain"})).await;
    let team = call("teams", json!({"name": "Sales", "members": ["eva"]})).await["team"].as_str().expect("an id").to_owned();
    let of_team = call(&format!("teams/{}/channels", team.replace('@', "%40")), json!({"by": "eva", "name": "Leads"})).await;
    let channel = of_team["conversation"].as_str().expect("an id").replace('@', "%40");
    call(&format!("rooms/{channel}/fate"), json!({"by": "eva", "fate": "deleted"})).await;
    let state: Value = stage.http.get(format!("{base}/state")).send().await.expect("answers").json().await.expect("JSON");
    let room = state["rooms"].as_array().expect("rooms").iter().find(|room| room["id"] == chat.as_str()).expect("the chat");
    assert_eq!((&room["name"], &room["chat"][0]["text"], &room["roster"]["rsc"]), (&json!("M."), &json!("hello"), &json!(true)));
    assert!(state["teams"].as_array().expect("teams").iter().any(|one| one["name"] == "Sales"));
}
