// Node programs: which files are `node`. What runs them is loaded with the first one.
import { imports } from '../../import-gate.js';
import type { ProgramKind } from '../../kernel/program.js';
import { settle } from '../../kernel/wait.js';
import { BUILTIN_MARKER, isElf } from '../builtin.js';

const NAMES = new Set(['node', 'nodejs']);

/** Claims `node` where it is one of our own applets, or an ELF file, which cannot run here. */
export function nodeKind(): ProgramKind {
  return {
    name: 'node',
    claim({ path, location, head, argv }, asking) {
      const isOurs = BUILTIN_MARKER.every((byte, i) => head[i] === byte);
      if (!isOurs && !isElf(head)) return undefined;
      if (!NAMES.has(path.split('/').at(-1)!) && (isOurs || !NAMES.has(location.name))) return undefined;
      if (!isOurs) {
        const version = asking.env.get('NODE_VERSION');
        asking.kernel.notice(`${path}${version === undefined ? '' : ` (${version})`} is a native program that cannot run here: Node ${process.versions.node} stands in for it`);
      }
      return {
        argv,
        main: function* node(self) {
          const { runNode } = yield* settle(imports.pass(() => import('./run.js')));
          return yield* runNode(self, path, argv);
        },
      };
    },
  };
}
