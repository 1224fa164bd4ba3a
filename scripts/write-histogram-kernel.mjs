// Writes src/infra/learning/trainers/gbdt/histograms/histogram-kernel-bytes.ts from the text beside it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import loadWabt from 'wabt';

const FOLDER = join(import.meta.dirname, '../src/infra/learning/trainers/gbdt/histograms');
const TEXT = 'histogram-kernel.wat';

const wabt = await loadWabt();
const module = wabt.parseWat(TEXT, readFileSync(join(FOLDER, TEXT), 'utf8'), { simd: true });
module.validate();
const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64');
const lines = bytes.match(/.{1,96}/g).map((line) => `  '${line}',`);

writeFileSync(
  join(FOLDER, 'histogram-kernel-bytes.ts'),
  `// Made from histogram-kernel.wat by \`npm run kernel\`; not to be edited.

/** The bytes of the WebAssembly module, in base64. */
export const HISTOGRAM_KERNEL_BASE64 = [
${lines.join('\n')}
].join('');
`,
);
