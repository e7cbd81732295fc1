// A background job: what was started with `&` (or stopped), its state, and the lines that tell of it.
import { type Process, statusCode } from '../kernel/process.js';
import type { Shell } from './shell.js';
import { signalDescription } from './signal-descriptions.js';
import { logicalDirectory, tilde } from './working-directory.js';

export interface Job {
  readonly number: number;
  /** The processes of its pipeline; the last one's pid is `$!` and its status is the job's. */
  readonly processes: readonly Process[];
  readonly text: string;
  readonly processGroup: number;
  /** Under job control: its own process group. */
  readonly isControlled: boolean;
  /** It was started with pipefail: the last failure is its status. */
  readonly pipefail: boolean;
  /** Where it was started, as the shell named the folder then. */
  readonly directory: string;
  /** What the user was last told of its state. */
  told?: JobState;
  /** `disown -h`: gets no SIGHUP. */
  survivesHangup: boolean;
}

export type JobState = 'Running' | 'Stopped' | 'Done';

export function jobState(job: Job): JobState {
  if (job.processes.every((process) => process.status !== undefined)) return 'Done';
  return job.processes.some((process) => process.stopped && process.status === undefined) ? 'Stopped' : 'Running';
}

/** The status of an ended job as `$?` shows it. */
export function jobStatus(job: Job): number {
  const statuses = job.processes.map(({ status }) => (status === undefined ? 0 : statusCode(status)));
  return (job.pipefail ? statuses.findLast((status) => status !== 0) : statuses.at(-1)) ?? 0;
}

/** `  123 Killed                  sleep 5` */
export function deathOf(pid: number, signal: number, command: string): string {
  return `${String(pid).padStart(5)} ${signalDescription(signal).padEnd(24)}${command}`;
}

function stateText(job: Job): string {
  const state = jobState(job);
  if (state !== 'Done') return state;
  const status = jobStatus(job);
  const last = job.processes.at(-1)!.status!;
  return 'signal' in last ? signalDescription(last.signal) : status === 0 ? 'Done' : `Exit ${status}`;
}

/** Whether it is the current job, the one before, or another. */
export function jobMark(shell: Shell, job: Job): string {
  return job === shell.jobs.current ? '+' : job === shell.jobs.previous ? '-' : ' ';
}

/** Where a job was started, if that is elsewhere: `  (wd: ~/src)`. */
export function elsewhere(shell: Shell, { directory }: Job, label: string): string {
  return directory === logicalDirectory(shell) ? '' : `${label}${tilde(shell, directory)})`;
}

/** A job's line as `jobs` prints it. */
export function jobLine(shell: Shell, job: Job, long = false): string {
  const running = jobState(job) === 'Running' ? ' &' : '';
  return `[${job.number}]${jobMark(shell, job)} ${long ? `${String(job.processes[0]!.pid).padStart(5)}` : ''} ${stateText(job).padEnd(24)}${job.text}${running}${elsewhere(shell, job, '  (wd: ')}\n`;
}

