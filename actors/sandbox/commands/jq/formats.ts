// jq's `@name` formats.
import { decode, encode } from '../../kernel/text.js';
import { typeError } from './arithmetic.js';
import { numberText, toJson } from './json-text.js';
import { isArray, JqError, type Value } from './value.js';

export function textOf(value: Value): string {
  return typeof value === 'string' ? value : toJson(value);
}

function row(value: Value, name: string, separator: string, quoted: (text: string) => string): string {
  if (!isArray(value)) throw typeError(value, `cannot be ${name}-formatted, only array`);
  return value.map((item) => {
    if (item === null) return '';
    if (typeof item === 'string') return quoted(item);
    if (typeof item === 'number') return Number.isNaN(item) ? '' : numberText(item);
    if (typeof item === 'boolean') return String(item);
    throw typeError(item, 'is not valid in a csv row');
  }).join(separator);
}

const TSV: Readonly<Record<string, string>> = { '\t': '\\t', '\r': '\\r', '\n': '\\n', '\\': '\\\\' };
const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;', '"': '&quot;' };

function shellWord(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "'\\''")}'`;
  if (value !== null && typeof value === 'object') throw typeError(value, 'can not be escaped for shell');
  return toJson(value);
}

/** Percent-encodes all bytes but RFC 2396's unreserved ones. */
function uri(text: string): string {
  let out = '';
  for (const byte of encode(text)) {
    const letter = String.fromCharCode(byte);
    out += /[A-Za-z0-9\-_.!~*'()]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function fromBase64(value: Value): string {
  const text = textOf(value);
  const data = text.includes('=') ? text.slice(0, text.indexOf('=')) : text;
  if (/[^A-Za-z0-9+/]/.test(data)) throw typeError(value, 'is not valid base64 data');
  if (data.length % 4 === 1) throw typeError(value, 'trailing base64 byte found');
  return decode(Buffer.from(data, 'base64'));
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(text: string): string {
  const bits = [...encode(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const out = (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[parseInt(five.padEnd(5, '0'), 2)]).join('');
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

function fromBase32(value: Value): string {
  const data = textOf(value).replace(/=+$/, '');
  if (/[^A-Z2-7]/.test(data)) throw typeError(value, 'is not valid base32 data');
  const bits = [...data].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return decode(Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2))));
}

const FORMATS: Readonly<Record<string, (value: Value) => string>> = {
  text: textOf,
  json: toJson,
  csv: (value) => row(value, 'csv', ',', (text) => `"${text.replaceAll('"', '""')}"`),
  tsv: (value) => row(value, 'tsv', '\t', (text) => text.replace(/[\t\r\n\\]/g, (letter) => TSV[letter]!)),
  html: (value) => textOf(value).replace(/[&<>'"]/g, (letter) => HTML[letter]!),
  uri: (value) => uri(textOf(value)),
  sh: (value) => (isArray(value) ? value : [value]).map(shellWord).join(' '),
  base64: (value) => Buffer.from(encode(textOf(value))).toString('base64'),
  base64d: fromBase64,
  base32: (value) => toBase32(textOf(value)),
  base32d: fromBase32,
};

/** What a format does; one that there is not fails when it is used. */
export function formatter(name: string): (value: Value) => string {
  if (Object.hasOwn(FORMATS, name)) return FORMATS[name]!;
  return () => {
    throw new JqError(`${name} is not a valid format`);
  };
}
