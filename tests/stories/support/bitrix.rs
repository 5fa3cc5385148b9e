//! The pretend Bitrix24's control, in a story's words.

use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

/// The sandbox's control interface.
#[derive(Clone)]
pub struct Bitrix {
    control: String,
    http: reqwest::Client,
    secrets: Arc<Mutex<Vec<String>>>,
}

/// One pretend portal.
#[derive(Clone, Debug)]
pub struct Portal {
    pub member_id: String,
    /// `127.0.0.2:8090`
    pub domain: String,
    pub application_token: String,
}

/// What a browser would post to open a place.
#[derive(Clone, Debug)]
pub struct Opening {
    pub url: String,
    pub body: Vec<(String, String)>,
}

impl Opening {
    /// One of the fields.
    pub fn field(&self, name: &str) -> &str {
        let found = self.body.iter().find(|(n, _)| n == name);
        &found.unwrap_or_else(|| panic!("the opening has {name}")).1
    }

    /// The same with another value; `None` leaves the field out.
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.body.retain(|(n, _)| n != name);
        self.body.extend(value.map(|v| (name.to_owned(), v.to_owned())));
        self
    }

    /// The body as it goes over the wire.
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.body).finish()
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        let rest = self.url.split_once("//").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("/", |at| &rest[at..])
    }
}

impl Bitrix {
    /// `authority`: the file of the private authority, when the sandbox speaks TLS.
    pub fn new(control: String, authority: Option<PathBuf>, secrets: Arc<Mutex<Vec<String>>>) -> Self {
        Self { control, http: super::visitor::trusting(authority.as_deref()), secrets }
    }

    /// `http://127.0.0.1:8090`: the authorization server as well.
    pub fn control(&self) -> &str {
        &self.control
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}/control/{path}", self.control)).send().await.unwrap();
        assert!(answer.status().is_success(), "control {path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}/control/{path}", self.control)).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "control {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A portal in which nothing is installed.
    pub async fn portal(&self) -> Portal {
        self.portal_with(json!({})).await
    }

    pub async fn portal_with(&self, settings: Value) -> Portal {
        let made = self.post("portals", settings).await;
        let text = |key: &str| made[key].as_str().unwrap().to_owned();
        let portal = Portal {
            member_id: text("member_id"),
            domain: text("domain"),
            application_token: text("application_token"),
        };
        self.secrets.lock().unwrap().push(portal.application_token.clone());
        portal
    }

    pub async fn settings(&self, portal: &Portal, settings: Value) {
        self.post(&format!("portals/{}/settings", portal.member_id), settings).await;
    }

    /// Adds people, projects and tasks; answers the tasks' ids.
    pub async fn scenario(&self, portal: &Portal, scenario: Value) -> Vec<i64> {
        let made = self.post(&format!("portals/{}/scenario", portal.member_id), scenario).await;
        made["tasks"].as_array().map(|ids| ids.iter().filter_map(Value::as_i64).collect()).unwrap_or_default()
    }

    /// An administrator (1), a creator (2), an assignee (3), a stranger (4), the creator's supervisor (5).
    pub async fn people(&self, portal: &Portal) {
        let people = json!({"users": [
            {"id": 1, "name": "Ada", "last_name": "Admin", "admin": true},
            {"id": 2, "name": "Carl", "last_name": "Creator", "supervisor": 5},
            {"id": 3, "name": "Eva", "last_name": "Assignee"},
            {"id": 4, "name": "Sam", "last_name": "Stranger"},
            {"id": 5, "name": "Sue", "last_name": "Supervisor"},
        ]});
        self.scenario(portal, people).await;
    }

    /// Tasks that wait for the creator's control.
    pub async fn waiting(&self, portal: &Portal, titles: &[&str]) -> Vec<i64> {
        let task = |(nth, title): (usize, &&str)| json!({"title": title, "created_by": 2, "responsible_id": 3, "status": 4, "handed_in_minutes_ago": 600 - nth});
        let tasks: Vec<Value> = titles.iter().enumerate().map(task).collect();
        self.scenario(portal, json!({ "tasks": tasks })).await
    }

    pub async fn task(&self, portal: &Portal, id: i64) -> Value {
        self.get(&format!("portals/{}/tasks/{id}", portal.member_id)).await
    }

    pub async fn state(&self, portal: &Portal) -> Value {
        self.get(&format!("portals/{}/state", portal.member_id)).await
    }

    /// What a person's browser would post; every secret in it is watched from now on.
    pub async fn open(&self, portal: &Portal, user: i64, place: &str) -> Opening {
        self.open_with(portal, json!({"user_id": user, "place": place})).await
    }

    pub async fn open_with(&self, portal: &Portal, wish: Value) -> Opening {
        let made = self.post(&format!("portals/{}/open", portal.member_id), wish).await;
        let pair = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
        let body: Vec<_> = made["body"].as_array().unwrap().iter().map(pair).collect();
        let secret = |(name, _): &&(String, String)| ["AUTH_ID", "REFRESH_ID"].contains(&name.as_str());
        self.secrets.lock().unwrap().extend(body.iter().filter(secret).map(|(_, value)| value.clone()));
        Opening { url: made["url"].as_str().unwrap().to_owned(), body }
    }

    /// The same with words: what exactly they do.
    pub async fn act_with(&self, portal: &Portal, act: Value) {
        self.post(&format!("portals/{}/act", portal.member_id), act).await;
    }

    /// A person does something by hand in Bitrix24.
    pub async fn act(&self, portal: &Portal, user: i64, action: &str, task: i64) {
        let act = json!({"user_id": user, "action": action, "task_id": task});
        self.post(&format!("portals/{}/act", portal.member_id), act).await;
    }

    pub async fn fault(&self, fault: Value) {
        self.post("faults", fault).await;
    }

    /// Every call so far, commands of batches as rows of their own.
    pub async fn journal(&self) -> Vec<Value> {
        self.get("journal?since=0").await.as_array().cloned().unwrap_or_default()
    }

    /// TLS handshakes at an address, done and failed.
    pub async fn handshakes(&self, address: &str) -> (u64, u64) {
        let seen = self.get("handshakes").await;
        let count = |what: &str| seen[address][what].as_u64().unwrap_or_default();
        (count("done"), count("failed"))
    }

    /// Calls of one method.
    pub async fn calls(&self, method: &str) -> Vec<Value> {
        self.journal().await.into_iter().filter(|call| call["method"] == method).collect()
    }

    /// Every planted fault ends, met or not.
    pub async fn clear_faults(&self) {
        self.http.delete(format!("{}/control/faults", self.control)).send().await.unwrap();
    }

    /// Waits until every event is delivered.
    pub async fn quiet(&self) {
        for _ in 0..400 {
            if self.leftovers().await["undelivered_events"] == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("events are not delivered within 10 s");
    }

    /// A fresh access token of a person, as `BX24.getAuth` gives it.
    pub async fn access_token(&self, portal: &Portal, user: i64) -> String {
        let pair = self.post(&format!("portals/{}/token", portal.member_id), json!({ "user_id": user })).await;
        let text = |key: &str| pair[key].as_str().unwrap().to_owned();
        self.secrets.lock().unwrap().extend([text("access_token"), text("refresh_token")]);
        text("access_token")
    }

    /// Posts an event at once; answers the status that it got. `event` as the control takes it.
    pub async fn event(&self, portal: &Portal, event: Value) -> u64 {
        let sent = self.post(&format!("portals/{}/event", portal.member_id), event).await;
        sent["status"].as_u64().unwrap_or_default()
    }

    /// What the portal itself believes: `app.info.INSTALLED`.
    pub async fn is_installed(&self, portal: &Portal) -> bool {
        let portals = self.get("portals").await;
        let row = portals.as_array().unwrap().iter().find(|row| row["member_id"] == portal.member_id.as_str());
        row.unwrap()["installed"] == true
    }

    pub async fn forget_journal(&self) {
        self.http.delete(format!("{}/control/journal", self.control)).send().await.unwrap();
    }

    pub async fn leftovers(&self) -> Value {
        self.get("leftovers").await
    }

    pub async fn query_strings(&self) -> String {
        let journal = self.journal().await;
        journal.iter().filter_map(|call| call["query"].as_str()).collect::<Vec<_>>().join("\n")
    }

    /// `installFinish`, as the installer page's parent would do it.
    pub async fn install_finish(&self, portal: &Portal, user: i64) {
        self.post(&format!("portals/{}/install_finish", portal.member_id), json!({ "user_id": user })).await;
    }
}

/// Ids on a page, in order.
pub fn tasks_of(page: &super::Shown) -> Vec<i64> {
    page.rows().into_iter().map(|(id, _)| id).collect()
}
