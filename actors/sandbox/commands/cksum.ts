// cksum, sum, crc32: short checksums.
import type { Main } from '../kernel/program.js';
import { isBusybox } from '../programs/flavour.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { Inputs, Pace } from './text-input.js';

const POSIX_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});
const REFLECTED_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

interface Sum {
  add(chunk: Uint8Array): void;
  /** The line for a file; `name` undefined when none was given. */
  line(sizeBytes: number, name: string | undefined, several: boolean, busybox: boolean): string;
}

function posixCrc(): Sum {
  let crc = 0;
  const step = (byte: number): void => {
    crc = ((crc << 8) ^ POSIX_TABLE[((crc >>> 24) ^ byte) & 0xff]!) >>> 0;
  };
  return {
    add: (chunk) => chunk.forEach(step),
    line: (sizeBytes, name) => {
      for (let size = sizeBytes; size > 0; size = Math.floor(size / 256)) step(size & 0xff);
      return `${~crc >>> 0} ${sizeBytes}${name === undefined ? '' : ` ${name}`}\n`;
    },
  };
}

function bsdSum(): Sum {
  let sum = 0;
  return {
    add: (chunk) => chunk.forEach((byte) => (sum = (((sum >> 1) + ((sum & 1) << 15)) + byte) & 0xffff)),
    // busybox names the file only where there are several, behind a blank that is there even so.
    line: (sizeBytes, name, several, busybox) => `${String(sum).padStart(5, '0')} ${String(Math.ceil(sizeBytes / 1024)).padStart(5)}${busybox ? ` ${several ? name ?? '' : ''}` : name === undefined ? '' : ` ${name}`}\n`,
  };
}

function systemVSum(): Sum {
  let sum = 0;
  return {
    add: (chunk) => chunk.forEach((byte) => (sum = (sum + byte) >>> 0)),
    line: (sizeBytes, name) => {
      const folded = (sum & 0xffff) + (sum >>> 16);
      return `${(folded & 0xffff) + (folded >>> 16)} ${Math.ceil(sizeBytes / 512)}${name === undefined ? '' : ` ${name}`}\n`;
    },
  };
}

function gzipCrc(): Sum {
  let crc = 0;
  const add = (chunk: Uint8Array): void => {
    let value = ~crc >>> 0;
    for (const byte of chunk) value = (value >>> 8) ^ REFLECTED_TABLE[(value ^ byte) & 0xff]!;
    crc = ~value >>> 0;
  };
  return {
    add,
    line: (_, name, several) => `${crc.toString(16).padStart(8, '0')}${several && name !== undefined ? `\t${name}` : ''}\n`,
  };
}

function summing(choose: (options: ReturnType<typeof parseOptions>) => () => Sum): Main {
  return command(function* (process, output) {
    const options = parseOptions(process.argv, 'rsa:', { sysv: 'no', algorithm: 'required' });
    const make = choose(options);
    const inputs = new Inputs(process, options.operands);
    const pace = new Pace();
    for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
      const sum = make();
      let sizeBytes = 0;
      for (let chunk = yield* process.read(file.fd, 1 << 18); chunk.length > 0; chunk = yield* process.read(file.fd, 1 << 18)) {
        sum.add(chunk);
        sizeBytes += chunk.length;
        yield* pace.turn();
      }
      output.print(sum.line(sizeBytes, options.operands.length === 0 ? undefined : file.name, options.operands.length > 1, isBusybox(process)));
    }
    return inputs.failed ? 1 : 0;
  });
}

export const cksum: Main = summing((options) => {
  const algorithm = options.value('a', 'algorithm') ?? 'crc';
  const makes: Readonly<Record<string, () => Sum>> = { crc: posixCrc, bsd: bsdSum, sysv: systemVSum };
  const make = Object.hasOwn(makes, algorithm) ? makes[algorithm] : undefined;
  if (!make) throw new UsageError(`invalid argument '${algorithm}' for '--algorithm'`);
  return make;
});
export const sum: Main = summing((options) => (options.has('s', 'sysv') ? systemVSum : bsdSum));
export const crc32: Main = summing(() => gzipCrc);
