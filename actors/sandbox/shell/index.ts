// The shells by the names they are called by.
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { CommandTable } from '../programs/builtin.js';
import { isBusybox } from '../programs/flavour.js';
import type { Dialect } from './syntax/ast.js';

const load = (dialectOf: (process: Process) => Dialect) => async (): Promise<Main> => {
  const { shellMain } = await import('./main.js');
  return (process) => shellMain(dialectOf(process))(process);
};

/** `sh` is what the image's sh leads to: busybox's ash, bash in its posix mode, else dash, as in the base image. */
function dialectOfSh(process: Process): Dialect {
  if (isBusybox(process)) return 'ash';
  return process.executable?.name === 'bash' ? 'posix' : 'dash';
}

export const shellCommands: CommandTable = { bash: load(({ argv }) => (/(?:^|\/)-?sh$/.test(argv[0] ?? '') ? 'posix' : 'bash')), sh: load(dialectOfSh), ash: load(() => 'ash'), dash: load(() => 'dash') };
