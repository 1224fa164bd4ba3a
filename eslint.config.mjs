// Lint rules, with type information. What a rule here cannot see (layers, cycles, file sizes) is held by
// test/architecture; how code looks is Prettier's.

import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name.',
};
const TOP_LEVEL_AWAIT = {
  selector:
    'Program > ExpressionStatement > AwaitExpression, Program > VariableDeclaration > VariableDeclarator > AwaitExpression, Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > AwaitExpression',
  message: 'Top-level await belongs in main.* only: tests run everything else as CommonJS.',
};

export default defineConfig(
  globalIgnores(['dist/', 'packages/*/dist/', '.data/', 'coverage/', 'node_modules/']),
  {
    linterOptions: {
      // No comment switches a rule off; a wrong rule is mended here, where it is seen.
      noInlineConfig: true,
    },
    rules: {
      eqeqeq: 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-debugger': 'error',
      'no-dupe-else-if': 'error',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-empty': ['error', { allowEmptyCatch: true }],
      'no-fallthrough': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-useless-escape': 'error',
      'object-shorthand': 'error',
    },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    rules: { 'no-unused-vars': 'error' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-restricted-syntax': ['error', DEFAULT_EXPORT, TOP_LEVEL_AWAIT],
      // In files with decorators the rule keeps still, since injection reads imported classes at run time.
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // Nest awaits hooks of its adapters that it types as void.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_$', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // An async function without await still turns what it throws into a rejection, as callers expect.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // What other files call says what it returns. A schema's type is too long to write, so dto files don't.
    files: ['src/**/*.{service,repository,controller,worker,gateway,guard,interceptor,filter}.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts', 'src/main.*.ts', 'src/app/**', 'src/local/**', '**/*.spec.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/main.ts', 'src/main.*.ts'],
    rules: { 'no-restricted-syntax': ['error', DEFAULT_EXPORT] },
  },
  {
    // Jest takes these as default exports.
    files: ['test/support/jest/*.ts'],
    rules: { 'no-restricted-syntax': ['error', TOP_LEVEL_AWAIT] },
  },
  {
    // passport-jwt's types deprecate all of `jsonWebTokenOptions`, though only some of its members have
    // another place.
    files: ['src/features/auth/access-token.strategy.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    // Answers of HTTP clients are `any`; expect() checks what they hold.
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
