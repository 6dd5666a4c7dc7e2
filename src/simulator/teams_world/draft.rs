//! A message before it is sent.

use serde::{Deserialize, Serialize};

use super::state::SentFile;

/// Which generation of Teams quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteStyle {
    /// `<quoted messageId="…"/>` and the `quotedReply` entity.
    #[default]
    Entity,
    /// A `<blockquote itemtype="…Reply">` in the HTML attachment.
    Blockquote,
    Both,
}

/// A message before it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Plain text; unused when there is `html`.
    pub text: String,
    /// The body with formatting. Sent as a `text/html` attachment.
    pub html: Option<String>,
    /// Activity id of the quoted item.
    pub quote: Option<String>,
    pub style: QuoteStyle,
    /// Attached files and pasted pictures.
    pub files: Vec<SentFile>,
    /// Who is mentioned before the text, in shared conversations: `bot`, or the short names of people.
    pub mentions: Vec<String>,
    /// A targeted message to the bot, in shared conversations: nobody else sees it.
    pub private: bool,
}

/// The bot among [`Draft::mentions`].
pub(super) const BOT: &str = "bot";

impl Draft {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn html(html: impl Into<String>) -> Self {
        Self { html: Some(html.into()), ..Self::default() }
    }

    /// Quotes an activity the way current clients do.
    pub fn quoting(self, activity_id: impl Into<String>) -> Self {
        Self { quote: Some(activity_id.into()), ..self }
    }

    /// With one more file.
    pub fn with(mut self, file: SentFile) -> Self {
        self.files.push(file);
        self
    }

    pub fn style(self, style: QuoteStyle) -> Self {
        Self { style, ..self }
    }

    /// Mentions the bot, or a person by short name.
    pub fn mentioning(mut self, who: &str) -> Self {
        self.mentions.push(who.to_owned());
        self
    }

    /// To the bot only.
    pub fn privately(self) -> Self {
        Self { private: true, ..self }
    }

    /// Whether the bot is addressed.
    pub(super) fn addresses_bot(&self) -> bool {
        self.private || self.mentions.iter().any(|who| who == BOT)
    }
}
