-- What all replicas count together: questions about strangers' tokens, and renewals after an outage. It is about no portal,
-- so portal_id is the one that none has.
create table turns (
    portal_id uuid not null,
    line text not null check (line in ('strangers', 'renewals')),
    -- the next free turn
    next_at timestamptz not null,
    -- how long an outage of the authorization server is remembered
    troubled_until timestamptz,
    primary key (portal_id, line)
) with (fillfactor = 50);

-- Where the browser was sent to sign in: whichever portal really lives there may answer. Null: of a former version.
alter table oauth_states add column origin text;
