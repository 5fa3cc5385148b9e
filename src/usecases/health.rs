//! How the installation does, for the portal's administrators: asked at the portal with one request when the page is
//! opened, and mended with two more when its button is pressed, as the administrator who pressed it.

use super::{
    app::App,
    failure::Failure,
    install::{
        Brought, EVENTS, Found, Handlers, METHODS, PLACES, SCOPES, USEFUL_SCOPES, judge, only_admin, questions, scopes,
        set_handlers, why_of_failure,
    },
    open::Viewer,
    portal_session::{PortalTrouble, read_batch},
    ring,
    tend::learn,
};
use crate::bitrix24::{
    BatchAnswer, Code, Command, Reaction,
    app::{
        Feature, MaybeProfile, MethodState, Names, feature_get_command, method_get_command, profile_command,
        scope_command,
    },
};
use crate::domain::{
    Zone,
    health::{Handler, Health, Method, Need, Permission, Recorded, Stands, Told},
};

/// Methods without which one feature does not work; the others are [`METHODS`].
const MORE_METHODS: &[(&str, &str)] = &[
    ("tasks.task.result.list", "results"),
    ("task.checklistitem.getlist", "checklist"),
    ("task.checklistitem.isactionallowed", "points"),
    ("task.checklistitem.renew", "points"),
    ("tasks.task.update", "deadline"),
    ("task.commentitem.add", "comment"),
    (BELL, "bell"),
];
/// Is hidden where its permission is not given, which is told by itself.
const BELL: &str = "im.notify.personal.add";
/// REST 3.0 has no method that tells of this one; the journal tells how it went last.
const CHAT: &str = "tasks.task.chat.message.send";
/// The plan's feature.
const TASK_CONTROL: &str = "tasks_control";

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How it does.
    pub health: Health,
    /// By which clock the viewer reads.
    pub zone: Zone,
}

/// Reads it. Administrators alone, asked at the portal in the same request. Where the portal does not answer, whoever
/// installed the application, and so was proved to be one, sees what is recorded here.
///
/// # Errors
/// [`Failure::AdminRequired`] for everybody else.
pub async fn health(app: &App, viewer: &Viewer) -> Result<Seen, Failure> {
    match ask(app, viewer).await {
        Ok(mut answer) => {
            let zone = who_asks(viewer, &mut answer)?;
            let (mut told, found) = tell(&mut answer);
            if let Some(found) = found {
                standing(&Handlers::of(app)?, &found, &mut told);
            }
            Ok(Seen { health: Health { recorded: recorded(app, viewer).await?, told: Ok(told) }, zone })
        }
        Err(trouble) => unasked(app, viewer, trouble.into()).await,
    }
}

/// Brings events and places to the desired state, and reads what stands there then.
///
/// # Errors
/// [`Failure::AdminRequired`] for whoever is no administrator now.
pub async fn mend(app: &App, viewer: &Viewer) -> Result<Seen, Failure> {
    let (own, viewer) = (app.clone(), viewer.clone());
    app.in_own_task(async move { mend_as(&own, &viewer).await }).await
}

async fn mend_as(app: &App, viewer: &Viewer) -> Result<Seen, Failure> {
    let mut answer = ask(app, viewer).await?;
    let zone = who_asks(viewer, &mut answer)?;
    let handlers = Handlers::of(app)?;
    let (mut told, found) = tell(&mut answer);
    if let Some(mut found) = found {
        let missing = told.methods.iter().filter(|method| method.offered == Some(false)).map(|method| method.name);
        found.missing_methods = missing.filter(|name| METHODS.contains(name)).collect();
        let ask = |commands| batch(app, viewer, commands);
        let errors = set_handlers(viewer.portal_id(), &handlers, &mut found, ask).await?;
        let steps = std::iter::once(scopes(&viewer.portal)).chain(judge(&handlers, &found, &errors)).collect();
        learn(app, viewer.portal_id(), &Brought::Answered(steps)).await?;
        standing(&handlers, &found, &mut told);
    }
    Ok(Seen { health: Health { recorded: recorded(app, viewer).await?, told: Ok(told) }, zone })
}

async fn batch(app: &App, viewer: &Viewer, commands: Vec<(String, Command)>) -> Result<BatchAnswer, PortalTrouble> {
    read_batch(app, &viewer.portal, viewer.account(), commands).await
}

async fn ask(app: &App, viewer: &Viewer) -> Result<BatchAnswer, PortalTrouble> {
    let mut commands = questions();
    commands.push(("who".to_owned(), profile_command()));
    commands.push(("scope".to_owned(), scope_command()));
    commands.push(("control".to_owned(), feature_get_command(TASK_CONTROL)));
    commands.extend(MORE_METHODS.iter().map(|(name, _)| ((*name).to_owned(), method_get_command(name))));
    batch(app, viewer, commands).await
}

fn who_asks(viewer: &Viewer, answer: &mut BatchAnswer) -> Result<Zone, Failure> {
    let who = answer.take::<MaybeProfile>("who").map_err(Failure::of_portal)?;
    let profile = who.result.0.as_ref();
    only_admin(profile, viewer.user)?;
    Ok(Zone::of(profile.and_then(|p| p.time_zone.as_deref()), who.clock))
}

/// What was answered, each thing by itself: one refusal leaves the others.
fn tell(answer: &mut BatchAnswer) -> (Told, Option<Found>) {
    let granted = answer.take::<Names>("scope").ok().map(|names| names.result.0);
    let control = answer.take::<Feature>("control").ok().and_then(|feature| feature.result.is_on());
    let used = METHODS.iter().map(|name| (*name, feature_of(name))).chain(MORE_METHODS.iter().copied());
    let may_ring = granted.as_ref().is_some_and(|granted| granted.iter().any(|scope| scope == ring::SCOPE));
    let methods = used.filter(|(name, _)| *name != BELL || may_ring).map(|(name, feature)| {
        let offered = answer.take::<MethodState>(name).ok().map(|state| state.result.is_available);
        Method { name, feature, offered }
    });
    let methods = methods.collect();
    let scopes = granted.as_deref().map(permissions);
    let told = Told { scopes, methods, handlers: None, stale: 0, task_control: control };
    (told, Found::standing(answer).ok())
}

fn feature_of(method: &str) -> &'static str {
    match method {
        "tasks.task.list" | "tasks.task.get" => "list",
        "tasks.task.history.list" => "history",
        _ => "decide",
    }
}

fn permissions(granted: &[String]) -> Vec<Permission> {
    let is = |code: &str| granted.iter().any(|own| own == code);
    let known = |codes: &'static [&str], need| codes.iter().map(move |code| (*code, need));
    let ours = known(SCOPES, Need::Always).chain(known(USEFUL_SCOPES, Need::Useful));
    let ours = ours.map(|(code, need)| Permission { code: code.to_owned(), granted: is(code), need });
    let uses = |code: &String| SCOPES.contains(&code.as_str()) || USEFUL_SCOPES.contains(&code.as_str());
    let spare = granted.iter().filter(|code| !uses(code));
    ours.chain(spare.map(|code| Permission { code: code.clone(), granted: true, need: Need::Never })).collect()
}

fn standing(handlers: &Handlers, found: &Found, told: &mut Told) {
    let stands = |there: bool, offered: bool| match (there, offered) {
        (true, _) => Stands::Present,
        (false, true) => Stands::Missing,
        (false, false) => Stands::NotOffered,
    };
    let events = EVENTS.iter().map(|code| {
        let stands = stands(handlers.event_stands(&found.events, code), true);
        Handler { code, is_event: true, stands }
    });
    let places = PLACES.iter().map(|(code, _)| {
        let stands = stands(handlers.place_stands(&found.places, code), found.offers(code));
        Handler { code, is_event: false, stands }
    });
    told.handlers = Some(events.chain(places).collect());
    told.stale = handlers.stale(found).len();
}

/// What a portal that does not answer leaves: only for whom it has once named an administrator, and who keeps it.
async fn unasked(app: &App, viewer: &Viewer, failure: Failure) -> Result<Seen, Failure> {
    let passes = failure.may_pass() || matches!(failure, Failure::Unpaid | Failure::AccessClosed(_));
    let installer = app.store.installer(viewer.portal_id()).await?;
    if !passes || installer.is_none_or(|installer| installer.user != viewer.user) {
        return Err(failure);
    }
    let why = why_of_failure(&failure);
    tracing::warn!(portal = %viewer.portal_id(), %failure, "the portal could not be asked how it does");
    Ok(Seen { health: Health { recorded: recorded(app, viewer).await?, told: Err(why) }, zone: Zone::of(None, None) })
}

async fn recorded(app: &App, viewer: &Viewer) -> Result<Recorded, Failure> {
    let portal = app.store.portal(viewer.portal_id()).await?.ok_or(Failure::NotInstalled)?;
    let limits = codes(&[Reaction::SlowDown, Reaction::PauseMethod, Reaction::Stop]);
    let no_chat = codes(&[Reaction::NotFound]);
    Ok(app.store.recorded(&portal, &limits, (CHAT, &no_chat)).await?)
}

/// The vendor's codes that ask for this.
fn codes(of: &[Reaction]) -> Vec<String> {
    Code::ALL.iter().filter(|code| of.contains(&code.reaction())).map(Code::to_string).collect()
}
