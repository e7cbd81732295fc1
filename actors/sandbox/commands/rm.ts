// rm: removes files and trees (https://www.gnu.org/software/coreutils/rm).
import type { Main } from '../kernel/program.js';
import { command, parseOptions, complain, usageError } from '../programs/stdio.js';
import { choose } from './common/choice.js';
import { confirm, prompt } from './common/ask.js';
import { Remover } from './common/remove.js';

const LONG = {
  dir: 'no', force: 'no', interactive: 'optional', 'no-preserve-root': 'no', 'one-file-system': 'no', 'preserve-root': 'optional',
  recursive: 'no', verbose: 'no', '-presume-input-tty': 'no',
} as const;

export const rm: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'dfiIrRv', LONG);
  const { operands } = options;
  const asked = [...options.given.keys()].filter((name) => ['f', 'force', 'i', 'I', 'interactive'].includes(name)).at(-1);
  const when = asked === 'interactive' ? options.value('interactive') : asked;
  if (asked === 'interactive' && when !== '') choose(process.argv, '--interactive', when!, [['never', 'no', 'none'], 'once', ['always', 'yes']]);
  const force = when === 'f' || when === 'force';
  const always = when === 'i' || when === '' || when === 'always' || when === 'yes';
  const recursive = options.has('r', 'R', 'recursive');
  if (operands.length === 0) {
    if (force) return 0;
    throw usageError(process.argv, 'missing operand');
  }
  if ((when === 'I' || when === 'once') && (recursive || operands.length > 3)) {
    const question = `remove ${operands.length} ${operands.length === 1 ? 'argument' : 'arguments'}${recursive ? ' recursively' : ''}? `;
    if (!(yield* confirm(process, prompt(process, question)))) return 0;
  }
  const remover = new Remover(process, output, {
    recursive, force, emptyFolders: options.has('d', 'dir'), verbose: options.has('v', 'verbose'),
    ask: always ? 'always' : force ? 'never' : 'protected', oneFileSystem: options.has('one-file-system'), presumesTerminal: options.has('-presume-input-tty'),
  });
  for (const path of operands) {
    if (recursive && /^\/+$/.test(path) && !options.has('no-preserve-root')) {
      yield* complain(process, `it is dangerous to operate recursively on '/'`);
      yield* complain(process, 'use --no-preserve-root to override this failsafe');
      remover.failed = true;
    } else {
      yield* remover.operand(path);
    }
  }
  return remover.failed ? 1 : 0;
});
