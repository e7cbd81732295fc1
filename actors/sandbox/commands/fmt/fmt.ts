// fmt: fills and joins the lines of paragraphs (https://www.gnu.org/software/coreutils/fmt).
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { command, type Options, type Output, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { quoteName } from '../common/quote.js';
import { Inputs, Pace } from '../text-input.js';
import { latin1 } from '../text-stream.js';
import { breakLines, type Line, type Word, wordOf } from './paragraph.js';

const WIDTH_MAX = 2500;
const TAB_COLUMNS = 8;
/** As many as GNU's fmt looks at together. */
const WORDS_MAX = 1000;
const CHARACTERS_MAX = 5000;

interface Settings {
  readonly style: 'plain' | 'crown' | 'tagged' | 'split';
  readonly isUniform: boolean;
  readonly width: number;
  readonly goal: number;
  readonly prefix: string;
  /** Columns before the prefix, which its own leading spaces ask for. */
  readonly lead: number;
  readonly prefixFull: number;
}

function widthOf(text: string, most = WIDTH_MAX): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`invalid width: ${quoteName(text)}`);
  if (Number(text) > most) throw new UsageError(`invalid width: ${quoteName(text)}: Numerical result out of range`);
  return Number(text);
}

function settingsOf(options: Options): Settings {
  const width = options.value('w', 'width');
  const goal = options.value('g', 'goal');
  const most = width === undefined ? 75 : widthOf(width);
  const wanted = goal === undefined ? undefined : widthOf(goal, width === undefined ? 75 : most);
  const prefix = latin1(options.value('p', 'prefix') ?? '');
  const bare = prefix.replace(/^ +/, '');
  return {
    style: options.has('t', 'tagged-paragraph') ? 'tagged' : options.has('c', 'crown-margin') ? 'crown' : options.has('s', 'split-only') ? 'split' : 'plain',
    isUniform: options.has('u', 'uniform-spacing'), width: wanted !== undefined && width === undefined ? wanted + 10 : most, goal: wanted ?? Math.trunc((most * 187) / 200),
    prefix: bare.replace(/ +$/, ''), lead: prefix.length - bare.length, prefixFull: bare.length,
  };
}

/** One input: characters are bytes, `''` its end. */
class Formatter {
  readonly #text: string;
  readonly #output: Output;
  readonly #settings: Settings;
  readonly #pace = new Pace();
  #at = 0;
  #column = 0;
  #outColumn = 0;
  #usesTabs = false;
  /** Where the prefix of the line begins, and of the paragraph. */
  #nextPrefixIndent = 0;
  #prefixIndent = 0;
  #firstIndent = 0;
  #otherIndent = 0;
  #lastColumns = 0;
  #words: Word[] = [];
  #characters = 0;

  constructor(text: string, output: Output, settings: Settings) {
    this.#text = text;
    this.#output = output;
    this.#settings = settings;
  }

  *run(): Task {
    let next = this.#readPrefix();
    for (;;) {
      next = this.#copyOthers(next);
      if (next === '') return;
      next = this.#readParagraph(next);
      this.#print(breakLines(this.#words, this.#shape, false).lines);
      if (this.#output.isFull) yield* this.#output.flush();
      yield* this.#pace.turn();
    }
  }

  get #shape() {
    return { firstIndent: this.#firstIndent, otherIndent: this.#otherIndent, goal: this.#settings.goal, width: this.#settings.width, lastColumns: this.#lastColumns };
  }

  #character(): string {
    return this.#text[this.#at++] ?? '';
  }

  #skipSpace(from: string): string {
    let character = from;
    for (; character === ' ' || character === '\t'; character = this.#character()) {
      if (character === '\t') this.#usesTabs = true;
      this.#column = character === ' ' ? this.#column + 1 : (Math.floor(this.#column / TAB_COLUMNS) + 1) * TAB_COLUMNS;
    }
    return character;
  }

  #readPrefix(): string {
    this.#column = 0;
    const { prefix, lead } = this.#settings;
    let character = this.#skipSpace(this.#character());
    if (prefix === '') {
      this.#nextPrefixIndent = Math.min(lead, this.#column);
      return character;
    }
    this.#nextPrefixIndent = this.#column;
    for (const expected of prefix) {
      if (character !== expected) return character;
      this.#column++;
      character = this.#character();
    }
    return this.#skipSpace(character);
  }

  /** Blank lines and those without the prefix, as they are; the first character of what follows. */
  #copyOthers(from: string): string {
    const { lead, prefixFull } = this.#settings;
    this.#lastColumns = 0;
    let character = from;
    while (character === '\n' || character === '' || this.#nextPrefixIndent < lead || this.#column < this.#nextPrefixIndent + prefixFull) {
      character = this.#copyLine(character);
      if (character === '') return '';
      this.#output.print('\n');
      character = this.#readPrefix();
    }
    return character;
  }

  #copyLine(from: string): string {
    const { prefix } = this.#settings;
    this.#outColumn = 0;
    if (this.#column > this.#nextPrefixIndent || (from !== '\n' && from !== '')) {
      this.#printSpace(this.#nextPrefixIndent);
      const shown = prefix.slice(0, Math.max(0, this.#column - this.#outColumn));
      this.#printBytes(shown);
      this.#outColumn += shown.length;
      if (from !== '' && from !== '\n') this.#printSpace(this.#column - this.#outColumn);
      if (from === '' && this.#column >= this.#nextPrefixIndent + prefix.length) this.#output.print('\n');
    }
    if (from === '' || from === '\n') return from;
    const end = this.#text.indexOf('\n', this.#at);
    this.#printBytes(from + this.#text.slice(this.#at, end < 0 ? undefined : end));
    this.#at = end < 0 ? this.#text.length : end + 1;
    return end < 0 ? '' : '\n';
  }

  #isSameParagraph(character: string): boolean {
    return this.#nextPrefixIndent === this.#prefixIndent && this.#column >= this.#nextPrefixIndent + this.#settings.prefixFull && character !== '\n' && character !== '';
  }

  #setOtherIndent(isSame: boolean): void {
    const { style } = this.#settings;
    if (style === 'crown') this.#otherIndent = isSame ? this.#column : this.#firstIndent;
    else if (style !== 'tagged') this.#otherIndent = this.#firstIndent;
    else if (isSame && this.#column !== this.#firstIndent) this.#otherIndent = this.#column;
    else if (this.#otherIndent === this.#firstIndent) this.#otherIndent = this.#firstIndent === 0 ? 3 : 0;
  }

  #readParagraph(from: string): string {
    const { style } = this.#settings;
    this.#prefixIndent = this.#nextPrefixIndent;
    this.#firstIndent = this.#column;
    this.#words = [];
    this.#characters = 0;
    let next = this.#readLine(from);
    this.#setOtherIndent(this.#isSameParagraph(next));
    const goesOn = (): boolean => this.#isSameParagraph(next) && this.#column === this.#otherIndent;
    if (style === 'plain') while (goesOn()) next = this.#readLine(next);
    else if ((style === 'crown' && this.#isSameParagraph(next)) || (style === 'tagged' && this.#isSameParagraph(next) && this.#column !== this.#firstIndent)) {
      do next = this.#readLine(next);
      while (goesOn());
    }
    const last = this.#words.at(-1)!;
    last.period = true;
    last.final = true;
    return next;
  }

  #readLine(from: string): string {
    let character = from;
    do {
      const start = this.#at - 1;
      while (character !== '' && !/[ \t\n\v\f\r]/.test(character)) character = this.#character();
      const end = character === '' ? this.#text.length : this.#at - 1;
      // A control character that counts as space is a word's first letter where nothing else is.
      const word = wordOf(this.#text.slice(start, Math.max(end, start + 1)));
      if (end === start) character = this.#character();
      this.#column += word.text.length;
      const before = this.#column;
      character = this.#skipSpace(character);
      word.space = this.#column - before;
      const endsLine = character === '\n' || character === '';
      word.final = character === '' || (word.period && (endsLine || word.space > 1));
      if (endsLine || this.#settings.isUniform) word.space = word.final ? 2 : 1;
      this.#keep(word);
    } while (character !== '\n' && character !== '');
    return this.#readPrefix();
  }

  /** A paragraph too long to be looked at as a whole is printed up to a good break. */
  #keep(word: Word): void {
    if (this.#words.length >= WORDS_MAX - 2 || this.#characters + word.text.length > CHARACTERS_MAX) {
      this.#setOtherIndent(true);
      const { lines, rest } = breakLines(this.#words, this.#shape, true);
      this.#print(lines);
      this.#words = rest;
      this.#characters = rest.reduce((sum, { text }) => sum + text.length, 0);
      this.#firstIndent = this.#otherIndent;
    }
    this.#words.push(word);
    this.#characters += word.text.length;
  }

  #print(lines: readonly Line[]): void {
    let indent = this.#firstIndent;
    for (const { words } of lines) {
      this.#outColumn = 0;
      this.#printSpace(this.#prefixIndent);
      this.#printBytes(this.#settings.prefix);
      this.#outColumn += this.#settings.prefix.length;
      this.#printSpace(indent - this.#outColumn);
      words.forEach(({ text, space }, index) => {
        this.#printBytes(text);
        this.#outColumn += text.length;
        if (index < words.length - 1) this.#printSpace(space);
      });
      this.#lastColumns = this.#outColumn;
      this.#output.print('\n');
      indent = this.#otherIndent;
    }
  }

  #printBytes(text: string): void {
    if (text !== '') this.#output.print(Buffer.from(text, 'latin1'));
  }

  #printSpace(columns: number): void {
    const target = this.#outColumn + Math.max(0, columns);
    let text = '';
    const tabTarget = Math.floor(target / TAB_COLUMNS) * TAB_COLUMNS;
    if (this.#usesTabs && this.#outColumn + 1 < tabTarget) {
      for (; this.#outColumn < tabTarget; this.#outColumn = (Math.floor(this.#outColumn / TAB_COLUMNS) + 1) * TAB_COLUMNS) text += '\t';
    }
    this.#output.print(text + ' '.repeat(target - this.#outColumn));
    this.#outColumn = target;
  }
}

export const fmt: Main = command(function* (process, output) {
  const argv = process.argv.map((word, index) => (index === 1 && /^-\d/.test(word) ? `-w${word.slice(1)}` : word));
  const options = parseOptions(argv, 'cstuw:p:g:', { 'crown-margin': 'no', 'split-only': 'no', 'tagged-paragraph': 'no', 'uniform-spacing': 'no', width: 'required', prefix: 'required', goal: 'required' });
  const settings = settingsOf(options);
  const inputs = new Inputs(process, options.operands, (name, why) => `cannot open ${quoteName(name)} for reading: ${why}`);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const bytes = yield* readAll(process, file.fd);
    yield* new Formatter(Buffer.from(bytes).toString('latin1'), output, settings).run();
  }
  return inputs.failed ? 1 : 0;
});
