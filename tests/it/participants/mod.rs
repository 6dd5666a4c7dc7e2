//! Several colleagues with one client: adding, leaving, removing, ending, starting again (product.md 6 and the help pages it started from),
//! through Teams cards and the phone.

mod adding;
mod ending;
mod leaving;
mod races;
mod removing;
mod waiting;

use crate::harness::{Colleague, Phone, World, words};
use serde_json::{Value, json};
use switchboard::bridge::{Directory, Role};

/// A colleague's object id.
fn id(world: &World, key: &str) -> String {
    world.cast.teams.users.iter().find(|user| user.key == key).expect("in the cast").object_id.clone()
}

/// Adds colleagues through the details of the newest thread card; what the form becomes.
async fn adds(colleague: &Colleague<'_>, keys: &[&str], history: &str) -> String {
    colleague.types("details").await;
    colleague.clicks("Add", Value::Null).await;
    let ids: Vec<_> = keys.iter().map(|key| id(colleague.world, key)).collect();
    let answer = colleague.clicks("Add", json!({"colleagues": ids.join(","), "history": history, "last": "2"})).await;
    words(&answer.card.expect("a card"))
}

/// Leaves without anything that waits.
async fn leaves(colleague: &Colleague<'_>) -> String {
    colleague.types("leave").await;
    let answer = colleague.clicks("Leave", Value::Null).await;
    words(&answer.card.expect("a card"))
}

async fn ends(colleague: &Colleague<'_>) -> String {
    colleague.types("end").await;
    let answer = colleague.clicks("End", Value::Null).await;
    words(&answer.card.expect("a card"))
}

/// Picks, Done, Yes.
async fn removes(colleague: &Colleague<'_>, key: &str) -> String {
    colleague.types("remove").await;
    colleague.clicks("Done", json!({"colleague": id(colleague.world, key)})).await;
    let answer = colleague.clicks("Yes", Value::Null).await;
    words(&answer.card.expect("a card"))
}

/// Ana, Ben and Maria, who has agreed and has written.
async fn two(world: &World) -> (Colleague<'_>, Colleague<'_>, Phone<'_>) {
    let (ana, maria) = world.conversation().await;
    adds(&ana, &["ben"], "all").await;
    (ana, world.ben(), maria)
}

/// The same with Carolina.
async fn three(world: &World) -> (Colleague<'_>, Colleague<'_>, Colleague<'_>, Phone<'_>) {
    world.install("caro").await;
    let (ana, maria) = world.conversation().await;
    adds(&ana, &["ben", "caro"], "all").await;
    (ana, world.ben(), world.caro(), maria)
}

fn supervises(directory: &mut Directory, at: usize) {
    directory.colleagues[at].roles = vec![Role::Agent, Role::Supervisor];
}

/// Who takes part by the record: everybody who joined and has not left since.
async fn present(world: &World) -> Vec<String> {
    let mut present: Vec<String> = Vec::new();
    for row in world.journal().await {
        let who = row.body["colleague"].as_str().unwrap_or_default().to_owned();
        match row.kind.as_str() {
            "participant.joined" => present.push(who),
            "participant.left" => present.retain(|one| *one != who),
            _ => {}
        }
    }
    present
}
