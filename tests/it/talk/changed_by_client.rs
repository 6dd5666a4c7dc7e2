//! A client changes or deletes what they wrote: it changes where colleagues read it, and nothing that was said is lost.

use super::{deletes, edits, tells};
use crate::files::{file, with_caption};
use crate::harness::{World, words_of};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::bridge::{DeletedByClient, Exclusivity};
use switchboard::simulator::{Fault, FaultName, Surface};

#[tokio::test]
async fn an_edit_changes_the_post_and_what_it_said_before_stays_readable() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("Send it to *Elm* Street 4").await;
    let posted = ana.find("Elm Street 4").activity_id;
    let posts = ana.chat().len();
    world.advance(Duration::minutes(5)).await;
    edits(&maria, &wamid, "Send it to Elm Street 14").await;
    let item = ana.find("Elm Street 14");
    assert_eq!((item.activity_id.as_str(), ana.chat().len()), (posted.as_str(), posts), "{}", ana.transcript());
    assert_eq!(words_of(&item), "Maria Oliveira: Send it to Elm Street 14\nEdited today at 08:05. Before: Send it to Elm Street 4");
    world.advance(Duration::minutes(5)).await;
    edits(&maria, &wamid, "Send it to <b>Oak</b> Street 14").await;
    let said = words_of(&ana.find("Oak"));
    let expected = "Maria Oliveira: Send it to <b>Oak</b> Street 14\nEdited today at 08:10. Before: Send it to Elm Street 14\n\
                    Edited today at 08:05. Before: Send it to Elm Street 4";
    assert_eq!(said, expected);
    assert_eq!(ana.chat().len(), posts);
    let recorded: Vec<_> = world.journal().await.into_iter().filter(|row| row.kind == "message.edited_by_client").collect();
    let texts: Vec<&Value> = recorded.iter().map(|row| &row.body["text"]).collect();
    assert_eq!(texts, [&json!("Send it to Elm Street 14"), &json!("Send it to <b>Oak</b> Street 14")]);
    assert!(recorded.iter().all(|row| row.body["before"].as_str().is_some_and(|before| before.contains("*Elm* Street 4"))));
    assert_eq!(world.recorded("post.changed").await, 2);
}

#[tokio::test]
async fn an_edit_changes_every_post_of_it() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, maria) = world.conversation().await;
    world.ben().opens(&maria).await;
    let wamid = maria.types("At five").await;
    edits(&maria, &wamid, "At six").await;
    for colleague in [&ana, &world.ben()] {
        assert_eq!(colleague.times_seen("Maria Oliveira: At six"), 1, "{}", colleague.transcript());
        assert_eq!(colleague.times_seen("Maria Oliveira: At five"), 0, "{}", colleague.transcript());
    }
}

#[tokio::test]
async fn edits_that_come_in_the_wrong_order_end_with_the_last_one() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("one").await;
    let at = |minutes: i64| (world.clock.now() + Duration::minutes(minutes)).timestamp().to_string();
    let change = |text: &str, at: String| {
        let message = json!({"type": "text", "text": {"body": text}});
        json!({"type": "edit", "timestamp": at, "edit": {"original_message_id": wamid, "message": message}})
    };
    let (second, third) = (change("two", at(1)), change("three", at(2)));
    world.advance(Duration::minutes(3)).await;
    tells(&maria, third).await;
    tells(&maria, second).await;
    assert!(
        words_of(&ana.find("Edited"))
            .starts_with("Maria Oliveira: three\nEdited today at 08:02. Before: two\nEdited today at 08:01. Before: one")
    );
}

#[tokio::test]
async fn an_edit_of_a_caption_changes_the_card() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.sends(with_caption("The old meter", file("document", "application/pdf", b"%PDF-1.7\n"))).await;
    let posted = ana.find("The old meter").activity_id;
    let media = json!({"id": "1", "mime_type": "application/pdf", "caption": "The new meter"});
    let message = json!({"type": "document", "document": media});
    tells(&maria, json!({"type": "edit", "edit": {"original_message_id": wamid, "message": message}})).await;
    let item = ana.find("The new meter");
    assert_eq!(item.activity_id, posted);
    let said = words_of(&item);
    assert!(said.contains("Document · ") && said.contains("Edited today at 08:00. Before: The old meter"), "{said}");
    assert!(ana.offers(&item, "Open"));
}

#[tokio::test]
async fn an_edit_of_a_message_that_nobody_knows_is_a_line() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    edits(&maria, "wamid.never.seen", "At seven").await;
    ana.sees("Maria Oliveira: Changed an earlier message to: At seven");
    deletes(&maria, "wamid.never.seen.either").await;
    ana.sees("Maria Oliveira: Deleted an earlier message");
}

#[tokio::test]
async fn an_edit_that_comes_before_its_message_is_not_forgotten() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    edits(&maria, "wamid.late", "At eight").await;
    tells(&maria, json!({"type": "text", "id": "wamid.late", "text": {"body": "At seven"}})).await;
    assert_eq!(ana.times_seen("Maria Oliveira: At eight\nEdited today at 08:00. Before: At seven"), 1, "{}", ana.transcript());
    assert_eq!(ana.times_seen("Maria Oliveira: At seven"), 0);
    let item = ana.find("Maria Oliveira: At eight");
    edits(&maria, "wamid.late", "At nine").await;
    assert_eq!(ana.find("Maria Oliveira: At nine").activity_id, item.activity_id);
}

#[tokio::test]
async fn nobody_changes_what_somebody_else_wrote() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.consented(&ana, &world.tom()).await;
    let wamid = maria.types("My balance is 100").await;
    edits(&world.tom(), &wamid, "It is 1000").await;
    deletes(&world.tom(), &wamid).await;
    ana.sees("Maria Oliveira: My balance is 100");
    ana.sees("Tom Becker: Changed an earlier message to: It is 1000");
    ana.sees_not("Edited");
    let ours = ana.world.maria().last().wamid;
    edits(&maria, &ours, "Not what Ana wrote").await;
    assert_eq!(ana.times_seen("Edited"), 0, "{}", ana.transcript());
}

#[tokio::test]
async fn a_deleted_message_is_marked_and_kept() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("STOP is what I wanted to say to the noise").await;
    world.advance_hours(25).await;
    ana.types("Still there?").await;
    let posts = ana.chat().len();
    deletes(&maria, &wamid).await;
    let item = ana.find("noise");
    let said = words_of(&item);
    assert!(said.ends_with("Maria Oliveira deleted this today at 09:00. It is kept here for the record."), "{said}");
    assert_eq!(ana.chat().len(), posts, "{}", ana.transcript());
    let row = world.last_record("message.deleted_by_client").await;
    assert!(row.body["before"].as_str().is_some_and(|before| before.contains("noise")));
    assert_eq!((maria.times_shown("Still there?"), world.recorded("message.withdrawn").await), (0, 0));
    maria.types("Back").await;
    assert_eq!(maria.times_shown("Still there?"), 1, "what was held went when the client wrote");
}

#[tokio::test]
async fn a_line_may_hide_what_was_deleted() {
    let world = World::with_policy(|policy| policy.deleted_by_client = DeletedByClient::Hide).await;
    let (ana, maria) = world.conversation().await;
    let text = maria.types("My password is tulip").await;
    edits(&maria, &text, "My password is tulip7").await;
    let picture = maria.sends(with_caption("The tulip card", file("document", "application/pdf", b"%PDF-1.7\n"))).await;
    let card = ana.find("The tulip card");
    deletes(&maria, &text).await;
    deletes(&maria, &picture).await;
    ana.sees_not("tulip");
    assert_eq!(ana.times_seen("Maria Oliveira deleted this message today at 08:00."), 2, "{}", ana.transcript());
    let kept = world.last_record("media.kept").await.message;
    let opened = ana.forges(&card.activity_id, json!({"verb": "media.open", "message": kept})).await;
    assert!(!crate::harness::words(&opened.card.expect("a card")).contains("tulip"));
    ana.types("history").await;
    ana.clicks("Open", Value::Null).await;
    ana.sees("[Deleted by the client]");
    ana.sees_not("tulip");
    let journal = world.journal().await;
    assert!(journal.iter().any(|row| row.body.to_string().contains("tulip7")), "the record keeps all");
}

#[tokio::test]
async fn what_cannot_be_changed_where_it_stands_is_a_line() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("At five").await;
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    edits(&maria, &wamid, "At six").await;
    room.sees("Changed “At five” to: At six");
}

#[tokio::test]
async fn what_teams_does_not_let_change_is_a_line_behind() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("At five").await;
    maria.types("At the office").await;
    world.teams.faults().set(Fault::new(FaultName::GraphError).on(Surface::Updates));
    let cards = ana.times_seen("You can write until");
    edits(&maria, &wamid, "At six").await;
    assert_eq!(ana.times_seen("Maria Oliveira: Changed “At five” to: At six"), 1, "{}", ana.transcript());
    deletes(&maria, &wamid).await;
    assert_eq!(ana.times_seen("Maria Oliveira: Deleted “At five”"), 1, "{}", ana.transcript());
    assert_eq!((ana.times_seen("Maria Oliveira: At five"), ana.times_seen("Edited")), (1, 0));
    world.advance(Duration::minutes(1)).await;
    assert_eq!(ana.times_seen("You can write until"), cards, "a card that cannot be changed is not posted over and over");
    let journal = world.journal().await;
    let refused: Vec<_> = journal.iter().filter(|row| row.kind == "post.not_changed").map(|row| row.message).collect();
    let changes = journal.iter().filter(|row| row.kind == "message.received").rev().take(2).map(|row| row.message).collect::<Vec<_>>();
    assert_eq!(refused.into_iter().rev().collect::<Vec<_>>(), changes, "each is about the message that changed it");
}

#[rstest::rstest]
#[case::kept(DeletedByClient::Keep)]
#[case::hidden(DeletedByClient::Hide)]
#[tokio::test]
async fn a_message_in_several_posts_is_not_taken_apart_and_nothing_of_it_stays_that_is_hidden(#[case] policy: DeletedByClient) {
    let world = World::with_policy(|line| line.deleted_by_client = policy).await;
    let (ana, maria) = world.conversation().await;
    let long = "tulips and roses, \n\n".repeat(4_000);
    let wamid = maria.types(&long).await;
    let posts = ana.times_seen("tulips");
    assert!(posts > 1, "{posts}");
    deletes(&maria, &wamid).await;
    match policy {
        DeletedByClient::Keep => {
            assert!(ana.times_seen("tulips") > posts);
            ana.sees("Maria Oliveira: Deleted “tulips");
        }
        DeletedByClient::Hide => ana.sees_not("tulips"),
    }
}
