//! Samples of the page that tells how the installation does.

use super::{super::*, Sample, sample, samples};
use crate::domain::{
    Zone,
    health::{Handler, Health, Limit, Method, Need, Permission, Recorded, Stands, Told},
    install::Why,
    installation::{Closed, Status},
};

fn told(is_well: bool) -> Told {
    let scope = |code: &str, granted, need| Permission { code: code.to_owned(), granted, need };
    let handler = |code, is_event, stands| Handler { code, is_event, stands };
    let stands = if is_well { Stands::Present } else { Stands::Missing };
    let features = ["list", "decide", "history", "results", "checklist", "points", "deadline", "comment", "bell"];
    let method = |feature| Method { name: "tasks.task.list", feature, offered: Some(is_well) };
    Told {
        scopes: Some(vec![
            scope("task", true, Need::Always),
            scope("placement", is_well, Need::Always),
            scope("tasks", is_well, Need::Useful),
            scope("im", is_well, Need::Useful),
            scope("crm", true, Need::Never),
        ]),
        methods: features.map(method).to_vec(),
        handlers: Some(vec![
            handler("ONAPPUNINSTALL", true, stands),
            handler("TASK_VIEW_TAB", false, stands),
            handler("REST_APP_URI", false, Stands::NotOffered),
        ]),
        stale: if is_well { 0 } else { 2 },
        task_control: Some(is_well),
    }
}

fn page(lang: Lang, status: Status, told: Result<Told, Why>) -> HealthPage {
    let is_well = told.as_ref().is_ok_and(|told| told.stale == 0);
    let limit = Limit {
        method: "tasks.task.list".to_owned(),
        code: "QUERY_LIMIT_EXCEEDED".to_owned(),
        times: 21,
        last: samples::now(),
    };
    let recorded = Recorded {
        status,
        version: Some("3".to_owned()),
        installed_at: Some(samples::now()),
        last_event: is_well.then(samples::now),
        last_renewal: is_well.then(samples::now),
        people_to_reopen: usize::from(!is_well) * 3,
        installer_to_reopen: !is_well,
        limits: if is_well { Vec::new() } else { vec![limit] },
        without_chat: !is_well,
        wants_bells: !is_well,
    };
    let (shell, tabs) = (Shell::sample(lang), Tabs { portal: true, installation: true });
    HealthPage {
        shell,
        tabs,
        portal: "portal.example".to_owned(),
        health: Health { recorded, told },
        zone: Zone::of(None, None),
        mended: is_well,
        fields: CallFields::default(),
    }
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let silent = Told { handlers: None, ..told(true) };
    let mut all = vec![
        sample("health-well", &page(lang, Status::Active, Ok(told(true)))),
        sample("health-ill", &page(lang, Status::New, Ok(told(false)))),
        sample("health-leaving", &page(lang, Status::Leaving, Ok(silent))),
    ];
    for why in [Closed::Unpaid, Closed::AccessClosed] {
        let name = format!("health-{}", why.name());
        all.push(sample(name, &page(lang, Status::Suspended(why), Err(Why::Unreachable))));
    }
    all
}

#[test]
fn p61_nothing_is_said_to_be_done_where_nothing_could_be_seen() {
    let done = |told: Told| page(Lang::all()[0], Status::Active, Ok(told)).html().unwrap().contains("Done.");
    assert!(done(told(true)));
    assert!(!done(Told { handlers: None, ..told(true) }));
}
