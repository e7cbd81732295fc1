// What jq's assignments mean in terms of paths, and which trees are constants.
import type { Node } from './ast.js';

const NEW = '*value';
const PATH = '*path';
const call = (name: string, ...args: Node[]): Node => ({ type: 'call', name, arguments: args, at: 0 });
const variable = (name: string): Node => ({ type: 'variable', name, at: 0 });

/** `a = b`, `a |= b`, `a += b`, `a //= b`. All but `|=` take the right side from the input itself, which makes one result for each of its values. */
export function assignment({ operator, left, right }: Node & { type: 'assign' }): Node {
  if (operator === '|=') return call('_modify', left, right);
  const old = call('getpath', variable(PATH));
  const value: Node = operator === '=' ? variable(NEW)
    : operator === '//=' ? { type: 'alternative', left: old, right: variable(NEW) }
      : { type: 'binary', operator: operator.slice(0, -1), left: old, right: variable(NEW) };
  return {
    type: 'bind', source: right, patterns: [{ type: 'variable', name: NEW }],
    body: {
      type: 'reduce', source: call('path', left), pattern: { type: 'variable', name: PATH }, init: { type: 'identity' },
      update: call('setpath', variable(PATH), value),
    },
  };
}

/** Whether it is made of literals alone. */
export function isConstant(node: Node): boolean {
  switch (node.type) {
    case 'literal':
      return true;
    case 'array':
      return !node.body || isConstant(node.body);
    case 'comma':
      return isConstant(node.left) && isConstant(node.right);
    case 'object':
      return node.entries.every(({ key, value }) => isConstant(key) && isConstant(value));
    default:
      return false;
  }
}
