// Reads patches: unified, context and normal diffs, with what git adds to them.

/** Lines carry their line end; the last one of a file may lack it. */
export interface Hunk {
  oldStart: number;
  newStart: number;
  lines: { kind: ' ' | '-' | '+'; text: string }[];
  /** What stands behind the line numbers: the function that the hunk is in. */
  heading: string;
}

export interface FilePatch {
  /** How it is written. */
  format: 'unified' | 'context' | 'normal' | undefined;
  oldName: string | undefined;
  newName: string | undefined;
  /** The two header lines behind their marks, as they stand. */
  headers: readonly [string, string] | undefined;
  /** What stands in front of it, and at which line of the input its own lines begin. */
  preamble: readonly string[];
  line: number;
  /** From an `Index:` line. */
  indexName: string | undefined;
  hunks: Hunk[];
  newMode: number | undefined;
  renames: boolean;
  copies: boolean;
  deletes: boolean;
  isBinary: boolean;
}

const STARS = '*'.repeat(15);

export class PatchSyntaxError extends Error {}

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The name in a header line: up to a tab, quotes taken off. */
function nameOf(text: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (quoted) return quoted[1]!.replace(/\\([0-7]{3}|.)/g, (_whole, escaped: string) => (escaped.length === 3 ? String.fromCharCode(parseInt(escaped, 8)) : (CONTROL[escaped] ?? escaped)));
  return text.split('\t')[0]!.replace(/ +\d{4}-\d\d-\d\d .*$/, '').trimEnd();
}

/** Whether there is something to do even without hunks. */
export function hasEffect({ renames, copies, deletes, newMode, isBinary }: FilePatch): boolean {
  return renames || copies || deletes || isBinary || newMode !== undefined;
}

function emptyPatch(): FilePatch {
  return { format: undefined, headers: undefined, preamble: [], line: 1, oldName: undefined, newName: undefined, indexName: undefined, hunks: [], newMode: undefined, renames: false, copies: false, deletes: false, isBinary: false };
}

/** Every line as it is. */
export function parsePatch(text: string): FilePatch[] {
  return new PatchParser(text, true).parse();
}

/** Without the carriage returns that mail and editors add to a whole patch; `strippedReturns` tells of them. */
export function parseMailedPatch(text: string): { patches: FilePatch[]; strippedReturns: boolean } {
  const parser = new PatchParser(text, false);
  return { patches: parser.parse(), strippedReturns: parser.strippedReturns };
}

/** The first line of a patch that is one. */
const HEADER = /^(?:--- |\*\*\* |\d+(?:,\d+)?[acd]\d+(?:,\d+)?\r?$)/;

class PatchParser {
  #lines: string[];
  #at = 0;
  #patches: FilePatch[] = [];
  #next = emptyPatch();
  #preambleFrom = 0;
  /** Whether a header ended with a carriage return, which was taken off it and off each line behind it. */
  readonly strippedReturns: boolean;

  constructor(text: string, keepsReturns: boolean) {
    this.#lines = text.split('\n');
    if (this.#lines.at(-1) === '') this.#lines.pop();
    const first = this.#lines.findIndex((line) => HEADER.test(line));
    this.strippedReturns = !keepsReturns && first >= 0 && this.#lines[first]!.endsWith('\r');
    if (this.strippedReturns) this.#lines = this.#lines.map((line, at) => (at < first ? line : line.replace(/\r$/, '')));
  }

  parse(): FilePatch[] {
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at]!;
      const following = this.#lines[this.#at + 1] ?? '';
      if (line.startsWith('--- ') && following.startsWith('+++ ')) this.#headed('--- ', '+++ ');
      else if (line.startsWith('*** ') && following.startsWith('--- ')) this.#headed('*** ', '--- ');
      else if (/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/.test(line)) this.#unified();
      else if (line.startsWith(STARS)) this.#context();
      else if (/^\d+(?:,\d+)?[acd]\d+(?:,\d+)?$/.test(line)) this.#normal();
      else {
        this.#note(line);
        this.#at++;
      }
    }
    if (hasEffect(this.#next)) this.#patches.push(this.#next);
    return this.#patches;
  }

  /** Lines between patches: git's extended headers, Index:. */
  #note(line: string): void {
    const git = /^diff --git (?:"?a\/(.*?)"?) (?:"?b\/(.*?)"?)$/.exec(line);
    if (git) {
      if (hasEffect(this.#next)) this.#patches.push(this.#next);
      this.#next = { ...emptyPatch(), oldName: `a/${git[1]!}`, newName: `b/${git[2]!}` };
    }
    const mode = /^new (?:file )?mode 1?0?0?(\d{3})$/.exec(line);
    if (mode) this.#next.newMode = parseInt(mode[1]!, 8);
    if (line.startsWith('rename from ')) this.#next.renames = true;
    if (line.startsWith('copy from ')) this.#next.copies = true;
    if (line === 'GIT binary patch' || /^Binary files .* differ$/.test(line)) this.#next.isBinary = line.startsWith('GIT');
    if (line.startsWith('deleted file mode')) this.#next.deletes = true;
    if (line.startsWith('Index: ')) this.#next.indexName = nameOf(line.slice(7));
  }

  #headed(oldMark: string, newMark: string): void {
    this.#next.preamble = this.#lines.slice(this.#preambleFrom, this.#at);
    this.#next.headers = [this.#lines[this.#at]!.slice(oldMark.length), this.#lines[this.#at + 1]!.slice(newMark.length)];
    this.#next.line = this.#at + 1;
    this.#next.format = oldMark === '--- ' ? 'unified' : 'context';
    this.#next.oldName = nameOf(this.#lines[this.#at]!.slice(oldMark.length));
    this.#next.newName = nameOf(this.#lines[this.#at + 1]!.slice(newMark.length));
    this.#at += 2;
    this.#patches.push(this.#next);
    this.#next = emptyPatch();
  }

  #current(): FilePatch {
    const last = this.#patches.at(-1);
    this.#preambleFrom = this.#at;
    if (last) return last;
    this.#patches.push(this.#next);
    this.#next = emptyPatch();
    return this.#patches.at(-1)!;
  }

  /** Whether the line just read has no line end, as the next one says. */
  #unterminated(): boolean {
    if (!this.#lines[this.#at]?.startsWith('\\')) return false;
    this.#at++;
    return true;
  }

  #unified(): void {
    const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?([^]*)$/.exec(this.#lines[this.#at++]!)!;
    const hunk: Hunk = { oldStart: Number(match[1]), newStart: Number(match[3]), lines: [], heading: match[5]! };
    let [oldLeft, newLeft] = [Number(match[2] ?? 1), Number(match[4] ?? 1)];
    while (oldLeft > 0 || newLeft > 0) {
      const line = this.#lines[this.#at];
      const kind = line === '' ? ' ' : line?.[0];
      if (line === undefined || (kind !== ' ' && kind !== '-' && kind !== '+')) throw new PatchSyntaxError(`malformed patch at line ${this.#at + 1}: ${line ?? ''}`);
      this.#at++;
      if (kind !== '+') oldLeft--;
      if (kind !== '-') newLeft--;
      hunk.lines.push({ kind, text: line.slice(1) + (this.#unterminated() ? '' : '\n') });
    }
    this.#current().hunks.push(hunk);
  }

  #normal(): void {
    const match = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?$/.exec(this.#lines[this.#at++]!)!;
    const [from, to, letter, newFrom] = [Number(match[1]), Number(match[2] ?? match[1]), match[3]!, Number(match[4])];
    const hunk: Hunk = { oldStart: from, newStart: newFrom, lines: [], heading: '' };
    const read = (mark: string, kind: '-' | '+', count: number): void => {
      for (let i = 0; i < count; i++) {
        const line = this.#lines[this.#at];
        if (!line?.startsWith(mark)) throw new PatchSyntaxError(`malformed patch at line ${this.#at + 1}: ${line ?? ''}`);
        this.#at++;
        hunk.lines.push({ kind, text: line.slice(2) + (this.#unterminated() ? '' : '\n') });
      }
    };
    if (letter !== 'a') read('< ', '-', to - from + 1);
    if (letter === 'c' && this.#lines[this.#at] === '---') this.#at++;
    if (letter !== 'd') read('> ', '+', Number(match[5] ?? match[4]) - newFrom + 1);
    this.#current().hunks.push(hunk);
  }

  /** One side of a context hunk. */
  #side(count: number): { mark: string; text: string }[] {
    const lines: { mark: string; text: string }[] = [];
    while (lines.length < count && /^(?:[ !+-] |[ !+-]?$)/.test(this.#lines[this.#at] ?? 'x')) {
      const line = this.#lines[this.#at++]!;
      lines.push({ mark: line[0] ?? ' ', text: line.slice(2) + (this.#unterminated() ? '' : '\n') });
    }
    return lines;
  }

  #context(): void {
    const heading = this.#lines[this.#at++]!.slice(STARS.length).trimStart();
    const range = (pattern: RegExp): [number, number] => {
      const match = pattern.exec(this.#lines[this.#at] ?? '');
      if (!match) throw new PatchSyntaxError(`malformed patch at line ${this.#at + 1}: ${this.#lines[this.#at] ?? ''}`);
      this.#at++;
      const start = Number(match[1]);
      return [start, match[2] === undefined ? (start === 0 ? 0 : 1) : Number(match[2]) - start + 1];
    };
    const [oldStart, oldCount] = range(/^\*\*\* (\d+)(?:,(\d+))? \*\*\*\*$/);
    const before = this.#lines[this.#at]?.startsWith('--- ') && /^--- \d+(?:,\d+)? ----$/.test(this.#lines[this.#at]!) ? [] : this.#side(oldCount);
    const [newStart, newCount] = range(/^--- (\d+)(?:,(\d+))? ----$/);
    const after = this.#side(newCount);
    this.#current().hunks.push({ oldStart, newStart, lines: merged(before, after), heading });
  }
}

/** The two sides of a context hunk as one list; a side without changes of its own may be left out. */
function merged(before: readonly { mark: string; text: string }[], after: readonly { mark: string; text: string }[]): Hunk['lines'] {
  const olds = before.length > 0 ? before : after.filter(({ mark }) => mark === ' ');
  const news = after.length > 0 ? after : before.filter(({ mark }) => mark === ' ');
  const lines: Hunk['lines'] = [];
  for (let i = 0, j = 0; i < olds.length || j < news.length; ) {
    while (i < olds.length && olds[i]!.mark !== ' ') lines.push({ kind: '-', text: olds[i++]!.text });
    while (j < news.length && news[j]!.mark !== ' ') lines.push({ kind: '+', text: news[j++]!.text });
    if (i < olds.length) lines.push({ kind: ' ', text: olds[i++]!.text });
    j++;
  }
  return lines;
}
