// Whether a command is one simple command and no more.
import type { Command, SimpleCommand } from '../syntax/ast.js';

/** The one simple command that a command is, where a forked shell may become its program. */
export function onlyCommand(command: Command): SimpleCommand | undefined {
  if (command.type === 'simple') return command;
  if (command.type === 'list' && command.items.length === 1 && !command.items[0]!.background) return onlyCommand(command.items[0]!.command);
  return undefined;
}
