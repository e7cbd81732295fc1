// User-defined awk functions: calls, parameters that turn out to be arrays, and which functions may block.
import type { Expression, FunctionDefinition } from './ast.js';
import { type Code, evaluate, over, taskCode, valueCode } from './code.js';
import { elementCell } from './compile-array.js';
import { BUILTINS } from './lexer.js';
import type { ExpressionCompiler } from './compile-place.js';
import type { Runtime } from './runtime.js';
import { EXIT, NEXT, NEXTFILE, type Signal, type StatementCode, Transfer } from './signals.js';
import { AwkSyntaxError, type Location, programError } from './source.js';
import { AwkFatal, Cell, type Value } from './values.js';

const DEPTH_MAX = 4000;
const BLOCKING_KINDS = new Set(['while', 'do', 'for', 'for-in', 'switch', 'getline', 'indirect']);
const BLOCKING_BUILTINS = new Set(['system', 'close', 'fflush', 'asort', 'asorti']);

/** All nodes below one, itself included. */
function* nodes(tree: unknown): Generator<{ kind: string; name?: string }> {
  if (typeof tree !== 'object' || tree === null) return;
  if ('kind' in tree) yield tree as { kind: string };
  for (const part of Object.values(tree)) yield* nodes(part);
}

/** What a call leaves and comes back to. */
interface Caller {
  readonly frame: Cell[];
  readonly where: Location | undefined;
}

/** Makes the cell of a parameter from an argument. */
type Pass = (parameter: string) => Cell;

function passedCell(cell: () => Cell): Pass {
  return (parameter) => {
    const origin = cell();
    const own = new Cell(parameter, origin, true);
    own.value = origin.value;
    return own;
  };
}

/** Where a comparison gets an element that is an array, its value is that. */
function passedValue(value: () => Value): Pass {
  return (parameter) => {
    const own = new Cell(parameter, undefined, true);
    own.value = value() ?? null;
    return own;
  };
}

export class Functions {
  readonly #runtime: Runtime;
  readonly #definitions: ReadonlyMap<string, FunctionDefinition>;
  readonly #compileBody: (definition: FunctionDefinition) => StatementCode;
  readonly #bodies = new Map<string, StatementCode>();
  readonly #blocking = new Set<string>();

  constructor(runtime: Runtime, definitions: ReadonlyMap<string, FunctionDefinition>, compileBody: (definition: FunctionDefinition) => StatementCode) {
    this.#runtime = runtime;
    this.#definitions = definitions;
    this.#compileBody = compileBody;
    this.#findBlocking();
  }

  has(name: string): boolean {
    return this.#definitions.has(name);
  }

  whereIs(name: string): Location {
    return this.#definitions.get(name)!.where;
  }

  /** A function may block if anything in it may, or anything it calls: found by asking until nothing changes. */
  #findBlocking(): void {
    for (let before = -1; before !== this.#blocking.size; ) {
      before = this.#blocking.size;
      for (const { name, body } of this.#definitions.values()) {
        for (const node of nodes(body)) {
          const calls = node.kind === 'call' && this.#blocking.has(node.name ?? '');
          if (calls || BLOCKING_KINDS.has(node.kind) || (node.kind === 'builtin' && BLOCKING_BUILTINS.has(node.name ?? ''))) this.#blocking.add(name);
        }
      }
    }
  }

  #body(definition: FunctionDefinition): StatementCode {
    let body = this.#bodies.get(definition.name);
    if (!body) this.#bodies.set(definition.name, (body = this.#compileBody(definition)));
    return body;
  }

  compileCall(compiler: ExpressionCompiler, { name, args, where }: Extract<Expression, { kind: 'call' }>): Code {
    const runtime = this.#runtime;
    const busybox = runtime.manners === 'busybox';
    const definition = this.#definitions.get(name);
    if (!definition) {
      if (busybox) return valueCode(runtime, () => { throw new AwkSyntaxError([], where.line, 'Call to undefined function'); });
      runtime.where = where;
      throw new AwkFatal(`function \`${name}' not defined`);
    }
    if (!busybox && args.length > definition.parameters.length) throw programError(where, `function \`${name}' called with more arguments than declared`);
    const { operands, at } = this.#arguments(compiler, args);
    return over(runtime, operands, (codes) => {
      const passes = at(codes);
      const makeFrame = (): Cell[] => this.#frame(definition, passes);
      return this.#blocking.has(name) ? taskCode(() => this.#run(definition, makeFrame())) : valueCode(runtime, () => this.#call(definition, makeFrame()));
    });
  }

  #arguments(compiler: ExpressionCompiler, args: readonly Expression[]): { operands: Code[]; at(codes: readonly Code[]): Pass[] } {
    const parts = args.map((arg) => this.#argument(compiler, arg));
    return {
      operands: parts.flatMap(({ operands }) => operands),
      at: (codes) => {
        let from = 0;
        return parts.map(({ operands, at }) => at(codes.slice(from, (from += operands.length))));
      },
    };
  }

  /** A bare name or an element may be an array, or become one in there. */
  #argument(compiler: ExpressionCompiler, arg: Expression): { operands: Code[]; at(codes: readonly Code[]): Pass } {
    if (arg.kind === 'element') {
      const { operands, at } = elementCell(compiler, arg);
      return { operands, at: (codes) => passedCell(at(codes)) };
    }
    if (arg.kind === 'variable' && !this.#runtime.specials.has(arg.name)) {
      const cell = compiler.cell(arg.name);
      return { operands: [], at: () => passedCell(cell) };
    }
    return { operands: [compiler.compile(arg)], at: ([code]) => passedValue(() => code!.value()) };
  }

  /** The parameters' cells; arguments too many are computed all the same. */
  #frame({ parameters }: FunctionDefinition, passes: readonly Pass[]): Cell[] {
    const frame = parameters.map((name, i) => passes[i]?.(name) ?? new Cell(name, undefined, true));
    for (let i = parameters.length; i < passes.length; i++) passes[i]!('');
    return frame;
  }

  compileIndirect(compiler: ExpressionCompiler, { name, args, where }: Extract<Expression, { kind: 'indirect' }>): Code {
    const runtime = this.#runtime;
    const which = compiler.compile({ kind: 'variable', name });
    const { operands, at } = this.#arguments(compiler, args);
    const builtins = new Map<string, Code>();
    const builtin = (called: string): Code => {
      let code = builtins.get(called);
      if (!code) builtins.set(called, (code = compiler.compile({ kind: 'builtin', name: called, args: [...args], where })));
      return code;
    };
    const find = (called: string): FunctionDefinition | undefined => this.#definitions.get(called);
    const run = (definition: FunctionDefinition, values: Value[]): ReturnType<NonNullable<Code['run']>> => this.#run(definition, this.#frame(definition, at(values.map((value) => valueCode(runtime, () => value)))));
    return taskCode(function* call() {
      const called = runtime.text(yield* evaluate(which)).replace(/^awk::/, '');
      const definition = find(called);
      if (!definition && BUILTINS.has(called)) return yield* evaluate(builtin(called));
      if (!definition) throw new AwkFatal(`\`${called}' is not a function, so it cannot be called indirectly`);
      const values: Value[] = [];
      for (const operand of operands) values.push(yield* evaluate(operand));
      if (args.length > definition.parameters.length) throw new AwkFatal(`function \`${definition.name}' called with more arguments than declared`);
      return yield* run(definition, values);
    });
  }

  /** Calls a function of the program's with values. */
  *call(name: string, values: Value[]): ReturnType<NonNullable<Code['run']>> {
    const definition = this.#definitions.get(name)!;
    return yield* this.#run(definition, this.#frame(definition, values.map((value) => passedValue(() => value))));
  }

  #enter(frame: Cell[]): Caller {
    const { frame: saved, where } = this.#runtime;
    if (++this.#runtime.depth > DEPTH_MAX) throw new AwkFatal('function call nesting too deep');
    this.#runtime.frame = frame;
    return { frame: saved, where };
  }

  #leave({ frame, where }: Caller): void {
    this.#runtime.frame = frame;
    this.#runtime.where = where;
    this.#runtime.depth--;
  }

  /** The program goes on behind a transfer; whatever else ends it is told of where it was. */
  #unwind(error: unknown, caller: Caller): never {
    if (error instanceof Transfer) this.#leave(caller);
    throw error;
  }

  #result(signal: Signal): Value {
    if (signal === NEXT || signal === EXIT || signal === NEXTFILE) throw new Transfer(signal);
    const { returned } = this.#runtime;
    this.#runtime.returned = undefined;
    return returned;
  }

  #call(definition: FunctionDefinition, frame: Cell[]): Value {
    const body = this.#body(definition);
    const saved = this.#enter(frame);
    try {
      const result = this.#result(body.exec());
      this.#leave(saved);
      return result;
    } catch (error) {
      return this.#unwind(error, saved);
    }
  }

  *#run(definition: FunctionDefinition, frame: Cell[]): ReturnType<NonNullable<Code['run']>> {
    const body = this.#body(definition);
    const saved = this.#enter(frame);
    try {
      const result = this.#result(body.run ? yield* body.run() : body.exec());
      this.#leave(saved);
      return result;
    } catch (error) {
      return this.#unwind(error, saved);
    }
  }
}
