//! Where a client is offered whom nobody owns (product.md 6).

use super::Time;
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// A line's intake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Intake {
    pub to: IntakeTo,
}

/// Who is offered a client whom nobody owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntakeTo {
    /// Every enabled colleague of the line who has the app and is not away.
    #[default]
    OnDuty,
    /// The line's channel.
    Channel,
}

/// A channel of Teams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRef {
    /// The team, by the id of its first channel (`19:…@thread.tacv2`).
    pub team: String,
    /// `19:…@thread.tacv2`
    pub channel: String,
}

impl ChannelRef {
    /// Whether an id looks like one of a team or channel. Older ones end in `@thread.skype`.
    pub fn is_channel_id(id: &str) -> bool {
        let name =
            id.strip_prefix("19:").and_then(|rest| rest.strip_suffix("@thread.tacv2").or_else(|| rest.strip_suffix("@thread.skype")));
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
    }
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntakeOutcome {
    /// A colleague has the client now.
    Taken,
    /// The client asked to stop: there is nothing to take.
    Stopped,
    /// The colleagues for whom somebody was looked for are back.
    Returned,
}

/// When supervisors are reminded of a client whom nobody has taken since `opened_at`. `minutes` is the line's policy.
pub fn remind_at(opened_at: Time, minutes: u32) -> Time {
    opened_at + Duration::minutes(i64::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("19:abc_DEF-1@thread.tacv2", true)]
    #[case("19:1234abcd@thread.skype", true)]
    #[case("19:abc@thread.v2", false)]
    #[case("19:@thread.tacv2", false)]
    #[case("19:abc@thread.tacv2;messageid=1", false)]
    #[case("abc@thread.tacv2", false)]
    #[case("Clients", false)]
    fn a_channel_is_known_by_its_id(#[case] id: &str, #[case] is_one: bool) {
        assert_eq!(ChannelRef::is_channel_id(id), is_one);
    }
}
