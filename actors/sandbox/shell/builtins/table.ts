// The built-in commands by name.
import type { Builtin } from '../parts.js';
import { bind } from './bind.js';
import { compgen, complete, compopt } from './complete.js';
import * as control from './control.js';
import { runDeclaration } from './declare.js';
import { alias, enable, hash, type, unalias } from './describe.js';
import { cdBuiltin, dirsBuiltin, popdBuiltin, pushdBuiltin, pwdBuiltin } from './directories.js';
import { echoBuiltin } from './echo.js';
import { fc } from './fc.js';
import { help } from './help.js';
import { history } from './history.js';
import * as jobs from './jobs.js';
import { mapfileBuiltin } from './mapfile.js';
import * as misc from './misc.js';
import { set, shopt } from './options.js';
import { printfBuiltin } from './printf.js';
import * as signals from './signals.js';
import { readBuiltin } from './read.js';
import * as dashCd from './dash/cd.js';
import * as dashControl from './dash/control.js';
import { declare, local } from './dash/declare.js';
import * as dashDescribe from './dash/describe.js';
import * as dashGetopts from './dash/getopts.js';
import * as dashJobs from './dash/jobs.js';
import * as dashSignals from './dash/signals.js';
import { set as dashSet } from './dash/set.js';
import * as dashTest from './dash/test.js';
import * as dashUmask from './dash/umask.js';
import { bracketBuiltin, testBuiltin } from './test.js';
import { naming } from '../expand/run-time-subscripts.js';
import { ulimit } from './ulimit.js';
import { umask } from './umask.js';
import { wait } from './wait.js';

const declaration = naming(runDeclaration, () => true);

const POSIX: Readonly<Record<string, Builtin>> = {
  ':': control.colon, true: control.colon, false: control.falseBuiltin, break: control.breakBuiltin, continue: control.continueBuiltin,
  return: control.returnBuiltin, exit: control.exit, shift: control.shift, eval: control.evalBuiltin, '.': control.source, exec: control.exec,
  command: control.command, export: declaration, readonly: declaration, local: declaration, unset: naming(misc.unset, () => true), set,
  alias, unalias, type, hash, cd: cdBuiltin, pwd: pwdBuiltin, echo: echoBuiltin, printf: naming(printfBuiltin, (before) => before === '-v'), test: testBuiltin, '[': bracketBuiltin,
  read: naming(readBuiltin, (before) => !/^-[dip]$/.test(before)), getopts: misc.getopts, umask, ulimit, times: misc.times, trap: signals.trap, kill: signals.kill,
  jobs: jobs.jobs, wait: naming(wait, (before) => before === '-p'), fg: jobs.fg, bg: jobs.bg,
};

const BASH: Readonly<Record<string, Builtin>> = {
  source: control.source, builtin: control.builtin, declare: declaration, typeset: declaration, shopt, enable, pushd: pushdBuiltin,
  popd: popdBuiltin, dirs: dirsBuiltin, mapfile: mapfileBuiltin, readarray: mapfileBuiltin, let: misc.letBuiltin, caller: misc.caller,
  bind, history, fc, compgen, complete, compopt, help, disown: jobs.disown,
  logout: control.logout, suspend: control.suspend,
};

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(Object.entries({ ...POSIX, ...BASH }));
/** What dash knows, and what is its own. */
export const DASH_BUILTINS: ReadonlyMap<string, Builtin> = new Map(Object.entries({
  ...POSIX, cd: dashCd.cd, chdir: dashCd.cd, pwd: dashCd.pwd, jobs: dashJobs.jobs, wait: dashJobs.wait, fg: dashJobs.fg, bg: dashJobs.bg, command: dashControl.command, export: declare, readonly: declare, local, unset: dashControl.unset,
  break: dashControl.breakBuiltin, continue: dashControl.continueBuiltin, return: dashControl.returnBuiltin, shift: dashControl.shift,
  type: dashDescribe.type, alias: dashDescribe.alias, unalias: dashDescribe.unalias, hash: dashDescribe.hash, getopts: dashGetopts.getopts, trap: dashSignals.trap, kill: dashSignals.kill, test: dashTest.test, '[': dashTest.bracket, umask: dashUmask.umask,
  set: dashSet,
}));
/** What busybox ash, built as bash-compatible, knows. */
export const ASH_BUILTINS: ReadonlyMap<string, Builtin> = new Map(Object.entries({
  ...POSIX, source: BASH.source!, let: BASH.let!, help: BASH.help!, jobs: dashJobs.jobs, wait: (shell, argv) => (argv[1] === '-n' ? POSIX.wait! : dashJobs.wait)(shell, argv), fg: dashJobs.fg, bg: dashJobs.bg,
  alias: dashDescribe.alias, unalias: dashDescribe.unalias, getopts: dashGetopts.getopts, break: dashControl.breakBuiltin, continue: dashControl.continueBuiltin,
}));
