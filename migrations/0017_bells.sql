-- A returned task's assignee may be told of it under Bitrix24's bell as well, where the portal or a project wants it so.
-- Numbers and times only; a row goes two days after it is over (store::bells).
create table bells (
    portal_id uuid not null,
    decision_id uuid not null,
    fate text not null default 'pending'
        check (fate in ('pending', 'ringing', 'rung', 'unknown', 'refused', 'quiet', 'enough')),
    -- whom; known and kept as soon as a request leaves, to count how many they got
    assignee_id bigint,
    -- since when a request that carries it may be at the portal
    left_at timestamptz,
    bell_tries integer not null default 0,
    ring_at timestamptz,
    bell_lease uuid,
    bell_lease_until timestamptz,
    ended_at timestamptz,
    primary key (portal_id, decision_id),
    foreign key (portal_id, decision_id) references decisions on delete cascade,
    check (left_at is null or assignee_id is not null)
);
create index bells_due on bells (portal_id, decision_id) where fate in ('pending', 'ringing');
create index bells_of on bells (portal_id, assignee_id, left_at) where left_at is not null;
create index bells_over on bells (ended_at) where ended_at is not null;

-- Written by the database itself, in the statement that ends the decision: whoever records a return cannot forget it, and
-- there is none for a return that did not happen. Whether it rings in the end is asked when it is due.
create function keep_bell() returns trigger language plpgsql as $$
begin
    insert into bells (portal_id, decision_id)
    select new.portal_id, new.decision_id
    where exists (select from settings where portal_id = new.portal_id and level in ('portal', 'project')
                  and name = 'return_notice' and value = 'bell')
    on conflict do nothing;
    return null;
end $$;
create trigger decisions_ring after update of state on decisions for each row
    when (old.state <> 'done' and new.state = 'done' and new.action = 'return') execute function keep_bell();
