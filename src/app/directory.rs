//! Puts a directory in force.

use crate::bridge::directory_check::{Known, Problem, Severity};
use crate::bridge::directory_diff::{Change, diff};
use crate::bridge::{Directory, Time, default_keywords};
use crate::relay::{Office, cached_template_problems, follow_directory};
use crate::store::{Store, Tx};
use crate::texts::{TextId, placeholders_fit};
use anyhow::{Context, bail};
use std::path::Path;

/// Reads and checks a directory file. Warnings are logged; errors refuse the file, all of them at once.
pub fn read(path: &Path) -> anyhow::Result<Directory> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let directory = Directory::parse(&text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    let problems = problems(&directory);
    let (errors, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.severity == Severity::Error);
    for warning in warnings {
        tracing::warn!(file = %path.display(), key = warning.key, reason = warning.reason, "the directory is unusual");
    }
    if !errors.is_empty() {
        let lines: Vec<String> = errors.iter().map(|problem| format!("  {}: {}", problem.key, problem.reason)).collect();
        bail!("{} is not usable:\n{}", path.display(), lines.join("\n"));
    }
    Ok(directory)
}

fn problems(directory: &Directory) -> Vec<Problem> {
    let text_fits = |id: &str, text: &str| match TextId::parse(id) {
        Some(id) => placeholders_fit(id, text),
        None => Err(format!("there is no text {id}")),
    };
    directory.problems(Known { text_fits: &text_fits, default_keywords: &default_keywords })
}

/// What the cached templates say against it. Warnings only: the cache may be old, or still empty.
pub async fn template_warnings(store: &Store, directory: &Directory) -> anyhow::Result<Vec<Problem>> {
    let directory = directory.clone();
    Ok(store.read(move |tx| cached_template_problems(tx, &directory)).await?)
}

/// What applying it would change.
pub async fn changes(store: &Store, directory: &Directory) -> anyhow::Result<Vec<Change>> {
    let old = store.read(|tx| tx.directory()).await?.map(|(_, directory)| directory);
    Ok(diff(old.as_ref(), directory))
}

/// Puts it in force when it changes anything; what it changed. A running server sees it within a second or two.
pub async fn apply(store: &Store, directory: Directory, by: &str, now: Time) -> anyhow::Result<Vec<Change>> {
    let changes = changes(store, &directory).await?;
    if !changes.is_empty() {
        let (by, lines) = (by.to_owned(), changes.iter().map(ToString::to_string).collect::<Vec<_>>());
        let job = move |tx: &Tx<'_>| {
            let old = tx.directory()?.map(|(_, directory)| directory);
            put_in_force(tx, old.as_ref(), &directory, &by, &lines, now)
        };
        store.write("apply_directory", job).await?;
    }
    Ok(changes)
}

/// The new version, and all that follows from it, in the caller's transaction.
pub(super) fn put_in_force(
    tx: &Tx<'_>,
    old: Option<&Directory>,
    new: &Directory,
    by: &str,
    changes: &[String],
    now: Time,
) -> crate::store::Result<()> {
    let version = tx.apply_directory(new, by, changes, now)?;
    follow_directory(tx, old, &Office::new(version, new.clone()), by, now)
}
