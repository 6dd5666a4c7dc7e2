//! Every key with the shape of its value: what makes an unknown key and a wrong type known before anything is read, and what
//! tells a text from a list where the environment has only text. A test holds this list and the example file together.

use std::net::SocketAddr;

/// The largest number: far above what either provider grants, and small enough that no product of two is out of range.
pub(super) const MOST: u32 = 100_000;

/// The shape of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// A list of texts.
    List,
    Flag,
    /// A whole number from 1 to [`MOST`].
    Count,
    /// `address:port`.
    Address,
    Choice(&'static [&'static str]),
}

impl Shape {
    /// What a value of this shape must be.
    pub(super) fn reason(self) -> String {
        match self {
            Self::Text => "must be a text".to_owned(),
            Self::List => "must be a list of texts".to_owned(),
            Self::Flag => "must be true or false".to_owned(),
            Self::Count => format!("must be a whole number from 1 to {MOST}"),
            Self::Address => "must be an IP address and a port (127.0.0.1:8080)".to_owned(),
            Self::Choice(choices) => format!("must be one of: {}", choices.join(", ")),
        }
    }

    /// Whether a text fits a shape that is written as one.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Count => text.parse::<i64>().is_ok_and(count),
            Self::Address => text.parse::<SocketAddr>().is_ok(),
            Self::Choice(choices) => choices.contains(&text),
            Self::Flag => matches!(text, "true" | "false"),
            Self::Text | Self::List => true,
        }
    }
}

/// Whether a number is one that [`Shape::Count`] takes.
pub(super) fn count(number: i64) -> bool {
    (1..=i64::from(MOST)).contains(&number)
}

type Keys = &'static [(&'static str, Shape)];

/// Keys by section; the first section, without a name, is the top of the file. A section inside another has both names.
pub(super) const SECTIONS: &[(&str, Keys)] = &[
    ("", &[("directory", Shape::Text)]),
    ("server", &[("listen", Shape::Address), ("public_url", Shape::Text)]),
    ("store", &[("url", Shape::Text), ("url_file", Shape::Text)]),
    (
        "files",
        &[
            ("folder", Shape::Text),
            ("s3_bucket", Shape::Text),
            ("s3_prefix", Shape::Text),
            ("s3_region", Shape::Text),
            ("s3_endpoint", Shape::Text),
            ("s3_access_key_id", Shape::Text),
            ("s3_secret_access_key", Shape::Text),
            ("s3_secret_access_key_file", Shape::Text),
        ],
    ),
    (
        "teams",
        &[
            ("app_id", Shape::Text),
            ("tenant_id", Shape::Text),
            ("allowed_tenants", Shape::List),
            ("client_secret", Shape::Text),
            ("client_secret_file", Shape::Text),
            ("openid_metadata_url", Shape::Text),
            ("login_url", Shape::Text),
            ("issuer", Shape::Text),
            ("scope", Shape::Text),
            ("allowed_service_hosts", Shape::List),
            ("development_accept_unauthenticated", Shape::Flag),
        ],
    ),
    (
        "teams.graph",
        &[
            ("enabled", Shape::Flag),
            ("files", Shape::Flag),
            ("app_catalog_id", Shape::Text),
            ("base_url", Shape::Text),
            ("scope", Shape::Text),
        ],
    ),
    ("teams.reactions", &[("enabled", Shape::Flag), ("delivered", Shape::Text), ("read", Shape::Text), ("failed", Shape::Text)]),
    (
        "whatsapp",
        &[
            ("graph_url", Shape::Text),
            ("graph_version", Shape::Text),
            ("access_token", Shape::Text),
            ("access_token_file", Shape::Text),
            ("app_secrets", Shape::List),
            ("app_secrets_files", Shape::List),
            ("verify_token", Shape::Text),
            ("verify_token_file", Shape::Text),
        ],
    ),
    (
        "limits",
        &[
            ("whatsapp_number_per_second", Shape::Count),
            ("whatsapp_client_burst", Shape::Count),
            ("whatsapp_client_seconds", Shape::Count),
            ("teams_chat_burst", Shape::Count),
            ("teams_chat_per_second", Shape::Count),
            ("teams_tenant_per_second", Shape::Count),
        ],
    ),
    ("log", &[("format", Shape::Choice(&["text", "json"])), ("filter", Shape::Text)]),
];

/// The keys of a section, if there is one of this name.
pub(super) fn section(name: &str) -> Option<Keys> {
    SECTIONS.iter().find(|(section, _)| *section == name).map(|(_, keys)| *keys)
}

/// The shape of a key in a section.
pub(super) fn shape(section_name: &str, key: &str) -> Option<Shape> {
    section(section_name)?.iter().find(|(name, _)| *name == key).map(|(_, shape)| *shape)
}

/// Section and key as one name (`teams.app_id`).
pub(super) fn full(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

/// All keys, as full names.
pub fn all() -> impl Iterator<Item = String> {
    SECTIONS.iter().flat_map(|(section, keys)| keys.iter().map(move |(key, _)| full(section, key)))
}
