type Line = {
  readonly level?: string;
  readonly time?: string;
  readonly role?: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
  readonly reason?: string;
};

/** Warnings and errors of the processes; equal ones are counted, not repeated. */
export type LogProblems = {
  /** Takes a line of a log or of standard error. */
  readonly note: (text: string, line: object | undefined) => void;
  readonly lines: () => readonly string[];
};

const KEPT = 40;

export const createLogProblems = (): LogProblems => {
  const known = new Map<string, { readonly since: string; count: number }>();
  return {
    note: (text, line: Line | undefined) => {
      if (line?.level === 'info') return;
      const { role = '', msg, reason, err } = line ?? {};
      const words = line === undefined ? text : [role, msg, reason, err?.message].filter(Boolean).join(': ');
      const before = known.get(words);
      if (before !== undefined) before.count += 1;
      else known.set(words, { since: line?.time?.slice(11, 23) ?? '', count: 1 });
    },
    lines: () => [...known].slice(-KEPT).map(([words, { since, count }]) => `${since} ${count} × ${words}`),
  };
};
