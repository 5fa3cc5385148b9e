# English, the fallback. Bitrix24's own words where Bitrix24 has one (docs: the product's word table).
# $n is a number, $x a text. A key used nowhere, or missing here, fails a test.

## Around every page
product = Handback
nav = Sections
nav-queue = Pending review
nav-settings = Settings
nav-actions = My actions
quote = If you ask for help, quote this id: { $x }
script-offline = No connection. It is not known whether this was done; please look at the list before you try again.
script-failed = This did not work. Nothing may have been changed; please look at the task and try again.

## The list
queue = Pending review
queue-title = { $n ->
    [0] No tasks wait for your control
    [one] { $n } task waits for your control
   *[other] { $n } tasks wait for your control
}
live-slow = { $n ->
    [one] A list this long follows Bitrix24 within { $n } second at the latest.
   *[other] A list this long follows Bitrix24 within { $n } seconds at the latest.
}
queue-more = { $n ->
    [0] More tasks are being read.
    [one] { $n } more task is being read.
   *[other] { $n } more tasks are being read.
}
queue-cut = Only the { $n } oldest tasks of other people are looked through.
queue-cut-mine = Only your { $n } oldest tasks are shown.
queue-all = Show all
queue-further = Show more
part-leave = Show everything that waits for you
tabs = Lists
tab-mine = Mine
unsettled = Needs your attention
pick = Choose tasks to decide them together
pick-all = Select all shown
picked = Selected: { $x }
tab-also = I may also decide
empty-mine = All done. When somebody hands in a task of yours, it appears here.
empty-also = No other tasks wait for a decision that you may make.

## How the list is looked at
view = Filter and group
view-text = Filter by words
view-group = Group by
view-projects = All projects
view-assignees = All assignees
view-overdue = Overdue
view-unchanged = Back without a new status summary
view-snoozed = Snoozed
view-show = Show
view-reset = Show everything
view-filters = Filters
view-active = { $n ->
    [one] { $n } set
   *[other] { $n } set
}
group-none = Not grouped
group-project = By project
group-assignee = By assignee
group-age = By waiting time
no-project = No project
no-assignee = No assignee
age-late = Waiting for more than 3 days
age-waiting = Waiting for 1 to 3 days
age-fresh = Waiting for less than a day
age-unknown = Waiting time unknown
empty-filtered = No task matches.
review-late = Review late since
snooze = Snooze
snooze-open = Snooze…
snooze-how = Until when? The task itself stays as it is.
snooze-hour = For an hour
snooze-evening = Until this evening
snooze-morning = Until tomorrow morning
snooze-monday = Until Monday
snooze-acts = Until the assignee acts
snooze-day = Until
snoozed-until = Snoozed until { $x }
snoozed-acts = Snoozed until the assignee acts
wake = Wake up
woken = It is in your list again.

## One task
assignee = Assignee
creator = Created by
project = Project
deadline = Deadline
overdue = overdue
handed-in = Handed in
checklist = Checklist
checklist-progress = { $n } of { $of } done
description = Description
open-card = Open in Bitrix24
back = Back to the list
task-number = Task { $x }
age-minutes = { $n } min
age-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
age-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
band-fresh = new
band-waiting = waiting
band-late = long wait
status-pending = Pending
status-in-progress = In progress
status-review = Pending review
status-completed = Completed
status-deferred = Deferred
status-declined = Declined
status-unknown = Unknown status
control-not-allowed = You may not decide this task: Bitrix24 does not give you the right to accept or return it.
control-unknown = Your right to decide this task could not be checked. It is asked for again when you open the task or the list.
control-not-waiting = This task does not wait for control.

result = Latest task status summary
result-none = No task status summary was handed in.
results-earlier = { $n ->
    [one] { $n } earlier status summary
   *[other] { $n } earlier status summaries
}
files = { $n ->
    [one] { $n } file
   *[other] { $n } files
}
attached = Files of the task
point-done = Done
point-open = Open
returned-times = { $n ->
    [one] { $n } return
   *[other] { $n } returns
}
returns = Returns so far
since-yours = Since your return on { $x }
since-last = Since the last return on { $x }
since-no-result = No new status summary
since-results = { $n ->
    [one] { $n } new status summary
   *[other] { $n } new status summaries
}
since-files = { $n ->
    [one] { $n } change of the files
   *[other] { $n } changes of the files
}
since-messages = { $n ->
    [one] { $n } message
   *[other] { $n } messages
}
no-deadline = no deadline
time-spent = Time spent
time = { $h } h { $m } min
time-of = { $x } of { $of }
time-over = more than planned
look = The chosen task

## Keys
keys = Keys
keys-open = Keys
keys-hint = They can be switched off under Settings, My settings.
keys-hint-off = They are switched off, under Settings, My settings.
close = Close
key-next = Next task
key-previous = Previous task
key-accept = Accept as completed
key-return = Return for revision
key-reason = Return with this ready reason; Enter sends it
key-words = Return with words of your own
key-pick = Choose the task, to decide many together
key-snooze = Snooze
key-open = Open in Bitrix24
key-undo = Take the last decision back
key-filter = Filter the list
key-help = These keys

## Deciding
mark = Mark
mark-none = No mark
mark-positive = Positive
mark-negative = Negative
points-wrong = Not good yet: these points are opened again
deadline-new = New deadline
deadline-same = As it is
deadline-days = { $n ->
    [one] { $n } day more
   *[other] { $n } days more
}
deadline-date = or on
followup-moves = Checklist, deadline or mark are being changed
followup-items-missed = { $n ->
    [one] { $n } point could not be opened again
   *[other] { $n } points could not be opened again
}
followup-deadline-missed = The deadline could not be changed
followup-mark-missed = The mark could not be given
approve = Accept as completed
return = Return for revision
return-open = Return for revision…
reason = Reason for the assignee
ready-reasons = Saved reasons: press 1 to 9 while the field is empty
ready-result_missing = The result is missing.
ready-not_as_asked = This is not what was asked for.
ready-checklist_open = Points of the checklist are still open.
ready-mistakes = There are mistakes to correct.
undo = Undo
undo-all = Undo all
undo-over = The time to take it back is over
undo-late = It was too late to take it back.
undone = { $n ->
    [0] Nothing was taken back.
    [one] { $n } decision taken back.
   *[other] { $n } decisions taken back.
}
undone-late = { $n ->
    [one] { $n } was too late.
   *[other] { $n } were too late.
}

## Many tasks in one go
bulk-return-open = Return for revision…
bulk-approve-open = Accept…
choose-return = { $n ->
    [one] Return { $n } task for revision
   *[other] Return { $n } tasks for revision
}
choose-approve = { $n ->
    [one] Accept { $n } task as completed
   *[other] Accept { $n } tasks as completed
}
bulk-reason = Reason for all of them
bulk-each = A reason of its own for single tasks
bulk-deadline = New deadline for all of them
bulk-deadline-hint = It is set where Bitrix24 lets you change it.
bulk-least = { $n ->
    [one] A reason is required.
   *[other] The reason has to have at least { $n } characters.
}
bulk-least-some = { $n ->
    [one] In some projects a reason is required.
   *[other] In some projects the reason has to have at least { $n } characters.
}
bulk-chosen = Chosen tasks
bulk-return = { $n ->
    [one] Returning { $n } task for revision
   *[other] Returning { $n } tasks for revision
}
bulk-approve = { $n ->
    [one] Accepting { $n } task
   *[other] Accepting { $n } tasks
}
bulk-progress = { $n } of { $of } decided
bulk-last = Many tasks in one go: { $n } of { $of } decided
bulk-see = See the outcome
bulk-see-open = See how far it is
bulk-done-return = { $n } returned for revision
bulk-done-approve = { $n } accepted as completed
bulk-held = { $n } waiting: can be taken back
bulk-sending = { $n } being sent
bulk-unknown = { $n } being checked with Bitrix24
bulk-refused = { $n } not done
bulk-skipped = { $n } skipped: already being decided
bulk-not-run = { $n } did not get through
bulk-needs-person = { $n } not confirmed: please look
bulk-cancelled = { $n } taken back
bulk-untold = { $n ->
    [one] { $n } reason did not arrive for certain
   *[other] { $n } reasons did not arrive for certain
}
bulk-retry = { $n ->
    [one] Try { $n } task again
   *[other] Try { $n } tasks again
}
held-all = They are sent in { $x } s
refresh = Refresh

## What became of a decision
held-return = Will be returned in { $x } s
held-approve = Will be accepted in { $x } s
sending-return = Returning…
sending-approve = Accepting…
done-return = Returned for revision
done-approve = Accepted as completed
unknown = Checking with Bitrix24 whether it arrived
needs-person = Bitrix24 did not confirm. Open the task to see its state.
cancelled = Taken back
reason-sending = The reason is being delivered
reason-delivered = Reason delivered
reason-failed = Reason not delivered
reason-unknown = Reason: delivery not confirmed
reason-again = Send the reason again
reason-looked = I have looked into the task's discussion: the reason is not there
message-sending = The message is being delivered
message-delivered = Message delivered
message-failed = Message not delivered
message-unknown = Message: delivery not confirmed
message-again = Send the message again
message-looked = I have looked into the task's discussion: the message is not there
refused-not-allowed = Not done: Bitrix24 does not give you the right to decide this task.
refused-being-returned = Skipped: it is already being returned for revision.
refused-being-accepted = Skipped: it is already being accepted.
refused-task-changed = Not done: the task has changed since you saw it. Look at it again before you decide.
refused-already-returned = Not done: already returned for revision.
refused-already-accepted = Not done: already accepted as completed.
now-you = By you, in another window or a moment ago.
now-named = By { $name }.
now-someone = By another person.
other-you = By you, { $at }.
other-named = By { $name }, { $at }.
other-someone = By another person, { $at }.
refused-not-available = Not done: the task was deleted or is no longer visible to you.
refused-sign-in-again = Not done: please close Handback, open it again in Bitrix24 and repeat.
refused-portal-closed = Not done: Bitrix24 does not let Handback in at the moment. Your administrator can see why.
refused-portal-deleted = Not done: this Bitrix24 no longer exists. The portal was closed or deleted.
refused-unpaid = Not done: the Bitrix24 subscription has ended. You can decide again as soon as it is renewed.
refused-no-app-right = Not done: you have not been given this application. Ask your administrator for access to Handback.
refused-access-closed = Not done: your plan does not let applications in. Your administrator sees in Bitrix24 which plan does.
not-run-unreachable = Not done: Bitrix24 could not be reached. Nothing was changed; you can try again.
not-run-limited = Not done: Bitrix24 asks to slow down. Nothing was changed; try again in a minute.
not-run-no-trace = Not done: the request did not arrive. Nothing was changed; you can try again.
not-run-rejected = Not done: Bitrix24 refused. Nothing was changed.

## Installation
install = Handback is being installed
install-done = Everything is ready. Handback opens in a moment.
install-failed = Something is missing. Nothing is lost: repeat the missing steps.
install-noscript = Your browser runs no scripts. Bitrix24 needs one to finish the installation: allow scripts for this page and open it again.
retry = Try again
step-identity = Bitrix24 confirmed your portal and that you are its administrator
step-stored = Access is stored, encrypted
step-scopes = Permissions are granted
step-methods = Your portal offers what a decision needs
step-events = Bitrix24 tells Handback about changes
step-done = Done
step-not-offered = Not offered by this portal
step-failed = Failed
step-why-missing = Not there yet.
step-why-limited = Bitrix24 asks to slow down. Wait a minute.
step-why-unreachable = Bitrix24 could not be reached.
step-why-not-allowed = Bitrix24 does not allow it: your plan or your rights do not suffice.
step-why-sign-in-again = Bitrix24 no longer accepts the access: close this page and open Handback again.
step-why-refused = Bitrix24 refused it.
step-why-internal = Something went wrong on our side. It has been recorded.
place-LEFT_MENU = Item in the main menu
place-TASK_LIST_CONTEXT_MENU = Row menu in the task list
place-TASK_VIEW_TAB = Tab in the task card
place-TASK_USER_LIST_TOOLBAR = Toolbar above a person's tasks
place-TASK_GROUP_LIST_TOOLBAR = Toolbar above a project's tasks
place-REST_APP_URI = Links from notices to a task

## Settings
settings = Settings
settings-address = Portal
settings-version = Installed version
settings-installed = Installed on
settings-scopes = Permissions
scope-task = Reading tasks, returning and accepting them
scope-placement = Places in Bitrix24's screens
scope-im = Messages of a task's chat since its return, and notifications of returns
scope-tasks = The reason in the chat of the new task card
scope-user_brief = Names of people
scope-pull = Live updates
scope-unused = Not used by Handback
scope-is-granted = Granted
scope-is-missing = Missing
scope-is-spare = Granted, not needed
presence-present = Present
presence-missing = Missing
presence-not-offered = Not offered by this portal
presence-unknown = Could not be checked
event-ONAPPINSTALL = The application was installed
event-ONAPPUPDATE = The application was updated
event-ONAPPUNINSTALL = The application was removed
event-ONAPPPAYMENT = Payment for the application has changed
event-ONTASKADD = A task was created
event-ONTASKUPDATE = A task was changed
event-ONTASKDELETE = A task was deleted
event-ONTASKCOMMENTADD = A comment was added to a task

settings-mine = My settings
settings-of-portal = For everybody
settings-saved = Saved.
settings-no-days = Choose at least one working day. Nothing was changed.
settings-no-hours = Work has to end an hour or more after it begins, on the same day. Nothing was changed.
settings-no-number = Write how many characters there have to be: from 2 to 500. Nothing was changed.
settings-cleared = The value from above holds again.
settings-projects = Projects with settings of their own
settings-projects-lead = What is set for a project comes before what is set for everybody.
settings-of-project-open = Set something for this project
project-number = Project { $x }
save = Save
back-without = Back without saving
from-builtin = built in
from-portal = from the portal
from-project = from the project
from-person = your own
setting-clear = Back to “{ $x }” ({ $from })
setting-reason_policy = Reason for a return
    .hint = Whether a task may go back without words. It holds for everybody, and is checked with every return.
setting-return_notice = How a return is told
    .hint = The assignee finds the reason in the task's chat or comments. A notification brings it under the bell as well: at most 10 a day for each person, who may switch them off. What the portal or the project says holds.
setting-return_bell = Notifications of my returned tasks
    .hint = Where returns are told by a notification, the reason comes to you under Bitrix24's bell. Off: you find it in the task alone.
setting-keys = Keys of one letter
    .hint = J, K, A, R and the others. Off: they do nothing, also when words are dictated; arrows, Tab and Enter go on working.
setting-needs-im = The permission “im” is not given: nobody gets a notification.
notice-chat = In the task's chat alone
notice-bell = In the task's chat, and by a notification
switch-on = On
switch-off = Off
setting-review_hours = Review is due after
    .hint = Working hours from the hand-in. A review that takes longer is marked as late for the person who decides. 0: never.
setting-work_days = Working days
    .hint = On which days the hours until a review is due are counted.
setting-work_hours = Working hours
    .hint = From when to when, in the portal's time zone.
setting-language = Language of the portal
    .hint = Saved reasons that are not translated are shown in it.
policy-optional = Not needed
policy-required = Required
policy-least-open = Required, with a least length
policy-least = { $n ->
    [one] At least { $n } character
   *[other] At least { $n } characters
}
policy-characters = Characters at least
hours-none = Never
hours-working = { $n ->
    [one] { $n } working hour
   *[other] { $n } working hours
}
hours-from = From
hours-to = To
day-1 = Mon
day-2 = Tue
day-3 = Wed
day-4 = Thu
day-5 = Fri
day-6 = Sat
day-7 = Sun
delegates = Who may change this
delegates-lead = Administrators of the portal, and the people whom they name here.
delegate-name = Name this person
delegate-remove = Remove
delegate-removed = This person may no longer change these settings.
delegates-full = As many people are named as can be. Remove somebody first.

## Settings as a file
file = Settings as a file
file-lead = What is set for everybody and for projects, and the saved reasons for everybody, as one file (JSON): to keep it, or to take it over in another Bitrix24. People and their own settings are not in it.
file-text = Text of a settings file
file-choose = Choose a file…
file-look = Show what would change
file-refused = Nothing was changed. Correct the text, or choose another file.
file-problem-large = The text has more than { $n } KiB.
file-problem-json = This is not JSON: line { $n } cannot be read.
file-problem-ours = This is not a file with settings of Handback.
file-problem-version = Handback does not know version “{ $x }” of this file.
file-problem-shape = Something is missing or of another kind: { $x }
file-problem-level = “{ $x }” is not the level “portal”, and not the level “project” with the number of a project.
file-problem-setting = Handback does not know the setting “{ $x }”.
file-problem-place = “{ $x }” cannot be set at this level.
file-problem-value = “{ $x }” is not a value of “{ $name }”.
file-problem-twice = “{ $x }” is in the file more than once.
file-problem-language = Handback does not know the language “{ $x }”.
file-problem-ready = “{ $x }” is not the reason that has this id.
file-problem-reason = Saved reason { $x }: { $why }
file-problem-owned = The saved reason { $x } belongs to somebody's own list.
file-problem-many = More saved reasons than a list has: { $n } can be offered, and ten times as many are kept with the archived ones.
take-over = Take over
take-over-lead = Nothing was changed yet. What the file does not name stays as it is.
take-over-nothing = Nothing would change: what the file names is so already, or is left out.
take-over-now = Now: { $x } ({ $from })
take-over-then = Then: { $x } ({ $from })
take-over-new = { $n ->
    [one] { $n } new saved reason
   *[other] { $n } new saved reasons
}
take-over-changed = { $n ->
    [one] { $n } saved reason changes
   *[other] { $n } saved reasons change
}
take-over-left = Left out, because the file is from another Bitrix24, whose projects have other numbers:
take-over-left-settings = { $n ->
    [one] { $n } setting of a project
   *[other] { $n } settings of projects
}
take-over-left-reasons = { $n ->
    [one] { $n } saved reason for single projects
   *[other] { $n } saved reasons for single projects
}
take-over-not = Back without taking over
take-over-done = Settings taken over.

## Saved reasons
saved-portal = Saved reasons for everybody
saved-portal-lead = The first nine have a key in the return form. A change is for new returns; what was sent stays as it was.
saved-mine = My saved reasons
saved-mine-lead = They come behind those for everybody. Nobody else sees them here; an administrator can download them with your data.
saved-none = No reasons are saved.
saved-none-mine = You have saved none yet.
saved-new = New saved reason
saved-change = Saved reason
saved-add = Add a reason
saved-edit = Change
saved-up = Move up
saved-down = Move down
saved-archive = Archive
saved-restore = Offer again
saved-is-archived = Archived. It is no longer offered; past returns keep it.
saved-archived = { $n ->
    [one] { $n } archived reason
   *[other] { $n } archived reasons
}
saved-projects = { $n ->
    [one] only in { $n } project
   *[other] only in { $n } projects
}
saved-places = These places are filled in for each task: { $x }
saved-translations = Translations
saved-only-in = Only in these projects
saved-only-in-lead = Without a mark it is offered everywhere.
saved-problem-missing = Write the words in at least one language.
saved-problem-long = Keep it below 500 characters.
saved-problem-variable = There is a place in braces that nobody fills in.
saved-problem-many = This list is full. Archive a reason first.

## Health: how the installation does
health = Installation
health-well = Everything that Handback needs is here.
health-ill = { $n ->
    [one] { $n } thing is not as it should be.
   *[other] { $n } things are not as they should be.
}
health-lacks = What does not work here, and why
health-grave = To be mended
health-mild = Good to know
health-unpaid = The subscription or the trial of the application has ended
    .do = Nobody is let in until it is paid. Nothing is erased meanwhile.
health-access_closed = The plan of this Bitrix24 lets no application in
    .do = Handback works again by itself as soon as the plan allows applications.
health-leaving = Bitrix24 says that Handback is being removed
    .do = Its authorization server is being asked whether this is true. If it is not, nothing has to be done.
health-unasked = Bitrix24 could not be asked just now
health-permission = The permission “{ $x }” is missing
    .do = { $x }: this does not work. Install the application again; Bitrix24 then asks for the permission.
health-useful = The permission “{ $x }” is not given
    .do = { $x }: this is left out, everything else works.
health-method = This Bitrix24 does not offer { $x }
    .do = { $x }: this does not work here.
health-handlers = { $n ->
    [one] { $n } event or place does not lead where it should
   *[other] { $n } events or places do not lead where they should
}
health-handlers-do = The button “Mend events and places” below puts it right.
health-installer = The access that keeps the installation in order is of no use any more
    .do = Decisions still work. Install the application again, so that Handback can look after itself.
health-control = Is task control part of your plan?
    .do = Bitrix24 says that it is not. Then “Require approval upon completion” has no effect, and no task waits for anybody's control.
health-bells = Returns are to be told by a notification, and the permission “im” is not given
    .do = Nobody gets one; the reason stands in the task's chat or comments. Give Handback the permission, or set “How a return is told” back.
health-chat = The task card has no chat for applications here (no REST 3.0)
    .do = Reasons are written as comments of the task, where the assignee finds them.
health-facts = What Handback has recorded
health-state = State of the installation
health-state-new = Not finished yet
health-state-active = In use
health-state-suspended = Nobody is let in
health-state-leaving = Being removed
health-last-event = Last notice from Bitrix24
health-no-event = None in the last 30 days
health-last-renewal = Access last renewed
health-no-renewal = Never
health-reopen = Have to open Handback again
health-people = { $n ->
    [0] Nobody
    [one] { $n } person
   *[other] { $n } people
}
health-build = Version of the server
health-places = Events and places
health-in-place = { $n } of { $of } are as they should be.
health-stale = { $n ->
    [one] { $n } leads to an old address.
   *[other] { $n } lead to an old address.
}
health-mend = Mend events and places
health-mended = Done. Below is what stands in Bitrix24 now.
health-each = Each of them
health-methods = Methods that Handback uses
health-offered = { $n } of { $of } are offered here.
health-limits = Limits met in the last 7 days
health-limits-lead = When Bitrix24 asks to slow down, Handback waits and goes on. Many of them make everybody wait.
health-no-limits = None.
health-times = { $n ->
    [one] { $n } time
   *[other] { $n } times
}
health-last = last on { $x }
feature-list = The list of tasks that wait
feature-decide = Returning and accepting
feature-history = What became of a decision, and returns so far
feature-results = The task status summary that was handed in
feature-checklist = The checklist
feature-points = Opening points of the checklist again
feature-deadline = A new deadline or a mark with the decision
feature-comment = The reason as a comment of the task
feature-bell = Notification of a return
scope-is-not-given = Not given

## What is kept: handing it out, erasing it, receipts
data = Data
data-mine = What is kept about you
data-mine-lead = Your decisions, reasons, saved reasons, settings, view, snoozed tasks and what was done with your access, as one file (JSON).
data-export = Download
data-erase = Erase…
data-person = About one person
data-person-lead = For somebody who asks for it, or who has left. Their number stands in the address of their profile.
data-portal = About this whole Bitrix24
data-portal-lead = Everything that Handback keeps of it, of each kind at most the youngest 20,000 rows; whoever runs Handback can hand out all.
erase-person = Erased are: the words of every reason, one's own saved reasons, settings, view, snoozed tasks with their log, what notifications of returns they got, open pages, and the access to Bitrix24. What stays, because it is others' too: in numbers and times the decisions, how they ended and who was quicker, and, for a week, the journal of calls; who named whom, changed something for others or installed Handback; the access of the installation; reasons saved for everybody. What was written into tasks in Bitrix24 stays there.
erase-portal = Everything that Handback keeps of this Bitrix24 is erased for everybody, at once and for good. Remove the application in Bitrix24 afterwards, or install it anew.
erase-words = Type { $x } to confirm
erase-wrong = That was something else. Nothing was erased.
erase-now = Erase for good
erase-not = Back without erasing
receipts = Receipts
receipts-lead = What was handed out or erased, the last twenty. Receipts are kept for three years; whose data it was is not kept.
receipts-none = None yet.
receipt = Receipt
receipt-keep = Keep this number: it is how to prove later that this was done.
receipt-at = When
receipt-by = Asked by
receipt-ended = Your session has ended. To go on, open Handback again in Bitrix24.
receipt-rows = { $x } rows
receipt-by-person = the person themselves
receipt-by-administrator = an administrator
receipt-by-operator = the operator
receipt-export-person = A person's data were handed out
receipt-export-portal = The data of this Bitrix24 were handed out
receipt-erasure-person = Erasure of a person's data
receipt-erasure-portal = Erasure of everything of this Bitrix24
rows-portals = Installation
rows-decisions = Decisions
rows-reasons = Reasons
rows-followups = What was wished with decisions
rows-bells = Notifications of returns
rows-saved_reasons = Saved reasons
rows-settings = Settings
rows-delegates = People named for the settings
rows-views = Views
rows-snoozes = Snoozed tasks
rows-snooze_log = Log of snoozed tasks
rows-actions = Log of actions
rows-calls = Journal of calls
rows-events = Notices from Bitrix24
rows-sessions = Open pages
rows-credentials = Access to Bitrix24
rows-receipts = Receipts
rows-filters = Filters of others on this person
rows-named_by_others = Where others named this person

## Looking back: the journal of calls, and what people did
calls = Journal of calls
calls-lead = What Handback asked this Bitrix24 in the last 7 days, and with whose access. No texts are kept.
calls-task = Task number
calls-user = Number of the person
calls-method = Method contains
calls-from = From
calls-until = To
calls-failed = Only what failed
calls-search = Search
calls-none = Nothing matches.
calls-table = Calls, newest first
call-task = Task { $x }
call-person = Person { $x }
call-command = in a batch
call-installer = access of the installation
call-took = { $x } ms
call-operating = { $x } s of the method's time used
call-request = id { $x }
call-ok = OK
call-expired = The access had run out. Handback asks for a new one by itself.
call-reopen = The access is of no use until the person opens Handback again.
call-limited = Bitrix24 asked to slow down.
call-gone = The portal or the application is not there any more.
call-unpaid = The subscription or the trial has ended.
call-not_allowed = Not allowed: a right, a permission or the plan does not suffice, or the object is not there.
call-not_offered = This portal does not offer it.
call-maybe_there = Refused; perhaps it is there already.
call-wrong = The request was wrong.
call-keys = The authorization server refused this application's own keys.
call-stumbled = Bitrix24 had an error of its own.
call-unreachable = No connection. The request did not leave.
call-lost = Sent, but the answer was lost.
call-abandoned = Sent, but nobody waited for the answer any more.
call-not_sent = Not sent: Handback does not call this address.
call-moved = The portal lives at another address.
call-bad_answer = The answer could not be understood.
call-other_code = An error code that Bitrix24 does not document.
call-not_executed = Left out by the batch.
actions = My actions
actions-everybody = Everybody's actions
actions-lead = What you decided through Handback, and how it ended.
actions-lead-everybody = What people decided through Handback, and how it ended.
actions-none = Nothing yet.
actions-table = Decisions, newest first
action-you = You
action-ended = Ended { $x }
actions-kept = Kept for 400 days; nobody can change it.
aside = Snoozed tasks
aside-lead = What you snoozed lately, and when it came back. Nobody else sees it here; an administrator can download it with your data.
snooze-ended = Back in your list

## Outside Bitrix24
closed = Open Handback in Bitrix24
closed-how = Handback works inside Bitrix24. Open it there: you find it in the main menu, under Applications.
connect = Or sign in here
connect-how = You can also use Handback in a window of its own. Your Bitrix24 asks you to sign in.
connect-domain = Address of your Bitrix24
connect-button = Continue

## The licence agreement and the privacy policy
# Exactly true: docs/data.md says where each sentence comes from.
language = English
languages = Languages
operator = Operator
operator-unnamed = Not named on this server. Ask the administrator of your Bitrix24 who runs it.
support = Support
support-unnamed = Ask the administrator of your Bitrix24.
legal-version = For Handback { $x }
terms = Licence agreement
    .lead = About the use of Handback, an application for Bitrix24, at this address.
terms-parties = Between whom
    .text = The licensor is the operator named above. The licensee is the company or person in whose Bitrix24 Handback is installed. Whoever installs Handback accepts this agreement on their behalf; whoever opens Handback accepts it for their own use.
terms-use = What you may do
    .text = You may use Handback in your Bitrix24 free of charge, with all its functions and without a time limit, as long as it is installed there. No function is held back for payment. The program itself is published under the MIT licence, which applies to its source code.
terms-acts = In whose name Handback acts
    .text = Handback returns or accepts a task only after a person has pressed for it, in that person's name, and only if Bitrix24 gives them the right. A decision can be taken back for as long as the page says. What is decided in this way counts in your Bitrix24 as that person's own decision.
terms-rules = What is asked of you
    .text = Use Handback only in a Bitrix24 in which you may work, and only with your own access. Do not try to reach what belongs to other companies, to act in other people's names, or to keep Handback from working.
terms-needs = What it depends on
    .text = Handback needs a Bitrix24 whose plan lets applications in, an administrator who installs it, and Bitrix24's own services. When one of these fails, a decision may be late or may not be carried out; Handback then shows whether it was done, was not done, or is not confirmed.
terms-warranty = No warranty
    .text = Handback is provided as it is, without warranty of any kind, express or implied. To the extent that the law allows, the operator is not liable for damage that arises from the use of Handback or because it cannot be used. Liability that the law does not allow anybody to exclude remains.
terms-end = How it ends
    .text = The agreement ends when an administrator removes Handback from your Bitrix24, or when the operator stops offering it. What is erased after a removal, and when, is said in the privacy policy.
terms-bitrix24 = Handback and Bitrix24
    .text = Handback is not part of Bitrix24 and is not made by its makers. What you have agreed with them about Bitrix24 stays as it is.
privacy = Privacy policy
    .lead = What Handback, an application for Bitrix24, keeps about people at this address, for how long, and who sees it.
privacy-kept = What is kept
    .text = The operator's database holds the following. Tasks and people stand in it as their numbers in your Bitrix24, never with titles or names.
kept-installation = The installation
    .text = Addresses and identifier (member_id) of your Bitrix24, its authorization server, permissions, version, where the installation stands and since when, on which day it was last opened, the number of the administrator who installed it, and fingerprints (SHA-256) of the secret by which Bitrix24's notices are known.
    .until = As long as Handback is installed. An installation that was never finished: until it has not been used for 7 days
kept-access = Access to Bitrix24
    .text = The access that Bitrix24 gives Handback for the administrator who installed it and for each person who opens it: encrypted (XChaCha20-Poly1305), with the person's number and the time when it runs out. The key is not in the database.
    .until = For a person: until 24 hours after they last used Handback and their last decision ended. For the installation: as long as it is there
kept-sessions = Open pages
    .text = For each opened page a fingerprint (SHA-256) of its token, the person's number and language, the part of the list that it shows, and when it was opened and last used. For a sign-in outside Bitrix24, fingerprints of its one-time values and the address of your Bitrix24.
    .until = A session ends after 60 minutes without use, and 8 hours after Bitrix24 last confirmed the person; its record is removed 24 hours after the last use. A sign-in outside Bitrix24: 10 minutes
kept-decisions = Decisions
    .text = The numbers of the task and of the person, whether the task was returned or accepted, when, and how it ended; what was wished along with it: numbers of checklist items, a new deadline, a mark; if somebody else was quicker, their number too; for two days, whether a notification of the return was sent, when, and the number of the person who got it.
    .until = As long as Handback is installed
kept-reasons = Reasons
    .text = What a person wrote to the assignee when they returned a task, and whether it was delivered. Together with saved reasons these are the only words of people that are kept.
    .until = As long as Handback is installed
kept-saved = Saved reasons
    .text = Reasons that people keep ready, for everybody or for themselves: their words in each language, the projects in which they are offered, and the number of the person who changed them. An archived one stays, because returns refer to it.
    .until = As long as Handback is installed
kept-settings = Settings
    .text = What was set for everybody, a project or a person, and who may change it beside the administrators: values, numbers of projects and people, times.
    .until = Until it is changed; as long as Handback is installed
kept-views = Views and snoozed tasks
    .text = How each person last grouped and filtered their list, without the words that they searched for; which tasks they have snoozed, and until when; and a log of that, in numbers.
    .until = The last view: as long as Handback is installed. A snoozed task: until it comes back, at most 366 days. The log: 400 days
kept-actions = Log of actions
    .text = Who decided what about which task, when, and how it ended, in numbers. Nobody can change it in Handback.
    .until = 400 days
kept-calls = Journal of calls
    .text = Each request that Handback made to Bitrix24: when, with whose access, method, number of the task, outcome and duration. None of its content.
    .until = 7 days after the end of the day (UTC)
kept-events = Notices from Bitrix24
    .text = What Bitrix24 announced about the installation or a task: name of the notice, number of the task, time. Access that comes with a notice is encrypted, and erased as soon as the notice has been dealt with.
    .until = 30 days; about a task 1 hour, the last one 30 days
kept-receipts = Receipts
    .text = That data of a person or of a whole Bitrix24 were handed out or erased: when, in which role somebody asked, and how many rows of which kind. Nobody's number.
    .until = 3 years; not beyond the removal of Handback
kept-tombstone = That Handback was removed
    .text = A fingerprint (SHA-256) of the identifier of a Bitrix24 that has removed Handback, the time, and whether everything was to be erased; if everything was erased, the receipt of that. Nothing about people.
    .until = Without limit
privacy-passes = What only passes through
    .text = Titles, descriptions, checklists, messages of the task's chat and other contents of tasks, and people's names, are read from your Bitrix24 for the page that you open, shown there, and not stored.
privacy-memory = What is held in memory
    .text = Fingerprints of access that Bitrix24 confirmed (5 minutes) or refused (1 minute), and the network addresses from which refused access came or a sign-in outside Bitrix24 was begun, so that nobody can try endlessly. It is not written to the database or the log, and is gone when the program ends.
privacy-log = What the log says
    .text = For each request: time, kind of page, outcome, duration and an id. About work and faults: numbers of the installation, the person and the decision, error codes, and sometimes the name of a server. No titles, no words of people, no names, no access and no network addresses. Handback itself keeps no log; how long it is kept, and what a server in front of Handback records, is decided by the operator.
privacy-browser = In your browser
    .text = Inside Bitrix24 Handback sets no cookie and stores nothing in the browser. A sign-in outside Bitrix24 sets one cookie for 10 minutes, which is deleted when the sign-in succeeds. Pages load Bitrix24's own script and no other foreign one; visitors are not analysed.
privacy-shared = Who receives it
    .text = Your Bitrix24 and Bitrix24's authorization servers. Decisions and reasons go to the task in your Bitrix24, and, where it was set so, reasons to the assignee's notifications there, in the name of the person who pressed. Handback sends nothing to anybody else.
privacy-seen = Who sees it
    .text = Each person sees their own decisions, reasons, saved reasons, view and snoozed tasks; reasons that are saved for everybody are offered to everybody, and whoever may read a task in your Bitrix24 sees with it why it was returned. An administrator of your Bitrix24 also sees everybody's decisions and reasons and the journal of calls, and can download what is kept about anybody in it. The operator can read the database and holds the key of what is encrypted. No other company sees anything of yours.
privacy-removed = When Handback is removed
    .text = It counts as soon as Bitrix24's authorization server confirms it. If the administrator chose to delete the data, everything of your Bitrix24 is erased. Otherwise access, sessions, notices, the journal of calls, settings, saved reasons, views and snoozed tasks are erased at once; the facts of the installation, the decisions, the reasons and the log of actions wait 30 days for a new installation and are then erased. A Bitrix24 in which nobody has opened Handback for 210 days, and whose access has run out, counts as removed without deletion. Backups that the operator has made still hold the data until they are deleted.
privacy-rights = Your rights
    .text = Under Settings, Data, you can yourself download what is kept about you as a file, and erase your words and everything that is yours alone. An administrator of your Bitrix24 can do the same for anybody in it and for the whole Bitrix24, and the operator for both; each time there is a receipt. After an erasure there stays what is others' too: in numbers and times your decisions, that you were quicker than somebody else, and, for a week, the journal of calls; that you named somebody or were named, changed something for others or installed Handback; the access of the installation; reasons saved for everybody; and in your Bitrix24 what was written into tasks. To have something corrected, turn to one of them. You can also complain to the authority for data protection that is responsible for you.

## Errors: what happened, and what to do
reason-least = { $n ->
    [one] Your portal asks for at least { $n } character.
   *[other] Your portal asks for at least { $n } characters.
}
way-again = Please try again in a moment.
way-reopen = Close this page and open Handback again in Bitrix24.
way-list = Back to the list
error-your-words = Your words
error-malformed = The request could not be read
    .do = Something was missing or came twice.
error-reason_missing = A return needs a reason
    .do = Write in a few words what the assignee should change. Nothing was changed yet.
error-reason_too_long = The reason is too long
    .do = Keep it below 2,000 characters. Nothing was changed yet.
error-reason_too_short = The reason is too short
    .do = Say a little more about what the assignee should change. Nothing was changed yet.
error-deadline_over = The new deadline has to lie ahead
    .do = Choose a later day, within the next ten years. Nothing was changed yet.
error-snooze_day = Choose a day that lies ahead
    .do = A task can be snoozed until a day within the next year. Nothing was changed.
error-too_large = Too much at once
    .do = The text is longer than Handback accepts. Shorten it and try again.
error-not_genuine = Bitrix24 did not confirm who you are
    .do = The request did not come from the portal that it names, or it is too old.
error-other_application = This belongs to another application
    .do = The access that was sent was given to a different application. Ask your administrator to install Handback.
error-admin_required = Only an administrator may do this
    .do = Ask an administrator of your Bitrix24 to do it.
error-http_portal = Your Bitrix24 is reached without encryption
    .do = Handback speaks only to portals with https. Ask your administrator to switch it on.
error-address_refused = The address of your Bitrix24 is not reachable for Handback
    .do = It lies in a network that Handback does not enter. Your administrator can have it allowed.
error-not_installed = Handback is not installed in this Bitrix24
    .do = Ask your administrator to install it.
error-session_ended = Your session has ended
    .do = For your safety a session ends after a while. Nothing was lost.
error-wrong_origin = The request came from another site
    .do = It was refused to protect you. Nothing was changed.
error-not_found = There is no such page
    .do = It may have been moved, or the address is incomplete.
error-task_unavailable = This task was deleted or is not visible to you
    .do = Look for it in Bitrix24, or ask whoever created it to let you see it.
error-wrong_method = This page cannot be called in this way
    .do = Open Handback in Bitrix24 and go on from there.
error-conflict = There is a decision about this task already
    .do = Somebody else, or you in another window, has just decided it. The list shows how it stands.
error-bulk_empty = No task is chosen
    .do = Choose the tasks that you want to decide together. Nothing was changed.
error-bulk_too_large = Too many tasks at once
    .do = At most 500 tasks can be decided in one go. Nothing was changed.
error-still_open = Decisions are still on their way
    .do = Wait until every decision, its reason and what was wished with it have arrived, or take it back. Nothing was erased.
error-snooze_full = Too many tasks are put aside
    .do = Take some of them up again first. Nothing was changed.
error-bulk_open = Your last decision about many tasks is still being sent
    .do = Nothing was changed. As soon as it is through you can start the next one.
error-portal_unreachable = Your Bitrix24 does not answer
    .do = Nothing was changed.
error-portal_limited = Your Bitrix24 asks to slow down
    .do = Too many requests reached it. Wait a minute.
error-authorization_down = Bitrix24's sign-in service does not answer
    .do = It usually comes back within minutes.
error-access_closed = Your plan does not let applications in
    .do = Your administrator sees in Bitrix24 which plan allows applications.
error-unpaid = The Bitrix24 subscription has ended
    .do = Handback works again as soon as it is renewed.
error-no_app_right = You have not been given this application
    .do = Ask your administrator for access to Handback.
error-portal_deleted = This Bitrix24 no longer exists
    .do = The portal was closed or deleted.
error-sign_in_again = Please sign in again
    .do = Bitrix24 no longer accepts the access that Handback had for you.
error-too_many = Too many requests
    .do = Wait a minute.
error-busy = Handback has too much to do right now
    .do = Nothing was changed.
error-taken = What you pressed was received
    .do = Only the page that shows it could not be made. You need not press again: the list shows what became of it.
error-internal = Something went wrong on our side
    .do = It has been recorded.
