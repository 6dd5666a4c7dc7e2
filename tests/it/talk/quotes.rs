//! What an answer refers to is named on the other side, for nobody who may not read it.

use super::{deletes, edits, tells};
use crate::files::{file, with_caption};
use crate::harness::{Colleague, Phone, World, words_of};
use serde_json::{Value, json};
use switchboard::bridge::{DeletedByClient, Exclusivity};
use switchboard::simulator::Draft;

async fn answers(client: &Phone<'_>, wamid: &str, text: &str) -> String {
    let sent = client.world.whatsapp.client_replies(client.key, wamid, text).expect("sent");
    client.world.settle().await;
    sent
}

/// Ana and Ben with Maria, who has agreed.
async fn both(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>) {
    let (ana, maria) = world.conversation().await;
    world.ben().opens(&maria).await;
    (ana, world.ben(), maria)
}

fn said(colleague: &Colleague<'_>, text: &str) -> String {
    words_of(&colleague.find(text))
}

#[tokio::test]
async fn what_the_client_answers_is_named_above_the_answer() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("Shall we meet on Tuesday at ten, in the office on Elm Street, or would the branch in the old town suit you better?").await;
    let asked = maria.last().wamid;
    answers(&maria, &asked, "The branch").await;
    let expected = "In answer to Ana Souza: “Shall we meet on Tuesday at ten, in the office on Elm Street, or would the…”\n\
                    Maria Oliveira: The branch";
    assert_eq!(said(&ana, "The branch"), expected);
    let own = maria.types("I will bring <b>my</b> papers & \u{202e}photos").await;
    answers(&maria, &own, "The passport, too").await;
    let html = ana.find("The passport").text.expect("a text");
    let expected = "<em>In answer to Maria Oliveira: “I will bring &lt;b&gt;my&lt;/b&gt; papers &amp; \u{202e}photos\u{202c}”</em><br>";
    assert!(html.starts_with(expected), "{html}");
}

#[tokio::test]
async fn files_templates_and_automatic_messages_are_named_as_what_they_are() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    assert!(said(&ana, "Maria Oliveira: Yes").starts_with("In answer to Ana Souza: “Hello, this is Ana Souza"), "{}", ana.transcript());
    let accepted = maria.received().into_iter().find(|item| item.text.contains("Thank you. You can now chat")).expect("K-02").wamid;
    answers(&maria, &accepted, "Good").await;
    assert!(said(&ana, "Oliveira: Good").starts_with("In answer to an automatic message: “Thank you."), "{}", ana.transcript());
    ana.sends_template(&maria, "office_hours", json!([])).await;
    let template = maria.last();
    answers(&maria, &template.wamid, "Until six?").await;
    let beginning: String = template.text.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    assert!(said(&ana, "Until six").starts_with(&format!("In answer to Ana Souza: “{beginning}")), "{}", ana.transcript());
    let pdf = file("document", "application/pdf", b"%PDF-1.7\n");
    let sent = maria.sends(with_caption("The old meter", pdf.clone())).await;
    answers(&maria, &sent, "This one").await;
    let said_of_file = said(&ana, "This one");
    assert!(said_of_file.starts_with("In answer to Maria Oliveira: [Document"), "{said_of_file}");
    assert!(said_of_file.contains("] The old meter\nMaria Oliveira: This one"), "{said_of_file}");
}

#[tokio::test]
async fn a_file_in_answer_says_on_its_card_what_it_answers() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    ana.types("Please send the meter").await;
    let document = json!({"id": "1", "mime_type": "application/pdf", "filename": "meter.pdf"});
    let context = json!({"id": maria.last().wamid});
    tells(&maria, json!({"type": "document", "document": document, "context": context})).await;
    assert!(said(&ana, "meter.pdf").starts_with("In answer to Ana Souza: “Please send the meter”"), "{}", ana.transcript());
    let sent = maria.sends(file("document", "application/pdf", b"%PDF-1.7\n")).await;
    let mut answer = json!({"type": "image", "image": {"id": "2", "caption": "And this"}});
    answer["context"] = json!({ "id": sent });
    tells(&maria, answer).await;
    assert_eq!(ana.times_seen("In answer to Maria Oliveira: [Document"), 1, "{}", ana.transcript());
}

/// Their words would come back through the quotation otherwise, of which WhatsApp tells the number alone.
#[tokio::test]
async fn who_may_not_read_what_is_answered_reads_that_there_is_something() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, maria) = world.conversation().await;
    let secret = maria.types("My password is tulip").await;
    let ben = world.ben();
    world.comes(&ben, world.thread_of(&maria).await).await;
    answers(&maria, &secret, "It is still the same").await;
    assert!(said(&ana, "still the same").starts_with("In answer to Maria Oliveira: “My password is tulip”"));
    assert!(said(&ben, "still the same").starts_with("In answer to an earlier message\nMaria Oliveira: It"), "{}", ben.transcript());
    let activity = ana.find("Maria Oliveira: My password").activity_id;
    ana.says(Draft::text("Thank you for that").quoting(&activity)).await;
    let mirrored = said(&ben, "Thank you for that");
    assert_eq!(mirrored, "In answer to an earlier message\nAna Souza to Maria Oliveira: Thank you for that");
    ben.sees_not("tulip");
}

#[tokio::test]
async fn what_a_colleague_answers_is_named_for_the_others() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, maria) = both(&world).await;
    maria.types("When do you open?").await;
    let activity = ana.find("When do you open").activity_id;
    ana.says(Draft::text("At nine").quoting(&activity)).await;
    assert_eq!(said(&ben, "At nine"), "In answer to Maria Oliveira: “When do you open?”\nAna Souza to Maria Oliveira: At nine");
    let activity = ben.find("At nine").activity_id;
    world.advance_hours(25).await;
    ben.says(Draft::text("Not on Sunday").quoting(&activity)).await;
    maria.types("Oh").await;
    let released = said(&ana, "Not on Sunday");
    assert!(released.starts_with("In answer to Ana Souza: “At nine”\nBen Okafor to Maria Oliveira: Not on Sunday"), "{released}");
}

#[tokio::test]
async fn a_colleague_outside_the_shared_home_reads_what_was_answered_there() {
    let world = World::with_policy(|policy| policy.exclusivity = Exclusivity::Shared).await;
    let (ana, ben, maria) = both(&world).await;
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
    room.set_rsc(true);
    let asked = maria.types("When do you open?").await;
    let activity = room.find("When do you open").activity_id;
    room.says(&ana, Draft::text("At nine").quoting(&activity)).await;
    assert_eq!(said(&ben, "At nine"), "In answer to Maria Oliveira: “When do you open?”\nAna Souza to Maria Oliveira: At nine");
    answers(&maria, &asked, "On Sunday, I mean").await;
    room.sees("In answer to Maria Oliveira: “When do you open?”\nMaria Oliveira: On Sunday, I mean");
}

#[tokio::test]
async fn a_message_that_nobody_knows_and_one_of_another_client_are_not_repeated() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    world.consented(&ana, &world.tom()).await;
    let toms = world.tom().types("My balance is 100").await;
    let text = |text: &str, context: Value| json!({"type": "text", "text": {"body": text}, "context": context});
    tells(&maria, text("One", json!({"id": "wamid.before.the.server"}))).await;
    assert_eq!(said(&ana, "Oliveira: One"), "In answer to a message that is not known here\nMaria Oliveira: One");
    tells(&maria, text("Two", json!({ "id": toms }))).await;
    assert_eq!(said(&ana, "Oliveira: Two"), "In answer to an earlier message\nMaria Oliveira: Two");
}

#[tokio::test]
async fn what_is_forwarded_and_which_product_is_meant_is_said() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    for (body, context, expected) in [
        ("Look", json!({"forwarded": true}), "Forwarded\nMaria Oliveira: Look"),
        ("Look here", json!({"frequently_forwarded": true}), "Forwarded\nMaria Oliveira: Look here"),
        (
            "How much?",
            json!({"id": "wamid.product", "referred_product": {"catalog_id": "1", "product_retailer_id": "SKU-<7>\n\u{202e}x"}}),
            "About the product SKU-<7> \u{202e}x\u{202c} of your catalogue\nMaria Oliveira: How much?",
        ),
    ] {
        tells(&maria, json!({"type": "text", "text": {"body": body}, "context": context})).await;
        assert_eq!(said(&ana, &format!("Oliveira: {body}")), expected);
    }
    let wamid = maria.items().pop().map(|item| item.wamid);
    let forwarded = json!({"type": "text", "id": "wamid.forwarded", "text": {"body": "At five"}, "context": {"forwarded": true}});
    tells(&maria, forwarded).await;
    edits(&maria, "wamid.forwarded", "At six").await;
    assert!(said(&ana, "At six").starts_with("Forwarded\nMaria Oliveira: At six\nEdited"), "{wamid:?} {}", ana.transcript());
}

#[tokio::test]
async fn what_is_hidden_does_not_come_back_through_an_answer() {
    let world = World::with_policy(|policy| {
        policy.exclusivity = Exclusivity::Shared;
        policy.deleted_by_client = DeletedByClient::Hide;
    })
    .await;
    let (ana, ben, maria) = both(&world).await;
    let secret = maria.types("My password is tulip").await;
    answers(&maria, &secret, "Keep it safe").await;
    let activity = ana.find("Maria Oliveira: My password").activity_id;
    ana.says(Draft::text("I will").quoting(&activity)).await;
    world.whatsapp.client_reacts(maria.key, &secret, "🙈").expect("reacted");
    world.settle().await;
    let posts = (ana.chat().len(), ben.chat().len());
    ben.sees("“My password is tulip”");
    deletes(&maria, &secret).await;
    for colleague in [&ana, &ben] {
        colleague.sees_not("tulip");
        colleague.sees("In answer to an earlier message\nMaria Oliveira: Keep it safe");
        colleague.sees("Reacted with 🙈 to an earlier message");
    }
    ben.sees("In answer to an earlier message\nAna Souza to Maria Oliveira: I will");
    assert_eq!((ana.chat().len(), ben.chat().len()), posts, "changed where it stood");
    answers(&maria, &secret, "Again").await;
    ana.sees("In answer to an earlier message\nMaria Oliveira: Again");
}

#[tokio::test]
async fn what_was_edited_is_quoted_as_it_is_now() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let wamid = maria.types("At five").await;
    edits(&maria, &wamid, "At six").await;
    answers(&maria, &wamid, "Sharp").await;
    ana.sees("In answer to Maria Oliveira: “At six”\nMaria Oliveira: Sharp");
}
