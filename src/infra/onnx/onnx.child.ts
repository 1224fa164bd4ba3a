// The program of the child that runs models in ONNX. It answers one request after the other.

import { endWithParent } from '../child-process/orphan-watch.js';
import type { OnnxReply, OnnxRequest } from './onnx-messages.js';
import { OnnxRefusal } from './onnx-refusal.js';
import { OnnxSession } from './onnx-session.js';

const sessions = new Map<string, OnnxSession>();
let last = Promise.resolve();

endWithParent();
process.on('message', (request: OnnxRequest) => {
  last = last.then(async () => {
    const reply = await answer(request).catch((error: unknown): OnnxReply => {
      // Anything else is a fault of this program, and ends it.
      if (!(error instanceof OnnxRefusal)) throw error;
      return { id: request.id, refusal: error.message };
    });
    process.send?.(reply);
  });
});

async function answer({ id, key, bytes, forget, ask }: OnnxRequest): Promise<OnnxReply> {
  for (const old of forget) {
    await sessions.get(old)?.close();
    sessions.delete(old);
  }
  if (bytes) sessions.set(key, await OnnxSession.open(bytes));
  const session = sessions.get(key);
  if (!session) throw new Error('the model of a request was never sent');
  if (!ask) return { id, signature: await session.inspect() };
  return { id, answers: await session.predict(ask.signature, ask.values, ask.rows) };
}
