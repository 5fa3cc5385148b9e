//! `tasks.task.list`.

use crate::answer::{Outcome, Refusal, Reply, Time};
use crate::pages::html::bbcode;
use crate::php::Php;
use crate::rest::context::Ctx;
use crate::state::portal::Portal;
use crate::state::task::{COMPLETED, Task};
use crate::tasks::access;
use crate::tasks::filter::Filter;
use crate::tasks::view::{self, Viewer};
use serde_json::{Value, json};
use std::cmp::Ordering;

const PAGE: usize = 50;

const ORDER_KEYS: [&str; 26] = [
    "ID",
    "TITLE",
    "TIME_SPENT_IN_LOGS",
    "DATE_START",
    "CREATED_DATE",
    "CHANGED_DATE",
    "CLOSED_DATE",
    "ACTIVITY_DATE",
    "START_DATE_PLAN",
    "END_DATE_PLAN",
    "DEADLINE",
    "REAL_STATUS",
    "STATUS_COMPLETE",
    "PRIORITY",
    "MARK",
    "CREATED_BY_LAST_NAME",
    "RESPONSIBLE_LAST_NAME",
    "GROUP_ID",
    "TIME_ESTIMATE",
    "ALLOW_CHANGE_DEADLINE",
    "ALLOW_TIME_TRACKING",
    "MATCH_WORK_TIME",
    "FAVORITE",
    "SORTING",
    "IS_PINNED",
    "IS_PINNED_IN_GROUP",
];

pub fn list(ctx: &mut Ctx, params: &Php) -> Outcome {
    let select = select(params)?;
    let order = order(params)?;
    let user_id = ctx.user();
    let filter = Filter::read(array(params, "filter")?, user_id, ctx.now, ctx.portal.settings.utc_offset);
    let portal: &Portal = ctx.portal;
    let mut found: Vec<&Task> =
        portal.tasks.values().filter(|task| filter.takes(task) && access::can_read(portal, task, user_id)).collect();
    found.sort_by(|a, b| compare(portal, a, b, &order, user_id));
    let (from, counts) = offset(params);
    let viewer = Viewer { portal, user_id, now: ctx.now };
    let extras = Extras::read(ctx, params);
    let page = found.iter().skip(from).take(PAGE).map(|task| row(&viewer, task, &select, &extras));
    let result = json!({ "tasks": page.collect::<Vec<_>>() });
    let total = found.len();
    let next = (from + PAGE < total).then_some(from + PAGE);
    Ok(Reply { result, total: counts.then_some(total), next: next.filter(|_| counts) })
}

fn row(viewer: &Viewer, task: &Task, select: &[String], extras: &Extras) -> Value {
    let mut row = view::selected(viewer, task, select);
    if row.contains_key("status") {
        row.insert("subStatus".into(), json!(task.virtual_status(viewer.user_id, viewer.now).to_string()));
    }
    if extras.access {
        row.insert("action".into(), access::camel(viewer.portal, task, viewer.user_id));
    }
    if extras.results {
        let has = if task.results.is_empty() { "N" } else { "Y" };
        let open = if task.results.is_empty() || task.is_closed() { "N" } else { "Y" };
        row.insert("taskRequireResult".into(), json!("N"));
        row.insert("taskHasOpenResult".into(), json!(open));
        row.insert("taskHasResult".into(), json!(has));
    }
    if extras.timer {
        row.insert("timeElapsed".into(), json!(task.time_spent));
        row.insert("timerIsRunningForCurrentUser".into(), json!("N"));
    }
    if extras.parsed && row.contains_key("description") {
        row.insert("parsedDescription".into(), json!(bbcode(&task.description)));
    }
    Value::Object(row)
}

struct Extras {
    access: bool,
    results: bool,
    timer: bool,
    parsed: bool,
}

impl Extras {
    fn read(ctx: &Ctx, params: &Php) -> Self {
        let on = |key: &str| {
            let value = params.get("params").and_then(|params| params.get(key));
            value.and_then(Php::text).is_some_and(|value| matches!(value.as_str(), "Y" | "1"))
        };
        Self {
            access: ctx.portal.settings.return_access && on("RETURN_ACCESS"),
            results: on("WITH_RESULT_INFO"),
            timer: on("WITH_TIMER_INFO"),
            parsed: on("WITH_PARSED_DESCRIPTION"),
        }
    }
}

fn array<'a>(params: &'a Php, name: &str) -> Result<Option<&'a Php>, Refusal> {
    match params.get(name) {
        Some(value) if !value.is_array() && value.text().is_none_or(|text| !text.is_empty()) => Err(Refusal::new(
            400,
            "100",
            &format!(
                "Invalid value {{{}}} to match with parameter {{{name}}}. Should be value of type array.",
                "scalar"
            ),
        )),
        other => Ok(other.filter(|value| value.is_array())),
    }
}

fn select(params: &Php) -> Result<Vec<String>, Refusal> {
    match params.get("select") {
        Some(value) if !value.is_array() => Err(Refusal::new(400, "0", "Invalid select data")),
        _ => Ok(view::select_of(params).unwrap_or_else(|| vec!["*".to_owned()])),
    }
}

/// Default: newest first.
fn order(params: &Php) -> Result<Vec<(SortKey, bool)>, Refusal> {
    let mut keys = Vec::new();
    for (name, way) in array(params, "order")?.map_or(&[][..], Php::pairs) {
        if !ORDER_KEYS.contains(&name.as_str()) {
            return Err(Refusal::new(400, "0", "Invalid sorting key"));
        }
        let descends = way.text().is_some_and(|way| way.to_lowercase().starts_with("desc"));
        keys.push((sort_key(name), descends));
    }
    if keys.is_empty() {
        keys.push((sort_key("ID"), true));
    }
    Ok(keys)
}

/// Whole pages only; -1 switches counting off.
fn offset(params: &Php) -> (usize, bool) {
    match params.get("start").and_then(Php::int) {
        Some(start) if start < 0 => (0, false),
        Some(start) => (usize::try_from(start).unwrap_or(0) / PAGE * PAGE, true),
        None => (0, true),
    }
}

enum SortKey {
    Text(fn(&Task) -> &str),
    Number(fn(&Task, u64) -> Option<i64>),
    /// Last name of the person whose id this is.
    Name(fn(&Task) -> u64),
}

fn sort_key(name: &str) -> SortKey {
    use SortKey::{Name, Number, Text};
    match name {
        "TITLE" => Text(|task| &task.title),
        "MARK" => Text(|task| task.mark.as_deref().unwrap_or("")),
        "CREATED_BY_LAST_NAME" => Name(|task| task.created_by),
        "RESPONSIBLE_LAST_NAME" => Name(|task| task.responsible_id),
        "ID" => Number(|task, _| whole(task.id)),
        "DEADLINE" => Number(|task, _| task.deadline.and_then(date)),
        "DATE_START" => Number(|task, _| task.date_start.and_then(date)),
        "CLOSED_DATE" => Number(|task, _| task.closed_date.and_then(date)),
        "CREATED_DATE" => Number(|task, _| date(task.created_date)),
        "CHANGED_DATE" => Number(|task, _| date(task.changed_date)),
        "ACTIVITY_DATE" => Number(|task, _| date(task.activity_date)),
        "REAL_STATUS" => Number(|task, _| Some(i64::from(task.status))),
        "STATUS_COMPLETE" => Number(|task, _| Some(i64::from(task.status == COMPLETED))),
        "PRIORITY" => Number(|task, _| Some(i64::from(task.priority))),
        "GROUP_ID" => Number(|task, _| whole(task.group_id)),
        "TIME_ESTIMATE" => Number(|task, _| whole(task.time_estimate)),
        "TIME_SPENT_IN_LOGS" => Number(|task, _| whole(task.time_spent)),
        "ALLOW_CHANGE_DEADLINE" => Number(|task, _| Some(i64::from(task.allow_change_deadline))),
        "ALLOW_TIME_TRACKING" => Number(|task, _| Some(i64::from(task.allow_time_tracking))),
        "FAVORITE" => Number(|task, user_id| Some(i64::from(task.favorite.contains(&user_id)))),
        _ => Number(|_, _| None),
    }
}

fn whole(value: u64) -> Option<i64> {
    i64::try_from(value).ok()
}

fn date(time: Time) -> Option<i64> {
    Some(time.timestamp())
}

/// Missing dates sort first, as the database does it.
fn compare(portal: &Portal, a: &Task, b: &Task, order: &[(SortKey, bool)], user_id: u64) -> Ordering {
    for (key, descends) in order {
        let by = match key {
            SortKey::Text(of) => of(a).cmp(of(b)),
            SortKey::Number(of) => of(a, user_id).cmp(&of(b, user_id)),
            SortKey::Name(of) => last_name(portal, of(a)).cmp(last_name(portal, of(b))),
        };
        let by = if *descends { by.reverse() } else { by };
        if by != Ordering::Equal {
            return by;
        }
    }
    a.id.cmp(&b.id)
}

fn last_name(portal: &Portal, id: u64) -> &str {
    portal.users.get(&id).map_or("", |user| user.last_name.as_str())
}
