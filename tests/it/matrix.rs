//! Every verb of a conversation in every home (product.md 7: "Three kinds of home, a policy of the line, all behind one binding"): what
//! the client's phone shows, what each colleague reads, and what is recorded. Ana and Ben have Maria; Caro is of their line.

mod scene;

use chrono::Duration;
use rstest::rstest;
use scene::{EVERYBODY, Scene};
use serde_json::json;
use switchboard::bridge::HomeKind;
use switchboard::texts::sentences;

/// "With more than one participant each message to the client is signed"; the others read it, wherever they follow the conversation.
#[rstest]
#[tokio::test]
async fn send(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.writes(&scene.ben, "Good morning").await;
    assert_eq!(scene.maria.times_shown("Good morning"), 1);
    assert_eq!(scene.maria.last().text, "*Ben Okafor:* Good morning");
    // In a shared home what Ben wrote stands there; in own chats the app shows it to the others.
    assert_eq!(scene.reads(&scene.ana, "Good morning"), 1);
    assert_eq!(scene.reads_of_app(&scene.ana, "Ben Okafor to Maria Oliveira: Good morning"), usize::from(scene.room.is_none()));
    assert_eq!(scene.reads_of_app(&scene.ben, "Good morning"), 0);
    assert_eq!(scene.reads(&scene.caro, "Good morning"), scene.reads_along(&scene.caro));
    let queued = world.last_record("message.queued").await;
    assert_eq!((queued.actor.as_str(), &queued.body["content"]["body"]), (scene::id(&scene.ben), &json!("Good morning")));
    assert_eq!(queued.thread, Some(scene.thread));
}

#[rstest]
#[tokio::test]
async fn receive(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.maria.types("Hello you two").await;
    for who in [scene.ana, scene.ben] {
        assert_eq!(scene.reads_of_app(&who, "Maria Oliveira: Hello you two"), 1, "{}", who.key);
    }
    assert_eq!(scene.reads(&scene.caro, "Hello you two"), scene.reads_along(&scene.caro));
    let received = world.last_record("message.received").await;
    assert_eq!((received.actor.as_str(), received.thread), ("client", Some(scene.thread)));
    assert!(received.body.to_string().contains("Hello you two"), "{}", received.body);
}

/// "a participant adds colleagues of the same line who are enabled"; "what history they see (none, the last N, all)"
#[rstest]
#[tokio::test]
async fn add(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.maria.types("Said before").await;
    let receipt = scene.adds(&scene.caro, "none").await;
    assert!(receipt.contains("Carolina Reyes added."), "{receipt}");
    assert_eq!(scene.participants().await, EVERYBODY);
    assert_eq!(scene.maria.times_shown("Carolina Reyes from Northwind Bank has joined this chat."), 1);
    scene.caro.sees("Ana Souza added you to the conversation with Maria Oliveira.");
    if scene.room.is_none() {
        scene.ben.sees("Ana Souza added Carolina Reyes.");
    }
    // What was said before is not for her; in a channel everybody of the team reads along.
    scene.caro.sees_not("Said before");
    scene.maria.types("Said after").await;
    for who in [scene.ana, scene.ben, scene.caro] {
        assert_eq!(scene.reads_of_app(&who, "Maria Oliveira: Said after"), 1, "{}", who.key);
    }
    scene.writes(&scene.caro, "Caro here").await;
    assert_eq!(scene.maria.last().text, "*Carolina Reyes:* Caro here");
    assert_eq!(scene.reads(&scene.ana, "Caro here"), 1);
    let joined = world.last_record("participant.joined").await;
    assert_eq!((joined.actor.as_str(), &joined.body["how"]), (scene::id(&scene.ana), &json!("added")));
    assert_eq!(joined.body["colleague"], scene::id(&scene.caro));
}

/// "the client is told (K-31), the colleague is told (T-30), the others are told"
#[rstest]
#[tokio::test]
async fn leave(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.writes(&scene.ben, "leave").await;
    scene.presses(&scene.ben, "Leave this conversation?", "Leave", json!({})).await;
    assert_eq!(scene.participants().await, ["ana"]);
    assert_eq!(scene.maria.times_shown("Ben Okafor is no longer available to chat. Ana Souza will continue to help you."), 1);
    scene.ben.sees("You left the conversation with Maria Oliveira. You will not receive new messages.");
    assert_eq!(scene.reads_of_app(&scene.ana, "Ben Okafor left the conversation with Maria Oliveira."), 1);
    scene.maria.types("Still there?").await;
    assert_eq!(scene.reads_of_app(&scene.ana, "Maria Oliveira: Still there?"), 1);
    assert_eq!(scene.reads(&scene.ben, "Still there?"), scene.reads_along(&scene.ben));
    scene.is_not_relayed(&scene.ben).await;
    let left = world.last_record("participant.left").await;
    assert_eq!((left.actor.as_str(), &left.body["how"]), (scene::id(&scene.ben), &json!("left")));
}

/// "pick, Done, confirm with Yes. Four different texts: remover, other participants, client, removed colleague."
#[rstest]
#[tokio::test]
async fn remove(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.adds(&scene.caro, "all").await;
    scene.writes(&scene.ana, "remove").await;
    let sure = scene.presses(&scene.ana, "Who is to go?", "Done", json!({"colleague": scene::id(&scene.ben)})).await;
    assert!(sure.contains("Remove Ben Okafor from this conversation?"), "{sure}");
    assert_eq!(scene.participants().await, EVERYBODY, "nothing happens before it is confirmed");
    let receipt = scene.presses(&scene.ana, "Remove Ben Okafor from this conversation?", "Yes", json!({})).await;
    assert!(receipt.contains("You removed Ben Okafor from the conversation with Maria Oliveira."), "{receipt}");
    assert_eq!(scene.participants().await, ["ana", "caro"]);
    assert!(
        scene.reads_of_app(&scene.caro, "Ana Souza removed Ben Okafor from this conversation.") == 1 || scene.reads_along(&scene.caro) == 1
    );
    let told = "Ben Okafor is no longer part of this chat. Ana Souza and Carolina Reyes will continue to help you.";
    assert_eq!(scene.maria.times_shown(told), 1, "{:?}", scene.maria.texts());
    scene.ben.sees("Ana Souza removed you from the conversation with Maria Oliveira. You no longer receive or send messages here.");
    scene.maria.types("Who is left?").await;
    assert_eq!(scene.reads(&scene.ben, "Who is left?"), scene.reads_along(&scene.ben));
    for who in [scene.ana, scene.caro] {
        assert_eq!(scene.reads_of_app(&who, "Maria Oliveira: Who is left?"), 1, "{}", who.key);
    }
    scene.is_not_relayed(&scene.ben).await;
    let left = world.last_record("participant.left").await;
    assert_eq!((left.actor.as_str(), &left.body["how"]), (scene::id(&scene.ana), &json!("removed")));
    assert_eq!(left.body["colleague"], scene::id(&scene.ben));
}

/// "offered (T-51: Accept / Decline, with a time limit) -> on accept the client is told (K-52), giver leaves unless they chose to stay"
#[rstest]
#[tokio::test]
async fn transfer(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.writes(&scene.ana, "transfer").await;
    let offered = scene.presses(&scene.ana, "To whom?", "Offer", json!({"receiver": scene::id(&scene.caro)})).await;
    assert!(offered.contains("You offered Maria Oliveira to Carolina Reyes."), "{offered}");
    assert_eq!(scene.participants().await, ["ana", "ben"], "until they accept");
    scene.caro.clicks("Accept", json!({})).await;
    assert_eq!(scene.participants().await, ["ben", "caro"]);
    assert_eq!(scene.maria.times_shown("From now on Carolina Reyes from Northwind Bank will help you in this chat."), 1);
    for who in [scene.ana, scene.ben] {
        assert!(scene.reads_of_app(&who, "Maria Oliveira now belongs to Carolina Reyes.") >= 1, "{}", who.key);
    }
    scene.maria.types("Hello Caro").await;
    for who in [scene.ben, scene.caro] {
        assert_eq!(scene.reads_of_app(&who, "Maria Oliveira: Hello Caro"), 1, "{}", who.key);
    }
    assert_eq!(scene.reads(&scene.ana, "Hello Caro"), scene.reads_along(&scene.ana));
    scene.writes(&scene.caro, "Hello Maria").await;
    assert_eq!(scene.maria.last().text, "*Carolina Reyes:* Hello Maria");
    assert_eq!(scene.reads(&scene.ben, "Hello Maria"), 1);
    scene.is_not_relayed(&scene.ana).await;
    let done = world.last_record("thread.transferred").await;
    assert_eq!((done.actor.as_str(), &done.body["from"]), (scene::id(&scene.caro), &json!([scene::id(&scene.ana)])));
}

/// "or end the conversation, which frees the client for the line"
#[rstest]
#[tokio::test]
async fn end(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    scene.writes(&scene.ana, "end").await;
    scene.presses(&scene.ana, "End this conversation?", "End", json!({})).await;
    assert_eq!(scene.participants().await, [""; 0]);
    assert_eq!(scene.maria.times_shown("This conversation is closed for now. Write here at any time, and Northwind Bank will answer."), 1);
    scene.ana.sees("You ended the conversation with Maria Oliveira.");
    assert!(scene.reads_of_app(&scene.ben, "Ana Souza ended the conversation with Maria Oliveira.") >= 1);
    assert_eq!(world.journal().await.iter().filter(|row| row.kind == "participant.left" && row.body["how"] == "ended").count(), 2);
    scene.is_not_relayed(&scene.ben).await;
    // "A client who writes to a number with no active thread goes to the last participants of that line."
    scene.maria.types("Hello again").await;
    assert_eq!(scene.participants().await, ["ana", "ben"]);
    for who in [scene.ana, scene.ben] {
        assert_eq!(scene.reads_of_app(&who, "Maria Oliveira: Hello again"), 1, "{}", who.key);
    }
    scene.writes(&scene.ben, "Good to hear").await;
    assert_eq!(scene.maria.last().text, "*Ben Okafor:* Good to hear");
}

/// "Never relayed: commands, internal notes (text starting with `//`, or the *Note* button)"
#[rstest]
#[tokio::test]
async fn note(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    let before = scene.maria.texts();
    scene.writes(&scene.ben, "// She sounded worried").await;
    scene.forges(&scene.ben, json!({"verb": "note.save", "thread": scene.thread, "text": "Call the branch"})).await;
    assert_eq!(scene.maria.texts(), before);
    assert_eq!(scene.reads(&scene.ana, "She sounded worried"), 1);
    assert!(scene.reads(&scene.ana, "Call the branch") >= 1);
    assert_eq!(scene.reads(&scene.caro, "She sounded worried"), scene.reads_along(&scene.caro));
    let notes: Vec<_> = world.journal().await.into_iter().filter(|row| row.kind == "note").collect();
    let texts: Vec<_> = notes.iter().map(|row| (row.actor.as_str(), row.body["text"].as_str().unwrap_or_default(), row.thread)).collect();
    let ben = scene::id(&scene.ben);
    assert_eq!(texts, [(ben, "She sounded worried", Some(scene.thread)), (ben, "Call the branch", Some(scene.thread))]);
    // Nor when the client is away and comes back: a note is not held.
    world.advance(Duration::hours(25)).await;
    scene.writes(&scene.ben, "// Nobody at home").await;
    scene.maria.types("Back").await;
    assert_eq!(scene.maria.texts(), before);
}

/// "quoted replies": what answers a message of the client answers it on the phone too.
#[rstest]
#[tokio::test]
async fn quote(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    let asked = scene.maria.types("Which day?").await;
    scene.maria.types("And where?").await;
    scene.answers(&scene.ana, "Maria Oliveira: Which day?", "Tuesday").await;
    let answer = scene.maria.last();
    assert_eq!((answer.text.as_str(), answer.reply_to.as_deref()), ("*Ana Souza:* Tuesday", Some(asked.as_str())));
    assert_eq!(scene.maria.times_shown("Tuesday"), 1);
    assert!(scene.reads(&scene.ben, "Tuesday") >= 1);
    let queued = world.last_record("message.queued").await;
    assert_eq!((queued.actor.as_str(), queued.thread), (scene::id(&scene.ana), Some(scene.thread)));
}

/// "A colleague's edit or deletion in Teams after sending cannot be undone at the client: say so, and record it."; what is held changes.
#[rstest]
#[tokio::test]
async fn edit(#[values(HomeKind::Personal, HomeKind::Channel, HomeKind::Chat)] home: HomeKind) {
    let world = scene::world(home).await;
    let scene = Scene::begins(&world, home).await;
    let sent = scene.writes(&scene.ana, "See you on Tusday").await;
    scene.edits(&scene.ana, &sent, "See you on Tuesday").await;
    assert_eq!((scene.maria.times_shown("on Tusday"), scene.maria.times_shown("on Tuesday")), (1, 0));
    assert_eq!(scene.reads_of_app(&scene.ana, sentences::EDIT_TOO_LATE), 1);
    let edited = world.last_record("message.edited_in_teams").await;
    assert_eq!((edited.actor.as_str(), &edited.body["text"]), (scene::id(&scene.ana), &json!("See you on Tuesday")));
    world.advance(Duration::hours(25)).await;
    let held = scene.writes(&scene.ana, "Meet on Friday").await;
    scene.edits(&scene.ana, &held, "Meet on Monday").await;
    scene.maria.types("Back").await;
    assert_eq!((scene.maria.times_shown("Meet on Friday"), scene.maria.times_shown("Meet on Monday")), (0, 1));
    assert_eq!(world.recorded("message.edited_in_teams").await, 2);
    // The others read what went, where they follow the conversation in their own chats.
    assert_eq!(scene.ben.times_seen("Ana Souza to Maria Oliveira: Meet on Monday"), usize::from(scene.room.is_none()));
    scene.ben.sees_not("Meet on Friday");
}
