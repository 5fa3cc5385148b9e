-- Companies :first to :last as they stand on a working day, beside the ones that are really installed: theirs is the shape
-- of what is sealed. The triggers that write the logs rest meanwhile, the logs are filled here.
set session_replication_role = replica;
set synchronous_commit = off;

create temp table sealed as
    select p.origin, p.endpoint, p.endpoint_sealed, p.oauth_server, p.scopes, p.app_version, c.access_sealed, c.refresh_sealed
    from portals p join credentials c using (portal_id) where c.kind = 'installer' limit 1;
-- used: somebody opened it within three days; place: when in the life of something this one is, 0 to 1
create temp table companies as
    select company, md5('company ' || company)::uuid as portal_id, company % 100 < :used_percent as used, random() as place
    from generate_series(:first, :last) company;
create temp table people as
    select portal_id, user_id, random() as place from companies, generate_series(1, :people) user_id where used;
analyze companies, people;

insert into portals (portal_id, origin, endpoint, oauth_server, status, scopes, app_version, installed_by,
        application_token_hash, installed_at, opened_at, tend_at, closed, left_at, check_at, endpoint_sealed)
    select portal_id, 'https://company' || company || '.bitrix24.com', 'https://company' || company || '.bitrix24.com/rest/',
        oauth_server, status, scopes, app_version, 1, sha256(portal_id::text::bytea),
        case when status <> 'new' then now() - place * interval '300 days' end,
        case when used then now() - place * interval '3 days' else now() - interval '4 days' - place * interval '140 days' end,
        -- what is not used is not tended, and stays due
        case when used then now() + interval '1 hour' + place * interval '23 hours'
            else now() - interval '3 days' - place * interval '140 days' end,
        case when status = 'suspended' then 'unpaid' end,
        case when status in ('leaving', 'gone') then now() - place * interval '29 days' end,
        case when status = 'leaving' then now() + interval '1 hour' end, endpoint_sealed
    from sealed, (select *, case when used then 'active' when company % 20 = 19 then 'gone' when company % 20 = 18 then 'suspended'
                  when company % 100 = 77 then 'leaving' else 'active' end as status from companies) c;

insert into credentials (portal_id, kind, user_id, access_sealed, refresh_sealed, expires_at, updated_at)
    select portal_id, 'installer', 1, access_sealed, refresh_sealed, now(),
        now() - place * case when used then interval '1 day' else interval '149 days' end
    from sealed, companies where company % 20 <> 19 or used;
insert into credentials (portal_id, kind, user_id, access_sealed, refresh_sealed, expires_at, updated_at)
    select portal_id, 'user', user_id, access_sealed, refresh_sealed, now(), now() - place * interval '23 hours' from sealed, people;
insert into sessions (portal_id, token_hash, user_id, lang, created_at, used_at)
    select portal_id, sha256((portal_id::text || user_id || nth)::bytea), user_id, 'en', at, at
    from (select *, now() - (place + nth) / :openings * interval '23 hours' as at from people, generate_series(0, :openings - 1) nth) s;
insert into views (portal_id, user_id, grouping, overdue, unchanged) select portal_id, user_id, 'none', false, false from people;
insert into settings (portal_id, level, subject_id, name, value, changed_by)
    select portal_id, 'person', user_id, 'language', 'en', user_id from people where place < 0.4;
insert into saved_reasons (portal_id, reason_id, place, changed_by)
    select portal_id, md5(portal_id::text || nth)::uuid, nth, 1 from companies, generate_series(1, 5) nth where used and place < 0.2;
insert into saved_reason_texts (portal_id, reason_id, lang, body)
    select portal_id, md5(portal_id::text || nth)::uuid, 'en', repeat('Please look again. ', 3)
    from companies, generate_series(1, 5) nth where used and place < 0.2;
insert into snoozes (portal_id, user_id, task_id, until)
    select portal_id, user_id, 1 + (place * 1000)::int, now() + interval '1 hour' + place * interval '3 days' from people where place < 0.5;
insert into snooze_log (portal_id, user_id, task_id, at, what)
    select portal_id, user_id, nth, now() - (place + nth) / 5 * interval '395 days', 'snoozed' from people, generate_series(0, 4) nth;

create temp table decided as
    select portal_id, md5(portal_id::text || 'decision' || nth)::uuid as decision_id, 1 + nth % :people as user_id,
        nth as task_id, case when nth % 8 < 3 then 'return' else 'approve' end as action,
        now() - interval '1 hour' - (place + nth) / :decisions * interval '360 days' as at
    from companies, generate_series(0, :decisions - 1) nth where used;
insert into decisions (portal_id, decision_id, user_id, task_id, action, state, seen_status_changed, held_until,
        sending_since, sending_offset_minutes, sent_at, created_at, finished_at)
    select portal_id, decision_id, user_id, task_id, action, 'done', at, at, at, 180, at, at, at from decided;
insert into reasons (portal_id, decision_id, body, code, delivery, via, tried_at, tries)
    select portal_id, decision_id, repeat('The totals do not match. ', 4), 'incomplete', 'delivered', 'chat', at, 1
    from decided where action = 'return';
insert into followups (portal_id, decision_id, deadline, deadline_offset_minutes, fate, deadline_done)
    select portal_id, decision_id, at, 180, 'done', true from decided where action = 'return' and task_id % 3 = 0;
-- of two days, where a portal wants notifications
insert into bells (portal_id, decision_id, fate, assignee_id, left_at, ended_at)
    select portal_id, decision_id, 'rung', 1, left_at, left_at
    from (select *, now() - random() * interval '47 hours' as left_at from decided
          where action = 'return' and at > now() - interval '100 days') d;
insert into actions (portal_id, decision_id, outcome, user_id, task_id, action, at)
    select portal_id, decision_id, outcome, user_id, task_id, action, at
    from decided, unnest(array['pressed', 'done']) outcome;

insert into events (portal_id, event_id, event, task_id, said_at, received_at)
    select portal_id, md5(portal_id::text || 'event' || nth)::uuid, 'ONTASKUPDATE', nth, at, at
    from (select *, now() - (place + nth) / :events * interval '55 minutes' as at from companies, generate_series(0, :events - 1) nth
          where used) e;
insert into events (portal_id, event_id, event, received_at, outcome)
    select portal_id, md5(portal_id::text || 'install')::uuid, 'ONAPPUPDATE', now() - place * interval '29 days', 'done'
    from companies where company % 10 = 0;

-- The server makes the days from yesterday on; those before it made in their time.
do $$
declare day date;
begin
    for day in select (now() at time zone 'utc')::date - n from generate_series(0, 7) n loop
        execute format('create table if not exists calls_%s partition of calls for values from (%L) to (%L)',
                       to_char(day, 'YYYYMMDD'), day || ' 00:00+00', (day + 1) || ' 00:00+00');
    end loop;
end $$;
insert into calls (portal_id, at, call_id, nth, kind, user_id, method, task_id, http, duration_ms, operating, request_id)
    select portal_id, now() - (place + nth) / :calls * interval '6 days 20 hours', md5(portal_id::text || 'call' || nth)::uuid, nth % 4,
        'user', 1 + nth % :people, 'tasks.task.getaccess', nth, 200, 120, 0.05, 'filled'
    from companies, generate_series(0, :calls - 1) nth where used;
insert into tombstones (portal_hash, departed_at, clean) select sha256(portal_id::text::bytea), now() - place * interval '300 days', true
    from companies where company % 20 = 19 and not used;
