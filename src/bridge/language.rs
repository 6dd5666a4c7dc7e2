//! Languages as people, Meta and the directory write them: `pt-BR`, `pt_BR`, `PT-br` are one.

/// Whether two tags name the same language.
pub fn same_language(one: &str, other: &str) -> bool {
    let parts = |tag: &str| tag.split(['-', '_']).map(str::to_ascii_lowercase).collect::<Vec<_>>();
    parts(one) == parts(other)
}

/// `pt` of `pt-BR`.
pub fn base_language(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The best of `offered` for somebody who wants `wanted`, in order of preference: for each wish that very language, then its base
/// (`pt` for `pt-BR`), then another of the same base (`pt-PT`), before the next wish is looked at. Empty wishes are passed over.
pub fn nearest_language<'o>(offered: &[&'o str], wanted: &[&str]) -> Option<&'o str> {
    let find = |fits: &dyn Fn(&str) -> bool| offered.iter().copied().find(|tag| fits(tag));
    wanted.iter().filter(|wish| !wish.trim().is_empty()).find_map(|wish| {
        let base = base_language(wish);
        find(&|tag| same_language(tag, wish))
            .or_else(|| find(&|tag| same_language(tag, base)))
            .or_else(|| find(&|tag| same_language(base_language(tag), base)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::exact(&["pt", "pt_BR"], &["pt-br"], Some("pt_BR"))]
    #[case::base(&["pt_PT", "pt"], &["pt-BR"], Some("pt"))]
    #[case::sibling(&["en", "pt_PT"], &["pt-BR"], Some("pt_PT"))]
    #[case::more_than_the_base(&["de_AT"], &["de"], Some("de_AT"))]
    #[case::own_before_the_lines(&["en", "de"], &["de", "en"], Some("de"))]
    #[case::the_lines(&["en", "de"], &["fr", "de"], Some("de"))]
    #[case::nobodys(&["en", "de"], &["fr", "it"], None)]
    #[case::unknown_is_no_wish(&["en"], &["", "en-US"], Some("en"))]
    #[case::a_prefix_is_no_base(&["fil"], &["fi"], None)]
    fn the_nearest_is_chosen(#[case] offered: &[&str], #[case] wanted: &[&str], #[case] expected: Option<&str>) {
        assert_eq!(nearest_language(offered, wanted), expected);
    }
}
