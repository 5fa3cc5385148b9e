//! A sandbox on a free port, and short words to speak with it.

use crate::options::Cli;
use crate::sandbox::Sandbox;
use crate::server;
use clap::Parser;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

pub const CLIENT: &str = "app.sandbox.1";
pub const SECRET: &str = "test-secret";

pub struct Booted {
    pub sandbox: Arc<Sandbox>,
    pub base: String,
    pub http: reqwest::Client,
}

/// One portal, seen from outside.
pub struct Portal<'a> {
    pub booted: &'a Booted,
    pub member_id: String,
    pub rest: String,
    pub host: String,
}

/// An answer: HTTP status and JSON.
pub type Got = (u16, Value);

pub async fn boot() -> Booted {
    boot_with(&[], None).await
}

/// With further words on the command line, and a file of an authority to trust.
pub async fn boot_with(more: &[&str], authority: Option<&Path>) -> Booted {
    let words = ["sandbox", "--listen", "127.0.0.1:0", "--portals", "3", "--client-secret", SECRET];
    let words = words.iter().chain(more);
    let bound = server::bind(&Cli::parse_from(words).options).expect("free addresses");
    let sandbox = bound.sandbox.clone();
    let base = sandbox.world().home_url();
    actix_web::rt::spawn(server::serve(bound));
    let mut http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    if let Some(file) = authority {
        let pem = std::fs::read(file).expect("the authority's file");
        http = http.tls_certs_merge([reqwest::Certificate::from_pem(&pem).expect("a certificate")]);
    }
    Booted { sandbox, base, http: http.build().expect("a client") }
}

impl Booted {
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(&format!("{}/control/{path}", self.base), &body).await;
        assert_eq!(status, 200, "control {path}: {answer}");
        answer
    }

    pub async fn get(&self, url: &str) -> Got {
        read(self.http.get(url).send().await.expect("an answer")).await
    }

    pub async fn post(&self, url: &str, body: &Value) -> Got {
        read(self.http.post(url).json(body).send().await.expect("an answer")).await
    }

    pub async fn form(&self, url: &str, pairs: &[(&str, &str)]) -> Got {
        read(self.http.post(url).form(pairs).send().await.expect("an answer")).await
    }

    /// A portal with the application installed, limits off.
    pub async fn portal(&self, mut settings: Value) -> Portal<'_> {
        for (key, value) in [("installed", json!(true)), ("limits", json!("off"))] {
            let own = settings.as_object_mut().expect("settings are a map");
            own.entry(key).or_insert(value);
        }
        let made = self.control("portals", settings).await;
        let text = |key: &str| made[key].as_str().expect("a text").to_owned();
        Portal { booted: self, member_id: text("member_id"), rest: text("client_endpoint"), host: text("domain") }
    }
}

async fn read(answer: reqwest::Response) -> Got {
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

impl Portal<'_> {
    pub async fn control(&self, path: &str, body: Value) -> Value {
        self.booted.control(&format!("portals/{}/{path}", self.member_id), body).await
    }

    /// 1 administrator, 2 creator, 3 performer, 4 superior of the creator, 5 editor of group 7, 6 member of it,
    /// 8 stranger, 9 accomplice, 10 auditor.
    pub async fn company(&self) {
        let person = |id: u64, head: Value| json!({"id": id, "name": format!("P{id}"), "supervisor": head});
        let users: Vec<Value> = (2..=10).map(|id| person(id, if id == 2 { json!(4) } else { Value::Null })).collect();
        let groups = json!([{"id": 7, "name": "Site", "members": [6], "editors": [5]}]);
        self.control("scenario", json!({"users": users, "groups": groups})).await;
    }

    pub async fn task(&self, more: Value) -> u64 {
        let mut task = json!({
            "title": "Draft", "created_by": 2, "responsible_id": 3, "status": 4, "group_id": 7,
            "accomplices": [9], "auditors": [10],
        });
        for (key, value) in more.as_object().expect("a map") {
            task[key] = value.clone();
        }
        self.control("scenario", json!({"tasks": [task]})).await["tasks"][0].as_u64().expect("an id")
    }

    pub async fn token(&self, user_id: u64) -> String {
        let pair = self.control("token", json!({"user_id": user_id})).await;
        pair["access_token"].as_str().expect("a token").to_owned()
    }

    pub async fn call(&self, user_id: u64, method: &str, params: Value) -> Got {
        let token = self.token(user_id).await;
        self.call_with(&token, method, params).await
    }

    pub async fn call_with(&self, token: &str, method: &str, mut params: Value) -> Got {
        params["auth"] = json!(token);
        self.booted.post(&format!("{}{method}", self.rest), &params).await
    }

    pub async fn dump(&self, task: u64) -> Value {
        let url = format!("{}/control/portals/{}/tasks/{task}", self.booted.base, self.member_id);
        self.booted.get(&url).await.1
    }

    pub async fn state(&self) -> Value {
        let url = format!("{}/control/portals/{}/state", self.booted.base, self.member_id);
        self.booted.get(&url).await.1
    }
}

/// The refusal as `status code`.
pub fn refusal(got: &Got) -> String {
    format!("{} {}", got.0, got.1["error"].as_str().or(got.1["error"]["code"].as_str()).unwrap_or("-"))
}
