import { Command } from 'nest-commander';
import { processVariables } from '../../config/env.js';
import { examine, type Finding } from '../doctor/doctor.js';
import { CliCommand } from './cli-command.js';

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok', warning: 'WARNING', broken: 'BROKEN' };

@Command({
  name: 'doctor',
  description:
    'Check settings and services, and say how to mend what is broken. Exit code 1 when something is.',
})
export class DoctorCommand extends CliCommand {
  async run(): Promise<void> {
    const items = await examine(processVariables());
    const broken = items.filter(({ state }) => state === 'broken').length;
    const lines = items.flatMap(({ check, state, detail, mend }) => [
      `${MARKS[state].padEnd(8)} ${check.padEnd(10)} ${detail}`,
      ...(mend ? [`${' '.repeat(20)}→ ${mend}`] : []),
    ]);
    const summary = broken === 0 ? 'Nothing is broken.' : `${broken} of ${items.length} checks failed.`;
    this.print({ status: broken === 0 ? 'ok' : 'broken', items }, [...lines, summary]);
    if (broken > 0) process.exitCode = 1;
  }
}
