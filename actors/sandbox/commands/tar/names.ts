// Which members of an archive are meant: names and folders given as operands, exclusions, and the names they are shown by.
import type { Process } from '../../kernel/process.js';
import { isBusybox } from '../../programs/flavour.js';
import { compileGlob } from '../common/glob.js';

/** GNU tar's exclusions: patterns match a whole name or any part of it that begins after a slash, and everything below. */
export class Exclusions {
  readonly #tests: ((text: string) => boolean)[];

  constructor(patterns: readonly string[], anchored: boolean) {
    this.#tests = patterns.map((pattern) => {
      const matches = compileGlob(pattern.replace(/\/+$/, ''));
      return (path) => {
        const clean = path.replace(/\/+$/, '');
        for (let at = 0; ; at = clean.indexOf('/', at) + 1) {
          if (matchesHere(matches, clean.slice(at))) return true;
          if (anchored || clean.indexOf('/', at) < 0) return false;
        }
      };
    });
  }

  has(path: string): boolean {
    return this.#tests.some((test) => test(path));
  }
}

/** The text itself, or a folder above it. */
function matchesHere(matches: (text: string) => boolean, text: string): boolean {
  if (matches(text)) return true;
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) if (at > 0 && matches(text.slice(0, at))) return true;
  return false;
}

/** The operands of `x` and `t`: which of them has been found. */
export class Selection {
  readonly #names: readonly string[];
  readonly #tests: ((path: string) => boolean)[];
  readonly #found: boolean[];

  constructor(names: readonly string[], wildcards: boolean) {
    this.#names = names;
    this.#found = names.map(() => false);
    this.#tests = names.map((name) => {
      const wanted = name.replace(/\/+$/, '');
      const glob = wildcards ? compileGlob(wanted) : undefined;
      return (path) => {
        const clean = path.replace(/\/+$/, '');
        return clean === wanted || clean.startsWith(`${wanted}/`) || (glob !== undefined && matchesHere(glob, clean));
      };
    });
  }

  has(path: string): boolean {
    if (this.#names.length === 0) return true;
    let isMeant = false;
    this.#tests.forEach((test, index) => {
      if (!test(path)) return;
      this.#found[index] = true;
      isMeant = true;
    });
    return isMeant;
  }

  get missing(): readonly string[] {
    return this.#names.filter((_, index) => !this.#found[index]);
  }
}

/** The words for what `confinedName` took away. */
export function removedPrefix(process: Process, removed: string): string {
  return isBusybox(process) ? `removing leading '${removed}' from member names` : `Removing leading \`${removed}' from member names`;
}

/** A name without what would lead out of the folder: leading slashes, and all up to the last `..`. */
export function confinedName(path: string): { name: string; removed: string } {
  const climb = /^(?:.*\/)?\.\.(?:\/+|$)/.exec(path);
  const rest = climb ? path.slice(climb[0].length) : path;
  const name = rest.replace(/^\/+/, '');
  return { name, removed: path.slice(0, path.length - name.length) };
}
