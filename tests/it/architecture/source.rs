//! Reads Rust sources as far as the architecture test must: tokens without comments, items under `#[cfg(test)]` left out, and every
//! path into this crate resolved to the file it leads to.
//!
//! A re-export (`pub use`) in a door (`mod.rs`) is no import: a path through it is followed to the file that holds the item, so that
//! neighbours who meet through their door are seen as what they are.

use std::collections::{BTreeMap, BTreeSet};

/// A source file.
pub struct File {
    /// Below `src`, with slashes: `bridge/ids.rs`.
    pub path: String,
    pub text: String,
    pub tokens: Vec<Token>,
    /// Its module: `["bridge", "ids"]`; empty for `lib.rs`.
    module: Vec<String>,
    declares: BTreeSet<String>,
    defines: BTreeSet<String>,
    reexports: Vec<Reexport>,
    paths: Vec<Vec<String>>,
    /// Types and constants named outside of `use`: a door that names what it re-exports imports it.
    named: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(String),
    /// A string's content as written.
    Text(String),
    /// `::`
    Colons,
    Mark(char),
}

struct Reexport {
    /// The name outside; `*` for all.
    name: String,
    target: Vec<String>,
}

/// The files of a crate and who imports whom.
pub struct Tree {
    pub files: Vec<File>,
    modules: BTreeMap<Vec<String>, usize>,
}

impl Tree {
    /// From (path below `src`, content). Files of modules that exist only in tests are left out.
    pub fn new(sources: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files = Vec::new();
        let mut only_tests = BTreeSet::new();
        for (path, text) in sources {
            let module = module_of(&path);
            let (tokens, test_modules) = without_tests(tokens(&text));
            only_tests.extend(test_modules.into_iter().map(|test| match test {
                TestModule::Named(name) => joined(&module, &[name]),
                TestModule::InFile(file) => module_of(&beside(&path, &file)),
            }));
            files.push(File { path, text, tokens, module, ..File::empty() });
        }
        files.retain(|file| !only_tests.iter().any(|test| file.module.starts_with(test)));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        for file in &mut files {
            file.read();
        }
        let modules = files.iter().enumerate().map(|(index, file)| (file.module.clone(), index)).collect();
        Self { files, modules }
    }

    /// The files that a file imports, itself left out.
    pub fn imports(&self, file: &File) -> BTreeSet<usize> {
        let behind_the_door = file.reexports.iter().flat_map(|reexport| {
            let names = file.named.iter().filter(move |name| reexport.name == **name || reexport.name == "*");
            names.filter_map(move |name| match reexport.name.as_str() {
                "*" => {
                    let index = self.resolve(&joined(&reexport.target, std::slice::from_ref(name)), 0)?;
                    self.files[index].defines.contains(name).then_some(index)
                }
                _ => self.resolve(&reexport.target, 0),
            })
        });
        let targets = file.paths.iter().filter_map(|path| self.resolve(path, 0)).chain(behind_the_door);
        targets.filter(|index| self.files[*index].path != file.path).collect()
    }

    /// The file that holds what a path names.
    fn resolve(&self, path: &[String], depth: usize) -> Option<usize> {
        let (length, door) = (0..=path.len()).rev().find_map(|length| self.modules.get(&path[..length]).map(|index| (length, *index)))?;
        // Sixteen doors behind each other are a circle of re-exports, which rustc refuses.
        let Some(name) = path.get(length).filter(|_| depth < 16) else { return Some(door) };
        let file = &self.files[door];
        if file.defines.contains(name) {
            return Some(door);
        }
        if let Some(named) = file.reexports.iter().find(|reexport| reexport.name == *name) {
            return self.resolve(&named.target, depth + 1).or(Some(door));
        }
        let behind = file.reexports.iter().filter(|reexport| reexport.name == "*");
        let mut behind = behind.filter_map(|reexport| self.resolve(&joined(&reexport.target, std::slice::from_ref(name)), depth + 1));
        behind.find(|index| self.files[*index].defines.contains(name)).or(Some(door))
    }
}

impl File {
    fn empty() -> Self {
        Self {
            path: String::new(),
            text: String::new(),
            tokens: Vec::new(),
            module: Vec::new(),
            declares: BTreeSet::new(),
            defines: BTreeSet::new(),
            reexports: Vec::new(),
            paths: Vec::new(),
            named: BTreeSet::new(),
        }
    }

    /// The top folder or file: `bridge`, `clock`, `main`, `lib`.
    pub fn room(&self) -> &str {
        let path = if self.path.starts_with("bin/") { "main" } else { self.path.as_str() };
        path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Whether this is a module or below it: `["whatsapp", "signature"]`.
    pub fn is_within(&self, module: &[&str]) -> bool {
        self.module.len() >= module.len() && self.module.iter().zip(module).all(|(own, other)| own == other)
    }

    fn read(&mut self) {
        let tokens = std::mem::take(&mut self.tokens);
        let word = |at: usize| match tokens.get(at) {
            Some(Token::Word(word)) => Some(word.as_str()),
            _ => None,
        };
        for at in 0..tokens.len() {
            if let (Some("mod"), Some(name)) = (word(at), word(at + 1)) {
                self.declares.insert(name.to_owned());
            }
            if let Some("struct" | "enum" | "fn" | "type" | "trait" | "const" | "static" | "union") = word(at) {
                self.defines.extend(word(at + 1).map(str::to_owned));
            }
        }
        // Modules written inside the file: `super` there is the file's own module.
        let mut inside: Vec<(String, usize)> = Vec::new();
        let (mut depth, mut at) = (0_usize, 0);
        while at < tokens.len() {
            let here = joined(&self.module, &inside.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
            match &tokens[at] {
                Token::Mark('{') => depth += 1,
                Token::Mark('}') => {
                    depth = depth.saturating_sub(1);
                    inside.pop_if(|(_, opened)| *opened == depth);
                }
                Token::Word(mod_) if mod_ == "mod" && tokens.get(at + 2) == Some(&Token::Mark('{')) => {
                    inside.extend(word(at + 1).map(|name| (name.to_owned(), depth)));
                }
                Token::Word(use_) if use_ == "use" => {
                    let public = at > 0 && (word(at - 1) == Some("pub") || tokens[at - 1] == Token::Mark(')'));
                    let mut leaves = Vec::new();
                    at += 1;
                    use_tree(&tokens, &mut at, &[], &mut leaves);
                    for (path, name) in leaves {
                        let Some(target) = self.absolute(&here, &path) else { continue };
                        if public { self.reexports.push(Reexport { name, target }) } else { self.paths.push(target) }
                    }
                    continue;
                }
                Token::Word(head) if tokens.get(at + 1) == Some(&Token::Colons) && (at == 0 || tokens[at - 1] != Token::Colons) => {
                    let mut path = vec![head.clone()];
                    while let (Some(Token::Colons), Some(next)) = (tokens.get(at + 1), word(at + 2)) {
                        path.push(next.to_owned());
                        at += 2;
                    }
                    self.named.insert(head.clone());
                    self.paths.extend(self.absolute(&here, &path));
                }
                // Functions have too common names to tell whose they are.
                Token::Word(name) if name.starts_with(char::is_uppercase) => {
                    self.named.insert(name.clone());
                }
                _ => {}
            }
            at += 1;
        }
        self.tokens = tokens;
    }

    /// A path from the crate's root; none for other crates and local names.
    fn absolute(&self, here: &[String], path: &[String]) -> Option<Vec<String>> {
        let (head, rest) = path.split_first()?;
        match head.as_str() {
            "crate" => Some(rest.to_vec()),
            "switchboard" if self.room() == "main" => Some(rest.to_vec()),
            "self" => Some(joined(here, rest)),
            "super" => {
                let mut up = here.split_last().map_or(here, |(_, up)| up);
                let mut rest = rest;
                while let Some(("super", more)) = rest.split_first().map(|(head, more)| (head.as_str(), more)) {
                    up = up.split_last().map_or(up, |(_, up)| up);
                    rest = more;
                }
                Some(joined(up, rest))
            }
            name if self.declares.contains(name) => Some(joined(here, path)),
            _ => None,
        }
    }
}

/// The paths of a use tree with the name each has outside, reading from `at` to behind its end.
fn use_tree(tokens: &[Token], at: &mut usize, prefix: &[String], leaves: &mut Vec<(Vec<String>, String)>) {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(*at) {
            Some(Token::Word(word)) if word == "as" => {
                if let (Some(Token::Word(alias)), Some((_, name))) = (tokens.get(*at + 1), leaves.last_mut()) {
                    name.clone_from(alias);
                }
                *at += 2;
                return;
            }
            Some(Token::Word(word)) => {
                // `{self, ...}` names what stands before the braces.
                if word != "self" || path.is_empty() {
                    path.push(word.clone());
                }
                *at += 1;
                if tokens.get(*at) != Some(&Token::Colons) {
                    leaves.push((path.clone(), path.last().cloned().unwrap_or_default()));
                    if !matches!(tokens.get(*at), Some(Token::Word(word)) if word == "as") {
                        return;
                    }
                }
            }
            Some(Token::Colons) => *at += 1,
            Some(Token::Mark('*')) => {
                leaves.push((path.clone(), "*".to_owned()));
                *at += 1;
                return;
            }
            Some(Token::Mark('{')) => {
                *at += 1;
                while !matches!(tokens.get(*at), None | Some(Token::Mark('}'))) {
                    match tokens[*at] {
                        Token::Mark(',') => *at += 1,
                        _ => use_tree(tokens, at, &path, leaves),
                    }
                }
                *at += 1;
                return;
            }
            _ => {
                *at += 1;
                return;
            }
        }
    }
}

fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

fn joined(path: &[String], rest: &[String]) -> Vec<String> {
    path.iter().chain(rest).cloned().collect()
}

/// A module for tests only that is a file of its own.
enum TestModule {
    /// Found by its name.
    Named(String),
    /// `#[path = "..."]`: the file beside the one that names it.
    InFile(String),
}

/// A file named by `#[path]`: beside the file that says so.
fn beside(path: &str, file: &str) -> String {
    path.rsplit_once('/').map_or_else(|| file.to_owned(), |(folder, _)| format!("{folder}/{file}"))
}

/// The tokens without what is compiled for tests only, and the test modules that are files of their own.
fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, Vec<TestModule>) {
    let marker: Vec<Token> = tokens_of_marker();
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        if !tokens[at..].starts_with(&marker) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += marker.len();
        modules.extend(test_module(&tokens[at..]));
        at = end_of_item(&tokens, at);
    }
    (kept, modules)
}

/// What stands behind `#[cfg(test)]`, if it is a module without a body.
fn test_module(tokens: &[Token]) -> Option<TestModule> {
    use Token::{Mark, Text, Word};
    match tokens {
        [Word(mod_), Word(name), Mark(';'), ..] if mod_ == "mod" => Some(TestModule::Named(name.clone())),
        [Mark('#'), Mark('['), Word(path), Mark('='), Text(file), Mark(']'), Word(mod_), Word(_), Mark(';'), ..]
            if path == "path" && mod_ == "mod" =>
        {
            Some(TestModule::InFile(file.clone()))
        }
        _ => None,
    }
}

fn tokens_of_marker() -> Vec<Token> {
    tokens("#[cfg(test)]")
}

/// Behind the item that starts here: its `;`, or its closing brace.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let statement = matches!(&tokens.get(start), Some(Token::Word(word)) if matches!(word.as_str(), "use" | "const" | "static" | "type"));
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token {
            Token::Mark('{' | '(' | '[') => depth += 1,
            Token::Mark(close @ ('}' | ')' | ']')) => {
                depth = depth.saturating_sub(1);
                if *close == '}' && depth == 0 && !statement {
                    return at + 1;
                }
            }
            Token::Mark(';') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Words, strings and marks; comments, numbers' insides, characters and lifetimes carry no path.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        match chars[at] {
            '/' if next == '/' => at += chars[at..].iter().position(|c| *c == '\n').unwrap_or(chars.len() - at),
            '/' if next == '*' => at = after_block_comment(&chars, at),
            '"' => at = string(&chars, at, 0, &mut tokens),
            'r' if (next == '"' || next == '#') && raw_hashes(&chars, at + 1).is_some() => {
                let hashes = raw_hashes(&chars, at + 1).unwrap_or_default();
                at = raw_string(&chars, at + 1 + hashes, hashes, &mut tokens);
            }
            '\'' if next == '\\' => at += 3 + chars[(at + 3).min(chars.len())..].iter().position(|c| *c == '\'').map_or(0, |end| end + 1),
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            '\'' => at += 1,
            ':' if next == ':' => {
                tokens.push(Token::Colons);
                at += 2;
            }
            c if c.is_alphanumeric() || c == '_' => {
                let length = chars[at..].iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(chars.len() - at);
                let word: String = chars[at..at + length].iter().collect();
                at += length;
                tokens.push(Token::Word(word));
            }
            c if c.is_whitespace() => at += 1,
            c => {
                tokens.push(Token::Mark(c));
                at += 1;
            }
        }
    }
    tokens
}

fn after_block_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn string(chars: &[char], open: usize, hashes: usize, tokens: &mut Vec<Token>) -> usize {
    let mut at = open + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    tokens.push(Token::Text(chars[open + 1..at.min(chars.len())].iter().collect()));
    at + 1 + hashes
}

/// How many `#` stand before the quote of a raw string; none for a raw identifier (`r#type`).
fn raw_hashes(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start..].iter().position(|c| *c != '#')?;
    (chars.get(start + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_string(chars: &[char], open: usize, hashes: usize, tokens: &mut Vec<Token>) -> usize {
    let ends = |at: usize| chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
    let end = (open + 1..chars.len()).find(|at| ends(*at)).unwrap_or(chars.len());
    tokens.push(Token::Text(chars[(open + 1).min(end)..end].iter().collect()));
    end + 1 + hashes
}
