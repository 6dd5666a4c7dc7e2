//! Who may come in, and what a repeated or strange delivery does: everything over HTTP.

use crate::harness::{World, words};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::path::{Path, PathBuf};
use switchboard::clock::Clock;
use switchboard::simulator::{Draft, Fault, FaultName, TeamsWorld};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// A good activity of Ana's, with members laid over it; `null` removes one.
fn activity(world: &World, members: Value) -> Vec<u8> {
    let mut activity = world.teams.activity("ana", &Draft::text("let me in")).expect("known");
    lay_over(&mut activity, members);
    activity.to_string().into_bytes()
}

/// A token with changed claims and header; `null` removes one.
fn token(world: &World, header: Value, claims: Value) -> String {
    let mut all = world.teams.good_claims();
    lay_over(&mut all, claims);
    format!("Bearer {}", world.teams.sign(header, all))
}

fn lay_over(target: &mut Value, members: Value) {
    let (Some(target), Value::Object(members)) = (target.as_object_mut(), members) else { return };
    target.extend(members);
    target.retain(|_, value| !value.is_null());
}

/// A token made by hand.
fn made(header: &Value, claims: &Value, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = sign(&input);
    format!("Bearer {input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn activities_without_a_good_token_change_nothing_and_learn_nothing() {
    let world = World::start().await;
    let now = world.clock.now().timestamp();
    let good = token(&world, json!({}), json!({}));
    let header: Value = {
        let part = good.trim_start_matches("Bearer ").split('.').next().expect("a header");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
    };
    let kid = header["kid"].clone();
    let stranger = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let world = TeamsWorld::start(listener, switchboard::simulator::defaults().teams, Clock::System).await.expect("starts");
        world.rotate_keys().await.expect("another key");
        world
    };
    let by_stranger = |header: Value| format!("Bearer {}", stranger.sign(header, world.teams.good_claims()));
    let hmac = |input: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(kid.as_str().expect("a key id").as_bytes()).expect("any length");
        mac.update(input.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let tampered = {
        let mut parts: Vec<&str> = good.split('.').collect();
        let mut claims = world.teams.good_claims();
        claims["exp"] = json!(now + 100_000);
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        parts[1] = &payload;
        parts.join(".")
    };
    let plain = || activity(&world, json!({}));
    let other_service = "https://evil.example/teams/";
    let unauthenticated: Vec<(&str, Option<String>, Vec<u8>)> = vec![
        ("no header", None, plain()),
        ("empty header", Some(String::new()), plain()),
        ("another scheme", Some(good.replace("Bearer", "Basic")), plain()),
        ("no token", Some("Bearer".to_owned()), plain()),
        ("two tokens", Some(format!("{good} {}", good.trim_start_matches("Bearer "))), plain()),
        ("a list of tokens", Some(format!("{good}, {good}")), plain()),
        ("no JWT", Some("Bearer secret".to_owned()), plain()),
        ("rubbish of the right shape", Some("Bearer a.b.c".to_owned()), plain()),
        ("a token too long", Some(format!("Bearer {}", "a".repeat(20_000))), plain()),
        ("says HS256", Some(token(&world, json!({"alg": "HS256"}), json!({}))), plain()),
        ("is HS256", Some(made(&json!({"alg": "HS256", "kid": kid}), &world.teams.good_claims(), hmac)), plain()),
        ("none", Some(made(&json!({"alg": "none", "kid": kid}), &world.teams.good_claims(), |_| Vec::new())), plain()),
        ("RS256 without a signature", Some(made(&header, &world.teams.good_claims(), |_| Vec::new())), plain()),
        ("says RS512", Some(token(&world, json!({"alg": "RS512"}), json!({}))), plain()),
        ("a critical extension", Some(token(&world, json!({"crit": ["x"]}), json!({}))), plain()),
        ("an unknown key", Some(token(&world, json!({"kid": "nobody"}), json!({}))), plain()),
        ("a stranger's key under our name", Some(by_stranger(json!({"kid": kid}))), plain()),
        ("a stranger's key", Some(by_stranger(json!({}))), plain()),
        ("a changed payload", Some(tampered), plain()),
        ("a cut signature", Some(good[..good.len() - 8].to_owned()), plain()),
        ("expired", Some(token(&world, json!({}), json!({"exp": now - 301}))), plain()),
        ("no end", Some(token(&world, json!({}), json!({"exp": null}))), plain()),
        ("not valid yet", Some(token(&world, json!({}), json!({"nbf": now + 301}))), plain()),
        ("for somebody else", Some(token(&world, json!({}), json!({"aud": "00000000-0000-0000-0000-000000000000"}))), plain()),
        ("for nobody", Some(token(&world, json!({}), json!({"aud": null}))), plain()),
        ("another issuer", Some(token(&world, json!({}), json!({"iss": "https://sts.windows.net/x/"}))), plain()),
        ("no issuer", Some(token(&world, json!({}), json!({"iss": null}))), plain()),
        ("no serviceurl", Some(token(&world, json!({}), json!({"serviceurl": null}))), plain()),
        ("another serviceurl", Some(token(&world, json!({}), json!({"serviceurl": other_service}))), plain()),
        ("an activity of another service", Some(good.clone()), activity(&world, json!({"serviceUrl": other_service}))),
        ("an activity without a service", Some(good.clone()), activity(&world, json!({"serviceUrl": null}))),
        ("no token and no activity", None, b"garbage".to_vec()),
    ];
    let elsewhere = token(&world, json!({}), json!({"serviceurl": other_service}));
    let tenant = "11111111-2222-3333-4444-555555555555";
    let forbidden = vec![
        ("a host that is not allowed", elsewhere, activity(&world, json!({"serviceUrl": other_service}))),
        ("another channel", good.clone(), activity(&world, json!({"channelId": "emulator"}))),
        ("no channel", good.clone(), activity(&world, json!({"channelId": null}))),
        (
            "another tenant",
            good.clone(),
            activity(&world, json!({"channelData": {"tenant": {"id": tenant}}, "conversation": {"id": "a:1", "tenantId": tenant}})),
        ),
        ("two tenants", good.clone(), activity(&world, json!({"channelData": {"tenant": {"id": tenant}}}))),
        ("no tenant", good.clone(), activity(&world, json!({"channelData": null, "conversation": {"id": "a:1"}}))),
    ];
    let malformed = vec![
        ("garbage", good.clone(), b"garbage".to_vec()),
        ("nothing", good.clone(), Vec::new()),
        ("a list", good.clone(), b"[]".to_vec()),
    ];

    let before = (world.journal().await.len(), world.ana().chat().len());
    assert!(unauthenticated.len() + forbidden.len() + malformed.len() > 30);
    let cases = unauthenticated.into_iter().map(|(name, authorization, body)| (name, authorization, body, 401, "unauthorized\n"));
    let cases = cases.chain(forbidden.into_iter().map(|(name, token, body)| (name, Some(token), body, 403, "forbidden\n")));
    let cases = cases.chain(malformed.into_iter().map(|(name, token, body)| (name, Some(token), body, 400, "bad request\n")));
    for (name, authorization, body, status, answer) in cases {
        let got = world.teams.posts(body, authorization.as_deref()).await.expect("posted");
        assert_eq!(got, (status, answer.to_owned()), "{name}");
    }
    world.settle().await;
    assert_eq!((world.journal().await.len(), world.ana().chat().len()), before);
    // And the good one is good.
    assert_eq!(world.teams.posts(plain(), Some(&good)).await.expect("posted").0, 200);
    world.settle().await;
    world.ana().sees("You have no open conversation");
}

#[tokio::test]
async fn keys_that_change_are_followed() {
    let world = World::start().await;
    world.teams.rotate_keys().await.expect("a new key");
    world.advance_hours(1).await;
    world.ana().types("help").await;
    world.ana().sees("Commands");
}

/// A webhook with a text of Tom's.
fn webhook(world: &World, wamids: &[String]) -> Vec<u8> {
    let number = &world.cast.whatsapp.numbers[0];
    let at = world.clock.now().timestamp().to_string();
    let messages: Vec<Value> = wamids
        .iter()
        .map(|id| json!({"from": "4915112345678", "id": id, "timestamp": at, "type": "text", "text": {"body": format!("I am {id}")}}))
        .collect();
    let value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "49305550100", "phone_number_id": number.phone_number_id},
        "contacts": [{"profile": {"name": "Tom Becker"}, "wa_id": "4915112345678"}], "messages": messages});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": [{"field": "messages", "value": value}]}]});
    body.to_string().into_bytes()
}

#[tokio::test]
async fn webhooks_without_a_good_signature_change_nothing_and_learn_nothing() {
    let world = World::start().await;
    let body = webhook(&world, &["wamid.forged".to_owned()]);
    let good = world.whatsapp.signature(&body);
    let digits = good.trim_start_matches("sha256=");
    let wrong_secret = {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"another secret").expect("any length");
        mac.update(&body);
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    };
    let before = world.journal().await.len();
    let cases = [
        ("no header", String::new()),
        ("wrong secret", wrong_secret),
        ("cut", good[..good.len() - 2].to_owned()),
        ("one digit too many", format!("{good}0")),
        ("of another body", world.whatsapp.signature(b"{}")),
        ("of the body with a line break", world.whatsapp.signature(&[&body[..], b"\n"].concat())),
        ("upper-case prefix", format!("SHA256={digits}")),
        ("sha1", format!("sha1={digits}")),
        ("no prefix", digits.to_owned()),
        ("only the prefix", "sha256=".to_owned()),
        ("no hexadecimal digits", format!("sha256={}", "z".repeat(64))),
        ("zeros", format!("sha256={}", "0".repeat(64))),
        ("two", format!("{good},{good}")),
    ];
    for (name, signature) in cases {
        let got = world.whatsapp.posts(body.clone(), Some(&signature)).await.expect("posted");
        assert_eq!(got, (401, "unauthorized\n".to_owned()), "{name}");
    }
    world.settle().await;
    assert_eq!(world.journal().await.len(), before);
    assert_eq!(world.whatsapp.posts(body, None).await.expect("posted").0, 200);
    world.settle().await;
    world.ana().sees("I am wamid.forged");
}

#[tokio::test]
async fn the_handshake_returns_the_challenge_to_who_knows_the_token_only() {
    let world = World::start().await;
    assert!(world.whatsapp.verify(None).await.expect("asked").accepted);
    assert_eq!(world.whatsapp.verify(Some("wrong")).await.expect("asked").status, 403);
    assert_eq!(world.whatsapp.verify(Some("")).await.expect("asked").status, 403);
    let token = &world.cast.whatsapp.verify_token;
    for query in [
        String::new(),
        format!("hub.verify_token={token}&hub.challenge=7"),
        format!("hub.mode=unsubscribe&hub.verify_token={token}&hub.challenge=7"),
        format!("hub.mode=subscribe&hub.verify_token={token}"),
        "hub.mode=subscribe&hub.challenge=7".to_owned(),
    ] {
        let response = world.http().get(format!("{}/webhooks/whatsapp?{query}", world.base())).send().await.expect("answers");
        assert_eq!(response.status(), 403, "{query}");
        assert!(!response.text().await.expect("a body").contains('7'), "{query}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_one_below_is_read() {
    let world = World::start().await;
    let padded = |length: usize| {
        let mut body = webhook(&world, &["wamid.large".to_owned()]);
        body.resize(length, b' ');
        body
    };
    let limit = 3 * 1024 * 1024;
    assert_eq!(world.whatsapp.posts(padded(limit + 1), None).await.expect("posted"), (413, "too large\n".to_owned()));
    assert_eq!(world.recorded("message.received").await, 0);
    assert_eq!(world.whatsapp.posts(padded(limit), None).await.expect("posted").0, 200);
    assert_eq!(world.recorded("message.received").await, 1);
    world.settle().await;
    let mut large = activity(&world, json!({}));
    large.resize(1024 * 1024 + 1, b' ');
    assert_eq!(world.teams.posts(large, Some(&token(&world, json!({}), json!({})))).await.expect("posted").0, 413);
}

#[tokio::test]
async fn the_same_activity_is_taken_once_one_after_the_other_and_at_the_same_time() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    let id = ana.types("Once").await;
    for _ in 0..3 {
        assert_eq!(world.teams.resends("ana", &id).await.expect("sent").status, 200);
    }
    world.teams.faults().set(Fault::new(FaultName::Duplicate).times(1));
    ana.types("Twice at once").await;
    assert_eq!(maria.free_texts()[1..], ["Once", "Twice at once"]);
    // Also a day later, and after a restart.
    world.advance_hours(20).await;
    world.stop().await;
    world.start_again().await;
    assert_eq!(world.teams.resends("ana", &id).await.expect("sent").status, 200);
    world.settle().await;
    assert_eq!(maria.free_texts()[1..], ["Once", "Twice at once"]);
}

#[tokio::test]
async fn the_same_webhook_is_taken_once_one_after_the_other_and_at_the_same_time() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.whatsapp.faults().set(Fault::new(FaultName::Duplicate).times(1));
    maria.types("Twice at once").await;
    let body = webhook(&world, &["wamid.same".to_owned()]);
    for _ in 0..3 {
        assert_eq!(world.whatsapp.posts(body.clone(), None).await.expect("posted").0, 200);
    }
    world.advance_hours(24 * 6).await;
    assert_eq!(world.whatsapp.posts(body, None).await.expect("posted").0, 200);
    world.settle().await;
    assert_eq!(ana.heard()[1..], ["Maria Oliveira: Twice at once"]);
    assert_eq!(ana.times_seen("I am wamid.same"), 1);
}

#[tokio::test]
async fn a_repeated_invoke_executes_once_and_is_answered_the_same() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.opens(&maria).await;
    let card = ana.find("has not agreed to WhatsApp messages yet").activity_id;
    let shown = ana.find("has not agreed to WhatsApp messages yet").card.expect("a card");
    let contact = find(&shown, "contact").expect("the button names the contact");
    let action = json!({"type": "Action.Execute", "verb": "consent.request", "data": {"verb": "consent.request", "contact": contact, "basis": "contract"}});
    let click = || world.teams.click_action("ana", &card, &action, Value::Null);
    let (one, two) = tokio::join!(click(), click());
    let three = click().await;
    let answers = [one, two, three].map(|answer| answer.expect("answered"));
    assert_ne!(answers[0].activity_id, answers[1].activity_id);
    for answer in &answers {
        assert!(words(answer.card.as_ref().expect("a card")).contains("Request sent."), "{answer:?}");
    }
    world.settle().await;
    assert_eq!((maria.received().len(), world.recorded("consent.requested").await), (1, 1));
}

/// "a stale card answers with the current state" (product.md 7): also when the same button was pressed a moment ago. What Teams repeats
/// under the same id is one press.
#[tokio::test]
async fn what_only_shows_something_shows_how_it_stands_at_every_press() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    let card = ana.card_of(&maria).expect("a thread card").activity_id;
    let pressed = ana.clicks_on(&card, "Held", Value::Null).await;
    assert_eq!((ana.times_seen("No held messages in this conversation."), ana.times_seen("See you")), (1, 0), "{}", ana.transcript());
    ana.types("See you").await;
    let before = ana.times_seen("See you");
    world.teams.resends("ana", &pressed.activity_id).await.expect("sent");
    world.settle().await;
    assert_eq!((ana.times_seen("No held messages in this conversation."), ana.times_seen("See you")), (1, before), "{}", ana.transcript());
    ana.clicks_on(&card, "Held", Value::Null).await;
    assert_eq!(
        (ana.times_seen("No held messages in this conversation."), ana.times_seen("See you")),
        (1, before + 1),
        "{}",
        ana.transcript()
    );
}

fn find(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Object(members) => {
            members.get(name).filter(|found| found.is_i64()).cloned().or_else(|| members.values().find_map(|inner| find(inner, name)))
        }
        Value::Array(all) => all.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

#[tokio::test]
async fn what_nobody_knows_is_answered_friendly() {
    let world = World::start().await;
    for kind in ["typing", "event", "endOfConversation", "trace", "handoff", "somethingNew", "messageReaction", "contactRelationUpdate"] {
        let members = json!({"type": kind, "future": {"field": [1, 2]}, "reactionsAdded": [{"type": "glow"}]});
        assert_eq!(world.teams.sends_raw("ana", members).await.expect("sent").status, 200, "{kind}");
    }
    for value in [json!(null), json!(7), json!("text"), json!([]), json!({}), json!({"verb": "no.such"}), json!({"verb": 9})] {
        let posted = world.teams.sends_raw("ana", json!({"type": "message", "value": value, "text": null})).await.expect("sent");
        assert_eq!(posted.status, 200, "{value}");
        let action = json!({"type": "invoke", "name": "adaptiveCard/action", "value": {"action": value}});
        let posted = world.teams.sends_raw("ana", action).await.expect("sent");
        assert_eq!(posted.status, 200, "{value}: {}", posted.body);
    }
    let posted =
        world.teams.sends_raw("ana", json!({"type": "invoke", "name": "composeExtension/query", "value": {}})).await.expect("sent");
    assert!(posted.status == 200 || posted.status == 501, "{posted:?}");
    world.whatsapp.announces("102290129340398", "field_of_the_future", json!({"any": "thing"}));
    world.whatsapp.announces("102290129340398", "message_template_status_update", json!({"event": "PAUSED", "message_template_id": 1}));
    world.settle().await;
    assert_eq!(world.last_record("webhook.unknown").await.body["field"], "field_of_the_future");
}

#[tokio::test]
async fn a_signed_body_that_cannot_be_read_is_kept() {
    let world = World::start().await;
    for (body, at_least) in [(&b"not json"[..], 1), (b"", 2), (b"{\"object\": 7}", 2), (b"\xff\xfe", 3)] {
        assert_eq!(world.whatsapp.posts(body.to_vec(), None).await.expect("posted").0, 200, "{body:?}");
        assert!(world.recorded("webhook.unreadable").await >= at_least, "{body:?}");
    }
}

#[tokio::test]
async fn a_thousand_updates_in_one_post_are_all_recorded() {
    let world = World::start().await.may_leave_work();
    let wamids: Vec<String> = (0..1_000).map(|n| format!("wamid.{n}")).collect();
    let body = webhook(&world, &wamids);
    let (one, two) = tokio::join!(world.whatsapp.posts(body.clone(), None), world.whatsapp.posts(body, None));
    assert_eq!((one.expect("posted").0, two.expect("posted").0), (200, 200));
    let received: Vec<Value> =
        world.journal().await.into_iter().filter(|row| row.kind == "message.received").map(|row| row.body["wamid"].clone()).collect();
    assert_eq!(received, wamids);
}

/// The shared samples of a kind; none when the folder is not there.
fn samples(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(SHARED).join("samples/whatsapp");
    let Ok(manifest) = std::fs::read_to_string(folder.join("MANIFEST.tsv")) else {
        eprintln!("{} is not there", folder.display());
        return Vec::new();
    };
    let rows = manifest.lines().filter_map(|line| line.split_once('\t'));
    rows.filter(|(_, rest)| rest.split('\t').next() == Some(kind)).map(|(name, _)| folder.join(name)).collect()
}

#[tokio::test]
async fn every_published_webhook_is_answered_200() {
    let world = World::start().await;
    for path in samples("webhook") {
        let body = std::fs::read(&path).expect("a sample");
        assert_eq!(world.whatsapp.posts(body.clone(), None).await.expect("posted").0, 200, "{}", path.display());
        // The same of our own number, so that it is not passed over.
        let mut own: Value = serde_json::from_slice(&body).expect("JSON");
        adopt(&mut own, &world);
        assert_eq!(world.whatsapp.posts(own.to_string().into_bytes(), None).await.expect("posted").0, 200, "{}", path.display());
    }
    world.settle().await;
    assert_eq!(world.recorded("webhook.unreadable").await, 0);
}

/// Makes a published webhook one of our number.
fn adopt(value: &mut Value, world: &World) {
    match value {
        Value::Object(members) => {
            if let Some(id) = members.get_mut("phone_number_id") {
                *id = json!(world.cast.whatsapp.numbers[0].phone_number_id);
            }
            members.values_mut().for_each(|inner| adopt(inner, world));
        }
        Value::Array(all) => all.iter_mut().for_each(|inner| adopt(inner, world)),
        _ => {}
    }
}

#[tokio::test]
async fn every_activity_recorded_from_the_playground_is_answered() {
    let Ok(text) = std::fs::read_to_string(Path::new(SHARED).join("schemas/playground-recorded-activities.json")) else {
        eprintln!("the recorded activities are not there");
        return;
    };
    let world = World::start().await;
    let recorded: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert!(recorded.len() > 10);
    let ana = &world.cast.teams.users[0];
    for (at, entry) in recorded.iter().enumerate() {
        let mut body = entry["body"].clone();
        let personal = body["conversation"]["conversationType"] == "personal";
        body["serviceUrl"] = json!(world.teams.service_url());
        body["channelId"] = json!("msteams");
        body["from"] = json!({"id": ana.user_id, "aadObjectId": ana.object_id, "name": ana.name});
        body["conversation"]["tenantId"] = json!(world.cast.teams.tenant_id);
        body["channelData"]["tenant"] = json!({"id": world.cast.teams.tenant_id});
        if personal {
            body["conversation"]["id"] = json!(ana.conversation_id);
        }
        let (status, answer) =
            world.teams.posts(body.to_string().into_bytes(), Some(&token(&world, json!({}), json!({})))).await.expect("posted");
        let name = body["name"].as_str().unwrap_or_default();
        let unknown_invoke = body["type"] == "invoke" && name != "adaptiveCard/action" && status == 501;
        assert!((200..300).contains(&status) || unknown_invoke, "{at}: {} {name}: {status} {answer}", body["type"]);
    }
    world.settle().await;
}

#[tokio::test]
async fn probes_and_health_are_answered() {
    let world = World::start().await;
    for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/api/messages", 405), ("/", 404), ("/demo/journal", 404)] {
        let response = world.http().get(format!("{}{path}", world.base())).send().await.expect("answers");
        assert_eq!(response.status(), status, "{path}");
    }
}
