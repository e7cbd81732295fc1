// getopt: options of scripts put in order (util-linux, https://man7.org/linux/man-pages/man1/getopt.1.html).
import type { Main } from '../kernel/program.js';
import { command, encode, type Output, parseOptions, UsageError, usageError } from '../programs/stdio.js';

const LONG = { alternative: 'no', longoptions: 'required', name: 'required', options: 'required', quiet: 'no', 'quiet-output': 'no', shell: 'required', test: 'no', unquoted: 'no' } as const;
const SHELLS = new Set(['sh', 'bash', 'csh', 'tcsh']);
const USAGE = 2;
const ENHANCED = 4;

type Takes = 'no' | 'required' | 'optional';

interface Grammar {
  short: string;
  long: ReadonlyMap<string, Takes>;
  /** `-foo` may be a long option. */
  alternative: boolean;
  /** '+': operands end the options; '-': operands stay where they are. */
  order: '+' | '-' | '';
  quote: (text: string) => string;
}

interface Parsed {
  words: string[];
  operands: string[];
  complaints: string[];
}

function quoteFor(shell: string): (text: string) => string {
  const isC = shell.endsWith('csh');
  return (text) => {
    const quoted = text.replaceAll("'", `'\\''`);
    return `'${isC ? quoted.replaceAll('!', `'\\!'`).replaceAll('\n', '\\n').replace(/\s/g, (blank) => `'\\${blank}'`) : quoted}'`;
  };
}

function takes(spec: string): Takes {
  return spec.endsWith('::') ? 'optional' : spec.endsWith(':') ? 'required' : 'no';
}

/** getopt_long(3) over a script's parameters; complaints as the C library words them. */
class Parser {
  readonly #grammar: Grammar;
  readonly #parameters: readonly string[];
  readonly #parsed: Parsed = { words: [], operands: [], complaints: [] };
  #at = 0;

  constructor(grammar: Grammar, parameters: readonly string[]) {
    this.#grammar = grammar;
    this.#parameters = parameters;
  }

  parse(): Parsed {
    const { order, quote, alternative } = this.#grammar;
    const { operands, words } = this.#parsed;
    for (; this.#at < this.#parameters.length; this.#at++) {
      const word = this.#parameters[this.#at]!;
      if (word === '--') {
        operands.push(...this.#parameters.slice(this.#at + 1));
        break;
      }
      if (!word.startsWith('-') || word === '-') {
        if (order === '-') {
          words.push(quote(word));
          continue;
        }
        operands.push(...(order === '+' ? this.#parameters.slice(this.#at) : [word]));
        if (order === '+') break;
        continue;
      }
      if (word.startsWith('--')) this.#longOption(word, word.slice(2));
      else if (!(alternative && this.#isLong(word))) this.#cluster(word.slice(1));
      else this.#longOption(word, word.slice(1));
    }
    return this.#parsed;
  }

  #candidates(typed: string): string[] {
    const names = [...this.#grammar.long.keys()];
    return names.includes(typed) ? [typed] : names.filter((name) => name.startsWith(typed));
  }

  #isLong(word: string): boolean {
    const typed = word.slice(1).split('=')[0]!;
    return this.#candidates(typed).length > 0 && !(typed.length === 1 && this.#grammar.short.includes(typed));
  }

  #longOption(word: string, text: string): void {
    const { words, complaints } = this.#parsed;
    const dashes = word.slice(0, word.length - text.length);
    const equals = text.indexOf('=');
    const typed = equals < 0 ? text : text.slice(0, equals);
    const names = this.#candidates(typed);
    const [name] = names;
    if (name === undefined) return void complaints.push(`unrecognized option '${dashes}${typed}'`);
    if (names.length > 1) return void complaints.push(`option '${word}' is ambiguous; possibilities: ${names.map((candidate) => `'${dashes}${candidate}'`).join(' ')}`);
    const kind = this.#grammar.long.get(name)!;
    if (kind === 'no') {
      if (equals >= 0) complaints.push(`option '${dashes}${name}' doesn't allow an argument`);
      else words.push(`--${name}`);
      return;
    }
    const value = equals >= 0 ? text.slice(equals + 1) : kind === 'optional' ? '' : this.#parameters[++this.#at];
    if (value === undefined) complaints.push(`option '${dashes}${name}' requires an argument`);
    else words.push(`--${name}`, this.#grammar.quote(value));
  }

  #cluster(letters: string): void {
    const { words, complaints } = this.#parsed;
    const { short, quote } = this.#grammar;
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i]!;
      const known = letter === ':' ? -1 : short.indexOf(letter);
      if (known < 0) {
        complaints.push(`invalid option -- '${letter}'`);
        continue;
      }
      const kind = takes(/^:*/.exec(short.slice(known + 1))![0].slice(0, 2));
      if (kind === 'no') {
        words.push(`-${letter}`);
        continue;
      }
      const rest = letters.slice(i + 1);
      const value = rest !== '' || kind === 'optional' ? rest : this.#parameters[++this.#at];
      if (value === undefined) complaints.push(`option requires an argument -- '${letter}'`);
      else words.push(`-${letter}`, quote(value));
      return;
    }
  }
}

function report(output: Output, { words, operands }: Parsed, quote: Grammar['quote']): void {
  output.print(`${[...words, '--', ...operands.map(quote)].map((word) => ` ${word}`).join('')}\n`);
}

export const getopt: Main = command(function* (process, output) {
  const argv = process.argv;
  const plain = (text: string): string => text;
  const first = argv[1];
  const isOld = process.env.has('GETOPT_COMPATIBLE') || (first !== undefined && !first.startsWith('-'));
  if (first === undefined) throw usageError(argv, 'missing optstring argument', USAGE);
  const options = isOld ? undefined : parseOptions(argv, 'ao:l:n:qQs:Tu', LONG, { posix: true, exitCode: USAGE });
  if (options?.has('T', 'test') === true) return ENHANCED;
  const rest = options ? [...options.operands] : argv.slice(2);
  const spec = options ? options.value('o', 'options') ?? rest.shift() : first.replace(/^[-+]/, '');
  if (spec === undefined) throw usageError(argv, 'missing optstring argument', USAGE);
  const shell = options?.value('s', 'shell') ?? 'bash';
  if (!SHELLS.has(shell)) throw usageError(argv, 'unknown shell after -s or --shell argument', USAGE);
  const long = new Map<string, Takes>();
  for (const name of [...(options?.given.get('l') ?? []), ...(options?.given.get('longoptions') ?? [])].flatMap((list) => list.split(/[,\s]+/)).filter((text) => text !== '')) {
    if (/^:+$/.test(name)) throw new UsageError('empty long option after -l or --long argument', USAGE);
    long.set(name.replace(/:+$/, ''), takes(name));
  }
  const quote = options === undefined || options.has('u', 'unquoted') ? plain : quoteFor(shell);
  const order = /^[-+]/.test(spec) ? (spec[0] as '+' | '-') : process.env.has('POSIXLY_CORRECT') ? '+' : '';
  const parsed = new Parser({ short: spec.replace(/^[-+]/, ''), long, alternative: options?.has('a', 'alternative') === true, order, quote }, !options && rest[0] === '--' && spec === '' ? rest.slice(1) : rest).parse();
  const isQuiet = options?.has('q', 'quiet') === true || spec.replace(/^[-+]/, '').startsWith(':');
  const name = options?.value('n', 'name') ?? argv[0]!.split('/').at(-1)!;
  if (!isQuiet) for (const complaint of parsed.complaints) yield* process.write(2, encode(`${name}: ${complaint}\n`));
  if (options?.has('Q', 'quiet-output') !== true) report(output, parsed, quote);
  return parsed.complaints.length > 0 ? 1 : 0;
});
