// A program kind that stands in for a native program that cannot run here, and is an applet of that name in our own images.
import type { Process } from '../kernel/process.js';
import type { Main, ProgramKind } from '../kernel/program.js';
import { settle } from '../kernel/wait.js';
import { imports } from '../import-gate.js';
import { BUILTIN_MARKER, isElf } from './builtin.js';

export interface StandIn {
  readonly name: string;
  isName(name: string): boolean;
  /** The variable by which images of it tell their version. */
  readonly versionVariable: string;
  /** What stands in, with its version; undefined where it cannot. */
  title(): string | undefined;
  /** Loads what runs it, with the first program of the kind. */
  load(path: string, argv: readonly string[]): Promise<(self: Process) => ReturnType<Main>>;
}

/** Claims a file of its name where that is one of our own applets, or an ELF file, which cannot run here. */
export function standInKind(standIn: StandIn): ProgramKind {
  const { name, versionVariable } = standIn;
  return {
    name,
    claim({ path, location, head, argv }, asking) {
      const isOurs = BUILTIN_MARKER.every((byte, i) => head[i] === byte);
      if (!isOurs && !isElf(head)) return undefined;
      if (!standIn.isName(path.split('/').at(-1)!) && (isOurs || !standIn.isName(location.name))) return undefined;
      const title = isOurs ? undefined : standIn.title();
      if (title !== undefined) {
        const version = asking.env.get(versionVariable);
        asking.kernel.notice(`${path}${version === undefined ? '' : ` (${version})`} is a native program that cannot run here: ${title} stands in for it`);
      }
      return {
        argv,
        main: function* standingIn(self) {
          const run = yield* settle(imports.pass(() => standIn.load(path, argv)));
          return yield* run(self);
        },
      };
    },
  };
}
