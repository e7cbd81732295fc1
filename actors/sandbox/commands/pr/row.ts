// A row of pr's page: cells at their places, with separators, numbers and tabs.
import type { Settings } from './options.js';

export interface Cell {
  /** Bytes, as latin1. */
  readonly text: string;
  readonly number: number | undefined;
}

const isPrintable = (char: string): boolean => char >= ' ' && char <= '~';
const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;

/** What stands for a character at a position of its column, and how wide it is. */
function clump(char: string, position: number, { inputTab, expandsTabs, nonPrinting }: Settings): { text: string; width: number } {
  if (char === inputTab.char || char === '\t') {
    const size = char === inputTab.char ? inputTab.width : 8;
    const width = size - (position % size);
    return { text: expandsTabs ? ' '.repeat(width) : char, width };
  }
  if (isPrintable(char)) return { text: char, width: 1 };
  if (nonPrinting === 'octal' || (nonPrinting === 'caret' && char >= '\x80')) return { text: octal(char), width: 4 };
  if (nonPrinting === 'caret') return { text: `^${String.fromCharCode(char.charCodeAt(0) ^ 0x40)}`, width: 2 };
  if (char === '\b') return position === 0 ? { text: '', width: 0 } : { text: char, width: -1 };
  return { text: char, width: 0 };
}

/** A number cut to its width: the higher digits go. */
function shownNumber(number: number, settings: Settings): string {
  const { width, char, wholeWidth } = settings.number!;
  const digits = String(number).padStart(width).slice(-width);
  return digits + (char === '\t' && settings.columns > 1 ? ' '.repeat(wholeWidth - width) : char);
}

/** A cell's number and text, cut at the column's width where that is asked for. */
function cellText({ text, number }: Cell, settings: Settings): string {
  const { truncates, columnWidth, isMerged } = settings;
  const counted = number === undefined ? '' : shownNumber(number, settings);
  const taken = truncates && !isMerged && number !== undefined ? settings.number!.wholeWidth : 0;
  if (!truncates && !/[^ -~]/.test(text) && !text.includes(settings.inputTab.char)) return counted + text;
  let shown = counted;
  let position = 0;
  for (let at = 0; at < text.length; at++) {
    const each = clump(text[at]!, position, settings);
    if (truncates && position + each.width > columnWidth) break;
    position += each.width + (at === 0 ? taken : 0);
    shown += each.text;
  }
  return shown;
}

export class Row {
  readonly #settings: Settings;
  #text = '';
  #position = 0;
  /** Spaces that are printed once something follows them. */
  #spaces = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  #space(): void {
    const { char, width } = this.#settings.outputTab;
    const goal = this.#position + this.#spaces;
    if (this.#spaces <= 0) return;
    for (let stop = this.#position; goal - stop > 1; ) {
      stop += width - (stop % width);
      if (stop > goal) break;
      this.#text += char;
      this.#position = stop;
    }
    this.#text += ' '.repeat(goal - this.#position);
    this.#position = goal;
    this.#spaces = 0;
  }

  #padTo(position: number): void {
    if (this.#settings.makesTabs) {
      this.#spaces = position - this.#position;
      return;
    }
    this.#text += ' '.repeat(Math.max(0, position - this.#position));
    this.#position = position;
  }

  #print(text: string): void {
    if (!this.#settings.makesTabs) {
      this.#text += text;
      return;
    }
    for (const char of text) {
      if (char === ' ') {
        this.#spaces++;
        continue;
      }
      this.#space();
      this.#text += char;
      this.#position += char === '\b' ? -1 : isPrintable(char) ? 1 : 0;
    }
  }

  #separate(): void {
    for (const char of this.#settings.separator) {
      if (char === ' ') this.#spaces++;
      else {
        this.#space();
        this.#text += char;
        this.#position++;
      }
    }
    this.#space();
  }

  /** The next cell, in the column of that index; undefined for an empty place. */
  add(index: number, cell: Cell | undefined): void {
    const { margin, truncates, columnWidth, separator, isMerged, number } = this.#settings;
    const first = isMerged && number ? number.wholeWidth : 0;
    const place = index === 0 ? margin : truncates ? margin + first + index * columnWidth + (index - 1) * separator.length : 0;
    if (place > 0) this.#padTo(place);
    if (index > 0) this.#separate();
    else this.#space();
    if (cell) this.#print(cellText(cell, this.#settings));
  }

  /** Without spaces at the end, where those are made into tabs. */
  get text(): string {
    return this.#text;
  }

  /** The space before a header. */
  static margin(settings: Settings): string {
    const row = new Row(settings);
    row.#padTo(settings.margin);
    row.#space();
    return row.text;
  }
}
