-- Under which name the counters of a checkpoint are kept in projection_counters: null for its own, '' for none. A swap
-- exchanges these names, so that it need not touch the counters, of which there are as many as customers.
alter table projection_checkpoints add column counters text;
