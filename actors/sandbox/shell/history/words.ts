// The words of a line of history, as readline divides them for `!:n`.

const QUOTES = '"\'`';
const DELIMITERS = ' \t\n;&()|<>';

/** Where the word that begins at `start` ends. */
function wordEnd(text: string, start: number): number {
  let at = start;
  let closer = '';
  let depth = 0;
  if ('()\n'.includes(text[at]!)) return at + 1;
  const digits = /^\d+/.exec(text.slice(at));
  if (digits) {
    at += digits[0].length;
    if (at >= text.length) return at;
  }
  const operator = !digits || text[at] === '<' || text[at] === '>' ? /^(?:<<-|<<<|<<|>>|;;|&&|\|\||[<>]&\d*-?|&>|>\||[<>](?!\()|[;&|])/.exec(text.slice(at)) : null;
  if (operator) return at + operator[0].length;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && closer !== "'") {
      at++;
    } else if (depth > 0 && (char === '(' || char === ')')) {
      depth += char === '(' ? 1 : -1;
    } else if (depth > 0) {
      // Within a substitution or pattern anything goes.
    } else if (closer !== '') {
      if (char === closer) closer = '';
    } else if ('<>$!@?+*'.includes(char) && text[at + 1] === '(') {
      at++;
      depth = 1;
    } else if (DELIMITERS.includes(char)) {
      break;
    } else if (QUOTES.includes(char)) {
      closer = char;
    }
  }
  return Math.min(at, text.length);
}

export function historyWords(line: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    if (/\s/.test(line[at]!)) {
      at++;
      continue;
    }
    const end = Math.max(wordEnd(line, at), at + 1);
    words.push(line.slice(at, end));
    at = end;
  }
  return words;
}

/** The word of a line in which `index` lies. */
export function wordAt(line: string, index: number): string {
  for (let at = 0; at < line.length; ) {
    if (/\s/.test(line[at]!)) {
      at++;
      continue;
    }
    const end = Math.max(wordEnd(line, at), at + 1);
    if (index < end) return line.slice(at, end);
    at = end;
  }
  return '';
}
