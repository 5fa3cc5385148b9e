//! Somebody who opens and presses, without a browser: posts what a browser would post, reads what it would show.

use super::{Shown, bitrix::Opening};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

pub fn client() -> reqwest::Client {
    trusting(None)
}

/// A client that trusts one more authority, named by its file.
pub fn trusting(authority: Option<&Path>) -> reqwest::Client {
    let pem = authority.map(|file| reqwest::Certificate::from_pem(&std::fs::read(file).unwrap()).unwrap());
    #[expect(clippy::disallowed_methods, reason = "a story is outside of the application")]
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    // This client opens connections ahead of need, and one that brings nothing for five seconds is told 408 and closed. A
    // browser knows what that is; this one would take it for its answer.
    let plain = plain.pool_idle_timeout(Duration::from_secs(4));
    plain.tls_certs_merge(pem).build().unwrap()
}

/// An HTTP client with the application's own Origin.
#[derive(Clone)]
pub struct Visitor {
    base: String,
    origin: String,
    http: reqwest::Client,
    secrets: Arc<Mutex<Vec<String>>>,
    pages: Arc<Mutex<Vec<String>>>,
}

impl Visitor {
    /// Sessions are added to the secrets, and what is shown to the pages in which none may be.
    pub fn new(base: String, secrets: Arc<Mutex<Vec<String>>>, pages: Arc<Mutex<Vec<String>>>) -> Self {
        Self { origin: base.clone(), base, http: client(), secrets, pages }
    }

    /// The same person at another replica.
    pub fn at(&self, base: String) -> Self {
        Self { base, ..self.clone() }
    }

    /// The same person, whose browser says that the form stood elsewhere.
    pub fn with_origin(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn shown(&self, answer: reqwest::Response) -> Shown {
        let shown = Shown::of(answer).await;
        let session = shown.session();
        // A page has its own session and no other.
        let rest = session.as_ref().map_or_else(|| shown.html.clone(), |own| shown.html.replace(own, ""));
        self.pages.lock().unwrap().push(rest);
        self.secrets.lock().unwrap().extend(session);
        shown
    }

    /// Opens a place as the portal's frame does: the form comes from the portal.
    pub async fn open(&self, opening: &Opening) -> Shown {
        let url = match opening.url.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])) {
            Some(path) => self.url(path),
            None => opening.url.clone(),
        };
        let asked = self.http.post(url).header("Origin", "http://portal.example").form(&opening.body);
        self.shown(asked.send().await.unwrap()).await
    }

    /// Follows an address, with the cookies of this browser.
    pub async fn get(&self, path: &str, cookie: &str) -> Shown {
        let asked = self.http.get(self.url(path)).header("Cookie", cookie);
        self.shown(asked.send().await.unwrap()).await
    }

    /// Posts a body as it is, from anywhere.
    pub async fn post_raw(&self, path: &str, body: String) -> Shown {
        let asked = self.http.post(self.url(path)).header("Content-Type", "application/x-www-form-urlencoded");
        self.shown(asked.body(body).send().await.unwrap()).await
    }

    /// Asks as a page's script does.
    pub async fn post_json(&self, path: &str, session: &str, body: serde_json::Value) -> Shown {
        let asked = self.http.post(self.url(path)).header("Origin", &self.origin).header("X-Session", session);
        self.shown(asked.json(&body).send().await.unwrap()).await
    }

    /// Posts a page's form that holds nothing but the session.
    pub async fn go(&self, path: &str, page: &Shown) -> Shown {
        self.post(path, &[("session", &page.session().expect("the page has a session"))]).await
    }

    /// Posts a form of one of our own pages, without script.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Shown {
        let asked = self.http.post(self.url(path)).header("Origin", &self.origin).form(form);
        self.shown(asked.send().await.unwrap()).await
    }

    /// Presses a decision's button in the row of a task, with what the form holds.
    pub async fn press(&self, page: &Shown, task: i64, action: &str, reason: &str) -> Shown {
        let mut form = page.form(task, action);
        if action == "return" {
            form.retain(|(name, _)| name != "reason");
            form.push(("reason".to_owned(), reason.to_owned()));
        }
        let path = page.form_path(task, action);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.post(&path, &form).await
    }
}
