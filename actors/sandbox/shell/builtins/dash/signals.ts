// dash's trap and kill.
import { Errno } from '../../../kernel/errno.js';
import { SIGNAL_MAX, signalName, SIGTERM } from '../../../kernel/signals.js';
import { PREEMPT, type Task } from '../../../kernel/wait.js';
import { quoteDash } from '../../quote.js';
import type { Job } from '../../job.js';
import type { Builtin } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { fail, giveUp, print, readOptions } from '../output.js';
import { sendSignal } from '../signals.js';
import { numberOperand } from './number.js';

const NAMES = Array.from({ length: SIGNAL_MAX + 1 }, (_, number) => (number === 0 ? 'EXIT' : signalName(number)));

/** The number of a signal given as a number. */
function ofNumber(text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) <= SIGNAL_MAX ? Number(text) : undefined;
}

/** The number of a signal given by number or name, without SIG; `least` is 0 where EXIT is one. */
function ofText(text: string, least: number): number | undefined {
  const number = ofNumber(text) ?? NAMES.indexOf(text.toUpperCase(), least);
  return number < 0 ? undefined : number;
}

function nameOf(number: number): string {
  return NAMES[number] ?? String(number);
}

export const trap: Builtin = (shell, argv) => {
  const { operands } = readOptions(shell, argv, '', '')!;
  if (operands.length === 0) return print(shell, 'trap', shell.traps.list().map(([name, command]) => `trap -- ${quoteDash(command)} ${name}\n`).join(''));
  const resets = operands.length === 1 || ofNumber(operands[0]!) !== undefined || operands[0] === '-';
  const names = operands.length > 1 && (!resets || operands[0] === '-') ? operands.slice(1) : operands;
  for (const word of names) {
    const number = ofText(word, 0);
    if (number === undefined) {
      shell.warnRaw(`trap: ${word}: bad trap\n`);
      return 1;
    }
    shell.traps.set(nameOf(number), resets ? undefined : operands[0]!);
  }
  return 0;
};

/** The job that `%…` names. */
export function jobOperand(shell: Shell, name: string, spec: string): Job {
  if (spec === '%-' && shell.jobs.previous === undefined) return giveUp(shell, name, 'No previous job');
  // Without job control the commands of jobs are not kept, so no job has a name.
  const job = shell.options.monitor || /^%(?:[-%+]|\d*)$/.test(spec) ? shell.jobs.find(spec) : undefined;
  if (typeof job === 'object') return job;
  if (/^%[%+]?$/.test(spec)) return giveUp(shell, name, 'No current job');
  return giveUp(shell, name, job === 'ambiguous' ? `${spec}: ambiguous` : `No such job: ${spec}`);
}

const USAGE = 'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]';

interface Request {
  lists: boolean;
  signal: number | undefined;
  operands: readonly string[];
}

function signalOption(shell: Shell, text: string): number {
  return ofText(text, 1) ?? giveUp(shell, 'kill', `invalid signal number or name: ${text}`);
}

/** `-9`, `-INT`, or options. */
function parse(shell: Shell, argv: readonly string[]): Request {
  const first = argv[1]!;
  const signal = first.startsWith('-') ? ofText(first.slice(1), 1) : undefined;
  if (signal !== undefined) return { lists: false, signal, operands: argv.slice(2) };
  const request: Request = { lists: false, signal: undefined, operands: [] };
  let at = 1;
  for (; at < argv.length && /^-./.test(argv[at]!); at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    for (let i = 1; i < word.length; i++) {
      if (word[i] === 'l') {
        request.lists = true;
      } else if (word[i] === 's') {
        const value = word.slice(i + 1) || argv[++at];
        request.signal = signalOption(shell, value ?? giveUp(shell, 'kill', 'No arg for -s option'));
        break;
      } else {
        giveUp(shell, 'kill', `Illegal option -${word[i]}`);
      }
    }
  }
  return { ...request, operands: argv.slice(at) };
}

/** What kill(2) gets: a process, or the group of a job, which has one under job control only. */
function targetOf(shell: Shell, word: string): number {
  if (!word.startsWith('%')) return word.startsWith('-') ? -numberOperand(shell, 'kill', word.slice(1)) : numberOperand(shell, 'kill', word);
  return -jobOperand(shell, 'kill', word).processes[0]!.pid;
}

/** The signals are delivered before the next command runs, so that `kill $$` is felt at once. */
function* send(shell: Shell, words: readonly string[], signal: number): Task<number> {
  let status = 0;
  // Children that ended are gone, not zombies that could still be signalled.
  shell.jobs.collect();
  for (const word of words) {
    try {
      sendSignal(shell.process, targetOf(shell, word), signal);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      status = fail(shell, 'kill', `${error.message}\n`);
    }
  }
  yield PREEMPT;
  return status;
}

export const kill: Builtin = (shell, argv) => {
  if (argv.length === 1) return giveUp(shell, 'kill', USAGE);
  const { lists, signal, operands } = parse(shell, argv);
  if (lists ? signal !== undefined : operands.length === 0) return giveUp(shell, 'kill', USAGE);
  if (!lists) return send(shell, operands, signal ?? SIGTERM);
  if (operands.length === 0) return print(shell, 'kill', ['0', ...NAMES.slice(1)].map((name, number) => `${name ?? number}\n`).join(''));
  const given = numberOperand(shell, 'kill', operands[0]!);
  const number = given > 128 ? given - 128 : given;
  if (number <= 0 || number > SIGNAL_MAX) return giveUp(shell, 'kill', `invalid signal number or exit status: ${operands[0]}`);
  return print(shell, 'kill', `${nameOf(number)}\n`);
};
