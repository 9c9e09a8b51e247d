-- What is to be done at Stripe, and what was done with the customers of referrals.

-- One thing to be done at Stripe, written in the transaction that wants it. Whoever claims it puts due_at off by a
-- lease, so that another takes it over where that process dies. Done, the row is deleted with the write of its outcome.
create table jobs (
  id text collate "C" primary key,                     -- 'job_…'; another one where an operator begins anew
  ledger_id bigint not null references ledgers (id),
  campaign_id text collate "C" references campaigns (id),         -- it waits while this campaign is paused; null: for none
  kind text collate "C" not null,                      -- 'CUSTOMER', 'ISSUE' or 'REVERSE'
  subject_id text collate "C" not null,                -- the referral or reward that it serves
  plan text collate "C",                               -- JSON: what is sent, fixed before it is sent the first time; null until then
  due_at bigint,                              -- when it is tried next; null: it failed for good
  attempts bigint not null,                   -- how often it was claimed: who holds an older number has lost it
  last_error text collate "C",                         -- why the latest try failed; null: none did
  created_at bigint not null,
  updated_at bigint not null,
  unique (subject_id, kind)
);
create index jobs_due on jobs (ledger_id, due_at) where due_at is not null;

-- The customer step of a referral.
alter table referrals add column customer_sync text collate "C" not null default 'NOT_NEEDED';   -- or 'PENDING', 'DONE', 'FAILED'
alter table referrals add column customer_sync_reason text collate "C";                          -- why it failed
alter table referrals add column customer_id text collate "C";                                   -- the customer linked to it; null: none
alter table referrals add column customer_only_at bigint;                       -- set where no other customer's spend counts

-- Set where the two keys that are ours stay out of the metadata of customers.
alter table campaigns add column ids_omitted_at bigint;

-- An endpoint that this service made, and a date on which a secret ends by itself.
alter table webhook_secrets add column stripe_endpoint_id text collate "C";                      -- 'we_…'; null: added by hand
alter table webhook_secrets add column ends_at bigint;                           -- null: it does not
