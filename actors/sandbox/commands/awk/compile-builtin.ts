// Compiles calls of awk's own functions.
import type { Expression } from './ast.js';
import { arrayArgument, type ArrayCode, compileElement } from './compile-array.js';
import { gensub, match, patternSplit, PLAIN_BUILTINS, Random, requireArguments, split, substitute, substring } from './builtins.js';
import { type Code, numberCode, over, taskCode, textCode, valueCode, evaluate } from './code.js';
import { type ExpressionCompiler, isPlace } from './compile-place.js';
import { ordered } from './order.js';
import { type Location, programError } from './source.js';
import { type AwkArray, looksNumeric, NO_FIELD, RegexText, textLength, type Value } from './values.js';

const randoms = new WeakMap<object, Random>();

/** Arguments that are regular expressions or arrays are not computed like others. */
export function compileBuiltin(compiler: ExpressionCompiler, { name, args, where }: Extract<Expression, { kind: 'builtin' }>): Code {
  const { runtime } = compiler;
  const compiled = (list: readonly Expression[]): Code[] => list.map((arg) => compiler.compile(arg));
  switch (name) {
    case 'length': return length(compiler, args[0]);
    case 'substr':
      requireArguments(name, args.length, 2);
      return over(runtime, compiled(args), ([text, start, count]) => textCode(() => substring(text!.text(), start!.number(), count ? count.number() : Infinity)));
    case 'sub': case 'gsub': return substitution(compiler, name, args);
    case 'gensub': {
      requireArguments(name, args.length, 3);
      const { operands, at } = compiler.regex(args[0]!);
      return over(runtime, [...compiled(args.slice(1)), ...operands], ([replacement, how, ...rest]) => {
        const text = args.length > 3 ? rest[0]! : undefined;
        const regex = at(rest[args.length > 3 ? 1 : 0]);
        return textCode(() => gensub(regex(), replacement!.text(), how!.value(), text ? text.text() : runtime.recordText(), runtime));
      });
    }
    case 'match': {
      requireArguments(name, args.length, 2);
      const { operands, at } = compiler.regex(args[1]!);
      return withArrays(compiler, [compiler.compile(args[0]!), ...operands], arraysOf(compiler, where, name, [args[2]]), ([text, pattern], [array]) => {
        const regex = at(pattern);
        return numberCode(runtime, () => match(runtime, text!.text(), regex(), array?.()));
      });
    }
    case 'split': return splitting(compiler, where, args);
    case 'patsplit': return patternSplitting(compiler, where, args);
    case 'asort': case 'asorti': return sorting(compiler, where, name, args);
    case 'isarray': case 'typeof': return typeOf(compiler, name, args[0]!);
    case 'rand': case 'srand': return random(compiler, name, compiled(args));
    case 'system': case 'close': case 'fflush': return blocking(compiler, name, compiled(args));
    default: {
      const plain = PLAIN_BUILTINS[name];
      if (!plain) throw programError(where, `function \`${name}' not defined`);
      return over(runtime, compiled(args), (operands) => valueCode(runtime, () => plain(runtime, operands.map((operand) => operand.value()))));
    }
  }
}

/** Arguments that are arrays, as far as they are given. */
function arraysOf(compiler: ExpressionCompiler, where: Location, name: string, args: readonly (Expression | undefined)[]): ArrayCode[] {
  return args.flatMap((arg) => (arg ? [arrayArgument(compiler, arg, where, `${name}: an array was expected`)] : []));
}

/** As `over`, for operands of which the last are arrays. */
function withArrays(compiler: ExpressionCompiler, operands: readonly Code[], arrays: readonly ArrayCode[], build: (operands: readonly Code[], arrays: readonly (() => AwkArray)[]) => Code): Code {
  return over(compiler.runtime, [...operands, ...arrays.flatMap((array) => array.operands)], (codes) => {
    let from = operands.length;
    const found = arrays.map((array) => array.at(codes.slice(from, (from += array.operands.length))).array);
    return build(codes.slice(0, operands.length), found);
  });
}

function sorting(compiler: ExpressionCompiler, where: Location, name: string, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments(name, args.length, 1);
  const how = args[2] && compiler.compile(args[2]);
  return withArrays(compiler, [], arraysOf(compiler, where, name, [args[0], args[1]]), (_, [source, target = source]) => taskCode(function* run() {
    const order = how ? runtime.text(yield* evaluate(how)) : name === 'asort' ? '@val_type_asc' : '@ind_str_asc';
    const from = source!();
    const to = target!();
    const entries = yield* ordered(runtime, compiler.functions, [...from], order);
    to.clear();
    entries.forEach(([key, value], i) => to.set(String(i + 1), name === 'asorti' ? key : from === to ? value : copied(value)));
    return entries.length;
  }));
}

/** What is put in another array: an array of its own. */
function copied(value: Value): Value {
  return value instanceof Map ? new Map([...value].map(([key, each]) => [key, copied(each)])) : value;
}

/** What a variable or an element holds, which may be an array; undefined for other expressions. */
function held(compiler: ExpressionCompiler, argument: Expression, build: (value: () => Value) => Code): Code | undefined {
  if (argument.kind === 'variable' && !compiler.runtime.specials.has(argument.name)) {
    const cell = compiler.cell(argument.name);
    return build(() => {
      const own = cell();
      return own.isArray ? own.array : own.value;
    });
  }
  if (argument.kind !== 'element') return undefined;
  const { operands, at } = compileElement(compiler, argument);
  return over(compiler.runtime, operands, (codes) => {
    const { array, key } = at(codes);
    return build(() => array().get(key()));
  });
}

function length(compiler: ExpressionCompiler, argument: Expression | undefined): Code {
  const { runtime } = compiler;
  if (!argument) return numberCode(runtime, () => textLength(runtime.recordText()));
  const lengthOf = (value: Value): number => (value instanceof Map ? value.size : textLength(runtime.text(value)));
  return held(compiler, argument, (value) => numberCode(runtime, () => lengthOf(value())))
    ?? over(runtime, [compiler.compile(argument)], ([text]) => numberCode(runtime, () => textLength(text!.text())));
}

function substitution(compiler: ExpressionCompiler, name: string, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments(name, args.length, 2);
  const { operands: patterns, at: regexAt } = compiler.regex(args[0]!);
  const target: Expression = args[2] ?? { kind: 'field', index: { kind: 'number', value: 0 } };
  const place = isPlace(target) ? compiler.place(target) : undefined;
  const subject = place ? place.operands : [compiler.compile(target)];
  return over(runtime, [compiler.compile(args[1]!), ...patterns, ...subject], ([replacement, ...rest]) => {
    const regex = regexAt(patterns.length > 0 ? rest[0] : undefined);
    const others = rest.slice(patterns.length);
    const where = place?.at(others);
    return numberCode(runtime, () => {
      const pattern = regex();
      const by = replacement!.text();
      const text = where ? runtime.text(where.get()) : others[0]!.text();
      const result = substitute(text, pattern, by, name === 'gsub' ? 'all' : 1);
      if (result.count > 0) where?.put(result.text);
      return result.count;
    });
  });
}

function splitting(compiler: ExpressionCompiler, where: Location, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments('split', args.length, 2);
  const arrays = arraysOf(compiler, where, 'split', [args[1], args[3]]);
  if (args[2]?.kind === 'regex' || args[2]?.kind === 'typed-regex') {
    const { at } = compiler.regex(args[2]);
    const regex = at(undefined);
    return withArrays(compiler, [compiler.compile(args[0]!)], arrays, ([text], [array, separators]) => numberCode(runtime, () => split(text!.text(), array!(), regex(), separators?.())));
  }
  const fs = runtime.specials.get('FS')!;
  return withArrays(compiler, [compiler.compile(args[0]!), ...(args[2] ? [compiler.compile(args[2])] : [])], arrays, ([text, separator], [array, separators]) => numberCode(runtime, () => {
    const own = text!.text();
    return split(own, array!(), separator ? separator.text() : runtime.text(fs.get()), separators?.(), runtime.ignoresCase);
  }));
}

function patternSplitting(compiler: ExpressionCompiler, where: Location, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments('patsplit', args.length, 2);
  const { operands, at } = compiler.regex(args[2] ?? { kind: 'variable', name: 'FPAT' });
  return withArrays(compiler, [compiler.compile(args[0]!), ...operands], arraysOf(compiler, where, 'patsplit', [args[1], args[3]]), ([text, pattern], [array, separators]) => {
    const regex = at(pattern);
    return numberCode(runtime, () => patternSplit(text!.text(), array!(), regex(), separators?.()));
  });
}

function typeOf(compiler: ExpressionCompiler, name: string, argument: Expression): Code {
  const { runtime } = compiler;
  const build = (value: () => Value): Code => (name === 'isarray' ? numberCode(runtime, () => (value() instanceof Map ? 1 : 0)) : textCode(() => typeName(value())));
  return held(compiler, argument, build) ?? over(runtime, [compiler.compile(argument)], ([code]) => build(() => code!.value() ?? null));
}

function typeName(value: Value): string {
  if (value === undefined) return 'untyped';
  if (value === null) return 'unassigned';
  if (value instanceof Map) return 'array';
  if (value instanceof RegexText) return 'regexp';
  if (typeof value !== 'object') return typeof value;
  if (value === NO_FIELD) return 'unassigned';
  return looksNumeric(value.text) ? 'strnum' : 'string';
}

function random(compiler: ExpressionCompiler, name: string, args: readonly Code[]): Code {
  const { runtime } = compiler;
  let generator = randoms.get(runtime);
  if (!generator) randoms.set(runtime, (generator = new Random()));
  const own = generator;
  if (name === 'rand') return numberCode(runtime, () => own.next());
  return over(runtime, args, ([seed]) => numberCode(runtime, () => own.seed(seed ? seed.number() : Math.floor(Date.now() / 1000))));
}

function blocking(compiler: ExpressionCompiler, name: string, args: readonly Code[]): Code {
  const { runtime } = compiler;
  return taskCode(function* run() {
    const text = args[0] === undefined ? undefined : runtime.text(yield* evaluate(args[0]));
    if (name === 'system') return yield* runtime.streams.system(text ?? '');
    if (name === 'close') {
      const code = yield* runtime.streams.close(text ?? '', args[1] && runtime.text(yield* evaluate(args[1])));
      if (code < 0) runtime.cell('ERRNO').value = 'close of redirection that was never opened';
      return code;
    }
    if (text !== undefined && text !== '') return yield* runtime.streams.flush(text);
    yield* runtime.streams.flushAll();
    return 0;
  });
}
