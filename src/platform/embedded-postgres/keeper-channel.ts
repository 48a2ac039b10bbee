/** The keeper's options, on its command line as JSON. */
export type KeeperOptions = {
  /** Absolute path. */
  readonly dataDir: string;
  /** How long a predecessor may take to give up the folder, in milliseconds. */
  readonly waitMs: number;
  /** Keep this port and no other: clients already know it. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
};

export type ToKeeper = { readonly type: 'stop' };

export type FromKeeper =
  | { readonly type: 'ready'; readonly url: string; readonly port: number; readonly serverPid: number }
  | { readonly type: 'restarting'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string };
