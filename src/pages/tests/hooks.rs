//! What tests and assistive tools rely on (design 3.3).

use super::{super::*, all, attributes, samples};
use crate::domain::{Action, State};

fn find(name: &str) -> String {
    let found = all(Lang::english()).into_iter().find(|s| s.name == name);
    found.unwrap_or_else(|| panic!("no sample {name}")).html
}

#[test]
fn every_page_says_what_it_is() {
    for (sample, page) in [
        ("queue-50", "queue"),
        ("task", "task"),
        ("choose-approve", "choose"),
        ("bulk-nasty", "bulk"),
        ("install-done", "install"),
        ("health-ill", "health"),
        ("data", "data"),
        ("erase-portal", "erase"),
        ("take-over", "take-over"),
        ("receipt-portal", "receipt"),
        ("error-busy", "error"),
        ("closed", "closed"),
        ("terms", "terms"),
        ("privacy", "privacy"),
        ("calls", "calls"),
        ("actions", "actions"),
    ] {
        assert_eq!(attributes(&find(sample), "data-page"), [page]);
    }
}

#[test]
fn a_list_that_ends_before_all_are_shown_says_so() {
    let cut = find("queue-cut");
    assert!(cut.contains("Only your 20,000 oldest tasks are shown."));
    assert!(cut.contains("Only the 2,000 oldest tasks of other people are looked through."));
    assert!(!find("queue-50").contains("oldest"));
}

#[test]
fn the_count_is_the_length_of_the_queue_loaded_or_not() {
    assert_eq!(attributes(&find("queue-50"), "data-count"), ["50"]);
    assert_eq!(attributes(&find("queue-empty"), "data-count"), ["0"]);
    let partial = find("queue-partial");
    assert_eq!(attributes(&partial, "data-count"), ["5000"]);
    assert_eq!(attributes(&partial, "data-complete"), ["false"]);
    assert_eq!(attributes(&partial, "data-task-id").len(), 50 + 12);
    assert!(partial.contains("4,950 more tasks are being read"));
    assert!(partial.contains("follows Bitrix24 within 82 seconds at the latest"), "p21: not live, and said");
    assert!(!find("queue-50").contains("follows Bitrix24 within"));
    assert!(partial.contains("name=\"all\" value=\"1\""));
}

#[test]
fn every_outcome_has_its_name_and_its_words() {
    let html = find("queue-states");
    let standings = samples::standings();
    let outcomes = attributes(&html, "data-outcome");
    assert_eq!(outcomes, standings.iter().map(|s| s.state.outcome()).collect::<Vec<_>>());
    for outcome in ["held", "sending", "done", "refused", "unknown", "not-run", "cancelled"] {
        assert!(outcomes.contains(&outcome), "{outcome}");
    }
    for words in [
        "Will be returned in 7 s",
        "Returned for revision",
        "Accepted as completed",
        "Reason not delivered",
        "Checking with Bitrix24 whether it arrived",
        "Bitrix24 did not confirm. Open the task to see its state.",
        "Taken back",
    ] {
        assert!(html.contains(words), "{words}");
    }
}

/// What can be decided; putting aside is not.
fn decisions(html: &str) -> Vec<&str> {
    attributes(html, "data-action").into_iter().filter(|action| !action.starts_with("snooze")).collect()
}

/// The forms are only where they may work, and what moves is asked about.
#[test]
fn forms_follow_the_state() {
    use crate::domain::Refusal::{
        AccessClosed, BeingAccepted, BeingReturned, NoAppRight, PortalClosed, PortalDeleted, SignInAgain, TaskChanged,
        Unpaid,
    };
    for standing in samples::standings() {
        let (state, may_tell) = (standing.state, standing.may_tell());
        let (listed, state_only) = both_rows(standing);
        let again: &[&str] = &["approve", "return"];
        let (in_list, in_answer): (&[&str], &[&str]) = match state {
            State::Held { .. } => (&["undo"], &["undo"]),
            State::NotRun(_) => (&["retry", "approve", "return"], &["retry", "approve", "return"]),
            State::Cancelled => (again, again),
            State::Done if may_tell => (&["tell"], &["tell"]),
            State::Refused(
                TaskChanged | SignInAgain | PortalClosed | PortalDeleted | Unpaid | NoAppRight | AccessClosed
                | BeingReturned | BeingAccepted,
            ) => (again, &[]),
            _ => (&[], &[]),
        };
        assert_eq!(decisions(&listed), in_list, "{state:?}");
        assert_eq!(decisions(&state_only), in_answer, "{state:?}");
        let asked = !attributes(&listed, "data-decision-id").is_empty();
        assert!(asked || !state.is_open(), "{state:?}");
    }
}

/// Who may not decide, or of whom that is not known, gets words instead of the forms.
#[test]
fn forms_follow_the_right() {
    let shell = Shell::sample(Lang::english());
    let context = RowContext::new(&shell, View::Queue, samples::viewer(), samples::now());
    for (may_decide, words) in
        [(Some(true), None), (Some(false), Some("You may not decide this task")), (None, Some("could not be checked"))]
    {
        let mut row = samples::rows(1, 1).remove(0);
        row.facts.as_mut().unwrap().may_decide = may_decide;
        let html = Row { context: context.clone(), row }.html().unwrap();
        assert_eq!(decisions(&html).is_empty(), words.is_some(), "{may_decide:?}");
        assert!(words.is_none_or(|words| html.contains(words)), "{may_decide:?}: {html}");
    }
}

/// The same decision in a list that was just read, and in an answer to a script.
fn both_rows(standing: Standing) -> (String, String) {
    let shell = Shell::sample(Lang::english());
    let context = RowContext::new(&shell, View::Queue, samples::viewer(), samples::now());
    let row = samples::rows(1, 1).remove(0);
    let standing = Some(standing);
    let html = |row| Row { context: context.clone(), row }.html().unwrap();
    let state_only = TaskRow::state_only(row.id, row.seen, row.next, standing.clone());
    (html(TaskRow { standing, ..row }), html(state_only))
}

#[test]
fn a_form_carries_what_a_decision_needs() {
    let html = find("queue-1");
    assert_eq!(decisions(&html), ["approve", "return", "undo-all"]);
    for action in [Action::Approve, Action::Return] {
        // In the row, and at the foot for many.
        assert_eq!(html.matches(&format!("name=\"action\" value=\"{}\"", action.name())).count(), 2);
    }
    for field in ["task_id", "decision_id", "seen", "view"] {
        let hidden = format!("<input type=\"hidden\" name=\"{field}\"");
        // And in the form that puts a task aside.
        let aside = usize::from(field == "task_id");
        assert_eq!(html.matches(&hidden).count(), 2 + aside, "{field}");
    }
    let ids: Vec<_> = html.split("name=\"decision_id\" value=\"").skip(1).map(|r| &r[..32]).collect();
    let next = samples::rows(1, 1)[0].next.to_string();
    assert_eq!(ids, [next.as_str(); 2], "pressing both is one decision");
    assert!(html.contains("name=\"seen\" value=\"2026-11-"), "as Bitrix24 said it");
    assert!(html.contains("required maxlength=\"2000\""));
    assert_eq!(html.matches("action=\"/decide\"").count(), 2);
}

#[test]
fn the_view_comes_back_with_the_form() {
    assert!(find("task").contains("name=\"view\" value=\"task\""));
    assert!(find("queue-1").contains("name=\"view\" value=\"queue\""));
}

#[test]
fn an_error_names_its_kind_and_offers_a_way_out() {
    for kind in ErrorKind::ALL {
        for html in [find(&format!("error-{}", kind.name())), find(&format!("error-{}-open", kind.name()))] {
            assert_eq!(attributes(&html, "data-error"), [kind.name()]);
            assert!(html.contains("0197f3a2"), "an id to quote");
        }
    }
    assert!(find("error-session_ended").contains("open Handback again in Bitrix24"));
    assert!(find("error-internal-open").contains("action=\"/queue\""));
    assert!(!find("error-internal").contains("action=\"/queue\""), "no form without a session");
}

/// Without script the form is gone with its page: what was written in it can be copied from the refusal.
#[test]
fn an_error_gives_back_what_was_written() {
    let html = find("error-conflict-nasty");
    assert_eq!(html.matches("<textarea readonly ").count(), 2);
    assert!(html.contains("<h2 id=\"your-words\">Your words</h2>"));
    assert!(!find("error-conflict-open").contains("your-words"));
}

#[test]
fn the_installation_finishes_only_when_nothing_failed() {
    assert_eq!(attributes(&find("install-done"), "data-finish"), ["true"]);
    let failed = find("install-failed");
    assert_eq!(attributes(&failed, "data-finish"), ["false"]);
    assert!(failed.contains("action=\"/install/retry\""));
    assert!(failed.contains("ERROR_PLACEMENT_NOT_FOUND"));
}

#[test]
fn a_task_that_cannot_be_decided_says_why() {
    let closed = [("task-not-waiting", "does not wait for control"), ("task-not-allowed", "You may not decide")];
    for (sample, words) in closed {
        let html = find(sample);
        assert!(html.contains(words), "{sample}");
        assert!(decisions(&html).is_empty(), "{sample}");
    }
}

/// The search comes back as it was typed, and the button for more carries it.
#[test]
fn a_search_keeps_its_fields() {
    let html = find("calls");
    assert_eq!(html.matches("name=\"task\" value=\"4\"").count(), 2);
    assert_eq!(html.matches("name=\"method\" value=\"task\"").count(), 2);
    assert_eq!(html.matches("name=\"failed\" value=\"1\"").count(), 2);
    assert_eq!(html.matches("name=\"behind\"").count(), 1);
    assert!(!find("calls-none").contains("name=\"behind\""));
}

/// Everybody's actions are offered to administrators alone.
#[test]
fn one_sees_ones_own_actions() {
    let own = find("actions");
    assert!(own.contains("name=\"everybody\"") && !own.contains("Person 2"));
    assert!(find("actions-everybody").contains("Person 2"));
    let mut page = samples::queue(Lang::english(), 1, 0);
    page.shell.user_is_admin = false;
    assert!(page.html().unwrap().contains("action=\"/actions\""));
}

/// P66: a place that shows a part of the list says which, and offers the whole of it.
#[test]
fn p66_a_part_of_the_list_says_which() {
    use crate::domain::{GroupId, UserId, queue::Scope};
    let part = |scope, mine| {
        let mut page = samples::queue(Lang::english(), mine, 0);
        page.shell.scope = scope;
        let html = page.html().unwrap();
        let part = html.split("class=\"part\"").nth(1).map(|rest| rest.split("</form>").next().unwrap().to_owned());
        part.inspect(|part| {
            assert!(part.contains("action=\"/queue/everywhere\"") && part.contains("aria-label=\"Show "))
        })
    };
    let project = Scope::Project(GroupId::new(3).unwrap());
    let person = |id| Scope::Assignee(UserId::new(id).unwrap());
    assert!(part(project, 3).unwrap().contains("<span>Project</span> <bdi>Showroom, second floor</bdi>"));
    assert!(part(project, 0).unwrap().contains("<bdi>#3</bdi>"), "an empty list knows no name");
    assert!(part(person(8), 3).unwrap().contains("<span>Assignee</span> <bdi>Mustermann Beispiel</bdi>"));
    assert!(part(person(4), 3).unwrap().contains("<bdi>#4</bdi>"));
    assert_eq!(part(Scope::All, 3), None);
}

#[test]
fn settings_are_offered_to_administrators_alone() {
    let mut page = samples::queue(Lang::english(), 1, 0);
    assert!(page.html().unwrap().contains("action=\"/health\""));
    page.shell.user_is_admin = false;
    assert!(!page.html().unwrap().contains("action=\"/health\""));
}

/// What can be chosen names its task and exactly what Bitrix24 said of it; nothing else can be chosen.
#[test]
fn a_row_can_be_chosen_where_it_can_be_decided() {
    let html = find("queue-1");
    let row = samples::rows(1, 1).remove(0);
    assert!(html.contains(&format!("class=\"pick\" form=\"bulk\" name=\"task\" value=\"{}\"", row.pick())));
    assert!(row.pick().starts_with("1@2026-11-"), "{}", row.pick());
    for standing in samples::standings() {
        let (listed, state_only) = both_rows(standing);
        assert_eq!(listed.contains("class=\"pick\" form"), decisions(&listed).contains(&"return"));
        assert!(!state_only.contains("class=\"pick\" form"));
    }
    assert!(find("queue-empty").contains("class=\"dock\" hidden"));
}

/// Retry and refresh are offered when they help, and the counts add up.
#[test]
fn a_bulk_offers_what_helps() {
    let all = find("bulk-part");
    let rows = attributes(&all, "data-task-id").len();
    assert!(all.contains(&format!("<progress max=\"{rows}\"")), "one row for each decision");
    let forms = |html: &str, names: [&str; 4]| names.map(|name| attributes(html, "data-action").contains(&name));
    let names = ["undo-all", "refresh", "retry", "tell"];
    assert_eq!(forms(&all, names), [true, true, false, true], "while it is open");
    assert_eq!(forms(&find("bulk-ended"), names), [false, false, true, true]);
    assert!(find("bulk-ended").contains("Try 4 tasks again"));
    assert_eq!(attributes(&all, "data-moves"), ["true"]);
}

#[test]
fn p35_files_are_a_way_into_the_card_built_from_ids_alone() {
    // The vendor tells neither their names nor of what kind their numbers are, without a scope that nothing else needs.
    let page = find("task");
    let card = format!("href=\"https://portal.example/company/personal/user/{}/tasks/task/view/", samples::viewer());
    let links = page.split("<a ").filter(|link| link.starts_with(&card) && link.contains("data-open>"));
    let words: Vec<_> = links.filter_map(|link| link.split("data-open>").nth(1)?.split('<').next()).collect();
    assert!(words.contains(&"2 files") && words.contains(&"1 file"), "{words:?}");
}
