// What is open at the end of the lines of a command that is not complete: quotes, substitutions, here-documents, and its last tokens.

/** After these no semicolon may follow. */
const NO_SEMICOLON: ReadonlySet<string> = new Set(['\n', '{', '(', ')', ';', '&', '|', 'case', 'do', 'else', 'if', ';;', ';&', ';;&', 'then', 'until', 'while', '&&', '||', 'in']);
const OPERATORS = [';;&', '&&', '||', ';;', ';&', '|&', ';', '&', '|', '(', ')', '\n'];

interface Document {
  readonly delimiter: string;
  readonly stripTabs: boolean;
}

export class OpenState {
  /** The innermost quote, `$(`, `${` or backquote that is open, by the character that ends it; '' when none is. */
  delimiter = '';
  /** The next line is one of a here-document. */
  inDocument = false;
  endsWithComment = false;
  readonly tokens: string[] = [];

  /** What bash puts between the command so far and its next line when both become one line of history. */
  joint(next: string): string {
    if (this.delimiter !== '' || this.inDocument) return '\n';
    const [ago = '', before = ''] = this.tokens.slice(-3, -1);
    const isWord = before !== '' && !OPERATORS.includes(before);
    const inCase = this.tokens.lastIndexOf('case') > this.tokens.lastIndexOf('esac');
    if (before === ')') return ago === '(' || inCase ? ' ' : '; ';
    if (isWord && ago === 'function') return ' ';
    if (next.includes('<<')) return '\n';
    if (isWord && ago === 'for') return /^[ \t]*in/.test(next) ? ' ' : ';';
    if (isWord && ago === 'case') return ' ';
    if (NO_SEMICOLON.has(before)) return ' ';
    return next.trim() === '' ? '' : '; ';
  }
}

class Scanner {
  readonly #text: string;
  readonly #state = new OpenState();
  /** What ends each quote or substitution that is open, outermost first. */
  readonly #closers: string[] = [];
  #documents: Document[] = [];
  #at = 0;
  #word = '';

  constructor(text: string) {
    this.#text = text;
  }

  scan(): OpenState {
    while (this.#at < this.#text.length && !this.#state.inDocument) this.#step();
    this.#endWord();
    this.#state.delimiter = this.#closers.at(-1) ?? '';
    return this.#state;
  }

  #step(): void {
    const text = this.#text;
    const at = this.#at++;
    const char = text[at]!;
    const closer = this.#closers.at(-1);
    if (closer === "'") {
      if (char === "'") this.#close();
      return;
    }
    if (char === '\\') {
      this.#word += char + (text[this.#at] ?? '');
      this.#at++;
      return;
    }
    if (char === closer) return this.#close();
    if (char === '$' && (text[at + 1] === '(' || text[at + 1] === '{')) return this.#open(text[at + 1] === '(' ? ')' : '}', 2);
    if (char === '`') return this.#open('`', 1);
    if (char === '"') return this.#open('"', 1);
    if (closer === '"') return;
    if (char === "'") return this.#open("'", 1);
    if (closer === '}') return;
    if ((char === '<' || char === '>') && text[at + 1] === '(') return this.#open(')', 2);
    if (char === '(' && closer === ')') return this.#open(')', 1);
    if (char === '#' && this.#word === '' && (at === 0 || /[\s;&|()]/.test(text[at - 1]!))) return this.#comment(at);
    if (text.startsWith('<<', at) && text[at + 2] !== '<' && text[at - 1] !== '<') this.#document(at);
    if (char === '\n') return this.#newline();
    const operator = OPERATORS.find((each) => text.startsWith(each, at));
    if (operator !== undefined) {
      this.#token(operator);
      this.#at = at + operator.length;
    } else if (char === ' ' || char === '\t') {
      this.#endWord();
    } else {
      this.#word += char;
    }
  }

  #open(closer: string, length: number): void {
    this.#word += 'x';
    this.#closers.push(closer);
    this.#at += length - 1;
  }

  #close(): void {
    this.#closers.pop();
  }

  #comment(at: number): void {
    const end = this.#text.indexOf('\n', at);
    this.#at = end < 0 ? this.#text.length : end;
    this.#state.endsWithComment = true;
  }

  #document(at: number): void {
    const match = /^<<(-?)[ \t]*((?:\\.|'[^']*'|"[^"]*"|[^\s;&|()<>\\'"])+)/.exec(this.#text.slice(at));
    if (match) this.#documents.push({ stripTabs: match[1] === '-', delimiter: match[2]!.replace(/\\(.)|['"]/g, '$1') });
  }

  /** The lines of here-documents follow the line that names them. */
  #newline(): void {
    this.#token('\n');
    for (const { delimiter, stripTabs } of this.#documents.splice(0)) {
      for (;;) {
        if (this.#at >= this.#text.length) {
          this.#state.inDocument = true;
          return;
        }
        const end = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#text.length : end + 1;
        if ((stripTabs ? line.replace(/^\t+/, '') : line) === delimiter) break;
      }
    }
  }

  #endWord(): void {
    if (this.#word !== '' && this.#closers.length === 0) this.#state.tokens.push(this.#word);
    this.#word = '';
  }

  #token(token: string): void {
    this.#endWord();
    if (this.#closers.length === 0) this.#state.tokens.push(token);
  }
}

/** Scans the lines of a command so far. */
export function openState(text: string): OpenState {
  return new Scanner(text).scan();
}
