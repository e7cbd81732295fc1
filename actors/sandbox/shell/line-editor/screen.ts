// What the terminal shows of the line being edited: prompt and text over as many rows as they need, the cursor among them.
import { encode } from '../../kernel/text.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';

// oxlint-disable-next-line no-control-regex
const INVISIBLE = /\x1b\[[0-9;?]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x1f]/g;

/** Columns that text takes: two for wide East Asian characters and emoji, none for combining marks (Unicode TR 11). */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text.replace(INVISIBLE, '')) {
    const code = char.codePointAt(0)!;
    if (code < 0x300) columns++;
    else if (/\p{M}|\u200b|\u200d/u.test(char)) continue;
    else columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(char) ? 2 : 1;
  }
  return columns;
}

/** Control characters show as ^X. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x1f\x7f]/g, (char) => (char === '\x7f' ? '^?' : `^${String.fromCharCode(char.charCodeAt(0) + 64)}`));
}

export class Screen {
  readonly #process: Process;
  readonly #columns: () => number;
  /** Rows between the prompt's row and the cursor's. */
  #row = 0;

  constructor(process: Process, columns: () => number) {
    this.#process = process;
    this.#columns = columns;
  }

  *write(text: string): Task {
    if (text !== '') yield* this.#process.write(2, encode(text));
  }

  /** Draws everything anew, from the row of the prompt on. */
  *draw(prompt: string, before: string, after: string): Task {
    const width = Math.max(1, this.#columns());
    const shown = visible(before);
    const rest = visible(after);
    const cursor = columnsOf(prompt) + columnsOf(shown);
    const end = cursor + columnsOf(rest);
    // A terminal leaves the cursor on the last column until the next character: a space and a return bring it to the next row.
    const wrap = end > 0 && end % width === 0 ? ' \r' : '';
    const up = Math.floor(end / width) - Math.floor(cursor / width);
    const column = cursor % width;
    yield* this.write(`${this.#row > 0 ? `\x1b[${this.#row}A` : ''}\r\x1b[J${prompt}${shown}${rest}${wrap}${up > 0 ? `\x1b[${up}A` : ''}${end === cursor ? '' : `\r${column > 0 ? `\x1b[${column}C` : ''}`}`);
    this.#row = Math.floor(cursor / width);
  }

  /** After a character was typed at the end: only it, unless the row is full. */
  *append(prompt: string, line: string, typed: string): Task {
    if ((columnsOf(prompt) + columnsOf(visible(line))) % Math.max(1, this.#columns()) === 0) return yield* this.draw(prompt, line, '');
    yield* this.write(visible(typed));
    this.#row = Math.floor((columnsOf(prompt) + columnsOf(visible(line))) / Math.max(1, this.#columns()));
  }

  /** Leaves the line as it stands: the cursor goes below it. */
  *leave(prompt: string, line: string): Task {
    const rows = Math.floor(Math.max(0, columnsOf(prompt) + columnsOf(visible(line)) - 1) / Math.max(1, this.#columns()));
    yield* this.write(`${rows > this.#row ? `\x1b[${rows - this.#row}B` : ''}\n`);
    this.#row = 0;
  }

  *clear(): Task {
    this.#row = 0;
    yield* this.write('\x1b[H\x1b[2J');
  }

  /** Takes the line off the screen, for something else to be written in its place. */
  *erase(): Task {
    yield* this.write(`${this.#row > 0 ? `\x1b[${this.#row}A` : ''}\r\x1b[J`);
    this.#row = 0;
  }

  /** Words below each other in columns, down before across, as ls and bash list them. */
  *list(words: readonly string[]): Task {
    const width = Math.max(1, this.#columns());
    const cell = Math.max(...words.map(columnsOf)) + 2;
    const across = Math.max(1, Math.floor(width / cell));
    const rows = Math.ceil(words.length / across);
    const lines = Array.from({ length: rows }, (_, row) => words.filter((_word, at) => at % rows === row).map((word) => word + ' '.repeat(cell - columnsOf(word))).join('').trimEnd());
    this.#row = 0;
    yield* this.write(`\n${lines.join('\n')}\n`);
  }
}
