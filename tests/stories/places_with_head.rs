//! What the vendor's cabinet checks, and what a lost visitor sees.

use crate::support::{Shown, Stack};

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
