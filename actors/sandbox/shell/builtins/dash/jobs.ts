// dash's jobs, wait, fg and bg, and busybox's.
import { statusCode } from '../../../kernel/process.js';
import { SIGINT, SIGPIPE } from '../../../kernel/signals.js';
import type { Task } from '../../../kernel/wait.js';
import { type Job, jobState, jobStatus } from '../../job.js';
import { signalDescription } from '../../signal-descriptions.js';
import type { Builtin } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { bg as resumeBehind, fg as resumeInFront } from '../jobs.js';
import { giveUp, print, readOptions } from '../output.js';
import { waitFor } from '../wait.js';
import { numberOperand } from './number.js';
import { jobOperand } from './signals.js';

/** Deaths that nobody is told of. */
const QUIET: ReadonlySet<number> = new Set([SIGINT, SIGPIPE]);
/** Where the command begins in a job's line. */
const COMMAND_COLUMN = 33;

function stateText(job: Job): string {
  const state = jobState(job);
  if (state !== 'Done') return state;
  const last = job.processes.at(-1)!.status!;
  if ('signal' in last) return signalDescription(last.signal);
  return statusCode(last) === 0 ? 'Done' : `Done(${statusCode(last)})`;
}

/** Without job control the command is not kept. */
function jobLine(shell: Shell, job: Job, flag: string): string {
  const pid = job.processes[0]!.pid;
  if (flag === 'p') return `${pid}\n`;
  const mark = job === shell.jobs.current ? '+' : job === shell.jobs.previous ? '-' : ' ';
  const number = shell.dialect === 'ash' ? `[${job.number}]${mark}  ` : `[${job.number}] ${mark} `;
  const head = `${number}${flag === 'l' ? `${pid} ` : ''}${stateText(job)}`;
  return `${head.padEnd(Math.max(head.length + 1, COMMAND_COLUMN))}${shell.options.monitor ? job.text : ' | '.repeat(job.processes.length - 1)}\n`;
}

/** The last one first; those that ended are told of once. */
export const jobs: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'lp', '')!;
  shell.jobs.collect();
  const chosen = operands.length > 0 ? operands.map((spec) => jobOperand(shell, 'jobs', spec)) : [...shell.jobs.all].reverse();
  const text = chosen.map((job) => {
    const line = jobLine(shell, job, flags.slice(-1));
    if (jobState(job) === 'Done') shell.jobs.remove(job);
    return line;
  }).join('');
  return print(shell, 'jobs', text);
};

/** A job that was waited for can be asked again until another one takes its place. `isTold`: what killed it. */
function* waitJob(shell: Shell, job: Job, isTold: boolean): Task<number> {
  const interrupted = yield* waitFor(shell, [job]);
  if (interrupted !== undefined) return interrupted;
  shell.jobs.collect();
  shell.jobs.noteWaited(job);
  const last = job.processes.at(-1)!.status!;
  if (isTold && 'signal' in last && !QUIET.has(last.signal)) shell.warnRaw(`${signalDescription(last.signal)}\n`);
  return jobStatus(job);
}

export function* wait(shell: Shell, argv: readonly string[]): Task<number> {
  const { operands } = readOptions(shell, argv, '', '')!;
  let status = operands.length > 0 ? 127 : 0;
  const specs: readonly (string | Job)[] = operands.length > 0 ? operands : shell.jobs.own;
  for (const spec of specs) {
    const job = typeof spec !== 'string' ? spec : spec.startsWith('%') ? jobOperand(shell, 'wait', spec) : shell.jobs.ofPid(numberOperand(shell, 'wait', spec));
    if (!job || !shell.jobs.own.includes(job)) continue;
    const waited = yield* waitJob(shell, job, operands.length > 0);
    if (shell.traps.pending.length > 0) return waited;
    if (operands.length > 0) status = waited;
  }
  return status;
}

function resume(name: string, builtin: Builtin): Builtin {
  return (shell, argv) => {
    const { operands } = readOptions(shell, argv, '', '')!;
    const job = jobOperand(shell, name, operands[0] ?? '%%');
    if (!job.isControlled) giveUp(shell, name, `job ${operands[0] ?? '(null)'} not created under job control`);
    return builtin(shell, argv);
  };
}

export const fg = resume('fg', resumeInFront);
export const bg = resume('bg', resumeBehind);
