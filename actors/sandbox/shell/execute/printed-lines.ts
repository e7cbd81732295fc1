// The lines of the commands of a substitution: bash counts those of the text that it prints of them, from where the command around stands.
import type { Command, FunctionDefinition, If, List, Redirect, SimpleCommand } from '../syntax/ast.js';

const placed = new WeakMap<List, { readonly line: number; readonly list: List }>();

/** The commands of a substitution where `line` is the line of the command that it is in. Those of backquotes are not printed, only moved. */
export function printedAt({ script, backquote, line: written }: { script: List; backquote?: boolean; line: number }, line: number): List {
  const known = placed.get(script);
  if (known?.line === line) return known.list;
  const list = new Printed(line, backquote === true ? line - written : undefined).list(script);
  placed.set(script, { line, list });
  return list;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) if (text[at - 1] !== '\\') count++;
  return count;
}

/** The last line on which a part of a command begins. */
export function lastLine(command: Command): number {
  return Math.max(command.line, ...parts(command).map(lastLine));
}

function parts(command: Command): readonly Command[] {
  switch (command.type) {
    case 'list':
      return command.items.map((item) => item.command);
    case 'pipeline':
      return command.commands;
    case 'and-or':
      return [command.first, ...command.rest.map((each) => each.command)];
    case 'if':
      return [...command.arms.flatMap(({ test, body }) => [test, body]), ...(command.otherwise ? [command.otherwise] : [])];
    case 'while':
      return [command.test, command.body];
    case 'case':
      return command.clauses.map(({ body }) => body);
    case 'coproc':
      return [command.command];
    case 'simple':
    case 'arithmetic':
    case 'conditional':
      return [];
    default:
      return [command.body];
  }
}

/** Walks commands in the order in which they are printed, and copies them with the lines that they come to stand on. */
class Printed {
  #line: number;
  #functions = 0;
  /** By how much lines are moved where nothing is printed. */
  readonly #distance: number | undefined;

  constructor(line: number, distance: number | undefined) {
    this.#line = line;
    this.#distance = distance;
  }

  #lineOf(command: Command): number {
    return this.#distance === undefined ? this.#line : command.line + this.#distance;
  }

  list(list: List): List {
    const line = this.#lineOf(list);
    const items = list.items.map((item, i) => {
      const before = list.items[i - 1];
      if (before) this.#down(this.#between(before.command, item.command));
      return { ...item, command: this.#command(item.command) };
    });
    return { ...list, line, items };
  }

  /** Newlines between commands stay; within functions each separator is one more. */
  #between(before: Command, after: Command): number {
    const isApart = lastLine(before) < after.line || before.redirects.some(({ document }) => document !== undefined);
    return (isApart ? 1 : 0) + (this.#functions > 0 ? 1 : 0);
  }

  #down(lines: number): void {
    this.#line += lines;
  }

  #command(command: Command): Command {
    const placed = this.#bare(command);
    for (const redirect of command.redirects) this.#down(documentLines(redirect));
    return placed;
  }

  #bare(command: Command): Command {
    const line = this.#lineOf(command);
    switch (command.type) {
      case 'simple':
        return this.#simple(command);
      case 'list':
        return this.list(command);
      case 'pipeline':
        return { ...command, line, commands: command.commands.map((each) => this.#command(each)) };
      case 'and-or':
        return { ...command, line, first: this.#command(command.first), rest: command.rest.map((each) => ({ ...each, command: this.#command(each.command) })) };
      case 'group':
        return { ...command, line, body: this.#within(this.#functions > 0 ? 1 : 0, command.body, this.#functions > 0 ? 1 : 0) };
      case 'subshell': {
        const body = this.list(command.body);
        return { ...command, line, body, closingLine: this.#distance === undefined ? this.#line : command.closingLine + this.#distance };
      }
      case 'if':
        return this.#if(command);
      case 'while':
        return { ...command, line, test: this.list(command.test), body: this.#within(1, command.body, 1) };
      case 'for':
      case 'select':
      case 'arithmetic-for':
        return { ...command, line, body: this.#within(2, command.body, 1) };
      case 'case': {
        const clauses = command.clauses.map((clause) => ({ ...clause, body: this.#within(2, clause.body, 1) }));
        this.#down(1);
        return { ...command, line, clauses };
      }
      case 'function':
        return this.#function(command);
      case 'coproc':
        return { ...command, line, command: this.#command(command.command) };
      default:
        return { ...command, line };
    }
  }

  /** A body between lines of its own. */
  #within(before: number, body: List, after: number): List {
    this.#down(before);
    const list = this.list(body);
    this.#down(after);
    return list;
  }

  /** As bash has read a command once it has its second word, the lines within the first two count for it. */
  #simple(command: SimpleCommand): SimpleCommand {
    const { assignments, words } = command;
    const begins = [...assignments, ...words].slice(0, assignments.length > 0 ? 1 : 2);
    const line = this.#distance === undefined ? this.#line + begins.reduce((sum, { source }) => sum + newlines(source), 0) : this.#lineOf(command);
    for (const { source } of [...assignments, ...words]) this.#down(newlines(source));
    return { ...command, line };
  }

  #if(command: If): If {
    const line = this.#lineOf(command);
    const arms = command.arms.map(({ test, body }, i) => {
      if (i > 0) this.#down(1);
      return { test: this.list(test), body: this.#within(1, body, 1) };
    });
    const otherwise = command.otherwise && this.#within(1, command.otherwise, 1);
    // Each elif is an if of its own within an else.
    this.#down(arms.length - 1);
    return { ...command, line, arms, otherwise };
  }

  #function(command: FunctionDefinition): FunctionDefinition {
    const line = this.#lineOf(command);
    this.#down(2);
    this.#functions++;
    const { body } = command;
    const placed = body.type === 'group' ? { ...body, line: this.#lineOf(body), body: this.list(body.body) } : this.#command(body);
    this.#functions--;
    this.#down(1);
    return { ...command, line, body: placed };
  }
}

function documentLines({ document, target }: Redirect): number {
  if (document) return newlines(document.source) + 1;
  return newlines(target.source);
}
