//! In the browser: other sites, and people who have nothing to decide.

use crate::support::{Browser, Stack, foreign_site, installed, row};

/// The judge itself: an error in the application's frame is heard.
#[tokio::test]
async fn in_the_browser_a_planted_error_is_heard() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    let portal = installed(&stack).await;
    browser.open(&portal, 2).await;
    browser.js("setTimeout(() => nothing.there(), 0)").await;
    browser.wait_for_log("nothing is not defined").await;
    browser.js("document.body.insertAdjacentHTML('beforeend', '<p onclick=alert(1)>')").await;
    browser.wait_for_log("Content Security Policy").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn t47_in_the_browser_another_site_cannot_frame_the_application() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["Prepare the offer"]).await;
    let opening = bitrix.open(&portal, 2, "DEFAULT").await;
    let hidden = |(name, value): &(String, String)| format!("<input type=hidden name='{name}' value='{value}'>");
    let (url, fields) = (opening.url.replace('&', "&amp;"), opening.body.iter().map(hidden).collect::<String>());
    let page = format!(
        "<form method=post target=f action='{url}'>{fields}</form><iframe name=f></iframe>\
         <script>document.forms[0].submit()</script>"
    );
    browser.go(&foreign_site(page)).await;
    browser.wait_for_log("frame-ancestors").await;
    browser.frame_number(0).await;
    assert_eq!(browser.count("main[data-page], [data-task-id]").await, 0, "nothing of the page is shown");

    // Nor the pages that need no proof.
    browser.go(&foreign_site(format!("<iframe src='{}/'></iframe>", stack.public_url()))).await;
    browser.wait_for_log("frame-ancestors").await;
    browser.frame_number(0).await;
    assert_eq!(browser.count("main[data-page]").await, 0);
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn t48_in_the_browser_messages_of_another_site_change_nothing() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Prepare the offer"]).await;
    let page = format!("<script>window.victim = open('http://{}/marketplace/app/?as=2')</script>", portal.domain);
    browser.go(&foreign_site(page)).await;
    browser.to_window(1).await;
    browser.frame("queue").await;
    browser.until("document.querySelector('.look[data-look]')").await;
    let before = browser.js("return document.documentElement.outerHTML").await;
    browser
        .js("window.heard = 0; addEventListener('message', e => { if (e.origin.includes('foreign.test')) heard += 1 })")
        .await;

    browser.to_window(0).await;
    browser
        .js("for (const message of ['getInitData:{}::x', 'cb1:{\"AUTH_ID\":\"evil\",\"AUTH_EXPIRES\":3600}', 'installFinish', \
             {session: 'evil'}, {method: 'setInstallFinish', params: {}, appSid: 'x'}, '<img src=x onerror=alert(1)>']) \
             { victim.postMessage(message, '*'); victim.frames[0].postMessage(message, '*'); }")
        .await;
    browser.to_window(1).await;
    browser.frame("queue").await;
    browser.until("heard == 6").await;
    assert_eq!(browser.js("return document.documentElement.outerHTML").await, before);
    browser.return_task(tasks[0], "As if nothing had been said").await;
    browser.outcome(tasks[0], "done").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_strangers_and_early_birds_see_friendly_pages() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Somebody else's"]).await;
    browser.open(&portal, 4).await;
    assert_eq!(browser.count("[data-task-id]").await, 0);
    let page = browser.shown().await;
    assert!(page.contains("No tasks wait for your control") && page.contains("All done."), "{page}");
    assert_eq!(browser.count("[action='/health']").await, 0, "the installation is the administrator's");

    // An assignee may open the task from its card, but not decide it.
    browser.visit(&portal, 3, &format!("/company/personal/user/3/tasks/task/view/{}/", tasks[0])).await;
    browser.frame("task").await;
    assert!(browser.shown().await.contains("You may not decide this task"));
    assert_eq!(browser.count(&format!("{} button", row(tasks[0]))).await, 0);

    // A portal where the installation was not finished.
    let early = bitrix.portal().await;
    bitrix.people(&early).await;
    browser.visit(&early, 2, "/marketplace/app/").await;
    assert!(browser.shown().await.contains("not finished yet"));
    browser.finish().await;
    stack.finish().await;
}
