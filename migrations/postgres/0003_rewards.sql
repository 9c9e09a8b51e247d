-- What people have earned.

-- JSON: [{"id", "recipient", "trigger", "kind", …}, …], the rules that are retired among them.
alter table campaigns add column reward_rules text collate "C" not null default '[]';

-- Something that a person has earned, once for each rule and cause: what it is now. What it was is told by events.
create table rewards (
  id text collate "C" primary key,
  ledger_id bigint not null references ledgers (id),
  campaign_id text collate "C" not null references campaigns (id),
  rule_id text collate "C" not null,                      -- one of the campaign's reward_rules
  recipient_id text collate "C" not null,                 -- 'rfr_…' or 'ref_…'
  cause_type text collate "C" not null,                   -- 'REFERRAL', 'SLOT' or 'CHARGE'; a rule has causes of one type
  cause text collate "C" not null,                        -- the referral, the number of the slot, or the charge
  paid_at bigint,                             -- when the charge was made; null of other causes
  referral_id text collate "C",                           -- the one that earned it; null of a slot
  round bigint not null,                      -- grows each time that it is earned again
  state text collate "C" not null,
  reason text collate "C",                                -- 'UNEARNED', 'OPERATOR' or 'NOTHING_DUE'; null: it is given
  detail text collate "C",                                -- more about that, for people
  amount_minor bigint,                        -- null: a share that is not issued yet, or no money
  given_minor bigint not null,                -- what was issued less what was taken back
  currency text collate "C" not null,
  custom_payload text collate "C",                        -- what the merchant's systems are told; null: Stripe gives it
  held_until bigint not null,
  approved_at bigint,                         -- null: nobody has yet
  unearned_at bigint,                         -- null while what earned it holds
  sent_at bigint,                             -- null while nothing of this round can have reached Stripe
  awaiting_email text collate "C",                        -- the email identity whose customer it waits for; null: for none
  customer_id text collate "C",
  stripe_object_id text collate "C",
  promotion_code text collate "C",
  issued_at bigint,
  reversed_at bigint,
  revision bigint not null,                   -- the etag
  created_at bigint not null,
  updated_at bigint not null
);
create unique index rewards_once on rewards (recipient_id, rule_id, cause);
create index rewards_by_recipient on rewards (recipient_id, id);
create index rewards_by_referral on rewards (referral_id, id) where referral_id is not null;
create index rewards_by_campaign on rewards (campaign_id, id);
create index rewards_by_state on rewards (campaign_id, state, id);
create index rewards_held on rewards (campaign_id, held_until) where state = 'HELD';
create index rewards_awaiting on rewards (awaiting_email, ledger_id) where awaiting_email is not null;

-- Who of a referrer's people is qualified, and since when: what slots and limits count.
create index referrals_qualified on referrals (referrer_id, campaign_id, qualified_at, id)
  where qualified_at is not null;

-- An event tells of a referral or of a reward: the referral is null where a reward has none of its own.
alter table events rename column referral_id to referral_id_before;
alter table events add column referral_id text collate "C";
update events set referral_id = referral_id_before;
alter table events drop column referral_id_before;
alter table events add column reward_id text collate "C"; -- null: it tells of a referral
