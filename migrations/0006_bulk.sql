-- Many decisions of one person in one go: rows like all others, with the key of the page that confirmed them.
alter table decisions add column bulk_id uuid;
create index decisions_of_bulk on decisions (portal_id, user_id, bulk_id) where bulk_id is not null;
