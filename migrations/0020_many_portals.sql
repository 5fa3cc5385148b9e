-- What was found with the rows of 100 000 portals (benches/scale.md): sweeps that read whole tables, and a page that read all that
-- its person had ever decided. Indexes alone.

-- What of a person's decisions is open or has just ended; their years are not read.
create index if not exists decisions_ended on decisions (portal_id, user_id, finished_at);
-- Whose turn it is, without a look at each portal that nobody uses and that stays due.
create index if not exists portals_tend_used on portals (tend_at, opened_at) where status in ('new', 'active', 'suspended');
drop index if exists portals_tend;
-- How many there are of each, and those whose time is over.
create index if not exists portals_status on portals (status, left_at);
-- Of what is swept by age.
create index if not exists sessions_created on sessions (created_at);
create index if not exists credentials_unused on credentials (updated_at) where kind = 'user';
create index if not exists snoozes_since on snoozes (snoozed_at);
