use super::*;
use crate::bitrix24::testing::{Act, Names, Server, json};

fn gate(sandbox: bool, networks: &[&str]) -> Gate {
    Gate { sandbox, networks: networks.iter().map(|network| network.parse().unwrap()).collect() }
}

fn checked(gate: &Gate, url: &str) -> Result<(), Refusal> {
    gate.check(&Url::parse(url).unwrap())
}

#[test]
fn t22_addresses_that_never_get_out() {
    let gate = gate(false, &["10.1.0.0/16"]);
    let cases = [
        ("http://portal.example/rest/", Refusal::Scheme),
        ("ftp://portal.example/rest/", Refusal::Scheme),
        ("http://localhost/rest/", Refusal::Scheme),
        ("https://user@portal.example/rest/", Refusal::Userinfo),
        ("https://user:pass@portal.example/rest/", Refusal::Userinfo),
        ("https://portal.example/rest/#x", Refusal::Suffix),
        ("https://portal.example/rest/?auth=x", Refusal::Suffix),
        ("https://127.0.0.1/rest/", Refusal::Literal),
        ("https://169.254.169.254/rest/", Refusal::Literal),
        ("https://2130706433/rest/", Refusal::Literal),
        ("https://0177.0.0.1/rest/", Refusal::Literal),
        ("https://0x7f.1/rest/", Refusal::Literal),
        ("https://127.1/rest/", Refusal::Literal),
        ("https://[::1]/rest/", Refusal::Literal),
        ("https://[::ffff:127.0.0.1]/rest/", Refusal::Literal),
        ("https://8.8.8.8/rest/", Refusal::Literal),
        ("https://10.2.0.1/rest/", Refusal::Literal),
        ("https://１２７.0.0.1/rest/", Refusal::Literal),
        ("data:text/plain,x", Refusal::Host),
    ];
    for (url, refusal) in cases {
        assert_eq!(checked(&gate, url), Err(refusal), "{url}");
    }
    for url in ["https://portal.example/rest/", "https://portal.example:443/rest/", "https://10.1.2.3:8443/rest/"] {
        assert_eq!(checked(&gate, url), Ok(()), "{url}");
    }
}

#[tokio::test]
async fn t22_other_ports_are_for_listed_networks() {
    for url in ["https://portal.example:8443/rest/", "https://portal.example:22/rest/", "https://localhost:8443/"] {
        assert_eq!(checked(&gate(false, &[]), url), Err(Refusal::Port), "{url}");
    }
    assert_eq!(checked(&gate(true, &[]), "https://portal.example:8443/rest/"), Err(Refusal::Port));
    assert_eq!(checked(&gate(false, &["127.0.0.0/8"]), "https://portal.example:8443/rest/"), Ok(()));
    // With a network of ours a name is held against it: one that is elsewhere is not connected to at another port.
    let elsewhere = call(&egress(&["127.0.0.0/8"], &[&["8.8.8.8"]]), "https://portal.example:8443/rest/").await;
    assert_eq!(elsewhere.err(), Some(CallError::Refused(Refusal::Address)));
    let mixed = Server::start("127.0.0.1", vec![]);
    let url = format!("https://portal.example:{}/rest/", mixed.address.port());
    assert_eq!(
        call(&egress(&["127.0.0.0/8"], &[&["8.8.8.8", "127.0.0.1"]]), &url).await.err(),
        Some(CallError::Unreachable)
    );
    assert_eq!(mixed.connections(), 1);
}

#[test]
fn t64_with_real_servers_this_machine_is_no_portal() {
    let gate = gate(false, &[]);
    for url in ["https://127.0.0.1/rest/", "https://[::1]/rest/", "https://127.0.0.2:8090/rest/"] {
        assert_eq!(checked(&gate, url), Err(Refusal::Literal), "{url}");
    }
    assert_eq!(checked(&gate, "http://localhost:8090/rest/"), Err(Refusal::Scheme));
    assert!(!gate.admits(Reach::Everywhere, "localhost", "127.0.0.1".parse().unwrap()));
}

#[test]
fn the_sandbox_opens_this_machine_and_nothing_else() {
    let gate = gate(true, &[]);
    for url in ["http://localhost:8081/rest/", "http://127.0.0.1:80/rest/", "http://127.0.0.2/", "https://[::1]:1/"] {
        assert_eq!(checked(&gate, url), Ok(()), "{url}");
    }
    for url in
        ["http://10.0.0.5/", "http://portal.example/", "http://[::ffff:127.0.0.1]/", "http://localhost.evil.test/"]
    {
        assert_eq!(checked(&gate, url), Err(Refusal::Scheme), "{url}");
    }
    assert_eq!(checked(&gate, "https://10.0.0.5/"), Err(Refusal::Literal));
    let ip = |text: &str| text.parse().unwrap();
    assert!(gate.admits(Reach::Inside, "localhost", ip("127.0.0.1")));
    assert!(!gate.admits(Reach::Everywhere, "evil.test", ip("127.0.0.1")), "only localhost may lead to this machine");
    assert!(!gate.admits(Reach::Everywhere, "localhost", ip("10.0.0.1")));
}

fn egress(networks: &[&str], answers: &[&[&str]]) -> Egress {
    let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    let rules = EgressRules { networks, ..EgressRules::default() };
    Egress::new(rules, Names::new(answers)).unwrap()
}

async fn call(egress: &Egress, url: &str) -> Result<Incoming, CallError> {
    let (url, deadline) = (Url::parse(url).unwrap(), Duration::from_secs(8));
    let content_type = "application/json";
    egress
        .post(Outgoing {
            url,
            content_type,
            body: b"{}".to_vec(),
            idempotency_key: None,
            deadline,
            lane: Lane::Portal(uuid::Uuid::nil()),
        })
        .await
}

#[tokio::test]
async fn t23_a_name_that_leads_inside_is_never_connected_to() {
    let server = Server::start("127.0.0.1", vec![]);
    let url = format!("https://p-evil.test:{}/rest/", server.address.port());
    let refused = CallError::Refused(Refusal::Address);
    for inside in ["127.0.0.1", "10.0.0.5", "::1", "::ffff:127.0.0.1", "169.254.169.254", "100.64.0.1", "fd00::1"] {
        for url in [&url, "https://p-evil.test/rest/"] {
            let outcome = call(&egress(&["192.168.77.0/24"], &[&[inside]]), url).await;
            assert_eq!(outcome.err(), Some(refused.clone()), "{url} {inside}");
        }
        let outcome = call(&egress(&[], &[&[inside]]), "https://p-evil.test/rest/").await;
        assert_eq!(outcome.err(), Some(refused.clone()), "{inside}");
    }
    assert_eq!(server.connections(), 0);
    // The same name with its network opened does connect: the listener is reachable, the rule was what kept us off.
    let outcome = call(&egress(&["127.0.0.0/8"], &[&["127.0.0.1"]]), &url).await;
    assert_eq!(outcome.err(), Some(CallError::Unreachable));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn t24_a_name_that_changes_its_address_finds_no_gap() {
    let inside = Server::start("127.0.0.1", vec![]);
    let url = format!("https://p-rebind.test:{}/rest/", inside.address.port());
    // 127.0.0.2 stands for the public address: it is the one that is allowed.
    let egress = egress(&["127.0.0.2/32"], &[&["127.0.0.2"], &["127.0.0.1"], &["127.0.0.1", "127.0.0.2"]]);
    assert_eq!(call(&egress, &url).await.err(), Some(CallError::Unreachable), "nobody listens there");
    assert_eq!(call(&egress, &url).await.err(), Some(CallError::Refused(Refusal::Address)));
    assert_eq!(call(&egress, &url).await.err(), Some(CallError::Unreachable), "only the allowed one was dialled");
    assert_eq!(inside.connections(), 0);
}

fn sandbox() -> Egress {
    crate::bitrix24::testing::sandbox().egress().clone()
}

async fn outcome(act: Act, deadline: Duration) -> (Result<Incoming, CallError>, Server) {
    let server = Server::start("127.0.0.1", vec![act]);
    let (url, content_type) = (server.url("/rest/x"), "application/json");
    let idempotency_key = Some("key-1".to_owned());
    let outgoing = Outgoing {
        url,
        content_type,
        body: b"{}".to_vec(),
        idempotency_key,
        deadline,
        lane: Lane::Portal(uuid::Uuid::nil()),
    };
    (sandbox().post(outgoing).await, server)
}

const LONG: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let evil = Server::start("127.0.0.1", vec![]);
    let header: &'static str = format!("Location: {}\r\n", evil.url("/rest/x")).leak();
    let (answer, server) = outcome(Act::Reply(302, header, vec![]), LONG).await;
    let answer = answer.unwrap();
    assert_eq!((answer.http, answer.location), (302, Some(evil.url("/rest/x"))));
    assert_eq!((server.connections(), evil.connections()), (1, 0));
}

#[tokio::test]
async fn only_a_connection_that_never_was_proves_that_nothing_was_sent() {
    let (lost, server) = outcome(Act::Drop, LONG).await;
    assert_eq!((lost.err(), server.connections()), (Some(CallError::Lost), 1), "and it is not sent twice");
    assert_eq!(outcome(Act::Half, LONG).await.0.err(), Some(CallError::Lost));
    for slow in [Act::Hang(Duration::from_secs(2)), Act::Drip(Duration::from_secs(2))] {
        let start = std::time::Instant::now();
        assert_eq!(outcome(slow, Duration::from_millis(200)).await.0.err(), Some(CallError::Lost));
        assert!(start.elapsed() < Duration::from_millis(1500), "the deadline holds for the body as well");
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(call(&sandbox(), &format!("http://{closed}/rest/")).await.err(), Some(CallError::Unreachable));
    let nobody = Egress::new(EgressRules::default(), Names::new(&[])).unwrap();
    assert_eq!(call(&nobody, "https://nobody.test/").await.err(), Some(CallError::Unreachable));
}

#[tokio::test]
async fn an_answer_has_an_end() {
    let large = Some(CallError::TooLarge { http: 200 });
    let plain = outcome(json(vec![b' '; MAX_BODY + 1]), LONG).await.0;
    assert_eq!(plain.err(), large);
    let bomb = include_bytes!("../examples/bomb.json.gz").to_vec();
    assert!(bomb.len() < 8192);
    let packed = outcome(Act::Reply(200, "Content-Encoding: gzip\r\n", bomb), LONG).await.0;
    assert_eq!(packed.err(), large);
    let broken = outcome(Act::Reply(200, "Content-Encoding: gzip\r\n", b"no gzip at all".to_vec()), LONG).await.0;
    assert_eq!(broken.err(), Some(CallError::BadAnswer { http: 200, path: ".".to_owned() }));
    let whole: Vec<u8> = (0..MAX_BODY).map(|at| (at / 1000) as u8).collect();
    assert!(outcome(json(whole.clone()), LONG).await.0.unwrap().body == whole, "in its order");
}

#[tokio::test]
async fn a_request_says_who_we_are() {
    let (_, server) = outcome(json("{}"), LONG).await;
    let head = server.requests()[0].to_ascii_lowercase();
    assert!(head.starts_with("post /rest/x http/1.1\r\n"), "{head}");
    assert!(head.contains(concat!("user-agent: handback/", env!("CARGO_PKG_VERSION"))));
    assert!(head.contains("idempotency-key: key-1\r\n") && head.contains("content-type: application/json\r\n"));
}

#[test]
fn proxy_variables_are_not_read() {
    let proxy = Server::start("127.0.0.1", vec![]);
    let address = proxy.url("/").to_string();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, &address);
    }
    let child = child.args(["--exact", "bitrix24::egress::tests::a_request_says_who_we_are"]).output().unwrap();
    assert!(child.status.success() && String::from_utf8_lossy(&child.stdout).contains("1 passed"));
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_bad_certificate_file_stops_the_start() {
    for pem in [&b"nonsense"[..], b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let rules = EgressRules { extra_ca_pem: Some(pem.to_vec()), ..EgressRules::default() };
        assert!(Egress::new(rules, Arc::new(SystemLookup)).is_err());
    }
}
