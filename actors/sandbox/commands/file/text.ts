// What kind of text some bytes are: how it is encoded, how its lines end, and what language it is in.
import type { Kind } from './kinds.js';

/** Bytes that text has: printable ones, and the control characters that terminals and printers know. */
const isTextByte = (byte: number): boolean => byte >= 0x20 ? byte !== 0x7f : byte >= 7 && byte <= 13 || byte === 0x1b;
const MAX_LINE = 300;

interface Encoding {
  /** `ASCII text`. */
  name: string;
  charset: string;
  text: string;
}

function encodingOf(bytes: Uint8Array): Encoding | undefined {
  const buffer = Buffer.from(bytes);
  if (buffer.length >= 2 && ((buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff))) {
    const isLittle = buffer[0] === 0xff;
    const text = isLittle ? buffer.subarray(2).toString('utf16le') : '';
    return { name: `Unicode text, UTF-16, ${isLittle ? 'little' : 'big'}-endian text`, charset: `utf-16${isLittle ? 'le' : 'be'}`, text };
  }
  const hasMark = buffer.length >= 3 && buffer.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  if (!buffer.every(isTextByte)) return undefined;
  if (buffer.every((byte) => byte < 0x80)) return { name: 'ASCII text', charset: 'us-ascii', text: buffer.toString('latin1') };
  // A sequence that the end of what was read cuts is none the worse.
  const text = buffer.toString('utf8');
  if (!text.slice(0, -1).includes('\ufffd')) return { name: `Unicode text, UTF-8${hasMark ? ' (with BOM)' : ''} text`, charset: 'utf-8', text: hasMark ? text.slice(1) : text };
  if (buffer.some((byte) => byte >= 0x80 && byte < 0xa0)) return { name: 'Non-ISO extended-ASCII text', charset: 'unknown-8bit', text: buffer.toString('latin1') };
  return { name: 'ISO-8859 text', charset: 'iso-8859-1', text: buffer.toString('latin1') };
}

function linesOf(text: string): string {
  const carriage = (text.match(/\r\n/g) ?? []).length;
  const feeds = (text.match(/\n/g) ?? []).length - carriage;
  const lone = (text.match(/\r(?!\n)/g) ?? []).length;
  const longest = Math.max(...text.split(/\r?\n/).map((line) => line.length));
  const kinds = [carriage > 0 ? 'CRLF' : '', lone > 0 ? 'CR' : '', feeds > 0 ? 'LF' : ''].filter((kind) => kind !== '');
  const ends = kinds.length === 0 ? ', with no line terminators' : kinds.length > 1 || kinds[0] !== 'LF' ? `, with ${kinds.join(', ')} line terminators` : '';
  return `${longest >= MAX_LINE ? `, with very long lines (${longest})` : ''}${ends}${text.includes('\u001b') ? ', with escape sequences' : ''}${text.includes('\b') ? ', with overstriking' : ''}`;
}

/** Interpreters: what their scripts are called before and behind the encoding (undefined where that is not told), and their type. */
const INTERPRETERS: readonly (readonly [RegExp, string, string | undefined, string])[] = [
  [/^bash$/, 'Bourne-Again shell script', 'executable', 'text/x-shellscript'], [/^(da|a)?sh$/, 'POSIX shell script', 'executable', 'text/x-shellscript'], [/^(ksh|zsh)\d*$/, 'Paul Falstad\'s zsh script', 'executable', 'text/x-shellscript'],
  [/^python[\d.]*$/, 'Python script', 'executable', 'text/x-script.python'], [/^node(js)?$/, 'Node.js script executable', '', 'application/javascript'], [/^perl[\d.]*$/, 'Perl script text executable', undefined, 'text/x-perl'],
  [/^ruby$/, 'Ruby script', 'executable', 'text/x-ruby'], [/^make$/, 'makefile script', 'executable', 'text/x-makefile'], [/^[gmn]?awk$/, 'awk script', 'executable', 'text/x-awk'], [/^php$/, 'PHP script', 'executable', 'text/x-php'],
];

function script(text: string): { before: string; behind: string | undefined; mime: string } | undefined {
  const line = /^#! ?(\S+)(?: +(\S+))?.*/.exec(text);
  if (line === null) return undefined;
  const program = (/\/env$/.test(line[1]!) && line[2] !== undefined ? line[2] : line[1]!).split('/').at(-1)!;
  const known = INTERPRETERS.find(([name]) => name.test(program));
  if (known !== undefined) return { before: known[1], behind: known[2], mime: known[3] };
  return { before: `a ${line[0].replace(/^#! ?/, '')} script`, behind: 'executable', mime: 'text/plain' };
}

function isJson(text: string, isWhole: boolean): boolean {
  if (!/^\s*[[{]/.test(text) || !isWhole) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isCsv(text: string): boolean {
  const lines = text.split('\n').filter((line) => line !== '').slice(0, 10);
  const commas = lines.map((line) => (line.replace(/"[^"]*"/g, '').match(/,/g) ?? []).length);
  return lines.length >= 2 && commas[0]! > 0 && commas.every((count) => count === commas[0]);
}

/** Languages by what they cannot do without. */
const LANGUAGES: readonly (readonly [RegExp, string, string])[] = [
  [/^<\?xml version="([^"]+)"/, 'XML $1 document', 'text/xml'], [/^\s*<(!doctype html|html|head|title|body)\b/i, 'HTML document', 'text/html'], [/^diff --git |^(---|\*\*\*) \S.*\n(\+\+\+|---) /, 'diff output', 'text/x-diff'],
  [/^-----BEGIN CERTIFICATE-----/, 'PEM certificate', 'text/plain'], [/^-----BEGIN RSA PRIVATE KEY/, 'PEM RSA private key', 'text/plain'], [/^-----BEGIN OPENSSH PRIVATE KEY/, 'OpenSSH private key', 'text/plain'], [/^ssh-(rsa|ed25519) /, 'OpenSSH $1 public key', 'text/plain'],
  [/^\s*#\s*include\s*[<"]|^(int|void)\s+main\s*\(/m, 'C source', 'text/x-c'], [/^[A-Za-z_.][\w.-]*\s*:(?!=).*\n\t\S/m, 'makefile script', 'text/x-makefile'], [/^(from \S+ import |import \w+\n|\s*def \w+\(.*\):\n)/m, 'Python script', 'text/x-script.python'],
];

/** Undefined for what is no text. */
export function kindOfText(bytes: Uint8Array, isWhole: boolean): Kind | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return undefined;
  const { name, charset, text } = encoding;
  const kind = (before: string, behind: string, mime: string): Kind => ({ description: `${before === '' ? '' : `${before}, `}${name}${behind === '' ? '' : ` ${behind}`}${linesOf(text)}`, mime, charset });
  const found = script(text);
  if (found?.behind !== undefined) return kind(found.before, found.behind, found.mime);
  if (found !== undefined) return { description: found.before, mime: found.mime, charset };
  if (isJson(text, isWhole)) return { description: 'JSON text data', mime: 'application/json', charset };
  for (const [pattern, words, mime] of LANGUAGES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const described = words.replace('$1', () => match[1] ?? '').replace('OpenSSH rsa', 'OpenSSH RSA').replace('OpenSSH ed25519', 'OpenSSH ED25519');
    return /^(PEM|OpenSSH)/.test(described) ? { description: described, mime, charset } : kind(described, '', mime);
  }
  if (isCsv(text)) return { description: 'CSV text', mime: 'text/csv', charset };
  return kind('', '', 'text/plain');
}
