//! What should stand at the portal, and the way from what stands there: read, compare, add what is missing, remove what
//! is stale, read again.

use super::{
    handlers::{Found, Handlers, questions, what_stands},
    installer_of,
};
use crate::bitrix24::{BatchAnswer, CallError, Code, Command, Reaction};
use crate::domain::{
    PortalId,
    install::{Fault, Step, StepKind, StepOutcome, Why},
    installation::Closed,
};
use crate::store::portals::PortalFacts;
use crate::usecases::{
    app::App,
    failure::Failure,
    portal_session::{PortalTrouble, known_portal, read_batch},
};
use std::{collections::BTreeMap, future::Future};

/// Scopes that features use today: tasks, and their places in Bitrix24's screens.
pub const SCOPES: &[&str] = &["task", "placement"];
/// Used where they are granted: the reason in the chat of the new task card, and what was said there since a return.
pub const USEFUL_SCOPES: &[&str] = &["tasks", "im"];
/// Methods without which no decision is possible.
pub const METHODS: &[&str] = &[
    "tasks.task.list",
    "tasks.task.get",
    "tasks.task.getaccess",
    "tasks.task.disapprove",
    "tasks.task.approve",
    "tasks.task.history.list",
];
/// Events that we want to hear of: the installation's, and that something of a task has changed.
pub const EVENTS: &[&str] = &[
    "ONAPPINSTALL",
    "ONAPPUPDATE",
    "ONAPPUNINSTALL",
    "ONAPPPAYMENT",
    "ONTASKADD",
    "ONTASKUPDATE",
    "ONTASKDELETE",
    "ONTASKCOMMENTADD",
];
/// Words by the vendor's language code; the portal shows each person theirs.
pub(super) type Words = [(&'static str, &'static str); 3];
const PRODUCT: Words = [("en", "Handback"), ("ru", "Handback"), ("de", "Handback")];
const RETURN: Words =
    [("en", "Return for revision"), ("ru", "Вернуть на доработку"), ("de", "Zurück zur Nachbesserung")];
const QUEUE: Words = [("en", "Review queue"), ("ru", "Ждут контроля"), ("de", "Wird kontrolliert")];
/// Places in Bitrix24's screens, with the words on them.
pub const PLACES: &[(&str, Words)] = &[
    ("LEFT_MENU", PRODUCT),
    ("TASK_VIEW_TAB", RETURN),
    ("TASK_LIST_CONTEXT_MENU", RETURN),
    ("TASK_USER_LIST_TOOLBAR", QUEUE),
    ("TASK_GROUP_LIST_TOOLBAR", QUEUE),
    // No place on a screen: links to the application, which may name a task.
    ("REST_APP_URI", PRODUCT),
];

/// What an attempt to bring the desired state about met with.
pub enum Brought {
    /// The portal answered; how each step ended.
    Answered(Vec<Step>),
    /// It lets nobody in.
    Closed(Closed, Vec<Step>),
    /// It does not know the application, or the installer's tokens are of no use any more.
    NotThere(Vec<Step>),
    /// Nothing was learnt about the installation.
    Unanswered(Vec<Step>),
}

impl Brought {
    /// For the page.
    pub fn steps(self) -> Vec<Step> {
        match self {
            Self::Answered(steps) | Self::Closed(_, steps) | Self::NotThere(steps) | Self::Unanswered(steps) => steps,
        }
    }
}

/// Brings the portal to the desired state in three calls: what stands there, what differs, what stands there now. What
/// fails is a step that failed, and the next run begins anew.
///
/// # Errors
/// Only what is our own mistake: what a portal answers, and that it does not, is in [`Brought`].
pub async fn reconcile(app: &App, facts: &PortalFacts) -> Result<Brought, Failure> {
    let handlers = Handlers::of(app)?;
    let mut steps = vec![scopes(facts)];
    let trouble = match bring_about(app, facts, &handlers).await {
        Ok(found) => {
            steps.extend(found);
            return Ok(Brought::Answered(steps));
        }
        Err(trouble) => trouble,
    };
    let (why, code) = match &trouble {
        PortalTrouble::Call(error) => why_of_call(error),
        PortalTrouble::Before(failure) => (why_of_failure(failure), None),
    };
    let failure = Failure::from(trouble);
    tracing::warn!(portal = %facts.portal, %failure, "an installation could not be brought about");
    steps.extend(all_failed(why, code.as_deref()));
    Ok(match failure {
        Failure::Unpaid => Brought::Closed(Closed::Unpaid, steps),
        Failure::AccessClosed(_) => Brought::Closed(Closed::AccessClosed, steps),
        Failure::NotInstalled | Failure::PortalDeleted | Failure::NotGenuine(_) | Failure::SignInAgain => {
            Brought::NotThere(steps)
        }
        _ => Brought::Unanswered(steps),
    })
}

async fn bring_about(app: &App, facts: &PortalFacts, handlers: &Handlers) -> Result<Vec<Step>, PortalTrouble> {
    if facts.proved {
        return At { app, facts }.bring_about(handlers).await;
    }
    let known = known_portal(app, installer_of(app, facts.portal).await?).await?.ok_or(Failure::NotInstalled)?;
    At { app, facts: &known.facts }.bring_about(handlers).await
}

struct At<'a> {
    app: &'a App,
    facts: &'a PortalFacts,
}

impl At<'_> {
    /// As whoever is the installer now: another administrator may be installing at the same time, and the last one stays.
    async fn batch(&self, commands: Vec<(String, Command)>) -> Result<BatchAnswer, PortalTrouble> {
        let installer = installer_of(self.app, self.facts.portal).await?;
        match read_batch(self.app, self.facts, installer, commands.clone()).await {
            Err(PortalTrouble::Before(Failure::SignInAgain)) => {
                let now = installer_of(self.app, self.facts.portal).await?;
                if now == installer {
                    return Err(Failure::SignInAgain.into());
                }
                read_batch(self.app, self.facts, now, commands).await
            }
            other => other,
        }
    }

    async fn find(&self) -> Result<Found, PortalTrouble> {
        let mut answer = self.batch(questions()).await?;
        Ok(Found::read(self.app, self.facts, &mut answer)?)
    }

    async fn bring_about(&self, handlers: &Handlers) -> Result<Vec<Step>, PortalTrouble> {
        let mut found = self.find().await?;
        let errors = set_handlers(self.facts.portal, handlers, &mut found, |commands| self.batch(commands)).await?;
        Ok(judge(handlers, &found, &errors))
    }
}

/// Binds and unbinds what differs, and reads again. The vendor says ERROR_CORE for "already bound" and for everything else:
/// what counts is what stands there. Answers which commands failed.
pub(in crate::usecases) async fn set_handlers<F>(
    portal: PortalId,
    handlers: &Handlers,
    found: &mut Found,
    ask: impl Fn(Vec<(String, Command)>) -> F,
) -> Result<BTreeMap<String, CallError>, PortalTrouble>
where
    F: Future<Output = Result<BatchAnswer, PortalTrouble>>,
{
    let changes = handlers.changes(found);
    let mut errors = BTreeMap::new();
    if changes.is_empty() {
        return Ok(errors);
    }
    let keys: Vec<String> = changes.iter().map(|(key, _)| key.clone()).collect();
    let mut answer = ask(changes).await?;
    for key in keys {
        if let Err(error) = answer.take::<serde_json::Value>(&key) {
            tracing::warn!(%portal, key, %error, "a handler could not be set");
            errors.insert(key, error);
        }
    }
    found.read_again(&mut ask(what_stands().into()).await?)?;
    Ok(errors)
}

pub(in crate::usecases) fn judge(
    handlers: &Handlers,
    found: &Found,
    errors: &BTreeMap<String, CallError>,
) -> Vec<Step> {
    let fault = |names: Vec<&'static str>| {
        let error = names.iter().find_map(|name| errors.get(*name));
        let (why, code) = error.map_or((Why::Missing, None), why_of_call);
        StepOutcome::Failed(Fault { why, names, code })
    };
    let mut steps = vec![Step { kind: StepKind::Methods, outcome: nothing_missing(found.missing_methods.clone()) }];
    let missing: Vec<&str> =
        EVENTS.iter().copied().filter(|event| !handlers.event_stands(&found.events, event)).collect();
    let outcome = if missing.is_empty() { StepOutcome::Done } else { fault(missing) };
    steps.push(Step { kind: StepKind::Events, outcome });
    steps.extend(PLACES.iter().map(|(code, _)| {
        let outcome = match (found.offers(code), handlers.place_stands(&found.places, code)) {
            (_, true) => StepOutcome::Done,
            (false, _) => StepOutcome::NotOffered((*code).to_owned()),
            (true, false) => fault(vec![*code]),
        };
        Step { kind: StepKind::Place(code), outcome }
    }));
    steps
}

fn nothing_missing(names: Vec<&'static str>) -> StepOutcome {
    if names.is_empty() {
        return StepOutcome::Done;
    }
    StepOutcome::Failed(Fault { why: Why::Missing, names, code: None })
}

pub(in crate::usecases) fn scopes(facts: &PortalFacts) -> Step {
    let missing: Vec<&'static str> = SCOPES.iter().copied().filter(|s| !facts.scopes.iter().any(|g| g == s)).collect();
    Step { kind: StepKind::Scopes, outcome: nothing_missing(missing) }
}

fn all_failed(why: Why, code: Option<&str>) -> impl Iterator<Item = Step> {
    let kinds = [StepKind::Methods, StepKind::Events].into_iter();
    let kinds = kinds.chain(PLACES.iter().map(|(code, _)| StepKind::Place(code)));
    let outcome = StepOutcome::Failed(Fault { why, names: Vec::new(), code: code.map(str::to_owned) });
    kinds.map(move |kind| Step { kind, outcome: outcome.clone() })
}

/// The words are ours; of what a portal answered only a documented code is passed on.
fn why_of_call(error: &CallError) -> (Why, Option<String>) {
    let code = error.code().filter(|code| code.is_known()).map(Code::to_string);
    let why = match error.reaction() {
        Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop => Why::Limited,
        Reaction::Refresh | Reaction::Reopen => Why::SignInAgain,
        Reaction::NotAllowed | Reaction::PlanOrRight | Reaction::NoAccessToApp | Reaction::MissingScope => {
            Why::NotAllowed
        }
        // A code in no list counts as passing, but it is an answer.
        Reaction::Transient if error.code().is_none_or(Code::is_known) => Why::Unreachable,
        _ => Why::Refused,
    };
    (why, code)
}

pub(in crate::usecases) fn why_of_failure(failure: &Failure) -> Why {
    match failure {
        Failure::PortalLimited(_) => Why::Limited,
        Failure::PortalUnreachable(_) | Failure::AuthorizationDown(_) | Failure::AddressRefused(_) => Why::Unreachable,
        Failure::SignInAgain | Failure::NotGenuine(_) => Why::SignInAgain,
        Failure::AdminRequired | Failure::NoAppRight | Failure::AccessClosed(_) => Why::NotAllowed,
        Failure::Busy(_) | Failure::Internal(_) => Why::Internal,
        _ => Why::Refused,
    }
}
