// A terminal in a running container over WebSocket: an exec like any other, with the browser as its console.
import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Consoles } from '../../actors/containers/consoles.js';
import type { Running } from '../../actors/containers/effects.js';
import type { ExecRecord } from '../../actors/containers/record.js';
import type { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import { dockerStatus } from '../../machines/container-status.js';

export interface TerminalHost {
  readonly engine: Engine;
  readonly consoles: Consoles;
  readonly running: Running;
}

/** What a browser sends beside keystrokes (which are binary messages). */
interface Resize {
  readonly rows: number;
  readonly columns: number;
}

/** What a shell is told when its terminal window closes. */
const SIGHUP = 1;
const SIDE_MAX = 1000;
/** bash where the image has one, else sh. */
const SHELL = ['sh', '-c', 'command -v bash > /dev/null && exec bash; exec sh'];

/** Checks before the handshake is answered. Throws Fault `not-found` or `conflict`. */
export async function requireTerminal({ engine }: TerminalHost, container: string): Promise<void> {
  const durable = await engine.read(container);
  if (durable?.kind !== 'container') throw new Fault('not-found', `No such container: ${container}`);
  if (dockerStatus(durable as never) !== 'running') throw new Fault('conflict', `container ${container} is not running`);
}

/** Binary messages are the terminal's bytes both ways, text messages `{"rows", "columns"}` from and `{"exitCode"}` to the browser. */
export async function openTerminal({ engine, consoles, running }: TerminalHost, container: string, socket: WebSocket): Promise<void> {
  // Keystrokes wait until the shell's console is there.
  socket.pause();
  const id = randomBytes(32).toString('hex');
  const context = (await engine.read(container))!.context as { name: string; image: string; labels: Record<string, string> };
  const record: ExecRecord = {
    id, containerId: container, argv: SHELL, env: ['TERM=xterm-256color'], workingDir: '', user: '', tty: true,
    attachStdin: true, attachStdout: true, attachStderr: true, detachKeys: '', privileged: false, consoleSize: [24, 80],
  };
  await engine.spawn('exec', id, { container, cmd: SHELL.join(' '), tty: true, name: context.name, image: context.image, labels: context.labels }, { spec: record });
  const console = consoles.of(id);
  const detach = console.attach({
    output: (_stream, bytes) => new Promise<void>((resolve) => socket.send(bytes, { binary: true }, () => resolve())),
    end: () => void tellEnd(engine, id, socket),
  });
  const leave = (): void => {
    detach();
    running.find(id)?.signal(SIGHUP);
  };
  socket.on('close', leave);
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return resize(data, (rows, columns) => console.resize(rows, columns));
    socket.pause();
    void console.input(data).then(() => socket.resume());
  });
  await engine.send(id, { type: 'START' });
  socket.resume();
}

async function tellEnd(engine: Engine, id: string, socket: WebSocket): Promise<void> {
  // The end is durable before the console is told of it, and an ended exec stays for minutes.
  const { exitCode, error } = (await engine.read(id))!.context as { exitCode: number | null; error: string };
  socket.send(JSON.stringify({ exitCode, ...(error === '' ? {} : { error }) }), () => socket.close(1000));
}

function resize(data: Buffer, apply: (rows: number, columns: number) => void): void {
  let wish: Partial<Resize>;
  try {
    wish = JSON.parse(data.toString()) as Partial<Resize>;
  } catch {
    // Not a size: there is nothing else that text could mean, and a terminal has no place for an error.
    return;
  }
  const isSide = (side: unknown): side is number => Number.isInteger(side) && (side as number) > 0 && (side as number) <= SIDE_MAX;
  if (isSide(wish.rows) && isSide(wish.columns)) apply(wish.rows, wish.columns);
}
