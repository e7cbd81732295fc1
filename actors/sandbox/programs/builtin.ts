// Built-in programs: files that carry our marker, and foreign executables for which a built-in of the same name stands in.
import { imports } from '../import-gate.js';
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Executable, Main, ProgramKind } from '../kernel/program.js';
import { decode } from '../kernel/text.js';
import { settle } from '../kernel/wait.js';

/** The first bytes of `/bin/sockerless`, which every applet of the base image links to. */
export const BUILTIN_MARKER = Uint8Array.of(0x00, 0x73, 0x6b, 0x6c);

/** As many as Linux follows. */
const LINKS_MAX = 40;

/** Name -> loader: a command's code is imported when first run, so that a machine starts fast and stays small. */
export type CommandTable = Readonly<Record<string, () => Promise<Main>>>;

const loaded = new Map<() => Promise<Main>, Main>();

/** The code of a command; blocks only the first time. */
export function commandMain(load: () => Promise<Main>): Main {
  return function* run(process) {
    let main = loaded.get(load);
    if (!main) {
      main = yield* settle(imports.pass(load));
      loaded.set(load, main);
    }
    return yield* main(process);
  };
}

export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/** The names along the links from a path: what `mysh -> /bin/sh -> sockerless` is called at each step. */
function* linkNames(process: Process, path: string): Generator<string> {
  let at = path;
  for (let links = 0; links < LINKS_MAX; links++) {
    yield at.slice(at.lastIndexOf('/') + 1);
    try {
      const target = process.files.readlink(at);
      at = target.startsWith('/') ? target : `${at.slice(0, at.lastIndexOf('/') + 1)}${target}`;
    } catch (error) {
      if (error instanceof Errno) return;
      throw error;
    }
  }
}

/** The name that a marked file has for itself on its second line, so that copies of it are what it is. */
function ownName(head: Uint8Array): string | undefined {
  return /^\n([a-z]+)\n/.exec(decode(head.subarray(BUILTIN_MARKER.length)))?.[1];
}

/**
 * Claims files with the marker by the name they were called by, and ELF files whose name (as called, else as found) is one of ours:
 * they cannot run here, the built-in can. Any other ELF file is refused by the kernel with ENOEXEC, which the shell and Docker report
 * as exit code 126.
 */
export function builtinKind(commands: CommandTable): ProgramKind {
  return {
    name: 'built-in',
    claim({ path, location, head, argv }: Executable, process) {
      const marked = BUILTIN_MARKER.every((byte, i) => head[i] === byte);
      if (!marked && !isElf(head)) return undefined;
      const named = marked ? ownName(head) : undefined;
      const names = named === undefined ? [...linkNames(process, path)] : [named];
      const own = names.find((name) => Object.hasOwn(commands, name));
      // A `sh` that leads to bash is bash, which looks at what it is called.
      const name = own === 'sh' && names.includes('bash') ? 'bash' : own;
      if (name !== undefined) return { main: commandMain(commands[name]!), argv, builtin: name };
      return Object.hasOwn(commands, location.name) ? { main: commandMain(commands[location.name]!), argv, builtin: location.name } : undefined;
    },
  };
}
