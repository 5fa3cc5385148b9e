//! Parts of the task card.

use crate::pages::html::{bbcode, esc};
use crate::pages::tasks::day;
use crate::state::portal::Portal;
use crate::state::task::Task;
use crate::tasks::access;

const BUTTONS: [(&str, &str, &str, &str); 5] = [
    ("START", "start", "Start", "plain"),
    ("COMPLETE", "complete", "Finish", "primary"),
    ("APPROVE", "approve", "Accept", "primary"),
    ("DISAPPROVE", "disapprove", "Return for revision", "plain"),
    ("RENEW", "renew", "Resume", "plain"),
];

fn name(portal: &Portal, id: u64) -> String {
    portal.users.get(&id).map(|user| esc(&user.full_name())).unwrap_or_default()
}

pub fn buttons(portal: &Portal, task: &Task, user_id: u64, path: &str) -> String {
    let may = BUTTONS.iter().filter(|(right, ..)| access::allows(portal, task, user_id, right));
    let buttons = may.map(|(_, action, text, class)| {
        format!("<button class=\"{class}\" name=\"action\" value=\"{action}\">{text}</button>")
    });
    format!("<form class=\"buttons\" method=\"post\" action=\"{}\">{}</form>", esc(path), buttons.collect::<String>())
}

pub fn checklist(task: &Task) -> String {
    let points = task.checklist.iter().filter(|item| item.parent_id != 0);
    let rows: String = points
        .map(|item| format!("<li>{} {}</li>", if item.complete { "&#9745;" } else { "&#9744;" }, esc(&item.title)))
        .collect();
    if rows.is_empty() { rows } else { format!("<h2>Checklist</h2><ul class=\"checks\">{rows}</ul>") }
}

pub fn results(portal: &Portal, task: &Task) -> String {
    let rows = task.results.iter().map(|result| {
        let (who, when) = (name(portal, result.created_by), day(portal, result.created_at));
        format!("<div class=\"result\"><small>{who}, {when}</small><p>{}</p></div>", bbcode(&result.text))
    });
    let rows: String = rows.collect();
    if rows.is_empty() { rows } else { format!("<h2>Result</h2>{rows}") }
}

/// The chat of the new card, or the comments of the old one, and whatever the other way brought in.
pub fn talk(portal: &Portal, task: &Task, path: &str) -> String {
    let mut all: Vec<_> = task.chat.iter().chain(&task.comments).collect();
    all.sort_by_key(|comment| comment.date);
    let rows = all.iter().map(|comment| {
        let (who, when) = (name(portal, comment.author_id), day(portal, comment.date));
        format!("<div class=\"message\"><b>{who}</b> <small>{when}</small><p>{}</p></div>", bbcode(&comment.text))
    });
    let title = if portal.settings.rest_v3 { "Task chat" } else { "Comments" };
    format!(
        "<section class=\"card\"><h2>{title}</h2>{}<form class=\"say\" method=\"post\" action=\"{}\">\
         <input name=\"text\" aria-label=\"Message\" placeholder=\"Write a message\" required>\
         <button class=\"plain\" name=\"action\" value=\"comment\">Send</button></form></section>",
        rows.collect::<String>(),
        esc(path),
    )
}

pub fn history(portal: &Portal, task: &Task) -> String {
    let rows = task.history.iter().rev().map(|entry| {
        let word = |value: &Option<String>| esc(&status_word(entry.field, value.as_deref().unwrap_or("")));
        format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{} &rarr; {}</td></tr>",
            day(portal, entry.date),
            name(portal, entry.user_id),
            esc(entry.field),
            word(&entry.from),
            word(&entry.to),
        )
    });
    format!(
        "<details class=\"card\"><summary>History</summary><table class=\"list\"><tbody>{}</tbody></table></details>",
        rows.collect::<String>()
    )
}

fn status_word(field: &str, value: &str) -> String {
    let word = match (field, value) {
        ("STATUS", "2") => "Pending",
        ("STATUS", "3") => "In progress",
        ("STATUS", "4") => "Awaiting control",
        ("STATUS", "5") => "Completed",
        ("STATUS", "6") => "Deferred",
        (_, other) => other,
    };
    word.to_owned()
}

pub fn people(portal: &Portal, task: &Task) -> String {
    let mut rows =
        vec![("Created by", name(portal, task.created_by)), ("Responsible person", name(portal, task.responsible_id))];
    let many = |ids: &[u64]| ids.iter().map(|id| name(portal, *id)).collect::<Vec<_>>().join(", ");
    rows.push(("Participants", many(&task.accomplices)));
    rows.push(("Observers", many(&task.auditors)));
    rows.push(("Project", portal.groups.get(&task.group_id).map(|group| esc(&group.name)).unwrap_or_default()));
    rows.push(("Deadline", task.deadline.map(|date| day(portal, date)).unwrap_or_default()));
    rows.push(("Created on", day(portal, task.created_date)));
    rows.push(("Finished on", task.closed_date.map(|date| day(portal, date)).unwrap_or_default()));
    let rows = rows.iter().filter(|(_, value)| !value.is_empty());
    let rows: String = rows.map(|(label, value)| format!("<dt>{label}</dt><dd>{value}</dd>")).collect();
    format!("<dl>{rows}</dl>")
}
