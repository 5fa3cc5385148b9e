//! Where most stories begin.

use super::{Bitrix, Portal, Shown, Stack};
use crate::return_a_task::install;
use serde_json::{Value, json};

/// A portal with people, in which the application is installed and every event about that is dealt with.
pub async fn installed(stack: &Stack) -> Portal {
    let portal = stack.bitrix.portal().await;
    stack.bitrix.people(&portal).await;
    install(&stack.bitrix, &stack.visitor(), &portal).await;
    stack.dealt_with().await;
    portal
}

/// Status and `data-error`, for comparing.
pub fn refusal(page: &Shown) -> (u16, String) {
    (page.status.as_u16(), page.error().unwrap_or_default())
}

/// What is compared with [`refusal`].
pub fn refused(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

/// Calls that reached a portal, or any of them.
pub async fn calls_at(bitrix: &Bitrix, portal: Option<&Portal>) -> Vec<Value> {
    let at = |call: &Value| call["on"] == "portal" && portal.is_none_or(|p| call["member_id"] == p.member_id.as_str());
    bitrix.journal().await.into_iter().filter(at).collect()
}

/// The authorization server names another endpoint in its next answer about a token.
pub async fn next_endpoint(bitrix: &Bitrix, endpoint: &str) {
    let at = "/result/install/client_endpoint";
    bitrix.fault(json!({"on": "oauth", "method": "app.info", "kind": "patch", "pointer": at, "value": endpoint})).await;
}
