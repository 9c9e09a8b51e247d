-- A simulation goes through the referrals of a campaign by their referrers: what one of these earns may depend on all of
-- theirs, and is added up without holding more than one.

create index referrals_by_campaign_and_referrer on referrals (campaign_id, referrer_id, id);
