//! `POST /actions`: what the viewer decided; for administrators also what everybody did.

use crate::domain::{State, Zone, snooze::Step};
use crate::pages::{ActionRow, ActionsPage, AsideRow, Asleep, Standing};
use crate::usecases::{
    Failure,
    look_back::{Logged, Snoozed, actions, behind, behind_text, snoozes},
};
use crate::web::{act::Act, error::Problem, reply};
use actix_web::HttpResponse;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web) struct Form {
    everybody: String,
    behind: String,
}

pub(in crate::web) async fn page(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let everybody = !act.form.everybody.is_empty();
    let from = match act.form.behind.as_str() {
        "" => None,
        text => Some(behind(text).ok_or_else(|| act.problem(Failure::Malformed("behind")))?),
    };
    let found = actions(act.app(), &act.viewer, everybody, from).await.map_err(|f| act.problem(f))?;
    // Beside the newest of one's own decisions.
    let put_aside = match everybody || from.is_some() {
        true => Vec::new(),
        false => snoozes(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?,
    };
    let page = ActionsPage {
        shell: act.shell(found.is_admin),
        viewer: act.viewer.user,
        everybody,
        rows: found.rows.iter().map(|logged| row(logged, found.zone)).collect(),
        further: found.further.map(behind_text),
        put_aside: put_aside.iter().map(|logged| aside(logged, found.zone)).collect(),
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

fn aside(logged: &Snoozed, zone: Zone) -> AsideRow {
    let asleep = match logged.step {
        Step::Until(at) => Some(Asleep::Until(zone.at(at))),
        Step::UntilActs => Some(Asleep::Acts),
        Step::Ended => None,
    };
    AsideRow { task: logged.task, at: zone.at(logged.at), asleep }
}

fn row(logged: &Logged, zone: Zone) -> ActionRow {
    let standing = Standing {
        id: logged.id,
        action: logged.action,
        // The log knows beginnings and ends; what lies between is under way.
        state: logged.ended.map_or(State::Checking, |(state, _)| state),
        delivery: logged.delivery,
        other: None,
        reason: logged.reason.clone(),
        following: None,
    };
    ActionRow {
        task: logged.task,
        user: logged.user,
        pressed_at: zone.at(logged.pressed_at),
        ended_at: logged.ended.map(|(_, at)| zone.at(at)),
        standing,
    }
}
