// Pages of pr as rows of cells: down the columns, across them, or files side by side.
import type { Task } from '../../kernel/wait.js';
import type { ColumnInput } from './column-input.js';
import type { Settings } from './options.js';
import type { Cell } from './row.js';

export interface Page {
  readonly rows: readonly (readonly (Cell | undefined)[])[];
  /** Whether a form feed ended it. */
  readonly isFed: boolean;
  /** Whether its last row was known to be the last when it was printed. */
  readonly isEndKnown: boolean;
}

export class Pages {
  readonly #settings: Settings;
  readonly #inputs: readonly ColumnInput[];
  #number: number;

  constructor(settings: Settings, inputs: readonly ColumnInput[]) {
    this.#settings = settings;
    this.#inputs = inputs;
    this.#number = settings.number?.start ?? 1;
  }

  get isEnded(): boolean {
    return this.#inputs.every((input) => input.isEnded);
  }

  /** Lines of pages that are not printed count, unless a first number was given. */
  restartNumbers(): void {
    const { number } = this.#settings;
    if (number && !number.countsSkipped) this.#number = number.start;
  }

  *next(): Task<Page> {
    return yield* this.#settings.isMerged ? this.#merged() : this.#single();
  }

  #numbered(text: string): Cell {
    return { text, number: this.#settings.number && this.#number++ };
  }

  *#single(): Task<Page> {
    const { bodyLines, columns, isAcross } = this.#settings;
    const input = this.#inputs[0]!;
    const cells: Cell[] = [];
    let isFed = false;
    let isEndKnown = !isAcross && columns > 1;
    while (cells.length < bodyLines * columns && !input.isEnded && !isFed) {
      const line = yield* input.next();
      if (line === 'end') break;
      if (line !== 'feed') cells.push(this.#numbered(line.text));
      isFed = line === 'feed' || line.endsPage;
      isEndKnown ||= line !== 'feed' && (isFed || input.isEnded);
    }
    if (cells.length === bodyLines * columns && !isFed) input.noteFullPage();
    if (isAcross) return { rows: Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) => cells.slice(row * columns, (row + 1) * columns)), isFed, isEndKnown };
    // The columns are of one length, or one line longer.
    const rows: Cell[][] = Array.from({ length: Math.ceil(cells.length / columns) }, () => []);
    const least = Math.floor(cells.length / columns);
    for (let column = 0, at = 0; column < columns; column++) {
      const size = least + (column < cells.length % columns ? 1 : 0);
      for (let row = 0; row < size; row++) rows[row]!.push(cells[at++]!);
    }
    return { rows, isFed, isEndKnown };
  }

  *#merged(): Task<Page> {
    const { bodyLines } = this.#settings;
    const rows: (Cell | undefined)[][] = [];
    const held = new Set<ColumnInput>();
    let wasTried = false;
    let isFed = false;
    const isReady = (): boolean => this.#inputs.some((input) => !input.isEnded && !held.has(input));
    while (rows.length < bodyLines && isReady()) {
      const row: (string | undefined)[] = [];
      for (const input of this.#inputs) {
        const line = input.isEnded || held.has(input) ? 'end' : yield* input.next();
        if (line === 'feed' || (line !== 'end' && line.endsPage)) {
          held.add(input);
          isFed = true;
        }
        if (typeof line === 'string' && !isReady()) break;
        row.push(typeof line === 'string' ? undefined : line.text);
      }
      wasTried = row.every((text) => text === undefined);
      if (wasTried) continue;
      const number = this.#settings.number && this.#number++;
      rows.push(row.map((text, i) => (i === 0 ? { text: text ?? '', number } : text === undefined ? undefined : { text, number: undefined })));
    }
    if (rows.length === bodyLines) for (const input of this.#inputs) if (!held.has(input)) input.noteFullPage();
    return { rows, isFed, isEndKnown: rows.length < bodyLines && !wasTried };
  }
}
