//! What the vendor's cabinet checks, and what a lost visitor sees.

use crate::{
    sessions::{actions, queue},
    support::{Shown, Stack, installed},
};
use std::collections::BTreeSet;

#[tokio::test]
async fn p13_every_declared_address_answers_head_and_get() {
    let stack = Stack::start().await;
    let visitor = stack.visitor();
    for path in ["/", "/install", "/placement"] {
        let head = visitor.http().head(visitor.url(path)).send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap().len()), (200, 0), "HEAD {path}");
        let page = visitor.get(path, "").await;
        assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("closed")), "GET {path}");
        assert!(page.text().contains("Open Handback in Bitrix24"), "{}", page.text());
        assert_eq!((page.session(), page.framed_by()), (None, "'none'"));
        for file in page.attributes("href").iter().chain(&page.attributes("src")).filter(|a| a.starts_with('/')) {
            for verb in ["HEAD", "GET"] {
                let asked = visitor.http().request(verb.parse().unwrap(), visitor.url(file)).send().await.unwrap();
                assert_eq!(asked.status().as_u16(), 200, "{verb} {file}");
            }
        }
    }
    let asked = visitor.http().get(visitor.url("/install?code=x")).send().await.unwrap();
    assert_eq!(Shown::of(asked).await.page().as_deref(), Some("closed"), "codes are for the main address alone");
    for path in ["/.env", "/static/../Cargo.toml", "/static/%2e%2e/x"] {
        assert_eq!(visitor.get(path, "").await.status.as_u16(), 404, "{path}");
    }
    stack.finish().await;
}

/// On every page that a person or an administrator can come to: what it shows, where it leads, and what its forms are sent to.
#[tokio::test]
async fn p13_no_link_picture_style_or_form_of_a_page_is_dead() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["Prepare the offer", "Check the invoice"]).await[0].to_string();
    let mut pages = vec![visitor.get("/", "").await, visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await];
    for user in [1, 2] {
        let list = queue(bitrix, &visitor, &portal, user).await;
        let session = list.session().unwrap();
        pages.push(visitor.post("/task", &[("session", &session), ("task_id", &task)]).await);
        for path in actions() {
            pages.push(visitor.go(path, &list).await);
        }
        pages.push(list);
    }
    let (mut files, mut forms) = (BTreeSet::new(), BTreeSet::new());
    for page in &pages {
        let ids = page.attributes("id");
        for address in ["href", "src"].map(|name| page.attributes(name)).concat() {
            match address.strip_prefix('#') {
                Some(id) => assert!(ids.iter().any(|known| known == id), "#{id} of {}", page.text()),
                None if address.starts_with('/') => drop(files.insert(address)),
                None => {}
            }
        }
        forms.extend(["action", "formaction"].map(|name| page.attributes(name)).concat());
    }
    assert!(files.len() > 5 && forms.len() > 20, "{files:?} and {forms:?}");
    for file in files {
        assert_eq!(visitor.get(&file, "").await.status.as_u16(), 200, "{file}");
    }
    for form in forms.iter().filter(|form| form.starts_with('/')) {
        let there = actions().contains(&form.as_str()) || visitor.get(form, "").await.status.as_u16() != 404;
        assert!(there, "{form}");
    }
    stack.finish().await;
}

#[tokio::test]
async fn t59_what_is_for_the_operator_is_not_on_the_public_port() {
    let stack = Stack::start().await;
    let visitor = stack.visitor();
    let private = format!("http://127.0.0.1:{}", stack.replicas[0].ops_port);
    for path in ["/metrics", "/healthz", "/readyz"] {
        for verb in ["GET", "POST", "HEAD"] {
            let asked = visitor.http().request(verb.parse().unwrap(), visitor.url(path)).send().await.unwrap();
            assert_eq!(asked.status().as_u16(), 404, "{verb} {path}");
        }
    }
    for path in ["/healthz", "/readyz"] {
        let asked = visitor.http().get(format!("{private}{path}")).send().await.unwrap();
        assert_eq!(asked.status().as_u16(), 200, "{path}");
    }
    for path in ["/", "/install", "/queue", "/static/app.css"] {
        let asked = visitor.http().get(format!("{private}{path}")).send().await.unwrap();
        assert_eq!(asked.status().as_u16(), 404, "{path} is not for the private port");
    }
    stack.finish().await;
}

#[tokio::test]
async fn where_tables_are_missing_readiness_says_so() {
    let stack = Stack::start().await;
    let visitor = stack.visitor();
    let ready = async || {
        let url = format!("http://127.0.0.1:{}/readyz", stack.replicas[0].ops_port);
        let answer = visitor.http().get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let mut database = stack.database().await;
    assert_eq!(ready().await, (200, "ready\n".to_owned()));
    sqlx::raw_sql("alter table portals rename to elsewhere").execute(&mut database).await.unwrap();
    let (status, said) = ready().await;
    assert_eq!((status, said.contains("tables are missing")), (503, true), "{said}");
    sqlx::raw_sql("alter table elsewhere rename to portals").execute(&mut database).await.unwrap();
    assert_eq!(ready().await, (200, "ready\n".to_owned()));
    stack.finish().await;
}
