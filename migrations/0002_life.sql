-- The life of an installation: suspension, departure, the former shared secret; and the inbox of events.

alter table portals
    -- why a suspended portal lets nobody in
    add column closed text check (closed in ('unpaid', 'access_closed')),
    -- an update may bring another application_token; the one before it is accepted for a while
    add column former_token_hash bytea check (octet_length(former_token_hash) = 32),
    add column former_token_until timestamptz,
    -- of a leaving or gone portal: since when; whether everything is to be erased; the next confirmation, and how many
    -- confirmations have found the installation alive
    add column left_at timestamptz,
    add column clean boolean,
    add column check_at timestamptz,
    add column checks integer not null default 0,
    -- when its events and placements are compared with the desired state again
    add column tend_at timestamptz not null default now() + interval '1 hour',
    -- when somebody opened the application, to the day; nobody tends a portal that nobody uses
    add column opened_at timestamptz not null default now(),
    add constraint portals_closed check ((status = 'suspended') = (closed is not null)),
    add constraint portals_left check ((status in ('leaving', 'gone')) = (left_at is not null)),
    add constraint portals_finished check (status <> 'active' or installed_at is not null);
create index portals_checks on portals (check_at) where status = 'leaving';
create index portals_tend on portals (tend_at) where status in ('new', 'active', 'suspended');

-- What Bitrix24's queue posted and was proved. An event is a hint to look, so no more than its name and object are kept.
-- No reference to portals: the event of an installation may come first.
create table events (
    portal_id uuid not null,
    -- 128 bits of the SHA-256 of name, time and data: the same delivery twice is one row
    event_id uuid not null,
    event text not null,
    task_id bigint,
    -- by the portal's clock
    said_at timestamptz,
    -- an uninstall's wish that everything be erased
    clean boolean,
    -- of an install or update event, sealed until it is worked on: the tokens that prove it
    proof_sealed bytea,
    received_at timestamptz not null default now(),
    -- null: nothing is to be done, or it is done
    due_at timestamptz,
    tries integer not null default 0,
    lease_id uuid,
    outcome text,
    primary key (portal_id, event_id)
);
create index events_due on events (due_at) where due_at is not null;
create index events_received on events (received_at);

-- That a portal was here. The one table without portal_id: SHA-256 of the member_id is all that is left of it.
create table tombstones (
    portal_hash bytea primary key check (octet_length(portal_hash) = 32),
    departed_at timestamptz not null default now(),
    clean boolean not null
);
