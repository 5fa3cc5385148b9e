-- That somebody's data were handed out or erased, and how many rows of what. Nobody's number: who keeps the receipt knows
-- whose it is.
create table receipts (
    portal_id uuid not null references portals on delete cascade,
    receipt_id uuid not null,
    -- of whom: a person, or the whole portal
    scope text not null check (scope in ('person', 'portal')),
    deed text not null check (deed in ('export', 'erasure')),
    asked_by text not null check (asked_by in ('person', 'administrator', 'operator')),
    -- by kind: {"reasons": 12, ...}
    rows jsonb not null,
    at timestamptz not null default now(),
    primary key (portal_id, receipt_id)
);
create index receipts_at on receipts (at);

-- Of an erased portal the receipt is all that is left, beside the fingerprint.
alter table tombstones
    add column receipt_id uuid,
    add column asked_by text check (asked_by in ('administrator', 'operator')),
    add column rows jsonb;

-- The log of snoozes is append-only but for the person whose erasure is named in the transaction.
create or replace function keep_snooze_log() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at < now() - interval '400 days'
           or current_setting('handback.erases', true) = old.portal_id || '/' || old.user_id
           or not exists (select from portals where portal_id = old.portal_id and status <> 'gone') then
            return old;
        end if;
    end if;
    raise exception 'snooze_log is append-only' using errcode = 'restrict_violation';
end $$;
