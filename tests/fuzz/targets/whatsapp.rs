//! A webhook body from WhatsApp: read, and what a client wrote made a post.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::bridge::{Content, WhatsAppEvent};
use switchboard::markup;
use switchboard::whatsapp;

fuzz_target!(|body: &[u8]| {
    let Ok(received) = whatsapp::read(body) else { return };
    for received in received {
        if let WhatsAppEvent::Message(message) = received.event
            && let Content::Text { body } | Content::Edit { body, .. } = message.content
        {
            markup::whatsapp_to_teams_posts(&body);
            markup::plain(&body);
        }
    }
});
