import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { renderEnvExample } from '../../src/config/env-example.js';
import { parseEnvironment, SETTINGS } from '../../src/config/env.js';
import { REPOSITORY } from './source-tree.js';

describe('.env.example', () => {
  it('is what `npm run env:example` writes', () => {
    expect(readFileSync(join(REPOSITORY, '.env.example'), 'utf8')).toBe(renderEnvExample());
  });

  it('would change with a new setting, a new default and a new text', () => {
    const setting = { doc: 'How far.', parse: (text: string) => text, fallback: '7' };
    const before = renderEnvExample({ DISTANCE: setting });
    expect(renderEnvExample({ DISTANCE: setting, SPEED: setting })).not.toBe(before);
    expect(renderEnvExample({ DISTANCE: { ...setting, fallback: '8' } })).not.toBe(before);
    expect(renderEnvExample({ DISTANCE: { ...setting, doc: 'How near.' } })).not.toBe(before);
  });

  it('names every setting, with a default that is valid', () => {
    const values = parseEnv(renderEnvExample().replaceAll(/^# (?=[A-Z_0-9]+=)/gm, ''));
    expect(Object.keys(values).sort()).toEqual(Object.keys(SETTINGS).sort());
    expect(parseEnvironment(values).problems).toEqual([]);
  });
});
