//! `POST /snooze/choose` asks until when, `/snooze` puts a task aside, `/wake` takes it up again.

use super::{queue, rows::context};
use crate::domain::{TaskId, snooze::Choice};
use crate::pages::{Asleep, ErrorKind, SnoozePage, Undone, View, snoozed_words, woken_words};
use crate::usecases::{
    Failure,
    bulk::titles,
    snooze::{self, Aside},
};
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
    let asleep = match aside(&act).await.map_err(|f| act.problem(f))? {
        Aside::Until(at) => Asleep::Until(at),
        Aside::UntilActs => Asleep::Acts,
        Aside::NotAhead => return Err(act.mistake(ErrorKind::SnoozeDay)),
    };
    say(&act, snoozed_words(act.lang(), asleep)).await
}

async fn aside(act: &Act<Form>) -> Result<Aside, Failure> {
    match Choice::parse(&act.form.until, &act.form.day) {
        Some(choice) => snooze::snooze(act.app(), &act.viewer, act.form.task()?, choice).await,
        // The field may be empty, and where a browser has none for days anything can be typed.
        None if act.form.until == "day" => Ok(Aside::NotAhead),
        None => Err(Failure::Malformed("until")),
    }
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
        return queue::saying(act, Some(said)).await.map_err(Problem::though_taken);
    }
    let context = context(&act.shell(false), View::Queue, act.viewer.user, act.app());
    Ok(reply::framed(&act.web, &Undone { context, said, rows: Vec::new() }, &act.viewer))
}
