-- What attempts to renew this generation of a pair have come to. A new pair begins anew.
alter table credentials
    -- answers that never came: the refresh token may be spent, and is shown a few times more at most
    add column lost smallint not null default 0,
    -- attempts in a row without a new pair, of any kind
    add column failed smallint not null default 0,
    -- nobody tries again before this
    add column retry_at timestamptz;

-- Installers' pairs by the age of their last issue: dormant portals are kept alive.
create index credentials_keep_alive on credentials (updated_at) where kind = 'installer' and state = 'good';
