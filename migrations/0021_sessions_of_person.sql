-- The newest sessions of one person: each opening begins one, and nobody keeps as many as they like.
create index if not exists sessions_of_person on sessions (portal_id, user_id, created_at desc);
