// iconv: text from one character encoding into another.
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { Inputs } from './text-input.js';

const NAMES: Readonly<Record<string, string>> = {
  utf8: 'utf-8', ascii: 'ascii', usascii: 'ascii', ansix3_41968: 'ascii', latin1: 'latin1', iso88591: 'latin1', l1: 'latin1', utf16: 'utf-16', utf16le: 'utf-16le', utf16be: 'utf-16be', ucs2: 'utf-16', utf32: 'utf-32', utf32le: 'utf-32le', utf32be: 'utf-32be',
};
/** Read with the platform's decoder; not written. */
const DECODED = new Set(['windows-1252', 'windows-1251', 'windows-1250', 'cp1252', 'cp1251', 'cp1250', 'iso-8859-2', 'iso-8859-5', 'iso-8859-7', 'iso-8859-9', 'iso-8859-15', 'koi8-r', 'koi8-u', 'shift_jis', 'sjis', 'euc-jp', 'euc-kr', 'gbk', 'gb18030', 'big5']);

function known(name: string): string | undefined {
  const plain = name.replace(/\/\/.*$/, '');
  return NAMES[plain.toLowerCase().replace(/[-_ ]/g, '')] ?? (DECODED.has(plain.toLowerCase()) ? plain.toLowerCase().replace(/^cp125/, 'windows-125').replace(/^sjis$/, 'shift_jis') : undefined);
}

function decodeBytes(bytes: Uint8Array, encoding: string): { text: string; fault: boolean } {
  if (encoding === 'latin1') return { text: Buffer.from(bytes).toString('latin1'), fault: false };
  if (encoding.startsWith('utf-32')) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const marked = bytes.length >= 4 && view.getUint32(0) === 0x0000feff;
    const little = encoding === 'utf-32le' || (encoding === 'utf-32' && !marked);
    let text = '';
    for (let at = 0; at + 4 <= bytes.length; at += 4) text += String.fromCodePoint(Math.min(0x10ffff, view.getUint32(at, little)));
    return { text: text.replace(/^\ufeff/, ''), fault: bytes.length % 4 !== 0 };
  }
  if (encoding === 'ascii') {
    const bad = bytes.findIndex((byte) => byte > 127);
    return { text: Buffer.from(bad < 0 ? bytes : bytes.subarray(0, bad)).toString('latin1'), fault: bad >= 0 };
  }
  const label = encoding === 'utf-16' ? (bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-16le') : encoding;
  try {
    return { text: new TextDecoder(label, { fatal: true, ignoreBOM: encoding !== 'utf-16' }).decode(bytes), fault: false };
  } catch {
    const text = new TextDecoder(label).decode(bytes);
    return { text: text.slice(0, Math.max(0, text.indexOf('\ufffd'))), fault: true };
  }
}

/** `instead` is put for what the encoding lacks; without it that ends the work. */
function encodeText(text: string, encoding: string, instead: string | undefined): { bytes: Uint8Array; fault: boolean } {
  if (encoding === 'utf-8') return { bytes: Buffer.from(text), fault: false };
  if (encoding === 'latin1' || encoding === 'ascii') {
    const most = encoding === 'ascii' ? 127 : 255;
    let out = '';
    for (const character of text) {
      if (character.codePointAt(0)! <= most) out += character;
      else if (instead === undefined) return { bytes: Buffer.from(out, 'latin1'), fault: true };
      else out += instead;
    }
    return { bytes: Buffer.from(out, 'latin1'), fault: false };
  }
  if (encoding.startsWith('utf-16')) {
    const bytes = Buffer.from((encoding === 'utf-16' ? '\ufeff' : '') + text, 'utf16le');
    return { bytes: encoding === 'utf-16be' ? bytes.swap16() : bytes, fault: false };
  }
  const characters = [...(encoding === 'utf-32' ? '\ufeff' : '') + text];
  const bytes = Buffer.alloc(characters.length * 4);
  characters.forEach((character, i) => (encoding === 'utf-32be' ? bytes.writeUInt32BE(character.codePointAt(0)!, i * 4) : bytes.writeUInt32LE(character.codePointAt(0)!, i * 4)));
  return { bytes, fault: false };
}

export const iconv: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'cf:lo:st:', { 'from-code': 'required', 'to-code': 'required', list: 'no', output: 'required', silent: 'no', verbose: 'no' });
  if (options.has('l', 'list')) {
    output.print([...new Set([...Object.values(NAMES), ...DECODED])].map((name) => `${name.toUpperCase()}//\n`).join(''));
    return 0;
  }
  const [fromName, toName] = [options.value('f', 'from-code') ?? 'utf-8', options.value('t', 'to-code') ?? 'utf-8'];
  const [from, to] = [known(fromName), known(toName)];
  if (from === undefined) throw new UsageError(`conversion from \`${fromName}' is not supported`);
  if (to === undefined || DECODED.has(to)) throw new UsageError(`conversion to \`${toName}' is not supported`);
  const instead = /\/\/.*TRANSLIT/i.test(toName) ? '?' : options.has('c') || /\/\/.*IGNORE/i.test(toName) ? '' : undefined;
  const parts: Uint8Array[] = [];
  const inputs = new Inputs(process, options.operands, (name, why) => `cannot open input file \`${name}': ${why}`);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) parts.push(yield* readAll(process, file.fd));
  const decoded = decodeBytes(Buffer.concat(parts), from);
  const encoded = encodeText(decoded.text, to, instead);
  const target = options.value('o', 'output');
  if (target === undefined) output.print(encoded.bytes);
  else process.files.writeFile(target, encoded.bytes);
  yield* output.flush();
  if (!decoded.fault && !encoded.fault) return inputs.failed ? 1 : 0;
  if (!options.has('s', 'silent')) yield* complain(process, `illegal input sequence at position ${encoded.fault ? Buffer.byteLength(Buffer.from(encoded.bytes).toString('latin1')) : Buffer.byteLength(decoded.text)}`);
  return 1;
});
