import { Launcher, type LauncherOptions } from './launcher.js';

const PARENT_CHECK = 500;
/** Ctrl-C comes twice at once: from the terminal, and from npm, which passes it on. */
const SAME_REQUEST = 1_000;

/**
 * Runs everything until a signal comes, or the process that started this one is gone (`npm start` was ended and
 * has not passed the signal on).
 * @returns the exit code: 0 after an orderly stop, 1 when something could not be started
 */
export async function runLauncher(options: LauncherOptions): Promise<number> {
  const launcher = new Launcher(options);
  process.on('exit', () => launcher.kill());
  const stopRequested = waitForStop((reason) =>
    options.print(`Stopping (${reason}); once more ends it at once.`),
  );
  const started = launcher.start();
  let code = 0;
  try {
    await Promise.race([started, stopRequested]);
    await stopRequested;
  } catch (error) {
    options.print(error instanceof Error ? error.message : String(error));
    code = 1;
  }
  await launcher.stop();
  return code;
}

/** Resolves at the first signal or when the parent is gone. A later signal ends this process at once. */
function waitForStop(announce: (reason: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let requestedAt: number | undefined;
    const stop = (reason: string): void => {
      if (requestedAt !== undefined) return;
      requestedAt = Date.now();
      announce(reason);
      resolve();
    };
    const onSignal = (signal: NodeJS.Signals): void => {
      if (requestedAt !== undefined && Date.now() - requestedAt > SAME_REQUEST) process.exit(1);
      stop(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop('its parent is gone'), PARENT_CHECK).unref();
  });
}
