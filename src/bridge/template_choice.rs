//! Which template to offer first, and in which language.

use super::Template;

/// How well a language fits: smaller is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Exact,
    /// Another region of the same language.
    Base,
    /// The organization's own language.
    Own,
    Other,
}

/// Templates by name, each group's best language first. `templates` come with the last used first; `wanted` is the client's language
/// (empty: not known), `own` the organization's. Groups that can be sent stand before those that cannot, then the client's
/// language decides, then what was used last.
pub fn grouped_templates(templates: Vec<Template>, wanted: &str, own: &str, refused: impl Fn(&Template) -> bool) -> Vec<Vec<Template>> {
    let mut groups: Vec<Vec<Template>> = Vec::new();
    for template in templates {
        match groups.iter_mut().find(|group| group[0].name == template.name) {
            Some(group) => group.push(template),
            None => groups.push(vec![template]),
        }
    }
    // Both sorts are stable: what was used last stays ahead among equals.
    let order = |template: &Template| (refused(template), fit(&template.language, wanted, own));
    for group in &mut groups {
        group.sort_by_key(order);
    }
    groups.sort_by_key(|group| order(&group[0]));
    groups
}

fn fit(language: &str, wanted: &str, own: &str) -> Fit {
    let plain = |language: &str| language.trim().replace('-', "_").to_ascii_lowercase();
    let (language, wanted, own) = (plain(language), plain(wanted), plain(own));
    let base = |language: &str| language.split('_').next().unwrap_or_default().to_owned();
    if language == wanted {
        Fit::Exact
    } else if !wanted.is_empty() && base(&language) == base(&wanted) {
        Fit::Base
    } else if base(&language) == base(&own) {
        Fit::Own
    } else {
        Fit::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{ParameterFormat, TemplateCategory};
    use rstest::rstest;

    fn template(name: &str, language: &str) -> Template {
        Template {
            waba: "w".into(),
            id: "1".into(),
            name: name.into(),
            language: language.into(),
            category: TemplateCategory::Utility,
            status: "APPROVED".into(),
            parameter_format: ParameterFormat::Positional,
            header: None,
            body: "Hi".into(),
            footer: None,
            buttons: Vec::new(),
            examples: Vec::new(),
            header_example: None,
            offer: None,
            not_sendable: name.contains("carousel").then(|| "it is a carousel".into()),
        }
    }

    /// Last used first: visit/de, carousel/pt_BR, visit/en_US, offer/pt_PT, visit/pt_BR, bill/en.
    #[rstest]
    #[case::exact_before_base("pt-BR", "en", &["visit: pt_BR en_US de", "offer: pt_PT", "bill: en", "carousel: pt_BR"])]
    #[case::base_counts("pt", "en", &["visit: pt_BR en_US de", "offer: pt_PT", "bill: en", "carousel: pt_BR"])]
    #[case::unknown_client_gets_the_house_language("", "en", &["visit: en_US de pt_BR", "bill: en", "offer: pt_PT", "carousel: pt_BR"])]
    #[case::no_language_fits_then_the_last_used("ja", "ko", &["visit: de en_US pt_BR", "offer: pt_PT", "bill: en", "carousel: pt_BR"])]
    fn groups_follow_the_client_then_use(#[case] wanted: &str, #[case] own: &str, #[case] expected: &[&str]) {
        let used = [("visit", "de"), ("carousel", "pt_BR"), ("visit", "en_US"), ("offer", "pt_PT"), ("visit", "pt_BR"), ("bill", "en")];
        let templates = used.map(|(name, language)| template(name, language)).to_vec();
        let groups = grouped_templates(templates, wanted, own, |template| template.not_sendable.is_some());
        let shown: Vec<String> = groups
            .iter()
            .map(|group| {
                let languages: Vec<_> = group.iter().map(|template| template.language.as_str()).collect();
                format!("{}: {}", group[0].name, languages.join(" "))
            })
            .collect();
        assert_eq!(shown, expected);
    }
}
