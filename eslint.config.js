import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/dist/', 'nodes/', 'resources/', 'homebridge-ui/', '.demo/', 'coverage/'] },
  js.configs.recommended,
  {
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `return void action()` and shorthand arrows say what they mean.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // What callers in plain JavaScript and the NVR send is checked at the door, whatever its type promises.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A function may be async because its interface is.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    // Time comes from outside (src/shared/clock.ts), so that tests need not sleep and a clock that is set ends nothing.
    files: ['src/**/*.ts', 'packages/**/*.ts'],
    ignores: ['src/shared/clock.ts', 'src/node-red/nodes/tile/widget/page-clock.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['performance', 'setTimeout', 'setInterval'].map((name) => ({ name, message: 'Use a Clock.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Use Clock.now to measure, Clock.wall for the date.' },
        { object: 'AbortSignal', property: 'timeout', message: 'Use within.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Use Clock.wall.' },
      ],
      'no-restricted-imports': ['error', ...['node:timers', 'node:timers/promises', 'node:perf_hooks']],
    },
  },
  {
    // Tests take JSON and foreign libraries apart.
    files: ['test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
    },
  },
  {
    // The scripts of the bare checkout.
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'Buffer', 'URL', 'setInterval', 'clearInterval'].map((name) => [name, 'readonly']),
      ),
    },
  },
  { files: ['packages/simulator/src/cli.ts', 'scripts/**', 'bench/**', 'docs/**'], rules: { 'no-console': 'off' } },
);
