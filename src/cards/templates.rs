//! The template picker. Selecting never sends.

use super::element::{ActionSet, Button, Choices, ColumnSet, Container, Element, TextBlock, TextInput, list};
use super::parts::{error, excerpt, header};
use super::submit::Action;
use super::template_view::{TemplateRow, Templates};
use super::text::{Text, name};
use super::typeahead::{Dataset, template_title, template_value};
use super::view::{Reader, Style};
use crate::bridge::Post;
use crate::texts::labels;

/// As many as a client shows of a search. The list holds the rest, and typing finds all.
const MOST_CHOICES: usize = 15;

/// Templates to search, one row a name with its other languages below; those that cannot be sent with their reason.
pub fn templates(reader: &Reader<'_>, view: &Templates) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let first = choose(view);
    let query = TextInput::new("query", labels::FIND_TEMPLATE, labels::SEARCH_TOO_LONG, 80).value(&view.query);
    let search = Action::Templates { thread: view.thread, query: String::new() };
    let refresh = Button::new(labels::REFRESH_TEMPLATES, &Action::RefreshTemplates { thread: view.thread });
    let find = Container::new([query.into(), ActionSet::new([Button::with_inputs(labels::SEARCH, &search, &["query"]), refresh]).into()]);
    let find = if first.is_empty() { find } else { find.separated() };
    card.extend(first);
    card.push(find);
    if view.templates.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_TEMPLATES)));
    }
    let rows = view.templates.iter().map(|template| row(view, template)).collect();
    card.extend(list(rows, view.more, labels::more_to_find));
    card.post(labels::about(&name(&view.head.client), labels::CHOOSE_TEMPLATE))
}

/// Found by typing. The list below leads to the same, and is all there is where a client knows no typeahead.
fn choose(view: &Templates) -> Vec<Element> {
    let sendable = view.templates.iter().filter(|template| template.refused.is_none());
    let choice =
        |template: &TemplateRow| (template_title(&template.name, &template.language), template_value(&template.name, &template.language));
    let choices: Vec<_> = sendable.map(choice).take(MOST_CHOICES).collect();
    if choices.is_empty() {
        return Vec::new();
    }
    let input = Choices::new("template", labels::FIND_A_TEMPLATE, labels::NO_TEMPLATE_CHOSEN, choices)
        .filtered()
        .typeahead(Dataset::Templates(view.thread))
        .placeholder(labels::FIND_A_TEMPLATE_BY);
    let pick = Action::PickTemplate { thread: view.thread, name: String::new(), language: String::new(), values: vec![], upload: None };
    let button = Button::with_inputs(labels::CONTINUE, &pick, &["template", "name", "language"]).positive();
    let mut elements: Vec<Element> = vec![input.into()];
    elements.extend(view.nothing_chosen.then(|| error(labels::NO_TEMPLATE_CHOSEN)));
    elements.push(ActionSet::new([button]).into());
    elements
}

fn row(view: &Templates, template: &TemplateRow) -> Element {
    let shown = name(&template.name);
    let header = template.header.as_ref().and_then(labels::header_kind);
    let details: Vec<String> =
        [Some(name(&template.language)), Some(labels::category(template.category).to_owned()), header.map(str::to_owned)]
            .into_iter()
            .flatten()
            .collect();
    let mut items: Vec<Element> = vec![
        TextBlock::new(Text::plain(&shown)).bold().into(),
        TextBlock::new(Text::plain(details.join(" · "))).subtle().small().close().into(),
        TextBlock::new(Text::plain(excerpt(&template.body))).small().close().into(),
    ];
    if let Some(reason) = &template.refused {
        items.push(TextBlock::new(Text::plain(labels::not_sendable(&excerpt(reason)))).small().close().style(Style::Warning).into());
        return Container::new(items).separated().into();
    }
    let choose = |title: String, language: &str| {
        let pick = Action::PickTemplate {
            thread: view.thread,
            name: template.name.clone(),
            language: language.to_owned(),
            values: vec![],
            upload: None,
        };
        let about = labels::with_name(labels::CHOOSE, &format!("{shown} ({})", name(language)));
        Button::new(title, &pick).tooltip(about)
    };
    let row = ColumnSet::row(items, choose(labels::CHOOSE.to_owned(), &template.language));
    if template.languages.is_empty() {
        return row.into();
    }
    let others = ActionSet::new(template.languages.iter().map(|language| choose(name(language), language)));
    Container::new([row.into(), others.into()]).into()
}
