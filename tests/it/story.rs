//! The whole story, from an empty chat to a closed conversation and back.

use crate::harness::World;
use serde_json::{Value, json};
use switchboard::simulator::Ticks;

#[tokio::test]
async fn a_conversation_from_the_first_request_to_stop_and_back() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());

    // The contact, and T-00 before anything is sent.
    let asked = ana.opens(&maria).await;
    assert!(
        asked.contains("Maria Oliveira has not agreed to WhatsApp messages yet. We will ask first, in Northwind Bank's name."),
        "{asked}"
    );
    assert!(maria.received().is_empty());
    assert_eq!(world.recorded("participant.joined").await, 0);

    // The request arrives on the phone.
    ana.clicks("Send request", json!({"basis": "met_in_person"})).await;
    let request = maria.last();
    assert_eq!(request.template.as_deref(), Some("switchboard_opt_in"));
    assert!(request.text.contains("this is Ana Souza from Northwind Bank"), "{}", request.text);
    assert!(ana.thread_card(&maria).contains("Asked"), "{}", ana.thread_card(&maria));
    let evidence = world.last_record("consent.requested").await;
    assert_eq!((&evidence.body["basis"], &evidence.body["template"]), (&json!("met_in_person"), &json!("switchboard_opt_in")));
    assert_eq!(evidence.body["text"], json!(format!("{}\n[ Yes ]\n[ No ]", request.text)));

    // Yes, text both ways in order.
    maria.taps("Yes").await;
    ana.sees("Maria Oliveira accepted. You can write freely until");
    maria.shows("Thank you. You can now chat with Ana Souza at Northwind Bank here.");
    for text in ["Good morning Maria", "Here are the papers", "Any questions?"] {
        ana.types(text).await;
    }
    assert_eq!(maria.free_texts()[1..], ["Good morning Maria", "Here are the papers", "Any questions?"]);
    maria.types_at_once("Thanks!");
    maria.types_at_once("One question:");
    maria.types("When do we meet?").await;
    assert_eq!(ana.heard()[1..], ["Maria Oliveira: Thanks!", "Maria Oliveira: One question:", "Maria Oliveira: When do we meet?"]);
    assert!(ana.thread_card(&maria).contains("Delivered"));
    world.whatsapp.set_open("maria", true).expect("known");
    world.settle().await;
    assert!(ana.thread_card(&maria).contains("Read"), "{}", ana.thread_card(&maria));
    assert!(maria.ticks().iter().all(|ticks| *ticks == Some(Ticks::Read)));
    world.whatsapp.set_open("maria", false).expect("known");

    // A day later the window is closed: the message is held (T-21).
    world.advance_hours(25).await;
    let before = maria.received().len();
    ana.types("Tomorrow at ten?").await;
    ana.sees("Held. Maria Oliveira last wrote 25 h ago. Your message (1 waiting) goes out as soon as Maria Oliveira writes");
    assert!(ana.thread_card(&maria).contains("Held"));
    assert_eq!(maria.received().len(), before);

    // A template, picked, filled, previewed and sent; it does not release the held message.
    ana.clicks("Choose template", Value::Null).await;
    let list = ana.find("appointment_reminder");
    let choose = position_of(&list.card.expect("a card"), "appointment_reminder");
    world.teams.click_nth("ana", &list.activity_id, "Choose", choose, Value::Null).await.expect("picked");
    world.settle().await;
    let preview = ana.clicks_on(&list.activity_id, "Preview", json!({"v0": "Maria", "v1": "Tuesday", "v2": "10:00"})).await;
    let preview = crate::harness::words(&preview.card.expect("a card"));
    assert!(preview.contains("Hello Maria, this is a reminder of your appointment on Tuesday at 10:00."), "{preview}");
    assert_eq!(maria.received().len(), before, "selecting and previewing never send");
    ana.clicks_on(&list.activity_id, "Send", Value::Null).await;
    assert_eq!(maria.last().text, "Hello Maria, this is a reminder of your appointment on Tuesday at 10:00.");
    assert_eq!(maria.received().len(), before + 1);

    // The client's answer releases the held message (T-23).
    maria.taps("Confirm").await;
    assert_eq!(maria.last().text, "Tomorrow at ten?");
    ana.sees("Maria Oliveira is back. 1 held message sent.");

    // STOP closes everything: K-03, T-08, held messages withdrawn.
    world.advance_hours(25).await;
    ana.types("Are you there?").await;
    maria.types("STOP").await;
    maria.shows("You will get no more messages from Northwind Bank on WhatsApp.");
    ana.sees("Maria Oliveira asked to stop. Writing is closed. 1 held message withdrawn.");
    let texts = maria.texts();
    ana.types("One more thing").await;
    assert_eq!(maria.texts(), texts);
    assert_eq!(world.decision().await, ("message.refused".to_owned(), "consent_refused".to_owned(), Some(5)));
    ana.sees("Maria Oliveira asked to stop. Writing is closed.");

    // START leads back.
    maria.types("START").await;
    ana.types("Welcome back").await;
    assert_eq!(maria.last().text, "Welcome back");
    assert!(!maria.texts().iter().any(|text| text.contains("Are you there?") || text.contains("One more thing")));
}

/// Which of the buttons *Choose* belongs to a template, in the order of reading.
fn position_of(card: &Value, template: &str) -> usize {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| names(one, found)),
            Value::Object(members) => {
                if members.get("title") == Some(&json!("Choose")) {
                    found.push(members["data"]["name"].as_str().unwrap_or_default().to_owned());
                } else {
                    ["body", "items", "columns", "actions"]
                        .iter()
                        .filter_map(|name| members.get(*name))
                        .for_each(|inner| names(inner, found));
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    names(card, &mut found);
    found.iter().position(|name| name == template).expect("offered")
}
