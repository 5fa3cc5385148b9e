//! Where a reason is written: the task's chat (REST 3.0), or a comment (old card).
//! Sources: `api-reference/tasks/tasks-task-chat-message-send.md`,
//! `api-reference/tasks/comment-item/task-comment-item-add.md`,
//! `api-reference/tasks/comment-item/task-comment-item-get-list.md`.
//!
//! A text is BBCode there. There is no batch command for writing: a batch would replace `$result[…]` inside the text.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::bitrix24::{
    client::{Answer, Command, Deadline, PortalApi},
    error::CallError,
    wire::{Id, Map, Maybe, Moment, optional, required},
};

/// One comment of the old card.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Comment {
    /// The comment's number.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// Who is named as its author: the vendor lets an application name any person.
    #[serde(default, deserialize_with = "optional")]
    pub author_id: Option<Id>,
    /// Their name.
    #[serde(default, deserialize_with = "optional")]
    pub author_name: Option<String>,
    /// When it was written.
    #[serde(default, deserialize_with = "optional")]
    pub post_date: Option<Moment>,
    /// BBCode.
    #[serde(default, deserialize_with = "optional")]
    pub post_message: Option<String>,
}

/// Shows no text and no name.
impl fmt::Debug for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comment").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What `task.commentitem.getlist` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Comments(pub Vec<Comment>);

impl<'de> Deserialize<'de> for Comments {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Comments(Map::deserialize(from)?.into_values()))
    }
}

/// An id that is the whole result.
struct NewId(Id);

impl<'de> Deserialize<'de> for NewId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Id::deserialize(from).map(NewId)
    }
}

/// `{"result":true}` inside the result, or the bare flag.
pub(super) struct Sent(pub(super) bool);

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        struct Raw {
            #[serde(default, deserialize_with = "optional")]
            result: Option<bool>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Bare(bool),
            Inside(Maybe<Raw>),
        }
        Ok(Sent(match Either::deserialize(from)? {
            Either::Bare(sent) => sent,
            Either::Inside(raw) => raw.into_inner().and_then(|raw| raw.result).unwrap_or(false),
        }))
    }
}

/// `tasks.task.chat.message.send` (REST 3.0, scope `tasks`): a message in the task's chat, by the token's owner. With
/// the same `idempotency_key` a repeated call within 24 h does not send twice.
///
/// Errors: 404 `ERROR_METHOD_NOT_FOUND` on a portal without REST 3.0, 403 `…_INSUFFICIENTSCOPEEXCEPTION` without the
/// scope: then write a comment ([`task_commentitem_add`]).
pub async fn tasks_task_chat_message_send(
    api: &PortalApi,
    task_id: Id,
    text: &str,
    idempotency_key: &str,
) -> Result<Answer<bool>, CallError> {
    let params = json!({ "fields": { "taskId": task_id, "text": text } });
    let method = "tasks.task.chat.message.send";
    let answer = api.call_v3::<Sent>(method, params, Some(idempotency_key), Deadline::WRITE).await?;
    Ok(answer.map(|sent| sent.0))
}

/// `task.commentitem.add` (positional): a comment by the token's owner; answers its id.
///
/// Errors: 400 `ERROR_CORE` for an empty text or without the right.
pub async fn task_commentitem_add(api: &PortalApi, task_id: Id, text: &str) -> Result<Answer<Id>, CallError> {
    let args = [json!(task_id), json!({ "POST_MESSAGE": text })];
    let answer = api.call_positional::<NewId>("task.commentitem.add", &args, Deadline::WRITE).await?;
    Ok(answer.map(|id| id.0))
}

/// Decoded by [`Comments`].
pub fn task_commentitem_getlist_command(task_id: Id) -> Command {
    Command::new("task.commentitem.getlist", Value::from(getlist_args(task_id).to_vec()))
}

fn getlist_args(task_id: Id) -> [Value; 2] {
    [json!(task_id), json!({ "ID": "desc" })]
}
