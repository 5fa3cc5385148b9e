//! A setting that would open a door stops the start, and says which.

use crate::support::{
    Stack, installed,
    stack::{fresh_database, server_url},
};
use std::process::Command;

/// What the server says when it is started with this, beside settings that are fine.
fn started_with(name: &str, value: &str) -> (bool, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_handback"));
    let fine = [
        // Nobody answers there: a start that gets so far fails for this reason, and not for the setting.
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none"),
        ("HANDBACK_PUBLIC_URL", "https://handback.example"),
        ("HANDBACK_CLIENT_ID", "app.1"),
        ("HANDBACK_CLIENT_SECRET", "CANARY-secret-of-a-refused-start"),
        ("HANDBACK_KEYS", "k1:Q0FOQVJZLWtleS1DQU5BUlkta2V5LUNBTkFSWS1rZTE="),
    ];
    let done = server.env_clear().envs(fine).env(name, value).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!said.contains("CANARY") && !said.contains("Q0FOQVJZ"), "no secret is shown: {said}");
    (done.status.success(), said)
}

#[test]
fn t64_a_mix_of_real_and_pretend_authorization_servers_stops_the_start() {
    for servers in [
        "https://oauth.bitrix.info,http://127.0.0.1:8090",
        "http://localhost:8090,https://oauth.bitrix24.tech",
        "https://oauth.bitrix.info,https://[::1]:8090",
    ] {
        let (ran, said) = started_with("HANDBACK_OAUTH_SERVERS", servers);
        assert!(!ran && said.contains("HANDBACK_OAUTH_SERVERS: mixes this machine with others"), "{servers}: {said}");
    }
    let (ran, said) = started_with("HANDBACK_OAUTH_SERVERS", "http://oauth.bitrix.info");
    assert!(!ran && said.contains("must be https"), "{said}");
    let (ran, said) = started_with("HANDBACK_SETTLE_AFTER", "3s");
    assert!(!ran && said.contains("HANDBACK_SETTLE_AFTER: must be at least 60s"), "{said}");
    let (ran, said) = started_with("HANDBACK_PUBLIC_URL", "http://handback.example");
    assert!(!ran && said.contains("HANDBACK_PUBLIC_URL: must be https"), "{said}");
    for name in ["HANDBACK_PORTAL_NETWORKS", "HANDBACK_TRUSTED_PROXIES"] {
        let (ran, said) = started_with(name, "10.0.0.0/33");
        assert!(!ran && said.contains(name), "{said}");
    }
    let (ran, said) = started_with("HANDBACK_EXTRA_CA", "/nowhere.pem");
    assert!(!ran && said.contains("HANDBACK_EXTRA_CA"), "{said}");
    let (ran, said) = started_with("HANDBACK_SUPPORT", "javascript:alert(1)");
    assert!(!ran && said.contains("HANDBACK_SUPPORT: must be an e-mail address or begin with https://"), "{said}");
    // With nothing wrong it goes on to the database, which nobody has here.
    let (ran, said) = started_with("HANDBACK_UNDO", "7s");
    assert!(!ran && said.contains("database") && !said.contains("HANDBACK_"), "{said}");
}

#[tokio::test]
async fn check_says_in_words_what_would_keep_it_from_working() {
    let stack = Stack::start().await;
    let said = stack.run(&["check"]).await;
    assert!(said.contains("database: answers") && said.contains("answers, and knows HANDBACK_CLIENT_ID"), "{said}");

    let said = stack.fails(&["check"], ("HANDBACK_CLIENT_SECRET", "of-yesterday")).await;
    assert!(said.contains("refuses HANDBACK_CLIENT_ID with HANDBACK_CLIENT_SECRET"), "{said}");
    assert!(said.contains("database: answers") && !said.contains("of-yesterday"), "{said}");

    let said = stack.fails(&["check"], ("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")).await;
    assert!(said.contains("database: ") && said.contains("refused (os error"), "the cause itself: {said}");
    assert!(said.contains("answers, and knows HANDBACK_CLIENT_ID"), "and what else there is to say: {said}");

    let empty = fresh_database(&server_url()).await;
    let said = stack.fails(&["check"], ("DATABASE_URL", &empty)).await;
    assert!(said.contains("migrations have not run"), "{said}");

    // As after a restore with the wrong key file: another key, and another value under the same id.
    installed(&stack).await;
    let another = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let said = stack.fails(&["check"], ("HANDBACK_KEYS", &format!("other:{another}"))).await;
    assert!(said.contains("the access of 1 installations does not open: sealed with key"), "{said}");
    let known = stack.run(&["check"]).await;
    assert!(known.contains("database: answers") && !known.contains("does not open"), "{known}");
    let said = stack.fails(&["check"], ("HANDBACK_KEYS", &format!("k1:{another}"))).await;
    assert!(said.contains("does not belong where it stands") && said.contains("HANDBACK_KEYS are not"), "{said}");
    stack.finish().await;
}

#[tokio::test]
async fn p77_check_ends_by_itself_whatever_hangs() {
    let stack = Stack::start().await;
    // They take connections and never say anything.
    let silent: Vec<_> = (0..3).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let servers: Vec<_> = silent.iter().map(|one| format!("http://{}", one.local_addr().unwrap())).collect();
    let began = std::time::Instant::now();
    let said = stack.fails(&["check"], ("HANDBACK_OAUTH_SERVERS", &servers.join(","))).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(17), "{:?}: {said}", began.elapsed());
    assert!(said.contains("would not work"), "{said}");
    stack.finish().await;
}
