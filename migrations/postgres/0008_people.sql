-- Who changed what: one line for each call that changed something, written with the change, and kept for good.
create table audit_log (
  id text collate "C" primary key,                        -- 'aud_…', which begins with the time
  occurred_at bigint not null,
  key_id text collate "C",                                -- the API key that was shown; null: none was
  call text collate "C" not null,                         -- the name of the call or command; empty: the process itself
  account text collate "C",                               -- null: of no single one
  mode text collate "C",                                  -- 'LIVE' or 'TEST'; null: of both
  subject_kind text collate "C" not null,                 -- what kind of thing was changed
  subject_id text collate "C" not null,
  changed text collate "C" not null                       -- JSON: the names of the fields that changed, never a value
);
create index audit_log_by_account on audit_log (account, id);
create index audit_log_by_key on audit_log (key_id, id);
create index audit_log_by_subject on audit_log (subject_id, id);
create index audit_log_by_call on audit_log (call, id);
