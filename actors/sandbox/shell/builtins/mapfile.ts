// mapfile (readarray): lines of a file into an array.
import { Errno } from '../../kernel/errno.js';
import { decode, encode, splitText } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { readAll } from '../../programs/stdio.js';
import { readUntil } from '../line-input.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { quoteBackslash } from '../quote.js';
import { AssignmentError, isName } from '../variables/variables.js';
import { fail, usage } from './output.js';

const SYNOPSIS = '[-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]';

interface MapOptions {
  delimiter: number;
  max: number;
  origin: number | undefined;
  skip: number;
  trims: boolean;
  fd: number;
  callback: string | undefined;
  quantum: number;
  name: string;
}

function parse(shell: Shell, argv: readonly string[]): MapOptions | number {
  const options: MapOptions = { delimiter: 10, max: 0, origin: undefined, skip: 0, trims: false, fd: 0, callback: undefined, quantum: 5000, name: 'MAPFILE' };
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (word.length < 2 || word[0] !== '-') break;
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      if (letter === 't') {
        options.trims = true;
        continue;
      }
      if (!'dnOsuCc'.includes(letter)) return usage(shell, argv[0]!, `-${letter}: invalid option`, `${argv[0]} ${SYNOPSIS}`);
      const value = i + 1 < word.length ? word.slice(i + 1) : argv[++at];
      if (value === undefined) return usage(shell, argv[0]!, `-${letter}: option requires an argument`, `${argv[0]} ${SYNOPSIS}`);
      if (letter === 'd') options.delimiter = value === '' ? 0 : encode(value)[0]!;
      else if (letter === 'C') options.callback = value;
      else if (!/^\d+$/.test(value)) return fail(shell, argv[0]!, `${value}: invalid ${letter === 'O' ? 'array origin' : letter === 'u' ? 'file descriptor specification' : 'line count'}`);
      else if (letter === 'n') options.max = Number(value);
      else if (letter === 'O') options.origin = Number(value);
      else if (letter === 's') options.skip = Number(value);
      else if (letter === 'u') options.fd = Number(value);
      else options.quantum = Number(value);
      break;
    }
  }
  if (argv[at] !== undefined) options.name = argv[at]!;
  return options;
}

export const mapfileBuiltin: Builtin = (shell, argv) => {
  const options = parse(shell, argv);
  if (typeof options === 'number') return options;
  if (!isName(options.name)) return fail(shell, argv[0]!, `\`${options.name}': not a valid identifier`);
  if (!shell.process.descriptors.find(options.fd)) return fail(shell, argv[0]!, `${options.fd}: invalid file descriptor: Bad file descriptor`);
  return run(shell, argv[0]!, options);
};

function* run(shell: Shell, command: string, options: MapOptions): Task<number> {
  const { variables } = shell;
  const name = variables.follow(options.name).name;
  try {
    if (options.origin === undefined && readsAll(options)) {
      const text = decode(yield* readAll(shell.process, options.fd));
      variables.assignList(variables.writable(name), linesOf(text, options));
      return 0;
    }
    if (options.origin === undefined) variables.assignList(variables.writable(name), []);
    let index = options.origin ?? 0;
    for (let line = 0; options.max === 0 || line < options.skip + options.max; line++) {
      const bytes = yield* readUntil(shell.process, options.fd, options.delimiter);
      if (bytes.length === 0) break;
      if (line < options.skip) continue;
      const ends = bytes.at(-1) === options.delimiter;
      const text = decode(ends && (options.trims || options.delimiter === 0) ? bytes.subarray(0, -1) : bytes);
      if (options.callback !== undefined && (index - (options.origin ?? 0) + 1) % options.quantum === 0) yield* shell.execution.runText(`${options.callback} ${index} ${quoteBackslash(text)}`);
      variables.assignElement(variables.writable(name), index++, upToNul(text));
    }
    return 0;
  } catch (error) {
    // bash: what cannot be read is at its end.
    if (error instanceof Errno && error.code === 'EISDIR') return 0;
    if (!(error instanceof AssignmentError)) throw error;
    shell.complain(error.message);
    return 1;
  }
}

/** Whether all of the input becomes the array, so that it may be read in large pieces. */
function readsAll({ max, callback, delimiter }: MapOptions): boolean {
  return max === 0 && callback === undefined && delimiter < 0x80;
}

/** A shell variable ends at a NUL. */
function upToNul(line: string): string {
  const end = line.indexOf('\0');
  return end < 0 ? line : line.slice(0, end);
}

function linesOf(text: string, { delimiter, trims, skip }: MapOptions): string[] {
  const end = String.fromCharCode(delimiter);
  const lines = splitText(text, end);
  const rest = lines.pop()!;
  const whole = trims || delimiter === 0 ? lines : lines.map((line) => line + end);
  if (rest !== '') whole.push(rest);
  if (text.includes('\0')) return whole.slice(skip).map(upToNul);
  return skip === 0 ? whole : whole.slice(skip);
}
