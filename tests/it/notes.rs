//! Internal notes and private messages: for colleagues, kept with the conversation, and never sent to the client (product.md 7).

use crate::harness::{Colleague, Phone, World, words};
use serde_json::{Value, json};
use switchboard::bridge::{Directory, Exclusivity};
use switchboard::simulator::Draft;

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

/// "Never relayed: … internal notes (text starting with `//`, or the *Note* button)": shown to the other colleagues, marked as such.
#[tokio::test]
async fn a_note_is_shown_to_the_other_colleagues_and_never_to_the_client() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    let before = maria.texts();
    ben.types("// she sounded worried").await;
    ben.sees("Kept as an internal note. Nothing was sent.");
    assert_eq!(ana.times_seen("Note by Ben Okafor: she sounded worried"), 1);
    ana.sees("Internal, about Maria Oliveira. Not sent to the client.");
    assert_eq!(ben.times_seen("Note by"), 0, "its author wrote it there");
    assert_eq!(maria.texts(), before);
    let note = world.last_record("note").await;
    assert_eq!((note.thread, note.body["text"].as_str()), (Some(world.thread_of(&maria).await), Some("she sounded worried")));
    assert!(note.message.is_some());
}

#[rstest::rstest]
#[case("<p><strong>// secret</strong></p>")]
#[case("<p><em>//</em> secret</p>")]
#[case("<p>\u{200b}// secret</p>")]
#[case("<p>&nbsp;// secret</p>")]
#[case("<pre>// secret</pre>")]
#[case("<blockquote>// secret</blockquote>")]
#[tokio::test]
async fn formatting_does_not_make_a_note_a_message(#[case] html: &str) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let before = maria.texts();
    ana.says(Draft::html(html)).await;
    ana.sees("Kept as an internal note. Nothing was sent.");
    assert_eq!(maria.texts(), before);
}

/// "visible in the history card to who may see the thread at that time", in the order of the messages.
#[tokio::test]
async fn a_note_stands_in_the_history_in_its_place() {
    let world = World::with(shared).await;
    let (ana, ben, _) = both(&world).await;
    ana.types("First").await;
    ana.types("// between").await;
    ana.types("Last").await;
    ben.types("history").await;
    let card = words(&ben.clicks("Open", Value::Null).await.card.expect("a card"));
    let place = |text: &str| card.find(text).unwrap_or_else(|| panic!("{text:?} is not in {card}"));
    assert!(
        place("First") < place("Note by Ana Souza") && place("Note by Ana Souza") < place("between") && place("between") < place("Last")
    );
}

/// A note is nothing of the client's: who quotes it answers a colleague, and is asked before anything is sent.
#[tokio::test]
async fn a_quote_of_a_note_is_asked_about_and_a_note_that_quotes_it_is_not() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    ben.types("// is she well?").await;
    let note = ana.find("Note by Ben Okafor: is she well?").activity_id;
    let before = maria.texts();
    ana.says(Draft::text("No").quoting(&note)).await;
    ana.sees("Who is this for?");
    ana.says(Draft::text("// she is not").quoting(&note)).await;
    ben.sees("Note by Ana Souza: she is not");
    assert_eq!(maria.texts(), before);
}

/// "in doubt a card asks which conversation the note is about, keeping the text and that it is a note".
#[tokio::test]
async fn in_doubt_it_is_asked_what_a_note_is_about_and_it_stays_a_note() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    maria.types("Hello").await;
    let before = [maria.texts(), tom.texts()];
    ana.types("// call back").await;
    let card = ana.find("Which conversation is this note about?").activity_id;
    let answer = ana.clicks_on(&card, "Keep note", json!({"thread": world.thread_of(&maria).await.to_string()})).await;
    assert!(words(&answer.card.expect("a card")).contains("Kept as an internal note. Nothing was sent."));
    let note = world.last_record("note").await;
    assert_eq!((note.thread, note.body["text"].as_str()), (Some(world.thread_of(&maria).await), Some("call back")));
    assert_eq!([maria.texts(), tom.texts()], before);
}

/// Writing a note is not writing to the client: it neither says whom the next text is for, nor lets it go unasked to another client.
#[tokio::test]
async fn after_a_note_about_another_client_a_text_is_asked_about() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    ana.says(Draft::text("Hello Tom").quoting(&ana.find("Tom Becker: Yes").activity_id)).await;
    ana.says(Draft::text("// rather Tuesday").quoting(&ana.find("Maria Oliveira: Yes").activity_id)).await;
    let before = [maria.texts(), tom.texts()];
    ana.types("See you on Tuesday").await;
    ana.sees("Who is this for?");
    assert_eq!([maria.texts(), tom.texts()], before);
}

#[tokio::test]
async fn the_form_keeps_a_note_asks_for_what_is_missing_and_loses_nothing_typed() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    let before = maria.texts();
    for command in ["note", "//"] {
        ana.types(command).await;
        assert!(ana.last_card().contains("It is never sent to the client."), "{command}: {}", ana.last_card());
    }
    let empty = ana.clicks("Keep note", json!({"text": "  "})).await;
    assert!(words(&empty.card.expect("a card")).contains("Enter between 1 and 4,000 characters."));
    let kept = ana.clicks("Keep note", json!({"text": "prefers the morning"})).await;
    assert!(words(&kept.card.expect("a card")).contains("Kept as an internal note. Nothing was sent."));
    assert_eq!(ben.times_seen("Note by Ana Souza: prefers the morning"), 1);
    world.consented(&ana, &world.tom()).await;
    maria.types("Hello").await;
    ana.types("note").await;
    let unchosen = words(&ana.clicks("Keep note", json!({"text": "whose?", "thread": ""})).await.card.expect("a card"));
    assert!(unchosen.contains("Choose a client first.") && unchosen.contains("whose?"), "{unchosen}");
    assert_eq!(maria.texts(), before);
}

/// "never to WhatsApp, whatever is held or released".
#[tokio::test]
async fn nothing_that_is_held_takes_a_note_with_it() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.advance_hours(25).await;
    ana.types("See you").await;
    let turned = ana.types("Our lawyer says no").await;
    ana.types("// not before Friday").await;
    world.teams.edits("ana", &turned, Draft::text("// our lawyer says no")).await.expect("edited");
    world.settle().await;
    ana.sees("The held message was withdrawn and kept as an internal note.");
    let first = ana.find("See you").activity_id;
    ana.clicks_on(&first, "Edit", Value::Null).await;
    let refused = words(&ana.clicks_on(&first, "Save", json!({"text": "// see you never"})).await.card.expect("a card"));
    assert!(refused.contains("is an internal note and cannot be sent"), "{refused}");
    maria.types("I am back").await;
    let free = maria.free_texts();
    assert!(free.last().is_some_and(|text| text.starts_with("See you")), "{free:?}");
    assert!(!free.iter().any(|text| text.contains("Friday") || text.contains("lawyer") || text.contains("never")), "{free:?}");
}

#[tokio::test]
async fn a_note_is_changed_for_all_and_never_becomes_a_message() {
    let world = World::with(shared).await;
    let (ana, ben, maria) = both(&world).await;
    let before = maria.texts();
    let written = ana.types("// born 1962").await;
    world.teams.edits("ana", &written, Draft::text("// born 1926")).await.expect("edited");
    world.settle().await;
    assert_eq!(ben.times_seen("Note by Ana Souza, changed: born 1926"), 1);
    assert_eq!(world.last_record("note.changed").await.body["text"], "born 1926");
    let other = ana.types("// by name").await;
    world.teams.edits("ana", &other, Draft::text("by name")).await.expect("edited");
    world.settle().await;
    ana.sees("This stays an internal note as it was. Nothing was sent.");
    assert_eq!(maria.texts(), before);
}

#[tokio::test]
async fn who_takes_no_part_can_neither_write_nor_read_notes() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("// between us").await;
    let (ben, thread) = (world.ben(), world.thread_of(&maria).await);
    ben.sees_not("between us");
    let card = ben.find("Welcome").activity_id;
    for data in [json!({"verb": "thread.note", "thread": thread}), json!({"verb": "note.save", "thread": thread, "text": "me too"})] {
        let answer = words(&ben.forges(&card, data).await.card.expect("a card"));
        assert!(answer.contains("not yours"), "{answer}");
    }
    assert_eq!(world.recorded("note").await, 1);
}

/// What a hostile card could try with the number of a note changes nothing.
#[tokio::test]
async fn no_button_sends_a_note() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("// between us").await;
    let note = world.last_record("note").await.message;
    let before = maria.texts();
    let card = ana.find("Welcome").activity_id;
    for verb in ["message.retry", "message.arrived", "held.edit", "held.save", "held.withdraw", "held.discard", "held.ask", "held.template"]
    {
        ana.forges(&card, json!({"verb": verb, "message": note, "text": "out with it"})).await;
    }
    maria.types("Hello").await;
    assert_eq!(maria.texts(), before);
}

/// "targeted (private) messages" are never relayed; the answer is private too.
#[tokio::test]
async fn a_private_message_in_a_group_chat_is_not_relayed_and_is_answered_privately() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let room = world.group_chat("Maria", &[ana, world.ben()]);
    room.add_bot(&ana).await;
    let before = maria.texts();
    room.whispers(&ana, "Do not tell Ben").await;
    assert_eq!(maria.texts(), before);
    room.sees_not("That was a private message to the app.");
    let seen =
        |who: &Colleague<'_>| room.seen_by(who).iter().any(|item| crate::harness::words_of(item).contains("That was a private message"));
    assert!(seen(&ana) && !seen(&world.ben()), "{}", room.transcript());
}
