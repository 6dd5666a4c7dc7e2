//! Stores for this room's tests, on the engine of the run (`SWITCHBOARD_TEST_STORE`, see tests/it/harness/database.rs).

use super::{Address, Store};

#[path = "../../tests/it/harness/database.rs"]
#[expect(dead_code, reason = "written for the integration tests, which use all of it")]
pub mod database;
pub use database::Database;

/// A store, and what it lives in.
pub fn fresh() -> (Home, Store) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = Database::fresh(folder.path(), prepare);
    let store = Store::open(address(&database)).expect("a new store");
    (Home { database, _folder: folder }, store)
}

/// Goes with its test.
pub struct Home {
    pub database: Database,
    _folder: tempfile::TempDir,
}

pub fn address(database: &Database) -> Address {
    Address::parse(database.url()).expect("a URL")
}

pub fn prepare(url: &str) {
    drop(Store::open(Address::parse(url).expect("a URL")).expect("a new store"));
}
