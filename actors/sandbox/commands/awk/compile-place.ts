// What the compilers of expressions and builtins know of each other.
import type { CompiledRegex } from '../../regex/posix-regex.js';
import type { Expression, LValue } from './ast.js';
import type { Code } from './code.js';
import type { Functions } from './functions.js';
import type { Runtime } from './runtime.js';
import type { Cell, Value } from './values.js';

/** The face of the expression compiler towards calls. */
export interface ExpressionCompiler {
  readonly runtime: Runtime;
  readonly functions: Functions;
  compile(expression: Expression): Code;
  cell(name: string): () => Cell;
  place(target: LValue): { operands: Code[]; at: (operands: readonly Code[]) => { get(): Value; set(value: Value): void } };
  regex(expression: Expression): { operands: Code[]; at: (operand: Code | undefined) => () => CompiledRegex };
}

export function isPlace(expression: Expression): expression is LValue {
  return expression.kind === 'variable' || expression.kind === 'element' || expression.kind === 'field';
}
