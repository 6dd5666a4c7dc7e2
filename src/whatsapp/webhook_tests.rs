use super::*;
use crate::bridge::{MediaForm, SystemEvent, TemplateChange};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

fn notification(field: &str, value: &Value) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "waba", "changes": [{"field": field, "value": value}]}]})
        .to_string()
        .into_bytes()
}

fn events(field: &str, value: &Value) -> Vec<WhatsAppEvent> {
    read(&notification(field, value)).expect("an envelope").into_iter().map(|received| received.event).collect()
}

fn messages(value: &Value) -> Vec<ClientMessage> {
    let message = |event| match event {
        WhatsAppEvent::Message(message) => Some(message),
        _ => None,
    };
    events("messages", value).into_iter().filter_map(message).collect()
}

#[rstest]
#[case::not_json(b"{", ReadError::NotJson)]
#[case::empty(b"", ReadError::NotJson)]
#[case::binary(b"\xff\xfe\x00", ReadError::NotJson)]
#[case::no_entries(br#"{"object":"page"}"#, ReadError::NotANotification)]
#[case::array(b"[]", ReadError::NotANotification)]
#[case::entries_of_the_wrong_type(br#"{"entry":{}}"#, ReadError::NotANotification)]
fn only_an_envelope_that_is_none_is_an_error(#[case] body: &[u8], #[case] expected: ReadError) {
    assert_eq!(read(body), Err(expected));
}

#[rstest]
#[case::no_changes(br#"{"entry":[{"id":"1","messaging":[]}]}"#)]
#[case::entry_of_the_wrong_type(br#"{"entry":[7]}"#)]
#[case::change_of_the_wrong_type(br#"{"entry":[{"id":"1","changes":["x"]}]}"#)]
#[case::no_value(br#"{"entry":[{"id":"1","changes":[{"field":"messages"}]}]}"#)]
#[case::value_of_the_wrong_type(br#"{"entry":[{"id":"1","changes":[{"field":"messages","value":"x"}]}]}"#)]
#[case::empty_value(br#"{"entry":[{"id":"1","changes":[{"field":"messages","value":{}}]}]}"#)]
#[case::unknown_field(br#"{"entry":[{"id":"1","changes":[{"field":"holograms","value":{"messages":[{"id":"m","from":"1"}]}}]}]}"#)]
#[case::another_handler_answers(br#"{"entry":[{"id":"1","changes":[{"field":"standby","value":{"messages":[{"id":"m","from":"1"}]}}]}]}"#)]
#[case::history(br#"{"entry":[{"id":"1","changes":[{"field":"history","value":{"history":[{"threads":[]}]}}]}]}"#)]
#[case::message_without_id(br#"{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"from":"1"}]}}]}]}"#)]
#[case::message_without_sender(br#"{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"m"}]}}]}]}"#)]
fn what_is_not_known_is_told_as_other(#[case] body: &[u8]) {
    let received = read(body).expect("an envelope");
    assert!(matches!(received[..], [Received { event: WhatsAppEvent::Other { .. }, .. }]), "{received:?}");
    assert!(received[0].dedup_key.starts_with("h:"));
}

#[test]
fn one_odd_message_never_loses_the_others() {
    let deep = "[".repeat(200) + &"]".repeat(200);
    let body = format!(
        r#"{{"entry":[{{"id":5,"changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":9}},"messages":[
            {{"id":"a","from":"1","timestamp":"10","type":"text","text":{{"body":"first"}}}},
            {{"id":"b","from":"1","timestamp":11,"type":"text","text":{deep}}},
            {{"id":"c","from":"1","timestamp":"12","type":"text","text":{{"body":1e999}}}},
            {{"id":"d","from":"1","timestamp":"12","type":"text","text":{{"body":"half \ud83d"}}}},
            [1], null,
            {{"id":"e","from":"1","timestamp":"13","type":"text","text":{{"body":"last"}}}}]}}}}]}}]}}"#
    );
    let received = read(body.as_bytes()).expect("an envelope");
    let told: Vec<_> = received
        .iter()
        .map(|received| match &received.event {
            WhatsAppEvent::Message(message) => match &message.content {
                Content::Text { body } => body.clone(),
                Content::Unsupported { what, .. } => format!("{}: unsupported {what} at {}", message.wamid, message.at.timestamp()),
                other => panic!("{other:?}"),
            },
            other => format!("{other:?}"),
        })
        .collect();
    let other = "Other { field: \"messages\" }";
    assert_eq!(told, ["first", "b: unsupported text at 11", "c: unsupported text at 12", "half \u{fffd}", other, other, "last"]);
    let WhatsAppEvent::Message(first) = &received[0].event else { panic!("a message") };
    assert_eq!((first.number.as_str(), first.waba.as_str()), ("9", "5"));
}

#[test]
fn the_raw_json_is_the_message_as_sent_and_nothing_else() {
    let message = r#"{ "id":"a", "from":"1","timestamp":"10","type":"text","text":{"body":"\u00e7a \ud83c\udf89 \/"},"new":{"x":[1 ]} }"#;
    let body = format!(r#"{{"entry":[{{"id":"w","changes":[{{"field":"messages","value":{{"messages":[ {message} ]}}}}]}}]}}"#);
    let received = read(body.as_bytes()).expect("an envelope");
    let WhatsAppEvent::Message(read) = &received[0].event else { panic!("a message") };
    assert_eq!(read.raw, message);
    assert_eq!(read.content, Content::Text { body: "ça 🎉 /".into() });
}

#[test]
fn bytes_that_are_not_utf8_cost_a_character_and_not_the_message() {
    let body = b"{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"id\":\"a\",\"from\":\"1\",\"type\":\"text\",\"text\":{\"body\":\"\xff!\"}}]}}]}]}";
    let received = read(body).expect("an envelope");
    let WhatsAppEvent::Message(message) = &received[0].event else { panic!("a message") };
    assert_eq!(message.content, Content::Text { body: "\u{fffd}!".into() });
    assert_eq!(message.at, Time::UNIX_EPOCH, "no time: recorded, opens no window");
}

#[test]
fn context_referral_and_group_are_told() {
    let read = messages(&json!({"messages": [{"id": "m", "from": "1", "type": "text", "text": {"body": "x"}, "group_id": "g",
        "context": {"id": "q", "frequently_forwarded": true, "referred_product": {"catalog_id": 1, "product_retailer_id": 7}}, "referral": {"source_type": "ad", "headline": "Chat with us"}}]}));
    let message = &read[0];
    assert_eq!(message.reply_to, Some("q".into()));
    assert_eq!(message.origin, Some(Box::new(Origin { forwarded: true, product: Some("7".into()) })));
    let ad = Referral { source_type: Some("ad".into()), headline: Some("Chat with us".into()), ..Referral::default() };
    assert_eq!(message.referral, Some(ad));
    assert_eq!(message.group.as_deref(), Some("g"));
}

#[test]
fn a_number_change_names_old_and_new() {
    let read = messages(&json!({"messages": [{"id": "m", "from": "1", "timestamp": "5", "type": "system", "system":
        {"type": "user_changed_number", "wa_id": "2", "user_id": "US.2", "previous_user_id": "US.1", "body": "b"}}]}));
    let event = SystemEvent::ChangedNumber { wa_id: Some("2".into()), bsuid: Some("US.2".into()), previous_bsuid: Some("US.1".into()) };
    assert_eq!(read[0].content, Content::System { event, body: "b".into() });
    assert_eq!(read[0].client.wa_id.as_deref(), Some("1"));
}

#[test]
fn a_failed_file_is_still_a_file() {
    let read = messages(&json!({"messages": [{"id": "m", "from": "1", "type": "audio", "audio": {"voice": true, "mime_type": "audio/ogg"},
        "errors": [{"code": 131_052}]}]}));
    assert!(matches!(&read[0].content, Content::Media(media) if media.form == MediaForm::Voice && media.id.is_none()));
}

#[rstest]
#[case("sent", StatusState::Reached(DeliveryStatus::Sent))]
#[case("READ", StatusState::Reached(DeliveryStatus::Read))]
#[case("played", StatusState::Reached(DeliveryStatus::Played))]
#[case("warning", StatusState::Unknown("warning".into()))]
fn a_status_is_known_or_kept_by_its_name(#[case] status: &str, #[case] expected: StatusState) {
    let read = events(
        "messages",
        &json!({"statuses": [{"id": "w", "status": status, "timestamp": 5, "recipient_user_id": "US.1",
        "biz_opaque_callback_data": "d-1", "pricing": {"category": "utility", "type": "regular", "pricing_model": "PMP"}}]}),
    );
    let [WhatsAppEvent::Status(update)] = &read[..] else { panic!("{read:?}") };
    assert_eq!(update.state, expected);
    assert_eq!(update.callback.as_deref(), Some("d-1"));
    assert_eq!(update.pricing, Pricing::told(Some("utility".into()), Some("regular".into()), Some("PMP".into())));
    assert_eq!(update.client.bsuid.as_deref(), Some("US.1"));
    assert_eq!(update.at.map(|at| at.timestamp()), Some(5));
}

#[test]
fn in_a_group_the_recipient_is_the_participant() {
    let read = events(
        "messages",
        &json!({"statuses": [{"id": "w", "status": "read", "recipient_type": "group", "recipient_id": "15550",
        "recipient_participant_id": "1"}]}),
    );
    let [WhatsAppEvent::Status(update)] = &read[..] else { panic!("{read:?}") };
    assert_eq!(update.client.wa_id.as_deref(), Some("1"));
}

#[rstest]
#[case::details(json!([{"code": 131_049, "title": "t", "error_data": {"details": "d"}}]), FailureClass::MarketingWithheld, Some(131_049), "d")]
#[case::older_details(json!([{"code": "131026", "details": "d"}]), FailureClass::Unreachable, Some(131_026), "d")]
#[case::title_only(json!([{"code": 470, "title": "t"}]), FailureClass::Invalid, Some(470), "t")]
#[case::nothing(json!([]), FailureClass::Unavailable, None, "WhatsApp gave no reason")]
fn a_failed_status_says_why(#[case] errors: Value, #[case] class: FailureClass, #[case] code: Option<i64>, #[case] detail: &str) {
    let read = events("messages", &json!({"statuses": [{"id": "w", "status": "failed", "errors": errors}]}));
    let [WhatsAppEvent::Status(update)] = &read[..] else { panic!("{read:?}") };
    assert_eq!(update.state, StatusState::Failed(Failure { class, code, detail: detail.into() }));
}

#[test]
fn a_clients_call_is_one_message_and_ours_is_none() {
    let call =
        |event: &str, direction: &str| json!({"id": "wacid.1", "from": "1", "timestamp": "7", "event": event, "direction": direction});
    let calls =
        json!({"calls": [call("connect", "USER_INITIATED"), call("terminate", "USER_INITIATED"), call("connect", "BUSINESS_INITIATED")]});
    let received = read(&notification("calls", &calls)).expect("an envelope");
    let WhatsAppEvent::Message(message) = &received[0].event else { panic!("a message") };
    assert_eq!(message.content, Content::Call { event: "connect".into() });
    assert_eq!(received[0].dedup_key, received[1].dedup_key);
    assert!(matches!(received[2].event, WhatsAppEvent::Other { .. }));
}

#[rstest]
#[case(json!({"wa_id": "1", "category": "marketing_messages", "value": "stop", "timestamp": 5}), Some(true))]
#[case(json!({"wa_id": "1", "category": "marketing_messages", "value": "resume"}), Some(false))]
#[case(json!({"user_id": "US.1", "category": "something_new", "value": "stop"}), Some(true))]
#[case(json!({"wa_id": "1", "category": "something_new", "value": "resume"}), None)]
#[case(json!({"wa_id": "1", "value": "later"}), None)]
#[case(json!({"value": "stop"}), None)]
fn marketing_preferences_err_on_the_side_of_stopping(#[case] item: Value, #[case] expected: Option<bool>) {
    let read = events("user_preferences", &json!({"user_preferences": [item]}));
    let stop = match &read[..] {
        [WhatsAppEvent::Preference { stop, .. }] => Some(*stop),
        [WhatsAppEvent::Other { .. }] => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(stop, expected);
}

#[rstest]
#[case("message_template_status_update", json!({"event": "paused"}), "PAUSED", TemplateChange::Status("PAUSED".into()))]
#[case("message_template_quality_update", json!({"previous_quality_score": "GREEN", "new_quality_score": "RED"}), "quality GREEN to RED", TemplateChange::Quality { from: "GREEN".into(), to: "RED".into() })]
#[case("template_category_update", json!({"previous_category": "UTILITY", "new_category": "MARKETING"}), "category UTILITY to MARKETING", TemplateChange::Category { to: "MARKETING".into() })]
#[case("template_category_update", json!({"correct_category": "MARKETING"}), "category will become MARKETING", TemplateChange::CategoryAhead { to: "MARKETING".into() })]
#[case("message_template_components_update", json!({}), "message_template_components_update", TemplateChange::Components)]
#[case("message_template_moon_update", json!({}), "message_template_moon_update", TemplateChange::Unknown)]
fn a_changed_template_is_named(#[case] field: &str, #[case] change: Value, #[case] expected: &str, #[case] meaning: TemplateChange) {
    let mut value = json!({"message_template_id": 7, "message_template_name": "n", "message_template_language": "en-US"});
    value.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    let read = events(field, &value);
    let [WhatsAppEvent::TemplateChanged { waba, name, language, event, change, reason: None }] = &read[..] else { panic!("{read:?}") };
    assert_eq!((waba.as_str(), name.as_deref(), language.as_deref(), event.as_str()), ("waba", Some("n"), Some("en_US"), expected));
    assert_eq!(*change, meaning);
}

#[test]
fn news_of_the_account_is_one_readable_line() {
    let read = events("account_update", &json!({"violation_info": {"violation_type": "ADULT"}, "event": "ACCOUNT_VIOLATION"}));
    let [WhatsAppEvent::Account { summary, event, number: None, .. }] = &read[..] else { panic!("{read:?}") };
    assert_eq!((summary.as_str(), event.as_str()), ("ACCOUNT_VIOLATION; violation_type ADULT", "ACCOUNT_VIOLATION"));
}

#[test]
fn errors_without_messages_are_news_of_the_account() {
    let read = events("messages", &json!({"errors": [{"code": 130_429, "title": "t", "error_data": {"details": "d"}}]}));
    let [WhatsAppEvent::Account { field, summary, .. }] = &read[..] else { panic!("{read:?}") };
    assert_eq!((field.as_str(), summary.as_str()), ("messages", "130429: d"));
}

#[test]
fn an_echo_is_never_a_clients_message() {
    let read = events(
        "smb_message_echoes",
        &json!({"metadata": {"phone_number_id": "9"},
        "message_echoes": [{"id": "w", "from": "9", "to": "1", "type": "text", "text": {"body": "x"}}]}),
    );
    let content = Content::Text { body: "x".into() };
    assert_eq!(read, [WhatsAppEvent::Echo { number: "9".into(), wamid: "w".into(), to: "1".into(), content }]);
}

#[test]
fn keys_are_the_same_for_a_repeat_and_differ_for_everything_else() {
    let keys = |value: &Value| -> Vec<String> {
        read(&notification("messages", value)).expect("an envelope").into_iter().map(|received| received.dedup_key).collect()
    };
    let status = |status: &str, participant: &str| json!({"id": "w", "status": status, "recipient_participant_id": participant});
    let all = json!({"messages": [{"id": "w", "from": "1"}, {"odd": 1}, {"odd": 2}],
        "statuses": [status("sent", "1"), status("sent", "2"), status("read", "1"), {"id": "w", "status": "read"}]});
    let first = keys(&all);
    assert_eq!(first, keys(&all));
    assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), first.len(), "{first:?}");
    assert_eq!(first[0], "m:w");
    assert_eq!(first[3], "s:w:sent:1");
}

fn any_json() -> impl Strategy<Value = Value> {
    let keys = "entry|id|time|changes|field|value|metadata|contacts|messages|statuses|calls|errors|from|type|text|body|timestamp|context|user_preferences|code";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "messages|text|image|interactive|system|failed|1|.{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((keys, inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body);
    }

    #[test]
    fn no_json_panics(body in any_json(), field in "messages|calls|user_preferences|account_update|message_template_x|.{0,3}") {
        let _ = read(body.to_string().as_bytes());
        let _ = read(&notification(&field, &body));
        let _ = read(&notification(&field, &json!({"contacts": [body], "messages": [body], "statuses": [body], "calls": [body],
            "user_preferences": [body], "errors": [body], "message_echoes": [body]})));
    }

    #[test]
    fn every_item_of_a_batch_is_told(bodies in proptest::collection::vec(any_json(), 0..5)) {
        let received = read(&notification("messages", &json!({"messages": bodies, "statuses": bodies}))).expect("an envelope");
        prop_assert_eq!(received.len(), (2 * bodies.len()).max(1));
    }
}
