// How records fall into fields and strings into arrays.
import { awkRegex } from './regex.js';

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
export function regexSplitter(source: string): Splitter {
  const regex = awkRegex(source);
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
export function splitterOf(separator: string): Splitter {
  if (separator === ' ') return splitBlanks;
  if (separator === '') return (text) => [...text];
  if (separator.length === 1 && separator !== '\\') return (text) => (text === '' ? [] : text.split(separator));
  return regexSplitter(separator);
}
