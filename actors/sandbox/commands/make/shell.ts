// Runs command lines for make: straight where that is the same, else with the shell that the makefile names.
import type { Process } from '../../kernel/process.js';
import { statusCode } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { readAll } from '../../programs/stdio.js';
import { spawn } from '../common/exec.js';
import type { Build } from './build.js';
import { valueOf } from './expand.js';
import type { Scope } from './variables.js';

const DEFAULT_SHELL = '/bin/sh';
/** What only a shell understands. */
const SHELL_CHARACTERS = /[#;"*?[\]&|<>(){}$`^~!\\'\n]/;
const SHELL_WORDS = new Set(
  '. : alias bg break case cd command continue eval exec exit export fc fg for getopts hash if jobs login logout read readonly return set shift test times trap type ulimit umask unalias unset wait while'.split(' '),
);

/** The words to execute for a command line, empty where there is nothing to run. */
export function* commandWords(build: Build, line: string, scope: Scope, isWhole = false): Task<string[]> {
  const text = line.replace(/^[ \t\n]+/, '');
  if (text === '') return [];
  const setting = function* (name: string, otherwise: string): Task<string> {
    const variable = build.variables.find(scope, name);
    return (variable === undefined ? '' : yield* valueOf(build, scope, variable)) || otherwise;
  };
  const shell = yield* setting('SHELL', DEFAULT_SHELL);
  const flags = yield* setting('.SHELLFLAGS', '-c');
  const isPlain = shell === DEFAULT_SHELL && (flags === '-c' || flags === '-ec') && !isWhole;
  if (isPlain) {
    const words = simpleWords(text);
    if (words !== undefined) return words;
  }
  return [shell, ...(flags.match(/[^ \t]+/g) ?? []), text];
}

/** Words of a line in which nothing is special but plain quotes. */
function simpleWords(text: string): string[] | undefined {
  const words: string[] = [];
  for (const part of text.match(/(?:'[^']*'|"[^"\\$`]*"|[^ \t'"])+|['"]/g) ?? []) {
    const bare = part.replace(/'[^']*'|"[^"\\$`]*"/g, '');
    if (SHELL_CHARACTERS.test(bare)) return undefined;
    if (words.length === 0 && (part.includes('=') || SHELL_WORDS.has(part) || part !== bare)) return undefined;
    words.push(part.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''));
  }
  return words;
}

/** Starts it; `arrange` sets up the child's descriptors. */
export function start(build: Build, words: readonly string[], env: ReadonlyMap<string, string>, arrange: (child: Process) => void = () => undefined): Process {
  return spawn(build.process, words, { env, prepare: arrange, message: (name, why) => `${build.prefix}: ${name}: ${why}` });
}

/** $(shell …): the output, line breaks within it as blanks. */
export function* captureShell(build: Build, command: string, scope: Scope): Task<string> {
  const { process } = build;
  const words = yield* commandWords(build, command, scope);
  if (words.length === 0) return '';
  const [reader, writer] = process.pipe();
  const child = start(build, words, process.env, (self) => {
    self.dup2(writer, 1);
    self.close(writer);
    self.close(reader);
  });
  process.close(writer);
  process.descriptors.setCloseOnExec(reader, true);
  let output: string;
  try {
    output = decode(yield* readAll(process, reader));
  } finally {
    if (!process.isUnwinding) process.close(reader);
  }
  yield* process.wait([child]);
  build.variables.define(build.variables.global, '.SHELLSTATUS', { value: String(statusCode(child.status!)), isRecursive: false, origin: 'override' });
  return output.replace(/[\r\n]+$/, '').replace(/\r?\n/g, ' ');
}
