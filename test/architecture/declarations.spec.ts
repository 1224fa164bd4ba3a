import { JOB_NAMES } from '../../src/contracts/jobs.js';
import { accessProblems, countRoutes, handlerProblems } from './declarations.js';
import { plantedTree, readTree } from './source-tree.js';

const tree = readTree('src');

/** A controller whose one route and whose class carry the given decorators. */
function controller(onMethod: string, onClass = ''): ReturnType<typeof plantedTree> {
  const text = `@Controller('tasks') ${onClass} export class Tasks { @Get(':id') ${onMethod} get() {} private own() {} }`;
  return plantedTree({ 'src/features/tasks/tasks.controller.ts': text });
}

function worker(...handlers: string[]): ReturnType<typeof plantedTree> {
  const methods = handlers.map((job, index) => `@HandlesJob('${job}') handle${index}() {}`).join('\n');
  return plantedTree({ 'src/features/tasks/tasks.worker.ts': `export class TasksWorker { ${methods} }` });
}

describe('routes', () => {
  it('declare exactly one access each', () => {
    expect(accessProblems(tree)).toEqual([]);
    expect(countRoutes(tree)).toBeGreaterThan(20);
  });

  it.each([
    ['none', controller('')],
    ['two on the method', controller(`@Public() @SignedIn('any')`)],
    ['one on the method and one on the class', controller('@AdminOnly()', '@Public()')],
  ])('are refused with %s', (_fault, planted) => {
    expect(accessProblems(planted)).toHaveLength(1);
  });

  it('may declare it on the method or on the class', () => {
    expect(accessProblems(controller('@AdminOnly()'))).toEqual([]);
    expect(accessProblems(controller('', '@Public()'))).toEqual([]);
  });
});

describe('jobs', () => {
  it('have exactly one handler each', () => {
    expect(handlerProblems(tree, JOB_NAMES)).toEqual([]);
  });

  it.each([
    ['no handler', worker('mail.welcome')],
    ['two handlers', worker('mail.welcome', 'data.process', 'data.process')],
    ['a handler for an unknown job', worker('mail.welcome', 'data.process', 'data.lost')],
  ])('are refused with %s', (_fault, planted) => {
    expect(handlerProblems(planted, ['mail.welcome', 'data.process'])).toHaveLength(1);
  });
});
