//! What every use case works with. Cheap to clone; nothing in it is the only copy of anything.

use super::{
    anchor::Anchors,
    batches::Measures,
    budget::Budgets,
    debts::Debts,
    failure::Failure,
    handle_event,
    journal::{Journal, caller},
    live,
    personal_data::Exports,
    portal_session::Renewals,
    review_queue::Lengths,
};
pub use crate::bitrix24::EgressRules;
use crate::bitrix24::{
    Egress, PortalApi, Refusal, Rest,
    egress::{EgressError, SystemLookup},
    oauth::AuthServer,
};
use crate::domain::PortalId;
use crate::store::{Store, credentials::Account, portals::PortalFacts};
use crate::telemetry;
use crate::world::World;
use secrecy::SecretString;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;
use url::Url;

/// The settings that use cases know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The application's `client_id`.
    pub client_id: String,
    /// Where Bitrix24 and browsers reach us.
    pub public_url: Url,
    /// The application's `client_secret`; goes to authorization servers alone.
    pub client_secret: SecretString,
    /// The authorization servers; the first is the default.
    pub oauth_servers: Vec<Url>,
    /// How long a decision is held.
    pub undo: Duration,
    /// When "no trace" is final.
    pub settle_after: Duration,
    /// How long after an uninstall event the authorization server is asked whether it is true.
    pub uninstall_checks: Vec<Duration>,
}

/// The application without its doors.
#[derive(Clone)]
pub struct App {
    /// Settings.
    pub settings: Arc<Settings>,
    /// Postgres.
    pub store: Store,
    /// Portals.
    pub rest: Rest,
    /// Time and chance.
    pub world: World,
    pub(super) anchors: Anchors,
    pub(super) budgets: Arc<Budgets>,
    pub(super) renewals: Renewals,
    pub(super) measures: Measures,
    pub(super) lengths: Lengths,
    pub(super) journal: Arc<Journal>,
    /// Rings when a decision may be due, so that the worker need not wait for its next round.
    pub due: Arc<Notify>,
    /// Rings when an event came about which something is to be done.
    pub mail: Arc<Notify>,
    /// Rings when a departure is to be confirmed.
    pub leaving: Arc<Notify>,
    /// How much the portals were asked for pages that only wait.
    pub(super) waiting_reads: Arc<Debts<PortalId>>,
    /// How many hints about tasks each portal has brought.
    pub(super) hints: Arc<Debts<PortalId>>,
    pub(super) exports: Arc<Exports>,
    own_tasks: TaskTracker,
}

impl App {
    /// Puts the parts together. Fails when there are no certificate authorities, or the further ones cannot be read.
    pub fn new(settings: Settings, network: EgressRules, store: Store, world: World) -> Result<Self, EgressError> {
        let journal = Arc::new(Journal::new(world));
        let rest = Rest::new(Egress::new(network, Arc::new(SystemLookup))?).watched_by(journal.clone());
        Ok(Self {
            settings: Arc::new(settings),
            store,
            rest,
            world,
            anchors: Anchors::new(),
            budgets: Arc::new(Budgets::new()),
            renewals: Renewals::new(),
            measures: Measures::new(),
            lengths: Lengths::new(),
            journal,
            due: Arc::new(Notify::new()),
            mail: Arc::new(Notify::new()),
            leaving: Arc::new(Notify::new()),
            waiting_reads: Arc::new(Debts::new(live::EACH_SECOND, live::AT_ONCE)),
            hints: Arc::new(Debts::new(handle_event::HINTS.1, handle_event::HINTS.0)),
            exports: Arc::default(),
            own_tasks: TaskTracker::new(),
        })
    }

    /// One of the authorization servers from the settings: the first, where `base` is none of them. A database can name
    /// any address, and our secret goes there.
    pub fn auth_server(&self, base: &Url) -> AuthServer {
        let Settings { client_id, client_secret, oauth_servers, .. } = &*self.settings;
        let known = oauth_servers.iter().find(|server| server.origin() == base.origin());
        // The settings refuse an empty list.
        let server = known.unwrap_or(&oauth_servers[0]).clone();
        AuthServer::new(self.rest.clone(), server, client_id.clone(), client_secret.clone())
    }

    /// At most two of the authorization servers, this one first: a token or a code may be of the other region's.
    pub(super) fn auth_servers<'a>(&'a self, first: &'a Url) -> impl Iterator<Item = &'a Url> {
        let others = self.settings.oauth_servers.iter().filter(move |server| *server != first);
        std::iter::once(first).chain(others).take(2)
    }

    /// A portal for calls with this token. The one place where tokens find their way to portals: only to an endpoint that
    /// the authorization server has named.
    pub(super) fn portal_api(
        &self,
        facts: &PortalFacts,
        access: SecretString,
        of: Account,
    ) -> Result<PortalApi, Failure> {
        if !facts.proved {
            return Err(Failure::AddressRefused(Refusal::Host));
        }
        Ok(self.rest.portal(facts.endpoint.clone(), access, caller(of)))
    }

    /// Runs something that changes a portal or a token in a task of its own: a closed browser cannot cut it in half.
    ///
    /// # Errors
    /// What the work fails with; [`Failure::Internal`] when it panicked.
    pub async fn in_own_task<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let task = self.own_tasks.spawn(telemetry::same_request(work));
        task.await.unwrap_or_else(|error| Err(Failure::Internal(Box::new(error))))
    }

    /// Begins something that goes on by itself.
    pub fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.own_tasks.spawn(telemetry::same_request(work));
    }

    /// Waits until everything in tasks of their own has ended.
    pub async fn finish(&self) {
        self.own_tasks.close();
        self.own_tasks.wait().await;
    }
}
