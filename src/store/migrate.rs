//! The schema, and how a database comes to it. One text for both engines ([`super::engine::dialect`]).

use super::address::Address;
use super::engine::{Link, dialect, sqlite};
use super::error::{Result, StoreError};
use super::tx::Tx;

/// The names of contacts that are there already are folded with it.
const CONTACTS: &str = include_str!("migrations/0008_contacts.sql");
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_consent.sql"),
    include_str!("migrations/0003_revocation.sql"),
    include_str!("migrations/0004_held.sql"),
    include_str!("migrations/0005_cost.sql"),
    include_str!("migrations/0006_upload.sql"),
    include_str!("migrations/0007_colleagues.sql"),
    CONTACTS,
    include_str!("migrations/0009_transfer.sql"),
    include_str!("migrations/0010_joining.sql"),
    include_str!("migrations/0011_chat_job.sql"),
    include_str!("migrations/0012_absence.sql"),
    include_str!("migrations/0013_draft.sql"),
    include_str!("migrations/0014_media.sql"),
    include_str!("migrations/0015_chat_order.sql"),
    include_str!("migrations/0016_parcel.sql"),
    include_str!("migrations/0017_talk.sql"),
    include_str!("migrations/0018_reaction.sql"),
    include_str!("migrations/0019_talk_more.sql"),
];

/// What a PostgreSQL database has besides: its version; whose turn it is to write, a table that is only ever locked; and the last batch
/// that each writer has committed, which is the evidence when the answer to a COMMIT is lost ([`super::writer`]).
const OURS: &str = "CREATE TABLE IF NOT EXISTS store_version (version BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS store_turn (turn BIGINT);
    CREATE TABLE IF NOT EXISTS store_commit (writer TEXT COLLATE \"C\" PRIMARY KEY, batch BIGINT NOT NULL) WITH (fillfactor = 50);";
/// What the first schema gets besides. The journal cannot be emptied at once either. And an entry of an index holds no more than 2,704
/// bytes there, while a name is whatever somebody wrote.
const BESIDES: &str = "CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON journal
        FOR EACH STATEMENT EXECUTE FUNCTION journal_is_never_deleted();
    DROP INDEX contact_line; CREATE INDEX contact_line ON contact (line_id);";
/// Who brings a database up to date is alone: `pg_advisory_xact_lock` of this number ("switchbo" in ASCII).
const MIGRATING: i64 = 0x7377_6974_6368_626f;

/// Brings the schema up to date.
pub(super) fn migrate(link: &Link, address: &Address) -> Result<()> {
    bring_up(link, address, MIGRATIONS.len())
}

/// The same, up to a version.
pub(super) fn bring_up(link: &Link, address: &Address, to: usize) -> Result<()> {
    let known = MIGRATIONS.len();
    match version(link)? {
        Some(found) if found > known => return Err(StoreError::Newer { store: address.to_string(), found, known }),
        Some(found) if found >= to => return Ok(()),
        _ => {}
    }
    let run = || {
        begin(link)?;
        // Once more: somebody else may have been at it.
        let found = version(link)?.unwrap_or(0);
        for (step, sql) in MIGRATIONS.iter().enumerate().take(to).skip(found) {
            apply(link, step, sql)?;
        }
        link.batch("COMMIT")
    };
    let done = run();
    if done.is_err() {
        // What has failed says why already.
        let _ = link.roll_back();
    }
    done
}

fn begin(link: &Link) -> Result<()> {
    match link {
        Link::Sqlite(_) => link.batch("BEGIN IMMEDIATE"),
        // CREATE TABLE IF NOT EXISTS is not safe against itself: the lock comes first.
        Link::Postgres(_) => link.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({MIGRATING}); {OURS}")),
    }
}

fn apply(link: &Link, step: usize, sql: &str) -> Result<()> {
    match link {
        Link::Sqlite(connection) => {
            link.batch(sql)?;
            sqlite::set_version(connection, step + 1)?;
        }
        Link::Postgres(_) => {
            link.batch(&dialect::schema(sql))?;
            if step == 0 {
                link.batch(BESIDES)?;
            }
            link.batch(&format!("DELETE FROM store_version; INSERT INTO store_version (version) VALUES ({})", step + 1))?;
        }
    }
    if sql == CONTACTS { Tx::new(link).fold_names() } else { Ok(()) }
}

/// The version of a database's schema; `None`: it is not one of ours.
pub(super) fn version(link: &Link) -> Result<Option<usize>> {
    match link {
        Link::Sqlite(connection) => Ok(Some(sqlite::version(connection)?).filter(|version| *version > 0)),
        Link::Postgres(_) => {
            let tx = Tx::new(link);
            let there = tx.first("SELECT to_regclass('store_version') IS NOT NULL", [], |row| Ok(row.get::<bool>(0)?))?;
            if there != Some(true) {
                return Ok(None);
            }
            let found = tx.first("SELECT version FROM store_version", [], |row| Ok(row.get::<i64>(0)?))?;
            Ok(found.map(|version| usize::try_from(version).unwrap_or(usize::MAX)))
        }
    }
}

/// Refuses a database that this version cannot read as it is.
pub(super) fn expect_current(link: &Link, address: &Address) -> Result<()> {
    let (found, known) = (version(link)?.unwrap_or(0), MIGRATIONS.len());
    let store = || address.to_string();
    match found.cmp(&known) {
        std::cmp::Ordering::Greater => Err(StoreError::Newer { store: store(), found, known }),
        std::cmp::Ordering::Less => Err(StoreError::Older { store: store(), found, known }),
        std::cmp::Ordering::Equal => Ok(()),
    }
}
