//! What a card sends. What is understood says the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use switchboard::cards::submit::Action;
use switchboard::cards::typeahead;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        typeahead::read_template_value(text);
    }
    let Ok(data) = serde_json::from_slice::<Value>(data) else { return };
    Action::is_ours(&data);
    if let Ok(action) = Action::parse(&data) {
        let again = serde_json::to_value(&action).expect("an action is JSON");
        assert_eq!(Action::parse(&again).as_ref(), Ok(&action), "{again}");
    }
});
