-- Of which decisions only their person can tell the outcome: they stay before their eyes for a week. Few, whatever the years.
create index if not exists decisions_unsettled on decisions (portal_id, user_id, finished_at) where state = 'needs_person';
