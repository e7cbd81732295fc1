// busybox: one program that is all commands; the first argument names the one to be.
import type { Main } from '../kernel/program.js';
import { encode } from '../kernel/text.js';
import { BUSYBOX_BANNER } from '../programs/flavour.js';
import { commandMain, type CommandTable } from '../programs/builtin.js';

/** The dispatcher over a table of commands (https://busybox.net/downloads/BusyBox.html). */
export function busyboxOf(commands: CommandTable): Main {
  return function* busybox(process) {
    // Called by the name of an applet (a symlink to it) it is that applet, also when it has none of that name.
    const called = (process.argv[0] ?? '').split('/').at(-1)!;
    const [name, ...rest] = /^-?busybox/.test(called) ? process.argv.slice(1) : [called, ...process.argv.slice(1)];
    const names = Object.keys(commands).sort();
    if (name === '--list' || name === '--list-full') {
      yield* process.write(1, encode(`${names.join('\n')}\n`));
      return 0;
    }
    // `busybox --help NAME` is `NAME --help`.
    const asks = name === '--help' && rest.length > 0;
    if (name === undefined || (name === '--help' && !asks) || (asks && /^busybox/.test(rest[0]!))) {
      yield* process.write(1, encode(`${BUSYBOX_BANNER}\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n   or: function [arguments]...\n\nCurrently defined functions:\n\t${names.join(', ')}\n`));
      return 0;
    }
    const applet = asks ? rest[0]! : name;
    if (!Object.hasOwn(commands, applet)) {
      yield* process.write(2, encode(`${applet}: applet not found\n`));
      return 127;
    }
    process.argv = asks ? [applet, '--help'] : [applet, ...rest];
    process.command = applet;
    return yield* commandMain(commands[applet]!)(process);
  };
}
