// `[[ … ]]`.
import type { Task } from '../../kernel/wait.js';
import { compileRegex, RegexSyntaxError } from '../../regex/posix-regex.js';
import { escapeEach } from '../expand/sinks.js';
import { withSubscripts } from '../expand/run-time-subscripts.js';
import { ExpansionError } from '../flow.js';
import { countsBytes } from '../locale.js';
import { compilePattern } from '../patterns.js';
import type { Shell } from '../shell.js';
import type { Test } from '../syntax/ast.js';
import { fileTest, compareFiles, isVariableSet, optionTest } from '../test-primaries.js';
import { traceLine } from './trace.js';

/** 0 true, 1 false, 2 an error that was reported. */
export function* evaluateTest(shell: Shell, test: Test, negated = false): Task<number> {
  switch (test.type) {
    case 'not':
      return (yield* evaluateTest(shell, test.operand, true)) === 0 ? 1 : 0;
    case 'group':
      return yield* evaluateTest(shell, test.operand);
    case 'and': {
      const left = yield* evaluateTest(shell, test.left);
      return left === 0 ? yield* evaluateTest(shell, test.right) : left;
    }
    case 'or':
      return (yield* evaluateTest(shell, test.left)) === 0 ? 0 : yield* evaluateTest(shell, test.right);
    default:
      return yield* evaluateOne(shell, test, negated);
  }
}

/** What `-eq` and its kin could not read as a number; an error in the expansion of a word is worse. */
class NumberError extends Error {}

type Primary = Exclude<Test, { type: 'not' | 'group' | 'and' | 'or' }>;

function* evaluateOne(shell: Shell, test: Primary, negated: boolean): Task<number> {
  try {
    return (yield* evaluate(shell, test, negated)) ? 0 : 1;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return 2;
    if (!(error instanceof NumberError)) throw error;
    shell.complain(`[[: ${error.message}`);
    return 1;
  }
}

/** `set -x`: one primary; nothing is shown as `''`. */
function tell(shell: Shell, negated: boolean, left: string | undefined, operator: string, right: string): void {
  if (!shell.options.xtrace) return;
  const shown = (text: string): string => (text === '' ? "''" : text);
  traceLine(shell, `[[ ${negated ? '! ' : ''}${left === undefined ? '' : `${shown(left)} `}${operator} ${shown(right)} ]]`);
}

function* evaluate(shell: Shell, test: Primary, negated: boolean): Task<boolean> {
  switch (test.type) {
    case 'word': {
      const text = yield* shell.expansion.textTask(test.word);
      tell(shell, negated, undefined, '-n', text);
      return text !== '';
    }
    case 'unary': {
      const operand = yield* shell.expansion.textTask(test.operand);
      tell(shell, negated, undefined, test.operator, operand);
      return yield* withSubscripts(shell, () => unary(shell, test.operator, operand));
    }
    case 'binary':
      return yield* binary(shell, test, negated);
  }
}

function unary(shell: Shell, operator: string, operand: string): boolean {
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-v':
      return isVariableSet(shell, operand, false);
    case '-R':
      return shell.variables.binding(operand)?.has(32) === true && shell.variables.binding(operand)?.value !== undefined;
    case '-o':
      return optionTest(shell, operand);
    case '-t':
      return /^\s*\d+\s*$/.test(operand) && (shell.process.descriptors.find(Number(operand))?.isTerminal ?? false);
    default:
      return fileTest(shell, operator, operand);
  }
}

function* binary(shell: Shell, test: Test & { type: 'binary' }, negated: boolean): Task<boolean> {
  const { expansion, options } = shell;
  const left = yield* expansion.textTask(test.left);
  const right = test.operator === '=~' ? (test.right.blocking ? yield* expansion.regexTask(test.right) : expansion.regex(test.right))
    : test.operator === '=' || test.operator === '==' || test.operator === '!='
      ? (test.right.blocking || options.xtrace ? yield* expansion.patternTask(test.right, options.xtrace ? escapeEach : undefined) : expansion.pattern(test.right))
      : yield* expansion.textTask(test.right);
  tell(shell, negated, left, test.operator, right);
  switch (test.operator) {
    case '=':
    case '==':
      return compilePattern(right, { extglob: true, nocase: options.nocasematch, bytes: countsBytes(shell, left) }).test(left);
    case '!=':
      return !compilePattern(right, { extglob: true, nocase: options.nocasematch, bytes: countsBytes(shell, left) }).test(left);
    case '=~':
      return matches(shell, left, right);
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-nt':
    case '-ot':
    case '-ef':
      return compareFiles(shell, left, test.operator, right);
    default:
      try {
        return yield* withSubscripts(shell, () => compareNumbers(shell, left, test.operator, right));
      } catch (error) {
        throw error instanceof ExpansionError && !error.isFatal && !error.isInner ? new NumberError(error.message) : error;
      }
  }
}

function compareNumbers(shell: Shell, left: string, operator: string, right: string): boolean {
  const a = shell.expansion.evaluate(left);
  const b = shell.expansion.evaluate(right);
  switch (operator) {
    case '-eq':
      // A number and a bigint of equal value are equal here.
      return !(a < b) && !(a > b);
    case '-ne':
      return a < b || a > b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

/** `=~`: leaves the match and its groups in BASH_REMATCH. */
function matches(shell: Shell, text: string, pattern: string): boolean {
  const match = compileRegex(pattern, { extended: true, ignoreCase: shell.options.nocasematch }).exec(text);
  const groups = match ? Array.from(match, (group) => group ?? '') : [];
  shell.variables.assignList(shell.variables.writable('BASH_REMATCH'), groups);
  return match !== null;
}
