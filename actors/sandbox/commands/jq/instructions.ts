// The steps that compiled jq programs are made of. The topmost value of the stack is the current input (`.`).
import { shortText } from './json-text.js';
import { get, getPath, nearAccess } from './paths.js';
import { isArray, isNumber, isObject, isTrue, JqError, kindOf, type Value } from './value.js';
import type { Closure, Instruction, PathCell, Routine, Vm } from './vm.js';

/** A place in code that is only known later. */
export interface Target {
  pc: number;
}

export const constant = (value: Value): Instruction => (vm) => vm.replace(value);
export const duplicate: Instruction = (vm) => vm.push(vm.stack!.value);
export const drop: Instruction = (vm) => void vm.pop();
export const backtrack: Instruction = (vm) => vm.backtrack();

export const output: Instruction = (vm) => {
  vm.state = 'output';
};

export const readInput: Instruction = (vm) => {
  vm.state = 'input';
};

/** A subexpression over a copy of the input: its value ends up under the input. */
export const beginSub: Instruction = (vm) => {
  vm.push(vm.stack!.value);
  vm.nesting++;
};

export const endSub: Instruction = (vm) => {
  const { value, below } = vm.stack!;
  vm.stack = { value: below!.value, below: { value, below: below!.below } };
  vm.nesting--;
};

/** The same for a constant and for a variable. */
export const constantUnder = (constantValue: Value): Instruction => (vm) => {
  const { value, below } = vm.stack!;
  vm.stack = { value, below: { value: constantValue, below } };
};

export const variableUnder = (level: number, index: number): Instruction => (vm) => {
  const { value, below } = vm.stack!;
  vm.stack = { value, below: { value: vm.frameAt(level).variables[index], below } };
};

/** A source whose values are bound: outside of any path. */
export const beginSource: Instruction = beginSub;
export const endSource: Instruction = (vm) => {
  vm.nesting--;
};

export const load = (level: number, index: number): Instruction => (vm) => vm.replace(vm.frameAt(level).variables[index]);

/** Takes a variable's value away, so that nothing holds it but the stack. */
export const take = (index: number): Instruction => (vm) => {
  vm.push(vm.frame.variables[index]);
  vm.frame.variables[index] = null;
};

export const store = (index: number): Instruction => (vm) => {
  vm.frame.variables[index] = vm.pop();
};

/** Sets a variable without touching the stack. */
export const assign = (index: number, value: () => unknown): Instruction => (vm) => {
  vm.frame.variables[index] = value();
};

export const jump = (target: Target): Instruction => (vm) => {
  vm.pc = target.pc;
};

/** Takes the condition from under the input. */
export const jumpUnlessUnder = (target: Target): Instruction => (vm) => {
  const { value, below } = vm.stack!;
  vm.stack = { value, below: below!.below };
  if (!isTrue(below!.value as Value)) vm.pc = target.pc;
};

export const jumpIfUnder = (target: Target): Instruction => (vm) => {
  const { value, below } = vm.stack!;
  vm.stack = { value, below: below!.below };
  if (isTrue(below!.value as Value)) vm.pc = target.pc;
};

/** The truth of what is under the input takes its place. */
export const truthUnder: Instruction = (vm) => {
  const truth = isTrue(vm.stack!.below!.value as Value);
  vm.pop();
  vm.replace(truth);
};

export const fork = (target: Target): Instruction => (vm) => vm.fork('choice', target.pc);
export const beginTry = (target: Target): Instruction => (vm) => vm.fork('catch', target.pc);
export const endTry: Instruction = (vm) => vm.fork('caught', 0);
export const tryPattern = (target: Target): Instruction => (vm) => vm.fork('alternative', target.pc);

export const label = (index: number): Instruction => (vm) => {
  vm.fork('label', 0);
  vm.frame.variables[index] = vm.forks.at(-1);
};

export const leave = (level: number, index: number): Instruction => (vm) => vm.leave(vm.frameAt(level).variables[index]);

/** `a // b`: skips what is not true, notes what is. */
export const keepTrue = (index: number): Instruction => (vm) => {
  if (isTrue(vm.stack!.value as Value)) vm.frame.variables[index] = true;
  else vm.backtrack();
};

export const backtrackIf = (index: number): Instruction => (vm) => {
  if (vm.frame.variables[index] === true) vm.backtrack();
};

function enter(vm: Vm, routine: Routine, outer: Closure['frame'], closures: readonly Closure[]): void {
  // A call that is the last thing its function does takes the place of its frame.
  const isLast = vm.code[vm.pc] === returnBack;
  const { frame } = vm;
  vm.frame = {
    routine, outer, closures, variables: [],
    caller: isLast ? frame.caller : frame, returnTo: isLast ? frame.returnTo : vm.pc,
  };
  vm.code = routine.code;
  vm.pc = 0;
}

/** Where a closure comes from: a routine written at some level, or one's own parameter. */
export type ClosureSource = { routine: Routine; level: number } | { level: number; index: number };

function closureOf(vm: Vm, source: ClosureSource): Closure {
  const frame = vm.frameAt(source.level);
  return 'routine' in source ? { routine: source.routine, frame } : frame.closures[source.index]!;
}

export const call = (routine: Routine, level: number, sources: readonly ClosureSource[]): Instruction => (vm) => enter(vm, routine, vm.frameAt(level), sources.length === 0 ? [] : sources.map((source) => closureOf(vm, source)));

/** A function of the library, which is written outside of everything. */
export const callGlobal = (routine: Routine, sources: readonly ClosureSource[]): Instruction => (vm) => enter(vm, routine, undefined, sources.map((source) => closureOf(vm, source)));

export const callClosure = (level: number, index: number): Instruction => (vm) => {
  const { routine, frame } = vm.frameAt(level).closures[index]!;
  enter(vm, routine, frame, []);
};

export const returnBack: Instruction = (vm) => {
  const { caller, returnTo } = vm.frame;
  vm.frame = caller!;
  vm.code = caller!.routine.code;
  vm.pc = returnTo;
};

function followInto(vm: Vm, target: Value, key: Value): void {
  if (!vm.isIntact(target)) throw nearAccess(key, target);
  vm.follow(key, get(target, key));
}

/** `.[key]`: the key is under the target. */
export const index: Instruction = (vm) => {
  const target = vm.pop() as Value;
  followInto(vm, target, vm.stack!.value as Value);
};

export const indexConstant = (key: Value): Instruction => (vm) => followInto(vm, vm.stack!.value as Value, key);

/** For patterns, which are no part of any path. */
export const pick = (key: Value): Instruction => (vm) => vm.replace(get(vm.stack!.value as Value, key));
export const pickUnder: Instruction = (vm) => {
  const target = vm.pop() as Value;
  vm.replace(get(target, vm.stack!.value as Value));
};

/** Both bounds are under the input, `to` first; together they become a key there. */
export const makeSlice: Instruction = (vm) => {
  const input = vm.pop();
  const end = vm.pop() as Value;
  vm.replace(new Map<string, Value>([['start', vm.stack!.value as Value], ['end', end]]));
  vm.push(input);
};

export const each: Instruction = (vm) => {
  const target = vm.stack!.value as Value;
  if (!vm.isIntact(target)) throw new JqError(`Invalid path expression near attempt to iterate through ${shortText(target, 15)}`);
  if (!isArray(target) && !isObject(target)) throw new JqError(`Cannot iterate over ${kindOf(target)} (${shortText(target)})`);
  const keys = isArray(target) ? undefined : [...target.keys()];
  const size = isArray(target) ? target.length : target.size;
  let at = 0;
  const step = (machine: Vm): void => {
    if (at >= size) return machine.backtrack();
    const key = keys ? keys[at]! : at;
    const value = keys ? (target as ReadonlyMap<string, Value>).get(key as string)! : (target as readonly Value[])[at]!;
    at++;
    if (at < size) machine.fork('choice', machine.pc, step);
    machine.follow(key, value);
  };
  step(vm);
};

/** `range(from; to)`: both are under the input, `to` first. */
export const range: Instruction = (vm) => {
  vm.pop();
  const to = vm.pop() as number;
  let at = vm.stack!.value as number;
  if (!isNumber(at) || !isNumber(to)) throw new JqError('Range bounds must be numeric');
  const step = (machine: Vm): void => {
    if (!(at < to)) return machine.backtrack();
    const value = at++;
    if (at < to) machine.fork('choice', machine.pc, step);
    machine.replace(value);
  };
  step(vm);
};

export const append = (index: number): Instruction => (vm) => {
  (vm.frame.variables[index] as Value[]).push(vm.stack!.value as Value);
  vm.backtrack();
};

/** The key and value pairs of an object are under the input, the last on top; constant keys are not there. */
export const buildObject = (keys: readonly (string | undefined)[]): Instruction => (vm) => {
  vm.pop();
  const entries: [string, Value][] = [];
  for (let i = keys.length - 1; i >= 0; i--) {
    const value = vm.pop() as Value;
    const key = keys[i] ?? (vm.pop() as Value);
    if (typeof key !== 'string') throw new JqError(`Cannot use ${kindOf(key)} (${shortText(key)}) as object key`);
    entries.push([key, value]);
  }
  vm.push(new Map(entries.reverse()));
};

/** Texts of interpolations are under the input, the first on top; undefined marks their places. */
export const concatenate = (parts: readonly (string | undefined)[]): Instruction => (vm) => {
  vm.pop();
  vm.push(parts.map((part) => part ?? (vm.pop() as string)).join(''));
};

/** The operands are under the input, the left one on top. */
export const binary = (operation: (left: Value, right: Value) => Value): Instruction => (vm) => {
  vm.pop();
  const left = vm.pop() as Value;
  vm.replace(operation(left, vm.stack!.value as Value));
};

export const binaryConstant = (operation: (left: Value, right: Value) => Value, right: Value): Instruction => (vm) => {
  vm.pop();
  vm.replace(operation(vm.stack!.value as Value, right));
};

/** The arguments are under the input, the first on top. */
export const callNative = (native: (vm: Vm, input: Value, args: readonly Value[]) => Value, arity: number): Instruction => (vm) => {
  const input = vm.pop() as Value;
  const args: Value[] = [];
  for (let i = 0; i < arity; i++) args.push(vm.pop() as Value);
  vm.push(native(vm, input, args));
};

/** `getpath(p)`, which is itself a path. */
export const followPath: Instruction = (vm) => {
  const target = vm.pop() as Value;
  const path = vm.stack!.value as Value;
  if (!vm.isIntact(target)) throw nearAccess(path, target);
  const value = getPath(target, path);
  vm.replace(value);
  if (!vm.isTracking || vm.nesting > 0) return;
  for (const key of path as readonly Value[]) vm.path = { key, before: vm.path };
  vm.valueAtPath = value;
};

interface SavedPath {
  isTracking: boolean;
  path: PathCell | undefined;
  valueAtPath: Value;
  nesting: number;
}

export const beginPath: Instruction = (vm) => {
  const { isTracking, path, valueAtPath, nesting } = vm;
  const input = vm.pop() as Value;
  vm.push({ isTracking, path, valueAtPath, nesting } satisfies SavedPath);
  vm.push(input);
  vm.isTracking = true;
  vm.path = undefined;
  vm.valueAtPath = input;
  vm.nesting = 0;
};

export const endPath: Instruction = (vm) => {
  const value = vm.pop() as Value;
  if (!vm.isIntact(value)) throw new JqError(`Invalid path expression with result ${shortText(value, 30)}`);
  const keys: Value[] = [];
  for (let cell = vm.path; cell; cell = cell.before) keys.push(cell.key);
  const saved = vm.stack!.value as SavedPath;
  vm.isTracking = saved.isTracking;
  vm.path = saved.path;
  vm.valueAtPath = saved.valueAtPath;
  vm.nesting = saved.nesting;
  vm.replace(keys.reverse());
};
