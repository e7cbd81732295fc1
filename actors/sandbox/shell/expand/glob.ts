// Pathname expansion: patterns matched against the file system, component by component.
import { Errno } from '../../kernel/errno.js';
import type { DirectoryEntry } from '../../kernel/inode.js';
import { ExpansionError } from '../flow.js';
import { isPlainLocale } from '../locale.js';
import { compilePattern, type Pattern } from '../patterns.js';
import type { Shell } from '../shell.js';

/** Limits a `**` over a deep tree; a shell would run out of memory or of its user's patience. */
const MATCHES_MAX = 1_000_000;

/** One pattern of GLOBIGNORE: colons stand between them, but for those in brackets and after backslashes. */
const IGNORED = /(?:\\.|\[(?:\[([:.=]).*?\1\]|[^\]])*(?:\]|$)|[^:])+/gs;

const MAY_BE_ACTIVE = /[*?[]|[@!+]\(/;

/** Whether a component has a glob character that no backslash escapes. */
function isActive(component: string, extglob: boolean): boolean {
  for (let at = 0; at < component.length; at++) {
    const character = component[at]!;
    if (character === '\\') at++;
    else if (character === '*' || character === '?') return true;
    else if (character === '[' && component.includes(']', at + 1)) return true;
    else if (extglob && component[at + 1] === '(' && '@!+'.includes(character)) return true;
  }
  return false;
}

function unescape(component: string): string {
  return component.includes('\\') ? component.replace(/\\(.)/gs, '$1') : component;
}

/** Pushes the paths that match, else the text itself (or nothing with nullglob). */
export function glob(shell: Shell, text: string, pattern: string, out: string[]): void {
  const found = MAY_BE_ACTIVE.test(pattern) ? new Globber(shell).find(pattern) : undefined;
  if (found === undefined) {
    out.push(text);
    return;
  }
  if (found.length > 0) {
    for (const path of found) out.push(path);
    return;
  }
  if (shell.options.has('failglob')) throw new ExpansionError(`no match: ${text}`);
  if (!shell.options.has('nullglob')) out.push(text);
}

class Globber {
  readonly #shell: Shell;
  readonly #extglob: boolean;
  readonly #dots: boolean;
  readonly #ignored: readonly Pattern[];
  readonly #found: string[] = [];
  /** What `**` is within is written out: `a/**` finds `a/`, but `*`/`**` finds `a`. */
  #namesFolders = true;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#extglob = shell.options.extglob;
    const ignore = shell.isBash ? shell.variables.get('GLOBIGNORE') ?? '' : '';
    this.#dots = shell.options.has('dotglob') || ignore !== '';
    this.#ignored = (ignore.match(IGNORED) ?? []).map((each) => compilePattern(each, { extglob: true, pathname: true }));
  }

  /** The matches in order; undefined when nothing in the pattern is active. */
  find(pattern: string): string[] | undefined {
    const written = splitComponents(pattern.replace(/(^|\/)\*\*\/{2,}/g, '$1**/'));
    this.#namesFolders = written.slice(0, -1).every((component) => !isActive(component, this.#extglob));
    const components = written.filter((component, at, all) => !(this.#isDeep(component) && this.#isDeep(all[at + 1])));
    if (!components.some((component) => isActive(component, this.#extglob))) return undefined;
    this.#walk('', components, 0);
    const kept = this.#found.filter((path) => !this.#isIgnored(path));
    return kept.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** `**` with globstar; several in a row are one. */
  #isDeep(component: string | undefined): boolean {
    return component === '**' && this.#shell.options.has('globstar');
  }

  #isIgnored(path: string): boolean {
    if (this.#ignored.length === 0) return false;
    const name = path.slice(path.lastIndexOf('/') + 1);
    return name === '.' || name === '..' || this.#ignored.some((each) => each.test(path));
  }

  #walk(prefix: string, components: readonly string[], at: number): void {
    if (this.#found.length > MATCHES_MAX) return;
    const component = components[at]!;
    const isLast = at === components.length - 1;
    if (!isActive(component, this.#extglob)) {
      const path = prefix + unescape(component);
      if (!isLast) this.#walk(`${path}/`, components, at + 1);
      else if (component === '' ? this.#isDirectory(prefix) : this.#existsAtAll(path)) this.#found.push(path);
      return;
    }
    if (this.#isDeep(component)) return this.#walkDeep(prefix, components, at);
    const settings = { extglob: this.#extglob, nocase: this.#shell.options.has('nocaseglob'), period: !this.#dots, bytes: !this.#shell.isBash || isPlainLocale(this.#shell), dashSets: this.#shell.dialect === 'dash' };
    const pattern = compilePattern(component, settings);
    for (const { name, type } of this.#entries(prefix)) {
      // The dots of these two are never for wildcards.
      const isDots = name === '.' || name === '..';
      if (!(isDots ? compilePattern(component, { ...settings, period: true }) : pattern).test(name)) continue;
      const path = prefix + name;
      if (isLast) this.#found.push(path);
      else if (type === 'directory' || (type === 'symlink' && this.#isDirectory(path))) this.#walk(`${path}/`, components, at + 1);
    }
  }

  /** `**`: here, and every folder below. */
  #walkDeep(prefix: string, components: readonly string[], at: number): void {
    if (prefix !== '' && !this.#isDirectory(prefix)) return;
    if (at < components.length - 1) this.#walkBeyond(prefix, components, at);
    else if (prefix !== '') this.#found.push(this.#namesFolders ? prefix : prefix.slice(0, -1));
    this.#walkBelow(prefix, components, at);
  }

  /**
   * The folders below. A symlink to a folder is one of them, but nothing below it; after a `**` that begins the pattern it is found only
   * by the slash at the pattern's end.
   */
  #walkBelow(prefix: string, components: readonly string[], at: number): void {
    const isLast = at === components.length - 1;
    const intoLinks = at > 0 || components[1] === '';
    for (const { name, type } of this.#entries(prefix)) {
      if (name.startsWith('.') && (!this.#dots || name === '.' || name === '..')) continue;
      const path = prefix + name;
      if (isLast) this.#found.push(path);
      else if (type === 'directory' || (intoLinks && type === 'symlink' && this.#isDirectory(path))) this.#walkBeyond(`${path}/`, components, at);
      if (type === 'directory') this.#walkBelow(`${path}/`, components, at);
    }
  }

  /** What follows `**`, in one of the folders that it stands for. */
  #walkBeyond(folder: string, components: readonly string[], at: number): void {
    if (components[at + 1] !== '') this.#walk(folder, components, at + 1);
    else if (folder !== '') this.#found.push(folder);
  }

  #entries(prefix: string): DirectoryEntry[] {
    const { files } = this.#shell.process;
    try {
      const entries = files.readdir(prefix === '' ? '.' : prefix);
      if (this.#shell.isBash && this.#shell.options.has('globskipdots')) return entries;
      const dot = (name: string): DirectoryEntry => ({ name, ino: 0, type: 'directory' });
      return [dot('.'), dot('..'), ...entries];
    } catch (error) {
      if (error instanceof Errno) return [];
      throw error;
    }
  }

  #isDirectory(path: string): boolean {
    try {
      return this.#shell.process.files.stat(path === '' ? '.' : path).type === 'directory';
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  /** Whether there is an entry, even a symlink that leads nowhere. */
  #existsAtAll(path: string): boolean {
    try {
      this.#shell.process.files.lstat(path);
      return true;
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }
}

/** Splits at slashes outside brackets' and groups' insides. */
function splitComponents(pattern: string): string[] {
  if (!pattern.includes('(')) return pattern.split('/');
  const components: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (character === '/' && depth === 0) {
      components.push(pattern.slice(start, at));
      start = at + 1;
    }
  }
  components.push(pattern.slice(start));
  return components;
}
