//! What somebody looks for in the compose box (`composeExtension/query`) or in a card's input (`application/search`).
//!
//! Read leniently: numbers may come as text, options may be missing. What cannot be a search at all is `None`, and answered so.

use serde_json::Value;

/// The parameter that says that nothing was typed yet.
const INITIAL_RUN: &str = "initialRun";
/// Teams asks for 25 results at a time in the compose box, and shows no more.
const MOST_RESULTS: usize = 25;
/// Longer searches are cut, in characters: nobody types them, and no name is longer.
const LONGEST_SEARCH: usize = 200;

/// A search with one of the message extension's commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionQuery {
    /// `commandId`, as the app manifest names it.
    pub command: String,
    parameters: Vec<(String, String)>,
    /// Results to pass over.
    pub skip: usize,
    /// Results wanted, 1 to 25.
    pub count: usize,
}

impl ExtensionQuery {
    pub fn read(value: &Value) -> Option<Self> {
        let command = value.get("commandId")?.as_str()?.to_owned();
        let given = value.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let parameter = |given: &Value| Some((given.get("name")?.as_str()?.to_owned(), typed(given.get("value")?)?));
        let parameters = given.iter().filter_map(parameter).filter(|(name, _)| name != INITIAL_RUN).collect();
        let options = value.get("queryOptions");
        Some(Self { command, parameters, skip: number(options, "skip").unwrap_or(0), count: wanted(options, "count", MOST_RESULTS) })
    }

    /// What was typed for a parameter; empty when nothing was yet.
    pub fn text(&self, parameter: &str) -> &str {
        self.parameters.iter().find(|(name, _)| name == parameter).map_or("", |(_, text)| text)
    }
}

/// A search of an `Input.ChoiceSet` with `Data.Query`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceQuery {
    /// As the card named it. From outside, like everything here.
    pub dataset: String,
    pub text: String,
    pub skip: usize,
    /// Choices wanted, 1 to [`super::invoke::MAX_SEARCH_RESULTS`].
    pub count: usize,
}

impl ChoiceQuery {
    pub fn read(value: &Value) -> Option<Self> {
        let dataset = value.get("dataset")?.as_str()?.to_owned();
        let text = value.get("queryText").and_then(typed).unwrap_or_default();
        let options = value.get("queryOptions");
        let count = wanted(options, "top", super::invoke::MAX_SEARCH_RESULTS);
        Some(Self { dataset, text, skip: number(options, "skip").unwrap_or(0), count })
    }
}

fn typed(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().chars().take(LONGEST_SEARCH).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(options: Option<&Value>, name: &str) -> Option<usize> {
    let value = options?.get(name)?;
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    usize::try_from(number).ok()
}

fn wanted(options: Option<&Value>, name: &str, most: usize) -> usize {
    number(options, name).filter(|count| *count > 0).map_or(most, |count| count.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::typed(json!({"commandId": "c", "parameters": [{"name": "q", "value": " ann "}], "queryOptions": {"skip": 5, "count": 10}}), "ann", 5, 10)]
    #[case::first_look(json!({"commandId": "c", "parameters": [{"name": "initialRun", "value": "true"}], "queryOptions": {"skip": 0, "count": 25}}), "", 0, 25)]
    #[case::another_parameter(json!({"commandId": "c", "parameters": [{"name": "x", "value": "ann"}]}), "", 0, 25)]
    #[case::bare(json!({"commandId": "c"}), "", 0, 25)]
    #[case::numbers_as_text(json!({"commandId": "c", "parameters": [{"name": "q", "value": 49}], "queryOptions": {"skip": "25", "count": "900"}}), "49", 25, 25)]
    #[case::nonsense(json!({"commandId": "c", "parameters": [7, {"name": "q"}, {"name": "q", "value": {}}], "queryOptions": {"skip": -3, "count": 0}}), "", 0, 25)]
    fn a_search_in_the_compose_box_is_read(#[case] value: Value, #[case] text: &str, #[case] skip: usize, #[case] count: usize) {
        let query = ExtensionQuery::read(&value).expect("a search");
        assert_eq!((query.command.as_str(), query.text("q"), query.skip, query.count), ("c", text, skip, count));
    }

    #[rstest]
    #[case::as_documented(json!({"queryText": "ann", "queryOptions": {"skip": 0, "top": 15}, "dataset": "d"}), "ann", 0, 15)]
    #[case::few(json!({"queryText": "ann", "queryOptions": {"skip": 2, "top": 3}, "dataset": "d", "kind": "x"}), "ann", 2, 3)]
    #[case::nothing_typed(json!({"dataset": "d", "queryText": null, "queryOptions": null}), "", 0, 15)]
    fn a_search_in_a_card_is_read(#[case] value: Value, #[case] text: &str, #[case] skip: usize, #[case] count: usize) {
        assert_eq!(ChoiceQuery::read(&value), Some(ChoiceQuery { dataset: "d".into(), text: text.into(), skip, count }));
    }

    #[rstest]
    #[case(json!(null))]
    #[case(json!("templates"))]
    #[case(json!({"parameters": []}))]
    #[case(json!({"commandId": 7, "dataset": 7}))]
    fn what_names_no_command_or_dataset_is_no_search(#[case] value: Value) {
        assert_eq!((ExtensionQuery::read(&value), ChoiceQuery::read(&value)), (None, None));
    }

    #[test]
    fn an_endless_search_is_cut() {
        let query = ChoiceQuery::read(&json!({"dataset": "d", "queryText": "é".repeat(90_000)})).expect("a search");
        assert_eq!(query.text.chars().count(), LONGEST_SEARCH);
    }
}
