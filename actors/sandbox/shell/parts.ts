// What the parts of a shell are to each other: running, expansion and redirection, and what passes between them; so that files need no cycles.
import type { Process } from '../kernel/process.js';
import type { Task } from '../kernel/wait.js';
import type { Shell } from './shell.js';
import type { ArithmeticText, Assignment, Command, FunctionDefinition, Redirect, SimpleCommand, Word } from './syntax/ast.js';
import type { Parser, ShellSyntaxError } from './syntax/parser.js';

/** A status at once, or the code that will give it. Most commands need no generator: `typeof outcome === 'number'`. */
export type Outcome = number | Task<number>;

export type Builtin = (shell: Shell, argv: readonly string[]) => Outcome;

export interface ShellFunction {
  readonly definition: FunctionDefinition;
  /** The file it was defined in, as BASH_SOURCE shows it. */
  readonly source: string;
  readonly isExported: boolean;
  readonly isReadonly: boolean;
  readonly isTraced: boolean;
}

/** One level of the call stack: a function, or a file being sourced. */
export interface Frame {
  /** FUNCNAME; `source` for a sourced file, `main` for the script. */
  readonly name: string;
  /** BASH_SOURCE of the code in it. */
  readonly source: string;
  /** The line of the call. */
  readonly callLine: number;
  readonly kind: 'function' | 'source';
  /** With extdebug: what the call puts on the stack of BASH_ARGV. */
  readonly callArguments: readonly string[] | undefined;
}

/** What words need of the running of commands, and built-ins of expansion: made by `assemble.ts`, so that files need no cycles. */
export interface Execution {
  /** Runs a command in this shell. */
  run(command: Command): Outcome;
  /** Runs script text in this shell (eval, traps); `name` for messages. */
  runText(text: string, options?: { line?: number; name?: string }): Task<number>;
  /** Runs the script of a file's text with a frame of its own (source). */
  runFile(text: string, path: string, args: readonly string[] | undefined): Task<number>;
  /** Starts a forked shell running `body`; `wire` changes the child's descriptors before anything runs. */
  fork(body: (child: Shell) => Task<number>, wire?: (child: Process) => void): Process;
  /** Runs words as a command without functions (`command`) or as if typed. */
  runWords(argv: readonly string[], options?: { functions?: boolean; defaultPath?: boolean; builtins?: boolean }): Outcome;
  /** Replaces the process by a program (`exec`); only returns by throwing. */
  replace(argv: readonly string[], options: { name?: string; empty?: boolean; login?: boolean }): Task<number>;
  /** Runs what arrived: traps of signals. Keeps `$?`. */
  runTraps(): Task<void>;
  /** DEBUG, ERR or RETURN, where one is set. */
  runEventTrap(name: string): Task<number>;
  runExitTrap(status: number): Task<number>;
  /** Notes a status as `$?`; a failure that counts runs the ERR trap and, with errexit, ends the shell. */
  settle(status: number): Outcome;
  failed(status: number): Outcome;
  /** Starts a forked shell for one command; `pipeline` are the processes before it where it is one of a pipeline. */
  forkCommand(command: Command, wire: (child: Process) => void, pipeline?: readonly Process[]): Process;
  forkAndWait(node: SimpleCommand, body: (child: Shell) => Task<number>): Task<number>;
  awaitForeground(processes: readonly Process[], text: () => string, command?: Command): Task;
  /** Runs a script file in a process that has not been a shell before. */
  scriptMain(process: Process, path: string, args: readonly string[]): Task<number>;
  resolveRedirect(redirect: Redirect): ResolvedRedirect;
  newParser(text: string, line: number, final?: boolean): Parser;
  reportSyntax(error: Pick<ShellSyntaxError, 'failure'>, place?: string): void;
  /** Tells what a parser has warned of. */
  reportWarnings(parser: Parser): void;
  /** The status that an error gives a shell which ends because of it. */
  statusOf(error: unknown): number;
}

/** A redirection whose words are expanded; for here-documents and here-strings `text` is the text. */
export interface ResolvedRedirect {
  readonly operator: Redirect['operator'];
  readonly fd: number | undefined;
  readonly variable: string | undefined;
  readonly text: string;
  /** As it is written, where something in it was expanded. */
  readonly source?: string;
}

export interface Expansion {
  /** The fields that words stand for. */
  fields(words: readonly Word[], out?: string[]): string[];
  fieldsTask(words: readonly Word[], out?: string[]): Task<string[]>;
  /** One word as one string, without splitting and globbing. */
  text(word: Word): string;
  textTask(word: Word): Task<string>;
  /** The text of a word that is assigned, or a here-string: in bash the values of a changed `"$@"` are joined as `$*` is. */
  assigned(word: Word): string;
  assignedTask(word: Word): Task<string>;
  /** A here-document's text. */
  document(word: Word): string;
  documentTask(word: Word): Task<string>;
  pattern(word: Word): string;
  /** `escape` makes quoted text stand for itself. */
  patternTask(word: Word, escape?: (text: string) => string): Task<string>;
  regex(word: Word): string;
  regexTask(word: Word): Task<string>;
  arithmetic(text: ArithmeticText): number | bigint;
  /** `tell` is told the text once it is expanded. */
  arithmeticTask(text: ArithmeticText, tell?: (source: string) => void): Task<number | bigint>;
  /** Arithmetic of text known only when running (let, integer variables, `[[ -eq ]]`). */
  evaluate(text: string): number | bigint;
  assign(assignment: Assignment): void;
  assignTask(assignment: Assignment): Task<void>;
  /** PS4, PS1 and `${x@P}`. */
  prompt(text: string): string;
}

/** Puts back what redirections replaced; `keep` lets go of it instead (`exec`). */
export interface Undo {
  (): void;
  keep(): void;
}

export interface Redirection {
  /** Opens and places the descriptors; returns what undoes it. Complains and returns undefined on failure. */
  apply(redirects: readonly Redirect[]): Undo | undefined;
  applyTask(redirects: readonly Redirect[]): Task<Undo | undefined>;
}
