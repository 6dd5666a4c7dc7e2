//! What a card sends: what is understood says the same again. And what a card shows of a file: whatever its name and caption are, the name
//! leads nowhere and the card stays one that Teams takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use switchboard::bridge::{Directory, KeptFile, MediaForm, MessageId, PostBody, Time};
use switchboard::cards::submit::Action;
use switchboard::cards::{self, Head, MediaCard, Reader, typeahead};
use switchboard::media::kind;
use switchboard::texts::Voice;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        typeahead::read_template_value(text);
        file(text);
    }
    let Ok(data) = serde_json::from_slice::<Value>(data) else { return };
    Action::is_ours(&data);
    if let Ok(action) = Action::parse(&data) {
        let again = serde_json::to_value(&action).expect("an action is JSON");
        assert_eq!(Action::parse(&again).as_ref(), Ok(&action), "{again}");
    }
});

/// A client's file with this name and caption, and half of it each.
fn file(text: &str) {
    let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let (name, caption) = text.split_at(middle);
    for mime in [kind::FileType { mime_type: "application/pdf", extension: "pdf" }, kind::of(text.as_bytes()).unwrap_or(PNG)] {
        let name = kind::named(Some(name), mime);
        assert!(!name.contains(['/', '\\', '"']) && !name.chars().any(char::is_control), "{name:?}");
        assert!(name.chars().count() <= 140 && !name.starts_with('.'), "{name:?}");
        shown(name, caption);
    }
    shown(kind::plain(text), text);
}

const PNG: kind::FileType = kind::FileType { mime_type: "image/png", extension: "png" };

fn shown(name: String, caption: &str) {
    let directory: Directory = serde_json::from_value(json!({"organization": {"name": "Bank", "language": "en"}})).expect("a directory");
    let reader = Reader { voice: Voice::new(&directory, None, "en"), zone: "Europe/Berlin", now: Time::UNIX_EPOCH };
    let file = KeptFile {
        blob: String::new(),
        size: 1,
        mime_type: String::new(),
        name,
        width: None,
        height: None,
        duration: None,
        preview: false,
    };
    let view = MediaCard {
        message: MessageId(1),
        head: Head::default(),
        form: MediaForm::Document,
        caption: Some(caption.to_owned()),
        file: Ok(file),
        remarks: vec![],
        page: None,
        can_open: true,
        summary: String::new(),
    };
    let PostBody::Card { card } = cards::media(&reader, &view).body else { panic!("no card") };
    assert!(card.to_string().len() <= cards::SIZE_LIMIT, "{}", card.to_string().len());
}
