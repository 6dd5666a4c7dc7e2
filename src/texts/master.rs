//! The English master of every sentence: product.md 10, row by row. Where a row holds two sentences joined by "or", the second
//! is a text of its own with a `b` behind its number. Where one placeholder stood for two different things, each has its own name.

use Audience::{Client, Colleague};

/// Who reads a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// In Teams.
    Colleague,
    /// On WhatsApp.
    Client,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $id:literal $audience:ident $master:literal;)*) => {
        /// A sentence, by its id in product.md 10. `T` is read by a colleague in Teams, `K` by a client on WhatsApp.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum TextId { $($(#[$doc])* $name,)* }

        impl TextId {
            /// Every text, in the order of product.md 10.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The id as configuration spells it (`T-06`).
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// The English wording, placeholders in braces.
            pub fn master(self) -> &'static str {
                match self { $(Self::$name => $master,)* }
            }

            /// Who reads it.
            pub fn audience(self) -> Audience {
                match self { $(Self::$name => $audience,)* }
            }
        }
    };
}

texts! {
    /// First send: may we ask?
    T00 "T-00" Colleague "{client} has not agreed to WhatsApp messages yet. We will ask first, in {business}'s name. You can write as soon as they accept.";
    /// The same for who left the conversation, or ended it, and starts it again although consent stands.
    T00b "T-00b" Colleague "You took part in a conversation with {client} before. To start it again, we will ask {client} first, in {business}'s name. You can write as soon as they accept.";
    /// The opt-in request, as template and as session message.
    K01 "K-01" Client "Hello, this is {colleague} from {business}. May we message you here on WhatsApp? Reply YES to accept or NO to decline. You can reply STOP at any time.";
    /// The same, while no colleague has this client.
    K01b "K-01b" Client "Hello, this is {business}. May we message you here on WhatsApp? Reply YES to accept or NO to decline. You can reply STOP at any time.";
    /// The request's buttons where it is a session message; the template brings its own.
    K01Yes "K-01-yes" Client "Yes";
    /// The other one.
    K01No "K-01-no" Client "No";
    /// Accepted.
    K02 "K-02" Client "Thank you. You can now chat with {colleague} at {business} here. Reply STOP to end, HELP for help.";
    /// The same, while no colleague has this client.
    K02b "K-02b" Client "Thank you. You can now chat with {business} here. Reply STOP to end, HELP for help.";
    /// Declined or opted out.
    K03 "K-03" Client "You will get no more messages from {business} on WhatsApp. If you change your mind, reply START, or send any message and we will ask you again.";
    /// Accepted.
    T04 "T-04" Colleague "{client} accepted. You can write freely until {time}.";
    /// 24 hours without an answer. Verbatim.
    T05 "T-05" Colleague "The contact hasn't responded to the opt-in request for more than 24 hours. You can try sending the request again.";
    /// Declined.
    T06 "T-06" Colleague "{client} declined your request. You cannot send another one. If this was a mistake, {client} can write to {number} and will be asked again.";
    /// Too early for the next request.
    T07 "T-07" Colleague "A request has been waiting since {since}. You can send the next one {next}.";
    /// Opted out.
    T08 "T-08" Colleague "{client} asked to stop. Writing is closed.";
    /// Opted out while messages were held; follows T-08.
    T08b "T-08b" Colleague "{n} held message(s) withdrawn.";
    /// The client may ask to stop in their own words.
    T09 "T-09" Colleague "{client} may be asking to stop. Please decide by {date}.";
    /// The same, to supervisors when half the time is over.
    T09b "T-09b" Colleague "For {days} business days nobody has decided whether {client} asked to stop. Please decide by {date}.";
    /// The same, to supervisors when the time is over.
    T09c "T-09c" Colleague "{days} business days are over, and nobody has decided whether {client} asked to stop. Please decide now.";
    /// Refused until that is decided.
    T09d "T-09d" Colleague "{client} may be asking to stop, and nobody has decided yet. Nothing was sent. Decide on the card that quotes the message, then try again.";
    /// Held until that is decided.
    T09e "T-09e" Colleague "Held. {client} may be asking to stop. Your message waits until that is decided: recorded as an opt-out, it is withdrawn; otherwise it goes out as soon as {client}'s window allows.";
    /// Exclusivity.
    T10 "T-10" Colleague "Looks like this contact is already messaging with another colleague in your line of business.";
    /// Number deactivated. The second sentence is verbatim.
    K11 "K-11" Client "Thank you for your message. We're not currently using this number to accept WhatsApp messages.";
    /// A client whom nobody has written to, on a line that restricts who may write first.
    K12 "K-12" Client "Thank you for your message. {business} does not read messages here from people it has not written to first. Please contact us in another way.";
    /// Number deactivated, once when that happens.
    T12b "T-12b" Colleague "Your administrator has switched off WhatsApp for {number}. Nothing is sent from it, and what is held waits, until it is switched on again.";
    /// Number deactivated.
    T12 "T-12" Colleague "Your administrator has switched off WhatsApp for {number}. Nothing was sent.";
    /// Help.
    K13 "K-13" Client "{business}: reply STOP to end messages, START to begin again.";
    /// Not on WhatsApp.
    T14 "T-14" Colleague "{number} cannot be reached on WhatsApp.";
    /// The client wants no more marketing.
    T15 "T-15" Colleague "{client} wants no marketing messages. Everything else may still be sent.";
    /// The client takes that back.
    T15b "T-15b" Colleague "{client} allows marketing messages again.";
    /// The client changed their number.
    T16 "T-16" Colleague "{client} has a new WhatsApp number: {number}. The conversation goes on there. The old number may belong to somebody else by now.";
    /// The client changed their account, and WhatsApp does not tell the number.
    T16b "T-16b" Colleague "{client} has a new WhatsApp account. The conversation goes on there. The old number may belong to somebody else by now, and is not used any more.";
    /// The client's number writes as somebody else.
    T16c "T-16c" Colleague "The number {number} belongs to somebody else now. {client} is still reached by their WhatsApp account.";
    /// Two contacts turned out to be one client; this conversation is the one that ends.
    T17 "T-17" Colleague "{client} is the same person as {other} and goes on there. Nothing more is sent from this conversation.";
    /// An administrator took back a decline or an opt-out, with evidence: consent may be asked for again.
    T18 "T-18" Colleague "Your administrator has reopened the conversation with {client}. You may ask for consent again.";
    /// The same, with consent given outside WhatsApp.
    T18b "T-18b" Colleague "Your administrator has recorded that {client} agreed to messages.";
    /// Window closed, policy `template_only`.
    T20 "T-20" Colleague "More than 24 hours have passed since {client}'s last message, so WhatsApp only lets us restart with an approved template. Nothing was sent; your text is kept here.";
    /// Window closed, policy `queue`.
    T21 "T-21" Colleague "Held. {client} last wrote {ago}. Your message ({n} waiting) goes out as soon as {client} writes, and expires {date}.";
    /// The last line of a message that was held for more than a day.
    K21 "K-21" Client "(written {date})";
    /// The nudge template.
    K22 "K-22" Client "{colleague} at {business} has a message for you. Reply to this chat to read it. Reply STOP to end messages.";
    /// Released.
    T23 "T-23" Colleague "{client} is back. {n} held message(s) sent.";
    /// Not released.
    T23b "T-23b" Colleague "{n} not sent, because {reason}.";
    /// The window closes soon.
    T24 "T-24" Colleague "You can write freely until {time}. After that, only an approved template reaches {client} until they write again.";
    /// A held message expired.
    T25 "T-25" Colleague "A held message expired without being sent: {text}";
    /// Failed.
    T26 "T-26" Colleague "Not delivered: {cause}. {advice}. (WhatsApp code {code})";
    /// Failed, where the other side gave no code.
    T26b "T-26b" Colleague "Not delivered: {cause}. {advice}.";
    /// Left.
    T30 "T-30" Colleague "You left the conversation with {client}. You will not receive new messages.";
    /// A colleague left, and nobody continues.
    K31 "K-31" Client "{colleague} is no longer available to chat.";
    /// A colleague left, and others continue.
    K31b "K-31b" Client "{colleague} is no longer available to chat. {remaining} will continue to help you.";
    /// The others, when a colleague left.
    T32 "T-32" Colleague "{colleague} left the conversation with {client}.";
    /// The conversation was ended.
    K36 "K-36" Client "This conversation is closed for now. Write here at any time, and {business} will answer.";
    /// Who ended it.
    T36 "T-36" Colleague "You ended the conversation with {client}. If {client} writes again, you get the message.";
    /// The others, when it was ended.
    T37 "T-37" Colleague "{colleague} ended the conversation with {client}.";
    /// Joined.
    K33 "K-33" Client "{colleague} from {business} has joined this chat.";
    /// The others, when a colleague was added.
    T34 "T-34" Colleague "{adder} added {colleague}.";
    /// The colleague who was added.
    T35 "T-35" Colleague "{adder} added you to the conversation with {client}.";
    /// The remover.
    T40 "T-40" Colleague "You removed {colleague} from the conversation with {client}.";
    /// The others, when a colleague was removed.
    T41 "T-41" Colleague "{remover} removed {colleague} from this conversation.";
    /// The client, when a colleague was removed.
    K42 "K-42" Client "{colleague} is no longer part of this chat. {remaining} will continue to help you.";
    /// The removed colleague.
    T43 "T-43" Colleague "{remover} removed you from the conversation with {client}. You no longer receive or send messages here.";
    /// The giver, while a transfer is offered.
    T50 "T-50" Colleague "You offered {client} to {receiver}. Until they accept you stay responsible.";
    /// The receiver of a transfer.
    T51 "T-51" Colleague "{giver} wants to hand {client} to you.";
    /// Transfer done.
    K52 "K-52" Client "From now on {receiver} from {business} will help you in this chat.";
    /// Transfer accepted.
    T53 "T-53" Colleague "{client} now belongs to {receiver}.";
    /// Transfer declined.
    T53b "T-53b" Colleague "{receiver} declined. You stay responsible.";
    /// The receiver, whom a supervisor did not ask.
    T53c "T-53c" Colleague "{giver} handed {client} to you. From now on you are responsible.";
    /// Nobody answered in time: the giver.
    T54 "T-54" Colleague "{receiver} did not answer in time. You stay responsible for {client}.";
    /// The same, to the receiver.
    T54b "T-54b" Colleague "You did not answer in time. {client} stays with {giver}.";
    /// The receiver cannot accept any more: the giver.
    T54c "T-54c" Colleague "{receiver} is not enabled any more and cannot accept. You stay responsible for {client}.";
    /// Somebody's whole book went over: the receiver, once.
    T55 "T-55" Colleague "{n} conversation(s) of {giver} went over to you. What the clients write from now on comes to you.";
    /// The same, to the giver.
    T55b "T-55b" Colleague "{n} conversation(s) of yours went over to {receiver}.";
}
