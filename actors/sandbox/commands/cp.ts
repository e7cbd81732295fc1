// cp: copies files and trees (https://www.gnu.org/software/coreutils/cp).
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, type Options, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { backupOf } from './common/backup.js';
import { Copier, type CopyOptions } from './common/copy.js';
import { directoryName, joinPath } from './common/paths.js';
import { choose } from './common/choice.js';
import { isFolder, transfersOf } from './common/target.js';

const LONG = {
  archive: 'no', 'attributes-only': 'no', backup: 'optional', 'copy-contents': 'no', dereference: 'no', force: 'no', interactive: 'no',
  link: 'no', 'no-clobber': 'no', 'no-dereference': 'no', 'no-preserve': 'required', 'no-target-directory': 'no', 'one-file-system': 'no',
  parents: 'no', preserve: 'optional', recursive: 'no', reflink: 'optional', 'remove-destination': 'no', sparse: 'required',
  'strip-trailing-slashes': 'no', suffix: 'required', 'symbolic-link': 'no', 'target-directory': 'required', update: 'no', verbose: 'no',
} as const;

function preserved(options: Options): CopyOptions['preserve'] & { ignoreMode: boolean } {
  const all = options.has('a', 'archive');
  const preserve = { mode: all, ownership: all, timestamps: all, links: all || options.has('d'), ignoreMode: false };
  const set = (list: string, value: boolean): void => {
    for (const name of list.split(',')) {
      if (name === 'all') Object.assign(preserve, { mode: value, ownership: value, timestamps: value, links: value });
      else if (name === 'mode' || name === 'ownership' || name === 'timestamps' || name === 'links') preserve[name] = value;
      else if (name !== 'context' && name !== 'xattr') choose(['cp'], '--preserve', name, ['mode', 'timestamps', 'ownership', 'links', 'context', 'xattr', 'all']);
    }
  };
  if (options.has('p')) set('mode,ownership,timestamps', true);
  for (const list of options.given.get('preserve') ?? []) set(list === '' ? 'mode,ownership,timestamps' : list, true);
  for (const list of options.given.get('no-preserve') ?? []) {
    set(list, false);
    if (/(^|,)(mode|all)(,|$)/.test(list)) preserve.ignoreMode = true;
  }
  return preserve;
}

function copyOptions(process: Process, options: Options): CopyOptions {
  const recursive = options.has('r', 'R', 'recursive', 'a', 'archive');
  const { ignoreMode, ...preserve } = preserved(options);
  const as = options.has('l', 'link') ? 'link' : options.has('s', 'symbolic-link') ? 'symlink' : options.has('attributes-only') ? 'attributes' : 'content';
  let follow: CopyOptions['follow'] = recursive && as !== 'link' ? 'never' : 'always';
  for (const [name, how] of [['a', 'never'], ['archive', 'never'], ['d', 'never'], ['no-dereference', 'never'], ['P', 'never'], ['H', 'operands'], ['dereference', 'always'], ['L', 'always']] as const) {
    if (options.has(name)) follow = how;
  }
  const asked = [...options.given.keys()].findLast((name) => ['n', 'no-clobber', 'i', 'interactive'].includes(name));
  return {
    recursive, follow, preserve, ignoreMode, as,
    replace: asked === undefined ? (options.has('u', 'update') ? 'update' : 'yes') : asked.startsWith('n') ? 'no' : 'ask',
    force: options.has('f', 'force'),
    removeFirst: options.has('remove-destination'),
    verbose: options.has('v', 'verbose'),
    oneFileSystem: options.has('x', 'one-file-system'),
    backup: backupOf(process.argv, options, process.env),
  };
}

function isRegular(process: Process, path: string): boolean {
  return process.files.exists(path) && process.files.stat(path).type === 'file';
}

/** Makes the folders of `--parents`, with the modes of the originals. */
function makeParents(process: Process, source: string, into: string): void {
  let from = source.startsWith('/') ? '/' : '.';
  let to = into;
  for (const name of directoryName(source).split('/').filter((part) => part !== '' && part !== '.')) {
    from = joinPath(from, name);
    to = joinPath(to, name);
    if (!isFolder(process, to)) process.files.mkdir(to, process.files.stat(from).mode);
  }
}

export const cp: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'abdfiHlLnPpRrsS:t:TuvxZ', LONG);
  const given = copyOptions(process, options);
  if (given.backup && given.replace === 'no') throw usageError(process.argv, 'options --backup and --no-clobber are mutually exclusive');
  const copier = new Copier(process, output, given);
  if (options.has('parents')) {
    const operands = [...options.operands];
    const into = options.value('t', 'target-directory') ?? operands.pop() ?? '';
    if (!isFolder(process, into)) throw new UsageError(`with --parents, the destination must be a directory`);
    for (const source of operands) {
      if (process.files.exists(source)) makeParents(process, source, into);
      yield* copier.operand(source, joinPath(into, source.replace(/^\/+/, '')));
    }
    return copier.failed ? 1 : 0;
  }
  const transfers = transfersOf(process, options);
  const [only] = transfers;
  // A file copied onto itself with -f is what makes its backup.
  if (transfers.length === 1 && given.backup && given.force && only!.source === only!.target && isRegular(process, only!.source)) {
    const copy = new Copier(process, output, { ...given, backup: undefined });
    yield* copy.operand(only!.source, given.backup.nameOf(process, only!.target));
    return copy.failed ? 1 : 0;
  }
  for (const { source, target } of transfers) {
    yield* copier.operand(options.has('strip-trailing-slashes') ? source.replace(/(.)\/+$/, '$1') : source, target);
  }
  return copier.failed ? 1 : 0;
});
