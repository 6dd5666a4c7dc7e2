//! What can be filled into a template, and what is refused.

use super::{
    FillError, HeaderMedia, ParameterFormat, REPLY, Template, TemplateAsset, TemplateButton, TemplateButtonKind, TemplateCategory,
    TemplateHeader, TemplateOffer, Time, Variable, WabaId, template_gaps, tidy_parameter,
};
use proptest::prelude::*;
use rstest::rstest;

fn template(body: &str) -> Template {
    Template {
        waba: WabaId::from("w"),
        id: "1".into(),
        name: "booking".into(),
        language: "en_US".into(),
        category: TemplateCategory::Utility,
        status: "APPROVED".into(),
        parameter_format: ParameterFormat::Positional,
        header: None,
        body: body.into(),
        footer: None,
        buttons: Vec::new(),
        examples: Vec::new(),
        header_example: None,
        offer: None,
        not_sendable: None,
    }
}

fn values(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[rstest]
#[case("Hi {{1}}, {{2}}", &["1", "2"])]
#[case("{{2}} before {{1}} and {{1}}", &["1", "2"])]
#[case("{{10}} {{9}}", &["9", "10"])]
#[case("{{ 1 }} {{1}}", &["1"])]
#[case("{1} {{}} {{a b}} {{1", &[])]
#[case("{{{1}}}", &["1"])]
#[case("{{é}}", &[])]
#[case("{{a {{1}}", &["1"])]
fn gaps_are_found_without_being_fooled(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(template_gaps(text, ParameterFormat::Positional), expected);
}

#[test]
fn the_sketch_of_the_body_shows_what_stands_in_its_gaps_so_far() {
    let mut template = template("Dear {{first_name}}, {{ref}} of {{first_name}}");
    template.parameter_format = ParameterFormat::Named;
    template.header = Some(TemplateHeader::Text { text: "About {{what}}".into() });
    // In the order of the variables: the header's comes first.
    assert_eq!(template.sketch(values(&["order", "{{ref}}", "[Ref]"])), "Dear {{ref}}, [Ref] of {{ref}}");
    assert_eq!(template.sketch(values(&["order", "Bo"])), "Dear Bo, {{ref}} of Bo");
}

#[test]
fn the_preview_is_what_the_phone_shows() {
    let mut template = template("Hi {{1}}, order {{2}} is ready. Thanks, {{1}}!");
    template.header = Some(TemplateHeader::Text { text: "About {{1}}".into() });
    template.footer = Some("Reply STOP to end".into());
    template.buttons = vec![
        TemplateButtonKind::QuickReply { text: "Yes".into() },
        TemplateButtonKind::Url { text: "Track".into(), url: "https://example.com/{{1}}".into(), example: None },
        TemplateButtonKind::Url { text: "Shop".into(), url: "https://example.com/".into(), example: None },
        TemplateButtonKind::CopyCode { text: "Copy code".into(), example: None },
    ];
    let message = template.fill(&values(&["order", " Ana ", "{{1}}", "BK-1", "SAVE20"])).expect("five values fit");
    assert_eq!(
        message.preview,
        "About order\nHi Ana, order {{1}} is ready. Thanks, Ana!\nReply STOP to end\n[ Yes ]\n[ Track ]\n[ Shop ]\n[ Copy code ]"
    );
    assert_eq!(message.header, [Variable { name: None, value: "order".into() }]);
    assert_eq!(message.body.len(), 2);
    assert_eq!(
        message.buttons,
        [
            TemplateButton::QuickReply { index: 0, payload: format!("{REPLY}0") },
            TemplateButton::UrlSuffix { index: 1, suffix: "BK-1".into() },
            TemplateButton::CopyCode { index: 3, code: "SAVE20".into() }
        ]
    );
}

#[test]
fn named_gaps_keep_their_names_labels_and_examples() {
    let mut template = template("Dear {{first_name}}, {{ref}}");
    template.parameter_format = ParameterFormat::Named;
    template.examples = values(&["Ana", ""]);
    let variables = template.variables();
    assert_eq!(variables[0].label, "first name");
    assert_eq!(variables[0].example.as_deref(), Some("Ana"));
    assert_eq!((variables[1].position, variables[1].example.clone()), (2, None));
    let message = template.fill(&values(&["Bo", "R1"])).expect("two values fit");
    assert_eq!(message.preview, "Dear Bo, R1");
    assert_eq!(message.body[0], Variable { name: Some("first_name".into()), value: "Bo".into() });
}

#[rstest]
#[case(&[], FillError::Count { expected: 1, given: 0 })]
#[case(&["a", "b"], FillError::Count { expected: 1, given: 2 })]
#[case(&["  "], FillError::Empty { index: 0 })]
#[case(&["a\nb"], FillError::LineBreak { index: 0 })]
#[case(&["a\tb"], FillError::LineBreak { index: 0 })]
fn values_that_whatsapp_would_refuse_are_refused_first(#[case] given: &[&str], #[case] expected: FillError) {
    assert_eq!(template("Hi {{1}}!").fill(&values(given)), Err(expected));
}

#[test]
fn a_body_may_have_1024_characters_and_not_one_more() {
    let template = template("Hi {{1}}!");
    assert!(template.fill(&["é".repeat(1020)]).is_ok());
    assert_eq!(template.fill(&["é".repeat(1021)]), Err(FillError::TooLong { index: 0, limit: 1024, length: 1025 }));
}

#[test]
fn what_cannot_be_sent_from_here_is_never_filled() {
    let mut template = template("Hi");
    template.not_sendable = Some("it has a carousel".into());
    assert_eq!(template.fill(&[]), Err(FillError::NotSendable { reason: "it has a carousel".into() }));
}

#[rstest]
#[case(" a\r\nb ", "a  b")]
#[case("a        b", "a    b")]
#[case("a\u{a0}b", "a\u{a0}b")]
fn parameters_are_tidied(#[case] value: &str, #[case] expected: &str) {
    assert_eq!(tidy_parameter(value), expected);
}

proptest! {
    #[test]
    fn any_text_is_scanned_and_any_values_are_answered(body in "[{}a1 é]{0,40}", given in proptest::collection::vec(".{0,20}", 0..4)) {
        let template = template(&body);
        if let Ok(message) = template.fill(&given) {
            prop_assert_eq!(message.body.len(), template.variables().len());
        }
    }
}

fn file(name: &str) -> HeaderMedia {
    HeaderMedia { id: "77".into(), filename: Some(name.into()) }
}

#[rstest]
#[case(TemplateHeader::Image, "[image]")]
#[case(TemplateHeader::Video, "[video]")]
#[case(TemplateHeader::Document, "[document offer.pdf]")]
fn a_header_takes_a_file_of_ours_and_nothing_without_it(#[case] header: TemplateHeader, #[case] line: &str) {
    let mut template = template("Hi");
    template.header = Some(header);
    assert_eq!(template.fill(&[]), Err(FillError::MediaMissing));
    let message = template.fill_with(&[], Some(&file("offer.pdf")), None).expect("a file is there");
    assert_eq!(message.preview, format!("{line}\nHi"));
    let id = match *message.asset.expect("an asset") {
        TemplateAsset::Image { id } | TemplateAsset::Video { id } | TemplateAsset::Document { id, .. } => id,
        TemplateAsset::Location { .. } => String::new(),
    };
    assert_eq!(id, "77");
}

#[rstest]
#[case(["52.5163", "13.3777", "Gate", "Square 1"], None)]
#[case(["52,5163", "-13,3777", "Gate", "Square 1"], None)]
#[case(["90", "-180", "Gate", "Square 1"], None)]
#[case(["90.001", "13", "Gate", "Square 1"], Some(FillError::Coordinate { index: 0 }))]
#[case(["52", "180.5", "Gate", "Square 1"], Some(FillError::Coordinate { index: 1 }))]
#[case(["north", "13", "Gate", "Square 1"], Some(FillError::Coordinate { index: 0 }))]
#[case(["NaN", "13", "Gate", "Square 1"], Some(FillError::Coordinate { index: 0 }))]
#[case(["1e1", "13", "Gate", "Square 1"], Some(FillError::Coordinate { index: 0 }))]
#[case(["52", "13", " ", "Square 1"], Some(FillError::Empty { index: 2 }))]
fn a_place_has_degrees_a_name_and_an_address(#[case] given: [&str; 4], #[case] expected: Option<FillError>) {
    let mut template = template("Hi");
    template.header = Some(TemplateHeader::Location);
    assert_eq!(template.fill(&values(&given)).err(), expected);
}

#[test]
fn a_place_is_shown_with_its_degrees() {
    let mut template = template("Hi");
    template.header = Some(TemplateHeader::Location);
    let message = template.fill(&values(&["52,50", "13", "Gate", "Square 1"])).expect("a place");
    assert_eq!(message.preview, "[location Gate, Square 1 (52.5, 13)]\nHi");
}

#[test]
fn a_one_time_password_stands_in_the_text_and_in_the_button() {
    let mut template = template("*{{1}}* is your verification code.");
    template.buttons = vec![TemplateButtonKind::Otp { text: "Copy code".into() }];
    assert_eq!(template.variables()[0].label, "Code");
    let message = template.fill(&values(&["J$FpnYnP"])).expect("a code");
    assert_eq!(message.body, [Variable { name: None, value: "J$FpnYnP".into() }]);
    assert_eq!(message.buttons, [TemplateButton::UrlSuffix { index: 0, suffix: "J$FpnYnP".into() }]);
    assert_eq!(template.fill(&["1".repeat(16)]), Err(FillError::TooLong { index: 0, limit: 15, length: 16 }));
}

#[test]
fn an_offer_ends_in_the_future() {
    let mut template = template("Use {{1}}");
    template.offer = Some(TemplateOffer { text: "Expiring offer!".into(), expires: true });
    let now: Time = "2026-03-02T11:00:00Z".parse().expect("a time");
    let fill = |ends: &str| template.fill_with(&values(&[ends, "X"]), None, Some(now));
    assert_eq!(fill("tomorrow"), Err(FillError::Moment { index: 0 }));
    assert_eq!(fill("2026-03-02T12:00:00+01:00"), Err(FillError::Past { index: 0 }));
    let message = fill("2026-03-02T13:30:00+01:00").expect("later");
    assert_eq!(message.offer_ends.map(|ends| ends.timestamp_millis()), Some(1_772_454_600_000));
    assert_eq!(message.preview, "Expiring offer! (ends 2026-03-02 12:30 UTC)\nUse X");
}

#[test]
fn the_body_of_an_offer_may_have_600_characters() {
    let mut template = template("{{1}}");
    template.offer = Some(TemplateOffer { text: "Soon over".into(), expires: false });
    assert!(template.fill(&["x".repeat(600)]).is_ok());
    assert_eq!(template.fill(&["x".repeat(601)]), Err(FillError::TooLong { index: 0, limit: 600, length: 601 }));
}

#[test]
fn buttons_that_need_nothing_are_left_out_and_a_flow_has_a_token() {
    let mut template = template("Hi");
    template.buttons = vec![
        TemplateButtonKind::PhoneNumber { text: "Call".into() },
        TemplateButtonKind::Static { kind: "voice_call".into(), text: "Call here".into() },
        TemplateButtonKind::Flow { text: "Fill in".into() },
    ];
    let message = template.fill(&[]).expect("nothing to fill");
    assert_eq!(message.buttons, [TemplateButton::Flow { index: 2, token: "switchboard:flow:booking".into() }]);
}

#[test]
fn a_message_stored_before_headers_took_files_is_still_read() {
    let stored = r#"{"name":"n","language":"en","header":[],"body":[],"buttons":[],"preview":"Hi"}"#;
    let message: super::TemplateMessage = serde_json::from_str(stored).expect("read");
    assert_eq!((message.asset, message.offer_ends), (None, None));
    let cached = r#"{"waba":"w","id":"1","name":"n","language":"en","category":"UTILITY","status":"APPROVED","parameter_format":"POSITIONAL",
        "header":{"format":"IMAGE"},"body":"Hi","footer":null,"examples":[],"not_sendable":null,
        "buttons":[{"type":"url","text":"Go","url":"https://x.test/"},{"type":"copy_code","text":"Copy"}]}"#;
    let template: Template = serde_json::from_str(cached).expect("read");
    assert_eq!(template.buttons.len(), 2);
}
