//! Notifications under the bell. Source: `api-reference/chats/notifications/im-notify-personal-add.md`.

use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::bitrix24::{
    client::{Answer, Deadline, PortalApi},
    error::CallError,
    wire::Id,
};

/// The notification's id, or `false` where there is none.
struct Made(bool);

impl<'de> Deserialize<'de> for Made {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Flag(bool),
            Made(Id),
        }
        Ok(Made(match Either::deserialize(from)? {
            Either::Made(id) => id.get() > 0,
            Either::Flag(made) => made,
        }))
    }
}

/// `im.notify.personal.add` (scope `im`): a notification to `user_id` by the token's owner; `false` where the portal made
/// none. `text` is BBCode. One with a `tag` takes the place of the person's former one with it; `sub_tag` is not unique.
///
/// Errors: 400 `USER_ID_EMPTY`, `MESSAGE_EMPTY`; 403 `insufficient_scope`. A repetition replaces and still rings again:
/// never repeat one that may have run. There is no batch command, see [`super::tasks::task_commentitem_add`].
pub async fn im_notify_personal_add(
    api: &PortalApi,
    user_id: Id,
    text: &str,
    tag: &str,
    sub_tag: &str,
) -> Result<Answer<bool>, CallError> {
    let params = json!({ "USER_ID": user_id, "MESSAGE": text, "TAG": tag, "SUB_TAG": sub_tag });
    let answer = api.call::<Made>("im.notify.personal.add", params, Deadline::WRITE).await?;
    Ok(answer.map(|made| made.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p49_a_notification_has_an_id_or_is_none() {
        let read = |body: &str| serde_json::from_str::<Made>(body).map(|made| made.0);
        let example: serde_json::Value =
            serde_json::from_str(include_str!("examples/im.notify.personal.add.json")).unwrap();
        assert!(read(&example["result"].to_string()).unwrap());
        assert!(!read("false").unwrap() && read("{}").is_err());
    }
}
