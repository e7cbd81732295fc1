// The variables a shell starts with: its environment, and what every shell sets.
import { readDatabase } from '../identity.js';
import { logicalDirectory } from './working-directory.js';
import { isFunctionVariable } from './execute/exported-functions.js';
import type { Shell } from './shell.js';
import { EXPORTED, READONLY } from './variables/variable.js';
import { isName } from './variables/variables.js';

export const BASH_VERSION = '5.2.15(1)-release';
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function importEnvironment(shell: Shell): void {
  const { variables, process } = shell;
  for (const [name, value] of process.env) {
    if (!isName(name)) {
      if (shell.isBash && !isFunctionVariable(name, value)) variables.foreign.set(name, value);
      continue;
    }
    if (variables.binding(name)?.has(READONLY) !== true) variables.set(name, value);
    variables.mark(variables.writable(name), EXPORTED);
  }
  if (variables.get('PATH') === undefined) variables.set('PATH', DEFAULT_PATH);
  variables.set('IFS', ' \t\n');
  variables.set('OPTIND', '1');
  variables.set('PS4', '+ ');
  variables.set('PPID', String(process.parent?.pid ?? 0));
  const pwd = logicalDirectory(shell);
  variables.set('PWD', pwd);
  variables.mark(variables.writable('PWD'), EXPORTED);
  if (!shell.isBash) return;
  const level = Number.parseInt(variables.get('SHLVL') ?? '0', 10) || 0;
  variables.set('SHLVL', String(level + 1));
  variables.mark(variables.writable('SHLVL'), EXPORTED);
  const { uid, realUid } = process.credentials;
  for (const [name, value] of Object.entries({
    BASH: '/bin/bash', BASH_VERSION, UID: String(realUid), EUID: String(uid), HOSTNAME: process.kernel.hostname, HOSTTYPE: 'x86_64', OSTYPE: 'linux-gnu', MACHTYPE: 'x86_64-pc-linux-gnu', OPTERR: '1',
  })) if (name === 'BASH' || variables.get(name) === undefined || name === 'UID' || name === 'EUID') variables.set(name, value);
  if (variables.get('SHELL') === undefined) variables.set('SHELL', readDatabase(process.files, '/etc/passwd').find((fields) => fields[2] === String(uid))?.[6] || '/bin/sh');
  const version = variables.writable('BASH_VERSINFO');
  variables.assignList(version, ['5', '2', '15', '1', 'release', 'x86_64-pc-linux-gnu']);
  variables.mark(version, READONLY);
}
