//! What every card keeps, whoever the client is and whatever was written.

use super::ParseError;
use super::samples::{Words, all, directory, now, reader, thread_card};
use super::submit::{Action, VERBS};
use super::*;
use crate::bridge::{Basis, ConsentState, ContactId, LineId, MessageId, Post, PostBody, SearchHits, ThreadId};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use std::path::Path;

fn card(post: &Post) -> &Value {
    match &post.body {
        PostBody::Card { card } => card,
        PostBody::Html { .. } => panic!("a card is a card"),
    }
}

/// Every object in a card, whatever its depth.
fn objects(value: &Value) -> Vec<&serde_json::Map<String, Value>> {
    match value {
        Value::Object(members) => std::iter::once(members).chain(members.values().flat_map(objects)).collect(),
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

fn of_type<'a>(card: &'a Value, kind: &str) -> Vec<&'a serde_json::Map<String, Value>> {
    objects(card).into_iter().filter(|object| object.get("type").and_then(Value::as_str) == Some(kind)).collect()
}

fn hostile() -> Words {
    Words {
        colleague: "*Bold* [y](http://evil) <at>Ben</at> _u_ {{TIME(2026-01-01T00:00:00Z)}}".into(),
        client: "*Bold* [x](http://evil) <at>Ana</at> _u_ # مرحبا \u{202e}abc {{DATE(2026-01-01T00:00:00Z,SHORT)}} &lt;".into(),
        text: "1. one\n- two\n# three\n> four\n    code `x` ~y~ <b>&amp;</b>\n\n\u{7}{{TIME(2026-01-01T00:00:00Z)}} \\* end".into(),
    }
}

fn endless() -> Words {
    let colleague = "Hubert_Blaine".repeat(20);
    Words { client: "Wolfeschlegelsteinhausenbergerdorff".repeat(15), colleague, text: "*😀_".repeat(1_365) }
}

#[test]
fn the_cards_look_as_agreed() {
    for (name, post) in all(&Words::ordinary()) {
        insta::assert_json_snapshot!(name, post);
    }
}

/// Three grey pixels.
const PICTURE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAAAAAA+i0toAAAADElEQVR4nGNoaGgAAAMEAYFL09IQAAAAAElFTkSuQmCC";

/// The browser test renders exactly these files.
#[test]
fn every_card_is_written_for_the_browser_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/cards");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
    }
    std::fs::create_dir_all(&folder).expect("target can be written");
    let ordinary = all(&Words::ordinary()).into_iter().map(|(name, post)| (name.to_owned(), post));
    let strange = all(&hostile()).into_iter().map(|(name, post)| (format!("hostile-{name}"), post));
    let long = all(&endless()).into_iter().map(|(name, post)| (format!("endless-{name}"), post));
    for (name, post) in ordinary.chain(strange).chain(long) {
        // What takes the place of a kept picture when the card leaves.
        let blob = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let text = card(&post).to_string().replace(&format!("{KEPT_PICTURE}{blob}"), PICTURE);
        std::fs::write(folder.join(format!("{name}.json")), text).expect("target can be written");
    }
}

#[test]
fn every_card_has_what_teams_needs() {
    for (name, post) in all(&Words::ordinary()) {
        let card = card(&post);
        assert_eq!(card["type"], "AdaptiveCard", "{name}");
        assert_eq!(card["version"], "1.5", "{name}");
        assert_eq!(card["fallbackText"], Value::from(post.summary.clone()), "{name}");
        assert!(!post.summary.is_empty(), "{name}");
    }
}

#[test]
fn at_most_three_buttons_of_a_card_are_visible() {
    for (name, post) in all(&Words::ordinary()) {
        let actions = card(&post)["actions"].as_array().cloned().unwrap_or_default();
        let visible = actions.iter().filter(|action| action["mode"] != "secondary").count();
        assert!(visible <= 3 && actions.len() <= 6, "{name}");
    }
}

#[test]
fn every_button_falls_back_to_a_submit_with_the_same_data() {
    for (name, post) in all(&Words::ordinary()) {
        for button in of_type(card(&post), "Action.Execute") {
            assert_eq!(button["verb"], button["data"]["verb"], "{name}");
            assert_eq!(button["fallback"]["type"], "Action.Submit", "{name}");
            assert_eq!(button["fallback"]["data"], button["data"], "{name}");
            assert_eq!(button["fallback"]["title"], button["title"], "{name}");
            assert_eq!(button.get("associatedInputs"), button["fallback"].get("associatedInputs"), "{name}");
        }
    }
}

#[test]
fn every_input_has_a_label_and_an_error_message() {
    for (name, post) in all(&Words::ordinary()) {
        let inputs = of_type(card(&post), "Input.Text").into_iter().chain(of_type(card(&post), "Input.ChoiceSet"));
        for input in inputs {
            assert!(input["label"].as_str().is_some_and(|label| !label.is_empty()), "{name}");
            assert!(input["errorMessage"].as_str().is_some_and(|error| !error.is_empty()), "{name}");
        }
    }
}

/// Microsoft's renderer gives an input that is searched its placeholder for a name, and shows a value of it instead of the title.
#[test]
fn every_input_found_by_typing_repeats_its_label_and_has_no_value() {
    for (name, post) in all(&Words::ordinary()).into_iter().chain(all(&hostile())) {
        for input in of_type(card(&post), "Input.ChoiceSet").into_iter().filter(|input| input["style"] == "filtered") {
            let (label, placeholder) = (input["label"].as_str(), input.get("placeholder").and_then(Value::as_str));
            assert!(placeholder.zip(label).is_some_and(|(placeholder, label)| placeholder.starts_with(label)), "{name}");
            assert!(!input.contains_key("value"), "{name}");
        }
    }
}

/// A client checks all inputs of a card for each button that sends any: two forms with required inputs would block each other.
#[test]
fn required_inputs_stand_only_in_cards_with_one_form() {
    for (name, post) in all(&Words::ordinary()) {
        let card = card(&post);
        let required = objects(card).iter().any(|object| object.get("isRequired") == Some(&Value::Bool(true)));
        let forms = of_type(card, "Action.Execute").iter().filter(|button| button.get("associatedInputs").is_none()).count();
        assert!(!required || forms == 1, "{name}");
    }
}

#[test]
fn what_an_input_fills_is_not_in_the_data_too() {
    for (name, post) in all(&Words::ordinary()) {
        let card = card(&post);
        let ids: Vec<_> = objects(card).iter().filter_map(|object| object.get("id")?.as_str().map(str::to_owned)).collect();
        for button in of_type(card, "Action.Execute").iter().filter(|button| button.get("associatedInputs").is_none()) {
            let data = button["data"].as_object().expect("data is an object");
            assert!(ids.iter().all(|id| !data.contains_key(id)), "{name}");
        }
    }
}

#[test]
fn what_can_be_sent_from_every_card_can_be_read() {
    for (name, post) in all(&Words::ordinary()) {
        let card = card(&post);
        let inputs = of_type(card, "Input.Text").into_iter().chain(of_type(card, "Input.ChoiceSet"));
        let typed: Vec<_> = inputs
            .map(|input| {
                let choice = input.get("choices").and_then(|choices| choices[0]["value"].as_str());
                // What is found by typing only is an id.
                let found = input.contains_key("choices.data").then_some("7");
                (input["id"].as_str().unwrap_or_default().to_owned(), Value::from(choice.or(found).unwrap_or("typed")))
            })
            .collect();
        for button in of_type(card, "Action.Execute") {
            let mut data = button["data"].clone();
            if button.get("associatedInputs").is_none() {
                let members = data.as_object_mut().expect("data is an object");
                members.extend(typed.iter().cloned());
                members.insert("msteams".into(), json!({"type": "messageBack"}));
            }
            let parsed = Action::parse(&data);
            assert_eq!(parsed.as_ref().map(Action::verb).ok(), button["verb"].as_str(), "{name}: {data} gave {parsed:?}");
        }
    }
}

#[test]
fn no_notification_quotes_a_message() {
    let words = Words { client: "Maria".into(), colleague: "Ben".into(), text: "SECRET".into() };
    for (name, post) in all(&words) {
        assert!(!post.summary.contains("SECRET"), "{name}");
    }
}

#[test]
fn texts_from_outside_are_escaped_in_every_card() {
    for (name, post) in all(&hostile()) {
        for block in of_type(card(&post), "TextBlock") {
            let text = block["text"].as_str().expect("a text");
            let bare = ["*Bold*", "[x]", "<at>", "<b>", "_u_", "\u{202e}", "DATE(2026-01-01", "TIME(2026-01-01", "\n# ", "\n- ", "\n> "];
            for mark in bare {
                assert!(!text.replace("\\*", "").contains(mark), "{name} shows {mark:?} in {text:?}");
            }
        }
    }
}

#[test]
fn long_names_and_texts_stay_below_the_limit() {
    for (name, post) in all(&endless()) {
        let size = card(&post).to_string().len();
        assert!(size <= SIZE_LIMIT, "{name} has {size} bytes");
        assert!(post.summary.chars().count() <= 301, "{name}");
    }
}

#[test]
fn a_card_at_the_edge_gives_up_the_second_copy_of_its_data_first() {
    let directory = directory();
    let preview = TemplatePreview {
        head: Head { client: "Maria".into(), ..Head::default() },
        thread: ThreadId(7),
        name: "long".into(),
        language: "en".into(),
        values: vec!["x".repeat(9_500)],
        preview: "x".repeat(9_500),
        buttons: vec![],
        file: None,
    };
    let post = template_preview(&reader(&directory), &preview);
    let buttons = of_type(card(&post), "Action.Execute");
    assert!(card(&post).to_string().len() <= SIZE_LIMIT);
    assert!(buttons.len() == 2 && buttons.iter().all(|button| button.get("fallback").is_none()));
    assert_eq!(buttons[0]["data"]["values"][0].as_str().map(str::len), Some(9_500), "what is sent is never cut");
}

#[test]
fn a_file_that_was_not_chosen_is_none() {
    let read = |file: &str| Action::parse(&json!({"verb": "template.fill", "thread": 1, "name": "n", "language": "en", "file": file}));
    assert_eq!(read(submit::NO_FILE), read(""));
    assert_ne!(read("12"), read(""));
}

#[test]
fn many_long_values_can_be_shown_again() {
    let directory = directory();
    let field =
        TemplateField {
            label: "1".into(), example: Some("😀".repeat(500)), value: "😀".repeat(1_024), error: Some(ValueError::TooLong)
        };
    let view = TemplateFill {
        head: Head { client: "Maria".into(), ..Head::default() },
        thread: ThreadId(7),
        name: "long".into(),
        language: "en".into(),
        text: "*".repeat(1_024),
        fields: vec![field; 10],
        file: None,
    };
    assert!(card(&template_fill(&reader(&directory), &view)).to_string().len() <= SIZE_LIMIT);
}

#[test]
fn titles_of_buttons_fit_side_by_side() {
    for (name, post) in all(&endless()) {
        for button in of_type(card(&post), "Action.Execute") {
            assert!(button["title"].as_str().is_some_and(|title| !title.is_empty() && title.len() <= 20), "{name}");
        }
    }
}

#[test]
fn a_long_list_is_cut_and_says_how_many_are_left_out() {
    let directory = directory();
    let row = |id| ContactRow {
        id: ContactId(id),
        name: "*😀".repeat(250),
        phone: Some("+49 151 23456789".into()),
        line: "Private Advice".into(),
        consent: ConsentView { state: ConsentState::Granted, since: Some(now()) },
    };
    let post = contacts(&reader(&directory), &Contacts { query: String::new(), contacts: (0..500).map(row).collect(), more: 100 });
    let card = card(&post);
    let shown = of_type(card, "ColumnSet").len();
    let left_out = format!("{} more. Search to narrow the list.", 600 - shown);
    assert!(card.to_string().len() <= SIZE_LIMIT && shown > 5);
    assert!(of_type(card, "TextBlock").iter().any(|block| block["text"] == left_out.as_str()));
}

#[test]
fn a_history_that_does_not_fit_keeps_the_newest_and_leads_to_the_rest() {
    let directory = directory();
    let line = |id| HistoryLine {
        id: MessageId(id),
        at: now(),
        speaker: Speaker::Client,
        text: format!("message {id} {}", "x".repeat(900)),
        state: None,
        before_consent: false,
        file: None,
    };
    let head = Head { client: "Maria".into(), ..Head::default() };
    let view = History {
        head,
        thread: ThreadId(7),
        messages: (1..=40).map(line).collect(),
        older: None,
        newer: None,
        contact: ContactId(1),
        takes_part: true,
    };
    let post = history(&reader(&directory), &view);
    let shown = of_type(card(&post), "Container").len();
    let older = of_type(card(&post), "Action.Execute")
        .iter()
        .find(|button| button["title"] == "Older")
        .map(|button| button["data"]["before"].clone());
    assert!(card(&post).to_string().contains("message 40 "));
    assert!(shown < 40);
    // `before` is the oldest one shown: nothing is skipped between this page and the next.
    let oldest = 40 - i64::try_from(shown).expect("few") + 1;
    assert!(card(&post).to_string().contains(&format!("message {oldest} ")));
    assert_eq!(older, Some(Value::from(oldest)));
}

#[rstest]
#[case::far(ConsentState::Granted, Some(24 * 60), "Good", "You can write until {{DATE(")]
#[case::an_hour(ConsentState::Granted, Some(60), "Warning", "less than an hour from now")]
#[case::a_second_too_late(ConsentState::Granted, Some(0), "Attention", "Window closed since")]
#[case::never(ConsentState::Granted, None, "Attention", "has not written yet")]
#[case::no_consent_beats_the_window(ConsentState::Revoked, Some(60), "Attention", "Asked to stop")]
#[case::pending(ConsentState::Pending, Some(60), "Warning", "no answer yet")]
fn the_status_line_says_whether_one_may_write(
    #[case] state: ConsentState,
    #[case] minutes: Option<i64>,
    #[case] color: &str,
    #[case] words: &str,
) {
    let directory = directory();
    let until = minutes.map(|minutes| now() + chrono::Duration::minutes(minutes));
    let post = thread(&reader(&directory), &thread_card(&Words::ordinary(), state, until));
    let status = &card(&post)["body"][2];
    assert_eq!(status["color"], color);
    assert!(status["text"].as_str().is_some_and(|text| text.contains(words)), "{status}");
}

#[rstest]
#[case::none("", 0)]
#[case::escapes_are_not_shown("a*_b [c](d)", 6)]
#[case::several("by Hubert Blaine", 6)]
fn the_longest_word_is_measured_as_it_is_shown(#[case] words: &str, #[case] length: usize) {
    assert_eq!(text::Text::plain(words).longest_word(), length);
    assert_eq!(
        text::Text::plain(words).and(" (").then(text::Text::moment(now())).longest_word(),
        length,
        "a moment is drawn by the client"
    );
}

/// A sentence is put together from pieces and dates: the spaces between them stay.
#[test]
fn pieces_keep_the_spaces_between_them() {
    let text = text::Text::plain("Since ").then(text::Text::moment(now())).and(" (at last). ").and(" Go.").and("");
    let text = serde_json::to_value(text).expect("text");
    assert_eq!(text, r"Since {{DATE(2026-11-20T13:00:00Z,SHORT)}} {{TIME(2026-11-20T13:00:00Z)}} \(at last\).  Go.".replace(r"\\", r"\"));
}

// What comes back.

#[rstest]
#[case::no_object(json!("menu.new"), ParseError::NoVerb)]
#[case::no_verb(json!({"thread": 1}), ParseError::NoVerb)]
#[case::unknown(json!({"verb": "thread.explode"}), ParseError::UnknownVerb("thread.explode".into()))]
#[case::missing(json!({"verb": "held.edit"}), ParseError::Data { verb: "held.edit" })]
#[case::not_an_id(json!({"verb": "contact.open", "contact": "x"}), ParseError::Data { verb: "contact.open" })]
#[case::no_contact(json!({"verb": "contact.open", "contact": " "}), ParseError::ChosenNothing { verb: "contact.open" })]
#[case::no_thread(json!({"verb": "route.choose", "draft": 1}), ParseError::ChosenNothing { verb: "route.choose" })]
#[case::no_line(json!({"verb": "contact.add", "name": "A"}), ParseError::ChosenNothing { verb: "contact.add" })]
fn what_is_no_action_is_refused(#[case] data: Value, #[case] expected: ParseError) {
    assert_eq!(Action::parse(&data), Err(expected));
}

#[rstest]
#[case::choice_as_text(json!({"verb": "contact.open", "contact": "12"}), Action::OpenContact { contact: ContactId(12) })]
#[case::no_basis(json!({"verb": "consent.request", "contact": 1, "basis": ""}), Action::Request { contact: ContactId(1), basis: None })]
#[case::basis(json!({"verb": "consent.request", "contact": 1, "basis": "web_form"}), Action::Request { contact: ContactId(1), basis: Some(Basis::WebForm) })]
#[case::extra(json!({"verb": "menu.new", "msteams": {"type": "task/fetch"}, "query": "x"}), Action::New {})]
fn inputs_are_read_as_they_come(#[case] data: Value, #[case] expected: Action) {
    assert_eq!(Action::parse(&data), Ok(expected));
}

#[test]
fn a_template_input_left_empty_keeps_the_others_in_their_places() {
    let data = json!({"verb": "template.fill", "thread": 1, "name": "n", "language": "en", "v0": "a", "v2": "c"});
    let values = vec!["a".to_owned(), String::new(), "c".to_owned()];
    let expected = Action::FillTemplate {
        thread: ThreadId(1),
        name: "n".into(),
        language: "en".into(),
        values,
        link: String::new(),
        file: String::new(),
        upload: None,
    };
    assert_eq!(Action::parse(&data), Ok(expected));
}

/// Whoever reads data of an unknown verb names those that there are.
#[test]
fn every_action_has_its_verb() {
    let error = serde_json::from_value::<Action>(json!({"verb": "?"})).expect_err("no action").to_string();
    let mut known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
    let mut verbs = VERBS.to_vec();
    known.sort_unstable();
    verbs.sort_unstable();
    assert_eq!(verbs, known);
}

fn any_action() -> impl Strategy<Value = Action> {
    let text = "\\PC{0,12}";
    let id = any::<i64>();
    prop_oneof![
        Just(Action::New {}),
        Just(Action::Help {}),
        Just(Action::HeldList {}),
        Just(Action::History {}),
        text.prop_map(|query| Action::Contacts { query }),
        ("[a-z]{1,8}", text, text, text).prop_map(|(line, name, phone, language)| Action::AddContact {
            line: LineId(line),
            name,
            phone,
            language
        }),
        id.prop_map(|id| Action::OpenContact { contact: ContactId(id) }),
        id.prop_map(|id| Action::Start { contact: ContactId(id) }),
        (id, prop_oneof![Just(None), Just(Some(Basis::Other)), Just(Some(Basis::MetInPerson))])
            .prop_map(|(id, basis)| Action::Request { contact: ContactId(id), basis }),
        id.prop_map(|id| Action::CancelRequest { contact: ContactId(id) }),
        (id, text).prop_map(|(id, query)| Action::Templates { thread: ThreadId(id), query }),
        (id, text, text, prop::collection::vec(text, 0..4)).prop_map(|(id, name, language, values)| Action::PickTemplate {
            thread: ThreadId(id),
            name,
            language,
            values,
            upload: Some(id),
        }),
        (id, text, text, prop::collection::vec(text, 0..4)).prop_map(|(id, name, language, values)| Action::FillTemplate {
            thread: ThreadId(id),
            link: name.clone(),
            file: language.clone(),
            name,
            language,
            values,
            upload: Some(id),
        }),
        (id, text, text, prop::collection::vec(text, 0..4)).prop_map(|(id, name, language, values)| Action::SendTemplate {
            thread: ThreadId(id),
            name,
            language,
            values,
            upload: Some(id),
        }),
        id.prop_map(|id| Action::EditHeld { message: MessageId(id) }),
        (id, text).prop_map(|(id, text)| Action::SaveHeld { message: MessageId(id), text }),
        id.prop_map(|id| Action::WithdrawHeld { message: MessageId(id) }),
        id.prop_map(|id| Action::DiscardHeld { message: MessageId(id) }),
        id.prop_map(|id| Action::HeldInThread { thread: ThreadId(id) }),
        id.prop_map(|id| Action::AskToReply { message: MessageId(id) }),
        id.prop_map(|id| Action::TemplateForHeld { message: MessageId(id) }),
        id.prop_map(|id| Action::Why { message: MessageId(id) }),
        id.prop_map(|id| Action::ShowMessage { message: MessageId(id) }),
        id.prop_map(|entry| Action::WhyRefused { entry }),
        id.prop_map(|id| Action::Retry { message: MessageId(id) }),
        id.prop_map(|id| Action::Arrived { message: MessageId(id) }),
        id.prop_map(|id| Action::SendCorrection { message: MessageId(id), correction: id }),
        (id, id).prop_map(|(draft, id)| Action::Choose { draft, thread: ThreadId(id) }),
        id.prop_map(|draft| Action::DiscardDraft { draft }),
        id.prop_map(|id| Action::Take { thread: ThreadId(id) }),
        id.prop_map(|id| Action::View { thread: ThreadId(id) }),
        (text, prop::option::of(prop::collection::vec(id, 0..3))).prop_map(|(query, found)| Action::SearchHistory {
            query,
            found: found.map(|ids| SearchHits { messages: ids.into_iter().map(MessageId).collect(), complete: true }),
        }),
        id.prop_map(|id| Action::EditContact { contact: ContactId(id) }),
        (id, text, text, text).prop_map(|(id, name, phone, notes)| Action::SaveContact {
            contact: ContactId(id),
            language: phone.clone(),
            name,
            phone,
            notes
        }),
        (id, prop::option::of(id)).prop_map(|(id, before)| Action::OpenHistory { thread: ThreadId(id), before: before.map(MessageId) }),
    ]
}

proptest! {
    #[test]
    fn an_action_is_read_as_it_was_written(action in any_action()) {
        let data = serde_json::to_value(&action).expect("an action is an object");
        prop_assert_eq!(&data["verb"], action.verb());
        prop_assert_eq!(Action::parse(&data), Ok(action));
    }

    #[test]
    fn data_from_anywhere_never_panics(verb in "[a-z]{1,8}\\.[a-z]{1,8}", text in "\\PC{0,20}", number in any::<i64>()) {
        for verb in [verb.as_str(), "template.fill", "contact.open", "consent.request"] {
            let _ = Action::parse(&json!({"verb": verb, "contact": text, "thread": number, "v0": number, "v63": text, "v64": text}));
        }
    }

    /// Undoing the escapes gives the text back, and nothing that markdown reads is left bare.
    #[test]
    fn escaping_loses_nothing(text in "[a-z*_\\[\\]()#><`~{}|\\\\& ;0-9.\\-]{0,60}") {
        let safe = serde_json::to_value(text::Text::plain(&text)).expect("text");
        let safe = safe.as_str().expect("text").to_owned();
        let (mut shown, mut rest) = (String::new(), safe.as_str());
        while let Some(c) = rest.chars().next() {
            let (taken, read) = match c {
                '\\' => (2, rest[1..].chars().next().expect("an escape escapes something")),
                '&' if rest.starts_with("&lt;") => (4, '<'),
                '&' if rest.starts_with("&amp;") => (5, '&'),
                c => {
                    prop_assert!(!"*_[]()#><`~{|".contains(c), "{} is bare in {}", c, safe);
                    (c.len_utf8(), c)
                }
            };
            shown.push(read);
            rest = &rest[taken..];
        }
        prop_assert_eq!(shown.trim(), text.trim());
    }

    #[test]
    fn any_client_and_any_text_fit(client in "\\PC{0,500}", colleague in "\\PC{0,300}", text in prop::string::string_regex("(?s).{0,2000}").expect("a pattern")) {
        for (name, post) in all(&Words { client, colleague, text }) {
            let size = card(&post).to_string().len();
            prop_assert!(size <= SIZE_LIMIT, "{} has {} bytes", name, size);
        }
    }
}
