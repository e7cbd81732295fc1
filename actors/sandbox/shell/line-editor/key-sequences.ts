// How key sequences are written: `\C-x\C-r`, `\e[A`, and the names of keys (`Control-u`, `Meta-Rubout`).

const NAMED: Readonly<Record<string, string>> = { DEL: '\x7f', ESC: '\x1b', ESCAPE: '\x1b', LFD: '\n', NEWLINE: '\n', RET: '\r', RETURN: '\r', RUBOUT: '\x7f', SPACE: ' ', SPC: ' ', TAB: '\t' };
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', d: '\x7f', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function control(char: string): string {
  return char === '?' ? '\x7f' : String.fromCharCode(char.toUpperCase().charCodeAt(0) & 31);
}

/** The bytes of what stands between quotes, one character each. */
export function parseSequence(written: string): string {
  let bytes = '';
  for (let at = 0; at < written.length;) {
    const [whole, ctrl, meta, octal, hex, other, plain] = /\\(?:C-\\M-|M-\\C-)?(?:C-(.)|(M-)|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))|(.)/sy.exec(written.slice(at))!;
    if (/^\\(?:C-\\M-|M-\\C-)/.test(written.slice(at))) bytes += '\x1b';
    if (ctrl !== undefined) bytes += control(ctrl);
    else if (meta !== undefined) bytes += '\x1b';
    else if (octal !== undefined) bytes += String.fromCharCode(Number.parseInt(octal, 8) & 255);
    else if (hex !== undefined) bytes += String.fromCharCode(Number.parseInt(hex, 16));
    else bytes += Buffer.from(other === undefined ? plain! : ESCAPES[other] ?? other).toString('latin1');
    at += whole.length;
  }
  return bytes;
}

/** The bytes of a key by name: `Control-Meta-x`. */
export function parseKeyName(written: string): string {
  const [, modifiers, name] = /^((?:(?:control|c|ctrl|meta|m)-)*)(.+)$/is.exec(written)!;
  const key = NAMED[name!.toUpperCase()] ?? name![0]!;
  const ctrl = /c(?:ontrol|trl)?-/i.test(modifiers!) ? control(key) : key;
  return /m(?:eta)?-/i.test(modifiers!) ? `\x1b${ctrl}` : ctrl;
}

/** As `bind -p` writes them. */
export function showSequence(bytes: string): string {
  return bytes.replace(/[^]/g, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\x1b') return '\\e';
    if (char === '\x7f') return '\\C-?';
    if (char === '"' || char === '\\') return `\\${char}`;
    if (code < 32) return `\\C-${String.fromCharCode(code + 64).toLowerCase()}`;
    return code < 128 ? char : `\\${code.toString(8)}`;
  });
}
