// User-defined awk functions: calls, parameters that turn out to be arrays, and which functions may block.
import { UsageError } from '../../programs/stdio.js';
import { AwkSyntaxError, type Expression, type FunctionDefinition } from './ast.js';
import { type Code, evaluate, over, taskCode, valueCode } from './code.js';
import type { ExpressionCompiler } from './compile-place.js';
import type { Runtime } from './runtime.js';
import { EXIT, NEXT, NEXTFILE, type Signal, type StatementCode, Transfer } from './signals.js';
import { Cell, type Value } from './values.js';

const DEPTH_MAX = 4000;
const BLOCKING_KINDS = new Set(['while', 'do', 'for', 'for-in', 'getline', 'indirect']);
const BLOCKING_BUILTINS = new Set(['system', 'close', 'fflush', 'asort', 'asorti']);

/** All nodes below one, itself included. */
function* nodes(tree: unknown): Generator<{ kind: string; name?: string }> {
  if (typeof tree !== 'object' || tree === null) return;
  if ('kind' in tree) yield tree as { kind: string };
  for (const part of Object.values(tree)) yield* nodes(part);
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

  compileCall(compiler: ExpressionCompiler, { name, args, line }: Extract<Expression, { kind: 'call' }>): Code {
    const runtime = this.#runtime;
    const busybox = runtime.manners === 'busybox';
    const definition = this.#definitions.get(name);
    if (!definition) {
      const error = new AwkSyntaxError(`function \`${name}' not defined`, line, 'Call to undefined function');
      if (!busybox) throw error;
      return valueCode(runtime, () => { throw error; });
    }
    if (!busybox && args.length > definition.parameters.length) throw new AwkSyntaxError(`function \`${name}' called with more arguments than declared`, line);
    // A bare name may be an array, or become one in there.
    const cells = this.#cells(compiler, args);
    const operands = args.filter((_, i) => cells[i] === undefined).map((arg) => compiler.compile(arg));
    return over(runtime, operands, (codes) => {
      const makeFrame = (): Cell[] => {
        let next = 0;
        const frame = this.#frame(definition, cells, () => codes[next++]!.value());
        // Arguments too many are computed all the same.
        while (next < codes.length) codes[next++]!.value();
        return frame;
      };
      return this.#blocking.has(name) ? taskCode(() => this.#run(definition, makeFrame())) : valueCode(runtime, () => this.#call(definition, makeFrame()));
    });
  }

  /** Of arguments that are bare names: they may be arrays, or become one in there. */
  #cells(compiler: ExpressionCompiler, args: readonly Expression[]): ((() => Cell) | undefined)[] {
    return args.map((arg) => (arg.kind === 'variable' && !this.#runtime.specials.has(arg.name) ? compiler.cell(arg.name) : undefined));
  }

  /** The parameters' cells: of names, else of the next value. */
  #frame({ parameters }: FunctionDefinition, cells: readonly ((() => Cell) | undefined)[], next: () => Value): Cell[] {
    return parameters.map((_, i) => {
      const origin = cells[i]?.();
      const cell = new Cell(origin);
      if (i < cells.length) cell.value = origin ? origin.value : next();
      return cell;
    });
  }

  compileIndirect(compiler: ExpressionCompiler, { name, args }: Extract<Expression, { kind: 'indirect' }>): Code {
    const runtime = this.#runtime;
    const which = compiler.compile({ kind: 'variable', name });
    const cells = this.#cells(compiler, args);
    const operands = args.filter((_, i) => cells[i] === undefined).map((arg) => compiler.compile(arg));
    const find = (called: string): FunctionDefinition | undefined => this.#definitions.get(called);
    const run = (definition: FunctionDefinition, values: Value[]): ReturnType<NonNullable<Code['run']>> => this.#run(definition, this.#frame(definition, cells, () => values.shift()));
    return taskCode(function* call() {
      const called = runtime.text(yield* evaluate(which));
      const definition = find(called);
      if (!definition) throw new UsageError(`fatal: \`${called}' is not a function, so it cannot be called indirectly`, 2);
      const values: Value[] = [];
      for (const operand of operands) values.push(yield* evaluate(operand));
      if (args.length > definition.parameters.length) throw new UsageError(`fatal: function \`${definition.name}' called with more arguments than declared`, 2);
      return yield* run(definition, values);
    });
  }

  /** Calls a function of the program's with values. */
  *call(name: string, values: Value[]): ReturnType<NonNullable<Code['run']>> {
    const definition = this.#definitions.get(name)!;
    return yield* this.#run(definition, this.#frame(definition, values.map(() => undefined), () => values.shift()));
  }

  #enter(frame: Cell[]): Cell[] {
    const saved = this.#runtime.frame;
    if (++this.#runtime.depth > DEPTH_MAX) throw new UsageError('fatal: function call nesting too deep', 2);
    this.#runtime.frame = frame;
    return saved;
  }

  #leave(saved: Cell[]): void {
    this.#runtime.frame = saved;
    this.#runtime.depth--;
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
      return this.#result(body.exec());
    } finally {
      this.#leave(saved);
    }
  }

  *#run(definition: FunctionDefinition, frame: Cell[]): ReturnType<NonNullable<Code['run']>> {
    const body = this.#body(definition);
    const saved = this.#enter(frame);
    try {
      return this.#result(body.run ? yield* body.run() : body.exec());
    } finally {
      this.#leave(saved);
    }
  }
}
