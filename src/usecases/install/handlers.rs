//! What stands at a portal, and how that differs from what should stand there.

use super::desired::{EVENTS, METHODS, PLACES, Words};
use crate::bitrix24::{
    BatchAnswer, CallError, Command,
    app::{AppInfo, MethodState, Names, app_info_command, method_get_command},
    events::{EventHandler, EventHandlers, event_bind_command, event_get_command, event_unbind_command},
    placements::{
        NewPlacement, Placement, PlacementText, Placements, placement_bind_command, placement_get_command,
        placement_list_command, placement_unbind_command,
    },
};
use crate::store::portals::PortalFacts;
use crate::usecases::{app::App, failure::Failure};
use std::collections::BTreeMap;

/// Where our events and placements should point.
pub(in crate::usecases) struct Handlers {
    events: String,
    places: String,
}

impl Handlers {
    pub(in crate::usecases) fn of(app: &App) -> Result<Self, Failure> {
        let at = |path| app.settings.public_url.join(path).map_err(|e| Failure::Internal(Box::new(e)));
        Ok(Self { events: at("events")?.into(), places: at("placement")?.into() })
    }

    pub(in crate::usecases) fn event_stands(&self, bound: &[EventHandler], event: &str) -> bool {
        bound.iter().any(|b| self.is_our_event(b, event))
    }

    fn is_our_event(&self, bound: &EventHandler, event: &str) -> bool {
        bound.event.eq_ignore_ascii_case(event) && bound.handler.as_deref() == Some(&self.events)
    }

    pub(in crate::usecases) fn place_stands(&self, bound: &[Placement], code: &str) -> bool {
        bound.iter().any(|p| self.is_our_place(p, code))
    }

    fn is_our_place(&self, bound: &Placement, code: &str) -> bool {
        bound.placement.eq_ignore_ascii_case(code) && bound.handler.as_deref() == Some(&self.places)
    }

    /// What is stale, and what has to be bound: in this order, for some places hold one handler only. A placement that the
    /// portal does not offer is left alone.
    pub(in crate::usecases) fn changes(&self, found: &Found) -> Vec<(String, Command)> {
        let mut changes = self.stale(found);
        let events = EVENTS.iter().filter(|event| !self.event_stands(&found.events, event));
        changes.extend(events.map(|event| ((*event).to_owned(), event_bind_command(event, &self.events))));
        let places = PLACES.iter().filter(|(code, _)| found.offers(code) && !self.place_stands(&found.places, code));
        changes.extend(
            places.map(|(code, words)| {
                ((*code).to_owned(), placement_bind_command(&placement(code, words, &self.places)))
            }),
        );
        changes
    }

    pub(in crate::usecases) fn stale(&self, found: &Found) -> Vec<(String, Command)> {
        let events = found.events.iter().filter(|b| !EVENTS.iter().any(|event| self.is_our_event(b, event)));
        let stale = events.filter_map(|b| Some(event_unbind_command(&b.event, b.handler.as_deref()?)));
        let places = found.places.iter().filter(|p| !PLACES.iter().any(|(code, _)| self.is_our_place(p, code)));
        let stale =
            stale.chain(places.filter_map(|p| Some(placement_unbind_command(&p.placement, p.handler.as_deref()?))));
        stale.take(MOST_STALE).enumerate().map(|(nth, command)| (format!("stale{nth}"), command)).collect()
    }
}

/// A batch has 50 commands; more stale handlers than this go in the next run.
const MOST_STALE: usize = 30;

/// What stands at the portal.
pub(in crate::usecases) struct Found {
    pub missing_methods: Vec<&'static str>,
    pub events: Vec<EventHandler>,
    pub offered: Vec<String>,
    pub places: Vec<Placement>,
}

/// What has to be asked for it, by the keys of a batch.
pub(in crate::usecases) fn questions() -> Vec<(String, Command)> {
    let mut commands: Vec<_> = METHODS.iter().map(|name| ((*name).to_owned(), method_get_command(name))).collect();
    commands.push(("app".to_owned(), app_info_command()));
    commands.push(("offered".to_owned(), placement_list_command()));
    commands.extend(what_stands());
    commands
}

/// The part of it that binding changes.
pub(super) fn what_stands() -> [(String, Command); 2] {
    [("events".to_owned(), event_get_command()), ("places".to_owned(), placement_get_command())]
}

impl Found {
    pub(in crate::usecases) fn read(
        app: &App,
        facts: &PortalFacts,
        answer: &mut BatchAnswer,
    ) -> Result<Self, CallError> {
        // Only for the pace: the authorization server's word counts for everything else.
        if let Ok(info) = answer.take::<AppInfo>("app") {
            app.rest.licensed(facts.portal.0, &facts.endpoint, info.result.license_family.as_deref());
        }
        let mut missing_methods = Vec::new();
        for name in METHODS {
            if !answer.take::<MethodState>(name)?.result.is_available {
                missing_methods.push(*name);
            }
        }
        Ok(Self { missing_methods, ..Self::standing(answer)? })
    }

    /// The same without the methods.
    pub(in crate::usecases) fn standing(answer: &mut BatchAnswer) -> Result<Self, CallError> {
        let offered = answer.take::<Names>("offered")?.result.0;
        let mut found = Self { missing_methods: Vec::new(), events: Vec::new(), offered, places: Vec::new() };
        found.read_again(answer)?;
        Ok(found)
    }

    /// What stands there now.
    pub(in crate::usecases) fn read_again(&mut self, answer: &mut BatchAnswer) -> Result<(), CallError> {
        self.events = answer.take::<EventHandlers>("events")?.result.0;
        self.places = answer.take::<Placements>("places")?.result.0;
        Ok(())
    }

    pub(in crate::usecases) fn offers(&self, code: &str) -> bool {
        self.offered.iter().any(|o| o.eq_ignore_ascii_case(code))
    }
}

fn placement(code: &str, words: &Words, handler: &str) -> NewPlacement {
    let text = |title: &str| PlacementText { title: title.to_owned(), ..PlacementText::default() };
    NewPlacement {
        placement: code.to_owned(),
        handler: handler.to_owned(),
        texts: words.iter().map(|(lang, title)| ((*lang).to_owned(), text(title))).collect(),
        options: BTreeMap::new(),
    }
}
