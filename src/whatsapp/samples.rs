//! Real payloads against the reader, the writer and the table of errors.
//!
//! `tests/golden/whatsapp` holds a few payloads of our own; the shared folder, where it is present, some 190 published ones. Both have a
//! `MANIFEST.tsv` of the same form: file, kind, what a reader must find in it.

use super::client::receipt;
use super::{convert, error, webhook};
use crate::bridge::{
    Button, ClientMessage, Content, Failure, FailureClass, MediaForm, Outcome, Outgoing, PriceCategory, PriceType, Recipient, StatusState,
    StatusUpdate, SystemEvent, TemplateAsset, TemplateButton, TemplateMessage, ToClient, Variable, WhatsAppEvent,
};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) struct Sample {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) must_find: String,
    body: Vec<u8>,
}

impl Sample {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

pub(super) fn samples(kinds: &[&str]) -> Vec<Sample> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("tests/golden/whatsapp");
    let shared = root.join("../shared/samples/whatsapp");
    if !shared.exists() {
        println!("the shared samples are not there: only the own payloads are tested");
    }
    let mut samples = Vec::new();
    for folder in [own, shared].into_iter().filter(|folder| folder.exists()) {
        let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).expect("a manifest");
        for line in manifest.lines().skip(1) {
            let mut columns = line.split('\t').map(str::to_owned);
            let mut column = || columns.next().expect("file, kind and what to find");
            let (name, kind, must_find) = (column(), column(), column());
            if kinds.contains(&kind.as_str()) {
                let body = std::fs::read(folder.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
                samples.push(Sample { name, kind, must_find, body });
            }
        }
    }
    assert!(!samples.is_empty(), "no sample of {kinds:?}");
    samples
}

/// Every key that the manifest writes as `key=value`; a value ends where the next of them begins.
const KEYS: &[&str] = &[
    "id",
    "from",
    "to",
    "ts",
    "group_id",
    "text",
    "media_id",
    "mime",
    "caption",
    "filename",
    "voice",
    "animated",
    "lat",
    "lon",
    "name",
    "contacts",
    "first",
    "target",
    "emoji",
    "interactive",
    "title",
    "description",
    "response_json",
    "response",
    "payload",
    "catalog",
    "items",
    "original",
    "new_type",
    "body",
    "wa_id",
    "user_id",
    "type",
    "errors",
    "unsupported.type",
    "context",
    "source",
    "recipient_id",
    "timestamp",
    "pricing",
    "biz_opaque_callback_data",
    "code",
    "subcode",
    "message",
    "details",
    "transient",
    "from_user_id",
    "message_status",
    "input",
    "wamid",
    "lang",
    "cat",
    "status",
    "components",
    "order catalog",
    "system body",
    "button text",
    "referral source",
];

fn claim<'a>(segment: &'a str, key: &str) -> Option<&'a str> {
    let start = segment
        .find(&format!(" {key}="))
        .map(|at| at + key.len() + 2)
        .or_else(|| segment.starts_with(&format!("{key}=")).then_some(key.len() + 1))?;
    let rest = &segment[start..];
    let end = KEYS.iter().filter_map(|next| rest.find(&format!(" {next}="))).min().unwrap_or(rest.len());
    Some(rest[..end].trim()).filter(|value| *value != "None")
}

#[test]
fn every_webhook_is_read_and_holds_what_the_manifest_says() {
    for sample in samples(&["webhook"]) {
        let notification = sample.json();
        let mut together = 0;
        let mut claims = sample.must_find.split(" || ");
        for entry in notification["entry"].as_array().expect("entries") {
            for change in entry["changes"].as_array().expect("changes") {
                let alone = json!({"entry": [{"id": entry["id"], "time": entry["time"], "changes": [change]}]});
                let events: Vec<_> = read(&sample, alone.to_string().as_bytes());
                together += events.len();
                check_change(&sample.name, claims.next().expect("a claim for every change"), change, &events);
            }
        }
        assert_eq!(claims.next(), None, "{}", sample.name);
        assert_eq!(read(&sample, &sample.body).len(), together, "{}", sample.name);
    }
}

fn read(sample: &Sample, body: &[u8]) -> Vec<WhatsAppEvent> {
    let received = webhook::read(body).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
    assert!(received.iter().all(|received| received.dedup_key.len() > 2), "{}", sample.name);
    received.into_iter().map(|received| received.event).collect()
}

fn check_change(name: &str, claims: &str, change: &Value, events: &[WhatsAppEvent]) {
    let mut messages = events.iter().filter_map(|event| if let WhatsAppEvent::Message(message) = event { Some(message) } else { None });
    let mut statuses = events.iter().filter_map(|event| if let WhatsAppEvent::Status(status) = event { Some(status) } else { None });
    let mut echoes = events.iter().filter(|event| matches!(event, WhatsAppEvent::Echo { .. }));
    let mut number = None;
    let mut contact = None;
    for segment in claims.split(" | ") {
        if let Some(field) = segment.strip_prefix("field=") {
            assert_eq!(change["field"], field, "{name}");
            check_field(name, field, change, events);
        } else if segment.starts_with("phone_number_id=") {
            number = segment.strip_prefix("phone_number_id=");
        } else if segment.starts_with("contact ") {
            contact = Some(segment);
        } else if segment.starts_with("message type=") {
            let message = messages.next().unwrap_or_else(|| panic!("{name}: {segment}"));
            check_message(name, segment, message);
            assert_eq!(Some(message.number.as_str()), number, "{name}");
            let known =
                contact.filter(|contact| claim(contact, "wa_id").is_some() && claim(contact, "wa_id") == message.client.wa_id.as_deref());
            if let Some(contact) = known {
                assert_eq!(message.client.profile_name.as_deref(), claim(contact, "name"), "{name}");
                assert_eq!(message.client.bsuid.as_deref(), claim(contact, "user_id"), "{name}");
            }
        } else if segment.starts_with("status=") {
            check_status(name, segment, statuses.next().unwrap_or_else(|| panic!("{name}: {segment}")), number);
        } else if segment.starts_with("ECHO") {
            check_echo(name, segment, echoes.next().unwrap_or_else(|| panic!("{name}: {segment}")));
        } else if let Some(code) = segment.strip_prefix("value.errors ") {
            let code = code.split(' ').next().expect("a code");
            let told = events.iter().any(|event| matches!(event, WhatsAppEvent::Account { summary, .. } if summary.starts_with(code)));
            assert!(told || !events.iter().all(|event| !matches!(event, WhatsAppEvent::Message(_))), "{name}: {segment}");
        } else {
            // The change's JSON itself, cut off at some length: what it says was compared by field.
            assert!(segment.starts_with('{'), "{name}: nobody checks {segment:?}");
        }
    }
    // The manifest lists no calls.
    let no_more =
        messages.all(|message| matches!(message.content, Content::Call { .. })) && statuses.next().is_none() && echoes.next().is_none();
    assert!(no_more, "{name}: more than the manifest knows");
}

fn check_field(name: &str, field: &str, change: &Value, events: &[WhatsAppEvent]) {
    let value = &change["value"];
    let first = events.first().unwrap_or_else(|| panic!("{name}: nothing for {field}"));
    match (field, first) {
        ("messages" | "smb_message_echoes" | "calls", _) => {}
        (_, WhatsAppEvent::TemplateChanged { name: template, event, .. }) => {
            assert!(field.contains("template"), "{name}");
            assert_eq!(template.as_deref(), value["message_template_name"].as_str(), "{name}");
            let new = ["event", "new_category", "new_quality_score"].iter().find_map(|key| value[*key].as_str());
            assert!(event.contains(new.unwrap_or(field)), "{name}: {event}");
        }
        (_, WhatsAppEvent::Account { field: told, summary, .. }) => {
            assert_eq!(told, field, "{name}");
            let news = ["event", "decision"].iter().find_map(|key| value[*key].as_str()).unwrap_or_default();
            assert!(!summary.is_empty() && summary.starts_with(news), "{name}: {summary}");
        }
        (_, WhatsAppEvent::Preference { client, stop, .. }) => {
            assert_eq!(field, "user_preferences", "{name}");
            let said = &value["user_preferences"][0];
            assert_eq!((client.wa_id.as_deref(), *stop), (said["wa_id"].as_str(), said["value"] == "stop"), "{name}");
        }
        (_, WhatsAppEvent::Other { field: told }) => {
            let ours = ["account", "template", "preference", "phone_number", "security", "capability"];
            assert!(told == field && !ours.iter().any(|known| field.contains(known)), "{name}: {field} was not understood");
        }
        (_, other) => panic!("{name}: {other:?}"),
    }
}

fn check_message(name: &str, segment: &str, message: &ClientMessage) {
    assert_eq!(Some(message.wamid.as_str()), claim(segment, "id"), "{name}");
    let from = claim(segment, "from").or_else(|| claim(segment, "from_user_id"));
    assert!(
        from.is_none() || [message.client.wa_id.as_deref(), message.client.bsuid.as_deref()].contains(&from),
        "{name}: {:?}",
        message.client
    );
    assert_eq!(Some(message.at.timestamp().to_string().as_str()), claim(segment, "ts"), "{name}");
    assert_eq!(message.group.as_deref(), claim(segment, "group_id"), "{name}");
    assert_eq!(message.referral.is_some(), segment.contains("referral source="), "{name}");
    let context = claim(segment, "context").unwrap_or_default();
    let quoted = context.split_once("\"id\": \"").and_then(|(_, rest)| rest.split('"').next());
    assert_eq!(message.reply_to.as_ref().map(|wamid| wamid.as_str()), quoted, "{name}");
    let origin = message.origin.as_deref().cloned().unwrap_or_default();
    assert_eq!(origin.forwarded, context.contains("forwarded\": true"), "{name}");
    assert!(origin.product.is_some() || !context.contains("product_retailer_id"), "{name}");
    check_content(name, segment, &message.content);
    let raw: Value = serde_json::from_str(&message.raw).expect("the message's own JSON");
    assert_eq!((raw["id"].as_str(), raw["type"].as_str()), (claim(segment, "id"), kind_of(segment)), "{name}");
}

fn kind_of(segment: &str) -> Option<&str> {
    segment.split_once("message type=").and_then(|(_, rest)| rest.split(' ').next())
}

fn check_content(name: &str, segment: &str, content: &Content) {
    let is = |found: Option<&str>, key: &str| assert_eq!(found, claim(segment, key), "{name}: {key}");
    match (kind_of(segment).expect("a type"), content) {
        ("text", Content::Text { body }) => is(Some(body), "text"),
        (kind @ ("image" | "video" | "audio" | "voice" | "document" | "sticker"), Content::Media(media)) => {
            let form = match kind {
                "image" => MediaForm::Image,
                "video" => MediaForm::Video,
                "document" => MediaForm::Document,
                "sticker" => MediaForm::Sticker,
                _ if kind == "voice" || claim(segment, "voice") == Some("True") => MediaForm::Voice,
                _ => MediaForm::Audio,
            };
            assert_eq!(media.form, form, "{name}");
            is(media.id.as_deref(), "media_id");
            is(media.mime_type.as_deref(), "mime");
            is(media.caption.as_deref(), "caption");
            is(media.filename.as_deref(), "filename");
        }
        ("location", Content::Location { latitude, longitude, name: place, .. }) => {
            is(Some(&latitude.to_string()), "lat");
            is(Some(&longitude.to_string()), "lon");
            is(place.as_deref(), "name");
        }
        ("contacts", Content::Contacts { people }) => {
            is(Some(&people.len().to_string()), "contacts");
            is(people.first().map(|person| person.name.as_str()), "first");
        }
        ("reaction", Content::Reaction { target, emoji }) => {
            is(Some(target.as_str()), "target");
            is(Some(if emoji.is_empty() { "(removed)" } else { emoji }), "emoji");
        }
        ("interactive", Content::Choice { id, title }) => {
            assert!(claim(segment, "interactive").is_some_and(|kind| kind.ends_with("_reply")), "{name}");
            // The first `id` is the message's.
            assert!(segment.contains(&format!("_reply id={} ", id.as_deref().unwrap_or("None"))), "{name}");
            is(Some(title), "title");
        }
        ("interactive", Content::Form { name: form, body }) => {
            assert!([claim(segment, "name"), claim(segment, "interactive")].contains(&Some(form.as_str())), "{name}");
            let answer = claim(segment, "response_json").or_else(|| claim(segment, "response")).expect("an answer");
            assert!(body.contains(answer.trim_end_matches('…')), "{name}: {body}");
        }
        ("button", Content::Choice { id, title }) => {
            is(Some(title), "text");
            is(id.as_deref(), "payload");
        }
        ("order", Content::Order { summary }) => {
            let lines = summary.lines().filter(|line| line.contains(" × ")).count();
            is(Some(&lines.to_string()), "items");
        }
        ("edit", Content::Edit { target, .. }) | ("revoke", Content::Revoke { target }) => is(Some(target.as_str()), "original"),
        ("system", Content::System { event, body }) => {
            is(Some(body), "body");
            let kind = segment.rsplit_once(" type=").map(|(_, kind)| kind);
            match event {
                SystemEvent::ChangedNumber { wa_id, .. } => {
                    assert_eq!(kind, Some("user_changed_number"), "{name}");
                    is(wa_id.as_deref(), "wa_id");
                }
                SystemEvent::ChangedUserId { .. } => assert_eq!(kind, Some("user_changed_user_id"), "{name}"),
                SystemEvent::IdentityChanged => assert_eq!(kind, Some("customer_identity_changed"), "{name}"),
                SystemEvent::Other { name: told } => assert_eq!(kind, Some(told.as_str()), "{name}"),
            }
        }
        (kind, Content::Unsupported { what, code }) => {
            assert_eq!(code.map(|code| code.to_string()).as_deref(), claim(segment, "errors"), "{name}");
            assert_eq!(what, claim(segment, "unsupported.type").unwrap_or(kind), "{name}");
            let known = ["text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "button", "order"];
            assert!(!known.contains(&kind), "{name}: {kind} was not understood");
        }
        (kind, other) => panic!("{name}: {kind} became {other:?}"),
    }
}

fn check_status(name: &str, segment: &str, status: &StatusUpdate, number: Option<&str>) {
    assert_eq!(Some(status.wamid.as_str()), claim(segment, "id"), "{name}");
    assert_eq!(status.number.as_ref().map(|number| number.as_str()), number, "{name}");
    assert_eq!(status.at.map(|at| at.timestamp().to_string()).as_deref(), claim(segment, "timestamp"), "{name}");
    assert_eq!(status.callback.as_deref(), claim(segment, "biz_opaque_callback_data"), "{name}");
    if let Some(recipient) = claim(segment, "recipient_id") {
        assert!([&status.client.wa_id, &status.client.bsuid].contains(&&Some(recipient.to_owned())), "{name}");
    }
    let pricing = claim(segment, "pricing").map(|pricing| {
        let mut parts = pricing.split('/').skip(1);
        let (kind, category) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        [category, kind].into_iter().filter(|part| *part != "None").collect::<Vec<_>>().join("/")
    });
    let told = status.pricing.as_ref().map(|pricing| {
        let parts = [pricing.category.as_ref().map(PriceCategory::as_str), pricing.kind.as_ref().map(PriceType::as_str)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    });
    assert_eq!(told, pricing, "{name}");
    let said = segment.trim_start_matches("status=").split(' ').next().expect("a status");
    match &status.state {
        StatusState::Reached(reached) => assert_eq!(format!("{reached:?}").to_lowercase(), said, "{name}"),
        StatusState::Failed(failure) => {
            assert_eq!(said, "failed", "{name}");
            let code = claim(segment, "errors").and_then(|errors| errors.split(':').next());
            assert_eq!(failure.code.map(|code| code.to_string()).as_deref(), code, "{name}");
        }
        StatusState::Unknown(told) => {
            assert_eq!(told, said, "{name}");
            assert!(!["sent", "delivered", "read", "played", "failed"].contains(&said), "{name}");
        }
    }
}

fn check_echo(name: &str, segment: &str, echo: &WhatsAppEvent) {
    let WhatsAppEvent::Echo { wamid, to, content, .. } = echo else { panic!("{name}: {echo:?}") };
    assert_eq!((Some(wamid.as_str()), Some(to.as_str())), (claim(segment, "id"), claim(segment, "to")), "{name}");
    check_content(name, segment, content);
}

#[test]
fn every_error_is_of_the_right_class() {
    use FailureClass::{Configuration, Invalid, RateLimited, Unavailable, WindowClosed};
    for sample in samples(&["error"]) {
        let code: i64 = claim(&sample.must_find, "code").expect("a code").parse().expect("a number");
        let status = sample.name.split('-').find_map(|part| part.parse().ok().filter(|status| (400..600).contains(status))).unwrap_or(400);
        let (again, class) = match code {
            1 | 2 => (true, Unavailable),
            4 | 17 | 80_007 | 130_429 => (true, RateLimited),
            104 | 190 | 200 | 403 | 803 => (false, Configuration),
            100 | 400 => (false, Invalid),
            131_047 => (false, WindowClosed),
            other => panic!("{}: no expectation for code {other}", sample.name),
        };
        let (found, failure): (bool, Failure) = match error::outcome(status, None, &sample.body) {
            Outcome::Throttled { failure, .. } => (true, failure),
            Outcome::Rejected(failure) => (false, failure),
            other => panic!("{}: {other:?}", sample.name),
        };
        assert_eq!((found, failure.class, failure.code), (again, class, Some(code)), "{}", sample.name);
        let told = claim(&sample.must_find, "details").or_else(|| sample.must_find.split_once(" message=").map(|(_, rest)| rest));
        assert!(told.is_some_and(|told| told.starts_with(failure.detail.as_str())), "{}: {}", sample.name, failure.detail);
    }
}

#[test]
fn every_acceptance_gives_its_receipt() {
    for sample in samples(&["send-response"]) {
        let Outcome::Sent(receipt) = receipt(&sample.body) else { panic!("{}", sample.name) };
        assert_eq!(receipt.id.as_deref(), claim(&sample.must_find, "wamid"), "{}", sample.name);
        assert_eq!(receipt.wa_id.as_deref(), claim(&sample.must_find, "wa_id"), "{}", sample.name);
        assert_eq!(receipt.bsuid.as_deref(), claim(&sample.must_find, "user_id"), "{}", sample.name);
    }
}

/// A template without anything filled in.
fn empty() -> TemplateMessage {
    TemplateMessage {
        name: String::new(),
        language: String::new(),
        header: Vec::new(),
        body: Vec::new(),
        buttons: Vec::new(),
        asset: None,
        offer_ends: None,
        preview: String::new(),
    }
}

/// What we can express, and the published request that says the same.
fn expressible() -> Vec<(&'static str, ToClient)> {
    let to = |phone: &str, content: Outgoing| ToClient {
        from: "1".into(),
        to: Recipient { phone: Some(phone.to_owned()), bsuid: None },
        content,
        reply_to: None,
        callback: String::new(),
        media: None,
    };
    let text = |body: &str| Outgoing::Text { body: body.to_owned() };
    let variable = |name: Option<&str>, value: &str| Variable { name: name.map(str::to_owned), value: value.to_owned() };
    let template = |name: &str, language: &str, header: Vec<Variable>, body: Vec<Variable>| {
        let (name, language) = (name.to_owned(), language.to_owned());
        Outgoing::Template(TemplateMessage { name, language, header, body, ..empty() })
    };
    // Currency and date are the fallback texts that a phone without the language shows.
    let dated = || vec![variable(None, "text-string"), variable(None, "$100.99"), variable(None, "February 25, 1977")];
    let full = |name: &str, language: &str, body: Vec<Variable>, picture: bool, buttons: &[TemplateButton]| {
        let (name, language, buttons) = (name.to_owned(), language.to_owned(), buttons.to_vec());
        let asset = picture.then(|| Box::new(TemplateAsset::Image { id: "http(s)://the-image-url".to_owned() }));
        Outgoing::Template(TemplateMessage { name, language, body, buttons, asset, ..empty() })
    };
    let reply = |index: u8, payload: &str| TemplateButton::QuickReply { index, payload: payload.to_owned() };
    let place = TemplateAsset::Location { latitude: "1.5".into(), longitude: "2.5".into(), name: "N".into(), address: "A".into() };
    let place = TemplateMessage { name: "loc".into(), language: "en_US".into(), asset: Some(Box::new(place)), ..empty() };
    let buttons = |body: &str, buttons: &[(&str, &str)]| {
        let buttons = buttons.iter().map(|(id, title)| Button { id: (*id).to_owned(), title: (*title).to_owned() }).collect();
        Outgoing::Buttons { body: body.to_owned(), buttons }
    };
    let (oracle, meta) = ("16505551234", "{{Recipient-Phone-Number}}");
    let quote = ToClient { reply_to: Some("<MSGID_OF_PREV_MSG>".into()), ..to(meta, text("<TEXT_MSG_CONTENT>")) };
    let two = [("<UNIQUE_BUTTON_ID_1>", "<BUTTON_TITLE_1>"), ("<UNIQUE_BUTTON_ID_2>", "<BUTTON_TITLE_2>")];
    let named = vec![variable(Some("first_name"), "Ana"), variable(Some("ref"), "BK-1")];
    vec![
        ("own-send-request-text.json", ToClient { callback: "d-1".into(), ..to("15550100001", text("Olá 🎉")) }),
        (
            "own-send-request-bsuid.json",
            ToClient { to: Recipient { phone: None, bsuid: Some("US.OwnClient1".into()) }, ..to("", text("Hello")) },
        ),
        ("own-send-request-template.json", to("15550100001", template("visit", "de", Vec::new(), vec![variable(None, "Ana")]))),
        ("pywaoracle-send-request-text.json", to(oracle, text("Hello *bold*"))),
        ("pywaoracle-send-request-buttons.json", to(oracle, buttons("Pick", &[("y", "Yes"), ("n", "No")]))),
        (
            "pywaoracle-send-request-reaction-remove.json",
            to(oracle, Outgoing::Reaction { target: "wamid.ORIG".into(), emoji: String::new() }),
        ),
        (
            "pywaoracle-send-request-template-named.json",
            to(oracle, template("booking", "en_US", vec![variable(Some("kind"), "Order")], named)),
        ),
        ("pywaoracle-send-request-template-noparams.json", to(oracle, template("hello_world", "en_US", Vec::new(), Vec::new()))),
        (
            "pywaoracle-send-request-template-positional.json",
            to(oracle, template("order_ready", "en_US", Vec::new(), vec![variable(None, "Ana"), variable(None, "A-1")])),
        ),
        ("metaopenapi-send-request-send-text-message.json", to(meta, text("text-message-content"))),
        ("metaopenapi-send-request-send-reply-to-text-message.json", quote),
        ("metaopenapi-send-request-send-reply-button.json", to(meta, buttons("<BUTTON_TEXT>", &two))),
        (
            "metaopenapi-send-request-send-reply-with-reaction-message.json",
            to(meta, Outgoing::Reaction { target: "wamid.HBgLM...".into(), emoji: "😀".into() }),
        ),
        ("metaopenapi-send-request-send-test-message.json", to(meta, template("hello_world", "en_US", Vec::new(), Vec::new()))),
        (
            "metaopenapi-marketing-request-simple-template-message.json",
            to("16315552222", template("hello_world", "en", Vec::new(), Vec::new())),
        ),
        (
            "metaopenapi-marketing-request-template-with-product-policy.json",
            to("16315552222", template("welcome_offer", "en_US", Vec::new(), Vec::new())),
        ),
        (
            "metaopenapi-marketing-request-parameterized-template.json",
            to("16315552222", template("promotional_offer", "en", Vec::new(), vec![variable(None, "John Doe"), variable(None, "$25.00")])),
        ),
        ("pywaoracle-send-request-template-location-header.json", to(oracle, Outgoing::Template(place))),
        (
            "metaopenapi-send-request-send-flow-template-message.json",
            to(
                meta,
                full("<TEMPLATE_NAME>", "en_US", Vec::new(), false, &[TemplateButton::Flow { index: 0, token: "<FLOW_TOKEN>".into() }]),
            ),
        ),
        (
            "metaopenapi-send-request-send-message-template-interactive.json",
            to(
                meta,
                full(
                    "template-name",
                    "language-and-locale-code",
                    dated(),
                    true,
                    &[reply(0, "aGlzIHRoaXMgaXMgY29v"), reply(1, "9rwnB8RbYmPF5t2Mn09x4h")],
                ),
            ),
        ),
        (
            "metaopenapi-send-request-send-message-template-media.json",
            to(meta, full("template-name", "language-and-locale-code", dated(), true, &[])),
        ),
        (
            "metaopenapi-send-request-send-message-template-text.json",
            to(meta, full("template-name", "language-and-locale-code", dated(), false, &[])),
        ),
        (
            "metaopenapi-send-request-send-sample-shipping-confirmation-template.json",
            to("16315555555", full("template-name", "language-and-locale-code", dated(), false, &[])),
        ),
        (
            "metaopenapi-send-request-send-sample-issue-resolution-template.json",
            to(
                meta,
                full(
                    "sample_issue_resolution",
                    "en_US",
                    vec![variable(None, "*Mr. Jones*")],
                    false,
                    &[reply(0, "true"), reply(1, "false")],
                ),
            ),
        ),
    ]
}

#[test]
fn every_published_template_request_is_compared() {
    let known = expressible();
    for sample in samples(&["send-request"]).iter().filter(|sample| sample.must_find.starts_with("type=template")) {
        assert!(known.iter().any(|(name, _)| *name == sample.name), "{}", sample.name);
    }
}

#[test]
fn what_we_send_says_the_same_as_the_published_requests() {
    let samples = samples(&["send-request"]);
    let shared = samples.iter().any(|sample| !sample.name.starts_with("own-"));
    for (name, message) in expressible().into_iter().filter(|(name, _)| shared || name.starts_with("own-")) {
        let sample = samples.iter().find(|sample| sample.name == name).unwrap_or_else(|| panic!("{name} is not there"));
        assert_eq!(same(convert::request(&message)), same(sample.json()), "{name}");
    }
    for sample in samples.iter().filter(|sample| sample.name.contains("typing")) {
        let wamid = sample.json()["message_id"].as_str().expect("a message id").into();
        assert_eq!(convert::mark_read(&wamid, true), sample.json(), "{}", sample.name);
    }
}

/// Spellings that mean the same to Meta made equal: the plus, upper-case component types, defaults, the header and footer that our
/// buttons do not have, links in place of ids, legacy parameters and policies.
fn same(mut request: Value) -> Value {
    let fields = request.as_object_mut().expect("an object");
    fields.entry("recipient_type").or_insert_with(|| "individual".into());
    // Of the Marketing Messages API, which we do not use.
    fields.retain(|name, _| !matches!(name.as_str(), "product_policy" | "message_activity_sharing"));
    if let Some(to) = fields.get("to").and_then(Value::as_str).map(|to| to.trim_start_matches('+').to_owned()) {
        fields.insert("to".into(), to.into());
    }
    if let Some(interactive) = fields.get_mut("interactive").and_then(Value::as_object_mut) {
        interactive.remove("header");
        interactive.remove("footer");
    }
    if let Some(template) = fields.get_mut("template").and_then(Value::as_object_mut) {
        template["language"].as_object_mut().expect("a language").remove("policy");
        let components = template.entry("components").or_insert_with(|| json!([]));
        components.as_array_mut().expect("components").iter_mut().for_each(same_component);
    }
    request
}

fn same_component(component: &mut Value) {
    component["type"] = component["type"].as_str().expect("a type").to_lowercase().into();
    if let Some(index) = component.get("index").and_then(Value::as_u64) {
        component["index"] = index.to_string().into();
    }
    let is_reply = component.get("sub_type").is_some_and(|kind| kind == "quick_reply");
    for parameter in component["parameters"].as_array_mut().expect("parameters") {
        let kind = parameter["type"].as_str().expect("a type").to_owned();
        if let Some(shown) = parameter[&kind].get("fallback_value").cloned() {
            *parameter = json!({"type": "text", "text": shown});
        } else if let Some(link) = parameter[&kind].get("link").cloned() {
            *parameter = json!({"type": kind, kind.clone(): {"id": link}});
        } else if is_reply && kind == "text" {
            *parameter = json!({"type": "payload", "payload": parameter["text"].to_string()});
        } else if let Some(action) = parameter.get_mut("action").and_then(Value::as_object_mut) {
            action.remove("flow_action_data");
        }
    }
}
