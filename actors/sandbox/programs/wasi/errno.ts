// Linux's error names to WASI's numbers (https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno).
import type { ErrnoCode } from '../../kernel/errno.js';

export const SUCCESS = 0, BADF = 8, FAULT = 21, INVAL = 28, NOTSUP = 58;

const NUMBERS: Readonly<Partial<Record<ErrnoCode, number>>> = {
  E2BIG: 1, EACCES: 2, EADDRINUSE: 3, EADDRNOTAVAIL: 4, EAFNOSUPPORT: 5, EAGAIN: 6, EBADF: 8, EBUSY: 10, ECHILD: 12, ECONNABORTED: 13, ECONNREFUSED: 14,
  ECONNRESET: 15, EDOM: 18, EDQUOT: 19, EEXIST: 20, EFAULT: 21, EFBIG: 22, EHOSTUNREACH: 23, EILSEQ: 25, EINTR: 27, EINVAL: 28, EIO: 29, EISCONN: 30,
  EISDIR: 31, ELOOP: 32, EMFILE: 33, EMLINK: 34, ENAMETOOLONG: 37, ENETUNREACH: 40, ENFILE: 41, ENODEV: 43, ENOENT: 44, ENOEXEC: 45, ENOMEM: 48,
  ENOSPC: 51, ENOSYS: 52, ENOTCONN: 53, ENOTDIR: 54, ENOTEMPTY: 55, ENOTSOCK: 57, EOPNOTSUPP: 58, ENOTTY: 59, ENXIO: 60, EOVERFLOW: 61, EPERM: 63,
  EPIPE: 64, ERANGE: 68, EROFS: 69, ESPIPE: 70, ESRCH: 71, ETIMEDOUT: 73, ETXTBSY: 74, EXDEV: 75,
};

/** EIO for what WASI has no name for. */
export function wasiErrno(code: ErrnoCode): number {
  return NUMBERS[code] ?? 29;
}
