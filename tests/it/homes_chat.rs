//! A group chat as a thread's home (product.md 7): "one Teams group chat per client: linked by a colleague with a card, or created
//! through Graph where configured".

use crate::harness::{Colleague, Phone, Room, World, words, words_of};
use serde_json::{Value, json};

/// Ana and Ben in a group chat with the bot, which Ana has linked to Maria.
async fn linked(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>, Room<'_>) {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    let room = world.group_chat("Maria", &[ana, ben]);
    room.add_bot(&ana).await;
    link(world, &room, &ana, &maria).await;
    (ana, ben, maria, room)
}

async fn link(world: &World, room: &Room<'_>, who: &Colleague<'_>, client: &Phone<'_>) -> String {
    let thread = world.thread_of(client).await.to_string();
    let answer = room.presses(who, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    words(&answer.card.expect("a card"))
}

#[tokio::test]
async fn what_participants_write_in_a_linked_chat_reaches_the_client_and_what_the_client_writes_is_shown_there() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    room.sees("This is the conversation with Maria Oliveira now.");
    room.types(&ana, "Good morning").await;
    room.types(&ben, "Ben here too").await;
    maria.shows("Ben Okafor from Northwind Bank has joined this chat.");
    let texts = maria.free_texts();
    assert!(texts[texts.len() - 2].ends_with("Good morning") && texts[texts.len() - 1].ends_with("Ben here too"), "{texts:?}");
    maria.types("Hello you two").await;
    room.sees("Maria Oliveira: Hello you two");
    // Nowhere twice: members of the chat see it there.
    ana.sees_not("Hello you two");
    ben.sees_not("Hello you two");
}

/// "Never relayed: commands, internal notes, targeted (private) messages, other bots, people who are not participants."
#[tokio::test]
async fn what_is_not_for_the_client_stays_in_the_chat() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    room.set_rsc(true);
    let before = maria.texts();
    room.types(&ana, "// she sounded worried").await;
    room.sees("Kept as an internal note. Nothing was sent.");
    for command in ["help", "held", "history", "details", "templates"] {
        room.types(&ben, command).await;
    }
    // What is about other clients is not for those who read along.
    for command in ["contacts", "new", "new +49 30 901820"] {
        room.types(&ben, command).await;
    }
    assert_eq!(room.times_seen("what concerns a client is not for other chats"), 3);
    room.whispers(&ana, "Between us").await;
    let alone = |who| room.seen_by(who).iter().filter(|item| words_of(item).contains("That was a private message to the app.")).count();
    assert_eq!((alone(&ana), alone(&ben)), (1, 0));
    room.sees_not("That was a private message");
    assert_eq!(maria.texts(), before);
    assert_eq!(world.last_record("note").await.body["text"], "she sounded worried");
}

#[tokio::test]
async fn who_is_of_another_line_is_named_once_and_never_relayed() {
    let world = World::start().await;
    let (ana, eva) = (world.ana(), world.eva());
    let (_, _, maria, room) = linked(&world).await;
    let before = maria.texts();
    room.add_member(&ana, &eva).await;
    room.sees("Eva Lang is not enabled for");
    room.types(&eva, "Hello Maria").await;
    room.types(&eva, "Hello?").await;
    assert_eq!(room.times_seen("Eva Lang is not enabled for"), 1);
    // Nor does what she presses change anything for the others.
    let card = room.find("This is the conversation with").activity_id;
    let thread = world.thread_of(&maria).await;
    for verb in ["thread.view", "chat.unlink", "thread.take", "chat.open", "thread.note", "history.open", "template.list"] {
        let answer = room.forges(&eva, &card, json!({"verb": verb, "thread": thread})).await;
        assert!(!answer.body.to_string().contains("Maria"), "{verb}: {}", answer.body);
    }
    room.sees("This is the conversation with");
    assert_eq!(maria.texts(), before);
}

#[tokio::test]
async fn the_card_that_asks_for_the_client_names_nobody_and_takes_only_ones_own_conversations() {
    let world = World::start().await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ben, &tom).await;
    let room = world.group_chat("Whose?", &[ana, ben]);
    room.add_bot(&ana).await;
    room.sees("Which client is this chat for?");
    room.sees_not("Maria");
    assert_eq!(room.times_seen("Which client is this chat for?"), 1);
    let told = link(&world, &room, &ben, &maria).await;
    assert!(told.contains("not yours"), "{told}");
    room.types(&ana, "Hello?").await;
    room.sees("no client is linked to this place");
    assert!(maria.free_texts().len() == 1 && tom.free_texts().len() == 1);
}

/// "Linked by a colleague with a card": its choices are found while somebody types, their own and nobody else's.
#[tokio::test]
async fn the_client_of_a_chat_is_found_by_typing() {
    let world = World::start().await;
    let (ana, ben, maria, tom) = (world.ana(), world.ben(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ben, &tom).await;
    let room = world.group_chat("Whose?", &[ana, ben]);
    room.add_bot(&ana).await;
    let card = room.find("Which client is this chat for?").activity_id;
    for (who, typed, found) in
        [(&ana, "mar", vec!["Maria Oliveira"]), (&ana, "tom", vec![]), (&ben, "mar", vec![]), (&ben, "", vec!["Tom Becker"])]
    {
        let answer = world.teams.types_into((who.key, room.conversation.as_str()), &card, "thread", typed).await.expect("sent");
        let titles: Vec<_> = answer.choices.iter().map(|choice| choice.title.as_str()).collect();
        assert!(titles.len() == found.len() && titles.iter().zip(&found).all(|(title, name)| title.contains(name)), "{typed}: {titles:?}");
    }
}

#[tokio::test]
async fn a_chat_is_for_one_client() {
    let world = World::start().await;
    let (ana, tom) = (world.ana(), world.tom());
    let (_, _, maria, room) = linked(&world).await;
    world.consented(&ana, &tom).await;
    let card = room.find("This is the conversation with").activity_id;
    let thread = world.thread_of(&tom).await;
    let data = json!({"verb": "chat.link", "thread": thread});
    let action = json!({"type": "Action.Execute", "title": "forged", "verb": data["verb"], "data": data});
    let seat = (ana.key, room.conversation.as_str());
    let answer = world.teams.click_action(seat, &card, &action, Value::Null).await.expect("sent");
    world.settle().await;
    assert!(answer.toast.is_some_and(|told| told.contains("own chat")), "{:?}", answer.body);
    room.types(&ana, "For Maria").await;
    assert!(maria.last().text.ends_with("For Maria"));
    assert_eq!(tom.free_texts().len(), 1);
}

/// "Transfer and leave ask what becomes of them": who leaves the chat in Teams' own way cannot be asked, and has the texts back.
#[tokio::test]
async fn who_leaves_the_chat_in_teams_is_told_and_has_what_was_held_back() {
    let world = World::start().await;
    let (_, ben, maria, room) = linked(&world).await;
    world.advance_hours(25).await;
    room.types(&ben, "See you on Friday").await;
    room.remove_member(&ben, &ben).await;
    ben.sees("You left the conversation with Maria Oliveira.");
    assert!(words_of(&ben.find("This held message was withdrawn and not sent.")).contains("See you on Friday"));
    room.sees("Ben Okafor left the conversation with Maria Oliveira.");
    maria.types("Back").await;
    assert_eq!(maria.times_shown("See you on Friday"), 0);
    maria.shows("Ben Okafor is no longer available to chat. Ana Souza will continue to help you.");
    room.sees("Maria Oliveira: Back");
    ben.sees_not("Maria Oliveira: Back");
}

/// "A card asks 'Who is this for?' and keeps the text until answered": by its author, and nobody else takes the card away from them.
#[tokio::test]
async fn who_a_text_is_for_is_answered_by_its_author_alone() {
    let world = World::start().await;
    let (ana, ben, maria, room) = linked(&world).await;
    let note = room.types(&ben, "// is she well?").await;
    room.quotes(&ana, &note, "She is").await;
    let card = room.find("Who is this for?");
    let before = maria.texts();
    for button in ["Send", "Discard"] {
        let seat = (ben.key, room.conversation.as_str());
        let told = world.teams.click(seat, &card.activity_id, button, Value::Null).await.expect("pressed");
        world.settle().await;
        assert!(told.toast.as_ref().is_some_and(|told| told.contains("Only whoever wrote this")), "{button}: {:?}", told.body);
        let here = |who: &Colleague<'_>| room.seen_by(who).into_iter().find(|item| item.activity_id == card.activity_id);
        assert!([&ana, &ben].iter().all(|who| here(who).is_some_and(|item| item.card == card.card)), "{button}: {}", room.transcript());
    }
    assert_eq!(maria.texts(), before);
    room.presses(&ana, "Who is this for?", "Send", json!({ "thread": world.thread_of(&maria).await.to_string() })).await;
    assert!(maria.last().text.ends_with("She is"), "{:?}", maria.texts());
}
