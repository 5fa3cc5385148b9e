//! What should stand at the portal, and the way from what stands there: read, compare, add what is missing, remove what
//! is stale, read again.

use super::installer_of;
use crate::bitrix24::{
    CallError, Deadline, PortalApi,
    app::{MethodState, method_get_command},
    events::{EventHandler, event_bind, event_get, event_unbind},
    placements::{
        NewPlacement, Placement, PlacementText, placement_bind, placement_get, placement_list, placement_unbind,
    },
};
use crate::domain::install::{Step, StepKind, StepOutcome};
use crate::store::portals::PortalFacts;
use crate::usecases::{
    app::App,
    failure::Failure,
    portal_session::{PortalTrouble, read_as},
};
use std::collections::BTreeMap;

/// Scopes that features use today: tasks, and their places in Bitrix24's screens.
pub const SCOPES: &[&str] = &["task", "placement"];
/// Used where they are granted: the reason in the chat of the new task card.
pub const USEFUL_SCOPES: &[&str] = &["tasks"];
/// Methods without which no decision is possible.
pub const METHODS: &[&str] = &[
    "tasks.task.list",
    "tasks.task.get",
    "tasks.task.getaccess",
    "tasks.task.disapprove",
    "tasks.task.approve",
    "tasks.task.history.list",
];
/// Events that we want to hear of.
pub const EVENTS: &[&str] = &["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL"];
/// Places in Bitrix24's screens, with the words on them.
pub const PLACES: &[(&str, &str)] = &[
    ("LEFT_MENU", "Handback"),
    ("TASK_VIEW_TAB", "Return for revision"),
    ("TASK_LIST_CONTEXT_MENU", "Return for revision"),
    ("TASK_USER_LIST_TOOLBAR", "Review queue"),
    ("TASK_GROUP_LIST_TOOLBAR", "Review queue"),
];

/// Brings the portal to the desired state. What fails is a step that failed, and the next run begins anew.
pub async fn reconcile(app: &App, facts: &PortalFacts) -> Result<Vec<Step>, Failure> {
    let installer = installer_of(app, facts.portal).await?;
    let mut steps = vec![scopes(facts)];
    steps.push(step(StepKind::Methods, read_as(app, facts, installer, methods).await));
    let events = app.settings.public_url.join("events").map_err(|e| Failure::Internal(Box::new(e)))?;
    let bound = read_as(app, facts, installer, |api| {
        let handler = events.to_string();
        async move { bind_events(&api, &handler).await }
    });
    steps.push(step(StepKind::Events, bound.await));
    let place = app.settings.public_url.join("placement").map_err(|e| Failure::Internal(Box::new(e)))?;
    let bound = read_as(app, facts, installer, |api| {
        let handler = place.to_string();
        async move { bind_places(&api, &handler).await }
    });
    match bound.await {
        Ok(places) => steps.extend(places),
        Err(trouble) => {
            let failed = PLACES.iter().map(|(code, _)| failed(StepKind::Place(code), &trouble));
            steps.extend(failed);
        }
    }
    Ok(steps)
}

fn scopes(facts: &PortalFacts) -> Step {
    let missing: Vec<&str> = SCOPES.iter().copied().filter(|s| !facts.scopes.iter().any(|g| g == s)).collect();
    let outcome = if missing.is_empty() { StepOutcome::Done } else { StepOutcome::Failed(missing.join(", ")) };
    Step { kind: StepKind::Scopes, outcome }
}

fn step(kind: StepKind, outcome: Result<StepOutcome, PortalTrouble>) -> Step {
    match outcome {
        Ok(outcome) => Step { kind, outcome },
        Err(trouble) => failed(kind, &trouble),
    }
}

fn failed(kind: StepKind, trouble: &PortalTrouble) -> Step {
    let what = match trouble {
        PortalTrouble::Call(error) => error.to_string(),
        PortalTrouble::Before(failure) => failure.to_string(),
    };
    Step { kind, outcome: StepOutcome::Failed(what) }
}

async fn methods(api: PortalApi) -> Result<StepOutcome, CallError> {
    let commands = METHODS.iter().map(|name| ((*name).to_owned(), method_get_command(name))).collect();
    let mut answer = api.batch(false, commands, Deadline::READ).await?;
    let mut missing = Vec::new();
    for name in METHODS {
        if !answer.take::<MethodState>(name)?.result.is_available {
            missing.push(*name);
        }
    }
    Ok(if missing.is_empty() { StepOutcome::Done } else { StepOutcome::Failed(missing.join(", ")) })
}

fn is_ours(bound: &EventHandler, event: &str, handler: &str) -> bool {
    bound.event.eq_ignore_ascii_case(event) && bound.handler.as_deref() == Some(handler)
}

/// `event.bind` says `ERROR_CORE` for "already bound" and for everything else, so what counts is what stands there after.
async fn bind_events(api: &PortalApi, handler: &str) -> Result<StepOutcome, CallError> {
    let bound = event_get(api).await?.result;
    let mut last = None;
    for event in EVENTS.iter().filter(|event| !bound.iter().any(|b| is_ours(b, event, handler))) {
        last = event_bind(api, event, handler).await.err().or(last);
    }
    for stale in bound.iter().filter(|b| !EVENTS.iter().any(|event| is_ours(b, event, handler))) {
        if let Some(old) = &stale.handler {
            event_unbind(api, &stale.event, old).await?;
        }
    }
    let bound = event_get(api).await?.result;
    match EVENTS.iter().find(|event| !bound.iter().any(|b| is_ours(b, event, handler))) {
        None => Ok(StepOutcome::Done),
        Some(event) => Ok(StepOutcome::Failed(last.map_or_else(|| (*event).to_owned(), |e| format!("{event}: {e}")))),
    }
}

fn stands(bound: &[Placement], code: &str, handler: &str) -> bool {
    bound.iter().any(|p| p.placement.eq_ignore_ascii_case(code) && p.handler.as_deref() == Some(handler))
}

async fn bind_places(api: &PortalApi, handler: &str) -> Result<Vec<Step>, CallError> {
    let offered = placement_list(api).await?.result;
    let bound = placement_get(api).await?.result;
    let is_offered = |code: &str| offered.iter().any(|o| o.eq_ignore_ascii_case(code));
    let mut errors = BTreeMap::new();
    for (code, title) in PLACES.iter().filter(|(code, _)| is_offered(code) && !stands(&bound, code, handler)) {
        if let Err(error) = placement_bind(api, &placement(code, title, handler)).await {
            errors.insert(*code, error.to_string());
        }
    }
    let wanted = |p: &Placement| {
        p.handler.as_deref() == Some(handler) && PLACES.iter().any(|(code, _)| p.placement.eq_ignore_ascii_case(code))
    };
    for stale in bound.iter().filter(|p| !wanted(p)) {
        if let Some(old) = &stale.handler {
            placement_unbind(api, &stale.placement, old).await?;
        }
    }
    let bound = placement_get(api).await?.result;
    let steps = PLACES.iter().map(|(code, _)| {
        let outcome = match (is_offered(code), stands(&bound, code, handler)) {
            (_, true) => StepOutcome::Done,
            (false, _) => StepOutcome::NotOffered((*code).to_owned()),
            (true, false) => StepOutcome::Failed(errors.remove(code).unwrap_or_else(|| (*code).to_owned())),
        };
        Step { kind: StepKind::Place(code), outcome }
    });
    Ok(steps.collect())
}

fn placement(code: &str, title: &str, handler: &str) -> NewPlacement {
    let text = PlacementText { title: title.to_owned(), description: String::new(), group_name: String::new() };
    NewPlacement {
        placement: code.to_owned(),
        handler: handler.to_owned(),
        texts: BTreeMap::from([("en".to_owned(), text)]),
        options: BTreeMap::new(),
    }
}
