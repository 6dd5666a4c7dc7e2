//! `switchboard deactivate` and `activate`: one number, line or colleague switched off or on. The directory in force with that one change
//! is put in force, checked and recorded like any other.

use super::directory;
use crate::bridge::directory_diff::{Change, diff};
use crate::bridge::{Colleague, ColleagueId, Directory, NumberStatus, Time};
use crate::relay::Office;
use crate::store::{Store, Tx};
use anyhow::{anyhow, bail};

/// What is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// By `phone_number_id`, or as people read it.
    Number,
    /// By id or name.
    Line,
    /// By Entra object id, UPN, or a name that only one has.
    Colleague,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Switch {
    pub what: What,
    /// As typed.
    pub id: String,
    pub on: bool,
}

/// Does it; what it changed, which is nothing when it stands so already. A running server follows within two seconds.
///
/// # Errors
/// Nothing or more than one is called so, or the store fails.
pub async fn switch(store: &Store, order: &Switch, by: &str, now: Time) -> anyhow::Result<Vec<Change>> {
    let (order, by) = (order.clone(), by.to_owned());
    // Read and written in one transaction: what somebody else applies meanwhile is not undone.
    store
        .write("switch", move |tx| {
            let Some((version, old)) = tx.directory()? else { return Ok(Err(directory::none_in_force())) };
            let new = match switched(tx, Office::new(version, old.clone()), &order)? {
                Ok(new) => new,
                Err(error) => return Ok(Err(error)),
            };
            let changes = diff(Some(&old), &new);
            if !changes.is_empty() {
                let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
                directory::put_in_force(tx, Some(&old), &new, &by, &lines, now)?;
            }
            Ok(Ok(changes))
        })
        .await?
}

/// Whether a directory says the same about what was switched: a server that puts it in force when it starts would undo the change.
pub async fn is_said_by(store: &Store, order: &Switch, directory: Directory) -> anyhow::Result<bool> {
    let order = order.clone();
    let job = move |tx: &Tx<'_>| Ok(switched(tx, Office::new(0, directory.clone()), &order)?.is_ok_and(|switched| switched == directory));
    Ok(store.read(job).await?)
}

/// The directory with the change. A mistake of the person who asks is no fault of the store.
fn switched(tx: &Tx<'_>, office: Office, order: &Switch) -> crate::store::Result<anyhow::Result<Directory>> {
    let id = order.id.trim();
    let found = match order.what {
        What::Number => number(&office.directory, id),
        What::Line => line(&office.directory, id),
        What::Colleague => colleague(tx, &office, id)?,
    };
    let mut new = office.directory;
    Ok(found.map(|at| {
        match order.what {
            What::Number => new.numbers[at].status = if order.on { NumberStatus::Active } else { NumberStatus::Deactivated },
            What::Line => new.lines[at].enabled = order.on,
            What::Colleague => new.colleagues[at].enabled = order.on,
        }
        new
    }))
}

fn number(directory: &Directory, id: &str) -> anyhow::Result<usize> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_meant = |at: &usize| {
        let number = &directory.numbers[*at];
        number.phone_number_id.as_str() == id || (!digits(id).is_empty() && digits(&number.display) == digits(id))
    };
    let known = directory.numbers.iter().map(|number| format!("{} ({})", number.display, number.phone_number_id));
    one("number", id, (0..directory.numbers.len()).filter(is_meant).collect(), known.collect())
}

fn line(directory: &Directory, id: &str) -> anyhow::Result<usize> {
    let all = 0..directory.lines.len();
    let by_id: Vec<usize> = all.clone().filter(|at| directory.lines[*at].id.as_str() == id).collect();
    let named = || all.filter(|at| directory.lines[*at].name.to_lowercase() == id.to_lowercase()).collect();
    let known = directory.lines.iter().map(|line| format!("{} ({})", line.id, line.name)).collect();
    one("line", id, if by_id.is_empty() { named() } else { by_id }, known)
}

fn colleague(tx: &Tx<'_>, office: &Office, id: &str) -> crate::store::Result<anyhow::Result<usize>> {
    let all = &office.directory.colleagues;
    let place = |entry: &Colleague| all.iter().position(|other| other.id == entry.id);
    let mut found: Vec<usize> = office.directory.colleague(&ColleagueId(id.to_owned())).and_then(place).into_iter().collect();
    if found.is_empty() {
        // The directory may have one id and the administrator another.
        let known = tx.known_colleagues()?;
        let is_meant = |known: &&crate::store::KnownColleague| {
            known.id.as_str().eq_ignore_ascii_case(id) || known.upn.as_ref().is_some_and(|upn| upn.eq_ignore_ascii_case(id))
        };
        found = known.iter().find(is_meant).and_then(|known| office.entry(known)).and_then(place).into_iter().collect();
    }
    if found.is_empty() {
        found = (0..all.len()).filter(|at| all[*at].name.to_lowercase() == id.to_lowercase()).collect();
    }
    let known = all.iter().map(|entry| format!("{} ({})", entry.name, entry.id)).collect();
    Ok(one("colleague", id, found, known))
}

/// Names of what is there are shown up to this many.
const NAMED: usize = 20;

fn one(what: &str, id: &str, found: Vec<usize>, mut known: Vec<String>) -> anyhow::Result<usize> {
    match found[..] {
        [one] => Ok(one),
        [] => {
            let more = known.len().saturating_sub(NAMED);
            known.truncate(NAMED);
            known.extend((more > 0).then(|| format!("and {more} more")));
            Err(anyhow!("the directory has no {what} {id:?}; it has: {}", known.join(", ")))
        }
        _ => bail!("the directory has more than one {what} {id:?}; give the id"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn example() -> Directory {
        Directory::parse(include_str!("../../deploy/directory.example.toml")).expect("the example can be read")
    }

    #[rstest]
    #[case(What::Number, "100000000000001", "number +49 30 901820: status active -> deactivated")]
    #[case(What::Number, "+49 (30) 901820", "number +49 30 901820: status active -> deactivated")]
    #[case(What::Line, "advice", "line advice: enabled true -> false")]
    #[case(What::Colleague, "ANA.SILVA@example.com", "colleague Ana Silva: enabled true -> false")]
    #[case(What::Colleague, "ana silva", "colleague Ana Silva: enabled true -> false")]
    #[tokio::test]
    async fn what_is_meant_is_switched_off_and_on_again(#[case] what: What, #[case] id: &str, #[case] expected: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("test.db")).expect("opens");
        directory::apply(&store, example(), "test", Time::UNIX_EPOCH).await.expect("applied");
        let order = |on| Switch { what, id: id.to_owned(), on };
        let told = async |on| {
            let changes = switch(&store, &order(on), "test", Time::UNIX_EPOCH).await.expect("switched");
            changes.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(told(true).await, [""; 0], "it is on already");
        assert_eq!(told(false).await, [format!("~ {expected}")]);
        assert_eq!(told(false).await, [""; 0]);
        assert!(!is_said_by(&store, &order(false), example()).await.expect("compared"), "the file says that it is on");
        assert_eq!(told(true).await.len(), 1);
        assert!(is_said_by(&store, &order(true), example()).await.expect("compared"));
        let (version, directory) = store.read(|tx| tx.directory()).await.expect("read").expect("in force");
        assert_eq!((version, directory), (3, example()));
        store.close().await;
    }

    #[rstest]
    #[case(What::Number, "+49 30 1", "the directory has no number")]
    #[case(What::Number, "", "the directory has no number")]
    #[case(What::Line, "nowhere", "it has: advice")]
    #[case(What::Colleague, "nobody@example.com", "Ana Silva")]
    #[tokio::test]
    async fn what_is_not_there_is_named_with_what_is(#[case] what: What, #[case] id: &str, #[case] told: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("test.db")).expect("opens");
        let order = Switch { what, id: id.to_owned(), on: false };
        let error = switch(&store, &order, "test", Time::UNIX_EPOCH).await.expect_err("no directory");
        assert!(error.to_string().contains("no directory is in force"), "{error}");
        directory::apply(&store, example(), "test", Time::UNIX_EPOCH).await.expect("applied");
        let error = switch(&store, &order, "test", Time::UNIX_EPOCH).await.expect_err("not there");
        assert!(error.to_string().contains(told), "{error}");
        store.close().await;
    }
}
