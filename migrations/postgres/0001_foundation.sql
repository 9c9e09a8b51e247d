-- Times are microseconds since 1970-01-01T00:00:00Z, money is minor units beside its currency, a flag is a nullable
-- time. Ids of ours are prefixed text that sorts by creation; ids of a payment source are kept as they come.

-- One Stripe account of the merchant, made by its first campaign or secret.
create table accounts (
  alias text collate "C" primary key,                     -- the merchant's name for it; 'default' where there is one
  stripe_account_id text collate "C",                     -- 'acct_…', to tell events of connected accounts apart; null until told
  created_at bigint not null
);

-- One account in one mode. The first statement of every write to a ledger updates its row, and so locks it: writes of
-- one ledger happen in one order.
create table ledgers (
  id bigint primary key not null,             -- small, since every fact carries it
  account text collate "C" not null references accounts (alias),
  mode text collate "C" not null,                         -- 'LIVE' or 'TEST'
  last_seq bigint not null,                   -- the number of the newest event: gap-free because of the lock
  unique (account, mode)
);

create table campaigns (
  id text collate "C" primary key,
  ledger_id bigint not null references ledgers (id),
  state text collate "C" not null,                        -- 'DRAFT', 'LIVE', 'PAUSED' or 'ENDED'
  display_name text collate "C" not null,
  starts_at bigint,                           -- null: no limit
  ends_at bigint,                             -- null: no limit
  landing_url text collate "C",                           -- null: no referral links
  mapping text collate "C" not null,                      -- JSON: [{"field" or "fixed_value", "target"}, …]
  rule_version bigint not null,               -- the newest row of rule_versions, for new referrals
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null
);
create index campaigns_by_ledger on campaigns (ledger_id, id);

-- Every rule that a campaign ever had: a referral keeps the version of its registration.
create table rule_versions (
  campaign_id text collate "C" not null references campaigns (id),
  version bigint not null,
  currency text collate "C" not null,
  target_minor bigint not null,
  window_days bigint not null,
  operator text collate "C" not null,
  method text collate "C" not null,
  refund_policy text collate "C" not null,
  refund_scope text collate "C" not null,
  dispute_policy text collate "C" not null,
  currency_policy text collate "C" not null,
  count_prior_days bigint not null,
  new_customer_mode text collate "C" not null,
  existing_email_mode text collate "C" not null,
  created_at bigint not null,
  primary key (campaign_id, version)
);

-- Stripe's signing secrets. The one that verified a delivery names the ledger.
create table webhook_secrets (
  id text collate "C" primary key,
  ledger_id bigint not null references ledgers (id),
  sealed bytea not null,                       -- encrypted with the service's secrets key
  digest bytea not null,                       -- a keyed hash, so that the same secret is found without unsealing all
  created_at bigint not null,
  removed_at bigint                           -- null while active
);
create index webhook_secrets_by_ledger on webhook_secrets (ledger_id, removed_at);
create unique index webhook_secrets_once on webhook_secrets (digest) where removed_at is null;

create table referrers (
  id text collate "C" primary key,
  account text collate "C" not null references accounts (alias),
  code text collate "C" not null,                         -- what a referral link ends with
  email text collate "C" not null,                        -- as given
  email_identity text collate "C" not null,               -- trimmed and lower-cased: tells people apart
  first_name text collate "C",
  last_name text collate "C",
  phone text collate "C",
  custom text collate "C" not null,                       -- JSON object of the caller's own fields
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null
);
create unique index referrers_by_email on referrers (account, email_identity);
create unique index referrers_by_code on referrers (account, code);
create index referrers_by_any_code on referrers (code);
create index referrers_by_any_email on referrers (email_identity);

create table referrals (
  id text collate "C" primary key,
  ledger_id bigint not null references ledgers (id),
  campaign_id text collate "C" not null references campaigns (id),
  referrer_id text collate "C" not null references referrers (id),
  email text collate "C" not null,                        -- as given
  email_identity text collate "C" not null,               -- trimmed and lower-cased: tells people apart
  first_name text collate "C",
  last_name text collate "C",
  phone text collate "C",
  custom text collate "C" not null,                       -- JSON object of the caller's own fields
  registered_at bigint not null,              -- whole seconds: payment sources have no finer times
  rule_version bigint not null,
  self_referral_at bigint,                    -- set at registration when the person was the referrer
  override_verdict text collate "C",                      -- 'QUALIFIED' or 'DISQUALIFIED'; null: the rule decides
  override_reason text collate "C",
  override_at bigint,
  state text collate "C" not null,                        -- the latest decision, as its reader wants it; the facts decide anew
  disqualified_reason text collate "C",
  spend_minor bigint not null,
  qualified_at bigint,
  unqualified_at bigint,
  unqualified_cause text collate "C",
  decide_at bigint,                           -- when the sweep decides next; null: only facts do
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null,
  foreign key (campaign_id, rule_version) references rule_versions (campaign_id, version)
);
create unique index referrals_by_email on referrals (campaign_id, email_identity);
create index referrals_by_ledger_email on referrals (ledger_id, email_identity);
create index referrals_by_any_email on referrals (email_identity);
create index referrals_by_campaign on referrals (campaign_id, id);
create index referrals_by_state on referrals (campaign_id, state, id);
create index referrals_by_referrer on referrals (referrer_id, id);
create index referrals_due on referrals (campaign_id, decide_at) where decide_at is not null;

-- One event of a payment source as it reached us. Its body is not kept.
create table deliveries (
  ledger_id bigint not null references ledgers (id),
  id text collate "C" not null,                           -- the source's id: what makes a repetition known
  type text collate "C" not null,
  api_version text collate "C",
  created_at bigint not null,                 -- when the source made it
  received_at bigint not null,                -- when it first reached us
  ignored_reason text collate "C",                        -- null: recorded
  ignored_detail text collate "C",
  primary key (ledger_id, id)
);

-- The facts. Each is joined with what is known of the same object by rules that do not ask for the order.
create table charges (
  ledger_id bigint not null references ledgers (id),
  id text collate "C" not null,
  currency text collate "C" not null,
  created_at bigint not null,                 -- decides whether it counts
  customer_id text collate "C",
  payment_intent_id text collate "C",
  status text collate "C" not null,                       -- 'PENDING' < 'SUCCEEDED' < 'FAILED'
  amount_minor bigint not null,
  captured_minor bigint not null,
  released_minor bigint not null,             -- the part of refunded that was never captured
  refunded text collate "C" not null,                     -- JSON: [[cumulative amount, earliest time it was shown], …]
  settlement_minor bigint,                    -- null until the source says
  settlement_currency text collate "C",
  primary key (ledger_id, id)
);
create index charges_by_customer on charges (ledger_id, customer_id, created_at) where customer_id is not null;
create index charges_by_intent on charges (ledger_id, payment_intent_id) where payment_intent_id is not null;

create table refunds (
  ledger_id bigint not null references ledgers (id),
  id text collate "C" not null,
  charge_id text collate "C",                             -- null until known
  amount_minor bigint not null,
  created_at bigint not null,
  status text collate "C" not null,                       -- 'PENDING' < 'SUCCEEDED' < 'FAILED'
  primary key (ledger_id, id)
);
create index refunds_by_charge on refunds (ledger_id, charge_id) where charge_id is not null;

create table disputes (
  ledger_id bigint not null references ledgers (id),
  id text collate "C" not null,
  charge_id text collate "C",                             -- null until known
  amount_minor bigint not null,
  created_at bigint not null,
  status text collate "C" not null,
  primary key (ledger_id, id)
);
create index disputes_by_charge on disputes (ledger_id, charge_id) where charge_id is not null;

create table customers (
  ledger_id bigint not null references ledgers (id),
  id text collate "C" not null,
  created_at bigint,                          -- null until known
  deleted text collate "C",                               -- 'DELETED' once it was; the source does not say when
  primary key (ledger_id, id)
);

create table checkouts (
  ledger_id bigint not null references ledgers (id),
  id text collate "C" not null,
  customer_id text collate "C",
  payment_intent_id text collate "C",
  primary key (ledger_id, id)
);
create index checkouts_by_customer on checkouts (ledger_id, customer_id) where customer_id is not null;
create index checkouts_by_intent on checkouts (ledger_id, payment_intent_id) where payment_intent_id is not null;

-- Every email and referral id that a charge, customer or checkout was ever seen with: it only grows, so that a payer
-- who changes address is still found.
create table identities (
  ledger_id bigint not null references ledgers (id),
  object_id text collate "C" not null,
  kind text collate "C" not null,                         -- 'EMAIL', 'METADATA' or 'REFERENCE'
  value text collate "C" not null,                        -- an email identity, or a referral id
  object_type text collate "C" not null,                  -- 'CHARGE', 'CUSTOMER' or 'CHECKOUT'
  first_seen_at bigint not null,              -- the earliest event that showed it
  primary key (ledger_id, object_id, kind, value)
);
create index identities_by_value on identities (ledger_id, value);

-- Our own log: one line for each change of a referral, in commit order.
create table events (
  ledger_id bigint not null references ledgers (id),
  seq bigint not null,                        -- 1, 2, 3 … without gaps
  type text collate "C" not null,
  campaign_id text collate "C" not null,
  referral_id text collate "C" not null,
  occurred_at bigint not null,                -- when we decided, not when the money moved
  body text collate "C" not null,                         -- JSON: the whole state after the change, and the names of what changed
  primary key (ledger_id, seq)
);

-- API keys: only a hash of each is kept.
create table api_keys (
  id text collate "C" primary key,
  name text collate "C" not null,                         -- what the operator calls it
  hash bytea not null,                         -- SHA-256 of the key, which is random enough to need no salt
  scopes text collate "C" not null,                       -- 'read write ingest admin', those it has
  account text collate "C",                               -- null: all accounts
  created_at bigint not null,
  expires_at bigint,                          -- null: never
  revoked_at bigint                           -- null while it is good
);
create unique index api_keys_by_hash on api_keys (hash);

-- What was answered to a create call with a request id, so that its repetition gets the same.
create table requests (
  account text collate "C" not null,
  method text collate "C" not null,
  request_id text collate "C" not null,
  fingerprint bytea not null,                  -- SHA-256 of the call's content
  resource_id text collate "C" not null,
  created_at bigint not null,
  primary key (account, method, request_id)
);
