//! The rulebook: every sentence of product.md 2, 3, 4, 5 and 9 in short words of our own, and of 6, 7, 8 and 10 those that have a test
//! elsewhere, with the test that plays it through Teams cards and the phone. A failure names the sentence.

mod consent;
mod decision;
mod held;
mod switched_off;
mod templates;
mod window;

use std::collections::BTreeSet;

/// Section, sentence, test. A sentence with more than one side has more than one row.
const RULES: &[(&str, &str, &str)] = &[
    // The decision.
    ("2 row 1", "an organization that is switched off sends nothing", "row_1_an_organization_that_is_switched_off_sends_nothing"),
    ("2 row 1", "a line that is switched off sends nothing", "row_1_a_line_that_is_switched_off_sends_nothing"),
    (
        "2 row 1",
        "a colleague who is not enabled sends nothing",
        "row_1_a_colleague_who_is_not_enabled_any_more_sends_nothing_and_hears_why",
    ),
    ("2 row 2", "a deactivated number sends nothing (T-12)", "row_2_a_deactivated_number_sends_nothing"),
    ("2 row 3", "who is no contact yet is offered to be added, in place", "row_3_who_is_no_contact_yet_is_offered_to_be_added_in_place"),
    (
        "2 row 4",
        "the client of another colleague of an exclusive line is not written to (T-10)",
        "row_4_another_colleagues_client_is_not_written_to",
    ),
    ("2 row 5", "after a decline nothing is sent (T-06)", "row_5_after_a_decline_nothing_is_sent"),
    ("2 row 5", "after an opt-out nothing is sent (T-08)", "row_5_after_an_opt_out_nothing_is_sent"),
    (
        "2 row 6",
        "while a request waits nothing is sent, and the time left is told (T-07)",
        "row_6_while_a_request_waits_nothing_is_sent_and_the_time_left_is_told",
    ),
    ("2 row 7", "without consent the colleague is asked (T-00), then the client", "row_7_before_any_request_the_colleague_is_asked_first"),
    ("2 row 7", "a lapsed request is as none", "row_7_after_a_day_of_silence_a_text_leads_to_the_question_whether_to_ask_again"),
    ("2 row 8", "with consent and inside the window it is sent", "row_8_inside_the_window_the_text_goes_out"),
    ("2 row 9", "outside the window an approved template is sent", "row_9_outside_the_window_an_approved_template_goes_out"),
    ("2 row 10", "outside the window template_only hands the text back (T-20)", "row_10_template_only_hands_the_text_back_with_the_way_on"),
    ("2 row 11", "outside the window queue holds it (T-21)", "row_11_queue_holds_the_text"),
    ("2 row 11", "queue_and_nudge asks the client once besides", "row_11_queue_and_nudge_asks_the_client_once_however_many_messages_wait"),
    ("2", "every way out names the rule that decided", "every_way_out_names_the_rule_that_let_it_go"),
    (
        "2",
        "who wrote first may be answered inside the window; outside it row 7 applies",
        "who_writes_first_may_be_answered_inside_the_window_and_not_outside",
    ),
    (
        "2",
        "client_first = ask: the server asks by itself in answer to the first message",
        "a_line_that_asks_first_sends_the_request_by_itself",
    ),
    // Consent.
    (
        "3",
        "silence lapses a request after 24 h; T-05 once, Send again once per 24 h, with the time of the next one",
        "after_silence_the_colleague_is_told_once_and_may_ask_again_once_a_day",
    ),
    ("3", "no card asks again before a day has passed", "before_a_day_has_passed_no_card_asks_again"),
    (
        "3",
        "from declined only the client leads back; no entrance asks again",
        "after_a_decline_no_entrance_asks_again_stale_and_forged_cards_included",
    ),
    ("3", "the request is the line's opt-in template with Yes and No", "the_request_is_the_lines_template_with_yes_and_no"),
    ("3", "Cancel sends nothing and creates no thread", "cancel_sends_nothing_and_creates_no_conversation"),
    ("3", "sending creates the thread, listed from then on", "sending_the_request_creates_the_conversation_which_is_listed_from_then_on"),
    ("3", "the button No declines (K-03, T-06)", "no_by_button_declines_and_says_how_to_come_back"),
    ("3", "the word NO declines", "no_by_keyword_declines"),
    ("3", "an opt-in keyword as a whole message accepts", "yes_by_keyword_accepts_with_the_evidence_in_the_journal"),
    ("3", "silence is not consent", "silence_is_not_consent"),
    ("3", "reactions are not consent", "a_reaction_is_not_consent"),
    ("3", "accepting opens the window and is confirmed (K-02)", "accepting_opens_the_window_and_is_confirmed_to_the_client"),
    (
        "3",
        "any other message while pending, lapsed, declined or revoked brings the request again",
        "any_other_message_brings_the_request_again_as_a_session_message",
    ),
    (
        "3",
        "at most once per 10 minutes, and the message is shown as written before consent",
        "a_message_while_pending_is_shown_as_such_and_asked_again_at_most_every_ten_minutes",
    ),
    ("3", "an opt-out keyword acts in any state and is answered exactly once", "an_opt_out_acts_in_any_state_and_is_answered_exactly_once"),
    ("3", "an opt-out never brings a new request", "stop_is_answered_once_and_never_followed_by_a_request"),
    (
        "3",
        "opt-out keywords: whole message, any case, per language, folded",
        "an_opt_out_in_the_lines_other_language_counts_in_any_spelling",
    ),
    ("3", "the default opt-out keywords", "every_default_opt_out_keyword_stops_in_any_case_and_with_punctuation"),
    ("3", "the default opt-in keywords, after an opt-out", "every_default_opt_in_keyword_leads_back"),
    ("3", "in an ordinary chat yes and no are just words", "in_an_ordinary_chat_yes_and_no_are_just_words"),
    ("3", "HELP is answered at most once per 24 h (K-13)", "help_is_answered_once_a_day"),
    ("3", "WhatsApp's own marketing opt-out blocks marketing templates only", "whatsapps_own_marketing_opt_out_blocks_marketing_only"),
    ("3", "error 131050 sets the same flag", "a_refusal_because_of_the_marketing_opt_out_is_remembered"),
    (
        "3",
        "consent belongs to line and client, not to the colleague",
        "consent_belongs_to_the_line_so_a_second_colleague_needs_no_new_request",
    ),
    (
        "3",
        "evidence: text, language, template, message ids, times, who asked, on what basis",
        "the_evidence_names_the_exact_text_the_messages_the_people_and_the_basis",
    ),
    ("3", "the basis of the first contact is asked of the colleague", "a_request_without_a_basis_is_not_sent"),
    ("3", "a client known by a business-scoped id only has the same rights", "a_client_known_by_a_business_scoped_id_only_is_answered_too"),
    ("3", "a request that could not be delivered asked nobody (T-14)", "a_request_that_cannot_be_delivered_asked_nobody"),
    // The window.
    ("4", "the window opens and renews only with a client's message, not with ours", "only_the_client_opens_the_window"),
    ("4", "nor with our templates", "our_own_templates_do_not_open_the_window"),
    ("4", "any kind of message, unsupported ones included", "any_kind_of_message_opens_the_window"),
    ("4", "button taps included", "a_tap_on_a_button_opens_the_window"),
    ("4", "a call opens it too", "a_call_opens_the_window"),
    ("4", "it counts from the webhook's own timestamp", "the_window_counts_from_the_webhooks_own_time"),
    ("4", "less than 24 h is open, with a safety margin of 60 s", "the_window_is_open_until_a_minute_before_24_hours"),
    ("4", "131047 wins over our clock: held, and the colleague is told", "whatsapps_word_about_the_window_wins_and_the_message_is_held"),
    ("4", "131047 counts as closed for the nudge too", "a_refusal_nudges_too_where_the_line_nudges"),
    ("4", "the thread card shows the time left", "the_thread_card_says_until_when_one_can_write"),
    ("4", "a warning one hour before it closes, one per window", "a_window_that_closes_by_itself_is_announced_once_and_shown_as_closed"),
    // Held messages.
    ("4", "held messages are FIFO and released by the client's next message", "held_messages_go_out_in_the_order_they_were_written"),
    ("4", "unless it is an opt-out, which withdraws all", "an_opt_out_does_not_release_what_is_held"),
    ("4", "every rule of section 2 runs again at release", "every_rule_runs_again_at_release"),
    ("4", "a template sent meanwhile does not release them", "a_template_sent_meanwhile_does_not_release_what_is_held"),
    ("4", "they expire after 72 h (T-25)", "held_for_72_hours_a_message_comes_back_and_can_be_sent_as_new"),
    ("4", "the author can see each", "the_author_sees_every_held_message"),
    ("4", "the author can edit each", "a_held_message_is_edited_on_its_card_and_in_teams"),
    ("4", "the author can withdraw each", "a_withdrawn_message_never_leaves"),
    ("4", "nobody else can, and a stale card shows the current state", "a_stale_card_of_a_held_message_says_what_became_of_it"),
    ("4", "held for more than 24 h it says when it was written", "held_for_more_than_a_day_a_message_says_when_it_was_written"),
    ("4", "and says it once", "refused_after_its_release_a_message_says_only_once_when_it_was_written"),
    // Templates.
    ("5", "templates are synced by webhook", "a_webhook_about_a_template_brings_the_list_up_to_date"),
    ("5", "templates are synced every 30 minutes", "half_an_hour_later_the_list_is_up_to_date_without_any_webhook"),
    ("5", "templates are synced on start and on demand", "templates_are_there_from_the_start_and_listed_again_on_demand"),
    ("5", "only approved ones are offered", "only_what_is_approved_is_offered_and_sent"),
    ("5", "by name, language and category, with a search", "the_picker_names_language_and_category_and_can_be_searched"),
    (
        "5",
        "pick, fill from the contact, exact preview, Send; selecting never sends",
        "variables_are_filled_from_the_contact_and_selecting_never_sends",
    ),
    ("5", "what cannot be filled is shown as not sendable, with the reason", "a_template_that_cannot_be_filled_is_shown_with_the_reason"),
    ("5", "a marketing template needs the line's permission", "marketing_is_not_sent_where_the_line_does_not_allow_it"),
    ("5", "at most one unanswered template per client per 24 h", "a_second_unanswered_template_waits_for_the_answer_or_a_day"),
    ("5", "one that failed does not count", "a_template_that_failed_is_not_an_unanswered_one"),
    ("5", "the opt-in request has its own rule", "the_opt_in_request_is_none_of_the_templates_that_a_colleague_sends"),
    // Switched off.
    (
        "9",
        "not enabled: no command or card of the feature, but a clear reason",
        "who_is_not_enabled_gets_a_clear_reason_and_no_card_of_the_feature",
    ),
    (
        "9",
        "number deactivated: the client gets K-11 at most once per 24 h and is recorded",
        "a_client_who_writes_to_a_deactivated_number_is_answered_once_a_day_and_recorded",
    ),
    ("9", "number deactivated: T-12 once, when it happens", "who_writes_from_a_number_hears_once_when_it_is_switched_off"),
    ("9", "of a number of one's own only oneself", "a_number_that_is_somebodys_own_is_switched_off_for_them_alone"),
    ("9", "a line may restrict client-first messages: answered, recorded, not shown", "a_line_may_turn_away_clients_who_write_first"),
    ("9", "which concerns nobody who has been asked", "a_line_that_turns_strangers_away_still_asks_and_hears_its_own_contacts"),
    ("9", "number deactivated: T-12 on every attempt", "every_attempt_on_a_deactivated_number_is_told_that_nothing_was_sent"),
    ("9", "number deactivated: held messages stay held", "held_messages_stay_held_while_the_number_is_off"),
    ("9", "number deactivated: an opt-out counts all the same", "an_opt_out_counts_also_on_a_deactivated_number"),
];

/// Sentences that are played where their subject is: section, sentence, file, test.
const ELSEWHERE: &[(&str, &str, &str, &str)] = &[
    ("2", "the preflight decides as a real attempt does", "preflight", "what_is_foretold_is_what_happens"),
    ("2", "why a message was sent, held or refused always has an answer", "why", "every_message_of_a_long_story_has_its_answer"),
    ("3", "flows are configurable per line and language", "consent_flows", "the_german_line_asks_confirms_and_stops_in_german"),
    ("3", "opt-outs act in every language and state", "consent_flows", "an_opt_out_in_any_language_and_state_is_answered_exactly_once"),
    (
        "3",
        "T-05 once, and a late yes still counts",
        "consent_flows",
        "silence_is_told_once_in_the_readers_words_and_a_late_yes_still_counts",
    ),
    (
        "3",
        "a request in answer to the client leaves evidence too",
        "consent_flows",
        "the_request_as_an_answer_speaks_the_clients_language_and_leaves_the_same_evidence",
    ),
    ("3", "marketing is a flag of its own", "consent_flows", "no_marketing_blocks_marketing_and_nothing_else_until_the_client_resumes"),
    (
        "3",
        "a number change keeps thread, consent and history",
        "consent_flows",
        "a_client_keeps_thread_consent_and_history_under_a_new_number",
    ),
    ("3", "the old number's new owner has no consent", "consent_flows", "who_gets_the_old_number_is_a_stranger_without_consent"),
    ("3", "an administrator leads back, with evidence", "consent_command", "a_reversed_decline_may_be_asked_again_and_nothing_more"),
    ("3", "and only with evidence", "consent_command", "the_command_refuses_without_evidence_and_records_the_hash_of_a_file"),
    (
        "3",
        "a wish to stop in the client's own words is decided by a person",
        "revocation",
        "each_participant_is_asked_and_nothing_happens_by_itself",
    ),
    (
        "3",
        "undecided, it reaches the supervisors",
        "revocation",
        "supervisors_are_told_after_five_and_ten_business_days_across_a_restart_and_may_decide",
    ),
    ("4", "a free entry point is known", "cost", "a_client_who_comes_through_an_ad_is_free_for_72_hours_from_the_answer"),
    (
        "4",
        "the author sees, edits and withdraws each",
        "held",
        "the_author_sees_edits_and_withdraws_each_by_command_and_from_the_thread_card",
    ),
    ("4", "what expired never leaves", "held", "what_expired_does_not_leave_with_the_client_who_writes_in_the_same_moment"),
    ("4", "an expired one is sent as new or discarded", "held", "an_expired_message_is_discarded_once_and_cannot_be_sent_any_more"),
    ("4", "Ask to reply, once per closed window", "held", "asked_to_reply_once_per_closed_window_and_the_card_says_when"),
    (
        "5",
        "everything a template can hold is sent right; preview equals phone",
        "templates",
        "every_template_reads_on_the_phone_as_it_was_previewed",
    ),
    ("5", "media headers are uploaded, never a link", "templates", "a_link_is_fetched_without_a_token"),
    (
        "5",
        "grouped by name, the client's language, last used first",
        "templates",
        "the_picker_offers_one_row_a_name_with_its_languages_and_what_was_used_first",
    ),
    (
        "5",
        "paused between pick and send it is refused clearly",
        "news",
        "a_template_paused_after_the_preview_is_refused_by_the_very_next_press",
    ),
    ("4", "transfer asks what becomes of held messages: they go on", "transfer", "held_messages_go_on_as_the_receivers_in_their_places"),
    ("4", "or they are withdrawn", "transfer", "withdrawn_held_messages_come_back_to_their_author_and_never_leave"),
    (
        "6",
        "transfer: offered, with a note and what history they see; on accept the client is told (K-52) and the giver leaves",
        "transfer",
        "until_they_accept_the_giver_stays_responsible_and_then_the_client_is_the_receivers",
    ),
    ("6", "none, the last N, or all", "transfer", "the_receiver_sees_what_was_chosen_and_nothing_else"),
    ("6", "declined, the giver stays responsible (T-53)", "transfer", "declined_the_client_stays_with_the_giver"),
    ("6", "the giver may withdraw the offer (T-50)", "transfer", "the_giver_takes_an_offer_back_and_both_cards_say_so"),
    ("6", "no answer in time: stays with the giver", "transfer", "no_answer_in_time_and_the_client_stays_with_the_giver"),
    ("6", "giver leaves unless they chose to stay", "transfer", "who_stays_goes_on_taking_part"),
    ("6", "a supervisor may transfer without acceptance", "transfer", "a_supervisor_gives_a_client_without_asking_and_without_taking_part"),
    ("6", "leavers: the whole book at once", "transfer_all", "every_client_goes_over_and_both_are_told_once"),
    (
        "7",
        "whoever has no chat with the bot cannot receive: told, and nothing changes",
        "transfer",
        "nothing_is_offered_to_who_cannot_be_told_or_is_not_of_the_line",
    ),
    ("10", "K-52 waits for the next opening and then goes first", "transfer", "held_messages_go_on_as_the_receivers_in_their_places"),
    ("6", "exclusive: another colleague of the line gets T-10", "participants/ending", "who_left_a_client_whom_another_has_gets_t_10"),
    (
        "6",
        "a participant adds colleagues of the line who are enabled",
        "participants/adding",
        "only_enabled_colleagues_of_the_line_who_take_no_part_yet_are_offered",
    ),
    (
        "6",
        "added: they, the others and the client are told (T-35, T-34, K-33)",
        "participants/adding",
        "who_is_added_takes_part_and_everybody_hears_of_it",
    ),
    (
        "6",
        "leave: the client, the colleague and the others are told (K-31, T-30, T-32)",
        "participants/leaving",
        "who_leaves_the_client_and_the_others_are_told",
    ),
    ("6", "the last one cannot leave a client ownerless", "participants/leaving", "the_last_one_cannot_leave"),
    (
        "6",
        "they end the conversation, which frees the client for the line",
        "participants/ending",
        "ending_tells_everybody_and_frees_the_client",
    ),
    ("6", "remove: pick, Done, confirm with Yes", "participants/removing", "before_yes_nothing_happens"),
    ("6", "remove: four different texts", "participants/removing", "four_texts_for_four_readers"),
    (
        "6",
        "restart: by who left, via a new opt-in request",
        "participants/ending",
        "who_ended_a_conversation_starts_it_again_with_a_new_request",
    ),
    ("6", "more than one participant: each message is signed, by policy", "mirror", "the_policy_says_who_is_signed"),
    (
        "6",
        "a client who writes with no active thread goes to the last participants",
        "participants/ending",
        "a_client_who_writes_again_brings_back_those_who_were_there",
    ),
    ("4", "leave asks what becomes of held messages", "participants/leaving", "held_messages_go_on_with_whom_the_leaver_chose"),
    (
        "3",
        "restarting what one has left asks anew, by policy",
        "participants/ending",
        "a_line_that_does_not_ask_again_starts_again_at_once",
    ),
    (
        "7",
        "what one colleague writes is mirrored to the others",
        "mirror",
        "what_one_colleague_writes_the_others_read_and_not_they_themselves",
    ),
    (
        "7",
        "another client's message posted since, whoever wrote it: asked",
        "mirror",
        "after_what_another_wrote_to_another_client_a_text_is_asked_about",
    ),
    (
        "7",
        "without the app nobody is added; who adds is told, and nothing changes",
        "participants/adding",
        "who_has_no_app_is_not_added_and_nobody_else_either",
    ),
    (
        "7",
        "the thread card's Details: Add, Remove, Transfer, Leave, End",
        "participants/adding",
        "the_details_say_who_takes_part_since_when",
    ),
    (
        "10",
        "texts to the client outside the window wait for the opening and go first",
        "participants/waiting",
        "what_the_client_is_to_hear_about_colleagues_waits_and_goes_first",
    ),
    (
        "6",
        "of the last N notes are shown and do not count",
        "transfer",
        "notes_among_the_last_messages_do_not_count_and_are_shown_as_notes",
    ),
    (
        "7",
        "internal notes are never relayed; the other colleagues read them",
        "notes",
        "a_note_is_shown_to_the_other_colleagues_and_never_to_the_client",
    ),
    ("7", "text starting with //, however it is formatted", "notes", "formatting_does_not_make_a_note_a_message"),
    ("7", "or the Note button", "notes", "the_form_keeps_a_note_asks_for_what_is_missing_and_loses_nothing_typed"),
    ("7", "a note stays one: changed, deleted, quoted", "notes", "a_note_is_changed_for_all_and_never_becomes_a_message"),
    ("7", "a note stays one: no button sends it", "notes", "no_button_sends_a_note"),
    ("7", "a note stays one: whatever is held or released", "notes", "nothing_that_is_held_takes_a_note_with_it"),
    ("7", "a note is for the colleagues of its thread", "notes", "who_takes_no_part_can_neither_write_nor_read_notes"),
    ("7", "in doubt it is asked what a note is about", "notes", "in_doubt_it_is_asked_what_a_note_is_about_and_it_stays_a_note"),
    (
        "7",
        "targeted (private) messages are never relayed, and answered privately",
        "notes",
        "a_private_message_in_a_group_chat_is_not_relayed_and_is_answered_privately",
    ),
    (
        "7",
        "in a shared home neither commands, notes, private messages nor other bots",
        "homes_chat",
        "what_is_not_for_the_client_stays_in_the_chat",
    ),
    (
        "7",
        "nothing is ever sent to the wrong client, whatever is done in whatever order",
        "wrong_client",
        "whatever_happens_a_text_reaches_nobody_whom_it_was_not_certainly_for",
    ),
    ("7", "\"Who is this for?\" keeps the text, with what it quoted", "wrong_client", "a_kept_text_answers_what_it_quoted"),
    (
        "7",
        "as it stands in Teams until it is answered",
        "wrong_client",
        "a_kept_text_follows_its_message_in_teams_and_is_discarded_with_it",
    ),
    ("7", "with the files that came with it", "wrong_client", "a_kept_text_names_what_came_with_it"),
    (
        "7",
        "every rule is checked again when it is answered: participants",
        "wrong_client",
        "a_kept_text_is_not_given_to_a_conversation_that_is_open_no_more",
    ),
    ("7", "every rule is checked again when it is answered: enabled", "wrong_client", "a_kept_text_of_somebody_switched_off_is_never_sent"),
    ("7", "only its author answers", "homes_chat", "who_a_text_is_for_is_answered_by_its_author_alone"),
    (
        "7",
        "a conversation that was taken away leaves a doubt",
        "wrong_client",
        "what_was_perhaps_meant_for_a_conversation_taken_away_is_asked_about",
    ),
    ("8", "quoted replies, from the client: what is answered is named", "talk/quotes", "what_the_client_answers_is_named_above_the_answer"),
    (
        "8",
        "quoted replies, to the client: named for the other colleagues",
        "talk/quotes",
        "what_a_colleague_answers_is_named_for_the_others",
    ),
    (
        "8",
        "nobody reads in a quotation what they may not read",
        "talk/quotes",
        "who_may_not_read_what_is_answered_reads_that_there_is_something",
    ),
    (
        "8",
        "delivered, read, failed: on the message itself, where that is on",
        "talk/marks",
        "a_message_is_marked_as_delivered_and_then_as_read_and_never_as_both",
    ),
    (
        "10",
        "K-31 for a colleague who is switched off, with who continues",
        "switched_off",
        "who_stays_goes_on_when_a_colleague_is_switched_off",
    ),
    ("10", "K-31 where nobody continues", "switched_off", "the_clients_of_a_colleague_who_is_switched_off_are_free_for_the_line"),
];

const OTHERS: &[(&str, &str)] = &[
    ("consent_command", include_str!("../consent_command.rs")),
    ("consent_flows", include_str!("../consent_flows.rs")),
    ("cost", include_str!("../cost.rs")),
    ("held", include_str!("../held.rs")),
    ("news", include_str!("../news.rs")),
    ("preflight", include_str!("../preflight.rs")),
    ("revocation", include_str!("../revocation.rs")),
    ("templates", include_str!("../templates.rs")),
    ("transfer", include_str!("../transfer.rs")),
    ("transfer_all", include_str!("../transfer_all.rs")),
    ("why", include_str!("../why.rs")),
    ("homes_chat", include_str!("../homes_chat.rs")),
    ("mirror", include_str!("../mirror.rs")),
    ("notes", include_str!("../notes.rs")),
    ("switched_off", include_str!("../switched_off.rs")),
    ("talk/marks", include_str!("../talk/marks.rs")),
    ("talk/quotes", include_str!("../talk/quotes.rs")),
    ("wrong_client", include_str!("../wrong_client.rs")),
    ("participants/adding", include_str!("../participants/adding.rs")),
    ("participants/ending", include_str!("../participants/ending.rs")),
    ("participants/leaving", include_str!("../participants/leaving.rs")),
    ("participants/removing", include_str!("../participants/removing.rs")),
    ("participants/waiting", include_str!("../participants/waiting.rs")),
];

const SOURCES: [&str; 6] = [
    include_str!("consent.rs"),
    include_str!("decision.rs"),
    include_str!("held.rs"),
    include_str!("switched_off.rs"),
    include_str!("templates.rs"),
    include_str!("window.rs"),
];

#[test]
fn every_sentence_played_elsewhere_has_its_test() {
    for (section, sentence, file, test) in ELSEWHERE {
        let source = OTHERS.iter().find(|(name, _)| name == file).map_or("", |(_, source)| source);
        assert!(source.contains(&format!("fn {test}(")), "{section}, {sentence}: {file}.rs has no {test}");
    }
}

#[test]
fn the_index_lists_every_test_once_and_every_test_exists() {
    let tests = |source: &'static str| source.split("#[tokio::test]\nasync fn ").skip(1).filter_map(|rest| rest.split('(').next());
    let written: BTreeSet<&str> = SOURCES.into_iter().flat_map(tests).collect();
    let listed: BTreeSet<&str> = RULES.iter().map(|(_, _, test)| *test).collect();
    assert_eq!(listed.len(), RULES.len(), "a test is listed twice");
    assert_eq!(listed.difference(&written).collect::<Vec<_>>(), Vec::<&&str>::new(), "listed, and not written");
    assert_eq!(written.difference(&listed).collect::<Vec<_>>(), Vec::<&&str>::new(), "written, and not listed");
    assert!(RULES.iter().all(|(section, sentence, _)| "23459".contains(&section[..1]) && !sentence.is_empty()));
    let attributes: usize = SOURCES.iter().map(|source| source.matches("tokio::test").count()).sum();
    assert_eq!(attributes, written.len(), "a test that the index cannot see");
}
