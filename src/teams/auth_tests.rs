//! The auth matrix: every way we know to be wrong, and the few to be right.

use super::super::testing::{self, KEY, OTHER_KEY, TestKey, World};
use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;

const SERVICE_URL: &str = "https://smba.trafficmanager.net/emea/";

struct Door {
    world: World,
    authenticator: Authenticator,
}

impl Door {
    async fn open() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let world = World::start(Vec::new()).await;
        let mut settings = world.settings();
        change(&mut settings);
        let authenticator = Authenticator::new(Arc::new(settings), testing::client(), world.clock.clone());
        Self { world, authenticator }
    }

    fn now(&self) -> i64 {
        self.world.clock.now().timestamp()
    }

    fn claims(&self) -> Value {
        json!({"iss": "https://api.botframework.com", "aud": "app-1", "serviceurl": SERVICE_URL, "nbf": self.now() - 10, "exp": self.now() + 3600})
    }

    /// A good token with one claim changed; `null` takes it out.
    fn token(&self, claim: &str, value: Value) -> String {
        KEY.sign("kid-1", &changed(self.claims(), claim, value))
    }

    fn good(&self) -> String {
        KEY.sign("kid-1", &self.claims())
    }

    async fn verify(&self, token: &str, body: &Value) -> Result<Activity, Refusal> {
        self.authenticator.verify(Some(&format!("Bearer {token}")), body.to_string().as_bytes()).await
    }

    fn fetches(&self) -> usize {
        let mut fetches = 0;
        self.world.change(|script| fetches = script.key_fetches);
        fetches
    }
}

fn changed(mut object: Value, key: &str, value: Value) -> Value {
    let map = object.as_object_mut().expect("an object");
    if value.is_null() {
        map.remove(key)
    } else {
        map.insert(key.to_owned(), value)
    };
    object
}

fn body() -> Value {
    json!({"type": "message", "id": "1", "channelId": "msteams", "serviceUrl": SERVICE_URL, "text": "hello",
        "conversation": {"id": "a:1", "tenantId": "tenant-1"}, "channelData": {"tenant": {"id": "tenant-1"}}})
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(header), part(claims))
}

#[tokio::test]
async fn a_good_token_brings_its_activity_in() {
    let door = Door::open().await;
    let activity = door.verify(&door.good(), &body()).await.expect("everything is right");
    assert_eq!(activity.text.as_deref(), Some("hello"));
    for audience in ["api://botid-app-1", "api://app-1"] {
        door.verify(&door.token("aud", json!(audience)), &body()).await.expect("every form of the audience is right");
    }
    door.authenticator
        .verify(Some(&format!("bearer {}", door.good())), body().to_string().as_bytes())
        .await
        .expect("any case of the scheme");
    let other_spelling = changed(body(), "serviceUrl", json!("https://SMBA.trafficmanager.net/emea"));
    door.verify(&door.good(), &other_spelling).await.expect("the same address in another spelling");
}

#[tokio::test]
async fn bad_tokens_are_refused_each_for_its_reason() {
    let door = Door::open().await;
    let good = door.good();
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let now = door.now();
    let hs256 = |secret: &str| {
        let header = Header { kid: Some("kid-1".to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &door.claims(), &EncodingKey::from_secret(secret.as_bytes())).expect("it can be signed")
    };
    let headed = |header: Header| jsonwebtoken::encode(&header, &door.claims(), &KEY.signing).expect("it can be signed");
    let rs = |alg| Header { kid: Some("kid-1".to_owned()), ..Header::new(alg) };
    let forged = unsigned(&json!({"alg": "RS256", "kid": "kid-1"}), &door.claims());
    let mut payload = door.claims();
    payload["aud"] = json!("app-2");
    let swapped = format!("{}.{}.{signature}", good.split('.').next().expect("a header"), URL_SAFE_NO_PAD.encode(payload.to_string()));

    let matrix: Vec<(&str, String, Reason)> = vec![
        ("empty", String::new(), Reason::NotBearer),
        ("scheme alone", "Bearer".into(), Reason::NotBearer),
        ("scheme and space", "Bearer ".into(), Reason::NotBearer),
        ("three parts", format!("Bearer {good} {good}"), Reason::NotBearer),
        ("another scheme", format!("Basic {good}"), Reason::NotBearer),
        ("token without scheme", good.clone(), Reason::NotBearer),
        ("far too long", format!("Bearer {}", "a".repeat(MAX_TOKEN + 1)), Reason::NotBearer),
        ("rubbish", "Bearer rubbish".into(), Reason::UnreadableToken),
        ("dots", "Bearer ..".into(), Reason::UnreadableToken),
        ("no signature part", format!("Bearer {signed}"), Reason::UnreadableToken),
        ("empty signature", format!("Bearer {forged}"), Reason::BadSignature),
        ("alg none", format!("Bearer {}", unsigned(&json!({"alg": "none", "kid": "kid-1"}), &door.claims())), Reason::WrongAlgorithm),
        ("HS256 with the public key", format!("Bearer {}", hs256(&KEY.n)), Reason::WrongAlgorithm),
        ("HS256 of the Playground", format!("Bearer {}", hs256("dummy-secret-key")), Reason::WrongAlgorithm),
        ("RS384", format!("Bearer {}", headed(rs(Algorithm::RS384))), Reason::WrongAlgorithm),
        ("RS512", format!("Bearer {}", headed(rs(Algorithm::RS512))), Reason::WrongAlgorithm),
        ("PS256", format!("Bearer {}", headed(rs(Algorithm::PS256))), Reason::WrongAlgorithm),
        ("no kid", format!("Bearer {}", headed(Header::new(Algorithm::RS256))), Reason::NoKeyId),
        (
            "critical extension",
            format!("Bearer {}", headed(Header { crit: Some(vec!["exp".into()]), ..rs(Algorithm::RS256) })),
            Reason::UnreadableToken,
        ),
        ("unknown kid", format!("Bearer {}", KEY.sign("kid-9", &door.claims())), Reason::UnknownKey),
        ("another key under our kid", format!("Bearer {}", OTHER_KEY.sign("kid-1", &door.claims())), Reason::BadSignature),
        ("payload exchanged", format!("Bearer {swapped}"), Reason::BadSignature),
        ("signature cut", format!("Bearer {}", &good[..good.len() - 2]), Reason::BadSignature),
        ("no issuer", format!("Bearer {}", door.token("iss", Value::Null)), Reason::WrongIssuer),
        ("Entra as issuer", format!("Bearer {}", door.token("iss", json!("https://sts.windows.net/tenant-1/"))), Reason::WrongIssuer),
        ("issuer with a slash", format!("Bearer {}", door.token("iss", json!("https://api.botframework.com/"))), Reason::WrongIssuer),
        ("no audience", format!("Bearer {}", door.token("aud", Value::Null)), Reason::WrongAudience),
        ("another bot", format!("Bearer {}", door.token("aud", json!("app-2"))), Reason::WrongAudience),
        ("audience in an empty list", format!("Bearer {}", door.token("aud", json!([]))), Reason::WrongAudience),
        ("audience that contains ours", format!("Bearer {}", door.token("aud", json!("app-1.evil"))), Reason::WrongAudience),
        ("no end", format!("Bearer {}", door.token("exp", Value::Null)), Reason::Expired),
        ("ended", format!("Bearer {}", door.token("exp", json!(now - 300))), Reason::Expired),
        ("begins later", format!("Bearer {}", door.token("nbf", json!(now + 301))), Reason::NotYetValid),
        ("end as text", format!("Bearer {}", door.token("exp", json!("never"))), Reason::UnreadableToken),
        ("no serviceurl", format!("Bearer {}", door.token("serviceurl", Value::Null)), Reason::NoServiceUrlClaim),
        ("empty serviceurl", format!("Bearer {}", door.token("serviceurl", json!(""))), Reason::NoServiceUrlClaim),
        (
            "another serviceurl",
            format!("Bearer {}", door.token("serviceurl", json!("https://smba.trafficmanager.net/amer/"))),
            Reason::ServiceUrlMismatch,
        ),
    ];
    for (name, header, reason) in &matrix {
        let refusal = door.authenticator.verify(Some(header), body().to_string().as_bytes()).await.expect_err(name);
        assert_eq!(refusal, Refusal::Unauthenticated(*reason), "{name}");
        // Nothing of the body is judged before the token is good.
        if *reason != Reason::ServiceUrlMismatch {
            let refusal = door.authenticator.verify(Some(header), b"no json").await.expect_err(name);
            assert_eq!(refusal.status(), 401, "{name}");
        }
    }
    assert_eq!(door.authenticator.verify(None, b"").await, Err(Refusal::Unauthenticated(Reason::NoHeader)));
}

#[rstest]
#[case::no_json(b"{", Refusal::Malformed(Reason::NoActivity))]
#[case::no_object(b"[1]", Refusal::Malformed(Reason::NoActivity))]
#[case::no_type(b"{}", Refusal::Malformed(Reason::NoActivity))]
#[tokio::test]
async fn a_good_token_with_a_body_that_is_no_activity_is_malformed(#[case] body: &[u8], #[case] refusal: Refusal) {
    let door = Door::open().await;
    assert_eq!(door.authenticator.verify(Some(&format!("Bearer {}", door.good())), body).await, Err(refusal));
}

#[rstest]
#[case("channelId", json!("emulator"), Refusal::Forbidden(Reason::WrongChannel))]
#[case("channelId", json!(null), Refusal::Forbidden(Reason::WrongChannel))]
#[case("serviceUrl", json!(null), Refusal::Unauthenticated(Reason::ServiceUrlMismatch))]
#[case("serviceUrl", json!("https://evil.example/"), Refusal::Unauthenticated(Reason::ServiceUrlMismatch))]
#[case("serviceUrl", json!("https://smba.trafficmanager.net.evil.example/emea/"), Refusal::Unauthenticated(Reason::ServiceUrlMismatch))]
#[case("channelData", json!({"tenant": {"id": "tenant-2"}}), Refusal::Forbidden(Reason::TenantMismatch))]
#[tokio::test]
async fn a_good_token_does_not_excuse_a_wrong_body(#[case] key: &str, #[case] value: Value, #[case] refusal: Refusal) {
    let door = Door::open().await;
    // Twice: a token that is remembered excuses it no more than a new one.
    for _ in 0..2 {
        assert_eq!(door.verify(&door.good(), &changed(body(), key, value.clone())).await, Err(refusal));
    }
}

#[tokio::test]
async fn tenants_outside_of_the_list_are_forbidden() {
    let door = Door::open().await;
    let mut foreign = body();
    foreign["conversation"]["tenantId"] = json!("tenant-2");
    foreign["channelData"]["tenant"]["id"] = json!("tenant-2");
    assert_eq!(door.verify(&door.good(), &foreign).await, Err(Refusal::Forbidden(Reason::TenantNotAllowed)));

    let mut nowhere = changed(body(), "channelData", Value::Null);
    nowhere["conversation"] = json!({"id": "a:1"});
    for kind in ["message", "invoke", "installationUpdate", "conversationUpdate"] {
        let refused = door.verify(&door.good(), &changed(nowhere.clone(), "type", json!(kind))).await;
        assert_eq!(refused, Err(Refusal::Forbidden(Reason::NoTenant)), "{kind}");
    }
    door.verify(&door.good(), &changed(nowhere, "type", json!("typing"))).await.expect("nobody acts on it");
    door.verify(&door.good(), &changed(body(), "channelData", Value::Null)).await.expect("one place is enough");
}

#[tokio::test]
async fn without_a_list_only_the_own_tenant_is_allowed() {
    let door = Door::with(|settings| settings.allowed_tenants.clear()).await;
    door.verify(&door.good(), &body()).await.expect("the own tenant");
    let foreign = json!({"type": "message", "channelId": "msteams", "serviceUrl": SERVICE_URL, "conversation": {"id": "a", "tenantId": ""}, "channelData": {"tenant": {"id": "x"}}});
    assert_eq!(door.verify(&door.good(), &foreign).await, Err(Refusal::Forbidden(Reason::TenantNotAllowed)));
}

#[rstest]
#[case("https://evil.trafficmanager.net/emea/")]
#[case("http://smba.trafficmanager.net/emea/")]
#[tokio::test]
async fn a_host_outside_of_the_list_is_forbidden_even_when_the_token_names_it(#[case] url: &str) {
    let door = Door::open().await;
    let token = door.token("serviceurl", json!(url));
    assert_eq!(
        door.verify(&token, &changed(body(), "serviceUrl", json!(url))).await,
        Err(Refusal::Forbidden(Reason::ServiceHostNotAllowed))
    );
}

#[rstest]
#[case(json!(["msteams", "skype"]), true)]
#[case(json!([]), true)]
#[case(json!(null), true)]
#[case(json!(["webchat"]), false)]
#[tokio::test]
async fn a_key_must_be_endorsed_for_the_channel_when_it_lists_any(#[case] endorsements: Value, #[case] accepted: bool) {
    let door = Door::open().await;
    door.world.change(|script| script.keys = Some(vec![KEY.jwk("kid-1", endorsements)]));
    let verified = door.verify(&door.good(), &body()).await.map(drop);
    assert_eq!(verified, if accepted { Ok(()) } else { Err(Refusal::Forbidden(Reason::NotEndorsed)) });
}

#[tokio::test]
async fn five_minutes_of_difference_between_clocks_are_tolerated_and_no_more() {
    let door = Door::open().await;
    let token = door.good();
    door.world.clock.advance(Duration::from_secs(3600 + 299));
    door.verify(&token, &body()).await.expect("within the tolerance");
    door.world.clock.advance(Duration::from_secs(1));
    // It is remembered as verified, and ends all the same.
    assert_eq!(door.verify(&token, &body()).await, Err(Refusal::Unauthenticated(Reason::Expired)));
    let later = KEY.sign("kid-1", &changed(door.claims(), "nbf", json!(door.now() + 300)));
    door.verify(&later, &body()).await.expect("within the tolerance");
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_after_a_day() {
    let door = Door::open().await;
    let token = door.good();
    let body = body();
    let all = futures_util::future::join_all((0..20).map(|_| door.verify(&token, &body))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(door.fetches(), 1);
    door.world.clock.advance(Duration::from_secs(24 * 3600));
    door.verify(&door.good(), &body).await.expect("still good");
    assert_eq!(door.fetches(), 2);
}

#[tokio::test]
async fn an_unknown_kid_causes_one_fetch_in_five_minutes() {
    let door = Door::open().await;
    door.authenticator.prefetch().await.expect("the world answers");
    for n in 0..10 {
        let refused = door.verify(&KEY.sign(&format!("kid-{n}x"), &door.claims()), &body()).await;
        assert_eq!(refused, Err(Refusal::Unauthenticated(Reason::UnknownKey)));
    }
    assert_eq!(door.fetches(), 2);
    door.world.change(|script| script.keys = Some(vec![OTHER_KEY.jwk("kid-2", json!(["msteams"]))]));
    let rotated = OTHER_KEY.sign("kid-2", &door.claims());
    door.world.clock.advance(Duration::from_secs(299));
    assert_eq!(door.verify(&rotated, &body()).await, Err(Refusal::Unauthenticated(Reason::UnknownKey)));
    door.world.clock.advance(Duration::from_secs(1));
    door.verify(&rotated, &body()).await.expect("the new key was fetched");
    assert_eq!(door.fetches(), 3);
}

#[tokio::test]
async fn a_remembered_token_ends_with_the_keys_that_verified_it() {
    let door = Door::open().await;
    let old = door.good();
    door.verify(&old, &body()).await.expect("good");
    door.world.change(|script| script.keys = Some(vec![OTHER_KEY.jwk("kid-2", json!(["msteams"]))]));
    door.verify(&OTHER_KEY.sign("kid-2", &door.claims()), &body()).await.expect("the new key was fetched");
    assert_eq!(door.verify(&old, &body()).await, Err(Refusal::Unauthenticated(Reason::UnknownKey)));
}

#[tokio::test]
async fn old_keys_are_served_while_new_ones_cannot_be_fetched() {
    let door = Door::open().await;
    assert!(!door.authenticator.ready());
    door.authenticator.prefetch().await.expect("the world answers");
    assert!(door.authenticator.ready());
    door.world.change(|script| script.keys = None);
    door.world.clock.advance(Duration::from_secs(25 * 3600));
    door.verify(&door.good(), &body()).await.expect("yesterday's key");
    door.verify(&door.good(), &body()).await.expect("and no second attempt at once");
    assert_eq!(door.fetches(), 2);
}

#[tokio::test]
async fn without_any_keys_nobody_comes_in_and_the_fetch_is_repeated_soon() {
    let door = Door::open().await;
    door.world.change(|script| script.keys = None);
    let token = door.good();
    for _ in 0..3 {
        assert_eq!(door.verify(&token, &body()).await, Err(Refusal::Unauthenticated(Reason::KeysUnavailable)));
    }
    assert_eq!(door.fetches(), 1);
    door.world.change(|script| script.keys = Some(vec![json!({"kty": "EC"}), json!(7), KEY.jwk("kid-1", Value::Null)]));
    door.world.clock.advance(Duration::from_secs(10));
    door.verify(&token, &body()).await.expect("the keys are there, unusable ones beside them");
}

#[tokio::test]
async fn keys_of_a_foreign_host_are_never_fetched() {
    let door = Door::open().await;
    let elsewhere = World::start(Vec::new()).await;
    door.world.change(|script| script.jwks_uri = Some(elsewhere.base.replace("127.0.0.1", "localhost") + "/keys"));
    assert_eq!(door.authenticator.prefetch().await, Err(KeyError::ForeignKeys));
    elsewhere.change(|script| assert_eq!(script.key_fetches, 0));
}

#[tokio::test]
async fn development_mode_takes_activities_without_a_header_and_nothing_else() {
    let door = Door::with(|settings| settings.unauthenticated_loopback = true).await;
    let authenticator = &door.authenticator;
    assert!(authenticator.ready());
    let verify =
        async |authorization: Option<&str>, body: Value| authenticator.verify(authorization, body.to_string().as_bytes()).await.map(drop);
    assert_eq!(verify(None, body()).await, Ok(()));
    assert_eq!(verify(None, changed(body(), "channelId", json!("x"))).await, Err(Refusal::Forbidden(Reason::WrongChannel)));
    let elsewhere = changed(body(), "serviceUrl", json!("https://evil.example/"));
    assert_eq!(verify(None, elsewhere).await, Err(Refusal::Forbidden(Reason::ServiceHostNotAllowed)));
    assert_eq!(authenticator.verify(None, b"{").await, Err(Refusal::Malformed(Reason::NoActivity)));
    let forged = format!("Bearer {}", OTHER_KEY.sign("kid-1", &door.claims()));
    assert_eq!(verify(Some(&forged), body()).await, Err(Refusal::Unauthenticated(Reason::BadSignature)));
    assert_eq!(verify(Some(""), body()).await, Err(Refusal::Unauthenticated(Reason::NotBearer)));
}

#[tokio::test]
async fn the_memory_of_tokens_is_bounded() {
    let door = Door::open().await;
    door.verify(&door.good(), &body()).await.expect("good");
    let entry = door.authenticator.verified.lock().expect("free").values().next().expect("one is remembered").clone();
    for n in 0..2 * REMEMBERED_TOKENS {
        door.authenticator.remember(Sha256::digest(n.to_be_bytes()).into(), entry.clone(), door.world.clock.now());
    }
    assert!(door.authenticator.verified.lock().expect("free").len() <= REMEMBERED_TOKENS);
}

#[test]
fn a_refusal_says_nothing_of_the_token() {
    let _: &TestKey = &KEY;
    let refusal = Refusal::Unauthenticated(Reason::BadSignature);
    assert_eq!((refusal.status(), refusal.to_string().as_str()), (401, "unauthenticated: the signature is wrong"));
}
