//! Choice inputs that are searched while somebody types: the datasets that `Data.Query` names, and the values that come back.
//!
//! A dataset comes back from the client in plain sight and may be forged: it says what is looked for, never what may be seen.

use super::text::name;
use crate::bridge::ThreadId;
use std::fmt;

/// What an input's choices are looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dataset {
    /// Templates that can be sent in a thread. The thread stands in the name, because some clouds send no other input along.
    Templates(ThreadId),
    /// Contacts of the reader's lines.
    Contacts,
    /// The reader's open threads.
    Threads,
    /// Colleagues to whom a thread's client can be transferred.
    Receivers(ThreadId),
    /// Colleagues who can be added to a thread.
    Addable(ThreadId),
}

const TEMPLATES: &str = "templates/";
const CONTACTS: &str = "contacts";
const THREADS: &str = "threads";
const RECEIVERS: &str = "receivers/";
const ADDABLE: &str = "addable/";

impl Dataset {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            CONTACTS => Some(Self::Contacts),
            THREADS => Some(Self::Threads),
            _ => {
                let row = |prefix| text.strip_prefix(prefix)?.parse().ok().map(ThreadId);
                row(TEMPLATES)
                    .map(Self::Templates)
                    .or_else(|| row(RECEIVERS).map(Self::Receivers))
                    .or_else(|| row(ADDABLE).map(Self::Addable))
            }
        }
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Templates(thread) => write!(f, "{TEMPLATES}{thread}"),
            Self::Contacts => f.write_str(CONTACTS),
            Self::Threads => f.write_str(THREADS),
            Self::Receivers(thread) => write!(f, "{RECEIVERS}{thread}"),
            Self::Addable(thread) => write!(f, "{ADDABLE}{thread}"),
        }
    }
}

/// A template as a choice's value: `appointment_reminder/en_US`.
pub fn template_value(name: &str, language: &str) -> String {
    format!("{name}/{language}")
}

/// The inverse of [`template_value`]: name and language. A language has no slash.
pub fn read_template_value(value: &str) -> Option<(&str, &str)> {
    value.trim().rsplit_once('/')
}

/// A template as a choice's title.
pub fn template_title(template: &str, language: &str) -> String {
    format!("{} · {}", name(template), name(language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("templates", None)]
    #[case("templates/", None)]
    #[case("templates/x", None)]
    #[case("Contacts", None)]
    #[case("", None)]
    #[case("templates/7", Some(Dataset::Templates(ThreadId(7))))]
    #[case("receivers/7", Some(Dataset::Receivers(ThreadId(7))))]
    #[case("receivers/", None)]
    #[case("addable/7", Some(Dataset::Addable(ThreadId(7))))]
    fn only_our_own_datasets_are_known(#[case] text: &str, #[case] dataset: Option<Dataset>) {
        assert_eq!(Dataset::parse(text), dataset);
    }

    proptest! {
        #[test]
        fn a_dataset_is_read_as_it_was_written(id in any::<i64>()) {
            for dataset in [Dataset::Templates(ThreadId(id)), Dataset::Contacts, Dataset::Threads, Dataset::Receivers(ThreadId(id)), Dataset::Addable(ThreadId(id))] {
                prop_assert_eq!(Dataset::parse(&dataset.to_string()), Some(dataset));
            }
        }

        #[test]
        fn a_template_is_read_as_it_was_written(name in "[a-z0-9_/]{1,20}", language in "[a-z]{2}(_[A-Z]{2})?") {
            let value = template_value(&name, &language);
            prop_assert_eq!(read_template_value(&value), Some((name.as_str(), language.as_str())));
        }
    }
}
