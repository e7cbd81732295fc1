// sed: the stream editor.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { decoderOf, localText } from '../../programs/locale.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, complain, type Options, Output, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { SedRun, type SedSettings } from './execute.js';
import { SedParser } from './parser.js';
import { type SedCommand, SedScriptError } from './script.js';
import { followLinks, type InputSettings, PANIC, SedInput, SedOutput, WriteFiles } from './streams.js';

const LONG = {
  quiet: 'no', silent: 'no', debug: 'no', expression: 'required', file: 'required', 'follow-symlinks': 'no', 'in-place': 'optional',
  'line-length': 'required', posix: 'no', 'regexp-extended': 'no', separate: 'no', sandbox: 'no', unbuffered: 'no', 'null-data': 'no',
  'zero-terminated': 'no',
} as const;

/** One -e or -f, for messages about it. */
interface Fragment {
  text: string;
  where: (at: number) => string;
}

/** The script's parts in the order of the command line. */
function* fragmentsOf(process: Process, options: Options): Task<{ fragments: Fragment[]; files: readonly string[] }> {
  const fragments: Fragment[] = [];
  let expressions = 0;
  const addExpression = (text: string): void => {
    const number = ++expressions;
    fragments.push({ text: localText(process, text), where: (at) => `-e expression #${number}, char ${at}` });
  };
  const order = process.argv.filter((word) => /^-[a-zA-Z]*[ef]|^--(exp|file)/.test(word));
  const expressionTexts = [...(options.given.get('e') ?? []), ...(options.given.get('expression') ?? [])];
  const fileNames = [...(options.given.get('f') ?? []), ...(options.given.get('file') ?? [])];
  const firstIsFile = /^-[a-zA-Df-z]*f|^--file/.test(order[0] ?? '');
  const files = [];
  for (const name of fileNames) {
    try {
      const bytes = name === '-' ? yield* readAll(process, 0) : process.files.readFile(name);
      const text = decoderOf(process)(bytes).replace(/(?<!\r)\n$/, '').replace(/^#!.*/, (line) => `#${line.slice(2)}`);
      files.push({ text, where: (at: number) => `file ${name} line ${text.slice(0, at).split('\n').length}` });
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`couldn't open file ${name}: ${error.message}`, PANIC) : error;
    }
  }
  if (firstIsFile) fragments.push(...files);
  expressionTexts.forEach(addExpression);
  if (!firstIsFile) fragments.push(...files);
  if (fragments.length > 0) return { fragments, files: options.operands };
  const [script, ...rest] = options.operands;
  if (script === undefined) throw new UsageError('no script specified');
  addExpression(script);
  return { fragments, files: rest };
}

function parseScript(fragments: readonly Fragment[], options: Options): SedCommand[] {
  const text = fragments.map((fragment) => fragment.text).join('\n');
  let end = -1;
  const partEnds = new Set(fragments.map((fragment) => (end += fragment.text.length + 1)));
  const settings = { partEnds, extended: options.has('E', 'r', 'regexp-extended'), posix: options.has('posix'), sandbox: options.has('sandbox'), nullData: options.has('z', 'null-data', 'zero-terminated') };
  const parser = new SedParser(text, settings);
  try {
    return parser.parse();
  } catch (error) {
    if (!(error instanceof SedScriptError)) throw error;
    if (error.message.startsWith('-: ')) throw new UsageError(error.message.slice(3), 4);
    let at = parser.position;
    for (const fragment of fragments) {
      if (at <= fragment.text.length || fragment === fragments.at(-1)) throw new UsageError(`${fragment.where(at)}: ${error.message}`);
      at -= fragment.text.length + 1;
    }
    throw error;
  }
}

/** Collects what is written to a file that is edited in place. */
class Collected extends Output {
  readonly parts: Uint8Array[] = [];

  override print(data: string | Uint8Array): void {
    this.parts.push(typeof data === 'string' ? encode(data) : data);
  }

  override get isFull(): boolean {
    return false;
  }
}

/** Puts the new content where the old was, in one step: a kill before it leaves the old file as it is. */
function replaceFile(process: Process, path: string, content: Uint8Array, suffix: string): void {
  const { mode, uid, gid } = process.files.stat(path);
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : './';
  let temporary: string;
  do temporary = `${folder}sed${Math.random().toString(36).slice(2, 8).padEnd(6, 'x')}`;
  while (process.files.exists(temporary));
  process.files.writeFile(temporary, content, { mode: 0o600 });
  process.files.chmod(temporary, mode);
  if (process.credentials.uid === 0) process.files.chown(temporary, uid, gid);
  // A copy of the file's own name is none.
  if (suffix !== '' && suffix !== '*') {
    const backup = suffix.includes('*') ? suffix.replaceAll('*', path) : path + suffix;
    try {
      process.files.rename(path, backup);
    } catch (error) {
      process.files.unlink(temporary);
      throw error instanceof Errno ? new UsageError(`cannot rename ${path}: ${error.message}`, PANIC) : error;
    }
  }
  process.files.rename(temporary, path);
}

function* editInPlace(process: Process, output: Output, commands: SedCommand[], settings: SedSettings, inputSettings: InputSettings, names: readonly string[], options: Options): Task<number> {
  let failed = 0;
  const standard = new SedOutput(output, settings.delimiter);
  const files = new WriteFiles(process, standard, settings.delimiter);
  let run: SedRun | undefined;
  for (const name of names) {
    if (process.files.exists(name) && process.files.stat(name).type !== 'file') {
      yield* complain(process, `couldn't edit ${name}: not a regular file`);
      failed = 4;
      continue;
    }
    const collected = new Collected(process);
    const input = new SedInput(process, [name], inputSettings, () => output);
    if (!(yield* input.open())) {
      failed = 2;
      continue;
    }
    run = new SedRun(process, commands, settings, input, new SedOutput(collected, settings.delimiter), files);
    yield* run.run();
    const path = inputSettings.followsLinks ? followLinks(process, name) : name;
    replaceFile(process, path, Buffer.concat(collected.parts), options.value('i', 'in-place') ?? '');
    if (run.hasQuit) break;
  }
  yield* files.flush();
  return run?.exitCode || failed;
}

/** Where l folds: as told, else one before the terminal's last column, as far as COLS tells. */
function lineLength(process: Process, options: Options): number {
  const given = options.value('l', 'line-length');
  if (given !== undefined) return Number(given);
  const columns = process.env.get('COLS') ?? '';
  return /^\d+$/.test(columns) && Number(columns) > 1 ? Number(columns) - 1 : 70;
}

export const sed: Main = command(function* (process, output) {
  const busybox = isBusybox(process);
  if (busybox && process.argv.includes('--version')) {
    output.print('This is not GNU sed version 4.0\n');
    return 0;
  }
  const options = parseOptions(process.argv, 'bsnrzuEe:f:l:i::V:', LONG);
  const { fragments, files: names } = yield* fragmentsOf(process, options);
  const commands = parseScript(fragments, options);
  const delimiter = options.has('z', 'null-data', 'zero-terminated') ? '\0' : '\n';
  const quiet = options.has('n', 'quiet', 'silent') || fragments[0]!.text.startsWith('#n');
  const unbuffered = options.has('u', 'unbuffered');
  const settings = { quiet, dropsUnpaired: options.has('posix') || process.env.has('POSIXLY_CORRECT'), delimiter, unbuffered, lineLength: lineLength(process, options), lateRanges: busybox };
  if (options.has('i', 'in-place') && names.length === 0) throw new UsageError(busybox ? '-i requires an argument' : 'no input files', busybox ? 1 : 4);
  const inPlace = options.has('i', 'in-place');
  const separate = inPlace || options.has('s', 'separate');
  const inputSettings: InputSettings = { delimiter, separate, inPlace, followsLinks: options.has('follow-symlinks'), unbuffered };
  if (inPlace) return yield* editInPlace(process, output, commands, settings, inputSettings, names, options);
  const standard = new SedOutput(output, delimiter);
  const files = new WriteFiles(process, standard, delimiter);
  for (const { name, text, substitution } of commands) {
    const path = name === 'w' || name === 'W' ? text : substitution?.file;
    if (path === undefined) continue;
    try {
      files.get(path);
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`couldn't open file ${path}: ${error.message}`, PANIC) : error;
    }
  }
  const input = new SedInput(process, names.length > 0 ? names : ['-'], inputSettings, () => output);
  let exitCode = 0;
  while (yield* input.open()) {
    const run = new SedRun(process, commands, settings, input, standard, files);
    yield* run.run();
    exitCode = run.exitCode;
    if (run.hasQuit || !separate) break;
  }
  yield* files.flush();
  return exitCode === 0 && input.failed ? 2 : exitCode;
});
