-- Counts of referrals and rewards, so that the numbers of a campaign are sums of few rows however many people it has. They
-- change in the transaction of what they count. Each is kept four times, for quarters of an hour, hours, quarters of a day
-- and days of UTC: a quarter of an hour is what all time zones have in common, and most of a year is days.

-- The referrals that were registered in one stretch of time, as they stand now.
create table referral_counts (
  campaign_id text not null,
  seconds bigint not null,                    -- how long it is: 900, 3600, 21600 or 86400
  starts_at bigint not null,                  -- its first moment, a multiple of that
  currency text not null,                     -- that of the rule that holds for them
  pending bigint not null,
  qualified bigint not null,
  expired bigint not null,
  manual bigint not null,                     -- disqualified by hand
  self_referral bigint not null,              -- disqualified, being the referrer
  existing_customer bigint not null,          -- disqualified, a customer before
  unqualified bigint not null,                -- of the pending and expired ones: qualified once, and not now
  spend_minor bigint not null,                -- what counts of their payments
  primary key (campaign_id, seconds, starts_at, currency)
) without rowid;

-- The rewards that were earned in one stretch of time, as they stand now.
create table reward_counts (
  campaign_id text not null,
  seconds bigint not null,                    -- as above
  starts_at bigint not null,                  -- as above
  state text not null,
  currency text not null,
  rewards bigint not null,                    -- how many
  amount_minor bigint not null,               -- what they come to, so far as that is known
  given_minor bigint not null,                -- what their recipients have of it
  primary key (campaign_id, seconds, starts_at, state, currency)
) without rowid;

insert into referral_counts
  select r.campaign_id, l.seconds, r.registered_at - r.registered_at % (l.seconds * 1000000), v.currency,
    count(case when r.state = 'PENDING' then 1 end),
    count(case when r.state = 'QUALIFIED' then 1 end),
    count(case when r.state = 'EXPIRED' then 1 end),
    count(case when r.disqualified_reason = 'MANUAL' then 1 end),
    count(case when r.disqualified_reason = 'SELF_REFERRAL' then 1 end),
    count(case when r.disqualified_reason = 'EXISTING_CUSTOMER' then 1 end),
    count(r.unqualified_at), sum(r.spend_minor)
  from referrals r
  join rule_versions v on v.campaign_id = r.campaign_id and v.version = r.rule_version
  cross join (select cast(900 as bigint) as seconds union all select 3600 union all select 21600
    union all select 86400) as l
  group by 1, 2, 3, 4;

insert into reward_counts
  select w.campaign_id, l.seconds, w.created_at - w.created_at % (l.seconds * 1000000), w.state, w.currency,
    count(*), sum(coalesce(w.amount_minor, 0)), sum(w.given_minor)
  from rewards w
  cross join (select cast(900 as bigint) as seconds union all select 3600 union all select 21600
    union all select 86400) as l
  group by 1, 2, 3, 4, 5;
