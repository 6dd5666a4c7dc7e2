//! The parts of a shared conversation's id. In a channel every chain of replies is a conversation of its own, whose id is the
//! channel's and the message that opened it: `19:…@thread.tacv2;messageid=1577831200000` (Bot Framework for Teams).

use super::{ActivityId, ConversationId};

/// Stands between the channel and the message that opened the chain.
const ROOT: &str = ";messageid=";

impl ConversationId {
    /// Without the message that opened a chain: the channel. Chats have no chains, theirs is the id itself.
    pub fn base(&self) -> Self {
        self.parts().map_or_else(|| self.clone(), |(base, _)| Self(base.to_owned()))
    }

    /// The message that opened the chain. `None` in chats and for a channel itself.
    pub fn root(&self) -> Option<ActivityId> {
        let (_, root) = self.parts()?;
        (!root.is_empty()).then(|| ActivityId(root.to_owned()))
    }

    /// The chain that this message opened in the channel.
    pub fn chain(&self, root: &ActivityId) -> Self {
        Self(format!("{}{ROOT}{root}", self.base()))
    }

    fn parts(&self) -> Option<(&str, &str)> {
        self.0.split_once(ROOT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::chain("19:wa1@thread.tacv2;messageid=1577831200000", "19:wa1@thread.tacv2", Some("1577831200000"))]
    #[case::channel("19:wa1@thread.tacv2", "19:wa1@thread.tacv2", None)]
    #[case::no_message("19:wa1@thread.tacv2;messageid=", "19:wa1@thread.tacv2", None)]
    #[case::group_chat("19:x@thread.v2", "19:x@thread.v2", None)]
    #[case::own_chat("a:1x", "a:1x", None)]
    #[case::nothing("", "", None)]
    fn a_chain_is_its_channel_and_its_first_message(#[case] id: &str, #[case] base: &str, #[case] root: Option<&str>) {
        let id = ConversationId::from(id);
        assert_eq!((id.base().as_str(), id.root().as_ref().map(ActivityId::as_str)), (base, root));
        assert_eq!(id.chain(&"17".into()).0, format!("{base};messageid=17"));
    }
}
