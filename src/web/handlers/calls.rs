//! `POST /settings/calls`: the journal of calls, for administrators.

use crate::domain::Zone;
use crate::pages::{CallFields, CallRow, CallsPage};
use crate::usecases::{
    Failure,
    look_back::{Call, CallWish, calls, place, place_text, why},
};
use crate::web::{act::Act, error::Problem, reply};
use actix_web::HttpResponse;
use serde::Deserialize;
use std::str::FromStr;

/// Everything as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web) struct Form {
    task: String,
    user: String,
    method: String,
    from: String,
    until: String,
    failed: String,
    behind: String,
}

/// An empty field asks for nothing; one that is no such thing is not what our page posts.
fn read<T: FromStr>(text: &str, what: &'static str) -> Result<Option<T>, Failure> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Failure::Malformed(what)),
    }
}

impl Form {
    fn wish(&self) -> Result<CallWish, Failure> {
        let behind = match self.behind.as_str() {
            "" => None,
            text => Some(place(text).ok_or(Failure::Malformed("behind"))?),
        };
        Ok(CallWish {
            task: read(&self.task, "task")?,
            user: read(&self.user, "user")?,
            method: read(&self.method, "method")?,
            failed: !self.failed.is_empty(),
            from: read(&self.from, "from")?,
            until: read(&self.until, "until")?,
            behind,
        })
    }

    fn fields(&self) -> CallFields {
        let (task, user, method) = (self.task.clone(), self.user.clone(), self.method.clone());
        CallFields {
            task,
            user,
            method,
            from: self.from.clone(),
            until: self.until.clone(),
            failed: !self.failed.is_empty(),
        }
    }
}

pub(in crate::web) async fn page(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let wish = act.form.wish().map_err(|f| act.problem(f))?;
    let found = calls(act.app(), &act.viewer, &wish).await.map_err(|f| act.problem(f))?;
    let page = CallsPage {
        shell: act.shell(true),
        viewer: act.viewer.user,
        fields: act.form.fields(),
        rows: found.rows.iter().map(|call| row(call, found.zone)).collect(),
        further: found.further.map(place_text),
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

fn row(call: &Call, zone: Zone) -> CallRow {
    CallRow {
        at: zone.at(call.at),
        is_command: call.nth > 0,
        method: call.method.clone(),
        task: call.task,
        user: call.user,
        installer: call.installer,
        http: call.http,
        code: call.code.clone(),
        why: why(call),
        duration_ms: call.duration_ms,
        operating: call.operating,
        request_id: call.request_id.clone(),
    }
}
