// Compiles where arrays and their elements are: by name, or as elements of others.
import type { ArrayName, Expression } from './ast.js';
import { type Code, over, valueCode } from './code.js';
import type { ExpressionCompiler, Place } from './compile-place.js';
import type { Runtime } from './runtime.js';
import { type Location, programError } from './source.js';
import { type AwkArray, AwkFatal, type Cell, ElementCell, scalarContext, type Value } from './values.js';

/** What has to be computed before the array is known, and how it is found then. */
export interface ArrayCode {
  operands: Code[];
  at(operands: readonly Code[]): FoundArray;
}

interface FoundArray {
  array(): AwkArray;
  /** As messages call the array that was found last. */
  name(): string;
}

interface FoundElement {
  array(): AwkArray;
  key(): string;
  name(key: string): string;
}

/** The key of an element: several subscripts are joined by SUBSEP. */
export function keyOf(runtime: Runtime, subscripts: readonly Code[]): () => string {
  const [only] = subscripts;
  if (subscripts.length === 1) return () => only!.text();
  return () => subscripts.map((subscript) => subscript.text()).join(runtime.subsep);
}

export function compileArray(compiler: ExpressionCompiler, target: ArrayName): ArrayCode {
  if (target.kind === 'variable') {
    const cell = compiler.cell(target.name, target.where);
    return { operands: [], at: () => ({ array: () => cell().array, name: () => cell().name }) };
  }
  const { operands, at } = compileElement(compiler, target);
  return {
    operands,
    at: (codes) => {
      const { array, key, name } = at(codes);
      let last = '';
      const own = (): string => name(last);
      return { name: own, array: () => within(array(), (last = key()), own) };
    },
  };
}

/** The array that is an element, made where there is none yet. */
function within(home: AwkArray, key: string, name: () => string): AwkArray {
  const known = home.get(key);
  if (known instanceof Map) return known;
  if (known !== undefined) throw new AwkFatal(`attempt to use scalar \`${name()}' as an array`);
  const made: AwkArray = new Map();
  home.set(key, made);
  return made;
}

export function compileElement(compiler: ExpressionCompiler, { array, subscripts }: Extract<ArrayName, { kind: 'element' }>): { operands: Code[]; at(operands: readonly Code[]): FoundElement } {
  const home = compileArray(compiler, array);
  const own = subscripts.map((subscript) => compiler.compile(subscript));
  return {
    operands: [...home.operands, ...own],
    at: (codes) => {
      const found = home.at(codes.slice(0, home.operands.length));
      return { array: () => found.array(), key: keyOf(compiler.runtime, codes.slice(home.operands.length)), name: (key) => `${found.name()}["${key}"]` };
    },
  };
}

/** The value of an element; looking at one makes it. */
export function elementCode(compiler: ExpressionCompiler, target: Extract<ArrayName, { kind: 'element' }>): Code {
  const { operands, at } = compileElement(compiler, target);
  return over(compiler.runtime, operands, (codes) => {
    const { array, key, name } = at(codes);
    return valueCode(compiler.runtime, () => {
      const home = array();
      const at = key();
      const value = home.get(at);
      if (value === undefined) {
        home.set(at, undefined);
        return null;
      }
      if (value instanceof Map) throw scalarContext(name(at));
      return value;
    });
  });
}

export function elementPlace(compiler: ExpressionCompiler, target: Extract<ArrayName, { kind: 'element' }>): { operands: Code[]; at: (operands: readonly Code[]) => Place } {
  const { operands, at } = compileElement(compiler, target);
  return {
    operands,
    at: (codes) => {
      const { array, key, name } = at(codes);
      let home: AwkArray;
      let own = '';
      const find = (): Value => {
        own = key();
        home = array();
        const value = home.get(own);
        if (value instanceof Map) throw scalarContext(name(own));
        return value;
      };
      const put = (value: Value): void => void home.set(own, value ?? null);
      return { get: find, put, set: (value) => { find(); put(value); } };
    },
  };
}

/** An element as the argument of a function: it may be an array, or become one in there. */
export function elementCell(compiler: ExpressionCompiler, target: Extract<ArrayName, { kind: 'element' }>): { operands: Code[]; at(operands: readonly Code[]): () => Cell } {
  const { operands, at } = compileElement(compiler, target);
  return {
    operands,
    at: (codes) => {
      const { array, key, name } = at(codes);
      return () => {
        const home = array();
        const own = key();
        return new ElementCell(name(own), home, own);
      };
    },
  };
}

/** An argument that has to be an array. */
export function arrayArgument(compiler: ExpressionCompiler, argument: Expression, where: Location, complaint: string): ArrayCode {
  if (argument.kind !== 'variable' && argument.kind !== 'element') throw programError(where, complaint, 'Not an array');
  return compileArray(compiler, argument);
}
