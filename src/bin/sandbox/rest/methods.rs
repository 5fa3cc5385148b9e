//! The table of methods: name, scope, function.

use crate::answer::Outcome;
use crate::php::Php;
use crate::rest::context::Ctx;
use crate::rest::{bindings, im, placements, system, v3};
use crate::tasks::{checklist, comments, history, list, read, status, update};

pub type Run = fn(&mut Ctx, &Php) -> Outcome;

#[derive(Clone, Copy)]
pub struct Method {
    pub name: &'static str,
    /// Empty: any token will do.
    pub scope: &'static str,
    pub run: Run,
}

const fn method(name: &'static str, scope: &'static str, run: Run) -> Method {
    Method { name, scope, run }
}

pub const CLASSIC: [Method; 40] = [
    method("app.info", "", system::app_info),
    method("profile", "", system::profile),
    method("user.admin", "", system::user_admin),
    method("user.current", "user_brief", system::user_current),
    method("scope", "", system::scope),
    method("method.get", "", system::method_get),
    method("methods", "", system::methods),
    method("feature.get", "", system::feature_get),
    method("server.time", "", system::server_time),
    method("event.bind", "", bindings::bind),
    method("event.unbind", "", bindings::unbind),
    method("event.get", "", bindings::get),
    method("events", "", bindings::events),
    method("event.test", "", bindings::test),
    method("placement.bind", "placement", placements::bind),
    method("placement.unbind", "placement", placements::unbind),
    method("placement.get", "placement", placements::get),
    method("placement.list", "placement", placements::list),
    method("tasks.task.list", "task", list::list),
    method("tasks.task.get", "task", read::get),
    method("tasks.task.getaccess", "task", read::getaccess),
    method("tasks.task.disapprove", "task", status::disapprove),
    method("tasks.task.approve", "task", status::approve),
    method("tasks.task.renew", "task", status::renew),
    method("tasks.task.complete", "task", status::complete),
    method("tasks.task.start", "task", status::start),
    method("tasks.task.update", "task", update::update),
    method("tasks.task.history.list", "task", history::list),
    method("tasks.task.counters.get", "task", history::counters),
    method("tasks.task.result.list", "task", comments::results),
    method("task.commentitem.add", "task", comments::add),
    method("task.commentitem.getlist", "task", comments::getlist),
    method("task.checklistitem.getlist", "task", checklist::getlist),
    method("task.checklistitem.renew", "task", checklist::renew),
    method("task.checklistitem.complete", "task", checklist::complete),
    method("task.checklistitem.isactionallowed", "task", checklist::is_action_allowed),
    method("im.message.add", "im", im::message_add),
    method("im.dialog.messages.get", "im", im::messages_get),
    method("im.notify.system.add", "im", im::notify_system),
    method("im.notify.personal.add", "im", im::notify_personal),
];

pub const V3: [Method; 3] = [
    method("tasks.task.get", "tasks", v3::get),
    method("tasks.task.access.get", "tasks", v3::access_get),
    method("tasks.task.chat.message.send", "tasks", v3::message_send),
];

pub fn classic(name: &str) -> Option<Method> {
    CLASSIC.iter().find(|method| method.name == name).copied()
}

pub fn v3(name: &str) -> Option<Method> {
    V3.iter().find(|method| method.name == name).copied()
}
