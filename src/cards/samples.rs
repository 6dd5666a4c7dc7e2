//! Every card in the states that look different, for the snapshots and for the browser test.

use super::submit::Action;
use super::*;
use crate::bridge::{
    Basis, ConsentState, ContactId, Cost, Decision, Directory, FailureClass, FileError, Ground, Grounds, LineId, MediaForm, MessageId,
    MessageState, Organization, Post, PriceCategory, RevocationId, Rule, TemplateCategory, TemplateHeader, ThreadId, Time, Urgency,
    WhyFree,
};
use crate::texts::{TextId, Voice, labels, preflight, sentences, why as texts_why};
use chrono::Duration;

pub fn now() -> Time {
    "2026-11-20T13:00:00Z".parse().expect("a time")
}

pub fn directory() -> Directory {
    let organization = Organization { name: "Contoso".into(), enabled: true, language: "en".into(), time_zone: "UTC".into() };
    Directory { organization, lines: vec![], numbers: vec![], colleagues: vec![] }
}

pub fn reader(directory: &Directory) -> Reader<'_> {
    Reader { voice: Voice::new(directory, None, "en-GB"), zone: "Europe/Berlin", now: now() }
}

/// How names, texts and numbers are filled: the same cards once with ordinary ones, once with hostile ones.
pub struct Words {
    pub client: String,
    pub colleague: String,
    pub text: String,
}

impl Words {
    pub fn ordinary() -> Self {
        Self {
            client: "Maria Silva".into(),
            colleague: "Ben Fischer".into(),
            text: "Good morning, the contract is ready.\nWhen can you come to *sign* it?".into(),
        }
    }
}

pub fn hours(hours: i64) -> Time {
    now() + Duration::hours(hours)
}

pub fn head(words: &Words) -> Head {
    Head { client: words.client.clone(), line: "Private Advice".into(), number: "+49 30 901820".into() }
}

pub fn consent(state: ConsentState) -> ConsentView {
    ConsentView { state, since: Some(hours(-30)) }
}

fn lines(count: usize) -> Vec<LineChoice> {
    ["Private Advice", "Insurance", "Real Estate"]
        .iter()
        .take(count)
        .map(|line| LineChoice { id: LineId::from(*line), name: (*line).into() })
        .collect()
}

fn choices(words: &Words) -> Vec<ContactChoice> {
    let choice = |id, name: &str, phone: Option<&str>| ContactChoice {
        id: ContactId(id),
        name: name.into(),
        phone: phone.map(str::to_owned),
        line: "Private Advice".into(),
    };
    vec![
        choice(1, &words.client, Some("+49 151 23456789")),
        choice(2, "Jonas Weber", Some("+1 425 555 0100")),
        choice(3, "sofia.dev", None),
    ]
}

pub fn thread_card(words: &Words, state: ConsentState, window: Option<Time>) -> ThreadCard {
    ThreadCard {
        thread: ThreadId(7),
        head: head(words),
        consent: consent(state),
        window_until: window,
        may_answer: false,
        participants: vec!["Ana Torres".into(), words.colleague.clone()],
        unowned: false,
        home: HomeView::Own,
        held: 0,
        last: Some((MessageState::Read, hours(-1))),
        free: None,
        revocation_due: None,
        away: Vec::new(),
        why: Some(MessageId(5)),
    }
}

fn template(name: &str, language: &str, category: TemplateCategory, body: &str, refused: Option<&str>) -> TemplateRow {
    TemplateRow {
        name: name.into(),
        language: language.into(),
        languages: vec![],
        category,
        header: None,
        body: body.into(),
        refused: refused.map(str::to_owned),
    }
}

fn field(label: &str, example: &str, value: &str, error: Option<ValueError>) -> TemplateField {
    TemplateField { label: label.into(), example: Some(example.into()), value: value.into(), error }
}

fn notice(words: &Words, text: String, style: Style, actions: Vec<(&'static str, Action)>) -> Notice {
    Notice { head: Some(head(words)), text, style, actions, ..Notice::default() }
}

/// Every card by its name.
pub fn all(words: &Words) -> Vec<(&'static str, Post)> {
    let directory = directory();
    let reader = &reader(&directory);
    let mut cards = starting(reader, words);
    cards.extend(super::samples_people::all(reader, words));
    cards.extend(threads(reader, words));
    cards.extend(super::samples_transfer::all(reader, words));
    cards.extend(super::samples_participants::all(reader, words));
    cards.extend(revocations(reader, words));
    cards.extend(super::samples_joining::all(reader, words));
    cards.extend(template_cards(reader, words));
    cards.extend(messages(reader, words));
    cards.extend(why_cards(reader, words));
    cards.extend(notices(reader, words));
    cards.extend(super::samples_notes::all(reader, words));
    cards.extend(samples_places::all(reader, words));
    cards.extend(super::samples_media::all(reader, words));
    cards.extend(super::samples_talk::all(reader, words));
    cards
}

fn starting(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let wrong = NewConversation {
        contacts: choices(words),
        lines: lines(3),
        typed: TypedContact {
            name: words.client.clone(),
            phone: "0151 23456789".into(),
            language: "deutsch".into(),
            line: Some("Insurance".into()),
        },
        errors: vec![ContactError::NothingChosen, ContactError::PhoneWithoutCountry, ContactError::LanguageUnknown],
    };
    let more = (1..=5).map(|at| LineChoice { id: LineId(format!("branch-{at}")), name: format!("Branch {at}") });
    let named = LineChoice { id: LineId::from("named"), name: words.client.clone() };
    let many_lines = NewConversation { lines: lines(2).into_iter().chain(more).chain([named]).collect(), errors: vec![], ..wrong.clone() };
    let row = |id, state| ContactRow {
        id: ContactId(id),
        name: words.client.clone(),
        phone: Some("+49 151 23456789".into()),
        line: "Private Advice".into(),
        consent: consent(state),
    };
    let found = Contacts { query: "silva".into(), contacts: vec![row(1, ConsentState::Granted), row(2, ConsentState::Revoked)], more: 12 };
    let ask = OptIn { contact: ContactId(1), head: head(words), basis_missing: false, again: false };
    vec![
        (
            "new_conversation",
            new_conversation(reader, &NewConversation { contacts: choices(words), lines: lines(1), ..NewConversation::default() }),
        ),
        ("new_conversation_first", new_conversation(reader, &NewConversation { lines: lines(1), ..NewConversation::default() })),
        ("new_conversation_errors", new_conversation(reader, &wrong)),
        ("new_conversation_many_lines", new_conversation(reader, &many_lines)),
        ("contacts", contacts(reader, &found)),
        ("contacts_none", contacts(reader, &Contacts { query: "nobody".into(), ..Contacts::default() })),
        ("opt_in", opt_in(reader, &ask)),
        ("opt_in_again", opt_in(reader, &OptIn { again: true, ..ask.clone() })),
        ("opt_in_no_basis", opt_in(reader, &OptIn { basis_missing: true, ..ask })),
        ("help", help(reader)),
        (
            "welcome",
            welcome(reader, &Welcome { colleague: Some("Ana Torres".into()), lines: vec!["Private Advice".into(), "Insurance".into()] }),
        ),
        ("welcome_not_enabled", welcome(reader, &Welcome::default())),
    ]
}

fn threads(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let card = |state, window| thread_card(words, state, window);
    let waiting = ThreadCard { held: 2, last: Some((MessageState::Held, hours(-1))), ..card(ConsentState::Granted, Some(hours(-2))) };
    let first = ThreadCard { may_answer: true, last: None, why: None, ..card(ConsentState::None, Some(hours(20))) };
    let pending = ThreadCard {
        participants: vec!["Ana Torres".into()],
        last: Some((MessageState::Delivered, hours(-1))),
        ..card(ConsentState::Pending, None)
    };
    let help = ThreadHelp {
        thread: ThreadId(7),
        head: head(words),
        answer: preflight::outlook(Decision::Send, &words.client),
        style: Style::Good,
        why: preflight::why_by_row(Rule::WindowOpen),
        until: Some(hours(20)),
        ask_again: None,
        template: Some(preflight::AN_APPROVED_ONE_MAY_GO.into()),
        prices: vec![(
            preflight::TEXT_COSTS,
            preflight::cost(&PriceCategory::Service, Cost::Free(WhyFree::Allowance { used: 12, of: 1_000 }), |_| String::new()),
        )],
    };
    let help_held = ThreadHelp {
        answer: preflight::outlook(Decision::Hold { nudge: false }, &words.client),
        style: Style::Warning,
        why: preflight::why_by_row(Rule::Queue),
        until: None,
        prices: vec![
            (preflight::TEXT_COSTS, preflight::cost(&PriceCategory::Service, Cost::Charged, |_| String::new())),
            (preflight::TEMPLATE_COSTS, preflight::cost(&PriceCategory::Utility, Cost::Charged, |_| String::new())),
        ],
        ..help.clone()
    };
    vec![
        ("thread_open", thread(reader, &card(ConsentState::Granted, Some(now() + Duration::minutes(125))))),
        ("thread_closing", thread(reader, &card(ConsentState::Granted, Some(now() + Duration::minutes(40))))),
        ("thread_closed", thread(reader, &waiting)),
        ("thread_pending", thread(reader, &pending)),
        ("thread_revoked", thread(reader, &card(ConsentState::Revoked, Some(hours(3))))),
        ("thread_client_first", thread(reader, &first)),
        ("thread_from_ad", thread(reader, &ThreadCard { free: Some(FreeTime::IfAnsweredBefore(hours(4))), ..first.clone() })),
        (
            "thread_free",
            thread(reader, &ThreadCard { free: Some(FreeTime::Until(hours(50))), ..card(ConsentState::Granted, Some(hours(20))) }),
        ),
        ("thread_help", thread_help(reader, &help)),
        ("thread_help_held", thread_help(reader, &help_held)),
    ]
}

fn revocations(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let asked = PerhapsStop {
        revocation: RevocationId(5),
        head: head(words),
        words: words.text.clone(),
        at: hours(-2),
        again: None,
        messages: 1,
        due: hours(14 * 24),
        urgency: Urgency::New,
    };
    let again =
        PerhapsStop { again: Some("I said: please stop writing to me.".into()), messages: 3, urgency: Urgency::Reminder, ..asked.clone() };
    let overdue = PerhapsStop { urgency: Urgency::Overdue, due: hours(-1), ..asked.clone() };
    let waiting = ThreadCard { revocation_due: Some(hours(14 * 24)), ..thread_card(words, ConsentState::Granted, Some(hours(20))) };
    vec![
        ("revocation", revocation(reader, &asked)),
        ("revocation_again", revocation(reader, &again)),
        ("revocation_overdue", revocation(reader, &overdue)),
        ("thread_revocation", thread(reader, &waiting)),
    ]
}

fn template_cards(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    use TemplateCategory::{Marketing, Utility};
    let picker = Templates {
        head: head(words),
        thread: ThreadId(7),
        query: String::new(),
        templates: vec![
            TemplateRow {
                languages: vec!["de".into(), "pt_BR".into()],
                ..template("appointment_reminder", "en", Utility, "Hello {{1}}, we look forward to seeing you on {{2}}.", None)
            },
            TemplateRow { header: Some(TemplateHeader::Image), ..template("way_to_us", "en", Utility, "This is how you find us.", None) },
            template("winter_offer", "en", Marketing, "Our winter offer is here.", Some("Marketing is not allowed for this line.")),
        ],
        nothing_chosen: false,
        more: 0,
    };
    let whom = Whom::Thread { thread: ThreadId(7), head: head(words) };
    let open = |id, client: &str| ThreadChoice {
        thread: ThreadId(id),
        client: client.into(),
        line: "Private Advice".into(),
        number: "+49 30 901820".into(),
    };
    let ask = |nothing_chosen| Whom::Ask { threads: vec![open(7, &words.client), open(8, "Jonas Weber")], nothing_chosen };
    let chosen = |whom, at: usize| {
        let template = TemplateRow { body: words.text.clone(), ..picker.templates[at].clone() };
        TemplateChoice { whom, template, has_gaps: at < 2 }
    };
    let fill = TemplateFill {
        head: head(words),
        thread: ThreadId(7),
        name: "appointment_reminder".into(),
        language: "en".into(),
        text: format!("Hello {}, we look forward to seeing you on [Value 2] at [Meeting place].", words.client),
        fields: vec![
            field("1", "Pablo", &words.client, None),
            field("2", "Monday, 3 pm", "", None),
            field("meeting_place", "our office", "", None),
        ],
        file: None,
    };
    let mut wrong = fill.clone();
    wrong.fields[1] = field("2", "Monday, 3 pm", "Mon\nday", Some(ValueError::NotOneLine));
    let preview = TemplatePreview {
        head: head(words),
        thread: ThreadId(7),
        name: "appointment_reminder".into(),
        language: "en".into(),
        values: vec![words.client.clone(), "Monday".into()],
        preview: format!("Your appointment\n\nHello {}, we look forward to seeing you on Monday.\n\nContoso, Berlin", words.client),
        buttons: vec!["Confirm".into(), "Call us".into()],
        file: None,
    };
    let wanted = FileInput {
        form: MediaForm::Document,
        files: vec![
            FileChoice { id: 12, name: "offer.pdf".into(), sent: hours(-1) },
            FileChoice { id: 9, name: words.client.clone(), sent: hours(-20) },
        ],
        chosen: None,
        link: String::new(),
        kept: None,
        error: None,
    };
    let with_file = TemplateFill { file: Some(wanted.clone()), ..fill.clone() };
    let too_big = FileInput {
        chosen: Some(12),
        kept: Some((3, "old.pdf".into(), 340_000)),
        error: Some(FileError::TooBig { size: Some(120_000_000), limit: MediaForm::Document.size_limit() }),
        ..wanted
    };
    let with_wrong_file = TemplateFill { file: Some(too_big), ..fill.clone() };
    let with_preview = TemplatePreview { file: Some((3, "offer.pdf".into(), 340_000)), ..preview.clone() };
    vec![
        ("templates", templates(reader, &picker)),
        ("templates_nothing_chosen", templates(reader, &Templates { nothing_chosen: true, ..picker.clone() })),
        ("templates_none", templates(reader, &Templates { templates: vec![], query: "xyz".into(), ..picker.clone() })),
        ("template_choice", template_choice(reader, &chosen(whom.clone(), 0))),
        ("template_choice_refused", template_choice(reader, &chosen(whom, 2))),
        ("template_choice_ask", template_choice(reader, &chosen(ask(false), 0))),
        ("template_choice_ask_nothing_chosen", template_choice(reader, &chosen(ask(true), 0))),
        ("template_fill", template_fill(reader, &fill)),
        ("template_fill_errors", template_fill(reader, &wrong)),
        ("template_preview", template_preview(reader, &preview)),
        ("template_file", template_fill(reader, &with_file)),
        ("template_file_error", template_fill(reader, &with_wrong_file)),
        ("template_file_preview", template_preview(reader, &with_preview)),
    ]
}

fn messages(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let message = MessageId(42);
    let waits = Held {
        head: head(words),
        message,
        text: words.text.clone(),
        waiting: 2,
        last_wrote: Some(hours(-26)),
        expires: hours(72),
        asked: None,
        editable: true,
        note: None,
    };
    let refused =
        Held { note: Some(sentences::ask_refused(texts_why::rule(Rule::TemplateUnanswered), Some("tomorrow at 14:00"))), ..waits.clone() };
    let asked = Held { asked: Some(hours(-1)), editable: false, ..waits.clone() };
    let row = |id| HeldRow {
        message: MessageId(id),
        client: words.client.clone(),
        line: "Private Advice".into(),
        author: None,
        text: words.text.clone(),
        written: hours(-3),
        expires: hours(69),
    };
    let failure = |class, code| Failed { head: head(words), message, thread: ThreadId(7), text: words.text.clone(), class, code };
    let edit = HeldEdit { head: head(words), message, text: words.text.clone(), error: None };
    vec![
        ("held", held(reader, &waits)),
        ("held_asked", held(reader, &asked)),
        ("held_not_asked", held(reader, &refused)),
        ("held_edit", held_edit(reader, &edit)),
        ("held_edit_empty", held_edit(reader, &HeldEdit { text: String::new(), error: Some(TextError::Empty), ..edit })),
        ("held_list", held_list(reader, &HeldList { head: None, rows: vec![row(42), row(43)], more: 0 })),
        (
            "held_list_thread",
            held_list(
                reader,
                &HeldList {
                    head: Some(head(words)),
                    rows: vec![row(42), HeldRow { author: Some(words.colleague.clone()), ..row(43) }],
                    more: 0,
                },
            ),
        ),
        ("held_list_none", held_list(reader, &HeldList::default())),
        ("failed_retry", failed(reader, &failure(FailureClass::Unavailable, None))),
        ("failed_template", failed(reader, &failure(FailureClass::WindowClosed, Some(131_047)))),
        ("uncertain", uncertain(reader, &Uncertain { head: head(words), message, text: words.text.clone(), sent: hours(-1) })),
    ]
}

/// A message that was held, changed, released, handed over and failed, and sent again.
fn why_cards(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let grounds = Grounds {
        consent: ConsentState::Granted,
        window_until: Some(hours(-40)),
        window_refused: None,
        policy: Some(Ground::Queue),
        since: None,
    };
    let step = |at, who: &str, kind| WhyStep {
        at: hours(at),
        who: who.into(),
        what: texts_why::happened(kind).expect("a kind that is told").into(),
        because: None,
        text: None,
        facts: None,
    };
    let ruled = |at, kind, rule: Rule, grounds| WhyStep {
        because: Some(texts_why::numbered(rule.row(), texts_why::rule(rule))),
        facts: Some(WhyFacts { decided: hours(at), grounds }),
        ..step(at, "Ana Torres", kind)
    };
    let open = Grounds { window_until: Some(hours(20)), policy: None, ..grounds };
    let steps = vec![
        ruled(-30, "message.held", Rule::Queue, grounds),
        WhyStep { text: Some(labels::before(&words.text)), ..step(-29, "Ana Torres", "message.held_changed") },
        ruled(-4, "message.released", Rule::WindowOpen, open),
        step(-4, labels::WHATSAPP, "message.accepted"),
        WhyStep { because: Some(labels::cause("WhatsApp could not be reached")), ..step(-3, labels::WHATSAPP, "message.failed") },
    ];
    let view = Why {
        head: head(words),
        thread: Some(ThreadId(7)),
        message: Some(MessageId(42)),
        state: Some((MessageState::Failed, hours(-3))),
        text: Some(words.text.clone()),
        steps,
    };
    let waiting = Grounds { consent: ConsentState::Pending, window_until: None, policy: None, since: Some(hours(-5)), ..grounds };
    let refusal = Why {
        thread: None,
        message: None,
        state: None,
        text: None,
        steps: vec![ruled(-1, "conversation.refused", Rule::RequestPending, waiting)],
        ..view.clone()
    };
    let by_whatsapp = Grounds { window_refused: Some(hours(-2)), ..open };
    let stopped = Why {
        state: Some((MessageState::Held, hours(-2))),
        steps: vec![ruled(-2, "message.held", Rule::Queue, by_whatsapp)],
        ..view.clone()
    };
    vec![
        ("why", why(reader, &view)),
        ("why_refused", why(reader, &refusal)),
        ("why_whatsapp_said_closed", why(reader, &stopped)),
        ("why_not_recorded", why(reader, &Why { steps: vec![], ..view })),
    ]
}

fn notices(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let client = words.client.as_str();
    let say = |id, values: &[(&str, &str)]| reader.voice.say(id, values);
    let send_again = vec![(labels::SEND_AGAIN, Action::Start { contact: ContactId(1) })];
    let choose = vec![(labels::CHOOSE_TEMPLATE, Action::Templates { thread: ThreadId(7), query: String::new() })];
    let expired = vec![
        (labels::SEND_AS_NEW, Action::Retry { message: MessageId(42) }),
        (labels::DISCARD, Action::DiscardHeld { message: MessageId(42) }),
    ];
    let accepted = say(TextId::T04, &[("client", client), ("time", "tomorrow at 14:00")]);
    let declined = say(TextId::T06, &[("client", client), ("number", "+49 30 901820")]);
    let closed =
        Notice { kept: Some(words.text.clone()), ..notice(words, say(TextId::T20, &[("client", client)]), Style::Warning, choose) };
    let gone = Notice { quotes_message: true, ..notice(words, say(TextId::T25, &[("text", &words.text)]), Style::Warning, expired) };
    let done = Receipt {
        head: Some(head(words)),
        what: format!("Request sent. Basis: {}.", labels::basis(Basis::Contract)),
        who: "Ana Torres".into(),
        at: now(),
        text: Some(words.text.clone()),
    };
    let change = crate::bridge::TemplateChange::Status("PAUSED".into());
    let told = crate::texts::template_news("appointment_reminder", &change);
    let facts = vec![
        (labels::TEMPLATE, "appointment_reminder".into()),
        (labels::LANGUAGE, "en_US".into()),
        (labels::LINE_OF_BUSINESS, words.client.clone()),
        (labels::REASON, String::new()),
    ];
    let paused = News { what: told.what, meaning: told.meaning, advice: told.advice, facts, style: Style::Attention };
    vec![
        ("news_template", news(reader, &paused)),
        ("notice_accepted", super::notice(reader, &notice(words, accepted, Style::Good, vec![]))),
        ("notice_unanswered", super::notice(reader, &notice(words, say(TextId::T05, &[]), Style::Warning, send_again))),
        ("notice_declined", super::notice(reader, &notice(words, declined, Style::Attention, vec![]))),
        ("notice_closed", super::notice(reader, &closed)),
        ("notice_expired", super::notice(reader, &gone)),
        ("notice_plain", super::notice(reader, &Notice { text: labels::NOT_ENABLED.into(), ..Notice::default() })),
        ("receipt_with_why", receipt_with_why(reader, &done, MessageId(42))),
        ("receipt", receipt(reader, &done)),
    ]
}
