//! What people exchange, in neither network's words. `teams/` and `whatsapp/` translate to and from these types and never meet
//! anywhere else.

use super::{ActivityId, ConversationId, PhoneNumberId, Time, WabaId, Wamid};
use serde::{Deserialize, Serialize};

/// What a client did, as far as WhatsApp passes it on. Stored as JSON; the provider's raw JSON is kept beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// `body` is in WhatsApp's own markup (`*bold*`).
    Text {
        body: String,
    },
    /// A picture, video, audio, voice note, document or sticker.
    Media(Media),
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    /// Contact cards: the display names, and the phones as written.
    Contacts {
        people: Vec<Person>,
    },
    /// Empty `emoji` takes the reaction back.
    Reaction {
        target: Wamid,
        emoji: String,
    },
    /// A tap on a template's quick reply, an interactive button or a list row.
    Choice {
        id: Option<String>,
        title: String,
    },
    /// A flow's or form's answer: the name and the JSON text.
    Form {
        name: String,
        body: String,
    },
    Order {
        summary: String,
    },
    /// The client changed an earlier message.
    Edit {
        target: Wamid,
        body: String,
    },
    /// The client deleted an earlier message for everyone.
    Revoke {
        target: Wamid,
    },
    /// WhatsApp tells about the client: number change, id change, identity change. `body` is Meta's sentence.
    System {
        event: SystemEvent,
        body: String,
    },
    /// The client called the business number.
    Call {
        event: String,
    },
    /// Something WhatsApp does not pass on (poll, live location …); `what` names it as far as known.
    Unsupported {
        what: String,
        code: Option<i64>,
    },
}

/// A file on WhatsApp's side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Media {
    pub form: MediaForm,
    /// Graph media id, valid for 7 days. May be missing when WhatsApp could not take the file.
    pub id: Option<String>,
    pub mime_type: Option<String>,
    /// As in the webhook: base64.
    pub sha256: Option<String>,
    pub caption: Option<String>,
    pub filename: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaForm {
    Image,
    Video,
    Audio,
    Voice,
    Document,
    Sticker,
}

/// A file in our own keeping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// SHA-256 of the bytes, hexadecimal: where they are kept.
    pub blob: String,
    /// Bytes.
    pub size: u64,
    /// What the bytes say that they are.
    pub mime_type: String,
    /// A plain name that ends as the bytes say.
    pub name: String,
    /// Of a picture, as it stands upright, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of a recording or a video, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// Whether a small picture of it is kept, too.
    #[serde(default)]
    pub preview: bool,
}

/// A file for a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingFile {
    pub form: MediaForm,
    pub file: KeptFile,
    /// In WhatsApp's markup, at most [`super::LONGEST_CAPTION`] characters; none where the form has no place for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// One shared contact card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
    pub phones: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SystemEvent {
    /// The client now uses another number; `wa_id` and `bsuid` are the new ones where known.
    ChangedNumber {
        wa_id: Option<String>,
        bsuid: Option<String>,
        previous_bsuid: Option<String>,
    },
    /// The business-scoped user id changed while the phone is not known.
    ChangedUserId {
        bsuid: Option<String>,
        previous_bsuid: Option<String>,
    },
    /// The client's identity key changed (a new phone, a reinstallation).
    IdentityChanged,
    Other {
        name: String,
    },
}

/// What we send to a client. `whatsapp::convert` turns it into a Cloud API request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outgoing {
    /// In WhatsApp's markup. At most 4,096 characters on its way to a client; longer while it is held as one.
    Text {
        body: String,
    },
    /// A session message with up to three buttons (id at most 256 characters, title at most 20).
    Buttons {
        body: String,
        buttons: Vec<Button>,
    },
    Template(TemplateMessage),
    /// A file from our own keeping.
    Media(OutgoingFile),
    Reaction {
        target: Wamid,
        emoji: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub id: String,
    pub title: String,
}

/// A filled template: what is sent, and what the phone will show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateMessage {
    pub name: String,
    /// Meta's language code (`en_US`).
    pub language: String,
    /// Values in the order of the variables, each `(name or position, value)`.
    pub header: Vec<Variable>,
    pub body: Vec<Variable>,
    /// Per button with a dynamic part; static buttons are omitted.
    pub buttons: Vec<TemplateButton>,
    /// What fills a header that is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<Box<TemplateAsset>>,
    /// When a limited-time offer ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_ends: Option<Time>,
    /// The text as the phone shows it, for the record and for Teams.
    pub preview: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// `Some` for NAMED templates, `None` for positional ones.
    pub name: Option<String>,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "button", rename_all = "snake_case")]
pub enum TemplateButton {
    QuickReply {
        index: u8,
        payload: String,
    },
    UrlSuffix {
        index: u8,
        suffix: String,
    },
    CopyCode {
        index: u8,
        code: String,
    },
    /// Comes back with what the client fills into the form.
    Flow {
        index: u8,
        token: String,
    },
}

/// The picture, file or place above a template's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "asset", rename_all = "snake_case")]
pub enum TemplateAsset {
    /// `id`: Graph media id of our own upload, valid for 30 days. Never the sample of the template, which nobody can fetch.
    Image {
        id: String,
    },
    Video {
        id: String,
    },
    Document {
        id: String,
        filename: Option<String>,
    },
    /// Decimal degrees with a point, as text, so that nothing is rounded on the way.
    Location {
        latitude: String,
        longitude: String,
        name: String,
        address: String,
    },
}

/// Whom a message to WhatsApp goes to. `phone` (E.164 with `+`) is preferred as `to`, else `bsuid` as `recipient`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    pub phone: Option<String>,
    pub bsuid: Option<String>,
}

/// One request to the Cloud API's `/{phone_number_id}/messages`.
#[derive(Clone, Debug, PartialEq)]
pub struct ToClient {
    pub from: PhoneNumberId,
    pub to: Recipient,
    pub content: Outgoing,
    /// Quoted message.
    pub reply_to: Option<Wamid>,
    /// Our delivery id; comes back in every status (`biz_opaque_callback_data`, at most 512 characters).
    pub callback: String,
    /// Graph's id of the file, where the content is one.
    pub media: Option<String>,
}

/// A Teams conversation as far as it takes to post there. Refreshed from every activity, for `service_url` can change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConversationReference {
    /// Already checked against the host allow-list when it was stored; checked again when used.
    pub service_url: String,
    pub conversation: ConversationId,
    pub tenant: String,
}

/// What we post into a Teams conversation. `teams::convert` turns it into an Activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// What the notification says. Names the client, not the message, when the line's policy says so.
    pub summary: String,
    pub body: PostBody,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PostBody {
    /// HTML of Teams' subset, everything from outside already escaped.
    Html { html: String },
    /// An Adaptive Card.
    Card { card: serde_json::Value },
}

/// A template as the WABA holds it, reduced to what it takes to show, fill and send it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub waba: WabaId,
    /// Meta's id, as text (REST) even where webhooks send an integer.
    pub id: String,
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    /// `APPROVED`, upper case, as Meta spells it.
    pub status: String,
    pub parameter_format: ParameterFormat,
    pub header: Option<TemplateHeader>,
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<TemplateButtonKind>,
    /// Examples for the body's variables, in order.
    pub examples: Vec<String>,
    /// Example for the header's variable.
    #[serde(default)]
    pub header_example: Option<String>,
    /// A limited-time offer, shown between header and body.
    #[serde(default)]
    pub offer: Option<TemplateOffer>,
    /// Why switchboard cannot send it, in plain words; `None` when it can.
    pub not_sendable: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateCategory {
    Marketing,
    Utility,
    Authentication,
    /// A category we do not know: treated like marketing, the strictest.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ParameterFormat {
    Positional,
    Named,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "UPPERCASE")]
pub enum TemplateHeader {
    Text { text: String },
    Image,
    Video,
    Document,
    Location,
}

/// The offer part of a template, with Meta's running countdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateOffer {
    pub text: String,
    /// True when the message names the end of the offer.
    pub expires: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TemplateButtonKind {
    QuickReply {
        text: String,
    },
    /// `url` ends in `{{1}}` when it takes a suffix.
    Url {
        text: String,
        url: String,
        /// Example for the suffix.
        #[serde(default)]
        example: Option<String>,
    },
    PhoneNumber {
        text: String,
    },
    CopyCode {
        text: String,
        #[serde(default)]
        example: Option<String>,
    },
    /// Copies or fills in the one-time password of the body.
    Otp {
        text: String,
    },
    /// Opens a form (flow).
    Flow {
        text: String,
    },
    /// Needs no parameter: WhatsApp knows what to do (a call, the client's contact details).
    Static {
        kind: String,
        text: String,
    },
    /// Cannot be filled from here.
    Other {
        kind: String,
        text: String,
    },
}

/// Where a message stands at the client. Ranks only rise: out-of-order and repeated statuses never take a message back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    Sent,
    Delivered,
    Read,
    Played,
}

/// A reference to something posted in Teams.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Posted {
    pub conversation: ConversationId,
    pub activity: ActivityId,
}
