// Every built-in command by name.
import type { CommandTable } from '../programs/builtin.js';
import { busyboxOf } from './busybox.js';
import { shellCommands } from '../shell/index.js';
import { accountCommands } from './table-accounts.js';
import { fileCommands } from './table-files.js';
import { netCommands } from './table-net.js';
import { systemCommands } from './table-system.js';
import { textCommands } from './table-text.js';

/** What the shell has built in, as programs of their own. */
const SHELL_TOOLS = ['test', '[', 'kill', 'pwd', 'true', 'false'];
const shellToolCommands: CommandTable = Object.fromEntries(SHELL_TOOLS.map((name) => [name, () => import('./shell-tools.js').then(({ shellTool }) => shellTool(name))]));

/** Local copies as runners' helper images make them. */
const copyCommands: CommandTable = { rsync: () => import('./rsync.js').then((m) => m.rsync) };

const merged: CommandTable = { ...accountCommands, ...copyCommands, ...fileCommands, ...netCommands, ...systemCommands, ...textCommands, ...shellToolCommands, ...shellCommands };

/** What a machine can run without any file of the image's own. */
export const allCommands: CommandTable = { ...merged, busybox: () => Promise.resolve(busyboxOf(merged)) };
