//! `im.dialog.messages.get` (scope `im`, participants alone): what was said in a task's chat. Source:
//! `api-reference/chats/messages/im-dialog-messages-get.md`.

use std::fmt;

use serde::Deserialize;
use serde_json::json;

use crate::bitrix24::{
    client::Command,
    wire::{Id, Map, Moment, optional, required},
};

/// The newest so many are read.
const LIMIT: u8 = 20;

/// One message.
#[derive(Clone, Deserialize, PartialEq)]
pub struct ChatMessage {
    /// The message's number in the portal.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// Nobody for what the chat says by itself.
    #[serde(default, deserialize_with = "optional")]
    pub author_id: Option<Id>,
    /// When it was written.
    #[serde(default, deserialize_with = "optional")]
    pub date: Option<Moment>,
    /// BBCode.
    #[serde(default, deserialize_with = "optional")]
    pub text: Option<String>,
}

/// Who wrote.
#[derive(Clone, Deserialize, PartialEq)]
pub struct ChatUser {
    /// As [`ChatMessage::author_id`] names them.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// Full name.
    #[serde(default, deserialize_with = "optional")]
    pub name: Option<String>,
}

/// Shows no text.
impl fmt::Debug for ChatMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatMessage").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Shows no name.
impl fmt::Debug for ChatUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatUser").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What `im.dialog.messages.get` answers, newest first.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct ChatMessages {
    /// The newest 20 at most.
    pub messages: Map<ChatMessage>,
    /// The people of these messages.
    pub users: Map<ChatUser>,
}

/// Decoded by [`ChatMessages`]. `task` is the name of the `tasks.task.get` before it in the same batch, which selects
/// `CHAT_ID`.
pub fn im_dialog_messages_get_command(task: &str) -> Command {
    let dialog = format!("chat$result[{task}][task][chatId]");
    Command::new("im.dialog.messages.get", json!({ "DIALOG_ID": dialog, "LIMIT": LIMIT }))
}
