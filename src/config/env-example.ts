// The text of `.env.example`, made from the table of settings.

import { SETTINGS, type Setting } from './env.js';

const HEADER = [
  '# All settings of Milepost with their defaults. Copy to .env and uncomment what you change; variables of',
  '# the process win over the file. A secret can be read from a file instead: NAME_FILE=/run/secrets/name.',
  '# Made from src/config/env.ts by `npm run env:example`.',
];

/** `.env.example` as it has to be; every setting is commented out, so that a plain copy changes nothing. */
export function renderEnvExample(settings: Readonly<Record<string, Setting<unknown>>> = SETTINGS): string {
  const blocks = Object.entries(settings).map(([name, setting]) => {
    const hint = setting.secret ? ` Secret; or ${name}_FILE.` : '';
    return `# ${setting.doc}${hint}\n# ${name}=${setting.fallback ?? ''}\n`;
  });
  return `${HEADER.join('\n')}\n\n${blocks.join('\n')}`;
}
