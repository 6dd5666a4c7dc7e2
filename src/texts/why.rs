//! "Why?": each rule in one plain sentence, the facts that decided, and what happened to a message, in words.

use crate::bridge::{Ground, Rule};

/// Why a rule decided as it did, in the past: the reader asks about a moment that is over.
pub fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::NotEnabled => "The colleague, the line of business or the organization was not enabled for WhatsApp.",
        Rule::NumberDeactivated => "The business number was switched off.",
        Rule::NotAContact => "The client was not a contact of the line of business yet.",
        Rule::OwnedByOthers => "The client was in a conversation with another colleague of the line of business.",
        Rule::ConsentRefused => "The client had declined messages or asked us to stop.",
        Rule::RequestPending => "The client had been asked for consent less than 24 hours before and had not answered.",
        Rule::ConsentNeeded => "The client had not agreed to messages, so only the request for consent could go out.",
        Rule::WindowOpen => "The client had agreed to messages and had written within the last 24 hours.",
        Rule::ApprovedTemplate => "The client had agreed to messages, and an approved template may also go out after the 24-hour window.",
        Rule::TemplateOnly => "The 24-hour window was closed, and this line of business sends only approved templates then.",
        Rule::Queue => "The 24-hour window was closed, and this line of business holds messages until the client writes.",
        Rule::ClientFirst => "The client wrote first, and this line of business answers within the 24-hour window that this opened.",
        Rule::AnswerInWindow => "It was an automatic answer within the 24-hour window that the client had opened.",
        Rule::AnswerTooLate => "It was an automatic answer, and the 24-hour window had closed before it could go out.",
        Rule::TemplateNotApproved => "The template was not approved by WhatsApp, or cannot be sent from here.",
        Rule::MarketingNotAllowed => "It was a marketing template, and those may not be sent to this client.",
        Rule::TemplateUnanswered => "The client had not answered the last template, and only one is allowed in 24 hours.",
        Rule::RevocationOpen => "The client may have been asking to stop, and nobody had decided that yet.",
        Rule::AlreadyGranted => "The client had agreed already, so there was nothing to ask.",
    }
}

/// What a rule looked at besides consent and window.
pub fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Exclusive => "A client talks with one group of colleagues at a time",
        Ground::TemplateOnly => "Only templates when the window is closed",
        Ground::Queue => "Hold messages when the window is closed",
        Ground::QueueAndNudge => "Hold messages when the window is closed, and ask the client to write",
        Ground::AnswersFirst => "Answer clients who write first",
        Ground::AsksFirst => "Ask clients who write first for consent",
        Ground::NoMarketing => "No marketing templates",
        Ground::UsNumber => "WhatsApp delivers no marketing to numbers of the United States",
        Ground::MarketingStopped => "The client stopped marketing messages",
        Ground::OneTemplate => "One template without an answer in 24 hours",
        Ground::StartsAgain => "Who left a conversation asks the client anew before starting it again",
    }
}

/// What an entry of the journal says about the message it belongs to; `None` for entries that tell nothing about why.
pub fn happened(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "message.queued" => "To be sent",
        "message.held" => "Held",
        "message.refused" | "conversation.refused" => "Not sent",
        "message.released" => "Released and sent",
        "message.not_released" => "Stayed held",
        "message.held_changed" => "Changed",
        "message.edited_in_teams" => "Changed in Teams",
        "message.deleted_in_teams" => "Deleted in Teams",
        "message.handed_over" => "Handed over to another colleague",
        "message.withdrawn" => "Withdrawn",
        "message.expired" => "Expired",
        "message.discarded" => "Discarded",
        "message.accepted" => "Handed over to WhatsApp, every rule checked once more",
        "message.failed" => "WhatsApp did not deliver it",
        "message.uncertain" => "Nobody knows whether WhatsApp took it",
        "message.arrived_says_colleague" => "A colleague says that it arrived",
        "nudge.refused" => "The client was not asked to write",
        _ => return None,
    })
}

/// Behind what happened to a message that was sent again: which sending it is about.
pub fn sending(number: usize) -> String {
    format!("sending {number}")
}

/// A rule with its row in the table of decisions, which administrators and auditors know.
pub fn numbered(row: Option<u8>, sentence: &str) -> String {
    match row {
        Some(row) => format!("Rule {row}: {sentence}"),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_one_plain_sentence_of_its_own() {
        let sentences: BTreeSet<&str> = Rule::ALL.into_iter().map(rule).collect();
        assert_eq!(sentences.len(), Rule::ALL.len());
        for sentence in sentences {
            assert!(sentence.ends_with('.') && !sentence.trim_end_matches('.').contains(". "), "{sentence}");
            assert!(sentence.starts_with(char::is_uppercase) && sentence.len() <= 130 && !sentence.contains('_'), "{sentence}");
        }
    }

    #[test]
    fn a_rule_of_the_table_is_named_by_its_row() {
        assert!(numbered(Rule::Queue.row(), rule(Rule::Queue)).starts_with("Rule 11: The 24-hour window was closed"));
        assert!(numbered(Rule::TemplateUnanswered.row(), rule(Rule::TemplateUnanswered)).starts_with("The client had not answered"));
    }

    #[test]
    fn what_tells_nothing_about_why_is_left_out() {
        assert_eq!(happened("message.status"), None);
        assert_eq!(happened("message.posted"), None);
        assert_eq!(happened("message.held"), Some("Held"));
    }
}
