// mktemp: a new file or folder with a name nobody else has (https://www.gnu.org/software/coreutils/mktemp).
import { randomBytes } from 'node:crypto';
import { isErrno } from '../kernel/errno.js';
import { O_CREAT, O_EXCL, O_RDWR } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { plainCommand, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { joinPath } from './common/paths.js';
import { quoteName } from './common/quote.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const ATTEMPTS = 200;
const LONG = { directory: 'no', 'dry-run': 'no', quiet: 'no', suffix: 'required', tmpdir: 'optional' } as const;

function fill(template: string, at: number, count: number): string {
  const random = [...randomBytes(count)].map((byte) => LETTERS[byte % LETTERS.length]!).join('');
  return template.slice(0, at) + random + template.slice(at + count);
}

function make(process: Process, path: string, isFolder: boolean): void {
  if (isFolder) {
    process.files.mkdir(path, 0o700);
    return;
  }
  process.files.openFile(path, O_RDWR | O_CREAT | O_EXCL, 0o600).retain().release();
}

/** Where a template without `/` of its own goes; undefined for the working directory. */
function folderOf(process: Process, given: string | undefined, usesDefault: boolean): string | undefined {
  const fallback = process.env.get('TMPDIR') || '/tmp';
  if (given !== undefined) return given === '' ? fallback : given;
  return usesDefault ? fallback : undefined;
}

export const mktemp: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'dp:qtuV', LONG);
  const { operands } = options;
  if (operands.length > 1) throw usageError(process.argv, 'too many templates');
  const suffix = options.value('suffix');
  let template = operands[0] ?? 'tmp.XXXXXXXXXX';
  if (suffix !== undefined) {
    if (!template.endsWith('X')) throw new UsageError(`with --suffix, template ${quoteName(template)} must end in X`);
    template += suffix;
  }
  const end = suffix === undefined ? template.lastIndexOf('X') + 1 : template.length - suffix.length;
  const count = /X*$/.exec(template.slice(0, end))![0].length;
  if (template.slice(end).includes('/')) throw new UsageError(`invalid suffix ${quoteName(template.slice(end))}, contains directory separator`);
  if (count < 3) throw new UsageError(`too few X's in template ${quoteName(template)}`);
  const folder = folderOf(process, options.value('p', 'tmpdir'), operands.length === 0 || options.has('t'));
  if (folder !== undefined && options.has('t') && template.includes('/')) throw new UsageError(`invalid template, ${quoteName(template)}, contains directory separator`);
  if (folder !== undefined && template.startsWith('/')) throw new UsageError(`invalid template, ${quoteName(template)}; with --tmpdir, it may not be absolute`);
  const prefix = folder === undefined ? '' : joinPath(folder, '');
  for (let attempt = 1; ; attempt++) {
    const path = prefix + fill(template, end - count, count);
    try {
      if (options.has('u', 'dry-run')) {
        if (process.files.exists(path)) continue;
      } else {
        make(process, path, options.has('d', 'directory'));
      }
      output.print(`${path}\n`);
      return 0;
    } catch (error) {
      if (isErrno(error, 'EEXIST') && attempt < ATTEMPTS) continue;
      if (options.has('q', 'quiet')) return 1;
      throw new UsageError(`failed to create ${options.has('d', 'directory') ? 'directory' : 'file'} via template ${quoteName(prefix + template)}: ${reason(error)}`);
    }
  }
});
