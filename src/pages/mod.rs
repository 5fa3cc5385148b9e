//! What people see: one struct per template, same name. A page is rendered by [`Page::html`] in its own language.
//!
//! Everything that comes from a portal (titles, names, descriptions) is untrusted text. Templates escape it, never mark
//! it as safe, and contain its direction with `<bdi>`.

mod actions;
pub mod assets;
mod bbcode;
mod bulk;
mod calls;
mod choices;
mod closed;
mod data;
mod error;
mod filters;
mod health;
mod install;
mod lang;
mod legal;
mod levels;
mod number;
mod queue;
mod row;
mod said;
mod saved;
mod settings_file;
mod shell;
mod standing;
mod task;
#[cfg(test)]
mod tests;
mod view;
mod when;

pub use actions::{ActionRow, ActionsPage, AsideRow};
pub use bulk::{BulkOutcome, BulkPage, BulkPart, ChoosePage, Undone};
pub use calls::{CallFields, CallRow, CallsPage};
pub use choices::Choice;
pub use closed::ClosedPage;
pub use data::{DataPage, ErasePage, ReceiptPage};
pub use error::{ErrorKind, ErrorPage};
pub use health::HealthPage;
pub use install::InstallPage;
pub use lang::Lang;
pub use legal::{Contact, Document, LegalPage, Operator};
pub use levels::{Delegate, MinePage, PortalPage, ProjectName, ProjectPage, SettingRow, Tabs};
pub use queue::{QueuePage, QueueRows};
pub use row::{Row, RowContext, Rows, TaskRow, View};
pub use said::Said;
pub use saved::{ReasonPage, SavedList};
pub use settings_file::TakeOverPage;
pub use shell::Shell;
pub use standing::{Other, Standing, Who};
pub use task::{Control, Looks, TaskPage, TaskView};
pub use view::{Asleep, GroupHead, SnoozePage, ViewForm, snoozed_words, woken_words};

use askama::Template;
use std::any::Any;

/// A page or a fragment of one.
pub trait Page: Template {
    /// In which language it is.
    fn lang(&self) -> Lang;

    /// The only way to render: the words need the language.
    fn html(&self) -> askama::Result<String> {
        let lang = self.lang();
        self.render_with_values(&(filters::LANG, &lang as &dyn Any))
    }
}

macro_rules! pages {
    ($($page:ident in $($path:ident).+),+ $(,)?) => {
        $(impl Page for $page {
            fn lang(&self) -> Lang {
                self.$($path).+.lang
            }
        })+
    };
}

pages! {
    QueuePage in shell,
    QueueRows in context,
    SnoozePage in shell,
    BulkPage in shell,
    BulkPart in context,
    ChoosePage in shell,
    Undone in context,
    Row in context,
    Rows in context,
    TaskPage in shell,
    Looks in context,
    InstallPage in shell,
    HealthPage in shell,
    DataPage in shell,
    ErasePage in shell,
    ReceiptPage in shell,
    MinePage in shell,
    PortalPage in shell,
    ProjectPage in shell,
    ReasonPage in shell,
    TakeOverPage in shell,
    CallsPage in shell,
    ActionsPage in shell,
    ErrorPage in shell,
    ClosedPage in shell,
    LegalPage in shell,
}
