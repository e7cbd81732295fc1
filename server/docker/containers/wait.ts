// POST /containers/{id}/wait: the head of the answer goes out at once (clients block on it before they start), the exit code when it is known.
import type { ContainerSnapshot } from '../../../actors/indexes/containers.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { waitMark, waitOver, type WaitCondition } from '../../../machines/container-status.js';
import type { Call } from '../call.js';

const CONDITIONS: readonly string[] = ['not-running', 'next-exit', 'removed'];

export async function waitContainer(call: Call): Promise<void> {
  const { daemon, params, exchange } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const condition = call.query('condition') || 'not-running';
  if (!CONDITIONS.includes(condition)) throw new Fault('invalid', `invalid condition: "${condition}"`);
  const over = daemon.engine.until(id, waitOver(condition as WaitCondition, waitMark(snapshot)) as never, exchange.signal);
  const stream = call.stream(200, { 'Content-Type': 'application/json' });
  let result: { StatusCode: number; Error: { Message: string } | null };
  try {
    const { context } = (await over) as unknown as ContainerSnapshot;
    result = { StatusCode: context.exitCode, Error: context.error === '' || condition === 'removed' ? null : { Message: context.error } };
  } catch (error) {
    if (exchange.signal.aborted) return stream.abort();
    if (!(error instanceof Fault)) throw error;
    // Removed before the condition held: its last state is what there is to tell.
    const last = error.data.snapshot as ContainerSnapshot | undefined;
    result = { StatusCode: last?.context.exitCode ?? 0, Error: error.kind === 'not-found' ? null : { Message: error.message } };
  }
  stream.write(`${JSON.stringify(result)}\n`);
  stream.end();
}
