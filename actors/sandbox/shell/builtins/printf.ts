// printf, with -v into a variable.
import type { Task } from '../../kernel/wait.js';
import { zoneOf } from '../../commands/common/dates/zone.js';
import { strftime } from '../strftime.js';
import { isPlainLocale } from '../locale.js';
import { formatPrintf, type Formatted, type PrintfHost } from '../printf.js';
import { AssignmentError, parseReference } from '../variables/variables.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { fail, print, readOptions, showUsage, usage } from './output.js';

/** bash's room for a time. */
const TIME_BYTES_MAX = 127;

/** What the room is too small for is not there. */
function upTo(most: number, text: string): string {
  return Buffer.byteLength(text) > most ? '' : text;
}

const SYNOPSIS = 'printf [-v var] format [arguments]';

export const printfBuiltin: Builtin = (shell, argv) => {
  let at = 1;
  let variable: string | undefined;
  if (shell.isBash) {
    while (at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '-') {
      if (argv[at] === '--') {
        at++;
        break;
      }
      if (!argv[at]!.startsWith('-v')) return usage(shell, 'printf', `${argv[at]!.slice(0, 2)}: invalid option`, SYNOPSIS);
      variable = argv[at]!.length > 2 ? argv[at]!.slice(2) : argv[++at];
      at++;
      if (variable === undefined) return usage(shell, 'printf', '-v: option requires an argument', SYNOPSIS);
      if (!parseReference(variable)) return fail(shell, 'printf', `\`${variable}': not a valid identifier`, 2);
    }
  } else if (shell.dialect === 'dash') {
    at = argv.length - readOptions(shell, argv, '', '')!.operands.length;
  } else if (argv[at] === '--') {
    at++;
  }
  const format = argv[at];
  if (format === undefined) return shell.isBash ? showUsage(shell, 'printf', SYNOPSIS) : fail(shell, 'printf', `usage: printf ${shell.dialect === 'ash' ? 'FORMAT [ARGUMENT...]' : 'format [arg ...]'}`, 2);
  const host: PrintfHost = {
    // The C library knows what is exported.
    formatTime: (pattern, seconds) => upTo(TIME_BYTES_MAX, strftime(pattern, seconds * 1000, zoneOf(shell.process, shell.variables.environment().get('TZ')))),
    startedAtMs: shell.startedAtMs,
    assignCount: (name, countBytes) => store(shell, name, String(countBytes)),
  };
  const formatted = formatPrintf(format, argv.slice(at + 1), host, shell.isBash ? 'bash' : shell.dialect === 'ash' ? 'busybox' : 'dash', !shell.isBash || isPlainLocale(shell));
  const { text, errors, status } = formatted;
  const pieces = shell.isBash ? byLines(formatted) : shell.dialect === 'ash' ? inOrder(formatted) : [...errors.map(({ message }) => ({ error: message })), { text }];
  if (variable === undefined) return write(shell, pieces, status);
  for (const { message } of errors) fail(shell, 'printf', message);
  const complaint = store(shell, variable, text.split('\0', 1)[0]!);
  return complaint === undefined ? status : fail(shell, 'printf', complaint);
};

/** Gives a variable or an element its value; the outcome is a complaint. */
function store(shell: Shell, target: string, value: string): string | undefined {
  const reference = parseReference(target);
  if (!reference) return `\`${target}': not a valid identifier`;
  try {
    if (reference.subscript === undefined) shell.variables.set(reference.name, value);
    else shell.variables.setElement(reference.name, reference.subscript, value);
    return undefined;
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    return error.message;
  }
}

/** What is written and complained of, in the order in which it is seen; dash writes when it is done, after its complaints. */
type Piece = { readonly text: string } | { readonly error: string };

/** bash buffers by lines: a complaint comes after the lines that were whole by then. */
function byLines({ text, errors }: Formatted): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { message, at } of errors) {
    const whole = Math.max(from, text.lastIndexOf('\n', at - 1) + 1);
    if (at > 0 && whole > from) pieces.push({ text: text.slice(from, whole) });
    if (at > 0) from = whole;
    pieces.push({ error: message });
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** busybox writes what it has before it complains. */
function inOrder({ text, errors }: Formatted): Piece[] {
  const ends = [0, ...errors.map(({ at }) => at)];
  const pieces = errors.flatMap(({ message, at }, i): Piece[] => [{ text: text.slice(ends[i], at) }, { error: message }]);
  return [...pieces, { text: text.slice(ends.at(-1)) }];
}

function write(shell: Shell, pieces: readonly Piece[], status: number): Outcome {
  let written: Outcome = status;
  for (const [i, piece] of pieces.entries()) {
    if ('error' in piece) fail(shell, 'printf', piece.error);
    else written = print(shell, 'printf', piece.text, status);
    if (typeof written !== 'number') return writeOn(shell, written, pieces.slice(i + 1), status);
  }
  return written;
}

function* writeOn(shell: Shell, first: Task<number>, rest: readonly Piece[], status: number): Task<number> {
  const written = yield* first;
  if (rest.length === 0) return written;
  const outcome = write(shell, rest, status);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}
