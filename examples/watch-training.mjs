// Shows a training live, until it ends: what the socket says.
//   node examples/watch-training.mjs <address> <access token> <id of the training>

import { io } from 'socket.io-client';

const [, , address, token, jobId] = process.argv;
if (!address || !token || !jobId) {
  console.error('usage: node examples/watch-training.mjs <address> <access token> <id of the training>');
  process.exit(2);
}

const socket = io(address, { auth: { token } });

socket.on('connect_error', (error) => finish(`cannot connect: ${error.data?.code ?? error.message}`, 1));
// What happened before we were there is in the log; the stream says from where on we hear it live.
socket.on('connection', ({ userId }) =>
  socket.emit('sync', { since: { [`user:${userId}`]: 0 } }, () => undefined),
);

on('training.progress', ({ progress, round, rounds, train, valid, etaMs }) => {
  const left = etaMs === null ? '' : `, ${(etaMs / 1_000).toFixed(1)} s left`;
  console.log(
    `${progress} %: round ${round} of ${rounds}, loss ${short(train)} (${short(valid)} on other rows)${left}`,
  );
});
on('training.succeeded', ({ version }) => finish(`version ${version} is ready`, 0));
on('training.failed', ({ error }) => finish(`failed: ${error.detail}`, 1));
on('training.canceled', () => finish('canceled', 1));

function on(type, show) {
  socket.on(type, ({ data }) => {
    if (data.jobId === jobId) show(data);
  });
}

function short(loss) {
  return loss === null ? '–' : loss.toPrecision(4);
}

function finish(words, code) {
  console.log(words);
  socket.close();
  process.exitCode = code;
}
