// What a forked shell is told by the command that it is forked for.
import type { Command, List, SimpleCommand } from '../syntax/ast.js';

/** The one simple command that a command is, where a forked shell may become its program. */
export function onlyCommand(command: Command): SimpleCommand | undefined {
  if (command.type === 'simple') return command;
  if (command.type === 'list' && command.items.length === 1 && !command.items[0]!.background) return onlyCommand(command.items[0]!.command);
  return undefined;
}

/** The command after which nothing follows; undefined where that is no simple one. */
export function lastCommand({ items }: List): SimpleCommand | undefined {
  const last = items.at(-1);
  if (!last || last.background) return undefined;
  const command = last.command.type === 'and-or' ? last.command.rest.at(-1)!.command : last.command;
  return command.type === 'simple' ? command : undefined;
}

/** Commands at whose end a shell that bash forked for them does not spring the EXIT trap that they set. */
export const WITHOUT_EXIT_TRAP: ReadonlySet<string> = new Set(['and-or', 'if', 'while', 'for', 'select', 'arithmetic-for', 'case']);
