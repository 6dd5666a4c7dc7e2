//! "Remove a participant"

use super::{adds, ends, id, leaves, present, removes, supervises, three, two};
use crate::harness::{World, words};
use serde_json::{Value, json};
use switchboard::bridge::Exclusivity;

/// "Select the participant you want to remove and then tap Done. Confirm with Yes. You will see: ... Other MultiLine users in the group chat
/// will see: ... The WhatsApp user will see: ... The MultiLine user you removed will see: ..."
#[tokio::test]
async fn four_texts_for_four_readers() {
    let world = World::start().await;
    let (ana, ben, caro, maria) = three(&world).await;
    let said = removes(&ana, "ben").await;
    assert!(said.contains("You removed Ben Okafor from the conversation with Maria Oliveira."), "{said}");
    caro.sees("Ana Souza removed Ben Okafor from this conversation.");
    assert_eq!(maria.last().text, "Ben Okafor is no longer part of this chat. Ana Souza and Carolina Reyes will continue to help you.");
    ben.sees("Ana Souza removed you from the conversation with Maria Oliveira. You no longer receive or send messages here.");
    for (reader, text) in [(&ana, "Ana Souza removed"), (&ben, "removed Ben Okafor from this"), (&caro, "removed you")] {
        reader.sees_not(text);
    }
}

/// Pick, Done, Yes: before Yes nothing happens.
#[tokio::test]
async fn before_yes_nothing_happens() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    let before = maria.texts();
    ana.types("remove").await;
    let card = ana.find("Remove a colleague").activity_id;
    let answer = ana.clicks_on(&card, "Done", json!({"colleague": ""})).await;
    assert!(words(&answer.card.expect("a card")).contains("Choose a colleague first."));
    let answer = ana.clicks_on(&card, "Done", json!({"colleague": id(&world, "ben")})).await;
    assert!(words(&answer.card.expect("a card")).contains("Remove Ben Okafor from this conversation?"));
    ana.clicks_on(&card, "No", Value::Null).await;
    assert_eq!((maria.texts(), present(&world).await.len()), (before, 2));
    ben.sees_not("removed");
}

#[tokio::test]
async fn who_was_removed_neither_receives_nor_sends_nor_reads() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    maria.types("My account is 4711").await;
    removes(&ana, "ben").await;
    let (heard, before) = (ben.heard(), maria.texts());
    maria.types("And my address").await;
    assert_eq!(ben.heard(), heard);
    ben.types("Hello?").await;
    let thread = world.thread_of(&maria).await;
    let card = ben.find("removed you").activity_id;
    for data in [
        json!({"verb": "history.open", "thread": thread}),
        json!({"verb": "thread.details", "thread": thread}),
        json!({"verb": "participant.add", "thread": thread, "colleagues": id(&world, "ben"), "history": "all"}),
        json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, "ana")}),
        json!({"verb": "conversation.end", "thread": thread}),
    ] {
        let shown = words(&ben.forges(&card, data).await.card.expect("a card"));
        assert!(shown.contains("not yours") && !shown.contains("4711"), "{shown}");
    }
    assert_eq!((maria.texts(), present(&world).await), (before, vec![id(&world, "ana")]));
}

/// Their app was gone, so what they were to read waited.
#[tokio::test]
async fn what_waits_for_who_was_removed_meanwhile_is_not_shown_to_them_any_more() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    world.teams.uninstall("ben").await.expect("removed");
    maria.types("My account is 4711").await;
    ana.types("Thank you, noted").await;
    removes(&ana, "ben").await;
    world.install("ben").await;
    ben.sees("removed you from the conversation with Maria Oliveira");
    ben.sees_not("4711");
    ben.sees_not("Thank you, noted");
    assert_eq!(world.recorded("post.withheld").await, 2);
}

/// What waits of theirs is withdrawn and comes back to them.
#[tokio::test]
async fn held_messages_of_the_removed_come_back_to_them() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    world.advance_hours(25).await;
    ben.types("See you on Friday").await;
    ana.types("Mine").await;
    removes(&ana, "ben").await;
    assert!(ben.times_seen("See you on Friday") > 0);
    maria.types("I am back").await;
    assert_eq!(maria.times_shown("See you on Friday"), 0);
    assert!(maria.last().text.starts_with("Mine"), "{:?}", maria.texts());
}

/// What they type next, meant for the client who has just gone, goes to nobody else.
#[tokio::test]
async fn what_the_removed_type_next_goes_to_no_other_client() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    let tom = world.tom();
    world.consented(&ben, &tom).await;
    let of_maria = ben.card_of(&maria).expect("a thread card").activity_id;
    ben.says(switchboard::simulator::Draft::text("Hello Maria").quoting(&of_maria)).await;
    removes(&ana, "ben").await;
    let before = tom.texts();
    ben.types("And one more thing, Maria").await;
    ben.sees("Who is this for?");
    assert_eq!(tom.texts(), before);
}

#[tokio::test]
async fn a_supervisor_removes_without_taking_part_but_not_the_last_one() {
    let world = World::with(|directory| {
        let caro = directory.colleagues.iter().position(|one| one.name == "Carolina Reyes").expect("in the cast");
        supervises(directory, caro);
    })
    .await;
    world.install("caro").await;
    let (ana, ben, maria) = two(&world).await;
    let caro = world.caro();
    let thread = world.thread_of(&maria).await;
    caro.types("help").await;
    let card = caro.find("Commands").activity_id;
    let details = words(&caro.forges(&card, json!({"verb": "thread.details", "thread": thread})).await.card.expect("a card"));
    assert!(details.contains("Ben Okafor"), "{details}");
    caro.forges(&card, json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, "ben")})).await;
    ben.sees("Carolina Reyes removed you from the conversation with Maria Oliveira.");
    ana.sees("Carolina Reyes removed Ben Okafor from this conversation.");
    assert_eq!(maria.last().text, "Ben Okafor is no longer part of this chat. Ana Souza will continue to help you.");
    let last = json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, "ana")});
    let shown = words(&caro.forges(&card, last).await.card.expect("a card"));
    assert!(shown.contains("Ana Souza is the only colleague in this conversation"), "{shown}");
    assert_eq!(present(&world).await, [id(&world, "ana")]);
    // Who neither takes part nor supervises: nothing.
    let mine = json!({"verb": "participant.remove", "thread": thread, "colleague": id(&world, "ana")});
    let of_ben = ben.find("removed you").activity_id;
    assert!(words(&ben.forges(&of_ben, mine).await.card.expect("a card")).contains("not yours"));
}

/// "removed ones: may start again only when nobody owns the client", whatever the line allows otherwise.
#[rstest::rstest]
#[case::exclusive(Exclusivity::Exclusive)]
#[case::shared(Exclusivity::Shared)]
#[tokio::test]
async fn who_was_removed_starts_again_only_when_nobody_has_the_client(#[case] exclusivity: Exclusivity) {
    let world = World::with_policy(|policy| policy.exclusivity = exclusivity).await;
    let (ana, ben, maria) = two(&world).await;
    removes(&ana, "ben").await;
    let shown = ben.opens(&maria).await;
    assert!(shown.contains("already messaging with another colleague"), "{shown}");
    ends(&ana).await;
    let shown = ben.opens(&maria).await;
    assert!(shown.contains("You took part in a conversation with Maria Oliveira before."), "{shown}");
}

/// Who was removed can be added again, and gets a card again.
#[tokio::test]
async fn who_was_removed_can_be_added_again() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    removes(&ana, "ben").await;
    adds(&ana, &["ben"], "none").await;
    assert!(ben.card_of(&maria).is_some());
    maria.types("Both again").await;
    assert_eq!(ben.times_seen("Maria Oliveira: Both again"), 1);
    leaves(&ana).await;
    assert_eq!(present(&world).await, [id(&world, "ben")]);
}
