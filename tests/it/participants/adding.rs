//! "Group messaging allows multiple MultiLine users to contact a single WhatsApp user."

use super::{adds, id, present, three, two};
use crate::harness::{World, words};
use serde_json::{Value, json};

/// "Select Add User to Conversation. Select participants. The participants will be added to the group chat."
#[tokio::test]
async fn who_is_added_takes_part_and_everybody_hears_of_it() {
    let world = World::start().await;
    world.install("caro").await;
    let (ana, maria) = world.conversation().await;
    let (ben, caro) = (world.ben(), world.caro());
    assert_eq!(adds(&ana, &["ben"], "all").await.lines().nth(2), Some("Ben Okafor added."));
    ben.sees("Ana Souza added you to the conversation with Maria Oliveira. What you can read from before: everything.");
    assert!(ben.thread_card(&maria).contains("Ana Souza, Ben Okafor"), "{}", ben.thread_card(&maria));
    assert_eq!(maria.last().text, "Ben Okafor from Northwind Bank has joined this chat.");

    adds(&ana, &["caro"], "none").await;
    ben.sees("Ana Souza added Carolina Reyes.");
    ana.sees_not("Ana Souza added Carolina Reyes.");
    caro.sees_not("Ana Souza added Carolina Reyes.");
    maria.types("Hello all").await;
    for colleague in [ana, ben, caro] {
        assert_eq!(colleague.times_seen("Maria Oliveira: Hello all"), 1);
    }
    caro.types("Good morning").await;
    assert_eq!(maria.last().text, "*Carolina Reyes:* Good morning");
}

/// "Note: Only MultiLine users in your sub-organization that are enabled with the WhatsApp Business Messaging Connector will display."
#[tokio::test]
async fn only_enabled_colleagues_of_the_line_who_take_no_part_yet_are_offered() {
    let world = World::start().await;
    let (ana, _) = world.conversation().await;
    ana.types("add").await;
    let form = ana.find("Add colleagues");
    let offered = words(form.card.as_ref().expect("a card"));
    assert!(offered.contains("Ben Okafor") && offered.contains("Carolina Reyes"), "{offered}");
    assert!(!offered.contains("Eva Lang") && !offered.contains("Ana Souza"), "{offered}");
    world.apply(|directory| directory.colleagues[1].enabled = false).await;
    ana.types("add").await;
    assert!(!words(ana.find("Add colleagues").card.as_ref().expect("a card")).contains("Ben Okafor"));
    // The card from before, pressed now: checked again, and nothing changes.
    let chosen = json!({"colleagues": format!("{},{}", id(&world, "ben"), id(&world, "caro")), "history": "all"});
    let answer = ana.clicks_on(&form.activity_id, "Add", chosen).await;
    let said = words(&answer.card.expect("a card"));
    assert!(said.contains("Ben Okafor is not enabled"), "{said}");
    assert_eq!(present(&world).await, [id(&world, "ana")]);
}

/// "Whoever has no chat with the bot yet (app not installed) cannot receive: ... the one who adds or transfers is told, and nothing
/// changes."
#[tokio::test]
async fn who_has_no_app_is_not_added_and_nobody_else_either() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let before = maria.texts();
    let said = adds(&ana, &["ben", "caro"], "all").await;
    assert!(said.contains("Carolina Reyes has"), "{said}");
    assert_eq!(maria.texts(), before);
    world.ben().sees_not("added you");
    world.install("caro").await;
    let answer = ana.clicks("Add", json!({"colleagues": id(&world, "caro"), "history": "all"})).await;
    assert!(words(&answer.card.expect("a card")).contains("Carolina Reyes added."));
}

#[rstest::rstest]
#[case::nobody(json!({"colleagues": "", "history": "all"}), "Choose a colleague first.")]
#[case::no_history(json!({"colleagues": "BEN", "history": ""}), "Choose what they may see.")]
#[case::no_number(json!({"colleagues": "BEN", "history": "last", "last": "many"}), "Enter a number from 1 to 999.")]
#[case::of_another_line(json!({"colleagues": "EVA", "history": "all"}), "Eva Lang is not enabled")]
#[case::nobody_we_know(json!({"colleagues": "somebody", "history": "all"}), "somebody is not enabled")]
#[tokio::test]
async fn what_does_not_fit_is_said_on_the_form_and_nothing_changes(#[case] inputs: Value, #[case] said: &str) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let before = maria.texts();
    ana.types("add").await;
    let whom = inputs["colleagues"].as_str().unwrap_or_default();
    let whom = whom.replace("BEN", &id(&world, "ben")).replace("EVA", &id(&world, "eva"));
    let last = inputs["last"].as_str().unwrap_or_default();
    let inputs = json!({"colleagues": whom, "history": inputs["history"], "last": last});
    let answer = ana.clicks("Add", inputs).await;
    let shown = words(&answer.card.expect("a card"));
    assert!(shown.contains(said), "{shown}");
    assert_eq!((maria.texts(), present(&world).await.len()), (before, 1));
}

/// Added again: nothing is told twice.
#[tokio::test]
async fn who_takes_part_already_is_not_added_again() {
    let world = World::start().await;
    let (ana, ben, maria) = two(&world).await;
    ana.types("add").await;
    let card = ana.find("Add colleagues").activity_id;
    let data =
        json!({"verb": "participant.add", "thread": world.thread_of(&maria).await, "colleagues": id(&world, "ben"), "history": "all"});
    let answer = ana.forges(&card, data).await;
    assert!(words(&answer.card.expect("a card")).contains("Ben Okafor takes part already."));
    assert_eq!((maria.times_shown("has joined this chat"), ben.times_seen("added you")), (1, 1));
}

/// "what history they see (none, the last N, all)"
#[rstest::rstest]
#[case::all("all", "everything", &["First", "Second", "Third"], &[])]
#[case::the_last_two("last", "the last 2 messages", &["Second", "Third"], &["First"])]
#[case::nothing("none", "nothing of what was written before", &[], &["First", "Second", "Third"])]
#[tokio::test]
async fn who_is_added_reads_what_was_chosen_and_no_more(
    #[case] history: &str,
    #[case] told: &str,
    #[case] seen: &[&str],
    #[case] hidden: &[&str],
) {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    maria.types("First").await;
    ana.types("Second").await;
    maria.types("Third").await;
    adds(&ana, &["ben"], history).await;
    let ben = world.ben();
    ben.sees(&format!("What you can read from before: {told}."));
    let card = ben.find("added you").activity_id;
    let answer = ben.clicks_on(&card, "History", Value::Null).await;
    let shown = words(&answer.card.expect("a card"));
    assert!(seen.iter().all(|text| shown.contains(text)), "{shown}");
    assert!(!hidden.iter().any(|text| shown.contains(text)), "{shown}");
}

/// "Details (Add, Remove, Transfer, Leave, End)": who takes part, since when.
#[tokio::test]
async fn the_details_say_who_takes_part_since_when() {
    let world = World::start().await;
    let (ana, ben, caro, maria) = three(&world).await;
    let card = ana.card_of(&maria).expect("a thread card").activity_id;
    ana.clicks_on(&card, "Details", Value::Null).await;
    let details = words(ana.find("Since").card.as_ref().expect("a card"));
    for name in ["Ana Souza", "Ben Okafor", "Carolina Reyes"] {
        assert!(details.contains(name), "{details}");
    }
    assert_eq!(details.matches("Since").count(), 3);
    for colleague in [ana, ben, caro] {
        colleague.types("details").await;
        let card = colleague.find("Since");
        for button in ["Add", "Transfer", "Leave", "Remove", "End", "History"] {
            assert!(colleague.offers(&card, button), "{button}");
        }
    }
}

/// A command that changes who has a client is about a certain client, else it asks.
#[tokio::test]
async fn with_several_conversations_a_command_asks_which_one_is_meant() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    maria.types("Hello").await;
    tom.types("Hello").await;
    for command in ["add", "remove", "leave", "end"] {
        ana.types(command).await;
        let card = ana.find("Which conversation?").activity_id;
        let answer = ana.clicks_on(&card, "Continue", json!({"thread": ""})).await;
        assert!(words(&answer.card.expect("a card")).contains("Choose a client first."));
        let answer = ana.clicks_on(&card, "Continue", json!({"thread": world.thread_of(&tom).await.to_string()})).await;
        let shown = words(&answer.card.expect("a card"));
        assert!(shown.contains("Tom Becker") && !shown.contains("Maria Oliveira"), "{command}: {shown}");
    }
    assert_eq!(present(&world).await.len(), 2);
    assert!(!maria.texts().iter().chain(&tom.texts()).any(|text| ["add", "remove", "leave", "end"].contains(&text.as_str())));
}
