// The text of a function as `declare -f` and `type` lay it out: bash's own indentation and line breaks.
import { assignmentText, redirectText, testText, wordText } from './command-text.js';
import type { Case, Command, List } from './syntax/ast.js';

const STEP = 4;

/** `name ()` and its body between braces on lines of their own. */
export function functionText(name: string, body: Command): string {
  const printer = new Printer();
  printer.definition(`${name} () \n`, body);
  return printer.out;
}

/** `() {  …` as in the environment: the same lines, each set in by one blank. */
export function environmentText(body: Command): string {
  const printer = new Printer(true);
  printer.definition('() ', body);
  return printer.out;
}

class Printer {
  out = '';
  readonly #isFlat: boolean;
  #indentation = 0;
  /** The next command goes on with the line that has begun. */
  #goesOn = false;
  /** Here-documents whose operators are printed and whose text is not. */
  #documents = '';
  /** A here-document was the last: the next semicolon is left out, and a line of its own is left empty, as bash does. */
  #wasDocument = false;

  constructor(isFlat = false) {
    this.#isFlat = isFlat;
  }

  get #margin(): string {
    return ' '.repeat(this.#isFlat ? Math.min(this.#indentation, 1) : this.#indentation);
  }

  definition(head: string, body: Command): void {
    this.out += `${head}${this.#margin}{ ${this.#isFlat && this.#indentation === 0 ? '' : '\n'}`;
    this.#within(() => this.#command(body.type === 'group' ? body.body : body));
    this.#newline('}');
    if (body.type === 'group' && body.redirects.length > 0) this.out += ` ${body.redirects.map(redirectText).join(' ')}`;
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
    this.#bare(command);
    if (command.redirects.length > 0) this.out += `${/[ \n]$/.test(this.out) ? '' : ' '}${command.redirects.map(redirectText).join(' ')}`;
    for (const { document, target } of command.redirects) if (document !== undefined) this.#documents += `${document.source}${target.source.replace(/["'\\]/g, '')}\n`;
  }

  /** A command on the line that has begun. */
  #inline(command: Command): void {
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
        this.out += this.#wasDocument ? '\n' : ';\n';
        this.#wasDocument = false;
      }
    });
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
        this.out += [...command.assignments.map(assignmentText), ...command.words.map(wordText)].join(' ');
        break;
      case 'pipeline': {
        this.out += `${command.timed === undefined ? '' : command.timed === 'posix' ? 'time -p ' : 'time '}${command.negated ? '! ' : ''}`;
        command.commands.forEach((each, i) => {
          this.#inline(each);
          if (i < command.commands.length - 1) this.out += ' | ';
        });
        break;
      }
      case 'and-or':
        this.#inline(command.first);
        for (const { operator, command: next } of command.rest) {
          this.#flush();
          this.out += ` ${operator} `;
          this.#inline(next);
        }
        break;
      case 'subshell':
        this.out += '( ';
        this.#inline(command.body);
        this.#flush();
        this.out += ' )';
        break;
      case 'group':
        this.out += '{ \n';
        this.#within(() => this.#list(command.body));
        this.#newline('}');
        break;
      case 'if':
        this.#if(command.arms, command.otherwise);
        break;
      case 'while':
        this.out += command.until ? 'until ' : 'while ';
        this.#inline(command.test);
        this.#flush();
        this.#semicolon();
        this.out += ' do\n';
        this.#body(command.body, 'done');
        break;
      case 'for':
      case 'select':
        this.out += `${command.type} ${command.name} in ${command.words === undefined ? '"$@"' : command.words.map(wordText).join(' ')};`;
        this.#loop(command.body);
        break;
      case 'arithmetic-for':
        this.out += `for ((${[command.start, command.test, command.step].map((part) => part?.source.trimStart() || '1').join('; ')}))`;
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
        this.#inline(command.command);
        break;
      default:
        this.out += `[[ ${testText(command.test)} ]]`;
    }
  }

  /** bash keeps `elif` as an `if` within `else`. */
  #if([arm, ...rest]: readonly { test: List; body: List }[], otherwise: List | undefined): void {
    this.out += 'if ';
    this.#inline(arm!.test);
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
    this.out += `case ${wordText(word)} in `;
    this.#indentation += STEP;
    for (const { patterns, body, end } of clauses) {
      this.#newline('');
      this.out += `${patterns.map(({ source }) => source).join(' | ')})\n`;
      this.#within(() => this.#list(body));
      if (body.items.length === 0) this.out += '\n';
      this.#newline(end);
    }
    this.#indentation -= STEP;
    this.#newline('esac');
  }
}
