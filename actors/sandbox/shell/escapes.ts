// Backslash escapes of printf's formats, of its %b and of echo, as each shell and each program reads them.
import { byteText, codePointText, joinBytes } from './syntax/ansi.js';

/** Which escapes there are beside those of one letter. */
interface Rules {
  /** The digits of an octal number, captured. */
  readonly octal: string;
  /** `\xhh` */
  readonly hex: boolean;
  /** `\uhhhh` and `\Uhhhhhhhh` */
  readonly unicode: boolean;
  /** Whether `\c` ends the output. */
  readonly ends: boolean;
  /** Letters that mean themselves, with their backslash. */
  readonly literal: string;
}

const THREE = '([0-7]{1,3})';
const AFTER_ZERO = '0?([0-7]{1,3})';
/** busybox takes no more digits than make a byte. */
const BYTE = '([0-3][0-7]{2}|[0-7]{1,2})';
const QUOTES = '"\'?';

const bash: Rules = { octal: THREE, hex: true, unicode: true, ends: true, literal: '' };
const dash: Rules = { octal: AFTER_ZERO, hex: false, unicode: false, ends: true, literal: `${QUOTES}E` };
const busybox: Rules = { octal: `(?:0(?=[0-7]))?${BYTE}`, hex: true, unicode: false, ends: true, literal: `${QUOTES}E` };

/** The built-in commands and the programs (`tool`, which know `\nnn` in echo, and `\c` in formats). In `b`, %b, `\0nnn` has up to four digits. */
const RULES = {
  format: { ...bash, ends: false },
  'tool-format': bash,
  b: { ...bash, octal: AFTER_ZERO, literal: QUOTES },
  'tool-b': { ...bash, octal: AFTER_ZERO },
  echo: { ...bash, octal: '0([0-7]{0,3})', literal: QUOTES },
  'tool-echo': { ...bash, octal: AFTER_ZERO, literal: QUOTES },
  dash,
  'dash-format': { ...dash, octal: THREE, ends: false },
  busybox,
  'busybox-format': { ...busybox, octal: BYTE },
} satisfies Record<string, Rules>;

export type EscapeMode = keyof typeof RULES;

const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"', "'": "'", '?': '?' };

function patternOf({ octal, hex, unicode }: Rules): RegExp {
  const none = '(?!)()';
  return new RegExp(`\\\\(?:${octal}|${hex ? 'x([0-9a-fA-F]{1,2})' : none}|${unicode ? 'u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})' : `${none}|${none}`}|([^]))`, 'y');
}

const PATTERNS = new Map(Object.entries(RULES).map(([mode, rules]) => [mode, patternOf(rules)]));

export interface Escaped {
  readonly text: string;
  /** `\c` ended the output. */
  readonly stop: boolean;
  /** The letters of `\x` and `\u` without digits. */
  readonly missing?: readonly string[];
}

export function escapes(text: string, mode: EscapeMode): Escaped {
  if (!text.includes('\\')) return { text, stop: false };
  let out = '';
  const missing: string[] = [];
  const rules = RULES[mode];
  const pattern = PATTERNS.get(mode)!;
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '\\') {
      const next = text.indexOf('\\', at);
      const end = next < 0 ? text.length : next;
      out += text.slice(at, end);
      at = end;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) {
      out += text[at++];
      continue;
    }
    at = pattern.lastIndex;
    const [whole, octal, hex, u, U, letter] = match;
    if (octal !== undefined) out += byteText(Number.parseInt(octal || '0', 8) & 0xff);
    else if (hex !== undefined) out += byteText(Number.parseInt(hex, 16));
    else if (u !== undefined || U !== undefined) out += codePointText(Number.parseInt((u ?? U)!, 16));
    else if (letter === 'c' && rules.ends) return { text: joinBytes(out), stop: true, missing };
    else if (rules.literal.includes(letter!)) out += whole;
    else {
      if (letter === 'x' || letter === 'u' || letter === 'U') missing.push(letter);
      out += SIMPLE[letter!] ?? whole;
    }
  }
  return { text: joinBytes(out), stop: false, missing };
}
