//! The decision for every outgoing message (product.md 2): the first matching row wins, and the row is part of the answer.

use super::{ClientFirst, ClosedWindow, Consent, ConsentState, Exclusivity, Past, Policy, TemplateCategory, Time, Window};
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// At most one unanswered template per client in this time, where the line's policy says so (product.md 5).
pub const TEMPLATE_AGAIN_AFTER: Duration = Duration::hours(24);

/// Everything the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Organization, line and colleague are all enabled, and the colleague belongs to the line.
    pub enabled: bool,
    pub number_active: bool,
    pub is_contact: bool,
    /// An active thread with this client on this line has participants, and the sender is none of them.
    pub owned_by_others: bool,
    /// The sender's earlier part in this conversation, when they take none in any with this client now.
    pub past: Past,
    pub consent: Consent,
    pub window: Window,
    pub policy: &'a Policy,
    /// The client stopped marketing messages (`user_preferences`, 131050).
    pub marketing_stopped: bool,
    /// WhatsApp delivers no marketing to numbers of the United States.
    pub us_number: bool,
    /// The last template since the client's last message, the opt-in request apart.
    pub unanswered_template_at: Option<Time>,
    /// The client may have asked to stop in their own words, and nobody has decided yet.
    pub revocation_open: bool,
}

/// What is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Free text or media of a colleague.
    Free,
    /// The same, written earlier and waiting since: held, or still queued when the client asked to stop.
    Waiting,
    /// A template that a colleague chose, or the nudge.
    Template { approved: bool, category: TemplateCategory },
    /// A colleague's wish to ask for consent.
    Request,
    /// An opt-in request on its way: recorded as asked, not yet handed to WhatsApp.
    RequestOnItsWay,
    /// What the server tells the client about the colleagues in the chat (K-31, K-33, K-36, K-42, K-52).
    Notice,
    /// The server's own answer to the client's message (K-02, K-03, K-11, K-13, the request as a session message).
    Answer,
}

/// The row that decided. Stored in the journal under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Row 1.
    NotEnabled,
    /// Row 2.
    NumberDeactivated,
    /// Row 3.
    NotAContact,
    /// Row 4.
    OwnedByOthers,
    /// Row 5.
    ConsentRefused,
    /// Row 6.
    RequestPending,
    /// Row 7.
    ConsentNeeded,
    /// Row 8.
    WindowOpen,
    /// Row 9.
    ApprovedTemplate,
    /// Row 10.
    TemplateOnly,
    /// Row 11.
    Queue,
    /// The client wrote first and the line answers (below the table of product.md 2).
    ClientFirst,
    /// The server answers inside the window that the client opened.
    AnswerInWindow,
    /// An answer whose window has closed is not worth sending any more.
    AnswerTooLate,
    /// The template is not approved (any more).
    TemplateNotApproved,
    /// Marketing is not allowed on this line, to this number, or by this client (product.md 5).
    MarketingNotAllowed,
    /// The last template has not been answered yet (product.md 5).
    TemplateUnanswered,
    /// Consent is granted already: nothing to ask.
    AlreadyGranted,
    /// The client may have asked to stop in their own words: until a colleague has decided, nothing but what is written to them
    /// now, inside the window.
    RevocationOpen,
}

impl Rule {
    /// Every rule, for what must hold for each of them.
    pub const ALL: [Self; 19] = [
        Self::NotEnabled,
        Self::NumberDeactivated,
        Self::NotAContact,
        Self::OwnedByOthers,
        Self::ConsentRefused,
        Self::RequestPending,
        Self::ConsentNeeded,
        Self::WindowOpen,
        Self::ApprovedTemplate,
        Self::TemplateOnly,
        Self::Queue,
        Self::ClientFirst,
        Self::AnswerInWindow,
        Self::AnswerTooLate,
        Self::TemplateNotApproved,
        Self::MarketingNotAllowed,
        Self::TemplateUnanswered,
        Self::AlreadyGranted,
        Self::RevocationOpen,
    ];

    /// The row of product.md 2, where the rule is one of its rows.
    pub fn row(self) -> Option<u8> {
        Some(match self {
            Self::NotEnabled => 1,
            Self::NumberDeactivated => 2,
            Self::NotAContact => 3,
            Self::OwnedByOthers => 4,
            Self::ConsentRefused => 5,
            Self::RequestPending => 6,
            Self::ConsentNeeded => 7,
            Self::WindowOpen => 8,
            Self::ApprovedTemplate => 9,
            Self::TemplateOnly => 10,
            Self::Queue => 11,
            _ => return None,
        })
    }
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Hand it to WhatsApp.
    Send,
    /// Do not send; the rule says what to tell.
    Refuse,
    /// Offer to add the contact first.
    OfferContact,
    /// Ask the colleague whether to send the opt-in request (T-00).
    AskConsent,
    /// Give the text back with the template picker (T-20).
    HandBack,
    /// Hold it until the client writes (T-21); `nudge`: also send the nudge template once.
    Hold { nudge: bool },
}

/// A decision and the rule that took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub decision: Decision,
    pub rule: Rule,
}

/// Takes the decision. Pure: the same facts at the same time always give the same verdict, at first sending, at release from
/// the queue, before every retry, and in the preflight.
pub fn admit(facts: &Facts<'_>, sending: Sending, now: Time) -> Verdict {
    let verdict = |decision, rule| Verdict { decision, rule };
    let refuse = |rule| verdict(Decision::Refuse, rule);

    // What the server answers needs neither consent nor an owner, only the window that the client's message opened. K-11 is
    // such an answer too, so the number's state does not matter here.
    if sending == Sending::Answer {
        return if facts.window.may_send(now) { verdict(Decision::Send, Rule::AnswerInWindow) } else { refuse(Rule::AnswerTooLate) };
    }
    if sending == Sending::Notice {
        return admit_notice(facts, now);
    }
    if !facts.enabled {
        return refuse(Rule::NotEnabled);
    }
    if !facts.number_active {
        return refuse(Rule::NumberDeactivated);
    }
    if !facts.is_contact {
        return verdict(Decision::OfferContact, Rule::NotAContact);
    }
    if facts.owned_by_others && (facts.policy.exclusivity == Exclusivity::Exclusive || facts.past.stays_out()) {
        return refuse(Rule::OwnedByOthers);
    }
    let state = facts.consent.state(now);
    let asks_anew = facts.past.asks_anew(facts.policy, facts.owned_by_others);
    match state {
        ConsentState::Declined | ConsentState::Revoked => return refuse(Rule::ConsentRefused),
        _ if facts.revocation_open && !(sending == Sending::Free && facts.window.may_send(now)) => {
            return undecided(facts, sending, state);
        }
        ConsentState::Pending if sending == Sending::RequestOnItsWay => return verdict(Decision::Send, Rule::ConsentNeeded),
        ConsentState::Pending => return refuse(Rule::RequestPending),
        ConsentState::None | ConsentState::Lapsed => {
            let answerable = state == ConsentState::None
                && !asks_anew
                && facts.policy.client_first == ClientFirst::Answer
                && facts.window.may_send(now)
                && matches!(sending, Sending::Free | Sending::Waiting);
            return match sending {
                _ if answerable => verdict(Decision::Send, Rule::ClientFirst),
                Sending::Request => verdict(Decision::Send, Rule::ConsentNeeded),
                _ => verdict(Decision::AskConsent, Rule::ConsentNeeded),
            };
        }
        ConsentState::Granted => {}
    }
    match sending {
        Sending::Request if asks_anew => verdict(Decision::Send, Rule::ConsentNeeded),
        Sending::Free | Sending::Waiting | Sending::Template { .. } if asks_anew => verdict(Decision::AskConsent, Rule::ConsentNeeded),
        Sending::Request | Sending::RequestOnItsWay => refuse(Rule::AlreadyGranted),
        Sending::Template { approved, category } => admit_template(facts, approved, category, now),
        _ if facts.window.may_send(now) => verdict(Decision::Send, Rule::WindowOpen),
        _ => match facts.policy.closed_window {
            ClosedWindow::TemplateOnly => verdict(Decision::HandBack, Rule::TemplateOnly),
            ClosedWindow::Queue => verdict(Decision::Hold { nudge: false }, Rule::Queue),
            ClosedWindow::QueueAndNudge => verdict(Decision::Hold { nudge: true }, Rule::Queue),
        },
    }
}

/// Texts about colleagues are no reason to write to somebody who has not agreed, nor to open a window: they wait for the client's next
/// message, and go with the consent that they are about.
fn admit_notice(facts: &Facts<'_>, now: Time) -> Verdict {
    let verdict = |decision, rule| Verdict { decision, rule };
    let wait = |rule| verdict(Decision::Hold { nudge: false }, rule);
    let state = facts.consent.state(now);
    let open = facts.window.may_send(now);
    let answerable = state == ConsentState::None && facts.policy.client_first == ClientFirst::Answer;
    match state {
        ConsentState::Declined | ConsentState::Revoked => verdict(Decision::Refuse, Rule::ConsentRefused),
        _ if !facts.enabled => verdict(Decision::Refuse, Rule::NotEnabled),
        _ if !facts.number_active => wait(Rule::NumberDeactivated),
        _ if facts.revocation_open => wait(Rule::RevocationOpen),
        ConsentState::Granted if open => verdict(Decision::Send, Rule::WindowOpen),
        ConsentState::Granted => wait(Rule::Queue),
        _ if answerable && open => verdict(Decision::Send, Rule::ClientFirst),
        ConsentState::Pending => wait(Rule::RequestPending),
        ConsentState::None | ConsentState::Lapsed => wait(Rule::ConsentNeeded),
    }
}

/// Nobody has decided yet whether the client asked to stop. Text that the line would hold waits for the decision.
fn undecided(facts: &Facts<'_>, sending: Sending, state: ConsentState) -> Verdict {
    let waits = matches!(sending, Sending::Free | Sending::Waiting) && state == ConsentState::Granted;
    let holds = sending == Sending::Waiting || facts.policy.closed_window != ClosedWindow::TemplateOnly;
    let decision = if waits && holds { Decision::Hold { nudge: false } } else { Decision::Refuse };
    Verdict { decision, rule: Rule::RevocationOpen }
}

/// Consent is granted; may this template go out? (product.md 5)
fn admit_template(facts: &Facts<'_>, approved: bool, category: TemplateCategory, now: Time) -> Verdict {
    let refuse = |rule| Verdict { decision: Decision::Refuse, rule };
    let marketing = matches!(category, TemplateCategory::Marketing | TemplateCategory::Unknown);
    let unanswered = facts.unanswered_template_at.is_some_and(|at| now < at + TEMPLATE_AGAIN_AFTER);
    if !approved {
        refuse(Rule::TemplateNotApproved)
    } else if marketing && (!facts.policy.marketing_templates || facts.us_number || facts.marketing_stopped) {
        refuse(Rule::MarketingNotAllowed)
    } else if facts.window.may_send(now) {
        Verdict { decision: Decision::Send, rule: Rule::WindowOpen }
    } else if unanswered && facts.policy.one_unanswered_template {
        refuse(Rule::TemplateUnanswered)
    } else {
        Verdict { decision: Decision::Send, rule: Rule::ApprovedTemplate }
    }
}

#[cfg(test)]
#[path = "admit_tests.rs"]
mod tests;
