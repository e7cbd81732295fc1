// History expansion of a line: finds where `!` means it, and puts what it stands for there.
import { Event, type Expanded, type ExpansionContext } from './event.js';

export { HistoryError } from './event.js';

export interface ExpansionSettings extends ExpansionContext {
  /** `^` and `#`: what a quick substitution and a comment begin with. */
  readonly substitute: string;
  readonly comment: string;
  readonly extglob: boolean;
  /** posix: nothing is expanded within double quotes. */
  readonly posix: boolean;
  /** The quote that is open where the line begins, by its character. */
  readonly quote: string;
}

export interface ExpandedLine {
  readonly text: string;
  readonly isChanged: boolean;
  readonly printsOnly: boolean;
}

/** Throws HistoryError for an event that is none and the like. */
export function expandHistory(line: string, settings: ExpansionSettings): ExpandedLine {
  const { mark, substitute } = settings;
  const isQuick = substitute !== '' && line.startsWith(substitute) && settings.quote === '';
  return new LineExpansion(isQuick ? `${mark}${mark}:s${line}` : line, settings, isQuick).expand();
}

/** Closes `$'`, in which a backslash quotes. */
const ANSI = "$'";

class LineExpansion {
  readonly #line: string;
  readonly #settings: ExpansionSettings;
  #out = '';
  #isChanged = false;
  #printsOnly = false;
  /** The ends of the quotes and substitutions that are open. */
  readonly #closers: string[];

  constructor(line: string, settings: ExpansionSettings, isChanged: boolean) {
    this.#line = line;
    this.#settings = settings;
    this.#isChanged = isChanged;
    this.#closers = settings.quote === '' ? [] : [settings.quote];
  }

  expand(): ExpandedLine {
    for (let at = 0; at < this.#line.length; ) at = this.#step(at);
    return { text: this.#out, isChanged: this.#isChanged, printsOnly: this.#printsOnly };
  }

  /** Takes what is at `at`; where it ends. */
  #step(at: number): number {
    const line = this.#line;
    const char = line[at]!;
    const closer = this.#closers.at(-1);
    if (closer === ANSI) {
      if (char === "'") this.#closers.pop();
      return this.#copy(at, char === '\\' ? 2 : 1);
    }
    if (closer === "'") {
      if (char === "'") this.#closers.pop();
      return this.#copy(at, 1);
    }
    if (char === '\\') return this.#copy(at, 2);
    if (char === this.#settings.mark && this.#isMeant(at)) return this.#expandAt(at);
    if (char === closer) {
      this.#closers.pop();
    } else if (line.startsWith('$(', at) || (closer !== '"' && /^[<>]\(/.test(line.slice(at)))) {
      this.#closers.push(')');
      return this.#copy(at, 2);
    } else if (char === '"' || char === '`') {
      this.#closers.push(char);
    } else if (closer !== '"' && line.startsWith("$'", at)) {
      this.#closers.push(ANSI);
      return this.#copy(at, 2);
    } else if (closer !== '"' && char === "'") {
      this.#closers.push("'");
    } else if (closer !== '"' && char === this.#settings.comment && char !== '' && (at === 0 || /[\s;&|()<>]/.test(line[at - 1]!))) {
      return this.#copy(at, line.length - at);
    } else if (char === '(' && closer === ')') {
      this.#closers.push(')');
    }
    return this.#copy(at, 1);
  }

  #copy(at: number, length: number): number {
    this.#out += this.#line.slice(at, at + length);
    return at + length;
  }

  /** What follows and what is around: `! `, `!=`, `[!a]`, `${!x}` and `$!` are the shell's. */
  #isMeant(at: number): boolean {
    const { extglob, posix } = this.#settings;
    const line = this.#line;
    const next = line[at + 1] ?? '';
    const inDouble = this.#closers.at(-1) === '"';
    if (next === '' || ' \t\n\r='.includes(next) || (inDouble && (posix || next === '"'))) return false;
    if (line[at - 1] === '[' && line.includes(']', at)) return false;
    if (line.startsWith('${', at - 2) && at > 1 && line.includes('}', at)) return false;
    if (line[at - 1] === '$') return false;
    return !(extglob && next === '(' && line.includes(')', at));
  }

  #expandAt(at: number): number {
    const quote = this.#closers.at(-1) === '"' ? '"' : '';
    const expanded: Expanded = new Event(this.#settings, this.#line, at).expand(this.#out, quote);
    this.#out += expanded.text;
    this.#isChanged = true;
    if (expanded.printsOnly) this.#printsOnly = true;
    return expanded.end;
  }
}
