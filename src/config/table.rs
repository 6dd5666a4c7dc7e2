//! What `check-config` prints: every key with its effective value and origin, secrets only as present or not.

use super::keys;
use super::problem::Origin;
use super::tree::{Config, LogFormat};
use secrecy::SecretString;
use std::path::PathBuf;

/// One key, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// `teams.app_id`.
    pub key: String,
    /// The effective value; of a secret `set`, `set (from file ...)` or `missing`.
    pub value: String,
    /// `default`, the file, or the environment variable.
    pub from: String,
}

impl Config {
    /// Every key in the order of the file. A secret and its `*_file` are one row.
    pub fn rows(&self) -> Vec<Row> {
        let row = |key: String| {
            let value = self.value(&key)?;
            let file_key = keys::all().find(|other| *other == format!("{key}_file") || *other == format!("{key}_files"));
            let origin = match (self.origin(&key), file_key) {
                (Origin::Default, Some(file_key)) => self.origin(&file_key),
                (origin, _) => origin,
            };
            Some(Row { key, value, from: origin.to_string() })
        };
        keys::all().filter_map(row).collect()
    }

    /// The rows as a table for a terminal.
    pub fn table(&self) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        table.set_header(["key", "value", "from"]);
        table.add_rows(self.rows().into_iter().map(|row| [row.key, row.value, row.from]));
        table
    }

    /// A key's value as text. None for `*_file`, which is told with its secret.
    fn value(&self, key: &str) -> Option<String> {
        let (server, teams, whatsapp, limits) = (&self.server, &self.teams, &self.whatsapp, &self.limits);
        Some(match key {
            "directory" => self.directory.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string()),
            "server.listen" => server.listen.to_string(),
            "server.public_url" => or_none(server.public_url.as_ref()),
            "store.url" => match &self.store.url_file {
                Some(file) => format!("{} (from file {})", self.store.shown(), file.display()),
                None => self.store.shown(),
            },
            "files.folder" => match (&self.files.folder, &self.files.s3_bucket) {
                (_, Some(_)) => "none".to_owned(),
                (None, None) => format!("{} (beside the store)", self.files_folder().display()),
                (Some(_), None) => self.files_folder().display().to_string(),
            },
            "files.s3_bucket" => or_none(self.files.s3_bucket.as_ref()),
            "files.s3_prefix" => or_none(self.files.s3_prefix.as_ref()),
            "files.s3_region" => or_none(self.files.s3_region.as_ref()),
            "files.s3_endpoint" => or_none(self.files.s3_endpoint.as_ref()),
            "files.s3_access_key_id" => or_none(self.files.s3_access_key_id.as_ref()),
            "files.s3_secret_access_key" if self.files.s3_access_key_id.is_none() && self.files.s3_secret_access_key.is_none() => {
                "none".to_owned()
            }
            "files.s3_secret_access_key" => secret(self.files.s3_secret_access_key.as_ref(), self.files.s3_secret_access_key_file.as_ref()),
            "teams.app_id" => or_missing(&teams.app_id),
            "teams.tenant_id" => or_missing(&teams.tenant_id),
            "teams.allowed_tenants" => or_missing(&teams.allowed_tenants.join(", ")),
            "teams.client_secret" => secret(teams.client_secret.as_ref(), teams.client_secret_file.as_ref()),
            "teams.openid_metadata_url" => teams.openid_metadata_url.clone(),
            "teams.login_url" => teams.login_url.clone(),
            "teams.issuer" => teams.issuer.clone(),
            "teams.scope" => teams.scope.clone(),
            "teams.allowed_service_hosts" => or_missing(&teams.allowed_service_hosts.join(", ")),
            "teams.development_accept_unauthenticated" => teams.development_accept_unauthenticated.to_string(),
            "teams.graph.enabled" => teams.graph.enabled.to_string(),
            "teams.graph.files" => teams.graph.files.to_string(),
            "teams.graph.app_catalog_id" if !teams.graph.enabled && teams.graph.app_catalog_id.is_empty() => "none".to_owned(),
            "teams.graph.app_catalog_id" => or_missing(&teams.graph.app_catalog_id),
            "teams.graph.base_url" => teams.graph.base_url.clone(),
            "teams.graph.scope" => teams.graph.scope.clone(),
            "teams.reactions.enabled" => teams.reactions.enabled.to_string(),
            "teams.reactions.delivered" => teams.reactions.delivered.clone(),
            "teams.reactions.read" => teams.reactions.read.clone(),
            "teams.reactions.failed" => teams.reactions.failed.clone(),
            "whatsapp.graph_url" => whatsapp.graph_url.clone(),
            "whatsapp.graph_version" => whatsapp.graph_version.clone(),
            "whatsapp.access_token" => secret(whatsapp.access_token.as_ref(), whatsapp.access_token_file.as_ref()),
            "whatsapp.app_secrets" => match (whatsapp.app_secrets.as_slice(), whatsapp.app_secrets_files.as_slice()) {
                ([], _) => "missing".to_owned(),
                (secrets, []) => format!("{} set", secrets.len()),
                (secrets, files) => {
                    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
                    format!("{} set (from file {})", secrets.len(), files.join(", "))
                }
            },
            "whatsapp.verify_token" => secret(whatsapp.verify_token.as_ref(), whatsapp.verify_token_file.as_ref()),
            "limits.whatsapp_number_per_second" => limits.whatsapp_number_per_second.to_string(),
            "limits.whatsapp_client_burst" => limits.whatsapp_client_burst.to_string(),
            "limits.whatsapp_client_seconds" => limits.whatsapp_client_seconds.to_string(),
            "limits.teams_chat_burst" => limits.teams_chat_burst.to_string(),
            "limits.teams_chat_per_second" => limits.teams_chat_per_second.to_string(),
            "limits.teams_tenant_per_second" => limits.teams_tenant_per_second.to_string(),
            "log.format" => match self.log.format {
                LogFormat::Text => "text".to_owned(),
                LogFormat::Json => "json".to_owned(),
            },
            "log.filter" => self.log.filter.clone(),
            _ => return None,
        })
    }
}

fn or_none(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| "none".to_owned())
}

fn or_missing(text: &str) -> String {
    if text.is_empty() { "missing".to_owned() } else { text.to_owned() }
}

fn secret(secret: Option<&SecretString>, file: Option<&PathBuf>) -> String {
    match (secret, file) {
        (None, _) => "missing".to_owned(),
        (Some(_), None) => "set".to_owned(),
        (Some(_), Some(file)) => format!("set (from file {})", file.display()),
    }
}
