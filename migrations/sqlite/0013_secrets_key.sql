-- By what the secrets key is known that secrets are sealed with and erased people known by: another one, or a lost one, must
-- not go unnoticed. One row.
create table secrets_key (
  id bigint primary key check (id = 1),
  digest blob not null                        -- a hash that only this key makes, of words that are always the same
) without rowid;
