//! What WhatsApp says a message cost: the `pricing` object of its statuses (whatsapp.md 1.7).

use serde::{Deserialize, Deserializer, Serialize};

macro_rules! lenient {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$of])* $variant,)*
            /// A word that this version does not know, lower case.
            Other(String),
        }

        impl $name {
            /// As WhatsApp spells it, and as it is stored.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                let word = word.to_ascii_lowercase();
                match word.as_str() {
                    $($word => Self::$variant,)*
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    };
}

lenient! {
    /// `pricing.category`: what kind of message it was.
    PriceCategory {
        /// Anything but a template.
        Service "service",
        Utility "utility",
        Marketing "marketing",
        Authentication "authentication",
    }
}

lenient! {
    /// `pricing.type`: whether it was charged.
    PriceType {
        /// Charged.
        Regular "regular",
        /// Free, because it answered inside the customer service window.
        FreeCustomerService "free_customer_service",
        /// Free, because the client had come through an ad.
        FreeEntryPoint "free_entry_point",
    }
}

/// The `pricing` object of a status. Its `billable` is deprecated and not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<PriceCategory>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<PriceType>,
    /// `pricing_model`: `PMP` (a message), earlier `CBP` (a conversation).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

impl Pricing {
    /// `None` when nothing of it is told.
    pub fn told(category: Option<String>, kind: Option<String>, model: Option<String>) -> Option<Self> {
        let pricing = Self { category: category.map(Into::into), kind: kind.map(Into::into), model };
        (pricing.category.is_some() || pricing.kind.is_some()).then_some(pricing)
    }

    /// `category/type` or one of the two, as earlier versions kept it.
    fn of_words(words: &str) -> Option<Self> {
        let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
        match words.split_once('/') {
            Some((category, kind)) => Self::told(word(category), word(kind), None),
            None => match PriceType::from(words.to_owned()) {
                PriceType::Other(_) => Self::told(word(words), None, None),
                kind => Some(Self { kind: Some(kind), ..Self::default() }),
            },
        }
    }
}

/// Reads a stored price: the object, or the words of earlier versions.
pub(super) fn stored_pricing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Pricing>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Words(String),
        Object(Pricing),
    }
    Ok(Option::<Stored>::deserialize(deserializer)?.and_then(|stored| match stored {
        Stored::Words(words) => Pricing::of_words(&words),
        Stored::Object(pricing) => Some(pricing),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::StatusUpdate;
    use rstest::rstest;
    use serde_json::json;

    fn price(category: &str, kind: &str) -> Pricing {
        Pricing::told(Some(category.to_owned()), Some(kind.to_owned()), None).expect("told")
    }

    #[rstest]
    #[case::words(json!("utility/regular"), Some(price("utility", "regular")))]
    #[case::words_of_the_type(json!("free_entry_point"), Pricing::told(None, Some("free_entry_point".into()), None))]
    #[case::words_of_the_category(json!("marketing"), Pricing::told(Some("marketing".into()), None, None))]
    #[case::nothing(json!(null), None)]
    #[case::object(json!({"category": "service", "type": "regular"}), Some(price("service", "regular")))]
    fn statuses_that_an_earlier_version_kept_are_read(#[case] stored: serde_json::Value, #[case] expected: Option<Pricing>) {
        let early = json!({"number": "1", "wamid": "w", "at": null, "state": {"Reached": "sent"}, "callback": null,
            "pricing": stored, "client": {"bsuid": null, "wa_id": null, "profile_name": null, "username": null}});
        let status: StatusUpdate = serde_json::from_value(early).expect("still readable");
        assert_eq!(status.pricing, expected);
        let again: StatusUpdate = serde_json::from_value(serde_json::to_value(&status).expect("JSON")).expect("readable");
        assert_eq!(again, status);
    }

    #[test]
    fn a_word_of_tomorrow_is_kept() {
        let odd = price("Marketing_Lite", "half_price");
        assert_eq!(odd.category, Some(PriceCategory::Other("marketing_lite".into())));
        assert_eq!(serde_json::to_value(&odd).expect("JSON"), json!({"category": "marketing_lite", "type": "half_price"}));
        assert_eq!(Pricing::told(None, None, Some("PMP".into())), None);
    }
}
