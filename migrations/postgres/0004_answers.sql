-- What answers later questions: how a delivery came, and what led to an event.

alter table deliveries add column route text collate "C";                 -- 'WEBHOOK', 'CALL', 'RECONCILIATION' or 'IMPORT'; null: before 0004
alter table deliveries add column secret_id text collate "C";             -- the signing secret that verified it; null: none did
alter table deliveries add column objects text collate "C";               -- JSON: [[type, id], …] read from it; null: ignored, or before 0004
alter table deliveries add column received_count bigint not null default 1; -- how often it reached us, the first time among them
alter table deliveries add column last_received_at bigint;    -- null: before 0004, and not since

alter table events add column cause_type text collate "C";                -- 'DELIVERY', 'CALL', 'CLOCK' or 'JOB'; null: before 0004
alter table events add column cause_id text collate "C";                  -- the delivery, the job, or the name of the call; null: the clock
alter table events add column cause_key text collate "C";                 -- the API key that called; null: none
-- What did this delivery change?
create index events_by_delivery on events (cause_id, ledger_id, seq) where cause_type = 'DELIVERY';
-- What happened last to this referral?
create index events_by_referral on events (referral_id, seq) where referral_id is not null;

-- The number of the oldest event that is kept: those before it were removed by age.
alter table ledgers add column first_seq bigint not null default 1;

-- What a body of an earlier version did not say, so that each can be shown as the referral or reward that it tells of.
update events set body = jsonb_set(body::jsonb, '{referral}', body::jsonb -> 'referral' || jsonb_build_object(
  'created_at', (select r.created_at from referrals r where r.id = events.referral_id),
  'updated_at', events.occurred_at,
  'window_ends_at', (body::jsonb #>> '{referral,registered_at}')::bigint + 86400000000 *
    (select v.window_days from rule_versions v where v.campaign_id = events.campaign_id
     and v.version = (events.body::jsonb #>> '{referral,rule_version}')::bigint)))::text
  where reward_id is null;
update events set body = jsonb_set(body::jsonb, '{reward}', body::jsonb -> 'reward' || jsonb_build_object(
  'created_at', (select w.created_at from rewards w where w.id = events.reward_id),
  'updated_at', events.occurred_at))::text
  where reward_id is not null;
