// A health check: one exec in the container, its output kept for inspect.
import { type ContainerSpec, type Executor, LaunchFailure } from '../executors/contract.js';
import type { HealthcheckConfig } from '../images/image-config.js';
import { decodeOutput } from '../streams/output-text.js';
import { mainProcess } from './processes.js';
import type { ContainerRecord } from './record.js';

const OUTPUT_MAX_BYTES = 4096;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_SHELL = ['/bin/sh', '-c'];
const SIGKILL = 9;
const NANOSECONDS_PER_MS = 1e6;

export interface ProbeResult {
  ok: boolean;
  /** 0 healthy, 1 unhealthy, -1 timed out or could not run. */
  exitCode: number;
  output: string;
}

/** The check's command line; undefined when there is none (`NONE` or empty). */
export function probeCommand(check: HealthcheckConfig | undefined, shell: readonly string[] = DEFAULT_SHELL): string[] | undefined {
  const [kind, ...words] = check?.Test ?? [];
  if (kind === 'CMD') return words;
  if (kind === 'CMD-SHELL') return [...shell, words[0] ?? ''];
  return undefined;
}

/** Runs the check of a container once, as dockerd does: killed and counted as failed after its time-out. */
export async function runProbe(executor: Executor, record: ContainerRecord, container: ContainerSpec, key: string): Promise<ProbeResult> {
  const check = record.config.Healthcheck;
  const argv = probeCommand(check, record.config.Shell);
  if (!argv) return { ok: true, exitCode: 0, output: '' };
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const output = (_stream: 1 | 2, bytes: Uint8Array): undefined => {
    if (sizeBytes < OUTPUT_MAX_BYTES) chunks.push(bytes);
    sizeBytes += bytes.length;
  };
  const timeoutMs = check?.Timeout ? check.Timeout / NANOSECONDS_PER_MS : DEFAULT_TIMEOUT_MS;
  try {
    const process = await executor.exec(container, { ...mainProcess(record), argv, tty: false, stdin: false }, { output }, key);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      process.signal(SIGKILL);
    }, timeoutMs);
    const { exitCode } = await process.exit;
    clearTimeout(timer);
    if (timedOut) return { ok: false, exitCode: -1, output: `Health check exceeded timeout (${timeoutMs / 1000}s)` };
    return { ok: exitCode === 0, exitCode, output: decodeOutput(chunks, OUTPUT_MAX_BYTES) };
  } catch (error) {
    if (error instanceof LaunchFailure) return { ok: false, exitCode: -1, output: error.message };
    throw error;
  }
}
