// Exec: create, start (hijacked or detached), resize, inspect.
import { randomBytes } from 'node:crypto';
import type { ContainerRecord, ExecRecord } from '../../actors/containers/record.js';
import { Fault } from '../../actors/runtime/fault.js';
import { dockerStatus, isRunning } from '../../machines/container-status.js';
import type { Call, JsonObject } from './call.js';
import { sizeParameters } from './containers/observe.js';
import { checkTypes } from './containers/create-types.js';
import { connectionViewer, openStream, parseDetachKeys, pumpInput } from './streaming.js';

const EXEC_TYPES = {
  User: 'string', Privileged: 'bool', Tty: 'bool', AttachStdin: 'bool', AttachStdout: 'bool', AttachStderr: 'bool', DetachKeys: 'string',
  Env: 'strings', WorkingDir: 'string', Cmd: 'strings', ConsoleSize: 'array',
} as const;

function requireRunning(call: Call, reference: string): ReturnType<typeof call.daemon.containers.resolve> {
  const entry = call.daemon.containers.resolve(reference);
  const status = dockerStatus(entry.snapshot);
  if (!isRunning(entry.snapshot)) throw new Fault('conflict', `container ${entry.id} is not running`);
  if (status === 'paused') throw new Fault('conflict', `Container ${entry.id} is paused, unpause the container before exec`);
  if (status === 'restarting') throw new Fault('conflict', `Container ${entry.id} is restarting, wait until the container is running`);
  return entry;
}

function consoleSize(body: JsonObject): [number, number] {
  const size = body.ConsoleSize as number[] | undefined;
  return Array.isArray(size) && size.length === 2 ? [Number(size[0]), Number(size[1])] : [0, 0];
}

/** POST /containers/{id}/exec: 201 `{Id}`. */
export async function createExec(call: Call): Promise<void> {
  const { daemon, params } = call;
  const body = await call.json();
  checkTypes(body, EXEC_TYPES, 'ExecOptions');
  const argv = (body.Cmd as string[] | null | undefined) ?? [];
  if (argv.length === 0) throw new Fault('invalid', 'no exec command specified');
  if (typeof body.DetachKeys === 'string' && body.DetachKeys !== '') parseDetachKeys(body.DetachKeys);
  const entry = requireRunning(call, params.id!);
  const id = randomBytes(32).toString('hex');
  const record: ExecRecord = {
    id,
    containerId: entry.id,
    argv,
    env: (body.Env as string[] | null) ?? [],
    workingDir: (body.WorkingDir as string | undefined) ?? '',
    user: (body.User as string | undefined) ?? '',
    tty: body.Tty === true,
    attachStdin: body.AttachStdin === true,
    attachStdout: body.AttachStdout === true,
    attachStderr: body.AttachStderr === true,
    detachKeys: (body.DetachKeys as string | undefined) ?? '',
    privileged: body.Privileged === true,
    consoleSize: consoleSize(body),
  };
  const { name, image, labels } = entry.snapshot.context;
  await daemon.engine.spawn('exec', id, { container: entry.id, cmd: argv.join(' '), tty: record.tty, name, image, labels }, { spec: record });
  call.reply(201, { Id: id });
}

/** POST /exec/{id}/start. A start that fails before the program runs is an error answer; CLI exit codes come from inspect. */
export async function startExec(call: Call): Promise<void> {
  const { daemon, params } = call;
  const durable = daemon.execs.get(params.id!);
  const body = await call.json({ optional: true });
  checkTypes(body, { Detach: 'bool', Tty: 'bool', ConsoleSize: 'array' }, 'ExecStartOptions');
  const record = (await daemon.engine.spec<ExecRecord>(durable.id))!;
  if (durable.value !== 'created') {
    throw new Fault('conflict', durable.value === 'exited' ? `exec ${durable.id} has already exited` : `exec ${durable.id} is already running`);
  }
  requireRunning(call, record.containerId);
  const [height, width] = consoleSize(body);
  if (height > 0 && width > 0 && record.tty) daemon.consoles.of(durable.id).resize(height, width);
  if (body.Detach === true) {
    await begin(call, durable.id);
    return call.exchange.hijack ? plainAnswer(call) : call.empty(200);
  }
  const tty = record.tty;
  // As dockerd: the start request alone says whether there are frames, whatever the exec was created with.
  const bare = body.Tty === true;
  const console = daemon.consoles.of(durable.id);
  const raw = openStream(call, bare);
  let detach: () => void = () => undefined;
  const viewer = connectionViewer(call, raw, { tty: bare, stdout: record.attachStdout || tty, stderr: record.attachStderr }, () => detach());
  detach = console.attach(viewer);
  void raw.closed.then(detach);
  // The stream has begun: a failed start is told in it, and in the exit code.
  await begin(call, durable.id).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    void viewer.output(1, Buffer.from(`${error.message}\r\n`));
    viewer.end();
  });
  if (!record.attachStdin) {
    raw.socket.resume();
    return;
  }
  const how = await pumpInput(raw, tty ? parseDetachKeys(record.detachKeys) : undefined, (bytes) => console.input(bytes));
  if (how === 'detached') {
    detach();
    raw.end();
  } else if (!tty) {
    console.endInput();
  }
}

/** A detached start has nothing to stream. */
function plainAnswer(call: Call): void {
  call.exchange.reply(200, { ...call.headers, 'Content-Type': 'application/json' });
  call.answered = true;
}

async function begin(call: Call, id: string): Promise<void> {
  const { engine } = call.daemon;
  await engine.send(id, { type: 'START' } as never);
  const after = await engine.until(id, (durable) => durable.value !== 'starting' && durable.value !== 'created');
  const { error, exitCode } = after.context as { error: string; exitCode: number | null };
  if (error !== '' && exitCode !== 0) throw new Fault('invalid', error);
}

export async function resizeExec(call: Call): Promise<void> {
  const { daemon, params } = call;
  const durable = daemon.execs.get(params.id!);
  const { rows, columns } = sizeParameters(call);
  if (durable.value !== 'running') throw new Fault('conflict', `exec ${durable.id} is not running`);
  daemon.consoles.find(durable.id)?.resize(rows, columns);
  call.empty(200);
}

/** GET /exec/{id}/json. */
export async function inspectExec(call: Call): Promise<void> {
  const { daemon, params } = call;
  const durable = daemon.execs.get(params.id!);
  const record = (await daemon.engine.spec<ExecRecord>(durable.id))!;
  const container = await daemon.engine.spec<ContainerRecord>(record.containerId);
  const { exitCode, pid } = durable.context;
  call.reply(200, {
    ID: durable.id,
    Running: durable.value === 'running' || durable.value === 'starting',
    ExitCode: exitCode,
    ProcessConfig: {
      tty: record.tty,
      entrypoint: record.argv[0],
      arguments: record.argv.slice(1),
      privileged: record.privileged,
      ...(record.user || container?.config.User ? { user: record.user || container?.config.User } : {}),
    },
    OpenStdin: record.attachStdin,
    OpenStderr: record.attachStderr,
    OpenStdout: record.attachStdout,
    CanRemove: false,
    ContainerID: record.containerId,
    DetachKeys: record.detachKeys === '' ? '' : Buffer.from(parseDetachKeys(record.detachKeys)).toString('base64'),
    Pid: pid,
  });
}
