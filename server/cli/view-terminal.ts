// The terminal view at a real terminal: keys in, frames out, the feed of a running server between.
import { WebSocket } from 'ws';
import { Fault } from '../../actors/runtime/fault.js';
import type { ActorDetail } from '../inspector/actors.js';
import { requestJson } from './api-client.js';
import { inspectorSocket } from './places.js';
import { drawn, emptyView, pressed, told, type View } from './view.js';

const FRAME_MS = 50;
const CLOCK_MS = 1000;
const RETRY_MS = 1000;

/** Opens the feed and subscribes; `take` gets every message. Rejects where no server runs. */
export function openFeed(dataRoot: string, topics: readonly string[], take: (message: never) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws+unix://${inspectorSocket(dataRoot)}:/live`);
    socket.on('error', (error: NodeJS.ErrnoException) => reject(['ENOENT', 'ECONNREFUSED'].includes(error.code ?? '') ? new Fault('not-found', `no server runs on ${dataRoot}`) : error));
    socket.on('open', () => {
      for (const topic of topics) socket.send(JSON.stringify({ subscribe: topic }));
      resolve(socket);
    });
    socket.on('message', (data: Buffer) => take(JSON.parse(data.toString()) as never));
  });
}

/** Runs until q or ^C. */
export async function showTerminal(dataRoot: string, filter: string): Promise<void> {
  const { stdin, stdout } = process;
  let view: View = { ...emptyView, filter };
  let frame: NodeJS.Timeout | undefined;
  let quit!: () => void;
  const over = new Promise<void>((resolve) => (quit = resolve));
  const draw = (): void => {
    frame = undefined;
    const { lines, inverse } = drawn(view, stdout.rows, stdout.columns, Date.now());
    stdout.write(`\u001b[H${lines.map((line, n) => (n === inverse ? `\u001b[7m${line.padEnd(stdout.columns)}\u001b[0m` : `${line}\u001b[K`)).join('\r\n')}`);
  };
  const later = (next: View): void => {
    view = next;
    frame ??= setTimeout(draw, FRAME_MS);
  };
  const open = async (id: string): Promise<void> => {
    const detail = await requestJson<ActorDetail>({ unix: inspectorSocket(dataRoot) }, 'GET', `/actors/${encodeURIComponent(id)}`).catch(() => undefined);
    later(detail ? { ...view, detail } : { ...view, detail: undefined, message: 'that actor has come to its end · ' });
  };
  const take = (message: { type: string; rows?: readonly { id: string }[]; gone?: readonly string[] }): void => {
    later(told(view, message as never));
    const id = view.detail?.id;
    if (id !== undefined && (message.rows?.some((row) => row.id === id) === true || message.gone?.includes(id) === true)) void open(id);
  };
  const connect = async (): Promise<void> => {
    const socket = await openFeed(dataRoot, ['rows'], take as never);
    socket.on('close', () => {
      later({ ...view, message: 'connection lost, trying again · ' });
      const again = (): void => void setTimeout(() => connect().then(() => later({ ...view, message: '' }), again), RETRY_MS);
      again();
    });
  };
  await connect();
  const clock = setInterval(() => later(view), CLOCK_MS);
  stdout.write('\u001b[?1049h\u001b[?25l\u001b[2J');
  stdin.setRawMode(true);
  stdin.on('data', (data: Buffer) => {
    const { view: next, wish } = pressed(view, data.toString());
    later(next);
    if (wish?.type === 'quit') quit();
    if (wish?.type === 'open') void open(wish.id);
  });
  stdout.on('resize', draw);
  try {
    await over;
  } finally {
    clearInterval(clock);
    clearTimeout(frame);
    stdin.setRawMode(false);
    stdout.write('\u001b[?25h\u001b[?1049l');
  }
  process.exit(0);
}
