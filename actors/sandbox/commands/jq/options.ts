// jq's command line.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import { parseJson, parseJsonTexts, ParseError } from './json-parser.js';
import type { Style } from './json-text.js';
import type { Value } from './value.js';

export interface JqOptions {
  program: string | undefined;
  isFromFile: boolean;
  files: readonly string[];
  slurp: boolean;
  rawInput: boolean;
  nullInput: boolean;
  raw: 'no' | 'lines' | 'joined' | 'nul';
  seq: boolean;
  stream: boolean;
  exitStatus: boolean;
  unbuffered: boolean;
  style: Style;
  color: boolean | undefined;
  named: ReadonlyMap<string, Value>;
  positional: readonly Value[];
  folders: readonly string[] | undefined;
}

/** A mistake on the command line: the message, and whether jq's pointer to its help follows. */
export class CommandLineFault extends Error {
  readonly hint: boolean;
  constructor(message: string, hint = true) {
    super(message);
    this.hint = hint;
  }
}

const SHORT: Readonly<Record<string, string>> = {
  s: 'slurp', r: 'raw-output', j: 'join-output', c: 'compact-output', C: 'color-output', M: 'monochrome-output', a: 'ascii-output', S: 'sort-keys', R: 'raw-input', n: 'null-input', f: 'from-file', e: 'exit-status', h: 'help', V: 'version',
};

export class CommandLine {
  readonly #process: Process;
  readonly #argv: readonly string[];
  #at = 1;
  readonly #given = new Set<string>();
  readonly #named = new Map<string, Value>();
  readonly #positional: Value[] = [];
  readonly #files: string[] = [];
  #folders: string[] | undefined;
  #program: string | undefined;
  #rest: 'files' | 'strings' | 'json' = 'files';
  #indent: number | '\t' = 2;

  constructor(process: Process) {
    this.#process = process;
    this.#argv = process.argv;
  }

  /** What was asked for; `help` or `version` instead where those were. */
  parse(): JqOptions | 'help' | 'version' {
    for (let isOver = false; this.#at < this.#argv.length; this.#at++) {
      const word = this.#argv[this.#at]!;
      if (isOver || !/^-[-a-zA-Z]/.test(word)) this.#operand(word);
      else if (word === '--') isOver = true;
      else if (word.startsWith('--')) this.#option(word.slice(2), word);
      else if (word.startsWith('-L')) this.#folder(word);
      else for (const letter of word.slice(1)) this.#option(SHORT[letter] ?? '', word);
      if (this.#given.has('help')) return 'help';
      if (this.#given.has('version')) return 'version';
    }
    const has = (name: string): boolean => this.#given.has(name);
    return {
      program: this.#program, isFromFile: has('from-file'), files: this.#files, slurp: has('slurp'), rawInput: has('raw-input'), nullInput: has('null-input'),
      raw: has('raw-output0') ? 'nul' : has('join-output') ? 'joined' : has('raw-output') ? 'lines' : 'no',
      seq: has('seq'), stream: has('stream'), exitStatus: has('exit-status'), unbuffered: has('unbuffered'),
      style: { indent: this.#indent, sortKeys: has('sort-keys'), ascii: has('ascii-output'), colors: undefined },
      color: has('monochrome-output') ? false : has('color-output') ? true : undefined,
      named: this.#named, positional: this.#positional, folders: this.#folders,
    };
  }

  #operand(word: string): void {
    if (this.#program === undefined) this.#program = word;
    else if (this.#rest === 'files') this.#files.push(word);
    else this.#positional.push(this.#rest === 'strings' ? word : this.#json(word, '--jsonargs'));
  }

  #json(text: string, option: string): Value {
    try {
      return parseJson(text);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      throw new CommandLineFault(`invalid JSON text passed to ${option}`);
    }
  }

  #folder(word: string): void {
    const given = word.length > 2 ? word.slice(2) : this.#argv[++this.#at];
    if (given === undefined) throw new CommandLineFault('-L takes a parameter: (e.g. -L /search/path or -L/search/path)');
    this.#folders = [...(this.#folders ?? []), given];
  }

  #two(name: string, example: string): [string, string] {
    const [variable, value] = [this.#argv[this.#at + 1], this.#argv[this.#at + 2]];
    if (variable === undefined || value === undefined) throw new CommandLineFault(`--${name} takes two parameters (e.g. --${name} varname ${example})`);
    this.#at += 2;
    return [variable, value];
  }

  #name(variable: string, value: () => Value): void {
    if (!this.#named.has(variable)) this.#named.set(variable, value());
  }

  #option(name: string, word: string): void {
    switch (name) {
      case 'slurp': case 'raw-output': case 'join-output': case 'raw-output0': case 'color-output': case 'monochrome-output': case 'ascii-output': case 'sort-keys': case 'raw-input': case 'null-input':
      case 'from-file': case 'exit-status': case 'help': case 'version': case 'seq': case 'stream': case 'unbuffered': case 'binary':
        this.#given.add(name);
        return;
      case 'compact-output':
        this.#indent = 0;
        return;
      case 'tab':
        this.#indent = '\t';
        return;
      case 'indent': {
        const given = this.#argv[++this.#at];
        if (given === undefined) throw new CommandLineFault('--indent takes one parameter');
        const width = parseInt(given, 10) || 0;
        if (width < -1 || width > 7) throw new CommandLineFault('--indent takes a number between -1 and 7');
        this.#indent = Math.max(0, width);
        return;
      }
      case 'args':
      case 'jsonargs':
        this.#rest = name === 'args' ? 'strings' : 'json';
        return;
      case 'arg': {
        const [variable, value] = this.#two(name, 'value');
        return this.#name(variable, () => value);
      }
      case 'argjson': {
        const [variable, text] = this.#two(name, 'text');
        return this.#name(variable, () => this.#json(text, '--argjson'));
      }
      case 'slurpfile': case 'rawfile': case 'argfile': {
        const [variable, path] = this.#two(name, 'filename');
        return this.#name(variable, () => this.#file(name, variable, path));
      }
      default:
        throw new CommandLineFault(`Unknown option ${word}`);
    }
  }

  #file(option: string, variable: string, path: string): Value {
    try {
      const text = decode(this.#process.files.readFile(path));
      if (option === 'rawfile') return text;
      const values = parseJsonTexts(text);
      return option === 'argfile' && values.length === 1 ? values[0]! : values;
    } catch (error) {
      if (error instanceof Errno) throw new CommandLineFault(`Bad JSON in --${option} ${variable} ${path}: Could not open ${path}: ${error.message}`, false);
      if (error instanceof ParseError) throw new CommandLineFault(`Bad JSON in --${option} ${variable} ${path}: ${error.message}`, false);
      throw error;
    }
  }
}
