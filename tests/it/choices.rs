//! A choice left empty is the person's doing: the card comes back and says so, and nothing that was typed or kept is lost.

use crate::harness::{World, words};
use serde_json::json;
use switchboard::bridge::LineId;

#[tokio::test]
async fn opening_no_contact_shows_the_card_again() {
    let world = World::start().await;
    let ana = world.ana();
    ana.opens(&world.maria()).await;
    ana.types("new").await;
    let card = ana.find("New conversation");
    let again = ana.clicks_on(&card.activity_id, "Open", json!({"contact": ""})).await.card.expect("a card");
    assert!(words(&again).contains("Choose a contact first."), "{again}");
    assert!(words(&again).contains("Maria Oliveira"), "{again}");
}

#[tokio::test]
async fn a_contact_of_no_line_is_not_added_and_what_was_typed_stays() {
    let world = World::with(|directory| {
        let mut other = directory.lines[0].clone();
        (other.id, other.name) = (LineId::from("other"), "Other".to_owned());
        directory.lines.push(other);
        let mut number = directory.numbers[0].clone();
        (number.phone_number_id, number.line) = ("other-number".into(), LineId::from("other"));
        directory.numbers.push(number);
        directory.colleagues[0].lines.push(LineId::from("other"));
    })
    .await;
    let ana = world.ana();
    ana.types("new").await;
    let card = ana.find("New conversation");
    let typed = json!({"line": "", "name": "Maria", "phone": "+5511987654321", "language": "pt"});
    let again = ana.clicks_on(&card.activity_id, "Add contact", typed).await.card.expect("a card");
    assert!(words(&again).contains("Choose a line of business."), "{again}");
    for input in ["Maria", "+5511987654321", "pt"] {
        assert!(again.to_string().contains(&format!("\"value\":\"{input}\"")), "{input} is lost: {again}");
    }
    assert_eq!(world.recorded("contact.added").await, 0);
}

#[tokio::test]
async fn a_text_for_nobody_stays_and_asks_again() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    maria.types("Hello").await;
    ana.types("For one of you").await;
    let card = ana.find("Who is this for?");
    let again = ana.clicks_on(&card.activity_id, "Send", json!({"thread": " "})).await.card.expect("a card");
    let told = words(&again);
    assert!(told.contains("For one of you") && told.contains("Choose a client first."), "{told}");

    let thread = world.thread_of(&tom).await.to_string();
    ana.clicks_on(&card.activity_id, "Send", json!({"thread": thread})).await;
    assert_eq!(tom.last().text, "For one of you");

    // The draft is settled: an empty choice on an old copy of the card cannot send or show it again.
    let draft = world.last_record("message.kept").await.body["draft"].clone();
    let settled = ana.forges(&card.activity_id, json!({"verb": "route.choose", "draft": draft, "thread": ""})).await;
    assert!(!words(&settled.card.expect("a card")).contains("For one of you"));
}
