// How built-ins write: at once where the descriptor takes it, else as a Task; failures as bash words them.
import { Errno } from '../../kernel/errno.js';
import { withinFileSize } from '../../kernel/limit-checks.js';
import { encode } from '../../kernel/text.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { endsScript } from '../execute/given-up.js';
import { SPECIAL_BUILTINS } from '../execute/special-builtins.js';
import { CommandAbort, ShellExit } from '../flow.js';
import { APPLET_BUILTINS, busyboxWords } from '../busybox-words.js';
import type { Outcome } from '../parts.js';
import type { Shell } from '../shell.js';

/** Writes text to standard output; the outcome is `status`, or 1 when writing failed. */
export function print(shell: Shell, name: string, text: string, status = 0): Outcome {
  return text === '' ? status : printBytes(shell, name, encode(text), status);
}

export function printBytes(shell: Shell, name: string, bytes: Uint8Array, status = 0): Outcome {
  if (bytes.length === 0) return status;
  const file = shell.process.descriptors.find(1);
  if (!file?.writesAllowed || shell.backlog.length > 0) return writeRest(shell, name, bytes, status);
  let count: number | undefined;
  try {
    count = file.write(withinFileSize(shell.process, file, bytes));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return writeRest(shell, name, bytes, status);
  }
  return count === bytes.length ? status : writeRest(shell, name, count === undefined ? bytes : bytes.subarray(count), status);
}

function* writeRest(shell: Shell, name: string, bytes: Uint8Array, status: number): Task<number> {
  if (shell.backlog.length > 0) yield* shell.flushBacklog();
  try {
    yield* shell.process.write(1, bytes);
    return status;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    // SIGPIPE and SIGXFSZ, where they are not ignored, end the process here.
    if (error.code === 'EPIPE' || error.code === 'EFBIG') yield PREEMPT;
    return fail(shell, name, shell.dialect === 'dash' ? `${name}: I/O error` : `${shell.isBash ? 'write error' : 'I/O error'}: ${error.message}`);
  }
}

/** `bash: line 1: name: message`; the outcome is `status`. */
export function fail(shell: Shell, name: string, message: string, status = 1): number {
  const { speaker } = shell;
  if (shell.dialect === 'dash') {
    shell.speaker = name;
    shell.complain(message);
    shell.speaker = speaker;
  } else if (shell.isBash) shell.complain(`${name}: ${message}`);
  else shell.warnRaw(`${APPLET_BUILTINS.has(name) ? `${shell.calledAs}: ` : shell.busyboxPrefix(name)}${busyboxWords(message)}\n`);
  return status;
}

/** An error of a built-in in dash and ash: a special one ends the shell, any other its command with status 2. */
export function giveUp(shell: Shell, name: string | undefined, message: string): never {
  if (name === undefined) shell.complain(message);
  else fail(shell, name, message);
  throw new CommandAbort(2);
}

/** A complaint followed by the built-in's usage line. */
export function usage(shell: Shell, name: string, message: string, synopsis: string, status = 2): number {
  fail(shell, name, message);
  return shell.isBash ? showUsage(shell, name, synopsis, status) : status;
}

/** The usage line alone. */
export function showUsage(shell: Shell, name: string, synopsis: string, status = 2): number {
  shell.warnRaw(`${name}: usage: ${synopsis}\n`);
  return failSpecial(shell, name, status);
}

/**
 * After a complaint: in bash's posix mode a special built-in's error ends the script, or behind `command` only the command. That it was
 * called in a wrong way is no such error where the status is asked for.
 */
export function failSpecial(shell: Shell, name: string, status: number): number {
  if (endsScript(shell) && !(status === 2 && shell.unchecked > 0) && SPECIAL_BUILTINS[shell.dialect].has(name)) throw new ShellExit(status, { bySpecial: true });
  return status;
}

/** Splits leading `-x` options off; `letters` are those allowed. Undefined after a complaint (of bash's: others give the command up). */
export function readOptions(
  shell: Shell, argv: readonly string[], letters: string, synopsis: string,
): { flags: string; operands: readonly string[] } | undefined {
  let flags = '';
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (word.length < 2 || word[0] !== '-') break;
    for (const letter of word.slice(1)) {
      if (!letters.includes(letter)) {
        if (!shell.isBash) giveUp(shell, argv[0]!, `Illegal option -${letter}`);
        usage(shell, argv[0]!, `-${letter}: invalid option`, synopsis);
        return undefined;
      }
      flags += letter;
    }
  }
  return { flags, operands: argv.slice(at) };
}
