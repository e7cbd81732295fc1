// Backslash escapes in formats: `\n`, `\t`, `\0`, `\x41`, `\101` (printf(1), find -printf, stat --printf).

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"',
};

/** A byte as `encode` will write it: ASCII as itself, others as escaped bytes. */
function byte(value: number): string {
  return value < 0x80 ? String.fromCharCode(value) : String.fromCharCode(0xdc00 + (value & 0xff));
}

/** Unknown escapes stand for themselves. */
export function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([^]))/g, (all: string, hex: string | undefined, octal: string | undefined, letter: string | undefined) => {
    if (hex !== undefined) return byte(Number.parseInt(hex, 16));
    if (octal !== undefined) return byte(Number.parseInt(octal, 8) & 0xff);
    return NAMED[letter!] ?? all;
  });
}
