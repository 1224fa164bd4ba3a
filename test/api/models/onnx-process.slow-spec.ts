// The process that runs models in ONNX: what takes too long or too much ends it, and the next request works.

import { kill } from 'node:process';
import { ONNX_LIMITS, OnnxProcess } from '../../../src/infra/onnx/onnx-process.js';
import { childrenRunning } from '../../support/child-processes.js';
import { endlessOnnx, hugeOnnx, linearOnnx, twoInputsOnnx, wideOnnx } from '../../support/onnx-models.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { waitFor } from '../../support/wait-for.js';
import { codeOf } from '../predictions/prediction-builders.js';
import { aModel, type ModelBody } from './model-builders.js';

const PROGRAM = 'onnx.child.js';
// Longer than its limit by the clock.
jest.setTimeout(90_000);

describe('the process that runs models in ONNX', () => {
  it.each([
    ['goes round for ever', endlessOnnx(), { processorMs: 3_000 }, /more than 3 s of processor time/],
    ['takes 2 GiB', hugeOnnx(1n << 29n), {}, /memory/],
  ])('ends a model that %s, and serves the next one', async (_what, bytes, limits, reason) => {
    const process = new OnnxProcess({ ...ONNX_LIMITS, ...limits });
    await expect(process.inspect('bad', bytes)).rejects.toThrow(reason);
    expect((await process.inspect('good', linearOnnx([1, 1]))).columns).toBe(2);
    process.stop();
  });

  it('ends a model by the clock where the system tells no processor time', async () => {
    const process = new OnnxProcess({ ...ONNX_LIMITS, processorMs: Infinity, timeoutMs: 3_000 });
    await expect(process.inspect('bad', endlessOnnx())).rejects.toThrow(/longer than 3 s/);
  });

  it('does not count the time that others take of the machine', async () => {
    const limits = { ...ONNX_LIMITS, processorMs: 2_000 };
    const before = childrenRunning(PROGRAM);
    const process = new OnnxProcess(limits);
    await process.inspect('first', linearOnnx([1, 1]));
    const [pid] = childrenRunning(PROGRAM).filter((each) => !before.includes(each));
    kill(pid!, 'SIGSTOP');
    const stoppedAt = performance.now();
    const asked = process.inspect('second', linearOnnx([1, 1, 1]));
    await waitFor('longer than it may work', () => performance.now() - stoppedAt > 2 * limits.processorMs);
    kill(pid!, 'SIGCONT');
    expect((await asked).columns).toBe(3);
    process.stop();
  });

  it('keeps some models open and opens the others again', async () => {
    const process = new OnnxProcess();
    const ask = async (weight: number): Promise<unknown> => {
      const bytes = linearOnnx([weight]);
      const signature = await process.inspect(`model ${weight}`, bytes);
      const values = Float64Array.of(2);
      return (await process.predict(`model ${weight}`, bytes, { signature, values, rows: 1 })).predictions[0];
    };
    for (const _ of [1, 2]) {
      for (let weight = 1; weight <= 12; weight += 1) expect(await ask(weight)).toBe(2 * weight);
    }
    process.stop();
  });

  describe('behind an upload', () => {
    let app: TestApp;
    let user: SignedInUser;
    let model: ModelBody;

    beforeAll(async () => {
      app = await startApp();
      user = await aUser(app);
      model = await aModel(app, user);
    });
    afterAll(() => app.close());

    const upload = (bytes: Buffer) =>
      app
        .http()
        .post(`/api/v1/models/${model.id}/versions`)
        .set(user.headers)
        .attach('file', bytes, 'model.onnx');

    it.each([
      ['is none', Buffer.from('not a model'), /cannot be loaded/],
      ['takes two inputs', twoInputsOnnx(), /one input/],
      ['takes a thousand million columns', wideOnnx(1_000_000_000), /columns/],
      ['makes a tensor of 2^34 numbers', hugeOnnx(1n << 34n), /fails when it is run/],
      ['takes 2 GiB to run', hugeOnnx(1n << 29n), /memory|fails/],
    ])('refuses a model that %s', async (_what, bytes, reason) => {
      const refused = await upload(bytes).expect(422);
      expect(codeOf(refused)).toBe('onnx_invalid');
      expect((refused.body as { detail: string }).detail).toMatch(reason);
    });

    it('refuses an endless model, while others are served', async () => {
      const order: string[] = [];
      const uploaded = upload(endlessOnnx())
        .expect(422)
        .then((answer) => {
          order.push('refused');
          return answer;
        });
      await app.http().get(`/api/v1/models/${model.id}`).set(user.headers).expect(200);
      order.push('served');
      expect(codeOf(await uploaded)).toBe('onnx_invalid');
      expect(order).toEqual(['served', 'refused']);
      const versions = await app
        .http()
        .get(`/api/v1/models/${model.id}/versions`)
        .set(user.headers)
        .expect(200);
      expect(versions.body).toEqual({ items: [], nextCursor: null });
    });
  });
});
