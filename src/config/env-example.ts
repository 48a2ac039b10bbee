import { VARIABLES, type Variable } from './variables.ts';

/** The text of `.env.example`: every variable with its default, commented out. */
export const envExample = (): string => {
  const entries = Object.entries(VARIABLES as Record<string, Variable>).map(
    ([name, { doc, default: value, parser }]) =>
      `# ${doc}\n# Expected: ${parser.expected}.\n# ${name}=${value ?? ''}\n`,
  );
  return `# Copy this file to .env and remove the # from the lines you change.\n\n${entries.join('\n')}`;
};
