//! Looking back: the journal of calls, for the portal's administrator, and the log of actions, for everybody their own.

use super::{
    app::App,
    failure::Failure,
    install::{OwnProfile, own_profile, require_admin_now},
    open::Viewer,
};
use crate::bitrix24::{Code, Reaction};
pub use crate::domain::snooze::Snoozed;
use crate::domain::{CallWhy, DecisionId, TaskId, UserId, Zone};
use crate::store::{
    actions::Behind,
    calls::{CallFilter, Place},
};
pub use crate::store::{actions::Logged, calls::Call};
use chrono::{DateTime, NaiveDate, TimeDelta};
use uuid::Uuid;

/// Rows on a page.
const PAGE: usize = 100;

/// What an administrator looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallWish {
    /// About this task.
    pub task: Option<TaskId>,
    /// With this person's tokens.
    pub user: Option<UserId>,
    /// A part of the method's name.
    pub method: Option<String>,
    /// Only what came to nothing.
    pub failed: bool,
    /// From the beginning of this day of the viewer's.
    pub from: Option<NaiveDate>,
    /// To the end of this day.
    pub until: Option<NaiveDate>,
    /// Where the page before ended.
    pub behind: Option<Place>,
}

/// A page of something.
#[derive(Debug, Clone)]
pub struct Found<T, P> {
    /// Newest first.
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub further: Option<P>,
    /// By which clock the viewer reads.
    pub zone: Zone,
    /// Whether an administrator asks.
    pub is_admin: bool,
}

/// The journal of the viewer's portal; administrators only, asked at the portal each time.
///
/// # Errors
/// [`Failure::AdminRequired`] for everybody else.
pub async fn calls(app: &App, viewer: &Viewer, wish: &CallWish) -> Result<Found<Call, Place>, Failure> {
    let zone = require_admin_now(app, viewer).await?;
    let until = wish.until.and_then(|day| day.checked_add_signed(TimeDelta::days(1)));
    let filter = CallFilter {
        task: wish.task,
        user: wish.user,
        method: wish.method.clone(),
        failed: wish.failed,
        from: wish.from.and_then(|day| zone.beginning(day)),
        until: until.and_then(|day| zone.beginning(day)),
        behind: wish.behind,
    };
    let mut rows = app.store.calls(viewer.portal_id(), &filter, PAGE as i64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let further = rows.last().filter(|_| more).map(|row| (row.at, row.id, row.nth));
    Ok(Found { rows, further, zone, is_admin: true })
}

/// The log of the viewer's own actions, or of everybody's, which is for administrators.
///
/// # Errors
/// [`Failure::AdminRequired`] when anybody else wants to see everybody's.
pub async fn actions(
    app: &App,
    viewer: &Viewer,
    everybody: bool,
    behind: Option<Behind>,
) -> Result<Found<Logged, Behind>, Failure> {
    let OwnProfile { is_admin, zone } = own_profile(app, viewer).await?;
    if everybody && !is_admin {
        return Err(Failure::AdminRequired);
    }
    let whose = (!everybody).then_some(viewer.user);
    let mut rows = app.store.actions(viewer.portal_id(), whose, behind, PAGE as i64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let further = rows.last().filter(|_| more).map(|row| (row.pressed_at, row.id));
    Ok(Found { rows, further, zone, is_admin })
}

/// What the viewer has put aside and taken up again lately: nobody else's.
pub async fn snoozes(app: &App, viewer: &Viewer) -> Result<Vec<Snoozed>, Failure> {
    Ok(app.store.snooze_log(viewer.portal_id(), viewer.user, PAGE as i64).await?)
}

/// What a call that came to nothing means; `None` for one that did not.
pub fn why(call: &Call) -> Option<CallWhy> {
    match (&call.code, &call.trouble) {
        (Some(code), _) => Some(of_reaction(Code::parse(code).reaction())),
        (None, Some(trouble)) => CallWhy::parse(trouble),
        (None, None) => None,
    }
}

fn of_reaction(reaction: Reaction) -> CallWhy {
    match reaction {
        Reaction::Refresh => CallWhy::Expired,
        Reaction::Reopen => CallWhy::Reopen,
        Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop => CallWhy::Limited,
        Reaction::Gone => CallWhy::Gone,
        Reaction::Unpaid => CallWhy::Unpaid,
        Reaction::NoAccessToApp | Reaction::PlanOrRight | Reaction::NotAllowed | Reaction::MissingScope => {
            CallWhy::NotAllowed
        }
        Reaction::NotFound => CallWhy::NotOffered,
        Reaction::MaybeDone => CallWhy::MaybeThere,
        Reaction::Misconfigured => CallWhy::Keys,
        Reaction::Bug => CallWhy::Wrong,
        Reaction::Transient => CallWhy::Stumbled,
    }
}

/// A place as a hidden field carries it, and back.
pub fn place_text((at, id, nth): Place) -> String {
    format!("{}.{}.{nth}", at.timestamp_micros(), id.simple())
}

/// The inverse of [`place_text`].
pub fn place(text: &str) -> Option<Place> {
    let mut parts = text.split('.');
    let (at, id, nth) =
        (parts.next()?.parse().ok()?, Uuid::try_parse(parts.next()?).ok()?, parts.next()?.parse().ok()?);
    Some((DateTime::from_timestamp_micros(at)?, id, nth)).filter(|_| parts.next().is_none())
}

/// The same for the log.
pub fn behind_text((at, id): Behind) -> String {
    format!("{}.{id}", at.timestamp_micros())
}

/// The inverse of [`behind_text`].
pub fn behind(text: &str) -> Option<Behind> {
    let (at, id) = text.split_once('.')?;
    Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse::<DecisionId>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_nothing_else_is_one() {
        let at = DateTime::from_timestamp_micros(1_795_530_000_123_456).unwrap();
        let here = (at, Uuid::from_u128(7), 3);
        assert_eq!(place(&place_text(here)), Some(here));
        let there = (at, DecisionId(Uuid::from_u128(9)));
        assert_eq!(behind(&behind_text(there)), Some(there));
        for odd in [
            "",
            ".",
            "1.2.3",
            "x",
            "1795530000123456.00000000000000000000000000000007",
            "9223372036854775807.00000000000000000000000000000007.0",
        ] {
            assert_eq!(place(odd), None, "{odd}");
        }
    }

    #[test]
    fn every_code_and_every_trouble_is_explained() {
        let call = |code: Option<&str>, trouble: Option<&str>| Call {
            at: DateTime::UNIX_EPOCH,
            id: Uuid::nil(),
            nth: 0,
            installer: false,
            user: None,
            method: String::new(),
            task: None,
            http: None,
            code: code.map(str::to_owned),
            trouble: trouble.map(str::to_owned),
            duration_ms: None,
            operating: None,
            request_id: None,
        };
        for code in Code::ALL {
            assert!(why(&call(Some(code.as_str()), None)).is_some(), "{code}");
        }
        use crate::bitrix24::Trouble::*;
        for trouble in [Unreachable, Lost, Abandoned, NotSent, Moved, BadAnswer, OtherCode, NotExecuted] {
            let name = super::super::journal::name(trouble);
            assert_eq!(why(&call(None, Some(name))).map(CallWhy::name), Some(name));
        }
        assert_eq!(why(&call(None, None)), None);
    }
}
