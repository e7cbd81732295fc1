// Where files are looked for besides the folder: VPATH and vpath.
import type { Build } from './build.js';
import { baseOf, patternOf, stemOf } from './words.js';

export class SearchPath {
  #patterns: { pattern: string; folders: readonly string[] }[] = [];
  #everywhere: readonly string[] = [];

  /** The words behind `vpath`: a pattern and folders; without folders, or alone, it forgets. */
  add([pattern, ...folders]: readonly string[]): void {
    if (pattern === undefined) this.#patterns = [];
    else if (folders.length === 0) this.#patterns = this.#patterns.filter((one) => one.pattern !== pattern);
    else this.#patterns.push({ pattern, folders: split(folders.join(':')) });
  }

  /** The value of VPATH. */
  set everywhere(value: string) {
    this.#everywhere = split(value.replace(/[ \t\n]+/g, ':'));
  }

  /** Where the file is found, undefined where it is in none of the folders. */
  find(build: Build, name: string): string | undefined {
    if (name.startsWith('/')) return undefined;
    const matching = this.#patterns.filter(({ pattern }) => stemOf(patternOf(pattern), pattern.includes('/') ? name : baseOf(name)) !== undefined);
    for (const folder of [...matching.flatMap(({ folders }) => folders), ...this.#everywhere]) {
      const path = folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`;
      if (path !== name && (build.exists(path) || build.targets.find(path)?.isTarget === true)) return path;
    }
    return undefined;
  }
}

const split = (list: string): string[] => list.split(':').filter((folder) => folder !== '');
