//! The frame around every page of a portal.

use crate::pages::visit::Visit;
use crate::state::people::User;
use crate::state::portal::Portal;

pub fn esc(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The few marks that task descriptions use; everything else stays text.
pub fn bbcode(text: &str) -> String {
    let mut html = esc(text).replace('\n', "<br>");
    for (mark, tag) in [("B", "b"), ("I", "i"), ("U", "u")] {
        for mark in [mark.to_owned(), mark.to_lowercase()] {
            let (opened, closed) = (format!("[{mark}]"), format!("[/{mark}]"));
            if html.matches(&opened).count() == html.matches(&closed).count() {
                html = html.replace(&opened, &format!("<{tag}>")).replace(&closed, &format!("</{tag}>"));
            }
        }
    }
    html
}

/// A link that opens over the page, as Bitrix24 opens cards and applications.
pub fn slider_link(class: &str, href: &str, text: &str) -> String {
    format!("<a class=\"{class}\" data-slider href=\"{}\">{}</a>", esc(href), esc(text))
}

pub fn placement_href(place: &str, handler: &str, options: &str) -> String {
    let pairs = [("place", place), ("handler", handler), ("options", options)];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/bitrix/placement/?{query}")
}

pub fn initials(user: &User) -> String {
    [&user.name, &user.last_name].iter().filter_map(|name| name.chars().next()).collect()
}

/// A whole page: menu and head for a page of its own, neither inside a slider.
pub fn page(portal: &Portal, user: Option<&User>, visit: &Visit, title: &str, body: &str) -> String {
    let chrome = user.filter(|_| !visit.framed);
    let menu = chrome.map(|user| menu(portal, user)).unwrap_or_default();
    let head = chrome.map(|user| head(portal, user)).unwrap_or_default();
    let people: Vec<_> = portal.users.values().map(|user| (user.id.to_string(), user.full_name())).collect();
    let people = serde_json::json!(people).to_string().replace("</", "<\\/");
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/bitrix/css/portal.css\"></head>\
         <body class=\"{class}\">{head}<div class=\"columns\">{menu}<main>{body}</main></div>\
         <script type=\"application/json\" id=\"people\">{people}</script>\
         <script src=\"/bitrix/js/portal.js\"></script></body></html>",
        title = esc(title),
        class = if chrome.is_some() { "portal" } else { "framed" },
    )
}

fn head(portal: &Portal, user: &User) -> String {
    format!(
        "<header class=\"top\"><a class=\"brand\" href=\"/\">Portal <b>24</b></a>\
         <span class=\"domain\">{}</span><a class=\"me\" href=\"/\" title=\"Become somebody else\">\
         <span class=\"avatar\">{}</span>{}</a></header>",
        esc(&portal.domain),
        esc(&initials(user)),
        esc(&user.full_name()),
    )
}

fn menu(portal: &Portal, user: &User) -> String {
    let uri = serde_json::json!({"URI": "/"}).to_string();
    let rows = portal.shown_placements("LEFT_MENU");
    let own =
        rows.map(|row| slider_link("", &placement_href("LEFT_MENU", &row.handler, &uri), row.title_in(&user.lang)));
    format!(
        "<nav class=\"menu\"><a href=\"/company/personal/user/{}/tasks/\">Tasks</a>\
         <a href=\"/marketplace/app/\">Application</a>{}</nav>",
        user.id,
        own.collect::<String>(),
    )
}
