// How records fall into fields and strings into arrays.
import type { CompiledRegex } from '../../regex/posix-regex.js';
import { awkRegex } from './regex.js';
import { AwkFatal } from './values.js';

/** Cuts a text into pieces by one separator. */
export type Splitter = (text: string) => string[];

/** Runs of blanks separate, those around do not count. */
export function splitBlanks(text: string): string[] {
  const fields: string[] = [];
  cutBlanks(text, 0, fields, Infinity);
  return fields;
}

/** Adds the fields from `from` on until there are `wanted`; answers with where to go on, -1 at the end of the text. */
export function cutBlanks(text: string, from: number, fields: string[], wanted: number): number {
  const { length } = text;
  let at = from;
  while (fields.length < wanted) {
    let code = text.charCodeAt(at);
    while (at < length && (code === 32 || code === 9 || code === 10)) code = text.charCodeAt(++at);
    if (at >= length) return -1;
    const start = at;
    while (at < length && code !== 32 && code !== 9 && code !== 10) code = text.charCodeAt(++at);
    fields.push(text.slice(start, at));
  }
  return at;
}

/** A separator that is an expression; it never matches nothing. */
export function regexSplitter(source: string, ignoreCase = false): Splitter {
  const regex = awkRegex(source, ignoreCase);
  return (text) => {
    if (text === '') return [];
    const fields: string[] = [];
    let start = 0;
    for (let at = 0; at <= text.length; ) {
      const match = regex.exec(text, at);
      if (!match) break;
      if (match[0] === '') {
        at = match.index + 1;
        continue;
      }
      fields.push(text.slice(start, match.index));
      start = at = match.index + match[0].length;
    }
    fields.push(text.slice(start));
    return fields;
  };
}

/** As FS and split's third argument mean it: a blank, one character, nothing at all (every character), or an expression. */
export function splitterOf(separator: string, ignoreCase = false): Splitter {
  if (separator === ' ') return splitBlanks;
  if (separator === '') return (text) => [...text];
  if (separator.length === 1) return (text) => (text === '' ? [] : text.split(separator));
  return regexSplitter(separator, ignoreCase);
}

/** gawk's FPAT and patsplit: fields are what matches; `between` gets the texts around them. A field of nothing needs a separator before it. */
export function piecesOf(text: string, pattern: CompiledRegex, between: string[] = []): string[] {
  const fields: string[] = [];
  let end = 0;
  let isBehindField = false;
  for (let at = 0; at <= text.length; ) {
    const match = pattern.exec(text, at);
    if (!match) break;
    if (match[0] === '' && isBehindField && match.index === at) {
      at++;
      isBehindField = false;
      continue;
    }
    between.push(text.slice(end, match.index));
    fields.push(match[0]);
    end = match.index + match[0].length;
    isBehindField = match[0] !== '';
    at = isBehindField ? end : end + 1;
  }
  between.push(text.slice(end));
  return text === '' ? [] : fields;
}

/** gawk's FIELDWIDTHS: columns, `skip:width`, and `*` for the rest. */
export function widthsSplitter(widths: string): Splitter {
  const words = widths.trim().split(/[ \t]+/);
  words.forEach((word, i) => {
    if (/^(\d+:)?\*$/.test(word)) {
      if (i < words.length - 1) throw new AwkFatal("`*' must be the last designator in FIELDWIDTHS");
    } else if (!/^(\d+:)?\d+$/.test(word)) {
      const wrong = words.slice(i).join(' ').replace(/^\d+:/, '');
      throw new AwkFatal(`invalid FIELDWIDTHS value, for field ${i + 1}, near \`${wrong}'`);
    }
  });
  return (text) => {
    const characters = [...text];
    const fields: string[] = [];
    let at = 0;
    for (const word of words) {
      const [width, skipped = '0'] = word.split(':').reverse();
      at += Number(skipped);
      if (at >= characters.length) break;
      const end = width === '*' ? characters.length : at + Number(width);
      fields.push(characters.slice(at, end).join(''));
      at = end;
    }
    return fields;
  };
}
