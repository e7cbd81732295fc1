// The shell parser: a script, or text that comes in piece by piece, to commands, one line's worth at a time.
import type { List, SyntaxFailure } from './ast.js';
import { CommandReader } from './command-reader.js';
import { Incomplete } from './errors.js';
import { GRAMMAR } from './grammar.js';
import { Reader, type ReaderSettings, type ReadingPlace } from './reader.js';

export type { ReaderSettings as ParserSettings } from './reader.js';
export { ShellSyntaxError } from './errors.js';

const EMPTY: List = { type: 'list', items: [], line: 1, redirects: [] };
/** How much text that has been read is kept before it is let go. */
const DISCARD_AT = 65536;
const BLANKS = /[ \t\n]*$/y;
const ENDS_ESCAPED = /(?:^|[^\\])(?:\\\\)*\\$/;

/** Parses commands from text that is given at once or line by line. */
export class Parser {
  readonly #reader: Reader;
  #commands: CommandReader;
  /** Text without which the command that is open cannot end; '' when anything might end it. */
  #until = '';
  #checkedTo = 0;

  /** `final`: the text is all there is. Otherwise give more with `append` (whole lines) and end with `finish`. */
  constructor(text: string, settings: ReaderSettings, final = true) {
    this.#reader = new Reader(text, false, settings, GRAMMAR);
    this.#commands = new CommandReader(this.#reader);
    if (final) this.finish();
  }

  /** Nothing but blanks is left of the text so far. */
  get isAtEnd(): boolean {
    const { text, pos } = this.#reader;
    BLANKS.lastIndex = pos;
    return BLANKS.test(text);
  }

  /** What has not been parsed yet. */
  get rest(): string {
    return this.#reader.text.slice(this.#reader.pos);
  }

  append(text: string): void {
    this.#reader.append(text);
  }

  /** No more text will come. */
  finish(): void {
    const reader = this.#reader;
    if (reader.final) return;
    reader.final = true;
    this.#until = '';
    if (!reader.features.terse && reader.text !== '' && !reader.text.endsWith('\n') && !ENDS_ESCAPED.test(reader.text)) reader.append('\n');
  }

  /** Text of a command that has begun but not ended: the prompt for more is PS2. */
  get pending(): boolean {
    return this.#reader.pos < this.#reader.text.length;
  }

  /** The line on which the next command begins. */
  get line(): number {
    return this.#reader.line;
  }

  set line(line: number) {
    this.#reader.renumber(line);
  }

  /** What bash warns of without failing (a here-document cut by the end of the text); taken by reading. */
  takeWarnings(): readonly SyntaxFailure[] {
    return this.#reader.warnings.splice(0);
  }

  /**
   * The commands up to the end of the next line that completes them; an empty list for an empty line; 'incomplete' when more text is
   * needed (give it and call again); 'end'. Throws ShellSyntaxError; what is left of that line is then skipped.
   */
  next(): List | 'incomplete' | 'end' {
    const reader = this.#reader;
    if (this.#until !== '' && !reader.text.includes(this.#until, this.#checkedTo)) return 'incomplete';
    const { place } = reader;
    try {
      const list = this.#commands.line();
      reader.pending = [];
      if (list === undefined) return 'end';
      if (reader.pos > DISCARD_AT || !reader.final) reader.discard();
      this.#until = '';
      return list;
    } catch (error) {
      if (error instanceof Incomplete) {
        this.#restart(place);
        reader.warnings.length = 0;
        this.#until = error.until;
        this.#checkedTo = place.text.length;
        return 'incomplete';
      }
      this.#skipLine();
      throw error;
    }
  }

  #restart(place: ReadingPlace): void {
    const reader = this.#reader;
    reader.place = place;
    reader.pending = [];
    reader.depth = 0;
    reader.inSubstitution = reader.inQuotedBraces = false;
    reader.arithmeticAt.clear();
    this.#commands = new CommandReader(reader);
  }

  #skipLine(): void {
    const reader = this.#reader;
    const newline = reader.text.indexOf('\n', reader.pos);
    this.#restart({ ...reader.place, pos: newline < 0 ? reader.text.length : newline + 1 });
    this.#until = '';
    reader.discard();
  }
}

/** Parses a whole script at once. Throws ShellSyntaxError. */
export function parseScript(text: string, settings: ReaderSettings): List {
  const parser = new Parser(text, settings);
  const items: List['items'][number][] = [];
  for (;;) {
    const list = parser.next();
    if (list === 'end' || list === 'incomplete') return { ...EMPTY, items };
    items.push(...list.items);
  }
}
