//! `sandbox smoke`: a person without a browser. Installs, lists, returns one task over HTTP, and prints each step with
//! what Bitrix24 saw.

use crate::options::Smoke;
use serde_json::{Value, json};
use std::time::Duration;

type Failed = Box<dyn std::error::Error>;

/// Both sides, as a person's browser reaches them.
struct Walk {
    http: reqwest::Client,
    options: Smoke,
    member: String,
    seen: i64,
}

/// Every step, or the first that went wrong.
pub async fn walk(options: &Smoke) -> Result<(), Failed> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
    let mut walk = Walk { http, options: options.clone(), member: String::new(), seen: 0 };
    let portals = walk.control("portals", None).await?;
    let portal =
        portals.as_array().and_then(|all| all.first()).ok_or("the sandbox has no portal; --seed demo makes one")?;
    walk.member = text(portal, "member_id")?;
    println!("portal    {}", text(portal, "domain")?);
    if !options.installed {
        walk.install().await?;
    }
    let (task, page) = walk.list().await?;
    walk.give_back(&task, &page).await
}

impl Walk {
    async fn control(&self, path: &str, body: Option<Value>) -> Result<Value, Failed> {
        let url = format!("{}/control/{path}", self.options.control);
        let asked = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        Ok(asked.send().await?.error_for_status()?.json().await?)
    }

    async fn of_portal(&self, path: &str, body: Option<Value>) -> Result<Value, Failed> {
        self.control(&format!("portals/{}/{path}", self.member), body).await
    }

    /// Posts what the frame of a place would post.
    async fn open(&self, user: i64, place: &str) -> Result<String, Failed> {
        let opening = self.of_portal("open", Some(json!({ "user_id": user, "place": place }))).await?;
        let body: Vec<(String, String)> = serde_json::from_value(opening["body"].clone())?;
        let answer = self.http.post(text(&opening, "url")?).form(&body).send().await?;
        let status = answer.status();
        let page = answer.text().await?;
        if status.is_success() {
            Ok(page)
        } else {
            Err(format!("{place}: {status} {:?}", attribute(&page, "data-error")).into())
        }
    }

    /// Which methods Bitrix24 has seen since the last step.
    async fn saw(&mut self) -> Result<(), Failed> {
        let journal = self.control(&format!("journal?since={}", self.seen), None).await?;
        let calls = journal.as_array().cloned().unwrap_or_default();
        let name = |call: &Value| {
            let inner = if call["batch_seq"].is_null() { "" } else { "  in it: " };
            format!(
                "{inner}{} as user {} -> {}",
                call["method"].as_str().unwrap_or("-"),
                call["user_id"],
                call["status"]
            )
        };
        for line in calls.iter().map(name) {
            println!("          Bitrix24 saw {line}");
        }
        self.seen = calls.iter().filter_map(|call| call["seq"].as_i64()).max().unwrap_or(self.seen);
        Ok(())
    }

    async fn install(&mut self) -> Result<(), Failed> {
        let page = self.open(1, "INSTALL").await?;
        if attribute(&page, "data-finish") != Some("true") {
            return Err("the install page does not offer to finish".into());
        }
        self.of_portal("install_finish", Some(json!({ "user_id": 1 }))).await?;
        println!("install   by the administrator: done");
        self.saw().await
    }

    async fn list(&mut self) -> Result<(String, String), Failed> {
        let page = self.open(2, "DEFAULT").await?;
        let count = attribute(&page, "data-count").ok_or("no queue on the page")?;
        let task = attribute(&page, "data-task-id").ok_or("no task on the page")?.to_owned();
        println!("list      {count} tasks wait for the control of user 2; the oldest is {task}");
        self.saw().await?;
        Ok((task, page))
    }

    async fn give_back(&mut self, task: &str, page: &str) -> Result<(), Failed> {
        let row = page.find(&format!("data-task-id=\"{task}\"")).and_then(|at| page.get(at..)).ok_or("no row")?;
        let form = row.find("data-action=\"return\"").and_then(|at| row.get(at..)).ok_or("no return form")?;
        let mut fields = vec![
            ("action".to_owned(), "return".to_owned()),
            ("reason".to_owned(), "The totals do not match.".to_owned()),
        ];
        for name in ["session", "task_id", "decision_id", "seen", "view"] {
            fields.push((name.to_owned(), field(form, name).ok_or(format!("the form has no {name}"))?));
        }
        let answer = self.http.post(format!("{}/decide", self.options.app)).header("Origin", &self.options.app);
        let answer = answer.form(&fields).send().await?;
        println!("return    task {task}, with a reason: {}", answer.status());
        let done = self.wait_for_status(task, 2).await;
        self.saw().await?;
        let told = self.of_portal(&format!("tasks/{task}"), None).await?;
        let message = told["chat"].as_array().and_then(|m| m.last()).map(|m| m["text"].clone()).unwrap_or_default();
        println!("          Bitrix24 now says: status {}, told {message}", told["status"]);
        done
    }

    /// The undo window has to pass first.
    async fn wait_for_status(&self, task: &str, status: i64) -> Result<(), Failed> {
        for _ in 0..150 {
            let now = self.of_portal(&format!("tasks/{task}"), None).await?;
            let told = now["chat"].as_array().is_some_and(|m| !m.is_empty());
            if now["status"] == status && told {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err("the task was not returned and explained within 30 s".into())
    }
}

fn text(value: &Value, key: &str) -> Result<String, Failed> {
    Ok(value[key].as_str().ok_or(format!("no {key}"))?.to_owned())
}

/// The first value of an attribute; the walk reads hooks and no more.
fn attribute<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.split_once(&format!("{name}=\""))?.1.split('"').next()
}

fn field(form: &str, name: &str) -> Option<String> {
    let rest = form.split_once(&format!("name=\"{name}\" value=\""))?.1;
    Some(rest.split('"').next()?.replace("&#43;", "+").replace("&#x2b;", "+"))
}
