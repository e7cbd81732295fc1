// awk's regular expressions: EREs with string escapes inside, constant or made from strings at run time.
import { type CompiledRegex, compileRegex } from '../../regex/posix-regex.js';

const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' };
const cache = new Map<string, CompiledRegex>();
const CACHE_MAX = 500;

/** awk's spelling into that of an ERE. */
function translate(source: string): string {
  if (!source.includes('\\')) return source;
  return source.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([^]))/g, (whole, octal?: string, hex?: string, letter?: string) => {
    const code = octal === undefined ? (hex === undefined ? undefined : parseInt(hex, 16)) : parseInt(octal, 8) & 255;
    if (code !== undefined) return quoted(String.fromCharCode(code < 128 ? code : 0xdc00 + code));
    if (Object.hasOwn(CONTROL, letter!)) return CONTROL[letter!]!;
    if (letter === 'y') return '\\b';
    if (letter === '"' || letter === '/' || letter === '&') return letter;
    return whole;
  });
}

function quoted(character: string): string {
  return /[.*[\]\\^$+?(){}|]/.test(character) ? `\\${character}` : character;
}

/** Throws RegexSyntaxError. */
export function awkRegex(source: string, ignoreCase = false): CompiledRegex {
  const key = ignoreCase ? `i${source}` : `s${source}`;
  const known = cache.get(key);
  if (known) return known;
  const regex = compileRegex(translate(source), { extended: true, lenient: true, bracketEscapes: true, ignoreCase });
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value!);
  cache.set(key, regex);
  return regex;
}
