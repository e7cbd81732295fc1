// Images over the wire: pull, import, push, load, save.
import { inspectDistribution } from '../../../actors/images/distribution.js';
import { importImage } from '../../../actors/images/import-image.js';
import { loadedText, loadImages } from '../../../actors/images/load-archive.js';
import { parsePlatform } from '../../../actors/images/manifest.js';
import { allTags, type TransferMessage } from '../../../actors/images/pull.js';
import { pushImage } from '../../../actors/images/push.js';
import { parseReference, type Reference, withDefaultTag } from '../../../actors/images/reference.js';
import type { RegistryCredentials } from '../../../actors/images/registry-auth.js';
import type { RegistryOptions } from '../../../actors/images/registry-client.js';
import { saveImages } from '../../../actors/images/save-archive.js';
import { Fault } from '../../../actors/runtime/fault.js';
import type { ReplyStream } from '../../http/exchange.js';
import type { Call, JsonObject } from '../call.js';

const JSON_LINES = { 'Content-Type': 'application/json' };

/** X-Registry-Auth: base64url of JSON, `e30=` for nobody. Docker ignores what it cannot read. */
export function registryCredentials(header: string | undefined): RegistryCredentials {
  if (header === undefined || header === '') return {};
  try {
    const auth = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as JsonObject;
    const text = (name: string): string | undefined => (typeof auth[name] === 'string' && auth[name] !== '' ? (auth[name] as string) : undefined);
    const credentials = { username: text('username'), password: text('password'), identityToken: text('identitytoken'), registryToken: text('registrytoken') };
    return Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== undefined));
  } catch {
    return {};
  }
}

function registryOptions(call: Call): RegistryOptions {
  const { registryMirrors, insecureRegistries } = call.daemon.config;
  return {
    credentials: registryCredentials(call.exchange.header('x-registry-auth')),
    mirrors: registryMirrors,
    insecureRegistries,
    abort: call.exchange.signal,
  };
}

/** Progress as JSON lines; the head goes out with the first one, so that an early failure can still be a status. */
class Progress {
  readonly #call: Call;
  #stream: ReplyStream | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  line(value: object): void {
    this.#stream ??= this.#call.stream(200, JSON_LINES);
    this.#stream.write(`${JSON.stringify(value)}\r\n`);
  }

  /** After the first line a failure can only be told in the stream, as dockerd does. */
  async run(body: () => Promise<void>, { headFirst = false } = {}): Promise<void> {
    if (headFirst) this.#stream = this.#call.stream(200, JSON_LINES);
    try {
      await body();
      this.#stream ??= this.#call.stream(200, JSON_LINES);
    } catch (error) {
      if (!this.#stream) throw error;
      const message = error instanceof Error ? error.message : String(error);
      this.line({ errorDetail: { message }, error: message });
    }
    this.#stream.end();
  }
}

/** dockerd sends the progress bar as text too, for old clients. */
function progressLine(message: TransferMessage): object {
  const { current, total } = message.progressDetail ?? {};
  return current === undefined ? { ...message, ...(message.id !== undefined && message.progressDetail === undefined ? { progressDetail: {} } : {}) } : { ...message, progress: `${current}B/${total ?? '?'}B` };
}

/** `fromImage=name&tag=tag-or-digest`. */
function wantedReference(call: Call): Reference {
  const name = call.query('fromImage');
  const tag = call.query('tag');
  if (tag === '') return parseReference(name);
  return parseReference(tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`);
}

/** POST /images/create: pull (`fromImage`) or import (`fromSrc`). */
export async function createImage(call: Call): Promise<void> {
  if (call.query('fromImage') === '') return importFrom(call);
  const reference = wantedReference(call);
  const progress = new Progress(call);
  const options = registryOptions(call);
  await progress.run(async () => {
    // As dockerd: without a tag, all of them.
    const references = reference.tag === undefined && reference.digest === undefined ? await allTags(reference, options) : [reference];
    for (const one of references) {
      await call.daemon.pulls.pull(call.daemon.engine, one, call.query('platform'), { ...options, onProgress: (message) => progress.line(progressLine(message)) });
    }
  });
}

/** GET /distribution/{name}/json. */
export async function inspectAtRegistry(call: Call): Promise<void> {
  call.reply(200, await inspectDistribution(withDefaultTag(parseReference(call.params.name!)), registryOptions(call)));
}

async function importFrom(call: Call): Promise<void> {
  const source = call.query('fromSrc');
  if (source === '') throw new Fault('invalid', 'fromImage or fromSrc must be set');
  if (source !== '-') throw new Fault('unsupported', `importing from ${source} is not supported: send the archive in the request (fromSrc=-)`);
  const repo = call.query('repo');
  const tag = call.query('tag');
  const platform = call.query('platform') === '' ? undefined : parsePlatform(call.query('platform'));
  const progress = new Progress(call);
  await progress.run(async () => {
    const image = await importImage(call.daemon.images, call.exchange.body(), {
      changes: call.exchange.query.getAll('changes'),
      message: call.query('message'),
      ...(repo === '' ? {} : { reference: parseReference(tag === '' ? repo : `${repo}:${tag}`) }),
      ...(platform ? { os: platform.os, ...(platform.architecture ? { architecture: platform.architecture } : {}) } : {}),
    });
    progress.line({ status: image.id });
  });
}

export async function pushImages(call: Call): Promise<void> {
  const tag = call.query('tag');
  const named = parseReference(tag === '' ? call.params.name! : `${call.params.name!}:${tag}`);
  const progress = new Progress(call);
  await progress.run(() => pushImage(call.daemon.images, named, {
    ...registryOptions(call),
    onProgress: (message) => progress.line(progressLine(message)),
    onPushed: (aux) => progress.line({ progressDetail: {}, aux }),
  }));
}

/** 200 always, as dockerd: what is wrong with the archive is told in the stream. */
export async function loadImage(call: Call): Promise<void> {
  const progress = new Progress(call);
  await progress.run(async () => {
    for (const loaded of await loadImages(call.daemon.images, call.exchange.body())) {
      for (const text of loadedText(loaded)) progress.line({ stream: text });
    }
  }, { headFirst: true });
}

/** GET /images/get?names=… and GET /images/{name}/get. */
export async function saveImage(call: Call): Promise<void> {
  const names = call.params.name === undefined ? call.exchange.query.getAll('names').flatMap((name) => name.split(',')) : [call.params.name];
  if (names.length === 0) throw new Fault('invalid', 'no images specified');
  for (const name of names) call.daemon.images.resolve(name);
  await call.pipe(200, { 'Content-Type': 'application/x-tar' }, saveImages(call.daemon.images, names));
}

/** GET /images/search needs Docker Hub's own search service. */
export function searchImages(): never {
  throw new Fault('unsupported', 'searching Docker Hub is not supported');
}

