//! Reading: every value of the file and of the environment becomes a layer with its origin, laid over the defaults by figment.
//!
//! Keys and types are checked here against the list of keys, before figment sees them, for two reasons: all problems are found at
//! once, and none of their texts holds a value (figment's own would quote it, secret or not).

use super::keys::{self, Shape};
use super::problem::{Origin, Problem};
use super::tree::Config;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use std::ffi::OsString;
use std::path::Path;

/// Every variable with this prefix is ours.
pub(super) const PREFIX: &str = "SWITCHBOARD__";

/// One value at one key, with its origin.
struct Layer {
    origin: Origin,
    section: String,
    key: String,
    value: Value,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.to_string())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let entry = Dict::from([(self.key.clone(), self.value.clone())]);
        let outward = self.section.rsplit('.').filter(|name| !name.is_empty());
        Ok(Profile::Default.collect(outward.fold(entry, |inner, name| Dict::from([(name.to_owned(), Value::from(inner))]))))
    }
}

/// Defaults < file < environment. What is wrong is left at its default and told in `problems`.
pub(super) fn read(path: Option<&Path>, env: impl IntoIterator<Item = (OsString, OsString)>, problems: &mut Vec<Problem>) -> Config {
    let mut layers = path.map(|path| file(path, problems)).unwrap_or_default();
    layers.extend(environment(env, problems));

    let mut figment = Figment::new();
    for layer in &layers {
        figment = figment.merge(layer);
    }
    let mut config = figment.extract::<Config>().unwrap_or_else(|error| {
        // Every shape was checked, so this is a mistake in the list of keys. Its text could quote a value.
        problems.push(Problem::new(Origin::Default, error.path.join("."), "cannot be read"));
        Config::default()
    });
    // Later layers win, as in figment.
    config.origins = layers.into_iter().map(|layer| (keys::full(&layer.section, &layer.key), layer.origin)).collect();
    config
}

fn file(path: &Path, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let origin = Origin::File(path.to_owned());
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            problems.push(Problem::new(origin, "", format!("cannot be read: {error}")));
            return Vec::new();
        }
    };
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            // Not the error's own text: it shows the line, which may hold a secret.
            let line = error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
            problems.push(Problem::new(
                origin,
                format!("line {line}"),
                "is not TOML (texts need quotes, brackets must close, a key stands once)",
            ));
            return Vec::new();
        }
    };

    section(&origin, "", table, problems)
}

/// The entries of a section and of the sections inside it.
fn section(origin: &Origin, outer: &str, table: toml::Table, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let mut layers = Vec::new();
    for (name, value) in table {
        let inner = keys::full(outer, &name);
        match (value, keys::section(&inner)) {
            (toml::Value::Table(entries), Some(_)) if !name.is_empty() => layers.extend(section(origin, &inner, entries, problems)),
            (_, Some(_)) if !name.is_empty() => problems.push(Problem::new(origin.clone(), inner, "is a section, not a value")),
            (value, _) => layers.extend(entry(origin, outer, name, value, problems)),
        }
    }
    layers
}

/// One entry of the file, if it is a known key with a value of its shape.
fn entry(origin: &Origin, section: &str, key: String, value: toml::Value, problems: &mut Vec<Problem>) -> Option<Layer> {
    let mut wrong = |reason: String| problems.push(Problem::new(origin.clone(), keys::full(section, &key), reason));
    let Some(shape) = keys::shape(section, &key) else {
        wrong(unknown(section));
        return None;
    };
    let value = match (shape, value) {
        (Shape::Flag, toml::Value::Boolean(flag)) => Value::from(flag),
        (Shape::Count, toml::Value::Integer(number)) if keys::count(number) => Value::from(number),
        (Shape::List, toml::Value::Array(items)) if items.iter().all(toml::Value::is_str) => {
            items.iter().filter_map(toml::Value::as_str).map(Value::from).collect::<Vec<_>>().into()
        }
        (Shape::Text | Shape::Address | Shape::Choice(_), toml::Value::String(text)) if shape.fits(&text) => Value::from(text),
        _ => {
            wrong(shape.reason());
            return None;
        }
    };
    Some(Layer { origin: origin.clone(), section: section.to_owned(), key, value })
}

fn environment(env: impl IntoIterator<Item = (OsString, OsString)>, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let mut variables: Vec<(String, OsString)> = env
        .into_iter()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    variables.sort();

    let mut layers = Vec::new();
    for (name, value) in variables {
        let path = name[PREFIX.len()..].to_lowercase();
        let origin = Origin::Variable(name);
        let (section, key) = path.rsplit_once("__").unwrap_or(("", &path));
        let section = &section.replace("__", ".");
        let mut wrong = |reason: String| problems.push(Problem::new(origin.clone(), keys::full(section, key), reason));
        let Some(shape) = keys::shape(section, key) else {
            wrong(unknown(section));
            continue;
        };
        let Ok(text) = value.into_string() else {
            wrong("must be UTF-8".to_owned());
            continue;
        };
        // `X=` is how compose files and service managers write "not set".
        if text.is_empty() {
            continue;
        }
        let value = match shape {
            Shape::List => list(&text),
            Shape::Flag if shape.fits(&text) => Some(Value::from(text == "true")),
            Shape::Count if shape.fits(&text) => text.parse::<i64>().ok().map(Value::from),
            _ if shape.fits(&text) => Some(Value::from(text)),
            _ => None,
        };
        match value {
            Some(value) => layers.push(Layer { section: section.to_owned(), key: key.to_owned(), value, origin }),
            None => wrong(shape.reason()),
        }
    }
    layers
}

/// `["a", "b"]` as in TOML; else `a,b`, with or without the brackets.
fn list(text: &str) -> Option<Value> {
    let text = text.trim();
    let items = match text.strip_prefix('[') {
        Some(inner) => match format!("list = {text}").parse::<toml::Table>() {
            Ok(table) => table.get("list")?.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()?,
            Err(_) => split(inner.strip_suffix(']')?),
        },
        None => split(text),
    };
    Some(Value::from(items))
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn unknown(section: &str) -> String {
    let known = |keys: &[(&'static str, Shape)]| keys.iter().map(|(key, _)| *key).collect::<Vec<_>>().join(", ");
    match (section, keys::section(section)) {
        ("", keys) => {
            let sections: Vec<String> =
                keys::SECTIONS.iter().filter(|(name, _)| !name.is_empty()).map(|(name, _)| format!("[{name}]")).collect();
            format!("is not a known key; known here: {}, {}", known(keys.unwrap_or_default()), sections.join(", "))
        }
        (section, Some(keys)) => format!("is not a known key; [{section}] knows: {}", known(keys)),
        (section, None) => format!("is not a known key; there is no section [{section}]"),
    }
}
