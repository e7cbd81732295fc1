// The part of a generated test file that is the same for every machine: it starts a server, does what a client does, reads the journal.

/** TypeScript, ECMAScript modules, Node 20.19 or newer, ava. */
export const PLAYER = String.raw`
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';

type Line = readonly [event: string, state: string];
interface Scene {
  readonly title: string;
  readonly input: string;
  readonly given: any;
  readonly birth: readonly (readonly string[])[];
  readonly beats: readonly { readonly act: string; readonly lines: readonly (readonly string[])[] }[];
}

/** Ends with the code that it reads from standard input; only SIGKILL ends it before. */
const OBEDIENT = ['sh', '-c', 'trap "" HUP TERM; read code; exit $code'];
const TIMEOUT_MS = 60_000;
const directory = mkdtempSync(join(tmpdir(), 'sockerless-scenes-'));
const docker = join(directory, 'docker.sock');
const inspector = join(directory, 'data', 'inspector.sock');
let server: ChildProcess;
let count = 0;

function call(socketPath: string, method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const request = http.request({ socketPath, method, path, headers: { Host: 'docker', ...(text === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, json: answer.startsWith('{') || answer.startsWith('[') ? JSON.parse(answer) : answer });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

test.before(async () => {
  const [command = 'sockerless', ...args] = (process.env.SOCKERLESS ?? 'sockerless').split(' ');
  server = spawn(command, [...args, 'serve', '-H', 'unix://' + docker, '--data-root', join(directory, 'data'), '--durability', 'process', '--log-level', 'error'], { stdio: 'inherit' });
  const gone = new Promise<never>((_, reject) => server.on('exit', (code) => reject(new Error('the server ended with ' + code))));
  gone.catch(() => undefined);
  const up = async (): Promise<void> => {
    while ((await call(docker, 'GET', '/info').catch(() => ({ status: 0 }))).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await Promise.race([up(), gone]);
});
test.after.always(() => {
  server?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A connection that stays: attach, or the start of an exec. */
async function hijack(path: string, body: string): Promise<net.Socket> {
  const socket = net.connect(docker);
  socket.on('error', () => undefined);
  socket.write('POST ' + path + ' HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ' + body.length + '\r\n\r\n' + body);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

/** An actor with the things that are done to it. */
interface Player {
  readonly id: string;
  act(name: string): Promise<unknown>;
}

async function createContainer(given: any): Promise<string> {
  const { status, json } = await call(docker, 'POST', '/containers/create?name=scene-' + count++, {
    Image: 'sockerless/base', Cmd: OBEDIENT, OpenStdin: true, ...(given.stopSignal ? { StopSignal: given.stopSignal } : {}),
    HostConfig: { AutoRemove: given.autoRemove ?? false, RestartPolicy: { Name: given.restart?.name ?? '', MaximumRetryCount: given.restart?.maximumRetryCount ?? 0 } },
  });
  if (status !== 201) throw new Error(JSON.stringify(json));
  return json.Id;
}

const makers: Record<string, (given: any) => Promise<Player>> = {
  async container(given) {
    const id = await createContainer(given);
    const at = '/containers/' + id;
    const end = async (code: number): Promise<void> => void (await hijack(at + '/attach?stream=1&stdin=1', '')).write(code + '\n');
    const acts: Record<string, () => Promise<unknown>> = {
      start: () => call(docker, 'POST', at + '/start'), 'end with 0': () => end(0), 'end with 3': () => end(3),
      pause: () => call(docker, 'POST', at + '/pause'), unpause: () => call(docker, 'POST', at + '/unpause'),
      kill: () => call(docker, 'POST', at + '/kill'), 'kill -s TERM': () => call(docker, 'POST', at + '/kill?signal=TERM'),
      'stop -t 0': () => call(docker, 'POST', at + '/stop?t=0'), 'stop -t 1': () => call(docker, 'POST', at + '/stop?t=1'), 'restart -t 0': () => call(docker, 'POST', at + '/restart?t=0'),
      rename: () => call(docker, 'POST', at + '/rename?name=renamed-' + count++), rm: () => call(docker, 'DELETE', at), 'rm -f': () => call(docker, 'DELETE', at + '?force=1'),
    };
    return { id, act: (name) => acts[name]!() };
  },
  async exec() {
    const container = await createContainer({});
    await call(docker, 'POST', '/containers/' + container + '/start');
    const { json } = await call(docker, 'POST', '/containers/' + container + '/exec', { Cmd: OBEDIENT, AttachStdin: true });
    let socket: net.Socket | undefined;
    const acts: Record<string, () => Promise<unknown>> = {
      start: async () => (socket = await hijack('/exec/' + json.Id + '/start', '{}')),
      'end with 0': async () => socket!.write('0\n'), 'end with 3': async () => socket!.write('3\n'),
      'rm -f its container': () => call(docker, 'DELETE', '/containers/' + container + '?force=1'),
    };
    return { id: json.Id, act: (name) => acts[name]!() };
  },
  async volume() {
    const name = 'scene-' + count++;
    await call(docker, 'POST', '/volumes/create', { Name: name });
    const acts: Record<string, () => Promise<unknown>> = {
      async use() {
        const { json } = await call(docker, 'POST', '/containers/create', { Image: 'sockerless/base', Cmd: ['true'], HostConfig: { Binds: [name + ':/data'] } });
        await call(docker, 'POST', '/containers/' + json.Id + '/start');
        await call(docker, 'POST', '/containers/' + json.Id + '/wait');
      },
      rm: () => call(docker, 'DELETE', '/volumes/' + name),
    };
    return { id: 'volume:' + name, act: (name) => acts[name]!() };
  },
};

/** What the journal says, without what only notes that somebody looked; 'gone' when the actor is no more. */
async function journal(id: string): Promise<Line[] | 'gone'> {
  const { status, json } = await call(inspector, 'GET', '/actors/' + encodeURIComponent(id));
  if (status === 404) return 'gone';
  return json.journal.filter(({ event }: any) => event.type !== 'NOTE').map(({ event, to }: any) => [event.type, to]);
}

/** So many scenes at a time. */
const STAGES = 8;
const waiting: (() => void)[] = [];
let playing = 0;

async function play(t: ExecutionContext, kind: string, scene: Scene): Promise<void> {
  t.timeout(30 * TIMEOUT_MS);
  if (playing >= STAGES) await new Promise<void>((resolve) => waiting.push(resolve));
  playing++;
  try {
    await perform(t, kind, scene);
  } finally {
    playing--;
    waiting.shift()?.();
  }
}

async function perform(t: ExecutionContext, kind: string, { given, birth, beats }: Scene): Promise<void> {
  const player = await makers[kind]!(given);
  const expected = [...birth];
  const done: string[] = [];
  const agree = async (): Promise<void> => {
    const isGone = expected.at(-1)?.[1] === 'gone';
    const deadline = Date.now() + TIMEOUT_MS;
    let found = await journal(player.id);
    while (Date.now() < deadline && (isGone ? found !== 'gone' : found !== 'gone' && found.length < expected.length)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      found = await journal(player.id);
    }
    t.deepEqual(found, isGone ? 'gone' : (expected as unknown as Line[]), 'after ' + (done.join(', ') || 'birth'));
  };
  await agree();
  for (const { act, lines } of beats) {
    expected.push(...lines);
    done.push(act);
    await player.act(act);
    await agree();
  }
}
`;
