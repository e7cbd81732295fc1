// An arithmetic error, in bash's words.

/** `message` is what the shell prints after its own prefix: `1 + : syntax error: operand expected (error token is "+ ")`. */
export class ArithmeticError extends Error {
  readonly problem: string;
  constructor(expression: string, problem: string, token: string) {
    super(`${expression.trimStart()}: ${problem} (error token is "${token.trimStart()}")`);
    this.problem = problem;
  }
}
