//! Certificates: a bad one is no portal, a private authority counts only where the settings name it.

use crate::support::{Stack, Tls, Wish, calls_at, decisions::*, installed, refusal, refused, tasks_of};
use serde_json::json;

async fn encrypted(tls: Tls) -> Stack {
    Stack::with(Wish { tls, ..Wish::default() }).await
}

fn address(domain: &str) -> &str {
    domain.split(':').next().unwrap()
}

#[tokio::test]
async fn t27_no_token_goes_where_the_certificate_is_bad() {
    let stack = encrypted(Tls::Trusted).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    for shown in ["expired", "self_signed", "wrong_host"] {
        let portal = bitrix.portal_with(json!({"installed": true, "certificate": shown})).await;
        bitrix.people(&portal).await;
        bitrix.quiet().await;
        for place in ["DEFAULT", "INSTALL"] {
            let answer = visitor.open(&bitrix.open(&portal, 1, place).await).await;
            assert_eq!(refusal(&answer), refused(502, "portal_unreachable"), "{shown} {place}: {}", answer.text());
            assert!(answer.text().contains("Your Bitrix24 does not answer"), "{}", answer.text());
        }
        let (done, failed) = bitrix.handshakes(address(&portal.domain)).await;
        assert!(done == 0 && failed > 0, "{shown}: {done} handshakes done, {failed} failed");
        assert_eq!(calls_at(bitrix, Some(&portal)).await.len(), 0, "{shown}: nothing was said there");

        bitrix.settings(&portal, json!({"certificate": "valid"})).await;
        let healed = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
        assert_eq!((healed.status.as_u16(), healed.page().as_deref()), (200, Some("queue")), "{shown} is over");
    }
    stack.finish().await;
}

#[tokio::test]
async fn t27_a_private_authority_works_from_installation_to_return() {
    let stack = encrypted(Tls::Trusted).await;
    assert!(stack.bitrix.is_installed(&installed(&stack).await).await);
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    assert_eq!(tasks_of(&page), [task]);
    assert_eq!(page.framed_by(), format!("https://{}", office.portal.domain));
    assert_eq!(office.give_back(&page, task).await.outcome(), "done");
    assert_eq!(office.moves(task).await.len(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn t27_an_authority_that_no_setting_names_is_not_trusted() {
    let stack = encrypted(Tls::Unknown).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal_with(json!({"installed": true})).await;
    for place in ["DEFAULT", "INSTALL"] {
        let answer = visitor.open(&bitrix.open(&portal, 1, place).await).await;
        assert_eq!(refusal(&answer), refused(503, "authorization_down"), "{}", answer.text());
    }
    assert!(bitrix.handshakes("127.0.0.1").await.1 >= 2, "it was tried");
    assert_eq!(bitrix.journal().await.len(), 0, "nothing was said there");
    stack.finish().await;
}
