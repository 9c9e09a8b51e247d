-- Times are microseconds since 1970-01-01T00:00:00Z, money is minor units beside its currency, a flag is a nullable
-- time. Ids of ours are prefixed text that sorts by creation; ids of a payment source are kept as they come.

-- One Stripe account of the merchant, made by its first campaign or secret.
create table accounts (
  alias text primary key,                     -- the merchant's name for it; 'default' where there is one
  stripe_account_id text,                     -- 'acct_…', to tell events of connected accounts apart; null until told
  created_at bigint not null
) without rowid;

-- One account in one mode. The first statement of every write to a ledger updates its row, and so locks it: writes of
-- one ledger happen in one order.
create table ledgers (
  id integer primary key, -- small, since every fact carries it
  account text not null references accounts (alias),
  mode text not null,                         -- 'LIVE' or 'TEST'
  last_seq bigint not null,                   -- the number of the newest event: gap-free because of the lock
  unique (account, mode)
);

create table campaigns (
  id text primary key,
  ledger_id bigint not null references ledgers (id),
  state text not null,                        -- 'DRAFT', 'LIVE', 'PAUSED' or 'ENDED'
  display_name text not null,
  starts_at bigint,                           -- null: no limit
  ends_at bigint,                             -- null: no limit
  landing_url text,                           -- null: no referral links
  mapping text not null,                      -- JSON: [{"field" or "fixed_value", "target"}, …]
  rule_version bigint not null,               -- the newest row of rule_versions, for new referrals
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null
) without rowid;
create index campaigns_by_ledger on campaigns (ledger_id, id);

-- Every rule that a campaign ever had: a referral keeps the version of its registration.
create table rule_versions (
  campaign_id text not null references campaigns (id),
  version bigint not null,
  currency text not null,
  target_minor bigint not null,
  window_days bigint not null,
  operator text not null,
  method text not null,
  refund_policy text not null,
  refund_scope text not null,
  dispute_policy text not null,
  currency_policy text not null,
  count_prior_days bigint not null,
  new_customer_mode text not null,
  existing_email_mode text not null,
  created_at bigint not null,
  primary key (campaign_id, version)
) without rowid;

-- Stripe's signing secrets. The one that verified a delivery names the ledger.
create table webhook_secrets (
  id text primary key,
  ledger_id bigint not null references ledgers (id),
  sealed blob not null,                       -- encrypted with the service's secrets key
  digest blob not null,                       -- a keyed hash, so that the same secret is found without unsealing all
  created_at bigint not null,
  removed_at bigint                           -- null while active
) without rowid;
create index webhook_secrets_by_ledger on webhook_secrets (ledger_id, removed_at);
create unique index webhook_secrets_once on webhook_secrets (digest) where removed_at is null;

create table referrers (
  id text primary key,
  account text not null references accounts (alias),
  code text not null,                         -- what a referral link ends with
  email text not null,                        -- as given
  email_identity text not null,               -- trimmed and lower-cased: tells people apart
  first_name text,
  last_name text,
  phone text,
  custom text not null,                       -- JSON object of the caller's own fields
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null
) without rowid;
create unique index referrers_by_email on referrers (email_identity, account);
create unique index referrers_by_code on referrers (code, account);

create table referrals (
  id text primary key,
  ledger_id bigint not null references ledgers (id),
  campaign_id text not null references campaigns (id),
  referrer_id text not null references referrers (id),
  email text not null,                        -- as given
  email_identity text not null,               -- trimmed and lower-cased: tells people apart
  first_name text,
  last_name text,
  phone text,
  custom text not null,                       -- JSON object of the caller's own fields
  registered_at bigint not null,              -- whole seconds: payment sources have no finer times
  rule_version bigint not null,
  self_referral_at bigint,                    -- set at registration when the person was the referrer
  override_verdict text,                      -- 'QUALIFIED' or 'DISQUALIFIED'; null: the rule decides
  override_reason text,
  override_at bigint,
  state text not null,                        -- the latest decision, as its reader wants it; the facts decide anew
  disqualified_reason text,
  spend_minor bigint not null,
  qualified_at bigint,
  unqualified_at bigint,
  unqualified_cause text,
  decide_at bigint,                           -- when the sweep decides next; null: only facts do
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null,
  foreign key (campaign_id, rule_version) references rule_versions (campaign_id, version)
) without rowid;
create unique index referrals_by_email on referrals (email_identity, campaign_id);
create index referrals_by_any_email on referrals (email_identity, ledger_id);
create index referrals_by_campaign on referrals (campaign_id, id);
create index referrals_by_state on referrals (campaign_id, state, id);
create index referrals_by_referrer on referrals (referrer_id, id);
create index referrals_due on referrals (campaign_id, decide_at) where decide_at is not null;

-- One event of a payment source as it reached us. Its body is not kept.
create table deliveries (
  ledger_id bigint not null,
  id text not null,                           -- the source's id: what makes a repetition known
  type text not null,
  api_version text,
  created_at bigint not null,                 -- when the source made it
  received_at bigint not null,                -- when it first reached us
  ignored_reason text,                        -- null: recorded
  ignored_detail text,
  primary key (id, ledger_id)
) without rowid;

-- Keys of what one ledger has begin with the column that tells most. Begun with the ledger, whose values are few, a
-- Postgres without statistics would read the whole ledger for each of them.

-- The facts. Each is joined with what is known of the same object by rules that do not ask for the order.
create table charges (
  ledger_id bigint not null,
  id text not null,
  currency text not null,
  created_at bigint not null,                 -- decides whether it counts
  customer_id text,
  payment_intent_id text,
  status text not null,                       -- 'PENDING' < 'SUCCEEDED' < 'FAILED'
  amount_minor bigint not null,
  captured_minor bigint not null,
  released_minor bigint not null,             -- the part of refunded that was never captured
  refunded text not null,                     -- JSON: [[cumulative amount, earliest time it was shown], …]
  settlement_minor bigint,                    -- null until the source says
  settlement_currency text,
  primary key (id, ledger_id)
) without rowid;
create index charges_by_customer on charges (customer_id, ledger_id, created_at) where customer_id is not null;
create index charges_by_intent on charges (payment_intent_id, ledger_id) where payment_intent_id is not null;

create table refunds (
  ledger_id bigint not null,
  id text not null,
  charge_id text,                             -- null until known
  amount_minor bigint not null,
  created_at bigint not null,
  status text not null,                       -- 'PENDING' < 'SUCCEEDED' < 'FAILED'
  primary key (id, ledger_id)
) without rowid;
create index refunds_by_charge on refunds (charge_id, ledger_id) where charge_id is not null;

create table disputes (
  ledger_id bigint not null,
  id text not null,
  charge_id text,                             -- null until known
  amount_minor bigint not null,
  created_at bigint not null,
  status text not null,
  primary key (id, ledger_id)
) without rowid;
create index disputes_by_charge on disputes (charge_id, ledger_id) where charge_id is not null;

create table customers (
  ledger_id bigint not null,
  id text not null,
  created_at bigint,                          -- null until known
  deleted text,                               -- 'DELETED' once it was; the source does not say when
  primary key (id, ledger_id)
) without rowid;

create table checkouts (
  ledger_id bigint not null,
  id text not null,
  customer_id text,
  payment_intent_id text,
  primary key (id, ledger_id)
) without rowid;
create index checkouts_by_customer on checkouts (customer_id, ledger_id) where customer_id is not null;
create index checkouts_by_intent on checkouts (payment_intent_id, ledger_id) where payment_intent_id is not null;

-- Every email and referral id that a charge, customer or checkout was ever seen with: it only grows, so that a payer
-- who changes address is still found.
create table identities (
  ledger_id bigint not null,
  object_id text not null,
  kind text not null,                         -- 'EMAIL', 'METADATA' or 'REFERENCE'
  value text not null,                        -- an email identity, or a referral id
  object_type text not null,                  -- 'CHARGE', 'CUSTOMER' or 'CHECKOUT'
  first_seen_at bigint not null,              -- the earliest event that showed it
  primary key (object_id, ledger_id, object_type, kind, value)
) without rowid;
create index identities_by_value on identities (value, ledger_id);

-- Our own log: one line for each change of a referral, in commit order.
create table events (
  ledger_id bigint not null,
  seq bigint not null,                        -- 1, 2, 3 … without gaps
  type text not null,
  campaign_id text not null,
  referral_id text not null,
  occurred_at bigint not null,                -- when we decided, not when the money moved
  body text not null,                         -- JSON: the whole state after the change, and the names of what changed
  primary key (ledger_id, seq)
) without rowid;

-- API keys: only a hash of each is kept.
create table api_keys (
  id text primary key,
  name text not null,                         -- what the operator calls it
  hash blob not null,                         -- SHA-256 of the key, which is random enough to need no salt
  scopes text not null,                       -- 'read write ingest admin', those it has
  account text,                               -- null: all accounts
  created_at bigint not null,
  expires_at bigint,                          -- null: never
  revoked_at bigint                           -- null while it is good
) without rowid;
create unique index api_keys_by_hash on api_keys (hash);

-- What was answered to a create call with a request id, so that its repetition gets the same.
create table requests (
  account text not null,
  method text not null,
  request_id text not null,
  fingerprint blob not null,                  -- SHA-256 of the call's content
  resource_id text not null,
  created_at bigint not null,
  primary key (account, method, request_id)
) without rowid;
