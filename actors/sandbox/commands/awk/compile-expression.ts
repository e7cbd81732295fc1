// Compiles awk expressions to closures.
import { Errno } from '../../kernel/errno.js';
import type { Expression, LValue } from './ast.js';
import { type Code, evaluate, numberCode, over, taskCode, textCode, valueCode } from './code.js';
import { compileBuiltin } from './compile-builtin.js';
import { awkRegex } from './regex.js';
import { compileArray, elementCode, elementPlace, keyOf } from './compile-array.js';
import type { Place } from './compile-place.js';
import type { Functions } from './functions.js';
import type { Runtime } from './runtime.js';
import { AwkSyntaxError, type Location, programError } from './source.js';
import { AwkFatal, type Cell, compareValues, InputText, RegexText, toBoolean, toNumber, type Value } from './values.js';
import type { CompiledRegex } from '../../regex/posix-regex.js';

/** Compiles within a function (`locals` are its parameters) or outside. */
export class ExpressionCompiler {
  readonly runtime: Runtime;
  readonly functions: Functions;
  readonly #locals: ReadonlyMap<string, number>;

  constructor(runtime: Runtime, functions: Functions, locals: ReadonlyMap<string, number>) {
    this.runtime = runtime;
    this.functions = functions;
    this.#locals = locals;
  }

  /** The cell behind a name, found when the code runs. */
  cell(name: string, where?: Location): () => Cell {
    const local = this.#locals.get(name);
    const { runtime } = this;
    if (local !== undefined) return () => runtime.frame[local]!;
    if (this.functions.has(name)) throw programError(where ?? this.functions.whereIs(name), `function \`${name}' called with space between name and \`(',\nor used as a variable or an array`);
    const cell = runtime.cell(name);
    return () => cell;
  }

  compile(expression: Expression): Code {
    const { runtime } = this;
    switch (expression.kind) {
      case 'number': {
        const { value } = expression;
        return numberCode(runtime, () => value);
      }
      case 'string': {
        const { value } = expression;
        return textCode(() => value);
      }
      case 'regex': {
        const { at } = this.regex(expression);
        const regex = at(undefined);
        return numberCode(runtime, () => (regex().test(runtime.recordText()) ? 1 : 0));
      }
      case 'typed-regex': {
        const value = new RegexText(expression.source);
        return valueCode(runtime, () => value);
      }
      case 'group': return this.compile(expression.body);
      case 'variable': case 'element': case 'field': return this.#read(expression);
      case 'assign': return this.#assign(expression);
      case 'step': return this.#step(expression);
      case 'unary': return this.#unary(expression);
      case 'binary': return this.#binary(expression);
      case 'concat': return over(runtime, expression.parts.map((part) => this.compile(part)), concat);
      case 'match': return this.#match(expression);
      case 'in': return this.#membership(expression);
      case 'and': case 'or': return this.#logical(expression);
      case 'conditional': return this.#conditional(expression);
      case 'indirect': return this.functions.compileIndirect(this, expression);
      case 'call': return this.functions.compileCall(this, expression);
      case 'builtin': return compileBuiltin(this, expression);
      case 'getline': return this.#getline(expression);
    }
  }

  // --- variables --------------------------------------------------------------------------------------------------------------

  #read(target: LValue): Code {
    const { runtime } = this;
    if (target.kind === 'field') {
      if (target.index.kind === 'number') {
        const index = target.index.value;
        return fieldCode(runtime, () => index);
      }
      return over(runtime, [this.compile(target.index)], ([index]) => fieldCode(runtime, () => atLeastZero(runtime, index!.number())));
    }
    if (target.kind === 'element') return elementCode(this, target);
    const special = this.#locals.has(target.name) ? undefined : runtime.specials.get(target.name);
    if (special) return valueCode(runtime, special.get);
    const cell = this.cell(target.name, target.where);
    return valueCode(runtime, () => {
      const own = cell();
      const { value } = own;
      return value === undefined || value instanceof Map ? own.scalar : value;
    });
  }

  place(target: LValue): { operands: Code[]; at: (operands: readonly Code[]) => Place } {
    const { runtime } = this;
    if (target.kind === 'element') return elementPlace(this, target);
    if (target.kind === 'field') {
      return {
        operands: [this.compile(target.index)],
        at: ([index]) => {
          let own = 0;
          return {
            get: () => runtime.field((own = index!.number())), put: (value) => runtime.setField(own, value), set: (value) => runtime.setField(index!.number(), value),
          };
        },
      };
    }
    const special = this.#locals.has(target.name) ? undefined : runtime.specials.get(target.name);
    if (special) return { operands: [], at: () => ({ ...special, put: special.set }) };
    const cell = this.cell(target.name, target.where);
    const set = (value: Value): void => {
      const own = cell();
      if (own.value === undefined || own.value instanceof Map) own.scalar = value;
      else own.value = value ?? null;
    };
    return { operands: [], at: () => ({ get: () => cell().scalar, set, put: set }) };
  }

  #assign({ operator, target, value }: Extract<Expression, { kind: 'assign' }>): Code {
    const { runtime } = this;
    const { operands, at } = this.place(target);
    return over(runtime, [...operands, this.compile(value)], (all) => {
      const place = at(all.slice(0, -1));
      const right = all.at(-1)!;
      if (operator === '=') {
        return valueCode(runtime, () => {
          const result = right.value();
          place.set(result);
          return result;
        });
      }
      const compute = arithmetic(operator.slice(0, -1));
      return numberCode(runtime, () => {
        const operand = right.number();
        const result = compute(toNumber(place.get()), operand);
        place.put(result);
        return result;
      });
    });
  }

  #step({ operator, prefix, target }: Extract<Expression, { kind: 'step' }>): Code {
    const { runtime } = this;
    const { operands, at } = this.place(target);
    const by = operator === '++' ? 1 : -1;
    return over(runtime, operands, (all) => {
      const place = at(all);
      return numberCode(runtime, () => {
        const before = toNumber(place.get());
        place.put(before + by);
        return prefix ? before + by : before;
      });
    });
  }

  // --- operators --------------------------------------------------------------------------------------------------------------

  #unary({ operator, operand }: Extract<Expression, { kind: 'unary' }>): Code {
    const { runtime } = this;
    return over(runtime, [this.compile(operand)], ([inner]) => {
      if (operator === '!') return numberCode(runtime, () => (inner!.truth() ? 0 : 1));
      return operator === '-' ? numberCode(runtime, () => -inner!.number()) : numberCode(runtime, () => inner!.number());
    });
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Code {
    const { runtime } = this;
    return over(runtime, [this.compile(left), this.compile(right)], ([a, b]) => {
      const compare = COMPARISONS[operator];
      if (compare) return numberCode(runtime, () => (compare(compareValues(a!.value(), b!.value(), runtime.convfmt, runtime.ignoresCase)) ? 1 : 0));
      if (operator === '+') return numberCode(runtime, () => a!.number() + b!.number());
      if (operator === '-') return numberCode(runtime, () => a!.number() - b!.number());
      if (operator === '*') return numberCode(runtime, () => a!.number() * b!.number());
      const compute = arithmetic(operator);
      requireDivisor(runtime, operator, constantOf(left), constantOf(right));
      return numberCode(runtime, () => compute(a!.number(), b!.number()));
    });
  }

  /** An expression used as a regular expression: constant, or its text. */
  regex(expression: Expression): { operands: Code[]; at: (operand: Code | undefined) => () => CompiledRegex } {
    const { runtime } = this;
    if (expression.kind === 'regex' || expression.kind === 'typed-regex') {
      const { source } = expression;
      const regex = awkRegex(source);
      return { operands: [], at: () => () => (runtime.ignoresCase ? awkRegex(source, true) : regex) };
    }
    return { operands: [this.compile(expression)], at: (operand) => () => awkRegex(operand!.text(), runtime.ignoresCase) };
  }

  #match({ negated, text, regex }: Extract<Expression, { kind: 'match' }>): Code {
    const { runtime } = this;
    const { operands, at } = this.regex(regex);
    const wanted = negated ? 0 : 1;
    return over(runtime, [this.compile(text), ...operands], ([subject, pattern]) => {
      const expression = at(pattern);
      return numberCode(runtime, () => {
        const own = subject!.text();
        return expression().test(own) ? wanted : 1 - wanted;
      });
    });
  }

  #membership({ subscripts, array }: Extract<Expression, { kind: 'in' }>): Code {
    const { runtime } = this;
    const keys = subscripts.map((subscript) => this.compile(subscript));
    const { operands, at } = compileArray(this, array);
    return over(runtime, [...keys, ...operands], (all) => {
      const key = keyOf(runtime, all.slice(0, keys.length));
      const found = at(all.slice(keys.length));
      return numberCode(runtime, () => (found.array().has(key()) ? 1 : 0));
    });
  }

  #logical({ kind, left, right }: Extract<Expression, { kind: 'and' | 'or' }>): Code {
    const { runtime } = this;
    const a = this.compile(left);
    const b = this.compile(right);
    const isAnd = kind === 'and';
    if (a.run || b.run) {
      return taskCode(function* run() {
        const first = toBoolean(yield* evaluate(a));
        if (first !== isAnd) return first ? 1 : 0;
        return toBoolean(yield* evaluate(b)) ? 1 : 0;
      });
    }
    return numberCode(runtime, isAnd ? () => (a.truth() && b.truth() ? 1 : 0) : () => (a.truth() || b.truth() ? 1 : 0));
  }

  #conditional({ test, consequent, otherwise }: Extract<Expression, { kind: 'conditional' }>): Code {
    const condition = this.compile(test);
    const yes = this.compile(consequent);
    const no = this.compile(otherwise);
    if (condition.run || yes.run || no.run) {
      return taskCode(function* run() {
        return yield* evaluate(toBoolean(yield* evaluate(condition)) ? yes : no);
      });
    }
    return {
      value: () => (condition.truth() ? yes : no).value(), number: () => (condition.truth() ? yes : no).number(),
      text: () => (condition.truth() ? yes : no).text(), truth: () => (condition.truth() ? yes : no).truth(),
    };
  }

  #getline({ target, from, source }: Extract<Expression, { kind: 'getline' }>): Code {
    const { runtime } = this;
    const place = target && this.place(target);
    const where = source && this.compile(source);
    return taskCode(function* run() {
      let record: string | undefined;
      const operands: Value[] = [];
      for (const operand of place?.operands ?? []) operands.push(yield* evaluate(operand));
      if (from === 'main') {
        record = yield* runtime.nextRecord();
      } else {
        const reader = yield* runtime.streams.input(from, runtime.text(yield* evaluate(where!)));
        if (!reader) {
          runtime.noteError(runtime.streams.lastError!);
          return -1;
        }
        try {
          record = yield* reader.next(runtime.rs, runtime.ignoresCase);
        } catch (error) {
          if (!(error instanceof Errno)) throw error;
          runtime.noteError(error);
          return -1;
        }
      }
      if (record === undefined) return 0;
      if (!place) {
        runtime.record.set(record);
        return 1;
      }
      place.at(operands.map((value) => valueCode(runtime, () => value))).set(new InputText(record));
      return 1;
    });
  }
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0, '<=': (order) => order <= 0, '==': (order) => order === 0, '!=': (order) => order !== 0, '>': (order) => order > 0, '>=': (order) => order >= 0,
};

function arithmetic(operator: string): (a: number, b: number) => number {
  switch (operator) {
    case '+': return (a, b) => a + b;
    case '-': return (a, b) => a - b;
    case '*': return (a, b) => a * b;
    case '^': return (a, b) => a ** b;
    default:
      return (a, b) => {
        if (b === 0) throw new AwkFatal(`division by zero attempted${operator === '%' ? ' in `%\'' : ''}`);
        return operator === '/' ? a / b : a % b;
      };
  }
}

function constantOf(expression: Expression): number | undefined {
  if (expression.kind === 'group') return constantOf(expression.body);
  return expression.kind === 'number' ? expression.value : undefined;
}

/** A constant divided by a zero is wrong before anything runs. */
function requireDivisor({ where, manners }: Runtime, operator: string, dividend: number | undefined, divisor: number | undefined): void {
  if (where && dividend !== undefined && manners === 'gnu' && (operator === '/' || operator === '%') && divisor === 0) throw programError(where, `division by zero attempted${operator === '%' ? ' in `%\'' : ''}`);
}

function concat(parts: readonly Code[]): Code {
  const [a, b] = parts;
  if (parts.length === 2) return textCode(() => a!.text() + b!.text());
  return textCode(() => {
    let text = '';
    for (const part of parts) text += part.text();
    return text;
  });
}

/** What busybox says of a negative one; the others' words come from the record. */
function atLeastZero(runtime: Runtime, index: number): number {
  if (index < 0 && runtime.manners === 'busybox') throw new AwkSyntaxError([], runtime.where?.line ?? 1, 'Access to negative field');
  return index;
}

function fieldCode(runtime: Runtime, index: () => number): Code {
  return {
    value: () => runtime.field(index()), text: () => runtime.fieldText(index()), number: () => toNumber(runtime.fieldText(index())),
    truth: () => toBoolean(runtime.field(index())), printed: () => runtime.fieldText(index(), runtime.ofmt),
  };
}
