//! Consent: may we write to this contact? (product.md 3)

use super::Time;
use serde::{Deserialize, Serialize};

/// Where consent stands. `none -> pending -> granted | declined`, `pending -> lapsed` after 24 h, `granted -> revoked`; from
/// declined and revoked only the client leads back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    None,
    Pending,
    Granted,
    Declined,
    Lapsed,
    Revoked,
}

/// On what basis a first contact is made. Asked of the colleague before the request; part of the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    MetInPerson,
    Contract,
    WebForm,
    Other,
}

/// Consent of one contact, as stored. `Lapsed` is not stored: it is `Pending` seen 24 h later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub stored: ConsentState,
    /// When the last request went out.
    pub requested_at: Option<Time>,
}
