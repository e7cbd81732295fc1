// --files0-from of wc, du and sort: file names that a file lists, each ended by a NUL.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { decode, type Options, readAll, reason, UsageError, usageError } from '../../programs/stdio.js';
import { quoteName } from './quote.js';

export interface ListedNames {
  /** Those that name a file. */
  readonly names: readonly string[];
  /** How many there were, with those that name none. */
  readonly count: number;
  /** What is wrong with the others, in order. */
  readonly complaints: readonly string[];
}

/** `-` is standard input. Operands beside it are refused. */
export function* namesFrom(process: Process, list: string, { operands }: Options, { unopened = `cannot open ${quoteName(list)} for reading`, unread = `${list}: read error: Is a directory`, exitCode = 1 } = {}): Task<ListedNames> {
  if (operands.length > 0) throw usageError(process.argv, `extra operand ${quoteName(operands[0]!)}\nfile operands cannot be combined with --files0-from`, exitCode);
  let bytes: Uint8Array;
  try {
    if (list !== '-' && process.files.stat(list).type === 'directory') throw new UsageError(unread, exitCode);
    bytes = list === '-' ? yield* readAll(process, 0) : process.files.readFile(list);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${unopened}: ${reason(error)}`, exitCode);
  }
  const all = decode(bytes).split('\0');
  if (all.at(-1) === '') all.pop();
  const names: string[] = [];
  const complaints: string[] = [];
  all.forEach((name, at) => {
    if (name === '') complaints.push(`${list}:${at + 1}: invalid zero-length file name`);
    else if (name === '-' && list === '-') complaints.push("when reading file names from stdin, no file name of '-' allowed");
    else names.push(name);
  });
  return { names, count: all.length, complaints };
}
