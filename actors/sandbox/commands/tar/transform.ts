// tar's --transform: sed-like expressions that rename members, and the targets of their links.
import { type CompiledRegex, compileRegex, RegexSyntaxError } from '../../regex/posix-regex.js';
import { UsageError } from '../../programs/stdio.js';
import type { Substitution } from '../sed/script.js';
import { substitute } from '../sed/substitute.js';
import { delimited, parseReplacement, regexText } from '../sed/text.js';

/** What a name stands for: a member, or what a symbolic (`s`) or hard (`h`) link leads to. */
export type NameKind = 'r' | 's' | 'h';

interface Step {
  readonly regex: CompiledRegex;
  readonly substitution: Substitution;
  readonly kinds: ReadonlySet<string>;
}

const HINT = "\nTry 'tar --help' or 'tar --usage' for more information.";

function invalid(why = ''): never {
  throw new UsageError(`Invalid transform expression${why}${HINT}`, 2);
}

/** `s/regex/replacement/flags`, more after a `;`, and `flags=` for those to come (https://www.gnu.org/software/tar/manual/html_section/transform.html). */
export class Transform {
  readonly #steps: Step[] = [];
  readonly #kinds = new Set(['r', 's', 'h']);

  /** Throws UsageError in GNU tar's words. */
  add(text: string): void {
    for (let at = 0; at < text.length; ) {
      at = text.startsWith('flags=', at) ? this.#defaults(text, at + 6) : this.#step(text, at);
      if (text[at] === ';') at++;
    }
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  /** The new name; the slash that a folder's ends with is not part of what is matched. */
  apply(name: string, kind: NameKind): string {
    if (this.isEmpty) return name;
    const slash = /[^/]\/+$/.test(name) ? '/' : '';
    let text = slash === '' ? name : name.replace(/\/+$/, '');
    for (const { regex, substitution, kinds } of this.#steps) if (kinds.has(kind)) text = substitute(text, regex, substitution) ?? text;
    return text + (text === '' ? '' : slash);
  }

  #defaults(text: string, from: number): number {
    this.#kinds.clear();
    let at = from;
    for (; at < text.length && text[at] !== ';'; at++) if (!setKind(this.#kinds, text[at]!)) throw new UsageError(`Unknown transform flag: ${text[at]!}${HINT}`, 2);
    return at;
  }

  #step(text: string, from: number): number {
    const delimiter = text[from + 1];
    if (text[from] !== 's' || delimiter === undefined) invalid();
    const pattern = delimited(text, from + 2, delimiter, true) ?? invalid();
    const replacement = delimited(text, pattern.end, delimiter, false) ?? invalid();
    const substitution: Substitution = { regex: undefined, parts: parseReplacement(replacement.piece), plain: undefined, global: false, nth: 1, print: undefined, evaluate: false, file: undefined };
    const kinds = new Set(this.#kinds);
    const options = { extended: false, ignoreCase: false };
    let at = replacement.end;
    for (; at < text.length && text[at] !== ';'; at++) {
      const flag = text[at]!;
      const number = /^\d+/.exec(text.slice(at));
      if (number) {
        substitution.nth = Math.max(1, Number(number[0]));
        at += number[0].length - 1;
      } else if (flag === 'g') substitution.global = true;
      else if (flag === 'i') options.ignoreCase = true;
      else if (flag === 'x') options.extended = true;
      else if (!setKind(kinds, flag)) throw new UsageError(`Unknown flag in transform expression: ${flag}${HINT}`, 2);
    }
    this.#steps.push({ regex: compiled(regexText(pattern.piece), options, substitution), substitution, kinds });
    return at;
  }
}

/** A lower-case letter switches a kind on, a capital off; false for any other letter. */
function setKind(kinds: Set<string>, flag: string): boolean {
  const kind = flag.toLowerCase();
  if (!'rsh'.includes(kind)) return false;
  if (flag === kind) kinds.add(kind);
  else kinds.delete(kind);
  return true;
}

function compiled(pattern: string, options: { extended: boolean; ignoreCase: boolean }, { parts }: Substitution): CompiledRegex {
  try {
    const regex = compileRegex(pattern, options);
    if (parts.some((part) => part.kind === 'group' && part.group > regex.groups)) throw new UsageError(`Invalid transform replacement: back reference out of range${HINT}`, 2);
    return regex;
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    return invalid(`: ${error.message}`);
  }
}
