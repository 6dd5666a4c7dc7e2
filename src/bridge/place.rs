//! Where something is posted in Teams (product.md 7).

use super::{ColleagueId, ConversationId};

/// How [`Place::Home`] is written down.
const HOME: &str = "home";

/// A place that posts go to, in an order of its own for each thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A colleague's own chat with the bot.
    Own(ColleagueId),
    /// The shared conversation in which the thread lives, wherever that is when something is posted.
    Home,
    /// A certain shared conversation: for what belongs to it, and not to the thread that may live there.
    Conversation(ConversationId),
}

impl Place {
    /// As the store keeps it: a colleague's id, `home`, or the id of a conversation.
    pub fn key(&self) -> &str {
        match self {
            Self::Own(colleague) => colleague.as_str(),
            Self::Home => HOME,
            Self::Conversation(conversation) => conversation.as_str(),
        }
    }

    /// The inverse of [`Place::key`]. Teams' shared conversations are called `19:…`, which no object id or UPN begins with.
    pub fn of_key(key: &str) -> Self {
        match key {
            HOME => Self::Home,
            key if key.starts_with("19:") => Self::Conversation(key.into()),
            key => Self::Own(key.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Place::Own("1f2e3d4c-0001-4a5b-8c6d-7e8f90a1b2c3".into()))]
    #[case(Place::Home)]
    #[case(Place::Conversation("19:abc@thread.v2".into()))]
    #[case(Place::Conversation("19:abc@thread.tacv2;messageid=1".into()))]
    fn a_place_is_read_as_it_was_written(#[case] place: Place) {
        assert_eq!(Place::of_key(place.key()), place);
    }
}
