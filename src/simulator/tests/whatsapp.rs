//! The WhatsApp world: sends, statuses, webhooks, phones and faults.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::*;

#[tokio::test]
async fn a_file_of_the_client_is_fetched_through_the_graph_with_the_token() {
    let stage = stage().await;
    let file = Picture {
        kind: "image".into(),
        mime_type: "image/png".into(),
        data: "aGk=".into(),
        caption: Some("my cat".into()),
        filename: None,
        voice: false,
    };
    stage.whatsapp.client_sends_file("tom", file).expect("sent");
    stage.settles().await;
    let (_, value) = stage.news().pop().expect("one");
    let image = &value["messages"][0]["image"];
    assert_eq!((&image["caption"], &image["mime_type"]), (&json!("my cat"), &json!("image/png")));
    let token = defaults().whatsapp.access_token;
    let address = format!("{}/v26.0/{}", stage.whatsapp.base_url(), image["id"].as_str().expect("an id"));
    let meta: Value = stage.http.get(&address).bearer_auth(&token).send().await.expect("answers").json().await.expect("JSON");
    let url = meta["url"].as_str().expect("an address");
    assert_eq!(stage.http.get(url).send().await.expect("answers").status(), 401);
    assert_eq!(stage.http.get(url).bearer_auth(&token).send().await.expect("answers").text().await.expect("bytes"), "hi");
}

#[tokio::test]
async fn the_opt_in_story_runs_on_the_phone_with_statuses_the_tap_and_the_window() {
    let stage = stage().await;
    let (status, body) = stage.sends("+5511987654321", "template", stage.opt_in()).await;
    assert_eq!((status, &body["contacts"][0]["wa_id"]), (200, &json!("551187654321")));
    let wamid = body["messages"][0]["id"].as_str().expect("an id").to_owned();
    stage.settles().await;
    assert_eq!(stage.kinds(), ["sent", "delivered"]);
    let (_, sent) = &stage.news()[0];
    assert_eq!(sent["statuses"][0]["biz_opaque_callback_data"], "d-1");
    assert_eq!(sent["statuses"][0]["pricing"]["category"], "utility");
    assert_eq!(sent["contacts"][0]["user_id"], sent["statuses"][0]["recipient_user_id"]);
    stage.whatsapp.taps("maria", &wamid, "Yes").expect("tapped");
    stage.settles().await;
    let (kind, tap) = stage.news().pop().expect("one");
    assert_eq!(kind, "button");
    assert_eq!(tap["messages"][0]["button"], json!({"payload": "yes:1", "text": "Yes"}));
    assert_eq!(tap["messages"][0]["context"]["id"], wamid.as_str());
    assert_eq!(tap["messages"][0]["from"], "551187654321");
    assert_eq!(stage.whatsapp.window_closes("maria", &stage.number).expect("known"), Some(noon() + chrono::Duration::hours(24)));
    stage.whatsapp.set_open("maria", true).expect("known");
    stage.settles().await;
    assert_eq!(stage.kinds().last().map(String::as_str), Some("read"));
}

#[tokio::test]
async fn outside_the_window_free_text_is_accepted_and_fails_later_and_inside_it_arrives() {
    let stage = stage().await;
    assert_eq!(stage.sends("+4915112345678", "text", json!({"body": "hi"})).await.0, 200);
    stage.settles().await;
    let (_, failed) = stage.news().pop().expect("one");
    assert_eq!(failed["statuses"][0]["errors"][0]["code"], 131_047);
    assert!(failed.get("contacts").is_none() && failed["statuses"][0].get("recipient_user_id").is_none());
    stage.whatsapp.client_types("tom", "Grüße 👋").expect("typed");
    assert_eq!(stage.sends("+4915112345678", "text", json!({"body": "hi"})).await.0, 200);
    stage.settles().await;
    assert_eq!(stage.kinds(), ["failed", "text", "sent", "delivered"]);
    stage.clock.advance(Duration::from_secs(24 * 3_600));
    stage.whatsapp.set_refuse_closed_window_at_once(true);
    let (status, body) = stage.sends("+4915112345678", "text", json!({"body": "late"})).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(131_047)));
}

#[tokio::test]
async fn webhooks_are_escaped_and_signed_over_their_bytes() {
    let stage = stage().await;
    stage.whatsapp.client_types("maria", "Olá 👍").expect("typed");
    stage.settles().await;
    let (body, signature) = stage.server.webhooks.lock().expect("fine")[0].clone();
    assert!(body.is_ascii() && String::from_utf8_lossy(&body).contains(r"Ol\u00e1 \ud83d\udc4d"));
    let mut mac = Hmac::<Sha256>::new_from_slice(defaults().whatsapp.app_secret.as_bytes()).expect("any length");
    mac.update(&body);
    assert_eq!(signature, format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
}

#[tokio::test]
async fn a_client_without_a_number_is_named_by_the_business_scoped_id_only() {
    let stage = stage().await;
    stage.whatsapp.client_types("kim", "hello").expect("typed");
    stage.settles().await;
    let (_, value) = stage.news().pop().expect("one");
    assert!(value["messages"][0].get("from").is_none() && value["contacts"][0].get("wa_id").is_none());
    assert_eq!(value["contacts"][0]["profile"]["username"], "kim.reads");
    let bsuid = value["contacts"][0]["user_id"].clone();
    let body = json!({"messaging_product": "whatsapp", "recipient": bsuid, "type": "text", "text": {"body": "hi"}});
    let (status, answer) = stage.graph(body).await.expect("answers");
    assert_eq!((status, &answer["contacts"][0]), (200, &json!({"input": bsuid, "user_id": bsuid})));
    stage.settles().await;
    assert_eq!(stage.kinds(), ["text", "sent", "delivered"]);
}

#[tokio::test]
async fn a_number_nobody_has_fails_later_and_a_phone_that_is_off_gets_it_when_it_is_on() {
    let stage = stage().await;
    stage.sends("+15550001111", "template", stage.opt_in()).await;
    stage.settles().await;
    assert_eq!(stage.news()[0].1["statuses"][0]["errors"][0]["code"], 131_026);
    stage.whatsapp.set_online("tom", false).expect("known");
    stage.sends("+4915112345678", "template", stage.opt_in()).await;
    stage.settles().await;
    assert_eq!(stage.kinds(), ["failed", "sent"]);
    stage.whatsapp.set_online("tom", true).expect("known");
    stage.settles().await;
    assert_eq!(stage.kinds(), ["failed", "sent", "delivered"]);
    assert_eq!(stage.whatsapp.phone("tom").expect("known")[0].ticks, Some(Ticks::Delivered));
}

#[tokio::test]
async fn a_webhook_is_repeated_with_the_same_bytes_until_it_is_answered_200() {
    let stage = stage().await;
    stage.server.webhook_status.store(503, Ordering::SeqCst);
    stage.whatsapp.client_types("tom", "are you there").expect("typed");
    stage.whatsapp.until_count("webhook.retry", 1, PATIENCE).await.expect("tried");
    assert_eq!(stage.whatsapp.pending(), 1);
    stage.server.webhook_status.store(200, Ordering::SeqCst);
    stage.clock.advance(Duration::from_secs(1));
    stage.settles().await;
    let bodies = stage.server.webhooks.lock().expect("fine").clone();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn held_webhooks_leave_in_one_post_when_batching() {
    let stage = stage().await;
    stage.whatsapp.set_webhooks(Some(100), Some(true));
    for text in ["one", "two", "three"] {
        stage.whatsapp.client_types("tom", text).expect("typed");
    }
    stage.whatsapp.set_webhooks(None, Some(false));
    stage.settles().await;
    assert_eq!(stage.server.webhooks.lock().expect("fine").len(), 1);
    let texts: Vec<Value> = stage.news().into_iter().map(|(_, value)| value["messages"][0]["text"]["body"].clone()).collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
async fn templates_come_in_pages_of_five_whatever_the_limit() {
    let stage = stage().await;
    let base = format!("{}/v26.0/{}/message_templates?limit=100", stage.whatsapp.base_url(), defaults().whatsapp.numbers[0].waba_id);
    let (mut after, mut sizes) = (String::new(), Vec::new());
    loop {
        let request = stage.http.get(format!("{base}{after}")).bearer_auth(defaults().whatsapp.access_token);
        let page: Value = request.send().await.expect("answers").json().await.expect("JSON");
        sizes.push(page["data"].as_array().expect("a page").len());
        if page["paging"].get("next").is_none() {
            break;
        }
        after = format!("&after={}", page["paging"]["cursors"]["after"].as_str().expect("a cursor"));
    }
    assert_eq!(sizes, [5, 5, 5, 3]);
}

#[tokio::test]
async fn faults_refuse_hold_and_reset_and_what_was_held_was_accepted() {
    let stage = stage().await;
    let faults = stage.whatsapp.faults();
    faults.set(Fault::new(FaultName::TooManyRequests).times(1).retry_after(3));
    let url = format!("{}/v26.0/{}/messages", stage.whatsapp.base_url(), stage.number);
    let response = stage.http.post(&url).bearer_auth("x").json(&json!({})).send().await.expect("answers");
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().ok()), (429, Some("3")));
    faults.set(Fault::new(FaultName::BadGateway).times(1));
    let response = stage.http.post(&url).json(&json!({})).send().await.expect("answers");
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().ok()), (502, Some("text/html")));
    let text = json!({"messaging_product": "whatsapp", "to": "+4915112345678", "type": "template", "template": stage.opt_in()});
    faults.set(Fault::new(FaultName::Reset).times(1));
    assert!(stage.graph(text.clone()).await.expect_err("reset").is_request());
    assert_eq!(stage.whatsapp.count("graph.message"), 0);
    faults.set(Fault::new(FaultName::TimeoutAfterAcceptance).times(1).lasting(Duration::from_millis(50)));
    stage.graph(text.clone()).await.expect_err("held, then reset");
    assert_eq!(stage.whatsapp.phone("tom").expect("known").len(), 1);
    faults.set(Fault::new(FaultName::GraphError).times(1).code(131_056).status(400));
    let (status, body) = stage.graph(text.clone()).await.expect("answers");
    assert_eq!((status, &body["error"]["code"]), (400, &json!(131_056)));
    assert_eq!(stage.graph(text).await.expect("answers").0, 200);
}

#[tokio::test]
async fn duplicates_reordering_and_early_statuses_happen_on_demand() {
    let stage = stage().await;
    let faults = stage.whatsapp.faults();
    faults.set(Fault::new(FaultName::Duplicate).times(1));
    stage.whatsapp.client_types("tom", "once").expect("typed");
    stage.settles().await;
    assert_eq!(stage.kinds(), ["text", "text"]);
    stage.whatsapp.set_open("tom", true).expect("known");
    faults.set(Fault::new(FaultName::Reorder).times(1));
    faults.set(Fault::new(FaultName::EarlyStatus).times(1));
    stage.sends("+4915112345678", "text", json!({"body": "hi"})).await;
    // No waiting here: they came before the answer.
    assert_eq!(stage.kinds()[2..], ["read", "delivered", "sent"]);
}

#[tokio::test]
async fn the_handshake_wants_the_challenge_back() {
    let stage = stage().await;
    assert!(stage.whatsapp.verify(None).await.expect("asked").accepted);
    assert_eq!(stage.whatsapp.verify(Some("wrong")).await.expect("asked"), Handshake { status: 403, accepted: false });
}

#[tokio::test]
async fn a_quiet_world_counts_and_keeps_nothing() {
    let stage = stage().await;
    stage.whatsapp.set_quiet(true);
    assert_eq!(stage.sends("+4915112345678", "text", json!({"body": "hi"})).await.0, 200);
    assert_eq!((stage.whatsapp.count("graph.message"), stage.whatsapp.pending()), (1, 0));
    assert!(stage.whatsapp.journal(0).is_empty() && stage.whatsapp.phone("tom").expect("known").is_empty());
}
