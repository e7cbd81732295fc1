// The shells by the names they are called by.
import type { Main } from '../kernel/program.js';
import type { CommandTable } from '../programs/builtin.js';

const load = (dialect: 'bash' | 'ash' | 'dash') => (): Promise<Main> => import('./main.js').then(({ shellMain }) => shellMain(dialect));

export const shellCommands: CommandTable = { bash: load('bash'), sh: load('ash'), ash: load('ash'), dash: load('dash') };
