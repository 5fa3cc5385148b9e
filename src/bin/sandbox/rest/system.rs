//! Methods about the application, the person and the portal itself.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::Ctx;
use crate::rest::methods;
use crate::state::settings::LimitPlan;
use serde_json::{Value, json};

pub fn app_info(ctx: &mut Ctx, _: &Php) -> Outcome {
    let app = ctx.portal.apps.get(&ctx.caller.client_id);
    let app = app.ok_or_else(|| Refusal::new(400, "ACCESS_DENIED", "Access denied!"))?;
    let family = if ctx.portal.settings.limits == LimitPlan::Enterprise { "ent" } else { "basic" };
    let mut info = json!({
        "ID": app.id, "CODE": app.code, "VERSION": app.version, "STATUS": app.status, "INSTALLED": app.installed,
        "PAYMENT_EXPIRED": if app.payment_expired { "Y" } else { "N" }, "DAYS": null, "LANGUAGE_ID": ctx.portal.settings.language,
        "LICENSE": format!("en_{family}"), "LICENSE_TYPE": family, "LICENSE_FAMILY": family,
    });
    if ctx.portal.settings.self_hosted {
        info["LICENSE"] = json!("en_selfhosted");
        if let Some(info) = info.as_object_mut() {
            info.remove("LICENSE_TYPE");
            info.remove("LICENSE_FAMILY");
        }
    }
    Ok(info.into())
}

pub fn profile(ctx: &mut Ctx, _: &Php) -> Outcome {
    let Some(user) = ctx.portal.users.get(&ctx.user()) else {
        return Ok(json!([]).into());
    };
    Ok(json!({
        "ID": user.id.to_string(), "ADMIN": user.admin, "NAME": user.name, "LAST_NAME": user.last_name,
        "PERSONAL_GENDER": "", "TIME_ZONE": user.time_zone, "TIME_ZONE_OFFSET": ctx.portal.settings.utc_offset.local_minus_utc(),
    })
    .into())
}

pub fn user_admin(ctx: &mut Ctx, _: &Php) -> Outcome {
    Ok(json!(ctx.is_admin()).into())
}

pub fn user_current(ctx: &mut Ctx, _: &Php) -> Outcome {
    let Some(user) = ctx.portal.users.get(&ctx.user()) else {
        return Ok(json!([]).into());
    };
    Ok(json!({
        "ID": user.id.to_string(), "ACTIVE": user.active, "NAME": user.name, "LAST_NAME": user.last_name,
        "SECOND_NAME": "", "WORK_POSITION": user.work_position, "UF_DEPARTMENT": [1],
    })
    .into())
}

pub fn scope(ctx: &mut Ctx, _: &Php) -> Outcome {
    Ok(json!(ctx.portal.settings.scopes).into())
}

pub fn method_get(ctx: &mut Ctx, params: &Php) -> Outcome {
    let name = params.get_any_case("name").and_then(Php::text).unwrap_or_default().to_lowercase();
    let known = methods::classic(&name).filter(|method| here(ctx, method.name));
    let granted = |scope: &str| scope.is_empty() || ctx.portal.settings.scopes.iter().any(|own| own == scope);
    let available = known.is_some_and(|method| granted(method.scope));
    Ok(json!({"isExisting": known.is_some() || name == "batch", "isAvailable": available || name == "batch"}).into())
}

pub fn methods(ctx: &mut Ctx, _: &Php) -> Outcome {
    let granted = |scope: &str| scope.is_empty() || ctx.portal.settings.scopes.iter().any(|own| own == scope);
    let names = methods::CLASSIC.iter().filter(|method| granted(method.scope) && here(ctx, method.name));
    Ok(std::iter::once("batch").chain(names.map(|method| method.name)).collect::<Value>().into())
}

/// Reading old comments went away with the new card.
fn here(ctx: &Ctx, name: &str) -> bool {
    name != "task.commentitem.getlist" || !ctx.portal.settings.rest_v3
}

pub fn feature_get(ctx: &mut Ctx, params: &Php) -> Outcome {
    let code = params.get_any_case("CODE").and_then(Php::text);
    let code = code.ok_or_else(|| Refusal::argument("CODE", "Argument 'CODE' is null or empty"))?;
    let settings = &ctx.portal.settings;
    let on = match code.as_str() {
        "rest_offline_extended" => !settings.self_hosted,
        "tasks_control" => settings.task_control,
        _ => false,
    };
    Ok(json!({"value": if on { "Y" } else { "N" }}).into())
}

pub fn server_time(ctx: &mut Ctx, _: &Php) -> Outcome {
    Ok(json!(ctx.portal.iso(ctx.now)).into())
}
