//! The demo company: a small office with work that waits for somebody's control.

use crate::control::checklist::Point;
use crate::control::scenario::{self, NewTask, Scenario};
use crate::installing;
use crate::state::World;
use crate::state::people::{Group, User};
use crate::state::settings::Settings;
use chrono::Duration;

/// The demo is the same Bitrix24 after every start: what the application keeps of it stays with it.
const MEMBER_ID: &str = "5d0c4b7e91f8423ab6e07c1d2f3a9b84";
const APPLICATION_TOKEN: &str = "51c7e0a94d2b48f6a3e19f0c7b5d8e26";

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

const SALES: u64 = 3;
const OFFICE: u64 = 5;
const SITE: u64 = 8;

/// Id, first name, last name, position, head.
#[rustfmt::skip]
const PEOPLE: [(u64, &str, &str, &str, Option<u64>); 10] = [
    (1, "Emily", "Smith", "Administrator", None),
    (2, "Natalie", "Brooks", "Head of marketing", Some(3)),
    (3, "Daniel", "Carter", "Managing director", None),
    (4, "Maria", "Johnson", "Designer", Some(2)),
    (5, "Oliver", "Reed", "Copywriter", Some(2)),
    (6, "Grace", "Palmer", "Account manager", Some(2)),
    (7, "Henry", "Walsh", "Web developer", Some(2)),
    (8, "Alice", "Morgan", "Project coordinator", Some(3)),
    (9, "Peter", "Lang", "Office manager", Some(3)),
    (10, "Lucy", "Dale", "Trainee", Some(9)),
];

/// Title, performer, project, minutes since hand-in, deadline in hours from now (0 = none), result.
type Row = (&'static str, u64, u64, i64, i64, &'static str);

#[rustfmt::skip]
const AWAITING: [Row; 30] = [
    ("Draft the November newsletter", 5, SALES, 12, 5, "Draft is in the shared folder, two subject lines to choose from."),
    ("Banner set for the winter campaign", 4, SALES, 35, 20, "Six sizes exported, sources attached."),
    ("Update prices on the website", 7, SITE, 55, -3, "Prices are live. The old list is kept as a draft page."),
    ("Call back the three trade fair leads", 6, SALES, 2 * HOUR, 2, "Two calls done, the third asked for Thursday."),
    ("Fix the contact form on mobile", 7, SITE, 3 * HOUR, 24, "Tested on two phones and a tablet."),
    ("Proofread the product brochure", 5, SALES, 4 * HOUR, -1, ""),
    ("Collect quotes for the office printer", 9, OFFICE, 5 * HOUR, 0, "Three quotes in the table, the cheapest includes service."),
    ("Photo selection for the team page", 4, SITE, 7 * HOUR, 30, "Twelve photos, names are in the file names."),
    ("Customer reference: Hartmann bakery", 6, SALES, 20 * HOUR, -6, "Text approved by the customer."),
    ("Redirects after the site relaunch", 7, SITE, 22 * HOUR, 0, "48 redirects, list attached."),
    ("Invitation text for the spring webinar", 5, SALES, 26 * HOUR, 12, "Short and long version."),
    ("Business cards for new colleagues", 4, OFFICE, DAY + 2 * HOUR, 0, "Print file sent to the printer."),
    ("Summary of the customer survey", 6, SALES, DAY + 5 * HOUR, -20, "118 answers, four pages."),
    ("Cookie notice in plain words", 7, SITE, DAY + 8 * HOUR, 0, ""),
    ("Translate the price list into German", 5, SALES, 2 * DAY, -26, "Checked by Grace."),
    ("Order chairs for the meeting room", 9, OFFICE, 2 * DAY + 3 * HOUR, 40, "Ordered, delivery next Tuesday."),
    ("Landing page for the loyalty programme", 7, SITE, 3 * DAY, -48, "Page is on the test server."),
    ("Icons for the download section", 4, SITE, 3 * DAY + 6 * HOUR, 0, ""),
    ("Clean up duplicate contacts", 6, SALES, 4 * DAY, 72, "214 duplicates merged."),
    ("Short film script: how we work", 5, SALES, 4 * DAY + 9 * HOUR, 0, "Second version after Daniel's remarks."),
    ("Check image licences of the blog", 4, SITE, 5 * DAY, -70, "Three images replaced."),
    ("Speed report for the shop pages", 7, SITE, 6 * DAY, 0, "Report attached, slowest page loads in 2.1 s."),
    ("Plan the summer party budget", 9, OFFICE, 7 * DAY, 0, "Three variants."),
    ("Answer the open reviews", 6, SALES, 8 * DAY, -100, "All 17 answered."),
    ("Style guide: chapter on tables", 4, SITE, 9 * DAY, 0, ""),
    ("Rewrite the delivery terms page", 5, SITE, 11 * DAY, -150, "Legal has read it."),
    ("Archive last year's campaign files", 6, SALES, 13 * DAY, 0, "Moved, links still work."),
    ("Backup of the old website", 7, SITE, 15 * DAY, 0, "Two copies, tested one restore."),
    ("List of suppliers with contacts", 9, OFFICE, 18 * DAY, -200, "43 suppliers."),
    ("Slides for the partner meeting", 4, SALES, 21 * DAY, 0, "24 slides, speaker notes included."),
];

/// Work in other states, by other creators: the queue must not show it.
#[rustfmt::skip]
const OTHERS: [(&str, u64, u64, u8, u64); 8] = [
    ("Prepare the December campaign", 2, 6, 3, SALES),
    ("Collect ideas for the blog", 2, 5, 2, SITE),
    ("Renew the domain names", 2, 7, 5, SITE),
    ("Refresh the logo on the vans", 2, 4, 6, OFFICE),
    ("Budget proposal for next year", 3, 2, 4, 0),
    ("Contract with the cleaning company", 3, 9, 4, OFFICE),
    ("Interview plan for trainees", 8, 10, 4, OFFICE),
    ("Water the plants on Fridays", 9, 10, 2, OFFICE),
];

pub fn demo(world: &mut World) -> Vec<String> {
    let (now, main) = (world.now(), world.clients.main.clone());
    let Some(portal) = world.add_portal_as(MEMBER_ID.to_owned(), Settings::default()) else {
        return vec!["no address left for the demo portal".to_owned()];
    };
    let zone = portal.settings.utc_offset;
    let deadline = |hours: i64| (hours != 0).then(|| crate::answer::iso(now + Duration::hours(hours), zone));
    let mut tasks: Vec<NewTask> = AWAITING.iter().enumerate().map(|(at, row)| awaiting(at, row, &deadline)).collect();
    tasks.extend(OTHERS.iter().map(|(title, creator, performer, status, group)| NewTask {
        status: *status,
        group_id: *group,
        handed_in_minutes_ago: Some(DAY),
        ..NewTask::plain(title, *creator, *performer)
    }));
    let scenario = Scenario { users: people(), groups: groups(), tasks, bulk_tasks: None, events: false };
    let told = scenario::apply(portal, scenario, now).is_ok();
    let (member_id, origin) = (portal.member_id.clone(), portal.origin());
    installing::begin(world, &member_id, &main);
    let app = world.portals.get_mut(&member_id).and_then(|portal| portal.apps.get_mut(&main));
    if let Some(app) = app {
        app.application_token = APPLICATION_TOKEN.to_owned();
    }
    let home = world.home_url();
    vec![
        format!("demo portal        {origin}/ (member {member_id}, complete: {told})"),
        format!("  administrator    {origin}/marketplace/app/?as=1 (finishes the installation)"),
        format!("  creator of tasks {origin}/marketplace/app/?as=2"),
        format!("  her superior     {origin}/marketplace/app/?as=3"),
        format!("  project editor   {origin}/marketplace/app/?as=8"),
        format!("  without rights   {origin}/marketplace/app/?as=10"),
        format!("control            {home}/control/portals"),
    ]
}

fn people() -> Vec<User> {
    let person = |(id, name, last_name, position, supervisor): &(u64, &str, &str, &str, Option<u64>)| User {
        id: *id,
        name: (*name).to_owned(),
        last_name: (*last_name).to_owned(),
        admin: *id == 1,
        supervisor: *supervisor,
        work_position: (*position).to_owned(),
        ..User::administrator()
    };
    PEOPLE.iter().map(person).collect()
}

fn groups() -> Vec<Group> {
    let group = |id: u64, name: &str, members: &[u64], editors: &[u64]| Group {
        id,
        name: name.to_owned(),
        members: members.iter().copied().collect(),
        editors: editors.iter().copied().collect(),
    };
    vec![
        group(SALES, "Winter campaign", &[2, 4, 5, 6], &[2]),
        group(OFFICE, "Office", &[2, 4, 9, 10], &[9]),
        group(SITE, "Website relaunch", &[2, 4, 5, 7], &[2, 8]),
    ]
}

fn awaiting(at: usize, row: &Row, deadline: &impl Fn(i64) -> Option<String>) -> NewTask {
    let (title, performer, group, minutes, hours, result) = *row;
    let point = |title: &str, complete: bool| Point { title: title.to_owned(), complete };
    let checklist = match at % 4 {
        0 => vec![
            point("First version", true),
            point("Remarks worked in", true),
            point("Final check", at.is_multiple_of(8)),
        ],
        2 => vec![point("Done as described", true)],
        _ => Vec::new(),
    };
    NewTask {
        description: "[B]What is needed[/B]\nSee the notes of our last meeting. Please hand it in with a short result."
            .to_owned(),
        group_id: group,
        deadline: deadline(hours),
        handed_in_minutes_ago: Some(minutes),
        created_minutes_ago: Some(minutes + 3 * DAY),
        checklist,
        results: if result.is_empty() { Vec::new() } else { vec![result.to_owned()] },
        auditors: if at.is_multiple_of(5) { vec![8] } else { Vec::new() },
        accomplices: if at % 7 == 3 { vec![6] } else { Vec::new() },
        time_estimate: if at.is_multiple_of(3) { 7200 } else { 0 },
        time_spent: if at.is_multiple_of(3) { 5400 } else { 0 },
        priority: Some(if at % 6 == 2 { 2 } else { 1 }),
        ..NewTask::plain(title, 2, performer)
    }
}
