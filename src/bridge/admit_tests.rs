//! The table of product.md 2, row by row, and what must hold for every combination of facts.

use super::*;
use proptest::prelude::*;
use rstest::rstest;

const NOW: i64 = 1_000_000;

fn at(seconds: i64) -> Time {
    Time::UNIX_EPOCH + Duration::seconds(seconds)
}

fn open() -> Window {
    Window { last_inbound: Some(at(NOW - 3600)), refused_at: None }
}

fn closed() -> Window {
    Window { last_inbound: Some(at(NOW - 25 * 3600)), refused_at: None }
}

fn granted(policy: &Policy) -> Facts<'_> {
    Facts {
        enabled: true,
        number_active: true,
        is_contact: true,
        owned_by_others: false,
        past: Past::None,
        consent: Consent { stored: ConsentState::Granted, requested_at: Some(at(0)) },
        window: open(),
        policy,
        marketing_stopped: false,
        us_number: false,
        unanswered_template_at: None,
        revocation_open: false,
    }
}

fn consent(stored: ConsentState, hours_ago: i64) -> Consent {
    Consent { stored, requested_at: Some(at(NOW - hours_ago * 3600)) }
}

const TEMPLATE: Sending = Sending::Template { approved: true, category: TemplateCategory::Utility };

/// One case per row of product.md 2; each case also breaks every later row, so that the order is tested too.
#[rstest]
#[case::row_1_not_enabled(1, Sending::Free, Decision::Refuse)]
#[case::row_2_number_deactivated(2, Sending::Free, Decision::Refuse)]
#[case::row_3_not_a_contact(3, Sending::Free, Decision::OfferContact)]
#[case::row_4_owned_by_others(4, Sending::Free, Decision::Refuse)]
#[case::row_5_declined(5, Sending::Free, Decision::Refuse)]
#[case::row_6_pending(6, Sending::Free, Decision::Refuse)]
#[case::row_7_none(7, Sending::Free, Decision::AskConsent)]
#[case::row_8_open(8, Sending::Free, Decision::Send)]
#[case::row_9_template(9, TEMPLATE, Decision::Send)]
#[case::row_10_template_only(10, Sending::Free, Decision::HandBack)]
#[case::row_11_queue(11, Sending::Free, Decision::Hold { nudge: false })]
fn the_first_matching_row_wins(#[case] row: u8, #[case] sending: Sending, #[case] decision: Decision) {
    let mut policy = Policy::default();
    if row == 10 {
        policy.closed_window = ClosedWindow::TemplateOnly;
    }
    let mut facts = granted(&policy);
    facts.enabled = row > 1;
    facts.number_active = row > 2;
    facts.is_contact = row > 3;
    facts.owned_by_others = row <= 4;
    facts.consent = match row {
        ..=5 => consent(ConsentState::Declined, 1),
        6 => consent(ConsentState::Pending, 1),
        7 => Consent::NONE,
        _ => facts.consent,
    };
    facts.window = if row == 8 { open() } else { closed() };
    let verdict = admit(&facts, sending, at(NOW));
    assert_eq!((verdict.decision, verdict.rule.row()), (decision, Some(row)));
}

#[rstest]
#[case::revoked_is_row_5(consent(ConsentState::Revoked, 1), Sending::Free, Decision::Refuse, Rule::ConsentRefused)]
#[case::no_request_after_a_decline(consent(ConsentState::Declined, 100), Sending::Request, Decision::Refuse, Rule::ConsentRefused)]
#[case::no_request_after_a_stop(consent(ConsentState::Revoked, 100), Sending::Request, Decision::Refuse, Rule::ConsentRefused)]
#[case::no_template_after_a_stop(consent(ConsentState::Revoked, 100), TEMPLATE, Decision::Refuse, Rule::ConsentRefused)]
#[case::one_request_a_day(consent(ConsentState::Pending, 23), Sending::Request, Decision::Refuse, Rule::RequestPending)]
#[case::again_after_a_day(consent(ConsentState::Pending, 24), Sending::Request, Decision::Send, Rule::ConsentNeeded)]
#[case::lapsed_is_row_7(consent(ConsentState::Pending, 24), Sending::Free, Decision::AskConsent, Rule::ConsentNeeded)]
#[case::a_template_needs_consent_too(Consent::NONE, TEMPLATE, Decision::AskConsent, Rule::ConsentNeeded)]
#[case::nothing_to_ask(consent(ConsentState::Granted, 1), Sending::Request, Decision::Refuse, Rule::AlreadyGranted)]
#[case::on_its_way(consent(ConsentState::Pending, 1), Sending::RequestOnItsWay, Decision::Send, Rule::ConsentNeeded)]
#[case::on_its_way_but_stopped(consent(ConsentState::Revoked, 1), Sending::RequestOnItsWay, Decision::Refuse, Rule::ConsentRefused)]
#[case::on_its_way_but_granted(consent(ConsentState::Granted, 1), Sending::RequestOnItsWay, Decision::Refuse, Rule::AlreadyGranted)]
fn consent_decides(#[case] consent: Consent, #[case] sending: Sending, #[case] decision: Decision, #[case] rule: Rule) {
    let policy = Policy::default();
    let facts = Facts { consent, window: closed(), ..granted(&policy) };
    assert_eq!(admit(&facts, sending, at(NOW)), Verdict { decision, rule });
}

#[test]
fn a_shared_line_does_not_ask_who_owns_the_client() {
    let policy = Policy { exclusivity: Exclusivity::Shared, ..Policy::default() };
    let facts = Facts { owned_by_others: true, ..granted(&policy) };
    assert_eq!(admit(&facts, Sending::Free, at(NOW)).decision, Decision::Send);
}

#[test]
fn who_wrote_first_is_answered_inside_the_window_only() {
    let policy = Policy::default();
    let mut facts = Facts { consent: Consent::NONE, ..granted(&policy) };
    assert_eq!(admit(&facts, Sending::Free, at(NOW)), Verdict { decision: Decision::Send, rule: Rule::ClientFirst });
    facts.window = closed();
    assert_eq!(admit(&facts, Sending::Free, at(NOW)).rule, Rule::ConsentNeeded);
    let ask = Policy { client_first: ClientFirst::Ask, ..Policy::default() };
    let facts = Facts { consent: Consent::NONE, ..granted(&ask) };
    assert_eq!(admit(&facts, Sending::Free, at(NOW)).rule, Rule::ConsentNeeded);
}

#[rstest]
#[case::asked_about_inside_the_window(Sending::Free, open(), ClosedWindow::Queue, Decision::Send, Rule::WindowOpen)]
#[case::waits_outside_it_without_a_nudge(
    Sending::Free,
    closed(),
    ClosedWindow::QueueAndNudge,
    Decision::Hold { nudge: false },
    Rule::RevocationOpen
)]
#[case::refused_where_nothing_is_held(Sending::Free, closed(), ClosedWindow::TemplateOnly, Decision::Refuse, Rule::RevocationOpen)]
#[case::held_is_not_released(Sending::Waiting, open(), ClosedWindow::Queue, Decision::Hold { nudge: false }, Rule::RevocationOpen)]
#[case::queued_is_held_whatever_the_line_does(
    Sending::Waiting,
    open(),
    ClosedWindow::TemplateOnly,
    Decision::Hold { nudge: false },
    Rule::RevocationOpen
)]
#[case::no_template(TEMPLATE, open(), ClosedWindow::Queue, Decision::Refuse, Rule::RevocationOpen)]
#[case::no_request(Sending::Request, open(), ClosedWindow::Queue, Decision::Refuse, Rule::RevocationOpen)]
#[case::the_server_answers(Sending::Answer, open(), ClosedWindow::Queue, Decision::Send, Rule::AnswerInWindow)]
fn until_a_wish_to_stop_is_decided(
    #[case] sending: Sending,
    #[case] window: Window,
    #[case] closed_window: ClosedWindow,
    #[case] decision: Decision,
    #[case] rule: Rule,
) {
    let policy = Policy { closed_window, ..Policy::default() };
    let facts = Facts { window, revocation_open: true, ..granted(&policy) };
    assert_eq!(admit(&facts, sending, at(NOW)), Verdict { decision, rule });
}

#[rstest]
#[case::asking_again(Consent::NONE, Sending::Request)]
#[case::lapsed(consent(ConsentState::Pending, 30), Sending::Request)]
#[case::on_its_way(consent(ConsentState::Pending, 1), Sending::RequestOnItsWay)]
#[case::what_waits_for_a_client_who_wrote_first(Consent::NONE, Sending::Waiting)]
fn a_wish_to_stop_before_consent_is_not_followed_by_a_request(#[case] consent: Consent, #[case] sending: Sending) {
    let policy = Policy::default();
    let facts = Facts { consent, revocation_open: true, ..granted(&policy) };
    assert_eq!(admit(&facts, sending, at(NOW)), Verdict { decision: Decision::Refuse, rule: Rule::RevocationOpen });
}

#[test]
fn queue_and_nudge_says_so() {
    let policy = Policy { closed_window: ClosedWindow::QueueAndNudge, ..Policy::default() };
    let facts = Facts { window: closed(), ..granted(&policy) };
    assert_eq!(admit(&facts, Sending::Free, at(NOW)).decision, Decision::Hold { nudge: true });
}

#[rstest]
#[case::not_approved(false, TemplateCategory::Utility, false, false, false, Rule::TemplateNotApproved)]
#[case::marketing_off_by_default(true, TemplateCategory::Marketing, false, false, false, Rule::MarketingNotAllowed)]
#[case::unknown_category_is_marketing(true, TemplateCategory::Unknown, false, false, false, Rule::MarketingNotAllowed)]
#[case::marketing_allowed(true, TemplateCategory::Marketing, true, false, false, Rule::ApprovedTemplate)]
#[case::no_marketing_to_the_us(true, TemplateCategory::Marketing, true, true, false, Rule::MarketingNotAllowed)]
#[case::client_stopped_marketing(true, TemplateCategory::Marketing, true, false, true, Rule::MarketingNotAllowed)]
#[case::utility_to_the_us(true, TemplateCategory::Utility, false, true, true, Rule::ApprovedTemplate)]
fn templates(
    #[case] approved: bool,
    #[case] category: TemplateCategory,
    #[case] allowed: bool,
    #[case] us_number: bool,
    #[case] marketing_stopped: bool,
    #[case] rule: Rule,
) {
    let policy = Policy { marketing_templates: allowed, ..Policy::default() };
    let facts = Facts { window: closed(), us_number, marketing_stopped, ..granted(&policy) };
    assert_eq!(admit(&facts, Sending::Template { approved, category }, at(NOW)).rule, rule);
}

#[test]
fn one_unanswered_template_a_day() {
    let policy = Policy::default();
    let mut facts = Facts { window: closed(), unanswered_template_at: Some(at(NOW - 24 * 3600 + 1)), ..granted(&policy) };
    assert_eq!(admit(&facts, TEMPLATE, at(NOW)).rule, Rule::TemplateUnanswered);
    facts.unanswered_template_at = Some(at(NOW - 24 * 3600));
    assert_eq!(admit(&facts, TEMPLATE, at(NOW)).rule, Rule::ApprovedTemplate);
    let many = Policy { one_unanswered_template: false, ..Policy::default() };
    let facts = Facts { policy: &many, unanswered_template_at: Some(at(NOW - 1)), ..facts };
    assert_eq!(admit(&facts, TEMPLATE, at(NOW)).rule, Rule::ApprovedTemplate);
}

fn any_facts() -> impl Strategy<Value = (ConsentState, Option<i64>, Option<i64>, Option<i64>, [bool; 7], u8)> {
    let state = prop_oneof![
        Just(ConsentState::None),
        Just(ConsentState::Pending),
        Just(ConsentState::Granted),
        Just(ConsentState::Declined),
        Just(ConsentState::Revoked)
    ];
    let ago = || prop::option::of(0i64..60 * 3600);
    (state, ago(), ago(), ago(), any::<[bool; 7]>(), 0u8..36)
}

proptest! {
    /// Nothing is ever sent without consent except the request, and answers inside a window that the client opened;
    /// outside the window nothing but templates; a deactivated number and somebody else's client send nothing.
    #[test]
    fn nothing_leaves_without_permission((state, requested, inbound, refused, flags, mode) in any_facts()) {
        let ago = |seconds: Option<i64>| seconds.map(|seconds| at(NOW - seconds));
        let policy = Policy {
            closed_window: [ClosedWindow::TemplateOnly, ClosedWindow::Queue, ClosedWindow::QueueAndNudge][usize::from(mode % 3)],
            client_first: if mode < 18 { ClientFirst::Answer } else { ClientFirst::Ask },
            ..Policy::default()
        };
        let window = Window { last_inbound: ago(inbound), refused_at: ago(refused) };
        let facts = Facts {
            enabled: flags[0], number_active: flags[1], is_contact: flags[2], owned_by_others: flags[3],
            consent: Consent { stored: state, requested_at: ago(requested) },
            window, policy: &policy, marketing_stopped: flags[4], us_number: flags[5], unanswered_template_at: None,
            revocation_open: flags[6],
            past: [Past::None, Past::Parted, Past::Removed][usize::from(mode / 3 % 3)],
        };
        let now = at(NOW);
        for sending in [Sending::Free, Sending::Waiting, TEMPLATE, Sending::Request, Sending::RequestOnItsWay, Sending::Answer] {
            let decision = admit(&facts, sending, now).decision;
            let nudges = decision == Decision::Hold { nudge: true };
            prop_assert!(!(facts.revocation_open && nudges));
            if decision != Decision::Send {
                continue;
            }
            // Who may have asked to stop gets what is written to them now, and nothing that waited or was not asked for.
            prop_assert!(!facts.revocation_open || matches!(sending, Sending::Free | Sending::Answer));
            let granted = facts.consent.state(now) == ConsentState::Granted;
            let starts_again = facts.past != Past::None;
            match sending {
                Sending::Answer => prop_assert!(window.is_open(now)),
                Sending::Free | Sending::Waiting => {
                    let invited = facts.consent.state(now) == ConsentState::None && policy.client_first == ClientFirst::Answer;
                    prop_assert!(window.is_open(now) && (granted || invited) && !starts_again);
                }
                Sending::Template { .. } => prop_assert!(granted && !starts_again),
                Sending::Request if starts_again => prop_assert!(!matches!(facts.consent.state(now), ConsentState::Declined | ConsentState::Revoked)),
                _ => prop_assert!(!matches!(facts.consent.state(now), ConsentState::Declined | ConsentState::Revoked | ConsentState::Granted)),
            }
            if sending != Sending::Answer {
                prop_assert!(facts.enabled && facts.number_active && facts.is_contact && !facts.owned_by_others);
            }
        }
    }
}

/// Product.md 10: texts to the client that fall outside the window wait for the next opening; they never reach who has not agreed.
#[rstest]
#[case::agreed_and_open(ConsentState::Granted, true, Decision::Send, Rule::WindowOpen)]
#[case::agreed_and_closed(ConsentState::Granted, false, Decision::Hold { nudge: false }, Rule::Queue)]
#[case::wrote_first(ConsentState::None, true, Decision::Send, Rule::ClientFirst)]
#[case::never_asked(ConsentState::None, false, Decision::Hold { nudge: false }, Rule::ConsentNeeded)]
#[case::asked(ConsentState::Pending, true, Decision::Hold { nudge: false }, Rule::RequestPending)]
#[case::declined(ConsentState::Declined, true, Decision::Refuse, Rule::ConsentRefused)]
#[case::opted_out(ConsentState::Revoked, true, Decision::Refuse, Rule::ConsentRefused)]
fn a_text_about_colleagues_waits_for_window_and_consent(
    #[case] stored: ConsentState,
    #[case] is_open: bool,
    #[case] decision: Decision,
    #[case] rule: Rule,
) {
    // Whoever owns the client: the server speaks.
    let policy = Policy { closed_window: ClosedWindow::TemplateOnly, ..Policy::default() };
    let facts =
        Facts { consent: consent(stored, 1), window: if is_open { open() } else { closed() }, owned_by_others: true, ..granted(&policy) };
    assert_eq!(admit(&facts, Sending::Notice, at(NOW)), Verdict { decision, rule });
}

#[test]
fn a_text_about_colleagues_waits_while_the_number_is_off_or_a_wish_to_stop_is_open() {
    let policy = Policy::default();
    let held = |rule| Verdict { decision: Decision::Hold { nudge: false }, rule };
    let off = Facts { number_active: false, ..granted(&policy) };
    assert_eq!(admit(&off, Sending::Notice, at(NOW)), held(Rule::NumberDeactivated));
    let undecided = Facts { revocation_open: true, ..granted(&policy) };
    assert_eq!(admit(&undecided, Sending::Notice, at(NOW)), held(Rule::RevocationOpen));
}

/// Product.md 6: "Restart: by the colleague who left, via a new opt-in request, unless a colleague owns the client meanwhile (T-10)."
#[rstest]
#[case::writing_asks_first(Past::Parted, Sending::Free, false, true, Decision::AskConsent, Rule::ConsentNeeded)]
#[case::a_template_asks_first(Past::Parted, TEMPLATE, false, true, Decision::AskConsent, Rule::ConsentNeeded)]
#[case::the_request_goes(Past::Parted, Sending::Request, false, true, Decision::Send, Rule::ConsentNeeded)]
#[case::somebody_has_the_client(Past::Parted, Sending::Request, true, true, Decision::Refuse, Rule::OwnedByOthers)]
#[case::removed_and_nobody_has_the_client(Past::Removed, Sending::Request, false, true, Decision::Send, Rule::ConsentNeeded)]
#[case::policy_off(Past::Parted, Sending::Free, false, false, Decision::Send, Rule::WindowOpen)]
#[case::policy_off_and_nothing_to_ask(Past::Parted, Sending::Request, false, false, Decision::Refuse, Rule::AlreadyGranted)]
fn who_left_asks_anew_although_consent_stands(
    #[case] past: Past,
    #[case] sending: Sending,
    #[case] owned_by_others: bool,
    #[case] reconsent_on_restart: bool,
    #[case] decision: Decision,
    #[case] rule: Rule,
) {
    let policy = Policy { reconsent_on_restart, ..Policy::default() };
    let facts = Facts { past, owned_by_others, ..granted(&policy) };
    assert_eq!(admit(&facts, sending, at(NOW)), Verdict { decision, rule });
}

/// On a line where everybody may write, who left joins again, and who was removed does not, as long as others have the client.
#[rstest]
#[case::never_took_part(Past::None, Decision::Send)]
#[case::left(Past::Parted, Decision::Send)]
#[case::removed(Past::Removed, Decision::Refuse)]
fn a_shared_line_keeps_out_who_was_removed(#[case] past: Past, #[case] decision: Decision) {
    let policy = Policy { exclusivity: Exclusivity::Shared, ..Policy::default() };
    let facts = Facts { past, owned_by_others: true, ..granted(&policy) };
    assert_eq!(admit(&facts, Sending::Free, at(NOW)).decision, decision);
}
