// node:worker_threads: threads of the program's own process, each with the shim in it before its first line.
import worker_threads from 'node:worker_threads';
import { internal, internalBinding } from './internals.cjs';
import { given, type Given, relayEvents, THREAD_KEY } from './links.cjs';
import { closeMailbox, type Mailbox, makeMailbox } from './mailbox.cjs';
import { ring, share } from './shared.cjs';

// Taken before a program runs: what a thread is made with decides what it may do, and no program has a say in that.
const { create, freeze, defineProperty, entries, getOwnPropertySymbols } = Object;
const { construct } = Reflect;
const { SHARE_ENV } = worker_threads;
const internals = internal('internal/worker');
const { Worker: RealWorker, InternalWorker: RealInternalWorker, setEnvironmentData } = internals;
const { codes } = internal('internal/errors');

/** Threads of one program at a time. */
const THREADS_MAX = 64;
/** Options that run code in the new thread; the others are those of the main thread. */
const RUNS_CODE = /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/;

const mailboxes = new WeakMap<object, Mailbox>();
let shared: SharedArrayBuffer | undefined;
let broker: any;
let count = 0;

/**
 * Node gives a thread its parent's permissions only where it is made without options and environment of its own (both may hold
 * `--allow-fs-read`), so it never is: the environment comes with what is given, and an object without a prototype inherits no option.
 */
function safeOptions(options: any): any {
  const safe = create(null);
  safe.argv = options.argv;
  safe.eval = options.eval;
  safe.workerData = options.workerData;
  safe.stdin = options.stdin;
  safe.stdout = options.stdout;
  safe.stderr = options.stderr;
  safe.transferList = options.transferList;
  safe.resourceLimits = options.resourceLimits;
  safe.trackUnmanagedFds = options.trackUnmanagedFds;
  safe.name = options.name;
  safe.env = SHARE_ENV;
  safe.execArgv = undefined;
  return freeze(safe);
}

function make(Real: any, filename: unknown, options: any, gift: Given, target: any): any {
  setEnvironmentData(THREAD_KEY, gift);
  try {
    return construct(Real, [filename, options], target);
  } finally {
    setEnvironmentData(THREAD_KEY, undefined);
  }
}

function startBroker(): void {
  shared = share();
  relayEvents();
  const options = create(null);
  options.eval = true;
  options.env = SHARE_ENV;
  options.execArgv = undefined;
  broker = make(RealWorker, '', freeze(options), { shared }, RealWorker);
  broker.unref();
}

function start(Real: any, filename: unknown, given: any, env: Given['env'], target: any): any {
  if (count >= THREADS_MAX) throw new codes.ERR_WORKER_INIT_FAILED('EAGAIN');
  if (!broker) startBroker();
  const mailbox = makeMailbox();
  const worker = make(Real, filename, safeOptions(given), { shared: shared!, mailbox, env }, target);
  count++;
  mailboxes.set(worker, mailbox);
  broker.postMessage(mailbox);
  ring();
  return worker;
}

/** Its own environment as text; undefined where the main thread's is shared. Throws as Node does for what is none. */
function environment(env: unknown): Given['env'] {
  if (env === SHARE_ENV) return undefined;
  if (env !== undefined && env !== null && typeof env !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options.env', ['object', 'undefined', 'null', 'worker_threads.SHARE_ENV'], env);
  return entries(env ?? process.env).map(([name, value]) => [name, `${value as string}`] as const);
}

function Worker(this: unknown, filename: unknown, options: any = {}): any {
  if (new.target === undefined) throw new TypeError("Class constructor Worker cannot be invoked without 'new'");
  const refused = (options.execArgv ?? []).filter?.((word: string) => RUNS_CODE.test(word));
  if (refused?.length > 0) throw new codes.ERR_WORKER_INVALID_EXEC_ARGV(refused);
  return start(RealWorker, filename, options, environment(options.env), new.target);
}

function InternalWorker(this: unknown, filename: unknown, options: any): any {
  return start(RealInternalWorker, filename, options, environment(undefined), RealInternalWorker);
}

function refused(): never {
  throw Object.assign(new Error('Access to this API has been restricted'), { code: 'ERR_ACCESS_DENIED', permission: 'WorkerThreads', resource: '' });
}

/** A thread's own threads would have to be told of events by it: there are none. */
export function replaceWorkers(): void {
  const isMain = given === undefined;
  if (!isMain) setEnvironmentData(THREAD_KEY, undefined);
  const own = isMain ? Worker : refused;
  own.prototype = RealWorker.prototype;
  const hidden = { configurable: false, writable: false, enumerable: false };
  defineProperty(own, 'name', { value: 'Worker' });
  for (const Real of [RealWorker, RealInternalWorker]) defineProperty(Real.prototype, 'constructor', { ...hidden, value: own });
  defineProperty(internalBinding('worker').Worker.prototype, 'constructor', { ...hidden, value: undefined });
  const onExit = getOwnPropertySymbols(RealWorker.prototype).find(({ description }) => description === 'kOnExit')!;
  const exited = RealWorker.prototype[onExit];
  RealWorker.prototype[onExit] = function (...args: unknown[]): unknown {
    const mailbox = mailboxes.get(this);
    if (mailbox) {
      closeMailbox(mailbox);
      mailboxes.delete(this);
      count--;
    }
    return exited.apply(this, args);
  };
  Object.assign(internals, { Worker: own, InternalWorker: isMain ? InternalWorker : refused });
  Object.assign(worker_threads, {
    Worker: own,
    setEnvironmentData: (key: unknown, value: unknown) => {
      if (key === THREAD_KEY) refused();
      setEnvironmentData(key, value);
    },
  });
}
