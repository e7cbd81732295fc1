// A Docker client for checks that measure: a few requests over kept connections, without the price of a process each.
import http from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Whatever the status is; `json` parses a body. */
export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** `dockerHost` is unix:///…. */
export function connectDocker(dockerHost: string, connections = 8): Call {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const socketPath = dockerHost.replace('unix://', '');
  return (method, path, body) => new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const request = http.request({ socketPath, method, path, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(text);
  });
}

export function json<T>({ status, body }: Answer): T {
  if (status >= 400) throw new Error(`${status} ${body.toString().trim()}`);
  return JSON.parse(body.toString()) as T;
}

/** Creates and starts a container; its id. */
export async function runContainer(call: Call, config: Record<string, unknown>): Promise<string> {
  const { Id } = json<{ Id: string }>(await call('POST', '/containers/create', { Image: 'sockerless/base', ...config }));
  const started = await call('POST', `/containers/${Id}/start`);
  if (started.status !== 204) throw new Error(`start: ${started.status} ${started.body.toString().trim()}`);
  return Id;
}

/** Runs a command in a container to its end: what it printed, without the frames, and its exit code. */
export async function execute(call: Call, container: string, argv: readonly string[]): Promise<{ output: string; exitCode: number }> {
  const { Id } = json<{ Id: string }>(await call('POST', `/containers/${container}/exec`, { AttachStdout: true, AttachStderr: true, Cmd: argv }));
  const { status, body } = await call('POST', `/exec/${Id}/start`, { Detach: false, Tty: false });
  if (status >= 400) throw new Error(`exec: ${status} ${body.toString().trim()}`);
  let output = '';
  for (let at = 0; at + 8 <= body.length; ) {
    const sizeBytes = body.readUInt32BE(at + 4);
    output += body.toString('utf8', at + 8, at + 8 + sizeBytes);
    at += 8 + sizeBytes;
  }
  return { output, exitCode: json<{ ExitCode: number }>(await call('GET', `/exec/${Id}/json`)).ExitCode };
}

export async function remove(call: Call, container: string): Promise<void> {
  await call('DELETE', `/containers/${container}?force=true&v=true`);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
