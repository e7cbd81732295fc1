// The conditional lines of a makefile: ifeq, ifneq, ifdef, ifndef, else, endif.
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { MakeFatal, type Location } from './errors.js';
import { expand } from './expand.js';

interface Level {
  /** Whether this branch is taken, may still be, or may not any more. */
  state: 'taken' | 'open' | 'over';
  hasElse: boolean;
}

/** The conditionals around the line that is read. */
export class Conditionals {
  readonly #levels: Level[] = [];
  readonly #build: Build;

  constructor(build: Build) {
    this.#build = build;
  }

  get isIgnoring(): boolean {
    return this.#levels.some(({ state }) => state !== 'taken');
  }

  get isOpen(): boolean {
    return this.#levels.length > 0;
  }

  /** Whether the line was one of ours. */
  *read(text: string, location: Location): Task<boolean> {
    const [, keyword = '', rest = ''] = /^(ifdef|ifndef|ifeq|ifneq|else|endif)(?=[ \t]|$)[ \t]*(.*)$/s.exec(text) ?? [];
    if (keyword === '') return false;
    if (keyword === 'endif' || keyword === 'else') {
      const level = this.#levels.at(-1);
      if (level === undefined) throw new MakeFatal(`extraneous '${keyword}'`, location);
      if (keyword === 'endif') {
        if (rest !== '') yield* this.#build.warn("extraneous text after 'endif' directive", location);
        this.#levels.pop();
        return true;
      }
      if (level.hasElse) throw new MakeFatal("only one 'else' per conditional", location);
      level.state = level.state === 'open' ? 'taken' : 'over';
      if (rest === '') {
        level.hasElse = true;
        return true;
      }
      if (!/^(ifdef|ifndef|ifeq|ifneq)([ \t]|$)/.test(rest)) {
        yield* this.#build.warn("extraneous text after 'else' directive", location);
        level.hasElse = true;
        return true;
      }
      if (level.state === 'over') return true;
      // `else ifeq …` takes the place of what it goes on with.
      this.#levels.pop();
      const isOutside = this.isIgnoring;
      this.#levels.push(level);
      level.state = isOutside ? 'over' : (yield* this.#holds(rest, location)) ? 'taken' : 'open';
      return true;
    }
    if (this.isIgnoring) this.#levels.push({ state: 'over', hasElse: false });
    else this.#levels.push({ state: (yield* this.#holds(text, location)) ? 'taken' : 'open', hasElse: false });
    return true;
  }

  *#holds(text: string, location: Location): Task<boolean> {
    const [, keyword, rest] = /^(ifdef|ifndef|ifeq|ifneq)[ \t]*(.*)$/s.exec(text)!;
    const build = this.#build;
    const scope = build.variables.globalScope;
    if (keyword === 'ifdef' || keyword === 'ifndef') {
      const name = (yield* expand(build, scope, rest!)).trim();
      if (name === '' || /\s/.test(name)) throw new MakeFatal('invalid syntax in conditional', location);
      const variable = build.variables.find(scope, name);
      return (variable !== undefined && variable.value !== '') === (keyword === 'ifdef');
    }
    const sides = sidesOf(rest!);
    if (sides === undefined) throw new MakeFatal('invalid syntax in conditional', location);
    const left = yield* expand(build, scope, sides.left);
    const right = yield* expand(build, scope, sides.right);
    if (sides.rest.trim() !== '') yield* build.warn(`extraneous text after '${keyword}' directive`, location);
    return (left === right) === (keyword === 'ifeq');
  }
}

/** `(a,b)` or two quoted words. */
function sidesOf(text: string): { left: string; right: string; rest: string } | undefined {
  if (text.startsWith('(')) {
    const comma = closingAt(text, 1, ',');
    const close = comma < 0 ? -1 : closingAt(text, comma + 1, ')');
    if (close < 0) return undefined;
    return { left: text.slice(1, comma).trimEnd(), right: text.slice(comma + 1, close).trimStart(), rest: text.slice(close + 1) };
  }
  const quoted = /^(?:"([^"]*)"|'([^']*)')[ \t]*(?:"([^"]*)"|'([^']*)')(.*)$/s.exec(text);
  if (quoted === null) return undefined;
  return { left: quoted[1] ?? quoted[2] ?? '', right: quoted[3] ?? quoted[4] ?? '', rest: quoted[5]! };
}

/** Where `wanted` stands outside of parentheses. */
function closingAt(text: string, from: number, wanted: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === wanted && depth === 0) return at;
    if (character === '(') depth++;
    else if (character === ')') depth--;
  }
  return -1;
}
