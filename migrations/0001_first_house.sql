-- Every table's key begins with portal_id: the portal's member_id as 128 bits. Nothing here holds a task's title, text
-- or a person's name.

create table portals (
    portal_id uuid primary key,
    -- scheme and authority of client_endpoint, e.g. https://portal.bitrix24.com; from the authorization server alone
    origin text not null,
    endpoint text not null,
    oauth_server text not null,
    status text not null check (status in ('new', 'active', 'suspended', 'leaving', 'gone')),
    scopes text[] not null default '{}',
    app_version text,
    installed_by bigint,
    -- SHA-256; null as long as the portal has not proved one, and null never matches
    application_token_hash bytea check (octet_length(application_token_hash) = 32),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    installed_at timestamptz
);
create index portals_origin on portals (origin);

-- Access and refresh tokens, sealed. kind: 'installer' keeps the portal in order, 'user' acts for a person.
create table credentials (
    portal_id uuid not null references portals on delete cascade,
    kind text not null check (kind in ('installer', 'user')),
    user_id bigint not null,
    access_sealed bytea not null,
    refresh_sealed bytea,
    expires_at timestamptz not null,
    -- counts stored pairs; a renewal is saved only over the generation it began from
    generation bigint not null default 1,
    state text not null default 'good' check (state in ('good', 'reauth_required')),
    lease_id uuid,
    lease_until timestamptz,
    updated_at timestamptz not null default now(),
    primary key (portal_id, kind, user_id)
);

-- What a page in the frame shows to act: SHA-256 of its token.
create table sessions (
    portal_id uuid not null references portals on delete cascade,
    token_hash bytea not null check (octet_length(token_hash) = 32),
    user_id bigint not null,
    lang text not null,
    -- the part of the queue that the place of opening shows
    assignee_id bigint,
    group_id bigint,
    created_at timestamptz not null default now(),
    used_at timestamptz not null default now(),
    primary key (portal_id, token_hash)
);
create index sessions_used on sessions (used_at);

-- One-time states of the code flow outside the frame, each bound to its browser's cookie.
create table oauth_states (
    portal_id uuid not null references portals on delete cascade,
    state_hash bytea not null check (octet_length(state_hash) = 32),
    browser_hash bytea not null check (octet_length(browser_hash) = 32),
    created_at timestamptz not null default now(),
    primary key (portal_id, state_hash)
);

create table decisions (
    portal_id uuid not null references portals on delete cascade,
    decision_id uuid not null,
    user_id bigint not null,
    task_id bigint not null,
    action text not null check (action in ('return', 'approve')),
    state text not null check (state in ('held', 'checking', 'sending', 'done', 'refused', 'unknown', 'not_run',
                                         'needs_person', 'cancelled')),
    -- why it was refused or did not run
    detail text,
    -- statusChangedDate as the person saw it
    seen_status_changed timestamptz,
    held_until timestamptz not null,
    -- the portal's clock just before the changing request, with its offset in minutes
    sending_since timestamptz,
    sending_offset_minutes integer,
    -- who else decided first, and when, as the portal says
    other_user_id bigint,
    other_at timestamptz,
    other_offset_minutes integer,
    lease_id uuid,
    lease_until timestamptz,
    -- our database's clock when the changing request left; the waiting time for "no trace" counts from here
    sent_at timestamptz,
    look_at timestamptz,
    looks integer not null default 0,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (portal_id, decision_id)
);
-- One open decision per task, kept by the database.
create unique index decisions_one_open on decisions (portal_id, task_id)
    where state in ('held', 'checking', 'sending', 'unknown');
create index decisions_of_person on decisions (portal_id, user_id, created_at desc);
create index decisions_due on decisions (held_until) where state in ('held', 'checking', 'sending', 'unknown');

-- The words for the assignee, with an outcome of their own.
create table reasons (
    portal_id uuid not null,
    decision_id uuid not null,
    body text not null,
    -- which of the ready reasons the words began with, if any
    code text,
    delivery text not null check (delivery in ('pending', 'sending', 'delivered', 'failed', 'unknown', 'dropped')),
    via text check (via in ('chat', 'comment')),
    -- when the last request that carries it left
    tried_at timestamptz,
    -- a request that certainly did not run is tried again, not before this
    try_at timestamptz,
    tries integer not null default 0,
    lease_id uuid,
    lease_until timestamptz,
    primary key (portal_id, decision_id),
    foreign key (portal_id, decision_id) references decisions on delete cascade
);
create index reasons_due on reasons (portal_id, decision_id) where delivery in ('pending', 'sending');
