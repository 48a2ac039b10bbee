/** One cell of a file, and where it stands. */
export type Cell = {
  /** Without the spaces around it; never empty. */
  readonly text: string;
  /** 1-based, as an editor counts. */
  readonly line: number;
  readonly column: string;
};

/** What is wrong with a file, where, and what would be right. An error keeps its order out; a warning does not. */
export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly expected: string;
};

/** A file that cannot be read at all: nothing in it can be judged. The message says what to do. */
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

/** Gathers what is found in one order. */
export type Findings = {
  readonly error: (cell: Cell, expected: string) => void;
  readonly warning: (cell: Cell, expected: string) => void;
  readonly all: () => readonly Finding[];
  readonly hasErrors: () => boolean;
};

export const openFindings = (): Findings => {
  const found: Finding[] = [];
  return {
    error: (cell, expected) => void found.push(finding('error', cell, expected)),
    warning: (cell, expected) => void found.push(finding('warning', cell, expected)),
    all: () => found,
    hasErrors: () => found.some(({ severity }) => severity === 'error'),
  };
};
