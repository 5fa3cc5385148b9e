-- How each person looks at their list, and what they have put aside for a while. Neither holds a word that anybody wrote.

-- The last view; what was typed to search is not kept.
create table views (
    portal_id uuid not null references portals on delete cascade,
    user_id bigint not null,
    grouping text not null,
    -- of one project; 0: of none
    project_id bigint,
    assignee_id bigint,
    overdue boolean not null,
    unchanged boolean not null,
    changed_at timestamptz not null default now(),
    primary key (portal_id, user_id)
);

create table snoozes (
    portal_id uuid not null references portals on delete cascade,
    user_id bigint not null,
    task_id bigint not null,
    -- null: until the assignee acts, which is another statusChangedDate or another result than these
    until timestamptz,
    seen_status_changed timestamptz,
    seen_result bigint,
    snoozed_at timestamptz not null default now(),
    primary key (portal_id, user_id, task_id)
);
create index snoozes_over on snoozes (until) where until is not null;

-- Who put what aside, when, until when, and when it came back.
create table snooze_log (
    portal_id uuid not null references portals on delete cascade,
    user_id bigint not null,
    task_id bigint not null,
    at timestamptz not null default clock_timestamp(),
    what text not null check (what in ('snoozed', 'ended')),
    until timestamptz,
    primary key (portal_id, user_id, task_id, at, what)
);
create index snooze_log_at on snooze_log (at);

-- Written by the database itself, in the statement that changes the snooze: whoever changes one cannot forget it.
create function log_snooze() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        -- With its portal everything goes.
        insert into snooze_log (portal_id, user_id, task_id, what)
        select old.portal_id, old.user_id, old.task_id, 'ended'
        where exists (select from portals where portal_id = old.portal_id and status <> 'gone');
    else
        insert into snooze_log (portal_id, user_id, task_id, what, until)
        values (new.portal_id, new.user_id, new.task_id, 'snoozed', new.until);
    end if;
    return null;
end $$;
create trigger snoozes_logged after insert or update or delete on snoozes for each row execute function log_snooze();

-- Append-only, as the log of actions is; whoever removes by age has to use the same 400 days (store::snoozes).
create function keep_snooze_log() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at < now() - interval '400 days'
           or not exists (select from portals where portal_id = old.portal_id and status <> 'gone') then
            return old;
        end if;
    end if;
    raise exception 'snooze_log is append-only' using errcode = 'restrict_violation';
end $$;
create trigger snooze_log_append_only before update or delete on snooze_log
    for each row execute function keep_snooze_log();

-- Whether anything was said of a portal's tasks since a page looked.
create index events_of_tasks on events (portal_id, received_at desc) where task_id is not null;
