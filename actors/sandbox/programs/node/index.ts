// Node programs: which files are `node`. What runs them is loaded with the first one.
import type { ProgramKind } from '../../kernel/program.js';
import { standInKind } from '../stand-in.js';

const NAMES = new Set(['node', 'nodejs']);

export function nodeKind(): ProgramKind {
  return standInKind({
    name: 'node',
    isName: (name) => NAMES.has(name),
    versionVariable: 'NODE_VERSION',
    title: () => `Node ${process.versions.node}`,
    async load(path, argv) {
      const { runNode } = await import('./run.js');
      return (self) => runNode(self, path, argv);
    },
  });
}
