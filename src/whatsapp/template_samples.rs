//! Every published template, read, filled and sent: compared with what Meta documents, written down by hand in
//! `tests/golden/whatsapp/own-template-sends.json`.

use super::samples::{Sample, samples};
use super::template;
use crate::bridge::{HeaderMedia, Template, Time};
use serde_json::{Value, json};

/// What is expected of one template of one sample.
struct Expected {
    file: String,
    template: String,
    /// Why it cannot be sent, or how it is sent.
    told: Result<Sent, String>,
}

struct Sent {
    values: Vec<String>,
    media: Option<HeaderMedia>,
    components: Value,
    preview: String,
}

fn expected() -> Vec<Expected> {
    let sends = samples(&["template-sends"]).remove(0).json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let read = |value: &Value| {
        let told = match value.get("reason") {
            Some(reason) => Err(text(reason)),
            None => Ok(Sent {
                values: value["values"].as_array().expect("values").iter().map(text).collect(),
                media: value.get("media").map(|media| HeaderMedia { id: text(&media["id"]), filename: media.get("filename").map(text) }),
                components: value["components"].clone(),
                preview: text(&value["preview"]),
            }),
        };
        Expected { file: text(&value["file"]), template: text(&value["name"]), told }
    };
    sends.as_array().expect("a list").iter().map(read).collect()
}

fn listed() -> Vec<(Sample, Vec<Template>)> {
    let read = |sample: Sample| {
        let value = sample.json();
        let listed = value.get("data").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![value]);
        let read = listed.iter().map(|value| template::read(&"waba".into(), value).unwrap_or_else(|| panic!("{}", sample.name)));
        let templates = read.collect();
        (sample, templates)
    };
    samples(&["template-list", "template-object", "template-create-request"]).into_iter().map(read).collect()
}

#[test]
fn every_template_is_read_under_its_name() {
    for (sample, templates) in listed() {
        for template in &templates {
            let told = if sample.kind == "template-list" {
                format!("{}/{}/{}/", template.name, template.language, template.status)
            } else {
                format!("name={} lang={} ", template.name, template.language)
            };
            assert!(sample.must_find.contains(&told), "{}: {told}", sample.name);
        }
    }
}

#[test]
fn every_template_is_sent_as_documented_or_says_why_not() {
    let expected = expected();
    let before: Time = "2023-01-01T00:00:00Z".parse().expect("a time");
    for (sample, templates) in listed() {
        for template in templates {
            let name = format!("{}: {}", sample.name, template.name);
            let wanted = expected.iter().find(|one| one.file == sample.name && one.template == template.name);
            let wanted = wanted.unwrap_or_else(|| panic!("{name}: nothing is expected"));
            match &wanted.told {
                Err(reason) => assert_eq!(template.not_sendable.as_ref(), Some(reason), "{name}"),
                Ok(sent) => {
                    assert_eq!(template.not_sendable, None, "{name}");
                    assert_eq!(template.media().is_some(), sent.media.is_some(), "{name}");
                    let message = template.fill_with(&sent.values, sent.media.as_ref(), Some(before));
                    let message = message.unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(message.preview, sent.preview, "{name}");
                    let payload = template::payload(&message);
                    assert_eq!(payload.get("components").cloned().unwrap_or_else(|| json!([])), sent.components, "{name}");
                    assert_eq!(payload["name"], template.name.as_str(), "{name}");
                    assert_eq!(payload["language"]["code"], template.language.as_str(), "{name}");
                }
            }
        }
    }
}

/// The sample file of a template can be fetched by nobody, Meta included: it never gets into what we keep.
#[test]
fn the_sample_file_of_a_header_is_never_kept() {
    for (sample, templates) in listed() {
        for template in templates {
            let kept = serde_json::to_string(&template).expect("JSON");
            assert!(!kept.contains("4::") && !kept.contains("scontent"), "{}: {kept}", sample.name);
        }
    }
}
