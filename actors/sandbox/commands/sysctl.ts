// sysctl: the kernel's settings, which are the files of /proc/sys (procps).
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { Task } from '../kernel/wait.js';
import { command, decode, encode, type Options, type Output, parseOptions, UsageError } from '../programs/stdio.js';

const ROOT = '/proc/sys';

function* say(process: Process, message: string): Task {
  yield* process.write(2, encode(`sysctl: ${message}\n`));
}

/** `net.ipv4.conf` or `net/ipv4/conf`. */
const pathOf = (key: string): string => `${ROOT}/${key.includes('/') ? key : key.replaceAll('.', '/')}`;
const keyOf = (path: string): string => path.slice(ROOT.length + 1).replaceAll('/', '.');

function show(output: Output, options: Options, path: string, text: string): void {
  const value = text.replace(/\n$/, '');
  if (options.has('N', 'names')) output.print(`${keyOf(path)}\n`);
  else output.print(options.has('n', 'values') ? `${value}\n` : value.split('\n').map((line) => `${keyOf(path)}${options.has('e') ? '=' : ' = '}${line}\n`).join(''));
}

function* readKey(process: Process, output: Output, options: Options, path: string): Task<boolean> {
  const { files } = process;
  try {
    if (files.stat(path).type === 'directory') {
      let isWell = true;
      for (const { name } of files.readdir(path)) if (name !== '.' && name !== '..') isWell = (yield* readKey(process, output, options, `${path}/${name}`)) && isWell;
      return isWell;
    }
    show(output, options, path, decode(files.readFile(path)));
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ENOENT' && options.has('e', 'ignore')) return true;
    yield* output.flush();
    yield* say(process, error.code === 'ENOENT' ? `cannot stat ${path}: ${error.message}` : `permission denied on key '${keyOf(path)}'`);
    return false;
  }
}

function* writeKey(process: Process, output: Output, options: Options, assignment: string): Task<boolean> {
  const [key, value] = assignment.split(/\s*=\s*(.*)/s) as [string, string];
  const path = pathOf(key.trim());
  try {
    process.files.stat(path);
    process.files.writeFile(path, encode(`${value}\n`));
    if (!options.has('q', 'quiet')) show(output, options, path, value);
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ENOENT' && options.has('e', 'ignore')) return true;
    yield* output.flush();
    yield* say(process, error.code === 'ENOENT' ? `cannot stat ${path}: ${error.message}` : error.code === 'EACCES' || error.code === 'EPERM' ? `permission denied on key "${keyOf(path)}"` : `setting key "${keyOf(path)}": ${error.message}`);
    return false;
  }
}

export const sysctl: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'abdeNnp::qr:wAX', { all: 'no', values: 'no', names: 'no', ignore: 'no', quiet: 'no', write: 'no', load: 'optional', system: 'no', pattern: 'required' });
  const assignments: string[] = [];
  if (options.has('p', 'load')) {
    const path = options.value('p', 'load') || options.operands[0] || '/etc/sysctl.conf';
    let text: string;
    try {
      text = decode(process.files.readFile(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`cannot open "${path}": ${error.message}`, 255);
    }
    assignments.push(...text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^[#;]/.test(line)));
  } else if (options.operands.length === 0 && !options.has('a', 'A', 'X', 'all')) throw new UsageError('no variables specified\nTry `sysctl --help\' for more information.');
  let isWell = true;
  if (options.has('a', 'A', 'X', 'all')) isWell = yield* readKey(process, output, options, ROOT);
  else if (!options.has('p', 'load')) assignments.push(...options.operands);
  for (const each of assignments) isWell = (yield* each.includes('=') ? writeKey(process, output, options, each) : readKey(process, output, options, pathOf(each))) && isWell;
  return isWell ? 0 : 255;
});
