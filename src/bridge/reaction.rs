//! Reactions of Teams as WhatsApp's: there an emoji, here a word or an id (Teams, "Message reactions"; Cloud API, "Reaction messages").

/// The longest id that is looked at, in characters: joined emoji have some ten code points.
const LONGEST: usize = 96;

/// The emoji of a reaction's type: `like`, an id of the reactions reference (`2705_whiteheavycheckmark`), or an emoji itself. `None`: it is
/// none, as Teams' own moving pictures are not.
pub fn reaction_emoji(kind: &str) -> Option<String> {
    let known = match kind {
        "like" => "👍",
        "heart" => "❤️",
        "laugh" => "😆",
        "surprised" => "😮",
        "sad" => "😢",
        "angry" => "😡",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    if kind.chars().count() > LONGEST {
        return None;
    }
    let points = kind.split_once('_').map_or(kind, |(points, _)| points);
    let read = |point: &str| u32::from_str_radix(point, 16).ok().and_then(char::from_u32);
    let spelled: Option<String> = points.split('-').map(read).collect();
    spelled.into_iter().chain([kind.to_owned()]).find(|text| is_emoji(text))
}

/// Nothing but pictures and what joins them: no letters, no digits alone, nothing that cannot be seen.
fn is_emoji(text: &str) -> bool {
    let is_picture =
        |c: char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{3030}'..='\u{303d}' | '\u{3297}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}');
    let joins = |c: char| matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}');
    text.chars().any(is_picture) && text.chars().all(|c| is_picture(c) || joins(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("like", Some("👍"))]
    #[case("heart", Some("❤️"))]
    #[case("2705_whiteheavycheckmark", Some("✅"))]
    #[case("1f469-200d-1f4bb_woman", Some("👩\u{200d}💻"))]
    #[case("🎉", Some("🎉"))]
    #[case("holdon", None)]
    #[case("41_a", None)]
    #[case("200d", None)]
    #[case("*bold*", None)]
    #[case("", None)]
    fn a_reaction_is_an_emoji_or_none(#[case] kind: &str, #[case] expected: Option<&str>) {
        assert_eq!(reaction_emoji(kind).as_deref(), expected);
    }

    proptest! {
        #[test]
        fn nothing_but_emoji_gets_through(kind in ".{0,120}") {
            if let Some(emoji) = reaction_emoji(&kind) {
                prop_assert!(emoji.chars().all(|c| !c.is_alphanumeric() && !c.is_control() && !c.is_whitespace()));
            }
        }
    }
}
