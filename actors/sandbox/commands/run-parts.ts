// run-parts: the programs of a folder one after another (debianutils, busybox).
import { Errno } from '../kernel/errno.js';
import { MAY_EXECUTE, permits } from '../kernel/path.js';
import type { Main } from '../kernel/program.js';
import { compileRegex } from '../regex/posix-regex.js';
import { command, complain, parseOptions, UsageError } from '../programs/stdio.js';
import { runProgram } from './common/exec.js';

const LOCAL_NAMES = /^[a-zA-Z0-9_-]+$/;

/** Which names of a folder are programs to run. */
function nameTest(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return (name) => LOCAL_NAMES.test(name);
  const regex = compileRegex(pattern, { extended: true });
  return (name) => name !== '.' && name !== '..' && regex.test(name);
}

export const runParts: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'a:u:v', {
    test: 'no', list: 'no', verbose: 'no', report: 'no', reverse: 'no', 'exit-on-error': 'no', arg: 'required', umask: 'required', regex: 'required', 'new-session': 'no', stdin: 'no', debug: 'no', lsbsysinit: 'no',
  });
  const [folder] = options.operands;
  if (folder === undefined || options.operands.length > 1) throw new UsageError('missing operand\nTry `run-parts --help\' for more information.');
  const umask = options.value('u', 'umask');
  if (umask !== undefined && !/^[0-7]+$/.test(umask)) throw new UsageError(`bad umask value`);
  const isName = nameTest(options.value('regex'));
  let names: string[];
  try {
    names = process.files.readdir(folder).map(({ name }) => name).filter((name) => isName(name)).sort();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`failed to open directory ${folder}: ${error.message}`);
  }
  if (options.has('reverse')) names.reverse();
  process.umask = umask === undefined ? 0o022 : parseInt(umask, 8);
  const args = [...(options.given.get('a') ?? []), ...(options.given.get('arg') ?? [])];
  let status = 0;
  for (const name of names) {
    const path = `${folder.replace(/\/+$/, '')}/${name}`;
    let mayRun: boolean;
    try {
      const { inode } = process.files.locate(path);
      if (inode.type !== 'file') continue;
      mayRun = permits(inode, process.credentials, MAY_EXECUTE);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(process, `failed to stat component ${path}: ${error.message}`);
      status = 1;
      continue;
    }
    if (options.has('list')) output.print(`${path}\n`);
    else if (!mayRun) continue;
    else if (options.has('test')) output.print(`${path}\n`);
    else {
      if (options.has('v', 'verbose')) yield* complain(process, `executing ${[path, ...args].join(' ')}`);
      yield* output.flush();
      const code = yield* runProgram(process, [path, ...args], { message: (_, why) => `run-parts: failed to exec ${path}: ${why}` });
      if (code === 0) continue;
      yield* complain(process, `${path} exited with return code ${code}`);
      status = 1;
      if (options.has('exit-on-error')) return status;
    }
  }
  return status;
});
