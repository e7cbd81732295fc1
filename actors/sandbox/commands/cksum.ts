// cksum, sum, crc32: short checksums.
import { crc32 as crc32Of } from 'node:zlib';
import type { Main } from '../kernel/program.js';
import { isBusybox } from '../programs/flavour.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { Inputs, Pace } from './text-input.js';

/** Each byte's bits the other way round. */
const MIRRORED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) mirrored |= 0x80 >> bit;
  return mirrored;
});

function mirrored32(word: number): number {
  return ((MIRRORED[word & 0xff]! << 24) | (MIRRORED[(word >>> 8) & 0xff]! << 16) | (MIRRORED[(word >>> 16) & 0xff]! << 8) | MIRRORED[word >>> 24]!) >>> 0;
}

interface Sum {
  add(chunk: Uint8Array): void;
  /** The line for a file; `name` undefined when none was given. */
  line(sizeBytes: number, name: string | undefined, several: boolean, busybox: boolean): string;
}

/** POSIX's CRC takes bits from the left and begins with 0: it is zlib's (right, all ones) of the mirrored bytes, in a tenth of the time. */
function posixCrc(): Sum {
  let crc = 0xffffffff;
  const add = (chunk: Uint8Array): void => {
    const bytes = Buffer.allocUnsafe(chunk.length);
    for (let i = 0; i < chunk.length; i++) bytes[i] = MIRRORED[chunk[i]!]!;
    crc = crc32Of(bytes, crc);
  };
  return {
    add,
    line: (sizeBytes, name) => {
      const length: number[] = [];
      for (let size = sizeBytes; size > 0; size = Math.floor(size / 256)) length.push(size & 0xff);
      add(Uint8Array.from(length));
      return `${mirrored32(crc)} ${sizeBytes}${name === undefined ? '' : ` ${name}`}\n`;
    },
  };
}

function bsdSum(): Sum {
  let sum = 0;
  return {
    add: (chunk) => {
      for (const byte of chunk) sum = (((sum >> 1) + ((sum & 1) << 15)) + byte) & 0xffff;
    },
    // busybox names the file only where there are several, behind a blank that is there even so.
    line: (sizeBytes, name, several, busybox) => `${String(sum).padStart(5, '0')} ${String(Math.ceil(sizeBytes / 1024)).padStart(5)}${busybox ? ` ${several ? name ?? '' : ''}` : name === undefined ? '' : ` ${name}`}\n`,
  };
}

function systemVSum(): Sum {
  let sum = 0;
  return {
    add: (chunk) => {
      for (const byte of chunk) sum = (sum + byte) >>> 0;
    },
    line: (sizeBytes, name) => {
      const folded = (sum & 0xffff) + (sum >>> 16);
      return `${(folded & 0xffff) + (folded >>> 16)} ${Math.ceil(sizeBytes / 512)}${name === undefined ? '' : ` ${name}`}\n`;
    },
  };
}

function gzipCrc(): Sum {
  let crc = 0;
  return {
    add: (chunk) => {
      crc = crc32Of(chunk, crc);
    },
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
