//! What a method may see and touch while it runs.

use crate::answer::{Refusal, Time};
use crate::outbox::Happening;
use crate::php::Php;
use crate::state::World;
use crate::state::portal::Portal;
use crate::state::task::{Comment, Task};
use crate::tasks::access;
use chrono::FixedOffset;

/// Whose token the request carried.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    pub user_id: u64,
    pub client_id: String,
}

impl Caller {
    /// In the place of an application's id: an incoming webhook has none.
    pub const WEBHOOK: &str = "webhook";
}

pub struct Ctx<'a> {
    pub portal: &'a mut Portal,
    pub caller: Caller,
    pub now: Time,
    /// Host of the application: the one host without a dot that handlers may have.
    pub app_host: String,
    /// What the event queue will have to tell.
    pub happenings: Vec<Happening>,
    /// The state of a task or a comment is another one now.
    pub changed: bool,
}

impl Ctx<'_> {
    pub fn user(&self) -> u64 {
        self.caller.user_id
    }

    pub fn is_admin(&self) -> bool {
        self.portal.is_admin(self.caller.user_id)
    }

    /// The task, if the caller may read it.
    pub fn readable(&self, task_id: u64) -> Option<&Task> {
        let task = self.portal.tasks.get(&task_id)?;
        access::can_read(self.portal, task, self.user()).then_some(task)
    }

    pub fn allows(&self, task_id: u64, action: &str) -> bool {
        self.readable(task_id).is_some_and(|task| access::allows(self.portal, task, self.user(), action))
    }

    /// Writes into the chat of a task or into its old comments, and tells; answers the id.
    pub fn say(&mut self, task_id: u64, author_id: u64, text: String, chat: bool) -> u64 {
        let comment = Comment { id: self.portal.next_id(), author_id, date: self.now, text };
        let id = comment.id;
        if let Some(task) = self.portal.tasks.get_mut(&task_id) {
            task.activity_date = self.now;
            if chat { task.chat.push(comment) } else { task.comments.push(comment) }
        }
        // The history knows the comments of the old card.
        if !chat {
            self.portal.note(task_id, author_id, "COMMENT", None, Some(id.to_string()), self.now);
        }
        self.changed = true;
        self.happenings.push(Happening::comment(task_id, id, self.caller.user_id, chat));
        id
    }

    /// Bookkeeping after any change of a task: dates, the event, the mark for the journal.
    pub fn touched(&mut self, task_id: u64) {
        let (now, user_id) = (self.now, self.caller.user_id);
        if let Some(task) = self.portal.tasks.get_mut(&task_id) {
            task.changed_date = now;
            task.changed_by = user_id;
            task.activity_date = now;
        }
        self.changed = true;
        self.happenings.push(Happening::task("ONTASKUPDATE", task_id, user_id));
    }
}

/// `taskId` of the controller methods: exact name, a number.
pub fn task_id(params: &Php) -> Result<u64, Refusal> {
    let value = params.get("taskId").ok_or_else(Refusal::missing_task)?;
    let id = value.int().ok_or_else(Refusal::wrong_task_id)?;
    u64::try_from(id).ok().filter(|id| *id > 0).ok_or_else(Refusal::wrong_task_id)
}

/// Runs a piece of work as somebody on one portal.
pub fn with_ctx<T>(world: &mut World, member_id: &str, caller: &Caller, work: impl FnOnce(&mut Ctx) -> T) -> Option<T> {
    let now: Time = world.now();
    let app_host = url::Url::parse(&world.app_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let portal = world.portals.get_mut(member_id)?;
    let mut ctx = Ctx {
        portal,
        caller: caller.clone(),
        now,
        app_host: app_host.unwrap_or_default(),
        happenings: Vec::new(),
        changed: false,
    };
    Some(work(&mut ctx))
}

pub fn zone(world: &World, member_id: &str) -> FixedOffset {
    let utc = FixedOffset::east_opt(0).expect("zero is an offset");
    world.portals.get(member_id).map_or(utc, |portal| portal.settings.utc_offset)
}
