//! Pages of the portal: who sees which, and what the frame posts.

use crate::tests::harness::{Portal, boot};
use serde_json::json;

async fn page(portal: &Portal<'_>, path: &str) -> String {
    let answer = portal.booted.http.get(format!("http://{}{path}", portal.host)).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("a body")
}

#[actix_web::test]
async fn an_unfinished_installation_is_for_administrators() {
    let booted = boot().await;
    let portal = booted.portal(json!({"installed": false})).await;
    portal.company().await;
    let admin = page(&portal, "/marketplace/app/?as=1").await;
    assert!(admin.contains("action=\"http://localhost:8080/install?DOMAIN="), "{admin}");
    assert!(admin.contains("\"INSTALL\":true"));
    let name = format!("iframe name=\"{}|0|", portal.host);
    assert!(admin.contains(&name), "the frame carries host, protocol and APP_SID in its name");
    assert!(page(&portal, "/marketplace/app/?as=2").await.contains("not finished yet"));
    let ajax = format!("http://{}/bitrix/ajax/", portal.host);
    let finish = async |user: &str| {
        let request = booted.http.post(&ajax).header("cookie", format!("sandbox_as={user}"));
        let answer = request.form(&[("action", "set_installed")]).send().await.expect("an answer");
        answer.json::<serde_json::Value>().await.expect("JSON")["result"].clone()
    };
    assert_eq!(finish("2").await, "false");
    assert_eq!(portal.state().await["installed"], false);
    assert_eq!(finish("1").await, "true");
    let open = page(&portal, "/marketplace/app/?as=2&params[taskId]=31").await;
    assert!(open.contains("action=\"http://localhost:8080/?DOMAIN="));
    assert!(open.contains("value=\"{&quot;taskId&quot;:&quot;31&quot;}\""), "{open}");
}

#[actix_web::test]
async fn an_absent_application_can_be_installed_by_hand() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.control("uninstall", json!({"send_event": false})).await;
    assert!(page(&portal, "/marketplace/app/?as=1").await.contains(">Install<"));
    let request = booted.http.post(format!("http://{}/marketplace/app/", portal.host)).header("cookie", "sandbox_as=1");
    assert_eq!(request.form(&[("action", "install")]).send().await.expect("an answer").status(), 303);
    assert!(page(&portal, "/marketplace/app/?as=1").await.contains("/install?DOMAIN="));
}

#[actix_web::test]
async fn the_card_shows_placements_and_acts() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"title": "<script>alert(1)</script>"})).await;
    let bind =
        |place: &str| json!({"PLACEMENT": place, "HANDLER": "http://localhost:8080/placement", "TITLE": "Return"});
    for place in ["TASK_VIEW_TAB", "TASK_LIST_CONTEXT_MENU"] {
        assert_eq!(portal.call(1, "placement.bind", bind(place)).await.0, 200);
    }
    let path = format!("/company/personal/user/2/tasks/task/view/{task}/");
    let card = page(&portal, &format!("{path}?as=2")).await;
    assert!(card.contains("action=\"http://localhost:8080/placement?DOMAIN="));
    assert!(card.contains("Return for revision") && !card.contains("<script>alert"));
    assert!(page(&portal, &format!("{path}?as=8")).await.contains("Task not found"));
    let list = page(&portal, "/company/personal/user/2/tasks/?as=2").await;
    assert!(list.contains("/bitrix/placement/?place=TASK_LIST_CONTEXT_MENU"));
    let press = async |user: &str| {
        let request =
            booted.http.post(format!("http://{}{path}", portal.host)).header("cookie", format!("sandbox_as={user}"));
        request.form(&[("action", "disapprove")]).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(press("3").await, 303);
    assert_eq!(portal.dump(task).await["status"], 4, "the performer may not");
    press("2").await;
    assert_eq!(portal.dump(task).await["status"], 2);
    portal.control("update", json!({})).await;
    assert!(!page(&portal, &format!("{path}?as=2")).await.contains("app-frame\""), "hidden until installed again");
}

#[actix_web::test]
async fn control_answers_on_the_authorization_servers_address_only() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let answer = booted.http.get(format!("http://{}/control/health", portal.host)).send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
    assert_eq!(booted.get(&format!("{}/control/health", booted.base)).await.1, json!({"ok": true}));
    let script = booted.http.get(format!("{}/api/v1/", booted.base)).send().await.expect("an answer");
    assert!(script.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/javascript")));
}

#[actix_web::test]
async fn the_demo_company_is_complete() {
    let booted = boot().await;
    let lines = crate::seed::demo(&mut booted.sandbox.world());
    assert!(lines[0].contains("complete: true"), "{lines:?}");
    let world = booted.sandbox.world();
    let portal = world.portals.values().next().expect("a portal");
    let waiting = portal.tasks.values().filter(|task| task.status == 4 && task.created_by == 2).count();
    assert_eq!(waiting, 30);
}
