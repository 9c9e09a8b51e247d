-- People who were erased on request, and what must be remembered so that they stay so.

-- One person of an account who was erased. Nothing here leads back to them without the service's secrets key.
create table erasures (
  account text not null references accounts (alias),
  digest text not null,                       -- a keyed hash of the email identity: by it a later delivery is known
  pseudonym text not null,                    -- the random address that stands in the place of theirs
  erased_at bigint not null,                  -- when they were erased first
  primary key (digest, account)
) without rowid;

-- How many people of its account were erased: where it is 0, no delivery is looked at for them.
alter table ledgers add column erasure_count bigint not null default 0;

alter table referrers add column erased_at bigint;            -- null: they were not
alter table referrals add column erased_at bigint;            -- null: they were not
alter table referrals add column kept_charges text;           -- JSON: the ids of the charges that still count; null: not erased

-- Which events tell of this reward?
create index events_by_reward on events (reward_id) where reward_id is not null;
-- Which create call made this?
create index requests_by_resource on requests (resource_id);
