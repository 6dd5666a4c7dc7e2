//! Phrases by which a client may ask to stop, looked for anywhere in a message.

use super::Line;
use super::fold::fold;
use std::collections::HashMap;
use unicode_normalization::char::is_combining_mark;

/// One language's defaults. `*` in a phrase stands for up to two words, a full stop for the end of a sentence or clause.
struct Language {
    code: &'static str,
    phrases: &'static [&'static str],
    /// Words that turn a phrase around when they stand before it ("don't stop writing").
    negators: &'static [&'static str],
    /// After these a negator says nothing of the kind ("if you don't stop writing", "why don't you stop writing").
    conditions: &'static [&'static str],
}

/// How many words before a phrase a negator may stand.
const NEAR: usize = 2;
/// The same where a joining word stands between ("I don't want you to stop", "no quiero que deje de").
const FAR: usize = 4;
const JOINERS: [&str; 5] = ["to", "que", "dass", "zu", "de"];
/// Words that a `*` may stand for.
const GAP: usize = 2;
/// Nothing longer than a WhatsApp text is looked through, in characters.
const LONGEST: usize = 4096;

#[rustfmt::skip]
const LANGUAGES: &[Language] = &[
    Language {
        code: "en",
        phrases: &[
            "stop writing", "stop texting", "stop messaging", "stop contacting", "stop sending", "stop bothering", "stop spamming",
            "stop calling me", "stop this spam", "stop * messages", "please stop.", "stop please.", "just stop.", "stop it.",
            "do not write to me", "don't write to me", "do not write me", "don't write me", "do not contact me", "don't contact me",
            "do not message me", "don't message me", "do not text me", "don't text me", "never contact me", "never write to me",
            "never message me", "never text me", "no more messages", "no more texts", "don't want * messages", "do not want * messages",
            "don't want to receive", "do not want to receive", "no longer want * messages", "no longer want to receive",
            "don't want to hear from you", "do not want to hear from you", "leave me alone", "wrong number", "wrong person",
            "remove me from", "take me off", "remove my number", "delete my number", "lose my number", "unsubscribe me",
            "want to unsubscribe", "like to unsubscribe", "please unsubscribe", "opt me out", "want to opt out", "like to opt out",
            "withdraw my consent", "revoke my consent",
        ],
        negators: &["don't", "not", "never", "won't", "can't", "cannot", "didn't", "doesn't", "shouldn't", "needn't"],
        conditions: &["if", "unless", "why", "until"],
    },
    Language {
        code: "de",
        phrases: &[
            "schreiben sie mir * nicht mehr", "schreib mir * nicht mehr", "schreibt mir * nicht mehr", "nicht mehr schreiben",
            "nicht mehr anschreiben", "nicht mehr kontaktieren", "kontaktieren sie mich nicht", "kontaktiere mich nicht",
            "nicht mehr melden", "melden sie sich * nicht mehr", "nichts mehr schicken", "keine nachrichten mehr", "keine whatsapp mehr",
            "keine weiteren nachrichten", "möchte keine * nachrichten", "will keine * nachrichten", "möchte nichts mehr von ihnen",
            "hören sie * auf", "hör * auf.", "hört * auf.", "hör auf zu schreiben", "hör auf mir", "hört auf mir",
            "bitte aufhören.", "lassen sie mich * in ruhe", "lass mich * in ruhe", "lasst mich * in ruhe", "falsche nummer",
            "falsche person", "falsch verbunden", "möchte mich abmelden", "bitte abmelden", "melden sie mich * ab",
            "löschen sie meine nummer", "lösche meine nummer", "löscht meine nummer", "widerrufe * einwilligung",
            "einwilligung widerrufen", "widerrufe meine zustimmung",
        ],
        negators: &["nicht", "nie", "niemals"],
        conditions: &["wenn", "falls", "warum", "wieso"],
    },
    Language {
        code: "es",
        phrases: &[
            "no me escriba", "no me escriban", "no me escribas", "no me contacte", "no me contacten", "no me contactes",
            "no me mande * mensajes", "no me manden * mensajes", "no me mandes * mensajes", "no me envíe * mensajes",
            "no me envíen * mensajes", "deje de escribir", "deje de escribirme", "dejen de escribir", "dejen de escribirme",
            "deja de escribir", "deja de escribirme", "deje de enviar", "deje de enviarme", "dejen de enviar", "dejen de enviarme",
            "deje de mandarme", "dejen de mandarme", "deja de mandarme", "deje de molestar", "dejen de molestar", "deje de molestarme",
            "dejen de molestarme", "no más mensajes", "no quiero más mensajes", "no quiero recibir", "no deseo recibir",
            "número equivocado", "número incorrecto", "persona equivocada", "déjeme en paz", "déjenme en paz", "déjame en paz",
            "darme de baja", "denme de baja", "deme de baja", "borre mi número", "borren mi número", "elimine mi número",
            "retiro mi consentimiento", "revoco mi consentimiento",
        ],
        negators: &["no", "nunca", "jamás"],
        conditions: &["si"],
    },
    Language {
        code: "pt",
        phrases: &[
            "não me escreva", "não me escrevam", "não me contate", "não me contacte", "não me contatem", "não me mande * mensagens",
            "não me mandem * mensagens", "não mande mais", "não mandem mais", "não me mande mais", "não me mandem mais",
            "não envie mais", "não enviem mais", "não me envie", "não me enviem", "pare de escrever", "pare de me escrever",
            "parem de escrever", "parem de me escrever", "pare de mandar", "pare de me mandar", "parem de mandar", "parem de me mandar",
            "para de me mandar", "pare de enviar", "pare de me enviar", "parem de enviar", "parem de me enviar", "parar de me mandar",
            "parar de me enviar", "parar de me escrever", "pare de me incomodar", "parem de me incomodar", "chega de mensagens",
            "não quero mais mensagens", "não quero receber", "não quero mais receber", "não desejo receber", "número errado",
            "pessoa errada", "me deixe em paz", "me deixa em paz", "me deixem em paz", "deixe-me em paz", "deixem-me em paz",
            "me tire da lista", "me tirem da lista", "me remova da lista", "me removam da lista", "quero me descadastrar",
            "apague meu número", "apague o meu número", "revogo * consentimento", "retiro * consentimento",
        ],
        negators: &["não", "nunca", "jamais"],
        conditions: &["se"],
    },
    Language {
        code: "fr",
        phrases: &[
            "ne m'écrivez plus", "ne m'écris plus", "ne me contactez plus", "ne me contacte plus", "ne m'envoyez plus",
            "ne m'envoie plus", "arrêtez de m'écrire", "arrête de m'écrire", "arrêtez de m'envoyer", "arrête de m'envoyer",
            "arrêtez de me contacter", "arrête de me contacter", "arrêtez de me déranger", "cessez de m'écrire", "cessez de m'envoyer",
            "cessez de me contacter", "plus de messages.", "ne veux plus * messages", "ne veux plus recevoir", "je veux plus * messages",
            "je veux plus recevoir", "ne souhaite plus recevoir",
            "mauvais numéro", "faux numéro", "erreur de numéro", "trompez de numéro", "trompé de numéro", "mauvaise personne",
            "laissez-moi tranquille", "laisse-moi tranquille", "me désinscrire", "me désabonner", "désinscrivez-moi", "désabonnez-moi",
            "supprimez mon numéro", "effacez mon numéro", "retire mon consentement", "révoque mon consentement",
        ],
        negators: &["ne", "pas", "jamais"],
        conditions: &["si", "pourquoi"],
    },
];

/// A line's phrases in all its languages, ready to be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationPhrases {
    /// By their first word.
    phrases: HashMap<String, Vec<Phrase>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Phrase {
    /// Behind the first word.
    rest: Vec<Word>,
    /// Nothing may follow in the clause.
    ends: bool,
    negators: Vec<String>,
    conditions: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Is(String),
    Gap,
}

impl RevocationPhrases {
    /// The defaults, a language's replaced by what the line says for it; further languages of the line join.
    pub fn of(line: &Line) -> Self {
        let own = |code: &str| line.keywords.get(code).and_then(|set| set.revocation.as_ref());
        let mut found = Self::default();
        for language in LANGUAGES {
            match own(language.code) {
                Some(phrases) => phrases.iter().for_each(|phrase| found.add(phrase, Some(language))),
                None => language.phrases.iter().for_each(|phrase| found.add(phrase, Some(language))),
            }
        }
        for (code, set) in line.keywords.iter().filter(|(code, _)| !LANGUAGES.iter().any(|language| language.code == *code)) {
            let base = code.split(['-', '_']).next().unwrap_or_default();
            let language = LANGUAGES.iter().find(|language| language.code == base);
            set.revocation.iter().flatten().for_each(|phrase| found.add(phrase, language));
        }
        found
    }

    fn add(&mut self, text: &str, language: Option<&Language>) {
        let Some(mut words) = words_of(text) else { return };
        let Word::Is(first) = words.remove(0) else { return };
        let folded = |list: &[&str]| list.iter().map(|word| fold(word)).collect();
        self.phrases.entry(first).or_default().push(Phrase {
            rest: words,
            ends: text.trim_end().ends_with('.'),
            negators: language.map(|language| folded(language.negators)).unwrap_or_default(),
            conditions: language.map(|language| folded(language.conditions)).unwrap_or_default(),
        });
    }

    /// Whether a message may ask to stop: it holds a phrase that nothing before it turns around.
    pub fn found_in(&self, message: &str) -> bool {
        clauses(message).iter().any(|clause| {
            (0..clause.len()).any(|at| {
                let here = self.phrases.get(&clause[at]).into_iter().flatten();
                here.filter(|phrase| phrase.fits(&clause[at + 1..])).any(|phrase| !phrase.is_negated(&clause[..at]))
            })
        })
    }
}

/// Whether a phrase as configured can ever be found: it has a word, and begins with one.
pub(super) fn phrase_is_usable(text: &str) -> bool {
    words_of(text).is_some()
}

fn words_of(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        if part.trim_end_matches('.') == "*" {
            words.push(Word::Gap);
        } else {
            words.extend(clauses(part).into_iter().flatten().map(Word::Is));
        }
    }
    matches!(words.first(), Some(Word::Is(_))).then_some(words)
}

impl Phrase {
    fn fits(&self, after: &[String]) -> bool {
        fits(&self.rest, after, self)
    }

    /// Whether the words before it turn it around.
    fn is_negated(&self, before: &[String]) -> bool {
        let reach = if before.last().is_some_and(|word| JOINERS.contains(&word.as_str())) { FAR } else { NEAR };
        let near = &before[before.len().saturating_sub(reach)..];
        near.iter().any(|word| self.negators.contains(word)) && !before.iter().any(|word| self.conditions.contains(word))
    }
}

fn fits(words: &[Word], text: &[String], phrase: &Phrase) -> bool {
    match words.split_first() {
        None => !phrase.ends || text.is_empty(),
        Some((Word::Is(word), rest)) => text.split_first().is_some_and(|(first, after)| first == word && fits(rest, after, phrase)),
        // No negator may hide in a gap: "hören Sie nicht auf".
        Some((Word::Gap, rest)) => (0..=GAP.min(text.len()))
            .take_while(|skipped| text[..*skipped].last().is_none_or(|word| !phrase.negators.contains(word)))
            .any(|skipped| fits(rest, &text[skipped..], phrase)),
    }
}

/// The clauses of a text, each as folded words. Apostrophes and invisible characters vanish, every other mark parts words.
fn clauses(text: &str) -> Vec<Vec<String>> {
    let ends_clause =
        |c: char| matches!(c, '.' | '!' | '?' | ';' | ',' | ':' | '\n' | '\r' | '…' | '(' | ')' | '¡' | '¿' | '。' | '！' | '？');
    let vanishes = |c: char| matches!(c, '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let clipped: String = text.chars().take(LONGEST).filter(|c| !vanishes(*c)).collect();
    let parted = clipped.split(ends_clause).map(|clause| {
        let spaced: String = clause.chars().map(|c| if c.is_alphanumeric() || is_combining_mark(c) { c } else { ' ' }).collect();
        fold(&spaced).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    });
    parted.filter(|clause| !clause.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{KeywordSet, keywords};
    use proptest::prelude::*;
    use rstest::rstest;

    fn found(text: &str) -> bool {
        RevocationPhrases::of(&keywords::tests::line()).found_in(text)
    }

    #[rstest]
    #[case::en("Please stop writing to me")]
    #[case::shouted("STOP WRITING TO ME!!!")]
    #[case::wide("ｓｔｏｐ　ｗｒｉｔｉｎｇ")]
    #[case::invisible("st\u{200b}op writing")]
    #[case::polite("Hello Ana, could you please stop? Thank you")]
    #[case::apostrophe("Don’t contact me again")]
    #[case::without_apostrophe("dont contact me again")]
    #[case::in_the_middle("I am sorry but you have the wrong number, this is Joe.")]
    #[case::one_word_of_several("please remove my number from your system")]
    #[case::in_a_gap("I don't want any more messages from you")]
    #[case::condition("If you do not stop writing to me I will complain")]
    #[case::question("Why don't you stop messaging me")]
    #[case::no_stands_alone("No, stop texting me")]
    #[case::another_clause("I do not know you, stop messaging me")]
    #[case::another_sentence("I never asked for this.Stop sending this")]
    #[case::de("Bitte schreiben Sie mir nicht mehr")]
    #[case::de_gap("Hören Sie bitte auf, mir zu schreiben")]
    #[case::de_number("Das ist die falsche Nummer")]
    #[case::de_number_dative("Falsche Nummer!")]
    #[case::de_condition("Wenn Sie nicht aufhören: ich möchte keine weiteren Nachrichten")]
    #[case::es("Por favor, no me escriba más")]
    #[case::es_stop("dejen de enviarme publicidad")]
    #[case::es_number("Número equivocado")]
    #[case::es_comma("No, deje de escribirme")]
    #[case::pt("Por favor não me mandem mais mensagens")]
    #[case::pt_stop("PAREM DE ME MANDAR MENSAGEM")]
    #[case::pt_number("numero errado")]
    #[case::pt_hyphen("Deixe-me em paz")]
    #[case::fr("Ne m’écrivez plus, merci")]
    #[case::fr_stop("Arrêtez de m'envoyer des messages")]
    #[case::fr_number("Mauvais numéro")]
    #[case::fr_hyphen("laissez moi tranquille")]
    fn a_wish_to_stop_is_recognised(#[case] text: &str) {
        assert!(found(text), "{text}");
    }

    #[rstest]
    #[case::dont_stop("don't stop")]
    #[case::dont_stop_writing("Please don't stop writing to me")]
    #[case::do_not_ever_stop("please do not ever stop writing")]
    #[case::never_stop("never stop texting me, I like it")]
    #[case::want_you_to("I don't want you to stop messaging me")]
    #[case::have_to("you don't have to stop sending them")]
    #[case::stop_by("Please stop by tomorrow")]
    #[case::stop_by_the_office("Can I stop by your office to see the contract?")]
    #[case::bus("The bus does not stop here")]
    #[case::inside_a_word("the nonstop writing class")]
    #[case::number("What is the right number?")]
    #[case::miss("I don't want to miss your messages")]
    #[case::de_dont("Bitte hören Sie nicht auf")]
    #[case::de_dont_infinitive("Sie sollen nicht bitte aufhören")]
    #[case::de_hear("Ich möchte gern von Ihnen hören")]
    #[case::es_dont("No deje de escribirme")]
    #[case::es_dont_want("no quiero que deje de escribirme")]
    #[case::pt_dont("Não pare de me escrever")]
    #[case::fr_dont("N'arrêtez pas de m'écrire")]
    #[case::words("yes")]
    #[case::emoji("👍👍")]
    #[case::nothing("")]
    fn everything_else_is_left_alone(#[case] text: &str) {
        assert!(!found(text), "{text}");
    }

    #[test]
    fn a_line_replaces_a_languages_phrases_and_adds_languages() {
        let mut line = keywords::tests::line();
        let set = |phrases: &[&str]| KeywordSet {
            revocation: Some(phrases.iter().map(|one| (*one).to_owned()).collect()),
            ..KeywordSet::default()
        };
        line.keywords.insert("en".to_owned(), set(&["enough of * already", "bye forever."]));
        line.keywords.insert("nl".to_owned(), set(&["stop met schrijven"]));
        line.keywords.insert("pt-BR".to_owned(), set(&["me bloqueia"]));
        line.keywords.insert("fr".to_owned(), set(&[]));
        let phrases = RevocationPhrases::of(&line);
        for text in [
            "Enough of this already!",
            "enough of your texts already",
            "Bye forever",
            "Stop met schrijven a.u.b.",
            "me bloqueia",
            "número errado",
        ] {
            assert!(phrases.found_in(text), "{text}");
        }
        for text in [
            "please stop writing to me",
            "enough of all these silly texts already",
            "bye forever my friend",
            "não me bloqueia",
            "mauvais numéro",
        ] {
            assert!(!phrases.found_in(text), "{text}");
        }
    }

    #[test]
    fn every_default_is_found_by_itself() {
        for phrase in LANGUAGES.iter().flat_map(|language| language.phrases) {
            assert!(phrase_is_usable(phrase) && found(&phrase.replace("* ", "")), "{phrase}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_through(text in "\\PC{0,200}") {
            found(&text);
        }

        #[test]
        fn words_around_it_hide_nothing(before in "[b-m]{6,9}( [b-m]{6,9}){0,4}", after in "[b-m]{6,9}( [b-m]{6,9}){0,4}") {
            let text = format!("{before} stop writing to me {after}");
            prop_assert!(found(&text), "{}", text);
        }
    }
}
