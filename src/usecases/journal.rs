//! The journal of calls: told of every request, writes what it was told behind everybody's back. A call never waits for
//! it: what finds no room is counted and gone.

use super::app::App;
use crate::bitrix24::{CallSeen, Caller, Seen, Trouble, Witness};
use crate::domain::PortalId;
use crate::store::{
    calls::NewCall,
    credentials::{Account, Kind},
};
use crate::telemetry;
use crate::world::World;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

/// Rows that may wait: some minutes of a busy replica, and 3 MB at most.
const ROOM: usize = 10_000;
/// Rows in one statement, and the longest that the first of them waits for company.
const HANDFUL: usize = 200;
const ROUND: Duration = Duration::from_secs(1);
/// More rows of portals that are not kept here do not wait for their installation.
const MOST_STRANGERS: usize = 1_000;
/// Between two tries when the database does not take rows.
const PAUSE: Duration = Duration::from_secs(2);
/// A replica that loses rows says so no more often than this.
const SAY: Duration = Duration::from_secs(10);
/// How long a stopping replica tries to be rid of its rows.
const FAREWELL: Duration = Duration::from_secs(5);

/// An account as the client's witness is told of it.
pub(super) fn caller(of: Account) -> Caller {
    Caller { portal: of.portal.0, user: Some(of.user.get()), installer: of.kind == Kind::Installer }
}

/// Where calls are told of.
pub struct Journal {
    rows: Sender<NewCall>,
    unwritten: Mutex<Option<Receiver<NewCall>>>,
    lost: Arc<AtomicU64>,
    world: World,
}

impl Journal {
    pub(super) fn new(world: World) -> Self {
        let (rows, unwritten) = channel(ROOM);
        Self { rows, unwritten: Mutex::new(Some(unwritten)), lost: Arc::default(), world }
    }
}

impl Witness for Journal {
    fn saw(&self, call: CallSeen) {
        let all = 1 + call.commands.len() as u64;
        // Without an id there is no row; the call itself had bigger troubles then.
        let Ok(id) = self.world.id() else {
            self.lost.fetch_add(all, Ordering::Relaxed);
            return;
        };
        let of = call.caller.map(|caller| {
            let kind = if caller.installer { Kind::Installer } else { Kind::User };
            (PortalId(caller.portal), kind, caller.user)
        });
        let now = Instant::now();
        let began = call.call.took.and_then(|took| now.checked_sub(took)).unwrap_or(now);
        let request_id = telemetry::request_id();
        for (nth, seen) in (0..).zip(std::iter::once(call.call).chain(call.commands)) {
            let Seen { method, task, http, code, trouble, took, operating } = seen;
            let (trouble, request_id) = (trouble.map(name), request_id.clone());
            telemetry::metrics::called(method.clone(), code.or(trouble).unwrap_or("ok"), took);
            let row = NewCall { of, began, id, nth, method, task, http, code, trouble, took, operating, request_id };
            if self.rows.try_send(row).is_err() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// As stored.
pub(super) fn name(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "unreachable",
        Trouble::Lost => "lost",
        Trouble::Abandoned => "abandoned",
        Trouble::NotSent => "not_sent",
        Trouble::Moved => "moved",
        Trouble::BadAnswer => "bad_answer",
        Trouble::OtherCode => "other_code",
        Trouble::NotExecuted => "not_executed",
    }
}

/// Writes what the journal was told, until `stop` and then the rest. One for each process.
pub async fn write(app: App, stop: CancellationToken) {
    let taken = app.journal.unwritten.lock().ok().and_then(|mut unwritten| unwritten.take());
    let Some(unwritten) = taken else { return };
    let mut writer = Writer { app, unwritten, rows: Vec::with_capacity(HANDFUL), strangers: Vec::new(), said: None };
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            () = writer.gather() => {}
        }
        // A statement is never broken off: nobody would know whether it wrote.
        if !writer.write(writer.strangers.len() > MOST_STRANGERS).await {
            drop(tokio::time::timeout(PAUSE, stop.cancelled()).await);
        }
        writer.say_lost();
    }
    drop(tokio::time::timeout(FAREWELL, writer.rest()).await);
    writer.lose_all();
}

struct Writer {
    app: App,
    unwritten: Receiver<NewCall>,
    /// About to be written.
    rows: Vec<NewCall>,
    /// Of portals that are not kept here, or not yet.
    strangers: Vec<NewCall>,
    /// When the log was last told of lost rows.
    said: Option<Instant>,
}

impl Writer {
    /// Waits for a row, and then a moment for others. May be broken off at any point: what was taken is still here.
    async fn gather(&mut self) {
        if self.rows.is_empty() {
            let first = self.unwritten.recv_many(&mut self.rows, HANDFUL);
            let patience = if self.strangers.is_empty() { Duration::MAX } else { PAUSE };
            drop(tokio::time::timeout(patience, first).await);
        }
        let company = async {
            while self.rows.len() < HANDFUL {
                let room = HANDFUL - self.rows.len();
                if self.unwritten.recv_many(&mut self.rows, room).await == 0 {
                    return;
                }
            }
        };
        drop(tokio::time::timeout(ROUND, company).await);
    }

    /// False when the database is away: then everything is still here. `last`: nobody waits for strangers any more.
    async fn write(&mut self, last: bool) -> bool {
        let all: Vec<NewCall> = self.strangers.iter().chain(&self.rows).cloned().collect();
        let store = &self.app.store;
        let mut written = store.write_calls(&all, last).await;
        if written.as_ref().is_err_and(|error| !error.is_outage()) && store.tend_calls().await.is_ok() {
            // A day without its partition is all that could be wrong with a row.
            written = store.write_calls(&all, last).await;
        }
        match written {
            Ok(strangers) => {
                self.rows.clear();
                self.strangers = strangers;
                true
            }
            Err(error) => {
                tracing::warn!(%error, waiting = all.len(), "the journal of calls cannot be written");
                if !error.is_outage() {
                    self.app.journal.lost.fetch_add(all.len() as u64, Ordering::Relaxed);
                    self.rows.clear();
                    self.strangers.clear();
                }
                false
            }
        }
    }

    /// Everything that waits, as long as it takes.
    async fn rest(&mut self) {
        loop {
            while self.rows.len() < HANDFUL
                && let Ok(row) = self.unwritten.try_recv()
            {
                self.rows.push(row);
            }
            if self.rows.is_empty() && self.strangers.is_empty() {
                return;
            }
            // What is left then is of portals whose row somebody holds.
            if !self.write(true).await || !self.strangers.is_empty() {
                tokio::time::sleep(ROUND).await;
            }
        }
    }

    fn lose_all(&mut self) {
        let left = self.rows.len() + self.strangers.len() + self.unwritten.len();
        self.app.journal.lost.fetch_add(left as u64, Ordering::Relaxed);
        self.said = None;
        self.say_lost();
    }

    fn say_lost(&mut self) {
        if self.said.is_some_and(|said| said.elapsed() < SAY) {
            return;
        }
        let lost = self.app.journal.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            telemetry::metrics::journal_lost(lost);
            self.said = Some(Instant::now());
            tracing::error!(lost, "rows of the journal of calls are lost: there was no room for them, or no database");
        }
    }
}
