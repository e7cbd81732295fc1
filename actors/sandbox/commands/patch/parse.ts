// Reads patches: unified, context and normal diffs, with what git adds to them.

/** Lines carry their line end; the last one of a file may lack it. */
export interface Hunk {
  oldStart: number;
  newStart: number;
  lines: { kind: ' ' | '-' | '+'; text: string }[];
}

export interface FilePatch {
  oldName: string | undefined;
  newName: string | undefined;
  /** From an `Index:` line. */
  indexName: string | undefined;
  hunks: Hunk[];
  newMode: number | undefined;
  renames: boolean;
  deletes: boolean;
}

export class PatchSyntaxError extends Error {}

/** The name in a header line: up to a tab, quotes taken off. */
function nameOf(text: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (quoted) return quoted[1]!.replace(/\\(.)/g, '$1');
  return text.split('\t')[0]!.replace(/ +\d{4}-\d\d-\d\d .*$/, '').trimEnd();
}

function emptyPatch(): FilePatch {
  return { oldName: undefined, newName: undefined, indexName: undefined, hunks: [], newMode: undefined, renames: false, deletes: false };
}

export function parsePatch(text: string): FilePatch[] {
  return new PatchParser(text).parse();
}

class PatchParser {
  readonly #lines: string[];
  #at = 0;
  #patches: FilePatch[] = [];
  #next = emptyPatch();

  constructor(text: string) {
    this.#lines = text.split('\n');
    if (this.#lines.at(-1) === '') this.#lines.pop();
  }

  parse(): FilePatch[] {
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at]!;
      const following = this.#lines[this.#at + 1] ?? '';
      if (line.startsWith('--- ') && following.startsWith('+++ ')) this.#headed('--- ', '+++ ');
      else if (line.startsWith('*** ') && following.startsWith('--- ')) this.#headed('*** ', '--- ');
      else if (/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/.test(line)) this.#unified();
      else if (line.startsWith('***************')) this.#context();
      else if (/^\d+(?:,\d+)?[acd]\d+(?:,\d+)?$/.test(line)) this.#normal();
      else {
        this.#note(line);
        this.#at++;
      }
    }
    if (this.#next.renames || this.#next.deletes || this.#next.newMode !== undefined) this.#patches.push(this.#next);
    return this.#patches;
  }

  /** Lines between patches: git's extended headers, Index:. */
  #note(line: string): void {
    const git = /^diff --git (?:"?a\/(.*?)"?) (?:"?b\/(.*?)"?)$/.exec(line);
    if (git) {
      if (this.#next.renames || this.#next.deletes || this.#next.newMode !== undefined) this.#patches.push(this.#next);
      this.#next = { ...emptyPatch(), oldName: `a/${git[1]!}`, newName: `b/${git[2]!}` };
    }
    const mode = /^new (?:file )?mode 1?0?0?(\d{3})$/.exec(line);
    if (mode) this.#next.newMode = parseInt(mode[1]!, 8);
    if (line.startsWith('rename from ')) this.#next.renames = true;
    if (line.startsWith('deleted file mode')) this.#next.deletes = true;
    if (line.startsWith('Index: ')) this.#next.indexName = nameOf(line.slice(7));
  }

  #headed(oldMark: string, newMark: string): void {
    this.#next.oldName = nameOf(this.#lines[this.#at]!.slice(oldMark.length));
    this.#next.newName = nameOf(this.#lines[this.#at + 1]!.slice(newMark.length));
    this.#at += 2;
    this.#patches.push(this.#next);
    this.#next = emptyPatch();
  }

  #current(): FilePatch {
    const last = this.#patches.at(-1);
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
    const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(this.#lines[this.#at++]!)!;
    const hunk: Hunk = { oldStart: Number(match[1]), newStart: Number(match[3]), lines: [] };
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
    const hunk: Hunk = { oldStart: from, newStart: newFrom, lines: [] };
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
    this.#at++;
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
    this.#current().hunks.push({ oldStart, newStart, lines: merged(before, after) });
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
