// Nest 12 is ESM; Jest runs everything as CommonJS instead: swc turns our TypeScript, and each
// package that says "type": "module", into CommonJS on the way in (docs/decisions/0003).
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname, 'node_modules');

/** Names of all packages below `folder` whose package.json says "type": "module". */
function esmPackages(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      if (entry.name.startsWith('@')) {
        return esmPackages(join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
      }
      const manifest = join(folder, entry.name, 'package.json');
      if (!existsSync(manifest)) return [];
      return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module' ? [entry.name] : [];
    });
}

const swc = JSON.parse(readFileSync(join(import.meta.dirname, '.swcrc'), 'utf8'));
const commonJs = { ...swc, exclude: [], module: { type: 'commonjs' } };
const plainJs = {
  jsc: { target: 'es2023', parser: { syntax: 'ecmascript', dynamicImport: true } },
  module: { type: 'commonjs' },
};

/** A run of chosen files takes them one by one; a whole run takes them together, which is quicker. */
const CHOICE = /^(?:--testPathPatterns?|--runTestsByPath|--findRelatedTests|(?:\.\/)?(?:src|test)\/)/;
const chosen = process.argv.slice(2).some((argument) => CHOICE.test(argument));
const filesOf = (suite, alone) => (chosen ? alone : [`<rootDir>/test/together/${suite}-*.together.ts`]);

const shared = {
  testEnvironment: 'node',
  resolver: '<rootDir>/test/support/jest/resolver.cjs',
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...commonJs, swcrc: false }],
    '^.+\\.m?js$': ['@swc/jest', { ...plainJs, swcrc: false }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages(modules).join('|')})/)`, '<rootDir>/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  setupFiles: ['<rootDir>/test/support/jest/setup.ts'],
};

export default {
  maxWorkers: 2,
  // Nobody waits that long unless something is broken, or the machine is slow and busy.
  testTimeout: 150_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: filesOf('unit', ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/architecture/**/*.spec.ts']),
    },
    {
      ...shared,
      displayName: 'api',
      testMatch: filesOf('api', ['<rootDir>/test/{api,contract}/**/*.api-spec.ts']),
      globalSetup: '<rootDir>/test/support/jest/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/jest/global-teardown.ts',
    },
    {
      // The same as `api`, for what takes long: many processes, many cuts, presence. `npm run test:slow`.
      ...shared,
      displayName: 'slow',
      testMatch: ['<rootDir>/test/{api,contract}/**/*.slow-spec.ts'],
      globalSetup: '<rootDir>/test/support/jest/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/jest/global-teardown.ts',
    },
    {
      // Attacks from outside, and requests made from the document: `npm run test:attacks`.
      ...shared,
      displayName: 'attacks',
      testMatch: ['<rootDir>/test/attacks/**/*.attack-spec.ts'],
      globalSetup: '<rootDir>/test/support/jest/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/jest/global-teardown.ts',
      setupFilesAfterEnv: ['<rootDir>/test/support/jest/slow.ts'],
    },
    {
      // Kills real processes; slow, so not part of `npm test`: `npm run test:faults`.
      ...shared,
      displayName: 'faults',
      testMatch: ['<rootDir>/test/faults/**/*.fault-spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/jest/slow.ts'],
    },
  ],
};
