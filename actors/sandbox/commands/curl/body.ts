// What curl sends: data, forms, files, JSON.
import { randomBytes } from 'node:crypto';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { decode, encode, readAll, reason } from '../../programs/stdio.js';
import { CurlFailure } from './failure.js';
import type { CurlOptions } from './options.js';

export interface Body {
  readonly bytes: Uint8Array;
  readonly contentType?: string;
}

function* fileBytes(process: Process, path: string): Task<Uint8Array> {
  if (path === '-') return yield* readAll(process, 0);
  try {
    return process.files.readFile(path);
  } catch (error) {
    throw new CurlFailure(26, `Failed to open ${path}: ${reason(error)}`);
  }
}

/** One -d, --data-binary, --data-raw or --data-urlencode. */
function* dataPart(process: Process, kind: string, value: string): Task<Uint8Array> {
  if (kind === 'data-raw') return encode(value);
  if (kind === 'data-urlencode') {
    const [, name, mark, rest] = /^([^=@]*)([=@])([\s\S]*)$/.exec(value) ?? [undefined, '', '=', value];
    const content = mark === '@' ? decode(yield* fileBytes(process, rest!)) : rest!;
    return encode(`${name === '' ? '' : `${name}=`}${encodeURIComponent(content).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`);
  }
  if (!value.startsWith('@')) return encode(value);
  const bytes = yield* fileBytes(process, value.slice(1));
  return kind === 'data-binary' || kind === 'json' ? bytes : bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0);
}

/** Everything given with -d and its kin, joined with `&`; undefined where there is none. */
export function* dataBody(process: Process, options: CurlOptions): Task<Body | undefined> {
  const kinds = ['d', 'data', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'json'];
  const parts: Uint8Array[] = [];
  const isJson = options.has('json');
  for (const kind of kinds) {
    for (const value of options.all(kind)) {
      if (parts.length > 0 && !isJson) parts.push(encode('&'));
      parts.push(yield* dataPart(process, kind, value));
    }
  }
  if (!kinds.some((kind) => options.has(kind))) return undefined;
  return { bytes: Buffer.concat(parts), contentType: isJson ? 'application/json' : 'application/x-www-form-urlencoded' };
}

/** -F name=value, name=@file;type=…;filename=…, name=<file. */
export function* formBody(process: Process, options: CurlOptions): Task<Body | undefined> {
  const fields = [...options.all('F', 'form').map((text) => ({ text, plain: false })), ...options.all('form-string').map((text) => ({ text, plain: true }))];
  if (fields.length === 0) return undefined;
  const boundary = `------------------------${randomBytes(11).toString('hex')}`;
  const parts: Uint8Array[] = [];
  for (const { text, plain } of fields) {
    const [, name, value] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? [];
    if (name === undefined) throw new CurlFailure(2, 'Illegally formatted input field');
    const isFile = !plain && /^[@<]/.test(value!);
    const [content, ...settings] = isFile ? value!.slice(1).split(';') : plain ? [value!] : value!.split(/;(?=type=|filename=)/);
    const setting = (key: string): string | undefined => settings.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1).replace(/^"|"$/g, '');
    const bytes = isFile ? yield* fileBytes(process, content!) : encode(content!);
    const fileName = setting('filename') ?? (isFile && value!.startsWith('@') ? content!.split('/').at(-1) : undefined);
    const type = setting('type') ?? (fileName === undefined ? undefined : 'application/octet-stream');
    parts.push(encode(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`), bytes, encode('\r\n'));
  }
  parts.push(encode(`--${boundary}--\r\n`));
  return { bytes: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

/** -T file. */
export function* uploadBody(process: Process, options: CurlOptions): Task<Body | undefined> {
  const path = options.value('T', 'upload-file');
  return path === undefined ? undefined : { bytes: yield* fileBytes(process, path) };
}
