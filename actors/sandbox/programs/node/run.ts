// Running a Node program: a confined Node process of the host whose every file, process and signal is the machine's.
import { posix } from 'node:path';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { commandLine } from './confinement.js';
import { HostNode } from './host-node.js';
import { readCommandLine, RefusedOption } from './options.js';
import { runChild } from './serve.js';

/** Node's own exit code for a bad command line. */
const INVALID_ARGUMENT = 9;

export function* runNode(process: Process, path: string, argv: readonly string[]): Task<number> {
  let args: string[];
  let execArgv: readonly string[];
  try {
    ({ args, execArgv } = argumentsFor(process, argv.slice(1)));
  } catch (error) {
    if (!(error instanceof RefusedOption)) throw error;
    yield* process.write(2, encode(`${argv[0]}: ${error.message}: this option is not allowed in the embedded machine\n`));
    return INVALID_ARGUMENT;
  }
  const host = new HostNode(commandLine(args, { network: process.kernel.network, memoryMaxBytes: process.kernel.budget.memoryMaxBytes }));
  return yield* runChild(process, host, { execPath: executablePath(process, path, /\/node(js)?$/), execArgv });
}

/** As /proc/self/exe would say; but our own applets are all links to one file, which by itself is no program. */
export function executablePath(process: Process, path: string, own: RegExp): string {
  const real = process.files.realpath(path);
  if (own.test(real)) return real;
  const at = path.lastIndexOf('/');
  return posix.join(process.files.realpath(at < 0 ? '.' : path.slice(0, at) || '/'), path.slice(at + 1));
}

/** The program's command line as the child gets it: absolute script, environment files read, NODE_OPTIONS in front; and its own options. */
function argumentsFor(process: Process, words: readonly string[]): { args: string[]; execArgv: readonly string[] } {
  const fromEnvironment = (process.env.get('NODE_OPTIONS') ?? '').split(/\s+/).filter((word) => word !== '');
  const { options: common } = readCommandLine(fromEnvironment);
  const { options, rest, readsStdin, envFiles } = readCommandLine(words);
  for (const file of envFiles) readEnvFile(process, file);
  if (readsStdin) {
    const interactive = process.descriptors.find(0)?.isTerminal === true && rest[0] !== '-' ? ['--interactive'] : [];
    return { args: [...common, ...options, ...interactive, '-', ...rest.slice(rest[0] === '-' ? 1 : 0)], execArgv: options };
  }
  const runsScript = rest.length > 0 && !options.some((option) => /^(-e|--eval|-p|--print|-pe|--test)($|=)/.test(option));
  if (!runsScript) return { args: [...common, ...options, ...(rest.length > 0 ? ['--', ...rest] : [])], execArgv: options };
  const [script, ...args] = rest as [string, ...string[]];
  // The child's own working directory is the host's: what it resolves before the shim is in place must be absolute.
  const isUrl = options.includes('--entry-url');
  return { args: [...common, ...options, script.startsWith('/') || isUrl ? script : `${process.files.getcwd().replace(/\/$/, '')}/${script}`, ...args], execArgv: options };
}

/** NAME=value lines as `node --env-file` reads them; the environment's own values win. */
function readEnvFile(process: Process, file: { path: string; optional: boolean }): void {
  let text: string;
  try {
    text = decode(process.files.readFile(file.path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (file.optional) return;
    throw new RefusedOption(`${file.path}: not found`);
  }
  const env = new Map(process.env);
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || process.env.has(name)) continue;
    const quoted = /^(["'`])([\s\S]*)\1/.exec(value!);
    env.set(name, quoted ? (quoted[1] === '"' ? quoted[2]!.replaceAll('\\n', '\n') : quoted[2]!) : value!.replace(/\s+#.*$/, ''));
  }
  process.env = env;
}
