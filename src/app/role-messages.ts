/** What a role tells its supervisor over the channel between them. */
export type FromRole =
  | { readonly type: 'ready'; readonly detail: string }
  /** It cannot start; the reason is one line that names the fix. */
  | { readonly type: 'failed'; readonly reason: string }
  /** A signal reached it; the supervisor decides whether everything stops or only this role. */
  | { readonly type: 'signalled' };

export type ToRole = { readonly type: 'stop' };
