-- Keys that signed until a rotation. They prove the heads of their time, and sign no more.
alter table log_keys add column retired_at timestamptz;
