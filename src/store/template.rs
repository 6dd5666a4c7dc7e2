//! The cache of the WABA's templates.

use super::tx::{Result, Tx, micros};
use crate::bridge::{Template, Time, WabaId};

impl Tx<'_> {
    /// Replaces a WABA's templates by what Graph listed when it was asked at `asked_at`; when each was last used is kept, and so
    /// is what a webhook changed after that.
    pub fn replace_templates(&self, waba: &WabaId, templates: &[Template], asked_at: Time) -> Result<()> {
        let known = self.all("SELECT name, language FROM template WHERE waba_id = ?1", [&waba.0], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?))
        })?;
        for (name, language) in known {
            if !templates.iter().any(|template| template.name == name && template.language == language) {
                self.execute("DELETE FROM template WHERE waba_id = ?1 AND name = ?2 AND language = ?3", (&waba.0, name, language))?;
            }
        }
        for template in templates {
            self.execute(
                "INSERT INTO template (waba_id, name, language, document) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (waba_id, name, language) DO UPDATE SET document = excluded.document
                 WHERE template.changed_at IS NULL OR template.changed_at <= ?5",
                (&waba.0, &template.name, &template.language, serde_json::to_string(template)?, micros(asked_at)),
            )?;
        }
        Ok(())
    }

    /// A webhook changed a template that is in the cache.
    pub fn change_template(&self, template: &Template, now: Time) -> Result<()> {
        self.execute(
            "UPDATE template SET document = ?4, changed_at = ?5 WHERE waba_id = ?1 AND name = ?2 AND language = ?3",
            (&template.waba.0, &template.name, &template.language, serde_json::to_string(template)?, micros(now)),
        )?;
        Ok(())
    }

    /// All templates of a WABA, last used first, then by name.
    pub fn templates(&self, waba: &WabaId) -> Result<Vec<Template>> {
        self.all("SELECT document FROM template WHERE waba_id = ?1 ORDER BY coalesce(used_at, 0) DESC, name, language", [&waba.0], |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
    }

    pub fn template(&self, waba: &WabaId, name: &str, language: &str) -> Result<Option<Template>> {
        self.first("SELECT document FROM template WHERE waba_id = ?1 AND name = ?2 AND language = ?3", (&waba.0, name, language), |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
    }

    pub fn template_used(&self, waba: &WabaId, name: &str, language: &str, now: Time) -> Result<()> {
        self.execute(
            "UPDATE template SET used_at = ?4 WHERE waba_id = ?1 AND name = ?2 AND language = ?3",
            (&waba.0, name, language, micros(now)),
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::bridge::{ParameterFormat, Template, TemplateCategory, TemplateChange, Time};
    use chrono::Duration;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn listed() -> Template {
        Template {
            waba: "waba".into(),
            id: "1".to_owned(),
            name: "visit".to_owned(),
            language: "en".to_owned(),
            category: TemplateCategory::Utility,
            status: "APPROVED".to_owned(),
            parameter_format: ParameterFormat::Positional,
            header: None,
            body: "Hello".to_owned(),
            footer: None,
            buttons: Vec::new(),
            examples: Vec::new(),
            header_example: None,
            offer: None,
            not_sendable: None,
        }
    }

    #[tokio::test]
    async fn a_list_asked_for_before_a_webhook_does_not_undo_it_and_a_later_one_counts() {
        let (_home, store) = crate::store::testing::fresh();
        let statuses = store.write("test", |tx| {
            let waba = "waba".into();
            let status = || Ok::<_, crate::store::StoreError>(tx.template(&waba, "visit", "en")?.map(|template| template.status));
            tx.replace_templates(&waba, &[listed()], at(0))?;
            let mut paused = listed();
            paused.apply(&TemplateChange::Status("PAUSED".to_owned()));
            tx.change_template(&paused, at(10))?;
            tx.replace_templates(&waba, &[listed()], at(9))?;
            let before = status()?;
            tx.replace_templates(&waba, &[listed()], at(11))?;
            Ok([before, status()?])
        });
        let statuses = statuses.await.expect("stored");
        assert_eq!(statuses.map(Option::unwrap_or_default), ["PAUSED", "APPROVED"]);
    }
}
