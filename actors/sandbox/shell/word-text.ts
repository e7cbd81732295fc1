// The text of what commands are made of, as bash prints it: words, assignments, redirections, conditions.
import type { ArrayElement, Assignment, CommandSubstitution, List, Parameter, ProcessSubstitution, Redirect, Test, Word, WordPart } from './syntax/ast.js';
import { withPlainQuotes } from './syntax/plain-quotes.js';

type Substitution = CommandSubstitution | ProcessSubstitution;

/** `printList` lays out the commands of substitutions, which bash has read and printed anew by the time it shows a word. */
export class WordText {
  readonly #printList: (list: List) => string;

  constructor(printList: (list: List) => string) {
    this.#printList = printList;
  }

  word({ parts, source }: Word): string {
    return this.#substituted(parts, source);
  }

  words(words: readonly Word[]): string {
    return words.map((word) => this.word(word)).join(' ');
  }

  /** `name=value`; a list is written anew from its elements. */
  assignment(assignment: Assignment): string {
    const { value, source, array } = assignment;
    if (array !== undefined) return `${assignmentHead(assignment)}(${array.map((element) => this.#element(element)).join(' ')})`;
    return value === undefined ? source : this.#substituted(value.parts, source);
  }

  #element({ whole, index, append, value }: ArrayElement): string {
    if (whole !== undefined) return this.word(whole);
    return `${index === undefined ? '' : `[${index.word.source}]${append ? '+' : ''}=`}${this.word(value)}`;
  }

  /** A blank before file names; the descriptor before `&`, but for a word that only running tells, where it is the usual one. */
  redirect({ variable, fd, operator, target }: Redirect): string {
    const standard = operator.startsWith('<') ? 0 : 1;
    const text = this.word(target);
    if (operator !== '>&' && operator !== '<&') {
      const shown = operator === '<>' ? fd ?? standard : fd === standard ? undefined : fd;
      const left = variable === undefined ? shown ?? '' : `{${variable}}`;
      return `${left}${operator}${operator === '<<' || operator === '<<-' ? '' : ' '}${text}`;
    }
    const left = variable === undefined ? String(fd ?? standard) : `{${variable}}`;
    if (text === '-') return `${left}>&-`;
    const isWord = !/^\d+-?$/.test(text);
    return `${isWord && variable === undefined && (fd ?? standard) === standard ? '' : left}${operator}${text}`;
  }

  redirects(redirects: readonly Redirect[]): string {
    return redirects.map((redirect) => this.redirect(redirect)).join(' ');
  }

  test(test: Test): string {
    switch (test.type) {
      case 'word':
        return `-n ${this.word(test.word)}`;
      case 'unary':
        return `${test.operator} ${this.word(test.operand)}`;
      case 'binary':
        return `${this.word(test.left)} ${test.operator} ${this.word(test.right)}`;
      case 'not':
        return `! ${this.test(test.operand)}`;
      case 'group':
        return `( ${this.test(test.operand)} )`;
      default:
        return `${this.test(test.left)} ${test.type === 'and' ? '&&' : '||'} ${this.test(test.right)}`;
    }
  }

  #substituted(parts: readonly WordPart[], source: string): string {
    let text = source;
    let from = 0;
    for (const part of substitutions(parts)) {
      const opening = part.type === 'process' ? `${part.direction}(` : '$(';
      for (const written of [part.source!, withPlainQuotes(part.source!)]) {
        const at = text.indexOf(`${opening}${written})`, from);
        if (at < 0) continue;
        const inner = this.#printList(part.script);
        // A blank keeps `$( (a) )` from becoming arithmetic.
        const printed = `${opening}${inner.startsWith('(') ? ' ' : ''}${inner})`;
        text = text.slice(0, at) + printed + text.slice(at + opening.length + written.length + 1);
        from = at + printed.length;
        break;
      }
    }
    return text;
  }
}

/** All that stands before a value: `name[1]+=`. */
export function assignmentHead({ name, index, append }: Assignment): string {
  return `${name}${index ? `[${index.word.source}]` : ''}${append ? '+' : ''}=`;
}

/** The substitutions within a word in their order, but for those of backquotes, which stay as they are written. */
function* substitutions(parts: readonly WordPart[]): Generator<Substitution> {
  for (const part of parts) {
    switch (part.type) {
      case 'command':
      case 'process':
        if (part.source !== undefined) yield part;
        break;
      case 'double':
        yield* substitutions(part.parts);
        break;
      case 'arithmetic':
        yield* substitutions(part.text.parts);
        break;
      case 'parameter':
        for (const inner of operands(part)) yield* substitutions(inner.parts);
        break;
      default:
    }
  }
}

function* operands({ index, operation }: Parameter): Generator<{ readonly parts: readonly WordPart[] }> {
  if (index) yield index.word;
  if (operation === undefined) return;
  if ('word' in operation) yield operation.word;
  if ('pattern' in operation && operation.pattern) yield operation.pattern;
  if ('replacement' in operation && operation.replacement) yield operation.replacement;
  if ('offset' in operation) yield operation.offset;
  if ('length' in operation && operation.length) yield operation.length;
}
