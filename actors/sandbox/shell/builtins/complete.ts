// complete, compgen, compopt: specifications of completion, and the candidates that one gives.
import type { Task } from '../../kernel/wait.js';
import { isAction } from '../completion/actions.js';
import { generate } from '../completion/generate.js';
import {
  type CompletionOption, type CompletionSpec, DEFAULT_COMMAND, EMPTY_LINE, INITIAL_WORD, LETTERS, OPTIONS, optionsLine, specLine,
} from '../completion/spec.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { inHashOrder } from '../variables/arrays.js';
import { fail, print, usage } from './output.js';

const BUCKETS = 512;
const SPEC_SYNOPSIS = '[-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix]';
const SYNOPSIS: Readonly<Record<string, string>> = {
  complete: `complete [-abcdefgjksuv] [-pr] [-DEI] ${SPEC_SYNOPSIS} [name ...]`,
  compgen: `compgen [-abcdefgjksuv] ${SPEC_SYNOPSIS} [word]`,
  compopt: 'compopt [-o|+o option] [-DEI] [name ...]',
};
const VALUED: Readonly<Record<string, 'glob' | 'words' | 'prefix' | 'suffix' | 'filter' | 'command' | 'function'>> = { G: 'glob', W: 'words', P: 'prefix', S: 'suffix', X: 'filter', C: 'command', F: 'function' };
const PLACES: Readonly<Record<string, string>> = { D: DEFAULT_COMMAND, E: EMPTY_LINE, I: INITIAL_WORD };

interface Request {
  spec: CompletionSpec;
  /** p, r and the places D, E, I. */
  flags: string;
  /** Whether the arguments say what to offer. */
  isSpec: boolean;
  operands: readonly string[];
}

/** Reads what complete and compgen are given; undefined after a complaint. */
function parse(shell: Shell, argv: readonly string[]): Request | undefined {
  const command = argv[0]!;
  const actions = new Set<string>();
  const options = new Set<CompletionOption>();
  const values: { -readonly [K in (typeof VALUED)[string]]?: string } = {};
  let flags = '';
  let at = 1;
  for (; at < argv.length && /^-./.test(argv[at]!); at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    for (let index = 1; index < word.length; index++) {
      const letter = word[index]!;
      const action = Object.keys(LETTERS).find((name) => LETTERS[name] === letter);
      if (action !== undefined) {
        actions.add(action);
        continue;
      }
      if (command === 'complete' && 'prDEI'.includes(letter)) {
        flags += letter;
        continue;
      }
      if (!('oA'.includes(letter) || VALUED[letter] !== undefined)) return void usage(shell, command, `-${letter}: invalid option`, SYNOPSIS[command]!);
      const value = word.length > index + 1 ? word.slice(index + 1) : argv[++at];
      if (value === undefined) return void usage(shell, command, `-${letter}: option requires an argument`, SYNOPSIS[command]!);
      if (letter === 'A' && !isAction(value)) return void fail(shell, command, `${value}: invalid action name`);
      if (letter === 'o' && !(OPTIONS as readonly string[]).includes(value)) return void fail(shell, command, `${value}: invalid option name`);
      if (letter === 'A') actions.add(value);
      else if (letter === 'o') options.add(value as CompletionOption);
      else values[VALUED[letter]!] = value;
      break;
    }
  }
  return { spec: { actions, options, ...values }, flags, isSpec: actions.size > 0 || options.size > 0 || Object.keys(values).length > 0, operands: argv.slice(at) };
}

function namesIn(flags: string, operands: readonly string[]): readonly string[] {
  const places = [...flags].filter((flag) => PLACES[flag] !== undefined).map((flag) => PLACES[flag]!);
  return places.length > 0 ? places : operands;
}

export const complete: Builtin = (shell, argv) => {
  const request = parse(shell, argv);
  if (!request) return 2;
  const { spec, flags, isSpec, operands } = request;
  const names = namesIn(flags, operands);
  const { completions } = shell;
  if (flags.includes('r')) {
    if (names.length === 0) completions.clear();
    let status = 0;
    for (const name of names) if (!completions.delete(name)) status = fail(shell, 'complete', `${name}: no completion specification`);
    return status;
  }
  if (flags.includes('p') || (!isSpec && names.length === 0)) {
    const all = names.length > 0 ? names : inHashOrder(completions.keys(), BUCKETS);
    const outcome = print(shell, 'complete', all.filter((name) => completions.has(name)).map((name) => specLine(completions.get(name)!, name)).join(''));
    const missing = all.filter((name) => !completions.has(name));
    for (const name of missing) fail(shell, 'complete', `${name}: no completion specification`);
    return missing.length > 0 && typeof outcome === 'number' ? 1 : outcome;
  }
  if (names.length === 0) return usage(shell, 'complete', 'usage', SYNOPSIS.complete!);
  for (const name of names) completions.set(name, spec);
  return 0;
};

export const compgen: Builtin = (shell, argv) => {
  const request = parse(shell, argv);
  if (!request) return 2;
  if (argv.length === 1) return 0;
  for (const letter of ['F', 'C'] as const) if (request.spec[VALUED[letter]!] !== undefined) fail(shell, 'compgen', `warning: -${letter} option may not work as you expect`);
  return printCandidates(shell, request.spec, request.operands[0] ?? '');
};

function* printCandidates(shell: Shell, spec: CompletionSpec, word: string): Task<number> {
  const { candidates, options } = yield* generate(shell, spec, { command: 'compgen', word, previous: '', line: '', point: 0, words: [], at: -1, type: 0 }, false);
  const found = candidates.length === 0 && (options.has('default') || options.has('bashdefault'))
    ? (yield* generate(shell, { actions: new Set(['file']), options: new Set() }, { command: 'compgen', word, previous: '', line: '', point: 0, words: [], at: -1, type: 0 }, false)).candidates : candidates;
  const outcome = print(shell, 'compgen', found.map((name) => `${name}\n`).join(''), found.length > 0 ? 0 : 1);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

export const compopt: Builtin = (shell, argv) => {
  const on: CompletionOption[] = [];
  const off: CompletionOption[] = [];
  let flags = '';
  let at = 1;
  for (; at < argv.length && /^[-+]./.test(argv[at]!); at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (/^-[DEI]+$/.test(word)) {
      flags += word.slice(1);
      continue;
    }
    if (word[1] !== 'o') return usage(shell, 'compopt', `${word.slice(0, 2)}: invalid option`, SYNOPSIS.compopt!);
    const option = word.length > 2 ? word.slice(2) : argv[++at];
    if (option === undefined) return usage(shell, 'compopt', `${word}: option requires an argument`, SYNOPSIS.compopt!);
    if (!(OPTIONS as readonly string[]).includes(option)) return fail(shell, 'compopt', `${option}: invalid option name`, 2);
    (word[0] === '-' ? on : off).push(option as CompletionOption);
  }
  const changed = (options: ReadonlySet<CompletionOption>): Set<CompletionOption> => new Set([...options, ...on].filter((option) => !off.includes(option)));
  const names = namesIn(flags, argv.slice(at));
  if (names.length === 0) {
    const running = shell.runningCompletion;
    if (!running) return fail(shell, 'compopt', 'not currently executing completion function');
    running.options = changed(running.options);
    return 0;
  }
  let status = 0;
  let text = '';
  for (const name of names) {
    const spec = shell.completions.get(name);
    if (!spec) status = fail(shell, 'compopt', `${name}: no completion specification`);
    else if (on.length + off.length === 0) text += optionsLine(spec, name);
    else shell.completions.set(name, { ...spec, options: changed(spec.options) });
  }
  return print(shell, 'compopt', text, status);
};
