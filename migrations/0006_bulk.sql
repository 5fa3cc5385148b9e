-- Many decisions of one person in one go: rows like all others, with the key of the page that confirmed them.
alter table decisions add column bulk_id uuid;
create index decisions_of_bulk on decisions (portal_id, user_id, bulk_id) where bulk_id is not null;

-- A decision that a bulk leaves out is final when it is born: the log has both of its rows at once.
create or replace function log_action() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into actions (portal_id, decision_id, outcome, user_id, task_id, action)
        values (new.portal_id, new.decision_id, 'pressed', new.user_id, new.task_id, new.action);
    end if;
    if tg_op = 'UPDATE' or new.state in ('done', 'refused', 'not_run', 'needs_person', 'cancelled') then
        insert into actions (portal_id, decision_id, outcome, user_id, task_id, action, detail)
        values (new.portal_id, new.decision_id, new.state, new.user_id, new.task_id, new.action, new.detail);
    end if;
    return null;
end $$;
