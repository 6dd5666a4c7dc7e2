//! Finding contacts by part of a name or number.

use super::contact::{Contact, read_contact};
use super::tx::{Result, Tx};
use super::value::Value;
use crate::bridge::{ContactId, ContactQuery, Digits, LineId, fold};

impl Tx<'_> {
    /// Contacts of a line that fit, by name. Looks through the line's contacts and their numbers, not through anything that grows with
    /// every message.
    pub fn find_contacts(&self, line: &LineId, query: &ContactQuery, limit: u32) -> Result<Vec<Contact>> {
        let (fits, mut values) = condition(query);
        let sql = format!("line_id = ?1 AND merged_into IS NULL{fits} ORDER BY name, contact_id LIMIT ?2");
        values.splice(0..0, [Value::from(&line.0), limit.into()]);
        self.all(&super::contact::select(&sql), values, read_contact)
    }

    /// Every number by which a contact is known, digits, in all spellings.
    pub fn numbers_of(&self, id: ContactId) -> Result<Vec<String>> {
        self.all("SELECT value FROM identity WHERE contact_id = ?1 AND kind = 'phone' ORDER BY value", [id.0], |row| Ok(row.get(0)?))
    }

    /// Folds the names of a database that was made before they were searched so.
    pub(super) fn fold_names(&self) -> Result<()> {
        let names = self.all("SELECT contact_id, name FROM contact", [], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?;
        for (id, name) in names {
            self.execute("UPDATE contact SET folded = ?2 WHERE contact_id = ?1", (id, fold(&name)))?;
        }
        Ok(())
    }
}

/// What stands behind the line in the WHERE clause; its values are numbered from 3.
fn condition(query: &ContactQuery) -> (String, Vec<Value<'static>>) {
    if query.is_empty() {
        return (String::new(), Vec::new());
    }
    let mut values = Vec::new();
    let mut like = |what: &str, pattern: String| {
        values.push(pattern.into());
        format!("{what} LIKE ?{} ESCAPE '\\'", values.len() + 2)
    };
    let within = |text: &str| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let mut name: Vec<String> = query.words.iter().map(|word| like("folded", within(word))).collect();
    name.extend(query.literal.iter().map(|literal| like("name", within(literal))));
    let numbers: Vec<String> = query
        .numbers
        .iter()
        .map(|digits| match digits {
            Digits::Start(digits) => like("value", format!("{digits}%")),
            Digits::Within(digits) => like("value", within(digits)),
        })
        .collect();
    let name = name.join(" AND ");
    let number = numbers.join(" OR ");
    let sql = if number.is_empty() {
        format!(" AND {name}")
    } else {
        format!(" AND (({name}) OR contact_id IN (SELECT contact_id FROM identity WHERE line_id = ?1 AND kind = 'phone' AND ({number})))")
    };
    (sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{ClientIdentity, Time};
    use crate::store::migrate::bring_up;
    use crate::store::{Address, NewContact, Store};
    use rstest::rstest;

    fn new<'a>(line: &'a LineId, name: &'a str, phone: Option<&'a str>, wa_id: Option<&'a str>) -> NewContact<'a> {
        NewContact { line, name, phone, wa_id, bsuid: None, language: None, added_by: None }
    }

    async fn found(typed: &str) -> Vec<String> {
        let (_home, store) = crate::store::testing::fresh();
        let typed = typed.to_owned();
        let names = store
            .write("test", move |tx| {
                let (line, other) = (LineId::from("advice"), LineId::from("cards"));
                for (name, phone, wa_id) in [
                    ("José da Conceição", Some("+5511987654321"), Some("551187654321")),
                    ("Jürgen Groß", Some("+4915123456789"), None),
                    ("100% Pizza_Service", None, Some("4930901820")),
                    ("🌸", None, Some("4930901821")),
                ] {
                    tx.insert_contact(&new(&line, name, phone, wa_id), Time::UNIX_EPOCH)?;
                }
                tx.insert_contact(&new(&other, "José", Some("+5511987654321"), None), Time::UNIX_EPOCH)?;
                let query = ContactQuery::read(&typed, Some("DE"));
                Ok(tx.find_contacts(&line, &query, 10)?.into_iter().map(|contact| contact.name).collect::<Vec<_>>())
            })
            .await
            .expect("searched");
        store.close().await;
        names
    }

    #[rstest]
    #[case::without_accents("jose", &["José da Conceição"])]
    #[case::words_in_any_order("CONCEICAO josé", &["José da Conceição"])]
    #[case::sharp_s("gross", &["Jürgen Groß"])]
    #[case::full_width("ＪÜＲＧＥＮ", &["Jürgen Groß"])]
    #[case::half_a_word("jürg", &["Jürgen Groß"])]
    #[case::brazil_as_whatsapp_says_it("+55 11 8765-4321", &["José da Conceição"])]
    #[case::brazil_with_the_ninth_digit("+55 (11) 98765-4321", &["José da Conceição"])]
    #[case::at_home("0151 234", &["Jürgen Groß"])]
    #[case::abroad("+49 (151) 234", &["Jürgen Groß"])]
    #[case::what_whatsapp_said("030 90 18 20", &["100% Pizza_Service"])]
    #[case::digits_in_a_name("100", &["100% Pizza_Service"])]
    #[case::marks_mean_themselves("%", &["100% Pizza_Service"])]
    #[case::marks_within_a_word("100%pizza", &[])]
    #[case::no_letters_at_all("🌸", &["🌸"])]
    #[case::nobody("jose groß", &[])]
    #[case::everybody("  ", &["100% Pizza_Service", "José da Conceição", "Jürgen Groß", "🌸"])]
    #[tokio::test]
    async fn contacts_of_the_line_are_found(#[case] typed: &str, #[case] names: &[&str]) {
        assert_eq!(found(typed).await, names, "{typed}");
    }

    #[tokio::test]
    async fn names_of_an_earlier_version_are_found_too() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("test.db");
        let old = Address::from(&path).connect("test").expect("opens");
        bring_up(&old, &Address::from(&path), 7).expect("as it was");
        old.batch("INSERT INTO contact (line_id, name, added_at) VALUES ('advice', 'Éva', 0)").expect("written");
        drop(old);
        let store = Store::open(&path).expect("brought up to date");
        let query = ContactQuery::read("eva", None);
        let contacts = store.read(move |tx| tx.find_contacts(&"advice".into(), &query, 10)).await.expect("searched");
        assert_eq!(contacts.len(), 1);
        assert!(store.read(|tx| tx.contact_of(&"advice".into(), &ClientIdentity::default())).await.expect("read").is_none());
        store.close().await;
    }
}
