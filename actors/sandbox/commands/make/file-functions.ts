// The functions of makefiles that look at files or write them.
import { Errno } from '../../kernel/errno.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { MakeFatal } from './errors.js';
import type { MakeFunction } from './functions.js';
import { globNames } from './glob.js';
import { wordsOf } from './words.js';

function* wildcard(words: readonly string[], build: Build): Task<string> {
  const found: string[] = [];
  for (const pattern of wordsOf(words[0]!)) found.push(...(yield* globNames(build, pattern)));
  return found.join(' ');
}

function* realpath(words: readonly string[], build: Build): Task<string> {
  return wordsOf(words[0]!).flatMap((path) => {
    try {
      return [build.process.files.realpath(path)];
    } catch (error) {
      if (error instanceof Errno) return [];
      throw error;
    }
  }).join(' ');
}

/** `$(file >name,text)`, `$(file >>name,text)`, `$(file <name)`. */
function* file(words: readonly string[], build: Build): Task<string> {
  const operation = /^(>>|>|<)\s*(.*)$/s.exec(words[0]!.trim());
  if (operation === null) throw new MakeFatal(`file: invalid file operation: ${words[0]!}`, build.place);
  const name = operation[2]!.trim();
  if (name === '') throw new MakeFatal('file: missing filename', build.place);
  const { files } = build.process;
  if (operation[1] === '<') {
    if (words[1] !== undefined) throw new MakeFatal('file: too many arguments', build.place);
    try {
      return decode(files.readFile(name)).replace(/\n$/, '');
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'ENOENT') return '';
      throw new MakeFatal(`open: ${name}: ${error.message}`, build.place);
    }
  }
  const text = words[1] === undefined ? '' : words[1].endsWith('\n') ? words[1] : `${words[1]}\n`;
  try {
    files.writeFile(name, encode(text), { append: operation[1] === '>>' });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new MakeFatal(`open: ${name}: ${error.message}`, build.place);
  }
  return '';
}

export const fileFunctions: Readonly<Record<string, MakeFunction>> = {
  wildcard: { least: 0, most: 1, run: wildcard },
  realpath: { least: 0, most: 1, run: realpath },
  file: { least: 1, most: 2, run: file },
};
