// crontab: a user's table of jobs, kept where cron would look for it (https://man7.org/linux/man-pages/man1/crontab.1.html). No cron runs here.
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, encode, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';

const FOLDER = '/var/spool/cron/crontabs';

/** Five fields or a name like `@daily`, and a command; or a variable, a comment, nothing. */
const LINE = /^\s*(?:$|#|[A-Za-z_]\w*\s*=|@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)\s+\S|(?:[\d*][\d*/,-]*\s+){2}[\d*][\d*/,-]*\s+[\da-zA-Z*][\da-zA-Z*/,-]*\s+[\da-zA-Z*][\da-zA-Z*/,-]*\s+\S)/;

function keep(process: Process, path: string, bytes: Uint8Array, from: string): void {
  const lines = Buffer.from(bytes).toString().split('\n');
  const bad = lines.findIndex((line) => !LINE.test(line));
  if (bad >= 0) throw new UsageError(`errors in crontab file, can't install.\n"${from}":${bad}: bad minute`);
  let folder = '';
  for (const part of FOLDER.slice(1).split('/')) {
    folder += `/${part}`;
    if (!process.files.exists(folder)) process.files.mkdir(folder, 0o755);
  }
  process.files.writeFile(`${path}+`, bytes, { mode: 0o600 });
  process.files.rename(`${path}+`, path);
}

export const crontab: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'eilru:c:');
  const own = new Accounts(process.files).userName(process.credentials.realUid) ?? String(process.credentials.realUid);
  const user = options.value('u') ?? own;
  if (user !== own && process.credentials.realUid !== 0) throw new UsageError('must be privileged to use -u');
  if (!new Accounts(process.files).user(user) && user !== own) throw new UsageError(`user \`${user}' unknown`);
  const path = `${FOLDER}/${user}`;
  try {
    if (options.has('l')) output.print(process.files.readFile(path));
    else if (options.has('r')) process.files.unlink(path);
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'ENOENT') throw error;
    yield* process.write(2, encode(`no crontab for ${user}\n`));
    return 1;
  }
  if (options.has('l', 'r')) return 0;
  if (options.has('e')) throw new UsageError('there is no editor in the embedded machine; give a file, or - for standard input');
  const [from = '-'] = options.operands;
  try {
    keep(process, path, from === '-' ? yield* readAll(process, 0) : process.files.readFile(from), from);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`${from}: ${error.message}`);
  }
  return 0;
});
