//! What the doors hand inward: one event for everything a colleague did in Teams, one for everything WhatsApp told us.

use super::{
    ActivityId, Content, ConversationReference, DeliveryStatus, Failure, PhoneNumberId, Pricing, TemplateChange, Time, WabaId, Wamid,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An activity from Teams whose sender, tenant and serviceUrl have been verified.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamsEvent {
    /// `id` of the activity. Empty when Teams sent none.
    pub activity: ActivityId,
    /// Duplicate key: conversation id, activity id, type and `channelData.eventType`, joined by U+001F.
    pub dedup_key: String,
    pub at: Time,
    pub scope: Scope,
    pub reference: ConversationReference,
    pub sender: Sender,
    /// BCP 47 (`en-US`), from `locale` or the `clientInfo` entity.
    pub locale: Option<String>,
    /// IANA zone (`Europe/Berlin`), from `localTimezone` or the `clientInfo` entity.
    pub time_zone: Option<String>,
    /// In channels, where Teams names the team.
    pub channel: Option<ChannelPlace>,
    /// The new title of a group chat, when this says that somebody has renamed it.
    pub topic: Option<String>,
    pub kind: TeamsEventKind,
}

/// The channel that an activity is about. News of a channel are told in the conversation of the team's General channel, so this
/// need not be the conversation of the activity's reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelPlace {
    /// `19:…@thread.tacv2`; the same as the id of its General channel.
    pub team: String,
    /// `19:…@thread.tacv2`, without the chain of replies. The General channel where a whole team is meant.
    pub channel: String,
    /// Teams names it in news and installations, not in messages.
    pub team_name: Option<String>,
    /// As for the team; the General channel has none.
    pub channel_name: Option<String>,
    /// This is news of the team and all its channels, not of one channel.
    pub whole_team: bool,
}

/// Somebody who came to a shared conversation or left it. Never a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamsMember {
    /// `29:…`, per bot and user.
    pub user_id: String,
    /// Entra object id, lower case.
    pub object_id: Option<String>,
    /// Teams rarely says it.
    pub name: Option<String>,
}

/// Why a shared conversation takes no more messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Closure {
    ChannelDeleted,
    /// For some weeks an owner can bring it back, unless it was deleted for good.
    TeamDeleted,
    /// Readable, and closed for writing.
    TeamArchived,
}

/// Which kind of Teams conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    Personal,
    GroupChat,
    Channel,
}

/// The Teams user who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// `29:…`, per bot and user.
    pub user_id: String,
    /// Entra object id, lower case. Absent on some system activities.
    pub object_id: Option<String>,
    pub upn: Option<String>,
    pub name: Option<String>,
    /// True for other bots (`28:…`); their messages are never relayed.
    pub is_bot: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TeamsEventKind {
    /// Something typed. `text` is in WhatsApp's markup, converted from the `text/html` attachment when there is one, the bot's
    /// own mention stripped.
    Message {
        text: String,
        quoted: Option<ActivityId>,
        targeted: bool,
        /// The bot is named in it. Without resource-specific consent a message of a shared conversation arrives only then. Never
        /// set in a colleague's own chat.
        mentions_bot: bool,
        attachments: Vec<TeamsAttachment>,
    },
    /// A card's `Action.Submit`: the merged data and inputs. `card` is the activity that held the card.
    Submit {
        data: Value,
        card: Option<ActivityId>,
    },
    Edited {
        text: String,
    },
    Deleted,
    Reaction {
        added: Vec<String>,
        removed: Vec<String>,
        target: Option<ActivityId>,
    },
    /// They type in their own chat (`typing`).
    Typing,
    /// They have read everything in their own chat up to this message (`application/vnd.microsoft.readReceipt`).
    Read {
        last: ActivityId,
    },
    /// `installationUpdate` add, or the bot among `membersAdded`.
    Installed,
    Uninstalled,
    /// People came to a group chat or a team.
    MembersAdded {
        members: Vec<TeamsMember>,
    },
    /// People left a group chat or a team, or were removed there.
    MembersRemoved {
        members: Vec<TeamsMember>,
    },
    /// A channel, a team or a group chat has a new name.
    Renamed {
        name: String,
    },
    /// A channel or a team was deleted or archived.
    Closed {
        why: Closure,
    },
    /// A channel or a team is there again, or open again.
    Reopened,
    /// Anything else: tolerated, recorded by its name, answered 200.
    Other {
        name: String,
    },
}

/// A picture or file that came with a message. Not relayed yet in this version of the type's users: named to the colleague.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamsAttachment {
    pub content_type: String,
    pub name: Option<String>,
    pub url: Option<String>,
    /// The content, when it is an Adaptive Card: one of ours that was put there with the message extension, or anybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Value>,
}

/// An invoke from Teams that must be answered with a typed body within 3 s.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamsInvoke {
    /// `adaptiveCard/action`, `application/search` …
    pub name: String,
    /// Hash of (conversation, sender, `value`, `replyToId`): an action that changes something is not executed twice within 60 s, even
    /// when Teams repeats it under a new activity id.
    pub repeat_key: String,
    /// For `adaptiveCard/action`: `action.data` with the inputs merged in and `verb` filled from `action.verb` when absent.
    /// For others: the whole `value`.
    pub data: Value,
    /// The activity that held the card (`replyToId`).
    pub card: Option<ActivityId>,
}

/// Everything that one change in a webhook POST can say.
#[derive(Clone, Debug, PartialEq)]
pub enum WhatsAppEvent {
    Message(ClientMessage),
    Status(StatusUpdate),
    /// A message our own number sent from another device (coexistence). Outgoing; never a client's word.
    Echo {
        number: PhoneNumberId,
        wamid: Wamid,
        to: String,
        content: Content,
    },
    /// The client's marketing preference.
    Preference {
        number: Option<PhoneNumberId>,
        client: ClientIdentity,
        stop: bool,
        at: Option<Time>,
    },
    /// A template changed; the cache of this WABA must be synced again.
    TemplateChanged {
        waba: WabaId,
        name: Option<String>,
        /// As the Graph API spells it (`en_US`).
        language: Option<String>,
        event: String,
        change: TemplateChange,
        /// Why, in Meta's words.
        reason: Option<String>,
    },
    /// Account, quality and security news for administrators.
    Account {
        waba: WabaId,
        field: String,
        /// Meta's event or decision, upper case; empty where there is none.
        event: String,
        /// The number it is about, as Meta writes it.
        number: Option<String>,
        summary: String,
    },
    /// A field or kind we do not know: raw is kept.
    Other {
        field: String,
    },
}

/// How WhatsApp names a client. Any part may be missing, but not all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientIdentity {
    /// Business-scoped user id (`US.1349…`).
    pub bsuid: Option<String>,
    /// Digits only, without `+`.
    pub wa_id: Option<String>,
    pub profile_name: Option<String>,
    pub username: Option<String>,
}

/// One inbound message of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientMessage {
    pub number: PhoneNumberId,
    pub waba: WabaId,
    pub client: ClientIdentity,
    pub wamid: Wamid,
    /// The webhook's own timestamp, not our arrival time.
    pub at: Time,
    pub content: Content,
    /// `context.id`: the message this one answers.
    pub reply_to: Option<Wamid>,
    /// Absent: nothing is said of it.
    pub origin: Option<Box<Origin>>,
    /// Set when the client came through a click-to-WhatsApp ad or a page's call to action (`referral`).
    pub referral: Option<Referral>,
    /// Messages of WhatsApp groups are recorded, not relayed.
    pub group: Option<String>,
    /// The provider's JSON of this message, verbatim.
    pub raw: String,
}

/// What WhatsApp says of where a client's message comes from (`context`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Once or many times.
    pub forwarded: bool,
    /// The product that it is about, by its number in the business's catalogue (`product_retailer_id`).
    pub product: Option<String>,
}

/// What WhatsApp says of the ad or post that a client came through. Meta's words, shown as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    pub headline: Option<String>,
    pub body: Option<String>,
    pub source_url: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
}

/// One status of a message we sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusUpdate {
    pub number: Option<PhoneNumberId>,
    pub wamid: Wamid,
    pub at: Option<Time>,
    pub state: StatusState,
    /// `biz_opaque_callback_data`, our delivery id.
    pub callback: Option<String>,
    /// What WhatsApp says the message costs: on `sent` and on one of `delivered` and `read`.
    #[serde(default, deserialize_with = "super::pricing::stored_pricing")]
    pub pricing: Option<Pricing>,
    pub client: ClientIdentity,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatusState {
    Reached(DeliveryStatus),
    Failed(Failure),
    /// A status we do not know: ignored, kept raw.
    Unknown(String),
}
