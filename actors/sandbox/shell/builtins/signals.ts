// trap and kill: signals, what is done on them and how they are sent.
import { maySignal } from '../../kernel/credentials.js';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { signalName, signalNumber, SIGTERM } from '../../kernel/signals.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { quoteDash, quoteSingle } from '../quote.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { trapName } from '../traps.js';
import { fail, giveUp, print, showUsage, usage } from './output.js';

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
  // To all means to all that may be told: Linux does not mind that there are none.
  if (allowed.length === 0 && pid !== -1) throw new Errno('EPERM');
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
      if (!shell.isBash) giveUp(shell, 'kill', `${word}: no such job`);
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
