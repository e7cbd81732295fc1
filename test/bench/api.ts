// The server's own rows: the life of a container over the API, lists, logs, standard input, and the CLI beside its floor.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tarEntry } from '../../actors/streams/tar-entry.js';
import { writeTar } from '../../actors/streams/tar-writer.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
  /** What is aimed for, and where known what dockerd does. */
  aim?: string;
}

const IMAGE = 'sockerless/base';
const ROUNDS = 20;
const LIST_MS = 3000;
const COPY_MB = 210;
const exec = promisify(execFile);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function timed(rounds: number, body: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const begin = performance.now();
    await body();
    times.push(performance.now() - begin);
  }
  return median(times);
}

/** One keep-alive connection, as an SDK has it. */
function client(socketPath: string): (method: string, path: string, body?: unknown) => Promise<Buffer> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  return (method, path, body) => new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request({ socketPath, method, path, agent, headers: text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => (response.statusCode! < 400 ? resolve(Buffer.concat(chunks)) : reject(new Error(Buffer.concat(chunks).toString()))));
    });
    request.on('error', reject);
    request.end(text);
  });
}

async function life(call: ReturnType<typeof client>): Promise<void> {
  const { Id } = JSON.parse((await call('POST', '/containers/create', { Image: IMAGE, Cmd: ['true'] })).toString()) as { Id: string };
  await call('POST', `/containers/${Id}/start`);
  await call('POST', `/containers/${Id}/wait`);
  await call('DELETE', `/containers/${Id}`);
}

/** Four keep-alive connections that ask again as soon as they are answered, and look at no more of an answer than its length. */
async function listRate(socketPath: string): Promise<number> {
  const until = performance.now() + LIST_MS;
  const rounds = await Promise.all([1, 2, 3, 4].map(() => poll(socketPath, '/containers/json?all=1', until)));
  return rounds.reduce((sum, count) => sum + count, 0) / (LIST_MS / 1000);
}

function poll(socketPath: string, path: string, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const ask = (): boolean => socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`);
    let answers = 0;
    let rest = 0;
    socket.on('error', reject);
    socket.on('connect', ask);
    socket.on('data', (bytes) => {
      if (rest === 0) {
        const head = bytes.indexOf('\r\n\r\n');
        const [, length] = /^HTTP\/1.1 200[\s\S]*content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head)) ?? [];
        if (head < 0 || length === undefined) return socket.destroy(new Error('the list was not answered with its length'));
        rest = head + 4 + Number(length);
      }
      rest -= bytes.length;
      if (rest > 0) return;
      answers++;
      if (performance.now() < until) ask();
      else {
        socket.destroy();
        resolve(answers);
      }
    });
  });
}

/** The archive calls under `docker cp` without the CLI, whose own tar costs as much again: in and out, in MB/s. */
async function archives(socketPath: string): Promise<[number, number]> {
  const body = randomBytes(COPY_MB * 1e6);
  const tar = async function* (): AsyncGenerator<Uint8Array> {
    yield* writeTar([{ entry: tarEntry('raw', { sizeBytes: body.length }), body: pieces(body) }]);
  };
  const path = '/containers/bench/archive?path=/tmp';
  const send = (method: string, target: string, source?: Readable): Promise<void> => new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path: target }, (response) => {
      response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${method} ${target}: ${response.statusCode}`))));
    });
    request.on('error', reject);
    if (source) source.pipe(request);
    else request.end();
  });
  const into = await timed(3, () => send('PUT', path, Readable.from(tar())));
  const out = await timed(3, () => send('GET', `${path}/raw`));
  return [COPY_MB / (into / 1000), COPY_MB / (out / 1000)];
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
}

/** `docker cp` of one file into a running container and out of it again, in MB/s. */
async function copies(docker: (...args: string[]) => Promise<unknown>): Promise<[number, number]> {
  const folder = mkdtempSync(join(tmpdir(), 'sockerless-bench-cp-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, randomBytes(COPY_MB * 1e6));
    const into = await timed(3, () => docker('cp', file, 'bench:/tmp/file'));
    const out = await timed(3, () => docker('cp', 'bench:/tmp/file', join(folder, 'back')));
    return [COPY_MB / (into / 1000), COPY_MB / (out / 1000)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows that need the docker CLI; none where it is missing. */
async function cliRows(host: string, call: ReturnType<typeof client>): Promise<Row[]> {
  const env = { ...process.env, DOCKER_HOST: host };
  const docker = (...args: string[]): Promise<unknown> => exec('docker', args, { env, maxBuffer: 1 << 30 });
  if (spawnSync('docker', ['--version']).status !== 0) return [];
  const floor = await timed(ROUNDS, () => docker('version'));
  const run = await timed(ROUNDS, () => docker('run', '--rm', IMAGE, 'true'));
  await docker('run', '-d', '--name', 'bench', IMAGE, 'tail', '-f', '/dev/null');
  const execMs = await timed(ROUNDS, () => docker('exec', 'bench', 'true'));
  await docker('run', '--name', 'benchlog', '-d', IMAGE, 'sh', '-c', 'yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678 | head -c 100000000');
  await docker('wait', 'benchlog');
  let begin = performance.now();
  await exec('sh', ['-c', 'docker logs benchlog | wc -c'], { env });
  const logs = 100 / ((performance.now() - begin) / 1000);
  begin = performance.now();
  await new Promise((resolve) => spawn('sh', ['-c', `head -c 200000000 /dev/zero | docker run --rm -i ${IMAGE} wc -c`], { env, stdio: 'ignore' }).on('exit', resolve));
  const stdin = 200 / ((performance.now() - begin) / 1000);
  const [into, out] = await copies(docker);
  const [rawInto, rawOut] = await archives(host.replace('unix://', ''));
  for (const name of ['bench', 'benchlog']) await call('DELETE', `/containers/${name}?force=1`);
  return [
    { name: 'docker version (the CLI\'s own floor)', value: floor, unit: 'ms' },
    { name: 'docker run --rm', value: run, unit: 'ms', aim: `3 x floor; dockerd 290; here ${(run / floor).toFixed(1)} x` },
    { name: 'docker exec', value: execMs, unit: 'ms', aim: `1.5 x floor; dockerd 59; here ${(execMs / floor).toFixed(1)} x` },
    { name: 'docker logs', value: logs, unit: 'MB/s', aim: '150; dockerd 13.9' },
    { name: 'docker run -i, standard input', value: stdin, unit: 'MB/s', aim: '200; dockerd 88' },
    { name: 'docker cp, into a container', value: into, unit: 'MB/s', aim: 'dockerd 632' },
    { name: 'docker cp, out of a container', value: out, unit: 'MB/s', aim: 'dockerd 353' },
    { name: 'archive over the API, into a container', value: rawInto, unit: 'MB/s', aim: '1000' },
    { name: 'archive over the API, out of a container', value: rawOut, unit: 'MB/s', aim: '1000' },
  ];
}

/** All rows of a server at a unix socket. */
export async function benchApi(host: string): Promise<Row[]> {
  const socketPath = host.replace('unix://', '');
  const call = client(socketPath);
  await life(call);
  const lifeMs = await timed(ROUNDS * 2, () => life(call));
  const rows = [{ name: 'API create + start + wait + remove', value: lifeMs, unit: 'ms', aim: '5' }, ...(await cliRows(host, call))];
  const ids: string[] = [];
  for (let i = 0; i < 1000; i++) ids.push((JSON.parse((await call('POST', '/containers/create', { Image: IMAGE, Cmd: ['true'] })).toString()) as { Id: string }).Id);
  rows.push({ name: 'list of 1000 containers', value: await listRate(socketPath), unit: 'requests/s', aim: '1000; dockerd 34' });
  for (const id of ids) await call('DELETE', `/containers/${id}`);
  return rows;
}
