// Searches one file: which lines are selected, and what of them is printed with which context.
import type { Process } from '../../kernel/process.js';
import { byteLength } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { decoderOf } from '../../programs/locale.js';
import { complain, type Output } from '../../programs/stdio.js';
import { Blocks, giveBack } from '../text-input.js';
import type { Matcher } from './matcher.js';
import type { Colors, GrepSettings } from './options.js';

interface HeldLine {
  text: string;
  number: number;
  offset: number;
}

/** As GNU's grep colours a part, where colours are asked for. */
export function inColor({ color }: GrepSettings, text: string, part: keyof Colors): string {
  return color === undefined || color[part] === '' ? text : `\x1b[${color[part]}m\x1b[K${text}\x1b[m\x1b[K`;
}

/** Digits that a file's numbers take; of a file of unknown size, those of the largest. */
function widthOf(process: Process, fd: number): number {
  const { inode } = process.descriptors.get(fd);
  return inode?.type === 'file' ? String(inode.stat().sizeBytes + 1).length : UNKNOWN_DIGITS;
}

const UNKNOWN_DIGITS = 19;

/** One search through one file. */
export class FileSearch {
  readonly #settings: GrepSettings;
  readonly #matcher: Matcher;
  readonly #output: Output;
  readonly #name: string | undefined;
  readonly #plain: boolean;
  /** Whether any file before had something to show: groups are set off across files. */
  readonly #context: { hasPrinted: boolean };
  selected = 0;
  #number = 0;
  #offset = 0;
  #held: HeldLine[] = [];
  #afterLeft = 0;
  #lastPrinted = 0;
  #binary = false;
  #stopped = false;
  /** The block, where the line at hand ends in it, and how many bytes were read behind the last line wanted. */
  #text = '';
  #lineEnd = 0;
  #unwantedBytes = 0;
  /** With -T numbers are as wide as the largest may get. */
  #numberWidth = 0;

  constructor(settings: GrepSettings, matcher: Matcher, output: Output, name: string, showsName: boolean, context: { hasPrinted: boolean }) {
    this.#context = context;
    this.#settings = settings;
    this.#matcher = matcher;
    this.#output = output;
    this.#name = showsName ? name : undefined;
    const { grouped, numbers, offsets, color, delimiter, initialTab, countMax } = settings;
    this.#plain = settings.output === 'lines' && !grouped && !numbers && !offsets && color === undefined && delimiter === '\n' && !initialTab
      && !showsName && countMax === Infinity;
  }

  /** Reads to the end, or as far as it takes to know. Answers whether a line was selected. */
  *run(process: Process, fd: number, name: string): Task<boolean> {
    const { output, delimiter, countMax } = this.#settings;
    if (countMax === 0) return false;
    if (this.#settings.initialTab) this.#numberWidth = widthOf(process, fd);
    const blocks = new Blocks(process, fd, this.#output, delimiter.charCodeAt(0));
    const decoder = decoderOf(process);
    const quick = output === 'nothing' || output === 'with-match' || output === 'without-match';
    let isFirst = true;
    for (let block = yield* blocks.next(); block; block = yield* blocks.next()) {
      if (delimiter === '\n' && this.#settings.binary !== 'text' && (isFirst || !this.#binary) && (block.includes(0) || blocks.hasUnread(0))) {
        this.#binary = true;
        if (this.#settings.binary === 'without-match') return false;
      }
      isFirst = false;
      // What others read on from a shared input is what is behind the last line wanted, context or not.
      if (this.selected >= countMax) this.#unwantedBytes += block.length;
      this.#scan(decoder(block));
      if (this.#settings.lineBuffered) yield* this.#output.flush();
      if (this.#stopped && fd === 0) giveBack(process, 0, this.#unwantedBytes + blocks.unreadBytes);
      if (this.#stopped || (this.selected > 0 && (quick || (this.#binary && output !== 'count')))) break;
    }
    if (this.#binary && this.selected > 0 && (output === 'lines' || output === 'parts')) {
      yield* this.#output.flush();
      yield* complain(process, `${name}: binary file matches`);
    }
    return this.selected > 0;
  }

  #scan(text: string): void {
    const { invert, delimiter } = this.#settings;
    this.#text = text;
    if (delimiter === '\0') return this.#scanRecords(text);
    for (let at = 0; at < text.length && !this.#stopped; ) {
      const found = this.#matcher.find(text, at);
      // A match of nothing behind the last line end is no line.
      const isBehind = found < 0 || found > text.length || (found === text.length && text.charCodeAt(found - 1) === 10);
      const start = isBehind ? text.length : found === 0 ? 0 : Math.max(at, text.lastIndexOf('\n', found - 1) + 1);
      if (start > at) this.#lines(text, at, start, invert);
      if (start >= text.length || this.#stopped) return;
      const end = text.indexOf('\n', Math.max(start, found));
      at = end < 0 ? text.length : end + 1;
      this.#lines(text, start, at, !invert);
    }
  }

  #scanRecords(text: string): void {
    for (let at = 0; at < text.length && !this.#stopped; ) {
      const end = text.indexOf('\0', at);
      const record = text.slice(at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
      this.#lineEnd = at;
      this.#line(record, this.#matcher.test(record) !== this.#settings.invert);
    }
  }

  /** All lines of text[from, to), which are all selected or all not. */
  #lines(text: string, from: number, to: number, selected: boolean): void {
    const quiet = this.#binary || this.#settings.output === 'nothing';
    if (!selected && (this.#plain || quiet || (this.#settings.output !== 'lines' && this.#settings.output !== 'parts'))) return;
    if (selected && this.#settings.countMax === Infinity && (quiet || this.#plain || this.#settings.output !== 'lines') && this.#settings.output !== 'parts') {
      if (this.#plain && !quiet) {
        this.#output.print(text.slice(from, to));
        if (text.charCodeAt(to - 1) !== 10) this.#output.print('\n');
        this.selected++;
        return;
      }
      for (let at = from; at < to; ) {
        const end = text.indexOf('\n', at);
        this.selected++;
        at = end < 0 ? to : end + 1;
      }
      return;
    }
    const numbersOnly = !selected && this.#settings.before === 0 && !this.#settings.offsets;
    for (let at = from; at < to && !this.#stopped; ) {
      const end = text.indexOf('\n', at);
      const stop = end < 0 || end >= to ? to : end;
      if (numbersOnly && this.#afterLeft === 0) this.#number++;
      else {
        this.#lineEnd = stop + 1;
        this.#line(text.slice(at, stop), selected);
      }
      at = stop + 1;
    }
  }

  #line(line: string, matches: boolean): void {
    const { before, countMax, output } = this.#settings;
    // Behind the last line wanted everything is context, matching or not.
    const selected = matches && this.selected < countMax;
    const held = { text: line, number: ++this.#number, offset: this.#offset };
    if (this.#settings.offsets) this.#offset += Buffer.byteLength(line) + 1;
    const prints = (output === 'lines' || output === 'parts') && !this.#binary;
    if (selected) {
      this.selected++;
      if (prints) this.#printSelected(held);
      if (this.selected >= countMax) {
        this.#unwantedBytes = byteLength(this.#text.slice(this.#lineEnd));
        if (this.#afterLeft === 0) this.#stopped = true;
      }
      return;
    }
    if (this.#afterLeft > 0) {
      this.#afterLeft--;
      if (prints) this.#printContext(held);
      if (this.selected >= countMax && this.#afterLeft === 0) this.#stopped = true;
    } else if (before > 0 && (output === 'lines' || output === 'parts')) {
      this.#held.push(held);
      if (this.#held.length > before) this.#held.shift();
    }
  }

  #printSelected(line: HeldLine): void {
    const { output, after, grouped, separator } = this.#settings;
    const first = this.#held[0]?.number ?? line.number;
    if (grouped && separator !== undefined && this.#context.hasPrinted && (this.#lastPrinted === 0 || first > this.#lastPrinted + 1)) {
      this.#output.print(`${this.#colored(separator, 'separator')}\n`);
    }
    for (const held of this.#held) this.#printContext(held);
    this.#held = [];
    this.#afterLeft = after;
    this.#lastPrinted = line.number;
    this.#context.hasPrinted = true;
    if (output === 'lines') this.#output.print(this.#prefix(line, ':') + this.#highlighted(line.text, !this.#settings.invert) + this.#settings.delimiter);
    else if (!this.#settings.invert) this.#printParts(line, ':');
  }

  #printContext(line: HeldLine): void {
    this.#lastPrinted = line.number;
    if (this.#settings.output === 'parts' && this.#settings.invert) this.#printParts(line, '-');
    if (this.#settings.output !== 'lines') return;
    this.#output.print(this.#prefix(line, '-') + this.#highlighted(line.text, this.#settings.invert) + this.#settings.delimiter);
  }

  #printParts(line: HeldLine, separator: ':' | '-'): void {
    for (let part = this.#matcher.part(line.text, 0); part; part = this.#matcher.part(line.text, part[1])) {
      const text = line.text.slice(part[0], part[1]);
      const offset = this.#settings.offsets ? line.offset + Buffer.byteLength(line.text.slice(0, part[0])) : 0;
      this.#output.print(this.#prefix({ ...line, offset }, separator) + this.#colored(text, 'match') + this.#settings.delimiter);
    }
  }

  #prefix(line: HeldLine, separator: string): string {
    const { numbers, offsets, nameEnd, initialTab } = this.#settings;
    let prefix = '';
    const mark = this.#colored(separator, 'separator');
    if (this.#name !== undefined) prefix += this.#colored(this.#name, 'name') + (nameEnd ?? mark);
    if (numbers) prefix += this.#colored(String(line.number).padStart(this.#numberWidth), 'number') + mark;
    if (offsets) prefix += this.#colored(String(line.offset).padStart(this.#numberWidth), 'offset') + mark;
    return initialTab && prefix !== '' && line.text !== '' ? `${prefix}\t` : prefix;
  }

  #colored(text: string, part: keyof Colors): string {
    return inColor(this.#settings, text, part);
  }

  #highlighted(line: string, matches: boolean): string {
    if (!this.#settings.color || !matches) return line;
    let text = '';
    let at = 0;
    for (let part = this.#matcher.part(line, 0); part; part = this.#matcher.part(line, at)) {
      text += line.slice(at, part[0]) + this.#colored(line.slice(part[0], part[1]), 'match');
      at = part[1];
    }
    return text + line.slice(at);
  }
}
