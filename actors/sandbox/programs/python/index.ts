// Python programs: which files are `python`. What runs them is loaded with the first one.
import type { ProgramKind } from '../../kernel/program.js';
import { settle } from '../../kernel/wait.js';
import { BUILTIN_MARKER, isElf } from '../builtin.js';
import { pythonPackage } from './runtime.js';

const NAME = /^python(3(\.\d+)?)?$/;

/** Claims `python` where it is one of our own applets, or an ELF file, which cannot run here. `cacheFolder` is where the snapshot is kept. */
export function pythonKind(cacheFolder?: string): ProgramKind {
  return {
    name: 'python',
    claim({ path, location, head, argv }, asking) {
      const isOurs = BUILTIN_MARKER.every((byte, i) => head[i] === byte);
      if (!isOurs && !isElf(head)) return undefined;
      if (!NAME.test(path.split('/').at(-1)!) && (isOurs || !NAME.test(location.name))) return undefined;
      const found = pythonPackage();
      if (!isOurs && found) {
        const version = asking.env.get('PYTHON_VERSION');
        asking.kernel.notice(`${path}${version === undefined ? '' : ` (${version})`} is a native program that cannot run here: Python ${found.pythonVersion} stands in for it`);
      }
      return {
        argv,
        main: function* python(self) {
          const { runPython } = yield* settle(import('./run.js'));
          return yield* runPython(self, path, cacheFolder);
        },
      };
    },
  };
}
