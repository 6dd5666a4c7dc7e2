//! WhatsApp's own markup, parsed. It has no grammar: what is written here is what the phones do.
//!
//! Delimiters hug their text, stand at word boundaries and do not cross lines. Time is linear in the text for each level of
//! nesting, and there are at most four levels, for no style nests in itself.

use url::Url;

/// One block of a text.
#[derive(Debug, PartialEq)]
pub(super) enum Block<'a> {
    /// Between triple backticks, verbatim.
    Code(&'a str),
    Quote(Vec<&'a str>),
    Bullets(Vec<&'a str>),
    /// Counts up from 1 without a gap; any other numbers are left as the client wrote them.
    Numbers(Vec<&'a str>),
    Line(&'a str),
}

/// One piece of a line.
#[derive(Debug, PartialEq)]
pub(super) enum Inline<'a> {
    Text(&'a str),
    Code(&'a str),
    Link(&'a str),
    Bold(Vec<Inline<'a>>),
    Italic(Vec<Inline<'a>>),
    Strike(Vec<Inline<'a>>),
}

/// Splits a text into blocks. Lines are separated by `\n`.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, code, after)) = fenced(rest) {
        // The fence stands on lines of its own in what we make, so one line break beside it is already said.
        if !before.is_empty() {
            lines(before.strip_suffix('\n').unwrap_or(before), &mut out);
        }
        out.push(Block::Code(code.trim_matches('\n')));
        rest = after.strip_prefix('\n').unwrap_or(after);
        if rest.is_empty() {
            return out;
        }
    }
    lines(rest, &mut out);
    out
}

/// The first pair of triple backticks with something between them.
fn fenced(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find("```")?;
    let inside = &text[open + 3..];
    let close = inside.find("```")?;
    let code = &inside[..close];
    (!code.trim().is_empty()).then(|| (&text[..open], code, &inside[close + 3..]))
}

fn lines<'a>(text: &'a str, out: &mut Vec<Block<'a>>) {
    let all: Vec<&str> = text.split('\n').collect();
    let mut at = 0;
    while at < all.len() {
        let quoted = run(&all[at..], |line, _| line.strip_prefix("> "));
        let bullets = run(&all[at..], |line, _| line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")));
        let numbers = run(&all[at..], |line, index| line.strip_prefix(&format!("{}. ", index + 1)));
        let (block, length) = if !quoted.is_empty() {
            let length = quoted.len();
            (Block::Quote(quoted), length)
        } else if !bullets.is_empty() {
            let length = bullets.len();
            (Block::Bullets(bullets), length)
        } else if numbers.len() > 1 {
            let length = numbers.len();
            (Block::Numbers(numbers), length)
        } else {
            (Block::Line(all[at]), 1)
        };
        out.push(block);
        at += length;
    }
}

/// The lines from the start that `strip` recognises, without their marks. A mark with nothing behind it is just text.
fn run<'a>(lines: &[&'a str], strip: impl Fn(&'a str, usize) -> Option<&'a str>) -> Vec<&'a str> {
    let marked = lines.iter().enumerate().map(|(index, line)| strip(line, index).filter(|rest| !rest.trim().is_empty()));
    marked.map_while(|rest| rest).collect()
}

/// Splits one line into its pieces.
pub(super) fn inline(line: &str) -> Vec<Inline<'_>> {
    styled(line, None, "")
}

/// `before` is the character in front of `text`; `active` are the delimiters around it.
fn styled<'a>(text: &'a str, before: Option<char>, active: &str) -> Vec<Inline<'a>> {
    let mut out = Vec::new();
    // Delimiters that have no closing mate in the rest of this text: looking again would cost quadratic time.
    let mut hopeless = String::new();
    let (mut start, mut at) = (0, 0);
    let mut previous = before;
    while let Some(c) = text[at..].chars().next() {
        let boundary = previous.is_none_or(|previous| !previous.is_alphanumeric());
        let found = if boundary && let Some(length) = link_length(&text[at..]) {
            Some((Inline::Link(&text[at..at + length]), length))
        } else if boundary && matches!(c, '*' | '_' | '~' | '`') && !active.contains(c) && !hopeless.contains(c) {
            match closing(text, at, c) {
                Close::At(end) => {
                    let inside = &text[at + 1..end];
                    let deeper = || styled(inside, Some(c), &format!("{active}{c}"));
                    let piece = match c {
                        '*' => Inline::Bold(deeper()),
                        '_' => Inline::Italic(deeper()),
                        '~' => Inline::Strike(deeper()),
                        _ => Inline::Code(inside),
                    };
                    Some((piece, inside.len() + 2))
                }
                Close::NotHere => None,
                Close::Nowhere => {
                    hopeless.push(c);
                    None
                }
            }
        } else {
            None
        };
        let step = match found {
            Some((piece, length)) => {
                if start < at {
                    out.push(Inline::Text(&text[start..at]));
                }
                out.push(piece);
                start = at + length;
                length
            }
            None => c.len_utf8(),
        };
        previous = text[at..at + step].chars().next_back();
        at += step;
    }
    if start < text.len() {
        out.push(Inline::Text(&text[start..]));
    }
    out
}

enum Close {
    At(usize),
    /// This one cannot open, another may.
    NotHere,
    /// No delimiter of this kind closes in the rest of the text.
    Nowhere,
}

/// The first place behind `open` where `c` can close.
fn closing(text: &str, open: usize, c: char) -> Close {
    let inside = &text[open + 1..];
    if inside.chars().next().is_none_or(|next| next.is_whitespace() || next == c || next == '\u{200b}') {
        return Close::NotHere;
    }
    let mut previous = c;
    for (at, here) in inside.char_indices() {
        if here == c {
            let hugs = !previous.is_whitespace() && previous != c && previous != '\u{200b}';
            let next = inside[at + 1..].chars().next();
            if hugs && next.is_none_or(|next| !next.is_alphanumeric() && next != c) {
                return Close::At(open + 1 + at);
            }
        }
        previous = here;
    }
    Close::Nowhere
}

/// The length of the web address that a text begins with. Addresses with a user name in front of the host, or with invisible
/// or direction-changing characters, are made to deceive and stay text.
pub(super) fn link_length(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))?;
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(text.len());
    let candidate = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ')', ']', '}', '*', '_', '~', '`']);
    // A bracket that the address itself opened belongs to it.
    let candidate = if candidate.contains('(') && text[candidate.len()..].starts_with(')') { &text[..=candidate.len()] } else { candidate };
    let url = Url::parse(candidate).ok()?;
    let honest = url.username().is_empty() && url.password().is_none() && !candidate.chars().any(is_invisible) && !candidate.contains('\\');
    (candidate.len() > scheme.len() && url.host_str().is_some() && honest).then_some(candidate.len())
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://example.com/a_b_c", Some(25))]
    #[case("https://example.com/a, and", Some(21))]
    #[case("https://example.com/a_(b) x", Some(25))]
    #[case("HTTP://EXAMPLE.COM", Some(18))]
    #[case("https://", None)]
    #[case("https://.", None)]
    #[case("ftp://example.com", None)]
    #[case("javascript:alert(1)", None)]
    #[case("https://microsoft.com@evil.example/", None)]
    #[case("https://example.com/\u{202e}gpj.exe", None)]
    fn only_honest_web_addresses_are_links(#[case] text: &str, #[case] length: Option<usize>) {
        assert_eq!(link_length(text), length);
    }

    #[test]
    fn parsing_takes_linear_time_even_for_hostile_text() {
        for hostile in ["*a ".repeat(20_000), "*_~`".repeat(20_000), "* *".repeat(20_000), "> 1. ".repeat(20_000), "```".repeat(20_000)] {
            // Quadratic time would take minutes here, and the test's own patience would end.
            blocks(&hostile).iter().for_each(|block| {
                if let Block::Line(line) = block {
                    inline(line);
                }
            });
        }
    }
}
