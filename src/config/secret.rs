//! Secrets from files (`*_file`), as container platforms and systemd hand them over.
//!
//! Invariant: an error names the key and the file, never a byte of the content.

use super::problem::{Origin, Problem};
use super::tree::Config;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};

/// Makes paths absolute to the file they stand in, reads every `*_file` into its secret, and refuses a secret given twice or empty.
pub(super) fn resolve(config: &mut Config, problems: &mut Vec<Problem>) {
    let origins = config.origins.clone();
    let origin = |key: &str| origins.get(key).cloned().unwrap_or_default();

    if let Some(path) = &mut config.directory {
        *path = beside(&origin("directory"), path);
    }
    if let Some(path) = &mut config.files.folder {
        *path = beside(&origin("files.folder"), path);
    }
    let files = &mut config.files;
    let teams = &mut config.teams;
    let whatsapp = &mut config.whatsapp;
    for (key, secret, file) in [
        ("store.url", &mut config.store.url, &mut config.store.url_file),
        ("files.s3_secret_access_key", &mut files.s3_secret_access_key, &mut files.s3_secret_access_key_file),
        ("teams.client_secret", &mut teams.client_secret, &mut teams.client_secret_file),
        ("whatsapp.access_token", &mut whatsapp.access_token, &mut whatsapp.access_token_file),
        ("whatsapp.verify_token", &mut whatsapp.verify_token, &mut whatsapp.verify_token_file),
    ] {
        let file_key = format!("{key}_file");
        if secret.as_ref().is_some_and(|secret| secret.expose_secret().is_empty()) {
            problems.push(Problem::new(origin(key), key, "is empty"));
        }
        let Some(path) = file else { continue };
        *path = beside(&origin(&file_key), path);
        if secret.is_some() {
            problems.push(Problem::new(origin(&file_key), file_key, format!("is given beside {key} ({}): keep one of them", origin(key))));
            continue;
        }
        match read(path) {
            Ok(value) => *secret = Some(value),
            Err(reason) => problems.push(Problem::new(origin(&file_key), file_key, reason)),
        }
    }

    let (key, files_key) = ("whatsapp.app_secrets", "whatsapp.app_secrets_files");
    if whatsapp.app_secrets.iter().any(|secret| secret.expose_secret().is_empty()) {
        problems.push(Problem::new(origin(key), key, "has an empty entry"));
    }
    if !whatsapp.app_secrets.is_empty() && !whatsapp.app_secrets_files.is_empty() {
        problems.push(Problem::new(origin(files_key), files_key, format!("is given beside {key} ({}): keep one of them", origin(key))));
        return;
    }
    for path in &mut whatsapp.app_secrets_files {
        *path = beside(&origin(files_key), path);
        match read(path) {
            Ok(value) => whatsapp.app_secrets.push(value),
            Err(reason) => problems.push(Problem::new(origin(files_key), files_key, reason)),
        }
    }
}

/// A relative path in the configuration file is meant from where that file stands; one in the environment from the working directory.
fn beside(origin: &Origin, path: &Path) -> PathBuf {
    match origin {
        Origin::File(file) => file.parent().unwrap_or(Path::new("")).join(path),
        Origin::Default | Origin::Variable(_) => path.to_owned(),
    }
}

/// The content without its final line break, which editors and `echo` add.
fn read(path: &Path) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("names {}, which cannot be read: {error}", path.display()))?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() {
        return Err(format!("names {}, which is empty", path.display()));
    }
    Ok(SecretString::from(secret))
}
