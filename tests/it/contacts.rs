//! Contacts (product.md 7: "Contacts: add, edit, find; the contact card has the green WhatsApp action").

use crate::harness::{Colleague, World, words};
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::bridge::Role;

impl Colleague<'_> {
    /// Opens a contact's card from the list; its words.
    pub async fn looks_at(&self, name: &str) -> String {
        self.types("contacts").await;
        self.clicks("Search", json!({"query": name})).await;
        let answer = self.clicks("Open", Value::Null).await;
        words(&answer.card.expect("a card"))
    }

    /// Fills the contact's form and saves it; what the card becomes. An input that is left out stands as it was shown.
    async fn changes(&self, contact: &str, inputs: Value) -> String {
        self.looks_at(contact).await;
        let form = self.clicks("Edit", Value::Null).await.card.expect("a form");
        let mut filled = serde_json::Map::new();
        for id in ["name", "phone", "language", "notes"] {
            filled.insert(id.to_owned(), inputs.get(id).cloned().unwrap_or_else(|| shown(&form, id)));
        }
        words(&self.clicks("Save", Value::Object(filled)).await.card.expect("a card"))
    }
}

/// What stands in an input.
fn shown(card: &Value, id: &str) -> Value {
    let inputs = card["body"].as_array().expect("a body");
    inputs
        .iter()
        .find(|element| element["id"] == id)
        .map(|input| input["value"].clone())
        .filter(|value| !value.is_null())
        .unwrap_or(json!(""))
}

/// "Contacts: add, edit, find"
#[tokio::test]
async fn a_contact_is_edited_and_the_record_says_what_it_was() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let card =
        ana.changes("Maria", json!({"name": "Maria O. Santos", "language": "pt-BR", "notes": "Prefers mornings.\nHas a dog."})).await;
    for shown in ["Maria O. Santos", "pt-BR", "Prefers mornings.", "Has a dog.", "+55 11 98765-4321"] {
        assert!(card.contains(shown), "{shown}: {card}");
    }
    let row = world.last_record("contact.changed").await;
    assert_eq!(row.body["before"], json!({"name": "Maria Oliveira", "language": null, "notes": ""}));
    assert_eq!(row.body["after"], json!({"name": "Maria O. Santos", "language": "pt-BR", "notes": "Prefers mornings.\nHas a dog."}));
    assert_eq!(row.actor, world.cast.teams.users[0].object_id);
    // Colleagues of the line see it, the conversation's card and the client's next message bear the new name, and no word of it left.
    assert!(world.ben().looks_at("santos").await.contains("Prefers mornings."));
    let before = maria.texts().len();
    maria.types("Good morning").await;
    ana.sees("Maria O. Santos: Good morning");
    assert_eq!(maria.texts().len(), before);
    ana.changes("Santos", json!({"language": "", "notes": " "})).await;
    assert_eq!(world.last_record("contact.changed").await.body["after"], json!({"language": null, "notes": ""}));
}

#[tokio::test]
async fn saving_what_stands_there_already_records_nothing() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    ana.changes("Maria", json!({"phone": "+55 11 8765-4321"})).await;
    assert_eq!(world.recorded("contact.changed").await, 0, "her own number in another spelling is nothing new");
}

/// "every input has a label and an error message; validation on the server repeats the client's"
#[rstest]
#[case(json!({"name": "  "}), "Enter a name.")]
#[case(json!({"name": "x".repeat(201)}), "Enter a name of at most 200 characters.")]
#[case(json!({"phone": "0151 234"}), "Enter the phone number with + and country code.")]
#[case(json!({"phone": "+49 1"}), "This is not a valid phone number.")]
#[case(json!({"language": "not a language"}), "Enter a language code such as en, de or pt-BR.")]
#[case(json!({"notes": "x".repeat(1_001)}), "Enter notes of at most 1,000 characters.")]
#[tokio::test]
async fn what_does_not_fit_is_pointed_out_and_nothing_is_changed(#[case] inputs: Value, #[case] told: &str) {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    let card = ana.changes("Maria", inputs).await;
    assert!(card.contains(told), "{card}");
    assert_eq!(world.recorded("contact.changed").await, 0);
}

#[tokio::test]
async fn the_number_of_another_contact_is_not_taken_from_it() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    let (tom, before) = (world.tom(), world.recorded("contact.changed").await);
    ana.opens(&tom).await;
    let card = ana.changes("Maria", json!({"phone": "0049 151 12345678", "notes": "typed and kept"})).await;
    assert!(card.contains("This number belongs to another contact: Tom Becker."), "{card}");
    assert!(card.contains("typed and kept"), "{card}");
    assert_eq!(world.recorded("contact.changed").await, before);
}

/// "we never rewrite what WhatsApp told us": messages go on to the number that the client has written from.
#[tokio::test]
async fn another_number_only_recognises_the_client() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let card = ana.changes("Maria", json!({"phone": "+49 160 1234567"})).await;
    assert!(card.contains("+55 11 98765-4321, +49 160 1234567"), "{card}");
    assert_eq!(world.last_record("contact.changed").await.body["number_added"], "+491601234567");
    ana.types("Still here?").await;
    maria.shows("Still here?");
    // Found by it, and not added as somebody else.
    assert!(ana.looks_at("+49 (160) 1234").await.contains("Maria Oliveira"));
    ana.types("new").await;
    let added = ana.clicks("Add contact", json!({"name": "Mary", "phone": "+491601234567", "line": "advice"})).await;
    assert!(words(&added.card.expect("a card")).contains("Maria Oliveira"));
}

/// Who has another user id is somebody else, whatever number a colleague entered.
#[tokio::test]
async fn a_number_that_a_colleague_entered_makes_nobody_another_client() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    let tom = world.tom();
    ana.changes("Maria", json!({"phone": tom.phone()})).await;
    tom.types("Hello, this is Tom").await;
    assert!(!ana.heard().iter().any(|heard| heard.starts_with("Maria") && heard.contains("this is Tom")), "{:?}", ana.heard());
    ana.sees("nobody owns this client yet");
}

/// A number that was mistyped before anybody was asked is put right: the request goes to the right phone.
#[tokio::test]
async fn before_anybody_was_asked_a_mistyped_number_is_put_right() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    ana.types("new").await;
    ana.clicks("Add contact", json!({"name": "Maria Oliveira", "phone": "+55 11 98765-4320", "line": "advice"})).await;
    let card = ana.changes("Maria", json!({"phone": maria.phone()})).await;
    assert!(card.contains("+55 11 98765-4321, +55 11 98765-4320"), "{card}");
    assert_eq!(world.last_record("contact.changed").await.body["before"]["phone"], "+5511987654320");
    ana.clicks("Message on WhatsApp", Value::Null).await;
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    assert_eq!(maria.received().len(), 1);
}

/// "find": part of a name, or a phone in any format, never rewriting what was stored.
#[rstest]
#[case("MARIA", "Maria Oliveira")]
#[case("ólïvéira", "Maria Oliveira")]
#[case("oliveira maria", "Maria Oliveira")]
#[case("+55 (11) 98765-4321", "Maria Oliveira")]
#[case("+55 11 8765-4321", "Maria Oliveira")]
#[case("0055 11 9 8765", "Maria Oliveira")]
#[case("0151 123", "Tom Becker")]
#[case("+49 (0)151/123", "Tom Becker")]
#[case("(151) 123-456", "Tom Becker")]
#[tokio::test]
async fn a_contact_is_found_by_part_of_the_name_or_number(#[case] typed: &str, #[case] name: &str) {
    let world = World::with(|directory| directory.lines[0].region = Some("DE".to_owned())).await;
    let ana = world.ana();
    ana.opens(&world.maria()).await;
    ana.opens(&world.tom()).await;
    ana.types("contacts").await;
    let found = words(&ana.clicks("Search", json!({"query": typed})).await.card.expect("a list"));
    let other = if name.starts_with("Tom") { "Maria Oliveira" } else { "Tom Becker" };
    assert!(found.contains(name) && !found.contains(other), "{found}");
}

/// "the contact card has the green WhatsApp action"; "every thread with that contact". Who talks with the client everybody of the line
/// may know; what was said only the participants and the supervisors.
#[tokio::test]
async fn the_contact_card_says_who_talks_with_the_client_and_leads_to_the_history_only_who_may_read_it() {
    let world = World::with(|directory| directory.colleagues[2].lines.push("advice".into())).await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    let card = ana.opens(&maria).await;
    assert!(!card.contains("Conversations"), "{card}");
    ana.clicks("Send request", json!({"basis": "contract"})).await;
    maria.taps("Yes").await;
    ana.types("A word for Maria alone").await;

    let own = ana.looks_at("Maria").await;
    assert!(own.contains("Ana Souza") && own.contains("Active since"), "{own}");
    let item = ana.find("Active since");
    let first = item.card.as_ref().expect("a card")["actions"][0].clone();
    assert_eq!((first["title"].as_str(), first["style"].as_str()), (Some("Message on WhatsApp"), Some("positive")));
    assert!(ana.offers(&item, "History"));

    let others = ben.looks_at("Maria").await;
    assert!(others.contains("Ana Souza") && others.contains("Active since"), "{others}");
    assert!(!ben.offers(&ben.find("Active since"), "History"));

    world.apply(|directory| directory.colleagues[1].roles.push(Role::Supervisor)).await;
    ben.looks_at("Maria").await;
    let answer = ben.clicks("History", Value::Null).await;
    let read = words(&answer.card.expect("a page"));
    assert!(read.contains("A word for Maria alone") && !read.contains("Template"), "{read}");
    assert_eq!(world.recorded("participant.joined").await, 1, "who reads takes no part");
}
