//! Whatever happens to an installation, in whatever order and however often: where it stands in the end is legal, and is
//! what the authorization server says.

use crate::support::{Bitrix, Opening, Portal, Shown, Stack, Visitor, Wish};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// What can happen.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Installer,
    InstallEvent,
    UpdateEvent,
    ForgedUninstall,
    Opening,
    Rename,
    Uninstall { clean: bool },
    Update,
    Unpaid,
    Paid,
}

const ALL: [Happening; 11] = [
    Happening::Installer,
    Happening::InstallEvent,
    Happening::UpdateEvent,
    Happening::ForgedUninstall,
    Happening::Opening,
    Happening::Rename,
    Happening::Uninstall { clean: true },
    Happening::Uninstall { clean: false },
    Happening::Update,
    Happening::Unpaid,
    Happening::Paid,
];

struct Scene<'a> {
    stack: &'a Stack,
    bitrix: &'a Bitrix,
    visitor: Visitor,
    portal: Portal,
    /// Openings are kept: a browser may post one again, late.
    openings: Vec<Opening>,
    /// The portal's subscription of the application has ended: nobody is let in.
    unpaid: bool,
    /// Somebody was let in since the application was last removed.
    entered: bool,
}

impl Scene<'_> {
    async fn event(&self, name: &str, data: Value, with_tokens: bool) {
        let url = format!("{}/events", self.stack.public_url());
        let event = json!({"event": name, "data": data, "with_tokens": with_tokens, "user_id": 1, "url": url});
        while self.bitrix.event(&self.portal, event.clone()).await == 429 {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn open(&mut self, opening: &Opening) -> Shown {
        loop {
            let page = self.visitor.open(opening).await;
            if page.status.as_u16() != 429 {
                self.entered |= page.status.as_u16() == 200;
                return page;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn control(&self, what: &str, body: Value) {
        self.bitrix.post(&format!("portals/{}/{what}", self.portal.member_id), body).await;
    }

    async fn play(&mut self, what: Happening) {
        match what {
            Happening::Installer => {
                let opening = self.bitrix.open(&self.portal, 1, "INSTALL").await;
                if self.open(&opening).await.may_finish() == Some(true) {
                    self.bitrix.install_finish(&self.portal, 1).await;
                }
                self.openings.push(opening);
            }
            Happening::Opening => {
                let opening = self.bitrix.open(&self.portal, 2, "DEFAULT").await;
                self.open(&opening).await;
                self.openings.push(opening);
            }
            // The portal composes an event only where the application is.
            Happening::InstallEvent | Happening::UpdateEvent | Happening::ForgedUninstall if !self.is_there().await => {
                if let Some(late) = self.openings.last().cloned() {
                    self.open(&late).await;
                }
            }
            Happening::InstallEvent => self.event("ONAPPINSTALL", json!({"VERSION": "1"}), true).await,
            Happening::UpdateEvent => self.event("ONAPPUPDATE", json!({"VERSION": "2"}), true).await,
            Happening::ForgedUninstall => self.event("ONAPPUNINSTALL", json!({"CLEAN": "1"}), false).await,
            Happening::Rename => self.control("rename", json!({})).await,
            Happening::Uninstall { clean } => {
                self.control("uninstall", json!({"clean": clean})).await;
                self.entered = false;
            }
            Happening::Unpaid | Happening::Paid => {
                self.unpaid = matches!(what, Happening::Unpaid);
                self.bitrix.settings(&self.portal, json!({"payment_required": self.unpaid})).await;
                if self.is_there().await {
                    self.event("ONAPPPAYMENT", json!({}), false).await;
                    self.stack.dealt_with().await;
                }
            }
            Happening::Update if self.is_there().await => {
                self.control("update", json!({"user_id": 1, "new_application_token": true})).await;
            }
            Happening::Update => {}
        }
    }

    async fn is_there(&self) -> bool {
        !self.bitrix.state(&self.portal).await["apps"].as_object().is_none_or(serde_json::Map::is_empty)
    }
}

/// Some ten happenings in an order that nobody chose.
fn any_order(seed: u64) -> Vec<Happening> {
    let (mut chance, mut order) = (seed, Vec::new());
    for _ in 0..10 {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let what = ALL[(chance >> 33) as usize % ALL.len()];
        // Three addresses are enough for one portal.
        if !matches!(what, Happening::Rename) || order.iter().filter(|p| matches!(p, Happening::Rename)).count() < 2 {
            order.push(what);
        }
    }
    // The way out of a suspension is seldom the last thing by chance: each third order ends with it.
    if seed.is_multiple_of(3) {
        order.extend([
            Happening::Installer,
            Happening::Unpaid,
            ALL[(chance >> 40) as usize % ALL.len()],
            Happening::Paid,
        ]);
    }
    order
}

/// Plays them; where the installation stands in the end.
async fn live_through(stack: &Stack, order: &[Happening]) -> Option<String> {
    let bitrix = &stack.bitrix;
    let portal = bitrix.portal_with(json!({"limits": "off"})).await;
    bitrix.people(&portal).await;
    let visitor = stack.visitor();
    let mut scene = Scene { stack, bitrix, visitor, portal, openings: Vec::new(), unpaid: false, entered: false };
    for what in order {
        scene.play(*what).await;
    }
    stack.dealt_with().await;
    let of = format!("portal_id = '{}'::uuid", scene.portal.member_id);
    stack.none(&format!("select count(*) from portals where {of} and status = 'leaving'")).await;
    // A day passes: what no event told is found out.
    let day = format!("update portals set tend_at = now() where {of} and status in ('new', 'active', 'suspended')");
    sqlx::query(sqlx::AssertSqlSafe(day)).execute(&mut stack.database().await).await.unwrap();
    let began = Instant::now();
    loop {
        match ended(&scene, &of).await {
            Ok(()) => return stack.status(&scene.portal).await,
            Err(why) if began.elapsed() > Duration::from_secs(20) => panic!("{order:?}: {why}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Whether the stored state is what the authorization server says.
async fn ended(scene: &Scene<'_>, of: &str) -> Result<(), String> {
    let (there, status) = (scene.is_there().await, scene.stack.status(&scene.portal).await);
    let installers = format!("select count(*) from credentials where {of} and kind = 'installer'");
    let installers = scene.stack.count(&installers).await;
    let domain = scene.bitrix.state(&scene.portal).await["domain"].as_str().unwrap().to_owned();
    let here = format!("select count(*) from portals where {of} and origin = 'http://{domain}'");
    let legal = match status.as_deref() {
        None | Some("gone") => installers == 0 && !(there && scene.entered),
        // Without an installer nobody can be asked: by age it is cleared.
        Some("new") => installers == 0,
        Some("active") => there && !scene.unpaid && installers == 1 && scene.stack.count(&here).await == 1,
        Some("suspended") => there && (scene.unpaid || installers == 0),
        _ => false,
    };
    let (unpaid, entered) = (scene.unpaid, scene.entered);
    let said =
        || format!("{status:?} with {installers} installers, there: {there}, unpaid: {unpaid}, entered: {entered}");
    if legal { Ok(()) } else { Err(said()) }
}

#[tokio::test]
async fn p02_any_order_ends_where_the_authorization_server_says() {
    let env = vec![("HANDBACK_UNINSTALL_CHECKS", "0s,300ms,600ms".to_owned())];
    let stack = Stack::with(Wish { env, portals: 200, ..Wish::default() }).await;
    let orders: Vec<_> = (1..=48).map(|seed| any_order(seed * 7919)).collect();
    let lives = orders.iter().map(|order| live_through(&stack, order));
    // A few at a time: strangers share a budget of questions.
    let mut lives = futures_util::stream::iter(lives).buffer_unordered(4);
    let mut ends = BTreeMap::new();
    while let Some(end) = lives.next().await {
        *ends.entry(end).or_insert(0) += 1;
    }
    drop(lives);
    println!("figure: lives of some ten happenings by where they ended: {ends:?}");
    let met = |end: &str| ends.contains_key(&Some(end.to_owned()));
    assert!(["new", "active", "suspended", "gone"].into_iter().all(met), "each end is met: {ends:?}");
    stack.finish().await;
}

/// Where an installation stands, an administrator may install once more, and everything is in place again.
#[tokio::test]
async fn p02_a_reinstallation_over_each_state_ends_active() {
    use Happening::{ForgedUninstall, Installer, Opening, Paid, Uninstall, Unpaid};
    let env = vec![("HANDBACK_UNINSTALL_CHECKS", "0s,300ms,600ms".to_owned())];
    let stack = Stack::with(Wish { env, portals: 30, ..Wish::default() }).await;
    let over: [(&str, &[Happening]); 8] = [
        ("nothing", &[Installer]),
        ("new", &[Opening, Installer]),
        ("active", &[Installer, Installer]),
        ("suspended", &[Installer, Unpaid, Installer, Paid, Installer]),
        ("suspended, and paid again", &[Installer, Unpaid, Paid]),
        ("leaving", &[Installer, ForgedUninstall, Installer]),
        ("gone", &[Installer, Uninstall { clean: true }, Installer]),
        ("gone, decisions kept", &[Installer, Uninstall { clean: false }, Opening, Installer]),
    ];
    for (state, order) in over {
        assert_eq!(live_through(&stack, order).await.as_deref(), Some("active"), "over {state}");
    }
    stack.finish().await;
}
