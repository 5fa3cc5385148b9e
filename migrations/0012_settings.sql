-- What a portal, a project or a person wants done their way; who may set it for the portal; and the reasons that people
-- keep ready. Names of people and projects are not kept: they are read live.

create table settings (
    portal_id uuid not null references portals on delete cascade,
    level text not null check (level in ('portal', 'project', 'person')),
    -- the project or the person; 0 of the portal
    subject_id bigint not null check ((level = 'portal') = (subject_id = 0)),
    name text not null,
    value text not null,
    changed_by bigint not null,
    changed_at timestamptz not null default now(),
    primary key (portal_id, level, subject_id, name)
);

-- Who may change the portal's settings and its saved reasons beside its administrators.
create table delegates (
    portal_id uuid not null references portals on delete cascade,
    user_id bigint not null,
    named_by bigint not null,
    named_at timestamptz not null default now(),
    primary key (portal_id, user_id)
);

-- A reason kept ready, of the portal or of one person. Archived and never deleted: decisions name it.
create table saved_reasons (
    portal_id uuid not null references portals on delete cascade,
    reason_id uuid not null,
    -- null: of the portal
    user_id bigint,
    -- the built-in reason that it is, whose words are Handback's own as long as it has none
    builtin text,
    place integer not null,
    archived_at timestamptz,
    changed_by bigint not null,
    changed_at timestamptz not null default now(),
    primary key (portal_id, reason_id)
);
create index saved_reasons_of on saved_reasons (portal_id, user_id);

-- Its words, by the vendor's language code.
create table saved_reason_texts (
    portal_id uuid not null,
    reason_id uuid not null,
    lang text not null,
    body text not null,
    primary key (portal_id, reason_id, lang),
    foreign key (portal_id, reason_id) references saved_reasons on delete cascade
);

-- Only in these projects; without a row everywhere.
create table saved_reason_projects (
    portal_id uuid not null,
    reason_id uuid not null,
    group_id bigint not null,
    primary key (portal_id, reason_id, group_id),
    foreign key (portal_id, reason_id) references saved_reasons on delete cascade
);
