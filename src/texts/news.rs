//! News of WhatsApp for administrators, in plain words: what happened, what it means, what to do.

use crate::bridge::TemplateChange;

/// A piece of news in words. Whole sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsWords {
    pub what: String,
    pub meaning: &'static str,
    pub advice: &'static str,
}

const NOTHING_TO_DO: &str = "Nothing needs to be done.";
const CHOOSE_ANOTHER: &str = "Until then, colleagues choose another template.";
const LOOK: &str = "Look at WhatsApp Manager for details.";

/// About a template, called by its name.
pub fn template_news(name: &str, change: &TemplateChange) -> NewsWords {
    let news = |what: String, meaning, advice| NewsWords { what, meaning, advice };
    match change {
        TemplateChange::Status(event) => {
            let (happened, meaning, advice) = status(event);
            match happened {
                Some(happened) => news(format!("WhatsApp {happened} the template {name}."), meaning, advice),
                None => news(format!("WhatsApp reports {event} for the template {name}."), meaning, advice),
            }
        }
        TemplateChange::Category { to } => news(
            format!("WhatsApp changed the category of the template {name} to {}.", to.to_lowercase()),
            "Marketing templates go only where the line allows them, and cost more.",
            "Check which lines use it, and whether they may send marketing.",
        ),
        TemplateChange::CategoryAhead { to } => news(
            format!("WhatsApp will change the category of the template {name} to {}.", to.to_lowercase()),
            "Until then it is sent as before. Marketing templates go only where the line allows them, and cost more.",
            "Reword it, or ask WhatsApp for a review in WhatsApp Manager.",
        ),
        TemplateChange::Quality { from, to } => {
            let what = format!("The quality of the template {name} went from {} to {}.", from.to_lowercase(), to.to_lowercase());
            match to.as_str() {
                "GREEN" => news(what, "Clients rarely block or report it.", NOTHING_TO_DO),
                "YELLOW" => news(
                    what,
                    "Some clients block or report it. If it gets worse, WhatsApp pauses it.",
                    "Send it to fewer people, or reword it.",
                ),
                "RED" => news(
                    what,
                    "Many clients block or report it. WhatsApp may pause it at any time.",
                    "Stop sending it until it is reworded.",
                ),
                _ => news(what, "WhatsApp has not seen enough reactions yet.", NOTHING_TO_DO),
            }
        }
        TemplateChange::Components => news(
            format!("The text of the template {name} changed on WhatsApp."),
            "Colleagues can send it again as soon as the new text has been fetched, usually within a minute.",
            "Check that the new text is what you want.",
        ),
        TemplateChange::Unknown => {
            news(format!("WhatsApp has news about the template {name}."), "This version does not know this kind of news.", LOOK)
        }
    }
}

/// What WhatsApp did to a template, what it means and what to do. Without the first for events that we do not know.
fn status(event: &str) -> (Option<&'static str>, &'static str, &'static str) {
    match event {
        "APPROVED" => (Some("approved"), "Colleagues can send it.", NOTHING_TO_DO),
        "REINSTATED" => (Some("reinstated"), "Colleagues can send it again.", NOTHING_TO_DO),
        "UNARCHIVED" => (Some("took out of its archive"), "Colleagues can send it again if it is approved.", NOTHING_TO_DO),
        "REJECTED" => (Some("rejected"), "It cannot be sent.", "Correct it in WhatsApp Manager and submit it again."),
        "PENDING" | "IN_APPEAL" => (Some("is reviewing"), "It cannot be sent until the review is over.", CHOOSE_ANOTHER),
        "PAUSED" => (
            Some("paused"),
            "Too many clients blocked or reported it. Nobody can send it until WhatsApp resumes it by itself, after some hours; after the third time it is disabled.",
            "Reword it, or send it to fewer people. Until then, colleagues choose another template.",
        ),
        "DISABLED" => (Some("disabled"), "Nobody can send it any more.", "Create a new template with another text, and use that one."),
        "FLAGGED" => (Some("flagged"), "It can still be sent, but WhatsApp may soon disable it.", "Reword it, or send it to fewer people."),
        "LIMIT_EXCEEDED" => (Some("stopped"), "A limit of WhatsApp is exceeded. It cannot be sent.", LOOK),
        "LOCKED" => (Some("locked"), "It cannot be changed or sent for the moment.", LOOK),
        "ARCHIVED" => (Some("archived"), "It cannot be sent until it is taken out of the archive.", LOOK),
        "DELETED" => (Some("deleted"), "Nobody can send it any more.", "If a line needs it, name another template in the directory."),
        "PENDING_DELETION" => {
            (Some("is deleting"), "Nobody can send it any more.", "If a line needs it, name another template in the directory.")
        }
        _ => (None, "This version does not know what that means.", LOOK),
    }
}

/// About the account or a number. `event` is Meta's, upper case, or empty.
pub fn account_news(field: &str, event: &str) -> NewsWords {
    let (what, meaning, advice) = match (field, event) {
        ("account_update", "DISABLED_UPDATE") => (
            "WhatsApp disabled the business account, or is about to.",
            "Messages to clients fail while it is disabled.",
            "Appeal in Business Support Home at once.",
        ),
        ("account_update", "ACCOUNT_RESTRICTION") => (
            "WhatsApp restricted the business account.",
            "Some or all messages to clients fail until it is lifted.",
            "See the reason in Business Support Home, and appeal there.",
        ),
        ("account_update", "ACCOUNT_VIOLATION") => (
            "WhatsApp says that the business account broke a policy.",
            "If it happens again, WhatsApp restricts or disables the account.",
            "See the reason in Business Support Home, and stop what caused it.",
        ),
        ("account_update", "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED") => (
            "The business account was removed from WhatsApp.",
            "Nothing can be sent or received with its numbers.",
            "Ask whoever administers it in Meta Business Suite.",
        ),
        ("account_update", "ACCOUNT_RECONNECTED") => {
            ("The business account is connected to WhatsApp again.", "Messages go out as before.", NOTHING_TO_DO)
        }
        ("account_update", "PARTNER_REMOVED" | "PARTNER_APP_UNINSTALLED") => (
            "The app lost its access to the business account.",
            "Messages to clients may fail.",
            "Give the app access again in Meta Business Suite, if that was not meant.",
        ),
        ("account_update", "PARTNER_ADDED" | "PARTNER_APP_INSTALLED") => (
            "An app got access to the business account.",
            "It can send messages in your name.",
            "Check in Meta Business Suite that this was meant.",
        ),
        ("account_update", "VOLUME_BASED_PRICING_TIER_UPDATE") => {
            ("The price tier of the business account changed.", "Messages may cost more or less.", LOOK)
        }
        ("account_alerts", _) => ("WhatsApp warns about the business account.", "Something may stop working if nothing is done.", LOOK),
        ("account_review_update", "APPROVED") => ("WhatsApp approved the business account.", "It can be used.", NOTHING_TO_DO),
        ("account_review_update", "REJECTED") => (
            "WhatsApp rejected the business account.",
            "Messages to clients fail.",
            "See the reason in Business Support Home, and appeal there.",
        ),
        ("account_review_update", _) => ("WhatsApp reviewed the business account.", "What it may do has changed, or will.", LOOK),
        ("business_capability_update", _) => (
            "WhatsApp changed what the business may do.",
            "The number of clients who may be written to first in 24 hours is another one.",
            "Compare the new limits with your plans.",
        ),
        ("phone_number_quality_update", "FLAGGED") => (
            "WhatsApp flagged a number for its low quality.",
            "Too many clients blocked or reported it. If that goes on, fewer clients may be written to.",
            "Send less with it, and only what clients expect.",
        ),
        ("phone_number_quality_update", "UNFLAGGED") => ("A number is not flagged any more.", "Its quality has recovered.", NOTHING_TO_DO),
        ("phone_number_quality_update", "DOWNGRADE") => (
            "WhatsApp lowered the limit of a number.",
            "Fewer clients may be written to first in 24 hours.",
            "Send less with it, and only what clients expect.",
        ),
        ("phone_number_quality_update", "UPGRADE" | "ONBOARDING") => {
            ("WhatsApp set or raised the limit of a number.", "More clients may be written to first in 24 hours.", NOTHING_TO_DO)
        }
        ("phone_number_quality_update", "THROUGHPUT_UPGRADE") => {
            ("WhatsApp lets a number send faster.", "Nothing else changes.", NOTHING_TO_DO)
        }
        ("phone_number_quality_update", _) => {
            ("The quality or the limit of a number changed.", "Another number of clients may be written to first in 24 hours.", LOOK)
        }
        ("phone_number_name_update", "APPROVED") => ("WhatsApp approved the display name of a number.", "Clients see it.", NOTHING_TO_DO),
        ("phone_number_name_update", "REJECTED") => (
            "WhatsApp rejected the display name of a number.",
            "Clients see the number instead.",
            "Choose another name in WhatsApp Manager.",
        ),
        ("phone_number_name_update", _) => ("WhatsApp has news about the display name of a number.", "Clients may see another name.", LOOK),
        ("security", "PIN_CHANGED" | "PIN_RESET_SUCCESS") => (
            "The PIN of a number was changed.",
            "Whoever has it can move the number elsewhere.",
            "If this was not meant, set a new PIN in WhatsApp Manager at once.",
        ),
        ("security", "PIN_RESET_REQUEST") => (
            "Somebody asked to reset the PIN of a number.",
            "Whoever resets it can move the number elsewhere.",
            "If this was not meant, set a new PIN in WhatsApp Manager at once.",
        ),
        ("security", _) => (
            "WhatsApp has news about the security of a number.",
            "Somebody may have changed its protection.",
            "Check in WhatsApp Manager that this was meant.",
        ),
        ("messages", _) => (
            "WhatsApp reports a problem of the business account.",
            "Messages may be late or fail.",
            "See the details below; if it goes on, ask WhatsApp's support.",
        ),
        _ => ("WhatsApp has news about the business account.", "This version does not know this kind of news.", LOOK),
    };
    NewsWords { what: what.to_owned(), meaning, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_of_news_is_said_in_sentences() {
        let events = [
            "APPROVED",
            "REINSTATED",
            "UNARCHIVED",
            "REJECTED",
            "PENDING",
            "IN_APPEAL",
            "PAUSED",
            "DISABLED",
            "FLAGGED",
            "LIMIT_EXCEEDED",
            "LOCKED",
            "ARCHIVED",
            "DELETED",
            "PENDING_DELETION",
            "NEVER_HEARD_OF",
        ];
        let changes = events.map(|event| TemplateChange::Status(event.to_owned())).into_iter().chain([
            TemplateChange::Category { to: "MARKETING".to_owned() },
            TemplateChange::CategoryAhead { to: "MARKETING".to_owned() },
            TemplateChange::Quality { from: "GREEN".to_owned(), to: "RED".to_owned() },
            TemplateChange::Components,
            TemplateChange::Unknown,
        ]);
        let fields = [
            "account_update",
            "account_alerts",
            "account_review_update",
            "business_capability_update",
            "phone_number_quality_update",
            "phone_number_name_update",
            "security",
            "messages",
            "account_future",
        ];
        let news = changes.map(|change| template_news("visit", &change)).chain(fields.map(|field| account_news(field, "NEVER_HEARD_OF")));
        for words in news {
            for sentence in [words.what.as_str(), words.meaning, words.advice] {
                assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
            }
        }
    }

    #[test]
    fn unknown_news_names_what_whatsapp_said() {
        assert_eq!(
            template_news("visit", &TemplateChange::Status("ASCENDED".to_owned())).what,
            "WhatsApp reports ASCENDED for the template visit."
        );
    }
}
