-- What else a person wishes with a decision, carried out once the decision is done and before anybody is told why:
-- another deadline, points of the checklist that are not good, a mark. Ids and times only.
create table followups (
    portal_id uuid not null,
    decision_id uuid not null,
    deadline timestamptz,
    deadline_offset_minutes integer,
    mark text check (mark in ('P', 'N')),
    -- points to be reopened
    items bigint[] not null default '{}',
    fate text not null default 'pending' check (fate in ('pending', 'carrying', 'done', 'partly')),
    -- what was carried out, and what could not be
    done_items bigint[] not null default '{}',
    missed_items integer not null default 0,
    deadline_done boolean,
    mark_done boolean,
    followup_tries integer not null default 0,
    carry_at timestamptz,
    followup_lease uuid,
    followup_lease_until timestamptz,
    primary key (portal_id, decision_id),
    foreign key (portal_id, decision_id) references decisions on delete cascade,
    check (deadline is null or deadline_offset_minutes is not null),
    check (deadline is not null or mark is not null or items <> '{}')
);
create index followups_due on followups (portal_id, decision_id) where fate in ('pending', 'carrying');
-- Returns of a task, for its page.
create index decisions_of_task on decisions (portal_id, task_id) where action = 'return' and state = 'done';
