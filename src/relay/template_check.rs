//! Whether the templates that the directory names can do what they are for, looked up in the cache.

use super::core::Relay;
use crate::bridge::Directory;
use crate::bridge::directory_check::Problem;
use crate::bridge::template_check::{Account, template_problems};
use crate::store::{Result, Tx};

/// What stands against a directory's opt-in and nudge templates, as far as the cache tells.
pub fn cached_template_problems(tx: &Tx<'_>, directory: &Directory) -> Result<Vec<Problem>> {
    let mut wabas: Vec<_> = directory.numbers.iter().map(|number| number.waba_id.clone()).collect();
    wabas.sort();
    wabas.dedup();
    let accounts: Result<Vec<Account>> = wabas.into_iter().map(|waba| Ok(Account { templates: tx.templates(&waba)?, waba })).collect();
    Ok(template_problems(directory, &accounts?))
}

/// Logs them when they are others than those told last: a warning that stands in the log every half hour is read by nobody.
pub async fn log_new_problems(relay: &Relay, told: &mut Vec<Problem>) {
    let office = relay.office();
    match relay.store.read(move |tx| cached_template_problems(tx, &office.directory)).await {
        Ok(problems) if problems != *told => {
            for problem in &problems {
                tracing::warn!(key = problem.key, reason = problem.reason, "a template does not fit the directory");
            }
            if problems.is_empty() {
                tracing::info!("all templates that the directory names fit");
            }
            *told = problems;
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "the templates could not be checked"),
    }
}
