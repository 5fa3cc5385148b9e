//! Sample pages. Persons and companies are invented.

use super::{super::*, Sample, sample};
use crate::domain::{
    Action, BulkId, CallWhy, DecisionId, Delivery, GroupId, NotDone, Refusal, State, TaskId, UserId, WaitingTask,
    followup::Following,
    install::{Fault, Step, StepKind, StepOutcome, Why},
    past::{Handed, Point, Returned, Said, Since, Work},
    queue::Person,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// A title that tries everything.
pub const NASTY: &str =
    "\"><img src=x onerror=alert(1)></script><!--[URL=javascript:alert(1)]x[/URL]\u{202e}gnp.exe' {{7*7}}";

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_530_000, 0).unwrap()
}

fn decision(n: u128) -> DecisionId {
    // Spread over all digits, as real ones are, so that weights are honest.
    DecisionId(Uuid::from_u128((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)))
}

fn person(id: i64, name: &str) -> Option<Person> {
    let name = name.to_owned();
    Some(Person { id: UserId::new(id)?, name })
}

const TITLES: [&str; 6] = [
    "Price list for the spring catalogue",
    "Check the delivery note of order 4711 against the warehouse and report every difference that is more than one piece",
    "Translate the terms of service",
    "Счёт за ноябрь: сверить суммы",
    "تحديث صفحة الأسعار",
    "Photographs of the new showroom",
];
const PEOPLE: [&str; 4] = ["Sample Person", "Mustermann Beispiel", "Пример Иванович", "שם לדוגמה"];

pub fn task(n: i64, title: &str) -> WaitingTask {
    let handed_in = (now() - TimeDelta::hours((140 - 9 * (n % 10_000)).max(1)) - TimeDelta::minutes(7)).fixed_offset();
    let at = |n: usize| PEOPLE[n % PEOPLE.len()];
    WaitingTask {
        id: TaskId::new(n).unwrap(),
        title: title.to_owned(),
        creator: person(if n < 10_000 { 1 } else { 7 }, at(n as usize + 1)),
        assignee: person(8, at(n as usize)),
        project: (n % 3 != 0).then(|| (GroupId::new(3).unwrap(), "Showroom, second floor".to_owned())),
        deadline: (n % 2 == 0).then(|| (now() + TimeDelta::hours(n * 5 - 60)).fixed_offset()),
        handed_in: Some(handed_in),
        status_changed: Some(handed_in),
        may_decide: Some(true),
    }
}

pub fn standing(action: Action, state: State, delivery: Option<Delivery>) -> Standing {
    let reason = (action == Action::Return).then(|| "The totals do not match.".to_owned());
    let missed = Following { moves: false, missed_items: 2, missed_deadline: true, missed_mark: true };
    Standing {
        following: (delivery == Some(Delivery::Failed)).then_some(missed),
        id: decision(999),
        action,
        state,
        delivery,
        other: matches!(state, State::Refused(_))
            .then(|| Other { who: Who::Named(NASTY.to_owned()), at: being(state).then(|| now().fixed_offset()) }),
        reason,
    }
}

/// Of what is being decided elsewhere no time is known.
fn being(state: State) -> bool {
    !matches!(state, State::Refused(Refusal::BeingReturned | Refusal::BeingAccepted))
}

/// Every state that a decision can be in, with every word it can have.
pub fn standings() -> Vec<Standing> {
    let since = now().fixed_offset();
    let states = |action| {
        let delivery = (action == Action::Return).then_some(Delivery::Pending);
        [
            State::Held { until: now() + TimeDelta::milliseconds(6_400) },
            State::Checking,
            State::Sending { since },
            State::Unknown { since },
            State::NeedsPerson,
            State::Cancelled,
        ]
        .map(|state| standing(action, state, delivery))
    };
    let delivered = [Delivery::Pending, Delivery::Sending, Delivery::Delivered, Delivery::Failed, Delivery::Unknown]
        .map(|d| standing(Action::Return, State::Done, Some(d)));
    let refused = [
        Refusal::NotAllowed,
        Refusal::TaskChanged,
        Refusal::AlreadyReturned,
        Refusal::AlreadyAccepted,
        Refusal::NotAvailable,
        Refusal::SignInAgain,
        Refusal::PortalClosed,
        Refusal::PortalDeleted,
        Refusal::Unpaid,
        Refusal::NoAppRight,
        Refusal::AccessClosed,
        Refusal::BeingReturned,
        Refusal::BeingAccepted,
    ]
    .map(|r| standing(Action::Return, State::Refused(r), Some(Delivery::Dropped)));
    let not_run = [NotDone::Unreachable, NotDone::Limited, NotDone::NoTrace, NotDone::Rejected]
        .map(|n| standing(Action::Return, State::NotRun(n), Some(Delivery::Dropped)));
    let approved = standing(Action::Approve, State::Done, None);
    let mut all = Vec::from(states(Action::Return));
    all.extend(states(Action::Approve));
    all.extend(delivered);
    all.extend(refused);
    all.extend(not_run);
    all.push(approved);
    all
}

pub fn viewer() -> UserId {
    UserId::new(1).unwrap()
}

pub fn rows(count: i64, first: i64) -> Vec<TaskRow> {
    (first..first + count)
        .map(|n| TaskRow::listed(task(n, TITLES[n as usize % TITLES.len()]), decision(n as u128), None))
        .collect()
}

/// A queue with so many of mine.
pub fn queue(lang: Lang, mine: i64, also: i64) -> QueuePage {
    let shell = Shell::sample(lang);
    let mine = rows(mine, 1);
    let rows = QueueRows {
        context: RowContext::new(&shell, View::Queue, viewer(), now()),
        mine_total: mine.len(),
        mine,
        also: rows(also, 10_001),
        mine_cut: None,
        also_cut: None,
        complete: true,
        stamp: String::new(),
        form: ViewForm::default(),
    };
    QueuePage { shell, said: None, bulk: None, unsettled: Vec::new(), rows, choices: super::levels::choices(lang) }
}

pub fn queues(lang: Lang) -> Vec<Sample> {
    let mut partial = queue(lang, 50, 12);
    partial.rows.complete = false;
    partial.rows.mine_total = 5_000;
    let mut cut = queue(lang, 3, 3);
    (cut.rows.mine_total, cut.rows.mine_cut, cut.rows.also_cut) = (25_000, Some(20_000), Some(2_000));
    let mut states = queue(lang, 0, 0);
    states.rows.mine = standings()
        .into_iter()
        .zip(1..)
        .map(|(s, n)| TaskRow::listed(task(n, TITLES[n as usize % 6]), decision(n as u128), Some(s)))
        .collect();
    states.rows.mine_total = states.rows.mine.len();
    let mut nasty = queue(lang, 0, 0);
    let mut evil = task(1, NASTY);
    evil.assignee = person(8, NASTY);
    evil.creator = person(9, NASTY);
    evil.project = Some((GroupId::new(3).unwrap(), NASTY.to_owned()));
    let mut failed = standing(Action::Return, State::NotRun(NotDone::Limited), None);
    failed.reason = Some(format!("</textarea>{NASTY}"));
    nasty.rows.also = vec![TaskRow::listed(evil, decision(1), Some(failed))];
    let mut bulk = queue(lang, 3, 0);
    bulk.said = Some(Undone::words(lang, 1, 0));
    bulk.bulk = Some((bulk_id(1), outcome(standings()).tally));
    let mut part = queue(lang, 3, 0);
    part.shell.scope = crate::domain::queue::Scope::Project(GroupId::new(3).unwrap());
    vec![
        sample("queue-part", &part),
        sample("queue-grouped", &super::levels::grouped(lang)),
        sample("snooze", &super::levels::snooze(lang)),
        sample("queue-bulk", &bulk),
        sample("queue-empty", &queue(lang, 0, 0)),
        sample("queue-1", &queue(lang, 1, 0)),
        sample("queue-50", &queue(lang, 50, 3)),
        sample("queue-partial", &partial),
        sample("queue-cut", &cut),
        sample("queue-states", &states),
        sample("queue-nasty", &nasty),
    ]
}

pub fn fragments(lang: Lang) -> Vec<Sample> {
    let context = RowContext::new(&Shell::sample(lang), View::Queue, viewer(), now());
    let state = |n, s| TaskRow::state_only(TaskId::new(n).unwrap(), None, decision(n as u128), Some(s));
    let row = Row { context: context.clone(), row: state(4, standings().remove(0)) };
    let rows = standings().into_iter().zip(1..).map(|(s, n)| state(n, s)).collect();
    vec![sample("row", &row), sample("rows", &Rows { context, rows }), sample("queue_rows", &queue(lang, 5, 2).rows)]
}

fn bulk_id(n: u128) -> BulkId {
    BulkId(decision(n).0)
}

fn choose(lang: Lang, action: Action, title: &str) -> ChoosePage {
    let mut rows = rows(3, 1);
    rows.push(TaskRow::listed(task(4, title), decision(4), None));
    rows.push(TaskRow::state_only(TaskId::new(5).unwrap(), None, decision(5), None));
    ChoosePage { shell: Shell::sample(lang), action, bulk: bulk_id(1), rows, least: (0, 20), now: now() }
}

/// The outcomes of a bulk that has come across everything.
pub fn outcome(standings: Vec<Standing>) -> BulkOutcome {
    let mut tally = crate::domain::Tally::default();
    standings.iter().for_each(|s| tally.add(s.state, s.delivery));
    let row = |(standing, n): (Standing, i64)| {
        let title = if n == 3 { NASTY } else { TITLES[n as usize % 6] };
        TaskRow::listed(task(n, title), decision(n as u128), Some(standing))
    };
    let rows = standings.into_iter().zip(1..).map(row).collect();
    let said = Some(Undone::words(Lang::english(), 3, 2));
    BulkOutcome { id: bulk_id(1), next: bulk_id(2), action: Action::Return, tally, missed: tally.not_run, rows, said }
}

pub fn bulk_part(lang: Lang, outcome: BulkOutcome) -> BulkPart {
    let mut context = RowContext::new(&Shell::sample(lang), View::Bulk, viewer(), now());
    context.bulk = Some(outcome.id);
    BulkPart { context, outcome }
}

pub fn bulks(lang: Lang) -> Vec<Sample> {
    let part = bulk_part(lang, outcome(standings()));
    let shell = Shell::sample(lang);
    let page = BulkPage { shell, context: part.context.clone(), outcome: outcome(standings()) };
    let ended = standings().into_iter().filter(|s| matches!(s.state, State::NotRun(_)) || s.may_tell()).collect();
    let context = RowContext::new(&Shell::sample(lang), View::Queue, viewer(), now());
    let undone = Undone { context, said: Undone::words(lang, 3, 1), rows: rows(1, 1) };
    vec![
        sample("choose-return-nasty", &choose(lang, Action::Return, NASTY)),
        sample("choose-approve", &choose(lang, Action::Approve, TITLES[0])),
        sample("bulk-nasty", &page),
        sample("bulk-part", &part),
        sample("bulk-ended", &bulk_part(lang, outcome(ended))),
        sample("undone", &undone),
    ]
}

/// Everything that a portal can tell of a task's past.
fn work(title: &str) -> Work {
    let at = |hours: i64| (now() - TimeDelta::hours(hours)).fixed_offset();
    let point = |id: i64, title: &str, done: bool| Point {
        id,
        parent: Some(1),
        title: title.to_owned(),
        done,
        toggled: done.then(|| at(id)),
    };
    let points = vec![point(11, "Pieces compared", true), point(12, title, true), point(90, "Prices compared", false)];
    let returned =
        |hours, why: Option<&str>| Returned { at: at(hours), by: person(1, title), why: why.map(str::to_owned) };
    let text = format!("[B]Both lists[/B] are [URL=https://files.example/x]here[/URL].\n[QUOTE]{title}[/QUOTE]");
    Work {
        results: Some(vec![Handed { by: person(8, title), at: Some(at(9)), text, files: 2 }]),
        since: Some(Since {
            at: at(30),
            results: Some(0),
            points: points.clone(),
            deadline: Some((Some(at(20)), Some(at(-30)))),
            files: 1,
            messages: 2,
            said: vec![
                Said::new(person(8, title).unwrap(), at(10), title),
                Said::new(person(9, "").unwrap(), at(12), "Done."),
            ],
        }),
        points: Some(points),
        returns: Some(vec![returned(80, None), returned(30, Some(title))]),
        spent: Some(9_000),
        estimate: Some(7_200),
        files: Some(1),
        may_change_deadline: true,
        may_mark: true,
    }
}

/// The same task beside the list.
pub fn looks(lang: Lang, title: &str) -> Looks {
    let page = task_page(lang, title, Control::MayDecide, None);
    let context = RowContext::new(&page.shell, View::Queue, viewer(), now());
    Looks { context, tasks: vec![page.task], gone: vec![TaskId::new(77).unwrap()] }
}

pub fn task_page(lang: Lang, title: &str, control: Control, standing: Option<Standing>) -> TaskPage {
    let view = TaskView {
        row: TaskRow::listed(task(4, title), decision(4), standing),
        description: format!("[B]What to do[/B]\nCompare both lists.\n[LIST]\n[*]pieces\n[*]prices[/LIST]\n{title}"),
        status: if control == Control::NotWaiting { 5 } else { 4 },
        work: work(title),
        control,
    };
    TaskPage::new(Shell::sample(lang), viewer(), now(), view)
}

pub fn tasks(lang: Lang) -> Vec<Sample> {
    let done = standing(Action::Return, State::Done, Some(Delivery::Failed));
    let held = standings().remove(0);
    let page = |control, standing| task_page(lang, TITLES[1], control, standing);
    vec![
        sample("task", &page(Control::MayDecide, None)),
        sample("task-held", &page(Control::MayDecide, Some(held))),
        sample("task-done", &page(Control::NotWaiting, Some(done))),
        sample("task-not-waiting", &page(Control::NotWaiting, None)),
        sample("task-not-allowed", &page(Control::NotAllowed, None)),
        sample("looks", &looks(lang, TITLES[1])),
        sample("task-nasty", &task_page(lang, NASTY, Control::MayDecide, None)),
    ]
}

fn steps(outcome: StepOutcome) -> Vec<Step> {
    let done = |kind| Step { kind, outcome: StepOutcome::Done };
    let mut steps: Vec<_> =
        [StepKind::Identity, StepKind::Stored, StepKind::Scopes, StepKind::Methods, StepKind::Events].map(done).into();
    steps.push(done(StepKind::Place("TASK_LIST_CONTEXT_MENU")));
    steps.push(Step { kind: StepKind::Place("REST_APP_URI"), outcome: StepOutcome::NotOffered(String::new()) });
    steps.push(Step { kind: StepKind::Place("TASK_VIEW_TAB"), outcome });
    steps
}

fn calls(lang: Lang, rows: Vec<CallRow>) -> CallsPage {
    let fields = CallFields { task: "4".to_owned(), method: "task".to_owned(), failed: true, ..CallFields::default() };
    let further = (!rows.is_empty()).then(|| "1795530000123456.00000000000000000000000000000007.3".to_owned());
    CallsPage { shell: Shell::sample(lang), viewer: viewer(), fields, rows, further }
}

/// A call with every end that a call can have.
fn call_rows() -> Vec<CallRow> {
    let ends = std::iter::once(None).chain(CallWhy::ALL.iter().copied().map(Some));
    let row = |(n, why): (i64, Option<CallWhy>)| CallRow {
        at: (now() - TimeDelta::milliseconds(n * 37_041)).fixed_offset(),
        is_command: n % 3 == 1,
        method: "tasks.task.disapprove".to_owned(),
        task: (n % 4 != 3).then(|| TaskId::new(8_000 + n).unwrap()),
        user: (n % 5 != 4).then(|| UserId::new(7).unwrap()),
        installer: n % 5 == 2,
        http: (n % 6 != 5).then_some(if why.is_some() { 400 } else { 200 }),
        code: why.is_some().then(|| "QUERY_LIMIT_EXCEEDED".to_owned()),
        why,
        duration_ms: Some(231),
        operating: (n % 2 == 0).then_some(1.25),
        request_id: (n % 3 == 0).then(|| "0197f3a2c4d5".to_owned()),
    };
    (0..).zip(ends).map(row).collect()
}

fn actions(lang: Lang, everybody: bool, standings: Vec<Standing>) -> ActionsPage {
    let row = |(n, standing): (i64, Standing)| ActionRow {
        task: TaskId::new(8_000 + n).unwrap(),
        user: UserId::new(1 + n % 2).unwrap(),
        pressed_at: (now() - TimeDelta::minutes(n * 17)).fixed_offset(),
        ended_at: (!standing.state.is_open()).then(|| (now() - TimeDelta::minutes(n * 17 - 1)).fixed_offset()),
        standing,
    };
    let rows: Vec<ActionRow> = (0..).zip(standings).map(row).collect();
    let further = (!rows.is_empty()).then(|| "1795530000123456.00000000000000000000000000000007".to_owned());
    let aside = |(n, asleep)| AsideRow {
        task: TaskId::new(8_100 + n).unwrap(),
        at: (now() - TimeDelta::minutes(n)).fixed_offset(),
        asleep,
    };
    let asleep = [None, Some(Asleep::Acts), Some(Asleep::Until(now().fixed_offset()))];
    let put_aside = if everybody || rows.is_empty() { Vec::new() } else { (1..).zip(asleep).map(aside).collect() };
    ActionsPage { shell: Shell::sample(lang), viewer: viewer(), everybody, rows, further, put_aside }
}

pub fn looking_back(lang: Lang) -> Vec<Sample> {
    // The log knows beginnings and ends.
    let ended = |s: &Standing| !matches!(s.state, State::Held { .. });
    let logged: Vec<Standing> = standings().into_iter().filter(ended).collect();
    let mut nasty = standing(Action::Return, State::Done, Some(Delivery::Delivered));
    nasty.reason = Some(NASTY.to_owned());
    vec![
        sample("calls", &calls(lang, call_rows())),
        sample("calls-none", &calls(lang, Vec::new())),
        sample("actions", &actions(lang, false, logged.clone())),
        sample("actions-everybody", &actions(lang, true, logged)),
        sample("actions-none", &actions(lang, false, Vec::new())),
        sample("actions-nasty", &actions(lang, true, vec![nasty])),
    ]
}

pub fn others(lang: Lang) -> Vec<Sample> {
    let install = |steps| InstallPage { shell: Shell::sample(lang), steps };
    let code = Some("ERROR_PLACEMENT_NOT_FOUND".to_owned());
    let failed = StepOutcome::Failed(Fault { why: Why::Refused, names: vec!["TASK_VIEW_TAB"], code });
    let mut all = vec![
        sample("install-done", &install(steps(StepOutcome::Done))),
        sample("install-failed", &install(steps(failed))),
        sample("closed", &ClosedPage::new(lang, "0197f3a2".to_owned())),
    ];
    for document in [Document::Terms, Document::Privacy] {
        let page = |operator| LegalPage { shell: Shell::closed_sample(lang), document, operator };
        all.push(sample(document.name(), &page(Operator::sample())));
        all.push(sample(format!("{}-unnamed", document.name()), &page(Operator::default())));
    }
    all.extend(errors(lang));
    all
}

fn errors(lang: Lang) -> Vec<Sample> {
    let page = |shell, kind| ErrorPage { shell, kind, bulk: None, least: None, words: Vec::new(), support: None };
    let mut all = Vec::new();
    for &kind in ErrorKind::ALL {
        let name = format!("error-{}", kind.name());
        all.push(sample(&name, &page(Shell::closed_sample(lang), kind)));
        let bulk = (kind == ErrorKind::BulkOpen).then(|| bulk_id(1));
        let (least, support) = (Some(20), Operator::sample().support);
        let open = ErrorPage { bulk, least, support, ..page(Shell::sample(lang), kind) };
        all.push(sample(format!("{name}-open"), &open));
    }
    let words = vec![NASTY.to_owned(), TITLES[3].to_owned()];
    let refused = ErrorPage { words, ..page(Shell::sample(lang), ErrorKind::Conflict) };
    all.push(sample("error-conflict-nasty", &refused));
    all
}
