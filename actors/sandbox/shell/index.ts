// The shells by the names they are called by.
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { CommandTable } from '../programs/builtin.js';
import type { Dialect } from './syntax/ast.js';

const load = (dialectOf: (process: Process) => Dialect) => async (): Promise<Main> => {
  const { shellMain } = await import('./main.js');
  return (process) => shellMain(dialectOf(process))(process);
};

/** `sh` is what the image's sh leads to: dash, bash in its posix mode, else busybox's ash, as in the base image, which is like Alpine. */
function dialectOfSh(process: Process): Dialect {
  const name = process.executable?.name;
  return name === 'dash' ? 'dash' : name === 'bash' ? 'posix' : 'ash';
}

export const shellCommands: CommandTable = { bash: load(({ argv }) => (/(?:^|\/)-?sh$/.test(argv[0] ?? '') ? 'posix' : 'bash')), sh: load(dialectOfSh), ash: load(() => 'ash'), dash: load(() => 'dash') };
