//! Opaque identifiers, one type each, so that a thread's number can never be taken for a contact's.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as the other side spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

text_id!(/** A line of business, as named in the directory (`advice`). */ LineId);
text_id!(/** A WhatsApp business phone number's Graph id (`phone_number_id`). */ PhoneNumberId);
text_id!(/** A WhatsApp Business Account's Graph id. */ WabaId);
text_id!(/** A colleague: the Entra object id, lower case; or the UPN until the first activity binds it. */ ColleagueId);
text_id!(/** A WhatsApp message id (`wamid.…`). */ Wamid);
text_id!(/** A Bot Framework activity id: for messages milliseconds since the epoch, as text. */ ActivityId);
text_id!(/** A Bot Framework conversation id (`a:…`, `19:…@thread.v2`). */ ConversationId);

row_id!(/** A contact's row. */ ContactId);
row_id!(/** A thread's row. */ ThreadId);
row_id!(/** A message's row. */ MessageId);
row_id!(/** A row of what may be a client's wish to stop. */ RevocationId);
row_id!(/** A row of a client's offer to another colleague. */ TransferId);
row_id!(/** A row of a client whom nobody can answer. */ IntakeId);
row_id!(/** A row of a colleague's wish to join. */ JoiningId);
row_id!(/** A row of files that wait for Send. */ ParcelId);
row_id!(/** A delivery's row. */ DeliveryId);
row_id!(/** A lane's row. */ LaneId);
