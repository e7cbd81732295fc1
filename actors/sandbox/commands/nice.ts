// nice, renice, ionice, nohup, setsid, stdbuf, time: run programs in other circumstances.
import { isCapable, mayArrange } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from '../kernel/open-file.js';
import { SIGHUP } from '../kernel/signals.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, complain, encode, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { executeOrComplain, runProgram } from './common/exec.js';
import { quoteName } from './common/quote.js';

const clamp = (niceness: number): number => Math.max(-20, Math.min(19, niceness));

export const nice: Main = command(function* (process, output) {
  // `-10` and `--10` are old spellings of `-n 10` and `-n -10`.
  const argv = process.argv.flatMap((word, i) => (i === 1 && /^-[-+]?\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
  const options = parseOptions(argv, 'n:', { adjustment: 'required' }, { posix: true, exitCode: 125 });
  const given = options.value('n', 'adjustment');
  if (given !== undefined && !/^[-+]?\d+$/.test(given)) throw new UsageError(`invalid adjustment ${quoteName(given)}`, 125);
  if (options.operands.length === 0) {
    if (given !== undefined) throw usageError(process.argv, 'a command must be given with an adjustment', 125);
    output.print(`${process.niceness}\n`);
    return 0;
  }
  const wanted = clamp(process.niceness + Number(given ?? '10'));
  if (wanted < process.niceness && !isCapable(process.credentials, 'SYS_NICE')) yield* complain(process, 'cannot set niceness: Permission denied');
  else process.niceness = wanted;
  return yield* executeOrComplain(process, options.operands, process.env, (name, why) => `nice: ${quoteName(name)}: ${why}`);
});

export const renice: Main = command(function* (process, output) {
  const words = process.argv.slice(1);
  if (words[0] === '-n' || words[0] === '--priority' || words[0] === '--relative') words.shift();
  const amount = words.shift();
  if (amount === undefined || !/^[-+]?\d+$/.test(amount)) throw new UsageError(`invalid priority '${amount ?? ''}'`);
  let status = 0;
  let kind = 'p';
  for (const word of words) {
    const [, letter] = /^-?-([pgu])/.exec(word) ?? [];
    if (letter !== undefined) {
      kind = letter;
      continue;
    }
    const targets = [...process.kernel.processes.values()].filter((target) => (kind === 'g' ? target.processGroup : kind === 'u' ? target.credentials.uid : target.pid) === Number(word));
    if (targets.length === 0) {
      yield* complain(process, `failed to get priority for ${word} (process ID): No such process`);
      status = 1;
    }
    for (const target of targets) {
      const old = target.niceness;
      const wanted = clamp(Number(amount));
      const isOwn = mayArrange(process.credentials, target.credentials);
      if (!isOwn || (wanted < old && !isCapable(process.credentials, 'SYS_NICE'))) {
        yield* complain(process, `failed to set priority for ${target.pid} (process ID): ${isOwn ? 'Permission denied' : 'Operation not permitted'}`);
        status = 1;
        continue;
      }
      target.niceness = wanted;
      output.print(`${target.pid} (process ID) old priority ${old}, new priority ${target.niceness}\n`);
    }
  }
  return status;
});

/** There is no disk to queue for: classes are accepted and have no effect. */
export const ionice: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'c:n:p:P:tu:', { class: 'required', classdata: 'required', pid: 'required', ignore: 'no' }, { posix: true });
  if (options.operands.length === 0 || options.has('p', 'pid')) {
    if (!options.has('c', 'class')) output.print('none: prio 0\n');
    return 0;
  }
  return yield* executeOrComplain(process, options.operands, process.env, (name, why) => `ionice: failed to execute ${name}: ${why}`);
});

function openAppending(process: Process, path: string): number | undefined {
  try {
    return process.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

export const nohup: Main = command(function* (process) {
  const { operands } = parseOptions(process.argv, '', {}, { posix: true, exitCode: 125 });
  if (operands.length === 0) throw usageError(process.argv, 'missing operand', 125);
  const isTerminal = (fd: number): boolean => process.descriptors.find(fd)?.isTerminal === true;
  const [input, out, err] = [isTerminal(0), isTerminal(1), isTerminal(2)];
  if (input) process.dup2(process.open('/dev/null', O_RDONLY), 0);
  if (out) {
    const paths = ['nohup.out', ...(process.env.has('HOME') ? [`${process.env.get('HOME')}/nohup.out`] : [])];
    const path = paths.find((candidate) => openAppending(process, candidate) !== undefined);
    if (path === undefined) throw new UsageError(`failed to open 'nohup.out': Permission denied`, 125);
    yield* complain(process, `${input ? 'ignoring input and ' : ''}appending output to ${quoteName(path)}`);
    process.dup2(openAppending(process, path)!, 1);
  } else if (input) {
    yield* complain(process, 'ignoring input');
  }
  if (err) process.dup2(1, 2);
  process.onSignal(SIGHUP, 'ignore');
  return yield* executeOrComplain(process, operands, process.env, (name, why) => `nohup: failed to run command ${quoteName(name)}: ${why}`);
});

export const setsid: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'cfw', { ctty: 'no', fork: 'no', wait: 'no' }, { posix: true });
  if (options.operands.length === 0) throw usageError(process.argv, 'no command specified');
  const message = (name: string, why: string): string => `setsid: failed to execute ${name}: ${why}`;
  // The leader of a group cannot begin a session; a child can.
  if (process.processGroup !== process.pid && !options.has('f', 'fork')) {
    process.setSession();
    return yield* executeOrComplain(process, options.operands, process.env, message);
  }
  const child = process.fork(function* leader(self) {
    self.setSession();
    return yield* executeOrComplain(self, options.operands, self.env, message);
  });
  if (!options.has('w', 'wait')) return 0;
  yield* process.wait([child]);
  return 'signal' in child.status! ? 128 + child.status.signal : child.status!.exitCode;
});

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`;
}

/** The command of its own; shells have a keyword. */
export const time: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'ao:pvf:', { portability: 'no', verbose: 'no', format: 'required', output: 'required', append: 'no' }, { posix: true, exitCode: 125 });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing program to run', 125);
  const begin = performance.now();
  const cpuBefore = process.kernel.budget.cpuMs;
  const status = yield* runProgram(process, options.operands, { message: (name, why) => `time: cannot run ${name}: ${why}` });
  const real = (performance.now() - begin) / 1000;
  const user = (process.kernel.budget.cpuMs - cpuBefore) / 1000;
  const format = options.value('f', 'format');
  const values: Readonly<Record<string, string>> = {
    e: real.toFixed(2), E: `${Math.floor(real / 60)}:${(real % 60).toFixed(2).padStart(5, '0')}`, U: user.toFixed(2), S: '0.00', P: `${Math.round((user / Math.max(real, 0.001)) * 100)}%`,
    M: '0', x: String(status), C: options.operands.join(' '), '%': '%',
  };
  let text = `real\t${clock(real)}\nuser\t${clock(user)}\nsys\t0m0.000s\n`;
  if (options.has('p', 'portability')) text = `real ${real.toFixed(2)}\nuser ${user.toFixed(2)}\nsys 0.00\n`;
  else if (format !== undefined) text = `${format.replace(/%([A-Za-z%])/g, (all: string, letter: string) => values[letter] ?? all).replaceAll('\\n', '\n').replaceAll('\\t', '\t')}\n`;
  const path = options.value('o', 'output');
  const fd = path === undefined ? 2 : process.open(path, O_WRONLY | O_CREAT | (options.has('a', 'append') ? O_APPEND : 0o1000));
  yield* process.write(fd, encode(text));
  return status;
});

const BUFFERS = { i: 'input', o: 'output', e: 'error' } as const;

/** Programs here hand on what they have before they wait, as if line by line; libraries of others read the same variables as from GNU's. */
export const stdbuf: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'i:o:e:', { input: 'required', output: 'required', error: 'required' }, { posix: true, exitCode: 125 });
  const env = new Map(process.env);
  let isGiven = false;
  for (const [letter, name] of Object.entries(BUFFERS)) {
    const mode = options.value(letter, name);
    if (mode === undefined) continue;
    isGiven = true;
    if (mode === 'L' && letter === 'i') throw usageError(process.argv, 'line buffering stdin is meaningless', 125);
    if (mode !== 'L' && !/^\d+([KMGTPEZY](B|iB)?|b|kB|k)?$/.test(mode)) throw new UsageError(`invalid mode ${quoteName(mode)}`, 125);
    env.set(`_STDBUF_${letter.toUpperCase()}`, mode);
  }
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand', 125);
  if (!isGiven) throw usageError(process.argv, 'you must specify a buffering mode option', 125);
  return yield* executeOrComplain(process, options.operands, env, (name, why) => `stdbuf: failed to run command ${quoteName(name)}: ${why}`);
});
