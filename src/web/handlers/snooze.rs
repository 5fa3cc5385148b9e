//! `POST /snooze/choose` asks until when, `/snooze` puts a task aside, `/wake` takes it up again.

use super::{queue, rows::context};
use crate::domain::{TaskId, snooze::Choice};
use crate::pages::{Asleep, SnoozePage, Undone, View, snoozed_words, woken_words};
use crate::usecases::{Failure, bulk::titles, snooze};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web) struct Form {
    task_id: String,
    until: String,
    day: String,
}

impl Form {
    fn task(&self) -> Result<TaskId, Failure> {
        self.task_id.parse().map_err(|_| Failure::Malformed("task_id"))
    }
}

pub(in crate::web) async fn choose(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let task = act.form.task().map_err(|f| act.problem(f))?;
    let title = titles(act.app(), &act.viewer, &[task]).await.remove(&task).map(|task| task.title);
    let shell = act.shell(false);
    let context = context(&shell, View::Queue, act.viewer.user, act.app());
    Ok(reply::framed(&act.web, &SnoozePage { shell, context, task, title }, &act.viewer))
}

pub(in crate::web) async fn snooze(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, put_aside).await
}

async fn put_aside(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let until = async {
        let choice = Choice::parse(&act.form.until, &act.form.day).ok_or(Failure::Malformed("until"))?;
        snooze::snooze(act.app(), &act.viewer, act.form.task()?, choice).await
    };
    let until = until.await.map_err(|f| act.problem(f))?;
    say(&act, snoozed_words(act.lang(), until.map_or(Asleep::Acts, Asleep::Until))).await
}

pub(in crate::web) async fn wake(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, take_up).await
}

async fn take_up(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let woken = async { snooze::wake(act.app(), &act.viewer, act.form.task()?).await };
    woken.await.map_err(|f| act.problem(f))?;
    say(&act, woken_words(act.lang())).await
}

/// A script has the list before its eyes and asks for it anew.
async fn say(act: &Act<Form>, said: String) -> Result<HttpResponse, Problem> {
    if !act.wants_fragment() {
        return queue::saying(act, Some(said)).await;
    }
    let context = context(&act.shell(false), View::Queue, act.viewer.user, act.app());
    Ok(reply::framed(&act.web, &Undone { context, said, rows: Vec::new() }, &act.viewer))
}
