//! What the app may do in the conversations where it is installed.

/// Resource-specific consent of the Teams app, all of type `Application`: read what is written without a mention, see who is
/// there, and keep a chat's title (Microsoft, "Resource-specific consent for your Teams app"). The manifest asks for exactly
/// these, and whoever installs the app through Graph must consent to exactly what the manifest asks for. A change makes every
/// chat and team consent anew.
pub const RESOURCE_SPECIFIC_PERMISSIONS: [&str; 6] = [
    "ChatMessage.Read.Chat",
    "ChatMember.Read.Chat",
    "ChatSettings.ReadWrite.Chat",
    "ChannelMessage.Read.Group",
    "TeamMember.Read.Group",
    "ChannelSettings.Read.Group",
];
