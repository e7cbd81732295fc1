// ifconfig: the machine's interfaces in net-tools' words; there is the loopback, and nothing can be changed.
import type { Main } from '../kernel/program.js';
import { command, encode, UsageError } from '../programs/stdio.js';
import { isBusybox } from '../programs/flavour.js';

const NET_TOOLS = `lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
        inet 127.0.0.1  netmask 255.0.0.0
        loop  txqueuelen 1000  (Local Loopback)
        RX packets 0  bytes 0 (0.0 B)
        RX errors 0  dropped 0  overruns 0  frame 0
        TX packets 0  bytes 0 (0.0 B)
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0

`;
const BUSYBOX = `lo        Link encap:Local Loopback  
          inet addr:127.0.0.1  Mask:255.0.0.0
          UP LOOPBACK RUNNING  MTU:65536  Metric:1
          RX packets:0 errors:0 dropped:0 overruns:0 frame:0
          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0
          collisions:0 txqueuelen:1000 
          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)

`;
const SHORT = `Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg
lo       65536        0      0      0 0             0      0      0      0 LRU
`;

export const ifconfig: Main = command(function* (process, output) {
  const words = process.argv.slice(1);
  const options = words.filter((word) => word.startsWith('-'));
  const unknown = options.find((word) => !['-a', '-s', '-v'].includes(word));
  if (unknown !== undefined) throw new UsageError(`option \`${unknown}' not recognised.\nifconfig: \`--help' gives usage information.`);
  const [name, ...changes] = words.filter((word) => !word.startsWith('-'));
  if (name !== undefined && name !== 'lo') {
    yield* process.write(2, encode(changes.length > 0 ? `SIOCSIFFLAGS: No such device\n` : isBusybox(process) ? `ifconfig: ${name}: error fetching interface information: Device not found\n` : `${name}: error fetching interface information: Device not found\n`));
    return changes.length > 0 ? 255 : 1;
  }
  if (changes.length > 0) {
    yield* process.write(2, encode('SIOCSIFFLAGS: Operation not permitted\n'));
    return 255;
  }
  output.print(options.includes('-s') ? SHORT : isBusybox(process) ? BUSYBOX : NET_TOOLS);
  return 0;
});
