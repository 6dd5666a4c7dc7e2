//! Texts that are longer than one message may be, in both directions: one thing for their author, and nothing of them is lost.

use crate::harness::{Colleague, Phone, World};
use chrono::Duration;
use serde_json::{Value, json};
use switchboard::simulator::{Draft, Fault, FaultName};

/// Three paragraphs of which each needs a message of its own.
fn long() -> String {
    ["a", "b", "c"].map(|letter| format!("{letter}{}", " word".repeat(600))).join("\n\n")
}

fn in_parts() -> Vec<String> {
    long().split("\n\n").zip(1..).map(|(part, number)| format!("{part}\n({number}/3)")).collect()
}

/// What the phone shows, but for K-02.
fn shown(maria: &Phone<'_>) -> Vec<String> {
    maria.free_texts().split_off(1)
}

async fn window_closed(world: &World) -> (Colleague<'_>, Phone<'_>) {
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    world.advance_hours(25).await;
    (ana, maria)
}

#[tokio::test]
async fn a_long_text_goes_in_numbered_parts_and_in_order_whatever_whatsapp_does() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::TooManyRequests).retry_after(3).times(2));
    ana.types_at_once(&long()).await;
    ana.types_at_once("and then").await;
    world.settle().await;
    assert_eq!(shown(&maria), [in_parts(), vec!["and then".to_owned()]].concat());
}

#[tokio::test]
async fn markup_goes_on_in_every_part() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let words = "word ".repeat(1_200);
    ana.says(Draft::html(format!("<p><strong>{words}</strong></p><pre>{}</pre>", "let x = 1;\n".repeat(500)))).await;
    let shown = shown(&maria);
    let bodies: Vec<&str> = shown.iter().map(|part| part.rsplit_once("\n(").expect("numbered").0).collect();
    let &[first, second, third] = bodies.as_slice() else { panic!("{shown:?}") };
    assert!(first.starts_with("*word word") && first.ends_with("word*"), "{first}");
    assert!(second.starts_with("*word word") && second.contains("word*\n```let x = 1;\n") && second.ends_with("x = 1;```"), "{second}");
    assert!(third.starts_with("```let x = 1;\n") && third.ends_with("x = 1;```"), "{third}");
}

#[tokio::test]
async fn each_part_has_its_status_and_is_sent_again_by_itself() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::GraphError).code(131_026).status(400).times(1));
    ana.types(&long()).await;
    assert_eq!(shown(&maria), in_parts()[1..]);
    assert_eq!(ana.times_seen("Not delivered:"), 1);
    ana.clicks("Retry", Value::Null).await;
    assert_eq!((shown(&maria).len(), &shown(&maria)[2]), (3, &in_parts()[0]));
}

#[tokio::test]
async fn a_quotation_stands_above_the_first_part_alone() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    maria.types("And the offer?").await;
    let asked = ana.find("And the offer?").activity_id;
    ana.says(Draft::text(long()).quoting(&asked)).await;
    let quotes: Vec<bool> = maria.received().iter().rev().take(3).rev().map(|item| item.reply_to.is_some()).collect();
    assert_eq!(quotes, [true, false, false]);
}

#[tokio::test]
async fn a_long_text_is_held_as_one_and_goes_in_parts() {
    let world = World::start().await;
    let (ana, maria) = window_closed(&world).await;
    let typed = ana.types(&long()).await;
    assert_eq!(world.recorded("message.held").await, 1);
    let cards: Vec<_> = ana.chat().into_iter().filter(|item| ana.offers(item, "Withdraw")).collect();
    assert_eq!(cards.len(), 1);
    // Changed as a whole where it was typed; there is no input of that size.
    assert!(!ana.offers(&cards[0], "Edit"));
    let better = long().replace("\n\nb", "\n\nBetter");
    world.teams.edits("ana", &typed, Draft::text(&better)).await.expect("edited");
    world.settle().await;
    ana.sees("The held message was changed.");
    maria.types("Back").await;
    assert_eq!(shown(&maria), in_parts().iter().map(|part| part.replacen("b word", "Better word", 1)).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_long_text_that_is_held_is_withdrawn_as_one() {
    let world = World::start().await;
    let (ana, maria) = window_closed(&world).await;
    ana.types(&long()).await;
    ana.clicks("Withdraw", json!({})).await;
    maria.types("Back").await;
    assert_eq!(shown(&maria), [""; 0]);
}

#[tokio::test]
async fn a_long_text_that_expired_is_sent_again_in_parts() {
    let world = World::start().await;
    let (ana, maria) = window_closed(&world).await;
    ana.types(&long()).await;
    world.advance_hours(80).await;
    maria.types("Back").await;
    ana.clicks("Send as new", Value::Null).await;
    assert_eq!(shown(&maria), in_parts());
}

/// For WhatsApp the window has closed: every part waits, and the activity stands for the whole.
#[tokio::test]
async fn a_part_that_waits_by_itself_is_not_made_the_whole_text_by_an_edit_in_teams() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.whatsapp.faults().set(Fault::new(FaultName::GraphError).code(131_047).status(400).times(1));
    let typed = ana.types(&long()).await;
    world.teams.edits("ana", &typed, Draft::text(format!("{}!", long()))).await.expect("edited");
    world.settle().await;
    ana.sees("Nothing was changed: this long text went as several messages.");
    maria.types("Back").await;
    assert_eq!(shown(&maria), in_parts());
}

#[tokio::test]
async fn an_edit_that_leaves_no_text_changes_nothing() {
    let world = World::start().await;
    let (ana, maria) = window_closed(&world).await;
    let typed = ana.types("Short").await;
    world.teams.edits("ana", &typed, Draft::text(" ")).await.expect("edited");
    world.settle().await;
    ana.sees("The held message was not changed: there is no text in your change.");
    world.advance(Duration::seconds(1)).await;
    world.teams.edits("ana", &typed, Draft::text("Better")).await.expect("edited");
    world.settle().await;
    maria.types("Back").await;
    assert_eq!(shown(&maria), ["Better"]);
}

#[tokio::test]
async fn a_clients_long_text_comes_in_numbered_posts_that_teams_takes() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let before = ana.heard().len();
    let paragraphs: Vec<String> = (0..40).map(|n| format!("{n}{}", " <\"word\">".repeat(150))).collect();
    maria.types(&paragraphs.join("\n\n")).await;
    maria.types("Short").await;
    let heard = ana.heard().split_off(before);
    let (short, posts) = heard.split_last().expect("posts");
    assert!(posts.len() > 1, "{}", posts.len());
    for (post, number) in posts.iter().zip(1..) {
        assert!(post.starts_with("Maria Oliveira: ") && post.ends_with(&format!("\n({number}/{})", posts.len())), "{number}");
    }
    let all = posts.join("\n");
    let at: Vec<Option<usize>> = paragraphs.iter().map(|paragraph| all.find(paragraph)).collect();
    assert!(at.iter().all(Option::is_some) && at.is_sorted());
    assert_eq!(short, "Maria Oliveira: Short");
}
