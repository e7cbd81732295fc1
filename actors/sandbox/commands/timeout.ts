// timeout: ends a program that takes too long (https://www.gnu.org/software/coreutils/timeout).
import { isErrno } from '../kernel/errno.js';
import { type Process, statusCode } from '../kernel/process.js';
import { SIGCONT, SIGHUP, SIGINT, SIGKILL, signalName, signalNumber, SIGQUIT, SIGTERM } from '../kernel/signals.js';
import { anyOf, type Task, timer } from '../kernel/wait.js';
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { parseDuration } from './common/duration.js';
import { execFailureCode, findProgram, spawn } from './common/exec.js';
import { quoteName } from './common/quote.js';
import { Errno } from '../kernel/errno.js';

const TIMED_OUT = 124;
const FAILED = 125;

interface Limits {
  afterMs: number;
  killAfterMs: number;
  signal: number;
  foreground: boolean;
  verbose: boolean;
}

/** Waits for the child until `untilMs` (performance.now); whether it has ended. */
function* endedBy(process: Process, child: Process, untilMs: number): Task<boolean> {
  while (child.status === undefined) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return false;
    try {
      yield* process.block(leftMs === Infinity ? process.childChanged : anyOf([process.childChanged, timer(leftMs)]), true);
    } catch (error) {
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
  return true;
}

function send(process: Process, child: Process, signal: number, { foreground }: Limits): void {
  const targets = foreground ? [child] : process.kernel.group(process.processGroup).filter((member) => member !== process);
  for (const target of new Set([child, ...targets])) {
    target.deliver(signal);
    if (signal !== SIGKILL && signal !== SIGCONT) target.deliver(SIGCONT);
  }
}

function* supervise(process: Process, child: Process, limits: Limits, preservesStatus: boolean, name: string): Task<number> {
  const untilMs = limits.afterMs === 0 ? Infinity : performance.now() + limits.afterMs;
  if (yield* endedBy(process, child, untilMs)) return yield* reap(process, child);
  const tell = function* (signal: number): Task {
    if (limits.verbose) yield* complain(process, `sending signal ${signal === 0 ? 'EXIT' : signalName(signal)} to command ${quoteName(name)}`);
  };
  yield* tell(limits.signal);
  send(process, child, limits.signal, limits);
  const killAtMs = limits.killAfterMs === 0 ? Infinity : performance.now() + limits.killAfterMs;
  if (!(yield* endedBy(process, child, killAtMs))) {
    yield* tell(SIGKILL);
    send(process, child, SIGKILL, limits);
    yield* endedBy(process, child, Infinity);
    yield* reap(process, child);
    return 128 + SIGKILL;
  }
  const status = yield* reap(process, child);
  if (preservesStatus) return status;
  return limits.signal === SIGKILL ? 128 + SIGKILL : TIMED_OUT;
}

function* reap(process: Process, child: Process): Task<number> {
  yield* process.wait([child]);
  return statusCode(child.status!);
}

export const timeout: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'k:s:vf', { foreground: 'no', 'kill-after': 'required', 'preserve-status': 'no', signal: 'required', verbose: 'no' }, { posix: true, exitCode: FAILED });
  const [duration, ...words] = options.operands;
  if (duration === undefined || words.length === 0) throw new UsageError("Try 'timeout --help' for more information.", FAILED, 'usage');
  const milliseconds = (text: string): number => {
    const ms = parseDuration(text);
    if (ms === undefined) throw usageError(process.argv, `invalid time interval ${quoteName(text)}`, FAILED);
    return ms;
  };
  const signalText = options.value('s', 'signal') ?? 'TERM';
  const signal = signalNumber(signalText);
  if (signal === undefined) throw usageError(process.argv, `${quoteName(signalText)}: invalid signal`, FAILED);
  const limits: Limits = {
    afterMs: milliseconds(duration), killAfterMs: milliseconds(options.value('k', 'kill-after') ?? '0'), signal,
    foreground: options.has('foreground', 'f'), verbose: options.has('v', 'verbose'),
  };
  try {
    findProgram(process, words[0]!, process.env.get('PATH'));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`failed to run command ${quoteName(words[0]!)}: ${error.message}`, execFailureCode(error));
  }
  if (!limits.foreground) process.processGroup = process.pid;
  const child = spawn(process, words, { message: (name, why) => `timeout: failed to run command ${quoteName(name)}: ${why}` });
  // What would end us ends the program; its end is ours.
  for (const received of [SIGHUP, SIGINT, SIGQUIT, SIGTERM]) {
    if (process.disposition(received) !== 'ignore') process.onSignal(received, () => send(process, child, received, limits));
  }
  return yield* supervise(process, child, limits, options.has('preserve-status'), words[0]!);
});
