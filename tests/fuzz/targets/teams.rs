//! A request body from Teams: read, understood, and what it says carried to WhatsApp and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::bridge::{TeamsEventKind, Time, split};
use switchboard::cards::submit::Action;
use switchboard::markup;
use switchboard::teams::{Activity, ChoiceQuery, ExtensionQuery, Inbound, convert};

fuzz_target!(|body: &[u8]| {
    let Some(activity) = Activity::parse(body) else { return };
    match convert::inbound(&activity, Time::UNIX_EPOCH) {
        Inbound::Event(event) => match event.kind {
            TeamsEventKind::Message { text, .. } | TeamsEventKind::Edited { text } => {
                let parts = markup::parts(&text, split::LIMIT);
                assert!(parts.iter().all(|part| part.chars().count() <= split::LIMIT));
                markup::whatsapp_to_teams(&text);
            }
            TeamsEventKind::Submit { data, .. } => drop(Action::parse(&data)),
            _ => {}
        },
        Inbound::Invoke { invoke, .. } => {
            drop(Action::parse(&invoke.data));
            ChoiceQuery::read(&invoke.data);
            ExtensionQuery::read(&invoke.data);
        }
    }
});
