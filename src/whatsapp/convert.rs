//! `bridge`'s words to Graph JSON. Pure.

use super::template;
use crate::bridge::{MediaForm, Outgoing, OutgoingFile, ToClient, Wamid};
use serde_json::{Value, json};

/// The body of `POST /{phone_number_id}/messages`.
///
/// `to` always has its `+`: without it Meta may put the business number's country code in front. A BSUID goes into `recipient`, and only
/// when there is no phone, for `to` would win anyway. Reactions carry no quote.
pub fn request(message: &ToClient) -> Value {
    let (kind, payload) = match &message.content {
        Outgoing::Text { body } => ("text", json!({"body": body, "preview_url": false})),
        Outgoing::Buttons { body, buttons } => {
            let buttons: Vec<_> =
                buttons.iter().map(|button| json!({"type": "reply", "reply": {"id": button.id, "title": button.title}})).collect();
            ("interactive", json!({"type": "button", "body": {"text": body}, "action": {"buttons": buttons}}))
        }
        Outgoing::Template(message) => ("template", template::payload(message)),
        Outgoing::Media(file) => media(file, message.media.as_deref().unwrap_or_default()),
        Outgoing::Reaction { target, emoji } => ("reaction", json!({"message_id": target, "emoji": emoji})),
    };
    let mut request = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "type": kind});
    request[kind] = payload;
    match (&message.to.phone, &message.to.bsuid) {
        (Some(phone), _) => request["to"] = format!("+{}", phone.trim_start_matches('+')).into(),
        (None, Some(bsuid)) => request["recipient"] = bsuid.as_str().into(),
        (None, None) => {}
    }
    if let (Some(quoted), false) = (&message.reply_to, matches!(message.content, Outgoing::Reaction { .. })) {
        request["context"] = json!({"message_id": quoted});
    }
    if !message.callback.is_empty() {
        request["biz_opaque_callback_data"] = message.callback.as_str().into();
    }
    request
}

/// Type and payload of a file. Only a document has a name of its own, and recordings and stickers have no caption.
fn media(outgoing: &OutgoingFile, id: &str) -> (&'static str, Value) {
    let mut payload = json!({ "id": id });
    if let Some(caption) = outgoing.caption.as_deref().filter(|_| outgoing.form.has_caption()) {
        payload["caption"] = caption.into();
    }
    let kind = match outgoing.form {
        MediaForm::Image => "image",
        MediaForm::Video => "video",
        MediaForm::Audio => "audio",
        MediaForm::Voice => {
            payload["voice"] = true.into();
            "audio"
        }
        MediaForm::Document => {
            payload["filename"] = outgoing.file.name.as_str().into();
            "document"
        }
        MediaForm::Sticker => "sticker",
    };
    (kind, payload)
}

/// The body that marks `wamid`, and everything before it, as read; with `typing` the client also sees "typing" for up to 25 seconds.
pub fn mark_read(wamid: &Wamid, typing: bool) -> Value {
    let mut request = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
    if typing {
        request["typing_indicator"] = json!({"type": "text"});
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{Button, Recipient, TemplateButton, TemplateMessage, Variable};

    fn to(phone: Option<&str>, bsuid: Option<&str>, content: Outgoing) -> ToClient {
        let to = Recipient { phone: phone.map(str::to_owned), bsuid: bsuid.map(str::to_owned) };
        ToClient { from: "1".into(), to, content, reply_to: Some("wamid.Q".into()), callback: "d-1".into(), media: None }
    }

    #[test]
    fn a_text_carries_quote_callback_and_plus() {
        let request = request(&to(Some("16505551234"), Some("US.1"), Outgoing::Text { body: "hi".into() }));
        assert_eq!(
            request,
            json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234", "type": "text",
                "text": {"body": "hi", "preview_url": false}, "context": {"message_id": "wamid.Q"}, "biz_opaque_callback_data": "d-1"})
        );
    }

    #[test]
    fn a_client_without_a_phone_is_the_recipient() {
        let request = request(&to(None, Some("US.1"), Outgoing::Text { body: "hi".into() }));
        assert_eq!(request["recipient"], "US.1");
        assert!(request.get("to").is_none());
    }

    #[test]
    fn a_reaction_carries_no_quote() {
        let request = request(&to(Some("+1"), None, Outgoing::Reaction { target: "w".into(), emoji: String::new() }));
        assert_eq!(request["reaction"], json!({"message_id": "w", "emoji": ""}));
        assert!(request.get("context").is_none());
    }

    #[test]
    fn buttons_are_replies() {
        let buttons = vec![Button { id: "y".into(), title: "Yes".into() }];
        let request = request(&to(Some("+1"), None, Outgoing::Buttons { body: "Pick".into(), buttons }));
        let expected = json!({"type": "button", "body": {"text": "Pick"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}});
        assert_eq!(request["interactive"], expected);
    }

    #[test]
    fn only_dynamic_parts_of_a_template_are_named_and_values_are_tidied() {
        let template = TemplateMessage {
            name: "booking".into(),
            language: "en_US".into(),
            header: Vec::new(),
            body: vec![Variable { name: Some("ref".into()), value: "a\nb      c\t".into() }],
            buttons: vec![
                TemplateButton::QuickReply { index: 0, payload: "p1".into() },
                TemplateButton::UrlSuffix { index: 1, suffix: "BK-1".into() },
                TemplateButton::CopyCode { index: 2, code: "SAVE20".into() },
            ],
            asset: None,
            offer_ends: None,
            preview: String::new(),
        };
        let request = request(&to(Some("+1"), None, Outgoing::Template(template)));
        assert_eq!(
            request["template"]["components"],
            json!([
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "ref", "text": "a b    c"}]},
                {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "p1"}]},
                {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "BK-1"}]},
                {"type": "button", "sub_type": "copy_code", "index": "2", "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}]},
            ])
        );
    }
}
