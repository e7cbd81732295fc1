// Matches extended patterns by sets of positions: polynomial whatever the pattern, where backtracking would not be.
import type { PatternNode, PatternSettings } from './pattern-nodes.js';

/** Every position at which a match that begins at `start` may end, ascending. */
export class SetMatcher {
  readonly #nodes: readonly PatternNode[];
  readonly #settings: PatternSettings;
  readonly #classes = new Map<string, RegExp>();

  constructor(nodes: readonly PatternNode[], settings: PatternSettings) {
    this.#nodes = nodes;
    this.#settings = settings;
  }

  ends(chars: readonly string[], start: number): readonly number[] {
    return this.#run(this.#nodes, chars, [start]);
  }

  #run(nodes: readonly PatternNode[], chars: readonly string[], from: readonly number[]): readonly number[] {
    let at = from;
    for (const node of nodes) {
      if (at.length === 0) return at;
      at = this.#step(node, chars, at);
    }
    return at;
  }

  #step(node: PatternNode, chars: readonly string[], from: readonly number[]): readonly number[] {
    switch (node.type) {
      case 'star':
        return this.#spread(chars, from);
      case 'group':
        return this.#group(node.operator, node.alternatives, chars, from);
      default:
        return from.filter((pos) => pos < chars.length && this.#matches(node, chars, pos)).map((pos) => pos + 1);
    }
  }

  #matches(node: PatternNode, chars: readonly string[], pos: number): boolean {
    const char = chars[pos]!;
    if (node.type === 'char') return node.char === char || (this.#settings.nocase === true && node.char.toLowerCase() === char.toLowerCase());
    if (!this.#isWild(chars, pos)) return false;
    return node.type === 'any' || (node.type === 'class' && this.#class(node.source).test(char));
  }

  /** Whether a wildcard may match the character here. */
  #isWild(chars: readonly string[], pos: number): boolean {
    const char = chars[pos];
    if (char === '/') return !this.#settings.pathname;
    if (char !== '.' || !this.#settings.period) return true;
    return !(pos === 0 || (this.#settings.pathname && chars[pos - 1] === '/'));
  }

  #class(source: string): RegExp {
    let pattern = this.#classes.get(source);
    if (pattern === undefined) {
      pattern = new RegExp(`^${source}$`, this.#settings.nocase ? 'ui' : 'u');
      this.#classes.set(source, pattern);
    }
    return pattern;
  }

  #spread(chars: readonly string[], from: readonly number[]): number[] {
    const out: number[] = [];
    let next = 0;
    for (const start of from) {
      if (start < next) continue;
      let pos = start;
      out.push(pos);
      while (pos < chars.length && this.#isWild(chars, pos)) out.push(++pos);
      next = pos + 1;
    }
    return out;
  }

  #group(operator: string, alternatives: readonly (readonly PatternNode[])[], chars: readonly string[], from: readonly number[]): readonly number[] {
    if (operator === '!') return this.#negation(alternatives, chars, from);
    const once = this.#union(alternatives, chars, from);
    if (operator === '@') return once;
    if (operator === '?') return sorted(new Set([...from, ...once]));
    const reached = new Set(operator === '*' ? [...from, ...once] : once);
    let frontier = once;
    while (frontier.length > 0) {
      frontier = this.#union(alternatives, chars, frontier).filter((pos) => !reached.has(pos));
      for (const pos of frontier) reached.add(pos);
    }
    return sorted(reached);
  }

  #union(alternatives: readonly (readonly PatternNode[])[], chars: readonly string[], from: readonly number[]): readonly number[] {
    if (alternatives.length === 1) return this.#run(alternatives[0]!, chars, from);
    const out = new Set<number>();
    for (const nodes of alternatives) for (const pos of this.#run(nodes, chars, from)) out.add(pos);
    return sorted(out);
  }

  #negation(alternatives: readonly (readonly PatternNode[])[], chars: readonly string[], from: readonly number[]): readonly number[] {
    const out = new Set<number>();
    for (const start of from) {
      // Where a dot is not for wildcards, it is not for what the group does not name either.
      if (this.#settings.period === true && start === 0 && chars[0] === '.') continue;
      const excluded = new Set(this.#union(alternatives, chars, [start]));
      for (const pos of this.#spread(chars, [start])) if (!excluded.has(pos)) out.add(pos);
    }
    return sorted(out);
  }
}

function sorted(positions: ReadonlySet<number>): number[] {
  return [...positions].sort((a, b) => a - b);
}
