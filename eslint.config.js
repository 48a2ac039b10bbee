import { fileURLToPath } from 'node:url';
import { includeIgnoreFile } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  // What a run leaves behind is ignored by git, and so is not looked at: a check says the same after any number of runs.
  includeIgnoreFile(fileURLToPath(new URL('.gitignore', import.meta.url))),
  // verify.mjs is handed to auditors: it stands alone, on plain Node.
  { ignores: ['**/*.cjs', 'eslint.config.js', 'assets/audit-pack/verify.mjs'] },
  {
    // Parsed without types: what needs them, and every rule that oxlint has, is in .oxlintrc.json.
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    // Comments that silence a rule of oxlint name what ESLint does not know.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { '@typescript-eslint': tseslint.plugin },
  },
  {
    // What comes from outside must not be able to keep a pattern busy: no more work than the text is long.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false }],
      'regexp/no-dupe-disjunctions': ['error', { reportExponentialBacktracking: 'potential' }],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/config/index.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config/index.ts reads the environment.' },
      ],
    },
  },
  {
    // Rules of the business give the same answer for the same input. Imports are checked by .dependency-cruiser.cjs.
    files: ['src/domain/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: 'The domain waits for nothing.' },
        { selector: "Identifier[name='Promise']", message: 'The domain waits for nothing.' },
        {
          selector: 'CallExpression[callee.name=/^set(Timeout|Interval|Immediate)$/]',
          message: 'The domain waits for nothing.',
        },
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The domain has no clock.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The domain has no clock.' },
        { selector: "CallExpression[callee.name='Date']", message: 'The domain has no clock.' },
        { selector: "MemberExpression[object.name='performance']", message: 'The domain has no clock.' },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'The domain draws nothing.',
        },
        { selector: "MemberExpression[object.name='crypto']", message: 'The domain draws nothing.' },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='assert'][callee.property.name='throws'] > Identifier[name=/^[A-Z]/]",
          message:
            'uvu calls it as a predicate, and every error passes: give a pattern, or a function that uses instanceof.',
        },
      ],
    },
  },
);
