// What the compilers of expressions, arrays and builtins know of each other.
import type { CompiledRegex } from '../../regex/posix-regex.js';
import type { Expression, LValue } from './ast.js';
import type { Code } from './code.js';
import type { Functions } from './functions.js';
import type { Runtime } from './runtime.js';
import type { Location } from './source.js';
import type { Cell, Value } from './values.js';

/** A place to read and write. */
export interface Place {
  get(): Value;
  set(value: Value): void;
  /** Writes where `get` has just read: subscripts are computed once. Nothing may be computed in between. */
  put(value: Value): void;
}

/** The face of the expression compiler towards calls. */
export interface ExpressionCompiler {
  readonly runtime: Runtime;
  readonly functions: Functions;
  compile(expression: Expression): Code;
  cell(name: string, where?: Location): () => Cell;
  /** `operands` are what has to be computed before the place is known. */
  place(target: LValue): { operands: Code[]; at: (operands: readonly Code[]) => Place };
  regex(expression: Expression): { operands: Code[]; at: (operand: Code | undefined) => () => CompiledRegex };
}

export function isPlace(expression: Expression): expression is LValue {
  return expression.kind === 'variable' || expression.kind === 'element' || expression.kind === 'field';
}
