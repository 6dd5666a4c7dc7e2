//! A connection to a PostgreSQL server.
//!
//! Invariants: parameters are never printed (the driver logs them at its most talkative level), and neither are the server's details,
//! which quote rows. A statement whose parameters the server takes for anything but 64-bit numbers, text and bytes is refused always, not
//! only when a value happens not to fit.

use super::dialect;
use super::row::{Cells, Reader, Row};
use super::target::Target;
use crate::store::error::{Result, StoreError};
use crate::store::value::Value;
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;

/// Prepared statements that are kept. There are about 300 different ones, and searches make more.
const KEPT: usize = 600;

/// What every session is told first. A peer that is gone must not hold locks for the two hours that TCP would leave it.
const SETTINGS: &str = "SET client_min_messages = warning; SET idle_in_transaction_session_timeout = '60s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// An open connection. Blocks: it belongs to a thread that is not a worker of the asynchronous runtime.
pub struct Session {
    client: RefCell<Client>,
    statements: RefCell<HashMap<String, Statement>>,
}

impl Session {
    /// Connects. `name` is what the server's administrators see.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where it may help to try again, [`StoreError::Open`] where it does not.
    pub fn connect(target: &Target, name: &str) -> Result<Self> {
        let unusable = |reason: String| StoreError::Open { store: target.to_string(), reason };
        let mut config = target.config.clone();
        config.application_name(name);
        let connected = match target.tls.connector().map_err(unusable)? {
            Some(tls) => config.connect(tls),
            None => config.connect(NoTls),
        };
        let mut client = connected.map_err(|error| match reduced(&error) {
            StoreError::Postgres { message, code } => unusable(format!("{message} ({code})")),
            other => other,
        })?;
        client.batch_execute(SETTINGS).map_err(|error| reduced(&error))?;
        let encoding: String = client.query_one("SELECT current_setting('server_encoding')", &[]).map_err(|error| reduced(&error))?.get(0);
        if encoding != "UTF8" {
            return Err(unusable(format!("its encoding is {encoding}. Make a database with ENCODING 'UTF8'")));
        }
        Ok(Self { client: RefCell::new(client), statements: RefCell::default() })
    }

    pub(super) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize> {
        let statement = self.prepared(sql)?;
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|one| one as _).collect();
        let changed = self.client.borrow_mut().execute(&statement, &bound).map_err(|error| reduced(&error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(super) fn query(&self, sql: &str, values: &[Value<'_>], read: Reader<'_>) -> Result<()> {
        let statement = self.prepared(sql)?;
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|one| one as _).collect();
        let rows = self.client.borrow_mut().query(&statement, &bound).map_err(|error| reduced(&error))?;
        for row in &rows {
            if !read(&Row(Cells::Postgres(row)))? {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.client.borrow_mut().batch_execute(sql).map_err(|error| reduced(&error))
    }

    fn prepared(&self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.borrow_mut().prepare(&dialect::statement(sql)).map_err(|error| reduced(&error))?;
        let mut kept = self.statements.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// What went wrong, without what somebody wrote.
fn reduced(error: &postgres::Error) -> StoreError {
    if let Some(told) = error.as_db_error() {
        let (code, message) = (told.code(), told.message().to_owned());
        let code_text = code.code();
        return match code_text.get(..2) {
            _ if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => {
                StoreError::Contended { reason: message }
            }
            // Shutting down, starting up, no room for one more; cut off by an administrator; a standby.
            Some("08" | "53" | "57") if *code != SqlState::QUERY_CANCELED => StoreError::Unreachable { reason: message },
            _ => StoreError::Postgres { code: code_text.to_owned(), message },
        };
    }
    let io = error.source().is_some_and(|source| source.is::<std::io::Error>());
    let reason = match error.source() {
        Some(source) if io => format!("{error}: {source}"),
        _ => error.to_string(),
    };
    let conversion = error.source().is_some_and(|source| source.is::<postgres::types::WrongType>() || source.is::<Unfit>());
    if conversion { StoreError::Postgres { code: "client".to_owned(), message: reason } } else { StoreError::Unreachable { reason } }
}

/// A parameter.
struct Bound<'b>(&'b Value<'b>);

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind())
    }
}

/// A parameter is of another kind than the statement wants.
#[derive(Debug, thiserror::Error)]
#[error("{0} was given where the statement wants something else")]
struct Unfit(&'static str);

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut postgres::types::private::BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Integer(number), &Type::INT8) => number.to_sql(ty, out),
            (Value::Text(text), &Type::TEXT) => text.as_ref().to_sql(ty, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.as_ref().to_sql(ty, out),
            (other, _) => Err(Box::new(Unfit(other.kind()))),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}
