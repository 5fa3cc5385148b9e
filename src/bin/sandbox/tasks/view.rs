//! How a task looks in an answer: every field under its request name, with the vendor's types.

use crate::answer::{Time, map_or_list};
use crate::php::Php;
use crate::state::portal::Portal;
use crate::state::task::Task;
use crate::tasks::{access, checklist};
use serde_json::{Map, Value, json};

/// Request name, response name. Both directions of the crossing are the vendor's.
const FIELDS: [(&str, &str); 57] = [
    ("ID", "id"),
    ("PARENT_ID", "parentId"),
    ("TITLE", "title"),
    ("DESCRIPTION", "description"),
    ("MARK", "mark"),
    ("PRIORITY", "priority"),
    ("MULTITASK", "multitask"),
    ("NOT_VIEWED", "notViewed"),
    ("REPLICATE", "replicate"),
    ("STAGE_ID", "stageId"),
    ("SPRINT_ID", "sprintId"),
    ("BACKLOG_ID", "backlogId"),
    ("CREATED_BY", "createdBy"),
    ("CREATED_DATE", "createdDate"),
    ("RESPONSIBLE_ID", "responsibleId"),
    ("CHANGED_BY", "changedBy"),
    ("CHANGED_DATE", "changedDate"),
    ("STATUS_CHANGED_BY", "statusChangedBy"),
    ("CLOSED_BY", "closedBy"),
    ("CLOSED_DATE", "closedDate"),
    ("ACTIVITY_DATE", "activityDate"),
    ("DATE_START", "dateStart"),
    ("DEADLINE", "deadline"),
    ("START_DATE_PLAN", "startDatePlan"),
    ("END_DATE_PLAN", "endDatePlan"),
    ("GUID", "guid"),
    ("XML_ID", "xmlId"),
    ("COMMENTS_COUNT", "commentsCount"),
    ("SERVICE_COMMENTS_COUNT", "serviceCommentsCount"),
    ("ALLOW_CHANGE_DEADLINE", "allowChangeDeadline"),
    ("ALLOW_TIME_TRACKING", "allowTimeTracking"),
    ("TASK_CONTROL", "taskControl"),
    ("ADD_IN_REPORT", "addInReport"),
    ("FORKED_BY_TEMPLATE_ID", "forkedByTemplateId"),
    ("TIME_ESTIMATE", "timeEstimate"),
    ("TIME_SPENT_IN_LOGS", "timeSpentInLogs"),
    ("MATCH_WORK_TIME", "matchWorkTime"),
    ("FORUM_TOPIC_ID", "forumTopicId"),
    ("FORUM_ID", "forumId"),
    ("SITE_ID", "siteId"),
    ("SUBORDINATE", "subordinate"),
    ("EXCHANGE_MODIFIED", "exchangeModified"),
    ("EXCHANGE_ID", "exchangeId"),
    ("OUTLOOK_VERSION", "outlookVersion"),
    ("VIEWED_DATE", "viewedDate"),
    ("SORTING", "sorting"),
    ("DURATION_FACT", "durationFact"),
    ("IS_MUTED", "isMuted"),
    ("IS_PINNED", "isPinned"),
    ("IS_PINNED_IN_GROUP", "isPinnedInGroup"),
    ("FLOW_ID", "flowId"),
    ("DESCRIPTION_IN_BBCODE", "descriptionInBbcode"),
    ("STATUS", "status"),
    ("STATUS_CHANGED_DATE", "statusChangedDate"),
    ("DURATION_PLAN", "durationPlan"),
    ("DURATION_TYPE", "durationType"),
    ("FAVORITE", "favorite"),
];

/// Looking at one portal as one person at one time.
pub struct Viewer<'a> {
    pub portal: &'a Portal,
    pub user_id: u64,
    pub now: Time,
}

/// The default answer of the status methods: everything, with rights and checklists.
pub fn full(portal: &Portal, task: &Task, user_id: u64, now: Time) -> Value {
    let viewer = Viewer { portal, user_id, now };
    let mut out = Map::new();
    for (name, key) in FIELDS {
        out.insert(key.to_owned(), viewer.field(task, name));
    }
    for name in ["GROUP_ID", "AUDITORS", "ACCOMPLICES", "CHECKLIST", "NEW_COMMENTS_COUNT"] {
        viewer.compound(task, name, &mut out);
    }
    out.insert("creator".into(), viewer.card(task.created_by));
    out.insert("responsible".into(), viewer.card(task.responsible_id));
    out.insert("action".into(), access::camel(portal, task, user_id));
    out.insert("checkListTree".into(), checklist::tree(portal, task, user_id));
    out.insert("checkListCanAdd".into(), json!(access::allows(portal, task, user_id, "CHECKLIST.ADD")));
    Value::Object(out)
}

/// The selected fields. Names that are unknown or in lower case fall away without a word.
pub fn selected(viewer: &Viewer, task: &Task, select: &[String]) -> Map<String, Value> {
    let mut out = Map::new();
    let everything = select.iter().any(|name| name == "*");
    out.insert("id".into(), viewer.field(task, "ID"));
    out.insert("group".into(), json!([]));
    for (name, key) in FIELDS.iter().filter(|(name, _)| everything || select.iter().any(|wanted| wanted == name)) {
        out.insert((*key).to_owned(), viewer.field(task, name));
        match *name {
            "CREATED_BY" => drop(out.insert("creator".into(), viewer.card(task.created_by))),
            "RESPONSIBLE_ID" => drop(out.insert("responsible".into(), viewer.card(task.responsible_id))),
            _ => {}
        }
    }
    for name in COMPOUND.iter().filter(|name| everything || select.iter().any(|wanted| wanted == *name)) {
        viewer.compound(task, name, &mut out);
    }
    out.entry("favorite").or_insert_with(|| viewer.field(task, "FAVORITE"));
    out
}

const COMPOUND: [&str; 8] =
    ["GROUP_ID", "AUDITORS", "ACCOMPLICES", "CHECKLIST", "NEW_COMMENTS_COUNT", "TAGS", "CHAT_ID", "COUNTERS"];

pub fn select_of(params: &Php) -> Option<Vec<String>> {
    params.get("select").map(Php::many).filter(|names| !names.is_empty())
}

fn flag(value: bool) -> Value {
    json!(if value { "Y" } else { "N" })
}

fn text(value: impl ToString) -> Value {
    Value::String(value.to_string())
}

impl Viewer<'_> {
    fn date(&self, time: Option<Time>) -> Value {
        time.map_or(Value::Null, |time| Value::String(self.portal.iso(time)))
    }

    fn card(&self, user_id: u64) -> Value {
        self.portal.users.get(&user_id).map_or_else(|| json!([]), |user| user.card())
    }

    fn field(&self, task: &Task, name: &str) -> Value {
        match name {
            "ID" => text(task.id),
            "PARENT_ID" => task.parent_id.map_or(Value::Null, text),
            "TITLE" => text(&task.title),
            "DESCRIPTION" => text(&task.description),
            "MARK" => json!(task.mark),
            "PRIORITY" => text(task.priority),
            "STAGE_ID" | "DURATION_PLAN" => text(0),
            "STATUS" => text(task.status),
            "TASK_CONTROL" => flag(task.task_control),
            "ALLOW_CHANGE_DEADLINE" => flag(task.allow_change_deadline),
            "ALLOW_TIME_TRACKING" => flag(task.allow_time_tracking),
            "NOT_VIEWED" => flag(task.status <= 2 && !self.has_seen(task)),
            "FAVORITE" => flag(task.favorite.contains(&self.user_id)),
            "SUBORDINATE" => {
                flag(crate::state::people::is_superior(&self.portal.users, self.user_id, task.responsible_id))
            }
            "DESCRIPTION_IN_BBCODE" => flag(true),
            "MULTITASK" | "REPLICATE" | "ADD_IN_REPORT" | "MATCH_WORK_TIME" | "IS_MUTED" | "IS_PINNED"
            | "IS_PINNED_IN_GROUP" => flag(false),
            "GUID" => text(&task.guid),
            "SITE_ID" => text("s1"),
            "DURATION_TYPE" => text("days"),
            "FORUM_ID" => text(11),
            "FORUM_TOPIC_ID" => text(task.id + 1000),
            "OUTLOOK_VERSION" => text(task.history.len() + 1),
            "COMMENTS_COUNT" => text(task.comments.len()),
            "SERVICE_COMMENTS_COUNT" => text(0),
            "TIME_ESTIMATE" => text(task.time_estimate),
            "TIME_SPENT_IN_LOGS" => text(task.time_spent),
            "DURATION_FACT" => text(task.time_spent / 60),
            _ => self.person_or_date(task, name),
        }
    }

    fn person_or_date(&self, task: &Task, name: &str) -> Value {
        match name {
            "CREATED_BY" => text(task.created_by),
            "RESPONSIBLE_ID" => text(task.responsible_id),
            "CHANGED_BY" => text(task.changed_by),
            "STATUS_CHANGED_BY" => text(task.status_changed_by),
            "CLOSED_BY" => text(task.closed_by),
            "CREATED_DATE" => self.date(Some(task.created_date)),
            "CHANGED_DATE" => self.date(Some(task.changed_date)),
            "STATUS_CHANGED_DATE" => self.date(Some(task.status_changed_date)),
            "CLOSED_DATE" => self.date(task.closed_date),
            "ACTIVITY_DATE" => self.date(Some(task.activity_date)),
            "DATE_START" => self.date(task.date_start),
            "DEADLINE" => self.date(task.deadline),
            "VIEWED_DATE" => self.date(task.viewed.get(&self.user_id).copied()),
            _ => Value::Null,
        }
    }

    fn has_seen(&self, task: &Task) -> bool {
        task.created_by == self.user_id || task.viewed.contains_key(&self.user_id)
    }

    /// Fields that bring more than one member, or a map.
    fn compound(&self, task: &Task, name: &str, out: &mut Map<String, Value>) {
        match name {
            "GROUP_ID" => {
                out.insert("groupId".into(), text(task.group_id));
                let card = self.portal.groups.get(&task.group_id).map_or_else(|| json!([]), |group| group.card());
                out.insert("group".into(), card);
            }
            "AUDITORS" => self.people("auditors", &task.auditors, out),
            "ACCOMPLICES" => self.people("accomplices", &task.accomplices, out),
            "CHECKLIST" => drop(out.insert("checklist".into(), checklist::map(self.portal, task, self.user_id))),
            "NEW_COMMENTS_COUNT" => drop(out.insert("newCommentsCount".into(), json!(0))),
            "TAGS" => drop(out.insert("tags".into(), tags(task))),
            "CHAT_ID" if self.portal.settings.rest_v3 => {
                out.insert("chatId".into(), json!(task.chat_id()));
            }
            "COUNTERS" => {
                let counters = json!({"expired": 0, "newComments": 0, "projectExpired": 0, "projectNewComments": 0});
                out.insert("counter".into(), json!({"counters": counters, "color": "gray", "value": 0}));
            }
            _ => {}
        }
    }

    fn people(&self, key: &str, ids: &[u64], out: &mut Map<String, Value>) {
        out.insert(key.to_owned(), ids.iter().map(text).collect());
        let cards = ids.iter().map(|id| (id.to_string(), self.card(*id))).collect();
        out.insert(format!("{key}Data"), map_or_list(cards));
    }
}

fn tags(task: &Task) -> Value {
    let tags = task.tags.iter().enumerate();
    map_or_list(tags.map(|(at, tag)| ((at + 35).to_string(), json!({"id": at + 35, "title": tag}))).collect())
}
