//! Who may do what with a task, in the vendor's words.

use crate::state::people::is_superior;
use crate::state::portal::Portal;
use crate::state::task::{AWAITING_CONTROL, COMPLETED, DECLINED, DEFERRED, IN_PROGRESS, PENDING, Task};
use serde_json::{Map, Value, json};

/// Upper case in `getaccess`, camel case in `action`.
pub const ACTIONS: [(&str, &str); 27] = [
    ("ACCEPT", "accept"),
    ("DECLINE", "decline"),
    ("COMPLETE", "complete"),
    ("APPROVE", "approve"),
    ("DISAPPROVE", "disapprove"),
    ("START", "start"),
    ("PAUSE", "pause"),
    ("DELEGATE", "delegate"),
    ("REMOVE", "remove"),
    ("EDIT", "edit"),
    ("DEFER", "defer"),
    ("RENEW", "renew"),
    ("CREATE", "create"),
    ("CHANGE_DEADLINE", "changeDeadline"),
    ("CHECKLIST_ADD_ITEMS", "checklistAddItems"),
    ("ADD_FAVORITE", "addFavorite"),
    ("DELETE_FAVORITE", "deleteFavorite"),
    ("RATE", "rate"),
    ("TAKE", "take"),
    ("EDIT.ORIGINATOR", "edit.originator"),
    ("CHECKLIST.REORDER", "checklist.reorder"),
    ("ELAPSEDTIME.ADD", "elapsedtime.add"),
    ("DAYPLAN.TIMER.TOGGLE", "dayplan.timer.toggle"),
    ("EDIT.PLAN", "edit.plan"),
    ("CHECKLIST.ADD", "checklist.add"),
    ("FAVORITE.ADD", "favorite.add"),
    ("FAVORITE.DELETE", "favorite.delete"),
];

/// Administrators see all, heads what their people take part in, members of a group its tasks, others their own.
pub fn can_read(portal: &Portal, task: &Task, user_id: u64) -> bool {
    if !portal.users.get(&user_id).is_some_and(|user| user.active) {
        return false;
    }
    task.takes_part(user_id)
        || portal.is_admin(user_id)
        || portal.groups.get(&task.group_id).is_some_and(|group| group.has(user_id))
        || task.participants().into_iter().any(|other| is_superior(&portal.users, user_id, other))
}

/// Administrator, creator, editor of the group, superior of the creator: the right behind approve and disapprove.
fn may_edit(portal: &Portal, task: &Task, user_id: u64) -> bool {
    portal.is_admin(user_id)
        || task.created_by == user_id
        || portal.is_group_editor(task.group_id, user_id)
        || is_superior(&portal.users, user_id, task.created_by)
}

/// What decides most rights, asked once per person and task.
struct Rights<'a> {
    portal: &'a Portal,
    task: &'a Task,
    user_id: u64,
    edits: bool,
    works: bool,
}

impl<'a> Rights<'a> {
    /// Nothing for somebody who may not even read.
    fn of(portal: &'a Portal, task: &'a Task, user_id: u64) -> Option<Self> {
        if !can_read(portal, task, user_id) {
            return None;
        }
        let edits = may_edit(portal, task, user_id);
        Some(Self { portal, task, user_id, edits, works: edits || task.is_performer(user_id) })
    }

    fn may(&self, action: &str) -> bool {
        let Self { portal, task, user_id, edits, works } = *self;
        match action {
            "COMPLETE" => works && !task.is_closed(),
            // TASK_CONTROL itself is not asked.
            "APPROVE" | "DISAPPROVE" => edits && task.status == AWAITING_CONTROL,
            "START" => works && task.status <= PENDING,
            "PAUSE" => works && task.status == IN_PROGRESS,
            "DEFER" => works && task.status <= IN_PROGRESS,
            "RENEW" => self.may_renew(),
            "DELEGATE" => (edits || task.responsible_id == user_id) && !task.is_closed(),
            "REMOVE" => portal.is_admin(user_id) || task.created_by == user_id,
            "EDIT" | "EDIT.PLAN" | "CHECKLIST.REORDER" | "RATE" => edits,
            "CREATE" => true,
            "CHANGE_DEADLINE" => edits || (task.responsible_id == user_id && task.allow_change_deadline),
            "CHECKLIST_ADD_ITEMS" | "CHECKLIST.ADD" | "ELAPSEDTIME.ADD" | "DAYPLAN.TIMER.TOGGLE" => works,
            "ADD_FAVORITE" | "FAVORITE.ADD" => !task.favorite.contains(&user_id),
            "DELETE_FAVORITE" | "FAVORITE.DELETE" => task.favorite.contains(&user_id),
            _ => false,
        }
    }

    /// From 4 only the performer may take a task back, and not when it is his own.
    fn may_renew(&self) -> bool {
        match self.task.status {
            AWAITING_CONTROL => self.task.is_performer(self.user_id) && self.task.created_by != self.user_id,
            COMPLETED | DEFERRED | DECLINED => self.works,
            _ => false,
        }
    }
}

pub fn allows(portal: &Portal, task: &Task, user_id: u64, action: &str) -> bool {
    Rights::of(portal, task, user_id).is_some_and(|rights| rights.may(action))
}

fn map(portal: &Portal, task: &Task, user_id: u64, name: fn(&(&'static str, &'static str)) -> &'static str) -> Value {
    let rights = Rights::of(portal, task, user_id);
    let may = |action: &str| json!(rights.as_ref().is_some_and(|rights| rights.may(action)));
    Value::Object(ACTIONS.iter().map(|names| (name(names).to_owned(), may(names.0))).collect::<Map<_, _>>())
}

/// One person's part of `allowedActions`.
pub fn upper(portal: &Portal, task: &Task, user_id: u64) -> Value {
    map(portal, task, user_id, |(upper, _)| upper)
}

/// The `action` member of a task.
pub fn camel(portal: &Portal, task: &Task, user_id: u64) -> Value {
    map(portal, task, user_id, |(_, camel)| camel)
}

/// REST 3.0 uses yet other words, and knows only the current user.
pub fn v3(portal: &Portal, task: &Task, user_id: u64) -> Value {
    const READ: [&str; 8] =
        ["read", "watch", "mute", "createSubtask", "reminder", "addAuditors", "favorite", "resultRead"];
    const COPY: [&str; 2] = ["copy", "saveAsTemplate"];
    const WORK: [&str; 9] = [
        "createResult",
        "timeTracking",
        "changeStatus",
        "elapsedTime",
        "checklistAdd",
        "checklistSave",
        "checklistToggle",
        "resultEdit",
        "attachFile",
    ];
    const EDIT: [&str; 12] = [
        "edit",
        "datePlan",
        "changeResponsible",
        "changeAccomplices",
        "checklistEdit",
        "automate",
        "completeResult",
        "removeResult",
        "detachFile",
        "detachParent",
        "createGanttDependence",
        "sort",
    ];
    const SAME: [(&str, &str); 11] = [
        ("remove", "REMOVE"),
        ("complete", "COMPLETE"),
        ("approve", "APPROVE"),
        ("disapprove", "DISAPPROVE"),
        ("start", "START"),
        ("delegate", "DELEGATE"),
        ("defer", "DEFER"),
        ("renew", "RENEW"),
        ("deadline", "CHANGE_DEADLINE"),
        ("pause", "PAUSE"),
        ("mark", "RATE"),
    ];
    let may = |action: &str| json!(allows(portal, task, user_id, action));
    let (read, edit, work) = (json!(can_read(portal, task, user_id)), may("EDIT"), may("CHECKLIST.ADD"));
    let mut out = Map::new();
    out.extend(READ.iter().chain(&COPY).map(|name| (name.to_string(), read.clone())));
    out.extend(WORK.iter().map(|name| (name.to_string(), work.clone())));
    out.extend(EDIT.iter().map(|name| (name.to_string(), edit.clone())));
    out.extend(SAME.iter().map(|(name, action)| (name.to_string(), may(action))));
    out.insert("take".into(), json!(false));
    for name in ["admin", "changeDirector"] {
        out.insert(name.into(), json!(portal.is_admin(user_id)));
    }
    Value::Object(out)
}
