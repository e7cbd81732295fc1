// jq: filters JSON.
import { Errno } from '../../kernel/errno.js';
import type { Main } from '../../kernel/program.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { command, decode, encode, type Output } from '../../programs/stdio.js';
import { nowMs } from '../common/dates/now.js';
import { zoneOf } from '../common/dates/zone.js';
import { directoryName, joinPath } from '../common/paths.js';
import { Compiler } from './compiler.js';
import { JqInputs } from './inputs.js';
import { ParseError } from './json-parser.js';
import { jsonText, quote, toJson } from './json-text.js';
import { SyntaxFault } from './lexer.js';
import { ModuleFault, Modules } from './modules.js';
import { CommandLine, CommandLineFault, type JqOptions } from './options.js';
import { parseProgram } from './parser.js';
import type { Scope } from './scope.js';
import { JqError, type Value } from './value.js';
import { Halt, type Host, type Routine, Vm } from './vm.js';

const VERSION = 'jq-1.6';
const HINT = 'Use jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n';
const USAGE = `jq - commandline JSON processor [version 1.6]

Usage:\tjq [options] <jq filter> [file...]
\tjq [options] --args <jq filter> [strings...]
\tjq [options] --jsonargs <jq filter> [JSON_TEXTS...]

Options: -c compact, -n no input, -e exit status of the output, -s slurp, -r raw output, -j raw output without newlines, -R raw input, -C colours, -M none, -S sorted keys, -a ASCII,
-f program from a file, -L module folder, --tab, --indent n, --seq, --stream, --unbuffered, --arg a v, --argjson a v, --slurpfile a f, --rawfile a f, --args, --jsonargs
`;
const COLORS = ['1;30', '0;39', '0;39', '0;39', '0;32', '1;39', '1;39', '34;1'];

const fail = (process: Process, text: string): Task => process.write(2, encode(text));

/** The colours of $JQ_COLORS over the usual ones. */
function colorsOf(process: Process): string[] {
  const given = (process.env.get('JQ_COLORS') ?? '').split(':').filter((each) => /^[\d;]*$/.test(each));
  return COLORS.map((color, i) => `\x1b[${given[i] !== undefined && given[i] !== '' ? given[i] : color}m`);
}

/** jq's complaint about a place in the program: the message, the line, and blanks up to the place. */
function complaint(fault: SyntaxFault, source: string): string {
  const before = source.slice(0, fault.at);
  const start = before.lastIndexOf('\n') + 1;
  const end = source.indexOf('\n', fault.at);
  return `jq: error: ${fault.message} at <top-level>, line ${before.split('\n').length}:\n${source.slice(start, end < 0 ? source.length : end)}${' '.repeat(fault.at - start)}\njq: 1 compile error\n`;
}

function compile(process: Process, options: JqOptions, source: string, folder: string): Routine {
  const environment: Value = new Map(process.env);
  const positional: Value = [...options.positional];
  const named: Value = new Map(options.named);
  const constants: [string, Value][] = [...options.named, ['ARGS', new Map<string, Value>([['positional', positional], ['named', named]])]];
  let scope: Scope | undefined;
  for (const [name, value] of constants) scope = { name: `$${name}`, meaning: { type: 'constant', value }, outer: scope };
  const surroundings = { scope, environment, lineAt: (at: number) => source.slice(0, at).split('\n').length };
  const compiler = new Compiler(surroundings);
  const home = process.env.get('HOME') ?? '/';
  const folders = (options.folders ?? ['~/.jq', '/usr/local/lib/jq', '/usr/lib/jq']).map((each) => (each.startsWith('~/') ? joinPath(home, each.slice(2)) : each.startsWith('/') ? each : joinPath(process.files.getcwd(), each)));
  const modules = new Modules(process, compiler, folders);
  const { imports, body } = parseProgram(source);
  surroundings.scope = modules.import(imports, modules.personal(scope), folder);
  return compiler.program(body);
}

class Run {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: JqOptions;
  readonly #inputs: JqInputs;
  readonly #vm: Vm;
  readonly #program: Routine;
  #messages = '';

  constructor(process: Process, output: Output, options: JqOptions, program: Routine) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    this.#program = program;
    this.#inputs = new JqInputs(process, options);
    const zone = zoneOf(process);
    const inputs = this.#inputs;
    const host: Host = {
      input: () => this.#nextInput(),
      message: (text) => {
        this.#messages += text;
      },
      flushMessages: () => this.#flush(),
      get fileName() {
        return inputs.fileName;
      },
      get lineNumber() {
        return inputs.lineNumber;
      },
      get nowSeconds() {
        return nowMs() / 1000;
      },
      zone: (seconds) => ({ offsetSeconds: zone.offsetSeconds(seconds * 1000), name: zone.abbreviation(seconds * 1000) }),
    };
    this.#vm = new Vm(host);
  }

  *#flush(): Task {
    yield* this.#output.flush();
    const messages = this.#messages;
    this.#messages = '';
    if (messages !== '') yield* fail(this.#process, messages);
  }

  /** For the program itself, to which broken JSON is an error like any other. */
  *#nextInput(): Task<Value | undefined> {
    try {
      return yield* this.#inputs.next();
    } catch (error) {
      if (error instanceof ParseError) throw new JqError(error.message);
      throw error;
    }
  }

  /** All inputs through the program. */
  *all(): Task<number> {
    let code = 0;
    if (this.#options.nullInput) code = yield* this.#one(null);
    // What could not be opened ends the work after the input that came before it was noticed.
    for (let wantsMore = !this.#options.nullInput; wantsMore && this.#inputs.failures === 0; ) {
      yield* this.#flush();
      try {
        const value = yield* this.#inputs.next();
        if (value === undefined) break;
        code = yield* this.#one(value);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        yield* this.#flush();
        yield* fail(this.#process, `${this.#options.seq ? 'ignoring ' : ''}parse error: ${error.message}\n`);
        code = 4;
        wantsMore = this.#options.seq;
      }
    }
    yield* this.#flush();
    if (this.#inputs.failures > 0) return 2;
    if (code < 10) return code;
    return this.#options.exitStatus ? code - 10 : 0;
  }

  /** One input: the exit code it asks for; 11 and 14 only count with -e. */
  *#one(input: Value): Task<number> {
    const vm = this.#vm;
    let code = 14;
    try {
      vm.start(this.#program, input);
      for (let value = yield* vm.next(); value !== undefined; value = yield* vm.next()) {
        code = value === null || value === false ? 11 : 0;
        this.#print(value);
        if (this.#output.isFull || this.#options.unbuffered || this.#messages !== '') yield* this.#flush();
      }
      return code;
    } catch (error) {
      yield* this.#flush();
      if (error instanceof Halt) return yield* this.#halt(error);
      if (!(error instanceof JqError)) throw error;
      const { value } = error;
      const place = `(at ${this.#inputs.position})`;
      yield* fail(this.#process, typeof value === 'string' ? `jq: error ${place}: ${value}\n` : `jq: error ${place} (not a string): ${toJson(value)}\n`);
      return 5;
    }
  }

  #print(value: Value): void {
    const { raw, style, seq } = this.#options;
    if (seq && !(raw !== 'no' && typeof value === 'string')) this.#output.print('\x1e');
    this.#output.print(raw === 'no' || typeof value !== 'string' ? jsonText(value, style) : style.ascii ? quote(value, true) : value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'));
    if (raw === 'nul') this.#output.print('\0');
    else if (raw !== 'joined') this.#output.print('\n');
  }

  *#halt({ exitCode, output }: Halt): Task<number> {
    if (output !== undefined && output !== null) yield* fail(this.#process, typeof output === 'string' ? output : `${toJson(output)}\n`);
    // Nothing more is read, and the code is exact.
    this.#process.exit(exitCode);
  }
}

function programText(process: Process, options: JqOptions): { source: string; folder: string } {
  if (!options.isFromFile) return { source: options.program!, folder: process.files.getcwd() };
  return { source: decode(process.files.readFile(options.program!)), folder: directoryName(options.program!) };
}

export const jq: Main = command(function* (process, output) {
  let options: JqOptions;
  try {
    const parsed = new CommandLine(process).parse();
    if (parsed === 'help') {
      output.print(USAGE);
      return 0;
    }
    if (parsed === 'version') {
      output.print(`${VERSION}\n`);
      return 0;
    }
    options = parsed;
  } catch (error) {
    if (!(error instanceof CommandLineFault)) throw error;
    yield* fail(process, `jq: ${error.message}\n${error.hint ? HINT : ''}`);
    return 2;
  }
  const isTerminal = process.descriptors.find(1)?.isTerminal === true;
  if (options.program === undefined) {
    if (isTerminal && process.descriptors.find(0)?.isTerminal === true) {
      yield* fail(process, USAGE);
      return 2;
    }
    options = { ...options, program: '.' };
  }
  if (options.color ?? isTerminal) options = { ...options, style: { ...options.style, colors: colorsOf(process) } };
  let source: string;
  let folder: string;
  try {
    ({ source, folder } = programText(process, options));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* fail(process, `jq: Could not open ${options.program!}: ${error.message}\n`);
    return 2;
  }
  let program: Routine;
  try {
    program = compile(process, options, source, folder);
  } catch (error) {
    if (error instanceof SyntaxFault) yield* fail(process, complaint(error, source));
    else if (error instanceof ModuleFault || error instanceof ParseError) yield* fail(process, `jq: error: ${error.message}\n\njq: 1 compile error\n`);
    else throw error;
    return 3;
  }
  return yield* new Run(process, output, options, program).all();
});
