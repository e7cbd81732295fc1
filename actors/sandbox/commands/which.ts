// which: where a program is.
import type { Main } from '../kernel/program.js';
import { Errno } from '../kernel/errno.js';
import { MAY_EXECUTE, permits } from '../kernel/path.js';
import { parseOptions, plainCommand } from '../programs/stdio.js';
import { DEFAULT_PATH } from './common/exec.js';

export const which: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'as', { all: 'no' }, { exitCode: 2 });
  if (options.operands.length === 0) return 1;
  const isProgram = (path: string): boolean => {
    try {
      const { inode } = process.files.locate(path);
      return inode.type === 'file' && permits(inode, process.credentials, MAY_EXECUTE);
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  };
  let status = 0;
  for (const name of options.operands) {
    const folders = (process.env.get('PATH') ?? DEFAULT_PATH).split(':');
    const candidates = name.includes('/') ? [name] : folders.map((folder) => `${folder === '' ? '.' : folder.replace(/(.)\/$/, '$1')}/${name}`);
    const found = candidates.filter(isProgram);
    if (found.length === 0) status = 1;
    if (!options.has('s')) for (const path of options.has('a', 'all') ? found : found.slice(0, 1)) output.print(`${path}\n`);
  }
  return status;
});
