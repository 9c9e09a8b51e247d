-- What answers later questions: how a delivery came, and what led to an event.

alter table deliveries add column route text;                 -- 'WEBHOOK', 'CALL', 'RECONCILIATION' or 'IMPORT'; null: before 0004
alter table deliveries add column secret_id text;             -- the signing secret that verified it; null: none did
alter table deliveries add column objects text;               -- JSON: [[type, id], …] read from it; null: ignored, or before 0004
alter table deliveries add column received_count bigint not null default 1; -- how often it reached us, the first time among them
alter table deliveries add column last_received_at bigint;    -- null: before 0004, and not since

alter table events add column cause_type text;                -- 'DELIVERY', 'CALL', 'CLOCK' or 'JOB'; null: before 0004
alter table events add column cause_id text;                  -- the delivery, the job, or the name of the call; null: the clock
alter table events add column cause_key text;                 -- the API key that called; null: none
-- What did this delivery change?
create index events_by_delivery on events (cause_id, ledger_id, seq) where cause_type = 'DELIVERY';
-- What happened last to this referral?
create index events_by_referral on events (referral_id, seq) where referral_id is not null;

-- The number of the oldest event that is kept: those before it were removed by age.
alter table ledgers add column first_seq bigint not null default 1;

-- What a body of an earlier version did not say, so that each can be shown as the referral or reward that it tells of.
update events set body = json_set(body,
  '$.referral.created_at', (select r.created_at from referrals r where r.id = events.referral_id),
  '$.referral.updated_at', events.occurred_at,
  '$.referral.window_ends_at', json_extract(body, '$.referral.registered_at') + 86400000000 *
    (select v.window_days from rule_versions v where v.campaign_id = events.campaign_id
     and v.version = json_extract(events.body, '$.referral.rule_version')))
  where reward_id is null;
update events set body = json_set(body,
  '$.reward.created_at', (select w.created_at from rewards w where w.id = events.reward_id),
  '$.reward.updated_at', events.occurred_at)
  where reward_id is not null;
