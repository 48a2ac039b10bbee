/** One cell of a file, and its place. */
export type Cell = {
  /** Trimmed; never empty. */
  readonly text: string;
  /** 1-based, as an editor counts. */
  readonly line: number;
  readonly column: string;
};

/**
 * A problem in a file, its place, and what was expected. An order with an error is not imported; with a warning it is.
 */
export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly expected: string;
};

/** A file that cannot be read at all, so nothing in it can be checked. The message says what to do. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

const LONGEST_VALUE = 80;

export const finding = (severity: Finding['severity'], { text, line, column }: Cell, expected: string): Finding => ({
  severity,
  line,
  column,
  value: text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text,
  expected,
});

/** Collects the findings of one order. */
export type Findings = {
  readonly error: (cell: Cell, expected: string) => void;
  readonly warning: (cell: Cell, expected: string) => void;
  readonly add: (finding: Finding) => void;
  readonly all: () => readonly Finding[];
  readonly hasErrors: () => boolean;
};

export const openFindings = (): Findings => {
  const found: Finding[] = [];
  return {
    error: (cell, expected) => void found.push(finding('error', cell, expected)),
    warning: (cell, expected) => void found.push(finding('warning', cell, expected)),
    add: (one) => void found.push(one),
    all: () => found,
    hasErrors: () => found.some(({ severity }) => severity === 'error'),
  };
};
