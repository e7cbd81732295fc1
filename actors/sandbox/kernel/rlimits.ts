// Resource limits of a process (getrlimit(2)): soft and hard, inherited by fork, kept by exec.

/** `Infinity` for RLIM_INFINITY. */
export interface ResourceLimit {
  soft: number;
  hard: number;
}

/** Linux's defaults, with the number of open files that container engines give; units are those of setrlimit(2). */
const DEFAULTS = {
  cpu: [Infinity, Infinity], fsize: [Infinity, Infinity], data: [Infinity, Infinity], stack: [8 << 20, Infinity], core: [0, Infinity],
  rss: [Infinity, Infinity], nproc: [Infinity, Infinity], nofile: [1024, 524_288], memlock: [8 << 20, 8 << 20], as: [Infinity, Infinity],
  locks: [Infinity, Infinity], sigpending: [96_365, 96_365], msgqueue: [819_200, 819_200], nice: [0, 0], rtprio: [0, 0], rttime: [Infinity, Infinity],
} as const satisfies Record<string, readonly [number, number]>;

export type ResourceName = keyof typeof DEFAULTS;
export const RESOURCE_NAMES = Object.keys(DEFAULTS) as ResourceName[];

/** Copied as a whole when one is changed: a fork shares until then. */
export type ResourceLimits = Readonly<Record<ResourceName, Readonly<ResourceLimit>>>;

export const DEFAULT_LIMITS: ResourceLimits = Object.freeze(Object.fromEntries(RESOURCE_NAMES.map((name) => [name, { soft: DEFAULTS[name][0], hard: DEFAULTS[name][1] }]))) as unknown as ResourceLimits;

/** /proc/PID/limits: Linux's order, names and units. */
export const PROC_LIMITS: readonly (readonly [name: ResourceName, title: string, unit: string])[] = [
  ['cpu', 'Max cpu time', 'seconds'], ['fsize', 'Max file size', 'bytes'], ['data', 'Max data size', 'bytes'], ['stack', 'Max stack size', 'bytes'],
  ['core', 'Max core file size', 'bytes'], ['rss', 'Max resident set', 'bytes'], ['nproc', 'Max processes', 'processes'], ['nofile', 'Max open files', 'files'],
  ['memlock', 'Max locked memory', 'bytes'], ['as', 'Max address space', 'bytes'], ['locks', 'Max file locks', 'locks'],
  ['sigpending', 'Max pending signals', 'signals'], ['msgqueue', 'Max msgqueue size', 'bytes'], ['nice', 'Max nice priority', ''],
  ['rtprio', 'Max realtime priority', ''], ['rttime', 'Max realtime timeout', 'us'],
];
