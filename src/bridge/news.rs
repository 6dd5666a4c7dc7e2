//! What WhatsApp tells about templates and the account: how much it matters, and what it changes at once.

use super::{Template, TemplateCategory};
use serde::{Deserialize, Serialize};

/// Why a template whose text changed cannot be sent for the moment: what the picker knows of it is not what clients would get.
pub const JUST_CHANGED: &str = "its text has just changed on WhatsApp; try again in a minute";

/// A change of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateChange {
    /// Meta's event, upper case (`PAUSED`).
    Status(String),
    /// The category is another one now.
    Category { to: String },
    /// The category will be another one.
    CategoryAhead { to: String },
    /// The quality, as clients' reactions make it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    Quality { from: String, to: String },
    /// Text or buttons.
    Components,
    /// A kind of news that we do not know.
    Unknown,
}

/// How much a piece of news matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewsWeight {
    /// Good news: nothing to do.
    Good,
    /// To know.
    Plain,
    /// Something will stop working.
    Warning,
    /// Something has stopped working.
    Alarm,
}

impl TemplateChange {
    pub fn weight(&self) -> NewsWeight {
        match self {
            Self::Status(event) => match event.as_str() {
                "APPROVED" | "REINSTATED" | "UNARCHIVED" => NewsWeight::Good,
                "PAUSED" | "DISABLED" | "REJECTED" | "DELETED" | "LIMIT_EXCEEDED" | "LOCKED" => NewsWeight::Alarm,
                "FLAGGED" | "PENDING_DELETION" | "ARCHIVED" => NewsWeight::Warning,
                _ => NewsWeight::Plain,
            },
            Self::Category { to } | Self::CategoryAhead { to } if to == "MARKETING" => NewsWeight::Warning,
            Self::Quality { to, .. } => match to.as_str() {
                "GREEN" => NewsWeight::Good,
                "YELLOW" => NewsWeight::Warning,
                "RED" => NewsWeight::Alarm,
                _ => NewsWeight::Plain,
            },
            Self::Category { .. } | Self::CategoryAhead { .. } | Self::Components | Self::Unknown => NewsWeight::Plain,
        }
    }
}

/// How much news of the account matters. `event` is Meta's, upper case.
pub fn account_weight(field: &str, event: &str) -> NewsWeight {
    match (field, event) {
        ("account_update", "DISABLED_UPDATE" | "ACCOUNT_RESTRICTION" | "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED" | "PARTNER_REMOVED") => {
            NewsWeight::Alarm
        }
        ("account_update", "ACCOUNT_VIOLATION") | ("phone_number_quality_update", "FLAGGED") => NewsWeight::Alarm,
        ("account_update", "ACCOUNT_RECONNECTED") => NewsWeight::Good,
        ("account_review_update" | "phone_number_name_update", "APPROVED") => NewsWeight::Good,
        ("account_review_update" | "phone_number_name_update", "REJECTED") => NewsWeight::Alarm,
        ("phone_number_quality_update", "UPGRADE" | "UNFLAGGED" | "ONBOARDING" | "THROUGHPUT_UPGRADE") => NewsWeight::Good,
        ("phone_number_quality_update", "DOWNGRADE") => NewsWeight::Warning,
        ("account_alerts" | "security" | "messages", _) => NewsWeight::Warning,
        _ => NewsWeight::Plain,
    }
}

impl Template {
    /// What a change means before the templates are listed again; false when it changes nothing that we know of.
    pub fn apply(&mut self, change: &TemplateChange) -> bool {
        let before = self.clone();
        match change {
            TemplateChange::Status(event) => match event.as_str() {
                "APPROVED" | "REINSTATED" => "APPROVED".clone_into(&mut self.status),
                // It can still be sent; a list will tell when it cannot.
                "FLAGGED" | "UNARCHIVED" => {}
                "REJECTED" | "PENDING" | "PAUSED" | "DISABLED" | "IN_APPEAL" | "LIMIT_EXCEEDED" | "LOCKED" | "ARCHIVED" | "DELETED"
                | "PENDING_DELETION" => self.status.clone_from(event),
                _ => {}
            },
            TemplateChange::Category { to } => {
                self.category = match to.as_str() {
                    "MARKETING" => TemplateCategory::Marketing,
                    "UTILITY" => TemplateCategory::Utility,
                    "AUTHENTICATION" => TemplateCategory::Authentication,
                    _ => TemplateCategory::Unknown,
                };
            }
            // What is stored is not what a client would get any more: nobody may send it by its old preview.
            TemplateChange::Components => self.not_sendable = Some(JUST_CHANGED.to_owned()),
            TemplateChange::CategoryAhead { .. } | TemplateChange::Quality { .. } | TemplateChange::Unknown => {}
        }
        *self != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::ParameterFormat;
    use rstest::rstest;

    fn template(status: &str) -> Template {
        Template {
            waba: "waba".into(),
            id: "1".to_owned(),
            name: "visit".to_owned(),
            language: "en_US".to_owned(),
            category: TemplateCategory::Utility,
            status: status.to_owned(),
            parameter_format: ParameterFormat::Positional,
            header: None,
            body: "Hello".to_owned(),
            footer: None,
            buttons: Vec::new(),
            examples: Vec::new(),
            header_example: None,
            offer: None,
            not_sendable: None,
        }
    }

    #[rstest]
    #[case::paused("APPROVED", "PAUSED", "PAUSED")]
    #[case::disabled("APPROVED", "DISABLED", "DISABLED")]
    #[case::rejected("PENDING", "REJECTED", "REJECTED")]
    #[case::approved("PENDING", "APPROVED", "APPROVED")]
    #[case::back_again("PAUSED", "REINSTATED", "APPROVED")]
    #[case::flagged_can_be_sent("APPROVED", "FLAGGED", "APPROVED")]
    #[case::flagged_is_not_resumed("PAUSED", "FLAGGED", "PAUSED")]
    #[case::unknown("APPROVED", "ASCENDED", "APPROVED")]
    fn the_status_is_known_at_once(#[case] before: &str, #[case] event: &str, #[case] after: &str) {
        let mut template = template(before);
        let changed = template.apply(&TemplateChange::Status(event.to_owned()));
        assert_eq!((template.status.as_str(), changed), (after, before != after));
    }

    #[rstest]
    #[case("MARKETING", TemplateCategory::Marketing)]
    #[case("UTILITY", TemplateCategory::Utility)]
    #[case("SOMETHING_NEW", TemplateCategory::Unknown)]
    fn the_category_is_known_at_once(#[case] to: &str, #[case] category: TemplateCategory) {
        let mut template = template("APPROVED");
        assert!(!template.apply(&TemplateChange::CategoryAhead { to: to.to_owned() }));
        template.apply(&TemplateChange::Category { to: to.to_owned() });
        assert_eq!(template.category, category);
    }

    #[test]
    fn a_changed_text_cannot_be_sent_by_its_old_preview() {
        let mut template = template("APPROVED");
        assert!(template.apply(&TemplateChange::Components));
        assert!(template.fill(&[]).is_err());
    }
}
