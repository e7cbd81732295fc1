// zgrep and its kin: grep over what is compressed, each file through its decompressor.
import { statusCode } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { LONG, modern, SHORT } from './grep/options.js';
import { startShell } from './shell-out.js';

/** What undoes the compression, by the first letters of the command's name. */
const DECOMPRESSORS: readonly (readonly [string, string])[] = [['bz', 'bzip2 -cdfq'], ['xz', 'xz -cdfq'], ['zstd', 'zstd -cdfq'], ['z', 'gzip -cdfq']];

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Those that give grep's names or folders another meaning; the real ones refuse them too. */
const UNSUPPORTED = new Set(['d', 'r', 'R', 'z', 'Z', 'directories', 'exclude', 'exclude-from', 'exclude-dir', 'include', 'recursive', 'dereference-recursive', 'null', 'null-data']);

export const zgrep: Main = command(function* (process) {
  const name = process.argv[0]!.split('/').at(-1)!;
  const options = parseOptions(modern(process.argv), SHORT, LONG, { exitCode: 2 });
  for (const option of options.given.keys()) {
    if (UNSUPPORTED.has(option)) throw new UsageError(`-${option.length > 1 ? '-' : ''}${option}: option not supported`, 2);
  }
  const hasPattern = options.has('e', 'regexp', 'f', 'file');
  const [pattern, ...rest] = options.operands;
  if (!hasPattern && pattern === undefined) throw new UsageError(`missing pattern; try \`${name} --help' for help`, 2);
  const files = hasPattern ? options.operands : rest;
  const args: string[] = [];
  for (const [option, values] of options.given) {
    if (option === 'H' || option === 'with-filename') continue;
    const takes = option.length === 1 ? SHORT[SHORT.indexOf(option) + 1] === ':' : LONG[option as keyof typeof LONG] !== 'no';
    for (const value of values) args.push(option.length === 1 ? `-${option}${takes ? value : ''}` : takes && value !== '' ? `--${option}=${value}` : `--${option}`);
  }
  const showsNames = options.has('H', 'with-filename') || (files.length > 1 && !options.has('h', 'no-filename'));
  const matcher = name.includes('egrep') ? 'grep -E' : name.includes('fgrep') ? 'grep -F' : 'grep';
  const [, decompressor] = DECOMPRESSORS.find(([start]) => name.startsWith(start)) ?? ['', 'gzip -cdfq'];
  let found = false;
  let failed = false;
  for (const file of files.length > 0 ? files : ['-']) {
    const label = file === '-' ? [] : [`--label=${file}`];
    const words = [...args, ...(showsNames ? ['-H'] : []), ...label, ...(hasPattern ? [] : ['-e', pattern!])].map(shellWord).join(' ');
    const child = startShell(process, `exec 3>&1; code=$({ { ${decompressor} -- ${shellWord(file)} 4>&-; echo $? >&4; } 3>&- | ${matcher} ${words} >&3 4>&- 3>&-; } 4>&1; echo $?); set -- $code; [ "$1" -gt 2 ] && [ "$1" -ne 141 ] && exit "$1"; [ "$1" -eq 1 ] && exit 2; exit "$2"`);
    yield* process.wait([child]);
    const code = statusCode(child.status!);
    if (code === 0) found = true;
    else if (code > 1) failed = true;
  }
  return failed ? 2 : found ? 0 : 1;
});
