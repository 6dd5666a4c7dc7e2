//! Several colleagues with one client: each reads what the others write, and the client reads whose it is (product.md 6 and 7).

use crate::harness::{Colleague, Phone, World};
use chrono::Duration;
use serde_json::json;
use switchboard::bridge::{Directory, Exclusivity, Signature};
use switchboard::simulator::{Draft, Fault, FaultName};

fn shared(directory: &mut Directory) {
    directory.lines[0].policy.exclusivity = Exclusivity::Shared;
}

/// Ana and Ben with Maria, who has agreed.
async fn both(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>) {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ben.opens(&maria).await;
    (ana, ben, maria)
}

/// "each participant sees the thread in their own 1:1 chat with the bot; what one colleague writes is mirrored to the others"
#[tokio::test]
async fn what_one_colleague_writes_the_others_read_and_not_they_themselves() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    ben.types("The contract is ready").await;
    assert_eq!(ana.times_seen("Ben Okafor to Maria Oliveira: The contract is ready"), 1);
    assert_eq!(ben.times_seen("The contract"), 0);
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert_eq!(ben.times_seen("Ana Souza to Maria Oliveira: "), 1);
    maria.types("Thank you").await;
    for colleague in [ana, ben] {
        assert_eq!(colleague.times_seen("Maria Oliveira: Thank you"), 1);
    }
}

/// "In `personal`, a message goes to the thread it quotes": also when what is quoted is another colleague's.
#[tokio::test]
async fn a_quote_of_what_another_wrote_goes_to_that_client_and_answers_that_message() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    world.consented(&ana, &world.tom()).await;
    ben.types("Tuesday at ten").await;
    let said = maria.last().wamid;
    let mirrored = ana.find("Ben Okafor to Maria Oliveira: Tuesday at ten").activity_id;
    ana.says(Draft::text("Third floor").quoting(&mirrored)).await;
    let answer = maria.last();
    assert_eq!((answer.text.as_str(), answer.reply_to.as_deref()), ("*Ana Souza:* Third floor", Some(said.as_str())));
    assert!(!world.tom().texts().iter().any(|text| text.contains("Third floor")));
}

/// "or to the thread the colleague last wrote in, provided that no other client's message has been posted in that chat since": words about
/// another client are as easily answered by mistake when a colleague wrote them.
#[tokio::test]
async fn after_what_another_wrote_to_another_client_a_text_is_asked_about() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    let of_tom = ana.find("Tom Becker: Yes").activity_id;
    ana.says(Draft::text("One").quoting(&of_tom)).await;
    ana.types("Two").await;
    assert_eq!(tom.last().text, "Two");
    ben.types("For Maria").await;
    ana.sees("Ben Okafor to Maria Oliveira: For Maria");
    ana.types("Three").await;
    ana.sees("Who is this for?");
    assert!(![&maria, &tom].iter().any(|phone| phone.texts().iter().any(|text| text.contains("Three"))));
}

/// "A held message is mirrored when it goes": until then it is the author's alone, and the thread card counts it.
#[tokio::test]
async fn a_held_message_is_shown_to_the_others_when_it_goes_and_once() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    world.advance_hours(25).await;
    ben.types("See you on Friday").await;
    ben.sees("Held.");
    ana.sees_not("See you on Friday");
    assert!(ana.thread_card(&maria).contains("Held\n1"), "{}", ana.thread_card(&maria));
    maria.types("I am back").await;
    assert_eq!(ana.times_seen("Ben Okafor to Maria Oliveira: See you on Friday"), 1);
    assert_eq!(maria.last().text, "*Ben Okafor:* See you on Friday");
}

/// What WhatsApp refused (131047), and that went again with the client's next message, was shown with the first attempt.
#[tokio::test]
async fn what_goes_a_second_time_is_not_shown_a_second_time() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    world.whatsapp.faults().set(Fault::new(FaultName::GraphError).code(131_047).status(400).times(1));
    ben.types("Once").await;
    ben.sees("Held.");
    world.advance(Duration::minutes(1)).await;
    maria.types("Here").await;
    assert_eq!(maria.times_shown("Once"), 1);
    assert_eq!(ana.times_seen("Ben Okafor to Maria Oliveira: Once"), 1);
}

/// "With more than one participant each message to the client is signed: `*Ana:* text` (policy `signature`: group | always | never)."
#[rstest::rstest]
#[case::alone(Signature::Group, false, "Hello")]
#[case::several(Signature::Group, true, "*Ana Souza:* Hello")]
#[case::always(Signature::Always, false, "*Ana Souza:* Hello")]
#[case::never(Signature::Never, true, "Hello")]
#[tokio::test]
async fn the_policy_says_who_is_signed(#[case] signature: Signature, #[case] several: bool, #[case] expected: &str) {
    let world = World::with(|directory| {
        shared(directory);
        directory.lines[0].policy.signature = signature;
    })
    .await;
    let (ana, maria) = world.conversation().await;
    if several {
        world.ben().opens(&maria).await;
    }
    ana.types("Hello").await;
    assert_eq!(maria.last().text, expected);
    // Our own record has the words as they were written, and the name beside them.
    ana.types("history").await;
    ana.clicks("Open", json!({})).await;
    ana.sees_not("*Ana Souza:*");
    let signed = world.last_record("message.queued").await.body["signed"].clone();
    assert_eq!(signed.as_str(), expected.contains('*').then_some("Ana Souza"));
}

/// Templates are WhatsApp's to approve, word by word.
#[tokio::test]
async fn a_template_is_never_signed() {
    let world = World::with(|directory| directory.lines[0].policy.signature = Signature::Always).await;
    let (ana, maria) = world.conversation().await;
    ana.sends_template(&maria, "office_hours", json!([])).await;
    assert!(!maria.last().text.contains("Ana Souza"), "{}", maria.last().text);
}

/// "the split at 4,096 leaves room for it": and for the line that says when it was written.
#[tokio::test]
async fn a_long_text_leaves_room_for_the_name_and_for_the_line_about_when_it_was_written() {
    let world = World::with(|directory| directory.lines[0].policy.signature = Signature::Always).await;
    let (ana, maria) = world.conversation().await;
    let before = maria.texts().len();
    let long = "x".repeat(4_096);
    ana.types(&long).await;
    let parts = maria.texts().split_off(before);
    assert_eq!((parts.len(), words(&parts)), (2, long));
    assert!(parts.iter().all(|part| part.chars().count() <= 4_096));

    world.advance_hours(26).await;
    let fits = "y".repeat(4_096 - "*Ana Souza:* ".len());
    ana.types(&fits).await;
    world.advance_hours(30).await;
    let before = maria.texts().len();
    maria.types("Hi").await;
    let parts = maria.texts().split_off(before);
    let text = words(&parts);
    assert!(parts.len() == 2 && text.starts_with(&fits) && text[fits.len()..].contains("(written "), "{parts:?}");
    assert!(parts.iter().all(|part| part.chars().count() <= 4_096));
}

/// What was written, without names and numbers.
fn words(parts: &[String]) -> String {
    let bare = |part: &String| part.strip_prefix("*Ana Souza:* ").and_then(|part| part.rsplit_once("\n(")).expect("signed").0.to_owned();
    parts.iter().map(bare).collect()
}
