//! What a decision rested on, as the journal keeps it: "why was this sent or refused" has an answer long after consent, window and
//! policy have changed. Small, for it is written with every message.

use super::{ClientFirst, ClosedWindow, ConsentState, Decision, Facts, Rule, Sending, Time, Verdict, WINDOW, admit};
use serde::{Deserialize, Serialize};

/// The facts of one decision: consent and window always, and what else the rule looked at. Stored as JSON: new members have defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// As of the decision: a request older than 24 h stands here as lapsed.
    pub consent: ConsentState,
    /// When the window that the client opened last closes or closed. Absent: the client had never written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_until: Option<Time>,
    /// When WhatsApp said that this window is closed (131047); its word wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_refused: Option<Time>,
    /// The policy, or the property of the client, that the rule looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Ground>,
    /// The moment from which the rule counts its 24 hours: of the request, or of the template without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}

/// What a rule looked at besides consent and window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A client talks with one group of colleagues at a time.
    Exclusive,
    /// Closed window: only templates.
    TemplateOnly,
    /// Closed window: hold.
    Queue,
    /// Closed window: hold, and ask the client to write.
    QueueAndNudge,
    /// Who wrote first may be answered.
    AnswersFirst,
    /// Who wrote first is asked for consent.
    AsksFirst,
    /// The line sends no marketing.
    NoMarketing,
    /// A number of the United States, to which WhatsApp delivers no marketing.
    UsNumber,
    /// The client stopped marketing messages.
    MarketingStopped,
    /// One template without an answer in 24 h.
    OneTemplate,
    /// Who left a conversation asks anew before starting it again.
    StartsAgain,
}

impl Grounds {
    /// The facts that decided, when `rule` did.
    pub fn of(facts: &Facts<'_>, rule: Rule, now: Time) -> Self {
        let window = facts.window;
        let policy = match rule {
            Rule::OwnedByOthers => Some(Ground::Exclusive),
            Rule::TemplateOnly | Rule::Queue => Some(match facts.policy.closed_window {
                ClosedWindow::TemplateOnly => Ground::TemplateOnly,
                ClosedWindow::Queue => Ground::Queue,
                ClosedWindow::QueueAndNudge => Ground::QueueAndNudge,
            }),
            Rule::ClientFirst => Some(Ground::AnswersFirst),
            Rule::ConsentNeeded if facts.past.asks_anew(facts.policy, facts.owned_by_others) => Some(Ground::StartsAgain),
            Rule::ConsentNeeded if window.may_send(now) && facts.policy.client_first == ClientFirst::Ask => Some(Ground::AsksFirst),
            Rule::MarketingNotAllowed if !facts.policy.marketing_templates => Some(Ground::NoMarketing),
            Rule::MarketingNotAllowed if facts.us_number => Some(Ground::UsNumber),
            Rule::MarketingNotAllowed => Some(Ground::MarketingStopped),
            Rule::TemplateUnanswered => Some(Ground::OneTemplate),
            _ => None,
        };
        let since = match rule {
            Rule::RequestPending => facts.consent.requested_at,
            Rule::TemplateUnanswered => facts.unanswered_template_at,
            _ => None,
        };
        Self {
            consent: facts.consent.state(now),
            window_until: window.last_inbound.map(|last| last + WINDOW),
            window_refused: window.refused_at.filter(|refused| window.last_inbound.is_none_or(|last| *refused >= last)),
            policy,
            since,
        }
    }
}

/// A verdict with what it rested on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    pub decision: Decision,
    pub rule: Rule,
    pub grounds: Grounds,
}

impl Ruling {
    /// Takes the decision of [`admit`].
    pub fn on(facts: &Facts<'_>, sending: Sending, now: Time) -> Self {
        let Verdict { decision, rule } = admit(facts, sending, now);
        Self { decision, rule, grounds: Grounds::of(facts, rule, now) }
    }

    pub fn verdict(&self) -> Verdict {
        Verdict { decision: self.decision, rule: self.rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{Consent, Past, Policy, TemplateCategory, Window};
    use chrono::Duration;
    use rstest::rstest;

    fn at(hours: i64) -> Time {
        Time::UNIX_EPOCH + Duration::hours(hours)
    }

    fn facts(policy: &Policy) -> Facts<'_> {
        Facts {
            enabled: true,
            number_active: true,
            is_contact: true,
            owned_by_others: false,
            past: Past::None,
            consent: Consent { stored: ConsentState::Granted, requested_at: Some(at(0)) },
            window: Window { last_inbound: Some(at(0)), refused_at: None },
            policy,
            marketing_stopped: false,
            us_number: false,
            unanswered_template_at: None,
            revocation_open: false,
        }
    }

    const TEMPLATE: Sending = Sending::Template { approved: true, category: TemplateCategory::Utility };
    const MARKETING: Sending = Sending::Template { approved: true, category: TemplateCategory::Marketing };

    #[rstest]
    #[case::hold(ClosedWindow::Queue, Ground::Queue)]
    #[case::nudge(ClosedWindow::QueueAndNudge, Ground::QueueAndNudge)]
    #[case::hand_back(ClosedWindow::TemplateOnly, Ground::TemplateOnly)]
    fn a_closed_window_rests_on_its_end_and_the_policy(#[case] closed_window: ClosedWindow, #[case] ground: Ground) {
        let policy = Policy { closed_window, ..Policy::default() };
        let ruling = Ruling::on(&facts(&policy), Sending::Free, at(30));
        let grounds = ruling.grounds;
        assert_eq!((grounds.consent, grounds.window_until, grounds.policy), (ConsentState::Granted, Some(at(24)), Some(ground)));
        assert_eq!(ruling.verdict(), admit(&facts(&policy), Sending::Free, at(30)));
    }

    #[test]
    fn whatsapps_refusal_is_kept_as_long_as_it_counts() {
        let policy = Policy::default();
        let mut facts = Facts { window: Window { last_inbound: Some(at(0)), refused_at: Some(at(1)) }, ..facts(&policy) };
        assert_eq!(Ruling::on(&facts, Sending::Free, at(2)).grounds.window_refused, Some(at(1)));
        facts.window = facts.window.renewed(at(3), at(3));
        assert_eq!(Ruling::on(&facts, Sending::Free, at(4)).grounds.window_refused, None);
    }

    #[test]
    fn a_waiting_request_rests_on_its_time_and_a_lapsed_one_says_so() {
        let policy = Policy::default();
        let asked = Facts { consent: Consent { stored: ConsentState::Pending, requested_at: Some(at(5)) }, ..facts(&policy) };
        let early = Ruling::on(&asked, Sending::Request, at(6));
        assert_eq!((early.rule, early.grounds.since), (Rule::RequestPending, Some(at(5))));
        assert_eq!(Ruling::on(&asked, Sending::Free, at(29)).grounds.consent, ConsentState::Lapsed);
    }

    #[rstest]
    #[case::line(false, false, false, Ground::NoMarketing)]
    #[case::number(true, true, false, Ground::UsNumber)]
    #[case::client(true, false, true, Ground::MarketingStopped)]
    fn marketing_says_whose_doing_it_is(
        #[case] marketing_templates: bool,
        #[case] us_number: bool,
        #[case] marketing_stopped: bool,
        #[case] ground: Ground,
    ) {
        let policy = Policy { marketing_templates, ..Policy::default() };
        let facts = Facts { us_number, marketing_stopped, ..facts(&policy) };
        assert_eq!(Ruling::on(&facts, MARKETING, at(30)).grounds.policy, Some(ground));
    }

    #[test]
    fn a_template_too_many_rests_on_the_one_before() {
        let policy = Policy::default();
        let facts = Facts { unanswered_template_at: Some(at(26)), ..facts(&policy) };
        let grounds = Ruling::on(&facts, TEMPLATE, at(30)).grounds;
        assert_eq!((grounds.policy, grounds.since), (Some(Ground::OneTemplate), Some(at(26))));
    }

    #[test]
    fn entries_stay_small_and_read_back_also_without_the_newer_members() {
        let policy = Policy::default();
        let grounds = Ruling::on(&facts(&policy), Sending::Free, at(1)).grounds;
        let json = serde_json::to_string(&grounds).expect("JSON");
        assert_eq!(json, r#"{"consent":"granted","window_until":"1970-01-02T00:00:00Z"}"#);
        assert_eq!(serde_json::from_str::<Grounds>(&json).expect("read back"), grounds);
        let least = serde_json::from_str::<Grounds>(r#"{"consent":"none","of_tomorrow":1}"#).expect("read");
        assert_eq!((least.consent, least.window_until, least.policy), (ConsentState::None, None, None));
    }
}
