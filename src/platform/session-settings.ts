/**
 * Settings that each of our sessions sets for itself, whatever the server's defaults are. A repeatable-read default would break
 * appends, which must see what was committed while they waited. A client that vanishes without a word, with its machine or
 * behind a NAT, is noticed within ten seconds instead of two hours, and its locks on jobs, queues and rebuilds are free.
 */
export const SESSION_SETTINGS = [
  '-c default_transaction_isolation=read\\ committed',
  '-c tcp_keepalives_idle=4',
  '-c tcp_keepalives_interval=2',
  '-c tcp_keepalives_count=3',
  '-c tcp_user_timeout=10000',
].join(' ');

/** Of our side: the system then notices a vanished server while a connection is idle. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 4_000 } as const;
