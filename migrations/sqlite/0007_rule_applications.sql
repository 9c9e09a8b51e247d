-- An owner may ask that a newer version of the rule holds for the referrals of before, too. What is left to be done is
-- read from the referrals themselves: those of an older version.

alter table campaigns add column applied_version bigint;      -- their version is raised to this one; null: never asked for
alter table campaigns add column applied_by text;             -- the API key that asked; null: none was shown
alter table campaigns add column applied_total bigint;        -- how many were of an older version when it was asked for
alter table campaigns add column applied_done bigint;         -- how many of them have been raised and decided anew
alter table campaigns add column applied_started_at bigint;   -- when it was asked for
alter table campaigns add column applied_finished_at bigint;  -- null while some are left
create index referrals_by_version on referrals (campaign_id, rule_version, id);
