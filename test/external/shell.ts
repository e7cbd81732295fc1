// Running outside programs: a command with its output, a case with its expectation.
import { spawn } from 'node:child_process';
import type { Outcome } from './outcome.js';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** Runs a program to its end; 124 and a word on stderr when it took too long, 127 when it is not there. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      process.kill(-child.pid!, 'SIGKILL');
    }, options.timeoutMs ?? 60_000);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => err.push(Buffer.from(error.message)));
    // A program that ends without reading its input is no error of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const exitCode = timedOut ? 124 : (code ?? (signal ? 128 : 127));
      resolve({ exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() + (timedOut ? '\ntimed out' : '') });
    });
  });
}

/** Runs a shell script. */
export function sh(script: string, options: RunOptions = {}): Promise<Ran> {
  return run('bash', ['-c', script], options);
}

export interface Expectation {
  readonly exitCode?: number;
  /** Exact, or a pattern. */
  readonly stdout?: string | RegExp;
  readonly stderr?: RegExp;
}

/** What is wrong with a result; undefined when it is as expected. */
export function mismatch(ran: Ran, { exitCode = 0, stdout, stderr }: Expectation): string | undefined {
  const shown = `stdout ${JSON.stringify(ran.stdout.slice(-400))} stderr ${JSON.stringify(ran.stderr.slice(-400))}`;
  if (ran.exitCode !== exitCode) return `exit code ${ran.exitCode} instead of ${exitCode}; ${shown}`;
  if (typeof stdout === 'string' ? ran.stdout !== stdout : stdout?.test(ran.stdout) === false) return `unexpected stdout (wanted ${String(stdout)}); ${shown}`;
  if (stderr?.test(ran.stderr) === false) return `unexpected stderr (wanted ${String(stderr)}); ${shown}`;
  return undefined;
}

/** One case with its time. A case that throws has failed. */
export async function judge(name: string, body: () => Promise<string | undefined>): Promise<Outcome> {
  const begin = performance.now();
  const reason = await body().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  const seconds = (performance.now() - begin) / 1000;
  return reason === undefined ? { name, result: 'pass', seconds } : { name, result: 'fail', reason, seconds };
}

/** A case that a machine busy with something else can spoil: judged again where it fails, at most `tries` times in all. */
export async function judgeAgain(name: string, tries: number, body: () => Promise<string | undefined>): Promise<Outcome> {
  const outcome = await judge(name, body);
  return outcome.result === 'pass' || tries === 1 ? outcome : judgeAgain(name, tries - 1, body);
}

export function skip(name: string, reason: string): Outcome {
  return { name, result: 'skip', reason, seconds: 0 };
}
