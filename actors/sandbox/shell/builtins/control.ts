// Built-ins that steer: : true false break continue return exit shift eval source exec command builtin.
import { Errno } from '../../kernel/errno.js';
import { SIGSTOP } from '../../kernel/signals.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { CommandAbort, ShellExit } from '../flow.js';
import { findReadable } from '../execute/program-search.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { restartGetopts } from './dash/getopts.js';
import { fail, failSpecial, usage } from './output.js';
import { describe } from './describe.js';
import { sendSignal } from './signals.js';

export const colon: Builtin = () => 0;
export const falseBuiltin: Builtin = () => 1;

function jump(type: 'break' | 'continue'): Builtin {
  return (shell, argv) => {
    const given = argv[1] === '--' ? argv[2] : argv[1];
    if (shell.loopDepth === 0) {
      if (shell.isBash && !shell.options.posix) shell.complain(`${type}: only meaningful in a \`for', \`while', or \`until' loop`);
      return 0;
    }
    if (given !== undefined && !/^[+-]?\d+$/.test(given)) {
      fail(shell, type, shell.isBash ? `${given}: numeric argument required` : `Illegal number: ${given}`);
      if (!shell.isBash) throw new CommandAbort(2);
      throw new ShellExit(128);
    }
    if (shell.isBash && argv.length > 2 && given === argv[1]) {
      fail(shell, type, 'too many arguments');
      throw new CommandAbort(1, true);
    }
    const levels = given === undefined ? 1 : Number(given);
    if (levels <= 0) {
      fail(shell, type, shell.isBash ? `${given}: loop count out of range` : `Illegal number: ${given}`);
      if (!shell.isBash) throw new CommandAbort(2);
      shell.flow = { type: 'break', levels: shell.loopDepth };
      return 1;
    }
    shell.flow = { type, levels: Math.min(levels, shell.loopDepth) };
    return 0;
  };
}

export const breakBuiltin = jump('break');
export const continueBuiltin = jump('continue');

/** The status operand of `exit` and `return`. Undefined: not a number. */
function statusOperand(shell: Shell, argv: readonly string[]): number | undefined {
  const given = argv[1] === '--' ? argv[2] : argv[1];
  if (given === undefined) return shell.status;
  if (!(shell.isBash ? /^\s*[+-]?\d+\s*$/ : /^\s*\+?\d+\s*$/).test(given)) return undefined;
  const number = BigInt(given.trim().replace('+', ''));
  // An int is all that dash and ash can take.
  if (!shell.isBash && number > 0x7fff_ffffn) return undefined;
  return Number(number & 0xffn);
}

export const returnBuiltin: Builtin = (shell, argv) => {
  const status = statusOperand(shell, argv);
  if (shell.isBash && shell.frames.length === 0 && shell.evalDepth >= 0 && !shell.runsSourced) {
    return failSpecial(shell, 'return', fail(shell, 'return', "can only `return' from a function or sourced script", 2));
  }
  if (status === undefined) {
    fail(shell, 'return', shell.isBash ? `${argv[1]}: numeric argument required` : `Illegal number: ${argv[1]}`);
    if (!shell.isBash) throw new CommandAbort(2);
    shell.flow = { type: 'return' };
    shell.status = 2;
    return 2;
  }
  if (shell.isBash && argv.length > 2 && argv[1] !== '--') return fail(shell, 'return', 'too many arguments');
  shell.flow = { type: 'return' };
  shell.returnedStatus = argv.length > 1 ? status : undefined;
  // bash: without an operand it gives the status that the trap it is in began with.
  return argv.length > 1 || !shell.isBash || shell.runningTrap === 'DEBUG' ? status : shell.trapStatus ?? status;
};

export const exit: Builtin = (shell, argv) => {
  const status = statusOperand(shell, argv);
  if (status === undefined) {
    fail(shell, 'exit', shell.isBash ? `${argv[1]}: numeric argument required` : `Illegal number: ${argv[1]}`);
    throw new ShellExit(2);
  }
  if (shell.isBash && argv.length > 2 && argv[1] !== '--') return fail(shell, 'exit', 'too many arguments');
  if (argv.length === 1 && shell.trapStatus !== undefined && (!shell.isBash || shell.runningTrap === 'EXIT')) throw new ShellExit(shell.trapStatus);
  throw new ShellExit(status);
};

export const logout: Builtin = (shell, argv) => (shell.isLogin ? exit(shell, argv) : fail(shell, 'logout', "not login shell: use `exit'"));

/** `suspend`: the shell stops itself, where job control could continue it. */
export const suspend: Builtin = (shell, argv) => {
  if (!shell.options.monitor) return fail(shell, 'suspend', 'cannot suspend: no job control');
  if (shell.isLogin && argv[1] !== '-f') return fail(shell, 'suspend', 'cannot suspend: login shell');
  sendSignal(shell.process, shell.process.pid, SIGSTOP);
  return 0;
};

export const shift: Builtin = (shell, argv) => {
  const operand = argv[1] === '--' ? argv[2] : argv[1];
  if (operand !== undefined && !(shell.isBash ? /^[+-]?\d+$/ : /^\+?\d+$/).test(operand)) {
    fail(shell, 'shift', shell.isBash ? `${operand}: numeric argument required` : `Illegal number: ${operand}`);
    if (!shell.isBash) throw new CommandAbort(2);
    return 1;
  }
  const count = operand === undefined ? 1 : Number(operand);
  if (shell.isBash && argv.length > 2 && operand === argv[1]) return fail(shell, 'shift', 'too many arguments');
  if (count < 0 && shell.dialect === 'ash') {
    fail(shell, 'shift', `Illegal number: ${operand}`);
    throw new ShellExit(2);
  }
  if (count < 0) return fail(shell, 'shift', `${operand}: shift count out of range`);
  if (count > shell.positional.length) {
    return shell.isBash && shell.options.has('shift_verbose') ? fail(shell, 'shift', `${operand ?? ''}${operand === undefined ? '' : ': '}shift count out of range`) : 1;
  }
  shell.positional = shell.positional.slice(count);
  if (!shell.isBash) restartGetopts(shell);
  return 0;
};

export const evalBuiltin: Builtin = (shell, argv) => {
  let words = argv.slice(1);
  if (shell.isBash && words[0] !== undefined && /^-./.test(words[0]) && words[0] !== '--') {
    return usage(shell, 'eval', `${words[0].slice(0, 2)}: invalid option`, 'eval [arg ...]');
  }
  if (words[0] === '--' && shell.isBash) words = words.slice(1);
  const text = words.join(' ');
  if (text.trim() === '') return 0;
  return evaluate(shell, text);
};

function* evaluate(shell: Shell, text: string): Task<number> {
  const { inverted, currentCommand, speaker, dialect } = shell;
  shell.entered = 'eval';
  if (!shell.isBash) shell.speaker = 'eval';
  shell.evalDepth++;
  shell.unchecked -= inverted;
  shell.inverted = 0;
  try {
    return yield* shell.execution.runText(text, { line: dialect === 'dash' ? 1 : shell.line, name: 'eval' });
  } catch (error) {
    shell.report(error);
    throw error;
  } finally {
    shell.speaker = speaker;
    shell.evalDepth--;
    shell.unchecked += inverted;
    shell.inverted = inverted;
    shell.currentCommand = currentCommand;
  }
}

/** The file that `source` means: along PATH when it has no slash, then the working directory. */
function sourced(shell: Shell, name: string): string | undefined {
  if (name.includes('/')) return name;
  if (!shell.isBash || shell.options.has('sourcepath')) {
    const found = findReadable(shell, name);
    if (found !== undefined) return found;
  }
  return shell.isBash && !shell.options.posix ? name : undefined;
}

export function* source(shell: Shell, argv: readonly string[]): Task<number> {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
  const name = words[0];
  if (name === undefined) {
    if (!shell.isBash) return 0;
    return usage(shell, argv[0]!, 'filename argument required', `${argv[0]} filename [arguments]`);
  }
  if (shell.isBash && /^-./.test(name) && argv[1] !== '--') return usage(shell, argv[0]!, `${name.slice(0, 2)}: invalid option`, `${argv[0]} filename [arguments]`);
  if (shell.options.restricted && name.includes('/')) return fail(shell, argv[0]!, `${name}: restricted`);
  const path = sourced(shell, name);
  let text: string;
  try {
    if (path === undefined) throw new Errno('ENOENT');
    if (shell.process.files.stat(path).type === 'directory') {
      // dash opens it and finds nothing to read.
      if (shell.dialect === 'dash') return 0;
      throw new Errno('EISDIR');
    }
    text = decode(yield* readWhole(shell, path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (shell.isBash) {
      const isLost = shell.options.posix && error.code === 'ENOENT' && !name.includes('/');
      shell.complain(isLost ? `${argv[0]}: ${name}: file not found` : error.code === 'EISDIR' ? `${argv[0]}: ${name}: is a directory` : `${name}: ${error.message}`);
      return failSpecial(shell, argv[0]!, 1);
    }
    const opened = shell.dialect === 'ash' ? `can't open '${name}': ${error.message}` : `cannot open ${name}: ${error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'No such file' : error.message}`;
    fail(shell, argv[0]!, path === undefined ? `${name}: not found` : opened);
    throw new CommandAbort(2);
  }
  const args = words.length > 1 && shell.dialect !== 'dash' ? words.slice(1) : undefined;
  return yield* shell.execution.runFile(text, path ?? name, args);
}

function* readWhole(shell: Shell, path: string): Task<Uint8Array> {
  const fd = shell.process.open(path, 0);
  const parts: Uint8Array[] = [];
  try {
    for (;;) {
      const chunk = yield* shell.process.read(fd, 1 << 20);
      if (chunk.length === 0) break;
      parts.push(chunk);
    }
  } finally {
    if (shell.process.descriptors.find(fd)) shell.process.close(fd);
  }
  return Buffer.concat(parts);
}

export const exec: Builtin = (shell, argv) => {
  if (shell.options.restricted && argv.length > 1) return fail(shell, 'exec', 'restricted');
  let at = 1;
  let name: string | undefined;
  let empty = false;
  let login = false;
  for (; at < argv.length && shell.isBash; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let letter = 1; letter < word.length; letter++) {
      if (word[letter] === 'c') empty = true;
      else if (word[letter] === 'l') login = true;
      else if (word[letter] === 'a') {
        name = letter + 1 < word.length ? word.slice(letter + 1) : argv[++at];
        break;
      } else {
        return usage(shell, 'exec', `-${word[letter]}: invalid option`, 'exec [-cl] [-a name] [command [argument ...]] [redirection ...]');
      }
    }
  }
  const words = argv.slice(at);
  if (words.length === 0) return 0;
  return replace(shell, words, { ...(name === undefined ? {} : { name }), empty, login });
};

function* replace(shell: Shell, words: readonly string[], options: { name?: string; empty?: boolean; login?: boolean }): Task<number> {
  const status = yield* shell.execution.replace(words, options);
  if (shell.options.has('execfail') || shell.isInteractive) return status;
  throw new ShellExit(status);
}

export const command: Builtin = (shell, argv) => {
  let at = 1;
  let flags = '';
  for (; at < argv.length && /^-[pvV]+$/.test(argv[at]!); at++) flags += argv[at]!.slice(1);
  if (argv[at] === '--') at++;
  else if (at < argv.length && /^-./.test(argv[at]!)) return usage(shell, 'command', `${argv[at]!.slice(0, 2)}: invalid option`, 'command [-pVv] command [arg ...]');
  const words = argv.slice(at);
  if (shell.options.restricted && flags.includes('p')) return fail(shell, 'command', '-p: restricted');
  if (words.length === 0) return 0;
  if (/[vV]/.test(flags)) return describe(shell, words, { terse: flags.lastIndexOf('v') > flags.lastIndexOf('V'), defaultPath: flags.includes('p') });
  const outcome = (): Outcome => shell.execution.runWords(words, { defaultPath: flags.includes('p') });
  return shell.options.posix ? unspecial(outcome) : outcome();
};

/** Behind `command` the failure of a special built-in does not end the shell. */
function* unspecial(run: () => Outcome): Task<number> {
  try {
    const outcome = run();
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } catch (error) {
    if (error instanceof ShellExit && error.bySpecial) return error.status;
    throw error;
  }
}

export const builtin: Builtin = (shell, argv) => {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
  if (words.length === 0) return 0;
  const found = shell.builtins.get(words[0]!);
  if (!found || shell.disabledBuiltins.has(words[0]!)) return fail(shell, 'builtin', `${words[0]}: not a shell builtin`);
  return found(shell, words);
};

