//! How an input lets somebody choose: by typing (`choices.data`), and more than one (`isMultiSelect`).

use serde::Serialize;
use serde_json::Value;

/// Beside picking one of those shown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ways {
    /// Found by typing in a dataset of ours.
    #[serde(rename = "choices.data", skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// More than one may be chosen.
    #[serde(rename = "isMultiSelect", skip_serializing_if = "Option::is_none")]
    pub several: Option<bool>,
}
