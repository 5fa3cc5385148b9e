use super::*;
use crate::bitrix24::{
    error::Code,
    member_id::MemberId,
    testing::{Act, Server, json, sandbox},
    wire::Id,
};

fn at(server: &Server) -> AuthServer {
    AuthServer::new(sandbox(), server.url("/"), "app.1".to_owned(), "SECRET-CANARY".to_owned().into())
}

async fn refreshed(act: Act) -> (Result<TokenPair, CallError>, Server) {
    let server = Server::start("127.0.0.1", vec![act]);
    let refresh = "REFRESH-CANARY".to_owned().into();
    (at(&server).token_refresh(&refresh, Deadline::READ).await, server)
}

const MEMBER: &str = "a223c6b3710f85df22e9377d6c4f7553";

#[tokio::test]
async fn a_renewal_posts_its_secrets_and_reads_the_vendors_answer() {
    let (pair, server) = refreshed(json(include_str!("../examples/oauth.token.refresh_token.json"))).await;
    let pair = pair.unwrap();
    assert_eq!(pair.access_token.expose_secret(), "s1morf609228iwyjjpvfv6wsvuja4p8u");
    assert_eq!(pair.refresh_token.expose_secret(), "4f9k4jpmg13usmybzuqknt2v9fh0q6rl");
    assert_eq!((pair.expires_in, pair.expires, pair.user_id), (3600, Some(1_780_319_382), Id::new(67)));
    assert_eq!(
        (pair.member_id.clone(), pair.scope.clone()),
        (MemberId::parse(MEMBER), vec!["placement".into(), "task".into()])
    );
    assert_eq!(pair.client_endpoint.as_ref().unwrap().as_str(), "https://portal.bitrix24.com/rest/");
    assert!(!format!("{pair:?}").contains("s1morf") && !format!("{pair:?}").contains("4f9k4"));

    let request = &server.requests()[0];
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /oauth/token/ HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains("CANARY") && !head.to_ascii_lowercase().contains("authorization"));
    let fields: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.get(name).map(String::as_str);
    assert_eq!((field("grant_type"), field("client_id")), (Some("refresh_token"), Some("app.1")));
    assert_eq!((field("client_secret"), field("refresh_token")), (Some("SECRET-CANARY"), Some("REFRESH-CANARY")));
}

#[tokio::test]
async fn a_code_is_exchanged_and_what_is_missing_is_missing() {
    let server =
        Server::start("127.0.0.1", vec![json(include_str!("../examples/oauth.token.authorization_code.json"))]);
    let pair = at(&server).token_exchange(&"code".to_owned().into(), Deadline::READ).await.unwrap();
    assert_eq!((pair.expires_in, pair.expires, pair.user_id), (3600, None, None));
    assert!(server.body(0).contains("grant_type=authorization_code") && server.body(0).contains("code=code"));
}

/// The old pair is spent for it: what nobody needs must not throw the new one away.
#[tokio::test]
async fn a_pair_with_odd_figures_is_a_pair() {
    let odd = r#"{"access_token":"a","refresh_token":"b","member_id":"a223c6b3710f85df22e9377d6c4f7553","user_id":67,
                  "expires":"2026-11-29T12:00:00+03:00","expires_in":{"s":1},"scope":["task"],"status":[1],
                  "client_endpoint":{"a":1},"server_endpoint":7}"#;
    let pair = refreshed(json(odd)).await.0.unwrap();
    assert_eq!((pair.expires_in, pair.expires, pair.user_id), (3600, None, Id::new(67)));
    assert_eq!((pair.member_id, pair.scope, pair.client_endpoint), (MemberId::parse(MEMBER), vec![], None));
    let nobodys = refreshed(json(odd.replace("67", "{\"id\":67}").as_str())).await.0;
    assert!(nobodys.is_err(), "whose it is cannot be guessed");
}

#[tokio::test]
async fn an_error_is_an_error_whatever_its_status() {
    let api = |code, http| CallError::Api { code, http };
    let bad = |http, path: &str| CallError::BadAnswer { http, path: path.to_owned() };
    let token = r#"{"access_token":"CANARY-TOKEN"}"#;
    let typed = r#"{"access_token":"CANARY-TOKEN","refresh_token":{"x":1}}"#;
    let cases = [
        (Act::Reply(400, "", br#"{"error":"invalid_grant"}"#.to_vec()), api(Code::InvalidGrant, 400)),
        (Act::Reply(200, "", br#"{"error":"wrong_client"}"#.to_vec()), api(Code::WrongClient, 200)),
        (Act::Reply(401, "", br#"{"error":"PAYMENT_REQUIRED"}"#.to_vec()), api(Code::PaymentRequired, 401)),
        (Act::Reply(502, "", b"<html>".to_vec()), bad(502, ".")),
        (Act::Reply(200, "", b"<html>".to_vec()), bad(200, ".")),
        (Act::Reply(200, "", b"{}".to_vec()), bad(200, "result")),
        (Act::Reply(200, "", token.into()), bad(200, "refresh_token")),
        (Act::Reply(200, "", typed.into()), bad(200, "result.refresh_token")),
        (Act::Reply(302, "Location: /x\r\n", vec![]), CallError::Moved { location: None }),
        (Act::Drop, CallError::Lost),
    ];
    for (act, expected) in cases {
        let error = refreshed(act).await.0.unwrap_err();
        match (&error, &expected) {
            (CallError::Moved { .. }, CallError::Moved { .. }) => {}
            (CallError::BadAnswer { http: a, path: p }, CallError::BadAnswer { http: b, path: q }) => {
                assert!(a == b && p.starts_with(q.as_str()), "{error} is not {expected}");
            }
            _ => assert_eq!(error, expected),
        }
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn the_owner_of_a_token_is_asked_for_in_the_body() {
    let server = Server::start("127.0.0.1", vec![json(include_str!("../examples/oauth.app.info.json"))]);
    let owner = at(&server).app_info(&"ACCESS-CANARY".to_owned().into(), Deadline::READ).await.unwrap().result;
    assert_eq!((owner.client_id.as_deref(), owner.user_id), (Some("app.573ad8a0346747.09223434"), Id::new(42)));
    assert_eq!((owner.install.member_id, owner.install.installed), (MemberId::parse(MEMBER), Some(true)));
    assert_eq!(owner.install.client_endpoint.unwrap().as_str(), "https://portal.bitrix24.com/rest/");
    assert_eq!(server.body(0), r#"{"auth":"ACCESS-CANARY"}"#);
    assert!(server.requests()[0].starts_with("POST /rest/app.info HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_owner_that_is_half_known_proves_nothing() {
    for body in [r#"{"result":{}}"#, r#"{"result":{"install":[]}}"#, r#"{"result":{"install":{"member_id":"short"}}}"#]
    {
        let server = Server::start("127.0.0.1", vec![json(body)]);
        let owner = at(&server).app_info(&"x".to_owned().into(), Deadline::READ).await.unwrap().result;
        assert_eq!((owner.client_id, owner.install.member_id, owner.install.client_endpoint), (None, None, None));
    }
}

#[test]
fn calls_can_run_in_tasks_of_their_own() {
    fn spawnable<F: Future + Send>(_: F) {}
    let server = Server::start("127.0.0.1", vec![]);
    let (auth, portal, token) = (at(&server), crate::bitrix24::testing::portal(&server), "x".to_owned().into());
    spawnable(auth.token_refresh(&token, Deadline::READ));
    spawnable(auth.app_info(&token, Deadline::READ));
    spawnable(crate::bitrix24::tasks::tasks_task_disapprove(&portal, Id::new(1).unwrap()));
    spawnable(portal.batch(vec![], Deadline::WRITE));
}
