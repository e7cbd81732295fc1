// What an awk program consists of.
import type { Location } from './source.js';

/** What may be an array: a variable, or an element of another array. */
export type ArrayName =
  | { kind: 'variable'; name: string; where?: Location }
  | { kind: 'element'; array: ArrayName; subscripts: Expression[] };

export type LValue =
  | ArrayName
  | { kind: 'field'; index: Expression };

export type Expression =
  | LValue
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'regex'; source: string }
  /** `@/…/`: a value, not a match. */
  | { kind: 'typed-regex'; source: string }
  | { kind: 'group'; body: Expression }
  | { kind: 'assign'; operator: string; target: LValue; value: Expression }
  | { kind: 'step'; operator: '++' | '--'; prefix: boolean; target: LValue }
  | { kind: 'unary'; operator: '+' | '-' | '!'; operand: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'concat'; parts: Expression[] }
  | { kind: 'match'; negated: boolean; text: Expression; regex: Expression }
  | { kind: 'in'; subscripts: Expression[]; array: ArrayName }
  | { kind: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'conditional'; test: Expression; consequent: Expression; otherwise: Expression }
  | { kind: 'call'; name: string; args: Expression[]; where: Location }
  /** `@name(…)`: the variable says which function. */
  | { kind: 'indirect'; where: Location; name: string; args: Expression[] }
  | { kind: 'builtin'; name: string; args: Expression[]; where: Location }
  /** `source` is a file (`<`), a command (`|`) or one that is written to as well (`|&`); none: the main input. */
  | { kind: 'getline'; target: LValue | undefined; from: 'main' | 'file' | 'command' | 'coprocess'; source: Expression | undefined };

export interface Redirection {
  operator: '>' | '>>' | '|' | '|&';
  target: Expression;
}

/** `where` is what errors name while it runs. */
export type Statement = { where: Location } & StatementBody;

export type StatementBody =
  | { kind: 'block'; body: Statement[] }
  | { kind: 'expression'; value: Expression }
  | { kind: 'print' | 'printf'; args: Expression[]; redirection: Redirection | undefined }
  | { kind: 'if'; test: Expression; consequent: Statement; otherwise: Statement | undefined }
  | { kind: 'while'; test: Expression; body: Statement }
  | { kind: 'do'; test: Expression; body: Statement }
  | { kind: 'for'; start: Statement | undefined; test: Expression | undefined; step: Statement | undefined; body: Statement }
  | { kind: 'for-in'; variable: string; array: ArrayName; body: Statement }
  | { kind: 'switch'; value: Expression; cases: { match: Expression | undefined; body: Statement[] }[] }
  | { kind: 'delete'; target: ArrayName }
  | { kind: 'exit' | 'return'; value: Expression | undefined }
  | { kind: 'next' | 'nextfile' | 'break' | 'continue' };

export interface FunctionDefinition {
  name: string;
  parameters: string[];
  body: Statement;
  where: Location;
}

export interface Rule {
  /** `BEGIN`, `END`, …, a pattern, a range, or (undefined) every record. */
  when: 'BEGIN' | 'END' | 'BEGINFILE' | 'ENDFILE' | undefined;
  pattern: Expression | undefined;
  until: Expression | undefined;
  /** Undefined prints the record. */
  action: Statement | undefined;
  where: Location;
}

export interface Program {
  rules: Rule[];
  functions: Map<string, FunctionDefinition>;
}

/** Whose language it is where awks differ: busybox's reads octal numbers and finds out late which functions there are. */
export type AwkManners = 'gnu' | 'busybox';
