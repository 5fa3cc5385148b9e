//! One list of the queue as far as it is read.

use crate::bitrix24::{
    Answer,
    tasks::{Action as Right, PAGE, Task},
    wire::Id,
};
use crate::domain::{WaitingTask, queue::oldest_first};
use crate::usecases::task_view::waiting_task;
use std::collections::{HashMap, HashSet};

/// An administrator sees every task of a portal: of the tasks of others only so many of the oldest are read.
const MOST_OF_OTHERS: usize = 2_000;
/// A portal may say any number: what it says of one's own tasks is believed so far.
const MOST_OF_ONES_OWN: usize = 20_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Mine,
    Also,
}

impl List {
    pub(super) fn key(self) -> &'static str {
        if self == Self::Mine { "mine" } else { "also" }
    }

    fn most(self) -> usize {
        if self == Self::Mine { MOST_OF_ONES_OWN } else { MOST_OF_OTHERS }
    }
}

/// Rows, each once, and what the portal said about how many there are.
pub(super) struct Listing {
    pub(super) list: List,
    rows: Vec<Task>,
    known: HashSet<Id>,
    /// By the page that is furthest in the list.
    said: Option<usize>,
    /// The list became longer or shorter between two pages: a row may have slid past.
    shifted: bool,
    read_to: usize,
}

impl Listing {
    pub(super) fn empty(list: List) -> Self {
        Self { list, rows: Vec::new(), known: HashSet::new(), said: None, shifted: false, read_to: 0 }
    }

    pub(super) fn add(&mut self, start: usize, page: Answer<Vec<Task>>) {
        let said = page.total.and_then(|total| usize::try_from(total).ok());
        self.add_rows(start, page.result, said);
    }

    fn add_rows(&mut self, start: usize, rows: Vec<Task>, said: Option<usize>) {
        // Behind the end there is nothing, and what is said there counts for nothing.
        let said = said.filter(|_| start == 0 || !rows.is_empty());
        self.shifted |= start > 0 && said.is_some() && said != self.said;
        self.said = said.or(self.said);
        for row in rows.into_iter().take(PAGE) {
            if (*row.id).is_none_or(|id| self.known.insert(id)) {
                self.rows.push(row);
            }
        }
        self.read_to = self.read_to.max(start + PAGE);
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Task> + use<'_> {
        self.rows.iter()
    }

    fn total(&self) -> usize {
        self.said.unwrap_or(0).max(self.rows.len())
    }

    /// How many rows are to be read.
    pub(super) fn wanted(&self) -> usize {
        self.total().min(self.list.most())
    }

    /// How many of the oldest rows are read, where that is not all of them.
    pub(super) fn cut(&self) -> Option<usize> {
        (self.total() > self.list.most()).then_some(self.list.most())
    }

    /// Whether the pages read fit together. What comes and goes behind the cut moves nothing before it.
    pub(super) fn is_settled(&self) -> bool {
        self.rows.len() >= self.wanted() && (self.cut().is_some() || !self.shifted)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.read_to >= self.wanted().max(1) && self.is_settled()
    }

    /// Forgets the rows, in order to read the list from its beginning.
    pub(super) fn begin_again(&mut self) {
        *self = Self { said: self.said, ..Self::empty(self.list) };
    }

    /// The next pages to ask for: the first in any case.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + use<> {
        (self.read_to..self.wanted().max(1)).step_by(PAGE)
    }

    /// Oldest first: "mine", and what this person may decide of the others. And how many there are with those
    /// not read yet.
    pub(super) fn finish(self, me: Id, rights: &HashMap<Id, bool>) -> (Vec<WaitingTask>, usize) {
        let whole = self.is_complete() && self.cut().is_none();
        let unread = if whole { 0 } else { self.total().saturating_sub(self.rows.len()) };
        let of_list = |task: &&Task| (*task.created_by == Some(me)) == (self.list == List::Mine);
        let row = |task: &Task| {
            let may = task.may(Right::Disapprove).or_else(|| rights.get(&(*task.id)?).copied());
            let shown = self.list == List::Mine || may == Some(true);
            waiting_task(task).filter(|_| shown).map(|task| WaitingTask { may_decide: may, ..task })
        };
        let mut tasks: Vec<WaitingTask> = self.rows.iter().filter(of_list).filter_map(row).collect();
        oldest_first(&mut tasks);
        let total = tasks.len() + unread;
        (tasks, total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(ids: std::ops::Range<usize>) -> Vec<Task> {
        ids.map(|id| serde_json::from_value(json!({ "id": id + 1 })).unwrap()).collect()
    }

    /// What is read when the portal says this number with each page.
    fn read(list: List, totals: &[usize]) -> Listing {
        let mut listing = Listing::empty(list);
        for (nth, total) in totals.iter().enumerate() {
            listing.add_rows(nth * PAGE, rows(nth * PAGE..((nth + 1) * PAGE).min(*total)), Some(*total));
        }
        listing
    }

    #[test]
    fn a_list_that_stood_still_is_complete() {
        assert!(read(List::Mine, &[120, 120, 120]).is_complete());
        assert!(read(List::Mine, &[0]).is_complete());
        let part = read(List::Mine, &[120]);
        assert_eq!((part.is_complete(), part.starts().collect::<Vec<_>>()), (false, vec![50, 100]));
    }

    #[test]
    fn behind_its_end_a_list_says_nothing_whatever_it_says() {
        // It had 120 rows once, and so three pages are asked for.
        for (behind, said) in [(0..0, Some(0)), (0..0, None), (0..0, Some(30)), (0..30, Some(30))] {
            let mut listing = read(List::Mine, &[30]);
            for page in [1, 2] {
                listing.add_rows(page * PAGE, rows(behind.clone()), said);
            }
            assert_eq!(
                (listing.is_complete(), listing.rows.len(), listing.total()),
                (true, 30, 30),
                "{behind:?} {said:?}"
            );
        }
        // Rows, and that there are none: it is read anew, and not taken for an empty one.
        let mut listing = read(List::Mine, &[30]);
        listing.add_rows(PAGE, rows(0..30), Some(0));
        assert!(!listing.is_complete());
        listing.begin_again();
        assert_eq!((listing.is_complete(), listing.starts().collect::<Vec<_>>()), (false, vec![0]));
    }

    #[test]
    fn a_list_that_shifted_is_not_and_is_read_from_its_beginning() {
        // A row of the first page went: the first of the second page slid into it and is in no page.
        let mut shorter = read(List::Mine, &[120, 119, 119]);
        assert!(!shorter.is_complete());
        shorter.begin_again();
        assert_eq!(shorter.starts().collect::<Vec<_>>(), [0, 50, 100]);
        assert!(!read(List::Mine, &[120, 130, 130]).is_complete(), "longer");
        // The same rows twice.
        let mut twice = read(List::Mine, &[100]);
        twice.add_rows(PAGE, rows(0..PAGE), Some(100));
        assert_eq!((twice.is_complete(), twice.rows.len()), (false, 50));
    }

    #[test]
    fn of_the_tasks_of_others_only_the_oldest_are_read() {
        let others = read(List::Also, &[100_000]);
        assert_eq!((others.cut(), others.starts().count()), (Some(2_000), 39));
        let pages: Vec<usize> = (100_000..100_040).collect();
        assert!(read(List::Also, &pages).is_complete(), "whatever happens behind them");
        assert_eq!(read(List::Mine, &[10_000]).starts().count(), 199, "but ten times as many of one's own");
    }

    #[test]
    fn a_portal_that_says_any_number_is_asked_for_so_many_pages() {
        for list in [List::Mine, List::Also] {
            let mut said = read(list, &[usize::MAX]);
            assert!(said.starts().count() < 400);
            said.add_rows(PAGE, rows(PAGE..10_000), Some(usize::MAX));
            assert_eq!(said.rows.len(), 2 * PAGE, "a page has fifty rows, whatever comes");
        }
        let pages = [1_000_000; 400];
        let most = read(List::Mine, &pages);
        assert!(most.is_complete());
        assert_eq!(most.finish(Id::new(1).unwrap(), &HashMap::new()).1, 1_000_000 - 20_000, "what is left is counted");
    }
}
