// Compiled awk expressions: closures that compute at once, or (where something may block) a generator.
import type { Task } from '../../kernel/wait.js';
import type { Runtime } from './runtime.js';
import { numberText, toBoolean, toNumber, type Value } from './values.js';

/** One of `run` (may block) and the others; each of these gives the value in the form that is wanted. */
export interface Code {
  number(): number;
  text(): string;
  value(): Value;
  truth(): boolean;
  /** What print writes, where that needs no value in between. */
  printed?: () => string;
  run?: () => Task<Value>;
}

export function numberCode(runtime: Runtime, number: () => number): Code {
  return { number, value: number, text: () => numberText(number(), runtime.convfmt), truth: () => number() !== 0 };
}

export function textCode(text: () => string): Code {
  return { text, value: text, number: () => toNumber(text()), truth: () => text() !== '' };
}

export function valueCode(runtime: Runtime, value: () => Value): Code {
  return { value, number: () => toNumber(value()), text: () => runtime.text(value()), truth: () => toBoolean(value()) };
}

function mustWait(): never {
  throw new Error('an expression that may block was computed as one that may not');
}

/** An expression that may block. */
export function taskCode(run: () => Task<Value>): Code {
  return { run, number: mustWait, text: mustWait, value: mustWait, truth: mustWait };
}

export function* evaluate(code: Code): Task<Value> {
  return code.run ? yield* code.run() : code.value();
}

/**
 * Builds an expression over operands. Where one of them may block, all are computed first, in order, and the expression is built over
 * their results; nothing can come between setting these and using them, so recursion does no harm.
 */
export function over(runtime: Runtime, operands: readonly Code[], build: (operands: readonly Code[]) => Code): Code {
  if (operands.every((operand) => operand.run === undefined)) return build(operands);
  const results: Value[] = [];
  const proxies = operands.map((_, i) => valueCode(runtime, () => results[i]));
  const built = build(proxies);
  return taskCode(function* run() {
    const values: Value[] = [];
    for (const operand of operands) values.push(yield* evaluate(operand));
    results.splice(0, results.length, ...values);
    return yield* evaluate(built);
  });
}
