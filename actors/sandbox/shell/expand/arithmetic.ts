// Evaluates arithmetic: numbers while they are exact, 64-bit wrap-around beyond; variables are expressions in their turn.
import { ExpansionError } from '../flow.js';
import type { Shell } from '../shell.js';
import { ArithmeticError } from '../syntax/arithmetic-error.js';
import type { ArithmeticText, BinaryOperator, Dialect, Expression, Parameter, Variable } from '../syntax/ast.js';
import { type Integer, posixInteger, sum, toInteger } from '../syntax/constant.js';
import { parseArithmetic } from '../syntax/script-parts.js';
import type { Key } from '../variables/arrays.js';
import { isName } from '../variables/variables.js';
import { isBefore, keyOf, plainValue } from './lookup.js';

/** How deep values of variables may name other variables (bash: 1024). */
const RECURSION_MAX = 1024;
const CACHE_MAX = 2000;
const PLAIN = /^-?(?:0|[1-9][0-9]{0,14})$/;

const parsed = new Map<string, ArithmeticText>();

function parse(source: string, dialect: Dialect): ArithmeticText {
  const key = `${dialect} ${source}`;
  const known = parsed.get(key);
  if (known) return known;
  const text = parseArithmetic(source, dialect);
  if (parsed.size >= CACHE_MAX) parsed.clear();
  parsed.set(key, text);
  return text;
}

/** Evaluates text of the script; `expand` gives its expansion when it could not be parsed in advance. */
export function evaluateText(shell: Shell, text: ArithmeticText, expand: () => string): Integer {
  if (text.expression !== undefined) {
    if (text.dollars.length === 0) return guarded(shell, text.source, () => evaluate(new Scope(shell, text.source, []), text.expression!));
    const values = dollarValues(shell, text.dollars);
    if (values) return guarded(shell, expand, () => evaluate(new Scope(shell, text.source, values), text.expression!));
  }
  return evaluateSource(shell, expand());
}

/** The values of the parameters when all are plain numbers. */
function dollarValues(shell: Shell, dollars: readonly Parameter[]): number[] | undefined {
  const values: number[] = [];
  for (const { name } of dollars) {
    const value = plainValue(shell, name);
    if (value === undefined || !PLAIN.test(value)) return undefined;
    values.push(Number(value));
  }
  return values;
}

/** Evaluates text that is already expanded. */
export function evaluateSource(shell: Shell, source: string): Integer {
  if (PLAIN.test(source)) return Number(source);
  return guarded(shell, source, () => evaluateParsed(new Scope(shell, source, []), source));
}

function evaluateParsed(scope: Scope, source: string): Integer {
  if (PLAIN.test(source)) return Number(source);
  const text = parse(source, scope.shell.dialect);
  if (text.expression === undefined) throw new ArithmeticError(source, 'syntax error: operand expected', source);
  return evaluate(scope, text.expression);
}

/** `source` gives the text as dash tells of it: expanded. */
function guarded(shell: Shell, source: string | (() => string), run: () => Integer): Integer {
  try {
    return run();
  } catch (error) {
    if (error instanceof ArithmeticError) throw outliving(shell.dialect === 'dash' ? `arithmetic expression: ${dashProblem(error.problem)}: "${typeof source === 'string' ? source : source()}"` : error.message);
    throw error;
  }
}

/** `$((…))`: unlike subscripts and `(( ))` it ends a POSIX shell where it is wrong. */
export function endingPosix<T>(evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpansionError) error.endsPosix = true;
    throw error;
  }
}

function outliving(message: string): ExpansionError {
  const error = new ExpansionError(message);
  error.outlivesErrexit = true;
  return error;
}

function dashProblem(problem: string): string {
  if (problem === 'division by 0') return 'division by zero';
  if (problem === "missing `)'") return "expecting ')'";
  if (problem.startsWith("`:'")) return "expecting ':'";
  return problem === 'syntax error: operand expected' || problem === 'expression expected' ? 'expecting primary' : 'expecting EOF';
}

/** The value of a variable in dash: a number, or nothing. */
function dashValue(text: string): Integer {
  if (text.trim() === '') return 0;
  if (!/^\s*[-+]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\s*$/.test(text)) throw new ExpansionError(`Illegal number: ${text}`);
  return posixInteger(text.trim());
}

class Scope {
  readonly shell: Shell;
  readonly source: string;
  readonly dollars: readonly number[];
  /** How many variables led here. */
  readonly depth: number;
  constructor(shell: Shell, source: string, dollars: readonly number[], depth = 0) {
    this.shell = shell;
    this.source = source;
    this.dollars = dollars;
    this.depth = depth;
  }
}

function evaluate(scope: Scope, node: Expression): Integer {
  switch (node.type) {
    case 'number':
      return node.value;
    case 'dollar':
      return scope.dollars[node.slot]!;
    case 'variable':
      return read(scope, node);
    case 'binary':
      return binary(scope, node.operator, evaluate(scope, node.left), evaluate(scope, node.right), node.rest);
    case 'assign': {
      if (node.operator === undefined) {
        const right = evaluate(scope, node.value);
        write(scope, node.target, right);
        return right;
      }
      const key = placeOf(scope, node.target);
      const right = binary(scope, node.operator, read(scope, node.target, key), evaluate(scope, node.value), node.rest);
      write(scope, node.target, right, key);
      return right;
    }
    case 'update': {
      const key = placeOf(scope, node.target);
      const before = read(scope, node.target, key);
      const after = sum(before, node.operator === '++' ? 1 : -1);
      write(scope, node.target, after, key);
      return node.prefix ? after : before;
    }
    case 'logical': {
      const left = truth(evaluate(scope, node.left));
      if (left === (node.operator === '||')) return left ? 1 : 0;
      return truth(evaluate(scope, node.right)) ? 1 : 0;
    }
    case 'unary':
      return unary(node.operator, evaluate(scope, node.operand));
    case 'conditional':
      return truth(evaluate(scope, node.test)) ? evaluate(scope, node.yes) : evaluate(scope, node.no);
    case 'comma':
      evaluate(scope, node.left);
      return evaluate(scope, node.right);
    case 'unreadable':
      throw node.error;
  }
}

function truth(value: Integer): boolean {
  return value !== 0 && value !== 0n;
}

function unary(operator: '+' | '-' | '!' | '~', value: Integer): Integer {
  switch (operator) {
    case '+':
      return value;
    case '-':
      return typeof value === 'number' ? (value === 0 ? 0 : -value) : toInteger(-value);
    case '!':
      return truth(value) ? 0 : 1;
    case '~':
      return typeof value === 'number' ? sum(-value, -1) : toInteger(~value);
  }
}

function binary(scope: Scope, operator: BinaryOperator, a: Integer, b: Integer, rest: string): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    switch (operator) {
      case '+':
        return sum(a, b);
      case '-':
        return sum(a, -b);
      case '<':
        return a < b ? 1 : 0;
      case '>':
        return a > b ? 1 : 0;
      case '<=':
        return a <= b ? 1 : 0;
      case '>=':
        return a >= b ? 1 : 0;
      case '==':
        return a === b ? 1 : 0;
      case '!=':
        return a === b ? 0 : 1;
      case '*': {
        const product = a * b;
        if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
        break;
      }
      case '/':
      case '%': {
        if (b === 0) throw new ArithmeticError(scope.source, 'division by 0', rest);
        const outcome = operator === '/' ? Math.trunc(a / b) : a % b;
        return outcome === 0 ? 0 : outcome;
      }
      case '&':
      case '|':
      case '^':
        if ((a | 0) === a && (b | 0) === b) return operator === '&' ? a & b : operator === '|' ? a | b : a ^ b;
        break;
      default:
        break;
    }
  }
  return wide(scope, operator, BigInt(a), BigInt(b), rest);
}

function wide(scope: Scope, operator: BinaryOperator, a: bigint, b: bigint, rest: string): Integer {
  switch (operator) {
    case '+':
      return toInteger(a + b);
    case '-':
      return toInteger(a - b);
    case '*':
      return toInteger(a * b);
    case '/':
    case '%':
      if (b === 0n) throw new ArithmeticError(scope.source, 'division by 0', rest);
      return toInteger(operator === '/' ? a / b : a % b);
    case '**':
      if (b < 0n) throw new ArithmeticError(scope.source, 'exponent less than 0', rest);
      return power(a, b);
    case '<<':
      return toInteger(a << (b & 63n));
    case '>>':
      return toInteger(a >> (b & 63n));
    case '&':
      return toInteger(a & b);
    case '|':
      return toInteger(a | b);
    case '^':
      return toInteger(a ^ b);
    case '<':
      return a < b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    case '>=':
      return a >= b ? 1 : 0;
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a === b ? 0 : 1;
  }
}

/** By squaring, wrapped at each step, so that no exponent makes a huge number. */
function power(base: bigint, exponent: bigint): Integer {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return toInteger(result);
}

/** The key of an element that is read and written: its subscript is evaluated once. */
function placeOf({ shell }: Scope, { name, index }: Variable): Key | undefined {
  if (index === undefined) return undefined;
  const variable = shell.variables.find(name);
  if (index.all !== undefined && !variable?.map) return undefined;
  return variable || !shell.options.nounset ? keyOf(shell, index, variable) : undefined;
}

function read(scope: Scope, { name, index }: Variable, place?: Key): Integer {
  const { shell } = scope;
  let text: string | undefined;
  if (index === undefined) {
    text = plainValue(shell, name);
  } else {
    const variable = shell.variables.find(name);
    if (variable || !shell.options.nounset) text = index.all === undefined || variable?.map ? elementAt(shell, place ?? keyOf(shell, index, variable), variable, name) : variable?.elements.join(' ');
    // An element that is not set counts as 0, even with nounset.
    if (variable?.isArray === true) text ??= '';
  }
  if (shell.dialect === 'dash') return text !== undefined && text.length < 16 && PLAIN.test(text) ? Number(text) : dashValue(text ?? '');
  if (text === undefined) {
    // busybox: what is not set is 0, even with nounset.
    if (shell.options.nounset && shell.isBash) throw new ExpansionError(`${name}: unbound variable`, { fatal: true, status: 127 });
    return 0;
  }
  if (text === '') return 0;
  if (text.length < 16 && PLAIN.test(text)) return Number(text);
  if (scope.depth >= RECURSION_MAX) throw new ArithmeticError(text, 'expression recursion level exceeded', text);
  return evaluateParsed(new Scope(shell, text, [], scope.depth + 1), text);
}

/** An index before the beginning is complained of, and counts as unset. */
function elementAt(shell: Shell, key: Key, variable: ReturnType<Shell['variables']['find']>, name: string): string | undefined {
  if (typeof key === 'string' || !isBefore(variable, key)) return variable?.element(key);
  shell.complain(`${name}: bad array subscript`);
  return undefined;
}

function write({ shell }: Scope, { name, index }: Variable, value: Integer, place?: Key): void {
  const text = String(value);
  if (index === undefined || !isName(name)) {
    shell.variables.set(name, text);
    return;
  }
  const { name: target } = shell.variables.follow(name);
  const key = place ?? keyOf(shell, index, shell.variables.binding(target));
  shell.variables.assignElement(shell.variables.writable(target), key, text);
}
