// POST /containers/{id}/attach and GET /containers/{id}/attach/ws: a client at a container's console.
import type { ContainerRecord } from '../../../actors/containers/record.js';
import type { Viewer } from '../../../actors/containers/console.js';
import { readLog } from '../../../actors/streams/log-reader.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { acceptWebSocket } from '../../http/websocket.js';
import { dockerStatus } from '../../../machines/container-status.js';
import type { Call } from '../call.js';
import type { Daemon } from '../daemon.js';
import { connectionViewer, firstOutputGapMs, openStream, parseDetachKeys, pumpInput } from '../streaming.js';

interface Attachment {
  id: string;
  record: ContainerRecord;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  stream: boolean;
  logs: boolean;
  detachKeys: number[];
}

async function attachment(call: Call): Promise<Attachment> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const status = dockerStatus(snapshot);
  if (status === 'paused') throw new Fault('conflict', `container ${params.id} is paused, unpause the container before attach`);
  if (status === 'restarting') throw new Fault('conflict', `container ${params.id} is restarting, wait until the container is running`);
  return {
    id,
    record: (await daemon.engine.spec<ContainerRecord>(id))!,
    stdin: call.flag('stdin'),
    stdout: call.flag('stdout'),
    stderr: call.flag('stderr'),
    stream: call.flag('stream'),
    logs: call.flag('logs'),
    detachKeys: parseDetachKeys(call.query('detachKeys')),
  };
}

async function note(daemon: Daemon, id: string, action: string): Promise<void> {
  await daemon.engine.send(id, { type: 'NOTE', action } as never);
}

/** What was logged so far, before anything live. */
async function replayLog(daemon: Daemon, { id, record, stdout, stderr }: Attachment, write: (bytes: Uint8Array) => Promise<void> | undefined): Promise<void> {
  if (record.hostConfig.LogConfig.Type === 'none') return;
  for await (const chunk of readLog(daemon.consoles.logDirectory(id), { stdout, stderr, raw: record.config.Tty })) await write(chunk);
}

export async function attachContainer(call: Call): Promise<void> {
  const { daemon } = call;
  const attached = await attachment(call);
  await call.exchange.text(1 << 20);
  const { id, record, stdin } = attached;
  const { Tty: tty, OpenStdin: openStdin, StdinOnce: stdinOnce } = record.config;
  const raw = openStream(call, tty);
  await note(daemon, id, 'attach');
  if (attached.logs) {
    await new Promise((resolve) => setTimeout(resolve, firstOutputGapMs(call)));
    await replayLog(daemon, attached, (bytes) => (raw.write(bytes) ? undefined : raw.drain()));
  }
  if (!attached.stream) return raw.end();
  const console = daemon.consoles.of(id);
  let detach: () => void = () => undefined;
  const viewer: Viewer = connectionViewer(call, raw, { tty, stdout: attached.stdout, stderr: attached.stderr }, () => detach());
  detach = console.attach(viewer);
  void raw.closed.then(detach);
  if (!stdin || !openStdin) {
    raw.socket.resume();
    return;
  }
  const how = await pumpInput(raw, tty ? attached.detachKeys : undefined, (bytes) => console.input(bytes));
  if (how === 'detached') {
    detach();
    await note(daemon, id, 'detach');
    raw.end();
  } else if (stdinOnce && !tty) {
    console.endInput();
  }
}

/** Each message is a piece of the stream; no frames, as with dockerd. */
export async function attachWebSocket(call: Call): Promise<void> {
  const { daemon } = call;
  const attached = await attachment(call);
  if (call.exchange.upgrade !== 'websocket') throw new Fault('invalid', 'websocket: the client is not using the websocket protocol');
  call.answered = true;
  const socket = await acceptWebSocket(call.exchange);
  if (!socket) return;
  await note(daemon, attached.id, 'attach');
  const choice = { stdout: attached.stdout || !attached.stderr, stderr: attached.stderr || !attached.stdout };
  if (attached.logs) await replayLog(daemon, { ...attached, ...choice, record: { ...attached.record, config: { ...attached.record.config, Tty: true } } }, async (bytes) => socket.send(bytes));
  if (!attached.stream) return socket.close();
  const console = daemon.consoles.of(attached.id);
  const detach = console.attach({
    output: (stream, bytes) => ((stream === 1 ? choice.stdout : choice.stderr) ? new Promise<void>((resolve) => socket.send(bytes, () => resolve())) : undefined),
    end: () => socket.close(1000),
  });
  socket.on('close', detach);
  socket.on('error', detach);
  if (attached.stdin && attached.record.config.OpenStdin) {
    socket.on('message', (data: Buffer) => {
      socket.pause();
      void console.input(data).then(() => socket.resume());
    });
  }
}
