//! As much of Adaptive Cards as it takes to press a button: finding an action by its title, and gathering the inputs that go
//! with it.

use serde_json::{Map, Value};

/// An action and what its inputs hold before anybody types.
pub(super) struct Found {
    pub(super) action: Value,
    pub(super) inputs: Map<String, Value>,
}

/// The enabled actions with this title (or id), in the card and in its ShowCards, in the order of reading. As in real clients a
/// button takes the inputs of its own card and of the cards around it, not those of other ShowCards.
pub(super) fn find_actions(card: &Value, title: &str) -> Vec<Found> {
    search(card, title, &Map::new())
}

fn search(card: &Value, title: &str, around: &Map<String, Value>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut inputs = around.clone();
    let mut actions = Vec::new();
    gather(card, &mut inputs, &mut actions);
    for action in actions {
        if action["type"] == "Action.ShowCard" {
            found.extend(search(&action["card"], title, &inputs));
        } else if (action["title"] == title || action["id"] == title) && action["isEnabled"] != false {
            let inputs = if action["associatedInputs"] == "none" { Map::new() } else { inputs.clone() };
            found.push(Found { action: action.clone(), inputs });
        }
    }
    found
}

fn gather<'a>(element: &'a Value, inputs: &mut Map<String, Value>, actions: &mut Vec<&'a Value>) {
    match element {
        Value::Array(all) => all.iter().for_each(|one| gather(one, inputs, actions)),
        Value::Object(members) => {
            let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
            if kind.starts_with("Action.") {
                actions.push(element);
                return;
            }
            if let (true, Some(id)) = (kind.starts_with("Input."), members.get("id").and_then(Value::as_str)) {
                let unset = if kind == "Input.Toggle" { members.get("valueOff").cloned().unwrap_or("false".into()) } else { "".into() };
                inputs.insert(id.to_owned(), members.get("value").cloned().unwrap_or(unset));
            }
            for name in ["body", "items", "columns", "rows", "cells", "actions", "selectAction", "inlineAction"] {
                if let Some(inner) = members.get(name) {
                    gather(inner, inputs, actions);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn card() -> Value {
        json!({"type": "AdaptiveCard", "body": [
            {"type": "Input.Text", "id": "name", "value": "Maria"},
            {"type": "ColumnSet", "columns": [{"type": "Column", "items": [{"type": "Input.Toggle", "id": "basis"}]}]},
            {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Send", "verb": "send"}]}],
          "actions": [
            {"type": "Action.ShowCard", "title": "More", "card": {"body": [{"type": "Input.Text", "id": "note"}],
                "actions": [{"type": "Action.Submit", "title": "Save"}]}},
            {"type": "Action.Execute", "title": "Cancel", "associatedInputs": "none"}]})
    }

    #[test]
    fn a_button_takes_the_inputs_of_its_card_with_their_defaults() {
        let found = find_actions(&card(), "Send").remove(0);
        assert_eq!(Value::Object(found.inputs), json!({"name": "Maria", "basis": "false"}));
    }

    #[test]
    fn a_button_in_a_show_card_takes_the_inputs_around_it_as_well() {
        let found = find_actions(&card(), "Save").remove(0);
        assert_eq!(Value::Object(found.inputs), json!({"name": "Maria", "basis": "false", "note": ""}));
    }

    #[test]
    fn a_button_without_associated_inputs_takes_none_and_an_unknown_title_finds_nothing() {
        assert!(find_actions(&card(), "Cancel").remove(0).inputs.is_empty());
        assert!(find_actions(&card(), "Nothing").is_empty());
    }
}
