//! How an installation does, for its portal's administrator: what Handback has recorded, and what the portal says now.

use super::{
    install::Why,
    installation::{Closed, Status},
};
use chrono::{DateTime, Utc};

/// Everything that the page tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// What is recorded here.
    pub recorded: Recorded,
    /// What the portal said just now, or why it said nothing.
    pub told: Result<Told, Why>,
}

/// What Handback knows without asking anybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Where the installation stands.
    pub status: Status,
    /// Version of the application, as Bitrix24 counts.
    pub version: Option<String>,
    /// When the installation was finished on our side.
    pub installed_at: Option<DateTime<Utc>>,
    /// When Bitrix24 last told of anything; its notices are kept for 30 days at most.
    pub last_event: Option<DateTime<Utc>>,
    /// When any access to this portal was last renewed or brought anew.
    pub last_renewal: Option<DateTime<Utc>>,
    /// People who have to open the application again before it can act for them.
    pub people_to_reopen: usize,
    /// The access that keeps the installation in order is of no use any more.
    pub installer_to_reopen: bool,
    /// Limits that were met in the last seven days, the most frequent first.
    pub limits: Vec<Limit>,
    /// The last reason could not go to the chat of the new task card, since the portal does not know that way.
    pub without_chat: bool,
    /// The portal or a project wants notifications of returns.
    pub wants_bells: bool,
}

/// How often a method was limited.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The vendor's name.
    pub method: String,
    /// The vendor's code, or the status where no documented code came.
    pub code: String,
    /// How often.
    pub times: usize,
    /// When last.
    pub last: DateTime<Utc>,
}

/// What the portal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Permissions; `None` where the portal did not say.
    pub scopes: Option<Vec<Permission>>,
    /// Methods that Handback uses: name, the feature that needs it, and whether the portal lets it be called.
    pub methods: Vec<Method>,
    /// Events and places against what should stand there; `None` where the portal did not say.
    pub handlers: Option<Vec<Handler>>,
    /// Handlers of ours that should not be there.
    pub stale: usize,
    /// Whether the plan has task control; `None` where the portal did not say.
    pub task_control: Option<bool>,
}

/// A permission of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The vendor's name.
    pub code: String,
    /// The portal has given it.
    pub granted: bool,
    /// What Handback does with it.
    pub need: Need,
}

/// How much something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing works without it.
    Always,
    /// One feature works better with it.
    Useful,
    /// No feature uses it.
    Never,
}

/// A method that Handback calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The vendor's name.
    pub name: &'static str,
    /// The feature that needs it: the words are `feature-` and this.
    pub feature: &'static str,
    /// `None` where the portal did not say.
    pub offered: Option<bool>,
}

/// An event or a place that should lead to Handback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handler {
    /// The vendor's code.
    pub code: &'static str,
    /// An event, else a place on a screen.
    pub is_event: bool,
    /// Where it stands.
    pub stands: Stands,
}

/// Whether something stands at the portal as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It does.
    Present,
    /// It does not, and can be mended.
    Missing,
    /// This portal does not offer it.
    NotOffered,
}

/// Something that does not work on this portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// Nobody is let in.
    Closed(Closed),
    /// The application is being removed, as Bitrix24 has said.
    Leaving,
    /// The portal could not be asked.
    Unasked(Why),
    /// A permission without which nothing works.
    Permission(String),
    /// A permission without which one feature does less.
    Useful(String),
    /// A method that this portal does not offer.
    Method(Method),
    /// Events or places that should lead here and do not; so many.
    Handlers(usize),
    /// The access of the installation.
    InstallerAccess,
    /// The plan seems to have no task control, so tasks may never wait for anybody.
    TaskControl,
    /// Notifications of returns are wanted, and their permission is not given.
    Bells,
    /// No chat in the task card (REST 3.0): reasons become comments.
    Chat,
}

impl Lack {
    /// Whether somebody has to do something; else it is only good to know.
    pub fn is_grave(&self) -> bool {
        !matches!(self, Self::Useful(_) | Self::Chat | Self::TaskControl)
    }
}

impl Health {
    /// What does not work, the gravest first.
    pub fn lacks(&self) -> Vec<Lack> {
        let recorded = &self.recorded;
        let mut lacks: Vec<Lack> = match recorded.status {
            Status::Suspended(why) => vec![Lack::Closed(why)],
            Status::Leaving => vec![Lack::Leaving],
            _ => Vec::new(),
        };
        lacks.extend(recorded.installer_to_reopen.then_some(Lack::InstallerAccess));
        match &self.told {
            Err(why) => lacks.push(Lack::Unasked(*why)),
            Ok(told) => {
                lacks.extend(told.lacks());
                let silent = recorded.wants_bells
                    && told.scopes.iter().flatten().any(|scope| scope.code == "im" && !scope.granted);
                lacks.extend(silent.then_some(Lack::Bells));
            }
        }
        lacks.extend(recorded.without_chat.then_some(Lack::Chat));
        // What needs somebody stands before what is good to know.
        lacks.sort_by_key(|lack| !lack.is_grave());
        lacks
    }
}

impl Told {
    fn lacks(&self) -> Vec<Lack> {
        let missing = self.scopes.iter().flatten().filter(|scope| !scope.granted);
        let permissions = missing.map(|scope| match scope.need {
            Need::Always => Lack::Permission(scope.code.clone()),
            _ => Lack::Useful(scope.code.clone()),
        });
        let methods = self.methods.iter().filter(|method| method.offered == Some(false)).map(|m| Lack::Method(*m));
        let handlers = Some(self.to_mend()).filter(|many| *many > 0).map(Lack::Handlers);
        let control = (self.task_control == Some(false)).then_some(Lack::TaskControl);
        permissions.chain(methods).chain(handlers).chain(control).collect()
    }

    /// How many handlers are missing, or too many.
    pub fn to_mend(&self) -> usize {
        let missing = self.handlers.iter().flatten().filter(|handler| handler.stands == Stands::Missing).count();
        missing + self.stale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Health {
        let recorded = Recorded {
            status: Status::Active,
            version: None,
            installed_at: None,
            last_event: None,
            last_renewal: None,
            people_to_reopen: 0,
            installer_to_reopen: false,
            limits: Vec::new(),
            without_chat: false,
            wants_bells: false,
        };
        let scope = |code: &str, need| Permission { code: code.to_owned(), granted: true, need };
        let told = Told {
            scopes: Some(vec![scope("task", Need::Always), scope("tasks", Need::Useful), scope("crm", Need::Never)]),
            methods: vec![Method { name: "tasks.task.list", feature: "list", offered: Some(true) }],
            handlers: Some(vec![Handler { code: "LEFT_MENU", is_event: false, stands: Stands::NotOffered }]),
            stale: 0,
            task_control: None,
        };
        Health { recorded, told: Ok(told) }
    }

    #[test]
    fn p61_nothing_lacks_where_all_is_well_or_nobody_said_otherwise() {
        assert_eq!(well().lacks(), []);
        let mut silent = well();
        let told = silent.told.as_mut().unwrap();
        (told.scopes, told.handlers, told.methods[0].offered) = (None, None, None);
        assert_eq!(silent.lacks(), [], "what was not said is not missing");
    }

    #[test]
    fn p49_p83_notifications_that_are_wanted_and_not_permitted_are_told() {
        let mut silent = well();
        let im = |granted| Permission { code: "im".to_owned(), granted, need: Need::Useful };
        silent.told.as_mut().unwrap().scopes.as_mut().unwrap().push(im(false));
        assert_eq!(silent.lacks(), [Lack::Useful("im".to_owned())], "nobody wants any");
        silent.recorded.wants_bells = true;
        assert_eq!(silent.lacks(), [Lack::Bells, Lack::Useful("im".to_owned())]);
        *silent.told.as_mut().unwrap().scopes.as_mut().unwrap().last_mut().unwrap() = im(true);
        assert_eq!(silent.lacks(), []);
    }

    #[test]
    fn p61_what_lacks_is_told_the_gravest_first() {
        let mut ill = well();
        ill.recorded.without_chat = true;
        ill.recorded.installer_to_reopen = true;
        ill.recorded.status = Status::Suspended(Closed::Unpaid);
        let told = ill.told.as_mut().unwrap();
        told.scopes.iter_mut().flatten().for_each(|scope| scope.granted = scope.need == Need::Never);
        told.methods[0].offered = Some(false);
        told.handlers.as_mut().unwrap()[0].stands = Stands::Missing;
        (told.stale, told.task_control) = (2, Some(false));
        let method = told.methods[0];
        let found = ill.lacks();
        let wanted = [
            Lack::Closed(Closed::Unpaid),
            Lack::InstallerAccess,
            Lack::Permission("task".to_owned()),
            Lack::Method(method),
            Lack::Handlers(3),
            Lack::Useful("tasks".to_owned()),
            Lack::TaskControl,
            Lack::Chat,
        ];
        assert_eq!(found, wanted);
        ill.told = Err(Why::Unreachable);
        assert!(ill.lacks().contains(&Lack::Unasked(Why::Unreachable)));
    }
}
