import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatedSecret } from './generated-secrets.js';

describe('generated secrets', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'milepost-secrets-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('are long, and readable by their owner only', () => {
    expect(generatedSecret(directory, 'one')).toHaveLength(48);
    expect(statSync(join(directory, 'secrets', 'one')).mode & 0o777).toBe(0o600);
  });

  it('stay the same', () => {
    expect(generatedSecret(directory, 'one')).toBe(generatedSecret(directory, 'one'));
  });

  it('differ by name', () => {
    expect(generatedSecret(directory, 'one')).not.toBe(generatedSecret(directory, 'two'));
  });
});
