//! How what a colleague wrote stands at the client, as far as a reaction on it says so.

use super::MessageState;

/// What a reaction says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// On the client's phone.
    Delivered,
    /// The client has seen it.
    Read,
    /// At least a part of it did not arrive.
    Failed,
}

impl Mark {
    /// The mark of words that went as these messages: a long text in several. One that failed says so whatever became of the others; else
    /// it is as far as the last of them. `None`: there is nothing to say yet.
    pub fn of(states: &[MessageState]) -> Option<Self> {
        let all = |reached: &[MessageState]| !states.is_empty() && states.iter().all(|state| reached.contains(state));
        if states.contains(&MessageState::Failed) {
            Some(Self::Failed)
        } else if all(&[MessageState::Read, MessageState::Played]) {
            Some(Self::Read)
        } else if all(&[MessageState::Delivered, MessageState::Read, MessageState::Played]) {
            Some(Self::Delivered)
        } else {
            None
        }
    }
}

/// What the marks are called as reactions of Teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkNames {
    pub delivered: String,
    pub read: String,
    pub failed: String,
}

impl MarkNames {
    pub fn name(&self, mark: Mark) -> &str {
        match mark {
            Mark::Delivered => &self.delivered,
            Mark::Read => &self.read,
            Mark::Failed => &self.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MessageState::{Accepted, Delivered, Failed, Held, Played, Queued, Read, Sent, Uncertain};
    use rstest::rstest;

    #[rstest]
    #[case(&[], None)]
    #[case(&[Queued], None)]
    #[case(&[Held], None)]
    #[case(&[Uncertain], None)]
    #[case(&[Accepted], None)]
    #[case(&[Sent], None)]
    #[case(&[Delivered], Some(Mark::Delivered))]
    #[case(&[Read], Some(Mark::Read))]
    #[case(&[Played], Some(Mark::Read))]
    #[case(&[Failed], Some(Mark::Failed))]
    #[case(&[Read, Sent], None)]
    #[case(&[Read, Delivered, Played], Some(Mark::Delivered))]
    #[case(&[Read, Failed, Queued], Some(Mark::Failed))]
    fn words_in_parts_stand_as_the_last_of_them(#[case] states: &[MessageState], #[case] mark: Option<Mark>) {
        assert_eq!(Mark::of(states), mark);
    }
}
