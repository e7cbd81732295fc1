// The text of commands in bash's own indentation and line breaks: for `declare -f` and `type`, job lists, BASH_COMMAND, exported functions.
import { lastLine } from './execute/printed-lines.js';
import type { Case, Command, List } from './syntax/ast.js';
import { WordText } from './word-text.js';

const STEP = 4;

/** What words and their like are printed by. */
export const wordText = new WordText(listText);

function listText(list: List): string {
  const printer = new Printer({ keepsLines: true });
  printer.inline(list);
  printer.end();
  return printer.out;
}

/** A command as job lists and BASH_COMMAND show it. Reading it gives the command back. */
export function printCommand(command: Command): string {
  const printer = new Printer();
  printer.inline(command);
  printer.end();
  return printer.out;
}

/** What BASH_COMMAND says of a command: of a loop or `case` only its head. */
export function commandHead(command: Command): string {
  switch (command.type) {
    case 'for':
    case 'select':
      return `${command.type} ${command.name} in ${command.words === undefined ? '"$@"' : wordText.words(command.words)}`;
    case 'case':
      return `case ${wordText.word(command.word)} in `;
    default:
      return printCommand(command);
  }
}

/** `name ()` and its body between braces on lines of their own. */
export function functionText(name: string, body: Command): string {
  const printer = new Printer();
  printer.definition(`${name} () \n`, body);
  return printer.out;
}

/** `() {  …` as in the environment: the same lines, each set in by one blank. */
export function environmentText(body: Command): string {
  const printer = new Printer({ isFlat: true });
  printer.definition('() ', body);
  return printer.out;
}

class Printer {
  out = '';
  readonly #isFlat: boolean;
  /** Commands on lines of their own stay so: in substitutions. */
  readonly #keepsLines: boolean;
  #indentation = 0;
  /** How many functions are being defined: in one each command has its line. */
  #functions = 0;
  /** The next command goes on with the line that has begun. */
  #goesOn = false;
  /** Here-documents whose operators are printed and whose text is not. */
  #documents = '';
  /** A here-document was the last: the next semicolon is left out, and a line of its own is left empty, as bash does. */
  #wasDocument = false;

  constructor({ isFlat = false, keepsLines = false } = {}) {
    this.#isFlat = isFlat;
    this.#keepsLines = keepsLines;
  }

  get #margin(): string {
    return ' '.repeat(this.#isFlat ? Math.min(this.#indentation, 1) : this.#indentation);
  }

  definition(head: string, body: Command): void {
    this.out += `${head}${this.#margin}{ ${this.#isFlat && this.#indentation === 0 ? '' : '\n'}`;
    this.#functions++;
    this.#within(() => this.#command(body.type === 'group' ? body.body : body));
    this.#functions--;
    this.#newline('}');
    if (body.type === 'group' && body.redirects.length > 0) this.out += ` ${wordText.redirects(body.redirects)}`;
    this.#flush();
  }

  #within(print: () => void): void {
    this.#indentation += STEP;
    print();
    this.#flush();
    this.#indentation -= STEP;
  }

  #newline(text: string): void {
    if (!this.out.endsWith('\n') || text === '' || this.#wasDocument) this.out += '\n';
    this.out += this.#margin + text;
  }

  #semicolon(): void {
    if (!/[&\n]$/.test(this.out)) this.out += ';';
  }

  #flush(): void {
    if (this.#documents === '') return;
    this.out += `\n${this.#documents}`;
    this.#documents = '';
    this.#wasDocument = true;
  }

  #command(command: Command): void {
    if (command.type === 'list') return this.#list(command);
    if (this.#goesOn) this.#goesOn = false;
    else this.out += this.#margin;
    const start = this.out.length;
    this.#bare(command);
    if (command.redirects.length > 0) this.out += `${this.out.length === start || /[ \n]$/.test(this.out) ? '' : ' '}${wordText.redirects(command.redirects)}`;
    for (const { document, target } of command.redirects) if (document !== undefined) this.#documents += `${document.source}${target.source.replace(/["'\\]/g, '')}\n`;
  }

  /** A command on the line that has begun. */
  inline(command: Command): void {
    this.#goesOn = true;
    this.#command(command);
  }

  #list({ items }: List): void {
    items.forEach(({ command, background }, i) => {
      this.#command(command);
      if (background) this.out += ' &';
      if (i === items.length - 1) return;
      if (background) {
        this.out += ' ';
        this.#goesOn = true;
      } else {
        this.#flush();
        const isApart = this.#keepsLines && lastLine(command) < items[i + 1]!.command.line;
        if (!this.#wasDocument) this.out += isApart ? '\n' : ';';
        if (this.#functions > 0) this.out += '\n';
        else if (!isApart) this.out += ' ';
        this.#goesOn = this.#functions === 0;
        this.#wasDocument = false;
      }
    });
  }

  /** Ends a text: the here-documents that it begins follow. */
  end(): void {
    this.#flush();
  }

  #group(body: List): void {
    if (this.#functions > 0) {
      this.out += '{ \n';
      this.#within(() => this.#list(body));
      this.#newline('}');
      return;
    }
    this.out += '{ ';
    this.inline(body);
    this.#flush();
    this.#semicolon();
    this.out += ' }';
  }

  /** `do`, a body and `done`. */
  #loop(body: List): void {
    this.#newline('do\n');
    this.#body(body, 'done');
  }

  #body(body: List, end: string): void {
    this.#within(() => this.#list(body));
    this.#semicolon();
    this.#newline(end);
  }

  #bare(command: Exclude<Command, List>): void {
    switch (command.type) {
      case 'simple':
        this.out += [...command.assignments.map((assignment) => wordText.assignment(assignment)), ...command.words.map((word) => wordText.word(word))].join(' ');
        break;
      case 'pipeline': {
        this.out += `${command.timed === undefined ? '' : command.timed === 'posix' ? 'time -p ' : 'time '}${command.negated ? '! ' : ''}`;
        command.commands.forEach((each, i) => {
          this.inline(each);
          if (i < command.commands.length - 1) this.out += ' | ';
        });
        break;
      }
      case 'and-or':
        this.inline(command.first);
        for (const { operator, command: next } of command.rest) {
          this.#flush();
          this.out += ` ${operator} `;
          this.inline(next);
        }
        break;
      case 'subshell':
        this.out += '( ';
        this.inline(command.body);
        this.#flush();
        this.out += ' )';
        break;
      case 'group':
        this.#group(command.body);
        break;
      case 'if':
        this.#if(command.arms, command.otherwise);
        break;
      case 'while':
        this.out += command.until ? 'until ' : 'while ';
        this.inline(command.test);
        this.#flush();
        this.#semicolon();
        this.out += ' do\n';
        this.#body(command.body, 'done');
        break;
      case 'for':
      case 'select':
        this.out += `${command.type} ${command.name} in ${command.words === undefined ? '"$@"' : wordText.words(command.words)};`;
        this.#loop(command.body);
        break;
      case 'arithmetic-for':
        this.out += `for ((${[command.start, command.test, command.step].map((part) => part?.source || '1').join('; ')}))`;
        this.#loop(command.body);
        break;
      case 'case':
        this.#case(command);
        break;
      case 'function':
        this.definition(`function ${command.name} () \n`, command.body);
        break;
      case 'arithmetic':
        this.out += `((${command.text.source}))`;
        break;
      case 'coproc':
        this.out += `coproc ${command.name} `;
        this.inline(command.command);
        break;
      default:
        this.out += `[[ ${wordText.test(command.test)} ]]`;
    }
  }

  /** bash keeps `elif` as an `if` within `else`. */
  #if([arm, ...rest]: readonly { test: List; body: List }[], otherwise: List | undefined): void {
    this.out += 'if ';
    this.inline(arm!.test);
    this.#flush();
    this.#semicolon();
    this.out += ' then\n';
    this.#within(() => this.#list(arm!.body));
    this.#semicolon();
    if (rest.length > 0 || otherwise !== undefined) {
      this.#newline('else\n');
      this.#within(() => {
        if (rest.length === 0) return this.#list(otherwise!);
        this.out += this.#margin;
        this.#if(rest, otherwise);
      });
      this.#semicolon();
    }
    this.#newline('fi');
  }

  #case({ word, clauses }: Case): void {
    this.out += `case ${wordText.word(word)} in `;
    this.#indentation += STEP;
    for (const { patterns, body, end } of clauses) {
      this.#newline('');
      this.out += `${patterns.map((pattern) => wordText.word(pattern)).join(' | ')})\n`;
      this.#within(() => this.#list(body));
      if (body.items.length === 0) this.out += '\n';
      this.#newline(end);
    }
    this.#indentation -= STEP;
    this.#newline('esac');
  }
}
