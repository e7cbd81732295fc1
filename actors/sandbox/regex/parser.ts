// Parses POSIX basic and extended regular expressions with GNU's extensions into a tree.
import { parseBracket } from './bracket.js';
import { literalSource, type RegexNode, type RegexOptions, RegexSyntaxError } from './nodes.js';

/** RE_DUP_MAX as glibc has it. */
const REPEATS_MAX = 32767;
/** Groups within groups: what comes behind walks them by calling itself. */
const DEPTH_MAX = 1000;
const TEXT_START = '(?<![^])';
const TEXT_END = '(?![^])';
const SHORTHAND: Readonly<Record<string, string>> = { w: '[A-Za-z0-9_]', W: '[^A-Za-z0-9_]', s: '[ \\t-\\r]', S: '[^ \\t-\\r]' };
const ASSERTIONS: Readonly<Record<string, string>> = {
  b: '\\b', B: '\\B', '<': '\\b(?=\\w)', '>': '\\b(?<=\\w)', '`': TEXT_START, "'": TEXT_END,
};

/** What an operator at a position is, whatever the dialect spells it like. */
type Token = { type: 'open' | 'close' | 'or' | 'brace' | 'star' | 'plus' | 'question'; length: number };

export interface ParsedRegex {
  node: RegexNode;
  groups: number;
  hasBackReference: boolean;
}

/** Throws RegexSyntaxError in glibc's words. */
export function parseRegex(pattern: string, options: RegexOptions): ParsedRegex {
  const parser = new Parser(pattern, options);
  const node = parser.choice(0);
  return { node, groups: parser.groups, hasBackReference: parser.hasBackReference };
}

class Parser {
  readonly #characters: string[];
  readonly #options: RegexOptions;
  #at = 0;
  groups = 0;
  hasBackReference = false;
  readonly #closed = new Set<number>();

  constructor(pattern: string, options: RegexOptions) {
    this.#characters = [...pattern];
    this.#options = options;
  }

  #token(at = this.#at): Token | undefined {
    const character = this.#characters[at];
    const plain = this.#options.extended;
    if (character === '*') return { type: 'star', length: 1 };
    if (plain && character !== '\\') {
      const type = ({ '(': 'open', ')': 'close', '|': 'or', '{': 'brace', '+': 'plus', '?': 'question' } as const)[character ?? ''];
      return type && { type, length: 1 };
    }
    if (plain || character !== '\\') return undefined;
    const escaped = this.#characters[at + 1] ?? '';
    const type = ({ '(': 'open', ')': 'close', '|': 'or', '{': 'brace', '+': 'plus', '?': 'question' } as const)[escaped];
    return type && { type, length: 2 };
  }

  choice(depth: number): RegexNode {
    const branches = [this.#sequence(depth)];
    for (let token = this.#token(); token?.type === 'or'; token = this.#token()) {
      this.#at += token.length;
      branches.push(this.#sequence(depth));
    }
    return branches.length === 1 ? branches[0]! : { kind: 'choice', branches };
  }

  #sequence(depth: number): RegexNode {
    const items: RegexNode[] = [];
    let isStart = true;
    while (this.#at < this.#characters.length) {
      const token = this.#token();
      if (token?.type === 'or') break;
      if (token?.type === 'close') {
        if (depth > 0) break;
        if (this.#options.lenient !== true || !this.#options.extended) throw new RegexSyntaxError('Unmatched ) or \\)');
      }
      const atom = this.#atom(token, isStart, depth);
      if (atom === undefined) continue;
      isStart = !this.#options.extended && atom.kind === 'assertion' && isStart;
      items.push(isStart ? atom : this.#repeated(atom));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  /** One atom; undefined where a lenient dialect drops a repetition that has nothing to repeat. */
  #atom(token: Token | undefined, isStart: boolean, depth: number): RegexNode | undefined {
    const character = this.#characters[this.#at]!;
    if (token?.type === 'open') return this.#group(token, depth);
    if (token && token.type !== 'close') return this.#danglingRepeat(token, isStart);
    if (character === '\\') return this.#escape();
    if (character === '[') {
      const { node, next } = parseBracket(this.#characters, this.#at, this.#options);
      this.#at = next;
      return this.#bounded(node.source, node);
    }
    this.#at++;
    if (character === '.') return { kind: 'character', source: this.#options.lineBound === true || this.#options.multiline === true ? '[^\\n]' : '[^]' };
    if (character === '^' && (this.#options.extended || isStart)) {
      return { kind: 'assertion', source: this.#options.multiline === true ? '(?<![^\\n])' : TEXT_START };
    }
    if (character === '$' && (this.#options.extended || this.#isAtEnd())) {
      return { kind: 'assertion', source: this.#options.multiline === true ? '(?![^\\n])' : TEXT_END };
    }
    return literal(character);
  }

  /** In a BRE `$` is an anchor only where the expression or a group ends. */
  #isAtEnd(): boolean {
    const next = this.#token()?.type;
    return this.#at >= this.#characters.length || next === 'close' || next === 'or';
  }

  #danglingRepeat(token: Token, isStart: boolean): RegexNode | undefined {
    const character = this.#characters[this.#at + token.length - 1]!;
    if (!this.#options.extended && isStart && token.type !== 'brace') {
      this.#at += token.length;
      return literal(character);
    }
    if (this.#options.lenient !== true || !this.#options.extended) throw new RegexSyntaxError('Invalid preceding regular expression');
    this.#at += token.length;
    // GNU's egrep takes a leading `*` for nothing at all, and a leading `{` for itself unless it is an interval.
    if (token.type !== 'brace') return undefined;
    const interval = /^(\d*)(,?)(\d*)\}/.exec(this.#characters.slice(this.#at).join(''));
    if (interval === null || (interval[1] === '' && interval[2] === '')) return literal(character);
    this.#at += interval[0].length;
    return undefined;
  }

  #group(token: Token, depth: number): RegexNode {
    if (depth >= DEPTH_MAX) throw new RegexSyntaxError('stack overflow');
    this.#at += token.length;
    const group = ++this.groups;
    const body = this.choice(depth + 1);
    const close = this.#token();
    if (close?.type !== 'close') throw new RegexSyntaxError('Unmatched ( or \\(');
    this.#at += close.length;
    this.#closed.add(group);
    return { kind: 'group', group, body };
  }

  #escape(): RegexNode {
    const escaped = this.#characters[this.#at + 1];
    if (escaped === undefined) throw new RegexSyntaxError('Trailing backslash');
    this.#at += 2;
    if (escaped >= '1' && escaped <= '9') {
      const group = Number(escaped);
      if (!this.#closed.has(group)) throw new RegexSyntaxError('Invalid back reference');
      this.hasBackReference = true;
      return { kind: 'back-reference', group };
    }
    const set = SHORTHAND[escaped];
    if (set !== undefined) return this.#bounded(set, { kind: 'character', source: set });
    const assertion = ASSERTIONS[escaped];
    return assertion === undefined ? literal(escaped) : { kind: 'assertion', source: assertion };
  }

  /** Keeps a set from matching a line break where lines are searched many at a time. */
  #bounded(source: string, node: RegexNode): RegexNode {
    if (this.#options.lineBound !== true || !new RegExp(`^${source}$`, 'u').test('\n')) return node;
    return { kind: 'character', source: `(?:(?!\\n)${source})` };
  }

  #repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (let token = this.#token(); token; token = this.#token()) {
      const range = this.#range(token);
      if (range === undefined) break;
      // `^*` in an ERE: there is nothing to repeat.
      if (atom.kind === 'assertion' && this.#options.lenient !== true && atom.source.startsWith('(?<!')) {
        throw new RegexSyntaxError('Invalid preceding regular expression');
      }
      const [min, max] = range;
      // Repeating what already repeats without bound is the same, and would only give the matcher room to go astray.
      if (node.kind === 'repeat' && node.max === Infinity && node.min <= 1 && max === Infinity && min <= 1) node = { ...node, min: Math.min(min, node.min) };
      else node = { kind: 'repeat', min, max, body: node };
    }
    return node;
  }

  #range(token: Token): readonly [number, number] | undefined {
    if (token.type === 'brace') return this.#interval(token);
    const range = ({ star: [0, Infinity], plus: [1, Infinity], question: [0, 1] } as Partial<Record<Token['type'], readonly [number, number]>>)[token.type];
    if (range) this.#at += token.length;
    return range;
  }

  #interval(token: Token): readonly [number, number] | undefined {
    const { extended, lenient } = this.#options;
    const rest = this.#characters.slice(this.#at + token.length, this.#at + token.length + 16).join('');
    const match = (extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/).exec(rest);
    if (match === null || (match[1] === '' && match[2] === '')) {
      if (extended && lenient === true && !/^(?:\}|\d*,\d*,)/.test(rest)) return undefined;
      if (extended && lenient === true) throw new RegexSyntaxError('Invalid content of \\{\\}');
      throw new RegexSyntaxError(extended || /^\d*,?\d*$/.test(rest) ? 'Unmatched \\{' : 'Invalid content of \\{\\}');
    }
    const min = Number(match[1]);
    const max = match[2] === '' ? min : match[3] === '' ? Infinity : Number(match[3]);
    if (max < min) throw new RegexSyntaxError('Invalid content of \\{\\}');
    if (min > REPEATS_MAX || (max !== Infinity && max > REPEATS_MAX)) throw new RegexSyntaxError('Regular expression too big');
    this.#at += token.length + match[0].length;
    return [min, max];
  }
}

function literal(character: string): RegexNode {
  return { kind: 'character', source: literalSource(character), literal: character };
}
