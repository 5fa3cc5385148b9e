//! The Market's icon and screenshots, in each language of the card. Run by `scripts/market.sh`.

use crate::support::{Browser, Portal, Screen, Stack, Wish, installed, row};
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use std::path::PathBuf;

struct Office {
    lang: &'static str,
    /// The pretend portal speaks English.
    menu: [&'static str; 2],
    people: [(&'static str, &'static str); 6],
    projects: [&'static str; 3],
    tasks: [&'static str; 6],
    reason: &'static str,
    for_many: &'static str,
}

#[rustfmt::skip]
const OFFICES: [Office; 3] = [
    Office {
        lang: "en",
        menu: ["Tasks", "Application"],
        people: [("Emily", "Smith"), ("Natalie", "Brooks"), ("Maria", "Johnson"), ("Oliver", "Reed"), ("Grace", "Palmer"), ("Henry", "Walsh")],
        projects: ["Winter campaign", "Office", "Website relaunch"],
        tasks: ["Slides for the partner meeting", "Rewrite the delivery terms page", "Translate the price list into German",
                "Summary of the customer survey", "Fix the contact form on mobile", "Banner set for the winter campaign"],
        reason: "The return address is still the old one. Please use the one from the contract.",
        for_many: "Please add the source files.",
    },
    Office {
        lang: "ru",
        menu: ["Задачи", "Приложение"],
        people: [("Елена", "Смирнова"), ("Наталья", "Белова"), ("Мария", "Иванова"), ("Олег", "Романов"), ("Галина", "Павлова"), ("Андрей", "Волков")],
        projects: ["Зимняя кампания", "Офис", "Обновление сайта"],
        tasks: ["Слайды к встрече с партнёрами", "Переписать страницу об условиях доставки", "Перевести прайс-лист на немецкий",
                "Итоги опроса клиентов", "Исправить форму обратной связи на телефоне", "Баннеры для зимней кампании"],
        reason: "Обратный адрес ещё старый. Укажите, пожалуйста, адрес из договора.",
        for_many: "Пожалуйста, приложите исходные файлы.",
    },
    Office {
        lang: "de",
        menu: ["Aufgaben", "Anwendung"],
        people: [("Emilie", "Schmidt"), ("Nadine", "Brandt"), ("Maria", "Hoffmann"), ("Oliver", "Richter"), ("Greta", "Paulsen"), ("Hendrik", "Wagner")],
        projects: ["Winterkampagne", "Büro", "Neue Website"],
        tasks: ["Folien für das Partnertreffen", "Seite mit den Lieferbedingungen überarbeiten", "Preisliste ins Englische übersetzen",
                "Auswertung der Kundenumfrage", "Kontaktformular auf dem Handy reparieren", "Banner für die Winterkampagne"],
        reason: "Die Rücksendeadresse ist noch die alte. Bitte die aus dem Vertrag verwenden.",
        for_many: "Bitte die Quelldateien ergänzen.",
    },
];

fn folder(under: &str) -> PathBuf {
    let folder = std::env::var("HANDBACK_MARKET").expect("HANDBACK_MARKET names a folder; see scripts/market.sh");
    let folder = PathBuf::from(folder).join(under);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[expect(clippy::disallowed_methods, reason = "a picture shows today")]
async fn furnish(stack: &Stack, office: &Office) -> (Portal, Vec<i64>) {
    let portal = installed(stack).await;
    // Id 1 is the administrator, 2 looks at the queue, 3 to 6 hand in.
    let person = |(nth, (name, last)): (usize, &(&str, &str))| json!({"id": nth + 1, "name": name, "last_name": last, "admin": nth == 0, "lang": office.lang});
    let group = |(nth, name): (usize, &&str)| json!({"id": nth + 31, "name": name, "members": [2, 3, 4, 5, 6]});
    let hours = [21 * 24, 11 * 24, 50, 29, 7, 1];
    let deadlines = [0, -150, -26, 20, 24, 40];
    let task = |(nth, title): (usize, &&str)| {
        let deadline = (deadlines[nth] != 0).then(|| (Utc::now() + Duration::hours(deadlines[nth])).to_rfc3339());
        json!({"title": title, "created_by": 2, "responsible_id": 3 + nth % 4, "group_id": 31 + nth % 3, "status": 4,
               "deadline": deadline, "handed_in_minutes_ago": hours[nth] * 60, "created_minutes_ago": hours[nth] * 60 + 4000})
    };
    let all = json!({
        "users": office.people.iter().enumerate().map(person).collect::<Vec<Value>>(),
        "groups": office.projects.iter().enumerate().map(group).collect::<Vec<Value>>(),
        "tasks": office.tasks.iter().enumerate().map(task).collect::<Vec<Value>>(),
    });
    let tasks = stack.bitrix.scenario(&portal, all).await;
    (portal, tasks)
}

/// The pretend portal's address is nobody's.
async fn shoot(browser: &Browser, office: &Office, name: &str, page: &str) {
    browser.top().await;
    browser.js("document.querySelectorAll('.domain').forEach(d => { d.textContent = '' })").await;
    browser.js("scrollTo(0, 0)").await;
    let menu = json!(office.menu);
    browser
        .js(&format!(
            "{menu}.forEach((word, nth) => {{ document.querySelectorAll('nav.menu a')[nth].textContent = word }})"
        ))
        .await;
    browser.settle().await;
    browser.picture(&folder(office.lang).join(format!("{name}.png"))).await;
    browser.frame(page).await;
}

async fn photograph(stack: &Stack, office: &Office) {
    let (portal, tasks) = furnish(stack, office).await;
    let browser = Browser::with(Screen { width: 1280, height: 720, ..Screen::default() }).await;
    browser.open(&portal, 2).await;
    shoot(&browser, office, "1-queue", "queue").await;
    browser.click(&format!("{} summary", row(tasks[1]))).await;
    browser.type_into(&format!("{} textarea", row(tasks[1])), office.reason).await;
    shoot(&browser, office, "2-return", "queue").await;
    browser.click(&format!("{} details.return button.primary", row(tasks[1]))).await;
    browser.outcome(tasks[1], "held").await;
    shoot(&browser, office, "3-undo", "queue").await;
    for task in &tasks[2..5] {
        // The bar at the foot may be over it.
        browser.js(&format!("document.querySelector('{} > .pick').click()", row(*task))).await;
    }
    browser.click("#bulk [value=return]").await;
    browser.type_into("#bulk-reason", office.for_many).await;
    shoot(&browser, office, "4-many", "queue").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelectorAll('.panel [data-outcome=held]').length == 3").await;
    browser.click("[action='/actions'] button").await;
    browser.frame("actions").await;
    shoot(&browser, office, "5-actions", "actions").await;
    browser.finish().await;
}

/// The icon to its edges: the Market wants no transparency and cuts the corners itself.
async fn icon() {
    let browser = Browser::with(Screen { width: 500, height: 500, ..Screen::default() }).await;
    let svg = include_str!("../../static/icon.svg").replace(" rx=\"5\"", "");
    let page =
        format!("<!doctype html><style>body {{ margin: 0 }} svg {{ display: block; height: 100vh }}</style>{svg}");
    browser.go(&crate::support::foreign_site(page)).await;
    browser.settle().await;
    browser.picture(&folder("").join("icon.png")).await;
    browser.finish().await;
}

#[tokio::test]
#[ignore = "makes pictures; scripts/market.sh runs it"]
async fn market() {
    icon().await;
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    for office in &OFFICES {
        photograph(&stack, office).await;
    }
    stack.change("update decisions set state = 'cancelled', finished_at = now() where state = 'held'").await;
    stack.finish().await;
}
