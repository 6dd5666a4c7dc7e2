//! Replies, reactions, edits and deletions, in both directions (product.md 8).

mod changed_by_client;
mod corrections;
mod marks;
mod quotes;
mod reactions;
mod receipts;
mod states;

use crate::harness::{Colleague, Phone, World};
use serde_json::{Value, json};
use switchboard::simulator::Draft;

/// A client's change of a message, as WhatsApp tells it.
async fn tells(client: &Phone<'_>, message: Value) -> String {
    let wamid = client.world.whatsapp.client_sends(client.key, None, message).expect("sent");
    client.world.settle().await;
    wamid
}

async fn edits(client: &Phone<'_>, wamid: &str, text: &str) -> String {
    let message = json!({"type": "text", "text": {"body": text}});
    tells(client, json!({"type": "edit", "edit": {"original_message_id": wamid, "message": message}})).await
}

async fn deletes(client: &Phone<'_>, wamid: &str) -> String {
    tells(client, json!({"type": "revoke", "revoke": {"original_message_id": wamid}})).await
}

/// A colleague changes what they wrote in their own chat.
async fn rewrites(colleague: &Colleague<'_>, activity: &str, text: &str) {
    let world: &World = colleague.world;
    assert_eq!(world.teams.edits(colleague.key, activity, Draft::text(text)).await.expect("edited").status, 200);
    world.settle().await;
}

async fn takes_back(colleague: &Colleague<'_>, activity: &str) {
    let world: &World = colleague.world;
    assert_eq!(world.teams.deletes(colleague.key, activity).await.expect("deleted").status, 200);
    world.settle().await;
}
