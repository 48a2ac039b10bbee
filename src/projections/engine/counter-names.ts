/** SQL: under which name the counters of a checkpoint are kept. Binds the checkpoint. */
export const COUNTERS_OF = '(select coalesce(counters, name) from projection_checkpoints where name = ?)';
