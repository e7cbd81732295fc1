// The tables of column (-t, -J): cells aligned under optional names, hidden, reordered, cut short, or as JSON.
import { type Options, UsageError } from '../programs/stdio.js';

interface Column {
  readonly name: string;
  isHidden: boolean;
  isRight: boolean;
  isCut: boolean;
}

/** A line's cells: between any separators given, or between runs of blanks; past a limit the rest is one cell. */
function cellsOf(line: string, separators: string | undefined, limit: number): string[] {
  const between = separators === undefined ? /[ \t]+/ : new RegExp(`[${separators.replace(/[\\\]^-]/g, '\\$&')}]`);
  const text = separators === undefined ? line.trim() : line;
  if (limit === 0) return text.split(between);
  const cells: string[] = [];
  let rest = separators === undefined ? line.trimStart() : line;
  while (cells.length < limit - 1) {
    const match = between.exec(rest);
    if (match === null) break;
    cells.push(rest.slice(0, match.index));
    rest = rest.slice(match.index + 1);
  }
  return [...cells, rest];
}

export class Table {
  readonly #rows: readonly string[][];
  readonly #columns: readonly Column[];
  readonly #options: Options;
  readonly #names: readonly string[] | undefined;

  constructor(lines: readonly string[], options: Options) {
    this.#options = options;
    const limit = Number(options.value('l', 'table-columns-limit') ?? 0);
    this.#rows = lines.map((line) => cellsOf(line, options.value('s', 'separator'), limit));
    this.#names = options.value('N', 'table-columns')?.split(',');
    const count = this.#rows.reduce((most, row) => Math.max(most, row.length), this.#names?.length ?? 0);
    this.#columns = Array.from({ length: count }, (_, i) => ({ name: this.#names?.[i] ?? '', isHidden: false, isRight: false, isCut: false }));
    for (const column of this.#named('H', 'table-hide')) column.isHidden = true;
    for (const column of this.#named('R', 'table-right')) column.isRight = true;
    for (const column of this.#named('T', 'table-truncate')) column.isCut = true;
  }

  /** The columns that an option names: by name, by number, all (0), or (-) those without a name. */
  #named(short: string, long: string): Column[] {
    const text = this.#options.value(short, long);
    if (text === undefined) return [];
    return text.split(',').flatMap((word) => {
      if (word === '0') return [...this.#columns];
      if (word === '-' && short === 'H') return this.#columns.filter(({ name }) => name === '');
      const found = this.#columns.find(({ name }) => name !== '' && name === word) ?? (/^\d+$/.test(word) ? this.#columns[Number(word) - 1] : undefined);
      if (found === undefined && !/^\d+$/.test(word)) throw new UsageError(`undefined column name '${word}'`);
      return found === undefined ? [] : [found];
    });
  }

  /** Those shown, in their order, with their places in a row. */
  #shown(): { column: Column; at: number }[] {
    const first = this.#named('O', 'table-order');
    const order = [...first, ...this.#columns.filter((column) => !first.includes(column))];
    return order.filter(({ isHidden }) => !isHidden).map((column) => ({ column, at: this.#columns.indexOf(column) }));
  }

  text(widthMax: number): string {
    const joiner = this.#options.value('o', 'output-separator') ?? '  ';
    const hasHeader = this.#names !== undefined && !this.#options.has('d', 'table-noheadings');
    const rows = hasHeader ? [this.#columns.map(({ name }) => name), ...this.#rows] : this.#rows;
    const shown = this.#shown();
    const widths = shown.map(({ at }) => rows.reduce((most, row) => Math.max(most, [...(row[at] ?? '')].length), 0));
    this.#cut(shown, widths, widthMax - joiner.length * (shown.length - 1));
    return rows.map((row) => {
      const cells = shown.map(({ column: { isRight }, at }, i) => {
        const cell = [...(row[at] ?? '')].slice(0, widths[i]).join('');
        const pad = ' '.repeat(widths[i]! - [...cell].length);
        return isRight ? pad + cell : i === shown.length - 1 ? cell : cell + pad;
      });
      return `${cells.join(joiner)}\n`;
    }).join('');
  }

  /** Takes from the columns that may be cut short what the terminal has no room for. */
  #cut(shown: readonly { column: Column }[], widths: number[], room: number): void {
    let excess = widths.reduce((sum, width) => sum + width, 0) - room;
    shown.forEach(({ column: { isCut } }, i) => {
      if (!isCut || excess <= 0) return;
      const taken = Math.min(excess, widths[i]! - 1);
      widths[i] = widths[i]! - taken;
      excess -= taken;
    });
  }

  json(): string {
    const shown = this.#shown();
    const rows = this.#rows.map((row) => {
      const members = shown.map(({ column: { name }, at }) => `         ${JSON.stringify(name.toLowerCase())}: ${(row[at] ?? '') === '' ? 'null' : JSON.stringify(row[at])}`);
      return `{\n${members.join(',\n')}\n      }`;
    });
    return `{\n   ${JSON.stringify(this.#options.value('n', 'table-name') ?? 'table')}: [\n      ${rows.join(',')}\n   ]\n}\n`;
  }
}
