// Runs bc's statements.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import type { LineReader, Output } from '../../programs/stdio.js';
import { decode, encode } from '../../programs/stdio.js';
import { Pace } from '../text-input.js';
import { add, compare, type Decimal, DecimalFault, divide, format, isZero, multiply, negate, ofInteger, ONE, parse, remainder, squareRoot, ZERO } from './decimal.js';
import { arcTangent, bessel, cosine, exponential, logarithm, sine } from './functions.js';
import { wrap } from './lines.js';
import { type Arithmetic, BUSYBOX_BC, BusyboxStop, busyboxUnescape, busyboxWords, GNU_BC } from './manner.js';
import type { Argument, BcFunction, Expression, Statement } from './syntax-tree.js';

const INDEX_MAX = 16_777_215n;
const IBASE_MAX = 36;
const DEPTH_MAX = 3000;
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', q: '"', r: '\r', t: '\t', '\\': '\\' };
const LIBRARY: Readonly<Record<string, (x: Decimal, scale: number) => Task<Decimal>>> = { s: sine, c: cosine, a: arcTangent, l: logarithm, e: exponential };

type Jump = 'break' | 'continue' | { value: Decimal | undefined } | undefined;

/** What stops a line, and nothing but it. */
export class BcRuntimeFault extends Error {}

/** `halt`, or what busybox's ends at. */
export class BcExit extends Error {
  readonly status: number;
  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

export interface Settings {
  /** -l. */
  hasLibrary: boolean;
  lineLength: number;
}

type ArrayValues = Map<bigint, Decimal>;

export class Interpreter {
  readonly #process: Process;
  readonly #output: Output;
  readonly #input: LineReader;
  readonly #settings: Settings;
  readonly #isBusybox: boolean;
  readonly #arithmetic: Arithmetic;
  readonly #functions = new Map<string, BcFunction>();
  #variables = new Map<string, Decimal>();
  #arrays = new Map<string, ArrayValues>();
  #scale: number;
  #ibase = 10;
  #obase = 10;
  #last: Decimal = ZERO;
  #column = 0;
  #depth = 0;
  #function = '(main)';
  readonly #pace = new Pace();

  constructor(process: Process, output: Output, input: LineReader, settings: Settings) {
    this.#process = process;
    this.#output = output;
    this.#input = input;
    this.#settings = settings;
    this.#isBusybox = isBusybox(process);
    this.#arithmetic = this.#isBusybox ? BUSYBOX_BC : GNU_BC;
    this.#scale = settings.hasLibrary ? 20 : 0;
  }

  define(definition: BcFunction): void {
    this.#functions.set(definition.name, definition);
  }

  /** One line's statements; a runtime fault ends them with its message. */
  *run(statements: readonly Statement[]): Task {
    const [variables, arrays] = [this.#variables, this.#arrays];
    try {
      for (const statement of statements) {
        const jump = yield* this.#statement(statement);
        if (jump !== undefined) return;
      }
    } catch (error) {
      if (!(error instanceof BcRuntimeFault || error instanceof DecimalFault)) throw error;
      const message = error instanceof BcRuntimeFault ? error.message : `(func=${this.#function}, adr=0): ${error.message}`;
      this.#depth = 0;
      this.#function = '(main)';
      this.#variables = variables;
      this.#arrays = arrays;
      yield* this.#output.flush();
      if (this.#isBusybox) throw new BusyboxStop(busyboxWords(message.replace(/^\(func=.*?\): /, '')));
      yield* this.#process.write(2, encode(`Runtime error ${message}\n`));
    }
    yield* this.#output.flush();
  }

  #fail(message: string, address: number): never {
    throw new BcRuntimeFault(`(func=${this.#function}, adr=${address}): ${message}`);
  }

  *#statement(statement: Statement): Task<Jump> {
    yield* this.#pace.turn();
    if (this.#output.isFull) yield* this.#output.flush();
    switch (statement.type) {
      case 'expression':
        return void (yield* this.#show(statement.expression));
      case 'string':
        return void this.#put(statement.text);
      case 'print':
        for (const part of statement.parts) {
          if (part.type === 'string') this.#put(this.#isBusybox ? busyboxUnescape(part.text) : part.text.replace(/\\(.)/g, (all, letter: string) => ESCAPES[letter] ?? all));
          else this.#put(this.#text((this.#last = yield* this.#value(part))));
        }
        return undefined;
      case 'block':
        for (const each of statement.statements) {
          const jump = yield* this.#statement(each);
          if (jump !== undefined) return jump;
        }
        return undefined;
      case 'if':
        if (!isZero(yield* this.#value(statement.condition))) return yield* this.#statement(statement.consequent);
        return statement.otherwise ? yield* this.#statement(statement.otherwise) : undefined;
      case 'while':
        return yield* this.#loop(statement.condition, undefined, statement.body);
      case 'for':
        if (statement.init) yield* this.#value(statement.init);
        return yield* this.#loop(statement.condition, statement.step, statement.body);
      case 'break':
      case 'continue':
        return statement.type;
      case 'return':
        return { value: statement.value ? yield* this.#value(statement.value) : undefined };
      case 'halt':
        throw new BcExit(0);
      case 'limits':
        return void this.#output.print('BC_BASE_MAX     = 2147483647\nBC_DIM_MAX      = 16777215\nBC_SCALE_MAX    = 2147483647\nBC_STRING_MAX   = 2147483647\nMAX Exponent    = 9223372036854775807\nNumber of vars  = 32767\n');
      case 'warranty':
        return void this.#output.print('There is no warranty.\n');
    }
  }

  *#loop(condition: Expression | undefined, step: Expression | undefined, body: Statement): Task<Jump> {
    while (condition === undefined || !isZero(yield* this.#value(condition))) {
      const jump = yield* this.#statement(body);
      if (jump === 'break') return undefined;
      if (typeof jump === 'object') return jump;
      if (step) yield* this.#value(step);
    }
    return undefined;
  }

  /** Assignments show nothing, nor do calls of void functions. */
  *#show(expression: Expression): Task {
    if (expression.type === 'call' && this.#functions.get(expression.name)?.isVoid === true) return void (yield* this.#call(expression));
    const value = yield* this.#value(expression);
    if (expression.type === 'assign') return;
    this.#put(this.#text(value));
    this.#output.print('\n');
    this.#column = 0;
    this.#last = value;
  }

  #text(value: Decimal): string {
    return format(value, this.#obase);
  }

  /** Numbers and strings share the line, which is broken where it is too long. */
  #put(text: string): void {
    const { out, column } = wrap(text, this.#column, this.#settings.lineLength);
    this.#column = column;
    this.#output.print(out);
  }

  *#value(expression: Expression): Task<Decimal> {
    switch (expression.type) {
      case 'number': {
        const number = parse(expression.text, this.#ibase);
        return this.#isBusybox && isZero(number) ? ZERO : number;
      }
      case 'group':
        return yield* this.#value(expression.inner);
      case 'variable':
        return this.#variable(expression.name);
      case 'element':
        return this.#element(expression.name, yield* this.#index(expression.index));
      case 'assign':
        return yield* this.#assign(expression);
      case 'step': {
        const old = yield* this.#value(expression.target);
        const changed = add(old, ofInteger(expression.by));
        yield* this.#store(expression.target, changed);
        return expression.isPrefix ? changed : old;
      }
      case 'unary': {
        const operand = yield* this.#value(expression.operand);
        return expression.operator === '-' ? negate(operand) : isZero(operand) ? ONE : ZERO;
      }
      case 'binary':
        return this.#operate(expression.operator, yield* this.#value(expression.left), yield* this.#value(expression.right), expression.address);
      case 'builtin':
        return yield* this.#builtin(expression);
      case 'call':
        return (yield* this.#call(expression)) ?? ZERO;
    }
  }

  *#index(expression: Expression): Task<bigint> {
    const { digits, scale } = yield* this.#value(expression);
    const index = digits / 10n ** BigInt(scale);
    if (index < 0n || index > INDEX_MAX) this.#fail('Array index out of bounds', 0);
    return index;
  }

  #variable(name: string): Decimal {
    switch (name) {
      case 'scale':
        return ofInteger(this.#scale);
      case 'ibase':
        return ofInteger(this.#ibase);
      case 'obase':
        return ofInteger(this.#obase);
      case 'last':
        return this.#last;
      default:
        return this.#variables.get(name) ?? ZERO;
    }
  }

  #array(name: string): ArrayValues {
    let values = this.#arrays.get(name);
    if (!values) this.#arrays.set(name, (values = new Map()));
    return values;
  }

  #element(name: string, index: bigint): Decimal {
    const values = this.#array(name);
    const value = values.get(index);
    if (value !== undefined) return value;
    if (this.#isBusybox) values.set(index, ZERO);
    return ZERO;
  }

  *#assign({ operator, target, value }: Expression & { type: 'assign' }): Task<Decimal> {
    let changed = yield* this.#value(value);
    if (operator !== '=') changed = this.#operate(operator[0]!, yield* this.#value(target), changed, 0);
    yield* this.#store(target, changed);
    return changed;
  }

  *#store(target: Expression, value: Decimal): Task {
    if (target.type === 'element') {
      this.#array(target.name).set(yield* this.#index(target.index), value);
      return;
    }
    const { name } = target as Expression & { type: 'variable' };
    const whole = Number(value.digits / 10n ** BigInt(value.scale));
    if (name === 'last') this.#last = value;
    else if (name === 'scale') {
      if (value.digits < 0n) yield* this.#warn('negative scale, set to 0');
      this.#scale = Math.max(0, whole);
    } else if (name === 'ibase') {
      if (whole < 2) yield* this.#warn('ibase too small, set to 2');
      if (whole > IBASE_MAX) yield* this.#warn(`ibase too large, set to ${IBASE_MAX}`);
      this.#ibase = Math.min(IBASE_MAX, Math.max(2, whole));
    } else if (name === 'obase') {
      if (whole < 2) yield* this.#warn('obase too small, set to 2');
      this.#obase = Math.max(2, whole);
    } else this.#variables.set(name, value);
  }

  *#warn(message: string): Task {
    if (this.#isBusybox) this.#fail(message.startsWith('negative') ? 'negative number' : message, 0);
    yield* this.#output.flush();
    yield* this.#process.write(2, encode(`Runtime warning (func=${this.#function}, adr=0): ${message}\n`));
  }

  #operate(operator: string, left: Decimal, right: Decimal, address: number): Decimal {
    const truth = (value: boolean): Decimal => (value ? ONE : ZERO);
    try {
      switch (operator) {
        case '+': return this.#arithmetic.add(left, right);
        case '-': return this.#arithmetic.subtract(left, right);
        case '*': return multiply(left, right, this.#scale);
        case '/': return divide(left, right, this.#scale);
        case '%': return remainder(left, right, this.#scale);
        case '^': return this.#arithmetic.power(left, right, this.#scale);
        case '<': return truth(compare(left, right) < 0);
        case '<=': return truth(compare(left, right) <= 0);
        case '>': return truth(compare(left, right) > 0);
        case '>=': return truth(compare(left, right) >= 0);
        case '==': return truth(compare(left, right) === 0);
        case '!=': return truth(compare(left, right) !== 0);
        case '&&': return truth(!isZero(left) && !isZero(right));
        default: return truth(!isZero(left) || !isZero(right));
      }
    } catch (error) {
      if (error instanceof DecimalFault) this.#fail(error.message, address);
      throw error;
    }
  }

  *#builtin({ name, argument, address }: Expression & { type: 'builtin' }): Task<Decimal> {
    if (name === 'read') return yield* this.#read();
    if (argument!.type === 'array') return yield* this.#arrayLength(argument!.name);
    const value = yield* this.#value(argument!);
    if (name === 'length') return ofInteger(this.#arithmetic.length(value));
    if (name === 'scale') return ofInteger(value.scale);
    try {
      return squareRoot(value, this.#scale);
    } catch (error) {
      if (error instanceof DecimalFault) this.#fail(error.message, address);
      throw error;
    }
  }

  /** As far as an element was ever asked for. */
  *#arrayLength(name: string): Task<Decimal> {
    let last = 0n;
    for (const index of this.#array(name).keys()) {
      yield* this.#pace.turn();
      if (index > last) last = index;
    }
    return ofInteger(last + 1n);
  }

  /** The next number of standard input. */
  *#read(): Task<Decimal> {
    yield* this.#output.flush();
    const line = yield* this.#input.next();
    return line === undefined ? ZERO : parse(/-?[0-9A-Z.]+/.exec(decode(line))?.[0].replace('-', '') ?? '0', this.#ibase);
  }

  *#call({ name, arguments: args, address }: Expression & { type: 'call' }): Task<Decimal | undefined> {
    const definition = this.#functions.get(name);
    if (!definition) return yield* this.#library(name, args, address);
    if (args.length !== definition.parameters.length) this.#fail(this.#isBusybox ? `function has ${definition.parameters.length} parameters, but called with ${args.length}` : 'Parameter number mismatch', address);
    if (++this.#depth > DEPTH_MAX) this.#fail('Function call stack is too deep', address);
    const given: (Decimal | ArrayValues)[] = [];
    for (const [i, parameter] of definition.parameters.entries()) {
      const arg = args[i]!;
      if ((arg.type === 'array') !== parameter.isArray) this.#fail(`Parameter type mismatch, parameter ${parameter.name}.`, address);
      given.push(arg.type === 'array' ? (parameter.byReference ? this.#array(arg.name) : new Map(this.#array(arg.name))) : yield* this.#value(arg));
    }
    const saved = [...definition.parameters, ...definition.locals].map((local) => ({ local, value: local.isArray ? this.#arrays.get(local.name) : this.#variables.get(local.name) }));
    for (const { local } of saved) this.#set(local.name, local.isArray ? new Map() : ZERO);
    definition.parameters.forEach((parameter, i) => this.#set(parameter.name, given[i]!));
    const caller = this.#function;
    this.#function = name;
    let result: Decimal = ZERO;
    for (const statement of definition.body) {
      const jump = yield* this.#statement(statement);
      if (typeof jump !== 'object') continue;
      result = jump.value ?? ZERO;
      break;
    }
    this.#function = caller;
    this.#depth--;
    for (const { local, value } of saved.reverse()) this.#set(local.name, value ?? (local.isArray ? new Map() : ZERO));
    return definition.isVoid ? undefined : result;
  }

  #set(name: string, value: Decimal | ArrayValues): void {
    if (value instanceof Map) this.#arrays.set(name, value);
    else this.#variables.set(name, value);
  }

  *#library(name: string, args: readonly Argument[], address: number): Task<Decimal> {
    const known = this.#settings.hasLibrary && (Object.hasOwn(LIBRARY, name) || name === 'j');
    if (!known) this.#fail(`Function ${name} not defined.`, address);
    const values: Decimal[] = [];
    for (const arg of args) values.push(arg.type === 'array' ? ZERO : yield* this.#value(arg));
    if (values.length !== (name === 'j' ? 2 : 1)) this.#fail('Parameter number mismatch', address);
    return yield* name === 'j' ? bessel(values[0]!, values[1]!, this.#scale) : LIBRARY[name]!(values[0]!, this.#scale);
  }
}
