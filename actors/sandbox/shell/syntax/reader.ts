// The script's text and where reading stands in it; what word, token and command readers share.
import type { ArithmeticText, Dialect, List, ListItem, Subscript, SyntaxFailure, WordPart } from './ast.js';
import { Incomplete, ShellSyntaxError } from './errors.js';
import { type Features, featuresOf } from './features.js';

/** Deeper nesting than this is refused: the readers recurse, and a script must not be able to overflow the stack. */
const DEPTH_MAX = 400;

const ONE_TOKEN = /^\s*(?:[^\s;&|()<>]+|[;&|()<>]+)\s*$/;

export interface ReaderSettings {
  readonly dialect: Dialect;
  /** The replacement text of an alias, undefined when there is none or aliases are off. */
  readonly alias?: ((name: string) => string | undefined) | undefined;
  /** Whether `shopt extglob` is on now. */
  readonly extglob?: (() => boolean) | undefined;
  /** Whether `set -o posix` is on now. */
  readonly posix?: (() => boolean) | undefined;
  /** Whether `set -k` is on now: all words of a command that assign do so in front of it. */
  readonly keyword?: (() => boolean) | undefined;
  /** The number of the first line; 1 unless said. */
  readonly line?: number | undefined;
  /** Where lines within backquotes are counted from, if not from where they stand: dash's first is 1, busybox's that of the command that runs meanwhile. */
  readonly backquoteLine?: (() => number) | undefined;
}

/** A here-document whose operator has been read and whose text follows the next newline. */
export interface PendingDocument {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly line: number;
  fill(text: string, line: number): void;
}

/** What word, expansion and command readers call of each other: each holds the others, so none can import them all. */
export interface Grammar {
  /** Reads commands up to `)`, and takes it. */
  commands(reader: Reader): List;
  /** Reads the script inside backquotes: all of the text. */
  script(reader: Reader): List;
  /** At `$` or a backquote: reads the expansion; undefined when `$` only means itself. */
  expansion(reader: Reader, quoted: boolean): WordPart | undefined;
}

export interface ReadingPlace {
  readonly text: string;
  readonly pos: number;
  readonly lineBase: number;
  readonly countedTo: number;
  readonly aliasEnd: number;
}

/** A list whose end has not come yet: its commands so far, and where the next one begins. */
interface UnfinishedList {
  readonly items: ListItem[];
  readonly count: number;
  readonly place: ReadingPlace;
  readonly given: number;
}

/** A position in a reader's text. */
export interface Mark {
  at: number;
}

export class Reader {
  text: string;
  pos = 0;
  /** No more text will come: the end is an error, not a reason to wait. */
  final: boolean;
  depth = 0;
  /** The text is that of a here-document. */
  isDocument = false;
  /** Reading stands inside `$(…)` or its kin, in bash. */
  inSubstitution = false;
  /** Reading stands inside `"${…}"`, where bash decodes `$'…'` before it looks at the name. */
  inQuotedBraces = false;
  pending: PendingDocument[] = [];
  readonly warnings: SyntaxFailure[] = [];
  readonly settings: ReaderSettings;
  readonly features: Features;
  readonly grammar: Grammar;
  /** What `((` at a position turned out to be: trying again as commands must not double the work at each level of nesting. */
  readonly arithmeticAt = new Map<number, { readonly text: ArithmeticText; readonly end: number } | undefined>();
  /** Subscripts by their text; shared with inner readers. */
  subscripts = new Map<string, Subscript>();
  /** Positions that go along when text before them is put in or taken out. */
  readonly marks = new Set<Mark>();
  /** By where they begin. A command is read anew when more text has come, but not what is known of the lists within it. */
  readonly #unfinished = new Map<number, UnfinishedList>();
  /** How much text has come since the beginning. */
  #given = 0;
  #lineBase: number;
  #countedTo = 0;
  /** Where the text of aliases ends, whose newlines are not lines of the script. */
  readonly #aliasEnd: Mark = { at: 0 };
  /** What stands in place of the script's own words now. */
  #replaced: { readonly start: Mark; readonly end: Mark; readonly source: string }[] = [];

  constructor(text: string, final: boolean, settings: ReaderSettings, grammar: Grammar) {
    this.text = text;
    this.final = final;
    this.settings = settings;
    this.features = featuresOf(settings.dialect);
    this.grammar = grammar;
    this.#lineBase = settings.line ?? 1;
    this.marks.add(this.#aliasEnd);
  }

  get extglob(): boolean {
    return this.features.bash && (this.settings.extglob?.() ?? false);
  }

  /** bash in its posix mode, now or by its name. */
  get posix(): boolean {
    return this.settings.dialect === 'posix' || (this.settings.posix?.() ?? false);
  }

  /** A reader over other text (a here-document, backquotes), in which the end is the end. */
  inner(text: string, line: number): Reader {
    const reader = new Reader(text, true, { ...this.settings, line }, this.grammar);
    reader.depth = this.depth;
    reader.subscripts = this.subscripts;
    return reader;
  }

  /** The line behind the last one, where bash finds that the text is over. */
  get endLine(): number {
    const { text } = this;
    return this.lineAt(text.length) + (text.endsWith('\n') || text === '' ? 0 : 1);
  }

  /** The line of a position; amortised over a forward walk. */
  lineAt(pos: number): number {
    const { text } = this;
    while (this.#countedTo < pos) {
      const next = text.indexOf('\n', this.#countedTo);
      if (next < 0 || next >= pos) {
        this.#countedTo = pos;
        break;
      }
      if (next >= this.#aliasEnd.at) this.#lineBase++;
      this.#countedTo = next + 1;
    }
    if (this.#countedTo <= pos) return this.#lineBase;
    let line = this.#lineBase;
    for (let at = text.lastIndexOf('\n', this.#countedTo - 1); at >= pos; at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1)) line--;
    return line;
  }

  get line(): number {
    return this.lineAt(this.pos);
  }

  /** All of where reading stands, to come back to. */
  get place(): ReadingPlace {
    return { text: this.text, pos: this.pos, lineBase: this.#lineBase, countedTo: this.#countedTo, aliasEnd: this.#aliasEnd.at };
  }

  set place(place: ReadingPlace) {
    this.text = place.text;
    this.pos = place.pos;
    this.#lineBase = place.lineBase;
    this.#countedTo = place.countedTo;
    this.#aliasEnd.at = place.aliasEnd;
    this.marks.clear();
    this.#replaced = [];
    this.marks.add(this.#aliasEnd);
  }

  /** More of the text. */
  append(text: string): void {
    this.text += text;
    this.#given += text.length;
  }

  /** Here ends a line of the list that begins at `start`. */
  noteUnfinished(start: number, items: ListItem[]): void {
    if (this.final || this.pending.length > 0 || this.#aliasEnd.at > this.pos) return;
    this.#unfinished.set(start, { items, count: items.length, place: this.place, given: this.#given });
  }

  /** Goes on with the list that begins at `start` where it was left; its commands so far. */
  resumeUnfinished(start: number): ListItem[] {
    const known = this.#unfinished.get(start);
    if (!known) return [];
    const { items, count, place, given } = known;
    const since = this.#given - given;
    this.text = since === 0 ? place.text : place.text + this.text.slice(-since);
    this.pos = place.pos;
    this.#lineBase = place.lineBase;
    this.#countedTo = place.countedTo;
    this.#aliasEnd.at = place.aliasEnd;
    items.length = count;
    return items;
  }

  /** Forgets what is behind `pos`, so that a long session does not grow. */
  discard(): void {
    this.lineAt(this.pos);
    const line = this.line;
    this.text = this.text.slice(this.pos);
    this.#moveMarks(0, -this.pos);
    this.#replaced = this.#replaced.filter(({ end }) => end.at > 0);
    this.pos = 0;
    this.#unfinished.clear();
    this.#countedTo = 0;
    this.#lineBase = line;
    this.arithmeticAt.clear();
  }

  /** Goes on as if the line that begins here had that number. */
  renumber(line: number): void {
    this.discard();
    this.#lineBase = line;
  }

  /** Puts `value` in place of the text from `start` to `pos` and goes back to `start`. */
  replace(start: number, value: string): void {
    this.lineAt(start);
    this.arithmeticAt.clear();
    this.#moveMarks(this.pos, value.length - (this.pos - start));
    this.text = this.text.slice(0, start) + value + this.text.slice(this.pos);
    this.pos = start;
  }

  /** The same with what an alias stands for. */
  splice(start: number, value: string): void {
    const source = this.text.slice(start, this.pos);
    this.replace(start, value);
    if (!this.#replaced.some((outer) => outer.start.at <= start && start < outer.end.at)) {
      const replaced = { start: { at: start }, end: { at: start + value.length }, source };
      this.#replaced.push(replaced);
      this.marks.add(replaced.start).add(replaced.end);
    }
    this.#aliasEnd.at = Math.max(this.#aliasEnd.at, start + value.length);
  }

  #moveMarks(from: number, by: number): void {
    for (const mark of this.marks) if (mark.at >= from) mark.at += by;
  }

  /** Takes out the line continuations at the end of what the sticky pattern matches here, so that what they break is in one piece. */
  join(pattern: RegExp): void {
    for (;;) {
      pattern.lastIndex = this.pos;
      const found = pattern.exec(this.text);
      if (found === null) return;
      const at = pattern.lastIndex - 2;
      this.lineAt(at);
      this.text = this.text.slice(0, at) + this.text.slice(at + 2);
      this.#moveMarks(at + 2, -2);
      if (this.#countedTo > at) this.#countedTo -= 2;
      else this.#lineBase++;
      this.arithmeticAt.clear();
      if (at === this.text.length && !this.final) throw new Incomplete();
    }
  }

  /** Matches a sticky pattern here and moves past it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.pos;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.pos = pattern.lastIndex;
    return found[0];
  }

  looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.pos;
    return pattern.test(this.text);
  }

  enter(): void {
    if (++this.depth > DEPTH_MAX) this.fail('syntax error: maximum nesting depth exceeded');
  }

  leave(): void {
    this.depth--;
  }

  /**
   * The source line around a position, which bash shows after "unexpected token": as it was before aliases took the place of its words,
   * but within the text of an alias, unless at its end, that text.
   */
  lineText(pos: number): string {
    let at = pos;
    let { text } = this;
    for (const { start, end, source } of this.#replaced.toReversed()) {
      if (at >= end.at) at += source.length - (end.at - start.at);
      else if (at >= start.at) {
        if (!ONE_TOKEN.test(text.slice(at, end.at))) return text.slice(start.at, end.at).trimEnd();
        at = start.at;
      }
      text = text.slice(0, start.at) + source + text.slice(end.at);
    }
    const begin = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
    const end = text.indexOf('\n', at);
    return text.slice(begin, end < 0 ? undefined : end);
  }

  fail(message: string, at = this.pos, sourceLine?: string): never {
    throw new ShellSyntaxError({ line: this.lineAt(at), message, sourceLine });
  }

  /** Where bash is when it has seen that nothing follows: a backslash at the end is to it one before a newline, and before another one. */
  get #lastLine(): number {
    return this.lineAt(this.text.length) + (this.features.bash && /(?:^|[^\\])(?:\\\\)*\\$/.test(this.text) ? 2 : 0);
  }

  /** The text ended between words although a compound command is still open. */
  endedEarly(): never {
    throw new ShellSyntaxError({ line: this.#lastLine, message: 'syntax error: unexpected end of file', sourceLine: undefined }, true);
  }

  /** The text ended inside something that `close` would have ended; `start` is where it began, `kind` what kind of error that is to bash. */
  endedInside(close: string, start: number, kind: Pick<SyntaxFailure, 'keepsStatus' | 'discards'> = { keepsStatus: true }): never {
    if (!this.final) throw new Incomplete(close);
    const words = close === '"' || close === "'" || close === '`' ? 'Unterminated quoted string' : close === '}' ? 'Missing \'}\'' : `end of file unexpected (expecting "${close}")`;
    const message = this.features.terse ? `Syntax error: ${words}` : `unexpected EOF while looking for matching \`${close}'`;
    const line = this.features.terse || start >= this.text.length ? this.#lastLine : this.lineAt(start);
    throw new ShellSyntaxError({ line, message, sourceLine: undefined, ...kind }, true);
  }
}
