use super::*;
use chrono::TimeZone;
use proptest::prelude::*;
use rstest::rstest;

fn now() -> Time {
    chrono::Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a time")
}

fn read(body: Value) -> Inbound {
    inbound(&Activity::from_value(body).expect("an activity"), now())
}

fn event(body: Value) -> TeamsEvent {
    match read(body) {
        Inbound::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

/// A message of Ann in a group chat with the bot, with some fields exchanged.
fn message(fields: Value) -> Value {
    let mut body = json!({
        "type": "message", "id": "17", "channelId": "msteams", "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "timestamp": "2026-11-20T11:59:59.5Z", "text": "",
        "from": {"id": "29:ann", "name": "Ann", "aadObjectId": "ABC"},
        "recipient": {"id": "28:bot", "name": "Switchboard"},
        "conversation": {"id": "19:x@thread.v2", "conversationType": "groupChat", "isGroup": true, "tenantId": "T"},
        "channelData": {"tenant": {"id": "T"}},
        "entities": [{"type": "clientInfo", "locale": "de-DE", "timezone": "Europe/Berlin"}],
    });
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    body
}

fn text_of(fields: Value) -> String {
    match event(message(fields)).kind {
        TeamsEventKind::Message { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

fn bot_mention(text: Value) -> Value {
    json!({"type": "mention", "mentioned": {"id": "28:bot", "name": "Switchboard"}, "text": text})
}

#[test]
fn who_where_and_when_are_taken_over() {
    let event = event(message(json!({"text": "hello"})));
    assert_eq!((event.activity.as_str(), event.scope), ("17", Scope::GroupChat));
    assert_eq!(event.at.to_rfc3339(), "2026-11-20T11:59:59.500+00:00");
    assert_eq!((event.sender.user_id.as_str(), event.sender.object_id.as_deref(), event.sender.is_bot), ("29:ann", Some("abc"), false));
    assert_eq!((event.locale.as_deref(), event.time_zone.as_deref()), (Some("de-DE"), Some("Europe/Berlin")));
    assert_eq!(event.dedup_key, "19:x@thread.v2\u{1f}17\u{1f}message\u{1f}");
    assert_eq!(
        event.reference,
        ConversationReference {
            service_url: "https://smba.trafficmanager.net/emea/".into(),
            conversation: "19:x@thread.v2".into(),
            tenant: "T".into()
        }
    );
}

#[rstest]
#[case::html_wins(json!({"text": "a b", "attachments": [{"contentType": "text/html", "content": "<p>a <b>b</b></p>"}]}), "a *b*")]
#[case::text_alone(json!({"text": " hello\r\nyou "}), "hello\nyou")]
#[case::empty_html(json!({"text": "hello", "attachments": [{"contentType": "text/html", "content": ""}]}), "hello")]
#[case::html_that_shows_nothing(json!({"text": "hello", "attachments": [{"contentType": "text/html", "content": "<div></div>"}]}), "hello")]
#[case::typed_tags_stay(json!({"text": "if a <b && c> <at home"}), "if a <b && c> <at home")]
#[case::xml_text(json!({"text": "<b>x</b>", "textFormat": "xml"}), "*x*")]
#[case::markdown(json!({"text": "<at>Switchboard</at> **x**\n- [a](https://example.com)", "textFormat": "markdown"}), "*x*\n- a (https://example.com)")]
#[case::stars_that_mean_nothing(json!({"text": "*x*"}), "*\u{200b}x*")]
fn the_html_is_the_real_body(#[case] fields: Value, #[case] text: &str) {
    assert_eq!(text_of(fields), text);
}

#[rstest]
#[case::at_the_start(json!({"text": "<at>Switchboard</at> hi&nbsp;there\n", "entities": [bot_mention(json!("<at>Switchboard</at>"))]}), "hi there")]
#[case::behind_a_line_break(json!({"text": "\r\n<at>Switchboard</at> hi", "entities": [bot_mention(json!("<at>Switchboard</at>"))]}), "hi")]
#[case::without_its_text(json!({"text": "<at>Switchboard</at> hi", "entities": [bot_mention(json!(null))]}), "hi")]
#[case::without_any_entity(json!({"text": "<at>Switchboard</at> hi"}), "hi")]
#[case::twice(json!({"text": "<at>Switchboard</at> and <at>Switchboard</at> hi", "entities": [bot_mention(json!(null)), bot_mention(json!(null))]}), "and hi")]
#[case::another_person(json!({"text": "<at>Switchboard</at> ask <at>Bob</at>", "entities": [bot_mention(json!(null)), {"type": "mention", "mentioned": {"id": "29:bob", "name": "Bob"}}]}), "ask @Bob")]
#[case::a_person_called_like_the_bot(json!({"text": "<at>Switchboard</at> hi", "entities": [{"type": "mention", "mentioned": {"id": "29:x", "name": "Switchboard"}}]}), "@Switchboard hi")]
#[case::ampersand_in_the_name(json!({"text": "<at>R&amp;D</at> hi", "recipient": {"id": "28:bot"}, "entities": [{"type": "mention", "mentioned": {"id": "28:bot", "name": "R&D"}}]}), "hi")]
#[case::no_name_anywhere(json!({"text": "<at>Tess</at> hi", "recipient": {"id": "28:bot"}, "entities": [{"type": "mention", "mentioned": {"id": "28:bot"}}]}), "hi")]
#[case::in_html(json!({"text": "x", "entities": [bot_mention(json!(null))], "attachments": [{"contentType": "text/html", "content": "<div><div><span itemscope=\"\" itemtype=\"http://schema.skype.com/Mention\" itemid=\"0\">Switchboard</span>&nbsp;hi there</div></div>"}]}), "hi there")]
#[case::html_numbers_decide(json!({"text": "x", "entities": [{"type": "mention", "mentioned": {"id": "29:bob", "name": "Bob"}}, bot_mention(json!(null))], "attachments": [{"contentType": "text/html", "content": "<at id=\"0\">Bob</at> and <at id=\"1\">Switchboard</at> hi"}]}), "@Bob and hi")]
#[case::html_numbers_that_lead_nowhere(json!({"text": "x", "entities": [bot_mention(json!(null))], "attachments": [{"contentType": "text/html", "content": "<at id=\"7\">Switchboard</at> hi <at id=\"8\">Bob</at>"}]}), "hi @Bob")]
#[case::nothing_but_the_mention(json!({"text": "<at>Switchboard</at> ", "attachments": [{"contentType": "text/html", "content": "<div><at id=\"0\">Switchboard</at>&nbsp;</div>"}]}), "")]
fn only_the_bots_own_mention_is_taken_out(#[case] fields: Value, #[case] text: &str) {
    assert_eq!(text_of(fields), text);
}

#[rstest]
#[case::new_generation(json!({"text": "<quoted messageId=\"1772050244572\"/> fine", "entities": [{"type": "quotedReply", "quotedReply": {"messageId": "1772050244572", "preview": "where is it"}}]}), "fine", "1772050244572")]
#[case::new_generation_without_entity(json!({"text": "<quoted messageId=\"17\"/>fine"}), "fine", "17")]
#[case::new_generation_with_html(json!({"text": "<quoted messageId=\"17\"/> fine", "attachments": [{"contentType": "text/html", "content": "<p>fine</p>"}]}), "fine", "17")]
#[case::number_as_id(json!({"text": "fine", "entities": [{"type": "quotedReply", "quotedReply": {"messageId": 17}}]}), "fine", "17")]
#[case::old_generation(json!({"text": "Richard 1237 this is a reply", "attachments": [{"contentType": "text/html", "content": "<blockquote itemscope=\"\" itemtype=\"http://schema.skype.com/Reply\" itemid=\"1600457867820\"><strong itemprop=\"mri\" itemid=\"8:orgid:x\">Richard</strong><p itemprop=\"preview\">1237</p></blockquote><p>this is a reply</p>"}]}), "this is a reply", "1600457867820")]
#[case::a_quotation_alone_sends_no_preview(json!({"text": "Richard 1237", "attachments": [{"contentType": "text/html", "content": "<blockquote itemtype=\"http://schema.skype.com/Reply\" itemid=\"9\"><p>1237</p></blockquote>"}]}), "", "9")]
fn both_generations_of_quotations_are_read_and_removed(#[case] fields: Value, #[case] expected: &str, #[case] id: &str) {
    match event(message(fields)).kind {
        TeamsEventKind::Message { text, quoted, .. } => assert_eq!((text.as_str(), quoted), (expected, Some(ActivityId::from(id)))),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::nobody(json!({"text": "hi"}), false)]
#[case::by_its_entity(json!({"text": "<at>Switchboard</at> hi", "entities": [bot_mention(json!("<at>Switchboard</at>"))]}), true)]
#[case::by_a_nameless_entity(json!({"text": "hi", "recipient": {"id": "28:bot"}, "entities": [{"type": "mention", "mentioned": {"id": "28:bot"}}]}), true)]
#[case::by_its_tag_alone(json!({"text": "ask <at>Switchboard</at>"}), true)]
#[case::in_html(json!({"text": "x", "attachments": [{"contentType": "text/html", "content": "<p><at id=\"0\">Switchboard</at> hi</p>"}]}), true)]
#[case::another_person(json!({"text": "<at>Bob</at> hi", "entities": [{"type": "mention", "mentioned": {"id": "29:bob", "name": "Bob"}}]}), false)]
#[case::a_person_called_like_the_bot(json!({"text": "<at>Switchboard</at> hi", "entities": [{"type": "mention", "mentioned": {"id": "29:x", "name": "Switchboard"}}]}), false)]
#[case::its_name_without_a_tag(json!({"text": "Switchboard hi"}), false)]
#[case::own_chat(json!({"text": "<at>Switchboard</at> hi", "conversation": {"id": "a:1", "conversationType": "personal"}}), false)]
fn a_message_says_whether_it_names_the_bot(#[case] fields: Value, #[case] expected: bool) {
    let TeamsEventKind::Message { mentions_bot, .. } = event(message(fields)).kind else { panic!("a message") };
    assert_eq!(mentions_bot, expected);
}

#[test]
fn a_private_message_is_marked() {
    let private = event(message(json!({"text": "x", "recipient": {"id": "28:bot", "isTargeted": true}})));
    assert!(matches!(private.kind, TeamsEventKind::Message { targeted: true, .. }));
    assert!(matches!(event(message(json!({"text": "x"}))).kind, TeamsEventKind::Message { targeted: false, .. }));
}

#[test]
fn pictures_and_files_are_named_with_what_can_be_fetched() {
    let body = message(json!({"attachments": [
        {"contentType": "text/html", "content": "<p>look<img src=\"https://as-api.asm.skype.com/1\" itemtype=\"http://schema.skype.com/AMSImage\"></p>"},
        {"contentType": "image/*", "contentUrl": "https://smba.trafficmanager.net/v3/attachments/1/views/original"},
        {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.txt", "contentUrl": "https://contoso.sharepoint.com/a.txt", "content": {"downloadUrl": "https://download.link"}},
    ]}));
    let TeamsEventKind::Message { attachments, text, .. } = event(body).kind else { panic!("a message") };
    assert_eq!(text, "look");
    let urls: Vec<_> = attachments.iter().map(|attachment| (attachment.name.as_deref(), attachment.url.as_deref())).collect();
    assert_eq!(
        urls,
        [(None, Some("https://smba.trafficmanager.net/v3/attachments/1/views/original")), (Some("a.txt"), Some("https://download.link"))]
    );
}

#[rstest]
#[case::empty_html(json!({"text": "", "attachments": [{"contentType": "text/html", "content": "<p></p><attachment id=\"7\"></attachment>"}]}), "")]
#[case::no_html(json!({"text": null, "attachments": []}), "")]
#[case::its_place_in_the_text(json!({"text": "<attachment id=\"7\"></attachment>", "attachments": []}), "")]
#[case::words_around_it(json!({"text": "see <attachment id=\"7\"></attachment>this", "attachments": []}), "see this")]
#[case::words_in_html(json!({"text": "x", "attachments": [{"contentType": "text/html", "content": "<p>see this</p><attachment id=\"7\"></attachment>"}]}), "see this")]
#[case::cut_off(json!({"text": "see <attachment id=\"7\">", "attachments": []}), "see")]
fn a_card_in_a_message_is_no_word_of_it(#[case] mut fields: Value, #[case] words: &str) {
    let card = json!({"type": "AdaptiveCard", "fallbackText": "a card"});
    let attachments = fields["attachments"].as_array_mut().expect("attachments");
    attachments.push(json!({"contentType": "application/vnd.microsoft.card.adaptive", "content": card}));
    let TeamsEventKind::Message { attachments, text, .. } = event(message(fields)).kind else { panic!("a message") };
    assert_eq!((text.as_str(), attachments.len(), attachments[0].card.as_ref()), (words, 1, Some(&card)));
}

#[test]
fn what_looks_like_a_cards_place_was_typed_when_there_is_no_card() {
    assert_eq!(text_of(json!({"text": "<attachment id=\"7\"></attachment>"})), "<attachment id=\"7\"></attachment>");
}

#[rstest]
#[case::with_the_bot("a:1x", Scope::Personal)]
#[case::of_two_people("19:a_b@unq.gbl.spaces", Scope::GroupChat)]
fn only_a_chat_with_the_bot_is_personal(#[case] id: &str, #[case] scope: Scope) {
    assert_eq!(event(message(json!({"conversation": {"id": id, "conversationType": "personal"}}))).scope, scope);
}

#[test]
fn a_picture_that_comes_in_the_html_alone_is_named_too() {
    let html = "<p><img src=\"https://as-api.asm.skype.com/1\"></p>";
    let body = message(json!({"attachments": [{"contentType": "text/html", "content": html}]}));
    let TeamsEventKind::Message { attachments, .. } = event(body).kind else { panic!("a message") };
    assert_eq!((attachments.len(), attachments[0].content_type.as_str()), (1, "image/*"));
}

#[rstest]
#[case(json!({"text": null, "value": {"verb": "send", "x": 1}, "replyToId": "9"}), TeamsEventKind::Submit { data: json!({"verb": "send", "x": 1}), card: Some("9".into()) })]
#[case(json!({"type": "messageUpdate", "text": "new", "channelData": {"eventType": "editMessage"}}), TeamsEventKind::Edited { text: "new".into() })]
#[case(json!({"type": "messageDelete", "channelData": {"eventType": "softDeleteMessage"}}), TeamsEventKind::Deleted)]
#[case(json!({"type": "messageReaction", "reactionsAdded": [{"type": "like"}, {"type": "2705_whiteheavycheckmark"}, 7], "replyToId": "9"}), TeamsEventKind::Reaction { added: vec!["like".into(), "2705_whiteheavycheckmark".into()], removed: vec![], target: Some("9".into()) })]
#[case(json!({"type": "installationUpdate", "action": "add"}), TeamsEventKind::Installed)]
#[case(json!({"type": "installationUpdate", "action": "add-upgrade"}), TeamsEventKind::Installed)]
#[case(json!({"type": "installationUpdate", "action": "remove"}), TeamsEventKind::Uninstalled)]
#[case(json!({"type": "installationUpdate", "action": "remove-upgrade"}), TeamsEventKind::Uninstalled)]
#[case(json!({"type": "installationUpdate", "action": "new"}), TeamsEventKind::Other { name: "installationUpdate/new".into() })]
#[case(json!({"type": "conversationUpdate", "membersAdded": [{"id": "29:x"}, {"id": "28:bot"}]}), TeamsEventKind::Installed)]
#[case(json!({"type": "conversationUpdate", "membersRemoved": [{"id": "28:bot"}]}), TeamsEventKind::Uninstalled)]
#[case(json!({"type": "conversationUpdate", "channelData": {"eventType": "channelCreated"}}), TeamsEventKind::Other { name: "conversationUpdate/channelCreated".into() })]
#[case(json!({"type": "event", "name": "application/vnd.microsoft.readReceipt"}), TeamsEventKind::Other { name: "event/application/vnd.microsoft.readReceipt".into() })]
#[case(json!({"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": {"lastReadMessageId": "1692206589131"}}), TeamsEventKind::Read { last: "1692206589131".into() })]
#[case(json!({"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": {"lastReadMessageId": 17}}), TeamsEventKind::Read { last: "17".into() })]
#[case(json!({"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": {"lastReadMessageId": "f:1"}}), TeamsEventKind::Other { name: "event/application/vnd.microsoft.readReceipt".into() })]
#[case(json!({"type": "typing"}), TeamsEventKind::Typing)]
#[case(json!({"type": "somethingNew"}), TeamsEventKind::Other { name: "somethingNew".into() })]
fn every_type_has_its_meaning(#[case] fields: Value, #[case] kind: TeamsEventKind) {
    assert_eq!(event(message(fields)).kind, kind);
}

#[rstest]
#[case(json!({"from": {"id": "28:other"}}), true)]
#[case(json!({"from": {"id": "x", "role": "bot"}}), true)]
#[case(json!({"from": {"id": "28:bot"}}), true)]
#[case(json!({"from": {"id": "29:x", "role": "user"}}), false)]
fn bots_are_told_from_people(#[case] fields: Value, #[case] is_bot: bool) {
    assert_eq!(event(message(fields)).sender.is_bot, is_bot);
}

#[rstest]
#[case(json!({"id": "a", "conversationType": "personal"}), json!({}), Scope::Personal)]
#[case(json!({"id": "a", "conversationType": "channel"}), json!({}), Scope::Channel)]
#[case(json!({"id": "a", "isGroup": true}), json!({"team": {"id": "t"}}), Scope::Channel)]
#[case(json!({"id": "a", "isGroup": true}), json!({}), Scope::GroupChat)]
#[case(json!({"id": "a"}), json!({}), Scope::Personal)]
fn the_scope_is_found_even_where_it_is_not_said(#[case] conversation: Value, #[case] channel_data: Value, #[case] scope: Scope) {
    assert_eq!(event(message(json!({"conversation": conversation, "channelData": channel_data}))).scope, scope);
}

#[test]
fn a_second_edit_is_no_repetition_of_the_first_and_a_repetition_is() {
    let edit = |time: &str| event(message(json!({"type": "messageUpdate", "timestamp": time}))).dedup_key;
    assert_eq!(edit("2026-11-20T12:00:00Z"), edit("2026-11-20T12:00:00Z"));
    assert_ne!(edit("2026-11-20T12:00:00Z"), edit("2026-11-20T12:00:01Z"));
    let nameless = |text: &str| event(message(json!({"id": null, "text": text}))).dedup_key;
    assert_eq!(nameless("a"), nameless("a"));
    assert_ne!(nameless("a"), nameless("b"));
}

fn action(id: &str, value: Value) -> TeamsInvoke {
    let body = message(json!({"type": "invoke", "id": id, "name": "adaptiveCard/action", "replyToId": "9", "value": value}));
    match read(body) {
        Inbound::Invoke { event, invoke } => {
            assert_eq!(event.kind, TeamsEventKind::Other { name: "adaptiveCard/action".into() });
            assert_eq!(event.sender.user_id, "29:ann");
            invoke
        }
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case(json!({"action": {"type": "Action.Execute", "verb": "claim", "data": {"thread": 42}}, "trigger": "manual"}), json!({"thread": 42, "verb": "claim"}))]
#[case(json!({"action": {"verb": "claim", "data": {"verb": "own"}}}), json!({"verb": "own"}))]
#[case(json!({"action": {"verb": "claim"}}), json!({"verb": "claim"}))]
#[case(json!({"action": {"verb": "claim", "data": "text"}}), json!({"data": "text", "verb": "claim"}))]
#[case(json!({}), json!({}))]
#[case(json!(null), json!({}))]
fn an_action_brings_its_data_with_the_verb(#[case] value: Value, #[case] data: Value) {
    let invoke = action("1", value);
    assert_eq!((invoke.data, invoke.card), (data, Some("9".into())));
}

#[test]
fn the_same_action_under_a_new_id_has_the_same_key() {
    let value = json!({"action": {"verb": "claim", "data": {"a": 1, "b": 2}}});
    assert_eq!(action("1", value.clone()).repeat_key, action("2", value.clone()).repeat_key);
    assert_ne!(action("1", value).repeat_key, action("1", json!({"action": {"verb": "drop"}})).repeat_key);
}

#[test]
fn posts_become_activities_with_a_summary() {
    let html = Post { summary: "Ann".into(), body: PostBody::Html { html: "<b>x</b>".into() } };
    assert_eq!(activity(&html), json!({"type": "message", "textFormat": "xml", "text": "<b>x</b>", "summary": "Ann"}));
    let card = Post { summary: "Ann".into(), body: PostBody::Card { card: json!({"type": "AdaptiveCard"}) } };
    let activity = activity(&card);
    assert_eq!(activity["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!((&activity["summary"], activity.get("text")), (&json!("Ann"), None));
    let quoting = quoting(&html, &"17".into());
    assert_eq!(quoting["text"], "<quoted messageId=\"17\"/><b>x</b>");
    assert_eq!(quoting["entities"][0]["quotedReply"]["messageId"], "17");
}

/// Bodies that Microsoft's Agents Playground really sent.
#[test]
fn every_recorded_activity_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/schemas/playground-recorded-activities.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("{path} is not there: nothing recorded was read");
        return;
    };
    let recorded: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let read: Vec<Inbound> = recorded.iter().map(|entry| read(entry["body"].clone())).collect();
    let names = read.iter().map(|inbound| match inbound {
        Inbound::Event(event) => match &event.kind {
            TeamsEventKind::Message { text, .. } => format!("message {text}"),
            TeamsEventKind::Other { name } => name.clone(),
            TeamsEventKind::Submit { data, .. } => format!("submit {data}"),
            TeamsEventKind::MembersAdded { members } => format!("added {}", members[0].user_id),
            TeamsEventKind::MembersRemoved { members } => format!("removed {}", members[0].user_id),
            TeamsEventKind::Renamed { name } => format!("renamed {name}"),
            kind => format!("{kind:?}"),
        },
        Inbound::Invoke { invoke, .. } => format!("invoke {}", invoke.name),
    });
    let expected = [
        "Installed",
        "Installed",
        "message hello",
        "message hi",
        "message hi",
        "message card",
        "invoke adaptiveCard/action",
        "invoke composeExtension/query",
        "invoke composeExtension/fetchTask",
        "invoke composeExtension/submitAction",
        "invoke message/submitAction",
        "submit {\"k\":2}",
        "added user-id-0",
        "removed user-id-0",
        "Installed",
        "Uninstalled",
        "conversationUpdate/channelCreated",
        "renamed General",
        "Closed { why: ChannelDeleted }",
        "renamed My Team",
        "Closed { why: TeamDeleted }",
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected);
    for inbound in &read {
        let (Inbound::Event(event) | Inbound::Invoke { event, .. }) = inbound;
        assert!(!event.reference.tenant.is_empty() && !event.reference.conversation.as_str().is_empty());
        assert_eq!(event.sender.user_id, "user-id-0");
        assert!(!event.sender.is_bot);
    }
}

/// Any JSON, with the fields that activities have and values that they could have.
fn any_json() -> impl Strategy<Value = Value> {
    let keys = "type|id|name|action|from|recipient|conversation|conversationType|isGroup|text|textFormat|value|attachments|content|contentType|contentUrl|entities|mentioned|quotedReply|messageId|membersAdded|membersRemoved|reactionsAdded|channelData|eventType|team|channel|teamsTeamId|teamsChannelId|settings|selectedChannel|topicName|verb|data|replyToId";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "message|invoke|conversationUpdate|text/html|mention|28:bot|29:x|channel|personal|channelRenamed|teamDeleted|19:x@thread.tacv2;messageid=|<at id=\"0\">é</at>|<quoted messageId=\"|<attachment id=\"|<p>.{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((keys, inner), 0..8).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_of_an_activity_is_read(
        kind in "message|messageUpdate|messageDelete|messageReaction|invoke|conversationUpdate|installationUpdate|event|.{0,3}",
        fields in proptest::collection::vec(any_json(), 9),
    ) {
        let names = ["conversation", "channelData", "from", "recipient", "entities", "attachments", "membersAdded", "value", "text"];
        let mut body = json!({"type": kind});
        body.as_object_mut().expect("an object").extend(names.into_iter().map(str::to_owned).zip(fields));
        let (Inbound::Event(event) | Inbound::Invoke { event, .. }) = read(body);
        prop_assert!(event.scope == Scope::Channel || event.channel.is_none());
        let named_in_own_chat = event.scope == Scope::Personal && matches!(event.kind, TeamsEventKind::Message { mentions_bot: true, .. });
        prop_assert!(!named_in_own_chat);
    }
}
