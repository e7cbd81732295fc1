// Compiles calls of awk's own functions.
import { AwkSyntaxError, type Expression } from './ast.js';
import { gensub, match, patternSplit, PLAIN_BUILTINS, Random, requireArguments, split, substitute, substring } from './builtins.js';
import { type Code, numberCode, over, taskCode, textCode, valueCode, evaluate } from './code.js';
import { type ExpressionCompiler, isPlace } from './compile-place.js';
import { ordered } from './order.js';
import { textLength, toNumber, type Value } from './values.js';

const randoms = new WeakMap<object, Random>();

/** Arguments that are regular expressions or arrays are not computed like others. */
export function compileBuiltin(compiler: ExpressionCompiler, name: string, args: readonly Expression[]): Code {
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
      const array = args[2] && arrayOf(compiler, args[2]);
      return over(runtime, [compiler.compile(args[0]!), ...operands], ([text, pattern]) => {
        const regex = at(pattern);
        return numberCode(runtime, () => match(runtime, text!.text(), regex(), array?.()));
      });
    }
    case 'split': return splitting(compiler, args);
    case 'patsplit': return patternSplitting(compiler, args);
    case 'asort': case 'asorti': {
      const source = arrayOf(compiler, args[0]!);
      const target = args[1] ? arrayOf(compiler, args[1]) : source;
      const how = args[2] && compiler.compile(args[2]);
      return taskCode(function* run() {
        const order = how ? runtime.text(yield* evaluate(how)) : name === 'asort' ? '@val_type_asc' : '@ind_str_asc';
        const entries = yield* ordered(runtime, compiler.functions, [...source()], order);
        const array = target();
        array.clear();
        entries.forEach(([key, value], i) => array.set(String(i + 1), name === 'asort' ? value : key));
        return entries.length;
      });
    }
    case 'isarray': case 'typeof': return typeOf(compiler, name, args[0]!);
    case 'rand': case 'srand': return random(compiler, name, compiled(args));
    case 'system': case 'close': case 'fflush': return blocking(compiler, name, compiled(args));
    default: {
      const plain = PLAIN_BUILTINS[name];
      if (!plain) throw new AwkSyntaxError(`function \`${name}' not defined`, 1);
      return over(runtime, compiled(args), (operands) => valueCode(runtime, () => plain(runtime, operands.map((operand) => operand.value()))));
    }
  }
}

function arrayOf(compiler: ExpressionCompiler, argument: Expression): () => Map<string, Value> {
  if (argument.kind !== 'variable') throw new AwkSyntaxError('an array was expected', 1, 'Not an array');
  const cell = compiler.cell(argument.name);
  return () => cell().array;
}

function length(compiler: ExpressionCompiler, argument: Expression | undefined): Code {
  const { runtime } = compiler;
  if (!argument) return numberCode(runtime, () => textLength(runtime.recordText()));
  if (argument.kind === 'variable' && !runtime.specials.has(argument.name)) {
    const cell = compiler.cell(argument.name);
    return numberCode(runtime, () => {
      const own = cell();
      return own.isArray ? own.array.size : textLength(runtime.text(own.value));
    });
  }
  return over(runtime, [compiler.compile(argument)], ([text]) => numberCode(runtime, () => textLength(text!.text())));
}

function substitution(compiler: ExpressionCompiler, name: string, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments(name, args.length, 2);
  const { operands: patterns, at: regexAt } = compiler.regex(args[0]!);
  const target: Expression = args[2] ?? { kind: 'field', index: { kind: 'number', value: 0 }, line: 0 };
  const place = isPlace(target) ? compiler.place(target) : undefined;
  const subject = place ? place.operands : [compiler.compile(target)];
  return over(runtime, [compiler.compile(args[1]!), ...patterns, ...subject], ([replacement, ...rest]) => {
    const regex = regexAt(patterns.length > 0 ? rest[0] : undefined);
    const others = rest.slice(patterns.length);
    const where = place?.at(others);
    return numberCode(runtime, () => {
      const text = where ? runtime.text(where.get()) : others[0]!.text();
      const result = substitute(text, regex(), replacement!.text(), name === 'gsub' ? 'all' : 1);
      if (result.count > 0) where?.set(result.text);
      return result.count;
    });
  });
}

function splitting(compiler: ExpressionCompiler, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments('split', args.length, 2);
  const array = arrayOf(compiler, args[1]!);
  const separators = args[3] && arrayOf(compiler, args[3]);
  if (args[2]?.kind === 'regex') {
    const { at } = compiler.regex(args[2]);
    const regex = at(undefined);
    return over(runtime, [compiler.compile(args[0]!)], ([text]) => numberCode(runtime, () => split(text!.text(), array(), regex(), separators?.())));
  }
  const fs = runtime.specials.get('FS')!;
  return over(runtime, [compiler.compile(args[0]!), ...(args[2] ? [compiler.compile(args[2])] : [])], ([text, separator]) => numberCode(runtime, () => {
    const own = text!.text();
    return split(own, array(), separator ? separator.text() : runtime.text(fs.get()), separators?.(), runtime.ignoresCase);
  }));
}

function patternSplitting(compiler: ExpressionCompiler, args: readonly Expression[]): Code {
  const { runtime } = compiler;
  requireArguments('patsplit', args.length, 2);
  const array = arrayOf(compiler, args[1]!);
  const separators = args[3] && arrayOf(compiler, args[3]);
  const { operands, at } = compiler.regex(args[2] ?? { kind: 'variable', name: 'FPAT' });
  return over(runtime, [compiler.compile(args[0]!), ...operands], ([text, pattern]) => {
    const regex = at(pattern);
    return numberCode(runtime, () => patternSplit(text!.text(), array(), regex(), separators?.()));
  });
}

function typeOf(compiler: ExpressionCompiler, name: string, argument: Expression): Code {
  const { runtime } = compiler;
  const cell = argument.kind === 'variable' ? compiler.cell(argument.name) : undefined;
  if (name === 'isarray') return numberCode(runtime, () => (cell?.().isArray === true ? 1 : 0));
  return over(runtime, cell ? [] : [compiler.compile(argument)], ([code]) => textCode(() => {
    if (cell?.().isArray === true) return 'array';
    const value = cell ? cell().value : code!.value();
    return value === undefined ? 'untyped' : typeof value === 'number' ? 'number' : typeof value === 'string' ? 'string' : toNumber(value) !== 0 ? 'strnum' : 'string';
  }));
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
    if (name === 'close') return yield* runtime.streams.close(text ?? '', args[1] && runtime.text(yield* evaluate(args[1])));
    if (text !== undefined && text !== '') return yield* runtime.streams.flush(text);
    yield* runtime.streams.flushAll();
    return 0;
  });
}
