//! Every error code that the vendor documents or was seen to send, with what it asks of a caller.
//!
//! Sources: `_includes/system-errors.md`, `settings/oauth/error-codes.md`, `api-reference/rest-v3.md`,
//! `api-reference/tasks/tasks-task-disapprove.md`, `api-reference/widgets/placement-bind.md`,
//! `api-reference/events/event-bind.md`, `api-reference/common/system/app-info.md`.

use std::fmt;

/// Longest unknown code that is kept, in bytes: a code is a name, never a place for a body or a person's data.
const MAX_OTHER: usize = 64;

/// What a caller should do about a code. The words for a person are not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reaction {
    /// Renew the access token once and repeat the call.
    Refresh,
    /// This token is of no use any more; its owner heals that by opening the application again.
    Reopen,
    /// Too many requests from our address: wait 1, 2, 4 s and pace the portal.
    SlowDown,
    /// This method of this portal rests until `operating_reset_at`; everything else goes on.
    PauseMethod,
    /// Blocked by hand at the vendor: no retry loop, tell the operator.
    Stop,
    /// The application or the portal is not there any more.
    Gone,
    /// The trial or the payment has ended.
    Unpaid,
    /// The portal's administrator does not let this person use the application.
    NoAccessToApp,
    /// `ACCESS_DENIED`: the plan has no REST, or this person lacks the right; the code does not tell which.
    PlanOrRight,
    /// This person may not do this to this object, or the object does not exist: the vendor does not tell them apart.
    NotAllowed,
    /// The portal does not know this method, event or placement (an old portal, or a scope that hides it).
    NotFound,
    /// The installed version lacks a scope: update or reinstall.
    MissingScope,
    /// Our keys are wrong at the authorization server: an alarm for the operator, never a reason to delete.
    Misconfigured,
    /// The desired state may be there already (a second handler, a second placement): read it and compare.
    MaybeDone,
    /// Our request was wrong: a repetition changes nothing.
    Bug,
    /// The vendor stumbled; a read may be repeated, a write must be looked up.
    Transient,
}

macro_rules! codes {
    ($($variant:ident, $text:literal, $http:literal, $reaction:ident;)*) => {
        /// A code from the `error` field, compared without regard to letter case (the vendor mixes it).
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $text, "`, documented with HTTP ", $http)] $variant,)*
            /// A code that is in no list, cut to 64 bytes.
            Other(String),
        }

        impl Code {
            /// Every known code once.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            fn known(text: &str) -> Option<Code> {
                $(if text.eq_ignore_ascii_case($text) { return Some(Code::$variant); })*
                None
            }

            /// The vendor's spelling.
            pub fn as_str(&self) -> &str {
                match self { $(Code::$variant => $text,)* Code::Other(text) => text }
            }

            /// The HTTP status documented for this code; a command inside a batch has none of its own. 200 for an
            /// unknown code.
            pub fn documented_http(&self) -> u16 {
                match self { $(Code::$variant => $http,)* Code::Other(_) => 200 }
            }

            /// What this code asks of a caller. An unknown code is [`Reaction::Transient`].
            pub fn reaction(&self) -> Reaction {
                match self { $(Code::$variant => Reaction::$reaction,)* Code::Other(_) => Reaction::Transient }
            }
        }
    };
}

codes! {
    // Token and authorization.
    ExpiredToken, "expired_token", 401, Refresh;
    NoAuthFound, "NO_AUTH_FOUND", 401, Reopen;
    AuthorizationError, "authorization_error", 401, Reopen;
    InvalidGrant, "invalid_grant", 400, Reopen;
    InvalidToken, "invalid_token", 401, Gone;
    ApplicationNotFound, "APPLICATION_NOT_FOUND", 401, Gone;
    ErrorOauth, "ERROR_OAUTH", 401, Gone;
    NotInstalled, "NOT_INSTALLED", 401, Gone;
    PortalDeleted, "PORTAL_DELETED", 500, Gone;
    PaymentRequired, "PAYMENT_REQUIRED", 401, Unpaid;
    InvalidClient, "invalid_client", 400, Misconfigured;
    WrongClient, "wrong_client", 200, Misconfigured;
    // Limits.
    QueryLimitExceeded, "QUERY_LIMIT_EXCEEDED", 503, SlowDown;
    OperationTimeLimit, "OPERATION_TIME_LIMIT", 429, PauseMethod;
    OverloadLimit, "OVERLOAD_LIMIT", 503, Stop;
    // Rights.
    UserAccessError, "user_access_error", 403, NoAccessToApp;
    AllowedOnlyIntranetUser, "allowed_only_intranet_user", 403, NoAccessToApp;
    AccessDenied, "ACCESS_DENIED", 403, PlanOrRight;
    InvalidCredentials, "INVALID_CREDENTIALS", 403, NotAllowed;
    ActionNotAllowed, "1048582", 400, NotAllowed;
    InsufficientScope, "insufficient_scope", 403, MissingScope;
    InvalidScope, "invalid_scope", 403, MissingScope;
    MethodConfirmWaiting, "METHOD_CONFIRM_WAITING", 401, NotAllowed;
    MethodConfirmDenied, "METHOD_CONFIRM_DENIED", 403, NotAllowed;
    // What is not there.
    ErrorMethodNotFound, "ERROR_METHOD_NOT_FOUND", 404, NotFound;
    ErrorManifestIsNotAvailable, "ERROR_MANIFEST_IS_NOT_AVAILABLE", 404, NotFound;
    ErrorEventNotFound, "ERROR_EVENT_NOT_FOUND", 400, NotFound;
    ErrorPlacementNotFound, "ERROR_PLACEMENT_NOT_FOUND", 400, NotFound;
    // Arguments. `0` is said for a wrong task id, `100` for a missing or wrongly typed parameter.
    Zero, "0", 400, Bug;
    WrongParameter, "100", 400, Bug;
    InvalidRequest, "INVALID_REQUEST", 400, Bug;
    ErrorArgument, "ERROR_ARGUMENT", 400, Bug;
    UserIdEmpty, "USER_ID_EMPTY", 400, Bug;
    MessageEmpty, "MESSAGE_EMPTY", 400, Bug;
    WrongAuthType, "WRONG_AUTH_TYPE", 403, Bug;
    WrongEncoding, "WRONG_ENCODING", 200, Bug;
    ErrorBatchLengthExceeded, "ERROR_BATCH_LENGTH_EXCEEDED", 400, Bug;
    ErrorBatchMethodNotAllowed, "ERROR_BATCH_METHOD_NOT_ALLOWED", 405, Bug;
    ErrorWrongHandlerUrl, "ERROR_WRONG_HANDLER_URL", 400, Bug;
    ErrorUnsupportedProtocol, "ERROR_UNSUPPORTED_PROTOCOL", 400, Bug;
    ErrorPlacementUserMode, "ERROR_PLACEMENT_USER_MODE", 400, Bug;
    // A module's own exception; for `event.bind` and `placement.bind` it also means "already bound".
    ErrorPlacementMaxCount, "ERROR_PLACEMENT_MAX_COUNT", 400, MaybeDone;
    ErrorCore, "ERROR_CORE", 400, MaybeDone;
    // The vendor stumbled.
    InternalServerError, "INTERNAL_SERVER_ERROR", 500, Transient;
    ErrorUnexpectedAnswer, "ERROR_UNEXPECTED_ANSWER", 500, Transient;
    ConnectionError, "CONNECTION_ERROR", 503, Transient;
    // REST 3.0.
    V3RequestValidation, "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION", 400, Bug;
    V3DtoValidation, "BITRIX_REST_V3_EXCEPTION_VALIDATION_DTOVALIDATIONEXCEPTION", 400, Bug;
    V3InvalidJson, "BITRIX_REST_V3_EXCEPTION_INVALIDJSONEXCEPTION", 400, Bug;
    V3UnknownDtoProperty, "BITRIX_REST_V3_EXCEPTION_UNKNOWNDTOPROPERTYEXCEPTION", 400, Bug;
    V3UnknownFilterOperator, "BITRIX_REST_V3_EXCEPTION_UNKNOWNFILTEROPERATOREXCEPTION", 400, Bug;
    V3InvalidSelect, "BITRIX_REST_V3_EXCEPTION_INVALIDSELECTEXCEPTION", 400, Bug;
    V3InvalidIdempotencyKey, "BITRIX_REST_V3_EXCEPTION_INVALIDIDEMPOTENCYKEYEXCEPTION", 400, Bug;
    V3IdempotencyKeyReused, "BITRIX_REST_V3_EXCEPTION_IDEMPOTENCYKEYREUSEDEXCEPTION", 422, Bug;
    V3EntityNotFound, "BITRIX_REST_V3_EXCEPTION_ENTITYNOTFOUNDEXCEPTION", 400, NotAllowed;
    V3AccessDenied, "BITRIX_REST_V3_EXCEPTION_ACCESSDENIEDEXCEPTION", 403, NotAllowed;
    V3InsufficientScope, "BITRIX_REST_V3_EXCEPTION_INSUFFICIENTSCOPEEXCEPTION", 403, MissingScope;
}

impl Code {
    /// Reads a code in any letter case. A text that is in no list becomes [`Code::Other`], cut to 64 bytes and rid of
    /// control characters.
    pub fn parse(text: &str) -> Code {
        let text = text.trim();
        Code::known(text).unwrap_or_else(|| {
            let mut kept: String = text.chars().filter(|c| !c.is_control()).collect();
            let end = (0..=MAX_OTHER.min(kept.len())).rev().find(|at| kept.is_char_boundary(*at)).unwrap_or(0);
            kept.truncate(end);
            Code::Other(kept)
        })
    }

    /// The vendor's spelling, if the code is in the vendor's lists: nothing that a portal made up.
    pub fn documented(&self) -> Option<&'static str> {
        Code::ALL.iter().find(|known| *known == self).map(Code::as_str)
    }

    /// Whether the code is in the vendor's lists.
    pub fn is_known(&self) -> bool {
        !matches!(self, Code::Other(_))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
