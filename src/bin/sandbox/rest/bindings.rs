//! `event.bind`, `event.unbind`, `event.get`, `events`, `event.test`.

use crate::answer::{Outcome, Refusal};
use crate::outbox::Happening;
use crate::php::Php;
use crate::rest::context::Ctx;
use crate::state::application::Handler;
use serde_json::{Value, json};

/// Event, scope it needs.
const EVENTS: [(&str, &str); 10] = [
    ("ONAPPINSTALL", ""),
    ("ONAPPUPDATE", ""),
    ("ONAPPUNINSTALL", ""),
    ("ONAPPPAYMENT", ""),
    ("ONAPPTEST", ""),
    ("ONAPPMETHODCONFIRM", ""),
    ("ONTASKADD", "task"),
    ("ONTASKUPDATE", "task"),
    ("ONTASKDELETE", "task"),
    ("ONTASKCOMMENTADD", "task"),
];

pub fn bind(ctx: &mut Ctx, params: &Php) -> Outcome {
    let event = required(params, "EVENT")?.to_uppercase();
    let handler = required(params, "HANDLER")?;
    if !available(ctx).any(|name| name == event) {
        return Err(Refusal::new(400, "ERROR_EVENT_NOT_FOUND", "Event not found"));
    }
    check_handler(ctx, &handler)?;
    let asked = params.get_any_case("AUTH_TYPE").and_then(Php::int).map_or(0, i64::unsigned_abs);
    // An ordinary person's handler is bound to that person, whatever was asked for.
    let auth_type = if ctx.is_admin() { asked } else { ctx.user() };
    let client_id = ctx.caller.client_id.clone();
    let twin = |row: &&Handler| row.client_id == client_id && row.event == event && row.handler == handler;
    if ctx.portal.handlers.iter().any(|row| twin(&row) && row.auth_type == auth_type) {
        return Err(Refusal::core("Unable to set event handler: Handler already binded"));
    }
    let id = ctx.portal.next_id();
    ctx.portal.handlers.push(Handler { id, client_id, event, handler, auth_type });
    Ok(json!(true).into())
}

pub fn unbind(ctx: &mut Ctx, params: &Php) -> Outcome {
    let event = required(params, "EVENT")?.to_uppercase();
    let handler = required(params, "HANDLER")?;
    let (admin, user_id, client_id) = (ctx.is_admin(), ctx.user(), ctx.caller.client_id.clone());
    let before = ctx.portal.handlers.len();
    ctx.portal.handlers.retain(|row| {
        let fits = row.client_id == client_id && row.event == event && row.handler == handler;
        !(fits && (admin || row.auth_type == user_id))
    });
    Ok(json!({"count": before - ctx.portal.handlers.len()}).into())
}

pub fn get(ctx: &mut Ctx, _: &Php) -> Outcome {
    let own = ctx.portal.handlers.iter().filter(|row| row.client_id == ctx.caller.client_id);
    let rows = own.map(
        |row| json!({"event": row.event, "handler": row.handler, "auth_type": row.auth_type.to_string(), "offline": 0}),
    );
    Ok(rows.collect::<Value>().into())
}

pub fn events(ctx: &mut Ctx, _: &Php) -> Outcome {
    Ok(available(ctx).collect::<Value>().into())
}

/// Sends ONAPPTEST through the whole chain.
pub fn test(ctx: &mut Ctx, params: &Php) -> Outcome {
    let mut event = Happening::application("ONAPPTEST", ctx.user(), vec![]);
    let query = params.pairs().iter().filter_map(|(key, value)| Some((format!("[QUERY][{key}]"), value.text()?)));
    event.data = query.collect();
    event.only_client = Some(ctx.caller.client_id.clone());
    ctx.happenings.push(event);
    Ok(json!(1).into())
}

fn available<'a>(ctx: &'a Ctx) -> impl Iterator<Item = &'static str> + 'a {
    let scopes = &ctx.portal.settings.scopes;
    let granted = |scope: &str| scope.is_empty() || scopes.iter().any(|own| own == scope);
    EVENTS.iter().filter(move |(_, scope)| granted(scope)).map(|(name, _)| *name)
}

/// Names are not case-sensitive here.
pub fn required(params: &Php, name: &str) -> Result<String, Refusal> {
    let value = params.get_any_case(name).and_then(Php::text).filter(|value| !value.is_empty());
    value.ok_or_else(|| Refusal::argument(name, &format!("Argument '{name}' is null or empty")))
}

/// Absolute, http or https, a host with a dot. The application of this sandbox may live on `localhost`: its own host
/// is the one exception.
pub fn check_handler(ctx: &Ctx, handler: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::new(400, "ERROR_WRONG_HANDLER_URL", "Wrong handler URL");
    let url = url::Url::parse(handler).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::new(400, "ERROR_UNSUPPORTED_PROTOCOL", "Unsupported event handler protocol"));
    }
    let host = url.host_str().unwrap_or("");
    if host.contains('.') || host == ctx.app_host { Ok(()) } else { Err(wrong()) }
}
