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
