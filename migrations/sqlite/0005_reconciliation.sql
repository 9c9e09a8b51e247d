-- How far each ledger was compared with the payment source's own list of events.

-- The newest run of a ledger: done, under way, or broken off at a place where the next goes on.
create table reconciliations (
  ledger_id bigint primary key references ledgers (id),
  run bigint not null,                        -- which run it is: who writes under an older number has lost it
  started_at bigint not null,
  since bigint not null,                      -- the source's events are asked for from here on
  updated_at bigint not null,                 -- the latest page, or failure
  finished_at bigint,                         -- null until all has been read
  leased_until bigint,                        -- another may take it over then; null: nobody is at it
  part bigint not null,                       -- the types are asked for in parts: which is being read
  reached_id text,                            -- the event read last in this part; null: none yet
  reached_at bigint,                          -- when that was made: the list goes back in time
  seen_count bigint not null, 
  new_count bigint not null, -- of those seen: had not reached us before
  known_count bigint not null, 
  ignored_count bigint not null, 
  changed_count bigint not null, -- changes of referrals that came of them
  last_error text,                            -- why it was broken off; null: it was not
  complete_until bigint                       -- all events made before this were read, by a run that is done; null: by none
) without rowid;
