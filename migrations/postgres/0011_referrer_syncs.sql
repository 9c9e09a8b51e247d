-- How far the customers at Stripe were made referrers.

-- The newest run of a campaign: done, under way, or broken off at a place where the next goes on.
create table referrer_syncs (
  campaign_id text collate "C" primary key references campaigns (id),
  ledger_id bigint not null references ledgers (id),
  run bigint not null,                        -- grows when it is taken up: who writes under an older number has lost it
  metadata_key text collate "C" not null,                 -- the link stands under it in the customers' metadata
  created_since bigint,                       -- only customers made from here on; null: all
  started_at bigint not null,
  updated_at bigint not null,                 -- the latest step, or failure
  read_at bigint,                             -- when the last page was read; null: there are more
  finished_at bigint,                         -- null until all is read and written
  leased_until bigint,                        -- another may take it over then; null: nobody is at it
  reached_id text collate "C",                            -- the customer read last; null: none yet
  reached_at bigint,                          -- when that was made: the list goes back in time
  seen_count bigint not null,
  made_count bigint not null,                 -- of those seen: became referrers
  known_count bigint not null,                -- were referrers already
  no_email_count bigint not null,
  invalid_email_count bigint not null,
  written_count bigint not null,              -- links that were written
  right_count bigint not null,                -- links that stood there already
  refused_count bigint not null,              -- links that Stripe refused
  outstanding text collate "C" not null,                  -- JSON: customer ids and codes of the page read last whose links are to be written
  refused text collate "C" not null,                      -- JSON: the latest customer ids that were refused, and why
  last_error text collate "C"                             -- why it was broken off; null: it was not
);
create index referrer_syncs_by_ledger on referrer_syncs (ledger_id, finished_at);
