// jobs, fg, bg, disown: background work as its user sees it.
import { SIGCONT } from '../../kernel/signals.js';
import type { Task } from '../../kernel/wait.js';
import { elsewhere, type Job, jobLine, jobMark, jobState, jobStatus } from '../job.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { fail, print, readOptions } from './output.js';

/** The job that a word names; `current` is what the complaint calls none. */
function jobOf(shell: Shell, name: string, spec: string | undefined): Job | undefined {
  const job = spec === undefined ? shell.jobs.current : shell.jobs.find(spec);
  if (typeof job === 'object') return job;
  if (job === 'ambiguous') fail(shell, name, `${spec!.replace(/^%\??/, '')}: ambiguous job spec`);
  else fail(shell, name, `${spec ?? 'current'}: no such job`);
  return undefined;
}

const JOBS_SYNOPSIS = 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]';

export const jobs: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'lnprsx', JOBS_SYNOPSIS);
  if (!options) return 2;
  const { flags, operands } = options;
  if (flags.includes('x')) return /[lnp]/.test(flags) ? fail(shell, 'jobs', "no other options allowed with `-x'") : runWithLeaders(shell, operands);
  let status = 0;
  const chosen: Job[] = [];
  for (const spec of operands) {
    const job = jobOf(shell, 'jobs', spec);
    if (job) chosen.push(job);
    else status = 1;
  }
  const listed = (operands.length > 0 ? chosen : shell.jobs.all)
    .filter((job) => (!flags.includes('r') || jobState(job) === 'Running') && (!flags.includes('s') || jobState(job) === 'Stopped') && (!flags.includes('n') || job.told !== jobState(job)));
  const text = listed.map((job) => (flags.includes('p') ? `${job.processes[0]!.pid}\n` : jobLine(shell, job, flags.includes('l')))).join('');
  const { own } = shell.jobs;
  for (const job of listed) if (own.includes(job)) job.told = jobState(job);
  shell.jobs.collect();
  shell.jobs.forgetEnded();
  return print(shell, 'jobs', text, status);
};

/** `jobs -x command`: with the process groups of the jobs that its words name. */
function runWithLeaders(shell: Shell, words: readonly string[]): Outcome {
  const argv = words.map((word) => {
    const job = word.startsWith('%') ? shell.jobs.find(word) : undefined;
    return typeof job === 'object' ? String(job.processGroup) : word;
  });
  return argv.length === 0 ? 0 : shell.execution.runWords(argv);
}

/** What `fg` and `bg` can go on with; undefined after a complaint. */
function resumable(shell: Shell, name: string, spec: string | undefined): Job | undefined {
  const job = jobOf(shell, name, spec);
  if (!job) return undefined;
  const refusal = !job.isControlled ? `job ${job.number} started without job control`
    : shell.isBash && !shell.jobs.own.includes(job) ? 'no current jobs'
    : shell.isBash && jobState(job) === 'Done' ? 'job has terminated' : undefined;
  if (refusal === undefined) return job;
  fail(shell, name, refusal);
  return undefined;
}

export const fg: Builtin = (shell, argv) => {
  if (!shell.options.monitor) return fail(shell, 'fg', 'no job control');
  const options = readOptions(shell, argv, '', 'fg [job_spec]');
  if (!options) return 2;
  const job = resumable(shell, 'fg', options.operands[0]);
  return job ? foreground(shell, job) : 1;
};

function* foreground(shell: Shell, job: Job): Task<number> {
  const printed = print(shell, 'fg', `${job.text}${shell.isBash ? elsewhere(shell, job, '\t(wd: ') : ''}\n`);
  if (typeof printed !== 'number') yield* printed;
  for (const process of job.processes) process.deliver(SIGCONT);
  shell.jobs.remove(job);
  yield* shell.execution.awaitForeground(job.processes, () => job.text);
  return jobStatus(job);
}

export const bg: Builtin = (shell, argv) => {
  if (!shell.options.monitor) return fail(shell, 'bg', 'no job control');
  const options = readOptions(shell, argv, '', 'bg [job_spec ...]');
  if (!options) return 2;
  const specs = options.operands.length === 0 ? [undefined] : options.operands;
  let status = 0;
  let text = '';
  for (const spec of specs) {
    const job = resumable(shell, 'bg', spec);
    if (!job) status = 1;
    else if (shell.isBash && jobState(job) === 'Running') fail(shell, 'bg', `job ${job.number} already in background`);
    else {
      text += `[${job.number}]${shell.isBash && !shell.options.posix ? `${jobMark(shell, job).trim()} ` : ' '}${job.text} &${shell.isBash ? elsewhere(shell, job, '\t(wd: ') : ''}\n`;
      for (const process of job.processes) process.deliver(SIGCONT);
      shell.backgroundPid = job.processes.at(-1)!.pid;
    }
  }
  return print(shell, 'bg', text, status);
};

export const disown: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'ahr', 'disown [-h] [-ar] [jobspec ... | pid ...]');
  if (!options) return 2;
  const { flags, operands } = options;
  let status = 0;
  let chosen: readonly Job[];
  if (operands.length === 0 && /[ar]/.test(flags)) {
    chosen = shell.jobs.all.filter((job) => !flags.includes('r') || jobState(job) === 'Running');
  } else {
    chosen = (operands.length === 0 ? [undefined] : operands).flatMap((spec) => {
      const job = spec !== undefined && /^\d+$/.test(spec) ? shell.jobs.ofPid(Number(spec)) : spec === undefined || spec.startsWith('%') ? jobOf(shell, 'disown', spec) : shell.jobs.find(spec);
      if (typeof job === 'object') return [job];
      status = spec === undefined || spec.startsWith('%') ? 1 : fail(shell, 'disown', `${spec}: no such job`);
      return [];
    });
  }
  for (const job of chosen) {
    if (flags.includes('h')) job.survivesHangup = true;
    else shell.jobs.remove(job);
  }
  return status;
};
