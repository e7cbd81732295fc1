// What TAB offers: what `complete` says for the command, else commands where a command stands, variables after `$`, files everywhere else.
import type { Task } from '../../kernel/wait.js';
import { commandsOf, entriesOf, isRunnable, typeOf } from '../completion/actions.js';
import { type CompletionPlace, generate } from '../completion/generate.js';
import { type CompletionSpec, DEFAULT_COMMAND, EMPTY_LINE, INITIAL_WORD } from '../completion/spec.js';
import type { Shell } from '../shell.js';

export interface Completion {
  /** How much of the text before the cursor the candidates replace, in characters. */
  readonly replaces: number;
  /** Whole replacements, quoted as they go into the line; folders end in `/`. Sorted. */
  readonly candidates: readonly string[];
  /** The candidates as a list shows them: without the folder that was typed. */
  readonly labels: readonly string[];
  /** No space follows the one candidate there is (`-o nospace`). */
  readonly staysOpen?: boolean;
}

const COMMAND_PLACE = /(?:^|[;&|({!`]|\b(?:then|do|else|elif|if|while|until|time))\s*$/;
const CANDIDATES_MAX = 10_000;
const SPECS_MAX = 16;

/** The word under the cursor, as typed: back to the last separator that is not quoted. */
function wordBefore(text: string): string {
  let start = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && quote !== "'") at++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (/[\s;&|<>()=:`]/.test(char)) start = at + 1;
  }
  return text.slice(start);
}

function unquote(word: string): string {
  return word.replace(/\\([^])|["']/g, '$1');
}

function quote(text: string): string {
  return text.replace(/[\s\\"'`$&|;<>(){}[\]*?!#~]/g, (char, at: number) => ((char === '~' || char === '#') && at > 0 ? char : `\\${char}`));
}

/** What the shell itself offers, where no specification says otherwise. */
function defaultCompletion(shell: Shell, before: string): Completion {
  const word = wordBefore(before);
  const variable = /\$(\{?)(\w*)$/.exec(word);
  if (variable) return plain(variable[2]!, shell.variables.names(), (name) => `${name}${variable[1] ? '}' : ''}`);
  const typed = unquote(word);
  const isCommand = COMMAND_PLACE.test(before.slice(0, before.length - word.length));
  if (isCommand && !typed.includes('/')) return plain(word, commandsOf(shell, typed), quote);
  return files(shell, word, typed, isCommand);
}

/** The words of the command that the cursor is in; separators of words within it (`=`, `:`) are words too. */
function commandWords(before: string): string[] {
  const begin = /(?:^|[;&|(`\n])[^;&|(`\n]*$/.exec(before)![0].replace(/^[;&|(`\n]/, '').trimStart();
  const words: string[] = begin.match(/(?:\\[^]|"(?:\\[^]|[^"\\])*"?|'[^']*'?|[^\s=:<>"'\\])+|[=:]+|[<>]+/g) ?? [];
  return wordBefore(before) === '' || words.length === 0 ? [...words, ''] : words;
}

function specOf(shell: Shell, words: readonly string[]): CompletionSpec | undefined {
  const { completions } = shell;
  if (words.length === 1) return completions.get(words[0] === '' ? EMPTY_LINE : INITIAL_WORD);
  const [command = ''] = words;
  return completions.get(command) ?? completions.get(command.slice(command.lastIndexOf('/') + 1)) ?? completions.get(DEFAULT_COMMAND);
}

/** What TAB offers before the cursor of `line`; `type` is the key's kind of completion (9, or 63 to list). */
export function* complete(shell: Shell, line: string, before: string, type: number): Task<Completion> {
  const words = shell.isBash && shell.options.has('progcomp') ? commandWords(before) : [];
  // A function that answers 124 has made a specification that is to be tried.
  for (let tries = 0; tries < SPECS_MAX; tries++) {
    const spec = words.length > 0 ? specOf(shell, words) : undefined;
    if (!spec) break;
    const word = wordBefore(before);
    const typed = unquote(word);
    const place: CompletionPlace = { command: words[0]!, word: typed, previous: words.at(-2) ?? '', line, point: Buffer.byteLength(before), words, at: words.length - 1, type };
    const { candidates, options, asksAgain } = yield* generate(shell, spec, place, true);
    if (asksAgain) continue;
    if (candidates.length === 0 && (options.has('default') || options.has('bashdefault'))) break;
    return specified(shell, spec, word, candidates, options);
  }
  return defaultCompletion(shell, before);
}

/** The candidates of a specification: names of files are quoted, and folders end in a slash. */
function specified(shell: Shell, spec: CompletionSpec, word: string, candidates: readonly string[], options: ReadonlySet<string>): Completion {
  const areFiles = options.has('filenames') || spec.actions.has('file') || spec.actions.has('directory');
  const unique = [...new Set(candidates)];
  const sorted = options.has('nosort') ? unique : unique.toSorted();
  const marked = sorted.map((name) => (areFiles && !name.endsWith('/') && typeOf(shell, name) === 'directory' ? `${name}/` : name));
  return {
    replaces: [...word].length, staysOpen: options.has('nospace'), labels: areFiles ? marked.map((name) => name.replace(/^.*\/(?=.)/s, '')) : sorted,
    candidates: areFiles && !options.has('noquote') ? marked.map(quote) : marked,
  };
}

function plain(word: string, names: readonly string[], replacement: (name: string) => string): Completion {
  const labels = [...new Set(names.filter((name) => name.startsWith(word)))].toSorted();
  return { replaces: [...word].length, candidates: labels.map(replacement), labels };
}

function files(shell: Shell, word: string, typed: string, onlyRunnable: boolean): Completion {
  const slash = typed.lastIndexOf('/');
  const folder = slash < 0 ? '' : typed.slice(0, slash + 1);
  const start = typed.slice(slash + 1);
  const home = shell.variables.get('HOME') ?? '/';
  const place = folder === '' ? '.' : /^~\//.test(folder) ? home + folder.slice(1) : folder;
  const labels: string[] = [];
  for (const name of entriesOf(shell, place)) {
    if (!name.startsWith(start) || (name.startsWith('.') && start === '')) continue;
    const isFolder = typeOf(shell, `${place}/${name}`) === 'directory';
    if (onlyRunnable && !isFolder && !isRunnable(shell, `${place}/${name}`)) continue;
    labels.push(isFolder ? `${name}/` : name);
    if (labels.length > CANDIDATES_MAX) break;
  }
  labels.sort();
  return { replaces: [...word].length, labels, candidates: labels.map((label) => quote(folder + label)) };
}

/** What all of them begin with. */
export function commonStart(candidates: readonly string[]): string {
  let start = candidates[0] ?? '';
  for (const candidate of candidates) {
    while (!candidate.startsWith(start)) start = start.slice(0, -1);
  }
  return start;
}
