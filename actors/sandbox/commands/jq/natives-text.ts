// jq's functions over strings: splitting, trimming, cases, matching.
import { encode } from '../../kernel/text.js';
import { splitText, typeError, typeErrorOfTwo } from './arithmetic.js';
import { shortText, toJson } from './json-text.js';
import { parseJson, ParseError } from './json-parser.js';
import { compileRegex, type Found, matchesOf } from './regex.js';
import { equals, isArray, isNumber, isObject, JqError, kindOf, type Value } from './value.js';
import { textOf } from './formats.js';

const BYTES = /^[\x00-\x7f]*$/; // oxlint-disable-line no-control-regex

/** Turns places in UTF-16 units into places in code points; places come in rising order. */
function pointCounter(text: string): (unit: number) => number {
  if (BYTES.test(text)) return (unit) => unit;
  let at = 0;
  let points = 0;
  return (unit) => {
    if (unit < at) at = points = 0;
    for (; at < unit; points++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    return points;
  };
}

function matchObject(text: string, { start, end, groups }: Found, point: (unit: number) => number): Value {
  const first = point(start);
  const captures = groups.map(({ name, range }) => {
    if (!range) return new Map<string, Value>([['offset', -1], ['length', 0], ['string', null], ['name', name]]);
    const from = point(range[0]);
    return new Map<string, Value>([['offset', from], ['length', point(range[1]) - from], ['string', text.slice(...range)], ['name', name]]);
  });
  return new Map<string, Value>([['offset', first], ['length', point(end) - first], ['string', text.slice(start, end)], ['captures', captures]]);
}

function text(value: Value, message: string): string {
  if (typeof value !== 'string') throw new JqError(message);
  return value;
}

function subject(input: Value): string {
  if (typeof input !== 'string') throw typeError(input, 'cannot be matched, as it is not a string');
  return input;
}

/** The input cut at its matches: text, named captures, text, …, text. */
function edits(input: Value, [pattern, flags]: readonly Value[]): Value {
  const whole = subject(input);
  const parts: Value[] = [];
  let from = 0;
  for (const { start, end, groups } of matchesOf(whole, compileRegex(pattern!, flags!))) {
    const captures = groups.flatMap(({ name, range }): [string, Value][] => (name === null ? [] : [[name, range ? whole.slice(...range) : null]]));
    parts.push(whole.slice(from, start), new Map(captures));
    from = end;
  }
  parts.push(whole.slice(from));
  return parts;
}

function indices(input: Value, [wanted]: readonly Value[]): Value {
  if (input === null) return null;
  if (typeof input === 'string' && typeof wanted === 'string') {
    if (wanted === '') return null;
    const point = pointCounter(input);
    const found: Value[] = [];
    for (let at = input.indexOf(wanted); at >= 0; at = input.indexOf(wanted, at + 1)) found.push(point(at));
    return found;
  }
  if (isArray(input)) {
    const pattern = isArray(wanted!) ? wanted : [wanted!];
    if (pattern.length === 0) return null;
    return input.flatMap((_, at) => (at + pattern.length <= input.length && pattern.every((item, i) => equals(item, input[at + i]!)) ? [at] : []));
  }
  throw new JqError(`Cannot index ${kindOf(input)} with ${typeof wanted === 'string' ? `string "${wanted}"` : kindOf(wanted!)}`);
}

function implode(input: Value): string {
  if (!isArray(input)) throw new JqError('implode input must be an array');
  return input.map((point) => {
    if (!isNumber(point)) throw typeError(point, "can't be imploded, unicode codepoint needs to be numeric");
    return !(point >= 0 && point <= 0x10ffff) || (point >= 0xd800 && point < 0xe000) ? '\ufffd' : String.fromCodePoint(Math.trunc(point));
  }).join('');
}

/** Text of bytes as numbers would read it, blanks around allowed. */
function toNumber(input: Value): Value {
  if (isNumber(input)) return input;
  if (typeof input !== 'string') throw typeError(input, 'cannot be parsed as a number');
  if (/^\s*-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(input)) return Number(input);
  if (/^\s*-?nan\s*$/.test(input)) return NaN;
  throw new JqError(`Invalid numeric literal at EOF at line 1, column ${input.length} (while parsing '${input}')`);
}

function fromJson(input: Value): Value {
  if (typeof input !== 'string') throw typeError(input, 'only strings can be parsed');
  try {
    return parseJson(input);
  } catch (error) {
    if (error instanceof ParseError) throw new JqError(`${error.message} (while parsing '${input}')`);
    throw error;
  }
}

function contains(a: Value, b: Value): boolean {
  if (isObject(a) && isObject(b)) return [...b].every(([key, value]) => a.has(key) && kindOf(a.get(key)!) === kindOf(value) && contains(a.get(key)!, value));
  if (isArray(a) && isArray(b)) return b.every((wanted) => a.some((item) => kindOf(item) === kindOf(wanted) && contains(item, wanted)));
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  return equals(a, b);
}

const trimmed = (input: Value, pattern: RegExp): string => {
  if (typeof input !== 'string') throw typeError(input, 'trim input must be a string');
  return input.replace(pattern, '');
};

export const textNatives: Readonly<Record<string, (input: Value, args: readonly Value[]) => Value>> = {
  'tojson/0': toJson,
  'fromjson/0': fromJson,
  'tostring/0': textOf,
  'tonumber/0': toNumber,
  'ascii_downcase/0': (input) => text(input, 'explode input must be a string').replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  'ascii_upcase/0': (input) => text(input, 'explode input must be a string').replace(/[a-z]+/g, (part) => part.toUpperCase()),
  'explode/0': (input) => Array.from(text(input, 'explode input must be a string'), (character) => character.codePointAt(0)!),
  'implode/0': implode,
  'utf8bytelength/0': (input) => {
    if (typeof input !== 'string') throw typeError(input, 'only strings have UTF-8 byte length');
    return encode(input).length;
  },
  'startswith/1': (input, [prefix]) => text(input, 'startswith() requires string inputs').startsWith(text(prefix!, 'startswith() requires string inputs')),
  'endswith/1': (input, [suffix]) => text(input, 'endswith() requires string inputs').endsWith(text(suffix!, 'endswith() requires string inputs')),
  'ltrimstr/1': (input, [prefix]) => (typeof input === 'string' && typeof prefix === 'string' && input.startsWith(prefix) ? input.slice(prefix.length) : input),
  'rtrimstr/1': (input, [suffix]) => (typeof input === 'string' && typeof suffix === 'string' && suffix !== '' && input.endsWith(suffix) ? input.slice(0, -suffix.length) : input),
  'trim/0': (input) => trimmed(input, /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g),
  'ltrim/0': (input) => trimmed(input, /^[ \t\n\v\f\r]+/),
  'rtrim/0': (input) => trimmed(input, /[ \t\n\v\f\r]+$/),
  'split/1': (input, [separator]) => splitText(text(input, 'split input and separator must be strings'), text(separator!, 'split input and separator must be strings')),
  'join/1': (input, [separator]) => join(input, separator!),
  'indices/1': indices,
  'index/1': (input, args) => {
    const found = indices(input, args);
    return found === null ? null : (found as readonly Value[])[0] ?? null;
  },
  'rindex/1': (input, args) => {
    const found = indices(input, args);
    return found === null ? null : (found as readonly Value[]).at(-1) ?? null;
  },
  'contains/1': (input, [other]) => {
    if (kindOf(input) !== kindOf(other!)) throw typeErrorOfTwo(input, other!, 'cannot have their containment checked');
    return contains(input, other!);
  },
  '_match/3': (input, [pattern, flags, isTest]) => {
    const whole = subject(input);
    const found = matchesOf(whole, isTest === true ? { ...compileRegex(pattern!, flags!), isGlobal: false } : compileRegex(pattern!, flags!));
    if (isTest === true) return found.length > 0;
    const point = pointCounter(whole);
    return found.map((one) => matchObject(whole, one, point));
  },
  '_edits/2': edits,
};

function join(input: Value, separator: Value): Value {
  if (!isArray(input)) throw new JqError(`Cannot iterate over ${kindOf(input)} (${shortText(input)})`);
  if (input.length === 0) return '';
  if (typeof separator !== 'string' && input.length > 1) throw typeErrorOfTwo('', separator, 'cannot be added');
  const texts: string[] = [];
  for (const item of input) {
    if (item !== null && typeof item === 'object') throw typeErrorOfTwo(texts.join(separator as string) + (texts.length > 0 ? (separator as string) : ''), item, 'cannot be added');
    texts.push(item === null ? '' : textOf(item));
  }
  return texts.join(separator as string);
}
