//! A page as a visitor sees it, by the hooks that pages promise.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use reqwest::StatusCode;

/// An answer.
pub struct Shown {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub html: String,
}

fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string())
}

fn all(node: &Handle, wanted: &dyn Fn(&Handle) -> bool, found: &mut Vec<Handle>) {
    if wanted(node) {
        found.push(node.clone());
    }
    for child in node.children.borrow().iter() {
        all(child, wanted, found);
    }
}

fn find(node: &Handle, wanted: impl Fn(&Handle) -> bool) -> Vec<Handle> {
    let mut found = Vec::new();
    all(node, &wanted, &mut found);
    found
}

fn text(node: &Handle) -> String {
    let texts = find(node, |n| matches!(n.data, NodeData::Text { .. }));
    let words = texts.iter().map(|n| match &n.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => String::new(),
    });
    words.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Shown {
    pub async fn of(answer: reqwest::Response) -> Self {
        Self { status: answer.status(), headers: answer.headers().clone(), html: answer.text().await.unwrap() }
    }

    fn root(&self) -> Handle {
        parse_document(RcDom::default(), ParseOpts::default()).one(self.html.as_str()).document
    }

    fn first(&self, name: &str) -> Option<String> {
        find(&self.root(), |n| attribute(n, name).is_some()).first().and_then(|n| attribute(n, name))
    }

    /// `data-page`
    pub fn page(&self) -> Option<String> {
        self.first("data-page")
    }

    /// `data-error`
    pub fn error(&self) -> Option<String> {
        self.first("data-error")
    }

    /// `data-count`
    pub fn count(&self) -> Option<usize> {
        self.first("data-count")?.parse().ok()
    }

    /// `data-finish`
    pub fn may_finish(&self) -> Option<bool> {
        self.first("data-finish")?.parse().ok()
    }

    /// The session's token, if the page has one.
    pub fn session(&self) -> Option<String> {
        let root = self.root();
        let named = |name: &str| find(&root, |n| attribute(n, "name").as_deref() == Some(name)).into_iter().next();
        let field = named("session").and_then(|n| attribute(&n, "value"));
        field.or_else(|| attribute(&named("handback-session")?, "content"))
    }

    /// Values of an attribute everywhere on the page.
    pub fn attributes(&self, name: &str) -> Vec<String> {
        find(&self.root(), |_| true).iter().filter_map(|n| attribute(n, name)).collect()
    }

    /// Every element: its name and its attributes.
    pub fn elements(&self) -> Vec<(String, Vec<(String, String)>)> {
        let element = |node: &Handle| match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let attrs = attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
                Some((name.local.to_string(), attrs))
            }
            _ => None,
        };
        find(&self.root(), |_| true).iter().filter_map(element).collect()
    }

    /// Texts with this character that no element keeps from turning their surroundings around.
    pub fn uncontained(&self, odd: char) -> Vec<String> {
        fn walk(node: &Handle, odd: char, found: &mut Vec<String>) {
            match &node.data {
                NodeData::Text { contents } if contents.borrow().contains(odd) => {
                    found.push(contents.borrow().to_string())
                }
                NodeData::Element { name, .. } if &*name.local == "bdi" => {}
                _ if attribute(node, "dir").as_deref() == Some("auto") => {}
                _ => node.children.borrow().iter().for_each(|child| walk(child, odd, found)),
            }
        }
        let mut found = Vec::new();
        walk(&self.root(), odd, &mut found);
        found
    }

    /// One response header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Who may show the page in a frame.
    pub fn framed_by(&self) -> &str {
        let policy = self.header("Content-Security-Policy");
        policy.split(';').find_map(|rule| rule.trim().strip_prefix("frame-ancestors ")).unwrap_or("anybody")
    }

    /// Tasks with their outcomes, in order.
    pub fn rows(&self) -> Vec<(i64, String)> {
        let rows = find(&self.root(), |n| attribute(n, "data-task-id").is_some());
        let row = |n: &Handle| Some((attribute(n, "data-task-id")?.parse().ok()?, attribute(n, "data-outcome")?));
        rows.iter().map(|n| row(n).expect("a row has data-task-id and data-outcome")).collect()
    }

    /// `data-outcome` of one task.
    pub fn outcome(&self, task: i64) -> Option<String> {
        self.rows().into_iter().find(|(id, _)| *id == task).map(|(_, outcome)| outcome)
    }

    /// The words on the page.
    pub fn text(&self) -> String {
        text(&self.root())
    }

    /// The words in one task's row.
    pub fn row_text(&self, task: i64) -> String {
        row(&self.root(), task).map(|row| text(&row)).unwrap_or_default()
    }

    fn in_form<T>(&self, task: i64, action: &str, read: impl Fn(&Handle) -> T) -> Option<T> {
        // A tree lives as long as its root.
        let root = self.root();
        let form = find(&row(&root, task)?, |n| attribute(n, "data-action").as_deref() == Some(action));
        form.first().map(read)
    }

    fn in_offered<T>(&self, task: i64, action: &str, read: impl Fn(&Handle) -> T) -> T {
        let found = self.in_form(task, action, read);
        found.unwrap_or_else(|| panic!("task {task} does not offer {action}: {}", self.text()))
    }

    /// The fields that a form would post.
    pub fn form(&self, task: i64, action: &str) -> Vec<(String, String)> {
        let pair = |n: &Handle| {
            // What could be said of the work is not said by itself.
            let name = attribute(n, "name").filter(|name| name != "item")?;
            Some((name, attribute(n, "value").unwrap_or_default()))
        };
        self.in_offered(task, action, |form| {
            find(form, |n| attribute(n, "name").is_some()).iter().filter_map(pair).collect()
        })
    }

    /// What the first form to this address would post, with its boxes as they are ticked. Buttons are pressed by name.
    pub fn fields_to(&self, path: &str) -> Vec<(String, String)> {
        let root = self.root();
        let forms =
            find(&root, |n| attribute(n, "method").is_some() && attribute(n, "action").as_deref() == Some(path));
        let form = forms.first().unwrap_or_else(|| panic!("no form to {path}: {}", self.text()));
        let pair = |n: &Handle| {
            let NodeData::Element { name, .. } = &n.data else { return None };
            let ticked = attribute(n, "type").as_deref() != Some("checkbox") || attribute(n, "checked").is_some();
            let value = if &*name.local == "textarea" { Some(text(n)) } else { attribute(n, "value") };
            (&*name.local != "button" && ticked).then_some((attribute(n, "name")?, value.unwrap_or_default()))
        };
        find(form, |_| true).iter().filter_map(pair).collect()
    }

    /// Where it posts to.
    pub fn form_path(&self, task: i64, action: &str) -> String {
        self.in_offered(task, action, |form| attribute(form, "action").expect("a form has an action"))
    }

    /// Whether the row offers an action.
    pub fn offers(&self, task: i64, action: &str) -> bool {
        self.in_form(task, action, |_| ()).is_some()
    }
}

fn row(root: &Handle, task: i64) -> Option<Handle> {
    let id = task.to_string();
    find(root, |n| attribute(n, "data-task-id").as_deref() == Some(&id)).into_iter().next()
}
