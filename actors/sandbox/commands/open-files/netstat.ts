// netstat and ss: the ports on which the machine listens; its interface and its routes.
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { parseOptions, plainCommand } from '../../programs/stdio.js';
import { listeners, type OpenEntry } from './open-files.js';

const BACKLOG = '128';

function routes(isNetstat: boolean): string {
  return `Kernel IP routing table\n${isNetstat ? 'Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface' : 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface'}\n`;
}

export const route: Main = plainCommand((process, output) => {
  const { operands } = parseOptions(process.argv, 'nveFCA:46', { numeric: 'no', verbose: 'no', extend: 'no', fib: 'no', cache: 'no', inet: 'no' });
  if (operands.length > 0) {
    process.descriptors.get(2).write(Buffer.from(operands[0] === 'add' || operands[0] === 'del' ? 'SIOCADDRT: Operation not permitted\n' : 'Usage: route [-nNvee] [-FC] [<AF>]\n'));
    return operands[0] === 'add' || operands[0] === 'del' ? 7 : 4;
  }
  output.print(routes(false));
  return 0;
});

export const netstat: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'aceglimnoprstuvwxCFNW46', { all: 'no', continuous: 'no', extend: 'no', interfaces: 'no', listening: 'no', numeric: 'no', program: 'no', programs: 'no', route: 'no', tcp: 'no', timers: 'no', udp: 'no', unix: 'no', verbose: 'no', wide: 'no', raw: 'no' });
  if (options.has('r', 'route')) {
    output.print(routes(true));
    return 0;
  }
  if (options.has('i', 'interfaces')) {
    output.print('Kernel Interface table\nIface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\nlo              65536        0      0      0 0             0      0      0      0 LRU\n');
    return 0;
  }
  const chosen = options.has('t', 'tcp', 'u', 'udp', 'x', 'unix', 'w', 'raw');
  const shown = options.has('l', 'listening') ? 'only servers' : options.has('a', 'all') ? 'servers and established' : 'w/o servers';
  const showsPrograms = options.has('p', 'program', 'programs');
  if (!chosen || options.has('t', 'tcp', 'u', 'udp', 'w', 'raw')) {
    output.print(`Active Internet connections (${shown})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${showsPrograms ? ' PID/Program name    ' : ''}\n`);
    const isTcp = !chosen || options.has('t', 'tcp');
    for (const { port, process: owner } of isTcp && shown !== 'w/o servers' ? listeners(process) : []) {
      output.print(`tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} LISTEN     ${showsPrograms ? ` ${`${owner.pid}/${owner.command}`.slice(0, 19).padEnd(20)}` : ''}\n`);
    }
  }
  if (!chosen || options.has('x', 'unix')) output.print(`Active UNIX domain sockets (${shown})\nProto RefCnt Flags       Type       State         I-Node  ${showsPrograms ? ' PID/Program name    ' : ''} Path\n`);
  return 0;
});

function socketRow({ port, process, descriptor }: OpenEntry, showsType: boolean, showsProcess: boolean): string[] {
  return [...(showsType ? ['tcp'] : []), 'LISTEN', '0', BACKLOG, '0.0.0.0', String(port), '0.0.0.0', '*', showsProcess ? `users:(("${process.command}",pid=${process.pid},fd=${descriptor}))` : ''];
}

export const ss: Main = plainCommand((process: Process, output) => {
  const options = parseOptions(process.argv, '0460adefHhilmnoOprstuwxzZ', { all: 'no', ipv4: 'no', ipv6: 'no', listening: 'no', 'no-header': 'no', numeric: 'no', oneline: 'no', processes: 'no', tcp: 'no', udp: 'no', unix: 'no', extended: 'no', info: 'no', memory: 'no', options: 'no', summary: 'no' });
  const chosen = ['t', 'u', 'x', 'w'].filter((letter) => options.has(letter, { t: 'tcp', u: 'udp', x: 'unix', w: 'raw' }[letter]!));
  const showsType = chosen.length !== 1;
  const isTcp = chosen.length === 0 || chosen.includes('t');
  const rows = isTcp && options.has('l', 'listening', 'a', 'all') ? listeners(process).map((entry) => socketRow(entry, showsType, options.has('p', 'processes'))) : [];
  const hasHeader = !options.has('H', 'no-header');
  const heads = [...(showsType ? ['Netid'] : []), 'State', 'Recv-Q', 'Send-Q', 'Local Address', 'Port', 'Peer Address', 'Port', 'Process'];
  const all = hasHeader ? [heads, ...rows] : rows;
  const first = heads.length - 5;
  const width = (column: number): number => Math.max(heads[column]!.endsWith('-Q') ? 6 : 0, ...all.map((row) => row[column]!.length));
  const widths = heads.map((_, column) => width(column));
  for (const row of all) {
    const before = row.slice(0, first).map((text, column) => text.padEnd(widths[column]!)).join(' ');
    const pair = (at: number): string => `${row[at]!.padStart(widths[at]!)}:${row[at + 1]!.padEnd(widths[at + 1]!)}`;
    output.print(`${before} ${pair(first)} ${pair(first + 2)}${row[first + 4]!.padEnd(widths[first + 4]!)}\n`);
  }
  return 0;
});
