//! The second door of an error: what the use cases say becomes a status, words, and an id to quote. The cause is logged
//! here, once.

use super::{reply, server::Web};
use crate::bitrix24::inbound::InboundError;
use crate::domain::{BulkId, ReasonProblem};
use crate::pages::{ErrorKind, ErrorPage, Lang, Shell};
use crate::usecases::{Failure, open::Viewer};
use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web::Data};
use std::fmt;

/// A failure on its way to a person.
pub(super) struct Problem {
    kind: ErrorKind,
    /// Only the words for it; never shown.
    cause: String,
    /// The portal that may frame the page, if it is known to us.
    frame: Option<String>,
    lang: Lang,
    request_id: String,
    web: Option<Data<Web>>,
    /// The page of somebody with a session offers ways out.
    shell: Option<Box<Shell>>,
    /// In a box: results of every size carry a problem.
    more: Box<More>,
}

/// What only some of the pages say.
#[derive(Default)]
struct More {
    bulk: Option<BulkId>,
    /// How many characters a reason has to have.
    least: Option<u16>,
    /// What the person wrote; in no log.
    words: Vec<String>,
}

impl Problem {
    pub(super) fn new(failure: Failure) -> Self {
        let bulk = if let Failure::BulkOpen(id) = failure { Some(id) } else { None };
        let least = if let Failure::Reason(ReasonProblem::TooShort(n)) = failure { Some(n) } else { None };
        let more = Box::new(More { bulk, least, words: Vec::new() });
        Self { more, ..Self::of(kind(&failure), failure.to_string()) }
    }

    pub(super) fn of(kind: ErrorKind, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        let (lang, request_id) = (Lang::english(), String::new());
        Self { kind, cause, frame: None, lang, request_id, web: None, shell: None, more: Box::default() }
    }

    /// What the page around it needs.
    pub(super) fn at(mut self, request: &HttpRequest) -> Self {
        self.request_id = super::server::request_id(request);
        self.lang = reply::browsers_lang(request);
        self.web = request.app_data::<Data<Web>>().cloned();
        self
    }

    pub(super) fn framed_by(mut self, origin: Option<String>) -> Self {
        self.frame = origin;
        self
    }

    pub(super) fn within(self, shell: Shell) -> Self {
        Self { shell: Some(Box::new(shell)), ..self }
    }

    /// In the frame of this person's portal and in their language.
    pub(super) fn shown_to(self, viewer: &Viewer) -> Self {
        self.framed_by(Some(viewer.portal.host.origin().to_owned())).in_language(&viewer.lang)
    }

    /// What was pressed is stored by now, and this is only about the page after it: nobody is told that nothing was changed.
    /// Whom Bitrix24 does not let in any more is told that.
    pub(super) fn though_taken(self) -> Self {
        use ErrorKind::{AccessClosed, NoAppRight, NotInstalled, PortalDeleted, SignInAgain, Unpaid};
        match self.kind {
            AccessClosed | NoAppRight | NotInstalled | PortalDeleted | SignInAgain | Unpaid => self,
            _ => Self { kind: ErrorKind::Taken, ..self },
        }
    }

    /// What the person wrote comes back, to be copied: nothing keeps it, and not every browser has it when one goes back.
    /// Words that are stored are not lost, and what another site posted is nobody's.
    pub(super) fn giving_back(mut self, words: Vec<String>) -> Self {
        if ![ErrorKind::Taken, ErrorKind::WrongOrigin].contains(&self.kind) {
            self.more.words = words;
        }
        self
    }

    /// The portal's word for the person's language; where it says nothing the browser's stands.
    pub(super) fn in_language(mut self, lang: &str) -> Self {
        if !lang.is_empty() {
            self.lang = Lang::of(lang);
        }
        self
    }
}

impl From<InboundError> for Problem {
    fn from(error: InboundError) -> Self {
        let kind = match error {
            InboundError::Malformed { .. } => ErrorKind::Malformed,
            InboundError::TooLarge => ErrorKind::TooLarge,
        };
        Self::of(kind, error.to_string())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.cause)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let (kind, cause, id) = (self.kind.name(), &self.cause, &self.request_id);
        if self.status_code().is_server_error() {
            tracing::error!(kind, %cause, request_id = %id, "refused");
        } else {
            tracing::info!(kind, %cause, request_id = %id, "refused");
        }
        let Some(web) = &self.web else { return HttpResponse::new(self.status_code()) };
        let shell = self.shell.as_deref().cloned().unwrap_or_else(|| Shell::closed(self.lang, id.clone()));
        let (least, support) = (self.more.least.map(usize::from), web.operator.support.clone());
        let (bulk, words) = (self.more.bulk, self.more.words.clone());
        let shown = ErrorPage { shell, kind: self.kind, bulk, least, words, support };
        let mut answer = reply::page(web, &shown, self.status_code(), self.frame.as_deref());
        if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&self.status_code()) {
            answer
                .headers_mut()
                .insert(actix_web::http::header::RETRY_AFTER, actix_web::http::header::HeaderValue::from_static("10"));
        }
        answer
    }
}

fn kind(failure: &Failure) -> ErrorKind {
    match failure {
        Failure::Malformed(_) => ErrorKind::Malformed,
        Failure::Reason(ReasonProblem::Missing) => ErrorKind::ReasonMissing,
        Failure::Reason(ReasonProblem::TooLong) => ErrorKind::ReasonTooLong,
        Failure::Reason(ReasonProblem::TooShort(_)) => ErrorKind::ReasonTooShort,
        Failure::NotGenuine(_) => ErrorKind::NotGenuine,
        Failure::OtherApplication => ErrorKind::OtherApplication,
        Failure::AdminRequired => ErrorKind::AdminRequired,
        Failure::HttpPortal => ErrorKind::HttpPortal,
        Failure::AddressRefused(_) => ErrorKind::AddressRefused,
        Failure::NotInstalled => ErrorKind::NotInstalled,
        Failure::SessionEnded => ErrorKind::SessionEnded,
        Failure::NotFound => ErrorKind::NotFound,
        Failure::TaskUnavailable => ErrorKind::TaskUnavailable,
        Failure::Conflict => ErrorKind::Conflict,
        Failure::NothingChosen => ErrorKind::BulkEmpty,
        Failure::TooManyTasks => ErrorKind::BulkTooLarge,
        Failure::StillOpen => ErrorKind::StillOpen,
        Failure::TooManySnoozed => ErrorKind::SnoozeFull,
        Failure::BulkOpen(_) => ErrorKind::BulkOpen,
        Failure::PortalUnreachable(_) => ErrorKind::PortalUnreachable,
        Failure::PortalLimited(_) => ErrorKind::PortalLimited,
        Failure::AuthorizationDown(_) => ErrorKind::AuthorizationDown,
        Failure::AccessClosed(_) => ErrorKind::AccessClosed,
        Failure::Unpaid => ErrorKind::Unpaid,
        Failure::NoAppRight => ErrorKind::NoAppRight,
        Failure::PortalDeleted => ErrorKind::PortalDeleted,
        Failure::SignInAgain => ErrorKind::SignInAgain,
        Failure::TooMany(_) => ErrorKind::TooMany,
        Failure::Busy(_) => ErrorKind::Busy,
        Failure::Internal(_) => ErrorKind::Internal,
    }
}

pub(super) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::of(ErrorKind::NotFound, "no such route").at(&request))
}

pub(super) async fn wrong_method(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::of(ErrorKind::WrongMethod, "no such verb here").at(&request))
}
