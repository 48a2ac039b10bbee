/** Where a long task says how far it is. */
export type Progress = {
  /** So much is done of the total. */
  readonly update: (done: number) => void;
  /** A line that stays, above the bar. */
  readonly print: (line: string) => void;
  /** Says the last state, and leaves the terminal as it was. */
  readonly end: () => void;
};

export type ProgressOptions = {
  readonly label: string;
  readonly total: number;
  /** The counted things, in the plural. */
  readonly unit: string;
  /** Standard error, as a rule: results stay apart from it. */
  readonly out: { readonly isTTY?: boolean; readonly columns?: number; readonly write: (text: string) => unknown };
  /** Prints lines that stay. */
  readonly print: (line: string) => void;
  /** One JSON object a line instead of words, printed where lines are. */
  readonly json?: boolean;
  /** Milliseconds. Default `performance.now`. */
  readonly now?: () => number;
};

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR_CHARACTERS = 24;
const CLEAR = '\r\u001b[K';

const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), String(whole % 60).padStart(2, '0')];
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
};

/** A bar on a terminal, a line every five seconds elsewhere. A line that is printed never runs into the bar. */
export const createProgress = (options: ProgressOptions): Progress => {
  const { label, total, unit, out, print, json = false, now = () => performance.now() } = options;
  const isBar = out.isTTY === true && !json;
  const begun = now();
  let done = 0;
  let shownAt = -Infinity;

  const state = () => {
    const seconds = (now() - begun) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const left = rate > 0 ? (total - done) / rate : undefined;
    return { percent: total === 0 ? 100 : Math.floor((100 * done) / total), rate: Math.round(rate), left };
  };

  const words = (): string => {
    const { percent, rate, left } = state();
    const eta = left === undefined || done >= total ? '' : `, ${duration(left)} left`;
    return `${percent} % (${done} of ${total} ${unit}, ${rate}/s${eta})`;
  };

  const bar = (): string => {
    const filled = total === 0 ? BAR_CHARACTERS : Math.floor((BAR_CHARACTERS * done) / total);
    const text = `${label} [${'#'.repeat(filled)}${'.'.repeat(BAR_CHARACTERS - filled)}] ${words()}`;
    return text.slice(0, Math.max(20, (out.columns ?? 80) - 1));
  };

  const show = (): void => {
    shownAt = now();
    if (isBar) out.write(`${CLEAR}${bar()}`);
    else if (json)
      print(JSON.stringify({ type: 'progress', task: label, done, total, unit, per_second: state().rate }));
    else out.write(`${label}: ${words()}\n`);
  };

  return {
    update: (current) => {
      done = Math.min(total, current);
      if (shownAt === -Infinity && !isBar) shownAt = begun; // a task that is done soon says nothing
      if (now() - shownAt >= (isBar ? REDRAW_MS : LINE_MS)) show();
    },
    print: (line) => {
      if (isBar && shownAt !== -Infinity) out.write(CLEAR);
      print(line);
      if (isBar && shownAt !== -Infinity) show();
    },
    end: () => {
      if (!isBar) return;
      show();
      out.write('\n');
    },
  };
};
