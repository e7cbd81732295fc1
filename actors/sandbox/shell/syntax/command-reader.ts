// Reads commands: lists, pipelines, simple commands, redirections; compound commands are in compound.ts.
import type { AndOr, Assignment, Command, List, ListItem, Pipeline, Redirect, RedirectOperator, SimpleCommand, Word } from './ast.js';
import { beginsCompound, readCompound, readDefinition } from './compound.js';
import { readCoprocess } from './coprocess.js';
import { documentWord } from './documents.js';
import { Lexer, type Expecting } from './lexer.js';
import type { Reader } from './reader.js';
import { plainText, type Token, tokenText } from './token.js';
import { literalText, makeWord, NO_MARKS } from './word.js';

const REDIRECTS = new Set(['<', '>', '>>', '>|', '<>', '<&', '>&', '&>', '&>>', '<<', '<<-', '<<<']);
const DECLARATIONS = new Set(['declare', 'typeset', 'local', 'readonly', 'export', 'eval', 'alias', 'let']);
/** Words that go on with or end a compound command, and so never begin a command. */
const CLOSERS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}', 'in']);
/** dash and ash take one `!`, at the beginning of a pipeline. */
const CLOSERS_POSIX = new Set([...CLOSERS, '!']);
const CLOSERS_BASH = new Set([...CLOSERS, ']]']);

const NO_REDIRECTS: readonly Redirect[] = [];

/** So many here-documents bash takes from one line. */
const DOCUMENTS_MAX = 16;

export class CommandReader {
  readonly reader: Reader;
  readonly lexer: Lexer;

  constructor(reader: Reader) {
    this.reader = reader;
    this.lexer = new Lexer(reader);
  }

  peek(expecting: Expecting = 'command'): Token {
    return this.lexer.peek(expecting);
  }

  take(): void {
    this.lexer.take();
  }

  isOperator(text: string, expecting: Expecting = 'command'): boolean {
    const token = this.peek(expecting);
    return token.kind === 'operator' && token.text === text;
  }

  /** The reserved word here, if one of the given. */
  isReserved(...words: readonly string[]): boolean {
    const text = plainText(this.peek());
    return text !== undefined && words.includes(text);
  }

  expectOperator(text: string): void {
    if (!this.isOperator(text)) this.unexpected(text);
    this.take();
  }

  expectReserved(text: string): void {
    if (!this.isReserved(text)) this.unexpected(text);
    this.take();
  }

  /** Goes back to an earlier position to read the text in another way. */
  backTo(pos: number): void {
    this.lexer.reset();
    this.reader.pos = pos;
  }

  /** Fails because of the token that comes next. */
  unexpected(expecting?: string): never {
    const token = this.peek();
    const { reader } = this;
    if (reader.features.terse) {
      const wanted = expecting === undefined ? '' : ` (expecting "${expecting}")`;
      reader.fail(`Syntax error: ${terseName(token, reader.text)} unexpected${wanted}`, token.end);
    }
    if (token.kind === 'end') reader.endedEarly();
    const text = tokenText(token, reader.text);
    return reader.fail(`syntax error near unexpected token \`${text}'`, token.kind === 'newline' ? token.start : token.end, reader.lineText(token.start));
  }

  skipNewlines(): void {
    while (this.peek().kind === 'newline') this.take();
  }

  /** Commands up to what `ends` says of the next token (not taken). Newlines separate. */
  list(ends: () => boolean, mayBeEmpty = false, expecting?: string): List {
    this.skipNewlines();
    const { reader } = this;
    const { line } = reader;
    const { start } = this.peek();
    const items = reader.resumeUnfinished(start);
    if (items.length > 0) {
      this.lexer.forget();
      this.skipNewlines();
    }
    while (!ends()) {
      if (this.peek().kind === 'end' || (reader.features.terse && items.length > 0 && endsList(this.peek()))) this.unexpected(expecting);
      const command = this.andOr();
      const token = this.peek();
      const background = token.kind === 'operator' && token.text === '&';
      items.push({ command, background });
      if (token.kind === 'newline' || background || (token.kind === 'operator' && token.text === ';')) this.take();
      else break;
      if (token.kind === 'newline') reader.noteUnfinished(start, items);
      this.skipNewlines();
    }
    if (items.length === 0 && !mayBeEmpty) this.unexpected();
    if (!ends()) this.unexpected(expecting);
    return { type: 'list', items, line: items[0]?.command.line ?? line, redirects: NO_REDIRECTS };
  }

  /** The commands of one line; the newline is taken. Undefined at the end of the text. */
  line(): List | undefined {
    const first = this.peek();
    if (first.kind === 'end') return undefined;
    const items: ListItem[] = [];
    for (;;) {
      const token = this.peek();
      if (token.kind === 'newline' || token.kind === 'end') {
        this.take();
        break;
      }
      const command = this.andOr();
      const after = this.peek();
      const background = after.kind === 'operator' && after.text === '&';
      items.push({ command, background });
      if (background || (after.kind === 'operator' && after.text === ';')) this.take();
      else if (after.kind !== 'newline' && after.kind !== 'end') this.unexpected();
    }
    return { type: 'list', items, line: items[0]?.command.line ?? this.reader.line, redirects: NO_REDIRECTS };
  }

  andOr(): Command {
    const first = this.pipeline();
    const rest: AndOr['rest'][number][] = [];
    for (;;) {
      const token = this.peek();
      if (token.kind !== 'operator' || (token.text !== '&&' && token.text !== '||')) break;
      this.take();
      this.skipNewlines();
      rest.push({ operator: token.text, command: this.pipeline() });
    }
    return rest.length === 0 ? first : { type: 'and-or', first, rest, line: first.line, redirects: NO_REDIRECTS };
  }

  pipeline(): Command {
    const { line, negated, timed } = this.#pipelineWords();
    const commands: Command[] = [];
    const alone = (negated !== undefined || timed !== undefined) && this.#endsPipeline();
    if (!alone) {
      for (;;) {
        const command = this.command();
        const token = this.peek();
        const pipes = token.kind === 'operator' && (token.text === '|' || token.text === '|&');
        commands.push(pipes && token.text === '|&' ? { ...command, redirects: [...command.redirects, errorsToo(command.line)] } : command);
        if (!pipes) break;
        this.take();
        this.skipNewlines();
      }
    }
    if (negated === undefined && timed === undefined && commands.length === 1) return commands[0]!;
    return { type: 'pipeline', commands, negated: negated ?? false, timed, line, redirects: NO_REDIRECTS } satisfies Pipeline;
  }

  /** `!` and `time [-p]`, in any order and number. */
  #pipelineWords(): { line: number; negated: boolean | undefined; timed: 'bash' | 'posix' | undefined } {
    let negated: boolean | undefined;
    let timed: 'bash' | 'posix' | undefined;
    const { bash } = this.reader.features;
    const line = this.reader.lineAt(this.peek().start);
    for (;;) {
      if (this.isReserved('!') && (bash || negated === undefined)) {
        this.take();
        negated = !(negated ?? false);
      } else if (bash && this.isReserved('time')) {
        this.take();
        timed = 'bash';
        if (plainText(this.peek()) === '-p') {
          this.take();
          timed = 'posix';
        }
        if (plainText(this.peek()) === '--') this.take();
      } else return { line, negated, timed };
    }
  }

  #endsPipeline(): boolean {
    const token = this.peek();
    if (!this.reader.features.bash) return false;
    return token.kind === 'newline' || token.kind === 'end' || (token.kind === 'operator' && (token.text === ';' || token.text === '&' || token.text === ')' || token.text === '&&' || token.text === '||'));
  }

  command(): Command {
    this.reader.enter();
    const command = this.#command();
    this.reader.leave();
    return command;
  }

  #command(): Command {
    const token = this.peek();
    const reserved = plainText(token);
    if (beginsCompound(this, token)) return this.withRedirects(readCompound(this));
    if (reserved !== undefined && (this.reader.features.bash ? CLOSERS_BASH : CLOSERS_POSIX).has(reserved)) this.unexpected();
    if (reserved === 'coproc' && this.reader.features.bash) return readCoprocess(this);
    return this.simple();
  }

  /** Adds the redirections that follow a compound command. */
  withRedirects<C extends Command>(command: C): C {
    const redirects: Redirect[] = [];
    while (this.#atRedirect()) redirects.push(this.#redirect());
    return redirects.length === 0 ? command : { ...command, redirects: [...command.redirects, ...redirects] };
  }

  simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const first = this.peek();
    // dash and busybox count from where the first word ends.
    let line = this.reader.lineAt(this.reader.features.terse ? first.end : first.start);
    let expecting: Expecting = 'command';
    for (let count = 1; ; count++) {
      const token = this.peek(expecting);
      // bash makes a command when it has read its second word: texts of several lines in the first two move it down.
      if (count <= (assignments.length > 0 ? 1 : 2) && this.reader.features.bash && (token.kind === 'word' || token.kind === 'assignment')) line = this.reader.lineAt(token.end);
      if (token.kind === 'assignment') {
        this.take();
        assignments.push(token.assignment);
      } else if (token.kind === 'word') {
        this.take();
        if (token.word.assignment !== undefined && this.reader.settings.keyword?.() === true) assignments.push(token.word.assignment);
        else words.push(token.word);
        if (expecting === 'command' && assignments.length === 0 && redirects.length === 0 && this.isOperator('(', 'argument')) return readDefinition(this, token.word, line);
        if (expecting === 'command') expecting = this.#afterName(token.word);
      } else if (this.#atRedirect(expecting)) redirects.push(this.#redirect());
      else break;
    }
    if (words.length + assignments.length + redirects.length === 0) this.unexpected();
    return { type: 'simple', assignments, words, redirects, line } satisfies SimpleCommand;
  }

  /** After the command's name: may `name=(…)` follow? */
  #afterName(name: Word): Expecting {
    return this.reader.features.bash && DECLARATIONS.has(name.literal ?? '') ? 'declared' : 'argument';
  }

  #atRedirect(expecting: Expecting = 'command'): boolean {
    const token = this.peek(expecting);
    if (token.kind === 'descriptor') return true;
    return token.kind === 'operator' && REDIRECTS.has(token.text);
  }

  #redirect(): Redirect {
    const first = this.peek();
    const line = this.reader.lineAt(first.start);
    const descriptor = first.kind === 'descriptor' ? first : undefined;
    if (descriptor !== undefined) this.take();
    const operatorToken = this.peek();
    if (operatorToken.kind !== 'operator' || !REDIRECTS.has(operatorToken.text)) this.unexpected();
    const operator = operatorToken.text as RedirectOperator;
    this.take();
    const target = this.#target(this.reader.features.terse && (operator === '<<' || operator === '<<-') ? 'delimiter' : 'plain');
    const redirect = { operator, fd: descriptor?.fd, variable: descriptor?.variable, target, document: undefined as Word | undefined, line };
    if (operator === '<<' || operator === '<<-') this.#expectDocument(redirect);
    return redirect;
  }

  /** The word after an operator. In `>&3>x` the 3 is that word, although it looks like the descriptor of the next operator. */
  #target(expecting: Expecting): Word {
    const token = this.peek(expecting);
    if (token.kind === 'word') {
      this.take();
      return token.word;
    }
    if (token.kind !== 'descriptor') return this.unexpected();
    this.take();
    const text = tokenText(token, this.reader.text);
    return makeWord([{ type: 'literal', text }], text, this.reader.lineAt(token.start), NO_MARKS);
  }

  #expectDocument(redirect: { operator: RedirectOperator; target: Word; document: Word | undefined; line: number }): void {
    const { reader } = this;
    if (reader.features.bash && reader.pending.length >= DOCUMENTS_MAX) reader.fail('maximum here-document count exceeded');
    // dash and busybox: a backquote in the delimiter quotes, too.
    const quoted = redirect.target.parts.some((part) => part.type === 'quoted' || part.type === 'double') || (reader.features.terse && redirect.target.source.includes('`'));
    // `$x` and `~` in a delimiter are only text.
    const delimiter = literalText(redirect.target.parts) ?? redirect.target.source.replace(/["']/g, '');
    redirect.document = makeWord([], '', redirect.line, NO_MARKS);
    reader.pending.push({
      delimiter,
      quoted,
      stripTabs: redirect.operator === '<<-',
      line: redirect.line,
      fill: (text, line) => {
        redirect.document = documentWord(reader, text, quoted, line);
      },
    });
  }
}

/** `|&` is `2>&1 |`. */
function errorsToo(line: number): Redirect {
  return { operator: '>&', fd: 2, variable: undefined, target: makeWord([{ type: 'literal', text: '1' }], '1', line, NO_MARKS), document: undefined, line };
}

/** dash: what ends any list, whether or not it is the end that this one should have. */
function endsList(token: Token): boolean {
  if (token.kind === 'operator') return token.text === ')' || token.text === ';;';
  const word = plainText(token);
  return word !== undefined && word !== 'in' && CLOSERS.has(word);
}

/** How dash names a token: words are `word`, except that reserved words and operators are quoted. */
function terseName(token: Token, text: string): string {
  if (token.kind === 'end') return 'end of file';
  if (token.kind === 'newline') return 'newline';
  if (token.kind === 'descriptor') return 'redirection';
  if (token.kind === 'operator' && REDIRECTS.has(token.text)) return 'redirection';
  const plain = token.kind === 'operator' ? token.text : plainText(token);
  const isReserved = plain !== undefined && (token.kind === 'operator' || CLOSERS.has(plain) || /^(?:!|case|for|if|in|until|while|\{)$/.test(plain));
  return isReserved ? `"${tokenText(token, text)}"` : 'word';
}
