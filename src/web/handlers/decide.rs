//! `POST /decide`: return or accept one task.

use super::{
    fields::Fields,
    queue,
    rows::{context, state_row},
    task,
};
use crate::domain::{
    Action, DecisionId, Reason, ReasonCode, Seen, TaskId,
    followup::{Followup, FollowupProblem, Mark},
};
use crate::pages::{ErrorKind, Row, Undone, View};
use crate::usecases::{
    Failure,
    decide::{self, Kept, Taken, Wish},
    levels::settings_of,
};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use chrono::{DateTime, FixedOffset, Utc};
use std::{sync::Arc, time::Duration};

/// How long the answer waits for the end of a decision that is sent at once.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Form<'a>(pub(super) &'a Fields);

impl Form<'_> {
    /// Which ready reason the words began with; set by the page's script.
    fn code(&self) -> Result<Option<ReasonCode>, Failure> {
        match self.0.one("reason_code")? {
            "" => Ok(None),
            name => ReasonCode::parse(name).map(Some).ok_or(Failure::Malformed("reason_code")),
        }
    }

    /// A moment that was offered, or a day that was typed: its evening.
    fn deadline(&self) -> Result<Option<DateTime<FixedOffset>>, Failure> {
        let (offered, day) = (self.0.one("deadline")?, self.0.one("deadline_day")?);
        let said = match (offered, day) {
            ("", "") => return Ok(None),
            ("", day) => format!("{day}{}", self.0.one("deadline_time")?),
            (at, _) => at.to_owned(),
        };
        DateTime::parse_from_rfc3339(&said).map(Some).map_err(|_| Failure::Malformed("deadline"))
    }

    /// A mark goes with an acceptance, all else with a return.
    pub(super) fn followup(&self, action: Action, now: DateTime<Utc>) -> Result<Option<Followup>, Failure> {
        let made = match (action, self.0.one("mark")?) {
            (Action::Approve, "") => return Ok(None),
            (Action::Approve, name) => {
                let mark = Mark::parse(name).ok_or(Failure::Malformed("mark"))?;
                Followup::new(None, Some(mark), Vec::new(), now)
            }
            (Action::Return, _) => {
                let items: Result<Vec<i64>, _> = self.0.all("item").map(str::parse).collect();
                Followup::new(self.deadline()?, None, items.map_err(|_| Failure::Malformed("item"))?, now)
            }
        };
        made.map_err(|problem| match problem {
            FollowupProblem::Deadline => Failure::Malformed("deadline"),
            FollowupProblem::Items => Failure::Malformed("item"),
        })
    }

    /// What was offered may be over by now, and any day can be typed.
    fn names_no_deadline(&self, now: DateTime<Utc>) -> bool {
        match self.deadline() {
            Ok(at) => Followup::new(at, None, Vec::new(), now) == Err(FollowupProblem::Deadline),
            Err(_) => self.0.one("deadline").is_ok_and(str::is_empty),
        }
    }

    fn wish(&self, now: DateTime<Utc>) -> Result<Wish, Failure> {
        let action = Action::parse(self.0.one("action")?).ok_or(Failure::Malformed("action"))?;
        let seen = match self.0.one("seen")? {
            "" => None,
            text => Some(DateTime::parse_from_rfc3339(text).map_err(|_| Failure::Malformed("seen"))?),
        };
        let code = self.code()?;
        let reason = match action {
            Action::Approve => None,
            Action::Return => Reason::read(self.0.one("reason")?)?.map(|reason| reason.begun_with(code)),
        };
        Ok(Wish {
            id: self.0.one("decision_id")?.parse::<DecisionId>().map_err(|_| Failure::Malformed("decision_id"))?,
            task: self.0.one("task_id")?.parse::<TaskId>().map_err(|_| Failure::Malformed("task_id"))?,
            action,
            seen: Seen { status_changed: seen },
            reason,
            followup: self.followup(action, now)?,
        })
    }
}

pub(in crate::web) async fn decide(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, take).await
}

/// A deadline that nobody can mean is said in words of its own, before anything is stored.
pub(super) fn require_deadline(act: &Act<Fields>) -> Result<(), Problem> {
    let wrong = Form(&act.form).names_no_deadline(act.app().world.now());
    if wrong { Err(act.mistake(ErrorKind::DeadlineOver)) } else { Ok(()) }
}

async fn take(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    require_deadline(&act)?;
    let wish = Form(&act.form).wish(act.app().world.now()).map_err(|f| act.problem(f))?;
    let taken = decide::decide(act.app(), &act.viewer, &wish).await.map_err(|f| act.problem(f))?;
    taken_as(&act, taken, act.form.view()).await
}

/// How a decision stands after the press of a button, or what is in its way.
pub(super) async fn taken_as<T>(act: &Act<T>, taken: Taken, view: View) -> Result<HttpResponse, Problem> {
    let kept = match taken {
        Taken::Mine(kept) => kept,
        Taken::Busy(kept) if kept.decision.user == act.viewer.user => {
            return in_the_way(act, &kept, view).await;
        }
        Taken::Busy(_) => return Err(act.problem(Failure::Conflict)),
    };
    let kept = if act.app().settings.undo.is_zero() {
        let ended = decide::await_end(act.app(), &act.viewer, kept, PATIENCE).await;
        ended.map_err(|f| act.problem(f).though_taken())?
    } else {
        kept
    };
    after(act, &kept, view).await
}

/// The row alone for a script; else the page on which the form stood, with the row's new state.
pub(super) async fn after<T>(act: &Act<T>, kept: &Kept, view: View) -> Result<HttpResponse, Problem> {
    shown(act, kept, view, StatusCode::OK, false).await
}

/// The same; `late` where the press came too late.
pub(super) async fn shown<T>(
    act: &Act<T>,
    kept: &Kept,
    view: View,
    status: StatusCode,
    late: bool,
) -> Result<HttpResponse, Problem> {
    row_or_page(act, kept, view, status, late).await.map_err(Problem::though_taken)
}

/// How a decision stands that keeps what was pressed from being stored.
pub(super) async fn in_the_way<T>(act: &Act<T>, kept: &Kept, view: View) -> Result<HttpResponse, Problem> {
    row_or_page(act, kept, view, StatusCode::CONFLICT, false).await
}

async fn row_or_page<T>(
    act: &Act<T>,
    kept: &Kept,
    view: View,
    status: StatusCode,
    late: bool,
) -> Result<HttpResponse, Problem> {
    if act.wants_fragment() {
        let row = state_row(act.app(), kept).map_err(|f| act.problem(f))?;
        let row = if late { row.too_late() } else { row };
        let settings = settings_of(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
        let context = context(&act.shell(false), view, act.viewer.user, act.app()).under(Arc::new(settings));
        let origin = act.viewer.portal.host.origin();
        return Ok(reply::page(&act.web, &Row { context, row }, status, Some(origin)));
    }
    let mut answer = match view {
        View::Queue | View::Bulk => queue::saying(act, late.then(|| Undone::words(act.lang(), 0, 1))).await?,
        View::Task => task::show(&act.request, &act.web, &act.viewer, &act.session, kept.decision.task, false).await?,
    };
    *answer.status_mut() = status;
    Ok(answer)
}
