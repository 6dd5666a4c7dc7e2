//! Every kind of message that a client can send reads well in Teams. All of them, side by side: `target/renderings.html`.
//!
//! The messages are those of `tests/golden/whatsapp` and, where it is present, of the shared folder of published payloads.

use crate::harness::{World, noon, words_of};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use switchboard::simulator::ChatItem;

/// Who sends everything: Maria of the cast.
const SENDER: &str = "maria";
/// How many worlds are there at once; they mostly wait.
const TOGETHER: usize = 12;

struct Sample {
    file: String,
    kind: String,
    /// The payload's change with this message alone, as Maria's to the first line's number.
    value: Value,
}

fn folders() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let shared = root.join("../shared/samples/whatsapp");
    if !shared.exists() {
        println!("the shared samples are not there: only the own payloads are rendered");
    }
    [root.join("tests/golden/whatsapp"), shared].into_iter().filter(|folder| folder.exists()).collect()
}

fn webhooks(folder: &Path) -> Vec<(String, Value)> {
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).expect("a manifest");
    let names = manifest.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (name, kind) = (columns.next()?, columns.next()?);
        (kind == "webhook").then(|| name.to_owned())
    });
    names
        .map(|name| {
            let body = std::fs::read(folder.join(&name)).expect("a sample");
            let json = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, json)
        })
        .collect()
}

/// Kinds of which there is no payload in the folders, or not in every shape.
fn more() -> Vec<Value> {
    vec![
        json!({"type": "text", "text": {"body": "  "}}),
        json!({"type": "text", "text": {"body": "*Bold*, _italic_, ~struck~, `code`\n> quoted\n- one\n- two <b>no markup</b>"}}),
        json!({"type": "location", "location": {"latitude": -23.5614, "longitude": -46.6559}}),
        json!({"type": "contacts", "contacts": []}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo"}, "vcard": "BEGIN:VCARD\nEND:VCARD", "phones": []}]}),
        json!({"type": "order", "order": {"product_items": []}}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.unknown", "emoji": ""}}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.unknown", "message": {"type": "text", "text": {"body": "At ten"}}}}),
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.unknown"}}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent",
            "response_json": "{\"flow_token\":\"unused\",\"screen_0_Name\":\"Maria\",\"topics\":[\"pension\",\"house\"],\"newsletter\":null}"}}}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "[1"}}}),
        json!({"type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response": "reject"}}}),
        json!({"type": "interactive", "interactive": {"type": "hologram", "hologram": null}}),
        json!({"type": "unsupported", "errors": [{"code": 131_051}], "unsupported": {"type": "poll_creation"}}),
        json!({"type": "unsupported", "errors": [{"code": 131_060}]}),
        json!({"type": "image"}),
        json!({"type": "document", "document": {"caption": "The contract", "filename": "contract.pdf"}}),
        json!({"type": "text", "text": {"body": "Tell me more"}, "referral": {"source_url": "https://fb.me/3cr4Wqqkv", "source_type": "ad",
            "headline": "Our new fund", "body": "Chat with us", "media_type": "image"}}),
        json!({"type": "system", "system": {"type": "user_changed_user_id", "user_id": null}}),
        json!({"type": "hologram", "hologram": {"depth": 3}}),
    ]
}

fn samples(world: &World) -> Vec<Sample> {
    let number = &world.cast.whatsapp.numbers[0];
    let client = world.cast.whatsapp.clients.iter().find(|client| client.key == SENDER).expect("in the cast");
    let own = |file: &str, list: &str, message: &Value, at: usize| {
        let mut message = message.clone();
        let kind = message["type"].as_str().or(message["event"].as_str()).unwrap_or("?").to_owned();
        for given in ["group_id", "from_parent_user_id"] {
            message.as_object_mut().expect("a message").remove(given);
        }
        message["id"] = json!(format!("wamid.rendering.{file}.{at}"));
        message["timestamp"] = json!(noon().timestamp().to_string());
        message["from"] = json!(client.wa_id);
        message["from_user_id"] = json!(client.bsuid);
        let contact = json!({"wa_id": client.wa_id, "user_id": client.bsuid, "profile": {"name": client.name}});
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": number.display, "phone_number_id": number.phone_number_id},
            "contacts": [contact],
            list: [message],
        });
        Sample { file: file.to_owned(), kind: if list == "calls" { format!("call {kind}") } else { kind }, value }
    };
    let mut found: Vec<Sample> = more().iter().enumerate().map(|(at, message)| own("here", "messages", message, at)).collect();
    let call = |event: &str| json!({"event": event, "direction": "USER_INITIATED", "to": "4930"});
    found.extend(["connect", "terminate"].iter().enumerate().map(|(at, event)| own("here", "calls", &call(event), at)));
    for (name, json) in folders().iter().flat_map(|folder| webhooks(folder)) {
        let changes = json["entry"].as_array().into_iter().flatten().flat_map(|entry| entry["changes"].as_array().into_iter().flatten());
        let messages = changes.flat_map(|change| change["value"]["messages"].as_array().into_iter().flatten());
        found.extend(
            messages.enumerate().filter(|(_, message)| message.is_object()).map(|(at, message)| own(&name, "messages", message, at)),
        );
    }
    found
}

/// What a message became: what the newest post says, and how it is drawn.
struct Rendering {
    sample: Sample,
    posts: Vec<ChatItem>,
}

async fn rendered(sample: Sample) -> Rendering {
    // A number that changes, or a word that ends everything, must not colour what comes after it.
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    let before = ana.chat().len();
    world.whatsapp.announces(&world.cast.whatsapp.numbers[0].waba_id, "messages", sample.value.clone());
    world.settle().await;
    let posts = ana.chat().split_off(before);
    Rendering { sample, posts }
}

fn problems(rendering: &Rendering) -> Vec<String> {
    let Rendering { sample, posts } = rendering;
    let words: Vec<String> = posts.iter().map(words_of).collect();
    let all = words.join("\n");
    let of_message = words.iter().map(|words| words.trim().trim_start_matches("Maria Oliveira:").trim());
    let mut found = Vec::new();
    if !of_message.clone().any(|words| !words.is_empty()) {
        found.push("nothing was posted");
    }
    if of_message.clone().any(str::is_empty) {
        found.push("a post says nothing");
    }
    let what_was_typed = sample.value["messages"][0]["text"]["body"].as_str().unwrap_or_default();
    for mark in ["{", "}", "\":", "null", "undefined", "None", "NaN", "wamid.", "_reply", "identity changed", "flow_token"] {
        if all.contains(mark) && !what_was_typed.contains(mark) {
            found.push(mark);
        }
    }
    found.into_iter().map(|what| format!("{} ({}): {what}: {all}", sample.file, sample.kind)).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The posts as Teams gets them: our own HTML, or the words of a card.
fn page(renderings: &[Rendering]) -> String {
    let mut page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Renderings</title><link rel=\"icon\" href=\"data:,\"><style>\
        :root{color-scheme:light dark}body{font:15px/1.45 system-ui,sans-serif;margin:1rem}table{border-collapse:collapse;width:100%}\
        td,th{border:1px solid #888;padding:.4rem .6rem;vertical-align:top;text-align:left;overflow-wrap:anywhere}.card{white-space:pre-line}\
        </style><h1>What clients send, as colleagues read it</h1><table><tr><th>From<th>Kind<th>In Teams"
        .to_owned();
    for Rendering { sample, posts } in renderings {
        let shown: String = posts.iter().fold(String::new(), |mut shown, item| {
            let text = item.text.clone().unwrap_or_default();
            let html = if item.card.is_some() {
                format!("<div class=\"card\">{}</div>", escape(&words_of(item)))
            } else {
                format!("<div>{text}</div>")
            };
            shown.push_str(&html);
            shown
        });
        write!(page, "<tr><td>{}<td>{}<td>{shown}", escape(&sample.file), escape(&sample.kind)).expect("a string grows");
    }
    page
}

#[tokio::test]
async fn every_kind_of_message_reads_well() {
    let samples = samples(&World::start().await);
    assert!(samples.len() > 25, "{}", samples.len());
    let renderings: Vec<Rendering> = stream::iter(samples).map(rendered).buffered(TOGETHER).collect().await;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    std::fs::write(target.join("renderings.html"), page(&renderings)).expect("written");
    let found: Vec<String> = renderings.iter().flat_map(problems).collect();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}
