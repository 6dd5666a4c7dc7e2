//! Consent: may we write to this contact? (product.md 3)
//!
//! Invariants: only a client's own word grants; declined and revoked end only by the client's word, which an administrator may have
//! got by other ways and recorded with evidence; an opt-out acts in every state and never brings a new request.

use super::{ClientFirst, Meaning, Time};
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// How long a request waits for its answer before it lapses; also the least time between two requests of colleagues.
pub const REQUEST_LIFETIME: Duration = Duration::hours(24);
/// The least time between two requests that answer a client's messages.
pub const ASK_AGAIN_AFTER: Duration = Duration::minutes(10);
/// The least time between two answers to HELP.
pub const HELP_AGAIN_AFTER: Duration = Duration::hours(24);

/// Where consent stands. `none -> pending -> granted | declined`, `pending -> lapsed` after 24 h, `granted -> revoked`; from
/// declined and revoked only the client leads back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    None,
    Pending,
    Granted,
    Declined,
    Lapsed,
    Revoked,
}

/// On what basis a first contact is made. Asked of the colleague before the request; part of the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    MetInPerson,
    Contract,
    WebForm,
    Other,
}

/// Consent of one contact, as stored. `Lapsed` is not stored: it is `Pending` seen 24 h after the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    pub stored: ConsentState,
    /// When the last request was made, by a colleague or in answer to the client.
    pub requested_at: Option<Time>,
}

impl Consent {
    /// Nobody has asked yet.
    pub const NONE: Self = Self { stored: ConsentState::None, requested_at: None };

    /// The state as of `now`: a pending request is lapsed exactly 24 h after it was made.
    pub fn state(&self, now: Time) -> ConsentState {
        match (self.stored, self.next_request_at()) {
            (ConsentState::Pending, Some(at)) if now >= at => ConsentState::Lapsed,
            (stored, _) => stored,
        }
    }

    /// When a colleague may ask again after silence.
    pub fn next_request_at(&self) -> Option<Time> {
        self.requested_at.map(|at| at + REQUEST_LIFETIME)
    }
}

/// Whose consent counts when several contacts turn out to be one client: the strictest word, by its place in `all`; `None` when nobody
/// was ever asked. With each goes whether it is certainly this client's word: a yes that may be a former owner's of the number is none,
/// while a no or an open question counts in doubt too.
pub fn strictest(all: &[(Consent, bool)]) -> Option<usize> {
    let weight = |(consent, certain): &(Consent, bool)| match consent.stored {
        ConsentState::None => 0,
        ConsentState::Granted => u8::from(*certain),
        ConsentState::Pending | ConsentState::Lapsed => 2,
        ConsentState::Declined => 3,
        ConsentState::Revoked => 4,
    };
    // The first of several: the one that goes on.
    let (at, found) = all.iter().enumerate().max_by_key(|(at, one)| (weight(one), std::cmp::Reverse(*at)))?;
    (weight(found) > 0).then_some(at)
}

/// What the server answers the client by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// K-02.
    Accepted,
    /// K-03.
    Stopped,
    /// K-01 as a session message with buttons.
    Request,
    /// K-13.
    Help,
}

/// What follows from a client's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The new state, when it changes.
    pub next: Option<ConsentState>,
    pub answer: Option<Answer>,
}

/// Everything the step depends on besides the message.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub consent: Consent,
    pub client_first: ClientFirst,
    /// When HELP was last answered.
    pub helped_at: Option<Time>,
    /// Whether the client may have asked to stop, and nobody has decided yet: then no message brings a request.
    pub revocation_open: bool,
}

/// The consent machine's answer to one inbound message.
pub fn on_client_message(asked: &Asked, meaning: Meaning, now: Time) -> Step {
    use ConsentState::{Declined, Granted, Lapsed, None as NotAsked, Pending, Revoked};
    let state = asked.consent.state(now);
    let nothing = Step { next: None, answer: None };
    let to = |next, answer| Step { next: Some(next), answer: Some(answer) };
    let again = || {
        let recently = asked.consent.requested_at.is_some_and(|at| now < at + ASK_AGAIN_AFTER);
        if recently || asked.revocation_open { nothing } else { to(Pending, Answer::Request) }
    };
    match (meaning, state) {
        // Marketing is another question than consent: neither asked again nor answered.
        (Meaning::Silent | Meaning::MarketingOptOut, _) => nothing,
        // A colleague decides; a request would be the message that the client does not want.
        (Meaning::PerhapsStop, _) => nothing,
        // Answered once: a repeated STOP changes nothing and says nothing.
        (Meaning::OptOut, Revoked) => nothing,
        (Meaning::OptOut, _) => to(Revoked, Answer::Stopped),
        (Meaning::Help, _) => {
            let recently = asked.helped_at.is_some_and(|at| now < at + HELP_AGAIN_AFTER);
            Step { next: None, answer: (!recently).then_some(Answer::Help) }
        }
        (Meaning::Yes | Meaning::OptIn, Pending | Lapsed | Declined | Revoked) => to(Granted, Answer::Accepted),
        (Meaning::No | Meaning::Decline, Pending | Lapsed) => to(Declined, Answer::Stopped),
        // A No on an old request after all: the client's last word counts.
        (Meaning::No, Granted | NotAsked) => to(Revoked, Answer::Stopped),
        // Asking again somebody who just repeated their No would be the request they refuse.
        (Meaning::No | Meaning::Decline, Declined | Revoked) => nothing,
        (Meaning::Other, Pending | Lapsed | Declined | Revoked) => again(),
        // In an ordinary chat "yes" and "no" are just words.
        (_, Granted) => nothing,
        (_, NotAsked) => match asked.client_first {
            ClientFirst::Answer | ClientFirst::Restrict => nothing,
            ClientFirst::Ask => again(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(minutes: i64) -> Time {
        Time::UNIX_EPOCH + Duration::minutes(minutes)
    }

    fn asked(stored: ConsentState, requested_minute: Option<i64>) -> Asked {
        Asked {
            consent: Consent { stored, requested_at: requested_minute.map(at) },
            client_first: ClientFirst::Answer,
            helped_at: None,
            revocation_open: false,
        }
    }

    #[rstest]
    #[case::yes_grants(ConsentState::Pending, Meaning::Yes, Some(ConsentState::Granted), Some(Answer::Accepted))]
    #[case::keyword_grants(ConsentState::Pending, Meaning::OptIn, Some(ConsentState::Granted), Some(Answer::Accepted))]
    #[case::no_declines(ConsentState::Pending, Meaning::No, Some(ConsentState::Declined), Some(Answer::Stopped))]
    #[case::no_keyword_declines(ConsentState::Pending, Meaning::Decline, Some(ConsentState::Declined), Some(Answer::Stopped))]
    #[case::stop_while_pending(ConsentState::Pending, Meaning::OptOut, Some(ConsentState::Revoked), Some(Answer::Stopped))]
    #[case::stop_while_granted(ConsentState::Granted, Meaning::OptOut, Some(ConsentState::Revoked), Some(Answer::Stopped))]
    #[case::stop_before_any_request(ConsentState::None, Meaning::OptOut, Some(ConsentState::Revoked), Some(Answer::Stopped))]
    #[case::stop_after_a_decline(ConsentState::Declined, Meaning::OptOut, Some(ConsentState::Revoked), Some(Answer::Stopped))]
    #[case::stop_twice_is_answered_once(ConsentState::Revoked, Meaning::OptOut, None, None)]
    #[case::yes_is_a_word_in_a_chat(ConsentState::Granted, Meaning::OptIn, None, None)]
    #[case::no_is_a_word_in_a_chat(ConsentState::Granted, Meaning::Decline, None, None)]
    #[case::an_old_no_button_still_counts(ConsentState::Granted, Meaning::No, Some(ConsentState::Revoked), Some(Answer::Stopped))]
    #[case::start_leads_back(ConsentState::Revoked, Meaning::OptIn, Some(ConsentState::Granted), Some(Answer::Accepted))]
    #[case::start_after_decline_leads_back(ConsentState::Declined, Meaning::OptIn, Some(ConsentState::Granted), Some(Answer::Accepted))]
    #[case::writing_after_stop_is_asked_again(ConsentState::Revoked, Meaning::Other, Some(ConsentState::Pending), Some(Answer::Request))]
    #[case::writing_after_decline_is_asked_again(
        ConsentState::Declined,
        Meaning::Other,
        Some(ConsentState::Pending),
        Some(Answer::Request)
    )]
    #[case::writing_while_pending_is_asked_again(ConsentState::Pending, Meaning::Other, Some(ConsentState::Pending), Some(Answer::Request))]
    #[case::a_repeated_no_is_left_alone(ConsentState::Declined, Meaning::Decline, None, None)]
    #[case::reactions_are_not_consent(ConsentState::Pending, Meaning::Silent, None, None)]
    #[case::a_wish_to_stop_brings_no_request(ConsentState::Pending, Meaning::PerhapsStop, None, None)]
    #[case::nor_after_a_stop(ConsentState::Revoked, Meaning::PerhapsStop, None, None)]
    #[case::nor_does_it_revoke(ConsentState::Granted, Meaning::PerhapsStop, None, None)]
    #[case::no_marketing_is_no_opt_out(ConsentState::Granted, Meaning::MarketingOptOut, None, None)]
    #[case::no_marketing_is_not_asked_back(ConsentState::Revoked, Meaning::MarketingOptOut, None, None)]
    #[case::help_is_answered(ConsentState::Granted, Meaning::Help, None, Some(Answer::Help))]
    #[case::first_words_need_no_request(ConsentState::None, Meaning::Other, None, None)]
    fn the_client_leads(
        #[case] state: ConsentState,
        #[case] meaning: Meaning,
        #[case] next: Option<ConsentState>,
        #[case] answer: Option<Answer>,
    ) {
        let step = on_client_message(&asked(state, Some(0)), meaning, at(60));
        assert_eq!(step, Step { next, answer });
    }

    #[rstest]
    #[case::a_no_beats_a_yes(&[(ConsentState::Granted, true), (ConsentState::Revoked, true)], Some(1))]
    #[case::in_doubt_too(&[(ConsentState::Granted, true), (ConsentState::Declined, false)], Some(1))]
    #[case::an_open_question_is_answered_first(&[(ConsentState::Granted, true), (ConsentState::Pending, false)], Some(1))]
    #[case::never_asked_takes_nothing_away(&[(ConsentState::Granted, true), (ConsentState::None, true)], Some(0))]
    #[case::a_yes_of_the_same_client_counts(&[(ConsentState::None, true), (ConsentState::Granted, true)], Some(1))]
    #[case::perhaps_somebody_elses_does_not(&[(ConsentState::None, true), (ConsentState::Granted, false)], None)]
    #[case::of_equals_the_one_that_goes_on(&[(ConsentState::Pending, true), (ConsentState::Pending, true)], Some(0))]
    #[case::nobody_was_asked(&[(ConsentState::None, true), (ConsentState::None, true)], None)]
    fn the_strictest_word_counts(#[case] all: &[(ConsentState, bool)], #[case] expected: Option<usize>) {
        let all: Vec<_> = all.iter().map(|(stored, certain)| (Consent { stored: *stored, requested_at: None }, *certain)).collect();
        assert_eq!(strictest(&all), expected);
    }

    #[test]
    fn silence_lapses_at_24_hours_and_not_a_minute_sooner() {
        let consent = asked(ConsentState::Pending, Some(0)).consent;
        assert_eq!(consent.state(at(24 * 60 - 1)), ConsentState::Pending);
        assert_eq!(consent.state(at(24 * 60)), ConsentState::Lapsed);
        assert_eq!(consent.next_request_at(), Some(at(24 * 60)));
    }

    #[test]
    fn only_a_pending_request_lapses() {
        for state in [ConsentState::None, ConsentState::Granted, ConsentState::Declined, ConsentState::Revoked] {
            assert_eq!(asked(state, Some(0)).consent.state(at(100_000)), state);
        }
    }

    #[test]
    fn a_client_is_asked_again_at_most_every_ten_minutes() {
        let asked = asked(ConsentState::Pending, Some(0));
        assert_eq!(on_client_message(&asked, Meaning::Other, at(9)).answer, None);
        assert_eq!(on_client_message(&asked, Meaning::Other, at(10)).answer, Some(Answer::Request));
    }

    #[test]
    fn while_a_wish_to_stop_is_open_no_message_brings_a_request_and_a_stop_still_acts() {
        for stored in [ConsentState::Pending, ConsentState::Declined, ConsentState::Revoked, ConsentState::None] {
            let asked = Asked { revocation_open: true, client_first: ClientFirst::Ask, ..asked(stored, Some(0)) };
            assert_eq!(on_client_message(&asked, Meaning::Other, at(60)), Step { next: None, answer: None });
        }
        let asked = Asked { revocation_open: true, ..asked(ConsentState::Granted, Some(0)) };
        assert_eq!(on_client_message(&asked, Meaning::OptOut, at(60)).next, Some(ConsentState::Revoked));
    }

    #[test]
    fn yes_to_a_lapsed_request_still_grants() {
        assert_eq!(on_client_message(&asked(ConsentState::Pending, Some(0)), Meaning::Yes, at(3000)).next, Some(ConsentState::Granted));
    }

    #[test]
    fn help_is_answered_once_a_day() {
        let mut asked = asked(ConsentState::Granted, None);
        asked.helped_at = Some(at(0));
        assert_eq!(on_client_message(&asked, Meaning::Help, at(24 * 60 - 1)).answer, None);
        assert_eq!(on_client_message(&asked, Meaning::Help, at(24 * 60)).answer, Some(Answer::Help));
    }

    #[test]
    fn a_line_may_ask_the_client_who_writes_first() {
        let mut asked = asked(ConsentState::None, None);
        asked.client_first = ClientFirst::Ask;
        let step = on_client_message(&asked, Meaning::Other, at(0));
        assert_eq!(step, Step { next: Some(ConsentState::Pending), answer: Some(Answer::Request) });
    }
}
