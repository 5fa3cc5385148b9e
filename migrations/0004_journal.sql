-- The journal of calls, for a week, and the log of what each person did. Neither holds a word that anybody wrote.

-- Every request to a portal or to an authorization server, and every command of a batch. No reference to portals, and
-- the cascade does not come here: erasing a portal deletes its rows by name (store::calls::forget_calls).
create table calls (
    -- all zeros: nobody was proved, or the portal is not kept here
    portal_id uuid not null,
    at timestamptz not null,
    call_id uuid not null,
    -- 0: the request; from 1: the commands of a batch, in their order
    nth smallint not null,
    -- whose token it was; null: nobody was proved
    kind text check (kind in ('installer', 'user')),
    user_id bigint,
    method text not null,
    task_id bigint,
    http smallint,
    -- the vendor's code, one of the documented ones
    code text,
    -- why there is neither a usable answer nor a documented code
    trouble text check (trouble in ('unreachable', 'lost', 'abandoned', 'not_sent', 'moved', 'bad_answer', 'other_code',
                                    'not_executed')),
    duration_ms integer,
    -- seconds that the method has used of the portal's budget
    operating double precision,
    -- of our own request, as a person can quote it
    request_id text,
    primary key (portal_id, at, call_id, nth)
) partition by range (at);
create index calls_task on calls (portal_id, task_id, at desc) where task_id is not null;

-- A partition for each day (UTC), from yesterday to some days ahead; those whose last moment is past its time are dropped.
-- No default partition: dropping by day would not reach what fell into it, and a day whose rows lie there cannot get a
-- partition of its own any more. Safe with several replicas: they take turns.
create function tend_calls(kept interval, days_ahead integer) returns integer language plpgsql as $$
declare
    today date := (now() at time zone 'utc')::date;
    day date;
    old record;
    changed integer := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('handback.calls', 0));
    for day in select today + n from generate_series(-1, days_ahead) n loop
        if to_regclass(format('calls_%s', to_char(day, 'YYYYMMDD'))) is null then
            execute format('create table calls_%s partition of calls for values from (%L) to (%L)',
                           to_char(day, 'YYYYMMDD'), day || ' 00:00+00', (day + 1) || ' 00:00+00');
            changed := changed + 1;
        end if;
    end loop;
    for old in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'calls'::regclass and c.relname ~ '^calls_\d{8}$'
          and (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp at time zone 'utc' <= now() - kept
    loop
        execute format('drop table %I', old.relname);
        changed := changed + 1;
    end loop;
    return changed;
end $$;

-- What a person did, and how it ended: one row when they pressed, one when the decision became final. The reason stays
-- where it is (reasons), so that erasing a person's words needs no change here.
create table actions (
    portal_id uuid not null references portals on delete cascade,
    decision_id uuid not null,
    outcome text not null check (outcome in ('pressed', 'done', 'refused', 'not_run', 'needs_person', 'cancelled')),
    user_id bigint not null,
    task_id bigint not null,
    action text not null check (action in ('return', 'approve')),
    -- why it was refused or did not run
    detail text,
    at timestamptz not null default now(),
    primary key (portal_id, decision_id, outcome)
);
create index actions_pressed on actions (portal_id, at desc, decision_id desc) where outcome = 'pressed';
create index actions_of_person on actions (portal_id, user_id, at desc, decision_id desc) where outcome = 'pressed';
create index actions_at on actions (at);

-- Written by the database itself, in the statement that changes the decision: whoever changes one cannot forget it.
create function log_action() returns trigger language plpgsql as $$
begin
    insert into actions (portal_id, decision_id, outcome, user_id, task_id, action, detail)
    values (new.portal_id, new.decision_id, case tg_op when 'INSERT' then 'pressed' else new.state end, new.user_id,
            new.task_id, new.action, case tg_op when 'INSERT' then null else new.detail end);
    return null;
end $$;
create trigger decisions_pressed after insert on decisions for each row execute function log_action();
create trigger decisions_ended after update of state on decisions for each row
    when (old.state <> new.state and new.state in ('done', 'refused', 'not_run', 'needs_person', 'cancelled'))
    execute function log_action();

-- Append-only: nothing is changed, and nothing is removed before its time but with its portal. Whoever removes by age has
-- to use the same 400 days (store::actions).
create function keep_action() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at < now() - interval '400 days'
           or not exists (select from portals where portal_id = old.portal_id and status <> 'gone') then
            return old;
        end if;
    end if;
    raise exception 'actions is append-only' using errcode = 'restrict_violation';
end $$;
create trigger actions_append_only before update or delete on actions for each row execute function keep_action();
create trigger actions_no_truncate before truncate on actions for each statement execute function keep_action();
