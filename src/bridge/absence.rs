//! A colleague is away: who stands in for them with their clients (product.md 6, absence).

use super::{ColleagueId, Time};
use chrono::Duration;

/// Nobody is away for longer without saying so again.
pub const LONGEST_ABSENCE: Duration = Duration::days(366);
/// Longest note to colleagues, in characters.
pub const ABSENCE_NOTE_LIMIT: usize = 500;

/// A colleague's absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    pub colleague: ColleagueId,
    pub since: Time,
    pub until: Time,
    /// Who stands in. `None`: the line's colleagues are asked.
    pub cover: Option<ColleagueId>,
    /// To colleagues. Empty: none.
    pub note: String,
    /// Who said so: the colleague, or a supervisor.
    pub set_by: ColleagueId,
}

/// Everybody who is away.
#[derive(Clone, Copy, Debug)]
pub struct Absences<'a> {
    pub all: &'a [Absence],
    pub now: Time,
}

/// Who gets what is for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// They are not away.
    Themselves,
    /// Whoever stands in for them, or for who was to.
    Cover(ColleagueId),
    /// Nobody stands in.
    Nobody,
}

impl<'a> Absences<'a> {
    /// Somebody's absence now.
    pub fn of(&self, colleague: &ColleagueId) -> Option<&'a Absence> {
        self.all.iter().find(|absence| absence.colleague == *colleague && self.now < absence.until)
    }

    pub fn is_away(&self, colleague: &ColleagueId) -> bool {
        self.of(colleague).is_some()
    }

    /// Who gets what is for somebody: a cover who is away has a cover in turn. `may_cover`: can follow the conversation in question.
    pub fn receiver(&self, colleague: &ColleagueId, may_cover: impl Fn(&ColleagueId) -> bool) -> Receiver {
        let Some(mut absence) = self.of(colleague) else { return Receiver::Themselves };
        // Each step leads to another absence, or the chain has come back to where it was.
        for _ in self.all {
            let Some(cover) = &absence.cover else { return Receiver::Nobody };
            match self.of(cover) {
                Some(next) => absence = next,
                None if may_cover(cover) => return Receiver::Cover(cover.clone()),
                None => return Receiver::Nobody,
            }
        }
        Receiver::Nobody
    }
}

/// Somebody who takes part in a conversation, as far as standing in goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    pub colleague: ColleagueId,
    /// For whom they stand in.
    pub cover_for: Option<ColleagueId>,
}

/// The participants who are away and for whom nobody in the conversation stands in. Who stands in for somebody who takes part is not looked
/// for a cover of their own: it is the other's cover that is missing.
pub fn uncovered<'s>(seats: &'s [Seated], absences: Absences<'_>) -> Vec<&'s ColleagueId> {
    let takes_part = |id: &ColleagueId| seats.iter().any(|seat| seat.colleague == *id);
    let in_own_right = |seat: &&Seated| !seat.cover_for.as_ref().is_some_and(takes_part);
    let covered = |id: &ColleagueId| seats.iter().any(|seat| seat.cover_for.as_ref() == Some(id) && !absences.is_away(&seat.colleague));
    let missing = seats.iter().filter(in_own_right).map(|seat| &seat.colleague);
    missing.filter(|id| absences.is_away(id) && !covered(id)).collect()
}

/// Whom a client without anybody to answer is offered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnDuty {
    pub away: bool,
    pub supervises: bool,
}

/// Those of the line who are not away; are all away, its supervisors; has it none, everybody: no client is lost to sight. The places of
/// those in `staff`.
pub fn on_duty(staff: &[OnDuty]) -> Vec<usize> {
    let those = |wanted: &dyn Fn(&OnDuty) -> bool| -> Vec<usize> { (0..staff.len()).filter(|at| wanted(&staff[*at])).collect() };
    let mut found = those(&|one| !one.away);
    if found.is_empty() {
        found = those(&|one| one.supervises);
    }
    if found.is_empty() { those(&|_| true) } else { found }
}

/// What is wrong with the time until which somebody wants to be away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UntilWrong {
    Passed,
    TooLong,
}

/// Whether one may be away from now until then.
///
/// # Errors
/// What is wrong with it.
pub fn check_until(until: Time, now: Time) -> Result<(), UntilWrong> {
    match until {
        until if until <= now => Err(UntilWrong::Passed),
        until if until > now + LONGEST_ABSENCE => Err(UntilWrong::TooLong),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn noon() -> Time {
        "2026-03-02T11:00:00Z".parse().expect("a time")
    }

    /// `ana>ben` is away and Ben stands in; `ana` is away; `ana>ben!` was away until now.
    fn absences(written: &str) -> Vec<Absence> {
        let one = |text: &str| {
            let (text, over) = text.strip_suffix('!').map_or((text, false), |text| (text, true));
            let (who, cover) = text.split_once('>').map_or((text, None), |(who, cover)| (who, Some(cover)));
            Absence {
                colleague: who.into(),
                since: noon() - Duration::hours(1),
                until: if over { noon() } else { noon() + Duration::hours(1) },
                cover: cover.map(Into::into),
                note: String::new(),
                set_by: who.into(),
            }
        };
        written.split_whitespace().map(one).collect()
    }

    #[rstest]
    #[case::here("", Receiver::Themselves)]
    #[case::back_in_this_moment("ana>ben!", Receiver::Themselves)]
    #[case::covered("ana>ben", Receiver::Cover("ben".into()))]
    #[case::nobody_named("ana", Receiver::Nobody)]
    #[case::the_cover_is_away_too("ana>ben ben>caro", Receiver::Cover("caro".into()))]
    #[case::a_long_chain("ana>ben ben>caro caro>dora dora>emil", Receiver::Cover("emil".into()))]
    #[case::the_cover_is_away_without_one("ana>ben ben", Receiver::Nobody)]
    #[case::the_cover_is_back("ana>ben ben>caro!", Receiver::Cover("ben".into()))]
    #[case::each_for_the_other("ana>ben ben>ana", Receiver::Nobody)]
    #[case::a_circle_further_on("ana>ben ben>caro caro>ben", Receiver::Nobody)]
    #[case::for_themselves("ana>ana", Receiver::Nobody)]
    #[case::who_cannot_follow_the_conversation("ana>eva", Receiver::Nobody)]
    #[case::at_the_end_of_a_chain("ana>ben ben>eva", Receiver::Nobody)]
    fn covers_are_followed_to_who_is_there(#[case] written: &str, #[case] expected: Receiver) {
        let all = absences(written);
        let absences = Absences { all: &all, now: noon() };
        assert_eq!(absences.receiver(&"ana".into(), |id| id.as_str() != "eva"), expected);
    }

    /// `ben/ana` stands in for Ana.
    fn seats(written: &str) -> Vec<Seated> {
        let one = |text: &str| match text.split_once('/') {
            Some((who, other)) => Seated { colleague: who.into(), cover_for: Some(other.into()) },
            None => Seated { colleague: text.into(), cover_for: None },
        };
        written.split_whitespace().map(one).collect()
    }

    #[rstest]
    #[case::nobody_away("ana ben", "", "")]
    #[case::away("ana", "ana>ben", "ana")]
    #[case::away_beside_another("ana ben", "ana>caro", "ana")]
    #[case::both_away("ana ben", "ana>caro ben>caro", "ana ben")]
    #[case::covered("ana ben/ana", "ana>ben", "")]
    #[case::the_cover_is_away_too("ana ben/ana", "ana>ben ben>caro", "ana")]
    #[case::and_has_one_there("ana ben/ana caro/ana", "ana>ben ben>caro", "")]
    #[case::who_stood_in_for_somebody_who_has_gone("ben/ana", "ben>caro", "ben")]
    fn a_cover_is_looked_for_where_nobody_stands_in(#[case] seated: &str, #[case] away: &str, #[case] expected: &str) {
        let (seats, all) = (seats(seated), absences(away));
        let found: Vec<&str> = uncovered(&seats, Absences { all: &all, now: noon() }).into_iter().map(ColleagueId::as_str).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[rstest]
    #[case::those_who_are_there(&[(false, false), (true, true), (false, true)], &[0, 2])]
    #[case::all_away(&[(true, false), (true, true)], &[1])]
    #[case::all_away_and_no_supervisor(&[(true, false), (true, false)], &[0, 1])]
    #[case::nobody(&[], &[])]
    fn a_client_is_offered_to_those_on_duty_and_never_to_nobody(#[case] staff: &[(bool, bool)], #[case] expected: &[usize]) {
        let staff: Vec<OnDuty> = staff.iter().map(|(away, supervises)| OnDuty { away: *away, supervises: *supervises }).collect();
        assert_eq!(on_duty(&staff), expected);
    }

    #[rstest]
    #[case::now(Duration::zero(), Err(UntilWrong::Passed))]
    #[case::soon(Duration::minutes(1), Ok(()))]
    #[case::a_year(Duration::days(366), Ok(()))]
    #[case::longer(Duration::days(366) + Duration::minutes(1), Err(UntilWrong::TooLong))]
    fn one_is_away_until_a_time_to_come(#[case] ahead: Duration, #[case] expected: Result<(), UntilWrong>) {
        assert_eq!(check_until(noon() + ahead, noon()), expected);
    }
}
