//! Many tasks in one go, without script: what the forms of the pages post.

use super::{Shown, decisions::Office};
use std::time::{Duration, Instant};

impl Office {
    /// Posts a form as it stands on a page, with some fields more or others.
    pub async fn submit(&self, page: &Shown, path: &str, changes: &[(&str, &str)]) -> Shown {
        let mut fields = page.fields_to(path);
        fields.retain(|(name, _)| !changes.iter().any(|(n, _)| n == name));
        fields.extend(changes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.visitor.post(path, &fields).await
    }

    /// Ticks these tasks in the list and presses "Return…" or "Accept…".
    pub async fn choose(&self, page: &Shown, tasks: &[i64], action: &str) -> Shown {
        let boxes = boxes(page);
        let ticked = tasks.iter().map(|task| {
            let of = boxes.iter().find(|value| value.starts_with(&format!("{task}@")));
            ("task", of.unwrap_or_else(|| panic!("no box for {task}")).as_str())
        });
        let ticked: Vec<(&str, &str)> = ticked.chain([("action", action)]).collect();
        self.submit(page, "/bulk/choose", &ticked).await
    }

    /// Chooses and confirms.
    pub async fn decide_many(&self, page: &Shown, tasks: &[i64], action: &str, reason: &str) -> Shown {
        let chosen = self.choose(page, tasks, action).await;
        assert_eq!((chosen.status.as_u16(), chosen.page().as_deref()), (200, Some("choose")), "{}", chosen.text());
        let reason = [("reason", reason)];
        self.submit(&chosen, "/bulk", if action == "return" { &reason } else { &[] }).await
    }

    /// Waits until nothing moves any more, and presses "Refresh". Asking as a script does costs the portal nothing.
    pub async fn until_rest(&self, bulk: Shown) -> Shown {
        let (session, id) = (bulk.session().unwrap(), bulk.attributes("data-bulk-id").remove(0));
        let form = [("session", session.as_str()), ("bulk_id", &id)];
        let began = Instant::now();
        loop {
            let part = self.script("/bulk/show", &session, |asked| asked.form(&form)).await;
            if part.attributes("data-moves") == ["false"] {
                return self.visitor.post("/bulk/show", &form).await;
            }
            assert!(began.elapsed() < Duration::from_secs(120), "after 120 s: {} {}", part.status, part.text());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// What can be ticked on a page.
pub fn boxes(page: &Shown) -> Vec<String> {
    let named = |attrs: &[(String, String)], name: &str| attrs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let boxes = page.elements().into_iter().filter(|(_, attrs)| named(attrs, "name").as_deref() == Some("task"));
    boxes.filter_map(|(_, attrs)| named(&attrs, "value")).collect()
}

/// How many rows of a page have this outcome.
pub fn with_outcome(page: &Shown, outcome: &str) -> usize {
    page.rows().iter().filter(|(_, o)| o == outcome).count()
}
