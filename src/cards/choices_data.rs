//! How an input lets somebody choose: by typing (`choices.data`), and more than one (`isMultiSelect`).

use super::element::{Choices, LIST_LIMIT};
use super::typeahead::Dataset;
use serde_json::json;

impl Choices {
    /// More than one may be chosen; the values come as one text, with commas between them. All are shown at once, and some clients read
    /// markdown in their titles: its marks are left out.
    pub fn several(mut self) -> Self {
        self.ways.several = Some(true);
        for choice in &mut self.choices {
            choice.title.retain(|c| !"*_[]()#<>`~{}|\\".contains(c));
        }
        self
    }

    /// Found by typing in all of `dataset`; the choices given are those that stand there before, and all there is in clients
    /// that do not know it. An input that shows all its choices at once has no place to type, and needs none. A choice that was made
    /// before is shown only there: an input that is searched takes no value.
    pub fn typeahead(self, dataset: Dataset) -> Self {
        if self.style == "expanded" {
            return self;
        }
        self.searched(dataset)
    }

    /// Found by typing only, for what is not for everybody who sees the card.
    pub fn searched(self, dataset: Dataset) -> Self {
        // Of Adaptive Cards 1.6, and read by Teams in cards of 1.5.
        let mut input = self.filtered().value(None);
        input.ways.data = Some(json!({"type": "Data.Query", "dataset": dataset.to_string()}));
        input
    }
}

/// How many of an input's choices (title, value) fit into a card's list.
pub fn fitting_choices(choices: &[(String, String)]) -> usize {
    let mut left = LIST_LIMIT;
    choices
        .iter()
        .take_while(|(title, value)| {
            // The members' names and quotes take 24 bytes; a title's quotes and backslashes are doubled.
            let size = 2 * title.len() + value.len() + 24;
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        })
        .count()
}
