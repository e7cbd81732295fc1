// awk: runs a program over the records of its input (POSIX, with gawk's common extensions).
import type { Main } from '../../kernel/program.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { RegexSyntaxError } from '../../regex/posix-regex.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, complain, type Options, type Output, parseOptions, UsageError } from '../../programs/stdio.js';
import { DATE_FORMAT } from './builtins.js';
import { baseName } from '../common/paths.js';
import { Pace } from '../text-input.js';
import type { Program } from './ast.js';
import { type Code, evaluate } from './code.js';
import { ExpressionCompiler } from './compile-expression.js';
import { StatementCompiler } from './compile-statement.js';
import { Functions } from './functions.js';
import { InPlace } from './inplace.js';
import { BUILTINS } from './lexer.js';
import { parseAwk } from './parser.js';
import { ProgramFiles } from './program-files.js';
import { Runtime } from './runtime.js';
import { EXIT, NEXT, NEXTFILE, NORMAL, type Signal, type StatementCode, Transfer } from './signals.js';
import { AwkSyntaxError, type Location, type Source } from './source.js';
import { Streams } from './streams.js';
import { FunctionTable } from './symbol-table.js';
import { AwkFatal, InputText, toBoolean, toText, type Value } from './values.js';

const LONG = {
  'field-separator': 'required', assign: 'required', file: 'required', source: 'required', posix: 'no', traditional: 'no', 're-interval': 'no', include: 'required',
  'characters-as-bytes': 'no', sandbox: 'no', version: 'no',
} as const;

interface CompiledRule {
  pattern: Code | undefined;
  until: Code | undefined;
  action: StatementCode;
  /** A range that has begun. */
  open: boolean;
  readonly where: Location;
}

/** A compiled program in the middle of its input. */
class AwkRun {
  readonly runtime: Runtime;
  readonly #begin: StatementCode[] = [];
  readonly #end: StatementCode[] = [];
  readonly #beginFile: StatementCode[] = [];
  readonly #endFile: StatementCode[] = [];
  readonly #rules: CompiledRule[] = [];
  readonly #inPlace: InPlace | undefined;
  /** A BEGINFILE or ENDFILE rule said exit. */
  #isOver = false;

  constructor(runtime: Runtime, program: Program, inPlace: InPlace | undefined) {
    this.runtime = runtime;
    this.#inPlace = inPlace;
    const functions: Functions = new Functions(runtime, program.functions, ({ parameters, body }) => {
      const locals = new Map(parameters.map((name, i) => [name, i]));
      return new StatementCompiler(new ExpressionCompiler(runtime, functions, locals)).compile(body);
    });
    if (runtime.manners === 'gnu') runtime.cell('FUNCTAB').value = new FunctionTable([...program.functions.keys(), ...BUILTINS]);
    const expressions = new ExpressionCompiler(runtime, functions, new Map());
    const statements = new StatementCompiler(expressions);
    for (const { when, pattern, until, action, where } of program.rules) {
      const code = statements.compile(action ?? { kind: 'print', args: [], redirection: undefined, where });
      if (when === 'BEGIN') this.#begin.push(code);
      else if (when === 'END') this.#end.push(code);
      else if (when === 'BEGINFILE') this.#beginFile.push(code);
      else if (when === 'ENDFILE') this.#endFile.push(code);
      else this.#rules.push({ pattern: pattern && expressions.compile(pattern), until: until && expressions.compile(until), action: code, open: false, where });
    }
  }

  /** Runs what the program has for the ends of files; nextfile at the beginning leaves the file out. */
  *#atFile(what: 'begins' | 'ends'): Task {
    if (what === 'begins') yield* this.#inPlace?.begin(toText(this.runtime.cell('FILENAME').value, this.runtime.convfmt)) ?? [];
    yield* this.#runFileRules(what);
    if (what === 'ends') yield* this.#inPlace?.end() ?? [];
  }

  *#runFileRules(what: 'begins' | 'ends'): Task {
    for (const code of what === 'begins' ? this.#beginFile : this.#endFile) {
      const signal = yield* guarded(code);
      if (signal === NEXT || what === 'ends') requireRecords(signal, what === 'ends' ? 'ENDFILE' : 'BEGINFILE');
      if (signal === EXIT) this.#isOver = true;
      if (signal === EXIT || signal === NEXTFILE) return this.runtime.skipFile();
    }
  }

  *run(): Task {
    this.runtime.where = undefined;
    if (this.#inPlace || this.#beginFile.length + this.#endFile.length > 0) this.runtime.onFile = (what) => this.#atFile(what);
    this.runtime.judgesFiles = this.#beginFile.length > 0;
    let signal = yield* this.#all(this.#begin, 'BEGIN');
    if (signal !== EXIT && this.#readsInput) signal = yield* this.#records();
    // A file that exit left half read is put in place as far as it was printed.
    if (signal === EXIT) yield* this.#inPlace?.end() ?? [];
    if (signal === EXIT || this.#end.length > 0) yield* this.#all(this.#end, 'END');
  }

  get #readsInput(): boolean {
    return [this.#rules, this.#end, this.#beginFile, this.#endFile].some(({ length }) => length > 0);
  }

  *#all(codes: readonly StatementCode[], rule: 'BEGIN' | 'END'): Task<Signal> {
    for (const code of codes) {
      const signal = yield* guarded(code);
      requireRecords(signal, rule);
      if (signal === EXIT) return signal;
    }
    return NORMAL;
  }

  *#records(): Task<Signal> {
    const { runtime } = this;
    const pace = new Pace();
    for (let count = 0; ; count++) {
      const record = runtime.takeRecord() ?? (yield* runtime.nextRecord());
      if (this.#isOver) return EXIT;
      if (record === undefined) return NORMAL;
      runtime.record.set(record);
      for (const rule of this.#rules) {
        const { pattern } = rule;
        runtime.where = rule.where;
        if (pattern && !(pattern.run || rule.until ? yield* this.#selects(rule) : pattern.truth())) continue;
        const signal = rule.action.run ? yield* guarded(rule.action) : execute(rule.action);
        if (signal === NORMAL) continue;
        if (signal === EXIT) return EXIT;
        if (signal === NEXTFILE) yield* runtime.endFile();
        break;
      }
      if ((count & 63) !== 63) continue;
      if (runtime.streams.needsFlush) yield* runtime.streams.flushFull();
      yield* pace.turn();
    }
  }

  *#selects(rule: CompiledRule): Task<boolean> {
    const { pattern, until } = rule;
    if (!until) return pattern!.run ? toBoolean(yield* pattern!.run()) : pattern!.truth();
    if (!rule.open) {
      if (!toBoolean(yield* evaluate(pattern!))) return false;
      rule.open = true;
    }
    if (toBoolean(yield* evaluate(until))) rule.open = false;
    return true;
  }
}

/** next and nextfile have their places; a function that is called elsewhere may still come upon one. */
function requireRecords(signal: Signal, rule: string): void {
  if (signal === NEXT || signal === NEXTFILE) throw new AwkFatal(`\`${signal === NEXT ? 'next' : 'nextfile'}' cannot be called from a \`${rule}' rule`);
}

function execute(code: StatementCode): Signal {
  try {
    return code.exec();
  } catch (error) {
    if (error instanceof Transfer) return error.signal;
    throw error;
  }
}

function* guarded(code: StatementCode): Task<Signal> {
  try {
    return code.run ? yield* code.run() : code.exec();
  } catch (error) {
    if (error instanceof Transfer) return error.signal;
    throw error;
  }
}

/** What the options and the first operand give as program. */
function* sourcesOf(files: ProgramFiles, options: Options): Task<{ sources: readonly Source[]; operands: readonly string[] }> {
  const all = (...names: string[]): string[] => names.flatMap((name) => options.given.get(name) ?? []);
  const libraries = all('i', 'include').flatMap((name) => files.include(name) ?? []);
  const sources: Source[] = [];
  for (const name of all('f', 'file')) sources.push(yield* files.program(name));
  sources.push(...all('e', 'source').map((text) => ({ name: undefined, text })));
  if (sources.length > 0) return { sources: [...libraries, ...sources], operands: options.operands };
  const [text, ...operands] = options.operands;
  if (text === undefined) throw new UsageError("usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]", 2);
  return { sources: [...libraries, { name: undefined, text }], operands };
}

/** What is there before BEGIN: ENVIRON, ARGV, -F and -v. */
function prepare(runtime: Runtime, options: Options, operands: readonly string[]): void {
  const { process } = runtime;
  for (const [name, value] of process.env) runtime.cell('ENVIRON').array.set(name, new InputText(value));
  const argv = runtime.cell('ARGV').array;
  [baseName(process.argv[0]!), ...operands].forEach((word, i) => argv.set(String(i), new InputText(word)));
  runtime.cell('ARGC').value = operands.length + 1;
  for (const name of ['RSTART', 'RLENGTH']) runtime.cell(name).value = name === 'RSTART' ? 0 : -1;
  const separator = options.value('F', 'field-separator');
  if (runtime.manners === 'gnu') describeProcess(runtime);
  if (separator !== undefined) runtime.assign('FS', separator);
  for (const assignment of [...(options.given.get('v') ?? []), ...(options.given.get('assign') ?? [])]) {
    const match = /^((?:[A-Za-z_]\w*::)?[A-Za-z_]\w*)=([^]*)$/.exec(assignment);
    if (!match) throw new UsageError(`fatal: \`${assignment}' argument to \`-v' not in \`var=value' form`, 2);
    runtime.assign(match[1]!, match[2]!);
  }
}

/** PROCINFO, as gawk fills it. */
function describeProcess(runtime: Runtime): void {
  const { process } = runtime;
  const { uid, gid } = process.credentials;
  const known: Readonly<Record<string, Value>> = {
    version: '5.2.1', strftime: DATE_FORMAT, platform: 'posix', FS: 'FS', pid: process.pid, ppid: process.parent?.pid ?? 0, pgrpid: process.processGroup, uid, euid: uid, gid, egid: gid,
  };
  const procinfo = runtime.cell('PROCINFO').array;
  for (const [name, value] of Object.entries(known)) procinfo.set(name, value);
}

/** gawk's library that edits files in place: what is kept of the old ones is told by a variable. */
function inPlace(process: Process, runtime: Runtime): InPlace {
  const suffix = ['inplace::suffix', 'INPLACE_SUFFIX'].map((name) => runtime.text(runtime.cell(name).value)).find((text) => text !== '') ?? '';
  return new InPlace(process, runtime.streams, suffix);
}

function* runAwk(process: Process, output: Output): Task<number> {
  const options = parseOptions(process.argv, 'F:v:f:e:i:W:bcPrSO', LONG, { posix: true, exitCode: 2 });
  if (options.has('version')) {
    output.print('awk (sockerless) POSIX, with gawk extensions\n');
    return 0;
  }
  const streams = new Streams(process, output);
  const manners = isBusybox(process) ? 'busybox' : 'gnu';
  const runtime = new Runtime(process, streams, manners);
  const files = new ProgramFiles(process);
  try {
    const { sources, operands } = yield* sourcesOf(files, options);
    prepare(runtime, options, operands);
    const program = parseAwk(sources, manners, (name) => files.include(name));
    yield* new AwkRun(runtime, program, files.isInPlace ? inPlace(process, runtime) : undefined).run();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AwkSyntaxError || error instanceof AwkFatal || error instanceof RegexSyntaxError)) throw error;
    yield* streams.closeAll();
    if (error instanceof AwkFatal) throw new UsageError(`${runtime.place}fatal: ${error.message}`, 2);
    if (error instanceof RegexSyntaxError) throw new UsageError(`${runtime.place}fatal: invalid regexp: ${error.message}`, 2);
    if (error instanceof AwkSyntaxError) return yield* complainOf(process, error, manners === 'busybox' ? (options.value('f', 'file') ?? 'cmd. line') : undefined);
    throw error;
  }
  yield* streams.closeAll();
  return runtime.exitCode;
}

/** `busyboxFile` is what busybox calls the program. */
function* complainOf(process: Process, { lines, line, busybox }: AwkSyntaxError, busyboxFile: string | undefined): Task<number> {
  for (const text of busyboxFile === undefined ? lines : [`${busyboxFile}:${line}: ${busybox}`]) yield* complain(process, text);
  return 1;
}

export const awk: Main = command(runAwk);
