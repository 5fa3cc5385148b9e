//! Tasks: reading them, deciding on them, and saying why. One function per vendor method, with the vendor's name.

mod access;
mod chat;
mod decide;
mod history;
mod point;
mod read;
mod reason;
mod result;
mod status;
mod task;
#[cfg(test)]
mod tests;
mod update;

pub use access::{Access, tasks_task_getaccess_command};
pub use chat::{ChatMessage, ChatMessages, ChatUser, im_dialog_messages_get_command};
pub use decide::{
    tasks_task_approve, tasks_task_approve_command, tasks_task_disapprove, tasks_task_disapprove_command,
};
pub use history::{HistoryEntry, HistoryList, HistoryUser, HistoryValue, tasks_task_history_list_command};
pub use point::{
    ChecklistPoint, ChecklistPoints, task_checklistitem_getlist_command, task_checklistitem_may_toggle_command,
    task_checklistitem_renew_command,
};
pub use read::{ListQuery, MaybeTask, PAGE, TaskList, tasks_task_get, tasks_task_get_command, tasks_task_list_command};
pub use reason::{
    Comment, Comments, task_commentitem_add, task_commentitem_getlist_command, tasks_task_chat_message_send,
};
pub use result::{TaskResult, TaskResults, tasks_task_result_list_command};
pub use status::{Action, Status};
pub use task::{Group, Task, User};
pub use update::{set_deadline_command, set_mark_command};
