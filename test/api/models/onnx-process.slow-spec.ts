// The process that runs models in ONNX: what takes too long or too much ends it, and the next request works.

import { OnnxProcess } from '../../../src/infra/onnx/onnx-process.js';
import { endlessOnnx, hugeOnnx, linearOnnx, twoInputsOnnx, wideOnnx } from '../../support/onnx-models.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aUser, type SignedInUser } from '../../support/builders.js';
import { codeOf } from '../predictions/prediction-builders.js';
import { aModel, type ModelBody } from './model-builders.js';

describe('the process that runs models in ONNX', () => {
  const MEMORY = 512 * 1_024 * 1_024;

  it.each([
    ['goes round for ever', endlessOnnx(), { timeoutMs: 3_000, memoryBytes: MEMORY }, /longer than 3 s/],
    ['takes 2 GiB', hugeOnnx(1n << 29n), { timeoutMs: 30_000, memoryBytes: MEMORY }, /memory/],
  ])('ends a model that %s, and serves the next one', async (_what, bytes, limits, reason) => {
    const process = new OnnxProcess(limits);
    await expect(process.inspect('bad', bytes)).rejects.toThrow(reason);
    expect((await new OnnxProcess(limits).inspect('good', linearOnnx([1, 1]))).columns).toBe(2);
    expect((await process.inspect('good', linearOnnx([1, 1]))).columns).toBe(2);
    process.stop();
  });

  it('keeps some models open and opens the others again', async () => {
    const process = new OnnxProcess({ timeoutMs: 30_000, memoryBytes: MEMORY });
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
