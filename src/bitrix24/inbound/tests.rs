use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::json;
use url::form_urlencoded::Serializer;

use super::*;

const MEMBER: &str = "a223c6b3710f85df22e9377d6c4f7553";
const QUERY: &str = "DOMAIN=portal.bitrix24.com&PROTOCOL=1&LANG=en&APP_SID=dd8cec11e347088fe87c44870a9f1dba";

fn encoded(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The whole body of an opening, with some fields replaced.
fn body(changes: &[(&str, &str)]) -> String {
    let fields = [
        ("AUTH_ID", "ahodg4h37n89vo17gbkgq0x1l825nnb5"),
        ("AUTH_EXPIRES", "3600"),
        ("REFRESH_ID", "2lg086mxijlpvwh0h7r4nl19udm4try5"),
        ("SERVER_ENDPOINT", "https://oauth.bitrix.info/rest/"),
        ("APPLICATION_TOKEN", "ec1b2074a9d3f5c81b6e40d27a95cf38"),
        ("APPLICATION_SCOPE", "placement,task"),
        ("member_id", MEMBER),
        ("status", "F"),
        ("PLACEMENT", "DEFAULT"),
    ];
    let kept = fields.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    encoded(&kept.chain(changes.iter().copied()).collect::<Vec<_>>())
}

fn open(query: &str, body: &str) -> Result<PageOpening, InboundError> {
    PageOpening::decode(query, body.as_bytes())
}

fn refused(what: &'static str) -> InboundError {
    InboundError::Malformed { what }
}

#[test]
fn openings() {
    let opening = open(QUERY, &body(&[])).unwrap();
    assert_eq!((opening.domain.as_str(), opening.protocol), ("portal.bitrix24.com", Some(Protocol::Https)));
    assert_eq!((opening.lang.as_str(), opening.app_sid.as_deref().map(str::len)), ("en", Some(32)));
    assert_eq!(opening.auth_id.unwrap().expose_secret(), "ahodg4h37n89vo17gbkgq0x1l825nnb5");
    assert_eq!((opening.auth_expires, opening.member_id.as_str()), (Some(3600), MEMBER));
    assert_eq!((opening.scope, opening.placement.as_str()), (vec!["placement".into(), "task".into()], "DEFAULT"));
    assert!(opening.placement_options.is_empty());

    // An older portal, a placement that promises little.
    let little = open("DOMAIN=box.example:8443&PROTOCOL=0&LANG=br", &encoded(&[("member_id", MEMBER)])).unwrap();
    assert!(little.auth_id.is_none() && little.refresh_id.is_none() && little.application_token.is_none());
    assert_eq!((little.protocol, little.domain.as_str()), (Some(Protocol::Http), "box.example:8443"));
    // The registered address may have a query of its own, and portals may add fields.
    assert!(open(&format!("handler=1&{QUERY}&NEW=2"), &body(&[("NEW_FIELD", "x"), ("NEW[a][]", "1")])).is_ok());
}

#[test]
fn the_task_of_a_place() {
    let id = |placement, options: &str| {
        let opening = open(QUERY, &body(&[("PLACEMENT", placement), ("PLACEMENT_OPTIONS", options)])).unwrap();
        (opening.task_id().map(Id::get), opening.user_id().map(Id::get), opening.group_id().map(Id::get))
    };
    let card = r#"{"taskId":"31","URI":"/company/personal/user/1/tasks/task/view/31/"}"#;
    assert_eq!(id("TASK_VIEW_TAB", card), (Some(31), None, None));
    assert_eq!(id("TASK_LIST_CONTEXT_MENU", r#"{"ID":"31","URI":"/x/"}"#), (Some(31), None, None));
    assert_eq!(id("DEFAULT", r#"{"taskId":31}"#), (Some(31), None, None));
    assert_eq!(id("LEFT_MENU", r#"{"ID":"31"}"#), (None, None, None));
    assert_eq!(id("TASK_USER_LIST_TOOLBAR", r#"{"USER_ID":"1"}"#), (None, Some(1), None));
    assert_eq!(id("TASK_GROUP_LIST_TOOLBAR", r#"{"GROUP_ID":"11"}"#), (None, None, Some(11)));
    for nothing in ["[]", "undefined", "", "null", "7", "\"x\"", "{", r#"{"taskId":"x"}"#, r#"{"taskId":[1]}"#] {
        assert_eq!(id("TASK_VIEW_TAB", nothing), (None, None, None), "{nothing}");
    }
}

/// Every shape in which options were ever seen, under every place that names something.
#[test]
fn p65_p66_p67_p68_options_are_read_in_every_shape() {
    let shapes = |key: &str, id: i64| {
        let plain = format!("{{\"{key}\":\"{id}\",\"URI\":\"/x/?a=1&b=2\"}}");
        [
            format!("{{\"{key}\":{id}}}"),
            format!("{{\"{key}\":{id}.0}}"),
            format!("{{\"{key}\":\" {id} \"}}"),
            serde_json::to_string(&plain).unwrap(),
            plain.replace('&', "&amp;").replace('"', "&quot;"),
            plain.replace('"', "&#034;"),
            serde_json::to_string(&plain.replace('"', "&quot;")).unwrap(),
            format!("{{\"params\":{plain}}}"),
            format!("{{\"options\":{},\"URI\":\"/x/\"}}", serde_json::to_string(&plain).unwrap()),
            format!("{{\"URI\":[],\"{key}\":\"\",\"PLACEMENT_OPTIONS\":{{\"{}\":\"{id}\"}}}}", key.to_uppercase()),
            plain,
        ]
    };
    type Read = fn(&PageOpening) -> Option<Id>;
    let places: [(&str, &str, Read); 8] = [
        ("TASK_VIEW_TAB", "taskId", PageOpening::task_id),
        ("TASK_VIEW_SIDEBAR", "TASK_ID", PageOpening::task_id),
        ("TASK_LIST_CONTEXT_MENU", "ID", PageOpening::task_id),
        ("DEFAULT", "taskId", PageOpening::task_id),
        ("REST_APP_URI", "taskid", PageOpening::task_id),
        ("TASK_USER_LIST_TOOLBAR", "USER_ID", PageOpening::user_id),
        ("TASK_GROUP_LIST_TOOLBAR", "GROUP_ID", PageOpening::group_id),
        ("REST_APP_URI", "groupId", PageOpening::group_id),
    ];
    for (place, key, read) in places {
        for options in shapes(key, 31) {
            let opening = open(QUERY, &body(&[("PLACEMENT", place), ("PLACEMENT_OPTIONS", &options)])).unwrap();
            assert_eq!(read(&opening).map(Id::get), Some(31), "{place} {options}");
        }
        for nothing in [
            "[[]]",
            "{}",
            "null",
            "{\"taskId\":{\"a\":{\"taskId\":31}}}",
            "\"\\\"31\\\"\"",
            "31",
            "&quot;",
            "\"undefined\"",
        ] {
            let opening = open(QUERY, &body(&[("PLACEMENT", place), ("PLACEMENT_OPTIONS", nothing)])).unwrap();
            assert_eq!(read(&opening), None, "{place} {nothing}");
        }
    }
}

/// Where options keep silent the address of the portal's page speaks, but only in places that stand on that page.
#[test]
fn the_address_of_a_page_tells_what_it_is_about() {
    let ids = |placement: &str, uri: &str| {
        let options = json!({ "URI": uri }).to_string();
        let opening = open(QUERY, &body(&[("PLACEMENT", placement), ("PLACEMENT_OPTIONS", &options)])).unwrap();
        [opening.task_id(), opening.user_id(), opening.group_id()].map(|id| id.map(Id::get))
    };
    let card = "/company/personal/user/7/tasks/task/view/31/?IFRAME=Y";
    assert_eq!(ids("TASK_VIEW_TAB", card), [Some(31), None, None]);
    assert_eq!(ids("TASK_VIEW_TOP_PANEL", "/workgroups/group/11/tasks/task/view/31/"), [Some(31), None, None]);
    assert_eq!(ids("TASK_USER_LIST_TOOLBAR", "/company/personal/user/7/tasks/"), [None, Some(7), None]);
    assert_eq!(ids("TASK_GROUP_LIST_TOOLBAR", "/workgroups/group/11/tasks/#x"), [None, None, Some(11)]);
    for place in ["DEFAULT", "REST_APP_URI", "LEFT_MENU", "TASK_LIST_CONTEXT_MENU"] {
        assert_eq!(ids(place, card), [None; 3], "{place}");
    }
    for odd in ["/task/view/", "/task/view/x/", "task/view", "/task/view/-1/", "/workgroups/group/", "//"] {
        assert_eq!(ids("TASK_VIEW_TAB", odd), [None; 3], "{odd}");
        assert_eq!(ids("TASK_GROUP_LIST_TOOLBAR", odd), [None; 3], "{odd}");
    }
}

#[test]
fn security_fields_stand_once_and_in_their_place() {
    let fields = ["AUTH_ID", "AUTH_EXPIRES", "REFRESH_ID", "SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE"];
    for name in fields.into_iter().chain(["member_id", "status", "PLACEMENT", "PLACEMENT_OPTIONS"]) {
        let elsewhere = format!("{QUERY}&{name}=1");
        assert_eq!(open(&elsewhere, &body(&[])).err(), Some(refused(name)), "{name} in the query");
        let twice = format!("{}&{name}=1&{name}=1", body(&[]));
        assert_eq!(open(QUERY, &twice).err(), Some(refused("a field stands twice")), "{name} twice");
        for suffix in ["[]", "[0]", "[a]", "%5B%5D"] {
            let nested = format!("{}&{name}{suffix}=1", body(&[]));
            assert_eq!(open(QUERY, &nested).err(), Some(refused(name)), "{name}{suffix}");
        }
    }
    for name in ["DOMAIN", "PROTOCOL", "LANG", "APP_SID"] {
        assert_eq!(open(QUERY, &body(&[(name, "1")])).err(), Some(refused(name)), "{name} in the body");
        let twice = format!("{QUERY}&{name}=1");
        assert_eq!(open(&twice, &body(&[])).err(), Some(refused("a field stands twice")), "{name} twice");
    }
}

#[test]
fn values_that_cannot_be() {
    let long = "a".repeat(2049);
    let cases = [
        ("member_id", "short"),
        ("member_id", "a223c6b3710f85df22e9377d6c4f755z"),
        ("member_id", ""),
        ("AUTH_ID", &long),
        ("AUTH_ID", "a b"),
        ("REFRESH_ID", "ä"),
        ("APPLICATION_TOKEN", "a\nb"),
        ("AUTH_EXPIRES", "-1"),
        ("AUTH_EXPIRES", "soon"),
        ("status", &long),
    ];
    for (name, value) in cases {
        assert_eq!(open(QUERY, &body(&[(name, value)])).err(), Some(refused(name)), "{name}={value}");
    }
    for query in ["", "DOMAIN=", "DOMAIN=a%0D%0AX:1", "DOMAIN=a/b", "DOMAIN=a%40b", "DOMAIN=%3Cscript%3E"] {
        assert_eq!(open(query, &body(&[])).err(), Some(refused("DOMAIN")), "{query}");
    }
    assert_eq!(open("DOMAIN=a&PROTOCOL=2", &body(&[])).err(), Some(refused("PROTOCOL")));
    let empty = open(QUERY, &body(&[("AUTH_ID", ""), ("APPLICATION_TOKEN", "")])).unwrap();
    assert!(empty.auth_id.is_none() && empty.application_token.is_none(), "an empty token is no token");
}

#[test]
fn limits_and_encodings() {
    let with = |more: &str| open(QUERY, &format!("{}&{more}", body(&[]))).err();
    assert_eq!(with("a=%00"), Some(refused("NUL")));
    assert_eq!(with("a=%ff"), Some(refused("UTF-8")));
    assert_eq!(PageOpening::decode(QUERY, b"a=\xff").err(), Some(refused("UTF-8")));
    for broken in ["a=%", "a=%4", "a=%zz", "%=1", "a=%+1"] {
        assert_eq!(with(broken), Some(refused("percent encoding")), "{broken}");
    }
    for broken in ["a[b=1", "a]=1", "a[b]c=1", "[a]=1", "=1", "a[[b]]=1", "a[b][c][d][e]=1"] {
        assert_eq!(with(broken), Some(refused("brackets in a name")), "{broken}");
    }
    assert_eq!(with("a[b][c][d]=1"), None);
    assert_eq!(with(&format!("a={}", "x".repeat(16 * 1024 + 1))), Some(refused("a field is too long")));
    assert_eq!(with(&format!("a={}", "x".repeat(16 * 1024))), None);
    assert_eq!(with(&format!("{}=1", "x".repeat(257))), Some(refused("a field is too long")));
    let many = |count: usize| (0..count).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join("&");
    assert_eq!(with(&many(187)), None, "13 fields are there");
    assert_eq!(with(&many(188)), Some(refused("too many fields")));
    assert_eq!(with(&"x".repeat(MAX_BODY)), Some(InboundError::TooLarge));
    assert_eq!(open(&format!("a={}", "x".repeat(20_000)), &body(&[])).err(), Some(InboundError::TooLarge));
}

#[test]
fn nothing_secret_is_shown() {
    let opening =
        open(QUERY, &body(&[("AUTH_ID", "CANARY"), ("REFRESH_ID", "CANARY"), ("APPLICATION_TOKEN", "CANARY")]));
    assert!(!format!("{opening:?}").contains("CANARY"));
    let token = |name| (name, "CANARY");
    let event = event(&[token("auth[access_token]"), token("auth[refresh_token]"), token("auth[application_token]")]);
    assert!(!format!("{:?}", event.unwrap()).contains("CANARY"));
}

fn event(more: &[(&str, &str)]) -> Result<Event, InboundError> {
    let fields = [
        ("event", "ONTASKUPDATE"),
        ("event_handler_id", "185"),
        ("ts", "1466439714"),
        ("auth[expires_in]", "3600"),
        ("auth[scope]", "task placement"),
        ("auth[user_id]", "67"),
        ("auth[domain]", "some-domain.bitrix24.com"),
        ("auth[client_endpoint]", "https://some-domain.bitrix24.com/rest/"),
        ("auth[member_id]", MEMBER),
    ];
    let kept = fields.into_iter().filter(|(name, _)| !more.iter().any(|(changed, _)| changed == name));
    Event::decode("", encoded(&kept.chain(more.iter().copied()).collect::<Vec<_>>()).as_bytes())
}

#[test]
fn events() {
    let updated = event(&[
        ("data[FIELDS_BEFORE][ID]", "123"),
        ("data[FIELDS_AFTER][ID]", "123"),
        ("data[IS_ACCESSIBLE_BEFORE]", "undefined"),
        ("auth[application_token]", "51856fefc120afa4b628cc82d3935cce"),
    ])
    .unwrap();
    assert_eq!((updated.event.as_str(), updated.ts), ("ONTASKUPDATE", Some(1_466_439_714)));
    assert_eq!((updated.task_id(), updated.event_handler_id), (Id::new(123), Id::new(185)));
    assert_eq!((updated.auth.user_id, updated.auth.expires_in), (Id::new(67), Some(3600)));
    assert_eq!(updated.auth.scope, ["task", "placement"]);
    assert!(updated.auth.access_token.is_none() && updated.auth.application_token.is_some());
    assert_eq!(updated.value(&["IS_ACCESSIBLE_BEFORE"]), None);

    assert_eq!(event(&[("auth[expires_in]", "an hour")]).unwrap().auth.expires_in, None, "it will not come again");

    let deleted = event(&[("data[FIELDS_BEFORE][ID]", "123"), ("data[FIELDS_AFTER]", "undefined")]).unwrap();
    assert_eq!(deleted.task_id(), Id::new(123));
    let comment = event(&[("data[FIELDS_AFTER][ID]", "0"), ("data[FIELDS_AFTER][TASK_ID]", "7")]).unwrap();
    assert_eq!(comment.task_id(), Id::new(7));
    let uninstalled =
        event(&[("event", "onappuninstall"), ("data[CLEAN]", "1"), ("auth[application_token]", "")]).unwrap();
    assert_eq!((uninstalled.event.as_str(), uninstalled.value(&["CLEAN"])), ("ONAPPUNINSTALL", Some("1")));
    assert!(uninstalled.auth.application_token.is_none(), "an empty token is no token");
    assert!(event(&[("data", "undefined")]).unwrap().data.is_empty());
    let listed = event(&[("data[QUERY][]", "a"), ("data[QUERY][]", "b")]).unwrap();
    assert_eq!(listed.data["QUERY"], json!({ "0": "a", "1": "b" }));
}

#[test]
fn events_that_are_none() {
    let cases: [(&[(&str, &str)], &str); 10] = [
        (&[("auth[member_id]", "x")], "member_id"),
        (&[("auth[member_id][]", MEMBER)], "auth"),
        (&[("auth[access_token][]", "x")], "access_token"),
        (&[("auth", "x")], "auth"),
        (&[("auth[domain][x]", "1")], "auth"),
        (&[("event", "")], "event"),
        (&[("ts", "x")], "ts"),
        (&[("event[]", "ONTASKADD")], "event"),
        (&[("data", "undefined"), ("data[FIELDS_AFTER][ID]", "1")], "data"),
        (&[("auth[application_token]", "a b")], "application_token"),
    ];
    for (more, what) in cases {
        let error = event(more).err().unwrap();
        let InboundError::Malformed { what: found } = error else { panic!("{error}") };
        assert_eq!(found, what, "{more:?}");
    }
    let good = encoded(&[("event", "X"), ("auth[member_id]", MEMBER)]);
    assert!(Event::decode("", good.as_bytes()).is_ok());
    assert_eq!(Event::decode("auth[member_id]=x", good.as_bytes()).err(), Some(refused("auth")));
    assert_eq!(Event::decode("event=x", good.as_bytes()).err(), Some(refused("event")));
    assert_eq!(Event::decode("", b"event=X").err(), Some(refused("auth")));
}

#[test]
fn a_browser_comes_back() {
    let back = OauthReturn::decode(&format!("code=abc&state=xyz&domain=p&member_id={MEMBER}&server_domain=o")).unwrap();
    let back = back.unwrap();
    assert_eq!((back.code.expose_secret(), back.state.unwrap().expose_secret()), ("abc", "xyz"));
    assert_eq!(back.member_id, MemberId::parse(MEMBER));
    assert!(OauthReturn::decode("utm=1").unwrap().is_none());
    assert!(OauthReturn::decode("code=abc").unwrap().is_some_and(|back| back.state.is_none()));
    assert_eq!(OauthReturn::decode("code=a&code=b&state=x").err(), Some(refused("a field stands twice")));
}

proptest! {
    #[test]
    fn no_request_panics(query in "\\PC{0,80}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (PageOpening::decode(&query, &body), Event::decode(&query, &body), OauthReturn::decode(&query));
    }

    #[test]
    fn no_form_panics(parts in proptest::collection::vec("[a-cD%\\[\\]=+0-9]{0,12}", 0..30)) {
        let body = parts.join("&");
        let _ = (open(QUERY, &body), Event::decode("", body.as_bytes()));
    }

    #[test]
    fn a_name_that_stands_twice_is_always_refused(
        name in "[a-zA-Z_]{1,10}(\\[[a-z]{1,5}\\]){0,2}", one in "\\PC{0,10}", two in "\\PC{0,10}",
    ) {
        let twice = encoded(&[("x", "y"), (&name, &one), (&name, &two)]);
        let whole = format!("{}&{twice}", body(&[]));
        prop_assert_eq!(open(QUERY, &whole).err(), Some(refused("a field stands twice")));
        prop_assert_eq!(Event::decode("", twice.as_bytes()).err(), Some(refused("a field stands twice")));
    }

    #[test]
    fn a_well_formed_form_comes_back_whole(
        token in "[!-~]{1,2048}", status in "[A-Z]{1,10}", title in "[^\\x00]{0,60}",
        keys in proptest::collection::btree_set("[a-zA-Z]{1,8}", 1..6),
    ) {
        let options = json!({ "title": title }).to_string();
        let opening = open(QUERY, &body(&[("AUTH_ID", &token), ("status", &status), ("PLACEMENT_OPTIONS", &options)]));
        let opening = opening.unwrap();
        let auth_id = opening.auth_id.unwrap();
        prop_assert_eq!(auth_id.expose_secret(), &token);
        prop_assert_eq!(opening.status, Some(status));
        prop_assert_eq!(&opening.placement_options["title"], &json!(title));

        let names: Vec<String> = keys.iter().map(|key| format!("data[F][{key}]")).collect();
        let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), &*title)).collect();
        let event = event(&fields).unwrap();
        for key in &keys {
            prop_assert_eq!(&event.data["F"][key], &json!(title));
        }
    }
}
