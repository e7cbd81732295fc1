// What bc's parser makes of the text.
export type Expression =
  | { type: 'number'; text: string }
  | { type: 'variable'; name: string }
  | { type: 'element'; name: string; index: Expression }
  | { type: 'assign'; operator: string; target: Expression; value: Expression }
  | { type: 'step'; target: Expression; by: 1 | -1; isPrefix: boolean }
  | { type: 'binary'; operator: string; left: Expression; right: Expression; address: number }
  | { type: 'unary'; operator: '-' | '!'; operand: Expression }
  | { type: 'call'; name: string; arguments: Argument[]; address: number }
  | { type: 'builtin'; name: string; argument: Argument | undefined; address: number }
  | { type: 'group'; inner: Expression };

export type Argument = Expression | { type: 'array'; name: string };

export type Statement =
  | { type: 'expression'; expression: Expression }
  | { type: 'string'; text: string }
  | { type: 'print'; parts: (Expression | { type: 'string'; text: string })[] }
  | { type: 'block'; statements: Statement[] }
  | { type: 'if'; condition: Expression; consequent: Statement; otherwise: Statement | undefined }
  | { type: 'while'; condition: Expression; body: Statement }
  | { type: 'for'; init: Expression | undefined; condition: Expression | undefined; step: Expression | undefined; body: Statement }
  | { type: 'break' | 'continue' | 'halt' | 'limits' | 'warranty' }
  | { type: 'return'; value: Expression | undefined };

export interface Parameter {
  name: string;
  isArray: boolean;
  byReference: boolean;
}

export interface BcFunction {
  name: string;
  parameters: Parameter[];
  locals: Parameter[];
  body: Statement[];
  isVoid: boolean;
}

export type Item = { type: 'statements'; statements: Statement[] } | { type: 'function'; definition: BcFunction };
