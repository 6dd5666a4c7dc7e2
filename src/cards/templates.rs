//! The template picker. Selecting never sends.

use super::element::{ActionSet, Button, ColumnSet, Container, Element, TextBlock, TextInput, list};
use super::parts::{excerpt, header};
use super::submit::Action;
use super::text::{Text, name};
use super::view::{Reader, Style, TemplateRow, Templates};
use crate::bridge::Post;
use crate::texts::labels;

/// Templates to search, grouped by name, each language by itself; those that cannot be sent with their reason.
pub fn templates(reader: &Reader<'_>, view: &Templates) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextInput::new("query", labels::FIND_TEMPLATE, labels::SEARCH_TOO_LONG, 80).value(&view.query));
    let search = Action::Templates { thread: view.thread, query: String::new() };
    card.push(ActionSet::new([Button::with_inputs(labels::SEARCH, &search, &["query"])]));
    if view.templates.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_TEMPLATES)));
    }
    card.extend(list(rows(view), view.more, labels::more_to_find));
    card.post(labels::about(&name(&view.head.client), labels::CHOOSE_TEMPLATE))
}

/// Rows in order of each name's first appearance.
fn rows(view: &Templates) -> Vec<Element> {
    let mut names: Vec<&str> = Vec::new();
    for template in &view.templates {
        if !names.contains(&template.name.as_str()) {
            names.push(&template.name);
        }
    }
    let of = |name: &str| view.templates.iter().filter(move |template| template.name == name).collect::<Vec<_>>();
    names.into_iter().flat_map(of).map(|template| row(view, template)).collect()
}

fn row(view: &Templates, template: &TemplateRow) -> Element {
    let shown = name(&template.name);
    let details = format!("{} · {}", name(&template.language), labels::category(template.category));
    let mut items: Vec<Element> = vec![
        TextBlock::new(Text::plain(&shown)).bold().into(),
        TextBlock::new(Text::plain(details)).subtle().small().close().into(),
        TextBlock::new(Text::plain(excerpt(&template.body))).small().close().into(),
    ];
    if let Some(reason) = &template.refused {
        items.push(TextBlock::new(Text::plain(labels::not_sendable(&excerpt(reason)))).small().close().style(Style::Warning).into());
        return Container::new(items).separated().into();
    }
    let pick = Action::PickTemplate { thread: view.thread, name: template.name.clone(), language: template.language.clone() };
    let about = labels::with_name(labels::CHOOSE, &format!("{shown} ({})", name(&template.language)));
    ColumnSet::row(items, Button::new(labels::CHOOSE, &pick).tooltip(about)).into()
}
