//! The difference between two directories, as a person reads it before applying the new one.
//!
//! Things are matched by their id and compared field by field in their written form, so that a field added later is compared without
//! anybody thinking of it.

use super::Directory;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is different: `colleague Ben Okafor`, `line advice`, `number +49 30 901820`, `organization`.
    pub what: String,
    pub kind: ChangeKind,
    /// Of a change `lines [advice] -> [advice, cards]`; of something added or removed its id, if `what` does not say it.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        };
        match self.detail.as_str() {
            "" => write!(f, "{sign} {}", self.what),
            detail => write!(f, "{sign} {}: {detail}", self.what),
        }
    }
}

/// What applying `new` would change. `None` is a store that holds no directory yet. Empty when nothing changes.
pub fn diff(old: Option<&Directory>, new: &Directory) -> Vec<Change> {
    let before = old.map(things).unwrap_or_default();
    let after = things(new);
    let mut changes = Vec::new();
    for thing in &before {
        if !after.iter().any(|other| other.id == thing.id) {
            changes.push(Change { what: thing.title.clone(), kind: ChangeKind::Removed, detail: thing.detail() });
        }
    }
    for thing in &after {
        match before.iter().find(|other| other.id == thing.id) {
            None => changes.push(Change { what: thing.title.clone(), kind: ChangeKind::Added, detail: thing.detail() }),
            Some(other) => changes.extend(thing.changes_since(other)),
        }
    }
    changes.extend(old.and_then(|old| reordered(old, new)));
    changes
}

/// Something with an id.
struct Thing {
    /// Kind and id, unique within a directory.
    id: (&'static str, String),
    title: String,
    /// Its written form.
    fields: BTreeMap<String, String>,
}

impl Thing {
    fn new(kind: &'static str, id: &str, title: &str, value: &impl Serialize) -> Self {
        let mut fields = BTreeMap::new();
        // A directory was read from TOML, and everything that TOML can hold is JSON: nothing is left out.
        flatten("", &serde_json::to_value(value).unwrap_or_default(), &mut fields);
        let title = if title.is_empty() { kind.to_owned() } else { format!("{kind} {title}") };
        Self { id: (kind, id.to_lowercase()), title, fields }
    }

    fn detail(&self) -> String {
        if self.title.to_lowercase().contains(&self.id.1) { String::new() } else { self.id.1.clone() }
    }

    fn changes_since(&self, old: &Self) -> Vec<Change> {
        let keys: BTreeSet<&String> = old.fields.keys().chain(self.fields.keys()).collect();
        let show = |thing: &Self, key: &String| thing.fields.get(key).map_or_else(|| "default".to_owned(), Clone::clone);
        let change = |key: &String| {
            let (was, is) = (show(old, key), show(self, key));
            (was != is).then(|| Change { what: self.title.clone(), kind: ChangeKind::Changed, detail: format!("{key} {was} -> {is}") })
        };
        keys.into_iter().filter_map(change).collect()
    }
}

fn things(directory: &Directory) -> Vec<Thing> {
    let mut things = vec![Thing::new("organization", "", "", &directory.organization)];
    things.extend(directory.lines.iter().map(|line| Thing::new("line", line.id.as_str(), line.id.as_str(), line)));
    things.extend(directory.numbers.iter().map(|number| Thing::new("number", number.phone_number_id.as_str(), &number.display, number)));
    things.extend(directory.colleagues.iter().map(|colleague| Thing::new("colleague", colleague.id.as_str(), &colleague.name, colleague)));
    things
}

/// The order of numbers has a meaning (a colleague without an own one writes from the first); other orders have none.
fn reordered(old: &Directory, new: &Directory) -> Option<Change> {
    let kept = |directory: &Directory, other: &Directory| -> Vec<String> {
        directory
            .numbers
            .iter()
            .filter(|number| other.number(&number.phone_number_id).is_some())
            .map(|number| number.phone_number_id.to_string())
            .collect()
    };
    let (was, is) = (kept(old, new), kept(new, old));
    (was != is).then(|| Change {
        what: "numbers".to_owned(),
        kind: ChangeKind::Changed,
        detail: format!("order [{}] -> [{}]", was.join(", "), is.join(", ")),
    })
}

/// Leaves by their path; a list of plain values is one leaf, as it is read as one. `null` is what nobody wrote.
fn flatten(path: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, fields);
            }
        }
        Value::Null => {}
        value => {
            fields.insert(path.to_owned(), plain(value));
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        // A word is plain; a sentence needs quotes to be seen as one value.
        Value::String(text) if text.is_empty() || text.contains(char::is_whitespace) => format!("{text:?}"),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const EXAMPLE: &str = include_str!("../../deploy/directory.example.toml");

    fn read(toml: &str) -> Directory {
        Directory::parse(toml).expect("the shape is right")
    }

    fn changed(old: &str, new: &str) -> Vec<String> {
        assert!(EXAMPLE.contains(old), "the example no longer holds {old}");
        diff(Some(&read(EXAMPLE)), &read(&EXAMPLE.replacen(old, new, 1))).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_differs_from_itself() {
        assert_eq!(diff(Some(&read(EXAMPLE)), &read(EXAMPLE)), []);
    }

    #[test]
    fn everything_is_added_to_an_empty_store() {
        let lines: Vec<String> = diff(None, &read(EXAMPLE)).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "+ organization",
                "+ line advice",
                "+ line cards",
                "+ number +49 30 901820: 100000000000001",
                "+ number +49 30 901821: 100000000000002",
                "+ colleague Ana Silva: ana.silva@example.com",
                "+ colleague Ben Okafor: 00000000-0000-4000-8000-00000000000b",
            ]
        );
    }

    #[rstest]
    #[case("lines = [\"advice\"]", "lines = [\"advice\", \"cards\"]", "~ colleague Ana Silva: lines [advice] -> [advice, cards]")]
    #[case("#enabled = true", "enabled = false", "~ organization: enabled true -> false")]
    #[case("#held_expiry_hours = 72", "held_expiry_hours = 24", "~ line advice: policy.held_expiry_hours 72 -> 24")]
    #[case("name = \"message_waiting\"", "name = \"nudge\"", "~ line advice: templates.nudge.name message_waiting -> nudge")]
    #[case("\"STOPP\", ", "", "~ line advice: keywords.de.opt_out [STOP, STOPP, ABMELDEN, ENDE] -> [STOP, ABMELDEN, ENDE]")]
    #[case("business = \"Example Bank Advice\"", "", "~ line advice: business \"Example Bank Advice\" -> default")]
    #[case("#status = \"active\"", "status = \"deactivated\"", "~ number +49 30 901820: status active -> deactivated")]
    #[case("name = \"Ana Silva\"", "name = \"Ana Braun\"", "~ colleague Ana Braun: name \"Ana Silva\" -> \"Ana Braun\"")]
    fn a_change_reads_as_what_was_and_what_is(#[case] old: &str, #[case] new: &str, #[case] expected: &str) {
        assert_eq!(changed(old, new), [expected]);
    }

    #[test]
    fn a_colleague_can_go_and_another_come() {
        assert_eq!(
            changed(
                "id = \"ana.silva@example.com\"\n# What clients and colleagues read.\nname = \"Ana Silva\"",
                "id = \"eva@example.com\"\nname = \"Eva Lang\""
            ),
            ["- colleague Ana Silva: ana.silva@example.com", "+ colleague Eva Lang: eva@example.com"]
        );
    }

    #[test]
    fn the_order_of_numbers_is_told_because_the_first_one_is_used() {
        let old = read(EXAMPLE);
        let mut new = old.clone();
        new.numbers.swap(0, 1);
        let lines: Vec<String> = diff(Some(&old), &new).iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["~ numbers: order [100000000000001, 100000000000002] -> [100000000000002, 100000000000001]"]);
    }
}
