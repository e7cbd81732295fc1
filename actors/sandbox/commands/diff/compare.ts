// Which lines of two files differ: Myers' algorithm in linear space, with the changes then moved to where people expect them.

/** Beyond this many edit steps the best path so far is taken: large unlike files must not take for ever. */
const COST_MAX = 4096;

/** A run of lines deleted from the first file and inserted from the second; 0-based starts. */
export interface Change {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
}

/** Flags with a border on each side, so that looking one beyond is allowed. */
class Flags {
  readonly #flags: Uint8Array;

  constructor(count: number) {
    this.#flags = new Uint8Array(count + 2);
  }

  get(at: number): boolean {
    return this.#flags[at + 1] === 1;
  }

  set(at: number, value: boolean): void {
    this.#flags[at + 1] = value ? 1 : 0;
  }
}

/** `oldKeys` and `newKeys` name each line: equal lines have equal keys. */
export function compareLines(oldKeys: readonly string[], newKeys: readonly string[]): Change[] {
  const numbers = new Map<string, number>();
  const numbered = (keys: readonly string[]): Int32Array => Int32Array.from(keys, (key) => {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    return number;
  });
  const comparison = new Comparison(numbered(oldKeys), numbered(newKeys));
  comparison.run();
  return comparison.changes();
}

class Comparison {
  readonly #old: Int32Array;
  readonly #new: Int32Array;
  readonly #oldChanged: Flags;
  readonly #newChanged: Flags;
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  readonly #offset: number;

  constructor(oldLines: Int32Array, newLines: Int32Array) {
    this.#old = oldLines;
    this.#new = newLines;
    this.#oldChanged = new Flags(oldLines.length);
    this.#newChanged = new Flags(newLines.length);
    const diagonals = oldLines.length + newLines.length + 3;
    this.#forward = new Int32Array(diagonals);
    this.#backward = new Int32Array(diagonals);
    this.#offset = newLines.length + 1;
  }

  run(): void {
    this.#compare(0, this.#old.length, 0, this.#new.length);
    shiftBoundaries(this.#old, this.#oldChanged, this.#newChanged);
    shiftBoundaries(this.#new, this.#newChanged, this.#oldChanged);
  }

  changes(): Change[] {
    const changes: Change[] = [];
    for (let i = 0, j = 0; i < this.#old.length || j < this.#new.length; i++, j++) {
      if (!this.#oldChanged.get(i) && !this.#newChanged.get(j)) continue;
      const [oldStart, newStart] = [i, j];
      while (this.#oldChanged.get(i)) i++;
      while (this.#newChanged.get(j)) j++;
      changes.push({ oldStart, oldCount: i - oldStart, newStart, newCount: j - newStart });
    }
    return changes;
  }

  #compare(oldFrom: number, oldTo: number, newFrom: number, newTo: number): void {
    let [xoff, xlim, yoff, ylim] = [oldFrom, oldTo, newFrom, newTo];
    while (xoff < xlim && yoff < ylim && this.#old[xoff] === this.#new[yoff]) {
      xoff++;
      yoff++;
    }
    while (xoff < xlim && yoff < ylim && this.#old[xlim - 1] === this.#new[ylim - 1]) {
      xlim--;
      ylim--;
    }
    if (xoff === xlim) for (; yoff < ylim; yoff++) this.#newChanged.set(yoff, true);
    else if (yoff === ylim) for (; xoff < xlim; xoff++) this.#oldChanged.set(xoff, true);
    else {
      const [x, y] = this.#middle(xoff, xlim, yoff, ylim);
      this.#compare(xoff, x, yoff, y);
      this.#compare(x, xlim, y, ylim);
    }
  }

  /** A point on a shortest path, found from both ends at once (Myers 1986, section 4b). */
  #middle(xoff: number, xlim: number, yoff: number, ylim: number): [number, number] {
    const [fd, bd, o, xv, yv] = [this.#forward, this.#backward, this.#offset, this.#old, this.#new];
    const [dmin, dmax, fmid, bmid] = [xoff - ylim, xlim - yoff, xoff - yoff, xlim - ylim];
    let [fmin, fmax, bmin, bmax] = [fmid, fmid, bmid, bmid];
    const odd = ((fmid - bmid) & 1) !== 0;
    fd[fmid + o] = xoff;
    bd[bmid + o] = xlim;
    for (let cost = 1; ; cost++) {
      if (fmin > dmin) fd[--fmin - 1 + o] = -1;
      else fmin++;
      if (fmax < dmax) fd[++fmax + 1 + o] = -1;
      else fmax--;
      for (let d = fmax; d >= fmin; d -= 2) {
        const [low, high] = [fd[d - 1 + o]!, fd[d + 1 + o]!];
        let x = low < high ? high : low + 1;
        let y = x - d;
        while (x < xlim && y < ylim && xv[x] === yv[y]) [x, y] = [x + 1, y + 1];
        fd[d + o] = x;
        if (odd && bmin <= d && d <= bmax && bd[d + o]! <= x) return [x, y];
      }
      if (bmin > dmin) bd[--bmin - 1 + o] = 0x7fffffff;
      else bmin++;
      if (bmax < dmax) bd[++bmax + 1 + o] = 0x7fffffff;
      else bmax--;
      for (let d = bmax; d >= bmin; d -= 2) {
        const [low, high] = [bd[d - 1 + o]!, bd[d + 1 + o]!];
        let x = low < high ? low : high - 1;
        let y = x - d;
        while (xoff < x && yoff < y && xv[x - 1] === yv[y - 1]) [x, y] = [x - 1, y - 1];
        bd[d + o] = x;
        if (!odd && fmin <= d && d <= fmax && x <= fd[d + o]!) return [x, y];
      }
      if (cost >= COST_MAX) return this.#furthest(fmin, fmax, xlim, ylim);
    }
  }

  #furthest(fmin: number, fmax: number, xlim: number, ylim: number): [number, number] {
    let best: [number, number] = [0, 0];
    let reach = -1;
    for (let d = fmax; d >= fmin; d -= 2) {
      const x = Math.min(this.#forward[d + this.#offset]!, xlim);
      const y = Math.min(x - d, ylim);
      if (y + d + y <= reach) continue;
      reach = y + d + y;
      best = [y + d, y];
    }
    return best;
  }
}

/** Moves runs of changes over equal lines: together with other runs where they meet, else as far down as they go. */
function shiftBoundaries(lines: Int32Array, changed: Flags, other: Flags): void {
  const count = lines.length;
  for (let i = 0, j = 0; ; ) {
    while (i < count && !changed.get(i)) {
      while (other.get(j++)) continue;
      i++;
    }
    if (i >= count) return;
    let start = i;
    while (changed.get(++i)) continue;
    while (other.get(j)) j++;
    let length: number;
    let corresponding: number;
    do {
      length = i - start;
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed.set(--start, true);
        changed.set(--i, false);
        while (changed.get(start - 1)) start--;
        while (other.get(--j)) continue;
      }
      corresponding = other.get(j - 1) ? i : count;
      while (i !== count && lines[start] === lines[i]) {
        changed.set(start++, false);
        changed.set(i++, true);
        while (changed.get(i)) i++;
        while (other.get(++j)) corresponding = i;
      }
    } while (length !== i - start);
    while (corresponding < i) {
      changed.set(--start, true);
      changed.set(--i, false);
      while (other.get(--j)) continue;
    }
  }
}
