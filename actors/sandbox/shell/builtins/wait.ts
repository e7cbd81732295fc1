// wait: until background work ends, and its statuses.
import { Errno } from '../../kernel/errno.js';
import { SIGCHLD } from '../../kernel/signals.js';
import { anyOf, type Task } from '../../kernel/wait.js';
import { reapCoprocesses } from '../execute/coprocesses.js';
import { type Job, jobState, jobStatus } from '../job.js';
import type { Shell } from '../shell.js';
import { READONLY } from '../variables/variable.js';
import { isName, parseReference } from '../variables/variables.js';
import { fail, usage } from './output.js';

/** Blocks until one of the jobs is over or a trapped signal arrived (the status is then 128 + signal). */
export function* waitFor(shell: Shell, awaited: readonly Job[]): Task<number | undefined> {
  const processes = awaited.flatMap((job) => job.processes);
  while (!awaited.some((job) => jobState(job) === 'Done')) {
    // Of ended children bash is told without giving the wait up.
    if (shell.isBash && !shell.options.posix && shell.traps.pending[0] === SIGCHLD) yield* shell.execution.runTraps();
    if (shell.traps.pending.length > 0) return 128 + shell.traps.pending[0]!;
    try {
      yield* shell.process.block(anyOf([shell.process.childChanged, ...processes.map(({ ended }) => ended)]), true);
    } catch (error) {
      if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
    }
  }
  return undefined;
}

function* waitJob(shell: Shell, job: Job): Task<number> {
  const interrupted = yield* waitFor(shell, [job]);
  if (interrupted !== undefined) return interrupted;
  shell.jobs.collect();
  // bash tells the status as often as it is asked for.
  if (shell.isBash) shell.jobs.remember(job);
  shell.jobs.tellDeath(job);
  // A user is told of it at the prompt.
  if (!shell.isInteractive) shell.jobs.remove(job);
  reapCoprocesses(shell);
  return jobStatus(job);
}

const WAIT_SYNOPSIS = 'wait [-fn] [-p var] [id ...]';

export function* wait(shell: Shell, argv: readonly string[]): Task<number> {
  let next = false;
  let variable: string | undefined;
  let at = 1;
  for (; at < argv.length && /^-[^-]/.test(argv[at]!); at++) {
    const [, letters, named, attached] = /^-([fn]*)(p?)(.*)$/s.exec(argv[at]!)!;
    if (named === '' && attached !== '') return usage(shell, 'wait', `-${attached![0]}: invalid option`, WAIT_SYNOPSIS);
    next ||= letters!.includes('n');
    if (named === '') continue;
    variable = attached === '' ? argv[++at] : attached;
    if (variable === undefined) return usage(shell, 'wait', '-p: option requires an argument', WAIT_SYNOPSIS);
  }
  if (argv[at] === '--') at++;
  const specs = argv.slice(at);
  if (variable !== undefined && shell.variables.find(variable)?.has(READONLY) === true) return fail(shell, 'wait', `${variable}: cannot unset: readonly variable`);
  if (variable !== undefined && parseReference(variable) === undefined) return fail(shell, 'wait', `\`${variable}': not a valid identifier`);
  if (variable !== undefined && isName(variable)) shell.variables.unset(variable);
  if (next) return yield* waitNext(shell, specs, variable);
  if (specs.length === 0) {
    for (const job of shell.jobs.own) {
      const status = yield* waitJob(shell, job);
      if (shell.traps.pending.length > 0) return status;
    }
    const last = shell.isBash && shell.backgroundPid !== undefined ? shell.jobs.substitution(shell.backgroundPid) : undefined;
    if (last === undefined) return 0;
    const interrupted = yield* waitFor(shell, [last]);
    if (interrupted !== undefined) return interrupted;
    shell.jobs.collect();
    shell.jobs.remove(last);
    return 0;
  }
  let status = 0;
  for (const spec of specs) {
    const job = spec.startsWith('%') ? shell.jobs.find(spec) : shell.jobs.ofPid(Number(spec));
    const substitution = shell.jobs.substitution(Number(spec));
    if (typeof job === 'object' && shell.jobs.own.includes(job)) status = yield* waitJob(shell, job);
    else if (substitution) status = yield* waitJob(shell, substitution);
    else if (/^\d+$/.test(spec) && shell.jobs.remembered(Number(spec)) !== undefined) status = shell.jobs.remembered(Number(spec))!;
    else if (spec.startsWith('%')) status = shell.dialect === 'dash' ? fail(shell, 'wait', `No such job: ${spec}`, 2) : fail(shell, 'wait', `${spec}: no such job`, 127);
    else if (/^\d+$/.test(spec)) status = shell.isBash ? fail(shell, 'wait', `pid ${spec} is not a child of this shell`, 127) : 127;
    else status = fail(shell, 'wait', shell.isBash ? `\`${spec}': not a pid or valid job spec` : `Illegal number: ${spec}`, shell.isBash ? 1 : 2);
    if (variable !== undefined && typeof job === 'object') shell.variables.setNamed(variable, String(job.processes.at(-1)!.pid));
  }
  return status;
}

function* waitNext(shell: Shell, specs: readonly string[], variable: string | undefined): Task<number> {
  const chosen = specs.length === 0 ? shell.jobs.own : specs.flatMap((spec) => {
    const job = /^\d+$/.test(spec) ? shell.jobs.ofPid(Number(spec)) : shell.jobs.find(spec);
    if (typeof job === 'object') return [job];
    fail(shell, 'wait', `${spec}: no such job`);
    return [];
  });
  if (chosen.length === 0) return 127;
  const interrupted = yield* waitFor(shell, chosen);
  if (interrupted !== undefined) return interrupted;
  const over = chosen.find((job) => jobState(job) === 'Done')!;
  if (variable !== undefined) shell.variables.setNamed(variable, String(over.processes.at(-1)!.pid));
  shell.jobs.collect();
  shell.jobs.tellDeath(over);
  shell.jobs.remember(over);
  shell.jobs.remove(over);
  return jobStatus(over);
}

