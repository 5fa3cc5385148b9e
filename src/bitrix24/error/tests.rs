use super::*;

fn api(code: Code, http: u16) -> CallError {
    CallError::Api { code, http }
}

#[test]
fn every_code_reads_back_in_any_letter_case() {
    for code in Code::ALL {
        assert_eq!(&Code::parse(code.as_str()), code);
        assert_eq!(&Code::parse(&code.as_str().to_ascii_lowercase()), code);
        assert_eq!(&Code::parse(&code.as_str().to_ascii_uppercase()), code);
        assert!(code.is_known());
    }
}

#[test]
fn every_code_says_whether_the_request_ran() {
    // With its documented status a code proves "did not run" when that status is 4xx, or 503 for the request limit.
    let unknown = [
        Code::PortalDeleted,
        Code::WrongClient,
        Code::OverloadLimit,
        Code::WrongEncoding,
        Code::InternalServerError,
        Code::ErrorUnexpectedAnswer,
        Code::ConnectionError,
    ];
    for code in Code::ALL {
        let expected = if unknown.contains(code) { Ran::Unknown } else { Ran::No };
        assert_eq!(api(code.clone(), code.documented_http()).ran(), expected, "{code}");
        let with_500 = api(code.clone(), 500).ran();
        assert_eq!(with_500, Ran::Unknown, "{code} with 500 proves nothing");
        assert_eq!(api(code.clone(), 200).ran(), Ran::Unknown, "{code} with 200 proves nothing");
    }
}

#[test]
fn what_has_no_known_code_is_unknown_but_for_what_never_left() {
    let cases = [
        (api(Code::parse("SOMETHING_NEW"), 400), Ran::Unknown),
        (api(Code::parse(""), 400), Ran::Unknown),
        (api(Code::QueryLimitExceeded, 503), Ran::No),
        (api(Code::OperationTimeLimit, 429), Ran::No),
        (api(Code::OverloadLimit, 503), Ran::Unknown),
        (api(Code::ExpiredToken, 401), Ran::No),
        (CallError::Unreachable, Ran::No),
        (CallError::Lost, Ran::Unknown),
        (CallError::bad(500, "."), Ran::Unknown),
        (CallError::bad(403, "."), Ran::Unknown),
        (CallError::bad(200, "result"), Ran::Unknown),
        (CallError::Moved { location: None }, Ran::No),
        (CallError::Refused(Refusal::Address), Ran::No),
        (CallError::TooLarge { http: 200 }, Ran::Unknown),
        (CallError::NotExecuted, Ran::Unknown),
    ];
    for (error, expected) in cases {
        assert_eq!(error.ran(), expected, "{error}");
    }
}

#[test]
fn reactions_that_must_differ_do() {
    let cases = [
        (Code::ExpiredToken, Reaction::Refresh),
        (Code::QueryLimitExceeded, Reaction::SlowDown),
        (Code::OperationTimeLimit, Reaction::PauseMethod),
        (Code::OverloadLimit, Reaction::Stop),
        (Code::PortalDeleted, Reaction::Gone),
        (Code::PaymentRequired, Reaction::Unpaid),
        (Code::UserAccessError, Reaction::NoAccessToApp),
        (Code::AccessDenied, Reaction::PlanOrRight),
        (Code::ActionNotAllowed, Reaction::NotAllowed),
        (Code::ErrorMethodNotFound, Reaction::NotFound),
        (Code::InvalidClient, Reaction::Misconfigured),
        (Code::InvalidGrant, Reaction::Reopen),
        (Code::Zero, Reaction::Bug),
        (Code::parse("NEVER_SEEN"), Reaction::Transient),
    ];
    for (code, expected) in cases {
        assert_eq!(code.reaction(), expected, "{code}");
    }
}

#[test]
fn an_unknown_code_is_short_and_printable() {
    let Code::Other(kept) = Code::parse(&format!("é\n{}", "é".repeat(500))) else { panic!("known?") };
    assert!(kept.len() <= 64 && !kept.contains('\n'));
}

#[test]
fn an_error_shows_no_address_and_no_long_path() {
    let moved = CallError::Moved { location: Url::parse("https://new.example/rest/x?auth=CANARY").ok() };
    assert!(!format!("{moved} {moved:?}").contains("CANARY"));
    let CallError::BadAnswer { path, .. } = CallError::bad(200, "ж".repeat(300)) else { panic!() };
    assert!(path.len() <= 200);
}
