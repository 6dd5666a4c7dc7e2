//! Starting a conversation again that one took part in before (product.md 3 and 6).
//!
//! The client was told that the colleague is gone: who comes back asks anew, as long as nobody else has the client meanwhile.

use super::Policy;

/// A colleague's earlier part in a conversation, when they take none now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Past {
    /// None, or one of whose end the client was never told.
    #[default]
    None,
    /// They left, handed the client over, or the conversation was ended.
    Parted,
    /// A participant or a supervisor removed them.
    Removed,
}

impl Past {
    /// Whether writing to the client takes a new opt-in request although consent stands. `owned`: colleagues have the client now, so the
    /// conversation goes on and nothing is started again.
    pub fn asks_anew(self, policy: &Policy, owned: bool) -> bool {
        self != Self::None && policy.reconsent_on_restart && !owned
    }

    /// Whether others' having the client keeps them out even where the line lets everybody write.
    pub fn stays_out(self) -> bool {
        self == Self::Removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::never_took_part(Past::None, true, false, false)]
    #[case::left(Past::Parted, true, false, true)]
    #[case::left_and_somebody_has_the_client(Past::Parted, true, true, false)]
    #[case::removed_and_nobody_has_the_client(Past::Removed, true, false, true)]
    #[case::the_line_does_not_ask_again(Past::Parted, false, false, false)]
    fn who_comes_back_asks_anew(#[case] past: Past, #[case] policy: bool, #[case] owned: bool, #[case] asks: bool) {
        let policy = Policy { reconsent_on_restart: policy, ..Policy::default() };
        assert_eq!(past.asks_anew(&policy, owned), asks);
    }
}
