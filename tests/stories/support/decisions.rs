//! An office whose people wait for each other's work, and the words for deciding in it.

use super::{Bitrix, Portal, Shown, Stack, Visitor};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub const ADMIN: i64 = 1;
pub const CREATOR: i64 = 2;
pub const ASSIGNEE: i64 = 3;
pub const STRANGER: i64 = 4;
pub const SUPERVISOR: i64 = 5;
/// May edit the tasks of [`PROJECT`].
pub const EDITOR: i64 = 6;
/// Reads the tasks of [`PROJECT`].
pub const MEMBER: i64 = 7;
pub const PROJECT: i64 = 9;

pub const RETURN: &str = "tasks.task.disapprove";
pub const ACCEPT: &str = "tasks.task.approve";
pub const ACCESS: &str = "tasks.task.getaccess";
pub const CHAT: &str = "tasks.task.chat.message.send";
pub const COMMENT: &str = "task.commentitem.add";
pub const RENEWAL: &str = "oauth/token";

/// One portal with its people, seen through one replica.
#[derive(Clone)]
pub struct Office {
    pub bitrix: Bitrix,
    pub portal: Portal,
    pub visitor: Visitor,
    origin: String,
}

/// A pressed button: its decision, and what the page's script got for it.
pub struct Sent {
    pub id: String,
    pub task: i64,
    pub shown: Shown,
}

impl Sent {
    pub fn outcome(&self) -> String {
        self.shown.outcome(self.task).unwrap_or_else(|| panic!("no row: {} {}", self.shown.status, self.shown.text()))
    }

    pub fn words(&self) -> String {
        self.shown.row_text(self.task)
    }
}

impl Office {
    pub async fn of(stack: &Stack) -> Self {
        Self::with(stack, json!({})).await
    }

    /// Installed, with everybody in it, and with some settings of the portal changed.
    pub async fn with(stack: &Stack, mut settings: Value) -> Self {
        settings["installed"] = json!(true);
        let (bitrix, visitor, origin) = (stack.bitrix.clone(), stack.visitor(), stack.public_url());
        let portal = bitrix.portal_with(settings).await;
        bitrix.people(&portal).await;
        let office = Self { bitrix, portal, visitor, origin };
        let more = json!([{"id": EDITOR, "name": "Ed", "last_name": "Editor"}, {"id": MEMBER, "name": "Mia"}]);
        office.bitrix.scenario(&office.portal, json!({ "users": more })).await;
        office.project(&[ASSIGNEE, MEMBER], &[EDITOR]).await;
        office
    }

    /// The same office through another replica.
    pub fn at(&self, url: String) -> Self {
        Self { visitor: self.visitor.at(url), ..self.clone() }
    }

    pub async fn project(&self, members: &[i64], editors: &[i64]) {
        let project = json!({"id": PROJECT, "name": "Office", "members": members, "editors": editors});
        self.bitrix.scenario(&self.portal, json!({ "groups": [project] })).await;
    }

    /// Tasks of the creator that wait for control, oldest first.
    pub async fn waiting(&self, count: usize) -> Vec<i64> {
        let titles: Vec<String> = (1..=count).map(|nth| format!("Offer {nth}")).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        self.bitrix.waiting(&self.portal, &titles).await
    }

    /// A task of the creator inside the project.
    pub async fn in_project(&self) -> i64 {
        let task = json!({"title": "Inside", "created_by": CREATOR, "responsible_id": ASSIGNEE, "group_id": PROJECT});
        self.bitrix.scenario(&self.portal, json!({ "tasks": [task] })).await[0]
    }

    /// The application's own page.
    pub async fn open(&self, user: i64) -> Shown {
        let opening = self.bitrix.open(&self.portal, user, "DEFAULT").await;
        self.visitor.open(&opening).await
    }

    /// The same, where it has to be the list.
    pub async fn queue(&self, user: i64) -> Shown {
        let page = self.open(user).await;
        assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("queue")), "{}", page.text());
        page
    }

    pub async fn script(
        &self,
        path: &str,
        session: &str,
        add: impl Fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Shown {
        let asked = self.visitor.http().post(self.visitor.url(path)).header("Origin", &self.origin);
        Shown::of(add(asked.header("X-Session", session).header("X-Fragment", "1")).send().await.unwrap()).await
    }

    /// `POST /queue/rows`, as the page's script does.
    pub async fn rows(&self, page: &Shown) -> Shown {
        self.rows_of(&page.session().unwrap()).await
    }

    /// The same, where only the session is at hand.
    pub async fn rows_of(&self, session: &str) -> Shown {
        self.script("/queue/rows", session, |asked| asked.json(&json!({}))).await
    }

    /// The same from a machine so busy that a connection may end before its request is written: `None` then.
    pub async fn try_rows_of(&self, session: &str) -> Option<Shown> {
        let asked = self.visitor.http().post(self.visitor.url("/queue/rows")).header("Origin", &self.origin);
        let asked = asked.header("X-Session", session).header("X-Fragment", "1").json(&json!({}));
        Some(Shown::of(asked.send().await.ok()?).await)
    }

    /// Presses as the page's script does.
    pub async fn press(&self, page: &Shown, task: i64, action: &str, reason: &str) -> Sent {
        let mut form = page.form(task, action);
        form.retain(|(name, _)| name != "reason");
        form.push(("reason".to_owned(), reason.to_owned()));
        let id = form.iter().find(|(name, _)| name == "decision_id").unwrap().1.clone();
        let path = page.form_path(task, action);
        let shown = self.script(&path, &page.session().unwrap(), |asked| asked.form(&form)).await;
        Sent { id, task, shown }
    }

    pub async fn give_back(&self, page: &Shown, task: i64) -> Sent {
        self.press(page, task, "return", "The totals do not match").await
    }

    /// The same in a task of its own, for a story that goes on meanwhile.
    pub fn begin(&self, page: &Shown, task: i64) -> tokio::task::JoinHandle<Sent> {
        let (office, page) = (self.clone(), Shown { html: page.html.clone(), headers: page.headers.clone(), ..*page });
        tokio::spawn(async move { office.give_back(&page, task).await })
    }

    pub async fn undo(&self, page: &Shown, id: &str) -> Shown {
        self.script("/undo", &page.session().unwrap(), |asked| asked.form(&[("decision_id", id)])).await
    }

    /// How a decision stands now.
    pub async fn stands(&self, page: &Shown, id: &str) -> Shown {
        self.script("/decisions", &page.session().unwrap(), |asked| asked.json(&json!({ "ids": [id] }))).await
    }

    /// Waits until a decision has this outcome and says these words.
    pub async fn until(&self, page: &Shown, sent: &Sent, outcome: &str, words: &str) {
        let started = Instant::now();
        loop {
            let shown = self.stands(page, &sent.id).await;
            let (now, text) = (shown.outcome(sent.task), shown.row_text(sent.task));
            if now.as_deref() == Some(outcome) && text.contains(words) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "after 30 s not {outcome} but {now:?}: {text}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The next requests of a method meet this.
    pub async fn fault(&self, method: &str, fault: Value) {
        self.plant("portal", method, fault).await;
    }

    /// The authorization server's next answers about this portal.
    pub async fn oauth_fault(&self, fault: Value) {
        self.plant("oauth", RENEWAL, fault).await;
    }

    async fn plant(&self, on: &str, method: &str, mut fault: Value) {
        fault["on"] = json!(on);
        fault["method"] = json!(method);
        fault["member_id"] = json!(self.portal.member_id);
        self.bitrix.fault(fault).await;
    }

    pub async fn clear_faults(&self) {
        let url = format!("{}/control/faults", self.bitrix.control());
        self.visitor.http().delete(url).send().await.unwrap();
    }

    pub async fn control(&self, what: &str, body: Value) {
        self.bitrix.post(&format!("portals/{}/{what}", self.portal.member_id), body).await;
    }

    pub async fn act(&self, user: i64, action: &str, task: i64) {
        self.bitrix.act(&self.portal, user, action, task).await;
    }

    /// Calls of a method to this portal, in order.
    pub async fn calls(&self, method: &str) -> Vec<Value> {
        let calls = self.bitrix.calls(method).await.into_iter();
        calls.filter(|call| call["member_id"] == json!(self.portal.member_id)).collect()
    }

    /// Requests to this portal, however many commands each carried.
    pub async fn requests(&self) -> usize {
        let journal = self.bitrix.journal().await;
        let own = |call: &&Value| call["on"] == "portal" && call["batch_seq"].is_null();
        journal.iter().filter(own).filter(|call| call["member_id"] == json!(self.portal.member_id)).count()
    }

    /// Waits until a request of this method has reached the portal.
    pub async fn until_called(&self, method: &str) {
        let started = Instant::now();
        while self.calls(method).await.is_empty() {
            assert!(started.elapsed() < Duration::from_secs(10), "{method} was not called within 10 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Who moved a task out of "waiting for control", and to which status, as its history tells.
    pub async fn moves(&self, task: i64) -> Vec<(i64, String)> {
        let task = self.bitrix.task(&self.portal, task).await;
        let entries = task["history"].as_array().unwrap().iter();
        let moved = entries.filter(|e| e["field"] == "STATUS" && e["from"] == "4");
        moved.map(|e| (e["user_id"].as_i64().unwrap(), e["to"].as_str().unwrap().to_owned())).collect()
    }

    /// What stands in the discussion of a task, in the new card or the old one.
    pub async fn told(&self, task: i64) -> Vec<(i64, String)> {
        let task = self.bitrix.task(&self.portal, task).await;
        let both = [&task["chat"], &task["comments"]].into_iter().filter_map(Value::as_array).flatten();
        both.map(|m| (m["author_id"].as_i64().unwrap(), m["text"].as_str().unwrap().to_owned())).collect()
    }

    /// Every change was sent by somebody for whom `getaccess` was asked about the same task since the last change.
    pub async fn assert_checked_before_each_change(&self) {
        // A call that was refused before anybody looked at its token has nobody's name in the journal.
        type Asked = (Value, String, chrono::DateTime<chrono::FixedOffset>);
        const NOT_RUN: [&str; 2] = ["expired_token", "QUERY_LIMIT_EXCEEDED"];
        let same = |asked: &Asked, of: &Asked| asked.1 == of.1 && (of.0.is_null() || asked.0 == of.0);
        let time_of = |call: &Value| chrono::DateTime::parse_from_rfc3339(call["at"].as_str().unwrap()).unwrap();
        let task_of = |call: &Value| call["params"]["taskId"].to_string().replace('"', "");
        let about = |call: &Value| (call["user_id"].clone(), task_of(call), time_of(call));
        let mut asked = Vec::new();
        for call in self.bitrix.journal().await.iter().filter(|c| c["member_id"] == json!(self.portal.member_id)) {
            match call["method"].as_str().unwrap() {
                ACCESS => asked.push(about(call)),
                RETURN | ACCEPT => {
                    let at = asked.iter().position(|a| same(a, &about(call)));
                    let at = at.unwrap_or_else(|| panic!("not asked before: {call}"));
                    // A request of which the portal says that it did not run leaves the answer as it was, for a while.
                    assert!(time_of(call) - asked[at].2 < chrono::TimeDelta::seconds(25), "long ago: {call}");
                    if call["executed"] == true || !NOT_RUN.iter().any(|code| call["code"] == *code) {
                        asked.remove(at);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Task ids in one of the two lists, in order. Reads the text: five thousand rows are too many for a tree.
pub fn in_list(page: &Shown, list: &str) -> Vec<i64> {
    let lists = page.html.split("<section class=\"list\" id=\"").skip(1);
    let found = lists.filter(|part| part.starts_with(&format!("{list}\"")));
    let ids = found.flat_map(|part| part.split("data-task-id=\"").skip(1));
    ids.map(|row| row[..row.find('"').unwrap()].parse().unwrap()).collect()
}
