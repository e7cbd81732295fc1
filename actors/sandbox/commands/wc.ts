// wc: lines, words, characters, bytes and the longest line.
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, complain, type Options, parseOptions } from '../programs/stdio.js';
import { displayWidth } from './common/display-width.js';
import { namesFrom } from './common/names-from.js';
import { Inputs, Pace } from './text-input.js';

const FIELDS = ['lines', 'words', 'characters', 'bytes', 'width'] as const;
type Field = (typeof FIELDS)[number];
type Counts = Record<Field, number>;

/** Lines shorter than this are found sooner byte by byte than by a search for each. */
const SEARCH_MIN_BYTES = 16;

/** Searched for while lines are long, and counted byte by byte once they are not. */
function lineEnds(chunk: Uint8Array): number {
  let count = 0;
  let at = chunk.indexOf(10);
  for (; at >= 0 && at >= count * SEARCH_MIN_BYTES; at = chunk.indexOf(10, at + 1)) count++;
  if (at >= 0) for (; at < chunk.length; at++) if (chunk[at] === 10) count++;
  return count;
}

const NOTHING: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, width: 0 };

/** What stands for bytes that are no character; they have no width. */
const REPLACEMENT = 0xfffd;

class Counter {
  readonly counts: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, width: 0 };
  readonly #wanted: ReadonlySet<Field>;
  #inWord = false;
  #column = 0;
  readonly #decoder = new TextDecoder();

  constructor(wanted: ReadonlySet<Field>) {
    this.#wanted = wanted;
  }

  add(chunk: Uint8Array): void {
    this.counts.bytes += chunk.length;
    if (this.#wanted.has('words')) this.#words(chunk);
    else if (this.#wanted.has('lines')) this.counts.lines += lineEnds(chunk);
    if (this.#wanted.has('characters')) for (const byte of chunk) if ((byte & 0xc0) !== 0x80) this.counts.characters++;
    if (this.#wanted.has('width')) this.#width(chunk);
  }

  #words(chunk: Uint8Array): void {
    let inWord = this.#inWord;
    let words = 0;
    let lines = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === 32 || (byte >= 9 && byte <= 13)) {
        inWord = false;
        if (byte === 10) lines++;
      } else if (!inWord && byte > 32 && byte !== 127) {
        inWord = true;
        words++;
      }
    }
    this.#inWord = inWord;
    this.counts.words += words;
    this.counts.lines += lines;
  }

  #width(chunk: Uint8Array): void {
    for (const character of this.#decoder.decode(chunk, { stream: true })) {
      const code = character.codePointAt(0)!;
      if (code === 10 || code === 13 || code === 12) this.#column = 0;
      else if (code === 9) this.#column += 8 - (this.#column % 8);
      else if (code !== REPLACEMENT) this.#column += displayWidth(code);
      if (this.#column > this.counts.width) this.counts.width = this.#column;
    }
  }
}

function chosen(options: Options): ReadonlySet<Field> {
  const names = { lines: ['l', 'lines'], words: ['w', 'words'], characters: ['m', 'chars'], bytes: ['c', 'bytes'], width: ['L', 'max-line-length'] };
  const wanted = FIELDS.filter((field) => options.has(...names[field]));
  return new Set(wanted.length > 0 ? wanted : (['lines', 'words', 'bytes'] as const));
}

/** As GNU: as wide as the sizes of the files demand, 7 when one of them is no regular file, and a lone number is not padded. */
function columnWidth(process: Process, names: readonly string[], fields: number): number {
  if (names.length <= 1 && fields === 1) return 1;
  let total = 0;
  let smallest = 1;
  for (const name of names.length > 0 ? names : ['-']) {
    const stat = name === '-' ? process.descriptors.find(0)?.stat() : process.files.exists(name) ? process.files.stat(name) : undefined;
    if (stat === undefined) continue;
    if (stat.type === 'file') total += stat.sizeBytes;
    else smallest = 7;
  }
  return Math.max(smallest, String(total).length);
}

export const wc: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'clmwL', {
    bytes: 'no', chars: 'no', lines: 'no', words: 'no', 'max-line-length': 'no', 'files0-from': 'required', total: 'required',
  });
  const wanted = chosen(options);
  const list = options.value('files0-from');
  const listed = list === undefined ? undefined : yield* namesFrom(process, list, options);
  for (const complaint of listed?.complaints ?? []) yield* complain(process, complaint);
  const names = listed?.names ?? options.operands;
  const count = listed?.count ?? names.length;
  // A list that cannot be read twice is counted as it comes: nothing is known of the widths then.
  const isFile = list !== undefined && list !== '-' && process.files.stat(list).type === 'file';
  const width = list === undefined || isFile ? columnWidth(process, names, wanted.size) : 1;
  const total: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, width: 0 };
  const row = (counts: Counts, name: string | undefined): void => {
    const cells = FIELDS.filter((field) => wanted.has(field)).map((field) => String(counts[field]).padStart(width));
    output.print(`${cells.join(' ')}${name === undefined ? '' : ` ${name}`}\n`);
  };
  const inputs = new Inputs(process, names);
  inputs.onRefused = (name, why) => {
    if (why === 'Is a directory') row(NOTHING, name);
  };
  const pace = new Pace();
  const hasInput = listed === undefined || names.length > 0;
  for (let file = hasInput ? yield* inputs.next() : undefined; file; file = yield* inputs.next()) {
    const counter = new Counter(wanted);
    for (let chunk = yield* process.read(file.fd, 1 << 18); chunk.length > 0; chunk = yield* process.read(file.fd, 1 << 18)) {
      counter.add(chunk);
      yield* pace.turn();
    }
    for (const field of FIELDS) total[field] = field === 'width' ? Math.max(total.width, counter.counts.width) : total[field] + counter.counts[field];
    row(counter.counts, names.length === 0 ? undefined : file.name);
    if (output.isFull) yield* output.flush();
  }
  const when = options.value('total') ?? 'auto';
  if (when === 'always' || when === 'only' || (when === 'auto' && count > 1)) row(total, when === 'only' ? undefined : 'total');
  return inputs.failed || listed?.complaints.length ? 1 : 0;
});
