-- Tokens go to a portal's endpoint, so whoever can write here must not be able to move it: what the authorization server
-- said of it is sealed beside it. Null: from before, or written by a former version; the server is asked again.
alter table portals add column endpoint_sealed bytea;
