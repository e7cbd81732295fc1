// Python programs: which files are `python`. What runs them is loaded with the first one.
import type { ProgramKind } from '../../kernel/program.js';
import { standInKind } from '../stand-in.js';
import { pythonPackage } from './runtime.js';

const NAME = /^python(3(\.\d+)?)?$/;

/** `cacheFolder` is where the snapshot is kept. */
export function pythonKind(cacheFolder?: string): ProgramKind {
  return standInKind({
    name: 'python',
    isName: (name) => NAME.test(name),
    versionVariable: 'PYTHON_VERSION',
    title() {
      const found = pythonPackage();
      return found && `Python ${found.pythonVersion}`;
    },
    async load(path) {
      const { runPython } = await import('./run.js');
      return (self) => runPython(self, path, cacheFolder);
    },
  });
}
