// trap, kill, jobs, wait, fg, bg, disown: signals and background work.
import { maySignal } from '../../kernel/credentials.js';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { SIGCHLD, SIGCONT, signalName, signalNumber, SIGTERM } from '../../kernel/signals.js';
import { anyOf, PREEMPT, type Task } from '../../kernel/wait.js';
import { reapCoprocesses } from '../execute/coprocesses.js';
import { type Job, jobState, jobStatus } from '../jobs.js';
import { quoteDash, quoteSingle } from '../quote.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { trapName } from '../traps.js';
import { signalDescription } from '../signal-descriptions.js';
import { READONLY } from '../variables/variable.js';
import { isName } from '../variables/variables.js';
import { fail, print, readOptions, showUsage, usage } from './output.js';

/** SIGINT, EXIT: as `trap -p` writes names. */
function shownTrap(shell: Shell, name: string): string {
  return shell.isBash && !shell.options.posix && !['EXIT', 'DEBUG', 'ERR', 'RETURN'].includes(name) ? `SIG${name}` : name;
}

const TRAP_SYNOPSIS = 'trap [-lp] [[arg] signal_spec ...]';

/** What `trap -p` of a POSIX shell lists; 32 and 33 have numbers alone. */
const ALL_TRAPS: readonly string[] = ['EXIT', ...Array.from({ length: 64 }, (_, index) => signalName(index + 1) ?? String(index + 1)), 'DEBUG', 'ERR', 'RETURN'];

export const trap: Builtin = (shell, argv) => {
  const words = argv.slice(1);
  if (words[0] === '-l') return print(shell, 'trap', listSignals(shell, false));
  const line = ([name, command]: [string, string]): string => `trap -- ${(shell.isBash ? quoteSingle : quoteDash)(command)} ${shownTrap(shell, name)}\n`;
  const isBarePrint = words.length === 1 && words[0] === '-p';
  if (isBarePrint && shell.isBash && shell.options.posix) return trap(shell, ['trap', '-p', ...ALL_TRAPS]);
  if (words.length === 0 || isBarePrint) return print(shell, 'trap', shell.traps.list().map(line).join(''));
  if (words[0] === '-p') {
    let status = 0;
    const asked = words[1] === '--' ? words.slice(2) : words.slice(1);
    if (words[1] !== '--' && /^-./.test(words[1] ?? '') && shell.isBash) return usage(shell, 'trap', `${words[1]!.slice(0, 2)}: invalid option`, TRAP_SYNOPSIS);
    const text = asked.map((word) => {
      const name = trapName(word);
      if (name === undefined) status = fail(shell, 'trap', `${word}: invalid signal specification`);
      const command = name && shell.traps.listed(name);
      if (name !== undefined && command === undefined && shell.isBash && shell.options.posix) return `trap -- - ${shownTrap(shell, name)}\n`;
      return name !== undefined && command !== undefined ? line([name, command]) : '';
    }).join('');
    return print(shell, 'trap', text, status);
  }
  const rest = words[0] === '--' ? words.slice(1) : words;
  if (shell.isBash && words[0] !== '--' && /^-./.test(rest[0]!)) return usage(shell, 'trap', `${rest[0]!.slice(0, 2)}: invalid option`, TRAP_SYNOPSIS);
  const resets = rest[0] === '-' || /^\d+$/.test(rest[0]!) && (rest.length === 1 || trapName(rest[0]!) !== undefined);
  const names = rest[0] === '-' ? rest.slice(1) : resets || rest.length === 1 ? rest : rest.slice(1);
  const command = rest[0] === '-' || resets || rest.length === 1 ? undefined : rest[0]!;
  let status = 0;
  for (const word of names) {
    const name = trapName(word);
    if (name === undefined) status = fail(shell, 'trap', shell.isBash ? `${word}: invalid signal specification` : `${word}: bad trap`);
    else shell.traps.set(name, command);
  }
  return status;
};

// --- kill -----------------------------------------------------------------------------------------------------------------------

/** Signals of which only the shell knows, by bash's numbers. */
const SHELL_SIGNALS: readonly (readonly [string, number])[] = [['EXIT', 0], ['DEBUG', 65], ['ERR', 66], ['RETURN', 67]];

/** `kill -l`'s answer to one operand: a name for a number (a signal's, or the status of what it killed), a number for a name. */
function shownSignal(shell: Shell, word: string): string | undefined {
  if (!/^\d+$/.test(word)) return String(signalNumber(word) ?? (shell.isBash ? SHELL_SIGNALS.find(([name]) => name === word.toUpperCase())?.[1] : undefined) ?? '') || undefined;
  if (Number(word) === 0 && shell.isBash) return 'EXIT';
  return signalName(Number(word) > 128 ? Number(word) - 128 : Number(word));
}

function listSignals(shell: Shell, asNames = shell.options.posix): string {
  const numbers = Array.from({ length: 64 }, (_, index) => index + 1).filter((number) => signalName(number) !== undefined);
  if (!shell.isBash) return numbers.map((number) => `${signalName(number)}\n`).join('');
  if (asNames) return `${numbers.map((number) => signalName(number)).join(' ')}\n`;
  return numbers.map((number, index) => `${String(number).padStart(2)}) SIG${signalName(number)}${index % 5 === 4 || index === numbers.length - 1 ? '\n' : '\t'}`).join('');
}

/** `kill -l` and `kill -l operand…` */
function* tellSignals(shell: Shell, words: readonly string[]): Task<number> {
  let status = 0;
  for (const shown of words.length === 0 ? [listSignals(shell)] : words.map((word) => shownSignal(shell, word) ?? { strange: word })) {
    if (typeof shown === 'object') {
      status = fail(shell, 'kill', `${shown.strange}: invalid signal specification`);
      continue;
    }
    const written = print(shell, 'kill', words.length === 0 ? shown : `${shown}\n`);
    status = (typeof written === 'number' ? written : yield* written) || status;
  }
  return status;
}

/** Sends to a pid, a group (negative) or all (-1). Throws Errno. */
export function sendSignal(process: Process, pid: number, signal: number): void {
  const { kernel } = process;
  const targets = pid > 0 ? [kernel.processes.get(pid)] : pid === 0 ? kernel.group(process.processGroup) : pid === -1 ? [...kernel.processes.values()].filter((other) => other.pid !== 1 && other !== process) : kernel.group(-pid);
  const living = targets.filter((target): target is Process => target !== undefined);
  if (living.length === 0) throw new Errno('ESRCH');
  const allowed = living.filter((target) => maySignal(process.credentials, target.credentials));
  if (allowed.length === 0) throw new Errno('EPERM');
  if (signal > 0) for (const target of allowed) target.deliver(signal);
}

const KILL_SYNOPSIS = 'kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]';

export const kill: Builtin = (shell, argv) => {
  let words = argv.slice(1);
  let signal = SIGTERM;
  const first = words[0];
  if (first === '-l' || first === '-L') {
    const asked = shell.dialect === 'dash' ? words.slice(1, 2) : words.slice(1);
    const strange = shell.dialect === 'dash' ? asked.find((word) => !/^\d+$/.test(word)) : undefined;
    return strange === undefined ? tellSignals(shell, asked) : fail(shell, 'kill', `Illegal number: ${strange}`, 2);
  }
  if (first === '-s' || first === '-n') {
    const number = words[1] === undefined ? undefined : signalNumber(words[1]);
    if (number === undefined) return fail(shell, 'kill', words[1] === undefined ? `${first}: option requires an argument` : `${words[1]}: invalid signal specification`);
    signal = number;
    words = words.slice(2);
  } else if (first !== undefined && /^-[^-]/.test(first) && (words.length > 1 || shell.isBash)) {
    const number = signalNumber(first.slice(1));
    if (number === undefined) return fail(shell, 'kill', `${first.slice(1)}: invalid signal specification`);
    signal = number;
    words = words.slice(1);
  }
  if (words[0] === '--') words = words.slice(1);
  if (words.length === 0) return shell.isBash ? showUsage(shell, 'kill', KILL_SYNOPSIS) : usage(shell, 'kill', 'not enough arguments', KILL_SYNOPSIS);
  return signalAll(shell, words, signal);
};

/** The signals are delivered before the next command runs, so that `kill $$` is felt at once. */
function* signalAll(shell: Shell, words: readonly string[], signal: number): Task<number> {
  let status = 0;
  // Children that ended are gone, not zombies that could still be signalled.
  shell.jobs.collect();
  for (const word of words) {
    const job = word.startsWith('%') ? shell.jobs.find(word) : undefined;
    if (word.startsWith('%') && (job === undefined || job === 'ambiguous')) {
      status = fail(shell, 'kill', `${word}: no such job`);
      continue;
    }
    if (job === undefined && !/^-?\d+$/.test(word)) {
      status = fail(shell, 'kill', shell.isBash ? word === '' ? "`': not a pid or valid job spec" : `${word}: arguments must be process or job IDs` : `Illegal number: ${word}`);
      continue;
    }
    try {
      if (typeof job === 'object') for (const process of job.processes) sendSignal(shell.process, process.pid, signal);
      else sendSignal(shell.process, Number(word), signal);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      status = fail(shell, 'kill', shell.isBash ? `(${word}) - ${error.message}` : error.message);
    }
  }
  yield PREEMPT;
  return status;
}

// --- jobs -----------------------------------------------------------------------------------------------------------------------

function stateText(job: Job): string {
  const state = jobState(job);
  if (state !== 'Done') return state;
  const status = jobStatus(job);
  const last = job.processes.at(-1)!.status!;
  return 'signal' in last ? signalDescription(last.signal) : status === 0 ? 'Done' : `Exit ${status}`;
}

/** A job's line as `jobs` prints it. */
export function jobLine(shell: Shell, job: Job, long = false): string {
  const mark = job === shell.jobs.current ? '+' : job === shell.jobs.previous ? '-' : ' ';
  const running = jobState(job) === 'Running' ? ' &' : '';
  return `[${job.number}]${mark} ${long ? `${String(job.processes[0]!.pid).padStart(5)}` : ''} ${stateText(job).padEnd(24)}${job.text}${running}\n`;
}

export const jobs: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'lnprs', 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]');
  if (!options) return 2;
  const { flags, operands } = options;
  let status = 0;
  const chosen: Job[] = [];
  for (const spec of operands) {
    const job = shell.jobs.find(spec);
    if (typeof job === 'object') chosen.push(job);
    else status = fail(shell, 'jobs', `${spec}: no such job`);
  }
  const listed = (operands.length > 0 ? chosen : shell.jobs.all).filter((job) => (!flags.includes('r') || jobState(job) === 'Running') && (!flags.includes('s') || jobState(job) === 'Stopped'));
  const text = listed.map((job) => (flags.includes('p') ? `${job.processes[0]!.pid}\n` : jobLine(shell, job, flags.includes('l')))).join('');
  shell.jobs.collect();
  shell.jobs.forgetEnded();
  return print(shell, 'jobs', text, status);
};

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
  shell.jobs.remove(job);
  reapCoprocesses(shell);
  return jobStatus(job);
}

export function* wait(shell: Shell, argv: readonly string[]): Task<number> {
  const flags: string[] = [];
  let variable: string | undefined;
  let at = 1;
  for (; at < argv.length && /^-[nfp]/.test(argv[at]!); at++) {
    flags.push(argv[at]!);
    if (argv[at]!.endsWith('p')) variable = argv[++at];
  }
  if (argv[at] === '--') at++;
  const specs = argv.slice(at);
  if (variable !== undefined && shell.variables.find(variable)?.has(READONLY) === true) return fail(shell, 'wait', `${variable}: cannot unset: readonly variable`);
  if (variable !== undefined && isName(variable)) shell.variables.unset(variable);
  if (flags.some((flag) => flag.includes('n'))) return yield* waitNext(shell, specs, variable);
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
  const chosen = specs.length === 0 ? shell.jobs.own : specs.map((spec) => (spec.startsWith('%') ? shell.jobs.find(spec) : shell.jobs.ofPid(Number(spec)))).filter((job): job is Job => typeof job === 'object');
  if (chosen.length === 0) {
    for (const spec of specs) fail(shell, 'wait', `${spec}: no such job`);
    return 127;
  }
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

function jobOf(shell: Shell, name: string, spec: string | undefined): Job | undefined {
  const job = spec === undefined ? shell.jobs.current : shell.jobs.find(spec);
  if (typeof job === 'object') return job;
  fail(shell, name, `${spec ?? 'current'}: no such job`);
  return undefined;
}

export const fg: Builtin = (shell, argv) => {
  if (!shell.options.monitor) return fail(shell, 'fg', 'no job control');
  const job = jobOf(shell, 'fg', argv[1]);
  return job ? foreground(shell, job) : 1;
};

function* foreground(shell: Shell, job: Job): Task<number> {
  shell.warnRaw(`${job.text}\n`);
  for (const process of job.processes) process.deliver(SIGCONT);
  shell.jobs.remove(job);
  yield* shell.execution.awaitForeground(job.processes, () => job.text);
  return jobStatus(job);
}

export const bg: Builtin = (shell, argv) => {
  if (!shell.options.monitor) return fail(shell, 'bg', 'no job control');
  const job = jobOf(shell, 'bg', argv[1]);
  if (!job) return 1;
  for (const process of job.processes) process.deliver(SIGCONT);
  return print(shell, 'bg', `[${job.number}]+ ${job.text} &\n`);
};

export const disown: Builtin = (shell, argv) => {
  const specs = argv.slice(1).filter((word) => !word.startsWith('-'));
  const all = argv.includes('-a');
  const chosen = all ? [...shell.jobs.all] : specs.length === 0 ? [shell.jobs.current] : specs.map((spec) => (spec.startsWith('%') ? shell.jobs.find(spec) : shell.jobs.ofPid(Number(spec))));
  let status = 0;
  chosen.forEach((job, index) => {
    if (typeof job === 'object') shell.jobs.remove(job);
    else status = fail(shell, 'disown', `${specs[index] ?? 'current'}: no such job`);
  });
  return status;
};
