// Applies hunks to lines, where they say or nearby, and with some of their context left out if need be.
import type { Hunk } from './parse.js';

export interface HunkResult {
  hunk: Hunk;
  applied: boolean;
  /** The line it was applied at (1-based), and how far off that is. */
  at: number;
  offset: number;
  fuzz: number;
}

/** A hunk that undoes this one. */
export function reversed(hunk: Hunk): Hunk {
  const kinds = { ' ': ' ', '-': '+', '+': '-' } as const;
  const lines = hunk.lines.map(({ kind, text }) => ({ kind: kinds[kind], text }));
  return { oldStart: hunk.newStart, newStart: hunk.oldStart, lines, heading: hunk.heading };
}

export class Application {
  readonly lines: string[];
  readonly #fuzzMax: number;
  readonly #loose: boolean;
  readonly #isStrict: boolean;
  #offset = 0;
  /** How many lines the file has grown by. */
  #growth = 0;
  #lowest = 0;

  /** `isStrict`: a hunk of the first line, or without context behind it, fits at the file's very beginning or end only, as git wants it. */
  constructor(lines: readonly string[], fuzzMax: number, loose: boolean, isStrict = false) {
    this.lines = [...lines];
    this.#fuzzMax = fuzzMax;
    this.#loose = loose;
    this.#isStrict = isStrict;
  }

  apply(hunk: Hunk): HunkResult {
    const old = hunk.lines.filter(({ kind }) => kind !== '+').map(({ text }) => text);
    const [prefix, suffix] = [contextLength(hunk.lines), contextLength([...hunk.lines].reverse())];
    const context = Math.max(prefix, suffix);
    // A hunk without old lines goes behind the line it names.
    const expected = hunk.oldStart - (old.length > 0 ? 1 : 0) + this.#growth;
    for (let fuzz = 0; fuzz <= Math.min(this.#fuzzMax, context); fuzz++) {
      const cutStart = Math.max(0, fuzz + prefix - context);
      const cutEnd = Math.max(0, fuzz + suffix - context);
      const wanted = old.slice(cutStart, old.length - cutEnd);
      const at = this.#find(wanted, expected + cutStart + this.#offset, this.#isStrict ? { start: hunk.oldStart <= 1, end: suffix === 0 } : { start: hunk.oldStart <= 1 && fuzz < suffix - prefix, end: fuzz < prefix - suffix });
      if (at === undefined) continue;
      const replacement: string[] = [];
      let position = at;
      const body = hunk.lines.slice(cutStart, hunk.lines.length - cutEnd);
      for (const { kind, text } of body) {
        // Context stays as the file has it.
        if (kind === ' ') replacement.push(this.lines[position++]!);
        else if (kind === '-') position++;
        else replacement.push(text);
      }
      this.lines.splice(at, wanted.length, ...replacement);
      const offset = at - cutStart - expected;
      this.#offset = offset;
      this.#growth += replacement.length - wanted.length;
      this.#lowest = at + replacement.length;
      return { hunk, applied: true, at: at - cutStart + (old.length > 0 ? 1 : 0), offset, fuzz };
    }
    return { hunk, applied: false, at: hunk.oldStart + this.#growth, offset: 0, fuzz: 0 };
  }

  #find(wanted: readonly string[], expected: number, anchored: { start: boolean; end: boolean }): number | undefined {
    const last = this.lines.length - wanted.length;
    const fits = (at: number): boolean => at >= this.#lowest && at <= last && wanted.every((line, i) => this.#same(line, this.lines[at + i]!));
    if (anchored.start) return fits(0) && !(this.#isStrict && anchored.end && last > 0) ? 0 : undefined;
    if (anchored.end) return fits(last) ? last : undefined;
    for (let distance = 0; distance <= this.lines.length + Math.abs(expected); distance++) {
      if (fits(expected + distance)) return expected + distance;
      if (distance > 0 && fits(expected - distance)) return expected - distance;
    }
    return undefined;
  }

  #same(a: string, b: string): boolean {
    if (a === b || (a.endsWith('\n') !== b.endsWith('\n') && a.replace(/\n$/, '') === b.replace(/\n$/, ''))) return true;
    const plain = (text: string): string => text.replace(/[ \t\r\n]+/g, ' ').replace(/ $/, '');
    return this.#loose && plain(a) === plain(b);
  }
}

function contextLength(lines: Hunk['lines']): number {
  const first = lines.findIndex(({ kind }) => kind !== ' ');
  return first < 0 ? lines.length : first;
}
