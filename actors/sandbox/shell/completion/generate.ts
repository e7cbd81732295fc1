// Makes the candidates that a completion specification gives for a word (bash's manual, "Programmable Completion").
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { compilePattern } from '../patterns.js';
import { quoteSingle } from '../quote.js';
import type { Shell } from '../shell.js';
import { EXPORTED } from '../variables/variable.js';
import { namesOf, pathsOf, typeOf } from './actions.js';
import type { CompletionOption, CompletionSpec } from './spec.js';
import { wordList } from './word-list.js';

/** The status of a completion function that wants to be asked again. */
const RETRY = 124;

/** What is being completed, as functions and commands are told of it. */
export interface CompletionPlace {
  /** The command's name, the word, and the word before it. */
  readonly command: string;
  readonly word: string;
  readonly previous: string;
  readonly line: string;
  /** The cursor, in bytes. */
  readonly point: number;
  readonly words: readonly string[];
  /** Where the word is among the words. */
  readonly at: number;
  /** COMP_TYPE: the key's kind of completion. */
  readonly type: number;
}

/** A specification while it is used: `compopt` changes its options. */
export interface RunningCompletion {
  options: Set<CompletionOption>;
}

export interface Generated {
  readonly candidates: readonly string[];
  readonly options: ReadonlySet<CompletionOption>;
  /** A function asked for the specifications to be looked up anew. */
  readonly asksAgain: boolean;
}

const VARIABLES = ['COMP_LINE', 'COMP_POINT', 'COMP_TYPE', 'COMP_KEY', 'COMP_WORDS', 'COMP_CWORD'];

/** `isOnLine`: for the line that is being edited, so that `compopt` has something to change. */
export function* generate(shell: Shell, spec: CompletionSpec, place: CompletionPlace, isOnLine: boolean): Task<Generated> {
  const { word } = place;
  const running: RunningCompletion = { options: new Set(spec.options) };
  const found: string[] = [...spec.actions].flatMap((action) => namesOf(shell, action, word));
  if (spec.glob !== undefined) found.push(...(yield* wordsOf(shell, spec.glob)));
  if (spec.words !== undefined) found.push(...(yield* wordList(shell, spec.words)).filter((each) => each.startsWith(word)));
  let asksAgain = false;
  if (spec.function !== undefined || spec.command !== undefined) {
    const outer = shell.runningCompletion;
    shell.runningCompletion = isOnLine ? running : undefined;
    setPlace(shell, place);
    try {
      if (spec.function !== undefined) asksAgain = (yield* callFunction(shell, spec.function, place)) === RETRY;
      if (spec.function !== undefined) found.push(...replies(shell));
      if (spec.command !== undefined) found.push(...(yield* linesOf(shell, spec.command, place)));
    } finally {
      shell.runningCompletion = outer;
      for (const name of VARIABLES) shell.variables.discard(name);
    }
  }
  const kept = spec.filter === undefined ? found : filtered(shell, spec.filter, found, word);
  const candidates = kept.map((name) => `${spec.prefix ?? ''}${name}${spec.suffix ?? ''}`);
  if (candidates.length === 0 && running.options.has('dirnames')) candidates.push(...folders(shell, word));
  if (running.options.has('plusdirs')) candidates.push(...folders(shell, word));
  return { candidates, options: running.options, asksAgain };
}

function folders(shell: Shell, word: string): string[] {
  return pathsOf(shell, word, (path) => typeOf(shell, path) === 'directory');
}

/** `-G`: what a pattern finds. */
function* wordsOf(shell: Shell, pattern: string): Task<readonly string[]> {
  const list = shell.execution.newParser(`: ${pattern}`, 1).next();
  const command = typeof list === 'object' ? list.items[0]?.command : undefined;
  if (command?.type !== 'simple') return [];
  const found = yield* shell.expansion.fieldsTask(command.words.slice(1));
  return found.length === 1 && found[0] === pattern && !shell.process.files.exists(pattern) ? [] : found;
}

/** `-X`: what matches goes, or with `!` what does not; `&` is the word. */
function filtered(shell: Shell, filter: string, names: readonly string[], word: string): string[] {
  const isKept = filter.startsWith('!');
  const text = (isKept ? filter.slice(1) : filter).replace(/\\&|&/g, (match) => (match === '&' ? word : '&'));
  const pattern = compilePattern(text, { extglob: true, nocase: shell.options.nocasematch });
  return names.filter((name) => pattern.test(name) === isKept);
}

function setPlace(shell: Shell, { line, point, words, at, type }: CompletionPlace): void {
  const { variables } = shell;
  variables.set('COMP_LINE', line);
  variables.set('COMP_POINT', String(point));
  variables.set('COMP_TYPE', String(type));
  variables.set('COMP_KEY', '9');
  variables.set('COMP_CWORD', String(at));
  variables.assignList(variables.writable('COMP_WORDS'), words);
  for (const name of ['COMP_LINE', 'COMP_POINT', 'COMP_TYPE', 'COMP_KEY']) variables.mark(variables.writable(name), EXPORTED);
}

function* callFunction(shell: Shell, name: string, { command, word, previous }: CompletionPlace): Task<number> {
  if (!shell.functions.has(name)) {
    shell.complain(`completion: function \`${name}' not found`);
    return 1;
  }
  shell.variables.discard('COMPREPLY');
  const { status } = shell;
  const outcome = shell.execution.runWords([name, command, word, previous], { functions: true });
  const ended = typeof outcome === 'number' ? outcome : yield* outcome;
  if (shell.flow?.type === 'return') shell.flow = undefined;
  shell.status = status;
  return ended;
}

function replies(shell: Shell): string[] {
  const found = shell.variables.find('COMPREPLY')?.elements ?? [];
  shell.variables.discard('COMPREPLY');
  return found;
}

/** `-C`: each line that the command writes is a candidate. */
function* linesOf(shell: Shell, command: string, { command: name, word, previous }: CompletionPlace): Task<string[]> {
  const [reader, writer] = shell.process.pipe();
  const text = `${command} ${[name, word, previous].map((each) => quoteSingle(each)).join(' ')}`;
  const child = shell.execution.fork((sub) => sub.execution.runText(text), (process) => {
    process.close(reader);
    process.dup2(writer, 1);
    if (writer !== 1) process.close(writer);
  });
  shell.process.close(writer);
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* shell.process.read(reader, 65_536);
    if (part.length === 0) break;
    parts.push(part);
  }
  shell.process.close(reader);
  yield* shell.process.wait([child]);
  return decode(Buffer.concat(parts)).split('\n').filter((line) => line !== '');
}
