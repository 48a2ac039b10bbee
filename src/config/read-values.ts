import { VARIABLES, type Values, type Variable, type VariableName } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** All problems of the configuration, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** A password in a URL must not reach a log. */
const withoutCredentials = (text: string): string => text.replace(/(?<=\/\/)[^/\s]*@/, '…@');

const shown = (variable: Variable, given: string): string =>
  variable.secret === true
    ? `a value of ${given.length} characters (not shown)`
    : JSON.stringify(withoutCredentials(given));

const problemWith = (name: VariableName, variable: Variable, given: string): string =>
  `${name} is ${shown(variable, given)}; expected ${variable.parser.expected}`;

export type Reading = {
  readonly values: Values;
  readonly problems: readonly string[];
  /** Variables with an invalid value: nothing can be concluded from them. */
  readonly invalid: ReadonlySet<VariableName>;
};

/** Reads every variable and collects all problems. An empty value counts as unset. */
export const readValues = (environment: Environment): Reading => {
  const problems: string[] = [];
  const invalid = new Set<VariableName>();
  const entries = (Object.entries(VARIABLES) as [VariableName, Variable][]).map(([name, variable]) => {
    const given = environment[name]?.trim() || variable.default;
    const value = given === undefined ? undefined : variable.parser.parse(given);
    if (given !== undefined && value === undefined) {
      problems.push(problemWith(name, variable, given));
      invalid.add(name);
    }
    return [name, value] as const;
  });
  // Object.fromEntries forgets which name has which type; the table gave each its own.
  return { values: Object.fromEntries(entries) as Values, problems, invalid };
};
