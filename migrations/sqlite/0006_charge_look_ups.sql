-- What is asked of Stripe about one charge. Its jobs are of kind 'CHARGE', and their subject is '<ledger_id>:<charge id>',
-- since two ledgers may have charges with one id.

alter table charges add column balance_transaction_id text;   -- 'txn_…', what it was settled by; null until told
-- Until when all its refunds are rows of refunds, because Stripe was asked for them; null: it was not.
alter table charges add column refunds_known_at bigint;

-- How often it was tried to the end: a claim whose process died has tried nothing.
alter table jobs add column tries bigint not null default 0;
update jobs set tries = attempts;

-- Foreign charges of these referrals wait for their settlement, and nothing has asked for it yet. The sweep decides the
-- referrals once more, and that asks.
update referrals set decide_at = 0 where exists (
  select 1 from rule_versions v where v.campaign_id = referrals.campaign_id and v.version = referrals.rule_version
  and v.currency_policy = 'SETTLEMENT_AMOUNT');
