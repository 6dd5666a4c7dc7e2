//! Text made comparable: two spellings of one word become equal, two different words never do.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Full case folding, compatibility-decomposed, without accents, punctuation, symbols, emoji and invisible characters; single spaces.
///
/// Marks go only where a writer may leave them out: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. In the scripts
/// of India and Southeast Asia a mark is a vowel, and in Japanese another consonant: without it "yes" would be the same as "is".
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if word.is_ascii() {
            // Most words: neither accents nor compositions.
            push_word(&mut folded, word.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            fold_word(&mut folded, word);
        }
    }
    folded
}

/// Appends a word behind a space, unless nothing is left of it.
fn push_word(folded: &mut String, word: impl Iterator<Item = char>) {
    let end = folded.len();
    folded.extend((end > 0).then_some(' '));
    let start = folded.len();
    folded.extend(word);
    if folded.len() == start {
        folded.truncate(end);
    }
}

fn fold_word(folded: &mut String, word: &str) {
    // Case may bring to light what decomposes further, and decomposing what has case (a mathematical bold A is an A): twice.
    let cased = cased(&cased(word));
    // Some signs decompose into a space and a mark. Decomposed again: marks that a removed character had kept apart stand in their order
    // now.
    for word in cased.split_whitespace() {
        push_word(folded, word.chars().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).nfkd());
    }
}

/// Every letter through its capital: `ß` meets `SS`, the final sigma the others, the dotless `ı` the `I`. Letter by letter, for a
/// whole word's small form would bring the final sigma back. Capitals first: some accented ones are two letters.
fn cased(text: &str) -> String {
    let small = text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    small.nfkd().filter(|c| !may_be_left_out(*c)).collect()
}

fn may_be_left_out(c: char) -> bool {
    matches!(c,
        // Accents, also of capitals that were decomposed; Cyrillic titles; what is set around a letter or an emoji.
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}'
        // Points of Hebrew; vowels, hamza and Koranic signs of Arabic, and the stroke that only lengthens a word.
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}'
        // Variants of how a character is drawn.
        | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::german_sharp_s("Schluß", "SCHLUSS")]
    #[case::german_capital_sharp_s("SCHLUẞ", "schluss")]
    #[case::german_umlaut("für", "FÜR")]
    #[case::decomposed_umlaut("fu\u{308}r", "für")]
    #[case::turkish_dotless("hayır", "HAYIR")]
    #[case::turkish_dotted("İPTAL", "iptal")]
    #[case::greek_final_sigma("τέλος", "ΤΕΛΟΣ")]
    #[case::greek_sigma_before_a_point("ΟΧΙ ΤΕΛΟΣ.", "όχι τελοσ")]
    #[case::cyrillic("Стоп", "СТОП")]
    #[case::cyrillic_with_accent("отпи\u{301}ска", "отписка")]
    #[case::arabic_vowels("تَوَقَّف", "توقف")]
    #[case::arabic_hamza("إلغاء", "الغاء")]
    #[case::arabic_lengthened("تـوقـف", "توقف")]
    #[case::arabic_question_mark("توقف؟", "توقف")]
    #[case::hebrew_points("הַפְסֵק", "הפסק")]
    #[case::hindi_full_stop("बंद।", "बंद")]
    #[case::hindi_two_ways_to_write_it("ज\u{93c}रूर", "ज़रूर")]
    #[case::japanese_full_width("ＳＴＯＰ", "stop")]
    #[case::japanese_half_width("ｽﾄｯﾌﾟ", "ストップ")]
    #[case::japanese_full_stop("停止。", "停止")]
    #[case::chinese_full_width_mark("退订！", "退订")]
    #[case::korean("정지\u{2028}", "정지")]
    #[case::emoji("🛑 stop ✋🏽", "STOP")]
    #[case::emoji_of_a_flag("stop 🇩🇪", "stop")]
    #[case::zero_width("st\u{200b}o\u{200d}p\u{feff}", "stop")]
    #[case::written_from_right("\u{202b}توقف\u{202c}", "توقف")]
    #[case::quotes("„STOP“", "«stop»")]
    #[case::spaces("  stop \u{3000} all ", "stop all")]
    #[case::mathematical("𝐒𝐓𝐎𝐏", "stop")]
    fn one_word_in_two_spellings(#[case] one: &str, #[case] other: &str) {
        assert_eq!(fold(one), fold(other));
        assert!(!fold(one).is_empty());
    }

    #[rstest]
    #[case::hindi_yes_and_is("हाँ", "है")]
    #[case::hindi_no_and_its_first_letter("ना", "न")]
    #[case::bengali("না", "নি")]
    #[case::thai("ไม่", "ไม")]
    #[case::japanese_voiced("はい", "ばい")]
    #[case::words("opt out", "optout")]
    fn two_words_stay_two(#[case] one: &str, #[case] other: &str) {
        assert_ne!(fold(one), fold(other));
    }

    #[test]
    fn marks_that_were_kept_apart_are_put_in_order() {
        assert_eq!(fold("\u{f71}{\u{16af0}"), fold("\u{16af0}\u{f71}"));
    }

    #[test]
    fn what_has_no_letter_is_empty() {
        for text in ["", " ", "👍", "!?", "\u{200b}", "…", "❤️"] {
            assert_eq!(fold(text), "", "{text:?}");
        }
    }

    #[test]
    fn every_letter_folds_once_and_for_all_and_its_case_does_not_matter() {
        for c in ('\0'..'\u{20000}').chain('\u{E0000}'..'\u{E0200}') {
            let folded = fold(&c.to_string());
            assert_eq!(fold(&folded), folded, "{c:?}");
            assert_eq!(fold(&c.to_uppercase().to_string()), folded, "{c:?}");
            assert_eq!(fold(&c.to_lowercase().to_string()), folded, "{c:?}");
        }
    }

    proptest! {
        /// Word by word and by a way of their own for plain ones: the same as the whole text at once.
        #[test]
        fn words_fold_alone_as_they_do_together(text in "[\\x00-\\x7f\\PC]{0,60}") {
            let cased = cased(&cased(&text));
            let words = cased.split_whitespace().map(|word| -> String {
                word.chars().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).nfkd().collect()
            });
            let together = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(fold(&text), together);
        }

        #[test]
        fn folding_is_stable(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
