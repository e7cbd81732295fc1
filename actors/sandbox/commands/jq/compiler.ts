// From a jq program's tree to instructions. The order in which several outputs of subexpressions combine is jq's own.
import type { Definition, Node } from './ast.js';
import { operations } from './arithmetic.js';
import * as step from './instructions.js';
import { formatter } from './formats.js';
import { SyntaxFault } from './lexer.js';
import { natives } from './natives.js';
import { match, patternScope, variablesOf } from './patterns.js';
import { assignment } from './desugar.js';
import { libraryDefinition, libraryNames } from './library.js';
import { lookUp, type Scope, Writing } from './scope.js';
import type { Value } from './value.js';
import type { Routine } from './vm.js';

/** What is around a program: modules' and the command line's names. */
export interface Surroundings {
  scope: Scope | undefined;
  lineAt(at: number): number;
  /** The value of `$ENV`. */
  environment: Value;
}

const IDENTITY: Node = { type: 'identity' };

export class Compiler {
  readonly #surroundings: Surroundings;
  readonly #library = new Map<string, Routine>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** @throws SyntaxFault for names that nothing defines. */
  program(body: Node): Routine {
    const writing = new Writing(0);
    this.#emit(body, this.#surroundings.scope, writing);
    writing.routine.code.push(step.output);
    return writing.routine;
  }

  /** A module's function, known by its name in what follows. */
  define(definition: Definition, scope: Scope | undefined, depth = 0, prefix = ''): Scope {
    const writing = new Writing(depth + 1);
    const own: Scope = { name: `${prefix}${definition.name}/${definition.parameters.length}`, meaning: { type: 'function', routine: writing.routine, depth }, outer: scope };
    this.#writeFunction(definition, { ...own, name: `${definition.name}/${definition.parameters.length}` }, writing);
    return own;
  }

  #writeFunction(definition: Definition, own: Scope | undefined, writing: Writing): void {
    let inner = own;
    definition.parameters.forEach((parameter, index) => {
      inner = { name: `${parameter.replace(/^\$/, '')}/0`, meaning: { type: 'parameter', depth: writing.depth, index }, outer: inner };
    });
    // A parameter `$x` is bound as `x as $x` before the body, the first outermost.
    const values = definition.parameters.filter((parameter) => parameter.startsWith('$'));
    const body = values.reduceRight<Node>((rest, parameter) => ({
      type: 'bind', source: { type: 'call', name: parameter.slice(1), arguments: [], at: 0 }, patterns: [{ type: 'variable', name: parameter.slice(1) }], body: rest,
    }), definition.body);
    this.#emit(body, inner, writing);
    writing.routine.code.push(step.returnBack);
  }

  #emit(node: Node, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    switch (node.type) {
      case 'identity':
        return;
      case 'literal':
        code.push(step.constant(node.value));
        return;
      case 'location':
        code.push(step.constant(new Map<string, Value>([['file', '<top-level>'], ['line', this.#surroundings.lineAt(node.at)]])));
        return;
      case 'index':
        if (node.key.type === 'literal') {
          this.#emit(node.target, scope, w);
          code.push(step.indexConstant(node.key.value));
          return;
        }
        this.#sub(node.key, scope, w);
        this.#emit(node.target, scope, w);
        code.push(step.index);
        return;
      case 'slice':
        this.#sub(node.from ?? { type: 'literal', value: null }, scope, w);
        this.#sub(node.to ?? { type: 'literal', value: null }, scope, w);
        code.push(step.makeSlice);
        this.#emit(node.target, scope, w);
        code.push(step.index);
        return;
      case 'iterate':
        this.#emit(node.target, scope, w);
        code.push(step.each);
        return;
      case 'pipe':
        this.#emit(node.left, scope, w);
        this.#emit(node.right, scope, w);
        return;
      case 'comma':
        return this.#either(w, () => this.#emit(node.left, scope, w), () => this.#emit(node.right, scope, w));
      case 'string':
        return this.#string(node, scope, w);
      case 'format':
        code.push(step.callNative((_, input) => formatter(node.name)(input), 0));
        return;
      case 'array':
        return this.#collect(node.body, scope, w);
      case 'object':
        return this.#object(node.entries, scope, w);
      case 'negate':
        this.#sub(node.body, scope, w);
        code.push(step.binaryConstant((value) => operations['negate']!(value, null), null));
        return;
      case 'binary':
        return this.#binary(node, scope, w);
      case 'and':
      case 'or':
        return this.#logic(node, scope, w);
      case 'alternative':
        return this.#alternative(node, scope, w);
      case 'assign':
        return this.#emit(assignment(node), scope, w);
      case 'if':
        return this.#if(node, scope, w);
      case 'try':
        return this.#try(node, scope, w);
      case 'reduce':
        return this.#reduce(node, scope, w);
      case 'foreach':
        return this.#foreach(node, scope, w);
      case 'define':
        return this.#emit(node.body, this.define(node.definition, scope, w.depth), w);
      case 'bind':
        return this.#bind(node, scope, w);
      case 'label': {
        const index = w.variable();
        code.push(step.label(index));
        return this.#emit(node.body, { name: `*${node.name}`, meaning: { type: 'variable', depth: w.depth, index }, outer: scope }, w);
      }
      case 'break': {
        const meaning = lookUp(scope, `*${node.name}`);
        if (meaning?.type !== 'variable') throw new SyntaxFault(`$*label-${node.name} is not defined`, node.at);
        code.push(step.leave(w.depth - meaning.depth, meaning.index));
        return;
      }
      case 'variable': {
        const meaning = this.#variable(node.name, node.at, scope);
        code.push(meaning.type === 'constant' ? step.constant(meaning.value) : step.load(w.depth - meaning.depth, meaning.index));
        return;
      }
      case 'call':
        return this.#call(node, scope, w);
    }
  }

  #variable(name: string, at: number, scope: Scope | undefined): { type: 'variable'; depth: number; index: number } | { type: 'constant'; value: Value } {
    const meaning = lookUp(scope, `$${name}`);
    if (meaning?.type === 'variable' || meaning?.type === 'constant') return meaning;
    if (name === 'ENV') return { type: 'constant', value: this.#surroundings.environment };
    throw new SyntaxFault(`$${name} is not defined`, at);
  }

  /** A subexpression: its value ends up under the input. */
  #sub(node: Node, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    if (node.type === 'literal') return void code.push(step.constantUnder(node.value));
    if (node.type === 'variable') {
      const meaning = this.#variable(node.name, node.at, scope);
      return void code.push(meaning.type === 'constant' ? step.constantUnder(meaning.value) : step.variableUnder(w.depth - meaning.depth, meaning.index));
    }
    code.push(step.beginSub);
    this.#emit(node, scope, w);
    code.push(step.endSub);
  }

  #either(w: Writing, first: () => void, second: () => void): void {
    const { code } = w.routine;
    const other = { pc: 0 };
    const end = { pc: 0 };
    code.push(step.fork(other));
    first();
    code.push(step.jump(end));
    other.pc = code.length;
    second();
    end.pc = code.length;
  }

  #string(node: Node & { type: 'string' }, scope: Scope | undefined, w: Writing): void {
    for (const part of [...node.parts].reverse()) {
      if (typeof part === 'string') continue;
      this.#sub({ type: 'pipe', left: part, right: { type: 'format', name: node.format ?? 'text' } }, scope, w);
    }
    w.routine.code.push(step.concatenate(node.parts.map((part) => (typeof part === 'string' ? part : undefined))));
  }

  #collect(body: Node | undefined, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    if (!body) return void code.push(step.constant([]));
    const index = w.variable();
    const end = { pc: 0 };
    code.push(step.assign(index, () => []), step.fork(end));
    this.#emit(body, scope, w);
    code.push(step.append(index));
    end.pc = code.length;
    code.push(step.load(0, index));
  }

  #object(entries: readonly { key: Node; value: Node }[], scope: Scope | undefined, w: Writing): void {
    const keys = entries.map(({ key }) => (key.type === 'literal' && typeof key.value === 'string' ? key.value : undefined));
    entries.forEach(({ key, value }, i) => {
      if (keys[i] === undefined) this.#sub(key, scope, w);
      this.#sub(value, scope, w);
    });
    w.routine.code.push(step.buildObject(keys));
  }

  #binary(node: Node & { type: 'binary' }, scope: Scope | undefined, w: Writing): void {
    const operation = operations[node.operator]!;
    if (node.right.type === 'literal') {
      this.#sub(node.left, scope, w);
      return void w.routine.code.push(step.binaryConstant(operation, node.right.value));
    }
    this.#sub(node.right, scope, w);
    this.#sub(node.left, scope, w);
    w.routine.code.push(step.binary(operation));
  }

  #logic(node: Node & { type: 'and' | 'or' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const short = { pc: 0 };
    const end = { pc: 0 };
    this.#sub(node.left, scope, w);
    code.push(node.type === 'and' ? step.jumpUnlessUnder(short) : step.jumpIfUnder(short));
    this.#sub(node.right, scope, w);
    code.push(step.truthUnder, step.jump(end));
    short.pc = code.length;
    code.push(step.constant(node.type === 'or'));
    end.pc = code.length;
  }

  #alternative(node: { left: Node; right: Node }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const found = w.variable();
    const other = { pc: 0 };
    const end = { pc: 0 };
    code.push(step.assign(found, () => false), step.fork(other));
    this.#emit(node.left, scope, w);
    code.push(step.keepTrue(found), step.jump(end));
    other.pc = code.length;
    code.push(step.backtrackIf(found));
    this.#emit(node.right, scope, w);
    end.pc = code.length;
  }

  #if(node: Node & { type: 'if' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const other = { pc: 0 };
    const end = { pc: 0 };
    this.#sub(node.condition, scope, w);
    code.push(step.jumpUnlessUnder(other));
    this.#emit(node.consequent, scope, w);
    code.push(step.jump(end));
    other.pc = code.length;
    this.#emit(node.alternate ?? IDENTITY, scope, w);
    end.pc = code.length;
  }

  #try(node: Node & { type: 'try' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const handler = { pc: 0 };
    const end = { pc: 0 };
    code.push(step.beginTry(handler));
    this.#emit(node.body, scope, w);
    code.push(step.endTry, step.jump(end));
    handler.pc = code.length;
    if (node.handler) this.#emit(node.handler, scope, w);
    else code.push(step.backtrack);
    end.pc = code.length;
  }

  #bind(node: Node & { type: 'bind' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const { patterns } = node;
    const inner = patternScope(patterns, scope, w);
    code.push(step.beginSource);
    this.#emit(node.source, scope, w);
    code.push(step.endSource);
    const body = { pc: 0 };
    patterns.forEach((pattern, i) => {
      const next = { pc: 0 };
      const isLast = i === patterns.length - 1;
      if (!isLast) code.push(step.tryPattern(next));
      if (patterns.length > 1) for (const name of new Set(patterns.flatMap(variablesOf))) code.push(step.assign((lookUp(inner, `$${name}`) as { index: number }).index, () => null));
      match(pattern, inner, w, (key) => this.#sub(key, inner, w));
      if (!isLast) code.push(step.jump(body));
      next.pc = code.length;
    });
    body.pc = code.length;
    this.#emit(node.body, inner, w);
  }

  #reduce(node: Node & { type: 'reduce' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const state = w.variable();
    const end = { pc: 0 };
    code.push(step.duplicate);
    this.#emit(node.init, scope, w);
    code.push(step.store(state), step.fork(end));
    this.#emit(node.source, scope, w);
    const inner = patternScope([node.pattern], scope, w);
    match(node.pattern, inner, w, (key) => this.#sub(key, inner, w));
    code.push(step.take(state));
    this.#emit(node.update, inner, w);
    code.push(step.store(state), step.backtrack);
    end.pc = code.length;
    code.push(step.load(0, state));
  }

  #foreach(node: Node & { type: 'foreach' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const state = w.variable();
    code.push(step.duplicate);
    this.#emit(node.init, scope, w);
    code.push(step.store(state));
    this.#emit(node.source, scope, w);
    const inner = patternScope([node.pattern], scope, w);
    match(node.pattern, inner, w, (key) => this.#sub(key, inner, w));
    code.push(step.take(state));
    this.#emit(node.update, inner, w);
    code.push(step.duplicate, step.store(state));
    this.#emit(node.extract ?? IDENTITY, inner, w);
  }

  #call(node: Node & { type: 'call' }, scope: Scope | undefined, w: Writing): void {
    const { code } = w.routine;
    const { name, arguments: args } = node;
    const full = `${name}/${args.length}`;
    const meaning = lookUp(scope, full);
    if (meaning?.type === 'parameter') return void code.push(step.callClosure(w.depth - meaning.depth, meaning.index));
    if (meaning?.type === 'function') return void code.push(step.call(meaning.routine, w.depth - meaning.depth, this.#closures(args, scope, w)));
    switch (full) {
      case 'empty/0':
        return void code.push(step.backtrack);
      case 'input/0':
        return void code.push(step.readInput);
      case 'path/1':
        code.push(step.beginPath);
        this.#emit(args[0]!, scope, w);
        return void code.push(step.endPath);
      case 'getpath/1':
        this.#sub(args[0]!, scope, w);
        return void code.push(step.followPath);
      case 'range/2':
        this.#sub(args[0]!, scope, w);
        this.#sub(args[1]!, scope, w);
        return void code.push(step.range);
      case 'env/0':
        return void code.push(step.constant(this.#surroundings.environment));
      case 'builtins/0':
        return void code.push(step.constant([...Object.keys(natives), ...libraryNames()].filter((each) => !each.startsWith('_'))));
    }
    const native = natives[full];
    if (native) {
      for (const arg of [...args].reverse()) this.#sub(arg, scope, w);
      return void code.push(step.callNative(native, args.length));
    }
    const routine = this.#libraryRoutine(full);
    if (!routine) throw new SyntaxFault(`${full} is not defined`, node.at);
    code.push(step.callGlobal(routine, this.#closures(args, scope, w)));
  }

  /** Filters handed to a function: one's own parameters as they are, anything else as a routine of its own. */
  #closures(args: readonly Node[], scope: Scope | undefined, w: Writing): step.ClosureSource[] {
    return args.map((arg) => {
      if (arg.type === 'call' && arg.arguments.length === 0) {
        const meaning = lookUp(scope, `${arg.name}/0`);
        if (meaning?.type === 'parameter') return { level: w.depth - meaning.depth, index: meaning.index };
      }
      const inner = new Writing(w.depth + 1);
      this.#emit(arg, scope, inner);
      inner.routine.code.push(step.returnBack);
      return { routine: inner.routine, level: 0 };
    });
  }

  /** Functions of the library are compiled when they are first called. */
  #libraryRoutine(full: string): Routine | undefined {
    const known = this.#library.get(full);
    if (known) return known;
    const definition = libraryDefinition(full);
    if (!definition) return undefined;
    const writing = new Writing(1);
    this.#library.set(full, writing.routine);
    this.#writeFunction(definition, undefined, writing);
    return writing.routine;
  }
}
