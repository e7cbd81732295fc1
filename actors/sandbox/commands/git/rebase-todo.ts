// The list of what a rebase does, step by step, as its user sees and edits it (https://git-scm.com/docs/git-rebase#_interactive_mode).
import { GitFailure } from './repository.js';

const LETTERS = { p: 'pick', r: 'reword', e: 'edit', s: 'squash', f: 'fixup', x: 'exec', b: 'break', d: 'drop' } as const;
const BARE = new Set(['exec', 'break', 'noop']);
export type Command = (typeof LETTERS)[keyof typeof LETTERS] | 'noop';

export interface Step {
  readonly command: Command;
  /** The commit that it is about; '' for exec, break and noop. */
  readonly oid: string;
  /** fixup -C and -c: whose message is kept. */
  readonly flag?: '-C' | '-c';
  /** The commit's subject, or what exec runs. */
  readonly text: string;
}

/** Lines that are no comments as steps; `resolve` finds commits. Throws GitFailure for lines that are none. */
export async function parseTodo(text: string, resolve: (name: string) => Promise<string | undefined>): Promise<Step[]> {
  const steps: Step[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const [, word, rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
    if (word === undefined || word.startsWith('#')) continue;
    const wrong = (): GitFailure => new GitFailure(`invalid line ${at + 1}: ${line}`, 1);
    const command = (word.length === 1 ? LETTERS[word as keyof typeof LETTERS] : [...Object.values(LETTERS), 'noop' as const].find((one) => one === word)) as Command | undefined;
    if (command === undefined) throw wrong();
    if (command === 'break' && rest !== '') throw new GitFailure(`break does not accept arguments: '${rest}'\nerror: invalid line ${at + 1}: ${line}`, 1);
    if (BARE.has(command)) {
      steps.push({ command, oid: '', text: rest });
      continue;
    }
    const [, flag, name = '', subject = ''] = /^(?:(-[Cc])\s+)?(\S+)\s*(.*)$/.exec(rest) ?? [];
    const oid = await resolve(name);
    if (oid === undefined) throw wrong();
    steps.push({ command, oid, text: subject, ...(flag === '-C' || flag === '-c' ? { flag } : {}) });
  }
  return steps;
}

/** Throws GitFailure where the first step would be melded into nothing. */
export function requireFirst(steps: readonly Step[]): void {
  if (steps[0]?.command === 'squash' || steps[0]?.command === 'fixup') throw new GitFailure(`cannot '${steps[0].command}' without a previous commit\nYou can fix this with 'git rebase --edit-todo' and then run 'git rebase --continue'.\nOr you can abort the rebase with 'git rebase --abort'.`, 1);
}

export function todoText(steps: readonly Step[], shorten: (oid: string) => string = (oid) => oid): string {
  return steps.map(({ command, oid, flag, text }) => `${[command, flag, oid === '' ? undefined : shorten(oid), text].filter((part) => part !== undefined && part !== '').join(' ')}\n`).join('');
}

/** `fixup! subject` and its like go behind the commit that they are about. */
export function autosquashed(steps: readonly Step[]): Step[] {
  const ordered: Step[] = [];
  for (const step of steps) {
    const [, kind, rest] = /^(fixup|squash|amend)! (.*)$/s.exec(step.text) ?? [];
    const wanted = rest?.replace(/^((fixup|squash|amend)! )+/, '');
    const about = wanted === undefined ? -1 : ordered.findIndex(({ oid, text }) => text === wanted || (/^[0-9a-f]{4,40}$/.test(wanted) && oid.startsWith(wanted)) || text.startsWith(wanted));
    if (about < 0) {
      ordered.push(step);
      continue;
    }
    let end = about + 1;
    while (ordered[end]?.command === 'fixup' || ordered[end]?.command === 'squash') end++;
    ordered.splice(end, 0, { ...step, command: kind === 'squash' ? 'squash' : 'fixup', ...(kind === 'amend' ? { flag: '-C' as const } : {}) });
  }
  return ordered;
}

/** Commands follow each commit, with what is squashed into it. */
export function withExec(steps: readonly Step[], commands: readonly string[]): Step[] {
  const lines = commands.map((text): Step => ({ command: 'exec', oid: '', text }));
  return steps.flatMap((step, at) => {
    const next = steps[at + 1]?.command;
    return step.command === 'noop' || next === 'squash' || next === 'fixup' ? [step] : [step, ...lines];
  });
}

/** What is told below the list; `range` is `a..b onto c (n commands)`. */
export function todoHelp(range: string): string {
  return `
# Rebase ${range}
#
# Commands:
# p, pick <commit> = use commit
# r, reword <commit> = use commit, but edit the commit message
# e, edit <commit> = use commit, but stop for amending
# s, squash <commit> = use commit, but meld into previous commit
# f, fixup [-C | -c] <commit> = like "squash" but keep only the previous
#                    commit's log message, unless -C is used, in which case
#                    keep only this commit's message; -c is same as -C but
#                    opens the editor
# x, exec <command> = run command (the rest of the line) using shell
# b, break = stop here (continue rebase later with 'git rebase --continue')
# d, drop <commit> = remove commit
#
# These lines can be re-ordered; they are executed from top to bottom.
#
# If you remove a line here THAT COMMIT WILL BE LOST.
#
# However, if you remove everything, the rebase will be aborted.
#
`;
}
